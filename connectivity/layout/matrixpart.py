"""Which rows and columns of each matrix are shown: those that fit together.

A matrix of a layer has its units as rows, and those of the layers that it takes as columns. Of one that is too long the
first rows are shown and the last, with all the columns that these see: no row is without its connections, and no
corner is empty for want of a column. Where each row sees too much for that (a fully connected layer), rows and columns
are elided each by themselves: every shown row then sees some of the columns.

It is decided from shapes and from what the layers know of themselves, before anything is made.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from connectivity.graphs.wiring import LayerView, Place
from connectivity.layout.scope import within

Sees = Callable[[int, Iterable[Place]], Mapping[int, Collection[Place]]]
"""What units of a layer see in each layer that it takes: places by places, in the whole network."""

_WIDEST = 2  # how many times max_units a few rows may see, so that these are seen whole
_SAVES = 2  # dots for so few positions save nothing
_FEW = ((2, 1), (1, 1))  # the fewest first and last rows, whose columns may be more


class MatrixPart:
    """The positions that are shown of layers as rows of their matrices, and as columns of others'.

    ``rows`` are by layer, ``columns`` by the layer and the one that it takes; both in order.
    """

    def __init__(self) -> None:
        self.rows: dict[int, list[int]] = {}
        self.columns: dict[tuple[int, int], list[int]] = {}

    def positions(self, layer: int) -> set[int]:
        """Every position of a layer that is shown in any matrix."""
        shown = set(self.rows.get(layer, ()))
        return shown.union(*(some for (_, source), some in self.columns.items() if source == layer))


class MatrixChooser:
    """Chooses what of each matrix is shown.

    ``takes`` are the layers whose units are columns of each layer, ``joins`` those that only hand on what they take;
    ``looked_at`` are the positions of each layer that may be shown, ``channels`` the channels that are; ``kept`` the
    positions that elision leaves.
    """

    def __init__(
        self,
        layers: Sequence[LayerView],
        takes: Sequence[Sequence[int]],
        joins: Collection[int],
        looked_at: Sequence[Sequence[range]],
        channels: Sequence[Collection[int]],
        kept: Sequence[Collection[int]],
        sees: Sees,
        max_units: int,
    ) -> None:
        self._layers, self._takes, self._joins = layers, takes, joins
        self._looked_at, self._channels, self._kept = looked_at, channels, kept
        self._sees, self._most = sees, max_units
        self._seen: dict[tuple[int, int], dict[int, set[int]]] = {}

    def part(self, matrices: Iterable[int]) -> MatrixPart:
        """The rows and columns of the matrices of these layers."""
        part = MatrixPart()
        for index in matrices:
            sources = list(dict.fromkeys(self._takes[index]))
            rows, columns = self._of(index, sources)
            part.rows[index] = rows
            part.columns.update(((index, source), some) for source, some in columns.items())
        return part

    def _of(self, index: int, sources: Sequence[int]) -> tuple[list[int], dict[int, list[int]]]:
        every = [*self._listed(index)]
        if not self._most or all(self._count(one) <= self._most for one in (index, *sources)):
            return every, {source: [*self._listed(source)] for source in sources}
        if all(self._layers[one].whole is None for one in (index, *sources)):
            fitting = self._fitting(index, sources, every)
            if fitting is not None:
                return fitting
        return self._ends(index), {source: self._ends(source) for source in sources}

    def _fitting(
        self, index: int, sources: Sequence[int], every: Sequence[int]
    ) -> tuple[list[int], dict[int, list[int]]] | None:
        """As many rows as fit together with all the columns that they see; None where even few see too many."""
        kept = self._kept_rows(index, sources)
        beside = self._columns(index, sorted(kept), sources)
        if beside is None:
            return None
        blank = self._blank(index, every), self._blank(index, every[::-1])
        for head, tail in self._candidates(len(every)):
            last = len(every) - tail - blank[1] * (tail > 0)
            rows = sorted({*every[: head + blank[0]], *every[last:], *kept})
            seen = self._columns(index, rows, sources)
            limit = _WIDEST * self._most if (head, tail) in _FEW else self._most
            if seen is not None and all(len(some) <= limit + len(beside[one]) for one, some in seen.items()):
                return rows, {source: self._filled(source, some) for source, some in seen.items()}
        return None

    def _blank(self, index: int, rows: Sequence[int]) -> int:
        """How many rows, from the first on, see nothing, such as those of padding; 0 where these are too many."""
        few = rows[: _WIDEST * self._most]
        return next((number for number, row in enumerate(few) if any(self._window(index, row).values())), 0)

    def _candidates(self, rows: int) -> Iterator[tuple[int, int]]:
        """How many first and last rows may be shown, the most first."""
        if rows <= self._most:
            yield rows, 0
        for number in range(min(rows - 1, max(2, self._most - 2)), 2, -1):
            yield (number + 1) // 2, number // 2
        yield from ((head, tail) for head, tail in _FEW if head + tail < rows)

    def _kept_rows(self, index: int, sources: Sequence[int]) -> set[int]:
        """Rows that are kept, and those that see a column that is kept."""
        rows = set(self._kept[index])
        window = self._layers[index].info.window
        if window is not None and window[1] - window[0] <= _WIDEST * self._most * window[2]:
            first, last, jump = window
            for place in (place for source in sources for place in self._kept[source]):
                rows.update(range(math.ceil((place - last) / jump), math.floor((place - first) / jump) + 1))
        return {one for one in rows if within(self._looked_at[index], one)}

    def _columns(self, index: int, rows: Sequence[int], sources: Sequence[int]) -> dict[int, set[int]] | None:
        """What rows see of each layer; None where one row alone sees too much."""
        columns = {source: set(self._kept[source]) for source in sources}
        for row in rows:
            for source, seen in self._window(index, row).items():
                if len(seen) > _WIDEST * self._most:
                    return None
                if source in columns:
                    columns[source] |= seen
        for source, some in columns.items():
            columns[source] = {one for one in some if within(self._looked_at[source], one)}
        return columns

    def _window(self, index: int, row: int) -> dict[int, set[int]]:
        """The positions that the units of a layer at one position see."""
        if (index, row) not in self._seen:
            places = [(channel, row) for channel in self._channels[index]]
            seen: dict[int, set[int]] = {}
            for source, some in self._through_joins(index, places).items():
                shown = self._channels[source]
                seen[source] = {position for channel, position in some if channel in shown}
            self._seen[index, row] = seen
        return self._seen[index, row]

    def _through_joins(self, index: int, places: Iterable[Place]) -> dict[int, set[Place]]:
        """What units see, of layers that are drawn: in place of units that are handed on those that they are."""
        found: dict[int, set[Place]] = {}
        for source, some in self._sees(index, places).items():
            beyond = self._through_joins(source, some) if source in self._joins else {source: set(some)}
            for one, those in beyond.items():
                found.setdefault(one, set()).update(those)
        return found

    def _filled(self, source: int, some: Collection[int]) -> list[int]:
        """Columns with those between them, and at the ends, that dots would not save; of no column the ends."""
        if not some:
            return self._ends(source)
        listed = [*self._listed(source)]
        place = {position: number for number, position in enumerate(listed)}
        shown = {place[position] for position in some}
        ends = [-1, *sorted(shown), len(listed)]
        gaps = sorted((high - low - 1, low + 1, high) for low, high in itertools.pairwise(ends))
        for hidden, low, high in gaps:
            if hidden <= _SAVES or len(shown) + hidden <= self._most:
                shown.update(range(low, high))
        return [listed[number] for number in sorted(shown)]

    def _ends(self, index: int) -> list[int]:
        """The first and the last positions of a layer that is too long, and those that are kept; all of another."""
        listed, most = [*self._listed(index)], max(2, self._most - 2)
        if len(listed) <= max(self._most, most + _SAVES):
            return listed
        shown = {*listed[: (most + 1) // 2], *listed[len(listed) - most // 2 :]}
        return sorted(shown | {one for one in self._kept[index] if within(self._looked_at[index], one)})

    def _listed(self, index: int) -> Iterator[int]:
        return (position for stretch in self._looked_at[index] for position in stretch)

    def _count(self, index: int) -> int:
        return sum(map(len, self._looked_at[index]))
