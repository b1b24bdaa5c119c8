"""Networks that are put together operation by operation, as the readers of models find them.

A reader says what each operation makes of values that are there already, in an order in which that is possible; an
:class:`Assembly` keeps only what its outputs need, gives the layers legal names, and puts an activation on the layer
before it, or, where others take what is before the activation, on a copy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from connectivity.errors import NetworkError
from connectivity.layers.activations import activation, check_channels
from connectivity.layers.base import Layer, Shape
from connectivity.layers.copying import Copy
from connectivity.layers.input import Input
from connectivity.models.model import Model
from connectivity.network import NAME_LIMIT, Network, check_layer

_ILLEGAL = re.compile(r"\W+")


class Value(NamedTuple):
    """What an operation of an assembly makes: its number there, and its shape (channels, length)."""

    node: int
    shape: Shape


class _Node(NamedTuple):
    """An operation: a layer of a kind with its fields, or an activation (of no kind)."""

    kind: type[Layer] | None
    sources: tuple[int, ...]
    shape: Shape
    name: str = ""
    fields: Mapping[str, Any] = {}  # never changed
    tensors: Mapping[str, Any] = {}  # never changed
    owner: int | None = None
    activation: str = ""
    turned: bool = False


class Assembly:
    """A network that grows operation by operation."""

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._owners: dict[Hashable, int] = {}
        self._notes: dict[str, None] = {}

    def input(self, name: str, shape: Shape, turned: bool = False) -> Value:
        """An input of ``shape`` (channels, length); ``turned``: the model takes it as (length, channels)."""
        return self._add(_Node(Input, (), shape, name, {"size": tuple(shape)}, turned=turned))

    def layer(
        self,
        kind: type[Layer],
        *sources: Value,
        name: str = "",
        tensors: Mapping[str, Any] | None = None,
        parameter: Hashable = None,
        **fields: Any,
    ) -> Value:
        """A layer of ``kind`` on ``sources``; ``fields`` are those of its class, but for names and inputs.

        ``tensors`` are its arrays as :meth:`.Layer.tensors` names and shapes them. Layers of one ``parameter`` (what
        the model calls their weights) share the weights of the first, where the shapes are the same. ``name`` is
        what the model calls it, anything. Raises NetworkError where the layer does not fit.
        """
        tensors = dict(tensors or {})
        if "bias" in tensors:
            fields = {**fields, "bias": True}
        shapes = [source.shape for source in sources]
        made = self._made(kind, fields, [str(number) for number, _ in enumerate(sources)])
        shape = check_layer(made, *shapes)
        owner = self._owner(parameter, made, shapes, tensors)
        node = _Node(kind, tuple(source.node for source in sources), shape, name, fields, tensors, owner)
        return self._add(node)

    def activation(self, source: Value, text: str) -> Value:
        """An activation, as the notation spells it (``leaky_relu:0.1``). Raises NetworkError for what is none."""
        check_channels(text, source.shape.channels)
        return self._add(_Node(None, (source.node,), source.shape, activation=activation(text).text))

    def note(self, text: str) -> None:
        """Add a line to what a reader of the figure must know; the same one counts once."""
        self._notes[text] = None

    def model(self, outputs: Sequence[Value]) -> Model:
        """The network of all that ``outputs`` need, inputs first. Raises NetworkError for one that is too large."""
        return _Writing(self._nodes, [output.node for output in outputs]).model(tuple(self._notes))

    def _add(self, node: _Node) -> Value:
        self._nodes.append(node)
        return Value(len(self._nodes) - 1, node.shape)

    def _owner(
        self, parameter: Hashable, made: Layer, shapes: Sequence[Shape], tensors: Mapping[str, Any]
    ) -> int | None:
        if parameter is None or not made.has_weights:
            return None
        signature = (parameter, type(made), made.weight_shape(*shapes), tuple(tensors))
        if signature in self._owners:
            return self._owners[signature]
        self._owners[signature] = len(self._nodes)
        return None

    @staticmethod
    def _made(kind: type[Layer], fields: Mapping[str, Any], names: Sequence[str]) -> Layer:
        return kind(**fields, names=tuple(names)) if kind.merges else kind(**fields)  # type: ignore[call-arg]


class _Writing:
    """The nodes of an assembly that its outputs need, as a network."""

    def __init__(self, nodes: Sequence[_Node], outputs: Sequence[int]) -> None:
        self._nodes = nodes
        self._outputs = outputs
        self._needed = sorted(_reached(nodes, outputs), key=lambda number: (nodes[number].kind is not Input, number))
        self._readers = Counter(source for number in self._needed for source in nodes[number].sources)
        self._readers.update(outputs)
        self._layers: list[Layer] = []
        self._tensors: list[Mapping[str, Any]] = []
        self._taken: set[str] = set()
        self._place: dict[int, int] = {}  # of a node: the number of the layer that has its value
        self._given: list[str] = []

    def model(self, notes: tuple[str, ...]) -> Model:
        for number in self._needed:
            node = self._nodes[number]
            if node.kind is None:
                self._activate(number, node)
            else:
                self._write(number, node, node.kind)
        first, *rest = self._layers
        if not isinstance(first, Input):
            raise NetworkError("there is no input; a network needs one")
        network = Network(Shape(*first.size), tuple(rest), first.name, activations=first.activations)
        weights = {
            f"{stage.name}.{part}": array
            for stage, tensors in zip(network.stages, self._tensors, strict=True)
            for part, array in tensors.items()
        }
        turned = tuple(self._name_of(number) for number in self._needed if self._nodes[number].turned)
        return Model(network, weights, notes, tuple(map(self._name_of, self._outputs)), turned)

    def _write(self, number: int, node: _Node, kind: type[Layer]) -> None:
        fields = dict(node.fields)
        names = [self._name_of(source) for source in node.sources]
        if kind.merges:
            fields |= {"names": tuple(names), "source": names[0]}
        elif names and self._place[node.sources[0]] != len(self._layers) - 1:
            fields["source"] = names[0]
        tensors = node.tensors
        if node.owner is not None and node.owner in self._place:
            fields["share"], tensors = self._name_of(node.owner), {}
        self._append(number, kind(name=self._name(node.name, kind), **fields), tensors)

    def _append(self, number: int, layer: Layer, tensors: Mapping[str, Any]) -> None:
        self._place[number] = len(self._layers)
        self._layers.append(layer)
        self._tensors.append(tensors)

    def _activate(self, number: int, node: _Node) -> None:
        """Put an activation on the layer before it, if nobody else takes that as it is; else on a copy."""
        (source,) = node.sources
        place = self._place[source]
        if self._readers[source] > 1:
            before = self._name_of(source)
            source_name = None if place == len(self._layers) - 1 else before
            self._append(number, Copy(name=self._name("", Copy), source=source_name), {})
            place = len(self._layers) - 1
        self._layers[place] = self._layers[place].activated(node.activation)
        self._place[number] = place

    def _name_of(self, node: int) -> str:
        return self._layers[self._place[node]].name or ""

    def _name(self, said: str, kind: type[Layer]) -> str:
        """A legal name that no other layer has: after what the model says, else after its kind."""
        stem = legal_name(said) or {True: "x", False: kind.kind}[kind is Input]
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem[: NAME_LIMIT - len(str(number)) - 1]}_{number}"
        self._taken.add(name)
        return name


def legal_name(said: str) -> str:
    """What the notation can call a layer that a model calls ``said``; empty where nothing is left of it.

    >>> legal_name("features.0"), legal_name("/block/conv1/Conv"), legal_name("0"), legal_name("--")
    ('features_0', 'block_conv1_Conv', 'layer_0', '')
    """
    name = _ILLEGAL.sub("_", said).strip("_")[:NAME_LIMIT]
    name = f"layer_{name}" if name[:1].isdigit() else name
    return name if name.isidentifier() else ""


def _reached(nodes: Sequence[_Node], outputs: Iterable[int]) -> set[int]:
    """The nodes that ``outputs`` depend on, and the owners of their weights."""
    found: set[int] = set()
    waiting = list(outputs)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(nodes[number].sources)
    return found
