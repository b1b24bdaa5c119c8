"""The compact graph: units are numbers, connections are parallel lists. networkx stands at its border.

It holds a whole graph, or of a network the part that a picture shows: units that are shown, those that stand for
hidden ones, and the connections between them. Counts, values and names are always those of the whole.
"""

from __future__ import annotations

import copy
import functools
import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.graphs.info import LayerInfo
from connectivity.graphs.roles import BIAS, MERGED, Role
from connectivity.graphs.stage import WHOLE, Joint, Stage
from connectivity.layers.activations import mixed_axes
from connectivity.layers.base import NO_PARAMETER, Layer, Shape, elements
from connectivity.layers.combine import BY_ROLE, MAXIMUM, Combination, Norm
from connectivity.layers.kinds import kind_named

INDICES = re.compile(r"\[([0-9]{1,9}(?:,[0-9]{1,9})*)\]$")
"""How the name of a parameter ends: with its indices in its tensor."""

Place = tuple[int, int]
"""(channel, position) of a unit in its layer, from 0."""

Key = tuple[int, int]
"""A unit of a whole network, built or not: its layer, and its flat index there (of a graph: its number)."""


UNNAMED = 1 << 40
"""From here on weights are counted that a graph does not name: each connection has its own."""


class End(NamedTuple):
    """A connection at one of its units: the unit at its other end, the layer it leads into, its weight and the value."""

    unit: int
    other: Key
    layer: int
    weight: int
    value: float | None


class LayerView:
    """A layer of a wiring: its facts, and its units in order.

    ``shape`` is that of the whole layer, ``total`` how many units it has; ``units`` are those that are there, of
    which ``places`` says where they stand. ``padding`` are units of padding, ``pads`` how many stand before its
    first position and behind its last. ``inputs`` are the numbers of the layers it takes. ``whole`` is the shape of
    a layer that is drawn as one unit.
    """

    def __init__(self, info: LayerInfo, shape: Shape, inputs: tuple[int, ...] = ()) -> None:
        self.info = info
        self.kind: type[Layer] = kind_named(info.kind)
        self.shape = shape
        self.inputs = inputs
        self.total = shape.units
        self.units: list[int] = []
        self.places: dict[int, Place] = {}
        self.padding: dict[int, Place] = {}
        self.pads = (0, 0)
        self.whole: Shape | None = None

    @property
    def combination(self) -> Combination:
        """How its units combine what reaches them."""
        own = self.kind.combination if self.info.combination is None else BY_ROLE[self.info.combination]
        return Norm(order=self.info.order) if isinstance(own, Norm) and self.info.order else own

    @property
    def mixed_axes(self) -> set[str]:
        """Along what its activations make units depend on others of it: ``channels``, ``length``, neither or both."""
        return mixed_axes(self.info.activations, self.shape.channels)

    @functools.cached_property
    def by_place(self) -> dict[Place, int]:
        """The unit at each place."""
        return {place: unit for unit, place in self.places.items()}

    def unit_name(self, flat: int) -> str:
        """The name of a unit of a regular layer, by its flat index, indices from 1."""
        return unit_name(self.info.name, self.shape, flat)

    def has(self, place: Place) -> bool:
        """Whether the layer has a unit at ``place``, be it there or not."""
        if self.total == self.shape.units:
            return 0 <= place[0] < self.shape.channels and 0 <= place[1] < self.shape.length
        return place in self.by_place


class Parameters(NamedTuple):
    """The parameters of a layer: ``name(p)`` is what the p-th is called, in natural order; ``tap(p)`` its last index."""

    name: Callable[[int], str]
    tap: Callable[[int], int]


class Span(NamedTuple):
    """Connections that were made together: from ``start`` to ``stop``, into units of ``layer``.

    A weight is ``weights[parameter]``, or one of ``coefficients``, in order; without either there is none.
    """

    start: int
    stop: int
    layer: int
    role: Role
    weights: Sequence[float] | None = None
    coefficients: Sequence[float] | None = None


class Wiring:
    """Layers with their units, and connections between them, in parallel lists.

    A connection is a number from 0; ``sources``, ``targets`` (units), ``parameters`` (of its layer, or
    NO_PARAMETER) and ``roles`` say what it is. ``counts`` are of those that stand for several. ``layer_of`` and
    ``names`` are of units; ``values`` are those of a given input, ``largest`` the size of the largest in the whole
    network, ``biases`` the bias unit of each layer that has one, ``dropped`` the units that are dropped,
    ``sees_zero`` those of a maximum that a dropped unit, a 0, was among. ``stage``: how much of it is there yet.
    """

    stage: Stage = WHOLE

    def __init__(self, layers: list[LayerView]) -> None:
        self.layers = layers
        self.layer_of: list[int] = []
        self.names: list[str] = []
        self.nodes: list[Hashable] = []
        self.values: dict[int, float] = {}
        self.largest = 0.0
        self.biases: dict[int, int] = {}
        self.dropped: set[int] = set()
        self.sees_zero: set[int] = set()
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.parameters: list[int] = []
        self.roles: list[Role] = []
        self.counts: dict[int, int] = {}
        self.spans: list[Span] = []
        self.tables: dict[int, Parameters] = {}
        self.bias_names: dict[int, Callable[[int], str]] = {}
        self.bars: set[int] = set()  # units that stand for a whole layer

    def __len__(self) -> int:
        return len(self.sources)

    def add_unit(self, layer: int, name: str, node: Hashable = None) -> int:
        """The number of one more unit."""
        self.layer_of.append(layer)
        self.names.append(name)
        self.nodes.append(name if node is None else node)
        return len(self.names) - 1

    @functools.cached_property
    def weights(self) -> list[float | None]:
        """The weight of each connection."""
        values: list[float | None] = [None] * len(self.sources)
        for start, stop, _, _, weights, coefficients in self.spans:
            if weights is not None:
                values[start:stop] = elements(weights, self.parameters[start:stop])
            elif coefficients is not None:
                values[start:stop] = coefficients
        return values

    def rewired(self, keep: Sequence[int], sources: Sequence[int], layers: list[LayerView]) -> Wiring:
        """The same graph with the connections in ``keep`` alone, from other ``sources``, and with other ``layers``."""
        weights = [self.weights[connection] for connection in keep]
        changed = copy.copy(self)
        for name in ("weights", "ranks", "_by_layer", "_into_units"):
            vars(changed).pop(name, None)
        changed.layers, changed.sources = layers, list(sources)
        changed.targets = [self.targets[connection] for connection in keep]
        changed.parameters = [self.parameters[connection] for connection in keep]
        changed.roles = [self.roles[connection] for connection in keep]
        changed.weights = weights
        return changed

    def layer(self, connection: int) -> int:
        """The layer of a connection's target."""
        return self.layer_of[self.targets[connection]]

    def parameter(self, connection: int) -> str | None:
        """The name of a connection's parameter."""
        number = self.parameters[connection]
        if number == NO_PARAMETER:
            return None
        return self.naming(self.layer(connection), self.roles[connection])(number)

    def naming(self, layer: int, role: Role) -> Callable[[int], str]:
        """What the parameters of a layer's connections with a role are called, by their numbers."""
        if role is BIAS:
            return self.bias_names.get(layer, str)
        return self.tables[layer].name if layer in self.tables else str

    def owner(self, layer: int) -> int:
        """The layer whose weights a layer has."""
        owner = self.layers[layer].info.owner
        return layer if owner is None else owner

    def is_there(self, connection: int) -> bool:
        """Whether a connection is there yet."""
        stage = self.stage
        if not stage.draws(self.layer(connection)):
            return False
        return stage.grown is None or self.joint(connection) in stage.grown

    def joint(self, connection: int) -> Joint:
        """Which connection of the whole network one is."""
        return (
            self.key(self.sources[connection]),
            self.key(self.targets[connection]),
            self.parameters[connection],
        )

    def is_written(self, unit: int) -> bool:
        """Whether the value of a unit is known yet."""
        layer = self.layer_of[unit]
        place = self.layers[layer].places.get(unit)
        return place is None or self.stage.writes(layer, place[1])

    def count(self, connection: int) -> int:
        """How many connections a line stands for."""
        return self.counts.get(connection, 1)

    @functools.cached_property
    def ranks(self) -> list[int]:
        """The connections in the order in which they are drawn: by source, then as they were made."""
        return sorted(range(len(self.sources)), key=self.sources.__getitem__)

    def into(self, layer: int) -> list[int]:
        """The connections into a layer that colours tell apart, in the order in which they are drawn."""
        return self._by_layer[layer]

    @functools.cached_property
    def _by_layer(self) -> list[list[int]]:
        connections: list[list[int]] = [[] for _ in self.layers]
        for connection in self.ranks:
            role = self.roles[connection]
            if role is not BIAS and role is not MERGED:
                connections[self.layer_of[self.targets[connection]]].append(connection)
        return connections

    def used_parameters(self, layer: int) -> Collection[int]:
        """The weights of a layer that connections of the whole network use."""
        return {self.parameters[connection] for connection in self.into(layer)} - {NO_PARAMETER}

    def parameter_weights(self, layers: Sequence[int]) -> dict[int, float]:
        """The value of each weight that connections into ``layers`` use, where it has one."""
        values: dict[int, float] = {}
        for layer in layers:
            for connection in self.into(layer):
                weight = self.weights[connection]
                if weight is not None and self.parameters[connection] != NO_PARAMETER:
                    values[self.parameters[connection]] = weight
        return values

    def weight_number(self, connection: int) -> int:
        """Which of its layer's weights a connection has; from ``UNNAMED`` on where a graph names none."""
        parameter = self.parameters[connection]
        return UNNAMED + connection if parameter == NO_PARAMETER else parameter

    def weights_into(self, layer: int) -> tuple[Sequence[int], Sequence[float]]:
        """The weights that connections of the whole network into a layer have, in order, and the value of each."""
        values = {
            self.weight_number(connection): weight
            for connection in self.into(layer)
            if self.roles[connection].counted and (weight := self.weights[connection]) is not None
        }
        weights = sorted(values)
        return weights, [values[weight] for weight in weights]

    def repeats(self, layer: int, weights: Collection[int]) -> int:
        """How many connections of the whole network into a layer have one of ``weights``."""
        chosen = set(weights)
        return sum(
            self.weight_number(connection) in chosen
            for connection in self.into(layer)
            if self.roles[connection].counted
        )

    def ends(self, units: Collection[int]) -> Iterator[End]:
        """Every connection of the whole network at some units; those of biases and padding do not count."""
        for connection in range(len(self)):
            if self.roles[connection].counted:
                source, target = self.sources[connection], self.targets[connection]
                rest = self.layer_of[target], self.weight_number(connection), self.weights[connection]
                if target in units:
                    yield End(target, self.key(source), *rest)
                if source in units:
                    yield End(source, self.key(target), *rest)

    def degrees(self, units: Iterable[int]) -> dict[int, int]:
        """How many connections of the whole network reach each of ``units``; those of biases and padding do not count."""
        counted = Counter(target for target, role in zip(self.targets, self.roles, strict=True) if role.counted)
        return {unit: counted[unit] for unit in units}

    def only_source(self, unit: int) -> int | None:
        """The unit that alone reaches ``unit``; None where there are several, or it is not there."""
        connections = [c for c in self._into_units.get(unit, ()) if self.roles[c].counted]
        return self.sources[connections[0]] if len(connections) == 1 and self.degrees([unit])[unit] == 1 else None

    @functools.cached_property
    def _into_units(self) -> dict[int, list[int]]:
        connections: dict[int, list[int]] = {}
        for connection in self.ranks:
            connections.setdefault(self.targets[connection], []).append(connection)
        return connections

    def winners(self) -> dict[int, int]:
        """The unit that each unit of a maximum took its value from: the first of the largest; where values are known."""
        winners: dict[int, int] = {}
        for connection in self.ranks:
            source, target = self.sources[connection], self.targets[connection]
            if self.roles[connection].combination is MAXIMUM and source in self.values:
                best = winners.get(target)
                if best is None or self.values[source] > self.values[best]:
                    winners[target] = source
        # Where the zero of a dropped unit won, none of the connections did.
        return {unit: best for unit, best in winners.items() if not self._is_other(unit, self.values[best])}

    def _is_other(self, unit: int, value: float) -> bool:
        """Whether a unit without an activation has another value."""
        plain = not self.layers[self.layer_of[unit]].info.activations
        return plain and self.values.get(unit, value) != value

    def has_parameter(self, name: str) -> bool:
        """Whether a connection of the whole network has a weight of that name, or one of that tensor."""
        names = {self.parameter(connection) for connection in range(len(self))} - {None}
        return any(parameter == name or str(parameter).startswith(f"{name}[") for parameter in names)

    def key(self, unit: int) -> Key:
        """Which unit of the whole network a unit is."""
        return self.layer_of[unit], unit

    def keys(self, layer: int) -> Iterable[Key]:
        """All units of a layer of the whole network."""
        return ((layer, unit) for unit in self.layers[layer].units)

    def key_at(self, layer: int, place: Place) -> Key | None:
        """The unit of the whole network at a place of a layer; None where there is none."""
        unit = self.layers[layer].by_place.get(place)
        return None if unit is None else (layer, unit)

    def place(self, key: Key) -> Place:
        """Where a unit of the whole network stands in its layer."""
        return self.layers[key[0]].places[key[1]]

    def seen(self, layer: int, places: Iterable[Place]) -> dict[int, set[Place]]:
        """What units of a layer see in each layer that it takes, in the whole network: places by places."""
        by_place = self.layers[layer].by_place
        seen: dict[int, set[Place]] = {}
        for unit in (by_place[place] for place in places if place in by_place):
            for connection in self._into_units.get(unit, ()):
                if self.roles[connection].counted:
                    source = self.sources[connection]
                    number = self.layer_of[source]
                    seen.setdefault(number, set()).add(self.layers[number].places[source])
        return seen

    def window(self, layer: int, position: int, source: int) -> set[int]:
        """The positions of a layer it takes that the units of a layer at a position see, in any channel."""
        channels = self.layers[layer].shape.channels
        seen = self.seen(layer, [(channel, position) for channel in range(channels)])
        return {place for _, place in seen.get(source, ())}

    def kernel(self, layer: int) -> Mapping[tuple[int, ...], float]:
        """The weights of a layer by their indices in its tensor, as far as they are known."""
        if layer not in self.tables:
            return {}
        name, values = self.tables[layer].name, self.parameter_weights([layer])
        indices = {parameter: INDICES.search(name(parameter)) for parameter in values}
        return {
            tuple(map(int, match[1].split(","))): values[parameter] for parameter, match in indices.items() if match
        }

    def positions(self, layer: int, units: Collection[int]) -> int:
        """At how many positions of a layer some of its units stand, which are as in keys."""
        return len({self.layers[layer].places[unit][1] for unit in units})

    def flat(self, layer: int, units: Collection[int]) -> Collection[int]:
        """The flat indices in a layer of some of its units, which are as in keys; a range stands for all of them.

        Biases and padding have none.
        """
        length, places = self.layers[layer].shape.length, self.layers[layer].places
        return {places[unit][0] * length + places[unit][1] for unit in units if unit in places}

    def unit(self, key: Key) -> int | None:
        """The unit that ``key`` is, where it is there."""
        return key[1]

    def reached(self, start: Iterable[Key], backwards: bool) -> list[Collection[int]]:
        """``start``, and every unit of the whole network on ways into it, or out of it, layer by layer.

        Units are as in keys; a range stands for all of a layer.
        """
        near, far = (self.targets, self.sources) if backwards else (self.sources, self.targets)
        beside: dict[int, list[int]] = {}
        for one, other in zip(near, far, strict=True):
            beside.setdefault(one, []).append(other)
        units = {unit for _, unit in start}
        todo = list(units)
        while todo:
            unit = todo.pop()
            for other in (*beside.get(unit, ()), *self.peers(unit)):
                if other not in units:
                    units.add(other)
                    todo.append(other)
        by_layer: list[set[int]] = [set() for _ in self.layers]
        for unit in units:
            by_layer[self.layer_of[unit]].add(unit)
        return [*by_layer]

    def walk(self, start: Iterable[Key], backwards: bool) -> set[Key]:
        """The same as keys."""
        return {(layer, unit) for layer, units in enumerate(self.reached(start, backwards)) for unit in units}

    def peers(self, unit: int) -> Iterable[int]:
        """The units that an activation of its layer, such as softmax, mixes a unit with."""
        layer = self.layers[self.layer_of[unit]]
        axes = layer.mixed_axes
        if not axes or unit not in layer.places or unit in self.dropped:
            return ()
        if len(axes) > 1:
            return layer.units
        (channels, length), (channel, position) = layer.shape, layer.places[unit]
        row = [(channel, place) for place in range(length)]
        places = row if "length" in axes else [(place, position) for place in range(channels)]
        return [layer.by_place[place] for place in places if place in layer.by_place]


def node_data(wiring: Wiring) -> Iterator[tuple[Hashable, dict[str, Any]]]:
    """Every node of a graph with its attributes, in order."""
    kinds: dict[int, tuple[str, int, int]] = dict.fromkeys(wiring.biases.values(), ("bias", 0, -1))
    for layer in wiring.layers:
        kinds.update((unit, ("unit", *place)) for unit, place in layer.places.items())
        kinds.update((unit, ("padding", *place)) for unit, place in layer.padding.items())
    for unit, node in enumerate(wiring.nodes):
        kind, channel, position = kinds[unit]
        data: dict[str, Any] = {
            "layer": wiring.layer_of[unit],
            "name": wiring.names[unit],
            "kind": kind,
            "channel": channel,
            "position": position,
        }
        if unit in wiring.dropped:
            data["dropped"] = True
        if unit in wiring.sees_zero:
            data["sees_zero"] = True
        if unit in wiring.values:
            data["value"] = wiring.values[unit]
        yield node, data


def unit_name(layer: str, shape: Shape, flat: int) -> str:
    """The name of a unit, indices from 1.

    >>> unit_name("x", Shape(1, 5), 1), unit_name("x", Shape(2, 5), 7), unit_name("h1", Shape(1, 5), 0)
    ('x2', 'x[2,3]', 'h1[1]')
    """
    channel, position = divmod(flat, shape.length)
    if shape.channels > 1:
        return f"{layer}[{channel + 1},{position + 1}]"
    return f"{layer}[{position + 1}]" if layer[-1:].isdigit() else f"{layer}{position + 1}"


def groups_of(layers: Sequence[LayerView], index: int) -> int:
    """How many groups the channels of a layer stand in: its own, else those that a layer that takes it sees them in.

    1 where its channels cannot be split into them.
    """
    following = [layer.info.groups for layer in layers if index in layer.inputs]
    groups = layers[index].info.groups if layers[index].info.groups > 1 else max(following, default=1)
    return 1 if layers[index].shape.channels % groups else groups


def sees_one_each(layers: Sequence[LayerView], index: int, source: int) -> bool:
    """Whether each channel of a layer sees one channel alone of a layer it takes: the one in its place."""
    channels = layers[index].shape.channels
    return layers[index].kind.channelwise(layers[index].info.groups, channels) and (
        layers[source].shape.channels == channels
    )


def largest_of(values: Mapping[int, float]) -> float:
    """The size of the largest value; 0 where there are none."""
    return max(map(abs, values.values()), default=0.0)
