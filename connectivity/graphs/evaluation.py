"""Numbers through a graph: its values, its matrices, and what a unit sees.

Of a graph only the graph is looked at, never the network it was built from: what comes out is what the drawn
connections compute. Parity with ``torch.nn`` is tested: to the last bit for small dyadic
fractions, to 1e-12 relative otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from connectivity.errors import GraphError, suggestion, visible
from connectivity.graphs.asked import Askable, asked, wiring_of
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.combining import combination_of
from connectivity.graphs.gaps import check_known
from connectivity.graphs.reading import read
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.unitnames import find_units
from connectivity.graphs.weights import Given
from connectivity.graphs.wiring import LayerView, Place, Wiring
from connectivity.layers.activations import activation
from connectivity.layers.base import Shape
from connectivity.layers.combine import SUM, Combination
from connectivity.layers.kinds import Units
from connectivity.network import Network

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import ArrayLike

Values = dict[Hashable, float]

_NO_VALUES = "values behind them are not known"


def evaluate(what: Askable, x: Any, weights: Given | None = None, seed: int = 0) -> np.ndarray:
    """The output of a graph or a network for the input ``x``: what the PyTorch module returns.

    A line of notation, a model and a figure of one panel are asked as well. Of a network no graph is made; ``weights``
    and ``seed`` are as in :func:`.build`. ``x`` has shape (channels, length), or (length,) for one channel; for several
    inputs it is a mapping from their names, or a sequence in their order. The result is float64 of shape (channels, length) of the last layer. Raises
    GraphError for an input of another shape, values that are not finite, layers that are left out, or a graph that does
    not run from layer to layer.
    """
    import numpy as np

    what, weights, seed = asked(what, weights, seed)
    if isinstance(what, Network):
        blueprint = Blueprint(what, weights, seed)
        return np.array(network_values(blueprint, x)[-1], dtype=np.float64).reshape(what.stages[-1].shape)
    wiring = read(what, biases=True, ordered=False)
    values = _unit_values(wiring, x)
    return _array(wiring, len(wiring.layers) - 1, values)


def outputs(what: Askable, x: Any, weights: Given | None = None, seed: int = 0) -> dict[str, np.ndarray]:
    """The outputs of a graph or a network for the input ``x``, by the names of the layers that nobody takes.

    Arguments, shapes and errors are those of :func:`evaluate`, which is the last of them.
    """
    import numpy as np

    what, weights, seed = asked(what, weights, seed)
    if isinstance(what, Network):
        blueprint = Blueprint(what, weights, seed)
        values = network_values(blueprint, x)
        stages = [(stage.name, values[number], stage.shape) for number, stage in enumerate(what.stages)]
        heads = [stages[number] for number in what.outputs()]
    else:
        wiring = read(what, biases=True, ordered=False)
        of_units = _unit_values(wiring, x)
        read_by = {source for layer in wiring.layers for source in layer.inputs}
        numbers = [number for number in range(len(wiring.layers)) if number not in read_by]
        return {_called(wiring, number): _array(wiring, number, of_units) for number in numbers}
    return {name: np.array(flat, dtype=np.float64).reshape(shape) for name, flat, shape in heads}


def _called(wiring: Wiring, number: int) -> str:
    return wiring.layers[number].info.name or f"layer {number}"


def _array(wiring: Wiring, number: int, values: dict[int, float]) -> np.ndarray:
    """The values of a layer's units in its shape. Raises GraphError where units of it are missing."""
    import numpy as np

    layer = wiring.layers[number]
    if layer.total < layer.shape.units:
        raise GraphError(
            f'"{visible(_called(wiring, number))}" has {layer.total:,} of the {layer.shape.units:,} units of its shape, '
            f"{list(layer.shape)}, so its values are no array; take them unit by unit, as unit_values(graph, x)"
        )
    return np.array([values[unit] for unit in layer.units], dtype=np.float64).reshape(layer.shape)


def unit_values(graph: nx.MultiDiGraph[Any], x: Any) -> Values:
    """The value of every unit for the input ``x``, by node; bias units are 1.

    A unit sums ``weight * value`` over the connections into it (or takes the largest value, the product or a norm,
    where its layer or their role says so) and then applies its layer's activations. A unit without any
    connection is 0, as a window that lies in zero padding; so is a unit that is dropped. Sums are rounded once
    (``math.fsum``). Raises GraphError as :func:`evaluate`.
    """
    wiring = read(graph, biases=True, ordered=False)
    return {wiring.nodes[unit]: value for unit, value in _unit_values(wiring, x).items()}


def annotate(graph: nx.MultiDiGraph[Any], x: Any) -> None:
    """Store the value of every unit for the input ``x`` as its attribute ``value``."""
    for node, value in unit_values(graph, x).items():
        graph.nodes[node]["value"] = value


def network_values(blueprint: Blueprint, x: Any = None) -> list[list[float]]:
    """The values of all units of a network, layer by layer, without its graph being built.

    ``x`` as in :func:`evaluate`; None: the values that the inputs have in the notation. Raises GraphError as
    :func:`evaluate`, NetworkError beyond :data:`.combining.EVALUATION_LIMIT`.
    """
    check_known(blueprint.layers, _NO_VALUES)
    combine = combination_of(blueprint)
    stages = blueprint.stages
    inputs = blueprint.network.inputs()
    if x is None:
        notation_values = [stages[number].layer.given_values() for number in inputs]
        missing = next((stages[n].name for n, one in zip(inputs, notation_values, strict=True) if one is None), None)
        if missing is not None:
            raise GraphError(f'the input "{visible(missing)}" has no values (as input:3,values=1/0/2)')
        flats: list[Sequence[float]] = [one for one in notation_values if one is not None]
    else:
        flats = _input_values(x, [(stages[number].name, stages[number].shape) for number in inputs])
    layer_values: list[list[float]] = []
    rest = iter(flats)
    for number, stage in enumerate(stages):
        raw = list(next(rest)) if not stage.sources else combine(number, [layer_values[one] for one in stage.sources])
        for dropped in stage.layer.drop:  # before an activation too, which may mix it with others
            raw[dropped - 1] = 0.0
        values = _activated(raw, stage.layer.activations, stage.shape.channels)
        for dropped in stage.layer.drop:
            values[dropped - 1] = 0.0
        _check_finite(
            values, blueprint.layers[number], number, lambda n, view=blueprint.layers[number]: view.unit_name(n)
        )
        layer_values.append(values)
    return layer_values


def _activated(
    values: list[float], activations: Sequence[str], channels: int, places: Sequence[Place] | None = None
) -> list[float]:
    """The values of a layer after its activations; ``places`` are those of its units, where some may be missing.

    Raises GraphError where an activation overflows.
    """
    for text in activations:
        function = activation(text)
        try:
            values = function.of(values, channels) if places is None else function.at(values, places, channels)
        except OverflowError as error:
            raise GraphError(f"{text} overflows; smaller weights or inputs are needed") from error
        except ValueError as error:  # of infinities
            raise GraphError(f"{text} has no value here: {error}; smaller weights or inputs are needed") from error
    return values


def _check_finite(values: Sequence[float], layer: LayerView, number: int, name: Any) -> None:
    """Raise GraphError for a value that is not finite; a maximum over nothing is minus infinity."""
    if all(map(math.isfinite, values)):
        return
    empty = layer.combination([])
    for place, value in enumerate(values):
        if not math.isfinite(value) and value != empty:
            raise GraphError(
                f'the value of "{visible(name(place))}" in layer {number} is {value}: an overflow; smaller weights or inputs are needed'
            )


def _unit_values(wiring: Wiring, x: Any) -> dict[int, float]:
    """The value of every unit of a whole graph."""
    check_known(wiring.layers, _NO_VALUES)
    inputs = [layer for layer in wiring.layers if not layer.inputs]
    flats = _input_values(x, [(layer.info.name, layer.shape) for layer in inputs])
    values: dict[int, float] = dict.fromkeys(wiring.biases.values(), 1.0)
    into = _by_unit(wiring)
    for number, layer in enumerate(wiring.layers):
        places = [layer.places[unit] for unit in layer.units]
        if layer in inputs:
            flat = flats[inputs.index(layer)]
            raw = [flat[channel * layer.shape.length + position] for channel, position in places]
        else:
            raw = [_unit_value(wiring, layer, unit, into.get(unit, ()), values) for unit in layer.units]
        channels = max(layer.info.channels, layer.shape.channels)  # of which the last ones may be missing
        active = _activated(raw, layer.info.activations, channels, places)
        active = [0.0 if unit in wiring.dropped else value for unit, value in zip(layer.units, active, strict=True)]
        _check_finite(active, layer, number, lambda n, units=layer.units: wiring.names[units[n]])
        values.update(zip(layer.units, active, strict=True))
    return values


def _by_unit(wiring: Wiring) -> dict[int, list[int]]:
    """The connections into each unit; those of padding are zeros, or of a pool nothing."""
    connections: dict[int, list[int]] = {}
    for connection, (target, role) in enumerate(zip(wiring.targets, wiring.roles, strict=True)):
        if role is not PADDING:
            connections.setdefault(target, []).append(connection)
    return connections


def _unit_value(wiring: Wiring, layer: LayerView, unit: int, into: Sequence[int], values: dict[int, float]) -> float:
    if unit in wiring.dropped:
        return 0.0
    combine = _combination(wiring, layer, into)
    weights, sources = wiring.weights, wiring.sources
    if combine.linear:
        try:
            return combine([weights[one] * values[sources[one]] for one in into])  # type: ignore[operator]  # else TypeError
        except (KeyError, TypeError):
            pass  # something is missing: below it is said what
    if combine.ordered:
        into = sorted(into, key=lambda one: layer.inputs.index(wiring.layer_of[sources[one]]))
    terms = []
    for connection in into:
        source, role = wiring.sources[connection], wiring.roles[connection]
        if source not in values:
            raise GraphError(
                f'"{visible(wiring.names[unit])}" is reached from "{visible(wiring.names[source])}", '
                "which has no value yet; connections go from one layer to a later one"
            )
        weight = wiring.weights[connection]
        if role.combination.linear != combine.linear and role is not BIAS:
            continue  # of a unit of somebody's own graph that takes a maximum: what else reaches it
        if weight is None and (combine.linear or role is BIAS):
            raise GraphError(
                f'the connection from "{visible(wiring.names[source])}" to "{visible(wiring.names[unit])}" has no weight; give each connection one'
            )
        terms.append(values[source] if weight is None else weight * values[source])
    value = combine(terms)
    return combine.beside_zero(value) if unit in wiring.sees_zero else value


def _combination(wiring: Wiring, layer: LayerView, into: Sequence[int]) -> Combination:
    """How a unit combines what reaches it: as its layer does, else as its connections say."""
    if layer.kind is not Units:
        return layer.combination
    special = [wiring.roles[connection].combination for connection in into]
    return next((combination for combination in special if not combination.linear), SUM)


def receptive_field(graph: Askable, unit: Hashable) -> list[Hashable]:
    """The input units that ``unit`` depends on, through any number of layers, in order.

    ``graph`` is a graph, or what has one: a network, a line of notation, a model, a figure of one panel.
    ``unit`` is a node, or a text that means one, as in highlights: ``y1``, ``y[1]``, ``h[2,3]``. Raises
    GraphError for a unit that is not there, or behind layers that are left out.
    """
    wiring = wiring_of(graph, ordered=False)
    numbers = {node: number for number, node in enumerate(wiring.nodes)}
    start = numbers.get(unit)
    if start is None and isinstance(unit, str):
        matches = find_units(wiring, unit)
        start = matches.pop()[1] if len(matches) == 1 else None
    if start is None:
        names = [str(node) for node in wiring.nodes]
        hint = suggestion(str(unit), names) if len(names) <= 40 else ""
        raise GraphError(f'there is no unit "{visible(str(unit))}"{hint}')
    seen = wiring.walk([(wiring.layer_of[start], start)], backwards=True)
    check_known(
        [wiring.layers[layer] for layer in sorted({layer for layer, _ in seen})],
        "what units behind them see is not known",
    )
    field = {number for _, number in seen}
    inputs = [layer for layer in wiring.layers if not layer.inputs]
    return [wiring.nodes[number] for layer in inputs for number in layer.units if number in field]


def _input_values(x: Any, inputs: Sequence[tuple[str, Shape]]) -> list[Sequence[float]]:
    """The values of each input, flat and checked; ``inputs`` are their names and shapes."""
    if isinstance(x, dict) or hasattr(x, "keys"):
        names = [name for name, _ in inputs]
        for key in x:
            if key not in names:
                raise GraphError(f'there is no input "{visible(str(key))}"{suggestion(str(key), names)}')
        missing = next((name for name in names if name not in x), None)
        if missing is not None:
            raise GraphError(f'there are no values for the input "{visible(missing)}"; give every input its own')
        return [_values_of(x[name], shape, name if len(inputs) > 1 else "") for name, shape in inputs]
    if len(inputs) == 1:
        return [_values_of(x, inputs[0][1], "")]
    arrays = list(x) if isinstance(x, (list, tuple)) else [x]
    if len(arrays) != len(inputs):
        listed = ", ".join(name for name, _ in inputs)
        raise GraphError(f"the network has {len(inputs)} inputs ({listed}): values for each, by name or in this order")
    return [_values_of(one, shape, name) for one, (name, shape) in zip(arrays, inputs, strict=True)]


def _values_of(x: ArrayLike, shape: Shape, name: str) -> Sequence[float]:
    import numpy as np

    what = f'the input "{visible(name)}"' if name else "the input"
    try:
        array = np.asarray(x)
    except ValueError as error:
        why = "its rows are not equally long" if "inhomogeneous" in str(error) else visible(str(error))
        raise GraphError(f"{what} is not an array of numbers, as [1, 0, 2]: {why}") from error
    if array.dtype.kind not in "fiub":
        raise GraphError(f"{what} has the type {visible(str(array.dtype))}; its values are real numbers")
    if array.shape != tuple(shape) and not (shape.channels == 1 and array.shape == (shape.length,)):
        turned = "; turn it: a row is a channel" if array.shape == tuple(shape)[::-1] else ""
        raise GraphError(
            f"{what} has shape {list(array.shape)}, but the network takes {list(shape)}, (channels, length){turned}"
        )
    flat: list[float] = array.astype(np.float64).ravel().tolist()
    wrong = next((value for value in flat if not math.isfinite(value)), None)
    if wrong is not None:
        raise GraphError(f"{what} holds {wrong}; its values are finite numbers")
    return flat
