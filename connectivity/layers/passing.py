"""What layers share that compute nothing: each of their units is a unit of the input, or none."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from connectivity.layers.base import NO_PARAMETER, Connections, Layer, Shape, Totals, layer
from connectivity.layers.combine import IDENTITY, Combination

if TYPE_CHECKING:
    import numpy as np


@layer
class Passing(Layer):
    """A layer whose units pass on one unit of its input each.

    A subclass says which: :meth:`origin`; and which units pass a given one on: :meth:`copies`.
    """

    has_weights: ClassVar[bool] = False
    combination: ClassVar[Combination] = IDENTITY

    def origin(self, target: int, shape: Shape) -> int | None:
        """The unit of an input of ``shape`` that ``target`` passes on; None for a unit that nothing reaches."""
        raise NotImplementedError

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        """The units that pass on ``source`` of an input of ``shape``."""
        raise NotImplementedError

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        pairs = [
            (source, target)
            for target in (range(self.output_shape(shape).units) if targets is None else targets)
            for source in [self.origin(target, shape)]
            if source is not None and (sources is None or source in sources)
        ]
        ends = [source for source, _ in pairs], [target for _, target in pairs]
        return Connections(*ends, [NO_PARAMETER] * len(pairs), [1.0] * len(pairs))

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        return {target for source in sources for target in self.copies(source, shape)}

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        return {self.origin(target, shape) for target in targets} - {None}  # type: ignore[return-value]  # none left

    def used(self, *shapes: Shape) -> Iterable[int]:
        return ()

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(self.output_shape(*shapes).units, 0)


@layer
class ChannelPassing(Passing):
    """A layer that passes on positions, in every channel the same ones.

    A subclass says which, and how many: :meth:`width`, :meth:`position`, :meth:`places`.
    """

    @classmethod
    def channelwise(cls, groups: int, channels: int) -> bool:
        return True

    def width(self, length: int) -> int:
        """The length of the output on an input of ``length``."""
        raise NotImplementedError

    def position(self, t: int, length: int) -> int | None:
        """The position of an input of ``length`` that output ``t`` passes on; None where nothing does."""
        raise NotImplementedError

    def places(self, position: int, length: int) -> Iterable[int]:
        """The positions of the output that pass on ``position`` of an input of ``length``."""
        raise NotImplementedError

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray | None:
        from connectivity.layers.arrays import one_channel

        return one_channel(self, inputs[0], Shape(*inputs[0].shape))

    def origin(self, target: int, shape: Shape) -> int | None:
        channel, t = divmod(target, self.width(shape.length))
        position = self.position(t, shape.length)
        return None if position is None else channel * shape.length + position

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        channel, position = divmod(source, shape.length)
        row = channel * self.width(shape.length)
        return [row + t for t in self.places(position, shape.length)]
