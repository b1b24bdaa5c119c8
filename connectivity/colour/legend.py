"""The legend under a figure: chips for single colours, a bar for a table of them."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.colour.keys import Key, Outline, Swatches
from connectivity.colour.themes import Stroke, Theme
from connectivity.scene import Box, Dot, Line, Sheet, Text, Unit
from connectivity.typeset.markup import rich_width

LEGEND_SIZE = 11.0
_CHIP, _LONG_CHIP, _SQUARE, _CIRCLE = 16.0, 30.0, 10.0, 15.0
_BAR, _BAR_STEPS = 120.0, 40
_GAP = 12.0  # from a title to its colours


def add_legend(sheet: Sheet, keys: Sequence[Key], middle: float, theme: Theme) -> None:
    """The keys in rows under the figure, as many in a row as its width allows."""
    if not keys:
        return
    sizes = [_key_width(key) for key in keys]
    room = max(sheet.extent.width, *sizes)
    rows: list[list[int]] = [[]]
    for index, size in enumerate(sizes):
        if rows[-1] and sum(sizes[i] + 30 for i in rows[-1]) + size > room:
            rows.append([])
        rows[-1].append(index)
    y = sheet.extent.bottom - 26
    for row in rows:
        x = middle - (sum(sizes[i] for i in row) + 30 * (len(row) - 1)) / 2
        for index in row:
            _draw_key(sheet, keys[index], x, y, theme)
            x += sizes[index] + 30
        y = sheet.extent.bottom - 14


def _key_width(key: Key) -> float:
    width = rich_width(key.title, LEGEND_SIZE) + _GAP
    if isinstance(key, Outline):
        return _CIRCLE + 6 + width - _GAP
    if isinstance(key, Swatches):
        if not key.items:
            return width
        return width + sum(_chip(key) + 5 + rich_width(label, LEGEND_SIZE) + 14 for _, label in key.items) - 14
    return width + _BAR


def _chip(key: Swatches) -> float:
    if key.solid:
        return _SQUARE
    return _CHIP if all(stroke.style == "solid" for stroke, _ in key.items) else _LONG_CHIP


def _draw_key(sheet: Sheet, key: Key, x: float, y: float, theme: Theme) -> None:
    if isinstance(key, Outline):
        outline = Unit("outline", x + _CIRCLE / 2, y, None, theme.background, "key", key.title, style="dashed")
        sheet.unit(outline._replace(stroke=theme.muted, width=_CIRCLE, height=_CIRCLE))
        x += _CIRCLE + 6
    sheet.text(Text(x, y, key.title, LEGEND_SIZE, theme.muted, align="start", classes="legend"))
    x += rich_width(key.title, LEGEND_SIZE) + _GAP
    if isinstance(key, Outline):
        return
    if isinstance(key, Swatches):
        for stroke, label in key.items:
            _draw_chip(sheet, key, stroke, x, y, theme)
            x += _chip(key) + 5
            sheet.text(Text(x, y, label, LEGEND_SIZE, theme.ink, align="start", classes="legend"))
            x += rich_width(label, LEGEND_SIZE) + 14
        return
    step = _BAR / _BAR_STEPS
    for n in range(_BAR_STEPS):
        left, width = x + n * step, _BAR - n * step  # each reaches to the end under the next: there are no seams
        colour = key.colours[round((n + 0.5) / _BAR_STEPS * (len(key.colours) - 1))]
        sheet.box(Box(left + width / 2, y, width, 8.0, colour, classes="bar"))
    for n, label in enumerate(key.labels):
        place = x + _BAR * n / max(1, len(key.labels) - 1)
        sheet.text(Text(place, y - 14, label, 10.0, theme.ink, classes="legend"))


def _draw_chip(sheet: Sheet, key: Swatches, stroke: Stroke, x: float, y: float, theme: Theme) -> None:
    """A sample of a stroke: a bar of its colour, or a line where its style says something."""
    width = _chip(key)
    if key.solid:
        sheet.box(Box(x + width / 2, y, width + 1.4, width + 1.4, theme.faint))
        sheet.box(Box(x + width / 2, y, width, width, stroke.colour))
    elif width == _CHIP:
        sheet.box(Box(x + width / 2, y, width, 3.5, stroke.colour))
    else:
        number = len(sheet.marks.lines)
        ends = f"k{number}a", f"k{number}b"
        for end, place in zip(ends, (x, x + width), strict=True):
            sheet.dot(Dot(place, y, 0.0, id=end))
        sheet.marks.lines.append(
            Line(
                "", ends[0], ends[1], stroke.colour, stroke.width, "legend", stub=True, arrow=False, style=stroke.style
            )
        )
