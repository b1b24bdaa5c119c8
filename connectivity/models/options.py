"""What a reader of models may be told: shapes that the model leaves open, which part of it, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectivity.errors import ModelError, visible

_SIZES = re.compile(r"[1-9]\d{0,6}(?:x[1-9]\d{0,6}){0,3}")


@dataclass(frozen=True)
class ModelOptions:
    """How a model is read.

    ``shapes`` are those of inputs, by their names ("": of the only one), as the model takes them, without the batch.
    ``start`` and ``end`` name the first node and the last that are drawn. ``fold_batchnorm``: batch normalizations are
    put into the weights before them. ``weights`` are arrays by the model's own names, for those that it does not hold.
    """

    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    fold_batchnorm: bool = False
    weights: Mapping[str, Any] | None = None


def read_shapes(said: str | Sequence[Any] | Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Shapes of inputs: ``3x128``, (3, 128), ``a=3x128``, several of these, or a mapping.

    Raises ModelError for what is none.

    >>> read_shapes("3x128"), read_shapes(["a=3x128", "b=16"])
    ({'': (3, 128)}, {'a': (3, 128), 'b': (16,)})
    """
    if isinstance(said, Mapping):
        return {str(name): _shape(shape) for name, shape in said.items()}
    if isinstance(said, str):
        return dict([_named(said)])
    if said and all(isinstance(one, int) for one in said):
        return {"": _shape(said)}
    return dict(_named(one) if isinstance(one, str) else ("", _shape(one)) for one in said)


def _named(text: str) -> tuple[str, tuple[int, ...]]:
    name, equals, shape = text.rpartition("=")
    return name, _shape(shape if equals else text)


def _shape(said: Any) -> tuple[int, ...]:
    if isinstance(said, str) and _SIZES.fullmatch(said):
        return tuple(map(int, said.split("x")))
    if isinstance(said, (list, tuple)) and said and all(isinstance(one, int) and 0 < one < 10**7 for one in said):
        return tuple(said)
    raise ModelError(f'"{visible(str(said), 40)}" is no shape of an input: its sizes, as 3x128, without the batch')
