"""The ways of connections round columns, as curves on paper."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from connectivity.layout.skips import Skip, Way
from connectivity.picture.ground import Ground, Point, lane_distance

_CORNER = 10.0  # the radius of a corner, in points
_RUN = 0.55  # how far along the layers a hop leaves and reaches its row, in pitches: steeper than arrows to neighbours
_OUTSIDE = 0.5  # how far from its unit's border a line starts, in points
_JUNCTION = 15.0  # from the border of the last column that is passed to where lines start, in points
_FIRST_LANE, _FIRST_DECK = 14.0, 26.0  # from a unit to the first lane beside it, and over everything, in points
_BETWEEN_DECKS = 14.0  # from the last lane of a bus to the first of the one round it, in points
_ASIDE = [(aside, 0.0) for aside in (0.0, 0.5, -0.5, 0.35, -0.35, 0.25, -0.25)]
_LATER = [(0.0, further) for further in (0.0, 8.0, 16.0, 24.0, 32.0)]
"""Where junctions may stand instead: aside of their rows, in pitches; later, in points."""
_CLEAR = 8.0  # how far a junction is from every connection that goes on beside it, where there is room, in points
_MOST_COMPARED = 20_000  # pairs of a junction and a connection; among more there is no clear place
_ROUND = 0.5523  # how far the handles of a Bezier curve that is a quarter of a circle reach, in radii


class Route(NamedTuple):
    """A curve, and where it ends: at a unit, or at a junction from which lines go on."""

    points: tuple[Point, ...]
    end: Point


class Router:
    """Finds the routes of a panel whose units stand already."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._levels = ground.branches.levels
        self._offsets: dict[tuple[int, int], tuple[float, float]] = {}

    def junction(self, skip: Skip, unit: int) -> Point:
        """Where the lines of ``unit`` start that have passed the last column before the target's."""
        aside, further = self._offset(skip)
        return self._junction(skip, unit, aside, further)

    def _junction(self, skip: Skip, unit: int, aside: float, further: float) -> Point:
        ground = self._ground
        level = self._levels[skip.target] - 1
        depth = ground.level_depths[level] + _JUNCTION + further
        depth += ground.reach(level) + self._ground.width(skip) if skip.way is Way.BUS else ground.half_depth(level)
        along = ground.along[unit] + aside + (skip.share if skip.way is Way.HOP else 0.0)
        return ground.point(along, depth)

    def _offset(self, skip: Skip) -> tuple[float, float]:
        """How far the junctions of a skip stand aside of their rows, in pitches, and how much later, in points.

        So far that none stands on a connection that goes straight to the target: the lines from there would hide it.
        """
        ends = skip.source, skip.target
        if ends not in self._offsets:
            ways = _LATER if skip.way is Way.HOP else _ASIDE
            lines = self._straight_lines(skip.target)
            units = self._ground.lanes_of(skip)
            if not lines or len(lines) * len(units) > _MOST_COMPARED:
                self._offsets[ends] = ways[0]
            else:
                self._offsets[ends] = max(ways, key=lambda way: self._clearance(skip, units, way, lines))
        return self._offsets[ends]

    def _clearance(
        self, skip: Skip, units: Sequence[int], way: tuple[float, float], lines: Sequence[tuple[Point, Point]]
    ) -> float:
        """How far the nearest junction of a skip is from a connection, in points, up to where that is enough."""
        junctions = [self._junction(skip, unit, *way) for unit in units]
        return min(_CLEAR, *(_away(junction, *line) for junction in junctions for line in lines))

    def _straight_lines(self, target: int) -> list[tuple[Point, Point]]:
        """The connections to a layer from the column before it."""
        panel, ground = self._ground.panel, self._ground
        wiring = panel.wiring
        ends = [(wiring.sources[one], wiring.targets[one]) for one in panel.whole if wiring.layer(one) == target]
        level = self._levels[target] - 1
        return [
            (ground.at(source), ground.at(unit))
            for source, unit in ends
            if self._levels[wiring.layer_of[source]] == level
        ]

    def carrier(self, skip: Skip, unit: int, start: Point | None) -> Route:
        """From ``unit`` (or from its junction for a nearer layer, ``start``) to its junction for the skip's target."""
        end = self.junction(skip, unit)
        if start is not None:
            return Route(rounded([start, end]), end)
        if skip.way is Way.BUS:
            return Route(rounded(self._bus(skip, unit, end, inner=True)), end)
        if skip.way is Way.TRACK:
            return Route(rounded([self._border(unit, end), end]), end)
        row = self._row(skip, unit, self._ground.level_depths[self._levels[skip.source]], ahead=True)
        return Route(rounded([self._border(unit, row), row, end]), end)

    def whole(self, skip: Skip, unit: int, other: int, start: Point | None = None) -> Route:
        """All the way from ``unit`` to ``other``, with no lines in between."""
        ground = self._ground
        goal = ground.at(other)
        if skip.way is Way.BUS:
            outer = self._ground.goes_outside(skip)
            return Route(rounded(self._bus(skip, unit, goal, inner=not outer, head=other)), goal)
        if skip.way is Way.TRACK:
            turn = self.junction(skip, unit)
            return Route(rounded([self._border(unit, turn), turn, self._border(other, turn)]), goal)
        down = self._row(skip, unit, ground.level_depths[self._levels[skip.source]], ahead=True)
        up = self._row(skip, unit, ground.level_depths[self._levels[skip.target]], ahead=False)
        first = start or self._border(unit, down)
        middle = [up] if start else [down, up]
        return Route(rounded([first, *middle, self._border(other, up)]), goal)

    def _row(self, skip: Skip, unit: int, depth: float, ahead: bool) -> Point:
        """Where a hop is between the rows, just behind a column (``ahead``) or just before it."""
        ground = self._ground
        run = _RUN * ground.sizes.pitch + ground.lengthened
        return ground.point(ground.along[unit] + skip.share, depth + (run if ahead else -run))

    def _bus(self, skip: Skip, unit: int, goal: Point, inner: bool, head: int | None = None) -> list[Point]:
        """A lane over everything between the two layers; the last unit outermost, so that no two lanes cross."""
        ground = self._ground
        units = self._ground.lanes_of(skip)
        place, lane = units.index(unit), lane_distance(len(units))
        over = (len(units) - 1 - place if inner else place) * lane
        top = ground.top_of(skip) - _FIRST_DECK - over - self._below(skip)
        side = 1 if inner else -1
        away = _FIRST_LANE + place * lane
        source, target = self._levels[skip.source], self._levels[skip.target]
        leaving = ground.level_depths[source] + side * (ground.reach(source) + away)
        if head is None:  # the lines start before the target's column
            before = ground.level_depths[target - 1] + ground.reach(target - 1)
            arriving = before + _JUNCTION + self._ground.width(skip) - _FIRST_LANE / 2 - place * lane
        else:
            arriving = ground.level_depths[target] - side * (ground.reach(target) + away)
        pitch = ground.sizes.pitch
        row = ground.along[unit]
        arrival = ground.along[head] if head is not None else row + self._offset(skip)[0]
        corners = [
            ground.point(row, leaving),
            ground.point(top / pitch, leaving),
            ground.point(top / pitch, arriving),
            ground.point(arrival, arriving),
        ]
        first = self._border(unit, corners[0])
        last = self._border(head, corners[-1]) if head is not None else goal
        return [first, *corners, last]

    def _below(self, skip: Skip) -> float:
        """How much the buses inside this one take."""
        inside: dict[int, float] = {}
        for other in self._ground.panel.skips.values():
            if other.way is Way.BUS and other.deck < skip.deck:
                breadth = self._ground.width(other) + _BETWEEN_DECKS
                inside[other.deck] = max(inside.get(other.deck, 0.0), breadth)
        return sum(inside.values())

    def _border(self, unit: int, towards: Point) -> Point:
        """Where a line from the middle of ``unit`` towards a point leaves it."""
        return self._ground.border(unit, towards, _OUTSIDE)


def rounded(points: Sequence[Point]) -> tuple[Point, ...]:
    """A line through ``points``, its corners rounded, as Bezier curves: a point, then three for each stretch."""
    corners = [points[0], *(b for a, b in itertools.pairwise(points) if math.dist(a, b) > 0.01)]
    curve = [corners[0]]
    for number in range(1, len(corners)):
        before, here = corners[number - 1], corners[number]
        if number == len(corners) - 1:
            _straight(curve, here)
            break
        after = corners[number + 1]
        radius = min(_CORNER, math.dist(before, here) / 2, math.dist(here, after) / 2)
        into, out = _towards(here, before, radius), _towards(here, after, radius)
        _straight(curve, into)
        curve += [_towards(into, here, radius * _ROUND), _towards(out, here, radius * _ROUND), out]
    return tuple(curve)


def straight(start: Point, end: Point) -> tuple[Point, ...]:
    """A straight line as a Bezier curve has it."""
    curve = [start]
    _straight(curve, end)
    return tuple(curve)


def _straight(curve: list[Point], end: Point) -> None:
    """Go straight on to ``end``."""
    start = curve[-1]
    if math.dist(start, end) > 0.01:
        curve += [_between(start, end, 1 / 3), _between(start, end, 2 / 3), end]


def _towards(start: Point, goal: Point, distance: float) -> Point:
    length = math.dist(start, goal) or 1.0
    return _between(start, goal, distance / length)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _away(point: Point, start: Point, end: Point) -> float:
    """How far a point is from a line from ``start`` to ``end``."""
    across, up = end[0] - start[0], end[1] - start[1]
    square = across * across + up * up or 1.0
    share = ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / square
    return math.dist(point, _between(start, end, min(1.0, max(0.0, share))))
