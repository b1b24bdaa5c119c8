"""What models do to positions: pools, paddings, upsampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from connectivity.errors import ModelError
from connectivity.layers.base import Layer
from connectivity.layers.padding import Pad
from connectivity.models.arrangement import WRAPS, ZERO, covers, places_of
from connectivity.models.workbench import Axes, Tensor, Workbench, others

_PADS: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def of_channels(bench: Workbench, kind: type[Layer], x: Tensor, name: str = "", **fields: Any) -> Tensor:
    """A layer that works along the last axis in each channel by itself: a pool, or an upsampling.

    The axes before the last are its channels, however many.
    """
    last = len(x.dims) - 1
    axes = Axes(others(last + 1, (last,)), (last,))
    value = bench.take(x.value, axes.matrix(x.places))
    made = bench.assembly.layer(kind, value, name=name, **fields)
    return Tensor(made, places_of(made.shape).reshape(*x.dims[:-1], made.shape.length))


def padded(
    bench: Workbench,
    x: Tensor,
    sides: Sequence[tuple[int, int]],
    mode: str = "constant",
    value: float = 0.0,
    name: str = "",
) -> Tensor:
    """A tensor with elements before and behind it along each axis, or (where they are negative) without some.

    Those that repeat others, and zeros, are places alone; the layer that needs them says whether it does that itself.
    """
    cut = tuple(slice(max(0, -left), size - max(0, -right)) for (left, right), size in zip(sides, x.dims, strict=True))
    x = x.seen(x.places[cut])
    more = [(max(0, left), max(0, right)) for left, right in sides]
    if not any(left or right for left, right in more):
        return x
    if mode in WRAPS:
        return _settled(bench, x).seen(np.pad(_settled(bench, x).places, more, _PADS[mode]))
    if mode != "constant":
        raise ModelError(f"a padding of mode {mode}, which is not known; from and until draw another part of the model")
    if value == 0:
        return x.seen(np.pad(x.places, more, constant_values=ZERO))
    return _with_value(bench, x, more, value, name)


def _settled(bench: Workbench, x: Tensor) -> Tensor:
    """The same tensor, in a layer that has its elements once each."""
    if covers(x.places, x.value.shape):
        return x
    value, axes = bench.settled(x)
    return Tensor(value, axes.tensor(places_of(value.shape), x.dims))


def _with_value(bench: Workbench, x: Tensor, sides: Sequence[tuple[int, int]], value: float, name: str) -> Tensor:
    """A padding with another number than zero, along one axis."""
    padded_axes = [axis for axis, (left, right) in enumerate(sides) if left or right]
    if len(padded_axes) != 1:
        raise ModelError(f"a padding along several axes with {value:g}; only zeros are read there")
    (axis,) = padded_axes
    axes = Axes(others(len(x.dims), (axis,)), (axis,))
    source = bench.take(x.value, axes.matrix(x.places))
    made = bench.assembly.layer(Pad, source, name=name, sides=sides[axis], value=value)
    dims = [*x.dims]
    dims[axis] = made.shape.length
    return Tensor(made, axes.tensor(places_of(made.shape), dims))
