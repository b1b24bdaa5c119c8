"""Files of input values: ``.npy``, ``.npz`` and ``.csv``."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.numerals import decimal
from connectivity.weightfiles.npz import SPARE, npz_arrays, read_array
from connectivity.weightfiles.source import limited
from connectivity.weightfiles.weights import Unusable

NUMBER_LIMIT = 1_000_000
"""The most numbers of a ``.csv`` file, where nothing is known of the network."""

_WIDTH = 32
"""Bytes of a number and its comma at most, on average: those of 17 digits have 25."""


def load_input(path: str | Path, most: int | None = None) -> np.ndarray | dict[str, Any]:
    """The input in a ``.npy``, ``.npz`` or ``.csv`` file (a line for each channel).

    Of an ``.npz`` with several arrays it is all of them by their names, which are those of the inputs. ``most``: how
    many numbers the network takes, where that is known. A file of far more is not read.

    Raises FileError where the file cannot be read, WeightsError where it holds no numbers, or too many.
    """
    path = Path(path)
    shown = visible(str(path), 200)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _table(_text_of(path, shown, most), shown)
    if suffix not in (".npy", ".npz"):
        raise WeightsError(f'"{shown}" is not an input file: its name must end in .npy, .npz or .csv')
    with limited(path, shown) as file:
        if not file.read(1):
            raise WeightsError(f'"{shown}" is empty; save it anew')
        file.seek(0)
        return _arrays_of(file, suffix, shown, most)


def _text_of(path: Path, shown: str, most: int | None) -> str:
    """What stands in a ``.csv`` file. Raises WeightsError for one of too many numbers, if it can before it reads it."""
    room = NUMBER_LIMIT if most is None else min(NUMBER_LIMIT, most + SPARE)
    with limited(path, shown) as file:
        data = file.read(room * _WIDTH + 1)
    numbers = data.count(b",") + data.count(b"\n") + (not data.endswith(b"\n"))
    if len(data) > room * _WIDTH or numbers > room:
        takes = "save it as .npy" if most is None else f"and the network takes {most:,}; save those alone"
        raise WeightsError(f'"{shown}" holds more than {room:,} numbers, {takes}')
    if not data:
        raise WeightsError(f'"{shown}" is empty; save it anew')
    return data.decode("utf-8-sig", errors="replace")


def _arrays_of(file: IO[bytes], suffix: str, shown: str, most: int | None) -> np.ndarray | dict[str, Any]:
    """What is in a file of numpy's."""
    where = f'"{shown}"'
    if suffix == ".npy":
        return _numbers(where, read_array(file, where, most))
    found = npz_arrays(file, shown, most)
    if not found:
        raise WeightsError(f'"{shown}" holds no arrays; save one, as numpy.savez(file, x=x)')
    arrays = {name: _numbers(f'"{shown}": {visible(name)}', array) for name, array in found.items()}
    return arrays if len(arrays) > 1 else next(iter(arrays.values()))


def _numbers(where: str, array: np.ndarray | Unusable) -> np.ndarray:
    if isinstance(array, Unusable):
        raise WeightsError(f"{where} {array.reason.replace('weights are', 'inputs are')}")
    return array


def _table(text: str, shown: str) -> np.ndarray:
    """Numbers between commas, a line for each channel."""
    rows = [
        [_number(cell, shown, n) for cell in line.split(",")]
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
    if len({len(row) for row in rows}) != 1:
        raise WeightsError(
            f'"{shown}": its lines have {sorted({len(row) for row in rows})} values; they must be equally long'
        )
    return np.array(rows if len(rows) > 1 else rows[0])


def _number(cell: str, shown: str, line: int) -> float:
    number = decimal(cell.strip())
    if number is None:
        wrong = visible(cell.strip(), 20)
        if not wrong:
            raise WeightsError(f'"{shown}", line {line}: a number is missing beside a comma; say 0 where there is none')
        raise WeightsError(
            f'"{shown}", line {line}: "{wrong}" is not a finite number, as 0.5 or -2 is; numbers have commas between them'
        )
    return number
