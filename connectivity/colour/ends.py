"""Where scales of values end: one for all layers, one a layer, or one that the largest weights lie beyond."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from connectivity.layers.arrays import as_array
from connectivity.options import Options

K = TypeVar("K", bound=Hashable)

FEW = 100
"""So many weights are compared one by one, in one colour scale for all; of more the colours are seen as a whole."""

_VERY_MANY = 20_000  # numbers that numpy sorts sooner, its import included
_FAR = 1.5  # the largest weights are far off that are so many times larger than the 99th percentile
_ALIKE = 2.0  # layers are alike whose scales end at most so many times apart: each uses half of the colours at least


def ends_of(values: Mapping[K, Sequence[float]], options: Options) -> dict[K, float]:
    """The size at which the scale of each layer ends, whose weights are ``values``; 0 where all are 0.

    They are the same where one scale serves all. ``auto`` has one for few weights, at the largest of them. Of many,
    of which in one scale those of most layers would all look alike, it has one a layer, unless the layers are alike;
    and where few weights are far larger than all others these are beyond its ends.
    """
    word = options.scale
    every = [value for ones in values.values() for value in ones]
    if options.vmin is not None or options.vmax is not None or word == "global":
        return dict.fromkeys(values, largest(every))
    if word == "p99":
        return dict.fromkeys(values, percentile(every))
    if word == "layer":
        return {key: largest(ones) for key, ones in values.items()}
    if len(every) <= FEW:
        return dict.fromkeys(values, largest(every))
    ends = {key: _usual(ones) for key, ones in values.items()}
    seen = [end for end in ends.values() if end]
    if not seen or max(seen) <= _ALIKE * min(seen):
        return dict.fromkeys(values, _usual(every))
    return ends


def largest(values: Sequence[float]) -> float:
    """The size of the largest value; 0 of none."""
    return ranked(values, len(values) - 1) if values else 0.0


def ranked(values: Sequence[float], place: int) -> float:
    """The size that so many others do not exceed, from 0: by a sort, or of very many by numpy."""
    if len(values) > _VERY_MANY:
        import numpy as np

        sizes = np.abs(as_array(values))
        return float(sizes.max() if place == len(sizes) - 1 else np.partition(sizes, place)[place])
    return sorted(map(abs, values))[place] if place < len(values) - 1 else max(map(abs, values))


def percentile(values: Sequence[float], share: float = 0.99) -> float:
    """The size that such a share of the values does not exceed (by nearest rank); of values mostly 0 the largest.

    >>> percentile([*range(1, 101)]), percentile([0.0] * 200 + [3.0])
    (99, 3.0)
    """
    if not values:
        return 0.0
    return ranked(values, max(0, math.ceil(share * len(values)) - 1)) or largest(values)


def _usual(values: Sequence[float]) -> float:
    """The largest size, or the 99th percentile where the largest is far off."""
    most, usual = largest(values), percentile(values)
    return usual if len(values) > FEW and most > _FAR * usual else most
