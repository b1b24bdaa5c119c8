"""Files that are watched: which of them changed, as they do."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from connectivity.errors import FileError
from connectivity.reads import Stamp, stamp

DEBOUNCE = 100
"""How long files must be left alone before a change is told, in milliseconds."""

_PATIENCE = 20  # times that it is waited for so long


def changes(paths: Callable[[], Iterable[str]], stop: threading.Event) -> Iterator[set[str]]:
    """Those of the files ``paths`` that changed, again and again, until ``stop`` is set; at first none.

    Whatever is saved from that first moment on is told, also what is saved before the caller asks for more.
    Their folders are watched, since editors replace files; a file or a folder that is not there is waited
    for. ``paths`` is asked anew after each change. Nothing is watched while a change is dealt with, so that
    processes may be forked then: what happens meanwhile is seen by the files' times. Raises FileError where
    the watchfiles package is missing.
    """
    stamps = {path: stamp(path) for path in map(os.path.realpath, paths())}
    yield set()
    while not stop.is_set():
        files = set(map(os.path.realpath, paths()))
        stamps = {path: stamps[path] if path in stamps else stamp(path) for path in files}
        now = changed(stamps, stop)
        yield {path for path in files if now[path] != stamps[path]}
        stamps = now


def changed(stamps: Mapping[str, Stamp | None], stop: threading.Event) -> dict[str, Stamp | None]:
    """The files as they are once any of them is no longer as it was, or is elsewhere, or ``stop`` is set.

    Nothing is missed between the moment of the ``stamps`` and now. Raises FileError where the watchfiles package is
    missing.
    """
    folders = {_there(Path(path).parent) for path in stamps}
    with contextlib.closing(_events(folders, stop)) as events:
        for _ in itertools.chain([set()], events):
            now = {path: stamp(path) for path in stamps}
            if now != stamps or {_there(Path(path).parent) for path in stamps} != folders:
                return _settled(now)
    return dict(stamps)


def _settled(now: dict[str, Stamp | None]) -> dict[str, Stamp | None]:
    """The files as they are once nothing changes any more: an editor, or a script, may save again and again."""
    for _ in range(_PATIENCE):
        time.sleep(DEBOUNCE / 1000)
        before, now = now, {path: stamp(path) for path in now}
        if now == before:
            break
    return now


def _events(folders: Iterable[Path], stop: threading.Event) -> Generator[Any, None, None]:
    """Something for each change in ``folders``, and every second: what changed while nobody watched is seen then."""
    return watcher()(
        *sorted(folders),
        debounce=DEBOUNCE,
        step=50,
        rust_timeout=1000,
        yield_on_timeout=True,
        recursive=False,
        stop_event=stop,
    )


def watcher() -> Callable[..., Generator[Any, None, None]]:
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
