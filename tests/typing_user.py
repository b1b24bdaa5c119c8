"""What a user's type checker sees of the package: checked from outside by ``test_typing.py``, and never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import numpy as np

import connectivity
from connectivity import Figure, Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack


def figures(path: Path) -> None:
    figure = Figure.of("6 conv:3 fc:2", theme="dark", row_title=["a", "b"], no_labels=True, max_units=12)
    assert_type(figure, Figure)
    assert_type(Figure.read(path, weights="w.npz", map={"h": "encoder.0"}), Figure)
    assert_type(Figure.parse("network = '6 conv:3'", seed=1), Figure)
    assert_type(Figure.of(["3 fc:2", connectivity.parse("3 fc:2")[0]], input=np.zeros((1, 3))), Figure)
    assert_type(figure.changed(units={"h1": "cells"}, label=["x=a/b", "y=c"], threshold=0.1), Figure)
    assert_type(figure.draw("png", dpi=300), bytes)
    assert_type(figure.save("net.svg", path, theme="print"), None)
    assert_type(figure.to_html(page=True), str)
    assert_type(figure.dependencies, tuple[str, ...])
    assert_type(connectivity.draw(figure, "pdf", width="84mm"), bytes)
    assert_type(connectivity.save("3 fc:2", path, "net.pdf", engine="system"), None)
    figure.display("png")
    connectivity.set_notebook_formats("svg", "png", "pdf")
    for theme in ("light", "dark"):
        assert_type(figure.changed(theme=theme).plot(), Axes)


def passed_on(**options: Unpack[connectivity.Keywords]) -> bytes:
    return connectivity.draw("3 fc:2", **options)


def networks() -> None:
    (network,) = connectivity.parse("6 conv:3 fc:2")
    assert_type(network, Network)
    assert_type(connectivity.describe(network), dict[str, Any])
    connectivity.evaluate(network, [1, 0, 2, 0, 1, 0])
    graph = connectivity.build(network)
    connectivity.dump(graph, "json")
    connectivity.draw(graph)
    assert_type(Figure.of(graph).to_networkx().number_of_nodes(), int)


def mistakes() -> None:
    Figure.of("3", them="dark")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Figure.of("3", columns="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    connectivity.draw("3", title=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


try:
    passed_on(theme="dark")
except connectivity.NotationError as error:
    assert_type(error.column, int)
except connectivity.ConnectivityError:
    pass
