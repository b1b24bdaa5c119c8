"""The first and the last window of each layer: the connections that tell what a layer does, where all would be many."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connectivity.graphs.wiring import Wiring
from connectivity.layout.columns import Arrangement


def outermost(
    wiring: Wiring, arrangement: Arrangement, connections: Sequence[int], marked: Collection[int]
) -> list[int]:
    """Those of ``connections`` that lead into the first or the last shown position of a layer, or are ``marked``.

    And all those into layers without windows, which are seen as a whole.
    """
    ends: dict[int, tuple[int, int]] = {}
    for index, column in enumerate(arrangement.columns):
        layer = wiring.layers[index]
        units = column.along or arrangement.rows(index)
        positions = [layer.places[unit][1] for unit in units if unit in layer.places]
        if positions and arrangement.has_windows(index):
            ends[index] = min(positions), max(positions)
    return [
        connection
        for connection in connections
        if connection in marked or _is_at(wiring, wiring.targets[connection], ends)
    ]


def _is_at(wiring: Wiring, target: int, ends: dict[int, tuple[int, int]]) -> bool:
    """Whether a unit is at one of the ends of its layer, or its layer has none."""
    index = wiring.layer_of[target]
    return index not in ends or wiring.layers[index].places[target][1] in ends[index]
