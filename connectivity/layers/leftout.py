"""Layers that are left out: a gap in a network, of which no more is known than the shape that comes out of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import FROM, Connections, Layer, Shape, Totals, check_size, layer
from connectivity.layers.words import Parameter, Reader, Words


@layer
class LeftOut(Layer):
    """Any number of layers that are not said. It has no connections and no weights, and its units are not drawn.

    ``shape`` is (channels, length) of what comes out of them; None: that of the layer before. Raises NetworkError, on
    a given input, for activations, dropped units or a bias, which would be of what is left out.
    """

    kind: ClassVar[str] = "left-out"
    caption: ClassVar[str] = "layers left out"
    article: ClassVar[str] = "layers that are left out"
    verb: ClassVar[str] = "stands for layers left out behind"
    has_weights: ClassVar[bool] = False
    left_out: ClassVar[bool] = True
    words: ClassVar[Words | None] = Words(
        "...",
        ("…",),
        Parameter(
            "shape", Reader.shape, "what comes out of them, as 64 or 16x8 (default: what goes in)", required=False
        ),
        (FROM,),
        "layers that are left out: three dots, no units",
        "...:64",
    )
    shape: tuple[int, int] | None = None

    def output_shape(self, *shapes: Shape) -> Shape:
        for what, said in (("an activation", self.activations), ("a dropped unit", self.drop), ("a bias", self.bias)):
            if said:
                raise NetworkError(
                    f"{what} of layers that are left out is left out with them; leave it out of the line as well"
                )
        if self.shape is None:
            return shapes[0]
        return Shape(*(check_size("shape", number) for number in self.shape))

    def activated(self, activation: str) -> LeftOut:
        """Raises NetworkError: it has no activations."""
        raise NetworkError(
            f"{activation} would be an activation of layers that are left out: leave it out with them, "
            "or say it before ..."
        )

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        return Connections([], [], [])

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(0, 0)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return range(shapes[0].units)  # which says nothing of what is left out

    def heading(self, names: Sequence[str]) -> str:
        """The name that it was given: without one nothing is said of it."""
        return self.name or ""
