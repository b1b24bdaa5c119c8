"""Texts of an SVG as outlines: shapes of the shipped font, for whoever has no such font and makes no other fit.

fontTools reads the font; it is imported only where outlines are asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from html import escape
from importlib.util import find_spec
from typing import Any

from connectivity.errors import DrawingError
from connectivity.numerals import brief
from connectivity.rendering.dot import clean
from connectivity.rendering.svgtext import Piece, Writing
from connectivity.typeset.metrics import DATA, FILES, text_width

_EM = 1000  # units of the font in its size


class Outlines:
    """The glyphs that a drawing has so far: each is defined once, and used wherever it stands.

    Raises DrawingError where fontTools is missing.
    """

    def __init__(self) -> None:
        if find_spec("fontTools") is None:
            raise DrawingError(
                "text as outlines needs the fonttools package: pip install 'layer-connectivity[outlines]'", "text"
            )
        self._paths: dict[tuple[str, str], str] = {}

    def drawn(self, writing: Writing) -> str:
        """A line, of which the font has every character, as a group of glyphs that is named by what it says."""
        name = escape(clean(writing.text)).replace("url(", "url&#40;")  # which is no reference, on any page
        about = f'class="outlines" role="img" aria-label="{name}" fill="{writing.colour}"'
        x, parts = writing.left, []
        for piece in writing.pieces:
            x += piece.move
            scale = f"{piece.size / _EM:.6g}"
            place = f'transform="translate({brief(x)} {brief(writing.y - piece.rise)}) scale({scale} -{scale})"'
            parts.append((place, "".join(self._uses(piece))))
            x += piece.width
        if len(parts) == 1:
            return f"<g {about} {parts[0][0]}>{parts[0][1]}</g>\n"
        inner = "".join(f"<g {place}>{uses}</g>" for place, uses in parts)
        return f"<g {about}>{inner}</g>\n"

    def definitions(self) -> str:
        """An element with every glyph that was drawn, in the order in which they came."""
        paths = (f'<path id="{_name(*key)}" d="{path}"/>\n' for key, path in self._paths.items() if path)
        return f"<defs>\n{''.join(paths)}</defs>\n"

    def _uses(self, piece: Piece) -> Iterator[str]:
        face, x = piece.face, 0.0
        for character in piece.text:
            if self._path(face, character):
                place = f' x="{brief(x)}"' if x else ""
                yield f'<use xlink:href="#{_name(face, character)}"{place}/>'
            x += text_width(character, _EM, face)

    def _path(self, face: str, character: str) -> str:
        """The outline of a character in units of the font, y upwards; empty of a space."""
        key = face, character
        if key not in self._paths:
            self._paths[key] = _outline(face, character)
        return self._paths[key]


def _name(face: str, character: str) -> str:
    """The id of a glyph; no unit's and no connection's begins so, or ends in a letter before its number."""
    return f"glyph-{face}-{ord(character)}"


def _outline(face: str, character: str) -> str:
    """The outline of a glyph; empty of what has none, as all that is invisible."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    glyphs, names = _font(face)
    if ord(character) not in names:
        return ""
    pen = DecomposingRecordingPen(glyphs)
    glyphs[names[ord(character)]].draw(pen)
    letters = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "closePath": "Z", "endPath": ""}
    return "".join(
        letters[operation] + " ".join(f"{round(x)} {round(y)}" for x, y in points) for operation, points in pen.value
    )


@functools.cache
def _font(face: str) -> tuple[Any, dict[int, str]]:
    """The glyphs of a face by their names, and the name of each character's."""
    from fontTools.ttLib import TTFont

    font = TTFont(DATA / "fonts" / FILES[face])
    return font.getGlyphSet(), font.getBestCmap()
