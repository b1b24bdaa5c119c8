"""Which way the data flows, on paper."""

from __future__ import annotations

from connectivity.scene import Point


def on_paper(direction: str, along: float, across: float) -> Point:
    """The point of a place along a layer and across layers, all in points; ``direction`` is LR, RL, TB or BT.

    Positions run down where data flows right or left, and right where it flows down or up.

    >>> on_paper("LR", 3.0, 10.0), on_paper("BT", 3.0, 10.0)
    ((10.0, -3.0), (3.0, 10.0))
    """
    match direction:
        case "LR":
            return across, -along
        case "RL":
            return -across, -along
        case "TB":
            return along, -across
    return along, across
