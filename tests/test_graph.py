"""The graph: its attributes, its arithmetic, and graphs that others made."""

from __future__ import annotations

import math
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import connectivity
from connectivity import (
    ConnectivityError,
    GraphError,
    NetworkError,
    WeightsError,
    annotate,
    build,
    describe,
    evaluate,
    matrix,
    parse,
    receptive_field,
    unit_values,
)
from connectivity.graphs.graph import Graph
from connectivity.graphs.reading import read
from connectivity.graphs.wiring import unit_name
from connectivity.layers import Shape
from connectivity.layers.activations import NAMES, activation
from connectivity.layers.generated import Generated


def graph_of(text: str) -> Graph:
    return build(parse(text)[0])


def minimal() -> Graph:
    graph: Graph = nx.MultiDiGraph()
    graph.add_node("a", layer=0)
    graph.add_node("b", layer=1)
    graph.add_edge("a", "b", weight=1.5)
    return graph


def test_attributes_are_as_documented() -> None:
    graph = graph_of("2x4 h=conv:3,bias y=fc:2")
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.nodes["x[2,3]"] == {"layer": 0, "name": "x[2,3]", "kind": "unit", "channel": 1, "position": 2}
    bias = {"layer": 0, "name": "h.bias", "kind": "bias", "channel": 0, "position": -1}
    assert graph.nodes["h.bias"] == bias
    edge = graph.edges["x[2,3]", "h1", 0]
    assert edge["parameter"] == "h.weight[0,1,2]"
    assert (edge["layer"], edge["role"]) == (1, "weight")
    assert type(edge["weight"]) is float
    assert graph.edges["h.bias", "h2", 0]["parameter"] == "h.bias[0]"
    assert [layer["name"] for layer in graph.graph["layers"]] == ["x", "h", "y"]


def test_facts_count_weights_and_biases_and_zeros_that_units_which_are_not_dropped_meet() -> None:
    layer = describe("5 conv:3,bias")["layers"][1]
    assert (layer["weights"], layer["biases"], layer["parameters"]) == (3, 1, 4)
    layer = describe("7 conv:3,p=1,drop=1")["layers"][1]  # of its ends the last alone meets a zero
    assert (layer["multiply_adds"], layer["multiply_adds_padded"]) == (17, 18)


def test_unit_names_do_not_collide() -> None:
    graph = graph_of("12 x1=fc:12 x12=fc:3")
    assert len(graph) == 27
    assert unit_name("x", Shape(1, 12), 11) == "x12"
    assert unit_name("x1", Shape(1, 12), 1) == "x1[2]"


@pytest.mark.parametrize("mode", ["circular", "replicate"])
def test_both_connections_are_real(mode: str) -> None:
    graph = graph_of(f"1 conv:3,p=1,padding_mode={mode}")
    assert graph.number_of_edges("x1", "y1") == 3
    total = sum(data["weight"] for _, _, data in graph.edges(data=True))
    assert evaluate(graph, [2.0]) == pytest.approx(2 * total)


def test_shared_weights_are_equal_parameters() -> None:
    parameters = [data["parameter"] for _, _, data in graph_of("9 conv:3").edges(data=True)]
    assert sorted(parameters) == [f"y.weight[0,0,{k}]" for k in range(3) for _ in range(7)]


def test_generated_weights_are_a_function_of_the_seed() -> None:
    (network,) = parse("6 conv:3 fc:2")
    weights = [[data["weight"] for *_, data in build(network, seed=seed).edges(data=True)] for seed in (0, 0, 1)]
    assert weights[0] == weights[1] != weights[2]
    assert all(-1 <= weight <= 1 for weight in weights[0])


def test_limit_of_connections() -> None:
    with pytest.raises(NetworkError, match="at most 2,000,000"):
        graph_of("2000 fc:2000")


@given(st.data())
def test_values_are_those_of_numpy(data: st.DataObject) -> None:
    length, kernel = data.draw(st.integers(3, 9)), data.draw(st.integers(1, 3))
    numbers = st.lists(st.integers(-8, 8), min_size=length, max_size=length)
    x, w = np.array(data.draw(numbers)) / 4, np.array(data.draw(numbers)[:kernel]) / 2
    graph = build(parse(f"{length} conv:{kernel}")[0], {"y.weight": w.reshape(1, 1, -1)})
    assert evaluate(graph, x).tolist() == [np.correlate(x, w).tolist()]


def test_values_matrix_and_field_of_a_chain() -> None:
    graph = graph_of("2x7 conv:3,s=2,c=2,bias convtranspose:3,s=2 avgpool:3,s=1,p=1")
    zero, x = np.zeros((2, 7)), np.arange(14).reshape(2, 7) / 8
    assert (evaluate(graph, x) - evaluate(graph, zero)).ravel() == pytest.approx(matrix(graph) @ x.ravel())
    product = matrix(graph, 3) @ matrix(graph, "h2") @ matrix(graph, 1)
    assert np.allclose(product, matrix(graph))
    assert receptive_field(graph, "y1") == ["x[1,1]", "x[1,2]", "x[1,3]", "x[2,1]", "x[2,2]", "x[2,3]"]


def test_maximum_pool_and_activation() -> None:
    graph = graph_of("4 maxpool:2 relu")
    assert evaluate(graph, [-3, -1, 2, 5]).tolist() == [[0, 5]]
    with pytest.raises(GraphError, match="maximum pool"):
        matrix(graph, 1)
    with pytest.raises(GraphError, match="activation"):
        matrix(graph_of("4 conv:2 tanh"))
    assert math.tanh(1) == evaluate(build(parse("1 conv:1,w=1 tanh")[0]), [1])[0, 0]


def test_annotate() -> None:
    graph = build(parse("3 conv:2,w=1/-1")[0])
    annotate(graph, [3, 1, 5])
    assert [graph.nodes[unit]["value"] for unit in ("x1", "y1", "y2")] == [3, 2, -4]
    assert unit_values(graph, [3, 1, 5])["y2"] == -4


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([1, 2], r"shape \[2\], but the network takes \[1, 3\]"),
        ([[1, 2, 3], [1, 2, 3]], r"takes \[1, 3\], \(channels, length\)$"),
        ([[1], [2], [3]], r"takes \[1, 3\], \(channels, length\); turn it: a row is a channel"),
        ([1, 2, math.nan], "nan"),
        ([1, 2, math.inf], "inf"),
        ([1j, 2, 3], "complex"),
        (["a", "b", "c"], "real numbers"),
        ([[1], [2, 3]], "not an array"),
    ],
)
def test_input_that_is_none(x: object, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        evaluate(graph_of("3 conv:2"), x)


def test_overflow_is_an_error() -> None:
    graph = build(parse("1 fc:1 fc:1")[0], {"h1.weight": [[1e308]], "y.weight": [[1e308]]})
    with pytest.raises(GraphError, match="overflow"):
        evaluate(graph, [10.0])


def test_unit_that_is_not_there() -> None:
    with pytest.raises(GraphError, match='no unit "y9"'):
        receptive_field(graph_of("3 conv:2"), "y9")
    with pytest.raises(GraphError, match='no layer "h7"'):
        matrix(graph_of("3 conv:2"), "h7")


def test_a_callers_graph() -> None:
    seen = read(minimal())
    assert [[seen.names[unit] for unit in layer.units] for layer in seen.layers] == [["a"], ["b"]]
    assert seen.weights == [1.5]
    assert evaluate(minimal(), [2]).tolist() == [[3]]


@pytest.mark.parametrize(
    ("node", "attributes", "words"),
    [
        ("c", {}, 'needs a "layer"'),
        ("c", {"layer": -1}, 'needs a "layer"'),
        ("c", {"layer": "1"}, 'needs a "layer"'),
        ("c", {"layer": True}, 'needs a "layer"'),
        ("c", {"layer": 10**9}, "layers go up to 1,000,000,000"),
        ("c", {"layer": 1, "position": -2}, '"position" must be a whole number'),
        ("c", {"layer": 1, "channel": 0.5}, '"channel" must be a whole number'),
        ("c", {"layer": 1, "value": "x"}, "the value of"),
    ],
)
def test_graph_with_a_bad_node(node: str, attributes: dict[str, object], words: str) -> None:
    graph = minimal()
    graph.add_node(node, **attributes)
    with pytest.raises(GraphError, match=words):
        read(graph)


@pytest.mark.parametrize("weight", [math.nan, math.inf, "x", [1], 10**400])
def test_graph_with_a_bad_weight(weight: object) -> None:
    graph = minimal()
    graph.add_edge("a", "b", weight=weight)
    with pytest.raises(GraphError, match="finite number"):
        read(graph)


def test_graph_that_runs_in_circles() -> None:
    graph = minimal()
    graph.add_edge("b", "a")
    with pytest.raises(GraphError, match="back from layer 1 to layer 0"):
        read(graph)
    graph = minimal()
    graph.add_edge("a", "a")
    with pytest.raises(GraphError, match="within layer 0"):
        read(graph)


def test_things_that_are_no_graph() -> None:
    with pytest.raises(GraphError, match="MultiDiGraph"):
        read(nx.Graph())
    with pytest.raises(GraphError, match="no units"):
        read(nx.MultiDiGraph())
    graph = minimal()
    graph.graph["layers"] = 3
    with pytest.raises(GraphError, match="list of dicts"):
        read(graph)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"h1.weight": [[[1, 2, 3]]]}, "hold nothing more for y"),
        ({"h1.weight": [[1, 2, 3]], "y.weight": [[1] * 4]}, r"has shape \[1, 3\], but h1 needs \[1, 1, 3\]"),
        ({"h1.weight": [[[1, math.nan, 3]]], "y.weight": [[1] * 4]}, r"h1.weight\[0,0,1\] is nan"),
        ({"h1.weight": [[["a"] * 3]], "y.weight": [[1] * 4]}, "real numbers"),
        ({"h1.weight": [[[1, 2, 3]]], "h1.wait": 1, "y.weight": [[1] * 4]}, 'h1.wait is no array .* "h1.weight"'),
        ({"a.weight": 1}, "of 1 layer .* the network has 2"),
        (
            {"a.weight": [[[1, 2, 3]]], "b.weight": [[1] * 4], "b.running_mean": 2},
            r"b.running_mean is no array of y \(fc\); say batchnorm",
        ),
    ],
)
def test_weights_that_do_not_fit(weights: dict[str, object], words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        build(parse("6 conv:3 fc:1")[0], weights)


def test_a_state_dict_works_as_it_is() -> None:
    (network,) = parse("6 conv:3,bias relu maxpool:2 fc:1,bias")
    by_name = {"h1.weight": [[[1.0, 0, -1]]], "h1.bias": [0.5], "y.weight": [[2.0, 3.0]], "y.bias": [1.0]}
    by_order = {"0.weight": by_name["h1.weight"], "0.bias": [0.5], "4.weight": by_name["y.weight"], "4.bias": [1.0]}
    x = [1, 2, 3, 5, 8, 1]
    assert evaluate(build(network, by_name), x).tolist() == evaluate(build(network, by_order), x).tolist()


def test_facts_in_closed_form() -> None:
    facts = describe(graph_of("32 conv:3,s=2,p=1 conv:3,d=2 maxpool:2 fc:5"))
    fields = [layer["receptive_field"] for layer in facts["layers"]]
    # Araujo et al. (2019): r = sum((k - 1) * jumps before) + 1, start = -sum(p * jumps before)
    assert fields[1] == {"size": 3, "jump": 2, "start": -1}
    assert fields[2] == {"size": 3 + 4 * 2, "jump": 2, "start": -1}
    assert fields[3] == {"size": 3 + 4 * 2 + 2, "jump": 4, "start": -1}
    assert fields[4]["jump"] is None
    assert facts["layers"][1]["sharing"] == pytest.approx((16 * 3 - 1) / 3)
    assert facts["totals"]["units"] == 32 + 16 + 12 + 6 + 5


def test_facts_of_what_is_not_used() -> None:
    facts = describe(graph_of("6 conv:2,s=4"))
    assert facts["layers"][1]["unused_inputs"] == ["x3", "x4"]
    assert describe(graph_of("1 conv:3,p=1"))["layers"][1]["unused_weights"] == 2
    assert facts["sentence"].startswith(
        "A network with 6 inputs: a convolution with kernel size 2, stride 4, to 2 units"
    )


def test_activations_at_their_extremes() -> None:
    ends = {"exp": "overflows", "sinh": "overflows", "cosh": "overflows", "pow": "overflows", "square": "overflow"}
    ends |= dict.fromkeys(["log", "sqrt", "asin", "acos", "acosh", "atanh"], "has no value here")
    for name, message in ends.items():
        with pytest.raises(GraphError, match=message):
            evaluate(build(parse(f"1 conv:1,w=1 {name}")[0]), [1e300 if message.startswith("over") else -1e300])
    for name in NAMES:
        for x in (-1e300, -750.0, 750.0) if name not in ends else ():
            assert math.isfinite(evaluate(build(parse(f"1 conv:1,w=1 {name}")[0]), [x])[0, 0])
    assert activation("silu").of([-1e300], channels=1) == [0]


def test_counts_of_a_graph_that_was_changed_are_true() -> None:
    graph = build(parse("5 conv:3")[0])
    graph.remove_edges_from([edge for edge in graph.edges(keys=True) if edge[1] == "y1"])
    facts = connectivity.describe(graph)
    assert facts["layers"][1]["connections"] == 6
    assert "3 weights shared by 6 connections" in facts["sentence"]
    scene = connectivity.Figure.of(graph).scene()
    assert any("6 connections" in text.text for text in scene.texts)


def test_generated_weights_are_made_where_they_are_asked_for() -> None:
    """A function of seed and place: of a large sparse layer only those that there are, and the same every time."""
    huge = Generated("0/1/weight", (20_000, 20_000))
    assert len(huge) == 400_000_000
    assert huge[399_999_999] == Generated("0/1/weight", (20_000, 20_000))[399_999_999]
    values = Generated("0/0/weight", (4, 5))
    assert list(values) == [values[place] for place in range(20)] == values[:]
    assert len(set(Generated("1/0/weight", (1000,)))) > 150
    many = list(Generated("2/0/weight", (20_000,)))
    assert -1 <= min(many) <= -0.99
    assert 0.99 <= max(many) <= 1
    assert abs(sum(many) / len(many)) < 0.02
    with pytest.raises(IndexError):
        values[20]


@given(
    st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3)
)  # fmt: skip
def test_transposed_convolutions_meet_what_the_formula_says(length: int, k: int, s: int, d: int, p: int) -> None:
    try:
        (network,) = parse(f"{length} convtranspose:{k},s={s},d={d},p={p}")
    except ConnectivityError:
        assume(False)
    drawn = network.layers[0].connections(network.input)
    found = set(zip(drawn.sources, drawn.targets, drawn.parameters, strict=True))
    assert len(found) == len(drawn) == network.layers[0].totals(network.input).connections
    outputs = network.shapes()[1].length
    assert found == {
        (i, i * s - p + tap * d, tap) for i in range(length) for tap in range(k) if 0 <= i * s - p + tap * d < outputs
    }


def shared_graph(parameter: Callable[[str], str | None], weight: float | None = None) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from("abc", layer=0)
    graph.add_nodes_from("yz", layer=1)
    for source in "abc":
        for target in "yz":
            facts = {"parameter": parameter(source), "weight": weight}
            graph.add_edge(source, target, **{key: value for key, value in facts.items() if value is not None})
    return graph


@pytest.mark.parametrize(
    ("graph", "legend"),
    [
        (shared_graph(lambda source: f"theta_{source}"), ["shared weights", "theta_a", "theta_b", "theta_c"]),
        (shared_graph({"a": "p", "b": "q"}.get), ["shared weights", "p", "q", "without a name"]),
        (shared_graph(lambda source: source, 1.0), ["shared weights", "1", "1", "1"]),
        (shared_graph(lambda source: None), []),
    ],
)
def test_the_weights_of_an_own_graph_are_called_by_their_names(graph: nx.MultiDiGraph[str], legend: list[str]) -> None:
    scene = connectivity.Figure.of(graph).scene()
    assert [text.text for text in scene.texts if text.classes == "legend"] == legend
    assert (len({line.colour for line in scene.lines if line.classes.startswith("edge")}) > 1) == (
        bool(legend) and "1" not in legend
    )
