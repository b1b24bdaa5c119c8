"""Functions of one number that several operations make together: which activation they are.

Exporters write SiLU as a product and a sigmoid, GELU in five operations or eight, and not always in the same. What they
compute tells them, not how: a term is evaluated at some two hundred places, and where an activation agrees at all of
them, it is that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from connectivity.errors import NetworkError
from connectivity.layers.activations import activation
from connectivity.models.onnx.values import Term

SIZE_LIMIT = 40
"""The most operations that a term has: longer ones become layers on the way."""

ARITHMETIC: dict[str, Callable[..., np.ndarray]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "max": np.maximum,
    "min": np.minimum, "greater": np.greater, "greater_equal": np.greater_equal, "less": np.less,
    "less_equal": np.less_equal, "equal": np.equal, "where": np.where, "and": np.logical_and, "or": np.logical_or,
    "not": np.logical_not,
}  # fmt: skip
"""Operations of a term that are no activations; of these some are layers, if they must be."""

_PLAIN = (
    "relu", "silu", "gelu", "gelu_tanh", "hardswish", "hardsigmoid", "sigmoid", "tanh", "mish", "softplus", "logsigmoid",
    "softsign", "tanhshrink", "relu6", "selu", "abs", "square", "sign", "reciprocal", "sqrt",
)  # fmt: skip
_LEAST, _MOST = -3.4028235e38, 3.4028235e38  # of float32: a bound that bounds nothing
_AGREE = 3e-6  # relative, or absolute: constants of exporters have the seven digits of float32


def number(value: float) -> str:
    """A number as activations are spelled with: that of float32 where it says as much.

    >>> number(0.10000000149011612), number(3.0), number(1 / 3)
    ('0.1', '3.0', '0.3333333333333333')
    """
    short = float(str(np.float32(value)))
    return repr(short if abs(short - value) <= 6e-8 * abs(value) and float(np.float32(value)) == value else value)


def spelled(term: Term) -> tuple[Term, list[str]] | None:
    """The activations that make ``term`` of another one, which is the farthest for which there are any; else None."""
    for variable in sorted(_within(term), key=lambda one: one.size):
        if variable is term:
            continue
        texts = _between(term, variable)
        if texts is not None:
            return variable, texts
    return None


def _within(term: Term) -> list[Term]:
    """A term and all terms in it, each once."""
    found: dict[int, Term] = {}
    waiting = [term]
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            waiting += [operand for operand in one.operands if isinstance(operand, Term)]
    return list(found.values())


def _between(term: Term, variable: Term) -> list[str] | None:
    """The activations that make ``term`` of ``variable``."""
    if all(operand is variable or not isinstance(operand, Term) for operand in term.operands):
        single = _single(term)
        if single is not None:
            return single
    constants = sorted({float(one) for inner in _within(term) for one in inner.operands if not isinstance(one, Term)})
    near = [place for one in constants if abs(one) < 100 for place in (one - 0.013, one + 0.017, -one + 0.011)]
    places = np.array([*np.linspace(-12.02, 12.03, 193), -31.7, -20.3, 20.7, 33.1, *near[:60]])
    with np.errstate(all="ignore"):
        values = _values(term, variable, places)
        if values is None:
            return None
        values = np.asarray(values, dtype=float)
        return next((texts for texts in _candidates(places, values, constants) if _agrees(texts, places, values)), None)


def _single(term: Term) -> list[str] | None:
    """The activations that one operation is, without a comparison of numbers; None for those that are told by these."""
    if term.op not in ARITHMETIC:
        return [term.op]
    numbers = [one for one in term.operands if not isinstance(one, Term)]
    if len(term.operands) != 2 or len(numbers) != 1:
        return None
    (value,) = numbers
    behind = not isinstance(term.operands[1], Term)  # x - 2, not 2 - x
    ways: dict[str, Callable[[], list[str]]] = {
        "add": lambda: [_linear(1, value)],
        "sub": lambda: [_linear(1, -value) if behind else _linear(-1, value)],
        "mul": lambda: [_linear(value, 0)],
        "div": lambda: [_linear(1 / value, 0)] if behind else ["reciprocal", _linear(value, 0)],
        "max": lambda: ["relu"] if value == 0 else [f"clip:{number(value)}/{number(_MOST)}"],
        "min": lambda: [f"clip:{number(_LEAST)}/{number(value)}"],
    }
    if term.op == "pow" and behind:
        known = {1.0: [], 2.0: ["square"], 0.5: ["sqrt"], -1.0: ["reciprocal"]}
        return known.get(value, [f"pow:{number(value)}"])
    if term.op not in ways or (term.op == "div" and behind and value == 0):
        return None
    return [text for text in ways[term.op]() if text != _linear(1, 0)]


def _linear(factor: float, summand: float) -> str:
    return f"linear:{number(factor)}/{number(summand)}"


def _values(term: Term, variable: Term, places: np.ndarray) -> np.ndarray | None:
    """What ``term`` makes of ``places`` of ``variable``; None where it depends on something else."""
    known: dict[int, np.ndarray] = {id(variable): places}
    waiting = [term]
    while waiting:
        one = waiting[-1]
        if id(one) in known:
            waiting.pop()
            continue
        if not one.op:
            return None
        missing = [operand for operand in one.operands if isinstance(operand, Term) and id(operand) not in known]
        if missing:
            waiting += missing
            continue
        operands = [known[id(operand)] if isinstance(operand, Term) else operand for operand in one.operands]
        if one.op in ARITHMETIC:
            known[id(one)] = np.asarray(ARITHMETIC[one.op](*operands))
        else:
            made = _applied([one.op], np.asarray(operands[0], dtype=float))
            if made is None:
                return None
            known[id(one)] = made
    return known[id(term)]


def _applied(texts: list[str], places: np.ndarray) -> np.ndarray | None:
    values = places.tolist()
    try:
        for text in texts:
            values = activation(text).of(values, channels=1)
    except (NetworkError, ArithmeticError, ValueError):
        return None
    return np.array(values)


def _agrees(texts: list[str], places: np.ndarray, values: np.ndarray) -> bool:
    made = _applied(texts, places)
    if made is None or not np.isfinite(values).all():
        return False
    return bool((np.abs(made - values) <= _AGREE * np.maximum(1.0, np.abs(values))).all())


def _candidates(places: np.ndarray, values: np.ndarray, constants: list[float]) -> Iterator[list[str]]:
    """What it could be, the likeliest first; parameters are read off the values, or are among the constants."""

    def at(place: float) -> float:
        return float(np.interp(place, places[:193], values[:193]))

    yield []
    yield from ([text] for text in _PLAIN)
    factor = (values[100] - values[92]) / (places[100] - places[92])
    yield [_linear(factor, float(values[96] - factor * places[96]))]
    low, high = float(values.min()), float(values.max())
    if low < high:
        yield [f"clip:{number(low)}/{number(high)}"]
    yield [f"leaky_relu:{number(-at(-1.0))}"]
    yield [f"elu:{number(-at(-12.0))}"]
    slope = at(9.0) / 9
    if slope:
        yield [f"elu:{number(round(-at(-12.0) / slope, 6))}", _linear(slope, 0)]
    for one in constants:
        for text in (
            "clip:{0}/" + number(_MOST),
            "clip:" + number(_LEAST) + "/{0}",
            "softplus:{0}",
            "celu:{0}",
            "elu:{0}",
        ):
            yield [text.format(number(one))]
        if one >= 0:
            yield from ([f"{text}:{number(one)}"] for text in ("hardshrink", "softshrink", "leaky_relu"))
        for other in (0.0, *constants):
            yield [f"threshold:{number(one)}/{number(other)}"]
            yield [f"hardsigmoid:{number(one)}/{number(other)}"]
