"""The transposed convolution: a kernel that each input unit lays onto the output."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import Layer, Shape, Window, check_size, count, layer


@layer
class ConvolutionTranspose(Layer):
    """``torch.nn.ConvTranspose1d``: input i reaches outputs ``i * stride - padding + k * dilation``.

    On an input ``[C, L]`` its output is ``[channels, (L - 1) * stride - 2 * padding + dilation * (kernel_size - 1)
    + output_padding + 1]`` (https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html). Raises
    NetworkError, on a given input, where nothing is left of it, for an output padding that is too large and for
    channels that cannot be split into groups.

    Its weights are ``[in, out/groups, k]``. Padding cuts the output, ``output_padding`` (less than
    the stride or the dilation) adds positions on its right; ``channels`` are the output's
    (default: as many as ``groups``).
    """

    kind: ClassVar[str] = "convtranspose"
    kernel_size: int
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    dilation: int = 1
    channels: int | None = None
    groups: int = 1

    @property
    def out_channels(self) -> int:
        """The number of output channels."""
        return self.groups if self.channels is None else self.channels

    @property
    def extent(self) -> int:
        """From the first tap of the kernel to its last, in positions."""
        return self.dilation * (self.kernel_size - 1)

    def output_shape(self, shape: Shape) -> Shape:
        for name in ("kernel_size", "stride", "dilation", "groups"):
            check_size(name, getattr(self, name))
        check_size("channels", self.out_channels)
        for name in ("padding", "output_padding"):
            check_size(name, getattr(self, name), least=0)
        for what, channels in (("input", shape.channels), ("output", self.out_channels)):
            if channels % self.groups:
                raise NetworkError(
                    f"{count(channels, f'{what} channel')} cannot be split into {self.groups} groups: "
                    "both numbers of channels must be divisible by groups",
                    "groups" if what == "input" else "channels",
                )
        if self.output_padding >= max(self.stride, self.dilation):
            raise NetworkError(
                f"output_padding {self.output_padding} must be less than the stride ({self.stride}) "
                f"or the dilation ({self.dilation})",
                "output_padding",
            )
        length = (shape.length - 1) * self.stride - 2 * self.padding + self.extent + self.output_padding + 1
        if length < 1:
            raise NetworkError(f"padding {self.padding} leaves nothing: the output would be {length} long", "padding")
        return Shape(self.out_channels, check_size("output length", length))

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        return (shape.channels, self.out_channels // self.groups, self.kernel_size)

    def notes(self) -> list[str]:
        values = {
            "stride": (self.stride, 1),
            "padding": (self.padding, 0),
            "output padding": (self.output_padding, 0),
            "dilation": (self.dilation, 1),
        }
        notes = [f"{name} {value}" for name, (value, default) in values.items() if value != default]
        return [*notes, f"{self.groups} groups"] if self.groups != 1 else notes

    def window(self) -> Window:
        first = (self.padding - self.extent) / self.stride
        return Window(first, self.padding / self.stride, 1 / self.stride)

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        """As for any layer; a single kernel (``kernel_size`` values) serves every channel."""
        return self.repeated_kernel(shape, self.kernel_size)
