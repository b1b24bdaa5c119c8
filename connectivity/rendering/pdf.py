"""A PDF as cairo writes it, finished: its size to a hundredth of a point, of no date, and fit to stand beside others.

Nothing is moved within the file, since its table of objects counts bytes: what is put in is as long as what it
replaces. What is compressed stays as it is, since not every zlib makes the same bytes.
"""

from __future__ import annotations

import dataclasses
import math
import re

from connectivity.scene import Scene

_PRODUCER = re.compile(rb"(/Producer \()([^()]*(?:\([^()]*\))?[^()]*)\)")
_CREATED = re.compile(rb"(/CreationDate \(D:)\d{14}([^)]*\))")
_PAGE = re.compile(rb"/MediaBox \[[^]]*\](\s+/Contents \d+ 0 R\s+)/Group <<[^<>]*>>")


def sheet(scene: Scene) -> Scene:
    """A scene on paper of whole points, not smaller than its own: Graphviz has no other. Its own is the lower left."""
    width, height = (math.ceil(side) / scene.scale for side in _sides(scene))
    return dataclasses.replace(scene, width=width, height=height)


def finish(data: bytes, scene: Scene) -> bytes:
    """The PDF of a ``scene`` on its :func:`sheet`, cut to the scene's size, without what changes between runs.

    What changes is the date, and the name of the library that wrote it. The page says no transparency group of its
    own: it would be what a page has anyway (ISO 32000-1, 11.6.6), and LaTeX warns where figures that say it share one.
    """
    data = _CREATED.sub(rb"\g<1>19700101000000\g<2>", data)
    data = _PRODUCER.sub(lambda match: match[1] + _as_long(b"connectivity", match[2]) + b")", data)
    box = b"/MediaBox [ 0 0 %.2f %.2f ]" % _sides(scene)
    return _PAGE.sub(lambda match: _as_long(box + match[1], match[0]), data, count=1)


def _sides(scene: Scene) -> tuple[float, float]:
    """How wide and how high a scene is, to a hundredth of a point."""
    return round(scene.width * scene.scale, 2), round(scene.height * scene.scale, 2)


def _as_long(text: bytes, other: bytes) -> bytes:
    """A text that is cut or filled up with blanks to the length of another."""
    return text.ljust(len(other))[: len(other)]
