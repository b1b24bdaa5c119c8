"""Standard output and standard error: one way to each, and nothing lost in silence.

Whatever a command writes to standard output, click's own help and version as well, goes through one stream, which
says what it cannot take. Python's own is flushed as the interpreter ends, when nobody can say what was wrong any more.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

import click

from connectivity.errors import FileError, harmless


class UnreadError(Exception):
    """Whoever read standard output has gone, and knows it. No OSError, which click would take for its own."""


class _StandardOutput(io.RawIOBase):
    """Standard output's descriptor; None where it is closed, as under ``>&-``.

    Raises FileError for what cannot be written, and UnreadError where whoever read it has gone. After the first
    of them it takes everything in silence, since what is still held back would be an error once more at the end.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._failed = False

    def check(self) -> None:
        """Raise FileError where nothing can be written at all."""
        if self._descriptor is None:
            raise FileError("standard output is closed: leave out >&-, or name a file (-o FILE)")

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._descriptor is not None and os.isatty(self._descriptor)

    def fileno(self) -> int:
        if self._descriptor is None:
            raise io.UnsupportedOperation("standard output is closed")
        return self._descriptor

    def write(self, data: object) -> int:
        block = memoryview(data)  # type: ignore[arg-type]  # whatever has bytes
        if self._failed:
            return block.nbytes
        try:
            self.check()
            return os.write(self.fileno(), block)
        except OSError as error:
            self._failed = True
            if isinstance(error, BrokenPipeError):
                raise UnreadError from error
            if isinstance(error, FileError):
                raise
            raise FileError(f"cannot write to standard output: {error.strerror}") from error


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """``sys.stdout`` is a stream that is checked, and is flushed at the end; raises as it does.

    A stream that is no file, which somebody has put there to read it, stays as it is.
    """
    before = sys.stdout
    try:
        descriptor = None if before is None else before.fileno()
    except (OSError, ValueError, AttributeError):
        yield
        return
    if os.name == "nt" and descriptor is not None and os.isatty(descriptor):  # a console takes texts, not bytes
        yield
        return
    buffered = io.BufferedWriter(_StandardOutput(descriptor))
    encoding = getattr(before, "encoding", None) or "utf-8"
    stream = io.TextIOWrapper(buffered, encoding, "replace", line_buffering=buffered.isatty())
    sys.stdout = stream
    try:
        yield
        stream.flush()
    finally:
        sys.stdout = before
        # Nothing of it is to come when it is collected; the descriptor is Python's, and stays open.
        with contextlib.suppress(OSError):
            stream.flush()


def check() -> None:
    """Raise FileError where standard output is closed."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _StandardOutput):
        raw.check()


def put(data: str | bytes) -> None:
    """Write to standard output; a text ends with a line break. Raises FileError, UnreadError."""
    click.echo(data, nl=isinstance(data, str))


def tell(message: str) -> None:
    """Say something on standard error, heard or :func:`unheard`; nothing in it is obeyed by a terminal."""
    with unheard():
        click.echo(harmless(message), err=True)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Standard error may be full: there is nobody then who could be told, and Python is not to try it once more."""
    try:
        yield
    except OSError:
        sys.stderr = None  # as it is where it is closed
