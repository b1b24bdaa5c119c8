"""Frames: layers that share coordinates, and what of them is hidden.

A unit of a windowed layer stands at the centre of its window in its input's coordinates, so connections of one
shared weight are parallel. Layers that are joined by windows share a *frame* of coordinates; a layer that sees its
whole input starts a new one. A frame with a layer longer than ``max_units`` loses a stretch in its middle, the same
one for all its layers. All of it follows from shapes and windows: nothing of a graph needs to be there yet.

Coordinates are in pitches (the distance of two neighbours), 0 is the middle of the figure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectivity.graphs.wiring import LayerView

GAP = 2.0
"""What an elided stretch shrinks to, in pitches."""

LEAST_SHOWN = 2
"""The fewest units of a layer that are shown beside those of the longer one that it has windows on."""

BLOCK_GAP = 0.7
"""Between the rows of two channels, in pitches."""

NEAR = 1e-6
"""A unit at the end of a crop is in it."""

_WIDEST = 2  # how many times max_units the shown start of a layer may be, so that a whole window is seen


@dataclass(eq=False, repr=False)
class Frame:
    """Layers that share coordinates: position t of a layer is at ``offset + step * t``.

    ``beyond`` are those next to them that would be in it, had they not a frame of their own.
    """

    layers: dict[int, tuple[float, float, int]] = field(default_factory=dict)  # offset, step, length
    beyond: dict[int, tuple[float, float]] = field(default_factory=dict)  # offset, step
    widths: dict[int, float] = field(default_factory=dict)  # from the first tap of a window to its last
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

    def with_layer(self, index: int, offset: float, step: float, length: int, width: float, max_units: int) -> Frame:
        """The frame with one more layer, its windows ``width`` wide, and the stretch to hide computed anew."""
        layers = {**self.layers, index: (offset, step, length)}
        widths = {**self.widths, index: width}
        frame = Frame(layers, dict(self.beyond), widths, crop=self.crop, open=self.open, pads=self.pads)
        if self.crop:
            return frame
        offset, step, longest = max(frame.layers.values(), key=lambda layer: layer[2])
        if max_units and longest > max_units:
            shown = max(2, max_units - 2)
            head, tail = (shown + 1) // 2, shown // 2
            window = math.floor(max(widths.values()) / step + NEAR) + 1
            if head < window <= _WIDEST * max_units:  # so that one window at least is seen whole
                head, tail = window, max(LEAST_SHOWN, shown - window)
            if head + tail < longest:
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
            return place if padding or self.crop[0] - NEAR <= place <= self.crop[1] + NEAR else None
        if self.cut is None or place <= self.cut[0]:
            return place
        return None if place < self.cut[1] else place - self.removed

    def is_behind(self, index: int, position: float) -> bool:
        """Whether a position is behind the hidden stretch."""
        return self.cut is not None and self.place(index, position) >= self.cut[1]

    def positions(self, index: int) -> list[int]:
        """The positions of a layer that are shown, in order; found by arithmetic, however long the layer is."""
        offset, step, length = self.layers[index]
        if self.crop is not None:
            stretches = [(self.crop[0], self.crop[1])]
        elif self.cut is not None:
            stretches = [(-math.inf, self.cut[0]), (self.cut[1], math.inf)]
        else:
            return list(range(length))
        positions: dict[int, None] = {}
        for low, high in stretches:
            first = 0 if low == -math.inf else max(0, math.floor((low - offset) / step) - 1)
            last = length - 1 if high == math.inf else min(length - 1, math.ceil((high - offset) / step) + 1)
            positions.update(dict.fromkeys(p for p in range(first, last + 1) if self.drawn(index, p) is not None))
        return list(positions)

    def shown(self, index: int) -> int:
        """How many positions of a layer are shown."""
        offset, step, length = self.layers[index]
        if self.crop is not None:
            return len(self.positions(index))
        if self.cut is None:
            return length
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
        ends = [low - 1] if first < low - NEAR else []
        return [end - self.centre for end in (*ends, *([high + 1] if last > high + NEAR else []))]

    def dots_of(self, index: int, position: float) -> float:
        """Where dots stand for a hidden position of a layer."""
        if self.crop is None:
            return self._middle()
        end = self.crop[0] - 1 if self.place(index, position) < self.crop[0] else self.crop[1] + 1
        return end - self.centre

    def _middle(self) -> float:
        return (self.cut[0] + GAP / 2 if self.cut else 0.0) - self.centre

    def settle(self, block_gap: float = BLOCK_GAP) -> None:
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
        self.block = high - low + 1 + block_gap

    def is_readable(self) -> bool:
        """Whether hiding leaves every layer enough to see what it does."""
        return self.crop is not None or all(
            self.shown(i) >= min(n, LEAST_SHOWN) for i, (_, _, n) in self.layers.items()
        )


def frames_of(
    layers: Sequence[LayerView],
    max_units: int,
    anchor: str | None,
    crop: tuple[int, int] | None,
    padding: bool,
    block_gap: float = BLOCK_GAP,
) -> dict[int, Frame]:
    """The frame of each layer.

    ``crop`` is of the first input, from 1; ``padding``: its units are shown; ``block_gap`` is between two channels.
    """
    frames: dict[int, Frame] = {}
    pads = {index: layer.pads for index, layer in enumerate(layers)} if padding else {}
    for index, layer in enumerate(layers):
        length = layer.shape.length
        source = layer.inputs[0] if layer.inputs else None
        source_frame = None if source is None else frames[source]
        wide = layer.info.window is not None and not has_windows(layers, index, max_units)
        place = (
            None
            if source_frame is None or source is None or wide
            else _joint(layers[source], layer, source_frame.layers[source][:2], anchor)
        )
        if source_frame is not None and place is not None and source is not None:
            joined = source_frame.with_layer(
                index, *place, length, _width(layer, source_frame.layers[source][1]), max_units
            )
            if joined.is_readable():
                frames.update(dict.fromkeys([*joined.layers], joined))
                continue
        frame = Frame(pads=pads)
        if crop and not index:  # at the input's own ends its padding is shown
            frame = Frame(crop=(crop[0] - 1.0, crop[1] - 1.0), open=(crop[0] == 1, crop[1] == length), pads=pads)
        frame = frame.with_layer(index, 0.0, 1.0, length, 0.0, max_units)
        relative = None if source is None else _joint(layers[source], layer, (0.0, 1.0), anchor)
        if source_frame is not None and place is not None and relative is not None and source is not None:
            source_frame.beyond[index] = place
            frame.beyond[source] = (-relative[0] / relative[1], 1 / relative[1])
        frames[index] = frame
    for frame in dict.fromkeys(frames.values()):
        frame.settle(block_gap)
    return frames


def has_windows(layers: Sequence[LayerView], index: int, max_units: int) -> bool:
    """Whether a layer is drawn with windows on its input: it has some, and one fits in what is shown of it.

    A wider one, such as that of a global pool over a long input, is drawn as a layer that sees everything.
    """
    window = layers[index].info.window
    if window is None:
        return False
    longest = max((layers[source].shape.length for source in layers[index].inputs), default=0)
    return not max_units or longest <= max_units or window[1] - window[0] < _WIDEST * max_units


def _width(layer: LayerView, step: float) -> float:
    """How wide the windows of a layer are, in the coordinates of its frame, where its input's step is ``step``."""
    window = layer.info.window
    return 0.0 if window is None else (window[1] - window[0]) * step


def _joint(
    source: LayerView, layer: LayerView, place: tuple[float, float], anchor: str | None
) -> tuple[float, float] | None:
    """Offset and step of ``layer`` in the coordinates of the one it takes; None for no relation."""
    offset, step = place
    if source.whole is not None or layer.whole is not None:
        return None
    if layer.info.window is None:
        return place if layer.shape == source.shape else None
    first, last, jump = layer.info.window
    reference = anchor or ("last" if layer.info.causal else "centre")
    relative = {"first": first, "centre": (first + last) / 2, "last": last}[reference]
    return offset + step * relative, step * jump
