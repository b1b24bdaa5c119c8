"""Weight files, read with care: limits before memory, never a pickle, one clear message."""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectivity.errors import FileError, WeightsError, visible
from connectivity.weights import check_dtype

if TYPE_CHECKING:
    import numpy as np

FILE_LIMIT = 256 * 2**20
"""The largest weight file that is read, in bytes."""

UNPACKED_LIMIT = 512 * 2**20
"""The most bytes that a weight file may hold once unpacked."""


def load_weights(path: str | Path) -> dict[str, Any]:
    """The arrays of an ``.npz`` file by their names, as float64.

    Never unpickles. Sizes are checked before memory is taken. Raises FileError where the file
    cannot be read, WeightsError where it holds no usable weights.
    """
    path = Path(path)
    shown = visible(str(path))
    if path.suffix.lower() != ".npz":
        raise WeightsError(f'"{shown}" is not a weight file: its name must end in .npz')
    data = _read_limited(path, shown)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _load_members(archive, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise WeightsError(f'"{shown}" is not a readable .npz file: {visible(str(error))}') from error


def _load_members(archive: zipfile.ZipFile, shown: str) -> dict[str, Any]:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_LIMIT:
        raise WeightsError(f'"{shown}" unpacks to {unpacked:,} bytes; at most {UNPACKED_LIMIT:,}')
    arrays: dict[str, Any] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name == member.filename:
            raise WeightsError(f'"{shown}" holds "{visible(name)}", which is no array')
        arrays[name] = _load_array(archive, member, f'"{shown}": {visible(name)}')
    if not arrays:
        raise WeightsError(f'"{shown}" holds no arrays')
    return arrays


def _load_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> np.ndarray:
    import numpy as np

    try:
        with archive.open(member) as stream:
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(stream)
        check_dtype(dtype, where)
        if math.prod(shape) * dtype.itemsize > UNPACKED_LIMIT:
            raise WeightsError(f"{where} says it has shape {list(shape)}, which is too large")
        with archive.open(member) as stream:
            return np.asarray(np.lib.format.read_array(stream, allow_pickle=False), dtype=np.float64)
    except (ValueError, TypeError, SyntaxError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"{where} is not a readable array: {visible(str(error))}") from error


def _read_limited(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read the weights "{shown}": {reason}') from error
    if len(data) > FILE_LIMIT:
        raise WeightsError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
    if not data:
        raise WeightsError(f'"{shown}" is empty')
    return data
