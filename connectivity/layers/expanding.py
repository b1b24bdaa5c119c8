"""The expansion: one channel, or one position, repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import PLAIN, Shape, Window, check_size, layer
from connectivity.layers.passing import Passing
from connectivity.layers.words import Parameter, Reader, Words


@layer
class Expand(Passing):
    """``torch.Tensor.expand``: a single channel becomes several alike, and a single position a whole length.

    ``shape`` is (channels, length) of the output. Raises NetworkError, on a given input, where one of the two is
    neither that of the input nor 1 there.
    """

    kind: ClassVar[str] = "expand"
    caption: ClassVar[str] = "expand"
    article: ClassVar[str] = "an expansion"
    words: ClassVar[Words | None] = Words(
        "expand",
        (),
        Parameter("shape", Reader.shape, "channels x length that come out, as 4x8"),
        PLAIN,
        "a single channel, or a single position, repeated",
        "expand:4x8",
    )
    shape: tuple[int, int]

    def output_shape(self, *shapes: Shape) -> Shape:
        (before,) = shapes
        output = Shape(*(check_size("shape", number) for number in self.shape))
        if before.channels not in (1, output.channels) or before.length not in (1, output.length):
            raise NetworkError(
                f"{before.channels}x{before.length} cannot be expanded to {output.channels}x{output.length}: "
                "channels and length stay as they are, or are 1 before",
                "shape",
            )
        return output

    def origin(self, target: int, shape: Shape) -> int | None:
        channel, position = divmod(target, self.shape[1])
        return min(channel, shape.channels - 1) * shape.length + min(position, shape.length - 1)

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        channel, position = divmod(source, shape.length)
        channels, length = self.shape
        rows = [channel] if shape.channels == channels else range(channels)
        places = [position] if shape.length == length else range(length)
        return [row * length + place for row in rows for place in places]

    def window(self, *shapes: Shape) -> Window:
        """A unit looks at its own place, or at the only one, as in an upsampling."""
        length = self.shape[1]
        return Window(0, 0, 1) if shapes[0].length == length else Window(1 / length - 1, 0, 1 / length)
