"""A panel before it is drawn: what of it is shown, where, how large, and what is emphasised."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from connectivity.errors import DrawingError, visible
from connectivity.graphs.unitnames import Label, counted
from connectivity.graphs.view import Arrow, GraphView
from connectivity.options import Options
from connectivity.picture.labels import unit_labels
from connectivity.picture.layout import Arrangement

if TYPE_CHECKING:
    from connectivity.picture.highlight import Highlight

LEAST_PITCH = 1.6
_DENSE_SLOPE = 0.4
_DENSE_ROWS, _DENSE_PITCH = 64, 14.0  # a long column keeps its height for long
_WIDEST_BOX = 6.0  # how much wider than high a box may become for its text
_ROW_GAP = 7.0  # between two rows of channels, in points
_SHOWN_PADDING = ("hollow", "values", "filled")


class Sizes(NamedTuple):
    """Sizes of units, in points; large figures get small ones without labels.

    ``width`` is more than ``diameter`` where units are boxes. ``pitch`` is from one unit to the next
    along a layer, ``row`` from one row of channels to the next.
    """

    diameter: float
    width: float
    pitch: float
    row: float
    font: float
    labelled: bool
    dense: bool = False

    @classmethod
    def of(cls, rows: float, labels: bool, widest: float, shape: str = "circle", vertical: bool = False) -> Sizes:
        """Sizes for a column of ``rows`` pitches, its widest label ``widest`` at font size 1."""
        if rows > _DENSE_ROWS:
            pitch = max(LEAST_PITCH, _DENSE_PITCH * _DENSE_ROWS / rows)
            return cls(0.64 * pitch, 0.64 * pitch, pitch, pitch, 1.0, labelled=False, dense=True)
        diameter, pitch, font = (22.0, 29.0, 9.5) if rows > 27 else (30.0, 42.0, 13.0)
        gap = pitch - diameter
        width, needed = diameter, widest * font + (9 if shape == "box" else 5)
        if labels and needed > diameter:
            if shape == "box":
                width = min(needed, _WIDEST_BOX * diameter)
                font = min(font, (width - 9) / widest)
            else:
                width = diameter = min(needed, 1.5 * diameter)
                font = min(font, (diameter - 5) / widest)
        along, across = (width, diameter) if vertical else (diameter, width)
        return cls(diameter, width, along + gap, across + _ROW_GAP, font, labelled=labels and font >= 6)

    @property
    def slope(self) -> float:
        """The depth to give a reach of 1, so that an arrow passes its target's neighbours.

        At an angle a to the column, it passes a neighbour's centre at ``pitch * sin(a)``.
        """
        clearance = min(0.9, (self.diameter / 2 + 2) / self.pitch) if not self.dense else _DENSE_SLOPE
        return clearance / math.sqrt(1 - clearance**2)


class Arranged(NamedTuple):
    """A view and where its units are; arrows between two shown units, and those with one end shown.

    ``names`` are those of units, counted as the panel counts; ``marks`` its highlights, ``options`` its own.
    """

    view: GraphView
    places: Arrangement
    whole: Sequence[Arrow]
    cut: Sequence[Arrow]
    labels: dict[Hashable, Label]
    marks: Sequence[Highlight]
    options: Options
    names: Mapping[Hashable, str]
    uses: Counter[tuple[int, str | None]]  # of the weights of each layer by whole arrows

    @classmethod
    def of(cls, view: GraphView, options: Options, marks: Sequence[Highlight] = ()) -> Arranged:
        """Arrange ``view``."""
        padding = options.padding in _SHOWN_PADDING
        _check_padding(view, options)
        crop = _crop(view, options)
        rows = options.channels == "rows"
        places = Arrangement(view, options.max_units, options.anchor, crop=crop, rows=rows, padding=padding)
        shown = places.shown()
        labels = unit_labels(view, shown, options)
        names = counted(view.names, options.index_from)
        if options.highlight and options.rest == "hidden":
            chosen = frozenset[int]().union(*(mark.arrows for mark in marks))
            arrows: Sequence[Arrow] = [arrow for arrow in view.arrows if id(arrow) in chosen]
        else:
            arrows = view.arrows
        if len(shown) == len(view.names):
            return cls(view, places, arrows, (), labels, marks, options, names, _uses(arrows))
        whole, cut = [], []
        for arrow in arrows:
            ends = (arrow.source in shown) + (arrow.target in shown)
            if ends == 2 and not places.jumps(arrow):
                whole.append(arrow)
            elif ends:
                cut.append(arrow)
        return cls(view, places, whole, cut, labels, marks, options, names, _uses(whole))

    def marks_of(self, arrow: Arrow) -> int:
        """How many marks on the picture an arrow's weight has: lines, and cells of matrices."""
        return self.uses[arrow.layer, arrow.parameter] * (2 if self.options.view == "both" else 1)

    def shown(self) -> set[Hashable]:
        """The units that are on the picture."""
        return self.places.shown()


def _uses(arrows: Sequence[Arrow]) -> Counter[tuple[int, str | None]]:
    return Counter((arrow.layer, arrow.parameter) for arrow in arrows)


def _check_padding(view: GraphView, options: Options) -> None:
    """Raise DrawingError for more units of padding on a side than a layer would show of its own."""
    widest = max((max(layer.pads()) for layer in view.layers), default=0)
    if options.padding in _SHOWN_PADDING and options.max_units and widest > options.max_units:
        raise DrawingError(
            f"{widest:,} units of padding on a side are too many to show (--max-units 0 shows them, "
            "--padding stubs or hidden does not)",
            "padding",
        )


def _crop(view: GraphView, options: Options) -> tuple[int, int] | None:
    """The first and the last position to show, from 1. Raises DrawingError for what is no part of the input."""
    if options.crop is None:
        return None
    length = view.layers[0].shape.length
    first, found, last = options.crop.partition("/")
    numbers = [int(part) for part in (first, last) if part.isascii() and part.isdigit() and len(part) < 10]
    if not found or len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1] <= length:
        raise DrawingError(
            f'crop "{visible(options.crop, 40)}" is not FIRST/LAST of positions 1 to {length:,}, as 1/{min(4, length)}',
            "crop",
        )
    return numbers[0], numbers[1]
