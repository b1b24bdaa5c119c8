"""Pools: windows without weights, which take the largest value, the mean or a norm of each channel."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    NO_PARAMETER,
    PLAIN,
    Connections,
    Layer,
    PaddingConnection,
    Shape,
    Totals,
    Window,
    check_size,
    layer,
)
from connectivity.layers.combine import MAXIMUM, MEAN, Combination
from connectivity.layers.windowed import DILATION, KERNEL, meeting, unmet
from connectivity.layers.words import Parameter, Reader, Word, Words

if TYPE_CHECKING:
    import numpy as np

POOL_STRIDE = Parameter("stride", Reader.integer, "step from one window to the next (default: the kernel size)", "s")


def _sides(reader: Reader, word: Word) -> int | tuple[int, int]:
    """One number for both sides, or two (left/right)."""
    return reader.sides(word) if "/" in word.text else reader.integer(word)


def written(padding: int | tuple[int, int]) -> str:
    """A padding as it was said: one number, or two."""
    return str(padding) if isinstance(padding, int) else "/".join(map(str, padding))


BOTH_SIDES = Parameter("padding", _sides, "positions added: on both sides, or left/right", "p")
CEIL = Parameter("ceil_mode", Reader.boolean, "keep a last window that reaches over the end", flag=True)


@layer
class ChannelPool(Layer):
    """What all pools share: each channel by itself, each unit from a run of positions of its channel.

    A subclass says which positions: :meth:`taps`; and what each counts: :meth:`coefficient`.
    """

    has_weights: ClassVar[bool] = False

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def taps(self, t: int, length: int) -> range:
        """The positions that output ``t`` sees of an input of ``length``; outside it they are padding."""
        raise NotImplementedError

    def coefficient(self, t: int, length: int) -> float | None:
        """What each input of output ``t`` is multiplied with; None for a pool that multiplies with nothing."""
        return None

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        """Padding is no connection, since it never wins and adds nothing to a mean."""
        (shape,) = shapes
        outputs = self.output_shape(shape)
        pairs: list[tuple[int, int]] = []
        coefficients: list[float] = []
        positions = sorted({source % shape.length for source in sources}) if isinstance(sources, set) else None
        for target in range(outputs.units) if targets is None else targets:
            channel, t = divmod(target, outputs.length)
            row, share = channel * shape.length, self.coefficient(t, shape.length)
            taps: Iterable[int] = _inside(self.taps(t, shape.length), shape.length)
            if positions is not None and isinstance(taps, range) and len(positions) < len(taps):
                taps = [position for position in positions if position in taps]
            for position in taps:
                if sources is None or row + position in sources:
                    pairs.append((row + position, target))
                    if share is not None:
                        coefficients.append(share)
        parameters = [NO_PARAMETER] * len(pairs)
        ends = [source for source, _ in pairs], [target for _, target in pairs]
        return Connections(*ends, parameters, coefficients or None)

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray | None:
        from connectivity.layers.arrays import one_channel

        return one_channel(self, inputs[0], Shape(*inputs[0].shape))


@layer
class Pool(ChannelPool):
    """A pool whose windows slide. ``stride`` is the kernel size unless given.

    ``padding`` is a number, or a pair (left, right). With ``ceil_mode`` a last window may begin inside the input or its left padding and reach over
    the end; one that would begin in the right padding is dropped, as PyTorch does.
    """

    kernel_size: int
    stride: int | None = None
    padding: int | tuple[int, int] = 0
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

    @property
    def pads(self) -> tuple[int, int]:
        """Padding left and right."""
        return (self.padding, self.padding) if isinstance(self.padding, int) else self.padding

    def taps(self, t: int, length: int) -> range:
        start = t * self.step - self.pads[0]
        return range(start, start + self.extent + 1, self.spacing)

    def zeros(self, *shapes: Shape) -> tuple[int, int]:
        return self.pads

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_size("kernel_size", self.kernel_size)
        check_size("stride", self.step)
        check_size("dilation", self.spacing)
        self._check_padding()
        padded = shape.length + sum(self.pads)
        rest = padded - self.extent - 1
        length = (rest + (self.step - 1 if self.ceil_mode else 0)) // self.step + 1
        if self.ceil_mode and (length - 1) * self.step >= shape.length + self.pads[0]:
            length -= 1
        if length < 1:
            with_padding = f", {padded} with padding" if padded > shape.length else ""
            raise NetworkError(
                f"a window of {self.extent + 1} does not fit its input, which is {shape.length} long{with_padding}; one of at most {padded} fits",
                "kernel_size",
            )
        return Shape(shape.channels, length)

    def _check_padding(self) -> None:
        """Raise NetworkError for padding that PyTorch refuses; of two sides, for one that is as wide as a window."""
        for side in self.pads:
            check_size("padding", side, least=0)
        if isinstance(self.padding, int) and 2 * self.padding > self.kernel_size:
            raise NetworkError(
                f"padding {self.padding} is more than half of the kernel size, {self.kernel_size}; padding of at most {self.kernel_size // 2} fits",
                "padding",
            )
        if max(self.pads) > self.extent:
            raise NetworkError(
                f"padding {max(self.pads)} is as wide as a window, which spans {self.extent + 1}", "padding"
            )

    def padding_connections(self, *shapes: Shape, targets: Iterable[int] | None = None) -> list[PaddingConnection]:
        (shape,) = shapes
        outputs = self.output_shape(shape)
        return [
            PaddingConnection(channel, position, target, NO_PARAMETER)
            for target in (range(outputs.units) if targets is None else targets)
            for channel, t in [divmod(target, outputs.length)]
            for position in self.taps(t, shape.length)
            if not 0 <= position < shape.length
        ]

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        length = self.output_shape(shape).length
        ahead = [
            (channel, divmod(position - start, self.step))
            for channel, position in (divmod(source, shape.length) for source in sources)
            for start in self.taps(0, shape.length)
        ]
        return {channel * length + t for channel, (t, rest) in ahead if not rest and 0 <= t < length}

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        (shape,) = shapes
        return unmet(self.taps(0, shape.length), self.step, self.output_shape(shape).length, shape)

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        length = self.output_shape(shape).length
        met = sum(len(meeting(start, self.step, length, shape.length)) for start in self.taps(0, shape.length))
        return Totals(shape.channels * met, 0, shape.channels * (length * self.kernel_size - met))

    def window(self, *shapes: Shape) -> Window:
        return Window(-self.pads[0], self.extent - self.pads[0], self.step)

    def notes(self, *shapes: Shape) -> list[str]:
        notes = [f"stride {self.step}"] if self.step != self.kernel_size else []
        if any(self.pads):
            notes.append(f"padding {written(self.padding)}")
        if self.spacing != 1:
            notes.append(f"dilation {self.spacing}")
        return [*notes, "ceil mode"] if self.ceil_mode else notes


@layer
class MaxPool(Pool):
    """``torch.nn.MaxPool1d``: padding never wins.

    On an input ``[C, L]`` its output is ``[C, floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride)
    + 1]``, rounded up with ``ceil_mode`` (https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html).
    ``padding`` is half of the kernel size at most; given as left and right each may be up to one less than what a window
    spans, as in ONNX. Raises NetworkError for a window that does not fit.
    """

    kind: ClassVar[str] = "maxpool"
    caption: ClassVar[str] = "max pool"
    article: ClassVar[str] = "a maximum pool"
    combination: ClassVar[Combination] = MAXIMUM
    padding_value: ClassVar[str] = "\u2212\u221e"
    words: ClassVar[Words | None] = Words(
        "maxpool",
        ("maxpool1d",),
        KERNEL,
        (POOL_STRIDE, BOTH_SIDES, DILATION, CEIL, *PLAIN),
        "the largest value of each window",
        "maxpool:2",
    )
    dilation: int = 1

    @property
    def spacing(self) -> int:
        return self.dilation


@layer
class AvgPool(Pool):
    """``torch.nn.AvgPool1d``: the mean of a window, padding counted as zeros unless told otherwise.

    Sizes, ranges and errors are those of :class:`MaxPool`
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html).
    """

    kind: ClassVar[str] = "avgpool"
    caption: ClassVar[str] = "average pool"
    article: ClassVar[str] = "an average pool"
    combination: ClassVar[Combination] = MEAN
    words: ClassVar[Words | None] = Words(
        "avgpool",
        ("avgpool1d",),
        KERNEL,
        (
            POOL_STRIDE,
            BOTH_SIDES,
            DILATION,
            CEIL,
            Parameter("count_include_pad", Reader.boolean, "count padding as zeros (default: true)", flag=True),
            *PLAIN,
        ),
        "the mean of each window",
        "avgpool:2",
    )
    dilation: int = 1
    count_include_pad: bool = True

    @property
    def spacing(self) -> int:
        return self.dilation

    def coefficient(self, t: int, length: int) -> float:
        """Positions beyond the right padding (``ceil_mode``) are never counted; what sees padding alone is 0."""
        taps = self.taps(t, length)
        inside = len(_inside(taps, length))
        if self.count_include_pad:
            inside = sum(1 for tap in taps if tap < length + self.pads[1])
        return 1 / max(1, inside)


def _inside(positions: range, length: int) -> range:
    """Those of ``positions`` that are not padding; they begin before the end of the input, as every window does."""
    return positions[max(0, -(positions.start // positions.step)) : -((positions.start - length) // positions.step)]
