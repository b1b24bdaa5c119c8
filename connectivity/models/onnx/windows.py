"""Operators whose windows slide along the positions: convolutions and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.assembly import Value
from connectivity.models.onnx.arranging import Arrangement, plan
from connectivity.models.onnx.calls import Call
from connectivity.models.onnx.values import FILL, Data, Held


class Window(NamedTuple):
    """A window along the one axis that is long; ``axis`` is that, of ``axes``; ``taps`` those that meet the others."""

    size: int
    stride: int
    dilation: int
    pads: tuple[int, int]
    axis: int
    taps: dict[int, int]


def read_window(call: Call, shape: Sequence[int], kernel: Sequence[int], transposed: bool = False) -> Window:
    """The window of a node on data of ``shape`` (batch, channels, positions ...), of the sizes ``kernel``.

    Of several axes of positions one may be longer than 1. Raises ModelError where more are.
    """
    lengths, axes = list(shape[2:]), len(shape) - 2
    if axes < 1 or len(kernel) != axes:
        raise ModelError(f"its kernel {list(kernel)} does not fit an input of shape {list(shape)}")
    strides, dilations = (_list(call, name, axes) for name in ("strides", "dilations"))
    windows = []
    for axis, length in enumerate(lengths):
        extent = dilations[axis] * (kernel[axis] - 1)
        windows.append((_pads(call, axis, axes, length, extent, strides[axis], transposed), extent))
    moving = [n for n, length in enumerate(lengths) if length > 1 or not _still(windows[n], strides[n], transposed)]
    if len(moving) > 1:
        raise ModelError(
            f"it slides over {' x '.join(map(str, lengths))} positions; layers are drawn that have one axis"
        )
    axis = moving[0] if moving else max(range(axes), key=lambda n: kernel[n])
    taps = {}
    for other in range(axes):
        if other != axis:
            tap, rest = divmod(windows[other][0][0], dilations[other])
            if rest or tap >= kernel[other]:
                raise ModelError("its kernel meets nothing but padding")
            taps[other] = tap
    return Window(kernel[axis], strides[axis], dilations[axis], windows[axis][0], axis, taps)


def _still(window: tuple[tuple[int, int], int], stride: int, transposed: bool) -> bool:
    """Whether an axis of a single position stays one."""
    (left, right), extent = window
    return extent + 1 - left - right == 1 if transposed else (left + right - extent) // stride == 0


def _list(call: Call, name: str, axes: int, default: int = 1) -> list[int]:
    values = call.said(name, [default] * axes)
    if len(values) != axes or any(not isinstance(one, int) or one < min(default, 1) for one in values):
        raise ModelError(f"its {name} {values} are not {axes} whole numbers from {min(default, 1)} on")
    return list(values)


def _pads(call: Call, axis: int, axes: int, length: int, extent: int, stride: int, transposed: bool) -> tuple[int, int]:
    auto = call.said("auto_pad", "NOTSET")
    if auto in ("NOTSET", ""):
        pads = call.said("pads", [0] * 2 * axes)
        if len(pads) != 2 * axes:
            raise ModelError(f"its pads {pads} are not two for each of {axes} axes")
        return pads[axis], pads[axes + axis]
    if auto == "VALID":
        return 0, 0
    if auto not in ("SAME_UPPER", "SAME_LOWER"):
        raise ModelError(f'its auto_pad "{auto}" is not known')
    if transposed:
        total = max(0, extent + 1 - stride)
    else:
        total = max(0, (-(-length // stride) - 1) * stride + extent + 1 - length)
    return (total // 2, total - total // 2) if auto == "SAME_UPPER" else (total - total // 2, total // 2)


def _signal(call: Call, data: Data) -> tuple[Data, Arrangement]:
    """Data of a signal, and how its sample is channels and positions."""
    rank = call.builder.sample(data).units.ndim
    split = rank - (len(data.shape) - 2)
    return data, Arrangement(tuple(range(rank)), split)


def _result(call: Call, data: Data, value: Value, window: Window) -> list[Held]:
    """The data of a layer over a signal, with as many axes as that has."""
    sample = call.builder.sample(data)
    positions = [1] * (len(data.shape) - 2)
    positions[window.axis] = value.shape.length
    before = sample.units.shape[: sample.units.ndim - len(positions) - 1]
    shape = (*before, value.shape.channels, *positions)
    way = Arrangement(tuple(range(len(shape))), len(before) + 1)
    return [call.builder.fresh(value, way, shape, sample.axis)]


def _narrowed(weights: np.ndarray, window: Window) -> np.ndarray:
    """Weights (out, in, positions ...) of the one axis alone: of the others the tap that meets the input."""
    index: list[Any] = [slice(None)] * weights.ndim
    for axis, tap in window.taps.items():
        index[axis + 2] = tap
    return np.asarray(weights[tuple(index)])


def convolution(call: Call) -> list[Held]:
    """Conv, with a padding that stands before it, where that is all it is for."""
    data, weights = call.data(0), call.floats(1)
    _check(call, data, weights)
    window = read_window(call, data.shape, call.said("kernel_shape", list(weights.shape[2:])))
    data, way = _signal(call, data)
    tensors = {"weight": _narrowed(weights, window)}
    if tensors["weight"].shape[2] != window.size:
        raise ModelError(f"its kernel_shape is not that of its weights, {list(weights.shape)}")
    if call.has(2):
        tensors["bias"] = call.floats(2)
    (left, right), mode = window.pads, "zeros"
    steps = plan(way.sheet(call.builder.sample(data).units), data.term.base.shape, data.fill)
    if steps and steps[-1].pads is not None:
        name, before, behind, constant = steps[-1].pads
        if name == "constant" and not constant:
            left, right, steps = left + before, right + behind, steps[:-1]
        elif name != "constant" and (left, right) == (0, 0):
            left, right, mode, steps = before, behind, name, steps[:-1]
    source = call.builder.taken(call.builder.made(data.term), steps)
    extent = window.dilation * (window.size - 1)
    padding: Any = left if left == right else "causal" if (left, right) == (extent, 0) else (left, right)
    value = call.builder.layer(
        "conv",
        source,
        name=call.layer_name(),
        tensors=tensors,
        parameter=_parameter(call),
        kernel_size=window.size,
        stride=window.stride,
        padding=padding,
        padding_mode=mode,
        dilation=window.dilation,
        channels=weights.shape[0],
        groups=call.said("group", 1),
    )
    return _result(call, data, value, window)


def _check(call: Call, data: Data, weights: np.ndarray) -> None:
    if weights.ndim != len(data.shape) or weights.ndim < 3:
        raise ModelError(f"its weights of shape {list(weights.shape)} do not fit an input of shape {list(data.shape)}")


def _parameter(call: Call) -> tuple[Any, ...] | None:
    """What tells the weights of a layer from others: where they come from."""
    keys = [call.constant(number).key for number in (1, 2) if call.has(number)]
    return None if None in keys else (call.node.op, *keys)


def transposed(call: Call) -> list[Held]:
    """ConvTranspose; an output_shape says what is cut off."""
    data, weights = call.data(0), call.floats(1)
    _check(call, data, weights)
    axes, group = len(data.shape) - 2, call.said("group", 1)
    given = call.said("output_shape", [])
    window = read_window(call, data.shape, call.said("kernel_shape", list(weights.shape[2:])), not given)
    extra = _list(call, "output_padding", axes, 0)[window.axis]
    left, right = window.pads
    extent = window.dilation * (window.size - 1)
    length = data.shape[2 + window.axis]
    if given:
        wanted = given[-axes:][window.axis]
        total = (length - 1) * window.stride + extra + extent + 1 - wanted
        upper = call.said("auto_pad", "NOTSET") == "SAME_UPPER"
        left, right = (total // 2, total - total // 2) if upper else (total - total // 2, total // 2)
        if total < 0:
            left, right, extra = 0, 0, extra - total
    data, way = _signal(call, data)
    tensors = {"weight": _narrowed(weights, window)}
    if call.has(2):
        tensors["bias"] = call.floats(2)
    value = call.builder.layer(
        "convtranspose",
        call.builder.value(data, way),
        name=call.layer_name(),
        tensors=tensors,
        parameter=_parameter(call),
        kernel_size=window.size,
        stride=window.stride,
        padding=left if left == right else (left, right),
        output_padding=extra,
        dilation=window.dilation,
        channels=weights.shape[1] * group,
        groups=group,
    )
    return _result(call, data, value, window)


def _with_zeros(call: Call, data: Data, window: Window, ceil_mode: bool) -> Data:
    """Data with the zeros that a norm sees around it, as a layer of its own: the pool of norms has no padding."""
    if window.dilation != 1:
        raise ModelError("it has a dilation, which is not drawn of a norm")
    (left, right), axis = window.pads, 2 + window.axis
    length = data.shape[axis] + left + right
    if ceil_mode and (length - window.size) % window.stride:
        outputs = -(-(length - window.size) // window.stride) + 1
        if (outputs - 1) * window.stride < data.shape[axis] + left:
            right += (outputs - 1) * window.stride + window.size - length
    if not left and not right:
        return data
    if data.filled and data.fill:
        data = call.builder.settled(data)
    widths = [(left, right) if place == axis else (0, 0) for place in range(len(data.shape))]
    return Data(data.term, np.pad(data.index, widths, constant_values=FILL))


def max_pool(call: Call) -> list[Held]:
    """MaxPool: padding never wins."""
    return _pooled(call, "maxpool", call.data(0), _pool_window(call), {"ceil_mode": bool(call.said("ceil_mode", 0))})


def average_pool(call: Call) -> list[Held]:
    """AveragePool: padding counts, or does not."""
    window = _pool_window(call)
    counted = bool(call.said("count_include_pad", 0))
    if counted and any(call.said("kernel_shape", [])[axis] > 1 for axis in window.taps):
        raise ModelError("it counts padding of an axis that is not drawn")
    fields = {"ceil_mode": bool(call.said("ceil_mode", 0)), "count_include_pad": counted}
    return _pooled(call, "avgpool", call.data(0), window, fields)


def norm_pool(call: Call) -> list[Held]:
    """LpPool, its zeros around as a layer of their own; an odd order is of sizes."""
    window, norm, data = _pool_window(call), float(call.said("p", 2)), call.data(0)
    if norm % 2:
        data = call.builder.function("abs", call.node, data)
    data = _with_zeros(call, data, window, bool(call.said("ceil_mode", 0)))
    return _pooled(call, "lppool", data, window._replace(pads=(0, 0)), {"norm": norm})


def _pool_window(call: Call) -> Window:
    return read_window(call, call.data(0).shape, call.said("kernel_shape", []))


def _pooled(call: Call, name: str, data: Data, window: Window, fields: dict[str, Any]) -> list[Held]:
    """A layer of the kind ``name``, with what every pool has."""
    if window.dilation != 1:
        fields["dilation"] = window.dilation
    if window.pads != (0, 0):
        fields["padding"] = window.pads[0] if window.pads[0] == window.pads[1] else window.pads
    data, way = _signal(call, data)
    sizes: dict[str, Any] = {"kernel_size": window.size, "stride": window.stride}
    value = call.builder.layer(name, call.builder.value(data, way), name=call.layer_name(), **sizes, **fields)
    return _result(call, data, value, window)
