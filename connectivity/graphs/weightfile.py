"""Weight files, read with care: limits before memory, never a pickle, one clear message."""

from __future__ import annotations

import io
import lzma
import math
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from connectivity.errors import FileError, WeightsError, visible
from connectivity.graphs.weights import check_dtype
from connectivity.reads import note
from connectivity.typeset.text import natural

if TYPE_CHECKING:
    import numpy as np

FILE_LIMIT = 256 * 2**20
"""The largest weight file that is read, in bytes."""

UNPACKED_LIMIT = 512 * 2**20
"""The most bytes that a weight file may hold once unpacked."""

_WEIGHTS, _INPUTS = "weights", "inputs"
"""What the arrays of a file are called in errors."""

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError, RuntimeError, struct.error,
    ValueError, OverflowError,
)  # fmt: skip
"""What a damaged archive raises, by its kind of compression."""


def load_weights(path: str | Path) -> dict[str, Any]:
    """The arrays of an ``.npz`` or ``.safetensors`` file by their names.

    They come in the file's order; those of a ``.safetensors`` file, which has none, in the natural
    order of their names.

    Never unpickles. Sizes are checked before memory is taken. Raises FileError where the file
    cannot be read, WeightsError where it holds no usable weights.
    """
    path = Path(path)
    shown = visible(str(path))
    readers = {".npz": _load_npz, ".safetensors": _load_safetensors}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise WeightsError(f'"{shown}" is not a weight file: its name must end in .npz or .safetensors')
    return reader(_read_limited(path, shown), shown)


def load_input(path: str | Path) -> np.ndarray | dict[str, Any]:
    """The input in a ``.npy``, ``.npz`` or ``.csv`` file (a line for each channel).

    Of an ``.npz`` with several arrays it is all of them by their names, which are those of the inputs.

    Raises FileError where the file cannot be read, WeightsError where it holds no numbers.
    """
    import numpy as np

    path = Path(path)
    shown = visible(str(path))
    kind = path.suffix.lower()
    if kind == ".csv":
        lines = _read_limited(path, shown).decode("utf-8-sig", errors="replace").splitlines()
        rows = [
            [_number(cell, shown, n) for cell in line.split(",")] for n, line in enumerate(lines, 1) if line.strip()
        ]
        if len({len(row) for row in rows}) != 1:
            raise WeightsError(
                f'"{shown}": its lines have {sorted({len(row) for row in rows})} values; they must be equally long'
            )
        return np.array(rows if len(rows) > 1 else rows[0])
    if kind == ".npy":
        return _load_stream(io.BytesIO(_read_limited(path, shown)), f'"{shown}"', _INPUTS)
    if kind != ".npz":
        raise WeightsError(f'"{shown}" is not an input file: its name must end in .npy, .npz or .csv')
    arrays = _load_npz(_read_limited(path, shown), shown, _INPUTS)
    if len(arrays) > 1:
        return arrays
    array: np.ndarray = next(iter(arrays.values()))
    return array


def _number(cell: str, shown: str, line: int) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise WeightsError(f'"{shown}", line {line}: "{visible(cell.strip(), 20)}" is not a number') from error


def _load_safetensors(data: bytes, shown: str) -> dict[str, Any]:
    try:
        import safetensors
    except ImportError as error:
        raise WeightsError(
            f"reading \"{shown}\" needs the safetensors package: pip install 'layer-connectivity[safetensors]'"
        ) from error
    try:
        tensors = safetensors.deserialize(data)  # type: ignore[no-untyped-call]  # it has no annotations
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f'"{shown}" is not a readable .safetensors file: {visible(str(error))}') from error
    arrays = {name: _tensor(about, f'"{shown}": {visible(name)}') for name, about in tensors}
    if not arrays:
        raise WeightsError(f'"{shown}" holds no arrays')
    # The format keeps no order of its own: its writers sort by type and name.
    return {name: arrays[name] for name in sorted(arrays, key=natural)}


_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def _tensor(about: Mapping[str, Any], where: str) -> np.ndarray:
    """A tensor of a .safetensors file; one of bfloat16, which numpy has not, as float32 (of which it is the upper half)."""
    import numpy as np

    kind = str(about["dtype"])
    if kind == "BF16":
        halves = np.frombuffer(about["data"], "<u2").astype("<u4") << 16
        return halves.view("<f4").reshape(about["shape"])
    if kind not in _TYPES:
        raise WeightsError(f"{where} has the type {visible(kind)}, which cannot be read; save it as float32")
    return np.frombuffer(about["data"], _TYPES[kind]).reshape(about["shape"])


def _load_npz(data: bytes, shown: str, noun: str = _WEIGHTS) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _load_members(archive, shown, noun)
    except WeightsError:
        raise
    except _UNREADABLE as error:
        raise WeightsError(f'"{shown}" is not a readable .npz file: {visible(str(error))}') from error


def _load_members(archive: zipfile.ZipFile, shown: str, noun: str) -> dict[str, Any]:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_LIMIT:
        raise WeightsError(f'"{shown}" unpacks to {unpacked:,} bytes; at most {UNPACKED_LIMIT:,}')
    arrays: dict[str, Any] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name == member.filename:
            raise WeightsError(f'"{shown}" holds "{visible(name)}", which is no array')
        arrays[name] = _load_array(archive, member, f'"{shown}": {visible(name)}', noun)
    if not arrays:
        raise WeightsError(f'"{shown}" holds no arrays')
    return arrays


def _load_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, noun: str) -> np.ndarray:
    with archive.open(member) as stream:
        return _load_stream(stream, where, noun)


def _load_stream(stream: IO[bytes], where: str, noun: str) -> np.ndarray:
    """An array in numpy's format, its header checked before its data is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers as Python 2 wrote them
        return _load_checked(stream, where, noun)


def _load_checked(stream: IO[bytes], where: str, noun: str) -> np.ndarray:
    import numpy as np

    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
        check_dtype(dtype, where, noun)
        if math.prod(shape) * dtype.itemsize > UNPACKED_LIMIT:
            raise WeightsError(f"{where} says it has shape {list(shape)}, which is too large")
        stream.seek(0)
        array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    except WeightsError:
        raise
    except (ValueError, TypeError, SyntaxError, EOFError, OverflowError, MemoryError, tokenize.TokenError) as error:
        raise WeightsError(f"{where} is not a readable array: {visible(str(error))}") from error
    return array


def _read_limited(path: Path, shown: str) -> bytes:
    note(path)
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise WeightsError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except WeightsError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read "{shown}": {reason}') from error
    if len(data) > FILE_LIMIT:
        raise WeightsError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
    if not data:
        raise WeightsError(f'"{shown}" is empty')
    return data
