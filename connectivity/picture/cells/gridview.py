"""A grid of cells on paper: its ground, what is looked at, the lines between channels and positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from connectivity.colour.hatching import Pattern
from connectivity.colour.spaces import blend
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.blocks import Block, Grid, Part
from connectivity.picture.cells.brush import OUTLINE, Brush
from connectivity.picture.cells.cones import Span
from connectivity.picture.cells.joints import Looked
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.pointing import Pointing
from connectivity.scene import Shape

_ASIDE = 0.22  # where dots for channels stand, of a stretch: beside the middle, which is looked at
_COPY = 0.2  # how strong the tint of copied cells is
_WINDOW, _OUTPUT = 0.35, 0.8  # ... of the window that is looked at, and of the unit that looks
_POINTED = 2_500  # up to so many cells can be pointed at
_ROOMY = 10.0  # cells of this side or more have outlines of their own
_UNSEEN = Shape((), "transparent")
NAMED_ROW = 9.0
"""Rows from this height on have the names of their channels before them, in points."""


class GridPainter:
    """Paints the grids of a panel; of a ``sketch``, what lies unseen over cells is only counted."""

    def __init__(self, panel: CellPanel, brush: Brush, pointing: Pointing, sketch: bool = False) -> None:
        self.panel, self.brush, self.pointing, self.sketch = panel, brush, pointing, sketch
        self.options, self.theme, self.sheet = panel.options, panel.theme, brush.sheet

    def paint(self, grid: Grid, looked: Sequence[Looked], numbers: Numbers) -> None:
        """Paint a grid: the ground of its cells, what is looked at, its lines, and the frames over them."""
        for part in grid.parts:
            self._cells(grid, part)
        for one in looked:
            self._tint(grid, one)
        for part in grid.parts:
            self._rulings(grid, part)
        for one in looked:
            for run in grid.runs(one.positions):
                self.brush.rectangle(run, self._reach(grid, one.positions), stroke=self.theme.ink, width=1.3)
        self._named(grid)
        if self.panel.scope.hints:
            self._hints(grid)
        names = self.panel.channel_names.get(grid.layer)
        if names and names_rows(self.panel, grid):
            for channel in grid.parts[0].axis:
                middle = sum(grid.across_of(grid.parts[0], channel)) / 2
                self.brush.text(grid.span[0] - 6, middle, names[channel], size=9.0, align="end")
        if len(grid.positions) * sum(len(part.axis) for part in grid.parts) <= _POINTED:
            self._pointed(grid, numbers)

    def _hints(self, grid: Grid) -> None:
        """Dots beyond the first and the last position that are shown, where the layer goes on."""
        (low, high), ranges = grid.span, grid.positions.ranges
        for along, goes_on in ((low - 10.0, ranges[0].start > 0), (high + 10.0, ranges[-1].stop < grid.shape.length)):
            if goes_on:
                self.brush.dots(along, grid.across, runs_along=True)

    def _named(self, grid: Grid) -> None:
        """Frames round single cells that highlights name; whole columns of them have one already."""
        layer = self.panel.layers[grid.layer]
        for mark in self.panel.marks:
            places = {layer.places[unit] for unit in mark.named or () if unit in layer.places}
            for channel, position in sorted(places) if len(places) < layer.shape.units else ():
                if len(self.panel.names_channels(grid.layer, position)) == layer.shape.channels:
                    continue
                for part in grid.parts:
                    if part.axis.shows(channel - part.first) and grid.positions.shows(position):
                        spans = grid.along(position), grid.across_of(part, channel - part.first)
                        self.brush.rectangle(*spans, stroke=mark.colour or self.theme.ink, width=1.8)

    def _cells(self, grid: Grid, part: Part) -> None:
        """The ground of cells, and what fills them."""
        fill = self.theme.input_fill
        if part.operand is not None:
            fill = blend(self.theme.background, self.theme.muted, _COPY)
        if self._apart(grid):
            self._units(grid, part, self.brush.ground if self.brush.is_print else fill)
            return
        for along in grid.stretches_along():
            for across in grid.stretches_across(part):
                self.brush.rectangle(along, across, "" if self.brush.is_print else fill)
        if self.panel.fills or self.panel.marked:
            for along, across, colour in (self._filled if self.panel.fills else self._marked)(grid, part):
                self.brush.rectangle(along, across, colour)

    def _filled(self, grid: Grid, part: Part) -> Iterator[tuple[Span, Span, str]]:
        """Each cell that has a colour of its own: along, across, its colour."""
        for channel in part.axis:
            for position in grid.positions:
                colour = self.panel.fill(self.panel.unit(grid.layer, (part.first + channel, position)), "")
                if colour:
                    yield grid.along(position), grid.across_of(part, channel), colour

    def _marked(self, grid: Grid, part: Part) -> Iterable[tuple[Span, Span, str]]:
        """The cells that are highlighted, those that touch and are alike as one rectangle: along, across, its colour."""
        found: list[tuple[Span, Span, str]] = []
        before: list[tuple[Span, str]] = []
        for position in grid.positions:
            along, column = grid.along(position), self._marked_at(grid, part, position)
            if column and column == before and _touch(found[-1][0], along):
                wider = found[-1][0][0], along[1]
                found[-len(column) :] = [(wider, across, colour) for across, colour in column]
            else:
                found += [(along, across, colour) for across, colour in column]
            before = column
        return found

    def _marked_at(self, grid: Grid, part: Part, position: int) -> list[tuple[Span, str]]:
        """The stretches of channels that are highlighted at a position."""
        column: list[tuple[Span, str]] = []
        cells = [
            (grid.across_of(part, channel), self.panel.unit(grid.layer, (part.first + channel, position)))
            for channel in part.axis
        ]
        for across, unit in sorted(cells, key=lambda cell: cell[0]):
            colour = self.panel.fill(unit, "")
            if column and column[-1][1] == colour and _touch(column[-1][0], across):
                column[-1] = (column[-1][0][0], across[1]), colour
            else:
                column.append((across, colour))
        return [(across, colour) for across, colour in column if colour]

    def _apart(self, grid: Grid) -> bool:
        """Whether the units of a grid are drawn one by one: circles and squares, and such as are no rectangle."""
        wish = self.panel.wish(self.options.units, grid.layer)
        return grid.units is not None or wish in ("circles", "squares")

    def _units(self, grid: Grid, part: Part, ground: str) -> None:
        """Units each in its place."""
        form = self.panel.wish(self.options.units, grid.layer)
        for channel in part.axis:
            for position in grid.positions:
                if not grid.shows((part.first + channel, position)):
                    continue
                unit = self.panel.unit(grid.layer, (part.first + channel, position))
                corners = self.brush.unit(grid.along(position), grid.across_of(part, channel), form)
                self.brush.area(corners, self.panel.fill(unit, ground), stroke=self.theme.unit_stroke)

    def _reach(self, grid: Grid, positions: Sequence[int]) -> tuple[float, float]:
        """From the first to the last channel of which units at some positions are shown, across."""
        if grid.units is None:
            return grid.near, grid.far
        spans = [
            grid.across_of(part, channel)
            for part in grid.parts
            for channel in part.axis
            if any(grid.shows((part.first + channel, position)) for position in positions)
        ]
        return min((near for near, _ in spans), default=grid.near), max((far for _, far in spans), default=grid.far)

    def _tint(self, grid: Grid, looked: Looked) -> None:
        """What is looked at: a window, or the units that look at one."""
        _, positions, bond, is_window = looked
        if self.panel.points or self.panel.fills:
            return  # cells have the colours of what is highlighted, or of what fills them
        parts = grid.parts if is_window else [part for part in grid.parts if part.operand is None]
        for run in grid.runs(positions):
            for part in parts:
                low, high = self._reach(grid, positions)
                across = (
                    max(low, grid.near + part.start),
                    min(high, grid.near + part.start + part.axis.length),
                )
                if not self.brush.is_print:
                    self.brush.rectangle(
                        run, across, self.brush.hue(bond), opacity=_WINDOW if is_window else _OUTPUT, classes="looked"
                    )
                elif is_window:
                    self.brush.hatch(self.panel.flow.rectangle(run, across), self.brush.pattern(bond), 5.0)
                elif bond.weighted:
                    self.brush.rectangle(run, across, self.theme.ink)
                else:
                    self.brush.hatch(self.panel.flow.rectangle(run, across), Pattern.CROSS, 3.5)

    def _rulings(self, grid: Grid, part: Part) -> None:
        """The lines between channels and between positions, and round what touches."""
        ink, hair, roomy = self.theme.unit_stroke, self.theme.hairline, grid.positions.size >= _ROOMY
        stretches_across, stretches_along = grid.stretches_across(part), grid.stretches_along()
        for low, high in () if self._apart(grid) else stretches_along:
            for near, far in stretches_across:
                self._ruled((low, high), (near, far), grid.positions.size, hair if not roomy else ink, along=True)
                self._ruled((near, far), (low, high), part.axis.size, ink, along=False)
                self.brush.rectangle((low, high), (near, far), stroke=ink, width=1.1)
        low, high = grid.span
        near, far = grid.near + part.start, grid.near + part.start + part.axis.length
        for gap in grid.gaps_along():
            for side in (near, far):
                self.brush.line((gap[0], side), (gap[1], side), colour=ink, width=OUTLINE, style="dotted")
            self.brush.dots(sum(gap) / 2, (near + far) / 2, runs_along=True)
        for gap in grid.gaps_across(part):
            for side in (low, high):
                self.brush.line((side, gap[0]), (side, gap[1]), colour=ink, width=OUTLINE, style="dotted")
            middle = stretches_along[0][0] + _ASIDE * (stretches_along[0][1] - stretches_along[0][0])
            self.brush.dots(middle, sum(gap) / 2, runs_along=False, step=2.8)

    def _ruled(
        self, span: tuple[float, float], other: tuple[float, float], size: float, colour: str, *, along: bool
    ) -> None:
        """Lines between the cells of a stretch."""
        for number in range(1, round((span[1] - span[0]) / size)):
            at = span[0] + number * size
            ends = ((at, other[0]), (at, other[1])) if along else ((other[0], at), (other[1], at))
            self.brush.line(*ends, colour=colour, width=0.5 if along else 0.7)

    def _pointed(self, grid: Grid, numbers: Numbers) -> None:
        """Cells that cannot be seen and can be pointed at: each has an id, a class for its window, and a name."""
        if self.sketch and not self._apart(grid):  # lines round the cells take more room than these
            self.sheet.marks.shapes += [_UNSEEN] * self._there(grid)
            return
        prefix = "u" if self.panel.layers[grid.layer].inputs else "i"
        stretches = [(position, grid.along(position)) for position in grid.positions]
        for part in grid.parts:
            for channel in part.axis:
                across = grid.across_of(part, channel)
                for position, along in stretches:
                    place = (part.first + channel, position)
                    identity = numbers.id(prefix)
                    if self.panel.unit(grid.layer, place) is None:
                        continue
                    corners, tip = self.panel.flow.rectangle(along, across), self.panel.tip(grid.layer, place)
                    classes = self.pointing.unit(grid.layer, *place)
                    self.sheet.shape(Shape(corners, "transparent", id=identity, classes=classes, tip=tip))

    def _there(self, grid: Grid) -> int:
        """How many cells of a grid are units that are there."""
        units = self.panel.layers[grid.layer].by_place
        positions = [*grid.positions]
        return sum(
            (part.first + channel, position) in units
            for part in grid.parts
            for channel in part.axis
            for position in positions
        )


def _touch(one: Span, other: Span) -> bool:
    """Whether a stretch begins where another ends."""
    return abs(one[1] - other[0]) < 1e-6


def names_rows(panel: CellPanel, block: Block) -> bool:
    """Whether the channels of a block are rows in which their names can stand."""
    return panel.vertical and isinstance(block, Grid) and block.positions.size >= NAMED_ROW
