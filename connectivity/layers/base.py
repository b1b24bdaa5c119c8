"""What all layers have: shapes, windows, weights given in place, and how sizes are checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self, TypeVar, dataclass_transform

from connectivity.errors import NetworkError

T = TypeVar("T")

SIZE_LIMIT = 1_000_000
"""The largest size, kernel, stride or padding that is accepted."""


class Shape(NamedTuple):
    """``(channels, length)`` of a layer's units, both from 1 to 1,000,000."""

    channels: int
    length: int

    @property
    def units(self) -> int:
        """How many units there are."""
        return self.channels * self.length

    def __str__(self) -> str:
        return f"{self.channels}x{self.length}" if self.channels > 1 else str(self.length)


class Window(NamedTuple):
    """Where a unit looks, in positions of its layer's input.

    Unit ``t`` sees positions from ``first + t * jump`` to ``last + t * jump``.
    """

    first: float
    last: float
    jump: float


@dataclass_transform(kw_only_default=True, frozen_default=True)
def layer(cls: type[T]) -> type[T]:
    """Make a frozen dataclass of a layer.

    Equality and text are written once, in :class:`Layer`: dataclasses would compile both anew for
    each class, which is a tenth of the time in which a small figure is drawn.
    """
    return dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)


@layer
class Layer:
    """What all layers have.

    ``weight`` holds given values, flat in PyTorch's order; ``activations`` are applied to the
    output, one after the other (names of :mod:`.layers.activations`). ``drop`` are the units that are
    dropped, flat indices from 1, as units are named: they are 0 and have no connections.
    """

    kind: ClassVar[str]
    has_weights: ClassVar[bool] = True
    name: str | None = None
    bias: bool = False
    weight: tuple[float, ...] | None = None
    activations: tuple[str, ...] = ()
    drop: tuple[int, ...] = ()

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        own = type(self)
        given = (f"{key}={value!r}" for key, value in vars(self).items() if value != getattr(own, key, None))
        return f"{own.__name__}({', '.join(given)})"

    def output_shape(self, shape: Shape) -> Shape:
        """The shape this layer makes of ``shape``; raises NetworkError where it cannot."""
        raise NotImplementedError

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        """The shape of the weight tensor for an input of ``shape``, as PyTorch's; (0,) for a layer without."""
        return (0,)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        """The shape of the bias for an input of ``shape``: one for each output channel."""
        return (self.output_shape(shape).channels,)

    def window(self) -> Window | None:
        """Where its units look; None for a layer that sees its whole input."""
        return None

    def zeros(self) -> tuple[int, int]:
        """How many zeros it puts to the left and to the right of its input."""
        return (0, 0)

    def activated(self, activation: str) -> Self:
        """The same layer with one more activation."""
        copy = object.__new__(type(self))
        vars(copy).update(vars(self), activations=(*self.activations, activation))
        return copy

    def notes(self) -> list[str]:
        """What a caption says of the layer beside its kind: everything that is not the default."""
        return []

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        """The given weights, one for each element of :meth:`weight_shape`; None without."""
        if self.weight is None:
            return None
        expected = self.weight_shape(shape)
        if len(self.weight) != math.prod(expected):
            raise NetworkError(
                f"{count(len(self.weight), 'value')} for a weight of shape {list(expected)}, "
                f"which needs {math.prod(expected)}",
                "weight",
            )
        return self.weight

    def repeated_kernel(self, shape: Shape, size: int) -> tuple[float, ...] | None:
        """As :meth:`inline_weight`; ``size`` values, a kernel, are repeated for every channel."""
        if self.weight is not None and len(self.weight) == size:
            return self.weight * (math.prod(self.weight_shape(shape)) // size)
        return Layer.inline_weight(self, shape)


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "weight"), count(12000, "weight"), count(2, "bias")
    ('1 weight', '12,000 weights', '2 biases')
    """
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def check_drop(drop: tuple[int, ...], shape: Shape) -> None:
    """Raise NetworkError at ``drop`` for units that a layer of ``shape`` has not, or that are named twice."""
    wrong = next((number for number in drop if not 1 <= number <= shape.units), None)
    if wrong is not None:
        raise NetworkError(f"there is no unit {wrong} to drop; the layer has units 1 to {shape.units:,}", "drop")
    if len(set(drop)) < len(drop):
        raise NetworkError("a unit is dropped twice", "drop")


def check_size(name: str, value: int, least: int = 1) -> int:
    """``value``, if it is between ``least`` and SIZE_LIMIT; raises NetworkError at ``name``."""
    if not least <= value <= SIZE_LIMIT:
        shown = f"{value:,}" if abs(value) < 10**18 else "that number"
        raise NetworkError(f"{name} must be between {least} and {SIZE_LIMIT:,}, not {shown}", name)
    return value
