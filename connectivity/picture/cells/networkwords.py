"""The words of a network of cells: captions, shapes, and the true positions of stretches."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from connectivity.picture.cells.blocks import Block, Column, Gap, Grid
from connectivity.picture.cells.brush import SMALL, TEXT, Brush
from connectivity.picture.cells.captions import Caption, caption_of, said_of, shape_text
from connectivity.picture.cells.gridview import names_rows
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.ribbons import Ribbon, goes_under
from connectivity.picture.owncaptions import own_caption
from connectivity.typeset.markup import rich_width
from connectivity.typeset.text import listed

_CAPTION_GAP, _BESIDE = 12.0, 14.0  # from blocks to their captions, in points
_APART, _NARROW_APART = 12.0, 8.0  # between the captions of two blocks, in points; where they are wrapped
_OVER = 10.0  # from a block to the middle of the shape over it, in points
_MOST_NAMES = 6  # so many names of channels are listed


class NetworkWords:
    """What is said of a network; ``captions`` are those of its blocks."""

    def __init__(self, panel: CellPanel, plan: NetworkPlan, brush: Brush, ribbons: Sequence[Ribbon]) -> None:
        self.panel, self.plan, self.brush, self.ribbons = panel, plan, brush, ribbons
        self.options, self.vertical, self.theme = panel.options, panel.vertical, panel.theme
        self.captions = self._all() if self.options.captions else {}

    def _all(self) -> dict[int, Caption]:
        captions = {}
        for number, block in self.plan.blocks.items():
            own = own_caption(self.options, self.panel.layers[number].info.name)
            if own is None and isinstance(block, Gap) and not block_is_named(self.panel, number):
                continue
            shape = shape_text(*block.shape)
            lines = [*self._shape_lines(number, shape), *self._cropped(block)]
            names = self.panel.channel_names.get(number)
            if names and not names_rows(self.panel, block):
                lines.append(listed(names, _MOST_NAMES))
            captions[number] = said_of(self.panel, number, caption_of(self.panel, number, *lines))
        return captions

    def _cropped(self, block: Block) -> list[str]:
        """Which positions of a block are shown of a network that is cropped."""
        if not (self.plan.scope.over and isinstance(block, Grid)) or len(block.positions) == block.shape.length:
            return []
        shift, ranges = self.options.index_from, block.positions.ranges
        return [f"positions {ranges[0].start + shift:,}–{ranges[-1].stop - 1 + shift:,} of {block.shape.length:,}"]

    @functools.cached_property
    def shapes_above(self) -> bool:
        """Whether the shape of each layer stands over its block; else all are in the captions."""
        return not (
            self.vertical
            or self.ribbons
            or self.plan.branching
            or self.plan.scope.hints
            or any(map(self._is_crossed, self.plan.blocks.values()))
        )

    def _shape_lines(self, number: int, shape: str) -> list[str]:
        block = self.plan.blocks[number]
        if isinstance(block, Grid) and len(block.parts) > 1:
            return self._parts(number)
        return [] if self.shapes_above else [shape]

    def _parts(self, number: int) -> list[str]:
        """What a block of several parts is made of, as they stand; with their channels, where these do not follow so."""
        layers, made = self.panel.layers, self.plan.absorbed.get(number)
        inputs = layers[number].inputs
        firsts = itertools.accumulate((layers[source].shape.channels for source in inputs), initial=0)
        parts = sorted(zip(inputs, firsts, strict=False), key=lambda part: part[0] != made)
        moved = made is not None and inputs[0] != made
        lines = []
        for source, first in parts:
            shape = layers[source].shape
            caption = caption_of(self.panel, source) if source == made else None
            what = f"copy of {layers[source].info.name}" if caption is None else caption.heading
            start = first + self.panel.options.index_from
            where = f" (channels {start}\u2013{start + shape.channels - 1})" if moved else ""
            lines.append(f"{what}: {shape_text(*shape)}{where}")
            lines += [] if caption is None else caption.lines
        return lines

    def _is_crossed(self, block: Block) -> bool:
        """Whether a shape over a block is so much wider than it that what leads to a longer neighbour runs through."""
        side = block.thickness / 2 if isinstance(block, Grid) else 0.0
        beyond = max(0.0, rich_width(_true_shape(block), TEXT) / 2 - side)
        beside = [*self.plan.takes[block.layer], *self.plan.readers(block.layer)]
        rises = [(self.plan.blocks[one].length - block.length) / 2 for one in beside if one in self.plan.blocks]
        return max(rises, default=0.0) * beyond / self.plan.gap > _OVER - TEXT / 2

    def distance(self, one: Block, other: Block) -> float:
        """The gap that the captions of two neighbours need."""
        first, second = self.captions[one.layer], self.captions[other.layer]
        if self.vertical:
            return (first.height + second.height) / 2 + 6 - (one.thickness + other.thickness) / 2
        apart = _NARROW_APART if self.panel.distances.narrow else _APART
        return (first.width + second.width) / 2 + apart - (one.thickness + other.thickness) / 2

    def write_shapes(self) -> None:
        """Write the shape of each layer over its block, where there is room."""
        if self.vertical or not self.captions:
            return
        for number, block in self.plan.blocks.items():
            if own_caption(self.options, self.panel.layers[number].info.name) is not None:
                continue
            if self.shapes_above and not isinstance(block, Gap):
                x, y = self.panel.flow.point(block.span[0], block.across)
                self.brush.write(x, y + _OVER, _true_shape(block), size=TEXT, colour=self.theme.ink)
            self._ends(number, block)

    def _ends(self, number: int, block: Block) -> None:
        """The true first and last position of each stretch, beside an input of which some are left out."""
        if number or not isinstance(block, Grid) or not block.positions.gaps:
            return
        shift = self.options.index_from
        for one in block.positions.ranges:
            ends = (one.start, one.stop - 1) if (len(one) - 1) * block.positions.size >= SMALL else (one.start,)
            for position in ends:
                x, y = self.panel.flow.point(sum(block.along(position)) / 2, block.near - 6)
                align = "start" if self.options.direction == "RL" else "end"
                self.brush.write(x, y, f"{position + shift:,}", size=SMALL - 1, align=align)

    def _branch_span(self, block: Block) -> tuple[float, float]:
        """Where a block begins and ends, and those of its branch beside it, whose cones lead to it or from it."""
        spans = [block.span]
        for number, other in self.plan.blocks.items():
            joined = number in self.plan.takes[block.layer] or block.layer in self.plan.takes[number]
            if joined and abs(other.shift - block.shift) < 1.0 and len(self.plan.at(other.level)) > 1:
                spans.append(other.span)
        return min(low for low, _ in spans), max(high for _, high in spans)

    def reaches(self) -> dict[int, tuple[float, float]]:
        """Where blocks, and what stands beside them, begin and end along, by level."""
        reaches: dict[int, tuple[float, float]] = {}
        for block in self.plan.blocks.values():
            low, high = block.span
            if block.layer in self.captions and len(self.plan.at(block.level)) > 1:
                caption = self.captions[block.layer]
                room = (caption.width if self.vertical else caption.height) + _BESIDE
                low, high = (low - room, high) if self.is_before(block) else (low, high + room)
            least, most = reaches.get(block.level, (low, high))
            reaches[block.level] = min(least, low), max(most, high)
        return reaches

    def is_before(self, block: Block) -> bool:
        """Whether a block's caption stands on its first side: where others stand beside it behind."""
        beside = self.plan.at(block.level)
        for ribbon in self.ribbons:
            if block.layer in (ribbon.source, ribbon.target) and len(beside) > 1:
                return goes_under(self.plan, self.plan.blocks[ribbon.source], self.plan.blocks[ribbon.target])
        return len(beside) > 1 and beside.index(block) < len(beside) / 2 - 0.25

    def write(self, bottom: float, right: float) -> None:
        """Say what each layer is: in a line under the network, or beside its rows; of branches, at their blocks."""
        for number, caption in self.captions.items():
            block = self.plan.blocks[number]
            alone = len(self.plan.at(block.level)) == 1
            low, high = self._branch_span(block)
            if self.vertical:
                _, y = self.panel.flow.point(0.0, block.across)
                if alone:
                    caption.write(self.brush, right, y + caption.height / 2, "start")
                elif self.is_before(block):
                    caption.write(self.brush, low - _BESIDE, y + caption.height / 2, "end")
                else:
                    caption.write(self.brush, high + _BESIDE, y + caption.height / 2, "start")
                continue
            x, _ = self.panel.flow.point(0.0, block.across)
            if alone:
                top = bottom - _CAPTION_GAP
            elif self.is_before(block):
                top = -low + 8 + caption.height
            else:
                top = -high - 6
            caption.write(self.brush, x, top)


def _true_shape(block: Block) -> str:
    """The shape of a layer; of a column of channels as such."""
    if isinstance(block, Column) and block.shape.length == 1 and block.shape.channels > 1:
        return f"{block.shape.channels:,} × 1"
    return shape_text(*block.shape)


def block_is_named(panel: CellPanel, number: int) -> bool:
    """Whether something is said of layers that are left out: they have a name, or a title."""
    return bool(panel.layer_title(number) or panel.layers[number].info.heading)
