"""Figures in other people's builds: CMake, pre-commit and a step of GitHub Actions. Make has a file of its own."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, lack

BIN = Path(sys.executable).parent
FIGURES = ["sparse.pdf", "sparse.svg", "trained.pdf", "trained.svg"]


def ran(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the programs of this environment on its path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "GIT_"))}
    environment |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300, env=environment
    )


@pytest.mark.cmake
@pytest.mark.parametrize("generator", ["Unix Makefiles", "Ninja"])
def test_cmake_draws_what_changed(tmp_path: Path, generator: str) -> None:
    if generator == "Ninja" and not shutil.which("ninja"):
        lack("Ninja (apt-get install ninja-build)")
    folder = tmp_path / "a project"
    for name in ("cmake", "make"):
        shutil.copytree(ROOT / "samples" / name, folder / name, ignore=shutil.ignore_patterns("*.svg", "*.pdf", "*.d"))
    done = ran(["cmake", "-B", "build", "-G", generator], folder / "cmake")
    assert done.returncode == 0, done.stderr
    build = ["cmake", "--build", "build"]
    assert drawn(ran(build, folder / "cmake")) == ["sparse", "trained"]
    assert sorted(path.name for path in (folder / "cmake" / "build").glob("*.[sp][vd][gf]")) == FIGURES
    assert drawn(ran(build, folder / "cmake")) == []
    later = time.time() + 5
    os.utime(folder / "make" / "mask.csv", (later, later))
    assert drawn(ran(build, folder / "cmake")) == ["sparse"]


def drawn(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(line.split("Drawing ")[1] for line in done.stdout.splitlines() if "Drawing " in line)


@pytest.mark.cmake
def test_cmake_without_figure_files_says_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "samples" / "cmake" / "Connectivity.cmake", tmp_path)
    conf = "cmake_minimum_required(VERSION 3.20)\nproject(F LANGUAGES NONE)\ninclude(Connectivity.cmake)\n"
    (tmp_path / "CMakeLists.txt").write_text(conf + "connectivity_figures(figures FORMATS svg)\n")
    done = ran(["cmake", "-B", "build"], tmp_path)
    assert done.returncode != 0
    assert "connectivity_figures(figures): which figure files? Name them, as figures/net.toml" in " ".join(
        done.stderr.split()
    )


def project(folder: Path) -> Path:
    """A repository with a figure and its picture."""
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "net.toml").write_text('network = "6 conv:3"\n')
    assert ran(["connectivity", "build", "figures/net.toml"], folder).returncode == 0
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return folder


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = ran(["git", *identity, *words], folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pre_commit(tmp_path: Path) -> None:
    """The real one, with this repository as the one that has the hooks."""
    if not shutil.which("pre-commit", path=f"{BIN}{os.pathsep}{os.environ['PATH']}"):
        lack("pre-commit (pip install pre-commit)")
    hooks = tmp_path / "hooks"  # as it is now, committed or not
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        if name.split("/")[0] in ("cli", "connectivity") or "/" not in name:
            (hooks / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, hooks / name)
    git(hooks, "init", "-q")
    git(hooks, "add", "-A")
    git(hooks, "commit", "-q", "-m", "hooks")
    folder = project(tmp_path / "project")
    home = str(tmp_path / "home")
    check = ["pre-commit", "try-repo", str(hooks), "connectivity-check", "--all-files"]
    done = ran(check, folder, PRE_COMMIT_HOME=home)
    if done.returncode == 3 and "pip" in done.stdout:
        lack("packages that pre-commit installs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "figures are of today" in done.stdout
    (folder / "figures" / "net.toml").write_text('network = "7 conv:3"\n')
    git(folder, "add", "-A")
    done = ran(check, folder, PRE_COMMIT_HOME=home)
    assert done.returncode == 1
    assert "figures/net.svg" in done.stdout


def action() -> dict[str, Any]:
    yaml = importlib.import_module("yaml")
    with (ROOT / "samples" / "action" / "action.yml").open() as file:
        loaded: dict[str, Any] = yaml.safe_load(file)
    return loaded


def test_the_action_has_its_form() -> None:
    about = action()
    assert {"name", "description", "inputs", "runs"} == about.keys()
    assert all(
        set(each) == {"description", "default"} and isinstance(each["default"], str)
        for each in about["inputs"].values()
    )
    assert about["runs"]["using"] == "composite"
    for step in about["runs"]["steps"]:
        assert "uses" in step or {"run", "shell"} <= step.keys()
        assert "${{" not in step.get("run", "")  # what others say is no part of a script
    (folder,) = [step["env"]["SOURCE"] for step in about["runs"]["steps"] if "SOURCE" in step.get("env", {})]
    assert (
        Path(folder.replace("${{ github.action_path }}", str(ROOT / "samples" / "action"))) / "pyproject.toml"
    ).exists()


def stepped(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action, with inputs as GitHub hands them over."""
    about = action()
    step = about["runs"]["steps"][-1]
    values = {name: each["default"] for name, each in about["inputs"].items()} | inputs
    given = {key: values[text.removeprefix("${{ inputs.").removesuffix(" }}")] for key, text in step["env"].items()}
    return ran(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], folder, **given)


def test_the_action_checks_and_draws(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert stepped(folder).returncode == 0
    (folder / "figures" / "net.toml").write_text('network = "7 conv:3"\n')
    done = stepped(folder)
    assert done.returncode == 1
    assert done.stdout.startswith("figures/net.svg\n::error::these pictures are not what")
    assert stepped(folder, check="false", formats="svg,pdf", **{"out-dir": "made $(touch x)"}).returncode == 0
    assert sorted(path.name for path in (folder / "made $(touch x)").glob("net.*")) == ["net.pdf", "net.svg"]
    assert not (folder / "x").exists()
    assert stepped(folder, files="nothing/*.toml").returncode == 2


def test_patterns_are_expanded_where_no_shell_did(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b", "c[1]"):
        (tmp_path / f"{name}.toml").write_text('network = "3"\n')
    assert sorted(run("build", "[ab].toml").stderr.decode().splitlines()) == ["wrote a.svg", "wrote b.svg"]
    assert run("build", "c[1].toml").stderr.decode().split() == ["wrote", "c[1].svg"]  # a file of that name
    done = run("build", "d*.toml")
    assert done.returncode == 2
    assert 'no file is called as "d*.toml" says; name figure files, as figures/*.toml' in done.stderr.decode()
