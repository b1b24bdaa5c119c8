"""Where units stand along their layer: computed from the arithmetic of the layers, not searched for.

A unit of a windowed layer stands at the centre of its window in its input's coordinates, so
arrows of one shared weight are parallel. Layers that are joined by windows share a *frame* of
coordinates; a layer that sees its whole input starts a new one. A frame with a layer longer
than ``max_units`` loses a stretch in its middle, the same one for all its layers.

Coordinates are in pitches (the distance of two neighbours), 0 is the middle of the figure.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from connectivity.graphs.view import Arrow, GraphView, LayerView, groups_of

GAP = 2.0
"""What an elided stretch shrinks to, in pitches."""

BIAS_GAP = 1.4
"""From a bias unit to the first unit of the column it stands in, in pitches."""

LEAST_SHOWN = 2
"""The fewest units of a layer that are shown beside those of the longer one that it has windows on."""

_NEAR = 1e-6  # a unit at the end of a crop is in it

BLOCK_GAP = 0.7
"""Between the rows of two channels, in pitches."""

GROUP_GAP = 0.7
"""Between two groups of channels that stand in rows, in rows: room for the boxes round them."""


@dataclass(eq=False, repr=False)
class Column:
    """The units of one layer: where the shown ones stand, and where dots stand for the others.

    ``along`` runs along the layer. ``across`` is where channels in rows stand beside its middle; who
    is not in it stands there. ``dots`` are (along, across).
    """

    along: dict[Hashable, float] = field(default_factory=dict)
    across: dict[Hashable, float] = field(default_factory=dict)
    dots: list[tuple[float, float]] = field(default_factory=list)

    def span(self) -> tuple[float, float]:
        """The least and the largest coordinate along the layer."""
        places = [*self.along.values(), *(along for along, _ in self.dots)]
        return min(places, default=0.0), max(places, default=0.0)

    def depth(self) -> float:
        """From the first row of channels to the last."""
        return max(self.across.values(), default=0.0) - min(self.across.values(), default=0.0)


class Arrangement:
    """All columns of a panel, and where hidden units would be."""

    def __init__(
        self,
        view: GraphView,
        max_units: int,
        anchor: str | None,
        *,
        crop: tuple[int, int] | None = None,
        rows: bool = False,
        padding: bool = False,
    ) -> None:
        """Place everything.

        ``crop``: the first and the last position of the input that are shown; ``rows``: channels
        stand in rows; ``padding``: units of padding are shown.
        """
        self._view = view
        self._max_units = max_units
        self._rows = rows
        self._padding = padding
        self._frames = _frames(view.layers, max_units, anchor, crop, padding)
        self._frame_of = {index: frame for frame in self._frames for index in frame.layers}
        self._blocks = [self._channel_centres(index) for index in range(len(view.layers))]
        self.columns = [self._column(index) for index in range(len(view.layers))]
        for index, unit in view.biases.items():
            column = self.columns[index]
            column.along[unit] = column.span()[0] - BIAS_GAP - self._half_bar(index)

    def _half_bar(self, index: int) -> float:
        """How far a layer that is drawn as one bar reaches beyond its middle; 0 for any other."""
        return self.bar(index) / 2 if self._view.layers[index].whole else 0.0

    def bar(self, index: int) -> float:
        """The length of the bar that stands for a layer, between the middles of its ends: that of its neighbours."""
        beside = [self.columns[n] for n in (index - 1, index + 1) if 0 <= n < len(self.columns)]
        return max([2.0, *(high - low for low, high in (column.span() for column in beside))])

    def shown(self) -> set[Hashable]:
        """The units that have a place."""
        return {unit for column in self.columns for unit in column.along}

    def ghost(self, layer: int, unit: Hashable, seen_from: tuple[int, Hashable]) -> tuple[float, bool]:
        """Where a unit would be if nothing were hidden, seen from a shown one, and whether that is its own place.

        Its own place where the frame of the shown one knows it, so that its stub is parallel to the arrows
        of its weight; else the dots that stand for it.
        """
        channel, position = self._place(layer, unit)
        blocks = self._blocks[layer]
        if channel not in blocks.centres:
            return 0.0 if self._rows else blocks.dots, False
        centre = 0.0 if self._rows else blocks.centres[channel]
        other_layer, other = seen_from
        frame = self._frame_of[other_layer]
        if not frame.knows(layer):
            return self._frame_of[layer].dots_of(layer, position) + centre, False
        behind = frame.is_behind(other_layer, self._place(other_layer, other)[1])
        return frame.place(layer, position) - (frame.removed if behind else 0.0) - frame.centre + centre, True

    def row(self, layer: int, unit: Hashable) -> float:
        """Where the row of a unit's channel is, shown or not, across the layer."""
        if not self._rows:
            return 0.0
        blocks, (channel, _) = self._blocks[layer], self._place(layer, unit)
        return blocks.centres.get(channel, blocks.dots)

    def _place(self, layer: int, unit: Hashable) -> tuple[int, int]:
        seen = self._view.layers[layer]
        return seen.places[unit] if unit in seen.places else seen.padding.get(unit, (0, 0))

    def jumps(self, arrow: Arrow) -> bool:
        """Whether an arrow of a window crosses a hidden stretch, or leads to another frame.

        Drawn whole, it would not be parallel to the others of its weight.
        """
        layers, here = self._view.layers, self._view.layer_of[arrow.source]
        frame = self._frame_of[here]
        if arrow.role == "bias" or layers[arrow.layer].info.window is None:
            return False
        if frame is not self._frame_of[arrow.layer]:
            return frame.knows(arrow.layer)
        source, target = self._place(here, arrow.source), layers[arrow.layer].places[arrow.target]
        return frame.is_behind(here, source[1]) != frame.is_behind(arrow.layer, target[1])

    def _column(self, index: int) -> Column:
        layer, frame, blocks = self._view.layers[index], self._frame_of[index], self._blocks[index]
        column = Column()
        places = {unit: layer.places[unit] for unit in layer.units}
        if self._padding:
            places.update(layer.padding)
        for unit, (channel, position) in places.items():
            place = frame.drawn(index, position)
            if place is not None and channel in blocks.centres:
                if self._rows:
                    column.along[unit] = place - frame.centre
                    column.across[unit] = blocks.centres[channel]
                else:
                    column.along[unit] = place - frame.centre + blocks.centres[channel]
        if len(column.along) < len(places):
            for stretch in frame.stretches(index):
                for centre in blocks.centres.values():
                    column.dots.append((stretch, centre) if self._rows else (stretch + centre, 0.0))
            if len(blocks.centres) < layer.shape.channels:
                ends = {min(column.along.values(), default=0.0), max(column.along.values(), default=0.0)}
                column.dots += [(end, blocks.dots) for end in sorted(ends)] if self._rows else [(blocks.dots, 0.0)]
        return column

    def _channel_centres(self, index: int) -> _Blocks:
        layer, frame = self._view.layers[index], self._frame_of[index]
        channels = list(range(layer.shape.channels))
        shown = 1 if self._rows else max(1, frame.shown(index))
        block, limit = (1.0, self._max_units // 3) if self._rows else (frame.block, 2 * self._max_units)
        most = len(channels)
        if self._max_units and most * shown > limit:
            most = max(2, limit // shown)
        gap = GROUP_GAP if self._rows and groups_of(self._view.layers, index) > 1 else 0.0
        if most >= len(channels):
            places = [n * block + gap * self._group(index, n) for n in channels]
            return _Blocks({c: place - places[-1] / 2 for c, place in zip(channels, places, strict=True)}, 0.0)
        head, tail = channels[: (most + 1) // 2], channels[len(channels) - most // 2 :]
        hidden = GAP if self._rows else GAP + BLOCK_GAP
        heads = [n * block + gap * self._group(index, c) for n, c in enumerate(head)]
        first = heads[-1] + block + hidden - gap * self._group(index, tail[0])
        tails = [first + n * block + gap * self._group(index, c) for n, c in enumerate(tail)]
        middle = (heads[0] + tails[-1]) / 2
        centres = {c: place - middle for c, place in zip([*head, *tail], [*heads, *tails], strict=True)}
        return _Blocks(centres, (heads[-1] + tails[0]) / 2 - middle)

    def _group(self, index: int, channel: int) -> int:
        """The group that a channel is of, from 0."""
        layers = self._view.layers
        return channel * groups_of(layers, index) // layers[index].shape.channels


@dataclass(eq=False, repr=False)
class _Blocks:
    """The centres of the channels that are shown, and of the dots between them.

    Along the layer where channels follow one another, across it where they stand in rows.
    """

    centres: dict[int, float]
    dots: float


@dataclass(eq=False, repr=False)
class _Frame:
    """Layers that share coordinates: position t of a layer is at ``offset + step * t``.

    ``beyond`` are those next to them that would be in it, had they not a frame of their own.
    """

    layers: dict[int, tuple[float, float, int]] = field(default_factory=dict)  # offset, step, length
    beyond: dict[int, tuple[float, float]] = field(default_factory=dict)  # offset, step
    cut: tuple[float, float] | None = None
    crop: tuple[float, float] | None = None
    open: tuple[bool, bool] = (False, False)  # whether padding beyond the crop's ends is shown
    pads: dict[int, tuple[int, int]] = field(default_factory=dict)  # units of padding on both sides
    centre: float = 0.0
    block: float = 1.0

    @property
    def removed(self) -> float:
        """How much shorter the frame is drawn than it is."""
        return self.cut[1] - self.cut[0] - GAP if self.cut else 0.0

    def with_layer(self, index: int, offset: float, step: float, length: int, max_units: int) -> _Frame:
        """The frame with one more layer, the stretch to hide computed anew."""
        layers = {**self.layers, index: (offset, step, length)}
        frame = _Frame(layers, self.beyond, crop=self.crop, open=self.open, pads=self.pads)
        if self.crop:
            return frame
        offset, step, longest = max(frame.layers.values(), key=lambda layer: layer[2])
        if max_units and longest > max_units:
            shown = max(2, max_units - 2)
            head, tail = (shown + 1) // 2, shown // 2
            frame.cut = (offset + step * (head - 0.5), offset + step * (longest - tail - 0.5))
        return frame

    def place(self, index: int, position: float) -> float:
        """The full coordinate of a position of a layer that it knows, as if nothing were hidden."""
        offset, step = self.layers[index][:2] if index in self.layers else self.beyond[index]
        return offset + step * position

    def knows(self, index: int) -> bool:
        """Whether a layer has coordinates in it."""
        return index in self.layers or index in self.beyond

    def drawn(self, index: int, position: float) -> float | None:
        """The coordinate after hiding; None for what is hidden."""
        place = self.place(index, position)
        if self.crop is not None:
            padding = (self.open[0] and position < 0) or (self.open[1] and position >= self.layers[index][2])
            return place if padding or self.crop[0] - _NEAR <= place <= self.crop[1] + _NEAR else None
        if self.cut is None or place <= self.cut[0]:
            return place
        return None if place < self.cut[1] else place - self.removed

    def is_behind(self, index: int, position: float) -> bool:
        """Whether a position is behind the hidden stretch."""
        return self.cut is not None and self.place(index, position) >= self.cut[1]

    def shown(self, index: int) -> int:
        """How many positions of a layer are shown."""
        _, _, length = self.layers[index]
        if self.crop is not None:
            return sum(self.drawn(index, position) is not None for position in range(length))
        if self.cut is None:
            return length
        offset, step, _ = self.layers[index]
        before = math.floor((self.cut[0] - offset) / step) + 1
        behind = length - math.ceil((self.cut[1] - offset) / step)
        return min(length, max(0, before)) + min(length, max(0, behind))

    def hides(self, index: int) -> bool:
        """Whether any position of a layer is hidden."""
        return self.shown(index) < self.layers[index][2]

    def stretches(self, index: int) -> list[float]:
        """Where dots stand for hidden positions of a layer."""
        if not self.hides(index):
            return []
        if self.crop is None:
            return [self._middle()]
        low, high = self.crop
        first, last = self.place(index, 0), self.place(index, self.layers[index][2] - 1)
        ends = [low - 1] if first < low - _NEAR else []
        return [end - self.centre for end in (*ends, *([high + 1] if last > high + _NEAR else []))]

    def dots_of(self, index: int, position: float) -> float:
        """Where dots stand for a hidden position of a layer."""
        if self.crop is None:
            return self._middle()
        end = self.crop[0] - 1 if self.place(index, position) < self.crop[0] else self.crop[1] + 1
        return end - self.centre

    def _middle(self) -> float:
        return (self.cut[0] + GAP / 2 if self.cut else 0.0) - self.centre

    def settle(self) -> _Frame:
        """Scale so that neighbours are a pitch apart where they are closest; find the centre."""
        scale = 1 / min(step for _, step, _ in self.layers.values())
        self.layers = {i: (offset * scale, step * scale, n) for i, (offset, step, n) in self.layers.items()}
        self.beyond = {i: (offset * scale, step * scale) for i, (offset, step) in self.beyond.items()}
        if self.cut:
            self.cut = (self.cut[0] * scale, self.cut[1] * scale)
        if self.crop:
            self.crop = (self.crop[0] * scale, self.crop[1] * scale)
        ends = []
        for i, (_, _, n) in self.layers.items():
            left, right = self.pads.get(i, (0, 0))
            ends += [self.place(i, -left), self.place(i, n - 1 + right)]
        low, high = min(ends), max(ends) - self.removed
        if self.crop is not None:
            low, high = low if self.open[0] else self.crop[0], high if self.open[1] else self.crop[1]
        self.centre = (low + high) / 2
        self.block = high - low + 1 + BLOCK_GAP
        return self

    def is_readable(self) -> bool:
        """Whether hiding leaves every layer enough to see what it does."""
        return self.crop is not None or all(
            self.shown(i) >= min(n, LEAST_SHOWN) for i, (_, _, n) in self.layers.items()
        )


def _frames(
    layers: Sequence[LayerView], max_units: int, anchor: str | None, crop: tuple[int, int] | None, padding: bool
) -> list[_Frame]:
    frames: list[_Frame] = []
    pads = {index: layer.pads() for index, layer in enumerate(layers)} if padding else {}
    for index, layer in enumerate(layers):
        length = layer.shape.length
        place = _joint(layers[index - 1], layer, frames[-1].layers[index - 1][:2], anchor) if frames else None
        joined = None if place is None else frames[-1].with_layer(index, *place, length, max_units)
        if joined is not None and joined.is_readable():
            frames[-1] = joined
            continue
        frame = _Frame(pads=pads)
        if crop and not frames:  # at the input's own ends its padding is shown
            frame = _Frame(crop=(crop[0] - 1.0, crop[1] - 1.0), open=(crop[0] == 1, crop[1] == length), pads=pads)
        frame = frame.with_layer(index, 0.0, 1.0, length, max_units)
        relative = _joint(layers[index - 1], layer, (0.0, 1.0), anchor) if frames else None
        if place is not None and relative is not None:
            frames[-1].beyond[index] = place
            frame.beyond[index - 1] = (-relative[0] / relative[1], 1 / relative[1])
        frames.append(frame)
    return [frame.settle() for frame in frames]


def _joint(
    source: LayerView, layer: LayerView, place: tuple[float, float], anchor: str | None
) -> tuple[float, float] | None:
    """Offset and step of ``layer`` in the coordinates of the one before it; None for no relation."""
    offset, step = place
    if source.whole is not None or layer.whole is not None:
        return None
    if layer.info.window is None:
        return place if layer.shape == source.shape else None
    first, last, jump = layer.info.window
    chosen = anchor or ("last" if layer.info.causal else "centre")
    relative = {"first": first, "centre": (first + last) / 2, "last": last}[chosen]
    return offset + step * relative, step * jump
