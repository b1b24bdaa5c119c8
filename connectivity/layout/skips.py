"""How connections get past columns that stand between their ends: straight, between the rows, or round everything.

A *skip* is all connections from one layer to another that is more than one level away. Where straight lines pass
clear of all units they are straight. Else they *hop*: unit i runs between the rows i and i + 1, if all columns that it
passes have their units in these rows. Else they keep their *track* until the last column is passed, if it is free.
Else they take a *bus* round everything: a lane for each unit, the last unit outermost, so that no two lanes cross.
Coordinates are in pitches.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectivity.graphs.wiring import Wiring
from connectivity.layout.branches import Branches
from connectivity.layout.columns import Column

MOST_HOPS = 3
"""The most hops between two rows; more would touch the units."""

_CLEAR = 0.42
"""How far a straight line stays from the middle of a unit that it passes, in pitches."""

_SAME = 1e-6


class Way(enum.Enum):
    """How a skip gets past the columns between its ends."""

    STRAIGHT = enum.auto()
    HOP = enum.auto()
    TRACK = enum.auto()
    BUS = enum.auto()


@dataclass(eq=False, repr=False)
class Skip:
    """All connections from layer ``source`` to layer ``target``, which is more than one level away.

    ``direct``: each unit of the one reaches a single unit of the other, with no weight, in the same order.
    ``share`` is where between two rows a hop runs, from 0 to 1; ``deck`` counts the buses that a bus encloses.
    """

    source: int
    target: int
    way: Way
    direct: bool
    share: float = 0.5
    deck: int = 0


def skips_of(
    wiring: Wiring, whole: Sequence[int], branches: Branches, columns: Sequence[Column]
) -> dict[tuple[int, int], Skip]:
    """The skips of a network, by the numbers of both layers."""
    levels = branches.levels
    pairs: dict[tuple[int, int], list[int]] = {}
    for connection in whole:
        source = wiring.layer_of[wiring.sources[connection]]
        target = wiring.layer_of[wiring.targets[connection]]
        if levels[target] - levels[source] > 1 and wiring.roles[connection].counted:
            pairs.setdefault((source, target), []).append(connection)
    skips = {}
    for (source, target), connections in pairs.items():
        ends = [(wiring.sources[one], wiring.targets[one]) for one in connections]
        direct = _is_direct(wiring, connections, columns[source], columns[target])
        passed = [columns[index] for level in range(levels[source] + 1, levels[target]) for index in branches.at(level)]
        way = _way(ends, direct, source, target, passed, levels, columns, branches)
        skips[source, target] = Skip(source, target, way, direct)
    _share_rows(skips, levels)
    _stack_buses(skips, levels)
    return skips


def most_hops(skips: Mapping[tuple[int, int], Skip]) -> int:
    """How many hops run between two rows at most."""
    shares = [skip.share for skip in skips.values() if skip.way is Way.HOP]
    return round(1 / min(shares)) - 1 if shares else 0


def _is_direct(wiring: Wiring, connections: Sequence[int], source: Column, target: Column) -> bool:
    ends = [(wiring.sources[one], wiring.targets[one]) for one in connections]
    if not all(wiring.roles[one].passes for one in connections) or len({one for one, _ in ends}) < len(ends):
        return False
    in_order = sorted(ends, key=lambda pair: source.along[pair[0]])
    places = [target.along[other] for _, other in in_order]
    return len({other for _, other in ends}) == len(ends) and places == sorted(places)


def _way(
    ends: Sequence[tuple[int, int]],
    direct: bool,
    source: int,
    target: int,
    passed: Sequence[Column],
    levels: Sequence[int],
    columns: Sequence[Column],
    branches: Branches,
) -> Way:
    starts, goals = columns[source].along, columns[target].along
    if _straight_is_clear(ends, source, target, levels, columns, branches):
        return Way.STRAIGHT
    rows = [starts[unit] for unit in dict.fromkeys(unit for unit, _ in ends)]
    units = [place for column in passed for place in column.obstacles()]
    level = all(abs(starts[one] - goals[other]) < _SAME for one, other in ends) if direct else True
    in_rows = not any(row + _SAME < place < row + 1 - _SAME for row in rows for place in units)
    aligned = any(abs(row - place) < _SAME for row in rows for place in units)
    if level and in_rows and aligned:
        return Way.HOP
    low, high = min(rows) - 0.9, max(rows) + 0.9
    if not any(low < place < high for place in units):
        return Way.TRACK
    return Way.BUS


def _straight_is_clear(
    ends: Sequence[tuple[int, int]],
    source: int,
    target: int,
    levels: Sequence[int],
    columns: Sequence[Column],
    branches: Branches,
) -> bool:
    """Whether straight lines stay clear of every unit on the way, the columns being equally far apart."""
    starts, goals = columns[source].along, columns[target].along
    span = levels[target] - levels[source]
    for level in range(levels[source] + 1, levels[target]):
        share = (level - levels[source]) / span
        units = [place for index in branches.at(level) for place in columns[index].obstacles()]
        for one, other in ends:
            at = starts[one] + (goals[other] - starts[one]) * share
            if any(abs(at - place) < _CLEAR + 0.5 for place in units):
                return False
    return True


def _share_rows(skips: Mapping[tuple[int, int], Skip], levels: Sequence[int]) -> None:
    """Give the hops that pass one column places between its rows: the farthest source lowest.

    Those from one layer run as one, until the last of them ends. Those that are too many take a bus.
    """
    ends: dict[int, int] = {}  # of each source: the level where the last of its hops ends
    for skip in skips.values():
        if skip.way is Way.HOP:
            ends[skip.source] = max(ends.get(skip.source, 0), levels[skip.target])
    placed: dict[int, int] = {}
    for source in sorted(ends, key=lambda one: (-levels[one], ends[one])):
        beside = {
            number for other, number in placed.items() if levels[source] < ends[other] and levels[other] < ends[source]
        }
        number = next(n for n in itertools.count() if n not in beside)
        if number < MOST_HOPS:
            placed[source] = number
    most = max(placed.values(), default=0) + 1
    for skip in skips.values():
        if skip.way is Way.HOP and skip.source in placed:
            skip.share = (placed[skip.source] + 1) / (most + 1)
        elif skip.way is Way.HOP:
            skip.way = Way.BUS


def _overlap(one: Skip, other: Skip, levels: Sequence[int]) -> bool:
    """Whether two skips pass a common gap."""
    return levels[one.source] < levels[other.target] and levels[other.source] < levels[one.target]


def _stack_buses(skips: Mapping[tuple[int, int], Skip], levels: Sequence[int]) -> None:
    """Shorter buses inside longer ones."""
    buses = sorted(
        (skip for skip in skips.values() if skip.way is Way.BUS),
        key=lambda skip: levels[skip.target] - levels[skip.source],
    )
    for number, bus in enumerate(buses):
        inside = [other.deck + 1 for other in buses[:number] if _overlap(bus, other, levels)]
        bus.deck = max(inside, default=0)
