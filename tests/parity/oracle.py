"""A network computed twice: by its graph, and by PyTorch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch_layers

from connectivity import network as networks
from connectivity.errors import ConnectivityError, NetworkError
from connectivity.layers import Layer, Shape
from connectivity.layers.activations import activation
from connectivity.layers.adaptive import AveragePart
from connectivity.layers.arithmetic import Divide, Mean, Subtract
from connectivity.layers.batchnorm import BatchNorm
from connectivity.layers.lppool import LPPool
from connectivity.layers.merges import Add, Multiply
from connectivity.layers.pools import AvgPool
from connectivity.layers.reducing import Reduce
from connectivity.layers.upsample import Upsample
from connectivity.network import Network, Stage
from connectivity.notation.parser import parse

Tensor = torch.Tensor

EXACT_ACTIVATIONS = {"relu", "relu6", "hardtanh", "dropout", "identity"}
DIGITS = 53
"""The binary digits of a double."""


def weights_of(network: Network, seed: int, dyadic: bool) -> dict[str, Tensor]:
    """Parameter tensors by name: multiples of 1/8 in [-2, 2], or normal ones; variances are powers of 4, or positive."""
    generator = torch.Generator().manual_seed(seed)
    tensors: dict[str, Tensor] = {}
    for number, stage in enumerate(network.stages):
        layer, shapes = stage.layer, stage.inputs
        if not layer.has_weights or not stage.sources or stage.owner != number:
            continue
        for part, tensor in layer.tensors(*shapes).items():
            if part == "running_var":
                wide = torch.randint(-1, 2, tensor.shape, generator=generator).double()
                noise = torch.rand(tensor.shape, generator=generator, dtype=torch.float64) + 0.1
                tensors[f"{stage.name}.{part}"] = 4.0**wide if dyadic else noise
            elif part != "eps" and (part != "bias" or layer.bias):
                tensors[f"{stage.name}.{part}"] = numbers(tensor.shape, generator, dyadic)
    return tensors


def numbers(shape: tuple[int, ...], generator: torch.Generator, dyadic: bool) -> Tensor:
    """Random numbers of ``shape`` in float64."""
    if dyadic:
        return torch.randint(-16, 17, shape, generator=generator).double() / 8
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def inputs_of(network: Network, seed: int, dyadic: bool) -> dict[str, Tensor]:
    """A value for every unit of every input, by its name."""
    generator = torch.Generator().manual_seed(seed)
    stages = [network.stages[number] for number in network.inputs()]
    return {stage.name: numbers(tuple(stage.shape), generator, dyadic) for stage in stages}


def forward(network: Network, tensors: dict[str, Tensor], x: dict[str, Tensor]) -> list[Tensor]:
    """What PyTorch makes of ``x``, layer by layer."""
    outputs: list[Tensor] = []
    for stage in network.stages:
        layer = stage.layer
        if stage.sources:
            owner = network.stages[stage.owner]
            held = {key.rpartition("."): value for key, value in tensors.items()}
            parts = {part: value for (name, _, part), value in held.items() if name == owner.name}
            if isinstance(owner.layer, BatchNorm):
                parts["eps"] = torch.tensor(owner.layer.eps, dtype=torch.float64)
            y = torch_layers.apply(layer, [outputs[source] for source in stage.sources], parts)
        else:
            y = x[stage.name]
            for text in layer.activations:
                y = torch_layers.activate(text, y)
        outputs.append(dropped(y, layer.drop))
    return outputs


def dropped(x: Tensor, units: tuple[int, ...]) -> Tensor:
    """``x`` times the mask of dropout, which is 0 at ``units`` (counted from 1) and else 1."""
    mask = torch.ones(x.numel(), dtype=x.dtype)
    mask[[unit - 1 for unit in units]] = 0
    return x * mask.reshape(x.shape) if units else x


def is_exact(network: Network) -> bool:
    """Whether dyadic numbers stay exact: no division but by powers of two, no transcendental function, few digits."""
    digits: list[tuple[int, int]] = []  # of each layer's values: binary digits after the point, and before it
    for stage in network.stages:
        names = {activation(text).text.partition(":")[0] for text in stage.layer.activations}
        if not _divides_by_powers(stage) or names - EXACT_ACTIVATIONS:
            return False
        after, before = _digits(stage, [digits[source] for source in stage.sources])
        digits.append((after, max(before, 3)))  # relu6
        if after + before > DIGITS:
            return False
    return True


def _divides_by_powers(stage: Stage) -> bool:
    layer = stage.layer
    if isinstance(layer, Upsample) and layer.mode != "nearest":
        factor = layer.factor
        return layer.mode == "linear" and not layer.align_corners and factor in (1, 2, 4, 8)
    if isinstance(layer, (Reduce, Divide, Mean)):
        return isinstance(layer, Reduce) and layer.op in ("sum", "max", "min", "l1")
    return not isinstance(layer, (AvgPool, AveragePart, LPPool)) and (not isinstance(layer, BatchNorm) or not layer.eps)


def _digits(stage: Stage, inputs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Binary digits after and before the point that the values of a stage need at most."""
    layer = stage.layer
    if not inputs:
        return 3, 2
    after, before = max(each[0] for each in inputs), max(each[1] for each in inputs)
    if isinstance(layer, Multiply):
        return sum(each[0] for each in inputs), sum(each[1] for each in inputs)
    if isinstance(layer, (Add, Subtract)):
        return after, before + len(inputs).bit_length()
    if isinstance(layer, Reduce):
        return after, before + stage.inputs[0].units.bit_length()
    if isinstance(layer, BatchNorm):
        return max(after, 3) + 4, max(before, 3) + 4
    if isinstance(layer, Upsample) and layer.mode == "linear":
        return after + 4, before + 1
    if layer.has_weights:
        return max(after, 3) + 3, before + 2 + math.ceil(math.log2(sum(shape.units for shape in stage.inputs) + 1))
    return max(after, 3), max(before, 2)


def refused_layer(text: str) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The layer that makes ``text`` no network, and its inputs' shapes; None where all is well."""
    refused: list[tuple[Layer, tuple[Shape, ...]]] = []
    check = networks.check_layer

    def recording(layer: Layer, *shapes: Shape) -> Shape:
        try:
            return check(layer, *shapes)
        except NetworkError:
            refused.append((layer, shapes))
            raise

    networks.check_layer = recording
    try:
        parse(text)
    except ConnectivityError:
        return refused[-1]
    finally:
        networks.check_layer = check
    return None


def torch_refuses(layer: Layer, shapes: Sequence[Shape]) -> bool:
    """Whether PyTorch raises for ``layer`` on inputs of ``shapes``, or returns nothing."""
    try:
        zeros = [torch.zeros(tuple(shape), dtype=torch.float64) for shape in shapes]
        torch_layers.apply(layer, zeros, _zero_weights(layer, shapes[0]))
    except (RuntimeError, ValueError, IndexError, AssertionError, ZeroDivisionError):
        return True
    return False


def _zero_weights(layer: Layer, shape: Shape) -> dict[str, Tensor]:
    """Weights of the shape that PyTorch would make, whether the layer is possible or not."""
    fields: dict[str, Any] = vars(layer)
    if "kernel_size" not in fields or not layer.has_weights:
        return {}
    outputs, groups = getattr(layer, "out_channels", 1), fields.get("groups", 1)
    first, second = (outputs, shape.channels) if layer.kind == "conv" else (shape.channels, outputs)
    return {"weight": torch.zeros(first, max(1, second // groups), fields["kernel_size"], dtype=torch.float64)}
