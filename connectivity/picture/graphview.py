"""One panel to marks: its units, arrows, stubs, group boxes and captions around its own origin."""

from __future__ import annotations

import itertools
import math

from connectivity.colour.paint import lettered
from connectivity.colour.spaces import blend, readable
from connectivity.graphs import words
from connectivity.graphs.wiring import groups_of
from connectivity.layout.columns import Column
from connectivity.layout.frames import BLOCK_GAP
from connectivity.layout.sizes import Sizes
from connectivity.picture.connections import ConnectionDrawer, Numbers
from connectivity.picture.labels import label_width
from connectivity.picture.panel import Panel
from connectivity.scene import LEADING, Box, Dot, Line, Scene, Sheet, Text, Unit
from connectivity.typeset.markup import rich_width
from connectivity.typeset.text import short

PANEL_TITLE_SIZE, HEADING_SIZE, CAPTION_SIZE = 14.0, 12.0, 11.0
_LEAST_TITLE = 160.0  # the narrowest a panel's title is wrapped at, in points
_MINIMUM_GAP, _LABELLED_GAP, _MAXIMUM_GAP = 112.0, 136.0, 520.0
_ROW_TITLE_GAP = 18.0


class GraphDrawer:
    """Draws the graph of one panel on a sheet of its own; the middle of its first layer is the origin."""

    def __init__(self, panel: Panel, sizes: Sizes, paper: Scene) -> None:
        self.panel, self.sizes, self.options = panel, sizes, panel.options
        self.view, self.places, self.title = panel.wiring, panel.arrangement, panel.title
        self.theme, self.vertical = panel.theme, panel.vertical
        self.painter, self.fills = panel.painter, panel.fills
        self.largest = self.view.largest
        self.marked: dict[int, tuple[str, str]] = {}
        if self.options.highlight:
            from connectivity.picture.highlight import emphasised, marked_units

            self.painter = emphasised(panel.painter, panel.marks, self.options)
            self.marked = marked_units(panel.marks, self.options)
        layers = self.view.layers
        self.captions = [words.caption(layer, n) for n, layer in enumerate(layers)] if self.options.captions else []
        for index, heading in enumerate(self.options.layer_titles[: len(self.captions)]):
            if heading.strip():
                self.captions[index] = (words.one_line(heading), self.captions[index][1])
        self.row_titles = [words.one_line(title) for title in self.options.row_titles[: len(layers)]]
        self.dense = paper.dense
        self.sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, sizes.diameter, sizes.width, sizes.font)
        )
        self.texts = self._edge_texts()
        self.depths = self._depths()
        self.ids: dict[int, str] = {}
        self.points: dict[int, tuple[float, float]] = {}

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself."""
        for index, column in enumerate(self.places.columns):
            self._units(index, column, numbers)
            self._dots(index, column)
            self._group_boxes(index)
        lines = ConnectionDrawer(self)
        lines.arrows(numbers)
        lines.labels()
        lines.stubs(numbers)
        if self.vertical:
            self._row_titles()

    def add_captions(self, bottom: float) -> None:
        """Say what each layer is: under the columns, from ``bottom`` down, or beside the rows."""
        if self.vertical:
            x = self.sheet.extent.right + 20
            for index in range(len(self.captions)):
                _, middle = self.point(0.0, self.depths[index])
                self._caption(index, x, middle + self._caption_height(index) / 2, "start")
        else:
            for index in range(len(self.captions)):
                self._caption(index, self.point(0.0, self.depths[index])[0], bottom - 12, "middle")

    def add_title(self, top: float) -> None:
        """Put the title above ``top``."""
        if not self.vertical and self.row_titles:
            for index, title in enumerate(self.row_titles):
                if not title:
                    continue
                x, _ = self.point(0.0, self.depths[index])
                y = top + 10 + HEADING_SIZE * LEADING / 2
                self.sheet.text(Text(x, y, title, HEADING_SIZE, self.theme.ink, bold=True))
            top = self.sheet.extent.top
        if self.title:
            x = self.point(0.0, (self.depths[0] + self.depths[-1]) / 2)[0]
            width = max(self.sheet.extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, x, top, width, PANEL_TITLE_SIZE, gap=12.0)

    def middle(self) -> float:
        """The height of the middle of the network."""
        return self.point(0.0, (self.depths[0] + self.depths[-1]) / 2)[1]

    def point(self, along: float, depth: float) -> tuple[float, float]:
        """A place on paper from one along the layer (in pitches) and one across layers (in points)."""
        offset = along * self.sizes.pitch
        return {
            "LR": (depth, -offset),
            "RL": (-depth, -offset),
            "TB": (offset, -depth),
            "BT": (offset, depth),
        }[self.options.direction]

    def gaps(self) -> list[float]:
        """From each layer to the next, in points."""
        return [after - before for before, after in itertools.pairwise(self.depths)]

    def _depths(self) -> list[float]:
        """Where each layer's column stands: far enough apart for its arrows and its caption."""
        depths = [0.0]
        reaches = self._reaches()
        thick = [column.depth() * self.sizes.row for column in self.places.columns]
        if not self.vertical:
            for index, layer in enumerate(self.view.layers):
                thick[index] += self.whole_layer(index)[0] - self.sizes.width if layer.whole else 0.0
        for index in range(1, len(self.view.layers)):
            gap = max(self._least_gap(index), self.sizes.slope * reaches[index] * self.sizes.pitch)
            if not self.sizes.dense:
                gap = min(gap, _MAXIMUM_GAP)
            gap += (thick[index - 1] + thick[index]) / 2 + max(0.0, self.sizes.width - 2 * self.sizes.diameter)
            for rooms in (self._caption_rooms(), self._title_rooms()):
                if rooms:
                    gap = max(gap, (rooms[index - 1] + rooms[index]) / 2 + 18)
            depths.append(depths[-1] + gap)
        return depths

    def _least_gap(self, index: int) -> float:
        """The least depth before a layer: more where the texts at its connections need the room."""
        if not self.texts:
            return _MINIMUM_GAP
        into = [connection for connection in self.panel.whole if self.view.layer(connection) == index]
        texts = [self.texts[connection] for connection in into if connection in self.texts]
        if not texts:
            return _MINIMUM_GAP
        from connectivity.picture import edgelabels

        spans = [column.span() for column in self.places.columns[index - 1 : index + 1]]
        length = max(high - low for low, high in spans) * self.sizes.pitch
        return max(_LABELLED_GAP, edgelabels.room(texts, length))

    def _reaches(self) -> list[float]:
        """How far the arrows into each layer run along it, at most, in pitches."""
        reaches = [0.0] * len(self.view.layers)
        along = {unit: place for column in self.places.columns for unit, place in column.along.items()}
        sources, targets, layer_of = self.view.sources, self.view.targets, self.view.layer_of
        for connection in self.panel.whole:
            target = targets[connection]
            reach = abs(along[target] - along[sources[connection]])
            if reach > reaches[layer_of[target]]:
                reaches[layer_of[target]] = reach
        return reaches

    def _caption_rooms(self) -> list[float]:
        room = self._caption_height if self.vertical else self._caption_width
        return [room(index) for index in range(len(self.captions))]

    def _title_rooms(self) -> list[float]:
        if self.vertical or not self.row_titles:
            return []
        widths = [rich_width(title, HEADING_SIZE, "semibold") for title in self.row_titles]
        return widths + [0.0] * (len(self.view.layers) - len(widths))

    def _caption_width(self, index: int) -> float:
        heading, lines = self.captions[index]
        return max(rich_width(heading, HEADING_SIZE, "semibold"), *(rich_width(line, CAPTION_SIZE) for line in lines))

    def _caption_height(self, index: int) -> float:
        return (HEADING_SIZE + CAPTION_SIZE * len(self.captions[index][1])) * LEADING

    def _units(self, index: int, column: Column, numbers: Numbers) -> None:
        padding = self.view.layers[index].padding
        for unit, along in column.along.items():
            x, y = self.point(along, self.depths[index] + column.across.get(unit, 0.0) * self.sizes.row)
            self.points[unit] = (x, y)
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
        value = self.view.values.get(unit)
        name = self.panel.names[unit] + ("" if value is None else f" = {short(value, self.largest)}")
        kind = "bias" if unit in self.view.biases.values() else "unit"
        usual = self.theme.unit_fill if index or kind == "bias" else self.theme.input_fill
        fill, stroke = self.marked.get(unit, ("", ""))
        fill = fill or self.fills.get(unit, usual)
        label = self.panel.labels.get(unit) if self.sizes.labelled else None
        ink = readable(self.theme.ink, self.theme.background, fill)
        width, height = self.whole_layer(index) if unit in self.view.bars else (0.0, 0.0)
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
                name,
                shape="box" if width else self.options.unit_shape,
                style="dashed" if kind == "bias" else "solid",
                stroke=stroke,
                ink="" if ink == self.theme.ink else ink,
                width=width,
                height=height,
            )
        )

    def whole_layer(self, index: int) -> tuple[float, float]:
        """Width and height of a unit that stands for a layer: as long as the longest column next to it, or its text."""
        long, wide = self.places.bar(index) * self.sizes.pitch + self.sizes.diameter, self.sizes.diameter
        label = self.panel.labels.get(self.view.layers[index].units[0])
        text = label_width(label) * self.sizes.font + 12 if label and self.options.labels != "none" else 0.0
        return (max(long, text), wide) if self.vertical else (max(wide, text), long)

    def _padding_unit(self, index: int, unit: int, x: float, y: float) -> None:
        filled = self.options.padding == "filled"
        fill, stroke = self.marked.get(unit, ("", ""))
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
                ink=self.theme.muted,
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
            depth = self.depths[index] + across * self.sizes.row
            inside = bool(column.across) and across not in column.across.values()
            for step in (-0.3, 0.0, 0.3):
                shifts = (0.0, step * self.sizes.row) if inside else (step, 0.0)
                self.sheet.dot(Dot(*self.point(along + shifts[0], depth + shifts[1]), size, self.theme.muted))

    def _group_boxes(self, index: int) -> None:
        """A box around the channels of each group, where this layer or the next has groups, or where asked."""
        layers = self.view.layers
        if layers[index].whole:
            return  # its one unit is a box already
        groups, channels = groups_of(layers, index), layers[index].shape.channels
        room = min(14.0, 0.9 * BLOCK_GAP * self.sizes.pitch)
        if layers[index].info.name in self.options.boxes:
            groups = 1
        elif groups < 2:
            return
        members: dict[int, list[tuple[float, float]]] = {}
        for unit, (channel, _) in layers[index].places.items():
            if unit in self.points:
                members.setdefault(channel * groups // channels, []).append(self.points[unit])
        for points in members.values():
            xs, ys = [x for x, _ in points], [y for _, y in points]
            width = max(xs) - min(xs) + self.sizes.width + room
            height = max(ys) - min(ys) + self.sizes.diameter + room
            middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
            self.sheet.box(Box(*middle, width, height, fill="", stroke=self.theme.faint))

    def _edge_texts(self) -> dict[int, str]:
        """What stands at the connections."""
        chosen = self.options.edge_labels
        if chosen == "none" or (chosen == "auto" and not lettered(self.options)):
            return {}
        from connectivity.picture.edgelabels import edge_texts

        return edge_texts(self.view, self.panel.whole, self.options)

    def _row_titles(self) -> None:
        """The titles before the rows, ending where the widest row begins."""
        right = self.sheet.extent.left - _ROW_TITLE_GAP
        for index, title in enumerate(self.row_titles):
            if not title:
                continue
            _, y = self.point(0.0, self.depths[index])
            self.sheet.text(Text(right, y, title, HEADING_SIZE, self.theme.ink, bold=True, align="end"))

    def _caption(self, index: int, x: float, top: float, align: str) -> None:
        heading, lines = self.captions[index]
        y = top - HEADING_SIZE * LEADING / 2
        self.sheet.text(Text(x, y, heading, HEADING_SIZE, self.theme.ink, bold=True, align=align))
        height = CAPTION_SIZE * LEADING * len(lines)
        y = top - HEADING_SIZE * LEADING - 1 - height / 2
        self.sheet.text(Text(x, y, "\n".join(lines), CAPTION_SIZE, self.theme.muted, align=align))
