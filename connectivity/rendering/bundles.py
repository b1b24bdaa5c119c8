"""The lines of a dense scene in bundles: lines of one look, which SVG has as one path.

Nothing is said of each of so many lines, so nothing needs to tell them apart: a path of 32 is written, read and drawn
faster than 32 elements, in a quarter of their bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from connectivity.numerals import brief
from connectivity.scene import DASHES, Line, Point, Scene

MOST_TOGETHER = 32
"""The most lines of a bundle: in a larger one all lines of a colour would lie over or under all others they cross."""

MOST_RAYS = 50_000
"""The most lines of a scene that are drawn a second time, unseen, to be lit with their unit."""


class Bundle(NamedTuple):
    """Lines of one colour, width (as a scene has it) and style; ``dark`` is their colour on a dark page, if there is one."""

    colour: str
    dark: str
    width: float
    style: str
    lines: list[Line]


def bundles(scene: Scene, night: Scene | None = None) -> list[Bundle]:
    """All lines in bundles, in the order in which they are drawn: the widest, which are the strongest weights, last.

    ``night`` is the same scene in dark colours. A bundle lies where its first line would.
    """
    lines = scene.lines
    darks = [line.colour for line in night.lines] if night is not None else None
    found: list[Bundle] = []
    filling: dict[tuple[str, str, float, str], list[Line]] = {}
    for number in sorted(range(len(lines)), key=lambda number: lines[number].width):
        line = lines[number]
        key = line.colour, darks[number] if darks else "", line.width, line.style
        together = filling.get(key)
        if together is None or len(together) == MOST_TOGETHER:
            together = filling[key] = []
            found.append(Bundle(*key, together))
        together.append(line)
    return found


def places_of(scene: Scene) -> dict[str, str]:
    """Where lines start and end, in the coordinates of SVG."""
    places = {unit.id: _point((unit.x, unit.y)) for unit in scene.units}
    places.update((dot.id, _point((dot.x, dot.y))) for dot in scene.dots)
    return places


def paths(scene: Scene, night: Scene | None, share: float, places: Mapping[str, str]) -> Iterator[str]:
    """The bundles as elements of SVG; ``share`` is how wide lines are of what they say."""
    for bundle in bundles(scene, night):
        dark = f' color="{bundle.dark}" data-dark="stroke"' if bundle.dark not in ("", bundle.colour) else ""
        dashes = f' stroke-dasharray="{DASHES[bundle.style]}"' if bundle.style in DASHES else ""
        look = f'stroke="{bundle.colour}"{dark} stroke-width="{brief(bundle.width * share)}"{dashes}'
        yield f'<path {look} d="{way(bundle.lines, places)}"/>\n'


def rays(scene: Scene, places: Mapping[str, str]) -> dict[str, str]:
    """Of each unit the lines into it, as an element that is seen where the unit is pointed at; of a large scene none."""
    if len(scene.lines) > MOST_RAYS:
        return {}
    into: dict[str, list[Line]] = {}
    for line in scene.lines:
        into.setdefault(line.head, []).append(line)
    return {unit: f'<path class="rays" display="none" d="{way(lines, places)}"/>\n' for unit, lines in into.items()}


def way(lines: Sequence[Line], places: Mapping[str, str]) -> str:
    """The data of a path along lines between ``places``; the pen is not lifted where the next one starts or ends.

    >>> places = {"a": "0 0", "b": "9 1", "c": "9 2"}
    >>> way([Line("", tail, head, "", 1.0) for tail, head in ("ab", "ac", "bc")], places)
    'M9 1 0 0 9 2 9 1'
    """
    parts: list[str] = []
    before = at = ""  # the ends of the line before, of which either may be its start while it is alone
    for line in lines:
        tail, head = line.tail, line.head
        if line.path:
            (start, *curves), before, at = line.path, "", ""
            parts.append(f"M{_point(start)}C{' '.join(map(_point, curves))}")
        elif at and at in (tail, head):
            before, at = "", head if at == tail else tail
            parts.append(f" {places[at]}")
        elif before and before in (tail, head):
            first, at = at, head if before == tail else tail
            parts[-1] = f"M{places[first]} {places[before]} {places[at]}"
            before = ""
        else:
            before, at = tail, head
            parts.append(f"M{places[tail]} {places[head]}")
    return "".join(parts)


def _point(point: Point) -> str:
    """A place in SVG, where y runs down: to a tenth of a point, a fraction of the least unit."""
    x, y = point
    return f"{round(x, 1) + 0.0:.10g}{round(-y, 1) + 0.0: .10g}".replace(" -", "-")
