"""Texts at connections: weights, or a letter or number for each, where they cover as little as possible."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from connectivity.colour.paint import is_shared, lettered
from connectivity.errors import DrawingError
from connectivity.graphs.roles import BIAS, MERGED
from connectivity.graphs.wiring import Wiring
from connectivity.layers.base import NO_PARAMETER
from connectivity.options import Options
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import letter, short

LABELLED_ARROWS = 400
"""The most connections that are labelled: among more, no label could be read."""

SIZE = 10.0
_SPACIOUS = 4.0  # how much more room texts get than they cover
_IN_PRINT = 60  # connections that print labels without being asked
_SHARES = tuple(0.5 + side * step / 40 for step in range(16) for side in ((1, -1) if step else (1,)))
_TOUCHED = -50.0  # points of room that a place on a unit or a text is worth
_PREFERENCE = 0.08  # points of room that a place nearer to the middle of its line is worth

Point = tuple[float, float]


class Placed(NamedTuple):
    """A text and the middle of where it stands."""

    text: str
    x: float
    y: float


def edge_texts(wiring: Wiring, connections: Sequence[int], options: Options) -> dict[int, str]:
    """What stands at each of ``connections``. Raises DrawingError for more than can be read."""
    style = options.edge_labels
    if style == "none" or (style == "auto" and not (lettered(options) and len(connections) <= _IN_PRINT)):
        return {}
    layers: list[list[int]] = [[] for _ in wiring.layers]
    for connection in connections:
        role = wiring.roles[connection]
        if role is not BIAS and role is not MERGED and not role.passes:
            layers[wiring.layer(connection)].append(connection)
    texts: dict[int, str] = {}
    for number, layer_connections in enumerate(layers):
        if style == "auto" and not is_shared(wiring, number, layer_connections):
            continue
        texts.update(_layer_texts(wiring, layer_connections, "letter" if style == "auto" else style))
    if len(texts) > LABELLED_ARROWS:
        raise DrawingError(
            f"{len(texts):,} labels of connections could not be read; at most {LABELLED_ARROWS} (max-units shows fewer)",
            "edge_labels",
        )
    return texts


def _layer_texts(wiring: Wiring, connections: Sequence[int], style: str) -> dict[int, str]:
    if style == "weight":
        weights = {connection: wiring.weights[connection] for connection in connections}
        return {connection: short(weight) for connection, weight in weights.items() if weight is not None}
    parameters = {connection: wiring.parameters[connection] for connection in connections}
    names = sorted(set(parameters.values()) - {NO_PARAMETER})
    numbers = {name: number for number, name in enumerate(names)}
    text: Callable[[int], str] = letter if style == "letter" else lambda number: str(number + 1)
    return {
        connection: text(numbers[parameter])
        for connection, parameter in parameters.items()
        if parameter != NO_PARAMETER
    }


def room(texts: Sequence[str], length: float) -> float:
    """How far apart two layers ``length`` points long must be for all texts between them to be read, in points."""
    lines = max(1.0, length / (SIZE + 3))
    return _SPACIOUS * sum(text_width(text, SIZE) + 4 for text in texts) / lines


def place(
    wiring: Wiring, connections: Sequence[int], texts: Mapping[int, str], at: Mapping[int, Point], clear: float
) -> list[Placed]:
    """Where each text stands on its line, away from other lines, other texts and the units.

    Without those for which there is no room. ``at`` is where units are, ``clear`` how far from their middles a text must be, in points.
    """
    lines = [(at[wiring.sources[each]], at[wiring.targets[each]]) for each in connections]
    units = sorted(at.values())
    boxes: list[tuple[float, float, float]] = []  # x, y, half a width
    labels = []
    for number, connection in enumerate(connections):
        text = texts.get(connection)
        if text is None:
            continue
        half = text_width(text, SIZE) / 2 + 1.5
        tail, head = lines[number]
        neighbours = [line for other, line in enumerate(lines) if other != number and _near(line, (tail, head))]
        round_it = [unit for unit in units if _near((unit, unit), (tail, head), clear + half)]
        best = max(
            (_worth(_on(tail, head, share), half, neighbours, boxes, round_it, clear) - _PREFERENCE * rank, share)
            for rank, share in enumerate(_SHARES)
        )
        if best[0] < _TOUCHED / 2:
            continue
        x, y = _on(tail, head, best[1])
        boxes.append((x, y, half))
        labels.append(Placed(text, x, y))
    return labels


def _worth(
    place: Point,
    half: float,
    lines: Sequence[tuple[Point, Point]],
    boxes: Sequence[tuple[float, float, float]],
    units: Sequence[Point],
    clear: float,
) -> float:
    """How good a place is: points of room to the nearest line; texts and units must not be touched."""
    x, y = place
    worth = min((_distance(x, y, line) for line in lines), default=12.0)
    worth = min(worth, 12.0)
    for other_x, other_y, other in boxes:
        if abs(x - other_x) < half + other and abs(y - other_y) < SIZE + 1:
            worth += 2 * _TOUCHED
    touched = sum(abs(x - unit_x) < clear + half and abs(y - unit_y) < clear + SIZE / 2 for unit_x, unit_y in units)
    return worth + _TOUCHED * touched


def _on(tail: Point, head: Point, share: float) -> Point:
    return tail[0] + (head[0] - tail[0]) * share, tail[1] + (head[1] - tail[1]) * share


def _near(line: tuple[Point, Point], other: tuple[Point, Point], room: float = SIZE) -> bool:
    """Whether the rectangles around two lines come nearer than ``room``."""
    for axis in (0, 1):
        low, high = sorted((line[0][axis], line[1][axis]))
        other_low, other_high = sorted((other[0][axis], other[1][axis]))
        if low > other_high + room or other_low > high + room:
            return False
    return True


def _distance(x: float, y: float, line: tuple[Point, Point]) -> float:
    """From a point to a stretch of a line."""
    (x0, y0), (x1, y1) = line
    across, up = x1 - x0, y1 - y0
    square = across * across + up * up
    share = 0.0 if not square else min(1.0, max(0.0, ((x - x0) * across + (y - y0) * up) / square))
    return math.hypot(x - x0 - share * across, y - y0 - share * up)
