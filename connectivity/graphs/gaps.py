"""Layers that are left out of a network: which they are, what is not known behind them, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.errors import GraphError, visible
from connectivity.graphs.wiring import LayerView
from connectivity.typeset.text import listed

_NAMED = 6  # so many gaps are named in an error


def left_out(layers: Sequence[LayerView]) -> list[int]:
    """The numbers of the layers that stand for others which are left out."""
    return [number for number, layer in enumerate(layers) if layer.kind.left_out]


def check_known(layers: Sequence[LayerView], what: str) -> None:
    """Raise GraphError where any of ``layers`` are left out; ``what`` is that which is not known then."""
    gaps = left_out(layers)
    if gaps:
        names = listed([visible(layers[number].info.name or f"layer {number}") for number in gaps], _NAMED)
        raise GraphError(f"layers are left out ({names}): {what}")


def behind_gaps(layers: Sequence[LayerView]) -> list[frozenset[int]]:
    """Of each layer, the numbers of the inputs that it depends on through layers that are left out."""
    reached: list[frozenset[int]] = []  # the inputs that a layer depends on, however
    unknown: list[frozenset[int]] = []
    for number, layer in enumerate(layers):
        if not number or not layer.inputs:
            reached.append(frozenset([number]))
            unknown.append(frozenset())
            continue
        reached.append(frozenset[int]().union(*(reached[source] for source in layer.inputs)))
        through = frozenset[int]().union(*(unknown[source] for source in layer.inputs))
        unknown.append(reached[-1] if layer.kind.left_out else through)
    return unknown
