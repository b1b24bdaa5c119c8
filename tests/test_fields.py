"""Receptive fields that are described, against what units depend on, one by one."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectivity import NotationError, build, describe, parse, receptive_field
from connectivity.graphs import fields
from connectivity.graphs.blueprint import Blueprint, Part
from connectivity.graphs.builder import wire
from connectivity.graphs.fields import WALK_LIMIT, _regular, _spread, _view, receptive_fields
from connectivity.graphs.networkwiring import NetworkWiring
from connectivity.graphs.wiring import Key, Wiring

U_NET = (
    "d1=conv:3,p=same relu maxpool:2 d2=conv:3,p=same relu maxpool:2 conv:3,p=same relu "
    "upsample:2 concat:d2 conv:3,p=same relu upsample:2 concat:d1 conv:3,p=same"
)
MARGIN = 16
"""No window of these networks looks further beyond the ends than this."""


def wiring_of(text: str) -> Wiring:
    blueprint = Blueprint(parse(text)[0])
    nothing: Any = [()] * len(blueprint.stages)
    return wire(blueprint, Part([*nothing], [*nothing]))


def spans(wiring: Wiring, number: int) -> dict[int, tuple[int, int]]:
    """From where to where the units of a layer see the input; of those that depend on nothing near an end."""
    lengths = [layer.shape.length for layer in wiring.layers]
    seen = {}
    for unit in range(wiring.layers[number].total):
        by_layer = wiring.reached([(number, unit)], backwards=True)
        inner = all(
            MARGIN <= one % length < length - MARGIN
            for units, length in zip(by_layer, lengths, strict=True)
            for one in units
        )
        if inner and by_layer[0]:
            seen[unit] = min(by_layer[0]), max(by_layer[0])
    return seen


@st.composite
def layers(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["conv", "conv", "maxpool", "upsample", "linear", "convtranspose", "add", "concat"]))
    kernel, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    if kind == "conv":
        return f"conv:{kernel},s={stride},d={dilation},p={draw(st.integers(0, 3))}"
    if kind == "maxpool":
        return f"maxpool:{kernel},s={stride},p={draw(st.integers(0, kernel // 2))}"
    if kind == "upsample":
        return f"upsample:{stride}"
    if kind == "linear":
        return f"upsample:{stride},mode=linear"
    if kind == "convtranspose":
        return f"convtranspose:{kernel},s={stride},d={dilation},p={draw(st.integers(0, 2))}"
    return kind


def chain(parts: list[str], length: int = 420) -> tuple[str, list[Fraction | None], list[int]]:
    """The layers as a text; ``add`` and ``concat`` join what is as long. Of each the pace, and after how many units
    fields repeat at the latest; the pace is None behind ways of different ones.
    """
    words, lengths = [f"n0={length}"], [length]
    paces: list[Fraction | None] = [Fraction(1)]
    periods = [1]
    for number, part in enumerate(parts, start=1):
        others = [n for n in range(number - 1) if lengths[n] == lengths[-1]]
        joins = part in ("add", "concat")
        text = part if not joins else f"{part}:n{others[-1]},from=n{number - 1}" if others else "conv:2,p=0/1"
        words.append(f"n{number}={text}")
        lengths.append(parse(" ".join(words))[0].stages[-1].shape.length)
        pace, step = paces[-1], int((re.findall("(?:s=|upsample:)([0-9]+)", text) or ["1"])[0])
        up = text.startswith(("upsample", "convtranspose"))
        if joins and others and paces[others[-1]] != pace:
            pace = None
        paces.append(None if pace is None else pace / step if up else pace * step)
        periods.append(periods[-1] * (step if up else 1))
    return " ".join(words), paces, periods


@settings(max_examples=50, deadline=None)
@given(st.lists(layers(), min_size=1, max_size=5))
@example(["maxpool:2,s=2", "upsample:2"])
@example(["convtranspose:3,s=2,p=1"])
@example(["convtranspose:2,s=2,d=3", "conv:2,d=2"])
@example(["maxpool:3,s=1", "convtranspose:1,s=3", "conv:2", "conv:3,s=2"])
@example(["conv:3,s=3", "upsample:3,mode=linear", "convtranspose:4,s=2,d=3", "add"])
@example(["conv:3,p=1", "maxpool:2,s=2", "upsample:2", "add", "conv:3"])
@example(["maxpool:2,s=2", "convtranspose:1,s=2", "add", "conv:2,d=2,p=1"])
def test_fields_that_windows_tell_are_those_of_units_far_from_the_ends(parts: list[str]) -> None:
    try:
        text, paces, periods = chain(parts)
    except NotationError:  # longer than a layer can be
        return
    wiring = wiring_of(text)
    for number, facts in enumerate(describe(parse(text)[0])["layers"]):
        field, pace = facts["receptive_field"], paces[number]
        seen = spans(wiring, number) if facts["shape"][1] < 3000 and pace is not None else {}
        if pace is None or len(seen) < periods[number] + MARGIN:  # not every phase is among them
            continue
        size = max(last - first + 1 for first, last in seen.values())
        if facts["shape"][0] > 1 and facts["kind"] != "concat":  # said of all channels together
            assert field["size"] >= size, (text, number)
            continue
        assert field["size"] == size, (text, number)
        if facts["shape"][0] > 1:  # channels may see other positions
            continue
        firsts = [first - t * pace for t, (first, _) in seen.items()]
        lasts = [last - t * pace for t, (_, last) in seen.items()]
        affine = max(firsts) - min(firsts) < 1 and max(lasts) - min(lasts) < 1
        if field["jump"] is not None:
            assert affine, (text, number)
            assert field["jump"] == pytest.approx(float(pace)), (text, number)
            assert field["start"] == math.ceil(min(firsts)), (text, number)
        else:
            assert not affine, (text, number)


@pytest.mark.parametrize(
    ("text", "size", "jump", "start"),
    [
        ("x=10 maxpool:2 upsample:2", 2, None, None),
        ("x=10 maxpool:2 upsample:2 maxpool:2", 2, 2, 0),
        ("x=10 upsample:2 maxpool:2", 1, 1, 0),
        ("x=10 convtranspose:3,s=2", 2, 0.5, -1),
        ("x=10 convtranspose:3,s=2,p=1", 2, 0.5, 0),
        ("x=10 convtranspose:2,s=2,d=3", 1, None, None),
        ("x=10 convtranspose:1,s=2 conv:1,s=2,p=1", 0, None, None),
        ("x=10 maxpool:2 upsample:100000", 2, None, None),
        ("x=10 upsample:100000", 1, 0.00001, 0),
        (f"x=64 {U_NET}", 26, None, None),
    ],
)
def test_neighbours_that_take_turns(text: str, size: int, jump: float | None, start: int | None) -> None:
    field = describe(parse(text)[0])["layers"][-1]["receptive_field"]
    assert field == {"size": size, "jump": jump, "start": start}


def test_a_u_net_says_what_its_units_see() -> None:
    network = parse(f"x=64 {U_NET}")[0]
    graph = build(network)
    fields = [len(receptive_field(graph, f"y[1,{t}]" if f"y[1,{t}]" in graph else f"y{t}")) for t in range(1, 65)]
    assert describe(network) == describe(graph)
    assert describe(network)["layers"][-1]["receptive_field"]["size"] == max(fields)


@pytest.mark.parametrize(
    "text",
    [
        "2x8 conv:3,c=2 flatten conv:3",
        "4x10 reshape:2x20 conv:3",
        "x=6x6 transpose mul:x reshape:1x36 crop:1 fc:2",
        "x=30 adaptiveavgpool:7 conv:2",
        "x=40 a=crop:0/20 conv:1,s=2,from=x add:a",
        "x=9 fc:1,drop=1 add:x",
        "x=12 sparse,units=8,density=0.2 conv:3",
        "2x9 softmax transpose conv:1",
        "2x9 conv:3,c=2 softmax:length conv:1",
        "2x9 softmax:length transpose conv:1",
        "3x4 transpose conv:1,c=3 softmax:channels",
        "3x4 transpose conv:1,c=3,g=1 softmax:length softmax:channels",
        "2x9,drop=3 conv:3,c=2,drop=2 softmax:length conv:1",
    ],
)
def test_layers_without_a_rule_are_asked(text: str) -> None:
    network = parse(text)[0]
    wiring = wiring_of(text)
    number = len(wiring.layers) - 1
    seen = [wiring.reached([key], backwards=True)[0] for key in wiring.keys(number)]
    size = describe(network)["layers"][-1]["receptive_field"]["size"]
    assert size == max(wiring.positions(0, units) for units in seen)
    assert describe(build(network)) == describe(network)


@pytest.mark.filterwarnings("ignore:1000x1000 is read as")
@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("x=1000x1000 transpose mul:x reshape:1x1000000 crop:1 fc:10", 1000),
        ("x=1000x1000 transpose mul:x", 2),
        ("1000x1000 flatten conv:3 transpose", 3),
        ("x=200000 fc:1,drop=1 add:x", 1),
        ("x=100000 transpose flatten conv:3", 3),
        ("4x100000 reshape:2x200000 conv:3", 3),
    ],
)
def test_of_large_layers_without_a_rule_few_units_are_asked(
    text: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    reached = NetworkWiring.reached

    def counted(self: NetworkWiring, start: Iterable[Key], backwards: bool) -> list[Collection[int]]:
        asked.append(1)
        return reached(self, start, backwards)

    monkeypatch.setattr(NetworkWiring, "reached", counted)
    assert describe(parse(text)[0])["layers"][-1]["receptive_field"]["size"] == size
    assert len(asked) <= 4 * WALK_LIMIT


def test_taps_at_unequal_distances_have_no_step() -> None:
    """First and last tap, and their number, would fit a dilation of 2; the tap between them is elsewhere."""
    (network,) = parse("x=30 convtranspose:1,s=3 y=conv:taps=-2/1/2")
    assert describe(network)["layers"][2]["receptive_field"]["size"] == 2


CHAINS = (
    "x=120 conv:3 conv:2,s=2 conv:5,p=2",
    "x=120 conv:3,d=2 conv:2,s=3,p=1 maxpool:2",
    "x=120 conv:1,s=2 conv:3,d=3 conv:4,d=2,s=2",
    "x=120 maxpool:2 upsample:2 conv:3 maxpool:2",
    "x=120 maxpool:2 upsample:3 conv:2,s=2 maxpool:3",
    "x=120 upsample:2 maxpool:2 upsample:2,mode=linear conv:2",
    "x=120 upsample:3 upsample:2 conv:3,d=2 maxpool:2",
    "x=120 conv:2,s=3 upsample:2 conv:2,s=3 upsample:2",
    "x=120 convtranspose:3,s=2 convtranspose:3,s=2 conv:3",
    "x=120 convtranspose:3,s=2,p=1 conv:2,s=2",
    "x=120 convtranspose:2,s=2,d=3 conv:2,d=2 maxpool:2",
    "x=120 convtranspose:4,s=3,d=2,p=2 conv:2",
    "x=120 convtranspose:3,s=4,d=2,p=1 maxpool:3,s=2",
    "x=120 conv:2 convtranspose:4,d=2",
    "x=120 maxpool:3,s=1 convtranspose:1,s=3 conv:2 conv:3,s=2",
    "x=120 convtranspose:1,s=2 convtranspose:2,s=3 conv:2",
    "x=120 convtranspose:2,s=3 convtranspose:1,s=2 conv:3,s=4",
    "x=120 a=conv:3,p=1 b=conv:5,p=2,from=x add:a/b conv:2",
    "x=120 a=conv:3,p=0/2 b=conv:3,p=2/0,from=x add:a/b maxpool:2",
    "x=120 maxpool:2 upsample:2 add:x conv:3",
    "x=120 maxpool:2 convtranspose:1,s=2 conv:2,p=1/1 add:x",
    "x=120 a=maxpool:2 upsample:2 b=conv:3,p=1 c=upsample:2,mode=linear,from=a add:b/c maxpool:2",
    "x=120 a=convtranspose:1,s=2 b=upsample:2,from=x c=crop:0/1 add:a/c conv:2",
    "x=120 a=conv:3,p=1 relu concat:x/a conv:2,s=2 transpose transpose",
)
"""Networks of layers with windows, of any period."""


def seen_by(wiring: Wiring, number: int, t: int) -> set[int]:
    """The positions of the input that a unit sees where no layer has ends, position by position."""
    layer = wiring.layers[number]
    if not layer.inputs:
        return {t}
    view = _view(layer)
    assert view is not None
    return {place for source in layer.inputs for one in view.at(t) for place in seen_by(wiring, source, one)}


@pytest.mark.parametrize("text", CHAINS)
def test_layers_look_where_their_units_have_connections(text: str) -> None:
    wiring = wiring_of(text)
    for number, layer in enumerate(wiring.layers):
        view = _view(layer) if layer.inputs else None
        if view is None:
            continue
        middle = layer.shape.length // 2
        for t in range(middle - 6, middle + 6):
            connected = wiring.window(number, t, layer.inputs[0])
            looked = view.at(t)
            assert connected <= {*looked}
            assert not connected or (min(connected), max(connected)) == (looked[0], looked[-1])
            if layer.info.kernel_size is not None:
                assert {*looked} == connected, (number, t)


@pytest.mark.parametrize("text", CHAINS)
def test_fields_follow_from_where_layers_look(text: str) -> None:
    wiring = wiring_of(text)
    for number, reaches in enumerate(_regular(wiring)):
        if reaches is None:
            continue
        (reach,) = reaches.values()
        every = range(-2 * reach.period, 3 * reach.period + 1)
        seen = {t: seen_by(wiring, number, t) for t in every}
        spans = {t: (min(places), max(places)) if places else None for t, places in seen.items()}
        assert {t: reach.at(t) for t in every} == spans
        assert reach.never_empty == (None not in spans.values())
        shift = int(reach.jump * reach.period)
        assert shift == reach.jump * reach.period
        one = [span for span in (spans[t] for t in range(reach.period)) if span]
        assert [span for span in (spans[t + reach.period] for t in range(reach.period)) if span] == [
            (first + shift, last + shift) for first, last in one
        ]
        there = {t: span for t, span in spans.items() if span}
        ahead = all(one[0] <= two[0] and one[1] <= two[1] for one, two in itertools.pairwise(there.values()))
        assert reach.monotone == ahead
        firsts = [first - t * reach.jump for t, (first, _) in there.items()]
        lasts = [last - t * reach.jump for t, (_, last) in there.items()]
        regular = max(firsts) - min(firsts) < 1 and max(lasts) - min(lasts) < 1
        assert reach.field() == {
            "size": max(last - first + 1 for first, last in there.values()),
            "jump": float(reach.jump) if regular else None,
            "start": math.ceil(min(firsts)) if regular else None,
        }


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("2x20 flatten conv:3,s=2 fc:4 fc:3 conv:2", {2: 1, 3: 1, 4: 1, 5: 1}),
        ("2x8 conv:3,c=2 flatten conv:3", {3: 10}),  # 7 positions are seen by no more than one, where 9 could be
        ("x=6x6 transpose mul:x reshape:1x36 crop:1 fc:2", {2: 2, 4: 1, 5: 1}),
        ("x=30 adaptiveavgpool:7 conv:2", {1: 7, 2: 6}),
        ("x=40 a=crop:0/20 conv:1,s=2,from=x add:a", {3: 2}),
        ("x=9 fc:1,drop=1 add:x", {1: 1, 2: 1}),
        ("x=9 fc:2,drop=1 conv:1", {1: 2, 2: 2}),
        ("2x9 softmax transpose conv:1", {2: 1}),
        ("2x9 conv:3,c=2 softmax:length conv:1", {1: 1, 2: 1}),
        ("2x9 softmax:length transpose conv:1", {0: 1, 2: 1}),
        ("3x4 transpose conv:1,c=3,g=1 softmax:length softmax:channels", {2: 1}),
        ("9 conv:3 softmax conv:3", {1: 1, 2: 1}),
        ("2x6 conv:3,c=4,g=2,p=1 transpose conv:3,c=6,g=2", {3: 12}),
        ("3x8 maxpool:3 transpose conv:2 batchnorm", {3: 2, 4: 1}),
        ("4x6 transpose maxpool:2", {2: 12}),
        ("4x6 transpose conv:1,g=6,c=12", {2: 1}),
        ("3x4 transpose batchnorm softmax", {2: 1}),
        ("3x4 reshape:2x6 batchnorm softmax conv:1", {2: 1, 3: 6}),
        ("a=8 b=input:6 h=fc:4,from=a g=fc:4,from=b add:h/g conv:2", {2: 1, 3: 1, 4: 1, 5: 1}),
        ("a=2x8 b=input:2x8 t=transpose,from=a u=transpose,from=b v=add:t/u conv:1 concat:t", {4: 1, 5: 1}),
    ],
)
def test_units_are_asked_until_one_sees_as_many_as_can_be(text: str, asked: dict[int, int]) -> None:
    wiring = wiring_of(text)
    walks: Counter[int] = Counter()

    def reached(keys: Sequence[Key]) -> Sequence[Collection[int]]:
        walks.update({layer for layer, _ in keys})
        return wiring.reached(keys, backwards=True)

    receptive_fields(wiring, reached)
    assert walks == asked


@pytest.mark.parametrize("total", [1, 10, WALK_LIMIT, WALK_LIMIT + 1, 5000, 10**6])
def test_units_that_are_asked_are_spread_evenly_however_few_they_are(total: int) -> None:
    chosen = [*_spread(total)]
    assert len({*chosen}) == len(chosen) <= WALK_LIMIT
    assert {*chosen} <= {*range(total)}
    if total <= WALK_LIMIT:
        assert chosen == [*range(total)]
        return
    assert chosen[:2] == [0, total - 1]
    for few in (10, 100, len(chosen)):
        there = sorted(chosen[:few])
        assert max(two - one for one, two in itertools.pairwise(there)) < 3.5 * total / few


@pytest.mark.parametrize(("limit", "some"), [(40_000, []), (39_999, [*range(976, 3024)])])
def test_of_large_inputs_some_neighbours_from_the_middle_are_asked_together(
    limit: int, some: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "VISIT_LIMIT", limit)
    assert fields._some(wiring_of("x=4000 conv:3"), [0]) == [(0, unit) for unit in some]


@pytest.mark.parametrize(("limit", "most"), [(10, 11), (40, 41), (10**6, 400)])
def test_no_more_units_are_asked_where_those_that_were_depend_on_many(
    limit: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "VISIT_LIMIT", limit)
    wiring = wiring_of("2x200 reshape:4x100 conv:2,c=4,g=4 reshape:2x198 conv:3,c=2,g=2")
    walks: Counter[int] = Counter()

    def reached(keys: Sequence[Key]) -> Sequence[Collection[int]]:
        walks.update({layer for layer, _ in keys})
        return wiring.reached(keys, backwards=True)

    receptive_fields(wiring, reached)
    assert 0 < walks[4] <= most // 5 + 1 if limit < 10**6 else walks[4] == 392
