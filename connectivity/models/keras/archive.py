"""The files of Keras, read with care: sizes before memory, numbers alone, nothing outside of the file.

A ``.keras`` file is a zip of ``config.json``, the list of layers, and ``model.weights.h5``, their arrays
(https://keras.io/guides/serialization_and_saving/). A whole model in an ``.h5`` file has the list as an attribute.
"""

from __future__ import annotations

import importlib.util
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from connectivity.errors import ModelError, visible
from connectivity.files import unreadable
from connectivity.jsontext import JsonError, read_json
from connectivity.models.damage import DamageError
from connectivity.models.keras.hdf5 import Content, read_hdf5
from connectivity.reads import note, opened
from connectivity.weightfiles.source import why_unpacked

FILE_LIMIT = 512 * 2**20
"""The largest file that is read, and the most that arrays in it may come to, in bytes."""

CONFIG_LIMIT = 16 * 2**20
"""The longest list of layers, in bytes."""

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
    shown = visible(str(path), 200)
    data = _read(path, shown)
    try:
        if data[:8] == b"\x89HDF\r\n\x1a\n":
            return _whole_model(data)
        if data[:2] != b"PK":
            raise DamageError("it is neither an archive, as model.save writes, nor HDF5")
        return _zipped(data)
    except ModelError as error:
        raise ModelError(f'"{shown}": {error}') from error
    except _DAMAGED as error:
        raise ModelError(
            f'"{shown}" is damaged, or no Keras model: {why_unpacked(error)}; save the model anew'
        ) from error


def _read(path: Path, shown: str) -> bytes:
    note(path)
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise ModelError(
                f'"{shown}" is larger than {FILE_LIMIT:,} bytes, the most that is read; save the layers that are drawn alone'
            )
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise unreadable(path, error) from error
    if len(data) > FILE_LIMIT:
        raise ModelError(
            f'"{shown}" is larger than {FILE_LIMIT:,} bytes, the most that is read; save the layers that are drawn alone'
        )
    return data


def _zipped(data: bytes) -> Archive:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(set(names)) < len(names):
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            raise DamageError(f'it holds "{visible(twice)}" twice')
        if _CONFIG not in names:
            raise ModelError(
                f"it has no {_CONFIG}, which lists the layers; save it whole, with model.save('model.keras')"
            )
        config = _parsed(_member(archive, _CONFIG, CONFIG_LIMIT), _CONFIG)
        about = _parsed(_member(archive, _METADATA, CONFIG_LIMIT), _METADATA) if _METADATA in names else {}
        if _WEIGHTS not in names:
            raise ModelError(
                f"it has no {_WEIGHTS}: models in several files are not read; save it into one, with model.save('model.keras')"
            )
        content = _arrays(_member(archive, _WEIGHTS, FILE_LIMIT), "")
    return Archive(config, content.arrays, content.owners, str(about.get("keras_version", "")), legacy=False)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A file in the archive, if it is no longer than ``limit``, whatever it says of itself."""
    with archive.open(name) as stream:
        data = stream.read(limit + 1) if archive.getinfo(name).file_size <= limit else b" " * (limit + 1)
    if len(data) > limit:
        raise ModelError(
            f"{name} in it is larger than {limit:,} bytes, at most so many are read, and no option raises it"
        )
    return data


def _parsed(text: bytes | str, name: str) -> dict[str, Any]:
    try:
        parsed = read_json(text)
    except JsonError as error:
        raise DamageError(f"{name} in it is no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise DamageError(f"{name} in it is no object")
    return parsed


def _whole_model(data: bytes) -> Archive:
    """A whole model in HDF5, as Keras wrote them until version 2, and still does."""
    content = _arrays(data, "model_weights")
    if "model_config" not in content.texts:
        raise ModelError(
            "it has arrays, but no list of layers; save the whole model (model.save), or give these weights to a network "
            "in the notation (--weights)"
        )
    text = content.texts["model_config"]
    if len(text) > CONFIG_LIMIT:
        raise ModelError(
            f"model_config in it is larger than {CONFIG_LIMIT:,} bytes, at most so many are read, and no option raises it"
        )
    config = _parsed(text, "model_config")
    return Archive(config, content.arrays, content.owners, content.texts.get("keras_version", ""), legacy=True)


def _arrays(data: bytes, root: str) -> Content:
    """The arrays of an HDF5 file under ``root``."""
    if importlib.util.find_spec("h5py") is None:
        raise ModelError("reading a Keras model needs h5py: pip install 'layer-connectivity[keras]'")
    return read_hdf5(data, root, FILE_LIMIT)
