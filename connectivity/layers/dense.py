"""Layers that see their whole input: all of it, or the part that a mask or chance leaves."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import Layer, Shape, check_size, count, layer


@layer
class FullyConnected(Layer):
    """Every input to every unit: ``torch.nn.Linear``, after ``torch.nn.Flatten``.

    On an input ``[C, L]`` its output is ``[units]``, its weights ``[units, C * L]``, its bias ``[units]``. ``units``
    is from 1 to 1,000,000; anything else is a NetworkError.
    """

    kind: ClassVar[str] = "fc"
    units: int

    def output_shape(self, shape: Shape) -> Shape:
        check_size("units", self.units)
        return Shape(1, self.units)

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units, shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units,)


@layer
class Masked(Layer):
    """Connections where a mask says so; ``mask[o][i]`` is true where input i reaches unit o.

    Flattens channels first. Its weights are ``[outputs, inputs]``. ``channels`` splits the outputs
    into channels, as ``torch.nn.Unflatten`` does. Raises NetworkError, on a given input, for rows that are
    not as long as it is.
    """

    kind: ClassVar[str] = "sparse"
    mask: tuple[tuple[bool, ...], ...]
    channels: int = 1

    def output_shape(self, shape: Shape) -> Shape:
        if not self.mask:
            raise NetworkError("the mask has no rows; it needs one for each output", "mask")
        for number, row in enumerate(self.mask, start=1):
            if len(row) != shape.units:
                raise NetworkError(
                    f"row {number} of the mask has {count(len(row), 'column')}, "
                    f"but the layer has {count(shape.units, 'input')}",
                    "mask",
                )
        outputs = check_size("mask", len(self.mask))
        if outputs % check_size("channels", self.channels):
            raise NetworkError(f"{count(outputs, 'output')} cannot be split into {self.channels} channels", "channels")
        return Shape(self.channels, outputs // self.channels)

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (len(self.mask), shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (len(self.mask),)


@layer
class RandomlySparse(Layer):
    """A share ``density`` of all connections, from 0 to 1, drawn by ``seed``: ``round(density * all)`` of them.

    Its weights are ``[units, inputs]``, of which those that no connection uses are nothing.
    """

    kind: ClassVar[str] = "sparse"
    units: int
    density: float
    seed: int = 0

    def output_shape(self, shape: Shape) -> Shape:
        check_size("units", self.units)
        if not 0 <= self.density <= 1:
            raise NetworkError(f"density {self.density:g} is not between 0 and 1", "density")
        return Shape(1, self.units)

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units, shape.units)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return (self.units,)
