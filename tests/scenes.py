"""Scenes for tests, of anything that can be drawn, and the graphs that they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from connectivity import parse
from connectivity.figure import Drawable, Figure
from connectivity.figures.subjects import NetworkSubject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.wiring import Wiring
from connectivity.layout.columns import Arrangement, Column
from connectivity.options import Options
from connectivity.scene import Scene


def compose_figure(
    what: Drawable,
    options: Options,
    weights: Mapping[str, Any] | None = None,
    seed: int | None = None,
    input: Any = None,
) -> Scene:
    """The scene of a figure of ``what``."""
    said = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    return Figure.of(what).changed(weights=weights, seed=seed, input=input, **said).scene()


def wired(text: str) -> Wiring:
    """The whole graph of a network, as figures have it, without biases."""
    (network,) = parse(text)
    return wire(Blueprint(network), biases=False)


def standing(text: str, max_units: int, anchor: str | None = None) -> tuple[Wiring, list[Column]]:
    """The part of a network's graph that is shown, and the columns that its layers stand in."""
    (network,) = parse(text)
    subject = NetworkSubject(Blueprint(network))
    arrangement = Arrangement(subject.layers, max_units, anchor)
    wiring = subject.wiring(arrangement, frozenset())
    arrangement.stand(wiring)
    return wiring, arrangement.columns


class Arrow(NamedTuple):
    """A connection of a graph, in words."""

    source: str
    target: str
    layer: int
    parameter: str | None
    weight: float | None


def arrow_of(wiring: Wiring, connection: int) -> Arrow:
    """A connection of a graph."""
    return Arrow(
        wiring.names[wiring.sources[connection]],
        wiring.names[wiring.targets[connection]],
        wiring.layer(connection),
        wiring.parameter(connection),
        wiring.weights[connection],
    )


def arrows(wiring: Wiring) -> list[Arrow]:
    """All connections of a graph, in the order in which they are drawn."""
    return [arrow_of(wiring, connection) for connection in wiring.ranks]
