r"""A text as LaTeX sets it: plain text escaped, the mathematics of its markup handed through.

Nothing of the user's reaches LaTeX as it was typed. A formula is read once to see that it is one
(:mod:`.typeset.formula`, whose commands are all that pass), and is then written anew, token by token; all other
characters are escaped, or written as the command for what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connectivity.typeset import signs
from connectivity.typeset.formula import MarkupFault, Token, read, token_at
from connectivity.typeset.markup import formulas


class Words(NamedTuple):
    """A text in LaTeX, and what it needs: commands of ``amssymb``; characters that pdfLaTeX has not."""

    text: str
    symbols: frozenset[str] = frozenset()
    characters: frozenset[str] = frozenset()


_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",  # straight in T1, a closing one in OT1, and no shorthand of babel's
    "`": r"\textasciigrave{}",
    "'": r"'{}",
    "-": r"-{}",
    "\u2013": "--",
    "\u2014": "---",
    "\u2026": r"\ldots{}",
    "\u00a0": "~",
    "\u2009": r"\,",
    "\u200a": r"\,",
    "\t": " ",
    "\u2018": "`{}",
    "\u2019": "'{}",
    "\u201c": r"\textquotedblleft{}",
    "\u201d": r"\textquotedblright{}",
    "\u2022": r"\textbullet{}",
}
"""Characters of text. Two hyphens or apostrophes in a row would be one dash, or a quotation mark."""

_AMS = frozenset(
    [
        "nexists",
        "varnothing",
        "complement",
        "checkmark",
        "square",
        "Box",
        "blacksquare",
        "bigstar",
        "lozenge",
        "Diamond",
        "mho",
        "eth",
        "digamma",
        "varkappa",
        "ltimes",
        "rtimes",
        "boxplus",
        "boxtimes",
        "leqslant",
        "geqslant",
        "rightsquigarrow",
        "leadsto",
        "rightleftharpoons",
        "leftrightarrows",
        "triangleq",
        "coloneqq",
        "subsetneq",
        "supsetneq",
        "nmid",
        "preccurlyeq",
        "implies",
        "impliedby",
        "iint",
        "iiint",
        "hbar",
        "angle",
    ]
) | {"mathbb", "mathfrak"}
"""Commands that LaTeX has by ``\\usepackage{amssymb}`` (or amsmath, which goes with it)."""

_OWN = (
    {
        name: rf"\mathop{{\mathrm{{{name}}}}}\nolimits"
        for name in ["relu", "sign", "sgn", "sigmoid", "softmax", "softplus", "tr"]
    }
    | {name: rf"\mathop{{\mathrm{{{name[:3]}\,{name[3:]}}}}}" for name in ("argmax", "argmin")}
    | {
        name: rf"\mathrm{{{name[0]}}}"
        for name in ["Alpha", "Beta", "Epsilon", "Zeta", "Iota", "Kappa", "Mu", "Nu", "Omicron", "Tau"]
    }
    | {
        "Eta": r"\mathrm{H}",
        "Rho": r"\mathrm{P}",
        "Chi": r"\mathrm{X}",
        "omicron": "o",
        "minus": "-",
        "degree": r"{}^{\circ}",
    }
    | {"euro": r"\textrm{\texteuro}", "yen": r"\textrm{\textyen}", "copyright": r"\textrm{\textcopyright}"}
    | {"lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "lt": "<", "gt": ">", "coloneqq": r"\mathrel{:=}"}
    | {
        "medspace": r"\:",
        "thickspace": r"\;",
        "space": r"\ ",
        "dotsc": r"\ldots ",
        "dotso": r"\ldots ",
        "dotsb": r"\cdots ",
    }
    | {"dotsm": r"\cdots ", "dotsi": r"\cdots ", "textellipsis": r"\ldots ", "backslash": r"\backslash "}
    | {"lvert": "|", "rvert": "|", "lVert": r"\|", "rVert": r"\|", "o": r"\textrm{\o}", "O": r"\textrm{\O}"}
    | {
        "ss": r"\textrm{\ss}",
        "ae": r"\textrm{\ae}",
        "AE": r"\textrm{\AE}",
        "aa": r"\textrm{\aa}",
        "AA": r"\textrm{\AA}",
    }
    | {
        "S": r"\textrm{\S}",
        "P": r"\textrm{\P}",
        "pounds": r"\textrm{\pounds}",
        "eth": r"\textrm{\dh}",
        "Box": r"\square ",
    }
    | {
        "dag": r"\dagger ",
        "ddag": r"\ddagger ",
        "land": r"\wedge ",
        "lor": r"\vee ",
        "lnot": r"\neg ",
        "gets": r"\leftarrow ",
    }
    | {"sqrt": r"\sqrt", "dfrac": r"\frac", "tfrac": r"\frac", "iff": r"\Leftrightarrow ", "implies": r"\Rightarrow "}
    | {
        "impliedby": r"\Leftarrow ",
        "leadsto": r"\rightsquigarrow ",
        "Diamond": r"\lozenge ",
        "hbar": r"\hbar ",
        "angle": r"\angle ",
    }
    | {
        "overrightarrow": r"\overrightarrow",
        "mathup": r"\mathrm",
        "bm": r"\boldsymbol",
        "symbf": r"\boldsymbol",
        "pmb": r"\boldsymbol",
    }
    | {"mathscr": r"\mathcal", "Bbb": r"\mathbb", "symbb": r"\mathbb", "frak": r"\mathfrak", "texttt": r"\mathtt"}
    | {"middle": "", "wr": r"\wr ", "star": r"\star ", "surd": r"\surd ", "emptyset": r"\emptyset "}
)
"""Commands of the notation that LaTeX has not, or has in packages, or has under another name."""

_TEXTS = {"textbf": "textbf", "textsb": "textbf", "textit": "textit", "textsl": "textit", "emph": "textit"}

_COMMANDS = {
    sign: name
    for table in (
        signs.LARGE,
        signs.CLOSING,
        signs.OPENING,
        signs.RELATIONS,
        signs.OPERATORS,
        signs.ORDINARY,
        signs.LETTERS,
    )
    for name, sign in reversed(table.items())
    if len(sign) == 1 and not sign.isascii()
}
"""The command of each sign of mathematics."""

_ACCENTS = {mark: name for name, mark in reversed(signs.ACCENTS.items())}
_SCRIPTS = {sign: f"_{{{plain}}}" for plain, sign in signs.SUBSCRIPTS.items() if plain != "\u2212"}
_SCRIPTS |= {sign: f"^{{{plain}}}" for plain, sign in signs.SUPERSCRIPTS.items() if plain != "\u2212"}
_NEEDLESS = re.compile(r"(\\[A-Za-z]+) +(?![A-Za-z ])")  # spaces behind commands that no letter follows
_OF_TEXT = re.compile(r"\\textrm\{(\\\w+)\}")  # a sign of text, in a formula: \textrm{\ss}
_PLAIN = frozenset("!()*+,-./:;<=>?@[]|0123456789")
_LATIN = 0x17F  # the last character that pdfLaTeX has without packages: Latin Extended-A


def latex(text: str) -> Words:
    r"""One line of text, with its markup, in LaTeX.

    >>> latex(r"50% of $h_2^{(1)}$ \input").text
    '50\\% of $h_2^{(1)}$ \\textbackslash{}input'
    """
    writer = _Writer()
    parts, done = [], 0
    for start, end in formulas(text):
        parts.append(writer.text(_typed(text[done:start])))
        try:
            read(text, start + 1, end - 1)
            parts.append(f"${writer.formula(text, start + 1, end - 1)}$")
        except MarkupFault:
            parts.append(writer.text(text[start:end]))
        done = end
    parts.append(writer.text(_typed(text[done:])))
    return Words("".join(parts), frozenset(writer.symbols), frozenset(writer.characters))


def _typed(text: str) -> str:
    return text.replace(r"\$", "$")


class _Writer:
    """Writes texts and formulas, and notes what they need."""

    def __init__(self) -> None:
        self.symbols: set[str] = set()
        self.characters: set[str] = set()

    def text(self, text: str) -> str:
        """Characters that are no formula."""
        text = unicodedata.normalize("NFC", text)
        parts, done = [], 0
        for match in signs.INDEXED.finditer(text):
            parts += [*map(self._character, text[done : match.start()]), f"${match[1]}_{{{signs.digits(match[2])}}}$"]
            done = match.end()
        return "".join([*parts, *map(self._character, text[done:])])

    def _character(self, sign: str) -> str:
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign in _SCRIPTS:
            return f"${_SCRIPTS[sign]}$"
        if sign == "\u2212":
            return "$-$"
        if sign in _COMMANDS:
            command = self._command(_COMMANDS[sign])
            letter = _OF_TEXT.fullmatch(command)
            return f"{letter[1]}{{}}" if letter else f"${command}$"
        if unicodedata.category(sign)[0] == "C":
            return ""
        if ord(sign) > _LATIN:
            self.characters.add(sign)
        return sign

    def formula(self, text: str, start: int, end: int) -> str:
        """What was read between dollar signs, written anew."""
        written = "".join(self._mathematics(_Tokens(text, start, end)))
        return _NEEDLESS.sub(r"\1", written).strip(" ")

    def _mathematics(self, tokens: _Tokens) -> Iterator[str]:
        for token in tokens:
            if token.command:
                yield from self._named(token.text, tokens)
            else:
                yield self._sign(token.text, tokens)

    def _named(self, name: str, tokens: _Tokens) -> Iterator[str]:
        if name in signs.WORDS:
            yield rf"\{_TEXTS.get(name, 'textrm')}{{{''.join(self._words(tokens))}}}"
        elif name == "operatorname":
            star = tokens.take("*")
            yield rf"\mathop{{\mathrm{{{''.join(self._group(tokens))}}}}}" + ("" if star else r"\nolimits ")
        elif name not in signs.IGNORED:
            yield self._command(name)

    def _command(self, name: str) -> str:
        """A command, and a space behind it, so that no letter becomes a part of it."""
        written = _OWN.get(name)
        if written is None:
            written = rf"\{name} " if name.isalpha() else ("/" if name == "/" else rf"\{name}")
        bare = written.strip().removeprefix("\\")
        if bare in _AMS:
            self.symbols.add(bare)
        return written

    def _group(self, tokens: _Tokens) -> Iterator[str]:
        """The argument of a command: a group without its braces, or a token."""
        tokens.skip_blanks()
        if not tokens.take("{"):
            token = next(tokens)
            yield from self._named(token.text, tokens) if token.command else [self._sign(token.text, tokens)]
            return
        depth = 1
        for token in tokens:
            if not token.command:
                depth += {"{": 1, "}": -1}.get(token.text, 0)
                if not depth:
                    return
                yield self._sign(token.text, tokens)
            else:
                yield from self._named(token.text, tokens)

    def _words(self, tokens: _Tokens) -> Iterator[str]:
        """A group of text within a formula, without its braces."""
        tokens.skip_blanks()
        tokens.take("{")
        for token in tokens:
            if token.command:
                if token.text in signs.WORDS:
                    yield rf"\{_TEXTS.get(token.text, 'textrm')}{{{''.join(self._words(tokens))}}}"
                else:
                    yield f"${self._command(token.text)}$"
            elif token.text == "}":
                return
            elif token.text == "{":
                tokens.back()
                yield f"{{{''.join(self._words(tokens))}}}"
            elif token.text == "$":
                yield f"${''.join(self._mathematics(tokens.up_to('$')))}$"
            else:
                yield " " if token.text == "~" else self._character(token.text)

    def _sign(self, sign: str, tokens: _Tokens) -> str:
        """A character of a formula."""
        marks = tokens.marks()
        if marks:
            inner = self._plain_sign(sign)
            for mark in marks:
                inner = rf"\{_ACCENTS[mark]}{{{inner}}}" if mark in _ACCENTS else inner
            return inner
        return self._plain_sign(sign)

    def _plain_sign(self, sign: str) -> str:
        if sign in "_^'{}" or sign in _PLAIN or (sign.isascii() and sign.isalpha()):
            return sign
        if sign == "~":
            return "~"
        if sign in " \u00a0\t":  # typed ones do not count, nor those that keep a formula on one line
            return " "
        if sign == "\u2212":
            return "-"
        if sign in _SCRIPTS:
            return f"{{}}{_SCRIPTS[sign]}"
        if sign in _COMMANDS:
            return self._command(_COMMANDS[sign])
        if sign in "…⋯":
            return r"\ldots " if sign == "…" else r"\cdots "
        return rf"\textrm{{{self._character(sign)}}}"


class _Tokens:
    """The tokens of a formula, one after the other."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._place, self._end = text, start, end

    def __iter__(self) -> Iterator[Token]:
        return self

    def __next__(self) -> Token:
        if self._place >= self._end:
            raise StopIteration
        token = token_at(self._text, self._place, self._end)
        self._place = token.end
        return token

    def back(self) -> None:
        """Read the last sign once more."""
        self._place -= 1

    def skip_blanks(self) -> None:
        """Go on behind spaces."""
        while self._text[self._place : min(self._place + 1, self._end)] in (" ", "\u00a0", "\t"):
            self._place += 1

    def take(self, sign: str) -> bool:
        """Go on behind ``sign``, if it is next."""
        found = self._text.startswith(sign, self._place, self._end)
        self._place += len(sign) if found else 0
        return found

    def marks(self) -> str:
        """The combining characters that are next."""
        start = self._place
        while self._place < self._end and unicodedata.combining(self._text[self._place]):
            self._place += 1
        return self._text[start : self._place]

    def up_to(self, sign: str) -> _Tokens:
        """The tokens before the next ``sign``, which is passed."""
        inner = self
        end = inner._place
        while self._text[end] != sign:
            end = token_at(self._text, end, self._end).end
        part = _Tokens(self._text, self._place, end)
        self._place = end + 1
        return part


def needs(words: Iterable[Words]) -> tuple[list[str], str]:
    """What all of some texts need: commands of ``amssymb``, and characters that pdfLaTeX has not."""
    symbols: set[str] = set()
    characters: set[str] = set()
    for each in words:
        symbols |= each.symbols
        characters |= each.characters
    return sorted(symbols), "".join(sorted(characters))
