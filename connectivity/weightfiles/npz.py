"""Arrays in numpy's formats: ``.npz`` archives, and single arrays with their headers."""

from __future__ import annotations

import io
import math
import tokenize
import warnings
import zipfile
from typing import IO, Any

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.weightfiles.numbers import check_dtype
from connectivity.weightfiles.source import UNPACKED_LIMIT, UNREADABLE, members_of, unreadable
from connectivity.weightfiles.weights import Unusable, Weights

SPARE = 10_000
"""How many more numbers than a network takes are read all the same: a message then says their shape."""

_NO_HEADER = (ValueError, TypeError, SyntaxError, OverflowError, RecursionError, tokenize.TokenError)
"""What numpy raises for what is no array of its format."""


def read_npz(data: bytes, shown: str) -> Weights:
    """The arrays of an ``.npz`` file, in its order. Never unpickles. Raises WeightsError."""
    return Weights(npz_arrays(io.BytesIO(data), shown), shown).checked()


def npz_arrays(file: IO[bytes], shown: str, most: int | None = None) -> dict[str, Any]:
    """The arrays of an archive by their names; those that are no numbers as :class:`.Unusable`.

    ``most`` is as in :func:`read_array`. Raises WeightsError.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _members(archive, shown, most)
    except WeightsError:
        raise
    except UNREADABLE as error:
        raise unreadable(shown, ".npz", error) from error


def _members(archive: zipfile.ZipFile, shown: str, most: int | None) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for member in members_of(archive, shown):
        name = member.filename.removesuffix(".npy")
        if name == member.filename:
            raise WeightsError(
                f'"{shown}" holds "{visible(name)}", which is no array; save arrays alone, as numpy.savez does'
            )
        with archive.open(member) as stream:
            arrays[name] = read_array(stream, f'"{shown}": {visible(name)}', most)
    return arrays


def read_array(stream: IO[bytes], where: str, most: int | None = None) -> np.ndarray | Unusable:
    """An array in numpy's format, its header checked before its data is read: not far more than ``most`` numbers, if that is said.

    Raises WeightsError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers as Python 2 wrote them
        try:
            return _read_checked(stream, where, most)
        except WeightsError:
            raise
        except (*_NO_HEADER, EOFError, MemoryError) as error:
            raise WeightsError(f"{where} is not a readable array: {visible(str(error))}; save it anew") from error


def _read_checked(stream: IO[bytes], where: str, most: int | None) -> np.ndarray | Unusable:
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    except _NO_HEADER as error:  # which numpy says in words of Python's syntax tree
        raise WeightsError(
            f"{where} is not a readable array: it begins with no shape and type; save it anew"
        ) from error
    try:
        check_dtype(dtype, "it")
    except WeightsError as error:
        return Unusable(shape, str(dtype), str(error).removeprefix("it "))
    if math.prod(shape) * dtype.itemsize > UNPACKED_LIMIT:
        raise WeightsError(f"{where} says it has shape {list(shape)}, which is too large; save it anew")
    if most is not None and math.prod(shape) > most + SPARE:
        raise WeightsError(
            f"{where} has shape {list(shape)}, {math.prod(shape):,} numbers, and the network takes {most:,}; "
            "save those alone"
        )
    stream.seek(0)
    try:
        array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    except ValueError as error:
        raise WeightsError(f"{where} is not a readable array: it ends within its numbers; save it anew") from error
    return array
