"""Anyone's graph to a compact one, checked: layers with their units in order, and the connections between them."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from connectivity.errors import GraphError, NetworkError, visible
from connectivity.graphs.info import LayerInfo
from connectivity.graphs.roles import WEIGHT, role_named
from connectivity.graphs.wiring import LayerView, Parameters, Place, Span, Wiring, largest_of
from connectivity.layers.activations import activation, check_channels
from connectivity.layers.base import NO_PARAMETER, SIZE_LIMIT, Shape
from connectivity.layers.combine import BY_ROLE
from connectivity.typeset.text import by_tap, natural

if TYPE_CHECKING:
    import networkx as nx


def read(graph: nx.Graph[Any], biases: bool = False, padding: bool = False, ordered: bool = True) -> Wiring:
    """The compact form of a graph; anyone's, as long as every node has a ``layer``.

    ``biases``, ``padding``: bias units, units of padding, and their connections as well. ``ordered``: parameters are
    numbered in their natural order, which only pictures need.

    Units stand in the order of their ``channel`` and ``position``, else in the graph's. Layers without units are
    none. Raises GraphError where an attribute is missing or impossible.
    """
    import networkx

    if not isinstance(graph, networkx.Graph) or not graph.is_directed():
        raise GraphError(
            f"a connectivity graph must be a networkx.MultiDiGraph (or DiGraph), not {visible(repr(graph), 60)}"
        )
    return _Reading(graph, biases, padding, ordered).wiring()


class _Reading:
    """A graph that is being read."""

    def __init__(self, graph: nx.Graph[Any], biases: bool, padding: bool, ordered: bool) -> None:
        self._graph, self._biases, self._padding, self._ordered = graph, biases, padding, ordered
        infos = _infos(graph)
        there = sorted({data["layer"] for _, data in graph.nodes(data=True) if _kind(data) == "unit"})
        if not there:
            raise GraphError('the graph has no units; it needs a node with a "layer" at least')
        self._number = {layer: number for number, layer in enumerate(there)}
        self._wiring = Wiring([self._layer(infos[layer], layer) for layer in there])
        self._units: dict[Hashable, int] = {}
        self._standing: dict[int, int] = {}  # bias units, and the layers they stand in

    def _layer(self, info: LayerInfo, layer: int) -> LayerView:
        inputs = None if info.inputs is None else [self._number[n] for n in info.inputs if n in self._number]
        owner = self._number.get(info.owner) if info.owner is not None else None
        if not self._number[layer] and info.kind == "units" and not info.name:
            info = dataclasses.replace(info, kind="input")
        return LayerView(dataclasses.replace(info, inputs=inputs, owner=owner), Shape(info.channels, info.length))

    def wiring(self) -> Wiring:
        wiring = self._wiring
        for node, data in self._graph.nodes(data=True):
            self._add_node(node, data)
        for layer in wiring.layers:
            _order(layer)
            _check_channels(layer)
        self._add_edges()
        self._find_inputs()
        _recount(wiring)
        _note_given(wiring)
        wiring.largest = largest_of(wiring.values)
        return wiring

    def _add_node(self, node: Hashable, data: Mapping[str, Any]) -> None:
        kind = _kind(data)
        if (kind == "padding" and not self._padding) or (kind == "bias" and not self._biases):
            return
        if kind not in ("unit", "padding", "bias"):
            return
        number = self._number.get(data["layer"], 0)
        layer, wiring = self._wiring.layers[number], self._wiring
        unit = wiring.add_unit(number, str(data.get("name", node)), node)
        self._units[node] = unit
        if kind == "unit":
            _add_unit(layer, unit, node, data)
            if data.get("dropped"):
                wiring.dropped.add(unit)
            if data.get("sees_zero"):
                wiring.sees_zero.add(unit)
        elif kind == "padding":
            layer.padding[unit] = _padding_place(node, data)
        else:
            self._standing[unit] = number
        if data.get("value") is not None:
            wiring.values[unit] = _number(data["value"], f'the value of "{visible(str(node))}"')

    def _add_edges(self) -> None:
        """The connections between the units that are read, in the graph's order."""
        wiring, isfinite = self._wiring, math.isfinite
        layer_of = wiring.layer_of
        names: list[str | None] = []
        weights: list[float | None] = []
        for source, target, data in _edges(self._graph):
            start, end = self._units.get(source), self._units.get(target)
            if start is None or end is None:
                continue
            if layer_of[start] >= layer_of[end]:
                self._fail_backwards(source, target, start, end)
            weight, parameter = data.get("weight"), data.get("parameter")
            if weight is not None and not (type(weight) is float and isfinite(weight)):
                weight = _number(weight, f'the weight from "{visible(str(source))}" to "{visible(str(target))}"')
            if parameter is not None and type(parameter) is not str:
                parameter = str(parameter)
            wiring.sources.append(start)
            wiring.targets.append(end)
            wiring.roles.append(role_named(data.get("role", WEIGHT.name)))
            names.append(parameter)
            weights.append(weight)
            if start in self._standing:
                wiring.biases[wiring.layer_of[end]] = start
        wiring.weights = weights
        self._number_parameters(names)
        self._note_spans()

    def _fail_backwards(self, source: Hashable, target: Hashable, start: int, end: int) -> NoReturn:
        source_layer, target_layer = (self._graph.nodes[node]["layer"] for node in (source, target))
        same = self._wiring.layer_of[start] == self._wiring.layer_of[end]
        where = f"within layer {target_layer}" if same else f"back from layer {source_layer} to layer {target_layer}"
        raise GraphError(
            f'"{visible(str(source))}" and "{visible(str(target))}" are connected {where}; '
            "connections go from one layer to a later one"
        )

    def _number_parameters(self, names: Sequence[str | None]) -> None:
        """Parameters as numbers: of each layer (and of those that share its weights) in their natural order."""
        wiring = self._wiring
        owner_of = [wiring.owner(layer) for layer in range(len(wiring.layers))]
        owners = [owner_of[wiring.layer_of[target]] for target in wiring.targets]
        names_by_owner: dict[int, dict[str, None]] = {owner: {} for owner in owner_of}
        for owner, name in zip(owners, names, strict=True):
            if name is not None:
                names_by_owner[owner][name] = None
        numbers: dict[int, dict[str, int]] = {}
        tables: dict[int, Parameters] = {}
        for owner, group in names_by_owner.items():
            listed = sorted(group, key=natural) if self._ordered else list(group)
            numbers[owner] = {name: number for number, name in enumerate(listed)}
            tables[owner] = Parameters(listed.__getitem__, lambda number, listed=listed: by_tap(listed[number])[0])  # type: ignore[misc]  # bound now
        for number, owner in enumerate(owner_of):
            wiring.tables[number], wiring.bias_names[number] = tables[owner], tables[owner].name
        wiring.parameters = [
            NO_PARAMETER if name is None else numbers[owner][name] for owner, name in zip(owners, names, strict=True)
        ]

    def _note_spans(self) -> None:
        """Runs of connections into one layer with one role."""
        wiring, stop = self._wiring, 0
        layers = (wiring.layer_of[target] for target in wiring.targets)
        for (layer, role), run in itertools.groupby(zip(layers, wiring.roles, strict=True)):
            start, stop = stop, stop + sum(1 for _ in run)
            wiring.spans.append(Span(start, stop, layer, role))

    def _find_inputs(self) -> None:
        """What each layer takes: as the graph says, else where its connections come from, else the one before it."""
        wiring = self._wiring
        sources: list[set[int]] = [set() for _ in wiring.layers]
        for source, target, role in zip(wiring.sources, wiring.targets, wiring.roles, strict=True):
            if role.counted:
                sources[wiring.layer_of[target]].add(wiring.layer_of[source])
        for number, layer in enumerate(wiring.layers):
            before = [number - 1] if number else []
            info_inputs = layer.info.inputs
            inputs = sorted(sources[number]) or before if info_inputs is None else info_inputs
            layer.inputs = tuple(n for n in inputs if n < number)
            if not layer.inputs and layer.info.window is not None:  # there is nothing that it could slide over
                layer.info = dataclasses.replace(layer.info, window=None)


def _recount(wiring: Wiring) -> None:
    """Make the counts of layers true where the graph was changed, or never had any."""
    connections = [0] * len(wiring.layers)
    weights: list[set[int]] = [set() for _ in wiring.layers]
    for connection, role in enumerate(wiring.roles):
        if role.counted:
            target = wiring.layer(connection)
            connections[target] += 1
            weights[target].add(wiring.parameters[connection])
    for number, layer in enumerate(wiring.layers):
        if connections[number] != layer.info.connections:
            weight_count = len(weights[number] - {NO_PARAMETER})
            layer.info = dataclasses.replace(layer.info, connections=connections[number], weights=weight_count)


def _note_given(wiring: Wiring) -> None:
    """Of layers of which the graph says nothing: weights are given where a connection has one."""
    valued = {
        wiring.layer(number)
        for number, (role, weight) in enumerate(zip(wiring.roles, wiring.weights, strict=True))
        if role.counted and weight is not None
    }
    for number, layer in enumerate(wiring.layers):
        if not layer.info.name and layer.info.given and number not in valued:
            layer.info = dataclasses.replace(layer.info, given=False)


def _kind(data: Mapping[str, Any]) -> Any:
    return data.get("kind", "unit")


def _infos(graph: nx.Graph[Any]) -> list[LayerInfo]:
    """The facts of each layer: those the graph holds, or as much as its nodes tell."""
    stored = graph.graph.get("layers", [])
    if not isinstance(stored, list) or not all(isinstance(item, Mapping) for item in stored):
        raise GraphError('the graph\'s "layers" must be a list of dicts')
    depth = max((_layer_of(node, data) for node, data in graph.nodes(data=True)), default=-1)
    if depth > graph.number_of_nodes() + len(stored):
        raise GraphError(
            f"layers go up to {depth:,}, but there are {graph.number_of_nodes():,} units; number them from 0 on"
        )
    infos = [_info(item, index) for index, item in enumerate(stored)]
    return infos + [LayerInfo("", given=True) for _ in range(len(infos), depth + 1)]


def _info(item: Mapping[str, Any], index: int) -> LayerInfo:
    """The facts of a layer from a dict; what is not known is left out, what cannot be is an error."""
    if not isinstance(item.get("name"), str):
        raise GraphError(f'layers[{index}] needs a "name", a string')
    default = LayerInfo("")
    facts: dict[str, Any] = {}
    for key in vars(default).keys() & item.keys():
        value = item[key]
        if not _LEGAL.get(key, _is_like)(value, getattr(default, key), index):
            raise GraphError(
                f'layers[{index}]: "{key}" cannot be {visible(repr(value), 40)}; leave it out, or see what connectivity export writes'
            )
        facts[key] = value
    for text in facts.get("activations", ()):
        try:
            activation(text)
        except NetworkError as error:
            raise GraphError(f"layers[{index}]: {error}") from error
    return LayerInfo(**facts)


def _is_like(value: Any, usual: Any, index: int) -> bool:
    """Whether ``value`` is of the type of the default, and of numbers no less than it."""
    if isinstance(usual, list):
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    if isinstance(usual, int) and not isinstance(usual, bool):
        return isinstance(value, int) and value >= usual
    return type(value) is type(usual)


def _is_window(value: Any, usual: Any, index: int) -> bool:
    """Whether ``value`` is (first, last, jump) of a window, or None."""
    if value is None:
        return True
    numbers = isinstance(value, (list, tuple)) and len(value) == 3 and all(type(n) in (int, float) for n in value)
    return numbers and all(abs(n) <= SIZE_LIMIT**2 for n in value) and value[0] <= value[1] and value[2] > 0


def _is_size(value: Any, usual: Any, index: int) -> bool:
    return value is None or (isinstance(value, int) and value > 0)


def _is_count(value: Any, usual: Any, index: int) -> bool:
    return isinstance(value, int) and value >= 0


def _is_order(value: Any, usual: Any, index: int) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value) and value != 0)


def _is_combination(value: Any, usual: Any, index: int) -> bool:
    return value is None or (isinstance(value, str) and value in BY_ROLE)


def _are_before(value: Any, usual: Any, index: int) -> bool:
    """Whether ``value`` are numbers of layers before this one, or None."""
    return value is None or (isinstance(value, list) and all(type(n) is int and 0 <= n < index for n in value))


def _is_before(value: Any, usual: Any, index: int) -> bool:
    return value is None or (type(value) is int and 0 <= value < index)


_LEGAL = {
    "window": _is_window,
    "kernel_size": _is_size,
    "length": _is_count,
    "combination": _is_combination,
    "order": _is_order,
    "inputs": _are_before,
    "owner": _is_before,
}
"""What the values of :class:`.info.LayerInfo` may be, where their defaults do not tell."""


def _layer_of(node: Hashable, data: Mapping[str, Any]) -> int:
    layer = data.get("layer")
    if not isinstance(layer, int) or isinstance(layer, bool) or layer < 0:
        raise GraphError(
            f'node "{visible(str(node))}" needs a "layer" (a whole number from 0), not {visible(repr(layer))}'
        )
    return layer


def _add_unit(layer: LayerView, unit: int, node: Hashable, data: Mapping[str, Any]) -> None:
    channel, position = data.get("channel", 0), data.get("position", len(layer.units))
    for what, value in (("channel", channel), ("position", position)):
        if not isinstance(value, int) or not 0 <= value <= SIZE_LIMIT:
            raise GraphError(
                f'node "{visible(str(node))}": "{what}" must be a whole number from 0, not {visible(repr(value))}'
            )
    layer.units.append(unit)
    layer.places[unit] = (channel, position)


def _padding_place(node: Hashable, data: Mapping[str, Any]) -> Place:
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
        layer.places = {unit: (0, index) for index, unit in enumerate(layer.units)}
    layer.units.sort(key=layer.places.__getitem__)
    layer.total = len(layer.units)
    channels = 1 + max(channel for channel, _ in layer.places.values())
    length = 1 + max(position for _, position in layer.places.values())
    layer.shape = Shape(channels, length)
    positions = [position for _, position in layer.padding.values()]
    layer.pads = max(0, -min(positions, default=0)), max(0, max(positions, default=0) - length + 1)


def _check_channels(layer: LayerView) -> None:
    """Raise GraphError for an activation with a value for each of other channels than a layer has, or had."""
    for text in layer.info.activations:
        try:
            check_channels(text, max(layer.info.channels, layer.shape.channels))
        except NetworkError as error:
            raise GraphError(f'"{visible(layer.info.name)}": {error}') from error


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
