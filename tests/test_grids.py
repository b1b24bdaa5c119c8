"""Where the outputs of a resampling lie: whole numbers, against fractions and against trying every output."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from connectivity.layers.grids import COORDINATES, ROUNDINGS, Grid, simplest

LENGTHS = (1, 2, 3, 5)
SCALES = [Fraction(*pair) for pair in ((1, 3), (2, 5), (3, 4), (1, 1), (3, 2), (2, 1), (3, 1), (10, 3))]


def grids(*, least: int = 1) -> Iterator[tuple[Grid, list[Fraction]]]:
    """Grids of inputs of ``least`` positions or more, and where each of their outputs lies by its definition."""
    for coordinates, length in itertools.product(COORDINATES, [length for length in LENGTHS if length >= least]):
        sizes = [Fraction(width, length) for width in (1, 7)]
        for scale in dict.fromkeys([*SCALES, *sizes]):
            width = math.floor(length * scale)
            if width:
                found = [defined(coordinates, t, scale, length, width) for t in range(width)]
                yield Grid.of(coordinates, scale, length, width), found


def defined(coordinates: str, t: int, scale: Fraction, length: int, width: int) -> Fraction:
    """Where output ``t`` lies (https://onnx.ai/onnx/operators/onnx__Resize.html)."""
    if coordinates == "align_corners":
        return Fraction(t * (length - 1), width - 1) if width > 1 else Fraction(0)
    if coordinates == "asymmetric":
        return t / scale
    if coordinates == "pytorch_half_pixel" and width == 1:
        return Fraction(0)
    return (t + Fraction(1, 2)) / scale - Fraction(1, 2)


def inside(place: int, grid: Grid) -> int:
    return sorted((0, place, grid.length - 1))[1]


def near(at: Fraction, rounding: str, grid: Grid) -> int:
    """The position that an output at ``at`` is."""
    half = Fraction(1, 2)
    ways = {
        "floor": math.floor(at),
        "ceil": math.ceil(at),
        "round_prefer_floor": math.ceil(at - half),
        "round_prefer_ceil": math.floor(at + half),
    }
    return inside(ways[rounding], grid)


def test_outputs_lie_where_their_convention_says() -> None:
    for grid, places in grids():
        assert grid.width == len(places)
        for t, at in enumerate(places):
            if grid.length > 1:  # of one position, all that lies about it is it
                before, beyond = grid.place(t)
                assert before == math.floor(at)
                assert beyond == float(at - before)
            for rounding in ROUNDINGS:
                assert grid.nearest(t, rounding) == near(at, rounding, grid)


def test_the_outputs_of_a_position_are_those_that_are_it() -> None:
    for (grid, places), rounding in itertools.product(grids(), ROUNDINGS):
        found = [near(at, rounding, grid) for at in places]
        for position in range(grid.length):
            assert [*grid.rounded(position, rounding)] == [t for t, one in enumerate(found) if one == position]
        assert grid.unseen(rounding, 1) == sorted(set(range(grid.length)) - set(found))


@pytest.mark.parametrize("reach", [1, 2])
def test_outputs_about_a_position_are_those_in_its_reach(reach: int) -> None:
    """What lies beyond an end is the end."""
    for grid, places in grids(least=2):
        low, high = 0, grid.length - 1
        for position in range(grid.length):
            assert [*grid.around(position, reach)] == [
                t
                for t, at in enumerate(places)
                if abs(at - position) < reach or (position == low and at < low) or (position == high and at > high)
            ]


@pytest.mark.parametrize("reach", [1, 2])
def test_what_no_output_reaches_is_unseen(reach: int) -> None:
    """An output on a position is that one alone; any other is about as many before it as behind it."""
    for grid, places in grids(least=2):
        seen = set()
        for at in places:
            first, last = math.floor(at) - reach - 2, math.ceil(at) + reach + 2
            about = [at] if at.denominator == 1 else [p for p in range(first, last) if abs(p - at) < reach]
            seen |= {inside(int(place), grid) for place in about}
        assert grid.unseen(None, reach) == sorted(set(range(grid.length)) - seen)


def test_outputs_on_positions_and_between_them_are_counted() -> None:
    for grid, places in grids(least=2):
        for low, high in itertools.product(range(grid.width + 1), repeat=2):
            assert grid.on(low, high) == sum(at.denominator == 1 for at in places[low:high])
        for place in range(-2, grid.length + 2):
            assert [*grid.between(place)] == [t for t, at in enumerate(places) if math.floor(at) == place]
        few = {place for place in range(-1, grid.length) if inside(place + 2, grid) - inside(place - 1, grid) < 3}
        assert set(grid.ends()) == few


def test_a_fraction_that_was_stored_in_single_precision_is_what_was_meant() -> None:
    for numerator, denominator in itertools.product((1, 2, 5, 7, 23, 90), (1, 2, 3, 7, 10, 29)):
        meant = Fraction(numerator, denominator)
        assert simplest(float(np.float32(numerator / denominator))) == meant
        assert simplest(numerator / denominator) == meant


@pytest.mark.parametrize("scale", [1.5, 0.001, 1000.5])
def test_a_fraction_is_no_simpler_one_that_is_further_off_than_single_precision(scale: float) -> None:
    meant = Fraction(scale).limit_denominator(1000)
    assert simplest(scale * (1 + 5e-8)) == simplest(scale * (1 - 5e-8)) == meant
    for other in (scale * (1 + 2e-6), scale * (1 - 2e-6)):
        assert simplest(other) != meant
        assert math.isclose(simplest(other), other, rel_tol=1e-7)


def test_a_fraction_that_is_near_no_simple_one_is_what_it_is() -> None:
    assert simplest(1.2345e-9) == Fraction(1.2345e-9)
