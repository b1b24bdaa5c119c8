"""A layer drawn as one unit, and all connections between two marks as one line."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Hashable, Mapping
from typing import NamedTuple

from connectivity.graphs.view import Arrow, GraphView, LayerView
from connectivity.layers import Shape


class Merged(NamedTuple):
    """A view with layers merged: where each unit and each arrow (by ``id``) went that is not itself any more."""

    view: GraphView
    units: Mapping[Hashable, Hashable]
    arrows: Mapping[int, Arrow]


def merge_layers(view: GraphView, names: Collection[str]) -> Merged:
    """``view`` with one unit in place of each layer in ``names``; others are left as they are."""
    chosen = {index for index, layer in enumerate(view.layers) if layer.info.name in names}
    if not chosen:
        return Merged(view, {}, {})
    units: dict[Hashable, Hashable] = {}
    layers = list(view.layers)
    shown, layer_of = dict(view.names), dict(view.layer_of)
    for index in chosen:
        node = ("merged", index)
        layers[index] = _one_unit(view.layers[index], node)
        for unit in (*view.layers[index].units, *view.layers[index].padding):
            units[unit] = node
            shown.pop(unit, None)
            layer_of.pop(unit, None)
        shown[node], layer_of[node] = view.layers[index].info.name, index
    arrows: list[Arrow] = []
    merged: dict[tuple[Hashable, Hashable], Arrow] = {}
    went: dict[int, Arrow] = {}
    for arrow in view.arrows:
        ends = units.get(arrow.source, arrow.source), units.get(arrow.target, arrow.target)
        if ends == (arrow.source, arrow.target):
            arrows.append(arrow)
            continue
        if ends not in merged:
            merged[ends] = Arrow(*ends, arrow.layer, None, None, "merged")
            arrows.append(merged[ends])
        else:
            merged[ends].count += 1
        went[id(arrow)] = merged[ends]
    values = {unit: value for unit, value in view.values.items() if unit not in units}
    dropped = {unit for unit in view.dropped if unit not in units}
    changed = view._replace(
        layers=layers, arrows=arrows, names=shown, layer_of=layer_of, values=values, dropped=dropped
    )
    return Merged(changed, units, went)


def _one_unit(layer: LayerView, node: Hashable) -> LayerView:
    single = LayerView(dataclasses.replace(layer.info, window=None))
    single.units, single.places, single.shape = [node], {node: (0, 0)}, Shape(1, 1)
    single.whole = layer.shape
    return single
