"""Where in a TOML text each key and value stands, which the standard library's reader does not say.

Reads text that :mod:`tomllib` has accepted already, so it looks for where things begin and end and
not for mistakes. https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Where something stands: a line and a column from 1, and the same of its value."""

    line: int
    column: int
    value_line: int
    value_column: int


_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?: \d\d:\d\d:[^\s,\]}#]+)?")
_STRINGS = (
    ('"""', re.compile(r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}', re.DOTALL)),
    ("'''", re.compile(r"'''.*?'{3,5}", re.DOTALL)),
    ('"', re.compile(r'"(?:[^"\\\n]++|\\.)*+"')),
    ("'", re.compile(r"'[^'\n]*'")),
)

_CHARACTER = re.compile(r"\\u.{4}|\\U.{8}|\\x..|\\.|.", re.DOTALL)
_CONTINUATION = re.compile(r"(?:\\[ \t]*\n\s*)*")


def places(text: str) -> dict[Path, Place]:
    r"""The place of every key, table and element of ``text``, by its path.

    >>> places('a = 1\n[[b]]\nc = ["x"]')[("b", 0, "c", 0)]
    Place(line=3, column=6, value_line=3, value_column=6)
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def inside(text: str, place: Place, offset: int) -> tuple[int, int]:
    r"""The line and the column at which a character of the string at ``place`` is written, ``offset`` from 0.

    >>> text = "a = '''\none\ntwo'''"
    >>> inside(text, places(text)[("a",)], 4)
    (3, 1)
    """
    lines = text.replace("\r\n", "\n").split("\n")
    rest = "\n".join([lines[place.value_line - 1][place.value_column - 1 :], *lines[place.value_line :]])
    quote = next((opening for opening, _ in _STRINGS if rest.startswith(opening)), "")
    at = len(quote) + (len(quote) == 3 and rest.startswith("\n", 3))
    if '"' not in quote:  # which has no escapes
        at += offset if quote else 0
    else:
        at = _past(_CONTINUATION, rest, at)
        for _ in range(offset):
            at = _past(_CONTINUATION, rest, _past(_CHARACTER, rest, at))
    before = rest[:at].split("\n")
    return place.value_line + len(before) - 1, len(before[-1]) + (place.value_column if len(before) == 1 else 1)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._places: dict[Path, Place] = {}
        self._lists: dict[Path, int] = {}  # how many tables a list of tables has so far
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def scan(self) -> dict[Path, Place]:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            start = self._at
            if self._text.startswith("[[", start):
                table = self._list_of_tables(start)
            elif self._text[start] == "[":
                self._at += 1
                table = self._resolved(self._key())
                self._note(table, start, start)
                self._past("]")
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._places

    def _list_of_tables(self, start: int) -> Path:
        self._at += 2
        path = self._resolved(self._key(), last=False)
        number = self._lists.get(path, -1) + 1
        self._lists[path] = number
        self._places.setdefault(path, self._place(start, start))
        self._note((*path, number), start, start)
        self._past("]]")
        return (*path, number)

    def _resolved(self, keys: list[str], last: bool = True) -> Path:
        """The path of a header: behind the name of a list of tables comes the number of the last of them."""
        path: Path = ()
        for index, key in enumerate(keys):
            path = (*path, key)
            if path in self._lists and (last or index < len(keys) - 1):
                path = (*path, self._lists[path])
        return path

    def _pair(self, table: Path) -> None:
        start = self._at
        path: Path = (*table, *self._key())
        self._past("=")
        self._skip(_SPACES)
        for depth in range(len(table) + 1, len(path)):
            self._places.setdefault(path[:depth], self._place(start, start))
        self._note(path, start, self._at)
        self._value(path)

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACES)
            if self._text[self._at] in "\"'":
                quoted = self._string()
                keys.append(quoted[1:-1])
            else:
                match = _BARE.match(self._text, self._at)
                keys.append(match[0] if match else "")
                self._at = match.end() if match else self._at + 1
            self._skip(_SPACES)
            if self._text[self._at : self._at + 1] != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        character = self._text[self._at]
        if character in "\"'":
            self._string()
        elif character == "[":
            self._items(path)
        elif character == "{":
            self._inline_table(path)
        else:
            match = _SCALAR.match(self._text, self._at)
            self._at = match.end() if match else self._at + 1

    def _items(self, path: Path) -> None:
        self._at += 1
        number = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "]":
                break
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._note((*path, number), self._at, self._at)
            self._value((*path, number))
            number += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "}":
                break
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(path)
        self._at += 1

    def _string(self) -> str:
        for opening, pattern in _STRINGS:
            if self._text.startswith(opening, self._at):
                match = pattern.match(self._text, self._at)
                if match:
                    self._at = match.end()
                    return match[0]
        self._at += 1
        return '""'

    def _note(self, path: Path, key: int, value: int) -> None:
        self._places[path] = self._place(key, value)

    def _place(self, key: int, value: int) -> Place:
        return Place(*self._line_and_column(key), *self._line_and_column(value))

    def _line_and_column(self, index: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._at = _past(pattern, self._text, self._at)

    def _past(self, mark: str) -> None:
        self._skip(_SPACES)
        self._at += len(mark)
