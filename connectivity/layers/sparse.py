"""Sparse layers: each unit sees an area, or what a mask or chance leaves; every connection has its own weight."""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import (
    WEIGHTED,
    Connections,
    Layer,
    Shape,
    Totals,
    check_size,
    count,
    layer,
)
from connectivity.layers.windowed import KERNEL, WINDOW, Windowed
from connectivity.layers.words import Parameter, Reader, Words

if TYPE_CHECKING:
    import numpy as np

_CHANCE = (
    Parameter("units", Reader.integer, "outputs of a randomly sparse layer", "u"),
    Parameter("density", Reader.number, "the share of connections it keeps, 0 to 1"),
    Parameter("seed", Reader.integer, "which of them"),
)
_MASK = Parameter("mask", Reader.mask, "rows = outputs, as 011/010, or a CSV file of 0 and 1", file=True)


CHANCE_LIMIT = 500_000
"""The most connections that are drawn at random: they take less than a second."""


@layer
class LocallyConnected(Windowed):
    """A window for each unit, every connection its own weight (unshared convolution).

    Sizes, ranges and errors are those of :class:`.Convolution`.

    Its weights are ``[out, in/groups, out_length, k]``, its bias ``[out, out_length]``.
    """

    kind: ClassVar[str] = "sparse"
    caption: ClassVar[str] = "sparse"
    title: ClassVar[str | None] = "sparse connectivity"
    article: ClassVar[str] = "a sparse layer"
    words: ClassVar[Words | None] = Words(
        "sparse",
        ("local",),
        KERNEL,
        (*WINDOW, _MASK, *_CHANCE, *WEIGHTED),
        "each unit sees an area, every connection has its own weight",
        "sparse:3",
    )

    @classmethod
    def made(cls, parameters: Mapping[str, Any]) -> Layer:
        """The sparse layer that the given parameters describe: by a window, a mask or a density."""
        styles = {
            "a window": {"kernel_size", *(parameter.name for parameter in WINDOW)},
            "mask": {"mask"},
            "density": {parameter.name for parameter in _CHANCE},
        }
        if "mask" in parameters:  # whose outputs may be split into channels as well
            styles["a window"].discard("channels")
        choices = [style for style, names in styles.items() if names & parameters.keys()]
        if len(choices) > 1:
            culprit = next(name for name in parameters if name in styles[choices[1]])
            raise NetworkError(
                f"a sparse layer has either {choices[0]} or {choices[1]}, not both; leave one out", culprit
            )
        if choices == ["mask"]:
            return Masked(**parameters)
        if choices == ["density"]:
            for name in ("units", "density"):
                if name not in parameters:
                    raise NetworkError(f"a random sparse layer also needs {name}= (as units=6,density=0.3)")
            return RandomlySparse(**parameters)
        if not {"kernel_size", "taps"} & parameters.keys():
            raise NetworkError("kernel_size is missing (as in sparse:3), or mask= or units= with density=")
        return super().made(parameters)

    def kernel_row(self, out: int, i: int, t: int, inputs: int, length: int) -> int:
        return ((out * inputs + i) * length + t) * self.kernel_size

    def add_tap(self, values: np.ndarray, kernels: np.ndarray, seen: np.ndarray) -> None:
        import numpy as np

        values += np.einsum("goit,git->got", kernels, seen)

    def kernels_used(self, meetings: int) -> int:
        return meetings

    def used(self, *shapes: Shape) -> Iterable[int]:
        (shape,) = shapes
        row = self.output_shape(shape).length * self.kernel_size
        kernels = self.out_channels * (shape.channels // self.groups)
        places = [t * self.kernel_size + k for k, positions in enumerate(self.meetings(shape)) for t in positions]
        return [kernel * row + place for kernel in range(kernels) for place in places]

    def repeats(self, weights: Iterable[int], *shapes: Shape) -> int:
        return sum(1 for _ in weights)

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        (shape,) = shapes
        length = self.output_shape(*shapes).length
        return (self.out_channels, shape.channels // self.groups, length, self.kernel_size)

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return tuple(self.output_shape(*shapes))

    def inline_weight(self, *shapes: Shape) -> tuple[float, ...] | None:
        return Layer.inline_weight(self, *shapes)


@layer
class Masked(Layer):
    """Connections where a mask says so; ``mask[o][i]`` is true where input i reaches unit o.

    Flattens channels first. Its weights are ``[outputs, inputs]``. ``channels`` splits the outputs
    into channels, as ``torch.nn.Unflatten`` does. Raises NetworkError, on a given input, for rows that are
    not as long as it is.
    """

    kind: ClassVar[str] = "sparse"
    caption: ClassVar[str] = "sparse"
    title: ClassVar[str | None] = "sparse connectivity"
    article: ClassVar[str] = "a sparse layer"
    mask: tuple[tuple[bool, ...], ...]
    channels: int = 1

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if not self.mask:
            raise NetworkError("the mask has no rows; it needs one for each output", "mask")
        for number, row in enumerate(self.mask, start=1):
            if len(row) != shape.units:
                raise NetworkError(
                    f"row {number} of the mask has {count(len(row), 'column')}, "
                    f"but the layer has {count(shape.units, 'input')}; say a 0 or a 1 for each",
                    "mask",
                )
        outputs = check_size("mask", len(self.mask))
        if outputs % check_size("channels", self.channels):
            raise NetworkError(
                f"{count(outputs, 'output')} cannot be split into {self.channels} channels; the mask needs as many rows for each",
                "channels",
            )
        return Shape(self.channels, outputs // self.channels)

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        connections = Connections([], [], [])
        for target in range(len(self.mask)) if targets is None else targets:
            row = self.mask[target]
            inputs = [
                source for source, connected in enumerate(row) if connected and (sources is None or source in sources)
            ]
            connections.sources.extend(inputs)
            connections.targets.extend([target] * len(inputs))
            connections.parameters.extend(target * len(row) + source for source in inputs)
        return connections

    def apply(self, weight: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
        import numpy as np

        values: np.ndarray = np.where(np.array(self.mask), weight, 0.0) @ inputs[0].ravel()
        return values.reshape(self.channels, -1)

    def totals(self, *shapes: Shape) -> Totals:
        connected = self.weight_count(*shapes)
        return Totals(connected, connected)

    def weight_count(self, *shapes: Shape) -> int:
        return sum(sum(row) for row in self.mask)  # its zeros are none

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        (shape,) = shapes
        return (len(self.mask), shape.units)

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (len(self.mask),)


@layer
class RandomlySparse(Layer):
    """A share ``density`` of all connections, from 0 to 1, drawn by ``seed``: ``round(density * all)`` of them.

    Its weights are ``[units, inputs]``, of which those that no connection uses are nothing. Raises NetworkError, on a
    given input, beyond CHANCE_LIMIT.
    """

    kind: ClassVar[str] = "sparse"
    caption: ClassVar[str] = "sparse"
    title: ClassVar[str | None] = "sparse connectivity"
    article: ClassVar[str] = "a sparse layer"
    units: int
    density: float
    seed: int = 0

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_size("units", self.units)
        if not 0 <= self.density <= 1:
            raise NetworkError(f"density {self.density:g} is not between 0 and 1", "density")
        candidates, chosen = self.units * shape.units, self.weight_count(*shapes)
        if chosen > CHANCE_LIMIT:
            raise NetworkError(
                f"{chosen:,} of {candidates:,} connections are too many to be drawn at random; at most "
                f"{CHANCE_LIMIT:,}: say a density below {CHANCE_LIMIT / candidates:.2g}, or fewer units",
                "density",
            )
        return Shape(1, self.units)

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        (shape,) = shapes
        inputs = shape.units
        chosen = _chosen(self.units * inputs, self.weight_count(*shapes), self.seed)
        parameters: Iterable[int] = chosen
        if targets is not None:  # those of a unit follow one another
            rows = [(target * inputs, (target + 1) * inputs) for target in sorted(set(targets))]
            spans = [(bisect.bisect_left(chosen, first), bisect.bisect_left(chosen, end)) for first, end in rows]
            parameters = itertools.chain.from_iterable(chosen[first:end] for first, end in spans)
        connections = Connections([], [], [])
        for parameter in parameters:
            target, source = divmod(parameter, inputs)
            if sources is None or source in sources:
                connections.sources.append(source)
                connections.targets.append(target)
                connections.parameters.append(parameter)
        return connections

    def totals(self, *shapes: Shape) -> Totals:
        connected = self.weight_count(*shapes)
        return Totals(connected, connected)

    def weight_count(self, *shapes: Shape) -> int:
        (shape,) = shapes
        return round(self.density * self.units * shape.units)

    def weight_shape(self, *shapes: Shape) -> tuple[int, ...]:
        (shape,) = shapes
        return (self.units, shape.units)

    def bias_shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (self.units,)


@functools.lru_cache(maxsize=8)
def _chosen(everything: int, number: int, seed: int) -> tuple[int, ...]:
    """Which connections chance leaves: so many of ``everything``, in order."""
    import random

    return tuple(sorted(random.Random(seed).sample(range(everything), number)))
