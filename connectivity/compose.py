"""Panels to a figure: the grid they stand in, title, legend, and the paper around them."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity import words
from connectivity.errors import DrawingError
from connectivity.graph import GraphView
from connectivity.legend import add_legend
from connectivity.options import Options
from connectivity.paint import paint
from connectivity.panel import Arranged, Numbers, PanelDrawer, Sizes, label_width, unit_labels
from connectivity.scene import LEADING, Extent, Scene, Sheet, Text
from connectivity.themes import THEME

COORDINATE_LIMIT = 1_000_000
"""The longest side of a figure, in points."""

TIPPED_ARROWS = 5_000
"""Up to so many arrows have an id, a class and a tooltip each; more would only weigh."""

HEADED_ARROWS = 700
"""Up to so many arrows have heads; among more they are a smear."""

MARGIN = 12.0
PANEL_GAP = 44.0
TITLE_SIZE = 17.0


def compose(views: Sequence[GraphView], options: Options) -> Scene:
    """The scene of a figure with one panel for each view.

    Raises DrawingError beyond ``max_edges`` or COORDINATE_LIMIT.
    """
    theme = THEME[options.theme]
    titles = _titles(views, options)
    arranged = [Arranged.of(view, options) for view in views]
    drawn = sum(len(item.whole) for item in arranged)
    if drawn > options.max_edges:
        raise DrawingError(
            f"{drawn:,} connections to draw; at most {options.max_edges:,} "
            "(--max-edges allows more, --max-units shows fewer)"
        )
    painters, keys = paint([(item.view, item.whole) for item in arranged], options)
    sizes = _sizes(arranged, options)
    paper = Scene(theme.background, theme.ink, theme.unit_stroke, sizes.diameter, sizes.font)
    paper.arrows = drawn <= HEADED_ARROWS
    numbers = Numbers()
    panels = [
        PanelDrawer(item, painter, title, sizes, options, paper).draw(numbers, tipped=drawn <= TIPPED_ARROWS)
        for item, painter, title in zip(arranged, painters, titles, strict=True)
    ]
    sheet = Sheet(paper, _assemble(paper, panels, options.columns))
    middle = (sheet.extent.left + sheet.extent.right) / 2
    if options.title:
        y = sheet.extent.top + 16 + TITLE_SIZE * LEADING / 2
        sheet.text(Text(middle, y, options.title, TITLE_SIZE, theme.ink, bold=True, classes="title"))
    if options.legend:
        add_legend(sheet, keys, middle, theme)
    scene = _on_paper(sheet)
    scene.title = options.title or " and ".join(dict.fromkeys(title for title in titles if title)) or "connectivity graph"
    scene.description = options.description or words.description(views, titles)
    return scene


def _titles(views: Sequence[GraphView], options: Options) -> list[str | None]:
    if options.panel_titles:
        if len(options.panel_titles) != len(views):
            raise DrawingError(
                f"{len(options.panel_titles)} panel titles for {len(views)} panels; give one for each"
            )
        return [title or None for title in options.panel_titles]
    return [words.panel_title(view) for view in views] if len(views) > 1 else [None]


def _sizes(panels: Sequence[Arranged], options: Options) -> Sizes:
    """One size of units for the whole figure, from its longest column and its widest label."""
    rows, widest = 0.0, 0.0
    for panel in panels:
        labels = unit_labels(panel.view) if options.labels else {}
        for column in panel.places.columns:
            low, high = column.span()
            rows = max(rows, high - low)
            widest = max([widest, *(label_width(labels[unit]) for unit in column.along if unit in labels)])
    return Sizes.of(rows, options.labels, widest)


def _assemble(paper: Scene, panels: Sequence[Sheet], columns: int) -> Extent:
    """Put the panels into a grid: middles of networks on one line, columns as wide as their widest."""
    columns = columns or len(panels)
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    widths = [max(row[c].extent.width for row in rows if c < len(row)) for c in range(len(rows[0]))]
    grid = Sheet(paper)
    top = 0.0
    for row in rows:
        above = max(panel.extent.top for panel in row)
        below = min(panel.extent.bottom for panel in row)
        left = 0.0
        for panel, width in zip(row, widths, strict=False):
            x = left + (width - panel.extent.width) / 2 - panel.extent.left
            y = top - above
            grid.put(panel.marks, x, y)
            grid.extent.cover(left + width / 2, y + (above + below) / 2, width, above - below)
            left += width + PANEL_GAP
        top -= above - below + PANEL_GAP
    return grid.extent


def _on_paper(sheet: Sheet) -> Scene:
    """The finished sheet with a margin, its lower left corner at (0, 0)."""
    marks, extent = sheet.marks, sheet.extent
    moved = Scene(marks.background, marks.ink, marks.unit_stroke, marks.diameter, marks.font_size, arrows=marks.arrows)
    moved.width = extent.width + 2 * MARGIN
    moved.height = extent.top - extent.bottom + 2 * MARGIN
    side = max(moved.width, moved.height)
    if side > COORDINATE_LIMIT:
        raise DrawingError(f"the figure is {side:,.0f} points long; at most {COORDINATE_LIMIT:,} (see --max-units)")
    Sheet(moved).put(marks, MARGIN - extent.left, MARGIN - extent.bottom)
    return moved
