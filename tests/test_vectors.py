"""The graph is the layer: outputs that PyTorch computed (``make vectors``), compared without it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

from connectivity import ConnectivityError, build, evaluate, parse

VECTORS = ROOT / "tests" / "vectors"
OUTPUTS: list[dict[str, Any]] = json.loads((VECTORS / "outputs.json").read_text(encoding="utf-8"))
REFUSED: list[str] = json.loads((VECTORS / "refused.json").read_text(encoding="utf-8"))


def test_there_are_hundreds() -> None:
    assert len(OUTPUTS) > 300
    assert len(REFUSED) > 100


@pytest.mark.parametrize("vector", OUTPUTS, ids=lambda vector: vector["network"])
def test_output(vector: dict[str, Any]) -> None:
    (network,) = parse(vector["network"])
    found = evaluate(build(network, vector["weights"] or None), vector["input"])
    if vector["exact"]:
        assert found.tolist() == vector["output"]
    np.testing.assert_allclose(found, np.array(vector["output"]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(ConnectivityError):
        parse(text)
