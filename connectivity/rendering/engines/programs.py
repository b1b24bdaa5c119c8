"""Processes that draw for us: none is waited for for ever, and none goes on when this one is ended."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectivity.errors import EngineError
from connectivity.interrupts import held

if TYPE_CHECKING:
    import subprocess

TIME_LIMIT = 600
"""How long Graphviz may take for a drawing in a process of its own, or in a worker, in seconds."""

_ALARM = getattr(signal, "SIGALRM", None)  # which Windows has not

_is_expendable = False

_SHORT_OF_MEMORY = (1, -6, -9, -11)
"""How a process ends that gets no more memory: so does Graphviz by itself, and so does the system."""


def too_long(what: str) -> EngineError:
    """The error of a process that was stopped."""
    return EngineError(
        f"{what} did not end within {TIME_LIMIT} seconds and was stopped; draw fewer units (--max-units)"
    )


def expendable() -> None:
    """From here on this process may be ended where Graphviz hangs in it: its parent has others, and says so."""
    global _is_expendable
    _is_expendable = True


@contextmanager
def timed() -> Iterator[None]:
    """What Graphviz does in this process meanwhile ends it after TIME_LIMIT, where it is :func:`expendable`.

    The system itself ends it: no code of Python's would be run while Graphviz's is. Windows has no such alarm.
    """
    if not _is_expendable or _ALARM is None:
        yield
        return
    signal.signal(_ALARM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def fate(code: int | None) -> str:
    """How a process ended, by its exit code: in words."""
    if _ALARM is not None and code == -_ALARM:
        return f"did not end within {TIME_LIMIT} seconds and was stopped; draw fewer units (max-units)"
    return f"was killed (signal {-code})" if code is not None and code < 0 else f"ended (exit code {code})"


def advice(code: int | None) -> str:
    """What may be done where a process ended so; nothing where nobody knows."""
    return "; memory may be short: draw fewer units (max-units)" if code in _SHORT_OF_MEMORY else ""


def run(
    command: Sequence[str], data: bytes, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What a program makes of ``data``. Raises EngineError where it takes too long, OSError where it cannot be run."""
    import subprocess  # which takes a while, and most drawings need none

    pipe, window = subprocess.PIPE, getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of Windows: none is shown
    with (
        held() as hold,
        subprocess.Popen(  # noqa: S603 (neato, or this interpreter)
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, creationflags=window
        ) as process,
    ):
        try:
            with hold.breaking():
                answer, said = process.communicate(data, timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise too_long("Graphviz") from error
        finally:
            process.kill()  # one that has ended is not met
    return subprocess.CompletedProcess(command, process.returncode, answer, said)
