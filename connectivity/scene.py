"""A figure as marks on paper: units, lines, texts and boxes with their places in points.

x runs right and y runs up, as in Graphviz. A scene says everything that is drawn and nothing of
how; :mod:`.rendering.dot` writes it, :mod:`.picture.compose` makes it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connectivity.graphs.unitnames import Label
from connectivity.typeset.markup import balanced, pieces, rich_width
from connectivity.typeset.pieces import SMALL, Piece, Stack, runs_of

Point = tuple[float, float]
"""A place on paper: x, y."""

LEAST_TEXT, READER = 8.0, 600.0
"""No text is smaller than so many pixels where a figure is so many pixels wide."""

UNSEEN = "unseen"
"""The class of marks that are no part of the whole figure, but of a step of one that moves."""
DASHES = {"dashed": "5,2", "dotted": "1,5"}
"""Of styles of lines: the lengths of strokes and gaps, in points, as Graphviz has them."""

LANGUAGE = "en"
"""Of descriptions and of all that is written by itself."""

LEADING = 1.28
"""From one line of text to the next, in font sizes."""


class Unit(NamedTuple):
    """A circle, or a rectangle. ``id`` is generated, never a user's text.

    ``style`` is that of its outline: solid, dashed or dotted. Where ``stroke`` or ``ink`` (of its
    label) are empty, they are the figure's; where ``width``, ``height`` and ``size`` (of its label) are 0, too. An
    empty ``fill`` leaves it open.
    """

    id: str
    x: float
    y: float
    label: Label | None
    fill: str
    classes: str
    tip: str
    shape: str = "circle"
    style: str = "solid"
    stroke: str = ""
    ink: str = ""
    width: float = 0.0
    height: float = 0.0
    size: float = 0.0


class Line(NamedTuple):
    """An arrow between the centres of two marks, cut off at their borders.

    ``id`` is empty where there are too many to name; ``stub`` marks a connection to what is
    not shown; ``over``: it lies over those that are not. ``path`` are the points of one that is not straight, from border to border: a point, then three for
    each stretch, as Bezier curves have them.
    """

    id: str
    tail: str
    head: str
    colour: str
    width: float
    classes: str = ""
    tip: str = ""
    stub: bool = False
    arrow: bool = True
    style: str = "solid"
    path: tuple[tuple[float, float], ...] = ()
    over: bool = False


class Text(NamedTuple):
    """Lines of text around (x, y), markup heeded; ``align`` is middle, start or end.

    ``plate`` is the colour of the ground it stands on, where it stands on lines.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    align: str = "middle"
    classes: str = "caption"
    plate: str = ""

    def measure(self) -> tuple[float, float]:
        """Width and height in points."""
        lines = self.text.split("\n")
        return max(map(self.width_of, lines)), len(lines) * self.size * LEADING

    def width_of(self, line: str) -> float:
        """The width of one of its lines in points."""
        return rich_width(line, self.size, "semibold" if self.bold else "regular")


class Box(NamedTuple):
    """A rectangle around (x, y): filled, or (with a ``stroke``) a rounded outline.

    One that has an ``id`` is a cell of a matrix, with classes and a tooltip, and perhaps an outline, whose ``style``
    is solid or dashed; one of the class ``plate`` is the ground under them.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    id: str = ""
    classes: str = ""
    tip: str = ""
    style: str = "solid"


class Shape(NamedTuple):
    """A polygon, or (not ``closed``) a line through ``points``; painted under units, lines and texts, in their order.

    An empty ``fill`` leaves it open; ``opacity`` is that of the fill. Without a ``stroke`` it has no outline;
    ``style`` is that of the outline. One with an ``id`` can be pointed at. A rectangle with a ``ramp`` is filled by a
    gradient from its left to its right, whose colours are given at places from 0 to 1.
    """

    points: tuple[tuple[float, float], ...]
    fill: str = ""
    opacity: float = 1.0
    stroke: str = ""
    width: float = 0.8
    style: str = "solid"
    closed: bool = True
    id: str = ""
    classes: str = ""
    tip: str = ""
    ramp: tuple[tuple[float, str], ...] = ()


def _least_size(lines: Iterable[Iterable[Piece]], size: float) -> float:
    """The size of the smallest letters of a text, in points."""
    scripts = any(
        isinstance(piece, Stack) or any(run.height for run in runs_of([piece])) for line in lines for piece in line
    )
    return SMALL * size if scripts else size


class Dot(NamedTuple):
    """A small filled circle; a diameter of 0 is an invisible end of a stub and has an ``id``."""

    x: float
    y: float
    diameter: float
    fill: str = ""
    id: str = ""
    classes: str = "dots"


@dataclass(eq=False, repr=False)
class Scene:
    """Everything that is drawn. ``width`` and ``height`` are the paper's, from (0, 0).

    ``arrows``: lines have heads. ``dense``: lines are too many to have ids, and need no order of
    their own. ``transparent``: there is no background; what stands on lines keeps its ground. ``scale``: how much
    larger than its coordinates say the picture is. ``outlines``: an SVG has its texts as shapes. ``trimmed``: its margin is
    one around the ink, so that lines of text, which are higher, may reach beyond the paper. ``standalone``: what a document
    could take in is a document of its own.
    """

    background: str
    ink: str
    unit_stroke: str
    diameter: float
    unit_width: float
    font_size: float
    width: float = 0.0
    height: float = 0.0
    title: str = ""
    description: str = ""
    arrows: bool = True
    dense: bool = False
    transparent: bool = False
    scale: float = 1.0
    sized: bool = False
    trimmed: bool = False
    outlines: bool = False
    standalone: bool = False
    units: list[Unit] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    cells: list[Box] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)

    def add(self, other: Scene, x: float, y: float) -> None:
        """Add all marks of ``other``, moved by (x, y)."""
        self.units += [unit._replace(x=unit.x + x, y=unit.y + y) for unit in other.units]
        self.texts += [text._replace(x=text.x + x, y=text.y + y) for text in other.texts]
        self.dots += [dot._replace(x=dot.x + x, y=dot.y + y) for dot in other.dots]
        self.boxes += [box._replace(x=box.x + x, y=box.y + y) for box in other.boxes]
        self.cells += [cell._replace(x=cell.x + x, y=cell.y + y) for cell in other.cells]
        self.shapes += [  # made anew, which is quicker than _replace: most marks of large figures are shapes
            Shape(tuple([(px + x, py + y) for px, py in shape.points]), *shape[1:]) for shape in other.shapes
        ]
        self.lines += [
            line._replace(path=tuple((px + x, py + y) for px, py in line.path)) if line.path else line
            for line in other.lines
        ]

    def gather(self, other: Scene) -> None:
        """Add all marks of ``other`` where they are, to be counted or measured and not to be drawn."""
        for name in ("units", "texts", "dots", "boxes", "cells", "shapes", "lines"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def marks(self) -> int:
        """How many marks there are."""
        return (
            len(self.units) + len(self.lines) + len(self.texts) + len(self.shapes) + len(self.cells) + len(self.boxes)
        )

    @property
    def size(self) -> tuple[float, float] | None:
        """Width and height of the picture in points, where these were said, or its text has a size of its own."""
        exact = self.sized or self.trimmed or self.scale != 1.0
        return (self.width * self.scale, self.height * self.scale) if exact else None

    def least_text(self) -> float:
        """The size of the smallest text, in points; of what has none, infinite."""
        sizes = [
            _least_size(map(pieces, text.text.split("\n")) if "$" in text.text else (), text.size)
            for text in self.texts
        ]
        sizes += [
            _least_size(unit.label.lines(), unit.size or self.font_size)
            for unit in self.units
            if unit.label and unit.label.stem
        ]
        return min(sizes, default=math.inf)

    def on_paper(self, width: float, height: float) -> Scene:
        """The same in the middle of a paper of another size."""
        empty: Any = {name: [] for name in ("units", "lines", "texts", "boxes", "cells", "shapes", "dots")}
        scene = dataclasses.replace(self, width=width, height=height, **empty)
        scene.add(self, (width - self.width) / 2, (height - self.height) / 2)
        return scene

    def tips(self) -> dict[str, str]:
        """The tooltip of each mark that has one, by id."""
        tips = {unit.id: unit.tip for unit in self.units}
        tips.update((line.id, line.tip) for line in self.lines if line.id)
        tips.update((cell.id, cell.tip) for cell in self.cells if cell.id)
        tips.update((shape.id, shape.tip) for shape in self.shapes if shape.id)
        return tips


@dataclass(eq=False, repr=False)
class Extent:
    """The smallest rectangle around everything it was shown."""

    left: float = math.inf
    bottom: float = math.inf
    right: float = -math.inf
    top: float = -math.inf

    def cover(self, x: float, y: float, width: float, height: float) -> None:
        """Include a rectangle around (x, y)."""
        self.left, self.right = min(self.left, x - width / 2), max(self.right, x + width / 2)
        self.bottom, self.top = min(self.bottom, y - height / 2), max(self.top, y + height / 2)

    def include(self, other: Extent) -> None:
        """Include another one, which may be empty."""
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.bottom, self.top = min(self.bottom, other.bottom), max(self.top, other.top)

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left


@dataclass(eq=False, repr=False)
class Sheet:
    """Marks that are being drawn around an origin of their own, and how far they reach."""

    marks: Scene
    extent: Extent = field(default_factory=Extent)

    def text(self, text: Text) -> None:
        """Add a text."""
        self.marks.texts.append(text)
        width, height = text.measure()
        shift = {"start": width / 2, "end": -width / 2}.get(text.align, 0.0)
        self.extent.cover(text.x + shift, text.y, width, height)

    def title(self, text: str, x: float, top: float, width: float, size: float, gap: float) -> None:
        """Add a title that ends ``gap`` above ``top``, in lines of at most ``width`` that are alike."""
        lines = balanced(text, width, size, "semibold")
        if not lines:
            return
        y = top + gap + (lines.count("\n") + 1) * size * LEADING / 2
        self.text(Text(x, y, lines, size, self.marks.ink, bold=True, classes="title"))

    def unit(self, unit: Unit) -> None:
        """Add a unit."""
        self.marks.units.append(unit)
        width, height = unit.width or self.marks.unit_width, unit.height or self.marks.diameter
        self.extent.cover(unit.x, unit.y, width + 2, height + 2)

    def line(self, line: Line) -> None:
        """Add a line; one that is not straight takes room."""
        self.marks.lines.append(line)
        for x, y in line.path:
            self.extent.cover(x, y, 2.0, 2.0)

    def dot(self, dot: Dot) -> None:
        """Add a dot."""
        self.marks.dots.append(dot)
        self.extent.cover(dot.x, dot.y, dot.diameter, dot.diameter)

    def shape(self, shape: Shape) -> None:
        """Add a shape."""
        self.marks.shapes.append(shape)
        pen = shape.width if shape.stroke else 0.0
        if shape.points:  # all at once, since most marks of large figures are shapes
            xs, ys = [x for x, _ in shape.points], [y for _, y in shape.points]
            half, extent = pen / 2, self.extent
            extent.left, extent.right = min(extent.left, min(xs) - half), max(extent.right, max(xs) + half)
            extent.bottom, extent.top = min(extent.bottom, min(ys) - half), max(extent.top, max(ys) + half)

    def box(self, box: Box) -> None:
        """Add a box."""
        self.marks.boxes.append(box)
        self.extent.cover(box.x, box.y, box.width, box.height)
