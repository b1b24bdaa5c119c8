"""How much of a graph is there yet: what a step of a motion has not reached is neither drawn nor written.

The graph itself stays whole, so that everything stands where it will stand in the end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

Joint = tuple[tuple[int, int], tuple[int, int], int]
"""A connection of a whole network: the keys of its source and of its target, and its parameter."""


class Stage(NamedTuple):
    """What is there: the ``layers`` that are drawn, and the connections that are ``grown``; None: all.

    ``written`` are the positions of units whose values are written, by their layers; of a layer that is not named all
    are.
    """

    layers: Collection[int] | None = None
    written: Mapping[int, Collection[int]] = {}  # nobody changes it
    grown: Collection[Joint] | None = None

    def draws(self, layer: int) -> bool:
        """Whether a layer is there.

        >>> Stage(layers={0, 1}).draws(2), Stage().draws(2)
        (False, True)
        """
        return self.layers is None or layer in self.layers

    def writes(self, layer: int, position: int) -> bool:
        """Whether the value of a unit is written.

        >>> Stage(written={1: {0}}).writes(1, 3), Stage(written={1: {0}}).writes(2, 3)
        (False, True)
        """
        return position in self.written.get(layer, (position,))


WHOLE = Stage()
"""Everything is there."""
