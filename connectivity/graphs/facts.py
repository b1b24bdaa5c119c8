"""The facts of a network: for each layer its counts, and where its units look in the input.

Receptive fields are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional
Neural Networks" (Distill, 2019): size, jump (the distance of two neighbours' fields) and start
(the first position of the first unit's field; before 0 it lies in padding), in input positions.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import networkx as nx

from connectivity.graphs import words
from connectivity.graphs.view import Arrow, GraphView, view

Facts = dict[str, Any]

_TOLERANCE = 1e-9  # a transposed convolution's windows begin at fractions


def describe(graph: nx.Graph[Any]) -> Facts:
    """The facts of ``graph`` as plain data (JSON).

    ``sentence``: the figure's alternative text. ``layers``: a dict for each, with name, kind,
    heading, notes, activations, shape [channels, length], units, connections, weights, biases,
    parameters (weights and biases that are used), sharing (connections for each weight),
    unused_inputs (names of units of the layer before that nothing leads from), unused_weights
    (how many weights no connection uses), receptive_field (size, jump and start; of a layer
    without windows the size is the true one, jump and start are None). ``totals``: units, connections, weights, biases,
    parameters. Raises GraphError as :func:`.graphs.view.view`.
    """
    seen = view(graph)
    into: list[list[Arrow]] = [[] for _ in seen.layers]
    for arrow in seen.arrows:
        into[arrow.layer].append(arrow)
    fields = _receptive_fields(seen, into)
    layers = [_layer_facts(seen, index, into[index], fields[index]) for index in range(len(seen.layers))]
    totals = {
        key: sum(layer[key] for layer in layers) for key in ("units", "connections", "weights", "biases", "parameters")
    }
    return {"sentence": words.description([seen], [None]), "layers": layers, "totals": totals}


def _layer_facts(seen: GraphView, index: int, arrows: Sequence[Arrow], field: Facts) -> Facts:
    layer = seen.layers[index]
    info = layer.info
    weights = len({arrow.parameter for arrow in arrows if arrow.parameter is not None})
    used = {arrow.source for arrow in arrows}
    before = seen.layers[index - 1].units if index else []
    heading, _ = words.caption(layer, index)
    return {
        "name": info.name,
        "kind": info.kind,
        "heading": heading,
        "notes": list(info.notes),
        "activations": list(info.activations),
        "shape": list(layer.shape),
        "units": len(layer.units),
        "connections": len(arrows),
        "weights": weights,
        "biases": info.biases,
        "parameters": weights + info.biases,
        "sharing": round(len(arrows) / weights, 6) if weights else None,
        "unused_inputs": [seen.names[unit] for unit in before if unit not in used],
        "unused_weights": info.unused_weights,
        "receptive_field": field,
    }


def _receptive_fields(seen: GraphView, into: Sequence[Sequence[Arrow]]) -> list[Facts]:
    """The receptive field of each layer's units: first, last and jump are composed from layer to layer.

    A layer without a window has no regular field; its size is how many positions its units see at most.
    """
    first, last, jump = 0.0, 0.0, 1.0
    windowed = True
    fields: list[Facts] = [{"size": 1, "jump": 1, "start": 0}]
    regular = all(layer.info.window is not None for layer in seen.layers[1:])
    positions = {} if regular else _seen_positions(seen, into)
    for layer in seen.layers[1:]:
        windowed = windowed and layer.info.window is not None
        if windowed and layer.info.window is not None:
            near, far, step = layer.info.window
            first, last, jump = first + jump * near, last + jump * far, jump * step
            start = math.ceil(first - _TOLERANCE)
            size = math.floor(last + _TOLERANCE) - start + 1
            fields.append({"size": size, "jump": _whole(jump), "start": start})
        else:
            size = max((positions[unit].bit_count() for unit in layer.units), default=0)
            fields.append({"size": size, "jump": None, "start": None})
    return fields


def _seen_positions(seen: GraphView, into: Sequence[Sequence[Arrow]]) -> dict[Hashable, int]:
    """The input positions that each unit sees, through all layers, as the bits of a number."""
    positions = {unit: 1 << place for unit, (_, place) in seen.layers[0].places.items()}
    for layer, arrows in zip(seen.layers[1:], into[1:], strict=True):
        positions.update(dict.fromkeys(layer.units, 0))
        for arrow in arrows:
            positions[arrow.target] |= positions[arrow.source]
    return positions


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number
