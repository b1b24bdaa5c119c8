"""Layers computed by PyTorch, in float64, from nothing but their parameters: the oracle of the parity tests."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from connectivity.layers import (
    AvgPool,
    Convolution,
    ConvolutionTranspose,
    FullyConnected,
    Layer,
    LocallyConnected,
    Masked,
    MaxPool,
    Windowed,
)
from connectivity.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from connectivity.layers.affine import Affine
from connectivity.layers.arithmetic import Divide, Maximum, Mean, Minimum, Subtract
from connectivity.layers.batchnorm import BatchNorm
from connectivity.layers.copying import Copy
from connectivity.layers.expanding import Expand
from connectivity.layers.lppool import LPPool
from connectivity.layers.merges import Add, Concatenate, Multiply
from connectivity.layers.padding import Crop, Pad
from connectivity.layers.rearranging import Flatten, Reshape, Transpose
from connectivity.layers.reducing import Reduce
from connectivity.layers.selecting import Select
from connectivity.layers.upsample import Upsample

REDUCTIONS: dict[str, Callable[[Tensor, tuple[int, ...]], Tensor]] = {
    "mean": lambda x, axes: x.mean(axes, keepdim=True),
    "sum": lambda x, axes: x.sum(axes, keepdim=True),
    "max": lambda x, axes: x.amax(axes, keepdim=True),
    "min": lambda x, axes: x.amin(axes, keepdim=True),
    "l1": lambda x, axes: torch.linalg.vector_norm(x, 1, axes, keepdim=True),
    "l2": lambda x, axes: torch.linalg.vector_norm(x, 2, axes, keepdim=True),
    "prod": lambda x, axes: functools.reduce(lambda y, axis: y.prod(axis, keepdim=True), axes, x),
}

Tensors = Mapping[str, Tensor]
"""The parameter tensors of a layer, by their names in its module."""


def _alone(module: Callable[..., nn.Module]) -> Callable[..., Tensor]:
    """A module that takes each number by itself, as a function of a tensor and its parameters."""
    return lambda x, *values: module(*values).double().eval()(x)


def _slopes(x: Tensor, *weight: float) -> Tensor:
    return functional.prelu(x[None], torch.tensor(weight or (0.25,), dtype=x.dtype))[0]


def _over(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function over the channels at each position; over the positions where there is one channel, or it says so."""

    def over(x: Tensor, axis: str = "") -> Tensor:
        return function(x, {"channels": 0, "length": 1}.get(axis, 0 if x.shape[0] > 1 else 1))

    return over


ACTIVATIONS: dict[str, Callable[..., Tensor]] = {
    "relu": _alone(nn.ReLU),
    "leaky_relu": _alone(nn.LeakyReLU),
    "prelu": _slopes,
    "rrelu": _alone(nn.RReLU),
    "relu6": _alone(nn.ReLU6),
    "elu": _alone(nn.ELU),
    "selu": _alone(nn.SELU),
    "celu": _alone(nn.CELU),
    "gelu": _alone(nn.GELU),
    "gelu_tanh": _alone(lambda: nn.GELU("tanh")),
    "silu": lambda x, beta=1.0: x * torch.sigmoid(beta * x),
    "mish": _alone(nn.Mish),
    "softplus": _alone(nn.Softplus),
    "softsign": _alone(nn.Softsign),
    "softshrink": _alone(nn.Softshrink),
    "hardshrink": _alone(nn.Hardshrink),
    "tanhshrink": _alone(nn.Tanhshrink),
    "tanh": _alone(nn.Tanh),
    "sigmoid": _alone(nn.Sigmoid),
    "logsigmoid": _alone(nn.LogSigmoid),
    "hardtanh": _alone(nn.Hardtanh),
    "hardsigmoid": lambda x, alpha=1 / 6, beta=0.5: torch.clamp(alpha * x + beta, 0, 1),
    "hardswish": _alone(nn.Hardswish),
    "threshold": lambda x, *values: functional.threshold(x, *(values or (0.0, 0.0))),
    "thresholded_relu": lambda x, alpha=1.0: functional.threshold(x, alpha, 0.0),
    "shrink": lambda x, by=0.5, bias=0.0: torch.where(x > by, x - bias, torch.where(x < -by, x + bias, 0.0)),
    "clip": lambda x, low=-torch.inf, high=torch.inf: torch.clamp(x, low, high),
    "line": lambda x, slope=1.0, shift=0.0: x * slope + shift,
    "pow": lambda x, exponent=2.0: torch.pow(x, exponent),
    "neg": torch.neg,
    **{
        name: getattr(torch, name)
        for name in (
            *(
                "square",
                "sqrt",
                "reciprocal",
                "abs",
                "sign",
                "floor",
                "ceil",
                "round",
                "exp",
                "log",
                "erf",
                "sin",
                "cos",
            ),
            *("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh"),
        )
    },
    "softmax": _over(functional.softmax),
    "softmin": _over(functional.softmin),
    "log_softmax": _over(functional.log_softmax),
    "dropout": _alone(nn.Dropout),
    "identity": _alone(nn.Identity),
}


def activate(text: str, x: Tensor) -> Tensor:
    """The activation that is spelled ``NAME:VALUE/VALUE`` of ``x`` (channels, length)."""
    name, _, values = text.partition(":")
    if values in ("channels", "length"):
        return ACTIVATIONS[name](x, values)
    return ACTIVATIONS[name](x, *map(float, values.split("/"))) if values else ACTIVATIONS[name](x)


def apply(layer: Layer, inputs: Sequence[Tensor], tensors: Tensors) -> Tensor:
    """What PyTorch makes of ``inputs``, each (channels, length); raises what PyTorch raises."""
    y = _merged(layer, inputs) if layer.merges else _computed(layer, inputs[0], tensors)
    for text in layer.activations:
        y = activate(text, y)
    if y.numel() == 0:
        raise ValueError("PyTorch returns nothing")
    return y


def _merged(layer: Layer, inputs: Sequence[Tensor]) -> Tensor:
    match layer:
        case Add():
            return functools.reduce(operator.add, inputs)
        case Multiply():
            return functools.reduce(operator.mul, inputs)
        case Subtract():
            return functools.reduce(operator.sub, inputs)
        case Divide():
            return functools.reduce(operator.truediv, inputs)
        case Maximum():
            return functools.reduce(torch.maximum, inputs)
        case Minimum():
            return functools.reduce(torch.minimum, inputs)
        case Mean():
            return functools.reduce(operator.add, inputs) / len(inputs)
        case Concatenate(axis=axis):
            return torch.cat(list(inputs), 0 if axis == "channels" else 1)
    raise TypeError(type(layer).__name__)


def _computed(layer: Layer, x: Tensor, tensors: Tensors) -> Tensor:
    weight: Any = tensors.get("weight")
    bias = tensors.get("bias")
    match layer:
        case FullyConnected(flatten=flatten):
            return functional.linear(x.flatten()[None] if flatten else x, weight, bias)
        case Masked(channels=channels):
            return functional.linear(x.flatten(), weight * torch.tensor(layer.mask), bias).reshape(channels, -1)
        case Convolution(tie=1, taps=None):
            return _convolution(layer, x, weight, bias)
        case Windowed():
            return _unshared(layer, x, weight, bias)
        case ConvolutionTranspose():
            alike = layer.pads[0] == layer.pads[1]  # PyTorch cuts both sides alike, or here none
            sizes = (x.shape[0], layer.out_channels, layer.kernel_size, layer.stride, layer.pads[0] if alike else 0)
            module = nn.ConvTranspose1d(*sizes, layer.output_padding, layer.groups, bias is not None, layer.dilation)
            y = _of(_filled(module, weight, bias), x[None])
            return y if alike else y[:, layer.pads[0] : max(layer.pads[0], y.shape[1] - layer.pads[1])]
        case Affine(per=per):
            ones = (-1, 1) if per == "channel" else tuple(weight.shape)
            return x * weight.reshape(ones) + (0.0 if bias is None else bias.reshape(ones))
        case BatchNorm(eps=eps):
            return _normalized(x, tensors, float(tensors.get("eps", eps)))
    return _pooled(layer, x[None])


def _pooled(layer: Layer, x: Tensor) -> Tensor:
    """A pool, or a layer that computes nothing, of ``x`` with a batch of one."""
    match layer:
        case MaxPool() | AvgPool():
            return _slid(layer, x)
        case LPPool(kernel_size=k, stride=s, ceil_mode=c, norm=n):
            return _of(nn.LPPool1d(n, k, s, c), x)
        case AdaptiveAvgPool(output_size=n):
            return _of(nn.AdaptiveAvgPool1d(n), x)
        case AdaptiveMaxPool(output_size=n):
            return _of(nn.AdaptiveMaxPool1d(n), x)
        case GlobalAvgPool():
            return x[0].mean(-1, keepdim=True)
        case GlobalMaxPool():
            return x[0].amax(-1, keepdim=True)
        case Reduce(op=op, axis=axis):
            axes = {"channels": (0,), "length": (1,), "all": (0, 1)}[axis]
            return REDUCTIONS[op](x[0], axes)
    return _moved(layer, x)


def _slid(layer: MaxPool | AvgPool, x: Tensor) -> Tensor:
    match layer:
        case MaxPool(kernel_size=k, stride=s, padding=int(p), dilation=d, ceil_mode=c):
            return _of(nn.MaxPool1d(k, s, p, d, ceil_mode=c), x)
        case AvgPool(kernel_size=k, step=s, padding=int(p), dilation=1, ceil_mode=c, count_include_pad=i):
            return _of(nn.AvgPool1d(k, s, p, c, i), x)
    return _windowed(layer, x[0])


def _windowed(layer: MaxPool | AvgPool, x: Tensor) -> Tensor:
    """A pool that PyTorch does not have, by windows; what lies beyond the padding is NaN, and is never counted."""
    size, step, (left, right) = layer.dilation * (layer.kernel_size - 1) + 1, layer.step, layer.pads
    if max(left, right) >= size:
        raise ValueError("a window in the padding alone")
    beyond = -(x.shape[1] + left + right - size) % step if layer.ceil_mode else 0
    padded = functional.pad(functional.pad(x, (left, right)), (0, beyond), value=torch.nan)
    own = functional.pad(torch.ones_like(x), (left, right + beyond)) > 0
    starts = range(0, padded.shape[1] - size + 1, step)
    kept = [start for start in starts if not layer.ceil_mode or start < x.shape[1] + left]
    windows, inside = (
        torch.stack([each[:, start : start + size : layer.dilation] for start in kept], 1) for each in (padded, own)
    )
    if isinstance(layer, MaxPool):
        return torch.where(inside, windows, -torch.inf).amax(2)
    counted = ~windows.isnan() if layer.count_include_pad else inside
    return torch.where(counted, windows, 0).sum(2) / counted.sum(2).clamp(min=1)


def _moved(layer: Layer, x: Tensor) -> Tensor:
    match layer:
        case Upsample():
            return _resampled(layer, x)
        case Pad(sides=sides, mode=m, value=v, axis=axis):
            mode = "constant" if m == "zeros" else m
            along = x if axis == "length" else x.transpose(1, 2)
            padded = functional.pad(along, sides, mode, v if mode == "constant" else None)
            return padded[0] if axis == "length" else padded[0].T
        case Expand(shape=shape):
            return x[0].expand(shape)
        case Crop(sides=(left, right)):
            return x[0, :, left : max(left, x.shape[2] - right)]
        case Flatten():
            return x.flatten(1)
        case Reshape(shape=shape):
            return x[0].reshape(shape)
        case Transpose():
            return x[0].transpose(0, 1)
        case Copy():
            return _of(nn.Identity(), x)
        case Select(indices=indices, axis=axis):
            return torch.index_select(x[0], 0 if axis == "channels" else 1, torch.tensor(indices) - 1)
    raise TypeError(type(layer).__name__)


def _resampled(layer: Upsample, x: Tensor) -> Tensor:
    """PyTorch has cubic interpolation of pictures alone: here one pixel high."""
    align = layer.align_corners if layer.mode != "nearest" or layer.align_corners else None
    if layer.mode == "cubic":
        size, scale = layer.size and (1, layer.size), layer.factor and (1.0, layer.factor)
        return functional.interpolate(x[:, :, None], size, scale, "bicubic", align)[0, :, 0]
    return _of(nn.Upsample(layer.size, layer.factor, mode=layer.mode, align_corners=align), x)


def _normalized(x: Tensor, tensors: Tensors, eps: float) -> Tensor:
    module = nn.BatchNorm1d(x.shape[0], eps).double().eval()
    state = {key: value for key, value in tensors.items() if key != "eps"}
    module.load_state_dict({**module.state_dict(), **state})
    return _of(module, x[None])


def _convolution(layer: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """``nn.Conv1d`` where it knows the padding, else ``functional.pad`` before it."""
    padding: Any
    mode: Any
    if layer.padding != "same" and not isinstance(layer.padding, int):
        x, padding, mode = _padded(layer, x), 0, "zeros"
    else:
        padding, mode = layer.padding, layer.padding_mode
    module = nn.Conv1d(
        x.shape[0],
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        padding,
        layer.dilation,
        layer.groups,
        bias is not None,
        mode,
    )
    return _of(_filled(module, weight, bias), x[None])


def _unshared(layer: Windowed, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A kernel for each position: windows by ``unfold``, and ``einsum`` with the weights [o, i, t, k]."""
    taps = layer.taps or tuple(range(0, layer.dilation * layer.kernel_size, layer.dilation))
    offsets = torch.tensor(taps) - min(taps)
    windows = _padded(layer, x).unfold(1, int(offsets.max()) + 1, layer.stride)[:, :, offsets]
    length, groups = windows.shape[1], layer.groups
    if weight.ndim == 3:
        weight = weight[:, :, None, :]
    if not isinstance(layer, LocallyConnected):
        weight = weight[:, :, torch.arange(length) % weight.shape[2]]
    grouped = windows.reshape(groups, -1, length, layer.kernel_size)
    y = torch.einsum("gitk,goitk->got", grouped, weight.reshape(groups, -1, *weight.shape[1:])).reshape(-1, length)
    if bias is None:
        return y
    return y + (bias if bias.ndim == 2 else bias[:, None])


def _padded(layer: Windowed, x: Tensor) -> Tensor:
    mode = {"zeros": "constant"}.get(layer.padding_mode, layer.padding_mode)
    extent = layer.dilation * (layer.kernel_size - 1)
    taps = layer.taps or (0,)
    length = x.shape[1]
    total = max(0, (-(-length // layer.stride) - 1) * layer.stride + extent + 1 - length)
    words = {
        "same": (extent // 2, extent - extent // 2),
        "same_upper": (total // 2, total - total // 2),
        "same_lower": (total - total // 2, total // 2),
        "valid": (0, 0),
        "causal": (extent, 0),
        "full": (extent, extent),
        "taps": (-min(taps), max(taps)),
    }
    padding = layer.padding
    sides = words[padding] if isinstance(padding, str) else padding
    sides = (sides, sides) if isinstance(sides, int) else sides
    return functional.pad(x[None], sides, mode=mode)[0]


def _of(module: nn.Module, x: Tensor) -> Tensor:
    """What ``module`` makes of a batch of one, without the batch."""
    y: Tensor = module(x)[0]
    return y


def _filled(module: Any, weight: Tensor, bias: Tensor | None) -> Any:
    assert module.weight.shape == weight.shape, (module.weight.shape, weight.shape)
    module.weight.data = weight
    if bias is not None:
        module.bias.data = bias
    return module
