"""What fills units: the pale colour of their layer or group, or a shade of their value or their connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from scenes import compose_figure, wired

from connectivity import DrawingError
from connectivity.colour.fills import Fills, fill_units
from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.paint import MOST_SWATCHES, Painted, paint
from connectivity.colour.spaces import STEPS, blend
from connectivity.colour.themes import DARK, LIGHT, PRINT, THEME, Stroke, Theme
from connectivity.graphs.wiring import Wiring
from connectivity.options import Options

themes = pytest.mark.parametrize("theme", ["light", "dark", "print"])


def filled(
    text: str, values: Sequence[list[list[float]]] = (), **options: object
) -> tuple[list[tuple[Wiring, Fills]], list[Key]]:
    """The graph of each panel with the fills of its units, and the keys; ``values``: those of each panel's layers."""
    chosen = Options(**options)  # type: ignore[arg-type]  # any option
    wirings: list[Any] = [wired(panel) for panel in text.split(" // ")]
    for wiring, of_units in zip(wirings, values, strict=False):
        wiring.take_values(of_units)
    fills, keys = fill_units([(wiring, chosen) for wiring in wirings])
    return list(zip(wirings, fills, strict=True)), keys


def of_layers(wiring: Wiring, fills: Fills) -> list[list[str | None]]:
    """The fill of each unit of each layer."""
    return [[fills.get(unit) for unit in layer.units] for layer in wiring.layers]


def layer_strokes(wirings: Sequence[Wiring], options: Options) -> list[dict[int, str]]:
    """The colour of the connections into each layer, where they are coloured by layer."""
    painters, _, _ = paint([Painted(wiring, wiring.ranks, options) for wiring in wirings], options)
    found: list[dict[int, str]] = []
    for wiring, painter in zip(wirings, painters, strict=True):
        strokes = {wiring.layer(connection): painter(connection) for connection in wiring.ranks}
        found.append({layer: stroke.colour for layer, stroke in strokes.items() if stroke is not None})
    return found


# Layers.


@pytest.mark.parametrize("colormap", [None, "viridis"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "text", ["4 fc:3", "4 a=fc:3 b=fc:2 // 4 b=fc:3 c=fc:2", "2" + 9 * " fc:2", "x=3 a=fc:2 z=input:2 b=fc:1,from=z"]
)
def test_a_layer_has_the_pale_colour_of_its_connections(text: str, theme: str, colormap: str | None) -> None:
    found, keys = filled(text, fill="layer", theme=theme, colormap=colormap)
    strokes = layer_strokes([wiring for wiring, _ in found], Options(color_by="layer", theme=theme, colormap=colormap))
    for (wiring, fills), colours in zip(found, strokes, strict=True):
        for number, units in enumerate(of_layers(wiring, fills)):
            assert set(units) == {THEME[theme].pale(colours[number]) if number in colours else None}
    assert keys == []


def test_on_paper_tints_of_layers_come_again() -> None:
    ((wiring, fills),), _ = filled("2" + 9 * " fc:2", fill="layer", theme="print")
    tints = PRINT.tints
    assert [units[0] for units in of_layers(wiring, fills)] == [None, *tints, tints[0], tints[1]]


# Groups.


def test_the_channels_of_a_group_have_its_colour() -> None:
    ((wiring, fills),), keys = filled("4x2 conv:1,c=6,g=2", fill="group")
    first, second = LIGHT.pale(LIGHT.palette[0]), LIGHT.pale(LIGHT.palette[1])
    inputs, outputs = of_layers(wiring, fills)
    assert inputs == [first] * 4 + [second] * 4
    assert outputs == [first] * 6 + [second] * 6
    assert keys == [Swatches("group", ((Stroke(first), "1"), (Stroke(second), "2")), solid=True)]


def test_a_unit_that_passes_one_on_has_the_colour_of_where_it_came_from() -> None:
    ((wiring, fills),), _ = filled("4x1 conv:1,c=4,g=2 sparse,mask=1000/0010/0100/0001,channels=4", fill="group")
    first, second = LIGHT.pale(LIGHT.palette[0]), LIGHT.pale(LIGHT.palette[1])
    assert of_layers(wiring, fills)[2] == [first, second, first, second]
    ((wiring, fills),), _ = filled("4x1 conv:1,c=4,g=2 fc:3", fill="group")
    assert of_layers(wiring, fills)[2] == [None] * 3


def test_without_groups_no_unit_has_a_colour() -> None:
    ((_, fills),), keys = filled("3x2 conv:2,c=2 fc:2", fill="group")
    assert (fills, keys) == ({}, [])


@pytest.mark.parametrize("groups", [MOST_SWATCHES, MOST_SWATCHES + 1])
def test_many_groups_have_a_bar_in_place_of_swatches(groups: int) -> None:
    ((wiring, fills),), (key,) = filled(f"{groups}x2 conv:2,g={groups}", fill="group")
    tints = of_layers(wiring, fills)[1]
    assert len(set(tints)) == groups
    numbers = [str(number) for number in range(1, groups + 1)]
    if groups > MOST_SWATCHES:
        assert key == Bar("group", tuple(map(str, tints)), ("1", numbers[-1]))
    else:
        swatches = tuple((Stroke(str(tint)), number) for tint, number in zip(tints, numbers, strict=True))
        assert key == Swatches("group", swatches, solid=True)


def test_on_paper_many_groups_have_the_first_swatches() -> None:
    ((wiring, fills),), (key,) = filled("14x2 conv:2,g=14", fill="group", theme="print")
    tints = PRINT.tints * 2
    assert of_layers(wiring, fills)[1] == list(tints)
    assert isinstance(key, Swatches)
    assert [(stroke.colour, label) for stroke, label in key.items] == [
        (tint, str(number)) for number, tint in enumerate(tints[:12], start=1)
    ]


# Values.


@themes
def test_a_value_is_a_shade_of_its_sign(theme: str) -> None:
    look = THEME[theme]
    ends = (look.ink, look.ink) if look.monochrome else (look.diverging[0], look.diverging[2])
    _, (key,) = filled("3 fc:1", [[[-2, 0, 1], [1]]], fill="value", theme=theme)
    assert isinstance(key, Bar)
    assert (key.title, len(key.colours)) == ("value of a unit", STEPS)
    for step, colour in enumerate(key.colours):
        share = (step - 127.5) / 127.5
        assert colour == blend(look.background, ends[share > 0], 0.9 * abs(share)), step


def test_values_have_one_scale_in_all_panels_up_to_the_largest() -> None:
    found, (key,) = filled("3 fc:1 // 2 fc:1", [[[-4, 0, 1], [0]], [[2, -1], [1]]], fill="value")
    assert isinstance(key, Bar)
    assert key.labels == ("\u22124", "0", "4")
    of = key.colours
    first, second = (of_layers(*panel) for panel in found)
    assert first == [[of[0], of[128], of[round(255 * 5 / 8)]], [of[128]]]
    assert second == [[of[round(255 * 3 / 4)], of[round(255 * 3 / 8)]], [of[round(255 * 5 / 8)]]]


def test_values_that_are_all_zero_have_a_scale_up_to_1() -> None:
    ((_, fills),), (key,) = filled("2 fc:1", [[[0, 0], [0]]], fill="value")
    assert isinstance(key, Bar)
    assert key.labels == ("\u22121", "0", "1")
    assert set(fills.values()) == {key.colours[128]}


def test_there_must_be_values() -> None:
    with pytest.raises(DrawingError, match="there are no values to fill units by"):
        filled("3 fc:2", fill="value")


# Connections.


def shades(theme: Theme, most: int) -> list[str]:
    deep = theme.ink if theme.monochrome else theme.palette[0]
    return [blend(theme.background, deep, 0.85 * degree / most) for degree in range(most + 1)]


@themes
@pytest.mark.parametrize("text", ["6 conv:3,p=1 fc:3", "5 fc:4 // 8 conv:3", "8 convtranspose:3,s=2", "4 fc:7 fc:1"])
def test_the_shade_of_a_unit_says_how_many_connections_reach_it(text: str, theme: str) -> None:
    """In all panels the same; none of those that none reaches."""
    found, (key,) = filled(text, fill="in-degree", theme=theme)
    counts = []
    for wiring, fills in found:
        degrees = Counter(wiring.targets[connection] for connection in wiring.ranks)
        assert set(fills) == set(degrees)
        counts.append((degrees, fills))
    levels = sorted({count for degrees, _ in counts for count in degrees.values()})
    expected = shades(THEME[theme], levels[-1])
    for degrees, fills in counts:
        assert fills == {unit: expected[count] for unit, count in degrees.items()}
    swatches = tuple((Stroke(expected[level]), str(level)) for level in levels)
    assert key == Swatches("connections into a unit", swatches, solid=True)


@pytest.mark.parametrize("levels", [7, 8])
def test_more_than_seven_numbers_of_connections_have_a_bar(levels: int) -> None:
    mask = "/".join("1" * n + "0" * (levels - n) for n in range(1, levels + 1))
    ((wiring, fills),), (key,) = filled(f"{levels} sparse,mask={mask}", fill="in-degree")
    expected = shades(LIGHT, levels)
    assert of_layers(wiring, fills)[1] == expected[1:]
    if levels > 7:
        assert key == Bar("connections into a unit", tuple(expected), ("0", "8"))
    else:
        assert isinstance(key, Swatches)


def test_units_without_connections_have_an_empty_legend() -> None:
    ((_, fills),), (key,) = filled("3", fill="in-degree")
    assert fills == {}
    assert key == Swatches("connections into a unit", (), solid=True)


# Figures.


def test_a_key_is_said_once_for_panels_that_have_the_same() -> None:
    _, keys = filled("4x2 conv:1,c=4,g=2 // 4x2 conv:2,c=2,g=2", fill="group")
    assert len(keys) == 1
    _, keys = filled("4x2 conv:1,c=4,g=2 // 4x2 conv:2,c=4,g=4", fill="group")
    assert [len(key.items) for key in keys if isinstance(key, Swatches)] == [2, 4]


def test_units_are_drawn_with_their_fill() -> None:
    scene = compose_figure("4 fc:3", Options(fill="layer", theme="dark"))
    fills = {unit.id[0]: unit.fill for unit in scene.units}
    assert fills == {"i": DARK.input_fill, "u": DARK.pale(DARK.palette[0])}


def test_without_a_fill_there_is_none_and_no_key() -> None:
    ((_, fills),), keys = filled("4 fc:3")
    assert (fills, keys) == ({}, [])
