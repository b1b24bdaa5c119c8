"""The formulas of activations: what each computes, its parameters with the defaults of ``torch.nn``, its caption.

https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity; what PyTorch has as a
function alone, and what models say in ONNX's words, is named as there (https://onnx.ai/onnx/operators/).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

_SQRT_HALF = math.sqrt(0.5)
# Klambauer and others, "Self-normalizing neural networks" (2017), appendix 1.
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)  # neither overflows: both are of a number below 0
    return power / (1 + power)


def _softplus(x: float, beta: float, threshold: float) -> float:
    return x if x * beta > threshold else math.log1p(math.exp(x * beta)) / beta


def _gelu_tanh(x: float) -> float:
    # Hendrycks and Gimpel, "Gaussian error linear units" (2016), section 2.
    return (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    )  # a power would overflow, a product is infinite


def _log_sigmoid(x: float) -> float:
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))


def _mish(x: float) -> float:
    return x * math.tanh(_softplus(x, 1.0, 20.0))


def _hard_sigmoid(x: float, alpha: float, beta: float) -> float:
    if (alpha, beta) == (1 / 6, 0.5):  # as PyTorch computes it: one sixth is rounded once
        return min(max(x + 3, 0.0), 6.0) / 6
    return min(max(alpha * x + beta, 0.0), 1.0)


def _shrink(x: float, by: float, bias: float) -> float:
    return x - bias if x > by else x + bias if x < -by else 0.0


def _same(x: float, *parameters: float) -> float:
    return x


def _reciprocal(x: float) -> float:
    if not x:
        raise ValueError("a division by 0")
    return 1 / x


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding, of which infinity and NaN stay what they are."""
    return lambda x: float(function(x)) if math.isfinite(x) else x


def number(value: float) -> str:
    """A number as captions write it, with a real minus sign."""
    return f"{value:g}".replace("-", "\u2212")


def _line(values: Sequence[float]) -> str:
    """A line as captions write it.

    >>> _line((2.0, -1.0)), _line((0.5,)), _line((1.0, 3.0))
    ('2x \u2212 1', '0.5x', 'x + 3')
    """
    slope, shift = (*values, 0.0)[:2]
    times = "" if slope == 1 else number(slope)
    return f"{times}x" + (f" {'+' if shift > 0 else chr(0x2212)} {number(abs(shift))}" if shift else "")


def _clip(values: Sequence[float]) -> str:
    """A clipping as captions write it.

    >>> _clip((0.0, 6.0)), _clip((-math.inf, 1.0)), _clip((-2.0,))
    ('clip 0/6', 'clip at most 1', 'clip at least \u22122')
    """
    low, high = (*values, math.inf)[:2]
    if high == math.inf:
        return "clip" if low == -math.inf else f"clip at least {number(low)}"
    return f"clip at most {number(high)}" if low == -math.inf else f"clip {number(low)}/{number(high)}"


def _softmax(values: Sequence[float]) -> list[float]:
    largest = max(values)
    powers = [math.exp(value - largest) for value in values]
    total = math.fsum(powers)
    return [power / total for power in powers]


def _log_softmax(values: Sequence[float]) -> list[float]:
    largest = max(values)
    total = math.log(math.fsum(math.exp(value - largest) for value in values))
    return [value - largest - total for value in values]


class Formula(NamedTuple):
    """An activation as PyTorch has it: its parameters with their defaults, and what it computes.

    ``function`` takes a number and the parameters; ``together`` all numbers that belong together, where it is
    not a function of each alone. ``shown`` is how captions write it; ``written``, with its values where these are given.
    ``unbounded``: a value may be infinite.
    """

    shown: str
    function: Callable[..., float] = _same
    parameters: dict[str, float] = {}  # noqa: RUF012  # never changed
    together: Callable[[Sequence[float]], list[float]] | None = None
    many: bool = False  # as many values as the layer has channels, or one
    unbounded: bool = False
    written: Callable[[Sequence[float]], str] | None = None


FORMULAS: dict[str, Formula] = {
    "relu": Formula("ReLU", lambda x: max(x, 0.0)),
    "leaky_relu": Formula("leaky ReLU", lambda x, slope: x if x > 0 else slope * x, {"negative_slope": 0.01}),
    "prelu": Formula("PReLU", lambda x, slope: x if x > 0 else slope * x, {"weight": 0.25}, many=True),
    "rrelu": Formula(
        "RReLU",
        lambda x, lower, upper: x if x >= 0 else x * (lower + upper) / 2,
        {"lower": 1 / 8, "upper": 1 / 3},
    ),
    "relu6": Formula("ReLU6", lambda x: min(max(x, 0.0), 6.0)),
    "elu": Formula("ELU", lambda x, alpha: x if x > 0 else alpha * math.expm1(x), {"alpha": 1.0}),
    "selu": Formula("SELU", lambda x: _SELU_SCALE * (x if x > 0 else _SELU_ALPHA * math.expm1(x))),
    "celu": Formula("CELU", lambda x, alpha: x if x > 0 else alpha * math.expm1(x / alpha), {"alpha": 1.0}),
    "gelu": Formula("GELU", lambda x: x * 0.5 * (1 + math.erf(x * _SQRT_HALF))),
    "gelu_tanh": Formula("GELU", _gelu_tanh),
    "silu": Formula("SiLU", lambda x, beta: x * _sigmoid(beta * x), {"beta": 1.0}),
    "mish": Formula("Mish", _mish),
    "softplus": Formula("softplus", _softplus, {"beta": 1.0, "threshold": 20.0}),
    "softsign": Formula("softsign", lambda x: x / (1 + abs(x))),
    "softshrink": Formula("softshrink", lambda x, by: x - by if x > by else x + by if x < -by else 0.0, {"lambd": 0.5}),
    "hardshrink": Formula("hardshrink", lambda x, by: x if abs(x) > by else 0.0, {"lambd": 0.5}),
    "tanhshrink": Formula("tanhshrink", lambda x: x - math.tanh(x)),
    "tanh": Formula("tanh", math.tanh),
    "sigmoid": Formula("sigmoid", _sigmoid),
    "logsigmoid": Formula("log sigmoid", _log_sigmoid),
    "hardtanh": Formula("hardtanh", lambda x, low, high: min(max(x, low), high), {"min_val": -1.0, "max_val": 1.0}),
    "hardsigmoid": Formula("hard sigmoid", _hard_sigmoid, {"alpha": 1 / 6, "beta": 0.5}),
    "hardswish": Formula("hard swish", lambda x: x * min(max(x + 3, 0.0), 6.0) / 6),
    "threshold": Formula(
        "threshold", lambda x, limit, value: x if x > limit else value, {"threshold": 0.0, "value": 0.0}
    ),
    "thresholded_relu": Formula("thresholded ReLU", lambda x, alpha: x if x > alpha else 0.0, {"alpha": 1.0}),
    "shrink": Formula("shrink", _shrink, {"lambd": 0.5, "bias": 0.0}),
    "clip": Formula(
        "clip",
        lambda x, low, high: min(max(x, low), high),
        {"min": -math.inf, "max": math.inf},
        unbounded=True,
        written=_clip,
    ),
    "line": Formula("x", lambda x, slope, shift: slope * x + shift, {"slope": 1.0, "shift": 0.0}, written=_line),
    "pow": Formula("power", math.pow, {"exponent": 2.0}, written=lambda values: f"to the power {number(values[0])}"),
    "square": Formula("square", lambda x: x * x),
    "sqrt": Formula("square root", math.sqrt),
    "reciprocal": Formula("1/x", _reciprocal),
    "abs": Formula("abs", abs),
    "neg": Formula("\u2212x", lambda x: -x),
    "sign": Formula("sign", lambda x: math.copysign(1.0, x) if x else 0.0),
    "floor": Formula("floor", _whole(math.floor)),
    "ceil": Formula("ceil", _whole(math.ceil)),
    "round": Formula("round", _whole(round)),  # halves to the even neighbour
    "exp": Formula("exp", math.exp),
    "log": Formula("log", math.log),
    "erf": Formula("erf", math.erf),
    **{
        name: Formula(name, getattr(math, name))
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh")
    },
    "softmax": Formula("softmax", together=_softmax),
    "softmin": Formula("softmin", together=lambda values: _softmax([-value for value in values])),
    "log_softmax": Formula("log softmax", together=_log_softmax),
    "dropout": Formula("dropout", parameters={"p": 0.5}),
    "identity": Formula("identity"),
}
