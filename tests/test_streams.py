"""Standard output and standard error: what cannot be written is said, whatever Python does with its own streams."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import connectivity

COMMAND = str(Path(sys.executable).with_name("connectivity"))
TALKING = (
    *("describe 6 conv:3", "describe --json 6 conv:3", "schema", "--help", "draw --help", "--version"),
    *("draw 6 conv:3 -f svg", "export 6 conv:3 -f json", "build --check missing.toml net.toml"),
    "draw 5 fc:1 --weights w.npz --list-weights",
)
"""Commands that write to standard output."""
PLACES = {"unset": None, "set": "1"}
unbuffered = pytest.mark.parametrize("buffering", PLACES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import numpy as np

    (tmp_path / "net.toml").write_text('network = "3 fc:2"\n')
    np.savez(tmp_path / "w.npz", y=np.ones((1, 5)))
    return tmp_path


def shell(line: str, folder: Path, buffering: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of a line after the command, with PYTHONUNBUFFERED set or unset."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | variables
    if PLACES[buffering]:
        environment["PYTHONUNBUFFERED"] = str(PLACES[buffering])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{COMMAND} {line}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@unbuffered
@pytest.mark.parametrize("arguments", TALKING)
def test_a_full_device_is_an_error_that_names_standard_output(arguments: str, buffering: str, folder: Path) -> None:
    done = shell(f"{arguments} >/dev/full", folder, buffering)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "connectivity: cannot write to standard output: No space left on device"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@unbuffered
@pytest.mark.parametrize("arguments", TALKING)
def test_a_closed_standard_output_is_an_error(arguments: str, buffering: str, folder: Path) -> None:
    done = shell(f"{arguments} >&-", folder, buffering)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("connectivity: standard output is closed: leave out >&-, or name")


@unbuffered
@pytest.mark.parametrize("arguments", TALKING)
def test_a_reader_that_has_gone_ends_it_without_a_word(arguments: str, buffering: str, folder: Path) -> None:
    done = shell(f"{arguments} | true", folder, buffering)
    assert done.returncode == 141
    assert [line for line in done.stderr.splitlines() if "missing.toml" not in line] == []


@unbuffered
def test_files_are_not_written_for_a_standard_output_that_is_closed(buffering: str, folder: Path) -> None:
    done = shell("draw 6 conv:3 -o net.svg -o - >&-", folder, buffering)
    assert done.returncode == 2
    assert not (folder / "net.svg").exists()


@pytest.mark.graphviz
@unbuffered
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full", "2>/dev/full", "2>&-"])
def test_what_is_not_written_to_does_not_matter(redirection: str, buffering: str, folder: Path) -> None:
    done = shell(f"draw 6 conv:3 -o net.svg {redirection}", folder, buffering)
    assert done.returncode == 0, done.stderr
    assert (folder / "net.svg").read_bytes() == connectivity.draw("6 conv:3")


@unbuffered
@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize("arguments", ["draw 6 cnv:3", "draw --no-such", "build missing.toml"])
def test_an_error_that_cannot_be_said_is_one(arguments: str, redirection: str, buffering: str, folder: Path) -> None:
    assert shell(f"{arguments} {redirection}", folder, buffering).returncode == 2


@unbuffered
def test_characters_that_a_locale_has_not_are_replaced(buffering: str, folder: Path) -> None:
    done = shell("describe 6 conv:3", folder, buffering, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0, done.stderr
    assert "conv" in done.stdout


@unbuffered
@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed_with_success(name: str, buffering: str, folder: Path) -> None:
    done = shell("", folder, buffering, _CONNECTIVITY_COMPLETE=f"{name}_source")
    assert (done.returncode, done.stderr) == (0, "")
    assert "_CONNECTIVITY_COMPLETE" in done.stdout
    full = shell(">/dev/full", folder, buffering, _CONNECTIVITY_COMPLETE=f"{name}_source")
    assert full.returncode == 2
    assert full.stderr == "connectivity: cannot write to standard output: No space left on device\n"
    assert shell(">&-", folder, buffering, _CONNECTIVITY_COMPLETE=f"{name}_source").returncode == 2


@unbuffered
def test_completions_end_with_success(buffering: str, folder: Path) -> None:
    variables = {"_CONNECTIVITY_COMPLETE": "bash_complete", "COMP_WORDS": "connectivity dr", "COMP_CWORD": "-1"}
    assert shell("", folder, buffering, **variables).returncode == 0


DOORS = ("connectivity-fence", "connectivity-myst", "connectivity-pandoc", "mdbook-connectivity")
"""The commands that tools for documents call."""

ANSWERS = (
    *(
        "connectivity-fence --stylesheet",
        "connectivity-fence --remark",
        "connectivity-myst",
        "connectivity-myst --plugin",
    ),
    *(f"{door} --version" for door in DOORS),
    """connectivity-fence <<<'{"figures": [{"text": "80 fc:60"}]}'""",
)
"""Lines of theirs that write to standard output."""


def door(line: str, folder: Path) -> tuple[int, str, str]:
    """What a shell makes of a line of a door's: the exit code, and what was said."""
    command = ["bash", "-o", "pipefail", "-c", f"{Path(COMMAND).parent}/{line}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.graphviz
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_cannot_be_written_is_an_error(answer: str, folder: Path) -> None:
    name = answer.split()[0]
    full = f"{name}: cannot write to standard output: No space left on device\n"
    assert door(f"{answer} >/dev/full", folder) == (2, "", full)
    assert door(f"{answer} >&-", folder) == (2, "", f"{name}: standard output is closed: leave out >&-\n")
    code, _, said = door(f"{answer} | true", folder)
    assert (code in (0, 141), said) == (True, "")


@pytest.mark.parametrize("name", DOORS)
def test_who_is_not_heard_by_a_tool_ends_as_else(name: str, folder: Path) -> None:
    words = f"{name} --directive x"
    for redirection in ("2>&-", "2>/dev/full"):
        assert door(f"{words} {redirection} <<<'{{'", folder) == (2, "", "")
    code, _, said = door(f"{words} <&-", folder)
    assert code == 2
    assert said.startswith(f"{name}: standard input is closed, and this command is called by a tool")


@pytest.mark.graphviz
def test_a_reader_that_has_gone_ends_a_door_without_a_word(folder: Path) -> None:
    line = """connectivity-fence <<<'{"figures": [{"text": "80 fc:80", "options": {"max-units": 0}}]}' | head -c 10"""
    code, said, wrong = door(line, folder)
    assert (code, len(said), wrong) == (141, 10, "")


def test_there_is_one_way_to_each_stream() -> None:
    """No command writes past what is checked."""
    for path in sorted((ROOT / "cli").glob("*.py")):
        if path.name != "streams.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"click\.echo|print\(|std(out|err)\.(buffer|write)", text), path.name
