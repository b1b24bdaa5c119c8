"""Where tensors of a model become layers: values in an assembly, seen through places."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.layers.base import SIZE_LIMIT, Layer, Shape
from connectivity.layers.padding import Crop
from connectivity.models.arrangement import Places, Step, covers, permutes, places_of, steps
from connectivity.models.assembly import Assembly, Value
from connectivity.models.model import Model


class Tensor(NamedTuple):
    """A tensor of a model: the layer that has its units, and which of them it has where.

    ``places`` has the tensor's shape, its batch axis (of 1) included.
    """

    value: Value
    places: Places

    @property
    def dims(self) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.places.shape

    def seen(self, places: Places) -> Tensor:
        """Another tensor of the same layer."""
        return Tensor(self.value, places)


class Axes(NamedTuple):
    """Which axes of a tensor are channels, and which are positions; axes of 1 may be among neither."""

    channels: tuple[int, ...]
    positions: tuple[int, ...]

    def matrix(self, array: Any) -> Any:
        """An array as channels x positions."""
        order = self._order(array.ndim)
        channels = math.prod(array.shape[axis] for axis in self.channels)
        return array.transpose(order).reshape(channels, -1)

    def tensor(self, places: Places, dims: Sequence[int]) -> Places:
        """The other way: the channels x positions of a tensor of ``dims`` in its own shape."""
        order = self._order(len(dims))
        return places.reshape([dims[axis] for axis in order]).transpose(np.argsort(order))

    def _order(self, number: int) -> list[int]:
        named = {*self.channels, *self.positions}
        return [*self.channels, *self.positions, *(axis for axis in range(number) if axis not in named)]


def all_axes(dims: Sequence[int]) -> list[Axes]:
    """The ways to see a tensor of ``dims`` as channels and positions, the usual one first.

    >>> all_axes((1, 4, 8))
    [Axes(channels=(1,), positions=(2,)), Axes(channels=(2,), positions=(1,))]
    """
    wide = tuple(axis for axis, size in enumerate(dims) if size != 1)
    if len(wide) < 2:
        ways = [Axes((), wide), Axes(wide, ())]
        return ways if wide in ((), (len(dims) - 1,)) else ways[::-1]
    if len(wide) == 2:
        return [Axes(wide[:1], wide[1:]), Axes(wide[1:], wide[:1])]
    return [Axes(wide[:1], wide[1:]), Axes(wide[:-1], wide[-1:]), Axes((), wide)]


class Workbench:
    """An assembly that takes and gives tensors; ``folds``: batch norms are put into the weights before them."""

    def __init__(self, folds: bool = False) -> None:
        self.assembly = Assembly()
        self._folds = folds
        self._scalable: dict[int, Callable[[Any, Any], Value]] = {}
        self._taken: dict[tuple[int, tuple[int, ...], bytes], Value] = {}
        self._ordered: dict[int, Callable[[Places], Value]] = {}
        self._croppable: dict[int, Callable[[int, int], Value | None]] = {}

    def input(self, name: str, dims: Sequence[int]) -> Tensor:
        """An input of ``dims``, its batch axis (of 1) included: (1, F), (1, C, L), or more, flattened behind C.

        Raises ModelError for one that is too large.
        """
        if math.prod(dims) > SIZE_LIMIT:
            raise ModelError(f"an input of {math.prod(dims):,} numbers; at most {SIZE_LIMIT:,}, which no option raises")
        shape = Shape(dims[1] if len(dims) > 2 else 1, math.prod(dims[2:] if len(dims) > 2 else dims[1:]))
        return self.whole(self.assembly.input(name, shape), dims)

    @staticmethod
    def whole(value: Value, dims: Sequence[int]) -> Tensor:
        """The units of a layer, channel by channel, as a tensor of ``dims``."""
        return Tensor(value, np.arange(value.shape.units).reshape(tuple(dims)))

    def cost(self, value: Value, places: Places) -> int:
        """How many layers it takes to have ``places`` (channels x length) as units of a layer."""
        return len(steps(value.shape, places))

    def take(self, value: Value, places: Places) -> Value:
        """A layer whose units are those of ``places``, channels x length."""
        key = (value.node, places.shape, np.ascontiguousarray(places).tobytes())
        if key not in self._taken:
            wanted = steps(value.shape, places)
            ordered = self._ordered.get(value.node) if len(wanted) > 1 and permutes(places, value.shape) else None
            taken = value
            if ordered is not None:
                taken = ordered(places.ravel())
                wanted = steps(taken.shape, places_of(Shape(*places.shape)))
            for step in wanted:
                taken = self._step(taken, step)
            self._taken[key] = taken
        return self._taken[key]

    def _step(self, value: Value, step: Step) -> Value:
        crop = self._croppable.get(value.node) if step.kind is Crop else None
        cropped = crop(*step.fields["sides"]) if crop is not None else None
        return self.assembly.layer(step.kind, value, **step.fields) if cropped is None else cropped

    def orderable(self, value: Value, ordered: Callable[[Places], Value]) -> None:
        """Say how a layer is made with its units in another order: those of the given numbers, one after the other."""
        self._ordered[value.node] = ordered

    def croppable(self, value: Value, crop: Callable[[int, int], Value | None]) -> None:
        """Say how a layer is made without positions at its ends, left and right; None where it cannot be."""
        self._croppable[value.node] = crop

    def axes(self, *tensors: Tensor, among: Sequence[Axes] | None = None) -> Axes:
        """Of the ways to see tensors (of axes that agree) as channels and positions the one that needs fewest layers."""
        dims = np.broadcast_shapes(*(tensor.dims for tensor in tensors))
        return min(
            all_axes(dims) if among is None else among,
            key=lambda axes: sum(self.cost(each.value, axes.matrix(each.places)) for each in tensors),
        )

    def settled(self, tensor: Tensor, among: Sequence[Axes] | None = None) -> tuple[Value, Axes]:
        """A layer that has the tensor's units and nothing else, and how it is to be seen."""
        axes = self.axes(tensor, among=among)
        return self.take(tensor.value, axes.matrix(tensor.places)), axes

    def scalable(self, value: Value, scaled: Callable[[Any, Any], Value]) -> None:
        """Say how a layer is made with its channels (of one, its units) scaled and shifted."""
        self._scalable[value.node] = scaled

    def scaled(self, value: Value, scale: Any, shift: Any) -> Value | None:
        """A layer with a scale and a shift in its weights, where that is wanted, and can be."""
        made = self._scalable.get(value.node) if self._folds else None
        return None if made is None else made(scale, shift)

    def layer(
        self,
        kind: type[Layer],
        value: Value,
        axes: Axes,
        dims: Sequence[int],
        *,
        name: str = "",
        tensors: Mapping[str, Any] | None = None,
        parameter: Hashable = None,
        **fields: Any,
    ) -> Tensor:
        """A layer on ``value``; its units are a tensor of ``dims``, whose channels and positions ``axes`` says."""
        made = self.assembly.layer(kind, value, name=name, tensors=tensors, parameter=parameter, **fields)
        return Tensor(made, axes.tensor(places_of(made.shape), dims))

    def activation(self, tensor: Tensor, text: str) -> Tensor:
        """A function of each element, as the notation spells it; of a part of a layer it is that of the part alone."""
        if not covers(tensor.places, tensor.value.shape):
            value, axes = self.settled(tensor)
            tensor = Tensor(value, axes.tensor(places_of(value.shape), tensor.dims))
        made = self.assembly.activation(tensor.value, text)
        ordered = self._ordered.get(tensor.value.node)
        if ordered is not None:
            self.orderable(made, lambda order: self.assembly.activation(ordered(order), text))
        return Tensor(made, tensor.places)

    def model(self, outputs: Sequence[Value]) -> Model:
        """The network of all that ``outputs`` need."""
        return self.assembly.model(outputs)


def same_axes(first: Sequence[int], second: Sequence[int]) -> list[Axes]:
    """The two ways to see a tensor as the axes ``first`` and the axes ``second``."""
    return [Axes(tuple(first), tuple(second)), Axes(tuple(second), tuple(first))]


def others(number: int, axes: Sequence[int]) -> tuple[int, ...]:
    """The axes of a tensor of so many that are not among ``axes``."""
    return tuple(axis for axis in range(number) if axis not in axes)
