"""The affine layer: every unit times a number, and a number added, of its own or of its channel, position or layer."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError, visible
from connectivity.layers.base import WEIGHTED, Connections, Layer, Shape, Tensor, Totals, Window, layer
from connectivity.layers.words import Parameter, Words, choice

_PER = ("layer", "channel", "position", "unit")


@layer
class Affine(Layer):
    """``y = weight * x + bias``, unit by unit: multiplication by constants, and addition of some.

    Both have one element for the whole layer, for each channel, each position or each unit, as ``per`` says: their
    shape is ``[1]``, ``[C]``, ``[L]`` or ``[C, L]`` on an input ``[C, L]``, which keeps its shape. Where one of them
    alone is given, weights are 1 and biases 0.
    """

    kind: ClassVar[str] = "affine"
    caption: ClassVar[str] = "affine"
    article: ClassVar[str] = "an affine layer"
    words: ClassVar[Words | None] = Words(
        "affine",
        ("scale",),
        None,
        (
            Parameter("per", choice("per", *_PER), "what has a weight: layer, channel (default), position or unit",
                      choices=_PER),
            *WEIGHTED,
        ),
        "each unit times a weight: that of its channel, position or layer, or its own",
        "affine,per=channel",
    )  # fmt: skip
    per: str = "channel"

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.per not in _PER:
            raise NetworkError(f'per "{visible(self.per)}" is not one of {", ".join(_PER)}', "per")
        return shapes[0]

    def _element(self, unit: int, shape: Shape) -> int:
        """Which of the weights, and of the biases, a unit has."""
        match self.per:
            case "layer":
                return 0
            case "channel":
                return unit // shape.length
            case "position":
                return unit % shape.length
        return unit

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        every = range(shape.units) if targets is None else targets
        units = [unit for unit in every if sources is None or unit in sources]
        return Connections(units, [*units], [self._element(unit, shape) for unit in units])

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        return set(sources)

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        return set(targets)

    def used(self, *shapes: Shape) -> Iterable[int]:
        return range(self.weight_count(*shapes))

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        return shapes[0].units // self.weight_count(*shapes) * sum(1 for _ in weights)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(shapes[0].units, self.weight_count(*shapes))

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        (shape,) = shapes
        of_each = {"layer": (1,), "channel": (shape.channels,), "position": (shape.length,)}
        return of_each.get(self.per, tuple(shape))

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return self.weight_shape(*shapes)

    def bias_element(self, target: int, *shapes: Shape) -> int:
        return self._element(target, shapes[0])

    def tensors(self, *shapes: Shape) -> dict[str, Tensor]:
        each = self.weight_shape(*shapes)
        return {"weight": Tensor(each, 1.0), "bias": Tensor(each, 0.0 if self.bias else None)}

    def window(self, *shapes: Shape) -> Window:
        return Window(0, 0, 1)

    def notes(self, *shapes: Shape) -> list[str]:
        elements = math.prod(self.weight_shape(*shapes))
        return [f"per {self.per}"] if elements > 1 and self.per != "layer" else []
