"""Files of input values: ``.npy``, ``.npz`` and ``.csv``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.numerals import decimal
from connectivity.weightfiles.npz import npz_arrays, read_array
from connectivity.weightfiles.source import read_limited
from connectivity.weightfiles.weights import Unusable


def load_input(path: str | Path) -> np.ndarray | dict[str, Any]:
    """The input in a ``.npy``, ``.npz`` or ``.csv`` file (a line for each channel).

    Of an ``.npz`` with several arrays it is all of them by their names, which are those of the inputs.

    Raises FileError where the file cannot be read, WeightsError where it holds no numbers.
    """
    path = Path(path)
    shown = visible(str(path))
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _table(read_limited(path, shown).decode("utf-8-sig", errors="replace"), shown)
    if suffix == ".npy":
        where = f'"{shown}"'
        return _numbers(where, read_array(io.BytesIO(read_limited(path, shown)), where))
    if suffix != ".npz":
        raise WeightsError(f'"{shown}" is not an input file: its name must end in .npy, .npz or .csv')
    found = npz_arrays(read_limited(path, shown), shown)
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
        raise WeightsError(f'"{shown}", line {line}: "{wrong}" is not a finite number, as 0.5 or -2 is')
    return number
