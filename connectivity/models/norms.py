"""What models do with a scale and a shift: batch norms, and arithmetic with constants."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectivity.errors import ModelError
from connectivity.layers.affine import Affine
from connectivity.layers.base import Shape
from connectivity.layers.batchnorm import BatchNorm
from connectivity.models.arrangement import places_of
from connectivity.models.workbench import Axes, Tensor, Workbench, others, same_axes

Array = NDArray[Any]


def batch_norm(
    bench: Workbench, x: Tensor, axis: int, tensors: Mapping[str, Array], *, eps: float, name: str, parameter: Hashable
) -> Tensor:
    """A batch norm of the channels that ``axis`` has; ``tensors`` as :meth:`.BatchNorm.tensors` has them, without eps.

    Where these are no channels but positions, as behind a linear layer, it is an affine layer, a scale and a shift
    for each of them.
    """
    tensors = {key: np.asarray(array, dtype=np.float64) for key, array in tensors.items()}
    rest = others(len(x.dims), (axis,))
    value, axes = bench.settled(x, same_axes((axis,), rest))
    unit = np.ones(x.dims[axis])
    variance = tensors["running_var"] + eps
    if not (variance > 0).all():
        raise ModelError(f"{name or 'a batch norm'}: a variance is {variance.min():g}; it must be more than 0")
    scale = tensors.get("weight", unit) / np.sqrt(variance)
    shift = tensors.get("bias", 0 * unit) - tensors["running_mean"] * scale
    folded = bench.scaled(value, scale, shift)
    if folded is not None:
        bench.assembly.note(f"{name or 'a batch norm'}: put into the weights before it")
        return Tensor(folded, axes.tensor(places_of(folded.shape), x.dims))
    if axes.channels == (axis,):
        return bench.layer(BatchNorm, value, axes, x.dims, name=name, parameter=parameter, tensors=tensors, eps=eps)
    affine = {"weight": scale, "bias": shift}
    bench.assembly.note(f"{name or 'a batch norm'}: a batch norm, as a scale and a shift for each position")
    return bench.layer(Affine, value, axes, x.dims, name=name, parameter=parameter, tensors=affine, per="position")


def affine(
    bench: Workbench, x: Tensor, scale: Any, shift: Any, *, name: str = "", parameter: Hashable = None
) -> Tensor:
    """``scale * x + shift`` by constants, arrays that broadcast with it as numpy's do; None is 1, or 0.

    One number for all is an activation, ``linear``, unless it has a ``parameter``, which is trained.
    """
    given = {
        key: np.asarray(array, dtype=np.float64)
        for key, array in (("weight", scale), ("bias", shift))
        if array is not None
    }
    if parameter is None and all(array.size == 1 for array in given.values()):
        weight, bias = (
            float(given[key].ravel()[0]) if key in given else default
            for key, default in (("weight", 1.0), ("bias", 0.0))
        )
        return bench.activation(broadcast(x, *given.values()), f"linear:{weight!r}/{bias!r}")
    x = broadcast(x, *given.values())
    value, axes = bench.settled(x)
    padded = {key: array.reshape((1,) * (len(x.dims) - array.ndim) + array.shape) for key, array in given.items()}
    matrices = {key: _matrix(axes, array, x.dims) for key, array in padded.items()}
    per, shape = _per(value.shape, list(matrices.values()))
    tensors = {key: np.broadcast_to(array, shape).reshape(_form(per, value.shape)) for key, array in matrices.items()}
    tensors.setdefault("weight", np.ones(_form(per, value.shape)))
    return bench.layer(Affine, value, axes, x.dims, name=name, parameter=parameter, tensors=tensors, per=per)


def broadcast(x: Tensor, *arrays: Array) -> Tensor:
    """A tensor in the shape that it has in arithmetic with ``arrays``. Raises ModelError where there is none."""
    try:
        dims = np.broadcast_shapes(x.dims, *(array.shape for array in arrays))
    except ValueError as error:
        shapes = " and ".join(str(list(array.shape)) for array in arrays)
        raise ModelError(
            f"shapes {list(x.dims)} and {shapes} do not go together; from and until draw another part of the model"
        ) from error
    return x if dims == x.dims else x.seen(np.broadcast_to(x.places, dims))


def _matrix(axes: Axes, array: Array, dims: Sequence[int]) -> Array:
    """A constant that broadcasts to ``dims`` as a matrix that broadcasts to channels x positions."""
    whole = [
        tuple(dims[axis] if axis in side else array.shape[axis] for axis in range(len(dims)))
        for side in (axes.channels, axes.positions)
    ]
    for side, shape in zip((axes.channels, axes.positions), whole, strict=True):
        if any(array.shape[axis] != 1 for axis in side):  # several axes in one: all of them, or none
            array = np.broadcast_to(
                array, tuple(max(one, other) for one, other in zip(array.shape, shape, strict=True))
            )
    matrix: Array = axes.matrix(array)
    return matrix


def _per(shape: Shape, matrices: Sequence[Array]) -> tuple[str, tuple[int, int]]:
    """For what constants of these shapes have a number each: the layer, a channel, a position or a unit."""
    channels, length = np.broadcast_shapes(*(matrix.shape for matrix in matrices))
    by = (channels > 1, length > 1)
    per = {(False, False): "layer", (True, False): "channel", (False, True): "position", (True, True): "unit"}[by]
    return per, (channels, length)


def _form(per: str, shape: Shape) -> tuple[int, ...]:
    """The shape of an affine layer's arrays."""
    return {"layer": (1,), "channel": (shape.channels,), "position": (shape.length,), "unit": tuple(shape)}[per]
