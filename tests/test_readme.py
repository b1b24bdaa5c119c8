"""The README: its commands run, its Python runs, its help and its pictures are those of today."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
UPDATE = "CONNECTIVITY_UPDATE" in os.environ
HELP = re.compile(r"(?<=<!-- help -->\n).*?(?=<!-- /help -->)", re.DOTALL)
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
EXAMPLES = [
    (command, shown.partition(f"$ {command}\n")[2].partition("$ ")[0])
    for shown in CONSOLE
    for command in re.findall(r"^\$ (.*)$", shown, re.MULTILINE)
]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def weights(tmp_path: Path) -> None:
    """The weight file that the README makes."""
    execute(PYTHON[0], tmp_path)


def execute(source: str, folder: Path) -> None:
    """Run a Python example in ``folder``."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(compile(source, "README.md", "exec"), {})
    finally:
        os.chdir(before)


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_command_runs(command: str, output: str, run: Run, tmp_path: Path) -> None:
    name, *arguments = shlex.split(command)
    assert name == "connectivity"
    result = run(*arguments)
    if output.startswith("<network>"):
        assert (result.returncode, result.stderr.decode()) == (2, output)
        return
    assert result.returncode == 0, result.stderr
    assert result.stdout.decode() == output
    if output:
        return
    written = [argument for option, argument in itertools.pairwise(arguments) if option == "-o"]
    assert written
    assert all((tmp_path / path).stat().st_size for path in written)


@pytest.mark.parametrize("source", PYTHON)
def test_python_runs(source: str, tmp_path: Path) -> None:
    execute(source, tmp_path)
    assert list(tmp_path.iterdir())


def test_help_is_current(run: Run) -> None:
    shown = run("draw", "--help").stdout.decode()
    current = f"```text\n$ connectivity draw --help\n{shown}```\n"
    if UPDATE:
        path = ROOT / "README.md"
        path.write_text(HELP.sub(lambda _: current, README), encoding="utf-8")
        return
    found = HELP.search(README)
    assert found is not None
    assert found[0] == current, "run `make readme`"


@pytest.mark.parametrize("sample", sorted((ROOT / "samples").glob("*.sh")), ids=lambda path: path.stem)
def test_picture_is_current(sample: Path, run: Run, tmp_path: Path) -> None:
    arguments = shlex.split(sample.read_text().splitlines()[-1].replace('"$@"', ""))[2:]
    result = run(*arguments, "-o", "picture.svg")
    assert result.returncode == 0, result.stderr
    shown = sample.with_suffix(".svg").read_bytes()
    assert (tmp_path / "picture.svg").read_bytes() == shown, "run `make pictures`"


def test_sample_runs_as_a_script(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    script = ROOT / "samples" / "weight-sharing.sh"
    subprocess.run(["sh", str(script), "-q", "-o", "a.png"], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_every_parameter_of_the_notation_is_documented() -> None:
    from connectivity.kinds import KINDS

    for kind in KINDS:
        for word in (kind.name, *kind.aliases, *(parameter.name for parameter in kind.parameters)):
            assert re.search(rf"[`,]{word}[`=:,]", README), word
