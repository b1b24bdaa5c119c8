"""Tensors of ONNX files as arrays: sizes checked against the bytes that are there, data beside the model in its folder."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from connectivity.errors import ModelError, visible
from connectivity.models.damage import DamageError
from connectivity.models.onnx.messages import TensorMessage
from connectivity.reads import note, opened

DATA_LIMIT = 512 * 2**20
"""The most bytes of tensors that are read of files beside the model."""

BFLOAT16 = 16
TYPES = {
    1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4",
    13: "<u8", BFLOAT16: "<u2",
}  # fmt: skip
"""The numbers of types whose elements are read, as numpy spells them."""

_OTHERS = {
    8: "texts", 14: "complex numbers", 15: "complex numbers", 17: "float8", 18: "float8", 19: "float8", 20: "float8",
    21: "4-bit integers", 22: "4-bit integers", 23: "4-bit floats",
}  # fmt: skip
_DOUBLES, _WIDE, _UNSIGNED = (11,), (7,), (12, 13)  # types that have fields of their own; the others share one


class Folder:
    """Where the files are that a model keeps its data in: its own folder, and nowhere else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[str, Path] = {}
        self._read = 0

    def data(self, place: Mapping[str, str], size: int, where: str) -> bytes:
        """``size`` bytes of the file that ``place`` names. Raises ModelError where they are not there."""
        location = place.get("location", "")
        path = self._file(location, where)
        offset, length = (_whole(place.get(key), where) for key in ("offset", "length"))
        if length is not None and length != size:
            raise ModelError(f"{where} needs {size:,} bytes, but says it has {length:,}")
        self._read += size
        if self._read > DATA_LIMIT:
            raise ModelError(
                f"its data is more than {DATA_LIMIT:,} bytes, at most so many are read, and no option raises it"
            )
        shown = visible(location)
        try:
            there = path.stat().st_size
            if (offset or 0) + size > there:
                raise ModelError(
                    f'{where} ends at byte {(offset or 0) + size:,} of "{shown}", which has {there:,}; export it anew'
                )
            with opened(path) as file:
                file.seek(offset or 0)
                return file.read(size)
        except OSError as error:
            raise DamageError(f'{where} is in "{shown}", which cannot be read: {error.strerror}') from error

    def _file(self, location: str, where: str) -> Path:
        if location in self._files:
            return self._files[location]
        folder = os.path.realpath(self._path)
        try:
            real = os.path.realpath(self._path / location)
        except ValueError as error:
            raise DamageError(f"{where} is in a file with an impossible name") from error
        legal = location and not Path(location).is_absolute() and os.path.commonpath([folder, real]) == folder
        if not legal or real == folder:
            raise ModelError(
                f'{where} is in "{visible(location)}", which is not in the folder of the model; export it beside the model'
            )
        note(self._path / location)
        if Path(real).exists() and not Path(real).is_file():
            raise ModelError(f'{where} is in "{visible(location)}", which is no file; save it beside the model')
        self._files[location] = Path(real)
        return self._files[location]


def array_of(tensor: TensorMessage, folder: Folder, limit: int = DATA_LIMIT) -> np.ndarray:
    """The elements of a tensor. Raises ModelError where there are more or fewer of them than its shape says."""
    where = f'the tensor "{visible(tensor.name)}"' if tensor.name else "a tensor"
    if tensor.type not in TYPES:
        raise DamageError(f"{where} holds {_OTHERS.get(tensor.type, 'elements of an unknown type')}, not numbers")
    type = np.dtype(TYPES[tensor.type])
    if any(size < 0 for size in tensor.shape):
        raise DamageError(f"{where} has the shape {list(tensor.shape)}")
    size = math.prod(tensor.shape) * type.itemsize
    if size > limit:
        raise DamageError(f"{where} says it has the shape {list(tensor.shape)}, which is more than {limit:,} bytes")
    elements = _elements(tensor, type, size, where, folder)
    if elements.size != math.prod(tensor.shape):
        raise DamageError(
            f"{where} says it has the shape {list(tensor.shape)}, {math.prod(tensor.shape):,} elements, "
            f"but holds {elements.size:,}"
        )
    if tensor.type == BFLOAT16:
        elements = (elements.astype("<u4") << 16).view("<f4")  # of which it is the upper half
    return elements.reshape(tensor.shape)


def _elements(tensor: TensorMessage, type: np.dtype[np.generic], size: int, where: str, folder: Folder) -> np.ndarray:
    fields = tensor.fields
    if tensor.location is not None:
        return np.frombuffer(folder.data(tensor.location, size, where), type)
    raw = fields.pieces(9)
    if raw:
        if len(raw[-1]) != size:
            raise DamageError(
                f"{where} says it has the shape {list(tensor.shape)}, {size:,} bytes, but holds {len(raw[-1]):,}"
            )
        return np.frombuffer(raw[-1], type)
    return _listed(tensor.type, fields.floats, fields.integers, type, where)


def _listed(
    number: int,
    floats: Callable[..., np.ndarray],
    integers: Callable[[int], list[int]],
    type: np.dtype[np.generic],
    where: str,
) -> np.ndarray:
    """Elements that stand in the field of their type; those of 16 bits as the integers of their bits."""
    if number == 1:
        return floats(4)
    if number in _DOUBLES:
        return floats(10, "<f8")
    listed = integers(7 if number in _WIDE else 11 if number in _UNSIGNED else 5)
    try:
        if number == 10:
            return np.array(listed, "<u2").view("<f2")
        wide = np.array(listed, "<i8" if number not in _UNSIGNED else "<u8")
    except (OverflowError, ValueError) as error:
        raise ModelError(f"{where} has elements that its type cannot hold; export the model anew") from error
    return wide.astype(type)


def _whole(text: str | None, where: str) -> int | None:
    """A number of bytes as the file writes it."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise DamageError(f'{where} has "{visible(text, 40)}" for an offset or a length')
    return int(text)
