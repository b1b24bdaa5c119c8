"""Receptive fields: which positions of the inputs the units of each layer depend on, through all ways.

Those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019): size,
jump (the distance of two neighbours' fields) and start (the first position of the first unit's field; before 0 it
lies in padding), in input positions. A layer that is reached on several ways sees what they see together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from connectivity.graphs.wiring import Key, LayerView, Wiring
from connectivity.layers.activations import activation

_TOLERANCE = 1e-9  # a transposed convolution's windows begin at fractions


class Reach(NamedTuple):
    """A regular field: unit t sees positions ``first + t * jump`` to ``last + t * jump`` of an input."""

    first: float
    last: float
    jump: float

    def through(self, near: float, far: float, step: float) -> Reach:
        """The field of a layer whose windows on this one's run from ``near`` to ``far`` by ``step``."""
        return Reach(self.first + self.jump * near, self.last + self.jump * far, self.jump * step)


Field = dict[str, int | float | None]
"""``size``, ``jump`` and ``start``; the last two are None where there are no regular windows."""


def receptive_fields(
    wiring: Wiring, reached: Callable[[Sequence[Key]], Sequence[Collection[int]]]
) -> list[dict[int, Field]]:
    """The receptive field of each layer's units in each input that they depend on, by the input's number.

    ``reached`` finds all units that given ones depend on, layer by layer. A layer without windows has no regular field: its size is
    how many positions its units see at most.
    """
    fields: list[dict[int, Field]] = []
    for number, reaches in enumerate(_regular(wiring)):
        if reaches is None and _only_rearranges(wiring.layers[number]):
            fields.append(_rearranged([fields[source] for source in wiring.layers[number].inputs]))
        elif reaches is None:
            fields.append(_irregular(wiring, number, reached))
        else:
            fields.append({source: _field(reach) for source, reach in reaches.items()})
    return fields


def _regular(wiring: Wiring) -> list[dict[int, Reach] | None]:
    """The fields that follow from windows alone; None of a layer without."""
    reaches: list[dict[int, Reach] | None] = []
    for number, layer in enumerate(wiring.layers):
        if not number or not layer.inputs:
            reaches.append(None if _mixes_positions(layer) else {number: Reach(0.0, 0.0, 1.0)})
            continue
        window = layer.info.window
        ways = [reaches[source] for source in layer.inputs]
        if window is None or _mixes_positions(layer) or any(way is None for way in ways):
            reaches.append(None)
            continue
        reaches.append(_united([{key: reach.through(*window) for key, reach in way.items()} for way in ways if way]))
    return reaches


def _united(ways: Sequence[dict[int, Reach]]) -> dict[int, Reach] | None:
    """What several ways see together; None where their windows move at different paces."""
    united: dict[int, Reach] = {}
    for way in ways:
        for key, reach in way.items():
            other = united.setdefault(key, reach)
            if not math.isclose(other.jump, reach.jump):
                return None
            united[key] = Reach(min(other.first, reach.first), max(other.last, reach.last), reach.jump)
    return united


def _only_rearranges(layer: LayerView) -> bool:
    """Whether every unit of a layer sees what one unit of its inputs sees."""
    return layer.kind.rearranges and not any(activation(text).mixes for text in layer.info.activations)


def _rearranged(ways: Sequence[dict[int, Field]]) -> dict[int, Field]:
    """The fields of units that are those of the inputs in other places."""
    sizes: dict[int, int | float] = {}
    for key, field in (item for way in ways for item in way.items()):
        sizes[key] = max(sizes.get(key, 0), field["size"] or 0)
    return {key: {"size": size, "jump": None, "start": None} for key, size in sorted(sizes.items())}


def _mixes_positions(layer: LayerView) -> bool:
    """Whether an activation makes every unit depend on all positions of its layer."""
    return layer.shape.channels == 1 and any(activation(text).mixes for text in layer.info.activations)


def _field(reach: Reach) -> Field:
    start = math.ceil(reach.first - _TOLERANCE)
    return {
        "size": math.floor(reach.last + _TOLERANCE) - start + 1,
        "jump": int(reach.jump) if reach.jump == int(reach.jump) else reach.jump,
        "start": start,
    }


def _irregular(
    wiring: Wiring, number: int, reached: Callable[[Sequence[Key]], Sequence[Collection[int]]]
) -> dict[int, Field]:
    """How many positions of each input a unit of a layer sees at most."""
    sizes: dict[int, int] = {}
    keys = iter(wiring.keys(number))
    # Of a layer whose units all see the same, the first tells for all.
    for key in itertools.islice(keys, 1) if _sees_alike(wiring, number) else keys:
        for layer, units in enumerate(reached([key])):
            if units and (not layer or not wiring.layers[layer].inputs):
                sizes[layer] = max(sizes.get(layer, 0), wiring.positions(layer, units))
    if not sizes:
        sizes = {0: 0}
    return {layer: {"size": size, "jump": None, "start": None} for layer, size in sorted(sizes.items())}


def _sees_alike(wiring: Wiring, number: int) -> bool:
    """Whether all units of a layer see the same units of its inputs: it is fully connected, and none is dropped."""
    layer = wiring.layers[number]
    if _mixes_positions(layer):
        return True
    inputs = sum(wiring.layers[source].total for source in layer.inputs)
    return not layer.info.dropped and layer.info.connections == layer.total * inputs
