"""Where the outputs of a resampling lie among the positions of its input, in whole numbers: nothing is rounded."""

from __future__ import annotations

import bisect
import functools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

COORDINATES = ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners")
"""How the positions of output and input are matched, in ONNX's words (https://onnx.ai/onnx/operators/onnx__Resize.html)."""

ROUNDINGS = ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
"""Which position an output is that lies between two; the last two differ where it lies in the middle."""

_SINGLE = 1e-7  # what a scale is off by when it was stored in single precision


class Grid(NamedTuple):
    """``width`` outputs among ``length`` positions: output t lies at ``(t * step - offset) / over``."""

    over: int
    step: int
    offset: int
    length: int
    width: int

    @classmethod
    def of(cls, coordinates: str, scale: Fraction, length: int, width: int) -> Grid:
        """The grid of ``coordinates``, one of COORDINATES; ``scale`` outputs for each position."""
        over, step = scale.numerator, scale.denominator
        if coordinates == "align_corners":
            return cls(max(1, width - 1), max(1, length - 1), 0, length, width)
        if coordinates == "asymmetric":
            return cls(over, step, 0, length, width)
        if coordinates == "pytorch_half_pixel" and width == 1:
            return cls(1, 1, 0, length, width)
        return cls(2 * over, 2 * step, over - step, length, width)

    def place(self, t: int) -> tuple[int, float]:
        """The position before output ``t`` (which may be outside of the input), and how far behind it it lies."""
        place, beyond = divmod(t * self.step - self.offset, self.over)
        return place, beyond / self.over

    def nearest(self, t: int, rounding: str) -> int:
        """The position that output ``t`` is, ``rounding`` being one of ROUNDINGS; what lies outside is the end.

        >>> from fractions import Fraction
        >>> grid = Grid.of("half_pixel", Fraction(2), 2, 4)  # at -1/4, 1/4, 3/4 and 5/4
        >>> [grid.nearest(t, "ceil") for t in range(4)], [grid.nearest(t, "round_prefer_floor") for t in range(4)]
        ([0, 1, 1, 1], [0, 0, 1, 1])
        """
        step, shift, over = self._rounding(rounding)
        return self.inside((t * step + shift) // over)

    def _rounding(self, rounding: str) -> tuple[int, int, int]:
        """(step, shift, over): output t is position ``(t * step + shift) // over``."""
        shifts = {"round_prefer_floor": self.over - 1, "round_prefer_ceil": self.over}
        if rounding in shifts:
            return 2 * self.step, shifts[rounding] - 2 * self.offset, 2 * self.over
        return self.step, (self.over - 1 if rounding == "ceil" else 0) - self.offset, self.over

    def unseen(self, rounding: str | None, reach: int) -> list[int]:
        """The positions that no output is, or (``rounding`` None) that are not among the ``2 * reach`` about one."""
        seen = bytearray(self.length)
        if rounding is not None:
            step, shift, over = self._rounding(rounding)
            for t in range(self.width):
                seen[self.inside((t * step + shift) // over)] = 1
        else:
            for t in range(self.width):
                place, beyond = self.place(t)
                for number in range(place + 1 - reach, place + 1 + reach) if beyond else (place,):
                    seen[self.inside(number)] = 1
        return [position for position, there in enumerate(seen) if not there]

    def inside(self, place: int) -> int:
        """A position, or the end that it lies outside of."""
        return min(max(place, 0), self.length - 1)

    def rounded(self, position: int, rounding: str) -> range:
        """The outputs that are ``position``: neighbours, since no output lies before the one before it."""
        outputs = range(self.width)
        first = bisect.bisect_left(outputs, position, key=lambda t: self.nearest(t, rounding))
        last = bisect.bisect_right(outputs, position, key=lambda t: self.nearest(t, rounding))
        return range(first, last)

    def around(self, position: int, reach: int) -> range:
        """The outputs less than ``reach`` from ``position``; from one at an end, all that lie beyond it too."""
        first = ((position - reach) * self.over + self.offset) // self.step + 1 if position else 0
        last = -(-((position + reach) * self.over + self.offset) // self.step)
        last = last if position < self.length - 1 else self.width
        return range(max(0, first), min(last, self.width))

    def on(self, low: int, high: int) -> int:
        """How many outputs lie on a position, among those from ``low`` to ``high - 1``."""
        common = math.gcd(self.step, self.over)
        if self.offset % common or high <= low:
            return 0
        period = self.over // common
        first = self.offset // common * pow(self.step // common, -1, period) % period
        return (high - 1 - first) // period - (low - 1 - first) // period

    def between(self, place: int) -> range:
        """The outputs that lie at ``place`` or behind it, and before the next position."""
        first, last = (-(-(at * self.over + self.offset) // self.step) for at in (place, place + 1))
        return range(min(max(first, 0), self.width), min(max(last, 0), self.width))

    def ends(self) -> Iterator[int]:
        """The positions before which, or behind which, an output has fewer than four in its reach."""
        yield from dict.fromkeys((-1, 0, self.length - 2, self.length - 1))


@functools.lru_cache(maxsize=64)
def simplest(scale: float) -> Fraction:
    """The simplest fraction that is ``scale`` in single precision: what was meant by 0.6, and not what is stored.

    >>> simplest(1.5), simplest(0.6000000238418579), simplest(3)
    (Fraction(3, 2), Fraction(3, 5), Fraction(3, 1))
    """
    from fractions import Fraction

    exact = Fraction(scale)
    found = (exact.limit_denominator(10**digits) for digits in range(7))
    return next((each for each in found if abs(each - exact) <= _SINGLE * exact), exact)
