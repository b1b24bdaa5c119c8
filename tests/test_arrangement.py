"""Places: which layers bring units into another order, by what comes out of these layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.evaluation import network_values
from connectivity.layers import Shape
from connectivity.layers.merges import Multiply
from connectivity.models import joins, norms, weighted, windows
from connectivity.models.arrangement import ZERO, Places, places_of, steps, unwrapped, wrapped
from connectivity.models.workbench import Tensor, Workbench
from connectivity.network import Network


def computed(shape: Shape, places: Places) -> np.ndarray:
    """What the layers for ``places`` make of a layer whose units have the values 1, 2 and so on."""
    layers = tuple(step.kind(**step.fields) for step in steps(shape, places))
    network = Network(shape, layers, values=tuple(float(n + 1) for n in range(shape.units)))
    values = network_values(Blueprint(network, None, 0, False), None)
    return np.array(values[-1]).reshape(network.stages[-1].shape)


def kinds(shape: Shape, places: Any) -> list[str]:
    return [step.kind.kind for step in steps(shape, np.asarray(places))]


@given(st.data(), st.integers(1, 4), st.integers(1, 5))
def test_the_layers_bring_units_where_they_are_wanted(data: st.DataObject, channels: int, length: int) -> None:
    shape = Shape(channels, length)
    size = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 5)))
    flat = data.draw(
        st.lists(st.integers(ZERO, shape.units - 1), min_size=size[0] * size[1], max_size=size[0] * size[1])
    )
    places = np.array(flat).reshape(size)
    np.testing.assert_array_equal(computed(shape, places), places + 1.0)


MOVES: dict[str, tuple[Any, list[str]]] = {
    "nothing": (lambda p: p, []),
    "turned": (lambda p: p.T, ["transpose"]),
    "a row": (lambda p: p.reshape(1, -1), ["flatten"]),
    "a row of columns": (lambda p: p.T.reshape(1, -1), ["transpose", "flatten"]),
    "another shape": (lambda p: p.reshape(8, 3), ["reshape"]),
    "some channels": (lambda p: p[[2, 0]], ["select"]),
    "channels shuffled": (lambda p: p.reshape(2, 2, 6).swapaxes(0, 1).reshape(4, 6), ["select"]),
    "a part of the length": (lambda p: p[:, 1:4], ["crop"]),
    "every second position": (lambda p: p[:, ::2], ["select"]),
    "a part of both": (lambda p: p[1:3, 2:], ["select", "crop"]),
    "another shape, turned": (lambda p: p.reshape(8, 3).T, ["reshape", "transpose"]),
    "zeros before": (lambda p: np.pad(p, ((0, 0), (2, 0)), constant_values=ZERO), ["pad"]),
    "zeros between": (lambda p: np.where(np.arange(6) == 3, ZERO, p), ["flatten", "pad", "select", "reshape"]),
    "mirrored": (lambda p: np.pad(p, ((0, 0), (2, 1)), "reflect"), ["pad"]),
}


@pytest.mark.parametrize("name", MOVES)
def test_the_fewest_layers_are_found(name: str) -> None:
    move, wanted = MOVES[name]
    shape = Shape(4, 6)
    places = move(places_of(shape))
    assert kinds(shape, places) == wanted
    np.testing.assert_array_equal(computed(shape, places), places + 1.0)


def test_one_channel_is_expanded() -> None:
    assert kinds(Shape(1, 3), np.broadcast_to(np.arange(3), (4, 3))) == ["expand"]
    assert kinds(Shape(3, 1), np.broadcast_to(np.arange(3)[:, None], (3, 5))) == ["expand"]


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("sides", [(1, 0), (0, 2), (2, 1), (3, 3)])
def test_a_padding_that_repeats_positions_is_known(mode: str, sides: tuple[int, int]) -> None:
    numpy_mode: Any = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
    found = wrapped(np.pad(np.arange(5), sides, numpy_mode), 5)
    assert found is not None
    assert (found.left, found.right) == sides
    assert found.mode == mode


def test_a_padding_comes_off_its_input() -> None:
    shape = Shape(2, 4)
    inner, padding = unwrapped(shape, np.pad(places_of(shape), ((0, 0), (2, 1)), constant_values=ZERO))
    np.testing.assert_array_equal(inner, places_of(shape))
    assert (*padding,) == (2, 1, "zeros")
    inner, padding = unwrapped(shape, np.pad(places_of(shape)[:, :3], ((0, 0), (0, 1)), constant_values=ZERO))
    np.testing.assert_array_equal(inner, places_of(shape)[:, :3])
    assert (*padding,) == (0, 1, "zeros")
    repeated = np.repeat(places_of(Shape(2, 1)), 3, axis=1)
    assert unwrapped(Shape(2, 1), repeated)[1].right == 0  # it is one position, expanded


def bench_of(*dims: int) -> tuple[Workbench, Tensor]:
    bench = Workbench()
    return bench, bench.input("x", dims)


def value_of(bench: Workbench, tensor: Tensor, x: np.ndarray) -> np.ndarray:
    """A tensor's elements for the input ``x``, by the places that it says."""
    model = bench.model([tensor.value])
    values = network_values(Blueprint(model.network, model.weights, 0, False), x.reshape(model.network.stages[0].shape))
    return np.array(values[-1])[tensor.places]


def test_a_layer_over_the_last_axis_is_one_of_all_units_or_a_convolution() -> None:
    chance = np.random.default_rng(1)
    x, weight, bias = chance.normal(size=(1, 3, 4)), chance.normal(size=(2, 3)), chance.normal(size=2)
    for turned in (False, True):
        bench, tensor = bench_of(1, 3, 4)
        w = weight if turned else chance.normal(size=(2, 4))
        seen = tensor.seen(tensor.places.swapaxes(1, 2)) if turned else tensor
        made = weighted.linear(bench, seen, weighted.Weights(w, bias, "dense"))
        want = (x.swapaxes(1, 2) if turned else x) @ w.T + bias
        np.testing.assert_allclose(value_of(bench, made, x), want)
        (layer,) = bench.model([made.value]).network.layers
        assert layer.kind == ("conv" if turned else "fc")


def test_the_columns_of_weights_go_with_the_order_of_their_units() -> None:
    chance = np.random.default_rng(2)
    x, weight = chance.normal(size=(1, 3, 4)), chance.normal(size=(2, 12))
    bench, tensor = bench_of(1, 3, 4)
    flat = tensor.seen(tensor.places.swapaxes(1, 2).reshape(1, -1))  # as Keras flattens
    made = weighted.linear(bench, flat, weighted.Weights(weight, None, "dense"))
    np.testing.assert_allclose(value_of(bench, made, x), x.swapaxes(1, 2).reshape(1, -1) @ weight.T)
    model = bench.model([made.value])
    assert [layer.kind for layer in model.network.layers] == ["fc"]
    assert any("columns" in note for note in model.notes)


@pytest.mark.parametrize("shape", [(), (1,), (3, 1), (4,), (3, 4), (1, 1, 4)])
def test_constants_have_a_number_for_what_they_differ_by(shape: tuple[int, ...]) -> None:
    chance = np.random.default_rng(3)
    x, scale, shift = chance.normal(size=(1, 3, 4)), chance.normal(size=shape), chance.normal(size=shape)
    bench, tensor = bench_of(1, 3, 4)
    made = norms.affine(bench, tensor, scale, shift)
    np.testing.assert_allclose(value_of(bench, made, x), x * scale + shift)


@pytest.mark.parametrize("axes", [(1,), (2,), (1, 2), ()])
@pytest.mark.parametrize("operation", ["mean", "max", "sum"])
def test_a_reduction_is_over_the_axes_that_are_said(axes: tuple[int, ...], operation: str) -> None:
    x = np.random.default_rng(4).normal(size=(1, 3, 4))
    bench, tensor = bench_of(1, 3, 4)
    made = joins.reduced(bench, tensor, operation, axes, keep=True)
    np.testing.assert_allclose(value_of(bench, made, x), getattr(np, operation)(x, axis=axes or None, keepdims=True))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_tensors_are_joined_along_any_axis(axis: int) -> None:
    x = np.random.default_rng(5).normal(size=(1, 3, 4))
    bench, tensor = bench_of(1, 3, 4)
    negative = bench.activation(tensor, "neg")
    other = bench.activation(negative, "relu")
    joined = joins.concatenated(bench, [negative, other], axis)
    np.testing.assert_allclose(value_of(bench, joined, x), np.concatenate([-x, np.maximum(-x, 0)], axis))


def test_what_only_repeats_is_left_to_the_merge() -> None:
    x = np.random.default_rng(6).normal(size=(1, 3, 4))
    bench, tensor = bench_of(1, 3, 4)
    mean = joins.reduced(bench, tensor, "mean", (2,), keep=True)
    made = joins.merged(bench, Multiply, [tensor, mean.seen(np.broadcast_to(mean.places, tensor.dims))])
    np.testing.assert_allclose(value_of(bench, made, x), x * x.mean(2, keepdims=True))
    assert [layer.kind for layer in bench.model([made.value]).network.layers] == ["globalavgpool", "mul"]


def test_zeros_stay_zeros_behind_a_function() -> None:
    """A function of zero need not be zero, so a padding is made before it."""
    x = np.random.default_rng(7).normal(size=(1, 2, 3))
    bench, tensor = bench_of(1, 2, 3)
    made = bench.activation(windows.padded(bench, tensor, [(0, 0), (0, 0), (1, 1)]), "sigmoid")
    np.testing.assert_allclose(value_of(bench, made, x), 1 / (1 + np.exp(-np.pad(x, ((0, 0), (0, 0), (1, 1))))))


def test_the_rows_of_weights_go_with_the_order_of_the_units_behind_them() -> None:
    chance = np.random.default_rng(8)
    x, weight, bias = chance.normal(size=(1, 5)), chance.normal(size=(6, 5)), chance.normal(size=6)
    bench, tensor = bench_of(1, 5)
    dense = bench.activation(weighted.linear(bench, tensor, weighted.Weights(weight, bias, "dense")), "tanh")
    seen = dense.seen(dense.places.reshape(1, 3, 2).swapaxes(1, 2))  # as Keras reshapes: channels last
    value = bench.take(seen.value, seen.places[0])
    model = bench.model([value])
    assert [layer.kind for layer in model.network.layers] == ["fc", "reshape"]
    assert any("rows" in note for note in model.notes)
    values = network_values(Blueprint(model.network, model.weights, 0, False), x)
    want = np.tanh(x @ weight.T + bias).reshape(3, 2).T
    np.testing.assert_allclose(np.array(values[-1]).reshape(2, 3), want)
