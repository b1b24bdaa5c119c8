"""The table of operators: what each makes of data. What only moves elements, or is of constants, stands elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from connectivity.errors import ModelError
from connectivity.models.onnx.calls import Call
from connectivity.models.onnx.dense import gemm, linear_model, matmul, scaler
from connectivity.models.onnx.elementwise import SPELLED, activation, arithmetic, clip, mean, prelu, selu, swish, where
from connectivity.models.onnx.joining import concat, pad
from connectivity.models.onnx.resizing import resize
from connectivity.models.onnx.tensors import TYPES
from connectivity.models.onnx.together import batch_normalization, global_pool, normalizer, reduction, softmax
from connectivity.models.onnx.values import Data, Held, Undrawn
from connectivity.models.onnx.windows import average_pool, convolution, max_pool, norm_pool, transposed

Operator = Callable[[Call], list[Held]]


def _through(call: Call) -> list[Held]:
    """What changes nothing in evaluation; a mask beside it is nobody's."""
    if call.node.op == "Dropout" and call.has(2) and bool(call.array(2).any()):
        raise ModelError("it is in training; save the model in evaluation")
    held = call.inputs[0]
    return [call.data(0) if held is None else held]


_REAL = {1, 10, 11, 16}
_HALF = {10: "float16", 16: "bfloat16"}


def _cast(call: Call) -> list[Held]:
    """Data is real numbers, of whatever width; a number of a class is no picture's concern."""
    to = call.said("to", 1)
    if to in _REAL:
        if to in _HALF:
            call.builder.assembly.note(f"the model casts to {_HALF[to]}; values are computed in full precision here")
        return [call.data(0)]
    return [Undrawn(ModelError(f"it makes {TYPES.get(to, 'texts')} of what is computed"), label=True)]


def _label(call: Call) -> list[Held]:
    return [Undrawn(ModelError("it makes the number of a class"), label=True)]


def _classifier(call: Call) -> list[Held]:
    """LinearClassifier: a label, and the scores it is told by."""
    return [*_label(call), *linear_model(call)]


def _of_two_terms(op: str) -> Operator:
    return arithmetic(op)


def _not(call: Call) -> list[Held]:
    data: Data = call.data(0)
    return [call.builder.function("not", call.node, data)]


OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(SPELLED, activation),
    "Selu": selu, "Swish": swish, "Clip": clip, "PRelu": prelu, "Where": where, "Mean": mean, "Not": _not,
    **{name: _of_two_terms(op) for name, op in (
        ("Add", "add"), ("Sub", "sub"), ("Mul", "mul"), ("Div", "div"), ("Pow", "pow"), ("Max", "max"), ("Min", "min"),
        ("Sum", "add"), ("Greater", "greater"), ("Less", "less"), ("GreaterOrEqual", "greater_equal"),
        ("LessOrEqual", "less_equal"), ("Equal", "equal"), ("And", "and"), ("Or", "or"),
    )},
    "Conv": convolution, "ConvTranspose": transposed, "MaxPool": max_pool, "AveragePool": average_pool,
    "LpPool": norm_pool, "Gemm": gemm, "MatMul": matmul,
    "GlobalAveragePool": global_pool("mean"), "GlobalMaxPool": global_pool("max"), "GlobalLpPool": global_pool("l2"),
    "ReduceMean": reduction("mean"), "ReduceMax": reduction("max"), "ReduceMin": reduction("min"),
    "ReduceSum": reduction("sum"), "ReduceProd": reduction("prod"), "ReduceL1": reduction("l1"),
    "ReduceL2": reduction("l2"), "ReduceSumSquare": reduction("sum", before="square"),
    "ReduceLogSum": reduction("sum", after="log"), "ReduceLogSumExp": reduction("sum", before="exp", after="log"),
    "Softmax": softmax("softmax"), "LogSoftmax": softmax("log_softmax"),
    "BatchNormalization": batch_normalization, "Resize": resize, "Upsample": resize, "Concat": concat, "Pad": pad,
    "Dropout": _through, "CastLike": _through, "Cast": _cast, "ArgMax": _label, "ArgMin": _label,
    "ai.onnx.ml:Scaler": scaler, "ai.onnx.ml:LinearRegressor": linear_model, "ai.onnx.ml:LinearClassifier": _classifier,
    "ai.onnx.ml:Normalizer": normalizer, "ai.onnx.ml:ZipMap": _through, "ai.onnx.ml:ArrayFeatureExtractor": _label, "ai.onnx.ml:LabelEncoder": _label,
}  # fmt: skip
"""What becomes of data, by the operator."""
