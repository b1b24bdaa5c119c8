"""Layers: counts in closed form, and layers that are the same by different names."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import ConnectivityError, GraphError, Network, NetworkError, parse
from connectivity.layers import Convolution, FullyConnected, Layer, LocallyConnected, Masked, RandomlySparse, Shape
from connectivity.layers.base import (
    SIZE_LIMIT,
    Connections,
    check_drop,
    check_output,
    check_size,
    count,
    elements,
    unpadded,
)
from connectivity.layers.generated import Generated
from connectivity.layers.kinds import kind_named, register, words_of

windows = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 5),
        "stride": st.integers(1, 3),
        "dilation": st.integers(1, 3),
        "padding": st.tuples(st.integers(0, 4), st.integers(0, 4)),
    }
)


class Connection(NamedTuple):
    source: int
    target: int
    parameter: int


def found(layer: Layer, shape: Shape) -> list[Connection]:
    drawn = layer.connections(shape)
    return [Connection(*each) for each in zip(drawn.sources, drawn.targets, drawn.parameters, strict=True)]


@given(windows, st.integers(1, 12))
def test_a_convolution_has_outputs_times_kernel_less_what_padding_cuts(window: dict[str, Any], length: int) -> None:
    layer = Convolution(**window)
    try:
        outputs = layer.output_shape(Shape(1, length)).length
    except NetworkError:
        return
    left = layer.pads(length)[0]
    cut = sum(
        not 0 <= t * layer.stride - left + k * layer.dilation < length
        for t in range(outputs)
        for k in range(layer.kernel_size)
    )
    drawn = found(layer, Shape(1, length))
    assert len(drawn) == outputs * layer.kernel_size - cut
    assert layer.totals(Shape(1, length)) == (len(drawn), len({each.parameter for each in drawn}), cut)


@given(windows, st.integers(1, 12))
def test_a_convolution_joins_what_a_sparse_layer_joins(window: dict[str, Any], length: int) -> None:
    shape = Shape(1, length)
    try:
        shared = found(Convolution(**window), shape)
    except NetworkError:
        return
    own = found(LocallyConnected(**window), shape)
    assert [connection[:2] for connection in shared] == [connection[:2] for connection in own]
    assert len({connection.parameter for connection in own}) == len(own)
    assert {connection.parameter for connection in shared} <= set(range(window["kernel_size"]))
    directions: dict[int, set[int]] = {}
    for source, target, parameter in shared:
        directions.setdefault(parameter, set()).add(source - target * window["stride"])
    assert all(len(offsets) == 1 for offsets in directions.values())


@given(st.integers(1, 8), st.integers(1, 8))
def test_a_full_mask_is_fully_connected(inputs: int, outputs: int) -> None:
    mask = Masked(mask=((True,) * inputs,) * outputs)
    assert found(mask, Shape(1, inputs)) == found(FullyConnected(units=outputs), Shape(1, inputs))


@given(st.integers(1, 9))
def test_a_kernel_as_long_as_its_input_is_a_row_of_a_fully_connected_layer(length: int) -> None:
    row = found(FullyConnected(units=1), Shape(1, length))
    assert found(Convolution(kernel_size=length), Shape(1, length)) == row


@given(st.integers(1, 5), st.integers(1, 9))
def test_ties(kernel: int, length: int) -> None:
    if kernel > length:
        return
    shape = Shape(1, length)
    plain = found(Convolution(kernel_size=kernel), shape)
    assert found(Convolution(kernel_size=kernel, tie=1), shape) == plain
    assert found(Convolution(kernel_size=kernel, tie=length), shape) == found(
        LocallyConnected(kernel_size=kernel), shape
    )


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 9))
def test_regular_taps_are_a_dilated_kernel(kernel: int, dilation: int, length: int) -> None:
    taps = tuple(dilation * k for k in range(kernel))
    try:
        plain = found(Convolution(kernel_size=kernel, dilation=dilation), Shape(1, length))
    except NetworkError:
        return
    assert found(Convolution(kernel_size=kernel, taps=taps), Shape(1, length)) == plain


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 1), st.integers(0, 9))
def test_random_sparsity_is_exact_and_seeded(inputs: int, units: int, density: float, seed: int) -> None:
    layer = RandomlySparse(units=units, density=density, seed=seed)
    drawn = found(layer, Shape(1, inputs))
    assert len(drawn) == len(set(drawn)) == round(density * units * inputs)
    assert drawn == found(layer, Shape(1, inputs))


@pytest.mark.parametrize(
    ("text", "edges", "weights"),
    [
        ("5 conv:3,p=1", 13, 3),
        ("5 fc:5", 25, 25),
        ("16 conv:6", 66, 6),
        ("5 sparse:2,p=0/1", 9, 9),
        ("5 conv:2,p=0/1", 9, 2),
        ("5 conv:2,p=0/1,tie=2", 9, 4),
        ("5 conv:3,s=2,p=1", 7, 3),
        ("6 maxpool:3,s=2,ceil_mode", 8, 1),
        ("16 conv:2,p=causal,d=8", 24, 2),
        ("8 convtranspose:3,s=2", 24, 3),
        ("16x15 conv:3,c=8", 8 * 13 * 3 * 16, 384),
        ("3 sparse,mask=011/010/011/011", 7, 7),
        ("8 sparse,mask=10101100/11001001/01100011/01010110", 16, 16),
        ("5 conv:3,p=full", 15, 3),
    ],
)
def test_counts_of_published_figures(text: str, edges: int, weights: int) -> None:
    (network,) = parse(text)
    drawn = found(network.layers[0], network.input)
    assert len(drawn) == edges
    assert len({connection.parameter for connection in drawn}) == weights


def test_groups_do_not_mix() -> None:
    for source, target, _ in found(Convolution(kernel_size=1, groups=2, channels=4), Shape(4, 3)):
        assert source // 6 == target // 6


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("zeros", [None, None]), ("reflect", [2, 1]), ("replicate", [0, 0]), ("circular", [2, 3])],
)
def test_padding_modes_left(mode: str, expected: list[int | None]) -> None:
    assert [unpadded(position, 4, mode) for position in (-2, -1)] == expected


@pytest.mark.parametrize(("mode", "of_numpy"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_padding_modes_are_those_of_numpy(mode: str, of_numpy: Any) -> None:
    for length in (2, 3, 5):
        sides = length - (mode == "reflect")
        padded = np.pad(np.arange(length), sides, mode=of_numpy)
        assert [unpadded(position, length, mode) for position in range(-sides, length + sides)] == padded.tolist()
    zeros = [unpadded(position, 3, "zeros") for position in range(-2, 5)]
    assert zeros == [None, None, 0, 1, 2, None, None]


def test_sizes_are_from_one_or_from_what_is_least_to_a_million() -> None:
    assert SIZE_LIMIT == 1_000_000
    assert [check_size("stride", size) for size in (1, 2, 1_000_000)] == [1, 2, 1_000_000]
    assert [check_size("padding", size, least=0) for size in (0, 1_000_000)] == [0, 1_000_000]
    for size, least, shown in (
        *[(0, 1, "0"), (-1, 0, "-1"), (1_000_001, 1, "1,000,001"), (-1234, 1, "-1,234")],
        *[(10**18 - 1, 1, "999,999,999,999,999,999"), (10**18, 1, "that number"), (-(10**18), 1, "that number")],
    ):
        with pytest.raises(
            NetworkError, match=f"^stride must be between {least} and 1,000,000, not {shown}$"
        ) as caught:
            check_size("stride", size, least)
        assert caught.value.parameter == "stride"


def test_outputs_are_as_large_as_inputs_may_be() -> None:
    assert check_output("length", 1_000_000) == 1_000_000
    with pytest.raises(
        NetworkError, match="the output's length would be 1,000,001; at most 1,000,000, which"
    ) as caught:
        check_output("length", 1_000_001, "padding")
    assert caught.value.parameter == "padding"


def test_units_that_are_dropped_are_there_once() -> None:
    check_drop((), Shape(1, 1))
    check_drop((1, 6, 3), Shape(2, 3))
    for drop, message in (
        *[
            ((0,), "no unit 0 to drop; the layer has units 1 to 6"),
            ((1, 7), "no unit 7 to drop"),
            ((-1,), "no unit -1"),
        ],
        ((2, 3, 2), "a unit is dropped twice; name each once"),
    ):
        with pytest.raises(NetworkError, match=message) as caught:
            check_drop(drop, Shape(2, 3))
        assert caught.value.parameter == "drop"


def test_numbers_have_their_nouns() -> None:
    said = [
        count(number, noun) for number, noun in ((0, "unit"), (1, "unit"), (2, "unit"), (1, "bias"), (1000, "bias"))
    ]
    assert said == ["0 units", "1 unit", "2 units", "1 bias", "1,000 biases"]


def test_a_shape_of_one_channel_is_its_length() -> None:
    assert [str(Shape(*shape)) for shape in ((1, 5), (2, 5), (2, 1), (1, 1))] == ["5", "2x5", "2x1", "1"]
    assert Shape(3, 4).units == 12


def test_chosen_connections_are_in_the_order_in_which_they_are_asked_for() -> None:
    three = Connections([5, 6, 7], [0, 1, 2], [-1, -1, -1], [0.5, 0.25, 1.0])
    assert three.chosen([2, 0]) == Connections([7, 5], [2, 0], [-1, -1], [1.0, 0.5])
    assert Connections([5, 6], [0, 1], [-1, -1]).chosen([1]) == Connections([6], [1], [-1], None)
    assert (len(three), len(three.chosen([]))) == (3, 0)


def test_values_of_parameters_are_none_where_there_is_no_parameter() -> None:
    generated = Generated("0/1/weight", (4,))
    assert elements([0.5, 0.25, 1.0], [2, -1, 0]) == [1.0, None, 0.5]
    assert elements(generated, [3, -1]) == [generated[3], None]
    assert elements(generated, [3, 0]) == [generated[3], generated[0]]


def test_weights_in_place_are_one_for_each_element() -> None:
    fc = FullyConnected(units=2, weight=(1.0, 2.0, 3.0))
    with pytest.raises(NetworkError, match=r"^3 values for a weight of shape \[2, 3\], which needs 6$") as caught:
        fc.inline_weight(Shape(1, 3))
    assert caught.value.parameter == "weight"
    assert FullyConnected(units=1, weight=(1.0, 2.0, 3.0)).inline_weight(Shape(1, 3)) == (1, 2, 3)
    assert FullyConnected(units=1).inline_weight(Shape(1, 3)) is None


def test_a_single_kernel_in_place_is_that_of_every_channel() -> None:
    kernel, shape = (1.0, 2.0), Shape(3, 5)
    assert Convolution(kernel_size=2, channels=2, weight=kernel).inline_weight(shape) == kernel * 6
    assert Convolution(kernel_size=2, channels=3, groups=3, weight=kernel).inline_weight(shape) == kernel * 3
    assert Convolution(kernel_size=2, weight=kernel * 3).inline_weight(shape) == kernel * 3
    assert Convolution(kernel_size=2).inline_weight(shape) is None
    with pytest.raises(NetworkError, match="4 values for a weight"):
        Convolution(kernel_size=2, weight=kernel * 2).inline_weight(shape)


def test_one_more_activation_is_behind_those_before_it() -> None:
    layer = FullyConnected(units=2, name="a", activations=("relu",))
    assert layer.activated("tanh") == FullyConnected(units=2, name="a", activations=("relu", "tanh"))
    assert layer.activations == ("relu",)


def test_a_kind_is_told_by_its_name() -> None:
    assert kind_named("conv") is Convolution
    with pytest.raises(GraphError, match=r'^unknown kind of layer "convv" \(did you mean "conv"\?\)$'):
        kind_named("convv")
    units = kind_named("units")
    with pytest.raises(ValueError, match=r"^units is no kind that the notation knows$"):
        words_of(units)

    class Other(FullyConnected):
        words = words_of(FullyConnected)._replace(name="other")  # "linear" is there already

    with pytest.raises(ValueError, match="fc: a kind of that name is there already"):
        register(Other)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((None, None), ("x", "y")),
        ((None, None, None), ("x", "h1", "y")),
        ((None, "h1", None, None), ("x", "h1", "h2", "y")),
        ((None, None, "h1", None), ("x", "h2", "h1", "y")),
        (("a", "x", None), ("a", "x", "y")),
        ((None, "y", None), ("x", "y", "h2")),
    ],
)
def test_names(names: tuple[str | None, ...], expected: tuple[str, ...]) -> None:
    layers = tuple(FullyConnected(units=2, name=name) for name in names[1:])
    assert Network(Shape(1, 2), layers, names[0]).names() == expected


def test_network_of_dataclasses_is_checked() -> None:
    with pytest.raises(NetworkError, match="does not fit"):
        Network(Shape(1, 2), (Convolution(kernel_size=3),))
    with pytest.raises(NetworkError, match="given twice"):
        Network(Shape(1, 2), (FullyConnected(units=1, name="x"),), "x")
    assert issubclass(NetworkError, (ConnectivityError, ValueError))


def test_layers_have_a_readable_text() -> None:
    assert repr(Convolution(kernel_size=3, padding="same")) == "Convolution(kernel_size=3, padding='same')"
    assert Convolution(kernel_size=3) != LocallyConnected(kernel_size=3)
    assert len({Convolution(kernel_size=3), Convolution(kernel_size=3), Convolution(kernel_size=2)}) == 2


def test_random_module_is_left_alone() -> None:
    random.seed(1)
    before = random.getstate()
    found(RandomlySparse(units=3, density=0.5), Shape(1, 4))
    assert random.getstate() == before
