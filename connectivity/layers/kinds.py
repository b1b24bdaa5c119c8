"""The table of kinds: every class of layers that the notation knows, a line each."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import GraphError, suggestion, visible
from connectivity.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from connectivity.layers.affine import Affine
from connectivity.layers.arithmetic import Divide, Maximum, Mean, Minimum, Subtract
from connectivity.layers.base import Layer
from connectivity.layers.batchnorm import BatchNorm
from connectivity.layers.convolution import Convolution
from connectivity.layers.copying import Copy
from connectivity.layers.expanding import Expand
from connectivity.layers.fc import FullyConnected
from connectivity.layers.input import Input
from connectivity.layers.leftout import LeftOut
from connectivity.layers.lppool import LPPool
from connectivity.layers.merges import Add, Concatenate, Multiply
from connectivity.layers.padding import Crop, Pad
from connectivity.layers.pools import AvgPool, MaxPool
from connectivity.layers.rearranging import Flatten, Reshape, Transpose
from connectivity.layers.reducing import Reduce
from connectivity.layers.selecting import Select
from connectivity.layers.sparse import LocallyConnected
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.layers.upsample import Upsample
from connectivity.layers.words import Words


class Units(Layer):
    """Units of which no more is known than their connections: a layer of somebody's own graph."""

    kind: ClassVar[str] = "units"


KINDS: list[type[Layer]] = [
    FullyConnected,
    LocallyConnected,
    Convolution,
    ConvolutionTranspose,
    MaxPool,
    AvgPool,
    LPPool,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
    Reduce,
    BatchNorm,
    Affine,
    Upsample,
    Pad,
    Crop,
    Flatten,
    Reshape,
    Transpose,
    Copy,
    Expand,
    Select,
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
    Mean,
    Concatenate,
    LeftOut,
    Input,
]
"""All kinds of layers, in the order they are explained."""


def register(kind: type[Layer]) -> type[Layer]:
    """Add a kind of your own to the table: the notation, the help and every figure know it from now on."""
    if kind_words().keys().isdisjoint(words_of(kind).names):
        KINDS.append(kind)
        return kind
    raise ValueError(f"{kind.kind}: a kind of that name is there already")


def words_of(kind: type[Layer]) -> Words:
    """What the notation says of a kind that is in the table."""
    if kind.words is None:
        raise ValueError(f"{kind.kind} is no kind that the notation knows")
    return kind.words


def kind_words() -> dict[str, type[Layer]]:
    """Every word that names a kind, aliases too."""
    return {word: kind for kind in KINDS for word in words_of(kind).names}


def kind_named(name: str) -> type[Layer]:
    """The kind that a graph calls ``name``. Raises GraphError for one that is not known."""
    every: list[type[Layer]] = [*KINDS, Units]
    kinds = {kind.kind: kind for kind in every}
    if name not in kinds:
        raise GraphError(f'unknown kind of layer "{visible(name)}"{suggestion(name, kinds)}')
    return kinds[name]
