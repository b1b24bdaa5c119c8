"""What the colour of units means: their layer, group, value, or how many connections reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.paint import MOST_SWATCHES, layer_numbers
from connectivity.colour.spaces import STEPS, blend
from connectivity.colour.spread import strokes_for
from connectivity.colour.themes import THEME, Stroke, Theme
from connectivity.errors import DrawingError
from connectivity.graphs.wiring import LayerView, Wiring, groups_of
from connectivity.options import Options
from connectivity.typeset.text import short

Fills = dict[int, str]
"""The fill of each unit that has one."""

_MOST_LEVELS = 7  # numbers of connections that are told one by one; more get a bar


def fill_units(panels: Sequence[tuple[Wiring, Options]]) -> tuple[list[Fills], list[Key]]:
    """The fill of units that have one, for each panel, and the legend's keys, each said once.

    Raises DrawingError where values are asked for and there are none.
    """
    degrees = [_degrees(wiring) if options.fill == "in-degree" else {} for wiring, options in panels]
    levels = sorted({degree for panel_degrees in degrees for degree in panel_degrees.values()})
    numbers = layer_numbers([wiring for wiring, _ in panels])
    largest = max((wiring.largest for wiring, _ in panels), default=0.0) or 1.0
    fills: list[Fills] = []
    keys: list[Key | None] = []
    for (wiring, options), degree in zip(panels, degrees, strict=True):
        theme = THEME[options.theme]
        fill_and_key: tuple[Fills, Key | None] = {}, None
        if options.fill == "layer":
            fill_and_key = _by_layer(wiring, numbers, options, theme), None
        elif options.fill == "group":
            fill_and_key = _by_group(wiring, options, theme)
        elif options.fill == "value":
            fill_and_key = _by_value(wiring, largest, theme)
        elif options.fill == "in-degree":
            fill_and_key = _by_degree(degree, levels, theme)
        fills.append(fill_and_key[0])
        keys.append(fill_and_key[1])
    return fills, list(dict.fromkeys(key for key in keys if key is not None))


def _by_layer(wiring: Wiring, numbers: Mapping[str, int], options: Options, theme: Theme) -> Fills:
    """The tint of the colour that the connections into a layer have, where those are coloured by layer."""
    tints = _tints(max(len(numbers), len(wiring.layers) - 1), "layer", options, theme)
    return {
        unit: tints[numbers.get(layer.info.name, index)]
        for index, layer in enumerate(wiring.layers[1:])
        for unit in layer.units
        if layer.inputs
    }


def _tints(number: int, noun: str, options: Options, theme: Theme) -> Sequence[str]:
    """A fill for each of so many layers or groups: pale colours of their connections; on paper they come again."""
    if theme.monochrome:
        return [theme.tints[place % len(theme.tints)] for place in range(number)]
    return [theme.pale(stroke.colour) for stroke in strokes_for(number, noun, options, theme)]


def _by_group(wiring: Wiring, options: Options, theme: Theme) -> tuple[Fills, Key | None]:
    """A unit has the colour of its group; one that is only passed on keeps that of where it came from."""
    every = [
        layer.info.groups if layer.info.groups > 1 or layer.inputs else groups_of(wiring.layers, index)
        for index, layer in enumerate(wiring.layers)
    ]
    most = max(every)
    tints = _tints(most, "group", options, theme)
    fills: Fills = {}
    for index, layer in enumerate(wiring.layers):
        groups = every[index]
        for unit in layer.units:
            if groups > 1:
                fills[unit] = tints[_group(layer, unit, groups)]
            else:
                source = wiring.only_source(unit)
                if source is not None and source in fills:
                    fills[unit] = fills[source]
    if most > MOST_SWATCHES and not theme.monochrome:
        return fills, Bar("group", tuple(tints), ("1", str(most)))
    items = tuple((Stroke(tint), str(number)) for number, tint in enumerate(tints[:MOST_SWATCHES], start=1))
    return fills, Swatches("group", items, solid=True) if most > 1 else None


def _group(layer: LayerView, unit: int, groups: int) -> int:
    return layer.places[unit][0] * groups // max(1, layer.shape.channels)


def _by_value(wiring: Wiring, largest: float, theme: Theme) -> tuple[Fills, Key]:
    if not wiring.values:
        raise DrawingError(
            "there are no values to fill units by: give the input some (as 3,values=1/0/2, or --input FILE)", "fill"
        )
    low, _, high = theme.diverging
    ends = (theme.ink, theme.ink) if theme.monochrome else (low, high)
    table = []
    for step in range(STEPS):
        share = 2 * step / (STEPS - 1) - 1
        table.append(blend(theme.background, ends[share > 0], 0.9 * abs(share)))
    fills = {unit: table[round((value / largest + 1) / 2 * (STEPS - 1))] for unit, value in wiring.values.items()}
    return fills, Bar("value of a unit", tuple(table), (short(-largest), "0", short(largest)))


def _degrees(wiring: Wiring) -> dict[int, int]:
    """How many connections reach each unit that any reach; those of biases and padding do not count."""
    units = [unit for layer in wiring.layers if layer.inputs for unit in layer.units]
    return {unit: degree for unit, degree in wiring.degrees(units).items() if degree}


def _by_degree(degrees: Mapping[int, int], levels: Sequence[int], theme: Theme) -> tuple[Fills, Key]:
    """``levels`` are the numbers of connections there are in all panels."""
    most = max(levels, default=0)
    deep = theme.ink if theme.monochrome else theme.palette[0]
    shades = [blend(theme.background, deep, 0.85 * n / max(1, most)) for n in range(most + 1)]
    fills = {unit: shades[degree] for unit, degree in degrees.items()}
    title = "connections into a unit"
    if len(levels) <= _MOST_LEVELS:
        return fills, Swatches(title, tuple((Stroke(shades[n]), str(n)) for n in levels), solid=True)
    return fills, Bar(title, tuple(shades), ("0", str(most)))
