"""Networks: what they are made of, what their layers are called, and what is refused as a whole."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import NotationError, parse
from connectivity.errors import NetworkError
from connectivity.layers import Convolution, FullyConnected, Shape
from connectivity.layers.base import SIZE_LIMIT
from connectivity.layers.input import Input
from connectivity.layers.merges import Add
from connectivity.layers.words import TEXT_LIMIT
from connectivity.network import LAYER_LIMIT, NAME_LIMIT, Growth, Network, check_name, default_names, names_of
from connectivity.notation.parser import PANEL_LIMIT, scan

LINES = (
    "6",
    "x=2x8,values=1/2/3/4/5/6/7/8/1/2/3/4/5/6/7/8,drop=1/9 relu sin",
    "6 fc:4 relu fc:2 softmax",
    "a=6 h=conv:3,p=1 relu z=input:6 g=conv:3,p=1,share=h add:h k=fc:2,from=h",
    "x=6 conv:3,p=1,drop=2 leaky_relu:0.1 add:x ... fc:3 dropout relu",
    "x=4 r=fc:4,bias s=fc:4,share=r,bias t=fc:4,share=s sub:x/r",
)


@pytest.mark.parametrize("line", LINES)
def test_a_network_that_grows_is_one_that_is_made_at_once(line: str) -> None:
    (grown,) = parse(line)
    made = Network(grown.input, grown.layers, grown.input_name, grown.values, grown.drop, grown.activations)
    assert made == grown
    assert made.stages == grown.stages
    assert [stage.layer for stage in made.stages[1:]] == list(made.layers)


@pytest.mark.parametrize("line", LINES)
def test_a_network_is_shown_as_what_makes_it(line: str) -> None:
    (network,) = parse(line)
    known = {kind.__name__: kind for kind in (Network, Shape, *map(type, network.layers))}
    assert eval(repr(network), known) == network


@pytest.mark.parametrize(
    ("line", "inputs", "outputs", "sources", "owners"),
    [
        ("6", (0,), (0,), [()], [0]),
        ("6 fc:4 fc:2", (0,), (2,), [(), (0,), (1,)], [0, 1, 2]),
        (LINES[3], (0, 2), (4, 5), [(), (0,), (), (2,), (3, 1), (1,)], [0, 1, 2, 1, 4, 5]),
        (LINES[5], (0,), (4,), [(), (0,), (1,), (2,), (3, 0, 1)], [0, 1, 1, 1, 4]),
    ],
)
def test_who_takes_what_and_whose_weights_they_have(
    line: str, inputs: Any, outputs: Any, sources: Any, owners: Any
) -> None:
    (network,) = parse(line)
    assert (network.inputs(), network.outputs()) == (inputs, outputs)
    assert [stage.sources for stage in network.stages] == sources
    assert [stage.owner for stage in network.stages] == owners
    for stage in network.stages:
        assert stage.inputs == tuple(network.shapes()[source] for source in stage.sources)


GIVEN = st.sampled_from([None, None, None, "x", "y", "h1", "h2", "x1", "x2", "a"])


@given(st.lists(st.tuples(GIVEN, st.booleans()), max_size=8))
def test_layers_without_a_name_get_one_by_what_they_are_and_where(entries: list[tuple[str | None, bool]]) -> None:
    """The first is x, the last y unless it is an input; others are numbered, from their place on, as far as they must."""
    used = {name for name, _ in entries}
    kept = [(name, is_input) for name, is_input in entries if list(used).count(name) == 1]
    entries = [(None, True), *((name, is_input) for name, is_input in kept)]
    names = default_names(entries)
    given_ = {name for name, _ in entries if name}
    inputs = 0
    for place, ((own, is_input), name) in enumerate(zip(entries, names, strict=True)):
        inputs += is_input
        taken = given_ | set(names[:place])
        if own:
            assert name == own
        elif place == 0 and "x" not in taken:
            assert name == "x"
        elif place == len(entries) - 1 and not is_input and "y" not in taken:
            assert name == "y"
        else:
            letter, start = ("x", inputs) if is_input else ("h", place)
            assert name == next(one for n in itertools.count(start) if (one := f"{letter}{n}") not in taken)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("6", "x"),
        ("y=6 fc:2", "y h1"),
        ("6 x=fc:2", "x1 x"),
        ("6 x1=fc:2 x=fc:2", "x2 x1 x"),
        ("6 relu fc:2 relu fc:2", "x h1 y"),
        ("6 input:3 input:2", "x x2 x3"),
        ("6 x2=input:3 z=fc:2 input:4", "x x2 z x3"),
        ("6 h2=fc:3 fc:2 fc:2", "x h2 h3 y"),
        ("6 y=fc:3 fc:2", "x y h2"),
        ("6 y=fc:3 h2=fc:3 h3=fc:3 fc:2", "x y h2 h3 h4"),
        ("6 INPUT:3 fc:2", "x x2 y"),
    ],
)
def test_names_of_layers(line: str, names: str) -> None:
    (network,) = parse(line)
    assert " ".join(network.names()) == names
    first = Input(name=network.input_name, size=(network.input.channels, network.input.length))
    assert names_of([first, *network.layers]) == names.split()


@pytest.mark.parametrize(
    ("layers", "message", "parameter"),
    [
        ((Add(names=("a",)),), 'there is no layer "a" (one of: x)', "names"),
        ((Add(names=("y",)),), '"y" comes later: a layer takes what stands before it, and so has no cycles', "names"),
        ((FullyConnected(units=2, source="z"),), 'there is no layer "z" (one of: x)', "source"),
        ((FullyConnected(units=6, share="x"),), '"x" (input) has no weights to share; leave share out', "share"),
        ((FullyConnected(units=2, activations=("prelu:1/2/3",)),), "prelu:1/2/3 has 3 values, for 1 channels", None),
        ((FullyConnected(units=2, drop=(3,)),), "there is no unit 3 to drop; the layer has units 1 to 2", "drop"),
        ((FullyConnected(name="x", units=2), FullyConnected(name="x", units=2)), 'the name "x" is given twice', "name"),
        ((FullyConnected(units=2, weight=(1.0,)),), "1 value for a weight of shape [2, 6], which needs 12", "weight"),
        ((FullyConnected(units=2, weight=(1.0,) * 12, load="a"),), "weights of a file and weights of its own", "load"),
        ((Convolution(kernel_size=1, channels=SIZE_LIMIT),), "6,000,000 units; at most 1,000,000 are allowed", None),
        (
            (FullyConnected(name="a", units=6), FullyConnected(units=6, share="a", load="b")),
            'weights of a file and those of "a" contradict each other; leave one out',
            "load",
        ),
        (
            (FullyConnected(name="a", units=6), FullyConnected(units=6, share="a", weight=(0.0,) * 36)),
            'weights of its own and those of "a" contradict each other; leave one out',
            "weight",
        ),
        (
            (FullyConnected(name="a", units=6), FullyConnected(units=6, share="a", bias=True)),
            '"a", whose weights it has, has no bias: say bias there',
            "bias",
        ),
        (
            (FullyConnected(name="a", units=5), FullyConnected(units=6, share="a")),
            'it needs weights of shape [6, 5], but those of "a" have shape [5, 6]',
            "share",
        ),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers: Any, message: str, parameter: str | None) -> None:
    with pytest.raises(NetworkError) as caught:
        Network(Shape(1, 6), layers)
    assert str(caught.value).startswith(message)
    assert caught.value.parameter == parameter


def test_the_part_of_a_name_that_is_wrong_is_known() -> None:
    with pytest.raises(NetworkError) as caught:
        Network(Shape(1, 6), (Add(names=("x", "x", "z")),))
    assert caught.value.part == 2


def test_bias_of_another_shape_is_not_shared() -> None:
    line = "x=2x4 a=convtranspose:1,c=1{} convtranspose:1,c=2,g=2,from=x,share=a"
    assert parse(line.format(""))[0].stages[2].owner == 1
    with pytest.raises(NotationError) as caught:
        parse(line.format(",bias"))
    what = 'its bias has another shape than that of "a"; layers that share need as many channels'
    assert (caught.value.message, caught.value.column) == (what, len(caught.value.text))


def test_limits_are_inclusive() -> None:
    layer = FullyConnected(units=1)
    assert len(Network(Shape(1, 1), (layer,) * LAYER_LIMIT).stages) == LAYER_LIMIT + 1
    with pytest.raises(
        NetworkError, match=f"^{LAYER_LIMIT + 1} layers; at most {LAYER_LIMIT}, which no option raises$"
    ):
        Network(Shape(1, 1), (layer,) * (LAYER_LIMIT + 1))
    check_name("n" * NAME_LIMIT, ())
    with pytest.raises(NetworkError, match=f"^a name of {NAME_LIMIT + 1} characters; at most {NAME_LIMIT}, ") as caught:
        check_name("n" * (NAME_LIMIT + 1), ())
    assert caught.value.parameter == "name"
    assert parse("1000 conv:1,c=1000")[0].shapes()[-1] == Shape(1000, 1000)
    assert parse(f"{SIZE_LIMIT}")[0].input.units == SIZE_LIMIT


def test_what_is_too_long_is_refused_where_it_is_too_long() -> None:
    line = "1 " + "fc:1 " * LAYER_LIMIT
    for text, column, message in (
        (line + "fc:1 fc:1", len(line) + 1, f"{LAYER_LIMIT + 2} layers; at most {LAYER_LIMIT}, which no option raises"),
        (f"1 // {line} fc:1", len(line) + 7, f"{LAYER_LIMIT + 1} layers; at most {LAYER_LIMIT}, "),
        (" // ".join("1" * (PANEL_LIMIT + 1)), 1, "1,001 panels; at most 1,000, which no option raises"),
        ("1" + " " * TEXT_LIMIT, 1, "1,048,577 characters; at most 1,048,576, which no option raises"),
    ):
        with pytest.raises(NotationError) as caught:
            parse(text)
        assert caught.value.message.startswith(message)
        assert (caught.value.column, caught.value.suggestion, caught.value.fault) == (column, None, "")
        assert len(caught.value.text) <= max(100, len(line) + 12) or caught.value.text == text
    assert len(parse(" // ".join("1" * PANEL_LIMIT))) == PANEL_LIMIT
    assert parse("1" + " " * (TEXT_LIMIT - 1))[0].input == Shape(1, 1)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["6", "conv:3", "//", "///", "a//b", "=", "\u00e9"]), max_size=9), st.data())
def test_words_are_where_they_stand(words: list[str], data: st.DataObject) -> None:
    blanks = st.text(" \t\n", min_size=1, max_size=3)
    text = data.draw(st.text(" \t", max_size=2)) + "".join(word + data.draw(blanks) for word in words)
    panels = scan(text)
    assert len(panels) == 1 + words.count("//")
    found = [word for panel, _ in panels for word in panel]
    assert [word.text for word in found] == [word for word in words if word != "//"]
    assert all(text[word.start :].startswith(word.text) for word in found)
    assert [word.start for word in found] == sorted({word.start for word in found})
    ends = [end for _, end in panels]
    assert ends[-1] == len(text)
    assert all(text[end : end + 2] == "//" for end in ends[:-1])
    for (panel, end), (following, _) in itertools.pairwise(panels):
        assert all(word.start < end for word in panel)
        assert all(word.start > end for word in following)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("6 leaky_relu,negative_slope=0.2", "6 leaky_relu:0.2"),
        ("6 hardtanh:-2,max_val=3", "6 hardtanh:-2/3"),
        ("6 hardtanh,max_val=3", "6 hardtanh:-1.0/3"),
        ("6 hardtanh,min_val=-3", "6 hardtanh:-3/1.0"),
        ("6 hardtanh,max_val=3,min_val=-3", "6 hardtanh:-3/3"),
        ("2x6 softmax,axis=length", "2x6 softmax:length"),
        ("6 RELU", "6 relu"),
        ("6 Leaky_ReLU:0.2", "6 leaky_relu:0.2"),
        ("6 conv:stride=2,kernel_size=3", "6 conv:3,s=2"),
        ("6 conv:k=3", "6 conv,k=3"),
        ("6,drop=2,values=1/2/3/4/5/6", "6,values=1/2/3/4/5/6,drop=2"),
    ],
)
def test_two_spellings_of_one_network(said: str, same: str) -> None:
    assert parse(said) == parse(same)
    assert parse(said)[0].stages == parse(same)[0].stages


def test_a_network_that_grows_has_what_was_said_of_its_input() -> None:
    growth = Growth(["a", "y"])
    growth.add(Input(name="a", size=(1, 2), values=(1.0, 2.0), drop=(1,)))
    growth.activate("relu")
    growth.add(FullyConnected(units=2))
    growth.activate("sin")
    growth.activate("tanh")
    network = growth.network()
    assert (network.input, network.input_name, network.values, network.drop) == (Shape(1, 2), "a", (1.0, 2.0), (1,))
    assert network.activations == ("relu",)
    assert network.layers == (FullyConnected(units=2, activations=("sin", "tanh")),)
    with pytest.raises(NetworkError, match="prelu:1/2 has 2 values, for 1 channels"):
        growth.activate("prelu:1/2")
