"""How far apart things stand where a figure is to have a size of its own: text keeps its size, distances give way."""

from __future__ import annotations

from typing import NamedTuple


class Distances(NamedTuple):
    """Shares of what is usual: ``along`` layers, from unit to unit, and ``across`` them, from layer to layer.

    What is too little for what is drawn counts as the least that is enough, so that 0 is as tight as can be.
    ``narrow``: captions are wrapped. ``pitch`` (in points, before the whole is scaled) and ``gap`` (in pitches) are
    the distances of units and of layers where a user says them.
    """

    along: float = 1.0
    across: float = 1.0
    narrow: bool = False
    pitch: float | None = None
    gap: float | None = None

    def sharing(self, name: str, share: float) -> Distances:
        """The same with another share ``along`` or ``across``."""
        return self._replace(along=share) if name == "along" else self._replace(across=share)

    @property
    def tight(self) -> float:
        """The share of usual distances across, where these are less."""
        return min(1.0, self.across)

    @property
    def wide(self) -> float:
        """The share of usual distances across, where these are more."""
        return max(1.0, self.across)


USUAL = Distances()
"""Nothing is changed."""
