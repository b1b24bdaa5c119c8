"""A graph, anyone's, read and checked: layers with their units in order, and the arrows between them."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import networkx as nx

from connectivity.errors import GraphError, visible
from connectivity.graphs.graph import LayerInfo
from connectivity.layers import (
    SIZE_LIMIT,
    Shape,
)


class LayerView:
    """A layer of a graph that is to be drawn: its facts and its units in order."""

    def __init__(self, info: LayerInfo) -> None:
        self.info = info
        self.units: list[Hashable] = []
        self.places: dict[Hashable, tuple[int, int]] = {}  # unit -> (channel, position)
        self.padding: dict[Hashable, tuple[int, int]] = {}  # padding unit -> (channel, position)
        self.shape = Shape(1, 1)
        self.whole: Shape | None = None  # of a layer that is drawn as one unit: what that stands for

    def pads(self) -> tuple[int, int]:
        """How many units of padding stand before the first position and behind the last."""
        positions = [position for _, position in self.padding.values()]
        return max(0, -min(positions, default=0)), max(0, max(positions, default=0) - self.shape.length + 1)


class Arrow:
    """A connection of a graph that is to be drawn, its attributes checked."""

    __slots__ = ("count", "layer", "parameter", "role", "source", "target", "weight")

    def __init__(
        self,
        source: Hashable,
        target: Hashable,
        layer: int,
        parameter: str | None,
        weight: float | None,
        role: str = "weight",
    ) -> None:
        self.source = source
        self.target = target
        self.layer = layer
        self.parameter = parameter
        self.weight = weight
        self.role = role
        self.count = 1  # how many connections it stands for


class GraphView(NamedTuple):
    """A graph, read and checked: layers with units in order, and the arrows between them."""

    layers: list[LayerView]
    arrows: list[Arrow]
    names: dict[Hashable, str]
    layer_of: dict[Hashable, int]
    values: dict[Hashable, float]
    biases: dict[int, Hashable]  # the bias unit that stands in a layer
    dropped: set[Hashable]

    def is_bar(self, unit: Hashable) -> bool:
        """Whether a unit stands for a whole layer."""
        layer = self.layers[self.layer_of[unit]]
        return layer.whole is not None and unit in layer.places

    def largest_value(self) -> float:
        """The size of the largest value of a unit; 0 where there are none."""
        return max(map(abs, self.values.values()), default=0.0)


def groups_of(layers: Sequence[LayerView], index: int) -> int:
    """How many groups the channels of a layer stand in: its own, else those that the next layer sees them in.

    1 where its channels cannot be split into them.
    """
    following = layers[index + 1].info.groups if index + 1 < len(layers) else 1
    groups = layers[index].info.groups if layers[index].info.groups > 1 else following
    return 1 if layers[index].shape.channels % groups else groups


def view(graph: nx.Graph[Any], biases: bool = False, padding: bool = False) -> GraphView:
    """Read a graph for drawing; anyone's, as long as every node has a ``layer``.

    ``biases``, ``padding``: bias units, units of padding, and their connections as well.

    Units stand in the order of their ``channel`` and ``position``, else in the graph's. Raises
    GraphError where an attribute is missing or impossible.
    """
    if not isinstance(graph, nx.Graph) or not graph.is_directed():
        raise GraphError("a connectivity graph is a networkx.MultiDiGraph (or DiGraph)")
    layers = [LayerView(info) for info in _infos(graph)]
    names: dict[Hashable, str] = {}
    layer_of: dict[Hashable, int] = {}
    values: dict[Hashable, float] = {}
    bias_units: dict[int, Hashable] = {}
    dropped: set[Hashable] = set()
    for node, data in graph.nodes(data=True):
        kind = data.get("kind", "unit")
        if kind == "unit":
            _view_unit(layers[data["layer"]], node, data)
            if data.get("dropped"):
                dropped.add(node)
        elif kind == "padding" and padding:
            layers[data["layer"]].padding[node] = _padding_place(node, data)
        elif kind == "bias" and biases:
            bias_units[data["layer"]] = node
        else:
            continue
        names[node] = str(data.get("name", node))
        layer_of[node] = data["layer"]
        if data.get("value") is not None:
            values[node] = _number(data["value"], f'the value of "{visible(str(node))}"')
    for layer in layers:
        _order(layer)
    if not any(layer.units for layer in layers):
        raise GraphError("the graph has no units")
    arrows = _view_arrows(graph, layer_of)
    _recount(layers, arrows)
    return GraphView(layers, arrows, names, layer_of, values, bias_units, dropped)


def _recount(layers: Sequence[LayerView], arrows: Sequence[Arrow]) -> None:
    """Make the counts of layers true where the graph was changed, or never had any."""
    found = Counter(arrow.layer for arrow in arrows if arrow.role not in ("bias", "padding"))
    changed = {index for index, layer in enumerate(layers) if found[index] != layer.info.connections}
    weights: dict[int, set[str]] = {index: set() for index in changed}
    for arrow in arrows if changed else ():
        if arrow.layer in changed and arrow.parameter is not None and arrow.role not in ("bias", "padding"):
            weights[arrow.layer].add(arrow.parameter)
    for index in changed:
        info = layers[index].info
        layers[index].info = dataclasses.replace(info, connections=found[index], weights=len(weights[index]))


def _infos(graph: nx.Graph[Any]) -> list[LayerInfo]:
    """The facts of each layer: those the graph holds, or as much as its nodes tell."""
    stored = graph.graph.get("layers", [])
    if not isinstance(stored, list) or not all(isinstance(item, Mapping) for item in stored):
        raise GraphError('the graph\'s "layers" must be a list of dicts')
    depth = max((_layer_of(node, data) for node, data in graph.nodes(data=True)), default=-1)
    if depth > graph.number_of_nodes() + len(stored):
        raise GraphError(f"layers go up to {depth:,}, but there are {graph.number_of_nodes():,} units")
    infos = [_info(item, index) for index, item in enumerate(stored)]
    while len(infos) <= depth:
        infos.append(LayerInfo("", "input" if not infos else "units", given=True))
    return infos


def _info(item: Mapping[str, Any], index: int) -> LayerInfo:
    """The facts of a layer from a dict; what is not known is left out, what cannot be is an error."""
    if not isinstance(item.get("name"), str):
        raise GraphError(f'layers[{index}] needs a "name", a string')
    default = LayerInfo("")
    given: dict[str, Any] = {}
    for key in vars(default).keys() & item.keys():
        value, usual = item[key], getattr(default, key)
        if key == "window":
            legal = value is None or _is_window(value)
        elif key == "kernel_size":
            legal = value is None or (isinstance(value, int) and value > 0)
        elif isinstance(usual, list):
            legal = isinstance(value, list) and all(isinstance(word, str) for word in value)
        elif isinstance(usual, int) and not isinstance(usual, bool):
            legal = isinstance(value, int) and value >= usual * (key != "length")
        else:
            legal = type(value) is type(usual)
        if not legal:
            raise GraphError(f'layers[{index}]: "{key}" cannot be {visible(repr(value), 40)}')
        given[key] = value
    return LayerInfo(**given)


def _is_window(value: Any) -> bool:
    """Whether ``value`` is (first, last, jump) of a window."""
    numbers = isinstance(value, (list, tuple)) and len(value) == 3 and all(type(n) in (int, float) for n in value)
    return numbers and all(abs(n) <= SIZE_LIMIT**2 for n in value) and value[0] <= value[1] and value[2] > 0


def _layer_of(node: Hashable, data: Mapping[str, Any]) -> int:
    layer = data.get("layer")
    if not isinstance(layer, int) or isinstance(layer, bool) or layer < 0:
        raise GraphError(
            f'node "{visible(str(node))}" needs a "layer" (a whole number from 0), not {visible(repr(layer))}'
        )
    return layer


def _view_unit(layer: LayerView, node: Hashable, data: Mapping[str, Any]) -> None:
    channel, position = data.get("channel", 0), data.get("position", len(layer.units))
    for what, value in (("channel", channel), ("position", position)):
        if not isinstance(value, int) or not 0 <= value <= SIZE_LIMIT:
            raise GraphError(
                f'node "{visible(str(node))}": "{what}" must be a whole number from 0, not {visible(repr(value))}'
            )
    layer.units.append(node)
    layer.places[node] = (channel, position)


def _padding_place(node: Hashable, data: Mapping[str, Any]) -> tuple[int, int]:
    channel: Any = data.get("channel", 0)
    position: Any = data.get("position")
    for what, value in (("channel", channel), ("position", position)):
        if not isinstance(value, int) or abs(value) > SIZE_LIMIT:
            raise GraphError(
                f'padding "{visible(str(node))}": "{what}" must be a whole number, not {visible(repr(value))}'
            )
    return channel, position


def _order(layer: LayerView) -> None:
    """Sort the units of a layer; two in one place fall back to the graph's order."""
    if len(set(layer.places.values())) < len(layer.units):
        layer.places = {node: (0, index) for index, node in enumerate(layer.units)}
    layer.units.sort(key=layer.places.__getitem__)
    channels = 1 + max((channel for channel, _ in layer.places.values()), default=0)
    length = 1 + max((position for _, position in layer.places.values()), default=0)
    layer.shape = Shape(channels, length)


def _view_arrows(graph: nx.Graph[Any], layer_of: Mapping[Hashable, int]) -> list[Arrow]:
    """The arrows between the units in ``layer_of``, in the graph's order."""
    arrows, isfinite = [], math.isfinite
    for source, target, data in _edges(graph):
        start, layer = layer_of.get(source), layer_of.get(target)
        if start is None or layer is None:
            continue
        if start >= layer:
            where = f"within layer {layer}" if start == layer else f"back from layer {start} to layer {layer}"
            raise GraphError(
                f'"{visible(str(source))}" and "{visible(str(target))}" are connected {where}; '
                "connections go from one layer to a later one"
            )
        weight, parameter = data.get("weight"), data.get("parameter")
        if weight is not None and not (type(weight) is float and isfinite(weight)):
            weight = _number(weight, f'the weight from "{visible(str(source))}" to "{visible(str(target))}"')
        if parameter is not None and type(parameter) is not str:
            parameter = str(parameter)
        arrows.append(Arrow(source, target, layer, parameter, weight, data.get("role", "weight")))
    return arrows


def _edges(graph: nx.Graph[Any]) -> Iterator[tuple[Hashable, Hashable, Mapping[str, Any]]]:
    """All edges; ``graph.edges(data=True)`` takes twice as long."""
    multiple = graph.is_multigraph()
    for source, neighbours in graph.adjacency():
        for target, data in neighbours.items():
            if multiple:
                for attributes in data.values():
                    yield source, target, attributes
            else:
                yield source, target, data


def _number(number: Any, what: str) -> float:
    try:
        value = float(number)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise GraphError(f"{what} is {visible(repr(number), 40)}; it must be a finite number")
    return value
