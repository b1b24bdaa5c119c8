"""The texts of an SVG, written so that everything that draws SVG draws them alike.

A line is one ``<text>``, whose pieces flow: where the reader's font is wider than ours, they are pushed along and
never printed over one another. What programs have in common is less than the standard:

* a line of several pieces starts at its left edge, since CairoSVG, svglib and LibreOffice centre each piece by itself;
* what is raised or lowered says so by ``dy``, in user units, and the piece after it comes back: ``baseline-shift`` is
  unknown to Firefox and CairoSVG, and an em is that of the piece to some and that of the line to others;
* spaces at the edges of pieces need ``xml:space``, or librsvg drops them, those that do not break as well;
* ``textLength`` is said of the whole line, which browsers and Inkscape heed, and of the pieces that have letters to
  move together, for LibreOffice; the others pass over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connectivity.graphs.unitnames import Label
from connectivity.numerals import brief
from connectivity.rendering.dot import SIGN, clean, label_lines, text_id, text_lines
from connectivity.scene import Scene, Text, Unit
from connectivity.typeset import pieces as typeset
from connectivity.typeset.markup import has_markup, pieces, setting
from connectivity.typeset.metrics import text_width, unknown
from connectivity.typeset.pieces import APART, SMALL, Arrow, Run, Stack

SUB, SUP = -0.2, 0.364
"""How far subscripts and superscripts are raised, in sizes of the line."""

_DROP = 0.25  # from the middle of a line down to its baseline, in sizes: between half of an x and half of a capital
_DROP_BY_SCRIPTS = 0.18  # of a letter in a unit, which has a subscript below it
_DROP_OF_SIGN = 0.33  # the height of a sign's middle over the baseline
_ROOMY = 0.65  # of a unit's width: a label that is not wider stays within it in any usual font
_USUAL_EXCESS = (
    0.06  # how much wider than ours the fonts are that readers have in its place (Arial, Helvetica, Segoe UI)
)
_ARROW_DROP = 0.12  # from the height at which an arrow is drawn to its baseline, in sizes
_SPACES = {0xA0: " ", 0x2009: " ", 0x200A: ""}
_WEIGHT = {True: 600, False: 400}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Piece(NamedTuple):
    """A stretch of a line in one face and size, raised by ``rise`` points.

    It starts ``move`` points behind the end of the one before it: less than 0 to stand over or under that.
    """

    text: str
    size: float
    bold: bool = False
    italic: bool = False
    rise: float = 0.0
    move: float = 0.0

    @property
    def width(self) -> float:
        """From its start to its end in points, as ``rich_width`` has it."""
        return text_width(self.text, self.size, self.face)

    @property
    def face(self) -> str:
        """The face of the shipped font; there is none that is bold and italic."""
        return "italic" if self.italic else "semibold" if self.bold else "regular"


class Writing(NamedTuple):
    """A line of text in an SVG: its anchor (by ``align``) on the baseline, and its pieces.

    ``behind`` is how far it reaches behind its last piece. ``roomy``: there is room around it, so that it need not be exactly as long as it was measured.
    """

    x: float
    y: float
    pieces: list[Piece]
    size: float
    colour: str
    align: str = "middle"
    behind: float = 0.0
    roomy: bool = False

    @property
    def width(self) -> float:
        """From its left to its right, in points."""
        return sum(piece.move + piece.width for piece in self.pieces) + self.behind

    @property
    def left(self) -> float:
        """Where the line starts."""
        return self.x - {"middle": self.width / 2, "end": self.width}.get(self.align, 0.0)

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def unknown(self) -> list[str]:
        """The characters that the shipped font has not."""
        found = [character for piece in self.pieces for character in unknown(piece.text, piece.face)]
        return list(dict.fromkeys(found))


def writings(scene: Scene) -> dict[str, list[Writing]]:
    """The lines of text of a scene, by the id of their mark in the drawing: a unit's, or that of ``text_id``."""
    lines = {text_id(number): [_line(*placed)] for number, placed in enumerate(text_lines(scene))}
    lines.update((unit.id, _labels(unit, unit.label, scene)) for unit in scene.units if unit.label)
    return {mark: shown for mark, written in lines.items() if (shown := [line for line in written if line.pieces])}


def live(writing: Writing) -> str:
    """A line as an element ``<text>``."""
    pieces = writing.pieces
    first = pieces[0]
    together = len(pieces) == 1
    attributes = "" if writing.align == "start" or not together else f' text-anchor="{writing.align}"'
    x = writing.x if together else writing.left - (_USUAL_EXCESS / 2 * writing.width if writing.roomy else 0.0)
    attributes += f' x="{brief(x)}" y="{brief(writing.y - first.rise)}"'
    attributes += f' font-weight="{_WEIGHT[True]}"' if first.bold else ""
    attributes += ' font-style="italic"' if together and first.italic else ""
    attributes += f' font-size="{brief(first.size if together else writing.size)}" fill="{writing.colour}"'
    if any(" " in (piece.text[0], piece.text[-1]) or "  " in piece.text for piece in pieces):
        attributes += ' xml:space="preserve"'
    attributes += _length(writing.width) if _has_known_length(writing) else ""
    content = escaped(first.text) if together else "".join(_spans(writing))
    return f"<text{attributes}>{content}</text>\n"


def escaped(text: str) -> str:
    """``text`` between tags."""
    return clean(text).translate(_ESCAPES)


def _spans(writing: Writing) -> Iterator[str]:
    risen = writing.pieces[0].rise
    for piece in writing.pieces:
        shift = f' dx="{brief(piece.move)}"' if piece.move else ""
        shift += f' dy="{brief(risen - piece.rise)}"' if piece.rise != risen else ""
        shift += f' font-size="{brief(piece.size)}"' if piece.size != writing.size else ""
        shift += f' font-weight="{_WEIGHT[piece.bold]}"' if piece.bold != writing.pieces[0].bold else ""
        shift += ' font-style="italic"' if piece.italic else ""
        measured = len(piece.text) > 1 and not writing.roomy and not unknown(piece.text)
        shift += _length(piece.width) if measured else ""
        risen = piece.rise
        yield f"<tspan{shift}>{escaped(piece.text)}</tspan>"


def _length(width: float) -> str:
    return f' textLength="{brief(width)}" lengthAdjust="spacingAndGlyphs"'


def _has_known_length(writing: Writing) -> bool:
    """Whether the line is made as long as it was measured; what has room looks better as its font is."""
    alone = len(writing.text) == 1 and writing.align == "middle"
    return not (alone or writing.roomy or writing.unknown)


def _line(x: float, y: float, line: str, text: Text) -> Writing:
    marked = has_markup(line)
    found, behind = _pieces(pieces(line) if marked else (Run(line),), text.size, text.bold)
    spaced = [piece._replace(text=piece.text.translate(_SPACES)) for piece in found]  # which readers search for
    return Writing(x, -y + _DROP * text.size, spaced, text.size, text.colour, text.align, behind)


def _pieces(line: Sequence[typeset.Piece], size: float, bold: bool = False) -> tuple[list[Piece], float]:
    """The pieces of a line, together as wide as ``rich_width`` says, and how far that is behind the last of them."""
    found: list[Piece] = []
    back = 0.0  # from where the last piece ends to where the next one starts
    for part in line:
        own: list[Piece] = []
        if isinstance(part, Run):
            own, after = [_piece(part, size, bold)], 0.0
        elif isinstance(part, Arrow):
            own, after = _under_arrow(part, size, bold)
        else:
            own, after = _stacked(part, size, bold)
        own = [piece for piece in own if piece.text]
        if own:
            found += [own[0]._replace(move=own[0].move + back), *own[1:]]
            back = after
    return found, back


def _piece(run: Run, size: float, bold: bool) -> Piece:
    heavy, italic = run.face == "bold" or (bold and run.face != "italic"), run.face == "italic"
    if not run.height:
        return Piece(run.text, size, heavy, italic)
    return Piece(run.text, SMALL * size, heavy, italic, rise=(SUB if run.height == "sub" else SUP) * size)


def _stacked(stack: Stack, size: float, bold: bool) -> tuple[list[Piece], float]:
    """A subscript and a superscript that starts where it does, and the way to the end of the wider one."""
    low, high = ([_piece(run, size, bold) for run in runs] for runs in (stack.low, stack.high))
    low = [piece._replace(rise=piece.rise - APART * size) for piece in low]
    high = [piece._replace(rise=piece.rise + (APART * size if piece.rise else 0.0)) for piece in high]
    below, above = (sum(piece.width for piece in pieces) for pieces in (low, high))
    high[0] = high[0]._replace(move=-below)
    return [*low, *high], max(0.0, below - above)


def _under_arrow(part: Arrow, size: float, bold: bool) -> tuple[list[Piece], float]:
    """A letter, the arrow over it, and the way back to the letter's end."""
    base, (over, *_) = _piece(part.base, size, bold), setting([part], size, "semibold" if bold else "regular").overlays
    mark = Piece(over.runs[0].text, over.size, rise=over.lift + _ARROW_DROP * size)
    mark = mark._replace(move=over.x - base.width)
    return [base, mark], -(mark.move + mark.width)


def _labels(unit: Unit, label: Label, scene: Scene) -> list[Writing]:
    """The lines of a label."""
    size = unit.size or scene.font_size
    ink = unit.ink or scene.ink
    if label.large:
        pieces = [Piece(label.stem, SIGN * size)]
        return [_roomy(Writing(unit.x, -unit.y + _DROP_OF_SIGN * SIGN * size, pieces, SIGN * size, ink), unit, scene)]
    lines = []
    for line, y, line_size in label_lines(unit, label, size, scene.diameter):
        plain_line = all(piece == Run(piece.text) for piece in line if isinstance(piece, Run))
        drop = _DROP if plain_line else _DROP_BY_SCRIPTS
        found, behind = _pieces(line, line_size)
        spaced = [piece._replace(text=piece.text.translate(_SPACES)) for piece in found]
        writing = Writing(unit.x, -y + drop * line_size, spaced, line_size, ink, behind=behind)
        lines.append(_roomy(writing, unit, scene))
    return lines


def _roomy(line: Writing, unit: Unit, scene: Scene) -> Writing:
    return line._replace(roomy=line.width <= _ROOMY * (unit.width or scene.unit_width))
