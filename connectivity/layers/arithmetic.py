"""More layers with several inputs, combined unit by unit: differences, quotients, extremes and means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from connectivity.layers.base import NAMES_SHOWN, PLAIN, layer
from connectivity.layers.combine import DIFFERENCE, MAXIMUM, MEAN, MINIMUM, QUOTIENT, Combination
from connectivity.layers.merges import NAMES, Elementwise
from connectivity.layers.words import Words


@layer
class Subtract(Elementwise):
    """Its first input minus all others, unit by unit."""

    kind: ClassVar[str] = "sub"
    caption: ClassVar[str] = "difference"
    article: ClassVar[str] = "a difference"
    verb: ClassVar[str] = "is the difference of"
    combination: ClassVar[Combination] = DIFFERENCE
    words: ClassVar[Words | None] = Words(
        "sub", ("subtract",), NAMES, PLAIN, "the layer before it minus those named", "sub:x"
    )

    def coefficient(self, place: int, inputs: int) -> float | None:
        return -1.0 if place else 1.0


@layer
class Divide(Elementwise):
    """Its first input divided by all others, unit by unit. A division by 0 has no value, and is refused."""

    kind: ClassVar[str] = "div"
    caption: ClassVar[str] = "quotient"
    article: ClassVar[str] = "a quotient"
    verb: ClassVar[str] = "is the quotient of"
    combination: ClassVar[Combination] = QUOTIENT
    words: ClassVar[Words | None] = Words(
        "div", ("divide",), NAMES, PLAIN, "the layer before it divided by those named", "div:x"
    )


@layer
class Function(Elementwise):
    """Inputs of which a function is taken; ``function`` is what captions call it."""

    function: ClassVar[str]

    def heading(self, names: Sequence[str]) -> str:
        name, *terms = names
        if len(terms) <= NAMES_SHOWN:
            return f"{name} = {self.function}({', '.join(terms)})"
        return f"{name} = {self.function}({', '.join([*terms[:2], '…'])}) ({len(terms):,} {self.terms})"


@layer
class Maximum(Function):
    """The largest of its inputs, unit by unit."""

    kind: ClassVar[str] = "max"
    caption: ClassVar[str] = "maximum"
    article: ClassVar[str] = "a maximum"
    verb: ClassVar[str] = "is the maximum of"
    function: ClassVar[str] = "max"
    combination: ClassVar[Combination] = MAXIMUM
    words: ClassVar[Words | None] = Words(
        "max", ("maximum",), NAMES, PLAIN, "the largest of the layer before it and of those named", "max:x"
    )

    def coefficient(self, place: int, inputs: int) -> float | None:
        return None


@layer
class Minimum(Function):
    """The smallest of its inputs, unit by unit."""

    kind: ClassVar[str] = "min"
    caption: ClassVar[str] = "minimum"
    article: ClassVar[str] = "a minimum"
    verb: ClassVar[str] = "is the minimum of"
    function: ClassVar[str] = "min"
    combination: ClassVar[Combination] = MINIMUM
    words: ClassVar[Words | None] = Words(
        "min", ("minimum",), NAMES, PLAIN, "the smallest of the layer before it and of those named", "min:x"
    )

    def coefficient(self, place: int, inputs: int) -> float | None:
        return None


@layer
class Mean(Function):
    """The mean of its inputs, unit by unit."""

    kind: ClassVar[str] = "mean"
    caption: ClassVar[str] = "mean"
    article: ClassVar[str] = "a mean"
    verb: ClassVar[str] = "is the mean of"
    function: ClassVar[str] = "mean"
    combination: ClassVar[Combination] = MEAN
    words: ClassVar[Words | None] = Words(
        "mean", ("average",), NAMES, PLAIN, "the mean of the layer before it and of those named", "mean:x"
    )

    def coefficient(self, place: int, inputs: int) -> float | None:
        return 1 / inputs
