"""What layers with a kernel that slides have in common: where it stands, what it meets, what it pads."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectivity.errors import NetworkError, visible
from connectivity.layers.base import (
    SIZE_LIMIT,
    Connections,
    Layer,
    PaddingConnection,
    Shape,
    Totals,
    Window,
    check_output,
    check_size,
    count,
    layer,
    unpadded,
)
from connectivity.layers.words import PADDING_MODES, PADDING_WORDS, Parameter, Reader, choice

if TYPE_CHECKING:
    import numpy as np

KERNEL = Parameter("kernel_size", Reader.integer, "kernel size", "k")
STRIDE = Parameter("stride", Reader.integer, "step from one window to the next", "s")
DILATION = Parameter("dilation", Reader.integer, "distance between taps", "d")
CHANNELS = Parameter("channels", Reader.integer, "output channels (default: as many as groups)", "c")
GROUPS = Parameter("groups", Reader.integer, "groups of channels", "g")
TAPS = Parameter("taps", Reader.integers, "offsets in place of a regular kernel, as -3/0/3")
PADDING = Parameter(
    "padding",
    Reader.padding,
    "1, 0/1 (left/right), same, same_upper or same_lower (at any stride), valid, causal or full",
    "p",
    choices=PADDING_WORDS,
)
MODE = Parameter(
    "padding_mode", choice("padding_mode", *PADDING_MODES), ", ".join(PADDING_MODES), choices=PADDING_MODES
)
WINDOW = (STRIDE, PADDING, DILATION, CHANNELS, GROUPS, MODE, TAPS)
"""The parameters of every kernel that slides."""

_TAPS_SHOWN = 12  # the most that a caption lists


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

    @classmethod
    def made(cls, parameters: Mapping[str, Any]) -> Layer:
        """Explicit taps imply the kernel's size, and padding that leaves them where they are."""
        if "taps" in parameters:
            parameters = {"kernel_size": len(parameters["taps"]), "padding": "taps", **parameters}
        return super().made(parameters)

    @property
    def out_channels(self) -> int:
        """The number of output channels."""
        return self.groups if self.channels is None else self.channels

    @property
    def causal(self) -> bool:
        """Whether its units see nothing behind their own place."""
        return self.padding == "causal"

    @property
    def repeats_ends(self) -> bool:
        """Whether its padding repeats units of the input, instead of zeros."""
        return self.padding_mode != "zeros"

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

    def pads(self, length: int) -> tuple[int, int]:
        """Padding left and right of an input of ``length``.

        ``same`` and ``same_upper`` put the odd one on the right, as PyTorch and Keras do, ``same_lower`` on the left
        (ONNX); the last two take a stride, and make ``ceil(length / stride)`` outputs
        (https://onnx.ai/onnx/operators/onnx__Conv.html, ``auto_pad``).
        """
        if isinstance(self.padding, int):
            return (self.padding, self.padding)
        if isinstance(self.padding, tuple):
            return self.padding
        half = self.extent // 2
        strided = max(0, (-(-length // self.stride) - 1) * self.stride + self.extent + 1 - length)
        words = {
            "same": (half, self.extent - half),
            "same_upper": (strided // 2, strided - strided // 2),
            "same_lower": (strided - strided // 2, strided // 2),
            "valid": (0, 0),
            "causal": (self.extent, 0),
            "full": (self.extent, self.extent),
        }
        if self.taps is not None:
            words["taps"] = (-min(self.taps), max(self.taps))
        if self.padding not in words:
            raise NetworkError(f'padding "{visible(self.padding)}" is not one of {", ".join(words)}', "padding")
        return words[self.padding]

    def zeros(self, *shapes: Shape) -> tuple[int, int]:
        (shape,) = shapes
        if self.repeats_ends:
            return (0, 0)  # the padding repeats units of the input
        left, right = self.pads(shape.length)
        return (max(0, left), max(0, right))

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        self._check(shape)
        padded = shape.length + sum(self.pads(shape.length))
        length = (padded - self.extent - 1) // self.stride + 1
        return Shape(self.out_channels, check_output("length", length, "padding"))

    def window(self, *shapes: Shape) -> Window:
        (shape,) = shapes
        left, _ = self.pads(shape.length)
        return Window(-left, self.extent - left, self.stride)

    def kernel_row(self, out: int, i: int, t: int, inputs: int, length: int) -> int:
        """The parameter of the first tap from input channel ``i`` (of ``inputs`` in its group) to unit (out, t)."""
        raise NotImplementedError

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        """Cross-correlation as in ``torch.nn.Conv1d``: output t meets ``t * stride - padding + k * dilation`` by tap k."""
        (shape,) = shapes
        outputs = self.output_shape(shape)
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        met: dict[int, list[tuple[int, int]]] = {}  # of each output position: taps, and the positions they meet
        taps_by_offset: dict[int, int] = {}
        few: set[int] | None = None  # positions that are asked in place of the taps, where they are fewer
        if isinstance(sources, set) and len(sources) < len(self.offsets) and not self.repeats_ends:
            few = {source % shape.length for source in sources}
            taps_by_offset = {offset: k for k, offset in enumerate(self.offsets)}
        connections = Connections([], [], [])
        add_source, add_target, add_parameter = (
            connections.sources.append,
            connections.targets.append,
            connections.parameters.append,
        )
        for target in range(outputs.units) if targets is None else targets:
            out, t = divmod(target, outputs.length)
            if t not in met:
                start = t * self.stride - self.pads(shape.length)[0]
                met[t] = (
                    self._met(t, shape.length)
                    if few is None
                    else sorted((taps_by_offset[p - start], p) for p in few if p - start in taps_by_offset)
                )
            taps, first = met[t], out // per_group * inputs
            for i in range(inputs):
                row = (first + i) * shape.length
                kernel = self.kernel_row(out, i, t, inputs, outputs.length)
                for k, position in taps:
                    source = row + position
                    if sources is None or source in sources:
                        add_source(source)
                        add_target(target)
                        add_parameter(kernel + k)
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        """Tap by tap: what all windows have at it, by groups of channels."""
        import numpy as np

        shape = Shape(*inputs[0].shape)
        outputs, groups, (left, right) = self.output_shape(shape), self.groups, self.pads(shape.length)
        places = np.arange(-left, shape.length + right)
        for place in np.flatnonzero((places < 0) | (places >= shape.length)):
            repeated = unpadded(int(places[place]), shape.length, self.padding_mode)
            places[place] = shape.length if repeated is None else repeated  # behind the last there is a zero
        padded = np.hstack([inputs[0], np.zeros((shape.channels, 1))])[:, places].reshape(groups, -1, len(places))
        kernels = weight.reshape(groups, -1, *weight.shape[1:])
        values = np.zeros((groups, outputs.channels // groups, outputs.length))
        last = (outputs.length - 1) * self.stride + 1
        for k, offset in enumerate(self.offsets):
            self.add_tap(values, kernels[..., k], padded[..., offset : offset + last : self.stride])
        return values.reshape(outputs)

    def add_tap(self, values: np.ndarray, kernels: np.ndarray, seen: np.ndarray) -> None:
        """Add to ``values`` (groups, outputs, positions) what one tap sees (groups, inputs, positions), by its weights.

        ``kernels`` are these, the weight tensor without its last axis, the first one split into groups.
        """
        raise NotImplementedError

    def _places(self, outputs: Iterable[int], length: int) -> set[int]:
        """The positions of an input of ``length`` that some output positions meet."""
        if self.repeats_ends:
            return {place for t in outputs for _, place in self._met(t, length)}
        left, offsets = self.pads(length)[0], self.offsets
        starts = {t * self.stride - left for t in outputs}
        return {place for start in starts for offset in offsets if 0 <= (place := start + offset) < length}

    def _met(self, t: int, length: int) -> list[tuple[int, int]]:
        """The taps of output position ``t`` that meet the input, and the positions they meet."""
        start = t * self.stride - self.pads(length)[0]
        places = ((k, unpadded(start + offset, length, self.padding_mode)) for k, offset in enumerate(self.offsets))
        return [(k, place) for k, place in places if place is not None]

    def padding_connections(self, *shapes: Shape, targets: Iterable[int] | None = None) -> list[PaddingConnection]:
        (shape,) = shapes
        outputs, left = self.output_shape(shape), self.pads(shape.length)[0]
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        connections = []
        for target in range(outputs.units) if targets is None else targets:
            out, t = divmod(target, outputs.length)
            outside = [
                (k, position)
                for k, offset in enumerate(self.offsets)
                for position in [t * self.stride - left + offset]
                if not 0 <= position < shape.length
            ]
            for i in range(inputs) if outside else ():
                kernel = self.kernel_row(out, i, t, inputs, outputs.length)
                for k, position in outside:
                    connections.append(PaddingConnection(out // per_group * inputs + i, position, target, kernel + k))
        return connections

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        outputs, (left, right) = self.output_shape(shape), self.pads(shape.length)
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        padding = (*range(-left, 0), *range(shape.length, shape.length + right)) if self.repeats_ends else ()
        repeated: dict[int | None, list[int]] = {}  # where in the padding each position is once more
        for place in padding:
            repeated.setdefault(unpadded(place, shape.length, self.padding_mode), []).append(place)
        reached: dict[int, set[int]] = {}  # of each position: the output positions that meet it
        for position in {source % shape.length for source in sources}:
            places = [position, *repeated.get(position, ())]
            ahead = {divmod(place + left - offset, self.stride) for place in places for offset in self.offsets}
            reached[position] = {t for t, rest in ahead if not rest and 0 <= t < outputs.length}
        return {
            out * outputs.length + t
            for source in sources
            for group in [source // shape.length // inputs]
            for out in range(group * per_group, (group + 1) * per_group)
            for t in reached[source % shape.length]
        }

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        outputs = self.output_shape(shape)
        inputs, per_group = shape.channels // self.groups, outputs.channels // self.groups
        groups: dict[int, set[int]] = {}
        for target in targets:
            out, t = divmod(target, outputs.length)
            groups.setdefault(out // per_group, set()).add(t)
        return {
            (group * inputs + i) * shape.length + position
            for group, positions in groups.items()
            for position in self._places(positions, shape.length)
            for i in range(inputs)
        }

    def used(self, *shapes: Shape) -> Iterable[int]:
        return set(self.connections(*shapes).parameters)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        (shape,) = shapes
        if self.repeats_ends:  # what repeats the ends may use what no window reaches
            return super().unused_inputs(shape)
        left = self.pads(shape.length)[0]
        starts = [offset - left for offset in self.offsets]
        return unmet(starts, self.stride, self.output_shape(shape).length, shape)

    def meetings(self, shape: Shape) -> list[range]:
        """The output positions that each tap meets the input for."""
        length = self.output_shape(shape).length
        if self.repeats_ends:
            return [range(length)] * self.kernel_size
        left = self.pads(shape.length)[0]
        return [meeting(offset - left, self.stride, length, shape.length) for offset in self.offsets]

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        outputs = self.output_shape(shape)
        kernels = outputs.channels * (shape.channels // self.groups)
        meetings = [len(positions) for positions in self.meetings(shape)]
        weights = sum(self.kernels_used(number) for number in meetings)
        return Totals(
            kernels * sum(meetings), kernels * weights, kernels * (outputs.length * self.kernel_size - sum(meetings))
        )

    def kernels_used(self, meetings: int) -> int:
        """How many weights a tap that meets the input so many times uses, for each pair of channels."""
        raise NotImplementedError

    def notes(self, *shapes: Shape) -> list[str]:
        (shape,) = shapes
        notes = [f"stride {self.stride}"] if self.stride != 1 else []
        notes += self._padding_notes(shape.length)
        if self.dilation != 1:
            notes.append(f"dilation {self.dilation}")
        if self.groups != 1:
            notes.append(f"{self.groups} groups")
        return notes

    def _padding_notes(self, length: int) -> list[str]:
        if self.taps is not None:
            taps = [str(tap).replace("-", "\u2212") for tap in self.taps]
            return ["taps " + ", ".join(taps if len(taps) <= _TAPS_SHOWN else [*taps[:2], "…", taps[-1]])]
        if self.padding == "valid" or self.pads(length) == (0, 0):
            return []
        words = [self.padding_mode] if self.repeats_ends else []
        if isinstance(self.padding, str) and not self.padding.startswith("same_"):
            return [" ".join([*words, self.padding, "padding"])]
        left, right = self.pads(length)
        sides = (left,) if left == right and not isinstance(self.padding, tuple) else (left, right)
        return [" ".join([*words, "padding", "/".join(map(str, sides))])]

    def inline_weight(self, *shapes: Shape) -> tuple[float, ...] | None:
        """As for any layer; a single kernel (``kernel_size`` values) serves every channel."""
        return self.repeated_kernel(self.kernel_size, *shapes)

    def _check(self, shape: Shape) -> None:
        for name in ("kernel_size", "stride", "dilation", "groups"):
            check_size(name, getattr(self, name))
        check_size("channels", self.out_channels)
        left, right = self.pads(shape.length)
        if self.taps is not None:
            self._check_taps(self.taps)
        else:
            for pad in (left, right):
                check_size("padding", pad, least=0)
        if self.padding == "same" and self.stride != 1:
            raise NetworkError(
                f"padding=same needs stride 1, but the stride is {self.stride} "
                "(padding=same_upper pads at any stride; or give numbers, left/right)",
                "padding",
            )
        check_groups(shape.channels, self.out_channels, self.groups)
        self._check_padding_mode(shape, left, right)
        padded = shape.length + left + right
        if self.extent + 1 > padded:
            raise NetworkError(self._too_wide(shape, padded), "kernel_size")

    def _too_wide(self, shape: Shape, padded: int) -> str:
        """The message for a kernel that does not fit, and what would."""
        reach = f"kernel {self.kernel_size}"
        if self.dilation > 1:
            reach += f" with dilation {self.dilation} spans {self.extent + 1} positions and"
        most = (padded - 1) // self.dilation + 1
        if self.taps is not None:
            remedy = "pad it"
        elif self.dilation == 1:
            remedy = f"a kernel size of at most {most} fits"
        else:
            remedy = f"with dilation {self.dilation} a kernel size of at most {most} fits"
            if padded >= self.kernel_size > 1:
                widest = (padded - 1) // (self.kernel_size - 1)
                remedy += f", with kernel size {self.kernel_size} a dilation of at most {widest}"
        long = f"{shape.length} long" + (f", {padded} with padding" if padded != shape.length else "")
        turned = f" ({shape.channels} channels of length {shape.length})" if shape.channels > shape.length else ""
        return f"{reach} does not fit its input, which is {long}{turned}; {remedy}"

    def _check_taps(self, taps: tuple[int, ...]) -> None:
        if len(taps) != self.kernel_size:
            raise NetworkError(
                f"{count(len(taps), 'tap')} for a kernel of {self.kernel_size}; leave its size out", "taps"
            )
        if self.dilation != 1:
            raise NetworkError("taps say where they are; a dilation would contradict them", "dilation")
        if len(set(taps)) < len(taps):
            raise NetworkError(f"the taps {'/'.join(map(str, taps))} name a position twice; name each once", "taps")
        for tap in taps:
            check_size("taps", tap, least=-SIZE_LIMIT)

    def _check_padding_mode(self, shape: Shape, left: int, right: int) -> None:
        if self.padding_mode not in PADDING_MODES:
            raise NetworkError(
                f'padding_mode "{visible(self.padding_mode)}" is not one of {", ".join(PADDING_MODES)}',
                "padding_mode",
            )
        most = widest_padding(self.padding_mode, shape.length)
        if most is not None and max(left, right) > most:
            raise NetworkError(
                f"padding {max(left, right)} is too wide for padding_mode={self.padding_mode}: "
                f"at most {most} on an input {shape.length} long",
                "padding",
            )


def widest_padding(mode: str, length: int) -> int | None:
    """How wide a padding of ``mode`` may be on a side of an input of ``length``; None: as wide as one likes."""
    return {"reflect": length - 1, "circular": length}.get(mode)


def check_groups(inputs: int, outputs: int, groups: int) -> None:
    """Raise NetworkError for channels that cannot be split into groups."""
    for what, channels in (("input", inputs), ("output", outputs)):
        if channels % groups:
            raise NetworkError(
                f"{count(channels, f'{what} channel')} cannot be split into {groups} groups: "
                "both numbers of channels must be divisible by groups",
                "groups" if what == "input" else "channels",
            )


def meeting(start: int, stride: int, outputs: int, length: int) -> range:
    """Those of ``outputs`` positions t that meet an input of ``length``: ``0 <= start + t * stride < length``.

    >>> meeting(-1, 1, 5, 5), meeting(0, 2, 3, 5), meeting(9, 1, 5, 5)
    (range(1, 5), range(0, 3), range(0, 0))
    """
    first = max(0, -(start // stride))  # rounded up
    last = min(outputs - 1, (length - 1 - start) // stride)
    return range(first, max(first, last + 1))


def unmet(starts: Iterable[int], stride: int, outputs: int, shape: Shape) -> list[int]:
    """The units of an input of ``shape`` at positions that no tap meets; tap k meets ``starts[k] + t * stride``.

    >>> unmet([0], 2, 3, Shape(1, 6))
    [1, 3, 5]
    """
    met = bytearray(shape.length)
    for start in starts:
        number = len(meeting(start, stride, outputs, shape.length))
        if number:
            first = start + max(0, -(start // stride)) * stride
            met[first : first + (number - 1) * stride + 1 : stride] = b"\x01" * number
    positions = []
    place = met.find(0)
    while place >= 0:
        positions.append(place)
        place = met.find(0, place + 1)
    return [channel * shape.length + position for channel in range(shape.channels) for position in positions]
