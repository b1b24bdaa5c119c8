"""Which files were read: what a build must know to be up to date. A leaf.

Every function that reads a file of the user's says so with :func:`note`, before it reads it: a file
that is missing is one to wait for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_noted: ContextVar[list[str] | None] = ContextVar("_noted", default=None)


def note(path: str | os.PathLike[str]) -> None:
    """Say that the file ``path`` is about to be read."""
    noted = _noted.get()
    if noted is not None and os.fspath(path) not in noted:
        noted.append(os.fspath(path))


@contextmanager
def recording() -> Iterator[list[str]]:
    """The paths of the files that are read meanwhile, in order, each once."""
    outer, found = _noted.get(), list[str]()
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)
        if outer is not None:
            outer += [path for path in found if path not in outer]
