"""The convolution: a window for each unit, the same weights everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.layers.base import WEIGHTED, Shape, check_size, layer
from connectivity.layers.windowed import KERNEL, WINDOW, Windowed
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np


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
    caption: ClassVar[str] = "conv"
    title: ClassVar[str | None] = "weight sharing"
    article: ClassVar[str] = "a convolution"
    words: ClassVar[Words | None] = Words(
        "conv",
        ("conv1d", "shared"),
        KERNEL,
        (
            *WINDOW,
            Parameter("tie", Reader.integer, "period of the weights of a tiled convolution (1: every unit the same)"),
            *WEIGHTED,
        ),
        "convolution: sparse, and parallel connections share a weight",
        "conv:3",
    )
    tie: int = 1

    def output_shape(self, *shapes: Shape) -> Shape:
        check_size("tie", self.tie)
        return super().output_shape(*shapes)

    def kernel_row(self, out: int, i: int, t: int, inputs: int, length: int) -> int:
        return ((out * inputs + i) * self.tie + t % self.tie) * self.kernel_size

    def add_tap(self, values: np.ndarray, kernels: np.ndarray, seen: np.ndarray) -> None:
        if self.tie == 1:
            values += kernels @ seen
            return
        for turn in range(min(self.tie, values.shape[-1])):
            values[..., turn :: self.tie] += kernels[..., turn] @ seen[..., turn :: self.tie]

    def used(self, *shapes: Shape) -> Iterable[int]:
        kernels = self.out_channels * (shapes[0].channels // self.groups)
        size = self.tie * self.kernel_size
        taps = [tap for tap, number in enumerate(self._uses(shapes[0])) if number]
        return [kernel * size + tap for kernel in range(kernels) for tap in taps]

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        uses = self._uses(shapes[0])
        return sum(uses[weight % len(uses)] for weight in weights)

    def _uses(self, shape: Shape) -> list[int]:
        """How often each tap is used for a pair of channels; of kernels that take turns, one after the other."""
        meetings = self.meetings(shape)
        return [len(_every(positions, turn, self.tie)) for turn in range(self.tie) for positions in meetings]

    def kernels_used(self, meetings: int) -> int:
        return min(self.tie, meetings)  # those that take turns follow one another

    def notes(self, *shapes: Shape) -> list[str]:
        return [*super().notes(*shapes), f"period {self.tie}"] if self.tie != 1 else super().notes(*shapes)

    def from_channels_last(self, part: str, array: Any, *shapes: Shape) -> Any:
        """``[k, in / groups, out]`` turned; ``[k, in, multiplier]`` of depthwise ones, ``[in, out]`` of a dense layer."""
        channels = shapes[0].channels
        if part == "weight" and array.ndim == 3 and self.groups == channels == array.shape[1] > 1:
            return array.transpose(1, 2, 0).reshape(-1, 1, array.shape[0])
        if part == "weight" and array.ndim == 2:
            return array.T[:, :, None]
        return array.transpose(2, 1, 0) if part == "weight" and array.ndim == 3 else array

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        kernels = (self.out_channels, shapes[0].channels // self.groups)
        return (*kernels, self.kernel_size) if self.tie == 1 else (*kernels, self.tie, self.kernel_size)


def _every(positions: range, turn: int, period: int) -> range:
    """Those of neighbouring ``positions`` that are ``turn`` modulo ``period``.

    >>> _every(range(2, 9), 1, 3)
    range(4, 9, 3)
    """
    return range(positions.start + (turn - positions.start) % period, positions.stop, period)
