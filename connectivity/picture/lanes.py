"""Rows of channels as lanes: so leaned, and so far apart, that no connection runs behind a unit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from connectivity.errors import DrawingError
from connectivity.picture.ground import Ground

_LEANS = (0.0, 1 / 4, 1 / 3, 5 / 12, 1 / 2, 7 / 12, 2 / 3)  # of a pitch from row to row
_ROWS, _DEPTHS = (1.0, 1.35), (1.0, 1.7, 2.8, 4.0)  # how many times the usual distances of rows and of layers are tried
_PITCHES = (1.0, 1.45)  # ... and those of units along their layer
_AIR = 1.5  # from a connection to a unit that it passes, at least, in points
_MOST = 150_000  # pairs of a connection and a unit; beyond these nothing is tried


def settle_lanes(ground: Ground) -> None:
    """Lean the rows of a panel until every connection is clear of the units it passes.

    Raises DrawingError where no way is found.
    """
    if not any(column.across for column in ground.places.columns):
        return
    lines = len(ground.panel.whole) * len(ground.along)
    for lean, *factors in _ways() if lines <= _MOST else ():
        ground.lean(lean, *factors)
        if _is_clear(ground):
            return
    raise DrawingError(
        "rows of channels would hide connections behind units: units cells draws them as cells, channels stack one "
        "after the other",
        "channels",
    )


def _ways() -> Iterator[tuple[tuple[float, float], float, float, float]]:
    """Leans of rows in an input and behind it, and factors of distances, the plainest first."""
    leans = [(one, sign * other) for one in _LEANS for other in _LEANS for sign in (1.0, -1.0) if other or sign > 0]
    for pitch, depth, row in itertools.product(_PITCHES, _DEPTHS, _ROWS):
        for lean in leans:
            yield lean, row, depth, pitch


def _is_clear(ground: Ground) -> bool:
    wiring, needed = ground.view, ground.sizes.diameter / 2 + _AIR
    places = {unit: ground.at(unit) for unit in ground.along}
    for connection in ground.panel.whole:
        source, target = wiring.sources[connection], wiring.targets[connection]
        (x0, y0), (x1, y1) = places[source], places[target]
        across, up = x1 - x0, y1 - y0
        length = math.hypot(across, up) or 1.0
        low_x, high_x = min(x0, x1) - needed, max(x0, x1) + needed
        low_y, high_y = min(y0, y1) - needed, max(y0, y1) + needed
        for unit, (x, y) in places.items():
            if unit in (source, target) or not (low_x < x < high_x and low_y < y < high_y):
                continue
            along = ((x - x0) * across + (y - y0) * up) / length
            aside = abs((x - x0) * up - (y - y0) * across) / length
            if 0 < along < length and aside < needed:
                return False
    return True
