"""The upsampling: every position several times, or values between two positions."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    NO_PARAMETER,
    PLAIN,
    Connections,
    Shape,
    Totals,
    Window,
    check_output,
    check_size,
    layer,
)
from connectivity.layers.combine import INTERPOLATION, Combination
from connectivity.layers.passing import ChannelPassing
from connectivity.layers.words import Parameter, Reader, Words, choice

_MODES = ("nearest", "linear")


@layer
class Upsample(ChannelPassing):
    """``torch.nn.Upsample`` with a whole ``scale_factor``: an input ``[C, L]`` becomes ``[C, L * factor]``.

    ``nearest``: output t is position ``floor(t / factor)``. ``linear``: it lies at ``(t + 1/2) / factor - 1/2`` (or,
    with ``align_corners``, at ``t * (L - 1) / (L * factor - 1)``), between the positions beside it, each counting by
    how near it is; what lies outside the input is the end
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html).
    """

    kind: ClassVar[str] = "upsample"
    caption: ClassVar[str] = "upsample"
    article: ClassVar[str] = "an upsampling"
    words: ClassVar[Words | None] = Words(
        "upsample",
        ("upsampling1d", "interpolate"),
        Parameter("factor", Reader.integer, "how many outputs a position becomes"),
        (
            Parameter("mode", choice("mode", *_MODES), "nearest or linear", choices=_MODES),
            Parameter("align_corners", Reader.boolean, "linear: the ends stay where they are", flag=True),
            *PLAIN,
        ),
        "every position several times, or values between two",
        "upsample:2",
    )
    factor: int
    mode: str = "nearest"
    align_corners: bool = False

    @property
    def operation(self) -> Combination:
        return INTERPOLATION if self.mode == "linear" else self.combination

    def output_shape(self, *shapes: Shape) -> Shape:
        check_size("factor", self.factor)
        if self.mode not in _MODES:
            raise NetworkError(f"mode must be one of {', '.join(_MODES)}", "mode")
        if self.align_corners and self.mode != "linear":
            raise NetworkError("align_corners goes with mode=linear", "align_corners")
        return Shape(shapes[0].channels, check_output("length", self.width(shapes[0].length), "factor"))

    def width(self, length: int) -> int:
        return length * self.factor

    def position(self, t: int, length: int) -> int | None:
        return t // self.factor

    def places(self, position: int, length: int) -> Iterable[int]:
        if self.mode == "nearest":
            return range(position * self.factor, (position + 1) * self.factor)
        over, step, offset = self._grid(length)
        first = max(0, ((position - 1) * over + offset) // step + 1) if position else 0
        last = -(-((position + 1) * over + offset) // step) if position < length - 1 else self.width(length)
        return range(first, min(last, self.width(length)))

    def _grid(self, length: int) -> tuple[int, int, int]:
        """Where outputs lie, as whole numbers (over, step, offset): output t at ``(t * step - offset) / over``."""
        if self.align_corners:
            return max(1, self.width(length) - 1), max(1, length - 1), 0
        return 2 * self.factor, 2, self.factor - 1

    def _shares(self, t: int, length: int) -> list[tuple[int, float]]:
        """The positions that output ``t`` lies between, in order, and how much each counts."""
        over, step, offset = self._grid(length)
        place, beyond = divmod(max(0, t * step - offset), over)
        if not beyond or place >= length - 1:
            return [(min(place, length - 1), 1.0)]
        share = beyond / over
        return [(place, 1 - share), (place + 1, share)]

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        if self.mode == "nearest":
            return super().connections(*shapes, targets=targets, sources=sources)
        (shape,) = shapes
        ends: list[tuple[int, int, float]] = []
        for target in range(self.output_shape(shape).units) if targets is None else targets:
            channel, t = divmod(target, self.width(shape.length))
            for position, share in self._shares(t, shape.length):
                source = channel * shape.length + position
                if sources is None or source in sources:
                    ends.append((source, target, share))
        return Connections(
            [source for source, _, _ in ends],
            [target for _, target, _ in ends],
            [NO_PARAMETER] * len(ends),
            [share for _, _, share in ends],
        )

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        if self.mode == "nearest":
            return super().sources_of(targets, *shapes)
        (_, length), width = shapes[0], self.width(shapes[0].length)
        return {
            target // width * length + position
            for target in targets
            for position, _ in self._shares(target % width, length)
        }

    def totals(self, *shapes: Shape) -> Totals:
        outputs = self.output_shape(*shapes)
        per_channel = outputs.length if self.mode == "nearest" else 2 * outputs.length - self._alone(shapes[0].length)
        return Totals(outputs.channels * per_channel, 0)

    def _alone(self, length: int) -> int:
        """How many outputs of a channel see one position alone: those on a position, and those outside."""
        if self.align_corners and length > 1:
            return math.gcd(length - 1, self.factor - 1) + 1
        if self.align_corners:
            return self.factor
        return 2 * (self.factor // 2) + (length if self.factor % 2 else 0)

    def window(self, *shapes: Shape) -> Window | None:
        """Of an interpolation: what lies less than one position off."""
        length, factor = shapes[0].length, self.factor
        if self.mode == "nearest":
            return Window(1 / factor - 1, 0, 1 / factor)
        if not self.align_corners:
            return Window(1 / factor - 1.5, 0.5, 1 / factor)
        over, step, _ = self._grid(length)
        return Window(1 / over - 1, 1 - 1 / over, step / over) if length > 1 else None

    def notes(self, *shapes: Shape) -> list[str]:
        mode = [] if self.mode == "nearest" else [self.mode]
        return [f"\u00d7 {self.factor:,}", *mode, *(["corners aligned"] if self.align_corners else [])]
