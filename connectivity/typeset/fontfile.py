"""A font file: whether it is one, what its family is called, and which characters it has.

The tables are those of https://learn.microsoft.com/typography/opentype/spec: ``cmap`` (characters to glyphs, of which
formats 4 and 12 are read) and ``name``. Nothing in the file is believed: every offset is checked before it is followed.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from connectivity.errors import DrawingError, visible
from connectivity.files import unreadable
from connectivity.reads import note, opened

FILE_LIMIT = 64 * 2**20
"""The largest font file that is read, in bytes."""

_MOST_TABLES, _MOST_GROUPS = 512, 100_000
_KINDS = {b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf"}
_WEB = {b"wOFF", b"wOF2"}
_OUTLINES = {b"glyf", b"CFF ", b"CFF2", b"CBDT", b"sbix", b"SVG "}
_NAME_IDS = (16, 1)  # the family as typographers have it, and as programs of old
_LAST = 0x10FFFF


class FontFile(NamedTuple):
    """A font: its bytes, its family, and the first and the last character of each run that it has."""

    data: bytes
    suffix: str
    family: str
    runs: tuple[tuple[int, int], ...]

    def __contains__(self, character: object) -> bool:
        if not isinstance(character, str) or len(character) != 1:
            return False
        place = bisect_right(self.runs, (ord(character), _LAST)) - 1
        return place >= 0 and self.runs[place][0] <= ord(character) <= self.runs[place][1]

    @property
    def digest(self) -> str:
        """What is the same for the same font alone."""
        return hashlib.sha256(self.data).hexdigest()


def read_font(path: str | Path) -> FontFile:
    """The font in a file (.ttf, .otf, or the first one of a .ttc).

    Raises DrawingError for what cannot be read, is too large, or is no font.
    """
    shown = visible(str(path), 200)
    note(path)
    try:
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise DrawingError(f"font: {unreadable(path, error)}", "font") from error
    try:
        return _font(data)
    except _NoFontError as error:
        raise DrawingError(f'font "{shown}": {error}; give a TrueType or OpenType file', "font") from error
    except (struct.error, IndexError, UnicodeError, OverflowError) as error:
        raise DrawingError(f'font "{shown}": broken; a table ends before it should', "font") from error


class _NoFontError(Exception):
    """What is wrong with a file."""


def _font(data: bytes) -> FontFile:
    if len(data) > FILE_LIMIT:
        raise _NoFontError(f"larger than {FILE_LIMIT:,} bytes")
    kind = data[:4]
    if kind in _WEB:
        raise _NoFontError("a font for web pages (WOFF); a .ttf, .otf or .ttc is needed")
    if kind not in _KINDS:
        raise _NoFontError("not a font (.ttf, .otf or .ttc)")
    start = struct.unpack_from(">I", data, 12)[0] if kind == b"ttcf" else 0
    tables = _tables(data, start)
    for name in (b"cmap", b"head", b"maxp", b"hhea", b"hmtx"):
        if name not in tables:
            raise _NoFontError(f'broken; it has no table "{name.decode()}"')
    if not _OUTLINES & tables.keys():
        raise _NoFontError("broken; it has no glyphs")
    if struct.unpack_from(">I", tables[b"head"], 12)[0] != 0x5F0F3CF5:
        raise _NoFontError('broken; its table "head" is none')
    runs = tuple(_merged(_characters(tables[b"cmap"])))
    if not runs:
        raise _NoFontError("it has no characters of Unicode")
    return FontFile(data, ".ttc" if kind == b"ttcf" else ".otf", _family(tables.get(b"name", b"")), runs)


def _tables(data: bytes, start: int) -> dict[bytes, bytes]:
    """The bytes of each table."""
    number = struct.unpack_from(">H", data, start + 4)[0]
    if not 0 < number <= _MOST_TABLES:
        raise _NoFontError(f"broken; {number} tables")
    tables: dict[bytes, bytes] = {}
    for n in range(number):
        name, _, offset, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * n)
        if offset + length > len(data):
            raise _NoFontError(f'broken; its table "{visible(name.decode("latin-1"))}" goes on behind its end')
        tables[name] = data[offset : offset + length]
    return tables


def _characters(cmap: bytes) -> Iterator[tuple[int, int]]:
    """The runs of characters in the subtables of Unicode."""
    number = struct.unpack_from(">H", cmap, 2)[0]
    seen: set[int] = set()
    for n in range(min(number, _MOST_TABLES)):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * n)
        if offset in seen or not (platform == 0 or (platform == 3 and encoding in (1, 10))):
            continue
        seen.add(offset)
        kind = struct.unpack_from(">H", cmap, offset)[0]
        if kind == 4:
            yield from _segments(cmap, offset)
        elif kind == 12:
            yield from _groups(cmap, offset)


def _segments(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """The runs of a subtable of format 4."""
    count = struct.unpack_from(">H", cmap, offset + 6)[0] // 2
    words = f">{count}H"
    ends = struct.unpack_from(words, cmap, offset + 14)
    starts = struct.unpack_from(words, cmap, offset + 16 + 2 * count)
    deltas = struct.unpack_from(words, cmap, offset + 16 + 4 * count)
    ranges_at = offset + 16 + 6 * count
    ranges = struct.unpack_from(words, cmap, ranges_at)
    left = 0x20000  # characters that are looked up one by one: a hostile table names each many times
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        if first > last or first == 0xFFFF:
            continue
        left -= last - first + 1
        if left < 0:
            raise _NoFontError("broken; its characters overlap")
        if not ranges[n]:
            yield from _but_for(first, min(last, 0xFFFE), -deltas[n] & 0xFFFF)
            continue
        for code in range(first, min(last, 0xFFFE) + 1):
            if struct.unpack_from(">H", cmap, ranges_at + 2 * n + ranges[n] + 2 * (code - first))[0]:
                yield code, code


def _but_for(first: int, last: int, without: int) -> Iterator[tuple[int, int]]:
    """A run without the character that has the glyph of those that there are not."""
    if first <= without <= last:
        yield first, without - 1
        yield without + 1, last
    else:
        yield first, last


def _groups(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """The runs of a subtable of format 12."""
    count = struct.unpack_from(">I", cmap, offset + 12)[0]
    if count > _MOST_GROUPS:
        raise _NoFontError(f"broken; {count:,} runs of characters")
    for n in range(count):
        first, last, _ = struct.unpack_from(">III", cmap, offset + 16 + 12 * n)
        if first > last or last > _LAST:
            raise _NoFontError("broken; characters that Unicode has not")
        yield first, last


def _merged(runs: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs in order, those that touch as one."""
    start, end = -1, -2
    for first, last in sorted(run for run in runs if run[0] <= run[1]):
        if first > end + 1:
            if start >= 0:
                yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    if start >= 0:
        yield start, end


def _family(names: bytes) -> str:
    """The name of the family; empty where it has none that can be read."""
    if len(names) < 6:
        return ""
    number, strings = struct.unpack_from(">HH", names, 2)
    found: dict[int, str] = {}
    for n in range(min(number, 4 * _MOST_TABLES)):
        platform, _, language, name, length, offset = struct.unpack_from(">6H", names, 6 + 12 * n)
        if platform in (0, 3) and name in _NAME_IDS and (language in (0, 0x409) or name not in found):
            text = names[strings + offset : strings + offset + length].decode("utf-16-be", errors="replace")
            found[name] = visible(text, 200)
    return next((found[name] for name in _NAME_IDS if name in found), "")


def lacking(characters: Sequence[str], font: FontFile | None) -> list[str]:
    """Which of ``characters`` a font has not."""
    return [character for character in characters if font is None or character not in font]
