"""One side of a block of cells: which of its channels or positions are shown, and where each of them is."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence

ELIDED_GAP = 13.0
"""What a hidden stretch takes, in points."""


class Axis:
    """Cells of one ``size`` in a row, in ``ranges`` of what they are the numbers of, with a gap between two of these.

    Where numbers are left out between two ranges the gap is ``elided`` wide and has dots, elsewhere (and wherever gaps
    are not ``dotted``) ``parted``.
    ``total`` is how many there are, shown or not. A cell n is from ``start(n)`` to ``start(n) + size``; the first
    begins at 0.
    """

    def __init__(
        self,
        ranges: Sequence[range],
        size: float,
        total: int,
        elided: float = ELIDED_GAP,
        parted: float = 0.0,
        dotted: bool = True,
    ) -> None:
        self.ranges, self.size, self.total = list(ranges), size, total
        self.starts: list[float] = []
        self.gaps: list[tuple[float, float]] = []  # where dots stand
        at = 0.0
        for number, one in enumerate(self.ranges):
            if number:
                hidden = self.ranges[number - 1].stop < one.start
                hidden = hidden and dotted
                if hidden:
                    self.gaps.append((at, at + elided))
                at += elided if hidden else parted
            self.starts.append(at)
            at += len(one) * size
        self.length = at

    def __iter__(self) -> Iterator[int]:
        return itertools.chain.from_iterable(self.ranges)

    def __len__(self) -> int:
        return sum(map(len, self.ranges))

    def shows(self, number: int) -> bool:
        """Whether a number is shown."""
        return any(number in one for one in self.ranges)

    def start(self, number: int) -> float:
        """Where a shown cell begins."""
        place = bisect.bisect_right([one.start for one in self.ranges], number) - 1
        return self.starts[place] + (number - self.ranges[place].start) * self.size

    def middle(self, number: int) -> float:
        """The middle of a shown cell."""
        return self.start(number) + self.size / 2

    @property
    def stretches(self) -> list[tuple[float, float]]:
        """From where to where cells touch."""
        return [(start, start + len(one) * self.size) for start, one in zip(self.starts, self.ranges, strict=True)]

    def runs(self, numbers: Sequence[int]) -> list[tuple[float, float]]:
        """The stretches that those of ``numbers`` cover that are shown, neighbours together, in order."""
        runs: list[tuple[float, float]] = []
        for number in sorted(numbers):
            if not self.shows(number):
                continue
            start = self.start(number)
            if runs and abs(runs[-1][1] - start) < 1e-6:
                runs[-1] = (runs[-1][0], start + self.size)
            else:
                runs.append((start, start + self.size))
        return runs
