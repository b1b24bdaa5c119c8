"""A PDF as cairo writes it, finished: of the scene's size, of no date, fit to stand beside others, and told in words.

Its objects are taken apart, a few are written anew, and the table of where they are is made for them. What is
compressed stays as it is, since not every zlib makes the same bytes.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping

from connectivity.rendering.dot import clean
from connectivity.scene import LANGUAGE, Scene

MOST_WORDS = 16_000
"""The most characters of a description that a PDF has: readers need not know longer strings (ISO 32000-1, Annex C)."""

_TABLE = re.compile(
    rb"xref\s+0 (\d+)\s+((?:\d{10} \d{5} [nf]\s{1,2})+)trailer\s*<<(.*?)>>\s*startxref\s+\d+\s+%%EOF\s*\Z", re.S
)
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])")
_REFERENCE = re.compile(rb"/(Root|Info) (\d+) 0 R")
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PAGES = re.compile(rb"/Pages \d+ 0 R")
_BOX, _GROUP = re.compile(rb"/MediaBox \[[^]]*\]"), re.compile(rb"/Group <<[^<>]*>>\s*")
_CONTENTS = re.compile(rb"/Contents (\d+ 0 R)")
_NO_DATE = b"D:19700101000000Z"


def sheet(scene: Scene) -> Scene:
    """A scene on paper of whole points, not smaller than its own: Graphviz has no other. Its own is the lower left."""
    width, height = (math.ceil(side) / scene.scale for side in _sides(scene))
    return dataclasses.replace(scene, width=width, height=height)


def finish(data: bytes, scene: Scene) -> bytes:
    """The PDF of a ``scene`` on its :func:`sheet`, cut to the scene's size, without what changes between runs.

    What changes is the date, and the name of the library that wrote it. The page says no transparency group of its
    own: it would be what a page has anyway (ISO 32000-1, 11.6.6), and LaTeX warns where figures that say it share one.

    The document has the scene's title and a language, and its page is one figure with the description as alternative
    text, in the tree of structure that screen readers follow (14.7, 14.8.4.5, 14.9.3).
    """
    table = _TABLE.search(data)
    if table is None:
        return data  # by a library that we do not know
    objects = _objects(data, table)
    known = {name.decode(): int(number) for name, number in _REFERENCE.findall(table[3])}
    page = next(number for number, text in objects.items() if _PAGE.search(text))
    objects |= _tagged(objects, page, scene)
    objects[known["Info"]] = b"<< /Title %s\n   /Producer (connectivity)\n   /CreationDate (%s)\n>>" % (
        _string(scene.title),
        _NO_DATE,
    )
    tree = max(objects)
    pages = _PAGES.search(objects[known["Root"]])
    objects[known["Root"]] = (
        b"<< /Type /Catalog\n   %s\n   /Lang %s\n   /MarkInfo << /Marked true >>\n   /StructTreeRoot %d 0 R\n"
        b"   /ViewerPreferences << /DisplayDocTitle true >>\n>>"
    ) % (pages[0] if pages else b"", _string(LANGUAGE), tree)
    return _file(data[: data.index(b" 0 obj")].rpartition(b"\n")[0], objects, known)


def _objects(data: bytes, table: re.Match[bytes]) -> dict[int, bytes]:
    """What stands in each object, by its number, in the order of the file."""
    places = sorted(
        (int(entry[1]), number) for number, entry in enumerate(_ENTRY.finditer(table[2])) if entry[2] == b"n"
    )
    ends = [place for place, _ in places[1:]] + [table.start()]
    texts = {number: data[place:end] for (place, number), end in zip(places, ends, strict=True)}
    return {
        number: text[text.index(b"obj") + 3 : text.rindex(b"endobj")].strip(b"\r\n") for number, text in texts.items()
    }


def _tagged(objects: Mapping[int, bytes], page: int, scene: Scene) -> dict[int, bytes]:
    """The page as a figure that is told in words: what stands before and after its content, and the tree, which is last."""
    before, after, figure, document, tree = range(max(objects) + 1, max(objects) + 6)
    box = b"[ 0 0 %.2f %.2f ]" % _sides(scene)
    text = _GROUP.sub(b"", _BOX.sub(b"/MediaBox " + box, objects[page]))
    text = _CONTENTS.sub(rb"/Contents [ %d 0 R \1 %d 0 R ]" % (before, after), text)
    return {
        page: text.removesuffix(b">>") + b"   /StructParents 0\n   /Tabs /S\n>>",
        before: _stream(b"/Figure << /MCID 0 >> BDC"),
        after: _stream(b"EMC"),
        figure: b"<< /Type /StructElem /S /Figure /P %d 0 R /Pg %d 0 R /K 0 /Alt %s\n"
        b"   /A << /O /Layout /Placement /Block /BBox %s >>\n>>" % (document, page, _string(_words(scene)), box),
        document: b"<< /Type /StructElem /S /Document /P %d 0 R /K [ %d 0 R ] >>" % (tree, figure),
        tree: b"<< /Type /StructTreeRoot /K [ %d 0 R ] /ParentTree << /Nums [ 0 [ %d 0 R ] ] >> "
        b"/ParentTreeNextKey 1 >>" % (document, figure),
    }


def _file(head: bytes, objects: Mapping[int, bytes], known: Mapping[str, int]) -> bytes:
    """A PDF of objects by their numbers, which go up to that of the last without a gap."""
    parts, places, size = [head + b"\n"], {}, len(head) + 1
    for number, text in objects.items():
        part = b"%d 0 obj\n%s\nendobj\n" % (number, text)
        places[number] = size
        size += len(part)
        parts.append(part)
    count = max(objects) + 1
    entries = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, count))
    roots = b"".join(b"   /%s %d 0 R\n" % (name.encode(), number) for name, number in known.items())
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d\n%s>>\nstartxref\n%d\n%%%%EOF\n"
    return b"".join(parts) + end % (count, entries, count, roots, size)


def _stream(content: bytes) -> bytes:
    """A part of a page's content, in lines of its own: some programs put nothing between the parts."""
    content = b"\n" + content + b"\n"
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _words(scene: Scene) -> str:
    text = clean(scene.description)
    return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1] + "…"


def _string(text: str) -> bytes:
    r"""A text as PDF has it: of ASCII in brackets, else in UTF-16 (ISO 32000-1, 7.9.2.2).

    >>> _string("a (b)"), _string("−1")
    (b'(a \\(b\\))', b'<FEFF22120031>')
    """
    text = clean(text)
    if text.isascii() and (text.isprintable() or text.replace("\n", "").isprintable()):
        escaped = re.sub(r"([\\()])", r"\\\1", text).replace("\n", "\\n")
        return b"(" + escaped.encode("ascii") + b")"
    return b"<FEFF" + text.encode("utf-16-be", errors="replace").hex().upper().encode("ascii") + b">"


def _sides(scene: Scene) -> tuple[float, float]:
    """How wide and how high a scene is, to a hundredth of a point."""
    return round(scene.width * scene.scale, 2), round(scene.height * scene.scale, 2)
