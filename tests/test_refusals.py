"""What is too large, too long or no graph: refused at once, in words that say where and what; and facts of copies."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectivity
from cli.main import main
from connectivity.errors import FigureFileError, GraphError, NotationError, WeightsError
from connectivity.figure import Figure
from connectivity.figures.schema import schema
from connectivity.graphs import graphfile
from connectivity.layers.base import Shape
from connectivity.layers.sparse import CHANCE_LIMIT, RandomlySparse
from connectivity.notation.parser import parse
from connectivity.weightfiles.inputs import load_input


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("built")


@pytest.mark.parametrize("units", [1000, 1_000_000])
def test_too_many_random_connections_are_refused_before_one_is_drawn(
    units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RandomlySparse, "connections", refuse)
    with pytest.raises(NotationError, match=r"connections are too many to be drawn at random.*say a density below"):
        parse(f"100000 sparse:units={units},density=0.5")


def test_as_many_random_connections_as_are_allowed_are_described() -> None:
    network = parse("100000 sparse:units=1000,density=0.005")[0]
    assert connectivity.describe(network)["totals"]["connections"] == CHANCE_LIMIT


def test_random_connections_of_some_units_are_those_of_all() -> None:
    layer, shape = RandomlySparse(units=20, density=0.3, seed=5), Shape(1, 30)
    everything = layer.connections(shape)
    for targets, sources in ([3, 4, 19], None), (None, {2, 7}), ([0, 11], {1, 2, 3, 4, 5}), ([], None):
        some = layer.connections(shape, targets=targets, sources=sources)
        keep = [
            number
            for number, (source, target) in enumerate(zip(everything.sources, everything.targets, strict=True))
            if (targets is None or target in targets) and (sources is None or source in sources)
        ]
        assert some == everything.chosen(keep)


@pytest.mark.parametrize(
    ("notation", "unused"),
    [
        ("x=3 concat:x/x,axis=length,drop=1", []),
        ("x=3 concat:x/x,axis=length,drop=1/4", ["x1"]),
        ("x=3 add:x/x,drop=2", ["x2"]),
        ("x=3 a=conv:1 concat:a/a,drop=1", []),
        ("x=3 a=conv:1 concat:a/x/a,drop=1/4/7", ["a1", "x1"]),
        ("x=3,drop=3 a=conv:1 concat:a/x/a,drop=2", ["x3"]),
        ("x=2x3 mul:x/x/x,drop=1/6", ["x[1,1]", "x[2,3]"]),
    ],
)
def test_unused_inputs_are_the_units_that_no_copy_uses(notation: str, unused: list[str]) -> None:
    network = parse(notation)[0]
    facts = connectivity.describe(network)
    assert facts["layers"][-1]["unused_inputs"] == unused
    assert facts == connectivity.describe(connectivity.build(network))


def test_matrices_are_counted_with_that_of_the_whole_network(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectivity.graphs.builder._Builder.wiring", refuse)
    assert main(["export", "x=3000 conv:1 add:x concat:x", "-f", "npz", "-o", "-"]) == 2
    said = capsysbinary.readouterr()
    assert not said.out
    assert b"the matrices would take 618 MiB; at most 512 MiB" in said.err


def test_a_network_that_is_not_linear_has_no_whole_matrix_to_count() -> None:
    layers = connectivity.graphs.blueprint.Blueprint(parse("x=3000 conv:1 relu add:x concat:x")[0]).layers
    graphfile._check_matrices(layers)  # 481 MiB, and no more


MANY = "/".join(["x"] * 5000)


@pytest.mark.parametrize(
    ("layer", "heading", "sentence"),
    [
        (f"add:{MANY}", "y = x + x + … (5,000 terms)", "a sum of x, x, x, x, x, x and 4,994 more, to"),
        (f"mul:{MANY}", "y = x × x × … (5,000 factors)", "a product of x, x, x, x, x, x and 4,994 more, to"),
        (f"concat:{MANY}", "concat", "a concatenation of x, x, x, x, x, x and 4,994 more, to"),
        ("add:x/x/x/x/x/x", "y = x + x + x + x + x + x", "a sum of x and x and x and x and x and x, to"),
        (f"conv:taps={'/'.join(map(str, range(-2500, 2500)))}", "conv 5000", "taps −2500, −2499, …, 2499, to"),
    ],
)
def test_long_lists_are_shortened_in_captions_and_sentences(layer: str, heading: str, sentence: str) -> None:
    facts = connectivity.describe(parse(f"x=2 {layer}")[0])
    assert facts["layers"][-1]["heading"] == heading
    assert sentence in facts["sentence"]
    assert max(map(len, facts["branches"]), default=0) < 100


def test_a_sum_of_thousands_is_drawn() -> None:
    assert b"(1,500 terms)" in connectivity.draw("x=2 add:" + "/".join(["x"] * 1500))


def test_endless_headings_of_a_graph_are_cut() -> None:
    graph = connectivity.build(parse("3 fc:2")[0])
    graph.graph["layers"][1] |= {"heading": "h" * 20_000, "notes": ["n" * 20_000]}
    assert connectivity.draw(graph).count("…".encode()) >= 2


def cyclic(nodes: dict[str, Any] | None = None, edge: dict[str, Any] | None = None) -> dict[str, Any]:
    """A graph of two units, with something else in it."""
    return {
        "nodes": [{"id": "a", "layer": 0}, {"id": "b", "layer": 1} if nodes is None else {"id": "b", **nodes}],
        "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "a"}]
        if edge is None
        else [{"source": "a", "target": "b", **edge}],
    }


WRONG = {
    "cycle": cyclic(),
    "no layer": cyclic({}, {}),
    "layer -1": cyclic({"layer": -1}, {}),
    "role": cyclic(edge={"role": "boss"}),
    "weight": cyclic(edge={"weight": "x"}),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=[*WRONG])
def test_a_graph_file_is_refused_in_the_same_words_by_every_command(
    content: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("g.json").write_text(json.dumps(content))
    said = set()
    for command in (["draw"], ["describe"], ["export"], *(["export", "-f", kind] for kind in graphfile.FORMATS)):
        assert main([command[0], "g.json", *command[1:], *(["-o", "-"] if command[0] != "describe" else [])]) == 2
        out, error = capsys.readouterr()
        assert not out
        said.add(error)
    assert len(said) == 1
    assert said.pop().startswith("connectivity: g.json: ")


def test_a_figure_file_shows_where_it_names_a_graph_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text(json.dumps(cyclic()))
    figure = Figure.parse('title = "t"\nnetwork = "g.json"', "f.toml", tmp_path)
    with pytest.raises(FigureFileError, match=r'^f\.toml:2:11: .*g\.json: "b" and "a" are connected back'):
        figure.draw()
    with pytest.raises(FigureFileError, match=r"^f\.toml:2:11: .*g\.json: "):
        figure.panels[0].facts()


def test_graphs_that_are_no_files_are_refused_without_a_name() -> None:
    graph = connectivity.build(parse("3 fc:2")[0])
    graph.nodes["y1"]["layer"] = -1
    with pytest.raises(GraphError, match=r'^node "y1" needs a "layer"'):
        connectivity.draw(graph)
    with pytest.raises(GraphError, match=r'^node "y1" needs a "layer"'):
        graphfile.dump(graph, "json")


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("x=1000000 conv:1 concat:x,axis=length", "the output's length would be 2,000,000; at most 1,000,000"),
        ("1000000x1 conv:1,g=1000000 concat:x", "the output's number of channels would be 2,000,000"),
        ("x=1000000 upsample:1000000", "the output's length would be 1,000,000,000,000; at most 1,000,000"),
        ("x=1000000 pad:1", "the output's length would be 1,000,002"),
        ("x=1000000 convtranspose:2,s=3", "the output's length would be 2,999,999"),
        ("x=1000000 conv:2,p=1000000", "the output's length would be 2,999,999"),
    ],
)
def test_an_output_that_is_too_long_is_what_is_said_to_be_too_long(notation: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        parse(notation)


@pytest.mark.parametrize("word", ["rrelu:3/1", "rrelu:0.5", "hardtanh:3/1", "hardtanh:2"])
def test_bounds_of_an_activation_are_in_order_with_its_defaults(word: str) -> None:
    with pytest.raises(NotationError, match=r"rrelu needs lower <= upper|hardtanh needs min_val < max_val"):
        parse(f"5 {word}")
    parse("5 rrelu:0.25/0.25")


@pytest.mark.parametrize("array", [np.array([1j]), np.array(["a"]), np.array([None])])
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_the_type_of_an_input_is_said_of_an_input(array: np.ndarray, suffix: str, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, array) if suffix == ".npy" else np.savez(buffer, a=array)
    path = tmp_path / f"input{suffix}"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(WeightsError, match=r"has the type \S+; inputs are real numbers"):
        load_input(path)


@pytest.mark.parametrize("said", ["input = {a=[1,2,3],b=[[1,2]]}", "[input]\na = [1, 2, 3]\nb = [1, 2]"])
def test_a_figure_file_gives_inputs_by_name(said: str) -> None:
    network = 'network = "a=3 fc:2,weight=1/1/1/1/1/1 b=input:2 add:h1"\nshow = "values"\n'
    figure = Figure.parse(network + said)
    values = [data["value"] for node, data in figure.graphs()[0].nodes(data=True) if str(node).startswith("y")]
    assert values == [7.0, 8.0]
    with pytest.raises(FigureFileError, match=r'^<figure>:3:9: there is no input "c"'):
        Figure.parse(network + "input = {a=[1,2,3],b=[1,2],c=[1]}").draw()
    types = schema()["properties"]["input"]["anyOf"]
    assert any(kind.get("type") == "object" for kind in types)


@pytest.mark.parametrize("weights", [5, b"w.npz", [1, 2]])
def test_weights_that_are_no_arrays_by_name_are_a_weights_error(weights: Any) -> None:
    network = parse("3 fc:2")[0]
    with pytest.raises(WeightsError, match="weights must be arrays by their names"):
        connectivity.evaluate(network, [1, 2, 3], weights=weights)
    with pytest.raises(WeightsError, match="weights must be arrays by their names"):
        connectivity.build(network, weights)


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ("'''x=6\nconv:3\nadd:x'''", "3:5"),
        ("'''\nx=6\nconv:3\nadd:x'''", "4:5"),
        ("'''\r\nx=6\r\nconv:3\r\nadd:x'''", "4:5"),
        ('"""x=6\nconv:3\nadd:x"""', "3:5"),
        ('"""\\\n   x=6 \\\n   conv:3 \\\n   add:x"""', "4:8"),
        ('"x=6\\tconv:3\\u0020add:x"', "1:33"),
        ('"x=6 conv:3 add:x"', "1:27"),
        ("'x=6 conv:3 add:x'", "1:27"),
    ],
)
def test_a_mistake_in_a_network_of_several_lines_is_shown_in_its_line(network: str, place: str) -> None:
    text = f"network = {network}"
    with pytest.raises(FigureFileError, match=rf"^<figure>:{place}: ") as caught:
        Figure.parse(text.encode())
    assert caught.value.text[caught.value.column - 1 :].startswith("x")
