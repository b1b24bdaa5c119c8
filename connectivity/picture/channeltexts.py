"""The names of channels beside their units: where there is room for them, how much they take, and how they are written.

Where channels stand in rows, a name stands at the beginning of its row, before everything that leads to it. Where they
follow one another it stands beside the middle of its channel, on the side that no connection comes to: of an input
where the network begins, of an output where it ends. Between two others it stands before the first unit of its channel.
"""

from __future__ import annotations

from collections.abc import Iterable

from connectivity.errors import DrawingError, visible
from connectivity.graphs.wiring import groups_of
from connectivity.layout.distances import USUAL
from connectivity.layout.sizes import Sizes
from connectivity.picture.channelnames import channel_names
from connectivity.picture.channelroom import APART, BESIDE, NAME_SIZE, OVER, Place, place_of, widest
from connectivity.picture.panel import Panel
from connectivity.scene import LEADING

_LEAST_SIZE, _READABLE = 5.5, 8.0  # the smallest size of a name, in points; where distances give way
_ROOMLIEST = 1040.0  # how far columns are moved apart so that lines pass names, at most


class ChannelTexts:
    """The names of a panel's channels, by layer, and what they take of its room, in points."""

    def __init__(self, panel: Panel, sizes: Sizes) -> None:
        """Raises DrawingError for names of channels that are not drawn, or that have no room."""
        self._panel, self._sizes = panel, sizes
        layers = panel.wiring.layers
        names = channel_names(layers, panel.options)
        for index in names:
            if index in panel.arrangement.branches.joins:
                name = visible(layers[index].info.name)
                raise DrawingError(
                    f'"{name}" only joins channels that are drawn already: give names to those', "channel_labels"
                )
        self.rows = panel.options.channels == "rows"
        drawn = panel.scope.drawn
        self.texts = {index: names[index] for index in names if index in drawn and layers[index].whole is None}
        self.places = {index: place_of(layers, index, self.rows, drawn) for index in self.texts}
        self.font = {index: self._font(index) for index in self.texts}

    def _shown(self, index: int) -> list[str]:
        """The names of the channels of a layer that are shown."""
        shows = self._panel.arrangement.shows_channel
        return [text for channel, text in enumerate(self.texts[index]) if shows(index, channel)]

    def _widest(self, index: int) -> float:
        """The width of the widest name that is shown, at font size 1."""
        return widest(self._shown(index))

    def _font(self, index: int) -> float:
        """The size of a layer's names, so that each has room beside the next."""
        sizes, vertical = self._sizes, self._panel.vertical
        along = sizes.width if vertical else sizes.diameter
        if self.rows:
            room = sizes.row - APART
            along_is_text = not vertical
        else:
            column = self._panel.arrangement
            room = column.between_blocks * sizes.pitch - along - self.over(index) - APART
            if self.places[index] is not Place.HEAD:
                room = column.block_of(index) * sizes.pitch - APART
            along_is_text = vertical
        single = len(self._shown(index)) == 1
        needed = self._widest(index) if along_is_text else LEADING
        font = NAME_SIZE if single or not needed else min(NAME_SIZE, room / needed)
        if font < (_LEAST_SIZE if sizes.distances == USUAL else _READABLE):
            name = visible(self._panel.wiring.layers[index].info.name)
            raise DrawingError(
                f'there is no room for the names of the channels of "{name}" ; give shorter ones, or fewer units with max-units',
                "channel_labels",
            )
        return font

    def over(self, index: int) -> float:
        """From the border of a channel's first unit to a name before it: beyond the box round its group."""
        layers, options = self._panel.wiring.layers, self._panel.options
        boxed = groups_of(layers, index) > 1 or layers[index].info.name in options.boxes
        return OVER + (self._sizes.box_room(self._panel.vertical) / 2 if boxed else 0.0)

    def _size(self, index: int) -> tuple[float, float]:
        """Width and height of the widest name of a layer."""
        return self._widest(index) * self.font[index], LEADING * self.font[index]

    def head(self, index: int) -> float:
        """What names take before the first unit of a layer, along it."""
        if self.places.get(index) is not Place.HEAD:
            return 0.0
        width, height = self._size(index)
        return self.over(index) + (width if self._panel.vertical else height)

    def outside(self, index: int, place: Place) -> float:
        """What names take across layers where the network begins, or ends."""
        if self.places.get(index) is not place:
            return 0.0
        width, height = self._size(index)
        return BESIDE + (height if self._panel.vertical else width)

    def between(self, before: Iterable[int], behind: Iterable[int]) -> float:
        """What names take between two columns, ``before`` and ``behind`` being the layers in them."""
        trailing = max((self.outside(index, Place.LAST) for index in before), default=0.0)
        return trailing + max((self.outside(index, Place.FIRST) for index in behind), default=0.0)

    def depth_for(self, indices: Iterable[int], reach: float) -> float:
        """How far columns are apart so that lines with a reach along them (in points) pass the names between units."""
        if self._panel.vertical or self.rows or self._sizes.dense:
            return 0.0
        slopes = [
            self._size(index)[0] / 2 / (self._sizes.diameter / 2 + self.over(index))
            for index in indices
            if self.places.get(index) is Place.HEAD
        ]
        return min(_ROOMLIEST, max(slopes, default=0.0) * reach)
