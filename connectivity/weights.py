"""One float for each parameter: generated, given in the notation, or read from a file.

Weights travel as flat sequences in PyTorch's (row-major) order. numpy is imported only where
a file is read.
"""

from __future__ import annotations

import io
import math
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from connectivity.errors import FileError, WeightsError, suggestion, visible
from connectivity.network import Layer, Network, Shape

if TYPE_CHECKING:
    import numpy as np

FILE_LIMIT = 256 * 2**20
"""The largest weight file that is read, in bytes."""

UNPACKED_LIMIT = 512 * 2**20
"""The most bytes that a weight file may hold once unpacked."""


class LayerWeights(NamedTuple):
    """The values of a layer's parameters; ``given`` is false for generated ones."""

    weight: Sequence[float]
    bias: Sequence[float]
    given: bool


def layer_weights(
    network: Network, given: Mapping[str, Any] | None = None, seed: int = 0
) -> list[LayerWeights]:
    """The weights of every layer of ``network``: its own, else ``given``, else generated.

    ``given`` maps ``NAME.weight`` and ``NAME.bias`` to arrays (or nested lists) in PyTorch's
    shapes. Where it is not None, every layer must find its weights in it or in the notation,
    and every key must belong to a layer. Generated values are uniform in [-1, 1], two decimals,
    a function of ``seed`` and the layer's place alone.

    Raises WeightsError for a missing key, a wrong shape, or a value that is not a finite real.
    """
    names, shapes = network.names()[1:], network.shapes()
    if given is not None:
        _check_keys(given, names)
    result = []
    for index, (layer, name, shape) in enumerate(zip(network.layers, names, shapes, strict=False)):
        generator = random.Random(f"{seed}/{index}")
        weight = _values(layer.inline_weight(shape), f"{name}.weight", layer.weight_shape(shape), given)
        bias_shape = layer.bias_shape(shape) if layer.bias else (0,)
        bias = _values(None, f"{name}.bias", bias_shape, given) if layer.bias else None
        result.append(
            LayerWeights(
                weight if weight is not None else _generated(generator, layer.weight_shape(shape)),
                bias if bias is not None else _generated(generator, bias_shape),
                weight is not None,
            )
        )
    return result


def load_weights(path: str | Path) -> dict[str, Any]:
    """The arrays of an ``.npz`` file by their names, as float64.

    Never unpickles. Sizes are checked before memory is taken. Raises FileError where the file
    cannot be read, WeightsError where it holds no usable weights.
    """
    path = Path(path)
    shown = visible(str(path))
    if path.suffix.lower() != ".npz":
        raise WeightsError(f'"{shown}" is not a weight file: its name must end in .npz')
    data = _read_limited(path, shown)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _load_members(archive, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise WeightsError(f'"{shown}" is not a readable .npz file: {visible(str(error))}') from error


def _load_members(archive: zipfile.ZipFile, shown: str) -> dict[str, Any]:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_LIMIT:
        raise WeightsError(f'"{shown}" unpacks to {unpacked:,} bytes; at most {UNPACKED_LIMIT:,}')
    arrays: dict[str, Any] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name == member.filename:
            raise WeightsError(f'"{shown}" holds "{visible(name)}", which is no array')
        arrays[name] = _load_array(archive, member, f'"{shown}": {visible(name)}')
    if not arrays:
        raise WeightsError(f'"{shown}" holds no arrays')
    return arrays


def _load_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> np.ndarray:
    import numpy as np

    try:
        with archive.open(member) as stream:
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(stream)
        _check_dtype(dtype, where)
        if math.prod(shape) * dtype.itemsize > UNPACKED_LIMIT:
            raise WeightsError(f"{where} says it has shape {list(shape)}, which is too large")
        with archive.open(member) as stream:
            return np.asarray(np.lib.format.read_array(stream, allow_pickle=False), dtype=np.float64)
    except (ValueError, TypeError, SyntaxError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"{where} is not a readable array: {visible(str(error))}") from error


def _read_limited(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read the weights "{shown}": {reason}') from error
    if len(data) > FILE_LIMIT:
        raise WeightsError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
    if not data:
        raise WeightsError(f'"{shown}" is empty')
    return data


def _check_dtype(dtype: np.dtype[Any], where: str) -> None:
    if dtype.kind not in "fiub":
        raise WeightsError(f"{where} has the type {visible(str(dtype))}; weights are real numbers")


def _check_keys(given: Mapping[str, Any], names: Sequence[str]) -> None:
    legal = [f"{name}.{part}" for name in names for part in ("weight", "bias")]
    unknown = next((key for key in given if key not in legal), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", but no layer has that name'
            + suggestion(str(unknown), legal)
        )


def _values(
    inline: tuple[float, ...] | None, key: str, shape: tuple[int, ...], given: Mapping[str, Any] | None
) -> Sequence[float] | None:
    """The given values of a parameter tensor, flat and checked; None where none are given."""
    if inline is not None:
        return inline
    if given is None:
        return None
    if key not in given:
        raise WeightsError(f'the weights hold no "{key}" (shape {list(shape)}); they hold {_listed(given)}')
    import numpy as np

    try:
        array = np.asarray(given[key])
    except ValueError as error:
        raise WeightsError(f"{key} is not an array: {visible(str(error))}") from error
    _check_dtype(array.dtype, key)
    if array.shape != shape:
        raise WeightsError(f"{key} has shape {list(array.shape)}, but the layer needs {list(shape)}")
    finite = np.isfinite(array)
    if not finite.all():
        place = ",".join(str(i) for i in np.argwhere(~finite)[0])
        raise WeightsError(f"{key}[{place}] is {array[~finite][0]}; weights are finite numbers")
    values: list[float] = array.astype(np.float64).ravel().tolist()
    return values


def _listed(given: Mapping[str, Any], most: int = 8) -> str:
    keys = [visible(str(key), 40) for key in given]
    return ", ".join(keys[:most]) + (f" and {len(keys) - most} more" if len(keys) > most else "")


def _generated(generator: random.Random, shape: tuple[int, ...]) -> list[float]:
    return [round(2 * generator.random() - 1, 2) for _ in range(math.prod(shape))]


def parameter_index(flat: int, shape: tuple[int, ...]) -> str:
    """A flat index as PyTorch would write it.

    >>> parameter_index(5, (2, 1, 3))
    '1,0,2'
    """
    parts: list[str] = []
    for size in reversed(shape):
        flat, rest = divmod(flat, size)
        parts.append(str(rest))
    return ",".join(reversed(parts))


def weight_total(layer: Layer, shape: Shape) -> int:
    """How many elements the weight tensor has, those of no connection (in a mask) included."""
    return math.prod(layer.weight_shape(shape))
