"""A network: the shape of its input and a chain of layers, checked as a whole.

Shapes are ``(channels, length)``, as PyTorch's ``(C, L)`` without the batch. What the layers are
stands in :mod:`.layers`; which unit is connected to which is the business of :mod:`.layers.patterns`.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass, field

from connectivity.errors import NetworkError, visible
from connectivity.layers import *  # noqa: F403
from connectivity.layers import SIZE_LIMIT, Layer, Shape, check_drop, check_size, count

LAYER_LIMIT = 500
"""The most layers in one network."""

NAME_LIMIT = 100
"""The longest name of a layer, in characters."""


@dataclass(frozen=True)
class Network:
    """An input and the layers that follow it, checked as a whole.

    ``values`` are those of the input's units, channel by channel; ``drop`` are those of them that are
    dropped, counted from 1. Raises NetworkError where a
    layer does not fit the one before it.
    """

    input: Shape
    layers: tuple[Layer, ...] = ()
    input_name: str | None = None
    values: tuple[float, ...] | None = None
    drop: tuple[int, ...] = ()
    _shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    _names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_size("input", self.input.channels)
        check_size("input", self.input.length)
        check_size("input", self.input.units)
        if self.values is not None and len(self.values) != self.input.units:
            given, needed = count(len(self.values), "value"), count(self.input.units, "unit")
            raise NetworkError(f"{given} for an input of {needed}", "values")
        check_drop(self.drop, self.input)
        if len(self.layers) > LAYER_LIMIT:
            raise NetworkError(f"{len(self.layers):,} layers; at most {LAYER_LIMIT:,}")
        object.__setattr__(self, "_shapes", self._checked_shapes())
        object.__setattr__(self, "_names", self._checked_names())

    def shapes(self) -> tuple[Shape, ...]:
        """The shape of the input and of every layer's output, in order."""
        return self._shapes

    def names(self) -> tuple[str, ...]:
        """The names of the input and the layers: given ones, else ``x``, ``h1``, ..., ``y``.

        >>> Network(Shape(1, 6), (FullyConnected(units=4), FullyConnected(units=2))).names()
        ('x', 'h1', 'y')
        """
        return self._names

    def _checked_shapes(self) -> tuple[Shape, ...]:
        shapes = [self.input]
        for layer in self.layers:
            shapes.append(check_layer(layer, shapes[-1]))
        return tuple(shapes)

    def _checked_names(self) -> tuple[str, ...]:
        given = [self.input_name, *(layer.name for layer in self.layers)]
        taken: set[str] = set()
        for name in given:
            if name is not None:
                check_name(name, taken)
                taken.add(name)
        names = []
        for index, name in enumerate(given):
            names.append(name or self._default_name(index, taken))
            taken.add(names[-1])
        return tuple(names)

    def _default_name(self, index: int, taken: set[str]) -> str:
        hidden = (f"h{number}" for number in itertools.count(max(index, 1)))
        first = "x" if index == 0 else "y" if index == len(self.layers) else next(hidden)
        return next(name for name in itertools.chain([first], hidden) if name not in taken)


def check_layer(layer: Layer, shape: Shape) -> Shape:
    """The shape that ``layer`` makes of ``shape``. Raises NetworkError where anything does not fit."""
    output = layer.output_shape(shape)
    if output.units > SIZE_LIMIT:
        raise NetworkError(f"{output.units:,} units; at most {SIZE_LIMIT:,} are allowed")
    if layer.weight is not None:
        layer.inline_weight(shape)
    if layer.drop:
        check_drop(layer.drop, output)
    return output


def check_name(name: str, taken: Collection[str]) -> None:
    """Raise NetworkError for what is no name, or is ``taken``."""
    if len(name) > NAME_LIMIT:
        raise NetworkError(f"a name of {len(name):,} characters; at most {NAME_LIMIT}", "name")
    if not name.isidentifier():
        raise NetworkError(
            f'"{visible(name)}" is not a name: letters, digits and _, not starting with a digit',
            "name",
        )
    if name in taken:
        raise NetworkError(f'the name "{visible(name)}" is given twice', "name")
