"""Graphs that others made: in which order they are read, what follows from what is not said, and what cannot be."""

from __future__ import annotations

import math
import re
from typing import Any

import networkx as nx
import pytest

from connectivity import Figure, GraphError, build, describe, evaluate, outputs, parse, unit_values
from connectivity.graphs.graph import Graph
from connectivity.graphs.info import LayerInfo
from connectivity.graphs.reading import read
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.wiring import UNNAMED, Wiring
from connectivity.layers.base import NO_PARAMETER, SIZE_LIMIT
from connectivity.layers.combine import MAXIMUM


def graph_of(nodes: dict[str, dict[str, Any]], edges: tuple[tuple[Any, ...], ...] = (), **about: Any) -> Graph:
    """A graph of nodes with their attributes, and edges (source, target, attributes)."""
    graph: Graph = nx.MultiDiGraph(**about)
    for node, data in nodes.items():
        graph.add_node(node, **data)
    for source, target, *attributes in edges:
        graph.add_edge(source, target, **(attributes[0] if attributes else {}))
    return graph


def layered(*sizes: int) -> dict[str, dict[str, Any]]:
    """Nodes a0, a1, ... of layer 0, b0, ... of layer 1, of which only the layer is said."""
    return {f"{'abcdef'[layer]}{n}": {"layer": layer} for layer, size in enumerate(sizes) for n in range(size)}


def order(wiring: Wiring, layer: int) -> list[str]:
    return [wiring.names[unit] for unit in wiring.layers[layer].units]


def test_units_stand_in_the_order_of_channel_and_position_else_in_the_graph_s() -> None:
    said = {"c": (1, 0), "d": (0, 2), "a": (0, 0), "e": (1, 2), "b": (0, 1)}
    nodes = {name: {"layer": 0, "channel": channel, "position": at} for name, (channel, at) in said.items()}
    wiring = read(graph_of(nodes))
    assert order(wiring, 0) == ["a", "b", "d", "c", "e"]
    assert [wiring.layers[0].places[unit] for unit in wiring.layers[0].units] == [said[name] for name in "abdce"]
    assert (wiring.layers[0].shape, wiring.layers[0].total) == ((2, 3), 5)
    assert not wiring.layers[0].has((1, 1))
    assert wiring.layers[0].has((1, 2))
    twice = read(graph_of({**nodes, "f": {"layer": 0, "channel": 1, "position": 2}}))
    assert order(twice, 0) == ["c", "d", "a", "e", "b", "f"]
    assert twice.layers[0].shape == (1, 6)
    assert [*twice.layers[0].places.values()] == [(0, n) for n in range(6)]


def test_what_is_not_said_of_a_unit_follows_from_where_it_stands() -> None:
    wiring = read(graph_of({**layered(3, 2), "z": {"layer": 1, "channel": 2, "position": 5, "name": "zed"}}))
    assert [wiring.layers[layer].places[unit] for layer, unit in ((0, 2), (1, 4), (1, 5))] == [(0, 2), (0, 1), (2, 5)]
    assert wiring.names[-1] == "zed"
    assert wiring.nodes[-1] == "z"
    assert [layer.shape for layer in wiring.layers] == [(1, 3), (3, 6)]
    assert [layer.kind.kind for layer in wiring.layers] == ["input", "units"]
    said = [{"name": "", "kind": "conv"}, {"name": "y"}]
    assert [layer.kind.kind for layer in read(graph_of(layered(1, 1), layers=said)).layers] == ["conv", "units"]
    named = [{"name": "x"}, {"name": "y"}]
    assert [layer.kind.kind for layer in read(graph_of(layered(1, 1), layers=named)).layers] == ["units", "units"]


def test_layers_without_units_are_none_and_others_keep_what_they_take() -> None:
    stored = [{"name": name, "inputs": inputs} for name, inputs in (("x", []), ("no", [0]), ("h", [0]), ("y", [2, 1]))]
    nodes = {"a": {"layer": 0}, "h": {"layer": 2}, "y": {"layer": 3}}
    wiring = read(graph_of(nodes, (("a", "h", {"weight": 1}), ("h", "y", {"weight": 1})), layers=stored))
    assert [layer.info.name for layer in wiring.layers] == ["x", "h", "y"]
    assert [layer.inputs for layer in wiring.layers] == [(), (0,), (1,)]
    assert [layer.info.inputs for layer in wiring.layers] == [[], [0], [1]]


def test_what_a_layer_takes_is_said_else_where_its_connections_come_from_else_the_one_before() -> None:
    nodes = layered(1, 1, 1, 1)
    wiring = read(graph_of(nodes, (("a0", "c0"), ("b0", "c0"), ("a0", "b0"))))
    assert [layer.inputs for layer in wiring.layers] == [(), (0,), (0, 1), (2,)]
    owner = [{"name": "x"}, {"name": "h"}, {"name": "g", "owner": 1}]
    shared = read(graph_of(layered(1, 1, 1), layers=owner))
    assert [shared.owner(layer) for layer in range(3)] == [0, 1, 1]


def test_biases_and_padding_are_read_where_they_are_asked_for() -> None:
    graph = build(parse("4 conv:3,p=1/2,bias")[0], padding=True)
    plain, biased, padded = read(graph), read(graph, biases=True), read(graph, padding=True)
    assert [len(wiring.names) for wiring in (plain, biased, padded)] == [9, 10, 12]
    assert [len(wiring) for wiring in (plain, biased, padded)] == [11, 16, 15]
    assert biased.biases == {1: biased.names.index("y.bias")}
    assert plain.biases == padded.biases == {}
    assert [*padded.layers[0].padding.values()] == [(0, -1), (0, 4), (0, 5)]
    assert (padded.layers[0].pads, plain.layers[0].pads) == ((1, 2), (0, 0))
    assert {role for role in biased.roles if not role.counted} == {BIAS}
    assert {role for role in padded.roles if not role.counted} == {PADDING}
    for wiring in (plain, biased, padded):
        assert [layer.total for layer in wiring.layers] == [4, 5]
        assert [*wiring.degrees(wiring.layers[1].units).values()] == [2, 3, 3, 2, 1]
        assert wiring.layers[1].info.connections == 11
        assert (wiring.layers[1].info.weights, wiring.layers[1].info.biases) == (3, 1)


def test_a_bias_that_stands_in_a_layer_without_units_is_one_all_the_same() -> None:
    nodes: dict[str, dict[str, Any]] = {"a": {"layer": 1}, "bias": {"layer": 0, "kind": "bias"}, "b": {"layer": 2}}
    edges = (("a", "b", {"weight": 2.0}), ("bias", "b", {"weight": 0.5, "role": "bias"}))
    assert evaluate(graph_of(nodes, edges), [3.0]).tolist() == [[6.5]]


def test_parameters_are_numbered_in_their_natural_order_of_each_layer() -> None:
    names = ["w10", "w9", None, "w1", "w9"]
    edges = tuple(
        (f"a{n}", "b0", {"weight": float(n), **({} if name is None else {"parameter": name})})
        for n, name in enumerate(names)
    )
    ordered, plain = read(graph_of(layered(5, 1), edges)), read(graph_of(layered(5, 1), edges), ordered=False)
    assert ordered.parameters == [2, 1, NO_PARAMETER, 0, 1]
    assert plain.parameters == [0, 1, NO_PARAMETER, 2, 1]
    for wiring in (ordered, plain):
        assert [wiring.parameter(number) for number in range(5)] == names
        assert wiring.used_parameters(1) == {0, 1, 2}
        assert wiring.layers[1].info.weights == 3
        assert wiring.weight_number(2) == UNNAMED + 2
        assert wiring.weight_number(0) == wiring.parameters[0]
    assert ordered.weights_into(1) == ([0, 1, 2, UNNAMED + 2], [3.0, 4.0, 0.0, 2.0])
    assert ordered.repeats(1, [1, UNNAMED + 2]) == 3
    assert ordered.parameter_weights([1]) == {0: 3.0, 1: 4.0, 2: 0.0}


def test_no_weight_of_a_network_has_a_number_of_those_that_have_no_name() -> None:
    """The largest layer has as many weights as two sizes make."""
    assert UNNAMED > SIZE_LIMIT**2


def test_taps_of_parameters_are_their_last_index() -> None:
    wiring = read(build(parse("2x5 conv:3,c=2")[0]))
    table = wiring.tables[1]
    assert [table.name(number) for number in (0, 4)] == ["y.weight[0,0,0]", "y.weight[0,1,1]"]
    assert [table.tap(number) for number in range(6)] == [0, 1, 2, 0, 1, 2]
    assert wiring.kernel(1)[1, 0, 2] == wiring.parameter_weights([1])[8]


def test_runs_of_connections_into_one_layer_with_one_role() -> None:
    edges = (("a0", "b0"), ("a0", "b1"), ("a0", "c0"), ("a1", "b0", {"role": "max"}), ("b0", "c0"))
    wiring = read(graph_of(layered(2, 2, 1), edges))
    assert [(span.start, span.stop, span.layer, span.role.name) for span in wiring.spans] == [
        (0, 2, 1, "weight"),
        (2, 3, 2, "weight"),
        (3, 4, 1, "max"),
        (4, 5, 2, "weight"),
    ]
    assert read(graph_of(layered(2))).spans == []


def test_values_marks_and_their_size_are_those_of_the_graph() -> None:
    nodes = layered(2, 2)
    nodes["a0"]["value"], nodes["b1"]["value"] = 1, -2.5
    nodes["a1"]["dropped"], nodes["b0"]["sees_zero"] = True, True
    wiring = read(graph_of(nodes))
    assert wiring.values == {0: 1.0, 3: -2.5}
    assert (wiring.largest, read(graph_of(layered(2))).largest) == (2.5, 0.0)
    assert (wiring.dropped, wiring.sees_zero) == ({1}, {2})


def test_a_maximum_has_the_first_of_the_largest_and_a_dropped_zero_none() -> None:
    nodes = layered(3, 2)
    for node, value in (("a0", -1.0), ("a1", 2.0), ("a2", 2.0), ("b0", 2.0), ("b1", 0.0)):
        nodes[node]["value"] = value
    edges = (*((f"a{n}", "b0", {"role": "max"}) for n in range(3)), ("a0", "b1", {"role": "max"}))
    wiring = read(graph_of(nodes, edges))
    assert wiring.winners() == {3: 1}
    assert {role.combination for role in wiring.roles} == {MAXIMUM}
    assert wiring.only_source(4) == 0
    assert wiring.only_source(3) is None


def test_counts_follow_from_the_connections() -> None:
    layers = [{"name": "x"}, {"name": "y", "connections": 9, "weights": 9, "given": True}]
    edges = (("a0", "b0", {"parameter": "p"}), ("a1", "b0", {"parameter": "p"}), ("a0", "b1", {"parameter": "q"}))
    info = read(graph_of(layered(2, 2), edges, layers=layers)).layers[1].info
    assert (info.connections, info.weights, info.given) == (3, 2, True)
    kept = [{"name": "x"}, {"name": "y", "connections": 3, "weights": 5}]
    assert read(graph_of(layered(2, 2), edges, layers=kept)).layers[1].info.weights == 5
    assert not read(graph_of(layered(2, 2), edges)).layers[1].info.given
    weighed = (*edges[1:], ("a1", "b1", {"weight": 2}))
    assert read(graph_of(layered(2, 2), weighed)).layers[1].info.given


def test_graphs_with_one_edge_between_two_units_are_read_as_well() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for node, data in layered(2, 1).items():
        graph.add_node(node, **data)
    graph.add_edge("a0", "b0", weight=2)
    graph.add_edge("a1", "b0", weight="0.5")
    assert read(graph).weights == [2.0, 0.5]
    assert evaluate(graph, [1, 4]).tolist() == [[4.0]]


def test_nodes_of_other_kinds_and_their_edges_are_passed_over() -> None:
    nodes = {**layered(1, 1), "note": {"layer": 1, "kind": "comment"}}
    wiring = read(graph_of(nodes, (("a0", "b0"), ("note", "b0"), ("a0", "note"))))
    assert wiring.names == ["a0", "b0"]
    assert (wiring.sources, wiring.targets) == ([0], [1])


LEGAL: dict[str, tuple[list[Any], list[Any]]] = {
    "name": (["y", ""], [None, 3]),
    "kind": (["conv", "units"], [None, 3]),
    "channels": ([1, 7], [0, -1, 1.5, "1", None]),
    "length": ([0, 7], [-1, 1.5, None]),
    "kernel_size": ([None, 1, 3], [0, -1, 1.5, "3"]),
    "groups": ([1, 2], [0, 1.5, None]),
    "window": (
        [None, (0, 0, 1), [-1, 2, 0.5], (-(SIZE_LIMIT**2), SIZE_LIMIT**2, 1)],
        [
            *((0, 0), (0, 0, 0), (0, 0, -1), (1, 0, 1), (0, 0, "1"), (0, 0, 1, 1), "abc", 3, (False, 1, 1)),
            *((-(SIZE_LIMIT**2) - 1, 0, 1), (0, SIZE_LIMIT**2 + 1, 1), (0, 0, SIZE_LIMIT**2 + 1), (math.nan, 0, 1)),
        ],
    ),
    **dict.fromkeys(("weights", "biases", "unused_weights", "padding", "dropped"), ([0, 4], [-1, 0.5, "1", None])),
    **dict.fromkeys(("given", "causal"), ([True, False], [0, 1, None, "yes"])),
    "combination": ([None, "max", "mean"], ["maximum", 3]),
    "order": ([None, 1, 0.5, -2, 10**6], [0, math.nan, math.inf, "2", True]),
    "inputs": ([None, [], [0], [1, 0]], [[2], [-1], 0, [0.0], ["0"], [True], (0,)]),
    "owner": ([None, 0, 1], [2, -1, 0.5, True, [0]]),
    "heading": (["", "stem"], [None, 3]),
    "notes": ([[], ["stride 2"]], [None, "stride 2", [2], ("stride 2",)]),
    "activations": ([[], ["relu"]], [None, "relu", [2], {"relu": 1}]),
}


@pytest.mark.parametrize("key", LEGAL)
def test_facts_of_a_layer_are_what_they_can_be_or_an_error(key: str) -> None:
    def stored(value: Any) -> Graph:
        return graph_of(layered(1, 1, 1), layers=[{"name": "x"}, {"name": "h"}, {"name": "y", key: value}])

    legal, illegal = LEGAL[key]
    for value in legal:
        info = read(stored(value)).layers[2].info
        if key not in ("weights", "connections", "given"):
            assert getattr(info, key) == value
    for value in illegal:
        words = f'layers[2]: "{key}" cannot be {str(repr(value))[:20]}' if key != "name" else 'layers[2] needs a "name"'
        with pytest.raises(GraphError, match=re.escape(words)):
            read(stored(value))


def test_a_layer_that_takes_nothing_has_no_window() -> None:
    """Whatever is said of it: there is nothing that it could slide over."""
    graph = graph_of(layered(4, 2), (("a0", "b0"),), layers=[{"name": "x", "window": [0, 2, 1]}, {"name": "y"}])
    assert [layer.info.window for layer in read(graph).layers] == [None, None]
    assert Figure.of(graph).scene().units


def test_every_fact_of_a_layer_has_a_row() -> None:
    assert {*LEGAL} | {"connections"} == {*vars(LayerInfo(""))}


def test_a_layer_of_which_the_name_alone_is_said_has_one_channel_and_nothing_else() -> None:
    numbers = ("length", "connections", "weights", "biases", "unused_weights", "padding", "dropped")
    unknown = ("kernel_size", "window", "combination", "order", "inputs", "owner")
    assert vars(LayerInfo("h")) == {
        "name": "h",
        "kind": "units",
        "channels": 1,
        "groups": 1,
        "heading": "",
        "activations": [],
        "notes": [],
        **dict.fromkeys(numbers, 0),
        **dict.fromkeys(unknown),
        **dict.fromkeys(("given", "causal"), False),
    }
    assert LayerInfo("h").notes is not LayerInfo("h").notes


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([{"name": "x"}, {"name": "y", "activations": ["relou"]}], r'layers\[1\]: unknown activation "relou"'),
        ([{"name": "x"}, {"name": "y", "kind": "cnv"}], r'unknown kind of layer "cnv" \(did you mean "conv"'),
        ([{"name": "x"}, 3], 'the graph\'s "layers" must be a list of dicts'),
        ({"name": "x"}, 'the graph\'s "layers" must be a list of dicts'),
        ([{}], r'layers\[0\] needs a "name", a string'),
    ],
)
def test_layers_that_cannot_be_are_errors(layers: Any, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        read(graph_of(layered(1, 1), layers=layers))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, r'node "c" needs a "layer" \(a whole number from 0\), not None'),
        ({"layer": -1}, "not -1"),
        ({"layer": True}, "not True"),
        ({"layer": 0.0}, "not 0.0"),
        ({"layer": 5}, r"layers go up to 5, but there are 3 units; number them from 0 on"),
        ({"layer": 1, "channel": SIZE_LIMIT + 1}, '"c": "channel" must be a whole number from 0, not 1000001'),
        ({"layer": 1, "position": -1}, '"c": "position" must be a whole number from 0, not -1'),
        ({"layer": 1, "value": math.inf}, 'the value of "c" is inf; it must be a finite number'),
        ({"layer": 1, "kind": "padding"}, 'padding "c": "position" must be a whole number, not None'),
        ({"layer": 1, "kind": "padding", "position": SIZE_LIMIT + 1}, '"position" must be a whole number, not 1000001'),
        (
            {"layer": 1, "kind": "padding", "position": -1, "channel": "0"},
            "\"channel\" must be a whole number, not '0'",
        ),
    ],
)
def test_nodes_that_cannot_be_are_errors(data: dict[str, Any], words: str) -> None:
    with pytest.raises(GraphError, match=words):
        read(graph_of({**layered(1, 1), "c": data}), padding=True)


@pytest.mark.parametrize(
    "data",
    [
        {"layer": 3},
        {"layer": 1, "channel": SIZE_LIMIT},
        {"layer": 1, "position": 0},
        {"layer": 1, "kind": "padding", "position": -SIZE_LIMIT},
        {"layer": 0, "kind": "padding", "position": SIZE_LIMIT, "channel": 3},
    ],
)
def test_nodes_may_be_as_far_out_as_a_size_may_be(data: dict[str, Any]) -> None:
    assert len(read(graph_of({**layered(1, 1), "c": data}), padding=True).names) == 3


def test_layers_go_up_to_as_many_as_there_are_units_and_facts_of_layers() -> None:
    layers = [{"name": name} for name in "xhy"]
    nodes = {name: {"layer": layer} for name, layer in (("a", 0), ("b", 1), ("c", 6))}
    assert len(read(graph_of(nodes, layers=layers)).layers) == 3
    nodes["c"]["layer"] = 7
    with pytest.raises(GraphError, match="layers go up to 7, but there are 3 units; number them from 0 on"):
        read(graph_of(nodes, layers=layers))


@pytest.mark.parametrize(
    ("role", "value"), [("max", 5.0), ("min", -3.0), ("product", -30.0), ("sum", 4.0), ("weight", 4.0)]
)
def test_a_unit_of_nobody_s_layer_combines_what_its_connections_say(role: str, value: float) -> None:
    nodes = {**layered(3, 1), "bias": {"layer": 0, "kind": "bias"}}
    weight = {"weight": 1.0} if role in ("weight", "sum") else {}
    edges = tuple((f"a{n}", "b0", {"role": role, **weight}) for n in range(3))
    assert evaluate(graph_of(nodes, edges), [5.0, 2.0, -3.0]).tolist() == [[value]]


def test_a_place_without_a_unit_sees_nothing() -> None:
    graph = graph_of(layered(2, 2), (("a0", "b0"), ("a1", "b1")))
    assert read(graph).seen(1, [(0, 1), (0, 2), (1, 0)]) == {0: {(0, 1)}}


def test_connections_that_do_not_lead_on_are_errors() -> None:
    for source, target, words in (
        ("b0", "a0", '"b0" and "a0" are connected back from layer 1 to layer 0; connections go from one layer to a'),
        ("b0", "b1", '"b0" and "b1" are connected within layer 1; connections go'),
    ):
        with pytest.raises(GraphError, match=re.escape(words)):
            read(graph_of(layered(1, 2), ((source, target),)))
    with pytest.raises(GraphError, match=r'the weight from "a0" to "b0" is \[1\]; it must be a finite number'):
        read(graph_of(layered(1, 1), (("a0", "b0", {"weight": [1]}),)))
    with pytest.raises(GraphError, match=r'unknown role of a connection "wait" \(did you mean "weight"\?\)'):
        read(graph_of(layered(1, 1), (("a0", "b0", {"role": "wait"}),)))
    with pytest.raises(GraphError, match='unknown role of a connection "3"'):
        read(graph_of(layered(1, 1), (("a0", "b0", {"role": 3}),)))


def test_an_activation_mixes_the_units_of_a_graph_that_are_there() -> None:
    nodes = {f"u{c}{p}": {"layer": 1, "channel": c, "position": p} for c in (0, 1) for p in (0, 1, 2) if c + p < 3}
    layers: list[dict[str, Any]] = []
    for activation, row in (("softmax:length", ["u00", "u01", "u02"]), ("softmax", ["u00", "u10"])):
        layers = [{"name": "x"}, {"name": "y", "activations": [activation]}]
        wiring = read(graph_of({"a": {"layer": 0}, **nodes}, layers=layers))
        assert [wiring.names[unit] for unit in wiring.peers(1)] == row
        assert wiring.peers(0) == ()
    layers[1]["activations"] = ["softmax", "softmax:length"]
    both = read(graph_of({"a": {"layer": 0}, **nodes}, layers=layers))
    assert [both.names[unit] for unit in both.peers(1)] == [*nodes]


def test_facts_of_a_graph_and_of_its_network_are_the_same_whatever_is_left_of_it() -> None:
    graph = build(parse("2x5 conv:3,c=2,bias relu fc:2")[0])
    before = describe(graph)
    del graph.graph["layers"]
    facts = describe(graph)
    assert [layer["connections"] for layer in facts["layers"]] == [layer["connections"] for layer in before["layers"]]
    assert [layer["shape"] for layer in facts["layers"]] == [layer["shape"] for layer in before["layers"]]
    assert [layer["weights"] for layer in facts["layers"]] == [layer["weights"] for layer in before["layers"]]


def activated(text: str, places: set[tuple[int, int]], channels: int = 1) -> list[list[float | None]]:
    """The values, channel by channel, of units at ``places`` that sum 1, -2, 3, ... before an activation."""
    nodes = {f"b{c}{p}": {"layer": 1, "channel": c, "position": p} for c, p in sorted(places)}
    edges = tuple(("a", node, {"weight": float(number * (-1) ** (number + 1))}) for number, node in enumerate(nodes, 1))
    layers = [{"name": "x"}, {"name": "y", "activations": [text], "channels": channels}]
    values = unit_values(graph_of({"a": {"layer": 0}, **nodes}, edges, layers=layers), [1.0])
    rows, columns = (1 + max(place[axis] for place in places) for axis in (0, 1))
    return [[values.get(f"b{row}{column}") for column in range(columns)] for row in range(rows)]


def test_where_units_of_a_layer_are_missing_an_activation_mixes_those_that_are_there() -> None:
    places = {(0, 0), (0, 1), (1, 0)}
    one, two, three = (math.exp(value) for value in (1, -2, 3))
    assert activated("softmax:length", places) == [
        pytest.approx([one / (one + two), two / (one + two)]),
        [pytest.approx(1.0), None],
    ]
    for text in ("softmax", "softmax:channels"):
        assert activated(text, places) == [
            pytest.approx([one / (one + three), 1.0]),
            [pytest.approx(three / (one + three)), None],
        ]
    (row,) = activated("softmax", {(0, 0), (0, 3)})
    assert row == [pytest.approx(one / (one + two)), None, None, pytest.approx(two / (one + two))]


def test_an_activation_with_a_value_for_each_channel_has_those_of_units_that_are_there() -> None:
    assert activated("prelu:0.5/0.25", {(0, 1), (1, 0), (1, 2), (1, 3)}, 2) == [
        [None, 1, None, None],
        [-0.5, None, 3, -1],
    ]
    assert activated("prelu:0.5/0.25", {(0, 0), (0, 1)}, 2) == [[1, -1]]
    assert activated("prelu:0.5", {(0, 0), (1, 0), (2, 1)}) == [[1, None], [-1, None], [None, 3]]
    assert activated("prelu:0.5/0.25", {(0, 0), (0, 1), (1, 0), (1, 1)}) == [[1, -1], [3, -1]]
    with pytest.raises(GraphError, match=r'^"y": prelu:0\.5/0\.25 has 2 values, for 3 channels; give one for all'):
        activated("prelu:0.5/0.25", {(0, 0), (1, 0), (2, 0)})


def test_a_layer_in_which_units_are_missing_has_values_but_no_array_of_them() -> None:
    places = {f"{c}{p}": {"channel": c, "position": p} for c, p in ((0, 0), (0, 1), (1, 0))}
    nodes = {
        f"{letter}{end}": {"layer": layer, **place}
        for layer, letter in enumerate("ab")
        for end, place in places.items()
    }
    graph = graph_of(nodes, tuple((f"a{end}", f"b{end}", {"weight": 2.0}) for end in places))
    x = [[1.0, 2.0], [3.0, 4.0]]  # of which the last is of no unit
    assert unit_values(graph, x) == {"a00": 1, "a01": 2, "a10": 3, "b00": 2, "b01": 4, "b10": 6}
    words = (
        r'^"layer 1" has 3 of the 4 units of its shape, \[2, 2\], so its values are no array; take them unit by unit'
    )
    for asked in (evaluate, outputs):
        with pytest.raises(GraphError, match=words):
            asked(graph, x)
    graph.add_node("c", layer=2)
    graph.add_edges_from((f"b{end}", "c", {"weight": 1.0}) for end in places)
    assert evaluate(graph, x).tolist() == outputs(graph, x)["layer 2"].tolist() == [[12.0]]


@pytest.mark.parametrize("channel", [1, 2])
@pytest.mark.parametrize(("activation", "alone"), [("softmax", 1.0), ("log_softmax", 0.0), ("softmax:channels", 1.0)])
def test_a_channel_that_is_missing_leaves_the_others_theirs(channel: int, activation: str, alone: float) -> None:
    """What is computed over the channels is computed of those that are there, also where the last one is missing."""
    (network,) = parse(f"2x3 conv:1,c=2,weight=1/0.5/-1/2 {activation}")
    graph = build(network)
    graph.remove_nodes_from([f"y[{channel},{position}]" for position in (1, 2, 3)])
    values = unit_values(graph, [[0.25, 0.5, 0.75], [1.0, 1.25, 1.5]])
    assert [values[f"y[{3 - channel},{position}]"] for position in (1, 2, 3)] == pytest.approx([alone] * 3)
