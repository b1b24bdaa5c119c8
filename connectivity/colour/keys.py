"""What a legend says: single strokes with their labels, a run of colours, a unit's outline."""

from __future__ import annotations

from typing import NamedTuple

from connectivity.colour.hatching import Pattern
from connectivity.colour.themes import Stroke


class Swatches(NamedTuple):
    """A legend of single strokes, each with its label; ``solid``: of fills, as units have them.

    ``more``: those are examples, and dots behind them say so.
    """

    title: str
    items: tuple[tuple[Stroke, str], ...]
    solid: bool = False
    more: bool = False


class Bar(NamedTuple):
    """A legend that runs through a table of colours, with labels at its ends and its middle."""

    title: str
    colours: tuple[str, ...]
    labels: tuple[str, ...]


class Area(NamedTuple):
    """What an area looks like: a colour, and on paper without colours a pattern; or a line, where it is ``thin``.

    ``mark``: a small square, filled or (with "open") not.
    """

    colour: str
    pattern: Pattern | None = None
    thin: bool = False
    mark: str = ""


class Areas(NamedTuple):
    """A legend of areas, each with its label."""

    items: tuple[tuple[Area, str], ...]

    title: str = ""


class Outline(NamedTuple):
    """What a unit is that is drawn as a dashed outline."""

    title: str


Key = Swatches | Bar | Areas | Outline
