"""ONNX models, computed by onnxruntime and by the networks that are read of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from connectivity.figures.panels import PanelSource
from connectivity.models.files import ModelFile
from connectivity.models.model import Model

onnxruntime.set_default_logger_severity(4)

TOLERANCE = 1e-5
"""Relative to the largest value of an output: float32 against float64."""

LEAST = 2e-6
"""What float32 may be off by after sums that cancel out."""


def ours(path: Path, feeds: dict[str, np.ndarray], **reading: Any) -> tuple[Model, list[np.ndarray]]:
    """What the network of a model's file makes of values for its inputs, output by output."""
    file = ModelFile(path, {key.replace("_", "-"): value for key, value in reading.items()})
    model = file.model
    inputs = [stage.name for stage in model.network.stages if not stage.sources]
    values = list(feeds.values())[: len(inputs)]
    panel = PanelSource(what=file, input=values[0] if len(inputs) == 1 else dict(zip(inputs, values, strict=True)))
    found = panel.values(panel.blueprint())
    assert found is not None
    by_name = {stage.name: np.array(one) for stage, one in zip(model.network.stages, found, strict=True)}
    return model, [by_name[name] for name in model.outputs]


def theirs(path: Path, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    """What onnxruntime makes of them; of outputs those of real numbers."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return [one for one in session.run(None, feeds) if isinstance(one, np.ndarray) and one.dtype.kind == "f"]


def feeds_of(path: Path, seed: int = 0) -> dict[str, np.ndarray]:
    """Values for the inputs of a model; open sizes are 1."""
    graph = onnx.load(path, load_external_data=False).graph
    given = {tensor.name for tensor in graph.initializer}
    random = np.random.default_rng(seed)
    return {
        one.name: random.normal(size=[size.dim_value or 1 for size in one.type.tensor_type.shape.dim]).astype("<f4")
        for one in graph.input
        if one.name not in given
    }


def check(path: Path, seed: int = 0, **reading: Any) -> Model:
    """Compare; the model, for more to be asked of it."""
    feeds = feeds_of(path, seed)
    model, mine = ours(path, feeds, **reading)
    compare(mine, theirs(path, feeds))
    return model


def compare(mine: list[np.ndarray], others: list[np.ndarray]) -> None:
    assert len(mine) == len(others)
    for own, other in zip(mine, others, strict=True):
        assert own.size * (other.size // own.size) == other.size
        first = other.ravel()[: own.size].astype(float)  # of a batch, one
        largest = max(1e-3, float(np.abs(first).max()))
        assert np.abs(own - first).max() <= TOLERANCE * largest + LEAST, (own[:6], first[:6])
