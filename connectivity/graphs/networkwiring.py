"""The compact graph of a network, of which perhaps a part is made and the whole is known."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from connectivity.graphs.blueprint import Blueprint, starts_of
from connectivity.graphs.wiring import INDICES, End, Key, LayerView, Place, Wiring
from connectivity.layers.activations import mixed_axes, mixed_with
from connectivity.layers.combine import MAXIMUM
from connectivity.network import Stage

SPREAD_LIMIT = 20_000
"""Of a layer with more shared weights than this, colours are spread over those that are shown."""


_AT_ONCE = 10_000  # units of a layer whose connections are made together


class TensorValues(Mapping[tuple[int, ...], float]):
    """The numbers of a tensor of ``shape`` by their indices; ``flat`` are all, in row-major order. None is copied."""

    def __init__(self, shape: tuple[int, ...], flat: Sequence[float]) -> None:
        self._shape, self.flat = shape, flat

    def __getitem__(self, indices: tuple[int, ...]) -> float:
        flat = _flat_index(indices, self._shape)
        if flat is None:
            raise KeyError(indices)
        return self.flat[flat]

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return itertools.product(*map(range, self._shape))

    def __len__(self) -> int:
        return len(self.flat)


class NetworkWiring(Wiring):
    """The graph of a network; what is asked of the whole network is asked of its layers."""

    def __init__(self, blueprint: Blueprint, layers: list[LayerView]) -> None:
        super().__init__(layers)
        self._blueprint = blueprint
        self.flats: list[int] = []  # of each unit: its index in its layer; less than 0 for padding and biases
        self.unit_at: list[dict[int, int]] = [{} for _ in layers]
        self.everything: list[Sequence[float]] = []  # the values of all units, where they are known

    def used_parameters(self, layer: int) -> Collection[int]:
        many = self.layers[layer].info.weights > SPREAD_LIMIT
        return super().used_parameters(layer) if many else {*self._blueprint.used(layer)}

    def take_values(self, values: list[list[float]]) -> None:
        """Note the values of all units, layer by layer; bias units are 1."""
        self.everything = list(values)
        self.values = {
            unit: values[layer][flat] for layer, units in enumerate(self.unit_at) for flat, unit in units.items()
        }
        self.values.update(dict.fromkeys(self.biases.values(), 1.0))
        beside = [1.0] if self.biases else []
        self.largest = max(beside + [abs(value) for layer_values in values for value in layer_values])

    def has_parameter(self, name: str) -> bool:
        tensor, bracket, inner = name.partition("[")
        number = next((n for n, one in enumerate(self._blueprint.stages) if f"{one.name}.weight" == tensor), 0)
        stage = self._blueprint.stages[number]
        if not stage.layer.has_weights or stage.owner != number:
            return False
        if not bracket:
            return True
        match = INDICES.fullmatch(bracket + inner)
        shape = stage.layer.weight_shape(*stage.inputs)
        flat = None if match is None else _flat_index([int(index) for index in match[1].split(",")], shape)
        users = (other for other, one in enumerate(self._blueprint.stages) if one.owner == number)
        return flat is not None and any(flat in self._blueprint.used(other) for other in users)

    def parameter_weights(self, layers: Sequence[int]) -> dict[int, float]:
        values = self._blueprint.numbers[layers[0]].weight
        if not self.layers[layers[0]].kind.has_weights:
            return {}
        return {parameter: values[parameter] for parameter in self.used_parameters(layers[0])}

    def weights_into(self, layer: int) -> tuple[Sequence[int], Sequence[float]]:
        weights, values = self._blueprint.used(layer), self._blueprint.numbers[layer].weight
        return weights, values if len(weights) == len(values) else [values[weight] for weight in weights]

    def repeats(self, layer: int, weights: Collection[int]) -> int:
        return self._blueprint.repeats(layer, weights)

    def ends(self, units: Collection[int]) -> Iterator[End]:
        flats: list[list[int]] = [[] for _ in self.layers]
        for unit in units:
            if self.flats[unit] >= 0:
                flats[self.layer_of[unit]].append(self.flats[unit])
        for number, stage in enumerate(self._blueprint.stages):
            if stage.sources:
                yield from self._ends_into(number, sorted(flats[number]))
                yield from self._ends_out_of(number, flats)

    def _ends_into(self, number: int, targets: Sequence[int]) -> Iterator[End]:
        """The connections into units of a stage, each at its target."""
        for target in targets:
            unit = self.unit_at[number][target]
            for source, _, weight, value in self._connections(number, [target], None):
                yield End(unit, source, number, weight, value)

    def _ends_out_of(self, number: int, flats: Sequence[Collection[int]]) -> Iterator[End]:
        """The connections into a stage from units of the layers it takes, each at its source."""
        stage = self._blueprint.stages[number]
        pairs = zip(starts_of(stage), stage.sources, strict=True)
        sources = {start + flat for start, source in pairs for flat in flats[source]}
        targets = sorted(stage.layer.targets_of(sorted(sources), *stage.inputs)) if sources else []
        for start in range(0, len(targets), _AT_ONCE):
            for source, target, weight, value in self._connections(number, targets[start : start + _AT_ONCE], sources):
                yield End(self.unit_at[source[0]][source[1]], target, number, weight, value)

    def _connections(
        self, number: int, targets: Sequence[int], sources: set[int] | None
    ) -> Iterator[tuple[Key, Key, int, float | None]]:
        """Source, target, weight and value of each connection into ``targets``, from ``sources`` (None: any)."""
        stage, values = self._blueprint.stages[number], self._blueprint.numbers[number].weight
        starts = starts_of(stage)
        connections = stage.layer.connections(*stage.inputs, targets=targets, sources=sources)
        alive = self._blueprint.alive(stage, connections)
        for source, target, weight in zip(alive.sources, alive.targets, alive.parameters, strict=True):
            place = bisect.bisect_right(starts, source) - 1
            key = stage.sources[place], source - starts[place]
            yield key, (number, target), weight, values[weight] if stage.layer.has_weights else None

    def degrees(self, units: Iterable[int]) -> dict[int, int]:
        degrees: dict[int, int] = {}
        for layer, group in itertools.groupby(units, key=lambda unit: self.layer_of[unit]):
            unit_of = {self.flats[unit]: unit for unit in group if self.flats[unit] >= 0}
            stage = self._blueprint.stages[layer]
            connections = self._blueprint.alive(stage, stage.layer.connections(*stage.inputs, targets=sorted(unit_of)))
            degrees.update(dict.fromkeys(unit_of.values(), 0))
            for target in connections.targets:
                degrees[unit_of[target]] += 1
        return degrees

    def winners(self) -> dict[int, int]:
        if not self.everything:
            return {}
        winners: dict[int, int] = {}
        for number, layer in enumerate(self.layers):
            stage = self._blueprint.stages[number]
            if layer.combination is not MAXIMUM:
                continue
            targets = sorted(self.flats[unit] for unit in layer.units)
            connections = self._blueprint.alive(stage, stage.layer.connections(*stage.inputs, targets=targets))
            values = [value for source in stage.sources for value in self.everything[source]]
            origin = self._units_of(stage)
            best: dict[int, int] = {}
            for one, target in zip(connections.sources, connections.targets, strict=True):
                if target not in best or values[one] > values[best[target]]:
                    best[target] = one
            for target, one in best.items():
                unit = self.unit_at[number][target]
                if not self._is_other(unit, values[one]) and one in origin:
                    winners[unit] = origin[one]
        return winners

    def _units_of(self, stage: Stage) -> dict[int, int]:
        """The units that are there of the inputs of a stage, by their flat index through all of them."""
        pairs = zip(starts_of(stage), stage.sources, strict=True)
        return {start + flat: unit for start, source in pairs for flat, unit in self.unit_at[source].items()}

    def key(self, unit: int) -> Key:
        return self.layer_of[unit], self.flats[unit]

    def keys(self, layer: int) -> Iterable[Key]:
        return ((layer, flat) for flat in range(self.layers[layer].shape.units))

    def key_at(self, layer: int, place: Place) -> Key | None:
        if not self.layers[layer].has(place):
            return None
        return layer, place[0] * self.layers[layer].shape.length + place[1]

    def place(self, key: Key) -> Place:
        return divmod(key[1], self.layers[key[0]].shape.length)

    def seen(self, layer: int, places: Iterable[Place]) -> dict[int, set[Place]]:
        stage = self._blueprint.stages[layer]
        flats = [channel * stage.shape.length + position for channel, position in places]
        flats = [flat for flat in flats if flat + 1 not in stage.layer.drop]
        origins = stage.layer.sources_of(flats, *stage.inputs)
        dropped = self._blueprint.dropped(stage)
        seen: dict[int, set[Place]] = {}
        for start, source, shape in zip(starts_of(stage), stage.sources, stage.inputs, strict=True):
            inside = (flat - start for flat in origins if start <= flat < start + shape.units and flat not in dropped)
            seen.setdefault(source, set()).update(divmod(flat, shape.length) for flat in inside)
        return seen

    def window(self, layer: int, position: int, source: int) -> set[int]:
        info = self.layers[layer].info
        own = self.layers[layer].kind.rearranges  # each channel sees another one
        if info.window is None or own or info.dropped or self._blueprint.dropped(self._blueprint.stages[layer]):
            return super().window(layer, position, source)
        seen = self.seen(layer, [(0, position)])  # as do all channels
        return {place for _, place in seen.get(source, ())}

    def kernel(self, layer: int) -> Mapping[tuple[int, ...], float]:
        if not self.layers[layer].kind.has_weights:
            return {}
        stage = self._blueprint.stages[layer]
        owner = self._blueprint.stages[stage.owner]
        return TensorValues(owner.layer.weight_shape(*owner.inputs), self._blueprint.numbers[layer].weight)

    def positions(self, layer: int, units: Collection[int]) -> int:
        length = self.layers[layer].shape.length
        return length if isinstance(units, range) else len({flat % length for flat in units})

    def flat(self, layer: int, units: Collection[int]) -> Collection[int]:
        return units

    def unit(self, key: Key) -> int | None:
        return self.unit_at[key[0]].get(key[1])

    def reached(self, start: Iterable[Key], backwards: bool) -> list[Collection[int]]:
        stages = self._blueprint.stages
        first: list[set[int]] = [set() for _ in stages]
        for layer, flat in start:
            first[layer].add(flat)
        by_layer: list[Collection[int]] = [
            units - {unit - 1 for unit in stage.layer.drop} for units, stage in zip(first, stages, strict=True)
        ]
        for number in reversed(range(len(stages))) if backwards else range(len(stages)):
            if not backwards:
                self._add_targets(number, by_layer)
            by_layer[number] = _with_peers(stages[number], by_layer[number])
            if backwards:
                self._add_sources(number, by_layer)
        return [
            found if all(unit in found for unit in units) else {*found, *units}
            for found, units in zip(by_layer, first, strict=True)
        ]

    def _add_sources(self, number: int, by_layer: list[Collection[int]]) -> None:
        """Add to ``by_layer`` what the units of a stage see."""
        stage, flats = self._blueprint.stages[number], by_layer[number]
        if not flats or not stage.sources or stage.layer.left_out:
            return
        if stage.layer.drop:  # an activation may mix them with others: they are 0 whatever they would see
            flats = {*flats} - {unit - 1 for unit in stage.layer.drop}
        if len(flats) == stage.shape.units:
            flats = range(stage.shape.units)
            if not any(self._blueprint.unused_inputs(number).values()):
                self._see(stage, [range(shape.units) for shape in stage.inputs], by_layer)
                return
        sees = stage.layer.sources_of(sorted(flats), *stage.inputs)
        if len(stage.sources) == 1:
            self._see(stage, [sees], by_layer)
            return
        ends = zip(starts_of(stage), stage.inputs, strict=True)
        self._see(
            stage,
            [{flat - start for flat in sees if start <= flat < start + shape.units} for start, shape in ends],
            by_layer,
        )

    def _see(self, stage: Stage, flats: Sequence[Iterable[int]], by_layer: list[Collection[int]]) -> None:
        """Add ``flats`` of each input of a stage to ``by_layer``, without what is dropped."""
        for source, units in zip(stage.sources, flats, strict=True):
            drop = self._blueprint.stages[source].layer.drop
            if isinstance(units, range) and not drop:
                by_layer[source] = units
            elif not isinstance(by_layer[source], range):
                by_layer[source] = {*by_layer[source], *units} - {unit - 1 for unit in drop}

    def _add_targets(self, number: int, by_layer: list[Collection[int]]) -> None:
        """Add to ``by_layer`` the units of a stage that those of its inputs reach."""
        stage = self._blueprint.stages[number]
        pairs = zip(stage.sources, starts_of(stage), strict=True)
        dropped = self._blueprint.dropped(stage)  # among which an activation may mix others
        sources = [
            unit for source, start in pairs for flat in by_layer[source] if (unit := start + flat) not in dropped
        ]
        if sources:
            reached = stage.layer.targets_of(sources, *stage.inputs)
            drop = stage.layer.drop
            if isinstance(reached, range) and not drop:
                by_layer[number] = reached
            else:
                by_layer[number] = {*by_layer[number], *reached} - {unit - 1 for unit in drop}


def _flat_index(indices: Sequence[int], shape: Sequence[int]) -> int | None:
    """Where an element of a tensor stands in row-major order; None of one that it has not."""
    if len(indices) != len(shape) or not all(0 <= index < size for index, size in zip(indices, shape, strict=True)):
        return None
    flat = 0
    for index, size in zip(indices, shape, strict=True):
        flat = flat * size + index
    return flat


def _with_peers(stage: Stage, flats: Collection[int]) -> Collection[int]:
    """``flats``, and the units of their layer that an activation such as softmax mixes them with."""
    return mixed_with(flats, *stage.shape, mixed_axes(stage.layer.activations, stage.shape.channels))
