"""A scene to the bytes of a picture, with the limits that a picture has."""

from __future__ import annotations

import re
from collections.abc import Callable

from connectivity import engines, svg
from connectivity.dot import dot
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.formats import FORMATS
from connectivity.scene import Scene

PIXEL_LIMIT = 64_000_000
SIDE_LIMIT = 32_767
"""The most pixels of a PNG, and of one of its sides (cairo's limit)."""

_DPI, _LONG_SIDE = 192.0, 2_000
_POINTS_PER_INCH = 72
_CREATED = re.compile(rb"(/CreationDate \(D:)\d{14}([^)]*\))")


def render(
    scene: Scene,
    format: str = "svg",
    engine: str = "auto",
    dpi: float | None = None,
    night: Callable[[], Scene] | None = None,
) -> bytes:
    """The bytes of a scene; ``dpi`` is for PNG: None is 192, or what fits 2,000 pixels.

    ``night`` makes the same scene in dark colours, which an SVG then holds as well.
    """
    if format not in FORMATS:
        raise DrawingError(f'unknown format "{visible(format)}"{suggestion(format, FORMATS)}')
    if format == "dot":
        return dot(scene).encode("utf-8")
    if format == "png":
        return engines.render(dot(scene, _resolution(scene, dpi), flat=True), "png", engine)
    data = engines.render(dot(scene, flat=True), format, engine)
    if format == "pdf":
        # The date is the only part that changes between runs; its length must not.
        return _CREATED.sub(rb"\g<1>19700101000000\g<2>", data)
    dark = engines.render(dot(night(), flat=True), format, engine) if night else None
    return svg.finish(data, scene.title, scene.description, scene.tips(), dark)


def _resolution(scene: Scene, dpi: float | None) -> float:
    """The dots per inch of a PNG. Raises DrawingError where it would be too large."""
    side = max(scene.width, scene.height) / _POINTS_PER_INCH
    if dpi is None:
        return min(_DPI, _LONG_SIDE / side)
    width, height = scene.width / _POINTS_PER_INCH * dpi, scene.height / _POINTS_PER_INCH * dpi
    if width * height > PIXEL_LIMIT or max(width, height) > SIDE_LIMIT:
        raise DrawingError(
            f"{dpi:g} dpi would make {width:,.0f} x {height:,.0f} pixels; at most {PIXEL_LIMIT:,} in all "
            f"and {SIDE_LIMIT:,} a side",
            "dpi",
        )
    return dpi
