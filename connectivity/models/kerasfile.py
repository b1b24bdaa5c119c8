"""Keras' files as models: ``.keras``, and whole models in ``.h5``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from connectivity.errors import ModelError, NetworkError, visible
from connectivity.models.assembly import Value
from connectivity.models.keras.archive import read_archive
from connectivity.models.keras.graph import Graph, Unknown
from connectivity.models.model import Model
from connectivity.models.workbench import Tensor, Workbench


def read_keras(
    path: str | Path,
    input_shape: Sequence[int] | Sequence[Sequence[int]] | None = None,
    *,
    before: str | None = None,
    after: str | None = None,
) -> Model:
    """The network of a Keras model in a file, with its weights; none of its code is run.

    Its layers have their channels last, those of the network first: an input (positions, channels) is one of shape
    (channels, positions), and so are the outputs. ``input_shape`` is what the model leaves open, without the batch, as
    the model has it: (positions, channels) or (features,); of several inputs a list of them. ``before`` names a layer
    and reads what leads to its inputs, ``after`` one of which the outputs become inputs.

    Raises FileError where the file cannot be read, ModelError for one that is damaged, too large, of a class that has
    its layers in code, or whose outputs need a layer that cannot be drawn, which is named.
    """
    archive = read_archive(path)
    shown = visible(str(path))
    bench = Workbench()
    try:
        outputs = Graph(bench, archive, _shapes(input_shape), before, after).outputs()
        return bench.model([_settled(bench, each) for each in outputs])
    except (ModelError, NetworkError) as error:
        raise ModelError(f'"{shown}": {error}') from error


def _shapes(input_shape: Sequence[int] | Sequence[Sequence[int]] | None) -> list[list[int]]:
    """The shapes of the inputs, in order."""
    if input_shape is None:
        return []
    sizes = list(input_shape)
    shapes = [sizes] if all(isinstance(size, int) for size in sizes) else sizes
    if not sizes or not all(isinstance(each, Sequence) and not isinstance(each, str) for each in shapes):
        raise ModelError(f"input_shape is a shape without the batch, as (64, 2), not {visible(repr(input_shape), 40)}")
    return [[*each] for each in shapes]  # type: ignore[misc]  # they are sequences


def _settled(bench: Workbench, tensor: Tensor | Unknown) -> Value:
    """A layer with an output's units, its last axis as channels."""
    if isinstance(tensor, Unknown):
        raise ModelError(
            f'{tensor.reason}; what is around a layer can be read: before="{{name}}", after="{{name}}"'.replace(
                "{name}", _named(tensor)
            )
        )
    if sum(size != 1 for size in tensor.dims) < 2:
        return bench.settled(tensor)[0]
    matrix = np.moveaxis(tensor.places, -1, 0).reshape(tensor.dims[-1], -1)
    return bench.take(tensor.value, matrix)


def _named(unknown: Unknown) -> str:
    """The layer that an error is about."""
    return unknown.reason.partition('"')[2].partition('"')[0] or "NAME"
