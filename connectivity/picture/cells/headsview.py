"""One layer with its kernels as the heads of strips: the window goes into every kernel, each makes a cell of its strip."""

from __future__ import annotations

from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import FAINT, FRAME, SIDE, TEXT
from connectivity.picture.cells.captions import Caption, caption_of, said_of, shape_text
from connectivity.picture.cells.detailview import DetailDrawer, Span
from connectivity.picture.cells.kernels import PATTERNS, Kernels
from connectivity.picture.cells.pointing import Pointing

_LEAST_GAP = 1.1  # from the input to kernels, and to strips, in cells, where there is little room
_LEAST = 11.0  # the least side of a cell where there is little room, in points
_AVAILABLE, _LARGEST, _SMALLEST = 560.0, 30.0, 14.0  # points: all strips, and the side of a cell
_HEAD = 0.66  # the side of a kernel's cell, in cells
_BETWEEN, _TO_HEADS, _TO_STRIPS = 1.0, 2.4, 1.7  # between strips, from the input to kernels, to strips, in cells
_BRACKET = 5.0  # the teeth of the bracket over a window, in points


class HeadsDrawer(DetailDrawer):
    """Draws a layer of few outputs; each output channel is a strip under its kernel."""

    def _measure(self) -> None:
        super()._measure()
        kernels = self.kernels or Kernels(1, 1, 1, {})
        outputs, length = self.layer.shape
        cells = outputs * max(length, kernels.taps * _HEAD + 1) + (outputs - 1) * _BETWEEN
        self.cell = self.side(max(_SMALLEST, min(_LARGEST, _AVAILABLE / cells)), _LEAST)
        cell = self.cell
        self.kernel_cell = _HEAD * cell
        self.row = cell
        self.input_depth = self.input.shape.channels * cell
        self.heads = self.input_depth + self.between(_TO_HEADS, _LEAST_GAP) * cell
        self.first_row = self.heads + kernels.inputs * self.kernel_cell + self.between(_TO_STRIPS, _LEAST_GAP) * cell
        self.strip = (max(length, kernels.taps * _HEAD + 1) + _BETWEEN) * cell
        self.base = self.input.shape.length * cell / 2 - (outputs * self.strip - _BETWEEN * cell) / 2

    def _strip_cell(self, channel: int, position: int) -> Span:
        """Where an output is, along."""
        start = self.base + channel * self.strip + position * self.cell
        return start, start + self.cell

    @property
    def _far(self) -> float:
        return self.first_row + self.cell

    def draw(self, numbers: Numbers) -> None:
        """Draw the input, one cone from its window to all kernels, and a cone from each kernel to its output."""
        kernels = self.kernels or Kernels(1, 1, 1, {})
        self.pointing = Pointing(self.panel, numbers)
        self.pointing.look(1, range(self.layer.shape.length))
        self._to_heads(kernels)
        self._padding()
        self._inputs(numbers)
        self._windows()
        for output in range(kernels.outputs):
            self._head(kernels, output, numbers)
        for run in self._runs(self._window(self.focus)):
            self.brush.rectangle(run, (0.0, self.input_depth), stroke=self.theme.ink, width=FRAME)
        self._signs(kernels)
        self._row_names()
        self._keys()

    def _head_span(self, kernels: Kernels, output: int) -> Span:
        """Where a kernel is, along: its middle over the output that is looked at."""
        middle = sum(self._strip_cell(output, self.focus)) / 2
        half = kernels.taps * self.kernel_cell / 2
        return middle - half, middle + half

    def _to_heads(self, kernels: Kernels) -> None:
        runs = self._runs(self._window(self.focus))
        start = runs[0][0], runs[-1][1]
        end = self._head_span(kernels, 0)[0], self._head_span(kernels, kernels.outputs - 1)[1]
        point = self.panel.flow.point
        corners = (
            point(start[0], self.input_depth),
            point(end[0], self.heads),
            point(end[1], self.heads),
            point(start[1], self.input_depth),
        )
        colour = self.theme.ink if self.brush.is_print else self.theme.muted
        if not self.brush.is_print:
            self.brush.area(corners, colour, opacity=FAINT, classes="cone")
        for one, other in zip(start, end, strict=True):
            self.brush.line((one, self.input_depth), (other, self.heads), colour=colour, width=SIDE)

    def _head(self, kernels: Kernels, output: int, numbers: Numbers) -> None:
        """A kernel, its cone, and its strip."""
        hue, span = self.painter.hue(output, kernels.outputs), self._head_span(kernels, output)
        across = self.heads, self.heads + kernels.inputs * self.kernel_cell
        end = self._strip_cell(output, self.focus)
        point = self.panel.flow.point
        corners = (
            point(span[0], across[1]),
            point(end[0], self.first_row),
            point(end[1], self.first_row),
            point(span[1], across[1]),
        )
        plain = self.brush.is_print or self.scale is not None
        colour = self.brush.hue(Bond.POOL) if plain else hue
        if not self.brush.is_print:
            self.brush.area(corners, colour, opacity=FAINT, classes="cone")
        for one, other in zip(span, end, strict=True):
            self.brush.line((one, across[1]), (other, self.first_row), colour=colour, width=SIDE)
        classes = self.pointing.kernel(1, output)
        self.painter.paint(kernels, output, hue, span[0], across[0], self.kernel_cell, 1, classes=classes)
        ink = self.theme.ink if plain else hue
        name = f"$w_{{{output + self.options.index_from}}}$"
        align = "start" if self.vertical else "middle"
        self.brush.text(
            span[1] + (8 if self.vertical else 10), sum(across) / 2, name, size=13.0, colour=ink, align=align
        )
        self._strip(output, numbers)

    def _strip(self, output: int, numbers: Numbers) -> None:
        shift = self.options.index_from
        across = self.first_row, self.first_row + self.cell
        for position in range(self.layer.shape.length):
            fill, pattern = self._output_fill(output, position)
            along = self._strip_cell(output, position)
            self._cell(1, output, position, along, across, fill, f"{position + shift}", numbers)
            if pattern:
                corners = self.panel.flow.rectangle(along, across)
                self.brush.hatch(corners, PATTERNS[output], 3.5 if position in self.strong else 7.0)
                self._disc(along, across)
        for position in self.strong:
            self.brush.rectangle(self._strip_cell(output, position), across, stroke=self.theme.ink, width=FRAME)

    def _windows(self) -> None:
        """A numbered bracket over the window of each output, in two rows, so that none lies on another."""
        shift, faint = self.options.index_from, self.theme.faint
        for target in range(self.layer.shape.length):
            places = self._window(target)
            start, end = places[0] * self.cell + 2, (places[-1] + 1) * self.cell - 2
            across = -(10.0 + (target % 2) * 17.0)
            strong = target in self.strong
            colour = self.theme.ink if strong else faint
            self.brush.line(
                (start, across + _BRACKET),
                (start, across),
                (end, across),
                (end, across + _BRACKET),
                colour=colour,
                width=1.8 if strong else 1.0,
            )
            place = across - 8.0 if self.vertical else across - 7.0
            text_colour = self.theme.ink if strong else self.theme.muted
            self.brush.text((start + end) / 2, place, f"{target + shift}", size=10.0, colour=text_colour, bold=strong)

    def _signs(self, kernels: Kernels) -> None:
        """What is done: input * kernel = output."""
        along = min(self._head_span(kernels, 0)[0], self._strip_cell(0, 0)[0]) - 16
        self._star(along, self.heads + kernels.inputs * self.kernel_cell / 2)
        self.brush.text(along, self.first_row + self.cell / 2, "=", size=16.0, colour=self.theme.ink)

    def _row_names(self) -> None:
        given, shift = self.panel.channel_names, self.options.index_from
        along, names = -self.pads[0] * self.cell - 8, self._standing_names().get(0)
        if self.input.shape.channels > 1 or names:
            for channel in range(self.input.shape.channels):
                text = names[channel] if names else self._channel_text(channel + shift)
                self._end_text(along, self._input_across(channel), text, before=True)
        for channel in range(self.layer.shape.channels):
            start, end = self._strip_cell(channel, 0)[0], self._strip_cell(channel, self.layer.shape.length - 1)[1]
            text = given[1][channel] if 1 in given else f"channel {channel + shift}"
            if self.vertical:
                self.brush.text((start + end) / 2, self._far + 10, text, size=TEXT)
            else:
                align = "start" if self.options.direction == "LR" else "end"
                self.brush.text((start + end) / 2, self._far + 8, text, size=TEXT, align=align)

    def _captions_down(self, first: Caption, layer: Caption) -> None:
        end = (self.input.shape.length + self.pads[1]) * self.cell
        x, y = self.panel.flow.point(end + 12, self.input_depth / 2)
        first.write(self.brush, x, y + first.height / 2, "start")
        middle = self.input.shape.length * self.cell / 2
        x, y = self.panel.flow.point(middle, self._far + 20)
        layer.write(self.brush, x, y - 4 if self.options.direction == "TB" else y + 4 + layer.height)

    def _captions_across(self, first: Caption, layer: Caption, bottom: float) -> None:
        x, _ = self.panel.flow.point(0.0, self.input_depth / 2)
        first.write(self.brush, x, bottom - 12)
        x, _ = self.panel.flow.point(0.0, self._far)
        layer.write(self.brush, x, bottom - 12)

    def _layer_words(self) -> Caption:
        words = self._kernel_words(self.kernels or Kernels(1, 1, 1, {}))
        caption = caption_of(self.panel, 1, f"{shape_text(*self.layer.shape)} units", counts=True)
        facts = [line for line in caption.lines if not line.endswith(("weights", "weight"))]
        kernels = " ".join(words.lines[1:])
        usual = Caption(caption.heading, [" · ".join(facts), f"{words.heading}: {words.lines[0]}", kernels])
        return said_of(self.panel, 1, usual)
