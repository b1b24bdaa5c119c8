"""Bytes of files, read with care: limits before memory, one clear message."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from connectivity.errors import ConnectivityError, WeightsError, visible
from connectivity.files import unreadable as missing
from connectivity.reads import note, opened

FILE_LIMIT = 256 * 2**20
"""The largest weight file that is read, in bytes."""

UNPACKED_LIMIT = 512 * 2**20
"""The most bytes that a weight file may hold once unpacked, and that one of its arrays may have."""

MEMBER_LIMIT = 100_000
"""The most arrays, or members of an archive, in one file."""

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError, RuntimeError, struct.error,
    ValueError, OverflowError, KeyError,
)  # fmt: skip
"""What a damaged archive raises, by its kind of compression."""


def read_limited(path: Path, shown: str) -> bytes:
    """All bytes of a file, which ``shown`` names in errors.

    Raises FileError where it cannot be read, WeightsError for one that is empty or larger than FILE_LIMIT.
    """
    with limited(path, shown) as file:
        data = file.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        raise _too_large(shown)
    if not data:
        raise WeightsError(f'"{shown}" is empty; save it anew')
    return data


@contextmanager
def limited(path: Path, shown: str) -> Iterator[IO[bytes]]:
    """A file, open for whoever needs a part of it alone. Raises as :func:`read_limited`, also while it is read."""
    note(path)
    try:
        size, file = path.stat().st_size, opened(path)
    except (OSError, ValueError) as error:
        raise missing(path, error) from error
    with file:
        if size > FILE_LIMIT:
            raise _too_large(shown)
        try:
            yield file
        except ConnectivityError:
            raise
        except OSError as error:
            raise missing(path, error) from error


def _too_large(shown: str) -> WeightsError:
    return WeightsError(
        f'"{shown}" is larger than {FILE_LIMIT:,} bytes, the most that is read; save the layers that are drawn alone'
    )


def members_of(archive: zipfile.ZipFile, shown: str) -> list[zipfile.ZipInfo]:
    """The members of an archive.

    Raises WeightsError for too many of them, for two of one name, and for more bytes than UNPACKED_LIMIT.
    """
    members = archive.infolist()
    if len(members) > MEMBER_LIMIT:
        raise WeightsError(f'"{shown}" has {len(members):,} members; at most {MEMBER_LIMIT:,}, which no option raises')
    twice = next((name for name, times in Counter(m.filename for m in members).items() if times > 1), None)
    if twice is not None:
        raise WeightsError(f'"{shown}" holds "{visible(twice)}" twice; save it anew, each part under a name of its own')
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_LIMIT:
        raise WeightsError(
            f'"{shown}" unpacks to {unpacked:,} bytes; at most {UNPACKED_LIMIT:,}, which no option raises'
        )
    return members


def unreadable(shown: str, suffix: str, error: object) -> WeightsError:
    """The error of a file that is damaged, or none of its format."""
    return WeightsError(f'"{shown}" is not a readable {suffix} file: {why_unpacked(error)}; save it anew')


def why_unpacked(error: object) -> str:
    """Why an archive cannot be read, in words of ours: those of the system differ with each of its versions."""
    said = str(error)
    if isinstance(error, zipfile.BadZipFile) and "not a zip" in said:
        return "it is no archive, or cut off"
    if isinstance(error, (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error)) or "seek" in said:
        return "its archive is damaged"
    return visible(said)
