"""Random ONNX models of every operator that is drawn, in every version of the operators, each by its seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = (6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22)


class Writer:
    """A graph that grows at its end: ``value`` is the name of what was made last, ``shape`` its shape."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.opset = self.random.choice(OPSETS)
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []
        self.used: list[str] = []

    def name(self) -> str:
        return f"v{len(self.nodes)}_{len(self.tensors)}"

    def constant(self, array: Any) -> str:
        array = np.asarray(array)
        name = f"c{len(self.tensors)}"
        if self.random.random() < 0.2:
            self.nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array, name)))
        tensor = numpy_helper.from_array(array, name)
        if self.nodes and name in self.nodes[-1].output:
            self.tensors.append(numpy_helper.from_array(np.zeros(1, "<f4"), f"unused{name}"))
        else:
            self.tensors.append(tensor)
        return name

    def weights(self, *shape: int, scale: float = 0.6) -> str:
        return self.constant(self.numbers.normal(size=shape, scale=scale).astype("<f4"))

    def node(self, op: str, inputs: list[str], outputs: int = 1, **attributes: Any) -> list[str]:
        made = [f"{self.name()}_{number}" for number in range(outputs)]
        named = f"{op}_{len(self.nodes)}" if self.random.random() < 0.7 else ""
        self.nodes.append(helper.make_node(op, inputs, made, name=named, **attributes))
        self.used.append(op)
        return made

    def ints(self, values: list[int]) -> str:
        return self.constant(np.array(values, "<i8"))


Value = tuple[str, tuple[int, ...]]
Maker = Callable[[Writer, str, tuple[int, ...]], Value]


def conv(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    n, c, length = shape
    group = w.random.choice([g for g in (1, 2, 3) if c % g == 0])
    out = group * w.random.randint(1, 3)
    kernel, stride, dilation = w.random.randint(1, 4), w.random.choice((1, 1, 2, 3)), w.random.choice((1, 1, 2))
    attributes: dict[str, Any] = {"strides": [stride], "dilations": [dilation], "group": group}
    extent = dilation * (kernel - 1)
    pads = [w.random.randint(0, 3), w.random.randint(0, 3)]
    if length + sum(pads) <= extent:
        pads[1] += extent
    how = w.random.choice(("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"))
    if how == "NOTSET" or (how == "VALID" and length <= extent):
        attributes["pads"] = pads
        size = (length + sum(pads) - extent - 1) // stride + 1
    elif how == "VALID":
        attributes["auto_pad"], size = how, (length - extent - 1) // stride + 1
    else:
        attributes["auto_pad"], size = how, -(-length // stride)
        if dilation > 1:
            attributes.pop("auto_pad")
            attributes["pads"] = pads
            size = (length + sum(pads) - extent - 1) // stride + 1
    if w.random.random() < 0.5:
        attributes["kernel_shape"] = [kernel]
    inputs = [x, w.weights(out, c // group, kernel)] + ([w.weights(out)] if w.random.random() < 0.6 else [])
    return w.node("Conv", inputs, **attributes)[0], (n, out, size)


def conv_transpose(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    n, c, length = shape
    group = w.random.choice([g for g in (1, 2) if c % g == 0])
    out = w.random.randint(1, 3)
    kernel, stride, dilation = w.random.randint(1, 4), w.random.choice((1, 2, 3)), w.random.choice((1, 1, 2))
    extent = dilation * (kernel - 1)
    extra = w.random.randint(0, max(stride, dilation) - 1) if w.random.random() < 0.5 else 0
    full = (length - 1) * stride + extent + 1 + extra
    attributes: dict[str, Any] = {"strides": [stride], "dilations": [dilation], "group": group}
    if extra:
        attributes["output_padding"] = [extra]
    how = w.random.choice(("pads", "pads", "shape", "none"))
    size = full
    if how == "pads":
        left, right = w.random.randint(0, min(2, full // 3)), w.random.randint(0, min(2, full // 3))
        attributes["pads"], size = [left, right], full - left - right
    elif how == "shape":
        size = max(1, full - w.random.randint(0, 3))
        attributes["output_shape"] = [size]
        attributes["auto_pad"] = w.random.choice(("SAME_UPPER", "SAME_LOWER"))
    inputs = [x, w.weights(c, out, kernel)] + ([w.weights(out * group)] if w.random.random() < 0.6 else [])
    return w.node("ConvTranspose", inputs, **attributes)[0], (n, out * group, size)


def pool(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    n, c, length = shape
    op = w.random.choice(("MaxPool", "AveragePool", "LpPool"))
    kernel = w.random.randint(1, min(3, length))
    stride = w.random.randint(1, 3)
    pads = [w.random.randint(0, kernel // 2), w.random.randint(0, kernel // 2)]
    attributes: dict[str, Any] = {"kernel_shape": [kernel], "strides": [stride], "pads": pads}
    size = (length + sum(pads) - kernel) // stride + 1
    if op == "AveragePool" and w.opset >= 7:
        attributes["count_include_pad"] = w.random.randint(0, 1)
    if op == "LpPool":
        attributes["p"] = 2
    return w.node(op, [x], **attributes)[0], (n, c, size)


def global_pool(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    op = w.random.choice(("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"))
    return w.node(op, [x])[0], (*shape[:2], 1)


def batchnorm(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    c = shape[1]
    variance = w.constant(w.numbers.uniform(0.5, 2, size=c).astype("<f4"))
    attributes: dict[str, Any] = {"epsilon": w.random.choice((1e-5, 1e-3))}
    return w.node("BatchNormalization", [x, w.weights(c), w.weights(c), w.weights(c), variance], **attributes)[0], shape


SIMPLE = {
    "Relu": {}, "LeakyRelu": {"alpha": 0.2}, "Elu": {"alpha": 0.7}, "Selu": {}, "ThresholdedRelu": {"alpha": 0.3},
    "HardSigmoid": {"alpha": 0.3, "beta": 0.4}, "Sigmoid": {}, "Tanh": {}, "Softplus": {}, "Softsign": {}, "Abs": {},
    "Neg": {}, "Exp": {}, "Floor": {}, "Ceil": {}, "Sin": {}, "Cos": {}, "Erf": {}, "Sign": {}, "Round": {},
    "Celu": {"alpha": 1.3}, "HardSwish": {}, "Gelu": {}, "Mish": {}, "Shrink": {"lambd": 0.3, "bias": 0.3},
}  # fmt: skip
SINCE = {
    "ThresholdedRelu": 10, "Sin": 7, "Cos": 7, "Erf": 9, "Sign": 9, "Round": 11, "Celu": 12, "HardSwish": 14,
    "Gelu": 20, "Mish": 18, "Shrink": 9,
}  # fmt: skip


def activation(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    op = w.random.choice([op for op in SIMPLE if SINCE.get(op, 6) <= w.opset])
    (x,) = w.node("Tanh", [x]) if op in ("Exp",) else [x]
    return w.node(op, [x], **SIMPLE[op])[0], shape


def composed(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    """Activations in the words of exporters."""
    how = w.random.choice(("silu", "gelu", "gelu_tanh", "hardswish", "mish", "square", "affine", "logsigmoid"))
    number = lambda value: w.constant(np.array(value, "<f4"))  # noqa: E731
    if how == "silu":
        return w.node("Mul", [x, *w.node("Sigmoid", [x])])[0], shape
    if how == "gelu" and w.opset >= 9:
        erf = w.node("Erf", w.node("Div", [x, number(1.41421356)]))[0]
        return w.node("Mul", [*w.node("Mul", [x, *w.node("Add", [erf, number(1.0)])]), number(0.5)])[0], shape
    if how == "gelu_tanh" and w.opset >= 7:
        cube = w.node("Mul", [*w.node("Pow", [x, number(3.0)]), number(0.044715)])[0]
        inner = w.node("Mul", [*w.node("Add", [x, cube]), number(0.7978845608)])[0]
        half = w.node("Mul", [x, number(0.5)])[0]
        return w.node("Mul", [half, *w.node("Add", [*w.node("Tanh", [inner]), number(1.0)])])[0], shape
    if how == "hardswish":
        return w.node("Mul", [x, *w.node("HardSigmoid", [x], alpha=1 / 6, beta=0.5)])[0], shape
    if how == "mish":
        return w.node("Mul", [x, *w.node("Tanh", w.node("Softplus", [x]))])[0], shape
    if how == "square":
        return w.node("Mul", [x, x])[0], shape
    if how == "logsigmoid":
        return w.node("Log", w.node("Sigmoid", [x]))[0], shape
    if w.opset < 7:
        return w.node("Neg", [x])[0], shape
    return w.node("Sub", [number(1.0), *w.node("Mul", [x, number(0.7)])])[0], shape


def constant_arithmetic(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    op = w.random.choice(("Add", "Sub", "Mul", "Div")) if w.opset >= 7 else ""
    if not op:
        return activation(w, x, shape)
    sizes = [(1,), shape[1:], (shape[1], 1) if len(shape) > 2 else shape[1:], shape[-1:]]
    array = w.numbers.uniform(0.5, 1.5, size=w.random.choice(sizes)).astype("<f4")
    inputs = [x, w.constant(array)]
    if w.random.random() < 0.3 and op != "Div":
        inputs.reverse()
    return w.node(op, inputs)[0], shape


def clip(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    low, high = w.random.choice(((-0.5, 0.7), (0.0, 6.0), (-1.0, 1.0)))
    if w.opset < 11:
        return w.node("Clip", [x], min=low, max=high)[0], shape
    bounds = [w.constant(np.array(one, "<f4")) for one in (low, high)]
    if w.random.random() < 0.3:
        bounds[w.random.randint(0, 1)] = ""
    return w.node("Clip", [x, *bounds])[0], shape


def prelu(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    if w.opset < 7 or len(shape) < 3:
        return activation(w, x, shape)
    return w.node("PRelu", [x, w.weights(*w.random.choice(((1,), (shape[1], 1))))])[0], shape


def softmax(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    axis = w.random.choice(range(1, len(shape)))
    return w.node(w.random.choice(("Softmax", "LogSoftmax")), [x], axis=axis)[0], shape


def residual(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    """Two branches of one shape, combined."""
    a, _ = w.random.choice((activation, composed))(w, x, shape)
    b = x if w.random.random() < 0.4 else w.random.choice((activation, clip))(w, x, shape)[0]
    if len(shape) == 3 and w.random.random() < 0.6:
        kernel = w.weights(shape[1], shape[1], 3)
        (b,) = w.node("Conv", [x, kernel], pads=[1, 1])
    op = w.random.choice(("Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean") if w.opset >= 8 else ("Sum", "Max"))
    return w.node(op, [a, b])[0], shape


def concat(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    axis = w.random.choice(range(1, len(shape)))
    a, b = activation(w, x, shape)[0], w.random.choice((activation, composed))(w, x, shape)[0]
    parts = [a, b] if w.random.random() < 0.6 else [a, x, b]
    new = list(shape)
    new[axis] *= len(parts)
    return w.node("Concat", parts, axis=axis)[0], tuple(new)


def split(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    """Halves, of which one is the other's gate, or both again in the other order."""
    axis = w.random.choice(range(1, len(shape)))
    size = shape[axis]
    if size < 2:
        return activation(w, x, shape)
    first = w.random.randint(1, size - 1) if w.random.random() < 0.5 or size % 2 else size // 2
    parts = [first, size - first]
    if w.opset < 13:
        a, b = w.node("Split", [x], 2, axis=axis, split=parts)
    else:
        a, b = w.node("Split", [x, w.ints(parts)], 2, axis=axis)
    if first * 2 == size and w.random.random() < 0.6 and w.opset >= 7:
        return w.node("Mul", [a, *w.node("Sigmoid", [b])])[0], (*shape[:axis], first, *shape[axis + 1 :])
    return w.node("Concat", [b, a], axis=axis)[0], shape


def sliced(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    axis = w.random.choice(range(1, len(shape)))
    size = shape[axis]
    if size < 3:
        return activation(w, x, shape)
    start, end = w.random.randint(0, size // 3), w.random.randint(2 * size // 3, size)
    step = w.random.choice((1, 1, 2, -1)) if w.opset >= 10 else 1
    if step < 0:
        start, end = end - 1, start - 1 - size if start == 0 else start - 1
        end = -(2**31) if end < 0 else end
    length = len(range(size)[slice(start, None if end == -(2**31) else end, step)])
    new = (*shape[:axis], length, *shape[axis + 1 :])
    if w.opset < 10:
        return w.node("Slice", [x], starts=[start], ends=[end], axes=[axis])[0], new
    inputs = [x, w.ints([start]), w.ints([end]), w.ints([axis - len(shape) if w.opset > 10 else axis])]
    return w.node("Slice", [*inputs, w.ints([step])])[0], new


def pad(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    mode = w.random.choice(("constant", "constant", "reflect", "edge") + (("wrap",) if w.opset >= 19 else ()))
    axis = len(shape) - 1 if mode != "constant" else w.random.choice(range(1, len(shape)))
    most = min(3, shape[axis] - 1)
    pads = [0] * 2 * len(shape)
    pads[axis], pads[axis + len(shape)] = w.random.randint(0, most), w.random.randint(0, most)
    new = list(shape)
    new[axis] += pads[axis] + pads[axis + len(shape)]
    value = w.random.choice((0.0, 0.5))
    if w.opset < 11:
        return w.node("Pad", [x], mode=mode, pads=pads, value=value)[0], tuple(new)
    inputs = [x, w.ints(pads)] + ([w.constant(np.array(value, "<f4"))] if mode == "constant" else [])
    return w.node("Pad", inputs, mode=mode)[0], tuple(new)


def circular(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    """Circular padding as exporters say it: two slices around the whole."""
    length = shape[-1]
    if w.opset < 10 or len(shape) < 3 or length < 3:
        return pad(w, x, shape)
    axis = w.ints([len(shape) - 1])
    (end,) = w.node("Slice", [x, w.ints([length - 2]), w.ints([length]), axis])
    (start,) = w.node("Slice", [x, w.ints([0]), w.ints([1]), axis])
    return w.node("Concat", [end, x, start], axis=len(shape) - 1)[0], (*shape[:-1], length + 3)


def reduction(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    op = w.random.choice(("ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
                          "ReduceLogSumExp"))  # fmt: skip
    axis = w.random.choice(range(1, len(shape)))
    since = 13 if op == "ReduceSum" else 18
    if w.opset < since:
        return w.node(op, [x], axes=[axis], keepdims=1)[0], (*shape[:axis], 1, *shape[axis + 1 :])
    return w.node(op, [x, w.ints([axis])], keepdims=1)[0], (*shape[:axis], 1, *shape[axis + 1 :])


def squeeze_excite(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    if len(shape) < 3 or w.opset < 7:
        return global_pool(w, x, shape) if len(shape) == 3 else activation(w, x, shape)
    (mean,) = w.node("GlobalAveragePool", [x])
    (gate,) = w.node("Sigmoid", w.node("Conv", [mean, w.weights(shape[1], shape[1], 1)]))
    return w.node("Mul", [x, gate])[0], shape


def shuffled(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    """Channels in groups, and those turned: a channel shuffle; or a transposition there and back."""
    if len(shape) < 3:
        return activation(w, x, shape)
    n, c, length = shape
    if c % 2 == 0 and w.random.random() < 0.5:
        (x,) = w.node("Reshape", [x, w.ints([n, 2, c // 2, length])])
        (x,) = w.node("Transpose", [x], perm=[0, 2, 1, 3])
        return w.node("Reshape", [x, w.ints([0, c, -1])])[0], shape
    (x,) = w.node("Transpose", [x], perm=[0, 2, 1])
    x, _ = w.random.choice((activation, constant_arithmetic))(w, x, (n, length, c))
    if w.random.random() < 0.3:
        return x, (n, length, c)
    return w.node("Transpose", [x], perm=[0, 2, 1])[0], shape


def resized(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    if len(shape) < 3 or w.opset < 9:
        return pad(w, x, shape)
    factor = w.random.choice((2, 3))
    scales = w.constant(np.array([1, 1, factor], "<f4"))
    new = (*shape[:2], shape[2] * factor)
    if w.opset == 9:
        return w.node("Upsample", [x, scales], mode="nearest")[0], new
    if w.opset == 10:
        return w.node("Resize", [x, scales], mode="nearest")[0], new
    mode = {"nearest_mode": "floor", "coordinate_transformation_mode": w.random.choice(("asymmetric", "half_pixel"))}
    area = w.constant(np.zeros(6 if w.opset < 13 else 0, "<f4")) if w.opset < 13 else ""
    return w.node("Resize", [x, area, scales], mode="nearest", **mode)[0], new


def gathered(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    axis = w.random.choice(range(1, len(shape)))
    places = [w.random.randrange(shape[axis]) for _ in range(w.random.randint(2, 4))]
    return w.node("Gather", [x, w.ints(places)], axis=axis)[0], (*shape[:axis], len(places), *shape[axis + 1 :])


def product(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    out = w.random.randint(1, 5)
    (x,) = w.node("MatMul", [x, w.weights(shape[-1], out, scale=0.4)])
    if w.random.random() < 0.6 and w.opset >= 7:
        (x,) = w.node("Add", [x, w.weights(out)] if w.random.random() < 0.5 else [w.weights(out), x])
    return x, (*shape[:-1], out)


def dropped(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    return w.node(w.random.choice(("Dropout", "Identity")), [x])[0], shape


def flat(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    size = int(np.prod(shape[1:]))
    if w.random.random() < 0.5:
        return w.node("Flatten", [x])[0], (shape[0], size)
    return w.node("Reshape", [x, w.ints([shape[0], -1])])[0], (shape[0], size)


def gemm(w: Writer, x: str, shape: tuple[int, ...]) -> Value:
    out, turned = w.random.randint(1, 6), w.random.randint(0, 1)
    matrix = w.weights(*((out, shape[1]) if turned else (shape[1], out)), scale=0.4)
    attributes = {"transB": turned, "alpha": w.random.choice((1.0, 0.5)), "beta": w.random.choice((1.0, 2.0))}
    return w.node("Gemm", [x, matrix, w.weights(out)], **attributes)[0], (shape[0], out)


NAMED = (
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
    "BatchNormalization", "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Clip", "PRelu", "Softmax",
    "LogSoftmax", "Concat", "Split", "Slice", "Pad", "ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceL1",
    "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp", "Transpose", "Reshape", "Flatten", "Resize", "Upsample", "Gather",
    "MatMul", "Gemm", "Dropout", "Identity",
)  # fmt: skip
"""The operators beside activations that models are made of here."""

SIGNAL: list[Maker] = [
    conv, conv, conv, conv_transpose, pool, pool, batchnorm, activation, composed, constant_arithmetic, clip, prelu,
    softmax, residual, residual, concat, split, sliced, pad, circular, reduction, squeeze_excite, shuffled, resized,
    gathered, product, dropped,
]  # fmt: skip
FLAT: list[Maker] = [gemm, gemm, product, activation, composed, constant_arithmetic, batchnorm, softmax, residual, concat,
                     split, sliced, gathered, dropped, clip]  # fmt: skip


def model(seed: int, longest: int = 7) -> tuple[onnx.ModelProto, list[str]]:
    """A model, and the operators that are in it."""
    w = Writer(seed)
    shape: tuple[int, ...] = (1, w.random.randint(1, 4), w.random.randint(5, 12))
    start = shape
    x = "x"
    for _ in range(w.random.randint(2, longest)):
        makers = SIGNAL if len(shape) == 3 else FLAT
        x, shape = w.random.choice(makers)(w, x, shape)
        if int(np.prod(shape)) > 400:
            x, shape = w.node("GlobalAveragePool", [x])[0], (*shape[:2], 1)
    if len(shape) == 3 and w.random.random() < 0.5:
        x, shape = flat(w, x, shape)
        for _ in range(w.random.randint(1, 3)):
            x, shape = w.random.choice(FLAT)(w, x, shape)
    (x,) = w.node("Identity", [x])
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(start))]
    if w.opset < 9:  # then initializers were inputs as well
        inputs += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in w.tensors]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, None)]
    graph = helper.make_graph(w.nodes, "generated", inputs, outputs, w.tensors)
    opset = helper.make_opsetid("", w.opset)
    return helper.make_model(graph, opset_imports=[opset], ir_version=3 if w.opset < 9 else 8), w.used
