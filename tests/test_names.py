"""What units and weights are called: which a name means, in every spelling, and how figures write them."""

from __future__ import annotations

import itertools
import re

import networkx as nx
import pytest
from scenes import wired

from connectivity import build, parse
from connectivity.graphs.reading import read
from connectivity.graphs.unitnames import Label, counted, find_units, unit_ranges, with_brackets, written
from connectivity.graphs.weightnames import (
    asks_for_labels,
    bracketed,
    called,
    connection_texts,
    dotted,
    given_name,
    is_meant,
    is_of_parameter,
    lettered,
    own_text,
)
from connectivity.graphs.wiring import Wiring
from connectivity.options import Options
from connectivity.typeset.pieces import Run, Stack

WIRINGS = {
    "network": wired("2x4 h1=conv:2,c=2 y=fc:3"),
    "graph": read(build(parse("2x4 h1=conv:2,c=2 y=fc:3")[0])),
}
CASES: list[tuple[str, list[str]]] = [
    *((f"x{form}", ["x[2,3]"]) for form in ("[2,3]", ".2.3")),
    *((f"x{form}", [f"x[2,{n}]" for n in range(1, 5)]) for form in ("2", "[2]", ".2", "[2,*]", ".2.all")),
    *((f"x{form}", ["x[1,3]", "x[2,3]"]) for form in ("[*,3]", ".all.3")),
    *((f"x{form}", [f"x[{c},{n}]" for c in (1, 2) for n in range(1, 5)]) for form in ("", "[*]", ".all", ".all.all")),
    *((f"{layer}.2.3", ["h1[2,3]"]) for layer in ("h", "h1")),
    *((f"{layer}[*,3]", ["h1[1,3]", "h1[2,3]"]) for layer in ("h", "h1")),
    *((f"y{form}", ["y2"]) for form in ("2", "[2]", ".2")),
    *((f"y{form}", ["y1", "y2", "y3"]) for form in ("", "[*]", ".all")),
    ("y.1.2", ["y2"]),
    *((name, []) for name in ("x.3", "x.0", "x.1.5", "x[0,1]", "x[3,1]", "x[2,5]", "z", "z.1", "x.", "x.1.2.3", "y.4")),
    *((name, []) for name in ("x[1,2,3]", "x[a]", "x.a", "x.1000000000", "", ".", "2", "y.2.1", "x[1.2]", "hh.1")),
]


@pytest.mark.parametrize("wiring", WIRINGS.values(), ids=WIRINGS)
@pytest.mark.parametrize(("name", "meant"), CASES, ids=[name or "nothing" for name, _ in CASES])
def test_a_name_means_these_units_in_every_spelling(name: str, meant: list[str], wiring: Wiring) -> None:
    assert [wiring.names[unit] for unit in units(wiring, name)] == meant
    fewer = (
        re.sub(r"(?<![a-z])\d+(?![a-z])", lambda match: str(int(match[0]) - 1), name)
        if "." in name or "[" in name
        else ""
    )
    if meant and fewer != name and fewer:
        assert [wiring.names[unit] for unit in units(wiring, fewer, 0)] == meant


def units(wiring: Wiring, name: str, index_from: int = 1) -> list[int]:
    found = [wiring.unit(key) for key in find_units(wiring, name, index_from)]
    return sorted(unit for unit in found if unit is not None)


def test_a_layer_goes_before_a_unit_of_its_name_and_two_hidden_layers_have_no_short_one() -> None:
    wiring = wired("3 x1=fc:3 h2=fc:2 h3=fc:2 h10=fc:1")
    assert [wiring.names[unit] for unit in units(wiring, "x1")] == ["x1[1]", "x1[2]", "x1[3]"]
    assert [wiring.names[unit] for unit in units(wiring, "x3")] == ["x3"]
    assert units(wiring, "h.1") == units(wiring, "h1") == []
    assert [wiring.names[unit] for unit in units(wiring, "h10.1")] == ["h10[1]"]


def test_names_of_somebody_s_own_are_units_and_not_what_stands_beside_them() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("in", layer=0, name="the input")
    graph.add_node("out", layer=1, name="sum.1")
    graph.add_node("one", layer=1, kind="bias", name="one")
    wiring = read(graph, biases=True)
    assert find_units(wiring, "the input") == {(0, 0)}
    assert find_units(wiring, "sum.1") == {(1, 1)}
    assert find_units(wiring, "one") == find_units(wiring, "in") == set()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("y.2", "y[2]"),
        ("y.2.3", "y[2,3]"),
        ("y.all.3", "y[*,3]"),
        ("y.all", "y[*]"),
        ("a.1", "a.1"),
        ("a.1.2", "a.1[2]"),
        ("y2", "y2"),
        ("y.two", "y.two"),
        ("y.1234567890", "y.1234567890"),
    ],
)
def test_figures_call_by_brackets_what_is_said_with_dots(name: str, shown: str) -> None:
    graph = build(parse("2 fc:2")[0])
    graph.graph["layers"][1]["name"] = "a.1"
    assert with_brackets(read(graph), name) == shown


def test_names_of_layers_may_have_dots_and_the_longest_counts() -> None:
    graph = build(parse("2x3 h=conv:1,c=2 y=fc:2")[0])
    for layer, name in enumerate(("a", "a.1", "a.1.2")):
        graph.graph["layers"][layer]["name"] = name
    wiring = read(graph)
    for name, meant in (
        ("a.1", ["h[1,1]", "h[1,2]", "h[1,3]", "h[2,1]", "h[2,2]", "h[2,3]"]),
        ("a.1.2", ["y1", "y2"]),
        ("a.1.2.1", ["y1"]),
        ("a.1.1", ["h[1,1]", "h[1,2]", "h[1,3]"]),
        ("a.1.1.3", ["h[1,3]"]),
        ("a.2.3", ["x[2,3]"]),
        ("a.2", ["x[2,1]", "x[2,2]", "x[2,3]"]),
    ):
        assert [wiring.names[unit] for unit in units(wiring, name)] == meant


@pytest.mark.parametrize(
    ("names", "from_zero", "from_five"),
    [
        (["x2", "h1[2,3]", "sum"], ["x1", "h1[1,2]", "sum"], ["x6", "h1[6,7]", "sum"]),
        (["x[10]", "fc_2", "a b", "x"], ["x[9]", "fc1", "a b", "x"], ["x[14]", "fc6", "a b", "x"]),
        (["h12", "_3", "é4"], ["h11", "_2", "é3"], ["h16", "_7", "é8"]),
    ],
)
def test_indices_are_counted_from_where_they_begin(
    names: list[str], from_zero: list[str], from_five: list[str]
) -> None:
    assert counted(names, 1) == names
    assert counted(names, 0) == from_zero
    assert counted(names, 5) == from_five


@pytest.mark.parametrize(
    ("names", "markups"),
    [
        (["x1", "x12"], ["$x_{1}$", "$x_{12}$"]),
        (["h1[2]", "y2"], ["$h_{2}$", "$y_{2}$"]),
        (["h1[2]", "h2[3]"], ["$h_{2}^{(1)}$", "$h_{3}^{(2)}$"]),
        (["x[1,2]", "h3[2,3]"], ["$x_{1,2}$", "$h_{2,3}$"]),
        (["u3[2]", "u3[1]"], ["$u_{2}^{(3)}$", "$u_{1}^{(3)}$"]),
        (["conv1[2]", "conv2[2]"], ["$conv_{2}^{(1)}$", "$conv_{2}^{(2)}$"]),
        (["convo1[2]", "input3", "layer3"], ["2", "$input_{3}$", "$layer_{3}$"]),
        (["inputs3", "hidden7[2,1]"], ["3", "2,1"]),
        (["x", "the sum", "w" * 50, "fc_2"], ["$x$", "the sum", "w" * 50, "$fc_{2}$"]),
        (["a b " * 20], [("a b " * 20)[:40]]),
        (["_1"], ["$\\__{1}$"]),
    ],
)
def test_units_are_written_as_a_letter_with_an_index(names: list[str], markups: list[str]) -> None:
    labels = written(dict(enumerate(names)))
    assert [labels[unit].stem for unit in labels if " " in names[unit]] == [one for one in markups if " " in one]
    assert [labels[unit].markup() for unit in range(len(names))] == [
        f"${one}$" if one == "w" * 50 else one for one in markups
    ]


def test_units_are_written_as_letters_or_numbers_alone_and_from_where_they_begin() -> None:
    names = {0: "x1", 1: "h1[2]", 2: "h2[3,1]", 3: "sum", 4: "a b"}
    shown = {
        how: [label.markup() for label in written(names, how, 0).values()] for how in ("index", "letter", "number")
    }
    assert shown["index"] == ["$x_{0}$", "$h_{1}^{(1)}$", "$h_{2,0}^{(2)}$", "$sum$", "a b"]
    assert shown["letter"] == ["$x$", "$h^{(1)}$", "$h^{(2)}$", "$sum$", "a b"]
    assert shown["number"] == ["0", "1", "2,0", "$sum$", "a b"]
    assert written({0: "x1"}, "index", 5)[0] == Label("x", "", "5", italic=True)


def test_the_pieces_of_a_label_are_those_of_its_markup() -> None:
    stem, sub, sup = Run("h", "italic"), Run("2", height="sub"), Run("1", height="sup")
    assert Label("h", "1", "2", italic=True).lines() == [(stem, Stack((sub,), (sup,)))]
    assert Label("h", "", "2", italic=True).lines() == [(stem, sub)]
    assert Label("h", "1", "", italic=True).lines() == [(stem, sup)]
    assert Label("+1").lines() == [(Run("+1", ""),)]
    assert [Label(*each).markup() for each in (("h", "1"), ("h", "", "2"), ("h",))] == ["$h^{1}$", "$h_{2}$", "h"]
    assert len(Label("a", rich="a\nb").lines()) == 2
    assert Label("a", rich="*a*").markup() == "*a*"


def test_the_units_there_are_are_said_from_the_first_to_the_last_of_each_layer() -> None:
    assert unit_ranges([wired("6 h1=conv:3,c=2 ... y=fc:2")]) == "x.1 to x.6, h1.1.1 to h1.2.4, y.1 to y.2"
    assert unit_ranges([wired("2x6 y=fc:2"), wired("2x6 y=fc:2")], 0) == "x.0.0 to x.1.5, y.0 to y.1"
    many = [wired("2 " + " ".join(f"l{number}=fc:2" for number in range(length))) for length in (11, 12)]
    assert unit_ranges(many[:1]).endswith("l9.1 to l9.2, l10.1 to l10.2")
    assert unit_ranges(many).endswith("l9.1 to l9.2, l10.1 to l10.2, ...")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("h.weight.0.0.1", "h.weight[0,0,1]"),
        ("h.bias.3", "h.bias[3]"),
        ("body.0.weight.2.1", "body.0.weight[2,1]"),
    ],
)
def test_weights_are_said_with_dots_and_with_brackets(name: str, plain: str) -> None:
    assert (bracketed(name), dotted(plain), bracketed(plain), dotted(name)) == (plain, name, plain, name)
    assert is_of_parameter(name)
    assert is_of_parameter(plain)


def test_what_is_no_weight_is_left_as_it_is() -> None:
    for name in ("h.1", "h.weights", "weight.1", "alpha[1,2]", "h.weight.x", "h.gain.1"):
        assert (bracketed(name), dotted(name)) == (name, name)
        assert not is_of_parameter(name)
    assert is_of_parameter("h.bias")
    assert not is_meant(None, "h.weight")
    assert [is_meant("h.weight[0,1]", name) for name in ("h.weight[0,1]", "h.weight", "h", "h.weight[0")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_short_name_that_a_graph_gives_is_a_symbol_and_one_that_was_made_is_none() -> None:
    assert [given_name(name) for name in ("w_1", "gain", "a" * 16)] == ["$w_{1}$", "gain", "a" * 16]
    assert [given_name(name) for name in (None, "a" * 17, "h.weight[0,1]", "h.bias[2]", "h.weight_ih[2]")] == [None] * 5


@pytest.mark.parametrize(
    ("wishes", "theme", "letters", "asks"),
    [
        ((), "light", False, False),
        ((), "print", True, False),
        (("auto",), "print", True, False),
        (("none",), "print", False, False),
        (("letter",), "light", True, True),
        (("value",), "print", False, True),
        (("y=letter",), "light", True, True),
        (("h=letter",), "light", False, True),
        (("y=none",), "print", False, False),
        (("y.weight=w",), "light", False, True),
    ],
)
def test_weights_are_told_apart_by_letters_where_asked_and_on_paper(
    wishes: tuple[str, ...], theme: str, letters: bool, asks: bool
) -> None:
    options = Options(edge_labels=wishes, theme=theme)
    assert (lettered(options, "y"), asks_for_labels(options)) == (letters, asks)


def test_a_text_is_given_for_a_weight_before_that_for_its_tensor() -> None:
    options = Options(edge_labels=("y.weight=W", "y.weight.0.0.1=w_2", " h.weight =gain"))
    said = [own_text(options, name) for name in ("y.weight[0,0,1]", "y.weight[0,0,0]", "h.weight[0]", "z", None)]
    assert said == ["$w_{2}$", "$W$", "gain", None, None]
    assert own_text(Options(), "y.weight[0,0,1]") is None


@pytest.mark.parametrize(
    ("wishes", "theme", "texts"),
    [
        ((), "light", {}),
        ((), "print", {"0": "a", "1": "b", "2": "c"}),
        (("none",), "print", {}),
        (("letter",), "light", {"0": "a", "1": "b", "2": "c"}),
        (("index",), "light", {"0": "1", "1": "2", "2": "3"}),
        (("name",), "light", {"0": "$w_{1}$", "1": "$w_{2}$", "2": "$w_{3}$"}),
        (("value",), "light", {"0": "1", "1": "−0.5", "2": "0.25"}),
        (("value", "y.weight.0.0.1=gain"), "light", {"0": "1", "1": "gain", "2": "0.25"}),
        (("y.weight.0.0.1=gain",), "light", {"1": "gain"}),
    ],
)
def test_every_connection_of_a_shared_weight_says_the_same(
    wishes: tuple[str, ...], theme: str, texts: dict[str, str]
) -> None:
    wiring, options = wired("5 conv:3,w=1/-0.5/0.25,p=1"), Options(edge_labels=wishes, theme=theme)
    found = connection_texts(wiring, 1, wiring.into(1), options, shared=True, several=False)
    assert found == {
        number: texts[str(wiring.parameters[number])]
        for number in wiring.into(1)
        if str(wiring.parameters[number]) in texts
    }
    few = wiring.into(1)[:1]  # what is not on the picture counts all the same
    assert connection_texts(wiring, 1, few, options, shared=True, several=False) == {
        number: text for number, text in found.items() if number in few
    }


def test_weights_of_their_own_are_called_by_both_of_their_units() -> None:
    options = Options(edge_labels=("name",))

    def names(text: str, index_from: int = 1, several: bool = False) -> list[str]:
        wiring = wired(text)
        said = Options(edge_labels=("name",), index_from=index_from)
        found = connection_texts(wiring, 1, wiring.into(1), said, shared=False, several=several)
        return [*found.values()]

    assert names("3 fc:2") == [f"$w_{{{i}{j}}}$" for j, i in itertools.product((1, 2, 3), (1, 2))]
    assert names("9 fc:1")[-1] == "$w_{19}$"
    assert names("10 fc:1")[-1] == "$w_{1,10}$"
    assert names("10 fc:1", 0)[-1] == "$w_{09}$"
    assert names("11 fc:1", 0)[-1] == "$w_{0,10}$"
    assert names("1 fc:10")[-1] == "$w_{10,1}$"
    assert names("2x3 fc:1")[3:] == ["$w_{14}$", "$w_{15}$", "$w_{16}$"]
    assert names("2 fc:1", several=True) == ["$w_{11}^{(1)}$", "$w_{12}^{(1)}$"]
    wiring = read(build(parse("3 conv:3,p=1")[0], padding=True), padding=True)
    every = connection_texts(wiring, 1, range(len(wiring)), options, shared=False, several=False)
    assert {every[number] for number in range(len(wiring)) if not wiring.roles[number].counted} == {
        "$w_{10}$",
        "$w_{34}$",
    }


def test_a_legend_calls_weights_by_their_letters_numbers_texts_or_own_names() -> None:
    wiring = wired("5 conv:3")
    for wishes, theme, names in (
        ((), "light", ["w₁", "w₂", "w₃"]),
        ((), "print", ["a", "b", "c"]),
        (("name",), "light", ["$w_{1}$", "$w_{2}$", "$w_{3}$"]),
        (("y.weight.0.0.2=gain",), "light", ["w₁", "w₂", "gain"]),
        (("letter", "y.weight=W"), "light", ["$W$"] * 3),
    ):
        assert called(wiring, 1, [0, 1, 2], Options(edge_labels=wishes, theme=theme)) == names
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from("ab", layer=0)
    graph.add_nodes_from("yz", layer=1)
    long = "a name that is rather long for a legend"
    for source, target in itertools.product("ab", "yz"):
        graph.add_edge(source, target, parameter="alpha" if source == "a" else long, weight=1.0)
    own = read(graph)
    assert called(own, 1, [1, 0], Options()) == ["alpha", long[:23] + "…"]
    assert called(own, 1, [1, 0], Options(edge_labels=("name",))) == [r"$\alpha$", long[:23] + "…"]
    assert called(own, 1, [1, 0, -1], Options(theme="print")) == ["a", "b", "c"]
    assert called(own, 1, [1, -1], Options()) == ["w₁", "w₂"]
