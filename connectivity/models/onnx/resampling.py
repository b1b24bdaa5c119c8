"""Sums of shifted and scaled positions that are one layer: exporters write interpolation and adaptive means so.

What layers make of the positions of another one, the same in every channel, is a matrix (outputs, positions). Where that
of a sum is the matrix of a layer that is known, it is drawn as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.layers.base import Shape
from connectivity.layers.kinds import kind_named
from connectivity.models.assembly import Value

MATRIX_LIMIT = 1_000_000
"""The most elements of a matrix that is looked at."""

_AGREE = 1e-5


class Positions(NamedTuple):
    """A layer as a matrix (outputs, positions) on those of ``root``; ``layers`` counts those on the way."""

    root: Value
    matrix: np.ndarray
    layers: int


class Known(NamedTuple):
    """A layer to be: the name of its kind, and its fields."""

    kind: str
    fields: dict[str, Any]


def begun(value: Value) -> Positions | None:
    """A layer as it is, on itself; None for one that is too long."""
    length = value.shape.length
    return Positions(value, np.eye(length), 0) if 1 < length * length <= MATRIX_LIMIT else None


def moved(kind: str, before: Positions, fields: Mapping[str, Any], tensors: Mapping[str, Any]) -> Positions | None:
    """What a layer of a ``kind`` that takes one makes of positions; None where it does anything else."""
    ways = {"select": _selected, "crop": _cropped, "pad": _padded, "affine": _scaled}
    matrix = ways[kind](before.matrix, fields, tensors) if kind in ways else None
    if matrix is None or matrix.size > MATRIX_LIMIT:
        return None
    return Positions(before.root, matrix, before.layers + 1)


def summed(kind: str, parts: Sequence[Positions]) -> Positions | None:
    """The sum, or the difference, of parts on the same layer; None where it is neither, or of several."""
    signs = {"add": 1.0, "sub": -1.0}
    if kind not in signs or any(one.root != parts[0].root for one in parts):
        return None
    if any(one.matrix.shape != parts[0].matrix.shape for one in parts):
        return None
    matrix = parts[0].matrix + signs[kind] * sum(one.matrix for one in parts[1:])
    return Positions(parts[0].root, matrix, 1 + sum(one.layers for one in parts))


def _selected(matrix: np.ndarray, fields: Mapping[str, Any], tensors: Mapping[str, Any]) -> np.ndarray | None:
    return matrix[np.array(fields["indices"]) - 1] if fields.get("axis") == "length" else None


def _cropped(matrix: np.ndarray, fields: Mapping[str, Any], tensors: Mapping[str, Any]) -> np.ndarray | None:
    left, right = fields["sides"]
    return matrix[left : len(matrix) - right]


def _padded(matrix: np.ndarray, fields: Mapping[str, Any], tensors: Mapping[str, Any]) -> np.ndarray | None:
    if fields.get("mode") != "constant" or fields.get("value") or fields.get("axis", "length") != "length":
        return None
    return np.pad(matrix, (fields["sides"], (0, 0)))


def _scaled(matrix: np.ndarray, fields: Mapping[str, Any], tensors: Mapping[str, Any]) -> np.ndarray | None:
    if fields.get("per") != "position" or set(tensors) != {"weight"}:
        return None
    return np.asarray(np.asarray(tensors["weight"])[:, None] * matrix)


def known(positions: Positions) -> Known | None:
    """The one layer that ``positions`` are, if there is one for what takes several."""
    matrix = positions.matrix
    if positions.layers < 2 or not np.allclose(matrix.sum(axis=1), 1, atol=_AGREE):
        return None
    outputs, inputs = matrix.shape
    for candidate in _candidates(outputs, inputs):
        if np.abs(_matrix(candidate, outputs, inputs) - matrix).max() < _AGREE:
            return candidate
    return None


def _candidates(outputs: int, inputs: int) -> Iterator[Known]:
    if outputs < inputs:
        yield Known("adaptiveavgpool", {"output_size": outputs})
    sizes = {"factor": outputs // inputs} if outputs % inputs == 0 else {"size": outputs}
    for mode in ("linear", "cubic"):
        for coordinates in ("half_pixel", "align_corners"):
            yield Known("upsample", {**sizes, "mode": mode, "coordinates": coordinates})


def _matrix(layer: Known, outputs: int, inputs: int) -> np.ndarray:
    connections = kind_named(layer.kind)(**layer.fields).connections(Shape(1, inputs))
    matrix = np.zeros((outputs, inputs))
    if connections.coefficients is not None:
        np.add.at(matrix, (connections.targets, connections.sources), connections.coefficients)
    return matrix
