"""How wide a text is, from the advance widths of the font that the package ships.

``data/advances.json`` holds, for each face, runs of [first code point, [advances]] in
thousandths of the font size; a test compares it with the font files. ``data/roman.json`` is the same of the font that
LaTeX has unless a document says another, for figures whose texts a document sets.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

FAMILY = "Source Sans 3"
DATA = Path(__file__).parents[1] / "data"
FILES = {"regular": "SourceSans3-Regular.otf", "italic": "SourceSans3-It.otf", "semibold": "SourceSans3-Semibold.otf"}
"""The font file of each face, in ``data/fonts``."""

TABLES = {"own": "advances.json", "roman": "roman.json"}
"""The widths of each font that texts are measured in: the shipped one, and Latin Modern Roman at 8 points.

Of that font's sizes it is the widest that captions have; in most others a text is narrower.
"""

_set_in: ContextVar[str] = ContextVar("set_in", default="own")
_UNKNOWN = 600  # thousandths of an em for a character that the font does not have


@contextmanager
def set_in(font: str) -> Iterator[None]:
    """Measure texts in a font, one of ``TABLES``."""
    token = _set_in.set(font)
    try:
        yield
    finally:
        _set_in.reset(token)


def text_width(text: str, size: float, face: str = "regular") -> float:
    """The width of ``text`` in points at font ``size``; ``face`` is regular, italic or semibold.

    >>> text_width("conv", 10)
    20.12
    """
    return _width(_set_in.get(), text, size, face)


@functools.lru_cache(maxsize=4096)
def _width(font: str, text: str, size: float, face: str) -> float:
    advances = _advances(font, face)
    return sum(advances[c] if c in advances else _guess(c) for c in text) * size / 1000


def unknown(text: str, face: str = "regular") -> list[str]:
    """The characters of ``text`` that the font has not, each once, in their order; without line ends and what is invisible."""
    if text.isascii():
        return []
    known = _advances("own", face)
    return [
        character
        for character in dict.fromkeys(text)
        if character not in known and character != "\n" and not _is_invisible(character)
    ]


def _is_invisible(character: str) -> bool:
    """Whether it only says how others are to be written: joiners, directions, variants."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@functools.cache
def _advances(font: str, face: str) -> dict[str, int]:
    return {chr(first + n): width for first, widths in _runs(font)[face] for n, width in enumerate(widths)}


@functools.cache
def _runs(font: str) -> dict[str, list[tuple[int, list[int]]]]:
    runs: dict[str, list[tuple[int, list[int]]]] = json.loads((DATA / TABLES[font]).read_text(encoding="utf-8"))
    return runs


def _guess(character: str) -> int:
    if unicodedata.combining(character) or _is_invisible(character):
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WF" else _UNKNOWN
