"""The graph of an ONNX model, plain: nodes in an order in which they can be computed, functions in place of their calls.

Cutting it says what is drawn of it: from a node on, or until one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.errors import ModelError, suggestion, visible
from connectivity.models.assembly import legal_name
from connectivity.models.damage import DamageError
from connectivity.models.onnx.messages import (
    NODE_LIMIT,
    FunctionMessage,
    GraphMessage,
    ModelMessage,
    NodeMessage,
    Reference,
    TensorMessage,
    TypeMessage,
)

PARAMETERS = ("weight", "bias", "weight_v", "running_mean")
"""What exporters call the arrays of a module, behind its name and a point."""

_CALLS = 16  # how deep functions may call one another
OLDEST = 6
"""The oldest set of operators that is read; what a file is taken to mean that does not say one."""


class Node(NamedTuple):
    """An operation where it stands: ``op`` as DOMAIN:NAME but for ONNX's own, ``number`` from 1 in the file's order.

    Inputs that are left out are empty names. ``version`` is that of the set of operators.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    number: int
    version: int

    def shown(self) -> str:
        """What it is called in messages."""
        named = f' "{visible(self.name, 60)}"' if self.name else ""
        return f"{visible(self.op.rpartition(':')[2], 40)}{named} (node {self.number:,})"

    @property
    def stem(self) -> str:
        """What the module is called that has its weights: ``conv1`` for ``conv1.weight``; empty where that is unknown."""
        for name in (*self.inputs[1:], *self.inputs[:1]):
            stem, _, last = name.rpartition(".")
            if stem and last in PARAMETERS:
                return stem
        return ""

    def needs(self) -> list[str]:
        """The values it takes, those that graphs within it take from around them included."""
        graphs = [value for value in self.attributes.values() if isinstance(value, GraphMessage)]
        return [name for name in self.inputs if name] + [name for graph in graphs for name in _outer(graph)]


class Graph(NamedTuple):
    """Nodes in an order in which each finds what it takes; ``tensors`` by their names; ``types`` of what has one."""

    nodes: tuple[Node, ...]
    tensors: Mapping[str, TensorMessage]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    types: Mapping[str, TypeMessage]


def plain(model: ModelMessage) -> Graph:
    """The graph of a model. Raises ModelError for cycles, values of nowhere, and names that stand for two."""
    message = model.graph
    nodes = nodes_of(message.nodes, model.versions, model.functions)
    tensors = {tensor.name: tensor for tensor in message.tensors}
    types = {one.name: one for one in (*message.values, *message.outputs, *message.inputs)}
    inputs = tuple(one.name for one in message.inputs if one.name not in tensors)
    outputs = tuple(one.name for one in message.outputs)
    ordered = in_order(nodes, {*tensors, *inputs})
    known = {*tensors, *inputs, *(name for node in nodes for name in node.outputs)}
    unknown = next((name for name in outputs if name not in known), None)
    if unknown is not None:
        raise DamageError(f'nothing makes its output "{visible(unknown)}"')
    return Graph(tuple(ordered), tensors, inputs, outputs, types)


def nodes_of(
    messages: Sequence[NodeMessage],
    versions: Mapping[str, int],
    functions: Mapping[tuple[str, str], FunctionMessage],
) -> list[Node]:
    """Nodes with their places; in place of a call of a function of the model's own the nodes of that."""
    found: list[Node] = []
    for number, message in enumerate(messages, 1):
        _expand(message, number, versions, functions, found, 0)
    return found


def _expand(
    message: NodeMessage,
    number: int,
    versions: Mapping[str, int],
    functions: Mapping[tuple[str, str], FunctionMessage],
    found: list[Node],
    depth: int,
) -> None:
    function = functions.get((message.domain, message.op))
    if function is None:
        if len(found) >= NODE_LIMIT:
            raise ModelError(
                f"it has more than {NODE_LIMIT:,} nodes, those of its functions included, at most so many are read, and no option raises it"
            )
        version = versions.get(message.domain, OLDEST)
        op = f"{message.domain}:{message.op}" if message.domain else message.op
        found.append(Node(op, message.name, message.inputs, message.outputs, message.attributes, number, version))
        return
    if depth >= _CALLS:
        raise DamageError(f'its function "{visible(message.op)}" calls itself, or others more than {_CALLS} deep')
    prefix = f"{message.name or message.op}/{len(found)}/"
    names = dict(zip(function.inputs, message.inputs, strict=False))
    names |= dict.fromkeys(function.inputs[len(message.inputs) :], "")
    names |= dict(zip(function.outputs, message.outputs, strict=False))
    given = {**function.defaults, **message.attributes}
    for inner in function.nodes:
        attributes = {key: given.get(v.name) if isinstance(v, Reference) else v for key, v in inner.attributes.items()}
        renamed = inner._replace(
            name=f"{message.name}/{inner.name}".strip("/"),
            inputs=tuple(names.get(name, prefix + name) if name else "" for name in inner.inputs),
            outputs=tuple(names.get(name, prefix + name) if name else "" for name in inner.outputs),
            attributes={key: value for key, value in attributes.items() if value is not None},
        )
        _expand(renamed, number, {**versions, **function.versions}, functions, found, depth + 1)


def in_order(nodes: Sequence[Node], known: Iterable[str]) -> list[Node]:
    """Nodes, each behind those that make what it takes, else as they stand. ``known`` is there without any.

    Raises ModelError for cycles, for what nobody makes, and for what is made twice.
    """
    makers: dict[str, int] = {}
    known = set(known)
    for place, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in makers or name in known:
                raise DamageError(f'"{visible(name)}" is made twice: {node.shown()} is not the first')
            makers[name] = place
    needs = [[name for name in node.needs() if name not in known] for node in nodes]
    for node, names in zip(nodes, needs, strict=True):
        unknown = next((name for name in names if name not in makers), None)
        if unknown is not None:
            raise ModelError(f'{node.shown()} takes "{visible(unknown)}", which nothing makes; save the model anew')
    waits = [{makers[name] for name in names} for names in needs]
    if all(place > max(others, default=-1) for place, others in enumerate(waits)):
        return list(nodes)
    return _sorted(nodes, waits)


def _sorted(nodes: Sequence[Node], waits: Sequence[set[int]]) -> list[Node]:
    takers: list[list[int]] = [[] for _ in nodes]
    for place, others in enumerate(waits):
        for other in others:
            takers[other].append(place)
    left = [len(others) for others in waits]
    ready = deque(place for place, number in enumerate(left) if not number)
    order: list[int] = []
    while ready:
        place = ready.popleft()
        order.append(place)
        for taker in takers[place]:
            left[taker] -= 1
            if not left[taker]:
                ready.append(taker)
    if len(order) < len(nodes):
        stuck = next(place for place, number in enumerate(left) if number)
        raise DamageError(f"its nodes are a cycle: {nodes[stuck].shown()} waits for what is made of its own output")
    return [nodes[place] for place in order]


def _outer(graph: GraphMessage) -> list[str]:
    """What a graph within a node takes from around it."""
    own = {tensor.name for tensor in graph.tensors} | {one.name for one in graph.inputs}
    own |= {name for node in graph.nodes for name in node.outputs}
    taken = [name for node in graph.nodes for name in node.inputs if name and name not in own]
    inner = [value for node in graph.nodes for value in node.attributes.values() if isinstance(value, GraphMessage)]
    taken += [name for one in inner for name in _outer(one) if name not in own]
    return taken + [one.name for one in graph.outputs if one.name not in own]


def cut(graph: Graph, start: str | None, end: str | None) -> Graph:
    """What there is of a graph from the node (or the value) ``start`` on, and until ``end``; both are drawn.

    What the nodes from ``start`` on take of those before, constants aside, are the new inputs. Raises ModelError for
    names that are none, and where nothing leads from the one to the other.
    """
    if start is not None:
        graph = _from(graph, start)
    if end is not None:
        place = _place(graph, end, "--until")
        graph = graph._replace(outputs=place if isinstance(place, tuple) else graph.nodes[place].outputs[:1])
    return _needed(graph)


def _from(graph: Graph, start: str) -> Graph:
    place = _place(graph, start, "--from")
    reached = set(place) if isinstance(place, tuple) else set(graph.nodes[place].outputs)
    kept: list[Node] = [] if isinstance(place, tuple) else [graph.nodes[place]]
    for node in graph.nodes:
        if node not in kept and reached.intersection(node.needs()):
            kept.append(node)
            reached.update(filter(None, node.outputs))
    dependent = _dependent(graph)
    made = {name for node in kept for name in node.outputs}
    taken = [name for node in kept for name in node.needs()]
    inputs = [name for name in dict.fromkeys(taken) if name in dependent and name not in made]
    constants = [node for node in graph.nodes if not dependent.intersection(node.outputs)]
    outputs = tuple(name for name in graph.outputs if name in reached)
    numbers = {id(node) for node in (*kept, *constants)}
    nodes = tuple(node for node in graph.nodes if id(node) in numbers)
    return graph._replace(nodes=nodes, inputs=tuple(inputs), outputs=outputs)


def _dependent(graph: Graph) -> set[str]:
    """The values that depend on an input."""
    found = set(graph.inputs)
    for node in graph.nodes:
        if found.intersection(node.needs()):
            found.update(filter(None, node.outputs))
    return found


def _needed(graph: Graph) -> Graph:
    """The graph without what its outputs do not depend on."""
    wanted = set(graph.outputs)
    kept: list[Node] = []
    for node in reversed(graph.nodes):
        if wanted.intersection(node.outputs):
            kept.append(node)
            wanted.update(node.needs())
    return graph._replace(nodes=tuple(reversed(kept)), inputs=tuple(name for name in graph.inputs if name in wanted))


def _place(graph: Graph, name: str, option: str) -> int | tuple[str]:
    """The place of the node that is called ``name``; for what is a value, and no node, that."""
    for called in (lambda node: [node.name], lambda node: [node.stem], lambda node: [legal_name(node.stem)]):
        by_name = [place for place, node in enumerate(graph.nodes) if name in called(node)]
        if by_name and name:
            return by_name[0]
    makers = {output: place for place, node in enumerate(graph.nodes) for output in node.outputs if output}
    if name in makers:
        return makers[name] if option == "--until" else (name,)
    if name in graph.inputs:
        return (name,)
    names = [node.stem or node.name or node.outputs[0] for node in graph.nodes if any(node.outputs)]
    near = suggestion(name, names) if names else ""
    raise ModelError(
        f'{option} "{visible(name)}": there is no such node{near if len(near) < 400 else "; say one of it"}'
    )
