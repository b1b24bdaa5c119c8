"""Patterns of areas on paper: the lines that another way of clipping leaves, and dots that stand within."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectivity.colour.hatching import Pattern, Segment, hatched
from connectivity.scene import Point

LINES = [pattern for pattern in Pattern if pattern is not Pattern.DOTS]
SHORT, BORDER = 0.2, 0.7  # lines that are no longer are left out; so are dots so near to the border


def clipped(corners: list[Point], angle: float, offset: float) -> tuple[float, float]:
    """From where to where a line of that direction and distance from the origin is on the inner side of every border."""
    (dx, dy), (x, y) = (math.cos(angle), math.sin(angle)), (-math.sin(angle) * offset, math.cos(angle) * offset)
    middle = sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)
    low, high = -math.inf, math.inf
    for (x0, y0), (x1, y1) in itertools.pairwise([*corners, corners[0]]):
        a, b = y0 - y1, x1 - x0
        if a * (middle[0] - x0) + b * (middle[1] - y0) < 0:
            a, b = -a, -b
        slope, room = a * dx + b * dy, a * (x - x0) + b * (y - y0)
        if abs(slope) < 1e-9:
            assume(abs(room) > 1e-6)
            low = low if room > 0 else math.inf
        elif slope > 0:
            low = max(low, -room / slope)
        else:
            high = min(high, -room / slope)
    assume(abs(high - low - SHORT) > 1e-6)
    return low, high


def lines_of(corners: list[Point], pattern: Pattern, distance: float) -> list[list[float]]:
    """The lines of a pattern: of each angle all those that are a multiple of ``distance`` from the origin of the page."""
    found = []
    for angle in map(math.radians, pattern.value):
        reach = math.ceil(max(math.hypot(*corner) for corner in corners) / distance)
        for offset in (number * distance for number in range(-reach, reach + 1)):
            low, high = clipped(corners, angle, offset)
            if high - low > SHORT:
                found.append(sorted(at(angle, offset, place) for place in (low, high)))
    return [[*start, *end] for start, end in sorted(found)]


def at(angle: float, offset: float, place: float) -> Point:
    return (
        math.cos(angle) * place - math.sin(angle) * offset,
        math.sin(angle) * place + math.cos(angle) * offset,
    )


def flat(segments: list[Segment]) -> list[list[float]]:
    return [[*start, *end] for start, end in sorted(sorted(segment) for segment in segments)]


def around(x: float, y: float, size: float, angles: list[float]) -> list[Point]:
    """A polygon without dents: corners on a circle, as they follow one another."""
    return [(x + size * math.cos(angle), y + size * math.sin(angle)) for angle in sorted(angles)]


coordinates = st.floats(-30, 30)
directions = st.lists(st.floats(0, math.tau), min_size=3, max_size=6).filter(
    lambda found: min(abs(one - other) for one, other in itertools.combinations(found, 2)) > 0.1
)
polygons = st.builds(around, coordinates, coordinates, st.floats(4, 20), directions)


@settings(max_examples=50)
@given(polygons, st.sampled_from(LINES), st.floats(3, 6))
def test_lines_are_those_of_the_page_within_the_area(corners: list[Point], pattern: Pattern, distance: float) -> None:
    expected, found = lines_of(corners, pattern, distance), flat(list(hatched(corners, pattern, distance)))
    assert len(found) == len(expected)
    # Two lines that begin at nearly the same place may be sorted otherwise.
    for line in expected:
        assert min(math.dist(line, other) for other in found) < 1e-6


@settings(max_examples=50)
@given(polygons, st.floats(2, 5), st.booleans())
def test_dots_are_those_of_the_page_that_are_clear_of_the_border(
    corners: list[Point], distance: float, backwards: bool
) -> None:
    """Every second row is half a step to the right."""
    expected = set()
    columns, rows = (
        range(int(min(ends) / distance) - 3, int(max(ends) / distance) + 3) for ends in zip(*corners, strict=True)
    )
    for row, column in itertools.product(rows, columns):
        point = (column + (row % 2) / 2) * distance, row * distance
        rooms = []
        for (x0, y0), (x1, y1) in itertools.pairwise([*corners, corners[0]]):
            angle = math.atan2(y1 - y0, x1 - x0)  # to the left of each border, since corners turn left
            rooms.append(math.cos(angle) * (point[1] - y0) - math.sin(angle) * (point[0] - x0))
        assume(abs(min(rooms) - BORDER) > 1e-6)
        if min(rooms) > BORDER:
            expected.add(point)
    found = list(hatched(corners[::-1] if backwards else corners, Pattern.DOTS, distance))
    assert all(start == end for start, end in found)
    assert len(found) == len(expected)
    assert {start for start, _ in found} == expected


SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def test_a_square_is_hatched_by_hand() -> None:
    level = [[(0.0, y), (10.0, y)] for y in (0.0, 4.0, 8.0)]
    assert [sorted(line) for line in hatched(SQUARE, Pattern.LEVEL, 4.0)] == level
    assert flat(list(hatched(SQUARE, Pattern.SLASH, 50.0))) == [pytest.approx([0, 0, 10, 10])]
    falling = [[(0.0, 0.0 + y), (y + 0.0, 0.0)] for y in (5.0, 10.0)]
    found = flat(list(hatched(SQUARE, Pattern.BACK, 5 * math.sqrt(0.5))))
    assert found[: len(falling)] == [pytest.approx([*start, *end], abs=1e-9) for start, end in falling]
    assert {start for start, _ in hatched(SQUARE, Pattern.DOTS, 4.0)} == {(2, 4), (6, 4), (4, 8), (8, 8)}


def test_a_corner_that_is_said_twice_changes_nothing() -> None:
    twice = [SQUARE[0], *SQUARE]
    for pattern in Pattern:
        assert flat(list(hatched(twice, pattern, 4.0))) == flat(list(hatched(SQUARE, pattern, 4.0)))


@pytest.mark.parametrize("pattern", LINES)
def test_neighbours_go_on_in_one_another(pattern: Pattern) -> None:
    """What two halves of an area are hatched with is as long together as what the whole is."""
    left, right = [(0, 1), (7, 1), (7, 30), (0, 30)], [(7, 1), (40, 1), (40, 30), (7, 30)]
    whole = [(0, 1), (40, 1), (40, 30), (0, 30)]

    def length(*areas: list[tuple[int, int]]) -> float:
        return sum(math.dist(*line) for area in areas for line in hatched(area, pattern, 5.3))

    assert length(left, right) == pytest.approx(length(whole), abs=SHORT)


def test_two_patterns_are_two_others_over_one_another() -> None:
    def lines(*patterns: Pattern) -> list[list[float]]:
        return flat([line for pattern in patterns for line in hatched(SQUARE, pattern, 3.0)])

    assert lines(Pattern.CROSS) == lines(Pattern.SLASH, Pattern.BACK)
    upright = [[x, 0.0, x, 10.0] for x in (0.0, 3.0, 6.0, 9.0)]
    assert lines(Pattern.CHECK) == [pytest.approx(line) for line in sorted(lines(Pattern.LEVEL) + upright)]


def test_patterns_are_told_apart() -> None:
    drawn = [tuple(map(tuple, flat(list(hatched(SQUARE, pattern, 3.0))))) for pattern in Pattern]
    assert all(drawn)
    assert len(set(drawn)) == len(Pattern)
