"""HDF5 files, read with care: nothing outside of the file, sizes checked before data is read.

Attributes are left alone: texts among them take the memory that the file claims before anybody can look.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.weightfiles.numbers import check_dtype
from connectivity.weightfiles.source import MEMBER_LIMIT, UNPACKED_LIMIT, UNREADABLE, unreadable
from connectivity.weightfiles.weights import Unusable

if TYPE_CHECKING:
    import h5py

DEPTH_LIMIT = 32
"""How deep groups may be nested in one another."""


@contextmanager
def opened(data: bytes, shown: str, suffix: str) -> Iterator[h5py.File]:
    """The file in ``data``. Raises WeightsError where it cannot be read, or h5py is missing."""
    try:
        import h5py
    except ImportError as error:
        raise WeightsError(
            f"reading \"{shown}\" needs the h5py package: pip install 'layer-connectivity[keras]'"
        ) from error
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            yield file
    except WeightsError:
        raise
    except (
        *UNREADABLE,
        TypeError,
        MemoryError,
        RecursionError,
    ) as error:  # in words of HDF5's, of each version its own
        raise unreadable(shown, suffix, "HDF5 finds it damaged, or cut off") from error


def datasets(group: h5py.Group, shown: str) -> Iterator[tuple[tuple[str, ...], h5py.Dataset]]:
    """All arrays in a group with the names that lead to them; links are followed only within the file, groups once.

    Raises WeightsError for too many, and for links and data that are in other files.
    """
    import h5py

    number = 0
    seen: set[Any] = set()
    todo: list[tuple[tuple[str, ...], h5py.Group]] = [((), group)]
    while todo:
        path, one = todo.pop()
        for name in reversed([*one]):
            number += 1
            if number > MEMBER_LIMIT or len(path) >= DEPTH_LIMIT:
                raise WeightsError(
                    f'"{shown}" has more than {MEMBER_LIMIT:,} parts, the most that are read, or they are nested too deeply; save the weights alone'
                )
            inner = (*path, str(name))
            if not isinstance(one.get(name, getlink=True), h5py.HardLink):
                raise WeightsError(
                    f'"{shown}": {visible("/".join(inner))} is a link to something else, which is not followed; save the arrays themselves'
                )
            found = one[name]
            if isinstance(found, h5py.Dataset):
                yield inner, found
            elif isinstance(found, h5py.Group) and found.id not in seen:
                seen.add(found.id)
                todo.append((inner, found))


def read_dataset(dataset: h5py.Dataset, where: str) -> np.ndarray | Unusable:
    """The numbers of an array. Raises WeightsError for one that is too large, or whose data is in other files."""
    if dataset.shape is None:
        return Unusable(None, "?", "is empty; save it anew")
    try:
        check_dtype(dataset.dtype, "it")
    except WeightsError as error:
        return Unusable(tuple(dataset.shape), str(dataset.dtype), str(error).removeprefix("it "))
    if dataset.external or dataset.is_virtual:
        raise WeightsError(f"{where} has its data in another file, which is not read; save it into this one")
    in_one_piece = dataset.chunks is None
    if dataset.nbytes > UNPACKED_LIMIT or (in_one_piece and dataset.nbytes > dataset.id.get_storage_size()):
        raise WeightsError(f"{where} says it has shape {list(dataset.shape)}, which is too large for it; save it anew")
    return np.asarray(dataset[()])
