"""Types of numbers: those that numpy has, and those that it has not, as numbers that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import WeightsError, visible


class Number(NamedTuple):
    """A type of numbers: what it is called, how it is stored (little-endian), and how it is read from there."""

    name: str
    stored: str
    read: Callable[[np.ndarray], np.ndarray] | None = None

    @property
    def size(self) -> int:
        """Bytes of one of them."""
        return np.dtype(self.stored).itemsize

    def stored_as(self, big: bool = False) -> np.dtype[Any]:
        """The type of the stored bytes; ``big``: the most significant one first."""
        return np.dtype(self.stored).newbyteorder(">" if big else "<")

    def numbers(self, stored: np.ndarray) -> np.ndarray:
        """The numbers that ``stored`` stands for, in the same shape."""
        return stored if self.read is None else self.read(stored)


def _bfloat16(stored: np.ndarray) -> np.ndarray:
    """The upper half of a float32."""
    halves: np.ndarray = stored.astype("<u4") << 16
    return halves.view("<f4")


def _float8_e5m2(stored: np.ndarray) -> np.ndarray:
    """The upper half of a float16."""
    halves: np.ndarray = stored.astype("<u2") << 8
    return halves.view("<f2")


def _float8_e4m3fn(stored: np.ndarray) -> np.ndarray:
    """Sign, 4 bits of exponent (bias 7), 3 of mantissa, without infinities (Micikevicius et al., "FP8 formats", 2022)."""
    exponent, mantissa = (stored >> 3) & 15, (stored & 7).astype(np.float32)
    size = np.where(exponent == 0, np.ldexp(mantissa, -9), np.ldexp(8 + mantissa, exponent.astype(np.int32) - 10))
    size = np.where((stored & 127) == 127, np.nan, size)
    signed: np.ndarray = np.where(stored & 128, -size, size).astype(np.float32)
    return signed


NUMBERS = {
    number.name: number
    for number in (
        Number("float64", "<f8"),
        Number("float32", "<f4"),
        Number("float16", "<f2"),
        Number("bfloat16", "<u2", _bfloat16),
        Number("float8_e4m3fn", "u1", _float8_e4m3fn),
        Number("float8_e5m2", "u1", _float8_e5m2),
        Number("int64", "<i8"),
        Number("int32", "<i4"),
        Number("int16", "<i2"),
        Number("int8", "i1"),
        Number("uint64", "<u8"),
        Number("uint32", "<u4"),
        Number("uint16", "<u2"),
        Number("uint8", "u1"),
        Number("bool", "u1", lambda stored: stored != 0),
    )
}
"""The types that are read, by the names that PyTorch and numpy give them."""


def check_dtype(dtype: np.dtype[Any], where: str, noun: str = "weights") -> None:
    """Raise WeightsError for a type that is not of real numbers, as ``noun`` are."""
    if dtype.kind not in "fiub":
        raise WeightsError(f"{where} has the type {visible(str(dtype))}; {noun} are real numbers")
