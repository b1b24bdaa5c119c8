"""The reduction: one number of all channels at a position, of all positions of a channel, or of everything."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError, visible
from connectivity.layers.base import NO_PARAMETER, PLAIN, Connections, Layer, Shape, Totals, Window, layer
from connectivity.layers.combine import ABSOLUTE, MAXIMUM, MEAN, MINIMUM, PRODUCT, TOTAL, Combination, Norm
from connectivity.layers.selecting import AXES, check_axis
from connectivity.layers.words import Parameter, Words, choice

_OPERATIONS = {
    "mean": MEAN,
    "sum": TOTAL,
    "max": MAXIMUM,
    "min": MINIMUM,
    "l1": ABSOLUTE,
    "l2": Norm(order=2.0),
    "prod": PRODUCT,
}
_SHOWN = {"max": "maximum", "min": "minimum", "l1": "L1 norm", "l2": "L2 norm", "prod": "product"}
_OVER = {"channels": "the channels", "length": "the positions", "all": "all units"}


@layer
class Reduce(Layer):
    """The mean (or another ``op``) over an axis, which stays with one element: ``x.mean(0, keepdim=True)``.

    An input ``[C, L]`` becomes ``[1, L]`` over the channels, ``[C, 1]`` over the length, ``[1, 1]`` over all. ``op``
    is ``mean``, ``sum``, ``max``, ``min``, ``prod``, or a norm: ``l1``, the sum of the sizes, or ``l2``, the root of
    the sum of the squares.
    """

    kind: ClassVar[str] = "reduce"
    caption: ClassVar[str] = "reduce"
    article: ClassVar[str] = "a reduction"
    has_weights: ClassVar[bool] = False
    words: ClassVar[Words | None] = Words(
        "reduce",
        (),
        Parameter("op", choice("op", *_OPERATIONS), ", ".join(_OPERATIONS), choices=tuple(_OPERATIONS)),
        (
            Parameter(
                "axis", choice("axis", *_OVER), "over what: channels (default), length or all", choices=tuple(_OVER)
            ),
            *PLAIN,
        ),
        "one number of all channels, of all positions, or of everything",
        "reduce:mean",
    )
    op: str
    axis: str = "channels"

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True  # where it has as many channels as its input

    @property
    def operation(self) -> Combination:
        return _OPERATIONS[self.op]

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if self.op not in _OPERATIONS:
            raise NetworkError(f'op "{visible(self.op)}" is not one of {", ".join(_OPERATIONS)}', "op")
        check_axis(self.axis, tuple(_OVER))
        return Shape(shape.channels if self.axis == "length" else 1, shape.length if self.axis == AXES[0] else 1)

    def _group(self, target: int, shape: Shape) -> range:
        """The units of an input of ``shape`` that a unit sees."""
        if self.axis == "channels":
            return range(target, shape.units, shape.length)
        if self.axis == "length":
            return range(target * shape.length, (target + 1) * shape.length)
        return range(shape.units)

    def _target(self, source: int, shape: Shape) -> int:
        """The unit that sees a unit of an input of ``shape``."""
        return {"channels": source % shape.length, "length": source // shape.length}.get(self.axis, 0)

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        output = self.output_shape(shape)
        pairs = [
            (source, target)
            for target in (range(output.units) if targets is None else targets)
            for source in self._group(target, shape)
            if sources is None or source in sources
        ]
        share = self._coefficient(shape.units // output.units)
        ends = [source for source, _ in pairs], [target for _, target in pairs]
        return Connections(*ends, [NO_PARAMETER] * len(pairs), None if share is None else [share] * len(pairs))

    def _coefficient(self, size: int) -> float | None:
        """What each of ``size`` units that a unit sees is multiplied with; None for what multiplies with nothing."""
        if self.operation in (MAXIMUM, MINIMUM):
            return None
        return 1 / size if self.operation is MEAN else 1.0

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        return {self._target(source, shape) for source in sources}

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        if self.output_shape(shape).units == 1:  # all of its input, as of a fully connected layer
            return range(shape.units if list(targets) else 0)
        return functools.reduce(lambda seen, target: seen | {*self._group(target, shape)}, targets, set[int]())

    def used(self, *shapes: Shape) -> Iterable[int]:
        return ()

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        (shape,) = shapes
        return Totals(shape.units, 0)

    def window(self, *shapes: Shape) -> Window | None:
        return Window(0, 0, 1) if self.axis == "channels" else None

    def notes(self, *shapes: Shape) -> list[str]:
        return [f"{_SHOWN.get(self.op, self.op)} over {_OVER[self.axis]}"]
