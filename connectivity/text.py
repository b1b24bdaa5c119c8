"""Texts in the order a reader expects."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")
_TAP = re.compile(r",([0-9]{1,9})\]$")


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key under which ``w[10]`` comes after ``w[2]``.

    >>> sorted(["w[10]", "w[2]", "b"], key=natural)
    ['b', 'w[2]', 'w[10]']
    """
    parts = _DIGITS.split(name)
    return [(int(part), "") if index % 2 and len(part) < 10 else (-1, part) for index, part in enumerate(parts)]


def by_tap(name: str) -> tuple[int, list[tuple[int, str]]]:
    """A sort key under which the same tap of all kernels comes together: ``w[o,i,k]`` by k, then by the rest.

    >>> sorted(["w[0,0,0]", "w[0,0,1]", "w[1,0,0]"], key=by_tap)
    ['w[0,0,0]', 'w[1,0,0]', 'w[0,0,1]']
    """
    found = _TAP.search(name)
    return int(found[1]) if found else 0, natural(name)
