"""What is shown is what is built: a picture of a part is that of the whole, and limits count what is drawn."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from conftest import ROOT

import connectivity
from connectivity import ConnectivityError, DrawingError, Figure, NetworkError, describe, parse
from connectivity.figures import subjects
from connectivity.graphs.blueprint import CONNECTION_LIMIT, Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.evaluation import network_values
from connectivity.layers.base import NO_PARAMETER
from connectivity.layout.columns import Arrangement
from connectivity.layout.part import part_of
from connectivity.rendering.dot import dot
from connectivity.scene import Scene

pytestmark = pytest.mark.filterwarnings("ignore::connectivity.errors.NoEffect")  # every option is tried

NETWORKS = """
30 conv:5 conv:3
60 conv:5,s=2 conv:3,s=2 fc:4
26 conv:3,d=5,p=5
40 conv:3,p=1 maxpool:2 conv:3 avgpool:2
2x30 conv:5,c=2
3x40 conv:3,g=3,p=1 conv:1,c=4
1x40 conv:5,c=8,s=2,p=2 relu maxpool:2 fc:10
8x20 conv:3,g=4,c=8 fc:3
20 convtranspose:5,s=3,p=1 convtranspose:4,s=2
40 sparse,units=30,density=0.2 fc:30
30 conv:4,p=2,padding_mode=circular
90 fc:40 fc:30
x=40 conv:3,p=1 relu conv:3,p=1 add:x relu
x=30 a=conv:1 b=conv:3,p=1,from=x c=maxpool:3,s=1,p=1,from=x concat:a/b/c conv:3
x=40 h1=conv:3,p=1 concat:x,from=h1 conv:3,p=1
x=40 e=conv:3,p=1 maxpool:2 conv:3,p=1 convtranspose:2,s=2 concat:e conv:3,p=1
30,drop=2/20 conv:3,drop=5/25 maxpool:3 fc:30
60 conv:3,d=20
90 conv:40,p=9
""".strip().splitlines()
OPTIONS: list[dict[str, Any]] = [
    {},
    {"max_units": 6},
    {"max_units": 9, "channels": "rows"},
    {"crop": "5/12"},
    {"max_units": 8, "padding": "hollow"},
    {"max_units": 8, "padding": "stubs", "show": ["bias"]},
    {"max_units": 8, "color_by": "weight", "fill": "in-degree"},
    {"max_units": 8, "view": "both"},
    {"max_units": 8, "highlight": ["y[1]:receptive-field", "x[2]:reach=crimson"]},
]


def scene_of(text: str, **options: Any) -> Scene:
    return Figure.of(text).changed(**options).scene()


@pytest.mark.filterwarnings("ignore::connectivity.errors.Elided")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", NETWORKS)
def test_the_picture_of_a_part_is_that_of_the_whole(
    text: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if text.startswith(("2x", "3x", "8x")) and "highlight" in options:
        options = {**options, "highlight": ["y.weight"]}
    try:
        part = dot(scene_of(text, **options))
    except DrawingError as error:
        part = str(error)
    monkeypatch.setattr(subjects, "part_of", lambda *_: None)  # everything
    try:
        whole = dot(scene_of(text, **options))
    except DrawingError as error:
        whole = str(error)
    assert part == whole


JOINED = "x=40 a=conv:3 b=conv:3,s=2,from=x c=concat:a,axis=length,from=b conv:3"


@pytest.mark.parametrize("max_units", [5, 13])
@pytest.mark.parametrize(
    "text",
    [
        "30 conv:5 conv:3",
        "60 conv:5,s=2 conv:3,d=2 maxpool:2",
        "30 conv:4,p=2,padding_mode=circular",
        "20 convtranspose:5,s=3,p=1 convtranspose:4,s=2",
        "x=40 a=conv:3 b=conv:3,from=a concat:a,axis=length conv:3",
        JOINED,
        f"{JOINED} d=concat:x/c,axis=length conv:2",
        "x=40 a=conv:3 b=conv:3 concat:x,axis=length",
        "12x30 conv:3,g=3,c=6",
        "2x30 conv:3,g=2,c=40",
        "26x5 conv:3,c=20",
        "24x6 transpose conv:2",
        "x=40 a=conv:3,p=1,padding_mode=circular b=conv:1,from=x add:x/a conv:3",
        "40 conv:5,s=2,p=3/1 conv:3,p=0/2",
        "3x40 conv:4,g=3,s=3,p=5/6",
    ],
)
def test_a_part_is_what_is_shown_and_the_hidden_units_that_it_is_connected_with(text: str, max_units: int) -> None:
    """Of the channels of a group that are hidden, which stand in one place, the first of them alone."""
    (network,) = parse(text)
    blueprint = Blueprint(network)
    arrangement = Arrangement(blueprint.layers, max_units, None)
    part, wiring, joins = part_of(blueprint, arrangement), wire(blueprint, biases=False), arrangement.branches.joins
    shown = {(n, place) for n in range(len(wiring.layers)) if n not in joins for place in arrangement.shown_places(n)}
    ends = [
        (
            (wiring.layer_of[one], wiring.place(wiring.key(one))),
            (wiring.layer_of[other], wiring.place(wiring.key(other))),
        )
        for one, other in zip(wiring.sources, wiring.targets, strict=True)
    ]
    origins = {other: one for one, other in ends if other[0] in joins}
    for unit in sorted(origins):  # a join may join what joins
        origins[unit] = origins.get(origins[unit], origins[unit])
    hidden: dict[tuple[int, int, int, int], int] = {}
    padding = -1, (0, 0)  # all of it, which may be drawn as well
    shown.add(padding)
    ends += [
        (padding, (number, divmod(each.target, stage.shape.length)))
        for number, stage in enumerate(network.stages[1:], 1)
        for each in stage.layer.padding_connections(*stage.inputs)
    ]
    for source, target in ends:
        groups = wiring.layers[target[0]].info.groups or 1
        pair = origins.get(source, source), target
        for (layer, place), other in (pair, pair[::-1]):
            if layer in joins or target[0] in joins or (layer, place) in shown or other not in shown:
                continue
            channels, length = wiring.layers[layer].shape
            own = place[0] if arrangement.shows_channel(layer, place[0]) else -1
            key = layer, own, place[0] * groups // channels, place[1]
            hidden[key] = min(hidden.get(key, channels * length), place[0] * length + place[1])
    for n, view in enumerate(wiring.layers):
        if n not in joins:
            assert {divmod(flat, view.shape.length) for flat in part.shown[n]} == {at for one, at in shown if one == n}
            assert {*part.hidden[n]} == {flat for (one, *_), flat in hidden.items() if one == n}


@pytest.mark.parametrize("text", ["50 fc:40 fc:30", "40x9 fc:30", "9x40 fc:3", "30x2 fc:9"])
def test_where_everything_is_seen_a_hidden_unit_stands_for_all_in_its_place(text: str) -> None:
    """For each place where dots are, in the channels that are shown and between them."""
    (network,) = parse(text)
    arrangement = Arrangement(Blueprint(network).layers, 8, None)
    part = part_of(Blueprint(network), arrangement)
    for n, stage in enumerate(network.stages):
        places = arrangement.shown_places(n)
        channels, positions = ({place[axis] for place in places} for axis in (0, 1))
        first = {p for p in range(stage.shape.length) if p not in positions and p - 1 in positions}
        other = {c for c in range(stage.shape.channels) if c not in channels and c - 1 in channels}
        wanted = {*itertools.product(channels, first), *((channel, 0) for channel in other)}
        assert {divmod(flat, stage.shape.length) for flat in part.hidden[n]} == wanted


@pytest.mark.parametrize("text", ["784 fc:100 fc:10", "4096 fc:1000", "200000 conv:5 fc:100000"])
def test_only_a_part_is_built(text: str) -> None:
    drawn = sum(line.classes.startswith("edge") or not line.stub for line in scene_of(text).lines)
    (source,) = Figure.of(text).panels
    figure = Figure.of(text)
    figure.scene()
    (network,) = parse(text)
    assert 0 < drawn < 5000
    assert sum(layer["connections"] for layer in describe(network)["layers"]) > 10 * drawn
    assert source.what == network


def test_a_layer_shows_one_whole_window_at_least() -> None:
    for kernel, limit in ((7, 8), (15, 24), (9, 6), (25, 24)):
        scene = scene_of(f"128 conv:{kernel}", max_units=limit)
        into: dict[str, int] = {}
        for line in scene.lines:
            if line.classes.startswith("edge"):
                into[line.head] = into.get(line.head, 0) + 1
        assert max(into.values()) == kernel


def test_a_pool_shows_the_channels_of_its_input() -> None:
    scene = scene_of("12 conv:3,c=4,p=1 maxpool:2", max_units=6)
    reached = {line.head for line in scene.lines}
    assert all(unit.id in reached for unit in scene.units if unit.classes == "unit layer2")


def test_no_single_channel_is_hidden() -> None:
    scene = scene_of("3x40 conv:3,g=3,p=1", units="circles")
    shown = {unit.tip.partition("[")[2].partition(",")[0] for unit in scene.units if unit.classes == "unit layer0"}
    assert shown == {"1", "2", "3"}


def test_stubs_of_a_full_layer_are_one_for_each_direction() -> None:
    scene = scene_of("100 fc:100")
    stubs = [line for line in scene.lines if line.classes == "stub"]
    assert len(stubs) == 2 * 22


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("1000 fc:1000", {"max_units": 0}, "1,000,000 connections to draw; at most 200,000"),
        ("700 conv:3,c=400", {"max_units": 0, "units": "circles"}, "connections to draw"),
        ("700 conv:3,c=400", {"max_units": 0}, "279,900 cells to draw; at most 50,000"),
        ("900000 conv:3", {"max_units": 0}, "more than 1,000,000 points long"),
        ("100000 conv:3,p=40000", {"padding": "hollow"}, "units of padding on a side are too many"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_built(
    text: str, options: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("built")

    monkeypatch.setattr("connectivity.graphs.builder._Builder.wiring", refuse)
    with pytest.raises(DrawingError, match=words):
        scene_of(text, **options)


def test_whole_graphs_and_dense_exports_are_refused_by_size() -> None:
    (network,) = parse("2000 fc:2000")
    with pytest.raises(
        NetworkError, match=f"4,000,000 connections of 4,000 units; a graph holds at most {CONNECTION_LIMIT:,}"
    ):
        connectivity.build(network)
    (panel,) = Figure.of("30000 conv:3").panels
    with pytest.raises(ConnectivityError, match=r"the matrices would take 13,732 MiB; at most 512 MiB"):
        panel.exported("npz")


def test_values_of_hidden_units_count() -> None:
    """A large network's values are computed whole, though a part is drawn."""
    random.seed(3)
    values = [random.randint(-4, 4) / 2 for _ in range(200)]
    text = "200 conv:3,weight=1/2/-1 maxpool:2 fc:50"
    scene = scene_of(text, input=values, show=["values"], max_units=8)
    (network,) = parse(text)
    found = network_values(Blueprint(network), values)
    last = [unit for unit in scene.units if unit.classes == "unit layer3"]
    assert last[0].tip.endswith(f"= {found[3][0]:.3g}".replace("-", "\u2212"))
    assert last[-1].tip.startswith("y50")


def test_the_repository_has_no_second_way_to_build() -> None:
    """Networks become graphs in one module."""
    callers = [
        path.name for path in (ROOT / "connectivity").rglob("*.py") if "_Builder(" in path.read_text(encoding="utf-8")
    ]
    assert callers == ["builder.py"]


@pytest.mark.parametrize("text", ["1000 globalavgpool", "1000 conv:1000", "1000 maxpool:900,s=1", "400 conv:100,p=50"])
def test_a_window_wider_than_the_picture_is_drawn_from_all_that_is_shown(text: str) -> None:
    scene = scene_of(text, max_units=12)
    kinds = {unit.id: unit.classes for unit in scene.units}
    whole = [line for line in scene.lines if line.head in kinds and line.tail in kinds]
    inputs = sum(classes == "unit layer0" for classes in kinds.values())
    assert len(whole) >= inputs


@pytest.mark.parametrize("text", ["20000 conv:900 conv:900 conv:900", "5000 maxpool:900,s=1", "5000 conv:65"])
def test_of_windows_of_very_many_connections_few_hidden_units_are_made(text: str) -> None:
    """One for each place where dots are: hundreds at each unit would be made and measured for every layout."""
    (network,) = parse(text)
    blueprint = Blueprint(network)
    part = part_of(blueprint, Arrangement(blueprint.layers, 12, None))
    assert max(map(len, part.hidden)) <= 2


def test_of_windows_of_few_connections_all_are_asked_however_wide() -> None:
    (network,) = parse("5000 conv:64,d=7")
    blueprint = Blueprint(network)
    part = part_of(blueprint, Arrangement(blueprint.layers, 12, None))
    assert len(part.hidden[0]) > 64


@pytest.mark.parametrize("text", ["900000 conv:800000", "900000 maxpool:800000,s=1"])
def test_connections_of_wide_windows_are_looked_for_among_what_is_shown(text: str) -> None:
    (network,) = parse(text)
    layer, shape = network.layers[0], network.input
    targets, sources = [0, 5, 90_000], {0, 3, 700_000, 899_999}
    connections = layer.connections(shape, targets=targets, sources=sources)
    pairs = [*zip(connections.sources, connections.targets, strict=True)]
    assert sorted(pairs) == [(s, t) for s in sorted(sources) for t in targets if t <= s < t + 800_000]
    assert all(p in (NO_PARAMETER, s - t) for p, (s, t) in zip(connections.parameters, pairs, strict=True))
