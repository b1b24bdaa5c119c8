"""Layers that put the units of their input into another shape: flatten, reshape, transpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import PLAIN, Shape, Window, check_size, count, layer
from connectivity.layers.passing import Passing
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np


@layer
class Rearranging(Passing):
    """A layer whose units are those of its input, in the same order (channel by channel) unless a subclass differs."""

    rearranges: ClassVar[bool] = True

    def origin(self, target: int, shape: Shape) -> int | None:
        return target

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        return (source,)

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        return inputs[0].reshape(self.output_shape(Shape(*inputs[0].shape)))

    def window(self, *shapes: Shape) -> Window | None:
        """A unit looks at its own place, where the shape stays as it is."""
        (shape,) = shapes
        return Window(0, 0, 1) if self.output_shape(*shapes) == shape else None


@layer
class Flatten(Rearranging):
    """``torch.nn.Flatten``: the channels, one after the other, as one. An input ``[C, L]`` becomes ``[1, C * L]``."""

    kind: ClassVar[str] = "flatten"
    caption: ClassVar[str] = "flatten"
    article: ClassVar[str] = "a flattening"
    words: ClassVar[Words | None] = Words(
        "flatten", (), None, PLAIN, "the channels one after the other, as one", "flatten"
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        return Shape(1, shape.units)


@layer
class Reshape(Rearranging):
    """``torch.reshape``: the same units, channel by channel, in another shape (channels, length).

    Raises NetworkError, on a given input, for a shape with another number of units.
    """

    kind: ClassVar[str] = "reshape"
    caption: ClassVar[str] = "reshape"
    article: ClassVar[str] = "a reshaping"
    words: ClassVar[Words | None] = Words(
        "reshape",
        ("unflatten",),
        Parameter("shape", Reader.shape, "channels x length, as 2x8"),
        PLAIN,
        "the same units, channel by channel, in another shape",
        "reshape:2x8",
    )
    shape: tuple[int, int]

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        output = Shape(*(check_size("shape", number) for number in self.shape))
        if output.units != shape.units:
            raise NetworkError(
                f"{count(shape.units, 'unit')} cannot be reshaped to {output.channels}x{output.length}, "
                f"which has {output.units:,}; the product must stay the same",
                "shape",
            )
        return output


@layer
class Transpose(Rearranging):
    """``torch.transpose``: channels and positions exchanged. An input ``[C, L]`` becomes ``[L, C]``."""

    kind: ClassVar[str] = "transpose"
    caption: ClassVar[str] = "transpose"
    article: ClassVar[str] = "a transposition"
    words: ClassVar[Words | None] = Words(
        "transpose", ("permute",), None, PLAIN, "channels and positions exchanged", "transpose"
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        return Shape(shape.length, shape.channels)

    def origin(self, target: int, shape: Shape) -> int | None:
        channel, position = divmod(target, shape.channels)
        return position * shape.length + channel

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        channel, position = divmod(source, shape.length)
        return (position * shape.channels + channel,)

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        return inputs[0].T

    def window(self, *shapes: Shape) -> Window | None:
        return None
