"""Patterns for paper without colours: lines and dots within a polygon that has no dents."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterator, Sequence

from connectivity.scene import Point

Segment = tuple[Point, Point]


class Pattern(enum.Enum):
    """A pattern that is told from the others without colour; the value are the angles of its lines, in degrees."""

    SLASH = (45.0,)
    BACK = (-45.0,)
    LEVEL = (0.0,)
    CHECK = (0.0, 90.0)
    CROSS = (45.0, -45.0)
    DOTS = ()


def hatched(corners: Sequence[Point], pattern: Pattern, distance: float) -> Iterator[Segment]:
    """The lines of a pattern, ``distance`` apart, clipped to a convex polygon; dots are lines of no length.

    Lines lie on a grid of the whole page, so that neighbours go on in one another.
    """
    if pattern is Pattern.DOTS:
        yield from _dots(corners, distance)  # its value is not read: before 3.11.4, Enum made an object of ()
        return
    for angle in pattern.value:
        yield from _lines(corners, math.radians(angle), distance)


def _lines(corners: Sequence[Point], angle: float, distance: float) -> Iterator[Segment]:
    along, normal = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    offsets = [x * normal[0] + y * normal[1] for x, y in corners]
    first, last = math.ceil(min(offsets) / distance), math.floor(max(offsets) / distance)
    for number in range(first, last + 1):
        span = _cut(corners, offsets, number * distance, along)
        if span is not None and span[1] - span[0] > 0.2:
            yield (
                _at(number * distance, span[0], along, normal),
                _at(number * distance, span[1], along, normal),
            )


def _at(offset: float, place: float, along: Point, normal: Point) -> Point:
    return offset * normal[0] + place * along[0], offset * normal[1] + place * along[1]


def _cut(corners: Sequence[Point], offsets: Sequence[float], offset: float, along: Point) -> tuple[float, float] | None:
    """From where to where a line lies in the polygon, along it."""
    places = []
    ends = zip(offsets, corners, strict=True)
    for (here, (x0, y0)), (after, (x1, y1)) in itertools.pairwise([*ends, (offsets[0], corners[0])]):
        if min(here, after) <= offset <= max(here, after) and here != after:
            share = (offset - here) / (after - here)
            places.append((x0 + (x1 - x0) * share) * along[0] + (y0 + (y1 - y0) * share) * along[1])
    return (min(places), max(places)) if len(places) > 1 else None


def _dots(corners: Sequence[Point], distance: float) -> Iterator[Segment]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    for row in range(math.ceil(min(ys) / distance), math.floor(max(ys) / distance) + 1):
        shift = 0.5 if row % 2 else 0.0
        for column in range(math.floor(min(xs) / distance), math.ceil(max(xs) / distance) + 1):
            point = ((column + shift) * distance, row * distance)
            if _is_inside(corners, point):
                yield point, point


def _is_inside(corners: Sequence[Point], point: Point) -> bool:
    """Whether a point is within a convex polygon, and not at its border."""
    sides = []
    for (x0, y0), (x1, y1) in itertools.pairwise([*corners, corners[0]]):
        length = math.hypot(x1 - x0, y1 - y0)
        if length:
            sides.append(((x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)) / length)
    return all(side > 0.7 for side in sides) or all(side < -0.7 for side in sides)
