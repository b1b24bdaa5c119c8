"""Another distribution has the same import name: what is said where it lies over ours, beside it or before it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import connectivity

OTHERS = "name = 'connectivity'\n"
"""What the other one has in its ``__init__.py``, as far as it matters."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages, with ours in it."""
    ignored = shutil.ignore_patterns("__pycache__", "entry")
    shutil.copytree(ROOT / "connectivity", tmp_path / "connectivity", ignore=ignored)
    shutil.copytree(ROOT / "cli", tmp_path / "connectivity" / "cli", ignore=ignored)
    shutil.copytree(ROOT / "cli" / "entry", tmp_path / "layer_connectivity")
    return tmp_path


def run(*arguments: str, path: str, module: str = "layer_connectivity") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-P", "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that it ended with one line that says what to do."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("connectivity: ")
    for word in (*words, "pipx install"):
        assert word in done.stderr


@pytest.mark.parametrize("module", ["connectivity", "layer_connectivity"])
def test_the_version_says_which_package_it_is(module: str, site: Path) -> None:
    done = run("--version", path=str(site), module=module)
    place = site / "connectivity"
    assert done.stdout == f"connectivity, version {connectivity.__version__} (layer-connectivity, in {place})\n"
    assert done.stderr == ""


@pytest.mark.parametrize("module", ["connectivity", "layer_connectivity"])
def test_one_that_lies_over_ours_is_refused(module: str, site: Path) -> None:
    own = site / "connectivity" / "__init__.py"
    own.write_text(OTHERS)
    done = run("draw", "6", "-f", "dot", path=str(site), module=module)
    cure = "pip uninstall connectivity layer-connectivity, then install layer-connectivity again"
    refused(done, "is not ours", str(own.parent), cure)


def test_one_that_cannot_be_imported_is_refused(site: Path) -> None:
    (site / "connectivity" / "__init__.py").write_text("import no_such_module\n")
    done = run("--help", path=str(site))
    refused(done, "cannot be imported (ModuleNotFoundError: No module named 'no_such_module')")


def test_one_that_is_found_before_ours_is_refused(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "connectivity").mkdir()
    (other / "connectivity" / "__init__.py").write_text(OTHERS)
    done = run("--version", path=os.pathsep.join(map(str, (other, site))))
    refused(done, f"take {other} out of PYTHONPATH", str(other / "connectivity"))


def test_one_beneath_ours_is_noted(site: Path) -> None:
    (site / "connectivity-31.dist-info").mkdir()
    for arguments in (["--version"], ["draw", "6", "-f", "dot", "-q"]):
        done = run(*arguments, path=str(site))
        assert done.returncode == 0
        assert done.stderr.startswith("connectivity: note: the distribution connectivity has files in ")
        assert done.stderr.count("\n") == 1
