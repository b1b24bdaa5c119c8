"""The paper of a figure: everything on it, and the free space around that."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.errors import DrawingError
from connectivity.picture.grid import Placed
from connectivity.scene import LEADING, Extent, Line, Scene, Text
from connectivity.typeset.lengths import points

COORDINATE_LIMIT = 1_000_000
"""The longest side of a figure, in points."""

MARGIN = 12.0
"""The free space around everything where nobody says it, in points of a figure that is not scaled."""

_PEN = 2.0  # how much outlines add to what they surround
_CAPITAL, _X = 0.74, 0.55  # how high letters are over their baseline, in sizes
_DROP, _DESCENDER = 0.25, 0.25  # of the baseline under the middle of its line, of letters under their baseline
_LOW = frozenset("acemnorsuvwxzgpqy.,-_ ")
_HANGING = frozenset("gjpqyQ,;()[]{}|_/")


def margin_of(margin: str | None, scale: float) -> float | None:
    """The margin that is said, in points of a figure that is not scaled; None where nobody says one."""
    return None if margin is None else points(margin, "margin", least=0.0) / scale


def put_on_paper(
    paper: Scene, placed: Sequence[Placed], extent: Extent, margin: float | None, sketch: bool = False
) -> None:
    """All marks on paper with a margin, its lower left corner at (0, 0); of a ``sketch`` only the size is right.

    A ``margin`` that is said is that around the ink; the usual one is around lines of text in their whole height.
    Raises DrawingError beyond COORDINATE_LIMIT.
    """
    if margin is not None:
        extent, paper.trimmed = _ink(placed), True
    free = MARGIN if margin is None else margin
    paper.width = extent.width + 2 * free
    paper.height = extent.top - extent.bottom + 2 * free
    side = max(paper.width, paper.height)
    if side > COORDINATE_LIMIT:
        raise DrawingError(
            f"the figure is {side:,.0f} points long; at most {COORDINATE_LIMIT:,}: max-units shows fewer units"
        )
    for sheet, x, y in placed:
        if sketch:
            paper.gather(sheet.marks)
            continue
        paper.add(sheet.marks, x + free - extent.left, y + free - extent.bottom)


def _ink(placed: Sequence[Placed]) -> Extent:
    """What the marks of sheets reach where they are placed, to less than a point."""
    extent = Extent()
    for sheet, x, y in placed:
        ink = ink_of(sheet.marks)
        if ink.left <= ink.right:
            middle = x + (ink.left + ink.right) / 2, y + (ink.bottom + ink.top) / 2
            extent.cover(*middle, ink.width, ink.top - ink.bottom)
    return extent


def ink_of(scene: Scene) -> Extent:
    """What the marks of a scene reach, to less than a point."""
    extent = Extent()
    for unit in scene.units:
        width, height = unit.width or scene.unit_width, unit.height or scene.diameter
        extent.cover(unit.x, unit.y, width + _PEN, height + _PEN)
    for box in (*scene.boxes, *scene.cells):
        pen = _PEN / 2 if box.stroke else 0.0
        extent.cover(box.x, box.y, box.width + pen, box.height + pen)
    for shape in scene.shapes:
        pen = shape.width if shape.stroke else 0.0
        for x, y in shape.points:
            extent.cover(x, y, pen, pen)
    for dot in scene.dots:
        extent.cover(dot.x, dot.y, dot.diameter, dot.diameter)
    for line in scene.lines:
        _cover_line(extent, line)
    for text in scene.texts:
        _cover_text(extent, text)
    return extent


def _cover_line(extent: Extent, line: Line) -> None:
    """A line that is not straight; a straight one is between what it connects."""
    for x, y in line.path:
        extent.cover(x, y, line.width, line.width)


def _cover_text(extent: Extent, text: Text) -> None:
    """The letters of a text: of its first line how high they are, of its last how low; of formulas whole lines."""
    width, height = text.measure()
    shift = {"start": width / 2, "end": -width / 2}.get(text.align, 0.0)
    top, bottom = text.y + height / 2, text.y - height / 2
    lines = text.text.split("\n")
    half = LEADING / 2
    if "$" not in lines[0]:
        top -= (half + _DROP - (_X if _LOW.issuperset(lines[0]) else _CAPITAL)) * text.size
    if "$" not in lines[-1]:
        bottom += (half - _DROP - (0.0 if _HANGING.isdisjoint(lines[-1]) else _DESCENDER)) * text.size
    extent.cover(text.x + shift, (top + bottom) / 2, width, top - bottom)
