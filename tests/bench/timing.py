"""Whole processes, timed in turn: a machine that drifts, or is busy, does not matter to a ratio of neighbours."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PYTHON = sys.executable
COMMAND = str(Path(PYTHON).with_name("connectivity"))
_KB = 1 if sys.platform == "darwin" else 1024  # what the system counts a process's memory in


class Run(NamedTuple):
    """What a process took: seconds, the most memory at once and what it wrote, in bytes. It may have been stopped."""

    seconds: float
    memory: int
    written: int
    stopped: bool = False


@dataclass(frozen=True)
class Process:
    """A command, and the file or folder that it writes; ``limit``: it is stopped after so many seconds."""

    name: str
    command: Sequence[str]
    output: Path | None = None
    environment: Mapping[str, str] | None = None
    limit: float = 120.0

    def run(self) -> Run:
        """Raises CalledProcessError where it fails.

        Waiting with a timeout would ask every 50 ms whether it has ended; a timer does not delay what is timed.
        """
        start = time.perf_counter()
        process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(self.environment or {})},
        )
        timer = threading.Timer(self.limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stopped = not timer.is_alive()
        timer.cancel()
        if process.returncode and not stopped:
            raise subprocess.CalledProcessError(process.returncode, self.command)
        return Run(elapsed, usage.ru_maxrss * _KB, _size(self.output), stopped)


def _size(path: Path | None) -> int:
    if path is None or not path.exists():
        return 0
    return (
        path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    )


class Row(NamedTuple):
    """A comparison: what was run, against what, the medians of both, the median of the ratios of pairs, what is wanted."""

    what: str
    ours: Run
    against: str
    theirs: Run
    ratio: float
    wanted: str

    @property
    def met(self) -> bool:
        """Whether it is as wanted; where nothing is said, it is."""
        return not self.wanted or self.ratio <= float(self.wanted)


def compare(what: str, ours: Process, theirs: Process, wanted: str = "", runs: int = 7) -> Row:
    """Both in turn, ``runs`` times after once to warm caches; what takes more than five seconds but once."""
    first = theirs.run()
    ours.run()
    if first.seconds > 5.0:
        runs = 1
    pairs = [(ours.run(), first if runs == 1 else theirs.run()) for _ in range(runs)]
    ratio = statistics.median(mine.seconds / other.seconds for mine, other in pairs)
    mine, other = (_median([pair[side] for pair in pairs]) for side in (0, 1))
    return Row(what, mine, theirs.name, other, ratio, wanted)


def _median(runs: Sequence[Run]) -> Run:
    return sorted(runs)[len(runs) // 2]
