"""Kernels as grids of cells: a row for each channel that one sees, a column for each tap, turned as its layer is.

A hue for each kernel and a shade for each of its weights; or, where the weights' values matter, the colours of a scale
that is centred on 0, with the numbers in the cells. The grid is the legend of the weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectivity.colour.cellscale import CellScale
from connectivity.colour.hatching import Pattern
from connectivity.colour.keys import Key
from connectivity.colour.spaces import blend, readable
from connectivity.errors import DrawingError, visible
from connectivity.graphs.wiring import LayerView
from connectivity.layers.base import NAMES_SHOWN
from connectivity.layout.scope import Scope
from connectivity.picture.cells.brush import FRAME, Brush
from connectivity.picture.cells.panel import CellPanel
from connectivity.scene import Shape
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import letter, listed, short

Span = tuple[float, float]

PALEST = 0.25
"""How strong the first shade of a kernel is; the last is the full hue."""

_SHADES = 8  # so many shades are told apart at most
LEAST_NUMBER = 6.0
"""Numbers smaller than this are not written, in points."""

NUMBER_CELL = 15.5
"""Cells from this side on can hold a number, in points."""

PATTERNS = (Pattern.SLASH, Pattern.BACK, Pattern.LEVEL, Pattern.CHECK)
"""What tells kernels apart on paper; more have numbers alone."""


@dataclass(frozen=True)
class Kernels:
    """The kernels of a layer: ``outputs`` of them, each of ``inputs`` channels and ``taps`` taps.

    ``values`` are the weights by (output, input of the group, tap), as far as they are known.
    """

    outputs: int
    inputs: int
    taps: int
    values: Mapping[tuple[int, ...], float]

    @property
    def numbers(self) -> Sequence[float]:
        """All weights that are known."""
        flat: Sequence[float] | None = getattr(self.values, "flat", None)
        return list(self.values.values()) if flat is None else flat

    def of(self, output: int) -> Sequence[float]:
        """The weights of one kernel, channel by channel; 0 where one is not known."""
        size, flat = self.inputs * self.taps, self.numbers
        if len(flat) == self.outputs * size:
            return flat[output * size : (output + 1) * size]
        places = itertools.product(range(self.inputs), range(self.taps))
        return [self.values.get((output, *place), 0.0) for place in places]

    @property
    def shape(self) -> str:
        """As figures have it: 2 × 3."""
        return f"{self.inputs} × {self.taps}"


def kernels_of(panel: CellPanel, layer: int) -> Kernels | None:
    """The kernels of a layer that slides them over its input; None of any other."""
    shape = kernel_shape(panel.layers, layer)
    return None if shape is None else Kernels(*shape, panel.wiring.kernel(layer))


def kernel_shape(layers: Sequence[LayerView], number: int) -> tuple[int, int, int] | None:
    """Outputs, inputs of a group and taps of a layer that slides kernels over its input; None of any other."""
    view, taps = layers[number], layers[number].info.kernel_size
    if taps is None or not view.inputs or not view.kind.has_weights or view.kind.transposed or view.info.window is None:
        return None
    inputs = layers[view.inputs[0]].shape.channels // max(1, view.info.groups)
    weights = view.info.weights + view.info.unused_weights  # more, or fewer, where positions have kernels of their own
    return (view.shape.channels, inputs, taps) if weights == view.shape.channels * inputs * taps else None


def with_kernels(layers: Sequence[LayerView], scope: Scope) -> list[str]:
    """The names of the layers that are drawn, with what they take, and have kernels."""
    return [
        layers[number].info.name
        for number in scope.drawn
        if scope.connects(number, layers[number]) and kernel_shape(layers, number)
    ]


def check_alone(names: Sequence[str], able: Sequence[str]) -> None:
    """Raise DrawingError for layers whose kernels alone are wished for, and that are not among those ``able``.

    An empty name stands for all layers.
    """
    lacking = next((name for name in names if name not in able and (name or not able)), None)
    if lacking is None:
        return
    matrix = "view matrix shows the weights of any layer"
    if not able:
        raise DrawingError(f"kernels: no layer here slides a kernel over its input; {matrix}", "kernels")
    others = list(dict.fromkeys(able))
    raise DrawingError(
        f'kernels: "{visible(lacking)}" slides no kernel over its input; {listed(others, NAMES_SHOWN)} '
        f"{'does' if len(others) == 1 else 'do'} ({matrix})",
        "kernels",
    )


def tap_positions(view: LayerView, taps: int) -> list[float]:
    """Where the taps of a window are, in positions from the first."""
    window = view.info.window
    extent = 0.0 if window is None else window[1] - window[0]
    return [extent * tap / max(1, taps - 1) for tap in range(taps)]


class KernelPainter:
    """Paints the kernels of a panel; ``scale`` is that of values, None where shades tell weights apart."""

    def __init__(self, panel: CellPanel, brush: Brush, scale: CellScale | None, numbers: bool) -> None:
        self._panel, self._brush, self._scale, self._numbers = panel, brush, scale, numbers

    def hue(self, output: int, outputs: int) -> str:
        """The hue of a kernel; of more than there are hues all have one, and are told by their numbers."""
        hues = self._brush.theme.hues
        return hues[output % len(hues)] if outputs <= len(hues) else self._brush.theme.muted

    def fill(self, kernels: Kernels, output: int, row: int, tap: int, hue: str) -> str:
        """The colour of a cell."""
        theme = self._brush.theme
        if theme.monochrome:
            return theme.background
        if self._scale is not None:
            value = kernels.values.get((output, row, tap))
            return theme.input_fill if value is None else self._scale.fill(value)
        cells = kernels.inputs * kernels.taps
        place = (row * kernels.taps + tap) / max(1, cells - 1) if cells > 1 else 1.0
        share = round(place * (_SHADES - 1)) / (_SHADES - 1) if cells > _SHADES else place
        return blend(theme.background, hue, PALEST + (1 - PALEST) * share)

    def paint(
        self,
        kernels: Kernels,
        output: int,
        hue: str,
        along: float,
        across: float,
        size: float,
        layer: int,
        step: float | None = None,
        classes: str = "",
        *,
        high: float | None = None,
        outlined: bool = True,
    ) -> None:
        """A kernel whose first cell begins at a place: taps along, ``step`` apart, channels across as they are read.

        Cells are as ``high`` across as they are long unless it is said.
        """
        brush, high = self._brush, high or size
        framed: list[tuple[tuple[Span, Span], str]] = []
        for row in range(kernels.inputs):
            line = kernels.inputs - 1 - row if brush.flow.backwards else row
            for tap in range(kernels.taps):
                start = along + tap * (step or size)
                spans = (start, start + size), (across + line * high, across + (line + 1) * high)
                fill = self.fill(kernels, output, row, tap, hue)
                value = kernels.values.get((output, row, tap))
                name = f"{self._panel.layers[layer].info.name}.weight[{output},{row},{tap}]"
                tip = name if value is None else f"{name} = {short(value)}"
                number = (output * kernels.inputs + row) * kernels.taps + tap
                if self._panel.pruning.leaves_out(layer, value, number):
                    fill, value, tip = brush.theme.background, None, f"{tip}, hidden"
                frame = self._panel.mark_of_weight(name)
                framed += [(spans, frame)] if frame else []
                corners = brush.flow.rectangle(*spans)
                brush.sheet.shape(
                    Shape(
                        corners,
                        fill,
                        stroke=brush.theme.unit_stroke if outlined else "",
                        width=0.8,
                        classes=f"kernelcell {classes}".strip(),
                        tip=tip,
                    )
                )
                self._text(kernels, value, row, tap, fill, spans, min(size, high))
        self._rim(kernels, output, along, across, size, high)
        for spans, colour in framed:
            brush.rectangle(*spans, stroke=colour, width=FRAME)

    def _text(
        self,
        kernels: Kernels,
        value: float | None,
        row: int,
        tap: int,
        fill: str,
        spans: tuple[Span, Span],
        size: float,
    ) -> None:
        theme = self._brush.theme
        middle = sum(spans[0]) / 2, sum(spans[1]) / 2
        if self._scale is not None and value is not None and size >= NUMBER_CELL and self._numbers:
            ink = readable(theme.ink, theme.background, fill)
            points = number_size(kernels.numbers, size)
            if points >= LEAST_NUMBER:
                self._brush.text(*middle, compact(value), size=points, colour=ink, classes="weight")
        elif self._scale is not None and value is not None and theme.monochrome:
            self._brush.size_mark(*spans, value, self._scale.share(value))
        elif self._scale is None and theme.monochrome and size >= 12:
            self._brush.text(*middle, letter(row * kernels.taps + tap), size=9.0, colour=theme.ink, classes="weight")

    def _rim(self, kernels: Kernels, output: int, along: float, across: float, size: float, thick: float) -> None:
        """On paper: the pattern of a kernel round it."""
        brush = self._brush
        if not brush.is_print or self._scale is not None or kernels.outputs > len(PATTERNS):
            return
        rim, pattern = 3.0, PATTERNS[output]
        low, high = along - rim, along + kernels.taps * size + rim
        near, far = across - rim, across + kernels.inputs * thick + rim
        for spans in (
            ((low, along), (near, far)),
            ((high - rim, high), (near, far)),
            ((along, high - rim), (near, across)),
            ((along, high - rim), (far - rim, far)),
        ):
            brush.hatch(brush.flow.rectangle(*spans), pattern, 3.0)
        brush.rectangle((low, high), (near, far), stroke=brush.theme.unit_stroke)


def scale_keys(panel: CellPanel, scales: Mapping[int, CellScale]) -> list[Key]:
    """The keys of the scales of layers: one where they have the same, else each with its name."""
    own = len({id(scale) for scale in scales.values()}) > 1
    return [
        *dict.fromkeys(
            scale.key("weight", panel.layers[number].info.name if own else "") for number, scale in scales.items()
        )
    ]


def number_size(numbers: Iterable[float], cell: float) -> float:
    """The size of text at which all ``numbers`` fit their cells, in points."""
    longest = max((text_width(compact(number), 1.0) for number in numbers), default=1.0)
    return min(10.0, (cell - 3.0) / longest)


def compact(value: float) -> str:
    """A number for a cell: at most two digits behind the point, a real minus sign.

    >>> compact(-0.3), compact(0.125), compact(12.345), compact(0.0)
    ('\u22120.3', '0.12', '12.3', '0')
    """
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 1000 else short(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "\u2212")
