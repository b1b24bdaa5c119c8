"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from connectivity.errors import FileError, visible

_AS_IT_IS = getattr(os, "O_BINARY", 0)  # Windows would change line ends


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
    # Its name is known before it is there: whatever interrupts us, and wherever, it is taken away.
    temporary = target.with_name(f".connectivity-{os.urandom(8).hex()}")
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, 0o666 if mode is None else 0o600
        )
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
