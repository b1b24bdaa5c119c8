"""Keras' files as models: ``.keras``, and whole models in ``.h5``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from connectivity.errors import ModelError, NetworkError, visible
from connectivity.models.assembly import Value
from connectivity.models.keras.archive import read_archive
from connectivity.models.keras.graph import Graph, Unknown
from connectivity.models.model import Model
from connectivity.models.options import ModelOptions
from connectivity.models.workbench import Tensor, Workbench


def read_keras(path: str | Path, options: ModelOptions | None = None) -> Model:
    """The network of a Keras model in a file, with its weights; none of its code is run.

    Its layers have their channels last, those of the network first: an input (positions, channels) is one of shape
    (channels, positions), and so are the outputs. Shapes that the model leaves open are given as the model has them:
    (positions, channels) or (features,). Its ``options`` have no weights, which are in the file.

    Raises FileError where the file cannot be read, ModelError for one that is damaged, too large, of a class that has
    its layers in code, or whose outputs need a layer that cannot be drawn, which is named.
    """
    said = options or ModelOptions()
    shown = visible(str(path), 200)
    if said.weights is not None:
        raise ModelError(f'"{shown}" has its weights itself; others are for a network in the notation')
    archive = read_archive(path)
    bench = Workbench(said.fold_batchnorm)
    try:
        outputs = Graph(bench, archive, said.shapes, said.start, said.end).outputs()
        return bench.model([_settled(bench, each) for each in outputs])
    except (ModelError, NetworkError) as error:
        raise ModelError(f'"{shown}": {error}') from error


def _settled(bench: Workbench, tensor: Tensor | Unknown) -> Value:
    """A layer with an output's units, its last axis as channels."""
    if isinstance(tensor, Unknown):
        raise ModelError(f"{tensor.reason}{_around(tensor.last)}")
    if sum(size != 1 for size in tensor.dims) < 2:
        return bench.settled(tensor)[0]
    matrix = np.moveaxis(tensor.places, -1, 0).reshape(tensor.dims[-1], -1)
    return bench.take(tensor.value, matrix)


def _around(last: str) -> str:
    """How what is before and behind a layer that cannot be drawn can be."""
    until = f'"{visible(last)}" as the last layer (until), or ' if last else ""
    return f"; what is around it can be: name {until}a layer behind it as the first (from)"
