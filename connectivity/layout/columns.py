"""Where units stand along their layer: computed from the arithmetic of the layers, not searched for.

First from shapes alone: which places of each layer are shown (:meth:`Arrangement.shown_places`). Then, once the
units that are shown are there, where each of them stands (:meth:`Arrangement.stand`). Coordinates are in pitches
(the distance of two neighbours), 0 is the middle of the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from connectivity.graphs.roles import BIAS
from connectivity.graphs.wiring import LayerView, Place, Wiring, groups_of
from connectivity.layout.branches import Branches
from connectivity.layout.frames import BLOCK_GAP, GAP, frames_of, has_windows

BIAS_GAP = 1.4
"""From a bias unit to the first unit of the column it stands in, in pitches."""

GROUP_GAP = 0.7
"""Between two groups of channels that stand in rows, in rows: room for the boxes round them."""


@dataclass(eq=False, repr=False)
class Column:
    """The units of one layer: where the shown ones stand, and where dots stand for the others.

    ``along`` runs along the layer. ``across`` is where channels in rows stand beside its middle; who
    is not in it stands there. ``dots`` are (along, across). ``is_gap``: it is nothing but dots, of layers
    that are left out, whose units would stand where ``unseen`` says: for matrices.
    """

    along: dict[int, float] = field(default_factory=dict)
    across: dict[int, float] = field(default_factory=dict)
    dots: list[tuple[float, float]] = field(default_factory=list)
    is_gap: bool = False
    unseen: dict[int, float] = field(default_factory=dict)

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
            self.unseen = {unit: place + along for unit, place in self.unseen.items()}
            self.along = {unit: place + along for unit, place in self.along.items()}
            self.dots = [(place + along, across) for place, across in self.dots]

    def depth(self) -> float:
        """From the first row of channels to the last."""
        return max(self.across.values(), default=0.0) - min(self.across.values(), default=0.0)


@dataclass(eq=False, repr=False)
class _Blocks:
    """The centres of the channels that are shown, and of the dots between them.

    Along the layer where channels follow one another, across it where they stand in rows.
    """

    centres: dict[int, float]
    dots: float


class Arrangement:
    """All columns of a panel, and where hidden units would be."""

    def __init__(
        self,
        layers: Sequence[LayerView],
        max_units: int,
        anchor: str | None,
        *,
        crop: tuple[int, int] | None = None,
        rows: bool = False,
        padding: bool = False,
        block_gap: float = BLOCK_GAP,
        matrices: bool = False,
    ) -> None:
        """Decide what is shown.

        ``crop``: the first and the last position of the input that are shown; ``rows``: channels
        stand in rows; ``padding``: units of padding are shown;
        ``block_gap`` is between channels that follow one another; ``matrices``: a column for each unit that is shown is
        needed of layers that are left out too.
        """
        self._layers = layers
        self._max_units = max_units
        self._rows = rows
        self._padding = padding
        self.branches = Branches.of(layers)
        self.shifts = [0.0] * len(layers)
        self._block_gap, self._matrices = block_gap, matrices
        self._frame_of = frames_of(layers, max_units, anchor, crop, padding, block_gap)
        self._shown_channels = self._channels()
        self._blocks = [self._channel_centres(index) for index in range(len(layers))]
        self.columns: list[Column] = []

    def shown_places(self, index: int) -> list[Place]:
        """The places of a layer whose units are shown, where it has them."""
        if self._layers[index].kind.left_out and not self._matrices:
            return []
        positions = self._frame_of[index].positions(index)
        return [(channel, position) for channel in sorted(self._blocks[index].centres) for position in positions]

    def shows_all(self, index: int) -> bool:
        """Whether nothing of a layer is hidden."""
        if self._layers[index].kind.left_out and not self._matrices:
            return False
        hidden = len(self._blocks[index].centres) < self._layers[index].shape.channels
        return not hidden and not self._frame_of[index].hides(index)

    def shows_channel(self, index: int, channel: int) -> bool:
        """Whether a channel of a layer is among those that are shown."""
        return channel in self._blocks[index].centres

    def block_of(self, index: int) -> float:
        """From a channel of a layer to the next, in pitches, where they follow one another."""
        return self._frame_of[index].block

    def lengths(self) -> list[tuple[float, int]]:
        """Of each layer how long it is, its channels one after the other, in pitches, and how many gaps are in that."""
        lengths = []
        for blocks, layer, index in zip(self._blocks, self._layers, range(len(self._layers)), strict=True):
            centres = blocks.centres.values()
            length = max(centres) - min(centres) + self.block_of(index) - self._block_gap
            lengths.append((length, len(centres) - (len(centres) == layer.shape.channels)))
        return lengths

    @property
    def between_blocks(self) -> float:
        """From the last unit of a channel to the first of the next, in pitches, at least."""
        return 1 + self._block_gap

    def stands_in_for(self, index: int, position: int) -> bool:
        """Whether a hidden position of a layer is before a crop, and not behind it: the dots that stand for it."""
        frame = self._frame_of[index]
        return frame.crop is not None and frame.place(index, position) < frame.crop[0]

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
        return has_windows(self._layers, index, self._max_units)

    def stand(self, wiring: Wiring) -> None:
        """Find the columns of units that are there."""
        self._layers = wiring.layers
        self.shifts = [0.0] * len(wiring.layers)
        self.columns = [
            Column() if index in self.branches.joins else self._column(index) for index in range(len(wiring.layers))
        ]
        if self.branches.branching:
            self._settle_gaps()
        for unit in wiring.biases.values():
            index = wiring.layer_of[unit]
            column = self.columns[index]
            beyond = BIAS_GAP + self._block_gap - BLOCK_GAP + self._half_bar(index)
            column.along[unit] = column.span()[0] - beyond
        if self.branches.branching:
            self.spread([0.0] * len(wiring.layers))

    def _settle_gaps(self) -> None:
        """Put the dots of layers that are left out into a row of units: between the rows connections pass."""
        for index, takes in enumerate(self.branches.takes):
            rows = [place for one in takes for place in self.columns[one].along.values()]
            if self._layers[index].kind.left_out and rows:
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
        """The units that have a place."""
        return {unit for column in self.columns for unit in column.along}

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
            return shift + (0.0 if self._rows else blocks.dots), False
        centre = shift + (0.0 if self._rows else blocks.centres[channel])
        other_layer, other = seen_from
        frame = self._frame_of[other_layer]
        if not self.knows(layer, other_layer):
            return self._frame_of[layer].dots_of(layer, position) + centre, False
        behind = frame.is_behind(other_layer, self._place(other_layer, other)[1])
        return frame.place(layer, position) - (frame.removed if behind else 0.0) - frame.centre + centre, True

    def row(self, layer: int, unit: int) -> float:
        """Where the row of a unit's channel is, shown or not, across the layer."""
        if not self._rows or self._layers[layer].kind.left_out:
            return 0.0
        blocks, (channel, _) = self._blocks[layer], self._place(layer, unit)
        return blocks.centres.get(channel, blocks.dots)

    def _place(self, layer: int, unit: int) -> Place:
        view = self._layers[layer]
        return view.places[unit] if unit in view.places else view.padding.get(unit, (0, 0))

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
        behind = frame.is_behind(here, self._place(here, source)[1])
        return behind != frame.is_behind(there, self._layers[there].places[target][1])

    def _column(self, index: int) -> Column:
        layer, frame, blocks = self._layers[index], self._frame_of[index], self._blocks[index]
        column = Column()
        places = {unit: layer.places[unit] for unit in layer.units}
        if self._padding and not layer.kind.left_out:
            places.update(layer.padding)
        for unit, (channel, position) in places.items():
            place = frame.drawn(index, position)
            if place is not None and channel in blocks.centres:
                if self._rows:
                    column.along[unit] = place - frame.centre
                    column.across[unit] = blocks.centres[channel]
                else:
                    column.along[unit] = place - frame.centre + blocks.centres[channel]
        if layer.kind.left_out:
            return Column(dots=[(0.0, 0.0)], is_gap=True, unseen=column.along if self._matrices else {})
        if len(column.along) < (1 if layer.whole else layer.total) + (len(layer.padding) if self._padding else 0):
            for stretch in frame.stretches(index):
                for centre in blocks.centres.values():
                    column.dots.append((stretch, centre) if self._rows else (stretch + centre, 0.0))
            if len(blocks.centres) < layer.shape.channels:
                ends = {min(column.along.values(), default=0.0), max(column.along.values(), default=0.0)}
                column.dots += [(end, blocks.dots) for end in sorted(ends)] if self._rows else [(blocks.dots, 0.0)]
        return column

    def _channels(self) -> list[int]:
        """How many channels of each layer are shown: as many of all that see a channel each of the one they take."""
        most: list[int] = []
        together: list[int] = list(range(len(self._layers)))  # the first of those that show the same channels
        for index, layer in enumerate(self._layers):
            shown = 1 if self._rows else max(1, self._frame_of[index].shown(index))
            limit = self._max_units // 3 if self._rows else 2 * self._max_units
            channels = layer.shape.channels
            number = max(2, limit // shown) if self._max_units and channels * shown > limit else channels
            most.append(channels if channels - number < 2 else number)  # dots for one channel save nothing
            for source in layer.inputs:
                if (
                    layer.kind.channelwise(layer.info.groups, channels)
                    and self._layers[source].shape.channels == channels
                ):
                    ours, theirs = together[index], together[source]
                    together = [theirs if one == ours else one for one in together]
        return [
            min(number for number, one in zip(most, together, strict=True) if one == together[index])
            for index in range(len(most))
        ]

    def _channel_centres(self, index: int) -> _Blocks:
        layer, frame = self._layers[index], self._frame_of[index]
        channels = list(range(layer.shape.channels))
        block = 1.0 if self._rows else frame.block
        most = self._shown_channels[index]
        gap = GROUP_GAP if self._rows and groups_of(self._layers, index) > 1 else 0.0
        if most >= len(channels):
            places = [n * block + gap * self._group(index, n) for n in channels]
            return _Blocks({c: place - places[-1] / 2 for c, place in zip(channels, places, strict=True)}, 0.0)
        head, tail = channels[: (most + 1) // 2], channels[len(channels) - most // 2 :]
        hidden = GAP if self._rows else GAP + self._block_gap
        heads = [n * block + gap * self._group(index, c) for n, c in enumerate(head)]
        first = heads[-1] + block + hidden - gap * self._group(index, tail[0])
        tails = [first + n * block + gap * self._group(index, c) for n, c in enumerate(tail)]
        middle = (heads[0] + tails[-1]) / 2
        centres = {c: place - middle for c, place in zip([*head, *tail], [*heads, *tails], strict=True)}
        return _Blocks(centres, (heads[-1] + tails[0]) / 2 - middle)

    def _group(self, index: int, channel: int) -> int:
        """The group that a channel is of, from 0."""
        layers = self._layers
        return channel * groups_of(layers, index) // layers[index].shape.channels
