"""What is looked at: fields in closed form, true names and values, nothing made that is not drawn."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectivity import ConnectivityError, DrawingError, Figure, FigureFileError, build, parse
from connectivity.colour.themes import LIGHT
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import _Builder
from connectivity.graphs.evaluation import network_values
from connectivity.layers.base import Shape
from connectivity.layout.scope import Extract, Scope, stretches
from connectivity.layout.selection import selected
from connectivity.options import Options
from connectivity.scene import Scene, Text

LONG = "128 conv:7,s=2 relu conv:5,s=2"
POOLED = "784 conv:5 maxpool:2 conv:5"
RESIDUAL = "x=40 conv:3,p=1 relu conv:3,p=1 add:x relu"


def scene_of(what: Any, **options: Any) -> Scene:
    return Figure.of(what).changed(**{"units": "circles", **options}).scene()


def units(scene: Scene) -> list[str]:
    """The names of the units that are drawn, without their values."""
    return [unit.tip.partition(" = ")[0] for unit in scene.units]


def arrows(scene: Scene) -> list[tuple[str, str]]:
    """The connections that are drawn whole, by the names of their ends."""
    names = {unit.id: unit.tip.partition(" = ")[0] for unit in scene.units}
    return [(names[line.tail], names[line.head]) for line in scene.lines if not line.stub]


def captions(scene: Scene) -> dict[str, list[str]]:
    """The headings of layers, each with the lines under it."""
    texts: list[Text] = list(scene.texts)
    return {one.text: two.text.split("\n") for one, two in itertools.pairwise(texts) if one.bold}


def names(letter: str, first: int, last: int) -> list[str]:
    return [f"{letter}[{n}]" if letter[-1].isdigit() else f"{letter}{n}" for n in range(first, last + 1)]


def scope_of(text: str, **options: Any) -> Scope:
    (network,) = parse(text)
    (panel,) = Figure.of(network).panels
    subject = panel.subject(False, False)
    return selected(subject.layers, subject.outline, Options(**options))


@pytest.mark.parametrize("t", [1, 6, 15, 29])
def test_a_focus_is_the_receptive_field_in_closed_form(t: int) -> None:
    scene = scene_of(LONG, focus=f"y[{t}]")
    assert units(scene) == [*names("x", 4 * t - 3, 4 * t + 11), *names("h1", 2 * t - 1, 2 * t + 3), f"y{t}"]
    assert len(arrows(scene)) == 5 * 7 + 5
    assert not [line for line in scene.lines if line.stub]
    assert not [dot for dot in scene.dots if dot.diameter]


def test_captions_and_words_say_which_part_of_how_much() -> None:
    scene = scene_of(LONG, focus="y[6]")
    found = captions(scene)
    assert found["input"] == ["units 21–35 of 128"]
    assert found["conv 7"] == ["stride 2", "ReLU", "units 11–15 of 61", "427 connections in all", "7 weights"]
    assert found["conv 5"] == ["stride 2", "unit 6 of 29", "145 connections in all", "5 weights"]
    assert scene.description.startswith("A network with 128 inputs: a convolution with kernel size 7, stride 2, ReLU")
    assert scene.description.endswith(
        "Drawn is the receptive field of y6: units 21–35 of 128 of x; units 11–15 of 61 of h1; unit 6 of 29 of y."
    )


def test_what_is_drawn_is_counted_as_units_are_labelled() -> None:
    scene = scene_of(LONG, focus="y[5]", index_from=0)
    assert units(scene)[0] == "x20"
    assert captions(scene)["input"] == ["units 20–34 of 128"]
    assert "receptive field of y5" in scene.description
    assert units(scene_of(POOLED, window="h2=9/13", index_from=0))[14] == "h1[18]"
    assert scope_of("4x9 conv:3,c=4", only="x=0/3", index_from=0).extracts[0] == Extract(channels=(0, 3))


def test_channels_and_positions_are_told_apart() -> None:
    scene = scene_of("1x128 conv:7,c=4,s=2 relu conv:5,c=2,s=2", focus="y[1,6]", max_units=0)
    assert captions(scene)["conv 7"][2:4] == ["4 × 61 units", "positions 11–15 of 61"]
    assert captions(scene)["conv 5"][1:4] == ["2 × 29 units", "1 of 2 channels: 1", "position 6 of 29"]
    assert len(units(scene)) == 15 + 4 * 5 + 1


LAYERS = st.sampled_from(
    [
        "fc:3",
        "sparse:2,p=1",
        "conv:3,p=1,c=2",
        "conv:2,d=2",
        "conv:3,p=1,padding_mode=circular",
        "convtranspose:3,s=2",
        "maxpool:2",
        "upsample:2",
        "sparse,units=4,density=0.4",
        "add:x",
        "concat:x",
        "conv:1,from=x",
        "flatten",
    ]
)
networks = st.builds(
    "x={}x{} {}".format, st.integers(1, 2), st.integers(4, 9), st.lists(LAYERS, min_size=1, max_size=4).map(" ".join)
)


@given(networks, st.data(), st.sampled_from([{}, {"anchor": "first"}]))
def test_a_focus_shows_exactly_what_a_unit_depends_on(
    text: str, data: st.DataObject, options: Mapping[str, Any]
) -> None:
    """Of a network and of its graph: no unit more or less, and every connection between them."""
    try:
        graph = build(parse(text)[0])
    except ConnectivityError:
        assume(False)
    inner = [node for node in sorted(graph) if graph.in_degree(node)]
    assume(inner)
    unit = data.draw(st.sampled_from(inner))
    field = nx.ancestors(graph, unit) | {unit}
    joined = {node for node in field if _is_copy(graph, node)}
    for what in (text, graph):
        scene = scene_of(what, focus=unit, max_units=0, labels="none", **options)
        assert set(units(scene)) | joined == field
        assert set(units(scene)) <= field
        if not joined:
            ends = [line for line in scene.lines if line.classes.startswith("edge")]
            assert len(ends) == graph.subgraph(field).number_of_edges()
            assert not any(line.classes == "stub" for line in scene.lines)


def _is_copy(graph: nx.MultiDiGraph[Any], node: str) -> bool:
    """Whether a unit is one of a concatenation, which is drawn as what it joins."""
    layer = graph.graph["layers"][graph.nodes[node]["layer"]]
    return str(layer["kind"]) == "concat"


def test_an_activation_that_mixes_units_widens_the_field() -> None:
    assert units(scene_of("9 conv:3 softmax", focus="y[2]")) == [*names("x", 1, 9), *names("y", 1, 7)]


def test_what_is_seen_with_holes_keeps_its_places() -> None:
    text = "16 conv:2,p=causal conv:2,p=causal,d=2 y=conv:2,p=causal,d=4"
    scene = scene_of(text, focus="y[16]")
    assert units(scene)[8:] == ["h1[10]", "h1[12]", "h1[14]", "h1[16]", "h2[12]", "h2[16]", "y16"]
    assert captions(scene)["conv 2"] == [
        "causal padding",
        "dilation 4",
        "unit 16 of 16",
        "28 connections in all",
        "2 weights",
    ]
    at = {unit.tip: unit.y for unit in scene.units}
    assert at["x12"] == at["h1[12]"] == at["h2[12]"]
    assert len(arrows(scene)) == 8 + 4 + 2


def test_wide_gaps_that_nothing_is_in_are_closed() -> None:
    near = scene_of("9 conv:2,d=2", focus="y[1]", labels="none")
    far = scene_of("900000 conv:2,d=400000", focus="y[1]", labels="none")
    assert near.height == far.height
    several = scene_of("900000 conv:3 conv:3", focus=["y[2]", "y[700000]"])
    assert len(several.units) == 2 * (5 + 3 + 1)
    assert len(arrows(several)) == 2 * (9 + 3)
    assert several.height < 800


def test_a_field_longer_than_max_units_is_elided_and_shows_its_unit() -> None:
    scene = scene_of("400 conv:15 conv:15 conv:15", focus="y[100]")
    assert len([unit for unit in scene.units if unit.classes == "unit layer0"]) < 43
    assert "y100" in units(scene)
    assert all(100 <= int(re.findall(r"\d+", name)[-1]) <= 142 for name in units(scene))
    everything = scene_of("400 conv:15 conv:15 conv:15", focus="y[100]", max_units=0)
    assert len(everything.units) == 43 + 29 + 15 + 1


def test_several_units_and_whole_layers_are_focused_on() -> None:
    assert units(scene_of("9 conv:3", focus=["y[1]", "y[2]"])) == [*names("x", 1, 4), "y1", "y2"]
    assert units(scene_of("5 fc:3 fc:2", focus="h1")) == [*names("x", 1, 5), *names("h1", 1, 3)]
    assert units(scene_of("2x5 conv:3,c=2", focus="y[2]"))[10:] == ["y[2,1]", "y[2,2]", "y[2,3]"]


def test_a_focus_passes_by_other_branches() -> None:
    scene = scene_of("x=9 a=conv:3 conv:3 b=conv:5,from=x", focus="b[2]")
    assert units(scene) == [*names("x", 2, 6), "b2"]
    assert set(captions(scene)) == {"input", "conv 5"}


def test_a_focus_goes_through_skips() -> None:
    scene = scene_of(RESIDUAL, focus="y[20]")
    assert units(scene) == [*names("x", 18, 22), *names("h1", 19, 21), "h2[20]", "y20"]
    assert ("x20", "y20") in arrows(scene)
    assert "y = h2 + x" in captions(scene)


def test_values_are_those_of_the_whole_network() -> None:
    values = [float(n % 5 - 2) for n in range(128)]
    (network,) = parse("128 conv:3,w=1/2/-1 fc:4")
    hidden = network_values(Blueprint(network), values)[1]
    for options in ({"focus": "h1[60]"}, {"window": "h1=60/60"}, {"layers": "h1:", "highlight": "h1[60]"}):
        scene = scene_of(network, input=values, show="values", **options)
        (tip,) = [unit.tip for unit in scene.units if unit.tip.startswith("h1[60] ")]
        assert tip == f"h1[60] = {hidden[59]:.3g}".replace("-", "\u2212")


def test_weights_keep_their_names_values_and_colours() -> None:
    whole = scene_of(LONG, max_units=0)
    part = scene_of(LONG, focus="y[6]")
    said = {line.tip: line.colour for line in whole.lines}
    assert all(said[line.tip] == line.colour for line in part.lines)


@pytest.mark.parametrize("options", [{"focus": "y[3]"}, {"layers": "h1:"}, {"only": "x=1"}])
def test_every_connection_that_is_listed_is_drawn(options: dict[str, Any]) -> None:
    scene = scene_of("2x7 conv:3 relu conv:3 fc:3", list_connections=True, **options)
    listed = scene.description.splitlines()[1:]
    assert sorted(listed) == sorted(line.tip for line in scene.lines if line.tip)


def test_layers_between_two_others_are_drawn_as_a_network_of_their_own() -> None:
    scene = scene_of("6 conv:3 relu conv:3 fc:2", layers="h1:y")
    assert units(scene) == [*names("h1", 1, 4), *names("h2", 1, 2), "y1", "y2"]
    assert captions(scene)["h1: conv 3"] == ["ReLU", "4 units"]
    assert captions(scene)["conv 3"] == ["2 units", "6 connections", "3 weights"]
    assert {unit.fill for unit in scene.units[:4]} == {LIGHT.input_fill}
    assert scene.description.endswith("Drawn is the part from h1 up to y.")
    labels = {(unit.label.stem, unit.label.sup) for unit in scene.units if unit.label}
    assert labels == {("h", "(1)"), ("h", "(2)"), ("y", "")}


def test_layers_are_called_as_in_the_whole_network() -> None:
    scene = scene_of("9 conv:3 conv:3 conv:3 fc:2", layers="h2:h2")
    assert {unit.label.sup for unit in scene.units if unit.label} == {"(2)"}


def test_layers_of_networks_that_branch_are_those_on_the_ways() -> None:
    text = "x=8 a=conv:3,p=1 b=conv:3,p=1 c=conv:1,from=x add:b/a d=conv:3 e=fc:2,from=c"
    assert scope_of(text, layers="a:d").drawn == [1, 2, 4, 5]
    assert scope_of(text, layers="c:").drawn == [3, 4, 5, 6]
    assert scope_of(text, layers=":c").drawn == [0, 3]
    scene = scene_of(text, layers="a:d")
    assert {name[0] for name in units(scene)} == {"a", "b", "h", "d"}
    part = scene_of("x=8 a=conv:3,p=1 b=conv:3,p=1 add:x", layers="b:")
    assert arrows(part) == [(f"b{n}", f"y{n}") for n in range(1, 9)]


def test_titles_are_of_the_layers_that_are_drawn() -> None:
    scene = scene_of("9 conv:3 conv:3 fc:2", layers="h2:", layer_titles=["first", "last"], row_titles=["one"])
    assert {"first", "last", "one"} <= {text.text for text in scene.texts}
    with pytest.raises(DrawingError, match="3 layer titles for 2 layers"):
        scene_of("9 conv:3 conv:3 fc:2", layers="h2:", layer_titles=["a", "b", "c"])


def test_biases_of_the_first_layer_are_left_out_with_its_connections() -> None:
    scene = scene_of("5 conv:3,bias conv:2,bias", layers="h1:y", show="bias")
    assert [unit.tip for unit in scene.units if unit.classes.startswith("bias")] == ["y.bias"]


def test_channels_of_a_layer_and_of_pools_over_it() -> None:
    scene = scene_of("3x20 conv:3,c=16 relu maxpool:2 fc:2", only="h1=1/4/9", max_units=0)
    channels = {name.partition(",")[0] for name in units(scene)}
    assert channels >= {"h1[1", "h1[4", "h1[9", "h2[1", "h2[4", "h2[9", "x[3"}
    assert not channels & {"h1[2", "h2[2", "h1[16"}
    assert captions(scene)["conv 3"][1:4] == [
        "16 × 18 units",
        "3 of 16 channels: 1, 4 and 9",
        "2,592 connections in all",
    ]
    assert captions(scene)["max pool 2"][:2] == ["16 × 9 units", "3 of 16 channels: 1, 4 and 9"]
    assert not any(line.classes == "stub" for line in scene.lines)


def test_only_follows_depthwise_layers_and_goes_back_from_pools() -> None:
    text = "4x9 conv:3,c=8 conv:3,c=8,g=8 maxpool:2 conv:1,c=2"
    assert [extract and extract.channels for extract in scope_of(text, only="h3=2/5").extracts] == [
        None, (1, 4), (1, 4), (1, 4), None,
    ]  # fmt: skip
    assert scope_of(text, only=["h1=1/2", "h3=5"]).extracts[2] in (Extract(channels=(0, 1)), Extract(channels=(4,)))


def test_many_channels_that_are_asked_for_are_still_elided() -> None:
    text = "1x40 conv:3,c=64"
    scene = scene_of(text, only="y=" + "/".join(map(str, range(1, 64, 2))), max_units=12)
    shown = {name.partition(",")[0] for name in units(scene) if name.startswith("y")}
    assert shown
    assert all(int(name[2:]) % 2 for name in shown)


def test_a_window_shows_what_it_sees_and_what_sees_it() -> None:
    scene = scene_of(POOLED, window="h2=10/14")
    assert units(scene) == [*names("x", 19, 32), *names("h1", 19, 28), *names("h2", 10, 14), *names("y", 6, 14)]
    assert captions(scene)["max pool 2"][0] == "units 10–14 of 390"
    assert parallel(scene)
    assert any(line.classes == "stub" for line in scene.lines)


def test_windows_of_one_layer_add_up() -> None:
    scope = scope_of("60 conv:3", window=["y=3/4", "y=50/51"])
    assert scope.extracts[0] == Extract(positions=(range(2, 6), range(49, 53)))
    scene = scene_of("60 conv:3", window=["y=3/4", "y=50/51"])
    assert units(scene)[8:] == ["y3", "y4", "y50", "y51"]
    assert parallel(scene)
    assert scene.height < scene_of("60 conv:3", max_units=0).height / 2


def test_a_window_of_the_input_is_exact_where_a_crop_is_what_stands_over_it() -> None:
    assert units(scene_of("20 conv:3,p=1", crop="5/8"))[4:] == names("y", 5, 8)
    assert units(scene_of("20 conv:3,p=1", window="x=5/8"))[4:] == names("y", 4, 9)


def test_a_crop_is_a_scope() -> None:
    scope = scope_of("20 conv:3", crop="5/8")
    assert scope == Scope((Extract(positions=(range(4, 8),)), Extract()), hints=True, over=True)


def test_first_and_last_windows() -> None:
    scene = scene_of("30 conv:5 conv:3 fc:2", windows="first/last", max_units=0, highlight="h2[10]:window")
    assert len(scene.units) == 30 + 26 + 24 + 2
    into = {head for _, head in arrows(scene)}
    assert into == {"h1[1]", "h1[26]", "h2[1]", "h2[10]", "h2[24]", "y1", "y2"}
    assert sum(head == "h2[10]" for _, head in arrows(scene)) == 3


def test_first_and_last_windows_of_a_part_are_those_of_the_part() -> None:
    scene = scene_of(LONG, focus="y[6]", windows="first/last")
    assert {head for _, head in arrows(scene)} == {"h1[11]", "h1[15]", "y6"}


def parallel(scene: Scene) -> bool:
    """Whether connections of one weight that are drawn whole are parallel."""
    places = {unit.id: (unit.x, unit.y) for unit in scene.units}
    slopes: dict[str, set[tuple[float, float]]] = {}
    for line in scene.lines:
        if line.classes.startswith("edge"):
            (x, y), (to_x, to_y) = places[line.tail], places[line.head]
            weight = line.tip.partition(": ")[2] or line.classes.split()[1]
            slopes.setdefault(weight, set()).add((round(to_x - x, 3), round(to_y - y, 3)))
    return all(len(same) == 1 for name, same in slopes.items() if "weight" in name)


@pytest.mark.parametrize("anchor", ["first", "centre", "last"])
@pytest.mark.parametrize("unit", ["x[100]", "h1[99]", "y[100]"])
def test_a_highlighted_unit_is_shown_where_its_layer_is_elided(unit: str, anchor: str) -> None:
    scene = scene_of("200 conv:5 conv:3", highlight=f"{unit}:window", anchor=anchor)
    plain = scene_of("200 conv:5 conv:3", anchor=anchor)
    name = re.sub(r"^(x|y)\[(\d+)\]$", r"\1\2", unit)
    assert name in units(scene)
    assert name not in units(plain)
    assert set(units(plain)) < set(units(scene))
    assert parallel(scene)
    into = {"x[100]": 0, "h1[99]": 5, "y[100]": 3}[unit]
    assert sum(head == name for _, head in arrows(scene)) == into  # its window is seen whole
    assert captions(scene)["conv 5"] == ["196 units", "980 connections", "5 weights"]
    inputs = [int(each[1:]) for each in units(scene) if each[0] == "x"]
    runs = [after for before, after in itertools.pairwise(inputs) if before + 1 < after]
    assert len(runs) == 2  # hidden before it and behind it


def test_highlights_that_are_shown_anyway_change_nothing() -> None:
    text = "200 conv:5 conv:3"
    assert units(scene_of(text, highlight="y[2]:window")) == units(scene_of(text))


def test_no_way_between_two_layers() -> None:
    with pytest.raises(DrawingError, match='layers: no way leads from "a" to "b"'):
        scene_of("x=8 a=conv:3 b=conv:3,from=x", layers="a:b")


def test_a_highlighted_channel_is_shown() -> None:
    text = "1x30 conv:3,c=40"
    shown = {name.partition(",")[0] for name in units(scene_of(text, highlight="y[20,3]"))}
    assert "y[20" in shown
    assert "y[20" not in {name.partition(",")[0] for name in units(scene_of(text))}
    assert len(shown) < 30 + 10


def test_the_ends_of_a_path_are_both_shown() -> None:
    scene = scene_of("200 conv:3 fc:100", highlight="x[90]:path:y[50]")
    assert {"x90", "y50"} <= set(units(scene))


@pytest.mark.parametrize(
    ("text", "options", "most"),
    [
        ("1000000 conv:7,s=2 relu conv:5,s=2", {"focus": "y[100000]"}, 21),
        ("1000000 conv:7 maxpool:2 conv:3", {"window": "h2=100000/100005"}, 44),
        ("1000000 conv:3 conv:3 conv:3", {"layers": "h2:"}, 50),
        ("1000000 conv:7 maxpool:2 conv:3", {"highlight": "y[100000]"}, 90),
        ("64x10000 conv:7,c=64 maxpool:2", {"only": ["x=1", "h1=1/2"]}, 100),
        ("1000000 fc:1 conv:1", {"focus": "y[1]"}, 30),
    ],
)
def test_of_a_million_units_only_what_is_looked_at_is_made(
    text: str, options: dict[str, Any], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    build_whole = _Builder.wiring

    def counted(builder: _Builder) -> Any:
        wiring = build_whole(builder)
        made.append(len(wiring) + len(wiring.names))
        return wiring

    monkeypatch.setattr(_Builder, "wiring", counted)
    assert len(scene_of(text, **options).units) <= most
    assert max(made) < 5_000


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"layers": "h9:y"}, r'layers: there is no layer "h9" \(one of: x, h1, h2, y\)'),
    ({"layers": "y:h1"}, 'layers: "y" comes after "h1"; say h1:y'),
    ({"layers": "h1"}, 'layers "h1" is not FROM:TO, as x:y, x: or :y'),
    ({"layers": ":"}, 'layers ":" is not FROM:TO'),
    ({"focus": "y[99]"}, r'there is no unit "y\[99\]" to focus on; there are x.1.1 to x.2.12'),
    ({"focus": "x[1,2]"}, r"x\[1,2\] depends on no other unit: there is no receptive field to draw"),
    ({"focus": "y[1]", "crop": "1/2"}, "crop and focus each say which units are drawn; say one of them"),
    ({"focus": "y[1]", "window": "h1=1/2"}, "focus and window each say which units are drawn"),
    ({"window": "h1=0/3"}, "is not h1=FIRST/LAST of positions 1 to 10 of h1, as h1=1/4"),
    ({"window": "h1=5/3"}, "is not h1=FIRST/LAST of positions 1 to 10"),
    ({"window": "h1=5/11"}, "is not h1=FIRST/LAST of positions 1 to 10"),
    ({"window": "h1=0/10", "index_from": 0}, "is not h1=FIRST/LAST of positions 0 to 9 of h1, as h1=0/3"),
    ({"window": "h1"}, 'window "h1" is not NAME=FIRST/LAST, as x=10/14'),
    ({"window": "hh1=1/2"}, r'window: there is no layer "hh1" \(did you mean "h1"\?\)'),
    ({"only": "h1=5"}, 'h1 has channels 1 to 4, and "5" is none of them'),
    ({"only": "h1=1/x"}, 'h1 has channels 1 to 4, and "x" is none of them'),
    ({"only": "h1="}, 'h1 has channels 1 to 4, and "" is none of them'),
    ({"only": "z=1"}, 'only: there is no layer "z"'),
    ({"only": "1/2"}, 'only "1/2" is not NAME=CHANNEL/CHANNEL..., as x=1/4/9'),
    ({"layers": ":h1", "focus": "y[1]"}, r'focus "y\[1\]" is of y, which is not drawn; layers leaves x and h1'),
    ({"layers": ":h1", "window": "h2=1/2"}, "is of h2, which is not drawn; layers leaves x and h1"),
    ({"layers": "h1:", "only": "x=1"}, "is of x, which is not drawn"),
    ({"layers": "h1:", "crop": "1/3"}, "crop is of the first input, which layers leaves out; window is of any layer"),
    ({"focus": "h1[1]", "only": "h1=2"}, "none of the channels that only names of h1 is drawn"),
    ({"windows": "first"}, 'unknown windows "first"'),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES, ids=lambda each: str(each)[:40])
def test_mistakes_are_explained(options: dict[str, Any], message: str) -> None:
    text = "2x12 conv:3,c=4 conv:3,c=2 fc:3"
    with pytest.raises(DrawingError, match=message) as caught:
        scene_of(text, **{key: [value] if key in ("focus",) else value for key, value in options.items()})
    assert caught.value.option in options


def test_a_dropped_unit_and_one_that_sees_only_padding_have_no_field() -> None:
    for text, unit in (("5 conv:3,drop=2", "y[2]"), ("5 conv:1,p=2", "y[1]")):
        with pytest.raises(DrawingError, match="depends on no other unit"):
            scene_of(text, focus=unit)


def test_a_mistake_in_a_figure_file_is_shown_where_it_is(tmp_path: Any) -> None:
    path = tmp_path / "net.toml"
    path.write_text('network = "6 conv:3 fc:2"\nfocus = "y[9]"\n')
    with pytest.raises(FigureFileError, match=r'2:9: there is no unit "y\[9\]" to focus on'):
        Figure.read(path).scene()


def test_panels_are_looked_at_one_by_one(tmp_path: Any) -> None:
    path = tmp_path / "net.toml"
    path.write_text(
        '[[panel]]\nnetwork = "9 conv:3"\nfocus = "y[2]"\n[[panel]]\nnetwork = "9 conv:3 fc:2"\nlayers = "h1:"\n'
    )
    scene = Figure.read(path).scene()
    assert units(scene) == ["x2", "x3", "x4", "y2", *names("h1", 1, 7), "y1", "y2"]


def test_padding_is_that_which_is_seen() -> None:
    scene = scene_of("9 conv:5,p=2", focus="y[2]", padding="hollow")
    assert [unit.tip for unit in scene.units] == [*names("x", 1, 4), "padding", "y2"]


def test_matrices_are_of_what_is_looked_at() -> None:
    assert len(scene_of("30 conv:3 conv:3", focus="y[5]", view="matrix").cells) == 9 + 3
    assert len(scene_of("9 conv:3 conv:3", layers="h1:", view="both").cells) == 15


def test_a_layer_alone_has_no_matrix() -> None:
    with pytest.raises(DrawingError, match="no two layers that are connected are left to draw, so there is no matrix"):
        scene_of("9 conv:3 conv:3", layers="h1:h1", view="matrix")


GAPPED = "24 conv:3 ... conv:3 conv:3"


def test_a_field_ends_where_layers_are_left_out() -> None:
    scene = scene_of(GAPPED, focus="y[2]")
    assert units(scene) == [*names("h3", 2, 4), "y2"]
    assert len([line for line in scene.lines if line.stub]) == 9  # three into each unit behind the gap
    assert len([dot for dot in scene.dots if dot.diameter]) == 3
    assert "units 2\u20134 of 20 of h3; unit 2 of 18 of y." in scene.description
    assert "h2" not in scene.description.partition("Drawn is")[2]


def test_a_field_behind_a_gap_reaches_all_of_it_where_everything_is_seen() -> None:
    scene = scene_of("9 ...:8 fc:4 fc:2", focus="h2[3]")
    assert units(scene) == ["h2[3]"]
    assert len([line for line in scene.lines if line.stub]) == 1


def test_a_window_ends_where_layers_are_left_out() -> None:
    scene = scene_of(GAPPED, window="x=5/8")
    assert units(scene) == [*names("x", 5, 8), *names("h1", 3, 8)]
    row = {round(unit.x) for unit in scene.units}
    assert len([dot for dot in scene.dots if dot.diameter and round(dot.x) not in row]) >= 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"focus": "h2[3]"}, 'no unit to focus on: "h2.3." stands for layers that are left out'),
        ({"window": "h2=1/3"}, '"h2" stands for layers that are left out'),
        ({"only": "h2=1"}, '"h2" stands for layers that are left out'),
        ({"layers": "h2:h2"}, "nothing is left to draw: what layers leaves stands for layers that are left out"),
    ],
)
def test_of_layers_that_are_left_out_there_is_nothing_to_look_at(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of(GAPPED, **options)


def test_a_part_that_begins_or_ends_where_layers_are_left_out() -> None:
    assert units(scene_of("9 conv:3 ... conv:3", layers="h2:")) == names("y", 1, 5)
    assert units(scene_of("9 conv:3 ... conv:3", layers=":h2")) == [*names("x", 1, 9), *names("h1", 1, 7)]
    scene = scene_of("9 conv:3 ... conv:3", layers="h1:h1")
    assert not [dot for dot in scene.dots if dot.diameter]


PRUNED = "24 conv:3,weight=0.1/0/1 conv:3,weight=1/0/-1"


@pytest.mark.parametrize("given_as", ["network", "graph"])
def test_what_is_pruned_is_counted_of_whole_layers(given_as: str) -> None:
    what = PRUNED if given_as == "network" else build(parse(PRUNED)[0])
    scene = scene_of(what, focus="y[6]", zeros="hide", list_connections=True)
    assert len([line for line in scene.lines if not line.stub]) == 6 + 2
    said = [text.text for text in scene.texts]
    assert "units 6\u20138 of 22\n44 of 66 connections in all\n2 of 3 weights: w \u2260 0" in said
    assert "Drawn is the receptive field of y6" in scene.description
    assert "22 of the 66 connections of h1 are not drawn (w = 0)" in scene.description
    assert scene.description.count("\u2192") == 8


@pytest.mark.parametrize("given_as", ["network", "graph"])
def test_nothing_is_said_of_pruned_layers_that_are_an_input(given_as: str) -> None:
    what = PRUNED if given_as == "network" else build(parse(PRUNED)[0])
    scene = scene_of(what, layers="h1:", zeros="hide")
    assert "connections of y are not drawn" in scene.description
    assert "connections of h1 are not drawn" not in scene.description


def test_stubs_stand_for_what_is_looked_at_alone() -> None:
    text = "5 fc:40,weight=" + "/".join([*["0"] * 195, *["1"] * 5]) + " conv:30"
    scene = scene_of(text, focus="y[1]", max_units=8, zeros="hide")
    inputs = {unit.id for unit in scene.units if unit.tip.startswith("x")}
    assert len(inputs) == 5
    assert [line for line in scene.lines if line.stub]
    assert not [line for line in scene.lines if {line.tail, line.head} & inputs]


NAMED = {"channel_labels": ["x=ax/ay/az", "h1=a/b/c/d", "y=p/q"]}


@pytest.mark.parametrize(
    ("options", "channels"),
    [
        ({"only": "h1=2/3"}, ["ax", "ay", "az", "b", "c", "p", "q"]),
        ({"focus": "y[1,2]"}, ["ax", "ay", "az", "a", "b", "c", "d", "p"]),
        ({"layers": "h1:"}, ["a", "b", "c", "d", "p", "q"]),
        ({"layers": "h1:", "direction": "BT"}, ["a", "b", "c", "d", "p", "q"]),
        ({"window": "h1=2/3"}, ["ax", "ay", "az", "a", "b", "c", "d", "p", "q"]),
    ],
)
def test_channels_that_are_looked_at_have_their_names(options: Mapping[str, Any], channels: list[str]) -> None:
    scene = scene_of("3x8 conv:3,c=4 conv:3,c=2", **NAMED, **options)
    assert [text.text for text in scene.texts if text.classes == "channel"] == channels


def test_names_of_channels_stand_where_the_part_begins_and_ends() -> None:
    scene = scene_of("3x8 conv:3,c=4 conv:3,c=2", **NAMED, layers="h1:", direction="LR")
    at = {text.text: text.x for text in scene.texts if text.classes == "channel"}
    assert at["a"] < min(unit.x for unit in scene.units) <= max(unit.x for unit in scene.units) < at["p"]


def test_a_position_of_all_channels_is_shown_without_showing_all_of_them() -> None:
    text = "1x60 conv:3,c=40"
    usual, marked = (units(scene_of(text, highlight=wish, max_units=10)) for wish in ("y[1,1]", "y[*,30]"))
    assert not [name for name in usual if name.endswith(",30]") and name.startswith("y")]
    assert "y[1,30]" in marked
    assert "y[20,30]" not in marked


@pytest.mark.parametrize("options", [{"focus": "y"}, {"window": "x=2/3"}, {"only": "x=2"}, {"layers": "y:"}])
@pytest.mark.parametrize(
    "text", ["3x40 conv:3,c=4 relu conv:3,c=2 fc:3", "3x12 conv:3,c=4", "4x12 conv:3,groups=4,c=8"]
)
def test_cells_are_told_what_is_looked_at(text: str, options: Mapping[str, Any]) -> None:
    scene = Figure.of(text).changed(units="cells", **options).scene()
    assert "Drawn is" in scene.description
    with pytest.raises(DrawingError, match="5 layer titles for"):
        Figure.of(text).changed(units="cells", layer_titles=["a", "b", "c", "d", "e"], **options).scene()


def test_zeros_behind_a_gap_are_open_in_matrices() -> None:
    scene = scene_of("12 conv:3 ... conv:3", zeros="hide", threshold="50%", view="both", color_by="weight")
    assert [cell for cell in scene.cells if "open" in cell.classes]


def test_stretches_of_numbers() -> None:
    assert stretches([]) == ()
    assert stretches(range(3)) == (range(3),)
    assert stretches({5, 1, 2}) == (range(1, 3), range(5, 6))


@given(st.integers(1, 4), st.integers(1, 6), st.data())
def test_an_extract_has_exactly_its_units(channels: int, length: int, data: st.DataObject) -> None:
    shape = Shape(channels, length)
    flats = data.draw(st.sets(st.integers(0, shape.units - 1), min_size=1))
    extract = Extract.of(flats, shape)
    places = [divmod(flat, length) for flat in sorted(flats)]
    assert list(extract.places(shape)) == places
    assert [place for place in (divmod(n, length) for n in range(shape.units)) if extract.has(place, length)] == places
    assert extract.everything == (len(flats) == shape.units)
    scope = Scope((extract, None))
    assert list(scope.flats(0, shape)) == sorted(flats)
    assert not scope.flats(1, shape)
    assert not scope.may_show(1, (0, 0), length)


@given(st.integers(1, 3), st.integers(1, 6), st.integers(0, 5), st.integers(0, 5), st.booleans())
def test_what_is_hinted_at_is_all_of_the_channels_that_are_looked_at(
    channels: int, length: int, one: int, other: int, hints: bool
) -> None:
    shape = Shape(channels, length)
    first, last = min(one, other, length - 1), min(max(one, other), length - 1)
    scope = Scope((Extract((0,) if channels > 1 else None, (range(first, last + 1),)),), hints=hints)
    may = [(c, p) for c in range(channels) for p in range(length) if not c and (hints or first <= p <= last)]
    assert [divmod(flat, length) for flat in scope.flats(0, shape)] == may
    every = [(c, p) for c in range(channels) for p in range(length)]
    assert [place for place in every if scope.may_show(0, place, length)] == may
