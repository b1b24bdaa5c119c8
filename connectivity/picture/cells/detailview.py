"""One layer in detail: its input over its output, each output channel a row behind the kernel that makes it.

Outputs stand under the middle of their windows, so that the distance of two of them is the stride.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.colour.cellscale import CellScale
from connectivity.colour.keys import Area, Areas
from connectivity.colour.spaces import blend, legible, readable
from connectivity.graphs.stage import WHOLE
from connectivity.layers.base import count
from connectivity.layout.stretches import looked_at
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import CELL_TEXT, FAINT, FRAME, SMALL, STRONG, TEXT
from connectivity.picture.cells.captions import Caption, caption_of, said_of, shape_text
from connectivity.picture.cells.cones import cones_of, paint_cone, pieces
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.kernels import (
    LEAST_NUMBER,
    PATTERNS,
    KernelPainter,
    Kernels,
    compact,
    kernels_of,
    number_size,
)
from connectivity.picture.cells.panel import CellPanel, wished_positions
from connectivity.picture.cells.pointing import Pointing
from connectivity.scene import Scene, Shape
from connectivity.typeset.markup import rich_width
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import listed

Span = tuple[float, float]

_LARGEST, _SMALLEST, _AVAILABLE = 32.0, 18.0, 360.0  # the side of a cell, and what all of them take, in points
_APART = 14.0  # between the captions of kernels and of outputs, in points
_LEAST = 13.0  # the least side of a cell where there is little room, in points
_KERNEL = 0.53  # the side of a kernel's cell, in cells
_ROW, _ROW_ROOM = 1.45, 0.35  # from one row of outputs to the next, and what a kernel needs beside itself, in cells
_GAP, _LEAST_GAP = 2.6, 1.2  # from the input to the output, in cells
_FRAME_ROOM = 4.0
_REST = 0.22  # how strong the cells of a row are that are not looked at
_LEAST_NAME, _MOST_NAMES = 6.5, 6  # the least size of names over columns, in points; so many are listed


_PLAIN = ("", "solid")  # the pen of a line that stands for several weights


_UNHUED = ("a shade for each weight", "a number for each kernel, a shade for each place in it")


class DetailDrawer(CellDrawer):
    """Draws one layer on its input on a sheet of its own."""

    def __init__(self, panel: CellPanel, paper: Scene) -> None:
        super().__init__(panel, paper)
        self.input, self.layer = panel.layers[0], panel.layers[1]
        self.bond = panel.bonds[1] or Bond.SHARED
        self.kernels = kernels_of(panel, 1) if panel.wish(self.options.kernels, 1) != "none" else None
        self.pads = panel.plan.pads(1)
        cells = self.input.shape.length + sum(self.pads)
        self.cell = self.side(max(_SMALLEST, min(_LARGEST, _AVAILABLE / cells)), _LEAST)
        self.scale = self._scale()
        shows_numbers = panel.wish(self.options.kernels, 1) == "values" or self.scale is not None
        self.painter = KernelPainter(panel, self.brush, self.scale, shows_numbers)
        self._measure()

    def _scale(self) -> CellScale | None:
        wish = self.panel.wish(self.options.kernels, 1)
        if self.kernels is None or not (self.panel.says_weights or wish == "values"):
            return None
        return CellScale.of_layers({1: self.kernels.numbers}, self.options, self.theme, apart=False)[1]

    def _measure(self) -> None:
        """Find where rows and cells are: positions begin at 0 along, the input at 0 across."""
        cell, channels = self.cell, self.input.shape.channels
        self.kernel_cell = max(_KERNEL * cell, 20.0 if self.scale is not None else 0.0)
        rows = self.kernels.inputs if self.kernels else 1
        self.row = max(_ROW * cell, rows * self.kernel_cell + _ROW_ROOM * cell)
        if self.kernels is None and self.layer.shape.channels > 1 and self._touches:
            self.row = cell
        self.input_depth = channels * cell
        self.first_row = self.input_depth + self.between(_GAP, _LEAST_GAP) * cell + (self.row - cell) / 2
        self.focus = looked_at(self.panel.layers, wished_positions(self.panel.plan.named))[1]
        if not self.panel.plan.named:
            self.focus = self._first_whole()
        self.strong = self.panel.strong(1, self.focus)

    @property
    def _touches(self) -> bool:
        """Whether the outputs of a row touch."""
        return self.layer.info.window is not None and self.layer.info.window[2] == 1

    def _first_whole(self) -> int:
        """The first output whose window has no padding; else the middle one."""
        window, length = self.layer.info.window, self.layer.shape.length
        if window is None or not any(self.pads):
            return length // 2
        first, last, jump = window
        for target in range(length):
            if first + jump * target >= 0 and last + jump * target < self.input.shape.length:
                return target
        return length // 2

    def _output(self, position: int) -> Span:
        """Where an output is, along."""
        first, last, jump = self.layer.info.window or (0.0, 0.0, 1.0)
        middle = ((first + last) / 2 + jump * position + 0.5) * self.cell
        return middle - self.cell / 2, middle + self.cell / 2

    def _across(self, channel: int) -> Span:
        """Where the row of an output channel is, across; channels are read one way, whichever way data flows."""
        channels = self.layer.shape.channels
        place = channels - 1 - channel if self.panel.flow.backwards else channel
        start = self.first_row + place * self.row
        return start, start + self.cell

    def _input_across(self, channel: int) -> Span:
        place = self.input.shape.channels - 1 - channel if self.panel.flow.backwards else channel
        return place * self.cell, (place + 1) * self.cell

    @property
    def _near(self) -> float:
        """Where the rows of outputs begin, across."""
        return self.first_row

    @property
    def _far(self) -> float:
        return self.first_row + (self.layer.shape.channels - 1) * self.row + self.cell

    def draw(self, numbers: Numbers) -> None:
        """Draw all of it: cones, cells over them, frames over these."""
        self.pointing = Pointing(self.panel, numbers)
        self.pointing.look(1, range(self.layer.shape.length))
        if self.panel.wish(self.options.edges, 1) != "none":
            self._cones()
        self._padding()
        self._inputs(numbers)
        self._outputs(numbers)
        self._frames()
        if self.kernels is not None:
            self._kernels(self.kernels)
        self._names()
        self._keys()

    def _keys(self) -> None:
        if self.scale is not None:
            written = self.kernels and number_size(self.kernels.numbers, self.kernel_cell) >= LEAST_NUMBER
            self.panel.keys = [] if self.brush.is_print and written else [self.scale.key("weight")]
        elif self.kernels is None:
            colour = self.theme.ink if self.brush.is_print else self.brush.hue(self.bond)
            self.panel.keys = [Areas(((Area(colour, self.brush.pattern(self.bond)), self.bond.value),))]

    # Cones

    def _cones(self) -> None:
        wish = self.panel.wish(self.options.edges, 1)
        if wish == "lines":
            self._lines()
            return
        grey = Bond.POOL if self.kernels is not None else self.bond
        for cone in cones_of(self.panel, 1, 0, self.focus, self.focus):
            (target,) = cone.targets
            runs = self._runs(self._window(target))
            for start, share in pieces(runs, self._output(target)):
                end = (share[0], share[1])
                paint_cone(self.brush, start, self.input_depth, end, self._near, grey, cone.strong, cone.colour)
            if self.row > self.cell:
                self._beam(self._output(target), cone.strong)

    def _beam(self, along: Span, strong: bool) -> None:
        """What a cone becomes behind rows that stand apart: between each and the next."""
        for number in range(self.layer.shape.channels - 1):
            start = self.first_row + number * self.row + self.cell
            end = start + self.row - self.cell
            if self.brush.is_print:
                for side in along:
                    style = "solid" if strong else "dashed"
                    self.brush.line((side, start), (side, end), colour=self.theme.ink, width=0.8, style=style)
            else:
                self.brush.rectangle(along, (start, end), self.theme.muted, opacity=STRONG if strong else FAINT)

    def _window(self, target: int) -> list[int]:
        """The positions that an output looks at, padding among them."""
        window, taps = self.layer.info.window, self.layer.info.kernel_size or 1
        seen = self.panel.seen(1, target, 0)
        if window is None or taps < 2:
            return seen
        first, last, jump = window
        step = (last - first) / (taps - 1)
        places = [round(first + jump * target + step * tap) for tap in range(taps)]
        inside = [place for place in places if 0 <= place < self.input.shape.length]
        return places if inside == seen else seen

    def _runs(self, positions: Sequence[int]) -> list[Span]:
        runs: list[Span] = []
        for position in positions:
            start = position * self.cell
            if runs and abs(runs[-1][1] - start) < 1e-6:
                runs[-1] = (runs[-1][0], start + self.cell)
            else:
                runs.append((start, start + self.cell))
        return runs

    def _lines(self) -> None:
        """A line for each tap of each output, which stands for all pairs of channels: in the colour of its weight, if one.

        A tap whose weights all count as zeros has none.
        """
        length = self.layer.shape.length
        shown = range(length) if self.options.windows == "all" else dict.fromkeys((0, length - 1, *self.strong))
        pens = self._pens()
        for target in shown:
            end = sum(self._output(target)) / 2
            for tap, place in enumerate(self._window(target)):
                if 0 <= place < self.input.shape.length and pens.get(tap, _PLAIN):
                    colour, style = pens.get(tap, _PLAIN) or _PLAIN
                    wide = 1.8 if self.panel.points and target in self.strong else 1.1
                    self.brush.line(
                        ((place + 0.5) * self.cell, self.input_depth),
                        (end, self._near),
                        colour=colour or self.theme.faint,
                        width=wide,
                        style=style,
                    )

    def _pens(self) -> dict[int, tuple[str, str] | None]:
        """The colour and the style of the lines of each tap; None of one that is not drawn."""
        kernels, pens = self.kernels, dict[int, tuple[str, str] | None]()
        if kernels is None:
            return pens
        for tap in range(kernels.taps):
            weights = [
                ((output, row, tap), (output * kernels.inputs + row) * kernels.taps + tap)
                for output in range(kernels.outputs)
                for row in range(kernels.inputs)
            ]
            zeros = [self.panel.pruning.is_zero(1, kernels.values.get(key), number) for key, number in weights]
            one = len(weights) == 1
            fill = self.painter.fill(kernels, 0, 0, tap, self.painter.hue(0, 1)) if one else ""
            colour = legible(fill, self.theme.background) if fill and not self.theme.monochrome else ""
            dashed = all(zeros) and self.panel.pruning.dashes
            pens[tap] = None if all(zeros) and self.panel.pruning.hides else (colour, "dashed" if dashed else "solid")
        return pens

    # Cells

    def _padding(self) -> None:
        """Dashed cells with what padding counts as, without the side they share with data."""
        length, cell, faint = self.input.shape.length, self.cell, self.theme.faint
        zeros = bool(self.layer.info.padding)
        for positions, shared in (
            (range(-self.pads[0], 0), 0.0),
            (range(length, length + self.pads[1]), length * cell),
        ):
            for channel in range(self.input.shape.channels):
                near, far = self._input_across(channel)
                for position in positions:
                    start, end = position * cell, (position + 1) * cell
                    sides = [((start, near), (end, near)), ((start, far), (end, far))]
                    sides += [((side, near), (side, far)) for side in (start, end) if abs(side - shared) > 1e-6]
                    for one, other in sides:
                        self.brush.line(one, other, colour=faint, width=0.9, style="dashed")
                    if zeros:
                        text = self.layer.kind.padding_value
                        self.brush.text((start + end) / 2, (near + far) / 2, text, size=SMALL, colour=faint)

    def _cell(
        self, layer: int, channel: int, position: int, along: Span, across: Span, fill: str, text: str, numbers: Numbers
    ) -> None:
        unit = self.panel.unit(layer, (channel, position))
        hued = bool(layer) and position in self.strong and self.strong[position] is None and not self.panel.fills
        if not hued:
            fill = self.panel.fill(unit, fill)
        value = self.panel.value(layer, (channel, position))
        tip = self.panel.tip(layer, (channel, position))
        shape = Shape(
            self.brush.unit(along, across, self.panel.wish(self.options.units, layer)),
            fill,
            stroke=self.theme.unit_stroke,
            id=numbers.id("u" if layer else "i"),
            classes=self.pointing.unit(layer, channel, position, kernels=bool(layer) and self.kernels is not None),
            tip=tip,
        )
        self.sheet.shape(shape)
        label = None if unit is None else self.panel.labels.get(unit)
        if "values" in self.options.show and value is not None:
            text = compact(value)
        elif "values" in self.options.show and not self.panel.is_written(layer, (channel, position)):
            text = ""
        elif self.options.unit_labels and label is not None:
            text = label.markup()
        if text and self.options.labels != "none":
            size = min(CELL_TEXT, (self.cell - 4) / max(0.1, text_width(text.replace("$", ""), 1.0)))
            if size >= 6:
                ink = readable(self.theme.ink, self.theme.background, fill)
                self.brush.text(sum(along) / 2, sum(across) / 2, text, size=size, colour=ink, classes="name")

    def _inputs(self, numbers: Numbers) -> None:
        for channel in range(self.input.shape.channels):
            for position in range(self.input.shape.length):
                along = position * self.cell, (position + 1) * self.cell
                fill = self.brush.ground
                self._cell(0, channel, position, along, self._input_across(channel), fill, "", numbers)

    def _outputs(self, numbers: Numbers) -> None:
        outputs, shift = self.layer.shape.channels, self.options.index_from
        for channel in range(outputs):
            across = self._across(channel)
            middle = sum(across) / 2
            if not self._touches:
                ends = self._output(0)[0] - self.cell / 2, self._output(self.layer.shape.length - 1)[1]
                self.brush.line((ends[0], middle), (ends[1], middle), colour=self.theme.hairline, width=1.0)
            for position in range(self.layer.shape.length):
                fill, pattern = self._output_fill(channel, position)
                along = self._output(position)
                self._cell(1, channel, position, along, across, fill, f"{position + shift}", numbers)
                if pattern:
                    corners = self.brush.unit(along, across, self.panel.wish(self.options.units, 1))
                    self.brush.hatch(corners, PATTERNS[channel], 3.5 if position in self.strong else 7.0)
                    self._disc(along, across)

    def _disc(self, along: Span, across: Span) -> None:
        self.brush.disc(sum(along) / 2, sum(across) / 2, 7.5)

    def _output_fill(self, channel: int, position: int) -> tuple[str, bool]:
        """The fill of an output, and whether it has its kernel's pattern."""
        outputs, strong = self.layer.shape.channels, position in self.strong
        if self.brush.is_print:
            return self.theme.background, self.kernels is not None and self.scale is None and outputs <= len(PATTERNS)
        if self.kernels is None or self.scale is not None:
            hue = self.theme.muted if self.scale is not None else self.brush.hue(self.bond)
            return (blend(self.theme.background, hue, 0.7) if strong else self.theme.unit_fill), False
        hue = self.painter.hue(channel, outputs)
        return (hue if strong else blend(self.theme.background, hue, _REST)), False

    def _frames(self) -> None:
        ink = self.theme.ink
        room = _FRAME_ROOM if self.row > self.cell and self.layer.shape.channels > 1 else 0.0
        for target, colour in self.strong.items():
            for run in self._runs(self._window(target)):
                self.brush.rectangle(run, (0.0, self.input_depth), stroke=colour or ink, width=FRAME)
            low, high = self._output(target)
            named = self.panel.names_channels(1, target)
            if named and len(named) < self.layer.shape.channels:
                for channel in named:
                    self.brush.rectangle((low, high), self._across(channel), stroke=colour or ink, width=FRAME)
                continue
            across = self._near - room, self._far + room
            beside = 0.0 if self._touches else room  # where outputs touch, the frame is their own border
            self.brush.rectangle((low - beside, high + beside), across, stroke=colour or ink, width=FRAME)

    # Kernels and words

    def _kernels(self, kernels: Kernels) -> None:
        """Before each row its kernel, and what is done with it: w * x =."""
        size, shift = self.kernel_cell, self.options.index_from
        biased = "bias" in self.options.show and self.layer.info.biases > 0
        room = (64.0 if self.vertical else 59.0) + (30.0 if biased else 0.0)
        self.kernel_end = self._row_start() - 0.75 * self.cell - room
        for output in range(kernels.outputs):
            middle = sum(self._across(output)) / 2
            start, near = self.kernel_end - kernels.taps * size, middle - kernels.inputs * size / 2
            hue = self.painter.hue(output, kernels.outputs)
            self.painter.paint(kernels, output, hue, start, near, size, 1, classes=self.pointing.kernel(1, output))
            ink = self.theme.ink if self.brush.is_print or self.scale is not None else hue
            align, beside = ("end", 8.0) if self.vertical else ("middle", 11.0)
            self.brush.text(start - beside, middle, f"$w_{{{output + shift}}}$", size=13.0, colour=ink, align=align)
            self._equation(middle, room, f"+ $b_{{{output + shift}}}$" if biased else "")

    def _equation(self, across: float, room: float, bias: str) -> None:
        """What is done with a kernel, behind it: * x + b =."""
        ink, name = self.theme.ink, self.input.info.name or "x"
        self._star(self.kernel_end + (14.0 if self.vertical else 13.0), across)
        self.brush.text(self.kernel_end + 30, across, f"${name[:6]}$", size=13.0, colour=ink)
        if bias:
            self.brush.text(self.kernel_end + (56.0 if self.vertical else 50.0), across, bias, size=13.0, colour=ink)
        self.brush.text(self.kernel_end + room - 12, across, "=", size=16.0, colour=ink)

    def _kernel_span(self, kernels: Kernels) -> Span:
        """Where the first kernel begins and the last one ends, across."""
        half, channels = kernels.inputs * self.kernel_cell / 2, range(self.layer.shape.channels)
        middles = [sum(self._across(channel)) / 2 for channel in channels]
        return min(middles) - half, max(middles) + half

    def _row_start(self) -> float:
        """Where rows of outputs begin, along; no further than what is over them."""
        return min(self._output(0)[0], -self.pads[0] * self.cell + self.cell)

    def _star(self, along: float, across: float) -> None:
        self.brush.star(*self.panel.flow.point(along, across))

    def _names(self) -> None:
        """The names of channels at the outer ends of their rows."""
        channels, shift = self.input.shape.channels, self.options.index_from
        given = self._standing_names()
        along = -self.pads[0] * self.cell - 8
        if channels > 1 or 0 in given:
            for channel in range(channels):
                text = given[0][channel] if 0 in given else self._channel_text(channel + shift)
                self._end_text(along, self._input_across(channel), text, before=True)
        if self.layer.shape.channels > 1 or 1 in given:
            end = self._output(self.layer.shape.length - 1)[1] + (12 if self.row > self.cell else 8)
            for channel in range(self.layer.shape.channels):
                text = given[1][channel] if 1 in given else self._channel_text(channel + shift)
                self._end_text(end, self._across(channel), text, before=False)

    def _standing_names(self) -> dict[int, list[str]]:
        """The names of channels, by layer, that have room at the ends of their rows; the others stand in captions."""
        rooms = {0: self.cell - 3, 1: max(self.cell, self.row) - 3}
        return {
            number: names
            for number, names in self.panel.channel_names.items()
            if self.vertical or max(rich_width(name, _LEAST_NAME) for name in names) <= rooms[number]
        }

    def _listed_names(self, number: int) -> list[str]:
        """The names of channels that have no room at the ends of their rows, as a line of a caption."""
        names = self.panel.channel_names.get(number)
        return [listed(names, _MOST_NAMES)] if names and number not in self._standing_names() else []

    def _channel_text(self, number: int) -> str:
        """What a channel without a name is called; over a column there is room for its number alone."""
        return f"channel {number}" if self.vertical else f"{number}"

    def _end_text(self, along: float, across: Span, text: str, *, before: bool) -> None:
        if self.vertical:
            self.brush.text(along, sum(across) / 2, text, size=TEXT, align="end" if before else "start")
        else:
            room = max(self.cell, self.row if not before else 0.0) - 3
            size = min(TEXT, TEXT * room / max(1.0, rich_width(text, TEXT)))
            self.brush.text(along + (-4 if before else 6), sum(across) / 2, text, size=size)

    def add_captions(self, bottom: float) -> None:
        """Say what the input, the kernels and the layer are."""
        if not self.options.captions:
            return
        first, layer = self._input_words(), self._layer_words()
        if self.vertical:
            self._captions_down(first, layer)
        else:
            self._captions_across(first, layer, bottom)

    def _input_words(self) -> Caption:
        heading = self.panel.layer_title(0) or f"input {self.input.info.name}".strip()
        usual = Caption(heading, [shape_text(*self.input.shape), *self._listed_names(0)])
        return said_of(self.panel, 0, usual)

    def _layer_words(self) -> Caption:
        """What the layer is; the weights are its kernels' to say, where these are drawn."""
        shown = {target for cone in cones_of(self.panel, 1, 0, self.focus, self.focus) for target in cone.targets}
        if self.panel.wiring.stage is not WHOLE:  # the cone that moves on is none of those that stay
            shown = {min(shown), max(shown)} if shown else shown
        numbers = [str(number + self.options.index_from) for number in sorted(shown)]
        plural = "s" if len(shown) > 1 else ""
        if self.panel.wish(self.options.edges, 1) in ("lines", "none"):
            numbers = []
        cones = [f"cone{plural}: the window{plural} of output{plural} {listed(numbers)}"] if numbers else []
        layer = caption_of(self.panel, 1, f"{shape_text(*self.layer.shape)} units", *self._listed_names(1), counts=True)
        lines = layer.lines
        if self.kernels is not None:
            lines = [line for line in lines if not line.endswith(("weights", "weight"))]
        usual = Caption(layer.heading, [*lines, *(cones if self.layer.info.window is not None else [])])
        return said_of(self.panel, 1, usual)

    def _captions_down(self, first: Caption, layer: Caption) -> None:
        end = (self.input.shape.length + self.pads[1]) * self.cell
        x, y = self.panel.flow.point(end + 12, self.input_depth / 2)
        first.write(self.brush, x, y + first.height / 2, "start")
        middle = (self._output(0)[0] + self._output(self.layer.shape.length - 1)[1]) / 2
        x, y = self.panel.flow.point(middle, self._far)
        down = self.options.direction == "TB"
        top = y - 18 if down else y + 18 + layer.height
        if self.kernels is None:
            layer.write(self.brush, x, top)
            return
        words = self._kernel_words(self.kernels)
        beside = self.panel.flow.point(self.kernel_end - self.kernels.taps * self.kernel_cell / 2, 0.0)[0]
        layer.write(self.brush, max(x, beside + (words.width + layer.width) / 2 + _APART), top)
        y = self.panel.flow.point(0.0, max(self._far, self._kernel_span(self.kernels)[1]))[1]
        words.write(self.brush, beside, y - 18 if down else y + 18 + words.height)

    def _captions_across(self, first: Caption, layer: Caption, bottom: float) -> None:
        x, _ = self.panel.flow.point(0.0, self.input_depth / 2)
        first.write(self.brush, x, bottom - 12)
        x, _ = self.panel.flow.point(0.0, (self._near + self._far) / 2)
        layer.write(self.brush, x, bottom - 12)
        if self.kernels is not None:
            words = self._kernel_words(self.kernels)
            along = self.kernel_end - self.kernels.taps * self.kernel_cell / 2
            x, y = self.panel.flow.point(along, min(self._near, self._kernel_span(self.kernels)[0] + 12) - 24)
            align = "end" if self.options.direction == "LR" else "start"
            words.write(self.brush, x, y + words.height / 2, align)

    def _kernel_words(self, kernels: Kernels) -> Caption:
        weights = count(self.layer.info.weights, "weight")
        lines = [f"{kernels.outputs} of {kernels.shape} · {weights}"]
        if kernels.outputs == 1:
            lines = [f"{kernels.shape} · {weights}"]
        if self.brush.is_print and self.scale is None:
            lines += ["a pattern for each kernel," if kernels.outputs <= len(PATTERNS) else "", "a letter for each tap"]
        elif self.scale is None:
            hued = 1 < kernels.outputs <= len(self.theme.hues)
            lines += ["a hue for each kernel,", "a shade for each weight"] if hued else [_UNHUED[kernels.outputs > 1]]
        return Caption("kernels" if kernels.outputs > 1 else "kernel", [line for line in lines if line])
