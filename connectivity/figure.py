"""The public verbs: a network, some networks or a graph, to bytes or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import networkx as nx

from connectivity import engines, files, graphfile, svg
from connectivity.compose import compose
from connectivity.dot import dot
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.formats import FORMATS, format_of
from connectivity.graph import build
from connectivity.network import Network
from connectivity.notation import PANEL_SEPARATOR, parse, scan
from connectivity.options import Options
from connectivity.scene import Scene
from connectivity.view import view

Drawable: TypeAlias = "str | Network | nx.Graph[Any] | Sequence[Network | nx.Graph[Any]]"
"""What can be drawn: a line of notation, a network, a graph, or a sequence of networks and graphs."""

PIXEL_LIMIT = 64_000_000
SIDE_LIMIT = 32_767
"""The most pixels of a PNG, and of one of its sides (cairo's limit)."""

_DPI, _LONG_SIDE = 192.0, 2_000
_POINTS_PER_INCH = 72
_CREATED = re.compile(rb"(/CreationDate \(D:)\d{14}([^)]*\))")


def draw(
    what: Drawable,
    format: str = "svg",
    *,
    weights: Mapping[str, Any] | None = None,
    seed: int = 0,
    input: Any = None,
    engine: str = "auto",
    **options: Any,
) -> bytes:
    """Draw ``what`` and return the file's bytes.

    ``what`` is a line of notation, a Network, a graph (see :mod:`.graph`), or a sequence of
    networks and graphs, one for each panel. ``format`` is svg, png, pdf or dot. ``weights`` and
    ``seed`` are as in :func:`.build`; ``input`` is an array of shape (channels, length) whose values
    ``show=["values"]`` prints in the units. None of the three applies to graphs. ``options`` are those of
    :class:`.Options`. The same input gives the same bytes.

    Raises ConnectivityError: NotationError, NetworkError, WeightsError, GraphError, DrawingError
    or EngineError.
    """
    return render(compose_figure(what, Options(**options), weights, seed, input), format, engine, options.get("dpi"))


def save(what: Drawable, path: str | Path, **arguments: Any) -> None:
    """Draw ``what`` into the file ``path``, whole or not at all; its suffix is the format.

    Arguments as in :func:`draw`. Raises FileError where the file cannot be written.
    """
    arguments.setdefault("format", format_of(path))
    files.write(path, draw(what, **arguments))


def compose_figure(
    what: Drawable, options: Options, weights: Mapping[str, Any] | None = None, seed: int = 0, input: Any = None
) -> Scene:
    """The scene of a figure: everything but the drawing, which :func:`render` does."""
    items = _panels(what)
    if not items:
        raise DrawingError("there is nothing to draw")
    graphs = [graph_of(item, weights, seed, input) for item in items]
    return compose([view(graph, biases="bias" in options.show) for graph in graphs], options)


def graph_of(
    what: Network | nx.Graph[Any], weights: Mapping[str, Any] | None = None, seed: int = 0, input: Any = None
) -> nx.Graph[Any]:
    """The graph of a network, or the graph itself; with the values of its units where there is an input.

    ``input`` is an array of shape (channels, length), or None for the values that the network gives.
    """
    if not isinstance(what, Network):
        return what
    graph = build(what, weights, seed)
    if input is not None or what.values is not None:
        from connectivity.propagate import annotate

        given = input if input is not None else _rows(what)
        annotate(graph, given)
    return graph


def read_panels(notation: str | Sequence[str], folder: Path | str = ".") -> list[Network | nx.Graph[Any]]:
    """As :func:`.notation.parse`, where a panel may also be the name of an exported graph, ``net.json``."""
    text = notation if isinstance(notation, str) else " ".join(notation)
    panels: list[Network | nx.Graph[Any]] = []
    start = 0
    for words, end in scan(text):
        if len(words) == 1 and words[0].text.endswith(".json"):
            panels.append(graphfile.load(Path(folder) / words[0].text))
        else:  # what stands before is blanked, so that columns in errors stay true
            panels += parse(" " * start + text[start:end], folder)
        start = end + len(PANEL_SEPARATOR)
    return panels


def _rows(network: Network) -> list[tuple[float, ...]]:
    values, length = network.values or (), network.input.length
    return [values[start : start + length] for start in range(0, len(values), length)]


def _panels(what: Drawable) -> Sequence[Network | nx.Graph[Any]]:
    if isinstance(what, str):
        return parse(what)
    if isinstance(what, (Network, nx.Graph)):
        return [what]
    return list(what)


def render(scene: Scene, format: str = "svg", engine: str = "auto", dpi: float | None = None) -> bytes:
    """The bytes of a scene; ``dpi`` is for PNG: None is 192, or what fits 2,000 pixels."""
    if format not in FORMATS:
        raise DrawingError(f'unknown format "{visible(format)}"{suggestion(format, FORMATS)}')
    if format == "dot":
        return dot(scene).encode("utf-8")
    if format == "png":
        return engines.render(dot(scene, _resolution(scene, dpi), flat=True), "png", engine)
    data = engines.render(dot(scene, flat=True), format, engine)
    if format == "pdf":
        # The date is the only part that changes between runs; its length must not.
        return _CREATED.sub(rb"\g<1>19700101000000\g<2>", data)
    return svg.finish(data, scene.title, scene.description, scene.tips())


def _resolution(scene: Scene, dpi: float | None) -> float:
    """The dots per inch of a PNG. Raises DrawingError where it would be too large."""
    side = max(scene.width, scene.height) / _POINTS_PER_INCH
    if dpi is None:
        return min(_DPI, _LONG_SIDE / side)
    width, height = scene.width / _POINTS_PER_INCH * dpi, scene.height / _POINTS_PER_INCH * dpi
    if width * height > PIXEL_LIMIT or max(width, height) > SIDE_LIMIT:
        raise DrawingError(
            f"{dpi:g} dpi would make {width:,.0f} x {height:,.0f} pixels; at most {PIXEL_LIMIT:,} in all "
            f"and {SIDE_LIMIT:,} a side"
        )
    return dpi
