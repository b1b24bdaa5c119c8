"""What one output sees, laid out anew: the cone of a unit through all layers, with the true positions in the cells.

Units stand under the middles of their windows. The input is tinted by how many of the units over it see it, and a
strip of the whole input shows where the field lies.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.colour.keys import Swatches
from connectivity.colour.spaces import blend, readable
from connectivity.colour.themes import Stroke
from connectivity.layers.base import count
from connectivity.layout.scope import stretches
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import CELL_TEXT, FRAME, SMALL
from connectivity.picture.cells.captions import Caption, caption_of, said_of
from connectivity.picture.cells.cones import paint_cone, pieces
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.kernels import compact
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.pointing import Pointing
from connectivity.scene import Scene, Shape
from connectivity.typeset.markup import rich_width
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import listed

Span = tuple[float, float]

_LARGEST, _SMALLEST, _AVAILABLE = 30.0, 18.0, 460.0  # the side of a cell, and what all of them take, in points
_GAP, _LEAST_GAP = 2.8, 1.2  # from one layer to the next, in cells
_LEAST = 13.0  # the least side of a cell where there is little room, in points
_STRIP, _STRIP_WIDE, _STRIP_ROOM = 9.0, 540.0, 46.0  # the strip of the whole input, and what is under it, in points
_TINTS = (0.16, 0.85)  # of the inputs that the fewest units see, and of those that the most see
_MOST_KEYS, _MOST_NAMES = 8, 6
_NAME_ROOM = 6.0  # between a row and the name of its channel, in points


class FieldDrawer(CellDrawer):
    """Draws the field of a unit on a sheet of its own."""

    def __init__(self, panel: CellPanel, paper: Scene) -> None:
        super().__init__(panel, paper)
        self.drawn = panel.scope.drawn
        self.positions = {number: self._shown(number) for number in self.drawn}
        self.channels = {number: self._channels(number) for number in self.drawn}
        self._stand()

    def _shown(self, number: int) -> list[int]:
        positions = self.panel.scope.extract(number).positions
        ranges = [range(self.panel.layers[number].shape.length)] if positions is None else positions
        return [position for one in ranges for position in one]

    def _channels(self, number: int) -> Sequence[int]:
        chosen = self.panel.scope.extract(number).channels
        return range(self.panel.layers[number].shape.channels) if chosen is None else chosen

    def _stand(self) -> None:
        """Where position 0 of each layer is and how far its positions are apart, in cells; where layers begin across."""
        first = self.drawn[0]
        self.places: dict[int, tuple[float, float]] = {first: (-float(self.positions[first][0]), 1.0)}
        for before, number in zip(self.drawn, self.drawn[1:], strict=False):
            low, high, jump = self.panel.layers[number].info.window or (0.0, 0.0, 1.0)
            base, step = self.places[before]
            self.places[number] = base + step * (low + high) / 2, step * jump
        wide = self.positions[first][-1] - self.positions[first][0] + 1
        self.cell = self.side(max(_SMALLEST, min(_LARGEST, _AVAILABLE / wide)), _LEAST)
        self.strip = len(self.positions[first]) < self.panel.layers[first].shape.length
        at = _STRIP + _STRIP_ROOM if self.strip else 0.0
        self.rows: dict[int, float] = {}
        for number in self.drawn:
            self.rows[number] = at
            at += len(self.channels[number]) * self.cell + self.between(_GAP, _LEAST_GAP) * self.cell
        self.sees = self._counts()

    def _along(self, number: int, position: int) -> Span:
        base, step = self.places[number]
        start = (base + step * position) * self.cell
        return start, start + self.cell

    def _across(self, number: int, place: int) -> Span:
        rows = len(self.channels[number])
        row = rows - 1 - place if self.panel.flow.backwards else place
        start = self.rows[number] + row * self.cell
        return start, start + self.cell

    def _far(self, number: int) -> float:
        return self.rows[number] + len(self.channels[number]) * self.cell

    def _counts(self) -> dict[int, int]:
        """How many of the positions over it see each position of the input."""
        counts = dict.fromkeys(self.positions[self.drawn[0]], 0)
        for position in self.positions[self.drawn[1]]:
            for place in self.panel.seen(self.drawn[1], position, self.drawn[0]):
                if place in counts:
                    counts[place] += 1
        return counts

    def draw(self, numbers: Numbers) -> None:
        """Draw the strip, the cones, and the cells over them."""
        self.pointing = Pointing(self.panel, numbers)
        for number in self.drawn[1:]:
            self.pointing.look(number, self.positions[number])
        if self.strip:
            self._whole_input()
        for before, number in zip(self.drawn, self.drawn[1:], strict=False):
            self._cones(before, number)
        for number in self.drawn:
            self._cells(number, numbers)
            self._names(number)
        self._frames()
        self._sentence()
        self._key()

    def _whole_input(self) -> None:
        """The whole input to scale, with dashed lines to the part of it that is drawn."""
        first = self.drawn[0]
        length, positions = self.panel.layers[first].shape.length, self.positions[first]
        middle = (self._along(first, positions[0])[0] + self._along(first, positions[-1])[1]) / 2
        left, scale = middle - _STRIP_WIDE / 2, _STRIP_WIDE / length
        ends = left + positions[0] * scale, left + (positions[-1] + 1) * scale
        self.brush.rectangle(
            (left, left + _STRIP_WIDE), (0.0, _STRIP), self.brush.ground, stroke=self.theme.unit_stroke
        )
        hue = self.theme.ink if self.brush.is_print else self.theme.hues[0]
        self.brush.rectangle(ends, (0.0, _STRIP), hue, opacity=0.6, stroke=self.theme.ink)
        goals = self._along(first, positions[0])[0], self._along(first, positions[-1])[1]
        for one, other in zip(ends, goals, strict=True):
            self.brush.line(
                (one, _STRIP), (other, self.rows[first]), colour=self.theme.faint, width=0.9, style="dashed"
            )
        shift = self.options.index_from
        label = f"the whole input, {count(length, 'position')}"
        words = ((left + 2, str(shift)), (middle, label), (left + _STRIP_WIDE - 2, f"{length - 1 + shift:,}"))
        for along, text in words:
            if self.vertical:
                self.brush.text(along, -9.0, text, size=10.0)
            else:
                self.brush.text(
                    along, -8.0, text, size=10.0, align="end" if self.options.direction == "LR" else "start"
                )

    def _runs(self, number: int, positions: Sequence[int]) -> list[Span]:
        """Positions of a layer as runs of those that follow each other, along."""
        return [(self._along(number, run[0])[0], self._along(number, run[-1])[1]) for run in stretches(positions)]

    def _cones(self, before: int, number: int) -> None:
        """The windows of the first unit, the middle one and the last."""
        positions = self.positions[number]
        middle = positions[len(positions) // 2]
        bond = Bond.POOL if self.panel.bonds[number] is not Bond.SPREAD else Bond.SPREAD
        for position in dict.fromkeys((positions[0], positions[-1], middle)):
            seen = [place for place in self.panel.seen(number, position, before) if place in self.positions[before]]
            if not seen:
                continue
            for start, end in pieces(self._runs(before, seen), self._along(number, position)):
                paint_cone(self.brush, start, self._far(before), end, self.rows[number], bond, position == middle)

    def _cells(self, number: int, numbers: Numbers) -> None:
        last, shift = number == self.drawn[-1], self.options.index_from
        for place, channel in enumerate(self.channels[number]):
            across = self._across(number, place)
            if self.places[number][1] > 1:
                ends = (
                    self._along(number, self.positions[number][0])[0],
                    self._along(number, self.positions[number][-1])[1],
                )
                self.brush.line((ends[0], sum(across) / 2), (ends[1], sum(across) / 2), colour=self.theme.hairline)
            for position in self.positions[number]:
                fill = self._fill(number, position)
                if last and not self.brush.is_print:
                    fill = self.theme.ink
                unit = self.panel.unit(number, (channel, position))
                fill = self.panel.fill(unit, fill)
                along = self._along(number, position)
                self.sheet.shape(
                    Shape(
                        self.panel.flow.rectangle(along, across),
                        fill,
                        stroke=self.theme.unit_stroke,
                        id=numbers.id("u" if number else "i"),
                        classes=self.pointing.unit(number, channel, position),
                        tip=self.panel.tip(number, (channel, position)),
                    )
                )
                value = self.panel.value(number, (channel, position))
                shown = "values" in self.options.show and value is not None
                text = compact(value) if shown and value is not None else f"{position + shift:,}"
                size = min(CELL_TEXT, (self.cell - 4) / text_width(text, 1.0))
                if "values" in self.options.show and not self.panel.is_written(number, (channel, position)):
                    continue
                if size >= 6 and self.options.labels != "none":
                    ink = readable(self.theme.ink, self.theme.background, fill)
                    self.brush.text(sum(along) / 2, sum(across) / 2, text, size=size, colour=ink, classes="name")

    def _names(self, number: int) -> None:
        """The names of channels before their rows; across the page the caption has them."""
        names = self.panel.channel_names.get(number, [])
        for place, channel in enumerate(self.channels[number]) if names and self.vertical else ():
            along = self._along(number, self.positions[number][0])[0] - _NAME_ROOM
            self.brush.text(along, sum(self._across(number, place)) / 2, names[channel], size=SMALL, align="end")

    def _named(self, number: int) -> float:
        """What the names of channels take before the rows of a layer, in points."""
        names = self.panel.channel_names.get(number, [])
        return max((rich_width(names[channel], SMALL) for channel in self.channels[number] if names), default=0.0)

    def _tint(self, seen_by: int) -> str:
        most = max(self.sees.values(), default=1) or 1
        share = _TINTS[0] + (_TINTS[1] - _TINTS[0]) * (seen_by - 1) / max(1, most - 1)
        hue = self.theme.ink if self.brush.is_print else self.theme.hues[0]
        return blend(self.theme.background, hue, share * (0.4 if self.brush.is_print else 1.0))

    def _fill(self, number: int, position: int) -> str:
        if number != self.drawn[0] or len(self.drawn) < 3:
            return self.brush.ground
        return self._tint(self.sees[position]) if self.sees[position] else self.theme.background

    def _frames(self) -> None:
        """Round the middle unit over the input, and its window."""
        if len(self.drawn) < 3:
            return
        before, number = self.drawn[:2]
        positions = self.positions[number]
        middle = positions[len(positions) // 2]
        seen = [place for place in self.panel.seen(number, middle, before) if place in self.positions[before]]
        for run in self._runs(before, seen):
            self.brush.rectangle(run, (self.rows[before], self._far(before)), stroke=self.theme.ink, width=FRAME)
        across = self.rows[number], self._far(number)
        self.brush.rectangle(self._along(number, middle), across, stroke=self.theme.ink, width=FRAME)

    def _key(self) -> None:
        seen = sorted({number for number in self.sees.values() if number})
        if len(self.drawn) < 3 or not 1 < len(seen) <= _MOST_KEYS or not self.options.legend:
            return
        over = self.panel.layers[self.drawn[1]].info.name
        items = tuple((Stroke(self._tint(number)), str(number)) for number in seen)
        total = len(self.positions[self.drawn[1]])
        self.panel.keys = [Swatches(f"seen by so many of the {total} positions of {over}", items, solid=True)]

    def _sentence(self) -> None:
        """How much the output sees, in units and connections."""
        if not self.options.captions or not self.vertical:
            return
        last = self.drawn[-1]
        units = [len(self.channels[number]) * len(self.positions[number]) for number in self.drawn[:-1]]
        connections = [self._connections(number) for number in self.drawn[1:]]
        names = ["inputs", *(f"units of {self.panel.layers[number].info.name}" for number in self.drawn[1:-1])]
        sees = " and ".join(f"{number:,} {name}" for number, name in reversed([*zip(units, names, strict=True)]))
        summed = " + ".join(f"{number:,}" for number in reversed(connections))
        end = self._along(last, self.positions[last][-1])[1] + 14
        middle = (self.rows[last] + self._far(last)) / 2
        text = f"sees {sees},\nover {summed} connection{'s' * (sum(connections) != 1)}"
        self.brush.text(end, middle, text, align="start")

    def _connections(self, number: int) -> int:
        """How many connections of the field lead into a layer."""
        places = [(channel, position) for channel in self.channels[number] for position in self.positions[number]]
        wiring = self.panel.wiring
        units = [unit for place in places if (unit := self.panel.unit(number, place)) is not None]
        return sum(wiring.degrees(units).values())

    def add_captions(self, bottom: float) -> None:
        """Say what each row is, before it; across the page, under the columns."""
        if not self.options.captions:
            return
        captions = {number: self._caption(number) for number in self.drawn}
        wide = max(caption.width for caption in captions.values())
        first = self.drawn[0]
        wide += max((self._named(number) for number in self.drawn), default=0.0)
        left = min(self._along(first, self.positions[first][0])[0] - 16 - wide, self.sheet.extent.left)
        for number, caption in captions.items():
            middle = (self.rows[number] + self._far(number)) / 2
            if self.vertical:
                _, y = self.panel.flow.point(0.0, middle)
                caption.write(self.brush, left, y + caption.height / 2, "start")
            else:
                x, _ = self.panel.flow.point(0.0, middle)
                caption.write(self.brush, x, bottom - 12)

    def _caption(self, number: int) -> Caption:
        caption = caption_of(self.panel, number)
        channels = len(self.channels[number])
        whole = self.panel.scope.extract(number).channels is None
        several = [f"in {count(channels, 'channel')}"] if channels > 1 and whole else []
        names = self.panel.channel_names.get(number, []) if not self.vertical else []
        named = [listed([names[channel] for channel in self.channels[number]], _MOST_NAMES)] if names else []
        return said_of(self.panel, number, Caption(caption.heading, [*caption.lines, *several, *named]))
