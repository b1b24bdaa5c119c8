"""How large units are, from how many of them stand in a column and how wide their labels are."""

from __future__ import annotations

import math
from typing import NamedTuple

from connectivity.layout.distances import USUAL, Distances

LEAST_PITCH = 1.6
_DENSE_SLOPE = 0.4
_DENSE_ROWS, _DENSE_PITCH = 64, 14.0  # a long column keeps its height for long
_DENSE_GAP, _DENSE_LEAST = 112.0, 60.0  # from one column of these to the next, in points, and the least of it
_FEW = (26.0, 42.0, 13.0)  # diameter, pitch and size of labels, in points, where a column is short
_MANY, _SHORT = (22.0, 29.0, 9.5), 27  # ... and where it has more rows than so many
_AIR, _ARROW = 0.42, 16.0  # least room between two units of a layer, in diameters; between two layers, in points
_SHORTEST = 7.0  # an arrow of so many points is seen as one
_SMALLEST = 0.4  # units without labels shrink to this share of what is usual
_BOX, _CLEAR = 14.0, 0.9  # of a box round a group: its room in points, and in shares of what is between units
_GAP = 1.6  # from one layer to the next, in pitches
_WIDEST_BOX = 6.0  # how much wider than high a box may become for its text
_ROW_GAP = 7.0  # between two rows of channels, in points

HOP_ROOM = 5.0
"""From a unit's border to a connection that runs between the rows, in points."""


class Sizes(NamedTuple):
    """Sizes of units, in points; large figures get small ones without labels.

    ``width`` is more than ``diameter`` where units are boxes. ``pitch`` is from one unit to the next
    along a layer, ``row`` from one row of channels to the next, ``gap`` from one layer to the next, at least.
    ``distances`` are those they were made for.
    """

    diameter: float
    width: float
    pitch: float
    row: float
    font: float
    labelled: bool
    dense: bool = False
    gap: float = 0.0
    distances: Distances = USUAL

    @classmethod
    def of(
        cls,
        rows: float,
        labels: bool,
        widest: float,
        shape: str = "circle",
        vertical: bool = False,
        distances: Distances = USUAL,
    ) -> Sizes:
        """Sizes for a column of ``rows`` pitches, its widest label ``widest`` at font size 1."""
        if rows > _DENSE_ROWS:
            pitch = max(LEAST_PITCH, _DENSE_PITCH * _DENSE_ROWS / rows * distances.along, distances.pitch or 0.0)
            gap = max(_DENSE_LEAST, _DENSE_GAP * distances.tight)
            return cls(0.64 * pitch, 0.64 * pitch, pitch, pitch, 1.0, False, True, gap, distances)
        diameter, pitch, font = _MANY if rows > _SHORT else _FEW
        wanted = distances.pitch or pitch * distances.along
        room = widest * font + (9 if shape == "box" else 5)
        if wanted < pitch:
            least = max(font + 5, min(room, diameter)) if labels and widest else _SMALLEST * diameter
            diameter = max(least, diameter * wanted / pitch)
        between = max(_AIR * diameter, wanted - diameter)
        width = diameter
        if labels and room > diameter:
            if shape == "box":
                width = min(room, _WIDEST_BOX * diameter)
                font = min(font, (width - 9) / widest)
            else:
                width = diameter = min(room, 1.5 * diameter)
                font = min(font, (diameter - 5) / widest)
        along, across = (width, diameter) if vertical else (diameter, width)
        pitch, thick = along + between, across if vertical else diameter
        gap = distances.gap * pitch if distances.gap else max(thick + _ARROW, _GAP * pitch * distances.tight)
        row = across + _ROW_GAP
        return cls(diameter, width, pitch, row, font, labels and font >= 6, False, gap, distances)

    def with_hops(self, hops: int) -> Sizes:
        """The same with room for so many connections between two rows."""
        along = self.pitch - self.diameter  # what a wide unit takes more stays as it is
        least = (hops + 1) * (self.diameter / 2 + HOP_ROOM) - self.diameter
        return self if self.dense or along >= least else self._replace(pitch=self.pitch - along + least)

    def least_gap(self, vertical: bool) -> float:
        """The least distance of layers in pitches at which an arrow is seen between their units."""
        thick = self.diameter if vertical else self.width
        return math.ceil((thick + _SHORTEST) / self.pitch * 100) / 100

    def box_room(self, vertical: bool) -> float:
        """How much larger than its units the box round a group is, in points: it stays clear of the units beside it."""
        along = self.width if vertical else self.diameter
        return min(_BOX, _CLEAR * (self.pitch - along))

    @property
    def slope(self) -> float:
        """The depth to give a reach of 1, so that an arrow passes its target's neighbours.

        At an angle a to the column, it passes a neighbour's centre at ``pitch * sin(a)``.
        """
        clearance = min(0.9, (self.diameter / 2 + 1.5) / self.pitch) if not self.dense else _DENSE_SLOPE
        return clearance / math.sqrt(1 - clearance**2)
