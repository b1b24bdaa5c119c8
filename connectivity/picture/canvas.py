"""What the drawers of one panel share: its places, its sheet, its colours, and the ids of what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectivity.colour.paint import Painter
from connectivity.picture.ground import Ground
from connectivity.picture.panel import Panel
from connectivity.scene import Sheet


@dataclass(eq=False, repr=False)
class Canvas:
    """A panel that is being drawn.

    ``painter`` is that of connections, what is highlighted stronger; ``texts`` are what stands at them; ``ids`` those
    of units that are drawn; ``dense``: connections are too many to have ids and tooltips.
    """

    panel: Panel
    ground: Ground
    sheet: Sheet
    painter: Painter
    texts: Mapping[int, str]
    ids: dict[int, str]
    dense: bool


class Numbers:
    """Generated ids, in one sequence for the whole figure."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._weights: dict[tuple[int, int, int], str] = {}

    def id(self, prefix: str) -> str:
        """The next id with ``prefix``: u1, u2, ..."""
        self._next[prefix] = self._next.get(prefix, 0) + 1
        return f"{prefix}{self._next[prefix]}"

    def weight(self, panel: Panel, connection: int) -> str:
        """The class of a weight, the same wherever a panel shows it: w1, w2, ... of those that several marks have.

        Of the others it is v1, v2, ...: nothing else lights up with them.
        """
        wiring = panel.wiring
        key = (id(panel), wiring.owner(wiring.layer(connection)), wiring.parameters[connection])
        if key not in self._weights:
            self._weights[key] = self.id("w" if panel.marks_of(connection) > 1 else "v")
        return self._weights[key]
