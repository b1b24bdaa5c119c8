"""Weights that count as zeros: which they are, what is said of them, and what a figure is without them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from areas import assert_apart, assert_on_paper
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import compose_figure, wired

from connectivity import DrawingError, Figure, parse
from connectivity.colour.themes import LIGHT, PRINT
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.zeros import Removed, Zeros
from connectivity.options import Options, Threshold, threshold_of
from connectivity.picture import compose
from connectivity.picture.highlight import neutral
from connectivity.scene import Line, Scene

VALUES = [[0.5, -0.1, 0.0, 0.3], [-0.3, 0.3, 0.2, -0.9]]
WEIGHTS = {"y.weight": VALUES}


def scene_of(what: Any, weights: Any = None, **options: Any) -> Scene:
    return compose_figure(what, Options(**options), weights)


def pairs(scene: Scene) -> list[str]:
    """What is said of the connections that are drawn whole."""
    return sorted(line.tip for line in scene.lines if line.classes.startswith("edge"))


def said(scene: Scene) -> list[str]:
    """The lines of the captions."""
    return [line for text in scene.texts if text.classes == "caption" for line in text.text.split("\n")]


def legend(scene: Scene) -> list[str]:
    return [text.text for text in scene.texts if text.classes == "legend"]


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ("0.05", Threshold(0.05, False)),
        ("20%", Threshold(20.0, True)),
        (" 20 % ", Threshold(20.0, True)),
        ("12.5%", Threshold(12.5, True)),
        ("0", Threshold(0.0, False)),
        ("100%", Threshold(100.0, True)),
        ("1e-3", Threshold(0.001, False)),
    ],
)
def test_a_threshold_is_a_size_or_a_share(text: str, threshold: Threshold) -> None:
    assert threshold_of(text) == threshold


def test_numbers_are_thresholds_as_well() -> None:
    assert Options(threshold=0.25).threshold == "0.25"  # type: ignore[arg-type]  # as figure files have it
    figure = Figure.parse('network = "4 fc:1,w=1/0.1/0/2"\nthreshold = 0.25')
    assert len(pairs(figure.scene())) == 2


KEPT = {
    # sizes in PyTorch's order: .5 .1 0 .3 | .3 .3 .2 .9
    (None, "hide"): [0, 1, 3, 4, 5, 6, 7],
    ("0.3", None): [0, 3, 4, 5, 7],  # what is as large as that stays
    ("0.31", None): [0, 7],
    ("10%", None): [0, 1, 3, 4, 5, 6, 7],  # 0.8 weights
    ("25%", None): [0, 3, 4, 5, 6, 7],
    ("50%", None): [0, 4, 5, 7],  # of three equal ones the first goes
    ("62.5%", None): [0, 5, 7],
    ("100%", None): [],
    ("0", None): [0, 1, 3, 4, 5, 6, 7],
    ("50%", "draw"): list(range(8)),
    ("50%", "dash"): list(range(8)),
    (None, None): list(range(8)),
}


@pytest.mark.parametrize(("threshold", "zeros"), KEPT)
def test_the_smallest_go(threshold: str | None, zeros: str | None) -> None:
    scene = scene_of(parse("4 fc:2"), WEIGHTS, threshold=threshold, zeros=zeros)
    kept = sorted(f"y.weight[{flat // 4},{flat % 4}]" for flat in KEPT[threshold, zeros])
    assert sorted(tip.partition(": ")[2].partition(" =")[0] for tip in pairs(scene)) == kept


def test_names_and_weights_of_what_is_left_are_the_true_ones() -> None:
    plain = {"captions": False, "legend": False}
    everything, left = (scene_of(parse("4 fc:2"), WEIGHTS, threshold=at, **plain) for at in (None, "0.31"))
    assert pairs(left) == ["x1 → y1: y.weight[0,0] = 0.5", "x4 → y2: y.weight[1,3] = −0.9"]
    assert {*pairs(left)} < {*pairs(everything)}
    places = [[(unit.id, unit.x, unit.y) for unit in scene.units] for scene in (everything, left)]
    assert places[0] == places[1]


def test_captions_count_the_whole_layer() -> None:
    scene = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%")
    assert {"4 of 8 connections", "4 of 8 weights: the largest"} < {*said(scene)}
    assert "5 of 8 weights: |w| ≥ 0.3" in said(scene_of(parse("4 fc:2"), WEIGHTS, threshold="0.3"))
    assert "7 of 8 weights: w ≠ 0" in said(scene_of(parse("4 fc:2"), WEIGHTS, zeros="hide"))
    assert {"1 of 8 connections dashed", "1 of 8 weights dashed: w = 0"} < {
        *said(scene_of(parse("4 fc:2"), WEIGHTS, zeros="dash"))
    }
    assert "1 of 8 weights dotted: w = 0" in said(scene_of(parse("4 fc:2"), WEIGHTS, zeros="dash", theme="print"))


def test_nothing_is_said_where_nothing_is_hidden() -> None:
    scene = scene_of(parse("3 conv:2,w=1/2"), zeros="hide")
    assert said(scene) == said(scene_of(parse("3 conv:2,w=1/2")))
    assert scene.description == scene_of(parse("3 conv:2,w=1/2")).description


def test_shared_weights_are_counted_once() -> None:
    scene = scene_of(parse("6 conv:3,p=1,w=0.5/0/-1"), zeros="hide")
    assert {"10 of 16 connections", "2 of 3 weights: w ≠ 0"} < {*said(scene)}
    assert len(pairs(scene)) == 10
    assert "6 of the 16 connections of y are not drawn (w = 0)." in scene.description
    third = scene_of(parse("6 conv:3,p=1,w=0.5/0.6/-1"), threshold="34%")
    assert len(pairs(third)) == 16 - 5


def test_layers_that_share_weights_are_pruned_alike() -> None:
    scene = scene_of(parse("6 h=conv:3,w=0.1/0.5/1 y=conv:3,share=h"), threshold="0.3")
    assert {"8 of 12 connections", "4 of 6 connections"} < {*said(scene)}
    assert len(pairs(scene)) == 12
    assert len(pairs(scene_of(parse("6 h=conv:3,w=0.1/0.5/1 y=conv:3,share=h"), threshold="33%"))) == 12


def test_only_layers_with_weights_are_concerned() -> None:
    pooled = scene_of(parse("8 avgpool:2 fc:2,w=0/1/0/1/0/0/0/1"), zeros="hide")
    assert len(pairs(pooled)) == 8 + 3
    biased = scene_of(parse("2 fc:2,bias"), {"y.weight": [[1, 0], [1, 1]], "y.bias": [0, 0]}, zeros="hide", show="bias")
    assert len(pairs(biased)) == 3 + 2


def test_what_a_mask_leaves_out_is_no_zero() -> None:
    scene = scene_of(parse("3 sparse:mask=110/011"), {"y.weight": [[1, 0, 0], [0, 2, 3]]}, zeros="hide", view="matrix")
    assert {"3 of 4 connections", "3 of 4 weights: w ≠ 0"} < {*said(scene)}
    assert sorted(cell.classes.split()[0] for cell in scene.cells) == ["cell", "cell", "cell", "open"]
    half = scene_of(parse("3 sparse:mask=110/011"), {"y.weight": [[1, 5, 0], [0, 2, 3]]}, threshold="50%")
    assert [tip.split(" = ")[1] for tip in pairs(half)] == ["5", "3"]


def test_generated_weights_have_no_zeros_unless_their_values_are_shown() -> None:
    for text, options in (
        ("4 fc:2", {"zeros": "hide"}),
        ("4 fc:2", {"threshold": "10%"}),
        ("4 maxpool:2", {"zeros": "dash"}),
    ):
        with pytest.raises(DrawingError, match="no weights are given of which some could count as 0") as caught:
            scene_of(parse(text), **options)
        assert caught.value.option in options
    for color_by in ("weight", "sign"):
        assert len(pairs(scene_of(parse("4 fc:2"), threshold="50%", color_by=color_by))) == 4
    assert len(pairs(scene_of(parse("4 fc:2"), zeros="draw"))) == 8
    mixed = scene_of(parse("4 conv:2,w=0/1 fc:2"), zeros="hide")
    assert len(pairs(mixed)) == 3 + 6


def test_one_panel_with_given_weights_is_enough() -> None:
    scene = scene_of(parse("3 fc:1 // 3 fc:1,w=0/1/2"), zeros="hide")
    assert len(pairs(scene)) == 3 + 2


def test_panels_have_settings_of_their_own() -> None:
    figure = Figure.parse(
        'weights = { "y.weight" = [[3, 1, 2, 4]] }\nthreshold = "50%"\ncolumns = 1\n'
        '[[panel]]\nnetwork = "4 fc:1"\nzeros = "draw"\n[[panel]]\nnetwork = "4 fc:1"\n'
        '[[panel]]\nnetwork = "4 fc:1"\nthreshold = "75%"\nzeros = "dash"\n'
    )
    scene = figure.scene()
    styles = [line.style for line in scene.lines if line.classes.startswith("edge")]
    assert (styles.count("solid"), styles.count("dashed")) == (4 + 2 + 1, 3)
    assert "In panel 2, 2 of the 4 connections of y are not drawn (the smallest)." in scene.description
    assert "In panel 3, 3 of the 4 connections of y are dashed (the smallest)." in scene.description
    assert "panel 1, 2 of" not in scene.description


def test_units_that_lost_all_are_dashed_on_the_page() -> None:
    weights = {"h.weight": [[1, 0, 0], [0, 0, 1]], "y.weight": [[1, 0]]}
    scene = scene_of(parse("x=3 h=fc:2 y=fc:1"), weights, zeros="hide")
    lost = [unit for unit in scene.units if unit.style == "dashed"]
    assert [unit.tip for unit in lost] == ["x2: no connections left", "a unit that lost every connection"]
    assert {unit.fill for unit in lost} == {LIGHT.background}
    assert "a unit that lost every connection" in legend(scene)
    assert "x2 lost every connection." in scene.description
    assert not [
        unit for unit in scene_of(parse("x=3 h=fc:2 y=fc:1"), weights, zeros="dash").units if unit.style != "solid"
    ]
    assert_apart(scene)
    assert_on_paper(scene)


def test_units_that_had_none_lost_none() -> None:
    scene = scene_of(parse("4,drop=1 sparse:mask=1100/0110,w=0/1/0/0/0/0/1/0"), zeros="hide")
    assert len(pairs(scene)) == 2
    assert not [unit for unit in scene.units if unit.style == "dashed"]


def test_a_unit_that_a_pool_or_a_skip_needs_has_lost_nothing() -> None:
    scene = scene_of(parse("x=2 fc:2,w=0/0/0/0 add:x"), zeros="hide")
    assert [unit.tip for unit in scene.units if unit.style == "dashed"] == []
    weights = {"h.weight": [[0, 1], [0, 1]], "y.weight": [[1, 0, 0, 1]]}
    joined = scene_of(parse("x=2 h=fc:2 concat:x y=fc:1"), weights, zeros="hide")
    assert [unit.tip for unit in joined.units if unit.style == "dashed"][:1] == ["x1: no connections left"]


def test_a_marked_unit_that_lost_all_keeps_its_mark() -> None:
    scene = scene_of(parse("2 fc:1,w=0/1"), zeros="hide", highlight="x[1]")
    (unit,) = (unit for unit in scene.units if unit.classes.startswith("unit") and unit.style == "dashed")
    assert unit.fill == neutral(LIGHT)


def test_highlights_of_what_is_hidden_draw_nothing() -> None:
    plain = scene_of(parse("6 conv:3,w=0.5/0/-1"), zeros="hide")
    for highlight in ("y.weight[0,0,1]", "y.weight", "y[2]:window", "y[2]"):
        for color_by in ("auto", "parameter", "sign"):
            marked = scene_of(parse("6 conv:3,w=0.5/0/-1"), zeros="hide", highlight=highlight, color_by=color_by)
            assert pairs(marked) == pairs(plain)
    nothing = scene_of(parse("6 conv:3,w=0.5/0/-1"), zeros="hide", highlight="y.weight[0,0,1]", rest="hidden")
    assert pairs(nothing) == []


def test_texts_stand_at_what_is_left() -> None:
    scene = scene_of(parse("6 conv:3,w=0.5/0/-1"), zeros="hide", edge_labels="value")
    assert sorted(text.text for text in scene.texts if text.classes == "weight") == ["0.5"] * 4 + ["−1"] * 4


def test_matrices_show_hidden_cells_open() -> None:
    scene = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", view="both")
    cells = {
        classes: [cell for cell in scene.cells if cell.classes.startswith(classes)] for classes in ("cell", "open")
    }
    assert {classes: len(found) for classes, found in cells.items()} == {"cell": 4, "open": 4}
    assert {(cell.fill, bool(cell.stroke)) for cell in cells["open"]} == {(LIGHT.background, True)}
    assert {cell.tip for cell in cells["open"]} == {
        "x2 → y1: y.weight[0,1] = −0.1, hidden",
        "x3 → y1: y.weight[0,2] = 0, hidden",
        "x4 → y1: y.weight[0,3] = 0.3, hidden",
        "x3 → y2: y.weight[1,2] = 0.2, hidden",
    }
    dashed = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", zeros="dash", view="matrix")
    assert [cell.style for cell in dashed.cells].count("dashed") == 4
    assert "4 of 8 weights: the largest" in said(scene)


def test_pointing_shows_what_is_drawn_with_a_weight() -> None:
    """A weight of two marks has a class of its own; a hidden cell has none, and its weight is not counted."""
    scene = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", view="both")
    marks = [line.classes for line in scene.lines] + [cell.classes for cell in scene.cells]
    classes = [word for each in marks for word in each.split() if word[0] in "vw" and word[1:].isdigit()]
    assert {name: classes.count(name) for name in classes} == {f"w{n}": 2 for n in range(1, 5)}
    alone = scene_of(parse("3 conv:2,w=1/0"), zeros="hide")
    assert {line.classes.split()[2] for line in alone.lines} == {"w1"}


def test_dashes_are_explained_and_dots_on_paper() -> None:
    scene = scene_of(parse("4 fc:2"), WEIGHTS, zeros="dash", threshold="0.15")
    assert "|w| < 0.15" in legend(scene)
    assert [line.style for line in scene.lines if line.classes.startswith("edge")].count("dashed") == 2
    paper = scene_of(parse("4 fc:2"), WEIGHTS, zeros="dash", theme="print")
    dotted = [line for line in paper.lines if line.style == "dotted" and line.classes.startswith("edge")]
    assert [(line.tip.split(" = ")[1], line.colour) for line in dotted] == [("0", PRINT.faint)]


def order(scene: Scene) -> list[Line]:
    """Lines as Graphviz draws them: by their tails, in the order in which these are written."""
    ids = [dot.id for dot in scene.dots] + [unit.id for unit in scene.units]
    tails = {identity: number for number, identity in enumerate(ids) if identity}
    lines = [line for line in scene.lines if line.classes.startswith("edge")]
    return sorted(lines, key=lambda line: tails[line.tail])


def weight_of(line: Line) -> float:
    return abs(float(line.tip.rpartition(" = ")[2].replace("−", "-")))


@pytest.mark.parametrize("shape", ["circle", "square", "box"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_strong_lines_lie_over_weak_ones(shape: str, direction: str) -> None:
    """In all panels of a figure of which one is pruned; a line starts at the border of its unit."""
    figure = parse("4 fc:2 // 4 fc:2")
    scene = scene_of(figure, WEIGHTS, zeros="hide", unit_shape=shape, direction=direction, legend=False)
    for panel in (order(scene)[:7], order(scene)[7:]):
        sizes = [weight_of(line) for line in panel]
        assert sizes == sorted(sizes)
    dots = {dot.id: dot for dot in scene.dots if dot.id}
    for line in order(scene):
        dot = dots[line.tail]
        half = max(scene.diameter, scene.unit_width) / 2
        assert any(max(abs(dot.x - unit.x), abs(dot.y - unit.y)) <= half + 1e-6 for unit in scene.units)


def test_lists_and_descriptions_say_what_is_left() -> None:
    scene = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", list_connections=True)
    assert scene.description.count("→") == 4
    own = scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", list_connections=True, description="Mine.")
    assert own.description.startswith("Mine.\n")
    assert own.description.splitlines()[5:] == [
        "4 of the 8 connections of y are not drawn (the smallest).",
        "x3 lost every connection.",
    ]
    assert scene_of(parse("4 fc:2"), WEIGHTS, threshold="50%", description="Mine.").description == "Mine."


def test_merged_lines_go_when_all_of_theirs_go() -> None:
    weights = {"h.weight": [[1, 0, 0], [1, 0, 1]], "y.weight": [[1, 0]]}
    scene = scene_of(parse("3 h=fc:2 y=fc:1"), weights, zeros="hide", merge="h")
    assert [tip.partition(":")[0] for tip in pairs(scene)] == ["h → y1", "x1 → h", "x3 → h"]
    assert [unit.tip for unit in scene.units if unit.style == "dashed"][:1] == ["x2: no connections left"]


@pytest.mark.parametrize("limit", [0, 10**9], ids=["in part", "whole"])
def test_of_what_is_elided_the_counts_the_stubs_and_the_lost_are_those_of_the_whole(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the part that is shown is made."""
    monkeypatch.setattr(compose, "_MARKED_WHOLE", limit)
    values = np.zeros((30, 40))
    values[0, 0], values[15, 0], values[29, 20], values[3, 17] = 1, 2, 3, 4
    scene = scene_of(parse("40 fc:30"), {"y.weight": values}, zeros="hide", max_units=6)
    assert "4 of 1,200 connections" in said(scene)
    assert pairs(scene) == ["x1 → y1: y.weight[0,0] = 1"]
    ids = {unit.id: unit.tip.partition(":")[0] for unit in scene.units}
    stubs = {ids.get(line.tail, ids.get(line.head, "")) for line in scene.lines if line.stub and line.classes == "stub"}
    assert stubs == {"x1", "y[30]" if "y[30]" in ids.values() else "y30"}
    lost = {unit.tip.partition(":")[0] for unit in scene.units if unit.style == "dashed" and unit.classes != "key"}
    shown = {tip for tip in ids.values() if tip[0] in "xy"}
    assert lost == shown - stubs - {"x1", "y1"}


@pytest.mark.parametrize("limit", [0, 10**9], ids=["in part", "whole"])
def test_stubs_of_windows_are_those_of_their_own_weights(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "_MARKED_WHOLE", limit)
    full, pruned = (scene_of(parse("60 conv:3,w=1/2/0"), zeros=zeros, max_units=8) for zeros in ("draw", "hide"))
    count = [len([line for line in scene.lines if line.stub and line.classes == "stub"]) for scene in (full, pruned)]
    assert 0 < count[1] < count[0]
    assert "116 of 174 connections" in said(pruned)


def test_exported_graphs_are_pruned_as_networks(run: Run, tmp_path: Path) -> None:
    network = "6 conv:3,p=1,w=0.5/0/-1 fc:3"
    assert run("export", *network.split(), "-o", "net.json").returncode == 0
    scenes = []
    for what in (network, "net.json"):
        done = (
            run("draw", what, "--color-by", "weight", "--threshold", "40 %", "-f", "dot")
            if what != network
            else run("draw", *network.split(), "--color-by", "weight", "--threshold", "40 %", "-f", "dot")
        )
        assert done.returncode == 0, done.stderr
        scenes.append(done.stdout)
    assert scenes[0] == scenes[1]
    assert run("describe", "net.json", "--json").stdout == run("describe", *network.split(), "--json").stdout
    graph = json.loads((tmp_path / "net.json").read_text())
    for edge in graph.get("links", graph.get("edges")):
        edge.pop("parameter", None)
    (tmp_path / "bare.json").write_text(json.dumps(graph))
    done = run("draw", "bare.json", "--zeros", "hide", "--color-by", "weight", "-f", "svg")
    assert done.returncode == 0, done.stderr
    assert "6 of the 16 connections" in done.stdout.decode()


def test_hiding_makes_drawable_what_would_be_too_many() -> None:
    values = np.zeros((20, 20))
    values[3] = 1
    with pytest.raises(DrawingError, match="400 connections to draw; at most 30"):
        scene_of(parse("20 fc:20"), {"y.weight": values}, max_edges=30)
    assert len(pairs(scene_of(parse("20 fc:20"), {"y.weight": values}, max_edges=30, zeros="hide"))) == 20
    with pytest.raises(DrawingError, match="20 connections to draw; at most 10"):
        scene_of(parse("20 fc:20"), {"y.weight": values}, max_edges=10, zeros="hide")


def test_too_many_weights_are_refused_before_they_are_made() -> None:
    with pytest.raises(DrawingError, match="weights of y are too many to find the smallest of; at most 20,000,000"):
        scene_of(parse("1000000 fc:1000000"), threshold="10%", color_by="weight")


NETWORKS = (
    "7 fc:4",
    "2x5 fc:3,flatten=false",
    "9 conv:3,s=2,p=2",
    "2x9 conv:4,c=4,g=2,d=2,p=5",
    "8 conv:3,tie=2,p=2",
    "2x7 conv:2,tie=3,s=2",
    "8 conv:3,p=2,padding_mode=circular",
    "4 conv:9,p=4",
    "2x6 sparse:3,p=2,s=2",
    "6 conv:taps=-3/0/2",
    "6 sparse:mask=110010/001100/000001",
    "6 sparse:units=4,density=0.4",
    "5 convtranspose:3,s=2,p=1",
    "2x3 convtranspose:5,d=2,p=4,c=2",
    "3x4 batchnorm",
    "6,drop=2 conv:3,drop=1",
    "2x4 fc:3,flatten=false,drop=2",
)


@pytest.mark.parametrize("text", NETWORKS)
def test_what_layers_know_of_their_weights_is_what_their_connections_say(text: str) -> None:
    (network,) = parse(text)
    blueprint = Blueprint(network)
    stage, wiring = blueprint.stages[1], wired(text)
    parameters = [wiring.parameters[connection] for connection in wiring.into(1)]
    assert list(blueprint.used(1)) == sorted(set(parameters))
    if not stage.layer.drop and not blueprint.dropped(stage):
        assert sorted(set(stage.layer.used(*stage.inputs))) == sorted(set(parameters))
        for parameter in set(parameters):
            assert stage.layer.repeats([parameter], *stage.inputs) == parameters.count(parameter)
    for few in itertools.islice(itertools.combinations(sorted(set(parameters)), 2), 40):
        assert blueprint.repeats(1, few) == sum(parameter in few for parameter in parameters)
    assert sorted(wiring.ends({*wiring.layers[0].units, *wiring.layers[1].units})) == sorted(
        super(type(wiring), wiring).ends({*wiring.layers[0].units, *wiring.layers[1].units})  # type: ignore[misc]  # what any graph says
    )


@given(st.data())
@settings(max_examples=60)
def test_the_share_that_goes_is_the_smallest_in_order(data: st.DataObject) -> None:
    sizes = st.sampled_from([0.0, -0.0, 0.1, -0.1, 0.2, -0.3, 0.5, 1.0])
    values = data.draw(st.lists(sizes, min_size=12, max_size=12))
    share = data.draw(st.floats(0, 100))
    (network,) = parse("4 fc:3")
    wiring = wire(Blueprint(network, {"y.weight": np.reshape(values, (3, 4))}))
    zeros = Zeros(wiring, [1], Threshold(share, True))
    ranked = sorted(range(12), key=lambda flat: (abs(values[flat]), flat))[: round(share * 12 / 100)]
    expected = {*ranked, *(flat for flat in range(12) if values[flat] == 0)}
    assert {wiring.parameters[each] for each in wiring.into(1) if zeros.has(wiring, each)} == expected
    assert zeros.removed[1] == Removed(len(expected), len(expected))
