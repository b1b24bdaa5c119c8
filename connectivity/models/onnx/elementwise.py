"""Operators on each unit by itself: activations, sums and products of data, and with constants."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.assembly import Value
from connectivity.models.onnx.arranging import Arrangement, Step, arrangements, plan
from connectivity.models.onnx.building import Builder, Record
from connectivity.models.onnx.calls import Call, finite
from connectivity.models.onnx.terms import SIZE_LIMIT, number
from connectivity.models.onnx.values import Constant, Data, Held, Term

_SELU = 1.67326319217681884765625, 1.05070102214813232421875  # as the operator has them by default
_SMALL, _LARGE = -3.4028235e38, 3.4028235e38


def _said(text: str, **defaults: float) -> Callable[[Call], str]:
    """How an activation is spelled of attributes with ``defaults``."""
    return lambda call: text.format(*(number(call.said(name, value)) for name, value in defaults.items()))


def _gelu(call: Call) -> str:
    return "gelu_tanh" if call.said("approximate", "none") == "tanh" else "gelu"


def _hard_sigmoid(call: Call) -> str:
    alpha, beta = call.said("alpha", 0.2), call.said("beta", 0.5)
    if abs(alpha - 1 / 6) < 1e-7 and beta == 0.5:
        return "hardsigmoid"
    return f"hardsigmoid:{number(alpha)}/{number(beta)}"


def _shrink(call: Call) -> str:
    lambd, bias = call.said("lambd", 0.5), call.said("bias", 0.0)
    if bias in (0.0, lambd):
        return f"{'softshrink' if bias else 'hardshrink'}:{number(lambd)}"
    return f"shrink:{number(lambd)}/{number(bias)}"


SPELLED: dict[str, Callable[[Call], str]] = {
    "Relu": _said("relu"), "LeakyRelu": _said("leaky_relu:{}", alpha=0.01), "Elu": _said("elu:{}", alpha=1.0),
    "Celu": _said("celu:{}", alpha=1.0), "ThresholdedRelu": _said("threshold:{}/0.0", alpha=1.0),
    "HardSigmoid": _hard_sigmoid, "HardSwish": _said("hardswish"),
    "Sigmoid": _said("sigmoid"), "Tanh": _said("tanh"), "Softplus": _said("softplus"), "Softsign": _said("softsign"),
    "Gelu": _gelu, "Mish": _said("mish"), "Shrink": _shrink, "Exp": _said("exp"), "Log": _said("log"),
    "Abs": _said("abs"), "Neg": _said("neg"), "Sqrt": _said("sqrt"), "Reciprocal": _said("reciprocal"),
    "Sin": _said("sin"), "Cos": _said("cos"), "Erf": _said("erf"), "Sign": _said("sign"), "Floor": _said("floor"),
    "Ceil": _said("ceil"), "Round": _said("round"),
}  # fmt: skip
"""The operators that are an activation, and how it is spelled."""


def activation(call: Call) -> list[Held]:
    """An operator that is an activation by itself."""
    return [call.builder.function(SPELLED[call.node.op](call), call.node, call.data(0))]


def selu(call: Call) -> list[Held]:
    """SELU, of which the two numbers may be others."""
    alpha, gamma = call.said("alpha", _SELU[0]), call.said("gamma", _SELU[1])
    if math.isclose(alpha, _SELU[0], rel_tol=1e-6) and math.isclose(gamma, _SELU[1], rel_tol=1e-6):
        return [call.builder.function("selu", call.node, call.data(0))]
    inner = call.builder.function(f"elu:{number(alpha)}", call.node, call.data(0))
    return [call.builder.function("mul", call.node, inner, gamma)]


def swish(call: Call) -> list[Held]:
    """x * sigmoid(alpha * x)."""
    data, alpha = call.builder.settled(call.data(0)), call.said("alpha", 1.0)
    if alpha == 1:
        return [call.builder.function("silu", call.node, data)]
    gate = call.builder.function("sigmoid", call.node, call.builder.function("mul", call.node, data, alpha))
    return [_both(call.builder, "mul", call, data, gate)]


def clip(call: Call) -> list[Held]:
    """Bounds that are attributes, or inputs; either may be missing."""
    low = float(call.array(1).ravel()[0]) if call.has(1) else call.said("min", _SMALL)
    high = float(call.array(2).ravel()[0]) if call.has(2) else call.said("max", _LARGE)
    low, high = max(low, _SMALL), min(high, _LARGE)
    data = call.data(0)
    if low <= _SMALL and high >= _LARGE:
        return [data]
    if low == 0 and high >= _LARGE:
        return [call.builder.function("relu", call.node, data)]
    text = "relu6" if (low, high) == (0, 6) else f"clip:{number(low)}/{number(high)}"
    return [call.builder.function(text, call.node, data)]


def prelu(call: Call) -> list[Held]:
    """A slope for all, or one for each channel of the layer that it is applied to."""
    data = once(call.builder, call.data(0))
    sheet = _sheet(call.builder, data, call.floats(1))
    if (sheet == sheet[0, 0]).all():
        return [call.builder.function(f"leaky_relu:{number(float(sheet[0, 0]))}", call.node, data)]
    if (sheet == sheet[:, :1]).all():
        text = "prelu:" + "/".join(number(float(slope)) for slope in sheet[:, 0])
        value = call.builder.assembly.activation(call.builder.made(data.term), text)
        return [Data(Term(value), data.index)]
    below = call.builder.function("mul", call.node, call.builder.function("min", call.node, data, 0.0), 1.0)
    scaled = affine(call.builder, below, sheet, None, call.layer_name())
    return [_both(call.builder, "add", call, call.builder.function("relu", call.node, data), scaled)]


def arithmetic(op: str) -> Callable[[Call], list[Held]]:
    """An operation of two or more, each data or a constant, one after the other."""

    def read(call: Call) -> list[Held]:
        held = [one for one in call.inputs if one is not None]
        if len(held) > 2 and all(isinstance(one, Data) for one in held) and op in ("add", "max", "min"):
            return [_layer(call.builder, op, [one for one in held if isinstance(one, Data)], call.layer_name())]
        first, *rest = held
        for one in rest:
            first = two(call, op, first, one)
        return [first]

    return read


def mean(call: Call) -> list[Held]:
    """The mean of its inputs, unit by unit."""
    datas = [one for one in call.inputs if isinstance(one, Data)]
    if len(datas) == len(call.inputs) > 1:
        return [_layer(call.builder, "mean", datas, call.layer_name())]
    (total,) = arithmetic("add")(call)
    return [two(call, "div", total, Constant(np.array(float(len(call.inputs))), None))]


def two(call: Call, op: str, a: Held, b: Held) -> Held:
    """``op`` of two, one of them at least data."""
    if isinstance(a, Constant) and isinstance(b, Constant):
        from connectivity.models.onnx.terms import ARITHMETIC

        return Constant(ARITHMETIC[op](a.array, b.array), None)
    if isinstance(a, Data) and isinstance(b, Data):
        return _both(call.builder, op, call, a, b)
    if isinstance(a, Data) and isinstance(b, Constant):
        return _with_constant(call, op, a, b, True)
    if isinstance(a, Constant) and isinstance(b, Data):
        return _with_constant(call, op, b, a, False)
    raise ModelError("it takes what cannot be drawn")


def where(call: Call) -> list[Held]:
    """A choice between two, by a condition that is a constant, or part of an activation."""
    condition, a, b = call.inputs[:3]
    if isinstance(condition, Constant):
        mask = condition.array.astype(bool)
        chosen = two(call, "mul", _finite_or(a), Constant(mask.astype("<f4"), None))
        other = two(call, "mul", _finite_or(b), Constant((~mask).astype("<f4"), None))
        parts = [one for one in (chosen, other) if not isinstance(one, Constant) or one.array.any()]
        return [two(call, "add", chosen, other) if len(parts) > 1 else parts[0]]
    if not isinstance(condition, Data):
        raise ModelError("its condition cannot be drawn")
    operands: list[Term | float] = []
    for one in (a, b):
        if isinstance(one, Constant) and one.array.size == 1:
            operands.append(float(one.array.ravel()[0]))
        elif isinstance(one, Data) and one.term.base is condition.term.base and _same(one, condition):
            operands.append(one.term)
        else:
            raise ModelError("it chooses between what is not of its condition's layer")
    return [Data(Term(condition.term.base, "where", (condition.term, *operands), call.node), condition.index)]


def _finite_or(held: Held | None) -> Held:
    if isinstance(held, Constant):
        finite(held.array, "a constant that it chooses")
    if held is None:
        raise ModelError("an input is missing")
    return held


def _same(a: Data, b: Data) -> bool:
    return a.shape == b.shape and np.array_equal(a.index, b.index)


def _both(builder: Builder, op: str, call: Call, a: Data, b: Data) -> Data:
    """An operation of two data: one more on the units of both, where they are the same, else a layer."""
    if (
        a.term.base == b.term.base
        and _same(a, b)
        and a.whole(builder.units(a))
        and a.term.size + b.term.size < SIZE_LIMIT
    ):
        return Data(Term(a.term.base, op, (a.term, b.term), call.node), a.index)
    return _layer(builder, op, [a, b], call.layer_name())


_MERGES = ("add", "sub", "mul", "div", "max", "min", "mean")


def _layer(builder: Builder, op: str, datas: Sequence[Data], name: str) -> Data:
    """A layer that combines data unit by unit, each seen as the fewest layers allow."""
    if op not in _MERGES:
        raise ModelError("it compares what is computed; no layer does")
    rank = max(len(data.shape) for data in datas)
    wide = [data.moved(data.index.reshape((1,) * (rank - len(data.shape)) + data.shape)) for data in datas]
    samples = [builder.sample(data) for data in wide]
    try:
        shape = np.broadcast_shapes(*(sample.units.shape for sample in samples))
    except ValueError as error:
        raise ModelError(f"shapes {' and '.join(str(list(data.shape)) for data in datas)} do not fit") from error
    if len({sample.axis for sample in samples}) > 1:
        raise ModelError("its inputs have their batch in different places")
    best: tuple[int, Arrangement, list[list[Step]]] | None = None
    for way in arrangements(shape):
        plans = [
            plan(_seen(way, sample.units, shape), data.term.base.shape, data.fill)
            for data, sample in zip(wide, samples, strict=True)
        ]
        cost = sum(map(len, plans))
        if best is None or cost < best[0]:
            best = cost, way, plans
        if not cost:
            break
    if best is None:
        raise ModelError("it has no inputs")
    _, way, plans = best
    values = [builder.taken(builder.made(data.term), steps) for data, steps in zip(wide, plans, strict=True)]
    target = way.sheet(np.empty(shape, np.int8)).shape
    if len(values) > 1 and all(value.shape != target for value in values):
        values[0] = _expanded(builder, values, target)
    return builder.fresh(builder.layer(op, *values, name=name), way, shape, samples[0].axis)


def _expanded(builder: Builder, values: Sequence[Value], target: tuple[int, ...]) -> Value:
    """The first of values, as large as the layer is to be, unless they are that together."""
    together = tuple(max(sizes) for sizes in zip(*(value.shape for value in values), strict=True))
    if together == target:
        return values[0]
    return builder.layer("expand", values[0], shape=target)


def _seen(way: Arrangement, index: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An index as (channels, length), each of them 1 where it is the same all along."""
    sizes = list(index.shape)
    for group in (way.order[: way.split], way.order[way.split :]):
        if any(index.shape[axis] > 1 for axis in group):
            for axis in group:
                sizes[axis] = shape[axis]
    return way.sheet(np.broadcast_to(index, sizes))


def _sheet(builder: Builder, data: Data, array: np.ndarray) -> np.ndarray:
    """A constant for each element of ``data``, all units of a layer once, as (channels, length) of that layer.

    Raises ModelError for one that is larger than the data, or differs between the samples of a batch.
    """
    index, axis = builder.sample(data)
    wide = np.asarray(array, dtype=float).reshape((1,) * (len(data.shape) - array.ndim) + array.shape)
    if axis is not None:
        if wide.shape[axis] != 1:
            raise ModelError("it has a constant of its own for each sample of the batch")
        wide = wide.squeeze(axis)
    sheet = np.empty(data.term.base.shape.units)
    sheet[index.ravel()] = np.broadcast_to(wide, index.shape).ravel()
    return sheet.reshape(data.term.base.shape)


def once(builder: Builder, data: Data) -> Data:
    """Data that is the units of a layer, all of them and each once."""
    data = builder.settled(data)
    if data.index.size == builder.units(data):
        return data
    way, steps = builder.best(data)
    sample = builder.sample(data)
    return builder.fresh(builder.taken(builder.made(data.term), steps), way, sample.units.shape, sample.axis)


def _with_constant(call: Call, op: str, data: Data, constant: Constant, first: bool) -> Data:
    """An operation of data and a constant; ``first``: the data comes first."""
    builder, array = call.builder, finite(constant.array, "a constant")
    shape = np.broadcast_shapes(data.shape, array.shape)
    if shape != data.shape:
        data = data.moved(np.broadcast_to(data.index, shape))
    if op == "add" or (op == "sub" and first):
        fused = _with_bias(call, data, array if op == "add" else -array)
        if fused is not None:
            return fused
    if array.size and (array == array.ravel()[0]).all():
        return builder.function(op, call.node, data, float(array.ravel()[0]), first=first)
    data = once(builder, data)
    sheet = _sheet(builder, data, array)
    name = next((call.layer_name() for n, held in enumerate(call.inputs) if held is constant), "")
    if op == "div" and not first:
        return affine(builder, builder.function("reciprocal", call.node, data), sheet, None, name)
    if op == "div" and not sheet.all():
        raise ModelError("it divides by 0")
    ways: Mapping[str, Callable[[], tuple[np.ndarray | None, np.ndarray | None]]] = {
        "add": lambda: (None, sheet),
        "sub": lambda: (None, -sheet) if first else (-np.ones_like(sheet), sheet),
        "mul": lambda: (sheet, None),
        "div": lambda: (1 / sheet, None),
    }
    if op not in ways:
        raise ModelError("it takes a constant that differs from unit to unit; no layer does that")
    number = next((n for n, held in enumerate(call.inputs) if held is not constant), 0)
    return affine(builder, data, *ways[op](), name, call.alone(number))


class Per(NamedTuple):
    """What a layer of constants has one of each for, and these."""

    what: str
    arrays: list[np.ndarray]


def least(*sheets: np.ndarray) -> Per:
    """The fewest numbers that say sheets of constants."""
    cuts: dict[str, tuple[Any, Any]] = {
        "layer": (slice(0, 1), slice(0, 1)),
        "channel": (slice(None), slice(0, 1)),
        "position": (slice(0, 1), slice(None)),
    }
    for what, (rows, columns) in cuts.items():
        if all((sheet == sheet[rows, columns]).all() for sheet in sheets):
            return Per(what, [sheet[rows, columns].ravel() for sheet in sheets])
    return Per("unit", list(sheets))


def affine(
    builder: Builder, data: Data, weight: np.ndarray | None, bias: np.ndarray | None, name: str, alone: bool = False
) -> Data:
    """``weight * data + bias``, both (channels, length) of the layer that ``data`` is, all of it once."""
    earlier = builder.record(data)
    value = builder.made(data.term)
    if earlier is not None and "per" in earlier.fields and alone:
        (value,) = earlier.sources
        before, added = (_spread(earlier, part, value) for part in ("weight", "bias"))
        weight, bias = _chained(before, added, weight, bias)
        name = earlier.name or name
    sheets = {part: sheet for part, sheet in (("weight", weight), ("bias", bias)) if sheet is not None}
    per = least(*sheets.values())
    made = builder.layer("affine", value, name=name, tensors=dict(zip(sheets, per.arrays, strict=True)), per=per.what)
    return Data(Term(made), data.index)


def _spread(record: Record, part: str, value: Value) -> np.ndarray | None:
    if part not in record.tensors:
        return None
    array = np.asarray(record.tensors[part])
    per = record.fields["per"]
    shaped = array.reshape(-1, 1) if per == "channel" else array.reshape(1, -1) if array.ndim == 1 else array
    return np.broadcast_to(shaped, value.shape)


def _chained(
    weight: np.ndarray | None, bias: np.ndarray | None, then: np.ndarray | None, added: np.ndarray | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    if then is not None:
        weight = then if weight is None else weight * then
        bias = None if bias is None else bias * then
    if added is not None:
        bias = added if bias is None else bias + added
    return weight, bias


def _with_bias(call: Call, data: Data, array: np.ndarray) -> Data | None:
    """The layer with weights that ``data`` is, with a bias; None where it is none, has one, or is taken as it is."""
    builder = call.builder
    number = next((n for n, held in enumerate(call.inputs) if isinstance(held, Data)), 0)
    record = builder.record(data)
    if record is None or not call.alone(number) or data.index.size != builder.units(data):
        return None
    sheet = _sheet(builder, data, array)
    if "per" in record.fields:  # constants of units themselves
        return affine(builder, data, None, sheet, "", alone=True)
    bias = bias_of(record, sheet) if "bias" not in record.tensors else None
    if bias is None:
        return None
    tensors = {**record.tensors, "bias": bias}
    name = call.node.stem or record.name
    made = builder.layer(
        record.kind, *record.sources, name=name, tensors=tensors, parameter=record.parameter, **record.fields
    )
    return Data(Term(made), data.index)


def bias_of(record: Record, sheet: np.ndarray) -> np.ndarray | None:
    """The bias of a layer for numbers to add to its units (channels, length); None where it can have no such."""
    shapes = [source.shape for source in record.sources]
    layer = record.layer()
    if not layer.has_weights or "per" in record.fields:
        return None
    (number,) = layer.bias_shape(*shapes)
    channels, length = sheet.shape
    by_channel = number == 1 if channels == 1 else layer.bias_element(length, *shapes) == 1
    along = sheet.T if by_channel else sheet
    return along[0] if (along == along[:1]).all() else None
