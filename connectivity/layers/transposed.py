"""The transposed convolution: a kernel that each input unit lays onto the output."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    WEIGHTED,
    Connections,
    Layer,
    Shape,
    Totals,
    Window,
    check_output,
    check_size,
    layer,
)
from connectivity.layers.pools import BOTH_SIDES, written
from connectivity.layers.windowed import CHANNELS, DILATION, GROUPS, KERNEL, STRIDE, check_groups, meeting
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np


@layer
class ConvolutionTranspose(Layer):
    """``torch.nn.ConvTranspose1d``: input i reaches outputs ``i * stride - padding + k * dilation``.

    On an input ``[C, L]`` its output is ``[channels, (L - 1) * stride - 2 * padding + dilation * (kernel_size - 1)
    + output_padding + 1]`` (https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html). Raises
    NetworkError, on a given input, where nothing is left of it, for an output padding that is too large and for
    channels that cannot be split into groups.

    Its weights are ``[in, out/groups, k]``. ``padding``, a number or a pair (left, right), cuts the output;
    ``output_padding`` (less than the stride or the dilation) adds positions on its right; ``channels`` are the output's
    (default: as many as ``groups``).
    """

    kind: ClassVar[str] = "convtranspose"
    caption: ClassVar[str] = "transposed conv"
    article: ClassVar[str] = "a transposed convolution"
    transposed: ClassVar[bool] = True
    words: ClassVar[Words | None] = Words(
        "convtranspose",
        ("deconv",),
        KERNEL,
        (
            STRIDE,
            BOTH_SIDES._replace(help="positions cut off: on both sides, or left/right"),
            Parameter("output_padding", Reader.integer, "positions added on the right"),
            DILATION,
            CHANNELS,
            GROUPS,
            *WEIGHTED,
        ),
        "transposed convolution: each input lays the kernel onto the output",
        "convtranspose:3",
    )
    kernel_size: int
    stride: int = 1
    padding: int | tuple[int, int] = 0
    output_padding: int = 0
    dilation: int = 1
    channels: int | None = None
    groups: int = 1

    @property
    def out_channels(self) -> int:
        """The number of output channels."""
        return self.groups if self.channels is None else self.channels

    @property
    def pads(self) -> tuple[int, int]:
        """How many positions are cut off at the left and at the right."""
        return (self.padding, self.padding) if isinstance(self.padding, int) else self.padding

    @property
    def extent(self) -> int:
        """From the first tap of the kernel to its last, in positions."""
        return self.dilation * (self.kernel_size - 1)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        for name in ("kernel_size", "stride", "dilation", "groups"):
            check_size(name, getattr(self, name))
        check_size("channels", self.out_channels)
        for name, size in (("output_padding", self.output_padding), *(("padding", side) for side in self.pads)):
            check_size(name, size, least=0)
        check_groups(shape.channels, self.out_channels, self.groups)
        if self.output_padding >= max(self.stride, self.dilation):
            raise NetworkError(
                f"output_padding {self.output_padding} must be less than the stride ({self.stride}) "
                f"or the dilation ({self.dilation})",
                "output_padding",
            )
        length = (shape.length - 1) * self.stride - sum(self.pads) + self.extent + self.output_padding + 1
        if length < 1:
            raise NetworkError(
                f"padding {written(self.padding)} leaves nothing: the output would be {length} long", "padding"
            )
        return Shape(self.out_channels, check_output("length", length))

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        """Input i meets output ``i * stride - padding + k * dilation`` with tap k."""
        (shape,) = shapes
        outputs = self.output_shape(shape)
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        taps: dict[int, range] = {}
        connections = Connections([], [], [])
        for target in range(outputs.units) if targets is None else targets:
            out, t = divmod(target, outputs.length)
            if t not in taps:
                taps[t] = self._taps_onto(t, shape.length)
            group, within = divmod(out, per_group)
            for channel in range(group * inputs, (group + 1) * inputs):
                kernel = (channel * per_group + within) * self.kernel_size
                for k in taps[t]:
                    source = channel * shape.length + (t + self.pads[0] - k * self.dilation) // self.stride
                    if sources is None or source in sources:
                        connections.sources.append(source)
                        connections.targets.append(target)
                        connections.parameters.append(kernel + k)
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        """Tap by tap: one pair of channels says which inputs it lays onto which outputs, and so do all others."""
        import numpy as np

        shape = Shape(*inputs[0].shape)
        outputs, groups = self.output_shape(shape), self.groups
        pair = dataclasses.replace(self, channels=1, groups=1).connections(Shape(1, shape.length))
        order = np.argsort(pair.parameters, kind="stable")
        ends = np.array([pair.sources, pair.targets], dtype=np.intp)[:, order]
        firsts = np.searchsorted(np.array(pair.parameters)[order], np.arange(self.kernel_size + 1))
        seen = inputs[0].reshape(groups, -1, shape.length)
        kernels = weight.reshape(groups, -1, *weight.shape[1:]).transpose(0, 2, 1, 3)
        values = np.zeros((groups, outputs.channels // groups, outputs.length))
        for k in range(self.kernel_size):
            sources, targets = ends[:, firsts[k] : firsts[k + 1]]
            values[..., targets] += kernels[..., k] @ seen[..., sources]  # of one tap no target comes twice
        return values.reshape(outputs)

    def _taps_onto(self, t: int, length: int) -> range:
        """The taps by which inputs, ``length`` of them, meet output t: ``k * dilation = t + padding - i * stride``.

        Every ``stride / gcd(stride, dilation)``-th, where any.
        """
        at, stride, dilation = t + self.pads[0], self.stride, self.dilation
        common = math.gcd(stride, dilation)
        if at % common:
            return range(0)
        period = stride // common
        residue = at // common * pow(dilation // common, -1, period) % period
        least = max(0, -(((length - 1) * stride - at) // dilation))
        first = least + (residue - least) % period
        return range(first, min(self.kernel_size, at // dilation + 1), period)

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        outputs = self.output_shape(shape)
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        return {
            out * outputs.length + t
            for source in sources
            for channel, position in [divmod(source, shape.length)]
            for k in range(self.kernel_size)
            for t in [position * self.stride - self.pads[0] + k * self.dilation]
            if 0 <= t < outputs.length
            for out in range(channel // inputs * per_group, (channel // inputs + 1) * per_group)
        }

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        outputs = self.output_shape(shape)
        kernels = shape.channels * (outputs.channels // self.groups)
        met = self._meetings(shape)
        return Totals(kernels * sum(met), kernels * sum(1 for number in met if number))

    def used(self, *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        kernels = shape.channels * (self.out_channels // self.groups)
        taps = [k for k, number in enumerate(self._meetings(shape)) if number]
        return [kernel * self.kernel_size + k for kernel in range(kernels) for k in taps]

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        (shape,) = shapes
        met = self._meetings(shape)
        return sum(met[weight % self.kernel_size] for weight in weights)

    def _meetings(self, shape: Shape) -> list[int]:
        """How many inputs each tap meets the output for."""
        length = self.output_shape(shape).length
        starts = (k * self.dilation - self.pads[0] for k in range(self.kernel_size))
        return [len(meeting(start, self.stride, shape.length, length)) for start in starts]

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        (shape,) = shapes
        return (shape.channels, self.out_channels // self.groups, self.kernel_size)

    def from_channels_last(self, part: str, array: Any, *shapes: Shape) -> Any:
        """``[k, out / groups, in]`` turned."""
        return array.transpose(2, 1, 0) if part == "weight" and array.ndim == 3 else array

    def notes(self, *shapes: Shape) -> list[str]:
        values = {
            "stride": (self.stride, 1),
            "padding": (written(self.padding) if any(self.pads) else "", ""),
            "output padding": (self.output_padding, 0),
            "dilation": (self.dilation, 1),
        }
        notes = [f"{name} {value}" for name, (value, default) in values.items() if value != default]
        return [*notes, f"{self.groups} groups"] if self.groups != 1 else notes

    def window(self, *shapes: Shape) -> Window:
        left = self.pads[0]
        return Window((left - self.extent) / self.stride, left / self.stride, 1 / self.stride)

    def inline_weight(self, *shapes: Shape) -> tuple[float, ...] | None:
        """As for any layer; a single kernel (``kernel_size`` values) serves every channel."""
        return self.repeated_kernel(self.kernel_size, *shapes)
