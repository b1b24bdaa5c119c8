"""Graphviz's libraries in a fork of this process, so that whatever becomes of it there is an error here.

Where memory is short they end the process that they are in, or crash it. A fork costs some milliseconds, and more
where fonts are looked for anew: only what may want much memory is drawn in one, and only for those who said
that this process is theirs (:func:`allowed`); a library does not fork the programs of others.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import BinaryIO, NoReturn

from connectivity.errors import EngineError
from connectivity.interrupts import begin, end_with, held
from connectivity.rendering.engines import embedded, programs

_LARGE = 500_000  # characters of DOT: some 2,000 connections

_allowed: ContextVar[bool] = ContextVar("_allowed", default=False)


@contextmanager
def allowed() -> Iterator[None]:
    """Meanwhile this process may be forked."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def is_better(dot: str) -> bool:
    """Whether a drawing had better be made in a fork."""
    if not _allowed.get() or sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return False
    import resource

    limits = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return len(dot) > _LARGE or any(limit != resource.RLIM_INFINITY for limit in limits)


def render(dot: str, format: str) -> tuple[bytes, str]:
    """As :func:`.embedded.render`. Raises EngineError, also where the process ended as it should not."""
    with held() as hold, embedded.memory_file() as answer:
        parent, (here, there) = os.getpid(), os.pipe()
        number = os.fork()
        if number == 0:
            os.close(here)
            _answer(parent, answer, dot, format)
        os.close(there)
        try:
            with hold.breaking():
                in_time = _is_closed(here)
        finally:
            os.close(here)
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        if not in_time:
            raise programs.too_long("Graphviz")
        return _read(answer, code, format)


def _is_closed(pipe: int) -> bool:
    """Whether nobody holds the other end of a pipe any more, once that is so or the time is over."""
    poll = select.poll()
    poll.register(pipe)
    return bool(poll.poll(programs.TIME_LIMIT * 1000))


def _read(answer: BinaryIO, code: int, format: str) -> tuple[bytes, str]:
    answer.seek(0)
    head, _, data = answer.read().partition(b"\n")
    if not head:
        raise EngineError(
            f"Graphviz (embedded) could not draw the {format}: the process that drew it {programs.fate(code)}"
            + (programs.advice(code) or "; try --engine system")
        )
    return data, json.loads(head)


def _answer(parent: int, answer: BinaryIO, dot: str, format: str) -> NoReturn:
    """The fork's life. It ends here, whatever happens: what its parent has begun is not its to finish."""
    code = 1
    try:
        begin()
        end_with(parent, signal.SIGKILL)
        try:
            data, said = embedded.render(dot, format)
            _say(answer, said, data)
        except EngineError as error:
            _say(answer, f"Error: {error}", b"")
        except OSError as error:
            _say(answer, f"Error: {embedded.NO_FILE.format(reason=error.strerror)}", b"")
        code = 0
    finally:
        os._exit(code)


def _say(answer: BinaryIO, said: str, data: bytes) -> None:
    """Write what :func:`_read` reads, in the place of what may have been written. Raises OSError."""
    descriptor = answer.fileno()
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.truncate(descriptor, 0)
    rest = memoryview(json.dumps(said).encode() + b"\n" + data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
