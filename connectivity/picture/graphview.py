"""One panel to marks: its units, arrows, stubs, group boxes and captions around its own origin."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from connectivity.colour.paint import lettered
from connectivity.colour.spaces import blend, readable
from connectivity.graphs import words
from connectivity.graphs.wiring import groups_of
from connectivity.layout.branches import BRANCH_GAP
from connectivity.layout.columns import Column
from connectivity.layout.frames import BLOCK_GAP
from connectivity.layout.sizes import Sizes
from connectivity.layout.skips import Skip, Way
from connectivity.picture.connections import ConnectionDrawer, Numbers
from connectivity.picture.labels import label_width
from connectivity.picture.panel import Panel
from connectivity.picture.rectangles import Rectangle
from connectivity.picture.routes import Router
from connectivity.picture.sides import Side
from connectivity.scene import LEADING, Box, Dot, Line, Scene, Sheet, Text, Unit
from connectivity.typeset.markup import rich_width
from connectivity.typeset.text import listed, short

PANEL_TITLE_SIZE, HEADING_SIZE, CAPTION_SIZE = 14.0, 12.0, 11.0
_LEAST_TITLE = 160.0  # the narrowest a panel's title is wrapped at, in points
_MINIMUM_GAP, _LABELLED_GAP, _MAXIMUM_GAP = 112.0, 136.0, 520.0
_BRANCHING_GAP = 84.0  # the least depth where there are branches, whose networks have many columns
_ROW_TITLE_GAP = 18.0
_CAPTION_GAP = 8.0  # from units to a caption right over or under them, in points
_WIDER = (1.0, 1.4, 2.0, 2.8)  # how many times the gap between branches is tried for a caption that is in the way
_STEEPEST = 1.4  # how steeply lines come to a branch, at most, where a caption stands over it
_FAN = 0.75  # the depth to give a reach of 1 where branches part or meet
_SKIP_ROOM = 34.0  # more depth before a layer whose skips start or end there, in points
_BRACKET, _TOOTH, _STEM = 16.0, 8.0, 14.0  # from units to a bracket, its teeth and its stem, in points


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
        self.captions = [self._said(n) for n in range(len(layers))] if self.options.captions else []
        for index, heading in enumerate(self.options.layer_titles[: len(self.captions)]):
            if heading.strip():
                self.captions[index] = (words.one_line(heading), self.captions[index][1])
        self.row_titles = [words.one_line(title) for title in self.options.row_titles[: len(layers)]]
        self.dense = paper.dense
        self.sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, sizes.diameter, sizes.width, sizes.font)
        )
        self.texts = self._edge_texts()
        self.branches = self.places.branches
        self.sides = self._caption_sides()
        self.router = Router(self)
        self._stand()
        self.ids: dict[int, str] = {}
        self.points: dict[int, tuple[float, float]] = {}

    def _stand(self) -> None:
        """Find where columns stand; branches so far apart that no line crosses a caption between them."""
        for wider in _WIDER:
            if self.branches.branching:
                self.places.spread([wider * gap for gap in self._branch_gaps()])
                self.panel.settle_skips()
            self.along = {unit: place for column in self.places.columns for unit, place in column.along.items()}
            self.level_depths = self._level_depths()
            if not self._captions_are_crossed():
                break

    def _captions_are_crossed(self) -> bool:
        """Whether a straight line runs through a caption that stands between two branches."""
        behind = [index for index, side in enumerate(self.sides) if side is Side.BEHIND and self.captions]
        depths, layer_of = self.depths, self.view.layer_of
        ends = [(self.view.sources[one], self.view.targets[one]) for one in self.panel.whole] if behind else []
        lines = [tuple((self.along[unit] * self.sizes.pitch, depths[layer_of[unit]]) for unit in pair) for pair in ends]
        for index in behind:
            along = self.places.columns[index].span()[1] * self.sizes.pitch + self.sizes.diameter / 2 + _CAPTION_GAP
            sides = self._caption_height(index), self._caption_width(index)
            tall, wide = (sides[1], sides[0]) if self.vertical else sides
            box = Rectangle(along, depths[index] - wide / 2, along + tall, depths[index] + wide / 2)
            if any(box.is_crossed(*line) for line in lines):
                return True
        return False

    def _said(self, index: int) -> tuple[str, list[str]]:
        """A layer's caption; one that takes what is joined says what that is."""
        layers = self.view.layers
        heading, lines = words.caption(layers[index], index)
        joins, takes = self.places.branches.joins, self.places.branches.takes[index]
        if any(source in joins for source in layers[index].inputs) and index not in joins:
            names = [layers[source].info.name for source in dict.fromkeys(takes)]
            lines = [f"of {listed(names)}", *lines]
        return heading, lines

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself."""
        for index, column in enumerate(self.places.columns):
            self._units(index, column, numbers)
            self._dots(index, column)
            self._group_boxes(index)
        self._brackets(numbers)
        lines = ConnectionDrawer(self)
        lines.arrows(numbers)
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
        for index, side in enumerate(self.sides):
            if side is not None and index < len(self.captions):
                self._caption(index, *self._caption_place(index, side, bottom, right))

    def _caption_sides(self) -> list[Side | None]:
        """Where each layer's caption stands."""
        sides: list[Side | None] = [None] * len(self.view.layers)
        for level in range(self.branches.depth):
            own = sorted(self.branches.at(level), key=lambda index: self.places.shifts[index])
            if len(own) > 1 and not any(self._goes_on(index) for index in own):
                sides = [Side.BEYOND if index in own else side for index, side in enumerate(sides)]
                continue
            for place, index in enumerate(own):
                sides[index] = Side.BASE if place == len(own) - 1 else Side.BEFORE if place == 0 else Side.BEHIND
        for index in self.branches.joins:
            sides[index] = Side.BRACKET if self._is_bracket(index) and not self._is_read(index) else None
        return sides

    def _caption_place(self, index: int, side: Side, bottom: float, right: float) -> tuple[float, float, str]:
        """The x, the top and the alignment of a caption."""
        low, high = self.places.columns[index].span()
        if side is Side.BEFORE:
            low = self._clear_of_lines(index)
        depth, height = self.depths[index], self._caption_height(index)
        if side is Side.BRACKET:
            return self._bracket_caption(index)
        if side is Side.BEYOND:
            level = self.branches.levels[index]
            return self._beside((low + high) / 2, self.level_depths[level] + self.half_depth(level) + 12, height)
        if self.vertical:
            half = self.sizes.width / 2 + 12
            _, middle = self.point(0.0, depth)
            top = middle + height / 2
            if side is Side.BASE:
                return right, top, "start"
            x = self.point(low, depth)[0] - half if side is Side.BEFORE else self.point(high, depth)[0] + half
            return x, top, "end" if side is Side.BEFORE else "start"
        x = self.point(0.0, depth)[0]
        if side is Side.BASE:
            return x, bottom - 12, "middle"
        half = self.sizes.diameter / 2 + _CAPTION_GAP
        if side is Side.BEFORE:
            return x, self.point(low, depth)[1] + half + height, "middle"
        return x, self.point(high, depth)[1] - half, "middle"

    def _clear_of_lines(self, index: int) -> float:
        """Where a caption before a layer ends, in pitches: no line to or from the columns beside it comes there."""
        level = self.branches.levels[index]
        beside = [one for near in (level - 1, level, level + 1) for one in self.branches.at(near)]
        return min(self.places.columns[one].span()[0] for one in beside)

    def _branch_gaps(self) -> list[float]:
        """What each layer needs behind it beside the usual gap, in pitches: room for captions between branches."""
        gaps = [0.0] * len(self.view.layers)
        for index, side in enumerate(self.sides):
            if side is Side.BEHIND and self.captions:
                if self.vertical:
                    needed = self._caption_width(index) + 24
                else:  # lines that come to the next branch from above pass beside it
                    needed = self._caption_height(index) + 2 * _CAPTION_GAP + _STEEPEST * self._caption_width(index) / 2
                gaps[index] = max(0.0, needed / self.sizes.pitch - BRANCH_GAP + 1)
        return gaps

    def _goes_on(self, index: int) -> bool:
        """Whether connections lead on from a layer, be it through a join."""
        return any(
            index in layer.inputs and (other not in self.branches.joins or self._is_read(other))
            for other, layer in enumerate(self.view.layers)
        )

    def _is_read(self, index: int) -> bool:
        """Whether any layer takes a join, directly or through others."""
        return any(
            index in layer.inputs and (other not in self.branches.joins or self._is_read(other))
            for other, layer in enumerate(self.view.layers)
        )

    def _is_bracket(self, index: int) -> bool:
        """Whether what a join joins stands side by side."""
        takes = self.branches.takes[index]
        levels = {self.branches.levels[one] for one in takes}
        return len(levels) == 1 and len(set(takes)) > 1

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
            x = self.point(0.0, self.level_depths[-1] / 2)[0]
            width = max(self.sheet.extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, x, top, width, PANEL_TITLE_SIZE, gap=12.0)

    def middle(self) -> float:
        """The height of the middle of the network."""
        return self.point(0.0, self.level_depths[-1] / 2)[1]

    @property
    def depths(self) -> list[float]:
        """Where each layer's column stands across layers, in points."""
        return [self.level_depths[level] for level in self.branches.levels]

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
        """From each column to the next, in points."""
        return [after - before for before, after in itertools.pairwise(self.level_depths)]

    def half_depth(self, level: int) -> float:
        """From the middle of a column to its border, in points."""
        thick = max((self.places.columns[index].depth() for index in self.branches.at(level)), default=0.0)
        return thick * self.sizes.row / 2 + (self.sizes.diameter if self.vertical else self.sizes.width) / 2

    def reach(self, level: int) -> float:
        """From the middle of a column to its border, or to that of the captions on its other side, in points."""
        room = self._caption_height if self.vertical else self._caption_width
        before = [room(index) / 2 + 8 for index in self.branches.at(level) if self.sides[index] is Side.BEFORE]
        return max([self.half_depth(level), *(before if self.captions else [])])

    def top_of(self, skip: Skip) -> float:
        """Where units and captions begin, along the columns that a skip passes and its own, in points."""
        levels = self.branches.levels
        tops = []
        for level in range(levels[skip.source], levels[skip.target] + 1):
            for index in self.branches.at(level):
                low, room = self.places.columns[index].span()[0], 0.0
                if self.sides[index] is Side.BEFORE and self.captions:
                    low = self._clear_of_lines(index)
                    room = _CAPTION_GAP + (self._caption_width(index) if self.vertical else self._caption_height(index))
                tops.append(low * self.sizes.pitch - self.sizes.diameter / 2 - room)
        return min(tops, default=0.0)

    def _level_depths(self) -> list[float]:
        """Where each column stands: far enough from the one before it for its arrows and its caption."""
        depths = [0.0]
        reaches, more = self._reaches(), self._skip_rooms()
        rooms = self._rooms()
        thick = [self._thickness(level) for level in range(self.branches.depth)]
        for level in range(1, self.branches.depth):
            fan = len(self.branches.at(level)) > 1 or len(self.branches.at(level - 1)) > 1
            slope = max(self.sizes.slope, _FAN) if fan else self.sizes.slope
            gap = max(self._least_gap(level), slope * reaches[level] * self.sizes.pitch)
            if not self.sizes.dense:
                gap = min(gap, _MAXIMUM_GAP)
            gap += (thick[level - 1] + thick[level]) / 2 + max(0.0, self.sizes.width - 2 * self.sizes.diameter)
            for room in rooms:
                gap = max(gap, (room[level - 1] + room[level]) / 2 + 18)
            depths.append(depths[-1] + gap + more[level])
        return depths

    def _thickness(self, level: int) -> float:
        """How much thicker than a column of single units a level is, in points."""
        thick = [0.0]
        for index in self.branches.at(level):
            own = self.places.columns[index].depth() * self.sizes.row
            if self.view.layers[index].whole and not self.vertical:
                own += self.whole_layer(index)[0] - self.sizes.width
            thick.append(own)
        return max(thick)

    def _rooms(self) -> list[list[float]]:
        """What captions, and titles over columns, take of each level."""
        rooms = []
        for own in (self._caption_rooms(), self._title_rooms()):
            if own:
                by_level = [0.0] * self.branches.depth
                for index, room in enumerate(own):
                    if index not in self.branches.joins:
                        level = self.branches.levels[index]
                        by_level[level] = max(by_level[level], room)
                rooms.append(by_level)
        return rooms

    def _least_gap(self, level: int) -> float:
        """The least depth before a level: more where the texts at its connections need the room."""
        least = _BRANCHING_GAP if self.branches.branching else _MINIMUM_GAP
        if not self.texts:
            return least
        layers = set(self.branches.at(level))
        into = [connection for connection in self.panel.whole if self.view.layer(connection) in layers]
        texts = [self.texts[connection] for connection in into if connection in self.texts]
        if not texts:
            return least
        from connectivity.picture import edgelabels

        spans = [self.places.columns[index].span() for one in (level - 1, level) for index in self.branches.at(one)]
        length = max(high - low for low, high in spans) * self.sizes.pitch
        return max(_LABELLED_GAP, edgelabels.room(texts, length))

    def _reaches(self) -> list[float]:
        """How far the arrows into each level run along it, at most, in pitches."""
        reaches = [0.0] * self.branches.depth
        along, levels = self.along, self.branches.levels
        sources, targets, layer_of = self.view.sources, self.view.targets, self.view.layer_of
        for connection in self.panel.whole:
            source, target = sources[connection], targets[connection]
            here, there = layer_of[source], layer_of[target]
            reach, level = abs(along[target] - along[source]), levels[there]
            skip = self.panel.skips.get((here, there))
            if skip is not None and skip.way is Way.STRAIGHT:
                reach /= max(1, level - levels[here])
            elif skip is not None and skip.direct and skip.way is not Way.TRACK:
                continue  # it runs along its row, or its lane
            if reach > reaches[level]:
                reaches[level] = reach
        return reaches

    def _skip_rooms(self) -> list[float]:
        """What skips need before each level, in points: for their junctions, and for the lanes of buses."""
        rooms, levels = [0.0] * (self.branches.depth + 1), self.branches.levels
        for skip in self.panel.skips.values():
            here, there = levels[skip.source] + 1, levels[skip.target]
            if skip.way is Way.BUS:
                outside = skip.direct and self.router.goes_outside(skip)
                lanes = self.router.width(skip) + _SKIP_ROOM
                for level in (there + 1,) if outside else (here, there):
                    beside = [self.reach(one) - self.half_depth(one) for one in (level - 1, level)]
                    rooms[level] = max(rooms[level], lanes + max(beside))
            elif skip.way is Way.TRACK or (skip.way is Way.HOP and not skip.direct):
                rooms[there] = max(rooms[there], _SKIP_ROOM)
        return rooms

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

    def _brackets(self, numbers: Numbers) -> None:
        """A bracket behind the layers that a join joins, where these stand side by side."""
        for index in sorted(self.branches.joins):
            if not self._is_bracket(index):
                continue
            takes = self.branches.takes[index]
            level = self.branches.levels[takes[0]]
            depth = self.level_depths[level] + self.half_depth(level) + self._bracket_depth(takes)
            spans = sorted(self.places.columns[one].span() for one in dict.fromkeys(takes))
            reach = 0.5 * self.sizes.diameter / self.sizes.pitch
            colour = self.theme.faint if self._is_read(index) else self.theme.ink
            for low, high in spans:
                for end in (low - reach, high + reach):
                    self._mark(numbers, colour, (end, depth - _TOOTH), (end, depth))
            first, last = spans[0][0] - reach, spans[-1][1] + reach
            self._mark(numbers, colour, (first, depth), (last, depth))
            if not self._is_read(index):
                middle = (first + last) / 2
                self._mark(numbers, colour, (middle, depth), (middle, depth + _STEM))

    def _mark(self, numbers: Numbers, colour: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A straight stroke from one place to another, each along (in pitches) and across layers (in points)."""
        ends = []
        for along, depth in (start, end):
            x, y = self.point(along, depth)
            ends.append(numbers.id("s"))
            self.sheet.dot(Dot(x, y, 0.0, id=ends[-1]))
        self.sheet.line(Line("", ends[0], ends[1], colour, 1.3, "bracket", stub=True, arrow=False))

    def _bracket_caption(self, index: int) -> tuple[float, float, str]:
        """Where the caption of a join stands: at the stem of its bracket."""
        takes = self.branches.takes[index]
        spans = [self.places.columns[one].span() for one in takes]
        middle = (min(low for low, _ in spans) + max(high for _, high in spans)) / 2
        level = self.branches.levels[takes[0]]
        depth = self.level_depths[level] + self.half_depth(level) + self._bracket_depth(takes) + _STEM + 8
        return self._beside(middle, depth, self._caption_height(index))

    def _bracket_depth(self, takes: Sequence[int]) -> float:
        """From units to their bracket, in points: behind the captions that stand there."""
        if not self.captions or not any(self.sides[one] is Side.BEYOND for one in takes):
            return _BRACKET
        room = self._caption_height if self.vertical else self._caption_width
        return _BRACKET + 12 + max(map(room, takes))

    def _beside(self, along: float, depth: float, height: float) -> tuple[float, float, str]:
        """The x, the top and the alignment of a caption that stands beyond a place, away from the network."""
        x, y = self.point(along, depth)
        return {
            "LR": (x, y + height / 2, "start"),
            "RL": (x, y + height / 2, "end"),
            "BT": (x, y + height, "middle"),
            "TB": (x, y, "middle"),
        }[self.options.direction]

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
