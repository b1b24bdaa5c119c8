"""Keras files, written without Keras: a list of layers, and arrays by their paths."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Config = dict[str, Any]


def layer(kind: str, name: str, inputs: list[tuple[str, int, int]] | None = None, **config: Any) -> Config:
    """A layer; in a functional model with what it takes."""
    entry: Config = {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, "trainable": True, **config},
    }
    entry |= {"registered_name": None, "name": name}
    if inputs is not None:
        tensors = [
            {"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "keras_history": list(each)}}
            for each in inputs
        ]
        entry["inbound_nodes"] = (
            [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}] if tensors else []
        )
    return entry


def start(*sizes: int | None, name: str = "x", functional: bool = False) -> Config:
    """An input."""
    return layer("InputLayer", name, [] if functional else None, batch_shape=[None, *sizes])


def sequential(*layers: Config) -> Config:
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": list(layers)}}


def functional(layers: list[Config], outputs: Any, inputs: Any = ("x", 0, 0)) -> Config:
    config = {"name": "model", "layers": layers, "input_layers": list(inputs), "output_layers": outputs}
    return {"module": "keras", "class_name": "Functional", "config": config}


def dense(units: int, inputs: int, seed: int = 0) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    return {"0": chance.normal(size=(inputs, units)), "1": chance.normal(size=units)}


def weights(arrays: Mapping[str, Any], change: Callable[[h5py.File], None] | None = None) -> bytes:
    """An HDF5 file of ``arrays``."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, array in arrays.items():
            file[path] = array
        if change is not None:
            change(file)
    return buffer.getvalue()


def save(path: Path, config: Any, h5: bytes, **members: bytes) -> Path:
    """A ``.keras`` file; ``config`` may be what is no configuration."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.9.0"}))
        archive.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        archive.writestr("model.weights.h5", h5)
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def of_layers(path: Path, *layers: Config, size: tuple[int | None, ...] = (4,), **arrays: Mapping[str, Any]) -> Path:
    """A sequential model of ``layers``, the arrays of which are given by their counted names."""
    flat = {f"layers/{name}/vars/{key}": array for name, several in arrays.items() for key, array in several.items()}
    return save(path, sequential(start(*size), *layers), weights(flat))
