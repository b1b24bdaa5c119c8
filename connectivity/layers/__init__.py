"""The layers: what they are, the shapes they make, their connections, the weights they hold. A file a kind.

Each is a frozen dataclass. Parameter names, defaults and limits are those of ``torch.nn``
wherever it has the layer; one exception: ``bias`` is off unless asked for, since a picture
rarely shows it.
"""

from __future__ import annotations

from connectivity.layers.base import SIZE_LIMIT, Layer, Shape, Window, check_drop, check_size, count
from connectivity.layers.convolution import Convolution
from connectivity.layers.fc import FullyConnected
from connectivity.layers.pools import AvgPool, MaxPool, Pool
from connectivity.layers.sparse import LocallyConnected, Masked, RandomlySparse
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.layers.windowed import Windowed
from connectivity.layers.words import PADDING_MODES, PADDING_WORDS

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
