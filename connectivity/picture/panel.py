"""A panel on its way to the scene: its graph, where it stands, what is emphasised, what its colours are."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectivity.colour.paint import Painted, Painter
from connectivity.colour.themes import THEME, Theme
from connectivity.errors import DrawingError
from connectivity.graphs.descriptions import connection_tip
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.stage import WHOLE
from connectivity.graphs.unitnames import Label, counted
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.layout.columns import Arrangement
from connectivity.layout.frames import BLOCK_GAP
from connectivity.layout.scope import Scope
from connectivity.layout.skips import Skip, Way, skips_of
from connectivity.options import Options
from connectivity.picture.channelroom import block_gap
from connectivity.picture.labels import unit_labels
from connectivity.picture.outermost import outermost
from connectivity.picture.pruning import Pruning

if TYPE_CHECKING:
    from connectivity.layout.matrixpart import Sees
    from connectivity.picture.highlight import Highlight

SHOWN_PADDING = ("hollow", "values", "filled")
"""The ways of showing padding that draw it as units."""


@dataclass(eq=False, repr=False)
class Panel:
    """One panel of a figure.

    ``shown`` are the units on the picture, ``whole`` the connections that are drawn as lines between two of them,
    ``cut`` those with one end shown, ``cells`` those that have a cell in a matrix; ``open`` and ``open_cells`` are
    those that are hidden since their weights count as zeros. ``strongest_last``: of lines that cross, those with the larger
    weights lie over the others. ``names`` are those of units, counted as the panel counts; ``marks`` its highlights,
    ``options`` its own, ``subject`` the graph before any layer of it was merged. ``painter`` and ``fills`` say what
    connections and units look like, ``named`` are the layers that the legend names, so that their captions do, too.
    """

    wiring: Wiring
    arrangement: Arrangement
    options: Options
    title: str | None
    marks: Sequence[Highlight]
    subject: Wiring
    names: Sequence[str] = field(init=False)
    whole: list[int] = field(init=False)
    cut: list[int] = field(init=False)
    cells: list[int] = field(init=False)
    labels: dict[int, Label] = field(init=False)
    shown: set[int] = field(init=False)
    painter: Painter = field(init=False)
    fills: dict[int, str] = field(default_factory=dict)
    strongest_last: bool = False
    named: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        wiring, placed = self.wiring, self.arrangement.shown()
        self._tips: dict[int, str] = {}
        self._axes = self._find_axes()
        self.shown = shown = placed.union(*(axis for axes in self._axes.values() for axis in axes))
        self.labels = unit_labels(wiring, shown, self.options, self.arrangement.scope.absent)
        self.names = counted(wiring.names, self.options.index_from)
        drawn = wiring.ranks
        if self.options.highlight and self.options.rest == "hidden":
            drawn = [connection for connection in drawn if connection in self.marked_connections]
        if self.options.windows != "all":
            drawn = outermost(wiring, self.arrangement, drawn, self.marked_connections)
        self.cells = [connection for connection in drawn if self._has_cell(connection)] if self._axes else []
        self.whole, self.cut = drawn, []
        if len(placed) < len(wiring.names):
            self._divide(drawn, placed)
        self.pruning = Pruning(self.subject, wiring, shown, self.options, self.arrangement.knows, self.scope)
        self.whole, self.open = self.pruning.divided(self.whole)
        self.cut = self.pruning.stubs(self.cut)
        self.cells, self.open_cells = self.pruning.divided(self.cells)
        self.skips: dict[tuple[int, int], Skip] = {}
        self.settle_skips()

    def _find_axes(self) -> dict[int, tuple[set[int], set[int]]]:
        """The units that are rows of each layer's matrix, and those that are its columns."""
        arrangement = self.arrangement
        if arrangement.matrix is None:
            return {}
        return {
            index: (
                set(arrangement.rows(index)),
                set[int]().union(*(arrangement.columns_of(index, one) for one in arrangement.branches.takes[index])),
            )
            for index in arrangement.matrices()
        }

    def _has_cell(self, connection: int) -> bool:
        """Whether a connection is between a row and a column of a matrix."""
        wiring = self.wiring
        rows, columns = self._axes.get(wiring.layer(connection), ((), ()))
        if wiring.roles[connection] in (BIAS, PADDING):
            return False
        return wiring.targets[connection] in rows and wiring.sources[connection] in columns

    def settle_skips(self) -> None:
        """Decide how connections get past columns; anew whenever layers were moved."""
        branches = self.arrangement.branches
        if branches.branching:
            self.skips = skips_of(self.wiring, self.whole, branches, self.arrangement.columns)

    def _divide(self, drawn: Sequence[int], shown: set[int]) -> None:
        """Tell connections that are drawn whole from those that are stubs."""
        wiring, jumps = self.wiring, self.arrangement.jumps
        self.whole, self.cut = [], []
        for connection in drawn:
            ends = (wiring.sources[connection] in shown) + (wiring.targets[connection] in shown)
            if ends == 2 and not jumps(wiring, connection):
                self.whole.append(connection)
            elif ends and self._may_be_stub(connection, shown):
                self.cut.append(connection)

    @property
    def visible(self) -> list[int]:
        """The connections that have a mark of their own: a line between two units, or a cell of a matrix."""
        if not self.cells:
            return self.whole
        lines = set(self.whole)
        return [*self.whole, *(connection for connection in self.cells if connection not in lines)]

    def _may_be_stub(self, connection: int, shown: Collection[int]) -> bool:
        """Whether the hidden end of a connection is looked at or hinted at."""
        wiring = self.wiring
        ends = (wiring.sources[connection], wiring.targets[connection])
        return all(unit in shown or self.arrangement.may_show(wiring.layer_of[unit], unit) for unit in ends)

    @property
    def scope(self) -> Scope:
        """What of its network is looked at."""
        return self.arrangement.scope

    def untold(self) -> Collection[int]:
        """The connections that are not listed: those that count as zeros and are hidden, and of a part what is outside.

        Outside is what the picture does not show, not as a stub either.
        """
        if not self.scope.is_part:
            return self.pruning.hidden
        return self.pruning.hidden | set(self.wiring.ranks).difference(self.visible, self.cut)

    @property
    def theme(self) -> Theme:
        """The colours of everything that is no weight."""
        return THEME[self.options.theme]

    @property
    def vertical(self) -> bool:
        """Whether it runs up or down the page."""
        return self.options.direction in ("BT", "TB")

    @functools.cached_property
    def marked_connections(self) -> frozenset[int]:
        """The connections that are highlighted."""
        return frozenset[int]().union(*(mark.connections for mark in self.marks))

    @functools.cached_property
    def _uses(self) -> Counter[tuple[int, int]]:
        """How many marks each weight has, lines and cells of matrices, by the layer they are of and parameter."""
        wiring = self.wiring
        owners = [wiring.owner(layer) for layer in range(len(wiring.layers))]
        marks = (*self.whole, *self.cells)
        return Counter((owners[wiring.layer(connection)], wiring.parameters[connection]) for connection in marks)

    def marks_of(self, connection: int) -> int:
        """How many marks on the picture a connection's weight has: lines, and cells of matrices."""
        key = (self.wiring.owner(self.wiring.layer(connection)), self.wiring.parameters[connection])
        return self._uses[key]

    def connection_tip(self, connection: int) -> str:
        """The tooltip of a connection; made once, in however many layouts it is tried."""
        if connection not in self._tips:
            self._tips[connection] = connection_tip(self.wiring, connection, self.names)
        return self._tips[connection]

    def painted(self) -> Painted:
        """What of it is coloured."""
        return Painted(
            self.wiring,
            self.visible,
            self.options,
            self._legend_layers(),
            self.arrangement.branches.levels,
            self._carries(),
        )

    def _carries(self) -> bool:
        """Whether values are carried past columns, or passed on as they are."""
        skips = any(skip.way is not Way.STRAIGHT for skip in self.skips.values())
        return skips or any(self.wiring.roles[connection].passes for connection in self.whole)

    def _legend_layers(self) -> frozenset[int] | None:
        """The layers whose connections have their weights' colours: all (None) where nothing is highlighted.

        Elsewhere those of which some are highlighted and have no colour of the highlight's.
        """
        if not self.options.highlight or self.wiring.stage is not WHOLE:
            return None
        plain_connections = frozenset[int]().union(*(mark.connections for mark in self.marks if mark.colour is None))
        coloured_connections = frozenset[int]().union(
            *(mark.connections for mark in self.marks if mark.colour is not None)
        )
        return frozenset(self.wiring.layer(connection) for connection in plain_connections - coloured_connections)


def arrangement_of(layers: Sequence[LayerView], options: Options, scope: Scope, sees: Sees) -> Arrangement:
    """Where what ``scope`` has of a panel stands; ``sees`` is what units see. Raises DrawingError for padding that cannot be shown."""
    padding = options.padding in SHOWN_PADDING
    widest = max((max(layer.pads) for layer in layers), default=0)
    if padding and options.max_units and widest > options.max_units:
        raise DrawingError(
            f"{widest:,} units of padding on a side are too many to show (--max-units 0 shows them, "
            "--padding stubs or hidden does not)",
            "padding",
        )
    rows = options.channels == "rows"

    def arranged(gap: float) -> Arrangement:
        return Arrangement(
            layers,
            options.max_units,
            options.anchor,
            scope=scope,
            rows=rows,
            padding=padding,
            block_gap=gap,
            matrices=sees if options.view in ("matrix", "both") else None,
            graph=options.view != "matrix",
        )

    usual = arranged(BLOCK_GAP)
    gap = block_gap(layers, usual, options)
    return usual if gap == BLOCK_GAP else arranged(gap)
