"""A network computed twice: by its graph, and by PyTorch."""

from __future__ import annotations

from typing import Any

import torch
import torch_layers

from connectivity.errors import ConnectivityError
from connectivity.layers import AvgPool, Layer, Masked, Shape
from connectivity.network import Network
from connectivity.notation import parser as notation

EXACT_ACTIVATIONS = {"relu"}


def weights_of(network: Network, seed: int, dyadic: bool) -> dict[str, torch.Tensor]:
    """Weights and biases by name: multiples of 1/8 in [-2, 2], or normal ones."""
    generator = torch.Generator().manual_seed(seed)
    tensors: dict[str, torch.Tensor] = {}
    for layer, name, shape in zip(network.layers, network.names()[1:], network.shapes(), strict=False):
        if layer.has_weights:
            tensors[f"{name}.weight"] = numbers(layer.weight_shape(shape), generator, dyadic)
            if layer.bias:
                tensors[f"{name}.bias"] = numbers(layer.bias_shape(shape), generator, dyadic)
    return tensors


def numbers(shape: tuple[int, ...], generator: torch.Generator, dyadic: bool) -> torch.Tensor:
    """Random numbers of ``shape`` in float64."""
    if dyadic:
        return torch.randint(-16, 17, shape, generator=generator).double() / 8
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def forward(network: Network, tensors: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """What PyTorch makes of ``x``."""
    x = dropped(x, network.drop)
    for layer, name in zip(network.layers, network.names()[1:], strict=True):
        x = torch_layers.apply(layer, x, tensors.get(f"{name}.weight"), tensors.get(f"{name}.bias"))
        x = dropped(x.reshape(layer.channels, -1) if isinstance(layer, Masked) else x, layer.drop)
    return x


def dropped(x: torch.Tensor, units: tuple[int, ...]) -> torch.Tensor:
    """``x`` times the mask of dropout, which is 0 at ``units`` (counted from 1) and else 1."""
    mask = torch.ones(x.numel(), dtype=x.dtype)
    mask[[unit - 1 for unit in units]] = 0
    return x * mask.reshape(x.shape)


def is_exact(network: Network) -> bool:
    """Whether dyadic numbers stay exact: no division but by powers of two, no transcendental function."""
    return not any(isinstance(layer, AvgPool) or set(layer.activations) - EXACT_ACTIVATIONS for layer in network.layers)


def refused_layer(text: str) -> tuple[Layer, Shape] | None:
    """The layer that makes ``text`` no network, and its input's shape; None where all is well."""
    tried: list[tuple[Layer, Shape]] = []
    check = notation.check_layer

    def recording(layer: Layer, shape: Shape) -> Shape:
        tried.append((layer, shape))
        return check(layer, shape)

    notation.check_layer = recording
    try:
        notation.parse(text)
    except ConnectivityError:
        return tried[-1]
    finally:
        notation.check_layer = check
    return None


def torch_refuses(layer: Layer, shape: Shape) -> bool:
    """Whether PyTorch raises for ``layer`` on an input of ``shape``, or returns nothing."""
    fields: dict[str, Any] = vars(layer)
    kernel = fields.get("kernel_size", 1)
    outputs, groups = getattr(layer, "out_channels", 1), fields.get("groups", 1)
    first, second = (outputs, shape.channels) if layer.kind == "conv" else (shape.channels, outputs)
    weight = torch.zeros(first, max(1, second // groups), kernel, dtype=torch.float64)
    try:
        torch_layers.apply(layer, torch.zeros(shape, dtype=torch.float64), weight)
    except (RuntimeError, ValueError, AssertionError):
        return True
    return False
