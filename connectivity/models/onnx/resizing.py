"""Resize and Upsample: other lengths, by the nearest positions or by values between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.onnx.arranging import Arrangement
from connectivity.models.onnx.calls import Call, axis_of
from connectivity.models.onnx.values import Data, Held


def _coordinates(call: Call) -> str:
    """The coordinate mode, which the first versions did not say."""
    newer = call.node.op == "Resize" and call.version >= 11
    return str(call.said("coordinate_transformation_mode", "half_pixel" if newer else "asymmetric"))


def _rounding(call: Call) -> str:
    newer = call.node.op == "Resize" and call.version >= 11
    return str(call.said("nearest_mode", "round_prefer_floor")) if newer else "floor"


def resized_positions(call: Call, size: int, new: int, scale: float) -> np.ndarray:
    """Where output positions lie in an input of ``size``, by the coordinate mode of a Resize."""
    mode = _coordinates(call)
    places = np.arange(new, dtype=float)
    if mode == "asymmetric":
        return np.asarray(places / scale)
    if mode == "align_corners":
        return np.asarray(places * (size - 1) / max(1, new - 1))
    if mode == "half_pixel_symmetric":
        adjusted = new / (scale * size)
        return np.asarray(size / 2 * (1 - adjusted) + (places + 0.5) / scale - 0.5)
    if mode == "pytorch_half_pixel" and new == 1:
        return np.zeros(1)
    if mode in ("half_pixel", "pytorch_half_pixel"):
        return np.asarray((places + 0.5) / scale - 0.5)
    raise ModelError(f'its coordinate_transformation_mode "{mode}" is not drawn')


def nearest(call: Call, places: np.ndarray, size: int) -> np.ndarray:
    """The positions nearest to ``places``, rounded as a Resize says."""
    rounding = _rounding(call)
    ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "floor": np.floor,
        "ceil": np.ceil,
        "round_prefer_floor": lambda x: np.ceil(x - 0.5),
        "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    }
    if rounding not in ways:
        raise ModelError(f'its nearest_mode "{rounding}" is not known')
    return np.asarray(np.clip(np.asarray(ways[rounding](places)).astype(int), 0, size - 1))


def resize(call: Call) -> list[Held]:
    """Resize and Upsample: of positions alone."""
    data = call.data(0)
    rank = len(data.shape)
    sizes, scales = _sizes(call, data.shape)
    mode = call.said("mode", "nearest")
    for axis in range(rank):
        if sizes[axis] == data.shape[axis] and scales[axis] == 1:
            continue
        nearest_ones = None
        if mode == "nearest":
            places = resized_positions(call, data.shape[axis], sizes[axis], scales[axis])
            nearest_ones = nearest(call, places, data.shape[axis])
        repeats = sizes[axis] // data.shape[axis]
        whole = nearest_ones is not None and np.array_equal(
            nearest_ones, np.repeat(np.arange(data.shape[axis]), repeats)
        )
        if nearest_ones is not None and (whole or _coordinates(call) not in _DRAWN):
            data = data.moved(np.take(data.index, nearest_ones, axis))
        else:
            data = _resampled(call, data, axis, sizes[axis], scales[axis], mode)
    return [data]


def _sizes(call: Call, shape: tuple[int, ...]) -> tuple[list[int], list[float]]:
    """The sizes of all axes, and the scales."""
    if call.node.op == "Upsample" or call.version < 11:
        given = call.array(1).ravel().tolist() if call.has(1) else call.said("scales", [])
        wanted = None
    else:
        given = call.array(2).ravel().tolist() if call.has(2) and call.array(2).size else []
        wanted = call.integers(3) if call.has(3) and call.array(3).size else None
    axes = call.node.attributes.get("axes") or list(range(len(shape)))
    listed = wanted or given
    if len(listed) != len(axes) or any(not number > 0 for number in listed):
        raise ModelError(f"its sizes or scales {listed} do not fit a tensor of {len(shape)} axes")
    sizes, scales = list(shape), [1.0] * len(shape)
    for axis, number in zip(axes, listed, strict=True):
        place = axis_of(axis, len(shape))
        sizes[place] = number if wanted else math.floor(shape[place] * number)
        scales[place] = number / shape[place] if wanted else float(np.float32(number))
    if call.said("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise ModelError("it keeps an aspect ratio, of which one axis has none")
    return sizes, scales


_DRAWN = ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners")
"""The coordinate modes that a layer has."""


def _resampled(call: Call, data: Data, axis: int, size: int, scale: float, mode: str) -> Data:
    """Values at other positions along one axis, by a layer of which that is the length."""
    builder, before = call.builder, data.shape[axis]
    coordinates = _coordinates(call)
    if coordinates == "half_pixel_symmetric" and abs(scale * before - size) < 1e-6:
        coordinates = "half_pixel"  # nothing is left over on either side
    if mode not in ("nearest", "linear", "cubic") or coordinates not in _DRAWN:
        raise ModelError(f"its mode {mode} with the coordinate_transformation_mode {coordinates} is not drawn")
    if call.said("antialias", 0) and size < before:
        raise ModelError("it resizes with antialias, which is not drawn")
    if call.said("exclude_outside", 0):
        raise ModelError("it resizes with exclude_outside, which is not drawn")
    index, batch = builder.sample(data)
    place = axis - (batch is not None and axis > batch)
    others = [one for one in range(index.ndim) if one != place]
    way = Arrangement((*others, place), len(others))
    fields: dict[str, Any] = {"mode": mode, "coordinates": coordinates}
    if mode == "nearest":
        fields["rounding"] = _rounding(call)
    if mode == "cubic":
        fields["cubic_coeff"] = call.said("cubic_coeff_a", -0.75)
    if math.isclose(scale, size / before, rel_tol=1e-6):
        fields |= {"factor": size // before} if size % before == 0 else {"size": size}
    else:
        fields["factor"] = float(str(np.float32(scale)))
    value = builder.layer("upsample", builder.value(data, way), name=call.layer_name(), **fields)
    shape = [value.shape.length if one == place else length for one, length in enumerate(index.shape)]
    return builder.fresh(value, way, shape, batch)
