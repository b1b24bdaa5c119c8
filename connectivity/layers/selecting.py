"""The selection: some channels of a layer, or some positions, in any order."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from connectivity.errors import NetworkError
from connectivity.layers.base import PLAIN, Shape, Window, check_output, layer
from connectivity.layers.passing import Passing
from connectivity.layers.words import Parameter, Reader, Words, choice

AXES = ("channels", "length")
"""What the two axes of a layer are called."""

AXIS = Parameter("axis", choice("axis", *AXES), "channels (default), or length", choices=AXES)

_SHOWN = 6  # the most numbers that a caption lists


@layer
class Select(Passing):
    """``torch.index_select``: the channels (or positions) of the numbers ``indices``, counted from 1, in that order.

    A number may be named several times. An input ``[C, L]`` becomes ``[len(indices), L]``, with ``axis="length"``
    ``[C, len(indices)]``. Raises NetworkError, on a given input, for numbers that it does not have.
    """

    kind: ClassVar[str] = "select"
    caption: ClassVar[str] = "select"
    article: ClassVar[str] = "a selection"
    words: ClassVar[Words | None] = Words(
        "select",
        ("gather",),
        Parameter("indices", Reader.integers, "which channels (or positions), from 1, in order, as 1/3/5"),
        (AXIS, *PLAIN),
        "some of the channels, or of the positions, in any order",
        "select:1/3",
    )
    indices: tuple[int, ...]
    axis: str = "channels"

    @property
    def along(self) -> bool:
        """Whether positions are selected, of every channel."""
        return self.axis == "length"

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_axis(self.axis, AXES)
        if not self.indices:
            raise NetworkError(f"a selection of no {self._noun} at all; name one, as select:1", "indices")
        size = shape.length if self.along else shape.channels
        wrong = next((place for place, index in enumerate(self.indices) if not 1 <= index <= size), None)
        if wrong is not None:
            noun = self._noun
            there = f"{noun} 1 alone" if size == 1 else f"{noun}s 1 to {size:,}"
            raise NetworkError(f"there is no {noun} {self.indices[wrong]:,}: the input has {there}", "indices", wrong)
        selected = check_output("length" if self.along else "number of channels", len(self.indices), "indices")
        return Shape(shape.channels, selected) if self.along else Shape(selected, shape.length)

    def origin(self, target: int, shape: Shape) -> int | None:
        if self.along:
            channel, position = divmod(target, len(self.indices))
            return channel * shape.length + self.indices[position] - 1
        channel, position = divmod(target, shape.length)
        return (self.indices[channel] - 1) * shape.length + position

    def copies(self, source: int, shape: Shape) -> Iterable[int]:
        channel, position = divmod(source, shape.length)
        if self.along:
            return [channel * len(self.indices) + place for place in _places(self.indices).get(position + 1, ())]
        return [place * shape.length + position for place in _places(self.indices).get(channel + 1, ())]

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        ((channels, length),) = shapes
        selected = _places(self.indices)
        if self.along:
            positions = [position for position in range(length) if position + 1 not in selected]
            return [channel * length + position for channel in range(channels) for position in positions]
        return [
            channel * length + position
            for channel in range(channels)
            if channel + 1 not in selected
            for position in range(length)
        ]

    def window(self, *shapes: Shape) -> Window | None:
        """A unit looks at its own place; at every n-th position, where these are selected; else at nothing regular."""
        if not self.along:
            return Window(0, 0, 1)
        first, steps = self.indices[0] - 1, {other - one for one, other in itertools.pairwise(self.indices)} or {1}
        return Window(first, first, steps.pop()) if len(steps) == 1 and min(steps) > 0 else None

    def notes(self, *shapes: Shape) -> list[str]:
        plural = "s" if len(self.indices) > 1 else ""
        return [f"{self._noun}{plural} {_listed(self.indices)}"]

    @property
    def _noun(self) -> str:
        return "position" if self.along else "channel"


def check_axis(axis: str, axes: Sequence[str]) -> None:
    """Raise NetworkError for an ``axis`` that is none of ``axes``."""
    if axis not in axes:
        raise NetworkError(f"axis must be one of {', '.join(axes)}", "axis")


@functools.lru_cache(maxsize=16)
def _places(indices: tuple[int, ...]) -> Mapping[int, Sequence[int]]:
    """At which places of a selection each number stands."""
    places: dict[int, list[int]] = {}
    for place, index in enumerate(indices):
        places.setdefault(index, []).append(place)
    return places


def _listed(indices: Sequence[int]) -> str:
    """The numbers, as captions write them.

    >>> _listed((3,)), _listed((2, 3, 4)), _listed((5, 1)), _listed(tuple(range(1, 99, 2)))
    ('3', '2\u20134', '5, 1', '1, 3, \u2026, 97')
    """
    if len(indices) > 2 and all(other - one == 1 for one, other in itertools.pairwise(indices)):
        return f"{indices[0]:,}\u2013{indices[-1]:,}"
    texts = [f"{index:,}" for index in (indices if len(indices) <= _SHOWN else (*indices[:2], indices[-1]))]
    return ", ".join(texts if len(indices) <= _SHOWN else [*texts[:2], "\u2026", texts[2]])
