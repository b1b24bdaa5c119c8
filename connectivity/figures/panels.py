"""The panels of a figure: networks or graphs, each with where its numbers come from."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from connectivity.errors import AboutModel, ConnectivityError, GraphError, NotationError, visible, warn
from connectivity.figures.subjects import GraphSubject, NetworkSubject, Subject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.weights import Given, as_weights
from connectivity.layers.words import Word
from connectivity.models.files import ModelFile, ModelObject, fitted, is_model
from connectivity.models.model import Model
from connectivity.network import Network
from connectivity.notation.parser import PANEL_SEPARATOR, parse, scan
from connectivity.records import Record, named_record

if TYPE_CHECKING:
    import networkx as nx


def _raise(error: ConnectivityError, key: str) -> NoReturn:
    raise error


@named_record
class PanelSource(Record):
    """What a panel of a figure is made of: a network (or a graph, or a trained model), and what is said of it alone.

    ``weights`` and ``seed`` are as in :func:`.build`, ``input`` is an array of shape (channels,
    length); none of the three applies to a graph. A model's file is read when the panel is first asked for something. ``options`` are those that differ from the
    figure's. ``file`` is where a graph was read from. ``fail`` raises an error at the place of a key, where the panel
    comes from a file.
    """

    what: Network | nx.Graph[Any] | Model | ModelFile | ModelObject
    title: str | None = None
    weights: Given | None = None
    seed: int = 0
    input: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    fail: Callable[[ConnectivityError, str], NoReturn] = _raise

    @functools.cached_property
    def model(self) -> Model | None:
        """The trained model that it is, read; None for what is none."""
        if isinstance(self.what, Model):
            return self.what
        if not isinstance(self.what, (ModelFile, ModelObject)):
            return None
        try:
            return self.what.model
        except ConnectivityError as error:
            self.fail(error, "network")

    @property
    def content(self) -> Network | nx.Graph[Any]:
        """The network, that of a model too, or the graph."""
        if isinstance(self.what, (Model, ModelFile, ModelObject)):
            if self.model is None:
                raise TypeError("a model that is none")
            return self.model.network
        return self.what

    @property
    def numbers(self) -> Given | None:
        """The weights: those that are given, else those of a model."""
        if self.weights is not None or self.model is None:
            return self.weights
        return self.model.weights or None

    @property
    def is_read(self) -> bool:
        """Whether it is a model that is read, in one way or another."""
        return isinstance(self.what, (ModelFile, ModelObject))

    @property
    def takes_numbers(self) -> bool:
        """Whether it has weights and values, as all but graphs."""
        return isinstance(self.what, (Network, Model, ModelFile, ModelObject))

    @property
    def files(self) -> list[str]:
        """The files that a model was read of, as far as it was."""
        return self.what.sources if isinstance(self.what, (ModelFile, ModelObject)) else []

    def graph(self, padding: bool = False) -> nx.Graph[Any]:
        """The graph, with the values of its units where there is an input; ``padding`` as in :func:`.build`."""
        if not isinstance(self.content, Network):
            return self.content
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
        return isinstance(self.content, Network)

    @property
    def network(self) -> Network:
        """The network; only for a panel that is one."""
        content = self.content
        if not isinstance(content, Network):
            raise TypeError("a graph is no network")
        return content

    def blueprint(self, padding: bool = False) -> Blueprint:
        """The network with its weights; only for a panel that is one."""
        try:
            return Blueprint(self.network, self.numbers, self.seed, padding)
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
            x = self.input if self.model is None or self.input is None else fitted(self.model, self.input)
            return network_values(blueprint, x)
        except ConnectivityError as error:
            self.fail(error, "input")

    def subject(self, biases: bool, padding: bool) -> Subject:
        """What it is a picture of; ``biases``, ``padding``: with bias units, with units of padding.

        Warns :class:`.AboutModel` of what a reader must know of a model.
        """
        content = self.content
        for note in self.model.notes if self.model is not None else ():
            warn(note, AboutModel)
        if isinstance(content, Network):
            blueprint = self.blueprint(padding)
            return NetworkSubject(blueprint, self.values(blueprint), biases)
        from connectivity.graphs.reading import read

        with self._errors_of_graph():
            return GraphSubject(read(content, biases, padding))

    def facts(self) -> dict[str, Any]:
        """What :func:`.describe` says of it; of a model also its ``notes``."""
        from connectivity.graphs.facts import describe

        content = self.content
        if not isinstance(content, Network):
            with self._errors_of_graph():
                return describe(content)
        try:
            facts = describe(content, self.numbers, self.seed)
            return facts if self.model is None else {**facts, "notes": list(self.model.notes)}
        except ConnectivityError as error:
            self.fail(error, "weights")

    def exported(self, format: str) -> bytes:
        """Its graph as a file's bytes; see :func:`.dump`."""
        from connectivity.graphs.graphfile import dump, dump_network

        content = self.content
        if not isinstance(content, Network):
            with self._errors_of_graph():
                return dump(content, format)
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
        """The panel with the weights, the seed and the input that are given; a model takes weights by its own names."""
        sources = {"weights": weights, "seed": seed, "input": input}
        if isinstance(self.what, (ModelFile, ModelObject)) and weights is not None:
            sources = {"what": self.what.changed({}, as_weights(weights)), "seed": seed, "input": input}
        return replace(self, **{key: value for key, value in sources.items() if value is not None})

    def without(self, options: Mapping[str, Any]) -> PanelSource:
        """The panel without own options of some names, which the figure says otherwise."""
        return replace(self, options={name: value for name, value in self.options.items() if name not in options})

    def read_otherwise(self, said: Mapping[str, Any]) -> PanelSource:
        """The panel of a model's file that is read as ``said``, by the names of :data:`.models.options.READING`."""
        return (
            replace(self, what=self.what.changed(said, None))
            if isinstance(self.what, (ModelFile, ModelObject))
            else self
        )


def room_of(panels: Sequence[PanelSource]) -> int | None:
    """The most numbers that an input of one of ``panels`` has; None where a file would have to be read to know it."""
    whats = [panel.what.network if isinstance(panel.what, Model) else panel.what for panel in panels]
    if any(isinstance(what, (ModelFile, ModelObject)) for what in whats):
        return None
    networks = [what for what in whats if isinstance(what, Network)]
    return max((network.stages[n].shape.units for network in networks for n in network.inputs()), default=None)


def read_panels(notation: str | Sequence[str], folder: Path | str = ".") -> list[PanelSource]:
    """As :func:`.notation.parser.parse`, where a panel may also name an exported graph, ``net.json``, or a model."""
    text = notation if isinstance(notation, str) else " ".join(notation)
    if is_model(text.strip()) and (Path(folder) / text.strip()).is_file():
        return [PanelSource(what=ModelFile(Path(folder) / text.strip()))]  # also one with spaces in its name
    if ".json" not in text and not any(is_model(word) for word in text.split()):
        return [PanelSource(what=network) for network in parse(text, folder)]
    panels: list[PanelSource] = []
    start = 0
    for words, end in scan(text):
        try:
            panels += _panels_of(text, start, end, words, folder)
        except NotationError as error:
            shown_whole(error, text, end, lambda rest: read_panels(rest, folder))
            raise
        start = end + len(PANEL_SEPARATOR)
    return panels


def _panels_of(text: str, start: int, end: int, words: Sequence[Word], folder: Path | str) -> list[PanelSource]:
    """The panel that stands in ``text`` from ``start`` to ``end``."""
    if len(words) == 1 and words[0].text.endswith(".json"):
        from connectivity.graphs import graphfile

        path = Path(folder) / words[0].text
        return [PanelSource(what=graphfile.load(path), file=visible(str(path), 200))]
    if len(words) == 1 and is_model(words[0].text):
        return [PanelSource(what=ModelFile(Path(folder) / words[0].text))]
    # What stands before is blanked, so that columns in errors stay true.
    return [PanelSource(what=network) for network in parse(" " * start + text[start:end], folder)]


def shown_whole(error: NotationError, text: str, end: int, rest: Callable[[str], object]) -> None:
    """Show the error of a panel, which ends at ``end``, in the line ``text`` that it is of, and what to try as well.

    ``rest`` reads the panels that follow: the line is proposed only where they are right.
    """
    error.text, panel = text, error.suggestion
    error.suggestion = None
    if panel is None:
        return
    start = text.rfind(PANEL_SEPARATOR, 0, error.column - 1)
    line = f"{text[: start + len(PANEL_SEPARATOR)]} {panel}" if start >= 0 else panel
    if end < len(text):
        try:
            rest(text[end + len(PANEL_SEPARATOR) :])
        except ConnectivityError:
            return
        line += f" {text[end:]}"
    error.suggestion = line
