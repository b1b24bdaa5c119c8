"""Cones: the area from everything that a unit sees to the unit, of all channels at one position at once.

A cone stands for a complete bipartite set: every unit in the window, in every channel of the group, with every channel
of the output. It is asked of the layer itself, so that it is exact whatever the stride, the dilation or the padding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
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


class Ends(NamedTuple):
    """The positions of a layer and of one that it takes that are on the picture, in order."""

    targets: Sequence[int]
    sources: Sequence[int]


def cones_of(
    panel: CellPanel, layer: int, source: int, focus: int, source_focus: int, ends: Ends | None = None
) -> list[Cone]:
    """The cones of a layer that are drawn: of its first unit, of those looked at, and of its last; strong ones last.

    Where a layer makes more positions than it takes a cone runs the other way: from a position to all that see it.
    ``ends`` are the positions that are on the picture, None: all; a cone of which a part is not there is not drawn.
    """
    if panel.pruning.leaves_nothing(layer):
        return []
    ends = ends or Ends(range(panel.layers[layer].shape.length), range(panel.layers[source].shape.length))
    window = panel.layers[layer].info.window
    if window is not None and (window[2] < 1 or panel.layers[layer].kind.transposed):
        return _spread(panel, layer, source, source_focus, ends)
    sources, strong = set(ends.sources), panel.strong(layer, focus)

    def seen(target: int) -> list[int]:
        places = panel.seen(layer, target, source)
        if panel.scope.hints and not panel.scope.over:  # dots say that there is more of a window
            return [place for place in places if place in sources]
        return places if sources.issuperset(places) else []

    return [
        Cone(seen(target), [target], target in strong, strong.get(target))
        for target in _places(panel, ends.targets, strong, seen)
    ]


def _places(
    panel: CellPanel, shown: Sequence[int], strong: Iterable[int], other: Callable[[int], Sequence[int]]
) -> list[int]:
    """The first of the positions that are shown and the last, unless what is not highlighted is hidden; then the strong.

    Of these the ones that have an ``other`` end.
    """
    hidden = bool(panel.marks) and panel.options.rest == "hidden"
    first = next((place for place in shown if other(place)), None)
    last = next((place for place in reversed(shown) if other(place)), None)
    faint = [place for place in dict.fromkeys((first, last)) if place is not None and not hidden]
    inside = set(shown)
    strong = [place for place in strong if place in inside and other(place)]
    return [*(place for place in faint if place not in strong), *strong]


def _spread(panel: CellPanel, layer: int, source: int, focus: int, ends: Ends) -> list[Cone]:
    outputs, strong = panel.layers[layer].shape.length, panel.strong(source, focus)
    window, shown = panel.layers[layer].info.window, set(ends.targets)

    def reached(place: int) -> list[int]:
        near = range(outputs)
        if window is not None:
            first, last, jump = window
            near = range(
                max(0, math.floor((place - last) / jump) - 2), min(outputs, math.ceil((place - first) / jump) + 3)
            )
        targets = [target for target in near if place in panel.seen(layer, target, source)]
        return targets if shown.issuperset(targets) else []

    return [
        Cone([place], reached(place), place in strong, strong.get(place))
        for place in _places(panel, ends.sources, strong, reached)
    ]


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
