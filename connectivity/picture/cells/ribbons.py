"""Ribbons: values that are copied past other blocks, over or under them, to where they are joined or added."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectivity.picture.cells.blocks import Block, Column, Grid
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import Brush
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.scene import Point

_FUNNEL, _OFF = 18.0, 2.0  # how long the funnel onto a block is, and how far from it it ends, in points
_EACH, _THIN, _THICK = 2.0, 5.0, 22.0  # points of width for each channel, from least to most
_CLEAR, _NEST = 16.0, 12.0  # from blocks to the ribbon over them, and from one to the next round it, in points
_FILL, _SIDE = 0.22, 0.9
_PASSING = 8.0  # from a ribbon that ends at a block to the one that begins there, in points
_TURN = 10.0  # the radius of a corner, in points


@dataclass(eq=False, repr=False)
class Ribbon:
    """What is copied from one block to another one that is not next to it; ``deck`` counts those inside it."""

    source: int
    target: int
    width: float
    deck: int = 0
    inside: float = 0.0

    def paint(self, brush: Brush, plan: NetworkPlan, reaches: Mapping[int, tuple[float, float]]) -> None:
        """Paint it over the blocks between, or under them; where these begin and end is given by level."""
        one, other = plan.blocks[self.source], plan.blocks[self.target]
        leaves, arrives = _landing(plan, one, self, leaving=True), _landing(plan, other, self, leaving=False)
        side = -1.0 if goes_under(plan, one, other) else 1.0  # everything else is reckoned as over
        passed = [reaches[level] for level in range(one.level, other.level + 1) if level in reaches]
        top = min((low if side > 0 else -high for low, high in passed), default=0.0)
        top -= _CLEAR + _FUNNEL / 2 + self.inside + self.width / 2
        middles = sum(leaves) / 2, sum(arrives) / 2
        start, end = ((block.span[0] if side > 0 else -block.span[1]) - _OFF for block in (one, other))
        outer = _outline(start, end, top - self.width / 2, middles, self.width / 2, leaves, arrives)
        inner = _outline(start, end, top + self.width / 2, middles, -self.width / 2, leaves, arrives)
        corners = [brush.flow.point(side * along, across) for along, across in (*outer, *reversed(inner))]
        if brush.is_print:
            brush.area(corners, brush.theme.background, stroke=brush.theme.ink, width=_SIDE, classes="ribbon")
        else:
            hue = brush.hue(Bond.COPY)
            brush.area(corners, hue, opacity=_FILL, classes="ribbon")
            brush.area(corners, stroke=hue, width=_SIDE, classes="ribbon")
        self._head(brush, side * top, sum(middles) / 2)

    def _head(self, brush: Brush, top: float, middle: float) -> None:
        half = max(3.5, self.width / 3)
        points = [(top - half, middle - half), (top, middle + half), (top + half, middle - half)]
        brush.area([brush.flow.point(*point) for point in points], brush.theme.muted, classes="ribbon")


def ribbons_of(plan: NetworkPlan) -> list[Ribbon]:
    """The ribbons of a network, shorter ones inside longer ones."""
    ribbons = []
    for number in plan.blocks:
        for source in dict.fromkeys(plan.takes[number]):
            far = plan.levels[number] - plan.levels[source] > 1 or plan.copies(number, source)
            copied = source not in plan.layers[plan.absorbed.get(number, number)].inputs or (
                plan.layers[number].kind.merges
            )
            if far and copied and not _has_lines(plan, source, number):
                channels = plan.layers[source].shape.channels
                ribbons.append(Ribbon(source, number, min(_THICK, max(_THIN, _EACH * channels))))
    ribbons.sort(key=lambda ribbon: plan.levels[ribbon.target] - plan.levels[ribbon.source])
    for place, ribbon in enumerate(ribbons):
        inner = [other for other in ribbons[:place] if _overlap(plan, ribbon, other)]
        ribbon.deck = max((other.deck + 1 for other in inner), default=0)
        ribbon.inside = max((other.inside + other.width + _NEST for other in inner), default=0.0)
    return ribbons


def _has_lines(plan: NetworkPlan, source: int, number: int) -> bool:
    """Whether the units of two layers are joined by lines, which need no ribbon beside them."""
    columns = isinstance(plan.blocks[source], Column) and isinstance(plan.blocks[number], Column)
    return columns and not plan.layers[number].kind.merges


def goes_under(plan: NetworkPlan, one: Block, other: Block) -> bool:
    """Whether others stand over the ends of a ribbon, and none under them."""
    levels = [(block, plan.at(block.level)) for block in (one, other)]
    over = any(beside[0] is not block for block, beside in levels)
    return over and all(beside[-1] is block for block, beside in levels)


def _overlap(plan: NetworkPlan, one: Ribbon, other: Ribbon) -> bool:
    """Whether two ribbons need different distances from the blocks: not if one begins at the block that the other ends at.

    That has to be thick enough for both, one on each half of its side.
    """
    shared = one.source if one.source == other.target else one.target if one.target == other.source else None
    block = None if shared is None else plan.blocks[shared]
    if isinstance(block, Grid) and len(block.parts) == 1:
        return block.thickness / 2 < max(one.width, other.width) + _PASSING
    return plan.levels[one.source] <= plan.levels[other.target] and plan.levels[other.source] <= plan.levels[one.target]


def _landing(plan: NetworkPlan, block: Block, ribbon: Ribbon, *, leaving: bool) -> tuple[float, float]:
    """The part of a block's first side that a ribbon starts at or ends at, across."""
    ribbons = ribbons_of(plan)
    near, far = block.near, block.far
    arriving = [other.source for other in ribbons if other.target == block.layer]
    starting = any(other.source == block.layer for other in ribbons)
    for part in block.parts if isinstance(block, Grid) else ():
        if part.operand in arriving and (not leaving or starting):
            near, far = block.near + part.start, block.near + part.start + part.axis.length
            if part.operand == ribbon.source:
                break
    if arriving and starting:
        middle = (near + far) / 2
        return (middle + 1, far) if leaving else (near, middle - 1)
    return near, far


def _outline(
    start: float,
    end: float,
    top: float,
    middles: tuple[float, float],
    half: float,
    leaves: tuple[float, float],
    arrives: tuple[float, float],
) -> list[Point]:
    """One side of a ribbon as points along and across; ``half`` is how far out it is from the middle."""
    first, last = middles[0] - half, middles[1] + half
    foot, other_foot = (leaves[0], arrives[1]) if half > 0 else (leaves[1], arrives[0])
    radius = _TURN + (half if half > 0 else 0.0)
    radius = min(radius, abs(last - first) / 2, abs(start - _FUNNEL - top))
    return [
        (start, foot),
        (start - _FUNNEL, first),
        *_corner((top, first), (1, 0), (0, 1), radius),
        *_corner((top, last), (0, -1), (1, 0), radius),
        (end - _FUNNEL, last),
        (end, other_foot),
    ]


def _corner(point: Point, before: Sequence[int], after: Sequence[int], radius: float) -> list[Point]:
    """A rounded corner at ``point``: from the side ``before`` it to the one ``after`` it, as points."""
    centre = (point[0] + (before[0] + after[0]) * radius, point[1] + (before[1] + after[1]) * radius)
    points = []
    for step in range(7):
        angle = step / 6 * math.pi / 2
        points.append(
            (
                centre[0] - after[0] * radius * math.cos(angle) - before[0] * radius * math.sin(angle),
                centre[1] - after[1] * radius * math.cos(angle) - before[1] * radius * math.sin(angle),
            )
        )
    return points
