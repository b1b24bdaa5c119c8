"""The grid of a figure: what draws each panel, the rows that panels stand in, and where each of them is put."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from connectivity.layout.distances import Distances
from connectivity.layout.sizes import Sizes
from connectivity.options import Options
from connectivity.picture.graphview import GraphDrawer
from connectivity.picture.panel import Panel
from connectivity.scene import Extent, Scene, Sheet

if TYPE_CHECKING:
    from connectivity.picture.cells.drawer import CellDrawer
    from connectivity.picture.cells.panel import CellPanel
    from connectivity.picture.matrixview import MatrixDrawer

PANEL_GAP, MATRIX_GAP, LEAST_PANEL_GAP = 36.0, 26.0, 16.0
"""Between panels, from a graph to its matrices below it, and the least of both where there is little room, in points."""

WIDEST = 2.0
"""A graph with its matrices beside it is at most so many times as wide as high, unless told otherwise."""

Placed = tuple[Sheet, float, float]
"""A sheet and how far it is moved."""

Drawer: TypeAlias = "GraphDrawer | MatrixDrawer | CellDrawer"

AnyPanel: TypeAlias = "Panel | CellPanel"


class Group(NamedTuple):
    """What draws one panel: its graph, its cells or its matrices; and the ``matrices`` that stand with a graph."""

    main: Drawer
    matrices: MatrixDrawer | None = None

    @property
    def drawers(self) -> list[Drawer]:
        """One, or both."""
        return [self.main] if self.matrices is None else [self.main, self.matrices]


class Row(NamedTuple):
    """A row of a figure's grid, a place of it perhaps empty; ``gap`` is before the next one."""

    drawers: Sequence[Drawer | None]
    gap: float = PANEL_GAP


class Rooms:
    """How much room the panels of figures that lie on one another take: each as much as in any of them."""

    def __init__(self) -> None:
        self._extents: list[Extent] = []
        self.growths = 0

    def share(self, sheets: Sequence[Sheet]) -> None:
        """Give the sheets of a figure's panels the room of those before them; where they take more, ``growths`` counts it."""
        while len(self._extents) < len(sheets):
            self._extents.append(Extent())
        for sheet, room in zip(sheets, self._extents, strict=False):
            before = dataclasses.astuple(room)
            room.include(sheet.extent)
            self.growths += before != dataclasses.astuple(room)
            sheet.extent.include(room)


def drawers_of(panels: Sequence[AnyPanel], sizes: Sizes, paper: Scene) -> list[Group]:
    """What draws each panel: its graph, its matrices, or both."""
    groups: list[Group] = []
    for panel in panels:
        view = panel.options.view
        if not isinstance(panel, Panel):
            groups.append(Group(panel.drawer(paper, sizes.distances)))
        elif view in ("matrix", "both"):
            from connectivity.picture.matrixview import MatrixDrawer

            matrices = MatrixDrawer(panel, panel.title if view == "matrix" else None, paper, sizes.distances)
            groups.append(Group(matrices) if view == "matrix" else Group(GraphDrawer(panel, sizes, paper), matrices))
        else:
            groups.append(Group(GraphDrawer(panel, sizes, paper)))
    return groups


def grid_of(groups: Sequence[Group], columns: int, options: Options) -> list[Row]:
    """The rows of the figure, with so many panels each: matrices stand beside their graphs, or in a row below them."""
    rows = [groups[start : start + columns] for start in range(0, len(groups), columns)]
    if not _is_below(rows, options):
        for main, matrices in groups:
            if matrices is not None and isinstance(main, GraphDrawer):
                matrices.middle, matrices.one_row = main.middle(), True
        return [Row([drawer for group in row for drawer in group.drawers]) for row in rows]
    grid = []
    for row in rows:
        below = [group.matrices for group in row]
        grid.append(Row([group.main for group in row], MATRIX_GAP if any(below) else PANEL_GAP))
        if any(below):
            grid.append(Row(below))
    return grid


def _is_below(rows: Sequence[Sequence[Group]], options: Options) -> bool:
    """Whether matrices stand below their graphs: where it is asked for, and where the figure would be far too wide."""
    sizes = [
        [
            (main.measure(), matrices.measure())
            for main, matrices in row
            if matrices is not None and isinstance(main, GraphDrawer)
        ]
        for row in rows
    ]
    if options.matrix != "auto" or not any(sizes):
        return options.matrix == "below"
    wide = max(sum(graph[0] + PANEL_GAP + matrices[0] for graph, matrices in row) for row in sizes)
    high = sum(max((max(graph[1], matrices[1]) for graph, matrices in row), default=0.0) for row in sizes)
    room = min(matrices.room for row in rows for _, matrices in row if matrices is not None)
    return wide > min(WIDEST * high, room)


def share_depths(grid: Sequence[Row]) -> None:
    """Columns of networks that have as many of them are as far apart, where these are equal or stand on one line.

    On one line stand those in a row, or (running left or right) in a column of the grid.
    """
    kin: dict[Hashable, Hashable] = {}  # of a key that shares its panels with another, that one; else itself
    panels: list[tuple[GraphDrawer, Hashable]] = []
    for number, row in enumerate(grid):
        for column, panel in enumerate(row.drawers):
            if isinstance(panel, GraphDrawer):
                levels = tuple(panel.ground.branches.levels)
                there = _eldest(kin, (number if panel.vertical else column, levels))
                kin[there] = alike = _eldest(kin, (tuple(layer.shape for layer in panel.view.layers), levels))
                panels.append((panel, alike))
    groups: dict[Hashable, list[GraphDrawer]] = {}
    for panel, key in panels:
        groups.setdefault(_eldest(kin, key), []).append(panel)
    for group in groups.values():
        gaps = [max(ends) for ends in zip(*(panel.ground.gaps() for panel in group), strict=True)]
        for panel in group:
            panel.ground.level_depths = [0.0, *itertools.accumulate(gaps)]


def _eldest(kin: dict[Hashable, Hashable], key: Hashable) -> Hashable:
    """The key that stands for all that share panels with ``key``, which is led to it at once from then on."""
    eldest = kin.setdefault(key, key)
    while eldest != kin[eldest]:
        eldest = kin[eldest]
    kin[key] = eldest
    return eldest


def share_of(distances: Distances) -> float:
    """The share of usual gaps between panels: a distance as others are."""
    return min(1.0, distances.along, distances.across)


def assemble(grid: Sequence[Row], share: float) -> tuple[list[Placed], Extent]:
    """Places in a grid; in a row, titles, middles of networks and captions are on one line each."""
    for row in grid:
        _letter([drawer for drawer in row.drawers if drawer is not None])
    columns = itertools.zip_longest(*(row.drawers for row in grid))
    reaches = [_reach([drawer for drawer in column if drawer is not None]) for column in columns]
    placed: list[Placed] = []
    extent = Extent()
    top = 0.0
    for row in grid:
        there = [drawer.sheet.extent for drawer in row.drawers if drawer is not None]
        above, below = max(box.top for box in there), min(box.bottom for box in there)
        left = 0.0
        for panel, (before, behind) in zip(row.drawers, reaches, strict=False):
            width = before + behind
            y = top - above
            if panel is not None:
                placed.append((panel.sheet, left + before - _axis(panel), y))
            extent.cover(left + width / 2, y + (above + below) / 2, width, above - below)
            left += width + max(LEAST_PANEL_GAP, PANEL_GAP * share)
        top -= above - below + max(LEAST_PANEL_GAP, row.gap * share)
    return placed, extent


def _axis(panel: Drawer) -> float:
    """Where a panel is aligned with those over and under it: a network that runs up or down at its middle."""
    box = panel.sheet.extent
    return 0.0 if panel.vertical else (box.left + box.right) / 2


def _reach(column: Sequence[Drawer]) -> tuple[float, float]:
    """How far the panels of a column of the grid reach to the left and right of where they are aligned."""
    return (
        max(_axis(panel) - panel.sheet.extent.left for panel in column),
        max(panel.sheet.extent.right - _axis(panel) for panel in column),
    )


def _letter(row: Sequence[Drawer]) -> None:
    bottom = min(panel.sheet.extent.bottom for panel in row)
    for panel in row:
        panel.add_captions(bottom)
    top = max(panel.sheet.extent.top for panel in row)
    for panel in row:
        panel.add_title(top)
