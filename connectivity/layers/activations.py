"""Activations: functions of one number, with the default parameters of ``torch.nn.functional``.

https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions; gelu is the form with erf.
"""

from __future__ import annotations

import math
from collections.abc import Callable

_SQRT_HALF = math.sqrt(0.5)
# Klambauer and others, "Self-normalizing neural networks" (2017), appendix 1.
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)  # neither overflows: both are of a number below 0
    return power / (1 + power)


def _softplus(x: float) -> float:
    return x if x > 20 else math.log1p(math.exp(x))  # PyTorch's threshold


ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: _SELU_SCALE * (x if x > 0 else _SELU_ALPHA * math.expm1(x)),
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x * _SQRT_HALF)),
    "silu": lambda x: x * _sigmoid(x),
    "softplus": _softplus,
    "softsign": lambda x: x / (1 + abs(x)),
    "tanh": math.tanh,
    "sigmoid": _sigmoid,
}
"""What each activation computes, by its name in the notation."""

ALIASES = {"leakyrelu": "leaky_relu", "swish": "silu", "logistic": "sigmoid"}

SHOWN = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "relu6": "ReLU6",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
}
"""How captions write those that have a spelling of their own."""
