"""A scene as artists of matplotlib: real lines, patches and texts in axes whose units are the scene's points.

Widths of lines and sizes of texts are in those units as well: whatever size the axes get, by a layout, a window or a
file's resolution, the figure is a smaller or larger picture of itself. matplotlib measures both on paper, so they are
said anew whenever they are drawn or measured. Imported only where a figure is plotted.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from connectivity.errors import DrawingError, visible
from connectivity.rendering.dot import CELL_OUTLINE, middle_of, pen_of, plate_size, text_lines
from connectivity.rendering.strokes import Stroke, strokes
from connectivity.rendering.svgtext import Piece, Writing, writings
from connectivity.scene import Box, Scene, Shape, Unit
from connectivity.typeset.metrics import DATA, FILES, unknown

Colour = tuple[float, float, float, float]

_POINTS_PER_INCH = 72
_GROUND, _SHAPES, _LINES, _HEADS, _BOXES, _CELLS, _PLATES, _DOTS, _UNITS, _TEXTS = (0.5 + 0.04 * n for n in range(10))
"""What lies over what; all of it under what others add, whose patches are at 1."""

_DASHES = {"dashed": (5.0, 2.0), "dotted": (1.0, 5.0)}
"""How long the strokes and the gaps of a line are, in points, as an SVG has them."""

_ALIGNED = {"start": "left", "middle": "center", "end": "right"}
_ROUND = 12.0  # the radius of rounded corners, and at most a third of a side
_GROUP_PEN = 0.9  # of the outlines around groups, in points


STEPS = 64
"""In how many steps a gradient is drawn."""


class Drawn(NamedTuple):
    """A path and how it is drawn; ``width`` in points of the scene."""

    path: Path
    fill: Colour
    stroke: Colour = (0.0, 0.0, 0.0, 0.0)
    width: float = 0.0
    style: str = "solid"


def plot(scene: Scene, ax: Axes | None = None, font: str | None = None) -> Axes:
    """Draw ``scene`` into axes, or into new ones of its own size, and return them.

    ``font`` is a file for characters that the shipped font has not; without, they are matplotlib's. Raises
    DrawingError for what are no axes.
    """
    if ax is None:
        ax = _new_axes(scene)
    if not isinstance(ax, Axes):
        raise DrawingError(
            f"plot draws into axes, as of fig, ax = plt.subplots(), and not into {visible(repr(ax), 40)}; plot() makes some"
        )
    ax.set_axis_off()
    ax.set_aspect("equal")
    ax.set(xlim=(0.0, scene.width), ylim=(0.0, scene.height))
    if not scene.transparent:
        ground = Rectangle((0, 0), scene.width, scene.height, facecolor=scene.background, edgecolor="none")
        ground.set_zorder(_GROUND)
        ax.add_patch(ground)
    _add_paths(ax, itertools.chain.from_iterable(map(_shape, scene.shapes)), _SHAPES)
    _add_lines(ax, scene)
    for box in scene.boxes:
        _add_patch(ax, _box(box), _BOXES)
    _add_paths(ax, map(_cell, scene.cells), _CELLS)
    _add_paths(ax, _plates(scene), _PLATES)
    _add_paths(
        ax,
        (Drawn(Path.circle((dot.x, dot.y), dot.diameter / 2), _rgba(dot.fill)) for dot in scene.dots if dot.diameter),
        _DOTS,
    )
    for unit in scene.units:
        _add_patch(ax, _unit(unit, scene), _UNITS)
    _add_texts(ax, scene, font)
    return ax


def _new_axes(scene: Scene) -> Axes:
    """Axes that fill a figure of the scene's size."""
    sides = (side * scene.scale / _POINTS_PER_INCH for side in (scene.width, scene.height))
    figure = plt.figure(figsize=(next(sides), next(sides)))
    if scene.transparent:
        figure.patch.set_alpha(0.0)
    return figure.add_axes((0.0, 0.0, 1.0, 1.0))


class _InUnits:
    """An artist whose widths and sizes are in units of its axes; ``_resize`` says them in points of the paper."""

    axes: Any

    def _resize(self, points: float) -> None:
        raise NotImplementedError

    def _fit(self) -> None:
        (x0, y0), (x1, y1) = self.axes.transData.transform([(0.0, 0.0), (0.0, 1.0)])
        self._resize(math.hypot(x1 - x0, y1 - y0) * _POINTS_PER_INCH / self.axes.figure.dpi)

    def draw(self, renderer: Any) -> None:
        self._fit()
        super().draw(renderer)  # type: ignore[misc]  # of the artist that this is mixed into

    def get_window_extent(self, *arguments: Any, **named: Any) -> Any:
        self._fit()
        return super().get_window_extent(*arguments, **named)  # type: ignore[misc]


def _dashes(style: str, width: float, points: float) -> Any:
    """A style of lines as matplotlib has it, whose dashes are in widths of the line unless the reader says otherwise."""
    if style not in _DASHES or not width:
        return "solid"
    unit = 1 / width if mpl.rcParams["lines.scale_dashes"] else points
    return 0, tuple(length * unit for length in _DASHES[style])


class _Stroked(_InUnits):
    """A collection, each of whose paths has a width and a style."""

    strokes: Sequence[tuple[float, str]] = ()

    def _resize(self, points: float) -> None:
        this: Any = self
        this.set_linewidth([width * points for width, _ in self.strokes])
        this.set_linestyle([_dashes(style, width, points) for width, style in self.strokes])


class _Lines(_Stroked, LineCollection):
    """Straight lines."""


class _Paths(_Stroked, PathCollection):
    """Whatever is drawn along paths."""


class _Outlined(_InUnits):
    """A patch with an outline."""

    stroke: tuple[float, str] = (0.0, "solid")

    def _resize(self, points: float) -> None:
        this: Any = self
        width, style = self.stroke
        this.set_linewidth(width * points)
        this.set_linestyle(_dashes(style, width, points))


class _Circle(_Outlined, Circle):
    """A round unit."""


class _Rectangle(_Outlined, Rectangle):
    """A square one."""


class _Rounded(_Outlined, FancyBboxPatch):
    """A box with round corners."""


class _Letters(_InUnits, Text):
    """A stretch of text in one face, whose letters are as far apart as they were measured, and not on whole pixels."""

    size_in_units = 0.0

    def _resize(self, points: float) -> None:
        self.set_fontsize(self.size_in_units * points)

    def draw(self, renderer: Any) -> None:
        with mpl.rc_context({"text.hinting": "none"}):
            super().draw(renderer)


def _rgba(colour: str, opacity: float = 1.0) -> Colour:
    """A colour; one that is empty or "transparent" is none."""
    if colour in ("", "transparent"):
        return 0.0, 0.0, 0.0, 0.0
    red, green, blue, alpha = to_rgba(colour)
    return red, green, blue, alpha * opacity


def _add_paths(ax: Axes, drawn: Iterable[Drawn], order: float) -> None:
    every = [*drawn]
    if not every:
        return
    collection = _Paths(
        [each.path for each in every],
        facecolors=[each.fill for each in every],
        edgecolors=[each.stroke for each in every],
        joinstyle="miter",
        snap=False,
        zorder=order,
    )
    collection.strokes = [(each.width, each.style) for each in every]
    ax.add_collection(collection, autolim=False)


def _add_lines(ax: Axes, scene: Scene) -> None:
    """Connections: what is straight, what is not, and the heads of all."""
    straight: list[Stroke] = []
    bent: list[Drawn] = []
    heads: list[Drawn] = []
    for line in strokes(scene):
        colour = _rgba(line.colour)
        if len(line.points) == 2:
            straight.append(line)
        else:
            codes = [Path.MOVETO, *[Path.CURVE4] * (len(line.points) - 1)]
            bent.append(Drawn(Path(line.points, codes), _rgba(""), colour, line.width, line.style))
        if line.head:
            heads.append(Drawn(_polygon(line.head), colour, colour, line.width))
    if straight:
        lines = _Lines(
            [line.points for line in straight], colors=[line.colour for line in straight], snap=False, zorder=_LINES
        )
        lines.strokes = [(line.width, line.style) for line in straight]
        ax.add_collection(lines, autolim=False)
    _add_paths(ax, bent, _LINES)
    _add_paths(ax, heads, _HEADS)


def _polygon(points: Sequence[tuple[float, float]]) -> Path:
    return Path([*points, points[0]], closed=True)


def _shape(shape: Shape) -> Iterator[Drawn]:
    """A shape; a gradient in steps, each of which reaches to the end, so that there are no seams."""
    stroke = _rgba(shape.stroke)
    width = shape.width if shape.stroke else 0.0
    if not shape.ramp:
        path = _polygon(shape.points) if shape.closed else Path(shape.points)
        fill = _rgba(shape.fill, shape.opacity) if shape.closed else _rgba("")
        yield Drawn(path, fill, stroke, width, shape.style)
        return
    (left, low), (right, high) = shape.points[0], shape.points[2]
    for step in range(STEPS):
        x = left + (right - left) * step / STEPS
        corners = ((x, low), (right, low), (right, high), (x, high))
        yield Drawn(_polygon(corners), _mixed(shape.ramp, (step + 0.5) / STEPS))


def _mixed(ramp: Sequence[tuple[float, str]], place: float) -> Colour:
    """The colour of a gradient at a place from 0 to 1."""
    before, after = next(pair for pair in itertools.pairwise(ramp) if place <= pair[1][0])
    share = (place - before[0]) / (after[0] - before[0])
    red, green, blue, alpha = (
        one + (other - one) * share for one, other in zip(_rgba(before[1]), _rgba(after[1]), strict=True)
    )
    return red, green, blue, alpha


def _rectangle(x: float, y: float, width: float, height: float) -> Path:
    left, right, low, high = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    return _polygon(((left, low), (right, low), (right, high), (left, high)))


def _cell(cell: Box) -> Drawn:
    width = CELL_OUTLINE if cell.stroke else 0.0
    path = _rectangle(cell.x, cell.y, cell.width, cell.height)
    return Drawn(path, _rgba(cell.fill), _rgba(cell.stroke), width, cell.style)


def _plates(scene: Scene) -> Iterator[Drawn]:
    """The grounds of texts that stand on lines."""
    for placed in text_lines(scene):
        if placed.text.plate:
            width, height = plate_size(placed.text)
            yield Drawn(_rectangle(middle_of(placed), placed.y, width, height), _rgba(placed.text.plate))


def _add_patch(ax: Axes, patch: _Circle | _Rectangle | _Rounded, order: float) -> None:
    patch.set_zorder(order)
    patch.set(joinstyle="miter", snap=False)
    ax.add_artist(patch)


def _box(box: Box) -> _Circle | _Rectangle | _Rounded:
    """A rounded outline, or a filled rectangle."""
    corner = box.x - box.width / 2, box.y - box.height / 2
    if not box.stroke:
        return _Rectangle(corner, box.width, box.height, facecolor=_rgba(box.fill), edgecolor="none")
    rounded = _rounded(corner, box.width, box.height, facecolor="none", edgecolor=_rgba(box.stroke))
    rounded.stroke = (_GROUP_PEN, "solid")
    return rounded


def _rounded(corner: tuple[float, float], width: float, height: float, **named: Any) -> _Rounded:
    radius = min(_ROUND, width / 3, height / 3)
    return _Rounded(corner, width, height, boxstyle=f"round,pad=0,rounding_size={radius}", mutation_scale=1, **named)


def _unit(unit: Unit, scene: Scene) -> _Circle | _Rectangle | _Rounded:
    """The outline of a unit, and what fills it."""
    width, height = unit.width or scene.unit_width, unit.height or scene.diameter
    fill, stroke = _rgba(unit.fill), _rgba(unit.stroke or scene.unit_stroke)
    corner = unit.x - width / 2, unit.y - height / 2
    patch: _Circle | _Rectangle | _Rounded
    if unit.shape == "circle":
        patch = _Circle((unit.x, unit.y), height / 2, facecolor=fill, edgecolor=stroke)
    elif unit.width:
        patch = _rounded(corner, width, height, facecolor=fill, edgecolor=stroke)
    else:
        patch = _Rectangle(corner, width, height, facecolor=fill, edgecolor=stroke)
    patch.stroke = (pen_of(unit, scene), unit.style)
    return patch


def _add_texts(ax: Axes, scene: Scene, font: str | None) -> None:
    """Every line of text, its pieces one behind the other as they were measured."""
    for line in itertools.chain.from_iterable(writings(scene).values()):
        if len(line.pieces) == 1:  # by its middle, since on a screen letters are not quite as wide as they are
            ax.add_artist(_letters(line.pieces[0], line.x, line, font, _ALIGNED[line.align]))
            continue
        x = line.left
        for piece in line.pieces:
            x += piece.move
            ax.add_artist(_letters(piece, x, line, font))
            x += piece.width


def _letters(piece: Piece, x: float, line: Writing, font: str | None, align: str = "left") -> _Letters:
    text = _Letters(x, piece.rise - line.y, piece.text, fontproperties=_font(piece, font), color=line.colour)
    text.size_in_units = piece.size
    text.set(va="baseline", ha=align, zorder=_TEXTS, parse_math=False, usetex=False, clip_on=True)
    return text


def _font(piece: Piece, font: str | None) -> FontProperties:
    """The shipped font; of a piece that has other characters the one that is given, or matplotlib's own."""
    if not unknown(piece.text, piece.face):
        return _shipped(piece.face)
    if font is not None:
        return FontProperties(fname=font)
    return FontProperties(style="italic" if piece.italic else "normal", weight="bold" if piece.bold else "normal")


@functools.cache
def _shipped(face: str) -> FontProperties:
    return FontProperties(fname=DATA / "fonts" / FILES[face])
