"""The files of Keras, read with care: sizes before memory, numbers alone, nothing outside of the file.

A ``.keras`` file is a zip of ``config.json``, the list of layers, and ``model.weights.h5``, their arrays
(https://keras.io/guides/serialization_and_saving/). A whole model in an ``.h5`` file has the list as an attribute.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import FileError, ModelError, visible
from connectivity.reads import note

FILE_LIMIT = 512 * 2**20
"""The largest file that is read, and the most that arrays in it may come to, in bytes."""

CONFIG_LIMIT = 16 * 2**20
"""The longest list of layers, in bytes."""

ARRAY_LIMIT = 20_000
"""The most arrays and groups in a file."""

DEPTH_LIMIT = 40
"""The deepest that groups of arrays may be nested."""

_FILTERS = frozenset((1, 2, 3))  # deflate, shuffle and checksums, which are HDF5's own: https://docs.hdfgroup.org
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)


class Archive(NamedTuple):
    """What is in a file: the list of layers, arrays by their paths, what groups say they belong to, and Keras' version.

    ``legacy``: arrays are by the names of layers, as the older files have them.
    """

    config: dict[str, Any]
    arrays: dict[str, Any]
    owners: dict[str, str]
    version: str
    legacy: bool


def read_archive(path: str | Path) -> Archive:
    """The model in a ``.keras`` or an ``.h5`` file.

    Raises FileError where it cannot be read, ModelError for a file that is damaged, too large, or holds no list of layers.
    """
    path = Path(path)
    shown = visible(str(path))
    data = _read(path, shown)
    try:
        if data[:8] == b"\x89HDF\r\n\x1a\n":
            return _whole_model(data)
        return _zipped(data)
    except ModelError as error:
        raise ModelError(f'"{shown}": {error}') from error
    except _DAMAGED as error:
        raise ModelError(f'"{shown}" is damaged, or no Keras model: {visible(str(error), 200)}') from error


def _read(path: Path, shown: str) -> bytes:
    note(path)
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise ModelError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read "{shown}": {reason}') from error
    if len(data) > FILE_LIMIT:
        raise ModelError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
    return data


def _zipped(data: bytes) -> Archive:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if _CONFIG not in names:
            raise ModelError(f"it has no {_CONFIG}, which lists the layers")
        config = _parsed(_member(archive, _CONFIG, CONFIG_LIMIT), _CONFIG)
        about = _parsed(_member(archive, _METADATA, CONFIG_LIMIT), _METADATA) if _METADATA in names else {}
        if _WEIGHTS not in names:
            raise ModelError(f"it has no {_WEIGHTS}: models in several files are not read")
        arrays, owners = _arrays(_member(archive, _WEIGHTS, FILE_LIMIT), "")
    return Archive(config, arrays, owners, str(about.get("keras_version", "")), legacy=False)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A file in the archive, if it is no longer than ``limit``, whatever it says of itself."""
    with archive.open(name) as stream:
        data = stream.read(limit + 1) if archive.getinfo(name).file_size <= limit else b" " * (limit + 1)
    if len(data) > limit:
        raise ModelError(f"{name} in it is larger than {limit:,} bytes")
    return data


def _parsed(text: bytes | str, name: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{name} in it is no JSON: {visible(str(error))}") from error
    if not isinstance(parsed, dict):
        raise ModelError(f"{name} in it is no object")
    return parsed


def _whole_model(data: bytes) -> Archive:
    """A whole model in HDF5, as Keras wrote them until version 2, and still does."""
    h5py = _h5py()
    with h5py.File(io.BytesIO(data), "r") as file:
        text = file.attrs.get("model_config")
        version = file.attrs.get("keras_version", "")
    if text is None:
        raise ModelError(
            "it has arrays, but no list of layers; save the whole model (model.save), or give these weights to a network "
            "in the notation (--weights)"
        )
    config = _parsed(text, "model_config")
    arrays, owners = _arrays(data, "model_weights")
    return Archive(config, arrays, owners, _text(version), legacy=True)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _arrays(data: bytes, root: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The arrays of an HDF5 file under ``root``, by their paths there, and what groups say is their owner's name."""
    h5py = _h5py()
    arrays: dict[str, Any] = {}
    owners: dict[str, str] = {}
    left = FILE_LIMIT
    with h5py.File(io.BytesIO(data), "r") as file:
        start = file[root] if root else file
        for path, item in _items(h5py, start):
            if isinstance(item, h5py.Dataset):
                left -= _checked(item, path, left)
                arrays[path] = item[()]
            elif "name" in item.attrs:
                owners[path] = _text(item.attrs["name"])
    return arrays, owners


def _items(h5py: Any, root: Any) -> Iterator[tuple[str, Any]]:
    """Everything under a group, by its path. Raises ModelError for links, which lead elsewhere, and for too much of it."""
    waiting = [("", root)]
    number = 0
    while waiting:
        path, group = waiting.pop()
        if path.count("/") > DEPTH_LIMIT:
            raise ModelError(f"groups of arrays are nested more than {DEPTH_LIMIT} deep")
        for name in group:
            number += 1
            if number > ARRAY_LIMIT:
                raise ModelError(f"it has more than {ARRAY_LIMIT:,} arrays")
            inner = f"{path}/{name}" if path else str(name)
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ModelError(f"{visible(inner)} in it is a link to another place, which is not followed")
            item = group[name]
            yield inner, item
            if isinstance(item, h5py.Group):
                waiting.append((inner, item))


def _checked(array: Any, path: str, most: int) -> int:
    """The size of an array in bytes. Raises ModelError for one of which the file has not what it says."""
    shown = visible(path)
    if not np.can_cast(array.dtype, np.float64, "same_kind"):
        raise ModelError(f"{shown} has the type {visible(str(array.dtype))}; weights are real numbers")
    if array.shape is None:
        raise ModelError(f"{shown} is empty")
    size = int(array.size) * int(array.dtype.itemsize)
    if size > most:
        raise ModelError(f"{shown} says it has shape {list(array.shape)}; arrays come to {FILE_LIMIT:,} bytes at most")
    properties = array.id.get_create_plist()
    if array.is_virtual or array.external:
        raise ModelError(f"{shown} has its numbers in another file, which is not read")
    filters = {properties.get_filter(number)[0] for number in range(properties.get_nfilters())}
    if not filters <= _FILTERS:
        raise ModelError(f"{shown} is packed in a way that is not HDF5's own")
    if not filters and array.id.get_storage_size() < size:
        raise ModelError(f"{shown} says it has shape {list(array.shape)}, but the file has fewer numbers")
    return size


def _h5py() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise ModelError("reading a Keras model needs h5py: pip install 'layer-connectivity[keras]'") from error
    return h5py
