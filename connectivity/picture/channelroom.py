"""Where names of channels stand, and the room that is made for them before anything has a place in points."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connectivity.graphs.wiring import LayerView
from connectivity.layout.frames import BLOCK_GAP
from connectivity.layout.sizes import Sizes
from connectivity.options import Options
from connectivity.picture.channelnames import channel_names
from connectivity.scene import LEADING
from connectivity.typeset.markup import rich_width

if TYPE_CHECKING:
    from connectivity.layout.columns import Arrangement
    from connectivity.picture.panel import Panel

NAME_SIZE = 12.0
"""The size of a name where there is room, in points."""

OVER, APART = 3.0, 4.0
"""From a name to its unit, and to whatever stands on its other side, in points."""

BESIDE = 12.0
"""From a unit's border to a name beside it, in points: boxes round groups are nearer."""

_SMALL_NAME = 8.5  # the size of a name beside small units
_MOST_GAP, _STEP = 40.0, 0.1  # the largest gap between channels, in pitches, and how finely it is sought
_CROPPED = 2.0  # how much more there is where dots stand before a channel and behind it, in pitches
_WIDEST_ROW = 120.0  # how far rows of channels are moved apart for their names, at most
_BOX = 7.0  # how far the box round a group reaches beyond its units, at most


class Place(enum.Enum):
    """Where the names of a layer's channels stand: where the network begins or ends, or before their units."""

    FIRST = enum.auto()
    LAST = enum.auto()
    HEAD = enum.auto()


def place_of(layers: Sequence[LayerView], index: int, rows: bool, drawn: Sequence[int]) -> Place:
    """Where the names of a layer's channels stand, of layers of which some are ``drawn``."""
    if rows:
        return Place.HEAD
    if not any(source in drawn for source in layers[index].inputs):
        return Place.FIRST
    return Place.HEAD if any(index in layers[other].inputs for other in drawn) else Place.LAST


def widest(texts: Iterable[str]) -> float:
    """The width of the widest of ``texts`` at font size 1."""
    return max((rich_width(text, 1.0, "regular") for text in texts), default=0.0)


def block_gap(layers: Sequence[LayerView], arrangement: Arrangement, options: Options) -> float:
    """The gap between channels that follow one another, in pitches: more where names stand in it.

    ``arrangement`` is that of ``layers`` with the usual gap: of longer columns units are smaller, so that the same
    room is more pitches.
    """
    drawn = arrangement.scope.drawn
    every = channel_names(layers, options) if options.channel_labels else {}
    names = {index: texts for index, texts in every.items() if index in drawn}
    if not names or options.channels == "rows":
        return BLOCK_GAP
    places = {index: place_of(layers, index, False, drawn) for index in names}
    vertical = options.direction in ("BT", "TB")
    heads = Place.HEAD in places.values()
    if not heads and not vertical:
        return BLOCK_GAP
    texts = [text for index, some in names.items() if vertical or places[index] is Place.HEAD for text in some]
    gap = _least_gap(widest(texts) if vertical else LEADING, heads, arrangement.lengths())
    return gap + (_CROPPED if heads and arrangement.scope.hints else 0.0)


def _least_gap(text: float, heads: bool, columns: Sequence[tuple[float, int]]) -> float:
    """The least gap, in pitches, in which a text of the length ``text`` (at font size 1) has room.

    ``columns`` are their lengths with the usual gaps, in pitches, and how many gaps there are in each.
    """
    gap = BLOCK_GAP
    while gap < _MOST_GAP:
        sizes = Sizes.of(max(length + (gap - BLOCK_GAP) * gaps for length, gaps in columns), labels=False, widest=0.0)
        room = text * (_SMALL_NAME if sizes.dense else NAME_SIZE) + APART
        if (1 + gap) * sizes.pitch - sizes.diameter >= room + (OVER + _BOX if heads else 0.0):
            break
        gap += _STEP
    return gap


def row_of(panels: Sequence[Panel]) -> float:
    """How far rows of channels are apart so that their names stand beside one another, in points."""
    least = 0.0
    for panel in panels:
        if panel.options.channels == "rows" and not panel.vertical and panel.options.channel_labels:
            names = channel_names(panel.wiring.layers, panel.options)
            several = (text for texts in names.values() if len(texts) > 1 for text in texts)
            least = max(least, widest(several) * NAME_SIZE + 2 * APART)
    return min(_WIDEST_ROW, least)
