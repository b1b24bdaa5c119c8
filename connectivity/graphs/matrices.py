"""A graph as dense matrices: of each layer, and of all ways through the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectivity.errors import GraphError, suggestion, visible
from connectivity.graphs.asked import Askable, wiring_of
from connectivity.graphs.gaps import check_known
from connectivity.graphs.wiring import LayerView, Wiring

if TYPE_CHECKING:
    import numpy as np

MATRIX_LIMIT = 512 * 2**20
"""The most bytes of the matrices of a network."""


def matrix(graph: Askable, layer: int | str | None = None) -> np.ndarray:
    """The weights of a layer as a dense matrix of shape [outputs, inputs], without biases.

    ``graph`` is a graph, or what has one: a network, a line of notation, a model, a figure of one panel.
    ``layer`` is an index from 1 or a name; None is the whole network: the sum over all ways through its layers
    (which must be linear) of the products along them. Units are numbered channel by channel, those of several
    inputs one after the other; where several connections join two units, their weights are summed. Raises
    GraphError for a layer that is not there, is left out, or not linear: a maximum pool, a product, or (of the whole
    network) an activation; and beyond MATRIX_LIMIT.
    """
    wiring = wiring_of(graph)
    if layer is None:
        return whole_matrix(wiring)
    names = [view.info.name for view in wiring.layers]
    index = (names.index(layer) if layer in names else 0) if isinstance(layer, str) else layer
    if not 1 <= index < len(names) or not wiring.layers[index].inputs:
        raise GraphError(f'there is no layer "{visible(str(layer))}"{suggestion(str(layer), names[1:])}')
    return layer_matrix(wiring, index)


def whole_matrix(wiring: Wiring) -> np.ndarray:
    """The matrix of the whole network, from its inputs to its last layer."""
    import numpy as np

    inputs = _inputs(wiring.layers)
    check_matrices(product_shapes(wiring.layers))
    width = sum(len(wiring.layers[number].units) for number in inputs)
    products: list[np.ndarray] = []
    start = 0
    for number, layer in enumerate(wiring.layers):
        if number in inputs:
            product = np.zeros((len(layer.units), width))
            product[:, start : start + len(layer.units)] = np.eye(len(layer.units))
            start += len(layer.units)
        else:
            before = np.concatenate([products[source] for source in dict.fromkeys(layer.inputs)])
            product = layer_matrix(wiring, number) @ before
        if layer.info.activations:
            raise GraphError(
                f'"{visible(layer.info.name)}" has an activation ({layer.info.activations[0]}), so the network is no matrix; ask for one layer, as matrix(graph, "y")'
            )
        products.append(product)
    return products[-1]


def product_shapes(layers: Sequence[LayerView]) -> list[tuple[int, int]]:
    """The shapes of the matrices that lead from the inputs to each layer; the last is that of the whole network."""
    width = sum(layers[number].total for number in _inputs(layers))
    return [(layer.total, width) for layer in layers]


def _inputs(layers: Sequence[LayerView]) -> list[int]:
    return [number for number, layer in enumerate(layers) if not layer.inputs]


def layer_matrix(wiring: Wiring, index: int) -> np.ndarray:
    """The matrix of one layer: a row for each unit, a column for each unit of its inputs."""
    import numpy as np

    layer = wiring.layers[index]
    _check_linear(layer)
    sources = dict.fromkeys(layer.inputs)
    columns: dict[int, int] = {}
    for source in sources:
        for unit in wiring.layers[source].units:
            columns[unit] = len(columns)
    check_matrices([(len(layer.units), len(columns))])
    rows = {unit: row for row, unit in enumerate(layer.units)}
    result = np.zeros((len(rows), len(columns)))
    connections = wiring.into(index)
    weights = [weight for connection in connections if (weight := wiring.weights[connection]) is not None]
    places = [
        (rows[wiring.targets[c]], columns[wiring.sources[c]]) for c in connections if wiring.sources[c] in columns
    ]
    if len(weights) < len(connections) or len(places) < len(connections):
        raise GraphError(
            f"layer {index} has a connection without a weight, or from another layer; a matrix needs weights from one layer to the next"
        )
    if connections:
        np.add.at(result, tuple(zip(*places, strict=True)), weights)
    return result


def check_matrices(shapes: Sequence[tuple[int, int]]) -> None:
    """Raise GraphError for matrices of ``shapes`` that are larger than MATRIX_LIMIT."""
    needed = 8 * sum(rows * columns for rows, columns in shapes)
    if needed > MATRIX_LIMIT:
        raise GraphError(
            f"the matrices would take {needed / 2**20:,.0f} MiB; at most {MATRIX_LIMIT / 2**20:,.0f} MiB "
            "(csv and json hold the connections alone)"
        )


def _check_linear(layer: LayerView) -> None:
    check_known([layer], "they are no matrix")
    if not layer.combination.linear:
        raise GraphError(
            f'"{visible(layer.info.name)}" is {layer.kind.article}, which is no matrix; csv and json hold its connections'
        )
