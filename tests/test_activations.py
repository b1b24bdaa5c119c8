"""Activations: each against its definition by numpy, with the defaults of PyTorch; what they refuse, and are called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from connectivity import NetworkError
from connectivity.layers.activations import (
    NAMES,
    activation,
    check_channels,
    is_activation,
    mixed_axes,
    mixed_with,
    parameters_of,
)
from connectivity.layers.formulas import FORMULAS

Numbers = np.ndarray

POINTS = np.array(
    [-20.5, -6, -3, -2.5, -1, -0.75, -0.5, -0.3, -0.1, 0, 0.1, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 3, 6, 20, 20.5]
)
"""With all ends of pieces, at their defaults."""

erf, erfc = np.vectorize(math.erf), np.vectorize(math.erfc)


def softplus(x: Numbers, beta: float = 1, threshold: float = 20) -> Numbers:
    return np.where(x * beta > threshold, x, np.logaddexp(0, beta * x) / beta)


def sigmoid(x: Numbers) -> Numbers:
    found: Numbers = (1 + np.tanh(x / 2)) / 2
    return found


def exponential(x: Numbers, alpha: float) -> Numbers:
    found: Numbers = np.maximum(x, 0) + np.minimum(0, alpha * np.expm1(x))
    return found


DEFINITIONS: dict[str, Callable[..., Any]] = {
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, negative_slope=0.01: np.where(x < 0, negative_slope * x, x),
    "prelu": lambda x, weight=0.25: np.maximum(x, 0) + weight * np.minimum(x, 0),
    "rrelu": lambda x, lower=1 / 8, upper=1 / 3: np.where(x < 0, np.mean([lower, upper]) * x, x),
    "relu6": lambda x: np.clip(x, 0, 6),
    "elu": lambda x, alpha=1: exponential(x, alpha),
    "selu": lambda x: 1.0507009873554805 * exponential(x, 1.6732632423543772),
    "celu": lambda x, alpha=1: alpha * exponential(x / alpha, 1),
    "gelu": lambda x: x * erfc(-x / np.sqrt(2)) / 2,
    "gelu_tanh": lambda x: x * sigmoid(np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)),
    "silu": lambda x, beta=1: x * sigmoid(beta * x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "softplus": softplus,
    "softsign": lambda x: x / (abs(x) + 1),
    "softshrink": lambda x, lambd=0.5: np.sign(x) * np.maximum(abs(x) - lambd, 0),
    "hardshrink": lambda x, lambd=0.5: np.where(abs(x) <= lambd, 0, x),
    "tanhshrink": lambda x: x - np.tanh(x),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "logsigmoid": lambda x: -np.logaddexp(0, -x),
    "hardtanh": lambda x, min_val=-1, max_val=1: np.clip(x, min_val, max_val),
    "hardsigmoid": lambda x, alpha=1 / 6, beta=0.5: np.clip(alpha * x + beta, 0, 1),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "threshold": lambda x, threshold=0.0, value=0.0: np.where(x <= threshold, value, x),
    "thresholded_relu": lambda x, alpha=1: np.where(x <= alpha, 0, x),
    "shrink": lambda x, lambd=0.5, bias=0: np.where(abs(x) <= lambd, 0, x - np.sign(x) * bias),
    "clip": lambda x, min=-np.inf, max=np.inf: np.clip(x, min, max),
    "line": lambda x, slope=1, shift=0: slope * x + shift,
    "pow": lambda x, exponent=2: np.power(x, exponent),
    "square": np.square,
    "sqrt": np.sqrt,
    "reciprocal": np.reciprocal,
    "abs": np.abs,
    "neg": np.negative,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.round,
    "exp": np.exp,
    "log": np.log,
    "erf": erf,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(),
    "softmin": lambda x: np.exp(-x) / np.exp(-x).sum(),
    "log_softmax": lambda x: x - np.logaddexp.reduce(x),
    "dropout": lambda x, p=0.5: x,
    "identity": lambda x: x,
}


def defaults(name: str) -> dict[str, float]:
    """What a definition says of its parameters; numpy's own functions have none."""
    if not inspect.isfunction(DEFINITIONS[name]):
        return {}
    named = list(inspect.signature(DEFINITIONS[name]).parameters.values())[1:]
    return {one.name: one.default for one in named}


def check(text: str, values: list[float]) -> None:
    """One of several channels computes what its definition says, wherever that has a value."""
    name = text.partition(":")[0]
    with np.errstate(all="ignore"):
        expected = DEFINITIONS[name](POINTS, *values)
    there = np.isfinite(expected)
    assert there.sum() > 3
    found = activation(text).of(POINTS[there].tolist(), channels=1)
    np.testing.assert_allclose(found, expected[there], rtol=1e-13, atol=1e-15)


def test_every_activation_is_defined_with_its_parameters() -> None:
    assert {name: defaults(name) for name in DEFINITIONS} == {name: FORMULAS[name].parameters for name in NAMES}


VALUES: dict[str, list[list[float]]] = {
    "leaky_relu": [[-0.5]],
    "prelu": [[2.0]],
    "rrelu": [[0.25, 0.75]],
    "elu": [[3.0]],
    "celu": [[2.5]],
    "silu": [[1.7]],
    "softplus": [[2.0, 3.0], [0.5, 1.25]],
    "softshrink": [[0.75], [0.0]],
    "hardshrink": [[0.3]],
    "hardtanh": [[-0.5, 2.5]],
    "hardsigmoid": [[0.2, 0.25], [0.2, 0.5], [1 / 6, 0.25]],
    "threshold": [[1.0, 20.0], [-1.0]],
    "thresholded_relu": [[0.5]],
    "shrink": [[0.75, 0.25], [0.5, 2.0]],
    "clip": [[-1.0], [0.5, 3.0]],
    "line": [[-2.0, 0.5], [3.0]],
    "pow": [[3.0], [0.5], [-1.0]],
    "dropout": [[0.0], [1.0]],
}


@pytest.mark.parametrize("name", NAMES)
def test_an_activation_is_what_its_definition_says(name: str) -> None:
    """With its defaults, and with values of its parameters, in their order."""
    check(name, [])
    for values in VALUES.get(name, []):
        check(f"{name}:{'/'.join(map(repr, values))}", values)


def test_a_hard_sigmoid_is_rounded_once_as_in_pytorch() -> None:
    points = [n / 7 for n in range(-20, 21)]
    assert activation("hardsigmoid").of(points, 1) == [(x + 3) / 6 for x in points]
    assert activation("hardsigmoid:0.25/0.5").of(points, 1) == [min(max(x * 0.25 + 0.5, 0), 1) for x in points]


@pytest.mark.parametrize("name", ["floor", "ceil", "round"])
def test_a_rounding_leaves_what_is_infinite(name: str) -> None:
    assert activation(name).of([math.inf, -math.inf, 2.5, 3.5], 1)[:2] == [math.inf, -math.inf]


def test_a_reciprocal_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="a division by 0"):
        activation("reciprocal").of([0.0], 1)


X = np.array([[1.0, -2.0, 4.0], [0.5, 3.0, -1.0]])


@pytest.mark.parametrize(
    ("text", "axis", "shape"),
    [
        *[("softmax", 0, (2, 3)), ("softmax:channels", 0, (2, 3)), ("softmax:length", 1, (2, 3))],
        *[("softmax", 1, (1, 6)), ("softmax:channels", 0, (1, 6)), ("softmax:length", 1, (1, 6))],
        *[
            ("softmin", 0, (3, 2)),
            ("softmin:length", 1, (3, 2)),
            ("log_softmax", 0, (6, 1)),
            ("log_softmax", 1, (1, 6)),
        ],
    ],
)
def test_a_softmax_is_that_of_its_axis(text: str, axis: int, shape: tuple[int, int]) -> None:
    """Over the channels, or of a single one over its positions, unless it names an axis."""
    x = X.reshape(shape)
    expected = np.apply_along_axis(DEFINITIONS[text.partition(":")[0]], axis, x)
    function = activation(text)
    np.testing.assert_allclose(function.of(x.ravel().tolist(), shape[0]), expected.ravel(), rtol=1e-14)
    word = ("channels", "length")[axis]
    assert mixed_axes(["relu", text, "tanh"], shape[0]) == {word}
    flats = np.arange(6).reshape(shape)
    for flat in range(6):
        together = next(group for group in np.moveaxis(flats, axis, -1).reshape(-1, shape[axis]) if flat in group)
        assert sorted(mixed_with({flat}, *shape, {word})) == sorted(together)


def test_units_that_two_axes_mix_are_mixed_with_all() -> None:
    assert sorted(mixed_with({4}, 2, 3, {"channels", "length"})) == list(range(6))
    assert mixed_with({4, 5}, 2, 3, ()) == {4, 5}
    assert not mixed_with((), 2, 3, {"channels"})
    assert mixed_axes(["relu", "prelu:1/2"], 2) == set()


@pytest.mark.parametrize(
    "text",
    ["relu", "elu:0.5", "threshold:0.3/7", "softmax", "log_softmax", "softmax:length", "softmax:channels", "prelu:2/3"],
)
@pytest.mark.parametrize(("channels", "length"), [(2, 3), (2, 1), (1, 4)])
def test_units_in_their_places_have_the_values_of_their_layer_in_any_order(
    text: str, channels: int, length: int
) -> None:
    values = [0.25, -0.5, 0.75, -0.125, 1.0, -0.375][: channels * length]
    expected = activation(text).of(values, channels)
    flats = sorted(range(len(values)), key=lambda flat: (flat * 5 % 7, flat))
    places = [divmod(flat, length) for flat in flats]
    found = activation(text).at([values[flat] for flat in flats], places, channels)
    assert found == pytest.approx([expected[flat] for flat in flats])


def test_values_of_each_channel_are_those_of_its_channel() -> None:
    found = activation("prelu:0.5/2").of((-X).ravel().tolist(), 2)
    assert found == [-0.5, 2, -2, -1, -6, 1]
    assert activation("prelu:0.5").of([-1.0, -2.0], 2) == [-0.5, -1]
    for text, channels in (("prelu:1/2", 2), ("prelu:1", 3), ("prelu", 3), ("hardtanh:1/2", 3)):
        check_channels(text, channels)
    for channels in (1, 3):
        with pytest.raises(
            NetworkError, match=f"prelu:1/2 has 2 values, for {channels} channels; give one for all, or"
        ):
            check_channels("prelu:1/2", channels)


REFUSED = {
    "relux": 'unknown activation "relux" (did you mean "relu"?)',
    "relu:1": "relu takes no value; say relu alone",
    "tanh:": '"" is not a finite number, as 0.1 or -2 is',
    "elu:1/2": "elu takes 1 value (alpha), not 2",
    "threshold:1/2/3": "threshold takes at most 2 values (threshold/value), not 3",
    "softmax:rows": 'unknown axis "rows" of softmax (one of: channels, length)',
    "clip:a": '"a" is not a number, as 0.1 or -2 is',
    "elu:inf": '"inf" is not a finite number, as 0.1 or -2 is',
    "dropout:-0.1": "a dropout of -0.1; it is a share, from 0 to 1",
    "dropout:1.5": "a dropout of 1.5; it is a share, from 0 to 1",
    "celu:0": "celu divides by alpha, which must be another number than 0",
    "softplus:0": "softplus divides by beta, which must be another number than 0",
    "hardtanh:1": "hardtanh needs min_val < max_val, not 1 and 1",
    "hardtanh:2/1": "hardtanh needs min_val < max_val, not 2 and 1",
    "rrelu:0.5": "rrelu needs lower <= upper, not 0.5 and 0.333333",
    "softshrink:-1": "softshrink needs lambd >= 0, not -1",
}


def test_what_an_activation_refuses() -> None:
    said = {}
    for text in REFUSED:
        with pytest.raises(NetworkError) as caught:
            activation(text)
        said[text] = str(caught.value)
    assert said == REFUSED


ACCEPTED = ["dropout:0", "dropout:1", "celu:-1", "softplus:-1", "softplus:1/0", "elu:0", "hardtanh:1/1.5", "silu:0"]
ACCEPTED += ["rrelu:0.5/0.5", "rrelu:-3", "softshrink:0", "hardshrink:-1", "threshold:2/1", "clip:2/1", "leaky_relu:0"]


def test_bounds_of_what_is_refused_are_accepted() -> None:
    assert [activation(text).text for text in ACCEPTED] == ACCEPTED


SHOWN = [
    *[("relu", "ReLU"), ("leaky_relu:0.1", "leaky ReLU 0.1"), ("prelu:1/2/-3", "PReLU 1/2/\u22123")],
    *[("prelu:1/2/3/4", "PReLU"), ("dropout:0.25", "dropout 0.25"), ("hardtanh:-2/2", "hardtanh \u22122/2")],
    *[("clip:0/6", "clip 0/6"), ("clip:-inf/6", "clip at most 6"), ("clip:-1", "clip at least \u22121")],
    *[("clip", "clip"), ("clip:-inf/inf", "clip"), ("clip:-inf", "clip"), ("clip:-2/inf", "clip at least \u22122")],
    *[("line:2/-1", "2x \u2212 1"), ("line:1/3", "x + 3"), ("line:0.5", "0.5x"), ("line:-1/0", "\u22121x")],
    *[("line:2/0.5", "2x + 0.5"), ("line:1", "x"), ("line", "x"), ("pow:-2", "to the power \u22122"), ("pow", "power")],
    *[("softmax", "softmax"), ("softmax:length", "softmax over positions")],
    *[("log_softmax:channels", "log softmax over channels"), ("sqrt", "square root"), ("Swish", "SiLU")],
]


def test_captions_call_it_by_its_name_and_the_values_that_are_said() -> None:
    assert [(text, activation(text).shown) for text, _ in SHOWN] == SHOWN


def test_names_of_parameters_are_told_in_their_order() -> None:
    told: dict[str, Any] = {"HardTanh": ("min_val", "max_val"), "LeakyReLU": ("negative_slope",), "Tanh": ()}
    told |= {"LogSoftmax": ("axis",), "clamp": ("min", "max")}
    assert {word: parameters_of(word) for word in told} == told


def test_words_of_the_notation_that_are_activations() -> None:
    """In any case; not what names a layer as well."""
    found = [
        word for word in ("relu", "ReLU", "swish", "Clamp", "linear", "Linear", "conv", "relu:1") if is_activation(word)
    ]
    assert found == ["relu", "ReLU", "swish", "Clamp"]
