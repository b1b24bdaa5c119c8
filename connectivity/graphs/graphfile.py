"""A graph to a file's bytes, and back: node-link JSON, GraphML, CSV, and matrices."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import networkx as nx

from connectivity.errors import FileError, GraphError, suggestion, visible
from connectivity.reads import note

FORMATS = ("json", "graphml", "csv", "npz")
"""What a graph can be exported as."""

FILE_LIMIT = 256 * 2**20
"""The largest graph file that is read, in bytes."""

_CONTROLS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")  # which XML cannot hold

COLUMNS = ("source", "target", "key", "parameter", "weight", "layer", "role")
"""The columns of the CSV: one row for each connection."""


def dump(graph: nx.Graph[Any], format: str) -> bytes:
    """The bytes of ``graph`` as json, graphml, csv or npz; the same graph gives the same bytes.

    json: networkx's node-link data with the key ``edges``. npz: ``NAME``, the dense matrix
    [outputs, inputs] of each layer, and ``network``, their product where the network is linear.
    Raises GraphError for an unknown format, for what the format cannot say (a value that is not finite, an
    attribute that is an object), and for matrices of a layer that has none.
    """
    writers = {"json": _json, "graphml": _graphml, "csv": _csv, "npz": _npz}
    if format not in writers:
        raise GraphError(f'unknown format "{visible(format)}"{suggestion(format, FORMATS)}')
    try:
        return writers[format](nx.MultiDiGraph(graph))
    except (ValueError, TypeError, nx.NetworkXError) as error:
        if isinstance(error, GraphError):
            raise
        raise GraphError(f"{format} cannot say this graph: {visible(str(error))}") from error


def load(path: str | Path) -> nx.MultiDiGraph[Any]:
    """The graph in a node-link JSON file, as :func:`dump` writes it.

    Raises FileError where the file cannot be read, GraphError where it holds no graph.
    """
    path = Path(path)
    shown = visible(str(path))
    note(path)
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise FileError(
            f'cannot read the graph "{shown}": {getattr(error, "strerror", None) or "not a path"}'
        ) from error
    if len(data) > FILE_LIMIT:
        raise GraphError(f'"{shown}" is larger than {FILE_LIMIT:,} bytes')
    return loads(data, shown)


def loads(data: bytes, shown: str = "graph") -> nx.MultiDiGraph[Any]:
    """The graph in node-link JSON; ``shown`` names it in errors. Raises GraphError."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise GraphError(f"{shown}{place}: not JSON: {visible(reason)}") from error
    if not isinstance(content, dict) or not {"nodes", "edges"} <= content.keys():
        raise GraphError(f'{shown}: not a graph: node-link data is an object with "nodes" and "edges"')
    if not isinstance(content.get("graph", {}), dict):
        raise GraphError(f'{shown}: "graph" must be an object')
    for key, needed in (("nodes", ("id",)), ("edges", ("source", "target"))):
        _check_items(content[key], key, needed, shown)
    try:
        graph = nx.node_link_graph({**content, "directed": True, "multigraph": True}, edges="edges")
    except (nx.NetworkXError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise GraphError(f"{shown}: not a graph: {visible(str(error))}") from error
    named = {node["id"] for node in content["nodes"]}
    stranger = next((node for node in graph if node not in named), None)
    if stranger is not None:
        raise GraphError(f'{shown}: an edge names "{visible(str(stranger))}", which is not among the nodes')
    return nx.MultiDiGraph(graph)


def _check_items(items: Any, key: str, needed: tuple[str, ...], shown: str) -> None:
    if not isinstance(items, list):
        raise GraphError(f'{shown}: "{key}" must be a list')
    for number, item in enumerate(items):
        for name in needed:
            if not isinstance(item, dict) or not isinstance(item.get(name), (str, int)):
                raise GraphError(f'{shown}: {key}[{number}] needs "{name}", a string or a whole number')


def _json(graph: nx.MultiDiGraph[Any]) -> bytes:
    content = nx.node_link_data(graph, edges="edges")
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _graphml(graph: nx.MultiDiGraph[Any]) -> bytes:
    """GraphML has neither null nor lists: the one is left out, the other written as JSON."""
    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    plain.graph.update({key: json.dumps(value) for key, value in graph.graph.items()})
    for node, data in graph.nodes(data=True):
        plain.add_node(node, **_without_null(data))
    for source, target, key, data in graph.edges(keys=True, data=True):
        plain.add_edge(source, target, key, **_without_null(data))
    return ("\n".join(nx.generate_graphml(plain)) + "\n").encode("utf-8")


def _without_null(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _CONTROLS.sub("\ufffd", value) if isinstance(value, str) else value
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


def _npz(graph: nx.MultiDiGraph[Any]) -> bytes:
    import numpy as np

    from connectivity.graphs.propagate import matrix
    from connectivity.graphs.view import view

    infos = [layer.info for layer in view(graph).layers]
    matrices: dict[str, Any] = {
        info.name: matrix(graph, index) for index, info in enumerate(infos) if index and info.kind != "maxpool"
    }
    if not any(info.kind == "maxpool" or info.activations for info in infos):
        matrices["network"] = matrix(graph)
    if not matrices:
        raise GraphError("no layer of this network is a matrix")
    buffer = io.BytesIO()
    np.savez(buffer, **matrices)
    return buffer.getvalue()
