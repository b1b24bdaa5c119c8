"""What is said of a network in words: sentences, captions, tips, and facts, word for word."""

from __future__ import annotations

import networkx as nx
import pytest
from scenes import wired

from connectivity import build, describe, parse
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.descriptions import (
    Excerpt,
    branches,
    caption,
    connection_tip,
    connections,
    description,
    one_line,
    panel_title,
    titled,
)
from connectivity.graphs.reading import read
from connectivity.graphs.roles import MERGED
from connectivity.layers.base import Shape

SENTENCES = {
    "5,drop=2": "A network with 5 inputs, 1 dropped.",
    "1 fc:1": "A network with 1 input: a fully connected layer, to 1 unit (1 weight, one for each of 1 connection).",
    "6 sparse:3,bias": "A network with 6 inputs: a sparse layer with kernel size 3, to 4 units (12 weights, one for "
    "each of 12 connections, 4 biases).",
    "2x6,drop=1/3 conv:3,s=2,p=1,c=4,bias relu maxpool:2 fc:3,bias": "A network with 2 × 6 inputs, 2 dropped: a "
    "convolution with kernel size 3, stride 2, padding 1, ReLU, to 4 × 3 units (24 weights shared by 56 connections, "
    "4 biases), then a maximum pool with kernel size 2, to 4 × 1 units (8 connections), then a fully connected layer, "
    "to 3 units (12 weights, one for each of 12 connections, 3 biases).",
    "x=6 conv:3,p=1 relu add:x": "A network with 6 inputs: a convolution with kernel size 3, padding 1, ReLU, to 6 "
    "units (3 weights shared by 16 connections), then a sum of h1 and x, to 6 units (12 connections).",
    "a=3 b=input:4 concat:a/b,axis=length fc:1": "A network with 3 inputs and 4 inputs: a concatenation of a and b, "
    "along the length, to 7 units (7 connections), then a fully connected layer, to 1 unit (7 weights, one for each "
    "of 7 connections).",
    "4 ... fc:2": "A network with 4 inputs: layers that are left out, to 4 units, then a fully connected layer, to 2 "
    "units (8 weights, one for each of 8 connections).",
    "x=5 a=conv:1 b=conv:1,from=x,share=a e=fc:1,from=a": "A network with 5 inputs: a convolution with kernel size 1, "
    "to 5 units (1 weight shared by 5 connections), then a convolution with kernel size 1 of x, weights of a, to 5 "
    "units (1 weight shared by 5 connections), then a fully connected layer of a, to 1 unit (5 weights, one for each "
    "of 5 connections).",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_network_is_one_true_sentence(text: str) -> None:
    (network,) = parse(text)
    assert describe(network)["sentence"] == describe(build(network))["sentence"] == SENTENCES[text]


def test_panels_are_numbered_with_their_titles_and_what_of_them_is_drawn() -> None:
    one, two = wired("2 fc:1"), wired("3")
    first = "A network with 2 inputs: a fully connected layer, to 1 unit (2 weights, one for each of 2 connections)."
    assert description([(one, "dense", "Drawn is half.")]) == f"{first} Drawn is half."
    assert description([(one, "dense", ""), (two, None, "Half.")]) == (
        f"Panel 1, dense: {first} Panel 2: A network with 3 inputs. Half."
    )


CAPTIONS = {
    "6 conv:3": [("input", ["6 units"]), ("conv 3", ["4 units", "12 connections", "3 weights"])],
    "2x6,drop=1 softmax sparse:3,c=1,bias relu": [
        ("input", ["softmax", "2 × 6 units, 1 dropped"]),
        ("sparse 3", ["ReLU", "4 units", "23 connections", "23 weights", "4 biases"]),
    ],
    "1 fc:1,bias": [("input", ["1 unit"]), ("fully connected", ["1 unit", "1 connection", "1 weight", "1 bias"])],
    "x=3 fc:3 add:x": [
        ("input", ["3 units"]),
        ("fully connected", ["3 units", "9 connections", "9 weights"]),
        ("y = h1 + x", ["3 units", "6 connections"]),
    ],
    "4 ...:2x1200 maxpool:2": [
        ("input", ["4 units"]),
        ("layers left out", ["layers left out"]),
        ("max pool 2", ["2 × 600 units", "2,400 connections"]),
    ],
}


@pytest.mark.parametrize("text", CAPTIONS)
def test_captions_have_a_heading_and_a_line_for_each_fact(text: str) -> None:
    layers = Blueprint(parse(text)[0]).layers
    assert [caption(layer, depth) for depth, layer in enumerate(layers)] == CAPTIONS[text]


def test_captions_of_a_part_say_which_one_and_count_the_whole() -> None:
    plain, wide = Blueprint(parse("9 conv:2,s=2")[0]).layers[1], Blueprint(parse("2x9 conv:2,c=3")[0]).layers[1]
    some = Excerpt(("units 2-3 of 4",), connected=True)
    assert caption(plain, 1, some) == (
        "conv 2",
        ["stride 2", "units 2-3 of 4", "8 connections in all", "2 weights"],
    )
    assert caption(wide, 1, some)[1][:2] == ["3 × 8 units", "units 2-3 of 4"]
    assert caption(plain, 1, Excerpt((), connected=True))[1][1] == "4 units"
    assert caption(plain, 1, Excerpt(("unit 2",), connected=False)) == ("y: conv 2", ["stride 2", "unit 2"])
    dropped = Blueprint(parse("9 conv:2,drop=1")[0]).layers[1]
    assert caption(dropped, 1, some)[1][:2] == ["8 units, 1 dropped", "units 2-3 of 4"]
    dropped.whole = Shape(2, 4)
    assert caption(dropped, 1, some)[1][0] == "2 × 4 units, 1 dropped"


def test_counts_may_be_said_in_other_words() -> None:
    layer = Blueprint(parse("9 conv:2")[0]).layers[1]
    told: list[tuple[int, str, str]] = []

    def say(number: int, noun: str, usual: str) -> str:
        told.append((number, noun, usual))
        return f"{noun}: {number}"

    assert caption(layer, 1, say=say) == ("conv 2", ["8 units", "connection: 16", "weight: 2"])
    assert told == [(16, "connection", "16 connections"), (2, "weight", "2 weights")]


def test_a_layer_of_which_nothing_is_known_is_called_by_its_number() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, layer in (("a", 0), ("b", 1), ("c", 2)):
        graph.add_node(node, layer=layer)
    graph.add_edge("a", "b")
    graph.add_edge("a", "c")
    wiring = read(graph)
    assert [caption(layer, depth)[0] for depth, layer in enumerate(wiring.layers)] == ["input", "layer 1", "layer 2"]
    assert branches(wiring) == ["layer 2 takes the input", "layer 1 and layer 2 are outputs"]
    graph.graph["layers"] = [{"name": name} for name in ("x", "h", "y")]
    named = read(graph)
    assert caption(named.layers[1], 1)[0] == "h"
    assert caption(named.layers[1], 1, Excerpt((), connected=False))[0] == "h"
    graph.graph["layers"][1]["heading"] = "stem"
    assert caption(read(graph).layers[1], 1, Excerpt((), connected=False))[0] == "h: stem"


def test_a_title_that_says_the_kernel_s_size_replaces_the_heading() -> None:
    conv, fc = (Blueprint(parse(text)[0]).layers[1] for text in ("9 conv:7", "9 fc:7"))
    assert titled(conv, "conv 7", "stem", ["3 units"]) == ["conv 7", "3 units"]
    assert titled(conv, "conv 7", "stem 17", ["3 units"]) == ["conv 7", "3 units"]
    assert titled(conv, "conv 7", "a 7-tap stem", ["3 units"]) == ["3 units"]
    assert titled(fc, "fc", "stem", ["7 units"]) == ["7 units"]


def test_a_panel_has_the_subject_that_all_of_its_layers_have() -> None:
    said = {text: panel_title(Blueprint(parse(text)[0]).layers) for text in ("6 fc:2 ... fc:2", "6 fc:2 conv:1", "6")}
    assert said == {"6 fc:2 ... fc:2": "fully connected", "6 fc:2 conv:1": None, "6": None}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("6 fc:2 fc:2", []),
        ("x=6 a=fc:2 b=fc:2,from=x", ["b takes x", "a and b are outputs"]),
        ("x=6 a=fc:6 add:a/x", ["y adds a and x"]),
        ("x=6 a=fc:6 b=fc:6,from=a,share=a", ["b has the weights of a"]),
        ("a=3 b=input:3 mul:a/b", ["y multiplies a and b"]),
    ],
)
def test_branches_are_said_in_words(text: str, sentences: list[str]) -> None:
    assert branches(wired(text)) == branches(read(build(parse(text)[0]))) == sentences


def test_tips_of_connections_say_units_parameter_and_value() -> None:
    wiring = wire(Blueprint(parse("2 conv:1,w=-0.5,bias,p=1 maxpool:2,s=1")[0], padding=True))
    names = [name.upper() for name in wiring.names]
    tips = [connection_tip(wiring, number, names) for number in range(len(wiring))]
    assert tips[:2] == ["X1 → H1[2]: h1.weight[0,0,0] = −0.5", "X2 → H1[3]: h1.weight[0,0,0] = −0.5"]
    assert tips[2].startswith("H1.BIAS → H1[1]: h1.bias[0] = ")
    assert "PADDING → H1[1]: h1.weight[0,0,0] = −0.5" in tips
    assert tips[-1] == "H1[4] → Y3"
    passing = wired("2 flatten")
    assert connection_tip(passing, 0, passing.names) == "x1 → y1"
    pooled = wired("2 avgpool:2")
    assert connection_tip(pooled, 0, pooled.names) == "x1 → y1: 0.5"
    pooled.roles[0], pooled.counts[0] = MERGED, 1200
    assert connection_tip(pooled, 0, pooled.names) == "x1 → y1: 1,200 connections"


def test_connections_are_listed_a_line_each_with_their_panel_and_without_those_that_are_hidden() -> None:
    one, two = wired("2 conv:1,w=2"), wired("1 conv:1,w=3")
    lines = ["x1 → y1: y.weight[0,0,0] = 2", "x2 → y2: y.weight[0,0,0] = 2"]
    assert connections([(one, one.names, ())]).split("\n") == lines
    assert connections([(one, one.names, {0}), (two, two.names, ())]).split("\n") == [
        f"panel 1: {lines[1]}",
        "panel 2: x1 → y1: y.weight[0,0,0] = 3",
    ]


def test_a_line_of_a_caption_has_no_breaks_and_an_end() -> None:
    assert one_line(" a\n b\tc ") == "a b c"
    assert one_line("w" * 1000) == "w" * 1000
    assert len(one_line("w" * 1001)) <= 1000


def test_facts_are_complete() -> None:
    facts = describe(parse("x=2x5 h=conv:3,s=2,p=1,c=4,bias relu ... y=fc:3,bias z=conv:3,p=2")[0])
    assert facts["layers"][1] == {
        "name": "h",
        "kind": "conv",
        "heading": "conv 3",
        "notes": ["stride 2", "padding 1", "ReLU"],
        "activations": ["relu"],
        "inputs": ["x"],
        "shape": [4, 3],
        "units": 12,
        "connections": 56,
        "weights": 24,
        "biases": 4,
        "parameters": 28,
        "sharing": round(56 / 24, 6),
        "multiply_adds": 56,
        "multiply_adds_padded": 72,
        "unused_inputs": [],
        "unused_weights": 0,
        "receptive_field": {"size": 3, "jump": 2, "start": -1},
        "receptive_fields": {"x": {"size": 3, "jump": 2, "start": -1}},
    }
    assert facts["totals"] == {
        "units": 10 + 12 + 3 + 5,
        "connections": 56 + 36 + 9,
        "weights": 24 + 36 + 3,
        "biases": 4 + 3,
        "parameters": 28 + 39 + 3,
        "multiply_adds": 56 + 36 + 9,
    }
    assert (facts["left_out"], facts["branches"]) == (["h2"], [])
    pool = describe(parse("6 maxpool:3,s=1,p=1 relu")[0])["layers"][1]
    assert (pool["sharing"], pool["multiply_adds"], pool["multiply_adds_padded"], pool["weights"]) == (None, 0, 0, 0)
    shared = describe(parse("x=4 a=fc:4,bias b=fc:4,bias,share=a")[0])["totals"]
    assert (shared["connections"], shared["weights"], shared["biases"], shared["parameters"]) == (32, 16, 4, 20)
