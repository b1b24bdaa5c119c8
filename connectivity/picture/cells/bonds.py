"""How a layer joins what it takes, as a reader of a picture of cells must know it: who shares weights with whom."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from connectivity.graphs.wiring import LayerView
from connectivity.layers.combine import IDENTITY, INTERPOLATION


class Bond(enum.Enum):
    """What a cone between two blocks means; the value is what a legend calls it."""

    SHARED = "shared weights"
    ALL = "shared weights, all channels to all"
    GROUPS = "shared weights, within each group"
    EACH = "shared weights, in each channel"
    OWN = "a weight of its own for each connection"
    POOL = "pooling in each channel"
    ACROSS = "pooling over all channels"
    SPREAD = "upsampling in each channel"
    BETWEEN = "interpolation in each channel"
    COPY = "copied values"
    FULL = "every connection its own weight"

    @property
    def weighted(self) -> bool:
        """Whether it has weights."""
        return self not in (Bond.POOL, Bond.ACROSS, Bond.SPREAD, Bond.BETWEEN, Bond.COPY)


def bond_of(layers: Sequence[LayerView], number: int) -> Bond:
    """The bond of a layer to what it takes."""
    layer = layers[number]
    info, source = layer.info, layers[layer.inputs[0]]
    if layer.kind.has_weights:
        if info.window is None:
            return Bond.FULL if info.weights >= info.connections else Bond.EACH
        if info.weights >= info.connections:
            return Bond.OWN
        if info.weights < layer.shape.channels:  # channels, too, share them
            return Bond.SHARED
        if layer.kind.channelwise(info.groups, layer.shape.channels) or (
            info.groups > 1 and info.groups == source.shape.channels
        ):
            return Bond.EACH
        if info.groups > 1:
            return Bond.GROUPS
        return Bond.SHARED if source.shape.channels == layer.shape.channels == 1 else Bond.ALL
    apart = layer.kind.channelwise(info.groups, layer.shape.channels)
    if info.window is not None and info.window[2] < 1 and apart:
        return Bond.SPREAD
    if layer.kind.merges or layer.combination is IDENTITY:
        return Bond.COPY
    if layer.combination is INTERPOLATION:
        return Bond.BETWEEN
    return Bond.POOL if layer.shape.channels == source.shape.channels else Bond.ACROSS
