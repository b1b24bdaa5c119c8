"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from connectivity.errors import FileError, visible


def write(path: str | Path, data: bytes) -> None:
    """Write ``data`` to ``path``: whole, or not at all.

    A temporary file in the same folder replaces the target: its mode is kept, symbolic links are
    followed. Devices and pipes are written to directly. Raises FileError.
    """
    shown = visible(str(path), 200)
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            if stat.S_ISDIR(mode):
                raise FileError(f"cannot write {shown}: it is a folder")
            with target.open("wb", buffering=0) as device:
                _write_all(device.fileno(), data)
        else:
            _replace(target, data, mode)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f"cannot write {shown}: {reason}") from error


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    import tempfile  # costs as much as drawing a small figure; standard output needs none

    descriptor, name = tempfile.mkstemp(prefix=".connectivity-", dir=target.parent)
    temporary = Path(name)
    try:
        try:
            _write_all(descriptor, data)
            temporary.chmod(0o666 & ~_umask() if mode is None else stat.S_IMODE(mode))
        finally:
            os.close(descriptor)
        temporary.replace(target)
    except BaseException:
        temporary.unlink()
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _umask() -> int:
    """The process's umask; there is no way to read it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
