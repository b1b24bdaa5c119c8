"""Which weights of a network count as zeros: those that are 0, those below a size, the smallest of each layer.

Asked of the whole network, of which perhaps a part is made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from connectivity.errors import DrawingError, visible
from connectivity.graphs.roles import BIAS, MERGED
from connectivity.graphs.wiring import UNNAMED, Wiring
from connectivity.options import Threshold

if TYPE_CHECKING:
    import numpy as np

WEIGHT_LIMIT = 20_000_000
"""The most weights of a layer that are compared with one another: a few seconds."""


class Cut(NamedTuple):
    """Where the zeros of a layer end: at a size, and among the weights of that size at one of them."""

    size: float = 0.0
    weight: float = -1.0

    def has(self, value: float, weight: int) -> bool:
        """Whether ``weight``, which has that value, counts as a zero."""
        return value == 0 or (abs(value), weight) <= self


class Removed(NamedTuple):
    """How many connections and weights of a whole layer count as zeros."""

    connections: int
    weights: int


class _Table(NamedTuple):
    """The weights of a layer, in order, and the size of each."""

    weights: np.ndarray
    sizes: np.ndarray


class Zeros:
    """The zeros among the weights of ``layers`` of a graph; weights that several layers share are one layer's.

    ``removed`` counts them for each layer. Without a threshold they are the weights that are 0; else those below a size
    as well, or of each layer the smallest so many per cent (rounded to whole weights; of equal ones the first).
    Raises DrawingError beyond WEIGHT_LIMIT.
    """

    def __init__(self, wiring: Wiring, layers: Collection[int], threshold: Threshold | None) -> None:
        self._cuts: dict[int, Cut] = {}
        self.removed: dict[int, Removed] = {}
        together: dict[int, list[int]] = {}
        for layer in layers:
            together.setdefault(wiring.owner(layer), []).append(layer)
        for alike in together.values():
            tables = [_table(wiring, layer) for layer in alike]
            cut = _cut(tables, threshold)
            for layer, table in zip(alike, tables, strict=True):
                self._cuts[layer] = cut
                self.removed[layer] = _removed(wiring, layer, table, cut)

    def has(self, wiring: Wiring, connection: int) -> bool:
        """Whether a connection's weight counts as a zero; that of a bias never does."""
        cut = self._cuts.get(wiring.layer(connection))
        role = wiring.roles[connection]
        if cut is None or role is BIAS or role is MERGED:
            return False
        return self.counts(wiring.layer(connection), wiring.weights[connection], wiring.weight_number(connection))

    def counts(self, layer: int, value: float | None, weight: int) -> bool:
        """Whether a weight of a layer counts as a zero."""
        cut = self._cuts.get(layer)
        return cut is not None and value is not None and cut.has(value, weight)


def _table(wiring: Wiring, layer: int) -> _Table:
    import numpy as np

    many = wiring.layers[layer].info.weights
    if many > WEIGHT_LIMIT:
        name = visible(wiring.layers[layer].info.name)
        raise DrawingError(
            f"the {many:,} weights of {name} are too many to find the smallest of; at most {WEIGHT_LIMIT:,}, which no option raises: say a size, as 0.05",
            "threshold",
        )
    weights, values = wiring.weights_into(layer)
    return _Table(_array(weights, np.int64), np.abs(_array(values, np.float64)))


def _array(numbers: Sequence[float], dtype: type[np.generic]) -> np.ndarray:
    import numpy as np

    if isinstance(numbers, range):
        return np.arange(numbers.start, numbers.stop, numbers.step, dtype=dtype)
    return np.fromiter(numbers, dtype, count=len(numbers))


def _cut(tables: Sequence[_Table], threshold: Threshold | None) -> Cut:
    """Where the zeros end among weights, of which some may be in several of the tables."""
    import numpy as np

    if threshold is None:
        return Cut()
    if not threshold.share:
        return Cut(threshold.number)  # what is as large as that is none
    weights, places = np.unique(np.concatenate([table.weights for table in tables]), return_index=True)
    sizes = np.concatenate([table.sizes for table in tables])[places]
    number = round(threshold.number * len(sizes) / 100)
    if not number:
        return Cut()
    last = np.argsort(sizes, kind="stable")[number - 1]
    return Cut(float(sizes[last]), float(weights[last]))


def _removed(wiring: Wiring, layer: int, table: _Table, cut: Cut) -> Removed:
    weights, sizes = table
    zero = (sizes == 0) | (sizes < cut.size) | ((sizes == cut.size) & (weights <= cut.weight))
    chosen: list[int] = weights[zero].tolist()
    named = int((weights[zero] < UNNAMED).sum())
    return Removed(wiring.repeats(layer, chosen) if chosen else 0, named)
