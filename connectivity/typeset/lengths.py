"""Lengths on paper and on screens, as users write them: a number and a unit."""

from __future__ import annotations

import math
import re

from connectivity.errors import DrawingError, visible

POINTS = {"mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0, "pt": 1.0, "px": 0.75}
"""Points in each unit: a point is 1/72 of an inch, as in PDF, and a pixel 1/96 of one, as in CSS."""

MOST = 20_000.0
"""The longest length in points: seven metres."""

_LENGTH = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)\s*")


def points(text: str, name: str, least: float = 1.0) -> float:
    """A length in points, ``least`` or more; ``name`` is the option that says it. Nothing (0) needs no unit.

    Raises DrawingError for what is no length, or none that a figure can have.

    >>> round(points("84mm", "width"), 2), points("3 in", "width"), points("600px", "width")
    (238.11, 216.0, 450.0)
    >>> points("0", "margin", least=0.0)
    0.0
    """
    flag = name.replace("_", "-")
    match = _LENGTH.fullmatch(text) if text.isascii() else None
    unit = match[2].lower() if match else ""
    if match is not None and not unit and least == 0.0 == float(match[1]):
        return 0.0
    if match is None or unit not in POINTS:
        number = match is not None and not unit
        hint = (
            f"say a unit, as {match[1]}mm: mm, cm, in, pt or px"
            if number and match
            else "as 84mm, 3.3in, 240pt or 600px"
        )
        raise DrawingError(f'{flag} "{visible(text, 40)}" is no length ({hint})', name)
    length = float(match[1]) * POINTS[unit]
    if not least <= length <= MOST or not math.isfinite(length):
        raise DrawingError(f'{flag} must be {least:g}pt to {MOST:,.0f}pt, not "{visible(text, 40)}"', name)
    return length


def said(length: float, like: str) -> str:
    """A length in points in the unit of the length ``like``, rounded up to what can be said and is enough.

    >>> said(238.2, "84mm"), said(10.01, "8pt"), said(100.0, "2in")
    ('85mm', '11pt', '1.39in')
    """
    match = _LENGTH.fullmatch(like)
    unit = match[2].lower() if match else "pt"
    digits = 2 if unit == "in" else 1 if unit == "cm" else 0
    number = math.ceil(length / POINTS[unit] * 10**digits - 1e-6) / 10**digits
    return f"{number:g}{unit}"
