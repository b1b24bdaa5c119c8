"""Rectangles, and what runs through them."""

from __future__ import annotations

import math
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

    def distance(self, start: Point, end: Point) -> float:
        """From it to a straight line from ``start`` to ``end``; 0 where that runs through it.

        >>> Rectangle(0, 0, 2, 1).distance((0, 3), (4, 3)), Rectangle(0, 0, 2, 1).distance((1, -1), (1, 2))
        (2.0, 0.0)
        """
        if self.is_crossed(start, end):
            return 0.0
        corners = ((x, y) for x in (self.left, self.right) for y in (self.bottom, self.top))
        return min(*(_away(corner, start, end) for corner in corners), self._to(start), self._to(end))

    def _to(self, point: Point) -> float:
        """From it to a point."""
        across = max(self.left - point[0], 0.0, point[0] - self.right)
        return math.hypot(across, max(self.bottom - point[1], 0.0, point[1] - self.top))


def _away(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch of a line."""
    across, up = end[0] - start[0], end[1] - start[1]
    square = across * across + up * up or 1.0
    share = min(1.0, max(0.0, ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / square))
    return math.hypot(point[0] - start[0] - share * across, point[1] - start[1] - share * up)
