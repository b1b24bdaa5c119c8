"""A plugin of pytest that, instead of the tests once, runs for each mutant those that come through its line."""

from __future__ import annotations

import collections
import functools
import gc
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

import coverage
import pytest

from mutation.measuring import ROOT
from mutation.mutants import Key, Mutant, functions

KILLED, SURVIVED, UNREACHED, SAME = "killed", "survived", "unreached", "same"
_SPARE = 10.0
"""Seconds of a processor that tests may take beyond three times as long as without a defect; what hangs is killed."""
_UNKNOWN = 0.05  # seconds of a test that was not there when times were measured
_PATIENCE = 10  # as long by the clock, since others may use the processors


@dataclass(eq=False)
class Runner:
    """Runs mutants; ``outcomes`` has what became of each, in the order in which they ended."""

    mutants: list[Mutant]
    measured: Path
    times: Path
    seconds: float
    jobs: int
    outcomes: list[tuple[Mutant, str, str]] = field(default_factory=list)
    failed: str = ""
    killers: dict[Path, collections.Counter[str]] = field(
        default_factory=lambda: collections.defaultdict(collections.Counter)
    )

    def pytest_collection(self) -> None:
        """Let a failing property fail at once, without looking for its smallest example."""
        from hypothesis import Phase, settings  # imported by now by its own plugin, which wants to be the first

        settings.register_profile("mutation", settings.default, phases=[Phase.explicit, Phase.generate], database=None)
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """What pytest does in place of running the tests that it has collected."""
        self.items = {item.nodeid: item for item in session.items}
        self.durations: dict[str, float] = json.loads(self.times.read_text(encoding="utf-8"))
        self.unknown = [name for name in self.items if name not in self.durations]
        self.data = coverage.CoverageData(str(self.measured))
        self.data.read()
        for path in {mutant.path for mutant in self.mutants}:
            importlib.import_module(_module(path))
        self.alive = _functions_alive()
        gc.collect()
        gc.freeze()
        self._run_all()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first test that failed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def _run_all(self) -> None:
        running: dict[int, tuple[Mutant, float, Path]] = {}
        waiting = list(reversed(self.mutants))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop()
                chosen = self._chosen(mutant)
                if not chosen:
                    self._ended(mutant, UNREACHED, "")
                    continue
                folder = Path(tempfile.mkdtemp(prefix="mutant-"))
                seconds = 3 * sum(self.durations.get(name, _UNKNOWN) for name in chosen) + _SPARE
                waits = time.monotonic() + _PATIENCE * seconds
                running[self._forked(mutant, chosen, folder, int(seconds))] = mutant, waits, folder
            self._collect(running)

    def _collect(self, running: dict[int, tuple[Mutant, float, Path]]) -> None:
        """Wait until one has ended, or end those that take too long."""
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                mutant, _, folder = running.pop(pid)
                told = folder / "outcome"
                outcome, by = json.loads(told.read_text()) if told.exists() else (KILLED, f"status {status}")
                self._ended(mutant, outcome, by)
                shutil.rmtree(folder, ignore_errors=True)
                return
            for late in [each for each, (_, limit, _) in running.items() if time.monotonic() > limit]:
                _end(late)
            time.sleep(0.005)

    def _ended(self, mutant: Mutant, outcome: str, by: str) -> None:
        self.outcomes.append((mutant, outcome, by))
        if by in self.items:
            self.killers[mutant.path][by] += 1
        if len(self.outcomes) % 50 == 0:
            print(f"{len(self.outcomes)} of {len(self.mutants)}", file=sys.stderr, flush=True)

    def _chosen(self, mutant: Mutant) -> list[str]:
        """The tests that come through the mutant's lines: what has killed others of its module, then some of each file.

        Before those, any that were written since it was measured.
        As many as take ``seconds`` together when nothing is wrong.
        """
        most = self.seconds / 4  # a browser or LaTeX takes longer, and would leave no time for others
        names = [
            name for name in self._through(mutant) if name in self.items and self.durations.get(name, _UNKNOWN) < most
        ]
        before = self.killers[mutant.path]
        names.sort(key=lambda name: (-before[name], self.durations.get(name, _UNKNOWN)))
        proven = [*self.unknown, *(name for name in names if before[name])][: len(self.unknown) + 20]
        chosen: list[str] = []
        spent = 0.0
        for name in dict.fromkeys([*proven, *_in_turn(names, self.durations)]):
            spent += self.durations.get(name, _UNKNOWN)
            if chosen and spent > self.seconds:
                break
            chosen.append(name)
        return chosen

    def _through(self, mutant: Mutant) -> set[str]:
        by_line = self._contexts(mutant.path)
        lines = range(mutant.start[0], mutant.end[0] + 1)
        found = {name for line in lines for name in by_line.get(line, ())}
        if found:
            return found
        # Code that runs at import belongs to no test: those that come through any line of the module are asked, or
        # of one without functions all.
        return {name for names in by_line.values() for name in names} or {*self.durations}

    @functools.cache  # noqa: B019 - there is one runner
    def _contexts(self, path: Path) -> dict[int, set[str]]:
        inside = path.relative_to(ROOT).as_posix()  # measured in this folder or in another one
        found: dict[int, list[str]] = next(
            (self.data.contexts_by_lineno(file) for file in self.data.measured_files() if file.endswith(inside)), {}
        )
        return {line: {name.rpartition("|")[0] for name in names if name} for line, names in found.items()}

    def _forked(self, mutant: Mutant, chosen: list[str], folder: Path, seconds: int) -> int:
        pid = os.fork()
        if pid:
            return pid
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        try:
            outcome = self._within(mutant, chosen, folder)
            (folder / "outcome").write_text(json.dumps(outcome))
        finally:
            os._exit(0)

    def _within(self, mutant: Mutant, chosen: list[str], folder: Path) -> tuple[str, str]:
        """In a process of its own: make the defect, run the tests, and say what became of it, and by which test."""
        quiet = os.open(os.devnull, os.O_RDWR)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        items = [self.items[name] for name in chosen]
        items[0].config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
        before = compile(mutant.path.read_text(encoding="utf-8"), str(mutant.path), "exec", dont_inherit=True)
        after = compile(mutant.source(), str(mutant.path), "exec", dont_inherit=True)
        decorated = mutant.operator.endswith("RemoveDecorator")  # which has been at work when a module is imported
        if decorated or not self._defect(mutant, functions(before), functions(after)):
            return (SAME, "") if before == after else _in_a_new_process(mutant, chosen)
        self.failed = ""
        for place, item in enumerate(items):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=([*items, None])[place + 1])
            if self.failed:
                return (KILLED, self.failed)
        return (SURVIVED, "")

    def _defect(self, mutant: Mutant, old: dict[Key, CodeType], new: dict[Key, CodeType]) -> bool:
        """Put the changed code into the functions that live; whether there are any (a module's own generators are gone)."""
        changed = [key for key in old if new.get(key) != old[key]]
        living = 0
        for key in changed:
            for function in self.alive.get((str(mutant.path), key[0], old[key].co_firstlineno), []):
                function.__code__ = new[key]
                living += 1
        _forget()
        return living > 0


def _in_a_new_process(mutant: Mutant, chosen: list[str]) -> tuple[str, str]:
    """Run the tests where the module is imported with its defect, since this one is outside all functions."""
    replaced = os.environ | {"MUTANT_PATH": str(mutant.path), "MUTANT_SOURCE": mutant.source()}
    replaced["PYTHONPATH"] = str(ROOT / "tests")
    # Where asserts are rewritten, pytest reads a module whose own examples are among the tests as it is.
    command = [sys.executable, "-m", "pytest", "--assert=plain", "-x", "-q", "-p", "mutation.replaced", *chosen]
    run = subprocess.run(command, cwd=ROOT, env=replaced, capture_output=True, check=False)
    return (KILLED, f"status {run.returncode}") if run.returncode else (SURVIVED, "")


def _forget() -> None:
    """Empty all that the program remembers of earlier calls."""
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper):
            thing.cache_clear()


def _functions_alive() -> dict[tuple[str, str, int], list[FunctionType]]:
    alive: dict[tuple[str, str, int], list[FunctionType]] = collections.defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and "connectivity" in thing.__code__.co_filename:
            code = thing.__code__
            alive[code.co_filename, code.co_qualname, code.co_firstlineno].append(thing)
    return alive


def _module(path: Path) -> str:
    inside = path.with_suffix("").parts
    return ".".join(inside[len(inside) - 1 - inside[::-1].index("connectivity") :]).removesuffix(".__init__")


def _in_turn(names: Sequence[str], durations: Mapping[str, float]) -> list[str]:
    """Tests in such an order that each file has as much time as others, however few are taken: quick ones first."""
    spent: dict[str, float] = collections.defaultdict(float)
    ends = {}
    for name in names:
        file = name.partition("::")[0]
        spent[file] += durations.get(name, _UNKNOWN)
        ends[name] = spent[file]
    return sorted(names, key=ends.__getitem__)


def _end(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)
