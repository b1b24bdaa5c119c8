"""Weights of Keras: ``.keras``, ``.weights.h5``, and the older ``.h5``; only the arrays, by the names of their layers.

Keras numbers the arrays of a layer: which is the kernel and which the bias follows from their shapes, and from the
configuration in a ``.keras`` file. That states the order of the layers as well; HDF5 files alone keep none.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from connectivity.errors import WeightsError, visible
from connectivity.jsontext import read_json
from connectivity.weightfiles.hdf5 import datasets, opened, read_dataset
from connectivity.weightfiles.source import UNREADABLE, members_of, unreadable
from connectivity.weightfiles.weights import KERAS, Unusable, Weights

if TYPE_CHECKING:
    import h5py

CONFIG_LIMIT = 25 * 2**20
"""The longest configuration that is read, in bytes."""

_NORM = ("gamma", "beta", "moving_mean", "moving_variance")
_SILENT = ("layers", "vars", "_layer_checkpoint_dependencies", "model_weights")
"""Steps of a path in a file that are no names of layers."""


class KerasLayer(NamedTuple):
    """What a configuration says of a layer: the groups that lead to it, its name, its class and its settings."""

    path: tuple[str, ...]
    name: str
    settings: Mapping[str, Any]


def read_keras(data: bytes, shown: str) -> Weights:
    """The arrays of a ``.keras`` file by the names of their layers, in the order of its configuration.

    ``epsilon`` of batch norms is among them. Raises WeightsError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in members_of(archive, shown)}
            if "model.weights.h5" not in members or "config.json" not in members:
                raise WeightsError(
                    f'"{shown}" is no .keras file: it has no config.json and model.weights.h5; save it with model.save("model.keras")'
                )
            if members["config.json"].file_size > CONFIG_LIMIT:
                raise WeightsError(
                    f'"{shown}": its config.json has more than {CONFIG_LIMIT:,} bytes, the most that are read; save the weights alone (model.save_weights)'
                )
            layers = list(_layers(read_json(archive.read("config.json"))))
            weights = archive.read("model.weights.h5")
    except WeightsError:
        raise
    except (*UNREADABLE, RecursionError) as error:
        raise unreadable(shown, ".keras", error) from error
    with opened(weights, shown, ".keras") as file:
        found = _numbered(file, shown)
        arrays: dict[str, Any] = {}
        for layer in layers:
            _take(arrays, layer.name, found.pop(layer.path, {}), layer.settings)
            for path in _within(layer.path, found, layers):  # cells of recurrent layers, say
                _take(arrays, ".".join((layer.name, *path[len(layer.path) :])), found.pop(path), {})
        for path, items in found.items():
            _take(arrays, ".".join(path), items, {})
    return Weights(arrays, shown, ordered=bool(layers), layout=KERAS).checked()


def read_h5(data: bytes, shown: str) -> Weights:
    """The arrays of a ``.weights.h5`` file, or of an older ``.h5`` file; no order of them is stated.

    Raises WeightsError.
    """
    with opened(data, shown, ".h5") as file:
        arrays: dict[str, Any] = {}
        for path, items in _numbered(file, shown).items():
            _take(arrays, ".".join(path), items, {})
    return Weights(arrays, shown, ordered=False, layout=KERAS).checked()


def _layers(config: Any, path: tuple[str, ...] = (), name: str = "") -> Iterator[KerasLayer]:
    """The layers of a configuration in order, those of models in it with its name before theirs.

    In the file a layer is called by its class, in small letters, and numbered from the second of a class on.
    """
    settings = config.get("config") if isinstance(config, dict) else None
    inner = settings.get("layers") if isinstance(settings, dict) else None
    if not isinstance(inner, list) or len(path) > 32:
        return
    counts: dict[str, int] = {}
    for layer in inner:
        if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
            continue
        group = _snake(str(layer.get("class_name")))
        counts[group] = counts.get(group, -1) + 1
        here = (*path, f"{group}_{counts[group]}" if counts[group] else group)
        own = str(layer["config"].get("name") or here[-1])
        full = f"{name}.{own}" if name else own
        yield KerasLayer(here, full, layer["config"])
        yield from _layers(layer, here, full)


def _within(
    path: tuple[str, ...], found: Iterable[tuple[str, ...]], layers: Sequence[KerasLayer]
) -> list[tuple[str, ...]]:
    """The groups in that of a layer which are those of no other layer."""
    known = {layer.path for layer in layers if layer.path[: len(path)] == path and layer.path != path}
    inner = [each for each in found if each[: len(path)] == path and each != path]
    return [each for each in inner if not any(each[: len(other)] == other for other in known)]


def _snake(name: str) -> str:
    """What Keras calls a layer of a class.

    >>> _snake("Conv1DTranspose"), _snake("ReLU"), _snake("BatchNormalization")
    ('conv1d_transpose', 're_lu', 'batch_normalization')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _numbered(file: h5py.File, shown: str) -> dict[tuple[str, ...], dict[str, np.ndarray | Unusable]]:
    """The arrays of each layer by their numbers, in order, and by the groups that lead to it; without an optimizer's.

    In older files the arrays have names, and a layer's groups end in its name once more.
    """
    found: dict[tuple[str, ...], dict[str, np.ndarray | Unusable]] = {}
    for path, dataset in datasets(file, shown):
        if path[0].startswith("optimizer"):
            continue
        where = tuple(step for step in path[:-1] if step not in _SILENT)
        if "vars" not in path and where:
            where = where[:1] if where[-1] == where[0] else (where[0], where[-1])
        part = path[-1].partition(":")[0]
        found.setdefault(where, {})[part] = read_dataset(dataset, f'"{shown}": {visible("/".join(path))}')
    return {path: {key: items[key] for key in sorted(items, key=_number)} for path, items in found.items()}


def _number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isascii() and name.isdigit() and len(name) < 9 else (10**9, name)


def _take(
    arrays: dict[str, Any], layer: str, items: Mapping[str, np.ndarray | Unusable], settings: Mapping[str, Any]
) -> None:
    """Add the arrays of a layer, under their names."""
    names = _names([*items.values()], settings) if all(map(str.isdigit, items)) else [*items]
    prefix = f"{layer}." if layer else ""
    arrays.update({f"{prefix}{name}": item for name, item in zip(names, items.values(), strict=True)})
    epsilon = settings.get("epsilon")
    if "moving_variance" in names and isinstance(epsilon, (int, float)):
        arrays[f"{prefix}epsilon"] = np.float64(epsilon)


def _names(items: Sequence[Any], settings: Mapping[str, Any]) -> list[str]:
    """What the numbered arrays of a layer are; their numbers, where that cannot be known."""
    ranks = [2 if isinstance(item, Unusable) else item.ndim for item in items]
    if items and all(rank == 1 for rank in ranks):
        norm = [name for name, flag in zip(_NORM, ("scale", "center"), strict=False) if settings.get(flag, True)]
        names = [*norm, *_NORM[2:]]
        if len(names) == len(items):
            return names
    elif ranks and len(ranks) <= 2 and ranks[1:] in ([], [1]):
        return ["kernel", "bias"][: len(ranks)]
    return [str(number) for number in range(len(items))]
