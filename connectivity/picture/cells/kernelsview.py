"""The kernels of each layer as small multiples, in the order of the code, on one scale a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectivity.colour.cellscale import CellScale
from connectivity.colour.ends import largest
from connectivity.colour.legend import BAR, bar
from connectivity.errors import DrawingError
from connectivity.graphs import descriptions
from connectivity.layers.base import count
from connectivity.layout.forms import kernels_alone, most_rows
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.flow import Flow
from connectivity.picture.cells.kernels import KernelPainter, Kernels, kernels_of, scale_keys
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.owncaptions import own_caption
from connectivity.scene import Scene
from connectivity.typeset.markup import rich_width
from connectivity.typeset.text import short

MOST = 16
"""So many kernels of a layer are shown; of more the first, and those that are the largest."""

_LARGEST = 4  # of those, how many are the largest
_LEAST_CELL, _OUTLINED, _MARKED = 0.75, 4.0, 6.0  # the least side of a cell; from which on it has an outline, a mark
_HIGH, _MOST_CELLS = 420.0, 50_000  # of a kernel, at most, in points; cells in all
_CELL, _LABEL, _GAP = 16.0, 30.0, 26.0
_ACROSS, _MOST_ACROSS = 4, 8  # kernels in a row; of those that are higher than they are wide
_WIDE = 660.0  # what a row of kernels takes, at most, in points
_CURVE, _CURVE_ROOM, _ROW_GAP = 15.0, 38.0, 24.0
_HEAD, _LINE = 13.0, 11.0
_SECTION = 34.0


class KernelsDrawer(CellDrawer):
    """Draws the kernels of a network, layer under layer."""

    def __init__(self, panel: CellPanel, paper: Scene) -> None:
        super().__init__(panel, paper, Flow("TB"))
        self.vertical = False

    def draw(self, numbers: Numbers) -> None:
        """Draw the kernels of every layer that has some."""
        scope, at = self.panel.scope, 0.0
        alone = kernels_alone(self.panel.layers, self.options)
        connected = [number for number in scope.drawn if scope.connects(number, self.panel.layers[number])]
        found = {number: kernels_of(self.panel, number) for number in connected if not alone or number in alone}
        sections = {number: kernels for number, kernels in found.items() if kernels is not None}
        self._check(sections)
        weights = {number: kernels.numbers for number, kernels in sections.items()}
        scales: dict[int, CellScale] = {}
        if self.panel.says_weights:
            scales = CellScale.of_layers(weights, self.options, self.theme, apart=True)
        for number, kernels in sections.items():
            at = self._section(number, kernels, at, scales.get(number)) + _SECTION
        if self.brush.is_print:
            self.panel.keys = scale_keys(self.panel, scales)

    def _check(self, sections: Mapping[int, Kernels]) -> None:
        """Raise DrawingError for kernels whose cells nobody could see, or too many of them."""
        for number, kernels in sections.items():
            if min(_cell(kernels)) < _LEAST_CELL:
                most = int(_HIGH / _LEAST_CELL), int((_WIDE - _LABEL) / _LEAST_CELL)
                raise DrawingError(
                    f"view: the kernels of {self.panel.layers[number].info.name} are {kernels.shape} cells; at most "
                    f"{most[0]} × {most[1]} can be drawn (--layers chooses others)",
                    "view",
                )
        cells = sum(len(self._shown(number, one)) * one.inputs * one.taps for number, one in sections.items())
        if cells > _MOST_CELLS:
            raise DrawingError(
                f"view: the kernels have {cells:,} cells; at most {_MOST_CELLS:,} can be drawn (--layers and --only choose "
                "some)",
                "view",
            )

    def _shown(self, number: int, kernels: Kernels) -> Sequence[int]:
        asked = self.panel.scope.extract(number).channels
        most = most_rows(self.options)
        return chosen(kernels, MOST if most is None else most or kernels.outputs) if asked is None else asked

    def _section(self, number: int, kernels: Kernels, top: float, scale: CellScale | None) -> float:
        """The kernels of a layer from ``top`` down; where they end."""
        shown, (cell, high) = self._shown(number, kernels), _cell(kernels)
        wide = _LABEL + kernels.taps * cell
        is_high = kernels.inputs * high > kernels.taps * cell
        columns = max(1, min(_MOST_ACROSS if is_high else _ACROSS, len(shown), int((_WIDE + _GAP) // (wide + _GAP))))
        if is_high:
            columns = -(-len(shown) // -(-len(shown) // columns))  # rows that are as long as one another
        right = max(columns * (wide + _GAP) - _GAP, 420.0)
        self._header(number, kernels, len(shown), top, right, scale)
        at = top + 34.0
        curved = kernels.inputs == 1 and scale is not None
        painter = KernelPainter(
            self.panel, self.brush, scale, self.panel.wish(self.options.kernels, number) == "values"
        )
        rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
        for place, row in enumerate(rows):
            at += _CURVE_ROOM if curved else (14.0 if not place else 0.0)
            for column, output in enumerate(row):
                left = column * (wide + _GAP) + _LABEL
                ends = not place, not column
                self._kernel(kernels, output, left, at, (cell, high), painter, number, ends)
                if curved:
                    self._curve(kernels, output, left, at, cell, scale)
            at += kernels.inputs * high + _ROW_GAP
        return at - _ROW_GAP

    def _kernel(
        self,
        kernels: Kernels,
        output: int,
        left: float,
        top: float,
        sides: tuple[float, float],
        painter: KernelPainter,
        layer: int,
        ends: tuple[bool, bool],
    ) -> None:
        """A kernel, of which the first row has its taps numbered and the first column its channels: ``ends``."""
        hue, (cell, high) = painter.hue(output, kernels.outputs), sides
        outlined = min(sides) >= _OUTLINED
        painter.paint(kernels, output, hue, left, top, cell, layer, high=high, outlined=outlined)
        if not outlined:
            spans = (left, left + kernels.taps * cell), (top, top + kernels.inputs * high)
            self.brush.rectangle(*spans, stroke=self.theme.unit_stroke)
        shift = self.options.index_from
        middle = top + kernels.inputs * high / 2
        channels = kernels.inputs > 1 and high >= 12
        at = left - (20 if channels and ends[1] else 8)
        self.brush.text(at, middle, f"$w_{{{output + shift}}}$", size=13.5, colour=self.theme.ink, align="end")
        if ends[0] and cell >= 12:
            below = kernels.inputs == 1
            for tap in range(kernels.taps):
                across = top + high + 8 if below else top - 8
                self.brush.text(left + (tap + 0.5) * cell, across, str(tap + shift), size=9.0)
        if channels and ends[1]:
            for row in range(kernels.inputs):
                self.brush.text(left - 8, top + (row + 0.5) * high, str(row + shift), size=9.0)

    def _curve(
        self, kernels: Kernels, output: int, left: float, top: float, cell: float, scale: CellScale | None
    ) -> None:
        """The weights of a kernel of one channel as a curve over it, true in size where the scale is cut off."""
        if scale is None:
            return
        zero = top - 8 - _CURVE
        self.brush.line((left, zero), (left + kernels.taps * cell, zero), colour=self.theme.hairline, width=0.9)
        most = largest(kernels.numbers) or 1.0
        points = [
            (left + (tap + 0.5) * cell, zero - _CURVE * kernels.values.get((output, 0, tap), 0.0) / most)
            for tap in range(kernels.taps)
        ]
        self.brush.line(*points, colour=self.theme.muted, width=1.2)
        for point in points if cell >= _MARKED else ():
            self.brush.round(*point, 1.9, self.theme.background, self.theme.unit_stroke)

    def _header(
        self, number: int, kernels: Kernels, shown: int, top: float, right: float, scale: CellScale | None
    ) -> None:
        """What layer it is, how many kernels, and the bar of its scale."""
        layer = self.panel.layers[number]
        heading, _ = descriptions.caption(layer, number)
        if number in kernels_alone(self.panel.layers, self.options) and layer.info.name:
            heading = f"{layer.info.name}: {heading}"
        heading = self.panel.layer_title(number) or heading
        what = f"{count(kernels.outputs, 'kernel')} of {kernels.shape} · {count(layer.info.weights, 'weight')}"
        if kernels.inputs > 1:
            what += " · rows: input channels"
        if self.panel.pruning.applies:
            _, facts = self.panel.pruning.caption(number)
            what = what.rpartition(" · ")[0] + "".join(f" · {fact}" for fact in facts if "weight" in fact)
        if shown < kernels.outputs and self.panel.scope.extract(number).channels is not None:
            what += f" · {shown} of them"
        elif shown < kernels.outputs:
            largest = min(_LARGEST, shown // 2)
            what += f" · the first {shown - largest} and the {largest} largest" if largest else " · the first"
        own = own_caption(self.options, layer.info.name)
        if own is not None:
            heading, what = own.heading, " · ".join(own.lines)
        if self.options.captions:
            self.brush.text(0.0, top, heading, size=_HEAD, colour=self.theme.ink, bold=True, align="start")
            width = rich_width(heading, _HEAD, "semibold")
            self.brush.text(width + 10, top, what, size=_LINE, align="start")
            right = max(right, width + 10 + rich_width(what, _LINE) + 70 + BAR)
        if scale is not None and self.options.legend and not self.brush.is_print:
            self._bar(scale, right - BAR, top)

    def _bar(self, scale: CellScale, left: float, top: float) -> None:
        """The scale of a layer: its colours, and the numbers at its ends; on paper the legend says it."""
        self.brush.text(left - 10, top, "weight", size=_LINE, align="end")
        self.sheet.shape(bar(*self.brush.flow.point(left, top), scale.colours))
        key = scale.key("weight")
        labels = getattr(key, "labels", (short(-scale.limit), "0", short(scale.limit)))
        for number, label in enumerate(labels):
            self.brush.text(left + BAR * number / 2, top + 14, label, size=10.0, colour=self.theme.ink)


def _cell(kernels: Kernels) -> tuple[float, float]:
    """How wide and how high a cell is, in points: a square, unless it would be too small to be seen."""
    wide, high = min(_CELL, (_WIDE - _LABEL) / kernels.taps), min(_CELL, _HIGH / kernels.inputs)
    return (wide, high) if min(wide, high) < _OUTLINED else (min(wide, high),) * 2


def chosen(kernels: Kernels, most: int = MOST) -> Sequence[int]:
    """The kernels that are shown, in their order: all of few, else the first and the largest (by their norm)."""
    if kernels.outputs <= most:
        return range(kernels.outputs)
    norms = {output: sum(weight**2 for weight in kernels.of(output)) for output in range(kernels.outputs)}
    largest = min(_LARGEST, most // 2)
    first = list(range(most - largest))
    others = sorted(set(norms) - set(first), key=lambda output: (-norms[output], output))
    return sorted([*first, *others[:largest]])
