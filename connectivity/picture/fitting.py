"""A figure that fits its page: distances give way until it does, text keeps its size.

What gives way first are distances in the direction that is too long; then captions are wrapped, panels stand in fewer
columns, distances in the other direction give way, a network runs down the page whose direction nobody said, and at last
what stands in units is left out. Of these the first that is enough is taken, with distances as usual as can be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from connectivity.errors import DrawingError
from connectivity.layout.distances import Distances
from connectivity.options import Options
from connectivity.scene import LEAST_TEXT, READER, Scene
from connectivity.typeset.lengths import points, said

CAPTION, CELL_CAPTION = 11.0, 10.5
"""The size of captions of a figure that is not scaled, in points: of circles, and of cells."""

_WIDEST = 2.5  # how many times as far apart as usual things stand to fill a page, at most
_EXACT = 1e-6  # what a length may be off by, in points
_ROUNDED = 1.0  # Graphviz rounds the sides of a picture up to whole points
_STEPS = 9  # of the search for a distance
_MOST_MARKS = 20_000  # of a figure with more marks no other layout is tried for its text alone
_MOST_TRIED = 60_000  # marks of all layouts that are tried for that


class PageTooSmallError(DrawingError):
    """A page that is too small for a figure: by which ``share`` of it, and how many ``marks`` that has.

    ``caption`` is the size of its captions, in points.
    """

    def __init__(self, message: str, option: str, share: float, marks: int, caption: float) -> None:
        super().__init__(message, option)
        self.share, self.marks, self.caption = share, marks, caption


class Layout(NamedTuple):
    """What a figure may be like: how far apart things stand, panels in a row, the direction, texts in units."""

    distances: Distances
    columns: int
    direction: str
    labelled: bool = True


Excess = Callable[[Scene | None], float]
"""How much larger a scene is than it may be, in points: of one that fits 0 or less, infinite where there is none."""

Lay = Callable[[Layout, bool], Scene]
"""Lays out a figure, whole or without what takes no room of its own; its scene has the size that it takes."""


class Page(NamedTuple):
    """What a figure has to fit, in points of a figure that is not scaled; None: as it comes.

    ``scale`` makes it so; ``caption`` is the size of captions then.
    """

    width: float | None
    height: float | None
    scale: float
    caption: float

    @property
    def sides(self) -> dict[str, float]:
        """The sides that are given, by their names."""
        return {side: length for side in ("width", "height") if (length := getattr(self, side)) is not None}

    def holding(self, scene: Scene) -> Scene:
        """A scene that fits, on the page."""
        if self.sides:
            scene = scene.on_paper(self.width or scene.width, self.height or scene.height)
            scene.sized = True
        scene.scale = self.scale
        return scene

    @classmethod
    def of(cls, options: Options, usual: float = CAPTION) -> Page:
        """The page that the options say; captions have the ``usual`` size where the figure is not scaled."""
        caption = points(options.font_size, "font_size") if options.font_size is not None else usual
        scale = caption / usual
        sides = [(options.width, "width"), (options.height, "height")]
        width, height = (points(text, name) / scale if text is not None else None for text, name in sides)
        return cls(width, height, scale, caption)


def fitted(
    lay: Lay, options: Options, page: Page, directions: Sequence[str], columns: Sequence[int], plain: bool
) -> tuple[Scene, Layout]:
    """The scene of a figure on its ``page``, and what it is like.

    ``directions`` are those that the figure may run in, ``columns`` how many panels may stand in a row, the usual
    ones first; ``plain``: what stands in units may be left out. Raises DrawingError for a page that is too small for
    it, with the least that is large enough (PageTooSmallError).
    """
    search = _search(lay, options, page, directions, columns)
    layout = search.fit(page, options, plain) if page.sides else search.readable(plain)
    scene, layout = search.whole(layout)
    return page.holding(scene), layout


def can_be_fitted(
    lay: Lay, options: Options, page: Page, directions: Sequence[str], columns: Sequence[int], plain: bool
) -> bool:
    """Whether :func:`fitted` has a scene, where nothing can go wrong in the whole of a layout but in a part of it."""
    try:
        search = _search(lay, options, page, directions, columns)
        if page.sides:
            search.tight(page, options, plain)
        else:
            search.scene(search.usual)
    except DrawingError:
        return False
    return True


def _search(lay: Lay, options: Options, page: Page, directions: Sequence[str], columns: Sequence[int]) -> _Search:
    pitch = points(options.pitch, "pitch") / page.scale if options.pitch is not None else None
    usual = Layout(Distances(pitch=pitch, gap=options.gap), columns[0], directions[0])
    return _Search(lay, usual, directions, columns)


def _readable(scene: Scene) -> float:
    """How wide a figure may be so that its smallest text can be read where the whole is as wide as a column of text."""
    return scene.least_text() * READER / LEAST_TEXT - _ROUNDED


class _Search:
    """The search for the layout of one figure, from the ``usual`` one; every one that is tried is made once."""

    def __init__(self, lay: Lay, usual: Layout, directions: Sequence[str], columns: Sequence[int]) -> None:
        self._lay, self.usual, self._directions, self._columns = lay, usual, directions, columns
        self._tried: dict[Layout, Scene | None] = {}
        self._marks = 0

    def scene(self, layout: Layout) -> Scene | None:
        """The scene of a layout; None where distances are too little for what is to stand between things."""
        if layout not in self._tried:
            try:
                scene = self._tried[layout] = self._lay(layout, False)
                self._marks += scene.marks
            except DrawingError:
                if layout == self.usual:
                    raise
                self._tried[layout] = None
        return self._tried[layout]

    def whole(self, layout: Layout) -> tuple[Scene, Layout]:
        """The scene of a layout with all that belongs to it; where that has no room there, of the usual one."""
        try:
            return self._lay(layout, True), layout
        except DrawingError:
            if layout == self.usual:
                raise
            return self._lay(self.usual, True), self.usual

    def readable(self, plain: bool) -> Layout:
        """The first layout in which all text can be read, or that in which it is the least small."""
        best, best_layout = self._lay(self.usual, False), self.usual
        self._tried[self.usual] = best
        if best.width <= _readable(best) or best.marks > _MOST_MARKS:
            return best_layout

        def excess(scene: Scene | None) -> float:
            return math.inf if scene is None else scene.width - _readable(scene)

        self._marks = best.marks
        for labelled in (True, False) if plain else (True,):
            for layout in self._tighter(["width"]):
                if self._marks > _MOST_TRIED:
                    return best_layout
                layout = layout._replace(labelled=labelled)
                found = self.scene(layout)
                if found is not None and excess(found) <= 0:
                    return self._loose(layout, excess, {})
                if found is not None and _readable(found) / found.width > _readable(best) / best.width:
                    best, best_layout = found, layout
        return best_layout

    def fit(self, page: Page, options: Options, plain: bool) -> Layout:
        """The layout that fits a page, with distances as near to the usual ones as can be."""
        return self._loose(self.tight(page, options, plain), _beyond(page), page.sides)

    def tight(self, page: Page, options: Options, plain: bool) -> Layout:
        """The first layout that fits a page, as tight as can be."""
        excess = _beyond(page)
        self.scene(self.usual)
        for labelled in (True, False) if plain else (True,):
            for layout in self._tighter([*page.sides]):
                layout = layout._replace(labelled=labelled)
                if excess(self.scene(layout)) <= 0:
                    return layout
        raise self._too_small(page, options)

    def _too_small(self, page: Page, options: Options) -> PageTooSmallError:
        """What to say of a page that is too small: the least that would do, with the other side as it is."""
        scenes = [scene for scene in self._tried.values() if scene is not None]
        for side, length in page.sides.items():
            others = [(one, room) for one, room in page.sides.items() if one != side]
            able = [scene for scene in scenes if all(getattr(scene, one) <= room + _EXACT for one, room in others)]
            if not able and others:
                continue
            least = min(getattr(scene, side) for scene in able)
            if least > length:
                text = getattr(options, side)
                beside = f" at a {others[0][0]} of {getattr(options, others[0][0])}" if others else ""
                return PageTooSmallError(
                    f"{side} {text} is too little{beside} with captions of {page.caption:g}pt: it takes "
                    f"{said(least * page.scale, text)}",
                    side,
                    length / least,
                    scenes[0].marks,
                    page.caption,
                )
        nearest = min(scenes, key=lambda scene: max(getattr(scene, one) / room for one, room in page.sides.items()))
        sides = {side: getattr(nearest, side) for side in page.sides}
        least = " and ".join(
            f"{side} {said(length * page.scale, getattr(options, side))}" for side, length in sides.items()
        )
        share = min(length / sides[side] for side, length in page.sides.items())
        return PageTooSmallError(
            f"the page is too small for captions of {page.caption:g}pt: it takes {least}",
            "width",
            share,
            scenes[0].marks,
            page.caption,
        )

    def _tighter(self, sides: Sequence[str]) -> Iterator[Layout]:
        """Layouts as tight as can be, the least unusual first."""
        for direction in self._directions:
            for columns in self._columns:
                for narrow in (False, True):
                    distances = self.usual.distances._replace(narrow=narrow)
                    for along, across in _ends(direction, sides):
                        tight = distances._replace(along=along, across=across)
                        yield self.usual._replace(distances=tight, direction=direction, columns=columns)

    def _loose(self, tight: Layout, excess: Excess, sides: Collection[str]) -> Layout:
        """The layout that fits with distances as near to the usual ones as can be, or filling the ``sides`` of a page.

        On a page of two sides all distances grow together first: gaps alone would take the room that cells grow into.
        """
        layout = self._grown(tight, excess) if len(sides) > 1 else tight
        for name in ("across", "along"):
            fills = _side_of(name, tight.direction) in sides
            if fills or getattr(tight.distances, name) < 1.0:
                layout = self._loosened(layout, name, _WIDEST if fills else 1.0, excess)
        if layout.distances.narrow:  # what is wide anyway has room for captions as they come
            unbroken = layout._replace(distances=layout.distances._replace(narrow=False))
            layout = unbroken if excess(self.scene(unbroken)) <= 0 else layout
        return layout

    def _grown(self, tight: Layout, excess: Excess) -> Layout:
        """The layout that fits with both distances the same share of what is usual, and that as large as can be."""

        def sharing(share: float) -> Layout:
            return tight._replace(distances=tight.distances._replace(along=share, across=share))

        low = max(tight.distances.along, tight.distances.across)
        if excess(self.scene(sharing(_WIDEST))) <= 0:
            return sharing(_WIDEST)
        if excess(self.scene(sharing(low))) > 0:
            return tight
        return sharing(largest(low, _WIDEST, self._steps() - 1, lambda share: excess(self.scene(sharing(share)))))

    def _steps(self) -> int:
        """How many distances are tried: fewer in a figure of so many marks that each takes long."""
        usual = self._tried[self.usual]
        return max(2, min(_STEPS, _MOST_TRIED // (usual.marks if usual else 1)))

    def _loosened(self, layout: Layout, name: str, most: float, excess: Excess) -> Layout:
        """The layout that fits with the largest share of a distance, at ``most`` so much of it."""

        def sharing(share: float) -> Layout:
            return layout._replace(distances=layout.distances.sharing(name, share))

        low = getattr(layout.distances, name)
        for end in [1.0, most] if low < 1.0 < most else [most]:  # first whether it is less than usual or more
            if excess(self.scene(sharing(end))) > 0:
                return sharing(largest(low, end, self._steps(), lambda share: excess(self.scene(sharing(share)))))
            low = end
        return sharing(low)


def largest(low: float, high: float, halvings: int, excess: Callable[[float], float]) -> float:
    """The largest share that fits, of those that so many halvings come to; ``low`` fits, and ``high`` does not.

    Where sizes shrink again as shares grow, it is one that fits.

    Sizes grow with shares, and mostly on a line from where they begin to: what is tried next is where the line
    between both ends meets the page, and what is next to that; or the middle, where that was no line.
    """
    parts = 1 << halvings
    fits, beyond = 0, parts
    less, more = excess(low), excess(high)
    on_the_line = 0  # of the trials since the last one in the middle
    while beyond - fits > 1:
        rise = (more - less) / (beyond - fits)
        if straight := on_the_line < 2 and math.isfinite(rise):
            tried = min(max(fits + int(-less / rise), fits + 1), beyond - 1)
        else:
            tried = (fits + beyond) // 2
        found = excess(low + (high - low) * tried / parts)
        on_the_line = on_the_line + (1 if abs(found) <= rise else 2) if straight else 0
        if found <= 0:
            fits, less = tried, found
        else:
            beyond, more = tried, found
    return low + (high - low) * fits / parts


def _beyond(page: Page) -> Excess:
    """How much a scene is larger than a page."""
    sides = page.sides.items()

    def excess(scene: Scene | None) -> float:
        if scene is None:
            return math.inf
        taken = {"width": scene.width, "height": scene.height}
        return max(taken[side] - (length + _EXACT) for side, length in sides)

    return excess


def _side_of(name: str, direction: str) -> str:
    """The side of a figure that a distance makes longer."""
    return "width" if (direction in ("TB", "BT")) == (name == "along") else "height"


def _ends(direction: str, sides: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Shares of distances along and across that make sides as short as can be: of one side its own first, then both.

    For two sides a width as usual is tried as well: what stands in rows is lower where these are long.
    """
    wide = (0.0, 1.0) if _side_of("across", direction) == "width" else (1.0, 0.0)
    if len(sides) == 1:
        yield wide[::-1] if sides[0] == "width" else wide
    yield (0.0, 0.0)
    if len(sides) > 1:
        yield wide
