"""The Makefile: environments that are made anew where they must be, and clear words where they cannot be made."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.make

PYTHON: str = sys._base_executable  # type: ignore[attr-defined]
"""The interpreter that the environment of these tests was made by."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the Makefile."""
    shutil.copy2(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "setup.py"):
        shutil.copy2(ROOT / name, tmp_path)
    for name in ("connectivity", "cli"):
        (tmp_path / name).mkdir()
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What make does; of the environment no more than that it is made."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    command = ["make", "-C", str(folder), *(arguments or (".venv/made-by",))]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


def interpreter(path: Path, first: str, version: str = "") -> str:
    """A program that is this interpreter, but for what it does ``first``."""
    saying = f'[ "$1" = --version ] && echo "Python {version}" && exit\n' if version else ""
    path.write_text(f"#!/bin/sh\n{saying}exec {PYTHON} -c '{first}; exec(sys.argv[1])' \"$2\"\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_another_version_of_the_interpreter_makes_the_environment_anew(folder: Path) -> None:
    quick = folder / "quick"  # environments take seconds, and here they matter for being there alone
    quick.write_text(f'#!/bin/sh\n[ "$1 $2" = "-m venv" ] && exec mkdir "$3"\nexec {PYTHON} "$@"\n')
    quick.chmod(0o755)
    made = make(folder, ".venv/made-by", f"PYTHON={quick}")
    assert made.returncode == 0, made.stderr
    said = folder / ".venv" / "made-by"
    assert said.read_text() == f"{PYTHON}\n{platform.python_version()}\n"
    mark = folder / ".venv" / "mark"
    mark.touch()
    assert make(folder, ".venv/made-by", f"PYTHON={quick}").stdout.count("-m venv") == 0
    assert make(folder).stdout.count("-m venv") == 0, "the same as before, where none is named"
    assert mark.exists()
    said.write_text(f"{PYTHON}\n3.11.0a1\n")
    (folder / ".venv-models").mkdir()
    assert f"{quick} -m venv .venv" in make(folder, ".venv/made-by", f"PYTHON={quick}").stdout
    assert not mark.exists()
    assert not (folder / ".venv-models").exists()


def test_an_interpreter_that_is_named_takes_the_place_of_the_one_before(folder: Path) -> None:
    (folder / ".venv").mkdir()
    (folder / ".venv" / "made-by").write_text("/usr/bin/python3.99\n3.99.0\n")
    assert f"{PYTHON} -m venv .venv" in make(folder, "-n", ".venv/made-by", f"PYTHON={PYTHON}").stdout
    assert "python3 -m venv .venv" in make(folder, "-n", ".venv/made-by").stdout, "one that has gone"


def refused(done: subprocess.CompletedProcess[str], folder: Path) -> str:
    """The message of a make that made nothing."""
    assert done.returncode == 2
    assert not (folder / ".venv").exists()
    first, last = done.stderr.splitlines()
    assert last.startswith("make: *** ")
    return first


def test_an_old_interpreter_is_refused(folder: Path) -> None:
    old = interpreter(folder / "old", "import sys; sys.version_info = (3, 10, 1)", "3.10.1")
    message = refused(make(folder, ".venv/made-by", old), folder)
    assert message == (
        f"make: {folder}/old is Python 3.10.1: connectivity needs 3.11 or newer; name one: make PYTHON=python3.12"
    )


def test_an_interpreter_without_environments_says_which_package_has_them(folder: Path) -> None:
    bare = interpreter(folder / "bare", 'import sys; sys.modules["ensurepip"] = None')
    message = refused(make(folder, ".venv/made-by", bare), folder)
    assert message.startswith(f"make: {folder}/bare cannot make environments")
    assert "apt-get install python3-venv" in message


def test_an_interpreter_that_is_not_there_is_named(folder: Path) -> None:
    message = refused(make(folder, ".venv/made-by", "PYTHON=python3.99"), folder)
    assert message == ("make: there is no python3.99: install Python 3.11 or newer, or name it: make PYTHON=python3.12")


def test_it_ends_by_saying_where_the_command_is(folder: Path) -> None:
    (folder / "samples").mkdir()
    for name in ("01-sparse-connectivity", "02-weight-sharing"):
        (folder / "samples" / f"{name}.toml").touch()
    words = [line for line in make(folder, "-n", "all").stdout.splitlines() if line]
    assert words[-3:-1] == [
        'echo "The command is .venv/bin/connectivity. Try:"',
        'echo "  .venv/bin/connectivity draw 6 conv:3 fc:2 -o net.svg"',
    ]
