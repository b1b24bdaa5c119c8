"""Exact connectivity graphs of 1-D neural network layers, drawn beautifully.

As in::

    import connectivity

    connectivity.save("6 conv:3 fc:2", "net.svg")          # a line of notation to a file
    svg = connectivity.draw("6 conv:3 fc:2", theme="dark")  # ... to bytes
    figure = connectivity.Figure.of("6 conv:3 fc:2")        # ... to what a notebook shows
    (network,) = connectivity.parse("6 conv:3 fc:2")        # ... to layers
    graph = connectivity.build(network)                     # ... to a networkx.MultiDiGraph

What is named here is the public interface. It is imported on first use, so that importing
the package costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectivity.errors import (
        ConnectivityError,
        DrawingError,
        EngineError,
        FigureFileError,
        FileError,
        GraphError,
        ModelError,
        NetworkError,
        NotationError,
        WeightsError,
    )
    from connectivity.figure import Figure, draw, save
    from connectivity.figures.keywordtypes import Keywords
    from connectivity.graphs.evaluation import annotate, evaluate, outputs, receptive_field, unit_values
    from connectivity.graphs.facts import describe
    from connectivity.graphs.graph import build
    from connectivity.graphs.graphfile import dump, load
    from connectivity.graphs.matrices import matrix
    from connectivity.layers import (
        AvgPool,
        Convolution,
        ConvolutionTranspose,
        FullyConnected,
        LocallyConnected,
        Masked,
        MaxPool,
        RandomlySparse,
        Shape,
    )
    from connectivity.models.files import read_model
    from connectivity.models.model import Model
    from connectivity.models.torchmodules import from_torch
    from connectivity.network import Network
    from connectivity.notation.parser import parse
    from connectivity.options import Options
    from connectivity.rendering.notebook import Picture, set_notebook_formats
    from connectivity.weightfiles.loading import load_weights

__version__ = "0.1.0"
__distribution__ = "layer-connectivity"  # by which the command knows that it is this package

_HOMES = {
    "errors": (
        "ConnectivityError DrawingError EngineError FigureFileError FileError GraphError ModelError NetworkError NotationError WeightsError"
    ),
    "graphs.facts": "describe",
    "graphs.evaluation": "annotate evaluate outputs receptive_field unit_values",
    "figure": "Figure draw save",
    "figures.keywordtypes": "Keywords",
    "graphs.graphfile": "dump load",
    "graphs.graph": "build",
    "graphs.matrices": "matrix",
    "layers": (
        "AvgPool Convolution ConvolutionTranspose FullyConnected LocallyConnected Masked MaxPool RandomlySparse Shape"
    ),
    "models.files": "read_model",
    "models.model": "Model",
    "network": "Network",
    "notation.parser": "parse",
    "models.torchmodules": "from_torch",
    "options": "Options",
    "rendering.notebook": "Picture set_notebook_formats",
    "weightfiles.loading": "load_weights",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AvgPool",
    "ConnectivityError",
    "Convolution",
    "ConvolutionTranspose",
    "DrawingError",
    "EngineError",
    "Figure",
    "FigureFileError",
    "FileError",
    "FullyConnected",
    "GraphError",
    "Keywords",
    "LocallyConnected",
    "Masked",
    "MaxPool",
    "Model",
    "ModelError",
    "Network",
    "NetworkError",
    "NotationError",
    "Options",
    "Picture",
    "RandomlySparse",
    "Shape",
    "WeightsError",
    "annotate",
    "build",
    "describe",
    "draw",
    "dump",
    "evaluate",
    "from_torch",
    "load",
    "load_weights",
    "matrix",
    "outputs",
    "parse",
    "read_model",
    "receptive_field",
    "save",
    "set_notebook_formats",
    "unit_values",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"connectivity.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, and the rooms that are open; not what this module itself needs."""
    rooms = [name for name in globals() if f"connectivity.{name}" in sys.modules]
    return sorted({*__all__, *rooms, *(name for name in globals() if name.startswith("__"))})
