"""One float for each parameter: generated, given in the notation, or given as arrays.

Weights travel as flat sequences in PyTorch's (row-major) order. numpy is imported only where
arrays are given.
"""

from __future__ import annotations

import math
from array import array as numbers
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from connectivity.errors import WeightsError, suggestion, visible
from connectivity.layers.base import Layer, count
from connectivity.network import Network, Stage

if TYPE_CHECKING:
    import numpy as np


class LayerWeights(NamedTuple):
    """The values of a layer's parameters; ``given`` is false for generated ones."""

    weight: Sequence[float]
    bias: Sequence[float]
    given: bool


def layer_weights(network: Network, arrays: Mapping[str, Any] | None = None, seed: int = 0) -> list[LayerWeights]:
    """The weights of every layer of ``network``, inputs included: its own, else ``arrays``, else generated.

    ``arrays`` maps ``NAME.weight`` and ``NAME.bias`` (of a batch norm ``NAME.running_mean`` and so on) to arrays (or
    nested lists) in PyTorch's shapes. Where no NAME is that of a layer, the layers with weights take them in order,
    as a PyTorch state dict has them. Every layer must find its weights in ``arrays`` or in the notation,
    and every key must belong to a layer; a layer for which there is a bias has one. A layer that shares those of
    another has none of its own. Generated values are a function of ``seed`` and the layer's place alone, see
    :meth:`.Layer.generated`.

    Raises WeightsError for a missing key, a wrong shape, or a value that is not a finite real.
    """
    bearing = [
        (number, stage)
        for number, stage in enumerate(network.stages)
        if stage.layer.has_weights and stage.owner == number
    ]
    if arrays is not None:
        if not isinstance(arrays, Mapping):
            raise WeightsError(f"weights are arrays by their names (y.weight), not {visible(repr(arrays), 40)}")
        arrays = _by_layer(arrays, network.names(), {stage.name: _parts(stage) for _, stage in bearing})
    values = [LayerWeights((), (), given=True)] * len(network.stages)
    for number, stage in bearing:
        values[number] = _numbers(stage, f"{seed}/{number - 1}", arrays)
    return [values[stage.owner] for stage in network.stages]


def _parts(stage: Stage) -> tuple[str, ...]:
    """The names of the arrays that weight files may hold for a layer."""
    return (*stage.layer.tensors(*stage.inputs), *stage.layer.passed_over)


def _numbers(stage: Stage, seed: str, arrays: Mapping[str, Any] | None) -> LayerWeights:
    """The weights and biases of one layer; of its arrays some may be given, while others have their defaults."""
    layer, shapes = stage.layer, stage.inputs
    inline = layer.inline_weight(*shapes)
    tensors: dict[str, Sequence[float]] = {} if inline is None else {"weight": inline}
    tensors |= _given(stage, arrays or {}, tensors)
    has_values = bool(tensors)
    for part, tensor in layer.tensors(*shapes).items():
        if part in tensors or not (_needed(part, layer) or (has_values and tensor.default is not None)):
            continue
        if has_values and tensor.default is not None:
            tensors[part] = [tensor.default] * math.prod(tensor.shape)
        elif arrays is not None and inline is None:
            key = f"{stage.name}.{part}"
            raise WeightsError(f'the weights hold no "{key}" (shape {list(tensor.shape)}); they hold {_listed(arrays)}')
        else:
            tensors[part] = layer.generated(f"{seed}/{part}", tensor.shape)
    try:
        weight, bias = layer.coefficients(tensors)
    except WeightsError as error:
        raise WeightsError(f"{stage.name}: {error}") from error
    return LayerWeights(weight, bias, has_values)


def _given(stage: Stage, arrays: Mapping[str, Any], beside: Collection[str]) -> dict[str, Sequence[float]]:
    """The arrays that are given for a layer, by their names, without those in ``beside``."""
    return {
        part: _values(f"{stage.name}.{part}", tensor.shape, arrays[f"{stage.name}.{part}"])
        for part, tensor in stage.layer.tensors(*stage.inputs).items()
        if part not in beside and f"{stage.name}.{part}" in arrays
    }


def _needed(part: str, layer: Layer) -> bool:
    """Whether a layer has an array ``part`` in any case."""
    return part == "weight" or (part == "bias" and layer.bias)


def check_dtype(dtype: np.dtype[Any], where: str, noun: str = "weights") -> None:
    """Raise WeightsError for a type that is not of real numbers, as ``noun`` are."""
    if dtype.kind not in "fiub":
        raise WeightsError(f"{where} has the type {visible(str(dtype))}; {noun} are real numbers")


def _by_layer(
    arrays: Mapping[str, Any], names: Sequence[str], bearing: Mapping[str, Collection[str]]
) -> Mapping[str, Any]:
    """``arrays`` under the layers' names: as it is, or (where no name matches) in the order of the layers.

    ``bearing`` are the layers that have weights, each with the arrays it may have.
    """
    prefixes = list(dict.fromkeys(str(key).rpartition(".")[0] for key in arrays))
    if set(prefixes) & set(names):
        _check_keys(arrays, [f"{name}.{part}" for name, parts in bearing.items() for part in parts])
        return arrays
    legal_parts = {"weight", "bias"}.union(*bearing.values())
    unknown = next((key for key in arrays if str(key).rpartition(".")[2] not in legal_parts), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", which is neither a weight nor a bias of a layer; '
            "save the file without it, or say batchnorm where its layer is one"
        )
    if len(prefixes) != len(bearing):
        raise WeightsError(
            f"the weights are of {count(len(prefixes), 'layer')} ({_listed(arrays)}), but the network has "
            f"{len(bearing)} with weights ({', '.join([*bearing][:8]) or 'none'})"
        )
    renamed = dict(zip(prefixes, bearing, strict=True))
    return {
        f"{renamed[prefix]}.{part}": value
        for key, value in arrays.items()
        for prefix, _, part in [str(key).rpartition(".")]
    }


def _check_keys(arrays: Mapping[str, Any], legal: Sequence[str]) -> None:
    unknown = next((key for key in arrays if key not in legal), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", but no layer with weights has that name'
            + suggestion(str(unknown), legal)
        )


def _values(key: str, shape: tuple[int, ...], value: Any) -> Sequence[float]:
    """The given values of a parameter tensor, flat and checked."""
    import numpy as np

    try:
        array = np.asarray(value)
    except ValueError as error:
        raise WeightsError(f"{key} is not an array: {visible(str(error))}") from error
    check_dtype(array.dtype, key)
    if array.shape != shape:
        raise WeightsError(f"{key} has shape {list(array.shape)}, but the layer needs {list(shape)}")
    finite = np.isfinite(array)
    if not finite.all():
        place = ",".join(str(i) for i in np.argwhere(~finite)[0])
        raise WeightsError(f"{key}[{place}] is {array[~finite][0]}; weights are finite numbers")
    return numbers("d", array.astype(np.float64).tobytes())  # whose items are floats, and not numpy's


def _listed(arrays: Mapping[str, Any], most: int = 8) -> str:
    keys = [visible(str(key), 40) for key in arrays]
    return ", ".join(keys[:most]) + (f" and {len(keys) - most} more" if len(keys) > most else "")
