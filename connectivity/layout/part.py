"""Which units of a network its picture needs: those that are shown, and hidden ones that stubs point to."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from connectivity.graphs.blueprint import Blueprint, Part, starts_of
from connectivity.layers.base import Shape
from connectivity.layout.columns import Arrangement
from connectivity.network import Stage

_ASKED = 64
"""A window with more connections than this, and too wide to be drawn as one, is taken to see all of its layer.

Each of them would have a stub, at both of its ends and in all layouts that are tried.
"""


def part_of(blueprint: Blueprint, arrangement: Arrangement, whole: Collection[int] = ()) -> Part:
    """The part of a network that ``arrangement`` shows; of the layers in ``whole`` all units that may be shown.

    And the hidden units next to them.
    """
    stages = blueprint.stages
    shown: list[Collection[int]] = []
    for number, stage in enumerate(stages):
        if number in whole:
            shown.append(arrangement.scope.flats(number, stage.shape))
        elif arrangement.shows_all(number):
            shown.append(range(stage.shape.units))
        else:
            length = stage.shape.length
            shown.append([channel * length + position for channel, position in arrangement.shown_places(number)])
    joins = arrangement.branches.joins
    for number in sorted(joins):
        shown[number] = _joined(stages[number], [shown[source] for source in stages[number].sources])
    hidden: list[set[int]] = [set() for _ in stages]
    absent = arrangement.branches.absent
    for number, stage in enumerate(stages):
        for position, source in enumerate(stage.sources):
            if number not in joins and absent.isdisjoint((number, source)):
                _add_hidden(stage, number, position, source, stages, arrangement, shown, hidden)
    for number in sorted(joins, reverse=True):
        _hand_on(stages[number], hidden[number], hidden, shown)
        shown[number], hidden[number] = sorted({*shown[number], *hidden[number]}), set()
    return Part(shown, [*hidden])


def _joined(stage: Stage, flats: Sequence[Collection[int]]) -> list[int]:
    """The units of a join that are copies of ``flats`` of its inputs."""
    sources = {start + flat for start, units in zip(starts_of(stage), flats, strict=True) for flat in units}
    return sorted(stage.layer.targets_of(sources, *stage.inputs))


def _hand_on(stage: Stage, flats: set[int], hidden: list[set[int]], shown: Sequence[Collection[int]]) -> None:
    """Add to ``hidden`` the units of a join's inputs that its hidden ``flats`` are copies of."""
    origins = stage.layer.sources_of(sorted(flats), *stage.inputs)
    for start, source, shape in zip(starts_of(stage), stage.sources, stage.inputs, strict=True):
        units = {flat - start for flat in origins if start <= flat < start + shape.units}
        hidden[source] |= units - set(shown[source])


def _add_hidden(
    stage: Stage,
    number: int,
    position: int,
    source: int,
    stages: Sequence[Stage],
    arrangement: Arrangement,
    shown: Sequence[Collection[int]],
    hidden: list[set[int]],
) -> None:
    """Add to ``hidden`` the ends of connections between a stage and one of its inputs of which one end is shown."""
    start, size = starts_of(stage)[position], stages[source].shape.units
    groups = getattr(stage.layer, "groups", 1)
    wide = _is_wide(stage, number, arrangement)
    if len(shown[source]) < size:
        origins = range(size) if wide else stage.layer.sources_of(shown[number], *stage.inputs)
        units = (
            range(size)
            if isinstance(origins, range)
            else {flat - start for flat in origins if start <= flat < start + size}
        )
        hidden[source].update(_standing_in(units, source, stages[source].shape, groups, arrangement, shown[source]))
    if len(shown[number]) < stage.shape.units:
        sources = [start + flat for flat in shown[source]]
        goals = range(stage.shape.units) if wide else stage.layer.targets_of(sources, *stage.inputs)
        if not isinstance(goals, range):
            goals = {*goals, *_beside_padding(stage)}
        hidden[number].update(_standing_in(goals, number, stage.shape, groups, arrangement, shown[number]))


def _is_wide(stage: Stage, number: int, arrangement: Arrangement) -> bool:
    """Whether the windows of a stage are too wide to be drawn as such, and see more than is asked one by one."""
    if stage.layer.window(*stage.inputs) is None or arrangement.has_windows(number):
        return False
    return stage.layer.totals(*stage.inputs).connections > _ASKED * stage.shape.units


def _beside_padding(stage: Stage) -> set[int]:
    """The units of a stage whose windows reach beyond an end of its input, where there is padding."""
    window = stage.layer.window(*stage.inputs)
    if window is None or not any(stage.layer.zeros(*stage.inputs)):
        return set()
    channels, length = stage.shape
    before = math.ceil(-window.first / window.jump)
    behind = math.floor((stage.inputs[0].length - 1 - window.last) / window.jump) + 1
    ends = {*range(min(before, length)), *range(max(0, behind), length)}
    return {channel * length + position for channel in range(channels) for position in ends}


def _standing_in(
    flats: Iterable[int], number: int, shape: Shape, groups: int, arrangement: Arrangement, shown: Collection[int]
) -> set[int]:
    """Those of ``flats`` that are hidden; of all that share a place on the picture the first of each group.

    A range is of a layer that is connected as a whole.
    """
    places = set(shown)
    if isinstance(flats, range):
        return _first_hidden(number, shape, arrangement) - places
    units: set[int] = set()
    first: dict[tuple[int, int], int] = {}  # of each group and position: the first of its hidden channels
    for flat in sorted(flats):
        if flat in places:
            continue
        channel, position = divmod(flat, shape.length)
        if not arrangement.scope.may_show(number, (channel, position), shape.length):
            continue
        if arrangement.shows_channel(number, channel):
            units.add(flat)
        else:
            first.setdefault((channel * groups // shape.channels, position), flat)
    return units | set(first.values())


def _first_hidden(number: int, shape: Shape, arrangement: Arrangement) -> set[int]:
    """Of a layer that is connected as a whole: a hidden unit for each place where dots stand for hidden ones."""
    channels, length = shape
    positions = arrangement.hidden_positions(number)
    units = {
        channel * length + position
        for channel in range(channels)
        if arrangement.shows_channel(number, channel)
        for position in positions
    }
    first = arrangement.first_position(number)
    units.update(channel * length + first for channel in arrangement.hidden_channels(number))
    return {flat for flat in units if arrangement.scope.may_show(number, divmod(flat, length), length)}
