"""What is said of a layer of cells beside it: a heading, and a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectivity.graphs import descriptions
from connectivity.graphs.wiring import LayerView
from connectivity.picture.cells.brush import Brush
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.fitting import CELL_CAPTION
from connectivity.picture.owncaptions import own_caption
from connectivity.scene import LEADING
from connectivity.typeset.markup import narrowed, rich_width

HEADING, LINE = 12.0, CELL_CAPTION


class Caption(NamedTuple):
    """A heading, and lines under it."""

    heading: str
    lines: Sequence[str]

    @property
    def width(self) -> float:
        """In points."""
        widths = [rich_width(line, LINE) for line in self.lines]
        return max(widths + [rich_width(line, HEADING, "semibold") for line in self.heading.split("\n")])

    @property
    def height(self) -> float:
        """In points; 0 of one that says nothing."""
        return 0.0 if self.is_empty else self._head + LINE * len(self.lines) * LEADING + 1

    @property
    def _head(self) -> float:
        return HEADING * LEADING * (self.heading.count("\n") + 1)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.heading and not self.lines

    def narrow(self) -> Caption:
        """The same in lines that are no longer than they must be."""
        heading, lines = narrowed(self.heading, self.lines, HEADING, LINE)
        return Caption(heading, lines)

    def write(self, brush: Brush, x: float, top: float, align: str = "middle") -> None:
        """Write it from ``top`` down."""
        if self.is_empty:
            return
        y = top - self._head / 2
        brush.write(x, y, self.heading, size=HEADING, colour=brush.theme.ink, bold=True, align=align)
        if self.lines:
            y = top - self._head - 1 - LINE * LEADING * len(self.lines) / 2
            brush.write(x, y, "\n".join(self.lines), size=LINE, align=align)


def said_of(panel: CellPanel, number: int, usual: Caption) -> Caption:
    """The caption that was given for a layer, else its ``usual`` one."""
    own = own_caption(panel.options, panel.layers[number].info.name)
    return usual if own is None else Caption(own.heading, own.lines)


def caption_of(panel: CellPanel, number: int, *more: str, counts: bool = False) -> Caption:
    """The caption of a layer: what it is, its parameters, ``more``, how many weights; ``counts``: connections too."""
    layer = panel.layers[number]
    info = layer.info
    excerpt = panel.scope.excerpt(number, layer, panel.options.index_from)
    part = [] if excerpt is None else [*excerpt.lines]
    heading, facts = panel.pruning.caption(number)
    facts = facts[len(info.notes) + 1 :]  # behind the notes and the number of units
    if excerpt is not None and not excerpt.connected and layer.inputs and info.name:
        heading, facts = f"{info.name}: {heading}", []
    elif panel.is_spoken_of(number) and not layer.kind.merges and not _is_its_kind(layer):
        heading = f"{info.name}: {heading}" if layer.inputs else f"{heading} {info.name}"
    lines = [*more, *part, *map(descriptions.one_line, info.notes)]
    title = panel.layer_title(number)
    if title:
        heading, lines = title, descriptions.titled(layer, panel.pruning.caption(number)[0], title, lines)
    if info.connections and not counts:
        facts = facts[1:]
    caption = Caption(heading, [*lines, *facts])
    return caption.narrow() if panel.distances.narrow else caption


def _is_its_kind(layer: LayerView) -> bool:
    """Whether a layer is called after its kind, as those of models that have no names: the caption says that anyway."""
    return layer.info.name.rstrip("_0123456789") == layer.kind.kind


def shape_text(channels: int, length: int) -> str:
    """A shape as figures have it: 6 × 32; of a single row or column one number."""
    if channels == 1 or length == 1:
        return f"{channels * length:,}"
    return f"{channels:,} × {length:,}"
