"""One float for each parameter: generated, given in the notation, or given as arrays.

Weights travel as flat sequences in PyTorch's (row-major) order. numpy is imported only where
arrays are given.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from connectivity.errors import WeightsError, suggestion, visible
from connectivity.network import Network

if TYPE_CHECKING:
    import numpy as np


class LayerWeights(NamedTuple):
    """The values of a layer's parameters; ``given`` is false for generated ones."""

    weight: Sequence[float]
    bias: Sequence[float]
    given: bool


def layer_weights(network: Network, given: Mapping[str, Any] | None = None, seed: int = 0) -> list[LayerWeights]:
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
    # A layer without weights (a pool) has the shape (0,), for which nothing is looked up.
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


def check_dtype(dtype: np.dtype[Any], where: str) -> None:
    """Raise WeightsError for a type that is not of real numbers."""
    if dtype.kind not in "fiub":
        raise WeightsError(f"{where} has the type {visible(str(dtype))}; weights are real numbers")


def _check_keys(given: Mapping[str, Any], names: Sequence[str]) -> None:
    legal = [f"{name}.{part}" for name in names for part in ("weight", "bias")]
    unknown = next((key for key in given if key not in legal), None)
    if unknown is not None:
        raise WeightsError(
            f'the weights hold "{visible(str(unknown))}", but no layer has that name' + suggestion(str(unknown), legal)
        )


def _values(
    inline: tuple[float, ...] | None, key: str, shape: tuple[int, ...], given: Mapping[str, Any] | None
) -> Sequence[float] | None:
    """The given values of a parameter tensor, flat and checked; None where none are given."""
    if inline is not None:
        return inline
    if given is None or shape == (0,):
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


def _generated(generator: random.Random, shape: tuple[int, ...]) -> list[float]:
    return [round(2 * generator.random() - 1, 2) for _ in range(math.prod(shape))]
