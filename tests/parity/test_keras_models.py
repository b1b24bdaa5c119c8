"""Keras models, saved, read and computed, against themselves: 1e-5 relative, in float32."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("keras", reason="needs Keras (make test-models)")
    pytest.importorskip("torch", reason="needs PyTorch (make test-models)")

import keras
import numpy as np
from keras_models import Case, cases, chance

from connectivity.errors import ConnectivityError
from connectivity.models.kerasfile import read_keras

pytestmark = [  # what Keras itself warns of
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings(r"ignore:[\s\S]*softmax over axis:UserWarning"),
]

CASES = cases()


def first(array: np.ndarray) -> np.ndarray:
    """An array of Keras, its batch dropped, with its channels first."""
    return np.moveaxis(array[0], -1, 0).reshape(array.shape[-1], -1) if array.ndim > 2 else array.reshape(1, -1)


def check(model: Any, path: Path) -> Any:
    """A model's outputs, in order, are those of its network, read of its file."""
    model.save(path)
    read = read_keras(path)
    generator = np.random.default_rng(5)
    xs = [generator.normal(size=(1, *each.shape[1:])).astype("float32") for each in model.inputs]
    wanted = model(xs if len(xs) > 1 else xs[0])
    wanted = [keras.ops.convert_to_numpy(each) for each in (wanted if isinstance(wanted, (list, tuple)) else [wanted])]
    given = [first(x) for x in xs]
    found = values(read, given if len(given) > 1 else given[0])
    for name, want in zip(read.outputs, map(first, wanted), strict=True):
        np.testing.assert_allclose(
            found[name].ravel(), want.ravel(), rtol=1e-5, atol=1e-5 * max(1e-3, float(np.abs(want).max()))
        )
    return read


def values(model: Any, x: Any) -> dict[str, np.ndarray]:
    """The values of all layers."""
    from connectivity.graphs.blueprint import Blueprint
    from connectivity.graphs.evaluation import network_values

    blueprint = Blueprint(model.network, model.weights)
    names = (stage.name for stage in model.network.stages)
    return {name: np.array(flat) for name, flat in zip(names, network_values(blueprint, x), strict=True)}


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.filterwarnings("ignore")  # Keras' own, of its older format
def test_a_model_is_computed_as_by_keras(case: Case, suffix: str, tmp_path: Path) -> None:
    check(case.model, tmp_path / f"model.{suffix}")


@pytest.mark.parametrize("seed", range(140))
def test_what_chance_puts_together_is_computed_as_by_keras(seed: int, tmp_path: Path) -> None:
    check(chance(seed), tmp_path / "model.keras")


O = keras.ops  # noqa: E741
ARITHMETIC: dict[str, Any] = {
    "of two": lambda x, y: x / (O.absolute(y) + 2.0),
    "by a number": lambda x, y: x / 4.0,
    "of a number": lambda x, y: 3.0 / (O.absolute(y) + 2.0),
    "a number less": lambda x, y: 1.5 - x,
    "the larger": lambda x, y: O.maximum(x, y),
    "the smaller": lambda x, y: O.minimum(x, y),
    "a means of a channel": lambda x, y: O.mean(x, axis=1, keepdims=True),
    "the largest of all": lambda x, y: O.max(x, axis=[1, 2]),
    "beside each other": lambda x, y: O.concatenate([x, y], axis=2),
    "a part": lambda x, y: x[:, 1:5:2],
    "one place": lambda x, y: x[:, -1],
    "halves": lambda x, y: O.split(x, 2, axis=1)[1],
    "the other way round": lambda x, y: O.transpose(x, (0, 2, 1)),
    "another slope": lambda x, y: O.leaky_relu(x, negative_slope=0.4),
    "exact": lambda x, y: O.gelu(x, approximate=False),
    "nearly": lambda x, y: O.gelu(x, approximate=True),
    "along positions": lambda x, y: O.softmax(x, axis=1),
}
"""Functions of two tensors of six positions and two channels."""


@pytest.mark.parametrize("name", ARITHMETIC)
def test_a_function_is_computed_as_by_keras(name: str, tmp_path: Path) -> None:
    x, y = keras.Input((6, 2), name="a"), keras.Input((6, 2), name="b")
    check(keras.Model([x, y], [ARITHMETIC[name](x, y), x + y]), tmp_path / "model.keras")


REFUSED: dict[str, tuple[Any, str]] = {
    "a bound": (lambda x: O.maximum(x, 0.5), "a bound that is a number cannot be drawn"),
    "nothing to divide by": (lambda x: x / 0.0, "a division by 0"),
    "elements without an order": (lambda x: O.sort(x), "Sort"),
}
"""Functions that cannot be drawn, and a word of what is said."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_function_that_cannot_be_drawn_is_refused(name: str, tmp_path: Path) -> None:
    make, words = REFUSED[name]
    x = keras.Input((6, 2))
    keras.Model(x, make(x)).save(tmp_path / "model.keras")
    with pytest.raises(ConnectivityError, match=words):
        read_keras(tmp_path / "model.keras")
