"""Numbers through the graph: its values, its matrices, and what a unit sees.

Only the graph is looked at, never the network it was built from: what comes out is what the drawn
connections compute. Parity with ``torch.nn`` is tested: to the last bit for small dyadic
fractions, to 1e-12 relative otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx

from connectivity.errors import GraphError, suggestion, visible
from connectivity.graphs.unitnames import find_units
from connectivity.graphs.view import GraphView, view
from connectivity.layers.activations import ACTIVATIONS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

Values = dict[Hashable, float]


def evaluate(graph: nx.MultiDiGraph[Any], x: ArrayLike) -> np.ndarray:
    """The output of the network for the input ``x``: what the PyTorch module returns.

    ``x`` has shape (channels, length), or (length,) for one channel; the result is float64 of
    shape (channels, length) of the last layer. Raises GraphError for an input of another shape,
    values that are not finite, or a graph that does not run from layer to layer.
    """
    import numpy as np

    seen = view(graph)
    values = unit_values(graph, x)
    last = seen.layers[-1]
    return np.array([values[unit] for unit in last.units], dtype=np.float64).reshape(last.shape)


def unit_values(graph: nx.MultiDiGraph[Any], x: ArrayLike) -> Values:
    """The value of every unit for the input ``x``, by node; bias units are 1.

    A unit sums ``weight * value`` over the connections into it (or takes the largest value,
    where their role is "max") and then applies its layer's activations. A unit without any
    connection is 0, as a window that lies in zero padding; so is a unit that is dropped. Sums are rounded once
    (``math.fsum``). Raises GraphError as :func:`evaluate`.
    """
    seen = view(graph)
    values: Values = dict(zip(seen.layers[0].units, _input_values(x, seen), strict=True))
    values.update(dict.fromkeys(seen.dropped & values.keys(), 0.0))
    values.update((node, 1.0) for node, data in graph.nodes(data=True) if data.get("kind") == "bias")
    for index, layer in enumerate(seen.layers[1:], start=1):
        functions = [_activation(name) for name in layer.info.activations]
        for unit in layer.units:
            if unit in seen.dropped:
                values[unit] = 0.0
                continue
            value = _unit_value(graph, unit, values, layer.info.kind == "maxpool")
            if graph.nodes[unit].get("sees_zero"):
                value = max(value, 0.0)
            for function in functions:
                value = function(value)
            if not math.isfinite(value) and not (layer.info.kind == "maxpool" and value == -math.inf):
                raise GraphError(f'the value of "{visible(seen.names[unit])}" in layer {index} is {value}: an overflow')
            values[unit] = value
    return values


def annotate(graph: nx.MultiDiGraph[Any], x: ArrayLike) -> None:
    """Store the value of every unit for the input ``x`` as its attribute ``value``."""
    for node, value in unit_values(graph, x).items():
        graph.nodes[node]["value"] = value


def receptive_field(graph: nx.MultiDiGraph[Any], unit: Hashable) -> list[Hashable]:
    """The input units that ``unit`` depends on, through any number of layers, in order.

    ``unit`` is a node, or a text that means one, as in highlights: ``y1``, ``y[1]``, ``h[2,3]``. Raises
    GraphError for a unit that is not there.
    """
    if unit not in graph and isinstance(unit, str):
        found = find_units(view(graph), unit)
        unit = found.pop() if len(found) == 1 else unit
    if unit not in graph or graph.nodes[unit].get("kind", "unit") != "unit":
        names = [str(node) for node, data in graph.nodes(data=True) if data.get("kind", "unit") == "unit"]
        shown = suggestion(str(unit), names) if len(names) <= 40 else ""
        raise GraphError(f'there is no unit "{visible(str(unit))}"{shown}')
    seen = view(graph)
    ancestors = nx.ancestors(graph, unit) | {unit}
    return [node for node in seen.layers[0].units if node in ancestors]


def matrix(graph: nx.MultiDiGraph[Any], layer: int | str | None = None) -> np.ndarray:
    """The weights of a layer as a dense matrix of shape [outputs, inputs], without biases.

    ``layer`` is an index from 1 or a name; None is the whole network, the product of its layers
    (which must be linear). Units are numbered channel by channel; where several connections join
    two units, their weights are summed. Raises GraphError for a layer that is not there, or not
    linear: a maximum pool, or (in a product) an activation.
    """
    import numpy as np

    seen = view(graph)
    if layer is None:
        product = np.eye(len(seen.layers[0].units))
        for index in range(1, len(seen.layers)):
            _check_linear(seen, index, activations=True)
            product = _layer_matrix(seen, index) @ product
        return product
    names = [view_layer.info.name for view_layer in seen.layers]
    index = (names.index(layer) if layer in names else 0) if isinstance(layer, str) else layer
    if not 1 <= index < len(names):
        raise GraphError(f'there is no layer "{visible(str(layer))}"{suggestion(str(layer), names[1:])}')
    _check_linear(seen, index, activations=False)
    return _layer_matrix(seen, index)


def _layer_matrix(seen: GraphView, index: int) -> np.ndarray:
    import numpy as np

    rows = {unit: row for row, unit in enumerate(seen.layers[index].units)}
    columns = {unit: column for column, unit in enumerate(seen.layers[index - 1].units)}
    result = np.zeros((len(rows), len(columns)))
    for arrow in seen.arrows:
        if arrow.layer == index:
            if arrow.source not in columns or arrow.weight is None:
                raise GraphError(f"layer {index} has a connection without a weight, or from another layer")
            result[rows[arrow.target], columns[arrow.source]] += arrow.weight
    return result


def _check_linear(seen: GraphView, index: int, activations: bool) -> None:
    info = seen.layers[index].info
    if info.kind == "maxpool":
        raise GraphError(f'"{visible(info.name)}" is a maximum pool, which is no matrix')
    if activations and info.activations:
        raise GraphError(
            f'"{visible(info.name)}" has an activation ({info.activations[0]}), so the network is no matrix'
        )


def _unit_value(graph: nx.MultiDiGraph[Any], unit: Hashable, values: Mapping[Hashable, float], pool: bool) -> float:
    terms, largest = [], -math.inf if pool else None
    for source, _, data in graph.in_edges(unit, data=True):
        if data.get("role") == "padding":
            continue  # a zero, or of a pool nothing
        if source not in values:
            raise GraphError(f'"{visible(str(unit))}" is reached from "{visible(str(source))}", which has no value yet')
        if data.get("role") == "max":
            largest = max(values[source], -math.inf if largest is None else largest)
        else:
            weight = data.get("weight")
            if weight is None:
                raise GraphError(
                    f'the connection from "{visible(str(source))}" to "{visible(str(unit))}" has no weight'
                )
            terms.append(weight * values[source])
    if largest is not None:
        return largest
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):
        return math.nan if any(math.isnan(term) for term in terms) else math.inf


def _activation(name: str) -> Callable[[float], float]:
    if name not in ACTIVATIONS:
        raise GraphError(f'unknown activation "{visible(name)}"{suggestion(name, ACTIVATIONS)}')
    return ACTIVATIONS[name]


def _input_values(x: ArrayLike, seen: GraphView) -> Sequence[float]:
    import numpy as np

    shape = seen.layers[0].shape
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise GraphError(f"the input is not an array: {visible(str(error))}") from error
    if array.dtype.kind not in "fiub":
        raise GraphError(f"the input has the type {visible(str(array.dtype))}; its values are real numbers")
    if array.shape != tuple(shape) and not (shape.channels == 1 and array.shape == (shape.length,)):
        raise GraphError(f"the input has shape {list(array.shape)}, but the network takes {list(shape)}")
    flat: list[float] = array.astype(np.float64).ravel().tolist()
    wrong = next((value for value in flat if not math.isfinite(value)), None)
    if wrong is not None:
        raise GraphError(f"the input holds {wrong}; its values are finite numbers")
    return flat
