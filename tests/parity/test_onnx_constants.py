"""What a model computes of its own constants is what onnxruntime computes of them (``make test-models``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("onnxruntime", reason="needs onnxruntime (make test-models)")
    pytest.importorskip("onnx", reason="needs onnx (make test-models)")

import numpy as np
import onnx
import onnx_oracle
from onnx import TensorProto, helper, numpy_helper

from connectivity.errors import ConnectivityError
from connectivity.models.files import read_model
from connectivity.models.onnx.folding import FOLDED

LENGTH = 4


class Folded(NamedTuple):
    """An operator of constants: its inputs and attributes."""

    operator: str
    inputs: tuple[Any, ...]
    said: dict[str, Any] = {}  # noqa: RUF012 - of a tuple's type, and never changed


def floats(*values: float) -> np.ndarray:
    return np.array(values, "<f4")


def wholes(*values: int) -> np.ndarray:
    return np.array(values, "<i8")


A, B = floats(0.5, -1.25, 2, -3), floats(2, 0.5, -1, 4)
N, M = wholes(7, -7, 8, -9), wholes(2, 2, -3, 4)
TABLE = np.arange(8, dtype="<f4").reshape(2, 4) - 3
ONE_OF_TWO = ["Add", "Sub", "Mul", "Div", "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"]
ONE = ["Neg", "Abs", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Tanh", "Sigmoid", "Relu", "Erf"]
REDUCED = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare"]
CASES = [
    *(Folded(operator, (A, B)) for operator in ONE_OF_TWO),
    *(Folded(operator, (A,)) for operator in [*ONE, "Exp", "Softplus"]),
    *(Folded(operator, (np.abs(A),)) for operator in ("Sqrt", "Log")),
    *(Folded(operator, (A, B, A * B)) for operator in ("Sum", "Max", "Min")),
    *(Folded(operator, (TABLE,), {"axes": [0], "keepdims": 0}) for operator in REDUCED),
    *(Folded(operator, (TABLE > 0, TABLE < 1)) for operator in ("And", "Or", "Xor")),
    Folded("Not", (A > 0,)),
    Folded("Where", (A > 0, A, B)),
    Folded("Div", (N, M)),
    Folded("Mod", (N, M)),
    Folded("Mod", (N, M), {"fmod": 1}),
    Folded("Mod", (A, B), {"fmod": 1}),
    Folded("Pow", (A, floats(2, 3, 0, 1))),
    Folded("Pow", (N, M.clip(0))),
    Folded("Cast", (A,), {"to": TensorProto.INT64}),
    Folded("CastLike", (A, N)),
    Folded("Constant", (), {"value": numpy_helper.from_array(A)}),
    Folded("Constant", (), {"value_float": 1.5}),
    Folded("Constant", (), {"value_floats": [1.5, 2, 3, 4]}),
    Folded("Constant", (), {"value_int": -2}),
    Folded("Constant", (), {"value_ints": [1, 2, 3, 4]}),
    Folded("ConstantOfShape", (wholes(4),)),
    Folded("ConstantOfShape", (wholes(1, 4),), {"value": numpy_helper.from_array(floats(2.5))}),
    Folded("Range", (np.array(1, "<i8"), np.array(9, "<i8"), np.array(2, "<i8"))),
    Folded("Range", (np.array(2, "<f4"), np.array(0, "<f4"), np.array(-0.5, "<f4"))),
    Folded("MatMul", (floats(1, 2), TABLE)),
    Folded("Gemm", (TABLE.T, TABLE.T, floats(1, 2, 3, 4)), {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    Folded("Gemm", (TABLE, TABLE[:, :1]), {"transA": 1}),
    Folded("ScatterND", (A, wholes(1, 3).reshape(2, 1), floats(9, 8))),
    Folded("ReduceSum", (TABLE, wholes(0)), {"keepdims": 0}),
    Folded("ReduceSum", (A, wholes()), {"noop_with_empty_axes": 1}),
    Folded("ReduceSum", (TABLE,)),
    Folded("Size", (TABLE,)),
    Folded("DequantizeLinear", (np.array([1, 200, 3, 4], "u1"), np.array(0.5, "<f4"), np.array(100, "u1"))),
    Folded("DequantizeLinear", (np.array([[1, -2, 3, 4]], "i1"), floats(0.5, 1, 2, 4)), {"axis": 1}),
]
"""Each operator, and the forms it has; what comes out fits four positions."""


def model(case: Folded) -> onnx.ModelProto:
    """The input, and what the operator makes of constants added to it."""
    names = [f"c{place}" for place in range(len(case.inputs))]
    arrays = [numpy_helper.from_array(np.asarray(one), name) for name, one in zip(names, case.inputs, strict=True)]
    nodes = [
        helper.make_node(case.operator, names, ["made"], **case.said),
        helper.make_node("Cast", ["made"], ["number"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["x", "number"], ["y"]),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, LENGTH])
    taken = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "constants", [given], [taken], arrays)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operator} {sorted(case.said)}")
def test_constants_are_computed_as_by_onnxruntime(case: Folded, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(model(case), path)
    feeds = onnx_oracle.feeds_of(path, 1)
    _, found = onnx_oracle.ours(path, feeds)
    onnx_oracle.compare(found, onnx_oracle.theirs(path, feeds))


def test_every_operator_of_constants_is_tried() -> None:
    assert {case.operator for case in CASES} == set(FOLDED)


REFUSED = [
    (Folded("Div", (N, M * 0)), "divides by 0"),
    (Folded("Mod", (N, M * 0)), "divides by 0"),
    (Folded("Cast", (A,), {"to": TensorProto.STRING}), "are no numbers"),
    (Folded("Constant", (), {"value_string": "a"}), "a constant of no numbers"),
    (Folded("ConstantOfShape", (wholes(-4),)), "a constant of shape"),
    (Folded("Range", (np.array(1, "<i8"), np.array(9, "<i8"), np.array(0, "<i8"))), "its step is 0"),
    (Folded("DequantizeLinear", (TABLE.astype("i1"), np.ones((1, 4), "<f4")), {"axis": 0}), "quantized in blocks"),
    (Folded("Squeeze", (TABLE, wholes(0))), "not all of size 1"),
    (Folded("Unsqueeze", (A, wholes(0, 0))), "not all different"),
    (Folded("Unsqueeze", (A, wholes(9))), "axis"),
    (Folded("Expand", (A, wholes(3))), "cannot be expanded"),
    (Folded("Tile", (A, wholes(2, 2))), "do not fit a tensor of 1 axes"),
    (Folded("Gather", (A, wholes(0, 9))), "that are not there"),
    (Folded("GatherElements", (A, wholes(-5))), "that are not there"),
    (Folded("GatherND", (A, wholes(1, 2))), "do not fit data of shape"),
    (Folded("Slice", (A, wholes(0), wholes(4), wholes(0), wholes(0))), "do not fit one another"),
    (Folded("Slice", (A, wholes(0), wholes(4, 5))), "do not fit one another"),
    (Folded("Split", (A, wholes(3))), "not those of an axis"),
    (Folded("DepthToSpace", (TABLE.reshape(1, 2, 2, 2),), {"blocksize": 2}), "have no blocks of 2 x 2"),
    (Folded("SpaceToDepth", (TABLE.reshape(1, 1, 2, 4),), {"blocksize": 3}), "have no blocks of 3 x 3"),
    (Folded("SpaceToDepth", (TABLE,), {"blocksize": 2}), "a tensor of 4 axes, not 2"),
    (Folded("Pad", (A, wholes(1, 1, 1))), "not two for each of 1 axes"),
    (Folded("Pad", (A, wholes(4, 4)), {"mode": "reflect"}), "too wide for the mode reflect"),
    (Folded("Pad", (A, wholes(1, 1)), {"mode": "mirror"}), "is not known"),
]
"""What cannot be computed, and a part of what is said."""


@pytest.mark.parametrize(("case", "words"), REFUSED, ids=[f"{case.operator} {words}" for case, words in REFUSED])
def test_constants_that_cannot_be_computed_are_refused(case: Folded, words: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(model(case), path)
    with pytest.raises(ConnectivityError, match=words):
        read_model(path)
