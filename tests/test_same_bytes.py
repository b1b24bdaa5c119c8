"""The same input gives the same bytes, in whatever surroundings; so do as many workers as one likes."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PROGRAM = ROOT / "tests" / "samebytes.py"

SURROUNDINGS: dict[str, dict[str, str | None]] = {
    "a C locale, other hashes, no home, no terminal, settings of fonts and of Graphviz": {
        "LC_ALL": "C",
        "LANG": None,
        "PYTHONHASHSEED": "1",
        "PYTHONUTF8": "0",
        "HOME": None,
        "USER": None,
        "TERM": None,
        "XDG_CACHE_HOME": None,
        "PYTHONOPTIMIZE": "2",
        "FONTCONFIG_FILE": "/nowhere",
        "GDFONTPATH": "/nowhere",
        "GVBINDIR": "/nowhere",
    },
    "Turkish, in India, in another folder, on a narrow terminal of many colours": {
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "Asia/Kolkata",
        "PYTHONHASHSEED": "4711",
        "COLUMNS": "40",
        "TERM": "xterm-256color",
        "FORCE_COLOR": "1",
    },
}
"""Many at once, none of which undoes another: whichever changes a byte is found by taking the others away."""


def lines(folder: Path, repository: Path, **changes: str | None) -> list[str]:
    environment = {**os.environ, **changes}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, PROGRAM, str(repository)],
        env={name: value for name, value in environment.items() if value is not None},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@functools.cache
def expected() -> list[str]:
    return lines(ROOT, ROOT)


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_surroundings_change_nothing(surroundings: str, tmp_path: Path) -> None:
    repository = ROOT
    if "another folder" in surroundings:
        repository = tmp_path / "an other folder é"
        for name in ("samples", "tests/models"):
            ignored = shutil.ignore_patterns("build", "__pycache__", "docs")
            shutil.copytree(ROOT / name, repository / name, ignore=ignored)
    assert lines(tmp_path, repository, **SURROUNDINGS[surroundings]) == expected()


def test_as_many_workers_as_one_likes_draw_the_same(tmp_path: Path) -> None:
    files = [*sorted(ROOT.glob("samples/0*.toml")), ROOT / "samples" / "63-fewer-weights.toml"]
    drawn = []
    for jobs in (1, 2, 3, 4):
        folder = tmp_path / str(jobs)
        command = [
            sys.executable,
            "-m",
            "connectivity",
            "build",
            *map(str, files),
            "-d",
            str(folder),
            "-q",
            "-j",
            str(jobs),
        ]
        subprocess.run([*command, "-f", "svg,pdf"], check=True)
        drawn.append({path.name: path.read_bytes() for path in folder.glob("*.*") if path.suffix in (".svg", ".pdf")})
    assert len(drawn[0]) == 2 * len(files)
    assert all(pictures == drawn[0] for pictures in drawn)
