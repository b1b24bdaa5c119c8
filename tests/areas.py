"""What stands where on a figure: rectangles and lines, and whether they are apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from connectivity.picture.paper import MARGIN
from connectivity.scene import Scene
from connectivity.typeset.markup import rich_width


class Area(NamedTuple):
    """A rectangle on paper, and what it is."""

    what: str
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Area) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.01
            and min(self.top, other.top) - max(self.bottom, other.bottom) > 0.01
        )

    def is_crossed(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a line runs through it (Liang and Barsky's clipping)."""
        first, last = 0.0, 1.0
        across, up = end[0] - start[0], end[1] - start[1]
        for step, room in (
            (-across, start[0] - self.left),
            (across, self.right - start[0]),
            (-up, start[1] - self.bottom),
            (up, self.top - start[1]),
        ):
            if step == 0:
                if room <= 0:
                    return False
            elif step < 0:
                first = max(first, room / step)
            else:
                last = min(last, room / step)
        return first < last - 1e-9


class Areas:
    """Many rectangles, of which those that may meet another are found at once: the others need no closer look."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.every = list(areas)
        self._sides = np.array([area[1:] for area in self.every], float).reshape(-1, 4).T

    def near(self, area: Area) -> list[Area]:
        """Those that share a point with a rectangle, in their order."""
        return [self.every[place] for place in self.places(area)]

    def places(self, area: Area) -> list[int]:
        """Which those are."""
        left, bottom, right, top = self._sides
        meets = (left <= area.right) & (area.left <= right) & (bottom <= area.top) & (area.bottom <= top)
        return np.flatnonzero(meets).tolist()

    def pairs(self) -> Iterator[tuple[Area, Area]]:
        """The pairs of rectangles that share a point, each once."""
        for place, area in enumerate(self.every):
            for other in self.places(area):
                if other > place:
                    yield area, self.every[other]


def bounds(points: Sequence[tuple[float, float]], what: str = "") -> Area:
    """The rectangle round points."""
    xs, ys = zip(*points, strict=True)
    return Area(what, min(xs), min(ys), max(xs), max(ys))


def unit_areas(scene: Scene) -> list[Area]:
    areas = []
    for u in scene.units:
        wide, high = (u.width or scene.unit_width) / 2, (u.height or scene.diameter) / 2
        areas.append(Area(f"{u.id} {u.tip}", u.x - wide, u.y - high, u.x + wide, u.y + high))
    return areas


def text_areas(scene: Scene, plates: bool = True) -> list[Area]:
    """Each line of each text, as tall as its letters with ascenders and descenders."""
    areas = []
    for text in scene.texts:
        if text.classes == "weight" and not text.plate:
            continue  # in the cell of a matrix
        if text.plate and not plates:
            continue
        lines = text.text.split("\n")
        for number, line in enumerate(lines):
            width = rich_width(line, text.size, "semibold" if text.bold else "regular")
            left = text.x - {"start": 0.0, "end": width}.get(text.align, width / 2)
            middle = text.y + ((len(lines) - 1) / 2 - number) * text.size * 1.28
            areas.append(Area(line, left, middle - text.size / 2, left + width, middle + text.size / 2))
    return areas


def assert_apart(scene: Scene) -> None:
    for one, other in Areas(unit_areas(scene) + text_areas(scene)).pairs():
        assert not one.meets(other), (one, other)


def assert_boxes_are_clear(scene: Scene) -> None:
    """The outlines round layers and groups meet neither one another nor a text, nor a unit's border."""
    outlines = [
        Area("box", b.x - b.width / 2, b.y - b.height / 2, b.x + b.width / 2, b.y + b.height / 2)
        for b in scene.boxes
        if b.stroke
    ]
    for one, other in itertools.combinations(outlines, 2):
        assert not one.meets(other), (one, other)
    texts, units = text_areas(scene), unit_areas(scene)
    for box in outlines:
        for text in texts:
            assert not box.meets(text), (box, text)
        for unit in units:
            inside = box.left < unit.left and unit.right < box.right and box.bottom < unit.bottom and unit.top < box.top
            assert inside or not box.meets(unit), (box, unit)


def assert_text_is_clear(scene: Scene) -> None:
    """No line runs through a text, but the one that a text with a ground of its own stands on."""
    at = {unit.id: (unit.x, unit.y) for unit in scene.units} | {d.id: (d.x, d.y) for d in scene.dots if d.id}
    texts = Areas(text_areas(scene, plates=False))
    for line in scene.lines:
        start, end = at[line.tail], at[line.head]
        for text in texts.near(bounds([start, end])):
            assert not text.is_crossed(start, end), (text, line)


def assert_on_paper(scene: Scene) -> None:
    boxes = [
        Area("box", b.x - b.width / 2, b.y - b.height / 2, b.x + b.width / 2, b.y + b.height / 2)
        for b in (*scene.boxes, *scene.cells)
    ]
    dots = [Area("dot", d.x, d.y, d.x, d.y) for d in scene.dots]
    for area in [*unit_areas(scene), *text_areas(scene), *boxes, *dots]:
        assert area.left >= MARGIN - 0.01, area
        assert area.bottom >= MARGIN - 0.01, area
        assert area.right <= scene.width - MARGIN + 0.01, area
        assert area.top <= scene.height - MARGIN + 0.01, area
