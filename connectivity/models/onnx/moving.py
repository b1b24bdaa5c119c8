"""Operators that move elements and compute none: the same for a constant's array and for the index of data.

Each is a function of a call and an array to arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.onnx.calls import Call, axis_of
from connectivity.models.onnx.folding import room


def _transpose(call: Call, array: np.ndarray) -> list[np.ndarray]:
    order = call.said("perm", list(reversed(range(array.ndim))))
    if sorted(order) != list(range(array.ndim)):
        raise ModelError(f"its perm {order} is no order of {array.ndim} axes")
    return [array.transpose(order)]


def _reshape(call: Call, array: np.ndarray) -> list[np.ndarray]:
    shape = call.integers(1) if call.has(1) else call.said("shape", [])
    if not call.said("allowzero", 0):
        shape = [array.shape[n] if not size and n < array.ndim else size for n, size in enumerate(shape)]
    rest = math.prod(size for size in shape if size != -1)
    fits = array.size % rest == 0 if -1 in shape and rest else array.size == rest
    if shape.count(-1) > 1 or any(size < -1 for size in shape) or not fits:
        raise ModelError(f"{array.size:,} elements of shape {list(array.shape)} do not fit the shape {shape}")
    return [array.reshape(shape)]


def _flatten(call: Call, array: np.ndarray) -> list[np.ndarray]:
    axis = call.said("axis", 1)
    axis = axis if axis == array.ndim else axis_of(axis, array.ndim)
    return [array.reshape(math.prod(array.shape[:axis]), -1) if array.size else array]


def _axes(call: Call) -> list[int] | None:
    return call.integers(1) if call.has(1) else call.node.attributes.get("axes")


def _squeeze(call: Call, array: np.ndarray) -> list[np.ndarray]:
    axes = _axes(call)
    if axes is None:
        return [array.squeeze()]
    places = {axis_of(axis, array.ndim) for axis in axes}
    if any(array.shape[axis] != 1 for axis in places):
        raise ModelError(f"the axes {axes} of a tensor of shape {list(array.shape)} are not all of size 1")
    return [array.squeeze(tuple(places))]


def _unsqueeze(call: Call, array: np.ndarray) -> list[np.ndarray]:
    axes = _axes(call) or []
    rank = array.ndim + len(axes)
    places = {axis_of(axis, rank) for axis in axes}
    if len(places) < len(axes):
        raise ModelError(f"its axes {axes} are not all different")
    sizes = iter(array.shape)
    return [array.reshape([1 if axis in places else next(sizes) for axis in range(rank)])]


def _expand(call: Call, array: np.ndarray) -> list[np.ndarray]:
    try:
        shape = np.broadcast_shapes(array.shape, tuple(call.integers(1)))
    except ValueError as error:
        raise ModelError(f"a tensor of shape {list(array.shape)} cannot be expanded to {call.integers(1)}") from error
    room(math.prod(shape))
    return [np.broadcast_to(array, shape)]


def _tile(call: Call, array: np.ndarray) -> list[np.ndarray]:
    repeats = call.integers(1)
    if len(repeats) != array.ndim or any(number < 0 for number in repeats):
        raise ModelError(f"its repeats {repeats} do not fit a tensor of {array.ndim} axes")
    room(array.size * math.prod(repeats))
    return [np.tile(array, repeats)]


def _gather(call: Call, array: np.ndarray) -> list[np.ndarray]:
    places = call.array(1)
    axis = axis_of(call.said("axis", 0), array.ndim)
    size = array.shape[axis]
    room(array.size / max(1, size) * places.size)
    return [np.take(array, _places(places, size), axis)]


def _gather_elements(call: Call, array: np.ndarray) -> list[np.ndarray]:
    axis = axis_of(call.said("axis", 0), array.ndim)
    places = _places(call.array(1), array.shape[axis])
    return [np.take_along_axis(array, places, axis)]


def _gather_nd(call: Call, array: np.ndarray) -> list[np.ndarray]:
    places, shared = call.array(1), call.said("batch_dims", 0)
    depth = places.shape[-1] if places.ndim else 0
    if not 0 <= shared < places.ndim or not 1 <= depth <= array.ndim - shared:
        raise ModelError(f"its indices of shape {list(places.shape)} do not fit data of shape {list(array.shape)}")
    lead = [
        np.arange(size).reshape([-1 if place == axis else 1 for place in range(places.ndim - 1)])
        for axis, size in enumerate(places.shape[:shared])
    ]
    wanted = [_places(places[..., n], array.shape[shared + n]) for n in range(depth)]
    room(math.prod(places.shape[:-1]) * math.prod(array.shape[shared + depth :]))
    return [array[(*lead, *wanted)]]


def _places(places: np.ndarray, size: int) -> np.ndarray:
    """Places along an axis of ``size``, counted from the front. Raises ModelError for those that are not there."""
    if not np.issubdtype(places.dtype, np.integer) or (places.size and (places.min() < -size or places.max() >= size)):
        raise ModelError(f"it takes places of an axis of {size:,} that are not there")
    return np.where(places < 0, places + size, places)


def _slice(call: Call, array: np.ndarray) -> list[np.ndarray]:
    if "starts" in call.node.attributes:
        starts, ends = call.said("starts", []), call.said("ends", [])
        axes, steps = call.said("axes", list(range(len(starts)))), [1] * len(starts)
    else:
        starts, ends = call.integers(1), call.integers(2)
        axes = call.integers(3) if call.has(3) else list(range(len(starts)))
        steps = call.integers(4) if call.has(4) else [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise ModelError("its starts, ends, axes and steps do not fit one another")
    cuts = [slice(None)] * array.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = axis_of(axis, array.ndim)
        cuts[place] = _cut(start, end, step, array.shape[place])
    made = array[tuple(cuts)]
    return [made]


def _cut(start: int, end: int, step: int, size: int) -> slice:
    """A slice as ONNX means it: beyond an end is at it.

    >>> [list(range(5))[_cut(*each, 5)] for each in ((1, 99, 2), (-1, -99, -2))]
    [[1, 3], [4, 2, 0]]
    """
    start, end = (place + size if place < 0 else place for place in (start, end))
    if step > 0:
        return slice(min(max(start, 0), size), min(max(end, 0), size), step)
    last = min(max(end, -1), size - 1)
    return slice(min(max(start, 0), size - 1), None if last < 0 else last, step)


def _split(call: Call, array: np.ndarray) -> list[np.ndarray]:
    axis = axis_of(call.said("axis", 0), array.ndim)
    size, number = array.shape[axis], len(call.node.outputs)
    sizes = call.integers(1) if call.has(1) else call.node.attributes.get("split")
    if sizes is None:
        number = call.said("num_outputs", number)
        each = -(-size // max(1, number))
        sizes = [min(each, size - each * place) for place in range(number)]
    if sum(sizes) != size or any(one < 0 for one in sizes):
        raise ModelError(f"its parts of {sizes} are not those of an axis of {size:,}")
    return np.split(array, np.cumsum(sizes)[:-1], axis)


def _depth_to_space(call: Call, array: np.ndarray) -> list[np.ndarray]:
    batch, channels, height, width = _four(array)
    block = call.said("blocksize", 1)
    if block < 1 or channels % (block * block):
        raise ModelError(f"{channels} channels have no blocks of {block} x {block}")
    inner = channels // (block * block)
    if call.said("mode", "DCR") == "DCR":
        moved = array.reshape(batch, block, block, inner, height, width).transpose(0, 3, 4, 1, 5, 2)
    else:
        moved = array.reshape(batch, inner, block, block, height, width).transpose(0, 1, 4, 2, 5, 3)
    return [moved.reshape(batch, inner, height * block, width * block)]


def _space_to_depth(call: Call, array: np.ndarray) -> list[np.ndarray]:
    batch, channels, height, width = _four(array)
    block = call.said("blocksize", 1)
    if block < 1 or height % block or width % block:
        raise ModelError(f"{height} x {width} positions have no blocks of {block} x {block}")
    blocks = array.reshape(batch, channels, height // block, block, width // block, block)
    moved = (
        blocks.transpose(0, 3, 5, 1, 2, 4) if call.said("mode", "DCR") == "DCR" else blocks.transpose(0, 1, 3, 5, 2, 4)
    )
    return [moved.reshape(batch, channels * block * block, height // block, width // block)]


def _four(array: np.ndarray) -> tuple[int, int, int, int]:
    if array.ndim != 4:
        raise ModelError(f"it needs a tensor of 4 axes, not {array.ndim}")
    return array.shape


Mover = Callable[[Call, np.ndarray], Sequence[np.ndarray]]

MOVED: dict[str, Mover] = {
    "Transpose": _transpose, "Reshape": _reshape, "Flatten": _flatten, "Squeeze": _squeeze, "Unsqueeze": _unsqueeze,
    "Expand": _expand, "Tile": _tile, "Gather": _gather, "Slice": _slice, "Split": _split, "Identity": lambda _, a: [a],
    "GatherElements": _gather_elements, "GatherND": _gather_nd, "DepthToSpace": _depth_to_space, "SpaceToDepth": _space_to_depth,
}  # fmt: skip
"""The operators whose outputs are elements of their first input."""


class Sides(NamedTuple):
    """How much is added on both sides of each axis, in which way, and which constant."""

    widths: list[tuple[int, int]]
    mode: str
    value: float


def sides(call: Call, rank: int) -> Sides:
    """What a Pad says, of any version. Raises ModelError for what does not fit ``rank`` axes."""
    if call.has(1):
        pads = call.integers(1)
        axes: list[int] = call.integers(3) if call.has(3) else list(range(rank))
        value = float(call.array(2).ravel()[0]) if call.has(2) and call.array(2).size else 0.0
    else:
        pads = call.node.attributes.get("pads") or call.said("paddings", [])
        axes, value = list(range(rank)), call.said("value", 0.0)
    if len(pads) != 2 * len(axes):
        raise ModelError(f"its {len(pads)} pads are not two for each of {len(axes)} axes")
    widths = [(0, 0)] * rank
    for number, axis in enumerate(axes):
        widths[axis_of(axis, rank)] = pads[number], pads[number + len(axes)]
    return Sides(widths, call.said("mode", "constant"), value)


def padded(array: np.ndarray, how: Sides, constant: Any) -> np.ndarray:
    """``array`` with more on its sides, or less where that is negative; ``constant`` where nothing else is."""
    cut = tuple(
        slice(max(0, -left), array.shape[axis] - max(0, -right)) for axis, (left, right) in enumerate(how.widths)
    )
    array = array[cut]
    widths = [(max(0, left), max(0, right)) for left, right in how.widths]
    room(math.prod(size + left + right for size, (left, right) in zip(array.shape, widths, strict=True)))
    if how.mode == "constant":
        return np.pad(array, widths, constant_values=constant)
    if how.mode not in ("reflect", "edge", "wrap"):
        raise ModelError(f'its mode "{how.mode}" is not known')
    most = [{"reflect": size - 1, "wrap": size}.get(how.mode, math.inf) for size in array.shape]
    if any(max(pair) > limit for pair, limit in zip(widths, most, strict=True)):
        raise ModelError(f"its pads {widths} are too wide for the mode {how.mode}")
    return np.asarray(np.pad(array, widths, mode=how.mode))  # type: ignore[call-overload]  # three of its literals
