"""Activations: functions of what a unit combined, with the defaults of ``torch.nn``, in evaluation.

https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity. One is spelled
``NAME`` or ``NAME:VALUE/VALUE``, its values in the order of PyTorch's parameters: ``leaky_relu:0.1``,
``hardtanh:-2/2``. Most are functions of one number; softmax and its kin are functions of all channels at a
position, or of all positions where there is one channel. Dropout does nothing: in evaluation a unit is kept.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from connectivity.errors import NetworkError, suggestion, visible

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


def _softmax(values: Sequence[float]) -> list[float]:
    largest = max(values)
    powers = [math.exp(value - largest) for value in values]
    total = math.fsum(powers)
    return [power / total for power in powers]


def _log_softmax(values: Sequence[float]) -> list[float]:
    largest = max(values)
    total = math.log(math.fsum(math.exp(value - largest) for value in values))
    return [value - largest - total for value in values]


class _Formula(NamedTuple):
    """An activation as PyTorch has it: its parameters with their defaults, and what it computes.

    ``function`` takes a number and the parameters; ``together`` all numbers that belong together, where it is
    not a function of each alone. ``shown`` is how captions write it.
    """

    shown: str
    function: Callable[..., float] | None = None
    parameters: dict[str, float] = {}  # noqa: RUF012  # never changed
    together: Callable[[Sequence[float]], list[float]] | None = None
    many: bool = False  # as many values as the layer has channels, or one


_FORMULAS: dict[str, _Formula] = {
    "relu": _Formula("ReLU", lambda x: max(x, 0.0)),
    "leaky_relu": _Formula("leaky ReLU", lambda x, slope: x if x > 0 else slope * x, {"negative_slope": 0.01}),
    "prelu": _Formula("PReLU", lambda x, slope: x if x > 0 else slope * x, {"weight": 0.25}, many=True),
    "rrelu": _Formula(
        "RReLU",
        lambda x, lower, upper: x if x >= 0 else x * (lower + upper) / 2,
        {"lower": 1 / 8, "upper": 1 / 3},
    ),
    "relu6": _Formula("ReLU6", lambda x: min(max(x, 0.0), 6.0)),
    "elu": _Formula("ELU", lambda x, alpha: x if x > 0 else alpha * math.expm1(x), {"alpha": 1.0}),
    "selu": _Formula("SELU", lambda x: _SELU_SCALE * (x if x > 0 else _SELU_ALPHA * math.expm1(x))),
    "celu": _Formula("CELU", lambda x, alpha: x if x > 0 else alpha * math.expm1(x / alpha), {"alpha": 1.0}),
    "gelu": _Formula("GELU", lambda x: x * 0.5 * (1 + math.erf(x * _SQRT_HALF))),
    "gelu_tanh": _Formula("GELU", _gelu_tanh),
    "silu": _Formula("SiLU", lambda x: x * _sigmoid(x)),
    "mish": _Formula("Mish", _mish),
    "softplus": _Formula("softplus", _softplus, {"beta": 1.0, "threshold": 20.0}),
    "softsign": _Formula("softsign", lambda x: x / (1 + abs(x))),
    "softshrink": _Formula(
        "softshrink", lambda x, by: x - by if x > by else x + by if x < -by else 0.0, {"lambd": 0.5}
    ),
    "hardshrink": _Formula("hardshrink", lambda x, by: x if abs(x) > by else 0.0, {"lambd": 0.5}),
    "tanhshrink": _Formula("tanhshrink", lambda x: x - math.tanh(x)),
    "tanh": _Formula("tanh", math.tanh),
    "sigmoid": _Formula("sigmoid", _sigmoid),
    "logsigmoid": _Formula("log sigmoid", _log_sigmoid),
    "hardtanh": _Formula("hardtanh", lambda x, low, high: min(max(x, low), high), {"min_val": -1.0, "max_val": 1.0}),
    "hardsigmoid": _Formula("hard sigmoid", lambda x: min(max(x + 3, 0.0), 6.0) / 6),
    "hardswish": _Formula("hard swish", lambda x: x * min(max(x + 3, 0.0), 6.0) / 6),
    "threshold": _Formula(
        "threshold", lambda x, limit, value: x if x > limit else value, {"threshold": 0.0, "value": 0.0}
    ),
    "softmax": _Formula("softmax", together=_softmax),
    "softmin": _Formula("softmin", together=lambda values: _softmax([-value for value in values])),
    "log_softmax": _Formula("log softmax", together=_log_softmax),
    "dropout": _Formula("dropout", lambda x, p: x, {"p": 0.5}),
    "identity": _Formula("identity", lambda x: x),
}

ALIASES = {
    "leakyrelu": "leaky_relu",
    "swish": "silu",
    "logistic": "sigmoid",
    "hard_tanh": "hardtanh",
    "hard_sigmoid": "hardsigmoid",
    "hard_swish": "hardswish",
    "logsoftmax": "log_softmax",
    "log_sigmoid": "logsigmoid",
    "dropout1d": "dropout",
    "alphadropout": "dropout",
    "featurealphadropout": "dropout",
}
"""Other spellings."""

NAMES = tuple(_FORMULAS)
"""The names of all activations, as the notation has them."""


class Activation(NamedTuple):
    """An activation with its parameters' values.

    ``text`` is its spelling, ``shown`` how captions write it.
    """

    text: str
    shown: str
    formula: _Formula
    values: tuple[float, ...]

    @property
    def mixes(self) -> bool:
        """Whether a unit's value depends on other units of its layer."""
        return self.formula.together is not None

    def of(self, values: Sequence[float], channels: int) -> list[float]:
        """What becomes of the values of a layer, channel by channel, each of the same length.

        Raises OverflowError where a power is too large.
        """
        length = len(values) // max(1, channels)
        if self.formula.together is not None:
            if channels == 1:
                return self.formula.together(values)
            outputs = list(values)
            for position in range(length):
                outputs[position::length] = self.formula.together(values[position::length])
            return outputs
        function = self.formula.function
        if function is None:
            return list(values)
        if self.formula.many and len(self.values) > 1:
            return [function(value, self.values[place // length]) for place, value in enumerate(values)]
        return [function(value, *self.values) for value in values]


@functools.cache
def activation(text: str) -> Activation:
    """The activation that is spelled ``text``. Raises NetworkError for what is none.

    >>> activation("leaky_relu:0.1").of([-1.0, 2.0], channels=1)
    [-0.1, 2.0]
    """
    word, colon, rest = text.partition(":")
    name = ALIASES.get(word.lower(), word.lower())
    formula = _FORMULAS.get(name)
    if formula is None:
        raise NetworkError(f'unknown activation "{visible(word)}"{suggestion(word, NAMES)}')
    numbers = _numbers(rest) if colon else ()
    legal = len(formula.parameters)
    if colon and not formula.many and not 1 <= len(numbers) <= legal:
        what = f"takes {legal} ({'/'.join(formula.parameters)})" if legal else "takes none"
        raise NetworkError(f"{name} {what}, not {len(numbers)} values")
    values = numbers if formula.many and numbers else (*numbers, *tuple(formula.parameters.values())[len(numbers) :])
    _check(name, values)
    shown = " ".join([formula.shown, *_written(numbers)])
    return Activation(f"{name}:{rest}" if colon else name, shown, formula, values)


def check_channels(text: str, channels: int) -> None:
    """Raise NetworkError for an activation with a value for each channel, where there are other ``channels``."""
    function = activation(text)
    if function.formula.many and len(function.values) not in (1, channels):
        raise NetworkError(
            f"{function.text} has {len(function.values)} values, for {channels} channels: one for all, or one for each"
        )


def is_activation(word: str) -> bool:
    """Whether a word, before any colon, names an activation."""
    return word.lower() in _FORMULAS or word.lower() in ALIASES


def parameters_of(word: str) -> tuple[str, ...]:
    """The names of an activation's parameters, in order."""
    return tuple(_FORMULAS[ALIASES.get(word.lower(), word.lower())].parameters)


def _numbers(text: str) -> tuple[float, ...]:
    values = []
    for part in text.split("/"):
        try:
            value = float(part) if part.isascii() and "_" not in part else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise NetworkError(f'"{visible(part)}" is not a finite number')
        values.append(value)
    return tuple(values)


def _check(name: str, values: Sequence[float]) -> None:
    """Raise NetworkError for values, all that an activation has, that PyTorch refuses, or divides by."""
    if name == "dropout" and not 0 <= values[0] <= 1:
        raise NetworkError(f"a dropout of {values[0]:g}: it is a share, from 0 to 1")
    if name in ("celu", "softplus") and values[0] == 0:
        raise NetworkError(f"{name} divides by {next(iter(_FORMULAS[name].parameters))}, which cannot be 0")
    if name == "hardtanh" and values[0] >= values[1]:
        raise NetworkError(f"hardtanh needs min_val < max_val, not {values[0]:g} and {values[1]:g}")
    if name == "rrelu" and values[0] > values[1]:
        raise NetworkError(f"rrelu needs lower <= upper, not {values[0]:g} and {values[1]:g}")
    if name == "softshrink" and values[0] < 0:
        raise NetworkError(f"softshrink needs lambd >= 0, not {values[0]:g}")


def _written(values: Sequence[float]) -> list[str]:
    """The values as captions write them."""
    if len(values) > 3:
        return []
    return ["/".join(f"{value:g}".replace("-", "\u2212") for value in values)] if values else []
