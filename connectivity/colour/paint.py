"""Connections to colours, and what the colours mean to a legend.

``parameter``  one colour for each weight: connections of one colour share theirs. A layer with more
               weights than the palette has runs through a sweep, in the order of its connections;
               shared ones tap by tap, so that the taps of one kernel are told apart.
``weight``     the value, on a diverging map that is symmetric about 0 (or from vmin to vmax).
``sign``       negative, zero, positive.   ``layer``, ``group``  one colour each.   ``none``  one.
``auto``       ``weight`` in layers whose weights were given, ``parameter`` in the others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.scale import Scale
from connectivity.colour.spaces import STEPS, named_table
from connectivity.colour.themes import THEME, WIDTH, Stroke, Theme
from connectivity.graphs.roles import BIAS, MERGED
from connectivity.graphs.wiring import Wiring
from connectivity.layers.base import NO_PARAMETER
from connectivity.layers.combine import MAXIMUM
from connectivity.options import Options
from connectivity.typeset.markup import elided
from connectivity.typeset.text import letter, listed, short, subscripted

Painter = Callable[[int], Stroke | None]
"""The stroke of a connection; None of one whose weight has no colour of its own."""

KERNEL, SHARED, PASSED = "kernel", "shared weights", "identity"

_GENERATED = re.compile(r"\.[a-z_]+\[[0-9,]+\]$")
_LONGEST_NAME = 24  # characters of a weight's own name in a legend

MOST_SWATCHES = 12
"""The most shared weights that are listed one by one; more get a bar."""

TAPS = 9
"""The most taps of a kernel that are listed with their values; a larger one gets a bar."""


class Painted(NamedTuple):
    """What is coloured of a panel: its graph, the connections that are drawn whole, its options.

    ``legend_layers`` are the layers that have keys in the legend; None: all. ``levels`` are the columns of its layers: those of
    one level have colours of their own, as far as these suffice. ``carries``: it has lines that pass values on.
    """

    wiring: Wiring
    whole: Sequence[int]
    options: Options
    legend_layers: frozenset[int] | None = None
    levels: Sequence[int] = ()
    carries: bool = False


def paint(panels: Sequence[Painted], options: Options) -> tuple[list[Painter], list[Key]]:
    """A painter for each panel, and the legend's keys, each said once.

    Colours are spread over what is seen. ``options`` are the figure's.
    """
    theme = THEME[options.theme]
    scale = Scale(_valued(panels), options, theme)
    numbers = layer_numbers([panel.wiring for panel in panels])
    painters: list[Painter] = []
    keys: list[tuple[tuple[int, str], Key]] = []
    for place, panel in enumerate(panels):
        layers: dict[int, Painter] = {}
        colours_used: dict[int, int] = {}  # of each level: how many colours its layers have already
        for weights in _weights(panel):
            level = panel.levels[weights.first] if panel.levels else weights.first
            painter, key = _painter(weights, numbers, scale, panel.options, theme, colours_used.get(level, 0))
            if weights.shared and weights.connections:
                colours_used[level] = colours_used.get(level, 0) + len(weights.parameters)
            layers.update(dict.fromkeys(weights.layers, painter))
            in_legend = panel.legend_layers is None or not panel.legend_layers.isdisjoint(weights.layers)
            if key is not None and weights.parameters and in_legend:
                names = [panel.wiring.layers[layer].info.name for layer in weights.layers]
                keys.append(((place, " = ".join(filter(None, names))), key))
        winners = panel.wiring.winners() if "values" in panel.options.show else {}
        if winners and panel.legend_layers is None:
            keys.append(((place, ""), Swatches("maximum pool", ((_won(theme), "its maximum"),))))
        painters.append(_by_layer(panel.wiring, layers, winners, theme))
    entries = _once(keys)
    if any(panel.carries for panel in panels):
        entries.append(Swatches(PASSED, ((passed(theme), "the value itself, no weight"),)))
    return painters, entries


def layer_numbers(wirings: Sequence[Wiring]) -> dict[str, int]:
    """A number for each layer but the first input, by its name: in all panels the same."""
    names = dict.fromkeys(layer.info.name for wiring in wirings for layer in wiring.layers[1:] if layer.info.name)
    return {name: number for number, name in enumerate(names)}


class _Weights(NamedTuple):
    """Weights that are coloured together: those of a layer, and of all layers that share them.

    ``connections`` are those that are drawn whole, ``parameters`` the weights that get a colour, in the order
    in which they are met; ``shared``: several connections have the same.
    """

    wiring: Wiring
    layers: list[int]
    connections: list[int]
    parameters: list[int]
    shared: bool

    @property
    def first(self) -> int:
        """The layer they are called after."""
        return self.layers[0]

    def tap(self, parameter: int) -> int:
        """The last index of a parameter: which tap of its kernel it is."""
        return self.wiring.tables[self.first].tap(parameter)

    def values(self) -> dict[int, float]:
        """The value of each weight that has one."""
        return self.wiring.parameter_weights(self.layers)


def _weights(panel: Painted) -> list[_Weights]:
    wiring = panel.wiring
    by_layer = _by_target(wiring, panel.whole)
    together: dict[int, list[int]] = {}
    for number in range(len(wiring.layers)):
        together.setdefault(wiring.owner(number), []).append(number)
    groups = []
    for layers in together.values():
        among = [connection for number in layers for connection in by_layer[number]]
        shared = len(layers) > 1 or is_shared(wiring, layers[0], among)
        if shared:  # each weight keeps its colour even if no connection of it is seen whole
            everything = [connection for number in layers for connection in wiring.into(number)]
            parameters = list(dict.fromkeys(wiring.parameters[connection] for connection in everything))
            usage = wiring.used_parameters(layers[0])
            parameters += sorted(set(usage) - set(parameters)) if everything else []
        else:
            parameters = list(dict.fromkeys(wiring.parameters[connection] for connection in among))
        groups.append(_Weights(wiring, layers, among, parameters, shared))
    return groups


def _by_target(wiring: Wiring, connections: Sequence[int]) -> list[list[int]]:
    """The connections into each layer, without those of biases and without merged ones."""
    by_layer: list[list[int]] = [[] for _ in wiring.layers]
    roles, targets, layer_of = wiring.roles, wiring.targets, wiring.layer_of
    for connection in connections:
        role = roles[connection]
        if role is not BIAS and role is not MERGED:
            by_layer[layer_of[targets[connection]]].append(connection)
    return by_layer


def is_shared(wiring: Wiring, layer: int, connections: Sequence[int]) -> bool:
    """Whether connections of a layer share weights; where a graph names none, each has its own."""
    info = wiring.layers[layer].info
    if connections and all(wiring.parameters[connection] == NO_PARAMETER for connection in connections):
        return False
    if info.connections:
        return info.weights < info.connections
    return len({wiring.parameters[connection] for connection in connections}) < len(connections)


def mode(wiring: Wiring, layer: int, parameters: Collection[int], options: Options) -> str:
    """What colours mean in a layer: ``auto`` resolved, and what its connections cannot show avoided."""
    meaning, view = options.color_by, wiring.layers[layer]
    if not view.kind.has_weights and meaning not in ("layer", "group"):
        return "none"
    if meaning == "auto":
        meaning = "weight" if view.info.given else "parameter"
    if meaning == "parameter" and NO_PARAMETER in parameters:
        meaning = "weight"
    return meaning


def passed(theme: Theme) -> Stroke:
    """The stroke of a connection that passes a value on as it is."""
    return Stroke(theme.muted, 1.1, "dashed")


def _by_layer(wiring: Wiring, painters: Mapping[int, Painter], winners: Mapping[int, int], theme: Theme) -> Painter:
    """Each connection by its layer's painter; of a maximum pool, the one that won is emphasised."""
    won, lost = _won(theme), Stroke(theme.faint, 0.9)
    thick, thin = Stroke(theme.muted, 2.2), Stroke(theme.muted)
    passing = passed(theme)
    roles, sources, targets, layer_of = wiring.roles, wiring.sources, wiring.targets, wiring.layer_of

    def painter(connection: int) -> Stroke | None:
        role, target = roles[connection], targets[connection]
        if winners and role.combination is MAXIMUM:
            return won if winners.get(target) == sources[connection] else lost
        if role is MERGED:
            return thick if wiring.count(connection) > 1 else thin
        if role.passes:
            return passing
        return painters[layer_of[target]](connection)

    return painter


def _won(theme: Theme) -> Stroke:
    return Stroke(theme.ink, 2.2)


def _once(keys_of_layers: Sequence[tuple[tuple[int, str], Key]]) -> list[Key]:
    """The keys, each with the panel and the layer that it is of, without those that another one contains.

    Several kernels are told apart by the names of their layers. Where layers of a panel share a key it
    says so: their weights have the same colours and are not the same.
    """
    every = list(dict.fromkeys(key for _, key in keys_of_layers))
    keys = [key for key in every if not any(_contains(other, key) for other in every if other != key)]
    entries = []
    for key in keys:
        owners = [owner for owner, member in keys_of_layers if member == key or _contains(key, member)]
        what, comma, order = key.title.partition(",")
        if what in (KERNEL, SHARED) and sum(other.title.partition(",")[0] == what for other in keys) > 1:
            names = [*dict.fromkeys(name for _, name in owners if name)]
            each = "each of " if len(names) > 1 else ""
            key = key._replace(title=f"{what} of {each}{listed(names)}{comma}{order}" if names else key.title)
        elif key.title == SHARED and len({panel for panel, _ in owners}) < len(owners):
            key = key._replace(title=f"{SHARED} of each layer")
        entries.append(key)
    return entries


def _contains(key: Key, other: Key) -> bool:
    return (
        isinstance(key, Swatches)
        and isinstance(other, Swatches)
        and key.title == other.title
        and key.items[: len(other.items)] == other.items
    )


def _painter(
    weights: _Weights, numbers: Mapping[str, int], scale: Scale, options: Options, theme: Theme, first_colour: int
) -> tuple[Painter, Key | None]:
    """How a layer is painted, beside others in its gap that have the palette's colours before ``first_colour``."""
    wiring, first = weights.wiring, weights.first
    if not weights.parameters and not weights.connections:
        return _plain(theme), None
    meaning = mode(wiring, first, weights.parameters, options)
    if meaning == "weight":
        if not scale.limits:
            return _by_some_parameters(weights, options, theme, first_colour)
        return (lambda connection: scale.stroke(wiring.weights[connection])), _kernel_key(
            weights, scale, options
        ) or scale.key()
    if meaning == "parameter":
        return _by_parameter(weights, options, theme, first_colour)
    if meaning == "sign":
        return _by_sign(wiring, theme)
    if meaning == "layer":
        pen = theme.pens[numbers.get(wiring.layers[first].info.name, first - 1) % len(theme.pens)]
        return (lambda connection: pen), None
    if meaning == "group":
        return _by_group(wiring, first, theme)
    return _plain(theme), None


def _kernel_key(weights: _Weights, scale: Scale, options: Options) -> Swatches | None:
    """The taps of a small kernel in their order, with colour and value; None where there is no such kernel."""
    if not weights.shared or len(weights.parameters) > TAPS + 1:
        return None
    values = weights.values()
    taps = sorted(parameter for parameter in weights.parameters if parameter in values)
    if len(taps) > TAPS:
        return None
    texts = [short(values[tap]) for tap in taps]
    if lettered(options):
        texts = [f"{letter(n)} = {text}" for n, text in enumerate(texts)]
    title = SHARED if weights.wiring.layers[weights.first].info.window is None else KERNEL
    return Swatches(title, tuple((scale.stroke(values[tap]), text) for tap, text in zip(taps, texts, strict=True)))


def _plain(theme: Theme, colour: str | None = None) -> Painter:
    stroke = Stroke(colour or theme.muted, WIDTH)
    return lambda connection: stroke


def _by_parameter(weights: _Weights, options: Options, theme: Theme, first_colour: int) -> tuple[Painter, Key | None]:
    """One colour a weight: the palette where it suffices, a sweep where it does not."""
    names = list(weights.parameters)
    if len(names) == 1 and len(weights.connections) <= 1 and not weights.shared:
        return _plain(theme, theme.pens[0].colour), None  # there is nothing to tell it from
    if not weights.shared:
        if theme.monochrome:
            return _plain(theme, theme.ink), Swatches("every connection has its own weight", ())
        if len(names) <= len(theme.palette):
            names.sort()
        sweep = _sweep(options, theme)
        return _stroked(weights, names, _spread(sweep, len(names))), Bar(
            "every connection has its own weight", sweep, ()
        )
    texts = dict(zip(sorted(names), weight_names(weights, options), strict=True))
    names.sort(key=lambda name: (weights.tap(name), name))  # so that the taps of a kernel are far apart on the map
    taps = list(dict.fromkeys(map(weights.tap, names)))
    if len(names) <= len(theme.pens) and options.colormap is None:
        names.sort()
        first = first_colour if first_colour + len(names) <= len(theme.pens) else 0
        pens = list(theme.pens[first : first + len(names)])
    elif theme.monochrome and len(taps) <= len(theme.pens):
        pens = [theme.pens[taps.index(weights.tap(name))] for name in names]
        places = tuple((pen, str(number)) for number, pen in enumerate(theme.pens[: len(taps)], start=1))
        return _stroked(weights, names, pens), Swatches("place in the kernel", places)
    else:
        sweep = _sweep(options, theme)
        pens = _spread(sweep, len(names))
        if len(names) > MOST_SWATCHES:
            order = "tap by tap" if len(taps) > 1 else "from the first to the last"
            return _stroked(weights, names, pens), Bar(f"{SHARED}, {order}", sweep, ())
    key = Swatches(SHARED, tuple((pen, texts[name]) for pen, name in zip(pens, names, strict=True)))
    return _stroked(weights, names, pens), key


def _by_some_parameters(
    weights: _Weights, options: Options, theme: Theme, first_colour: int
) -> tuple[Painter, Key | None]:
    """Where only some weights have a name and none a value: a colour for each of those, and one for the rest."""
    named = [parameter for parameter in weights.parameters if parameter != NO_PARAMETER]
    if not named or len(named) == len(weights.parameters) or options.color_by not in ("auto", "parameter"):
        return _plain(theme), None
    painter, key = _by_parameter(weights._replace(parameters=named), options, theme, first_colour)
    rest = Stroke(theme.muted, WIDTH)
    if isinstance(key, Swatches) and key.items:
        key = key._replace(items=(*key.items, (rest, "without a name")))
    parameters = weights.wiring.parameters
    return lambda connection: rest if parameters[connection] == NO_PARAMETER else painter(connection), key


def _sweep(options: Options, theme: Theme) -> tuple[str, ...]:
    """The colours that many weights run through."""
    return named_table(options.colormap, theme.background) if options.colormap else theme.sweep_table


def _spread(sweep: Sequence[str], number: int) -> list[Stroke]:
    """That many strokes through the colours, evenly."""
    step = (STEPS - 1) / max(1, number - 1)
    return [_pen(sweep[round(n * step)]) for n in range(number)]


def _stroked(weights: _Weights, names: Sequence[int], pens: Sequence[Stroke]) -> Painter:
    strokes = dict(zip(names, pens, strict=True))
    parameters = weights.wiring.parameters
    return lambda connection: strokes.get(parameters[connection])


@functools.cache
def _pen(colour: str) -> Stroke:
    return Stroke(colour)


def weight_names(weights: _Weights, options: Options) -> list[str]:
    """What weights are called beside their colours, in their order: letters where connections have them, and values.

    The value is said where it was asked for on the connections.
    """
    names = sorted(weights.parameters)
    if options.edge_labels == "weight":
        values = weights.values()
        return [short(values.get(name, 0.0)) for name in names]
    if lettered(options):
        return [letter(n) for n in range(len(names))]
    own = [weights.wiring.tables[weights.first].name(name) for name in names if name != NO_PARAMETER]
    if not any(map(_is_generated, own)):  # a graph of the user's own
        return [elided(name, _LONGEST_NAME) for name in own]
    return [subscripted("w", n) for n in range(1, len(names) + 1)]


def _is_generated(name: str) -> bool:
    """Whether a parameter is called as the package calls it: h.weight[0,1]."""
    return _GENERATED.search(name) is not None


def lettered(options: Options) -> bool:
    """Whether weights are told apart by letters: where asked for, and on paper unless asked otherwise."""
    return options.edge_labels == "letter" or (options.edge_labels == "auto" and options.theme == "print")


def _by_sign(wiring: Wiring, theme: Theme) -> tuple[Painter, Key]:
    styles = ("dashed", "dotted", "solid") if theme.monochrome else ("solid",) * 3
    negative, zero, positive = (
        Stroke(colour, WIDTH, style) for colour, style in zip(theme.diverging, styles, strict=True)
    )
    items = (negative, "negative"), (zero, "zero"), (positive, "positive")

    def painter(connection: int) -> Stroke:
        weight = wiring.weights[connection] or 0.0
        return negative if weight < 0 else positive if weight > 0 else zero

    return painter, Swatches("weight", items)


def _by_group(wiring: Wiring, number: int, theme: Theme) -> tuple[Painter, Key | None]:
    layer = wiring.layers[number]
    groups = max(1, layer.info.groups)
    if groups == 1:
        return _plain(theme), None
    size = max(1, layer.shape.channels // groups)
    strokes = [theme.pens[g % len(theme.pens)] for g in range(groups)]
    items = tuple((stroke, str(g)) for g, stroke in enumerate(strokes[: len(theme.pens)], start=1))
    key = Swatches("group", items)
    return lambda connection: strokes[layer.places[wiring.targets[connection]][0] // size % groups], key


def _valued(panels: Sequence[Painted]) -> list[float]:
    """The weights of all connections that are coloured by their weight."""
    weights: list[float] = []
    for wiring, whole, options, *_ in panels:
        valued = [mode(wiring, number, (), options) == "weight" for number in range(len(wiring.layers))]
        if not any(valued) and NO_PARAMETER not in wiring.parameters:
            continue
        for connection in whole:
            if valued[wiring.layer(connection)] or wiring.parameters[connection] == NO_PARAMETER:
                weight = wiring.weights[connection]
                if weight is not None and not wiring.roles[connection].passes:
                    weights.append(weight)
    return weights
