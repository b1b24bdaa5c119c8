"""What of a network is looked at: which of its layers, and of each which channels and positions.

Decided before anything is made, from shapes and what layers know of themselves, and the same for every way of
drawing. What is outside of a scope is not drawn, however much room there is; what is within may still be elided.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from connectivity.graphs.descriptions import Excerpt
from connectivity.graphs.wiring import LayerView, Place
from connectivity.layers.base import Shape, count
from connectivity.records import Value, record
from connectivity.typeset.text import listed

_NUMBERED = 4  # so many channels are named by their numbers
_STRETCHES = 3  # the most stretches of positions that are told one by one


@record
class Extract(Value):
    """What of one layer is looked at; None: all of it.

    ``channels`` are numbers from 0, in order; ``positions`` stretches of these, disjoint and in order; ``units`` the
    flat indices of the units alone, where they are not all that have these channels and positions. ``kept`` are places
    that elision leaves: (channel, position), and position None for a channel as a whole; ``fields`` are stretches of
    positions, from one to another, that it leaves whole where they are not far too many.
    """

    channels: tuple[int, ...] | None = None
    positions: tuple[range, ...] | None = None
    units: frozenset[int] | None = None
    kept: frozenset[tuple[int, int | None]] = frozenset()
    fields: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, flats: Collection[int], shape: Shape) -> Extract:
        """The units ``flats`` of a layer of ``shape``; a range stands for all of them."""
        if isinstance(flats, range) or len(flats) == shape.units:
            return cls()
        channels = sorted({flat // shape.length for flat in flats})
        positions = stretches({flat % shape.length for flat in flats})
        number = sum(map(len, positions))
        return cls(
            None if len(channels) == shape.channels else tuple(channels),
            None if number == shape.length else positions,
            None if len(flats) == len(channels) * number else frozenset(flats),
        )

    @property
    def everything(self) -> bool:
        """Whether it is the layer as a whole."""
        return self.channels is None and self.positions is None and self.units is None

    def has_channel(self, channel: int) -> bool:
        """Whether units of a channel are looked at."""
        return self.channels is None or channel in self.channels

    def has(self, place: Place, length: int) -> bool:
        """Whether the unit at a place of a layer so long is looked at."""
        channel, position = place
        inside = self.positions is None or within(self.positions, position)
        return (
            inside and self.has_channel(channel) and (self.units is None or channel * length + position in self.units)
        )

    def places(self, shape: Shape) -> Iterable[Place]:
        """The places of all units that are looked at, in order."""
        channels = range(shape.channels) if self.channels is None else self.channels
        stretched = (range(shape.length),) if self.positions is None else self.positions
        every = ((channel, position) for channel in channels for stretch in stretched for position in stretch)
        if self.units is None:
            return every
        return (place for place in every if place[0] * shape.length + place[1] in self.units)


@record
class Scope(Value):
    """What of a network is looked at.

    ``extracts`` are those of its layers, by their numbers; None: the layer is not drawn, nor what leads to it or away
    from it. ``hints``: what lies beyond the positions of a layer is hinted at, by dots and stubs of connections.
    ``over``: the only stretch is one of the first layer, and layers that have windows on it show what stands over it;
    nothing of them is elided. ``words`` say what it is, in a sentence; empty where nothing is left out, or it says so
    by itself.
    """

    extracts: tuple[Extract | None, ...]
    hints: bool = False
    over: bool = False
    words: str = ""

    @classmethod
    def everything(cls, layers: int) -> Scope:
        """All of so many layers."""
        return cls((Extract(),) * layers)

    @functools.cached_property
    def absent(self) -> frozenset[int]:
        """The layers that are not drawn."""
        return frozenset(number for number, extract in enumerate(self.extracts) if extract is None)

    @property
    def drawn(self) -> list[int]:
        """The layers that are drawn, in order."""
        return [number for number, extract in enumerate(self.extracts) if extract is not None]

    @property
    def is_part(self) -> bool:
        """Whether anything is left out without a hint."""
        return not self.over and any(extract is None or not extract.everything for extract in self.extracts)

    def extract(self, layer: int) -> Extract:
        """What of a layer is looked at; of one that is not drawn nothing."""
        return self.extracts[layer] or _NOTHING

    def may_show(self, layer: int, place: Place, length: int) -> bool:
        """Whether the unit at a place of a layer so long is looked at, or hinted at beside what is."""
        extract = self.extracts[layer]
        if extract is None:
            return False
        return extract.has_channel(place[0]) if self.hints else extract.has(place, length)

    def flats(self, layer: int, shape: Shape) -> Collection[int]:
        """Every unit that may be shown or hinted at, in order, by its flat index."""
        extract = self.extract(layer)
        if self.hints:
            extract = dataclasses.replace(extract, positions=None, units=None)
        if extract.everything:
            return range(shape.units)
        return [channel * shape.length + position for channel, position in extract.places(shape)]

    def keeping(self, kept: Mapping[int, Collection[tuple[int, int | None]]]) -> Scope:
        """The same, where elision leaves the places ``kept`` of layers."""
        if not kept:
            return self
        extracts = list(self.extracts)
        for layer, places in kept.items():
            extract = extracts[layer]
            if extract is not None:
                extracts[layer] = dataclasses.replace(extract, kept=extract.kept | frozenset(places))
        return dataclasses.replace(self, extracts=tuple(extracts))

    def with_fields(self, fields: Mapping[int, Iterable[tuple[int, int]]]) -> Scope:
        """The same, where elision leaves stretches of positions of layers whole, from one to another."""
        extracts = [
            extract and dataclasses.replace(extract, fields=tuple(fields.get(layer, ())))
            for layer, extract in enumerate(self.extracts)
        ]
        return dataclasses.replace(self, extracts=tuple(extracts))

    def connects(self, layer: int, view: LayerView) -> bool:
        """Whether a layer is drawn, and any of those that it takes."""
        return any(None not in (self.extracts[layer], self.extracts[source]) for source in view.inputs)

    def excerpt(self, layer: int, view: LayerView, index_from: int = 1) -> Excerpt | None:
        """What a caption says of a layer that is not drawn whole; None of one that is, with all it takes."""
        if self.over or self.extracts[layer] is None:
            return None
        connected = not view.inputs or self.connects(layer, view)
        near = [self.extract(one) for one in (layer, *view.inputs)]
        if connected and all(extract.everything for extract in near):
            return None
        return Excerpt(tuple(self._lines(layer, view.shape, index_from)), connected)

    def _lines(self, layer: int, shape: Shape, index_from: int) -> list[str]:
        """Which of a layer's units are looked at; none of one that is looked at as a whole."""
        extract, (channels, length) = self.extract(layer), shape
        if extract.units is not None:
            return [f"{len(extract.units):,} of {count(shape.units, 'unit')}"]
        lines = []
        if extract.channels is not None:
            numbers = [str(channel + index_from) for channel in extract.channels]
            which = f": {listed(numbers)}" if len(numbers) <= _NUMBERED else ""
            lines.append(f"{len(extract.channels):,} of {count(channels, 'channel')}{which}")
        if extract.positions is not None:
            noun = "position" if channels > 1 else "unit"
            lines.append(_told(extract.positions, length, noun, index_from))
        return lines

    def sentence(self, layers: Sequence[LayerView], index_from: int = 1) -> str:
        """What of the network is drawn; empty where that is all, or cropped."""
        if not self.words:
            return ""
        parts = []
        for number in self.drawn:
            if layers[number].kind.left_out:
                continue
            lines = self._lines(number, layers[number].shape, index_from)
            if lines:
                parts.append(f"{', '.join(lines)} of {layers[number].info.name or f'layer {number}'}")
        return f"Drawn is {self.words}{': ' if parts else ''}{'; '.join(parts)}."


_NOTHING = Extract((), ())


def within(positions: Sequence[range], position: int) -> bool:
    """Whether a position is in one of some disjoint stretches, which are in order."""
    before = bisect.bisect_right(positions, position, key=lambda stretch: stretch.start)
    return before > 0 and position < positions[before - 1].stop


def stretches(numbers: Iterable[int]) -> tuple[range, ...]:
    """Numbers as stretches of neighbours.

    >>> stretches([7, 1, 2, 3, 8])
    (range(1, 4), range(7, 9))
    """
    ordered = sorted(numbers)
    starts = [n for n, number in enumerate(ordered) if not n or ordered[n - 1] + 1 < number]
    return tuple(
        range(ordered[start], ordered[stop - 1] + 1) for start, stop in itertools.pairwise([*starts, len(ordered)])
    )


def _told(positions: Sequence[range], length: int, noun: str, index_from: int) -> str:
    """Stretches of a layer so long: ``units 21–35 of 128``; where there are many, how many units they have."""
    number = sum(map(len, positions))
    if len(positions) > _STRETCHES:
        return f"{number:,} of {count(length, noun)}"
    told = [
        f"{stretch[0] + index_from:,}" + (f"\u2013{stretch[-1] + index_from:,}" if len(stretch) > 1 else "")
        for stretch in positions
    ]
    return f"{noun}{'s' * (number != 1)} {listed(told)} of {length:,}"
