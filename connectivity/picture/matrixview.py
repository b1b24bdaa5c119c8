"""The matrix view: a layer as its weight matrix, a cell for each connection, coloured as its arrow is.

A row is a unit of the layer, a column one of its input; a fully connected layer fills its matrix, a
sparse one is a band, and a convolution a band whose diagonals have one colour each (a Toeplitz
matrix). Where several connections join two units they share the cell. Where there is no connection the ground is
ruled in empty cells; where rows or columns are left out it is interrupted, and dots stand there.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connectivity.colour.spaces import blend, readable
from connectivity.colour.themes import Stroke
from connectivity.errors import DrawingError
from connectivity.graphs import descriptions
from connectivity.graphs.stage import WHOLE
from connectivity.graphs.unitnames import Label, written
from connectivity.graphs.wiring import LayerView
from connectivity.layers.base import NAMES_SHOWN
from connectivity.layout.distances import Distances
from connectivity.picture import edgelabels
from connectivity.picture.canvas import Numbers
from connectivity.picture.captions import CAPTION_SIZE, HEADING_SIZE
from connectivity.picture.graphview import PANEL_TITLE_SIZE
from connectivity.picture.highlight import emphasised, marked_units
from connectivity.picture.labels import label_width
from connectivity.picture.owncaptions import own_caption
from connectivity.picture.panel import Panel
from connectivity.scene import LEADING, Box, Dot, Scene, Shape, Sheet, Text
from connectivity.typeset.markup import rich_width
from connectivity.typeset.text import listed

_CELL, _SIDE = 22.0, 460.0  # points: a cell, and the side of a large matrix
_LEAST_CELL = 1.6
_SMALL_CELL = 5.0  # the least cell of a matrix on a small page, in points; of a large matrix they are less anyway
_CELL_GAP, _LEAST_GAPPED = 1.2, 6.0  # points between cells, of those that are larger than this
_WIDEST_CELL = 46.0  # for the names of units over it
_NAME_SIZE, _SMALL_NAME = 10.0, 8.5  # names of all units, and of those at the ends of stretches alone, in points
_LABELLED = 15.0  # cells from this size on have their units' names beside them
_RULED = 2_500  # cells of the largest matrix whose ground is ruled
_TITLE_GAP = 7.0  # from names of units to the title of their axis, in points
_MINUS = "\u2212"
_GAP = 44.0  # between two matrices
_ROW, _ROW_GAP = 720.0, 24.0  # points: the width of a row of several matrices, at most, and between two rows
_LEAST_TITLE = 160.0


class _Part(NamedTuple):
    """What of an axis one layer takes: its number, the first of its places, and how many there are."""

    layer: int
    start: int
    length: int


class _Axis(NamedTuple):
    """The units along one side of a matrix: where each stands, in cells, and where dots stand.

    ``parts`` are those of the layers whose units they are, an empty place between them.
    """

    places: dict[int, int]
    dots: list[int]
    length: int
    parts: list[_Part]

    @classmethod
    def of(cls, units: Iterable[int], index: int, layer: LayerView) -> _Axis:
        """Units of a layer in its order; a hidden stretch takes one place, for dots."""
        there = set(units)
        places: dict[int, int] = {}
        dots: list[int] = []
        at, last = 0, -1
        for flat, unit in _in_order(layer):
            if unit not in there:
                continue
            if flat > last + 1:
                dots.append(at)
                at += 1
            places[unit] = at
            at, last = at + 1, flat
        if last + 1 < layer.total:
            dots.append(at)
            at += 1
        return cls(places, dots, at, [_Part(index, 0, at)])

    def beside(self, other: _Axis) -> _Axis:
        """The same with another axis behind it, an empty place between them."""
        start = self.length + 1
        places = {unit: place + start for unit, place in other.places.items()}
        return _Axis(
            {**self.places, **places},
            [*self.dots, *(dot + start for dot in other.dots)],
            start + other.length,
            [*self.parts, *(part._replace(start=part.start + start) for part in other.parts)],
        )

    def runs(self) -> list[range]:
        """Stretches of places with units and nothing between them, in order."""
        taken = sorted(self.places.values())
        starts = [n for n, place in enumerate(taken) if not n or taken[n - 1] + 1 < place]
        return [range(taken[a], taken[b - 1] + 1) for a, b in itertools.pairwise([*starts, len(taken)])]

    def ends(self) -> set[int]:
        """The units at the ends of stretches."""
        ends = {place for run in self.runs() for place in (run[0], run[-1])}
        return {unit for unit, place in self.places.items() if place in ends}


def _in_order(layer: LayerView) -> list[tuple[int, int]]:
    """The units of a layer, each with its number in the whole layer."""
    if layer.total == layer.shape.units:
        length = layer.shape.length
        return [(channel * length + position, unit) for unit, (channel, position) in layer.places.items()]
    return list(enumerate(layer.units))


class MatrixDrawer:
    """Draws the matrices of one panel's layers on a sheet of its own, side by side, and in rows where they are many.

    ``middle`` is how high the middles of the first row are: where they stand beside a graph, that of the graph, and
    ``one_row`` is true.
    """

    vertical, sketch = False, False

    def __init__(self, panel: Panel, title: str | None, paper: Scene, distances: Distances) -> None:
        self.middle, self.one_row = 0.0, False
        self.panel, self.title, self.options = panel, title, panel.options
        self.view, self.theme = panel.wiring, panel.theme
        self.painter = panel.painter
        if self.options.highlight:
            self.painter = emphasised(panel.painter, panel.marks, self.options)
        self.sheet = Sheet(Scene(paper.background, paper.ink, paper.unit_stroke, 30.0, 30.0, 11.0))
        arrangement, layers = panel.arrangement, self.view.layers
        self.drawn = arrangement.matrices()
        if not self.drawn and self.options.view == "matrix":
            raise DrawingError(
                "no two layers that are connected are left to draw, so there is no matrix; say --view graph", "view"
            )
        self.rows = {index: _Axis.of(arrangement.rows(index), index, layers[index]) for index in self.drawn}
        self.columns = {index: self._columns(index) for index in self.drawn}
        longest = max((axis.length for axis in (*self.rows.values(), *self.columns.values())), default=1)
        across, down = distances.across, distances.along
        across, down = (across, down) if self.options.direction in ("LR", "RL") else (down, across)
        self.room = _ROW * across
        usual = max(_LEAST_CELL, min(_CELL, _SIDE / max(1, longest)))
        widest = max((axis.length for axis in self.columns.values()), default=1)
        highest = max((axis.length for axis in self.rows.values()), default=1)
        room = min(self.room / widest, _ROW * down / highest)  # rows of matrices are shorter before cells are smaller
        self.cell = max(min(usual, _SMALL_CELL), min(usual * max(1.0, min(across, down)), room))
        shown = {unit: self.view.names[unit] for unit, label in panel.labels.items() if label.large}
        self.written = written(shown, index_from=self.options.index_from)
        self.widest = max(map(label_width, (*panel.labels.values(), *self.written.values())), default=0.0)
        self.texts = edgelabels.edge_texts(self.view, panel.cells, self.options) if self.cell >= _LABELLED else {}
        if self.cell >= _LABELLED:
            longest_text = max((rich_width(text, 1.0) for text in self.texts.values()), default=0.0)
            name = _NAME_SIZE if self.cell >= usual else _SMALL_NAME
            self.cell = max(self.cell, min(_WIDEST_CELL, name * max(self.widest, longest_text) + 5))
        self.name_size = min(_NAME_SIZE, (self.cell - 4) / self.widest) if self.widest else _NAME_SIZE
        self.middles: dict[int, float] = {}

    def _lefts(self, drawn: Sequence[int]) -> tuple[list[float], float]:
        """Where each matrix begins, far enough from the one before it for names, titles and captions; and the width."""
        lefts: list[float] = []
        x = 0.0
        for index in drawn:
            heading, lines = self._caption(index)
            captions = [
                rich_width(heading, HEADING_SIZE, "semibold"),
                *(rich_width(one, CAPTION_SIZE) for one in lines),
            ]
            if len(titles := self._titles_over(index)) == 1:
                captions.append(rich_width(titles[0][1], CAPTION_SIZE))
            room = max(captions) if self.options.captions else 0.0
            width = self.columns[index].length * self.cell
            names = self._names_width(index) + self._title_width(index)
            lefts.append(math.ceil(x + max(names, (room - width) / 2)))
            x = lefts[-1] + width + max(0.0, (room - width) / 2) + _GAP
        return lefts, x - _GAP

    def measure(self) -> tuple[float, float]:
        """About how wide and how high they will be in one row, in points, their captions included."""
        high = max((axis.length for axis in self.rows.values()), default=0) * self.cell
        return max(0.0, self._lefts(self.drawn)[1]), high + 2 * _GAP * self.options.captions

    def draw(self, numbers: Numbers) -> None:
        """Draw a matrix for each layer; the middles of those of a row are on one line."""
        by_layer: list[list[int]] = [[] for _ in self.view.layers]
        for connection in filter(self.view.is_there, (*self.panel.open_cells, *self.panel.cells)):
            by_layer[self.view.layer(connection)].append(connection)
        rows = [(row, *self._lefts(row)) for row in self._in_rows()]
        widest = max((width for _, _, width in rows), default=0.0)
        for number, (row, lefts, width) in enumerate(rows):
            if number:
                self.add_captions(self.sheet.extent.bottom)
                high = max(self.rows[index].length for index in row) * self.cell
                self.middle = self.sheet.extent.bottom - _ROW_GAP - self._over() - high / 2
            for index, left in zip(row, lefts, strict=True):
                left += (widest - width) / 2
                self._matrix(index, left, by_layer[index], numbers)
                self.middles[index] = left + self.columns[index].length * self.cell / 2

    def _in_rows(self) -> list[list[int]]:
        """The layers whose matrices stand in a row, as many as have room there."""
        rows: list[list[int]] = []
        for index in self.drawn:
            if rows and (self.one_row or self._lefts([*rows[-1], index])[1] <= self.room):
                rows[-1].append(index)
            else:
                rows.append([index])
        return rows

    def _caption(self, index: int) -> tuple[str, list[str]]:
        """The heading and the lines of a matrix."""
        own = own_caption(self.options, self.view.layers[index].info.name)
        if own is not None:
            return own.heading, own.lines
        excerpt = self.panel.scope.excerpt(index, self.view.layers[index], self.options.index_from)
        heading, said = self.panel.pruning.caption(index, excerpt)
        number, titles = self.panel.scope.drawn.index(index), self.options.layer_titles
        if number < len(titles):
            heading = descriptions.one_line(titles[number])
        rows, columns = self.view.layers[index].total, self._width(index)
        return heading, [f"{rows:,} × {columns:,} matrix", *said[-2:]]

    def _columns(self, index: int) -> _Axis:
        """The units of all layers that one takes, side by side."""
        arrangement, layers = self.panel.arrangement, self.view.layers
        axes = [
            _Axis.of(arrangement.columns_of(index, source), source, layers[source])
            for source in dict.fromkeys(arrangement.branches.takes[index])
        ]
        return functools.reduce(_Axis.beside, axes)

    def _width(self, index: int) -> int:
        """How many columns the whole matrix of a layer has."""
        takes = dict.fromkeys(self.panel.arrangement.branches.takes[index])
        return sum(self.view.layers[source].total for source in takes)

    def add_captions(self, bottom: float) -> None:
        """Say what each matrix is that nobody has said yet, from ``bottom`` down.

        Right under them where a graph has its captions beside it.
        """
        silent, self.middles = self.middles, {}
        if not self.options.captions:
            return
        if self.options.direction in ("BT", "TB"):
            bottom = self.sheet.extent.bottom
        for index, x in silent.items():
            heading, lines = self._caption(index)
            y = bottom - 12 - HEADING_SIZE * LEADING / 2
            self.sheet.text(Text(x, y, heading, HEADING_SIZE, self.theme.ink, bold=True))
            y -= HEADING_SIZE * LEADING / 2 + 1 + CAPTION_SIZE * LEADING * len(lines) / 2
            self.sheet.text(Text(x, y, "\n".join(lines), CAPTION_SIZE, self.theme.muted))

    def add_title(self, top: float) -> None:
        """Put the title above ``top``."""
        if self.title:
            extent = self.sheet.extent
            middle, width = (extent.left + extent.right) / 2, max(extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, middle, top, width, PANEL_TITLE_SIZE, gap=12.0)

    def _matrix(self, index: int, left: float, connections: Sequence[int], numbers: Numbers) -> None:
        rows, columns = self.rows[index], self.columns[index]
        top = self.middle + rows.length * self.cell / 2
        self._ground(rows, columns, left, top)
        shared: dict[tuple[int, int], list[int]] = defaultdict(list)
        for connection in connections:
            source = self.view.sources[connection]
            if source in columns.places:
                shared[source, self.view.targets[connection]].append(connection)
        for (source, target), same in shared.items():
            x = left + columns.places[source] * self.cell
            y = top - (rows.places[target] + 0.5) * self.cell
            for number, connection in enumerate(same):
                wide = self.cell / len(same)
                if connection in self.panel.pruning.hidden:
                    self._open_cell(index, connection, x + (number + 0.5) * wide, y, wide, numbers)
                    continue
                classes = f"cell layer{index} {numbers.weight(self.panel, connection)}"
                self._cell(connection, x + (number + 0.5) * wide, y, wide, classes, numbers)
        self._elided(rows, columns, left, top)
        self._names(index, left, top)
        self._axis_titles(index, left, top)

    def _cell(self, connection: int, x: float, y: float, wide: float, classes: str, numbers: Numbers) -> None:
        gap = _CELL_GAP if self.cell > _LEAST_GAPPED else 0.0
        stroke = self.painter(connection) or Stroke(self.theme.faint)
        tip = self.panel.connection_tip(connection)
        identity = numbers.id("c")
        fill = self._fill(stroke)
        cell = Box(x, y, wide - gap, self.cell - gap, fill, id=identity, classes=classes, tip=tip)
        if connection in self.panel.pruning.dashed:
            fill = self.theme.background
            outline = stroke.colour if self.cell > _LEAST_GAPPED else ""
            cell = cell._replace(fill=fill, stroke=outline, style=stroke.style)
        self.sheet.marks.cells.append(cell)
        text = self.texts.get(connection)
        if not text and self.theme.monochrome and stroke.style == "dashed" and self.cell >= _LABELLED:
            text = _MINUS if stroke not in self.theme.pens else None
        if text:
            ink = readable(self.theme.background, self.theme.ink, fill)
            size = min(_NAME_SIZE, 0.45 * self.cell, (wide - gap - 2) / rich_width(text, 1.0))
            self.sheet.text(Text(x, y, text, size, ink, classes="weight"))

    def _open_cell(self, index: int, connection: int, x: float, y: float, wide: float, numbers: Numbers) -> None:
        """The place of a connection that is hidden: so it is seen where there is one, and where there never was."""
        gap = _CELL_GAP if self.cell > _LEAST_GAPPED else 0.0
        tip = f"{self.panel.connection_tip(connection)}, hidden"
        outline = blend(self.theme.faint, self.theme.background, 0.5) if self.cell >= _LABELLED else ""
        self.sheet.marks.cells.append(
            Box(
                x,
                y,
                wide - gap,
                self.cell - gap,
                self.theme.background,
                outline,
                id=numbers.id("c"),
                classes=f"open layer{index}",
                tip=tip,
            )
        )

    def _fill(self, stroke: Stroke) -> str:
        """The colour of a cell: its arrow's; on paper, where lines are told by style and width, a grey for each."""
        theme = self.theme
        if not theme.monochrome or stroke.colour != theme.ink:
            return stroke.colour
        if stroke in theme.pens:
            return theme.palette[theme.pens.index(stroke)]
        return blend(theme.background, theme.ink, min(1.0, 0.1 + 0.4 * stroke.width))

    def _ground(self, rows: _Axis, columns: _Axis, left: float, top: float) -> None:
        """The ground of each stretch of rows and of columns, ruled in cells that are seen where nothing is on them."""
        fill, ruled = self.theme.input_fill, self._is_ruled()
        for run, across in itertools.product(rows.runs(), columns.runs()):
            x0, x1 = left + across.start * self.cell, left + across.stop * self.cell
            y0, y1 = top - run.start * self.cell, top - run.stop * self.cell
            if not ruled:
                plate = Box((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0 + 2, y0 - y1 + 2, fill, classes="plate")
                self.sheet.box(plate)
                continue
            self.sheet.shape(Shape(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), fill, classes="plate"))
            lines = [
                ((left + n * self.cell, y0), (left + n * self.cell, y1)) for n in range(across.start, across.stop + 1)
            ]
            lines += [((x0, top - n * self.cell), (x1, top - n * self.cell)) for n in range(run.start, run.stop + 1)]
            width = _CELL_GAP if self.cell > _LEAST_GAPPED else _CELL_GAP / 2
            for line in lines:
                self.sheet.shape(Shape(line, stroke=self.theme.background, width=width, closed=False))

    def _is_ruled(self) -> bool:
        """Whether zeros are cells: not of matrices so large that their cells are dots."""
        largest = max((self.rows[index].length * self.columns[index].length for index in self.drawn), default=0)
        return largest <= _RULED

    def _elided(self, rows: _Axis, columns: _Axis, left: float, top: float) -> None:
        """Dots where rows or columns are not shown: along each stretch of the others, aslant where both are not."""
        middles = [
            [(run.start + run.stop) / 2 for run in axis.runs()] if len(axis.dots) else [] for axis in (rows, columns)
        ]
        down = [(run.start + run.stop) / 2 for run in rows.runs()]
        along = [(run.start + run.stop) / 2 for run in columns.runs()]
        places = [(column + 0.5, row, 1.0, 0.0) for column in columns.dots for row in down]
        places += [(column, row + 0.5, 0.0, 1.0) for row in rows.dots for column in along]
        if all(middles):
            places += [(column + 0.5, row + 0.5, 1.0, 1.0) for column in columns.dots for row in rows.dots]
        for column, row, across, upright in places:
            for step in (-0.3, 0.0, 0.3):
                x, y = left + (column + step * across) * self.cell, top - (row + step * upright) * self.cell
                self.sheet.dot(Dot(x, y, min(3.0, 0.2 * self.cell), self.theme.muted))

    @property
    def _size(self) -> float:
        """The size of names of units: of all, or of those at the ends of stretches."""
        return self.name_size if self.cell >= _LABELLED else _SMALL_NAME

    def _names_width(self, index: int) -> float:
        """How much the names beside rows take, in points."""
        widths = [label_width(label) for unit in self._named(self.rows[index]) if (label := self._label(unit))]
        return max(24.0, self._size * max(widths) + 10) if widths else 6.0

    def _named(self, axis: _Axis) -> list[int]:
        """The units whose names stand at an axis: all, or of small cells those at the ends of stretches."""
        return [unit for unit in axis.places if self.cell >= _LABELLED or unit in axis.ends()]

    def _label(self, unit: int) -> Label | None:
        """The name of a unit at an axis."""
        label = self.panel.labels.get(unit)
        return self.written[unit] if label and label.large else label  # a sign says nothing of the unit's place

    def _names(self, index: int, left: float, top: float) -> None:
        """The names of the units beside their rows and over their columns; where cells are small, as many as fit."""
        still = self.view.stage is WHOLE  # where cells light up in turn, names stay as they are
        marked = marked_units(self.panel.marks, self.options) if still else {}
        rows, columns = self.rows[index], self.columns[index]
        last = -1e9
        for unit in self._named(rows):
            y = (rows.places[unit] + 0.5) * self.cell
            if y - last >= self._size or self.cell >= _LABELLED:
                self._name(unit, left - 6, top - y, "end", unit in marked)
                last = y
        last = -1e9
        for unit in self._named(columns):
            x, label = (columns.places[unit] + 0.5) * self.cell, self._label(unit)
            half = label_width(label) * self._size / 2 if label else 0.0
            if x - half >= last or self.cell >= _LABELLED:
                self._name(unit, left + x, top + 10, "middle", unit in marked)
                last = x + half + 3

    def _name(self, unit: int, x: float, y: float, align: str, strong: bool) -> None:
        label = self._label(unit)
        if label:
            self.sheet.text(Text(x, y, label.markup(), self._size, self.theme.ink, strong, align=align, classes="name"))

    def _axis_titles(self, index: int, left: float, top: float) -> None:
        """What rows and columns are: the outputs of this layer, the inputs that it takes."""
        if not self.options.captions:
            return
        rows, muted = self.rows[index], self.theme.muted
        over = top + self._names_over(index) + _TITLE_GAP
        for place, title in self._titles_over(index):
            self.sheet.text(Text(left + place * self.cell, over, title, CAPTION_SIZE, muted, classes="axis"))
        x = left - self._names_width(index) - _TITLE_GAP / 2
        title = self._axis_title("outputs", index).replace(" ", "\n")
        self.sheet.text(
            Text(x, top - rows.length * self.cell / 2, title, CAPTION_SIZE, muted, align="end", classes="axis")
        )

    def _titles_over(self, index: int) -> list[tuple[float, str]]:
        """What stands over columns, and where, in cells: a title for each layer, or one for all where these would touch."""
        columns = self.columns[index]
        titles = [(part.start + part.length / 2, self._axis_title("inputs", part.layer)) for part in columns.parts]
        rooms = [rich_width(title, CAPTION_SIZE) / self.cell for _, title in titles]
        pairs = zip(itertools.pairwise(titles), itertools.pairwise(rooms), strict=True)
        if all(after[0] - before[0] > sum(wide) / 2 + 0.5 for (before, after), wide in pairs):
            return titles
        names = [descriptions.one_line(self.view.layers[part.layer].info.name) for part in columns.parts]
        return [(columns.length / 2, f"inputs {listed(list(filter(None, names)), NAMES_SHOWN)}".strip())]

    def _names_over(self, index: int) -> float:
        """How much the names over columns take, in points."""
        return 10 + self._size if any(map(self._label, self.columns[index].places)) else 3.0

    def _over(self) -> float:
        """How much names and titles over a row of matrices take, in points."""
        names = max(map(self._names_over, self.drawn))
        return names + (_TITLE_GAP + CAPTION_SIZE * LEADING / 2 if self.options.captions else 0.0)

    def _axis_title(self, noun: str, index: int) -> str:
        """``inputs x``; of a layer without a name the noun alone."""
        return f"{noun} {descriptions.one_line(self.view.layers[index].info.name)}".strip()

    def _title_width(self, index: int) -> float:
        """How much the title of the rows takes, in points."""
        if not self.options.captions:
            return 0.0
        return (
            max(rich_width(word, CAPTION_SIZE) for word in self._axis_title("outputs", index).split(" ")) + _TITLE_GAP
        )
