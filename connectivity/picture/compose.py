"""Panels to a figure: what of each is drawn, title, legend, and the paper around them; :mod:`.grid` places them."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from connectivity.colour.keys import Key
from connectivity.colour.legend import add_legend
from connectivity.colour.paint import paint
from connectivity.colour.spaces import named_table
from connectivity.colour.themes import THEME
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.figures.subjects import Subject
from connectivity.graphs import descriptions
from connectivity.graphs.gaps import LEFT_OUT, drawn_names, has_matrix
from connectivity.graphs.stage import WHOLE
from connectivity.graphs.weightnames import asks_for_labels
from connectivity.graphs.wiring import LayerView, Place, Wiring
from connectivity.layers.base import count
from connectivity.layout.columns import Arrangement
from connectivity.layout.distances import Distances
from connectivity.layout.forms import Form, form_of
from connectivity.layout.scope import Scope
from connectivity.layout.sizes import LEAST_PITCH, Sizes
from connectivity.layout.skips import most_hops
from connectivity.options import KERNELS, Options, by_layer
from connectivity.picture.canvas import Numbers
from connectivity.picture.channelnames import check_channel_names
from connectivity.picture.channelroom import row_of
from connectivity.picture.fitting import (
    CAPTION,
    CELL_CAPTION,
    Lay,
    Layout,
    Page,
    PageTooSmallError,
    can_be_fitted,
    fitted,
)
from connectivity.picture.graphview import GraphDrawer
from connectivity.picture.grid import AnyPanel, Rooms, assemble, drawers_of, grid_of, share_depths, share_of
from connectivity.picture.labels import check_labels, label_width, note_unshown
from connectivity.picture.owncaptions import check_own_captions
from connectivity.picture.panel import Panel, arrangement_of
from connectivity.picture.paper import COORDINATE_LIMIT, margin_of, put_on_paper
from connectivity.picture.pruning import check_pruned, leaves_out, pruning_keys, said_of_pruning
from connectivity.scene import Scene, Sheet
from connectivity.typeset.lengths import points, said
from connectivity.typeset.markup import plain

if TYPE_CHECKING:
    from connectivity.picture.cells.plans import CellPlan
    from connectivity.picture.highlight import Highlight

TIPPED_ARROWS = 5_000
"""Up to so many arrows have an id, a class and a tooltip each; more would only weigh."""

HEADED_ARROWS = 700
"""Up to so many arrows have heads; among more they are a smear."""

MOST_IN_A_ROW = 8
"""More panels than this stand in a square, unless told otherwise."""

_MOST_TRIED = 6  # numbers of panels in a row

TITLE_SIZE = 17.0
LEAST_TITLE = 300.0
"""Titles are wrapped at the width of what they stand over, but not below this, in points."""

_MARKED_WHOLE = 50_000
"""Of a network with no more connections than this all are made where some are highlighted, or hidden.

So that stubs that stand for many show whether any of these is marked; of a larger one they show it of the first.
"""


class Draft(NamedTuple):
    """A panel before anything of it is drawn: what it is a picture of, and its options."""

    subject: Subject
    options: Options

    @property
    def form(self) -> Form:
        """How it is drawn."""
        return form_of(self.subject.layers, self.options, self.scope, self.subject.has_values)

    @property
    def scope(self) -> Scope:
        """What of it is looked at."""
        return self.subject.scope(self.options)


def compose(drafts: Sequence[Draft], options: Options) -> tuple[Scene, Layout]:
    """The scene of a figure with one panel for each draft, and its layout, which others can have as well.

    ``options`` are the figure's own. Raises DrawingError beyond ``max_edges`` or COORDINATE_LIMIT, for a page that is too
    small (with what would fit), and for options that name what is not there.
    """
    try:
        return _composed(drafts, options)
    except PageTooSmallError as error:
        from connectivity.picture.remedies import advised

        raise advised(error, options, lambda changes: _can_be(drafts, options, changes)) from None


def compose_alike(drafts: Sequence[Draft], options: Options, layout: Layout, rooms: Rooms | None = None) -> Scene:
    """The scene of a figure that is laid out as another one is, on paper of its own. Raises as :func:`compose`.

    Its panels have at least the ``rooms`` that others had.
    """
    scene, page = _alike(drafts, options, layout, rooms)
    scene.scale = page.scale
    return scene


def compose_again(drafts: Sequence[Draft], options: Options, layout: Layout) -> Scene:
    """The scene of a figure in other colours, laid out as it is already, on the same page."""
    scene, page = _alike(drafts, options, layout, None)
    return page.holding(scene)


def _alike(drafts: Sequence[Draft], options: Options, layout: Layout, rooms: Rooms | None) -> tuple[Scene, Page]:
    _check(drafts, options)
    if layout.distances.gap is not None:
        gap = {"gap": layout.distances.gap}
        drafts = [draft._replace(options=draft.options.replaced(gap)) for draft in drafts]
        options = options.replaced(gap)
    page = _page(drafts, options)
    return _Composition(*_directed(drafts, options, layout.direction), page, rooms).lay(layout, True), page


def panels_of(drafts: Sequence[Draft], options: Options) -> list[AnyPanel]:
    """The panels of a figure before any of them is drawn: what is shown, and what is connected."""
    directed, options = _directed(drafts, options, _directions(drafts, options)[0])
    return _panels(directed, _titles(directed, options), options)


def _can_be(drafts: Sequence[Draft], options: Options, changes: dict[str, Any]) -> bool:
    """Whether there is such a figure with some options changed."""
    changed = [draft._replace(options=draft.options.replaced(changes)) for draft in drafts]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if any(draft.options.theme == "print" or asks_for_labels(draft.options) for draft in changed):
                _composed(changed, options.replaced(changes))  # labels of connections may have no room in the whole
                return True
            return can_be_fitted(*_prepared(changed, options.replaced(changes)))
    except DrawingError:
        return False


def _check(drafts: Sequence[Draft], options: Options) -> None:
    """Raise DrawingError for options that name what is not there."""
    if options.colormap:  # a name that is none is said even where no colour is needed
        named_table(options.colormap, THEME[options.theme].background)
    _check_layers(drafts, options)
    check_channel_names([(draft.subject.layers, draft.options) for draft in drafts])


def _composed(drafts: Sequence[Draft], options: Options) -> tuple[Scene, Layout]:
    return fitted(*_prepared(drafts, options))


def _prepared(
    drafts: Sequence[Draft], options: Options
) -> tuple[Lay, Options, Page, Sequence[str], Sequence[int], bool]:
    """What lays a figure out, its options, its page, the directions and columns it may have, and whether texts in units may go."""
    _check(drafts, options)
    directions = _directions(drafts, options)
    _note_unheeded(drafts)
    compositions: dict[str, _Composition] = {}
    page = _page(drafts, options)

    def lay(layout: Layout, whole: bool) -> Scene:
        if layout.direction not in compositions:
            compositions[layout.direction] = _Composition(*_directed(drafts, options, layout.direction), page)
        return compositions[layout.direction].lay(layout, whole)

    columns = _columns(len(drafts), options)
    plain = not any(_says_labels(draft.options) for draft in drafts)
    return lay, options, page, directions, columns, plain


def _page(drafts: Sequence[Draft], options: Options) -> Page:
    """What the figure has to fit, and how large its captions are, which are smaller beside cells."""
    blocks = any(draft.form.is_of_blocks for draft in drafts)
    return Page.of(options, CELL_CAPTION if blocks else CAPTION)


def _says_labels(options: Options) -> bool:
    """Whether what stands in units was asked for."""
    return bool(options.unit_labels or "values" in options.show or options.labels != "index")


class _Composition:
    """A figure in one direction: everything but where things stand."""

    def __init__(self, drafts: Sequence[Draft], options: Options, page: Page, rooms: Rooms | None = None) -> None:
        self._rooms = rooms
        self._margin = margin_of(options.margin, page.scale)
        self._options, self._theme = options, THEME[options.theme]
        self._rigid = _are_rigid(draft.form for draft in drafts)
        self._panels = _panels(drafts, _titles(drafts, options), options)
        _check_titles(self._panels)
        self._drawn = sum(len(panel.visible) for panel in self._panels)
        check_edges(self._drawn, options.max_edges)
        many = HEADED_ARROWS < self._drawn <= TIPPED_ARROWS and any(map(_is_trained, self._panels))
        strongest_last = many or any(panel.pruning.applies for panel in self._panels)
        painters, keys, named = paint([panel.painted() for panel in self._panels], options)
        for panel, painter in zip(self._panels, painters, strict=True):
            panel.painter, panel.strongest_last = panel.pruning.painter(painter), strongest_last
            panel.named = named
        self._laid: dict[Hashable, tuple[bool, Scene]] = {}
        self._keys = [*keys, *(key for key in _fill(self._panels) if key.title not in {key.title for key in keys})]

    def lay(self, layout: Layout, whole: bool) -> Scene:
        """The scene with distances, columns and texts as a layout says; of what is rigid the one there is.

        Not ``whole``: without texts at connections, and after the first without what takes no room.
        """
        key = layout.columns if self._rigid else layout
        complete, laid = self._laid.get(key, (False, None))
        if laid is None or (whole and not complete):
            complete, laid = self._laid[key] = self._lay(layout, whole, sketch=not whole and bool(self._laid))
        return laid

    def _lay(self, layout: Layout, whole: bool, sketch: bool) -> tuple[bool, Scene]:
        """The scene of a layout, and whether it is complete."""
        options, panels, theme = self._options, self._panels, self._theme
        sizes = _sizes(panels, options, layout)
        paper = Scene(theme.background, theme.ink, theme.unit_stroke, sizes.diameter, sizes.width, sizes.font)
        paper.transparent, paper.outlines = options.transparent, options.text == "outlines"
        paper.standalone = options.standalone
        paper.arrows, paper.dense = self._drawn <= HEADED_ARROWS, self._drawn > TIPPED_ARROWS
        groups = drawers_of(panels, sizes, paper)
        grid = grid_of(groups, layout.columns, options)
        share_depths(grid)
        numbers = Numbers()
        complete = not sketch
        drawers = [drawer for group in groups for drawer in group.drawers]
        for drawer in drawers:
            drawer.sketch = sketch
            if isinstance(drawer, GraphDrawer) and drawer.names_connections:
                drawer.whole = complete = whole
            drawer.draw(numbers)
        if self._rooms is not None:
            self._rooms.share([drawer.sheet for drawer in drawers])
        placed, extent = assemble(grid, share_of(layout.distances))
        sheet = Sheet(
            Scene(paper.background, paper.ink, paper.unit_stroke, paper.diameter, paper.unit_width, paper.font_size),
            extent,
        )
        middle = (sheet.extent.left + sheet.extent.right) / 2
        if options.title:
            width = max(extent.width, LEAST_TITLE)
            sheet.title(options.title, middle, extent.top, width, TITLE_SIZE, gap=16.0)
        if options.legend:
            add_legend(sheet, self._legend(), middle, theme)
        put_on_paper(paper, [*placed, (sheet, 0.0, 0.0)], extent, self._margin, sketch)
        if not sketch:
            _say(paper, panels, options)
        return complete, paper

    def _legend(self) -> list[Key]:
        """What the legend says of the panels that are drawn."""
        cells = dict.fromkeys(key for panel in self._panels if not isinstance(panel, Panel) for key in panel.keys)
        pruned = pruning_keys([panel.pruning for panel in self._panels], self._theme)
        return [*self._keys, *cells, *pruned, *_highlight_keys(self._panels, self._options)]


def _is_trained(panel: AnyPanel) -> bool:
    """Whether weights of a panel were given, and colours say them: among many lines those that say the most lie on top."""
    valued = panel.options.color_by in ("auto", "weight")
    return valued and any(layer.info.given and layer.kind.has_weights for layer in panel.wiring.layers)


def _note_unheeded(drafts: Sequence[Draft]) -> None:
    """Note which options change nothing, where all panels that have them are drawn as cells."""
    forms = [draft.form for draft in drafts]
    if any(form is not Form.CIRCLES for form in forms):
        from connectivity.picture.cells.unheeded import note_unheeded

        note_unheeded([(form, draft.options) for form, draft in zip(forms, drafts, strict=True)])


def _directions(drafts: Sequence[Draft], options: Options) -> list[str]:
    """The directions that a figure may run in: the one that is said, else the usual one and one down the page."""
    if options.direction != "auto":
        return [options.direction]
    forms = [draft.form for draft in drafts]
    return ["TB"] if any(form.runs_down for form in forms) or _are_rigid(forms) else ["LR", "TB"]


def _are_rigid(forms: Iterable[Form]) -> bool:
    """Whether panels look alike however far apart things are to stand: grids of kernels alone."""
    return all(form is Form.KERNELS for form in forms)


def _directed(drafts: Sequence[Draft], options: Options, direction: str) -> tuple[Sequence[Draft], Options]:
    """The same in a direction, with units as squares where these are wished for."""
    changes = {"direction": direction}
    if by_layer(options.units, "") == "squares":
        changes["unit_shape"] = "square"
    return [draft._replace(options=draft.options.replaced(changes)) for draft in drafts], options.replaced(changes)


def _say(paper: Scene, panels: Sequence[AnyPanel], options: Options) -> None:
    """Title and description, for those who cannot see the picture."""
    subjects = " and ".join(dict.fromkeys(panel.title for panel in panels if panel.title))
    paper.title = plain(options.title or subjects or "connectivity graph")
    described = descriptions.description([(panel.subject, panel.title, _part(panel)) for panel in panels])
    left_out = said_of_pruning([(panel.pruning, panel.names) for panel in panels])
    paper.description = plain(options.description or " ".join([described, *left_out]))
    if options.list_connections:
        listed = descriptions.connections([(panel.wiring, panel.names, panel.untold()) for panel in panels])
        paper.description = "\n".join([paper.description, listed, *(left_out if options.description else [])])


def _part(panel: AnyPanel) -> str:
    """What of a panel's network is drawn, as a sentence; empty where that is all of it."""
    return panel.scope.sentence(panel.subject.layers, panel.options.index_from)


def _panels(drafts: Sequence[Draft], titles: Sequence[str | None], options: Options) -> list[AnyPanel]:
    """The panels with what is shown made, what is highlighted found, and merged layers merged."""
    plans = [_plan(draft) for draft in drafts]
    most = sum(plan.most_connections() for plan in plans)
    if not any(leaves_out(panel_options) for _, panel_options in drafts):
        check_edges(most, options.max_edges)
    wirings = [plan.wiring() for plan in plans]
    highlights: list[list[Highlight | None]] = [[] for _ in drafts]
    if any(panel_options.highlight for _, panel_options in drafts):
        from connectivity.picture.highlight import check_found, find_highlights

        highlights = [
            find_highlights(wiring, panel_options) for wiring, (_, panel_options) in zip(wirings, drafts, strict=True)
        ]
        check_found(
            [
                (marks, wiring, panel_options)
                for marks, wiring, (_, panel_options) in zip(highlights, wirings, drafts, strict=True)
            ]
        )
    if any("=" in wish for _, panel_options in drafts for wish in panel_options.edge_labels):
        from connectivity.picture.edgelabels import check_edge_labels

        check_edge_labels([(wiring, panel_options) for wiring, (_, panel_options) in zip(wirings, drafts, strict=True)])
    if any(panel_options.unit_labels for _, panel_options in drafts):
        check_labels([(wiring, panel_options) for wiring, (_, panel_options) in zip(wirings, drafts, strict=True)])
    panels = [
        plan.panel(wiring, title, [mark for mark in marks if mark is not None])
        for plan, wiring, title, marks in zip(plans, wirings, titles, highlights, strict=True)
    ]
    if all(isinstance(panel, Panel) for panel in panels) and any(panel.options.unit_labels for panel in panels):
        note_unshown([(panel.wiring, panel.options, panel.shown) for panel in panels if isinstance(panel, Panel)])
    check_pruned([(panel.pruning, panel.options) for panel in panels])
    if any(panel.marks for panel in panels):
        from connectivity.picture.fields import note_elided
        from connectivity.picture.highlight import check_shown

        check_shown([(mark, panel.shown) for panel in panels for mark in panel.marks])
        note_elided([plan.elision() for plan in plans if isinstance(plan, _CirclesPlan)])
    return panels


class _CirclesPlan:
    """A panel of circles before it is made."""

    def __init__(self, draft: Draft, scope: Scope) -> None:
        self._draft = draft
        self._arrangement = _arrangement(draft.subject, draft.options, scope)

    def most_connections(self) -> int:
        """How many connections are drawn whole, at most."""
        return self._draft.subject.most_connections(self._arrangement)

    def wiring(self) -> Wiring:
        """What of the graph is needed."""
        subject, options = self._draft
        return subject.wiring(self._arrangement, _whole(subject.layers, self._arrangement.scope, options))

    def elision(self) -> tuple[Wiring, Options, Arrangement]:
        """The whole network, how it is drawn, and what of it is shown."""
        return self._draft.subject.outline(), self._draft.options, self._arrangement

    def panel(self, wiring: Wiring, title: str | None, marks: Sequence[Highlight]) -> Panel:
        """The panel."""
        return _panel(wiring, self._arrangement, self._draft.options, title, marks)


def _plan(draft: Draft) -> _CirclesPlan | CellPlan:
    """How a panel will be drawn."""
    form = draft.form
    if form is Form.CIRCLES:
        return _CirclesPlan(draft, draft.scope)
    from connectivity.picture.cells.plans import CellPlan

    return CellPlan(draft.subject, draft.options, form, draft.scope)


def check_edges(drawn: int, most: int) -> None:
    """Raise DrawingError for more connections than are to be drawn."""
    if drawn > most:
        raise DrawingError(
            f"{drawn:,} connections to draw; at most {most:,} (max-edges allows more, max-units shows fewer)",
            "max_edges",
        )


def _arrangement(subject: Subject, options: Options, scope: Scope) -> Arrangement:
    """What of a panel is shown, of what ``scope`` has, and where it will stand."""
    layers = subject.layers
    if options.highlight and options.max_units and subject.stage is WHOLE:  # steps of a motion all show the same
        from connectivity.picture.fields import stretches_of
        from connectivity.picture.highlight import named_units

        outlined = subject.outline()
        scope = scope.keeping(named_units(outlined, options)).with_fields(stretches_of(outlined, options))
    if options.merge:
        from connectivity.picture.merge import merged_layers

        layers = merged_layers(layers, options.merge)

    def sees(layer: int, places: Iterable[Place]) -> Mapping[int, Collection[Place]]:
        return outline().seen(layer, places)

    outline = functools.cache(subject.outline)
    return arrangement_of(layers, options, scope, sees)


def _whole(layers: Sequence[LayerView], scope: Scope, options: Options) -> frozenset[int] | None:
    """The layers of which every unit that may be shown is needed, shown or not; None: of all."""
    connections = sum(layer.info.connections for layer in layers)
    leaves = options.highlight or options.zeros_drawn == "hide"
    if options.list_connections or (leaves and connections <= _MARKED_WHOLE):
        return frozenset(scope.drawn) if scope.is_part and not scope.hints else None
    return frozenset(number for number, layer in enumerate(layers) if layer.info.name in options.merge)


def _panel(
    wiring: Wiring, arrangement: Arrangement, options: Options, title: str | None, marks: Sequence[Highlight]
) -> Panel:
    subject = wiring
    if options.merge:
        from connectivity.picture.merge import merge_units

        wiring, units, connections = merge_units(wiring, options.merge)
        marks = [_moved(mark, units, connections) for mark in marks]
    joins = arrangement.branches.joins
    if joins:
        from connectivity.picture.joins import without_joins

        wiring, units, connections = without_joins(wiring, joins)
        marks = [_moved(mark, units, connections) for mark in marks]
    arrangement.stand(wiring)
    return Panel(wiring, arrangement, options, title, marks, subject)


def _moved(mark: Highlight, units: Mapping[int, int], connections: Mapping[int, int]) -> Highlight:
    """A mark of units and connections that became others."""
    return mark._replace(
        units=frozenset(units.get(unit, unit) for unit in mark.units),
        named=None if mark.named is None else frozenset(units.get(unit, unit) for unit in mark.named),
        connections=frozenset(connections[one] for one in mark.connections if one in connections),
    )


def _highlight_keys(panels: Sequence[AnyPanel], options: Options) -> Sequence[Key]:
    shown = [panel for panel in panels if panel.wiring.stage is WHOLE]  # what a step highlights goes on
    marks = [(mark, panel.painter) for panel in shown for mark in panel.marks]
    if not marks:
        return []
    from connectivity.picture.highlight import highlight_keys

    return highlight_keys(marks, options)


def _fill(panels: Sequence[AnyPanel]) -> list[Key]:
    """Give units their fills; the legend's keys of them."""
    if all(panel.options.fill == "none" for panel in panels):
        return []
    from connectivity.colour.fills import fill_units

    fills, keys = fill_units([(panel.wiring, panel.options) for panel in panels])
    for panel, panel_fills in zip(panels, fills, strict=True):
        panel.fills = panel_fills
    return keys


def _titles(drafts: Sequence[Draft], options: Options) -> list[str | None]:
    if options.panel_titles:
        if len(options.panel_titles) != len(drafts):
            raise DrawingError(
                f"{count(len(options.panel_titles), 'panel title')} for {count(len(drafts), 'panel')}; give one for each",
                "panel_titles",
            )
        return [title or None for title in options.panel_titles]
    titles = [descriptions.panel_title(draft.subject.layers) for draft in drafts]
    return titles if len(set(titles)) > 1 and None not in titles else [None] * len(drafts)


def _check_layers(drafts: Sequence[Draft], options: Options) -> None:
    """Raise DrawingError for boxes of layers that are in no panel, and for layers too long to draw."""
    layers = [layer for draft in drafts for layer in draft.subject.layers]
    for number, draft in enumerate(drafts, 1):
        _check_names(draft.options, layers)
        _check_contents(draft.options, drafts)
        if draft.options.view == "kernels" and not _with_kernels(draft):
            where = f" of panel {number}" if len(drafts) > 1 else " here"
            raise DrawingError(f"no layer{where} slides a kernel over its input; say one, as in 6 conv:3", "view")
    longest = max(layer.total for layer in layers if not layer.kind.left_out)
    if not options.max_units and longest * LEAST_PITCH > COORDINATE_LIMIT:
        raise DrawingError(
            f"a layer of {longest:,} units is more than {COORDINATE_LIMIT:,} points long; max-units shows fewer",
            "max_units",
        )


def _check_titles(panels: Sequence[AnyPanel]) -> None:
    """Raise DrawingError for more titles than any panel draws layers."""
    deepest = max(len(panel.scope.drawn) for panel in panels)
    for options in (panel.options for panel in panels):
        for noun, titles, field in (
            ("layer titles", options.layer_titles, "layer_titles"),
            ("row titles", options.row_titles, "row_titles"),
        ):
            if len(titles) > deepest:
                raise DrawingError(
                    f"{len(titles)} {noun} for {count(deepest, 'layer')}, the input among them; say one for each at most",
                    field,
                )


def _check_names(options: Options, layers: Sequence[LayerView]) -> None:
    names = list(dict.fromkeys(layer.info.name for layer in layers))
    drawn = drawn_names(layers)
    for verb, requests, field in (("box", options.boxes, "boxes"), ("merge", options.merge, "merge")):
        for name in requests:
            if name not in names:
                raise DrawingError(f'no layer to {verb} is named "{visible(name)}"{suggestion(name, names)}', field)
            if name not in drawn:
                raise DrawingError(f'there is nothing to {verb}: "{visible(name)}" {LEFT_OUT}', field)
    check_own_captions(options, names)
    for field in ("units", "edges", "kernels"):
        for name in filter(None, (wish.rpartition("=")[0] for wish in getattr(options, field))):
            if name not in names:
                known = (
                    [*names, *KERNELS] if f"{name}=alone" in options.kernels else names
                )  # of a word mistaken for a name
                raise DrawingError(
                    f'{field} of "{visible(name)}": no layer has that name{suggestion(name, known)}', field
                )


def _check_contents(options: Options, drafts: Sequence[Draft]) -> None:
    if options.view == "matrix" and not all(any(map(has_matrix, draft.subject.layers)) for draft in drafts):
        raise DrawingError("an input alone has no matrix; say a layer, as in 6 conv:3", "view")
    alone = [name for name, equals, word in (wish.rpartition("=") for wish in options.kernels) if word == "alone"]
    if alone:
        from connectivity.picture.cells.kernels import check_alone

        check_alone(alone, [name for draft in drafts for name in _with_kernels(draft)])
    shows = "values" in options.show or options.labels == "value"
    if shows and not any(draft.subject.has_values for draft in drafts):
        raise DrawingError(
            "there are no values to show: give the input some (as 3,values=1/0/2, or --input FILE)",
            "show" if "values" in options.show else "labels",
        )


def _with_kernels(draft: Draft) -> list[str]:
    """The names of the layers that are drawn and have kernels."""
    from connectivity.picture.cells.kernels import with_kernels

    return with_kernels(draft.subject.layers, draft.scope)


def _sizes(every: Sequence[AnyPanel], options: Options, layout: Layout) -> Sizes:
    """One size of units for the whole figure, from its longest column and its widest label."""
    rows, widest = 0.0, 0.0
    panels = [panel for panel in every if isinstance(panel, Panel)]
    for panel in panels:
        for column in panel.arrangement.columns:
            low, high = column.span()
            rows = max(rows, high - low)
        labels = [label for unit, label in panel.labels.items() if unit not in panel.wiring.bars]  # bars have room
        widest = max([widest, *map(label_width, labels)])
    vertical = options.direction in ("BT", "TB")
    labelled = layout.labelled and (options.labels != "none" or widest > 0)
    sizes = Sizes.of(rows, labelled, widest, options.unit_shape, vertical, layout.distances)
    sizes = sizes._replace(row=max(sizes.row, row_of(panels)))
    hops = max((most_hops(panel.skips) for panel in panels), default=0)
    if hops:
        sizes = sizes.with_hops(hops)
    if widest and not sizes.labelled and not sizes.dense and any(panel.options.unit_labels for panel in panels):
        label = max((label for panel in panels for label in panel.labels.values()), key=label_width)
        hint = "" if options.unit_shape == "box" else " (unit-shape box is as wide as its text)"
        raise DrawingError(
            f'the label "{visible(label.stem, 40)}" is too long for a {options.unit_shape}{hint}', "unit_labels"
        )
    if panels:
        _check_distances(sizes, options, layout.distances)
    return sizes


def _check_distances(sizes: Sizes, options: Options, distances: Distances) -> None:
    """Raise DrawingError for distances that were said, and are too little for units as large as these."""
    if options.pitch is not None and distances.pitch is not None and sizes.pitch > distances.pitch + 0.01:
        scale = points(options.pitch, "pitch") / distances.pitch
        least = said(sizes.pitch * scale, options.pitch)
        hint = "; without labels (no-labels) units are smaller" if sizes.labelled else ""
        raise DrawingError(f"pitch {options.pitch} is too little: units take {least} here{hint}", "pitch")
    least_gap = sizes.least_gap(options.direction in ("TB", "BT"))
    if distances.gap is not None and distances.gap < least_gap and not sizes.dense:
        raise DrawingError(
            f"gap {distances.gap:g} is too little: units of two layers would touch; here it is {least_gap:g} or more",
            "gap",
        )


def _columns(panels: int, options: Options) -> list[int]:
    """How many panels may stand in a row: what is said, or usual; then fewer; on a page of some height, more.

    All are usual, but many stand in a square.
    """
    usual = min(panels, options.columns) or (panels if panels <= MOST_IN_A_ROW else math.ceil(math.sqrt(panels)))
    if options.columns and options.width is None and options.height is None:
        return [options.columns]
    fewer = [math.ceil(panels / rows) for rows in range(math.ceil(panels / usual), panels + 1)]
    more = range(usual + 1, panels + 1) if options.height is not None else ()
    return [*dict.fromkeys([usual, *fewer[:_MOST_TRIED], *more[:_MOST_TRIED]])]
