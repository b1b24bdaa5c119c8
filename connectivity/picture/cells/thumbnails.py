"""What the layers of a network have learned, small and beside their captions: some kernels of each, in the colours of values.

A kernel is a grid of cells: a row for each input channel that its block shows, a column for each tap. Every layer has a
scale of its own, whose end is written under its kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectivity.colour.cellscale import CellScale
from connectivity.colour.keys import Bar, Key
from connectivity.picture.cells.blocks import Block, Grid
from connectivity.picture.cells.brush import Brush
from connectivity.picture.cells.captions import LINE
from connectivity.picture.cells.kernels import Kernels, kernels_of
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.panel import CellPanel
from connectivity.scene import LEADING, Shape
from connectivity.typeset.text import short

TITLE = "kernels, a row for each channel, to \u00b1 the number below"

_CELL, _LEAST_CELL, _HIGH_CELL = 4.0, 1.2, 4.0  # the sides of a cell: as wide as there is room for, in points
_WIDE, _HIGH, _APART = 84.0, 64.0, 4.0  # what the kernels of a layer take at most; between two of them, in points
_BREAK = 2.0  # where channels are left out, in points
_MOST_ROWS, _MOST_KERNELS, _MOST_FLAT = 16, 3, 8  # rows of a kernel; kernels; of those of a single row
_BESIDE = 16.0  # from captions to kernels, in points


class Learned(NamedTuple):
    """What is shown of a layer's kernels: outputs, input channels, and of each cell its fill and its tooltip.

    There are ``total`` kernels in all.
    """

    outputs: Sequence[int]
    rows: Sequence[int]
    taps: int
    cells: dict[tuple[int, int, int], tuple[str, str]]
    scale: CellScale
    total: int


class Thumbnails:
    """The kernels of a network's layers; made once for a panel, drawn in each layout that is tried."""

    def __init__(self, panel: CellPanel, plan: NetworkPlan) -> None:
        self._theme, self._vertical = panel.theme, panel.vertical
        self.learned: dict[int, Learned] = {}
        if not panel.says_weights or panel.theme.monochrome or panel.options.color_by == "sign":
            return
        found: dict[int, Kernels] = {}
        for number, block in plan.blocks.items():
            shows = panel.wish(panel.options.kernels, number) != "none" and panel.layers[number].info.given
            alone = len(plan.at(block.level)) == 1  # else captions of branches stand there
            there = isinstance(block, Grid) and alone and bool(plan.takes[number])  # what it takes may not be drawn
            kernels = kernels_of(panel, number) if shows and there else None
            if kernels is not None and kernels.taps * _LEAST_CELL <= _WIDE:
                found[number] = kernels
        weights = {number: kernels.numbers for number, kernels in found.items()}
        scales = CellScale.of_layers(weights, panel.options, panel.theme, apart=True)
        for number, kernels in found.items():
            self.learned[number] = _learned(panel, plan, number, kernels, scales[number])

    def key(self) -> Key | None:
        """What their colours mean; None where there are none."""
        if not self.learned:
            return None
        colours = next(iter(self.learned.values())).scale.colours
        return Bar(TITLE, colours, ("\u2212", "0", "+"))

    def draw(self, plan: NetworkPlan, brush: Brush, beside: float, under: float) -> None:
        """Draw them from ``beside`` on of a network that runs up or down the page, else from ``under`` down."""
        for number, one in self.learned.items():
            block = plan.blocks[number]
            x, y = brush.flow.point(0.0, block.across)
            room = block.thickness + plan.gap - _APART
            if self._vertical:
                high = min(_HIGH, room - LINE * LEADING)
                self._layer(one, brush, beside + _BESIDE, y, (_WIDE, high), middle=False)
            else:
                self._layer(one, brush, x, under, (min(_WIDE, room), _HIGH), middle=True)

    def _layer(
        self, one: Learned, brush: Brush, x: float, y: float, room: tuple[float, float], *, middle: bool
    ) -> None:
        """The kernels of a layer: to the right of (x, y), or in the ``middle`` under it."""
        wide, high = _size(one, room[0])
        columns = max(1, min(len(one.outputs), int((room[0] + _APART) // (wide + _APART))))
        lines = max(1, min(-(-len(one.outputs) // columns), int((room[1] + _APART) // (high + _APART))))
        outputs = one.outputs[: columns * lines]
        columns = min(columns, len(outputs))
        width = columns * (wide + _APART) - _APART
        height = lines * (high + _APART) - _APART
        left = x - width / 2 if middle else x
        top = y if middle else y + (height + LINE * LEADING) / 2
        for place, output in enumerate(outputs):
            line, column = divmod(place, columns)
            corner = left + column * (wide + _APART), top - line * (high + _APART)
            self._kernel(one, brush, output, corner, (wide, high))
        beyond = "beyond" if one.scale.beyond else "to"
        text = f"{beyond} \u00b1{short(one.scale.limit)}"
        if len(outputs) < one.total:
            text = f"{len(outputs)} of {one.total:,}, {text}"
        at, align = (x, "middle") if middle else (left, "start")
        brush.write(at, top - height - LINE * LEADING / 2 - 1, text, size=LINE, align=align)

    def _kernel(
        self, one: Learned, brush: Brush, output: int, corner: tuple[float, float], sides: tuple[float, float]
    ) -> None:
        left, top = corner
        cell = sides[0] / one.taps
        at = top
        for place, row in enumerate(one.rows):
            if place and row > one.rows[place - 1] + 1:
                at -= _BREAK
            for tap in range(one.taps):
                fill, tip = one.cells[output, row, tap]
                start, end = left + tap * cell, left + (tap + 1) * cell
                corners = (start, at), (end, at), (end, at - _HIGH_CELL), (start, at - _HIGH_CELL)
                brush.sheet.shape(Shape(corners, fill, classes="kernelcell", tip=tip))
            at -= _HIGH_CELL
        right, bottom = left + sides[0], top - sides[1]
        brush.area(((left, top), (right, top), (right, bottom), (left, bottom)), stroke=self._theme.faint, width=0.6)


def _size(one: Learned, room: float) -> tuple[float, float]:
    """How wide and how high a kernel is."""
    breaks = sum(after > before + 1 for before, after in zip(one.rows, one.rows[1:], strict=False))
    return min(_CELL, room / one.taps) * one.taps, len(one.rows) * _HIGH_CELL + breaks * _BREAK


def _learned(panel: CellPanel, plan: NetworkPlan, number: int, kernels: Kernels, scale: CellScale) -> Learned:
    chosen = panel.scope.extract(number).channels
    every: Sequence[int] = range(kernels.outputs) if chosen is None else chosen
    most = _MOST_FLAT if kernels.inputs == 1 else _MOST_KERNELS
    outputs = list(every[: most if len(every) > most + 1 else len(every)])  # one more is not left out
    rows = _rows(kernels, plan.blocks.get(plan.takes[number][0]))
    name = panel.layers[number].info.name
    cells: dict[tuple[int, int, int], tuple[str, str]] = {}
    for output in outputs:
        for row in rows:
            for tap in range(kernels.taps):
                value = kernels.values.get((output, row, tap), 0.0)
                place = (output * kernels.inputs + row) * kernels.taps + tap
                hidden = panel.pruning.leaves_out(number, value, place)
                tip = f"{name}.weight[{output},{row},{tap}] = {short(value)}" + (", hidden" if hidden else "")
                cells[output, row, tap] = panel.theme.background if hidden else scale.fill(value), tip
    return Learned(outputs, rows, kernels.taps, cells, scale, len(every))


def _rows(kernels: Kernels, source: Block | None) -> list[int]:
    """The input channels of kernels that are shown: those of the block that they see, where they see all of it."""
    if isinstance(source, Grid) and len(source.parts) == 1 and kernels.inputs == source.shape.channels:
        return list(source.parts[0].axis)[:_MOST_ROWS]
    return list(range(min(kernels.inputs, _MOST_ROWS)))
