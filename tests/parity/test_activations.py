"""Activations from one end of the numbers to the other, against PyTorch's modules."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")

import numpy as np
import torch
from torch import nn

from connectivity import build, evaluate, parse
from connectivity.layers.activations import NAMES, activation, is_activation

POINTS = [
    0.0, -0.0, 1e-9, -1e-9, 1e-3, -1e-3, 0.125, -0.125, 0.5, -0.5, 1, -1, 2.9999, -2.9999, 3, -3, 5.99, 6, 6.01,
    19.9, -19.9, 20, 20.5, -20.5, 30, -30, 37, -37, 100, -100, 745, -745, 800, -800, 1e300, -1e300,
]  # fmt: skip
LARGEST = {"exp": 700, "sinh": 700, "cosh": 700, "pow:2": 1e150, "square": 1e150, "pow:3": 1e100}
"""Beyond these what is computed overflows, which is refused."""
LEAST = {"sqrt": 0, "pow:0.5": 0, "log": 1e-9, "acosh": 1, "asin": -1, "acos": -1, "atanh": -0.9}
"""Below these there is no value."""
MOST = {"asin": 1, "acos": 1, "atanh": 0.9}
NOT_ZERO = ("pow:-1", "reciprocal")


class Of(nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


def points_of(text: str) -> list[float]:
    """Where an activation has a value."""
    largest = LARGEST.get(text, 1e300)
    there = [
        x for x in POINTS if max(LEAST.get(text, -largest), -largest) <= x <= min(MOST.get(text, largest), largest)
    ]
    return [x for x in there if x] if text in NOT_ZERO else there


MODULES: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "leaky_relu:0.3": lambda: nn.LeakyReLU(0.3),
    "prelu": nn.PReLU,
    "prelu:0.7": lambda: nn.PReLU(init=0.7, dtype=torch.float64),
    "rrelu": nn.RReLU,
    "rrelu:0.25/0.5": lambda: nn.RReLU(0.25, 0.5),
    "relu6": nn.ReLU6,
    "elu": nn.ELU,
    "elu:2.5": lambda: nn.ELU(2.5),
    "selu": nn.SELU,
    "celu": nn.CELU,
    "celu:0.3": lambda: nn.CELU(0.3),
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "silu:1.702": lambda: Of(lambda x: x * torch.sigmoid(1.702 * x)),
    "mish": nn.Mish,
    "softplus": nn.Softplus,
    "softplus:2/5": lambda: nn.Softplus(2, 5),
    "softsign": nn.Softsign,
    "softshrink": nn.Softshrink,
    "softshrink:0": lambda: nn.Softshrink(0),
    "hardshrink": nn.Hardshrink,
    "hardshrink:1": lambda: nn.Hardshrink(1),
    "tanhshrink": nn.Tanhshrink,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "logsigmoid": nn.LogSigmoid,
    "hardtanh": nn.Hardtanh,
    "hardtanh:-3/0.5": lambda: nn.Hardtanh(-3, 0.5),
    "hardsigmoid": nn.Hardsigmoid,
    "hardsigmoid:0.2/0.5": lambda: Of(lambda x: torch.clamp(0.2 * x + 0.5, 0, 1)),
    "hardswish": nn.Hardswish,
    "threshold:0.5/-2": lambda: nn.Threshold(0.5, -2),
    "thresholded_relu": lambda: nn.Threshold(1, 0),
    "thresholded_relu:0.3": lambda: nn.Threshold(0.3, 0),
    "shrink:0.5/0.5": nn.Softshrink,
    "shrink": nn.Hardshrink,
    "clip": nn.Identity,
    "clip:-2/3": lambda: nn.Hardtanh(-2, 3),
    "clip:0": nn.ReLU,
    "clip:-inf/3": lambda: Of(lambda x: torch.clamp(x, max=3)),
    "line": nn.Identity,
    "line:-2/0.5": lambda: Of(lambda x: -2 * x + 0.5),
    "pow:2": lambda: Of(torch.square),
    "pow:3": lambda: Of(lambda x: x**3),
    "square": lambda: Of(torch.square),
    "abs": lambda: Of(torch.abs),
    "neg": lambda: Of(torch.neg),
    "sign": lambda: Of(torch.sign),
    "floor": lambda: Of(torch.floor),
    "ceil": lambda: Of(torch.ceil),
    "round": lambda: Of(torch.round),
    "exp": lambda: Of(torch.exp),
    "erf": lambda: Of(torch.erf),
    "sin": lambda: Of(torch.sin),
    "cos": lambda: Of(torch.cos),
    "tan": lambda: Of(torch.tan),
    "atan": lambda: Of(torch.atan),
    "asinh": lambda: Of(torch.asinh),
    "sinh": lambda: Of(torch.sinh),
    "cosh": lambda: Of(torch.cosh),
    "pow:0.5": lambda: Of(torch.sqrt),
    "pow:-1": lambda: Of(torch.reciprocal),
    "sqrt": lambda: Of(torch.sqrt),
    "log": lambda: Of(torch.log),
    "reciprocal": lambda: Of(torch.reciprocal),
    "asin": lambda: Of(torch.asin),
    "acos": lambda: Of(torch.acos),
    "acosh": lambda: Of(torch.acosh),
    "atanh": lambda: Of(torch.atanh),
    "dropout": nn.Dropout,
    "dropout:0.3": lambda: nn.Dropout(0.3),
    "identity": nn.Identity,
}
MIXING = {"softmax": nn.Softmax, "softmin": nn.Softmin, "log_softmax": nn.LogSoftmax}


def test_every_activation_is_compared() -> None:
    assert {text.partition(":")[0] for text in [*MODULES, *MIXING]} == set(NAMES)


@pytest.mark.parametrize("text", MODULES)
def test_activations_agree_from_one_end_to_the_other(text: str) -> None:
    """No absolute tolerance to speak of: the tails, too, have twelve digits."""
    x = torch.tensor(points_of(text), dtype=torch.float64)
    assert len(x) > 5
    expected = MODULES[text]().double().eval()(x).detach().numpy()
    graph = build(parse(f"{len(x)} conv:1,weight=1 {text}")[0])
    np.testing.assert_allclose(evaluate(graph, x.numpy())[0], expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("axis", ["channels", "length"])
@pytest.mark.parametrize("text", MIXING)
@pytest.mark.parametrize("shape", [(1, 7), (3, 4), (2, 1), (1, 1)])
def test_what_mixes_is_over_the_axis_that_is_named(text: str, axis: str, shape: tuple[int, int]) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    expected = MIXING[text](0 if axis == "channels" else 1)(x).numpy()
    (network,) = parse(f"{shape[0]}x{shape[1]} conv:1,g={shape[0]},weight=1 {text}:{axis}")
    for what in (network, build(network)):
        np.testing.assert_allclose(evaluate(what, x.numpy()), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("text", MIXING)
@pytest.mark.parametrize("shape", [(1, 7), (3, 4), (2, 1), (1, 1)])
@pytest.mark.parametrize("scale", [1, 30, 300])
def test_what_mixes_is_over_the_channels_or_over_the_positions_of_one(
    text: str, shape: tuple[int, int], scale: int
) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(scale), dtype=torch.float64) * scale
    expected = MIXING[text](0 if shape[0] > 1 else 1)(x).numpy()
    found = evaluate(parse(f"{shape[0]}x{shape[1]} {text}")[0], x.numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


def test_prelu_has_a_slope_for_each_channel() -> None:
    module = nn.PReLU(3).double()
    module.weight.data = torch.tensor([0.1, -2.0, 0.3], dtype=torch.float64)
    x = torch.arange(-6.0, 6.0, dtype=torch.float64).reshape(3, 4)
    found = evaluate(parse("3x4 prelu:0.1/-2/0.3")[0], x.numpy())
    np.testing.assert_allclose(found, module(x[None])[0].detach().numpy(), rtol=1e-12)


def test_classes_of_pytorch_are_known_in_lower_case() -> None:
    for module in (*MODULES.values(), *MIXING.values()):
        if isinstance(module(), Of):
            continue
        name = type(module()).__name__ if module not in MIXING.values() else module.__name__
        assert is_activation(name), name
        assert activation(name)
