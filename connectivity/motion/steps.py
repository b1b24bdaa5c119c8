"""The steps of a motion that is named: the kernel slides, layer follows on layer, connections grow.

A step says of each panel what is highlighted and how much of the graph is there yet; everything else is the figure's.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from connectivity.errors import DrawingError, NoEffect, suggestion, visible, warn
from connectivity.graphs.stage import WHOLE, Stage
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.options import Options
from connectivity.picture.grid import AnyPanel
from connectivity.picture.panel import Panel

MOST_STEPS = 60
"""A named motion has no more steps than this: a kernel leaves out positions, connections grow several at once."""


class PanelStep(NamedTuple):
    """What a step shows of one panel: the units, windows or weights that are highlighted, and what is there yet."""

    highlight: tuple[str, ...] = ()
    stage: Stage = WHOLE


Steps = list[tuple[PanelStep, ...]]
"""For each step what it shows of each panel."""


def named_steps(motion: str, panels: Sequence[AnyPanel]) -> Steps:
    """The steps of a motion (``slide``, ``slide:h1``, ``forward``, ``grow``) of a figure of these panels.

    Panels of fewer steps stay at their last. Raises DrawingError where nothing can move so.
    """
    name, _, layer = motion.partition(":")
    if layer and name == "slide":
        _check_layer(layer, panels)
    by_panel = [_MOTIONS[name](panel, layer) for panel in panels]
    most = max(map(len, by_panel), default=0)
    if not most:
        why = _WHY_NOT[name]
        raise DrawingError(why, "animate")
    return [
        tuple(steps[min(number, len(steps) - 1)] if steps else PanelStep() for steps in by_panel)
        for number in range(most)
    ]


def _check_layer(name: str, panels: Sequence[AnyPanel]) -> None:
    """Raise DrawingError for a layer that is in no panel, or slides in none."""
    names = [layer.info.name for panel in panels for layer in panel.wiring.layers]
    if name not in names:
        raise DrawingError(f'animate: no layer is named "{visible(name)}"{suggestion(name, names)}', "animate")
    sliding = [
        panel.wiring.layers[number].info.name for panel in panels for number in _sliding(panel.wiring, panel.options)
    ]
    if name not in sliding:
        others = f"; {', '.join(dict.fromkeys(sliding))} does" if sliding else ""
        raise DrawingError(f'animate: "{visible(name)}" slides no kernel over its input{others}', "animate")


def _slide(panel: AnyPanel, name: str) -> list[PanelStep]:
    """Unit after unit of the layers that slide, each with its window; values appear as they are computed."""
    wiring, options = panel.wiring, panel.options
    sliding = [number for number in _sliding(wiring, options) if not name or wiring.layers[number].info.name == name]
    places = {number: _shown_positions(panel, number) for number in sliding}
    stride = math.ceil(sum(map(len, places.values())) / MOST_STEPS)
    if stride > 1:
        places = {number: _every(positions, stride) for number, positions in places.items()}
        warn(f"the kernel stops at one position in {stride}: there are more than {MOST_STEPS}", NoEffect)
    moments = [(number, place) for number in sliding for place in places[number]]
    ends = {
        number: max(n for n, (layer, _) in enumerate(moments) if layer == number) for number in places if places[number]
    }
    complete = _completed(wiring.layers, ends)
    steps = []
    for moment, (number, position) in enumerate(moments):
        written: dict[int, Collection[int]] = {layer: () for layer, end in enumerate(complete) if end > moment}
        if number in written:
            done = position
            written[number] = range(done + 1)
        steps.append(PanelStep((_window(wiring.layers[number], position, options),), Stage(written=written)))
    return steps


def _every(positions: Sequence[int], stride: int) -> list[int]:
    """Each ``stride``-th position, and the last."""
    return [*dict.fromkeys([*positions[::stride], *positions[-1:]])]


def _window(layer: LayerView, position: int, options: Options) -> str:
    """What to highlight so that a window is seen, and all that is made of it."""
    place = f"{position + options.index_from}"
    channel = "all." if layer.shape.channels > 1 else ""
    return f"{layer.info.name}.{channel}{place}:window"


def _completed(layers: Sequence[LayerView], ends: Mapping[int, int]) -> list[int]:
    """The step at which the last value of each layer is known."""
    complete: list[int] = []
    for number, layer in enumerate(layers):
        before = max((complete[source] for source in layer.inputs), default=0)
        complete.append(ends.get(number, before))
    return complete


def _sliding(wiring: Wiring, options: Options) -> list[int]:
    """The layers that look at a window of their input, which moves on from unit to unit."""
    return [number for number, layer in enumerate(wiring.layers) if layer.inputs and _slides(layer)]


def _slides(layer: LayerView) -> bool:
    """Whether a layer has a kernel, or a window of several positions of its input; what scales or copies has neither."""
    window = layer.info.window
    if window is None or layer.kind.left_out or layer.shape.length < 2:
        return False
    return layer.info.kernel_size is not None or (window[1] > window[0] and window[2] >= 1)


def _shown_positions(panel: AnyPanel, number: int) -> list[int]:
    """The positions of a layer that are on the picture."""
    layer = panel.wiring.layers[number]
    shown = panel.shown if isinstance(panel, Panel) else layer.places.keys()
    found = {position for unit, (_, position) in layer.places.items() if unit in shown}
    if not isinstance(panel, Panel) and panel.plan.network is not None:
        block = panel.plan.network.blocks.get(number)
        positions = getattr(block, "positions", None)
        found &= set(positions) if positions is not None else set()
    return sorted(found)


def _forward(panel: AnyPanel, _: str) -> list[PanelStep]:
    """Layer after layer, those of one depth at once: the inputs, then what takes them."""
    layers = panel.wiring.layers
    depths: list[int] = []
    for layer in layers:
        depths.append(1 + max((depths[source] for source in layer.inputs), default=-1))
    shown = sorted({depths[number] for number in panel.scope.drawn})
    steps = []
    for depth in shown:
        there = frozenset(number for number in range(len(layers)) if depths[number] <= depth)
        later: dict[int, Collection[int]] = {number: () for number in range(len(layers)) if number not in there}
        steps.append(PanelStep((), Stage(layers=there, written=later)))
    return steps if len(steps) > 1 else []


def _grow(panel: AnyPanel, _: str) -> list[PanelStep]:
    """Connection after connection, parameter after parameter; where these are many, several at once."""
    groups = _groups(panel)
    steps, grown = [], set()
    for group in groups:
        grown |= {panel.wiring.joint(connection) for connection in group}
        steps.append(PanelStep((), Stage(grown=frozenset(grown))))
    return steps


def _groups(panel: AnyPanel) -> list[list[int]]:
    """The connections of a panel as they grow: each alone, or all of a parameter, of a unit, of a layer."""
    wiring = panel.wiring
    if not isinstance(panel, Panel):
        return []
    drawn = [*dict.fromkeys([*panel.whole, *panel.cells, *panel.cut])]
    role = {name: number for number, name in enumerate(dict.fromkeys(wiring.roles[one].name for one in drawn))}

    def parameter(one: int) -> tuple[int, ...]:
        layer = wiring.layer(one)
        return layer, role[wiring.roles[one].name], wiring.parameters[one]

    def target(one: int) -> tuple[int, ...]:
        return wiring.layer(one), wiring.targets[one]

    drawn.sort(key=lambda one: (*parameter(one), wiring.targets[one], wiring.sources[one]))
    if len(drawn) <= MOST_STEPS:
        return [[one] for one in drawn]
    for key in (parameter, target):
        groups: dict[tuple[int, ...], list[int]] = {}
        for one in drawn:
            groups.setdefault(key(one), []).append(one)
        if len(groups) <= MOST_STEPS:
            return [groups[name] for name in sorted(groups)]
    by_layer: dict[int, list[int]] = {}
    for one in drawn:
        by_layer.setdefault(wiring.layer(one), []).append(one)
    return [by_layer[layer] for layer in sorted(by_layer)]


_MOTIONS = {"slide": _slide, "forward": _forward, "grow": _grow}
_WHY_NOT = {
    "slide": "there is nothing to slide: no layer looks at a window of its input, as conv:3 does",
    "forward": "there is no layer after the input to go forward to; say one, as in 6 conv:3",
    "grow": "there are no connections to grow: they are areas between cells here (units circles draws each as a line)",
}


def lights(motion: str) -> bool:
    """Whether the steps of a motion highlight something of their own.

    >>> lights("slide:h1"), lights("grow")
    (True, False)
    """
    return _MOTIONS[motion.partition(":")[0]] is _slide


def kept_of(steps: Steps, panel: int) -> Iterator[str]:
    """Everything that is highlighted in a panel, in any step."""
    yield from dict.fromkeys(wish for step in steps for wish in step[panel].highlight)
