"""A film: the whole figure, and the scene of every step, all on one paper, so that what stays the same stays in its place."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.colour.themes import THEME
from connectivity.errors import DrawingError, NoEffect, warn
from connectivity.motion.aligning import common_paper, offset, placed, rounded, unit_places
from connectivity.motion.steps import Steps, named_steps
from connectivity.options import Options
from connectivity.picture.compose import Draft, compose, compose_alike, panels_of
from connectivity.picture.fitting import Layout
from connectivity.picture.grid import Rooms
from connectivity.picture.paper import margin_of
from connectivity.scene import LEADING, Scene, Shape, Text
from connectivity.typeset.lengths import points
from connectivity.typeset.markup import balanced

_CAPTION_SIZE, _CAPTION_GAP, _MARGIN = 12.0, 8.0, 12.0
_SIDES = "width", "height"
_FITS = 4  # times that a page is tried
_ROUNDED = 0.005  # of sides of a page, in points
_ALIKE = 0.01  # of distances of layers, in those of units
_MOST_LINES, _MOST_CELLS = 5_000, 5_000  # what has an id and a class of its own

MARKS = ("units", "lines", "texts", "boxes", "cells", "shapes", "dots")
"""The lists of marks of a scene."""


class Moment(NamedTuple):
    """What a step is composed of: its panels, its options, and the text under it.

    ``own``: it is a figure of its own, with a legend of its own. ``fail`` raises an error where the step is said.
    """

    drafts: Sequence[Draft]
    options: Options
    caption: str = ""
    own: bool = False
    fail: Callable[[DrawingError], Any] | None = None


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Film:
    """The whole figure, and a scene for each step; ``period`` is how long a step is seen, in seconds."""

    still: Scene
    frames: tuple[Scene, ...]
    period: float
    loop: bool


def named_moments(motion: str, drafts: Sequence[Draft], options: Options) -> list[Moment]:
    """What the steps of a motion that is named are composed of. Raises DrawingError where nothing can move so."""
    steps = named_steps(motion, panels_of([_lit(draft, ()) for draft in drafts], options))
    return [_moment(number, steps, drafts, options) for number in range(len(steps))]


def _moment(number: int, steps: Steps, drafts: Sequence[Draft], options: Options) -> Moment:
    """A step: what it highlights itself, else what the figure does."""
    changed = [
        _lit(draft, step.highlight or draft.options.highlight)._replace(subject=draft.subject.staged(step.stage, {}))
        for draft, step in zip(drafts, steps[number], strict=True)
    ]
    return Moment(changed, options.replaced({"highlight": steps[number][0].highlight or options.highlight}))


def _lit(draft: Draft, highlight: Sequence[str]) -> Draft:
    return draft._replace(options=draft.options.replaced({"highlight": tuple(highlight)}))


def unlit(drafts: Sequence[Draft], options: Options) -> tuple[list[Draft], Options]:
    """A figure without its own highlight, which a motion would contradict that highlights one thing after another."""
    if any(draft.options.highlight for draft in drafts):
        warn(
            "highlight is not seen: the kernel that slides lights up what it sees (animate forward and grow keep it)",
            NoEffect,
        )
    return [_lit(draft, ()) for draft in drafts], options.replaced({"highlight": ()})


def film(drafts: Sequence[Draft], options: Options, moments: Sequence[Moment]) -> Film:
    """The film of a figure and its steps, on paper as large as the options say.

    Raises DrawingError for steps in which units stand elsewhere than in the figure, or too much for a film.
    """
    scenes = _shot(drafts, options, moments)
    page = _page(options, scenes[0].scale)
    taken = dict.fromkeys(page, 0.0)
    for _ in range(_FITS):  # what steps write under the figure, or beside it, is taken from its own room
        over = {side: getattr(scenes[0], side) - length for side, length in page.items()}
        if max(over.values(), default=0.0) <= _ROUNDED:
            break
        taken = {side: taken[side] + max(0.0, more) for side, more in over.items()}
        room = {side: length - taken[side] for side, length in page.items()}
        scenes = _within(drafts, options, moments, room, scenes[0].scale)
    if page:
        own = {side: getattr(scenes[0], side) for side in _SIDES}
        sides = {side: page[side] if side in page and own[side] <= page[side] + _ROUNDED else own[side] for side in own}
        scenes = [scene.on_paper(**sides) for scene in scenes]
    for scene in scenes:
        scene.sized = bool(page)
    return Film(scenes[0], tuple(scenes[1:]), options.period, options.loop)


def _page(options: Options, scale: float) -> dict[str, float]:
    """The sides of the paper that the options say, in points of a figure that is not scaled."""
    said = {side: getattr(options, side) for side in _SIDES}
    return {side: points(length, side) / scale for side, length in said.items() if length is not None}


def _within(
    drafts: Sequence[Draft], options: Options, moments: Sequence[Moment], room: Mapping[str, float], scale: float
) -> list[Scene]:
    """The film where of the page that the options say only a part is left for the figure, in points of one not scaled."""
    try:
        smaller = options.replaced({side: f"{max(length, 0.01) * scale:.4f}pt" for side, length in room.items()})
        return _shot(drafts, smaller, moments)
    except DrawingError as error:
        side = error.option or ""
        if side not in room:
            raise
        said = getattr(options, side)
        raise DrawingError(
            f"{side} {said} is too little for the figure with what its steps write; give more, or shorter captions",
            side,
        ) from None


def _shot(drafts: Sequence[Draft], options: Options, moments: Sequence[Moment]) -> list[Scene]:
    """The whole figure and its steps, all on one paper."""
    still, layout = compose(drafts, options)
    _check_size(still)
    if any(moment.own for moment in moments):
        still, layout = _spread(still, layout, drafts, options, moments)
    said = still
    itself = Moment(drafts, options, own=True)
    still, bare, *scenes = _roomy([itself, itself._replace(own=False), *moments], layout)
    moments, scenes = _apart(moments, scenes)
    legend = _legend_of(still, bare)
    offsets = [(0.0, 0.0)]
    for number, (moment, scene) in enumerate(zip(moments, scenes, strict=True), 1):
        with _said_by(moment):
            offsets.append(_by(still, scene, moment, number))
    captions = [_lines(moment.caption, said) for moment in moments]
    most = max((text.count("\n") + 1 for text in captions if text), default=0)
    under = _CAPTION_GAP + most * _CAPTION_SIZE * LEADING if most else 0.0
    put = common_paper([still, *scenes], offsets, under)
    x, y = (here - there for here, there in zip(_anchor(put[0]), _anchor(still), strict=True))
    margin = margin_of(options.margin, said.scale)
    for scene, moment, caption in zip(put[1:], moments, captions, strict=True):
        if not moment.own:
            scene.add(legend, x, y)
        if caption:
            _write(scene, caption, options, (_MARGIN if margin is None else margin) + most * _CAPTION_SIZE * LEADING)
    for scene in put:
        scene.scale, scene.title, scene.description = said.scale, said.title, said.description
    return put


def _spread(
    still: Scene, layout: Layout, drafts: Sequence[Draft], options: Options, moments: Sequence[Moment]
) -> tuple[Scene, Layout]:
    """The figure with layers as far apart as any of its steps needs them, and its layout."""
    scenes = [still, *(_frame(moment, layout) for moment in moments if moment.own)]
    gaps = [gap for scene in scenes for gap in _gaps(scene, layout.direction in ("TB", "BT"))]
    if max(gaps, default=0.0) - min(gaps, default=0.0) < _ALIKE:
        return still, layout
    layout = layout._replace(distances=layout.distances._replace(gap=max(gaps)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compose_alike(drafts, options, layout), layout


def _gaps(scene: Scene, vertical: bool) -> list[float]:
    """From each layer of circles to the next, in distances of neighbouring units."""
    depths = sorted(unit.y if vertical else unit.x for unit in scene.units)
    across = depths[:1] + [depth for before, depth in itertools.pairwise(depths) if depth - before > 1.0]
    layers: dict[float, list[float]] = {}
    for unit in scene.units:
        place, other = (unit.x, unit.y) if vertical else (unit.y, unit.x)
        layers.setdefault(round(other, 1), []).append(place)
    steps = [after - before for places in layers.values() for before, after in itertools.pairwise(sorted(places))]
    pitch = min((step for step in steps if step > 1.0), default=0.0)
    return [(after - before) / pitch for before, after in itertools.pairwise(across)] if pitch else []


def _anchor(scene: Scene) -> tuple[float, float]:
    """Where something of a scene stands that it has on any paper."""
    for name in ("units", "texts", "boxes", "cells", "dots"):
        for mark in getattr(scene, name):
            return mark.x, mark.y
    return next((shape.points[0] for shape in scene.shapes), (0.0, 0.0))


def _changed(draft: Draft, changes: dict[str, Any]) -> Draft:
    return draft._replace(options=draft.options.replaced(changes))


def _roomy(moments: Sequence[Moment], layout: Layout) -> list[Scene]:
    """The scenes of steps, in each of which a panel has the room that it has in any."""
    rooms = Rooms()
    scenes: list[tuple[int, Scene]] = []
    for moment in moments:
        scene = _frame(moment, layout, rooms)
        scenes.append((rooms.growths, scene))
    return [
        scene if growths == rooms.growths else _frame(moment, layout, rooms)
        for moment, (growths, scene) in zip(moments, scenes, strict=True)
    ]


@contextlib.contextmanager
def _said_by(moment: Moment) -> Iterator[None]:
    """Where an error is said that a step makes."""
    try:
        yield
    except DrawingError as error:
        if moment.fail is not None:
            moment.fail(error)
        raise


def _apart(moments: Sequence[Moment], scenes: Sequence[Scene]) -> tuple[list[Moment], list[Scene]]:
    """Steps without those of a named motion that show what the one before shows, as where a layer is no mark of its own."""
    pairs = [*zip(moments, scenes, strict=True)]
    kept = [
        (moment, scene)
        for number, (moment, scene) in enumerate(pairs)
        if moment.fail is not None or not number or not _are_alike(scene, pairs[number - 1][1])
    ]
    return [moment for moment, _ in kept], [scene for _, scene in kept]


def _are_alike(scene: Scene, other: Scene) -> bool:
    """Whether the same is seen in two scenes."""
    return all(getattr(scene, name) == getattr(other, name) for name in MARKS)


def _frame(moment: Moment, layout: Layout, rooms: Rooms | None = None) -> Scene:
    """The scene of a step, with a legend if it is a figure of its own."""
    drafts, options = moment.drafts, moment.options
    if not moment.own:
        drafts = [_changed(draft, {"legend": False}) for draft in drafts]
        options = options.replaced({"legend": False})
    with warnings.catch_warnings(), _said_by(moment):
        warnings.simplefilter("ignore")  # the figure itself has said it
        return compose_alike(drafts, options, layout, rooms)


def _by(still: Scene, frame: Scene, moment: Moment, number: int) -> tuple[float, float]:
    """How far a frame is to be moved to lie on the figure."""
    by = offset(still, frame)
    if by is None:
        raise DrawingError(f"step {number} has nothing in common with the figure; leave some of its units")
    if any(draft.subject.stage.layers is not None for draft in moment.drafts):
        return by
    here = {rounded(x + by[0], y + by[1]) for x, y in unit_places(frame)}
    moved = sum(not _is_near(place, here) for place in unit_places(still))
    if moved:
        raise DrawingError(
            f"step {number} moves units ({moved} of them stand elsewhere than in the figure); a step may change what is "
            "seen of units, not where they stand"
        )
    return by


def _is_near(place: tuple[float, float], places: set[tuple[float, float]]) -> bool:
    """Whether a place is among others, but for what is lost in rounding."""
    if place in places:
        return True
    return any(abs(place[0] - x) < 0.05 and abs(place[1] - y) < 0.05 for x, y in places)


def _legend_of(still: Scene, bare: Scene) -> Scene:
    """What a figure has and the same without its legend has not; at the places of the former."""
    by = offset(still, bare) or (0.0, 0.0)
    under = placed(bare, by, still.width, still.height)
    legend = still.on_paper(still.width, still.height)
    for name in MARKS:
        there = Counter(map(_place_of, getattr(under, name) if name != "lines" else ()))
        kept = []
        for mark in getattr(still, name) if name != "lines" else ():
            key = _place_of(mark)
            if there[key]:
                there[key] -= 1
            else:
                kept.append(mark)
        setattr(legend, name, kept)
    ids = {dot.id: f"legend{dot.id}" for dot in legend.dots if dot.id}  # no step has an end of a line of that name
    legend.dots = [dot._replace(id=ids.get(dot.id, "")) for dot in legend.dots]
    legend.lines = [
        line._replace(tail=ids[line.tail], head=ids[line.head])
        for line in still.lines
        if line.tail in ids and line.head in ids
    ]
    return legend


def _place_of(mark: Any) -> Hashable:
    """What a mark is and where it stands."""
    if isinstance(mark, Shape):
        return tuple(rounded(x, y) for x, y in mark.points)
    rest = (mark.text, mark.size) if isinstance(mark, Text) else (getattr(mark, "width", 0.0),)
    return (*rounded(mark.x, mark.y), *rest)


def _lines(caption: str, still: Scene) -> str:
    """A caption in lines that the figure is wide enough for."""
    if not caption:
        return ""
    width = max(still.width - 2 * _MARGIN, 120.0)
    return "\n".join(balanced(part, width, _CAPTION_SIZE) for part in caption.split("\n"))


def _write(scene: Scene, caption: str, options: Options, top: float) -> None:
    """Write the caption of a step under it, from a height down that is the same at all steps."""
    lines = caption.count("\n") + 1
    y = top - lines * _CAPTION_SIZE * LEADING / 2
    scene.texts.append(Text(scene.width / 2, y, caption, _CAPTION_SIZE, THEME[options.theme].ink, classes="step"))


def _check_size(scene: Scene) -> None:
    """Raise DrawingError for a figure of which lines or cells have no names."""
    if scene.dense or len(scene.cells) > _MOST_CELLS:
        what = f"{len(scene.lines):,} connections" if scene.dense else f"{len(scene.cells):,} cells of matrices"
        raise DrawingError(f"{what} are too many to move; at most {_MOST_LINES:,} (max-units shows fewer)", "animate")
