"""The plan of a network of cells: which blocks it has, what they show, and where they stand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from connectivity.errors import DrawingError
from connectivity.graphs.blueprint import Part as ShownPart
from connectivity.graphs.wiring import LayerView, Place, groups_of
from connectivity.layout.branches import Branches
from connectivity.layout.distances import Distances
from connectivity.layout.forms import is_column, most_rows
from connectivity.layout.scope import Scope
from connectivity.layout.stretches import (
    ROWS,
    channel_ranges,
    looked_at,
    position_ranges,
    relation,
    runs_of,
    seen_alone,
    shortened,
    united,
)
from connectivity.options import Options, by_layer
from connectivity.picture.cells.axis import Axis
from connectivity.picture.cells.blocks import GAP_LENGTH, GAP_THICKNESS, Block, Column, Gap, Grid, Part
from connectivity.picture.cells.drawer import LEAST_SIDE
from connectivity.picture.cells.panel import wished_positions

MOST_CELLS = 50_000
"""More cells than this are not drawn one by one."""

_WIDTH = 560.0  # what blocks and gaps take in the direction of the data, about, in points
_GAP, _LEAST_GAP = 58.0, 38.0  # between two blocks, in points; the less the more of them there are
_LARGEST, _SMALLEST = 10, 5  # the side of a cell, in points
_HEIGHT = 300.0  # of the longest grid, in points
_MOST_WISHES = 8  # so many positions that highlights name are shown beside the one that is looked at
_LEAST_ROWS, _ROWS_IN_ALL = 12, 600  # positions of a layer that is a part, at least, and about as many of all layers
_CHANNEL_GAP = 10.0
_TINIEST, _TIGHTEST = 3.5, 22.0  # the least side of a cell and the least gap where there is little room, in points
_PITCH = 14.0  # what :mod:`.layout.branches` counts in, in points


class NetworkPlan:
    """The blocks of a network, each layer's by its number; an ``absorbed`` layer is part of another one's block.

    ``focus`` is the position of each layer that is looked at; ``takes`` are the layers that each block takes, those
    that are drawn; ``joins`` are layers that are drawn as what they join.
    """

    def __init__(
        self,
        layers: Sequence[LayerView],
        options: Options,
        named: Mapping[int, Sequence[Place]],
        scope: Scope,
    ) -> None:
        self.layers, self.options, self.scope = layers, options, scope
        self.named = {number: places for number, places in named.items() if number not in scope.absent}
        self.columns = frozenset(number for number in range(len(layers)) if self._is_column(number))
        self.absorbed = self._absorbed()
        self.joins = frozenset(number for number in range(len(layers)) if self._only_joins(number))
        self.hidden = self.joins | frozenset(self.absorbed.values()) | scope.absent
        self.takes = self._takes()
        self.levels = self._levels()
        self.focus = looked_at(layers, wished_positions(self.named) or self._middles())
        self.positions = self._positions()
        self.gap = max(_LEAST_GAP, _GAP - 5 * max(0, max(self.levels) - 3))
        self.size = self._size()
        self._check_cells()
        self._usual, self._tight = (self.size, self.gap), 1.0
        self.blocks = {number: self._block(number) for number in range(len(layers)) if number not in self.hidden}

    def resize(self, distances: Distances) -> None:
        """Make cells as large, and gaps as wide, as distances say."""
        size, gap = self._usual
        self._tight = min(1.0, distances.along)
        self.size = max(LEAST_SIDE, distances.pitch) if distances.pitch else max(_TINIEST, size * distances.along)
        self.gap = distances.gap * self.size if distances.gap else max(_TIGHTEST, gap * distances.across)
        self.blocks = {number: self._block(number) for number in self.blocks}

    def _middles(self) -> dict[int, int]:
        """Of a part of a network, what is looked at: the middle of what is drawn of the last layer that has a part."""
        for number in reversed(self.scope.drawn):
            positions = self.scope.extract(number).positions
            if positions:
                numbers = [position for one in positions for position in one]
                return {number: numbers[len(numbers) // 2]}
        return {}

    def _positions(self) -> list[list[range]]:
        """The positions of each layer that are shown, of those in the scope."""
        most = most_rows(self.options)
        extracts = [self.scope.extract(number) for number in range(len(self.layers))]
        if self.scope.over:
            return self._over(extracts[0].positions or (range(self.layers[0].shape.length),))
        if all(extract.positions is None or number in self.hidden for number, extract in enumerate(extracts)):
            ranges = position_ranges(self.layers, self.focus, most)
            for layer, position in self._other_wishes():
                focus = looked_at(self.layers, {layer: position})
                others = position_ranges(self.layers, focus, most)
                ranges = [united(one, other) for one, other in zip(ranges, others, strict=True)]
            return ranges
        limit = max(_LEAST_ROWS, min(ROWS, _ROWS_IN_ALL // len(self.scope.drawn))) if most is None else most
        return [self._shortened(number, extract.positions, limit) for number, extract in enumerate(extracts)]

    def _shortened(self, number: int, positions: Sequence[range] | None, limit: int) -> list[range]:
        """About so many of the positions of a layer, those that the windows that are looked at see among them."""
        every = [range(self.layers[number].shape.length)] if positions is None else positions
        ranges = shortened(every, self.focus[number], limit)
        if not limit or sum(map(len, every)) <= limit:
            return ranges
        seen = [one for one in seen_alone(self.layers, number, self.focus) if any(one in run for run in every)]
        return united(ranges, runs_of(seen))

    def _over(self, crop: Sequence[range]) -> list[list[range]]:
        """The positions whose windows have their middles over a stretch of the first input; all of other layers."""
        low, high = crop[0].start, crop[-1].stop - 1
        places: list[tuple[float, float] | None] = []  # where position 0 is over the input, and how far they are apart
        positions: list[list[range]] = []
        for number, layer in enumerate(self.layers):
            place = (0.0, 1.0) if not number else None
            for source in layer.inputs[:1]:
                link, under = relation(self.layers, source, number), places[source]
                if link is not None and under is not None:
                    first, last, jump = link
                    place = under[0] + under[1] * (first + last) / 2, under[1] * jump
            places.append(place)
            length = layer.shape.length
            if place is not None:
                start = max(0, math.ceil((low - place[0]) / place[1] - 1e-6))
                stop = min(length, math.floor((high - place[0]) / place[1] + 1e-6) + 1)
            positions.append([range(start, stop)] if place is not None and start < stop else [range(length)])
        return positions

    def _other_wishes(self) -> list[tuple[int, int]]:
        """Layers with positions that highlights name beside the one that is looked at, a few at most."""
        wishes = [
            (number, position)
            for number, places in self.named.items()
            for position in sorted({position for _, position in places} - {self.focus[number]})
        ]
        return wishes if len(wishes) <= _MOST_WISHES else []

    def _check_cells(self) -> None:
        """Raise DrawingError for more cells than can be drawn."""
        cells = 0
        for number in range(len(self.layers)):
            if number not in self.columns and number not in self.hidden:
                positions = sum(map(len, self.positions[number]))
                cells += positions * sum(map(len, self._channels(number)))
        if cells > MOST_CELLS:
            raise DrawingError(f"{cells:,} cells to draw; at most {MOST_CELLS:,} (max-units shows fewer)", "max_units")

    def _is_column(self, number: int) -> bool:
        wish = by_layer(self.options.units, self.layers[number].info.name)
        named = any(one.startswith(f"{self.layers[number].info.name}=") for one in self.options.units)
        if named and wish == "cells" and self.layers[number].shape.units > 1:
            return False
        return is_column(self.layers, number)

    def _only_joins(self, number: int) -> bool:
        """Whether a layer is columns of the same depth, one beside the other: its units are theirs."""
        layer = self.layers[number]
        plain = layer.kind.merges and layer.kind.rearranges and not layer.info.activations
        columns = all(source in self.columns for source in layer.inputs)
        chained = any(source in layer.inputs and number in self.readers(source) for source in self.absorbed.values())
        return plain and columns and number in self.columns and len(set(layer.inputs)) > 1 and not chained

    def _absorbed(self) -> dict[int, int]:
        """Of each concatenation of grids the operand that is drawn as a part of it: the one made just before it."""
        absorbed: dict[int, int] = {}
        depth = self._depths()
        for number, layer in enumerate(self.layers):
            if not (layer.kind.merges and layer.kind.rearranges) or number in self.columns | self.scope.absent:
                continue
            deepest = max(depth[source] for source in layer.inputs)
            fresh = [source for source in set(layer.inputs) if depth[source] == deepest]
            if len(fresh) != 1 or layer.inputs.count(fresh[0]) > 1 or not self._is_stacked(number):
                continue
            operand = fresh[0]
            if self.readers(operand) == [number] and len(self.layers[operand].inputs) == 1:
                absorbed[number] = operand
        return absorbed

    def _is_stacked(self, number: int) -> bool:
        """Whether a concatenation adds channels, and not positions."""
        layer = self.layers[number]
        return all(self.layers[source].shape.length == layer.shape.length for source in layer.inputs)

    def _depths(self) -> list[int]:
        depths: list[int] = []
        for layer in self.layers:
            depths.append(max((depths[source] + 1 for source in layer.inputs), default=0))
        return depths

    def readers(self, number: int) -> list[int]:
        """The layers that take a layer."""
        return [other for other, layer in enumerate(self.layers) if number in layer.inputs]

    def _takes(self) -> list[tuple[int, ...]]:
        takes: list[tuple[int, ...]] = []
        for number, layer in enumerate(self.layers):
            inputs = list(layer.inputs)
            if number in self.absorbed:
                operand = self.absorbed[number]
                inputs = [*self.layers[operand].inputs, *(one for one in inputs if one != operand)]
            inputs = [source for source in inputs if source not in self.scope.absent]
            takes.append(
                tuple(one for source in inputs for one in (takes[source] if source in self.joins else (source,)))
                if number not in self.scope.absent
                else ()
            )
        return takes

    def _levels(self) -> list[int]:
        levels: list[int] = []
        for number, takes in enumerate(self.takes):
            level = max((levels[source] for source in takes), default=-1)
            levels.append(level + (number not in self.joins))
        for number in reversed(range(len(levels))):  # an input of its own stands just before what takes it
            readers = [other for other, takes in enumerate(self.takes) if number in takes]
            if number and not self.layers[number].inputs and readers:
                levels[number] = max(levels[number], min(levels[other] for other in readers) - 1)
        return levels

    def _size(self) -> float:
        """The side of a cell in points: as large as lets the network fit a page."""
        rows = max(
            (sum(map(len, self.positions[n])) for n in range(len(self.layers)) if n not in self.columns), default=1
        )
        for size in range(_LARGEST, _SMALLEST, -1):
            if rows * size <= _HEIGHT and self._width(float(size)) <= _WIDTH:
                return float(size)
        return float(_SMALLEST)

    def _width(self, size: float) -> float:
        by_level: dict[int, float] = {}
        for number in range(len(self.layers)):
            if number in self.hidden:
                continue
            room = 16.0
            if number not in self.columns:
                room = sum(map(len, self._channels(number))) * size
            by_level[self.levels[number]] = max(by_level.get(self.levels[number], 0.0), room)
        return sum(by_level.values()) + self.gap * (len(by_level) - 1)

    def _channels(self, number: int) -> list[range]:
        also = [channel for channel, _ in self.named.get(number, ())] if len(self.named.get(number, ())) < 4 else []
        channels = self.layers[number].shape.channels
        chosen = self.scope.extract(number).channels
        if chosen is not None:
            return runs_of(chosen)
        groups = groups_of(self.layers, number)
        whole = most_rows(self.options) == 0
        return channel_ranges(channels, also, groups if groups < channels else 1, whole=whole)

    def _block(self, number: int) -> Block:
        layer = self.layers[number]
        if layer.kind.left_out:
            block: Block = Gap(number, layer.shape, thickness=GAP_THICKNESS, length=GAP_LENGTH)
        elif number in self.columns:
            last = not set(self.readers(number)) - self.scope.absent
            also = {channel * layer.shape.length + place for channel, place in self.named.get(number, ())[:8]}
            block = Column.of(
                number, layer.shape, last, also, most_rows(self.options), self._among(number), self._tight
            )
        else:
            block = self._grid(number)
        block.level = self.levels[number]
        return block

    def _among(self, number: int) -> Sequence[int] | None:
        """The units of a column that are looked at; None: all."""
        extract, shape = self.scope.extract(number), self.layers[number].shape
        if extract.everything:
            return None
        return [channel * shape.length + position for channel, position in extract.places(shape)]

    def _grid(self, number: int) -> Grid:
        layer, size = self.layers[number], self.size
        units = self.scope.extract(number).units
        grid = Grid(number, layer.shape, backwards=self.options.direction in ("RL", "BT"), units=units)
        grid.positions = Axis(self.positions[number], size, layer.shape.length)
        if layer.kind.merges and layer.kind.rearranges and self._is_stacked(number):
            firsts = [0, *itertools.accumulate(self.layers[source].shape.channels for source in layer.inputs)]
            fresh = self.absorbed.get(number)
            for source, first in zip(layer.inputs, firsts, strict=False):
                channels, dotted = self._channels_from(number, source, first)
                if channels:
                    axis = self._axis(channels, self.layers[source].shape.channels, dotted)
                    grid.parts.append(Part(first, axis, None if source == fresh else source))
            grid.parts.sort(key=lambda part: part.operand is not None)  # what is made here faces what it is made of
        else:
            dotted = self.scope.extract(number).channels is None
            grid.parts.append(Part(0, self._axis(self._channels(number), layer.shape.channels, dotted)))
        grid.settle()
        return grid

    def _channels_from(self, number: int, source: int, first: int) -> tuple[list[range], bool]:
        """The channels of a source, which are from ``first`` on those of a layer, and whether dots stand between them."""
        chosen = self.scope.extract(number).channels
        if chosen is None:
            return self._channels(source), True
        last = first + self.layers[source].shape.channels
        return runs_of([channel - first for channel in chosen if first <= channel < last]), False

    def _axis(self, ranges: Sequence[range], total: int, dotted: bool = True) -> Axis:
        return Axis(ranges, self.size, total, _CHANNEL_GAP, self.size / 2, dotted)

    def copies(self, number: int, source: int) -> bool:
        """Whether a block has a part that is a copy of a layer, beside one that is made of it."""
        fresh = self.absorbed.get(number)
        return fresh is not None and source in self.layers[number].inputs and source in self.layers[fresh].inputs

    def part(self) -> ShownPart:
        """What of the graph the picture needs: the units of all blocks, and the lines between columns."""
        shown: list[Sequence[int]] = [()] * len(self.layers)
        for number, block in self.blocks.items():
            shown[number] = sorted(block.flats())
        for number in sorted(self.joins):
            shown[number] = self._joined(number, shown)
        return ShownPart([*shown], [()] * len(self.layers), self.bare)

    def _joined(self, number: int, shown: Sequence[Sequence[int]]) -> list[int]:
        layer, units, first = self.layers[number], [], 0
        for source in layer.inputs:
            units += [first + flat for flat in shown[source]]
            first += self.layers[source].shape.units
        return sorted(units)

    @property
    def lined(self) -> frozenset[int]:
        """The layers whose connections are lines: those of circles to circles."""
        return frozenset(
            number
            for number in self.columns
            if self.takes[number]
            and not self.layers[number].kind.left_out
            and all(source in self.columns and not self.layers[source].kind.left_out for source in self.takes[number])
        )

    @property
    def bare(self) -> frozenset[int]:
        """The layers whose connections are not made."""
        return frozenset(range(len(self.layers))) - self.lined - self.joins

    def at(self, level: int) -> list[Block]:
        """The blocks of a level, in their order along it."""
        blocks = [block for block in self.blocks.values() if block.level == level]
        return sorted(blocks, key=lambda block: block.shift)

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return max(self.levels) + 1

    @property
    def branching(self) -> bool:
        """Whether any two blocks stand beside one another."""
        return any(len(self.at(level)) > 1 for level in range(self.depth))

    def stand(self, gaps: Mapping[int, float], between: Mapping[int, float]) -> None:
        """Give each block its place; ``gaps`` are what layers need behind them, ``between`` what levels need before."""
        branches = Branches(self.levels, self.hidden, self.takes, [layer.shape for layer in self.layers])
        spans = [(0.0, 0.0)] * len(self.layers)
        for number, block in self.blocks.items():
            spans[number] = (-block.length / 2 / _PITCH, block.length / 2 / _PITCH)
        shifts = branches.shifts(spans, [gaps.get(number, 0.0) / _PITCH for number in range(len(self.layers))])
        for number, block in self.blocks.items():
            block.shift = shifts[number] * _PITCH
        across = 0.0
        for level in range(self.depth):
            thick = max((block.thickness for block in self.at(level)), default=0.0)
            if level:
                across += self.gap + between.get(level, 0.0)
            for block in self.at(level):
                block.across = across + thick / 2
            across += thick
