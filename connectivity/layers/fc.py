"""The fully connected layer: every input to every unit."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.layers.base import (
    WEIGHTED,
    Connections,
    Layer,
    Shape,
    Totals,
    check_size,
    layer,
)
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np


@layer
class FullyConnected(Layer):
    """Every input to every unit: ``torch.nn.Linear``, after ``torch.nn.Flatten``.

    On an input ``[C, L]`` its output is ``[units]``, its weights ``[units, C * L]``, its bias ``[units]``. ``units``
    is from 1 to 1,000,000; anything else is a NetworkError. Without ``flatten`` it is ``torch.nn.Linear`` over the
    last axis: its output is ``[C, units]``, and its weights ``[units, L]`` are shared by the channels.
    """

    kind: ClassVar[str] = "fc"
    caption: ClassVar[str] = "fully connected"
    title: ClassVar[str | None] = "fully connected"
    article: ClassVar[str] = "a fully connected layer"
    words: ClassVar[Words | None] = Words(
        "fc",
        ("linear", "dense"),
        Parameter("units", Reader.integer, "units", "u"),
        (
            Parameter("flatten", Reader.boolean, "false: over the positions of each channel, with the same weights"),
            *WEIGHTED,
        ),
        "fully connected: every input to every unit",
        "fc:4",
    )
    units: int
    flatten: bool = True

    def output_shape(self, *shapes: Shape) -> Shape:
        check_size("units", self.units)
        return Shape(1 if self.flatten else shapes[0].channels, self.units)

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        blocks, width = self._blocks(shapes[0])
        connections = Connections([], [], [])
        block_sources: dict[int, list[int]] = {}  # of each block: the sources that are wanted
        for target in range(blocks * self.units) if targets is None else targets:
            block, unit = divmod(target, self.units)
            if block not in block_sources:
                block_sources[block] = _among(block * width, width, sources)
            row = unit * width - block * width
            connections.sources.extend(block_sources[block])
            connections.targets.extend([target] * len(block_sources[block]))
            connections.parameters.extend([row + source for source in block_sources[block]])
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        blocks, width = self._blocks(Shape(*inputs[0].shape))
        values: np.ndarray = inputs[0].reshape(blocks, width) @ weight.T
        return values

    def targets_of(self, sources: Iterable[int], *shapes: Shape) -> Iterable[int]:
        blocks, width = self._blocks(shapes[0])
        if blocks == 1:
            return range(self.units if list(sources) else 0)
        return {block * self.units + n for block in {source // width for source in sources} for n in range(self.units)}

    def sources_of(self, targets: Iterable[int], *shapes: Shape) -> Iterable[int]:
        blocks, width = self._blocks(shapes[0])
        if blocks == 1:
            return range(width if list(targets) else 0)
        return {block * width + n for block in {target // self.units for target in targets} for n in range(width)}

    def used(self, *shapes: Shape) -> Iterable[int]:
        return range(self.weight_count(*shapes))

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        return self._blocks(shapes[0])[0] * sum(1 for _ in weights)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return ()

    def totals(self, *shapes: Shape) -> Totals:
        blocks, width = self._blocks(shapes[0])
        return Totals(blocks * width * self.units, width * self.units)

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (self.units, self._blocks(shapes[0])[1])

    def from_channels_last(self, part: str, array: Any, *shapes: Shape) -> Any:
        """``[inputs, units]`` turned; where it flattens, Keras does so position by position, PyTorch channel by channel."""
        shape = shapes[0]
        if part != "weight" or array.ndim != 2 or not array.size:
            return array
        if not self.flatten or array.shape[0] != shape.units:
            return array.T
        return array.reshape(shape.length, shape.channels, -1).transpose(2, 1, 0).reshape(-1, shape.units)

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (self.units,)

    def bias_element(self, target: int, *shapes: Shape) -> int:
        return target % self.units

    def notes(self, *shapes: Shape) -> list[str]:
        return [] if self.flatten or shapes[0].channels == 1 else ["in each channel"]

    def _blocks(self, shape: Shape) -> tuple[int, int]:
        """How many parts of the input are connected each by itself, and how many units a part has."""
        return (1, shape.units) if self.flatten else (shape.channels, shape.length)


def _among(first: int, number: int, sources: Container[int] | None) -> list[int]:
    """Those of ``number`` units from ``first`` on that are wanted; by the shorter of both ways."""
    if sources is None:
        return list(range(first, first + number))
    if isinstance(sources, (set, frozenset)) and len(sources) < number:
        return sorted(unit for unit in sources if first <= unit < first + number)
    return [unit for unit in range(first, first + number) if unit in sources]
