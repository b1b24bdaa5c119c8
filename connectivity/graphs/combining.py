"""What the units of a layer make of the values of its inputs: connection by connection, or by arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from connectivity.errors import NetworkError
from connectivity.graphs.blueprint import Blueprint
from connectivity.layers.arrays import as_array, reached

if TYPE_CHECKING:
    import numpy as np

EVALUATION_LIMIT = 1_000_000_000
"""The most connections whose values are computed."""

ONE_BY_ONE_LIMIT = 50_000_000
"""The most connections of a layer that knows no other way, and the most weights of a layer that takes part."""

FEW = 10_000
"""Up to so many connections of a network are taken one by one, in less time than numpy's import takes."""

_AT_ONCE = 1_000_000  # connections of a layer that are made at once

Combine = Callable[[int, Sequence[Sequence[float]]], list[float]]
"""From the number of a stage and the values of each of its inputs to those of its units, before any activation."""


def combination_of(blueprint: Blueprint) -> Combine:
    """How the values of a network are computed. Raises NetworkError beyond EVALUATION_LIMIT."""
    connections, _ = blueprint.size()
    if connections > EVALUATION_LIMIT:
        raise NetworkError(
            f"{connections:,} connections are too many to compute; at most {EVALUATION_LIMIT:,}, which no option raises"
        )
    many = connections > FEW
    return lambda number, inputs: (by_arrays if many else one_by_one)(blueprint, number, inputs)


def one_by_one(blueprint: Blueprint, number: int, inputs: Sequence[Sequence[float]]) -> list[float]:
    """What the units of a stage make of the values of its inputs: sums are rounded once."""
    stage, numbers = blueprint.stages[number], blueprint.numbers[number]
    layer, shapes = stage.layer, stage.inputs
    before = [value for values in inputs for value in values]
    constants = layer.constants(*shapes)
    dropped = blueprint.dropped(stage)
    values: list[float] = []
    for targets in _portions(blueprint, number):
        connections = layer.connections(*shapes, targets=targets)
        terms: list[list[float]] = [[] for _ in targets]
        if layer.has_weights:
            weights: Iterable[float] = map(numbers.weight.__getitem__, connections.parameters)
        else:
            weights = connections.coefficients or [1.0] * len(connections)
        for source, target, weight in zip(connections.sources, connections.targets, weights, strict=True):
            if source not in dropped:
                terms[target - targets.start].append(weight * before[source])
        if numbers.bias:
            for target in targets:
                terms[target - targets.start].append(numbers.bias[layer.bias_element(target, *shapes)])
        for target in constants:
            if target in targets:
                terms[target - targets.start].append(constants[target])
        pairs = zip(connections.sources, connections.targets, strict=True)
        seeing = {target for source, target in pairs if source in dropped}
        combine = layer.operation
        for target, operands in zip(targets, terms, strict=True):
            value = combine(operands)
            values.append(combine.beside_zero(value) if target in seeing else value)
    return values


def _portions(blueprint: Blueprint, number: int) -> list[range]:
    """The units of a stage, as many at a time as have about _AT_ONCE connections."""
    units = blueprint.stages[number].shape.units
    average = max(1, blueprint.layers[number].info.connections // units)
    step = max(1, _AT_ONCE // average)
    return [range(start, min(start + step, units)) for start in range(0, units, step)]


def by_arrays(blueprint: Blueprint, number: int, inputs: Sequence[Sequence[float]]) -> list[float]:
    """The same by arrays, as far as the layer says how; sums are rounded as numpy's are."""
    import numpy as np

    stage, numbers = blueprint.stages[number], blueprint.numbers[number]
    layer, shapes = stage.layer, stage.inputs
    if len(numbers.weight) > ONE_BY_ONE_LIMIT:
        raise NetworkError(
            f"{len(numbers.weight):,} weights are too many to compute with; at most {ONE_BY_ONE_LIMIT:,}, which no option raises"
        )
    arrays = [np.array(values).reshape(shape) for values, shape in zip(inputs, shapes, strict=True)]
    with np.errstate(all="ignore"):  # what overflows is looked for when the layer is done
        weight = as_array(numbers.weight)
        values = layer.apply(weight.reshape(layer.weight_shape(*shapes)) if layer.has_weights else weight, *arrays)
        if values is None:
            values = _by_connections(blueprint, number, weight, arrays)
        if values is None:
            return one_by_one(blueprint, number, inputs)
        flat = values.ravel()
        if numbers.bias:
            elements: np.ndarray = layer.bias_element(np.arange(len(flat)), *shapes)  # type: ignore[arg-type, assignment]  # of arrays too
            flat = flat + as_array(numbers.bias)[elements]
        constants = layer.constants(*shapes)
        flat[list(constants)] += list(constants.values())
    result: list[float] = flat.tolist()
    return result


def _by_connections(
    blueprint: Blueprint, number: int, weight: np.ndarray, inputs: Sequence[np.ndarray]
) -> np.ndarray | None:
    """What the connections make of it, by arrays of these. Raises NetworkError beyond ONE_BY_ONE_LIMIT."""
    import numpy as np

    layer, shapes = blueprint.stages[number].layer, blueprint.stages[number].inputs
    connections = blueprint.layers[number].info.connections
    if connections > ONE_BY_ONE_LIMIT:
        raise NetworkError(
            f"{connections:,} connections of {layer.article} are too many to compute; at most {ONE_BY_ONE_LIMIT:,}, which no option raises"
        )
    before = np.concatenate([values.ravel() for values in inputs])[None]
    parts = []
    for targets in _portions(blueprint, number):
        found = layer.connections(*shapes, targets=targets)
        factors = weight[found.parameters] if layer.has_weights else None
        if found.coefficients:
            factors = as_array(found.coefficients)
        values = reached(found, before, factors, targets, layer.operation)
        if values is None:
            return None
        parts.append(values[0])
    return np.concatenate(parts)
