"""What the writers of documents' formats know of marks: sizes, pens, the order of lines, where lines end, colours."""

from __future__ import annotations

import math
from collections.abc import Iterator

from connectivity.graphs.unitnames import Label
from connectivity.rendering.bundles import bundles
from connectivity.scene import Line, Point, Scene, Shape, Unit
from connectivity.typeset.markup import setting

LABEL_ROOM = 0.78  # of the width of a unit


class Palette:
    """The colours of a figure by their names, and what each is for."""

    def __init__(self, scene: Scene, prefix: str, colour: str) -> None:
        self._prefix, self._colour = prefix, colour
        self._names: dict[str, str] = {}
        self._uses: dict[str, dict[str, None]] = {}
        self._number = 0
        for shade, name in ((scene.ink, "ink"), (scene.unit_stroke, "outline"), (scene.background, "paper")):
            self._names.setdefault(shade.lower(), f"{prefix}{name}")

    def name(self, colour: str, use: str = "") -> str:
        """The name of a colour, which is for something: what a comment says of it, whatever a graph calls it."""
        key = colour.lower()
        if key not in self._names:
            self._number += 1
            self._names[key] = f"{self._prefix}{self._colour}{self._number}"
        if use:
            self._uses.setdefault(key, {})[comment(use)] = None
        return self._names[key]

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Each colour (``#2468b4``), its name, and what it is for."""
        for colour, name in self._names.items():
            uses = [*self._uses.get(colour, ())]
            yield colour, name, f"{', '.join(uses[:3])}{', ...' if len(uses) > 3 else ''}"


def is_colour(text: str) -> bool:
    """Whether a fill or a stroke is one that is seen."""
    return bool(text) and text not in ("transparent", "none")


def extent(scene: Scene, unit: Unit) -> tuple[float, float]:
    """How wide and how high a unit is."""
    if unit.shape == "circle":
        return (unit.height or scene.diameter,) * 2
    return unit.width or scene.unit_width, unit.height or scene.diameter


def in_order(scene: Scene) -> list[Line]:
    """The lines of a scene in the order in which they are drawn: by their tails, of many as they are bundled."""
    if scene.dense:
        return [line for bundle in bundles(scene) for line in bundle.lines]
    order = {unit.id: number for number, unit in enumerate(scene.units)}
    return sorted(scene.lines, key=lambda line: (line.over, order.get(line.tail, -1)))


def has_head(scene: Scene, line: Line) -> bool:
    """Whether a line ends in an arrow's head."""
    return scene.arrows and line.arrow and not line.stub


def label_share(scene: Scene, unit: Unit, label: Label) -> float:
    """How much of its size a label keeps, so that it stands within its unit."""
    room = LABEL_ROOM * extent(scene, unit)[0]
    size = unit.size or scene.font_size
    return min(1.0, room / max(setting(line, size).width or room for line in label.lines()))


def rectangle(shape: Shape) -> tuple[float, float, float, float] | None:
    """The left, lower, right and upper end of a shape that is an upright rectangle."""
    xs, ys = {x for x, _ in shape.points}, {y for _, y in shape.points}
    if not shape.closed or len(shape.points) != 4 or len(xs) != 2 or len(ys) != 2:
        return None
    return min(xs), min(ys), max(xs), max(ys)


def border(scene: Scene, unit: Unit, towards: Point) -> Point:
    """Where a line from the centre of a unit to a place leaves the unit."""
    across, up = towards[0] - unit.x, towards[1] - unit.y
    width, height = extent(scene, unit)
    if unit.shape == "circle":
        share = width / 2 / (math.hypot(across, up) or 1.0)
    else:
        sides = [half / abs(way) for half, way in ((width / 2, across), (height / 2, up)) if way]
        share = min(sides, default=0.0)
    share = min(share, 1.0)
    return unit.x + share * across, unit.y + share * up


def comment(text: str) -> str:
    """A text in a comment: one line of visible characters."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign == " ").split())[:200]
