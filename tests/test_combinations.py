"""How a unit makes one number of what reaches it, for every combination, and by arrays: against numpy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from connectivity.layers import arrays, combine
from connectivity.layers.arrays import as_array, one_channel, reached
from connectivity.layers.base import Connections, Shape
from connectivity.layers.combine import BY_ROLE, SUM, Combination, Norm
from connectivity.layers.expanding import Expand
from connectivity.layers.kinds import KINDS
from connectivity.layers.padding import Pad
from connectivity.layers.pools import AvgPool
from connectivity.layers.rearranging import Flatten
from connectivity.layers.selecting import Select
from connectivity.layers.upsample import Upsample

TERMS = [[3.0, -2.0, 0.5], [-2.0, 3.0, 0.5, -1.5], [2.5], [4.0, 0.25]]

SAME: dict[str, Callable[[np.ndarray], Any]] = {
    **dict.fromkeys(("weight", "mean", "identity", "sum", "difference", "interpolation"), np.sum),
    "max": np.max,
    "min": np.min,
    "product": np.prod,
    "quotient": lambda terms: terms[0] / np.prod(terms[1:]),
    "l1": lambda terms: np.abs(terms).sum(),
    "norm": np.linalg.norm,
}
"""What each role says of terms that are multiplied already: a mean's were with its shares, a difference's with signs."""


def test_every_role_has_its_combination() -> None:
    assert {role: each.role for role, each in BY_ROLE.items()} == {role: role for role in SAME}
    assert {kind.combination.role for kind in KINDS} <= SAME.keys()


@pytest.mark.parametrize("role", SAME)
def test_a_combination_is_that_of_numpy(role: str) -> None:
    for terms in TERMS:
        assert math.isclose(BY_ROLE[role](iter(terms)), SAME[role](np.array(terms)), rel_tol=1e-15)
    by_arrays = BY_ROLE[role].reduce(np.array([TERMS[0], TERMS[0][::-1]]))
    if by_arrays is not None:
        expected = [SAME[role](np.array(terms)) for terms in (TERMS[0], TERMS[0][::-1])]
        np.testing.assert_allclose(by_arrays, expected, rtol=1e-15)
    assert (by_arrays is None) == (role in ("min", "quotient", "l1"))


@pytest.mark.parametrize("role", SAME)
def test_what_is_said_of_a_combination_is_so(role: str) -> None:
    """That it is linear, and that it matters which term is the first."""
    combination = BY_ROLE[role]
    both = [a + b for a, b in zip(TERMS[0], TERMS[0][1:] + TERMS[0][:1], strict=True)]
    linear = math.isclose(combination(both), combination(TERMS[0]) + combination([-2.0, 0.5, 3.0]))
    assert combination.linear == linear
    assert combination.ordered == (
        len({round(combination(terms), 9) for terms in itertools.permutations(TERMS[0])}) > 1
    )


def test_a_norm_of_any_order_is_that_of_numpy() -> None:
    for order, terms in itertools.product((0.5, 1.0, 2.0, 2.5, 3.0), ([3.0, 2.0, 0.5], [4.0])):
        expected = np.linalg.norm(np.array(terms), order)
        assert math.isclose(Norm(order=order)(terms), expected, rel_tol=1e-14)
        np.testing.assert_allclose(Norm(order=order).reduce(np.array([terms, terms])), [expected] * 2, rtol=1e-14)


def test_values_that_are_combined_as_they_are_have_no_weights() -> None:
    """A sum of inputs, of which weights and biases are part, is no sum of weights."""
    passing = {each for each in vars(combine).values() if isinstance(each, Combination) and each.passes}
    assert {each.role for each in passing} == {"identity", "sum", "difference", "product", "quotient"}
    assert {each.sign for each in passing} == {"", "+", "\u2212", "\u00d7", "\u00f7"}
    assert not any(each.sign for each in BY_ROLE.values() if not each.passes)


@pytest.mark.parametrize("role", SAME)
def test_a_dropped_unit_is_one_more_zero(role: str) -> None:
    combination = BY_ROLE[role]
    for terms in (TERMS[0], [-3.0], [2.0, 1.0]):
        value, with_zero = combination(terms), combination([*terms, 0.0])
        assert combination.beside_zero(value) == pytest.approx(with_zero, rel=1e-15, nan_ok=True)


def test_nothing_at_all_and_what_has_no_value() -> None:
    assert [BY_ROLE[role]([]) for role in ("weight", "max", "min", "product", "l1")] == [0, -math.inf, math.inf, 1, 0]
    assert BY_ROLE["max"].reduce(np.zeros((1, 0))).tolist() == [-math.inf]  # type: ignore[union-attr]  # it can
    for terms in ([], [1.0, 0.0], [1.0, 2.0, 0.0]):
        assert math.isnan(BY_ROLE["quotient"](terms))
    assert math.isnan(Norm(order=3.0)([-3.0, 1.0]))
    assert math.isnan(Norm(order=0.5)([-3.0, 1.0]))
    assert Norm(order=3.0)([-1.0, 2.0]) == 7 ** (1 / 3)


def test_a_sum_that_is_too_large_is_infinite() -> None:
    assert SUM([1e308, 1e308]) == math.inf
    assert SUM([math.inf, -math.inf]) == math.inf
    assert math.isnan(SUM([math.inf, -math.inf, math.nan]))
    assert Norm()([1e200, 1.0]) == math.inf
    assert BY_ROLE["l1"]([-1e308, 1e308]) == math.inf


def sparse() -> tuple[Connections, np.ndarray]:
    """Connections into the units 2 to 5 of ten sources, of which unit 4 has none; and the same as a matrix."""
    pairs = [(7, 2), (0, 3), (9, 3), (4, 3), (1, 5)]
    factors = [0.5, -1.0, 2.0, 4.0, 3.0]
    full = np.zeros((4, 10))
    for (source, target), factor in zip(pairs, factors, strict=True):
        full[target - 2, source] = factor
    return Connections([source for source, _ in pairs], [target for _, target in pairs], [-1] * 5, factors), full


@pytest.mark.parametrize("at_once", [1, 10, 17, 1_000_000])
def test_what_reaches_units_is_computed_in_as_many_steps_as_there_is_room_for(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "_AT_ONCE", at_once)
    connections, full = sparse()
    values = np.arange(70.0).reshape(7, 10) ** 2 - 30
    found = reached(connections, values, as_array(connections.coefficients or ()), range(2, 6), SUM)
    np.testing.assert_allclose(found, values @ full.T)  # type: ignore[arg-type]  # a sum is known by arrays
    largest = reached(connections, values, None, range(2, 6), BY_ROLE["max"])
    expected = [[row[7], max(row[[0, 9, 4]]), -math.inf, row[1]] for row in values]
    assert largest is not None
    assert largest.tolist() == expected
    assert reached(connections, values, None, range(2, 6), BY_ROLE["quotient"]) is None


def test_products_that_are_held_at_a_time_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_AT_ONCE", 23)

    class Measured(Combination):
        sizes: list[int] = []  # noqa: RUF012 - of this test alone

        def reduce(self, terms: np.ndarray) -> np.ndarray:
            self.sizes.append(terms.size)
            return terms.sum(axis=-1)  # type: ignore[no-any-return]  # numpy's sum is Any

    connections = Connections([0, 1, 2, 3, 4], [0] * 5, [-1] * 5)
    found = reached(connections, np.ones((9, 5)), None, range(1), Measured())
    assert found is not None
    assert found.tolist() == [[5.0]] * 9
    assert Measured.sizes == [20, 20, 5]


def test_a_layer_that_does_the_same_in_every_channel_is_computed_in_one() -> None:
    values = np.arange(12.0).reshape(2, 6)
    found = one_channel(AvgPool(kernel_size=2), values, Shape(2, 6))
    assert found is not None
    assert found.tolist() == [[0.5, 2.5, 4.5], [6.5, 8.5, 10.5]]
    found = one_channel(Upsample(factor=2.0), values[:, :2], Shape(2, 2))
    assert found is not None
    assert found.tolist() == [[0, 0, 1, 1], [6, 6, 7, 7]]


def test_a_layer_that_mixes_channels_is_not_computed_in_one() -> None:
    assert one_channel(Flatten(), np.zeros((2, 6)), Shape(2, 6)) is None
    assert one_channel(Pad(sides=(1, 1), axis="channels"), np.zeros((2, 6)), Shape(2, 6)) is None
    wider = Pad(sides=(0, 2), axis="channels", mode="circular")  # of which an input of one has not enough
    assert one_channel(wider, np.zeros((2, 6)), Shape(2, 6)) is None
    assert one_channel(Select(indices=(1,)), np.zeros((3, 6)), Shape(3, 6)) is None
    assert one_channel(Expand(shape=(2, 6)), np.zeros((2, 6)), Shape(2, 6)) is None  # of one it would make two
