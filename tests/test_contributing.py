"""CONTRIBUTING.md: the kind of layer that it shows works as it stands."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from connectivity import build, describe, draw, evaluate, parse
from connectivity.layers.base import Layer
from connectivity.layers.kinds import KINDS, register

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def diagonal(tmp_path: Path) -> Iterator[type[Layer]]:
    """The class of the page, imported as a module of its own and registered for one test."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "diagonal.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("diagonal", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["diagonal"] = module
    spec.loader.exec_module(module)
    yield register(module.Diagonal)
    KINDS.remove(module.Diagonal)
    del sys.modules["diagonal"]


@pytest.mark.usefixtures("diagonal")
def test_the_kind_that_is_shown_is_complete() -> None:
    (network,) = parse("x=4 h=diagonal y=fc:2")
    weights = {"h.weight": [[1, 2, 3, 4]], "y.weight": [[1, 1, 1, 1], [0, 0, 0, 1]]}
    for subject in (network, build(network, weights)):
        tensors = weights if subject is network else None
        np.testing.assert_array_equal(evaluate(subject, [1, 1, 1, 1], weights=tensors), [[10, 4]])
    assert describe(network)["layers"][1]["connections"] == 4
    assert b"diagonal" in draw(network, "svg")


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.\w+)`", PAGE))
    assert named
    missing = [name for name in named if not any((folder / name).exists() for folder in (ROOT, ROOT / "connectivity"))]
    assert not missing
