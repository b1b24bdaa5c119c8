"""Colour arithmetic against closed forms, and tables that stay legible."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import DrawingError
from connectivity.colour.spaces import (
    LEGIBLE,
    STEPS,
    Lab,
    contrast,
    encoded,
    lab,
    legible,
    named_table,
    polar,
    rgb,
    stops,
    table,
    vivid,
)

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(colours)
def test_oklab_and_back(colour: str) -> None:
    assert rgb(lab(colour)) == colour


@pytest.mark.parametrize(
    ("colour", "expected"),
    [  # the published reference values of OKLab for the primaries of sRGB
        ("#ffffff", (1.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ff0000", (0.6280, 0.2249, 0.1258)),
        ("#00ff00", (0.8664, -0.2339, 0.1795)),
        ("#0000ff", (0.4520, -0.0325, -0.3115)),
    ],
)
def test_oklab_of_primaries(colour: str, expected: tuple[float, float, float]) -> None:
    assert lab(colour) == pytest.approx(expected, abs=2e-4)


@given(st.integers(0, 255))
def test_greys_have_no_chroma(level: int) -> None:
    found = lab(f"#{level:02x}{level:02x}{level:02x}")
    assert math.hypot(found.a, found.b) < 1e-6


def test_what_srgb_does_not_have_is_clipped() -> None:
    assert rgb(Lab(1.2, 0.0, 0.0)) == "#ffffff"
    assert rgb(Lab(-0.2, 0.0, 0.0)) == "#000000"
    assert encoded(-1, 2, 0.5) == "#00ff80"


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(-720, 720))
def test_polar_keeps_lightness_and_chroma(lightness: float, chroma: float, hue: float) -> None:
    found = polar(lightness, chroma, hue)
    assert found.lightness == lightness
    assert math.hypot(found.a, found.b) == pytest.approx(chroma)
    assert polar(lightness, chroma, hue + 360) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#123456", "#123456", 1.0),
        ("#ff0000", "#ffffff", 1.05 / (0.2126 + 0.05)),
        ("#00ff00", "#000000", (0.7152 + 0.05) / 0.05),
        ("#0000ff", "#ffffff", 1.05 / (0.0722 + 0.05)),
        ("#ffff00", "#0000ff", (0.9278 + 0.05) / (0.0722 + 0.05)),
        ("#0a0a0a", "#000000", (10 / 255 / 12.92 + 0.05) / 0.05),
    ],
)
def test_contrast(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio)
    assert contrast(other, one) == contrast(one, other)


@given(colours, colours)
def test_contrast_is_between_1_and_21(one: str, other: str) -> None:
    assert 1 <= contrast(one, other) <= 21


@given(colours, colours)
@settings(max_examples=300)
def test_legible_reaches_its_ratio_on_any_background(colour: str, background: str) -> None:
    assert contrast(legible(colour, background), background) >= LEGIBLE == 3


@given(st.integers(0, 255), st.floats(1, 4.5))
def test_any_ratio_that_exists_on_grey_is_reached(level: int, ratio: float) -> None:
    grey = f"#{level:02x}{level:02x}{level:02x}"
    assert contrast(legible(grey, grey, ratio), grey) >= ratio


@given(colours, colours)
def test_legible_leaves_alone_what_is(colour: str, background: str) -> None:
    if contrast(colour, background) >= 3:
        assert legible(colour, background) == colour


@given(colours, st.sampled_from(["#ffffff", "#14171c", "#000000"]))
def test_legible_moves_no_further_than_needed(colour: str, background: str) -> None:
    moved = legible(colour, background)
    if moved != colour:
        assert contrast(moved, background) < 3.15


@given(colours, st.sampled_from(["#ffffff", "#000000"]))
def test_legible_keeps_the_hue(colour: str, background: str) -> None:
    before, after = lab(colour), lab(legible(colour, background))
    if math.hypot(after.a, after.b) > 0.05 and math.hypot(before.a, before.b) > 0.05:
        turn = math.atan2(after.b, after.a) - math.atan2(before.b, before.a)
        assert abs(math.remainder(turn, math.tau)) < 0.35


def test_tables_run_through_their_stops() -> None:
    stops = tuple(lab(colour) for colour in ("#2b3139", "#7a1f3d", "#134fa6"))
    found = table(stops, "#ffffff")
    assert len(found) == STEPS == 256
    assert (found[0], found[-1]) == ("#2b3139", "#134fa6")
    assert math.dist(lab(found[127]), stops[1]) < 0.01
    assert max(math.dist(lab(a), lab(b)) for a, b in itertools.pairwise(found)) < 0.02


def test_tables_are_legible_where_their_stops_are_not() -> None:
    stops = (lab("#ffffff"), lab("#ffff00"))
    for background in ("#ffffff", "#000000"):
        assert min(contrast(colour, background) for colour in table(stops, background)) >= 3


@pytest.mark.parametrize("name", ["viridis", "coolwarm", "tab10", "twilight"])
def test_a_gradient_of_the_stops_looks_like_the_table(name: str) -> None:
    found = named_table(name, "#ffffff")
    places = stops(found)
    assert len(places) <= 24
    assert [place for place, _ in places] == sorted({place for place, _ in places})
    for step, colour in enumerate(found):
        share = step / (STEPS - 1)
        (low, before), (high, after) = next(
            (one, other) for one, other in itertools.pairwise(places) if share <= other[0] + 1e-4
        )
        part = (share - low) / (high - low)
        for at in (1, 3, 5):
            ends = int(before[at : at + 2], 16), int(after[at : at + 2], 16)
            assert abs(int(colour[at : at + 2], 16) - ends[0] - (ends[1] - ends[0]) * part) <= 4


@given(st.floats(0.1, 1), st.floats(0, 0.4), st.floats(0, 360))
def test_vivid_keeps_hue_and_lightness(lightness: float, chroma: float, hue: float) -> None:
    found = lab(vivid(lightness, chroma, hue))
    assert found.lightness == pytest.approx(lightness, abs=0.012)
    size = math.hypot(found.a, found.b)
    assert size <= chroma + 0.006
    if size > 0.06:
        turn = math.degrees(math.atan2(found.b, found.a)) - hue
        assert abs(math.remainder(turn, 360)) < 6


@pytest.mark.parametrize("name", ["viridis", "coolwarm", "RdBu", "vik", "cividis", "gray", "colorbrewer:blues"])
@pytest.mark.parametrize("background", ["#ffffff", "#14171c"])
def test_named_colormaps_are_legible(name: str, background: str) -> None:
    found = named_table(name, background)
    assert len(found) == STEPS
    assert min(contrast(colour, background) for colour in found) >= 3


def test_a_named_colormap_has_its_own_colours() -> None:
    found = named_table("viridis", "#ffffff")
    assert found[0] == "#440154"
    assert named_table("viridis", "#000000")[-1] == "#fde725"
    assert named_table("viridis_r", "#000000")[0] == "#fde725"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("virdis", r'unknown colormap "virdis" \(did you mean "viridis"\?\)'),
        ("zzzzqqq", r'"zzzzqqq" \(as viridis'),
        ("", 'unknown colormap ""'),
        ("a\x1b[31mb\n", "a\ufffd"),
        ("x" * 5000, "…"),
    ],
)
def test_unknown_colormaps(name: str, words: str) -> None:
    with pytest.raises(DrawingError, match=words) as caught:
        named_table(name, "#ffffff")
    assert len(str(caught.value)) < 300
    assert "\x1b" not in str(caught.value)
