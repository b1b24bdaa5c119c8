"""Colours of cells: each step of the map by its closed form, where it ends, and what its legend says."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity.colour.cellscale import CellScale, rounded_up, zero_fill
from connectivity.colour.keys import Area, Areas, Bar
from connectivity.colour.spaces import STEPS, blend, lab, named_table
from connectivity.colour.themes import DARK, LIGHT, PRINT, Theme
from connectivity.options import Options

coloured = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def scale(*numbers: float, theme: Theme = LIGHT, **options: Any) -> CellScale:
    return CellScale(numbers, Options(**options), theme)


@coloured
def test_colours_run_from_one_hue_over_the_ground_to_another(theme: Theme) -> None:
    ground, colours = zero_fill(theme), scale(1.0, theme=theme).colours
    assert (colours[0], colours[-1]) == theme.hues[:2]
    assert len(colours) == STEPS
    for step, colour in enumerate(colours):
        share = step / 127.5 - 1
        assert colour == blend(ground, theme.hues[share > 0], abs(share)), step


def test_on_paper_they_run_to_half_of_the_ink_and_back() -> None:
    ground, colours = zero_fill(PRINT), scale(1.0, theme=PRINT).colours
    assert colours[0] == colours[-1] == blend(ground, PRINT.ink, 0.5)
    assert list(colours) == [blend(ground, PRINT.ink, abs(step / 127.5 - 1) / 2) for step in range(STEPS)]


def test_a_colormap_is_taken_as_it_is() -> None:
    found = scale(2.0, colormap="viridis")
    assert found.colours == named_table("viridis", "#ffffff")
    assert [found.fill(number) for number in (-2, 2)] == [found.colours[0], found.colours[-1]]


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT])
def test_the_ground_of_a_zero_is_between_that_of_the_page_and_that_of_inputs(theme: Theme) -> None:
    places = [lab(colour).lightness for colour in (theme.background, zero_fill(theme), theme.input_fill)]
    assert places[1] == pytest.approx(0.4 * places[0] + 0.6 * places[2], abs=0.005)


@given(st.floats(-10, 10), st.floats(0.1, 5))
def test_a_number_has_the_colour_of_its_place(number: float, limit: float) -> None:
    found, found.colours = scale(vmax=limit), tuple(map(str, range(STEPS)))
    place = min(1, max(-1, number / limit))
    assert abs(int(found.fill(number)) / 127.5 - 1 - place) <= 0.501 / 127.5
    assert found.share(number) == pytest.approx(abs(place))


# Where it ends.


@pytest.mark.parametrize(
    ("largest", "limit"),
    [
        (1.0, 1.0),
        (1.01, 1.5),
        (1.5, 1.5),
        (0.72, 0.75),
        (0.31, 0.35),
        (9.6, 10.0),
        (123.0, 150.0),
        (1e-7, 1e-7),
        (0, 1),
    ],
)
def test_ends_are_halves_of_a_power_of_ten(largest: float, limit: float) -> None:
    assert rounded_up(largest) == limit == scale(-largest, largest / 2).limit


@given(st.floats(1e-30, 1e30))
def test_numbers_are_rounded_up_by_less_than_such_a_half(largest: float) -> None:
    limit, step = rounded_up(largest), 0.5 * 10 ** math.floor(math.log10(largest))
    assert largest * (1 - 1e-6) <= limit < (largest + step) * (1 + 1e-6)
    assert limit / step == pytest.approx(round(limit / step))


@pytest.mark.parametrize(
    ("options", "limit"),
    [({}, 3.0), ({"vmax": 4.0}, 4.0), ({"vmin": -5.0}, 5.0), ({"vmin": -1.0, "vmax": 2.0}, 2.0), ({"vmin": 0.0}, 3.0)],
)
def test_said_ends_go_before_the_numbers(options: dict[str, Any], limit: float) -> None:
    assert scale(-2.6, 1.0, **options).limit == limit


def test_what_is_infinite_has_the_colour_of_the_end() -> None:
    """As a maximum over nothing is."""
    found = scale(-math.inf, 1.5, -0.5)
    assert (found.limit, found.fill(-math.inf), found.beyond) == (1.5, found.colours[0], False)
    assert scale(math.inf).limit == 1.0


@pytest.mark.parametrize(
    ("numbers", "limit"),
    [
        ([1.0] * 99 + [1.5], 1.5),  # not so far off
        ([1.0] * 99 + [1.51], 1.0),
        ([1.0] * 97 + [4.0] * 3, 4.0),  # too many
        ([1.0] * 98 + [4.0] * 2, 4.0),
        ([1.0] * 99 + [4.0], 1.0),
        ([0.0] * 99 + [4.0], 4.0),  # all others are nothing
        ([1.0], 1.0),
        ([], 1.0),
    ],
)
def test_a_few_that_are_far_off_are_beyond_the_ends(numbers: list[float], limit: float) -> None:
    found = CellScale.of_most(numbers, Options(), LIGHT)
    assert (found.limit, found.beyond) == (limit, max(numbers, default=0) > limit)
    for options in (Options(vmax=3.0), Options(vmin=-3.0)):
        assert CellScale.of_most(numbers, options, LIGHT).limit == 3.0


@pytest.mark.parametrize("word", ["auto", "layer", "global", "p99"])
@pytest.mark.parametrize("ends", [{"vmin": -3.0}, {"vmax": 3.0}])
def test_of_all_layers_too(word: str, ends: dict[str, Any]) -> None:
    numbers = {1: [1.0] * 500 + [8.0], 4: [0.1] * 9}
    found = CellScale.of_layers(numbers, Options(scale=word, **ends), LIGHT, apart=True)
    assert {layer: one.limit for layer, one in found.items()} == {1: 3.0, 4: 3.0}


# What a legend says.


@coloured
def test_the_key_is_a_bar_from_end_to_end(theme: Theme) -> None:
    found = scale(-0.5, 2.0, theme=theme)
    assert found.key("weight") == Bar("weight", found.colours, ("\u22122", "0", "2"))
    assert found.key("weight", "h1") == Bar("weights of h1", found.colours, ("\u22122", "0", "2"))
    beyond = scale(-3.0, theme=theme, vmax=2.0)
    assert beyond.key("weight") == Bar("weight", beyond.colours, ("\u2264 \u22122", "0", "\u2265 2"))


def test_on_paper_it_says_what_squares_in_cells_are() -> None:
    found, (filled, empty) = scale(2.0, theme=PRINT), (Area("#000000", mark=mark) for mark in ("filled", "open"))
    assert found.key("value") == Areas(((filled, "value: positive"), (empty, "negative; a full cell is 2")))
    where = (filled, "values of h1: positive"), (empty, "values of h1 negative; a full cell is 2")
    assert found.key("value", "h1") == Areas(where)


def test_only_what_is_larger_than_the_end_is_beyond_it() -> None:
    assert not scale(2.0, -2.0, vmax=2.0).beyond
    assert scale(2.001, vmax=2.0).beyond
    assert scale(-2.001, vmax=2.0).beyond
