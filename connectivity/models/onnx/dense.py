"""Products with constant matrices: Gemm, MatMul, and the linear models of scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.onnx.arranging import Arrangement, Step, arrangements, plan
from connectivity.models.onnx.calls import Call
from connectivity.models.onnx.elementwise import two
from connectivity.models.onnx.values import Constant, Data, Held, Term


def gemm(call: Call) -> list[Held]:
    """``alpha * A B + beta * C``, one of A and B a constant; C a constant, or data that is added."""
    alpha, beta = call.said("alpha", 1.0), call.said("beta", 1.0)
    turned = [bool(call.said(name, 0)) for name in ("transA", "transB")]
    if isinstance(call.inputs[0], Constant):
        raise ModelError("it multiplies a constant with data: only data with a constant is drawn")
    data = call.data(0)
    if turned[0]:
        data = data.moved(data.index.T)
    matrix = call.floats(1).T if turned[1] else call.floats(1)
    key = _key(call, (1, 2), (alpha, beta, turned[1]))
    bias = None
    if call.has(2) and isinstance(call.inputs[2], Constant) and beta:
        bias = beta * np.asarray(call.floats(2), dtype=float)
        if bias.size not in (1, matrix.shape[-1]):
            raise ModelError(f"its C of shape {list(bias.shape)} differs between samples")
        bias = np.broadcast_to(bias.ravel(), matrix.shape[-1:])
    made = _multiplied(call, data, alpha * matrix if alpha != 1 else matrix, bias, key, call.layer_name())
    if call.has(2) and bias is None and beta:
        held = call.data(2) if isinstance(call.inputs[2], Data) else call.constant(2)
        return [two(call, "add", made, two(call, "mul", held, Constant(np.array(beta), None)))]
    return [made]


def matmul(call: Call) -> list[Held]:
    """Data times a constant, or a constant times data."""
    a, b = call.inputs[:2]
    if isinstance(a, Data) and isinstance(b, Constant):
        return [_multiplied(call, a, call.floats(1), None, _key(call, (1,), ()), call.layer_name())]
    if isinstance(a, Constant) and isinstance(b, Data):
        rows = call.floats(0)
        if len(b.shape) < 2 or rows.ndim < 2:
            raise ModelError("it multiplies a constant with data that is no matrix")
        data = b.moved(b.index.swapaxes(-1, -2))
        made = _multiplied(call, data, rows.swapaxes(-1, -2), None, _key(call, (0,), ()), call.layer_name())
        return [made.moved(made.index.swapaxes(-1, -2))]
    raise ModelError("it multiplies two computed values, as attention does; only a product with a constant is a layer")


def _key(call: Call, numbers: tuple[int, ...], more: tuple[Any, ...]) -> tuple[Any, ...] | None:
    keys = [call.inputs[n].key for n in numbers if call.has(n) and isinstance(call.inputs[n], Constant)]  # type: ignore[union-attr]  # they are constants
    return None if None in keys else ("product", *more, *keys)


def _multiplied(call: Call, data: Data, matrix: np.ndarray, bias: np.ndarray | None, key: Any, name: str) -> Data:
    """``data`` times ``matrix`` (inputs, outputs) along its last axis."""
    if matrix.ndim == 1:
        made = _multiplied(call, data, matrix[:, None], bias, key, name)
        return made.moved(made.index[..., 0])
    if matrix.ndim > 2:
        if math.prod(matrix.shape[:-2]) != 1:
            raise ModelError(f"it multiplies with {math.prod(matrix.shape[:-2])} matrices at once")
        matrix = matrix.reshape(matrix.shape[-2:])
    if data.shape[-1] != matrix.shape[0]:
        raise ModelError(f"shapes {list(data.shape)} and {list(matrix.shape)} cannot be multiplied")
    builder = call.builder
    sample = builder.sample(data)
    if sample.axis == len(data.shape) - 1:
        raise ModelError("it mixes the samples of a batch")
    rows = math.prod(sample.units.shape[:-1])
    tensors = {"weight": np.ascontiguousarray(matrix.T)}
    if bias is not None:
        tensors["bias"] = bias
    if rows == 1:
        return _flat(call, data, tensors, key, name)
    rank = sample.units.ndim
    across = Arrangement((rank - 1, *range(rank - 1)), 1)  # the last axis is the channels: a convolution of one tap
    along = Arrangement(tuple(range(rank)), rank - 1)  # the last axis is the positions: the same in each channel
    way, _ = builder.best(data, [along, across])
    source = builder.value(data, way)
    shape = (*sample.units.shape[:-1], matrix.shape[1])
    if way is across:
        tensors["weight"] = tensors["weight"][:, :, None]
        fields: dict[str, Any] = {"kernel_size": 1, "channels": matrix.shape[1]}
        value = builder.layer("conv", source, name=name, tensors=tensors, parameter=key, **fields)
    else:
        fields = {"units": matrix.shape[1], "flatten": False}
        value = builder.layer("fc", source, name=name, tensors=tensors, parameter=key, **fields)
    return builder.fresh(value, way, shape, sample.axis)


def _flat(call: Call, data: Data, tensors: dict[str, np.ndarray], key: Any, name: str) -> Data:
    """One row: fully connected to all units. Their order is put into the weights, and no layer changes it."""
    builder = call.builder
    sample = builder.sample(data)
    index, shape = sample.units.ravel(), data.term.base.shape
    if len(index) == shape.units and data.whole(builder.units(data)):
        source = builder.made(data.term)
        if not np.array_equal(index, np.arange(shape.units)):
            weight = np.empty_like(tensors["weight"])
            weight[:, index] = tensors["weight"]
            tensors = {**tensors, "weight": weight}
            key = None if key is None else (*key, "turned", shape)
            builder.assembly.note(
                f"the weights of {name or 'a layer'} are in the order of the units before it, channel by channel"
            )
    else:
        ways = [way for way in arrangements(sample.units.shape) if _in_order(way, sample.units)]
        steps = min((plan(way.sheet(sample.units), shape, data.fill) for way in ways), key=len)
        if steps[-1:] == [Step("flatten")]:
            steps = steps[:-1]  # which the layer does by itself
        source = builder.taken(builder.made(data.term), steps)
    outputs = tensors["weight"].shape[0]
    value = builder.layer("fc", source, name=name, tensors=tensors, parameter=key, units=outputs)
    made = (*sample.units.shape[:-1], outputs)
    return builder.fresh(value, Arrangement(tuple(range(len(made))), len(made) - 1), made, sample.axis)


def _in_order(way: Arrangement, index: np.ndarray) -> bool:
    return np.array_equal(way.sheet(index).ravel(), index.ravel())


def linear_model(call: Call) -> list[Held]:
    """LinearRegressor and LinearClassifier: coefficients (outputs, inputs), and a number added to each."""
    data = call.data(0)
    coefficients = np.array(call.said("coefficients", []), dtype=float)
    inputs = data.shape[-1]
    if not coefficients.size or coefficients.size % inputs:
        raise ModelError(f"its {coefficients.size} coefficients do not fit {inputs} inputs")
    bias = np.array(call.said("intercepts", []), dtype=float)
    ends = {"NONE": "", "SOFTMAX": "softmax", "LOGISTIC": "sigmoid"}
    end = call.said("post_transform", "NONE")
    if end not in ends:
        raise ModelError(f"its post_transform {end} is not drawn")
    matrix = coefficients.reshape(-1, inputs).T
    wide = np.broadcast_to(bias, matrix.shape[1:]) if bias.size else None
    made = _multiplied(call, data, matrix, wide, None, call.layer_name())
    if ends[end]:
        value = call.builder.assembly.activation(call.builder.made(made.term), ends[end])
        made = Data(Term(value), made.index)
    return [made]


def scaler(call: Call) -> list[Held]:
    """``(x - offset) * scale``."""
    offset, scale = (np.array(call.said(name, []), dtype=float) for name in ("offset", "scale"))
    held: Held = call.data(0)
    if offset.size:
        held = two(call, "sub", held, Constant(offset, None))
    return [two(call, "mul", held, Constant(scale, None)) if scale.size else held]
