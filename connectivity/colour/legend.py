"""The legend under a figure: chips for single colours, a bar for a table of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from connectivity.colour.hatching import hatched
from connectivity.colour.keys import Area, Areas, Bar, Key, Outline, Swatches
from connectivity.colour.spaces import stops
from connectivity.colour.themes import Stroke, Theme
from connectivity.scene import Box, Dot, Line, Shape, Sheet, Text, Unit
from connectivity.typeset.markup import rich_width, wrapped

LEGEND_SIZE = 11.0
_CHIP, _LONG_CHIP, _SQUARE, _CIRCLE = 16.0, 30.0, 10.0, 15.0
BAR, _BAR_HEIGHT = 120.0, 8.0
_AREA, _AREA_HEIGHT = 18.0, 11.0
_GAP, _BETWEEN = 12.0, 30.0  # from a title to its colours, and from one key to the next
_DOTS, _DOT, _STEP = 3, 2.2, 5.0  # what says that there are more: their number, diameter and distance
_MORE = (_DOTS - 1) * _STEP + _DOT
_LEAST_ROOM = 190.0  # what a legend may take under a figure that is narrower, in points


def add_legend(sheet: Sheet, keys: Sequence[Key], middle: float, theme: Theme) -> None:
    """The keys in rows under the figure, as many in a row as its width allows; one that is wider has several rows.

    Rows stand in the middle; where each is a single area, these are one under the other.
    """
    if not keys:
        return
    keys = [*itertools.chain.from_iterable(map(_apart, keys))]
    y = sheet.extent.bottom - 26
    rows = _rows(keys, max(sheet.extent.width, _LEAST_ROOM))
    widths = [sum(map(_key_width, row)) + _BETWEEN * (len(row) - 1) for row in rows]
    listed = all(len(row) == 1 and isinstance(row[0], Areas) for row in rows)
    for row, width in zip(rows, widths, strict=True):
        x = middle - (max(widths) if listed else width) / 2
        for key in row:
            _draw_key(sheet, key, x, y, theme)
            x += _key_width(key) + _BETWEEN
        y = sheet.extent.bottom - 14


def _rows(keys: Sequence[Key], room: float) -> list[list[Key]]:
    """The keys in rows that are no wider than ``room``."""
    rows: list[list[Key]] = []
    ends = True  # whether nothing more stands in the last row
    for key in keys:
        if _key_width(key) > room:
            rows += [[part] for part in _folded(key, room)]
            ends = True
        elif not ends and sum(_key_width(one) + _BETWEEN for one in rows[-1]) + _key_width(key) <= room:
            rows[-1].append(key)
        else:
            rows.append([key])
            ends = False
    return rows


def _folded(key: Key, room: float) -> list[Key]:
    """A key that is wider than ``room`` as several, one under the other: its title, then as many items as there is room."""
    lines = wrapped(key.title, room - _GAP, LEGEND_SIZE).split("\n") if key.title else []
    titles: list[Key] = [Swatches(line, ()) for line in lines]
    if isinstance(key, Bar):
        return [*titles, key._replace(title="")]
    if not isinstance(key, Swatches):
        return [key]
    parts: list[Swatches] = []
    for item in key.items:
        longer = parts[-1]._replace(items=(*parts[-1].items, item)) if parts else None
        if longer is not None and _key_width(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(key._replace(title="", items=(item,)))
    return [*titles, *(part._replace(more=False) for part in parts[:-1]), *parts[-1:]]


def bar(left: float, middle: float, colours: tuple[str, ...]) -> Shape:
    """The bar of a table of colours, BAR points long."""
    low, high, right = middle - _BAR_HEIGHT / 2, middle + _BAR_HEIGHT / 2, left + BAR
    corners = (left, low), (right, low), (right, high), (left, high)
    return Shape(corners, colours[0], classes="bar", ramp=stops(colours))


def _apart(key: Key) -> list[Key]:
    """A key of areas as one for each, since they may stand in several rows."""
    return [Areas((item,)) for item in key.items] if isinstance(key, Areas) else [key]


def _key_width(key: Key) -> float:
    if isinstance(key, Areas):
        return sum(_AREA + 7 + rich_width(label, LEGEND_SIZE) for _, label in key.items)
    width = rich_width(key.title, LEGEND_SIZE) + _GAP if key.title else 0.0
    if isinstance(key, Outline):
        return _CIRCLE + 6 + width - _GAP
    if isinstance(key, Swatches):
        if not key.items:
            return width - _GAP
        width += sum(_item_width(key, label) for _, label in key.items)
        return width + (_MORE if key.more else -_item_gap(key.items[-1][1]))
    return width + BAR


def _item_width(key: Swatches, label: str) -> float:
    """From one item to the next; those without a label stand close together."""
    return _chip(key) + (5 + rich_width(label, LEGEND_SIZE) if label else 0.0) + _item_gap(label)


def _item_gap(label: str) -> float:
    return 14.0 if label else 4.0


def _chip(key: Swatches) -> float:
    if key.solid:
        return _SQUARE
    return _CHIP if all(stroke.style == "solid" for stroke, _ in key.items) else _LONG_CHIP


def _draw_areas(sheet: Sheet, key: Areas, x: float, y: float, theme: Theme) -> None:
    for area, label in key.items:
        _draw_area(sheet, area, x, y, theme)
        x += _AREA + 7
        sheet.text(Text(x, y, label, LEGEND_SIZE, theme.ink, align="start", classes="legend"))
        x += rich_width(label, LEGEND_SIZE)


def _draw_area(sheet: Sheet, area: Area, x: float, y: float, theme: Theme) -> None:
    """A sample of an area, in its colour or its pattern; of a line, a line."""
    if area.thin:
        sheet.shape(Shape(((x, y), (x + _AREA, y)), stroke=area.colour, width=1.4, closed=False))
        return
    if area.mark:
        half = _AREA_HEIGHT / 2 - 1
        square = ((x + 4, y - half), (x + 4 + 2 * half, y - half), (x + 4 + 2 * half, y + half), (x + 4, y + half))
        sheet.shape(Shape(square, area.colour if area.mark != "open" else "", stroke=area.colour, width=1.1))
        return
    low, high = y - _AREA_HEIGHT / 2, y + _AREA_HEIGHT / 2
    corners = ((x, low), (x + _AREA, low), (x + _AREA, high), (x, high))
    if not theme.monochrome:
        sheet.shape(Shape(corners, area.colour, 0.35))
    elif area.pattern is not None:
        for start, end in hatched(corners, area.pattern, 4.0):
            end = end if start != end else (end[0] + 0.9, end[1])
            sheet.shape(
                Shape((start, end), stroke=theme.ink, width=0.6 if start[0] + 0.9 != end[0] else 0.9, closed=False)
            )
    sheet.shape(Shape(corners, stroke=area.colour, width=0.9))


def _draw_key(sheet: Sheet, key: Key, x: float, y: float, theme: Theme) -> None:
    if isinstance(key, Areas):
        _draw_areas(sheet, key, x, y, theme)
        return
    if isinstance(key, Outline):
        outline = Unit("outline", x + _CIRCLE / 2, y, None, theme.background, "key", key.title, style="dashed")
        sheet.unit(outline._replace(stroke=theme.muted, width=_CIRCLE, height=_CIRCLE))
        x += _CIRCLE + 6
    if key.title:
        sheet.text(Text(x, y, key.title, LEGEND_SIZE, theme.muted, align="start", classes="legend"))
        x += rich_width(key.title, LEGEND_SIZE) + _GAP
    if isinstance(key, Outline):
        return
    if isinstance(key, Swatches):
        for stroke, label in key.items:
            _draw_chip(sheet, key, stroke, x, y, theme)
            if label:
                sheet.text(Text(x + _chip(key) + 5, y, label, LEGEND_SIZE, theme.ink, align="start", classes="legend"))
            x += _item_width(key, label)
        for dot in range(_DOTS if key.more else 0):
            sheet.dot(Dot(x + dot * _STEP + _DOT / 2, y, _DOT, theme.muted))
        return
    sheet.shape(bar(x, y, key.colours))
    for n, label in enumerate(key.labels):
        place = x + BAR * n / max(1, len(key.labels) - 1)
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
