"""HDF5 files, read in a process of their own.

HDF5's library trusts what it reads: a file that was made or damaged for it can end its process. So it is another one,
which is given a file's bytes and gives back numbers; when it ends in any other way, the file is damaged. The other
process runs this module alone, which therefore imports nothing of the package at its top.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ARRAY_LIMIT = 20_000
"""The most arrays and groups in a file."""

DEPTH_LIMIT = 40
"""The deepest that groups of arrays may be nested."""

TIME_LIMIT = 120
"""How long the other process may take, in seconds."""

_FILTERS = frozenset((1, 2, 3))  # deflate, shuffle and checksums, which are HDF5's own: https://docs.hdfgroup.org
_TEXTS = ("model_config", "keras_version")


class Content(NamedTuple):
    """What is in a file: arrays by their paths, what groups say is their owner's name, and texts of the whole."""

    arrays: dict[str, Any]
    owners: dict[str, str]
    texts: dict[str, str]


class _RefusedError(Exception):
    """Something in a file that is not read; its text is the whole message."""


def read_hdf5(data: bytes, root: str, limit: int) -> Content:
    """The arrays under the group ``root`` of a file, which come to ``limit`` bytes at most.

    Raises ModelError for links, which lead elsewhere, numbers that are none or in other files, too much of anything,
    and a file that is damaged.
    """
    from connectivity.errors import ModelError, visible
    from connectivity.models.damage import DamageError

    command = [sys.executable, "-W", "ignore", str(Path(__file__)), root, str(limit), *map(str, sys.path)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=TIME_LIMIT)  # noqa: S603  # it is ours
    except subprocess.TimeoutExpired as error:
        raise ModelError("its arrays take too long to read: it is damaged") from error
    if done.returncode or len(done.stdout) < 8:
        raise ModelError("HDF5 could not read its arrays: they are damaged; save the model anew")
    (size,) = struct.unpack("<Q", done.stdout[:8])
    about = json.loads(done.stdout[8 : 8 + size])
    if "error" in about:
        raise DamageError(visible(about["error"], 300))
    return Content(
        dict(_unpacked(about["arrays"], memoryview(done.stdout)[8 + size :])), about["owners"], about["texts"]
    )


def _unpacked(about: dict[str, Any], data: memoryview) -> Iterator[tuple[str, Any]]:
    """The arrays that the other process packed, one behind the other."""
    import numpy as np

    start = 0
    for path, (kind, shape) in about.items():
        array: Any = np.empty(shape, dtype=kind)
        flat = np.frombuffer(data[start : start + array.nbytes], dtype=kind)
        array[...] = flat.reshape(shape)
        start += array.nbytes
        yield path, array


def main() -> None:
    """Be the other process: a file on standard input, what is in it on standard output."""
    root, limit = sys.argv[1], int(sys.argv[2])
    sys.path[:] = sys.argv[3:]
    packed: list[bytes] = []
    try:
        about = _about(sys.stdin.buffer.read(), root, limit, packed)
    except _RefusedError as error:
        about = {"error": str(error)}
    except Exception as error:  # whatever h5py makes of what it cannot read
        about = {"error": f"its arrays are damaged ({type(error).__name__} of HDF5)"}
        packed = []
    text = json.dumps(about).encode()
    sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text)
    sys.stdout.buffer.writelines(packed)


def _about(data: bytes, root: str, limit: int, packed: list[bytes]) -> dict[str, Any]:
    """What is in a file; the bytes of its arrays are added to ``packed``."""
    import h5py

    arrays: dict[str, Any] = {}
    owners: dict[str, str] = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        texts = {key: _text(file.attrs[key]) for key in _TEXTS if key in file.attrs}
        start = file
        if root and root in file:
            if not isinstance(file.get(root, getlink=True), h5py.HardLink):
                raise _RefusedError(f"{root} in it is a link to another place, which is not followed")
            start = file[root]
        for path, item in _items(h5py, start):
            if isinstance(item, h5py.Dataset):
                limit -= _checked(item, path, limit)
                array = item[()]
                packed.append(array.tobytes())
                arrays[path] = [array.dtype.str, list(array.shape)]
            elif "name" in item.attrs:
                owners[path] = _text(item.attrs["name"])
    return {"arrays": arrays, "owners": owners, "texts": texts}


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _items(h5py: Any, root: Any) -> Iterator[tuple[str, Any]]:
    """Everything under a group, by its path."""
    waiting = [("", root)]
    number = 0
    while waiting:
        path, group = waiting.pop()
        if path.count("/") > DEPTH_LIMIT:
            raise _RefusedError(f"groups of arrays are nested more than {DEPTH_LIMIT} deep")
        for name in group:
            number += 1
            if number > ARRAY_LIMIT:
                raise _RefusedError(f"it has more than {ARRAY_LIMIT:,} arrays")
            inner = f"{path}/{name}" if path else str(name)
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _RefusedError(f"{inner} in it is a link to another place, which is not followed")
            item = group[name]
            yield inner, item
            if isinstance(item, h5py.Group):
                waiting.append((inner, item))


def _checked(array: Any, path: str, most: int) -> int:
    """The size of an array in bytes, looked at before its numbers are."""
    import numpy as np

    if not np.can_cast(array.dtype, np.float64, "same_kind"):
        raise _RefusedError(f"{path} has the type {array.dtype}; weights are real numbers")
    if array.shape is None:
        raise _RefusedError(f"{path} is empty")
    size = int(array.size) * int(array.dtype.itemsize)
    if size > most:
        raise _RefusedError(f"{path} says it has shape {list(array.shape)}; {most:,} bytes are left of what is read")
    properties = array.id.get_create_plist()
    if array.is_virtual or array.external:
        raise _RefusedError(f"{path} has its numbers in another file, which is not read")
    filters = {properties.get_filter(number)[0] for number in range(properties.get_nfilters())}
    if not filters <= _FILTERS:
        raise _RefusedError(f"{path} is packed in a way that is not HDF5's own")
    if not filters and array.id.get_storage_size() < size:
        raise _RefusedError(f"{path} says it has shape {list(array.shape)}, but the file has fewer numbers")
    return size


if __name__ == "__main__":
    main()
