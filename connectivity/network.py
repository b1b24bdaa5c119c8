"""A network: a directed acyclic graph of layers, checked as a whole.

Shapes are ``(channels, length)``, as PyTorch's ``(C, L)`` without the batch. What the layers are stands in
:mod:`.layers`. A chain is the simplest case: every layer takes the one before it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from connectivity.errors import NetworkError, suggestion, visible
from connectivity.layers.activations import check_channels
from connectivity.layers.base import SIZE_LIMIT, Layer, Shape, check_drop
from connectivity.layers.input import Input

LAYER_LIMIT = 500
"""The most layers in one network."""

NAME_LIMIT = 100
"""The longest name of a layer, in characters."""


class Stage(NamedTuple):
    """A layer where it stands in a network.

    ``sources`` are the numbers of the stages it takes, ``inputs`` their shapes, ``owner`` the number of the stage
    whose weights it has: its own, unless they are shared.
    """

    layer: Layer
    name: str
    shape: Shape
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...]
    owner: int


class Growth:
    """A network that grows layer by layer, each checked as it comes.

    ``names`` are those of all its layers to be, the first input included.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._numbers: dict[str, int] = {}
        self.stages: list[Stage] = []

    def add(self, layer: Layer) -> Stage:
        """The stage of one more layer. Raises NetworkError where it does not fit those there are."""
        number = len(self.stages)
        name = self._names[number]
        if layer.name is not None:
            check_name(layer.name, self._numbers)
        sources = self._sources(layer, number)
        inputs = tuple(self.stages[source].shape for source in sources)
        if layer.left_out and any(self.stages[source].layer.left_out for source in sources):
            raise NetworkError("layers are left out here already; one ... stands for any number of them")
        shape = check_layer(layer, *inputs)
        owner = number if layer.share is None else self._owner(layer, layer.share, inputs)
        self.stages.append(Stage(layer, name, shape, sources, inputs, owner))
        self._numbers[name] = number
        return self.stages[-1]

    def activate(self, activation: str) -> None:
        """Give the newest layer one more activation. Raises NetworkError for one that does not fit its channels."""
        newest = self.stages[-1]
        check_channels(activation, newest.shape.channels)
        layer = newest.layer.activated(activation)
        self.stages[-1] = newest._replace(layer=layer)

    def network(self) -> Network:
        """All of it."""
        first = cast(Input, self.stages[0].layer)
        network = object.__new__(Network)
        fields = {
            "input": Shape(*first.size),
            "layers": tuple(stage.layer for stage in self.stages[1:]),
            "input_name": first.name,
            "values": first.values,
            "drop": first.drop,
            "activations": first.activations,
            "stages": tuple(self.stages),
        }
        for name, value in fields.items():
            object.__setattr__(network, name, value)
        return network

    def _sources(self, layer: Layer, number: int) -> tuple[int, ...]:
        """The numbers of the stages that ``layer`` takes."""
        names = layer.reads(self._names[number - 1] if number else "")
        missing = next((name for name in names if name not in self._numbers), None)
        if missing is not None:
            raise NetworkError(self._missing(missing), *layer.place_of(missing))
        return tuple(self._numbers[name] for name in names)

    def _owner(self, layer: Layer, name: str, inputs: tuple[Shape, ...]) -> int:
        """The stage whose weights ``layer`` shares."""
        if name not in self._numbers:
            raise NetworkError(self._missing(name), "share")
        number = self.stages[self._numbers[name]].owner
        other = self.stages[number]
        if not layer.has_weights or not other.layer.has_weights:
            without = layer.kind if not layer.has_weights else f'"{name}" ({other.layer.kind})'
            raise NetworkError(f"{without} has no weights to share; leave share out", "share")
        if layer.weight is not None:
            raise NetworkError(
                f'weights of its own and those of "{name}" contradict each other; leave one out', "weight"
            )
        shape, other_shape = layer.weight_shape(*inputs), other.layer.weight_shape(*other.inputs)
        if shape != other_shape:
            raise NetworkError(
                f'it needs weights of shape {list(shape)}, but those of "{name}" have shape {list(other_shape)}',
                "share",
            )
        if other.layer.bias and layer.bias_shape(*inputs) != other.layer.bias_shape(*other.inputs):
            raise NetworkError(
                f'its bias has another shape than that of "{name}"; layers that share need as many channels', "share"
            )
        if layer.bias and not other.layer.bias:
            raise NetworkError(f'"{name}", whose weights it has, has no bias: say bias there', "bias")
        return number

    def _missing(self, name: str) -> str:
        """What is wrong with a name that is not that of a layer before."""
        if name in self._names:
            return f'"{visible(name)}" comes later: a layer takes what stands before it, and so has no cycles'
        return f'there is no layer "{visible(name)}"{suggestion(name, self._numbers)}'


@dataclass(frozen=True)
class Network:
    """An input and the layers that follow it, checked as a whole.

    ``values`` are those of the input's units, channel by channel; ``drop`` are those of them that are
    dropped, counted from 1; ``activations`` are those of the input. ``layers`` may hold more inputs. Raises
    NetworkError where a layer does not fit those that it takes.
    """

    input: Shape
    layers: tuple[Layer, ...] = ()
    input_name: str | None = None
    values: tuple[float, ...] | None = None
    drop: tuple[int, ...] = ()
    activations: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.layers) > LAYER_LIMIT:
            raise NetworkError(f"{len(self.layers):,} layers; at most {LAYER_LIMIT:,}, which no option raises")
        first = Input(
            size=(self.input.channels, self.input.length),
            name=self.input_name,
            values=self.values,
            drop=self.drop,
            activations=self.activations,
        )
        growth = Growth(names_of([first, *self.layers]))
        for layer in (first, *self.layers):
            growth.add(layer)
        object.__setattr__(self, "stages", tuple(growth.stages))

    def shapes(self) -> tuple[Shape, ...]:
        """The shape of the input and of every layer's output, in order."""
        return tuple(stage.shape for stage in self.stages)

    def names(self) -> tuple[str, ...]:
        """The names of the input and the layers: given ones, else ``x``, ``h1``, ..., ``y``.

        >>> from connectivity.layers import FullyConnected
        >>> Network(Shape(1, 6), (FullyConnected(units=4), FullyConnected(units=2))).names()
        ('x', 'h1', 'y')
        """
        return tuple(stage.name for stage in self.stages)

    def inputs(self) -> tuple[int, ...]:
        """The numbers of the stages that are inputs."""
        return tuple(number for number, stage in enumerate(self.stages) if not stage.sources)

    def outputs(self) -> tuple[int, ...]:
        """The numbers of the stages that nobody reads, of an input alone its own."""
        sources = {source for stage in self.stages for source in stage.sources}
        return tuple(number for number in range(len(self.stages)) if number not in sources)


def names_of(layers: Sequence[Layer]) -> list[str]:
    """The name of each layer, the first of which is an input: given, else ``x``, ``h1``, ..., ``y``."""
    return default_names([(layer.name, isinstance(layer, Input)) for layer in layers])


def default_names(entries: Sequence[tuple[str | None, bool]]) -> list[str]:
    """The names of layers of which ``entries`` say each one's own, if any, and whether it is an input.

    >>> default_names([(None, True), ("a", False), (None, False), (None, True), (None, False)])
    ['x', 'a', 'h2', 'x2', 'y']
    """
    taken = {name for name, _ in entries if name is not None}
    inputs = itertools.count(1)
    names = []
    for index, (name, is_input) in enumerate(entries):
        letter, number = ("x", next(inputs)) if is_input else ("h", index)
        if name is None:
            first = ["x"] if index == 0 else ["y"] if index == len(entries) - 1 and not is_input else []
            others = (f"{letter}{other}" for other in itertools.count(number))
            name = next(name for name in itertools.chain(first, others) if name not in taken)
        names.append(name)
        taken.add(name)
    return names


def check_layer(layer: Layer, *shapes: Shape) -> Shape:
    """The shape that ``layer`` makes of its inputs'. Raises NetworkError where anything does not fit."""
    output = layer.output_shape(*shapes)
    if output.units > SIZE_LIMIT:
        raise NetworkError(f"{output.units:,} units; at most {SIZE_LIMIT:,} are allowed, and no option raises that")
    if layer.weight is not None:
        layer.inline_weight(*shapes)
    if layer.load is not None and (layer.weight is not None or layer.share is not None):
        other = "weights of its own" if layer.weight is not None else f'those of "{visible(str(layer.share))}"'
        raise NetworkError(f"weights of a file and {other} contradict each other; leave one out", "load")
    for activation in layer.activations:
        check_channels(activation, output.channels)
    if layer.drop:
        check_drop(layer.drop, output)
    return output


def check_name(name: str, taken: Collection[str]) -> None:
    """Raise NetworkError for what is no name, or is ``taken``."""
    if len(name) > NAME_LIMIT:
        raise NetworkError(f"a name of {len(name):,} characters; at most {NAME_LIMIT}, which no option raises", "name")
    if not name.isidentifier():
        raise NetworkError(
            f'"{visible(name)}" is not a name; it has letters, digits and _, and does not start with a digit',
            "name",
        )
    if name in taken:
        raise NetworkError(f'the name "{visible(name)}" is given twice; give every layer its own', "name")
