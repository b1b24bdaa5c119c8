"""What is wrong with a text that is no TOML, in our own words: those of Python's reader are another version's tomorrow."""

from __future__ import annotations

import re
import tomllib

from connectivity.errors import visible

_REASONS = {
    "Cannot overwrite a value": "the key stands twice; say it once",
    "Duplicate inline table key": "the key stands twice; say it once",
    "Cannot declare": "the table stands twice; say it once, or [[panel]] for several",
    "Cannot mutate": "the table is said already; say all that is in it in one place",
    "Cannot redefine": "the table is said already; say all that is in it in one place",
    "Illegal character '\\n'": "a text is not ended: close it with a quote in its line",
    "Illegal character": "a character that cannot be seen stands here; take it away",
    "Found invalid character": "a character that cannot be seen stands here; take it away",
    "Unterminated string": "a text is not ended: close it with the quotes that it begins with",
    "Expected \"'": "a text is not ended: close it with the quotes that it begins with",
    "Unescaped '\\'": "a backslash means something else in this text: say it between single quotes, as '$\\sigma$', or write two",
    "Invalid hex value": "behind \\u stand four hexadecimal digits, behind \\U eight; between single quotes a backslash is one",
    "Escaped character": "no character has that number; say it as itself",
    "Invalid statement": 'a line says key = "text", heads a [table] or begins with #',
    "Invalid initial character for a key": "a key is missing, or begins with what no key begins with: it has letters, digits and dashes",
    "Expected '=' after a key": 'behind a key stands an equals sign, as in key = "text"',
    "Expected newline": 'a value ends before this; a text stands between quotes, as in key = "text", and a line says one key',
    "Expected ']": "the heading of a table ends with as many brackets as it begins with, as in [[panel]]",
    "Unclosed array": "a list needs a comma between its items, and a bracket at its end",
    "Unclosed inline table": "a table needs a comma between its keys, and a brace at its end",
    "Invalid date or datetime": "there is no such date; a text stands between quotes",
    "Invalid value": 'a value is missing: a number, "text", true, false or [a list]',
}
"""How Python's reader begins to say what is wrong, and what we say: the first that fits."""

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_ESCAPE = 2  # characters that have been read where the backslash is refused
_AT_END = " (at end of document)"


def explained(error: tomllib.TOMLDecodeError) -> tuple[str, tuple[int, int] | None]:
    """What is wrong, and at which line and column, both from 1; None at the end of the text."""
    text = str(error)
    match = _PLACE.search(text)
    reason = text[: match.start()] if match else text.removesuffix(_AT_END)
    ours = next((words for beginning, words in _REASONS.items() if reason.startswith(beginning)), None)
    behind = _ESCAPE if reason.startswith("Unescaped") else 0
    place = None if match is None else (int(match[1]), int(match[2]) - behind)
    return ours or f'not TOML, as key = "text" is: {visible(reason)}', place
