"""Texts in the order a reader expects."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key under which ``w[10]`` comes after ``w[2]``.

    >>> sorted(["w[10]", "w[2]", "b"], key=natural)
    ['b', 'w[2]', 'w[10]']
    """
    parts = _DIGITS.split(name)
    return [(int(part), "") if index % 2 and len(part) < 10 else (-1, part) for index, part in enumerate(parts)]
