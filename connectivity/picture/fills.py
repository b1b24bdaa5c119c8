"""What the colour of units means: their layer, group, value, or how many connections reach them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from connectivity.errors import DrawingError
from connectivity.graphs.view import GraphView, LayerView
from connectivity.options import Options
from connectivity.picture.colours import STEPS, blend
from connectivity.picture.keys import Bar, Key, Swatches
from connectivity.picture.paint import layer_numbers
from connectivity.picture.themes import THEME, Stroke, Theme
from connectivity.typeset.text import short

Fills = dict[Hashable, str]

_MOST_LEVELS = 7  # numbers of connections that are told one by one; more get a bar


def fill_units(views: Sequence[GraphView], own: Sequence[Options]) -> tuple[list[Fills], list[Key]]:
    """The fill of units that have one, for each panel, and the legend's keys, each said once.

    Raises DrawingError where values are asked for and there are none.
    """
    degrees = [_degrees(view) for view in views]
    levels = sorted(
        {
            degree
            for found, options in zip(degrees, own, strict=True)
            if options.fill == "in-degree"
            for degree in found.values()
        }
    )
    largest = max((view.largest_value() for view in views), default=0.0) or 1.0
    fills: list[Fills] = []
    keys: list[Key | None] = []
    for view, options, degree in zip(views, own, degrees, strict=True):
        theme = THEME[options.theme]
        chosen: tuple[Fills, Key | None] = {}, None
        if options.fill == "layer":
            chosen = _by_layer(view, layer_numbers(views), theme), None
        elif options.fill == "group":
            chosen = _by_group(view, theme)
        elif options.fill == "value":
            chosen = _by_value(view, largest, theme)
        elif options.fill == "in-degree":
            chosen = _by_degree(degree, levels, theme)
        fills.append(chosen[0])
        keys.append(chosen[1])
    return fills, list(dict.fromkeys(key for key in keys if key is not None))


def _by_layer(view: GraphView, numbers: Mapping[str, int], theme: Theme) -> Fills:
    """The tint of the colour that the connections into a layer have, where those are coloured by layer."""
    return {
        unit: theme.tints[numbers.get(layer.info.name, index) % len(theme.tints)]
        for index, layer in enumerate(view.layers[1:])
        for unit in layer.units
    }


def _by_group(view: GraphView, theme: Theme) -> tuple[Fills, Key | None]:
    """A unit has the colour of its group; one that is only passed on keeps that of where it came from."""
    tints = theme.tints
    sources: dict[Hashable, list[Hashable]] = {}
    for arrow in view.arrows:
        if arrow.role not in ("bias", "padding"):
            sources.setdefault(arrow.target, []).append(arrow.source)
    fills: Fills = {}
    most = 1
    for index, layer in enumerate(view.layers):
        groups = layer.info.groups
        if groups == 1 and index == 0 and len(view.layers) > 1:
            groups = view.layers[1].info.groups
        most = max(most, groups)
        for unit in layer.units:
            own = sources.get(unit, [])
            if groups > 1:
                fills[unit] = tints[_group(layer, unit, groups) % len(tints)]
            elif len(own) == 1 and own[0] in fills:
                fills[unit] = fills[own[0]]
    items = tuple((Stroke(tint), str(number)) for number, tint in enumerate(tints[:most], start=1))
    return fills, Swatches("group", items, solid=True) if most > 1 else None


def _group(layer: LayerView, unit: Hashable, groups: int) -> int:
    return layer.places[unit][0] * groups // max(1, layer.shape.channels)


def _by_value(view: GraphView, largest: float, theme: Theme) -> tuple[Fills, Key]:
    if not view.values:
        raise DrawingError(
            "there are no values to fill units by: give the input some (as 3,values=1/0/2, or --input FILE)", "fill"
        )
    low, _, high = theme.diverging
    ends = (theme.ink, theme.ink) if theme.monochrome else (low, high)
    table = []
    for step in range(STEPS):
        share = 2 * step / (STEPS - 1) - 1
        table.append(blend(theme.background, ends[share > 0], 0.9 * abs(share)))
    fills = {unit: table[round((value / largest + 1) / 2 * (STEPS - 1))] for unit, value in view.values.items()}
    return fills, Bar("value of a unit", tuple(table), (short(-largest), "0", short(largest)))


def _degrees(view: GraphView) -> Counter[Hashable]:
    """How many connections reach each unit; those of biases and padding do not count."""
    return Counter(arrow.target for arrow in view.arrows if arrow.role not in ("bias", "padding"))


def _by_degree(degrees: Counter[Hashable], levels: Sequence[int], theme: Theme) -> tuple[Fills, Key]:
    """``levels`` are the numbers of connections there are in all panels."""
    most = max(levels, default=0)
    deep = theme.ink if theme.monochrome else theme.palette[0]
    shades = [blend(theme.background, deep, 0.85 * n / max(1, most)) for n in range(most + 1)]
    fills = {unit: shades[degree] for unit, degree in degrees.items()}
    title = "connections into a unit"
    if len(levels) <= _MOST_LEVELS:
        return fills, Swatches(title, tuple((Stroke(shades[n]), str(n)) for n in levels), solid=True)
    return fills, Bar(title, tuple(shades), ("0", str(most)))
