"""A film to bytes: an SVG that moves by its style sheet alone, a PDF of several pages, a picture that moves, and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectivity.errors import DrawingError
from connectivity.motion.film import Film
from connectivity.motion.union import union_of
from connectivity.rendering.formats import PICTURES
from connectivity.rendering.keyframes import motion_rules
from connectivity.rendering.render import render

if TYPE_CHECKING:
    from connectivity.typeset.fontfile import FontFile

MOVES = ("svg", "pdf", *PICTURES)
"""The formats in which a figure that moves has all of its steps; in others it is whole."""

_STILL = "the figure does not move: say how, as --animate slide, or [[step]] in a figure file"


def drawn_moving(
    day: Film | None,
    night: Film | None,
    format: str,
    engine: str = "auto",
    dpi: float | None = None,
    font: FontFile | None = None,
) -> bytes:
    """The bytes of a film, in one of MOVES; ``night`` is the same film in dark colours, which an SVG holds as well.

    Raises DrawingError for a figure that does not move, or where Pillow is missing; EngineError.
    """
    if day is None:
        raise DrawingError(f".{format} is of figures that move, and {_STILL}", "animate")
    if format == "svg":
        return _svg(day, night, engine)
    if format == "pdf":
        from connectivity.rendering.pdfpages import joined

        return joined(drawn_frames(day, None, "pdf", engine, dpi, font))
    if format == "gif" and day.still.transparent:
        raise DrawingError(
            "a GIF has no pixels that are half transparent, as the edges of letters are; write .webp or .apng, or leave "
            "transparent out",
            "transparent",
        )
    from connectivity.rendering.pictures import moving_picture

    frames = drawn_frames(day, None, "png", engine, dpi, font)
    end = None if day.loop else render(day.still, "png", engine, dpi, None, font)
    return moving_picture(frames, format, day.period, end)


def drawn_frames(
    day: Film | None,
    night: Film | None,
    format: str,
    engine: str = "auto",
    dpi: float | None = None,
    font: FontFile | None = None,
) -> list[bytes]:
    """The bytes of each step of a film, in any format of pictures that do not move. Raises as :func:`drawn_moving`."""
    if day is None:
        raise DrawingError(f"a number in a file's name is that of a step, and {_STILL}", "animate")
    if format in PICTURES:
        raise DrawingError(f".{format} holds all steps in one file; say a name without a number")
    nights = night.frames if night is not None else [None] * len(day.frames)
    return [render(frame, format, engine, dpi, dark, font) for frame, dark in zip(day.frames, nights, strict=True)]


def _svg(day: Film, night: Film | None, engine: str) -> bytes:
    lights, darks = union_of(day, night)
    rules = motion_rules(lights.tracks, darks.tracks if darks else None, day.period, day.loop)
    return render(lights.scene, "svg", engine, night=darks.scene if darks else None, motion=rules)
