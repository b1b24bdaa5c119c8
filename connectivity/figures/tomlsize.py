"""How deep and how long a TOML text is, found before it is read, in one pass.

The standard library's reader, and whoever looks for places afterwards, take time and memory with the square of a depth.
Mistakes are not looked for: what is no TOML may pass.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DEPTH_LIMIT = 32
"""The deepest that tables and lists may stand in one another, each part of a dotted key counted."""

VALUE_LIMIT = 100_000
"""The most values of a figure file."""


TABLE_LIMIT = 5_000
"""The most headers of tables."""


class Excess(NamedTuple):
    """Where a text is too deep or too long, from 0, and in which words."""

    place: int
    message: str


# Strings and comments are one piece each, ended or not: nothing in them counts.
_PIECE = re.compile(
    r"""(?P<skipped>[ \t]++|\#[^\n]*+)
    | (?P<key>"{3}(?:[^"\\]++|\\.|"(?!""))*+"{0,5} | '{3}(?:[^']++|'(?!''))*+'{0,5}
             | "(?:[^"\\\n]++|\\[^\n])*+"? | '[^'\n]*+'? | [^\s.,=\[\]{}\#"']++)
    | (?P<mark>[.=\[{\]},] | \s++)""",
    re.VERBOSE | re.DOTALL,
)
_DEEP = f"nested more than {DEPTH_LIMIT} deep; a figure needs tables in tables at most"
_TABLES = f"more than {TABLE_LIMIT:,} tables; put figures into files of their own"
_LONG = f"more than {VALUE_LIMIT:,} values; put arrays into files of their own, as weights.npz"


def excess(text: str) -> Excess | None:
    """The first place where ``text`` is too deep or too long; None where it is neither.

    >>> excess("a.b = [[1, 2]]"), excess(".".join("a" * 99) + " = 1").place
    (None, 65)
    """
    marks = [text.count(mark) for mark in ".[{=,"]
    if sum(marks[:3]) < DEPTH_LIMIT and sum(marks[1:]) < VALUE_LIMIT and marks[1] < TABLE_LIMIT:
        return None
    return _Depths().first(text)


class _Depths:
    """What is open at a place of a text: how deep each bracket is, and how many dots the key before it has."""

    def __init__(self) -> None:
        self._open: list[int] = []
        self._header = 0  # the depth of the table that a header names
        self._dots = 0
        self._is_header = False
        self._fresh = True  # whether a line begins, or a header
        self._values, self._tables = 0, 0

    def first(self, text: str) -> Excess | None:
        for piece in _PIECE.finditer(text):
            mark = piece["mark"]
            if mark is not None:
                self._take(mark)
            elif piece["key"] is not None:
                self._fresh = False
            if self._header + self._dots + (self._open[-1] if self._open else 0) > DEPTH_LIMIT:
                return Excess(piece.start(), _DEEP)
            if self._values > VALUE_LIMIT:
                return Excess(piece.start(), _LONG)
            if self._tables > TABLE_LIMIT:
                return Excess(piece.start(), _TABLES)
        return None

    def _take(self, mark: str) -> None:
        if mark == ".":
            self._dots += 1
        elif mark in ("=", ","):
            self._values += 1
            self._dots = self._dots if mark == "=" else 0
        elif mark in ("[", "{"):
            self._begin(mark)
        elif mark in ("]", "}"):
            self._end()
        elif "\n" in mark and not self._open:
            self._dots, self._fresh, self._is_header = 0, True, False

    def _begin(self, mark: str) -> None:
        if self._is_header:  # [[ of a list of tables
            return
        if self._fresh and mark == "[":
            self._tables += 1
            self._is_header, self._header, self._fresh = True, 0, False
            return
        self._open.append((self._open[-1] if self._open else 0) + self._dots + 1)
        self._dots = 0

    def _end(self) -> None:
        if self._is_header:
            self._is_header = False
            self._header, self._dots = self._dots + 1, 0
        elif self._open:
            self._open.pop()
