"""From a weight's value to its stroke: a colour, a width, and in print a style."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Mapping, Sequence

from connectivity.colour.ends import ends_of, largest
from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.spaces import STEPS, named_table
from connectivity.colour.themes import Stroke, Theme
from connectivity.errors import DrawingError
from connectivity.options import Options
from connectivity.typeset.text import short

_LEAST, _MOST = 1e-100, 1e100  # sizes of weights at the ends of a scale: what lies between them can be divided


class Scales:
    """The scales of a figure: of each layer by its key, of which ``weights`` are the values that are drawn.

    ``apart``: they differ.
    """

    def __init__(self, weights: Mapping[Hashable, Sequence[float]], options: Options, theme: Theme) -> None:
        ends = ends_of(weights, options)
        self.apart = len(set(ends.values())) > 1
        every = [value for values in weights.values() for value in values]
        self._common = Scale(every, options, theme, next(iter(ends.values()), None))
        self._own: dict[Hashable, Scale] = {}
        if self.apart:
            self._own = {key: Scale(values, options, theme, ends[key]) for key, values in weights.items()}

    def of(self, layer: Hashable) -> Scale:
        """The scale of a layer."""
        return self._own.get(layer, self._common)


class Scale:
    """The map from a weight's value to its stroke; it ends at ``end``, or at the largest of ``weights``."""

    def __init__(self, weights: Sequence[float], options: Options, theme: Theme, end: float | None = None) -> None:
        self._range = min(weights, default=0.0), max(weights, default=0.0)
        self.limits = _limits(largest(self._range) if end is None else end, options) if weights else None
        self._colormap, self._theme = options.colormap, theme

    @functools.cached_property
    def colours(self) -> tuple[str, ...]:
        """The colours from the lower limit to the upper."""
        background = self._theme.background
        return named_table(self._colormap, background) if self._colormap else self._theme.diverging_table

    @functools.cached_property
    def strokes(self) -> list[Stroke]:
        """A stroke for each colour."""
        return _thick(self.colours, self.limits, self._theme.monochrome)

    def stroke(self, weight: float | None) -> Stroke:
        """The stroke of a weight; beyond the limits, that of the limit."""
        if self.limits is None or weight is None:
            return self.strokes[STEPS // 2]
        low, high = self.limits
        share = (weight / 2 - low / 2) / (high / 2 - low / 2)  # of the largest floats, too
        return self.strokes[min(STEPS - 1, max(0, int(share * STEPS)))]

    def key(self) -> Key:
        """The colour bar; on paper, a line for each sign. Its ends say where weights lie beyond them."""
        low, high = self.limits or (-1.0, 1.0)
        least, most = self._range
        first = f"\u2264 {short(low)}" if least < low else short(low)
        last = f"\u2265 {short(high)}" if most > high else short(high)
        if self._theme.monochrome:
            ends = (self.strokes[0], first), (self.strokes[STEPS // 2], "0"), (self.strokes[-1], last)
            return Swatches("weight", ends)
        middle = ("0",) if short(low) == short(-high) else ()
        return Bar("weight", self.colours, (first, *middle, last))


def _limits(end: float, options: Options) -> tuple[float, float]:
    """The weights at the ends of the scale: symmetric about 0 unless told otherwise."""
    end = min(max(end, _LEAST), _MOST) if end else 1.0
    low, high = options.vmin, options.vmax
    for name, limit in (("vmin", low), ("vmax", high)):
        if limit is not None and limit and not _LEAST <= abs(limit) <= _MOST:
            raise DrawingError(
                f"{name} {limit:g} is no end of a scale; it must be 0, or from {_LEAST:g} to {_MOST:g} in size", name
            )
    if low is None:
        low = -(high if high is not None and high > 0 else end)
    if high is None:
        high = -low if low < 0 else end
    if low >= high:
        bound, other = ("vmin", "vmax") if options.vmin is not None else ("vmax", "vmin")
        raise DrawingError(
            f"{bound} {getattr(options, bound):g} leaves no range: the other end is {high if bound == 'vmin' else low:g}, "
            f"by the largest weight; give {other} as well",
            bound,
        )
    return low, high


def _thick(colours: Sequence[str], limits: tuple[float, float] | None, monochrome: bool) -> list[Stroke]:
    """A width for each colour as well: by magnitude, so that a strong weight is seen first.

    Without colours, negative weights are dashed and those next to zero dotted.
    """
    low, high = limits or (-1.0, 1.0)
    largest = max(abs(low), abs(high))
    strokes = []
    for step, colour in enumerate(colours):
        share = (step + 0.5) / STEPS
        value = low * (1 - share) + high * share
        style = "solid"
        if monochrome:
            style = "dotted" if abs(value) < 1.5 * largest / STEPS else "dashed" if value < 0 else "solid"
        strokes.append(Stroke(colour, round(0.8 + 1.2 * abs(value) / largest, 1), style))
    return strokes
