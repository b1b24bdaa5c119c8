"""Groups as lanes: a band for each group of channels, in which input * kernels = output; nothing leaves its band.

Where a layer behind them mixes the lanes, a line leads from each channel to its own cell of the kernels that mix.
Rows are channels and columns positions whichever way data flows, since each band reads as an equation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectivity.colour.cellscale import CellScale
from connectivity.colour.spaces import blend, readable
from connectivity.layers.base import count
from connectivity.layout.stretches import looked_at
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.brush import FRAME
from connectivity.picture.cells.captions import Caption, caption_of, said_of, shape_text
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.flow import Flow
from connectivity.picture.cells.kernels import KernelPainter, Kernels, compact, kernels_of, scale_keys
from connectivity.picture.cells.panel import CellPanel, wished_positions
from connectivity.picture.cells.pointing import Pointing
from connectivity.scene import Scene, Shape
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import short

_CELL, _LARGEST, _AVAILABLE = 15.0, 22.0, 520.0  # the side of a cell, and what a band may take, in points
_LEAST = 9.0  # the least side of a cell where there is little room, in points
_ROOM, _BAND_GAP, _SIGN = 12.0, 18.0, 30.0  # round what a band holds; between bands; for * and =, in points
_BAND, _DATA = 0.1, 0.3  # how strong the colour of a band is, and of its cells
_FAN, _MIX_ROW = 82.0, 1.9  # for the lines that mix, in points; from one mixed row to the next, in cells
_MOST_PAIRS = 64


class Item(NamedTuple):
    """A rectangle on paper by its left upper corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.left + self.width / 2, self.top - self.height / 2


class LanesDrawer(CellDrawer):
    """Draws groups side by side on a sheet of its own."""

    def __init__(self, panel: CellPanel, paper: Scene) -> None:
        super().__init__(panel, paper, Flow("TB"))
        self.groups = self.layers[1].info.groups
        self.focus = looked_at(self.layers, wished_positions(panel.plan.named))
        self.pads = panel.plan.pads(1)
        self.first, self.second = self._kernels(1), self._kernels(2) if len(self.layers) > 2 else None
        self.scales = self._scales()
        self.painter = KernelPainter(panel, self.brush, self.scales.get(1), True)
        self.cell = self._size()
        self.kernel_cell = self.cell if self.first.inputs == 1 else max(9.0, 0.7 * self.cell)
        self.heads: list[tuple[float, Caption]] = []

    def _kernels(self, number: int) -> Kernels:
        return kernels_of(self.panel, number) or Kernels(0, 0, 0, {})

    def _scales(self) -> dict[int, CellScale]:
        """The scale of each layer's weights; empty where these say nothing."""
        wishes = [self.panel.wish(self.options.kernels, number) for number in range(1, len(self.layers))]
        if not (self.panel.says_weights or "values" in wishes):
            return {}
        numbers = {1: self.first.numbers}
        if self.second is not None:
            numbers[2] = self.second.numbers
        return CellScale.of_layers(numbers, self.options, self.theme, apart=False)

    def _size(self) -> float:
        cells = [self.layers[0].shape.length + sum(self.pads), self.first.taps, self.layers[1].shape.length]
        longest, room = (max(cells) if self.vertical else sum(cells)), _AVAILABLE
        if len(self.layers) > 2 and not self.vertical:
            longest, room = longest + self.layers[2].shape.length, _AVAILABLE - _FAN - _SIGN
        return self.side(max(_CELL, min(_LARGEST, room / longest)), _LEAST)

    # Places: ``along`` the way of the data, ``aside`` of it, from band to band

    def _item(self, along: float, aside: float, width: float, height: float) -> Item:
        return {
            "LR": Item(along, -aside, width, height),
            "RL": Item(-along - width, -aside, width, height),
            "TB": Item(aside, -along, width, height),
            "BT": Item(aside, along + height, width, height),
        }[self.options.direction]

    def _extent(self, width: float, height: float) -> tuple[float, float]:
        """A size as it is along the way of the data, and aside of it."""
        return (height, width) if self.vertical else (width, height)

    def draw(self, numbers: Numbers) -> None:
        """Draw the bands, and what mixes them."""
        self.pointing = Pointing(self.panel, numbers)
        self.pointing.look(1, range(self.layers[1].shape.length))
        cell, groups = self.cell, self.groups
        data = [layer.shape for layer in self.layers]
        inputs, outputs = data[0].channels // groups, data[1].channels // groups
        sizes = [
            ((data[0].length + sum(self.pads)) * cell, inputs * cell),
            self._kernels_size(outputs),
            self._outputs_size(outputs),
        ]
        lengths = [self._extent(*size) for size in sizes]
        starts = [_ROOM]
        for length, _ in lengths[:-1]:
            starts.append(starts[-1] + length + _SIGN)
        end = starts[-1] + lengths[-1][0] + _ROOM
        wide = max(aside for _, aside in lengths) + 2 * _ROOM
        rows: list[Item] = []
        for group in range(groups):
            low = group * (wide + _BAND_GAP)
            hue = self.theme.hues[group % len(self.theme.hues)]
            self._band(low, end, wide, hue)
            middles = [low + (wide - aside) / 2 for _, aside in lengths]
            self._inputs(group, starts[0], middles[0], hue, numbers)
            self._sign(starts[1] - _SIGN / 2, low + wide / 2, "*")
            kernel_items = self._group_kernels(group, outputs, starts[1], middles[1], hue)
            self._sign(starts[2] - _SIGN / 2, low + wide / 2, "=")
            rows += self._group_outputs(group, outputs, starts[2], middles[2], hue, numbers, kernel_items)
        whole = groups * wide + (groups - 1) * _BAND_GAP
        self._head(starts[0] + lengths[0][0] / 2, self._input_words())
        self._head(starts[1] + lengths[1][0] / 2, self._kernel_words(self.first, 1))
        self._head(starts[2] + lengths[2][0] / 2, self._layer_words(1))
        if self.second is not None:
            self._mixed(self.second, end, whole, rows, wide, numbers)
        self.panel.keys = scale_keys(self.panel, self.scales)

    def _kernels_size(self, outputs: int) -> tuple[float, float]:
        kernel = self.first.taps * self.kernel_cell, self.first.inputs * self.kernel_cell
        if self.vertical:
            return outputs * (kernel[0] + 8) - 8, kernel[1]
        return kernel[0], outputs * self._row() - (self._row() - max(kernel[1], self.cell))

    def _row(self) -> float:
        """From one output of a group to the next."""
        return max(1.4 * self.cell, self.first.inputs * self.kernel_cell + 7) if not self.vertical else 1.4 * self.cell

    def _outputs_size(self, outputs: int) -> tuple[float, float]:
        high = self.cell if self.vertical else max(self.cell, self.first.inputs * self.kernel_cell)
        return self.layers[1].shape.length * self.cell, (outputs - 1) * self._row() + high

    def _band(self, low: float, end: float, wide: float, hue: str) -> None:
        width, height = (wide, end) if self.vertical else (end, wide)
        left, top, _, _ = self._item(0.0, low, width, height)
        corners = _rounded(left, top, width, height, 6.0)
        if self.brush.is_print:
            self.brush.area(corners, stroke=self.theme.faint, width=0.8, classes="band")
        else:
            self.brush.area(corners, blend(self.theme.background, hue, _BAND), classes="band")

    def _inputs(self, group: int, along: float, aside: float, hue: str, numbers: Numbers) -> None:
        shape, cell = self.layers[0].shape, self.cell
        each = shape.channels // self.groups
        width = (shape.length + sum(self.pads)) * cell
        item = self._item(along, aside, width, each * cell)
        left = item.left + self.pads[0] * cell
        self._padding(item, each)
        fill = self.brush.ground if self.brush.is_print else blend(self.theme.background, hue, _DATA)
        for row in range(each):
            self._row_of(0, group * each + row, left, item.top - row * cell, fill, numbers, None, "")
            self._channel_name(group * each + row, along, item, row)
        outputs = self.layers[1].shape.channels // self.groups
        if any(self._is_looked_at(1, group * outputs + number) for number in range(outputs)):
            self._frame(left, item.top, self._window(), each * cell)

    def _channel_name(self, channel: int, along: float, item: Item, row: int) -> None:
        """The name of an input channel, where it is given one: before its band."""
        names = self.panel.channel_names.get(0)
        if names and not self.vertical:
            x = self._item(along - _ROOM - 8, 0.0, 0.0, 0.0).left
            align = "end" if self.options.direction == "LR" else "start"
            self.brush.write(x, item.top - (row + 0.5) * self.cell, names[channel], size=11.0, align=align)
        elif names:
            size = 9.0
            self.brush.write(item.left + 2, item.top - (row + 0.5) * self.cell, names[channel], size=size, align="end")

    def _padding(self, item: Item, rows: int) -> None:
        cell, faint = self.cell, self.theme.faint
        columns = [*range(self.pads[0]), *range(self.pads[0] + self.layers[0].shape.length, round(item.width / cell))]
        for column in columns:
            for row in range(rows):
                left, top = item.left + column * cell, item.top - row * cell
                before = column < self.pads[0]
                side = left if before else left + cell
                x0, x1 = left, left + cell
                for one, other in (
                    ((x0, top), (x1, top)),
                    ((x0, top - cell), (x1, top - cell)),
                    ((side, top), (side, top - cell)),
                ):
                    self._stroke(one, other, faint, 0.9, "dashed")
                if self.layers[1].info.padding and cell >= 14:
                    self.brush.write(left + cell / 2, top - cell / 2, "0", size=9.0, colour=faint)

    def _stroke(
        self, one: tuple[float, float], other: tuple[float, float], colour: str, width: float, style: str = "solid"
    ) -> None:
        self.sheet.shape(Shape((one, other), stroke=colour, width=width, style=style, closed=False))

    def _window(self) -> list[int]:
        return self.panel.seen(1, self.focus[1], 0)

    def _is_looked_at(self, layer: int, channel: int) -> bool:
        """Whether the cell of a channel at the position that is looked at is: all are, unless highlights name some."""
        return not self.panel.points or channel in self.panel.names_channels(layer, self.focus[layer])

    def _frame(self, left: float, top: float, positions: Sequence[int], height: float) -> None:
        """Round what is looked at; of a dilated window each tap."""
        runs: list[list[int]] = []
        for position in positions:
            if runs and runs[-1][-1] == position - 1:
                runs[-1].append(position)
            else:
                runs.append([position])
        for run in runs:
            x0, x1 = left + run[0] * self.cell, left + (run[-1] + 1) * self.cell
            self.brush.area(
                ((x0, top), (x1, top), (x1, top - height), (x0, top - height)), stroke=self.theme.ink, width=FRAME
            )

    def _row_of(
        self,
        layer: int,
        channel: int,
        left: float,
        top: float,
        fill: str,
        numbers: Numbers,
        strong: int | None,
        hue: str,
    ) -> None:
        """A row of cells; that at ``strong`` in the full colour, unless a highlight says what is looked at."""
        strong = None if self.panel.points else strong
        cell = self.cell
        for position in range(self.layers[layer].shape.length):
            x, own = left + position * cell, hue if position == strong else fill
            unit = self.panel.unit(layer, (channel, position))
            own = self.panel.fill(unit, own)
            value = self.panel.value(layer, (channel, position))
            tip = self.panel.tip(layer, (channel, position))
            corners = ((x, top), (x + cell, top), (x + cell, top - cell), (x, top - cell))
            self.sheet.shape(
                Shape(
                    corners,
                    own,
                    stroke=self.theme.unit_stroke,
                    id=numbers.id("u" if layer else "i"),
                    classes=self.pointing.unit(layer, channel, position, kernels=layer > 0),
                    tip=tip,
                )
            )
            if value is not None and "values" in self.options.show:
                text = compact(value)
                size = min(10.0, (cell - 3) / text_width(text, 1.0))
                if size >= 6:
                    ink = readable(self.theme.ink, self.theme.background, own)
                    self.brush.write(x + cell / 2, top - cell / 2, text, size=size, colour=ink, classes="name")

    def _group_kernels(self, group: int, outputs: int, along: float, aside: float, hue: str) -> list[Item]:
        size, items = self.kernel_cell, []
        width, height = self.first.taps * size, self.first.inputs * size
        for number in range(outputs):
            if self.vertical:
                item = self._item(along, aside + number * (width + 8), width, height)
            else:
                high = max(height, self.cell)
                item = self._item(along, aside + number * self._row() + (high - height) / 2, width, height)
            output = group * outputs + number
            classes = self.pointing.kernel(1, output)
            self.painter.paint(self.first, output, hue, item.left, -item.top, size, 1, classes=classes)
            items.append(item)
        return items

    def _group_outputs(
        self, group: int, outputs: int, along: float, aside: float, hue: str, numbers: Numbers, kernels: Sequence[Item]
    ) -> list[Item]:
        rows, length = [], self.layers[1].shape.length
        fill = self.brush.ground if self.brush.is_print else blend(self.theme.background, hue, _DATA)
        strong = self.theme.ink if self.brush.is_print else hue
        for number in range(outputs):
            if self.vertical:
                item = self._item(along + number * self._row(), aside, length * self.cell, self.cell)
            else:
                top = kernels[number].middle[1] + self.cell / 2
                left = self._item(along, aside, length * self.cell, self.cell).left
                item = Item(left, top, length * self.cell, self.cell)
            channel = group * outputs + number
            self._row_of(1, channel, item.left, item.top, fill, numbers, self.focus[1], strong)
            if self._is_looked_at(1, channel):
                self._frame(item.left, item.top, [self.focus[1]], self.cell)
            rows.append(item)
        return rows

    def _sign(self, along: float, aside: float, sign: str) -> None:
        self.brush.sign(*self._item(along, aside, 0.0, 0.0)[:2], sign)

    # What mixes the lanes

    def _mixed(
        self, kernels: Kernels, end: float, whole: float, rows: Sequence[Item], wide: float, numbers: Numbers
    ) -> None:
        """The kernels of a layer of one tap, a line to each of their cells, and the rows they make."""
        cell, shape = self.cell, self.layers[2].shape
        size = min(cell, 14.0)
        height = kernels.inputs * size
        row = max(_MIX_ROW * cell, height + 10) if not self.vertical else max(shape.length * cell, height) + 16
        start = end + _FAN
        low = (whole - (shape.channels - 1) * row) / 2
        fill = self.brush.ground if self.brush.is_print else self.theme.input_fill
        strong = blend(self.theme.background, self.theme.ink, 0.75)
        along = start
        for output in range(shape.channels):
            aside = low + output * row
            cells = self._mixing_kernel(kernels, output, start, aside, size)
            self._fan(kernels, cells, rows, end, output)
            along = start + size
            self._sign(along + _SIGN / 2, aside, "=")
            width, high = shape.length * cell, cell
            item = self._item(along + _SIGN, aside - self._extent(width, high)[1] / 2, width, high)
            self._row_of(2, output, item.left, item.top, fill, numbers, self.focus[2], strong)
            if self._is_looked_at(2, output):
                self._frame(item.left, item.top, [self.focus[2]], cell)
        self._head(start + size / 2, self._kernel_words(kernels, 2))
        self._head(along + _SIGN + self._extent(shape.length * cell, cell)[0] / 2, self._layer_words(2))

    def _mixing_kernel(self, kernels: Kernels, output: int, along: float, aside: float, size: float) -> list[Item]:
        """A cell for each channel that is mixed, in the colour of where it comes from, in a shade of its own."""
        cells = []
        name = self.layers[2].info.name
        each = self.layers[1].shape.channels // self.groups
        for channel in range(kernels.inputs):
            place = aside + (channel - kernels.inputs / 2) * size
            item = self._item(along, place, size, size)
            hue = self.theme.hues[channel // each % len(self.theme.hues)]
            value = kernels.values.get((output, channel, 0))
            if 2 in self.scales and value is not None:
                fill = self.scales[2].fill(value)
            elif self.brush.is_print:
                fill = self.theme.background
            else:
                share = ((channel + output) % max(2, kernels.inputs)) / max(1, max(2, kernels.inputs) - 1)
                fill = blend(self.theme.background, hue, 0.3 + 0.7 * share)
            weight = f"{name}.weight[{output},{channel},0]"
            tip = weight + ("" if value is None else f" = {short(value)}")
            frame = self.panel.mark_of_weight(weight)
            left, top = item.left, item.top
            corners = ((left, top), (left + size, top), (left + size, top - size), (left, top - size))
            self.sheet.shape(
                Shape(
                    corners,
                    fill,
                    stroke=self.theme.unit_stroke,
                    classes=f"kernelcell {self.pointing.kernel(2, output)}",
                    tip=tip,
                )
            )
            if frame:
                self.brush.area(corners, stroke=frame, width=FRAME)
            cells.append(item)
        return cells

    def _fan(self, kernels: Kernels, cells: Sequence[Item], rows: Sequence[Item], end: float, output: int) -> None:
        if kernels.inputs * kernels.outputs > _MOST_PAIRS or self.panel.wish(self.options.edges, 2) == "none":
            return
        each = self.layers[1].shape.channels // self.groups
        for channel, (cell, row) in enumerate(zip(cells, rows, strict=True)):
            spread = (output - (kernels.outputs - 1) / 2) * 4.0
            hue = self.theme.ink if self.brush.is_print else self.theme.hues[channel // each % len(self.theme.hues)]
            x, y = row.middle
            edge = self._item(end, 0.0, 0.0, 0.0)
            if self.vertical:
                start = (x + spread, edge.top)
                goal = (cell.middle[0], cell.top if self.options.direction == "TB" else cell.top - cell.height)
            else:
                start = (edge.left, y - spread)
                goal = (cell.left if self.options.direction == "LR" else cell.left + cell.width, cell.middle[1])
            self._stroke(start, goal, hue, 1.3)

    # Words

    def _head(self, along: float, caption: Caption) -> None:
        x, y = self._item(along, 0.0, 0.0, 0.0)[:2]
        if not caption.is_empty:
            self.heads.append((y if self.vertical else x, caption))

    def _input_words(self) -> Caption:
        usual = Caption(self.panel.layer_title(0) or "input", [shape_text(*self.layers[0].shape)])
        return said_of(self.panel, 0, usual)

    def _kernel_words(self, kernels: Kernels, number: int) -> Caption:
        weights = count(self.layers[number].info.weights, "weight")
        return Caption("kernels", [f"{kernels.outputs} of {kernels.shape}", weights])

    def _layer_words(self, number: int) -> Caption:
        caption = caption_of(self.panel, number, f"{shape_text(*self.layers[number].shape)} units", counts=True)
        lines = [line for line in caption.lines if not line.endswith(("weights", "weight"))]
        return said_of(self.panel, number, Caption(caption.heading, lines))

    def add_captions(self, bottom: float) -> None:
        """Say what the parts of the bands are, in a line."""
        if not self.options.captions:
            return
        right = self.sheet.extent.right + 18
        last = -1e9
        for place, caption in sorted(self.heads, key=lambda head: -head[0] if self.vertical else head[0]):
            half = (caption.height if self.vertical else caption.width) / 2
            place = max(-place if self.vertical else place, last + half + (6 if self.vertical else 10))
            last = place + half
            if self.vertical:
                caption.write(self.brush, right, -place + half, "start")
            else:
                caption.write(self.brush, place, bottom - 12)


def _rounded(left: float, top: float, width: float, height: float, radius: float) -> tuple[tuple[float, float], ...]:
    """The corners of a rectangle, rounded."""
    import math

    points = []
    for quarter, (x, y) in enumerate(
        (
            (left + width - radius, top - radius),
            (left + radius, top - radius),
            (left + radius, top - height + radius),
            (left + width - radius, top - height + radius),
        )
    ):
        for step in range(5):
            angle = (quarter + step / 4) * math.pi / 2
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return tuple(points)
