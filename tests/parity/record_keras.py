"""Save small Keras models with what Keras computes of them, for tests that do without it: ``make models``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import keras_models
import numpy as np

FOLDER = Path(__file__).parent.parent / "models" / "keras"
SAVED = {
    "residual": "keras",
    "nested": "keras",
    "separable": "keras",
    "autoencoder": "keras",
    "mlp": "h5",
    "functions": "keras",
}
"""The models that are saved, and in which format."""


def record() -> None:
    """Write the models, and in one file their inputs and outputs, their channels first."""
    import keras

    FOLDER.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    for case in keras_models.cases():
        if case.name not in SAVED:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the older format
            case.model.save(FOLDER / f"{case.name}.{SAVED[case.name]}")
        chance = np.random.default_rng(1)
        xs = [chance.normal(size=(1, *each.shape[1:])).astype("float32") for each in case.model.inputs]
        made = case.model(xs if len(xs) > 1 else xs[0])
        outputs = [keras.ops.convert_to_numpy(each) for each in (made if isinstance(made, (list, tuple)) else [made])]
        for kind, several in (("x", xs), ("y", outputs)):
            for number, array in enumerate(several):
                first = np.moveaxis(array[0], -1, 0) if array.ndim > 2 else array
                arrays[f"{case.name}.{kind}{number}"] = first.reshape(array.shape[-1] if array.ndim > 2 else 1, -1)
    np.savez_compressed(FOLDER / "values.npz", **arrays)


if __name__ == "__main__":
    record()
