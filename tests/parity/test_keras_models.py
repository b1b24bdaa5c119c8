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
