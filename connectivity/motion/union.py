"""A film as one scene: every mark that is ever seen, once, and how each looks at each step.

A mark is the same in two scenes where it is of the same form in the same place; what differs is its look. What is in
some scenes only is in the union too, and is unseen elsewhere.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.errors import DrawingError
from connectivity.motion.aligning import rounded
from connectivity.motion.film import MARKS, Film
from connectivity.motion.moved import MOVED, Look, Trace, leaders, led, raise_lines, raised_lines, way_of
from connectivity.numerals import brief
from connectivity.scene import DASHES, UNSEEN, Box, Dot, Line, Scene, Shape, Text, Unit

_TARGET, _WEIGHT = re.compile(r"\bto\d+\b"), re.compile(r"\b[wv]\d+\b")
_ABSENT = {"all:opacity": "0"}

_MOVING = "shapes", "texts", "lines"


class Known(NamedTuple):
    """A mark of a scene: what it is, as a mark of the union, and how it looks."""

    key: Hashable
    mark: Any
    look: Look


class Track(NamedTuple):
    """How a mark looks at each step: what differs from how it is drawn; nothing where it is as drawn."""

    base: Look
    steps: tuple[Look, ...]


class Union(NamedTuple):
    """The scene of a film. The mark that has the class ``m3`` looks as the third of ``tracks`` says."""

    scene: Scene
    tracks: tuple[Track, ...]


def union_of(film: Film, night: Film | None = None) -> tuple[Union, Union | None]:
    """The union of a film, and of the same film in dark colours, whose classes mean the same marks.

    Raises DrawingError where the two films differ in more than their colours.
    """
    days, nights = _tracks(film), _tracks(night) if night else None
    if nights is not None and any([*days[name]] != [*nights[name]] for name in MARKS):
        raise DrawingError("the figure is not the same in light and dark colours: say one theme", "theme")
    both = [days, *([nights] if nights else [])]
    lit = raised_lines(days["lines"])
    for tracks in both:
        raise_lines(tracks["lines"], lit)
    for name in _MOVING:
        moves = [*leaders(days[name], both[-1][name])]
        for tracks in both:
            tracks[name] = led(tracks[name], moves)
    numbers: dict[Hashable, int] = {}
    of_marks = {
        name: [_number(name, key, days, nights, len(film.frames), numbers) for key in days[name]] for name in MARKS
    }
    found = [
        _union(one, tracks, of_marks, numbers) for one, tracks in ((film, days), (night, nights)) if one and tracks
    ]
    return found[0], found[1] if len(found) > 1 else None


_Tracks = dict[str, dict[Hashable, Trace]]


def _tracks(film: Film) -> _Tracks:
    """All marks, by the list that they are of, in the order in which they are drawn."""
    scenes = [film.still, *film.frames]
    return {name: _merged(name, scenes) for name in MARKS}


def _merged(name: str, scenes: Sequence[Scene]) -> dict[Hashable, Trace]:
    order: list[Hashable] = []
    tracks: dict[Hashable, Trace] = {}
    for step, scene in enumerate(scenes):
        place = 0
        for key, mark, look in _known(name, scene, step):
            if key not in tracks:
                tracks[key] = Trace(mark, step == 0, look, way_of(key, mark))
                order.insert(place, key)
                place += 1
            else:
                place = max(place, _index(order, key, place) + 1)
                _take_label(tracks[key], mark)
            if step:
                tracks[key].looks[step] = look
                tracks[key].marks[step] = mark
    merged = {key: tracks[key] for key in order}
    return _with_labels(merged) if name == "units" else merged


def _with_labels(units: Mapping[Hashable, Trace]) -> dict[Hashable, Trace]:
    """Units, each followed by what else is written in it at some steps: units of which nothing but the label is seen."""
    found: dict[Hashable, Trace] = {}
    for key, track in units.items():
        found[key] = track
        own = repr(track.mark.label)
        for step, mark in track.marks.items():
            if mark.label is None or repr(mark.label) == own:
                continue
            bare = mark._replace(fill="", stroke="transparent", style="solid", tip="", classes="label")
            other = found.setdefault((key, repr(mark.label)), Trace(bare, False, {"words:fill": mark.ink}))
            other.looks[step] = {"words:fill": mark.ink}
    return found


def _index(order: list[Hashable], key: Hashable, near: int) -> int:
    """Where a key is, most likely right here."""
    if near < len(order) and order[near] == key:
        return near
    return order.index(key)


def _take_label(track: Trace, mark: Any) -> None:
    """The label of a unit that the whole figure leaves empty."""
    if isinstance(mark, Unit) and track.mark.label is None and mark.label is not None:
        track.mark = track.mark._replace(label=mark.label, size=mark.size, ink=mark.ink)


def _known(name: str, scene: Scene, step: int) -> Iterator[Known]:
    """The marks of one list of a scene; of several that are alike each has a number."""
    counts: dict[Hashable, int] = {}
    places = {unit.id: rounded(unit.x, unit.y) for unit in scene.units} if name == "lines" else {}
    if name == "lines":
        places.update((dot.id, rounded(dot.x, dot.y)) for dot in scene.dots if dot.id)
    for mark in getattr(scene, name):
        if name == "lines":
            key, look = _line(mark, scene, places)
        else:
            key, look = _READERS[name](mark, scene)
        number = counts[key] = counts.get(key, 0) + 1
        yield Known((key, number), mark, look)


def _unit(unit: Unit, scene: Scene) -> tuple[Hashable, Look]:
    width = unit.width or scene.unit_width
    height = unit.height or scene.diameter
    key = (*rounded(unit.x, unit.y), unit.shape, round(width, 1), round(height, 1), unit.style, bool(unit.fill))
    diameter = height if unit.shape == "circle" else scene.diameter
    pen = 1.1 if diameter > 12 else max(0.2, 0.07 * diameter)
    wide = pen * 1.6 if unit.stroke and unit.style != "dashed" else pen
    look = {
        "outline:fill": unit.fill or "none",
        "outline:stroke": unit.stroke or scene.unit_stroke,
        "outline:stroke-width": brief(wide),
        "label:fill": unit.ink or scene.ink,
        "label": repr(unit.label) if unit.label is not None else "",
    }
    return key, look


def _line(line: Line, scene: Scene, places: Mapping[str, tuple[float, float]]) -> tuple[Hashable, Look]:
    way = tuple(rounded(x, y) for x, y in line.path)
    key = places.get(line.tail), places.get(line.head), way, line.stub, line.arrow, bool(line.id)
    width = line.width * (1.0 if line.stub or scene.arrows else 0.5)
    look = {
        "outline:stroke": line.colour,
        "outline:stroke-width": brief(width),
        "outline:stroke-dasharray": DASHES.get(line.style, "none"),
    }
    head = {"outline:fill": line.colour} if line.arrow and scene.arrows and not line.stub else {}
    return key, look | head


def _text(text: Text, scene: Scene) -> tuple[Hashable, Look]:
    about = text.text, round(text.size, 2), text.bold, text.align, text.classes, bool(text.plate)
    return (*rounded(text.x, text.y), *about), {"words:fill": text.colour}


def _box(box: Box, scene: Scene) -> tuple[Hashable, Look]:
    key = (
        *rounded(box.x, box.y),
        round(box.width, 1),
        round(box.height, 1),
        bool(box.stroke),
        box.style,
        box.classes.partition(" ")[0],
    )
    look = {"outline:fill": box.fill or "none"}
    return key, look | ({"outline:stroke": box.stroke} if box.stroke else {})


def _shape(shape: Shape, scene: Scene) -> tuple[Hashable, Look]:
    corners = tuple(rounded(x, y) for x, y in shape.points)
    has = bool(shape.fill), bool(shape.stroke), bool(shape.id), bool(shape.ramp), shape.fill == "transparent"
    name = shape.tip if not shape.id else ""  # cells of a kernel, which moves on
    key = corners, shape.closed, shape.style, has, shape.classes.partition(" ")[0], name
    look = {}
    if shape.fill and not shape.ramp and shape.fill != "transparent":
        look = {"all:fill": shape.fill, "all:fill-opacity": brief(shape.opacity)}
    if shape.stroke:
        look |= {"all:stroke": shape.stroke, "all:stroke-width": brief(shape.width)}
    return key, look


def _dot(dot: Dot, scene: Scene) -> tuple[Hashable, Look]:
    return (*rounded(dot.x, dot.y), round(dot.diameter, 2)), {"outline:fill": dot.fill} if dot.diameter else {}


_READERS: dict[str, Callable[[Any, Scene], tuple[Hashable, Look]]] = {
    "units": _unit,
    "texts": _text,
    "boxes": _box,
    "cells": _box,
    "shapes": _shape,
    "dots": _dot,
}


def _track(track: Trace, steps: int) -> Track:
    """What differs at each step from how a mark is drawn, which is as the whole figure has it, or not at all."""
    base = {name: value for name, value in track.look.items() if name != "label"}
    base |= {"all:opacity": "1" if track.still else "0", MOVED: "translate(0,0)"}
    place = next((look.get(MOVED, base[MOVED]) for _, look in sorted(track.looks.items())), base[MOVED])
    labelled = "label" in track.look and track.mark.label is not None
    if labelled:  # what the whole figure leaves out is unseen as the mark of a step is
        base["label:opacity"] = "1" if track.look["label"] or not track.still else "0"
    found = []
    for step in range(1, steps + 1):
        look = track.looks.get(step)
        place = place if look is None else look.get(MOVED, base[MOVED])
        if look is None:
            now = {**_ABSENT, MOVED: place}
        else:
            now = {name: value for name, value in look.items() if name != "label"}
            now |= {"all:opacity": "1", MOVED: place}
            if labelled:
                now["label:opacity"] = "1" if look["label"] == repr(track.mark.label) else "0"
        found.append({name: value for name, value in now.items() if base.get(name) != value})
    return Track(base, tuple(found))


def _number(
    name: str, key: Hashable, days: _Tracks, nights: _Tracks | None, steps: int, numbers: dict[Hashable, int]
) -> int | None:
    """The number of the track of a mark, in both films; None of one that is always as it is drawn."""
    if name == "dots" and not days[name][key].mark.diameter:
        return None  # an end of a line, which is not seen
    both = [_track(tracks[name][key], steps) for tracks in (days, nights) if tracks is not None]
    if not any(any(track.steps) for track in both):
        return None
    looks = tuple((tuple(sorted(_used(track).items())), tuple(map(_said, track.steps))) for track in both)
    return numbers.setdefault(looks, len(numbers))


def _said(look: Look) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(look.items()))


def _used(track: Track) -> dict[str, str]:
    """What of how a mark is drawn changes."""
    changed = {name for look in track.steps for name in look}
    return {name: value for name, value in track.base.items() if name in changed}


def _union(
    film: Film, tracks: _Tracks, of_marks: Mapping[str, Sequence[int | None]], numbers: Mapping[Hashable, int]
) -> Union:
    empty: dict[str, Any] = {name: [] for name in MARKS}
    scene = dataclasses.replace(film.still, **empty)
    found: dict[int, Track] = {}
    ids = _Ids(film)
    for name in ("dots", "units", "lines", "texts", "boxes", "cells", "shapes"):
        for (key, track), number in zip(tracks[name].items(), of_marks[name], strict=True):
            mark = ids.named(name, key, track)
            if number is not None:
                classes = f"{_classes(mark)} m{number + 1}{'' if track.still else f' {UNSEEN}'}".strip()
                mark = mark._replace(classes=classes)
                found.setdefault(number, _track(track, len(film.frames)))
            getattr(scene, name).append(mark)
    return Union(scene, tuple(found[number] for number in sorted(found)))


def _classes(mark: Any) -> str:
    if isinstance(mark, Line) and mark.stub:
        return mark.classes or "stub"
    if isinstance(mark, Dot):
        return mark.classes or "dots"
    if isinstance(mark, Box) and not mark.classes:
        return "group" if mark.stroke else "legend"
    return str(mark.classes) or "part"


class _Ids:
    """The ids of a union: those of the whole figure, and new ones for what that has not."""

    def __init__(self, film: Film) -> None:
        self._taken = {
            mark.id for name in MARKS if name not in ("texts",) for mark in getattr(film.still, name) if mark.id
        }
        self._next = 0
        self._at: dict[tuple[float, float], str] = {}

    def named(self, name: str, key: Any, track: Trace) -> Any:
        """A mark with an id that no other has; a line between the units of the union."""
        mark = track.mark
        if name == "texts":
            return mark
        if not track.still and mark.id:
            mark = mark._replace(id=self._new(mark.id[0]))
        if name in ("dots", "units") and mark.id:
            self._at.setdefault(rounded(mark.x, mark.y), mark.id)
        if name == "lines":
            (tail, head, *_), _ = key if not track.raised else key[0]
            mark = mark._replace(tail=self._at[tail], head=self._at[head], over=track.raised)
            if not track.still:
                classes = _TARGET.sub(f"to{mark.head[1:]}", mark.classes)
                mark = mark._replace(classes=_WEIGHT.sub(lambda found: f"v9{found[0][1:]}", classes))
        return mark

    def _new(self, prefix: str) -> str:
        while True:
            self._next += 1
            name = f"{prefix}{self._next}"
            if name not in self._taken:
                self._taken.add(name)
                return name
