"""Layers that are left out: three dots in the direction in which the network runs, and stubs that lead there."""

from __future__ import annotations

from collections.abc import Iterator

from connectivity.picture.canvas import Canvas, Numbers
from connectivity.scene import Dot, Line

_STEP = 10.0  # from one dot to the next, in points
_SIZE = 3.6  # the diameter of a dot
_STUB = 16.0  # how far a stub reaches beyond its unit, in points


def draw_gap(index: int, canvas: Canvas, numbers: Numbers) -> None:
    """The dots that stand for the layers left out at ``index``, and a stub from each unit that they take."""
    ground = canvas.ground
    (along, _), depth = ground.places.columns[index].dots[0], ground.depths[index]
    for step in (-_STEP, 0.0, _STEP):
        canvas.sheet.dot(Dot(*ground.point(along, depth + step), _SIZE, canvas.panel.theme.muted))
    if canvas.panel.options.highlight and canvas.panel.options.rest == "hidden":
        return
    sizes = ground.sizes
    beyond = 0.6 * sizes.pitch if sizes.dense else _STUB
    for unit, depth in _taken(index, canvas):
        end = numbers.id("s")
        reach = (sizes.diameter if ground.vertical else sizes.width) / 2 + beyond
        canvas.sheet.dot(Dot(*ground.point(ground.along[unit], depth + reach), 0.0, id=end))
        line = Line("", canvas.ids[unit], end, canvas.panel.theme.faint, 1.0, "stub", stub=True, arrow=False)
        canvas.sheet.marks.lines.append(line)


def _taken(index: int, canvas: Canvas) -> Iterator[tuple[int, float]]:
    """The units that are drawn of what the layers left out take, and how far each stands across layers, in points.

    Of channels in rows those of the last: what leads from the others would run over them.
    """
    wiring, ground = canvas.panel.wiring, canvas.ground
    for source in dict.fromkeys(ground.branches.takes[index]):
        across, depth = ground.places.columns[source].across, ground.depths[source]
        last = max(across.values(), default=0.0)
        for unit in wiring.layers[source].units:
            if unit in canvas.ids and unit not in wiring.dropped and across.get(unit, 0.0) == last:
                yield unit, depth + last * ground.sizes.row
