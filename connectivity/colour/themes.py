"""Themes: the colours of everything that is not a weight, and the palettes of what is."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

from connectivity.colour.spaces import Lab, blend, lab, polar, table

_PALE = 0.72  # how much of the background a tint has

WIDTH = 1.35
"""The usual width of a connection, in points."""


class Stroke(NamedTuple):
    """How a connection is drawn: a colour, a width in points, and solid, dashed or dotted."""

    colour: str
    width: float = WIDTH
    style: str = "solid"


class Wheel(NamedTuple):
    """Hues all round, for weights that nobody shares: where they begin, and how light and how full they are.

    ``hue`` is in degrees, ``lightness`` that of the middle, ``lean`` how much lighter yellow is and darker blue (as one
    expects of them, and has more of them in sRGB), ``span`` from the darkest of a hue to its lightest, ``chroma`` the
    most: lightness and chroma are those of OKLCH.
    """

    hue: float
    lightness: float
    lean: float
    span: float
    chroma: float


@dataclass(eq=False, repr=False)
class Theme:
    """Colours of a figure.

    ``palette`` tells weights apart: every pair is distinct in normal sight and under
    protanopia and deuteranopia (checked by the tests). ``sweep`` is for more weights than the
    palette has: hue and lightness both run one way. ``wheel`` is for those that nobody shares. ``diverging`` is negative, zero, positive;
    its middle is as pale as 3:1 allows. ``pens`` are what tells weights apart where the palette's
    colours do not, ``tints`` the fills of units; ``monochrome``: signs are told by line style, not by colour.
    ``hues`` are full colours for areas, of which shades are made; ``hairline`` is that of lines between cells.
    """

    background: str
    ink: str
    muted: str
    unit_fill: str
    input_fill: str
    unit_stroke: str
    faint: str
    palette: tuple[str, ...]
    sweep: tuple[Lab, ...]
    wheel: Wheel
    diverging: tuple[str, str, str]
    hues: tuple[str, ...]
    hairline: str
    own_pens: tuple[Stroke, ...] = ()
    own_tints: tuple[str, ...] = ()
    monochrome: bool = False

    @functools.cached_property
    def pens(self) -> tuple[Stroke, ...]:
        """A stroke for each of a few weights."""
        return self.own_pens or tuple(Stroke(colour) for colour in self.palette)

    @functools.cached_property
    def tints(self) -> tuple[str, ...]:
        """A fill for the units of each of a few layers or groups: the colours of the palette, pale."""
        return self.own_tints or tuple(map(self.pale, self.palette))

    def pale(self, colour: str) -> str:
        """A colour as a fill of units, on which labels are read."""
        return blend(colour, self.background, _PALE)

    @functools.cached_property
    def sweep_table(self) -> tuple[str, ...]:
        """The sweep as a table."""
        return table(self.sweep, self.background)

    @functools.cached_property
    def diverging_table(self) -> tuple[str, ...]:
        """The diverging map as a table, zero in the middle."""
        return table(tuple(lab(colour) for colour in self.diverging), self.background)


LIGHT = Theme(
    background="#ffffff",
    ink="#1b1f24",
    muted="#59616b",
    unit_fill="#ffffff",
    input_fill="#eef1f5",
    unit_stroke="#2b3139",
    faint="#868e98",
    palette=("#2468b4", "#d9622b", "#139a94", "#7a1f3d", "#8477e8", "#2a0f7a", "#a74543"),
    wheel=Wheel(hue=20, lightness=0.53, lean=0.06, span=0.16, chroma=0.18),
    sweep=tuple(polar(0.36 + 0.29 * i / 8, 0.165 - 0.02 * abs(i - 4) / 4, 280 + 130 * i / 8) for i in range(9)),
    diverging=("#134fa6", "#949494", "#bb1c2c"),
    hues=("#1f63b5", "#d4570f", "#12877b", "#8a3ca6", "#9a6c00", "#c2185b"),
    hairline="#aab2bd",
)
DARK = Theme(
    background="#14171c",
    ink="#eef1f5",
    muted="#a8b0bb",
    unit_fill="#14171c",
    input_fill="#262b33",
    unit_stroke="#c9d0d9",
    faint="#7b838e",
    palette=("#6cb2f7", "#ff9a62", "#35dccb", "#e0607f", "#7a75ee", "#f0ea4a", "#aa6a14"),
    wheel=Wheel(hue=25, lightness=0.74, lean=0.06, span=0.25, chroma=0.16),
    sweep=tuple(polar(0.58 + 0.32 * i / 8, 0.155 - 0.02 * abs(i - 4) / 4, 280 + 170 * i / 8) for i in range(9)),
    diverging=("#7fc0ff", "#6e6e6e", "#ff8f78"),
    hues=("#5b9ff0", "#f0894a", "#3dbfae", "#c188e2", "#d3a43c", "#f06c9e"),
    hairline="#4d5765",
)
PRINT = Theme(
    background="#ffffff",
    ink="#000000",
    muted="#333333",
    unit_fill="#ffffff",
    input_fill="#ededed",
    unit_stroke="#000000",
    faint="#8a8a8a",
    palette=("#000000", "#8a8a8a", "#5c5c5c", "#757575", "#404040", "#2b2b2b", "#666666"),
    wheel=Wheel(hue=0, lightness=0.31, lean=0.0, span=0.62, chroma=0.0),
    sweep=(Lab(0.0, 0.0, 0.0), Lab(0.62, 0.0, 0.0)),
    diverging=("#000000", "#000000", "#000000"),
    hues=("#000000", "#555555", "#888888", "#333333", "#6e6e6e", "#a0a0a0"),
    hairline="#999999",
    own_pens=(
        Stroke("#000000", 1.2),
        Stroke("#000000", 1.4, "dashed"),
        Stroke("#000000", 1.8, "dotted"),
        Stroke("#000000", 3.0),
        Stroke("#8a8a8a", 2.4),
        Stroke("#8a8a8a", 2.4, "dashed"),
        Stroke("#000000", 3.2, "dotted"),
    ),
    own_tints=("#d0d0d0", "#ffffff", "#a8a8a8", "#e8e8e8", "#bcbcbc", "#8c8c8c", "#f4f4f4"),
    monochrome=True,
)
THEME = {"light": LIGHT, "dark": DARK, "auto": LIGHT, "print": PRINT}
"""The theme of each name; ``auto`` is drawn light, and its dark colours are added to the SVG."""
