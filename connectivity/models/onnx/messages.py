"""The messages of an ONNX file: models, graphs, nodes, attributes, tensors, types.

The numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Tensors stay bytes until they are
needed (:mod:`.tensors`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from connectivity.errors import ModelError
from connectivity.models.damage import DamageError
from connectivity.models.onnx.wire import Budget, Fields

NESTING_LIMIT = 8
"""How deep graphs may stand within attributes of nodes."""

NODE_LIMIT = 20_000
"""The most nodes of a model."""


class TensorMessage(NamedTuple):
    """A tensor as it stands in the file: its shape, the number of its type, and where its elements are."""

    name: str
    shape: tuple[int, ...]
    type: int
    fields: Fields
    location: Mapping[str, str] | None  # of its data, where that is in a file of its own


class TypeMessage(NamedTuple):
    """An input, an output or a value: its element type (0: no tensor), its shape; None or a text for an open size."""

    name: str
    type: int
    shape: tuple[int | str | None, ...] | None


class NodeMessage(NamedTuple):
    """An operation. ``attributes`` are numbers, texts, lists of these, tensors and graphs; references are Reference."""

    op: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


class GraphMessage(NamedTuple):
    """Nodes in the order of the file, and what they are about."""

    nodes: tuple[NodeMessage, ...]
    tensors: tuple[TensorMessage, ...]
    inputs: tuple[TypeMessage, ...]
    outputs: tuple[TypeMessage, ...]
    values: tuple[TypeMessage, ...]


class FunctionMessage(NamedTuple):
    """A function of the model's own: what a node of its name stands for."""

    nodes: tuple[NodeMessage, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    defaults: Mapping[str, Any]
    versions: Mapping[str, int]


class ModelMessage(NamedTuple):
    """The model: its graph, the versions of the sets of operators by their domains, functions, who wrote it."""

    graph: GraphMessage
    versions: Mapping[str, int]
    functions: Mapping[tuple[str, str], FunctionMessage]
    producer: str


class Reference(NamedTuple):
    """An attribute of a node in a function that is the function's attribute ``name``."""

    name: str


def read_model(data: bytes) -> ModelMessage:
    """The messages of a file's bytes. Raises ModelError for what is damaged, or no model."""
    budget = Budget()
    fields = Fields(memoryview(data), budget)
    if 7 not in fields:
        raise DamageError("it is no ONNX model: it has no graph")
    functions = {}
    for one in fields.messages(25):
        functions[one.text(10), one.text(1)] = FunctionMessage(
            _nodes(one.messages(7), 0),
            tuple(one.texts(4)),
            tuple(one.texts(5)),
            _attributes(one.messages(11), 0),
            _versions(one.messages(9)),
        )
    producer = " ".join(filter(None, (fields.text(2), fields.text(3))))
    return ModelMessage(_graph(fields.message(7), 0), _versions(fields.messages(8)), functions, producer)


def _versions(sets: list[Fields]) -> dict[str, int]:
    return {_domain(one.text(1)): one.integer(2) for one in sets}


def _domain(text: str) -> str:
    """The operators of ONNX itself have two names for their domain."""
    return "" if text == "ai.onnx" else text


def _graph(fields: Fields, depth: int) -> GraphMessage:
    if depth > NESTING_LIMIT:
        raise ModelError(
            f"its graphs stand within one another more than {NESTING_LIMIT} deep, at most so deep they are read, and no option raises it"
        )
    if fields.pieces(15):
        raise ModelError("it has sparse tensors, which are not read; save it with dense ones")
    return GraphMessage(
        _nodes(fields.messages(1), depth),
        tuple(map(_tensor, fields.messages(5))),
        tuple(map(_type, fields.messages(11))),
        tuple(map(_type, fields.messages(12))),
        tuple(map(_type, fields.messages(13))),
    )


def _nodes(messages: list[Fields], depth: int) -> tuple[NodeMessage, ...]:
    if len(messages) > NODE_LIMIT:
        raise ModelError(f"it has {len(messages):,} nodes; at most {NODE_LIMIT:,}, which no option raises")
    return tuple(
        NodeMessage(
            one.text(4),
            _domain(one.text(7)),
            one.text(3),
            tuple(one.texts(1)),
            tuple(one.texts(2)),
            _attributes(one.messages(5), depth),
        )
        for one in messages
    )


def _attributes(messages: list[Fields], depth: int) -> dict[str, Any]:
    return {one.text(1): _attribute(one, depth) for one in messages}


def _attribute(fields: Fields, depth: int) -> Any:
    """The value of an attribute; of one that does not say its type, as the oldest files, what is there of it."""
    if fields.text(21):
        return Reference(fields.text(21))
    readers: dict[int, tuple[int, Callable[[int], Any]]] = {
        1: (2, lambda number: float((fields.floats(number).tolist() or [0.0])[-1])),
        2: (3, fields.integer),
        3: (4, fields.text),
        4: (5, lambda number: _tensor(fields.message(number))),
        5: (6, lambda number: _graph(fields.message(number), depth + 1)),
        6: (7, lambda number: fields.floats(number).tolist()),
        7: (8, fields.integers),
        8: (9, fields.texts),
    }
    said = fields.integer(20)
    if not said:
        said = next((one for one, (number, _) in readers.items() if number in fields), 7)
    if said not in readers:
        return None  # lists of tensors and graphs, types: of no operator that is drawn
    number, reader = readers[said]
    return reader(number)


def _tensor(fields: Fields) -> TensorMessage:
    location = {entry.text(1): entry.text(2) for entry in fields.messages(13)} if fields.integer(14) == 1 else None
    return TensorMessage(fields.text(8), tuple(fields.integers(1)), fields.integer(2), fields, location)


def _type(fields: Fields) -> TypeMessage:
    tensor = fields.message(2).message(1)
    shape = tuple(map(_size, tensor.message(2).messages(1))) if 2 in tensor else None
    return TypeMessage(fields.text(1), tensor.integer(1), shape)


def _size(fields: Fields) -> int | str | None:
    return fields.integer(1) if 1 in fields else fields.text(2) or None
