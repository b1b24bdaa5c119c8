"""A graph to a file's bytes, and back: node-link JSON, GraphML, CSV, and matrices."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectivity.errors import GraphError, suggestion, visible
from connectivity.files import unreadable
from connectivity.graphs.blueprint import CONNECTION_LIMIT, Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.matrices import check_matrices, product_shapes
from connectivity.graphs.memory import collector_off
from connectivity.graphs.streams import COLUMNS, csv_pieces, graphml_pieces, json_pieces, without_controls
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.jsontext import JsonError, read_json
from connectivity.reads import note, opened

if TYPE_CHECKING:
    import networkx as nx

FORMATS = ("json", "graphml", "csv", "npz")
"""What a graph can be exported as."""

_UNIX = 3  # what an archive says it was made on, wherever that was

FILE_LIMIT = 256 * 2**20
"""The largest graph file that is read, in bytes."""


def dump(graph: nx.Graph[Any], format: str) -> bytes:
    """The bytes of ``graph`` as json, graphml, csv or npz; the same graph gives the same bytes.

    json: networkx's node-link data with the key ``edges``. npz: ``NAME``, the dense matrix
    [outputs, inputs] of each layer, and ``network``, that of all ways through it where the network is linear.
    Raises GraphError for an unknown format, for a graph that :func:`.read` refuses, for what the format cannot say (a
    value that is not finite, an attribute that is an object), for matrices of a layer that has none, and for those that
    are too large.
    """
    import networkx as nx

    from connectivity.graphs.reading import read

    writers: dict[str, Callable[[nx.MultiDiGraph[Any]], bytes]] = {
        "json": _json,
        "graphml": _graphml,
        "csv": _csv,
        "npz": lambda graph: _npz(wiring),
    }
    _check_format(format)
    wiring = read(graph)
    try:
        return writers[format](nx.MultiDiGraph(graph))
    except (ValueError, TypeError, nx.NetworkXError) as error:
        if isinstance(error, GraphError):
            raise
        raise GraphError(f"{format} cannot say this graph: {visible(str(error))}") from error


def dump_network(blueprint: Blueprint, format: str, values: list[list[float]] | None = None) -> bytes:
    """The bytes of a network's graph, the same as :func:`dump` of it, written from its arrays.

    ``values`` are those of all units, layer by layer. Raises GraphError as :func:`dump`, NetworkError for a graph
    that is too large.
    """
    _check_format(format)
    if format == "npz":  # whose size is known before there is a graph
        _check_matrices(blueprint.layers)
    with collector_off():
        wiring = wire(blueprint, biases=format != "npz")
        if values is not None:
            wiring.take_values(values)
        if format == "npz":
            return _npz(wiring)
        pieces = {"json": json_pieces, "csv": csv_pieces, "graphml": graphml_pieces}[format](wiring)
        buffer = io.BytesIO()
        buffer.writelines(piece.encode("utf-8") for piece in pieces)
        return buffer.getvalue()


def _check_format(format: str) -> None:
    if format not in FORMATS:
        raise GraphError(f'unknown format "{visible(format)}"{suggestion(format, FORMATS)}')


def load(path: str | Path) -> nx.MultiDiGraph[Any]:
    """The graph in a node-link JSON file, as :func:`dump` writes it.

    Raises FileError where the file cannot be read, GraphError where it holds no graph.
    """
    path = Path(path)
    shown = visible(str(path), 200)
    note(path)
    try:
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error, "the graph ") from error
    if len(data) > FILE_LIMIT:
        raise GraphError(
            f'"{shown}" is larger than {FILE_LIMIT:,} bytes, the most that is read; draw the network itself'
        )
    return loads(data, shown)


def loads(data: bytes, shown: str = "graph") -> nx.MultiDiGraph[Any]:
    """The graph in node-link JSON; ``shown`` names it in errors. Raises GraphError."""
    import networkx as nx

    try:
        content = read_json(data, 2 * CONNECTION_LIMIT)
    except JsonError as error:
        raise GraphError(error.told("not JSON, as connectivity export writes", shown)) from error
    if not isinstance(content, dict) or not {"nodes", "edges"} <= content.keys():
        raise GraphError(
            f'{shown}: not a graph: it must be an object with "nodes" and "edges", as connectivity export writes'
        )
    if not isinstance(content.get("graph", {}), dict):
        raise GraphError(f'{shown}: "graph" must be an object')
    for key, needed in (("nodes", ("id",)), ("edges", ("source", "target"))):
        _check_items(content[key], key, needed, shown)
    _check_once(content, shown)
    try:
        graph = nx.node_link_graph({**content, "directed": True, "multigraph": True}, edges="edges")
    except TypeError as error:  # a key that is an object, or an attribute that networkx has for itself
        raise GraphError(f"{shown}: not a graph as connectivity export writes: {visible(str(error))}") from error
    ids = {node["id"] for node in content["nodes"]}
    stranger = next((node for node in graph if node not in ids), None)
    if stranger is not None:
        raise GraphError(f'{shown}: an edge names "{visible(str(stranger))}", which must be among the nodes')
    return nx.MultiDiGraph(graph)


def _check_items(items: Any, key: str, needed: tuple[str, ...], shown: str) -> None:
    if not isinstance(items, list):
        raise GraphError(f'{shown}: "{key}" must be a list')
    for number, item in enumerate(items):
        for name in needed:
            if not isinstance(item, dict) or not isinstance(item.get(name), (str, int)):
                raise GraphError(f'{shown}: {key}[{number}] needs "{name}", a string or a whole number')


def _check_once(content: dict[str, Any], shown: str) -> None:
    """Raise GraphError for a unit, or a connection with a key, that stands twice: networkx takes the last."""
    units = (node["id"] for node in content["nodes"])
    twice = _repeated(units)
    if twice is not None:
        raise GraphError(f'{shown}: the node "{visible(str(twice))}" stands twice; give each unit an id of its own')
    keyed = ((edge["source"], edge["target"], str(edge["key"])) for edge in content["edges"] if "key" in edge)
    again = _repeated(keyed)
    if again is not None:
        source, target, key = (visible(str(part), 40) for part in again)
        raise GraphError(
            f'{shown}: the edge "{source}" to "{target}" with the key "{key}" stands twice; give each a key of its own'
        )


def _repeated(items: Iterable[Hashable]) -> Any:
    """The first of ``items`` that was there before; None where none is."""
    seen: set[Hashable] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None


def _json(graph: nx.MultiDiGraph[Any]) -> bytes:
    import networkx as nx

    content = nx.node_link_data(graph, edges="edges")
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _graphml(graph: nx.MultiDiGraph[Any]) -> bytes:
    """GraphML has neither null nor lists: the one is left out, the other written as JSON."""
    import networkx as nx

    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    plain.graph.update({key: json.dumps(value) for key, value in graph.graph.items()})
    for node, data in graph.nodes(data=True):
        plain.add_node(node, **_without_null(data))
    for source, target, key, data in graph.edges(keys=True, data=True):
        plain.add_edge(source, target, key, **_without_null(data))
    return ("\n".join(nx.generate_graphml(plain)) + "\n").encode("utf-8")


def _without_null(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_controls(value) if isinstance(value, str) else value
        for key, value in data.items()
        if value is not None
    }


def _csv(graph: nx.MultiDiGraph[Any]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for source, target, key, data in graph.edges(keys=True, data=True):
        writer.writerow([source, target, key, *(data.get(name) for name in COLUMNS[3:])])
    return text.getvalue().encode("utf-8")


def _npz(wiring: Wiring) -> bytes:
    import numpy as np

    from connectivity.graphs.matrices import layer_matrix, whole_matrix

    _check_matrices(wiring.layers)
    matrices: dict[str, Any] = {
        layer.info.name: layer_matrix(wiring, number) for number, layer in _linear(wiring.layers)
    }
    if _is_linear(wiring.layers):
        matrices["network"] = whole_matrix(wiring)
    if not matrices:
        raise GraphError("no layer of this network is a matrix; csv and json hold connections of every kind")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # numpy's own way gives other bytes by other versions of zipfile
        for name, matrix in matrices.items():
            member, content = zipfile.ZipInfo(f"{name}.npy"), io.BytesIO()
            member.create_system = _UNIX
            np.lib.format.write_array(content, matrix, allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return buffer.getvalue()


def _linear(layers: Sequence[LayerView]) -> list[tuple[int, LayerView]]:
    """The layers that are matrices, with their numbers."""
    return [(number, layer) for number, layer in enumerate(layers) if layer.inputs and _is_matrix(layer)]


def _is_matrix(layer: LayerView) -> bool:
    return layer.combination.linear and not layer.kind.left_out


def _is_linear(layers: Sequence[LayerView]) -> bool:
    """Whether all ways through a network come to one matrix."""
    return not any(layer.info.activations or (layer.inputs and not _is_matrix(layer)) for layer in layers)


def _check_matrices(layers: Sequence[LayerView]) -> None:
    """Raise GraphError for layers whose matrices, that of the whole network among them, are too large."""
    shapes = [
        (layer.total, sum(layers[source].total for source in dict.fromkeys(layer.inputs)))
        for _, layer in _linear(layers)
    ]
    products = product_shapes(layers) if _is_linear(layers) else []
    check_matrices([*shapes, *products[-1:]])
    check_matrices(products)  # of which the last is written
