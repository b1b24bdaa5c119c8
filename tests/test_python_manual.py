"""The Python that the manual shows: each block is run, in the order of its page."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from pages import lack_of
from test_notebook import at_first

import connectivity

__all__ = ["at_first"]  # what a page chooses for notebooks is not kept

_BLOCK = re.compile(r"\.\. code-block:: python\n\n((?:   .*\n|\n)+)")


@pytest.mark.parametrize("page", ["python", "notebooks"])
def test_what_the_manual_shows_in_python(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lack_of("matplotlib", "IPython")
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    arrays: dict[str, Any] = {"encoder.0.weight": np.ones((1, 1, 3))}
    np.savez("trained.npz", **arrays)
    shutil.copy(ROOT / "samples" / "learned" / "edges.onnx", "model.onnx")
    text = (ROOT / "samples" / "docs" / f"{page}.rst").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in _BLOCK.findall(text)]
    assert len(blocks) >= 3
    space: dict[str, Any] = {"history": [3, 2, 1]}
    for block in blocks:
        shown = "\n".join(line for line in block.splitlines() if "module" not in line)  # which needs PyTorch
        exec(compile(shown, f"{page}.rst", "exec"), space)
    plt.close("all")
    if page == "python":
        assert space["slide"]("3 fc:2", theme="dark").options["theme"] == "dark"
        assert sorted(path.name for path in tmp_path.glob("net.*")) == ["net.pdf", "net.svg"]
        assert Path("paper.pdf").stat().st_size > 5_000
        assert connectivity.draw("3 fc:2")
