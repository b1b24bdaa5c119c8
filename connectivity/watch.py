"""Files that are watched: which of them changed, as they do."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from connectivity.errors import FileError

DEBOUNCE = 100
"""How long a change may go on before it is told, in milliseconds."""


def changes(wanted: Callable[[], Iterable[str]], stop: Any = None) -> Iterator[set[str]]:
    """Those of the ``wanted`` files that changed, again and again, until ``stop`` (an Event) is set.

    Their folders are watched, since editors replace files; a file or a folder that is not there is waited
    for. ``wanted`` is asked anew after each change. Raises FileError where the watchfiles package is missing.
    """
    watch = watcher()
    known: dict[str, tuple[int, int] | None] = {}
    while stop is None or not stop.is_set():
        files = {os.path.realpath(path) for path in wanted()}
        known = {path: known[path] if path in known else _stamp(path) for path in files}
        folders = {_there(Path(path).parent) for path in files}
        # Looked at every second as well: what changed while nobody watched is seen then.
        events = watch(
            *sorted(folders),
            debounce=DEBOUNCE,
            step=50,
            rust_timeout=1000,
            yield_on_timeout=True,
            recursive=False,
            stop_event=stop,
            raise_interrupt=True,
        )
        for _ in itertools.chain([set()], events):
            now = {path: _stamp(path) for path in files}
            changed = {path for path in files if now[path] != known[path]}
            known = now
            if changed or {_there(Path(path).parent) for path in files} != folders:
                yield changed
                break


def watcher() -> Callable[..., Iterable[Any]]:
    """What watches folders. Raises FileError where the watchfiles package is missing."""
    try:
        from watchfiles import watch
    except ImportError as error:
        raise FileError("--watch needs the watchfiles package: pip install 'layer-connectivity[watch]'") from error
    return watch


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that there is."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        about = Path(path).stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size
