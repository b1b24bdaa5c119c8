"""Panels to a figure: the grid they stand in, title, legend, and the paper around them."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity import words
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.legend import add_legend
from connectivity.options import Options
from connectivity.paint import paint
from connectivity.panel import LEAST_PITCH, Arranged, Numbers, PanelDrawer, Sizes, label_width
from connectivity.scene import Extent, Scene, Sheet
from connectivity.themes import THEME
from connectivity.view import GraphView

COORDINATE_LIMIT = 1_000_000
"""The longest side of a figure, in points."""

TIPPED_ARROWS = 5_000
"""Up to so many arrows have an id, a class and a tooltip each; more would only weigh."""

HEADED_ARROWS = 700
"""Up to so many arrows have heads; among more they are a smear."""

MARGIN = 12.0
PANEL_GAP = 44.0
TITLE_SIZE = 17.0
LEAST_TITLE = 300.0
"""Titles are wrapped at the width of what they stand over, but not below this, in points."""

Placed = tuple[Sheet, float, float]
"""A sheet and how far it is moved."""


def compose(views: Sequence[GraphView], options: Options) -> Scene:
    """The scene of a figure with one panel for each view.

    Raises DrawingError beyond ``max_edges`` or COORDINATE_LIMIT.
    """
    theme = THEME[options.theme]
    titles = _titles(views, options)
    _check_layers(views, options)
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
    paper.arrows, paper.dense = drawn <= HEADED_ARROWS, drawn > TIPPED_ARROWS
    numbers = Numbers()
    panels = []
    for item, painter, title in zip(arranged, painters, titles, strict=True):
        panels.append(PanelDrawer(item, painter, title, sizes, options, paper))
        panels[-1].draw(numbers)
    grid, extent = _assemble(panels, options.columns)
    sheet = Sheet(Scene(paper.background, paper.ink, paper.unit_stroke, paper.diameter, paper.font_size), extent)
    middle = (sheet.extent.left + sheet.extent.right) / 2
    if options.title:
        width = max(extent.width, LEAST_TITLE)
        sheet.title(options.title, middle, extent.top, width, TITLE_SIZE, gap=16.0)
    if options.legend:
        add_legend(sheet, keys, middle, theme)
    _put_on_paper(paper, [*grid, (sheet, 0.0, 0.0)], extent)
    paper.title = (
        options.title or " and ".join(dict.fromkeys(title for title in titles if title)) or "connectivity graph"
    )
    paper.description = options.description or words.description(views, titles)
    return paper


def _titles(views: Sequence[GraphView], options: Options) -> list[str | None]:
    if options.panel_titles:
        if len(options.panel_titles) != len(views):
            raise DrawingError(f"{len(options.panel_titles)} panel titles for {len(views)} panels; give one for each")
        return [title or None for title in options.panel_titles]
    titles = [words.panel_title(view) for view in views]
    return titles if len(set(titles)) > 1 and None not in titles else [None] * len(views)


def _check_layers(views: Sequence[GraphView], options: Options) -> None:
    """Raise DrawingError for titles or boxes of layers that are in no panel, and for layers too long to draw."""
    deepest = max(len(view.layers) for view in views)
    if len(options.layer_titles) > deepest:
        raise DrawingError(f"{len(options.layer_titles)} layer titles for {deepest} layers, the input among them")
    names = list(dict.fromkeys(layer.info.name for view in views for layer in view.layers))
    longest = max(len(layer.units) for view in views for layer in view.layers)
    if not options.max_units and longest * LEAST_PITCH > COORDINATE_LIMIT:
        raise DrawingError(
            f"a layer of {longest:,} units is more than {COORDINATE_LIMIT:,} points long (see --max-units)"
        )
    if "values" in options.show and not any(view.values for view in views):
        raise DrawingError("there are no values to show: give the input some (as 3,values=1/0/2, or --input FILE)")
    for name in options.boxes:
        if name not in names:
            raise DrawingError(f'no layer to box is named "{visible(name)}"{suggestion(name, names)}')


def _sizes(panels: Sequence[Arranged], options: Options) -> Sizes:
    """One size of units for the whole figure, from its longest column and its widest label."""
    rows, widest = 0.0, 0.0
    for panel in panels:
        for column in panel.places.columns:
            low, high = column.span()
            rows = max(rows, high - low)
        widest = max([widest, *map(label_width, panel.labels.values())])
    return Sizes.of(rows, options.labels, widest)


def _assemble(panels: Sequence[PanelDrawer], columns: int) -> tuple[list[Placed], Extent]:
    """Places in a grid; in a row, titles, middles of networks and captions are on one line each."""
    columns = columns or len(panels)
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    for row in rows:
        _letter(row)
    widths = [max(row[c].sheet.extent.width for row in rows if c < len(row)) for c in range(len(rows[0]))]
    placed: list[Placed] = []
    extent = Extent()
    top = 0.0
    for row in rows:
        above = max(panel.sheet.extent.top for panel in row)
        below = min(panel.sheet.extent.bottom for panel in row)
        left = 0.0
        for panel, width in zip(row, widths, strict=False):
            own = panel.sheet.extent
            y = top - above
            placed.append((panel.sheet, left + (width - own.width) / 2 - own.left, y))
            extent.cover(left + width / 2, y + (above + below) / 2, width, above - below)
            left += width + PANEL_GAP
        top -= above - below + PANEL_GAP
    return placed, extent


def _letter(row: Sequence[PanelDrawer]) -> None:
    bottom = min(panel.sheet.extent.bottom for panel in row)
    for panel in row:
        panel.add_captions(bottom)
    top = max(panel.sheet.extent.top for panel in row)
    for panel in row:
        panel.add_title(top)


def _put_on_paper(paper: Scene, placed: Sequence[Placed], extent: Extent) -> None:
    """All marks on paper with a margin, its lower left corner at (0, 0)."""
    paper.width = extent.width + 2 * MARGIN
    paper.height = extent.top - extent.bottom + 2 * MARGIN
    side = max(paper.width, paper.height)
    if side > COORDINATE_LIMIT:
        raise DrawingError(f"the figure is {side:,.0f} points long; at most {COORDINATE_LIMIT:,} (see --max-units)")
    for sheet, x, y in placed:
        paper.add(sheet.marks, x + MARGIN - extent.left, y + MARGIN - extent.bottom)
