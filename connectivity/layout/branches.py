"""Where layers stand that branch: columns by depth, branches side by side.

A layer's column (its *level*) is the longest way to it from an input. Layers of one level stand one after the other
across, each as near as can be to the middle of those it takes. A concatenation that only joins has no column: what
takes it takes what it joins. Offsets are in pitches.
"""

from __future__ import annotations

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
    drawn layers that each layer takes, in order; ``shapes`` those of the layers.
    """

    levels: list[int]
    joins: frozenset[int]
    takes: list[tuple[int, ...]]
    shapes: list[Shape]

    @classmethod
    def of(cls, layers: Sequence[LayerView]) -> Branches:
        """Find levels and joins."""
        joins = frozenset(index for index in range(len(layers)) if _only_joins(layers, index))
        takes: list[tuple[int, ...]] = []
        for layer in layers:
            takes.append(
                tuple(one for source in layer.inputs for one in (takes[source] if source in joins else (source,)))
            )
        return cls(_levels(layers, takes), joins, takes, [layer.shape for layer in layers])

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return max(self.levels) + 1

    def at(self, level: int) -> list[int]:
        """The layers of a level that are drawn, in their order."""
        return [index for index, own in enumerate(self.levels) if own == level and index not in self.joins]

    def readers(self, index: int) -> list[int]:
        """The drawn layers that take a layer."""
        return [other for other, takes in enumerate(self.takes) if index in takes and other not in self.joins]

    @property
    def branching(self) -> bool:
        """Whether anything but a chain is drawn."""
        chain = all(takes == (index - 1,) for index, takes in enumerate(self.takes) if index)
        return bool(self.joins) or not chain

    def shifts(self, spans: Sequence[Span], gaps: Sequence[float]) -> list[float]:
        """How far each layer is moved along, so that those of a level stand beside one another.

        ``spans`` are where their units stand, ``gaps`` what each needs behind it, beyond BRANCH_GAP.
        """
        found = [0.0] * len(self.levels)
        for level in range(self.depth):
            blocks = [*self.at(level), *self._passing(level)]
            wanted = {index: self._wanted(index, level, found) for index in blocks}
            known = [own for own in wanted.values() if own is not None]
            middle = sum(known) / len(known) if known else 0.0
            aims = {index: middle if own is None else own for index, own in wanted.items()}
            blocks.sort(key=lambda index: (round(aims[index], 6), self._ends(index) and level + 1 < self.depth, index))
            insists = [1.0 if not known or wanted[index] is not None else _LITTLE for index in blocks]
            places = _apart([(aims[index], spans[index], gaps[index]) for index in blocks], insists)
            for index, place in zip(blocks, places, strict=True):
                if self.levels[index] == level:
                    found[index] = place
        return found

    def _wanted(self, index: int, level: int, found: Sequence[float]) -> float | None:
        """The middle of what a layer takes from the level before, or the one of these that has its shape.

        Of a layer that goes on past this level its own place; None of an input, which stands anywhere.
        """
        if self.levels[index] < level:
            return found[index]
        near = [source for source in self.takes[index] if self.levels[source] == level - 1]
        alike = [source for source in near if self.shapes[source] == self.shapes[index]]
        chosen = [found[source] for source in (alike if len(alike) == 1 else near)]
        return sum(chosen) / len(chosen) if chosen else None

    def _ends(self, index: int) -> bool:
        """Whether nothing takes a layer, not even to join it."""
        return not any(index in takes for takes in self.takes)

    def _passing(self, level: int) -> list[int]:
        """Layers of earlier levels that nobody takes up to this one, and somebody later: they go on beside it."""
        found = []
        for index, own in enumerate(self.levels):
            later = [self.levels[reader] for reader in self.readers(index)]
            if index not in self.joins and own < level and later and min(later) > level:
                found.append(index)
        return found


def _only_joins(layers: Sequence[LayerView], index: int) -> bool:
    """Whether a layer's units are those of its inputs, one beside the other, and nothing more."""
    layer = layers[index]
    info = layer.info
    plain = not info.activations and not info.dropped and layer.whole is None
    return plain and layer.kind.merges and layer.kind.rearranges and len(set(layer.inputs)) == len(layer.inputs)


def _levels(layers: Sequence[LayerView], takes: Sequence[tuple[int, ...]]) -> list[int]:
    """The longest way to each layer; an input that others precede stands just before what takes it."""
    levels: list[int] = []
    for index, own in enumerate(takes):
        join = _only_joins(layers, index)
        levels.append(max((levels[source] for source in own), default=-1 + join) + (not join))
    for index, own in enumerate(takes):
        readers = [
            levels[other] for other, sources in enumerate(takes) if index in sources and not _only_joins(layers, other)
        ]
        if not own and index and readers:
            levels[index] = max(0, min(readers) - 1)
    return levels


def _apart(blocks: Sequence[tuple[float, Span, float]], weights: Sequence[float]) -> list[float]:
    """Places for ``blocks`` (where each wants to be, its span, the gap it needs behind it), so that none overlap.

    Those with the least weighted squared distance from what is wanted: by pooling neighbours that would overlap
    (isotonic regression; Ayer and others, 1955).
    """
    offsets = [0.0]
    for (_, (_, high), gap), (_, (low, _), _) in itertools.pairwise(blocks):
        offsets.append(offsets[-1] + high - low + BRANCH_GAP + gap)
    pools: list[tuple[float, float, int]] = []  # the mean of some neighbours, their weight, and how many they are
    for (wanted, _, _), offset, weight in zip(blocks, offsets, weights, strict=True):
        mean, number = wanted - offset, 1
        while pools and pools[-1][0] > mean - 1e-9:
            other, much, count = pools.pop()
            mean = (mean * weight + other * much) / (weight + much)
            weight, number = weight + much, number + count
        pools.append((mean, weight, number))
    means = [mean for mean, _, number in pools for _ in range(number)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
