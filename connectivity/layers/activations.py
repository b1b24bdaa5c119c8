"""Activations: functions of what a unit combined, with the defaults of ``torch.nn``, in evaluation.

https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity. One is spelled
``NAME`` or ``NAME:VALUE/VALUE``, its values in the order of PyTorch's parameters: ``leaky_relu:0.1``,
``hardtanh:-2/2``. Most are functions of one number; softmax and its kin are functions of all channels at a
position, or of all positions where there is one channel, unless they name an axis: ``softmax:length``. Dropout does
nothing: in evaluation a unit is kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from connectivity.errors import NetworkError, suggestion, visible
from connectivity.layers.formulas import FORMULAS, Formula, number
from connectivity.numerals import decimal

ALIASES = {
    "leakyrelu": "leaky_relu",
    "swish": "silu",
    "logistic": "sigmoid",
    "hard_tanh": "hardtanh",
    "hard_sigmoid": "hardsigmoid",
    "hard_swish": "hardswish",
    "logsoftmax": "log_softmax",
    "log_sigmoid": "logsigmoid",
    "thresholdedrelu": "thresholded_relu",
    "clamp": "clip",
    "linear": "line",
    "negative": "neg",
    "dropout1d": "dropout",
    "alphadropout": "dropout",
    "featurealphadropout": "dropout",
}
"""Other spellings."""

NAMES = tuple(FORMULAS)
"""The names of all activations, as the notation has them."""

LAYERS_TOO = {"linear"}
"""Spellings that the notation reads as layers."""

_AXES = ("channels", "length")

_UNBOUNDED = ("inf", "+inf", "-inf")
"""What bounds may be that are none."""


class Activation(NamedTuple):
    """An activation with its parameters' values.

    ``text`` is its spelling, ``shown`` how captions write it; ``axis``, of one that mixes units, is what it mixes:
    ``channels`` at each position, the ``length`` of each channel, or (empty) whichever there are several of.
    """

    text: str
    shown: str
    formula: Formula
    values: tuple[float, ...]
    axis: str = ""

    def mixes(self, channels: int) -> str:
        """The axis along which a unit's value depends on others of a layer with so many channels; empty: on none."""
        if self.formula.together is None:
            return ""
        return self.axis or ("channels" if channels > 1 else "length")

    def of(self, values: Sequence[float], channels: int) -> list[float]:
        """What becomes of the values of a layer, channel by channel, each of the same length.

        Raises OverflowError where a power is too large, ValueError where there is no value.
        """
        length = len(values) // channels
        if self.formula.together is not None:
            return self._mixed(self.formula.together, values, length, self.mixes(channels))
        function = self.formula.function
        if self.formula.many and len(self.values) > 1:
            return [function(value, self.values[place // length]) for place, value in enumerate(values)]
        return [function(value, *self.values) for value in values]

    def at(self, values: Sequence[float], places: Sequence[tuple[int, int]], channels: int) -> list[float]:
        """The same of units that stand at ``places``, (channel, position), of a layer in which others may be missing.

        Of what mixes units, those that are there are mixed. Raises as :meth:`of`.
        """
        if self.formula.together is None:
            many = self.formula.many and len(self.values) > 1
            own = [(self.values[channel],) if many else self.values for channel, _ in places]
            return [self.formula.function(value, *each) for value, each in zip(values, own, strict=True)]
        groups: dict[int, list[int]] = {}
        for place, (channel, position) in enumerate(places):
            groups.setdefault(channel if self.mixes(channels) == "length" else position, []).append(place)
        outputs = list(values)
        for group in groups.values():
            for one, value in zip(group, self.formula.together([values[n] for n in group]), strict=True):
                outputs[one] = value
        return outputs

    @staticmethod
    def _mixed(
        together: Callable[[Sequence[float]], list[float]], values: Sequence[float], length: int, axis: str
    ) -> list[float]:
        outputs = list(values)
        groups = (
            [slice(start, start + length) for start in range(0, len(values), length)]
            if axis == "length"
            else [slice(position, None, length) for position in range(length)]
        )
        for group in groups:
            outputs[group] = together(values[group])
        return outputs


def mixed_axes(texts: Sequence[str], channels: int) -> set[str]:
    """The axes along which activations, as they are spelled, mix the units of a layer with so many channels."""
    return {activation(text).mixes(channels) for text in texts} - {""}


def mixed_with(flats: Collection[int], channels: int, length: int, axes: Collection[str]) -> Collection[int]:
    """``flats`` of a layer, and the units that are mixed with them along ``axes``.

    >>> sorted(mixed_with({1}, 2, 3, {"channels"})), sorted(mixed_with({1}, 2, 3, {"length"}))
    ([1, 4], [0, 1, 2])
    """
    if not flats or not axes:
        return flats
    if len(axes) > 1 or (channels == 1 and "length" in axes):
        return range(channels * length)
    if "length" in axes:
        return {row * length + position for row in {flat // length for flat in flats} for position in range(length)}
    return {row * length + position for position in {flat % length for flat in flats} for row in range(channels)}


@functools.cache
def activation(text: str) -> Activation:
    """The activation that is spelled ``text``. Raises NetworkError for what is none.

    >>> activation("leaky_relu:0.1").of([-1.0, 2.0], channels=1)
    [-0.1, 2.0]
    """
    word, colon, rest = text.partition(":")
    name = ALIASES.get(word.lower(), word.lower())
    formula = FORMULAS.get(name)
    if formula is None:
        raise NetworkError(f'unknown activation "{visible(word)}"{suggestion(word, NAMES)}')
    if formula.together is not None and colon:
        return _along(name, rest, formula)
    numbers = _numbers(rest, formula.unbounded) if colon else ()
    legal = len(formula.parameters)
    if not formula.many and len(numbers) > legal:
        if not legal:
            raise NetworkError(f"{name} takes no value; say {name} alone")
        what = f"{f'at most {legal} values' if legal > 1 else '1 value'} ({'/'.join(formula.parameters)})"
        raise NetworkError(f"{name} takes {what}, not {len(numbers)}")
    values = (*numbers, *tuple(formula.parameters.values())[len(numbers) :])
    _check(name, values)
    shown = formula.written(numbers) if formula.written and numbers else " ".join([formula.shown, *_written(numbers)])
    return Activation(f"{name}:{rest}" if colon else name, shown, formula, values)


def _along(name: str, axis: str, formula: Formula) -> Activation:
    """An activation that mixes units along a named axis."""
    if axis not in _AXES:
        raise NetworkError(f'unknown axis "{visible(axis)}" of {name}{suggestion(axis, _AXES)}')
    noun = "positions" if axis == "length" else axis
    return Activation(f"{name}:{axis}", f"{formula.shown} over {noun}", formula, (), axis)


def check_channels(text: str, channels: int) -> None:
    """Raise NetworkError for an activation with a value for each channel, where there are other ``channels``."""
    function = activation(text)
    if function.formula.many and len(function.values) not in (1, channels):
        raise NetworkError(
            f"{function.text} has {len(function.values)} values, for {channels} channels; give one for all, or one for each"
        )


def is_activation(word: str) -> bool:
    """Whether a word of the notation, before any colon, names an activation."""
    return word.lower() in FORMULAS or word.lower() in ALIASES.keys() - LAYERS_TOO


def parameters_of(word: str) -> tuple[str, ...]:
    """The names of an activation's parameters, in order."""
    formula = FORMULAS[ALIASES.get(word.lower(), word.lower())]
    return ("axis",) if formula.together is not None else tuple(formula.parameters)


def _numbers(text: str, unbounded: bool) -> tuple[float, ...]:
    values = []
    for part in text.split("/"):
        value = float(part) if unbounded and part in _UNBOUNDED else decimal(part)
        if value is None:
            raise NetworkError(f'"{visible(part)}" is not a {"" if unbounded else "finite "}number, as 0.1 or -2 is')
        values.append(value)
    return tuple(values)


def _check(name: str, values: Sequence[float]) -> None:
    """Raise NetworkError for values, all that an activation has, that PyTorch refuses, or divides by."""
    if name == "dropout" and not 0 <= values[0] <= 1:
        raise NetworkError(f"a dropout of {values[0]:g}; it is a share, from 0 to 1")
    if name in ("celu", "softplus") and values[0] == 0:
        raise NetworkError(
            f"{name} divides by {next(iter(FORMULAS[name].parameters))}, which must be another number than 0"
        )
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
    return ["/".join(map(number, values))] if values else []
