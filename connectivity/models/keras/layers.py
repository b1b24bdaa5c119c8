"""What the layers of Keras are here: a line for each class, https://keras.io/api/layers/.

Their tensors are (batch, positions, channels), of which places say that our channels come first; see
:mod:`.arrangement`. A Flatten is therefore in the order of positions, which is that of the next layer's weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from connectivity.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from connectivity.layers.arithmetic import Maximum, Mean, Minimum, Subtract
from connectivity.layers.base import SIZE_LIMIT, Layer
from connectivity.layers.merges import Add, Multiply
from connectivity.layers.pools import AvgPool, MaxPool
from connectivity.layers.sparse import LocallyConnected
from connectivity.layers.upsample import Upsample
from connectivity.models import joins, norms, weighted, windows
from connectivity.models.keras import activations
from connectivity.models.keras.activations import activated
from connectivity.models.keras.reading import Reading
from connectivity.models.weighted import Weights
from connectivity.models.workbench import Tensor

_PADDINGS = ("valid", "same", "causal")


def dense(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x, units = layer.first(inputs), layer.whole("units")
    arrays = _arrays(layer, "kernel")
    kernel = layer.kernel(arrays["kernel"], (x.dims[-1], units))
    made = weighted.linear(layer.bench, x, _weights(layer, kernel.T, _bias(layer, arrays, (units,))))
    return activated(layer, made, layer.said("activation"))


def convolution(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A Conv1D, whose kernel is [kernel_size, channels / groups, filters]."""
    x = _first(layer, inputs)
    filters, size, groups = layer.whole("filters"), layer.whole("kernel_size"), layer.whole("groups", 1)
    arrays = _arrays(layer, "kernel")
    kernel = layer.kernel(arrays["kernel"], (size, x.dims[1] // groups, filters))
    weights = _weights(layer, kernel.transpose(2, 1, 0), _bias(layer, arrays, (filters,)))
    made = weighted.convolution(layer.bench, x, weights, groups=groups, **_sliding(layer))
    return activated(layer, _last(layer, made), layer.said("activation"))


def _sliding(layer: Reading) -> dict[str, Any]:
    """The fields of a kernel that slides."""
    stride = layer.whole("strides", 1)
    padding = layer.choice("padding", _PADDINGS, "valid")
    if padding == "same" and stride > 1:
        padding = "same_upper"
    return {
        "stride": stride,
        "padding": 0 if padding == "valid" else padding,
        "dilation": layer.whole("dilation_rate", 1),
    }


def depthwise(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A DepthwiseConv1D, whose kernel is [kernel_size, channels, depth_multiplier]."""
    x = _first(layer, inputs)
    arrays = _arrays(layer, _present(layer, "kernel", "depthwise_kernel"))
    (kernel,) = (array for name, array in arrays.items() if name != "bias")
    weight = _of_depth(layer, kernel, x.dims[1])
    weights = _weights(layer, weight, _bias(layer, arrays, (len(weight),)))
    made = weighted.convolution(layer.bench, x, weights, groups=x.dims[1], **_sliding(layer))
    return activated(layer, _last(layer, made), layer.said("activation"))


def _present(layer: Reading, *names: str) -> str:
    """That of some names of an array which a file has; it changed from version to version."""
    found = layer.scope.arrays(names[:1])
    return names[0] if found else names[-1]


def _of_depth(layer: Reading, kernel: Any, channels: int) -> Any:
    """A kernel [kernel_size, channels, multiplier] as that of a convolution with a group for each channel."""
    size, multiplier = layer.whole("kernel_size"), layer.whole("depth_multiplier", 1)
    kernel = layer.kernel(kernel, (size, channels, multiplier), "depthwise kernel")
    return kernel.transpose(1, 2, 0).reshape(channels * multiplier, 1, size)


def separable(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A SeparableConv1D: a depthwise convolution, then one of width 1."""
    x, filters = _first(layer, inputs), layer.whole("filters")
    arrays = _arrays(layer, "depthwise_kernel", "pointwise_kernel")
    weight = _of_depth(layer, arrays["depthwise_kernel"], x.dims[1])
    point = layer.kernel(arrays["pointwise_kernel"], (1, len(weight), filters), "pointwise kernel")
    first = Weights(weight, None, f"{layer.name}.depthwise", (layer.scope.identity, "depthwise"))
    second = Weights(
        point.transpose(2, 1, 0),
        _bias(layer, arrays, (filters,)),
        f"{layer.name}.pointwise",
        (layer.scope.identity, "pointwise"),
    )
    x = weighted.convolution(layer.bench, x, first, groups=x.dims[1], **_sliding(layer))
    made = weighted.convolution(layer.bench, x, second)
    return activated(layer, _last(layer, made), layer.said("activation"))


def transposed(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A Conv1DTranspose, whose kernel is [kernel_size, filters, channels].

    What is cut off at both ends of the whole output follows the lengths that the guide to transposed convolutions has:
    ``same`` makes ``length * stride``, ``valid`` ``(length - 1) * stride + max(kernel, stride)``.
    """
    x = _first(layer, inputs)
    filters, size, stride = layer.whole("filters"), layer.whole("kernel_size"), layer.whole("strides", 1)
    arrays = _arrays(layer, "kernel")
    kernel = layer.kernel(arrays["kernel"], (size, filters, x.dims[1]))
    weights = _weights(layer, kernel.transpose(2, 1, 0), _bias(layer, arrays, (filters,)))
    dilation = layer.whole("dilation_rate", 1)
    left, right = _cut(layer, (size - 1) * dilation + 1, stride)
    made = weighted.transposed_convolution(
        layer.bench, x, weights, stride=stride, dilation=dilation, cut=(left, max(0, right)), more=max(0, -right)
    )
    return activated(layer, _last(layer, made), layer.said("activation"))


def _cut(layer: Reading, extent: int, stride: int) -> tuple[int, int]:
    """How many positions a transposed convolution loses on both sides; less than none is gained."""
    said = None if layer.said("output_padding") is None else layer.whole("output_padding", least=0)
    if layer.choice("padding", ("valid", "same"), "valid") == "valid":
        more = max(extent, stride) - extent if said is None else said
        return 0, -more
    total = stride + extent - 2 if said is None else extent + extent % 2 - 2 + said
    left = min(total // 2 + total % 2, extent - 1)
    return extent - 1 - left, extent - 1 - (total - left)


def local(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A LocallyConnected1D of Keras 2, of which the kernel has one of two forms (``implementation``)."""
    x, filters, size = _first(layer, inputs), layer.whole("filters"), layer.whole("kernel_size")
    stride = layer.whole("strides", 1)
    layer.choice("padding", ("valid",), "valid")
    channels, length = x.dims[1], x.dims[2]
    outputs = (length - size) // stride + 1
    arrays = _arrays(layer, "kernel")
    if layer.whole("implementation", 1) == 1:
        kernel = layer.kernel(arrays["kernel"], (outputs, size * channels, filters))
        weight = kernel.reshape(outputs, size, channels, filters).transpose(3, 2, 0, 1)
    else:
        kernel = layer.kernel(arrays["kernel"], (length, channels, outputs, filters))
        taps = np.arange(outputs)[:, None] * stride + np.arange(size)
        weight = kernel[taps, :, np.arange(outputs)[:, None], :].transpose(3, 2, 0, 1)
    bias = _bias(layer, arrays, (outputs, filters))
    tensors = {"weight": weight} | ({} if bias is None else {"bias": bias.T})
    value = layer.bench.take(x.value, x.places[0])
    made = layer.bench.assembly.layer(
        LocallyConnected, value, name=layer.name, parameter=layer.scope.identity, tensors=tensors,
        kernel_size=size, stride=stride, channels=filters,
    )  # fmt: skip
    return activated(layer, _last(layer, layer.bench.whole(made, (1, *made.shape))), layer.said("activation"))


def pool(kind: type[Layer], **fields: Any) -> Callable[[Reading, list[Tensor]], Tensor]:
    """A pool whose windows slide; ``same`` never counts its padding."""

    def made(layer: Reading, inputs: list[Tensor]) -> Tensor:
        x, size = _first(layer, inputs), layer.whole("pool_size", 2)
        stride = layer.whole("strides", size)
        more = dict(fields)
        if layer.choice("padding", ("valid", "same"), "valid") == "same":
            total = max(0, (-(-x.dims[2] // stride) - 1) * stride + size - x.dims[2])
            left, right = total // 2, total - total // 2
            more["padding"] = left if left == right else (left, right)
        made = windows.of_channels(layer.bench, kind, x, layer.name, kernel_size=size, stride=stride, **more)
        return _last(layer, made)

    return made


def whole_pool(kind: type[Layer]) -> Callable[[Reading, list[Tensor]], Tensor]:
    """A pool of each channel as a whole."""

    def made(layer: Reading, inputs: list[Tensor]) -> Tensor:
        made = windows.of_channels(layer.bench, kind, _first(layer, inputs), layer.name)
        return _last(layer, made) if layer.flag("keepdims", False) else made.seen(made.places[..., 0])

    return made


def parts_pool(kind: type[Layer], whole: type[Layer]) -> Callable[[Reading, list[Tensor]], Tensor]:
    """A pool of so many parts of each channel."""

    def made(layer: Reading, inputs: list[Tensor]) -> Tensor:
        size = layer.whole("output_size")
        fields = {} if size == 1 else {"output_size": size}
        x = _first(layer, inputs)
        return _last(layer, windows.of_channels(layer.bench, whole if size == 1 else kind, x, layer.name, **fields))

    return made


def batch_norm(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x = layer.first(inputs)
    axis = _axis(layer, x, -1)
    names = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
    there = [name for name in names if layer.flag({"gamma": "scale", "beta": "center"}.get(name, ""), True)]
    arrays = {names[key]: layer.kernel(array, (x.dims[axis],), key) for key, array in layer.arrays(there).items()}
    eps = layer.number("epsilon", 1e-3)
    return norms.batch_norm(layer.bench, x, axis, arrays, eps=eps, name=layer.name, parameter=layer.scope.identity)


def normalization(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """What ``adapt`` learned: minus the mean, divided by the standard deviation; or the other way round."""
    x = layer.first(inputs)
    if layer.said("mean") is not None:
        layer.fail("a mean that was given to it, not learned, is not read")
    axes = layer.said("axis", -1)
    axis = _axis(layer, x, -1) if axes != [] else None
    arrays = layer.arrays(["mean", "variance"])
    wanted = [size if place == axis else 1 for place, size in enumerate(x.dims)]
    if any(array.size != math.prod(wanted) for array in arrays.values()):
        layer.fail(f"its mean has the shape {list(arrays['mean'].shape)}, for an input of {list(x.dims[1:])}")
    mean, variance = (arrays[key].reshape(wanted) for key in ("mean", "variance"))
    deviation = np.maximum(np.sqrt(variance), 1e-7)
    scale, shift = (deviation, mean) if layer.flag("invert", False) else (1 / deviation, -mean / deviation)
    return norms.affine(layer.bench, x, scale, shift, name=layer.name, parameter=layer.scope.identity)


def rescaling(layer: Reading, inputs: list[Tensor]) -> Tensor:
    scale, shift = (
        np.asarray(layer.said(key), dtype=np.float64)
        if isinstance(layer.said(key), list)
        else layer.number(key, default)
        for key, default in (("scale", None), ("offset", 0.0))
    )
    return norms.affine(layer.bench, layer.first(inputs), scale, shift, name=layer.name)


def same(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """What does nothing, in evaluation."""
    return layer.first(inputs)


def flatten(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x = layer.first(inputs)
    places = x.places if layer.channels_last or len(x.dims) < 3 else np.moveaxis(x.places, 1, -1)
    return x.seen(places.reshape(1, -1))


def reshape(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x, shape = layer.first(inputs), layer.wholes("target_shape", least=-1)
    try:
        return x.seen(x.places.reshape(1, *shape))
    except ValueError:
        layer.fail(f"{list(x.dims[1:])} cannot be reshaped to {shape}")


def permute(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x, order = layer.first(inputs), layer.wholes("dims", least=1)
    if sorted(order) != list(range(1, len(x.dims))):
        layer.fail(f"dims {order} are not the axes of {list(x.dims[1:])}, counted from 1")
    return x.seen(x.places.transpose(0, *order))


def repeat_vector(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x = layer.first(inputs)
    if len(x.dims) != 2 or layer.whole("n") * x.places.size > SIZE_LIMIT:
        layer.fail(f"it repeats one vector, to at most {SIZE_LIMIT:,} numbers, not {list(x.dims[1:])}")
    return x.seen(np.repeat(x.places[:, None], layer.whole("n"), 1))


def up_sampling(layer: Reading, inputs: list[Tensor]) -> Tensor:
    made = windows.of_channels(layer.bench, Upsample, _first(layer, inputs), layer.name, factor=layer.whole("size", 2))
    return _last(layer, made)


def zero_padding(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x = _first(layer, inputs)
    return _last(layer, windows.padded(layer.bench, x, [(0, 0), (0, 0), _sides(layer, "padding")], name=layer.name))


def cropping(layer: Reading, inputs: list[Tensor]) -> Tensor:
    x = _first(layer, inputs)
    left, right = _sides(layer, "cropping")
    if left + right >= x.dims[2]:
        layer.fail(f"cropping {left} and {right} positions of {x.dims[2]} leaves nothing")
    return _last(layer, x.seen(x.places[:, :, left : x.dims[2] - right]))


def _sides(layer: Reading, key: str) -> tuple[int, int]:
    sides = layer.wholes(key)
    if len(sides) not in (1, 2):
        layer.fail(f"{key} is {sides}; one number, or one for each side, is needed")
    return sides[0], sides[-1]


def merge(kind: type[Layer]) -> Callable[[Reading, list[Tensor]], Tensor]:
    """Its inputs, element by element."""

    def made(layer: Reading, inputs: list[Tensor]) -> Tensor:
        if len(inputs) < 2:
            layer.fail("it takes several inputs")
        return joins.merged(layer.bench, kind, inputs, layer.name)

    return made


def concatenate(layer: Reading, inputs: list[Tensor]) -> Tensor:
    if not inputs:
        layer.fail("it has no inputs")
    axis = _axis(layer, inputs[0], -1)
    rest = {(*each.dims[:axis], *each.dims[axis + 1 :]) for each in inputs}
    if len(rest) > 1:
        layer.fail(
            f"its inputs, {' and '.join(str(list(each.dims[1:])) for each in inputs)}, do not fit along axis {axis}"
        )
    return joins.concatenated(layer.bench, inputs, axis, layer.name)


def _axis(layer: Reading, x: Tensor, default: int) -> int:
    """One axis of a tensor that is not the batch's."""
    axis = layer.said("axis", default)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    number = len(x.dims)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -number < axis < number or axis == 0:
        layer.fail(f"axis is {axis!r}, which is none of an input of {list(x.dims[1:])}"[:200])
    return int(axis % number)


def _first(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """Its input as (1, channels, positions)."""
    x = layer.first(inputs)
    if len(x.dims) != 3:
        layer.fail(f"an input of shape {list(x.dims[1:])}, where positions and channels are needed")
    return x.seen(x.places.swapaxes(1, 2)) if layer.channels_last else x


def _last(layer: Reading, x: Tensor) -> Tensor:
    """A tensor (1, channels, positions) as its model has it."""
    return x.seen(x.places.swapaxes(1, 2)) if layer.channels_last else x


def _arrays(layer: Reading, *names: str) -> dict[str, Any]:
    """Its arrays, and a bias where it has one."""
    return layer.arrays([*names, "bias"] if layer.flag("use_bias", True) else names)


def _bias(layer: Reading, arrays: dict[str, Any], shape: tuple[int, ...]) -> Any:
    return layer.kernel(arrays["bias"], shape, "bias") if "bias" in arrays else None


def _weights(layer: Reading, weight: Any, bias: Any) -> Weights:
    return Weights(weight, bias, layer.name, layer.scope.identity)


LAYERS: dict[str, Callable[[Reading, list[Tensor]], Tensor]] = {
    "Dense": dense,
    "Conv1D": convolution,
    "Convolution1D": convolution,
    "DepthwiseConv1D": depthwise,
    "SeparableConv1D": separable,
    "SeparableConvolution1D": separable,
    "Conv1DTranspose": transposed,
    "Convolution1DTranspose": transposed,
    "LocallyConnected1D": local,
    "MaxPooling1D": pool(MaxPool),
    "AveragePooling1D": pool(AvgPool, count_include_pad=False),
    "GlobalMaxPooling1D": whole_pool(GlobalMaxPool),
    "GlobalAveragePooling1D": whole_pool(GlobalAvgPool),
    "AdaptiveMaxPooling1D": parts_pool(AdaptiveMaxPool, GlobalMaxPool),
    "AdaptiveAveragePooling1D": parts_pool(AdaptiveAvgPool, GlobalAvgPool),
    "BatchNormalization": batch_norm,
    "SyncBatchNormalization": batch_norm,
    "Normalization": normalization,
    "Rescaling": rescaling,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": repeat_vector,
    "UpSampling1D": up_sampling,
    "ZeroPadding1D": zero_padding,
    "Cropping1D": cropping,
    "Add": merge(Add),
    "Subtract": merge(Subtract),
    "Multiply": merge(Multiply),
    "Maximum": merge(Maximum),
    "Minimum": merge(Minimum),
    "Average": merge(Mean),
    "Concatenate": concatenate,
    "Activation": activations.activation,
    "ReLU": activations.relu,
    "LeakyReLU": activations.leaky_relu,
    "PReLU": activations.prelu,
    "ELU": activations.elu,
    "ThresholdedReLU": activations.thresholded_relu,
    "Softmax": activations.softmax,
    **dict.fromkeys(
        [
            "Dropout",
            "SpatialDropout1D",
            "GaussianDropout",
            "GaussianNoise",
            "AlphaDropout",
            "ActivityRegularization",
            "Identity",
        ],
        same,
    ),
}
"""How each class of layers is read."""
