"""Networks read of ONNX models compute what onnxruntime computes (``make test-models``)."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("onnxruntime", reason="needs onnxruntime (make test-models)")
    pytest.importorskip("onnx", reason="needs onnx (make test-models)")

import numpy as np
import onnx
import onnx_models
import onnx_oracle
from onnx.backend.test.case.node import collect_testcases

from connectivity.errors import ConnectivityError, ModelError
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.evaluation import network_values
from connectivity.models.files import fitted, read_model
from connectivity.models.onnx.moving import MOVED
from connectivity.models.onnx.operators import OPERATORS

GENERATED = 400
NOT_THERE = "NOT_IMPLEMENTED|INVALID_GRAPH|INVALID_ARGUMENT|ShapeInferenceError"


@pytest.mark.parametrize("seed", range(GENERATED))
def test_generated_models(seed: int, tmp_path: Path) -> None:
    """Every operator, in every set of operators from 6 on."""
    model, _ = onnx_models.model(seed)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    feeds = onnx_oracle.feeds_of(path, seed)
    try:
        expected = onnx_oracle.theirs(path, feeds)
    except Exception as error:
        if any(word in str(error) for word in NOT_THERE.split("|")):
            pytest.skip("onnxruntime does not run it")
        raise
    _, found = onnx_oracle.ours(path, feeds)
    onnx_oracle.compare(found, expected)


def test_all_operators_are_generated() -> None:
    used = Counter(op for seed in range(GENERATED) for op in set(onnx_models.model(seed)[1]))
    missing = {op for op in {*onnx_models.SIMPLE, *onnx_models.NAMED} if used[op] < 1}
    assert not missing
    assert all(op in {*OPERATORS, *MOVED, "Constant"} for op in used)


REFUSED = {
    "each sample of the batch": "arithmetic with an array that is another for each sample",
    "differs from unit to unit": "powers and comparisons with an array",
    "matrices at once": "products with several matrices",
    "slides over": "layers of two or three axes of positions",
    "in training": "batch normalization that is trained",
    "antialias": "", "aspect ratio": "", "coordinate_transformation_mode": "", "dilation, which is not drawn": "",
    "mixes the": "", "samples of a batch": "", "differs between samples": "", "the number of a class": "",
    "no layer is one": "", "a loop is no layer": "", "two computed values": "", "chooses between": "",
    "weights are finite numbers": "", "nothing in a tensor": "", "depends on the input": "", "part of no activation": "",
    "counts padding of an axis": "", "is not computed from": "", "whole numbers, or truths": "", "exclude_outside": "",
    "computed from the model's input": "", "of a norm": "", "it compares what": "", "no output depends": "", "its sizes or scales": "", "too large": "",
}  # fmt: skip
"""What the cases of ONNX's own suite are refused for, where they are."""


OTHERWISE = {
    "test_resize_downsample_scales_linear_align_corners": "onnxruntime counts whole outputs between the corners",
    "test_resize_downsample_scales_cubic_align_corners": "as above",
}
"""Cases that onnxruntime computes in another way, which is the one that is drawn."""


def cases() -> list[Any]:
    """All cases of ONNX's own suite, of which some overflow as they are made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(collect_testcases(None))


def signals() -> list[Any]:
    """The cases of ONNX's own suite whose operators are drawn, and whose first input is real numbers."""
    known = {*OPERATORS, *MOVED}
    found = []
    for case in cases():
        inputs, outputs = case.data_sets[0]
        real = inputs and all(isinstance(one, np.ndarray) for one in (*inputs, *outputs))
        if real and inputs[0].dtype in (np.float32, np.float64) and inputs[0].size:
            ops = {node.op_type for node in case.model.graph.node}
            if ops <= {*known, "Constant", "Shape"} and case.name not in OTHERWISE:
                found.append(case)
    return found


@pytest.mark.parametrize("case", signals(), ids=lambda case: case.name)
def test_cases_of_the_format_itself(case: Any, tmp_path: Path) -> None:
    """What is drawn computes what the suite says; what is not says why. Inputs but the first are weights, or data."""
    path = tmp_path / "model.onnx"
    model, (inputs, outputs) = case.model, case.data_sets[0]
    onnx.save(model, path)
    names = [one.name for one in model.graph.input]
    failures = []
    for number in dict.fromkeys((1, len(inputs))):
        try:
            _compare_case(path, dict(zip(names, inputs, strict=True)), number, outputs)
        except ConnectivityError as error:
            failures.append(str(error))
        else:
            return
    unknown = [message for message in failures if not any(word in message for word in REFUSED)]
    assert not unknown, unknown[0]


def _compare_case(path: Path, given: dict[str, np.ndarray], number: int, outputs: list[np.ndarray]) -> None:
    data = dict(list(given.items())[:number])
    model = read_model(path, dict(list(given.items())[number:]))
    stages = [stage for stage in model.network.stages if not stage.sources]
    values = {}
    for stage, array in zip(stages, data.values(), strict=True):
        one = array if array.size == stage.shape.units else array[0]
        values[stage.name] = fitted(model, {stage.name: one})[stage.name]
    x = values if len(values) > 1 else next(iter(values.values()))
    found = network_values(Blueprint(model.network, model.weights), x)
    by_name = {stage.name: np.array(one) for stage, one in zip(model.network.stages, found, strict=True)}
    expected = [one for one in outputs if one.dtype.kind == "f"][: len(model.outputs)]
    for own, other in zip((by_name[name] for name in model.outputs), expected, strict=True):
        first = _first_sample(own, other)
        assert np.abs(own - first).max() <= 1e-5 * max(1e-3, np.abs(first).max())


def _first_sample(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of a batch the first sample, wherever its axis is."""
    samples = other.size // own.size
    ways = [other.take(0, axis).ravel() for axis, size in enumerate(other.shape) if size == samples > 1]
    ways = ways or [other.ravel()]
    return min((way.astype(float) for way in ways), key=lambda way: float(np.abs(way - own).max()))


def test_a_weight_that_is_an_input_is_asked_for(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == "test_gemm_default_vector_bias")
    onnx.save(case.model, tmp_path / "model.onnx")
    with pytest.raises(ModelError, match="its input 2"):
        read_model(tmp_path / "model.onnx")
