"""The graph is the layer: outputs that PyTorch computed (``make vectors``), compared without it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

from connectivity import ConnectivityError, build, evaluate, outputs, parse

VECTORS = ROOT / "tests" / "vectors"


def read(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


OUTPUTS: list[dict[str, Any]] = read("outputs.json")
BLOCKS: list[dict[str, Any]] = read("blocks.json")
REFUSED: list[str] = read("refused.json")


def test_there_are_hundreds() -> None:
    assert len(OUTPUTS) > 500
    assert len(BLOCKS) > 10
    assert len(REFUSED) > 100


@pytest.mark.parametrize("vector", OUTPUTS, ids=lambda vector: vector["network"])
def test_output(vector: dict[str, Any]) -> None:
    check(vector)


@pytest.mark.parametrize("vector", BLOCKS, ids=lambda vector: vector["name"])
def test_blocks_of_real_networks(vector: dict[str, Any]) -> None:
    """Residual and dense blocks, U-Net, WaveNet and others: every head of a module that was written for itself."""
    check(vector)


def check(vector: dict[str, Any]) -> None:
    """The graph and the network compute what was recorded, every layer that nobody reads."""
    (network,) = parse(vector["network"])
    weights = vector["weights"] or None
    graph = build(network, weights)
    for found in (outputs(graph, vector["inputs"]), outputs(network, vector["inputs"], weights)):
        assert list(found) == list(vector["outputs"])
        for name, values in found.items():
            compare(values, vector["outputs"][name], vector["exact"])
    last = vector["outputs"][network.stages[-1].name]
    compare(evaluate(network, vector["inputs"], weights), last, vector["exact"])


def compare(found: np.ndarray, expected: list[list[float]], exact: bool) -> None:
    if exact:
        assert found.tolist() == expected
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-12, atol=1e-12)


RESIZED: list[dict[str, Any]] = read("resize.json")


@pytest.mark.parametrize("convention", sorted({vector["network"].partition(",")[2] for vector in RESIZED}))
def test_resampling_is_that_of_onnx(convention: str) -> None:
    """As onnxruntime computes it in single precision (``tests/parity/record_resize.py``), up and down."""
    for vector in (one for one in RESIZED if one["network"].endswith("," + convention)):
        (network,) = parse(vector["network"])
        found = evaluate(network, vector["input"])
        np.testing.assert_allclose(found, vector["output"], rtol=1e-5, atol=1e-5, err_msg=vector["network"])


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(ConnectivityError):
        parse(text)
