"""Which files were read: what a build must know to be up to date. A leaf.

Every function that reads a file of the user's says so with :func:`note`, before it reads it: a file
that is missing is one to wait for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

Stamp = tuple[int, int]
"""When a file was last changed (ns), and its size in bytes."""

_noted: ContextVar[dict[str, Stamp | None] | None] = ContextVar("_noted", default=None)


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """The stamp of a file; None for one that is not there."""
    try:
        about = Path(path).stat()
    except (OSError, ValueError):
        return None
    return about.st_mtime_ns, about.st_size


def note(path: str | os.PathLike[str]) -> None:
    """Say that the file ``path`` is about to be read."""
    noted = _noted.get()
    if noted is not None and os.fspath(path) not in noted:
        noted[os.fspath(path)] = stamp(path)


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
