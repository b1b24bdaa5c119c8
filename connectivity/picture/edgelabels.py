"""Texts at connections: names, values, letters or numbers of their weights, where they cover as little as possible."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.colour.paint import is_shared
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs.gaps import LEFT_OUT, drawn_units
from connectivity.graphs.roles import BIAS, MERGED
from connectivity.graphs.unitnames import find_units, unit_ranges
from connectivity.graphs.weightnames import (
    asks_for_labels,
    bracketed,
    connection_texts,
    dotted,
    lettered,
    wishes_of,
    word_of,
)
from connectivity.graphs.wiring import Wiring
from connectivity.options import EDGE_LABELS, Options
from connectivity.picture.rectangles import Rectangle
from connectivity.typeset.markup import rich_width

LABELLED_ARROWS = 150
"""The most connections that are labelled: among more, no label could be read."""

SIZE = 10.0
_SPACIOUS = 6.0  # how much more room texts get than they cover
_IN_PRINT = 60  # connections that print labels without being asked
_SHARES = tuple(0.5 + side * step / 40 for step in range(16) for side in ((1, -1) if step else (1,)))
_BIAS_NAME = re.compile(r"\.bias(\[|$)")
_MANY_LINES = 40  # beside so many lines it is worth while to find the near ones first
_HALF = SIZE * 0.55  # half the height of a text, in points
_ENOUGH = 12.0  # points of room to the nearest line beyond which more is not better
_CROSSED = -6.0  # points of room that each other line under a place is worth
_TOUCHED = -500.0  # points of room that a place on a unit or a text is worth
_PREFERENCE = 0.08  # points of room that a place nearer to the middle of its line is worth

Point = tuple[float, float]
Way = Sequence[Point]
"""A line that need not be straight."""


class Placed(NamedTuple):
    """A text and the middle of where it stands."""

    text: str
    x: float
    y: float


def edge_texts(wiring: Wiring, connections: Sequence[int], options: Options) -> dict[int, str]:
    """What stands at each of ``connections``. Raises DrawingError for more than can be read."""
    asked = asks_for_labels(options)
    if not asked and not any(lettered(options, layer.info.name) for layer in wiring.layers):
        return {}
    layers: list[list[int]] = [[] for _ in wiring.layers]
    for connection in connections:
        role = wiring.roles[connection]
        if role is not BIAS and role is not MERGED and not role.passes:
            layers[wiring.layer(connection)].append(connection)
    if not asked and len(connections) > _IN_PRINT:
        return {}
    shared = [is_shared(wiring, number, into) for number, into in enumerate(layers)]
    own = [
        number
        for number, into in enumerate(layers)
        if into and not shared[number] and word_of(options, wiring.layers[number].info.name) == "name"
    ]
    texts: dict[int, str] = {}
    for number, into in enumerate(layers):
        several = len(own) > 1
        texts |= connection_texts(wiring, number, into, options, shared=shared[number], several=several)
    texts |= _of_connections(wiring, connections, options)
    if len(texts) > LABELLED_ARROWS:
        raise DrawingError(
            f"{len(texts):,} labels of connections could not be read; at most {LABELLED_ARROWS} (max-units shows fewer)",
            "edge_labels",
        )
    return texts


def _of_connections(wiring: Wiring, connections: Sequence[int], options: Options) -> dict[int, str]:
    """The texts that were given for connections: ``x.2:h.1=a``."""
    texts: dict[int, str] = {}
    for name, text in wishes_of(options).texts.items():
        ends = _ends(wiring, name, options)
        if ends is not None:
            texts |= {
                one: text for one in connections if wiring.sources[one] in ends[0] and wiring.targets[one] in ends[1]
            }
    return texts


def _ends(wiring: Wiring, name: str, options: Options) -> tuple[set[int], set[int]] | None:
    """The units of the picture's graph that ``x.2:h.1`` leads from and to; None where it names none."""
    source, colon, target = name.partition(":")
    if not colon:
        return None
    ends = []
    for unit in (source, target):
        keys = find_units(wiring, unit.strip(), options.index_from)
        if not keys:
            return None
        ends.append({one for key in keys if (one := wiring.unit(key)) is not None})
    return ends[0], ends[1]


def check_edge_labels(panels: Sequence[tuple[Wiring, Options]]) -> None:
    """Raise DrawingError for labels of layers, weights or connections that are in no panel that has them."""
    wishes = dict.fromkeys(wish for _, options in panels for wish in options.edge_labels if "=" in wish)
    for wish in wishes:
        asked = [(wiring, options) for wiring, options in panels if wish in options.edge_labels]
        wrong = [_problem(wiring, wish, options) for wiring, options in asked]
        if all(wrong):
            raise DrawingError(wrong[0], "edge_labels")


def _problem(wiring: Wiring, wish: str, options: Options) -> str:
    """Why ``NAME=TEXT`` labels nothing in a graph; empty where it does."""
    name, _, text = wish.partition("=")
    name = name.strip()
    layers = [layer.info.name for layer in wiring.layers]
    if ":" in name:
        return _no_connection(wiring, name, options)
    if name in layers:
        if text in EDGE_LABELS:
            return ""
        parameter = f"{name}.weight={text}"
        return (
            f'edge-labels "{visible(wish, 40)}": of a whole layer it is one of {", ".join(EDGE_LABELS)} '
            f"(all of its weights have one name by {visible(parameter, 40)})"
        )
    if wiring.has_parameter(name) or wiring.has_parameter(bracketed(name)):
        return ""
    if _BIAS_NAME.search(name):
        return f'"{visible(name)}" is a bias: biases have no labels (show bias draws them as units)'
    parameters = dict.fromkeys(filter(None, map(wiring.parameter, range(len(wiring)))))
    if text in EDGE_LABELS and name.isidentifier():
        return f'edge-labels of "{visible(name)}": no layer has that name{suggestion(name, layers)}'
    near = suggestion(dotted(name), map(dotted, [*parameters][:5000]))
    if "did you mean" not in near:
        ends = [*map(dotted, parameters)]
        near = f" (they go from {visible(ends[0])} to {visible(ends[-1])})" if ends else "; the network has none"
    return f'there is no weight "{visible(name)}" to label{near}'


def _no_connection(wiring: Wiring, name: str, options: Options) -> str:
    """Why no connection is called so; empty where one is, or might be if more was shown."""
    for unit in map(str.strip, name.split(":", 1)):
        if not find_units(wiring, unit, options.index_from):
            return f'there is no unit "{visible(unit)}" to label a connection of; there are {unit_ranges([wiring], options.index_from)}'
        if not drawn_units(wiring, unit, options.index_from):
            return f'there is nothing to label: "{visible(unit)}" {LEFT_OUT}'
    ends = _ends(wiring, name, options)
    if ends is None or not all(ends):
        return ""  # they are not on the picture
    joined = any(
        source in ends[0] and target in ends[1] for source, target in zip(wiring.sources, wiring.targets, strict=True)
    )
    return "" if joined else f'no connection leads from "{visible(name.replace(":", chr(34) + " to " + chr(34), 1))}"'


def room(texts: Sequence[str], length: float) -> float:
    """How far apart two layers ``length`` points long must be for all texts between them to be read, in points."""
    lines = max(1.0, length / (SIZE + 3))
    return _SPACIOUS * sum(rich_width(text, SIZE) + 4 for text in texts) / lines


def place(
    ways: Mapping[int, Way], texts: Mapping[int, str], units: Sequence[Rectangle], others: Sequence[Way] = ()
) -> list[Placed]:
    """Where each text stands on the way of its connection, away from other lines, other texts and the units.

    Without those for which there is no room. ``units`` are what no text may touch; ``others`` are lines that are no
    connections.
    """
    segments = [(number, *pair) for number, way in ways.items() for pair in itertools.pairwise(way)]
    segments += [(-1, *pair) for way in others for pair in itertools.pairwise(way)]
    taken: list[Rectangle] = []
    labels = []
    for connection, text in ((one, texts[one]) for one in ways if one in texts):
        way, half = ways[connection], rich_width(text, SIZE) / 2 + 1.5
        around = _around(way, half)
        lines = _Lines(
            [(start, end) for number, start, end in segments if number != connection and _meets(around, start, end)],
            math.hypot(half, _HALF) + _ENOUGH,
        )
        beside = [unit for unit in units if _overlaps(around, unit)]
        best, where = -math.inf, 0.5
        for rank, share in enumerate(_SHARES):
            box = _box(_on(way, share), half)
            worth = _worth(box, lines, taken, beside) - _PREFERENCE * rank
            if worth > best:
                best, where = worth, share
        if any(_overlaps(_box(_on(way, where), half), other) for other in (*taken, *beside)):
            continue
        x, y = _on(way, where)
        taken.append(_box((x, y), half))
        labels.append(Placed(text, x, y))
    return labels


class _Lines:
    """Straight lines, of which those near a box are found; ``reach`` is from its middle to what counts as near."""

    def __init__(self, lines: Sequence[tuple[Point, Point]], reach: float) -> None:
        self._lines, self._reach = lines, reach
        self._arrays: Any = None
        if len(lines) > _MANY_LINES:
            import numpy as np

            starts, ends = (np.array([line[side] for line in lines]) for side in (0, 1))
            along = ends - starts
            self._arrays = starts, along, np.maximum((along**2).sum(axis=1), 1e-12)

    def near(self, box: Rectangle) -> Iterable[tuple[Point, Point]]:
        """Those that may be nearer to a box than is of interest, and some more."""
        if self._arrays is None:
            return self._lines
        import numpy as np

        starts, along, squares = self._arrays
        apart = np.array([(box.left + box.right) / 2, (box.bottom + box.top) / 2]) - starts
        shares = np.clip((apart * along).sum(axis=1) / squares, 0.0, 1.0)
        distances = np.hypot(*(apart - shares[:, None] * along).T)
        return [self._lines[int(number)] for number in np.flatnonzero(distances <= self._reach)]


def _worth(box: Rectangle, lines: _Lines, taken: Sequence[Rectangle], units: Sequence[Rectangle]) -> float:
    """How good a place is: points of room to the nearest line; texts and units must not be touched."""
    worth, crossed = _ENOUGH, 0
    for start, end in lines.near(box):
        away = box.distance(start, end)
        worth, crossed = min(worth, away), crossed + (not away)
    worth += _CROSSED * crossed
    worth += 2 * _TOUCHED * sum(_overlaps(box, other) for other in taken)
    return worth + _TOUCHED * sum(_overlaps(box, unit) for unit in units)


def _box(middle: Point, half: float) -> Rectangle:
    return Rectangle(middle[0] - half, middle[1] - _HALF, middle[0] + half, middle[1] + _HALF)


def _around(way: Way, half: float) -> Rectangle:
    """Where a text on a way may reach, with the room that is of use."""
    xs, ys = [x for x, _ in way], [y for _, y in way]
    wide, high = half + _ENOUGH, _HALF + _ENOUGH
    return Rectangle(min(xs) - wide, min(ys) - high, max(xs) + wide, max(ys) + high)


def _overlaps(one: Rectangle, other: Rectangle) -> bool:
    return one.left < other.right and other.left < one.right and one.bottom < other.top and other.bottom < one.top


def _meets(around: Rectangle, start: Point, end: Point) -> bool:
    """Whether the rectangle round a line overlaps another."""
    left, right = sorted((start[0], end[0]))
    bottom, top = sorted((start[1], end[1]))
    return left <= around.right and right >= around.left and bottom <= around.top and top >= around.bottom


def _on(way: Way, share: float) -> Point:
    """The point of a way that so much of its length leads to."""
    lengths = [math.dist(*pair) for pair in itertools.pairwise(way)]
    left = share * sum(lengths)
    for (start, end), length in zip(itertools.pairwise(way), lengths, strict=True):
        if left <= length:
            along = left / length if length else 0.0
            return start[0] + (end[0] - start[0]) * along, start[1] + (end[1] - start[1]) * along
        left -= length
    return way[-1]
