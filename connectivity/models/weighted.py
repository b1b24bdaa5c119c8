"""What models do with weights: linear layers, convolutions, and these transposed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connectivity.errors import ModelError
from connectivity.layers.convolution import Convolution
from connectivity.layers.fc import FullyConnected
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.models.arrangement import Padding, Places, permutes, places_of, unwrapped
from connectivity.models.assembly import Value
from connectivity.models.workbench import Tensor, Workbench, others, same_axes

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
        # It takes channels as they follow one another: of one position each, or all positions of one.
        value = bench.take(x.value, min((row, row.reshape(-1, 1)), key=lambda places: bench.cost(x.value, places)))
        return bench.whole(_full(bench, value, weights), dims)
    last = len(x.dims) - 1
    value, axes = bench.settled(x, same_axes(others(len(x.dims), (last,)), (last,)))
    if axes.positions == (last,):
        made = _full(bench, value, weights, flatten=False)
        return Tensor(made, axes.tensor(places_of(made.shape), dims))
    kernel = weights.changed(weights.weight[:, :, None], "kernel")
    made = _sliding(bench, value, kernel, {"kernel_size": 1, "channels": outputs})
    return Tensor(made, axes.tensor(places_of(made.shape), dims))


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
    return _full(bench, x.value, weights)


def _full(bench: Workbench, value: Value, weights: Weights, **fields: Any) -> Value:
    """A fully connected layer."""

    def made(weights: Weights) -> Value:
        layer = bench.assembly.layer(FullyConnected, value, units=len(weights.weight), **fields, **_said(weights))
        if layer.shape.channels == 1:
            bench.orderable(layer, lambda order: made(_ordered(bench, weights, order)))
        return layer

    return _scalable(bench, made, weights, lambda scale: scale[:, None])


def _ordered(bench: Workbench, weights: Weights, order: Places) -> Weights:
    """The weights of a fully connected layer whose units are those of ``order``."""
    bench.assembly.note(
        f"{weights.name or 'a fully connected layer'}: the rows of its weights stand in the order of the units behind it, "
        "channel by channel; the model has these in another order"
    )
    bias = None if weights.bias is None else weights.bias[order]
    return weights.changed(weights.weight[order], hashlib.sha256(order.tobytes()).digest())._replace(bias=bias)


def _scalable(
    bench: Workbench, made: Callable[[Weights], Value], weights: Weights, form: Callable[[Array], Array]
) -> Value:
    """A layer of which outputs may be scaled and shifted by its weights; ``form`` is that of scales, to multiply them."""

    def scaled(scale: Array, shift: Array) -> Value:
        digest = hashlib.sha256(np.concatenate([scale, shift]).tobytes()).digest()
        bias = 0.0 if weights.bias is None else weights.bias
        return made(weights.changed(weights.weight * form(scale), digest)._replace(bias=bias * scale + shift))

    value = made(weights)
    bench.scalable(value, scaled)
    return value


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
    made = _sliding(bench, value, weights, fields)
    return bench.whole(made, (1, *made.shape))


def _sliding(bench: Workbench, value: Value, weights: Weights, fields: Mapping[str, Any]) -> Value:
    """A convolution, which may be made with less padding."""

    def made(weights: Weights) -> Value:
        layer = bench.assembly.layer(Convolution, value, **fields, **_said(weights))
        if fields.get("stride", 1) == 1:
            bench.croppable(layer, lambda left, right: _with_less_padding(bench, value, weights, fields, (left, right)))
        return layer

    return _scalable(bench, made, weights, lambda scale: scale[:, None, None])


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

    def layer(weights: Weights, left: int, right: int, more: int) -> Value:
        padding = left if left == right else (left, right)
        said = {"kernel_size": size, "channels": out * groups, "groups": groups, "padding": padding, **fields}
        return bench.assembly.layer(ConvolutionTranspose, value, output_padding=more, **said, **_said(weights))

    def made(weights: Weights) -> Value:
        def cropped(left: int, right: int) -> Value:
            return layer(weights, cut[0] + left, cut[1] + max(0, right - more), max(0, more - right))

        whole = layer(weights, *cut, more)
        bench.croppable(whole, cropped)
        return whole

    inputs = len(weights.weight) // groups
    whole = _scalable(bench, made, weights, lambda scale: scale.reshape(groups, out).repeat(inputs, 0)[:, :, None])
    return bench.whole(whole, (1, *whole.shape))


def _said(weights: Weights) -> dict[str, Any]:
    """What an assembly is told of them."""
    return {"tensors": weights.tensors, "name": weights.name, "parameter": weights.parameter}


def _two(weights: Weights, inputs: int) -> tuple[int, int]:
    """The sizes of a linear layer's weight, if they fit."""
    shape = weights.weight.shape
    if len(shape) != 2 or shape[1] != inputs:
        raise ModelError(
            f"{weights.name}: a weight of shape {list(shape)} for {inputs} inputs; from and until draw another part of the model"
        )
    return int(shape[0]), inputs


def _channels_first(x: Tensor) -> Places:
    """The places of a tensor (1, channels, length). Raises ModelError for one of other axes."""
    if len(x.dims) != 3 or x.dims[0] != 1:
        raise ModelError(
            f"a tensor of shape {list(x.dims)}, where (1, channels, length) is needed; from and until draw another part of the model"
        )
    places: Places = x.places[0]
    return places
