"""Processes that draw for us: none is waited for for ever, and none goes on when this one is ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectivity.errors import EngineError
from connectivity.interrupts import held

if TYPE_CHECKING:
    import subprocess

TIME_LIMIT = 600
"""How long Graphviz may take for a drawing in a process of its own, in seconds."""

_SHORT_OF_MEMORY = (1, -6, -9, -11)
"""How a process ends that gets no more memory: so does Graphviz by itself, and so does the system."""


def too_long(what: str) -> EngineError:
    """The error of a process that was stopped."""
    return EngineError(
        f"{what} did not end within {TIME_LIMIT} seconds and was stopped; draw fewer units (--max-units)"
    )


def fate(code: int | None) -> str:
    """How a process ended, by its exit code: in words."""
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
