"""Which positions and channels of each layer are shown as cells, and which position of each is looked at.

Long layers keep their first positions, those round the one that is looked at, and the last. The stretches are chosen
in the deepest layer and grow with the strides on the way back to the input, so that no window that is drawn ends in a
gap, and a layer half as long is still seen to be. Everything follows from shapes and windows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectivity.graphs.wiring import LayerView

ROWS = 44
"""About how many positions of a long layer are shown."""

ALL_CHANNELS = 12
"""Up to so many channels are shown in full."""

_FAR_TOO_MANY = 2  # times as many positions as are to be shown: then between the taps of windows some are left out
_LAST_CHANNELS = 3
_ENDS = ((4, 3, 4), (3, 2, 3), (2, 2, 2), (2, 1, 2), (1, 1, 1))
"""Of the deepest layer: how many first positions, on each side of the one looked at, and last, to choose from."""


class Stretch(NamedTuple):
    """Positions of a layer that are shown: the first ``head``, from ``first`` up to ``last``, and the last ``tail``."""

    head: int
    first: int
    last: int
    tail: int

    def ranges(self, length: int) -> list[range]:
        """As ranges in order, those together that touch or have one position alone between them."""
        ranges: list[range] = []
        for start, stop in sorted([(0, self.head), (self.first, self.last), (length - self.tail, length)]):
            start, stop = max(0, start), min(length, stop)
            if start >= stop:
                continue
            if ranges and start <= ranges[-1].stop + 1:
                ranges[-1] = range(ranges[-1].start, max(stop, ranges[-1].stop))
            else:
                ranges.append(range(start, stop))
        return ranges


def channel_ranges(channels: int, also: Sequence[int] = (), groups: int = 1, *, whole: bool = False) -> list[range]:
    """The channels of a layer that are shown: all of few, else the first and the last; more of more channels.

    ``also`` are shown in any case, and all where the ``whole`` is asked for. Between groups, of which all are shown, there is a parting.
    """
    if channels <= ALL_CHANNELS or whole:
        each = channels // groups
        return [range(start, start + each) for start in range(0, channels, each)]
    shown = max(ALL_CHANNELS, 8 + int(math.log2(channels)))
    numbers = {*range(shown - _LAST_CHANNELS), *range(channels - _LAST_CHANNELS, channels), *also}
    return _ranges(sorted(numbers))


def shortened(ranges: Sequence[range], focus: int, most: int) -> list[range]:
    """Stretches of positions of which about ``most`` are shown: the first, those round ``focus``, and the last."""
    numbers = [number for one in ranges for number in one]
    if not most or len(numbers) <= most:
        return list(ranges)
    each = max(1, most // 3)
    place = min(range(len(numbers)), key=lambda index: abs(numbers[index] - focus))
    kept = [
        number
        for index, number in enumerate(numbers)
        if index < each or abs(index - place) <= each // 2 or index >= len(numbers) - each
    ]
    return _ranges(kept, join=0)


def runs_of(numbers: Sequence[int]) -> list[range]:
    """Numbers in order as stretches of neighbours."""
    return _ranges(numbers, join=0)


def _ranges(numbers: Sequence[int], join: int = 1) -> list[range]:
    ranges: list[range] = []
    for number in numbers:
        if ranges and number <= ranges[-1].stop + join:
            ranges[-1] = range(ranges[-1].start, number + 1)
        else:
            ranges.append(range(number, number + 1))
    return ranges


def relation(layers: Sequence[LayerView], source: int, reader: int) -> tuple[float, float, float] | None:
    """Where a layer's units look in one that it takes, as (first, last, jump); None where they see all of it."""
    layer = layers[reader]
    if layer.info.window is not None:
        return layer.info.window
    if layer.kind.merges and layer.shape.length == layers[source].shape.length:
        return (0.0, 0.0, 1.0)
    return None


def looked_at(layers: Sequence[LayerView], wished: Mapping[int, int]) -> list[int]:
    """The position of each layer that is looked at: those that are ``wished``, else on the ways to and from these.

    Where nobody wishes anything it is the middle of the last layers, and what their windows have in the middle.
    """
    places: list[int | None] = [wished.get(number) for number in range(len(layers))]
    if wished:
        for number in range(len(layers)):  # what sees a wished position in its middle
            for source in layers[number].inputs:
                here, link = places[source], relation(layers, source, number)
                if places[number] is None and here is not None and link is not None:
                    first, last, jump = link
                    place = math.floor((here - (first + last) / 2) / jump + 0.5)
                    places[number] = min(layers[number].shape.length - 1, max(0, place))
    for number in reversed(range(len(layers))):
        if places[number] is not None:
            continue
        length = layers[number].shape.length
        for reader in _readers(layers, number):
            link, there = relation(layers, number, reader), places[reader]
            if link is not None and there is not None:
                first, last, jump = link
                places[number] = min(length - 1, max(0, math.ceil((first + last) / 2 + jump * there - 0.5)))
                break
        else:
            places[number] = length // 2
    return [place or 0 for place in places]


def position_ranges(layers: Sequence[LayerView], focus: Sequence[int], rows: int | None) -> list[list[range]]:
    """The positions of each layer that are shown, where at most ``rows`` are (None: about as many as fit; 0: all).

    ``focus`` is the position of each that is looked at.
    """
    whole = [[range(layer.shape.length)] for layer in layers]
    most = ROWS if rows is None else rows
    if not most:
        return whole
    long = {number for number, layer in enumerate(layers) if layer.shape.length > most}
    if not long:
        return whole
    tried: list[list[list[range]]] = []
    larger = [] if rows is None else _larger_ends(rows)
    for ends, scaled in [*((ends, True) for ends in (*larger, *_ENDS)), *((ends, False) for ends in _ENDS)]:
        stretches = _stretches(layers, focus, long, ends, scaled)
        ranges = [
            stretch.ranges(layer.shape.length) if stretch else whole[number]
            for number, (layer, stretch) in enumerate(zip(layers, stretches, strict=True))
        ]
        if _longest(ranges) <= most:
            return ranges
        tried.append(ranges)
    shortest = min(tried, key=_longest)
    if _longest(shortest) <= _FAR_TOO_MANY * most:
        return shortest
    return [
        _ranges(seen_alone(layers, number, focus)) if number in _joined(layers, long) else whole[number]
        for number in range(len(layers))
    ]


def seen_alone(layers: Sequence[LayerView], number: int, focus: Sequence[int]) -> list[int]:
    """The positions of a layer that the windows that are drawn see, tap by tap, and those that these are of.

    Between the taps of a dilated window others are left out.
    """
    here, length = focus[number], layers[number].shape.length
    shown = {0, *range(here - 1, here + 2), length - 1}
    for source in layers[number].inputs:
        first_ones, those, last_ones = _whole_fans(layers, source, number, focus[source])
        shown |= {*range(first_ones), *range(*those), *range(length - last_ones, length)}
    for reader in _readers(layers, number):
        link, taps = relation(layers, number, reader), layers[reader].info.kernel_size or 1
        if link is None:
            continue
        first, last, jump = link
        step = (last - first) / max(1, taps - 1)
        for unit in (0, focus[reader], layers[reader].shape.length - 1):
            if all(float(one).is_integer() for one in (first, jump, step)):
                shown |= {int(first + jump * unit + step * tap) for tap in range(taps)}
            else:
                shown |= {*range(math.floor(first + jump * unit), math.ceil(last + jump * unit) + 1)}
    return sorted(position for position in shown if 0 <= position < length)


def united(first: Sequence[range], second: Sequence[range]) -> list[range]:
    """The positions of either, as ranges in order."""
    return _ranges(sorted({number for one in (*first, *second) for number in one}))


def _larger_ends(rows: int) -> list[tuple[int, int, int]]:
    """Ends to choose from where the user says how many positions may be shown, the largest first."""
    ends, each = [], rows // 3
    while each > _ENDS[0][0]:
        ends.append((each, each // 2, each))
        each = each * 4 // 5
    return ends


def _longest(ranges: Sequence[Sequence[range]]) -> int:
    """The most positions that are shown of any layer."""
    return max(sum(map(len, ones)) for ones in ranges)


def _stretches(
    layers: Sequence[LayerView], focus: Sequence[int], long: set[int], ends: tuple[int, int, int], scaled: bool
) -> list[Stretch | None]:
    """The stretches of every layer that is long, or joined by windows with one that is; None of others.

    ``scaled``: they grow with the strides; else they hold the windows of the cones that are drawn, and no more.
    """
    stretches: list[Stretch | None] = [None] * len(layers)
    joined = _joined(layers, long)
    for number in reversed(range(len(layers))):
        if number not in joined:
            continue
        here, length = focus[number], layers[number].shape.length
        head, around, tail = ends
        low, high = here - around + 1, here + around
        for source in layers[number].inputs:
            first_ones, those, last_ones = _whole_fans(layers, source, number, focus[source])
            head, low, high, tail = max(head, first_ones), min(low, those[0]), max(high, those[1]), max(tail, last_ones)
        for reader in _readers(layers, number):
            link = relation(layers, number, reader)
            if link is None:
                continue
            first, last, jump = link
            there, size = focus[reader], layers[reader].shape.length
            theirs = (stretches[reader] if scaled else None) or Stretch(1, there, there + 1, 1)
            head = max(head, math.ceil(jump * theirs.head), math.ceil(last) + 1)
            low = min(low, here - math.floor(jump * (there - theirs.first)), math.floor(first + jump * there))
            high = max(high, here + math.ceil(jump * (theirs.last - there)), math.ceil(last + jump * there) + 1)
            end = math.floor(first + jump * (size - 1))
            tail = max(tail, math.ceil(jump * theirs.tail), length - end)
        stretch = Stretch(head, low, high, tail)
        stretches[number] = stretch if len(stretch.ranges(length)) > 1 else None
    return stretches


def _whole_fans(layers: Sequence[LayerView], source: int, reader: int, focus: int) -> tuple[int, tuple[int, int], int]:
    """What a layer that makes more positions than it takes must show, so that no fan ends in a gap.

    How many of its first positions see the first one of its source; from where up to where those are that see the
    ``focus`` there; how many of the last see the last.
    """
    link, here = relation(layers, source, reader), layers[reader]
    if link is None or not (link[2] < 1 or here.kind.transposed):
        return 0, (here.shape.length, 0), 0
    first, last, jump = link
    end = layers[source].shape.length - 1
    those = math.ceil((focus - last) / jump), math.floor((focus - first) / jump) + 1
    return math.floor(-first / jump) + 1, those, here.shape.length - math.ceil((end - last) / jump)


def _joined(layers: Sequence[LayerView], long: set[int]) -> set[int]:
    """The layers that are ``long``, and those that windows lead to from one of these, either way."""
    joined = set(long)
    while True:
        more = {
            other
            for number, layer in enumerate(layers)
            for source in layer.inputs
            if relation(layers, source, number) is not None
            for one, other in ((number, source), (source, number))
            if one in joined and other not in joined
        }
        if not more:
            return joined
        joined |= more


def _readers(layers: Sequence[LayerView], number: int) -> list[int]:
    return [reader for reader, layer in enumerate(layers) if number in layer.inputs]
