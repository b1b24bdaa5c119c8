"""What models do with weights: linear layers, convolutions, norms, and arithmetic with constants."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connectivity.errors import ModelError
from connectivity.layers.affine import Affine
from connectivity.layers.base import Shape
from connectivity.layers.batchnorm import BatchNorm
from connectivity.layers.convolution import Convolution
from connectivity.layers.fc import FullyConnected
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.models.arrangement import Padding, Places, permutes, unwrapped
from connectivity.models.assembly import Value
from connectivity.models.workbench import Axes, Tensor, Workbench, others, same_axes

Array = NDArray[Any]


class Weights(NamedTuple):
    """A weight, a bias, and what the model calls them: layers of one ``parameter`` share them. ``name`` is the layer's."""

    weight: Array
    bias: Array | None = None
    name: str = ""
    parameter: Hashable = None

    @property
    def tensors(self) -> dict[str, Array]:
        """The arrays as layers name them."""
        return {"weight": self.weight} | ({} if self.bias is None else {"bias": self.bias})

    def changed(self, weight: Array, how: Hashable) -> Weights:
        """Another form of the same weights, which is that of all layers that are said ``how``."""
        parameter = None if self.parameter is None else (self.parameter, how)
        return self._replace(weight=weight, parameter=parameter)


def linear(bench: Workbench, x: Tensor, weights: Weights) -> Tensor:
    """A fully connected layer over the last axis; ``weights.weight`` is [outputs, inputs].

    Of a tensor of one row it is one of all its units, in whatever order: the columns of its weights go with them. Of
    channels last it is a convolution of width 1. Raises ModelError for weights of another shape.
    """
    outputs, inputs = _two(weights, x.dims[-1])
    dims = (*x.dims[:-1], outputs)
    if x.places.size == inputs:
        row = x.places.reshape(1, -1)
        if permutes(row, x.value.shape):
            return bench.whole(_of_all(bench, x, row[0], weights), dims)
        value = bench.take(x.value, row)
        made = bench.assembly.layer(FullyConnected, value, units=outputs, **_said(weights))
        return bench.whole(made, dims)
    last = len(x.dims) - 1
    value, axes = bench.settled(x, same_axes(others(len(x.dims), (last,)), (last,)))
    if axes.positions == (last,):
        return bench.layer(FullyConnected, value, axes, dims, units=outputs, flatten=False, **_said(weights))
    kernel = weights.changed(weights.weight[:, :, None], "kernel")
    return bench.layer(Convolution, value, axes, dims, kernel_size=1, channels=outputs, **_said(kernel))


def _of_all(bench: Workbench, x: Tensor, row: Places, weights: Weights) -> Any:
    """A fully connected layer of all units of the layer that ``x`` is in, which stand in ``row`` in another order."""
    if not np.array_equal(row, np.arange(row.size)):
        columns = np.empty_like(weights.weight)
        columns[:, row] = weights.weight
        weights = weights.changed(columns, hashlib.sha256(row.tobytes()).digest())
        bench.assembly.note(
            f"{weights.name or 'a fully connected layer'}: the columns of its weights stand in the order of the "
            "units before it, channel by channel; the model has these in another order"
        )
    return bench.assembly.layer(FullyConnected, x.value, units=len(weights.weight), **_said(weights))


def convolution(
    bench: Workbench,
    x: Tensor,
    weights: Weights,
    *,
    stride: int = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """A convolution of a tensor (1, channels, length); ``weights.weight`` is [out, in / groups, kernel].

    A padding that stands before it, of zeros or of its input's own positions, becomes its padding.
    """
    out, _, size = weights.weight.shape
    matrix, sides = _channels_first(x), Padding()
    if padding in (0, (0, 0), "valid"):
        matrix, sides = unwrapped(x.value.shape, matrix)
        padding = sides.left if sides.left == sides.right else (sides.left, sides.right)
    fields: dict[str, Any] = {
        "kernel_size": size,
        "stride": stride,
        "padding": padding,
        "padding_mode": sides.mode,
        "dilation": dilation,
        "groups": groups,
        "channels": out,
    }
    value = bench.take(x.value, matrix)
    made = bench.assembly.layer(Convolution, value, **fields, **_said(weights))
    if stride == 1:
        bench.croppable(made, lambda left, right: _with_less_padding(bench, value, weights, fields, (left, right)))
    return bench.whole(made, (1, *made.shape))


def _with_less_padding(
    bench: Workbench, value: Value, weights: Weights, fields: Mapping[str, Any], cut: tuple[int, int]
) -> Value | None:
    """A convolution of which some outputs at the ends are not wanted: as much less padding, where there is as much."""
    kind = Convolution(**fields)
    left, right = (side - less for side, less in zip(kind.pads(value.shape.length), cut, strict=True))
    if left < 0 or right < 0:
        return None
    bench.assembly.note(
        f"{weights.name or 'a convolution'}: what is cut off behind it are outputs of its padding, which is drawn shorter"
    )
    padding = left if left == right else (left, right)
    return bench.assembly.layer(Convolution, value, **{**fields, "padding": padding}, **_said(weights))


def transposed_convolution(
    bench: Workbench,
    x: Tensor,
    weights: Weights,
    *,
    cut: tuple[int, int],
    more: int = 0,
    groups: int = 1,
    **fields: Any,
) -> Tensor:
    """A transposed convolution of a tensor (1, channels, length); ``weights.weight`` is [in, out / groups, kernel].

    ``cut`` are the positions that it loses on both sides, ``more`` those that it gains on the right.
    """
    _, out, size = weights.weight.shape
    value = bench.take(x.value, _channels_first(x))

    def made(left: int, right: int, more: int) -> Value:
        padding = left if left == right else (left, right)
        said = {"kernel_size": size, "channels": out * groups, "groups": groups, "padding": padding, **fields}
        return bench.assembly.layer(ConvolutionTranspose, value, output_padding=more, **said, **_said(weights))

    def cropped(left: int, right: int) -> Value:
        return made(cut[0] + left, cut[1] + max(0, right - more), max(0, more - right))

    whole = made(*cut, more)
    bench.croppable(whole, cropped)
    return bench.whole(whole, (1, *whole.shape))


def batch_norm(
    bench: Workbench, x: Tensor, axis: int, tensors: Mapping[str, Array], *, eps: float, name: str, parameter: Hashable
) -> Tensor:
    """A batch norm of the channels that ``axis`` has; ``tensors`` as :meth:`.BatchNorm.tensors` has them, without eps.

    Where these are no channels but positions, as behind a linear layer, it is an affine layer, a scale and a shift
    for each of them.
    """
    tensors = {key: np.asarray(array, dtype=np.float64) for key, array in tensors.items()}
    rest = others(len(x.dims), (axis,))
    value, axes = bench.settled(x, same_axes((axis,), rest))
    if axes.channels == (axis,):
        return bench.layer(BatchNorm, value, axes, x.dims, name=name, parameter=parameter, tensors=tensors, eps=eps)
    unit = np.ones(x.dims[axis])
    scale = tensors.get("weight", unit) / np.sqrt(tensors["running_var"] + eps)
    shift = tensors.get("bias", 0 * unit) - tensors["running_mean"] * scale
    affine = {"weight": scale, "bias": shift}
    bench.assembly.note(f"{name or 'a batch norm'}: a batch norm, as a scale and a shift for each position")
    return bench.layer(Affine, value, axes, x.dims, name=name, parameter=parameter, tensors=affine, per="position")


def affine(
    bench: Workbench, x: Tensor, scale: Any, shift: Any, *, name: str = "", parameter: Hashable = None
) -> Tensor:
    """``scale * x + shift`` by constants, arrays that broadcast with it as numpy's do; None is 1, or 0.

    One number for all is an activation, ``linear``, unless it has a ``parameter``, which is trained.
    """
    given = {
        key: np.asarray(array, dtype=np.float64)
        for key, array in (("weight", scale), ("bias", shift))
        if array is not None
    }
    if parameter is None and all(array.size == 1 for array in given.values()):
        weight, bias = (
            float(given[key].ravel()[0]) if key in given else default
            for key, default in (("weight", 1.0), ("bias", 0.0))
        )
        return bench.activation(broadcast(x, *given.values()), f"linear:{weight!r}/{bias!r}")
    x = broadcast(x, *given.values())
    value, axes = bench.settled(x)
    padded = {key: array.reshape((1,) * (len(x.dims) - array.ndim) + array.shape) for key, array in given.items()}
    matrices = {key: _matrix(axes, array, x.dims) for key, array in padded.items()}
    per, shape = _per(value.shape, list(matrices.values()))
    tensors = {key: np.broadcast_to(array, shape).reshape(_form(per, value.shape)) for key, array in matrices.items()}
    tensors.setdefault("weight", np.ones(_form(per, value.shape)))
    return bench.layer(Affine, value, axes, x.dims, name=name, parameter=parameter, tensors=tensors, per=per)


def broadcast(x: Tensor, *arrays: Array) -> Tensor:
    """A tensor in the shape that it has in arithmetic with ``arrays``. Raises ModelError where there is none."""
    try:
        dims = np.broadcast_shapes(x.dims, *(array.shape for array in arrays))
    except ValueError as error:
        shapes = " and ".join(str(list(array.shape)) for array in arrays)
        raise ModelError(f"shapes {list(x.dims)} and {shapes} do not go together") from error
    return x if dims == x.dims else x.seen(np.broadcast_to(x.places, dims))


def _matrix(axes: Axes, array: Array, dims: Sequence[int]) -> Array:
    """A constant that broadcasts to ``dims`` as a matrix that broadcasts to channels x positions."""
    whole = [
        tuple(dims[axis] if axis in side else array.shape[axis] for axis in range(len(dims)))
        for side in (axes.channels, axes.positions)
    ]
    for side, shape in zip((axes.channels, axes.positions), whole, strict=True):
        if any(array.shape[axis] != 1 for axis in side):  # several axes in one: all of them, or none
            array = np.broadcast_to(
                array, tuple(max(one, other) for one, other in zip(array.shape, shape, strict=True))
            )
    matrix: Array = axes.matrix(array)
    return matrix


def _per(shape: Shape, matrices: Sequence[Array]) -> tuple[str, tuple[int, int]]:
    """For what constants of these shapes have a number each: the layer, a channel, a position or a unit."""
    channels, length = np.broadcast_shapes(*(matrix.shape for matrix in matrices))
    by = (channels > 1, length > 1)
    per = {(False, False): "layer", (True, False): "channel", (False, True): "position", (True, True): "unit"}[by]
    return per, (channels, length)


def _form(per: str, shape: Shape) -> tuple[int, ...]:
    """The shape of an affine layer's arrays."""
    return {"layer": (1,), "channel": (shape.channels,), "position": (shape.length,), "unit": tuple(shape)}[per]


def _said(weights: Weights) -> dict[str, Any]:
    """What an assembly is told of them."""
    return {"tensors": weights.tensors, "name": weights.name, "parameter": weights.parameter}


def _two(weights: Weights, inputs: int) -> tuple[int, int]:
    """The sizes of a linear layer's weight, if they fit."""
    shape = weights.weight.shape
    if len(shape) != 2 or shape[1] != inputs:
        raise ModelError(f"{weights.name}: a weight of shape {list(shape)} for {inputs} inputs")
    return int(shape[0]), inputs


def _channels_first(x: Tensor) -> Places:
    """The places of a tensor (1, channels, length). Raises ModelError for one of other axes."""
    if len(x.dims) != 3 or x.dims[0] != 1:
        raise ModelError(f"a tensor of shape {list(x.dims)}, where (1, channels, length) is needed")
    places: Places = x.places[0]
    return places
