"""Colour arithmetic: OKLab, contrast, ramps, gamut. Colours are ``#rrggbb``; channels are in [0, 1].

OKLab: Bjorn Ottosson, "A perceptual color space for image processing" (2020). Contrast:
WCAG 2.2, "contrast ratio".
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

from connectivity.errors import DrawingError, suggestion, visible

LEGIBLE = 3.0
"""The least contrast of a line with its background (WCAG 2.2, 1.4.11 Non-text Contrast)."""

STEPS = 256
"""Entries of a colour table."""


class Lab(NamedTuple):
    """A colour in OKLab: lightness in [0, 1], and two opponent axes about [-0.4, 0.4]."""

    lightness: float
    a: float
    b: float


@functools.lru_cache(maxsize=4096)
def lab(colour: str) -> Lab:
    """``#rrggbb`` in OKLab."""
    r, g, b = _linear(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return Lab(
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def rgb(colour: Lab) -> str:
    """OKLab as ``#rrggbb``; what sRGB does not have is clipped channel by channel."""
    return encoded(*map(_gamma, _light(colour)))


def vivid(lightness: float, chroma: float, hue: float) -> str:
    """The colour of a lightness and a hue (in degrees) with as much of ``chroma`` as sRGB has of it.

    >>> vivid(0.6, 0.1, 250), vivid(0.6, 0.4, 250)
    ('#4f84ba', '#0083e0')
    """
    least, most = 0.0, chroma
    if _is_shown(polar(lightness, most, hue)):
        return rgb(polar(lightness, most, hue))
    for _ in range(10):
        middle = (least + most) / 2
        least, most = (middle, most) if _is_shown(polar(lightness, middle, hue)) else (least, middle)
    return rgb(polar(lightness, least, hue))


def encoded(red: float, green: float, blue: float) -> str:
    """sRGB channels in [0, 1] as ``#rrggbb``.

    >>> encoded(1, 0.5, 0)
    '#ff8000'
    """
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, channel))):02x}" for channel in (red, green, blue))


def polar(lightness: float, chroma: float, hue: float) -> Lab:
    """OKLCH to OKLab; ``hue`` in degrees."""
    angle = math.radians(hue)
    return Lab(lightness, chroma * math.cos(angle), chroma * math.sin(angle))


def hue_of(colour: str) -> float:
    """The hue of a colour in OKLCH, in degrees from 0.

    >>> round(hue_of("#ff0000"))
    29
    """
    _, green_red, blue_yellow = lab(colour)
    return math.degrees(math.atan2(blue_yellow, green_red)) % 360


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@functools.lru_cache(maxsize=4096)
def legible(colour: str, background: str, ratio: float = LEGIBLE) -> str:
    """``colour``, moved away from ``background`` in lightness just until its contrast is ``ratio``.

    >>> legible("#2468b4", "#ffffff"), legible("#ffff00", "#ffffff")
    ('#2468b4', '#9a9a00')
    """
    if contrast(colour, background) >= ratio:
        return colour
    start, goal = lab(colour), 0.0 if _luminance(background) > 0.18 else 1.0
    enough, little = 1.0, 0.0
    for _ in range(12):
        middle = (enough + little) / 2
        moved = rgb(_between(start, Lab(goal, 0.0, 0.0), middle))
        enough, little = (middle, little) if contrast(moved, background) >= ratio else (enough, middle)
    return rgb(_between(start, Lab(goal, 0.0, 0.0), enough))


def table(stops: tuple[Lab, ...], background: str) -> tuple[str, ...]:
    """``STEPS`` colours through evenly spaced ``stops``, interpolated in OKLab, all legible."""
    colours = []
    for step in range(STEPS):
        place = step / (STEPS - 1) * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        colours.append(legible(rgb(_between(stops[index], stops[index + 1], place - index)), background))
    return tuple(colours)


@functools.lru_cache(maxsize=64)
def stops(colours: tuple[str, ...], tolerance: float = 2.5) -> tuple[tuple[float, str], ...]:
    """The places, from 0 to 1, and the colours between which a table is straight: a gradient of them looks like it.

    No channel is further than ``tolerance`` (of 255) from the table's. The places are those of Ramer (1972), who takes
    the one that is furthest off until none is.

    >>> stops(("#000000", "#404040", "#808080", "#000000"))
    ((0.0, '#000000'), (0.6667, '#808080'), (1.0, '#000000'))
    """
    channels = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours]
    last = len(colours) - 1
    kept, open_ends = {0, last}, [(0, last)]
    while open_ends:
        low, high = open_ends.pop()
        worst, furthest = tolerance, low
        for place in range(low + 1, high):
            share = (place - low) / (high - low)
            ends = zip(channels[low], channels[place], channels[high], strict=True)
            off = max(abs(here - (before + (after - before) * share)) for before, here, after in ends)
            if off > worst:
                worst, furthest = off, place
        if furthest > low:
            kept.add(furthest)
            open_ends += [(low, furthest), (furthest, high)]
    return tuple((round(place / max(1, last), 4), colours[place]) for place in sorted(kept))


@functools.lru_cache(maxsize=4096)
def blend(one: str, other: str, share: float) -> str:
    """The colour between two, ``share`` of the way from the first to the second, in OKLab.

    >>> blend("#000000", "#ffffff", 0.0), blend("#000000", "#ffffff", 1.0)
    ('#000000', '#ffffff')
    """
    return rgb(_between(lab(one), lab(other), share))


def grey(colour: str) -> str:
    """The grey of the same lightness.

    >>> grey("#ff0000"), grey("#777777")
    ('#888888', '#777777')
    """
    return rgb(Lab(lab(colour).lightness, 0.0, 0.0))


@functools.lru_cache(maxsize=4096)
def readable(ink: str, background: str, fill: str) -> str:
    """A colour of text that is read on ``fill``: ``ink``, else ``background``, else black or white.

    One of the last two has a contrast of 4.5 with any colour.
    """
    return next(colour for colour in (ink, background, "#000000", "#ffffff") if contrast(colour, fill) >= 4.5)


def named_colour(name: str) -> str:
    """``#rrggbb`` of a CSS colour name or a hexadecimal colour. Raises DrawingError for what is none."""
    import cmap

    try:
        return str(cmap.Color(name[:40]).hex)[:7].lower()
    except (ValueError, TypeError, KeyError) as error:
        raise DrawingError(f'"{visible(name, 40)}" is no colour (as crimson or #c62828)') from error


@functools.cache
def named_table(name: str, background: str) -> tuple[str, ...]:
    """``STEPS`` colours of a colormap of the ``cmap`` package, all legible on ``background``.

    Raises DrawingError for a name that the package does not know.
    """
    import logging

    import cmap

    # Of a name that several collections have, it logs that it takes the first.
    logging.getLogger("cmap").setLevel(logging.ERROR)
    try:
        colormap = cmap.Colormap(name)
    except (ValueError, TypeError, KeyError) as error:
        names = sorted(cmap.Catalog().short_keys())
        near = suggestion(name, names)
        hint = near if "did you mean" in near else " (as viridis, coolwarm, vik; the cmap package lists them)"
        raise DrawingError(f'unknown colormap "{visible(name, 40)}"{hint}', "colormap") from error
    colours = [legible(encoded(*map(float, row[:3])), background) for row in colormap.lut(STEPS)]
    return tuple(colours[step * len(colours) // STEPS] for step in range(STEPS))  # many maps have a few colours only


def _light(colour: Lab) -> tuple[float, float, float]:
    """OKLab as linear red, green and blue, which lie in [0, 1] where sRGB has the colour."""
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _is_shown(colour: Lab) -> bool:
    """Whether sRGB has a colour."""
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in _light(colour))


def _between(one: Lab, other: Lab, share: float) -> Lab:
    return Lab(*(a + (b - a) * share for a, b in zip(one, other, strict=True)))


def _linear(colour: str) -> tuple[float, float, float]:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
