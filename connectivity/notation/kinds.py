"""The kinds of layers in the notation: their words, their parameters, and what they build."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from connectivity.errors import NetworkError
from connectivity.layers import (
    PADDING_MODES,
    AvgPool,
    Convolution,
    ConvolutionTranspose,
    FullyConnected,
    Layer,
    LocallyConnected,
    Masked,
    MaxPool,
    RandomlySparse,
)
from connectivity.notation.reading import Reader, Word


class Parameter(NamedTuple):
    """A parameter of a kind: how it may be spelled, how it is read, what it means."""

    name: str
    read: Callable[[Reader, Word], Any]
    help: str
    short: str | None = None
    flag: bool = False


class Kind(NamedTuple):
    """A kind of layer: its words, its VALUE, its parameters and what it builds."""

    name: str
    aliases: tuple[str, ...]
    value: Parameter
    parameters: tuple[Parameter, ...]
    build: Callable[[dict[str, Any]], Layer]
    help: str

    def parameter(self, word: str) -> Parameter | None:
        """The parameter that is spelled ``word``."""
        for parameter in (self.value, *self.parameters):
            if word in (parameter.name, parameter.short):
                return parameter
        return None


_BIAS = Parameter("bias", Reader.boolean, "add a bias to each unit (each channel of a conv)", flag=True)


_WEIGHT = Parameter("weight", Reader.numbers, "the weights, in PyTorch's order, as 1/0/-1", "w")


_KERNEL = Parameter("kernel_size", Reader.integer, "kernel size", "k")


_STRIDE = Parameter("stride", Reader.integer, "step from one window to the next", "s")


_POOL_STRIDE = Parameter("stride", Reader.integer, "step from one window to the next (default: the kernel size)", "s")


_PADDING = Parameter("padding", Reader.padding, "1, 0/1 (left/right), same, valid, causal or full", "p")


_BOTH_SIDES = Parameter("padding", Reader.integer, "positions added on both sides", "p")


_DILATION = Parameter("dilation", Reader.integer, "distance between taps", "d")


_CHANNELS = Parameter("channels", Reader.integer, "output channels (default: as many as groups)", "c")


_GROUPS = Parameter("groups", Reader.integer, "groups of channels", "g")


_MODE = Parameter("padding_mode", Reader.padding_mode, ", ".join(PADDING_MODES))


_TAPS = Parameter("taps", Reader.integers, "offsets in place of a regular kernel, as -3/0/3")


_WINDOW = (_STRIDE, _PADDING, _DILATION, _CHANNELS, _GROUPS, _MODE, _TAPS)


_DROP = Parameter("drop", Reader.integers, "units that are dropped, as 2/3: 0, without connections")


_CEIL = Parameter("ceil_mode", Reader.boolean, "keep a last window that reaches over the end", flag=True)


_MASKS = (
    Parameter("mask", Reader.mask, "rows = outputs, as 011/010, or a CSV file of 0 and 1"),
    Parameter("units", Reader.integer, "outputs of a randomly sparse layer", "u"),
    Parameter("density", Reader.number, "the share of connections it keeps, 0 to 1"),
    Parameter("seed", Reader.integer, "which of them"),
)


def _sparse(given: dict[str, Any]) -> Layer:
    """The sparse layer that the given parameters describe: window, mask or density."""
    styles = {
        "a window": {"kernel_size", *(p.name for p in _WINDOW)},
        "mask": {"mask"},
        "density": {"units", "density", "seed"},
    }
    if "mask" in given:  # whose outputs may be split into channels as well
        styles["a window"].discard("channels")
    used = [style for style, names in styles.items() if names & given.keys()]
    if len(used) > 1:
        culprit = next(name for name in given if name in styles[used[1]])
        raise NetworkError(f"a sparse layer has either {used[0]} or {used[1]}, not both", culprit)
    if used == ["mask"]:
        return Masked(**given)
    if used == ["density"]:
        for name in ("units", "density"):
            if name not in given:
                raise NetworkError(f"a random sparse layer also needs {name}= (as units=6,density=0.3)")
        return RandomlySparse(**given)
    return LocallyConnected(**_kernel(given, "sparse:3"))


def _kernel(given: dict[str, Any], example: str) -> dict[str, Any]:
    """``given`` with what explicit taps imply: the kernel's size, and padding that leaves them where they are."""
    if "taps" in given:
        return {"kernel_size": len(given["taps"]), "padding": "taps", **given}
    return _needing("kernel_size", given, example)


def _needing(name: str, given: dict[str, Any], example: str) -> dict[str, Any]:
    if name not in given:
        extra = ", or mask= or units= with density=" if example.startswith("sparse") else ""
        raise NetworkError(f"{name} is missing (as in {example}){extra}")
    return given


KINDS = (
    Kind(
        "fc",
        ("linear", "dense"),
        Parameter("units", Reader.integer, "units", "u"),
        (_BIAS, _WEIGHT, _DROP),
        lambda given: FullyConnected(**_needing("units", given, "fc:4")),
        "fully connected: every input to every unit",
    ),
    Kind(
        "sparse",
        ("local",),
        _KERNEL,
        (*_WINDOW, *_MASKS, _BIAS, _WEIGHT, _DROP),
        _sparse,
        "each unit sees an area, every connection has its own weight",
    ),
    Kind(
        "conv",
        ("conv1d", "shared"),
        _KERNEL,
        (
            *_WINDOW,
            Parameter("tie", Reader.integer, "period of the weights of a tiled convolution (1: every unit the same)"),
            _BIAS,
            _WEIGHT,
            _DROP,
        ),
        lambda given: Convolution(**_kernel(given, "conv:3")),
        "convolution: sparse, and parallel connections share a weight",
    ),
    Kind(
        "convtranspose",
        ("deconv",),
        _KERNEL,
        (
            _STRIDE,
            Parameter("padding", Reader.integer, "positions cut off on both sides", "p"),
            Parameter("output_padding", Reader.integer, "positions added on the right"),
            _DILATION,
            _CHANNELS,
            _GROUPS,
            _BIAS,
            _WEIGHT,
            _DROP,
        ),
        lambda given: ConvolutionTranspose(**_needing("kernel_size", given, "convtranspose:3")),
        "transposed convolution: each input lays the kernel onto the output",
    ),
    Kind(
        "maxpool",
        ("maxpool1d",),
        _KERNEL,
        (_POOL_STRIDE, _BOTH_SIDES, _DILATION, _CEIL, _DROP),
        lambda given: MaxPool(**_needing("kernel_size", given, "maxpool:2")),
        "the largest value of each window",
    ),
    Kind(
        "avgpool",
        ("avgpool1d",),
        _KERNEL,
        (
            _POOL_STRIDE,
            _BOTH_SIDES,
            _CEIL,
            Parameter("count_include_pad", Reader.boolean, "count padding as zeros (default: true)", flag=True),
            _DROP,
        ),
        lambda given: AvgPool(**_needing("kernel_size", given, "avgpool:2")),
        "the mean of each window",
    ),
)
"""All kinds of layers, in the order they are explained."""


@functools.cache
def kind_words() -> dict[str, Kind]:
    """Every word that names a kind, aliases too."""
    return {word: kind for kind in KINDS for word in (kind.name, *kind.aliases)}
