"""What is drawn of units: padding, dropped units, labels, shapes, fills, merged layers, rows of channels."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from areas import assert_apart, assert_on_paper, assert_text_is_clear
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import connectivity
from connectivity import ConnectivityError, DrawingError, Figure, NotationError, build, evaluate, parse
from connectivity.colour.spaces import contrast
from connectivity.colour.themes import LIGHT
from connectivity.errors import NoEffect
from connectivity.graphs.unitnames import Label
from connectivity.options import (
    CHANNELS,
    DIRECTIONS,
    DROPPED,
    EDGE_LABELS,
    FILLS,
    LABELS,
    PADDINGS,
    SHAPES,
    THEMES,
    VIEWS,
)
from connectivity.picture.labels import label_width
from connectivity.scene import Scene

pytestmark = pytest.mark.filterwarnings("ignore::connectivity.errors.NoEffect")  # every option is tried


def scene_of(text: str, **options: object) -> Scene:
    return Figure.of(text).changed(**options).scene()  # type: ignore[arg-type]  # any option


def labels(scene: Scene, layer: int = 0) -> list[Label | None]:
    return [unit.label for unit in scene.units if unit.classes.endswith(f"layer{layer}")]


windows = st.sampled_from(
    [
        "conv:3,p=1",
        "conv:3,p=2/1,s=2",
        "conv:2,p=causal,d=3",
        "sparse:3,p=same",
        "conv:5,p=full,c=2",
        "maxpool:3,s=1,p=1",
        "avgpool:3,p=1",
        "conv:3,p=1,tie=2",
        "conv:2,taps=-3/2",
        "conv:3,p=1,padding_mode=reflect",
        "convtranspose:3,s=2,p=1",
        "fc:3",
    ]
)


@given(st.integers(1, 2), st.integers(4, 12), windows)
def test_padding_completes_every_window(channels: int, length: int, layer: str) -> None:
    """With padding every unit has as many connections as its kernel has taps; without it is the same graph."""
    (network,) = parse(f"{channels}x{length} {layer}")
    kind = network.layers[0]
    plain, padded = build(network), build(network, padding=True)
    zeros = [node for node, data in padded.nodes(data=True) if data["kind"] == "padding"]
    assert padded.subgraph(set(padded) - set(zeros)).edges == plain.edges
    left, right = kind.zeros(network.input)
    assert len(zeros) == channels * (left + right)
    assert padded.graph["layers"] == plain.graph["layers"]
    drawn = len(kind.connections(network.input)) + len(kind.padding_connections(network.input))
    if left or right:
        outputs = network.shapes()[-1].units
        seen = 1 if layer.startswith(("maxpool", "avgpool")) else channels // getattr(kind, "groups", 1)
        assert drawn == outputs * kind.kernel_size * seen  # type: ignore[attr-defined]
    values = np.arange(channels * length, dtype=float).reshape(channels, length)
    assert (evaluate(plain, values) == evaluate(padded, values)).all()


@pytest.mark.parametrize(("mode", "units", "lines"), [("hidden", 10, 13), ("stubs", 10, 15), ("hollow", 12, 15)])
def test_padding_as_asked(mode: str, units: int, lines: int) -> None:
    scene = scene_of("5 conv:3,p=1", padding=mode)
    assert (len(scene.units), len(scene.lines)) == (units, lines)
    assert sum(line.stub for line in scene.lines) == (2 if mode == "stubs" else 0)


def test_padding_prints_its_value() -> None:
    scene = scene_of("5 conv:3,p=1 maxpool:3,s=1,p=1", padding="values")
    found = [unit.label.stem for unit in scene.units if unit.tip == "padding" and unit.label]
    assert found == ["0", "0", "−∞", "−∞"]


def test_padding_connections_are_parallel_to_the_others() -> None:
    scene = scene_of("6 conv:3,p=1,s=2", padding="hollow")
    at = {unit.id: (unit.x, unit.y) for unit in scene.units}
    slopes: dict[str, set[float]] = {}
    for line in scene.lines:
        slopes.setdefault(line.colour, set()).add(round(at[line.head][1] - at[line.tail][1], 3))
    assert all(len(found) == 1 for found in slopes.values())


def test_too_much_padding_is_refused_and_can_be_had() -> None:
    with pytest.raises(DrawingError, match="30 units of padding on a side are too many to show"):
        scene_of("40 conv:31,p=30", padding="hollow")
    assert scene_of("40 conv:31,p=30", padding="stubs").lines
    assert scene_of("40 conv:31,p=30", padding="hollow", max_units=0).lines


def test_dropped_units_have_no_connections_and_are_zero() -> None:
    (network,) = parse("5,drop=2 conv:3,p=1,drop=1/4,bias fc:2 sigmoid")
    graph = build(network)
    assert [node for node, data in graph.nodes(data=True) if data.get("dropped")] == ["x2", "h1[1]", "h1[4]"]
    assert not {"x2", "h1[1]", "h1[4]"} & {end for edge in graph.edges() for end in edge}
    kept = build(parse("5 conv:3,p=1,bias fc:2 sigmoid")[0])
    x = np.array([1.0, 0.0, -2.0, 0.5, 3.0])
    hidden = connectivity.unit_values(graph, x)
    assert hidden["h1[1]"] == hidden["h1[4]"] == 0
    reference = connectivity.unit_values(kept, x)  # x2 is 0 here already
    assert hidden["h1[3]"] == reference["h1[3]"]
    layers = connectivity.describe(graph)["layers"]
    assert [layer["connections"] for layer in layers] == [0, 6, 6]


def test_a_maximum_pool_sees_a_dropped_unit_as_zero() -> None:
    graph = build(parse("4,drop=2 maxpool:2 // 4 fc:1")[0])
    assert evaluate(graph, [-3.0, 5.0, -1.0, -2.0]).tolist() == [[0.0, -1.0]]
    scene = scene_of("4,drop=2,values=-3/5/-1/-2 maxpool:2", show="values")
    assert [line.width > 2 for line in scene.lines if line.id] == [False, True, False]  # x1 did not win


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5,drop=6", "there is no unit 6 to drop; the layer has units 1 to 5"),
        ("5 fc:3,drop=0", "there is no unit 0 to drop"),
        ("5 fc:3,drop=1/1", "a unit is dropped twice"),
        ("5,drop=1,drop=2", "drop is given twice"),
    ],
)
def test_units_that_cannot_be_dropped(text: str, words: str) -> None:
    with pytest.raises(NotationError, match=words):
        parse(text)


def test_dropped_units_are_crossed_out_or_left_out() -> None:
    crossed = scene_of("5,drop=2/3 fc:2")
    assert Counter(unit.style for unit in crossed.units) == {"solid": 5, "dotted": 2}
    assert sum(line.classes == "cross" for line in crossed.lines) == 4
    left_out = scene_of("5,drop=2/3 fc:2", dropped="gap")
    assert len(left_out.units) == 5
    assert {round(u.x, 3) for u in left_out.units} == {round(u.x, 3) for u in crossed.units}
    outer = scene_of("5,drop=1/5 fc:2", dropped="gap")
    assert (outer.width, outer.height) == (crossed.width, crossed.height)  # their space is kept


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [Label("x", "", "1", True), Label("x", "", "2", True)]),
        ({"index_from": 0}, [Label("x", "", "0", True), Label("x", "", "1", True)]),
        ({"labels": "number"}, [Label("1"), Label("2")]),
        ({"labels": "letter"}, [Label("x", italic=True)] * 2),
        ({"labels": "value"}, [Label("0.5"), Label("−1")]),
        ({"labels": "none"}, [None, None]),
        ({"unit_labels": "x=a/b"}, [Label("a"), Label("b")]),
        ({"unit_labels": ["x=a", "x[2]=$\\sigma_2^{(1)}$"]}, [Label("a"), Label("σ₂⁽¹⁾", rich="$\\sigma_2^{(1)}$")]),
        ({"unit_labels": "x2=", "labels": "number"}, [Label("1"), None]),
        ({"unit_labels": "x[1]=é", "index_from": 0, "labels": "none"}, [None, Label("é")]),
    ],
)
def test_labels(options: dict[str, object], expected: list[Label | None]) -> None:
    assert labels(scene_of("2,values=0.5/-1 fc:1", **options)) == expected


def test_channels_count_from_where_they_are_told() -> None:
    found = labels(scene_of("2x2", index_from=0))
    assert [label.sub for label in found if label] == ["0,0", "0,1", "1,0", "1,1"]


@pytest.mark.parametrize(("mode", "texts"), [("letter", "aaabbbccc"), ("index", "111222333")])
def test_connections_are_labelled_by_their_weight(mode: str, texts: str) -> None:
    scene = scene_of("5 conv:3", edge_labels=mode)
    assert "".join(sorted(text.text for text in scene.texts if text.plate)) == texts
    valued = scene_of("5 conv:3,w=1/0/-1", edge_labels="value")
    assert Counter(text.text for text in valued.texts if text.plate) == {"1": 3, "0": 3, "−1": 3}


def test_labels_of_connections_stand_on_their_connections() -> None:
    scene = scene_of("5 conv:2,p=0/1", edge_labels="letter", anchor="first", direction="BT")
    at = {unit.id: (unit.x, unit.y) for unit in scene.units}
    for text, line in zip([text for text in scene.texts if text.plate], scene.lines, strict=True):
        (x0, y0), (x1, y1) = at[line.tail], at[line.head]
        away = abs((x1 - x0) * (y0 - text.y) - (x0 - text.x) * (y1 - y0)) / math.dist((x0, y0), (x1, y1))
        assert away < 0.1


def test_too_many_labels_of_connections() -> None:
    with pytest.raises(DrawingError, match="could not be read; at most 150"):
        scene_of("24 fc:20", edge_labels="letter")


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("fill", FILLS)
def test_labels_can_be_read_on_every_fill(fill: str, theme: str) -> None:
    scene = scene_of("4x3,values=" + "/".join(map(str, range(-6, 6))) + " conv:2,c=4,g=2", fill=fill, theme=theme)
    for unit in scene.units:
        assert contrast(unit.ink or scene.ink, unit.fill) >= 4.5, unit


def test_fills() -> None:
    degrees = scene_of("8 convtranspose:3,s=2", fill="in-degree")
    fills = [unit.fill for unit in degrees.units if "layer1" in unit.classes]
    assert len(set(fills)) == 2
    assert [fills[0], fills[1], fills[2]] == [fills[-1], fills[-2], fills[-3]]
    groups = scene_of("4x1 conv:1,c=4,g=2 sparse,mask=1000/0010/0100/0001,channels=4", fill="group")
    found = [unit.fill for unit in groups.units]
    assert found[:8] == [found[0]] * 2 + [found[2]] * 2 + [found[0]] * 2 + [found[2]] * 2
    assert found[8:] == [found[0], found[2], found[0], found[2]]  # a unit that is passed on keeps its colour
    with pytest.raises(DrawingError, match="there are no values to fill units by"):
        scene_of("4 fc:2", fill="value")


def test_a_layer_as_one_unit() -> None:
    scene = scene_of("5 fc:7 fc:3", merge="h1")
    merged = next(unit for unit in scene.units if unit.width)
    assert len(scene.units) == 5 + 1 + 3
    ends = {dot.id: (dot.x, dot.y) for dot in scene.dots} | {unit.id: (unit.x, unit.y) for unit in scene.units}
    assert len(scene.lines) == 5 + 3
    for line in scene.lines:  # straight to its border
        (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
        assert y0 == pytest.approx(y1)
        assert merged.x - merged.width / 2 in (pytest.approx(x0), pytest.approx(x1)) or x0 > merged.x
    assert {line.classes.rpartition(" to")[2] for line in scene.lines[:5]} == {merged.id[1:]}
    assert "7 units" in " ".join(text.text for text in scene.texts)
    assert {line.tip.rpartition(": ")[2] for line in scene.lines} == {"7 connections"}
    both = scene_of("5 fc:7 fc:3", merge=["h1", "y"])
    assert len(both.lines) == 5 + 1
    with pytest.raises(DrawingError, match='no layer to merge is named "z"'):
        scene_of("5 fc:2", merge="z")


def test_a_bias_stands_clear_of_a_merged_layer() -> None:
    scene = scene_of("1 fc:3,bias conv:3,p=1", merge="x", show="bias")
    assert_apart(scene)
    assert sum(unit.classes.startswith("bias") for unit in scene.units) == 1
    assert scene_of("9 // 9 fc:2", merge="x")  # also of an input that is alone


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_merged_layer_has_room_for_its_text(direction: str) -> None:
    scene = scene_of("3 A=fc:4 fc:2", merge="A", unit_labels="A=a long attention", direction=direction)
    (merged,) = (unit for unit in scene.units if unit.width)
    assert merged.label is not None
    assert label_width(merged.label) * scene.font_size < merged.width
    assert not scene_of("3 A=fc:4 fc:2", merge="A", boxes="A").boxes[40:]  # but those of the legend


def test_labels_that_would_lie_on_others_are_refused() -> None:
    assert scene_of("8 fc:6", edge_labels="value")
    graph = build(parse("1 fc:1")[0])
    for number in range(60):  # more than there is room for on one line
        graph.add_edge("x1", "y1", parameter=f"w[{number}]", weight=float(number), layer=1)
    with pytest.raises(DrawingError, match=r"\d+ of 61 labels of connections would lie on others; view matrix"):
        Figure.of(graph).changed(edge_labels="value").scene()
    assert Figure.of(graph).changed(theme="print").scene()  # where nobody asked, they are left out


def test_rounding_is_not_shown_as_a_value() -> None:
    scene = scene_of("3,values=0.1/0.2/0.3 conv:3,w=1/1/-1", show="values")
    assert [unit.label.stem for unit in scene.units if unit.label] == ["0.1", "0.2", "0.3", "0"]
    assert scene.units[-1].tip == "y1 = 0"
    tiny = scene_of("3,values=1e-17/2e-17/4e-17 conv:3,w=1/1/1", show="values")
    assert tiny.units[-1].tip == "y1 = 7e−17"


def test_bias_units_are_unlike_inputs() -> None:
    scene = scene_of("3 fc:2,bias", show="bias")
    (bias,) = (unit for unit in scene.units if unit.classes.startswith("bias"))
    inputs = [unit for unit in scene.units if unit.classes == "unit layer0"]
    assert bias.label == Label("+1")
    assert (bias.style, bias.fill) not in {(unit.style, unit.fill) for unit in inputs}


def test_boxes_are_as_wide_as_their_text() -> None:
    scene = scene_of("2 fc:1", unit_shape="box", unit_labels="x=short/a rather long text")
    assert scene.unit_width > 2 * scene.diameter


def test_a_label_that_would_not_be_read_is_refused() -> None:
    with pytest.raises(DrawingError, match=r"is too long for a circle \(unit-shape box"):
        scene_of("2 fc:1", unit_labels="x=short/a rather long text, much too long for a circle")
    with pytest.raises(DrawingError, match="is too long for a box"):
        scene_of("2 fc:1", unit_labels="x=" + "w" * 100, unit_shape="box")
    assert scene_of("2 fc:4", unit_labels="y=a rather long text, but for a whole layer", merge="y").units[0].label


def test_rows_of_channels() -> None:
    scene = scene_of("2x4 conv:2,c=2", channels="rows", direction="BT", units="circles")
    inputs = [unit for unit in scene.units if "layer0" in unit.classes]
    assert len({round(unit.y, 3) for unit in inputs}) == 2
    assert len({round(unit.x, 3) for unit in inputs}) == 8  # they lean, so that nothing runs behind a unit


@pytest.mark.parametrize("direction", [name for name in DIRECTIONS if name != "auto"])
@pytest.mark.parametrize("text", ["2x6 conv:3,c=2", "2x8 conv:3,c=4,s=2,p=1", "2x6 maxpool:2", "3x4 conv:1,g=3"])
def test_no_connection_of_rows_runs_behind_a_unit(text: str, direction: str) -> None:
    scene = scene_of(text, channels="rows", direction=direction, units="circles")
    places = {unit.id: (unit.x, unit.y) for unit in scene.units}
    for line in scene.lines:
        (x0, y0), (x1, y1) = places[line.tail], places[line.head]
        length = math.hypot(x1 - x0, y1 - y0)
        for name, (x, y) in places.items():
            along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
            aside = abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
            assert name in (line.tail, line.head) or not 0 < along < length or aside > scene.diameter / 2 + 1


def test_rows_that_would_hide_connections_are_cells_or_refused() -> None:
    assert scene_of("3x6 conv:3,c=3", channels="rows").shapes
    with pytest.raises(DrawingError, match="would hide connections behind units: units cells"):
        scene_of("3x6 conv:3,c=3", channels="rows", units="circles")


def test_a_crop_shows_its_stretch_and_what_stands_over_it() -> None:
    scene = scene_of("20 conv:3,p=1", crop="5/8")
    names = [unit.tip for unit in scene.units]
    assert names == [f"{letter}{n}" for letter in "xy" for n in range(5, 9)]
    assert sum(line.stub for line in scene.lines) == 4
    assert len([dot for dot in scene.dots if dot.diameter]) == 12


def test_matrices() -> None:
    scene = scene_of("6 conv:3", view="matrix")
    assert (len(scene.units), len(scene.lines), len(scene.cells)) == (0, 0, 12)
    diagonals: dict[float, set[str]] = {}
    for cell in scene.cells:
        diagonals.setdefault(round(cell.x + cell.y, 3), set()).add(cell.fill)
    assert [len(colours) for colours in diagonals.values()] == [1, 1, 1]  # Toeplitz
    both = scene_of("6 conv:3", view="both")
    assert (len(both.units), len(both.lines), len(both.cells)) == (10, 12, 12)
    assert {cell.fill for cell in both.cells} == {line.colour for line in both.lines}
    assert both.cells[0].tip.startswith("x1 → y1: y.weight[0,0,0]")


def test_connections_that_meet_share_a_cell() -> None:
    scene = scene_of("2 conv:3,p=1,padding_mode=circular", view="matrix")
    widths = Counter(round(cell.width) for cell in scene.cells)
    assert len(widths) == 2
    assert len(scene.cells) == 6


def test_large_matrices_are_painted_quickly_and_whole() -> None:
    figure = Figure.of("150 fc:150").changed(view="matrix", max_units=0, legend=False)
    svg = figure.draw().decode()
    assert svg.count("<polygon") > 150 * 150
    plate, cell = (svg.index(f'fill="{colour}"') for colour in (LIGHT.input_fill, LIGHT.sweep_table[0]))
    assert plate < cell  # which is under the cells, not over them
    assert len(svg) < 200 * 150 * 150


@given(
    st.lists(windows, min_size=1, max_size=2),
    st.tuples(
        st.sampled_from(DIRECTIONS),
        st.sampled_from(PADDINGS),
        st.sampled_from(LABELS),
        st.sampled_from(EDGE_LABELS),
        st.sampled_from(SHAPES),
        st.sampled_from(FILLS),
        st.sampled_from(CHANNELS),
        st.sampled_from(VIEWS),
        st.sampled_from(THEMES),
        st.sampled_from(DROPPED),
    ),
    st.integers(1, 2),
)
@example(
    ["convtranspose:3,s=2,p=1"] * 2,
    ("auto", "hidden", "index", "auto", "circle", "none", "stack", "graph", "light", "cross"),
    2,
)
@settings(max_examples=60)
@pytest.mark.filterwarnings("ignore::connectivity.errors.Elided")  # of layers that grow twice not all is drawn
def test_no_combination_overlaps(layers: list[str], options: tuple[str, ...], channels: int) -> None:
    names = [
        "direction",
        "padding",
        "labels",
        "edge_labels",
        "unit_shape",
        "fill",
        "channels",
        "view",
        "theme",
        "dropped",
    ]
    values = "/".join(str(n) for n in range(channels * 7))
    text = f"{channels}x7,drop=2,values={values} {' '.join(layers)}"
    chosen: dict[str, Any] = dict(zip(names, options, strict=True))
    titles = ["row one", "", "a third row"][: len(layers) + 1]
    try:
        figure = Figure.of(text).changed(**chosen, highlight="x[1]:reach", row_titles=titles)
        scene = figure.scene()
    except ConnectivityError:
        assume(False)
    assert_on_paper(scene)
    labelled = [text for text in scene.texts if text.plate]
    crowded = labelled and ("rows" in options or len(labelled) > 60)  # as well as they fit between the lines
    if len(scene.units) < 120 and not crowded:
        assert_apart(scene)
        assert_text_is_clear(scene)


@pytest.mark.parametrize(
    "option", [{"theme": "print"}, {"edge_labels": "letter"}, {"view": "both"}, {"padding": "values"}]
)
@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_all_of_it_is_drawn_by_the_engine(option: dict[str, Any], format: str) -> None:
    text = "6,values=1/2/3/4/5/6,drop=2 conv:3,p=1,bias fc:3,drop=1"
    data = connectivity.draw(text, format, title=r"A $x_1^{(2)}$ & <b> $\alpha$", show=["bias"], **option)
    assert data == connectivity.draw(text, format, title=r"A $x_1^{(2)}$ & <b> $\alpha$", show=["bias"], **option)
    if format == "svg":
        assert '<title id="title">A x₁⁽²⁾ &amp; &lt;b&gt; α</title>' in data.decode()


def test_every_connection_can_be_said() -> None:
    scene = scene_of("3 conv:2,w=1/-1", list_connections=True)
    assert scene.description.splitlines()[1:] == [
        "x1 → y1: y.weight[0,0,0] = 1",
        "x2 → y1: y.weight[0,0,1] = −1",
        "x2 → y2: y.weight[0,0,0] = 1",
        "x3 → y2: y.weight[0,0,1] = −1",
    ]


def test_a_highlighted_unit_has_the_highlight_s_fill() -> None:
    scene = scene_of("3 fc:2", highlight="y[1]=crimson", fill="layer")
    y1, y2 = scene.units[-2:]
    assert (y1.stroke, y2.stroke) == ("#dc143c", "")
    assert y1.fill != y2.fill != LIGHT.unit_fill


@pytest.mark.parametrize("text", ["", " ", "\n", "\t", "\x00", "$ $", "$_{}$", "${}$", "\\", "\u200b"])
@pytest.mark.parametrize("direction", ["LR", "BT"])
def test_empty_and_odd_texts_are_drawn(text: str, direction: str) -> None:
    options: dict[str, Any] = {name: [text] * 2 for name in ("layer_titles", "row_titles")}
    figure = Figure.of("2 fc:1").changed(
        **options, title=text, panel_titles=[text], unit_labels=[f"x={text}/{text}"], direction=direction
    )
    assert figure.draw().endswith(b"</svg>\n")


def test_matrices_of_elided_layers_have_dots() -> None:
    scene = scene_of("60 fc:50", view="matrix", legend=False)
    dots = [dot for dot in scene.dots if dot.diameter]
    assert len(dots) == 3 * (2 + 2 + 1)  # beside both stretches of rows, under both of columns, and aslant between
    level, upright = Counter(round(dot.y, 3) for dot in dots), Counter(round(dot.x, 3) for dot in dots)
    assert sorted(level.values(), reverse=True)[:2] == [3, 3]
    assert sorted(upright.values(), reverse=True)[:2] == [3, 3]


def test_many_degrees_are_told_by_a_bar() -> None:
    few = scene_of("5 conv:3 // 5 fc:2", fill="in-degree", color_by="none")
    many = scene_of(
        "12 sparse,mask=" + "/".join("1" * n + "0" * (12 - n) for n in range(1, 13)), fill="in-degree", color_by="none"
    )
    assert [text.text for text in few.texts if text.classes == "legend"] == ["connections into a unit", "3", "5"]
    assert [text.text for text in many.texts if text.classes == "legend"] == ["connections into a unit", "0", "12"]


@pytest.mark.parametrize("direction", ["LR", "RL"])
@pytest.mark.parametrize("options", [{}, {"rest": "hidden", "highlight": "y[1]"}, {"color_by": "weight"}])
@pytest.mark.parametrize("text", ["9 conv:3,s=2 fc:2", "60 conv:3 fc:2", "x=8 conv:3,p=1 relu conv:3,p=1 add:x"])
def test_lines_leave_long_boxes_by_their_short_sides(text: str, options: dict[str, Any], direction: str) -> None:
    label = "x[2]=a label that is rather long"
    figure = Figure.of(text).changed(direction=direction, unit_shape="box", unit_labels=label, seed=1, **options)
    scene = figure.scene()
    boxes = {unit.id: unit for unit in scene.units}
    dots = {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    half = scene.unit_width / 2
    assert half > scene.diameter
    borders = [unit.x + side * half for unit in scene.units for side in (1, -1)]
    for line in scene.lines:
        ends = (line.path[0], line.path[-1]) if line.path else (dots[line.tail], dots[line.head])
        for (x, y), end in zip(ends, (line.tail, line.head), strict=True):
            if end in boxes:
                assert abs(abs(x - boxes[end].x) - half) < 1.0, line
                assert abs(y - boxes[end].y) < scene.diameter / 2
            elif line.classes not in ("stub", "carrier", "legend"):
                assert min(abs(x - border) for border in borders) < 1.0, line


def test_a_label_of_a_unit_that_is_not_shown_is_noted() -> None:
    with pytest.warns(NoEffect, match=r'the label of "x\[400\]" is not seen'):
        Figure.of("784 fc:100").changed(max_units=6, label=["x[400]=far"]).scene()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Figure.of("784 fc:100").changed(max_units=6, label=["x[1]=near", "y=all"]).scene()


def test_a_number_behind_an_underscore_is_no_negative_index() -> None:
    assert {unit.label.stem for unit in Figure.of("5 fc_2=fc:3").scene().units if unit.label} == {"x", "fc"}


def test_texts_in_circles_among_cells_stay_within_them() -> None:
    for text in ("2x20 conv:3,c=4 globalavgpool head=fc:4", "2x20 conv:3,c=4 globalavgpool y=fc:4"):
        given: list[dict[str, Any]] = [{}, {"input": np.full((2, 20), 0.321), "show": "values"}]
        for options in given:
            for unit in Figure.of(text).changed(**options).scene().units:
                if unit.label:
                    assert label_width(unit.label) * unit.size <= unit.width


def test_where_a_name_has_no_room_among_cells_the_index_stands_alone() -> None:
    units = Figure.of("2x20 conv:3,c=4 globalavgpool head=fc:4").scene().units
    assert [unit.label.stem for unit in units if unit.label] == ["1", "2", "3", "4"]
