"""JSON of others, read so that nothing in it is passed over. A leaf.

Python's reader takes the last of what an object says twice, and recurses as deep as the text is. What it says of a
mistake, and where it sees it, is another in each of its versions: the words and the places are ours.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from connectivity.errors import pointed, visible


class JsonError(ValueError):
    """A text that is no JSON, or says something twice; ``place`` counts the characters of ``text`` before, from 0, if known."""

    def __init__(self, reason: str, text: str = "", place: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.text, self.place = reason, text, place

    def told(self, message: str, source: str) -> str:
        """``message``, the reason, and the place in ``source`` with a caret under it, where it is known."""
        if self.place is None:
            return f"{source}: {message}: {self.reason}"
        before = self.text[: self.place]
        start, line = before.rfind("\n") + 1, before.count("\n")
        text = self.text[start:].partition("\n")[0].rstrip("\r")
        return pointed(f"{message}: {self.reason}", text, len(before) - start + 1, line + 1, source)


MOST = 1_000_000
"""The most objects and lists of a text; each takes twenty times as much memory as it is written with."""

_EACH = 10  # values of an object or a list, on average


def read_json(data: bytes | str, most: int = MOST) -> Any:
    """What a text says, of at most so many objects and lists. Raises JsonError.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    raw = data if isinstance(data, bytes) else data.encode("utf-8", errors="surrogatepass")
    if raw.count(b"{") + raw.count(b"[") > most or raw.count(b",") > most * _EACH:
        raise JsonError(f"it has more than {most:,} objects and lists, or {most * _EACH:,} values")
    try:
        return json.loads(data, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise JsonError(*_explained(error)) from error
    except UnicodeDecodeError as error:
        raise JsonError("it is not UTF-8; save it as that") from error
    except RecursionError as error:
        raise JsonError("it is nested too deeply") from error
    except JsonError:
        raise
    except ValueError as error:  # a number of more digits than Python reads
        raise JsonError("a number in it has more digits than are read; write it with fewer") from error


_REASONS = {
    "Unterminated string": 'a text is not ended: close it with "',
    "Invalid control": "a text holds a line break, or a character that cannot be seen; write it as \\n, or \\u and its number",
    "Invalid \\": 'a backslash in a text is followed by one of "\\/bfnrt, or by u and four hexadecimal digits; write two for itself',
    "Extra data": "something stands behind the end; take it away",
    "Expecting property name": 'a name is missing, between double quotes: {"name": 1}',
    "Expecting ':'": 'a colon is missing behind a name: {"name": 1}',
    "Expecting ','": "a comma is missing, or the bracket that ends a list or an object",
    "Expecting value": 'a value is missing: a number, "text", true, false, null, [list] or {object}',
}
"""What Python's reader says of a text, in words of ours."""

_TRAILING = re.compile(r",\s*[\]}]")
_QUOTED_ONCE = "a text stands between double quotes"
_ENDS = "it ends too early; something is open, or all of it is missing"


def _explained(error: json.JSONDecodeError) -> tuple[str, str, int]:
    """What is wrong, in which text, and where in it, in characters from 0."""
    text, place = error.doc, error.pos
    comma = text.rfind(",", 0, place + 1)
    if comma >= 0 and not text[comma + 1 : place].strip() and _TRAILING.match(text, comma):
        return "a comma stands before an end; take it away", text, comma
    for beginning, words in _REASONS.items():
        if error.msg.startswith(beginning):
            return _nearer(beginning, words, text, place)
    return visible(error.msg), text, place


def _nearer(beginning: str, words: str, text: str, place: int) -> tuple[str, str, int]:
    """The reason and its place, of which some versions of Python see another one beside it."""
    if beginning == "Invalid control" and text[place : place + 1] >= " ":
        return words, text, place - 1
    if beginning == "Invalid \\":
        return words, text, max(text.rfind("\\", 0, place + 1), 0)
    if beginning.startswith("Expecting"):
        rest = text[place:].lstrip(" \t\r\n")
        if not rest:
            return _ENDS, text, len(text.rstrip())
        if rest.startswith("'") and beginning != "Expecting ','":
            return _QUOTED_ONCE, text, len(text) - len(rest)
        return words, text, len(text) - len(rest)
    return words, text, place


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise JsonError(f'an object in it says "{visible(twice, 40)}" twice')
    return found
