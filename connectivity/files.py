"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from connectivity.errors import FileError, nearest, visible

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

    Raises FileError.
    """
    with ExitStack() as stack:
        ready = [(path, _prepared(stack, path, data)) for path, data in items]
        for path, finish in ready:
            _in_words(path, finish)


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


def _prepared(stack: ExitStack, path: str | Path, data: bytes) -> Callable[[], object]:
    """What is left to do to write a file, once everything that can fail has been done."""

    def prepare() -> Callable[[], object]:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            temporary = _temporary(stack, target, data, mode)
            return lambda: temporary.replace(target)
        if stat.S_ISDIR(mode):
            raise FileError(f"cannot write {visible(str(path), 200)}: it is a folder; name a file in it")
        return lambda: _write_to_device(target, data)

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


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _temporary(stack: ExitStack, target: Path, data: bytes, mode: int | None) -> Path:
    """A file beside ``target`` that holds ``data``; gone at the end of ``stack``, unless it was moved."""
    # Its name is known before it is there: whatever interrupts us, and wherever, it is taken away.
    temporary = target.with_name(f".connectivity-{os.urandom(8).hex()}")
    stack.callback(temporary.unlink, missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, 0o666 if mode is None else 0o600)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)
    if mode is not None:
        temporary.chmod(stat.S_IMODE(mode))
    return temporary


def _write_to_device(target: Path, data: bytes) -> None:
    with target.open("wb", buffering=0) as device:
        _write_all(device.fileno(), data)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
