"""A layer drawn as one unit, and all connections between two marks as one line."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from connectivity.graphs.roles import MERGED
from connectivity.graphs.wiring import LayerView, Span, Wiring
from connectivity.layers.base import NO_PARAMETER, Shape


class Merged(NamedTuple):
    """A graph with layers merged: where each unit and each connection went that is not itself any more."""

    wiring: Wiring
    units: Mapping[int, int]
    connections: Mapping[int, int]


def merged_layers(layers: Sequence[LayerView], names: Collection[str]) -> list[LayerView]:
    """Layers without their units, those in ``names`` as one unit each."""
    return [_one_unit(layer) if layer.info.name in names else layer for layer in layers]


def merge_units(wiring: Wiring, names: Collection[str]) -> Merged:
    """``wiring`` with one unit in place of each layer in ``names``; others are left as they are."""
    changed = Wiring(merged_layers(wiring.layers, names))
    changed.layer_of, changed.names, changed.nodes = [*wiring.layer_of], [*wiring.names], [*wiring.nodes]
    changed.biases, changed.largest = dict(wiring.biases), wiring.largest
    changed.tables, changed.bias_names = wiring.tables, wiring.bias_names
    units: dict[int, int] = {}
    for number, layer in enumerate(wiring.layers):
        if layer.info.name in names:
            bar = changed.add_unit(number, layer.info.name)
            changed.bars.add(bar)
            changed.layers[number].units, changed.layers[number].places = [bar], {bar: (0, 0)}
            units.update(dict.fromkeys((*layer.units, *layer.padding), bar))
    went = _merge_connections(wiring, changed, units)
    changed.values = {unit: value for unit, value in wiring.values.items() if unit not in units}
    changed.dropped = {unit for unit in wiring.dropped if unit not in units}
    return Merged(changed, units, went)


def _merge_connections(wiring: Wiring, changed: Wiring, units: Mapping[int, int]) -> dict[int, int]:
    """Give ``changed`` the connections of ``wiring``, one for all between two marks; which went where."""
    weights: list[float | None] = []
    lines: dict[tuple[int, int], int] = {}
    went: dict[int, int] = {}
    for connection in wiring.ranks:
        source, target = wiring.sources[connection], wiring.targets[connection]
        ends = units.get(source, source), units.get(target, target)
        is_merged = ends != (source, target)
        if is_merged and ends in lines:
            changed.counts[lines[ends]] += 1
            went[connection] = lines[ends]
            continue
        went[connection] = len(changed.sources)
        changed.sources.append(ends[0])
        changed.targets.append(ends[1])
        changed.parameters.append(NO_PARAMETER if is_merged else wiring.parameters[connection])
        changed.roles.append(MERGED if is_merged else wiring.roles[connection])
        weights.append(None if is_merged else wiring.weights[connection])
        if is_merged:
            lines[ends] = went[connection]
            changed.counts[lines[ends]] = 1
    changed.weights = weights
    changed.ranks = list(range(len(weights)))
    changed.spans = [Span(0, len(weights), 0, MERGED)]
    return went


def _one_unit(layer: LayerView) -> LayerView:
    single = LayerView(dataclasses.replace(layer.info, window=None), Shape(1, 1), layer.inputs)
    single.whole = layer.shape
    return single
