"""The connections of a panel: arrows, the texts at them, and stubs of those that are not drawn whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from connectivity.colour.paint import passed
from connectivity.colour.themes import Stroke
from connectivity.errors import DrawingError
from connectivity.graphs.stage import WHOLE
from connectivity.graphs.weightnames import asks_for_labels
from connectivity.layout.skips import Skip, Way
from connectivity.picture.canvas import Canvas, Numbers
from connectivity.picture.rectangles import Rectangle
from connectivity.picture.routes import Router, straight
from connectivity.scene import Dot, Line, Text

Point = tuple[float, float]

_PIECES = 8  # straight pieces that stand for each stretch of a curve
_HEAD = 4.0  # round a unit, so that the heads of arrows are seen, in points
_STUB = 20.0  # how far a stub reaches beyond its unit, in points
_JUNCTION_SIZE = 5.2  # the dot where a carried value's lines start, in points
_FLATTEST = 2.0  # how far a stub runs along its layer for each step across


class ConnectionDrawer:
    """Draws the connections of a panel whose units stand already."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._ground = canvas, canvas.ground
        self._panel = canvas.panel
        self._wiring = canvas.panel.wiring
        self._router = Router(canvas.ground)
        self._junctions: dict[tuple[int, int, int], tuple[str, tuple[float, float]]] = {}
        self._marked = canvas.panel.marked_connections if canvas.panel.options.highlight else None

    def arrows(self, numbers: Numbers) -> None:
        """The arrows; each has an id, classes and a tooltip, unless there are too many."""
        if self._panel.skips:
            self._carry(numbers)
        painter, faint = self._canvas.painter, self._faint()
        sources, targets = self._wiring.sources, self._wiring.targets
        connections = self._in_order()
        if self._canvas.dense:
            self._dense_arrows(connections)
            return
        for connection in connections:
            source, target = sources[connection], targets[connection]
            colour, width, style = painter(connection) or faint
            tip = self._panel.connection_tip(connection)
            weight = numbers.weight(self._panel, connection)
            classes = f"edge layer{self._wiring.layer(connection)} {weight} to{self._canvas.ids[target][1:]}"
            tail, path = self._start(connection)
            head = ""
            if not (tail or path) and self._ground.lengthened and self._wiring.bars.isdisjoint((source, target)):
                tail, head, path = self._between_ends(source, target, numbers)
            tail = tail or self._tail(source, target, path, numbers)
            head = head or self._end(target, source, numbers)
            straight_on = tail == self._canvas.ids[source] and not path
            over = straight_on and self._marked is not None and connection in self._marked
            self._canvas.sheet.line(
                Line(numbers.id("e"), tail, head, colour, width, classes, tip, style=style, path=path, over=over)
            )

    def _between_ends(
        self, source: int, target: int, numbers: Numbers
    ) -> tuple[str, str, tuple[tuple[float, float], ...]]:
        """The ends of a line between the short sides of two long boxes, and its path.

        Where strong lines lie over others the ends are points of their own.
        """
        ground = self._ground
        here, there = ground.at(source), ground.at(target)
        start = ground.border(source, ground.end(target, here))
        end = ground.border(target, ground.end(source, there))
        if not self._panel.strongest_last:
            return self._canvas.ids[source], self._canvas.ids[target], straight(start, end)
        ids = numbers.id("s"), numbers.id("s")
        for identity, point in zip(ids, (start, end), strict=True):
            self._canvas.sheet.dot(Dot(*point, 0.0, id=identity))
        return *ids, ()

    def _dense_arrows(self, connections: Sequence[int]) -> None:
        """Lines alone, of so many that nothing is said of each."""
        lines, ids, painter, faint = (
            self._canvas.sheet.marks.lines,
            self._canvas.ids,
            self._canvas.painter,
            self._faint(),
        )
        sources, targets = self._wiring.sources, self._wiring.targets
        skips = bool(self._panel.skips)
        for connection in connections:
            colour, width, style = painter(connection) or faint
            tail, path = self._start(connection) if skips else ("", ())
            tail = tail or ids[sources[connection]]
            lines.append(Line("", tail, ids[targets[connection]], colour, width, "", "", False, True, style, path))

    def _skip(self, connection: int) -> Skip | None:
        """The skip of a connection that does not run straight."""
        layer_of = self._wiring.layer_of
        ends = layer_of[self._wiring.sources[connection]], layer_of[self._wiring.targets[connection]]
        skip = self._panel.skips.get(ends)
        return None if skip is None or skip.way is Way.STRAIGHT else skip

    def _start(self, connection: int) -> tuple[str, tuple[tuple[float, float], ...]]:
        """Where a connection starts, if that is a junction, and its path, if that is not straight."""
        skip = self._skip(connection)
        if skip is None:
            return "", ()
        source, target = self._wiring.sources[connection], self._wiring.targets[connection]
        if not skip.direct:
            return self._junctions[skip.source, skip.target, source][0], ()
        junctions = [
            (self._ground.branches.levels[there], point)
            for (here, there, unit), (_, point) in self._junctions.items()
            if unit == source and here == skip.source and self._panel.skips[here, there].way is skip.way is Way.HOP
        ]
        start = max(junctions)[1] if junctions else None
        return "", self._router.whole(skip, source, target, start).points

    def _carry(self, numbers: Numbers) -> None:
        """The ways to the junctions of all skips that end in lines, each drawn once."""
        wiring, ids = self._wiring, self._canvas.ids
        stroke = passed(self._panel.theme)
        levels = self._ground.branches.levels
        skips = sorted(self._panel.skips.items(), key=lambda item: (item[0][0], levels[item[0][1]]))
        last: dict[int, tuple[str, tuple[float, float]]] = {}  # of each unit: the junction of its hop so far
        for (here, there), skip in skips:
            if skip.way is Way.STRAIGHT or skip.direct:
                continue
            pairs = (
                (wiring.sources[one], one)
                for one in self._panel.whole
                if self._skip(one) is skip and wiring.is_there(one)
            )
            for unit, connection in dict(reversed([*pairs])).items():
                hops = skip.way is Way.HOP
                start = last.get(unit) if hops else None
                route = self._router.carrier(skip, unit, start[1] if start else None)
                identity = numbers.id("s")
                self._canvas.sheet.dot(Dot(*route.end, 0.0, id=identity))
                self._canvas.sheet.dot(Dot(*route.end, _JUNCTION_SIZE, self._panel.theme.ink))
                tail = start[0] if start else ids[unit]
                style = self._canvas.painter(connection) if self._marked is not None else None
                faint = style is not None and self._marked is not None and connection not in self._marked
                self._canvas.sheet.line(
                    Line(
                        "",
                        tail,
                        identity,
                        self._panel.theme.faint if faint else stroke.colour,
                        stroke.width,
                        "carrier",
                        stub=True,
                        arrow=False,
                        style=stroke.style,
                        path=route.points,
                    )
                )
                self._junctions[here, there, unit] = identity, route.end
                if hops:
                    last[unit] = identity, route.end

    def _end(self, unit: int, other: int, numbers: Numbers) -> str:
        """The id of what a line from ``other`` leads to: a unit; of one that is a whole layer, a point of its border."""
        if unit not in self._wiring.bars:
            return self._canvas.ids[unit]
        index = self._wiring.layer_of[unit]
        (x, y), (other_x, other_y) = self._ground.at(unit), self._ground.at(other)
        width, height = self._ground.whole_layer(index)
        reach = max(0.0, max(width, height) / 2 - self._ground.sizes.diameter / 2)
        if self._ground.vertical:
            x += min(reach, max(-reach, other_x - x))
            y += math.copysign(height / 2, other_y - y)
        else:
            x += math.copysign(width / 2, other_x - x)
            y += min(reach, max(-reach, other_y - y))
        identity = numbers.id("s")
        self._canvas.sheet.dot(Dot(x, y, 0.0, id=identity))
        return identity

    def _tail(self, unit: int, other: int, path: tuple[tuple[float, float], ...], numbers: Numbers) -> str:
        """The id of what a line starts at: where strong ones lie over others, a point of its own on its unit's border.

        Graphviz draws lines in the order of their tails.
        """
        if path or not self._panel.strongest_last or not self._wiring.bars.isdisjoint((unit, other)):
            return self._end(unit, other, numbers)
        identity = numbers.id("s")
        self._canvas.sheet.dot(Dot(*self._ground.border(unit, self._ground.at(other)), 0.0, id=identity))
        return identity

    def _in_order(self) -> list[int]:
        """The connections that are drawn whole, strong ones over others if so wished, what is highlighted over the rest."""
        connections, marked = self._panel.whole, self._marked
        if self._wiring.stage is not WHOLE:
            connections = [connection for connection in connections if self._wiring.is_there(connection)]
        if self._panel.strongest_last:
            weights = self._wiring.weights
            connections = sorted(connections, key=lambda connection: abs(weights[connection] or 0.0))
        return connections if marked is None else sorted(connections, key=lambda connection: connection in marked)

    def labels(self) -> None:
        """The texts at connections."""
        texts = self._canvas.texts
        if not texts:
            return
        from connectivity.picture import edgelabels

        marked = self._marked
        if marked is not None:  # of what is emphasised only
            texts = {connection: text for connection, text in texts.items() if connection in marked}
        ways = {connection: self._way(connection) for connection in self._in_order()}
        texts = {connection: text for connection, text in texts.items() if self._wiring.is_there(connection)}
        carriers = [_straightened(line.path) for line in self._canvas.sheet.marks.lines if line.stub and line.path]
        labels = edgelabels.place(ways, texts, self._obstacles(), carriers)
        if len(labels) < len(texts) and asks_for_labels(self._panel.options):
            if len(texts) == 1:
                raise DrawingError(
                    "the label of a connection is longer than there is room for; a larger gap makes some", "edge_labels"
                )
            raise DrawingError(
                f"{len(texts) - len(labels):,} of {len(texts):,} labels of connections would lie on others; "
                "view matrix has room for each, max-units shows fewer",
                "edge_labels",
            )
        theme = self._panel.theme
        for text, x, y in labels:
            self._canvas.sheet.text(
                Text(x, y, text, edgelabels.SIZE, theme.ink, classes="weight", plate=theme.background)
            )

    def _way(self, connection: int) -> list[Point]:
        """The line of a connection: from its unit, or from the junction where it starts, on to its unit."""
        source, target = self._wiring.sources[connection], self._wiring.targets[connection]
        skip, goal = self._skip(connection), self._ground.at(target)
        if skip is None:
            return [self._ground.at(source), goal]
        if not skip.direct:
            return [self._junctions[skip.source, skip.target, source][1], goal]
        return _straightened(self._start(connection)[1])

    def _obstacles(self) -> list[Rectangle]:
        """What no text at a connection may touch: units, dots between them, names of channels, captions of branches."""
        ground, marks = self._ground, self._canvas.sheet.marks
        wide, high = ground.sizes.width / 2 + _HEAD, ground.sizes.diameter / 2 + _HEAD
        boxes = [_rectangle(*ground.at(unit), wide, high) for unit in ground.along]
        boxes += [_rectangle(dot.x, dot.y, dot.diameter / 2, dot.diameter / 2) for dot in marks.dots if dot.diameter]
        for text in marks.texts:
            width, height = text.measure()
            shift = {"start": width / 2, "end": -width / 2}.get(text.align, 0.0)
            boxes.append(_rectangle(text.x + shift, text.y, width / 2, height / 2))
        return [*boxes, *ground.caption_boxes()]

    def _faint(self) -> Stroke:
        return Stroke(self._panel.theme.faint, 1.0)

    def stubs(self, numbers: Numbers) -> None:
        """A short piece at each shown end of a connection that is not drawn whole; one for each direction."""
        keys: set[tuple[int, str, float, float]] = set()
        ids = self._canvas.ids
        for connection, outgoing in ((connection, out) for connection in self._panel.cut for out in (True, False)):
            source, target = self._wiring.sources[connection], self._wiring.targets[connection]
            shown, hidden = (source, target) if outgoing else (target, source)
            if shown not in ids or not self._wiring.is_there(connection):
                continue
            x, y, in_place = self._stub_end(shown, hidden)
            path: tuple[tuple[float, float], ...] = ()
            if self._ground.lengthened and shown not in self._wiring.bars:
                path = straight(self._ground.border(shown, (x, y)), (x, y))
                path = path if outgoing else path[::-1]
            in_colour = in_place or (self._marked is not None and connection in self._marked)
            colour, _, style = (self._canvas.painter(connection) if in_colour else None) or self._faint()
            # Of all that dots stand for one is enough, and one that is marked.
            key = (shown, colour if in_place else f"{in_colour}", round(x), round(y))
            if key in keys:
                continue
            keys.add(key)
            end = numbers.id("s")
            self._canvas.sheet.dot(Dot(x, y, 0.0, id=end))
            tail, head = (ids[shown], end) if outgoing else (end, ids[shown])
            line = Line("", tail, head, colour, 1.0, "stub", stub=True, arrow=not outgoing, style=style, path=path)
            self._canvas.sheet.marks.lines.append(line)

    def _stub_end(self, shown: int, hidden: int) -> tuple[float, float, bool]:
        """Where a stub ends on paper, and whether it points to the hidden unit's own place."""
        ground = self._ground
        here, there = self._wiring.layer_of[shown], self._wiring.layer_of[hidden]
        ghost, in_place = ground.places.ghost(there, hidden, (here, shown))
        depth = ground.depths[there] + ground.places.row(there, hidden) * ground.sizes.row
        goal = ground.point(ghost, depth)
        x, y = ground.end(shown, goal)
        across, along = self._towards((x, y), goal)
        beyond = _STUB if not ground.sizes.dense else 0.6 * ground.sizes.pitch
        share = (ground.sizes.diameter / 2 + beyond) / math.hypot(across, along)
        if ground.vertical:
            across, along = along, across
        return x + across * share, y + along * share, in_place

    def _towards(self, here: tuple[float, float], goal: tuple[float, float]) -> tuple[float, float]:
        """From one place to another: across layers, and along them, never so flat that it seems to stay in its layer."""
        across, along = goal[0] - here[0], goal[1] - here[1]
        if self._ground.vertical:
            across, along = along, across
        most = _FLATTEST * abs(across)
        return across, min(most, max(-most, along))


def _rectangle(x: float, y: float, wide: float, high: float) -> Rectangle:
    """A rectangle round its middle, so far to each side."""
    return Rectangle(x - wide, y - high, x + wide, y + high)


def _straightened(path: Sequence[Point]) -> list[Point]:
    """A curve, a point and then three for each stretch (Bezier's), as straight pieces."""
    points = [path[0]]
    for start in range(0, len(path) - 3, 3):
        a, b, c, d = path[start : start + 4]
        for step in range(1, _PIECES + 1):
            t = step / _PIECES
            weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            points.append((x, y))
    return points
