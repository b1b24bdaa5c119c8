"""What a reader of models may be told: shapes that the model leaves open, which part of it, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from connectivity.errors import DrawingError, ModelError, suggestion, visible
from connectivity.records import Value, record

READING = {
    "input-shape": "The shape of a model's input, where the model (model.onnx) leaves it open: 3x128 without the batch, or "
    "NAME=3x128 of one among several. May be repeated.",
    "from": "The first node of a model that is drawn; what it takes are the inputs.",
    "until": "The last node of a model that is drawn.",
    "fold-batchnorm": "Put the batch normalizations of a model into the weights of the layers before them.",
}
"""How a model is read: what may be said of it, under the names of the command line, and what that means."""

_SIZES = re.compile(r"[1-9][0-9]{0,6}(?:x[1-9][0-9]{0,6}){0,3}")


@record
class ModelOptions(Value):
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


def split_reading(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of ``said`` is about reading a model, by the names of READING, and the rest.

    ``from_`` is as good as ``from``, which Python keeps for itself.
    """
    reading, rest = {}, {}
    for name, value in said.items():
        key = name.rstrip("_").replace("_", "-")
        if key in READING:
            reading[key] = value
        else:
            rest[name] = value
    return reading, rest


def read_options(said: Mapping[str, Any], weights: Mapping[str, Any] | None = None) -> ModelOptions:
    """How a model is read, as ``said`` by the names of READING. Raises DrawingError for what is of another type."""
    for key, value in said.items():
        if key not in READING:
            raise DrawingError(f'unknown option "{visible(key)}"{suggestion(key, READING)}')
        if key in ("from", "until") and not isinstance(value, str):
            raise DrawingError(f"{key} must be the name of a node, not {visible(repr(value), 40)}")
        if key == "fold-batchnorm" and not isinstance(value, bool):
            raise DrawingError(f"{key} must be true or false, not {visible(repr(value), 40)}")
    shapes = read_shapes(said["input-shape"]) if said.get("input-shape") else {}
    return ModelOptions(shapes, said.get("from"), said.get("until"), said.get("fold-batchnorm", False), weights)


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
