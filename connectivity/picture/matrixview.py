"""The matrix view: a layer as its weight matrix, a cell for each connection, coloured as its arrow is.

A row is a unit of the layer, a column one of its input; a fully connected layer fills its matrix, a
sparse one is a band, and a convolution a band whose diagonals have one colour each (a Toeplitz
matrix). Where several connections join two units they share the cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from connectivity.colour.spaces import blend, readable
from connectivity.colour.themes import Stroke
from connectivity.errors import DrawingError
from connectivity.graphs import descriptions
from connectivity.graphs.gaps import has_matrix
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.unitnames import written
from connectivity.graphs.wiring import LayerView
from connectivity.layout.columns import Column
from connectivity.picture import edgelabels
from connectivity.picture.canvas import Numbers
from connectivity.picture.captions import CAPTION_SIZE, HEADING_SIZE
from connectivity.picture.graphview import PANEL_TITLE_SIZE
from connectivity.picture.highlight import emphasised, marked_units
from connectivity.picture.labels import label_width
from connectivity.picture.owncaptions import own_caption
from connectivity.picture.panel import Panel
from connectivity.scene import LEADING, Box, Dot, Scene, Sheet, Text
from connectivity.typeset.metrics import text_width

_CELL, _SIDE, _LEAST_CELL = 22.0, 460.0, 1.6  # points: a cell, the side of a large matrix, its smallest cell
_CELL_GAP, _LEAST_GAPPED = 1.2, 6.0  # points between cells, of those that are larger than this
_WIDEST_CELL = 46.0  # for the names of units over it
_NAME_SIZE = 10.0
_LABELLED = 15.0  # cells from this size on have their units' names beside them
_MINUS = "\u2212"
_GAP = 44.0  # between two matrices
_LEAST_TITLE = 160.0


class _Axis(NamedTuple):
    """The units of a layer along one side of a matrix: where each stands, in cells, and where dots stand."""

    places: dict[int, int]
    dots: list[int]
    length: int

    @classmethod
    def of(cls, column: Column, layer: LayerView) -> _Axis:
        """In the order of the layer; a hidden stretch takes two cells."""
        places: dict[int, int] = {}
        dots: list[int] = []
        at, last = 0, -1
        for flat, unit in _in_order(layer):
            if unit not in column.along and unit not in column.unseen:
                continue
            if flat > last + 1:
                dots.append(at)
                at += 1
            places[unit] = at
            at, last = at + 1, flat
        if last + 1 < layer.total:
            dots.append(at)
            at += 1
        return cls(places, dots, at)

    def beside(self, other: _Axis) -> _Axis:
        """The same with another axis behind it, an empty cell between them."""
        start = self.length + 1
        places = {unit: place + start for unit, place in other.places.items()}
        return _Axis(
            {**self.places, **places}, [*self.dots, *(dot + start for dot in other.dots)], start + other.length
        )


def _in_order(layer: LayerView) -> list[tuple[int, int]]:
    """The units of a layer, each with its number in the whole layer."""
    if layer.total == layer.shape.units:
        length = layer.shape.length
        return [(channel * length + position, unit) for unit, (channel, position) in layer.places.items()]
    return list(enumerate(layer.units))


class MatrixDrawer:
    """Draws the matrices of one panel's layers on a sheet of its own, side by side."""

    vertical = False

    def __init__(self, panel: Panel, title: str | None, paper: Scene, middle: float = 0.0) -> None:
        """``middle``: where the middles of all matrices are, for those that stand beside their graph."""
        self.middle = middle
        self.panel, self.title, self.options = panel, title, panel.options
        self.view, self.theme = panel.wiring, panel.theme
        self.painter = panel.painter
        if self.options.highlight:
            self.painter = emphasised(panel.painter, panel.marks, self.options)
        self.sheet = Sheet(Scene(paper.background, paper.ink, paper.unit_stroke, 30.0, 30.0, 11.0))
        columns = panel.arrangement.columns
        self.axes = [_Axis.of(column, layer) for column, layer in zip(columns, self.view.layers, strict=True)]
        branches = panel.arrangement.branches
        self.drawn = [
            index
            for index, layer in enumerate(self.view.layers)
            if index and has_matrix(layer) and branches.takes[index] and index not in branches.joins
        ]
        if not self.drawn and self.options.view == "matrix":
            raise DrawingError("no two layers that are connected are left to draw, so there is no matrix", "view")
        self.columns = {index: self._columns([*dict.fromkeys(branches.takes[index])]) for index in self.drawn}
        longest = max([axis.length for axis in (*self.axes, *self.columns.values())])
        self.cell = max(_LEAST_CELL, min(_CELL, _SIDE / max(1, longest)))
        shown = {unit: self.view.names[unit] for unit, label in panel.labels.items() if label.large}
        self.written = written(shown, index_from=self.options.index_from)
        self.widest = max(map(label_width, (*panel.labels.values(), *self.written.values())), default=0.0)
        self.texts = edgelabels.edge_texts(self.view, panel.visible, self.options) if self.cell >= _LABELLED else {}
        if self.cell >= _LABELLED:
            longest_text = max((text_width(text, 1.0) for text in self.texts.values()), default=0.0)
            self.cell = max(self.cell, min(_WIDEST_CELL, _NAME_SIZE * max(self.widest, longest_text) + 5))
        self.name_size = min(_NAME_SIZE, (self.cell - 4) / self.widest) if self.widest else _NAME_SIZE
        self.middles: list[float] = []

    def draw(self, numbers: Numbers) -> None:
        """Draw a matrix for each layer; the middles of all are on one line."""
        by_layer: list[list[int]] = [[] for _ in self.view.layers]
        for connection in (*self.panel.open, *self.panel.visible):
            if self.view.roles[connection] not in (BIAS, PADDING):
                by_layer[self.view.layer(connection)].append(connection)
        x = 0.0
        for index in self.drawn:
            heading, lines = self._caption(index)
            room = max(len(line) for line in (heading, *lines)) * 5.2 if self.options.captions else 0.0
            width = self.columns[index].length * self.cell
            names = self._names_width(index)
            left = x + max(names, (room - width) / 2)
            self._matrix(index, left, by_layer[index], numbers)
            self.middles.append(left + width / 2)
            x = left + width + max(0.0, (room - width) / 2) + _GAP

    def _caption(self, index: int) -> tuple[str, list[str]]:
        """The heading and the lines of a layer."""
        excerpt = self.panel.scope.excerpt(index, self.view.layers[index], self.options.index_from)
        return self.panel.pruning.caption(index, excerpt)

    def _columns(self, sources: Sequence[int]) -> _Axis:
        """The units of all layers that one takes, side by side."""
        axis = self.axes[sources[0]]
        for source in sources[1:]:
            axis = axis.beside(self.axes[source])
        return axis

    def _width(self, index: int) -> int:
        """How many columns the whole matrix of a layer has."""
        takes = dict.fromkeys(self.panel.arrangement.branches.takes[index])
        return sum(self.view.layers[source].total for source in takes)

    def add_captions(self, bottom: float) -> None:
        """Say what each matrix is, from ``bottom`` down; right under them where a graph has its captions beside it."""
        if not self.options.captions:
            return
        if self.options.direction in ("BT", "TB"):
            bottom = self.sheet.extent.bottom
        for index, x in zip(self.drawn, self.middles, strict=True):
            heading, said = self._caption(index)
            number = self.panel.scope.drawn.index(index)
            if number < len(self.options.layer_titles):
                heading = descriptions.one_line(self.options.layer_titles[number])
            rows, columns = self.view.layers[index].total, self._width(index)
            lines = [f"{rows:,} × {columns:,} matrix", *said[-2:]]
            own = own_caption(self.options, self.view.layers[index].info.name)
            if own is not None:
                heading, lines = own.heading, own.lines
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
        rows, columns = self.axes[index], self.columns[index]
        top = self.middle + rows.length * self.cell / 2
        width, height = columns.length * self.cell, rows.length * self.cell
        plate = Box(left + width / 2, self.middle, width + 2, height + 2, self.theme.input_fill, classes="plate")
        self.sheet.box(plate)
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
        if self.cell >= _LABELLED:
            self._names(index, left, top)

    def _cell(self, connection: int, x: float, y: float, wide: float, classes: str, numbers: Numbers) -> None:
        gap = _CELL_GAP if self.cell > _LEAST_GAPPED else 0.0
        stroke = self.painter(connection) or Stroke(self.theme.faint)
        tip = descriptions.connection_tip(self.view, connection, self.panel.names)
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
            size = min(_NAME_SIZE, 0.45 * self.cell, (wide - gap - 2) / text_width(text, 1.0))
            self.sheet.text(Text(x, y, text, size, ink, classes="weight"))

    def _open_cell(self, index: int, connection: int, x: float, y: float, wide: float, numbers: Numbers) -> None:
        """The place of a connection that is hidden: so it is seen where there is one, and where there never was."""
        gap = _CELL_GAP if self.cell > _LEAST_GAPPED else 0.0
        tip = f"{descriptions.connection_tip(self.view, connection, self.panel.names)}, hidden"
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

    def _elided(self, rows: _Axis, columns: _Axis, left: float, top: float) -> None:
        """Dots where rows or columns are not shown."""
        places = []
        for column in columns.dots:
            places += [(left + (column + 0.5) * self.cell, self.middle, True)]
        for row in rows.dots:
            places += [(left + columns.length * self.cell / 2, top - (row + 0.5) * self.cell, False)]
        for x, y, flat in places:
            for step in (-0.3, 0.0, 0.3):
                shift = (step * self.cell, 0.0) if flat else (0.0, step * self.cell)
                self.sheet.dot(Dot(x + shift[0], y + shift[1], min(3.0, 0.2 * self.cell), self.theme.muted))

    def _names_width(self, index: int) -> float:
        return max(24.0, self.name_size * self.widest + 10) if self.cell >= _LABELLED else 6.0

    def _names(self, index: int, left: float, top: float) -> None:
        """The names of the units beside their rows and over their columns."""
        marked = marked_units(self.panel.marks, self.options)
        for unit, row in self.axes[index].places.items():
            self._name(unit, left - 6, top - (row + 0.5) * self.cell, "end", unit in marked)
        for unit, column in self.columns[index].places.items():
            self._name(unit, left + (column + 0.5) * self.cell, top + 10, "middle", unit in marked)

    def _name(self, unit: int, x: float, y: float, align: str, strong: bool) -> None:
        label = self.panel.labels.get(unit)
        if label and label.large:  # a sign, which says nothing of the unit's place
            label = self.written[unit]
        if label:
            self.sheet.text(
                Text(x, y, label.markup(), self.name_size, self.theme.ink, strong, align=align, classes="name")
            )
