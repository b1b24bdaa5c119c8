"""Values on their way: a signal, the kernels under the window they are applied to, and what they make of it.

Each row of cells has the colours of its numbers, on scales that are centred on 0. A layer of one channel is a curve as
well. The kernel stands right under its window and the output under the window's middle, so that the eye can slide it.
"""

from __future__ import annotations

import itertools

from connectivity.colour.cellscale import CellScale
from connectivity.colour.spaces import blend, readable
from connectivity.layers.base import count, unpadded
from connectivity.layers.words import PADDING_MODES
from connectivity.layout.stretches import looked_at
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.brush import FRAME, STRONG, TEXT
from connectivity.picture.cells.captions import Caption, caption_of, said_of, shape_text
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.kernels import KernelPainter, Kernels, compact, kernels_of, scale_keys
from connectivity.picture.cells.panel import CellPanel, wished_positions
from connectivity.picture.cells.pointing import Pointing
from connectivity.scene import Scene, Shape
from connectivity.typeset.metrics import text_width

Span = tuple[float, float]

_LARGEST, _SMALLEST, _AVAILABLE = 24.0, 13.0, 520.0  # the side of a cell, and what all of them take, in points
_TO_KERNEL, _TO_OUTPUT, _BETWEEN = 1.9, 2.4, 0.4  # from one to the next, in cells
_LEAST = 8.0  # the least side of a cell where there is little room, in points
_CURVE, _CURVE_GAP, _MARK = 26.0, 10.0, 2.4  # the amplitude of a curve, its distance from cells, its points' radius
_NUMBER = 20.0  # cells from this side on hold numbers, where these are asked for
_MOST_TERMS = 9
_PADDED = 0.5  # how strong the colour of a copy in the padding is


class SignalDrawer(CellDrawer):
    """Draws values of one or two layers on a sheet of its own."""

    def __init__(self, panel: CellPanel, paper: Scene) -> None:
        super().__init__(panel, paper)
        self.kernels = [self._kernels(number) for number in range(1, len(self.layers))]
        self.focus = looked_at(self.layers, wished_positions(panel.plan.named) or {len(self.layers) - 1: self._peak()})
        self._scales()
        self._stand()
        self.heads: list[tuple[float, Caption, str]] = []

    def _kernels(self, number: int) -> Kernels:
        return kernels_of(self.panel, number) or Kernels(0, 0, 0, {})

    def _values(self, layer: int) -> list[list[float]]:
        """The values of a layer: of each channel those of its positions; what is not known is 0."""
        channels, length = self.layers[layer].shape
        return [[self._value(layer, (channel, position)) for position in range(length)] for channel in range(channels)]

    def _value(self, layer: int, place: tuple[int, int]) -> float:
        unit = self.panel.unit(layer, place)
        return 0.0 if unit is None else self.panel.wiring.values.get(unit, 0.0)

    def _peak(self) -> int:
        """The position of the largest value of the last layer."""
        rows = self._values(len(self.layers) - 1)
        return max(range(len(rows[0])), key=lambda position: max(abs(row[position]) for row in rows))

    def _scales(self) -> None:
        values = [value for layer in range(len(self.layers)) for row in self._values(layer) for value in row]
        weights = {number: kernels.numbers for number, kernels in enumerate(self.kernels, start=1)}
        if len(self.kernels) == 1 and self.options.scale in ("auto", "global"):
            self.units = CellScale([*values, *weights[1]], self.options, self.theme)
            scales = {1: self.units}
            self.panel.keys = [self.units.key("value of a unit or a weight")]
        else:
            self.units = CellScale(values, self.options, self.theme)
            scales = CellScale.of_layers(weights, self.options, self.theme, apart=False)
            own = scale_keys(self.panel, scales)
            self.panel.keys = [
                self.units.key("values of units"),
                *(own if len(own) > 1 else [scales[1].key("weights")]),
            ]
        self.painters = {number: KernelPainter(self.panel, self.brush, scale, True) for number, scale in scales.items()}

    def _stand(self) -> None:
        """Where each layer's positions are (base, step in cells), and where its rows begin across."""
        pads = [self.panel.plan.pads(number) for number in range(1, len(self.layers))]
        self.pads = [*pads, (0, 0)]
        longest = max(layer.shape.length + sum(pad) for layer, pad in zip(self.layers, self.pads, strict=True))
        self.cell = self.side(max(_SMALLEST, min(_LARGEST, _AVAILABLE / longest)), _LEAST)
        self.places: list[tuple[float, float]] = [(0.0, 1.0)]
        for layer in self.layers[1:]:
            first, last, jump = layer.info.window or (0.0, 0.0, 1.0)
            base, step = self.places[-1]
            self.places.append((base + step * (first + last) / 2, step * jump))
        at = (2 * _CURVE + _CURVE_GAP) if self._has_curve(0) else 0.0
        self.rows, self.stacks = [at], []
        for number, kernels in enumerate(self.kernels, start=1):
            at += self.layers[number - 1].shape.channels * self.cell + _TO_KERNEL * self.cell
            self.stacks.append(at)
            high = kernels.inputs * self.cell
            at += kernels.outputs * high + max(0, kernels.outputs - 1) * _BETWEEN * self.cell + _TO_OUTPUT * self.cell
            self.rows.append(at)

    def _has_curve(self, layer: int) -> bool:
        return self.layers[layer].shape.channels == 1 and layer in (0, len(self.layers) - 1)

    def _along(self, layer: int, position: float) -> Span:
        base, step = self.places[layer]
        start = (base + step * position) * self.cell
        return start, start + self.cell

    def _across(self, layer: int, channel: int) -> Span:
        channels = self.layers[layer].shape.channels
        place = channels - 1 - channel if self.panel.flow.backwards else channel
        start = self.rows[layer] + place * self.cell
        return start, start + self.cell

    def _far(self, layer: int) -> float:
        return self.rows[layer] + self.layers[layer].shape.channels * self.cell

    def draw(self, numbers: Numbers) -> None:
        """Draw all of it: cones, then cells and curves, then frames."""
        self.pointing = Pointing(self.panel, numbers)
        for number in range(1, len(self.layers)):
            self.pointing.look(number, range(self.layers[number].shape.length))
        for number in range(1, len(self.layers)):
            self._cone(number)
        for layer in range(len(self.layers)):
            self._padding(layer)
            self._cells(layer, numbers)
            if self._has_curve(layer):
                self._curve(layer)
        for number in range(1, len(self.layers)):
            self._stack(number)
        self._frames()
        self._words()

    def _window(self, number: int) -> list[int]:
        """The positions that the output that is looked at looks at, those of padding among them."""
        first, last, _ = self.layers[number].info.window or (0.0, 0.0, 1.0)
        jump = (self.layers[number].info.window or (0.0, 0.0, 1.0))[2]
        taps = max(1, self.kernels[number - 1].taps)
        step = (last - first) / max(1, taps - 1)
        return [round(first + jump * self.focus[number] + step * tap) for tap in range(taps)]

    def _window_span(self, number: int) -> Span:
        places = self._window(number)
        return self._along(number - 1, places[0])[0], self._along(number - 1, places[-1])[1]

    def _cone(self, number: int) -> None:
        """From the window through its kernels to the output."""
        start, end = self._window_span(number), self._along(number, self.focus[number])
        foot = self.rows[number] - _TO_OUTPUT * self.cell
        far, near = self._far(number - 1), self.rows[number]
        muted = self.theme.muted
        straight = self.panel.flow.rectangle(start, (far, foot))
        funnel = (
            self.panel.flow.point(start[0], foot),
            self.panel.flow.point(end[0], near),
            self.panel.flow.point(end[1], near),
            self.panel.flow.point(start[1], foot),
        )
        for corners in (straight, funnel):
            if self.brush.is_print:
                self.brush.area(corners, self.theme.background, classes="cone")
            else:
                self.brush.area(corners, muted, opacity=STRONG, classes="cone")
        for one, other in zip(start, end, strict=True):
            self.brush.line((one, far), (one, foot), (other, near), colour=muted, width=0.9)

    def _mode(self, layer: int) -> str:
        """How the padding that the next layer puts on a layer is filled."""
        notes = self.layers[layer + 1].info.notes
        return next((mode for mode in PADDING_MODES if any(note.startswith(mode) for note in notes)), "zeros")

    def _padding(self, layer: int) -> None:
        left, right = self.pads[layer]
        length, mode = self.layers[layer].shape.length, self._mode(layer) if left or right else "zeros"
        values = self._values(layer)
        for position in [*range(-left, 0), *range(length, length + right)]:
            for channel in range(self.layers[layer].shape.channels):
                spans = self._along(layer, position), self._across(layer, channel)
                place = unpadded(position, length, mode) if mode != "zeros" else None
                fill = ""
                if place is not None and not self.brush.is_print:
                    fill = blend(self.theme.background, self.units.fill(values[channel][place]), _PADDED)
                self.brush.rectangle(*spans, fill, stroke=self.theme.faint, width=0.8, style="dashed")
                if place is None and self.cell >= 14:
                    self.brush.text(
                        sum(spans[0]) / 2,
                        sum(spans[1]) / 2,
                        "0",
                        size=min(10.0, 0.64 * self.cell),
                        colour=self.theme.faint,
                    )

    def _cells(self, layer: int, numbers: Numbers) -> None:
        asked = "values" in self.options.show
        for channel, row in enumerate(self._values(layer)):
            across = self._across(layer, channel)
            for position, value in enumerate(row):
                along = self._along(layer, position)
                known = self.panel.is_written(layer, (channel, position))
                fill = self.theme.background if self.brush.is_print or not known else self.units.fill(value)
                tip = self.panel.tip(layer, (channel, position))
                self.sheet.shape(
                    Shape(
                        self.panel.flow.rectangle(along, across),
                        fill,
                        stroke=self.theme.unit_stroke,
                        id=numbers.id("u" if layer else "i"),
                        classes=self.pointing.unit(layer, channel, position, kernels=layer > 0),
                        tip=tip,
                    )
                )
                text = compact(value)
                size = min(0.42 * self.cell, (self.cell - 3) / text_width(text, 1.0))
                written = asked and known and self.cell >= _NUMBER and size >= 6
                if self.brush.is_print and known and not written:
                    self.brush.size_mark(along, across, value, self.units.share(value))
                if written:
                    ink = readable(self.theme.ink, self.theme.background, fill)
                    self.brush.text(sum(along) / 2, sum(across) / 2, text, size=size, colour=ink, classes="name")

    def _curve(self, layer: int) -> None:
        """The values of a layer of one channel as a curve beside its cells; those in the window filled."""
        (row,) = self._values(layer)
        limit = max(max(map(abs, row)), 1e-12)
        first = layer == 0
        zero = self.rows[layer] - _CURVE_GAP - _CURVE if first else self._far(layer) + _CURVE_GAP + _CURVE
        up = -1.0 if self.options.direction in ("TB", "RL") else 1.0
        ends = self._along(layer, 0)[0], self._along(layer, len(row) - 1)[1]
        self.brush.line((ends[0], zero), (ends[1], zero), colour=self.theme.hairline, width=0.9)
        points = [
            (sum(self._along(layer, position)) / 2, zero + up * _CURVE * value / limit)
            for position, value in enumerate(row)
            if self.panel.is_written(layer, (0, position))
        ]
        if len(points) == len(row):
            self.brush.line(*points, colour=self.theme.muted, width=1.3)
        else:  # a piece more with each value
            for piece in itertools.pairwise(points):
                self.brush.line(*piece, colour=self.theme.muted, width=1.3)
        looked = set(self._window(layer + 1)) if first else {self.focus[layer]}
        for position, point in enumerate(points):
            self._mark(point, position in looked)

    def _mark(self, point: tuple[float, float], filled: bool) -> None:
        fill = self.theme.ink if filled else self.theme.background
        self.brush.round(*point, _MARK, fill, self.theme.unit_stroke)

    def _stack(self, number: int) -> None:
        """The kernels of a layer under the window."""
        kernels, places = self.kernels[number - 1], self._window(number)
        start = self._along(number - 1, places[0])[0]
        step = (self._along(number - 1, places[1])[0] - start) if len(places) > 1 else self.cell
        high = kernels.inputs * self.cell
        for output in range(kernels.outputs):
            place = kernels.outputs - 1 - output if self.panel.flow.backwards else output
            across = self.stacks[number - 1] + place * (high + _BETWEEN * self.cell)
            classes, ink = self.pointing.kernel(number, output), self.theme.ink
            self.painters[number].paint(kernels, output, ink, start, across, self.cell, number, step, classes)
            if kernels.outputs > 1:
                self._kernel_name(output, start, across + high / 2)
            self._kernel_numbers(kernels, output, start + (len(places) - 1) * step + self.cell, across + high / 2)

    def _kernel_name(self, output: int, along: float, across: float) -> None:
        name = f"$w_{{{output + self.options.index_from}}}$"
        if self.vertical:
            self.brush.text(along - 8, across, name, size=13.5, colour=self.theme.ink, align="end")
        else:
            self.brush.text(along - 10, across, name, size=13.5, colour=self.theme.ink)

    def _kernel_numbers(self, kernels: Kernels, output: int, along: float, across: float) -> None:
        """The weights beside a kernel of one row whose cells are too small for them."""
        if kernels.inputs > 1 or self.cell >= 17 or not self.vertical:
            return
        values = [kernels.values.get((output, 0, tap), 0.0) for tap in range(kernels.taps)]
        self.brush.text(along + 8, across, ", ".join(map(compact, values)), size=10.0, align="start")

    def _frames(self) -> None:
        ink = self.theme.ink
        for number in range(1, len(self.layers)):
            places = self._window(number)
            spans = [self._along(number - 1, place) for place in places]
            touching = all(abs(a[1] - b[0]) < 1e-6 for a, b in itertools.pairwise(spans))
            runs = [(spans[0][0], spans[-1][1])] if touching else spans
            for run in runs:
                self.brush.rectangle(run, (self.rows[number - 1], self._far(number - 1)), stroke=ink, width=FRAME)
        last = len(self.layers) - 1
        self.brush.rectangle(
            self._along(last, self.focus[last]), (self.rows[last], self._far(last)), stroke=ink, width=FRAME
        )

    # Words

    def _words(self) -> None:
        last = len(self.layers) - 1
        for number, layer in enumerate(self.layers):
            name = layer.info.name
            heading = "input" if not number else "output" if number == last else ""
            heading = f"{heading} {name}".strip()
            heading = self.panel.layer_title(number) or heading
            middle = (self.rows[number] + self._far(number)) / 2
            lines = [shape_text(*layer.shape) if layer.shape.channels > 1 else f"1 × {layer.shape.length:,}"]
            notes = [note for note in layer.info.notes if number and note in self._activations(number)]
            caption = said_of(self.panel, number, Caption(heading, [*lines, *notes]))
            self.heads.append((middle, caption, "=" if number else ""))
        for number, kernels in enumerate(self.kernels, start=1):
            caption = caption_of(self.panel, number)
            weights = count(kernels.outputs * kernels.inputs * kernels.taps, "weight")
            notes = [note for note in caption.lines if note not in self._activations(number) and "weight" not in note]
            kernel = count(kernels.outputs, "kernel")
            size = weights if kernels.inputs == kernels.outputs == 1 else f"{kernel}, {kernels.shape}"
            heading = "kernel w" if kernels.outputs == 1 == len(self.kernels) else caption.heading
            high = kernels.outputs * kernels.inputs * self.cell + (kernels.outputs - 1) * _BETWEEN * self.cell
            self.heads.append((self.stacks[number - 1] + high / 2, Caption(heading, [size, *notes]), "*"))
            self._sum(number, kernels)

    def _activations(self, number: int) -> list[str]:
        """The last notes of a layer, which are its activations."""
        info = self.layers[number].info
        return info.notes[len(info.notes) - len(info.activations) :] if info.activations else []

    def _sum(self, number: int, kernels: Kernels) -> None:
        """What the unit that is looked at comes to: its products, where they are few."""
        last = number == len(self.layers) - 1
        if not last or not self.options.captions or self.layers[number].shape.channels > 1:
            return
        value = self.panel.value(number, (0, self.focus[number]))
        if value is None:
            return
        label = self.panel.labels.get(self.panel.unit(number, (0, self.focus[number])) or -1)
        name = label.markup() if label is not None and label.italic else "Σ w·x"
        text = f"Σ w·x = {compact(value)}" if not self.layers[number].info.activations else f"{name} = {compact(value)}"
        products = self._products(number, kernels) if self.vertical else []
        if products and not self.layers[number].info.activations and not self.layers[number].info.biases:
            text = "Σ w·x = " + " + ".join(map(_term, products)) + f" = {compact(value)}"
        end = self._along(number, self.focus[number])[1]
        middle = self.rows[number] - 0.9 * self.cell
        if self.vertical:
            wide = self._window_span(number)[1]
            along = max(end + 14, end + (wide - end) * 0.5 + 14)
            self.brush.text(along, middle, text, size=TEXT, colour=self.theme.ink, align="start")
        else:
            room = 2 * _CURVE + 2 * _CURVE_GAP if self._has_curve(number) else 12.0
            align = "start" if self.options.direction == "LR" else "end"
            along = sum(self._along(number, self.focus[number])) / 2
            self.brush.text(along, self._far(number) + room, text, size=TEXT, colour=self.theme.ink, align=align)

    def _products(self, number: int, kernels: Kernels) -> list[float]:
        if kernels.inputs > 1 or kernels.taps > _MOST_TERMS:
            return []
        row, products = self._values(number - 1)[0], []
        mode = self._mode(number - 1)
        for tap, place in enumerate(self._window(number)):
            inside = unpadded(place, len(row), mode)
            if inside is not None:
                products.append(kernels.values.get((0, 0, tap), 0.0) * row[inside])
        return products

    def add_captions(self, bottom: float) -> None:
        """Say what each row is, before it; across the page, under the columns."""
        if not self.options.captions:
            return
        first = min(self._along(layer, 0)[0] for layer in range(len(self.layers)))
        left = min(self.sheet.extent.left, first - FRAME / 2) - 16  # wherever the window is that has a frame
        wide = max(caption.width for _, caption, _ in self.heads)
        for across, caption, sign in self.heads:
            if self.vertical:
                _, y = self.panel.flow.point(0.0, across)
                x = left - wide
                caption.write(self.brush, x, y + caption.height / 2, "start")
                if sign:
                    self.brush.sign(x - 16, y + caption.height / 2 - 8, sign)
            else:
                x, _ = self.panel.flow.point(0.0, across)
                caption.write(self.brush, x, bottom - 12)


def _term(value: float) -> str:
    """A number in a sum: what is negative in brackets."""
    text = compact(value)
    return f"({text})" if text.startswith("\u2212") else text
