"""Connections to colours, and what the colours mean to a legend.

``parameter``  one colour for each weight: connections of one colour share theirs. Weights that nobody shares
               stand in squares of hues and lightnesses (:mod:`.squares`), told apart at every unit. Shared
               ones have a palette; more than it has run through a sweep tap by tap, so that the taps of one
               kernel are told apart. A colormap is run through by both.
``weight``     the value, on a diverging map that is symmetric about 0 (or from vmin to vmax).
``sign``       negative, zero, positive.   ``layer``, ``group``  one colour each.   ``none``  one.
``auto``       ``weight`` in layers whose weights were given, ``parameter`` in the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from connectivity.colour.entries import KERNEL, OWN, PLACES, SHARED, Found, entries
from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.scale import Scale, Scales
from connectivity.colour.spaces import lab
from connectivity.colour.spread import pen, spread, strokes_for, sweep_of
from connectivity.colour.squares import own_colours, wheel_colours
from connectivity.colour.themes import THEME, WIDTH, Stroke, Theme
from connectivity.graphs.roles import BIAS, MERGED
from connectivity.graphs.weightnames import asks_for_labels, called, lettered, word_of
from connectivity.graphs.wiring import Wiring
from connectivity.layers.base import NO_PARAMETER
from connectivity.layers.combine import MAXIMUM
from connectivity.options import Options
from connectivity.typeset.text import short

Painter = Callable[[int], Stroke | None]
"""The stroke of a connection; None of one whose weight has no colour of its own."""

PASSED = "identity"

MOST_SWATCHES = 12
"""The most shared weights that are listed one by one; more get a bar."""

MOST_TOLD = 2_500
"""The most connections of a layer that are told apart where nobody shares weights; many colours among more are grey."""

OWN_SWATCHES = 6
"""So many colours stand for weights that nobody shares."""

_SAMPLED = 36  # among how many

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


class Paints(NamedTuple):
    """A painter for each panel, and the legend's keys, each said once; ``named``: the layers that have scales of their own."""

    painters: list[Painter]
    keys: list[Key]
    named: frozenset[str]


def paint(panels: Sequence[Painted], options: Options) -> Paints:
    """What connections of panels look like, and what that means.

    Colours are spread over what is seen. ``options`` are the figure's.
    """
    theme = THEME[options.theme]
    valued = _valued(panels)
    scales = Scales(valued, options, theme)
    numbers = layer_numbers([panel.wiring for panel in panels])
    painters: list[Painter] = []
    found: list[Found] = []
    for place, panel in enumerate(panels):
        layers: dict[int, Painter] = {}
        colours_used: dict[int, int] = {}  # of each level: how many colours its layers have already
        for weights in _weights(panel):
            level = panel.levels[weights.first] if panel.levels else weights.first
            scale = scales.of(_scale_key(panel.wiring, weights.first, place))
            painter, key = _painter(weights, numbers, scale, panel.options, theme, colours_used.get(level, 0))
            used = colours_used.get(level, 0) + len(weights.parameters)
            if weights.shared and weights.connections and used <= len(theme.pens):
                colours_used[level] = used
            layers.update(dict.fromkeys(weights.layers, painter))
            in_legend = panel.legend_layers is None or not panel.legend_layers.isdisjoint(weights.layers)
            if key is not None and weights.parameters and in_legend:
                names = [panel.wiring.layers[layer].info.name for layer in weights.layers]
                found.append(Found(place, " = ".join(filter(None, names)), key))
        winners = panel.wiring.winners() if "values" in panel.options.show else {}
        seen = {panel.wiring.targets[connection] for connection in panel.whole} if winners else set()
        if not seen.isdisjoint(winners) and panel.legend_layers is None:
            joined = all(panel.wiring.layers[panel.wiring.layer_of[unit]].kind.merges for unit in winners)
            title = "maximum" if joined else "maximum pool"
            found.append(
                Found(place, "", Swatches(title, ((_won(theme), "its maximum" if not joined else "the largest"),)))
            )
        painters.append(_by_layer(panel.wiring, layers, winners, theme))
    keys = entries(found)
    if any(panel.carries for panel in panels):
        keys.append(Swatches(PASSED, ((passed(theme), "the value itself, no weight"),)))
    return Paints(painters, keys, frozenset(key for key in valued if isinstance(key, str) and scales.apart))


def layer_numbers(wirings: Sequence[Wiring]) -> dict[str, int]:
    """A number for each layer but the first input, by its name: in all panels the same."""
    names = dict.fromkeys(layer.info.name for wiring in wirings for layer in wiring.layers[1:] if layer.info.name)
    return {name: number for number, name in enumerate(names)}


class _Weights(NamedTuple):
    """Weights that are coloured together: those of a layer, and of all layers that share them.

    ``connections`` are those that are drawn whole, ``parameters`` the weights that get a colour, in the order
    in which they are met; ``shared``: several connections have the same; ``own``: within a layer none has.
    """

    wiring: Wiring
    layers: list[int]
    connections: list[int]
    parameters: list[int]
    shared: bool
    own: bool

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
        own = not is_shared(wiring, layers[0], among)
        shared = len(layers) > 1 or not own
        if shared:  # each weight keeps its colour even if no connection of it is seen whole
            everything = [connection for number in layers for connection in wiring.into(number)]
            parameters = list(dict.fromkeys(wiring.parameters[connection] for connection in everything))
            usage = wiring.used_parameters(layers[0])
            parameters += sorted(set(usage) - set(parameters)) if everything else []
        else:
            parameters = list(dict.fromkeys(wiring.parameters[connection] for connection in among))
        groups.append(_Weights(wiring, layers, among, parameters, shared, own))
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
        return _by_sign(wiring, weights.connections, theme)
    if meaning == "layer":
        strokes = strokes_for(max(len(numbers), len(wiring.layers) - 1), "layer", options, theme)
        stroke = strokes[numbers.get(wiring.layers[first].info.name, first - 1)]
        return (lambda connection: stroke), None
    if meaning == "group":
        return _by_group(wiring, first, options, theme)
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
    if lettered(options) or asks_for_labels(options):
        texts = _named_values(weights, taps, texts, options)
    title = SHARED if weights.wiring.layers[weights.first].info.window is None else KERNEL
    return Swatches(title, tuple((scale.stroke(values[tap]), text) for tap, text in zip(taps, texts, strict=True)))


def _plain(theme: Theme, colour: str | None = None) -> Painter:
    stroke = Stroke(colour or theme.muted, WIDTH)
    return lambda connection: stroke


def _by_parameter(weights: _Weights, options: Options, theme: Theme, first_colour: int) -> tuple[Painter, Key | None]:
    """One colour a weight: the palette where it suffices, squares or a sweep where it does not."""
    names = list(weights.parameters)
    if len(names) == 1 and len(weights.connections) <= 1 and not weights.shared:
        return _plain(theme, theme.pens[0].colour), None  # there is nothing to tell it from
    room = len(theme.pens) - (0 if theme.monochrome else first_colour)  # lines on paper have letters as well
    few = weights.shared and len(names) <= room and options.colormap is None
    if weights.own and not few:
        return _by_own(weights, options, theme)
    texts = dict(zip(sorted(names), weight_names(weights, options), strict=True))
    names.sort(key=lambda name: (weights.tap(name), name))  # so that the taps of a kernel are far apart on the map
    taps = list(dict.fromkeys(map(weights.tap, names)))
    if few:
        names.sort()
        first = first_colour if first_colour + len(names) <= len(theme.pens) else 0
        pens = list(theme.pens[first : first + len(names)])
    elif theme.monochrome and len(taps) <= len(theme.pens):
        pens = [theme.pens[taps.index(weights.tap(name))] for name in names]
        places = tuple((pen, str(number)) for number, pen in enumerate(theme.pens[: len(taps)], start=1))
        return _stroked(weights, names, pens), Swatches(PLACES, places)
    elif options.colormap is None and not theme.monochrome and len(names) <= MOST_SWATCHES:
        pens = list(map(pen, wheel_colours(len(names), theme)))
    else:
        sweep = sweep_of(options, theme)
        pens = spread(sweep, len(names), "weight", options)
        if len(names) > MOST_SWATCHES:
            order = "tap by tap" if len(taps) > 1 else "from the first to the last"
            return _stroked(weights, names, pens), Bar(f"{SHARED}, {order}", sweep, ())
    pen_of = dict(zip(names, pens, strict=True))
    seen = {weights.wiring.parameters[connection] for connection in weights.connections} or set(names)
    key = Swatches(SHARED, tuple((pen_of[name], texts[name]) for name in sorted(names) if name in seen))
    return _stroked(weights, names, pens), key


def _by_own(weights: _Weights, options: Options, theme: Theme) -> tuple[Painter, Key]:
    """A colour for each weight of a layer that no two of its connections share; of a colormap, along it."""
    title = SHARED if weights.shared else OWN
    names = list(weights.parameters)
    if theme.monochrome:
        return _plain(theme, theme.ink), Swatches(title, ())
    if options.colormap is not None or len(weights.connections) > MOST_TOLD:
        if len(names) <= len(theme.palette):
            names.sort()
        sweep = sweep_of(options, theme)
        return _stroked(weights, names, spread(sweep, len(names), "weight", options)), Bar(title, sweep, ())
    wiring = weights.wiring
    colours = own_colours(wiring, weights.first, weights.connections, theme)
    pens = [pen(colours.get(name, theme.muted)) for name in names]
    samples = _unlike(pens)
    key = Swatches(title, tuple((sample, "") for sample in samples), more=len(samples) < len(names))
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


def _unlike(pens: Sequence[Stroke]) -> list[Stroke]:
    """A few strokes that stand for all: the first, then whichever is the least like those before it."""
    left = {stroke: lab(stroke.colour) for stroke in pens[:_SAMPLED]}
    chosen = [pens[0]]
    while len(chosen) < min(OWN_SWATCHES, len(left)):
        chosen.append(max(left, key=lambda one: min(math.dist(left[one], left[other]) for other in chosen)))
    return chosen


def _stroked(weights: _Weights, names: Sequence[int], pens: Sequence[Stroke]) -> Painter:
    strokes = dict(zip(names, pens, strict=True))
    parameters = weights.wiring.parameters
    return lambda connection: strokes.get(parameters[connection])


def weight_names(weights: _Weights, options: Options) -> list[str]:
    """What weights are called beside their colours, in their order: as at their connections.

    The value is said where it was asked for there.
    """
    names = sorted(weights.parameters)
    if word_of(options, weights.wiring.layers[weights.first].info.name) == "value":
        values = weights.values()
        return [short(values.get(name, 0.0)) for name in names]
    return called(weights.wiring, weights.first, names, options)


def _named_values(weights: _Weights, taps: Sequence[int], texts: Sequence[str], options: Options) -> list[str]:
    """The values of taps, each with what it is called where it is called anything."""
    layer = weights.wiring.layers[weights.first].info.name
    names = called(weights.wiring, weights.first, taps, options)
    every = lettered(options, layer) or word_of(options, layer) == "name"
    usual = called(weights.wiring, weights.first, taps, options.replaced({"edge_labels": ()}))
    own = [every or name != other for name, other in zip(names, usual, strict=True)]
    return [f"{name} = {text}" if said else text for name, text, said in zip(names, texts, own, strict=True)]


def _by_sign(wiring: Wiring, connections: Sequence[int], theme: Theme) -> tuple[Painter, Key]:
    styles = ("dashed", "dotted", "solid") if theme.monochrome else ("solid",) * 3
    negative, zero, positive = (
        Stroke(colour, WIDTH, style) for colour, style in zip(theme.diverging, styles, strict=True)
    )
    has_zero = any(wiring.weights[connection] == 0 for connection in connections)
    items = (negative, "negative"), (positive, "positive"), *(((zero, "zero"),) if has_zero else ())

    def painter(connection: int) -> Stroke:
        weight = wiring.weights[connection] or 0.0
        return negative if weight < 0 else positive if weight > 0 else zero

    return painter, Swatches("weight", items)


def _by_group(wiring: Wiring, number: int, options: Options, theme: Theme) -> tuple[Painter, Key | None]:
    layer = wiring.layers[number]
    groups = max(1, layer.info.groups)
    if groups == 1:
        return _plain(theme), None
    size = max(1, layer.shape.channels // groups)
    strokes = strokes_for(groups, "group", options, theme)
    key: Key
    if groups <= MOST_SWATCHES or theme.monochrome:
        items = enumerate(strokes[:MOST_SWATCHES], start=1)
        key = Swatches("group", tuple((stroke, str(group)) for group, stroke in items))
    else:
        key = Bar("group", sweep_of(options, theme), ("1", str(groups)))
    return lambda connection: strokes[layer.places[wiring.targets[connection]][0] // size % groups], key


def _scale_key(wiring: Wiring, layer: int, panel: int) -> Hashable:
    """What a layer's scale is called: its name, since in all panels that is one layer, or a place."""
    owner = wiring.owner(layer)
    return wiring.layers[owner].info.name or (panel, owner)


def _valued(panels: Sequence[Painted]) -> dict[Hashable, list[float]]:
    """The weights of all connections that are coloured by their weight, by the keys of their scales."""
    weights: dict[Hashable, list[float]] = {}
    for place, (wiring, whole, options, *_) in enumerate(panels):
        valued = [mode(wiring, number, (), options) == "weight" for number in range(len(wiring.layers))]
        if not any(valued) and NO_PARAMETER not in wiring.parameters:
            continue
        keys = [_scale_key(wiring, number, place) for number in range(len(wiring.layers))]
        for connection in whole:
            layer = wiring.layer(connection)
            if valued[layer] or wiring.parameters[connection] == NO_PARAMETER:
                weight = wiring.weights[connection]
                if weight is not None and not wiring.roles[connection].passes:
                    weights.setdefault(keys[layer], []).append(weight)
    return weights
