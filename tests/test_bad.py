"""What is wrong or hostile, entry by entry of ``tests/bad``: one message, exit 2, nothing written, little time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import badcases
import badfiles
import pytest
from badcases import BEFORE, Entry, Ran

UPDATE = "CONNECTIVITY_UPDATE" in os.environ
ENTRIES = badcases.every()
COMMAND = str(Path(sys.executable).with_name("connectivity"))

SECONDS, MEGABYTES = 1.0, 200
"""The most that a refusal costs: of a processor, and of memory."""

Runner = Callable[[Entry, Path], Ran]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that copies processes")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    command: list[str | Path] = [sys.executable, badcases.ROOT / "tests" / "badrunner.py"]
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=os.environ | threads) as process:
        asking, answers = process.stdin, process.stdout
        assert asking is not None
        assert answers is not None

        def run(entry: Entry, folder: Path) -> Ran:
            return _ask(asking, answers, entry, folder)

        yield run
        asking.close()


def _ask(asking: IO[str], answers: IO[str], entry: Entry, folder: Path) -> Ran:
    given = None if entry.input is None else str(folder / entry.input)
    asking.write(json.dumps({"folder": str(folder), "words": entry.words, "input": given}) + "\n")
    asking.flush()
    return Ran(**json.loads(answers.readline()))


@pytest.fixture(scope="module", autouse=True)
def recorded() -> Iterator[None]:
    """Messages are recorded when all are known."""
    yield
    if UPDATE:  # each process would write what the others have not seen
        assert "PYTEST_XDIST_WORKER" not in os.environ, "the corpus is renewed by one process: leave -n out"
        for path in badcases.FOLDER.glob("*.txt"):
            badcases.write(path, [entry for entry in ENTRIES if entry.topic == path.stem])


def _content(folder: Path) -> dict[str, bytes | None]:
    """What is in a folder: the bytes of small files, and the names of all."""
    found = (path for path in folder.rglob("*") if path.name != "__pycache__")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        if path.is_file() and path.stat().st_size < 2**20
        else None
        for path in found
    }


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.topic}: {entry.title}")
def test_it_is_refused(entry: Entry, runner: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    entry.prepare(folder)
    before = _content(folder)
    done = runner(entry, folder)
    assert (done.code, done.out) == (2, ""), done
    assert _content(folder) == before
    _check_message(done.err)
    if UPDATE:
        entry.said = done.err.rstrip("\n")
    assert done.err.rstrip("\n") == entry.said
    assert done.seconds < SECONDS * (3 if "COVERAGE_FILE" in os.environ else 1)  # counting lines takes its time
    assert done.megabytes < MEGABYTES


def _check_message(said: str) -> None:
    """It is one: what begins a line is where and what, and below it stand the place, and what to try."""
    first, *others = said.rstrip("\n").split("\n")
    assert ": " in first
    assert [line for line in others if not line.startswith("  ")] == []
    for word in ("Traceback", " at 0x", "an error in connectivity itself", "\x1b", "\x07", str(Path.home())):
        assert word not in said


def test_there_are_enough_of_them_and_each_has_a_title_of_its_own() -> None:
    assert len(ENTRIES) >= 250
    names = [(entry.topic, entry.title) for entry in ENTRIES]
    assert len(set(names)) == len(names)


def test_files_that_no_entry_names_are_none() -> None:
    said = " ".join(text for entry in ENTRIES for text in (entry.command, *entry.files.values()))
    assert [name for name in badfiles.FILES if name not in said] == []


def test_an_entry_is_written_as_it_is_read(tmp_path: Path) -> None:
    for path in badcases.FOLDER.glob("*.txt"):
        badcases.write(tmp_path / path.name, badcases.read(path))
        assert (tmp_path / path.name).read_text() == path.read_text()


WHOLE = (
    "figures: a dotted key of twenty thousand parts",
    "figures: a hundred thousand highlights",
    "inputs: ten million numbers of a CSV for six",
    "inputs: ten million numbers for six",
    "weights: an archive that unpacks to too much",
    "weights: code in a pickle",
    "graphs: lists in lists",
    "models: data outside of the model's folder",
    "notation: ten thousand layers",
)
"""Entries that are also run as a process of their own, within 2 GiB of addresses."""


MEASURING = """
import json, resource, subprocess, sys
limit = 2 * 2**30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**10]))
"""
"""Runs a command from a small process: the peak of one that was forked counts what it was forked from."""


@pytest.mark.alone
@pytest.mark.parametrize("name", WHOLE)
def test_a_process_of_its_own_costs_no_more(name: str, tmp_path: Path) -> None:
    (entry,) = (one for one in ENTRIES if f"{one.topic}: {one.title}" == name)
    folder = tmp_path / "work"
    folder.mkdir()
    entry.prepare(folder)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-ISc", MEASURING, COMMAND, *entry.words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        check=True,
    )
    status, seconds, megabytes = json.loads(done.stdout)
    assert status == 2
    assert done.stderr.rstrip("\n") == entry.said
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert time.monotonic() - start < 30
    assert not (folder / "out.svg").exists() or (folder / "out.svg").read_bytes() == BEFORE
