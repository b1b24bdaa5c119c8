"""Marks that are few because they move: what is alike at several steps and seen at one each is one, which moves on.

A window, a cone, a number, the connections of a kernel. What moves gets neither over nor under anything that it is not
over or under at its steps.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectivity.numerals import brief
from connectivity.scene import Line, Point, Shape, Text

Look = Mapping[str, str]
"""Properties of style sheets, by what of a mark they are of and their names: ``outline:stroke-width``, ``all:opacity``."""

MOVED = "place:transform"
"""What moves a mark from where it is drawn."""

_TOUCH = 0.3  # as far as outlines reach into one another, in points
_LAYER = re.compile(r"\blayer\d+")


@dataclass(eq=False)
class Trace:
    """A mark of the union: as it is in the whole figure (else in the first step that has it), and its look at each step."""

    mark: Any
    still: bool
    look: Look
    way: Sequence[Point] = ()
    looks: dict[int, Look] = field(default_factory=dict)
    marks: dict[int, Any] = field(default_factory=dict)
    raised: bool = False


Raised = list[tuple[Hashable, list[tuple[Hashable, int]]]]
"""Lines that lie over all others at one step each, and are alike: each with its step, by the key of their first."""


def raised_lines(lines: Mapping[Hashable, Trace]) -> Raised:
    """The lines that are to be raised.

    What lies over others cannot be under them at another step, so that it is to be a line of its own. As these move from
    step to step, they are few: one for each tap of a kernel.
    """
    groups: dict[Hashable, list[tuple[Hashable, int]]] = {}
    ranks: dict[Hashable, int] = {}
    for key, track in lines.items():
        over = [step for step, mark in track.marks.items() if mark.over]
        if len(over) == 1 and not track.mark.stub:
            form = _form_of(track.mark, track.way)
            rank = ranks[form, over[0]] = ranks.get((form, over[0]), 0) + 1
            groups.setdefault((form, rank), []).append((key, over[0]))
    return [(group[0][0], group) for group in groups.values() if len(group) > 1]


def raise_lines(lines: dict[Hashable, Trace], raised: Raised) -> None:
    """Add a line for those that are alike, over all others; what was there at its step alone is gone."""
    for first, alike in raised:
        lines[first, "over"] = _raised([(lines[key], step) for key, step in alike])
        for key, _ in alike:
            if not lines[key].still and not lines[key].looks:
                del lines[key]


def _raised(lines: Sequence[tuple[Trace, int]]) -> Trace:
    """A line over all others that is where each of ``lines`` is at its step, and looks so; those stay as they are under it."""
    first, start = lines[0]
    x0, y0 = first.way[0]
    raised = Trace(first.marks[start]._replace(tip=""), False, first.looks[start], first.way, raised=True)
    for track, step in lines:
        x, y = track.way[0]
        raised.looks[step] = {**track.looks[step], MOVED: f"translate({_length(x - x0)},{_length(y0 - y)})"}
        del track.looks[step]
        if track.looks and raised.mark.style == "solid":  # between dashes it would be seen
            near = min(track.looks, key=lambda other: abs(other - step))
            track.looks[step] = track.looks[near]
    return raised


def leaders(
    tracks: Mapping[Hashable, Trace], nights: Mapping[Hashable, Trace]
) -> Iterator[tuple[Hashable, list[Hashable]]]:
    """Marks that stand for others: of those that are seen at one step each and are alike, in light and dark colours.

    So a window, a cone, a number or the connections of a kernel are marks that move.
    """
    groups: dict[Hashable, list[Hashable]] = {}
    ranks: dict[Hashable, int] = {}
    for key, track in tracks.items():
        if len(track.looks) == 1 and _can_move(track):
            form = (
                *_form_of(track.mark, track.way),
                *(tuple(sorted(one.look.items())) for one in (track, nights[key])),
            )
            (step,) = track.looks
            rank = ranks[form, step] = ranks.get((form, step), 0) + 1
            groups.setdefault((form, rank), []).append(key)
    layers = _Layers(tracks)
    for keys in groups.values():
        yield from layers.apart(keys)


def led(tracks: Mapping[Hashable, Trace], moves: Iterable[tuple[Hashable, list[Hashable]]]) -> dict[Hashable, Trace]:
    """Marks, of which those that others stand for are no more."""
    gone: set[Hashable] = set()
    for first, others in moves:
        gone.update(others)
        _lead(tracks[first], [tracks[key] for key in others])
    return {key: track for key, track in tracks.items() if key not in gone}


class _Layers:
    """Which marks lie over one another: what moves on is drawn at one place in their order, and is not to get under others."""

    def __init__(self, tracks: Mapping[Hashable, Trace]) -> None:
        self._tracks = tracks
        self._places = {key: place for place, key in enumerate(tracks)}
        self._extents = {key: _extent(track.mark) for key, track in tracks.items()}
        self._seen: dict[int, list[Hashable]] = {}
        for key, track in tracks.items():
            for step in track.looks:
                self._seen.setdefault(step, []).append(key)

    def apart(self, keys: Sequence[Hashable]) -> Iterator[tuple[Hashable, list[Hashable]]]:
        """Marks that may be one, in as few as can be: each leads others."""
        rest = [*keys]
        while len(rest) > 1:
            first = next((key for key in rest if self._tracks[key].still), rest[0])
            behind = [
                key for key in rest if key != first and not self._tracks[key].still and not self._crosses(first, key)
            ]
            self._places.update(dict.fromkeys(behind, self._places[first]))
            yield first, behind
            rest = [key for key in rest if key != first and key not in behind]

    def _crosses(self, first: Hashable, other: Hashable) -> bool:
        """Whether a mark that is drawn where ``first`` is in the order gets over or under one that it meets at its step."""
        (step,) = self._tracks[other].looks
        left, bottom, right, top = self._extents[other]
        start, end = sorted((self._places[first], self._places[other]))
        for key in self._seen[step]:
            if start < self._places[key] < end:
                low, under, high, over = self._extents[key]
                if low < right and left < high and under < top and bottom < over:
                    return True
        return False


def _extent(mark: Any) -> tuple[float, float, float, float]:
    """What a mark takes, a little less, since what touches lies beside; nothing of what lies over or under all of them."""
    if not isinstance(mark, Shape) or not mark.points:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = zip(*mark.points, strict=True)
    return min(xs) + _TOUCH, min(ys) + _TOUCH, max(xs) - _TOUCH, max(ys) - _TOUCH


def _lead(first: Trace, others: Sequence[Trace]) -> None:
    """Let a mark stand for others, at their steps in their places."""
    x0, y0 = first.way[0]
    for other in others:
        (x, y), (step,) = other.way[0], other.looks
        first.looks[step] = {**other.looks[step], MOVED: f"translate({_length(x - x0)},{_length(y0 - y)})"}
    if isinstance(first.mark, Line) and others:
        first.mark = first.mark._replace(tip="")  # which would be true at one step


def way_of(key: Any, mark: Any) -> Sequence[Point]:
    """The places that a mark leads through: what is the same way elsewhere is the same mark, moved."""
    if isinstance(mark, Line):
        (tail, head, *_), _ = key
        return tail, *mark.path, head
    return mark.points if isinstance(mark, Shape) else ((mark.x, mark.y),)


def _length(points: float) -> str:
    return f"{brief(points)}px" if abs(points) >= 0.005 else "0"


def _can_move(track: Trace) -> bool:
    mark = track.mark
    if isinstance(mark, Line):
        return not track.still and not mark.stub
    return isinstance(mark, Text) or not (mark.id or mark.ramp)


def _form_of(mark: Shape | Text | Line, way: Sequence[Point]) -> tuple[Hashable, ...]:
    """What a mark is, wherever it stands."""
    if isinstance(mark, Text):
        return tuple(mark._replace(x=0.0, y=0.0, colour=""))
    (x0, y0), *_ = way
    form = tuple((round(x - x0, 1) + 0.0, round(y - y0, 1) + 0.0) for x, y in way)
    if isinstance(mark, Line):
        return form, mark.arrow, mark.style, *_LAYER.findall(mark.classes)
    return form, mark.closed, mark.style, mark.classes
