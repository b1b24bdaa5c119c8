"""Layers with several inputs: their sum, their product, or one behind the other."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    NAMES_SHOWN,
    NO_PARAMETER,
    PLAIN,
    Connections,
    Layer,
    Shape,
    Totals,
    Window,
    check_output,
    layer,
)
from connectivity.layers.combine import ADDITION, IDENTITY, PRODUCT, Combination
from connectivity.layers.words import Parameter, Reader, Words, choice

if TYPE_CHECKING:
    import numpy as np

NAMES = Parameter("names", Reader.names, "the layers that are joined to the one before it, as x/h1")


@layer
class Merge(Layer):
    """A layer that takes the one before it, then those that are named; or just these, where that one is among them."""

    has_weights: ClassVar[bool] = False
    merges: ClassVar[bool] = True
    names: tuple[str, ...]

    @classmethod
    def made(cls, parameters: Mapping[str, Any]) -> Layer:
        if "names" not in parameters:
            raise NetworkError(f"which layers? Name them, as {cls.words.example if cls.words else ''}")
        return cls(**parameters)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def reads(self, before: str) -> tuple[str, ...]:
        first = self.source or before
        return self.names if first in self.names else (first, *self.names)

    def check_several(self, shapes: Sequence[Shape]) -> None:
        """Raise NetworkError where it takes a single layer, once."""
        if len(shapes) < 2:
            raise NetworkError(
                f"{self.kind}:{'/'.join(self.names)} takes one layer alone: name another (a name twice counts twice)",
                "names",
            )

    def place_of(self, name: str) -> tuple[str, int | None]:
        return ("names", self.names.index(name)) if name in self.names else ("source", None)


@layer
class Elementwise(Merge):
    """Inputs that are combined unit by unit; a single channel or position serves all, as PyTorch broadcasts.

    ``terms`` is what its inputs are called together.
    """

    terms: ClassVar[str] = "terms"

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def output_shape(self, *shapes: Shape) -> Shape:
        """The common shape of ``shapes``; raises NetworkError where there is none."""
        self.check_several(shapes)
        output = Shape(max(shape.channels for shape in shapes), max(shape.length for shape in shapes))
        for number, shape in enumerate(shapes):
            if shape.channels not in (1, output.channels) or shape.length not in (1, output.length):
                listed = " and ".join(f"{one.channels}x{one.length}" for one in shapes)
                raise NetworkError(
                    f"shapes {listed} do not fit: channels and lengths must be the same, or 1 in one of them",
                    "names",
                    max(0, number - (len(shapes) - len(self.names))),
                )
        return output

    def coefficient(self, place: int, inputs: int) -> float | None:
        """What the values of the input at ``place`` of so many are multiplied with; None: with nothing, as all others."""
        return 1.0

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        output = self.output_shape(*shapes)
        starts = _starts(shapes)
        shares = [self.coefficient(place, len(shapes)) for place in range(len(shapes))]
        connections = Connections([], [], [], None if None in shares else [])
        for target in range(output.units) if targets is None else targets:
            channel, position = divmod(target, output.length)
            for start, shape, share in zip(starts, shapes, shares, strict=True):
                row = channel if shape.channels > 1 else 0
                source = start + row * shape.length + (position if shape.length > 1 else 0)
                if sources is None or source in sources:
                    _pass_on(connections, source, target, share)
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray | None:
        """Of one unit of each input it is asked what they count, and all others count the same."""
        import numpy as np

        counts = self.connections(*[Shape(1, 1)] * len(inputs)).coefficients
        terms = np.stack(np.broadcast_arrays(*inputs), axis=-1)
        return self.operation.reduce(terms if counts is None else terms * np.array(counts))

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(self.output_shape(*shapes).units * len(shapes), 0)

    def window(self, *shapes: Shape) -> Window | None:
        """A unit looks at its own place, if all inputs have it."""
        return Window(0, 0, 1) if len({shape.length for shape in shapes}) == 1 else None

    def heading(self, names: Sequence[str]) -> str:
        sign = f" {self.combination.sign or '+'} "
        name, *terms = names
        if len(terms) <= NAMES_SHOWN:
            return f"{name} = {sign.join(terms)}"
        return f"{name} = {sign.join([*terms[:2], '…'])} ({len(terms):,} {self.terms})"


@layer
class Add(Elementwise):
    """The sum of its inputs, unit by unit."""

    kind: ClassVar[str] = "add"
    caption: ClassVar[str] = "sum"
    article: ClassVar[str] = "a sum"
    verb: ClassVar[str] = "adds"
    combination: ClassVar[Combination] = ADDITION
    words: ClassVar[Words | None] = Words(
        "add", ("sum",), NAMES, PLAIN, "the sum of the layer before it and of those named", "add:x"
    )


@layer
class Multiply(Elementwise):
    """The product of its inputs, unit by unit: a gate."""

    kind: ClassVar[str] = "mul"
    caption: ClassVar[str] = "product"
    article: ClassVar[str] = "a product"
    verb: ClassVar[str] = "multiplies"
    terms: ClassVar[str] = "factors"
    combination: ClassVar[Combination] = PRODUCT
    words: ClassVar[Words | None] = Words(
        "mul", ("multiply",), NAMES, PLAIN, "the product of the layer before it and of those named", "mul:gate"
    )


@layer
class Concatenate(Merge):
    """The channels of its inputs, one after the other; with ``axis="length"`` their positions: ``torch.cat``."""

    kind: ClassVar[str] = "concat"
    caption: ClassVar[str] = "concat"
    article: ClassVar[str] = "a concatenation"
    verb: ClassVar[str] = "joins"
    combination: ClassVar[Combination] = IDENTITY
    rearranges: ClassVar[bool] = True
    words: ClassVar[Words | None] = Words(
        "concat",
        ("cat", "concatenate"),
        NAMES,
        (
            Parameter(
                "axis",
                choice("axis", "channels", "length"),
                "channels, or length: along which they are joined",
                choices=("channels", "length"),
            ),
            *PLAIN,
        ),
        "the channels of the layer before it, then of those named",
        "concat:x",
    )
    axis: str = "channels"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Raises NetworkError for inputs that differ where they must be alike."""
        self.check_several(shapes)
        along = self.axis == "length"
        alike = [shape.channels if along else shape.length for shape in shapes]
        if len(set(alike)) > 1:
            listed = " and ".join(f"{one.channels}x{one.length}" for one in shapes)
            what = "channels" if along else "the same length"
            wrong = next(number for number, size in enumerate(alike) if size != alike[0])
            raise NetworkError(
                f"shapes {listed} cannot be joined along the {'length' if along else 'channels'}: "
                f"they need {'as many ' if along else ''}{what}",
                "names",
                max(0, wrong - (len(shapes) - len(self.names))),
            )
        joined = sum(shape.length if along else shape.channels for shape in shapes)
        check_output("length" if along else "number of channels", joined, "names")
        return Shape(alike[0], joined) if along else Shape(joined, alike[0])

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        output = self.output_shape(*shapes)
        connections = Connections([], [], [], [])
        for target in range(output.units) if targets is None else targets:
            source = self._origin(target, output, shapes)
            if sources is None or source in sources:
                _pass_on(connections, source, target)
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        import numpy as np

        return np.concatenate(inputs, axis=1 if self.axis == "length" else 0)

    def _origin(self, target: int, output: Shape, shapes: Sequence[Shape]) -> int:
        """The unit, counted through all inputs, that ``target`` is."""
        if self.axis == "channels":
            return target  # channels follow one another, and so do inputs
        channel, position = divmod(target, output.length)
        for start, shape in zip(_starts(shapes), shapes, strict=True):
            if position < shape.length:
                return start + channel * shape.length + position
            position -= shape.length
        raise AssertionError(target)

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(self.output_shape(*shapes).units, 0)

    def window(self, *shapes: Shape) -> Window | None:
        return Window(0, 0, 1) if self.axis == "channels" else None

    def notes(self, *shapes: Shape) -> list[str]:
        return ["along the length"] if self.axis == "length" else []


def _starts(shapes: Sequence[Shape]) -> list[int]:
    """The number of each input's first unit, counted through all of them."""
    return [0, *itertools.accumulate(shape.units for shape in shapes)][: len(shapes)]


def _pass_on(connections: Connections, source: int, target: int, share: float | None = 1.0) -> None:
    """One more connection without a weight, which multiplies with ``share``."""
    connections.sources.append(source)
    connections.targets.append(target)
    connections.parameters.append(NO_PARAMETER)
    if connections.coefficients is not None and share is not None:
        connections.coefficients.append(share)
