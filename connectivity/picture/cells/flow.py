"""The two axes of a panel of cells: along its layers (positions), and across them, in the direction of the data."""

from __future__ import annotations

from dataclasses import dataclass

from connectivity.picture.directions import on_paper
from connectivity.scene import Point


@dataclass(frozen=True)
class Flow:
    """Points on paper from places along a layer and across layers, both in points.

    Positions run down where data flows right or left, and right where it flows down or up. Channels are read from
    left to right, or from top to bottom, whichever way the data flows.
    """

    direction: str

    @property
    def vertical(self) -> bool:
        """Whether data flows down or up."""
        return self.direction in ("BT", "TB")

    @property
    def backwards(self) -> bool:
        """Whether data flows against the order in which channels are read."""
        return self.direction in ("RL", "BT")

    def point(self, along: float, across: float) -> Point:
        """The point on paper."""
        return on_paper(self.direction, along, across)

    def rectangle(self, along: tuple[float, float], across: tuple[float, float]) -> tuple[Point, ...]:
        """The corners of a rectangle."""
        (a, b), (c, d) = along, across
        return self.point(a, c), self.point(b, c), self.point(b, d), self.point(a, d)
