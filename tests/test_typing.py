"""What type checkers of others see: ``typing_user.py``, checked strictly and from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from pages import lack_of

USER = Path(__file__).with_name("typing_user.py")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with the user's file, and beside it one where the package is, as it is installed."""
    shutil.copy(USER, tmp_path / "user.py")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "connectivity").symlink_to(ROOT / "connectivity", target_is_directory=True)
    return tmp_path


def checked(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "MYPYPATH": str(folder / "site")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_mypy_knows_all_types(outside: Path) -> None:
    lack_of("mypy", "matplotlib")
    options = ["--strict", "--follow-imports=silent", "--config-file=", "--cache-dir", str(outside / "cache")]
    assert checked([sys.executable, "-m", "mypy", *options, "user.py"], outside) == ""


def test_pyright_knows_all_types(outside: Path) -> None:
    """In strict mode, in which what is unknown of a type is an error."""
    lack_of("basedpyright", "matplotlib")
    settings = {
        "typeCheckingMode": "strict",
        "include": ["user.py"],
        "extraPaths": [str(outside / "site")],
    }
    (outside / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--project", str(outside)]
    assert checked(command, outside) == ""


def test_the_package_says_that_it_has_types() -> None:
    assert (ROOT / "connectivity" / "py.typed").is_file()
