"""Brackets: the sign of a join, behind the layers that it joins, where these stand side by side."""

from __future__ import annotations

from connectivity.picture.canvas import Numbers
from connectivity.picture.ground import STEM, Ground, Point
from connectivity.scene import Dot, Line, Sheet

_TOOTH = 8.0  # the length of a bracket's teeth, in points
_WIDTH = 1.3


def draw_brackets(ground: Ground, sheet: Sheet, numbers: Numbers) -> None:
    """A bracket for each join whose layers stand side by side; a faint one where connections pass over it."""
    branches, captions, theme = ground.branches, ground.captions, ground.panel.theme
    for index in sorted(branches.joins):
        if not captions.is_bracket(index):
            continue
        takes = branches.takes[index]
        level = branches.levels[takes[0]]
        depth = ground.level_depths[level] + ground.half_depth(level) + ground.bracket_depth(takes)
        spans = sorted(ground.places.columns[one].span() for one in dict.fromkeys(takes))
        reach = 0.5 * ground.sizes.diameter / ground.sizes.pitch
        first, last = spans[0][0] - reach, spans[-1][1] + reach
        strokes = [((end, depth - _TOOTH), (end, depth)) for low, high in spans for end in (low - reach, high + reach)]
        strokes.append(((first, depth), (last, depth)))
        goes_on = captions.goes_on(index)
        if not goes_on:
            middle = (first + last) / 2
            strokes.append(((middle, depth), (middle, depth + STEM)))
        for start, end in strokes:
            _stroke(ground, sheet, numbers, theme.faint if goes_on else theme.ink, start, end)


def _stroke(ground: Ground, sheet: Sheet, numbers: Numbers, colour: str, start: Point, end: Point) -> None:
    """A straight stroke from one place to another, each along (in pitches) and across layers (in points)."""
    ends = []
    for along, depth in (start, end):
        ends.append(numbers.id("s"))
        sheet.dot(Dot(*ground.point(along, depth), 0.0, id=ends[-1]))
    sheet.line(Line("", ends[0], ends[1], colour, _WIDTH, "bracket", stub=True, arrow=False))
