"""Weights that nobody gave: numbers that are a function of a seed and their place."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import numpy as np

_MANY = 100_000  # so many take longer one by one than numpy takes to be imported
_SPARSE = 4  # of so many times as many, most are made for nothing


class Generated(Sequence[float]):
    """Generated values of a parameter tensor, flat: uniform in [-1, 1], two decimals, a function of ``seed`` and place.

    Made when they are asked for: of a sparse layer most never are. By SplitMix64 (Steele, Lea and Flood, "Fast
    splittable pseudorandom number generators", 2014).
    """

    def __init__(self, seed: str, shape: tuple[int, ...]) -> None:
        self._start = zlib.crc32(seed.encode()) << 32
        self._length = math.prod(shape)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...

    def __getitem__(self, index: int | slice) -> float | list[float]:
        if isinstance(index, slice):
            return [self[place] for place in range(self._length)[index]]
        mixed = (self._start + range(self._length)[index] * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return ((mixed ^ (mixed >> 31)) % 201 - 100) / 100

    def taken(self, places: Sequence[int]) -> list[float]:
        """Those at ``places``; of many, made at once."""
        if len(places) < _MANY or self._length > _SPARSE * len(places):
            return [self[place] for place in places]
        everything: list[float] = self.all().tolist()
        return [everything[place] for place in places]

    def all(self) -> np.ndarray:
        """All of them, as a flat float64 array."""
        import numpy as np

        mixed = np.arange(self._length, dtype=np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)  # modulo 2 ** 64, as all that follows
        mixed += np.uint64(self._start)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        return ((mixed % np.uint64(201)).astype(np.float64) - 100) / 100
