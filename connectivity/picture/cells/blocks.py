"""The blocks of a network of cells: a grid for a layer with positions, a column of circles for one without."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from connectivity.graphs.wiring import Place
from connectivity.layers.base import Shape
from connectivity.picture.cells.axis import Axis

Span = tuple[float, float]

GAP_THICKNESS, GAP_LENGTH = 12.0, 30.0
"""What layers that are left out take on the ground, in points."""

CIRCLE, CIRCLE_PITCH = 11.0, 15.0
NAMED_CIRCLE, NAMED_PITCH = 22.0, 31.0
"""The diameters of circles in a column and their distances, in points; those with names are larger."""

MOST_NAMED, MOST_CIRCLES = 10, 12
_FIRST, _LAST = 7, 3
_AIR = 1.8  # least room between two circles, in points
_ROOM = 12.0  # what the dots of a column take, in points


@dataclass(eq=False, repr=False)
class Part:
    """Channels of a grid that stand together: from channel ``first`` of its layer on, ``channels`` in all.

    ``operand`` is the layer that they are copies of, None of the layer's own.
    """

    first: int
    axis: Axis
    operand: int | None = None
    start: float = 0.0


@dataclass(eq=False, repr=False)
class Block:
    """A layer on the ground: ``shift`` is its middle along the layers, ``across`` that across them, in points."""

    layer: int
    shape: Shape
    level: int = 0
    shift: float = 0.0
    across: float = 0.0
    thickness: float = 0.0
    length: float = 0.0

    @property
    def span(self) -> Span:
        """Where it begins and ends along the layers."""
        return self.shift - self.length / 2, self.shift + self.length / 2

    @property
    def near(self) -> float:
        """Its side towards its input, across."""
        return self.across - self.thickness / 2

    @property
    def far(self) -> float:
        """Its side towards its output, across."""
        return self.across + self.thickness / 2

    def flats(self) -> Iterator[int]:
        """The units that it shows, by their flat index in the layer."""
        raise NotImplementedError


@dataclass(eq=False, repr=False)
class Grid(Block):
    """Cells: channels across, positions along; of ``units``, by their flat index, alone where these are no rectangle."""

    parts: list[Part] = field(default_factory=list)
    positions: Axis = field(default_factory=lambda: Axis([range(1)], 1.0, 1))
    backwards: bool = False
    units: frozenset[int] | None = None

    def shows(self, place: Place) -> bool:
        """Whether the unit at a place within the shown channels and positions is shown itself."""
        return self.units is None or place[0] * self.shape.length + place[1] in self.units

    def settle(self) -> None:
        """Find how thick and how long it is."""
        at = 0.0
        for part in self.parts:
            part.start, at = at, at + part.axis.length
        self.thickness, self.length = at, self.positions.length

    def along(self, position: int) -> Span:
        """Where the cells of a position begin and end."""
        start = self.span[0] + self.positions.start(position)
        return start, start + self.positions.size

    def across_of(self, part: Part, channel: int) -> Span:
        """Where the cells of a channel of a part begin and end, across; channels are read one way always."""
        start = part.axis.start(channel)
        if self.backwards:
            start = part.axis.length - start - part.axis.size
        start += self.near + part.start
        return start, start + part.axis.size

    def stretches_across(self, part: Part) -> list[Span]:
        """Where channels of a part touch, across."""
        low = self.near + part.start
        spans = part.axis.stretches
        if self.backwards:
            spans = [(part.axis.length - end, part.axis.length - start) for start, end in spans]
        return [(low + start, low + end) for start, end in spans]

    def gaps_across(self, part: Part) -> list[Span]:
        """Where dots stand for channels, across."""
        low = self.near + part.start
        gaps = part.axis.gaps
        if self.backwards:
            gaps = [(part.axis.length - end, part.axis.length - start) for start, end in gaps]
        return [(low + start, low + end) for start, end in gaps]

    def stretches_along(self) -> list[Span]:
        """Where positions touch, along."""
        low = self.span[0]
        return [(low + start, low + end) for start, end in self.positions.stretches]

    def gaps_along(self) -> list[Span]:
        """Where dots stand for positions, along."""
        low = self.span[0]
        return [(low + start, low + end) for start, end in self.positions.gaps]

    def runs(self, positions: Sequence[int]) -> list[Span]:
        """What the shown ones of ``positions`` cover, along."""
        low = self.span[0]
        return [(low + start, low + end) for start, end in self.positions.runs(positions)]

    def flats(self) -> Iterator[int]:
        for part in self.parts:
            for channel in part.axis:
                for position in self.positions:
                    if self.shows((part.first + channel, position)):
                        yield (part.first + channel) * self.shape.length + position


@dataclass(eq=False, repr=False)
class Gap(Block):
    """Layers that are left out: dots, and nothing that could be seen or asked."""

    def flats(self) -> Iterator[int]:
        return iter(())


@dataclass(eq=False, repr=False)
class Column(Block):
    """Circles, one for each unit that is shown; ``numbers`` are those of the units, with None for dots."""

    numbers: list[int | None] = field(default_factory=list)
    diameter: float = CIRCLE
    places: dict[int, float] = field(default_factory=dict)
    dots: list[float] = field(default_factory=list)
    named: bool = False

    @classmethod
    def of(
        cls,
        layer: int,
        shape: Shape,
        last: bool,
        also: Collection[int] = (),
        most: int | None = None,
        among: Sequence[int] | None = None,
        tight: float = 1.0,
    ) -> Column:
        """The column of a layer; of a ``last`` one that is short the circles have names.

        It shows units ``among`` some (None: all of them), at ``most`` so many (0: all of these), and those of ``also``;
        ``tight`` is the share of usual distances where there is little room.
        """
        column, units = cls(layer, shape), range(shape.units) if among is None else among
        column.named = last and len(units) <= MOST_NAMED
        column.diameter, pitch = (NAMED_CIRCLE, NAMED_PITCH) if column.named else (CIRCLE, CIRCLE_PITCH)
        pitch = max(column.diameter + _AIR, pitch * tight)
        at, before = 0.0, -1
        for place in _shown(units, also, MOST_CIRCLES if most is None else most or len(units), most is None):
            if place > before + 1:
                column.dots.append(at - pitch / 2 + _ROOM / 2)
                at += _ROOM
            column.places[units[place]] = at
            at, before = at + pitch, place
        column.length = at - pitch + column.diameter
        column.thickness = column.diameter
        return column

    def at(self, number: int) -> float:
        """Where the middle of a circle is, along."""
        return self.span[0] + self.diameter / 2 + self.places[number]

    def dot_places(self) -> list[float]:
        """Where dots stand, along."""
        return [self.span[0] + self.diameter / 2 + place for place in self.dots]

    def flats(self) -> Iterator[int]:
        return iter(self.places)


def _shown(units: Sequence[int], also: Collection[int], limit: int, usual: bool) -> list[int]:
    """The places in ``units`` of those that are shown: of more than the limit the first, the last, and ``also``."""
    if len(units) <= limit:
        return [*range(len(units))]
    last = _LAST if usual else min(_LAST, max(1, limit // 3))
    first = _FIRST if usual else max(1, limit - 2 - last)
    kept = {*range(first), *range(len(units) - last, len(units))}
    return sorted(kept | {place for place, unit in enumerate(units) if unit in also})
