"""Concatenations that only join: their units are those that they join, and are not drawn twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from connectivity.graphs.wiring import LayerView, Wiring


class Joined(NamedTuple):
    """A graph whose joins are gone: what a joined unit is, and where each connection that is left went."""

    wiring: Wiring
    units: Mapping[int, int]
    connections: Mapping[int, int]


def without_joins(wiring: Wiring, joins: Collection[int]) -> Joined:
    """``wiring`` with connections from units of ``joins`` starting at the units that these are copies of."""
    units: dict[int, int] = {}
    for connection in wiring.ranks:
        source, target = wiring.sources[connection], wiring.targets[connection]
        if wiring.layer_of[target] in joins and wiring.roles[connection].counted:
            units[target] = units.get(source, source)
    keep, sources = [], []
    for connection in wiring.ranks:
        source = wiring.sources[connection]
        if wiring.layer_of[wiring.targets[connection]] in joins or (
            wiring.layer_of[source] in joins and source not in units
        ):
            continue
        keep.append(connection)
        sources.append(units.get(source, source))
    layers = [_emptied(layer) if number in joins else layer for number, layer in enumerate(wiring.layers)]
    changed = wiring.rewired(keep, sources, layers)
    return Joined(changed, units, {connection: number for number, connection in enumerate(keep)})


def _emptied(layer: LayerView) -> LayerView:
    """A layer without its units."""
    return LayerView(layer.info, layer.shape, layer.inputs)
