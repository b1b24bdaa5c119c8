"""Layers that add positions at the ends of their input, or cut them off: pad and crop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError, visible
from connectivity.layers.base import PLAIN, Shape, Totals, Window, check_output, check_size, layer, unpadded
from connectivity.layers.passing import ChannelPassing
from connectivity.layers.selecting import AXES, check_axis
from connectivity.layers.windowed import widest_padding
from connectivity.layers.words import Parameter, Reader, Words, choice

_MODES = ("constant", "zeros", "reflect", "replicate", "circular")


@layer
class Pad(ChannelPassing):
    """``torch.nn.functional.pad``: positions added to the left and to the right, or channels before and behind.

    ``mode`` is PyTorch's; ``zeros`` is ``constant`` with a ``value`` of 0. Positions of a constant are units that
    nothing reaches. An input ``[C, L]`` becomes ``[C, left + L + right]``; with ``axis="channels"`` its channels are
    padded in the same way. Raises NetworkError, on a given input, for sides that are negative, or too wide for the mode
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html).
    """

    kind: ClassVar[str] = "pad"
    caption: ClassVar[str] = "pad"
    article: ClassVar[str] = "a padding"
    words: ClassVar[Words | None] = Words(
        "pad",
        ("constantpad1d", "zeropad1d"),
        Parameter("sides", Reader.sides, "positions added: on both sides, or left/right"),
        (
            Parameter("mode", choice("mode", *_MODES), ", ".join(_MODES), choices=_MODES),
            Parameter("value", Reader.number, "what the constant is (default: 0)"),
            Parameter("axis", choice("axis", *AXES), "length (default), or channels", choices=AXES),
            *PLAIN,
        ),
        "positions added at the ends",
        "pad:1/2",
    )
    sides: tuple[int, int]
    mode: str = "constant"
    value: float = 0.0
    axis: str = "length"

    @property
    def across(self) -> bool:
        """Whether channels are added."""
        return self.axis == "channels"

    @property
    def is_constant(self) -> bool:
        """Whether nothing reaches the positions that are added."""
        return self.mode in ("constant", "zeros")

    def output_shape(self, *shapes: Shape) -> Shape:
        ((channels, length),) = shapes
        left, right = self.sides
        check_axis(self.axis, AXES)
        size = channels if self.across else length
        noun, where = ("channels", f"an input of {size}") if self.across else ("positions", f"an input {size} long")
        if left < 0 or right < 0:
            raise NetworkError(f"pad adds {noun}, not {min(left, right)}; crop cuts them off, as crop:1/0", "sides")
        for side in self.sides:
            check_size("sides", side, least=0)
        if self.mode not in _MODES:
            raise NetworkError(f'mode "{visible(self.mode)}" is not one of {", ".join(_MODES)}', "mode")
        if self.value and self.mode != "constant":
            raise NetworkError(f"a value goes with mode=constant, not with mode={self.mode}", "value")
        most = widest_padding(self.mode, size)
        if most is not None and max(self.sides) > most:
            raise NetworkError(
                f"{max(self.sides)} {noun} are too many for mode={self.mode}: at most {most} on {where}",
                "sides",
            )
        padded = check_output("number of channels" if self.across else "length", self.width(size), "sides")
        return Shape(padded, length) if self.across else Shape(channels, padded)

    def width(self, length: int) -> int:
        return length + sum(self.sides)

    def position(self, t: int, length: int) -> int | None:
        return unpadded(t - self.sides[0], length, "zeros" if self.is_constant else self.mode)

    def places(self, position: int, length: int) -> Iterable[int]:
        left, right = self.sides
        place = left + position
        if self.mode == "reflect":
            others = [left - position, left + 2 * (length - 1) - position]
        elif self.mode == "circular":
            others = [place - length, place + length]
        elif self.mode == "replicate":
            before = range(left) if position == 0 else ()
            after = range(left + length, left + length + right) if position == length - 1 else ()
            others = [*before, *after]
        else:
            others = []
        return {place, *(t for t in others if 0 <= t < self.width(length))}

    def origin(self, target: int, shape: Shape) -> int | None:
        if not self.across:
            return super().origin(target, shape)
        channel, position = divmod(target, shape.length)
        row = self.position(channel, shape.channels)
        return None if row is None else row * shape.length + position

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        if not self.across:
            return super().copies(source, shape)
        channel, position = divmod(source, shape.length)
        return [row * shape.length + position for row in self.places(channel, shape.channels)]

    def constants(self, *shapes: Shape) -> dict[int, float]:
        if not self.value:
            return {}
        ((channels, length),) = shapes
        (left, right), width = self.sides, self.width(channels if self.across else length)
        added = [*range(left), *range(width - right, width)]
        if self.across:
            return {channel * length + t: self.value for channel in added for t in range(length)}
        return {channel * width + t: self.value for channel in range(channels) for t in added}

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        return Totals(shape.units if self.is_constant else self.output_shape(*shapes).units, 0)

    def window(self, *shapes: Shape) -> Window:
        return Window(0, 0, 1) if self.across else Window(-self.sides[0], -self.sides[0], 1)

    def notes(self, *shapes: Shape) -> list[str]:
        mode = [] if self.is_constant else [self.mode]
        value = [f"value {self.value:g}".replace("-", "\u2212")] if self.value else []
        before, behind = self.sides
        sides = f"channels: {before:,} before, {behind:,} behind" if self.across else _sides(self.sides)
        return [sides, *mode, *value]


@layer
class Crop(ChannelPassing):
    """Positions cut off at the left and at the right. An input ``[C, L]`` becomes ``[C, L - left - right]``.

    Raises NetworkError, on a given input, where nothing is left of it.
    """

    kind: ClassVar[str] = "crop"
    caption: ClassVar[str] = "crop"
    article: ClassVar[str] = "a cropping"
    words: ClassVar[Words | None] = Words(
        "crop",
        ("cropping1d",),
        Parameter("sides", Reader.sides, "positions cut off: on both sides, or left/right"),
        PLAIN,
        "positions cut off at the ends",
        "crop:1/2",
    )
    sides: tuple[int, int]

    def output_shape(self, *shapes: Shape) -> Shape:
        ((channels, length),) = shapes
        for side in self.sides:
            check_size("sides", side, least=0)
        if self.width(length) < 1:
            raise NetworkError(f"{sum(self.sides)} positions cut off an input {length} long leave nothing", "sides")
        return Shape(channels, self.width(length))

    def width(self, length: int) -> int:
        return length - sum(self.sides)

    def position(self, t: int, length: int) -> int | None:
        return t + self.sides[0]

    def places(self, position: int, length: int) -> Iterable[int]:
        t = position - self.sides[0]
        return (t,) if 0 <= t < self.width(length) else ()

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        ((channels, length),) = shapes
        cut = [*range(self.sides[0]), *range(length - self.sides[1], length)]
        return [channel * length + position for channel in range(channels) for position in cut]

    def window(self, *shapes: Shape) -> Window:
        return Window(self.sides[0], self.sides[0], 1)

    def notes(self, *shapes: Shape) -> list[str]:
        return [_sides(self.sides)]


def _sides(sides: tuple[int, int]) -> str:
    """Both numbers, as captions write them."""
    return f"{sides[0]:,} left, {sides[1]:,} right"
