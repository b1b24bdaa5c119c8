"""What a question of numbers may be about: a network, a graph, a line of notation, or a figure or model of one network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from connectivity.errors import GraphError, visible
from connectivity.graphs.weights import Given
from connectivity.network import Network

if TYPE_CHECKING:
    import networkx as nx

    from connectivity.graphs.wiring import Wiring

Thing = TypeVar("Thing")


class Asked(NamedTuple):
    """A network with its numbers, or a graph, which has them itself."""

    what: Network | nx.Graph[Any]
    weights: Given | None = None
    seed: int = 0


class Answering(Protocol):
    """What is of one network, or of one graph: a figure with one panel, a model."""

    def _asked(self) -> Asked:
        """That network or graph. Raises GraphError where there are several."""


Askable: TypeAlias = "Network | nx.Graph[Any] | str | Sequence[Network] | Answering"
"""What a question may be about."""


def asked(what: Askable, weights: Given | None = None, seed: int = 0) -> Asked:
    """The network or the graph that is meant; ``weights`` and ``seed`` that are said go before its own.

    Raises GraphError where there are several, NotationError for a line that is none. What is nothing of all this is
    left to those who read it.
    """
    found = Asked(what)  # type: ignore[arg-type]  # a network, a graph, or what will be refused
    if isinstance(what, str):
        from connectivity.notation.parser import parse

        found = Asked(only(parse(what), what))
    elif hasattr(what, "_asked"):
        found = what._asked()
    elif isinstance(what, (list, tuple)) and what and all(isinstance(one, Network) for one in what):
        found = Asked(only(what))
    return Asked(found.what, found.weights if weights is None else weights, seed or found.seed)


def only(things: Sequence[Thing], line: str | None = None) -> Thing:
    """The one of ``things``. Raises GraphError where there are several."""
    if len(things) != 1:
        said = "figure" if line is None else f'"{visible(line, 60)}"'
        raise GraphError(f"{said}: {len(things)} panels, but this is asked of one network; take them one by one")
    return things[0]


def wiring_of(what: Askable, biases: bool = False, ordered: bool = True) -> Wiring:
    """The compact graph that is meant, as :func:`.graphs.reading.read` makes it of a graph."""
    from connectivity.graphs.graph import build
    from connectivity.graphs.reading import read

    found = asked(what)
    graph = build(found.what, found.weights, found.seed) if isinstance(found.what, Network) else found.what
    return read(graph, biases=biases, ordered=ordered)
