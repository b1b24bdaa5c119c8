"""A scene to the bytes of a picture, with the limits that a picture has."""

from __future__ import annotations

import dataclasses
import itertools
import struct
import zlib
from typing import TYPE_CHECKING

from connectivity.errors import DrawingError, MissingGlyphs, suggestion, visible, warn
from connectivity.rendering import engines, svg
from connectivity.rendering.dot import clean, dot
from connectivity.rendering.formats import FORMATS
from connectivity.rendering.svgtext import writings
from connectivity.rendering.twofold import twofold
from connectivity.scene import LEAST_TEXT, READER, Scene
from connectivity.typeset.markup import pieces
from connectivity.typeset.metrics import set_in, unknown
from connectivity.typeset.pieces import runs_of

if TYPE_CHECKING:
    from connectivity.typeset.fontfile import FontFile

PIXEL_LIMIT = 64_000_000
SIDE_LIMIT = 32_767
"""The most pixels of a PNG, and of one of its sides (cairo's limit)."""

_DPI, _LEAST_DPI, _LONG_SIDE = 192.0, 12.0, 1_998  # cairo rounds up to whole points, and adds one
_LONGER_SIDE = 6_000  # of a picture so high that its text would be too small to be read
_POINTS_PER_INCH = 72


def render(
    scene: Scene,
    format: str = "svg",
    engine: str = "auto",
    dpi: float | None = None,
    night: Scene | None = None,
    font: FontFile | None = None,
    motion: str = "",
) -> bytes:
    """The bytes of a scene; ``dpi`` is for PNG: None is 192, or what fits 2,000 pixels and can be read.

    ``night`` is the same scene in dark colours, which an SVG then holds as well. ``font`` is for the characters of
    PNG and PDF that the shipped font has not; those that it has not either are the system's. ``motion`` are the rules by
    which an SVG moves. Warns MissingGlyphs of characters that no font has. Raises DrawingError for a PNG that would be too large, EngineError.
    """
    if format not in FORMATS:
        raise DrawingError(f'unknown format "{visible(str(format))}"{suggestion(str(format), FORMATS)}')
    if format == "dot":
        return dot(scene).encode("utf-8")
    if format == "tex":
        from connectivity.rendering.tikz import tikz

        with set_in("roman"):
            return tikz(scene).encode("utf-8")
    if format == "typ":
        from connectivity.rendering.typst import typst

        with set_in("roman"):
            return typst(scene).encode("utf-8")
    if format == "svg" and scene.outlines:
        _warn_of_live_text(scene)
    if format == "png":
        resolution = _resolution(scene, dpi)
        dpi = round(resolution * scene.scale, 2)  # as DOT has it
        drawn = dot(_of_whole_pixels(scene, dpi), dpi, flat=True, scale=1.0)
        return _sized(_printed(scene, drawn, "png", engine, font), resolution)
    if format == "pdf":
        from connectivity.rendering import pdf

        drawn = dot(pdf.sheet(scene), flat=True)
        return pdf.finish(_printed(scene, drawn, "pdf", engine, font), scene)
    if night is None:
        return svg.finish(_unlabelled(scene, engine), scene, None, motion)
    both = twofold(scene, night)
    if both is None:
        light, dark = _unlabelled(scene, engine), _unlabelled(night, engine)
    else:
        codes = _unlabelled(both.scene, engine)
        light, dark = both.light(codes), both.dark(codes)
    return svg.finish(light, scene, (dark, night), motion)


def _unlabelled(scene: Scene, engine: str) -> bytes:
    """Graphviz's SVG of everything but the texts, which are no matter of its fonts."""
    return engines.render(dot(scene, flat=True, labels=False, scale=1.0), "svg", engine)


def _printed(scene: Scene, text: str, format: str, engine: str, font: FontFile | None) -> bytes:
    """What Graphviz draws with its own fonts: the shipped ones alone wherever they suffice, everywhere the same."""
    missing = unknown(_written(scene))
    if not missing:
        return engines.render(text, format, engine)
    from connectivity.rendering.fonts import Fonts

    fonts = Fonts(font, system=font is None or any(character not in font for character in missing))
    data, lacking = engines.render_with(fonts, missing, text, format, engine)
    if font is not None and any(character in font for character in lacking):
        raise DrawingError("the font cannot be used: it has characters that cannot be drawn; give another one", "font")
    if lacking:
        warn(
            f"no font has {_listed(lacking)}: PNG and PDF show a box in its place (--font FILE gives one), "
            "SVG the reader's font",
            MissingGlyphs,
        )
    borrowed = [one for one in missing if one not in lacking and (font is None or one not in font)]
    if borrowed:
        warn(
            f"the shipped font has no {_listed(borrowed)}: PNG and PDF take what the system's fonts have, and may differ "
            "on other machines (--font FILE says which font)",
            MissingGlyphs,
        )
    return data


def _written(scene: Scene) -> str:
    """Every character that is written."""
    lines = [pieces(line) for text in scene.texts for line in text.text.split("\n")]
    lines += [line for unit in scene.units if unit.label for line in unit.label.lines()]
    return clean("".join(run.text for line in lines for run in runs_of(line)))


def _warn_of_live_text(scene: Scene) -> None:
    """Warn of characters of which there are no outlines."""
    lines = itertools.chain.from_iterable(writings(scene).values())
    missing = list(dict.fromkeys(character for line in lines for character in line.unknown))
    if missing:
        warn(
            f"the font has no {_listed(missing)}: texts with it stay live, and are drawn with the reader's font",
            MissingGlyphs,
        )


def _listed(characters: list[str]) -> str:
    shown = ", ".join(f"{visible(character)} (U+{ord(character):04X})" for character in characters[:5])
    return shown + (f" and {len(characters) - 5} more" if len(characters) > 5 else "")


def _resolution(scene: Scene, dpi: float | None) -> float:
    """The dots per inch of a PNG. Raises DrawingError where it would be too large."""
    paper = [side * scene.scale for side in (scene.width, scene.height)]
    side = max(paper) / _POINTS_PER_INCH
    resolution = max(_LEAST_DPI, min(_DPI, max(_LONG_SIDE / side, _legible(scene, paper)))) if dpi is None else dpi
    width, height = (side / _POINTS_PER_INCH * resolution for side in paper)
    if width * height > PIXEL_LIMIT or max(width, height) > SIDE_LIMIT:
        raise DrawingError(
            f"{resolution:g} dpi would make {width:,.0f} x {height:,.0f} pixels; at most {PIXEL_LIMIT:,} in all "
            f"and {SIDE_LIMIT:,} a side (columns breaks rows of panels, max-units shows fewer units)",
            "dpi",
        )
    return resolution


def _legible(scene: Scene, paper: list[float]) -> float:
    """The dots per inch that the text of a high picture needs, and no more than make it as wide as a column of text."""
    width, height = paper
    if scene.dense or not READER / 3 <= width < height:  # one that is narrower is a column of units
        return 0.0
    needs = LEAST_TEXT / (scene.least_text() * scene.scale), READER / width, _LONGER_SIDE / height
    return min(needs) * _POINTS_PER_INCH


def _of_whole_pixels(scene: Scene, dpi: float) -> Scene:
    """A scene on paper of whole pixels, to the nearest: one that is cut off would be half transparent."""
    sides = (round(side * dpi / _POINTS_PER_INCH) * _POINTS_PER_INCH / dpi for side in (scene.width, scene.height))
    width, height = sides
    return dataclasses.replace(scene, width=width, height=height)


def _sized(png: bytes, dpi: float) -> bytes:
    """A PNG that says its size on paper, which cairo's does not: a chunk pHYs (pixels a metre) before the image.

    https://www.w3.org/TR/png/#11pHYs
    """
    per_metre = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    end_of_header = 8 + 25  # a signature, and the chunk IHDR
    block = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:end_of_header] + block + png[end_of_header:]
