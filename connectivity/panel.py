"""One panel to marks: its units, arrows, stubs, group boxes and captions around its own origin."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple

from connectivity import words
from connectivity.layout import Arrangement, Column
from connectivity.metrics import text_width
from connectivity.options import Options
from connectivity.paint import Painter, Stroke, short
from connectivity.scene import LEADING, SMALL, Box, Dot, Label, Line, Scene, Sheet, Text, Unit
from connectivity.themes import THEME
from connectivity.view import Arrow, GraphView

PANEL_TITLE_SIZE, HEADING_SIZE, CAPTION_SIZE = 14.0, 12.0, 11.0
_LEAST_TITLE = 160.0  # the narrowest a panel's title is wrapped at, in points
_STUB = 20.0  # how far a stub reaches beyond its unit, in points
_DENSE_SLOPE = 0.4
_DENSE_ROWS, _DENSE_PITCH, LEAST_PITCH = 64, 14.0, 1.6  # a long column keeps its height for long
_MINIMUM_GAP, _MAXIMUM_GAP = 112.0, 520.0
_UNIT_NAME = re.compile(r"^(?P<stem>[^\W\d]+?)(?P<number>\d*)(?:\[(?P<inner>[\d,]+)\]|_?(?P<outer>\d*))$")


class Sizes(NamedTuple):
    """Sizes of units, in points; large figures get small ones without labels."""

    diameter: float
    pitch: float
    font: float
    labelled: bool
    dense: bool = False

    @classmethod
    def of(cls, rows: float, labels: bool, widest: float) -> Sizes:
        """Sizes for a column of ``rows`` pitches, its widest label ``widest`` at font size 1."""
        if rows > _DENSE_ROWS:
            pitch = max(LEAST_PITCH, _DENSE_PITCH * _DENSE_ROWS / rows)
            return cls(0.64 * pitch, pitch, 1.0, labelled=False, dense=True)
        diameter, pitch, font = (22.0, 29.0, 9.5) if rows > 27 else (30.0, 42.0, 13.0)
        needed = widest * font + 5
        if labels and needed > diameter:
            grown = min(needed, 1.5 * diameter)
            pitch += grown - diameter
            diameter = grown
            font = min(font, (diameter - 5) / widest)
        return cls(diameter, pitch, font, labelled=labels and font >= 6)

    @property
    def slope(self) -> float:
        """The depth to give a reach of 1, so that an arrow passes its target's neighbours.

        At an angle a to the column, it passes a neighbour's centre at ``pitch * sin(a)``.
        """
        clearance = min(0.9, (self.diameter / 2 + 2) / self.pitch) if not self.dense else _DENSE_SLOPE
        return clearance / math.sqrt(1 - clearance**2)


class Numbers:
    """Generated ids, in one sequence for the whole figure."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def id(self, prefix: str) -> str:
        """The next id with ``prefix``: u1, u2, ..."""
        self._next[prefix] = self._next.get(prefix, 0) + 1
        return f"{prefix}{self._next[prefix]}"


class Arranged(NamedTuple):
    """A view and where its units are; arrows between two shown units, and those with one end shown."""

    view: GraphView
    places: Arrangement
    whole: Sequence[Arrow]
    cut: Sequence[Arrow]
    labels: dict[Hashable, Label]

    @classmethod
    def of(cls, view: GraphView, options: Options) -> Arranged:
        """Arrange ``view``."""
        places = Arrangement(view, options.max_units, options.anchor)
        shown = {unit for column in places.columns for unit in column.along}
        labels = unit_labels(view, shown, "values" in options.show) if options.labels else {}
        if len(shown) == len(view.names):
            return cls(view, places, view.arrows, (), labels)
        whole, cut = [], []
        for arrow in view.arrows:
            ends = (arrow.source in shown) + (arrow.target in shown)
            if ends == 2 and not places.jumps(arrow):
                whole.append(arrow)
            elif ends:
                cut.append(arrow)
        return cls(view, places, whole, cut, labels)


def unit_labels(view: GraphView, shown: Collection[Hashable], values: bool) -> dict[Hashable, Label]:
    """The label of each shown unit: its value, or its name (``x2``, ``h1[2]``, ``h[2,3]``).

    A layer's number becomes a superscript, unless it is the only layer of its letter.
    """
    plain = {unit: Label("1") for unit in view.biases.values()}
    if values:
        plain.update((unit, Label(short(value))) for unit, value in view.values.items() if unit in shown)
    parsed = {unit: _UNIT_NAME.match(name) for unit, name in view.names.items() if unit in shown and unit not in plain}
    letters: dict[str, set[str]] = {}
    for match in parsed.values():
        if match and match["inner"]:
            letters.setdefault(match["stem"], set()).add(match["number"])
    labels = plain
    for unit, match in parsed.items():
        if match is None:
            labels[unit] = Label(view.names[unit][:40])
        elif match["inner"] is None:
            labels[unit] = Label(match["stem"], "", match["number"] + match["outer"])
        else:
            alone = len(letters[match["stem"]]) == 1 or not match["number"]
            labels[unit] = Label(match["stem"], "" if alone else f"({match['number']})", match["inner"])
    return labels


def label_width(label: Label) -> float:
    """The width of a label at font size 1."""
    small = text_width(label.sup, SMALL) + text_width(label.sub, SMALL)
    return text_width(label.stem, 1.0, "italic") + small


class PanelDrawer:
    """Draws one panel on a sheet of its own; the middle of its first layer is the origin."""

    def __init__(
        self, arranged: Arranged, painter: Painter, title: str | None, sizes: Sizes, options: Options, paper: Scene
    ) -> None:
        self.view, self.places, self.painter, self.title = arranged.view, arranged.places, painter, title
        self.arranged, self.sizes, self.options = arranged, sizes, options
        self.theme = THEME[options.theme]
        self.vertical = options.direction in ("BT", "TB")
        layers = self.view.layers
        self.captions = [words.caption(layer, n) for n, layer in enumerate(layers)] if options.captions else []
        for index, heading in enumerate(options.layer_titles[: len(self.captions)]):
            self.captions[index] = (words.one_line(heading), self.captions[index][1])
        self.dense = paper.dense
        self.sheet = Sheet(Scene(paper.background, paper.ink, paper.unit_stroke, sizes.diameter, sizes.font))
        self.depths = self._depths()
        self.ids: dict[Hashable, str] = {}

    def draw(self, numbers: Numbers) -> None:
        """Draw the network itself."""
        labels = self.arranged.labels if self.sizes.labelled else {}
        for index, column in enumerate(self.places.columns):
            self._units(index, column, labels, numbers)
            self._dots(index, column)
            self._group_boxes(index, column)
        self._arrows(numbers)
        self._stubs(numbers)

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
        if self.title:
            x = self.point(0.0, (self.depths[0] + self.depths[-1]) / 2)[0]
            width = max(self.sheet.extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, x, top, width, PANEL_TITLE_SIZE, gap=12.0)

    def point(self, along: float, depth: float) -> tuple[float, float]:
        """A place on paper from one along the layer (in pitches) and one across layers (in points)."""
        offset = along * self.sizes.pitch
        return {
            "LR": (depth, -offset),
            "RL": (-depth, -offset),
            "TB": (offset, -depth),
            "BT": (offset, depth),
        }[self.options.direction]

    def _depths(self) -> list[float]:
        """Where each layer's column stands: far enough apart for its arrows and its caption."""
        depths = [0.0]
        reaches = self._reaches()
        for index in range(1, len(self.view.layers)):
            gap = max(_MINIMUM_GAP, self.sizes.slope * reaches[index] * self.sizes.pitch)
            if not self.sizes.dense:
                gap = min(gap, _MAXIMUM_GAP)
            if self.captions:
                room = self._caption_height if self.vertical else self._caption_width
                gap = max(gap, (room(index - 1) + room(index)) / 2 + 18)
            depths.append(depths[-1] + gap)
        return depths

    def _reaches(self) -> list[float]:
        """How far the arrows into each layer run along it, at most, in pitches."""
        reaches = [0.0] * len(self.view.layers)
        along = {unit: place for column in self.places.columns for unit, place in column.along.items()}
        for arrow in self.arranged.whole:
            reach = abs(along[arrow.target] - along[arrow.source])
            if reach > reaches[arrow.layer]:
                reaches[arrow.layer] = reach
        return reaches

    def _caption_width(self, index: int) -> float:
        heading, lines = self.captions[index]
        return max(text_width(heading, HEADING_SIZE, "semibold"), *(text_width(line, CAPTION_SIZE) for line in lines))

    def _caption_height(self, index: int) -> float:
        return (HEADING_SIZE + CAPTION_SIZE * len(self.captions[index][1])) * LEADING

    def _units(self, index: int, column: Column, labels: dict[Hashable, Label], numbers: Numbers) -> None:
        fill = self.theme.unit_fill if index else self.theme.input_fill
        for unit, along in column.along.items():
            self.ids[unit] = numbers.id("u")
            x, y = self.point(along, self.depths[index])
            value = self.view.values.get(unit)
            name = self.view.names[unit] + ("" if value is None else f" = {short(value)}")
            kind = "bias" if unit == self.view.biases.get(index) else "unit"
            self.sheet.unit(Unit(self.ids[unit], x, y, labels.get(unit), fill, f"{kind} layer{index}", name))

    def _dots(self, index: int, column: Column) -> None:
        size = max(2.0, 0.11 * self.sizes.diameter)
        for middle in column.dots:
            for step in (-0.3, 0.0, 0.3):
                self.sheet.dot(Dot(*self.point(middle + step, self.depths[index]), size, self.theme.muted))

    def _group_boxes(self, index: int, column: Column) -> None:
        """A box around the channels of each group, where this layer or the next has groups, or where asked."""
        layers = self.view.layers
        following = layers[index + 1].info.groups if index + 1 < len(layers) else 1
        groups = layers[index].info.groups if layers[index].info.groups > 1 else following
        channels = layers[index].shape.channels
        if layers[index].info.name in self.options.boxes:
            groups = 1
        elif groups < 2 or channels % groups:
            return
        members: dict[int, list[float]] = {}
        for channel, ends in column.channels.items():
            members.setdefault(channel * groups // channels, []).extend(ends)
        for places in members.values():
            low, high = min(places), max(places)
            x, y = self.point((low + high) / 2, self.depths[index])
            long = (high - low) * self.sizes.pitch + self.sizes.diameter + 14
            wide = self.sizes.diameter + 14
            size = (long, wide) if self.vertical else (wide, long)
            self.sheet.box(Box(x, y, *size, fill="", stroke=self.theme.faint))

    def _arrows(self, numbers: Numbers) -> None:
        """The arrows; each has an id, classes and a tooltip, unless there are too many."""
        lines, ids, painter, faint = self.sheet.marks.lines, self.ids, self.painter, self._faint()
        if self.dense:
            for arrow in self.arranged.whole:
                colour, width = painter(arrow) or faint
                lines.append(Line("", ids[arrow.source], ids[arrow.target], colour, width))
            return
        classes: dict[tuple[int, str | None], str] = {}
        for arrow in self.arranged.whole:
            colour, width = painter(arrow) or faint
            key = (arrow.layer, arrow.parameter)
            if key not in classes:
                classes[key] = f"edge layer{arrow.layer} {numbers.id('w')}"
            tip = words.arrow_tip(arrow, self.view.names)
            line = Line(numbers.id("e"), ids[arrow.source], ids[arrow.target], colour, width, classes[key], tip)
            lines.append(line)

    def _faint(self) -> Stroke:
        return Stroke(self.theme.faint, 1.0)

    def _stubs(self, numbers: Numbers) -> None:
        """A short piece at each shown end of an arrow that is not drawn whole; one for each direction."""
        seen: set[tuple[Hashable, str, float, float]] = set()
        ends = [(arrow, outgoing) for arrow in self.arranged.cut for outgoing in (True, False)]
        for arrow, outgoing in ends:
            shown, hidden = (arrow.source, arrow.target) if outgoing else (arrow.target, arrow.source)
            if shown not in self.ids:
                continue
            x, y, own = self._stub_end(shown, hidden)
            stroke = self.painter(arrow) if own else None
            colour = (stroke or self._faint()).colour
            key = (shown, colour, round(x), round(y))
            if key in seen:
                continue
            seen.add(key)
            end = numbers.id("s")
            self.sheet.dot(Dot(x, y, 0.0, id=end))
            tail, head = (self.ids[shown], end) if outgoing else (end, self.ids[shown])
            line = Line("", tail, head, colour, 1.0, "stub", stub=True, arrow=not outgoing)
            self.sheet.marks.lines.append(line)

    def _stub_end(self, shown: Hashable, hidden: Hashable) -> tuple[float, float, bool]:
        """Where a stub ends on paper, and whether it points to the hidden unit's own place."""
        layers = self.view.layer_of
        here, there = layers[shown], layers[hidden]
        ghost, own = self.places.ghost(there, hidden, (here, shown))
        x, y = self.point(self.places.columns[here].along[shown], self.depths[here])
        goal_x, goal_y = self.point(ghost, self.depths[there])
        beyond = _STUB if not self.sizes.dense else 0.6 * self.sizes.pitch
        share = (self.sizes.diameter / 2 + beyond) / math.hypot(goal_x - x, goal_y - y)
        return x + (goal_x - x) * share, y + (goal_y - y) * share, own

    def _caption(self, index: int, x: float, top: float, align: str) -> None:
        heading, lines = self.captions[index]
        y = top - HEADING_SIZE * LEADING / 2
        self.sheet.text(Text(x, y, heading, HEADING_SIZE, self.theme.ink, bold=True, align=align))
        height = CAPTION_SIZE * LEADING * len(lines)
        y = top - HEADING_SIZE * LEADING - 1 - height / 2
        self.sheet.text(Text(x, y, "\n".join(lines), CAPTION_SIZE, self.theme.muted, align=align))
