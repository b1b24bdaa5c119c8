"""Where captions stand beside their layers."""

from __future__ import annotations

import enum


class Side(enum.Enum):
    """Where a caption stands: in line with all others, on the layer's other side, right behind it.

    Or beyond it, where no connections lead on; or at the bracket of a join.
    """

    BASE = enum.auto()
    BEFORE = enum.auto()
    BEHIND = enum.auto()
    BEYOND = enum.auto()
    BRACKET = enum.auto()
