"""Layer to connections: all the arithmetic of windows.

A connection is ``(source, target, parameter)``. Shared weights are equal parameters, a sparse
layer is connections that are not there, and a fully connected layer is all of them, all
different: one type for every layer. The three are flat indices: of a unit ``channel * length +
position``, of a parameter into its weight tensor in PyTorch's (row-major) order.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from connectivity.layers import (
    Convolution,
    ConvolutionTranspose,
    FullyConnected,
    Layer,
    Masked,
    Pool,
    RandomlySparse,
    Shape,
    Windowed,
)

NO_PARAMETER = -1
"""The parameter of a pool's connection."""


class Connection(NamedTuple):
    """An arrow: from a unit of the input to a unit of the output, with the weight it uses."""

    source: int
    target: int
    parameter: int


def connections(layer: Layer, shape: Shape) -> Iterator[Connection]:
    """The connections of ``layer`` on an input of ``shape``, ordered by target, then by weight.

    >>> [tuple(c) for c in connections(Convolution(kernel_size=2), Shape(1, 3))]
    [(0, 0, 0), (1, 0, 1), (1, 1, 0), (2, 1, 1)]
    """
    match layer:
        case FullyConnected():
            return _dense(layer.units, shape.units)
        case Masked():
            return _masked(layer)
        case RandomlySparse():
            return _random(layer, shape.units)
        case Windowed():
            return _windowed(layer, shape, _parameter(layer, shape))
        case ConvolutionTranspose():
            return _transposed(layer, shape)
        case Pool():
            return _pooled(layer, shape)
    raise TypeError(f"no pattern for {type(layer).__name__}")


class PaddingConnection(NamedTuple):
    """A connection from a padded position, which is less than 0 or beyond the input's length."""

    channel: int
    position: int
    target: int
    parameter: int


def padding_connections(layer: Layer, shape: Shape) -> Iterator[PaddingConnection]:
    """The connections that zero padding cuts off: what the windows of ``layer`` see outside its input.

    >>> [tuple(c) for c in padding_connections(Convolution(kernel_size=3, padding=1), Shape(1, 4))]
    [(0, -1, 0, 0), (0, 4, 3, 2)]
    """
    if isinstance(layer, Windowed):
        return _windowed_padding(layer, shape)
    return _pooled_padding(layer, shape) if isinstance(layer, Pool) else iter(())


def _windowed_padding(layer: Windowed, shape: Shape) -> Iterator[PaddingConnection]:
    outputs, parameter, start = layer.output_shape(shape), _parameter(layer, shape), -layer.pads()[0]
    inputs, channels = shape.channels // layer.groups, outputs.channels // layer.groups
    for out, t, i in itertools.product(range(outputs.channels), range(outputs.length), range(inputs)):
        for k, offset in enumerate(layer.offsets):
            position = start + t * layer.stride + offset
            if not 0 <= position < shape.length:
                target = out * outputs.length + t
                yield PaddingConnection(out // channels * inputs + i, position, target, parameter(out, i, t, k))


def _pooled_padding(layer: Pool, shape: Shape) -> Iterator[PaddingConnection]:
    outputs = layer.output_shape(shape)
    taps = range(layer.kernel_size)
    for channel, t, k in itertools.product(range(shape.channels), range(outputs.length), taps):
        position = t * layer.step - layer.padding + k * layer.spacing
        if not 0 <= position < shape.length:
            yield PaddingConnection(channel, position, channel * outputs.length + t, NO_PARAMETER)


def _parameter(layer: Windowed, shape: Shape) -> Callable[[int, int, int, int], int]:
    """Which weight joins input channel i (of its group) to output channel o at position t by tap k."""
    inputs, size = shape.channels // layer.groups, layer.kernel_size
    if isinstance(layer, Convolution):
        period = layer.tie
        return lambda o, i, t, k: ((o * inputs + i) * period + t % period) * size + k
    length = layer.output_shape(shape).length
    return lambda o, i, t, k: ((o * inputs + i) * length + t) * size + k


def connection_bound(layer: Layer, shape: Shape) -> int:
    """No fewer than the connections of ``layer``, in constant time: padding is not subtracted."""
    outputs = layer.output_shape(shape).units
    if isinstance(layer, Pool):
        return outputs * layer.kernel_size
    if isinstance(layer, ConvolutionTranspose):
        return shape.units * layer.kernel_size * (layer.out_channels // layer.groups)
    if isinstance(layer, Windowed):
        return outputs * layer.kernel_size * (shape.channels // layer.groups)
    if isinstance(layer, RandomlySparse):
        return round(layer.density * outputs * shape.units)
    return outputs * shape.units


def _dense(outputs: int, inputs: int) -> Iterator[Connection]:
    for target in range(outputs):
        row = target * inputs
        for source in range(inputs):
            yield Connection(source, target, row + source)


def _masked(layer: Masked) -> Iterator[Connection]:
    for target, row in enumerate(layer.mask):
        for source, connected in enumerate(row):
            if connected:
                yield Connection(source, target, target * len(row) + source)


def _random(layer: RandomlySparse, inputs: int) -> Iterator[Connection]:
    everything = layer.units * inputs
    chosen = random.Random(layer.seed).sample(range(everything), round(layer.density * everything))
    for parameter in sorted(chosen):
        yield Connection(parameter % inputs, parameter // inputs, parameter)


def _windowed(layer: Windowed, shape: Shape, parameter: Callable[[int, int, int, int], int]) -> Iterator[Connection]:
    """The connections of a kernel that slides; ``parameter(o, i, t, k)`` says which weight.

    Cross-correlation as in ``torch.nn.Conv1d``: output t meets position
    ``t * stride - padding + k * dilation`` with tap k.
    """
    outputs = layer.output_shape(shape)
    inputs_per_group = shape.channels // layer.groups
    outputs_per_group = outputs.channels // layer.groups
    start, offsets = -layer.pads()[0], layer.offsets
    for out in range(outputs.channels):
        first = out // outputs_per_group * inputs_per_group
        for t in range(outputs.length):
            for i in range(inputs_per_group):
                row = (first + i) * shape.length
                for k, offset in enumerate(offsets):
                    source = unpadded(start + t * layer.stride + offset, shape.length, layer.padding_mode)
                    if source is not None:
                        target = out * outputs.length + t
                        yield Connection(row + source, target, parameter(out, i, t, k))


def _transposed(layer: ConvolutionTranspose, shape: Shape) -> Iterator[Connection]:
    """Input i meets output ``i * stride - padding + k * dilation`` with tap k, ordered by target.

    ``torch.nn.ConvTranspose1d``, whose weights are [in, out/groups, k].
    """
    outputs = layer.output_shape(shape)
    inputs_per_group = shape.channels // layer.groups
    outputs_per_group = outputs.channels // layer.groups
    taps = [_taps_onto(layer, shape.length, t) for t in range(outputs.length)]
    for out in range(outputs.channels):
        group, within = divmod(out, outputs_per_group)
        for t, met in enumerate(taps):
            for channel in range(group * inputs_per_group, (group + 1) * inputs_per_group):
                kernel = (channel * outputs_per_group + within) * layer.kernel_size
                for k in met:
                    position = (t + layer.padding - k * layer.dilation) // layer.stride
                    yield Connection(channel * shape.length + position, out * outputs.length + t, kernel + k)


def _taps_onto(layer: ConvolutionTranspose, length: int, t: int) -> range:
    """The taps by which inputs, ``length`` of them, meet output t: ``k * dilation = t + padding - i * stride``.

    Every ``stride / gcd(stride, dilation)``-th, where any.
    """
    at, stride, dilation = t + layer.padding, layer.stride, layer.dilation
    common = math.gcd(stride, dilation)
    if at % common:
        return range(0)
    period = stride // common
    residue = at // common * pow(dilation // common, -1, period) % period
    least = max(0, -(((length - 1) * stride - at) // dilation))
    first = least + (residue - least) % period
    return range(first, min(layer.kernel_size, at // dilation + 1), period)


def _pooled(layer: Pool, shape: Shape) -> Iterator[Connection]:
    """Each channel by itself; padding is no connection, since it never wins and adds nothing to a mean."""
    outputs = layer.output_shape(shape)
    for channel in range(shape.channels):
        for t in range(outputs.length):
            for k in range(layer.kernel_size):
                position = t * layer.step - layer.padding + k * layer.spacing
                if 0 <= position < shape.length:
                    yield Connection(channel * shape.length + position, channel * outputs.length + t, NO_PARAMETER)


def unpadded(position: int, length: int, mode: str) -> int | None:
    """The input position that a padded one stands for; None for a zero.

    ``mode`` is PyTorch's ``padding_mode``. ``position`` is less than one length outside.

    >>> [unpadded(-1, 4, mode) for mode in ("zeros", "reflect", "replicate", "circular")]
    [None, 1, 0, 3]
    """
    if 0 <= position < length:
        return position
    if mode == "zeros":
        return None
    if mode == "replicate":
        return 0 if position < 0 else length - 1
    if mode == "circular":
        return position % length
    return -position if position < 0 else 2 * (length - 1) - position
