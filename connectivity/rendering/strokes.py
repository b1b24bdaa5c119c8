"""The connections of a scene as strokes with heads, for what draws them without Graphviz: cut off where marks begin."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from connectivity.rendering.dot import HEAD, pen_of, share_of
from connectivity.rendering.marks import in_order
from connectivity.scene import Line, Point, Scene, Unit

_SLOPE = 0.35  # half of a head's width, in its lengths
_SINE = _SLOPE / math.hypot(1, _SLOPE)  # of the angle between a head's side and its axis
_SHARE_OF_PEN = 0.3  # how much of a unit's outline is left over, where a line begins


class Stroke(NamedTuple):
    """A line through ``points``: two, or a point and three for each stretch, as Bezier curves have them.

    ``head`` are the corners of its head, or nothing; ``width`` is in points, that of the head's outline too.
    """

    points: tuple[Point, ...]
    head: tuple[Point, ...]
    colour: str
    width: float
    style: str


class Border(NamedTuple):
    """Where the outline of a mark is: around (x, y), a circle, or a rectangle with half these sides."""

    x: float
    y: float
    half_width: float = 0.0
    half_height: float = 0.0
    round: bool = True

    def reach(self, across: float, up: float) -> float:
        """How far it reaches in the direction (across, up), which is of length 1."""
        if self.round or not self.half_width:
            return self.half_width
        sides = ((self.half_width, across), (self.half_height, up))
        return min(half / abs(way) for half, way in sides if abs(way) > 1e-9)


def strokes(scene: Scene) -> Iterator[Stroke]:
    """All lines in the order in which they are drawn: those that lie over others at the end, in a dense scene the widest."""
    borders = {unit.id: _border(unit, scene) for unit in scene.units}
    borders.update((dot.id, Border(dot.x, dot.y)) for dot in scene.dots if dot.id)
    lines = in_order(scene) if scene.dense else sorted(scene.lines, key=_by_place)
    for line in lines:
        yield _stroke(line, scene, borders)


def _by_place(line: Line) -> float:
    return float(line.over)


def _border(unit: Unit, scene: Scene) -> Border:
    pen = _SHARE_OF_PEN * pen_of(unit, scene)
    width, height = unit.width or scene.unit_width, unit.height or scene.diameter
    if unit.shape == "circle":
        return Border(unit.x, unit.y, height / 2 + pen, height / 2 + pen)
    return Border(unit.x, unit.y, width / 2 + pen, height / 2 + pen, round=False)


def _stroke(line: Line, scene: Scene, borders: Mapping[str, Border]) -> Stroke:
    width = line.width * share_of(scene)
    headed = line.arrow and scene.arrows
    points = line.path or _straight(line, scene, borders)
    if not headed:
        return Stroke(points, (), line.colour, width, line.style)
    before, end = points[-2:]
    length = math.dist(before, end) or 1.0
    across, up = (end[0] - before[0]) / length, (end[1] - before[1]) / length
    point = min(width / 2 / _SINE, length)  # how far the outline's corner is before the head's
    tip = end[0] - point * across, end[1] - point * up
    long = min(HEAD, 0.9 * length)
    base = tip[0] - long * across, tip[1] - long * up
    side = _SLOPE * long
    head = (base[0] - side * up, base[1] + side * across), tip, (base[0] + side * up, base[1] - side * across)
    return Stroke((*points[:-1], base), head, line.colour, width, line.style)


def _straight(line: Line, scene: Scene, borders: Mapping[str, Border]) -> tuple[Point, Point]:
    """From border to border; from middle to middle where lines have no heads, since their ends are under the units."""
    tail, head = borders[line.tail], borders[line.head]
    across, up = head.x - tail.x, head.y - tail.y
    length = math.hypot(across, up)
    open_ends = not scene.arrows or (line.stub and not line.arrow and line.classes != "stub")
    if open_ends or not length:
        return (tail.x, tail.y), (head.x, head.y)
    across, up = across / length, up / length
    start, end = tail.reach(across, up), head.reach(across, up)
    return (tail.x + start * across, tail.y + start * up), (head.x - end * across, head.y - end * up)
