"""Which layers bring units into another order and shape: the fewest, and those that say best what happens.

What is wanted is an array (channels, length) of numbers of units, of which :data:`~.values.FILL` is none; what there
is, a layer of some shape. All of it is arithmetic; nothing is built here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.layers.base import Shape
from connectivity.models.onnx.values import FILL


class Step(NamedTuple):
    """A layer to be: the name of its kind and its fields; ``pads`` where it pads positions: mode, left, right, value."""

    kind: str
    fields: tuple[tuple[str, Any], ...] = ()
    pads: tuple[str, int, int, float] | None = None


class Arrangement(NamedTuple):
    """Which axes of a tensor are the channels, the first ``split`` of ``order``, and which the positions."""

    order: tuple[int, ...]
    split: int

    def sheet(self, array: np.ndarray) -> np.ndarray:
        """``array`` as (channels, length).

        >>> Arrangement((1, 0), 1).sheet(np.arange(6).reshape(2, 3)).tolist()
        [[0, 3], [1, 4], [2, 5]]
        """
        moved = array.transpose(self.order)
        return moved.reshape(math.prod(moved.shape[: self.split]), -1)

    def tensor(self, sheet: np.ndarray, shape: Sequence[int]) -> np.ndarray:
        """An array of ``shape`` of which ``sheet`` is the arrangement."""
        moved = sheet.reshape([shape[axis] for axis in self.order])
        return moved.transpose(np.argsort(self.order))


def arrangements(shape: Sequence[int]) -> list[Arrangement]:
    """The ways to see a tensor of ``shape`` (without its batch) as channels and positions, the likeliest first.

    >>> arrangements((4,))
    [Arrangement(order=(0,), split=0), Arrangement(order=(0,), split=1)]
    """
    long = [axis for axis, size in enumerate(shape) if size > 1]
    short = [axis for axis, size in enumerate(shape) if size == 1]
    if len(long) < 2:
        last = not long or (long[0] == len(shape) - 1)
        splits = [len(short), len(shape)] if last else [len(shape), len(short)]
        return [Arrangement((*short, *long), split) for split in splits]
    orders = itertools.permutations(long) if len(long) < 4 else [tuple(long)]
    splits = list(range(1, len(long))) if len(long) < 4 else [1]
    ways = [Arrangement((*short, *order), len(short) + split) for order in orders for split in splits]
    return sorted(ways, key=lambda way: way.order[len(short) :] != tuple(long))


def plan(want: np.ndarray, shape: Shape, fill: float = 0.0) -> list[Step]:
    """The steps from a layer of ``shape`` to ``want``, an array (channels, length) of its units.

    >>> [step.kind for step in plan(np.arange(6).reshape(2, 3).T, Shape(2, 3))]
    ['transpose']
    """
    rows, columns = want.shape
    units = np.arange(shape.units)
    if want.size == shape.units:
        flat = want.ravel()
        if np.array_equal(flat, units):
            return _shaped(shape, rows, columns)
        if np.array_equal(want.T.ravel(), units):
            return [*_shaped(shape, columns, rows), Step("transpose")]
        if np.array_equal(flat, units.reshape(shape).T.ravel()):
            return [Step("transpose"), *_shaped(Shape(shape.length, shape.channels), rows, columns)]
    ways = [way for way in _ways(want, shape, fill) if way is not None]
    return min(ways, key=len) if ways else _anyhow(want, shape, fill)


def _ways(want: np.ndarray, shape: Shape, fill: float) -> Iterable[list[Step] | None]:
    yield _by_axes(want, shape, fill)
    turned = _by_axes(want.T, shape, fill)
    yield None if turned is None else [*turned, Step("transpose")]
    if len(want) == 1 < shape.channels and want.shape[1] % shape.channels == 0:
        rows = _by_axes(want.reshape(shape.channels, -1), shape, fill)
        yield None if rows is None else [*rows, Step("flatten")]
    if shape.channels > 1:
        flat = _by_axes(want, Shape(1, shape.units), fill)
        yield None if flat is None else [Step("flatten"), *flat]
        folded = want.shape[1]
        if shape.units % folded == 0:
            other = Shape(shape.units // folded, folded)
            by_rows = _by_axes(want, other, fill)
            yield None if by_rows is None else [*_shaped(shape, *other), *by_rows]


def _anyhow(want: np.ndarray, shape: Shape, fill: float) -> list[Step]:
    """Unit by unit: of all of them in a row those that are wanted, and then into shape."""
    steps = _shaped(shape, 1, shape.units)
    flat = want.ravel()
    if flat.min() == FILL:
        steps.append(_padding("constant", 0, 1, fill, "length"))
        flat = np.where(flat == FILL, shape.units, flat)
    return [*steps, _selection(flat, "length"), *_shaped(Shape(1, flat.size), *want.shape)]


def _shaped(shape: Shape, rows: int, columns: int) -> list[Step]:
    """The step to as many units in another shape, none where it is the same."""
    if (rows, columns) == tuple(shape):
        return []
    return [Step("flatten") if rows == 1 else Step("reshape", (("shape", (rows, columns)),))]


def _by_axes(want: np.ndarray, shape: Shape, fill: float) -> list[Step] | None:
    """The steps where rows are wanted of channels, and columns of positions; None where it is not so."""
    there = want != FILL
    if not there.any():
        return None
    row, column = np.unravel_index(int(there.argmax()), want.shape)
    rows = np.where(there[:, column], want[:, column] // shape.length, FILL)
    columns = np.where(there[row], want[row] % shape.length, FILL)
    both = (rows[:, None] != FILL) & (columns[None, :] != FILL)
    if not np.array_equal(want, np.where(both, rows[:, None] * shape.length + columns[None, :], FILL)):
        return None
    expands = [size == 1 < len(places) and not places.any() for places, size in ((rows, shape[0]), (columns, shape[1]))]
    steps: list[Step] = []
    for places, size, axis, expanded in zip((rows, columns), shape, ("channels", "length"), expands, strict=True):
        if not expanded:
            more = _along(places, size, axis, fill)
            if more is None:
                return None
            steps += more
    return [*steps, Step("expand", (("shape", want.shape),))] if any(expands) else steps


def _along(places: np.ndarray, size: int, axis: str, fill: float) -> list[Step] | None:
    """The steps along one axis of ``size``: which of its places stands where."""
    there = np.flatnonzero(places != FILL)
    first, last = int(there[0]), int(there[-1]) + 1
    inner = places[first:last]
    if (inner == FILL).any():
        return None
    around = [] if len(inner) == len(places) else [_padding("constant", first, len(places) - last, fill, axis)]
    return [*_inner(inner, size, axis), *around]


def _inner(places: np.ndarray, size: int, axis: str) -> list[Step]:
    whole = np.arange(size)
    if np.array_equal(places, whole):
        return []
    length = axis == "length"
    first, last = int(places[0]), int(places[-1])
    if length and np.array_equal(places, np.arange(first, last + 1)):
        return [Step("crop", (("sides", (first, size - last - 1)),))]
    if len(places) > size:
        padded = _repeated(places, size, axis)
        if padded is not None:
            return [padded]
        factor, rest = divmod(len(places), size)
        if length and not rest and np.array_equal(places, np.repeat(whole, factor)):
            return [Step("upsample", (("factor", factor),))]
    return [_selection(places, axis)]


def _repeated(places: np.ndarray, size: int, axis: str) -> Step | None:
    """A padding that repeats places of the axis itself, if that is what there is."""
    whole = np.arange(size)
    for left in np.flatnonzero(places[: len(places) - size + 1] == 0).tolist():
        sides = left, len(places) - size - left
        if not np.array_equal(places[left : left + size], whole):
            continue
        for mode, name in (("reflect", "reflect"), ("edge", "replicate"), ("wrap", "circular")):
            if max(sides) <= {"reflect": size - 1, "wrap": size}.get(mode, len(places)) and np.array_equal(
                places,
                np.pad(whole, sides, mode=mode),  # type: ignore[call-overload]  # the modes are three of its literals
            ):
                return _padding(name, *sides, 0.0, axis)
    return None


def _padding(mode: str, left: int, right: int, value: float, axis: str) -> Step:
    fields: list[tuple[str, Any]] = [("sides", (left, right)), ("mode", mode)]
    if mode == "constant" and value:
        fields.append(("value", value))
    if axis != "length":
        return Step("pad", (*fields, ("axis", axis)))
    return Step("pad", tuple(fields), (mode, left, right, value))


def _selection(places: np.ndarray, axis: str) -> Step:
    return Step("select", (("indices", tuple((places + 1).tolist())), ("axis", axis)))
