"""Scenes put over one another: where the same things stand in them, and whether they do.

A scene begins at the lower left of its own paper; of two scenes that are laid out alike, one may have a legend, or a
frame at its edge, that the other has not.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

from connectivity.scene import Point, Scene, Shape

_DIGITS = 2  # of a place in points: what is nearer than that is the same place
_EXACT = 6  # of a way: without what is lost in rounding, what lies on something else is written as that is
_ALL_PAIRS = 10_000  # are compared; of more things their order says which are the same
_ASIDE = 0.00137  # so that no place that is computed in two ways is rounded in two ways, as halves would be

Place = tuple[float, float]


def rounded(x: float, y: float) -> Place:
    """A place as it is compared with others."""
    return round(x + _ASIDE, _DIGITS) + 0.0, round(y + _ASIDE, _DIGITS) + 0.0


def offset(scene: Scene, other: Scene) -> Point | None:
    """How far ``other`` is to be moved so that most of it lies on what is alike in ``scene``; None: nothing is."""
    votes: Counter[Place] = Counter()
    exact: dict[Place, Point] = {}
    places, others = dict(_features(scene)), dict(_features(other))
    shared = places.keys() & others.keys()
    units = {feature for feature in shared if feature[0] == "unit"}
    for feature in sorted(units or shared, key=repr):  # what is written beside units may stand elsewhere
        for here, there in _pairs(places[feature], others[feature], several=bool(units)):
            by = here[0] - there[0], here[1] - there[1]
            votes[rounded(*by)] += 1
            exact.setdefault(rounded(*by), by)
    if not votes:
        return None
    most = max(votes.values())
    x, y = exact[min(place for place, number in votes.items() if number == most)]
    return round(x, _EXACT) + 0.0, round(y, _EXACT) + 0.0


def _pairs(ones: Sequence[Point], others: Sequence[Point], several: bool) -> Iterable[tuple[Point, Point]]:
    """Which things may be the same: those of one rank; of units, of which a scene may have ``several`` more, all with all."""
    few = several and len(ones) * len(others) <= _ALL_PAIRS
    return itertools.product(ones, others) if few else zip(ones, others, strict=False)


def unit_places(scene: Scene) -> set[Place]:
    """Where the units of a scene stand: circles, and cells that can be pointed at."""
    units = {rounded(unit.x, unit.y) for unit in scene.units}
    return units | {rounded(*shape.points[0]) for shape in scene.shapes if shape.id}


def placed(scene: Scene, by: Point, width: float, height: float) -> Scene:
    """The marks of a scene moved on a paper of some size; everything else is as it was."""
    paper = scene.on_paper(width, height)  # in its middle
    middle = (width - scene.width) / 2, (height - scene.height) / 2
    moved = scene.on_paper(width, height)
    for name in ("units", "lines", "texts", "boxes", "cells", "shapes", "dots"):
        setattr(moved, name, [])
    moved.add(paper, by[0] - middle[0], by[1] - middle[1])
    return moved


def common_paper(scenes: Sequence[Scene], offsets: Sequence[Point], under: float = 0.0) -> list[Scene]:
    """Scenes, each moved by its offset, on one paper that has room for all, and ``under`` points below them."""
    left = min(x for x, _ in offsets)
    bottom = min(y for _, y in offsets) - under
    width = max(x + scene.width for scene, (x, _) in zip(scenes, offsets, strict=True)) - left
    height = max(y + scene.height for scene, (_, y) in zip(scenes, offsets, strict=True)) - bottom
    return [placed(scene, (x - left, y - bottom), width, height) for scene, (x, y) in zip(scenes, offsets, strict=True)]


def _features(scene: Scene) -> Iterator[tuple[tuple[Hashable, ...], list[Point]]]:
    """What of a scene may be found again in another one, each with its places in order."""
    found: dict[tuple[Hashable, ...], list[Point]] = {}
    for unit in scene.units:
        found.setdefault(("unit", unit.shape, unit.width, unit.height), []).append((unit.x, unit.y))
    for text in scene.texts:
        found.setdefault(("text", text.text, text.size, text.bold), []).append((text.x, text.y))
    for box in (*scene.boxes, *scene.cells):
        found.setdefault(("box", round(box.width, 1), round(box.height, 1)), []).append((box.x, box.y))
    for shape in scene.shapes:
        if shape.points:
            found.setdefault(_form(shape), []).append(shape.points[0])
    yield from found.items()


def _form(shape: Shape) -> tuple[Hashable, ...]:
    x0, y0 = shape.points[0]
    form = tuple((round(x - x0, 1), round(y - y0, 1)) for x, y in shape.points[1:])
    kind = "unit" if shape.id else "shape"  # cells of kernels, which move on, have none
    return kind, form, shape.closed, bool(shape.id), bool(shape.fill), bool(shape.stroke)
