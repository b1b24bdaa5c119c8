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


def read_npz(data: bytes, shown: str) -> Weights:
    """The arrays of an ``.npz`` file, in its order. Never unpickles. Raises WeightsError."""
    return Weights(npz_arrays(data, shown), shown).checked()


def npz_arrays(data: bytes, shown: str) -> dict[str, Any]:
    """The arrays of an archive by their names; those that are no numbers as :class:`.Unusable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, shown)
    except WeightsError:
        raise
    except UNREADABLE as error:
        raise unreadable(shown, ".npz", error) from error


def _members(archive: zipfile.ZipFile, shown: str) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for member in members_of(archive, shown):
        name = member.filename.removesuffix(".npy")
        if name == member.filename:
            raise WeightsError(
                f'"{shown}" holds "{visible(name)}", which is no array; save arrays alone, as numpy.savez does'
            )
        with archive.open(member) as stream:
            arrays[name] = read_array(stream, f'"{shown}": {visible(name)}')
    return arrays


def read_array(stream: IO[bytes], where: str) -> np.ndarray | Unusable:
    """An array in numpy's format, its header checked before its data is read. Raises WeightsError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers as Python 2 wrote them
        try:
            return _read_checked(stream, where)
        except WeightsError:
            raise
        except (
            ValueError,
            TypeError,
            SyntaxError,
            EOFError,
            OverflowError,
            MemoryError,
            RecursionError,
            tokenize.TokenError,
        ) as error:
            raise WeightsError(f"{where} is not a readable array: {visible(str(error))}; save it anew") from error


def _read_checked(stream: IO[bytes], where: str) -> np.ndarray | Unusable:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    try:
        check_dtype(dtype, "it")
    except WeightsError as error:
        return Unusable(shape, str(dtype), str(error).removeprefix("it "))
    if math.prod(shape) * dtype.itemsize > UNPACKED_LIMIT:
        raise WeightsError(f"{where} says it has shape {list(shape)}, which is too large; save it anew")
    stream.seek(0)
    array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return array
