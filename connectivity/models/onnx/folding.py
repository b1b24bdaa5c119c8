"""Operations on constants alone: exporters compute sizes of padding, shapes and norms of weights in the graph.

Each is a function of a call whose inputs are constants (or left out) to arrays, as numpy computes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.onnx.calls import Call, axis_of
from connectivity.models.onnx.messages import TensorMessage
from connectivity.models.onnx.tensors import BFLOAT16, TYPES

FOLDED_LIMIT = 2**26
"""The most elements of a constant that is computed."""

_ERF = np.vectorize(math.erf, otypes=[float])


def room(size: float) -> None:
    """Raise ModelError where a computed constant would be too large."""
    if size > FOLDED_LIMIT:
        raise ModelError(f"it would make {size:,.0f} elements; at most {FOLDED_LIMIT:,}, which no option raises")


def _arrays(call: Call) -> list[np.ndarray]:
    return [call.array(number) for number in range(len(call.inputs)) if call.has(number)]


def _elementwise(function: Callable[..., np.ndarray]) -> Callable[[Call], list[np.ndarray]]:
    def folded(call: Call) -> list[np.ndarray]:
        arrays = _arrays(call)
        room(math.prod(np.broadcast_shapes(*(array.shape for array in arrays))))
        return [np.asarray(function(*arrays))]

    return folded


def _many(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Call], list[np.ndarray]]:
    def folded(call: Call) -> list[np.ndarray]:
        first, *rest = _arrays(call)
        for array in rest:
            first = np.asarray(function(first, array))
        return [first]

    return folded


def _div(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whole numbers are divided towards 0."""
    if not np.issubdtype(a.dtype, np.integer):
        return np.asarray(a / b)
    if not np.all(b):
        raise ModelError("it divides by 0")
    return np.asarray(np.trunc(a / b) if np.abs(a).max(initial=0) < 2**53 else a // b).astype(a.dtype)


def _mod(call: Call) -> list[np.ndarray]:
    a, b = _arrays(call)
    if not np.all(b):
        raise ModelError("it divides by 0")
    return [np.asarray(np.fmod(a, b) if call.said("fmod", 0) else np.mod(a, b))]


def _pow(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(np.power(a.astype(float), b.astype(float))).astype(a.dtype)


def _type(number: int) -> np.dtype[np.generic]:
    if number not in TYPES:
        raise ModelError(f"it makes elements of type {number}, which are no numbers")
    return np.dtype("<f4" if number == BFLOAT16 else TYPES[number])


def _cast(call: Call) -> list[np.ndarray]:
    return [call.array(0).astype(_type(call.said("to", 1)))]


def _constant(call: Call) -> list[np.ndarray]:
    attributes = call.node.attributes
    if isinstance(attributes.get("value"), TensorMessage):
        return [call.tensor(attributes["value"])]
    for name, type in (("value_float", "<f4"), ("value_floats", "<f4"), ("value_int", "<i8"), ("value_ints", "<i8")):
        if name in attributes:
            return [np.array(attributes[name], type)]
    raise ModelError("it is a constant of no numbers")


def _constant_of_shape(call: Call) -> list[np.ndarray]:
    shape = call.integers(0)
    if any(size < 0 for size in shape):
        raise ModelError(f"it makes a constant of shape {shape}")
    room(math.prod(shape))
    value = call.node.attributes.get("value")
    one = call.tensor(value).ravel()[:1] if isinstance(value, TensorMessage) else np.zeros(1, "<f4")
    return [np.broadcast_to(one, shape).copy() if one.size else np.zeros(shape, "<f4")]


def _range(call: Call) -> list[np.ndarray]:
    start, stop, step = (call.array(number).ravel()[0] for number in range(3))
    if not step:
        raise ModelError("its step is 0")
    room(abs((stop - start) / step))
    return [np.arange(start, stop, step)]


def _matmul(call: Call) -> list[np.ndarray]:
    a, b = _arrays(call)
    room(a.size * (b.shape[-1] if b.ndim > 1 else 1))
    return [np.matmul(a, b)]


def _gemm(call: Call) -> list[np.ndarray]:
    a, b = (call.array(n).T if call.said(name, 0) else call.array(n) for n, name in enumerate(("transA", "transB")))
    made = call.said("alpha", 1.0) * (a @ b)
    return [made + call.said("beta", 1.0) * call.array(2) if call.has(2) else made]


def reduced_axes(call: Call, rank: int) -> list[int] | None:
    """The axes that a reduction names, from the front; None where it reduces nothing at all."""
    given = call.integers(1) if call.has(1) else call.node.attributes.get("axes")
    if not given:
        return None if call.said("noop_with_empty_axes", 0) else list(range(rank))
    return sorted({axis_of(axis, rank) for axis in given})


def _reduction(function: Callable[..., np.ndarray]) -> Callable[[Call], list[np.ndarray]]:
    def folded(call: Call) -> list[np.ndarray]:
        array = call.array(0)
        axes = reduced_axes(call, array.ndim)
        if axes is None:
            return [array]
        made = function(array, axis=tuple(axes), keepdims=bool(call.said("keepdims", 1)))
        return [np.asarray(made).astype(array.dtype)]

    return folded


def _scatter_nd(call: Call) -> list[np.ndarray]:
    array, places, updates = _arrays(call)
    made = array.copy()
    made[tuple(np.moveaxis(places, -1, 0))] = updates
    return [made]


def _dequantize(call: Call) -> list[np.ndarray]:
    array, scale = call.array(0), call.array(1)
    zero = call.array(2) if call.has(2) else np.zeros((), array.dtype)
    shape: Sequence[int] = [1] * array.ndim
    if scale.ndim == 1 and scale.size > 1:
        axis = axis_of(call.said("axis", 1), array.ndim)
        shape = [scale.size if place == axis else 1 for place in range(array.ndim)]
    elif scale.ndim > 1:
        raise ModelError("it is quantized in blocks, which are not read")
    wide = array.astype("<i4") - zero.astype("<i4").reshape(shape if zero.size > 1 else [1] * array.ndim)
    return [(wide * scale.reshape(shape if scale.size > 1 else [1] * array.ndim)).astype("<f4")]


def _where(condition: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where(condition, a, b)


FOLDED: dict[str, Callable[[Call], list[np.ndarray]]] = {
    "Add": _elementwise(np.add), "Sub": _elementwise(np.subtract), "Mul": _elementwise(np.multiply),
    "Div": _elementwise(_div), "Mod": _mod, "Pow": _elementwise(_pow), "Sqrt": _elementwise(np.sqrt),
    "Exp": _elementwise(np.exp), "Log": _elementwise(np.log), "Neg": _elementwise(np.negative),
    "Abs": _elementwise(np.abs), "Reciprocal": _elementwise(lambda x: (1 / x).astype(x.dtype)),
    "Floor": _elementwise(np.floor), "Ceil": _elementwise(np.ceil), "Round": _elementwise(np.rint),
    "Sign": _elementwise(np.sign), "Sin": _elementwise(np.sin), "Cos": _elementwise(np.cos),
    "Tanh": _elementwise(np.tanh), "Sigmoid": _elementwise(lambda x: (1 / (1 + np.exp(-x))).astype(x.dtype)),
    "Relu": _elementwise(lambda x: np.maximum(x, 0)), "Erf": _elementwise(lambda x: _ERF(x).astype(x.dtype)),
    "Softplus": _elementwise(lambda x: np.logaddexp(x, 0).astype(x.dtype)),
    "Equal": _elementwise(np.equal), "Greater": _elementwise(np.greater), "Less": _elementwise(np.less),
    "GreaterOrEqual": _elementwise(np.greater_equal), "LessOrEqual": _elementwise(np.less_equal),
    "Not": _elementwise(np.logical_not), "And": _elementwise(np.logical_and), "Or": _elementwise(np.logical_or),
    "Xor": _elementwise(np.logical_xor), "Where": _elementwise(_where),
    "Sum": _many(np.add), "Max": _many(np.maximum), "Min": _many(np.minimum),
    "Cast": _cast, "CastLike": lambda call: [call.array(0).astype(call.array(1).dtype)],
    "Constant": _constant, "ConstantOfShape": _constant_of_shape, "Range": _range, "MatMul": _matmul, "Gemm": _gemm,
    "ScatterND": _scatter_nd, "DequantizeLinear": _dequantize,
    "ReduceSum": _reduction(np.sum), "ReduceMean": _reduction(np.mean), "ReduceMax": _reduction(np.max),
    "ReduceMin": _reduction(np.min), "ReduceProd": _reduction(np.prod),
    "ReduceL1": _reduction(lambda x, **how: np.abs(x).sum(**how)),
    "ReduceL2": _reduction(lambda x, **how: np.sqrt(np.square(x.astype(float)).sum(**how))),
    "ReduceSumSquare": _reduction(lambda x, **how: np.square(x).sum(**how)),
    "Size": lambda call: [np.array(call.array(0).size)],
}  # fmt: skip
"""What becomes of constants, by the operator; what only moves elements stands in :mod:`.moving`."""
