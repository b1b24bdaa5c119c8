"""A network to its compact graph, whole or in part.

Of a network that is larger than its picture only the part that is shown is made: see :class:`Part`. Everything
that is said of the whole (counts, degrees, what a unit depends on) is asked of the layers, which know it in
closed form.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectivity.errors import NetworkError, visible
from connectivity.graphs.info import LayerInfo
from connectivity.graphs.roles import BIAS, PADDING, ROLES
from connectivity.graphs.weights import layer_weights
from connectivity.graphs.wiring import Key, LayerView, Parameters, Place, Span, Wiring, unit_name
from connectivity.layers.activations import activation
from connectivity.layers.base import NO_PARAMETER, Connections
from connectivity.layers.combine import MAXIMUM, Norm
from connectivity.network import Network, Stage

CONNECTION_LIMIT = 2_000_000
"""The most connections and units in one graph: about 1 GB of memory."""

SPREAD_LIMIT = 20_000
"""Of a layer with more shared weights than this, colours are spread over those that are shown."""


_FIRST_BIAS = NO_PARAMETER - 1  # biases are numbered from here downwards


@dataclass
class Part:
    """The units of each layer that a picture needs, by flat index, in order.

    ``shown`` are drawn; ``hidden`` are ends of connections that a shown unit has, which are drawn as stubs.
    """

    shown: list[Collection[int]]
    hidden: list[Collection[int]]
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
        weights: Mapping[str, Any] | None = None,
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
        shared = [f"weights of {self.stages[stage.owner].name}"] if stage.owner != number else []
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
            "order": layer.operation.order if isinstance(layer.operation, Norm) else None,
            "inputs": list(stage.sources),
            "owner": None if stage.owner == number else stage.owner,
            "heading": layer.heading([stage.name, *(self.stages[source].name for source in stage.sources)]),
            "activations": list(layer.activations),
            "notes": [*layer.notes(*shapes), *shared, *(activation(text).shown for text in layer.activations)],
        }

    def _totals(self, stage: Stage) -> tuple[int, int, int]:
        """Connections, weights they use, connections to padding; dropped units have none."""
        layer, shapes = stage.layer, stage.inputs
        totals = layer.totals(*shapes)
        dropped = self._dropped(stage)
        if not layer.drop and not dropped:
            return totals
        if totals.connections > CONNECTION_LIMIT:
            raise NetworkError(
                f"{totals.connections:,} connections are too many to drop units among; at most {CONNECTION_LIMIT:,}",
                "drop",
            )
        alive = self._alive(stage, layer.connections(*shapes))
        padded = [each for each in layer.padding_connections(*shapes) if each.target + 1 not in layer.drop]
        return len(alive), len(set(alive.parameters) - {NO_PARAMETER}), len(padded)

    def _dropped(self, stage: Stage) -> set[int]:
        """The dropped units of a stage's inputs, counted through all of them."""
        starts = starts_of(stage)
        return {
            start + unit - 1
            for start, source in zip(starts, stage.sources, strict=True)
            for unit in self.stages[source].layer.drop
        }

    def _alive(self, stage: Stage, found: Connections) -> Connections:
        """Those of a stage's connections that no dropped unit has."""
        sources, targets = self._dropped(stage), {unit - 1 for unit in stage.layer.drop}
        if not sources and not targets:
            return found
        keep = [
            n
            for n, (source, target) in enumerate(zip(found.sources, found.targets, strict=True))
            if source not in sources and target not in targets
        ]
        return found.chosen(keep)

    def unused_inputs(self, number: int) -> Sequence[int]:
        """The units of a stage's inputs, counted through all of them, that nothing leads from."""
        stage = self.stages[number]
        if not stage.layer.drop and not self._dropped(stage):
            return stage.layer.unused_inputs(*stage.inputs)
        used = set(self._alive(stage, stage.layer.connections(*stage.inputs)).sources)
        return [unit for unit in range(sum(shape.units for shape in stage.inputs)) if unit not in used]

    def size(self) -> tuple[int, int]:
        """How many connections and units the whole graph has."""
        return sum(layer.info.connections for layer in self.layers), sum(layer.total for layer in self.layers)

    def _size_of(self, part: Part) -> tuple[int, int]:
        """As :meth:`size` of a part: exact where it is whole, else about as many."""
        shares = [len(known) / stage.shape.units for known, stage in zip(part.known, self.stages, strict=True)]
        connections = 0.0
        for number, stage in enumerate(self.stages):
            seen = 1.0
            if stage.sources and stage.layer.window(*stage.inputs) is None:
                seen = max(shares[source] for source in stage.sources)
            connections += self.layers[number].info.connections * shares[number] * seen
        return round(connections), sum(map(len, part.known))

    def check_size(self, part: Part | None = None) -> None:
        """Raise NetworkError for a graph, or a part of it, that is too large to be made."""
        connections, units = self.size() if part is None else self._size_of(part)
        if connections + units > CONNECTION_LIMIT:
            raise NetworkError(
                f"{connections:,} connections of {units:,} units; a graph holds at most {CONNECTION_LIMIT:,} of both"
            )

    def wire(self, part: Part | None = None, biases: bool = True) -> NetworkWiring:
        """The compact graph: of all units, or of those in ``part``. ``biases``: with bias units.

        Raises NetworkError beyond CONNECTION_LIMIT.
        """
        self.check_size(part)
        return _Builder(self, part, biases).wiring()


class NetworkWiring(Wiring):
    """The graph of a network; what is asked of the whole network is asked of its layers."""

    def __init__(self, blueprint: Blueprint, layers: list[LayerView]) -> None:
        super().__init__(layers)
        self._blueprint = blueprint
        self.flats: list[int] = []  # of each unit: its index in its layer; less than 0 for padding and biases
        self.unit_at: list[dict[int, int]] = [{} for _ in layers]
        self.everything: list[Sequence[float]] = []  # the values of all units, where they are known

    def used_parameters(self, layer: int) -> Collection[int]:
        stage, info = self._blueprint.stages[layer], self.layers[layer].info
        here = super().used_parameters(layer)
        if info.weights > SPREAD_LIMIT or info.dropped or info.weights == len(here):
            return here
        return {*stage.layer.used(*stage.inputs), *here}

    def take_values(self, values: list[list[float]]) -> None:
        """Note the values of all units, layer by layer; bias units are 1."""
        self.everything = list(values)
        self.values = {
            unit: values[layer][flat] for layer, own in enumerate(self.unit_at) for flat, unit in own.items()
        }
        self.values.update(dict.fromkeys(self.biases.values(), 1.0))
        beside = [1.0] if self.biases else []
        self.largest = max(beside + [abs(value) for own in values for value in own], default=0.0)

    def has_parameter(self, name: str) -> bool:
        tensor, bracket, inner = name.partition("[")
        stage = next((one for one in self._blueprint.stages if f"{one.name}.weight" == tensor), None)
        if stage is None or not stage.layer.has_weights:
            return False
        shape = stage.layer.weight_shape(*stage.inputs)
        parts = inner.removesuffix("]").split(",")
        if not bracket:
            return True
        if len(parts) != len(shape) or not all(part.isdigit() and len(part) < 10 for part in parts):
            return False
        flat = 0
        for part, size in zip(map(int, parts), shape, strict=True):
            if part >= size:
                return False
            flat = flat * size + part
        return flat in stage.layer.used(*stage.inputs)

    def parameter_weights(self, layers: Sequence[int]) -> dict[int, float]:
        values = self._blueprint.numbers[layers[0]].weight
        if not self.layers[layers[0]].kind.has_weights:
            return {}
        return {parameter: values[parameter] for parameter in self.used_parameters(layers[0])}

    def degrees(self, units: Iterable[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for layer, own in itertools.groupby(units, key=lambda unit: self.layer_of[unit]):
            wanted = {self.flats[unit]: unit for unit in own if self.flats[unit] >= 0}
            stage = self._blueprint.stages[layer]
            reached = self._blueprint._alive(stage, stage.layer.connections(*stage.inputs, targets=sorted(wanted)))
            found.update(dict.fromkeys(wanted.values(), 0))
            for target in reached.targets:
                found[wanted[target]] += 1
        return found

    def winners(self) -> dict[int, int]:
        if not self.everything:
            return {}
        winners: dict[int, int] = {}
        for number, layer in enumerate(self.layers):
            stage = self._blueprint.stages[number]
            if layer.kind.combination is not MAXIMUM:
                continue
            targets = sorted(self.flats[unit] for unit in layer.units)
            found = self._blueprint._alive(stage, stage.layer.connections(*stage.inputs, targets=targets))
            (source,) = stage.sources
            values = self.everything[source]
            best: dict[int, int] = {}
            for one, target in zip(found.sources, found.targets, strict=True):
                if target not in best or values[one] > values[best[target]]:
                    best[target] = one
            for target, one in best.items():
                unit = self.unit_at[number][target]
                if not self._is_other(unit, values[one]) and one in self.unit_at[source]:
                    winners[unit] = self.unit_at[source][one]
        return winners

    def key(self, unit: int) -> Key:
        return self.layer_of[unit], self.flats[unit]

    def keys(self, layer: int) -> Iterable[Key]:
        return ((layer, flat) for flat in range(self.layers[layer].shape.units))

    def key_at(self, layer: int, place: Place) -> Key | None:
        if not self.layers[layer].has(place):
            return None
        return layer, place[0] * self.layers[layer].shape.length + place[1]

    def positions(self, layer: int, units: Collection[int]) -> int:
        length = self.layers[layer].shape.length
        return length if isinstance(units, range) else len({flat % length for flat in units})

    def unit(self, key: Key) -> int | None:
        return self.unit_at[key[0]].get(key[1])

    def reached(self, start: Iterable[Key], backwards: bool) -> list[Collection[int]]:
        stages = self._blueprint.stages
        seen: list[Collection[int]] = [set() for _ in stages]
        for layer, flat in start:
            if flat + 1 not in stages[layer].layer.drop:
                seen[layer] = _with(seen[layer], flat)
        for number in reversed(range(len(stages))) if backwards else range(len(stages)):
            if not backwards:
                self._add_targets(number, seen)
            seen[number] = _with_peers(stages[number], seen[number])
            if backwards:
                self._add_sources(number, seen)
        for layer, flat in start:
            seen[layer] = _with(seen[layer], flat)
        return seen

    def _add_sources(self, number: int, seen: list[Collection[int]]) -> None:
        """Add to ``seen`` what the units of a stage see."""
        stage, flats = self._blueprint.stages[number], seen[number]
        if not flats or not stage.sources:
            return
        everything = isinstance(flats, range) or len(flats) == stage.shape.units
        if everything and not stage.layer.drop:
            flats = range(stage.shape.units)
            if not self._blueprint.unused_inputs(number):
                self._see(stage, [range(shape.units) for shape in stage.inputs], seen)
                return
        sees = stage.layer.sources_of(sorted(flats), *stage.inputs)
        if isinstance(sees, range) and len(stage.sources) == 1:
            self._see(stage, [sees], seen)
            return
        starts = starts_of(stage)
        self._see(
            stage,
            [
                {flat - start for flat in sees if start <= flat < start + shape.units}
                for start, shape in zip(starts, stage.inputs, strict=True)
            ],
            seen,
        )

    def _see(self, stage: Stage, found: Sequence[Collection[int]], seen: list[Collection[int]]) -> None:
        """Add ``found`` of each input of a stage to ``seen``, without what is dropped."""
        for source, own in zip(stage.sources, found, strict=True):
            drop = self._blueprint.stages[source].layer.drop
            if isinstance(own, range) and not drop:
                seen[source] = own
            elif not isinstance(seen[source], range):
                seen[source] = {*seen[source], *own} - {unit - 1 for unit in drop}

    def _add_targets(self, number: int, seen: list[Collection[int]]) -> None:
        """Add to ``seen`` the units of a stage that those of its inputs reach."""
        stage = self._blueprint.stages[number]
        pairs = zip(stage.sources, starts_of(stage), strict=True)
        sources = [start + flat for source, start in pairs for flat in seen[source]]
        if sources:
            reached = stage.layer.targets_of(sources, *stage.inputs)
            drop = stage.layer.drop
            if isinstance(reached, range) and not drop:
                seen[number] = reached
            else:
                seen[number] = {*seen[number], *reached} - {unit - 1 for unit in drop}


def _with(flats: Collection[int], flat: int) -> Collection[int]:
    """``flats`` with one more."""
    if flat in flats:
        return flats
    if isinstance(flats, set):
        flats.add(flat)
        return flats
    return {*flats, flat}


def _with_peers(stage: Stage, flats: Collection[int]) -> Collection[int]:
    """``flats``, and the units of their layer that an activation such as softmax mixes them with."""
    if not flats or not any(activation(text).mixes for text in stage.layer.activations):
        return flats
    channels, length = stage.shape
    if channels == 1:
        return range(length)
    return {channel * length + flat % length for flat in flats for channel in range(channels)}


class _Builder:
    """Makes the wiring of a blueprint, layer by layer."""

    def __init__(self, blueprint: Blueprint, part: Part | None, biases: bool) -> None:
        self._plan, self._part, self._biases = blueprint, part, biases
        self._stages = blueprint.stages
        self._wiring = NetworkWiring(blueprint, [self._copy(number) for number in range(len(self._stages))])
        self._padding: dict[int, dict[Place, int]] = {}

    def _copy(self, number: int) -> LayerView:
        """A layer of the blueprint, for units of its own."""
        outline = self._plan.layers[number]
        layer = LayerView(outline.info, outline.shape, outline.inputs)
        layer.pads = outline.pads
        return layer

    def wiring(self) -> NetworkWiring:
        """All of it."""
        for number, stage in enumerate(self._stages):
            self._add_units(number, stage)
            if stage.sources:
                self._add_connections(number, stage)
                if self._plan.numbers[number].bias or stage.layer.constants(*stage.inputs):
                    self._add_bias(number, stage)
                if self._plan.padding:
                    self._add_padding(number, stage)
        return self._wiring

    def _unit(self, layer: int, name: str, flat: int, node: str | None = None) -> int:
        self._wiring.flats.append(flat)
        return self._wiring.add_unit(layer, name, node)

    def _add_units(self, number: int, stage: Stage) -> None:
        layer, length = self._wiring.layers[number], stage.shape.length
        flats = range(stage.shape.units) if self._part is None else sorted(self._part.known[number])
        for flat in flats:
            unit = self._unit(number, unit_name(stage.name, stage.shape, flat), flat)
            self._wiring.unit_at[number][flat] = unit
            layer.units.append(unit)
            layer.places[unit] = divmod(flat, length)
        for dropped in stage.layer.drop:
            if dropped - 1 in self._wiring.unit_at[number]:
                self._wiring.dropped.add(self._wiring.unit_at[number][dropped - 1])

    def _add_connections(self, number: int, stage: Stage) -> None:
        layer, values = stage.layer, self._plan.numbers[number]
        everything = self._found(number, stage)
        if not layer.operation.linear:
            self._note_zeros(number, stage, everything)
        found = self._plan._alive(stage, everything)
        names = self._unit_of(stage)
        own = self._wiring.unit_at[number]
        coefficients = found.coefficients
        if layer.has_weights:
            owner = self._stages[stage.owner]
            self._wiring.tables[number] = parameters_of(f"{owner.name}.weight", owner.layer.weight_shape(*owner.inputs))
        self._extend(
            [names(source) for source in found.sources],
            [own[target] for target in found.targets],
            found.parameters,
            Span(0, 0, number, ROLES[layer.operation.role], values.weight if layer.has_weights else None, coefficients),
        )

    def _found(self, number: int, stage: Stage) -> Connections:
        """The connections into a stage between units that are there, of which one at least is shown."""
        if self._part is None:
            return stage.layer.connections(*stage.inputs)
        part = self._part
        starts = starts_of(stage)
        pairs = list(zip(starts, stage.sources, strict=True))
        sources = {start + flat for start, source in pairs for flat in part.known[source]}
        shown = {start + flat for start, source in pairs for flat in part.shown[source]}
        found = stage.layer.connections(*stage.inputs, targets=sorted(part.known[number]), sources=sources)
        targets = set(part.shown[number])
        keep = [
            n
            for n, (source, target) in enumerate(zip(found.sources, found.targets, strict=True))
            if target in targets or source in shown
        ]
        if len(keep) == len(found):
            return found
        return found.chosen(keep)

    def _unit_of(self, stage: Stage) -> Callable[[int], int]:
        """The unit of a flat index that is counted through all inputs of ``stage``."""
        if len(stage.sources) == 1:
            return self._wiring.unit_at[stage.sources[0]].__getitem__
        units: dict[int, int] = {}
        for start, source in zip(starts_of(stage), stage.sources, strict=True):
            units.update((start + flat, unit) for flat, unit in self._wiring.unit_at[source].items())
        return units.__getitem__

    def _extend(self, sources: list[int], targets: list[int], parameters: Sequence[int], span: Span) -> None:
        wiring = self._wiring
        start = len(wiring.sources)
        wiring.sources += sources
        wiring.targets += targets
        wiring.parameters += parameters
        wiring.roles += [span.role] * len(sources)
        wiring.spans.append(span._replace(start=start, stop=start + len(sources)))

    def _note_zeros(self, number: int, stage: Stage, found: Connections) -> None:
        """The units of a maximum or a product that a dropped unit was connected to: they see its 0."""
        dropped = self._plan._dropped(stage)
        if dropped:
            own = self._wiring.unit_at[number]
            self._wiring.sees_zero |= {
                own[target] for source, target in zip(found.sources, found.targets, strict=True) if source in dropped
            }

    def _add_bias(self, number: int, stage: Stage) -> None:
        """The bias unit of a layer, and a connection from it to every unit."""
        if not self._biases:
            return
        name = f"{stage.name}.bias"
        unit = self._unit(stage.sources[0], name, -1)
        self._wiring.biases[number] = unit
        values, constants = self._plan.numbers[number].bias, stage.layer.constants(*stage.inputs)
        own = [
            (flat, target)
            for flat, target in self._wiring.unit_at[number].items()
            if flat + 1 not in stage.layer.drop and (self._part is None or flat in self._part.shown[number])
        ]
        if not values:
            own = [(flat, target) for flat, target in own if flat in constants]
            coefficients = [constants[flat] for flat, _ in own]
            targets = [target for _, target in own]
            span = Span(0, 0, number, BIAS, None, coefficients)
            self._extend([unit] * len(own), targets, [NO_PARAMETER] * len(own), span)
            return
        owner = self._stages[stage.owner]
        shape = owner.layer.bias_shape(*owner.inputs)
        names = parameters_of(f"{owner.name}.bias", shape).name
        # Numbers of their own, which are not those of weights.
        self._wiring.bias_tables[number] = Parameters(lambda own: names(_FIRST_BIAS - own), lambda own: 0)
        elements = [stage.layer.bias_element(flat, *stage.inputs) for flat, _ in own]
        self._extend(
            [unit] * len(own),
            [target for _, target in own],
            [_FIRST_BIAS - element for element in elements],
            Span(0, 0, number, BIAS, None, [values[element] for element in elements]),
        )

    def _add_padding(self, number: int, stage: Stage) -> None:
        """The zeros that a layer pads its input with, as units, and their connections.

        Only zero padding (and a pool's) is there to be seen: any other repeats units of the input, and
        a transposed convolution's padding cuts its output.
        """
        left, right = stage.layer.zeros(*stage.inputs)
        if not left and not right:
            return
        source = stage.sources[0]
        places = self._padding_units(source)
        values = self._plan.numbers[number]
        own = self._wiring.unit_at[number]
        part = self._part
        targets = None if part is None else sorted(part.known[number])
        found = [
            (places[channel, position], own[target], parameter)
            for channel, position, target, parameter in stage.layer.padding_connections(*stage.inputs, targets=targets)
            if target + 1 not in stage.layer.drop and (channel, position) in places
        ]
        self._extend(
            [padding for padding, _, _ in found],
            [target for _, target, _ in found],
            [parameter for _, _, parameter in found],
            Span(0, 0, number, PADDING, values.weight if stage.layer.has_weights else None),
        )

    def _padding_units(self, source: int) -> dict[Place, int]:
        """The units of padding beside a layer, made once for all that read it."""
        if source not in self._padding:
            stage, (left, right) = self._stages[source], self._plan.zeros(source)
            channels, length = stage.shape
            if channels * (left + right) > CONNECTION_LIMIT:
                raise NetworkError(
                    f"{left + right:,} units of padding; a graph holds at most {CONNECTION_LIMIT:,}", "padding"
                )
            places = self._padding[source] = {}
            for channel in range(channels):
                for position in (*range(-left, 0), *range(length, length + right)):
                    node = f"{stage.name}.padding[{channel},{position}]"
                    unit = self._unit(source, "padding", -2, node)
                    places[channel, position] = unit
                    self._wiring.layers[source].padding[unit] = (channel, position)
        return self._padding[source]


def starts_of(stage: Stage) -> list[int]:
    """The number of the first unit of each input of a stage, counted through all of them."""
    return [0, *itertools.accumulate(shape.units for shape in stage.inputs)][: len(stage.inputs)]


def parameters_of(tensor: str, shape: tuple[int, ...]) -> Parameters:
    """The elements of a tensor by their flat index, named as PyTorch would write them.

    >>> parameters_of("h.weight", (2, 1, 3)).name(5)
    'h.weight[1,0,2]'
    """
    last = shape[-1] if shape else 1
    if len(shape) == 2:
        return Parameters(lambda flat: f"{tensor}[{flat // last},{flat % last}]", lambda flat: 0)

    def named(flat: int) -> str:
        parts: list[str] = []
        for size in reversed(shape):
            flat, rest = divmod(flat, size)
            parts.append(str(rest))
        return f"{tensor}[{','.join(reversed(parts))}]"

    return Parameters(functools.cache(named), lambda flat: flat % last)
