"""The panels of a figure: networks or graphs, each with where its numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import networkx as nx

from connectivity.errors import ConnectivityError
from connectivity.graphs import graphfile
from connectivity.graphs.graph import build
from connectivity.layers.network import Network
from connectivity.notation.parser import PANEL_SEPARATOR, parse, scan


def _raise(error: ConnectivityError, key: str) -> NoReturn:
    raise error


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """A network (or a graph), and what is said of it alone.

    ``weights`` and ``seed`` are as in :func:`.build`, ``input`` is an array of shape (channels,
    length); none of the three applies to a graph. ``options`` are those that differ from the
    figure's. ``fail`` raises an error at the place of a key, where the panel comes from a file.
    """

    what: Network | nx.Graph[Any]
    title: str | None = None
    weights: Mapping[str, Any] | None = None
    seed: int = 0
    input: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    fail: Callable[[ConnectivityError, str], NoReturn] = _raise

    def graph(self, padding: bool = False) -> nx.Graph[Any]:
        """The graph, with the values of its units where there is an input; ``padding`` as in :func:`.build`."""
        if not isinstance(self.what, Network):
            return self.what
        try:
            graph = build(self.what, self.weights, self.seed, padding)
        except ConnectivityError as error:
            self.fail(error, "weights")
        if self.input is not None or self.what.values is not None:
            from connectivity.graphs.propagate import annotate

            try:
                annotate(graph, self.input if self.input is not None else _rows(self.what))
            except ConnectivityError as error:
                self.fail(error, "input")
        return graph

    def with_sources(self, weights: Mapping[str, Any] | None, seed: int | None, input: Any) -> Panel:
        """The panel with the weights, the seed and the input that are given."""
        given = {"weights": weights, "seed": seed, "input": input}
        return replace(self, **{key: value for key, value in given.items() if value is not None})


def read_panels(notation: str | Sequence[str], folder: Path | str = ".") -> list[Network | nx.Graph[Any]]:
    """As :func:`.notation.parser.parse`, where a panel may also be the name of an exported graph, ``net.json``."""
    text = notation if isinstance(notation, str) else " ".join(notation)
    if ".json" not in text:
        return [*parse(text, folder)]
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
