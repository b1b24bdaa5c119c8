"""Cones: the area from everything that a unit sees to the unit, of all channels at one position at once.

A cone stands for a complete bipartite set: every unit in the window, in every channel of the group, with every channel
of the output. It is asked of the layer itself, so that it is exact whatever the stride, the dilation or the padding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connectivity.picture.cells.axis import Axis
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.brush import FAINT, SIDE, STRONG, Brush
from connectivity.picture.cells.panel import CellPanel

Span = tuple[float, float]


class Cone(NamedTuple):
    """A window of ``sources`` and the positions ``targets`` that see it; ``strong``: it is the one looked at."""

    sources: Sequence[int]
    targets: Sequence[int]
    strong: bool
    colour: str | None = None


def cones_of(panel: CellPanel, layer: int, source: int, focus: int, source_focus: int) -> list[Cone]:
    """The cones of a layer that are drawn: of its first unit, of those looked at, and of its last; strong ones last.

    Where a layer makes more positions than it takes a cone runs the other way: from a position to all that see it.
    """
    window = panel.layers[layer].info.window
    if window is not None and (window[2] < 1 or panel.layers[layer].kind.transposed):
        return _spread(panel, layer, source, source_focus)
    strong = panel.strong(layer, focus)
    cones = []
    for target in _places(panel, layer, strong):
        seen = panel.seen(layer, target, source)
        if seen:
            cones.append(Cone(seen, [target], target in strong, strong.get(target)))
    return cones


def _places(panel: CellPanel, layer: int, strong: Iterable[int]) -> list[int]:
    """The first position of a layer and its last, unless the rest of a highlight is hidden, and then the strong ones."""
    strong, last = list(strong), panel.layers[layer].shape.length - 1
    hidden = bool(panel.marks) and panel.options.rest == "hidden"
    faint = [place for place in dict.fromkeys((0, last)) if place not in strong] if not hidden else []
    return [*faint, *strong]


def _spread(panel: CellPanel, layer: int, source: int, focus: int) -> list[Cone]:
    outputs, strong = panel.layers[layer].shape.length, panel.strong(source, focus)
    window = panel.layers[layer].info.window
    cones = []
    for place in _places(panel, source, strong):
        near = range(outputs)
        if window is not None:
            first, last, jump = window
            near = range(
                max(0, math.floor((place - last) / jump) - 2), min(outputs, math.ceil((place - first) / jump) + 3)
            )
        targets = [target for target in near if place in panel.seen(layer, target, source)]
        if targets:
            cones.append(Cone([place], targets, place in strong, strong.get(place)))
    return cones


def pieces(runs: Sequence[Span], end: Span) -> list[tuple[Span, Span]]:
    """A window in several runs as a comb: each run with its equal share of the side that the cone ends at."""
    wide = (end[1] - end[0]) / max(1, len(runs))
    return [(run, (end[0] + number * wide, end[0] + (number + 1) * wide)) for number, run in enumerate(runs)]


def runs_of(axis: Axis, positions: Sequence[int], low: float) -> list[Span]:
    """The stretches that positions cover along the layer, its axis beginning at ``low``."""
    return [(low + start, low + end) for start, end in axis.runs(positions)]


def paint_cone(
    brush: Brush, start: Span, far: float, end: Span, near: float, bond: Bond, strong: bool, colour: str | None = None
) -> None:
    """A cone from a stretch of one block's side to a stretch of the next one's, in the colour of its bond or its own."""
    flow, hue = brush.flow, colour or brush.hue(bond)
    corners = (
        flow.point(start[0], far),
        flow.point(end[0], near),
        flow.point(end[1], near),
        flow.point(start[1], far),
    )
    if brush.is_print:
        if strong:
            brush.area(corners, brush.theme.background, classes="cone")
            brush.hatch(corners, brush.pattern(bond), 5.0)
        style = "solid" if strong else "dashed"
        for one, other in ((start[0], end[0]), (start[1], end[1])):
            brush.line((one, far), (other, near), colour=brush.theme.ink, width=1.1 if strong else 0.8, style=style)
        return
    brush.area(corners, hue, opacity=STRONG if strong else FAINT, classes="cone strong" if strong else "cone")
    for one, other in ((start[0], end[0]), (start[1], end[1])):
        brush.line((one, far), (other, near), colour=hue, width=SIDE)
