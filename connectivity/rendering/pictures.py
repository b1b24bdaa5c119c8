"""Frames, each a PNG, to one picture that moves: GIF, APNG or WebP. Pillow makes them, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connectivity.errors import DrawingError
from connectivity.rendering.keyframes import HELD

if TYPE_CHECKING:
    from PIL import Image

PIXELS = 200_000_000
"""The most pixels of all frames together."""

_COLOURS = 255  # of a GIF; one more is what is transparent
_GIF_UNIT = 0.01  # of the times of a GIF, in seconds


def moving_picture(frames: Sequence[bytes], format: str, period: float, end: bytes | None = None) -> bytes:
    """The bytes of a picture that shows each of ``frames`` (PNG) for ``period`` seconds, the last one longer.

    It goes round, unless there is an ``end``: then it stops at that. Raises DrawingError where Pillow is missing, or
    the frames are too large.
    """
    loop = end is None
    images = _opened([*frames, *([] if end is None else [end])])
    pixels = sum(image.width * image.height for image in images)
    if pixels > PIXELS:
        raise DrawingError(
            f"{len(images)} frames of {images[0].width:,} x {images[0].height:,} pixels are too many for a picture; at "
            f"most {PIXELS:,} pixels in all (dpi makes frames smaller)",
            "dpi",
        )
    times = [round(1000 * period)] * (len(frames) - 1) + [round(1000 * period * HELD)]
    times += [] if loop else [round(1000 * period)]
    about: dict[str, Any] = {"save_all": True, "duration": times}
    if format == "gif":
        images = _of_one_palette(images)
        about |= {"disposal": 1, "optimize": False} | ({"loop": 0} if loop else {})
    elif format == "apng":
        about |= {"format": "PNG", "loop": 0 if loop else 1, "default_image": False}
    else:
        about |= {"lossless": True, "quality": 80, "method": 4, "minimize_size": False, "loop": 0 if loop else 1}
    first, *others = images
    data = io.BytesIO()
    first.save(data, **{"format": format.upper(), **about}, append_images=others)
    return data.getvalue()


def _opened(frames: Sequence[bytes]) -> list[Image.Image]:
    try:
        from PIL import Image
    except ImportError as error:
        raise DrawingError(
            "a picture that moves needs Pillow: pip install 'layer-connectivity[animation]' (an SVG moves without)",
        ) from error
    return [_plain(Image.open(io.BytesIO(frame))) for frame in frames]


def _plain(image: Image.Image) -> Image.Image:
    """An image without what it says of its size on paper; opaque where nothing shows through."""
    image.load()
    flat = image.convert("RGBA")
    low, _ = flat.getchannel("A").getextrema()
    made = flat if low != 255 else flat.convert("RGB")
    made.info = {}
    return made


def _of_one_palette(images: Sequence[Image.Image]) -> list[Image.Image]:
    """Images in colours that all share, the most used of all of them, so that what stays the same does not flicker."""
    from PIL import Image

    opaque = [image.convert("RGB") for image in images]
    width, height = opaque[0].size
    sheet = Image.new("RGB", (width, height * len(opaque)))
    for number, image in enumerate(opaque):
        sheet.paste(image, (0, number * height))
    palette = sheet.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in opaque]
