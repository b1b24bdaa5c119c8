"""Layers with a kernel that slides: convolutions, and locally connected layers."""

from __future__ import annotations

from typing import ClassVar

from connectivity.errors import NetworkError, visible
from connectivity.layers.base import Layer, Shape, Window, check_size, count, layer

PADDING_WORDS = ("same", "valid", "causal", "full")
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


@layer
class Windowed(Layer):
    """What a convolution and a locally connected layer share: a kernel that slides.

    ``padding`` is a number, a pair (left, right), or one of ``PADDING_WORDS``; ``channels``
    are the output's (default: as many as ``groups``). ``taps`` are offsets in place of a regular
    kernel; with ``padding="taps"``, output t has its taps at ``t * stride + tap``.
    """

    kernel_size: int
    stride: int = 1
    padding: int | tuple[int, int] | str = 0
    dilation: int = 1
    channels: int | None = None
    groups: int = 1
    padding_mode: str = "zeros"
    taps: tuple[int, ...] | None = None

    @property
    def out_channels(self) -> int:
        """The number of output channels."""
        return self.groups if self.channels is None else self.channels

    @property
    def offsets(self) -> tuple[int, ...]:
        """Where the taps are, from the leftmost of them."""
        if self.taps is None:
            return tuple(range(0, self.dilation * self.kernel_size, self.dilation))
        return tuple(tap - min(self.taps) for tap in self.taps)

    @property
    def extent(self) -> int:
        """From the leftmost tap to the rightmost, in positions."""
        return self.dilation * (self.kernel_size - 1) if self.taps is None else max(self.taps) - min(self.taps)

    def pads(self) -> tuple[int, int]:
        """Padding left and right. ``same`` puts the odd one on the right, as PyTorch does."""
        if isinstance(self.padding, int):
            return (self.padding, self.padding)
        if isinstance(self.padding, tuple):
            return self.padding
        words = {
            "same": (self.extent // 2, self.extent - self.extent // 2),
            "valid": (0, 0),
            "causal": (self.extent, 0),
            "full": (self.extent, self.extent),
        }
        if self.taps is not None:
            words["taps"] = (-min(self.taps), max(self.taps))
        if self.padding not in words:
            raise NetworkError(f'padding "{visible(self.padding)}" is not one of {", ".join(words)}', "padding")
        return words[self.padding]

    def zeros(self) -> tuple[int, int]:
        if self.padding_mode != "zeros":
            return (0, 0)  # the padding repeats units of the input
        left, right = self.pads()
        return (max(0, left), max(0, right))

    def output_shape(self, shape: Shape) -> Shape:
        self._check(shape)
        padded = shape.length + sum(self.pads())
        length = (padded - self.extent - 1) // self.stride + 1
        return Shape(self.out_channels, check_size("padding", length))

    def window(self) -> Window:
        left, _ = self.pads()
        return Window(-left, self.extent - left, self.stride)

    def notes(self) -> list[str]:
        notes = [f"stride {self.stride}"] if self.stride != 1 else []
        notes += self._padding_notes()
        if self.dilation != 1:
            notes.append(f"dilation {self.dilation}")
        if self.groups != 1:
            notes.append(f"{self.groups} groups")
        return notes

    def _padding_notes(self) -> list[str]:
        if self.taps is not None:
            return ["taps " + ", ".join(str(tap).replace("-", "\u2212") for tap in self.taps)]
        if self.padding == "valid" or self.pads() == (0, 0):
            return []
        words = [] if self.padding_mode == "zeros" else [self.padding_mode]
        if isinstance(self.padding, str):
            return [" ".join([*words, self.padding, "padding"])]
        sides = self.pads() if isinstance(self.padding, tuple) else self.pads()[:1]
        return [" ".join([*words, "padding", "/".join(map(str, sides))])]

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        """As for any layer; a single kernel (``kernel_size`` values) serves every channel."""
        return self.repeated_kernel(shape, self.kernel_size)

    def _check(self, shape: Shape) -> None:
        for name in ("kernel_size", "stride", "dilation", "groups"):
            check_size(name, getattr(self, name))
        check_size("channels", self.out_channels)
        left, right = self.pads()
        if self.taps is not None:
            self._check_taps(self.taps)
        else:
            for pad in (left, right):
                check_size("padding", pad, least=0)
        if self.padding == "same" and self.stride != 1:
            raise NetworkError(
                f"padding=same needs stride 1, but the stride is {self.stride} "
                "(give the padding as numbers, left/right)",
                "padding",
            )
        self._check_channels(shape)
        self._check_padding_mode(shape, left, right)
        padded = shape.length + left + right
        if self.extent + 1 > padded:
            reach = f"kernel {self.kernel_size}"
            if self.dilation > 1:
                reach += f" with dilation {self.dilation} spans {self.extent + 1} positions and"
            with_padding = f", {padded} with padding" if padded != shape.length else ""
            raise NetworkError(
                f"{reach} does not fit its input, which is {shape.length} long{with_padding}",
                "kernel_size",
            )

    def _check_taps(self, taps: tuple[int, ...]) -> None:
        if len(taps) != self.kernel_size:
            raise NetworkError(f"{count(len(taps), 'tap')} for a kernel of {self.kernel_size}", "taps")
        if self.dilation != 1:
            raise NetworkError("taps say where they are; a dilation would contradict them", "dilation")
        if len(set(taps)) < len(taps):
            raise NetworkError(f"the taps {'/'.join(map(str, taps))} name a position twice", "taps")
        for tap in taps:
            check_size("taps", abs(tap), least=0)

    def _check_channels(self, shape: Shape) -> None:
        for what, channels in (("input", shape.channels), ("output", self.out_channels)):
            if channels % self.groups:
                raise NetworkError(
                    f"{count(channels, f'{what} channel')} cannot be split into {self.groups} groups: "
                    "both numbers of channels must be divisible by groups",
                    "groups" if what == "input" else "channels",
                )

    def _check_padding_mode(self, shape: Shape, left: int, right: int) -> None:
        if self.padding_mode not in PADDING_MODES:
            raise NetworkError(
                f'padding_mode "{visible(self.padding_mode)}" is not one of {", ".join(PADDING_MODES)}',
                "padding_mode",
            )
        most = {"reflect": shape.length - 1, "circular": shape.length}.get(self.padding_mode)
        if most is not None and max(left, right) > most:
            raise NetworkError(
                f"padding {max(left, right)} is too wide for padding_mode={self.padding_mode}: "
                f"at most {most} on an input {shape.length} long",
                "padding",
            )


@layer
class Convolution(Windowed):
    """A window for each unit, the same weights everywhere: ``torch.nn.Conv1d``.

    On an input ``[C, L]`` its output is ``[channels, floor((L + left + right - dilation * (kernel_size - 1) - 1)
    / stride) + 1]``, its weights ``[channels, C / groups, kernel_size]``, its bias ``[channels]``
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html). Sizes are from 1 to 1,000,000, padding
    from 0. Raises NetworkError, on a given input, for a kernel that does not fit it and for channels that cannot be
    split into groups.

    With a ``tie`` of T, the weights repeat every T positions only: T kernels take turns (a tiled
    convolution), and the weights are ``[out, in/groups, T, k]``.
    """

    kind: ClassVar[str] = "conv"
    tie: int = 1

    def output_shape(self, shape: Shape) -> Shape:
        check_size("tie", self.tie)
        return super().output_shape(shape)

    def notes(self) -> list[str]:
        return [*super().notes(), f"period {self.tie}"] if self.tie != 1 else super().notes()

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        kernels = (self.out_channels, shape.channels // self.groups)
        return (*kernels, self.kernel_size) if self.tie == 1 else (*kernels, self.tie, self.kernel_size)


@layer
class LocallyConnected(Windowed):
    """A window for each unit, every connection its own weight (unshared convolution).

    Sizes, ranges and errors are those of :class:`Convolution`.

    Its weights are ``[out, in/groups, out_length, k]``, its bias ``[out, out_length]``.
    """

    kind: ClassVar[str] = "sparse"

    def weight_shape(self, shape: Shape) -> tuple[int, ...]:
        length = self.output_shape(shape).length
        return (self.out_channels, shape.channels // self.groups, length, self.kernel_size)

    def bias_shape(self, shape: Shape) -> tuple[int, ...]:
        return tuple(self.output_shape(shape))

    def inline_weight(self, shape: Shape) -> tuple[float, ...] | None:
        return Layer.inline_weight(self, shape)
