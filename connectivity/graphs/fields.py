"""Receptive fields: which positions of the inputs the units of each layer depend on, through all ways.

Those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019): size,
jump (the distance of two neighbours' fields) and start (the first position of the first unit's field; before 0 it
lies in padding), in input positions. A layer that is reached on several ways sees what they see together.

Behind a layer that makes several positions of one (an upsampling, a transposed convolution with a stride) neighbours
take turns: their fields are rounded, and repeat after so many units. Such fields are known unit by unit for one
period, so that the size is one that a unit has, not a bound that none attains.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from connectivity.graphs.gaps import behind_gaps
from connectivity.graphs.wiring import Key, LayerView, Wiring
from connectivity.layers.base import SIZE_LIMIT
from connectivity.layers.combine import IDENTITY

_TOLERANCE = 1e-7  # windows begin at fractions, whose denominators go up to SIZE_LIMIT
PERIOD_LIMIT = 4096
"""The longest period of fields that is gone through; what is longer has no regular field."""

WALK_LIMIT = 1024
"""Of a layer without a rule, at most so many units are asked what they see."""

VISIT_LIMIT = 200_000
"""Nor is another asked when those asked depend on so many units."""

_GOLDEN = 0.6180339887498949

Reached = Callable[[Sequence[Key]], Sequence[Collection[int]]]
"""All units that given ones depend on, layer by layer."""

Span = tuple[int, int]
"""The first and the last position of a field."""


class Affine(NamedTuple):
    """A regular field: unit t sees the whole positions from ``first + t * jump`` to ``last + t * jump``.

    Both are multiples of one over the jump's denominator, so that what is rounded is the same as of any others.
    """

    first: Fraction
    last: Fraction
    jump: Fraction

    @classmethod
    def of(cls, first: float | Fraction, last: float | Fraction, jump: float | Fraction) -> Affine:
        """The field with these ends, which may lie beside the multiples, or be rounded themselves."""
        step = Fraction(jump).limit_denominator(SIZE_LIMIT) if isinstance(jump, float) else Fraction(jump)
        parts = step.denominator
        return cls(_up(first, parts), -_up(-last, parts), step)

    @property
    def period(self) -> int:
        """After how many units the field is the same, moved by whole positions."""
        return self.jump.denominator

    @property
    def monotone(self) -> bool:
        """Whether no field begins or ends before that of a unit to the left."""
        return True

    @property
    def never_empty(self) -> bool:
        """Whether every unit sees something."""
        return (self.last - self.first) * self.period >= self.period - 1

    def at(self, t: int) -> Span | None:
        """What unit ``t`` sees, as if nothing had ends; None where it sees nothing."""
        first, last = math.ceil(self.first + t * self.jump), math.floor(self.last + t * self.jump)
        return (first, last) if first <= last else None

    def field(self) -> Field:
        """The unit whose field begins at a whole position sees most."""
        size = math.floor(self.last - self.first) + 1
        return {"size": size, "jump": _plain(self.jump), "start": math.ceil(self.first)}


class Periodic(NamedTuple):
    """Fields that repeat: unit t sees what ``spans`` say of ``t % period``, ``jump * period`` further for each period."""

    spans: tuple[Span | None, ...]
    jump: Fraction
    monotone: bool

    @property
    def period(self) -> int:
        """After how many units the field is the same, moved by whole positions."""
        return len(self.spans)

    @property
    def never_empty(self) -> bool:
        """Whether every unit sees something."""
        return None not in self.spans

    def at(self, t: int) -> Span | None:
        """What unit ``t`` sees, as if nothing had ends; None where it sees nothing."""
        periods, phase = divmod(t, len(self.spans))
        span, shift = self.spans[phase], periods * int(self.jump * len(self.spans))
        return None if span is None else (span[0] + shift, span[1] + shift)

    def field(self) -> Field:
        """The size is the largest; jump and start are None unless all fields are those of one window, rounded."""
        there = [(t, span) for t, span in enumerate(self.spans) if span is not None]
        size = max((last - first + 1 for _, (first, last) in there), default=0)
        firsts = [first - t * self.jump for t, (first, _) in there]
        lasts = [last - t * self.jump for t, (_, last) in there]
        if not there or max(firsts) - min(firsts) >= 1 or max(lasts) - min(lasts) >= 1:
            return {"size": size, "jump": None, "start": None}
        return {"size": size, "jump": _plain(self.jump), "start": math.ceil(min(firsts))}


Reach = Affine | Periodic


class View(NamedTuple):
    """Where the units of a layer look in their input: ``window``, of which every ``step``-th position counts.

    ``taps`` are those of a transposed convolution with a dilation, (kernel, stride, dilation, padding), whose units
    see other parts of the window in turn.
    """

    window: Affine
    step: int = 1
    taps: tuple[int, int, int, int] | None = None

    def at(self, t: int) -> range:
        """The positions that unit ``t`` looks at, as if nothing had ends."""
        if self.taps is None:
            span = self.window.at(t)
            return range(0) if span is None else range(span[0], span[1] + 1, self.step)
        kernel, stride, dilation, padding = self.taps
        met = [divmod(t + padding - k * dilation, stride) for k in reversed(range(kernel))]
        places = [place for place, rest in met if not rest]
        return range(places[0], places[-1] + 1, dilation // math.gcd(stride, dilation)) if places else range(0)


Field = dict[str, int | float | None]
"""``size``, ``jump`` and ``start``; the last two are None where there are no regular windows, all three where layers are
left out on the way."""


def receptive_fields(wiring: Wiring, reached: Reached) -> list[dict[int, Field]]:
    """The receptive field of each layer's units in each input that they depend on, by the input's number.

    Where windows tell, the size is that of a unit far from all ends, from its first position to its last: it is what
    a unit sees at most. A layer without windows has no regular field: its size is how many positions its units see at
    most. That is found by asking them (``reached``), until one sees as many as a unit can from what its layer takes;
    at most WALK_LIMIT of them, the ends and others spread evenly. So it is the true one of any layer with no more
    units, and of larger ones unless those that see most are few and all of them are passed over.

    Nothing is known of what is seen through layers that are left out: size, jump and start are None.
    """
    unknown = behind_gaps(wiring.layers)
    walk = _walks(wiring) if len(wiring) else reached
    fields: list[dict[int, Field]] = []
    bounds: list[dict[int, int]] = []  # of each layer: how many positions a unit sees at most
    regular = _regular(wiring)
    for number, reaches in enumerate(regular):
        layer = wiring.layers[number]
        bound = _bound(wiring, number, regular, bounds)
        if reaches is not None:
            ways = [regular[source] or {} for source in layer.inputs] if layer.combination is IDENTITY else []
            fields.append({key: _one_of(reach, ways, key) for key, reach in reaches.items()})
        elif _only_rearranges(layer):
            fields.append(_rearranged([fields[source] for source in layer.inputs]))
        else:
            sizes, is_true = _irregular(wiring, number, walk, bound)
            bound = sizes if is_true else bound
            said = sorted((sizes or ({} if unknown[number] else {0: 0})).items())
            fields.append({key: {"size": size, "jump": None, "start": None} for key, size in said})
        bounds.append(bound)
    return [_beside(known, lost) for known, lost in zip(fields, unknown, strict=True)]


def _beside(known: dict[int, Field], lost: Collection[int]) -> dict[int, Field]:
    """Fields in the order of their inputs, those in ``lost`` being seen through layers that are left out."""
    if not lost:
        return known
    nothing: dict[int, Field] = {key: {"size": None, "jump": None, "start": None} for key in lost}
    return dict(sorted({**known, **nothing}.items()))


def _one_of(reach: Reach, ways: Sequence[dict[int, Reach]], key: int) -> Field:
    """The field of a layer; of a concatenation each unit sees what is seen on one of the ways, not on all together.

    A layer that takes its channels one by one is still said to see what they see together.
    """
    field = reach.field()
    if not ways:
        return field
    size = max(way[key].field()["size"] or 0 for way in ways if key in way)
    return field if size == field["size"] else {"size": size, "jump": None, "start": None}


def _regular(wiring: Wiring) -> list[dict[int, Reach] | None]:
    """The fields that follow from windows alone; None of a layer without."""
    reaches: list[dict[int, Reach] | None] = []
    for number, layer in enumerate(wiring.layers):
        if not layer.inputs:
            itself: Reach = Affine(Fraction(0), Fraction(0), Fraction(1))
            reaches.append(None if _mixes_positions(layer) else {number: itself})
            continue
        if layer.kind.left_out:
            reaches.append({})  # what is seen on other ways is known still
            continue
        view = _view(layer)
        ways = [reaches[source] for source in layer.inputs]
        if view is None or _mixes_positions(layer) or any(way is None for way in ways):
            reaches.append(None)
            continue
        reaches.append(_united([{key: _through(reach, view) for key, reach in way.items()} for way in ways if way]))
    return reaches


def _view(layer: LayerView) -> View | None:
    """Where the units of a layer look, as its window and its kernel size tell."""
    if layer.info.window is None:
        return None
    window = Affine.of(*map(float, layer.info.window))
    kernel, extent = layer.info.kernel_size or 1, window.last - window.first
    if kernel == 1 or any(note.startswith("taps ") for note in layer.info.notes):
        return View(window)
    stride = window.period
    dilation = Fraction(extent * stride, kernel - 1)
    if dilation.denominator != 1 or dilation <= 1:
        return View(window)
    if layer.kind.transposed:
        return View(window, 1, (kernel, stride, int(dilation), int(window.last * stride)))
    return View(window, int(dilation) if stride == 1 else 1)


def _through(reach: Reach, view: View) -> Reach | None:
    """The field of a layer that looks at one with the field ``reach``; None where its period is too long."""
    window = view.window
    if isinstance(reach, Affine) and view.taps is None:
        whole = window.period == 1 and reach.never_empty
        # Of fields that advance by one over a whole number, rounding twice is rounding once.
        by_parts = reach.jump.numerator == 1 and reach.never_empty
        single = reach.first == reach.last
        if whole or (by_parts and (window.never_empty or single)):
            first, last = reach.first + reach.jump * window.first, reach.last + reach.jump * window.last
            return Affine.of(first, last, reach.jump * window.jump)
    parts = window.jump.numerator, reach.period
    period = window.period * reach.period // math.gcd(*parts)
    if period > PERIOD_LIMIT:
        return None
    return _periodic([_seen(reach, view.at(t)) for t in range(period)], reach.jump * window.jump)


def _seen(reach: Reach, positions: range) -> Span | None:
    """From the first to the last of what the units at ``positions`` see."""
    near = _there(reach, positions)
    if near is None:
        return None
    far = _there(reach, positions[::-1])
    return near[0], (far or near)[1]


def _there(reach: Reach, positions: range) -> Span | None:
    """The least and the greatest that the next units see which see anything: one period of them at most."""
    spans = (span for t in positions[: reach.period] for span in [reach.at(t)] if span is not None)
    if reach.monotone:
        return next(spans, None)
    listed = list(spans)
    return (min(first for first, _ in listed), max(last for _, last in listed)) if listed else None


def _periodic(spans: Sequence[Span | None], jump: Fraction) -> Reach:
    """The field with these spans, in its plainest form."""
    if len(spans) == 1 and spans[0] is not None:
        return Affine.of(Fraction(spans[0][0]), Fraction(spans[0][1]), jump)
    there = [span for span in spans if span is not None]
    shift = int(jump * len(spans))
    around = [*there, *((first + shift, last + shift) for first, last in there[:1])]
    monotone = all(one[0] <= two[0] and one[1] <= two[1] for one, two in itertools.pairwise(around))
    return Periodic(tuple(spans), jump, monotone)


def _united(ways: Sequence[dict[int, Reach | None]]) -> dict[int, Reach] | None:
    """What several ways see together; None where their windows move at different paces."""
    united: dict[int, Reach] = {}
    for way in ways:
        for key, reach in way.items():
            both = None if reach is None else _both(united.get(key, reach), reach)
            if both is None:
                return None
            united[key] = both
    return united


def _both(one: Reach, other: Reach) -> Reach | None:
    """What two fields are together."""
    if one.jump != other.jump:
        return None
    if one == other:
        return one
    if isinstance(one, Affine) and isinstance(other, Affine) and one.never_empty and other.never_empty:
        return Affine(min(one.first, other.first), max(one.last, other.last), one.jump)
    period = math.lcm(one.period, other.period)
    if period > PERIOD_LIMIT:
        return None
    spans: list[Span | None] = []
    for t in range(period):
        there = [span for span in (one.at(t), other.at(t)) if span is not None]
        spans.append((min(first for first, _ in there), max(last for _, last in there)) if there else None)
    return _periodic(spans, one.jump)


def _plain(jump: Fraction) -> int | float:
    """A jump as it is told: a whole number where it is one."""
    return int(jump) if jump.denominator == 1 else float(jump)


def _up(number: float | Fraction, parts: int) -> Fraction:
    """The least multiple of 1 / ``parts`` that is not less than ``number``, which as a float is not quite exact."""
    scaled = number * parts
    return Fraction(math.ceil(scaled - _TOLERANCE if isinstance(scaled, float) else scaled), parts)


def _only_rearranges(layer: LayerView) -> bool:
    """Whether every unit of a layer sees what one unit of its inputs sees."""
    return layer.kind.rearranges and not _mixes(layer)


def _rearranged(ways: Sequence[dict[int, Field]]) -> dict[int, Field]:
    """The fields of units that are those of the inputs in other places."""
    sizes: dict[int, int | float] = {}
    for key, field in (item for way in ways for item in way.items()):
        sizes[key] = max(sizes.get(key, 0), field["size"] or 0)
    return {key: {"size": size, "jump": None, "start": None} for key, size in sorted(sizes.items())}


def _mixes(layer: LayerView) -> bool:
    """Whether an activation makes units of a layer depend on others of it."""
    return bool(layer.mixed_axes)


def _mixes_positions(layer: LayerView) -> bool:
    """Whether an activation makes every unit depend on all positions of its layer."""
    return "length" in layer.mixed_axes


def _bound(
    wiring: Wiring,
    number: int,
    regular: Sequence[dict[int, Reach] | None],
    bounds: Sequence[dict[int, int]],
) -> dict[int, int]:
    """How many positions of each input a unit of a layer can see, by how many units it sees and what those can."""
    layer = wiring.layers[number]
    if layer.kind.left_out:
        return {}
    if not layer.inputs:
        return {number: layer.shape.length if _mixes_positions(layer) else 1}
    bound: dict[int, int] = {}
    for source in layer.inputs:
        before = wiring.layers[source]
        # All channels of a regular field look at the same positions; of others each may look elsewhere.
        same = regular[source] is not None
        taps = _taps(layer, before, same)
        for key in bounds[source]:
            length = wiring.layers[key].shape.length
            reaches = regular[source]
            each = bounds[source][key] if reaches is None else int(reaches[key].field()["size"] or 0)
            most = length if taps is None else min(length, taps * each)
            together = max(bound.get(key, 0), most) if layer.combination is IDENTITY else bound.get(key, 0) + most
            bound[key] = min(length, together)
    return bound


def _taps(layer: LayerView, before: LayerView, same: bool) -> int | None:
    """How many units of an input a unit sees at most, or positions where channels are the ``same``; None: many."""
    if _mixes_positions(layer):
        return None
    taps: int | None = None
    if layer.info.window is not None:
        first, last, _ = layer.info.window
        taps = min(layer.info.kernel_size or SIZE_LIMIT, math.floor(last - first + _TOLERANCE) + 1)
    elif layer.combination is IDENTITY or layer.kind.merges:
        taps = 1
    if taps is None or same:
        return taps
    apart = layer.kind.channelwise(layer.info.groups, before.shape.channels) and (
        layer.kind.has_weights or layer.shape.channels == before.shape.channels
    )
    if not apart:
        taps *= before.shape.channels // layer.info.groups if layer.combination is not IDENTITY else 1
    return taps * layer.shape.channels if "channels" in layer.mixed_axes else taps


def _irregular(wiring: Wiring, number: int, walk: Reached, bound: dict[int, int]) -> tuple[dict[int, int], bool]:
    """How many positions of each input a unit of a layer sees at most, and whether that is sure to be so."""
    layer = wiring.layers[number]
    sizes: dict[int, int] = {}
    if _sees_all(wiring, number) and _saw(wiring, _some(wiring, layer.inputs), walk, sizes) and sizes == bound:
        return sizes, True
    sizes.clear()
    total, visits = layer.total, 0
    # Of a layer whose units all see the same, the first tells for all.
    one_mixture = _mixes_positions(layer) and (layer.shape.channels == 1 or len(layer.mixed_axes) > 1)
    alike = (one_mixture and not layer.info.dropped) or _sees_all(wiring, number)
    chosen = iter([0]) if alike else _spread(total)
    for index in chosen:
        visits += _saw(wiring, [_key(wiring, number, index)], walk, sizes)
        if sizes == bound or visits > VISIT_LIMIT:
            break
    return sizes, sizes == bound or (total <= WALK_LIMIT and visits <= VISIT_LIMIT)


def _saw(wiring: Wiring, keys: Sequence[Key], walk: Reached, sizes: dict[int, int]) -> int:
    """Note at how many positions of each input some units look together, if at more; how many units they see."""
    visits = 0
    for layer, units in enumerate(walk(keys) if keys else ()):
        visits += len(units)
        if units and not wiring.layers[layer].inputs:
            sizes[layer] = max(sizes.get(layer, 0), wiring.positions(layer, units))
    return visits


def _key(wiring: Wiring, number: int, index: int) -> Key:
    """The unit of a layer at ``index``, in order; of a network none needs to be there."""
    units = wiring.layers[number].units
    return number, units[index] if units else index


def _spread(total: int) -> Iterator[int]:
    """Numbers below ``total``, each once: both ends, then such that however few are taken, they are spread evenly."""
    if total <= WALK_LIMIT:
        return iter(range(total))
    spread = (int(number * _GOLDEN % 1 * total) for number in range(1, WALK_LIMIT - 1))
    return iter(dict.fromkeys(itertools.chain((0, total - 1), spread)))


def _some(wiring: Wiring, layers: Iterable[int]) -> list[Key]:
    """A few neighbours from the middle of each of ``layers``, where these are so large that all would take long."""
    keys: list[Key] = []
    for number in layers:
        middle, total = wiring.layers[number].total // 2, wiring.layers[number].total
        if total > VISIT_LIMIT // 10:
            keys += [_key(wiring, number, index) for index in range(middle - 1024, middle + 1024)]
    return keys


def _sees_all(wiring: Wiring, number: int) -> bool:
    """Whether all units of a layer see all units of its inputs: it is fully connected, and none is dropped."""
    layer = wiring.layers[number]
    inputs = sum(wiring.layers[source].total for source in layer.inputs)
    return not layer.info.dropped and layer.info.connections == layer.total * inputs


def _walks(wiring: Wiring) -> Reached:
    """As :meth:`.Wiring.reached` backwards of a graph, its connections gone through once for all walks."""
    before: dict[int, list[int]] = {}
    for source, target in zip(wiring.sources, wiring.targets, strict=True):
        before.setdefault(target, []).append(source)
    mixing = {number for number, layer in enumerate(wiring.layers) if _mixes(layer)}

    def peers(unit: int) -> Iterable[int]:
        return wiring.peers(unit) if wiring.layer_of[unit] in mixing else ()

    def walk(keys: Sequence[Key]) -> list[set[int]]:
        units = {unit for _, unit in keys}
        todo = list(units)
        while todo:
            unit = todo.pop()
            fresh = {*before.get(unit, ()), *peers(unit)} - units
            units |= fresh
            todo += fresh
        by_layer: list[set[int]] = [set() for _ in wiring.layers]
        for unit in units:
            by_layer[wiring.layer_of[unit]].add(unit)
        return by_layer

    return walk
