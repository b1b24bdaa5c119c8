"""What a trained model becomes: a network, and the numbers of its layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from connectivity.graphs.asked import Asked
from connectivity.network import Network


class Model(NamedTuple):
    """A network with the weights of a trained model.

    ``weights`` are arrays by ``LAYER.TENSOR`` in the shapes of :meth:`.Layer.tensors`, as :func:`.layer_weights` takes
    them. ``notes`` say what a reader must know: what was folded, left out, or put another way; one line each.
    ``outputs`` are the layers that the model's outputs are, in the model's order. ``turned`` are the inputs of which the
    model takes arrays (length, channels): as they are drawn, channels are rows.
    """

    network: Network
    weights: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()

    def _asked(self) -> Asked:
        """Itself, for questions of numbers."""
        return Asked(self.network, self.weights or None)
