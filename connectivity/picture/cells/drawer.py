"""What all drawers of cells have: their panel, a sheet of their own, a brush, and a title."""

from __future__ import annotations

from connectivity.errors import DrawingError
from connectivity.picture.canvas import Numbers
from connectivity.picture.cells.brush import Brush
from connectivity.picture.cells.flow import Flow
from connectivity.picture.cells.panel import CellPanel
from connectivity.scene import Scene, Sheet
from connectivity.typeset.lengths import points, said

PANEL_TITLE_SIZE, _LEAST_TITLE = 14.0, 160.0
LEAST_SIDE = 2.0
"""The least side of a cell, in points."""


class CellDrawer:
    """Draws one panel on a sheet of its own; a form is a class that says how. ``flow`` is that of the panel.

    Of a ``sketch`` it matters how many marks there are and what room they take.
    """

    sketch = False

    def __init__(self, panel: CellPanel, paper: Scene, flow: Flow | None = None) -> None:
        self.panel, self.options, self.title = panel, panel.options, panel.title
        self.vertical, self.theme, self.layers = panel.vertical, panel.theme, panel.layers
        self.sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, paper.diameter, paper.unit_width, paper.font_size)
        )
        self.brush = Brush(self.sheet, flow or panel.flow, panel.theme)

    def side(self, usual: float, least: float) -> float:
        """The side of a cell that is usually so long, and ``least`` so long where there is little room, in points.

        Raises DrawingError for a pitch that is less than that.
        """
        distances, said_pitch = self.panel.distances, self.options.pitch
        if distances.pitch is None or said_pitch is None:
            return max(least, usual * distances.along)
        if distances.pitch < least - 0.01:
            scale = points(said_pitch, "pitch") / distances.pitch
            raise DrawingError(
                f"pitch {said_pitch} is too little: cells with their texts take {said(least * scale, said_pitch)} here",
                "pitch",
            )
        return distances.pitch

    def between(self, usual: float, least: float) -> float:
        """From one layer to the next, usually and at ``least`` so many cells: how many there are."""
        distances = self.panel.distances
        return distances.gap or max(least, usual * distances.across)

    def draw(self, numbers: Numbers) -> None:
        """Draw all but captions and title; ids are the next of ``numbers``."""
        raise NotImplementedError

    def add_captions(self, bottom: float) -> None:
        """Say what is drawn, from ``bottom`` down or beside it."""

    def add_title(self, top: float) -> None:
        """Put the title above ``top``."""
        if self.title:
            extent = self.sheet.extent
            middle, width = (extent.left + extent.right) / 2, max(extent.width, _LEAST_TITLE)
            self.sheet.title(self.title, middle, top, width, PANEL_TITLE_SIZE, gap=12.0)
