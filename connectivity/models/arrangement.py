"""Where the elements of a tensor are, and which layers bring them into another order.

A tensor of a model has any number of axes, a layer here has two: channels and positions. What a model does to the
shape and the order of its tensors (views, transpositions, slices, repetitions, what is channels last) is therefore
not drawn as it comes: a tensor is an array of the numbers of units, its *places*, and only where a layer needs units
in another order than they are in, the fewest layers that bring them there are found: none at all, mostly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from connectivity.layers.base import Layer, Shape
from connectivity.layers.expanding import Expand
from connectivity.layers.padding import Crop, Pad
from connectivity.layers.rearranging import Flatten, Reshape, Transpose
from connectivity.layers.selecting import Select

Places: TypeAlias = NDArray[np.int64]
"""Numbers of units, ``channel * length + position`` of the layer they are in, in the shape of a tensor."""

ZERO = -1
"""The place of an element that is no unit: a zero."""

WRAPS = ("reflect", "replicate", "circular")
"""The paddings that repeat units."""


class Step(NamedTuple):
    """A layer without weights: its kind, and the fields of it."""

    kind: type[Layer]
    fields: dict[str, Any]


class Padding(NamedTuple):
    """How many positions stand before and behind an input, and what they are: the ``padding_mode`` of a layer."""

    left: int = 0
    right: int = 0
    mode: str = "zeros"


def places_of(shape: Shape) -> Places:
    """The places of all units of a layer, channels x length."""
    return np.arange(shape.units).reshape(shape)


def covers(places: Places, shape: Shape) -> bool:
    """Whether a tensor has all units of a layer of ``shape``, and nothing else."""
    if places.size < shape.units or places.min() < 0:
        return False
    seen = np.zeros(shape.units, dtype=np.bool_)
    seen[places] = True
    return bool(seen.all())


def permutes(places: Places, shape: Shape) -> bool:
    """Whether a tensor has every unit of a layer of ``shape`` once."""
    return places.size == shape.units and covers(places, shape)


def steps(shape: Shape, places: Places) -> list[Step]:
    """The fewest layers that make of one of ``shape`` one whose units are those of ``places``, channels x length.

    >>> [step.kind.kind for step in steps(Shape(2, 3), np.array([[0, 3], [1, 4], [2, 5]]))]
    ['transpose']
    """
    return min(_ways(shape, places), key=len)


def _ways(shape: Shape, places: Places) -> Iterator[list[Step]]:
    """Ways from ``shape`` to ``places``; one of them always is."""
    channels, length = places.shape
    if places.min() < 0:
        yield from _with_zeros(shape, places)
        return
    if shape == (channels, length) and _is_row(places.ravel()):
        yield []
        return
    seen = {shape}
    yield from _straight(shape, places, [])
    yield from _turned(shape, places)
    if np.array_equal(places.ravel(), places_of(shape).T.ravel()):
        yield [Step(Transpose, {}), _reshaped(Shape(channels, length))]
    for other in (
        Shape(channels, shape.units // channels),
        Shape(shape.units // length, length),
        Shape(1, shape.units),
    ):
        if other.units == shape.units and other not in seen:
            seen.add(other)
            yield from _straight(other, places, [_reshaped(other)])
    if shape != (length, channels) and _is_row(places.T.ravel()):
        yield [_reshaped(Shape(length, channels)), Step(Transpose, {})]
    row = places.reshape(1, -1)
    before = [Step(Flatten, {})] if shape.channels > 1 else []
    behind = [Step(Reshape, {"shape": (channels, length)})] if channels > 1 else []
    yield from (way + behind for way in _straight(Shape(1, shape.units), row, before))


def _reshaped(shape: Shape) -> Step:
    """The layer of ``shape`` that has the units of another in their order."""
    return Step(Flatten, {}) if shape.channels == 1 else Step(Reshape, {"shape": tuple(shape)})


def _straight(shape: Shape, places: Places, before: list[Step]) -> Iterator[list[Step]]:
    """A way from ``shape`` by channels and positions, each chosen by themselves, where there is one."""
    apart = _apart(shape.length, places)
    if apart is not None:
        channels, positions = apart
        size = Shape(*places.shape)
        if _expands(shape, size) and np.array_equal(places, np.broadcast_to(places_of(shape), size)):
            yield [*before, Step(Expand, {"shape": tuple(size)})]
        yield [*before, *_chosen(channels, shape.channels, "channels"), *_chosen(positions, shape.length, "length")]


def _expands(shape: Shape, size: Shape) -> bool:
    """Whether a layer of ``shape`` becomes one of ``size`` by repeating a single channel, or a single position."""
    return all(old in (1, new) for old, new in zip(shape, size, strict=True))


def _turned(shape: Shape, places: Places) -> Iterator[list[Step]]:
    """A way with one transposition, before or behind everything else."""
    for way in _straight(shape, places.T, []):
        yield [*way, Step(Transpose, {})]


def _apart(length: int, places: Places) -> tuple[Places, Places] | None:
    """The channels and the positions that ``places`` are, if every row has the same positions."""
    channels, positions = places[:, 0] // length, places[0] % length
    return (channels, positions) if np.array_equal(places, channels[:, None] * length + positions) else None


def _chosen(numbers: Places, size: int, axis: str) -> list[Step]:
    """The layer that makes of so many channels (or positions) those of ``numbers``."""
    if len(numbers) == size and _is_row(numbers):
        return []
    if axis == "length":
        first = int(numbers[0])
        if _is_row(numbers - first):
            return [Step(Crop, {"sides": (first, size - first - len(numbers))})]
        wrap = wrapped(numbers, size)
        if wrap is not None:
            return [Step(Pad, {"sides": (wrap.left, wrap.right), "mode": wrap.mode})]
    return [Step(Select, {"indices": tuple((numbers + 1).tolist()), "axis": axis})]


def _with_zeros(shape: Shape, places: Places) -> Iterator[list[Step]]:
    """Ways to places of which some are zeros: outside of all that is not, or anywhere."""
    inner, sides = without_zeros(places)
    if inner.size and inner.min() >= 0:
        yield [*steps(shape, inner), Step(Pad, {"sides": sides})]
        return
    # Anywhere: from a row of all units, with one zero behind them.
    row = np.where(places < 0, shape.units, places).reshape(1, -1)
    before = [Step(Flatten, {})] if shape.channels > 1 else []
    padded = [*before, Step(Pad, {"sides": (0, 1)}), *_chosen(row[0], shape.units + 1, "length")]
    yield padded if len(places) == 1 else [*padded, Step(Reshape, {"shape": places.shape})]


def without_zeros(places: Places) -> tuple[Places, tuple[int, int]]:
    """``places`` without the positions at their ends that are zeros in every channel, and how many these are."""
    empty: NDArray[np.bool_] = np.all(places < 0, axis=0)
    if empty.all():
        return places[:, :0], (0, 0)
    left, right = int(np.argmin(empty)), int(np.argmin(empty[::-1]))
    return places[:, left : places.shape[1] - right], (left, right)


def wrapped(numbers: Places, size: int) -> Padding | None:
    """The padding that repeats positions which makes of ``size`` positions those of ``numbers``; None without one.

    >>> wrapped(np.array([3, 0, 1, 2, 3, 0, 1]), 4)
    Padding(left=1, right=2, mode='circular')
    """
    if len(numbers) <= size:
        return None
    more = len(numbers) - size
    starts = np.flatnonzero((numbers[: more + 1] == 0) & (numbers[size - 1 :] == size - 1))[: len(WRAPS)]
    for left, mode in itertools.product(starts.tolist(), WRAPS):
        right = more - left
        widest = {"reflect": size - 1, "circular": size}.get(mode, len(numbers))
        if max(left, right) <= widest and np.array_equal(np.pad(np.arange(size), (left, right), _NUMPY[mode]), numbers):
            return Padding(left, right, mode)
    return None


_NUMPY: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def unwrapped(shape: Shape, places: Places) -> tuple[Places, Padding]:
    """What a layer takes that does the padding itself: ``places`` without it, and the padding.

    Zeros at the ends, or positions of a layer of ``shape`` once more, by one of WRAPS.
    """
    inner, (left, right) = without_zeros(places)
    if inner.size and inner.min() >= 0 and left + right:
        return inner, Padding(left, right)
    apart = _apart(shape.length, places) if places.min() >= 0 else None
    wrap = wrapped(apart[1], shape.length) if apart and shape.length > 1 else None  # of one, it is an expansion
    if apart is None or wrap is None:
        return places, Padding()
    return apart[0][:, None] * shape.length + np.arange(shape.length), wrap


def _is_row(numbers: Places) -> bool:
    """Whether ``numbers`` are 0, 1, 2 and so on."""
    return bool(np.array_equal(numbers, np.arange(len(numbers))))
