"""Arrows to colours, and what the colours mean to a legend.

``parameter``  one colour for each weight: arrows of one colour share theirs. A layer with more
               weights than the palette has runs through a sweep, in the order of its connections;
               shared ones tap by tap, so that the taps of one kernel are told apart.
``weight``     the value, on a diverging map that is symmetric about 0 (or from vmin to vmax).
``sign``       negative, zero, positive.   ``layer``, ``group``  one colour each.   ``none``  one.
``auto``       ``weight`` in layers whose weights were given, ``parameter`` in the others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from connectivity.graphs.view import Arrow, GraphView, LayerView
from connectivity.options import Options
from connectivity.picture.colours import STEPS, named_table
from connectivity.picture.keys import Bar, Key, Swatches
from connectivity.picture.scale import Scale
from connectivity.picture.themes import THEME, WIDTH, Stroke, Theme
from connectivity.typeset.text import by_tap, letter, natural, short, subscripted

Painter = Callable[[Arrow], Stroke | None]
Panel = tuple[GraphView, Sequence[Arrow]]

KERNEL, SHARED = "kernel", "shared weights"

MOST_SWATCHES = 12
"""The most shared weights that are listed one by one; more get a bar."""

TAPS = 9
"""The most taps of a kernel that are listed with their values; a larger one gets a bar."""


def paint(
    panels: Sequence[Panel],
    options: Options,
    own: Sequence[Options] = (),
    told: Sequence[Collection[int] | None] = (),
) -> tuple[list[Painter], list[Key]]:
    """A painter for each panel, and the legend's keys, each said once.

    A panel is a view and those of its arrows that are drawn whole: colours are spread over what is
    seen. ``own`` are the options of each panel, where they differ from the figure's; ``told`` the layers
    of each that have keys (None: all). A painter returns None for an arrow whose weight is not among them.
    """
    theme = THEME[options.theme]
    own = own or [options] * len(panels)
    scale = Scale(_valued(panels, own), options, theme)
    told = told or [None] * len(panels)
    numbers = layer_numbers([view for view, _ in panels])
    painters: list[Painter] = []
    keys: list[tuple[tuple[int, str], Key]] = []
    for panel, ((view, arrows), chosen, telling) in enumerate(zip(panels, own, told, strict=True)):
        seen, everything = _by_target(view, arrows), _by_target(view, view.arrows)
        # Where weights are shared, each keeps its colour even if no arrow of it is seen whole.
        by_layer = [
            every if is_shared(layer, every) else among
            for layer, among, every in zip(view.layers, seen, everything, strict=True)
        ]
        layers = []
        for index, (layer, among) in enumerate(zip(view.layers, by_layer, strict=True)):
            painter, key = _painter(layer, among, index - 1, numbers, scale, chosen, theme)
            layers.append(painter)
            if key is not None and among and (telling is None or index in telling):
                keys.append(((panel, layer.info.name), key))
        winners = _winners(view) if "values" in chosen.show else {}
        if winners and telling is None:
            keys.append(((panel, ""), Swatches("maximum pool", ((_won(theme), "its maximum"),))))
        painters.append(_by_layer(layers, winners, theme))
    return painters, _once(keys)


def layer_numbers(views: Sequence[GraphView]) -> dict[str, int]:
    """A number for each layer but the input, by its name: in all panels the same."""
    names = dict.fromkeys(layer.info.name for view in views for layer in view.layers[1:] if layer.info.name)
    return {name: number for number, name in enumerate(names)}


def mode(layer: LayerView, arrows: Sequence[Arrow], options: Options) -> str:
    """What colours mean in ``layer``: ``auto`` resolved, and what its arrows cannot show avoided."""
    chosen = options.color_by
    if layer.info.kind in ("maxpool", "avgpool") and chosen not in ("layer", "group"):
        return "none"  # a pool has no weights
    if chosen == "auto":
        chosen = "weight" if layer.info.given else "parameter"
    if chosen == "parameter" and any(arrow.parameter is None for arrow in arrows):
        chosen = "weight"
    return chosen


def _by_target(view: GraphView, arrows: Sequence[Arrow]) -> list[list[Arrow]]:
    """The arrows into each layer, without those of biases."""
    by_layer: list[list[Arrow]] = [[] for _ in view.layers]
    for arrow in arrows:
        if arrow.role not in ("bias", "merged"):
            by_layer[arrow.layer].append(arrow)
    return by_layer


def is_shared(layer: LayerView, arrows: Sequence[Arrow]) -> bool:
    """Whether connections of ``layer`` share weights."""
    if layer.info.connections:
        return layer.info.weights < layer.info.connections
    return len({arrow.parameter for arrow in arrows}) < len(arrows)


def _by_layer(painters: Sequence[Painter], winners: Mapping[Hashable, Hashable], theme: Theme) -> Painter:
    """Each arrow by its layer's painter; of a maximum pool, the connection that won is emphasised."""
    won, lost = _won(theme), Stroke(theme.faint, 0.9)
    thick, thin = Stroke(theme.muted, 2.2), Stroke(theme.muted)

    def painter(arrow: Arrow) -> Stroke | None:
        if arrow.role == "max" and winners:
            return won if winners.get(arrow.target) == arrow.source else lost
        if arrow.role == "merged":
            return thick if arrow.count > 1 else thin
        return painters[arrow.layer](arrow)

    return painter


def _won(theme: Theme) -> Stroke:
    return Stroke(theme.ink, 2.2)


def _winners(view: GraphView) -> dict[Hashable, Hashable]:
    """The unit that each unit of a maximum pool took its value from: the first of the largest."""
    winners: dict[Hashable, Hashable] = {}
    for arrow in view.arrows:
        if arrow.role == "max" and arrow.source in view.values:
            best = winners.get(arrow.target)
            if best is None or view.values[arrow.source] > view.values[best]:
                winners[arrow.target] = arrow.source
    # Where the zero of a dropped unit won, none of the connections did.
    lost = [unit for unit, best in winners.items() if _is_other(view, unit, view.values[best])]
    return {unit: best for unit, best in winners.items() if unit not in lost}


def _is_other(view: GraphView, unit: Hashable, value: float) -> bool:
    """Whether a unit without an activation has another value."""
    return not view.layers[view.layer_of[unit]].info.activations and view.values.get(unit, value) != value


def _once(named: Sequence[tuple[tuple[int, str], Key]]) -> list[Key]:
    """The keys, each with the panel and the layer that it is of, without those that another one contains.

    Several kernels are told apart by the names of their layers. Where layers of a panel share a key it
    says so: their weights have the same colours and are not the same.
    """
    every = list(dict.fromkeys(key for _, key in named))
    keys = [key for key in every if not any(_contains(other, key) for other in every if other != key)]
    found = []
    for key in keys:
        owners = [owner for owner, own in named if own == key or _contains(key, own)]
        if key.title in (KERNEL, SHARED) and sum(other.title == key.title for other in keys) > 1:
            key = key._replace(title=f"{key.title} of {owners[0][1]}")
        elif key.title == SHARED and len({panel for panel, _ in owners}) < len(owners):
            key = key._replace(title=f"{SHARED} of each layer")
        found.append(key)
    return found


def _contains(key: Key, other: Key) -> bool:
    return (
        isinstance(key, Swatches)
        and isinstance(other, Swatches)
        and key.title == other.title
        and key.items[: len(other.items)] == other.items
    )


def _painter(
    layer: LayerView,
    arrows: Sequence[Arrow],
    index: int,
    numbers: Mapping[str, int],
    scale: Scale,
    options: Options,
    theme: Theme,
) -> tuple[Painter, Key | None]:
    if not arrows:
        return _plain(theme), None
    chosen = mode(layer, arrows, options)
    if chosen == "weight":
        if not scale.limits:
            return _plain(theme), None
        return scale.stroke, _kernel_key(layer, arrows, scale, options) or scale.key()
    if chosen == "parameter":
        return _by_parameter(arrows, is_shared(layer, arrows), options, theme)
    if chosen == "sign":
        return _by_sign(theme)
    if chosen == "layer":
        pen = theme.pens[numbers.get(layer.info.name, index) % len(theme.pens)]
        return (lambda arrow: pen), None
    if chosen == "group":
        return _by_group(layer, theme)
    return _plain(theme), None


def _kernel_key(layer: LayerView, arrows: Sequence[Arrow], scale: Scale, options: Options) -> Swatches | None:
    """The taps of a small kernel in their order, with colour and value; None where there is no such kernel."""
    taps = {arrow.parameter: arrow for arrow in arrows if arrow.parameter is not None and arrow.weight is not None}
    if len(taps) > TAPS or not is_shared(layer, arrows):
        return None
    names = sorted(taps, key=lambda name: natural(name or ""))
    values = [short(taps[name].weight or 0.0) for name in names]
    if lettered(options):
        values = [f"{letter(n)} = {value}" for n, value in enumerate(values)]
    return Swatches(KERNEL, tuple((scale.stroke(taps[name]), text) for name, text in zip(names, values, strict=True)))


def _plain(theme: Theme, colour: str | None = None) -> Painter:
    stroke = Stroke(colour or theme.muted, WIDTH)
    return lambda arrow: stroke


def _by_parameter(arrows: Sequence[Arrow], shared: bool, options: Options, theme: Theme) -> tuple[Painter, Key | None]:
    """One colour a weight: the palette where it suffices, a sweep where it does not."""
    names = list(dict.fromkeys(arrow.parameter or "" for arrow in arrows))
    if len(names) == 1 and len(arrows) == 1:
        return _plain(theme, theme.pens[0].colour), None  # there is nothing to tell it from
    if not shared:
        if theme.monochrome:
            return _plain(theme, theme.ink), Swatches("every connection has its own weight", ())
        if len(names) <= len(theme.palette):
            names.sort(key=natural)
        sweep = _sweep(options, theme)
        return _stroked(names, _spread(sweep, len(names))), Bar("every connection has its own weight", sweep, ())
    called = dict(
        zip(sorted(names, key=natural), weight_names(sorted(names, key=natural), arrows, options), strict=True)
    )
    names.sort(key=by_tap)  # neighbours of a kernel far apart on the map, so that its taps are told apart
    taps = list(dict.fromkeys(by_tap(name)[0] for name in names))
    if len(names) <= len(theme.pens) and options.colormap is None:
        names.sort(key=natural)
        pens = list(theme.pens[: len(names)])
    elif theme.monochrome and len(taps) <= len(theme.pens):
        pens = [theme.pens[taps.index(by_tap(name)[0])] for name in names]
        places = tuple((pen, str(number)) for number, pen in enumerate(theme.pens[: len(taps)], start=1))
        return _stroked(names, pens), Swatches("place in the kernel", places)
    else:
        sweep = _sweep(options, theme)
        pens = _spread(sweep, len(names))
        if len(names) > MOST_SWATCHES:
            order = "tap by tap" if len(taps) > 1 else "from the first to the last"
            return _stroked(names, pens), Bar(f"{SHARED}, {order}", sweep, ())
    key = Swatches(SHARED, tuple((pen, called[name]) for pen, name in zip(pens, names, strict=True)))
    return _stroked(names, pens), key


def _sweep(options: Options, theme: Theme) -> tuple[str, ...]:
    """The colours that many weights run through."""
    return named_table(options.colormap, theme.background) if options.colormap else theme.sweep_table


def _spread(sweep: Sequence[str], number: int) -> list[Stroke]:
    """That many strokes through the colours, evenly."""
    step = (STEPS - 1) / max(1, number - 1)
    return [_pen(sweep[round(n * step)]) for n in range(number)]


def _stroked(names: Sequence[str], pens: Sequence[Stroke]) -> Painter:
    strokes = dict(zip(names, pens, strict=True))
    return lambda arrow: strokes.get(arrow.parameter or "")


@functools.cache
def _pen(colour: str) -> Stroke:
    return Stroke(colour)


def weight_names(names: Sequence[str], arrows: Sequence[Arrow], options: Options) -> list[str]:
    """What the weights ``names`` are called beside their colours: letters where connections have them, and values.

    The value is said where it was asked for on the connections.
    """
    if options.edge_labels == "weight":
        values = {arrow.parameter: arrow.weight for arrow in arrows}
        return [short(values.get(name) or 0.0) for name in names]
    if lettered(options):
        return [letter(n) for n in range(len(names))]
    return [subscripted("w", n) for n in range(1, len(names) + 1)]


def lettered(options: Options) -> bool:
    """Whether weights are told apart by letters: where asked for, and on paper unless asked otherwise."""
    return options.edge_labels == "letter" or (options.edge_labels == "auto" and options.theme == "print")


def _by_sign(theme: Theme) -> tuple[Painter, Key]:
    styles = ("dashed", "dotted", "solid") if theme.monochrome else ("solid",) * 3
    negative, zero, positive = (
        Stroke(colour, WIDTH, style) for colour, style in zip(theme.diverging, styles, strict=True)
    )
    items = (negative, "negative"), (zero, "zero"), (positive, "positive")

    def painter(arrow: Arrow) -> Stroke:
        weight = arrow.weight or 0.0
        return negative if weight < 0 else positive if weight > 0 else zero

    return painter, Swatches("weight", items)


def _by_group(layer: LayerView, theme: Theme) -> tuple[Painter, Key | None]:
    groups = max(1, layer.info.groups)
    if groups == 1:
        return _plain(theme), None
    size = max(1, layer.shape.channels // groups)
    strokes = [theme.pens[g % len(theme.pens)] for g in range(groups)]
    items = tuple((stroke, str(g)) for g, stroke in enumerate(strokes[: len(theme.pens)], start=1))
    key = Swatches("group", items)
    return lambda arrow: strokes[layer.places[arrow.target][0] // size % groups], key


def _valued(panels: Sequence[Panel], own: Sequence[Options]) -> list[float]:
    """The weights of all arrows that are coloured by their weight."""
    return [
        arrow.weight
        for (view, arrows), chosen in zip(panels, own, strict=True)
        for valued in [[mode(layer, (), chosen) == "weight" for layer in view.layers]]
        for arrow in arrows
        if arrow.weight is not None and (valued[arrow.layer] or arrow.parameter is None)
    ]
