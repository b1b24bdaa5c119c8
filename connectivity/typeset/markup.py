r"""A small markup for titles and labels: ``$h_2^{(1)}$`` and ``$\sigma$``, as TeX has it.

What stands between two dollar signs is read by :mod:`.formula`. All else, and everything outside of dollar signs, is
plain Unicode. A dollar sign that cannot open or close such a piece ("$5 and $6") is a dollar sign, and so is ``\$``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from connectivity.typeset.metrics import text_width
from connectivity.typeset.pieces import SMALL, Arrow, Piece, Run, Stack, joined

if TYPE_CHECKING:
    from connectivity.typeset.formula import MarkupFault

_ESCAPES = {"\t": "t", "\f": "f", "\b": "b", "\n": "n", "\r": "r"}
_EATEN = re.compile(r"\$[^$\n]*(?P<sign>[\t\f\x08])[a-z][^$\n]*\$|\$[^$\n]*(?P<line>[\n\r])(?P<rest>[a-z]+)[^$\n]*\$")
"""Between dollar signs: what quotation marks of TOML, or of Python, make of the beginnings of commands."""

_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_ARROW_SIZE, _ARROW_LIFT = 0.55, 0.43  # of the arrow over a letter: its size, and how high it stands, in font sizes


class Overlay(NamedTuple):
    """Runs that stand over others: ``x`` to the right of where the text begins, ``lift`` above its line.

    They are read behind the first so many runs of the line: ``behind``.
    """

    x: float
    lift: float
    runs: tuple[Run, ...]
    size: float
    behind: int


class Setting(NamedTuple):
    """A line of text that is set: runs one after the other, what stands over them, and how wide all of it is."""

    runs: tuple[Run, ...]
    overlays: tuple[Overlay, ...]
    width: float


def formulas(text: str) -> Iterator[tuple[int, int]]:
    r"""Where pieces of markup are in ``text``: from the first dollar sign to behind the second.

    The first has no space behind it, the second none before it and no digit behind it.

    >>> list(formulas(r"a $x_1$ costs $5 or \$6"))
    [(2, 7)]
    """
    place = 0
    while (start := text.find("$", place)) >= 0:
        end = _closing(text, start) if not _is_escaped(text, start) else 0
        if end:
            yield start, end
        place = end or start + 1


def _is_escaped(text: str, place: int) -> bool:
    return place > 0 and text[place - 1] == "\\"


def _closing(text: str, start: int) -> int:
    """Behind the dollar sign that belongs to the one at ``start``; 0 where there is none."""
    if text[start + 1 : start + 2] in (" ", "\u00a0", ""):
        return 0
    place = _partner(text, start, in_groups=False) or _partner(text, start, in_groups=True)
    if not place or place == start + 1:
        return 0
    spaced = text[place - 1] in " \u00a0" and text[place - 2] != "\\"
    following = text[place + 1 : place + 2]
    return 0 if spaced or (following.isascii() and following.isdigit()) else place + 1


def _partner(text: str, start: int, in_groups: bool) -> int:
    """The next dollar sign on the line that is not within a group, unless such ones count; 0 where there is none."""
    place, depth = start + 1, 0
    while place < len(text) and text[place] != "\n":
        sign = text[place]
        if sign == "$" and (in_groups or depth <= 0):
            return place
        depth += {"{": 1, "}": -1}.get(sign, 0)
        place += 2 if sign == "\\" and text[place + 1 : place + 2] != "\n" else 1
    return 0


def has_markup(text: str) -> bool:
    """Whether there is anything but plain text in it."""
    return "$" in text and (r"\$" in text or next(formulas(text), None) is not None)


@functools.lru_cache(maxsize=1024)
def pieces(text: str) -> tuple[Piece, ...]:
    r"""The pieces of ``text``; what is no markup after all stays as it was typed.

    >>> pieces(r"layer $h_2$")
    (Run(text='layer ', face='', height=''), Run(text='h', face='italic', height=''), Run(text='2', face='', height='sub'))
    """
    found: list[Piece] = []
    done = 0
    for start, end in formulas(text):
        from connectivity.typeset.formula import MarkupFault, read  # which most figures do without

        found.append(_typed(text[done:start]))
        try:
            found += read(text, start + 1, end - 1)
        except MarkupFault:
            found.append(Run(text[start:end]))
        done = end
    return tuple(joined([*found, _typed(text[done:])]))


def _typed(text: str) -> Run:
    return Run(text.replace(r"\$", "$"))


def problem(text: str) -> MarkupFault | None:
    r"""What of ``text`` cannot be written between dollar signs; None where all can.

    >>> problem(r"layer $h_{2$"), problem("layer $h_2$")
    (MarkupFault('"{" without its "}"', 9), None)
    """
    if "$" not in text:  # as most texts
        return None
    from connectivity.typeset.formula import MarkupFault, read

    eaten = _eaten(text)
    if eaten is not None:
        return MarkupFault(
            f"between dollar signs stands a control character, which quotation marks make of \\{_ESCAPES[text[eaten]]}; "
            "in a figure file write mathematics in single quotes, else with two backslashes",
            eaten,
        )
    for start, end in formulas(text):
        try:
            read(text, start + 1, end - 1)
        except MarkupFault as fault:
            return fault
    return None


def _eaten(text: str) -> int | None:
    """Where a command has lost its backslash and its first letter; None where none has."""
    for match in _EATEN.finditer(text):
        if match["sign"]:
            return match.start("sign")
        from connectivity.typeset.signs import KNOWN

        if _ESCAPES[match["line"]] + match["rest"] in KNOWN:
            return match.start("line")
    return None


def parts(text: str) -> list[str]:
    r"""A list of texts, which slashes part: those within a piece of markup do not, nor do those behind a backslash.

    >>> parts(r"a\/b/$c/d$/e")
    ['a/b', '$c/d$', 'e']
    """
    within = [False] * len(text)
    for start, end in formulas(text):
        within[start:end] = [True] * (end - start)
    found = [""]
    for place, sign in enumerate(text):
        if sign != "/" or within[place]:
            found[-1] += sign
        elif place and text[place - 1] == "\\":
            found[-1] = found[-1][:-1] + sign
        else:
            found.append("")
    return found


def elided(text: str, most: int) -> str:
    r"""``text``, cut where it has more than ``most`` characters; a piece of markup is never parted.

    >>> elided("a very long one", 8), elided(r"see $\alpha$", 8)
    ('a very …', 'see …')
    """
    if len(text) <= most:
        return text
    cut = most - 1
    for start, end in formulas(text):
        cut = start if start < cut < end else cut
    return f"{text[:cut]}…"


_UNSPACED = str.maketrans({"\u2009": " ", "\u200a": "", "\u00a0": " "})  # the spaces of formulas


def plain(text: str) -> str:
    r"""``text`` in Unicode alone, for where there is no markup.

    >>> plain(r"$\sigma(h_2)$ and $x^q$ and $w_{ij}$")
    'σ(h₂) and x^q and wᵢⱼ'
    """
    if not has_markup(text):
        return text
    from connectivity.typeset.signs import ARROW

    parts: list[str] = []
    script: list[Run] = []
    for piece in (*pieces(text), Run("")):
        if script and not (isinstance(piece, Run) and piece.height == script[0].height):
            parts.append(_plain_script(script))
            script = []
        if isinstance(piece, Stack):
            parts += [_plain_script(piece.low), _plain_script(piece.high)]
        elif isinstance(piece, Arrow):
            parts.append(piece.base.text + ARROW)
        elif piece.height:
            script.append(piece)
        else:
            parts.append(piece.text)
    return "".join(parts).translate(_UNSPACED)


def _plain_script(runs: Sequence[Run]) -> str:
    """A script of characters that are small by themselves, else behind a mark."""
    from connectivity.typeset.signs import SUBSCRIPTS, SUPERSCRIPTS

    lead = "".join(run.text for run in runs if not run.height)  # primes
    text = "".join(run.text for run in runs if run.height)
    height = next((run.height for run in runs if run.height), "")
    small = SUBSCRIPTS if height == "sub" else SUPERSCRIPTS
    if all(character in small for character in text):
        return lead + "".join(small[character] for character in text)
    mark = "_" if height == "sub" else "^"
    bracketed = len(text) == 1 or (text[0] == "(" and text.find(")") == len(text) - 1)
    return lead + mark + (text if bracketed else f"({text})")


_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "#$%&_{}"} | {"\\": r"\backslash{}", "^": "", "~": " "})


def escaped(name: str) -> str:
    r"""``name`` for between dollar signs, where none of its characters means anything else.

    >>> plain(f"${escaped('my_layer')}_2$")
    'my_layer₂'
    """
    return name.translate(_SPECIAL)


def run_width(run: Run, size: float, face: str = "regular") -> float:
    """The width of a run in points, in a text of font ``size`` and ``face``."""
    return text_width(run.text, size * (SMALL if run.height else 1.0), face_of(run, face))


def face_of(run: Run, face: str) -> str:
    """The face of a run in a text of ``face``: there is no semibold italic."""
    return {"italic": "italic", "bold": "semibold"}.get(run.face, face)


def runs_width(runs: Sequence[Run], size: float, face: str = "regular") -> float:
    """The width of runs that follow one another, in points."""
    return sum(run_width(run, size, face) for run in runs)


def setting(line: Sequence[Piece], size: float, face: str = "regular") -> Setting:
    """A line of pieces as runs one after the other, and what stands over them. Of two scripts the wider is in line."""
    flow: list[Run] = []
    overlays: list[Overlay] = []
    x = 0.0
    for piece in line:
        if isinstance(piece, Run):
            flow.append(piece)
            x += run_width(piece, size, face)
        elif isinstance(piece, Arrow):
            width = run_width(piece.base, size, face)
            mark = Run("→")
            mark_width = run_width(mark, _ARROW_SIZE * size)
            lean = 0.05 * size if piece.base.face == "italic" else 0.0
            lift = (
                _ARROW_LIFT + (0.2 if piece.base.text[:1].isupper() or piece.base.text in "bdfhklt" else 0.0)
            ) * size
            overlays.append(
                Overlay(x + (width - mark_width) / 2 + lean, lift, (mark,), _ARROW_SIZE * size, len(flow) + 1)
            )
            flow.append(piece.base)
            x += width
        else:
            wide, narrow = sorted((piece.low, piece.high), key=lambda runs: -runs_width(runs, size, face))
            behind = len(flow) + (len(wide) if narrow is piece.high else 0)
            overlays.append(Overlay(x, 0.0, narrow, size, behind))
            flow += wide
            x += runs_width(wide, size, face)
    return Setting(tuple(flow), tuple(overlays), x)


def rich_width(text: str, size: float, face: str = "regular") -> float:
    """The width of ``text`` in points, markup heeded; of several lines the widest."""
    if "\n" in text:
        return max(rich_width(line, size, face) for line in text.split("\n"))
    if not has_markup(text):
        return text_width(text, size, face)
    return setting(pieces(text), size, face).width


def split_lines(text: str) -> list[str]:
    r"""The lines of a text, without those at its ends that are empty.

    >>> split_lines("\none\r\ntwo\u2028three\n")
    ['one', 'two', 'three']
    """
    return [line.strip() for line in _LINE_END.split(text.strip())]


def wrapped(text: str, width: float, size: float, face: str = "regular") -> str:
    r"""``text`` with line breaks between words, so that no line is wider than ``width`` points.

    A word that is wider by itself stays whole, and so does a piece of markup. Line breaks that are there stay.

    >>> wrapped("every connection has its own weight", 100, 12)
    'every connection\nhas its own weight'
    """
    if len(own := split_lines(text)) > 1:
        return "\n".join(wrapped(line, width, size, face) for line in own)
    lines: list[str] = []
    for word in _words(text):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and rich_width(longer, size, face) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def balanced(text: str, width: float, size: float, face: str = "regular") -> str:
    r"""As :func:`wrapped`, in as many lines, the longest of which is as short as can be.

    >>> wrapped("fully connected, two layers", 105, 12), balanced("fully connected, two layers", 105, 12)
    ('fully connected, two\nlayers', 'fully connected,\ntwo layers')
    """
    best, short = wrapped(text, width, size, face), 0.0
    for _ in range(_HALVINGS if "\n" in best else 0):
        middle = (short + width) / 2
        found = wrapped(text, middle, size, face)
        if found.count("\n") > best.count("\n"):
            short = middle
        else:
            best, width = found, middle
    return best


_HALVINGS = 9  # of the widths among which the least is looked for

NARROW = 72.0
"""How wide the lines of captions are that are wrapped, in points."""


def narrowed(heading: str, lines: Sequence[str], head: float, size: float) -> tuple[str, list[str]]:
    r"""A caption's heading and lines of these sizes, wrapped; a number stays beside its noun.

    >>> narrowed("fully connected", ["2,688 weights"], 12.0, 11.0)
    ('fully\nconnected', ['2,688 weights'])
    """
    bound = [_NUMBER.sub("\u00a0", line) for line in (heading, *lines)]
    wraps = [wrapped(bound[0], NARROW, head, "semibold"), *(wrapped(line, NARROW, size) for line in bound[1:])]
    plain = [text.replace("\u00a0", " ") for text in wraps]
    return plain[0], [part for text in plain[1:] for part in text.split("\n")]


_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d])| (?=\d+$)")


def _words(text: str) -> list[str]:
    """The words of a text; a piece of markup is never parted."""
    if "$" not in text:
        return text.split()
    whole = text
    for start, end in formulas(text):
        whole = whole[:start] + whole[start:end].replace(" ", "\u00a0") + whole[end:]
    return [word for word in whole.split(" ") if word]
