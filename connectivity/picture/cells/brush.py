"""What paints the areas of a panel of cells: cells, cones, frames, in the colours of its theme."""

from __future__ import annotations

import math
from collections.abc import Sequence

from connectivity.colour.hatching import Pattern, hatched
from connectivity.colour.spaces import blend
from connectivity.colour.themes import Theme
from connectivity.picture.cells.bonds import Bond
from connectivity.picture.cells.flow import Flow
from connectivity.scene import Point, Shape, Sheet, Text

_CORNERS, _ROUND = 16, 32  # of a disc, of a unit that is a circle
_APART = 0.84  # how much of its place a unit takes that touches no other

STRONG, FAINT = 0.28, 0.13
"""How opaque the area of a cone is that is highlighted, and of any other."""

OUTLINE, FRAME, SIDE = 0.8, 2.2, 0.9
"""Pens in points: of a cell, of a frame round what is looked at, of the side of a cone."""

TEXT, SMALL, CELL_TEXT = 11.0, 10.0, 11.0
"""Sizes of text in points."""

Span = tuple[float, float]

_HUE = {Bond.SPREAD: 1, Bond.BETWEEN: 1, Bond.GROUPS: 2, Bond.EACH: 3, Bond.OWN: 4}
_PATTERN = {
    Bond.POOL: Pattern.DOTS,
    Bond.ACROSS: Pattern.DOTS,
    Bond.SPREAD: Pattern.LEVEL,
    Bond.BETWEEN: Pattern.LEVEL,
    Bond.COPY: Pattern.BACK,
    Bond.OWN: Pattern.CROSS,
    Bond.EACH: Pattern.CHECK,
}


def _turns(corners: int) -> list[float]:
    return [math.tau * number / corners for number in range(corners)]


class Brush:
    """Paints on a sheet, in coordinates of a flow: along the layers, and across them."""

    def __init__(self, sheet: Sheet, flow: Flow, theme: Theme) -> None:
        self.sheet, self.flow, self.theme = sheet, flow, theme

    @property
    def is_print(self) -> bool:
        """Whether areas are told apart by patterns."""
        return self.theme.monochrome

    def hue(self, bond: Bond) -> str:
        """The full colour of a bond; grey of what has no weights."""
        if bond in (Bond.POOL, Bond.ACROSS, Bond.COPY, Bond.FULL):
            return self.theme.faint if bond in (Bond.COPY, Bond.FULL) else self.theme.muted
        return self.theme.hues[_HUE.get(bond, 0)]

    def pattern(self, bond: Bond) -> Pattern:
        """What tells a bond apart on paper."""
        return _PATTERN.get(bond, Pattern.SLASH)

    def tint(self, hue: str, share: float) -> str:
        """A colour that is as strong as ``share`` on the page."""
        return blend(self.theme.background, hue, share)

    def area(
        self,
        corners: Sequence[Point],
        fill: str = "",
        *,
        opacity: float = 1.0,
        stroke: str = "",
        width: float = OUTLINE,
        style: str = "solid",
        classes: str = "",
    ) -> None:
        """A polygon, by its corners on paper."""
        self.sheet.shape(Shape(tuple(corners), fill, opacity, stroke, width, style, classes=classes))

    def rectangle(
        self,
        along: tuple[float, float],
        across: tuple[float, float],
        fill: str = "",
        *,
        opacity: float = 1.0,
        stroke: str = "",
        width: float = OUTLINE,
        style: str = "solid",
        classes: str = "",
    ) -> None:
        """A rectangle, by where it begins and ends along the layers and across them."""
        corners = self.flow.rectangle(along, across)
        self.area(corners, fill, opacity=opacity, stroke=stroke, width=width, style=style, classes=classes)

    def unit(self, along: Span, across: Span, form: str) -> tuple[Point, ...]:
        """The outline of a unit on paper: a cell fills its place; squares and circles stand apart in theirs."""
        if form not in ("circles", "squares"):
            return tuple(self.flow.rectangle(along, across))
        half = _APART * min(along[1] - along[0], across[1] - across[0]) / 2
        x, y = self.flow.point(sum(along) / 2, sum(across) / 2)
        if form == "squares":
            return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        return tuple((x + half * math.cos(turn), y + half * math.sin(turn)) for turn in _turns(_ROUND))

    def line(self, *points: Point, colour: str, width: float = 1.0, style: str = "solid", classes: str = "") -> None:
        """A line through points, along and across."""
        places = tuple(self.flow.point(*point) for point in points)
        self.sheet.shape(Shape(places, stroke=colour, width=width, style=style, closed=False, classes=classes))

    def hatch(self, corners: Sequence[Point], pattern: Pattern, distance: float, width: float = 0.6) -> None:
        """A pattern in a polygon on paper."""
        for start, end in hatched(corners, pattern, distance):
            if start == end:
                self._speck(start, width)
            else:
                self.sheet.shape(Shape((start, end), stroke=self.theme.ink, width=width, closed=False))

    def _speck(self, point: Point, width: float) -> None:
        x, y = point
        half = width * 0.9
        corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        self.sheet.shape(Shape(corners, self.theme.ink))

    def size_mark(self, along: Span, across: Span, number: float, share: float) -> None:
        """On paper, the size of a number as the area of a square in its cell: filled, or open where it is negative.

        After Hinton's diagrams of weights (Rumelhart, McClelland and others, Parallel distributed processing, 1986).
        """
        half = (min(along[1] - along[0], across[1] - across[0]) - 3.0) / 2 * math.sqrt(share)
        if half < 0.4:
            return
        middles = sum(along) / 2, sum(across) / 2
        spans = [(middle - half, middle + half) for middle in middles]
        fill, pen = (self.theme.ink, 0.0) if number > 0 else ("", 0.9)
        self.rectangle(spans[0], spans[1], fill, stroke=self.theme.ink if pen else "", width=pen)

    def disc(self, along: float, across: float, radius: float) -> None:
        """A disc of the page's colour, on which a text is read."""
        self.round(along, across, radius, self.theme.background)

    def round(self, along: float, across: float, radius: float, fill: str, stroke: str = "") -> None:
        """A disc round a place."""
        x, y = self.flow.point(along, across)
        corners = tuple((x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in _turns(_CORNERS))
        self.sheet.shape(Shape(corners, fill, stroke=stroke, width=OUTLINE))

    def star(self, x: float, y: float) -> None:
        """The sign of convolution on paper, as three strokes: fonts put it in different places."""
        for dx, dy in ((0.0, 5.0), (4.33, 2.5), (4.33, -2.5)):
            ends = ((x - dx, y - dy), (x + dx, y + dy))
            self.sheet.shape(Shape(ends, stroke=self.theme.ink, width=1.6, closed=False))

    def sign(self, x: float, y: float, sign: str) -> None:
        """A sign of an equation on paper: * or =."""
        if sign == "*":
            self.star(x, y)
        else:
            self.write(x, y, sign, size=16.0, colour=self.theme.ink)

    @property
    def ground(self) -> str:
        """What cells are filled with of which nothing is said."""
        return self.theme.background if self.is_print else self.theme.input_fill

    def dots(self, along: float, across: float, *, runs_along: bool, step: float = 4.0, diameter: float = 2.2) -> None:
        """Three dots round a place, for what is left out."""
        from connectivity.scene import Dot

        for number in (-1, 0, 1):
            shift = (number * step, 0.0) if runs_along else (0.0, number * step)
            x, y = self.flow.point(along + shift[0], across + shift[1])
            self.sheet.dot(Dot(x, y, diameter, self.theme.ink))

    def text(
        self,
        along: float,
        across: float,
        text: str,
        *,
        size: float = TEXT,
        colour: str | None = None,
        bold: bool = False,
        align: str = "middle",
        classes: str = "caption",
    ) -> None:
        """A text round a place, along and across."""
        x, y = self.flow.point(along, across)
        self.write(x, y, text, size=size, colour=colour, bold=bold, align=align, classes=classes)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        colour: str | None = None,
        bold: bool = False,
        align: str = "middle",
        classes: str = "caption",
    ) -> None:
        """A text round a place on paper."""
        self.sheet.text(Text(x, y, text, size, colour or self.theme.muted, bold, align, classes))
