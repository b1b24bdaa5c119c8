"""A compact graph as the text of a file, piece by piece: what networkx would write of the same graph, and nothing kept.

A graph of networkx for a million connections would take gigabytes; so would the lines of such a file, all at once.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from connectivity.graphs.roles import Role
from connectivity.graphs.wiring import Wiring, node_data
from connectivity.layers.base import NO_PARAMETER

COLUMNS = ("source", "target", "key", "parameter", "weight", "layer", "role")
"""The columns of the CSV: one row for each connection."""

_TOGETHER = 4_096  # entries of a piece
_XMLNS = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}
_CONTROLS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")  # which XML cannot hold


def json_pieces(wiring: Wiring) -> Iterator[str]:
    """The node-link data of the graph, an entry a line, as ``json.dumps`` with an indent of 1 writes it."""
    head = {"directed": True, "multigraph": True, "graph": {"layers": [vars(layer.info) for layer in wiring.layers]}}
    yield json.dumps(head, ensure_ascii=False, indent=1, allow_nan=False).removesuffix("\n}")
    nodes = (_indented({**data, "id": node}) for node, data in node_data(wiring))
    yield from _section("nodes", nodes)
    yield from _section("edges", _json_edges(wiring))
    yield "\n}\n"


def _section(name: str, entries: Iterator[str]) -> Iterator[str]:
    """A list of an object, whose entries are joined a piece at a time."""
    first = next(entries, None)
    if first is None:
        yield f',\n "{name}": []'
        return
    yield f',\n "{name}": [\n{first}'
    yield from _together(f",\n{entry}" for entry in entries)
    yield "\n ]"


def _together(entries: Iterable[str]) -> Iterator[str]:
    piece: list[str] = []
    for entry in entries:
        piece.append(entry)
        if len(piece) == _TOGETHER:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)


def _indented(data: dict[str, Any]) -> str:
    """A flat object as it stands in a list, a key a line."""
    lines = (f'   "{key}": {json.dumps(value, ensure_ascii=False, allow_nan=False)}' for key, value in data.items())
    return "  {\n" + ",\n".join(lines) + "\n  }"


def _json_edges(wiring: Wiring) -> Iterator[str]:
    text = json.encoder.encode_basestring
    names = [text(str(node)) for node in wiring.nodes]
    heads = [f',\n   "target": {name},\n   "key": ' for name in names]
    middles = {
        (span.layer, span.role): f',\n   "layer": {span.layer},\n   "role": "{span.role.name}",\n   "source": '
        for span in wiring.spans
    }
    sources, targets = wiring.sources, wiring.targets
    for connection, key, parameter, weight, middle in _connections(wiring, middles):
        quoted = f'"{parameter}"' if parameter else "null"  # identifiers, digits and brackets
        source, head = names[sources[connection]], heads[targets[connection]]
        yield f'  {{\n   "parameter": {quoted},\n   "weight": {weight or "null"}{middle}{source}{head}{key}\n  }}'


def _connections(wiring: Wiring, words: Mapping[tuple[int, Role], str]) -> Iterator[tuple[int, int, str, str, str]]:
    """The connections in the graph's order: number, key, parameter and weight, which may be empty, and its ``words``.

    A key is the number among those of the same two units, which follow one another. ``words`` are of a layer and a role.
    """
    sources, targets, weights, parameters = wiring.sources, wiring.targets, wiring.weights, wiring.parameters
    layer_of, roles = wiring.layer_of, wiring.roles
    last_ends, key = None, 0
    last_layer, last_role, said = None, None, ""
    name_of: Callable[[int], str] = str
    for connection in wiring.ranks:
        ends, role = (sources[connection], targets[connection]), roles[connection]
        key = key + 1 if ends == last_ends else 0
        last_ends, layer = ends, layer_of[ends[1]]
        if role is not last_role or layer != last_layer:  # a look into a dictionary for each would take longer
            last_layer, last_role = layer, role
            name_of, said = wiring.naming(layer, role), words[layer, role]
        parameter, weight = parameters[connection], weights[connection]
        named = "" if parameter == NO_PARAMETER else name_of(parameter)
        yield connection, key, named, "" if weight is None else repr(weight), said


def csv_pieces(wiring: Wiring) -> Iterator[str]:
    """A row for each connection, under COLUMNS."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    roles = {(span.layer, span.role): span.role.name for span in wiring.spans}
    for connection, key, parameter, weight, role in _connections(wiring, roles):
        source, target = wiring.sources[connection], wiring.targets[connection]
        layer = wiring.layer_of[target]
        writer.writerow([wiring.nodes[source], wiring.nodes[target], key, parameter, weight, layer, role])
        if text.tell() > 2**20:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def graphml_pieces(wiring: Wiring) -> Iterator[str]:
    """GraphML, as networkx writes it: it has neither null nor lists; the one is left out, the other is text of JSON."""
    keys = _graphml_keys(wiring)
    yield _XMLNS
    for (scope, name, kind), key in reversed(keys.items()):
        yield f'  <key id="{key}" for="{scope}" attr.name="{name}" attr.type="{kind}" />\n'
    yield '  <graph edgedefault="directed">\n'
    yield from _together(_graphml_node(node, data, keys) for node, data in node_data(wiring))
    yield from _together(_graphml_edges(wiring, keys))
    layers = json.dumps([vars(layer.info) for layer in wiring.layers])
    yield f'    <data key="{keys["graph", "layers", "string"]}">{escape(layers)}</data>\n  </graph>\n</graphml>\n'


Keys = dict[tuple[str, str, str], str]
"""The short name of each attribute: by what has it, its name, and its type."""


def _graphml_keys(wiring: Wiring) -> Keys:
    """All attributes, numbered as they are met."""
    met = dict.fromkeys([("graph", "layers", "string")])
    for _, data in node_data(wiring):
        met.update(dict.fromkeys(("node", name, _TYPES[type(value)]) for name, value in data.items()))
    for connection in wiring.ranks:
        there = {
            ("edge", "parameter", "string"): wiring.parameters[connection] != NO_PARAMETER,
            ("edge", "weight", "double"): wiring.weights[connection] is not None,
            ("edge", "layer", "long"): True,
            ("edge", "role", "string"): True,
        }
        met.update(dict.fromkeys(key for key, is_there in there.items() if is_there))
        if met.keys() >= there.keys():
            break
    return {key: f"d{number}" for number, key in enumerate(met)}


def _graphml_node(node: object, data: dict[str, Any], keys: Keys) -> str:
    lines = "".join(
        f'      <data key="{keys["node", name, _TYPES[type(value)]]}">{_xml(value)}</data>\n'
        for name, value in data.items()
    )
    return f"    <node id={_quoted(node)}>\n{lines}    </node>\n"


def _graphml_edges(wiring: Wiring, keys: Keys) -> Iterator[str]:
    sources = [f"    <edge source={_quoted(node)}" for node in wiring.nodes]
    heads = [f' target={_quoted(node)} id="' for node in wiring.nodes]
    parameter_key, weight_key = keys.get(("edge", "parameter", "string")), keys.get(("edge", "weight", "double"))
    ends = {
        (span.layer, span.role): (
            f'      <data key="{keys["edge", "layer", "long"]}">{span.layer}</data>\n'
            f'      <data key="{keys["edge", "role", "string"]}">{span.role.name}</data>\n    </edge>\n'
        )
        for span in wiring.spans
        if span.start < span.stop
    }
    for connection, key, parameter, weight, end in _connections(wiring, ends):
        named = f'      <data key="{parameter_key}">{parameter}</data>\n' if parameter else ""
        weighed = f'      <data key="{weight_key}">{weight}</data>\n' if weight else ""
        ends_at = f"{sources[wiring.sources[connection]]}{heads[wiring.targets[connection]]}"
        yield f'{ends_at}{key}">\n{named}{weighed}{end}'


def _xml(value: object) -> str:
    return _in_ascii(escape(without_controls(value))) if isinstance(value, str) else str(value)


def _quoted(node: object) -> str:
    """An attribute's value, in quotation marks."""
    text = escape(str(node), {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"})
    return f'"{_in_ascii(text)}"'


def _in_ascii(text: str) -> str:
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def without_controls(text: str) -> str:
    """``text`` without what XML cannot hold: a replacement character for each."""
    return _CONTROLS.sub("\ufffd", text)
