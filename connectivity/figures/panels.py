"""The panels of a figure: networks or graphs, each with where its numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from connectivity.errors import ConnectivityError, GraphError, visible
from connectivity.figures.subjects import GraphSubject, NetworkSubject, Subject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.weights import Given
from connectivity.network import Network
from connectivity.notation.parser import PANEL_SEPARATOR, parse, scan

if TYPE_CHECKING:
    import networkx as nx


def _raise(error: ConnectivityError, key: str) -> NoReturn:
    raise error


@dataclass(frozen=True, kw_only=True, eq=False)
class PanelSource:
    """What a panel of a figure is made of: a network (or a graph), and what is said of it alone.

    ``weights`` and ``seed`` are as in :func:`.build`, ``input`` is an array of shape (channels,
    length); none of the three applies to a graph. ``options`` are those that differ from the
    figure's. ``file`` is where a graph was read from. ``fail`` raises an error at the place of a key, where the panel
    comes from a file.
    """

    what: Network | nx.Graph[Any]
    title: str | None = None
    weights: Given | None = None
    seed: int = 0
    input: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    fail: Callable[[ConnectivityError, str], NoReturn] = _raise

    def graph(self, padding: bool = False) -> nx.Graph[Any]:
        """The graph, with the values of its units where there is an input; ``padding`` as in :func:`.build`."""
        if not isinstance(self.what, Network):
            return self.what
        from connectivity.graphs.graph import to_networkx

        blueprint = self.blueprint(padding)
        try:
            wiring = wire(blueprint)
        except ConnectivityError as error:
            self.fail(error, "weights")
        values = self.values(blueprint)
        if values is not None:
            wiring.take_values(values)
        return to_networkx(wiring)

    @property
    def is_network(self) -> bool:
        """Whether it is of a network: else of a graph that is there."""
        return isinstance(self.what, Network)

    @property
    def network(self) -> Network:
        """The network; only for a panel that is one."""
        if not isinstance(self.what, Network):
            raise TypeError("a graph is no network")
        return self.what

    def blueprint(self, padding: bool = False) -> Blueprint:
        """The network with its weights; only for a panel that is one."""
        try:
            return Blueprint(self.network, self.weights, self.seed, padding)
        except ConnectivityError as error:
            self.fail(error, "weights")

    def values(self, blueprint: Blueprint) -> list[list[float]] | None:
        """The values of all units, layer by layer, where the inputs have values; None elsewhere."""
        network = self.network
        input_values = [network.stages[number].layer.given_values() for number in network.inputs()]
        if self.input is None and all(values is None for values in input_values):
            return None
        from connectivity.graphs.evaluation import network_values

        try:
            return network_values(blueprint, self.input)
        except ConnectivityError as error:
            self.fail(error, "input")

    def subject(self, biases: bool, padding: bool) -> Subject:
        """What it is a picture of; ``biases``, ``padding``: with bias units, with units of padding."""
        if isinstance(self.what, Network):
            blueprint = self.blueprint(padding)
            return NetworkSubject(blueprint, self.values(blueprint), biases)
        from connectivity.graphs.reading import read

        with self._errors_of_graph():
            return GraphSubject(read(self.what, biases, padding))

    def facts(self) -> dict[str, Any]:
        """What :func:`.describe` says of it."""
        from connectivity.graphs.facts import describe

        if not isinstance(self.what, Network):
            with self._errors_of_graph():
                return describe(self.what)
        try:
            return describe(self.what, self.weights, self.seed)
        except ConnectivityError as error:
            self.fail(error, "weights")

    def exported(self, format: str) -> bytes:
        """Its graph as a file's bytes; see :func:`.dump`."""
        from connectivity.graphs.graphfile import dump, dump_network

        if not isinstance(self.what, Network):
            with self._errors_of_graph():
                return dump(self.what, format)
        blueprint = self.blueprint()
        return dump_network(blueprint, format, self.values(blueprint))

    @contextmanager
    def _errors_of_graph(self) -> Iterator[None]:
        """Errors of a graph that was read from a file name it, and are shown where a figure file does."""
        try:
            yield
        except GraphError as error:
            self.fail(error if self.file is None else GraphError(f"{self.file}: {error}"), "network")

    def with_sources(self, weights: Given | None, seed: int | None, input: Any) -> PanelSource:
        """The panel with the weights, the seed and the input that are given."""
        sources = {"weights": weights, "seed": seed, "input": input}
        return replace(self, **{key: value for key, value in sources.items() if value is not None})


def read_panels(notation: str | Sequence[str], folder: Path | str = ".") -> list[PanelSource]:
    """As :func:`.notation.parser.parse`, where a panel may also be the name of an exported graph, ``net.json``."""
    text = notation if isinstance(notation, str) else " ".join(notation)
    if ".json" not in text:
        return [PanelSource(what=network) for network in parse(text, folder)]
    panels: list[PanelSource] = []
    start = 0
    for words, end in scan(text):
        if len(words) == 1 and words[0].text.endswith(".json"):
            from connectivity.graphs import graphfile

            path = Path(folder) / words[0].text
            panels.append(PanelSource(what=graphfile.load(path), file=visible(str(path))))
        else:  # what stands before is blanked, so that columns in errors stay true
            panels += [PanelSource(what=network) for network in parse(" " * start + text[start:end], folder)]
        start = end + len(PANEL_SEPARATOR)
    return panels
