"""Which files were read, and which may be: what a build must know to be up to date. A leaf.

Every function that reads a file of the user's says so with :func:`note`, before it opens it with :func:`opened`: a
file that is missing is one to wait for, and one that is outside of :func:`within` is not read at all.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from connectivity.errors import FileError, visible

Stamp = tuple[int, int]
"""When a file was last changed (ns), and its size in bytes."""

_noted: ContextVar[dict[str, Stamp | None] | None] = ContextVar("_noted", default=None)
_root: ContextVar[Path | None] = ContextVar("_root", default=None)


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """The stamp of a file; None for one that is not there."""
    try:
        about = Path(path).stat()
    except (OSError, ValueError):
        return None
    return about.st_mtime_ns, about.st_size


def note(path: str | os.PathLike[str]) -> None:
    """Say that the file ``path`` is about to be read. Raises FileError for one that may not be."""
    _check(path)
    noted = _noted.get()
    if noted is not None and os.fspath(path) not in noted:
        noted[os.fspath(path)] = stamp(path)


_WAITLESS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file that is there, and has an end. Raises OSError for anything else: a pipe might be waited for for ever."""
    descriptor = os.open(path, os.O_RDONLY | _WAITLESS)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OSError(errno.EINVAL, "it is a pipe or a device; copy what comes out of it into a file, and name that")


@contextmanager
def recording() -> Iterator[dict[str, Stamp | None]]:
    """The paths of the files that are read meanwhile, in order, each with its stamp from before."""
    outer, stamps = _noted.get(), dict[str, Stamp | None]()
    token = _noted.set(stamps)
    try:
        yield stamps
    finally:
        _noted.reset(token)
        if outer is not None:
            outer.update({path: before for path, before in stamps.items() if path not in outer})


@contextmanager
def within(root: str | os.PathLike[str]) -> Iterator[None]:
    """No file outside of the folder ``root`` is read meanwhile, also not through a link: that is a FileError."""
    token = _root.set(Path(os.path.realpath(root)))
    try:
        yield
    finally:
        _root.reset(token)


def _check(path: str | os.PathLike[str]) -> None:
    root = _root.get()
    if root is None:
        return
    try:
        real = Path(os.path.realpath(path))
    except ValueError:  # no path at all: whoever reads it says so
        return
    if not real.is_relative_to(root):
        raise FileError(
            f'cannot read "{visible(os.fspath(path), 200)}": it is outside of the folder "{visible(root.name)}" of '
            f"these pages; put it, or a copy, into that folder, or let the site allow more (its root)"
        )


def digest_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of what a file holds; nothing where it cannot be read."""
    import hashlib

    try:
        if not Path(path).is_file():  # a pipe would be waited for
            return ""
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
