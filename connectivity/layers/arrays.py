"""What layers compute by arrays: the same numbers as connection by connection, many at a time.

An array of a layer's values has its shape, (channels, length), and is of float64. numpy is imported where one is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectivity.layers.base import Connections, Layer, Shape
from connectivity.layers.combine import Combination
from connectivity.layers.generated import Generated

if TYPE_CHECKING:
    import numpy as np

_AT_ONCE = 4_000_000  # products that are held at a time: 32 MB


def as_array(numbers: Sequence[float]) -> np.ndarray:
    """A flat float64 array of ``numbers``, without a copy where they are one already, or an ``array.array``."""
    import numpy as np

    return numbers.all() if isinstance(numbers, Generated) else np.asarray(numbers, dtype=np.float64)


def reached(
    connections: Connections,
    values: np.ndarray,
    factors: np.ndarray | None,
    targets: range,
    operation: Combination,
) -> np.ndarray | None:
    """What the units ``targets`` make of what reaches them, for each row of ``values``: (rows, units).

    ``values`` is (rows, sources), ``factors`` what each connection multiplies with (None: 1). None where the operation
    must be asked unit by unit. Units with as many connections as others are computed together.
    """
    import numpy as np

    sources = np.array(connections.sources, dtype=np.intp)
    ends = np.array(connections.targets, dtype=np.intp) - targets.start
    sizes = np.bincount(ends, minlength=len(targets))
    starts = np.cumsum(sizes) - sizes  # connections are ordered by their target
    results = np.empty((len(values), len(targets)))
    step = max(1, _AT_ONCE // max(1, len(sources)))
    for size in np.unique(sizes):
        units = np.flatnonzero(sizes == size)
        places = starts[units, None] + np.arange(size)
        for row in range(0, len(values), step):
            terms = values[row : row + step, sources[places]]
            combined = operation.reduce(terms if factors is None else terms * factors[places])
            if combined is None:
                return None
            results[row : row + step, units] = combined
    return results


def one_channel(layer: Layer, values: np.ndarray, shape: Shape) -> np.ndarray | None:
    """What a layer makes of its input that does in every channel what it does in an input of one; None: it does not."""
    single = Shape(1, shape.length)
    output = layer.output_shape(shape)
    if output.channels != shape.channels or layer.output_shape(single) != (1, output.length):
        return None
    connections = layer.connections(single)
    coefficients = connections.coefficients
    factors = None if coefficients is None else as_array(coefficients)
    return reached(connections, values, factors, range(output.length), layer.operation)
