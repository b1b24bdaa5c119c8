"""Frames: layers that share coordinates, and what of them is hidden.

A unit of a windowed layer stands at the centre of its window in its input's coordinates, so connections of one
shared weight are parallel. Layers that are joined by windows share a *frame* of coordinates; a layer that sees its
whole input starts a new one. A frame with a layer of which more than ``max_units`` are looked at loses a stretch in
its middle, the same one for all its layers; around a unit that is to be kept this stretch is interrupted. All of it
follows from shapes and windows: nothing of a graph needs to be there yet.

Coordinates are in pitches (the distance of two neighbours), 0 is the middle of the figure.
"""

from __future__ import annotations

import functools
import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from connectivity.graphs.wiring import LayerView
from connectivity.layout.scope import Extract, Scope, within

GAP = 2.0
"""What an elided stretch shrinks to, in pitches."""

LEAST_SHOWN = 2
"""The fewest units of a layer that are shown beside those of the longer one that it has windows on."""

BLOCK_GAP = 0.7
"""Between the rows of two channels, in pitches."""

NEAR = 1e-6
"""A unit at the end of a crop is in it."""

_WIDEST = 2  # how many times max_units the shown start of a layer may be, so that a whole window is seen

Stretch = tuple[float, float]
"""A stretch of coordinates, from one to another."""


@dataclass(eq=False, repr=False)
class Frame:
    """Layers that share coordinates: position t of a layer is at ``offset + step * t``.

    ``beyond`` are those next to them that would be in it, had they not a frame of their own. ``looked_at`` are the
    positions of layers of which not all may be shown. ``cuts`` are the stretches that are hidden, in order; those that
    nothing is in are ``holes``. ``over`` is the stretch that all that is shown stands over, where there is one;
    ``hints``: dots stand for what lies beyond the ends.
    """

    layers: dict[int, tuple[float, float, int]] = field(default_factory=dict)  # offset, step, length
    beyond: dict[int, tuple[float, float]] = field(default_factory=dict)  # offset, step
    windows: dict[int, Stretch] = field(default_factory=dict)  # from a unit back to the first tap, on to the last
    looked_at: dict[int, tuple[range, ...]] = field(default_factory=dict)
    kept: dict[int, list[int]] = field(default_factory=dict)  # positions that elision leaves
    fields: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # stretches that it leaves whole
    cuts: tuple[Stretch, ...] = ()
    holes: tuple[Stretch, ...] = ()
    over: Stretch | None = None
    hints: bool = False
    pads: dict[int, tuple[int, int]] = field(default_factory=dict)  # units of padding on both sides
    low: float = field(init=False)
    high: float = field(init=False)
    block: float = field(init=False)

    @property
    def centre(self) -> float:
        """The middle of all that is drawn."""
        return (self.low + self.high) / 2

    def removed(self, piece: int) -> float:
        """How much nearer to the beginning than they are units are drawn that are behind so many cuts."""
        return sum(high - low - GAP for low, high in self.cuts[:piece])

    def with_layer(
        self, index: int, place: tuple[float, float], length: int, window: Stretch, extract: Extract, max_units: int
    ) -> Frame:
        """The frame with one more layer at an offset and a step, and the stretches to hide computed anew."""
        frame = replace(
            self,
            layers={**self.layers, index: (*place, length)},
            beyond=dict(self.beyond),
            windows={**self.windows, index: window},
        )
        if self.over is not None:
            offset, step = place
            first, last = (
                math.ceil((self.over[0] - NEAR - offset) / step),
                math.floor((self.over[1] + NEAR - offset) / step),
            )
            stretch = range(max(0, first), min(length - 1, last) + 1)
            frame.looked_at = {**self.looked_at, index: (stretch,) if stretch else ()}
            return frame
        if extract.positions is not None:
            frame.looked_at = {**self.looked_at, index: extract.positions}
        kept = sorted({position for _, position in extract.kept if position is not None})
        if kept:
            frame.kept = {**self.kept, index: kept}
        if extract.fields:
            frame.fields = {**self.fields, index: extract.fields}
        elided = frame._elided(max_units)
        frame.holes = tuple(frame._holes())
        frame.cuts = _united([*frame.holes, *(frame._hidden(elided, max_units) if elided else ())])
        return frame

    def _elided(self, max_units: int) -> Stretch | None:
        """The stretch that a frame with too long a layer loses."""
        index = max(self.layers, key=self.count)
        (offset, step, _), longest = self.layers[index], self.count(index)
        if not max_units or longest <= max_units:
            return None
        shown = max(2, max_units - 2)
        head, tail = (shown + 1) // 2, shown // 2
        window = math.floor(max(before + behind for before, behind in self.windows.values()) / step + NEAR) + 1
        if head < window <= _WIDEST * max_units:  # so that one window at least is seen whole
            head, tail = window, max(LEAST_SHOWN, shown - window)
        if head + tail >= longest:
            return None
        first, last = self._nth(index, head - 1), self._nth(index, longest - tail)
        return offset + step * (first + 0.5), offset + step * (last - 0.5)

    def _hidden(self, elided: Stretch, max_units: int) -> list[Stretch]:
        """What is hidden in place of a stretch so that what is to be kept is seen, and fields whole."""
        usual = list(self._around_kept(elided, max_units))
        ends = [
            (self.place(index, first), self.place(index, last))
            for index, stretches in self.fields.items()
            for first, last in stretches
        ]
        if not any(low < last and first < high for low, high in usual for first, last in ends):
            return usual
        found = self._around_fields(ends, max_units)
        return usual if found is None else [cut for one in found for cut in self._around_kept(one, max_units)]

    def _around_fields(self, ends: Sequence[Stretch], max_units: int) -> list[Stretch] | None:
        """The stretches to hide so that fields are whole, the more of the rest; of fields that are too long the middle.

        None where they are all there is, or not all may be shown.
        """
        longest = max(self.layers, key=self.count)
        offset, step, length = self.layers[longest]
        beside = (
            range(math.floor((low - offset) / step + NEAR), math.ceil((high - offset) / step - NEAR) + 1)
            for low, high in _united(ends, (GAP + 1) * step)
        )
        # Where the layer has nothing beside a field of a shorter one, there is nothing to leave.
        whole = [one for one in (range(max(0, each.start), min(length, each.stop)) for each in beside) if one]
        number = sum(map(len, whole))
        if number in (0, length) or longest in self.looked_at:
            return None
        if number > _WIDEST * max_units:
            each = max(LEAST_SHOWN, (max_units - 2) // (2 * len(whole)))
            whole = [end for one in whole for end in (one[:each], one[each:][-each:])]
            number = sum(map(len, whole))
        rest = max(2 * LEAST_SHOWN, max_units - 2 - number)
        before, behind = whole[0].start, length - whole[-1].stop
        tail = min(max(rest // 2, rest - before), behind)
        shown = [range(min(rest - tail, before)), *whole, range(length - tail, length)]
        shown = [stretch for stretch in shown if stretch]
        cuts = ((one.stop - 0.5, other.start - 0.5) for one, other in itertools.pairwise(shown))
        return [(offset + step * low, offset + step * high) for low, high in cuts]

    def _around_kept(self, elided: Stretch, max_units: int) -> Iterator[Stretch]:
        """What is left of a stretch to hide where units in it are kept, with their neighbours and their windows."""
        longest = max(self.layers, key=self.count)
        offset, step, _ = self.layers[longest]
        widest = max(max(window) for window in self.windows.values())
        shown = []
        for index, positions in self.kept.items():
            reach = max(self.layers[index][1], min(widest, max_units * step))
            for place in (self.place(index, position) for position in positions if self._looks_at(index, position)):
                if elided[0] < place < elided[1]:
                    first, last = (place - reach - offset) / step, (place + reach - offset) / step
                    shown.append((offset + step * (math.floor(first) - 0.5), offset + step * (math.ceil(last) + 0.5)))
        ends = [elided[0], *itertools.chain.from_iterable(_united(shown)), elided[1]]
        for low, high in zip(ends[::2], ends[1::2], strict=True):
            if high - low > GAP * step + NEAR:  # dots for fewer save nothing
                yield low, high

    def _holes(self) -> list[Stretch]:
        """Stretches where nothing that may be shown is, nor a connection between two such units."""
        if len(self.looked_at) < len(self.layers):
            return []
        pitch = self._pitch()
        taken = []
        for index, positions in self.looked_at.items():
            before, behind = self.windows[index]
            taken += [
                (self.place(index, stretch[0]) - before, self.place(index, stretch[-1]) + behind)
                for stretch in positions
            ]
        there = _united(taken, (GAP + 1) * pitch)
        return [(low + pitch / 2, high - pitch / 2) for (_, low), (high, _) in itertools.pairwise(there)]

    def _pitch(self) -> float:
        """The distance of the closest neighbours of a layer that may be shown."""
        if self.over is not None:
            return min(step for _, step, _ in self.layers.values())
        distances = [
            step * apart
            for index, (_, step, _) in self.layers.items()
            for apart in [_closest(self.looked_at[index]) if index in self.looked_at else 1]
            if apart
        ]
        return min(distances, default=1.0)

    def positions_looked_at(self, index: int) -> tuple[range, ...]:
        """The positions of a layer that may be shown."""
        return self.looked_at[index] if index in self.looked_at else (range(self.layers[index][2]),)

    def _looks_at(self, index: int, position: int) -> bool:
        """Whether a position, or for one of padding the end that it is beside, may be shown."""
        inside = min(max(position, 0), self.layers[index][2] - 1)
        return index not in self.looked_at or within(self.looked_at[index], inside)

    def count(self, index: int) -> int:
        """How many positions of a layer may be shown."""
        return sum(map(len, self.positions_looked_at(index)))

    def _nth(self, index: int, number: int) -> int:
        """The position of a layer before which so many may be shown."""
        for stretch in self.positions_looked_at(index):
            if number < len(stretch):
                return stretch[number]
            number -= len(stretch)
        raise IndexError(number)

    def place(self, index: int, position: float) -> float:
        """The full coordinate of a position of a layer that it knows, as if nothing were hidden."""
        offset, step = self.layers[index][:2] if index in self.layers else self.beyond[index]
        return offset + step * position

    def knows(self, index: int) -> bool:
        """Whether a layer has coordinates in it."""
        return index in self.layers or index in self.beyond

    def drawn(self, index: int, position: int) -> float | None:
        """The coordinate after hiding; None for what is hidden."""
        place = self.place(index, position)
        if not self._looks_at(index, position) or any(low < place < high for low, high in self.cuts):
            return None
        return place - self.removed(self.piece(index, position))

    def piece(self, index: int, position: float) -> int:
        """How many hidden stretches a position is behind."""
        place = self.place(index, position)
        return sum(place >= high for _, high in self.cuts)

    def divides(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether units are hidden between two positions, each given with its layer.

        A connection between them, drawn whole, would not be parallel to others of its weight.
        """
        first, last = sorted((self.piece(*one), self.piece(*other)))
        return any(cut not in self.holes for cut in self.cuts[first:last])

    def ranges(self, index: int) -> list[range]:
        """The positions of a layer that are shown, in order; found by bisection, however long the layer is."""
        place = functools.partial(self.place, index)
        ends = [-math.inf, *itertools.chain.from_iterable(self.cuts), math.inf]
        shown = []
        for low, high in zip(ends[::2], ends[1::2], strict=True):
            for stretch in self.positions_looked_at(index):
                first, stop = bisect_left(stretch, low, key=place), bisect_right(stretch, high, key=place)
                shown.append(stretch[first:stop])
        return [stretch for stretch in shown if stretch]

    def positions(self, index: int) -> list[int]:
        """The positions of a layer that are shown, in order."""
        return [position for stretch in self.ranges(index) for position in stretch]

    def shown(self, index: int) -> int:
        """How many positions of a layer are shown."""
        return sum(map(len, self.ranges(index)))

    def dots(self, index: int) -> list[tuple[float, int]]:
        """Where dots stand for hidden positions of a layer, each with the first of these."""
        (offset, step, length), positions = self.layers[index], self.positions_looked_at(index)
        dots = []
        first = positions[0].start if positions else 0
        stop = positions[-1].stop if positions else length
        if self.hints and self._is_before(index, 0):
            dots.append((self.low - 1 - self.centre, 0))
        for number, (low, high) in enumerate(self.cuts):
            hidden = max(first, math.floor((low - offset) / step + NEAR) + 1)
            if hidden < stop and self.place(index, hidden) < high - NEAR:
                behind = (max(hidden, stretch.start) for stretch in positions if hidden < stretch.stop)
                looked_at = next(behind, hidden)  # of a hole, what is behind it
                dots.append((self._middle(number), looked_at if self.place(index, looked_at) < high - NEAR else hidden))
        if self.hints and self._is_behind(index, length - 1):
            dots.append((self.high + 1 - self.centre, stop if positions else length - 1))
        return dots

    def _is_before(self, index: int, position: int) -> bool:
        """Whether a hidden position stands before all that may be shown of its layer."""
        positions = self.positions_looked_at(index)
        return position < positions[0].start if positions else self.place(index, position) < self.low

    def _is_behind(self, index: int, position: int) -> bool:
        """Whether a hidden position stands behind all that may be shown of its layer."""
        positions = self.positions_looked_at(index)
        return position >= positions[-1].stop if positions else self.place(index, position) > self.high

    def dots_of(self, index: int, position: int) -> float:
        """Where dots stand for a hidden position of a layer."""
        if self._is_before(index, position):
            return self.low - 1 - self.centre
        if self._is_behind(index, position):
            return self.high + 1 - self.centre
        place = self.place(index, position)
        inside = next((n for n, (low, high) in enumerate(self.cuts) if low < place < high), None)
        if inside is not None:
            return self._middle(inside)
        place -= self.removed(self.piece(index, position)) + self.centre
        return min((dots for dots, _ in self.dots(index)), key=lambda dots: abs(dots - place), default=place)

    def _middle(self, cut: int) -> float:
        """The middle of what is drawn of a hidden stretch."""
        return self.cuts[cut][0] + GAP / 2 - self.removed(cut) - self.centre

    def settle(self, block_gap: float = BLOCK_GAP) -> None:
        """Scale so that neighbours are a pitch apart where they are closest; find the ends of what is drawn."""
        scale = 1 / self._pitch()
        self.layers = {i: (offset * scale, step * scale, n) for i, (offset, step, n) in self.layers.items()}
        self.beyond = {i: (offset * scale, step * scale) for i, (offset, step) in self.beyond.items()}
        self.cuts, self.holes = (
            tuple((low * scale, high * scale) for low, high in hidden) for hidden in (self.cuts, self.holes)
        )
        ends = [place for index in self.layers for place in self._ends(index)]
        self.low, self.high = min(ends, default=0.0), max(ends, default=0.0) - self.removed(len(self.cuts))
        self.block = self.high - self.low + 1 + block_gap

    def _ends(self, index: int) -> Iterator[float]:
        """The full coordinates of the first and the last position of a layer that may be shown, padding included."""
        positions, length = self.positions_looked_at(index), self.layers[index][2]
        if positions:
            left, right = self.pads.get(index, (0, 0))
            first, last = positions[0].start, positions[-1].stop - 1
            yield self.place(index, first - (0 if first else left))
            yield self.place(index, last + (right if last == length - 1 else 0))

    def is_readable(self) -> bool:
        """Whether hiding leaves every layer enough to see what it does."""
        return self.over is not None or all(
            self.shown(index) >= min(self.count(index), LEAST_SHOWN) for index in self.layers
        )


def _united(pieces: Iterable[Stretch], near: float = 0.0) -> tuple[Stretch, ...]:
    """Stretches as disjoint ones in order; those no farther apart than ``near`` are one."""
    united: list[Stretch] = []
    for low, high in sorted(pieces):
        if united and low <= united[-1][1] + near:
            united[-1] = (united[-1][0], max(united[-1][1], high))
        else:
            united.append((low, high))
    return tuple(united)


def _closest(positions: Sequence[range]) -> int:
    """The least distance of two positions; 0 where there are not two."""
    if any(len(stretch) > 1 for stretch in positions):
        return 1
    return min((after.start - before.start for before, after in itertools.pairwise(positions)), default=0)


def frames_of(
    layers: Sequence[LayerView],
    max_units: int,
    anchor: str | None,
    scope: Scope,
    padding: bool,
    block_gap: float = BLOCK_GAP,
) -> dict[int, Frame]:
    """The frame of each layer; ``padding``: its units are shown; ``block_gap`` is between two channels."""
    frames: dict[int, Frame] = {}
    pads = {index: layer.pads for index, layer in enumerate(layers)} if padding else {}
    for index, layer in enumerate(layers):
        length, extract = layer.shape.length, extract_of(layers, index, scope)
        absent = scope.absent
        source = None if index in absent else next((one for one in layer.inputs if one not in absent), None)
        wide = layer.info.window is not None and not has_windows(layers, index, max_units, scope)
        place = None
        if source is not None and not wide:
            place = _joint(layers[source], layer, frames[source].layers[source][:2], anchor)
        beyond = {}
        if source is not None and place is not None:
            offset, step, _ = frames[source].layers[source]
            window = _window(layers[source], layer, step, anchor)
            joined = frames[source].with_layer(index, place, length, window, extract, max_units)
            if joined.is_readable():
                frames.update(dict.fromkeys([*joined.layers], joined))
                continue
            frames[source].beyond[index] = place
            beyond = {source: ((offset - place[0]) / place[1], step / place[1])}
        frame = Frame(beyond=beyond, pads=pads, hints=scope.hints)
        if scope.over and not index and extract.positions:
            (stretch,) = extract.positions
            frame.over = (float(stretch.start), float(stretch.stop - 1))
        frames[index] = frame.with_layer(index, (0.0, 1.0), length, (0.0, 0.0), extract, max_units)
    for frame in dict.fromkeys(frames.values()):
        frame.settle(block_gap)
    return frames


def extract_of(layers: Sequence[LayerView], index: int, scope: Scope) -> Extract:
    """What of a layer is looked at; one that is drawn as one unit is that unit."""
    return Extract() if layers[index].whole is not None else scope.extract(index)


def has_windows(layers: Sequence[LayerView], index: int, max_units: int, scope: Scope) -> bool:
    """Whether a layer is drawn with windows on its input: it has some, and one fits in what is shown of it.

    A wider one, such as that of a global pool over a long input, is drawn as a layer that sees everything.
    """
    window = layers[index].info.window
    if window is None:
        return False
    longest = max(_looked_at(layers, source, scope) for source in layers[index].inputs)
    return not max_units or longest <= max_units or window[1] - window[0] < _WIDEST * max_units


def _looked_at(layers: Sequence[LayerView], index: int, scope: Scope) -> int:
    """How many positions of a layer may be shown."""
    positions = None if scope.over else extract_of(layers, index, scope).positions
    return layers[index].shape.length if positions is None else sum(map(len, positions))


def _window(source: LayerView, layer: LayerView, step: float, anchor: str | None) -> Stretch:
    """How far the windows of a layer reach from its units, in its frame's coordinates; ``step`` is that of its input."""
    if layer.info.window is None:
        return (0.0, 0.0)
    first, last, _ = layer.info.window
    reference = _reference(source, layer, layer.info.window, anchor)
    return (reference - first) * step, (last - reference) * step


def _reference(source: LayerView, layer: LayerView, window: tuple[float, float, float], anchor: str | None) -> float:
    """Where over its input the first unit of a layer stands, in positions of the input.

    At the beginning, the middle or the end of its window; or (``position``) over a position, never between two: of an
    input of the same length over the first, else over that which is nearest to the middle of its window.
    """
    first, last, jump = window
    name = anchor or ("last" if layer.info.causal else "centre")
    middle = (first + last) / 2
    if name == "position":
        same = jump == 1 and layer.shape.length == source.shape.length
        return 0.0 if same else math.copysign(math.ceil(abs(middle) - 0.5), middle)
    return {"first": first, "centre": middle, "last": last}[name]


def _joint(
    source: LayerView, layer: LayerView, place: tuple[float, float], anchor: str | None
) -> tuple[float, float] | None:
    """Offset and step of ``layer`` in the coordinates of the one it takes; None for no relation."""
    offset, step = place
    window = layer.info.window
    if source.whole is not None or layer.whole is not None:
        return None
    if window is None:
        return place if layer.shape == source.shape else None
    return offset + step * _reference(source, layer, window, anchor), step * window[2]
