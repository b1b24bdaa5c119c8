"""Figures as Make's targets: the real GNU Make on the sample that users copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Run
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity.builds.depfile import dependency_rules

pytestmark = pytest.mark.make

COMMAND = str(Path(sys.executable).with_name("connectivity"))
FIGURES = ["sparse.pdf", "sparse.svg", "trained.pdf", "trained.svg"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sample in a folder of its own."""
    return Path(
        shutil.copytree(
            ROOT / "samples" / "make", tmp_path / "project", ignore=shutil.ignore_patterns("*.svg", "*.pdf", "*.d")
        )
    )


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "-j4", f"CONNECTIVITY={COMMAND}", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120, env=environment
    )


def wrote(done: subprocess.CompletedProcess[str]) -> list[str]:
    return sorted(line.split()[1] for line in done.stderr.splitlines() if line.startswith("wrote"))


def test_built_once_and_then_when_something_changes(project: Path) -> None:
    done = make(project)
    assert done.returncode == 0, done.stderr
    assert wrote(done) == FIGURES
    assert make(project, "-q").returncode == 0
    assert wrote(make(project)) == []
    aged(project, 100)
    (project / "mask.csv").touch()
    assert wrote(make(project)) == ["sparse.pdf", "sparse.svg"]
    aged(project, 50)
    (project / "trained.toml").touch()
    assert wrote(make(project)) == ["trained.pdf", "trained.svg"]


def aged(folder: Path, seconds: float) -> None:
    """Make all files in a folder older, sources a little more than what was made of them."""
    for path in folder.iterdir():
        when = time.time() - seconds - (0 if path.suffix in (".svg", ".pdf", ".d") else 10)
        os.utime(path, (when, when))


def test_a_deleted_dependency_is_survived(project: Path) -> None:
    make(project)
    (project / "mask.csv").unlink()
    (project / "sparse.toml").write_text('network = "6 sparse:3"\n')
    done = make(project)
    assert done.returncode == 0, done.stderr
    assert "sparse.svg" in wrote(done)
    assert "mask.csv" not in (project / "sparse.d").read_text()


def test_a_failing_figure_leaves_no_file_behind(project: Path) -> None:
    (project / "sparse.toml").write_text('network = "6 sparze:3"\n')
    done = make(project, "-k")
    assert done.returncode == 2
    assert 'sparse.toml:1:14: unknown layer "sparze"' in done.stderr
    assert sorted(path.name for path in project.glob("sparse.*")) == ["sparse.toml"]
    assert wrote(done) == ["trained.pdf", "trained.svg"]


def test_weights_are_dependencies(run: Run, tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "w.npz", w=np.ones((1, 1, 3)))
    np.save(tmp_path / "x.npy", np.ones(6))
    (tmp_path / "net.toml").write_text('[[panel]]\nnetwork = "inner.toml"\n')
    (tmp_path / "inner.toml").write_text('network = "6 conv:3"\ninput = "x.npy"\n')
    done = run("draw", "net.toml", "-o", "net.svg", "-o", "net.dot", "--deps", "net.d")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "net.d").read_text() == "net.svg net.dot: net.toml inner.toml x.npy\n\ninner.toml:\n\nx.npy:\n"
    done = run("build", "net.toml", "--deps", "all.d")
    assert (tmp_path / "all.d").read_text() == "net.svg: net.toml inner.toml x.npy\n\ninner.toml:\n\nx.npy:\n"
    run("build", "net.toml", "--deps", "again.d")  # when all is fresh
    assert (tmp_path / "again.d").read_text() == (tmp_path / "all.d").read_text()
    done = run("draw", "6", "sparse:3,p=1", "--input", "x.npy", "-o", "line.svg", "--deps", "line.d")
    assert (tmp_path / "line.d").read_text() == "line.svg: x.npy\n\nx.npy:\n"


def test_paths_that_make_cannot_express_are_left_out_with_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a:b.toml").write_text('network = "3"\n')
    done = run("draw", "a:b.toml", "-o", "net.svg", "--deps", "net.d")
    assert done.returncode == 0
    assert "warning: Make cannot express the path 'a:b.toml'; left out" in done.stderr.decode()
    assert (tmp_path / "net.d").read_text() == "net.svg: \n"


names = st.text(st.sampled_from("ab1.-_+@^,{} #$\\éß本"), min_size=1, max_size=8).filter(
    lambda name: name.strip(" ") == name and name not in (".", "..") and not name.startswith("-")
)


@given(st.lists(names, min_size=2, max_size=4, unique=True))
@settings(max_examples=60, deadline=None)
def test_make_reads_the_names_that_were_written(tmp_path_factory: pytest.TempPathFactory, found: list[str]) -> None:
    """Make asks for exactly these files, whatever is in their names, and has them where they are there."""
    folder = tmp_path_factory.mktemp("names")
    output, *inputs = found
    text, refused = dependency_rules({output: inputs})
    if output in refused:
        return
    (folder / "Makefile").write_text(f"{text}\n.DEFAULT_GOAL := asked\n", encoding="utf-8")
    for name in inputs:
        (folder / name).write_text("")
    database = subprocess.run(["make", "-pqrR"], cwd=folder, capture_output=True, text=True, check=False).stdout
    heads = (output.replace("$", "$$") + ":", output + ":")
    (line,) = [line for line in database.splitlines() if line.startswith(heads)]
    asked = line.partition(":")[2].strip().partition(" |")[0]
    expected = [name for name in inputs if name not in refused]
    assert asked.replace("$$", "$") == " ".join(expected).replace("$$", "$")
