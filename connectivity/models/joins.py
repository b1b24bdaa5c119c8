"""What models do with several tensors, or along an axis of one: sums, products, concatenations, means, softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from connectivity.errors import ModelError
from connectivity.layers.adaptive import GlobalAvgPool, GlobalMaxPool
from connectivity.layers.base import Layer
from connectivity.layers.merges import Concatenate
from connectivity.layers.reducing import Reduce
from connectivity.models.arrangement import Places, covers, places_of
from connectivity.models.workbench import Axes, Tensor, Workbench, all_axes, others, same_axes


def merged(bench: Workbench, kind: type[Layer], tensors: Sequence[Tensor], name: str = "") -> Tensor:
    """A merge of tensors element by element, which broadcast as numpy's do. Raises ModelError where they do not.

    Where all of them are seen in the same way, it is done before they are looked at.
    """
    first = tensors[0]
    if all(_alike(first, other) for other in tensors) and covers(first.places, first.value.shape):
        made = bench.assembly.layer(kind, *(each.value for each in tensors), name=name)
        return Tensor(made, first.places)
    try:
        dims = np.broadcast_shapes(*(each.dims for each in tensors))
    except ValueError as error:
        shapes = " and ".join(str(list(each.dims)) for each in tensors)
        raise ModelError(
            f"shapes {shapes} do not go together; from and until draw another part of the model"
        ) from error
    aligned = [each.seen(each.places.reshape((1,) * (len(dims) - len(each.dims)) + each.dims)) for each in tensors]
    aligned = [each.seen(_collapsed(each.places)) for each in aligned]  # a merge repeats by itself
    own = np.broadcast_shapes(*(each.dims for each in aligned))
    ways = [(axes, [_part(each, axes, own) for each in aligned]) for axes in all_axes(own)]
    axes, matrices = min(ways, key=lambda way: _cost(bench, aligned, way[1]))
    values = [bench.take(each.value, matrix) for each, matrix in zip(aligned, matrices, strict=True)]
    made = bench.assembly.layer(kind, *values, name=name)
    return Tensor(made, np.broadcast_to(axes.tensor(places_of(made.shape), own), dims))


def _collapsed(places: Places) -> Places:
    """Places with one element along each axis that only repeats."""
    for axis in range(places.ndim):
        first = places.take([0], axis)
        if places.shape[axis] > 1 and np.array_equal(places, np.broadcast_to(first, places.shape)):
            places = first
    return places


def _alike(first: Tensor, other: Tensor) -> bool:
    return first.value.shape == other.value.shape and np.array_equal(first.places, other.places)


def _part(tensor: Tensor, axes: Axes, dims: Sequence[int]) -> Places:
    """The matrix of a tensor that broadcasts to ``dims``; where several axes are one, it has all of them or none."""
    places = tensor.places
    for side in (axes.channels, axes.positions):
        if any(places.shape[axis] != dims[axis] for axis in side) and any(places.shape[axis] != 1 for axis in side):
            places = np.broadcast_to(places, [dims[n] if n in side else size for n, size in enumerate(places.shape)])
    matrix: Places = axes.matrix(places)
    return matrix


def _cost(bench: Workbench, tensors: Sequence[Tensor], matrices: Sequence[Places]) -> int:
    return sum(bench.cost(each.value, matrix) for each, matrix in zip(tensors, matrices, strict=True))


def concatenated(bench: Workbench, tensors: Sequence[Tensor], axis: int, name: str = "") -> Tensor:
    """Tensors one behind the other along ``axis``; parts of one layer are put together by their places alone."""
    if len({each.value.node for each in tensors}) == 1:
        return tensors[0].seen(np.concatenate([each.places for each in tensors], axis))
    number = len(tensors[0].dims)
    dims = [*tensors[0].dims]
    dims[axis] = sum(each.dims[axis] for each in tensors)
    rest = others(number, (axis,))
    wide = [n for n in rest if dims[n] != 1]
    if len(wide) > 1:  # rows of everything, and what is wanted of them
        return _rows_joined(bench, tensors, axis, name)
    axes = min(
        same_axes((axis,), rest),
        key=lambda way: sum(bench.cost(each.value, way.matrix(each.places)) for each in tensors),
    )
    values = [bench.take(each.value, axes.matrix(each.places)) for each in tensors]
    along = "channels" if axes.channels == (axis,) else "length"
    made = bench.assembly.layer(Concatenate, *values, name=name, axis=along)
    return Tensor(made, axes.tensor(places_of(made.shape), dims))


def _rows_joined(bench: Workbench, tensors: Sequence[Tensor], axis: int, name: str) -> Tensor:
    starts = np.cumsum([0, *(each.places.size for each in tensors)])
    values = [bench.take(each.value, each.places.reshape(1, -1)) for each in tensors]
    made = bench.assembly.layer(Concatenate, *values, name=name, axis="length")
    places = [
        start + np.arange(each.places.size).reshape(each.dims) for start, each in zip(starts, tensors, strict=False)
    ]
    return Tensor(made, np.concatenate(places, axis))


def reduced(bench: Workbench, x: Tensor, operation: str, axes: Sequence[int], keep: bool, name: str = "") -> Tensor:
    """The mean, sum, max, min, l1, l2 or prod of a tensor over some of its axes."""
    number = len(x.dims)
    over = tuple(sorted(axis % number for axis in axes)) if axes else tuple(range(number))
    kept = others(number, over)
    rest = [1 if n in over else size for n, size in enumerate(x.dims)]
    dims = rest if keep else [x.dims[n] for n in kept]
    value, seen = bench.settled(x, same_axes(kept, over))
    along = seen.positions == over
    whole = {"mean": GlobalAvgPool, "max": GlobalMaxPool}.get(operation)
    if along and whole is not None:
        made = bench.assembly.layer(whole, value, name=name)
    else:
        made = bench.assembly.layer(Reduce, value, name=name, op=operation, axis="length" if along else "channels")
    return bench.whole(made, dims)


def mixed(bench: Workbench, x: Tensor, word: str, axis: int) -> Tensor:
    """A softmax, or one of its kin, along an axis of a tensor."""
    axis %= len(x.dims)
    rest = others(len(x.dims), (axis,))
    value, axes = bench.settled(x, same_axes((axis,), rest))
    channels, length = value.shape
    along = "channels" if axes.channels == (axis,) else "length"
    usual = "channels" if channels > 1 else "length"
    text = word if along == usual and (channels == 1 or length == 1 or along == "channels") else f"{word}:{along}"
    made = bench.assembly.activation(value, text)
    return Tensor(made, axes.tensor(places_of(made.shape), x.dims))


def by_channel(bench: Workbench, x: Tensor, word: str, values: Any, axis: int = 1) -> Tensor:
    """An activation with a value for each element of an axis, or one for all: a PReLU."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    text = f"{word}:" + "/".join(repr(float(number)) for number in numbers)
    if numbers.size == 1:
        return bench.activation(x, text)
    if len(x.dims) <= axis or x.dims[axis] != numbers.size:
        raise ModelError(
            f"{numbers.size} values of {word} for a tensor of shape {list(x.dims)}; from and until draw another part of the model"
        )
    axes = Axes((axis,), others(len(x.dims), (axis,)))
    value = bench.take(x.value, axes.matrix(x.places))
    made = bench.assembly.activation(value, text)
    return Tensor(made, axes.tensor(places_of(made.shape), x.dims))
