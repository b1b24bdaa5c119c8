"""The legend under a figure: chips for single colours, a bar for a table of them."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.metrics import text_width
from connectivity.paint import Key, Swatches
from connectivity.scene import Box, Sheet, Text
from connectivity.themes import Theme

LEGEND_SIZE = 11.0
_CHIP, _BAR, _BAR_STEPS = 16.0, 120.0, 40


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
    width = text_width(key.title, LEGEND_SIZE) + _gap(key)
    if isinstance(key, Swatches):
        return width + sum(_CHIP + 5 + text_width(label, LEGEND_SIZE) + 14 for _, label in key.items) - 14
    return width + _BAR


def _gap(key: Key) -> float:
    """From a title to its colours: room for a wider font, where the reader has not ours."""
    return 12 + 0.12 * text_width(key.title, LEGEND_SIZE)


def _draw_key(sheet: Sheet, key: Key, x: float, y: float, theme: Theme) -> None:
    def say(text: str, left: float, colour: str, y: float = y) -> float:
        sheet.text(Text(left, y, text, LEGEND_SIZE, colour, align="start", classes="legend"))
        return left + text_width(text, LEGEND_SIZE)

    def fill(left: float, width: float, height: float, colour: str) -> None:
        sheet.box(Box(left + width / 2, y, width, height, colour))

    x = say(key.title, x, theme.muted) + _gap(key)
    if isinstance(key, Swatches):
        for colour, label in key.items:
            fill(x, _CHIP, 3.5, colour)
            x = say(label, x + _CHIP + 5, theme.ink) + 14
        return
    step = _BAR / _BAR_STEPS
    for n in range(_BAR_STEPS):
        overlap = 0.6 if n < _BAR_STEPS - 1 else 0.0  # no seams between neighbours
        fill(x + n * step, step + overlap, 8.0, key.colours[round((n + 0.5) / _BAR_STEPS * (len(key.colours) - 1))])
    for n, label in enumerate(key.labels):
        place = x + _BAR * n / max(1, len(key.labels) - 1)
        sheet.text(Text(place, y - 14, label, 10.0, theme.ink, classes="legend"))
