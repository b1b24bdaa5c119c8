"""Numbers as colours of cells: two hues away from a ground that is almost the page's, zero in the middle."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence

from connectivity.colour.ends import largest, percentile, ranked
from connectivity.colour.keys import Area, Areas, Bar, Key
from connectivity.colour.spaces import STEPS, blend, named_table
from connectivity.colour.themes import Theme
from connectivity.options import Options
from connectivity.typeset.text import short

_USUAL, _FAR = 0.98, 1.5  # a number is far off that is so many times larger than such a share of all
_STEP = 0.5  # limits are multiples of so much of their power of ten


class CellScale:
    """The map from a number to the colour of its cell, symmetric about 0, up to ``limit`` on both sides.

    The limit is the largest of ``numbers`` rounded up, or what the options say of the ends of the map.
    """

    def __init__(self, numbers: Sequence[float], options: Options, theme: Theme) -> None:
        self._theme, self._colormap = theme, options.colormap
        self._largest = largest(numbers)
        if not math.isfinite(self._largest):  # of a maximum over nothing
            self._largest = largest([number for number in numbers if math.isfinite(number)])
        ends = [abs(end) for end in (options.vmin, options.vmax) if end]
        self.limit = max(ends) if ends else rounded_up(self._largest)

    @classmethod
    def of_most(cls, numbers: Sequence[float], options: Options, theme: Theme) -> CellScale:
        """A scale for ``numbers`` of which a few may be far larger than the others, which are beyond its ends."""
        scale = cls(numbers, options, theme)
        if numbers and not (options.vmin or options.vmax):
            usual = ranked(numbers, min(len(numbers) - 1, int(_USUAL * len(numbers))))
            if usual and scale._largest > _FAR * usual:
                scale.limit = rounded_up(usual)
        return scale

    @classmethod
    def of_layers(
        cls, numbers: Mapping[int, Sequence[float]], options: Options, theme: Theme, *, apart: bool
    ) -> dict[int, CellScale]:
        """The scales of layers with these weights, as the options say; ``apart``: unless they do, one a layer, as of_most."""
        if options.scale == "layer":
            return {layer: cls(ones, options, theme) for layer, ones in numbers.items()}
        if options.scale == "auto" and apart:
            return {layer: cls.of_most(ones, options, theme) for layer, ones in numbers.items()}
        every = [number for ones in numbers.values() for number in ones]
        scale = cls(every, options, theme)
        if options.scale == "p99" and not (options.vmin or options.vmax):
            scale.limit = rounded_up(percentile(every))
        return dict.fromkeys(numbers, scale)

    @functools.cached_property
    def colours(self) -> tuple[str, ...]:
        """From the lower limit to the upper."""
        theme = self._theme
        if self._colormap:
            return named_table(self._colormap, theme.background)
        low, high = (theme.ink, theme.ink) if theme.monochrome else theme.hues[:2]
        colours = []
        for step in range(STEPS):
            share = 2 * step / (STEPS - 1) - 1
            strength = 0.5 * abs(share) if theme.monochrome else abs(share)
            colours.append(blend(zero_fill(theme), high if share > 0 else low, strength))
        return tuple(colours)

    def fill(self, number: float) -> str:
        """The colour of a cell; beyond the limits, that of the limit."""
        share = max(-1.0, min(1.0, number / self.limit))
        return self.colours[round((share + 1) / 2 * (STEPS - 1))]

    @property
    def beyond(self) -> bool:
        """Whether some numbers lie beyond its limits."""
        return self._largest > self.limit * (1 + 1e-9)

    def share(self, number: float) -> float:
        """How large a number is, of the limit: from 0 to 1."""
        return min(1.0, abs(number) / self.limit)

    def key(self, title: str, where: str = "") -> Key:
        """The bar of a legend, whose ends say where numbers lie beyond them; on paper, what the squares in cells mean.

        ``where`` is the layer it is of, where others have scales of their own.
        """
        title = f"{title}s of {where}" if where else title
        if self._theme.monochrome:
            ink, most = self._theme.ink, short(self.limit)
            return Areas(
                (
                    (Area(ink, mark="filled"), f"{title}: positive"),
                    (Area(ink, mark="open"), f"{title if where else ''} negative; a full cell is {most}".strip()),
                )
            )
        low, high = short(-self.limit), short(self.limit)
        ends = (f"\u2264 {low}", "0", f"\u2265 {high}") if self.beyond else (low, "0", high)
        return Bar(title, self.colours, ends)


def zero_fill(theme: Theme) -> str:
    """What the cell of a zero is filled with."""
    return blend(theme.background, theme.input_fill, 0.6)


def rounded_up(largest: float) -> float:
    """A limit for numbers up to ``largest``: up to the next half of a power of ten; 1 where all are 0.

    >>> rounded_up(1.35), rounded_up(0.45), rounded_up(2.81), rounded_up(0.0)
    (1.5, 0.45, 3.0, 1.0)
    """
    if not largest > 0:
        return 1.0
    step = _STEP * 10.0 ** math.floor(math.log10(largest))
    return float(f"{math.ceil(largest / step - 1e-9) * step:.6g}")
