"""The table of a bench, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable

from connectivity import __version__

from .timing import Row, Run

HEAD = ("", "ours", "against", "", "ratio", "wanted")


def heading() -> str:
    """What was measured, where and how."""
    return (
        f"# Bench\n\nconnectivity {__version__}, Python {platform.python_version()}, {platform.system()}, "
        f"{os.cpu_count()} cores. Whole processes, start-up included, in turn; the ratio is the median of the ratios of "
        "neighbours. What is starred is not as wanted.\n\n"
    )


def line(cells: Iterable[str]) -> str:
    """A row of Markdown."""
    return f"| {' | '.join(cells)} |\n"


def ruled() -> str:
    """The head of the table."""
    return line(HEAD) + line(["---"] * 4 + ["---:", "---:"])


def said(row: Row) -> str:
    """A row: what each took, and wrote, and the ratio; a star where it is not as wanted."""
    ratio = f"{row.ratio:.3g}{'' if row.met else ' *'}"
    if row.theirs.stopped:
        ratio = f"< {ratio}"
    return line([row.what, _of(row.ours), row.against, _of(row.theirs), ratio, row.wanted])


def _of(run: Run) -> str:
    parts = [f"{'> ' if run.stopped else ''}{_time(run.seconds)}", f"{run.memory / 2**20:.0f} MB"]
    if run.written:
        parts.append(_bytes(run.written))
    return ", ".join(parts)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _bytes(number: int) -> str:
    return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1e6:.1f} MB"
