"""Panels to a figure: the grid they stand in, title, legend, and the paper around them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs import words
from connectivity.graphs.view import GraphView
from connectivity.options import Options
from connectivity.picture.arranged import LEAST_PITCH, Arranged, Sizes
from connectivity.picture.connections import Numbers
from connectivity.picture.keys import Key
from connectivity.picture.labels import check_labels, label_width
from connectivity.picture.legend import add_legend
from connectivity.picture.paint import Painter, paint
from connectivity.picture.panel import PanelDrawer
from connectivity.picture.scene import Extent, Scene, Sheet
from connectivity.picture.themes import THEME
from connectivity.typeset.markup import plain

if TYPE_CHECKING:
    from connectivity.picture.highlight import Highlight
    from connectivity.picture.matrixview import MatrixDrawer

COORDINATE_LIMIT = 1_000_000
"""The longest side of a figure, in points."""

TIPPED_ARROWS = 5_000
"""Up to so many arrows have an id, a class and a tooltip each; more would only weigh."""

HEADED_ARROWS = 700
"""Up to so many arrows have heads; among more they are a smear."""

MARGIN = 12.0
PANEL_GAP = 44.0
MOST_IN_A_ROW = 8
"""More panels than this stand in a square, unless told otherwise."""

TITLE_SIZE = 17.0
LEAST_TITLE = 300.0
"""Titles are wrapped at the width of what they stand over, but not below this, in points."""

Placed = tuple[Sheet, float, float]
"""A sheet and how far it is moved."""

Drawer: TypeAlias = "PanelDrawer | MatrixDrawer"


def compose(views: Sequence[GraphView], options: Options, own: Sequence[Options] = ()) -> Scene:
    """The scene of a figure with one panel for each view.

    ``own`` are the options of each panel, where they differ from the figure's. Raises DrawingError
    beyond ``max_edges`` or COORDINATE_LIMIT, and for options that name what is not there.
    """
    theme = THEME[options.theme]
    own = own or [options] * len(views)
    titles = _titles(views, options)
    _check_layers(views, options, own)
    arranged = _arranged(views, own)
    drawn = sum(len(item.whole) for item in arranged)
    if drawn > options.max_edges:
        raise DrawingError(
            f"{drawn:,} connections to draw; at most {options.max_edges:,} "
            "(max-edges allows more, max-units shows fewer)",
            "max_edges",
        )
    shown = [(item.view, item.whole) for item in arranged]
    painters, keys = paint(shown, options, own, [_told(item) for item in arranged])
    fills, more = _fills(arranged, own)
    keys += [key for key in more if key.title not in {key.title for key in keys}]
    sizes = _sizes(arranged, options)
    paper = Scene(theme.background, theme.ink, theme.unit_stroke, sizes.diameter, sizes.width, sizes.font)
    paper.transparent = options.transparent
    paper.arrows, paper.dense = drawn <= HEADED_ARROWS, drawn > TIPPED_ARROWS
    panels = _drawers(arranged, painters, fills, titles, sizes, paper)
    each = len(panels) // len(views) if len(panels) % len(views) == 0 else 1
    columns = (options.columns or _columns(len(views))) * each
    _share_depths(panels, columns)
    numbers = Numbers()
    for panel in panels:
        panel.draw(numbers)
    grid, extent = _assemble(panels, columns)
    sheet = Sheet(
        Scene(paper.background, paper.ink, paper.unit_stroke, paper.diameter, paper.unit_width, paper.font_size), extent
    )
    middle = (sheet.extent.left + sheet.extent.right) / 2
    if options.title:
        width = max(extent.width, LEAST_TITLE)
        sheet.title(options.title, middle, extent.top, width, TITLE_SIZE, gap=16.0)
    if options.legend:
        add_legend(sheet, [*keys, *_highlight_keys(arranged, painters, options)], middle, theme)
    _put_on_paper(paper, [*grid, (sheet, 0.0, 0.0)], extent)
    paper.title = plain(
        options.title or " and ".join(dict.fromkeys(title for title in titles if title)) or "connectivity graph"
    )
    paper.description = plain(options.description or words.description(views, titles))
    if options.list_connections:
        paper.description += "\n" + words.connections([(item.view, item.names) for item in arranged])
    return paper


def _arranged(views: Sequence[GraphView], own: Sequence[Options]) -> list[Arranged]:
    """The panels with what is highlighted found, and merged layers merged."""
    found: list[list[Highlight | None]] = [[] for _ in views]
    if any(options.highlight for options in own):
        from connectivity.picture.highlight import check_found, find_highlights

        found = [find_highlights(view, options) for view, options in zip(views, own, strict=True)]
        check_found(found, views, own)
    if any(options.unit_labels for options in own):
        check_labels(views, own)
    arranged = []
    for view, options, marks in zip(views, own, found, strict=True):
        here = [mark for mark in marks if mark is not None]
        if options.merge:
            from connectivity.picture.merge import merge_layers

            merged = merge_layers(view, options.merge)
            here = [
                mark._replace(
                    units=frozenset(merged.units.get(unit, unit) for unit in mark.units),
                    named=frozenset(merged.units.get(unit, unit) for unit in mark.named),
                    arrows=frozenset(id(merged.arrows[a]) if a in merged.arrows else a for a in mark.arrows),
                )
                for mark in here
            ]
            arranged.append(Arranged.of(merged.view, options, here))
        else:
            arranged.append(Arranged.of(view, options, here))
    if any(item.marks for item in arranged):
        from connectivity.picture.highlight import check_shown

        check_shown([(mark, item.shown()) for item in arranged for mark in item.marks])
    return arranged


def _told(item: Arranged) -> set[int] | None:
    """The layers whose connections have their weights' colours: all (None) where nothing is highlighted.

    Elsewhere those of which some are highlighted and have no colour of the highlight's.
    """
    if not item.options.highlight:
        return None
    own = frozenset[int]().union(*(mark.arrows for mark in item.marks if mark.colour is None))
    told = own - frozenset[int]().union(*(mark.arrows for mark in item.marks if mark.colour is not None))
    return {arrow.layer for arrow in item.view.arrows if id(arrow) in told}


def _highlight_keys(arranged: Sequence[Arranged], painters: Sequence[Painter], options: Options) -> Sequence[Key]:
    marks = [(mark, painter) for item, painter in zip(arranged, painters, strict=True) for mark in item.marks]
    if not marks:
        return []
    from connectivity.picture.highlight import highlight_keys

    return highlight_keys(marks, options)


def _fills(arranged: Sequence[Arranged], own: Sequence[Options]) -> tuple[list[dict[Hashable, str]], list[Key]]:
    if all(options.fill == "none" for options in own):
        return [{} for _ in own], []
    from connectivity.picture.fills import fill_units

    return fill_units([item.view for item in arranged], own)


def _drawers(
    arranged: Sequence[Arranged],
    painters: Sequence[Painter],
    fills: Sequence[dict[Hashable, str]],
    titles: Sequence[str | None],
    sizes: Sizes,
    paper: Scene,
) -> list[Drawer]:
    """What draws each panel: its graph, its matrices, or one and then the other."""
    drawers: list[Drawer] = []
    for item, painter, fill, title in zip(arranged, painters, fills, titles, strict=True):
        middle = 0.0
        if item.options.view != "matrix":
            graph = PanelDrawer(item, painter, fill, title, sizes, paper)
            middle = graph.middle()
            drawers.append(graph)
        if item.options.view != "graph":
            from connectivity.picture.matrixview import MatrixDrawer

            over = title if item.options.view == "matrix" else None
            drawers.append(MatrixDrawer(item, painter, over, paper, middle))
    return drawers


def _titles(views: Sequence[GraphView], options: Options) -> list[str | None]:
    if options.panel_titles:
        if len(options.panel_titles) != len(views):
            raise DrawingError(
                f"{len(options.panel_titles)} panel titles for {len(views)} panels; give one for each", "panel_titles"
            )
        return [title or None for title in options.panel_titles]
    titles = [words.panel_title(view) for view in views]
    return titles if len(set(titles)) > 1 and None not in titles else [None] * len(views)


def _check_layers(views: Sequence[GraphView], options: Options, own: Sequence[Options]) -> None:
    """Raise DrawingError for titles or boxes of layers that are in no panel, and for layers too long to draw."""
    deepest = max(len(view.layers) for view in views)
    names = list(dict.fromkeys(layer.info.name for view in views for layer in view.layers))
    for chosen in own:
        _check_titles(chosen, deepest)
        _check_names(chosen, names)
        _check_contents(chosen, views)
    longest = max(len(layer.units) for view in views for layer in view.layers)
    if not options.max_units and longest * LEAST_PITCH > COORDINATE_LIMIT:
        raise DrawingError(
            f"a layer of {longest:,} units is more than {COORDINATE_LIMIT:,} points long (see max-units)", "max_units"
        )


def _check_titles(options: Options, deepest: int) -> None:
    for noun, titles, field in (
        ("layer titles", options.layer_titles, "layer_titles"),
        ("row titles", options.row_titles, "row_titles"),
    ):
        if len(titles) > deepest:
            raise DrawingError(f"{len(titles)} {noun} for {deepest} layers, the input among them", field)


def _check_names(options: Options, names: Sequence[str]) -> None:
    for verb, wanted, field in (("box", options.boxes, "boxes"), ("merge", options.merge, "merge")):
        for name in wanted:
            if name not in names:
                raise DrawingError(f'no layer to {verb} is named "{visible(name)}"{suggestion(name, names)}', field)


def _check_contents(options: Options, views: Sequence[GraphView]) -> None:
    if options.view == "matrix" and any(len(view.layers) < 2 for view in views):
        raise DrawingError("an input alone has no matrix; say a layer, as in 6 conv:3", "view")
    if ("values" in options.show or options.labels == "value") and not any(view.values for view in views):
        raise DrawingError(
            "there are no values to show: give the input some (as 3,values=1/0/2, or --input FILE)",
            "show" if "values" in options.show else "labels",
        )


def _sizes(panels: Sequence[Arranged], options: Options) -> Sizes:
    """One size of units for the whole figure, from its longest column and its widest label."""
    rows, widest = 0.0, 0.0
    for panel in panels:
        for column in panel.places.columns:
            low, high = column.span()
            rows = max(rows, high - low)
        bars = {unit for layer in panel.view.layers if layer.whole for unit in layer.units}  # which have room
        labels = [label for unit, label in panel.labels.items() if unit not in bars]
        widest = max([widest, *map(label_width, labels)])
    vertical = options.direction in ("BT", "TB")
    sizes = Sizes.of(rows, options.labels != "none" or widest > 0, widest, options.unit_shape, vertical)
    if widest and not sizes.labelled and not sizes.dense and any(panel.options.unit_labels for panel in panels):
        label = max((label for panel in panels for label in panel.labels.values()), key=label_width)
        hint = "" if options.unit_shape == "box" else " (unit-shape box is as wide as its text)"
        raise DrawingError(
            f'the label "{visible(label.stem, 40)}" is too long for a {options.unit_shape}{hint}', "unit_labels"
        )
    return sizes


def _columns(panels: int) -> int:
    """Panels in a row where nobody says: all, but many in a square."""
    return panels if panels <= MOST_IN_A_ROW else math.ceil(math.sqrt(panels))


def _share_depths(panels: Sequence[Drawer], columns: int) -> None:
    """Layers of networks that have as many, and stand in one row or (running left or right) one column, on one line."""
    alike: dict[tuple[int, int], list[PanelDrawer]] = {}
    for number, panel in enumerate(panels):
        if isinstance(panel, PanelDrawer):
            place = number // columns if panel.vertical else number % columns
            alike.setdefault((place, len(panel.depths)), []).append(panel)
    for group in alike.values():
        gaps = [max(ends) for ends in zip(*(panel.gaps() for panel in group), strict=True)]
        for panel in group:
            panel.depths = [0.0, *itertools.accumulate(gaps)]


def _assemble(panels: Sequence[Drawer], columns: int) -> tuple[list[Placed], Extent]:
    """Places in a grid; in a row, titles, middles of networks and captions are on one line each."""
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    for row in rows:
        _letter(row)
    reaches = [_reach([row[c] for row in rows if c < len(row)]) for c in range(len(rows[0]))]
    placed: list[Placed] = []
    extent = Extent()
    top = 0.0
    for row in rows:
        above = max(panel.sheet.extent.top for panel in row)
        below = min(panel.sheet.extent.bottom for panel in row)
        left = 0.0
        for panel, (before, behind) in zip(row, reaches, strict=False):
            own, width = panel.sheet.extent, before + behind
            y = top - above
            origin = before if panel.vertical else (width - own.width) / 2 - own.left
            placed.append((panel.sheet, left + origin, y))
            extent.cover(left + width / 2, y + (above + below) / 2, width, above - below)
            left += width + PANEL_GAP
        top -= above - below + PANEL_GAP
    return placed, extent


def _reach(column: Sequence[Drawer]) -> tuple[float, float]:
    """How far the panels of a column of the grid reach to the left and right of where they are aligned.

    Networks that run up or down have their middles over one another, others their panels'.
    """
    if not all(panel.vertical for panel in column):
        width = max(panel.sheet.extent.width for panel in column)
        return width / 2, width / 2
    return max(-panel.sheet.extent.left for panel in column), max(panel.sheet.extent.right for panel in column)


def _letter(row: Sequence[Drawer]) -> None:
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
        raise DrawingError(f"the figure is {side:,.0f} points long; at most {COORDINATE_LIMIT:,} (see max-units)")
    for sheet, x, y in placed:
        paper.add(sheet.marks, x + MARGIN - extent.left, y + MARGIN - extent.bottom)
