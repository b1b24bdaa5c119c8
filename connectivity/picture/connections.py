"""The connections of a panel: arrows, the texts at them, and stubs of those that are not drawn whole."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Protocol

from connectivity.errors import DrawingError
from connectivity.graphs import words
from connectivity.graphs.view import Arrow, GraphView
from connectivity.options import Options
from connectivity.picture.arranged import Arranged, Sizes
from connectivity.picture.layout import Arrangement
from connectivity.picture.paint import Painter
from connectivity.picture.scene import Dot, Line, Sheet, Text
from connectivity.picture.themes import Stroke, Theme

_STUB = 20.0  # how far a stub reaches beyond its unit, in points
_FLATTEST = 2.0  # how far a stub runs along its layer for each step across


class Numbers:
    """Generated ids, in one sequence for the whole figure."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._weights: dict[tuple[int, int, str | None], str] = {}

    def id(self, prefix: str) -> str:
        """The next id with ``prefix``: u1, u2, ..."""
        self._next[prefix] = self._next.get(prefix, 0) + 1
        return f"{prefix}{self._next[prefix]}"

    def weight(self, arranged: Arranged, arrow: Arrow) -> str:
        """The class of a weight, the same wherever a panel shows it: w1, w2, ... of those that several marks have.

        Of the others it is v1, v2, ...: nothing else lights up with them.
        """
        key = (id(arranged.view), arrow.layer, arrow.parameter)
        if key not in self._weights:
            self._weights[key] = self.id("w" if arranged.marks_of(arrow) > 1 else "v")
        return self._weights[key]


class Standing(Protocol):
    """A panel whose units stand already: where, and how it is drawn."""

    arranged: Arranged
    view: GraphView
    places: Arrangement
    options: Options
    sizes: Sizes
    theme: Theme
    painter: Painter
    sheet: Sheet
    vertical: bool
    dense: bool
    depths: list[float]
    texts: dict[int, str]
    ids: dict[Hashable, str]
    points: dict[Hashable, tuple[float, float]]
    marked_arrows: frozenset[int] | None

    def point(self, along: float, depth: float) -> tuple[float, float]:
        """A place on paper from one along the layer (in pitches) and one across layers (in points)."""

    def whole_layer(self, index: int) -> tuple[float, float]:
        """Width and height of a unit that stands for a layer."""


class ConnectionDrawer:
    """Draws the connections of a panel."""

    def __init__(self, panel: Standing) -> None:
        self._panel = panel

    def arrows(self, numbers: Numbers) -> None:
        """The arrows; each has an id, classes and a tooltip, unless there are too many."""
        lines, ids, painter, faint = self._panel.sheet.marks.lines, self._panel.ids, self._panel.painter, self._faint()
        arrows = self._in_order()
        if self._panel.dense:
            for arrow in arrows:
                stroke = painter(arrow) or faint
                lines.append(
                    Line("", ids[arrow.source], ids[arrow.target], stroke.colour, stroke.width, style=stroke.style)
                )
            return
        for arrow in arrows:
            colour, width, style = painter(arrow) or faint
            tip = words.arrow_tip(arrow, self._panel.arranged.names)
            own = f"edge layer{arrow.layer} {numbers.weight(self._panel.arranged, arrow)} to{ids[arrow.target][1:]}"
            tail = self._end(arrow.source, arrow.target, numbers)
            head = self._end(arrow.target, arrow.source, numbers)
            lines.append(Line(numbers.id("e"), tail, head, colour, width, own, tip, style=style))

    def _end(self, unit: Hashable, other: Hashable, numbers: Numbers) -> str:
        """The id of what a line from ``other`` leads to: a unit; of one that is a whole layer, a point of its border."""
        index = self._panel.view.layer_of[unit]
        if not self._panel.view.is_bar(unit):
            return self._panel.ids[unit]
        (x, y), (other_x, other_y) = self._panel.points[unit], self._panel.points[other]
        width, height = self._panel.whole_layer(index)
        reach = max(0.0, max(width, height) / 2 - self._panel.sizes.diameter / 2)
        if self._panel.vertical:
            x += min(reach, max(-reach, other_x - x))
            y += math.copysign(height / 2, other_y - y)
        else:
            x += math.copysign(width / 2, other_x - x)
            y += min(reach, max(-reach, other_y - y))
        identity = numbers.id("s")
        self._panel.sheet.dot(Dot(x, y, 0.0, id=identity))
        return identity

    def _in_order(self) -> list[Arrow]:
        """The arrows that are drawn whole, what is highlighted over the rest."""
        chosen = self._panel.marked_arrows
        if chosen is None:
            return list(self._panel.arranged.whole)
        return sorted(self._panel.arranged.whole, key=lambda arrow: id(arrow) in chosen)

    def labels(self) -> None:
        texts = self._panel.texts
        if not texts:
            return
        from connectivity.picture import edgelabels

        if self._panel.marked_arrows is not None:  # of what is emphasised only
            texts = {arrow: text for arrow, text in texts.items() if arrow in self._panel.marked_arrows}
        clear = max(self._panel.sizes.diameter, self._panel.sizes.width) / 2
        placed = edgelabels.place(self._panel.arranged.whole, texts, self._panel.points, clear)
        if len(placed) < len(texts) and self._panel.options.edge_labels != "auto":
            raise DrawingError(
                f"{len(texts) - len(placed):,} of {len(texts):,} labels of connections would lie on others "
                "(view matrix has room for each, max-units shows fewer)",
                "edge_labels",
            )
        for text, x, y in placed:
            self._panel.sheet.text(
                Text(
                    x,
                    y,
                    text,
                    edgelabels.SIZE,
                    self._panel.theme.ink,
                    classes="weight",
                    plate=self._panel.theme.background,
                )
            )

    def _faint(self) -> Stroke:
        return Stroke(self._panel.theme.faint, 1.0)

    def stubs(self, numbers: Numbers) -> None:
        """A short piece at each shown end of an arrow that is not drawn whole; one for each direction."""
        seen: set[tuple[Hashable, str, float, float]] = set()
        ends = [(arrow, outgoing) for arrow in self._panel.arranged.cut for outgoing in (True, False)]
        for arrow, outgoing in ends:
            shown, hidden = (arrow.source, arrow.target) if outgoing else (arrow.target, arrow.source)
            if shown not in self._panel.ids:
                continue
            x, y, own = self._stub_end(shown, hidden)
            told = own or (self._panel.marked_arrows is not None and id(arrow) in self._panel.marked_arrows)
            colour, _, style = (self._panel.painter(arrow) if told else None) or self._faint()
            key = (shown, colour, round(x), round(y))
            if key in seen:
                continue
            seen.add(key)
            end = numbers.id("s")
            self._panel.sheet.dot(Dot(x, y, 0.0, id=end))
            tail, head = (self._panel.ids[shown], end) if outgoing else (end, self._panel.ids[shown])
            line = Line("", tail, head, colour, 1.0, "stub", stub=True, arrow=not outgoing, style=style)
            self._panel.sheet.marks.lines.append(line)

    def _stub_end(self, shown: Hashable, hidden: Hashable) -> tuple[float, float, bool]:
        """Where a stub ends on paper, and whether it points to the hidden unit's own place."""
        layers = self._panel.view.layer_of
        here, there = layers[shown], layers[hidden]
        ghost, own = self._panel.places.ghost(there, hidden, (here, shown))
        x, y = self._panel.points[shown]
        depth = self._panel.depths[there] + self._panel.places.row(there, hidden) * self._panel.sizes.row
        across, along = self._towards((x, y), self._panel.point(ghost, depth))
        beyond = _STUB if not self._panel.sizes.dense else 0.6 * self._panel.sizes.pitch
        share = (self._panel.sizes.diameter / 2 + beyond) / math.hypot(across, along)
        if self._panel.vertical:
            across, along = along, across
        return x + across * share, y + along * share, own

    def _towards(self, here: tuple[float, float], goal: tuple[float, float]) -> tuple[float, float]:
        """From one place to another: across layers, and along them, never so flat that it seems to stay in its layer."""
        across, along = goal[0] - here[0], goal[1] - here[1]
        if self._panel.vertical:
            across, along = along, across
        most = _FLATTEST * abs(across)
        return across, min(most, max(-most, along))
