"""A network to its compact graph, whole or in part.

Of a network that is larger than its picture only the part that is shown is made.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from connectivity.errors import NetworkError
from connectivity.graphs.blueprint import CONNECTION_LIMIT, Blueprint, Part, starts_of
from connectivity.graphs.networkwiring import NetworkWiring
from connectivity.graphs.roles import BIAS, PADDING, ROLES, Role
from connectivity.graphs.wiring import LayerView, Parameters, Place, Span, unit_name
from connectivity.layers.base import NO_PARAMETER, Connections
from connectivity.network import Stage

_FIRST_BIAS = NO_PARAMETER - 1  # biases are numbered from here downwards

_Made = tuple[int, Role, Sequence[float] | None, Sequence[float] | None]
"""Of connections that are made together all that :class:`.wiring.Span` says, but from where to where they are."""


def wire(blueprint: Blueprint, part: Part | None = None, biases: bool = True) -> NetworkWiring:
    """The compact graph: of all units, or of those in ``part``. ``biases``: with bias units.

    Raises NetworkError beyond CONNECTION_LIMIT.
    """
    blueprint.check_size(part)
    return _Builder(blueprint, part, biases).wiring()


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
                if self._plan.padding and (self._part is None or self._part.known[number]):
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
        everything = self._connections(number, stage)
        if not layer.operation.linear:
            self._note_zeros(number, stage, everything)
        connections = self._plan.alive(stage, everything)
        names = self._unit_of(stage)
        units = self._wiring.unit_at[number]
        coefficients = connections.coefficients
        if layer.has_weights:
            owner = self._stages[stage.owner]
            self._wiring.tables[number] = parameters_of(f"{owner.name}.weight", owner.layer.weight_shape(*owner.inputs))
        self._extend(
            [names(source) for source in connections.sources],
            [units[target] for target in connections.targets],
            connections.parameters,
            (number, ROLES[layer.operation.role], values.weight if layer.has_weights else None, coefficients),
        )

    def _connections(self, number: int, stage: Stage) -> Connections:
        """The connections into a stage between units that are there, of which one at least is shown."""
        if self._part is None:
            return stage.layer.connections(*stage.inputs)
        part = self._part
        if number in part.bare:
            return Connections([], [], [])
        starts = starts_of(stage)
        pairs = list(zip(starts, stage.sources, strict=True))
        sources = {start + flat for start, source in pairs for flat in part.known[source]}
        shown = {start + flat for start, source in pairs for flat in part.shown[source]}
        connections = stage.layer.connections(*stage.inputs, targets=sorted(part.known[number]), sources=sources)
        targets = set(part.shown[number])
        keep = [
            n
            for n, (source, target) in enumerate(zip(connections.sources, connections.targets, strict=True))
            if target in targets or source in shown
        ]
        if len(keep) == len(connections):
            return connections
        return connections.chosen(keep)

    def _unit_of(self, stage: Stage) -> Callable[[int], int]:
        """The unit of a flat index that is counted through all inputs of ``stage``."""
        if len(stage.sources) == 1:
            return self._wiring.unit_at[stage.sources[0]].__getitem__
        units: dict[int, int] = {}
        for start, source in zip(starts_of(stage), stage.sources, strict=True):
            units.update((start + flat, unit) for flat, unit in self._wiring.unit_at[source].items())
        return units.__getitem__

    def _extend(self, sources: list[int], targets: list[int], parameters: Sequence[int], made: _Made) -> None:
        wiring, role = self._wiring, made[1]
        start = len(wiring.sources)
        wiring.sources += sources
        wiring.targets += targets
        wiring.parameters += parameters
        wiring.roles += [role] * len(sources)
        wiring.spans.append(Span(start, len(wiring.sources), *made))

    def _note_zeros(self, number: int, stage: Stage, connections: Connections) -> None:
        """The units of a maximum or a product that a dropped unit was connected to: they see its 0."""
        dropped = self._plan.dropped(stage)
        if dropped:
            units = self._wiring.unit_at[number]
            self._wiring.sees_zero |= {
                units[target]
                for source, target in zip(connections.sources, connections.targets, strict=True)
                if source in dropped
            }

    def _add_bias(self, number: int, stage: Stage) -> None:
        """The bias unit of a layer, and a connection from it to every unit."""
        if not self._biases:
            return
        name = f"{stage.name}.bias"
        unit = self._unit(stage.sources[0], name, -1)
        self._wiring.biases[number] = unit
        values, constants = self._plan.numbers[number].bias, stage.layer.constants(*stage.inputs)
        pairs = [
            (flat, target)
            for flat, target in self._wiring.unit_at[number].items()
            if flat + 1 not in stage.layer.drop and (self._part is None or flat in self._part.shown[number])
        ]
        if not values:
            pairs = [(flat, target) for flat, target in pairs if flat in constants]
            coefficients = [constants[flat] for flat, _ in pairs]
            targets = [target for _, target in pairs]
            self._extend([unit] * len(pairs), targets, [NO_PARAMETER] * len(pairs), (number, BIAS, None, coefficients))
            return
        owner = self._stages[stage.owner]
        shape = owner.layer.bias_shape(*owner.inputs)
        names = parameters_of(f"{owner.name}.bias", shape).name
        # Numbers of their own, which are not those of weights.
        self._wiring.bias_names[number] = lambda parameter: names(_FIRST_BIAS - parameter)
        elements = [stage.layer.bias_element(flat, *stage.inputs) for flat, _ in pairs]
        self._extend(
            [unit] * len(pairs),
            [target for _, target in pairs],
            [_FIRST_BIAS - element for element in elements],
            (number, BIAS, None, [values[element] for element in elements]),
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
        units = self._wiring.unit_at[number]
        part = self._part
        targets = None if part is None else sorted(part.known[number])
        connections = [
            (places[channel, position], units[target], parameter)
            for channel, position, target, parameter in stage.layer.padding_connections(*stage.inputs, targets=targets)
            if target + 1 not in stage.layer.drop
        ]
        self._extend(
            [padding for padding, _, _ in connections],
            [target for _, target, _ in connections],
            [parameter for _, _, parameter in connections],
            (number, PADDING, values.weight if stage.layer.has_weights else None, None),
        )

    def _padding_units(self, source: int) -> dict[Place, int]:
        """The units of padding beside a layer, made once for all that read it."""
        if source not in self._padding:
            stage, (left, right) = self._stages[source], self._plan.zeros(source)
            channels, length = stage.shape
            zeros = channels * (left + right)
            if zeros > CONNECTION_LIMIT:
                raise NetworkError(
                    f"{zeros:,} units of padding; a graph holds at most {CONNECTION_LIMIT:,}, which no option raises",
                    "padding",
                )
            places = self._padding[source] = {}
            for channel in range(channels):
                for position in (*range(-left, 0), *range(length, length + right)):
                    node = f"{stage.name}.padding[{channel},{position}]"
                    unit = self._unit(source, "padding", -2, node)
                    places[channel, position] = unit
                    self._wiring.layers[source].padding[unit] = (channel, position)
        return self._padding[source]


def parameters_of(tensor: str, shape: tuple[int, ...]) -> Parameters:
    """The elements of a tensor by their flat index, named as PyTorch would write them.

    >>> parameters_of("h.weight", (2, 1, 3)).name(5)
    'h.weight[1,0,2]'
    """
    last = shape[-1]
    if len(shape) == 2:
        return Parameters(lambda flat: f"{tensor}[{flat // last},{flat % last}]", lambda flat: 0)

    def named(flat: int) -> str:
        parts: list[str] = []
        for size in reversed(shape):
            flat, rest = divmod(flat, size)
            parts.append(str(rest))
        return f"{tensor}[{','.join(reversed(parts))}]"

    return Parameters(functools.cache(named), lambda flat: flat % last)
