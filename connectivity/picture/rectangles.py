"""Rectangles, and what runs through them."""

from __future__ import annotations

from typing import NamedTuple

Point = tuple[float, float]


class Rectangle(NamedTuple):
    """A rectangle from one corner, (left, bottom), to the other; in any coordinates."""

    left: float
    bottom: float
    right: float
    top: float

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether a straight line from ``start`` to ``end`` runs through it.

        By Liang and Barsky, "A new concept and method for line clipping" (1984): of the line's share that lies inside
        each side in turn something must be left.

        >>> Rectangle(0, 0, 2, 1).is_crossed((-1, 0.5), (3, 0.5)), Rectangle(0, 0, 2, 1).is_crossed((-1, 2), (3, 2))
        (True, False)
        """
        first, last = 0.0, 1.0
        across, up = end[0] - start[0], end[1] - start[1]
        for step, room in (
            (-across, start[0] - self.left),
            (across, self.right - start[0]),
            (-up, start[1] - self.bottom),
            (up, self.top - start[1]),
        ):
            if not step and room <= 0:
                return False
            if step < 0:
                first = max(first, room / step)
            elif step > 0:
                last = min(last, room / step)
        return first < last - 1e-9
