"""Layers against their definitions: every connection by loops over what the documentation says, and where units look."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import NetworkError, NotationError, parse
from connectivity.layers import Convolution, LocallyConnected, Masked, RandomlySparse, Shape
from connectivity.layers.base import NO_PARAMETER, Layer, PaddingConnection
from connectivity.layers.padding import Crop, Pad
from connectivity.layers.pools import AvgPool, MaxPool, Pool
from connectivity.layers.reducing import Reduce
from connectivity.layers.selecting import Select
from connectivity.layers.transposed import ConvolutionTranspose
from connectivity.layers.upsample import Upsample

PADDED = {"zeros": "constant", "constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""What numpy calls each way of padding."""

SIDES = st.tuples(st.integers(0, 3), st.integers(0, 3))
FEW = st.integers(1, 3)
ONE_OR_TWO = st.integers(1, 2)
Triple = tuple[int, int, int]


def padded(length: int, sides: tuple[int, int], mode: str) -> list[int | None]:
    """Which position of an input each of a padded one is; None for a zero."""
    places = np.pad(np.arange(length) + 1, sides, mode=PADDED[mode])  # type: ignore[call-overload]  # a name of numpy's
    return [int(place) - 1 if place else None for place in places]


def triples(layer: Layer, shape: Shape, **asked: Any) -> list[Triple]:
    drawn = layer.connections(shape, **asked)
    return list(zip(drawn.sources, drawn.targets, drawn.parameters, strict=True))


def assert_reached(layer: Layer, shape: Shape, expected: list[Triple]) -> None:
    """Each unit reaches, and sees, what its connections say: asked alone, and all at once."""
    ends: dict[int, set[int]] = {source: set() for source in range(shape.units)}
    starts: dict[int, set[int]] = {target: set() for target in range(layer.output_shape(shape).units)}
    for source, target, _ in expected:
        ends[source].add(target)
        starts[target].add(source)
    assert {source: set(layer.targets_of([source], shape)) for source in ends} == ends
    assert {target: set(layer.sources_of([target], shape)) for target in starts} == starts
    for source in ends:
        assert triples(layer, shape, sources={source}) == [each for each in expected if each[0] == source]
    for target in starts:
        assert triples(layer, shape, targets=[target]) == [each for each in expected if each[1] == target]
    assert set(layer.targets_of(ends, shape)) == {target for _, target, _ in expected}
    assert set(layer.sources_of(starts, shape)) == {source for source, _, _ in expected}


def seen_by_windows(
    layer: Convolution | LocallyConnected, shape: Shape, sides: tuple[int, int], offsets: list[int]
) -> Iterator[tuple[int, int, int | None, Triple]]:
    """(input channel, padded position, position or None, (out, t, k)) of each tap of each window, in order of targets."""
    places = padded(shape.length, sides, layer.padding_mode)
    starts = range(0, len(places) - max(offsets), layer.stride)
    outputs, inputs = layer.out_channels, shape.channels // layer.groups
    for out, (t, start) in itertools.product(range(outputs), enumerate(starts)):
        first = out * layer.groups // outputs * inputs
        for channel, (k, offset) in itertools.product(range(first, first + inputs), enumerate(offsets)):
            yield channel, start + offset - sides[0], places[start + offset], (out, t, k)


@given(
    st.sampled_from([Convolution, LocallyConnected]),
    st.fixed_dictionaries(
        {
            "kernel_size": st.integers(1, 4),
            "stride": FEW,
            "dilation": FEW,
            "padding": SIDES,
            "padding_mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
        }
    ),
    st.tuples(ONE_OR_TWO, ONE_OR_TWO, ONE_OR_TWO, st.integers(1, 9)),
)
@settings(max_examples=50)
def test_windows_slide_over_the_padded_input(
    kind: type[Convolution | LocallyConnected], said: dict[str, Any], sizes: tuple[int, int, int, int]
) -> None:
    """Cross-correlation, its parameters counted in PyTorch's order; what meets a zero is cut off."""
    groups, ins, outs, length = sizes
    layer, shape = kind(groups=groups, channels=groups * outs, **said), Shape(groups * ins, length)
    try:
        output = layer.output_shape(shape)
    except NetworkError:
        return
    tensor = layer.weight_shape(shape)
    offsets = [layer.dilation * k for k in range(layer.kernel_size)]
    expected, cut = [], []
    for channel, place, position, (out, t, k) in seen_by_windows(layer, shape, said["padding"], offsets):
        index = (out, channel % ins, *([t] if kind is LocallyConnected else []), k)
        end = out * output.length + t, int(np.ravel_multi_index(index, tensor))
        if position is None:
            cut.append(PaddingConnection(channel, place, *end))
        else:
            expected.append((channel * length + position, *end))
    assert triples(layer, shape) == expected
    sources = sorted({source for source, _, _ in expected})
    assert layer.unused_inputs(shape) == [unit for unit in range(shape.units) if unit not in sources]
    parameters = Counter(parameter for _, _, parameter in expected)
    assert set(layer.used(shape)) == set(parameters)
    assert [layer.repeats([parameter], shape) for parameter in parameters] == [*parameters.values()]
    assert layer.repeats(parameters, shape) == len(expected)
    assert_reached(layer, shape, expected)
    assert output.units == len({target for _, target, _ in expected} | {each.target for each in cut})
    if layer.padding_mode == "zeros":
        assert layer.padding_connections(shape) == cut
        assert layer.totals(shape).padding == len(cut)
        some = range(0, output.units, 2)
        assert layer.padding_connections(shape, targets=some) == [each for each in cut if each.target in some]


@given(st.sets(st.integers(-4, 4), min_size=1, max_size=3).flatmap(lambda taps: st.permutations(sorted(taps))), FEW)
@settings(max_examples=40)
def test_taps_stand_at_their_offsets(taps: list[int], stride: int) -> None:
    """Output t meets ``t * stride + tap`` by the weight of that tap, in the order in which taps were given."""
    conv = Convolution.made({"taps": tuple(taps), "stride": stride})
    shape = Shape(1, 11)
    outputs = conv.output_shape(shape).length
    assert outputs == 10 // stride + 1
    expected = {
        (t * stride + tap, t, k) for t in range(outputs) for k, tap in enumerate(taps) if 0 <= t * stride + tap < 11
    }
    assert set(triples(conv, shape)) == expected
    assert conv.window(shape) == (min(taps), max(taps), stride)


@pytest.mark.parametrize(
    ("word", "sides"),
    [
        ("same", (2, 3)), ("same_upper", (2, 3)), ("same_lower", (3, 2)), ("valid", (0, 0)), ("causal", (5, 0)),
        ("full", (5, 5)),
    ],
)  # fmt: skip
def test_words_for_padding_are_numbers(word: str, sides: tuple[int, int]) -> None:
    """Of a kernel that spans six positions; an odd number of zeros has one more on the right, but for same_lower."""
    said: dict[str, Any] = {"kernel_size": 6}
    conv = Convolution(padding=word, **said)
    assert conv.pads(9) == conv.zeros(Shape(1, 9)) == sides
    assert conv.connections(Shape(1, 9)) == Convolution(padding=sides, **said).connections(Shape(1, 9))
    assert conv.causal == (word == "causal")


@given(
    st.sampled_from([MaxPool, AvgPool]), st.integers(1, 4), FEW, FEW, SIDES, st.booleans(), st.booleans(),
    st.integers(1, 10),
)  # fmt: skip
@settings(max_examples=60)
def test_pools_take_each_window_of_each_channel(
    kind: type[Pool],
    kernel: int,
    stride: int,
    dilation: int,
    sides: tuple[int, int],
    ceil: bool,
    counted: bool,
    length: int,
) -> None:
    """Windows begin every ``stride`` positions, while they fit; in ceil mode while they begin before the right padding.

    A mean is of the positions of its window that are in the input, or (unless told otherwise) in its padding.
    """
    more = {"count_include_pad": counted} if kind is AvgPool else {}
    said: dict[str, Any] = {"stride": stride, "dilation": dilation, "padding": sides, "ceil_mode": ceil, **more}
    layer, shape = kind(kernel_size=kernel, **said), Shape(2, length)
    extent = dilation * (kernel - 1)
    end = length + sides[1]
    fits = [start for start in range(-sides[0], end, stride) if start + extent < end]
    starts = (
        [start for start in range(-sides[0], length, stride) if start + extent < end + stride - 1] if ceil else fits
    )
    try:
        output = layer.output_shape(shape)
    except NetworkError:
        assert not starts or max(sides) > extent
        return
    assert output == (2, len(starts))
    assert layer.window(shape) == (-sides[0], extent - sides[0], stride)
    assert layer.zeros(shape) == sides
    pairs, cut, shares = [], [], []
    for channel, (t, start) in itertools.product(range(2), enumerate(starts)):
        window = range(start, start + extent + 1, dilation)
        inside = [place for place in window if 0 <= place < length]
        of = [place for place in window if place < end] if counted else inside
        pairs += [(channel * length + place, channel * len(starts) + t, NO_PARAMETER) for place in inside]
        shares += [1 / len(of) for _ in inside]
        cut += [
            PaddingConnection(channel, place, channel * len(starts) + t, NO_PARAMETER)
            for place in window
            if place not in inside
        ]
    assert triples(layer, shape) == pairs
    assert_reached(layer, shape, pairs)
    assert layer.connections(shape).coefficients == ((shares if kind is AvgPool else None) or None)
    assert layer.padding_connections(shape) == cut
    assert layer.totals(shape) == (len(pairs), 0, len(cut))
    assert layer.unused_inputs(shape) == sorted({*range(shape.units)} - {source for source, _, _ in pairs})


@given(
    st.integers(1, 4), st.integers(1, 7), FEW, SIDES, st.integers(0, 2), st.tuples(ONE_OR_TWO, ONE_OR_TWO, ONE_OR_TWO, st.integers(1, 7)), st.booleans()
)  # fmt: skip
@settings(max_examples=50)
def test_a_transposed_convolution_lays_its_kernel_onto_the_output(
    kernel: int,
    stride: int,
    dilation: int,
    sides: tuple[int, int],
    more: int,
    sizes: tuple[int, int, int, int],
    equal: bool,
) -> None:
    """Of each input one after the other, ``stride`` apart; what lies in the padding is cut off."""
    groups, ins, outs, length = sizes
    said: dict[str, Any] = {"stride": stride, "dilation": dilation, "output_padding": more, "groups": groups}
    said["padding"] = sides[0] if equal else sides
    left, right = (sides[0], sides[0]) if equal else sides
    layer = ConvolutionTranspose(kernel_size=kernel, channels=groups * outs, **said)
    shape = Shape(groups * ins, length)
    uncut = (length - 1) * stride + dilation * (kernel - 1) + 1 + more
    try:
        output = layer.output_shape(shape)
    except NetworkError:
        assert uncut <= left + right or more >= max(stride, dilation)
        return
    assert more < max(stride, dilation)
    assert output == (groups * outs, uncut - left - right)
    tensor = layer.weight_shape(shape)
    assert tensor == (groups * ins, outs, kernel)
    expected = []
    for channel, within, i, k in itertools.product(range(groups * ins), range(outs), range(length), range(kernel)):
        t = i * stride + k * dilation - left
        if 0 <= t < output.length:
            out = channel // ins * outs + within
            parameter = int(np.ravel_multi_index((channel, within, k), tensor))
            expected.append((channel * length + i, out * output.length + t, parameter))
    found = triples(layer, shape)
    assert found == sorted(expected, key=lambda each: (each[1], each[2]))
    assert_reached(layer, shape, found)
    parameters = [parameter for _, _, parameter in found]
    assert layer.totals(shape) == (len(found), len(set(parameters)), 0)
    assert sorted(layer.used(shape)) == sorted(set(parameters))
    assert [layer.repeats([one], shape) for one in sorted(set(parameters))] == [
        parameters.count(one) for one in sorted(set(parameters))
    ]


def offsets(layer: Layer, shape: Shape, jump: float) -> tuple[float, float]:
    """The least and the largest distance from where a unit is to what it sees, ends of the input left aside."""
    length, output = shape.length, layer.output_shape(shape)
    pairs = [(source % length, target % output.length) for source, target, _ in triples(layer, shape)]
    found = [position - t * jump for position, t in pairs if 0 < position < length - 1]
    return min(found), max(found)


@pytest.mark.parametrize(
    "text",
    [
        "conv:3", "conv:4,s=2,d=3,p=1/2", "conv:2,p=causal,d=3", "sparse:5,p=same", "conv,taps=-3/0/2",
        "maxpool:3,s=2", "maxpool:3,d=2,s=1,p=1/2", "avgpool:4,s=3,p=2/1", "lppool:3,s=2", "convtranspose:3",
        "convtranspose:4,s=3,d=2,p=2/1", "convtranspose:3,s=2,p=2,output_padding=1", "pad:3/1", "crop:2/5", "copy",
        "select:3/5/7/9/11,axis=length", "batchnorm",
    ],
)  # fmt: skip
def test_a_window_is_no_wider_than_what_units_see(text: str) -> None:
    (network,) = parse(f"60 {text}")
    layer, shape = network.layers[0], network.input
    window = layer.window(shape)
    assert window is not None
    assert (window.first, window.last) == pytest.approx(offsets(layer, shape, window.jump))


@pytest.mark.parametrize("coordinates", ["asymmetric", "half_pixel", "align_corners"])
@pytest.mark.parametrize(
    "way",
    [
        "mode=linear", "mode=cubic", "rounding=floor", "rounding=ceil", "rounding=round_prefer_floor",
        "rounding=round_prefer_ceil",
    ],
)  # fmt: skip
@pytest.mark.parametrize("factor", ["3", "0.4", "1.25"])
def test_a_window_of_an_upsampling_holds_what_units_see_and_little_more(
    factor: str, coordinates: str, way: str
) -> None:
    """At each end less than the outputs of a period lie apart, since which of them lie at its ends is not told."""
    (network,) = parse(f"60 upsample:{factor},coordinates={coordinates},{way}")
    layer, shape = network.layers[0], network.input
    window = layer.window(shape)
    assert window is not None
    first, last = offsets(layer, shape, window.jump)
    apart = 1 / Fraction(factor).numerator
    assert first - apart < window.first < first + 1e-9
    assert last - 1e-9 < window.last < last + apart


@given(
    st.sampled_from(["asymmetric", "half_pixel", "align_corners"]), st.sampled_from(["linear", "cubic"]),
    st.integers(2, 9), st.integers(2, 20), st.sampled_from([-0.75, -0.5]),
)  # fmt: skip
@settings(max_examples=60)
def test_between_positions_values_are_interpolated(
    coordinates: str, mode: str, length: int, size: int, coefficient: float
) -> None:
    """Linear as numpy has it; cubic by the kernel of Keys, what lies outside of the input being its end."""
    layer = Upsample(size=size, mode=mode, coordinates=coordinates, cubic_coeff=coefficient)
    t = np.arange(size)
    at = {
        "asymmetric": t * length / size,
        "half_pixel": (t + 0.5) * length / size - 0.5,
        "align_corners": t * (length - 1) / (size - 1),
    }[coordinates]
    values = np.random.default_rng(length).normal(size=length)
    if mode == "linear":
        expected = np.interp(at, np.arange(length), values)
    else:
        before, edged = np.floor(at).astype(int), np.pad(values, size, mode="edge")
        taps = before[:, None] + np.arange(-1, 3)
        expected = (keys(at[:, None] - taps, coefficient) * edged[taps + size]).sum(axis=1)
    assert_accounted(layer, Shape(2, length))
    drawn = layer.connections(Shape(1, length))
    assert drawn.coefficients is not None
    found = np.zeros(size)
    for source, target, share in zip(drawn.sources, drawn.targets, drawn.coefficients, strict=True):
        found[target] += values[source] * share
    np.testing.assert_allclose(found, expected, atol=1e-12)


ROUNDED = {
    "floor": math.floor,
    "ceil": math.ceil,
    "round_prefer_floor": lambda at: math.ceil(at - Fraction(1, 2)),
    "round_prefer_ceil": lambda at: math.floor(at + Fraction(1, 2)),
}


@given(
    st.sampled_from(["asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"]), st.sampled_from(sorted(ROUNDED)),
    st.integers(1, 9), st.one_of(st.integers(1, 20), st.sampled_from(["0.4", "1", "1.5", "2.25", "3"])),
)  # fmt: skip
@settings(max_examples=60)
def test_the_nearest_position_is_that_of_exact_numbers(
    coordinates: str, rounding: str, length: int, size: int | str
) -> None:
    """By a factor each output lies that much closer, however long the output is."""
    said: dict[str, Any] = {"factor": float(size)} if isinstance(size, str) else {"size": size}
    layer = Upsample(mode="nearest", coordinates=coordinates, rounding=rounding, **said)
    scale = Fraction(size) if isinstance(size, str) else Fraction(size, length)
    width = math.floor(length * scale)
    if not width:
        with pytest.raises(NetworkError, match="leaves nothing"):
            layer.output_shape(Shape(1, length))
        return
    half = Fraction(1, 2)
    if coordinates == "align_corners":
        at = [Fraction(t * (length - 1), max(1, width - 1)) for t in range(width)]
    elif coordinates == "asymmetric":
        at = [t / scale for t in range(width)]
    elif coordinates == "pytorch_half_pixel" and width == 1:
        at = [Fraction(0)]
    else:
        at = [(t + half) / scale - half for t in range(width)]
    expected = [min(max(ROUNDED[rounding](place), 0), length - 1) for place in at]
    drawn = layer.connections(Shape(2, length))
    assert drawn.sources == [*expected, *(length + place for place in expected)]
    assert drawn.targets == [*range(2 * width)]
    assert drawn.coefficients == [1.0] * 2 * width
    assert [layer.position(t, length) for t in range(width)] == expected
    assert_accounted(layer, Shape(2, length))


def assert_accounted(layer: Layer, shape: Shape) -> None:
    """Of a layer without weights: what it says of its connections is what they are."""
    found = triples(layer, shape)
    assert_reached(layer, shape, found)
    assert layer.totals(shape)[:2] == (len(found), 0)
    assert list(layer.used(shape)) == []
    sources = {source for source, _, _ in found}
    assert list(layer.unused_inputs(shape)) == [unit for unit in range(shape.units) if unit not in sources]


def keys(distance: np.ndarray, a: float) -> np.ndarray:
    """Keys's kernel, as it is written: by powers of the distance."""
    x = np.abs(distance)
    near, far = (a + 2) * x**3 - (a + 3) * x**2 + 1, a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


@pytest.mark.parametrize("mode", sorted(PADDED))
@given(SIDES, st.tuples(st.integers(1, 4), st.integers(1, 6)), st.sampled_from(["channels", "length"]))
@settings(max_examples=25)
def test_padding_and_cropping_are_those_of_numpy(
    mode: str, sides: tuple[int, int], size: tuple[int, int], axis: str
) -> None:
    """Of units by their numbers: which unit of the input each of the output passes on, and where each goes."""
    shape, numbers = Shape(*size), np.arange(1, size[0] * size[1] + 1).reshape(size)
    layer = Pad(sides=sides, mode=mode, axis=axis)
    widths = (sides, (0, 0)) if axis == "channels" else ((0, 0), sides)
    try:
        output = layer.output_shape(shape)
    except NetworkError:
        limit = {"reflect": -1, "circular": 0}[mode] + (size[0] if axis == "channels" else size[1])
        assert max(sides) > limit
        return
    passed = np.pad(numbers, widths, mode=PADDED[mode])  # type: ignore[call-overload]  # a name of numpy's
    assert output == passed.shape
    expected = [(int(number) - 1, target, NO_PARAMETER) for target, number in enumerate(passed.ravel()) if number]
    assert triples(layer, shape) == expected
    assert layer.totals(shape) == (len(expected), 0, 0)
    assert_reached(layer, shape, expected)
    if axis == "length" and mode == "zeros":
        crop = Crop(sides=sides)
        assert [each[:2] for each in triples(crop, Shape(*output))] == [(b, a) for a, b, _ in expected]
        assert crop.unused_inputs(Shape(*output)) == np.flatnonzero(passed.ravel() == 0).tolist()


@pytest.mark.parametrize("axis", ["channels", "length"])
def test_a_constant_fills_what_padding_added(axis: str) -> None:
    layer = Pad(sides=(2, 1), value=-1.5, axis=axis)
    widths = ((2, 1), (0, 0)) if axis == "channels" else ((0, 0), (2, 1))
    places = np.flatnonzero(np.pad(np.ones((2, 3)), widths).ravel() == 0).tolist()
    assert layer.constants(Shape(2, 3)) == dict.fromkeys(places, -1.5)
    assert Pad(sides=(2, 1), axis=axis).constants(Shape(2, 3)) == {}


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.sampled_from(["channels", "length"]))
@settings(max_examples=30)
def test_a_selection_is_numpy_s_take(indices: list[int], axis: str) -> None:
    shape = Shape(4, 5)
    layer = Select(indices=tuple(indices), axis=axis)
    taken = np.arange(20).reshape(4, 5).take(np.array(indices) - 1, axis=0 if axis == "channels" else 1)
    assert layer.output_shape(shape) == taken.shape
    assert layer.connections(shape).sources == taken.ravel().tolist()
    assert layer.connections(shape).targets == [*range(taken.size)]
    assert_accounted(layer, shape)


@pytest.mark.parametrize("axis", ["channels", "length", "all"])
@pytest.mark.parametrize("op", ["mean", "sum", "max", "min", "l1", "l2", "prod"])
def test_a_reduction_takes_an_axis(op: str, axis: str) -> None:
    shape, numbers = Shape(3, 4), np.arange(12).reshape(3, 4)
    layer = Reduce(op=op, axis=axis)
    groups = {"channels": numbers.T.tolist(), "length": numbers.tolist(), "all": [numbers.ravel().tolist()]}[axis]
    drawn = layer.connections(shape)
    assert [list(pair) for pair in zip(drawn.sources, drawn.targets, strict=True)] == [
        [source, target] for target, group in enumerate(groups) for source in group
    ]
    share = {"mean": 1 / len(groups[0]), "max": None, "min": None}.get(op, 1.0)
    assert drawn.coefficients == (None if share is None else [share] * 12)
    assert layer.output_shape(shape) == {"channels": (1, 4), "length": (3, 1), "all": (1, 1)}[axis]
    assert_accounted(layer, shape)
    assert list(layer.sources_of([], shape)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flatten", lambda numbers: numbers.reshape(1, 12)),
        ("reshape:2x6", lambda numbers: numbers.reshape(2, 6)),
        ("transpose", lambda numbers: numbers.T),
        ("copy", lambda numbers: numbers),
    ],
)
def test_units_change_their_places_alone(text: str, expected: Callable[[np.ndarray], np.ndarray]) -> None:
    numbers = np.arange(12).reshape(3, 4)
    (network,) = parse(f"3x4 {text}")
    layer, passed = network.layers[0], expected(numbers)
    assert triples(layer, Shape(3, 4)) == [(place, t, NO_PARAMETER) for t, place in enumerate(passed.ravel().tolist())]
    assert layer.output_shape(Shape(3, 4)) == passed.shape
    assert layer.connections(Shape(3, 4)).coefficients == [1.0] * 12
    found = layer.apply(np.zeros(0), numbers)
    assert found is not None
    np.testing.assert_array_equal(found, passed)
    assert_accounted(layer, Shape(3, 4))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("pad:2/1,axis=channels", (0, 0, 1)),
        ("select:3/1", (0, 0, 1)),
        ("select:2/4/6,axis=length", (1, 1, 2)),
        ("select:5,axis=length", (4, 4, 1)),
        ("select:1/2/4,axis=length", None),
        ("select:6/4/2,axis=length", None),
        ("select:2/2/2,axis=length", None),
        ("reduce:mean", (0, 0, 1)),
        ("reduce:mean,axis=length", None),
        ("reduce:mean,axis=all", None),
        ("flatten", None),
        ("reshape:3x6", (0, 0, 1)),
        ("reshape:6x3", None),
        ("transpose", None),
        ("upsample:size=1,mode=linear,align_corners", None),
        ("upsample:size=2,mode=linear,align_corners", (0, 0, 5)),
        ("conv,taps=-2/1", (-2, 1, 1)),
    ],
)
def test_windows_of_what_looks_at_its_own_place(text: str, window: tuple[float, float, float] | None) -> None:
    """Or at every n-th one; None where units see all of their input, or nothing regular."""
    (network,) = parse(f"3x6 {text}")
    assert network.layers[0].window(network.input) == window


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
@settings(max_examples=40)
def test_a_mask_is_its_connections(rows: list[list[bool]]) -> None:
    mask, shape = np.array(rows), Shape(1, len(rows[0]))
    layer = Masked(mask=tuple(map(tuple, rows)), channels=2 if len(rows) % 2 == 0 else 1)
    found = [(int(i), int(o), int(o) * shape.length + int(i)) for o, i in np.argwhere(mask)]
    assert triples(layer, shape) == found
    assert_reached(layer, shape, found)
    assert layer.totals(shape) == (len(found), len(found), 0)
    assert (layer.weight_shape(shape), layer.bias_shape(shape)) == (mask.shape, (len(rows),))
    assert layer.weight_count(shape) == len(found)
    weight, values = np.arange(mask.size).reshape(mask.shape) + 1.0, np.arange(shape.length) - 1.5
    output = layer.output_shape(shape)
    np.testing.assert_allclose(layer.apply(weight, values), ((weight * mask) @ values).reshape(output), atol=1e-12)


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([0, 0.2, 0.5, 0.8, 1]), st.integers(0, 3))
@settings(max_examples=40)
def test_chance_leaves_connections_of_a_full_layer(inputs: int, units: int, density: float, seed: int) -> None:
    """So many of all of them, each with the parameter that it has there, in the same order."""
    layer, shape = RandomlySparse(units=units, density=density, seed=seed), Shape(1, inputs)
    found = triples(layer, shape)
    assert found == sorted({(p % inputs, p // inputs, p) for _, _, p in found}, key=lambda each: each[2])
    assert_reached(layer, shape, found)
    number = round(density * inputs * units)
    assert layer.weight_count(shape) == number
    assert layer.totals(shape) == (number, number, 0)
    assert (layer.weight_shape(shape), layer.bias_shape(shape)) == ((units, inputs), (units,))
    both = layer.connections(shape, targets=[units - 1, 0, 0])  # in the order of units, each once
    assert both.parameters == [p for _, target, p in found if target in (0, units - 1)]


CHANNELWISE = (
    "batchnorm maxpool:2 avgpool:2 lppool:2 adaptiveavgpool:2 adaptivemaxpool:2 globalavgpool globalmaxpool pad:1 crop:1 "
    "upsample:2 copy reduce:mean"
)


def test_which_kinds_keep_to_their_channels() -> None:
    for text in CHANNELWISE.split():
        (network,) = parse(f"3x6 {text}")
        assert type(network.layers[0]).channelwise(1, 3), text
    for text in ("conv:2,c=3", "fc:3", "select:3/1/2", "convtranspose:2,c=3", "flatten", "transpose"):
        (network,) = parse(f"3x6 {text}")
        assert not type(network.layers[0]).channelwise(1, 3), text
    assert Convolution.channelwise(3, 3)
    assert not Convolution.channelwise(1, 1)


@pytest.mark.parametrize("text", ["conv:3,c=4,g=2", "convtranspose:3,c=4,g=2"])
def test_one_kernel_serves_every_pair_of_channels(text: str) -> None:
    (network,) = parse(f"2x5 {text},weight=1/0/-1")
    layer = network.layers[0]
    assert layer.inline_weight(network.input) == (1, 0, -1) * 4
    assert math.prod(layer.weight_shape(network.input)) == 12


def test_a_window_of_its_own_for_each_unit_needs_all_weights() -> None:
    with pytest.raises(NotationError, match=r"3 values for a weight of shape \[1, 1, 3, 3\], which needs 9"):
        parse("5 sparse:3,weight=1/0/-1")


def test_a_transposed_kernel_of_keras_is_turned() -> None:
    """``[k, out, in]`` becomes ``[in, out, k]``; what is no such kernel stays as it is."""
    layer, shape = ConvolutionTranspose(kernel_size=2, channels=3), Shape(4, 5)
    array = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(layer.from_channels_last("weight", array, shape), np.einsum("koi->iok", array))
    assert layer.from_channels_last("bias", array, shape) is array
    assert layer.from_channels_last("weight", array[0], shape).shape == (3, 4)
