"""How large units are, from how many of them stand in a column and how wide their labels are."""

from __future__ import annotations

import math
from typing import NamedTuple

LEAST_PITCH = 1.6
_DENSE_SLOPE = 0.4
_DENSE_ROWS, _DENSE_PITCH = 64, 14.0  # a long column keeps its height for long
_WIDEST_BOX = 6.0  # how much wider than high a box may become for its text
_ROW_GAP = 7.0  # between two rows of channels, in points

HOP_ROOM = 5.0
"""From a unit's border to a connection that runs between the rows, in points."""


class Sizes(NamedTuple):
    """Sizes of units, in points; large figures get small ones without labels.

    ``width`` is more than ``diameter`` where units are boxes. ``pitch`` is from one unit to the next
    along a layer, ``row`` from one row of channels to the next.
    """

    diameter: float
    width: float
    pitch: float
    row: float
    font: float
    labelled: bool
    dense: bool = False

    @classmethod
    def of(cls, rows: float, labels: bool, widest: float, shape: str = "circle", vertical: bool = False) -> Sizes:
        """Sizes for a column of ``rows`` pitches, its widest label ``widest`` at font size 1."""
        if rows > _DENSE_ROWS:
            pitch = max(LEAST_PITCH, _DENSE_PITCH * _DENSE_ROWS / rows)
            return cls(0.64 * pitch, 0.64 * pitch, pitch, pitch, 1.0, labelled=False, dense=True)
        diameter, pitch, font = (22.0, 29.0, 9.5) if rows > 27 else (30.0, 42.0, 13.0)
        gap = pitch - diameter
        width, room = diameter, widest * font + (9 if shape == "box" else 5)
        if labels and room > diameter:
            if shape == "box":
                width = min(room, _WIDEST_BOX * diameter)
                font = min(font, (width - 9) / widest)
            else:
                width = diameter = min(room, 1.5 * diameter)
                font = min(font, (diameter - 5) / widest)
        along, across = (width, diameter) if vertical else (diameter, width)
        return cls(diameter, width, along + gap, across + _ROW_GAP, font, labelled=labels and font >= 6)

    def with_hops(self, hops: int) -> Sizes:
        """The same with room for so many connections between two rows."""
        along = self.pitch - self.diameter  # what a wide unit takes more stays as it is
        least = (hops + 1) * (self.diameter / 2 + HOP_ROOM) - self.diameter
        return self if self.dense or along >= least else self._replace(pitch=self.pitch - along + least)

    @property
    def slope(self) -> float:
        """The depth to give a reach of 1, so that an arrow passes its target's neighbours.

        At an angle a to the column, it passes a neighbour's centre at ``pitch * sin(a)``.
        """
        clearance = min(0.9, (self.diameter / 2 + 2) / self.pitch) if not self.dense else _DENSE_SLOPE
        return clearance / math.sqrt(1 - clearance**2)
