"""Stands in for the package ``cmap``, which needs numpy: the same colours by name, from a table that the build made of it.

Only what this program asks of it: colours of CSS and hexadecimal ones, and the colours of a map in equal steps.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import KeysView
from pathlib import Path
from typing import Any

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)


@functools.cache
def _tables() -> dict[str, Any]:
    """``tables``, each the digits of all colours of a map; which of them a name in ``maps`` has; ``names`` to list."""
    return _read("colormaps.json")


@functools.cache
def _colours() -> dict[str, Any]:
    """The colours of CSS by their names, as ``#rrggbb``."""
    return _read("colours.json")


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return read


class Color:
    """A colour by its name or its digits. Raises ValueError for what is none."""

    def __init__(self, name: str) -> None:
        known = name.strip() if _HEX.fullmatch(name.strip()) else _colours().get(re.sub("[ _-]", "", name).lower())
        if known is None:
            raise ValueError(name)
        digits = known[1:]
        self.hex = "#" + ("".join(2 * digit for digit in digits) if len(digits) < 6 else digits)


class Colormap:
    """A map of colours by its name. Raises ValueError for one that there is not."""

    def __init__(self, name: str) -> None:
        word = name.lower().replace(" ", "_").replace("-", "_")
        maps = _tables()["maps"]
        self._backwards = word not in maps and word.endswith("_r")
        number = maps.get(word.removesuffix("_r") if self._backwards else word)
        if number is None:
            raise ValueError(name)
        self._digits: str = _tables()["tables"][number]

    def lut(self, steps: int) -> list[tuple[float, float, float]]:
        """Red, green and blue, 0 to 1, of all colours of the map: ``steps``, or the few that it has."""
        rows = [self._digits[place : place + 6] for place in range(0, len(self._digits), 6)]
        rows = rows[::-1] if self._backwards else rows
        return [(int(row[:2], 16) / 255, int(row[2:4], 16) / 255, int(row[4:], 16) / 255) for row in rows]


class Catalog:
    """The names of all maps."""

    def short_keys(self) -> KeysView[str]:
        """The names."""
        names: dict[str, None] = dict.fromkeys(_tables()["names"])
        return names.keys()
