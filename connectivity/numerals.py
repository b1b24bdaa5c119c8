"""Numbers as users write them: decimal, in the digits 0 to 9, and nothing else; and as pictures have them. A leaf.

Python's own readers take more (``1_000``, ``٣``, ``" 3"``, ``nan``), each of which is a slip of the hand in a figure.
"""

from __future__ import annotations

import math
import re

DIGIT_LIMIT = 18
"""The most digits of a whole number; no size is nearly as large."""

_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def whole(text: str) -> int | None:
    """The whole number that ``text`` is, of any sign and at most ``DIGIT_LIMIT`` digits; None for what is none.

    >>> [whole(text) for text in ("3", "-3", "--3", "1_000", "3.0", " 3")]
    [3, -3, None, None, None, None]
    """
    return int(text) if is_whole(text) and len(text.lstrip("+-")) <= DIGIT_LIMIT else None


def is_whole(text: str) -> bool:
    """Whether ``text`` is a whole number, of however many digits."""
    return _WHOLE.fullmatch(text) is not None


def decimal(text: str) -> float | None:
    """The finite number that ``text`` is; None for what is none.

    >>> [decimal(text) for text in ("3", "-.5", "1e-3", "1e999", "nan", "0x3")]
    [3.0, -0.5, 0.001, None, None, None]
    """
    value = float(text) if _DECIMAL.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def brief(value: float) -> str:
    """A length with at most two decimals and nothing superfluous.

    >>> brief(12.0), brief(0.505), brief(-0.504), brief(-0.001)
    ('12', '0.51', '-0.5', '0')
    """
    return f"{round(value, 2) + 0.0:.10g}"
