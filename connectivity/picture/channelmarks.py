"""Writes the names of channels onto a panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connectivity.picture.canvas import Canvas
from connectivity.picture.channelroom import BESIDE, Place
from connectivity.picture.ground import Point
from connectivity.picture.rectangles import Rectangle
from connectivity.scene import LEADING, Text
from connectivity.typeset.markup import rich_width

_MOST_COMPARED = 200_000  # pairs of a name and a connection; among more each name has a ground of its own
_ALIGNED = {"LR": "end", "RL": "start", "TB": "middle", "BT": "middle"}  # of names where the network begins
_OTHERWISE = {"end": "start", "start": "end", "middle": "middle"}


class _Channel(NamedTuple):
    """The shown units of a channel: the first and the last place along its layer (in pitches), its row across it."""

    first: float
    last: float
    across: float


def draw_channel_names(canvas: Canvas) -> None:
    """Write every name of a channel that is shown; one that a connection runs through stands on a ground of its own."""
    names = canvas.ground.names
    for index, texts in names.texts.items():
        for channel, place in _shown(index, canvas):
            if texts[channel]:
                text = _text(canvas, index, place, texts[channel])
                if names.places[index] is Place.HEAD and _is_crossed(canvas, index, text):
                    text = text._replace(plate=canvas.panel.theme.background)
                canvas.sheet.text(text)


def _shown(index: int, canvas: Canvas) -> Iterator[tuple[int, _Channel]]:
    """The channels of a layer that are shown, with padding and dots beside them."""
    ground = canvas.ground
    layer, column = canvas.panel.wiring.layers[index], ground.places.columns[index]
    units: dict[int, list[int]] = {}
    for unit, (channel, _) in (*layer.places.items(), *layer.padding.items()):
        if unit in column.along:
            units.setdefault(channel, []).append(unit)
    for channel, members in units.items():
        places = [ground.along[unit] for unit in members]
        first, last = min(places), max(places)
        beside = [along - 0.4 for along, _ in column.dots if first - 1.2 < along < first]  # of a crop
        yield channel, _Channel(min([first, *beside]), last, column.across.get(members[0], 0.0))


def _text(canvas: Canvas, index: int, channel: _Channel, text: str) -> Text:
    """A name where it stands."""
    ground, sizes, names = canvas.ground, canvas.ground.sizes, canvas.ground.names
    direction, font = canvas.panel.options.direction, names.font[index]
    vertical, height = canvas.panel.vertical, LEADING * names.font[index]
    depth = ground.depths[index] + channel.across * sizes.row
    if names.places[index] is Place.HEAD:
        low = ground.clear_of_lines(index) if names.rows else channel.first
        half = (sizes.width if vertical else sizes.diameter) / 2 + names.over(index)
        along = low - (half + (0.0 if vertical else height / 2)) / sizes.pitch
        align = "end" if vertical else "middle"
    else:
        sign = -1 if names.places[index] is Place.FIRST else 1
        along, half = (channel.first + channel.last) / 2, (sizes.diameter if vertical else sizes.width) / 2
        depth += sign * (half + BESIDE + (height / 2 if vertical else 0.0))
        align = _ALIGNED[direction] if sign < 0 else _OTHERWISE[_ALIGNED[direction]]
    x, y = ground.point(along, depth)
    return Text(x, y, text, font, canvas.panel.theme.ink, align=align, classes="channel")


def _is_crossed(canvas: Canvas, index: int, text: Text) -> bool:
    """Whether a connection to or from the columns beside a layer runs through a name."""
    width, height = rich_width(text.text, text.size, "regular"), text.size
    left = text.x - {"start": 0.0, "end": width}.get(text.align, width / 2)
    box = Rectangle(left, text.y - height / 2, left + width, text.y + height / 2)
    whole = canvas.panel.whole
    if len(whole) * len(canvas.ground.names.texts[index]) > _MOST_COMPARED:
        return True
    return any(box.is_crossed(*ends) for ends in _lines(canvas, index))


def _lines(canvas: Canvas, index: int) -> Iterator[tuple[Point, Point]]:
    """The connections that run into the column of a layer, out of it or past it."""
    ground, wiring = canvas.ground, canvas.panel.wiring
    levels = ground.branches.levels
    for connection in canvas.panel.whole:
        source, target = wiring.sources[connection], wiring.targets[connection]
        if levels[wiring.layer_of[source]] <= levels[index] <= levels[wiring.layer_of[target]]:
            yield ground.at(source), ground.at(target)
