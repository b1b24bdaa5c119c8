"""Layers that are left out of a network: which they are, what is not known behind them, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.errors import GraphError, visible
from connectivity.graphs.unitnames import find_units
from connectivity.graphs.wiring import Key, LayerView, Wiring
from connectivity.typeset.text import listed

_NAMED = 6  # so many gaps are named in an error


LEFT_OUT = "stands for layers that are left out, of which nothing is drawn; name a layer that is"
"""What is said of a layer that something was asked of and that has no units on the picture."""


def left_out(layers: Sequence[LayerView]) -> list[int]:
    """The numbers of the layers that stand for others which are left out."""
    return [number for number, layer in enumerate(layers) if layer.kind.left_out]


def drawn_names(layers: Sequence[LayerView]) -> frozenset[str]:
    """The names of the layers that have units on the picture."""
    return frozenset(layer.info.name for layer in layers if not layer.kind.left_out)


def drawn_units(wiring: Wiring, name: str, index_from: int = 1) -> set[Key]:
    """As :func:`.find_units`, without those of layers that are left out."""
    units = find_units(wiring, name, index_from)
    return {key for key in units if not wiring.layers[key[0]].kind.left_out}


def has_matrix(layer: LayerView) -> bool:
    """Whether a layer is drawn as a matrix: neither an input nor one that is left out."""
    return bool(layer.inputs) and not layer.kind.left_out


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
        if not layer.inputs:
            reached.append(frozenset([number]))
            unknown.append(frozenset())
            continue
        reached.append(frozenset[int]().union(*(reached[source] for source in layer.inputs)))
        through = frozenset[int]().union(*(unknown[source] for source in layer.inputs))
        unknown.append(reached[-1] if layer.kind.left_out else through)
    return unknown
