"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from connectivity.errors import FileError, nearest, visible
from connectivity.interrupts import Hold, held

T = TypeVar("T")

CACHE = ".connectivity-cache"
"""The name of folders of what is of one machine alone, and can be had again."""

_MARKS = (
    (".gitignore", b"# Made by connectivity: of this machine alone.\n*\n"),
    ("CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n"),
)

_AS_IT_IS = getattr(os, "O_BINARY", 0)  # Windows would change line ends


def write(path: str | Path, data: bytes) -> None:
    """Write ``data`` to ``path``: whole, or not at all.

    A temporary file in the same folder replaces the target: its mode is kept, symbolic links are
    followed. Devices and pipes are written to directly. Raises FileError.
    """
    write_all([(path, data)])


def write_all(items: Iterable[tuple[str | Path, bytes]]) -> None:
    """Write several files as :func:`write` does: all of them, or (where one cannot be written) none.

    A signal that ends the process does so before the first of them is there, or after the last. Raises FileError.
    """
    with held() as hold, ExitStack() as stack:
        ready = [(path, _prepared(stack, hold, path, data)) for path, data in items]
        for path, finish in sorted(ready, key=lambda each: isinstance(each[1], _Replacement)):
            _in_words(path, finish)


def keep(path: Path, data: bytes) -> None:
    """Write a file of our own as :func:`write` does, if nothing but a file is in its place. Raises FileError."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise FileError(f"cannot write {visible(str(path), 200)}: it is no file; take it away")
    write(path, data)


def check_room(number: int) -> None:
    """Raise OSError where the system lets this process open fewer than ``number`` files more (``ulimit -n``)."""
    taken: list[int] = []
    try:
        for _ in range(number):
            taken.append(os.open(os.devnull, os.O_RDONLY))  # noqa: PERF401  # what was opened is to be closed
    finally:
        for descriptor in taken:
            os.close(descriptor)


def keep_out(folder: Path) -> None:
    """Make a folder that version control and backups leave out by themselves. Raises FileError."""
    _in_words(folder, lambda: folder.mkdir(parents=True, exist_ok=True))
    for name, data in _MARKS:
        if not (folder / name).exists():
            write(folder / name, data)


def unreadable(path: str | Path, error: object = None, what: str = "", hint: str = "") -> FileError:
    """The error of a file that cannot be read, for a reason of the system's: what is there in its place.

    ``what`` says what it should be ("the graph "), ``hint`` what else could have been meant.
    """
    name = visible(str(path), 200)
    reason = getattr(error, "strerror", None) or "not a path; a path has no character 0"
    failure = FileError(f'cannot read {what}"{name}": {reason}')
    missing = isinstance(error, FileNotFoundError)
    near = [other for other in _neighbours(Path(path)) if other != Path(path).name] if missing else []
    best = nearest(Path(path).name, near)
    if best is not None:
        failure.said, failure.suggestion = str(path), str(Path(path).with_name(best))
    failure.message += hint or _remedy(Path(path), error, near, best)
    return failure


def _remedy(path: Path, error: object, near: Sequence[str], best: str | None) -> str:
    """What may be done about a file that cannot be read."""
    if best is not None:
        return f' (did you mean "{visible(best)}"?)'
    if isinstance(error, FileNotFoundError):
        folder = f'"{visible(str(path.parent))}"'
        if not path.parent.is_dir():
            return f"; there is no folder {folder}: say the path from the folder you are in"
        listed = ", ".join(visible(name, 40) for name in near[:_NAMES_SHOWN]) + ", ..." * (len(near) > _NAMES_SHOWN)
        here = f"it has {listed}" if near else f"it has no {path.suffix or 'such file'}"
        return f"; looked in {'the folder you are in' if folder == CURRENT else folder}: {here}"
    if isinstance(error, PermissionError):
        return "; chmod u+r lets you read it"
    return "; name a file" if isinstance(error, IsADirectoryError) else "; name another file" if error else ""


CURRENT = '"."'
_NAMES_SHOWN = 5
_NAMES_READ = 2_000  # of a folder, where a file is missing


def _neighbours(path: Path) -> list[str]:
    """The names of files beside ``path`` that end as it does."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in itertools.islice(entries, _NAMES_READ)]
    except (OSError, ValueError):
        return []
    return sorted(name for name in names if Path(name).suffix.lower() == path.suffix.lower())


class _Replacement:
    """What is left to do for a file whose bytes are beside it: nothing that takes time, or fails."""

    def __init__(self, temporary: Path, target: Path) -> None:
        self._temporary, self._target = temporary, target

    def __call__(self) -> None:
        self._temporary.replace(self._target)


def _prepared(stack: ExitStack, hold: Hold, path: str | Path, data: bytes) -> Callable[[], None]:
    """What is left to do to write a file, once everything that can fail has been done."""

    def prepare() -> Callable[[], None]:
        target, there = Path(os.path.realpath(path)), _status(path)
        if there is None or (stat.S_ISREG(there.st_mode) and _is(target, there)):
            return _Replacement(_temporary(stack, hold, target, data, there), target)
        if stat.S_ISDIR(there.st_mode):
            raise FileError(f"cannot write {visible(str(path), 200)}: it is a folder; name a file in it")
        return lambda: _write_to_device(hold, path, data)

    return _in_words(path, prepare)


def _in_words(path: str | Path, work: Callable[[], T]) -> T:
    """What ``work`` returns. Raises FileError, which names the file, for what goes wrong with it."""
    try:
        return work()
    except FileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        missing = isinstance(error, FileNotFoundError)
        remedy = "; make the folder first, or name another" if missing else "; name another file or folder"
        raise FileError(f"cannot write {visible(str(path), 200)}: {reason}{remedy}") from error


def _status(path: str | Path) -> os.stat_result | None:
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None


def _is(target: Path, there: os.stat_result) -> bool:
    """Whether the path ``target`` leads to what is ``there``; a link to standard output leads to none, where that is a pipe."""
    found = _status(target)
    return found is not None and os.path.samestat(found, there)


def _temporary(stack: ExitStack, hold: Hold, target: Path, data: bytes, there: os.stat_result | None) -> Path:
    """A file beside ``target`` that holds ``data``; gone at the end of ``stack``, unless it was moved."""
    # Its name is known before it is there: whatever interrupts us, and wherever, it is taken away.
    temporary = target.with_name(f".connectivity-{os.urandom(8).hex()}")
    stack.callback(_take_away, temporary)
    mode = 0o666 if there is None else 0o600
    with hold.breaking():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, mode)
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)
    if there is not None:
        temporary.chmod(stat.S_IMODE(there.st_mode))
    return temporary


def _take_away(temporary: Path) -> None:
    """An error here, as of a file system that takes no writing, would hide the one that is told."""
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def _write_to_device(hold: Hold, path: str | Path, data: bytes) -> None:
    with hold.breaking(), Path(path).open("wb", buffering=0) as device:
        _write_all(device.fileno(), data)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
