"""How wide a text is, from the advance widths of the font that the package ships.

``data/advances.json`` holds, for each face, runs of [first code point, [advances]] in
thousandths of the font size; a test compares it with the font files.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from pathlib import Path

FAMILY = "Source Sans 3"
DATA = Path(__file__).parents[1] / "data"
FILES = {"regular": "SourceSans3-Regular.otf", "italic": "SourceSans3-It.otf", "semibold": "SourceSans3-Semibold.otf"}
"""The font file of each face, in ``data/fonts``."""

_UNKNOWN = 600  # thousandths of an em for a character that the font does not have


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float, face: str = "regular") -> float:
    """The width of ``text`` in points at font ``size``; ``face`` is regular, italic or semibold.

    >>> text_width("conv", 10)
    20.12
    """
    advances = _advances(face)
    return sum(advances[c] if c in advances else _guess(c) for c in text) * size / 1000


def unknown(text: str, face: str = "regular") -> list[str]:
    """The characters of ``text`` that the font has not, each once, in their order; without line ends and what is invisible."""
    if text.isascii():
        return []
    known = _advances(face)
    return [
        character
        for character in dict.fromkeys(text)
        if character not in known and character != "\n" and not _is_invisible(character)
    ]


def _is_invisible(character: str) -> bool:
    """Whether it only says how others are to be written: joiners, directions, variants."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@functools.cache
def _advances(face: str) -> dict[str, int]:
    return {chr(first + n): width for first, widths in _runs()[face] for n, width in enumerate(widths)}


@functools.cache
def _runs() -> dict[str, list[tuple[int, list[int]]]]:
    runs: dict[str, list[tuple[int, list[int]]]] = json.loads((DATA / "advances.json").read_text(encoding="utf-8"))
    return runs


def _guess(character: str) -> int:
    if unicodedata.combining(character) or _is_invisible(character):
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WF" else _UNKNOWN
