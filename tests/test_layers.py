"""Layers: counts in closed form, and layers that are the same by different names."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import ConnectivityError, Network, NetworkError, parse
from connectivity.layers import Convolution, FullyConnected, Layer, LocallyConnected, Masked, RandomlySparse, Shape
from connectivity.layers.base import unpadded

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
