"""How a figure is drawn: every option, its legal values and its default.

Imports nothing heavy, since the command line reads the choices before it does anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from connectivity.errors import DrawingError, suggestion, visible

ENGINES = ("auto", "embedded", "system")
COLOR_BY = ("auto", "parameter", "weight", "sign", "layer", "group", "none")
DIRECTIONS = ("LR", "RL", "BT", "TB")
ANCHORS = ("centre", "first", "last")
THEMES = ("light", "dark")
SHOW = ("values", "bias")

LABEL_LIMIT = 1_000
"""The longest title or description, in characters."""

MAX_UNITS = 24
MAX_EDGES = 200_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a figure. Raises DrawingError where one is not legal.

    ``title``, ``description``: text over the figure, and for those who cannot see it.
    ``panel_titles``: one for each panel; None derives them where panels have different subjects.
    ``layer_titles``: in place of the captions' headings, from the input on, in every panel.
    ``boxes``: names of layers whose units stand in a box.
    ``direction``: where the network runs; ``columns``: panels in a row (0: all of them).
    ``anchor``: where a unit stands over its window; None is "centre", and "last" for causal layers.
    ``max_units``: a longer layer is elided in the middle (0: never).
    ``max_edges``: the most connections that are drawn.
    ``color_by``, ``colormap``, ``vmin``, ``vmax``: what colours mean, see :mod:`.paint`.
    ``show``: "values" (of an input, in the units), "bias" (its units and connections).
    ``dpi``: dots per inch of a PNG; None is 192, or what fits 2,000 pixels.
    """

    title: str | None = None
    description: str | None = None
    panel_titles: tuple[str, ...] | None = None
    layer_titles: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    direction: str = "LR"
    columns: int = 0
    anchor: str | None = None
    max_units: int = MAX_UNITS
    max_edges: int = MAX_EDGES
    color_by: str = "auto"
    colormap: str | None = None
    vmin: float | None = None
    vmax: float | None = None
    theme: str = "light"
    show: tuple[str, ...] = ()
    labels: bool = True
    captions: bool = True
    legend: bool = True
    dpi: float | None = None

    def __post_init__(self) -> None:
        self._check_words()
        self._check_texts()
        self._check_numbers()

    def _check_words(self) -> None:
        _check_choice("direction", self.direction, DIRECTIONS)
        _check_choice("color_by", self.color_by, COLOR_BY)
        _check_choice("theme", self.theme, THEMES)
        for item in self.show:
            _check_choice("thing to show", item, SHOW)
        if self.anchor is not None:
            _check_choice("anchor", self.anchor, ANCHORS)
        if self.colormap == "":
            raise DrawingError("the colormap has no name (as viridis or coolwarm)")

    def _check_texts(self) -> None:
        for text in (self.title, self.description, *(self.panel_titles or ()), *self.layer_titles):
            if text is not None and len(text) > LABEL_LIMIT:
                raise DrawingError(f"a title or description of {len(text):,} characters; at most {LABEL_LIMIT:,}")

    def _check_numbers(self) -> None:
        for name in ("columns", "max_units", "max_edges"):
            if getattr(self, name) < 0:
                raise DrawingError(f"{name} must be 0 or more, not {getattr(self, name)}")
        for name in ("vmin", "vmax", "dpi"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise DrawingError(f"{name} must be a finite number, not {value}")
        if self.dpi is not None and self.dpi <= 0:
            raise DrawingError(f"dpi must be more than 0, not {self.dpi:g}")


def _check_choice(name: str, value: str, legal: tuple[str, ...]) -> None:
    if value not in legal:
        raise DrawingError(f'unknown {name} "{visible(value)}"{suggestion(value, legal)}')
