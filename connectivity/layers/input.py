"""The input: units whose values are given."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    DROP,
    Connections,
    Layer,
    Shape,
    Totals,
    check_size,
    count,
    layer,
)
from connectivity.layers.words import Parameter, Reader, Words


@layer
class Input(Layer):
    """Units whose values are given: ``size`` is (channels, length), ``values`` are theirs, channel by channel."""

    kind: ClassVar[str] = "input"
    caption: ClassVar[str] = "input"
    has_weights: ClassVar[bool] = False
    words: ClassVar[Words | None] = Words(
        "input",
        (),
        Parameter("size", Reader.shape, "its length, or channels x length, as 2x8"),
        (Parameter("values", Reader.numbers, "the values of its units, as 1/0/2"), DROP),
        "one more input",
        "input:6",
    )
    size: tuple[int, int]
    values: tuple[float, ...] | None = None

    def output_shape(self, *shapes: Shape) -> Shape:
        """Raises NetworkError for values that are not one for each unit."""
        shape = Shape(*self.size)
        for number in (*shape, shape.units):
            check_size("input", number)
        if self.values is not None and len(self.values) != shape.units:
            given, needed = count(len(self.values), "value"), count(shape.units, "unit")
            raise NetworkError(f"{given} for an input of {needed}; give one for each, channel by channel", "values")
        return shape

    def reads(self, before: str) -> tuple[str, ...]:
        return ()

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        return Connections([], [], [])

    def given_values(self) -> tuple[float, ...] | None:
        return self.values

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(0, 0)
