"""Several PDFs of one page each, as cairo writes them, to one of several pages.

Every object keeps its bytes but for the numbers by which it refers to others (ISO 32000-1, 7.3.10 and 7.5.4); what
pages have in common, as fonts, is there once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_SECTION = re.compile(rb"xref\s+0 (\d+)\s*\n")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])")
_OBJECT = re.compile(rb"\s*(\d+) 0 obj\b(.*)endobj\s*\Z", re.DOTALL)
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_INFO = re.compile(rb"/Info (\d+) 0 R")
_HEAD = b"%PDF-1.5\n%\xb5\xed\xae\xfb\n"


def joined(pages: Sequence[bytes]) -> bytes:
    """One PDF with a page for each of ``pages``, in their order. Raises ValueError for what cairo does not write."""
    book = _Book()
    for page in pages:
        book.add(page)
    return book.finished()


class _Book:
    """A PDF that is being put together; object 1 is its list of pages."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b""]
        self._numbers: dict[bytes, int] = {}
        self._pages: list[int] = []
        self._info = 0

    def add(self, data: bytes) -> None:
        """Add the page of another PDF, and everything that it refers to."""
        objects, info = _read(data)
        page = next(number for number, body in objects.items() if b"/Type /Page " in _dictionary(body) + b" ")
        done: dict[int, int] = {}

        def renumbered(match: re.Match[bytes]) -> bytes:
            return b"%d 0 R" % take(int(match[1]))

        def take(number: int) -> int:
            if number not in done:
                done[number] = self._numbered(_with_references(objects[number], renumbered))
            return done[number]

        for number, body in objects.items():
            if b"/Type /Pages" in _dictionary(body):
                done[number] = 1
        self._objects.append(_with_references(objects[page], renumbered))
        self._pages.append(len(self._objects))
        self._info = self._info or take(info)

    def _numbered(self, body: bytes) -> int:
        """The number of an object, that of an equal one where there is one."""
        if body not in self._numbers:
            self._objects.append(body)
            self._numbers[body] = len(self._objects)
        return self._numbers[body]

    def finished(self) -> bytes:
        """The bytes of it all."""
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        self._objects[0] = b"\n<< /Type /Pages\n   /Kids [ %s ]\n   /Count %d\n>>\n" % (kids, len(self._pages))
        root = self._numbered(b"\n<< /Type /Catalog\n   /Pages 1 0 R\n>>\n")
        parts, places = [_HEAD], []
        at = len(_HEAD)
        for number, body in enumerate(self._objects, 1):
            places.append(at)
            parts.append(b"%d 0 obj%sendobj\n" % (number, body))
            at += len(parts[-1])
        entries = b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(self._objects) + 1
        parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries))
        parts.append(b"trailer\n<< /Size %d\n   /Root %d 0 R\n   /Info %d 0 R\n>>\n" % (size, root, self._info))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
        return b"".join(parts)


def _read(data: bytes) -> tuple[dict[int, bytes], int]:
    """The objects of a PDF by their numbers, and the number of its information."""
    start = _START.search(data)
    section = _SECTION.match(data, int(start[1])) if start else None
    info = _INFO.search(data, section.end()) if section else None
    if start is None or section is None or info is None:
        raise ValueError("a PDF without a table of its objects")
    entries = _ENTRY.findall(data, section.end(), section.end() + 20 * int(section[1]))
    places = sorted(int(place) for place, _, kind in entries if kind == b"n")
    objects = {}
    for place, end in zip(places, [*places[1:], int(start[1])], strict=True):
        found = _OBJECT.match(data, place, end)
        if found is None:
            raise ValueError("a PDF whose table of objects is not that of its objects")
        objects[int(found[1])] = found[2]
    return objects, int(info[1])


def _dictionary(body: bytes) -> bytes:
    """What an object says before its stream."""
    stream = _STREAM.search(body)
    return body[: stream.start()] if stream else body


def _with_references(body: bytes, renumbered: Callable[[re.Match[bytes]], bytes]) -> bytes:
    head = _dictionary(body)
    return _REFERENCE.sub(renumbered, head) + body[len(head) :]
