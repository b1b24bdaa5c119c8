"""Signals: whenever they come, files are all there or none, what was drawn is on record, and nobody draws on."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from conftest import ROOT

from connectivity import files
from connectivity.builds.jobs import STATE
from connectivity.files import CACHE
from connectivity.interrupts import held, released

MOMENTS = str(ROOT / "tests" / "moments.py")
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")

DRAW = ("draw", "6", "conv:3", "-o", "a.svg", "-o", "b.dot")
ASKED: dict[str, tuple[tuple[str, ...], object]] = {
    "connectivity-fence": ((), {"figures": [{"text": "6 conv:3"}]}),
    "connectivity-myst": (("--directive", "connectivity"), {"page": "a.md", "arg": "6 conv:3"}),
    "connectivity-pandoc": (
        ("latex",),
        {
            "pandoc-api-version": [1, 23],
            "meta": {},
            "blocks": [{"t": "CodeBlock", "c": [["", ["connectivity"], []], "6 conv:3"]}],
        },
    ),
    "mdbook-connectivity": (
        (),
        [
            {"root": ".", "config": {}},
            {"items": [{"Chapter": {"content": "```connectivity\n6 conv:3\n```\n", "path": "a.md", "sub_items": []}}]},
        ],
    ),
}
"""Of each command that a tool calls: its words, and what the tool says."""

BUILD = ("build", *(f"{name}.toml" for name in "abcd"), "-f", "svg,dot", "-j2")


SPARE = 3
"""Moments at the very end that are left out: how many there are of a build may differ by the order of its results."""


class Runs:
    """A command line in a folder that is as it was each time, and gets a signal at one of its moments."""

    def __init__(self, folder: Path, who: str, counted: str, words: tuple[str, ...], told: object = None) -> None:
        self._folder, self._who, self._counted, self._words = folder, who, counted, words
        self._told = json.dumps(told)
        self._numbers = itertools.count()

    def run(self, moment: int, number: int) -> tuple[Path, int, str]:
        """Where it ran, its exit code and what it said."""
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        for name in ("a.svg", "b.dot") if self._words is DRAW else ():
            (folder / name).write_text("old")
        for name in "abcd" if self._words is BUILD else ():
            (folder / f"{name}.toml").write_text(f'title = "{name}"\nnetwork = "6 conv:3"\n')
        mark = folder.with_suffix(".mark")
        command = [sys.executable, MOMENTS, self._who, f"{self._counted}{moment}", str(number), str(mark)]
        done = subprocess.run(
            [*command, *self._words],
            cwd=folder,
            input=self._told,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert mark.exists(), f"moment {moment} was not reached"
        return folder, done.returncode, done.stderr

    def moments(self, number: int) -> list[int]:
        """So many moments from the first to the last, as evenly as can be."""
        folder, code, said = self.run(0, 0)
        assert code == 0, said
        last = int(folder.with_suffix(".mark").read_text()) - SPARE
        return sorted({round(1 + (last - 1) * n / (number - 1)) for n in range(number)})


def ended(code: int, number: int, said: str) -> None:
    """A process ended as the signal has it, without a traceback."""
    assert code in (-number, 128 + number), (code, said)
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def temporary(folder: Path) -> list[str]:
    names = (path.name for path in folder.iterdir())
    return [name for name in names if name.startswith(".connectivity-") and name not in (STATE, CACHE)]


@pytest.mark.parametrize(("counted", "number"), [("", 20), ("w", 6)])
def test_drawing_ends_with_all_files_or_none(tmp_path: Path, counted: str, number: int) -> None:
    """At twenty moments from the first line on, and at all from the first temporary file to the last."""
    runs = Runs(tmp_path, "parent", counted, DRAW)
    for moment, signalled in zip(runs.moments(number), itertools.cycle(SIGNALS), strict=False):
        folder, code, said = runs.run(moment, signalled)
        ended(code, signalled, said)
        assert temporary(folder) == []
        assert len({(folder / name).read_text() == "old" for name in ("a.svg", "b.dot")}) == 1, moment


@pytest.mark.graphviz
@pytest.mark.parametrize("command", ASKED)
def test_what_a_tool_calls_ends_without_a_traceback(tmp_path: Path, command: str) -> None:
    """From its first line on; and what it writes is whole or not there."""
    words, told = ASKED[command]
    runs = Runs(tmp_path, "parent", "", (command, *words), told)
    for moment, signalled in zip(runs.moments(8), itertools.cycle((signal.SIGTERM, signal.SIGINT)), strict=False):
        folder, code, said = runs.run(moment, signalled)
        ended(code, signalled, said)
        assert said == ""
        assert [path for path in folder.rglob("*") if path.name.startswith(".connectivity-") and path.is_file()] == []


@pytest.mark.parametrize(("who", "counted", "number"), [("parent", "", 12), ("parent", "w", 8), ("worker", "w", 9)])
def test_what_an_ended_build_has_drawn_is_on_record(tmp_path: Path, who: str, counted: str, number: int) -> None:
    runs = Runs(tmp_path, who, counted, BUILD)
    moments = runs.moments(number) if who == "parent" else range(1, number + 1)
    for moment, signalled in zip(moments, itertools.cycle(SIGNALS), strict=False):
        folder, code, said = runs.run(moment, signalled)
        ended(code, signalled, said)
        assert temporary(folder) == []
        drawn = {path.name for path in (*folder.glob("*.svg"), *folder.glob("*.dot"))}
        state = folder / STATE
        assert drawn == set(json.loads(state.read_text()) if state.exists() else ()), moment
        assert {name.partition(".")[0] + end for name in drawn for end in (".svg", ".dot")} == drawn, moment


WAITING = """
import os, signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where whoever runs the tests ignores it
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["connectivity", "build", "a.toml", "b.toml", "c.toml", "-j2"]
from layer_connectivity import main
import connectivity

def draw(figure, format, engine):
    with open(f"{os.getpid()}.worker", "w"):
        pass
    time.sleep(60)
    return b""

connectivity.Figure.draw = draw
sys.exit(main())
"""


@pytest.fixture
def drawing(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A build whose two workers are at work, and will be for long; and they."""
    for name in "abc":
        (tmp_path / f"{name}.toml").write_text('network = "3 fc:2"\n')
    with subprocess.Popen([sys.executable, "-c", WAITING], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        until(lambda: len(list(tmp_path.glob("*.worker"))) == 2)
        workers = [int(path.stem) for path in tmp_path.glob("*.worker")]
        try:
            yield process, workers
        finally:
            process.kill()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_there(number: int) -> bool:
    """Whether a process is, and is more than what its parent has not heard of yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker ends after its figure")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_worker_draws_on_when_the_build_has_ended(
    drawing: tuple[subprocess.Popen[bytes], list[int]], number: int, tmp_path: Path
) -> None:
    process, workers = drawing
    assert all(map(is_there, workers))
    process.send_signal(number)
    process.wait(20)
    until(lambda: not any(map(is_there, workers)))
    assert list(tmp_path.glob("*.svg")) == []
    assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number)


@pytest.mark.graphviz
@pytest.mark.parametrize("number", SIGNALS)
def test_watching_ends_with_a_record(tmp_path: Path, number: int) -> None:
    (tmp_path / "a.toml").write_text('network = "6 conv:3"\n')
    command = [sys.executable, MOMENTS, "parent", "-1", "0", "mark", "build", "a.toml", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("watching 1 figure" in line for line in iter(process.stderr.readline, ""))
        process.send_signal(number)
        assert process.stderr.read() == "connectivity: interrupted\n"
        assert process.wait(20) == 128 + number
    assert list(json.loads((tmp_path / STATE).read_text())) == ["a.svg"]


def test_what_ignores_signals_goes_on(tmp_path: Path) -> None:
    """As under nohup."""
    ignoring = "import os, signal, sys; signal.signal(1, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    program = (
        "import os; from connectivity.files import write; write('a', b''); os.kill(os.getpid(), 1); write('b', b'')"
    )
    command = [sys.executable, "-c", ignoring, sys.executable, "-c", program]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


class TestHeld:
    """In a program of somebody else's, whose own ways with signals stay."""

    @pytest.fixture(autouse=True)
    def heeds_interrupts(self) -> Iterator[None]:
        """Also where the tests run in the background, whose programs are told to ignore Ctrl-C."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    def test_an_exception_waits_until_all_files_are_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        replace = Path.replace

        def interrupted(self: Path, target: Path) -> Path:
            signal.raise_signal(signal.SIGINT)
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", interrupted)
        before = [signal.getsignal(number) for number in SIGNALS]
        with pytest.raises(KeyboardInterrupt):
            files.write_all([(tmp_path / "a", b"1"), (tmp_path / "b", b"2")])
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
        assert [signal.getsignal(number) for number in SIGNALS] == before

    def test_what_takes_long_is_broken_off_and_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slow(descriptor: int, data: bytes) -> int:
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("was not broken off")

        monkeypatch.setattr("connectivity.files.os.write", slow)
        with pytest.raises(KeyboardInterrupt):
            files.write_all([(tmp_path / "a", b"1"), (tmp_path / "b", b"2")])
        assert list(tmp_path.iterdir()) == []

    def test_a_handler_of_ones_own_is_asked_and_files_are_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[int] = []
        write = os.write

        def signalled(descriptor: int, data: bytes) -> int:
            signal.raise_signal(signal.SIGTERM)
            return write(descriptor, data)

        def hear(number: int, frame: FrameType | None) -> None:
            heard.append(number)

        monkeypatch.setattr("connectivity.files.os.write", signalled)
        before = signal.signal(signal.SIGTERM, hear)
        try:
            files.write_all([(tmp_path / "a", b"1"), (tmp_path / "b", b"2")])
        finally:
            signal.signal(signal.SIGTERM, before)
        assert heard == [signal.SIGTERM] * 2
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    def test_released_they_come_at_once(self) -> None:
        with held() as hold:
            signal.raise_signal(signal.SIGINT)
            assert hold.came == signal.SIGINT
            with pytest.raises(KeyboardInterrupt), released():
                pass
            with pytest.raises(KeyboardInterrupt), released():
                signal.raise_signal(signal.SIGINT)
            assert not hold.is_set()

    def test_to_the_end_nothing_is_broken_off(self) -> None:
        seen: list[int | None] = []

        def work() -> None:
            with held(to_the_end=True) as hold:
                with held() as inner, inner.breaking():
                    signal.raise_signal(signal.SIGINT)
                seen.append(hold.came)

        with pytest.raises(KeyboardInterrupt):
            work()
        assert seen == [signal.SIGINT]

    def test_other_threads_hold_nothing(self, tmp_path: Path) -> None:
        before = signal.getsignal(signal.SIGINT)
        seen: list[object] = []

        def work() -> None:
            with held():
                seen.append(signal.getsignal(signal.SIGINT))
            files.write(tmp_path / "a", b"")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert seen == [before]
        assert (tmp_path / "a").exists()
