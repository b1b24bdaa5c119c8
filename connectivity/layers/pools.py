"""Pools: windows without weights, which take the largest value or the mean."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import Layer, Shape, Window, check_size, layer


@layer
class Pool(Layer):
    """What the pools share. ``stride`` is the kernel size unless given.

    With ``ceil_mode`` a last window may begin inside the input or its left padding and reach over
    the end; one that would begin in the right padding is dropped, as PyTorch does.
    """

    has_weights: ClassVar[bool] = False
    kernel_size: int
    stride: int | None = None
    padding: int = 0
    ceil_mode: bool = False

    @property
    def step(self) -> int:
        """From one window to the next."""
        return self.kernel_size if self.stride is None else self.stride

    @property
    def spacing(self) -> int:
        """The distance between two taps."""
        return 1

    @property
    def extent(self) -> int:
        """From the first tap to the last, in positions."""
        return self.spacing * (self.kernel_size - 1)

    def zeros(self) -> tuple[int, int]:
        return (self.padding, self.padding)

    def output_shape(self, shape: Shape) -> Shape:
        check_size("kernel_size", self.kernel_size)
        check_size("stride", self.step)
        check_size("dilation", self.spacing)
        check_size("padding", self.padding, least=0)
        if 2 * self.padding > self.kernel_size:
            raise NetworkError(
                f"padding {self.padding} is more than half of the kernel size, {self.kernel_size}", "padding"
            )
        rest = shape.length + 2 * self.padding - self.extent - 1
        length = (rest + (self.step - 1 if self.ceil_mode else 0)) // self.step + 1
        if self.ceil_mode and (length - 1) * self.step >= shape.length + self.padding:
            length -= 1
        if length < 1:
            with_padding = f", {shape.length + 2 * self.padding} with padding" if self.padding else ""
            raise NetworkError(
                f"a window of {self.extent + 1} does not fit its input, which is {shape.length} long{with_padding}",
                "kernel_size",
            )
        return Shape(shape.channels, length)

    def window(self) -> Window:
        return Window(-self.padding, self.extent - self.padding, self.step)

    def notes(self) -> list[str]:
        notes = [f"stride {self.step}"] if self.step != self.kernel_size else []
        if self.padding:
            notes.append(f"padding {self.padding}")
        if self.spacing != 1:
            notes.append(f"dilation {self.spacing}")
        return [*notes, "ceil mode"] if self.ceil_mode else notes


@layer
class MaxPool(Pool):
    """``torch.nn.MaxPool1d``: padding never wins.

    On an input ``[C, L]`` its output is ``[C, floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride)
    + 1]``, rounded up with ``ceil_mode`` (https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html).
    ``padding`` is half of the kernel size at most. Raises NetworkError for a window that does not fit.
    """

    kind: ClassVar[str] = "maxpool"
    dilation: int = 1

    @property
    def spacing(self) -> int:
        return self.dilation


@layer
class AvgPool(Pool):
    """``torch.nn.AvgPool1d``: the mean of a window, padding counted as zeros unless told otherwise.

    Sizes, ranges and errors are those of :class:`MaxPool`, without a dilation
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html).
    """

    kind: ClassVar[str] = "avgpool"
    count_include_pad: bool = True

    def coefficient(self, position: int, length: int) -> float:
        """What each input of output ``position`` is multiplied with, on an input ``length`` long.

        Positions beyond the right padding (``ceil_mode``) are never counted.
        """
        start = position * self.step - self.padding
        if self.count_include_pad:
            return 1 / (min(start + self.kernel_size, length + self.padding) - start)
        return 1 / (min(start + self.kernel_size, length) - max(start, 0))
