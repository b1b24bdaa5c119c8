r"""What stands between two dollar signs, read as TeX reads it: ``h_2^{(1)}``, ``\frac{1}{2}``, ``x \in \mathbb{R}``.

A command is read to its end, a script is of what stands before it, spaces that are typed do not count, and
operators and relations get theirs. What would take more than a line is written in one line, with the brackets that
keep its meaning; what cannot be written at all is a :class:`MarkupFault` with its place.
"""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from connectivity.errors import visible
from connectivity.typeset import signs
from connectivity.typeset.metrics import unknown
from connectivity.typeset.pieces import Arrow, Piece, Run, Stack, joined

_LONGEST_COMMAND, _ALIKE = 40, 0.7  # of a name that is compared with known ones, and how alike they must be

DEEPEST = 30
"""The most groups within groups."""

_OPERATOR_SIGNS = (
    {"+": "+", "-": "−", "*": "*", "∗": "*"} | {sign: sign for sign in signs.OPERATORS.values()} | {"−": "−", "±": "±"}
)
_RELATION_SIGNS = {sign: sign for sign in "=<>:"} | {
    sign: sign for sign in signs.RELATIONS.values() if sign not in "|‖"
}
_SORTS = (
    {name: ("ordinary", sign) for name, sign in (signs.LETTERS | signs.ORDINARY).items()}
    | {name: ("dots", sign) for name, sign in signs.DOTS.items()}
    | {name: ("operator", sign) for name, sign in signs.OPERATORS.items()}
    | {name: ("relation", sign) for name, sign in signs.RELATIONS.items()}
    | {name: ("large", sign) for name, sign in signs.LARGE.items()}
    | {name: ("large", sign) for name, sign in signs.FUNCTIONS.items()}
    | {name: ("opening", sign) for name, sign in signs.OPENING.items()}
    | {name: ("closing", sign) for name, sign in signs.CLOSING.items()}
    | {name: ("space", sign) for name, sign in signs.SPACES.items()}
)
_SIGNS = (
    {sign: ("operator", shown) for sign, shown in _OPERATOR_SIGNS.items()}
    | {sign: ("relation", shown) for sign, shown in _RELATION_SIGNS.items()}
    | {sign: ("opening", sign) for sign in "([⟨⌊⌈"}
    | {sign: ("closing", sign) for sign in ")]⟩⌋⌉!"}
    | {sign: ("comma", sign) for sign in ",;"}
    | {sign: ("dots", sign) for sign in "…⋯"}
    | {"~": ("space", signs.SPACE)}
)
_DELIMITERS = "()[]|/<>‖.⟨⟩⌊⌋⌈⌉"
_ANGLES = {"<": "⟨", ">": "⟩", ".": ""}
_BLANKS = " \u00a0\t"


class MarkupFault(Exception):  # noqa: N818 (no error of the package: who reads a text makes one of it)
    """What cannot be written, and the place of it in the text, from 0."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message, place)
        self.message, self.place = message, place


class Token(NamedTuple):
    """A character, or a command without its backslash; ``place`` and ``end`` are those in the text."""

    text: str
    command: bool
    place: int
    end: int


@dataclass
class Atom:
    """A thing that a script may be of. ``sort`` says which room it has beside others; ``wide`` whether it is a sum."""

    sort: str
    base: list[Piece]
    low: list[Piece] = field(default_factory=list)
    high: list[Piece] = field(default_factory=list)
    primes: str = ""
    single: bool = True

    def pieces(self) -> list[Piece]:
        """It and its scripts, one over the other where there are two."""
        high = [*([Run(self.primes)] if self.primes else []), *self.high]
        if self.low and high:
            return [*self.base, Stack(_flat(self.low), _flat(high))]
        return [*self.base, *self.low, *high]


def read(text: str, start: int, end: int) -> list[Piece]:
    """The pieces of ``text[start:end]``, which stands between two dollar signs. Raises MarkupFault."""
    reader = _Reader(text, start, end)
    atoms = reader.atoms("", Style())
    return joined(_spaced(atoms, in_script=False))


def token_at(text: str, place: int, limit: int) -> Token:
    """The token that begins at ``place``, which is before ``limit``. Raises MarkupFault for half a command."""
    if text[place] != "\\":
        return Token(text[place], False, place, place + 1)
    end = place + 1
    while end < limit and text[end].isascii() and text[end].isalpha():
        end += 1
    if end == place + 1:
        if end >= limit:
            raise MarkupFault("a backslash with nothing after it; write \\backslash", place)
        end += 1
    return Token(text[place + 1 : end], True, place, end)


class Style(NamedTuple):
    """In what mathematics is set: a face of its own (None: each letter's), how deep in groups and in scripts."""

    face: str | None = None
    depth: int = 0
    script: str = ""


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._place, self._end = text, start, end
        self._start = start

    def atoms(self, until: str, style: Style, opened: int = 0) -> list[Atom]:
        """Atoms up to the sign or command ``until``, which is read too; "" is the end."""
        if style.depth > DEEPEST:
            raise MarkupFault(
                f"groups within groups, more than {DEEPEST} deep, which no option raises; write fewer", opened
            )
        atoms: list[Atom] = []
        while (token := self._next()) is not None:
            if until and token.text == until and token.command == (until == "right"):
                return atoms
            if not token.command and token.text in "_^'":
                self._script(token, atoms, style)
            elif not token.command and token.text == "}":
                raise MarkupFault('"}" without its "{"', token.place)
            elif token.command and token.text == "right":
                raise MarkupFault(r'"\right" without its "\left"', token.place)
            elif (atom := self._atom(token, style)) is not None:
                atoms.append(atom)
        if until == "}":
            raise MarkupFault('"{" without its "}"', opened)
        if until:
            raise MarkupFault(
                {
                    "]": '"[" without its "]"',
                    "$": "a dollar sign without its partner",
                    "right": r'"\left" without its "\right"',
                }[until],
                opened,
            )
        return atoms

    def _next(self, blanks: bool = False) -> Token | None:
        """The next token; ``blanks``: be it a space, which else does not count."""
        while not blanks and self._place < self._end and self._text[self._place] in _BLANKS:
            self._place += 1
        if self._place >= self._end:
            return None
        token = token_at(self._text, self._place, self._end)
        self._place = token.end
        return token

    def _peek(self) -> Token | None:
        place = self._place
        token = self._next()
        self._place = place
        return token

    def _script(self, token: Token, atoms: list[Atom], style: Style) -> None:
        """A script of the last atom, or of nothing."""
        if not atoms or atoms[-1].sort == "space":
            atoms.append(Atom("ordinary", []))
        atom = atoms[-1]
        if token.text == "'":
            if atom.high:
                raise MarkupFault("a prime after a superscript; write it before", token.place)
            atom.primes += "′"
            return
        height = "sub" if token.text == "_" else "sup"
        old = atom.low if height == "sub" else atom.high
        if old:
            raise MarkupFault(
                f"a second {height}erscript; write them in one, as x^{{1,2}}"
                if height == "sup"
                else "a second subscript; write them in one, as x_{1,2}",
                token.place,
            )
        argument = self._argument(token, Style(style.face, style.depth + 1, height))
        pieces = _spaced(argument, in_script=True)
        if height == "sup" and pieces and all(isinstance(one, Run) and set(one.text) == {"′"} for one in pieces):
            atom.primes += "".join(one.text for one in pieces if isinstance(one, Run))  # x^\prime is x'
            return
        if style.script:
            pieces = [_small(pieces, height, token.place)]
        else:
            pieces = [_raised(piece, height, token.place) for piece in pieces]
        if height == "sub":
            atom.low = joined(pieces)
        else:
            atom.high = joined(pieces)

    def _argument(self, command: Token, style: Style) -> list[Atom]:
        """What a command or a script is of: a group, or one token."""
        token = self._next()
        named = f"\\{command.text}" if command.command else command.text
        if token is None or (not token.command and token.text in "}_^'"):
            raise MarkupFault(f'nothing for "{named}" to stand with; write a letter before it', command.place)
        if not token.command and token.text == "{":
            return self.atoms("}", style._replace(depth=style.depth + 1), token.place)
        atom = self._atom(token, style)
        return [] if atom is None else [atom]

    def _atom(self, token: Token, style: Style) -> Atom | None:
        if token.command:
            return self._command(token, style)
        if token.text == "{":
            inner = self.atoms("}", style._replace(depth=style.depth + 1), token.place)
            if len(inner) == 1 and inner[0].sort == "fraction":
                return inner[0]
            single = len(inner) == 1 and inner[0].single
            return Atom("ordinary", _spaced(inner, bool(style.script)), single=single)
        if token.text == "$":  # within a group, which an outer pair does not see
            raise MarkupFault("a dollar sign within dollar signs; write it outside, as \\$", token.place)
        sort, sign = _SIGNS.get(token.text, ("ordinary", token.text))
        if sign == "," and self._is_within_number(token.place):
            sort = "ordinary"
        while unicodedata.combining(following := self._text[self._place : self._place + 1] or " "):
            sign += following
            self._place += 1
        return Atom(sort, [Run(sign, _face(sign, style.face))])

    def _is_within_number(self, place: int) -> bool:
        """Whether a comma has digits on both sides."""
        around = self._text[place - 1 : place] + self._text[place + 1 : place + 2]
        return len(around) == 2 and around.isascii() and around.isdigit()

    def _command(self, token: Token, style: Style) -> Atom | None:
        name = token.text
        if name in _SORTS:
            sort, sign = _SORTS[name]
            face = "" if name in signs.FUNCTIONS and style.face is None else _face(sign, style.face)
            return Atom(sort, [Run(sign, face)])
        if name in signs.ESCAPED:
            return Atom("ordinary", [Run(signs.ESCAPED[name])])
        if name in signs.ACCENTS:
            return self._accented(token, style)
        if name in signs.WORDS:
            return Atom("ordinary", self._words(token, signs.WORDS[name]))
        if name in signs.FACES:
            return self._faced(token, style)
        if name in signs.ALPHABETS:
            return self._lettered(token, style)
        if name in signs.IGNORED:
            return None
        special = {"frac": self._fraction, "dfrac": self._fraction, "tfrac": self._fraction, "sqrt": self._root}
        special |= {"left": self._fenced, "not": self._negated}
        if name in special:
            return special[name](token, style)
        if name == "middle":
            return Atom("relation", [Run(self._delimiter(token))])
        raise self._unknown(token)

    def _unknown(self, token: Token) -> MarkupFault:
        shown = f'"\\{visible(token.text, 40)}"'
        if token.text == "\\":
            return MarkupFault("a line cannot be broken between dollar signs; break it outside", token.place)
        near = difflib.get_close_matches(token.text[:_LONGEST_COMMAND], signs.KNOWN, n=1, cutoff=_ALIKE)
        known = r"Greek letters, \hat, \text, \to, ... are known"
        hint = f' (did you mean "\\{near[0]}"?)' if near else f" ({known})"
        return MarkupFault(f"unknown {shown} between dollar signs{hint}", token.place)

    def _faced(self, token: Token, style: Style) -> Atom:
        if token.text == "operatorname" and self._text[self._place : self._place + 1] == "*":
            self._place += 1
        inner = self._argument(token, style._replace(face=signs.FACES[token.text], depth=style.depth + 1))
        sort = "large" if token.text == "operatorname" else "ordinary"
        single = token.text == "operatorname" or (len(inner) == 1 and inner[0].single)
        return Atom(sort, _spaced(inner, bool(style.script)), single=single)

    def _words(self, token: Token, face: str, depth: int = 0) -> list[Piece]:
        """A group of text, in which spaces count and nothing is italic by itself."""
        opening = self._next()
        if opening is None or opening.command or opening.text != "{":
            raise MarkupFault(f'"\\{token.text}" without a group: \\{token.text}{{...}}', token.place)
        if depth > DEEPEST:
            raise MarkupFault(
                f"groups within groups, more than {DEEPEST} deep, which no option raises; write fewer", token.place
            )
        pieces: list[Piece] = []
        while (inner := self._next(blanks=True)) is not None:
            if not inner.command and inner.text == "}":
                return joined(pieces)
            pieces += self._word(inner, face, depth)
        raise MarkupFault('"{" without its "}"', opening.place)

    def _word(self, token: Token, face: str, depth: int) -> list[Piece]:
        """What a character or a command is within text."""
        if not token.command and token.text == "$":
            return _spaced(self.atoms("$", Style(depth=depth + 1), token.place), in_script=False)
        if not token.command and token.text == "{":
            self._place = token.place
            return self._words(token, face, depth + 1)
        if not token.command:
            return [Run(signs.SPACE if token.text == "~" else token.text, face)]
        if token.text in signs.WORDS:
            return self._words(token, signs.WORDS[token.text] or face, depth + 1)
        sort, sign = _SORTS.get(token.text, ("", signs.ESCAPED.get(token.text, "")))
        if not sign and sort != "space":
            raise self._unknown(token)
        return [Run(sign, face)]

    def _lettered(self, token: Token, style: Style) -> Atom:
        """Letters of an alphabet that Unicode has."""
        inner = self._argument(token, style._replace(face="", depth=style.depth + 1))
        text = _text_of([piece for atom in inner for piece in atom.pieces()])
        letters = [signs.lettered(token.text, character) for character in text or ""]
        if text is None or None in letters or any(atom.low or atom.high for atom in inner):
            raise MarkupFault(f'"\\{token.text}" is of letters alone, as \\{token.text}{{R}}', token.place)
        return Atom("ordinary", [Run("".join(filter(None, letters)))], single=len(letters) == 1)

    def _accented(self, token: Token, style: Style) -> Atom:
        mark = signs.ACCENTS[token.text]
        inner = self._argument(token, style._replace(depth=style.depth + 1))
        pieces = joined(_spaced(inner, bool(style.script)))
        plain = all(isinstance(piece, Run) and not piece.height for piece in pieces)
        letters = sum(len(piece.text) for piece in pieces if isinstance(piece, Run))
        if not pieces or not plain or (letters != 1 and mark not in signs.LINES):
            what = "letters without scripts" if mark in signs.LINES else "one letter"
            raise MarkupFault(f'"\\{token.text}" can be over {what} alone, as \\{token.text}{{x}}', token.place)
        runs = [piece for piece in pieces if isinstance(piece, Run)]
        if mark == signs.ARROW:
            return Atom("ordinary", [Arrow(runs[0])])
        if mark == "\u0305" and letters == 1:
            mark = "\u0304"  # which stands right over any letter
        return Atom("ordinary", [run._replace(text="".join(_composed(c + mark) for c in run.text)) for run in runs])

    def _fraction(self, token: Token, style: Style) -> Atom:
        """A fraction in one line: a/b, with brackets round what would else fall apart."""
        above = self._argument(token, style._replace(depth=style.depth + 1))
        below = self._argument(token, style._replace(depth=style.depth + 1))
        if not above or not below:
            raise MarkupFault("a fraction with nothing in it; write it as \\frac{1}{2}", token.place)
        scripted = bool(style.script)
        upper = _bracketed(_spaced(above, scripted), any(atom.sort not in ("ordinary", "space") for atom in above))
        lower = _bracketed(_spaced(below, scripted), len(below) != 1 or not below[0].single)
        return Atom("fraction", [*upper, Run("/"), *lower], single=False)

    def _root(self, token: Token, style: Style) -> Atom:
        """A root in one line, with brackets round more than a letter or a number."""
        degree: list[Piece] = []
        following = self._peek()
        if following is not None and not following.command and following.text == "[":
            self._next()
            inner = self.atoms("]", style._replace(depth=style.depth + 1, script="sup"), following.place)
            if style.script:
                raise MarkupFault("a root with a degree in a script; write it outside", token.place)
            degree = [_raised(piece, "sup", token.place) for piece in _spaced(inner, in_script=True)]
        inner = self._argument(token, style._replace(depth=style.depth + 1))
        number = all(atom.sort == "ordinary" and _text_of(atom.pieces(), digits=True) for atom in inner)
        single = len(inner) == 1 and inner[0].single and not (inner[0].low or inner[0].high or inner[0].primes)
        return Atom(
            "ordinary", [*degree, Run("√"), *_bracketed(_spaced(inner, bool(style.script)), not (single or number))]
        )

    def _fenced(self, token: Token, style: Style) -> Atom:
        r"""``\left( ... \right)``."""
        first = self._delimiter(token)
        inner = self.atoms("right", style._replace(depth=style.depth + 1), token.place)
        last = self._delimiter(token._replace(text="right"))
        return Atom("closing", [Run(first), *_spaced(inner, bool(style.script)), Run(last)])

    def _delimiter(self, command: Token) -> str:
        token = self._next()
        if token is not None:
            if token.command and token.text in (
                *signs.OPENING,
                *signs.CLOSING,
                "vert",
                "Vert",
                "lvert",
                "rvert",
                "lVert",
                "rVert",
            ):
                return _SORTS[token.text][1]
            if token.command and token.text in "{}|":
                return signs.ESCAPED[token.text]
            if not token.command and token.text in _DELIMITERS:
                return _ANGLES.get(token.text, token.text)
        raise MarkupFault(rf'"\{command.text}" without a bracket after it, as \{command.text}(', command.place)

    def _negated(self, token: Token, style: Style) -> Atom:
        inner = self._argument(token, style._replace(depth=style.depth + 1))
        text = _text_of([piece for atom in inner for piece in atom.pieces()]) or ""
        composed = unicodedata.normalize("NFC", text + "\u0338")
        if len(text) != 1 or len(composed) != 1:
            raise MarkupFault(r'"\not" can stand before a relation only, as \not=', token.place)
        return Atom("relation", [Run(composed)])


def _face(sign: str, wished: str | None) -> str:
    """The face of a sign: the one that is wished, else of a letter italic, but upright of Greek capitals."""
    if wished is not None:
        return wished
    letter = len(sign) == 1 and sign.isalpha()
    capital = "\u0391" <= sign[:1] <= "\u03a9"
    return "italic" if (letter or _is_marked(sign)) and not capital and not unknown(sign, "italic") else ""


def _is_marked(sign: str) -> bool:
    """Whether it is a letter with combining marks."""
    return len(sign) > 1 and sign[0].isalpha() and all(map(unicodedata.combining, sign[1:]))


def _composed(letter: str) -> str:
    """A letter with its accent as one character where the font has that."""
    composed = unicodedata.normalize("NFC", letter)
    return letter if unknown(composed) and not unknown(letter) else composed


def _bracketed(pieces: list[Piece], needed: bool) -> list[Piece]:
    return [Run("("), *pieces, Run(")")] if needed else pieces


def _flat(pieces: list[Piece]) -> tuple[Run, ...]:
    return tuple(piece for piece in pieces if isinstance(piece, Run))


def _text_of(pieces: list[Piece], digits: bool = False) -> str | None:
    """The text of pieces that are runs on the line; None of others."""
    texts = [piece.text for piece in pieces if isinstance(piece, Run) and not piece.height]
    text = "".join(texts)
    return None if len(texts) < len(pieces) or (digits and not text.replace(".", "").isdigit()) else text


def _raised(piece: Piece, height: str, place: int) -> Piece:
    """A piece as (a part of) a script."""
    if not isinstance(piece, Run):
        what = "two scripts of one letter" if isinstance(piece, Stack) else "an arrow"
        raise MarkupFault(f"{what} within a script; write it outside", place)
    return piece if piece.height else piece._replace(height=height)


def _small(pieces: list[Piece], height: str, place: int) -> Run:
    """A script within a script: of characters that are small by themselves."""
    small = signs.SUBSCRIPTS if height == "sub" else signs.SUPERSCRIPTS
    text = _text_of(pieces)
    shown = "".join(small.get(character, "\0") for character in text or "\0")
    if "\0" in shown or unknown(shown):
        known = "".join(key for key, value in small.items() if not unknown(value))
        raise MarkupFault(f"a script within a script can have {known} alone", place)
    return Run(shown)


_LEFT_ALONE = ("opening", "comma", "relation", "operator", "large", "")
_NARROW = signs.THIN


def _spaced(atoms: list[Atom], in_script: bool) -> list[Piece]:
    """Atoms with the room that TeX gives them: see Knuth, "The TeXbook", chapter 18; none in scripts."""
    sorts = _sorts(atoms)
    pieces: list[Piece] = []
    for number, atom in enumerate(atoms):
        before, sort = sorts[number - 1] if number else "", sorts[number]
        if not in_script and before:
            pieces.append(Run(_between(before, sort)))
        inner = atom.pieces()
        if atom.sort == "fraction" and (atom.low or atom.high or atom.primes):
            inner = Atom("ordinary", _bracketed(atom.base, True), atom.low, atom.high, atom.primes).pieces()
        elif atom.sort == "fraction" and _is_beside(sorts, number):
            inner = _bracketed(inner, True)
        elif (atom.low or atom.high or atom.primes) and not atom.single and "/" in _shown(atom.base):
            inner = Atom("ordinary", _bracketed(atom.base, True), atom.low, atom.high, atom.primes).pieces()
        pieces += inner
    return joined(pieces)


def _shown(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Run))


def _is_beside(sorts: list[str], number: int) -> bool:
    """Whether a factor is next to a fraction, which would then seem to be a part of it."""
    factors = ("ordinary", "fraction", "large", "dots")
    neighbours = [sorts[place] for place in (number - 1, number + 1) if 0 <= place < len(sorts)]
    following = sorts[number + 1 : number + 2]
    return any(sort in factors for sort in neighbours) or following == ["opening"]


def _sorts(atoms: list[Atom]) -> list[str]:
    """The sort of each atom; an operator that has nothing to its left or right is a sign."""
    sorts: list[str] = []
    for atom in atoms:
        sort = atom.sort
        if sort == "operator" and (sorts[-1] if sorts else "") in _LEFT_ALONE:
            sort = "sign"
        if sort in ("relation", "comma", "closing") and sorts and sorts[-1] == "operator":
            sorts[-1] = "sign"
        sorts.append(sort)
    if sorts and sorts[-1] == "operator":
        sorts[-1] = "sign"
    return sorts


def _between(before: str, sort: str) -> str:
    """The space between two atoms."""
    pair = (before, sort)
    if "space" in pair:
        return ""
    if "relation" in pair:
        return signs.SPACE if before != sort else ""
    if "operator" in pair:
        return signs.SPACE
    if before == "comma":
        return signs.SPACE
    if "dots" in pair and before != "opening" and sort not in ("closing", "comma"):
        return _NARROW
    if before == "large" and sort not in ("opening", "closing", "comma", "sign"):
        return _NARROW
    if sort == "large" and before in ("ordinary", "closing", "fraction", "large"):
        return _NARROW
    return ""
