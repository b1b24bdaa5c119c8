"""One float for each parameter: generated, given in the notation, or given as arrays.

Weights travel as flat sequences in PyTorch's (row-major) order. numpy is imported only where
arrays are given.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from connectivity.errors import WeightsError, suggestion, visible
from connectivity.layers import count
from connectivity.layers.network import Network

if TYPE_CHECKING:
    import numpy as np


class Generated(Sequence[float]):
    """Generated values of a parameter tensor, flat: uniform in [-1, 1], two decimals, a function of ``seed`` and place.

    Made when they are asked for: of a sparse layer most never are. By SplitMix64 (Steele, Lea and Flood, "Fast
    splittable pseudorandom number generators", 2014).
    """

    def __init__(self, seed: str, shape: tuple[int, ...]) -> None:
        self._start = zlib.crc32(seed.encode()) << 32
        self._length = math.prod(shape)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...

    def __getitem__(self, index: int | slice) -> float | list[float]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._length))]
        if index >= self._length:
            raise IndexError(index)
        mixed = (self._start + index * 0x9E3779B97F4A7C15) & _64_BITS
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _64_BITS
        return ((mixed ^ (mixed >> 31)) % 201 - 100) / 100


_64_BITS = (1 << 64) - 1


class LayerWeights(NamedTuple):
    """The values of a layer's parameters; ``given`` is false for generated ones."""

    weight: Sequence[float]
    bias: Sequence[float]
    given: bool


def layer_weights(network: Network, given: Mapping[str, Any] | None = None, seed: int = 0) -> list[LayerWeights]:
    """The weights of every layer of ``network``: its own, else ``given``, else generated.

    ``given`` maps ``NAME.weight`` and ``NAME.bias`` to arrays (or nested lists) in PyTorch's
    shapes. Where no NAME is that of a layer, the layers with weights take them in order, as a
    PyTorch state dict has them. Every layer must find its weights in ``given`` or in the notation,
    and every key must belong to a layer; a layer for which there is a bias has one. Generated
    values are a function of ``seed`` and the layer's place alone, see :class:`Generated`.

    Raises WeightsError for a missing key, a wrong shape, or a value that is not a finite real.
    """
    names, shapes = network.names()[1:], network.shapes()
    bearing = [name for name, layer in zip(names, network.layers, strict=True) if layer.has_weights]
    given = _by_layer(given, names, bearing) if given is not None else None
    result = []
    for index, (layer, name, shape) in enumerate(zip(network.layers, names, shapes, strict=False)):
        if not layer.has_weights:
            result.append(LayerWeights((), (), given=True))
            continue
        weight = _values(layer.inline_weight(shape), f"{name}.weight", layer.weight_shape(shape), given)
        has_bias = layer.bias or (given is not None and f"{name}.bias" in given)
        bias_shape = layer.bias_shape(shape) if has_bias else (0,)
        bias = _values(None, f"{name}.bias", bias_shape, given) if has_bias else ()
        result.append(
            LayerWeights(
                weight if weight is not None else Generated(f"{seed}/{index}/weight", layer.weight_shape(shape)),
                bias if bias is not None else Generated(f"{seed}/{index}/bias", bias_shape),
                weight is not None,
            )
        )
    return result


def check_dtype(dtype: np.dtype[Any], where: str) -> None:
    """Raise WeightsError for a type that is not of real numbers."""
    if dtype.kind not in "fiub":
        raise WeightsError(f"{where} has the type {visible(str(dtype))}; weights are real numbers")


def _by_layer(given: Mapping[str, Any], names: Sequence[str], bearing: Sequence[str]) -> Mapping[str, Any]:
    """``given`` under the layers' names: as it is, or (where no name matches) in the order of the layers."""
    prefixes = list(dict.fromkeys(str(key).rpartition(".")[0] for key in given))
    if set(prefixes) & set(names):
        _check_keys(given, bearing)
        return given
    unknown = next((key for key in given if str(key).rpartition(".")[2] not in ("weight", "bias")), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", which is neither a weight nor a bias of a layer; '
            "save the file without it (a batch norm's running statistics are not part of a picture)"
        )
    if len(prefixes) != len(bearing):
        raise WeightsError(
            f"the weights are of {count(len(prefixes), 'layer')} ({_listed(given)}), but the network has "
            f"{len(bearing)} with weights ({', '.join(bearing[:8]) or 'none'})"
        )
    renamed = dict(zip(prefixes, bearing, strict=True))
    return {
        f"{renamed[prefix]}.{part}": value
        for key, value in given.items()
        for prefix, _, part in [str(key).rpartition(".")]
    }


def _check_keys(given: Mapping[str, Any], names: Sequence[str]) -> None:
    legal = [f"{name}.{part}" for name in names for part in ("weight", "bias")]
    unknown = next((key for key in given if key not in legal), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", but no layer with weights has that name'
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
    check_dtype(array.dtype, key)
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
