"""Highlights: what they mark is what the graph says, through every kind of layer."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scenes import arrow_of, wired

import connectivity
from connectivity import ConnectivityError, DrawingError, Figure, build, parse, receptive_field
from connectivity.colour.spaces import contrast
from connectivity.colour.themes import LIGHT
from connectivity.errors import Elided, FigureFileError, MarkupError
from connectivity.graphs.reading import read
from connectivity.graphs.unitnames import find_units
from connectivity.graphs.wiring import Wiring
from connectivity.options import RESTS, Options
from connectivity.picture.highlight import find_highlights, neutral

LAYERS = st.sampled_from(
    [
        "fc:3",
        "sparse:2,p=1",
        "conv:3,p=1,c=2",
        "conv:2,d=2",
        "conv:3,p=1,padding_mode=circular",
        "convtranspose:3,s=2",
        "maxpool:2",
        "avgpool:2,s=1",
        "sparse,units=4,density=0.4",
    ]
)
networks = st.builds(
    "{}x{} {}".format, st.integers(1, 2), st.integers(4, 9), st.lists(LAYERS, min_size=1, max_size=3).map(" ".join)
)


TWO = "2x4 h=conv:2,c=2 y=fc:3"

Marked = tuple[set[str], list[tuple[str, str]]]


def marked(text: str, wish: str) -> Marked:
    """The units and the connections that a wish marks: in a network and in its graph the same."""
    in_network, in_graph = (marked_in(wiring, wish) for wiring in (wired(text), read(build(parse(text)[0]))))
    assert in_network == in_graph
    return in_network


def marked_in(wiring: Wiring, wish: str) -> Marked:
    (mark,) = find_highlights(wiring, Options(highlight=(wish,)))
    assert mark is not None
    seen = [arrow_of(wiring, connection) for connection in wiring.ranks if connection in mark.connections]
    return {wiring.names[unit] for unit in mark.units}, [(each.source, each.target) for each in seen]


def units_called(wiring: Wiring, name: str, index_from: int = 1) -> set[str]:
    units = {wiring.unit(key) for key in find_units(wiring, name, index_from)}
    return {wiring.names[unit] for unit in units if unit is not None}


@given(networks, st.data())
def test_receptive_field_and_reach_are_those_of_the_graph(text: str, data: st.DataObject) -> None:
    try:
        graph = build(parse(text)[0])
    except ConnectivityError:
        assume(False)
    unit = data.draw(st.sampled_from(sorted(graph)))
    units, arrows = marked(text, f"{unit}:receptive-field")
    assert units == nx.ancestors(graph, unit) | {unit}
    assert units & {node for node, about in graph.nodes(data=True) if about["layer"] == 0} == set(
        receptive_field(graph, unit)
    )
    assert len(arrows) == graph.subgraph(units).number_of_edges()
    units, arrows = marked(text, f"{unit}:reach")
    assert units == nx.descendants(graph, unit) | {unit}
    assert len(arrows) == graph.subgraph(units).number_of_edges()
    units, arrows = marked(text, f"{unit}:window")
    assert units == set(graph.predecessors(unit)) | {unit}
    assert len(arrows) == len(graph.in_edges(unit))


@given(networks, st.data())
def test_paths_are_all_paths(text: str, data: st.DataObject) -> None:
    try:
        graph = build(parse(text)[0])
    except ConnectivityError:
        assume(False)
    first, last = data.draw(st.sampled_from(sorted(graph))), data.draw(st.sampled_from(sorted(graph)))
    ways = nx.descendants(graph, first) | {first}
    ways &= nx.ancestors(graph, last) | {last}
    if not nx.has_path(graph, first, last):
        wish = Options(highlight=(f"{first}:path:{last}",))
        assert find_highlights(wired(text), wish) == find_highlights(read(graph), wish) == [None]
        return
    units, arrows = marked(text, f"{first}:path:{last}")
    assert units == ways
    assert len(arrows) == graph.subgraph(ways).number_of_edges()


@pytest.mark.parametrize("wiring", [wired(TWO), read(build(parse(TWO)[0]))], ids=["network", "graph"])
def test_units_have_several_spellings(wiring: Wiring) -> None:
    assert units_called(wiring, "x[1,2]") == {"x[1,2]"}
    assert units_called(wiring, "x[1,2]", index_from=0) == {"x[2,3]"}
    assert units_called(wiring, "x[2]") == {f"x[2,{n}]" for n in range(1, 5)}
    assert units_called(wiring, "y2") == units_called(wiring, "y[2]") == {"y2"}
    assert units_called(wiring, "y") == {"y1", "y2", "y3"}
    assert find_units(wiring, "y4") == find_units(wiring, "z") == find_units(wiring, "") == set()


def test_a_weight_marks_all_of_its_connections() -> None:
    units, arrows = marked("5 conv:3,p=1", "y.weight[0,0,1]")
    assert (units, arrows) == (set(), [(f"x{n}", f"y{n}") for n in range(1, 6)])
    assert len(marked("5 conv:3,p=1", "y.weight")[1]) == 13


@pytest.mark.parametrize("rest", RESTS)
def test_the_rest(rest: str) -> None:
    scene = Figure.of("5 conv:3").changed(highlight="y[2]:window", rest=rest).scene()
    names = {unit.id: unit.tip for unit in scene.units}
    strong = [line for line in scene.lines if names[line.head] == "y2"]
    others = [line for line in scene.lines if names[line.head] != "y2"]
    assert len(strong) == 3
    assert len(others) == (0 if rest == "hidden" else 6)
    assert {line.colour for line in strong} == set(LIGHT.palette[:3])
    assert {(line.style, line.colour) for line in others} <= {
        ({"dashed": "dashed", "dots": "dotted"}.get(rest, "solid"), LIGHT.faint)
    }
    assert all(contrast(line.colour, LIGHT.background) >= 3 for line in scene.lines)
    assert not others or min(line.width for line in strong) > 2 * max(line.width for line in others)


def test_colours_of_their_own() -> None:
    scene = Figure.of("5 conv:3").changed(highlight=["y[1]:window=crimson", "y[3]:window=#00f"]).scene()
    strong = {line.colour for line in scene.lines if line.width > 1.5}
    assert strong == {"#dc143c", "#0000ff"}
    x3 = next(unit for unit in scene.units if unit.tip == "x3")  # in both
    assert x3.stroke == "#0000ff"  # the last one's
    words = [text.text for text in scene.texts if text.classes == "legend"]
    assert words == ["highlighted", "window of $y_{1}$", "window of $y_{3}$"]  # no connection has its weight's colour


def test_the_legend_has_what_is_seen() -> None:
    """The colour of a weight that is highlighted, one entry for what looks alike, no layer that is all pale."""
    scene = Figure.of("6 conv:3 fc:2").changed(highlight=["h[2]:window", "h1.weight[0,0,1]"]).scene()
    legend = [text.text for text in scene.texts if text.classes == "legend"]
    marks = ["highlighted units", "window of $h_{2}$", "highlighted weights", "h1.weight[0,0,1]"]
    assert legend == ["shared weights", "w₁", "w₂", "w₃", *marks]
    assert LIGHT.palette[1] in {box.fill for box in scene.boxes[-1:]}
    alike = Figure.of("6 conv:3").changed(highlight=["y[1]", "y[4]"]).scene()
    assert "$y_{1}$, $y_{4}$" in [text.text for text in alike.texts]


def test_a_highlight_keeps_a_fill_that_means_something() -> None:
    figure = Figure.of("3,values=1/-1/0 fc:2").changed(fill="value", highlight="y[1]:window")
    plain = figure.changed(highlight=()).scene()
    assert [unit.fill for unit in figure.scene().units] == [unit.fill for unit in plain.units]
    assert [unit.stroke for unit in figure.scene().units] == [LIGHT.unit_stroke] * 4 + [""]


@pytest.mark.parametrize("hidden", [{"window": "h1=2/5"}, {"crop": "1/20"}, {"layers": ":h1"}])
def test_what_is_not_on_the_picture_cannot_be_highlighted(hidden: dict[str, Any]) -> None:
    figure = Figure.of("60 conv:5 conv:5").changed(highlight="y[26]:receptive-field", **hidden)
    with pytest.raises(DrawingError, match=r'highlight "y\[26\]:receptive-field" is not in the part that is drawn'):
        figure.scene()
    assert figure.changed(crop="20/40", window=(), layers=None).scene()


def test_a_pale_colour_is_darkened_until_it_is_seen() -> None:
    scene = Figure.of("5 conv:3").changed(highlight="y[1]:window=yellow").scene()
    (colour,) = {line.colour for line in scene.lines if line.width > 1.5}
    assert contrast(colour, LIGHT.background) >= 3


def test_a_wish_need_not_hold_in_every_panel() -> None:
    scene = Figure.of("5 conv:3 // 9 conv:3").changed(highlight="y[7]:window").scene()
    assert len([line for line in scene.lines if line.width > 1.5]) == 3
    with pytest.raises(
        DrawingError,
        match=r"there is no unit \"y\[8\]\" to highlight; there are x.1 to x.5, y.1 to y.3, x.1",
    ):
        Figure.of("5 conv:3 // 9 conv:3").changed(highlight="y[8]").scene()


def test_highlights_of_merged_and_elided_layers() -> None:
    figure = Figure.of("60 conv:3 fc:2")
    with pytest.warns(
        Elided, match=r"^76 of the 119 units of the highlight .* are not drawn \(--max-units 0 shows all"
    ):
        assert figure.changed(highlight="y[1]:receptive-field").draw("dot")
    with pytest.warns(Elided):
        merged = figure.changed(highlight="y[1]:receptive-field", merge="y").scene()
    assert any(unit.width for unit in merged.units)
    assert any(line.width > 3 for line in merged.lines)


def test_what_is_highlighted_is_drawn_over_the_rest() -> None:
    svg = connectivity.draw("5 fc:5", highlight=["x[3]:reach"]).decode()
    drawn = re.findall(r'class="edge [^"]*"><title>(x\d)', svg)
    assert len(drawn) == 25
    assert set(drawn[-5:]) == {"x3"}
    assert len(re.findall(r'class="unit [^"]*">.*?<ellipse', svg, re.S)) == len(Figure.of("5 fc:5").scene().units)


@pytest.mark.parametrize(
    ("network", "dotted", "bracketed"),
    [
        ("6 conv:3", "y.2", "y[2]"),
        ("2x9 h=conv:3,c=2 conv:3", "h.2.3:receptive-field", "h[2,3]:receptive-field"),
        ("2x9 h=conv:3,c=2 conv:3", "h.all.3", "h[*,3]"),
        ("6 conv:3 fc:2", "x.1:path:y.2=crimson", "x[1]:path:y[2]=crimson"),
        ("6 conv:3 fc:2", "h.2", "h1[2]"),
        ("6 conv:3 fc:2", "y.weight.1.2", "y.weight[1,2]"),
        ("6 conv:3,bias fc:2", "h1.weight.0.0.1=red", "h1.weight[0,0,1]=red"),
    ],
)
def test_what_is_said_with_dots_is_what_brackets_say(network: str, dotted: str, bracketed: str) -> None:
    assert connectivity.draw(network, highlight=dotted) == connectivity.draw(network, highlight=bracketed)


def test_a_layer_with_dots_in_its_name_keeps_them() -> None:
    graph = build(parse("a=4 b=conv:2 c=conv:2")[0])
    for number, name in enumerate(["f", "f.1", "f.1.2"]):
        graph.graph["layers"][number]["name"] = name
    wiring = read(graph)
    assert find_units(wiring, "f.1.2") == set(wiring.keys(2))
    assert find_units(wiring, "f.1.2.1") == {(2, wiring.layers[2].units[0])}
    assert find_units(wiring, "f.1.3") == {(1, wiring.layers[1].units[2])}
    assert find_units(wiring, "f.4") == {(0, wiring.layers[0].units[3])}


@pytest.mark.parametrize("name", ["y.", "y..1", "y.1.2.3", ".1", "y.x", "y.-1", "y.weight.1"])
def test_what_no_unit_is_called_with_dots_is_none(name: str) -> None:
    with pytest.raises(DrawingError, match=r"there is no (unit|weight)"):
        connectivity.draw("6 conv:3", highlight=name)


DILATED = "32 conv:2,p=causal conv:2,p=causal,d=2 conv:2,p=causal,d=4 conv:2,p=causal,d=8"


@pytest.mark.parametrize(
    ("text", "wish", "field"),
    [
        (DILATED, "y[32]:receptive-field", {f"x{unit}" for unit in range(17, 33)}),
        (DILATED, "y[24]:receptive-field", {f"x{unit}" for unit in range(9, 25)}),
        (DILATED, "x[1]:reach", {f"y{unit}" for unit in range(1, 17)}),
        (DILATED, "x[10]:path:y[25]", {"x10", "y25"}),
        ("90 conv:31", "y[30]:window", {f"x{unit}" for unit in range(30, 61)}),
        ("60 conv:3 conv:3 conv:3,s=2", "y[14]:receptive-field", {f"x{unit}" for unit in range(27, 34)}),
    ],
)
def test_a_field_is_seen_whole_and_the_rest_is_elided(text: str, wish: str, field: set[str]) -> None:
    scene = Figure.of(text).changed(highlight=wish).scene()
    assert field <= {unit.tip for unit in scene.units if unit.fill == neutral(LIGHT)}
    assert scene.dots
    assert not [line for line in scene.lines if line.stub and line.width > 1.35], "no highlighted line is cut"


def test_of_a_field_that_is_too_long_the_figure_says_what_is_not_drawn() -> None:
    with pytest.warns(Elided, match=r'^28 of the 51 units of the highlight "y\[25\]:window" are not drawn'):
        scene = Figure.of("100 conv:50").changed(highlight="y[25]:window").scene()
    assert {"x25", "x74", "y25"} <= {unit.tip for unit in scene.units}


@pytest.mark.parametrize(
    ("network", "wish", "meant", "column"),
    [
        ("7 conv:3", "y.3.receptive-field", "y.3:receptive-field", 1),
        ("7 conv:3", "y.3:rf", "y.3:receptive-field", 5),
        ("7 conv:3", "y.3:windw=crimson", "y.3:window=crimson", 5),
        ("7 conv:3", "y_3", "y.3", 1),
        ("7 conv:3", "y:3:window", "y.3:window", 3),
        ("7 conv:3", "y.last", "y.5", 1),
        ("7 conv:3 fc:3", "h2.3", "y.3", 1),
        ("7 gate=conv:3 fc:2", "gte.2", "gate.2", 1),
        ("7 conv:3", "x.1:path:y_1", "x.1:path:y.1", 10),
        ("5 fc:2 // 7 conv:3", "y.5.window", "y.5:window", 1),
        ("7 conv:3", "y.99", None, 1),
        ("7 conv:3", "y.99:rf", None, 6),
        ("7 conv:3", "y.3:foo", None, 5),
        ("7 conv:3 fc:3", "h3.1", None, 1),
    ],
)
def test_a_wish_in_other_words_is_answered_with_ours(network: str, wish: str, meant: str | None, column: int) -> None:
    with pytest.raises(MarkupError) as caught:
        Figure.of(network).changed(highlight=wish).scene()
    assert caught.value.suggestion == meant
    assert str(caught.value).startswith(f"highlight:1:{column}: ")
    if meant is None:
        assert "did you mean" not in str(caught.value)
    else:
        assert f'(did you mean "{meant}"?)' in str(caught.value)
        assert Figure.of(network).changed(highlight=meant).scene()
    with pytest.raises(FigureFileError) as of_file:
        Figure.parse(f'network = "{network}"\nhighlight = "{wish}"').scene()
    assert (of_file.value.line, of_file.value.suggestion) == (2, meant)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_zero_of_padding_that_is_highlighted_can_be_read(theme: str) -> None:
    figure = Figure.of("4,values=1/2/3/4 conv:3,p=1").changed(
        padding="values", show=["values"], highlight="y.1:window", theme=theme
    )
    lit = [unit for unit in figure.scene().units if unit.classes.startswith("padding") and unit.fill]
    assert lit
    assert all(contrast(unit.ink, unit.fill) >= 4.5 for unit in lit)
