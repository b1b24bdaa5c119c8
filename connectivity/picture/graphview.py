"""One panel to marks: its units, arrows, stubs, group boxes and captions around its own origin."""

from __future__ import annotations

import math

from connectivity.colour.spaces import blend, readable
from connectivity.graphs.weightnames import asks_for_labels
from connectivity.graphs.wiring import groups_of
from connectivity.layout.columns import Column
from connectivity.layout.sizes import Sizes
from connectivity.picture.brackets import draw_brackets
from connectivity.picture.canvas import Canvas, Numbers
from connectivity.picture.captions import HEADING_SIZE, Captions
from connectivity.picture.channelmarks import draw_channel_names
from connectivity.picture.connections import ConnectionDrawer
from connectivity.picture.gaps import draw_gap
from connectivity.picture.ground import Ground
from connectivity.picture.panel import Panel
from connectivity.scene import LEADING, Box, Dot, Line, Scene, Sheet, Text, Unit
from connectivity.typeset.text import short

PANEL_TITLE_SIZE = 14.0
_LEAST_TITLE = 160.0  # the narrowest a panel's title is wrapped at, in points
_ROW_TITLE_GAP = 18.0


class GraphDrawer:
    """Draws the graph of one panel on a sheet of its own; the middle of its first layer is the origin.

    Not ``whole``: without texts at connections, which take long to place and no room of their own. A ``sketch`` has no
    connections either, where these run straight between units.
    """

    whole = True
    sketch = False

    def __init__(self, panel: Panel, sizes: Sizes, paper: Scene) -> None:
        self.panel, self.sizes, self.options = panel, sizes, panel.options
        self.view, self.places, self.title = panel.wiring, panel.arrangement, panel.title
        self.theme, self.vertical = panel.theme, panel.vertical
        self.fills, self.largest = panel.fills, self.view.largest
        painter = panel.painter
        self.marked: dict[int, tuple[str, str]] = {}
        if self.options.highlight:
            from connectivity.picture.highlight import emphasised, marked_units

            painter = emphasised(panel.painter, panel.marks, self.options)
            self.marked = marked_units(panel.marks, self.options)
        self.sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, sizes.diameter, sizes.width, sizes.font)
        )
        texts = self._edge_texts()
        self.captions = Captions(panel, narrow=sizes.distances.narrow)
        self.ground = Ground(panel, sizes, self.captions, texts)
        if self.options.channels == "rows":
            from connectivity.picture.lanes import settle_lanes

            settle_lanes(self.ground)
        self.ids: dict[int, str] = {}
        self._canvas = Canvas(panel, self.ground, self.sheet, painter, texts, self.ids, paper.dense)

    @property
    def names_connections(self) -> bool:
        """Whether texts stand at connections."""
        return bool(self._canvas.texts)

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself."""
        for index, column in enumerate(self.places.columns):
            if not self.view.stage.draws(index):
                self._room(column)
                continue
            self._units(index, column, numbers)
            if column.is_gap:
                draw_gap(index, self._canvas, numbers)
            else:
                self._dots(index, column)
            self._group_boxes(index)
        draw_channel_names(self._canvas)
        draw_brackets(self.ground, self.sheet, numbers)
        lines = ConnectionDrawer(self._canvas)
        if not self.sketch or self.panel.skips:
            lines.arrows(numbers)
        if self.whole:
            lines.labels()
        lines.stubs(numbers)
        if self.vertical:
            self._row_titles()

    def add_captions(self, bottom: float) -> None:
        """Say what each layer is: under the columns, from ``bottom`` down, or beside the rows.

        Of layers that stand beside one another only the last has its caption there; the first has it on its other
        side, those between right behind them.
        """
        right = self.sheet.extent.right + 20
        for index, side in enumerate(self.captions.sides):
            if side is not None and self.captions.texts:
                self.captions.draw(self.sheet, index, *self.ground.caption(index, bottom, right))

    def add_title(self, top: float) -> None:
        """Put the title above ``top``."""
        if not self.vertical and self.captions.row_titles:
            for index, title in enumerate(self.captions.row_titles):
                if not title:
                    continue
                x, _ = self.ground.point(0.0, self.ground.depths[index])
                y = top + 10 + HEADING_SIZE * LEADING / 2
                self.sheet.text(Text(x, y, title, HEADING_SIZE, self.theme.ink, bold=True))
            top = self.sheet.extent.top
        if self.title:
            x = self.ground.point(0.0, self.ground.level_depths[-1] / 2)[0]
            width = max(self.sheet.extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, x, top, width, PANEL_TITLE_SIZE, gap=12.0)

    def middle(self) -> float:
        """The height of the middle of the network."""
        return self.ground.point(0.0, self.ground.level_depths[-1] / 2)[1]

    def measure(self) -> tuple[float, float]:
        """About how wide and how high it will be, in points, its captions included."""
        low = min(column.span()[0] for column in self.places.columns)
        high = max(column.span()[1] for column in self.places.columns)
        along, across = (high - low) * self.sizes.pitch, self.ground.level_depths[-1]
        captions = range(len(self.captions.texts))
        room = max((self.captions.across(index) for index in captions), default=0.0)
        if self.vertical:
            room = max((self.captions.along(index) for index in captions), default=0.0)
            return along + self.sizes.width + room, across + self.sizes.diameter
        tall = max((self.captions.along(index) for index in captions), default=0.0)
        return across + max(room, self.sizes.width), along + self.sizes.diameter + tall

    def _room(self, column: Column) -> None:
        """The room of units that are not there yet."""
        for unit in column.along:
            self.sheet.extent.cover(*self.ground.at(unit), self.sizes.width + 2, self.sizes.diameter + 2)

    def _units(self, index: int, column: Column, numbers: Numbers) -> None:
        padding = self.view.layers[index].padding
        for unit in column.along:
            x, y = self.ground.at(unit)
            if unit in self.view.dropped and self.options.dropped == "gap":
                self.sheet.extent.cover(x, y, self.sizes.width + 2, self.sizes.diameter + 2)
                continue
            self.ids[unit] = numbers.id("u" if index and unit in self.view.layers[index].places else "i")
            if unit in padding:
                self._padding_unit(index, unit, x, y)
            elif unit in self.view.dropped:
                self._dropped_unit(index, unit, x, y, numbers)
            else:
                self._unit(index, unit, x, y)

    def _unit(self, index: int, unit: int, x: float, y: float) -> None:
        value = self.view.values.get(unit) if self.view.is_written(unit) else None
        name = self.panel.names[unit] + ("" if value is None else f" = {short(value, self.largest)}")
        kind = "bias" if unit in self.view.biases.values() else "unit"
        is_input, lost = self.places.is_input(index), unit in self.panel.pruning.lost
        usual = self.theme.input_fill if is_input and kind != "bias" else self.theme.unit_fill
        fill, stroke = self.marked.get(unit, ("", ""))
        fill = fill or (self.theme.background if lost else self.fills.get(unit, usual))
        label = self.panel.labels.get(unit)
        if label is not None and not self.sizes.labelled and (self.sizes.dense or not label.large):
            label = None  # a sign can be read where an index could not
        if not self._is_said(unit):
            label = None
        ink = readable(self.theme.muted if lost else self.theme.ink, self.theme.background, fill)
        width, height = self.ground.whole_layer(index) if unit in self.view.bars else (0.0, 0.0)
        if width and self.options.labels != "none" and not label:
            label = self.panel.labels.get(unit)
        self.sheet.unit(
            Unit(
                self.ids[unit],
                x,
                y,
                label,
                fill,
                f"{kind} layer{index}",
                f"{name}: no connections left" if lost else name,
                shape="box" if width else self.options.unit_shape,
                style="dashed" if kind == "bias" or lost else "solid",
                stroke=stroke or (self.theme.muted if lost else ""),
                ink="" if ink == self.theme.ink else ink,
                width=width,
                height=height,
            )
        )

    def _is_said(self, unit: int) -> bool:
        """Whether what stands in a unit may be said: all but a value that is not known yet."""
        shows = "values" in self.options.show or self.options.labels == "value"
        return not shows or unit not in self.view.values or self.view.is_written(unit)

    def _padding_unit(self, index: int, unit: int, x: float, y: float) -> None:
        filled = self.options.padding == "filled"
        fill, stroke = self.marked.get(unit, ("", ""))
        ink = readable(self.theme.ink, self.theme.background, fill) if fill else self.theme.muted
        if filled:
            fill = blend(self.theme.unit_stroke, self.theme.background, 0.25)
        self.sheet.unit(
            Unit(
                self.ids[unit],
                x,
                y,
                self.panel.labels.get(unit) if self.sizes.labelled else None,
                fill or self.theme.background,
                f"padding layer{index}",
                "padding",
                shape=self.options.unit_shape,
                style="solid" if filled else "dashed",
                stroke=stroke or ("" if filled else self.theme.faint),
                ink=ink,
            )
        )

    def _dropped_unit(self, index: int, unit: int, x: float, y: float, numbers: Numbers) -> None:
        """A unit that is crossed out; nothing leads to it or away from it."""
        name = f"{self.panel.names[unit]}, dropped"
        shape = self.options.unit_shape
        fill, stroke = self.marked.get(unit, ("", ""))
        stroke = stroke or self.theme.muted
        self.sheet.unit(Unit(self.ids[unit], x, y, None, fill, f"dropped layer{index}", name, shape, "dotted", stroke))
        reach = 0.5 * self.sizes.diameter * (math.sqrt(0.5) if shape == "circle" else 1.0)
        for up in (1, -1):
            ends = []
            for side in (-1, 1):
                ends.append(numbers.id("s"))
                self.sheet.dot(Dot(x + side * reach, y + side * up * reach, 0.0, id=ends[-1]))
            cross = Line("", ends[0], ends[1], self.theme.muted, 1.1, "cross", stub=True, arrow=False)
            self.sheet.marks.lines.append(cross)

    def _dots(self, index: int, column: Column) -> None:
        size = max(2.0, 0.11 * self.sizes.diameter)
        for along, across in column.dots:
            depth = self.ground.depths[index] + across * self.sizes.row
            inside = bool(column.across) and across not in column.across.values()
            for step in (-0.3, 0.0, 0.3):
                shifts = (0.0, step * self.sizes.row) if inside else (step, 0.0)
                self.sheet.dot(Dot(*self.ground.point(along + shifts[0], depth + shifts[1]), size, self.theme.muted))

    def _group_boxes(self, index: int) -> None:
        """A box around the channels of each group, where this layer or the next has groups, or where asked."""
        layers = self.view.layers
        if layers[index].whole:
            return  # its one unit is a box already
        groups, channels = groups_of(layers, index), layers[index].shape.channels
        room = self.sizes.box_room(self.panel.vertical)
        if layers[index].info.name in self.options.boxes:
            groups = 1
        elif groups < 2:
            return
        members: dict[int, list[tuple[float, float]]] = {}
        for unit, (channel, _) in layers[index].places.items():
            if unit in self.ground.along:
                members.setdefault(channel * groups // channels, []).append(self.ground.at(unit))
        for points in members.values():
            xs, ys = [x for x, _ in points], [y for _, y in points]
            width = max(xs) - min(xs) + self.sizes.width + room
            height = max(ys) - min(ys) + self.sizes.diameter + room
            middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
            self.sheet.box(Box(*middle, width, height, fill="", stroke=self.theme.faint))

    def _edge_texts(self) -> dict[int, str]:
        """What stands at the connections."""
        if not asks_for_labels(self.options) and self.options.theme != "print":
            return {}
        from connectivity.picture.edgelabels import edge_texts

        return edge_texts(self.view, self.panel.whole, self.options)

    def _row_titles(self) -> None:
        """The titles before the rows, ending where the widest row begins."""
        right = self.sheet.extent.left - _ROW_TITLE_GAP
        for index, title in enumerate(self.captions.row_titles):
            if not title:
                continue
            _, y = self.ground.point(0.0, self.ground.depths[index])
            self.sheet.text(Text(right, y, title, HEADING_SIZE, self.theme.ink, bold=True, align="end"))
