"""The facts of a network: for each layer its counts, what it takes, and where its units look in the inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectivity.graphs import descriptions
from connectivity.graphs.asked import Askable, asked
from connectivity.graphs.blueprint import Blueprint, Part
from connectivity.graphs.builder import wire
from connectivity.graphs.fields import Field, receptive_fields
from connectivity.graphs.gaps import left_out
from connectivity.graphs.reading import read
from connectivity.graphs.weights import Given
from connectivity.graphs.wiring import Wiring
from connectivity.network import Network

Facts = dict[str, Any]


def describe(what: Askable, weights: Given | None = None, seed: int = 0) -> Facts:
    """The facts of a graph, or of a network of any size, as plain data (JSON).

    ``sentence``: the figure's alternative text. ``layers``: a dict for each, with name, kind,
    heading, notes, activations, inputs (the names of the layers it takes), shape [channels, length], units,
    connections, weights, biases, parameters (weights and biases that are used), sharing (connections for each
    weight), multiply_adds (products that are summed, of one input) and multiply_adds_padded (those with zeros of
    padding as well), unused_inputs (names of units of its inputs that nothing leads from), unused_weights
    (how many weights no connection uses), receptive_field (size, jump and start, in the first input that it
    depends on; where neighbours have no windows of one width, the size is the largest, jump and start are None) and
    receptive_fields (of every input, by its name; size, jump and start are None behind layers that are left out).
    ``branches``: in words, what does not just follow the layer before it. ``left_out``: the names of what stands for
    layers that are left out: it has no units, and nothing of it is counted. ``totals``: units, connections, weights,
    biases, parameters (shared ones once), multiply_adds.

    A line of notation, a model and a figure of one panel are described as well. A network is described without its
    graph being built; ``weights`` and ``seed`` are as in :func:`.build`. Raises GraphError as
    :func:`.graphs.reading.read`, and for several panels.
    """
    what, weights, seed = asked(what, weights, seed)
    if isinstance(what, Network):
        return _network_facts(Blueprint(what, weights, seed))
    return _graph_facts(read(what))


def _network_facts(blueprint: Blueprint) -> Facts:
    nothing: Sequence[tuple[int, ...]] = [()] * len(blueprint.stages)
    wiring = wire(blueprint, Part([*nothing], [*nothing]))

    def unused(number: int) -> list[str]:
        left_out = blueprint.unused_inputs(number).items()
        return [wiring.layers[source].unit_name(flat) for source, flats in left_out for flat in flats]

    return _facts(wiring, unused)


def _graph_facts(wiring: Wiring) -> Facts:
    def unused(number: int) -> list[str]:
        sources = {wiring.sources[connection] for connection in wiring.into(number)}
        before = [
            unit for source in dict.fromkeys(wiring.layers[number].inputs) for unit in wiring.layers[source].units
        ]
        return [wiring.names[unit] for unit in before if unit not in sources]

    return _facts(wiring, unused)


def _facts(wiring: Wiring, unused: Callable[[int], list[str]]) -> Facts:
    fields = receptive_fields(wiring, lambda keys: wiring.reached(keys, backwards=True))
    layers = [
        _layer_facts(wiring, number, [] if layer.kind.left_out else unused(number), fields[number])
        for number, layer in enumerate(wiring.layers)
    ]
    totals = {key: sum(layer[key] for layer in layers) for key in ("units", "connections")}
    owners = [facts for facts, layer in zip(layers, wiring.layers, strict=True) if layer.info.owner is None]
    totals |= {key: sum(layer[key] for layer in owners) for key in ("weights", "biases", "parameters")}
    totals["multiply_adds"] = sum(layer["multiply_adds"] for layer in layers)
    return {
        "sentence": descriptions.description([(wiring, None, "")]),
        "layers": layers,
        "branches": descriptions.branches(wiring),
        "left_out": [layers[number]["name"] for number in left_out(wiring.layers)],
        "totals": totals,
    }


def _layer_facts(wiring: Wiring, number: int, unused: list[str], fields: dict[int, Field]) -> Facts:
    layer = wiring.layers[number]
    info = layer.info
    heading = layer.kind.caption if layer.kind.left_out else descriptions.caption(layer, number)[0]
    names = [view.info.name for view in wiring.layers]
    multiplied = info.connections if layer.kind.has_weights else 0
    return {
        "name": info.name,
        "kind": info.kind,
        "heading": heading,
        "notes": list(info.notes),
        "activations": list(info.activations),
        "inputs": [names[source] for source in layer.inputs],
        "shape": list(layer.shape),
        "units": 0 if layer.kind.left_out else layer.total,
        "connections": info.connections,
        "weights": info.weights,
        "biases": info.biases,
        "parameters": info.weights + info.biases,
        "sharing": round(info.connections / info.weights, 6) if info.weights else None,
        "multiply_adds": multiplied,
        "multiply_adds_padded": multiplied + (info.padding if multiplied else 0),
        "unused_inputs": unused,
        "unused_weights": info.unused_weights,
        "receptive_field": next(iter(fields.values())),
        "receptive_fields": {names[source]: field for source, field in fields.items()},
    }
