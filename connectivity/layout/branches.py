"""Where layers stand that branch: columns by depth, branches side by side.

A layer's column (its *level*) is the longest way to it from an input. Layers of one level stand one after the other
across, each as near as can be to the middle of those it takes. A concatenation that only joins has no column: what
takes it takes what it joins. Offsets are in pitches.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from connectivity.graphs.wiring import LayerView
from connectivity.layers.base import Shape

BRANCH_GAP = 2.2
"""From the last unit of a branch to the first of the next beside it, in pitches."""

_LITTLE = 1e-6  # how much the wish of a layer counts that stands anywhere

Span = tuple[float, float]
"""The least and the largest coordinate of a layer's units, along it."""


@dataclass(eq=False, repr=False)
class Branches:
    """How the layers of a network stand to one another.

    ``levels`` are their columns from 0; ``joins`` the layers that only join, which are not drawn; ``takes`` the
    drawn layers that each layer takes, in order; ``shapes`` those of the layers; ``absent`` those that are left out.
    """

    levels: list[int]
    joins: frozenset[int]
    takes: list[tuple[int, ...]]
    shapes: list[Shape]
    absent: frozenset[int] = frozenset()

    @classmethod
    def of(cls, layers: Sequence[LayerView], absent: frozenset[int] = frozenset()) -> Branches:
        """Find levels and joins of the layers that are not ``absent``."""
        joins = frozenset(
            index
            for index, layer in enumerate(layers)
            if index not in absent and not absent.issuperset(layer.inputs) and _only_joins(layers, index)
        )
        branches = cls._joining(layers, joins, absent)
        apart = frozenset(
            index for index in joins if branches.is_apart(index) and not branches.has_reader(layers, index)
        )
        # A join at the end of a network has no layer whose caption says what is joined: its units are drawn.
        return cls._joining(layers, joins - apart, absent) if apart else branches

    @classmethod
    def _joining(cls, layers: Sequence[LayerView], joins: frozenset[int], absent: frozenset[int]) -> Branches:
        takes: list[tuple[int, ...]] = []
        for index, layer in enumerate(layers):
            sources = () if index in absent else [source for source in layer.inputs if source not in absent]
            takes.append(tuple(one for source in sources for one in (takes[source] if source in joins else (source,))))
        return cls(_levels(takes, joins | absent), joins, takes, [layer.shape for layer in layers], absent)

    @functools.cached_property
    def undrawn(self) -> frozenset[int]:
        """The layers that have no column."""
        return self.joins | self.absent

    def is_apart(self, index: int) -> bool:
        """Whether what a layer takes does not stand side by side."""
        return len({self.levels[one] for one in self.takes[index]}) > 1

    def has_reader(self, layers: Sequence[LayerView], index: int) -> bool:
        """Whether a layer that is there takes this one."""
        return any(index in layer.inputs for other, layer in enumerate(layers) if other not in self.absent)

    @functools.cached_property
    def depth(self) -> int:
        """How many levels there are."""
        return max(self.levels) + 1

    def at(self, level: int) -> list[int]:
        """The layers of a level that are drawn, in their order."""
        return [*self._at.get(level, ())]

    @functools.cached_property
    def _at(self) -> dict[int, list[int]]:
        layers: dict[int, list[int]] = {}
        for index, level in enumerate(self.levels):
            if index not in self.undrawn:
                layers.setdefault(level, []).append(index)
        return layers

    def readers(self, index: int) -> list[int]:
        """The drawn layers that take a layer."""
        return [*self._readers[index]]

    @functools.cached_property
    def _readers(self) -> list[list[int]]:
        readers: list[list[int]] = [[] for _ in self.takes]
        for index, takes in enumerate(self.takes):
            for source in dict.fromkeys(takes if index not in self.joins else ()):
                readers[source].append(index)
        return readers

    @functools.cached_property
    def branching(self) -> bool:
        """Whether anything but a chain is drawn."""
        there = [index for index in range(len(self.takes)) if index not in self.absent]
        chain = all(self.takes[after] == (before,) for before, after in itertools.pairwise(there))
        return bool(self.joins) or not chain

    def shifts(self, spans: Sequence[Span], gaps: Sequence[float]) -> list[float]:
        """How far each layer is moved along, so that those of a level stand beside one another.

        ``spans`` are where their units stand, ``gaps`` what each needs behind it, beyond BRANCH_GAP.
        """
        shifts = [0.0] * len(self.levels)
        for level in range(self.depth):
            blocks = [*self.at(level), *self.passing(level)]
            wishes = {index: self._wish(index, level, shifts) for index in blocks}
            middles = [wish for wish in wishes.values() if wish is not None]
            middle = sum(middles) / len(middles) if middles else 0.0
            aims = {index: middle if wish is None else wish for index, wish in wishes.items()}
            blocks.sort(key=lambda index: (round(aims[index], 6), self._ends(index) and level + 1 < self.depth, index))
            insists = [1.0 if not middles or wishes[index] is not None else _LITTLE for index in blocks]
            places = _apart([(aims[index], spans[index], gaps[index]) for index in blocks], insists)
            for index, place in zip(blocks, places, strict=True):
                if self.levels[index] == level:
                    shifts[index] = place
        return shifts

    def _wish(self, index: int, level: int, shifts: Sequence[float]) -> float | None:
        """The middle of what a layer takes from the level before, or the one of these that has its shape.

        Of a layer that goes on past this level its own place; None of an input, which stands anywhere.
        """
        if self.levels[index] < level:
            return shifts[index]
        sources = [source for source in self.takes[index] if self.levels[source] == level - 1]
        twins = [source for source in sources if self.shapes[source] == self.shapes[index]]
        places = [shifts[source] for source in (twins if len(twins) == 1 else sources)]
        return sum(places) / len(places) if places else None

    def _ends(self, index: int) -> bool:
        """Whether nothing takes a layer, not even to join it."""
        return index not in self._taken

    @functools.cached_property
    def _taken(self) -> frozenset[int]:
        return frozenset(itertools.chain.from_iterable(self.takes))

    def passing(self, level: int) -> list[int]:
        """Layers of earlier levels that nobody takes up to this one, and somebody later: they go on beside it."""
        return [*self._passing.get(level, ())]

    @functools.cached_property
    def _passing(self) -> dict[int, list[int]]:
        layers: dict[int, list[int]] = {}
        for index, column in enumerate(self.levels):
            later = [self.levels[reader] for reader in self.readers(index)]
            if later and index not in self.joins:
                for level in range(column + 1, min(later)):
                    layers.setdefault(level, []).append(index)
        return layers


def _only_joins(layers: Sequence[LayerView], index: int) -> bool:
    """Whether a layer's units are those of its inputs, one beside the other, and nothing more."""
    layer = layers[index]
    info = layer.info
    plain = not info.activations and not info.dropped and layer.whole is None
    return plain and layer.kind.merges and layer.kind.rearranges and len(set(layer.inputs)) == len(layer.inputs)


def _levels(takes: Sequence[tuple[int, ...]], joins: frozenset[int]) -> list[int]:
    """The longest way to each layer; but what comes from an input of its own stands just before what takes it."""
    levels: list[int] = []
    for index, sources in enumerate(takes):
        levels.append(max((levels[source] for source in sources), default=-1) + (index not in joins))
    late = _latest(takes, joins)
    for index in reversed(range(len(takes))):
        readers = [other for other, sources in enumerate(takes) if index in sources]
        before = [levels[other] - (other not in joins) for other in readers if other not in joins or late[other]]
        if late[index] and before:
            levels[index] = max(levels[index], min(before))
    return levels


def _latest(takes: Sequence[tuple[int, ...]], joins: frozenset[int]) -> list[bool]:
    """Of each layer whether it may stand later: an input but the first, and what is made of such inputs alone.

    Of a join, whether nothing takes it, so that what it joins is better in one column.
    """
    late: list[bool] = []
    taken = [
        sum(index in sources for other, sources in enumerate(takes) if other not in joins)
        for index in range(len(takes))
    ]
    for index, sources in enumerate(takes):
        if index in joins:
            late.append(not any(set(sources) & set(others) for others in takes[index + 1 :]))
        else:
            late.append(all(late[source] and taken[source] == 1 for source in sources) if sources else bool(index))
    return late


def _apart(blocks: Sequence[tuple[float, Span, float]], weights: Sequence[float]) -> list[float]:
    """Places for ``blocks`` (where each wants to be, its span, the gap it needs behind it), so that none overlap.

    Those with the least weighted squared distance from what is wanted: by pooling neighbours that would overlap
    (isotonic regression; Ayer and others, 1955).
    """
    offsets = [0.0]
    for (_, (_, high), gap), (_, (low, _), _) in itertools.pairwise(blocks):
        offsets.append(offsets[-1] + high - low + BRANCH_GAP + gap)
    pools: list[tuple[float, float, int]] = []  # the mean of some neighbours, their weight, and how many they are
    for (aim, _, _), offset, weight in zip(blocks, offsets, weights, strict=True):
        mean, number = aim - offset, 1
        while pools and pools[-1][0] > mean - 1e-9:
            other, much, count = pools.pop()
            mean = (mean * weight + other * much) / (weight + much)
            weight, number = weight + much, number + count
        pools.append((mean, weight, number))
    means = [mean for mean, _, number in pools for _ in range(number)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
