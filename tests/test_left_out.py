"""Layers that are left out: how they are said, what is known behind them, how they are drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from areas import assert_apart
from conftest import Run
from scenes import compose_figure

from connectivity import (
    DrawingError,
    Figure,
    GraphError,
    Network,
    NetworkError,
    NotationError,
    build,
    describe,
    dump,
    evaluate,
    matrix,
    outputs,
    parse,
    receptive_field,
    unit_values,
)
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.gaps import behind_gaps, drawn_names, has_matrix, left_out
from connectivity.graphs.graphfile import loads
from connectivity.layers import FullyConnected
from connectivity.layers.base import Shape
from connectivity.layers.kinds import kind_words
from connectivity.options import Options
from connectivity.scene import Dot, Scene

NOT_KNOWN = r"layers are left out \(h2\): values behind them are not known"


def scene_of(text: str, **options: object) -> Scene:
    """Without a legend, which has dots of its own."""
    return compose_figure(text, Options(**{"legend": False, **options}))  # type: ignore[arg-type]  # whatever a test says


def dots_of(scene: Scene) -> list[Dot]:
    """The dots that stand for anything, without the ends of stubs."""
    return [dot for dot in scene.dots if dot.diameter]


def stubs_of(scene: Scene) -> list[tuple[str, str]]:
    """The units that stubs lead away from, and those that they lead to, by tooltip."""
    tips = scene.tips()
    return [(tips.get(line.tail, ""), tips.get(line.head, "")) for line in scene.lines if line.classes == "stub"]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("784 fc:100 ... fc:10", [(1, 784), (1, 100), (1, 100), (1, 10)]),
        ("2x8 ...:64 fc:3", [(2, 8), (1, 64), (1, 3)]),
        ("8 …:16x4 conv:3,c=2", [(1, 8), (16, 4), (2, 2)]),
        ("8 fc:4 ...", [(1, 8), (1, 4), (1, 4)]),
        ("8 ... fc:4 ... fc:2", [(1, 8), (1, 8), (1, 4), (1, 4), (1, 2)]),
        ("x=8 fc:3 ...,from=x add:x", [(1, 8), (1, 3), (1, 8), (1, 8)]),
    ],
)
def test_the_shape_goes_on_or_is_said(text: str, shapes: list[tuple[int, int]]) -> None:
    assert list(parse(text)[0].shapes()) == shapes


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("8 ... ... fc:2", "layers are left out here already; one ... stands for any number", 7),
        ("8 a=... b=...,from=a", "layers are left out here already", 11),
        ("8 ... relu", r"relu would be an activation of layers that are left out.* say it before \.\.\.", 7),
        ("8 ... leaky_relu:0.2", "leaky_relu:0.2 would be an activation", 18),
        ("8 ...:0", "shape must be between 1 and 1,000,000, not 0", 7),
        ("8 ...:4x4x4", "a shape of 3 numbers", 11),
        ("8 ...:many", '"many" is not a whole number', 7),
        ("8 ...,drop=1", r'\.\.\. has no parameter "drop"', 7),
        ("8 ...,bias", r'\.\.\. has no parameter "bias"', 7),
        ("... fc:2", "a network starts with the size of its input", 1),
        ("8 .... fc:2", r'unknown layer "\.\.\.\." \(did you mean "\.\.\."', 3),
        ("8 h=... conv:3,share=h", r'"h" \(left-out\) has no weights to share', 22),
        ("8 fc:4 ... add:x,from=h1", "shapes 1x4 and 1x8 do not fit", 16),
    ],
)
def test_mistakes_are_shown_at_their_place(text: str, message: str, column: int) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"activations": ("relu",)}, "an activation of layers that are left out"),
        ({"drop": (1,)}, "a dropped unit of layers"),
        ({"bias": True}, "a bias of layers"),
        ({"shape": (0, 3)}, "shape must be between"),
    ],
)
def test_layers_made_in_python_are_checked_too(parameters: dict[str, object], message: str) -> None:
    own = kind_words()["..."](**parameters)  # type: ignore[arg-type]  # whatever a test says
    with pytest.raises(NetworkError, match=message):
        Network(Shape(1, 4), (own, FullyConnected(units=2)))


def test_describe_counts_what_is_drawn_and_says_so() -> None:
    facts = describe(parse("784 fc:100 ... fc:10")[0])
    assert facts["left_out"] == ["h2"]
    assert facts["totals"]["units"] == 784 + 100 + 10
    assert facts["totals"]["connections"] == facts["totals"]["weights"] == 78_400 + 1_000
    gap = facts["layers"][2]
    assert (gap["heading"], gap["shape"], gap["units"], gap["connections"]) == ("layers left out", [1, 100], 0, 0)
    assert gap["unused_inputs"] == []
    assert "then layers that are left out, to 100 units, then" in facts["sentence"]


def test_the_command_line_says_that_layers_are_left_out(run: Run) -> None:
    shown = run("describe", "8", "fc:4", "body=...:6", "fc:2").stdout.decode()
    assert "layers are left out (body): all counts are of what is drawn" in shown
    assert re.search(r"^y +fully connected .* unknown +- +-$", shown, re.MULTILINE)
    assert "left out" not in run("describe", "8", "fc:2").stdout.decode()


UNKNOWN = {"size": None, "jump": None, "start": None}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("9 conv:3 ... conv:3", {"x": UNKNOWN}),
        ("9 ... fc:2 fc:2", {"x": UNKNOWN}),
        ("x=9 conv:3,p=1 ... add:x", {"x": UNKNOWN}),
        (
            "a=9 ... b=input:9 q=conv:3,p=1,from=b add:h1",
            {"a": UNKNOWN, "b": {"size": 3, "jump": 1, "start": -1}},
        ),
        ("a=9 ... b=input:9 q=fc:9,from=b add:h1", {"a": UNKNOWN, "b": {"size": 9, "jump": None, "start": None}}),
    ],
)
def test_receptive_fields_end_at_them(text: str, fields: dict[str, object]) -> None:
    (network,) = parse(text)
    assert describe(network)["layers"][-1]["receptive_fields"] == fields
    assert describe(build(network))["layers"][-1]["receptive_fields"] == fields
    assert describe(network)["layers"][0]["receptive_field"] == {"size": 1, "jump": 1, "start": 0}


def test_values_behind_them_are_refused() -> None:
    (network,) = parse("3 fc:2 ... fc:2")
    graph = build(network)
    for ask in (evaluate, outputs):
        for what in (network, graph):
            with pytest.raises(GraphError, match=NOT_KNOWN):
                ask(what, [1, 2, 3])
    with pytest.raises(GraphError, match=NOT_KNOWN):
        unit_values(graph, [1, 2, 3])
    with pytest.raises(GraphError, match=NOT_KNOWN):
        Figure.of("3,values=1/2/3 fc:2 ... fc:2").scene()


def test_an_input_is_refused_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,2,3\n")
    for command in ("draw", "export"):
        ran = run(
            command,
            "3",
            "fc:2",
            "...",
            "fc:2",
            "--input",
            "x.csv",
            "-o",
            f"out.{'svg' if command == 'draw' else 'json'}",
        )
        assert ran.returncode == 2
        assert re.search(NOT_KNOWN, ran.stderr.decode())


def test_what_units_behind_them_see_is_not_known() -> None:
    graph = build(parse("3 fc:2 ... fc:2")[0])
    assert receptive_field(graph, "h1[1]") == ["x1", "x2", "x3"]
    with pytest.raises(GraphError, match=r"layers are left out \(h2\): what units behind them see is not known"):
        receptive_field(graph, "y[1]")


def test_they_are_no_matrix() -> None:
    graph = build(parse("3 fc:2 ...:4 fc:2")[0])
    assert matrix(graph, "y").shape == (2, 4)
    for layer in ("h2", None):
        with pytest.raises(GraphError, match="they are no matrix"):
            matrix(graph, layer)


def test_matrices_are_exported_of_the_other_layers(tmp_path: Path) -> None:
    import numpy as np

    (tmp_path / "net.npz").write_bytes(dump(build(parse("3 fc:2 ...:4 fc:2")[0]), "npz"))
    assert sorted(np.load(tmp_path / "net.npz")) == ["h1", "y"]


@pytest.mark.parametrize(
    "text", ["8 fc:4 ... fc:2", "9 conv:3 body=...:2x7 conv:3,p=1 fc:2", "x=8 fc:8 ... add:x", "8 fc:3 ..."]
)
def test_an_exported_graph_reads_back_as_the_same_figure(text: str) -> None:
    (network,) = parse(text)
    for graph in (loads(dump(build(network), "json")), loads(Figure.of(text).panels[0].exported("json"))):
        assert describe(graph) == describe(network)
        assert Figure.of(graph).draw("svg") == Figure.of(text).draw("svg")


@pytest.mark.parametrize("direction", ["LR", "RL", "BT", "TB"])
def test_three_dots_stand_between_columns_that_no_line_joins(direction: str) -> None:
    scene = scene_of("4 fc:3 ... fc:2", direction=direction)
    assert [unit.tip for unit in scene.units] == ["x1", "x2", "x3", "x4", "h1[1]", "h1[2]", "h1[3]", "y1", "y2"]
    assert len([line for line in scene.lines if line.arrow and not line.stub]) == 12
    dots = dots_of(scene)
    assert len(dots) == 3
    flow, across = ("x", "y") if direction in ("LR", "RL") else ("y", "x")
    assert len({round(getattr(dot, across), 3) for dot in dots}) == 1
    before = [getattr(unit, flow) for unit in scene.units if unit.tip.startswith("h1")]
    behind = [getattr(unit, flow) for unit in scene.units if unit.tip.startswith("y")]
    low, high = sorted((before[0], behind[0]))
    assert all(low + 30 < getattr(dot, flow) < high - 30 for dot in dots)
    assert_apart(scene)


def test_stubs_leave_the_layer_before_and_arrive_at_the_next() -> None:
    assert sorted(stubs_of(scene_of("4 fc:3 ... fc:2"))) == [
        ("", "y1"), ("", "y2"), ("h1[1]", ""), ("h1[2]", ""), ("h1[3]", ""),
    ]  # fmt: skip
    windows = [head for _, head in stubs_of(scene_of("5 ... conv:3")) if head]
    assert sorted(windows) == ["y1"] * 3 + ["y2"] * 3 + ["y3"] * 3, "one for each weight, where that is seen"


def test_at_the_end_and_behind_the_input() -> None:
    assert len(dots_of(scene_of("4 fc:3 ..."))) == len(dots_of(scene_of("4 ..."))) == 3
    scene = scene_of("4 ... fc:3 ... fc:2")
    assert len(dots_of(scene)) == 6
    assert len([line for line in scene.lines if not line.stub]) == 0


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_skips_pass_the_dots(direction: str) -> None:
    """In an even layer rows are beside the middle, where a skip runs: the dots stand in a row of units."""
    scene = scene_of("x=8 fc:8 ... add:x", direction=direction)
    across = "y" if direction == "LR" else "x"
    rows = {round(getattr(unit, across), 3) for unit in scene.units if unit.tip.startswith("x")}
    assert {round(getattr(dot, across), 3) for dot in dots_of(scene) if dot.diameter < 5} <= rows
    lanes = {round(point[across == "y"], 3) for line in scene.lines for point in line.path[4:-4]}
    assert lanes
    assert not lanes & {round(getattr(dot, across), 3) for dot in dots_of(scene) if dot.diameter < 5}


def test_nothing_is_said_of_them_but_a_name_or_a_title() -> None:
    def texts(text: str, **options: object) -> list[str]:
        return [text.text for text in scene_of(text, **options).texts]

    assert not any("left out" in text for text in texts("4 fc:3 ... fc:2"))
    assert {"body", "layers left out"} <= set(texts("4 fc:3 body=... fc:2"))
    assert {"6 more", "layers left out"} <= set(texts("4 fc:3 ... fc:2", layer_titles=("", "", "6 more")))
    assert not any("left out" in text for text in texts("4 fc:3 ... fc:2", layer_titles=("in", "", " ", "out")))


def test_a_figure_says_it_in_words() -> None:
    assert "layers that are left out, to 3 units" in scene_of("4 fc:3 ... fc:2").description


def test_they_have_no_part_in_the_title_of_a_panel() -> None:
    scene = scene_of("6 sparse:3 ... sparse:3 // 6 conv:3")
    assert "sparse connectivity" in [text.text for text in scene.texts if text.classes == "title"]


def test_highlights_stop_at_them() -> None:
    scene = scene_of("4 fc:3 ... fc:3 fc:2", highlight=("y[1]:receptive-field=crimson",), rest="hidden")
    whole = [scene.tips()[line.id] for line in scene.lines if line.id and not line.stub]
    assert [tip.partition(":")[0] for tip in whole] == ["h3[1] → y1", "h3[2] → y1", "h3[3] → y1"]
    assert {head for _, head in stubs_of(scene)} == {"h3[1]", "h3[2]", "h3[3]"}
    reach = scene_of("4 fc:3 ... fc:3 fc:2", highlight=("x[1]:reach=crimson",), rest="hidden")
    assert len([line for line in reach.lines if not line.stub]) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"highlight": ("h2[1]",)}, 'nothing to highlight: "h2.1." stands for layers that are left out'),
        ({"highlight": ("x[1]:path:y[1]",)}, r"no way leads from the one to the other \(layers are left out\)"),
        ({"boxes": ("h2",)}, 'nothing to box: "h2" stands for layers that are left out'),
        ({"merge": ("h2",)}, 'nothing to merge: "h2" stands for layers that are left out'),
        ({"unit_labels": ("h2=a",)}, 'nothing to label: "h2" stands for layers that are left out'),
        ({"unit_labels": ("h2[1]=a",)}, "nothing to label"),
        ({"channel_labels": ("h2=a",)}, 'channel-label "h2=a": "h2" stands for layers that are left out'),
    ],
)
def test_nothing_can_be_asked_of_their_units(options: dict[str, object], message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of("4 fc:3 ... fc:2", **options)
    scene_of("4 fc:3 ... fc:2 // 4 fc:3 fc:3 fc:2", **{key: value for key, value in options.items() if key == "boxes"})


def test_matrices_pass_them_over() -> None:
    scene = scene_of("5 conv:3 ...:4 fc:2", view="matrix")
    assert len([cell for cell in scene.cells if cell.id]) == 9 + 8, "the next layer has its own"
    headings = [text.text for text in scene.texts if text.bold]
    assert headings == ["conv 3", "fully connected"]
    both = scene_of("5 conv:3 ...:4 fc:2", view="both")
    assert len([cell for cell in both.cells if cell.id]) == 9 + 8
    with pytest.raises(DrawingError, match="an input alone has no matrix"):
        scene_of("8 ...", view="matrix")


def test_what_is_left_out_takes_no_share_of_the_connections_that_are_drawn() -> None:
    scene = scene_of("8 ...:3000 fc:3000", max_units=0, max_edges=10)
    assert not [line for line in scene.lines if not line.stub]
    assert len(scene_of("8 ...:1000000 fc:3", max_units=0).units) == 11, "nor does its length count"


def test_biases_and_padding_behind_them() -> None:
    scene = scene_of("4 ... conv:3,p=1,bias", padding="hollow", show=("bias",))
    assert [unit.classes.split()[0] for unit in scene.units].count("bias") == 1
    assert not any(unit.classes.startswith("padding") for unit in scene.units)
    assert_apart(scene)


def test_the_word_is_completed_and_explained(run: Run) -> None:
    import importlib

    complete = importlib.import_module("connectivity.cli.complete")
    assert {"...": "layers that are left out: three dots, no units"}.items() <= {
        item.value: item.help for item in complete.complete_word(None, None, "")
    }.items()
    assert [item.value for item in complete.complete_word(None, None, "...,")] == ["...,from="]
    assert "... (…): layers that are left out" in run("draw", "--help").stdout.decode()
    assert "...:64: layers that are left out" in run("schema").stdout.decode()


def test_what_is_not_known_behind_a_gap_are_the_inputs_that_it_is_reached_from() -> None:
    text = "a=4 b=input:4 c=input:4 g=...:4,from=a h=fc:4,from=b i=add:g/h j=...:4,from=c k=add:c,from=h l=concat:k,from=i m=add:h,from=j"
    layers = Blueprint(parse(text)[0]).layers
    assert [{*one} for one in behind_gaps(layers)] == [
        *(set(), set(), set()),
        *({0}, set(), {0}, {2}, set()),
        *({0}, {2}),
    ]
    assert left_out(layers) == [3, 6]
    assert drawn_names(layers) == {*"abchiklm"}
    assert [has_matrix(layer) for layer in layers] == [name in "hiklm" for name in "abcghijklm"]
