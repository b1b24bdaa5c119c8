"""Where everything of a panel stands on paper: columns and their distances, units, captions beside them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from connectivity.errors import DrawingError
from connectivity.layout.branches import BRANCH_GAP
from connectivity.layout.columns import Column
from connectivity.layout.sizes import Sizes
from connectivity.layout.skips import Skip, Way
from connectivity.picture.captions import Captions
from connectivity.picture.channelroom import Place
from connectivity.picture.channeltexts import ChannelTexts
from connectivity.picture.directions import on_paper
from connectivity.picture.labels import label_width
from connectivity.picture.panel import Panel
from connectivity.picture.rectangles import Rectangle
from connectivity.picture.sides import Side

Point = tuple[float, float]

BRACKET, STEM = 16.0, 14.0
"""From units to their bracket, and the length of its stem, in points."""

_LABELLED_GAP, _MAXIMUM_GAP = 136.0, 520.0  # from one column to the next, in points
_CORNER_ROOM = 3.0  # from a corner of a long box to the nearest line, in points
_LEFT_OUT_GAP = 66.0  # from a column to dots that stand for layers that are left out
_CAPTION_ROOM, _NARROW_ROOM = 18.0, 9.0  # between the captions of two columns, in points; where they are wrapped
_CAPTION_GAP = 8.0  # from units to a caption right over or under them, in points
_BESIDE = 12.0  # from units to a caption beside them, in points
_WIDER = (1.0, 1.4, 2.0, 2.8)  # how many times the gap between branches is tried for a caption that is in the way
_STEEPEST = 1.4  # how steeply lines come to a branch, at most, where a caption stands over it
_FAN = 0.75  # the depth to give a reach of 1 where branches part or meet
_STEEPEST = 0.48  # the least of it, so that a line from a unit clears the one beside that unit
_SKIP_ROOM = 34.0  # more depth before a layer whose skips start or end there, in points
_LANE, _LANES = 5.0, 60.0  # from one lane of a bus to the next, and what all of them take at most, in points


class Ground:
    """The places of a panel: along its layers in pitches, across them (their depth) in points.

    ``texts`` are what stands at connections. ``level_depths`` are the depths of the columns, which may be changed
    until something is drawn; ``along`` is where each unit stands along its layer.
    """

    def __init__(self, panel: Panel, sizes: Sizes, captions: Captions, texts: Mapping[int, str]) -> None:
        self.panel, self.sizes, self.captions, self._texts = panel, sizes, captions, texts
        self.view, self.places, self.options = panel.wiring, panel.arrangement, panel.options
        self.branches, self.vertical = panel.arrangement.branches, panel.vertical
        self.names = ChannelTexts(panel, sizes)
        self._sources: dict[tuple[int, int], list[int]] = {}
        self.along: dict[int, float] = {}
        self.level_depths: list[float] = []
        self._leans, self._usual, self._deeper = (0.0, 0.0), sizes, 1.0
        self._stand()

    def lean(self, leans: tuple[float, float], row: float, depth: float, pitch: float) -> None:
        """Let rows of channels lean, in pitches from row to row: those of the first layer, and those of all others.

        ``row``, ``depth`` and ``pitch`` are how many times as far apart as usual rows, layers and units are.
        """
        self._leans, self._deeper = leans, depth
        self.sizes = self._usual._replace(row=self._usual.row * row, pitch=self._usual.pitch * pitch)
        self._stand()

    def _stand(self) -> None:
        """Find where columns stand; branches so far apart that no line crosses a caption between them."""
        for wider in _WIDER:
            if self.branches.branching:
                self.places.spread([wider * gap for gap in self._branch_gaps()])
                self.panel.settle_skips()
            self.along = {
                unit: place + self._leans[index > 0] * rows.get(column.across.get(unit, 0.0), 0.0)
                for index, column in enumerate(self.places.columns)
                for rows in [_rows_of(column)]
                for unit, place in column.along.items()
            }
            self.level_depths = self._level_depths()
            if not self._captions_are_crossed():
                break

    def _captions_are_crossed(self) -> bool:
        """Whether a straight line runs through a caption that stands between two branches."""
        behind = [index for index in range(len(self.view.layers)) if self.captions.stands(index, Side.BEHIND)]
        depths, layer_of = self.depths, self.view.layer_of
        ends = [(self.view.sources[one], self.view.targets[one]) for one in self.panel.whole] if behind else []
        lines = [tuple((self.along[unit] * self.sizes.pitch, depths[layer_of[unit]]) for unit in pair) for pair in ends]
        for index in behind:
            along = self.places.columns[index].span()[1] * self.sizes.pitch + self.sizes.diameter / 2 + _CAPTION_GAP
            tall, wide = self.captions.along(index), self.captions.across(index)
            box = Rectangle(along, depths[index] - wide / 2, along + tall, depths[index] + wide / 2)
            if any(box.is_crossed(*line) for line in lines):
                return True
        return False

    def _branch_gaps(self) -> list[float]:
        """What each layer needs behind it beside the usual gap, in pitches: room for captions between branches."""
        gaps = [0.0] * len(self.view.layers)
        for index in range(len(gaps)):
            if self.captions.stands(index, Side.BEHIND):
                if self.vertical:
                    room = self.captions.width(index) + 2 * _BESIDE
                else:  # lines that come to the next branch from above pass beside it
                    room = self.captions.height(index) + 2 * _CAPTION_GAP + _STEEPEST * self.captions.width(index) / 2
                gaps[index] = max(0.0, room / self.sizes.pitch - BRANCH_GAP + 1)
            beside = self.branches.at(self.branches.levels[index])
            gaps[index] += max((self.names.head(other) for other in beside), default=0.0) / self.sizes.pitch
        return gaps

    @property
    def depths(self) -> list[float]:
        """Where each layer's column stands across layers, in points."""
        return [self.level_depths[level] for level in self.branches.levels]

    def point(self, along: float, depth: float) -> tuple[float, float]:
        """A place on paper from one along the layer (in pitches) and one across layers (in points)."""
        return on_paper(self.options.direction, along * self.sizes.pitch, depth)

    def gaps(self) -> list[float]:
        """From each column to the next, in points."""
        return [after - before for before, after in itertools.pairwise(self.level_depths)]

    def half_depth(self, level: int) -> float:
        """From the middle of a column to its border, in points."""
        thick = max((self.places.columns[index].depth() for index in self.branches.at(level)), default=0.0)
        return thick * self.sizes.row / 2 + (self.sizes.diameter if self.vertical else self.sizes.width) / 2

    def at(self, unit: int) -> Point:
        """The middle of a unit."""
        index = self.view.layer_of[unit]
        across = self.places.columns[index].across.get(unit, 0.0)
        return self.point(self.along[unit], self.level_depths[self.branches.levels[index]] + across * self.sizes.row)

    @property
    def lengthened(self) -> float:
        """How much farther a long box reaches to either side than a square, across layers, in points."""
        if self.vertical or self.options.unit_shape == "circle":
            return 0.0
        return max(0.0, (self.sizes.width - self.sizes.diameter) / 2)

    def end(self, unit: int, towards: Point) -> Point:
        """What a line from a unit seems to come from: its middle, of a long box that of its end towards a point."""
        x, y = self.at(unit)
        return x + math.copysign(self.lengthened, towards[0] - x), y

    def border(self, unit: int, towards: Point, margin: float = 0.0) -> Point:
        """Where a line from a unit towards a point leaves it, ``margin`` beyond its border.

        Lines leave a long box by its short side, however steep they are.
        """
        x, y = self.end(unit, towards)
        across, up = towards[0] - x, towards[1] - y
        half = self.sizes.diameter / 2 + margin
        if self.lengthened:
            side = math.copysign(half, x - self.at(unit)[0])
            most = half - _CORNER_ROOM
            rise = half * up / abs(across) if across * side > 0 else math.copysign(most, up)
            return x + side, y + min(most, max(-most, rise))
        if self.options.unit_shape == "circle":
            share = (self.sizes.width / 2 + margin) / (math.hypot(across, up) or 1.0)
        else:
            wide = self.sizes.width / 2 + margin
            share = min(wide / abs(across) if across else math.inf, half / abs(up) if up else math.inf)
        return x + across * share, y + up * share

    def reach(self, level: int) -> float:
        """From the middle of a column to its border, or to that of the captions on its other side, in points."""
        before = [
            self.captions.across(index) / 2 + 8
            for index in self.branches.at(level)
            if self.captions.stands(index, Side.BEFORE)
        ]
        return max([self.half_depth(level), *before])

    def top_of(self, skip: Skip) -> float:
        """Where units and captions begin, along the columns that a skip passes and its own, in points."""
        levels = self.branches.levels
        tops = []
        for level in range(levels[skip.source], levels[skip.target] + 1):
            for index in self.branches.at(level):
                low, room = self.places.columns[index].span()[0], self.names.head(index)
                if self.captions.stands(index, Side.BEFORE):
                    low, room = self.clear_of_lines(index), room + _CAPTION_GAP + self.captions.along(index)
                tops.append(low * self.sizes.pitch - self.sizes.diameter / 2 - room)
        return min(tops, default=0.0)

    def lanes_of(self, skip: Skip) -> list[int]:
        """The units that a skip starts at, in order: a bus has a lane for each."""
        key = (skip.source, skip.target)
        if key not in self._sources:
            layer_of = self.view.layer_of
            sources = {
                self.view.sources[one]
                for one in self.panel.whole
                if (layer_of[self.view.sources[one]], layer_of[self.view.targets[one]]) == key
            }
            self._sources[key] = sorted(sources, key=self.along.__getitem__)
        return self._sources[key]

    def width(self, skip: Skip) -> float:
        """From the first lane of a bus to its last, in points."""
        number = len(self.lanes_of(skip))
        return (number - 1) * lane_distance(number)

    def goes_outside(self, skip: Skip) -> bool:
        """Whether a bus leaves and arrives at the far sides of its layers, where no other connections are."""
        free = not self.branches.levels[skip.source] and not self.branches.readers(skip.target)
        named = self.names.outside(skip.source, Place.FIRST) or self.names.outside(skip.target, Place.LAST)
        return free and not named and not self.captions.stands(skip.target, Side.BEYOND)

    def _level_depths(self) -> list[float]:
        """Where each column stands: far enough from the one before it for its arrows and its caption."""
        depths = [0.0]
        reaches, more = self._reaches(), self._skip_rooms()
        rooms = self.captions.rooms()
        thick = [self._thickness(level) for level in range(self.branches.depth)]
        for level in range(1, self.branches.depth):
            fan = len(self.branches.at(level)) > 1 or len(self.branches.at(level - 1)) > 1
            slope = max(self.sizes.slope, _FAN) if fan else self.sizes.slope
            gap = self._least_gap(level)
            if self.options.gap is None:
                gap = max(gap, slope * reaches[level] * self.sizes.pitch)
            if not self.sizes.dense:
                steepest = _STEEPEST * reaches[level] * self.sizes.pitch if fan else 0.0
                gap = min(gap, max(_MAXIMUM_GAP, steepest)) * self._deeper
            beside = self.branches.at(level - 1), self.branches.at(level)
            gap = max(gap, self.names.depth_for([*beside[0], *beside[1]], reaches[level] * self.sizes.pitch))
            gap += self.names.between(*beside)
            gap += (thick[level - 1] + thick[level]) / 2 + max(0.0, self.sizes.width - 2 * self.sizes.diameter)
            between = _NARROW_ROOM if self.sizes.distances.narrow else _CAPTION_ROOM
            for room in rooms:
                gap = max(gap, (room[level - 1] + room[level]) / 2 + between)
            depths.append(depths[-1] + (gap + more[level]) * self.sizes.distances.wide)
        return depths

    def _thickness(self, level: int) -> float:
        """How much thicker than a column of single units a level is, in points."""
        thick = [0.0]
        for index in self.branches.at(level):
            thickness = self.places.columns[index].depth() * self.sizes.row
            if self.view.layers[index].whole and not self.vertical:
                thickness += self.whole_layer(index)[0] - self.sizes.width
            thick.append(thickness)
        return max(thick)

    def _least_gap(self, level: int) -> float:
        """The least depth before a level: more where the texts at its connections need the room."""
        least = self.sizes.gap
        if self._is_gap(level - 1) or self._is_gap(level):
            return max(_LEFT_OUT_GAP, least) if self.options.gap else _LEFT_OUT_GAP
        if not self._texts:
            return least
        layers = set(self.branches.at(level))
        into = [connection for connection in self.panel.whole if self.view.layer(connection) in layers]
        texts = [self._texts[connection] for connection in into if connection in self._texts]
        if not texts:
            return least
        from connectivity.picture import edgelabels

        spans = [self.places.columns[index].span() for one in (level - 1, level) for index in self.branches.at(one)]
        length = max(high - low for low, high in spans) * self.sizes.pitch
        room = edgelabels.room(texts, length)
        if self.options.gap is None:
            return max(_LABELLED_GAP, room)
        if least < room:
            needed = math.ceil(room / self.sizes.pitch * 100) / 100
            raise DrawingError(
                f"gap {self.options.gap:g} is too little: the labels of connections need {needed:g} or more here "
                "(edge-labels none takes less)",
                "gap",
            )
        return least

    def _is_gap(self, level: int) -> bool:
        """Whether nothing stands in a column but dots for layers that are left out."""
        return all(self.view.layers[index].kind.left_out for index in self.branches.at(level))

    def _reaches(self) -> list[float]:
        """How far the arrows into each level run along it, at most, in pitches."""
        reaches = [0.0] * self.branches.depth
        along, levels, skips = self.along, self.branches.levels, self.panel.skips
        sources, targets, layer_of = self.view.sources, self.view.targets, self.view.layer_of
        for connection in (*self.panel.whole, *self.panel.open):  # what is hidden leaves the others where they are
            source, target = sources[connection], targets[connection]
            here, there = layer_of[source], layer_of[target]
            if source not in along:  # it comes from layers that are left out, and has a place in matrices alone
                continue
            reach, level = abs(along[target] - along[source]), levels[there]
            skip = skips.get((here, there)) if skips else None
            if skip is not None and skip.way is Way.STRAIGHT:
                reach /= max(1, level - levels[here])
            elif skip is not None and skip.direct and skip.way is not Way.TRACK:
                continue  # it runs along its row, or its lane
            if reach > reaches[level]:
                reaches[level] = reach
        return reaches

    def _skip_rooms(self) -> list[float]:
        """What skips need before each level, in points: for their junctions, and for the lanes of buses."""
        rooms, levels = [0.0] * (self.branches.depth + 1), self.branches.levels
        for skip in self.panel.skips.values():
            here, there = levels[skip.source] + 1, levels[skip.target]
            if skip.way is Way.BUS:
                outside = skip.direct and self.goes_outside(skip)
                lanes = self.width(skip) + _SKIP_ROOM
                for level in (there + 1,) if outside else (here, there):
                    beside = [self.reach(one) - self.half_depth(one) for one in (level - 1, level)]
                    rooms[level] = max(rooms[level], lanes + max(beside))
            elif skip.way is Way.TRACK or (skip.way is Way.HOP and not skip.direct):
                rooms[there] = max(rooms[there], _SKIP_ROOM)
        return rooms

    def whole_layer(self, index: int) -> tuple[float, float]:
        """Width and height of a unit that stands for a layer: as long as the longest column next to it, or its text."""
        long, wide = self.places.bar(index) * self.sizes.pitch + self.sizes.diameter, self.sizes.diameter
        label = self.panel.labels.get(self.view.layers[index].units[0])
        text = label_width(label) * self.sizes.font + 12 if label and self.options.labels != "none" else 0.0
        return (max(long, text), wide) if self.vertical else (max(wide, text), long)

    def caption(self, index: int, bottom: float, right: float) -> tuple[float, float, str]:
        """The x, the top and the alignment of a caption; those in line begin at ``bottom``, or at ``right``."""
        side = self.captions.sides[index]
        low, high = self.places.columns[index].span()
        if side is Side.BEFORE:
            low = self.clear_of_lines(index) - self.names.head(index) / self.sizes.pitch
        depth, height = self.depths[index], self.captions.height(index)
        if side is Side.BRACKET:
            return self._bracket_caption(index)
        if side is Side.BEYOND:
            level = self.branches.levels[index]
            beyond = self.half_depth(level) + self.names.outside(index, Place.LAST) + _BESIDE
            return self._beyond((low + high) / 2, self.level_depths[level] + beyond, height)
        if self.vertical:
            half = self.sizes.width / 2 + _BESIDE
            _, middle = self.point(0.0, depth)
            top = middle + height / 2
            if side is Side.BASE:
                return right, top, "start"
            x = self.point(low, depth)[0] - half if side is Side.BEFORE else self.point(high, depth)[0] + half
            return x, top, "end" if side is Side.BEFORE else "start"
        x = self.point(0.0, depth)[0]
        if side is Side.BASE:
            return x, bottom - 12, "middle"
        half = self.sizes.diameter / 2 + _CAPTION_GAP
        if side is Side.BEFORE:
            return x, self.point(low, depth)[1] + half + height, "middle"
        return x, self.point(high, depth)[1] - half, "middle"

    def caption_boxes(self) -> list[Rectangle]:
        """Where captions stand that are not in line with the others, in points: beside branches, and at brackets."""
        boxes = []
        for index, side in enumerate(self.captions.sides):
            if side in (None, Side.BASE) or not self.captions.texts:
                continue
            x, top, align = self.caption(index, 0.0, 0.0)
            width, height = self.captions.width(index), self.captions.height(index)
            left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[align] * width
            boxes.append(Rectangle(left, top - height, left + width, top))
        return boxes

    def clear_of_lines(self, index: int) -> float:
        """Where what stands before a layer ends, in pitches: no line to or from the columns beside it comes there."""
        level = self.branches.levels[index]
        beside = [one for near in (level - 1, level, level + 1) for one in self.branches.at(near)]
        return min(min([self.places.columns[one].span()[0], *self._leaning(one)]) for one in beside)

    def _leaning(self, index: int) -> list[float]:
        """Where units of rows that lean stand along their layer, in pitches."""
        column = self.places.columns[index]
        return [self.along[unit] for unit in column.across if unit in self.along]

    def _bracket_caption(self, index: int) -> tuple[float, float, str]:
        """Where the caption of a join stands: at the stem of its bracket."""
        takes = self.branches.takes[index]
        spans = [self.places.columns[one].span() for one in takes]
        middle = (min(low for low, _ in spans) + max(high for _, high in spans)) / 2
        level = self.branches.levels[takes[0]]
        depth = self.level_depths[level] + self.half_depth(level) + self.bracket_depth(takes) + STEM + 8
        return self._beyond(middle, depth, self.captions.height(index))

    def bracket_depth(self, takes: Sequence[int]) -> float:
        """From units to their bracket, in points: behind the captions that stand there."""
        beyond = [self.captions.across(one) for one in takes if self.captions.stands(one, Side.BEYOND)]
        return BRACKET + (_BESIDE + max(beyond) if beyond else 0.0)

    def _beyond(self, along: float, depth: float, height: float) -> tuple[float, float, str]:
        """The x, the top and the alignment of a caption that stands beyond a place, away from the network."""
        x, y = self.point(along, depth)
        return {
            "LR": (x, y + height / 2, "start"),
            "RL": (x, y + height / 2, "end"),
            "BT": (x, y + height, "middle"),
            "TB": (x, y, "middle"),
        }[self.options.direction]


def _rows_of(column: Column) -> dict[float, float]:
    """The rows of a column by where they are across: which is the how many-th, from the middle."""
    places = sorted(set(column.across.values()))
    return {place: number - (len(places) - 1) / 2 for number, place in enumerate(places)}


def lane_distance(lanes: int) -> float:
    """From one lane of a bus to the next, in points."""
    return min(_LANE, _LANES / max(1, lanes))
