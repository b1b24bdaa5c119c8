"""Strokes: of a weight by its value, and of things that are to be told apart, as many as there are."""

from __future__ import annotations

import warnings
from collections.abc import Hashable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import DrawingError
from connectivity.colour.keys import Bar, Swatches
from connectivity.colour.scale import Scale, Scales
from connectivity.colour.spaces import STEPS, named_table
from connectivity.colour.spread import spread, strokes_for, sweep_of
from connectivity.colour.themes import DARK, LIGHT, PRINT, WIDTH, Stroke, Theme
from connectivity.errors import AlikeColours
from connectivity.options import Options


def scale(*weights: float, theme: Theme = LIGHT, **options: Any) -> Scale:
    return Scale(weights, Options(**options), theme)


# By value.


@given(st.floats(-9, 9), st.integers(-50, 50).map(lambda tenths: tenths / 10), st.integers(1, 50).map(float))
def test_a_weight_has_the_stroke_of_its_place_between_the_limits(weight: float, low: float, size: float) -> None:
    found = scale(1.0, vmin=low, vmax=low + size)
    found.strokes = [Stroke("", float(step)) for step in range(STEPS)]
    place = (min(low + size, max(low, weight)) - low) / size * STEPS
    assert place - 1 - 1e-9 <= found.stroke(weight).width <= place + 1e-9
    assert found.stroke(low) == found.strokes[0]
    assert found.stroke(low + size) == found.strokes[-1]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_strokes_are_as_wide_as_weights_are_large(theme: Theme) -> None:
    for low, high in ((-2.0, 2.0), (-1.0, 3.0), (0.0, 4.0), (-4.0, -1.0)):
        strokes = scale(1.0, theme=theme, vmin=low, vmax=high).strokes
        assert [stroke.colour for stroke in strokes] == list(theme.diverging_table)
        for step, stroke in enumerate(strokes):
            middle = low + (high - low) * (step + 0.5) / STEPS
            assert stroke.width == pytest.approx(0.8 + 1.2 * abs(middle) / max(-low, high), abs=0.0501)
            assert stroke.width == round(stroke.width, 1)
            assert stroke.style == "solid"


def test_on_paper_signs_are_styles() -> None:
    strokes = scale(1.0, theme=PRINT).strokes
    assert [stroke.style for stroke in strokes] == ["dashed"] * 127 + ["dotted"] * 2 + ["solid"] * 127
    shifted = [stroke.style for stroke in scale(1.0, theme=PRINT, vmin=-1.0, vmax=3.0).strokes]
    assert shifted == ["dashed"] * 63 + ["dotted"] * 2 + ["solid"] * 191
    assert {stroke.style for stroke in scale(1.0, theme=PRINT, vmin=1.0, vmax=3.0).strokes} == {"solid"}


def test_what_has_no_weight_has_the_stroke_of_zero() -> None:
    assert scale(-1.0, 2.0).stroke(None) == scale(-1.0, 2.0).stroke(0.0) == Stroke(LIGHT.diverging_table[128], 0.8)
    assert scale().limits is None
    assert scale().stroke(3.0) == scale().strokes[128] == Stroke(LIGHT.diverging_table[128], 0.8)
    assert scale().key() == Bar("weight", LIGHT.diverging_table, ("\u22121", "0", "1"))


def test_on_paper_the_key_has_a_line_for_each_sign() -> None:
    found = scale(-2.0, 1.0, theme=PRINT)
    first, zero, last = found.strokes[0], found.strokes[128], found.strokes[-1]
    assert found.key() == Swatches("weight", ((first, "\u22122"), (zero, "0"), (last, "2")))
    assert (first.style, zero.style, last.style) == ("dashed", "dotted", "solid")
    beyond = scale(-2.0, 3.0, theme=PRINT, vmax=1.5).key()
    assert isinstance(beyond, Swatches)
    assert [label for _, label in beyond.items] == ["\u2264 \u22121.5", "0", "\u2265 1.5"]


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ({}, (-3, 3)), ({"vmax": 2.0}, (-2, 2)), ({"vmax": 0.0}, (-3, 0)), ({"vmax": -1.0}, (-3, -1)),
        ({"vmin": -2.0}, (-2, 2)), ({"vmin": 0.0}, (0, 3)), ({"vmin": 1.0}, (1, 3)), ({"vmin": 1.0, "vmax": 2.0}, (1, 2)),
        ({"vmin": -1e-100}, (-1e-100, 1e-100)), ({"vmax": 1e100}, (-1e100, 1e100)),
    ],
)  # fmt: skip
def test_limits_are_symmetric_unless_said_otherwise(options: dict[str, Any], limits: tuple[float, float]) -> None:
    assert scale(-3.0, 1.0, **options).limits == limits


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vmin": 5.0}, "vmin 5 leaves no range: the other end is 3, by the largest weight; give vmax as well"),
        ({"vmin": 3.0}, "vmin 3 leaves no range: the other end is 3"),
        ({"vmax": -3.0}, "vmax -3 leaves no range: the other end is -3, by the largest weight; give vmin as well"),
        ({"vmax": 9e-101}, "vmax 9e-101 is no end of a scale; it must be 0, or from 1e-100 to 1e\\+100 in size"),
        ({"vmin": -2e100}, "vmin -2e\\+100 is no end of a scale"),
    ],
)
def test_limits_that_leave_no_range(options: dict[str, Any], words: str) -> None:
    with pytest.raises(DrawingError, match=words) as caught:
        scale(-3.0, 1.0, **options)
    assert caught.value.option == next(iter(options))


def test_scales_end_where_what_lies_between_can_be_divided() -> None:
    assert scale(1e-300).limits == (-1e-100, 1e-100)
    assert scale(1e300).limits == (-1e100, 1e100)
    assert scale(0.0).limits == (-1, 1)


def test_layers_that_end_apart_have_scales_of_their_own() -> None:
    values: dict[Hashable, list[float]] = {"a": [1.0, -2.0], "b": [4.0]}
    apart, together = (Scales(values, Options(scale=word), LIGHT) for word in ("layer", "global"))
    assert apart.apart
    assert [apart.of(layer).limits for layer in ("a", "b")] == [(-2, 2), (-4, 4)]
    assert not together.apart
    assert together.of("a") is together.of("b") is together.of("c")
    assert together.of("a").limits == (-4, 4)
    assert Scales({}, Options(), LIGHT).of("a").limits is None


# To be told apart.


@pytest.mark.parametrize("number", [1, 2, 3, 7, 40, 255, 256])
def test_strokes_are_spread_evenly_from_the_first_colour_to_the_last(number: int) -> None:
    sweep = [str(step) for step in range(STEPS)]
    found = [int(stroke.colour) for stroke in spread(sweep, number, "layer", Options())]
    assert found == [round(255 * n / max(1, number - 1)) for n in range(number)]
    assert spread(sweep, number, "layer", Options())[0] == Stroke("0", WIDTH, "solid")


def test_no_strokes_for_nothing() -> None:
    assert spread(["#000000"] * STEPS, 0, "layer", Options()) == []
    assert strokes_for(0, "layer", Options(), LIGHT) == []


def test_the_pens_of_the_theme_come_first() -> None:
    assert strokes_for(7, "layer", Options(), LIGHT) == list(LIGHT.pens)
    many = strokes_for(8, "layer", Options(), DARK)
    assert many == spread(DARK.sweep_table, 8, "layer", Options())
    mapped = strokes_for(2, "layer", Options(colormap="viridis"), LIGHT)
    assert [stroke.colour for stroke in mapped] == [named_table("viridis", "#ffffff")[place] for place in (0, 255)]
    assert sweep_of(Options(), DARK) == DARK.sweep_table


def test_on_paper_they_come_again_whatever_the_colormap() -> None:
    for colormap in (None, "viridis"):
        options = Options(theme="print", colormap=colormap)
        assert strokes_for(7, "layer", options, PRINT) == list(PRINT.pens)
        with pytest.warns(AlikeColours, match="theme print has 7 line styles for 9 layers: some look the same"):
            assert strokes_for(9, "layer", options, PRINT) == [*PRINT.pens, *PRINT.pens[:2]]


@pytest.mark.parametrize(("number", "warned"), [(10, False), (11, True), (64, True), (65, False)])
def test_a_colormap_of_few_colours_warns_where_anyone_would_tell_them_apart(number: int, warned: bool) -> None:
    options = Options(colormap="tab10")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        strokes_for(number, "weight", options, LIGHT)
    said = [f"colormap tab10 has 10 colours for {number} weights: some look the same"] if warned else []
    assert [str(one.message) for one in caught] == said
