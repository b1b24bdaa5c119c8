"""The upsampling: every position several times, or values between positions; by any factor, downwards as well."""

from __future__ import annotations

import functools
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    NO_PARAMETER,
    PLAIN,
    SIZE_LIMIT,
    Connections,
    Layer,
    Shape,
    Totals,
    Window,
    check_output,
    check_size,
    layer,
)
from connectivity.layers.combine import INTERPOLATION, Combination
from connectivity.layers.grids import COORDINATES, ROUNDINGS, Grid, simplest
from connectivity.layers.passing import ChannelPassing
from connectivity.layers.words import Parameter, Reader, Word, Words, choice

if TYPE_CHECKING:
    from fractions import Fraction

_MODES = ("nearest", "linear", "cubic")


def _factor(reader: Reader, word: Word) -> float:
    """A whole number, or any other."""
    return reader.integer(word) if word.text.removeprefix("-").isdigit() else reader.number(word)


@layer
class Upsample(ChannelPassing):
    """``torch.nn.Upsample``, or ONNX's Resize: an input ``[C, L]`` becomes ``[C, floor(L * factor)]``, or ``[C, size]``.

    Output t lies among the positions of the input at ``t / factor`` (``coordinates="asymmetric"``), at
    ``(t + 1/2) / factor - 1/2`` (``half_pixel``; with ``pytorch_half_pixel`` a single output lies at 0), or at
    ``t * (L - 1) / (outputs - 1)`` (``align_corners``). What lies outside the input is the end.

    ``nearest`` is the position there, between two the one that ``rounding`` says; ``linear`` lies between two, each
    counting by how near it is; ``cubic`` among four, by the kernel of Keys with a = ``cubic_coeff``. Unless given,
    coordinates are PyTorch's: asymmetric of nearest, half pixels of others, or with ``align_corners`` the corners
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html). A factor is from 0 to 1,000,000, a size
    from 1.
    """

    kind: ClassVar[str] = "upsample"
    caption: ClassVar[str] = "upsample"
    article: ClassVar[str] = "an upsampling"
    words: ClassVar[Words | None] = Words(
        "upsample",
        ("upsampling1d", "interpolate", "resize"),
        Parameter("factor", _factor, "how many outputs a position becomes, as 2 or 1.5", required=False),
        (
            Parameter("size", Reader.integer, "the length of the output, in place of a factor"),
            Parameter("mode", choice("mode", *_MODES), "nearest, linear or cubic", choices=_MODES),
            Parameter("align_corners", Reader.boolean, "linear, cubic: the ends stay where they are", flag=True),
            Parameter(
                "coordinates",
                choice("coordinates", *COORDINATES),
                "where outputs lie: asymmetric, half_pixel, pytorch_half_pixel or align_corners",
                choices=COORDINATES,
            ),
            Parameter(
                "rounding",
                choice("rounding", *ROUNDINGS),
                "nearest: floor, ceil, round_prefer_floor or round_prefer_ceil",
                choices=ROUNDINGS,
            ),
            Parameter("cubic_coeff", Reader.number, "the coefficient of a cubic kernel (default: -0.75)"),
            *PLAIN,
        ),
        "every position several times, or values between them",
        "upsample:2",
    )
    factor: float | None = None
    size: int | None = None
    mode: str = "nearest"
    align_corners: bool = False
    coordinates: str | None = None
    rounding: str = "floor"
    cubic_coeff: float = -0.75

    @classmethod
    def made(cls, parameters: Mapping[str, Any]) -> Layer:
        if "factor" not in parameters and "size" not in parameters:
            raise NetworkError("factor is missing (as in upsample:2)")
        return super().made(parameters)

    @property
    def interpolates(self) -> bool:
        """Whether outputs lie between positions, instead of being one of them."""
        return self.mode != "nearest"

    @property
    def reach(self) -> int:
        """How many positions before an output, and how many behind it, it lies among."""
        return 1 if self.mode == "linear" else 2

    @property
    def usual(self) -> str:
        """The coordinates where none are given."""
        return "half_pixel" if self.interpolates else "asymmetric"

    @property
    def operation(self) -> Combination:
        return INTERPOLATION if self.interpolates else self.combination

    @property
    def convention(self) -> str:
        """Which coordinates are meant."""
        if self.align_corners:
            return "align_corners"
        return self.coordinates or self.usual

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        self._check_size()
        for what, said, legal in (
            ("mode", self.mode, _MODES),
            ("coordinates", self.convention, COORDINATES),
            ("rounding", self.rounding, ROUNDINGS),
        ):
            if said not in legal:
                raise NetworkError(f"{what} must be one of {', '.join(legal)}", what)
        if self.align_corners and not self.interpolates:
            raise NetworkError("align_corners goes with mode=linear or cubic", "align_corners")
        if self.align_corners and self.coordinates not in (None, "align_corners"):
            raise NetworkError(
                f"align_corners and coordinates={self.coordinates} contradict each other; say one of them",
                "coordinates",
            )
        width = self.width(shape.length)
        if width < 1:
            raise NetworkError(f"a factor of {self.factor:g} leaves nothing of an input {shape.length} long", "factor")
        return Shape(shape.channels, check_output("length", width, "factor"))

    def _check_size(self) -> None:
        if self.size is not None:
            check_size("size", self.size)
        if self.factor is not None and self.size is not None:
            raise NetworkError("a factor and a size contradict each other; say one of them", "size")
        if self.factor is None and self.size is None:
            raise NetworkError("it needs a factor or a size")
        if self.factor is not None and not 0 < self.factor <= SIZE_LIMIT:
            raise NetworkError(
                f"factor must be more than 0 and at most {SIZE_LIMIT:,}, not {self.factor:,.9g}", "factor"
            )

    def _scale(self, length: int) -> Fraction:
        """How many outputs a position becomes."""
        from fractions import Fraction

        return Fraction(self.size or 1, length) if self.factor is None else simplest(self.factor)

    def width(self, length: int) -> int:
        return self.size if self.size is not None else math.floor(length * self._scale(length))

    def grid(self, length: int) -> Grid:
        """Where outputs lie in an input of ``length``."""
        return _grid(self.convention, self._scale(length), length, self.width(length))

    def position(self, t: int, length: int) -> int | None:
        return self.grid(length).nearest(t, self.rounding)

    def places(self, position: int, length: int) -> Iterable[int]:
        grid = self.grid(length)
        if not self.interpolates:
            return grid.rounded(position, self.rounding)
        if self.mode == "linear":
            return grid.around(position, self.reach)
        return [
            t for t in grid.around(position, self.reach) if any(place == position for place, _ in self._shares(t, grid))
        ]

    def _shares(self, t: int, grid: Grid) -> list[tuple[int, float]]:
        """The positions that output ``t`` lies among, in order, and how much each counts."""
        place, beyond = grid.place(t)
        if not beyond:
            return [(grid.inside(place), 1.0)]
        if self.mode == "linear":
            if not 0 <= place < grid.length - 1:
                return [(grid.inside(place), 1.0)]
            return [(place, 1 - beyond), (place + 1, beyond)]
        shares: dict[int, float] = {}
        for number, share in enumerate(_cubic(beyond, self.cubic_coeff), start=place - 1):
            shares[grid.inside(number)] = shares.get(grid.inside(number), 0.0) + share
        return [*shares.items()]

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        grid = self.grid(shape.length)
        ends: list[tuple[int, int, float]] = []
        shares: dict[int, list[tuple[int, float]]] = {}
        for target in range(self.output_shape(shape).units) if targets is None else targets:
            channel, t = divmod(target, grid.width)
            if t not in shares:
                shares[t] = self._seen(t, grid)
            for position, share in shares[t]:
                source = channel * shape.length + position
                if sources is None or source in sources:
                    ends.append((source, target, share))
        return Connections(
            [source for source, _, _ in ends],
            [target for _, target, _ in ends],
            [NO_PARAMETER] * len(ends),
            [share for _, _, share in ends],
        )

    def _seen(self, t: int, grid: Grid) -> list[tuple[int, float]]:
        return self._shares(t, grid) if self.interpolates else [(grid.nearest(t, self.rounding), 1.0)]

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        grid = self.grid(shape.length)
        return {
            target // grid.width * shape.length + position
            for target in targets
            for position, _ in self._seen(target % grid.width, grid)
        }

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        ((channels, length),) = shapes
        scale = self._scale(length)
        if scale.denominator == 1 or (scale >= 1 and self.interpolates):
            return ()
        unused = self.grid(length).unseen(None if self.interpolates else self.rounding, self.reach)
        return [channel * length + position for channel in range(channels) for position in unused]

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        outputs, grid = self.output_shape(*shapes), self.grid(shape.length)
        per_channel = {"nearest": outputs.length, "linear": _pairs(grid), "cubic": _fours(grid)}
        return Totals(outputs.channels * per_channel[self.mode], 0)

    def window(self, *shapes: Shape) -> Window | None:
        """Of an interpolation: what lies less than one position off, of a cubic one less than two."""
        (shape,) = shapes
        grid = self.grid(shape.length)
        if self.convention == "align_corners" and 1 in (grid.length, grid.width):
            return None
        at, least = -grid.offset / grid.over, 1 / grid.over
        before, behind = {
            "floor": (1 - least, 0.0),
            "ceil": (0.0, 1 - least),
            "round_prefer_floor": (0.5, 0.5 - least / 2),
            "round_prefer_ceil": (0.5 - least / 2, 0.5),
        }[self.rounding]
        if self.interpolates:
            before = behind = self.reach - least
        return Window(at - before, at + behind, grid.step / grid.over)

    def heading(self, names: Sequence[str]) -> str:
        return "" if self.factor is not None and self.factor >= 1 else "resize"

    def notes(self, *shapes: Shape) -> list[str]:
        size = f"to {self.size:,}" if self.factor is None else f"\u00d7 {self.factor:,.6g}"
        how = [self.mode] if self.interpolates else []
        if self.convention != self.usual:
            how.append({"align_corners": "corners aligned"}.get(self.convention, self.convention.replace("_", " ")))
        if self.rounding != "floor" and not self.interpolates:
            how.append(self.rounding.replace("_", " "))
        return [size, *how]


_grid = functools.lru_cache(maxsize=64)(Grid.of)


def _cubic(beyond: float, a: float) -> tuple[float, float, float, float]:
    """How much the four positions about an output count that lies ``beyond`` the second of them.

    Keys, "Cubic convolution interpolation for digital image processing" (1981), equation 15.

    >>> _cubic(0.5, -0.75)
    (-0.09375, 0.59375, 0.59375, -0.09375)
    """

    def near(x: float) -> float:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: float) -> float:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return far(beyond + 1), near(beyond), near(1 - beyond), far(2 - beyond)


def _pairs(grid: Grid) -> int:
    """How many connections a channel has where outputs lie between two positions; on one, or outside, they have one."""
    low, high = grid.between(0).start, grid.between(grid.length - 2).stop
    return grid.width + high - low - grid.on(low, high)


def _fours(grid: Grid) -> int:
    """How many connections a channel has where outputs lie among four positions, of which fewer are there at the ends."""
    on = grid.on(0, grid.width)
    missing = 0
    for place in grid.ends():
        there = grid.inside(place + 2) - grid.inside(place - 1) + 1
        outputs = grid.between(place)
        missing += (4 - there) * (len(outputs) - grid.on(outputs.start, outputs.stop))
    return on + 4 * (grid.width - on) - missing
