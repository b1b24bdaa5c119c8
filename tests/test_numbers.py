"""Numbers of a graph: values, matrices, zeros, and the files that hold them."""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from test_wirings import NETWORKS

from connectivity import (
    DrawingError,
    GraphError,
    NetworkError,
    WeightsError,
    build,
    dump,
    evaluate,
    load,
    matrix,
    outputs,
    parse,
    unit_values,
)
from connectivity.graphs import blueprint, builder, combining, graphfile, matrices, streams, zeros
from connectivity.graphs.blueprint import CONNECTION_LIMIT, Blueprint, Part
from connectivity.graphs.builder import parameters_of, wire
from connectivity.graphs.combining import by_arrays, one_by_one
from connectivity.graphs.evaluation import network_values
from connectivity.graphs.graph import Graph, to_networkx
from connectivity.graphs.graphfile import dump_network, loads
from connectivity.graphs.memory import collector_off
from connectivity.graphs.weights import kept
from connectivity.graphs.zeros import Cut, Removed, Zeros
from connectivity.network import Network
from connectivity.options import Threshold
from connectivity.weightfiles.weights import Weights

VALUED = tuple(text for text in NETWORKS if "..." not in text)
EXPORTED = (
    *NETWORKS,
    "5 conv:3,bias relu fc:2,bias",
    "2x3 pad:1/2,value=3 conv:2,bias",
    "1 conv:3,p=1,padding_mode=circular",  # three connections of the same two units
)


def input_of(network: Network) -> dict[str, np.ndarray]:
    """Small dyadic fractions, of which sums are exact."""
    rng = np.random.default_rng(1)
    return {network.stages[n].name: rng.integers(-8, 9, network.stages[n].shape) / 4 for n in network.inputs()}


@pytest.mark.parametrize("text", [*VALUED, "2x3 pad:1/2,value=3 conv:2,bias", "2x5 conv:3,c=2,bias tanh fc:3,bias"])
def test_values_of_a_network_are_those_of_its_graph_and_of_its_arrays(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (network,) = parse(text)
    graph, x = build(network), input_of(network)
    values = unit_values(graph, x)
    blueprint = Blueprint(network)
    layers = network_values(blueprint, x)
    of_layers: dict[int, list[float]] = {}
    for node, data in graph.nodes(data=True):
        assert values[node] == 1.0 or data["kind"] != "bias"
        if data["kind"] == "unit":
            of_layers.setdefault(data["layer"], []).append(values[node])
    np.testing.assert_allclose([*of_layers.values()][-1], layers[-1], rtol=1e-12)
    for number in of_layers:
        np.testing.assert_allclose(of_layers[number], layers[number], rtol=1e-12, atol=1e-15)
    said, also = outputs(network, x), outputs(graph, x)
    assert [*said] == [*also] == [network.stages[number].name for number in network.outputs()]
    for name in said:
        np.testing.assert_allclose(said[name], also[name], rtol=1e-12, atol=1e-15)
        assert said[name].shape == tuple(next(stage.shape for stage in network.stages if stage.name == name))
    np.testing.assert_array_equal(evaluate(network, x), said[network.stages[-1].name])
    for at_once in (1, 5, 1_000_000):
        monkeypatch.setattr(combining, "_AT_ONCE", at_once)
        for number, stage in enumerate(network.stages):
            if stage.sources and not stage.layer.activations:
                inputs = [layers[source] for source in stage.sources]
                alone = one_by_one(blueprint, number, inputs)
                np.testing.assert_allclose(by_arrays(blueprint, number, inputs), alone, rtol=1e-12, atol=1e-15)
                kept_ = [0.0 if flat + 1 in stage.layer.drop else value for flat, value in enumerate(alone)]
                np.testing.assert_allclose(kept_, layers[number], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("text", "at_once"), [("9 conv:3", 6), ("9 conv:3", 1), ("5 fc:7", 12), ("3 fc:2", 10**6)])
def test_units_are_taken_so_many_at_a_time_as_have_that_many_connections(
    text: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint = Blueprint(parse(text)[0])
    monkeypatch.setattr(combining, "_AT_ONCE", at_once)
    portions = combining._portions(blueprint, 1)
    each = blueprint.layers[1].info.connections // blueprint.layers[1].total
    assert [unit for portion in portions for unit in portion] == [*range(blueprint.layers[1].total)]
    assert {len(portion) for portion in portions[:-1]} <= {max(1, at_once // each)}


@pytest.mark.parametrize("text", [text for text in VALUED if "softmax" not in text and "relu" not in text])
def test_a_column_of_a_matrix_is_what_one_unit_adds(text: str) -> None:
    (network,) = parse(text)
    graph, blueprint = build(network), Blueprint(network)
    for number, stage in enumerate(network.stages):
        if not stage.sources:
            continue
        sources = [*dict.fromkeys(stage.sources)]
        if not blueprint.layers[number].combination.linear:
            with pytest.raises(GraphError, match=f'"{stage.name}" is .*, which is no matrix; csv and json hold its'):
                matrix(graph, number)
            continue
        found = matrix(graph, stage.name)
        np.testing.assert_array_equal(found, matrix(network, number))
        widths = [network.stages[source].shape.units for source in sources]
        assert found.shape == (stage.shape.units, sum(widths))
        for column in range(sum(widths)):
            one = np.zeros(sum(widths))
            one[column] = 1.0
            parts = dict(zip(sources, np.split(one, np.cumsum(widths)[:-1]), strict=True))
            dropped = [
                unit - 1 for source in sources for unit in network.stages[source].layer.drop if source == sources[0]
            ]
            if column in dropped:
                assert not found[:, column].any()
                continue
            values = one_by_one(blueprint, number, [parts[source].tolist() for source in stage.sources])
            zero = one_by_one(blueprint, number, [[0.0] * len(parts[source]) for source in stage.sources])
            alive = [0.0 if flat + 1 in stage.layer.drop else value - zero[flat] for flat, value in enumerate(values)]
            np.testing.assert_allclose(found[:, column], alive, atol=1e-15)


def test_the_matrix_of_a_network_is_the_product_of_all_its_ways() -> None:
    (network,) = parse("a=3 b=input:2 h=fc:3,from=a g=fc:3,from=b add:h/g conv:2")
    graph, whole = build(network), matrix(network)
    assert whole.shape == (2, 5)
    x = np.arange(1, 6) / 4
    values = evaluate(graph, {"a": x[:3], "b": x[3:]})
    np.testing.assert_allclose(values.ravel(), whole @ x)
    both = matrix(graph, "h3") if "h3" in {layer["name"] for layer in graph.graph["layers"]} else matrix(graph, 4)
    np.testing.assert_allclose(
        matrix(graph, 5)
        @ both
        @ np.vstack(
            [np.hstack([matrix(graph, "h"), np.zeros((3, 2))]), np.hstack([np.zeros((3, 3)), matrix(graph, "g")])]
        ),
        whole,
    )


@pytest.mark.parametrize(
    ("text", "layer", "words"),
    [
        ("4 fc:3", 2, 'there is no layer "2"'),
        ("4 fc:3", 0, 'there is no layer "0"'),
        ("4 h=fc:3 fc:2", "g", r'there is no layer "g" \(one of: h, y\)'),
        ("4 fc:3", "x", 'there is no layer "x"'),
        ("a=4 b=input:4 add:a", 1, 'there is no layer "1"'),
        ("4 fc:3 tanh fc:2", None, r'"h1" has an activation \(tanh\), so the network is no matrix; ask for one layer'),
        ("4 relu fc:3", None, r'"x" has an activation \(relu\), so the network is no matrix'),
        ("4 maxpool:2", None, '"y" is a maximum pool, which is no matrix'),
    ],
)
def test_what_is_no_matrix_is_an_error(text: str, layer: Any, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        matrix(text, layer)


def test_matrices_are_weighed_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrices, "MATRIX_LIMIT", 8 * 12)
    assert matrix("4 fc:3", 1).shape == (3, 4)
    with pytest.raises(GraphError, match="the matrices would take 0 MiB; at most 0 MiB"):
        matrix("13 fc:1", 1)
    monkeypatch.setattr(matrices, "MATRIX_LIMIT", 8 * (16 + 12))  # of the ways to each layer, the input itself too
    assert matrix("4 fc:3").shape == (3, 4)
    with pytest.raises(GraphError, match="the matrices would take"):
        matrix("5 fc:1")
    monkeypatch.undo()
    assert matrices.MATRIX_LIMIT == 512 * 2**20
    with pytest.raises(GraphError, match="the matrices would take 1,024 MiB; at most 512 MiB"):
        matrices.check_matrices([(2**13, 2**13), (2**13, 2**13)])


def test_a_connection_without_a_weight_is_no_element_of_a_matrix() -> None:
    graph = build(parse("2 fc:2")[0])
    graph.edges["x1", "y1", 0]["weight"] = None
    with pytest.raises(GraphError, match="layer 1 has a connection without a weight, or from another layer; a matrix"):
        matrix(graph, 1)
    with pytest.raises(GraphError, match='the connection from "x1" to "y1" has no weight; give each connection one'):
        evaluate(graph, [1, 2])
    double = build(parse("2 fc:2")[0])
    double.add_edge("x1", "y1", weight=2.0)
    assert matrix(double, 1)[0, 0] == double.edges["x1", "y1", 0]["weight"] + 2


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ({"a": [1, 2]}, 'there are no values for the input "b"; give every input its own'),
        ({"a": [1, 2], "b": [1], "c": [1]}, r'there is no input "c"'),
        ([[1, 2]], r"the network has 2 inputs \(a, b\): values for each, by name or in this order"),
        (3, r"the network has 2 inputs \(a, b\)"),
        ([[1, 2], [1, 2]], r'the input "b" has shape \[2\], but the network takes \[1, 1\], \(channels, length\)$'),
        ({"a": [1, math.nan], "b": [1]}, 'the input "a" holds nan; its values are finite numbers'),
        ({"a": [1, "x"], "b": [1]}, 'the input "a" has the type <U21; its values are real numbers'),
        ({"a": [[1], [2, 3]], "b": [1]}, r'the input "a" is not an array of numbers, as \[1, 0, 2\]: its rows are not'),
    ],
)
def test_inputs_that_do_not_fit_are_named(x: Any, words: str) -> None:
    text = "a=2 b=input:1 concat:a/b,axis=length"
    for what in (text, build(parse(text)[0])):
        with pytest.raises(GraphError, match=words):
            evaluate(what, x)


def test_inputs_are_given_by_name_or_in_their_order_with_or_without_their_channel() -> None:
    text = "a=2 b=input:1 concat:a/b,axis=length"
    for x in ({"a": [1, 2], "b": [3]}, {"b": [[3]], "a": [[1, 2]]}, [[1, 2], [3]], ([[1, 2]], [3])):
        assert evaluate(text, x).tolist() == [[1, 2, 3]]
    assert evaluate("2 flatten", [[1, 2]]).tolist() == evaluate("2 flatten", (True, 2)).tolist() == [[1, 2]]
    assert network_values(Blueprint(parse("2,values=3/4 flatten")[0])) == [[3.0, 4.0], [3.0, 4.0]]
    with pytest.raises(GraphError, match='the input "x" has no values'):
        network_values(Blueprint(parse("2 flatten")[0]))


def test_a_quotient_divides_by_what_comes_after_the_first_whatever_the_order_of_its_edges() -> None:
    graph = build(parse("a=1 b=input:1 div:b/a")[0])
    turned: Graph = nx.MultiDiGraph(**graph.graph)
    turned.add_nodes_from(graph.nodes(data=True))
    turned.add_edges_from(reversed([*graph.edges(data=True)]))
    for each in (graph, turned):
        assert evaluate(each, {"a": [2.0], "b": [8.0]}).tolist() == [[4.0]]


@pytest.mark.parametrize("text", EXPORTED)
def test_files_written_from_arrays_are_those_of_the_graph(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_TOGETHER", 3)
    (network,) = parse(text)
    graph, blueprint = build(network), Blueprint(network)
    for format in ("json", "csv", "graphml"):
        assert dump_network(blueprint, format) == dump(graph, format)
    rows = [*csv.reader(io.StringIO(dump(graph, "csv").decode()))]
    assert rows[0] == ["source", "target", "key", "parameter", "weight", "layer", "role"]
    assert rows[1:] == [
        [
            source,
            target,
            str(key),
            data["parameter"] or "",
            "" if data["weight"] is None else repr(data["weight"]),
            str(data["layer"]),
            data["role"],
        ]
        for source, target, key, data in graph.edges(keys=True, data=True)
    ]
    again = loads(dump(graph, "json"))
    assert [*again.nodes(data=True)] == [*graph.nodes(data=True)]
    assert [*again.edges(keys=True, data=True)] == [*graph.edges(keys=True, data=True)]
    assert again.graph == json.loads(json.dumps(graph.graph))
    if "..." not in text:
        valued = copy.deepcopy(graph)
        for node, value in unit_values(graph, input_of(network)).items():
            valued.nodes[node]["value"] = value
        values = network_values(blueprint, input_of(network))
        found = json.loads(dump_network(blueprint, "json", values))["nodes"]
        expected = json.loads(dump(valued, "json"))["nodes"]
        for one, other in zip(found, expected, strict=True):
            assert one["value"] == pytest.approx(other["value"], rel=1e-12, abs=1e-15)


def test_rows_are_written_a_piece_at_a_time() -> None:
    wiring = wire(Blueprint(parse("520 fc:60")[0]))
    pieces = [*streams.csv_pieces(wiring)]
    assert len(pieces) == 2
    assert all(len(piece) < 2**20 + 200 for piece in pieces)
    assert len(pieces[0]) > 2**20
    assert sum(piece.count("\n") for piece in pieces) == 520 * 60 + 1
    assert len([*streams._together(str(n) for n in range(streams._TOGETHER * 2 + 1))]) == 3


def test_connections_of_the_same_two_units_have_keys_of_their_own() -> None:
    graph = build(parse("1 conv:3,p=1,padding_mode=circular")[0])
    assert [key for _, _, key in graph.edges(keys=True)] == [0, 1, 2]
    assert [data["parameter"][-2] for _, _, data in graph.edges(data=True)] == ["0", "1", "2"]
    assert {key for _, _, key in build(parse("3 fc:3,bias")[0]).edges(keys=True)} == {0}


def test_matrices_are_written_under_the_names_of_their_layers() -> None:
    found = np.load(io.BytesIO(dump(build(parse("4 conv:2 maxpool:3 fc:2")[0]), "npz")))
    assert sorted(found) == ["h1", "y"]
    assert found["h1"].shape == (3, 4)
    assert sorted(np.load(io.BytesIO(dump(build(parse("4 conv:2 relu")[0]), "npz")))) == ["y"]
    assert sorted(np.load(io.BytesIO(dump(build(parse("4 conv:2")[0]), "npz")))) == ["network", "y"]
    with pytest.raises(
        GraphError, match=r"^no layer of this network is a matrix; csv and json hold connections of every kind$"
    ):
        dump(build(parse("4 maxpool:2")[0]), "npz")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"nodes": [], "edges": [], "graph": 3}, 'g: "graph" must be an object'),
        ({"nodes": [], "edges": {}}, 'g: "edges" must be a list'),
        ({"nodes": [{"id": None}], "edges": []}, 'g: nodes[0] needs "id", a string or a whole number'),
        ({"nodes": [{"id": "a"}, 3], "edges": []}, 'g: nodes[1] needs "id", a string or a whole number'),
        ({"nodes": [], "edges": [{"target": "a"}]}, 'g: edges[0] needs "source", a string or a whole number'),
        ({"nodes": [{"id": "a"}, {"id": "a"}], "edges": []}, 'g: the node "a" stands twice; give each unit an id'),
        (
            {"nodes": [{"id": 1}, {"id": 2}], "edges": [{"source": 1, "target": 2, "key": 0}] * 2},
            'g: the edge "1" to "2" with the key "0" stands twice; give each a key of its own',
        ),
        ({"nodes": [], "edges": [{"source": 1, "target": 2}]}, 'g: an edge names "1", which must be among the nodes'),
        (
            {"nodes": [{"id": 1}, {"id": 2}], "edges": [{"source": 1, "target": 2, "key": {}}]},
            "g: not a graph as connectivity export writes: ",
        ),
        ({"nodes": [{"id": 1, "node_for_adding": 2}], "edges": []}, "g: not a graph as connectivity export writes: "),
        ({"nodes": []}, 'g: not a graph: it must be an object with "nodes" and "edges"'),
    ],
)
def test_json_that_is_no_graph_is_told_where(content: Any, words: str) -> None:
    with pytest.raises(GraphError, match=f"^{re.escape(words)}"):
        loads(json.dumps(content).encode(), "g")


def test_what_a_format_has_no_words_for_is_said() -> None:
    graph = build(parse("2 fc:1")[0])
    graph.nodes["x1"]["colour"] = object()
    for format in ("json", "graphml"):
        with pytest.raises(GraphError, match=f"^{format} cannot say this graph: "):
            dump(graph, format)


def test_edges_without_a_key_may_stand_beside_one_another() -> None:
    edges = [{"source": 1, "target": 2}] * 2
    graph = loads(json.dumps({"nodes": [{"id": 1}, {"id": 2}], "edges": edges}).encode())
    assert graph.number_of_edges(1, 2) == 2
    assert isinstance(graph, nx.MultiDiGraph)


def test_a_graph_file_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert graphfile.FILE_LIMIT == 256 * 2**20
    path, data = tmp_path / "g.json", dump(build(parse("2 fc:1")[0]), "json")
    path.write_bytes(data)
    monkeypatch.setattr(graphfile, "FILE_LIMIT", len(data))
    assert load(path).number_of_edges() == 2
    monkeypatch.setattr(graphfile, "FILE_LIMIT", len(data) - 1)
    with pytest.raises(GraphError, match=f'g.json" is larger than {len(data) - 1:,} bytes, the most that is read'):
        load(path)


def test_a_graph_file_has_no_more_objects_than_a_graph_has_units_and_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graphfile, "CONNECTION_LIMIT", 4)
    five, six = ([{"id": number} for number in range(size)] for size in (5, 6))  # in an object of two lists
    assert len(loads(json.dumps({"nodes": five, "edges": []}).encode())) == 5
    with pytest.raises(GraphError, match="it has more than 8 objects and lists"):
        loads(json.dumps({"nodes": six, "edges": []}).encode())


@pytest.mark.parametrize(
    ("threshold", "zeros", "weights"),
    [
        (None, {2}, 1),
        (Threshold(0.5, False), {2, 3}, 2),
        (Threshold(0.25, False), {2}, 1),
        (Threshold(50, True), {1, 2, 3}, 3),
    ],
)
def test_zeros_end_at_a_size_or_a_share(threshold: Threshold | None, zeros: set[int], weights: int) -> None:
    values = [1.0, -0.5, 0.0, 0.25, 0.5, 0.75]
    wiring = wire(Blueprint(parse("9 conv:6,bias")[0], {"y.weight": [[values]], "y.bias": [0.0]}))
    found = Zeros(wiring, [1], threshold)
    has = [number for number in range(len(wiring)) if found.has(wiring, number)]
    assert {wiring.parameters[number] for number in has} == zeros
    assert not any(wiring.roles[number].name == "bias" for number in has)
    assert found.removed == {1: Removed(4 * len(zeros), weights)}
    assert not found.counts(0, 0.0, 0)
    assert not found.counts(1, None, 2)
    assert found.counts(1, 0.0, 5)


def test_without_zeros_nothing_is_removed() -> None:
    wiring = wire(Blueprint(parse("3 conv:2,w=1/2")[0]))
    assert Zeros(wiring, [1], None).removed == {1: Removed(0, 0)}
    assert Zeros(wiring, [1], Threshold(20, True)).removed == {1: Removed(0, 0)}
    assert Zeros(wiring, [1], Threshold(100, True)).removed == {1: Removed(4, 2)}
    many = wire(Blueprint(parse("20 fc:20")[0]))
    assert Zeros(many, [1], Threshold(100, True)).removed == {1: Removed(400, 400)}
    assert Zeros(many, [1], Threshold(25, True)).removed == {1: Removed(100, 100)}
    assert not Cut().has(0.1, -5)
    assert Cut().has(-0.0, 7)
    assert [Cut(0.5, 2).has(-0.5, weight) for weight in (1, 2, 3)] == [True, True, False]


def test_zeros_are_looked_for_among_so_many_weights_of_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert zeros.WEIGHT_LIMIT == 20_000_000
    wiring = wire(Blueprint(parse("9 conv:4 fc:2")[0]))
    monkeypatch.setattr(zeros, "WEIGHT_LIMIT", 4)
    assert Zeros(wiring, [1], Threshold(50, True)).removed == {1: Removed(12, 2)}
    with pytest.raises(DrawingError, match=r"^the 12 weights of y are too many to find the smallest of; at most 4, "):
        Zeros(wiring, [2], Threshold(50, True))


@pytest.mark.parametrize("text", [*NETWORKS, "2000 conv:3", "9 fc:4 conv:2"])
def test_the_size_of_a_part_that_is_whole_is_that_of_the_network_and_of_any_part_no_less(text: str) -> None:
    blueprint = Blueprint(parse(text)[0])
    every = [range(stage.shape.units) for stage in blueprint.stages]
    nothing: list[Any] = [()] * len(every)
    assert blueprint._size_of(Part([*every], nothing)) == blueprint.size()
    assert blueprint.size() == (
        sum(layer.info.connections for layer in blueprint.layers),
        sum(stage.shape.units for stage in blueprint.stages),
    )
    assert blueprint._size_of(Part(nothing, nothing)) == (0, 0)
    bare = Part([*every], nothing, bare=range(len(every)))
    assert blueprint._size_of(bare) == (0, blueprint.size()[1])
    assert len(wire(blueprint, bare, biases=False)) == 0


def test_values_of_so_many_connections_are_computed_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = (CONNECTION_LIMIT, combining.EVALUATION_LIMIT, combining.ONE_BY_ONE_LIMIT)
    assert limits == (2_000_000, 1_000_000_000, 50_000_000)
    (network,) = parse("5 fc:3 maxpool:2")  # 15 weights and connections, then 4
    expected = evaluate(network, [1, 2, 3, 4, 5])
    monkeypatch.setattr(combining, "FEW", 16)
    for many in (False, True):
        monkeypatch.setattr(combining, "FEW", 16 if many else 17)
        monkeypatch.setattr(combining, "EVALUATION_LIMIT", 17)
        monkeypatch.setattr(combining, "ONE_BY_ONE_LIMIT", 15)
        assert evaluate(network, [1, 2, 3, 4, 5]).tolist() == pytest.approx(expected)
        monkeypatch.setattr(combining, "EVALUATION_LIMIT", 16)
        with pytest.raises(NetworkError, match=r"^17 connections are too many to compute; at most 16, which no option"):
            evaluate(network, [1, 2, 3, 4, 5])
    monkeypatch.setattr(combining, "EVALUATION_LIMIT", 17)
    monkeypatch.setattr(combining, "ONE_BY_ONE_LIMIT", 14)
    with pytest.raises(NetworkError, match=r"^15 weights are too many to compute with; at most 14, which no option"):
        evaluate(network, [1, 2, 3, 4, 5])
    monkeypatch.setattr(combining, "FEW", 17)
    assert evaluate(network, [1, 2, 3, 4, 5]).tolist() == expected.tolist()


def test_there_are_so_many_zeros_of_padding_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Blueprint(parse("3x4 conv:4,p=1/2,c=3")[0], padding=True)
    monkeypatch.setattr(builder, "CONNECTION_LIMIT", 9)
    assert len(wire(plan).layers[0].padding) == 9
    monkeypatch.setattr(builder, "CONNECTION_LIMIT", 8)
    with pytest.raises(NetworkError, match=r"^9 units of padding; a graph holds at most 8, which no option raises"):
        wire(plan)


def test_the_first_weight_that_is_not_finite_is_named() -> None:
    with pytest.raises(WeightsError, match=re.escape("y.weight[0,0,1] is nan; weights are finite numbers")):
        build("5 conv:3", {"y.weight": [[[1, math.nan, math.inf]]]})


def test_units_are_dropped_among_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    (network,) = parse("5,drop=2 fc:3,drop=1")
    monkeypatch.setattr(blueprint, "CONNECTION_LIMIT", 15)
    assert Blueprint(network).layers[1].info.connections == 8
    monkeypatch.setattr(blueprint, "CONNECTION_LIMIT", 14)
    with pytest.raises(NetworkError, match=r"^15 connections are too many to drop units among; at most 14, which no"):
        Blueprint(network)


def test_the_size_of_a_part_is_about_what_is_made_of_it() -> None:
    fc = Blueprint(parse("100 fc:50")[0])
    assert fc._size_of(Part([range(10), range(5)], [(), ()])) == (50, 15)
    assert fc._size_of(Part([range(10), range(50)], [(), ()])) == (500, 60)
    conv = Blueprint(parse("102 conv:3")[0])
    assert conv._size_of(Part([range(102), range(10)], [(), ()])) == (30, 112)
    assert conv._size_of(Part([range(2), range(10)], [(), ()])) == (20, 12)
    assert conv._size_of(Part([(), range(10)], [range(2), ()])) == (20, 12)
    with pytest.raises(
        NetworkError, match=f"1,999,000 connections of 2,999 units; a graph holds at most {CONNECTION_LIMIT:,}"
    ):
        Blueprint(parse("1000 fc:1999")[0]).check_size()
    Blueprint(parse("1000 fc:1997")[0]).check_size()


def test_elements_of_tensors_are_named_as_numpy_numbers_them() -> None:
    for shape in ((5,), (2, 3), (2, 1, 3), (2, 3, 2, 2)):
        parameters = parameters_of("w", shape)
        for flat in range(math.prod(shape)):
            indices = [int(index) for index in np.unravel_index(flat, shape)]
            assert parameters.name(flat) == f"w[{','.join(map(str, indices))}]"
            assert parameters.tap(flat) == (0 if len(shape) == 2 else indices[-1])


def test_numbers_that_are_given_are_kept_as_they_were() -> None:
    array = np.arange(3.0)
    given = {"a": array, "b": [array, (array, 2)], "c": "w.npz", "d": None, "e": Path("w.npz")}
    copied = kept(given)
    own = Weights({"a": array})
    own_copy = kept(own)
    array[:] = 7
    assert copied["a"].tolist() == copied["b"][0].tolist() == copied["b"][1][0].tolist() == [0.0, 1.0, 2.0]
    assert own_copy.arrays["a"].tolist() == [0.0, 1.0, 2.0]
    assert (copied["b"][1][1], copied["c"], copied["d"], copied["e"]) == (2, "w.npz", None, Path("w.npz"))
    assert kept(None) is None

    class Array:
        def __array__(self, *_: Any, **__: Any) -> np.ndarray:
            return np.arange(2.0)

    assert kept(Array()).tolist() == [0.0, 1.0]
    read = Weights({"a": array}, source="w.npz")
    assert kept(read) is read


def test_the_collector_is_off_for_a_while_and_then_as_it_was() -> None:
    import gc

    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            with collector_off():
                assert not gc.isenabled()
            assert gc.isenabled() == enabled
        finally:
            gc.enable()


@pytest.mark.parametrize("text", EXPORTED)
def test_a_graph_of_networkx_has_the_layers_of_its_network(text: str) -> None:
    blueprint = Blueprint(parse(text)[0])
    wiring = wire(blueprint)
    graph = to_networkx(wiring)
    assert graph.graph["layers"] == [vars(layer.info) for layer in wiring.layers]
    assert all(one is not vars(layer.info) for one, layer in zip(graph.graph["layers"], wiring.layers, strict=True))
    assert graph.number_of_nodes() == len(wiring.names)
    assert graph.number_of_edges() == len(wiring)


def test_a_row_is_no_input_of_several_channels() -> None:
    with pytest.raises(GraphError, match=r"the input has shape \[3\], but the network takes \[2, 3\]"):
        evaluate("2x3 flatten", [1, 2, 3])
