"""Layers computed by PyTorch, in float64, from nothing but their parameters: the oracle of the parity tests."""

from __future__ import annotations

from collections.abc import Callable
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

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "relu6": functional.relu6,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def apply(layer: Layer, x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
    """What PyTorch makes of ``x`` (channels, length); raises what PyTorch raises."""
    y = _linear(layer, x, weight, bias)
    for name in layer.activations:
        y = ACTIVATIONS[name](y)
    if y.numel() == 0:
        raise ValueError("PyTorch returns nothing")
    return y


def _linear(layer: Layer, x: Tensor, weight: Any, bias: Any) -> Tensor:
    match layer:
        case FullyConnected():
            return functional.linear(x.flatten(), weight, bias)[None]
        case Masked():
            return functional.linear(x.flatten(), weight * torch.tensor(layer.mask), bias)[None]
        case Convolution(tie=1, taps=None):
            return _convolution(layer, x, weight, bias)
        case Windowed():
            return _unshared(layer, x, weight, bias)
        case ConvolutionTranspose():
            channels = (x.shape[0], layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
            module = nn.ConvTranspose1d(*channels, layer.output_padding, layer.groups, bias is not None, layer.dilation)
            return _filled(module, weight, bias)(x[None])[0]
        case MaxPool(kernel_size=k, stride=s, padding=p, dilation=d, ceil_mode=c):
            return nn.MaxPool1d(k, s, p, d, ceil_mode=c)(x[None])[0]
        case AvgPool(kernel_size=k, stride=s, padding=p, ceil_mode=c, count_include_pad=i):
            return nn.AvgPool1d(k, s, p, c, i)(x[None])[0]
    raise TypeError(type(layer).__name__)


def _convolution(layer: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """``nn.Conv1d`` where it knows the padding, else ``functional.pad`` before it."""
    if layer.padding != "same" and not isinstance(layer.padding, int):
        x, padding = _padded(layer, x), 0
        mode = "zeros"
    else:
        padding, mode = layer.padding, layer.padding_mode  # type: ignore[assignment]  # the word same
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
    return _filled(module, weight, bias)(x[None])[0]


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
    words = {
        "same": (extent // 2, extent - extent // 2),
        "valid": (0, 0),
        "causal": (extent, 0),
        "full": (extent, extent),
        "taps": (-min(taps), max(taps)),
    }
    padding = layer.padding
    sides = words[padding] if isinstance(padding, str) else padding
    sides = (sides, sides) if isinstance(sides, int) else sides
    return functional.pad(x[None], sides, mode=mode)[0]


def _filled(module: Any, weight: Tensor, bias: Tensor | None) -> Any:
    assert module.weight.shape == weight.shape, (module.weight.shape, weight.shape)
    module.weight.data = weight
    if bias is not None:
        module.bias.data = bias
    return module
