"""Networks that branch: what they compute, what is said of them, and that everything on their pictures can be followed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from areas import assert_apart, assert_on_paper, text_areas, unit_areas
from conftest import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenes import wired

import connectivity
from connectivity import (
    ConnectivityError,
    Figure,
    NotationError,
    build,
    describe,
    evaluate,
    matrix,
    parse,
    receptive_field,
)
from connectivity.figure import Drawable, _drafts
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.layout.branches import BRANCH_GAP, Branches, _apart
from connectivity.layout.columns import Arrangement, Column
from connectivity.layout.skips import MOST_HOPS, Skip, Way, _share_rows, _stack_buses, _way, most_hops
from connectivity.options import Options
from connectivity.picture.compose import panels_of
from connectivity.picture.panel import Panel
from connectivity.scene import Line, Scene

NETWORKS = {
    "residual": "x=8 conv:3,p=1 relu conv:3,p=1 add:x relu",
    "pre-activation": "x=6 relu conv:3,p=1 relu conv:3,p=1 add:x",
    "projection": "x=8 conv:3,p=1,s=2 relu h=conv:3,p=1 p=conv:1,s=2,from=x add:h/p relu",
    "three blocks": "x=6 conv:3,p=1 relu conv:3,p=1 a=add:x relu conv:3,p=1 relu conv:3,p=1 b=add:a relu "
    "conv:3,p=1 relu conv:3,p=1 add:b relu",
    "skips over each other": "x=6 a=conv:3,p=1 b=conv:3,p=1 c=conv:3,p=1 s=add:b t=add:a add:x",
    "dense": "x=6 h1=conv:3,p=1 c1=concat:x,from=h1 h2=conv:3,p=1 c2=concat:c1,from=h2 h3=conv:3,p=1",
    "inception": "x=8 a=conv:1 b=conv:3,p=1,from=x c=maxpool:3,s=1,p=1,from=x concat:a/b/c",
    "inception, read": "x=6 a=conv:1 b=conv:3,p=1,from=x c=maxpool:3,s=1,p=1,from=x concat:a/b/c conv:1",
    "gate": "x=8 f=conv:2,p=causal tanh g=conv:2,p=causal,from=x sigmoid mul:f",
    "wavenet": "x=8 t=conv:2,p=causal,d=2 tanh s=conv:2,p=causal,d=2,from=x sigmoid z=mul:t r=conv:1 "
    "skip=conv:1,from=z y=add:x,from=r",
    "u-net": "x=8 e1=conv:3,p=1 maxpool:2 e2=conv:3,p=1 maxpool:2 conv:3,p=1 u2=convtranspose:2,s=2 concat:e2 "
    "conv:3,p=1 u1=convtranspose:2,s=2 concat:e1 conv:3,p=1",
    "siamese": "a=6 b=input:6 ta=conv:3,from=a tb=conv:3,from=b,share=ta concat:ta/tb fc:1",
    "two heads": "6 h=fc:4 relu classes=fc:3 fc:1,from=h",
    "recurrent": "h0=3 x1=input:2 concat:x1,axis=length,from=h0 h1=fc:3 tanh x2=input:2 "
    "concat:x2,axis=length,from=h1 h2=fc:3,share=h1 tanh",
    "two inputs": "x=5 u=input:5 a=conv:3,p=1,from=x b=conv:3,p=1,from=u add:a fc:2",
}
CIRCLES = (42, 43, 44, 45, 46, 49, 50, 51, 52, 56, 57)
FIGURES = sorted(path for path in (ROOT / "samples").glob("[45]*.toml") if int(path.stem[:2]) in CIRCLES)
DIRECTIONS = ("LR", "BT", "RL", "TB")


def scene_of(text: Drawable, **options: Any) -> Scene:
    return Figure.of(text).changed(**options).scene()


def strokes(scene: Scene) -> Iterator[tuple[Line, list[tuple[float, float]]]]:
    """Every line of a scene as points, the curves of its path in eight pieces each."""
    at = {unit.id: (unit.x, unit.y) for unit in scene.units} | {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    for line in scene.lines:
        if not line.path:
            yield line, [at[line.tail], at[line.head]]
            continue
        points = [line.path[0]]
        for n in range(1, len(line.path), 3):
            a, (b, c, d) = line.path[n - 1], line.path[n : n + 3]
            for step in range(1, 9):
                t = step / 8
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                points.append(
                    (
                        sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                        sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
                    )
                )
        yield line, points


def distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    across, up = end[0] - start[0], end[1] - start[1]
    square = across * across + up * up or 1.0
    share = min(1.0, max(0.0, ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / square))
    return math.hypot(point[0] - start[0] - share * across, point[1] - start[1] - share * up)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_connection_runs_under_a_unit_or_a_text(name: str, direction: str) -> None:
    assert_lines_are_clear(scene_of(NETWORKS[name], direction=direction))


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_the_figures_of_the_gallery_are_clear_in_every_theme(path: Path) -> None:
    for theme in ("light", "dark", "print"):
        scene = Figure.read(path).changed(theme=theme).scene()
        assert_lines_are_clear(scene)
        assert_apart(scene)


def assert_lines_are_clear(scene: Scene) -> None:
    texts = text_areas(scene, plates=False)
    for line, points in strokes(scene):
        if line.classes in ("bracket", "legend"):
            continue
        for start, end in itertools.pairwise(points):
            for unit in scene.units:
                starts = math.dist(points[0], (unit.x, unit.y)) < scene.diameter / 2 + 0.01  # at a point of its border
                if unit.id not in (line.tail, line.head) and not starts:
                    apart = distance((unit.x, unit.y), start, end)
                    assert apart > scene.diameter / 2 + 0.5, (line.tail, line.head, unit.tip, apart)
            for text in texts:
                assert not text.is_crossed(start, end), (text, line.tip)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_overlaps_and_nothing_is_cut_off(name: str, direction: str) -> None:
    scene = scene_of(NETWORKS[name], direction=direction)
    assert_apart(scene)
    assert_on_paper(scene)
    for _, points in strokes(scene):
        for x, y in points:
            assert 0 <= x <= scene.width
            assert 0 <= y <= scene.height


@pytest.mark.parametrize("name", NETWORKS)
def test_every_connection_is_drawn_once(name: str) -> None:
    """Those into a join excepted: its units are those that it joins."""
    (network,) = parse(NETWORKS[name])
    joined = {number for number, stage in enumerate(network.stages) if stage.layer.rearranges and stage.layer.merges}
    graph = build(network)
    expected = sum(1 for _, _, data in graph.edges(data=True) if data["layer"] not in joined)
    drawn = [line for line in scene_of(NETWORKS[name]).lines if line.classes.startswith("edge")]
    assert len(drawn) == expected


@pytest.mark.parametrize("name", NETWORKS)
def test_all_directions_are_one_picture_turned(name: str) -> None:
    """The same lines with the same colours, whichever way a network runs."""
    pictures = [scene_of(NETWORKS[name], direction=direction) for direction in DIRECTIONS]
    described = [
        sorted((line.classes, line.tip, line.colour, bool(line.path)) for line in one.lines) for one in pictures
    ]
    assert described.count(described[0]) == len(DIRECTIONS)


def skips_of(text: str, **options: Any) -> dict[tuple[str, str], Way]:
    """How the skips of a network run, by the names of their layers."""
    from connectivity.options import Options
    from connectivity.picture import compose
    from connectivity.picture.panel import Panel

    figure = Figure.of(text)
    chosen = Options(**options)
    drafts = [compose.Draft(panel.subject(biases=False, padding=False), chosen) for panel in figure.panels]
    (panel,) = compose._panels(drafts, [None], chosen)
    assert isinstance(panel, Panel)
    names = [layer.info.name for layer in panel.wiring.layers]
    return {(names[one], names[other]): skip.way for (one, other), skip in panel.skips.items()}


def test_rows_that_keep_their_place_are_passed_between() -> None:
    assert skips_of(NETWORKS["residual"]) == {("x", "y"): Way.HOP}
    assert set(skips_of(NETWORKS["skips over each other"]).values()) == {Way.HOP}
    assert skips_of(NETWORKS["dense"]) == dict.fromkeys([("x", "h2"), ("x", "h3"), ("h1", "h3")], Way.HOP)


def test_columns_that_have_moved_are_passed_by_a_bus() -> None:
    assert skips_of(NETWORKS["wavenet"])["x", "y"] is Way.BUS
    assert Way.BUS in skips_of(NETWORKS["u-net"]).values()


def test_lanes_of_a_bus_do_not_cross() -> None:
    scene = scene_of(NETWORKS["wavenet"])
    lanes = [points for line, points in strokes(scene) if line.path and line.classes.startswith("edge")]
    assert len(lanes) == 8
    for one, other in itertools.combinations(lanes, 2):
        assert not any(_cross(a, b, c, d) for a, b in itertools.pairwise(one) for c, d in itertools.pairwise(other)), (
            one[0],
            other[0],
        )


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < -1e-9 and side(c, d, a) * side(c, d, b) < -1e-9


def test_columns_are_as_deep_as_the_longest_way() -> None:
    scene = scene_of(NETWORKS["projection"])
    at = {unit.tip.rstrip("0123456789[]"): unit.x for unit in scene.units}
    assert at["x"] < at["h"] == at["p"] or at["x"] < at["p"] < at["y"]
    assert at["p"] < at["h"] < at["y"]


def test_branches_stand_beside_one_another() -> None:
    scene = scene_of(NETWORKS["inception"])
    columns = {unit.x for unit in scene.units}
    assert len(columns) == 2
    spans = {}
    for name in "abc":
        own = [unit.y for unit in scene.units if unit.tip.startswith(name)]
        spans[name] = min(own), max(own)
    assert spans["a"][0] > spans["b"][1] > spans["b"][0] > spans["c"][1]


def test_a_join_is_a_bracket_and_its_units_are_in_the_graph() -> None:
    scene = scene_of(NETWORKS["inception"])
    assert any(line.classes == "bracket" for line in scene.lines)
    assert "concat" in {text.text for text in scene.texts}
    assert not any(unit.tip.startswith("y") for unit in scene.units)
    graph = build(parse(NETWORKS["inception"])[0])
    assert sum(1 for _, data in graph.nodes(data=True) if data["layer"] == 4) == 24


def test_sums_and_products_show_their_sign() -> None:
    stems = {unit.label.stem for unit in scene_of(NETWORKS["wavenet"]).units if unit.label}
    assert {"+", "\u00d7"} <= stems
    values = scene_of("x=2,values=1/2 conv:1,weight=3 add:x", show=["values"])
    assert [unit.label.stem for unit in values.units if unit.label and unit.classes.endswith("layer2")] == ["4", "8"]


def test_identities_are_dashed_and_the_legend_says_so_once() -> None:
    scene = scene_of(NETWORKS["residual"])
    passed = [line for line in scene.lines if " layer3 " in line.classes]
    assert {line.style for line in passed} == {"dashed"}
    assert [text.text for text in scene.texts].count("the value itself, no weight") == 1
    assert "the value itself, no weight" not in {text.text for text in scene_of("8 conv:3 maxpool:2").texts}


def test_branches_in_one_gap_have_colours_of_their_own() -> None:
    scene = scene_of(NETWORKS["inception"])
    colours = {layer: {line.colour for line in scene.lines if f" layer{layer} " in line.classes} for layer in (1, 2)}
    assert len(colours[1]) == 1
    assert len(colours[2]) == 3
    assert not colours[1] & colours[2]


def test_shared_layers_have_the_same_colours() -> None:
    scene = scene_of(NETWORKS["siamese"])
    first, second = (
        {
            line.tip.partition(": ")[2].partition(" =")[0]: line.colour
            for line in scene.lines
            if f" layer{n} " in line.classes
        }
        for n in (2, 3)
    )
    assert first == second
    assert len(set(first.values())) == 3


@pytest.mark.parametrize(
    ("chain", "same"),
    [
        ("6 conv:3 fc:2", "x=6 h1=conv:3,from=x y=fc:2,from=h1"),
        ("2x8 conv:3,c=2 relu maxpool:2 fc:3", "x=2x8 h1=conv:3,c=2,from=x relu h2=maxpool:2,from=h1 y=fc:3,from=h2"),
    ],
)
def test_a_chain_is_the_same_however_it_is_said(chain: str, same: str) -> None:
    assert connectivity.draw(chain, "svg") == connectivity.draw(same, "svg")
    assert describe(parse(chain)[0]) == describe(parse(same)[0])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_and_its_graph_say_the_same(name: str) -> None:
    (network,) = parse(NETWORKS[name])
    graph = build(network)
    assert describe(network) == describe(graph)
    rng = np.random.default_rng(1)
    x = {network.stages[n].name: rng.integers(-4, 5, network.stages[n].shape) / 2 for n in network.inputs()}
    np.testing.assert_array_equal(evaluate(network, x), evaluate(graph, x))
    assert connectivity.dump(graph, "json").decode().count('"source"') == graph.number_of_edges()


def test_describe_says_what_branches() -> None:
    facts = describe(parse(NETWORKS["residual"])[0])
    assert facts["branches"] == ["y adds h2 and x"]
    assert facts["layers"][3]["receptive_field"] == {"size": 5, "jump": 1, "start": -2}
    assert facts["layers"][1]["multiply_adds"] == 22
    assert facts["layers"][1]["multiply_adds_padded"] == 24
    heads = describe(parse(NETWORKS["two heads"])[0])
    assert heads["branches"] == ["y takes h", "classes and y are outputs"]
    shared = describe(parse(NETWORKS["siamese"])[0])
    assert "tb has the weights of ta" in shared["branches"]
    assert shared["totals"]["weights"] == 3 + 8


def test_matrices_are_composed_over_all_ways() -> None:
    graph = build(parse("x=3 h=conv:1,weight=2 conv:3,p=1,weight=1/0/-1 add:x/h/x")[0])
    expected = 2 * np.array([[0, -1, 0], [1, 0, -1], [0, 1, 0]]) + (1 + 2 + 1) * np.eye(3)
    np.testing.assert_array_equal(matrix(graph), expected)
    assert matrix(graph, "y").shape == (3, 9)


def test_own_graphs_may_skip_layers_and_start_anywhere() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for layer in (1, 2, 3):
        graph.add_nodes_from((f"n{layer}{i}" for i in range(3)), layer=layer)
    for i in range(3):
        graph.add_edge(f"n1{i}", f"n2{i}", weight=2.0)
        graph.add_edge(f"n2{i}", f"n3{i}", weight=1.0)
        graph.add_edge(f"n1{i}", f"n3{(i + 1) % 3}", weight=0.5)
    assert [layer["units"] for layer in describe(graph)["layers"]] == [3, 3, 3]
    assert describe(graph)["layers"][2]["receptive_field"]["size"] == 2
    assert receptive_field(graph, "n30") == ["n10", "n12"]
    np.testing.assert_array_equal(evaluate(graph, [1, 2, 3]), [[3.5, 4.5, 7.0]])
    scene = scene_of(graph)
    assert sum(line.classes.startswith("edge") for line in scene.lines) == 9
    assert [text.text for text in scene.texts if text.classes == "legend"][:2] == ["weight", "\u22122"]
    assert describe(graph)["totals"]["multiply_adds"] == 9
    both = scene_of(graph, view="matrix")
    assert len(both.cells) == 9


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x=6 conv:3,from=h9", 17, 'there is no layer "h9"'),
        ("x=6 conv:3,from=", 12, "from needs a value"),
        ("x=6 h=conv:3,p=1 conv:3,p=1,share=h,bias", 37, '"h", whose weights it has, has no bias'),
        ("img=2x6 meta=3 fc:2", 14, "a layer is a kind and its size, as fc:3"),
        ("x=6 conv:3 skip:x", 12, "a skip connection is add:NAME"),
        ("x=6 a=conv:3 add:b b=conv:2", 18, '"b" comes later'),
        ("x=6 conv:3 add:x", 16, "shapes 1x4 and 1x6 do not fit"),
        ("x=2x4 a=conv:3,p=1,c=3 add:a/x", 30, "shapes 3x4 and 2x4 do not fit"),
        ("x=6 a=conv:3 concat:a/x", 23, "cannot be joined along the channels"),
        ("x=6 conv:3,share=x", 18, "has no weights to share"),
        ("x=6 a=conv:3 conv:2,share=a", 27, "weights of shape [1, 1, 2]"),
        ("x=6 add", 5, "which layers?"),
        ("x=6 add:x//y", 11, "a name is missing"),
    ],
)
def test_mistakes_are_shown_where_they_are(text: str, column: int, words: str) -> None:
    with pytest.raises(NotationError, match=words.replace("[", r"\[")) as caught:
        parse(text)
    assert caught.value.column == column


def test_skips_of_an_elided_network_are_whole() -> None:
    text = "x=60 conv:3,p=1 relu conv:3,p=1 add:x relu"
    scene = scene_of(text, max_units=9)
    hops = [line for line in scene.lines if line.path and line.classes.startswith("edge")]
    shown = [unit for unit in scene.units if unit.classes == "unit layer0"]
    assert len(hops) == len(shown) == 7


def test_highlights_follow_every_way() -> None:
    scene = scene_of(NETWORKS["residual"], highlight=["y[3]:receptive-field"], rest="hidden")
    into = [line for line in scene.lines if line.classes.startswith("edge")]
    assert len(into) == 2 + 3 + 3 * 3
    assert {unit.tip for unit in scene.units if unit.stroke} >= {"x1", "x5", "h1[2]", "h2[3]", "y3"}


def test_units_are_in_areas() -> None:
    assert len(unit_areas(scene_of(NETWORKS["gate"]))) == 32


@pytest.mark.parametrize(
    "text", ["3 y=fc:3,drop=2 softmax", "3 y=fc:3,drop=1/3 log_softmax", "2x2 conv:1,c=3,drop=2 softmin"]
)
def test_a_dropped_unit_is_0_before_what_mixes_it_with_others(text: str) -> None:
    (network,) = parse(text)
    x = np.arange(1.0, 1 + network.input.units).reshape(network.input)
    np.testing.assert_array_equal(evaluate(network, x), evaluate(build(network), x))


def test_what_passes_values_on_stays_dashed_beside_a_highlight() -> None:
    text = "x=6 conv:3,p=1 add:x"
    plain, marked = (scene_of(text, highlight=marks) for marks in ([], ["y[2]:receptive-field"]))
    for scene in (plain, marked):
        assert [line.style for line in scene.lines if line.classes.startswith("edge layer2")] == ["dashed"] * 12
        assert "identity" in [text.text for text in scene.texts if text.classes == "legend"]


def test_a_branch_from_an_input_of_its_own_stands_just_before_it_is_taken() -> None:
    scene = scene_of("x=4 conv:3,p=1 conv:3,p=1 h=conv:3,p=1 z=input:4 g=conv:3,p=1,from=z add:h")
    depth = {unit.classes.split()[1]: unit.x for unit in scene.units}
    assert depth["layer5"] == depth["layer3"]
    assert depth["layer4"] == depth["layer2"]


def test_a_join_at_the_end_of_branches_of_unequal_depth_is_drawn() -> None:
    scene = scene_of("x=5 a=conv:1 b=conv:3,p=1,from=x c=conv:1 concat:a/c")
    assert sum(unit.classes == "unit layer4" for unit in scene.units) == 10
    level = scene_of("x=5 a=conv:1 b=conv:3,p=1,from=x concat:a/b")
    assert not any(unit.classes == "unit layer3" for unit in level.units)
    assert "concat" in [text.text for text in level.texts]


@pytest.mark.parametrize(
    "text",
    [
        "x=8 conv:3,p=1 maxpool:2 conv:3,p=1 upsample:2 concat:x conv:3,p=1",
        "x=8 h=conv:3,p=same maxpool:2 conv:3,p=same maxpool:2 upsample:4 concat:h conv:3,p=same",
        "x=6 h1=conv:3,p=1 h2=conv:3,p=1,c=1 concat:x conv:3,p=1",
    ],
)
def test_no_line_from_a_junction_lies_on_a_connection(text: str) -> None:
    scene = scene_of(text)
    dots = {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    places = {unit.id: (unit.x, unit.y) for unit in scene.units}
    last = [line for line in scene.lines if line.classes.startswith("edge") and not line.path]
    straight = [(places[line.tail], places[line.head]) for line in last if line.tail in places]
    junctions = {line.tail for line in last if line.tail in dots}
    assert junctions
    for junction in junctions:
        assert min(distance(dots[junction], start, end) for start, end in straight) > 3


@pytest.mark.parametrize("text", ["x=4 conv:3,p=1 add:x", "x=6 h=conv:3,p=1 conv:3,p=1 concat:x/h/h2 conv:3,p=1"])
def test_pointing_at_a_unit_finds_all_that_leads_into_it(text: str) -> None:
    (network,) = parse(text)
    scene = scene_of(text)
    last = [unit.id for unit in scene.units if unit.classes == f"unit layer{len(network.stages) - 1}"]
    degrees = [degree for _, degree in build(network).in_degree() if degree][-len(last) :]
    classes = [line.classes.split() for line in scene.lines if line.classes.startswith("edge")]
    assert [sum(f"to{unit[1:]}" in each for each in classes) for unit in last] == degrees


def test_pointing_at_a_weight_finds_it_in_all_layers_that_share_it() -> None:
    scene = scene_of("a=5 h=conv:3 b=input:5 g=conv:3,share=h,from=b add:h")
    layers: dict[str, set[str]] = {}
    for line in scene.lines:
        kind, layer, weight, *_ = line.classes.split() + [""] * 3
        if kind == "edge" and layer in ("layer1", "layer3"):
            layers.setdefault(weight, set()).add(layer)
    assert [*layers.values()] == [{"layer1", "layer3"}] * 3


def test_values_and_padding_of_branches_are_shown() -> None:
    text = "x=3,values=1/2/4 h=conv:3,p=1,weight=1/0/-1 g=conv:3,p=1,weight=1/0/0,from=x y=add:h/x"
    scene = scene_of(text, show=["values"], padding="hollow", theme="dark")
    (network,) = parse(text)
    values = evaluate(network, [1, 2, 4])[0]
    tips = [unit.tip.replace("\u2212", "-") for unit in scene.units if unit.classes == "unit layer3"]
    assert [float(tip.rpartition(" = ")[2]) for tip in tips] == values.tolist()
    pads = [unit for unit in scene.units if "padding" in unit.classes]
    assert len(pads) == 2
    assert (
        sum(
            line.head in {unit.id for unit in scene.units} and line.tail in {pad.id for pad in pads}
            for line in scene.lines
        )
        == 4
    )


@pytest.mark.parametrize(
    "text", ["x=6 h=bn,drop=1 softmax y=conv:3", "3 y=fc:3,drop=1/3 softmax", "2x3 conv:1,c=3,drop=2 softmax fc:2"]
)
def test_receptive_fields_leave_out_what_dropped_units_would_see(text: str) -> None:
    (network,) = parse(text)
    assert describe(network) == describe(build(network))


def test_a_caption_beyond_another_branch_says_its_layers_name() -> None:
    text = "x=5 a=conv:1 b1=conv:1,from=x b=conv:3,p=1 c=conv:1,from=x concat:a/b/c y=conv:1"
    headings = [one.text for one in scene_of(text).texts if one.bold]
    assert "b: conv 3" in headings
    assert headings.count("conv 1") == 4


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    "text",
    [
        "x=2x8 a=conv:1,s=3,c=3 b=avgpool:2,s=1,from=x d=conv:2,s=2,c=3,from=x y=conv:3,p=1,from=x",
        "x=2x8 a=conv:3,p=1,c=3 b=conv:3,p=1,c=3,from=x c=conv:3,p=1,from=x",
    ],
)
def test_wide_fans_clear_the_units_beside_their_ends(text: str, direction: str) -> None:
    assert_lines_are_clear(scene_of(text, direction=direction))


def test_legends_of_many_shared_weights_name_their_layers() -> None:
    scene = scene_of("x=3 r=fc:4 a=fc:3 s=fc:4,share=r b=fc:3,share=a h=conv:2")
    titles = [text.text for text in scene.texts if text.classes == "legend" and text.text.startswith("shared")]
    assert titles == ["shared weights of r = s", "shared weights of a = b", "shared weights of h"]
    many = scene_of("x=4 r=fc:4 s=fc:4,share=r conv:2")
    titles = [text.text for text in many.texts if text.classes == "legend" and text.text.startswith("shared")]
    assert titles == ["shared weights of r = s", "shared weights of y"]


def test_circles_behind_a_join_have_lines_and_no_ribbon() -> None:
    scene = Figure.of(
        "a=2x12 c=conv:3,c=3 p=globalmaxpool q=conv:3,c=3,from=c g=globalmaxpool concat:p/g y=fc:3"
    ).scene()
    assert len(scene.lines) == 18
    assert not [shape for shape in scene.shapes if shape.classes == "ribbon"]
    assert "copied values" not in [text.text for text in scene.texts]


def test_parts_of_a_block_that_stand_in_another_order_say_their_channels() -> None:
    texts = "\n".join(
        text.text
        for text in Figure.of("x=4x16 a=conv:3,p=1,c=4 maxpool:2 u=upsample:2 concat:a/u conv:3,c=4").scene().texts
    )
    assert "channels 5–8" in texts
    assert "channels 1–4" in texts


spans = st.tuples(st.integers(-4, 0), st.integers(0, 4)).map(lambda ends: (float(ends[0]), float(ends[1])))
blocks = st.lists(st.tuples(st.integers(-9, 9).map(float), spans, st.integers(0, 2).map(float)), min_size=1, max_size=6)


@given(blocks, st.data())
def test_branches_stand_as_near_as_can_be_to_where_they_would(
    blocks: list[tuple[float, tuple[float, float], float]], data: st.DataObject
) -> None:
    """Of all places where none overlap those of the least weighted squared distance: no group that touches gains by moving."""
    weights = [data.draw(st.sampled_from([1.0, 2.0, 0.5])) for _ in blocks]
    places = _apart(blocks, weights)
    rooms = [
        after + low - (before + high + gap + BRANCH_GAP)
        for (before, (_, (_, high), gap)), (after, (_, (low, _), _)) in itertools.pairwise(
            zip(places, blocks, strict=True)
        )
    ]
    assert all(room > -1e-6 for room in rooms)
    pulls = [weight * (aim - place) for weight, (aim, _, _), place in zip(weights, blocks, places, strict=True)]
    start = 0
    for stop in range(1, len(blocks) + 1):
        if stop == len(blocks) or rooms[stop - 1] > 1e-6:  # a group from start to stop
            assert sum(pulls[start:stop]) == pytest.approx(0, abs=1e-6)
            assert all(sum(pulls[start:cut]) > -1e-6 for cut in range(start, stop))  # no part of it would move away
            start = stop


BRANCHED = st.lists(
    st.sampled_from(["fc:4", "conv:1", "conv:1,from=x", "fc:4,from=a", "add:x", "add:a", "concat:x", "mul:a", "concat:x/a"]),
    min_size=1,
    max_size=6,
).map(lambda layers: " ".join(["x=4 a=fc:4", *layers]))  # fmt: skip


@given(BRANCHED)
@settings(max_examples=60)
def test_a_layer_stands_behind_all_that_it_takes_and_no_farther(text: str) -> None:
    try:
        layers = wired(text).layers
    except ConnectivityError:
        assume(False)
    branches = Branches.of(layers)
    drawn = [index for index in range(len(layers)) if index not in branches.joins]
    ways: nx.DiGraph[int] = nx.DiGraph((source, index) for index in drawn for source in branches.takes[index])
    ways.add_nodes_from(drawn)
    for index in drawn:
        longest = nx.dag_longest_path_length(ways.subgraph({*nx.ancestors(ways, index), index}))
        assert branches.levels[index] == longest
    spans = [(-2.0, 2.0)] * len(layers)
    shifts = branches.shifts(spans, [0.0] * len(layers))
    for level in range(branches.depth):
        beside = sorted(shifts[index] for index in [*branches.at(level), *branches.passing(level)])
        assert all(after - before > 4 + BRANCH_GAP - 1e-6 for before, after in itertools.pairwise(beside))


@pytest.mark.parametrize(
    "text",
    ["x=3 a=fc:6 b=fc:2 c=fc:7,bias,from=x d=fc:3,from=x concat:b/c/d,axis=length fc:2,bias", "x=4 fc:4,bias add:x"],
)
def test_layers_that_are_spread_again_stand_as_if_spread_once(text: str) -> None:
    wiring = wire(Blueprint(parse(text)[0]), biases=True)
    arrangement = Arrangement(wiring.layers, 0, None)
    arrangement.stand(wiring)
    assert wiring.biases
    found = []
    for gap in (0.0, 2.0, 2.0, 0.0):
        arrangement.spread([gap] * len(wiring.layers))
        found.append([place for column in arrangement.columns for place in column.along.values()])
    assert found[1] == pytest.approx(found[2])
    assert found[0] == pytest.approx(found[3])


ends = st.tuples(st.integers(0, 9), st.integers(2, 6)).map(lambda each: (each[0], each[0] + each[1]))


def gaps_of(skip: Skip) -> set[int]:
    """The gaps between columns that a skip from one level to another passes."""
    return {*range(skip.source, skip.target)}


@given(st.sets(ends, max_size=8))
def test_buses_that_pass_a_common_gap_enclose_one_another_the_shorter_inside(pairs: set[tuple[int, int]]) -> None:
    skips = {pair: Skip(*pair, Way.BUS, False) for pair in pairs}
    _stack_buses(skips, range(20))
    for one, other in itertools.permutations(skips.values(), 2):
        if gaps_of(one) & gaps_of(other):
            assert one.deck != other.deck
            assert one.deck > other.deck or len(gaps_of(one)) <= len(gaps_of(other))
    for one in skips.values():
        inside = {other.deck for other in skips.values() if other is not one and gaps_of(one) & gaps_of(other)}
        assert one.deck == 0 or one.deck - 1 in inside


@given(st.sets(ends, max_size=8))
def test_hops_that_pass_a_common_gap_have_places_of_their_own(pairs: set[tuple[int, int]]) -> None:
    """Those from one layer have one place, up to the last of them; what finds none goes round everything."""
    skips = {pair: Skip(*pair, Way.HOP, False) for pair in pairs}
    _share_rows(skips, range(20))
    last = {source: max(target for other, target in pairs if other == source) for source, _ in pairs}
    held = {source: {*range(source, target)} for source, target in last.items()}
    found = {skip.source: skip.share for skip in skips.values() if skip.way is Way.HOP}
    for skip in skips.values():
        if skip.way is Way.HOP:
            assert 0 < skip.share == found[skip.source] < 1
        else:
            beside = {share for source, share in found.items() if held[source] & held[skip.source]}
            assert (skip.way, len(beside)) == (Way.BUS, MOST_HOPS)
    for one, other in itertools.combinations(found, 2):
        assert found[one] != found[other] or not held[one] & held[other]
    shares = sorted({*found.values()})
    assert shares == pytest.approx([(number + 1) / (len(shares) + 1) for number in range(len(shares))])


def test_what_nobody_takes_stands_behind_what_is_taken() -> None:
    branches = Branches.of(wired("x=4 a=fc:4,from=x b=fc:4,from=x c=fc:4,from=b d=fc:4,from=b").layers)
    shifts = branches.shifts([(-2.0, 2.0)] * 5, [0.0] * 5)
    assert shifts[2] < shifts[1]  # b, which is taken, and a
    assert shifts[3] < shifts[4]  # at the end in their order


@pytest.mark.parametrize("rest", ["", "v=input:3 fc:2,from=v"])
def test_what_is_joined_at_the_end_stands_in_one_column_whatever_else_there_is(rest: str) -> None:
    layers = wired(f"x=6 fc:5 a=fc:3 u=input:4 b=fc:2 c=concat:b,axis=length,from=a {rest}").layers
    branches = Branches.of(layers)
    assert branches.levels[2] == branches.levels[4] == 2
    assert branches.joins == {5}


@pytest.mark.parametrize(
    ("place", "way"),
    [
        (-1.0, Way.TRACK),
        (-0.8, Way.BUS),
        (0.0, Way.HOP),
        (0.5, Way.BUS),
        (1.0, Way.HOP),
        (1.8, Way.BUS),
        (2.0, Way.TRACK),
    ],
)
def test_a_skip_takes_the_way_that_is_free(place: float, way: Way) -> None:
    """Of units at 0 and 1 past one at ``place``, which stands on the straight line to where they lead."""
    columns = [Column({0: 0.0, 1: 1.0}), Column({2: place}), Column({3: 2 * place, 4: 2 * place - 1})]
    branches = Branches([0, 1, 2], frozenset(), [(), (0,), (1, 0)], [])
    assert _way([(0, 3), (1, 4)], False, 0, 2, columns[1:2], [0, 1, 2], columns, branches) is way


@pytest.mark.parametrize("hops", [0, 1, 2, 3])
def test_hops_between_two_rows_are_counted(hops: int) -> None:
    shares = [(number + 1) / (hops + 1) for number in range(hops)]
    skips = {(n, 9): Skip(n, 9, Way.HOP, False, share) for n, share in enumerate(shares)}
    assert most_hops({(7, 9): Skip(7, 9, Way.BUS, False), **skips}) == hops


@pytest.mark.parametrize("turned", [False, True])
def test_a_skip_is_direct_where_copies_keep_their_order(turned: bool) -> None:
    graph = build(parse("x=4 a=fc:4 add:x")[0])
    copies = [
        (source, target, data)
        for source, target, data in graph.edges(data=True)
        if source[0] == "x" and target[0] == "y"
    ]
    assert len(copies) == 4
    targets = [target for _, target, _ in copies]
    graph.remove_edges_from([(source, target) for source, target, _ in copies])
    for (source, _, data), target in zip(copies, reversed(targets) if turned else targets, strict=True):
        graph.add_edge(source, target, **data)
    figure = Figure.of(graph)
    (panel,) = panels_of(_drafts(figure.panels, {}), Options())
    assert isinstance(panel, Panel)
    (skip,) = panel.skips.values()
    assert (skip.source, skip.target, skip.direct) == (0, 2, not turned)
