"""Pools of which the number of outputs is given, not the window; global ones have one output for each channel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar

from connectivity.layers.base import PLAIN, Shape, Totals, Window, check_size, layer
from connectivity.layers.combine import MAXIMUM, MEAN, Combination
from connectivity.layers.pools import ChannelPool
from connectivity.layers.words import Parameter, Reader, Words

_SIZE = Parameter("output_size", Reader.integer, "the length of the output")


@layer
class WholePool(ChannelPool):
    """A pool that divides its whole input among its outputs.

    Output t of ``outputs`` takes positions ``floor(t * L / outputs)`` to ``ceil((t + 1) * L / outputs) - 1`` of an
    input ``[C, L]``; neighbours share one where their number does not divide the length
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html).
    """

    @property
    def outputs(self) -> int:
        """The length of the output."""
        return 1

    def output_shape(self, *shapes: Shape) -> Shape:
        return Shape(shapes[0].channels, check_size("output_size", self.outputs))

    def taps(self, t: int, length: int) -> range:
        return _part(t, length, self.outputs)

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        length = shapes[0].length
        return {
            source // length * self.outputs + t
            for source in sources
            for t in _part(source % length, self.outputs, length)
        }

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        channels, length = shapes[0]
        if channels == self.outputs == 1:  # all of its input, as of a fully connected layer
            return range(length if list(targets) else 0)
        return {
            target // self.outputs * length + position
            for target in targets
            for position in self.taps(target % self.outputs, length)
        }

    def used(self, *shapes: Shape) -> Iterable[int]:
        return ()

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        channels, length = shapes[0]
        return Totals(channels * (length + self.outputs - math.gcd(length, self.outputs)), 0)

    def window(self, *shapes: Shape) -> Window | None:
        size, rest = divmod(shapes[0].length, self.outputs)
        return None if rest or self.outputs == 1 else Window(0, size - 1, size)  # one window does not move


@layer
class AveragePart(WholePool):
    """The mean of what an output takes."""

    combination: ClassVar[Combination] = MEAN

    def coefficient(self, t: int, length: int) -> float:
        return 1 / len(self.taps(t, length))


@layer
class AdaptiveAvgPool(AveragePart):
    """``torch.nn.AdaptiveAvgPool1d``: the mean of each of ``output_size`` parts of a channel, from 1 to 1,000,000."""

    kind: ClassVar[str] = "adaptiveavgpool"
    caption: ClassVar[str] = "adaptive average pool"
    article: ClassVar[str] = "an adaptive average pool"
    words: ClassVar[Words | None] = Words(
        "adaptiveavgpool",
        ("adaptiveavgpool1d",),
        _SIZE,
        PLAIN,
        "the mean of each of so many parts",
        "adaptiveavgpool:2",
    )
    output_size: int

    @property
    def outputs(self) -> int:
        return self.output_size


@layer
class AdaptiveMaxPool(WholePool):
    """``torch.nn.AdaptiveMaxPool1d``: the largest value of each of ``output_size`` parts, from 1 to 1,000,000."""

    kind: ClassVar[str] = "adaptivemaxpool"
    caption: ClassVar[str] = "adaptive max pool"
    article: ClassVar[str] = "an adaptive maximum pool"
    combination: ClassVar[Combination] = MAXIMUM
    words: ClassVar[Words | None] = Words(
        "adaptivemaxpool",
        ("adaptivemaxpool1d",),
        _SIZE,
        PLAIN,
        "the largest value of each of so many parts",
        "adaptivemaxpool:2",
    )
    output_size: int

    @property
    def outputs(self) -> int:
        return self.output_size


@layer
class GlobalAvgPool(AveragePart):
    """The mean of each channel: ``x.mean(-1, keepdim=True)``. An input ``[C, L]`` becomes ``[C, 1]``."""

    kind: ClassVar[str] = "globalavgpool"
    caption: ClassVar[str] = "global average pool"
    article: ClassVar[str] = "a global average pool"
    words: ClassVar[Words | None] = Words(
        "globalavgpool",
        ("globalaveragepool", "globalaveragepooling1d"),
        None,
        PLAIN,
        "the mean of each channel",
        "globalavgpool",
    )


@layer
class GlobalMaxPool(WholePool):
    """The largest value of each channel: ``x.amax(-1, keepdim=True)``. An input ``[C, L]`` becomes ``[C, 1]``."""

    kind: ClassVar[str] = "globalmaxpool"
    caption: ClassVar[str] = "global max pool"
    article: ClassVar[str] = "a global maximum pool"
    combination: ClassVar[Combination] = MAXIMUM
    words: ClassVar[Words | None] = Words(
        "globalmaxpool", ("globalmaxpooling1d",), None, PLAIN, "the largest value of each channel", "globalmaxpool"
    )


def _part(t: int, length: int, parts: int) -> range:
    """The ``t``-th of so many parts of ``length``, which overlap where they must.

    The other way round, the parts that position p is in are ``_part(p, parts, length)``.

    >>> [list(_part(t, 5, 3)) for t in range(3)]
    [[0, 1], [1, 2, 3], [3, 4]]
    """
    return range(t * length // parts, -(-(t + 1) * length // parts))
