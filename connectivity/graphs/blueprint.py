"""What is known of a network's graph before a connection is made.

Everything that is said of the whole (counts, degrees, what a unit depends on) is asked of the layers, which know
it in closed form: a network may be far larger than what is made of it.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectivity.errors import NetworkError, visible
from connectivity.graphs.info import LayerInfo
from connectivity.graphs.weights import Given, layer_weights
from connectivity.graphs.wiring import LayerView
from connectivity.layers.activations import activation
from connectivity.layers.base import NO_PARAMETER, Connections
from connectivity.layers.combine import Norm
from connectivity.network import Network, Stage

CONNECTION_LIMIT = 2_000_000
"""The most connections and units in one graph: about 1 GB of memory."""


@dataclass
class Part:
    """The units of each layer that a picture needs, by flat index, in order.

    ``shown`` are drawn; ``hidden`` are ends of connections that a shown unit has, which are drawn as stubs. Of the
    layers in ``bare`` no connections are made.
    """

    shown: list[Collection[int]]
    hidden: list[Collection[int]]
    bare: Collection[int] = ()
    known: list[set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.known = [{*shown, *hidden} for shown, hidden in zip(self.shown, self.hidden, strict=True)]


class Blueprint:
    """A network with its numbers, and what is known of its graph before a connection is made.

    ``layers`` are its layers with all facts and no units. ``padding``: units of padding will stand beside them.
    Raises NetworkError for what is no Network, WeightsError for weights that do not fit.
    """

    def __init__(
        self,
        network: Network,
        weights: Given | None = None,
        seed: int = 0,
        padding: bool = False,
    ) -> None:
        if not isinstance(network, Network):
            raise NetworkError(f'build takes a Network, as parse("6 conv:3")[0], not {visible(repr(network), 40)}')
        self.network = network
        self.stages = network.stages
        self.numbers = layer_weights(network, weights, seed)
        self.padding = padding
        self.layers = [self._outlined(number) for number in range(len(self.stages))]

    def _outlined(self, number: int) -> LayerView:
        stage = self.stages[number]
        layer = LayerView(LayerInfo(**self._facts(number)), stage.shape, stage.sources)
        if self.padding:
            layer.pads = self.zeros(number)
        return layer

    def zeros(self, number: int) -> tuple[int, int]:
        """How many zeros stand to the left and right of a layer: as many as the widest window over it sees."""
        sides = [stage.layer.zeros(*stage.inputs) for stage in self.stages if number in stage.sources]
        return max((left for left, _ in sides), default=0), max((right for _, right in sides), default=0)

    def _facts(self, number: int) -> dict[str, Any]:
        """What :class:`.info.LayerInfo` says of a stage."""
        stage, values = self.stages[number], self.numbers[number]
        layer, shapes = stage.layer, stage.inputs
        if not stage.sources:
            return {
                "name": stage.name,
                "kind": layer.kind,
                "channels": stage.shape.channels,
                "length": stage.shape.length,
                "dropped": len(layer.drop),
                "activations": list(layer.activations),
                "notes": [activation(text).shown for text in layer.activations],
                "inputs": [],
            }
        totals = self._totals(stage)
        window = layer.window(*shapes)
        owner_notes = [f"weights of {self.stages[stage.owner].name}"] if stage.owner != number else []
        return {
            "name": stage.name,
            "kind": layer.kind,
            "channels": stage.shape.channels,
            "length": stage.shape.length,
            "kernel_size": getattr(layer, "kernel_size", None),
            "groups": getattr(layer, "groups", 1),
            "window": window,
            "connections": totals[0],
            "weights": totals[1],
            "biases": len(values.bias),
            "unused_weights": layer.weight_count(*shapes) - totals[1],
            "padding": totals[2],
            "given": values.given,
            "causal": getattr(layer, "causal", False),
            "dropped": len(layer.drop),
            "combination": None if layer.operation.role == layer.combination.role else layer.operation.role,
            "order": layer.operation.order if isinstance(layer.operation, Norm) else None,
            "inputs": list(stage.sources),
            "owner": None if stage.owner == number else stage.owner,
            "heading": layer.heading([stage.name, *(self.stages[source].name for source in stage.sources)]),
            "activations": list(layer.activations),
            "notes": [*layer.notes(*shapes), *owner_notes, *(activation(text).shown for text in layer.activations)],
        }

    def _totals(self, stage: Stage) -> tuple[int, int, int]:
        """Connections, weights they use, connections to padding; dropped units have none."""
        layer, shapes = stage.layer, stage.inputs
        totals = layer.totals(*shapes)
        dropped = self.dropped(stage)
        if not layer.drop and not dropped:
            return totals
        if totals.connections > CONNECTION_LIMIT:
            raise NetworkError(
                f"{totals.connections:,} connections are too many to drop units among; at most {CONNECTION_LIMIT:,}, which no option raises",
                "drop",
            )
        connections = self.alive(stage, layer.connections(*shapes))
        padding = [each for each in layer.padding_connections(*shapes) if each.target + 1 not in layer.drop]
        return len(connections), len(set(connections.parameters) - {NO_PARAMETER}), len(padding)

    def dropped(self, stage: Stage) -> set[int]:
        """The dropped units of a stage's inputs, counted through all of them."""
        starts = starts_of(stage)
        return {
            start + unit - 1
            for start, source in zip(starts, stage.sources, strict=True)
            for unit in self.stages[source].layer.drop
        }

    def alive(self, stage: Stage, connections: Connections) -> Connections:
        """Those of a stage's connections that no dropped unit has."""
        sources, targets = self.dropped(stage), {unit - 1 for unit in stage.layer.drop}
        if not sources and not targets:
            return connections
        keep = [
            n
            for n, (source, target) in enumerate(zip(connections.sources, connections.targets, strict=True))
            if source not in sources and target not in targets
        ]
        return connections.chosen(keep)

    def used(self, number: int) -> Sequence[int]:
        """The weights that the connections into a stage have, in order."""
        stage = self.stages[number]
        uses = self._uses_among_dropped(stage)
        if uses is not None:
            return sorted(uses.keys() - {NO_PARAMETER})
        every = len(self.numbers[number].weight)
        if self.layers[number].info.weights == every:
            return range(every)
        return sorted(stage.layer.used(*stage.inputs))

    def repeats(self, number: int, weights: Collection[int]) -> int:
        """How many connections into a stage have one of ``weights``, no two of which are the same."""
        stage, info = self.stages[number], self.layers[number].info
        uses = self._uses_among_dropped(stage)
        if uses is not None:
            return sum(uses[weight] for weight in weights)
        return len(weights) if info.weights == info.connections else stage.layer.repeats(weights, *stage.inputs)

    def _uses_among_dropped(self, stage: Stage) -> Counter[int] | None:
        """How many connections have each weight, where units are dropped; None where none are."""
        if not stage.layer.drop and not self.dropped(stage):
            return None
        return Counter(self.alive(stage, stage.layer.connections(*stage.inputs)).parameters)

    def unused_inputs(self, number: int) -> dict[int, Sequence[int]]:
        """The units of each stage that a stage takes, by its number, that nothing leads from.

        Of one that is taken several times they are those that none of its copies uses.
        """
        stage = self.stages[number]
        flats = self._unused_flats(stage)
        if len(stage.sources) == 1:
            return {stage.sources[0]: flats}
        left_out: dict[int, set[int]] = {}
        for start, source, shape in zip(starts_of(stage), stage.sources, stage.inputs, strict=True):
            first, last = (bisect.bisect_left(flats, end) for end in (start, start + shape.units))
            copy = {flat - start for flat in flats[first:last]}
            left_out[source] = copy & left_out.get(source, copy)
        return {source: sorted(units) for source, units in left_out.items()}

    def _unused_flats(self, stage: Stage) -> Sequence[int]:
        """The units of a stage's inputs, counted through all of them, that nothing leads from."""
        if not stage.layer.drop and not self.dropped(stage):
            return stage.layer.unused_inputs(*stage.inputs)
        sources = set(self.alive(stage, stage.layer.connections(*stage.inputs)).sources)
        return [unit for unit in range(sum(shape.units for shape in stage.inputs)) if unit not in sources]

    def size(self) -> tuple[int, int]:
        """How many connections and units the whole graph has."""
        return sum(layer.info.connections for layer in self.layers), sum(layer.total for layer in self.layers)

    def _size_of(self, part: Part) -> tuple[int, int]:
        """As :meth:`size` of a part: exact where it is whole, else about as many."""
        shares = [len(known) / stage.shape.units for known, stage in zip(part.known, self.stages, strict=True)]
        connections = 0.0
        for number, stage in enumerate(self.stages):
            if not stage.sources or number in part.bare:
                continue
            fraction = 1.0
            if stage.layer.window(*stage.inputs) is None:
                fraction = max(shares[source] for source in stage.sources)
            layer_connections = self.layers[number].info.connections * shares[number] * fraction
            if any(shares[source] < 1 for source in stage.sources):  # a window may be wider than what is there
                layer_connections = min(
                    layer_connections,
                    len(part.known[number]) * sum(len(part.known[source]) for source in stage.sources),
                )
            connections += layer_connections
        return round(connections), sum(map(len, part.known))

    def check_size(self, part: Part | None = None) -> None:
        """Raise NetworkError for a graph, or a part of it, that is too large to be made."""
        connections, units = self.size() if part is None else self._size_of(part)
        if connections + units > CONNECTION_LIMIT:
            raise NetworkError(
                f"{connections:,} connections of {units:,} units; a graph holds at most {CONNECTION_LIMIT:,} of both, which no option raises"
            )


def starts_of(stage: Stage) -> list[int]:
    """The number of the first unit of each input of a stage, counted through all of them."""
    return [0, *itertools.accumulate(shape.units for shape in stage.inputs)][: len(stage.inputs)]
