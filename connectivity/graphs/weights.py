"""One float for each parameter: generated, given in the notation, or given as arrays.

Weights travel as flat sequences in PyTorch's (row-major) order. numpy is imported only where
arrays are given.
"""

from __future__ import annotations

import math
import sys
from array import array as numbers
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from connectivity.errors import LeftOver, WeightsError, visible, warn
from connectivity.layers.base import Layer
from connectivity.network import Network, Stage

if TYPE_CHECKING:
    import numpy as np

    from connectivity.weightfiles.weights import Weights

Given: TypeAlias = "Mapping[str, Any] | str | Path"
"""Weights that are given: arrays by their names, those of a file among them, or the path of one."""


class LayerWeights(NamedTuple):
    """The values of a layer's parameters; ``given`` is false for generated ones."""

    weight: Sequence[float]
    bias: Sequence[float]
    given: bool


def layer_weights(network: Network, given: Given | None = None, seed: int = 0) -> list[LayerWeights]:
    """The weights of every layer of ``network``, inputs included: its own, else those given, else generated.

    ``given`` maps ``NAME.weight`` and ``NAME.bias`` (of a batch norm ``NAME.running_mean`` and so on) to arrays (or
    nested lists) in PyTorch's shapes, as a state dict does, or is the path of a file of them; which of them are
    which layer's is said in :mod:`.weightfiles.assignment`. Every layer must find its weights there or in the
    notation; for a bias that it does not speak of it is asked. A layer that shares those of
    another has none of its own. Generated values are a function of ``seed`` and the layer's place alone, see
    :meth:`.Layer.generated`. Warns :class:`.LeftOver` of arrays that no layer takes.

    Raises WeightsError for a missing array, a wrong shape, or a value that is not a finite real.
    """
    arrays: Mapping[str, Mapping[str, np.ndarray]] | None = None
    if given is not None:
        from connectivity.weightfiles.assignment import assign

        assigned = assign(network, as_weights(given))
        arrays = assigned.arrays
        for note in assigned.notes:
            warn(note, LeftOver)
    values = [LayerWeights((), (), given=True)] * len(network.stages)
    for number, stage in enumerate(network.stages):
        if stage.layer.has_weights and stage.owner == number:
            values[number] = _numbers(
                stage, f"{seed}/{number - 1}", None if arrays is None else arrays.get(stage.name, {})
            )
    return [values[stage.owner] for stage in network.stages]


def as_weights(given: Given) -> Weights:
    """Weights that are given, whatever way. Raises WeightsError for what are none."""
    from connectivity.weightfiles.weights import Weights

    if isinstance(given, (str, Path)):
        from connectivity.weightfiles.loading import load_weights

        return load_weights(given)
    if not isinstance(given, Mapping):
        raise WeightsError(
            f"weights must be arrays by their names (y.weight), or the path of a file, not {visible(repr(given), 40)}"
        )
    return given if isinstance(given, Weights) else Weights({str(name): array for name, array in given.items()})


def kept(given: Any) -> Any:
    """Weights, or an input, as they are now: arrays in them are copied, so that nothing done to them later is seen.

    The path of a file, and what was read of one, stay as they are.
    """
    if given is None:
        return None
    module = sys.modules.get("connectivity.weightfiles.weights")  # which whoever has such weights has imported
    if module is not None and isinstance(given, module.Weights):
        return given if given.source else replace(given, arrays=kept(given.arrays))
    if isinstance(given, Mapping):
        return {name: kept(one) for name, one in given.items()}
    if isinstance(given, (list, tuple)):
        return [kept(one) for one in given]
    if hasattr(given, "detach") and hasattr(given, "clone"):  # a tensor of PyTorch
        return given.detach().clone()
    if not hasattr(given, "__array__"):
        return given
    import numpy as np

    return given.copy() if hasattr(given, "copy") else np.array(given)


def _numbers(stage: Stage, seed: str, arrays: Mapping[str, np.ndarray] | None) -> LayerWeights:
    """The weights and biases of one layer; of its arrays some may be given, while others have their defaults."""
    layer, shapes = stage.layer, stage.inputs
    if arrays is None and layer.load is not None:
        raise WeightsError(
            f'{stage.name} takes "{visible(layer.load)}" of a weight file, but there is none: --weights FILE'
        )
    inline = layer.inline_weight(*shapes)
    tensors: dict[str, Sequence[float]] = {} if inline is None else {"weight": inline}
    tensors |= {part: _values(f"{stage.name}.{part}", array) for part, array in (arrays or {}).items()}
    has_values = bool(tensors)
    for part, tensor in layer.tensors(*shapes).items():
        if part in tensors or not (_needed(part, layer) or (has_values and tensor.default is not None)):
            continue
        if has_values and tensor.default is not None:
            tensors[part] = [tensor.default] * math.prod(tensor.shape)
        else:
            tensors[part] = layer.generated(f"{seed}/{part}", tensor.shape)
    try:
        weight, bias = layer.coefficients(tensors)
    except WeightsError as error:
        raise WeightsError(f"{stage.name}: {error}") from error
    return LayerWeights(weight, bias, has_values)


def _needed(part: str, layer: Layer) -> bool:
    """Whether a layer has an array ``part`` in any case."""
    return part == "weight" or (part == "bias" and bool(layer.bias))


def _values(key: str, array: np.ndarray) -> Sequence[float]:
    """The values of an array, flat. Raises WeightsError for one that is not finite."""
    import numpy as np

    wide = array.astype(np.float64)
    finite = np.isfinite(wide)
    if not finite.all():
        place = ",".join(str(i) for i in np.argwhere(~finite)[0])
        raise WeightsError(f"{key}[{place}] is {wide[~finite][0]}; weights are finite numbers")
    return numbers("d", wide.tobytes())  # whose items are floats, and not numpy's
