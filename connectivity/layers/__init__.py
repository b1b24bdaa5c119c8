"""The layers: what they are, the shapes they make, the weights they hold.

Each is a frozen dataclass. Parameter names, defaults and limits are those of ``torch.nn``
wherever it has the layer; one exception: ``bias`` is off unless asked for, since a picture
rarely shows it.
"""

from __future__ import annotations

from connectivity.layers.base import SIZE_LIMIT, Layer, Shape, Window, check_drop, check_size, count
from connectivity.layers.dense import FullyConnected, Masked, RandomlySparse
from connectivity.layers.pools import AvgPool, MaxPool, Pool
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.layers.windowed import PADDING_MODES, PADDING_WORDS, Convolution, LocallyConnected, Windowed

__all__ = [
    "PADDING_MODES",
    "PADDING_WORDS",
    "SIZE_LIMIT",
    "AvgPool",
    "Convolution",
    "ConvolutionTranspose",
    "FullyConnected",
    "Layer",
    "LocallyConnected",
    "Masked",
    "MaxPool",
    "Pool",
    "RandomlySparse",
    "Shape",
    "Window",
    "Windowed",
    "check_drop",
    "check_size",
    "count",
]
