"""What a panel is a picture of: a network, of which only the part that is shown is made, or a graph that is there."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, Self

from connectivity.graphs.blueprint import Blueprint, Part
from connectivity.graphs.builder import wire
from connectivity.graphs.stage import WHOLE, Stage
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.layout.columns import Arrangement
from connectivity.layout.part import part_of
from connectivity.layout.scope import Scope
from connectivity.options import Options


class Subject(Protocol):
    """Layers with their facts, and their graph once it is known what of it is shown."""

    layers: Sequence[LayerView]
    """The layers, of which units may still be missing."""

    has_values: bool

    stage: Stage
    """How much of it is there yet."""

    kept: Mapping[int, Collection[tuple[int, int | None]]]
    """The places that elision leaves, by layer: of single units, or (position None) of channels."""

    def wiring(self, arrangement: Arrangement, whole: Collection[int] | None) -> Wiring:
        """The graph with what ``arrangement`` shows; of the layers in ``whole`` all units (None: of all layers)."""

    def most_connections(self, arrangement: Arrangement) -> int:
        """How many connections are drawn whole, at most; known before any of them is made."""

    def zeros(self, layer: int) -> tuple[int, int]:
        """How many zeros of padding stand on both sides of a layer, as far as that is known."""

    def outline(self) -> Wiring:
        """A graph of which units and connections may be missing; what is asked of the whole is answered."""

    def scope(self, options: Options) -> Scope:
        """What the options say is looked at. Raises DrawingError for what is not there."""

    def part(self, part: Part) -> Wiring:
        """The graph with the units and connections of ``part`` at least."""

    def staged(self, stage: Stage, kept: Mapping[int, Collection[tuple[int, int | None]]]) -> Self:
        """The same as a step of a motion has it."""


class _Scoped:
    """What of a subject is looked at, found once for the same wishes."""

    layers: Sequence[LayerView]
    stage: Stage = WHOLE
    kept: Mapping[int, Collection[tuple[int, int | None]]] = MappingProxyType({})

    def __init__(self) -> None:
        self._scopes: dict[tuple[object, ...], Scope] = {}

    def staged(self, stage: Stage, kept: Mapping[int, Collection[tuple[int, int | None]]]) -> Self:
        """The same as a step of a motion has it: as far as ``stage`` says, where elision leaves the places ``kept``."""
        other = copy.copy(self)
        other.stage, other.kept = stage, kept
        return other

    def outline(self) -> Wiring:
        """A graph of which units and connections may be missing."""
        raise NotImplementedError

    def scope(self, options: Options) -> Scope:
        """What the options say is looked at. Raises DrawingError for what is not there."""
        key = options.layers, options.crop, options.focus, options.window, options.only, options.index_from
        if not any(key[:-1]):
            return Scope.everything(len(self.layers)).keeping(self.kept)
        if key not in self._scopes:
            from connectivity.layout.selection import selected

            self._scopes[key] = selected(self.layers, self.outline, options)
        return self._scopes[key].keeping(self.kept)

    def _on_stage(self, wiring: Wiring) -> Wiring:
        """A graph of which as much is there as the stage says."""
        if self.stage is WHOLE:
            return wiring
        wiring = copy.copy(wiring)
        wiring.stage = self.stage
        return wiring


class GraphSubject(_Scoped):
    """A graph that is there."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__()
        self._wiring = wiring
        self.layers: Sequence[LayerView] = wiring.layers
        self.has_values = bool(wiring.values)

    def wiring(self, arrangement: Arrangement, whole: Collection[int] | None) -> Wiring:
        wiring, absent = self._on_stage(self._wiring), arrangement.scope.absent
        if not absent:
            return wiring
        keep = [
            connection
            for connection in wiring.ranks
            if absent.isdisjoint(wiring.layer_of[ends[connection]] for ends in (wiring.sources, wiring.targets))
        ]
        return wiring.rewired(keep, [wiring.sources[connection] for connection in keep], wiring.layers)

    def most_connections(self, arrangement: Arrangement) -> int:
        return 0  # they are there, and are counted when it is known which are shown

    def zeros(self, layer: int) -> tuple[int, int]:
        return self.layers[layer].pads

    def outline(self) -> Wiring:
        return self._wiring

    def part(self, part: Part) -> Wiring:
        return self._on_stage(self._wiring)


class NetworkSubject(_Scoped):
    """A network, with the values of all of its units where they are known; ``biases``: with bias units."""

    def __init__(self, blueprint: Blueprint, values: Any = None, biases: bool = False) -> None:
        super().__init__()
        self._blueprint, self._values, self._biases = blueprint, values, biases
        self._cache: tuple[Part | None, Wiring] | None = None
        self.layers: Sequence[LayerView] = blueprint.layers
        self.has_values = values is not None

    def wiring(self, arrangement: Arrangement, whole: Collection[int] | None) -> Wiring:
        part = None if whole is None else part_of(self._blueprint, arrangement, whole)
        if self._cache is None or self._cache[0] != part:
            self._cache = part, self._wired(part)
        return self._on_stage(self._cache[1])

    def most_connections(self, arrangement: Arrangement) -> int:
        total = 0
        for number, layer in enumerate(self.layers):
            counts = [
                self.layers[n].total if arrangement.shows_all(n) else len(arrangement.shown_places(n))
                for n in (number, *layer.inputs)
                if not self.layers[n].kind.left_out  # of which no line starts
            ]
            total += min(layer.info.connections, counts[0] * sum(counts[1:])) if counts else 0
        return total

    def zeros(self, layer: int) -> tuple[int, int]:
        return self._blueprint.zeros(layer)

    def outline(self) -> Wiring:
        return wire(self._blueprint, Part([()] * len(self.layers), [()] * len(self.layers)), False)

    def part(self, part: Part) -> Wiring:
        return self._on_stage(self._wired(part))

    def _wired(self, part: Part | None) -> Wiring:
        wiring = wire(self._blueprint, part, self._biases)
        if self._values is not None:
            wiring.take_values(self._values)
        return wiring
