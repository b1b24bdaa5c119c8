"""The steps that a figure file says of its own: what each shows otherwise than the figure does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from connectivity.errors import ConnectivityError
from connectivity.figures.panels import PanelSource

STEP_LIMIT = 200
"""The most steps that a figure file has."""

STEADY = (
    "highlight",
    "rest",
    "windows",
    "color_by",
    "show",
    "padding",
    "dropped",
    "zeros",
    "threshold",
    "labels",
    "unit_labels",
    "edge_labels",
    "fill",
    "edges",
    "boxes",
)
"""The options that a step can change: none of them says where units stand."""

STEP = "A step of a figure that moves; one table for each. What it does not say is as the figure has it."
STEP_KEYS = {
    "network": "What connections there are at this step: a network with units as the figure's.",
    "caption": "What is written under the figure at this step.",
    "values": "The layers and units whose values are written already, as x or y.2; true: all, false: none.",
}
"""What a step can say beside options."""


class StepSource(NamedTuple):
    """A step as a figure file says it.

    ``options`` are by their names in :class:`.Options`; ``panels`` are those of another network, None: the figure's.
    ``values`` are the names of layers and units whose values are written, None: all. ``fail`` raises an error at the
    place of a key of the step, or of the step itself.
    """

    options: Mapping[str, Any]
    panels: tuple[PanelSource, ...] | None
    caption: str
    values: tuple[str, ...] | None
    fail: Callable[[ConnectivityError, str], NoReturn]
