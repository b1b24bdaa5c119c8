"""How the blocks of a network are joined: cones, funnels, bands of copied values, and lines to circles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connectivity.picture.cells.blocks import Block, Column, Gap, Grid
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import SIDE, Brush
from connectivity.picture.cells.cones import Cone, Ends, Span, cones_of, paint_cone, pieces
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.cells.ribbons import Ribbon

_THICKER = 0.5  # a difference in thickness that counts, in points
_MOST_BUNDLES = 400  # lines from cells to circles, beyond which an area alone stands for them


class Looked(NamedTuple):
    """Positions of a grid that are looked at: the window of a strong cone, or (not ``is_window``) its units."""

    grid: Grid
    positions: Sequence[int]
    bond: Bond
    is_window: bool


class Joints:
    """Paints the joints of a panel; ``bonds`` are those that were met."""

    def __init__(self, panel: CellPanel, plan: NetworkPlan, brush: Brush, ribbons: Sequence[Ribbon]) -> None:
        self.panel, self.plan, self.brush, self.ribbons = panel, plan, brush, ribbons
        self.options, self.theme = panel.options, panel.theme
        self.bonds: dict[Bond, None] = {}

    def join(self, number: int, block: Block) -> list[Looked]:
        """Draw how a block is joined to those it takes; the cells that are looked at, and whether as a window."""
        fresh = self.plan.absorbed.get(number, number)
        looked: list[Looked] = []
        bond = self.panel.bonds[fresh]
        made_of = set(self._through_joins(self.panel.layers[fresh].inputs))
        over = {ribbon.source for ribbon in self.ribbons if ribbon.target == number}
        for source in dict.fromkeys(self.plan.takes[number]):
            other = self.plan.blocks[source]
            if source in over:
                self._note(Bond.COPY)
            if source in over and not self.plan.copies(number, source):
                continue
            if bond is not None and self.panel.wish(self.options.edges, number) != "none":
                used = bond if source in made_of else Bond.COPY
                looked += self._joint(fresh, source, other, block, used)
        return looked

    def _through_joins(self, sources: Sequence[int]) -> Iterator[int]:
        for source in sources:
            if source in self.plan.joins:
                yield from self._through_joins(self.panel.layers[source].inputs)
            else:
                yield source

    def _note(self, bond: Bond) -> None:
        self.bonds[bond] = None

    def _joint(self, layer: int, source: int, other: Block, block: Block, bond: Bond) -> list[Looked]:
        if isinstance(other, Gap) or isinstance(block, Gap):
            return []
        if isinstance(other, Column) and isinstance(block, Column):
            self._note(Bond.FULL if bond.weighted else bond)  # at one position no weight is shared
            return []
        self._note(bond)
        if isinstance(other, Grid) and isinstance(block, Grid) and bond is not Bond.COPY and bond is not Bond.FULL:
            return self._cones(layer, source, other, block, bond)
        if bond is Bond.FULL:
            self._bundles(other, block)
            return []
        if isinstance(other, Grid) and isinstance(block, Column) and bond is not Bond.COPY:
            return self._funnel(layer, source, other, block, bond)
        self._band(layer, source, other, block, bond)
        return []

    def _cones(self, layer: int, source: int, other: Grid, block: Grid, bond: Bond) -> list[Looked]:
        focus = self.plan.focus
        ends = Ends([*block.positions], [*other.positions])
        looked: list[Looked] = []
        if self.panel.wish(self.options.edges, layer) == "lines":
            self._lines(layer, source, other, block, bond)
            return looked
        for cone in cones_of(self.panel, layer, source, focus[layer], focus[source], ends):
            self._cone(cone, other, block, bond)
            if cone.strong:
                looked += [Looked(other, cone.sources, bond, True), Looked(block, cone.targets, bond, False)]
        return looked

    def _lines(self, layer: int, source: int, other: Grid, block: Grid, bond: Bond) -> None:
        """A line for each position that is seen from each position, which stands for all channels."""
        for target in block.positions:
            end = sum(block.along(target)) / 2
            for place in self.panel.seen(layer, target, source):
                if other.positions.shows(place):
                    start = sum(other.along(place)) / 2
                    self.brush.line(
                        (start, other.far), (end, block.near), colour=self.brush.hue(bond), width=0.8, classes="bundle"
                    )

    def _cone(self, cone: Cone, other: Grid, block: Grid, bond: Bond) -> None:
        for end in block.runs(cone.targets):
            for start, share in pieces(other.runs(cone.sources), end):
                self._paint(other, start, block, share, bond, cone.strong, cone.colour)

    def _paint(
        self, other: Block, start: Span, block: Block, end: Span, bond: Bond, strong: bool, colour: str | None = None
    ) -> None:
        """A cone between stretches of two blocks; beside blocks that are thicker than these it runs straight."""
        far = other.far if isinstance(other, Grid) else other.across
        near = block.near if isinstance(block, Grid) else block.across
        out = max(beside.far for beside in self.plan.at(other.level))
        into = min(beside.near for beside in self.plan.at(block.level))
        if out > other.far + _THICKER:
            paint_cone(self.brush, start, far, start, out, bond, strong, colour)
            far = out
        if into < block.near - _THICKER:
            paint_cone(self.brush, end, into, end, near, bond, strong, colour)
            near = into
        paint_cone(self.brush, start, far, end, near, bond, strong, colour)

    def _funnel(self, layer: int, source: int, other: Grid, block: Column, bond: Bond) -> list[Looked]:
        """From what the only position of a column's layer sees to the whole column: all of its circles see all of it."""
        seen = self.panel.seen(layer, 0, source)
        runs = other.runs(seen)
        if runs and len(seen) == seen[-1] - seen[0] + 1:  # with what is elided between them
            runs = [(runs[0][0], runs[-1][1])]
        for start, share in pieces(runs, block.span):
            self._paint(other, start, block, block.span if len(block.places) > 1 else share, bond, True)
        return [Looked(other, seen, bond, True)] if len(seen) < other.shape.length else []

    def _band(self, layer: int, source: int, other: Block, block: Block, bond: Bond) -> None:
        """What goes on unit by unit: from what is seen of one block to what sees it of another."""
        start, end = other.span, block.span
        if isinstance(block, Grid):
            seen = {target: self.panel.seen(layer, target, source) for target in block.positions}
            end = _hull(block, [target for target, places in seen.items() if places])
            if isinstance(other, Grid):
                start = _hull(other, sorted({place for places in seen.values() for place in places}))
        elif len(set(self.plan.takes[block.layer])) > 1:
            end = self._share(other, block)
        self._paint(other, start, block, end, bond, False)

    def _share(self, other: Block, block: Block) -> tuple[float, float]:
        """The part of a block's side that what comes from another one ends at: all of it, of several a share each."""
        beside = [
            self.plan.blocks[one]
            for one in dict.fromkeys(self.plan.takes[block.layer])
            if self.plan.blocks[one].level == other.level
        ]
        if len(beside) < 2 or (
            self.panel.layers[block.layer].shape.length == other.shape.length
            and not (self.panel.layers[block.layer].kind.rearranges)
        ):
            return block.span
        beside.sort(key=lambda one: one.shift)
        low, high = block.span
        wide = (high - low) / len(beside)
        place = beside.index(other)
        return low + place * wide, low + (place + 1) * wide

    def _bundles(self, other: Block, block: Block) -> None:
        """Everything to everything: a line for each circle, or position of cells, which stands for all its channels."""
        area, thin = self.brush, self.theme.faint
        far, near = (other.far if isinstance(other, Grid) else other.across), _near(block)
        corners = (
            self.panel.flow.point(other.span[0], far),
            self.panel.flow.point(block.span[0], near),
            self.panel.flow.point(block.span[1], near),
            self.panel.flow.point(other.span[1], far),
        )
        if not self.brush.is_print:
            area.area(corners, self.theme.muted, opacity=0.1, classes="cone")
        lines = [(start, end) for start in _middles(other) for end in _middles(block)]
        if len(lines) > _MOST_BUNDLES:
            lines = [*zip(other.span, block.span, strict=True)]
        width = SIDE if len(lines) == len(block.span) else 0.6
        for start, end in lines:
            area.line((start, far), (end, near), colour=thin, width=width, classes="bundle")


def _near(block: Block) -> float:
    """Where lines to a block end, across: at its side, or at the middles of circles, which hide them."""
    return block.near if isinstance(block, Grid) else block.across


def _middles(block: Block) -> list[float]:
    """The middles of the circles of a block, or of its positions, along."""
    if isinstance(block, Column):
        return [block.at(number) for number in block.places]
    return (
        [sum(block.along(position)) / 2 for position in block.positions] if isinstance(block, Grid) else [block.shift]
    )


def _hull(grid: Grid, positions: Sequence[int]) -> Span:
    """Where the first and the last of positions that are shown begin and end, along; of none the whole grid."""
    runs = grid.runs(positions)
    return (runs[0][0], runs[-1][1]) if runs else grid.span
