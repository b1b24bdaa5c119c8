"""Values by arrays: the same as connection by connection, of every kind; what is not known by arrays; limits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_kinds import TEXTS, stages

from connectivity import GraphError, NetworkError, evaluate, parse
from connectivity.graphs import combining
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.combining import by_arrays, combination_of, one_by_one
from connectivity.layers.arrays import as_array
from connectivity.layers.base import Layer, Shape
from connectivity.layers.combine import MAXIMUM, Combination
from connectivity.layers.generated import Generated
from connectivity.layers.input import Input
from connectivity.layers.pools import MaxPool
from connectivity.network import Network, Stage

WEIGHTED = ("fc", "sparse", "conv", "convtranspose")


def network_of(stage: Stage, drop: tuple[int, ...] = ()) -> Network:
    """The network of one layer on inputs of the shapes that it has there, of whose first some units are dropped."""
    names = dict(zip(stage.layer.reads("x"), stage.inputs, strict=True))
    (name, shape), *others = names.items()
    layers = [Input(size=(other.channels, other.length), name=one) for one, other in others]
    return Network(shape, (*layers, stage.layer), name, drop=drop)


def both(network: Network, inputs: list[list[float]], weights: Any = None) -> tuple[list[float], list[float]]:
    """What a network's last layer makes of its inputs, in both ways."""
    blueprint, last = Blueprint(network, weights), len(network.stages) - 1
    values = [inputs[source] for source in network.stages[last].sources]
    return one_by_one(blueprint, last, values), by_arrays(blueprint, last, values)


def numbers(number: int, seed: int, dropped: Iterable[int] = ()) -> list[float]:
    """So many of two decimals, those that are dropped 0."""
    values = np.random.default_rng(seed).integers(-300, 300, number) / 100
    values[[unit - 1 for unit in dropped]] = 0
    return [float(value) for value in values]


@pytest.mark.parametrize("kind", sorted(set(TEXTS) - {"left-out"}))
def test_arrays_say_what_connections_say(kind: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(stages(kind), st.integers(0, 1000), st.booleans())
    def check(stage: Stage, seed: int, drops: bool) -> None:
        units = stage.inputs[0].units
        drop = tuple(sorted({1, 1 + seed % units})) if drops else ()
        network = network_of(stage, drop)
        inputs = [
            numbers(one.shape.units, seed + place, drop * (not place)) for place, one in enumerate(network.stages)
        ]
        expected, found = both(network, inputs)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-11)

    check()


@pytest.mark.parametrize("kind", WEIGHTED)
def test_sums_of_small_dyadic_fractions_are_exact_and_biases_are_added(kind: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(stages(kind), st.integers(0, 1000))
    def check(stage: Stage, seed: int) -> None:
        network, generator = network_of(stage), np.random.default_rng(seed)
        last = network.stages[-1]
        weights = {
            f"{last.name}.{part}": generator.integers(-64, 64, tensor.shape) / 8
            for part, tensor in last.layer.tensors(*last.inputs).items()
            if part != "bias" or last.layer.bias
        }
        inputs = [
            [float(value) / 4 for value in generator.integers(-40, 40, one.shape.units)] for one in network.stages
        ]
        expected, found = both(network, inputs, weights)
        assert found == expected

    check()


def test_biases_of_a_layer_over_each_channel_and_of_a_local_one_reach_their_units() -> None:
    for text, shape in (
        ("2x3 fc:2,flatten=false,bias", (2,)),
        ("2x3 sparse:2,c=2,bias", (2, 2)),
        ("2x3 conv:2,c=2,bias", (2,)),
    ):
        (network,) = parse(text)
        layer = network.stages[1].layer
        weights = {
            "y.weight": np.zeros(layer.weight_shape(Shape(2, 3))),
            "y.bias": np.arange(1.0, 1 + np.prod(shape)).reshape(shape),
        }
        expected, found = both(network, [numbers(6, 0)], weights)
        assert found == expected
        assert max(found) == np.prod(shape)


def test_the_constant_of_a_padding_is_there() -> None:
    (network,) = parse("2x3 pad:1/2,value=7")
    assert both(network, [numbers(6, 1)])[1].count(7.0) == 6


class Median(Combination):
    """A combination that says nothing of arrays."""

    def __call__(self, terms: Iterable[float]) -> float:
        return sorted(terms)[0]


class MedianPool(MaxPool):
    """A pool of it."""

    combination: ClassVar[Combination] = Median("median", linear=False)


class Untold(MaxPool):
    """A pool that says nothing of arrays, though its combination does."""

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray | None:
        return None


@pytest.mark.parametrize("kind", [MedianPool, Untold])
def test_what_says_nothing_of_arrays_is_asked_for_its_connections(kind: type[MaxPool]) -> None:
    expected, found = both(Network(Shape(2, 9), (kind(kernel_size=3, stride=2),)), [numbers(18, 3)])
    assert found == expected


def test_a_combination_without_arrays_is_no_sum() -> None:
    assert Median("median").reduce(np.ones((2, 3))) is None
    assert MAXIMUM.reduce(np.zeros((2, 0))).tolist() == [-np.inf, -np.inf]


@pytest.mark.parametrize("seed", ["0/1/weight", "7/3/bias", "x"])
def test_generated_numbers_are_the_same_all_at_once(seed: str) -> None:
    generated = Generated(seed, (7, 30))
    assert as_array(generated).tolist() == [generated[place] for place in range(210)]


def test_generated_numbers_are_those_of_splitmix64() -> None:
    """By the numbers that its authors' program prints from 1234567, and the same in every version, on every machine."""
    printed = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    generated = Generated("x", (9,))
    generated._start = 1234567  # of texts, none makes it
    expected = [(number % 201 - 100) / 100 for number in printed]
    assert [generated[place] for place in range(1, 6)] == expected
    assert generated.all()[1:6].tolist() == expected
    assert generated[1:6:2] == expected[::2]
    assert Generated("0/1/weight", (2, 4))[:] == [-0.97, 0.31, -0.07, 0.28, 0.84, 0.0, -0.55, 0.69]


def test_generated_numbers_are_a_sequence() -> None:
    generated = Generated("0/1/weight", (2, 4))
    listed = list(generated)
    assert len(generated) == len(listed) == 8
    assert [generated[place] for place in range(-8, 8)] == listed * 2
    for part in (slice(None), slice(2, 5), slice(-3, None), slice(None, None, -2), slice(5, 90), slice(4, 4)):
        assert generated[part] == listed[part]
    for place in (8, -9):
        with pytest.raises(IndexError):
            generated[place]


@pytest.mark.parametrize(
    ("places", "length", "at_once"), [(4, 16, True), (5, 20, True), (4, 17, False), (3, 9, False), (9, 9, True)]
)
def test_many_generated_numbers_are_made_at_once_unless_most_are_for_nothing(
    places: int, length: int, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectivity.layers.generated._MANY", 4)
    generated = Generated("0/1/weight", (length,))
    expected = [generated[place] for place in range(places)]
    monkeypatch.setattr(Generated, "__getitem__" if at_once else "all", None)
    assert generated.taken(range(places)) == expected


def test_generated_numbers_are_the_same_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [5, 0, 209, 5]
    generated = Generated("0/1/weight", (7, 30))
    few = generated.taken(places)
    assert few == [generated[place] for place in places]
    monkeypatch.setattr("connectivity.layers.generated._MANY", 2)
    monkeypatch.setattr("connectivity.layers.generated._SPARSE", 100)
    monkeypatch.setattr(Generated, "__getitem__", None)
    assert generated.taken(places) == few


def test_large_networks_go_by_arrays_and_give_what_small_ones_would(monkeypatch: pytest.MonkeyPatch) -> None:
    (network,) = parse(
        "x=3x40 conv:5,p=2,c=8,bias relu maxpool:2 a=conv:3,c=8,p=1 add:h2 bn tanh fc:20 softmax fc:5,bias"
    )
    x = np.random.default_rng(0).normal(size=(3, 40))
    assert Blueprint(network).size()[0] < combining.FEW * 10
    slow = evaluate(network, x)
    monkeypatch.setattr(combining, "FEW", 0)
    np.testing.assert_allclose(evaluate(network, x), slow, rtol=1e-12)


def steps(deed: Callable[[], object]) -> int:
    """How many functions are called, Python's and those of C: what takes time where every connection is gone through."""
    count = 0

    def counting(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        deed()
    finally:
        sys.setprofile(None)
    return count


def test_connections_of_a_fully_connected_layer_are_no_steps() -> None:
    (network,) = parse("200 fc:200")
    assert steps(lambda: evaluate(network, np.linspace(-1, 1, 200))) < 40_000 / 20


def test_a_hundred_million_connections_take_a_few_steps_for_each_unit() -> None:
    (network,) = parse(
        "12x1000 conv:16,c=64 relu maxpool:2 conv:8,c=128 relu maxpool:2 conv:8,c=256 relu maxpool:4 conv:4,c=512 relu "
        "globalavgpool fc:10"
    )
    assert Blueprint(network).size()[0] > 100_000_000
    units = sum(stage.shape.units for stage in network.stages)
    assert steps(lambda: evaluate(network, np.zeros((12, 1000)))) < 4 * units


def test_an_overflow_is_said_of_its_unit() -> None:
    (network,) = parse("200 fc:200")
    weights = {"y.weight": np.full((200, 200), 1e300)}
    with pytest.raises(GraphError, match=r'the value of "y1" in layer 1 is inf: an overflow'):
        evaluate(network, np.full(200, 1e300), weights)


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (large,) = parse("40000 fc:40000")
    with pytest.raises(NetworkError, match="1,600,000,000 connections are too many to compute; at most 1,000,000,000"):
        combination_of(Blueprint(large))
    (weighty,) = parse("10000 fc:10000")
    with pytest.raises(NetworkError, match="100,000,000 weights are too many to compute with; at most 50,000,000"):
        evaluate(weighty, np.zeros(10000))
    monkeypatch.setattr(combining, "ONE_BY_ONE_LIMIT", 5)
    with pytest.raises(NetworkError, match="8 connections of a maximum pool are too many to compute; at most 5"):
        both(Network(Shape(1, 8), (Untold(kernel_size=2),)), [numbers(8, 3)])


@pytest.mark.graphviz
def test_values_of_a_small_network_need_no_numpy() -> None:
    code = (
        "import sys; from connectivity import draw; draw('6,values=1/2/3/4/5/6 conv:3,weight=1/0/-1 relu', "
        "show=['values']); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_every_kind_with_weights_says_what_arrays_make_of_them() -> None:
    """Of these there are the most connections."""
    for kind in WEIGHTED:
        layers = [network.stages[-1].layer for network in parse(f"2x12 {EXAMPLES[kind]}")]
        assert all(type(layer).apply is not Layer.apply for layer in layers)


EXAMPLES = {"fc": "fc:3", "sparse": "sparse:3", "conv": "conv:3", "convtranspose": "convtranspose:3"}
