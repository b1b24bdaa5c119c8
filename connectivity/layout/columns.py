"""Where units stand along their layer: computed from the arithmetic of the layers, not searched for.

First from shapes alone: which places of each layer are shown (:meth:`Arrangement.shown_places`). Then, once the
units that are shown are there, where each of them stands (:meth:`Arrangement.stand`). Coordinates are in pitches
(the distance of two neighbours), 0 is the middle of the figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectivity.graphs.gaps import has_matrix
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.wiring import LayerView, Place, Wiring, groups_of, sees_one_each
from connectivity.layout.branches import Branches
from connectivity.layout.frames import BLOCK_GAP, GAP, extract_of, frames_of, has_windows
from connectivity.layout.scope import Scope

if TYPE_CHECKING:
    from connectivity.layout.matrixpart import MatrixPart, Sees

BIAS_GAP = 1.4
"""From a bias unit to the first unit of the column it stands in, in pitches."""

GROUP_GAP = 0.7
"""Between two groups of channels that stand in rows, in rows: room for the boxes round them."""


@dataclass(eq=False, repr=False)
class Column:
    """The units of one layer: where the shown ones stand, and where dots stand for the others.

    ``along`` runs along the layer. ``across`` is where channels in rows stand beside its middle; who
    is not in it stands there. ``dots`` are (along, across). ``is_gap``: it is nothing but dots, of layers
    that are left out.
    """

    along: dict[int, float] = field(default_factory=dict)
    across: dict[int, float] = field(default_factory=dict)
    dots: list[tuple[float, float]] = field(default_factory=list)
    is_gap: bool = False

    def span(self) -> tuple[float, float]:
        """The least and the largest coordinate along the layer."""
        places = [*self.along.values(), *(along for along, _ in self.dots)]
        return min(places, default=0.0), max(places, default=0.0)

    def obstacles(self) -> list[float]:
        """Where along the layer something stands that no line may run through."""
        return [*self.along.values(), *(along for along, _ in self.dots if self.is_gap)]

    def move(self, along: float) -> None:
        """Move all of it along the layer."""
        if along:
            self.along = {unit: place + along for unit, place in self.along.items()}
            self.dots = [(place + along, across) for place, across in self.dots]

    def depth(self) -> float:
        """From the first row of channels to the last."""
        return max(self.across.values(), default=0.0) - min(self.across.values(), default=0.0)


@dataclass(eq=False, repr=False)
class _Blocks:
    """The centres of the channels that are shown, and of the dots between them, each with the channel before it.

    Along the layer where channels follow one another, across it where they stand in rows.
    """

    centres: dict[int, float]
    dots: list[tuple[int, float]]

    def dots_of(self, channel: int) -> float:
        """The dots that stand for a hidden channel: those behind the last that is shown before it."""
        return next((dots for before, dots in reversed(self.dots) if before < channel), 0.0)


class Arrangement:
    """All columns of a panel, and where hidden units would be."""

    def __init__(
        self,
        layers: Sequence[LayerView],
        max_units: int,
        anchor: str | None,
        *,
        scope: Scope | None = None,
        rows: bool = False,
        padding: bool = False,
        block_gap: float = BLOCK_GAP,
        matrices: Sees | None = None,
        graph: bool = True,
    ) -> None:
        """Decide what is shown.

        ``scope``: what is looked at, all unless it is said; ``rows``: channels stand in rows; ``padding``: units of
        padding are shown; ``block_gap`` is between channels that follow one another; ``matrices``: what
        units see, where matrices are drawn, whose rows and columns are then chosen as well; ``graph``: units and
        their connections are drawn.
        """
        self.scope = Scope.everything(len(layers)) if scope is None else scope
        self._layers = layers
        self._max_units = max_units
        self._rows = rows
        self._padding = padding
        self.branches = Branches.of(layers, self.scope.absent)
        self.shifts = [0.0] * len(layers)
        self._block_gap, self._graph = block_gap, graph
        self._frame_of = frames_of(layers, max_units, anchor, self.scope, padding, block_gap)
        self._most_channels = self._channels()
        self._blocks = [self._channel_centres(index) for index in range(len(layers))]
        self.columns: list[Column] = []
        self.matrix = None if matrices is None else self._chosen(matrices)

    def _chosen(self, sees: Sees) -> MatrixPart:
        """What of each matrix is shown, of the channels and positions that are looked at."""
        from connectivity.layout.matrixpart import MatrixChooser

        layers, takes, joins = self._layers, self.branches.takes, self.branches.joins
        extracts = [self.scope.extract(index) for index in range(len(layers))]
        chooser = MatrixChooser(
            layers,
            takes,
            joins,
            [self._frame_of[index].positions_looked_at(index) for index in range(len(layers))],
            [self._blocks[index].centres.keys() for index in range(len(layers))],
            [{position for _, position in extract.kept if position is not None} for extract in extracts],
            sees,
            self._max_units,
        )
        return chooser.part(self.matrices())

    def matrices(self) -> list[int]:
        """The layers that are drawn as matrices, where any are."""
        return [
            index
            for index, layer in enumerate(self._layers)
            if index and has_matrix(layer) and self.branches.takes[index] and index not in self.branches.joins
        ]

    def shown_places(self, index: int) -> list[Place]:
        """The places of a layer whose units are shown, where it has them."""
        positions, extract = self._positions(index), self.scope.extract(index)
        places = ((channel, position) for channel in sorted(self._blocks[index].centres) for position in positions)
        return [place for place in places if extract.has(place, self._layers[index].shape.length)]

    def _positions(self, index: int) -> list[int]:
        """The positions of a layer that are shown, as units of the graph or in matrices."""
        graph = self._graph and not self._layers[index].kind.left_out
        positions = self._frame_of[index].positions(index) if graph else []
        return sorted({*positions, *self.matrix.positions(index)}) if self.matrix is not None else positions

    def shows_all(self, index: int) -> bool:
        """Whether nothing of a layer is hidden."""
        channels, length = self._layers[index].shape
        shown = len(self._blocks[index].centres), self._number(index)
        return shown == (channels, length) and self.scope.extract(index).units is None

    def _number(self, index: int) -> int:
        """How many positions of a layer are shown."""
        if self.matrix is None and not self._layers[index].kind.left_out:
            return self._frame_of[index].shown(index)
        return len(self._positions(index))

    def is_input(self, index: int) -> bool:
        """Whether a layer takes none of those that are drawn."""
        return self.scope.absent.issuperset(self._layers[index].inputs)

    def shows_channel(self, index: int, channel: int) -> bool:
        """Whether a channel of a layer is among those that are shown."""
        return channel in self._blocks[index].centres

    def hidden_positions(self, index: int) -> list[int]:
        """A hidden position of a layer for each place where dots stand for such: the first of those they stand for."""
        if self._layers[index].kind.left_out and self.matrix is None:
            return [stretch.start for stretch in self._frame_of[index].positions_looked_at(index)[:1]]
        return [position for _, position in self._frame_of[index].dots(index)]

    def hidden_channels(self, index: int) -> list[int]:
        """A hidden channel of a layer for each place where dots stand for such, in the same way."""
        listed = self._listed(index)
        return [next(channel for channel in listed if channel > before) for before, _ in self._blocks[index].dots]

    def first_position(self, index: int) -> int:
        """The first position of a layer that is looked at."""
        positions = self._frame_of[index].positions_looked_at(index)
        return positions[0].start if positions else 0

    def may_show(self, layer: int, unit: int) -> bool:
        """Whether a hidden unit is looked at or hinted at, so that stubs of its connections are drawn."""
        return self.scope.may_show(layer, self._place(layer, unit), self._layers[layer].shape.length)

    def block_of(self, index: int) -> float:
        """From a channel of a layer to the next, in pitches, where they follow one another."""
        return self._frame_of[index].block

    def lengths(self) -> list[tuple[float, int]]:
        """Of each layer that is drawn how long it is, its channels one after the other, and how many gaps are in that.

        In pitches.
        """
        lengths = []
        for index in self.scope.drawn:
            centres = self._blocks[index].centres
            if centres:
                length = max(centres.values()) - min(centres.values()) + self.block_of(index) - self._block_gap
                lengths.append((length, len(centres) - 1 + len(self._blocks[index].dots)))
        return lengths

    @property
    def between_blocks(self) -> float:
        """From the last unit of a channel to the first of the next, in pitches, at least."""
        return 1 + self._block_gap

    def knows(self, index: int, other: int) -> bool:
        """Whether each hidden unit of a layer has a place of its own as seen from another one: by windows."""
        windowed = all(
            self.has_windows(target)
            for target in (index, other)
            if (index if target == other else other) in self._layers[target].inputs
        )
        return windowed and self._frame_of[other].knows(index)

    def has_windows(self, index: int) -> bool:
        """Whether a layer is drawn with windows on its input."""
        return has_windows(self._layers, index, self._max_units, self.scope)

    def stand(self, wiring: Wiring) -> None:
        """Find the columns of units that are there."""
        self._layers = wiring.layers
        self.shifts = [0.0] * len(wiring.layers)
        if not self._graph:
            self.columns = [Column() for _ in wiring.layers]
            return
        self.columns = [
            Column() if index in self.branches.undrawn else self._column(index) for index in range(len(wiring.layers))
        ]
        if self._padding and not self.scope.hints and self.scope.is_part:
            self._drop_padding(wiring)
        if self.branches.branching:
            self._settle_gaps()
        for target, unit in wiring.biases.items():
            index = wiring.layer_of[unit]
            if not {index, target}.isdisjoint(self.scope.absent):
                continue
            column = self.columns[index]
            beyond = BIAS_GAP + self._block_gap - BLOCK_GAP + self._half_bar(index)
            column.along[unit] = column.span()[0] - beyond
        if self.branches.branching:
            self.spread([0.0] * len(wiring.layers))

    def _drop_padding(self, wiring: Wiring) -> None:
        """Leave out the units of padding that no unit which is shown sees."""
        shown = self.shown()
        seen = {
            source
            for source, target, role in zip(wiring.sources, wiring.targets, wiring.roles, strict=True)
            if role is PADDING and target in shown
        }
        for column, layer in zip(self.columns, wiring.layers, strict=True):
            for unit in layer.padding.keys() - seen:
                column.along.pop(unit, None)
                column.across.pop(unit, None)

    def _settle_gaps(self) -> None:
        """Put the dots of layers that are left out into a row of units: between the rows connections pass."""
        for index, takes in enumerate(self.branches.takes):
            rows = [place for one in takes for place in self.columns[one].along.values()]
            if self.columns[index].is_gap and rows:
                self.columns[index].dots = [(min(rows, key=abs), 0.0)]

    def spread(self, gaps: Sequence[float]) -> None:
        """Move layers of one level beside one another, with ``gaps`` (in pitches) behind each beside the usual one."""
        spans = [column.span() for column in self.columns]
        base_spans = [(low - shift, high - shift) for (low, high), shift in zip(spans, self.shifts, strict=True)]
        for index, shift in enumerate(self.branches.shifts(base_spans, gaps)):
            self.columns[index].move(shift - self.shifts[index])
            self.shifts[index] = shift

    def _half_bar(self, index: int) -> float:
        """How far a layer that is drawn as one bar reaches beyond its middle; 0 for any other."""
        return self.bar(index) / 2 if self._layers[index].whole else 0.0

    def bar(self, index: int) -> float:
        """The length of the bar that stands for a layer, between the middles of its ends: that of its neighbours."""
        beside = [
            self.columns[n]
            for n, layer in enumerate(self._layers)
            if n in self._layers[index].inputs or index in layer.inputs
        ]
        return max([2.0, *(high - low for low, high in (column.span() for column in beside))])

    def shown(self) -> set[int]:
        """The units of the graph that have a place."""
        return {unit for column in self.columns for unit in column.along}

    def rows(self, index: int) -> list[int]:
        """The units that are rows of the matrix of a layer, in no order."""
        return self._units_at(index, self.matrix.rows.get(index, ()) if self.matrix is not None else ())

    def columns_of(self, index: int, source: int) -> list[int]:
        """The units of a layer that are columns of the matrix of another, in no order."""
        return self._units_at(source, self.matrix.columns.get((index, source), ()) if self.matrix is not None else ())

    def _units_at(self, index: int, positions: Sequence[int]) -> list[int]:
        """The units of a layer at positions, of channels that are shown."""
        layer, extract, there = self._layers[index], extract_of(self._layers, index, self.scope), set(positions)
        centres = self._blocks[index].centres
        return [
            unit
            for unit, place in layer.places.items()
            if place[1] in there and place[0] in centres and extract.has(place, layer.shape.length)
        ]

    def ghost(self, layer: int, unit: int, seen_from: tuple[int, int]) -> tuple[float, bool]:
        """Where a unit would be if nothing were hidden, seen from a shown one, and whether that is its own place.

        Its own place where the frame of the shown one knows it, so that its stub is parallel to the connections
        of its weight; else the dots that stand for it.
        """
        channel, position = self._place(layer, unit)
        blocks, shift = self._blocks[layer], self.shifts[layer]
        if self._layers[layer].kind.left_out and not self.knows(layer, seen_from[0]):
            return self.columns[seen_from[0]].along[seen_from[1]], False  # straight on
        if channel not in blocks.centres:
            return shift + (0.0 if self._rows else blocks.dots_of(channel)), False
        centre = shift + (0.0 if self._rows else blocks.centres[channel])
        other_layer, other = seen_from
        frame = self._frame_of[other_layer]
        if not self.knows(layer, other_layer):
            return self._frame_of[layer].dots_of(layer, position) + centre, False
        piece = frame.piece(other_layer, self._place(other_layer, other)[1])
        return frame.place(layer, position) - frame.removed(piece) - frame.centre + centre, True

    def row(self, layer: int, unit: int) -> float:
        """Where the row of a unit's channel is, shown or not, across the layer."""
        if not self._rows or self._layers[layer].kind.left_out:
            return 0.0
        blocks, (channel, _) = self._blocks[layer], self._place(layer, unit)
        return blocks.centres[channel] if channel in blocks.centres else blocks.dots_of(channel)

    def _place(self, layer: int, unit: int) -> Place:
        view = self._layers[layer]
        return view.places[unit] if unit in view.places else view.padding.get(unit, (0, 0))  # a bias has no place

    def jumps(self, wiring: Wiring, connection: int) -> bool:
        """Whether a connection of a window crosses a hidden stretch, or leads to another frame.

        Drawn whole, it would not be parallel to the others of its weight.
        """
        source, target = wiring.sources[connection], wiring.targets[connection]
        here, there = wiring.layer_of[source], wiring.layer_of[target]
        frame = self._frame_of[here]
        if wiring.roles[connection] is BIAS or not self.has_windows(there):
            return False
        if frame is not self._frame_of[there]:
            return frame.knows(there)
        return frame.divides((here, self._place(here, source)[1]), (there, self._layers[there].places[target][1]))

    def _column(self, index: int) -> Column:
        layer, frame, blocks = self._layers[index], self._frame_of[index], self._blocks[index]
        column = Column()
        for unit, (channel, position) in self._candidates(index).items():
            place = frame.drawn(index, position)
            if place is not None and channel in blocks.centres:
                if self._rows:
                    column.along[unit] = place - frame.centre
                    column.across[unit] = blocks.centres[channel]
                else:
                    column.along[unit] = place - frame.centre + blocks.centres[channel]
        if layer.kind.left_out:
            return Column(dots=[(0.0, 0.0)], is_gap=True)
        if len(column.along) < (1 if layer.whole else layer.total) + (len(layer.padding) if self._padding else 0):
            for stretch, _ in frame.dots(index):
                for centre in blocks.centres.values():
                    column.dots.append((stretch, centre) if self._rows else (stretch + centre, 0.0))
            ends = {min(column.along.values(), default=0.0), max(column.along.values(), default=0.0)}
            for _, dots in blocks.dots:
                column.dots += [(end, dots) for end in sorted(ends)] if self._rows else [(dots, 0.0)]
        return column

    def _candidates(self, index: int) -> dict[int, Place]:
        """The units of a layer that are looked at, and its padding where that is shown, each with its place."""
        layer, extract = self._layers[index], extract_of(self._layers, index, self.scope)
        places = {unit: layer.places[unit] for unit in layer.units}
        if extract.units is not None:
            places = {unit: place for unit, place in places.items() if extract.has(place, layer.shape.length)}
        if self._padding and not layer.kind.left_out:
            places.update(layer.padding)
        return places

    def _listed(self, index: int) -> Sequence[int]:
        """The channels of a layer that may be shown, in order."""
        channels = extract_of(self._layers, index, self.scope).channels
        return range(self._layers[index].shape.channels) if channels is None else channels

    def _channels(self) -> list[int]:
        """How many channels of each layer are shown: as many of all that see a channel each of the one they take."""
        most: list[int] = []
        self._together = together = list(range(len(self._layers)))  # the first of those that show the same channels
        for index, layer in enumerate(self._layers):
            shown = 1 if self._rows else max(1, self._frame_of[index].shown(index))
            limit = self._max_units // 3 if self._rows else 2 * self._max_units
            listed = self._listed(index)
            channels = len(listed)
            number = max(2, limit // shown) if self._max_units and channels * shown > limit else channels
            most.append(channels if channels - number < 2 else number)  # dots for one channel save nothing
            for source in layer.inputs:
                if sees_one_each(self._layers, index, source) and listed == self._listed(source):
                    ours, theirs = together[index], together[source]
                    together[:] = [theirs if one == ours else one for one in together]
        return [
            min(number for number, one in zip(most, together, strict=True) if one == together[index])
            for index in range(len(most))
        ]

    def _channel_runs(self, index: int) -> list[Sequence[int]]:
        """The channels of a layer that are shown, in runs between which others are hidden."""
        listed, most = self._listed(index), self._most_channels[index]
        if most >= len(listed):
            return [listed]
        kept = {
            channel
            for other, extract in enumerate(self.scope.extracts)
            if extract is not None and self._together[other] == self._together[index]
            for channel, _ in extract.kept
        }
        head, tail = (most + 1) // 2, len(listed) - most // 2
        shown = [n for n, channel in enumerate(listed) if n < head or n >= tail or channel in kept]
        runs: list[list[int]] = []
        for n in shown:
            if runs and n - runs[-1][-1] <= 2:  # dots for one channel save nothing
                runs[-1] += range(runs[-1][-1] + 1, n + 1)
            else:
                runs.append([n])
        return [[listed[n] for n in run] for run in runs]

    def _channel_centres(self, index: int) -> _Blocks:
        block = 1.0 if self._rows else self._frame_of[index].block
        hidden = GAP if self._rows else GAP + self._block_gap
        runs = self._channel_runs(index)
        groups = {channel: self._group(index, channel) for run in runs for channel in run}
        gap = GROUP_GAP if self._rows and groups_of(self._layers, index) > 1 else 0.0
        numbers = {group: number for number, group in enumerate(sorted(set(groups.values())))}
        places: dict[int, float] = {}
        dots: list[tuple[int, float]] = []
        first = 0.0
        for run, following in itertools.pairwise([*runs, ()]):
            places.update(
                (channel, first + n * block + gap * numbers[groups[channel]]) for n, channel in enumerate(run)
            )
            if following:
                last = places[run[-1]]
                first = last + block + hidden - gap * numbers[groups[following[0]]]
                dots.append((run[-1], (last + last + block + hidden) / 2))
        middle = (min(places.values()) + max(places.values())) / 2 if places else 0.0
        return _Blocks(
            {channel: place - middle for channel, place in places.items()},
            [(before, place - middle) for before, place in dots],
        )

    def _group(self, index: int, channel: int) -> int:
        """The group that a channel is of, from 0."""
        layers = self._layers
        return channel * groups_of(layers, index) // layers[index].shape.channels
