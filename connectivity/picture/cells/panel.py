"""A panel of cells on its way to the scene: its graph, what of it is shown, what is emphasised, what its colours are."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from connectivity.colour.paint import Painted, Painter
from connectivity.colour.themes import THEME, Theme
from connectivity.graphs import descriptions
from connectivity.graphs.unitnames import Label, counted, find_units
from connectivity.graphs.wiring import Key, LayerView, Place, Wiring
from connectivity.layout.distances import Distances
from connectivity.layout.forms import Form
from connectivity.layout.scope import Scope
from connectivity.options import Options, by_layer
from connectivity.picture.cells.bonds import Bond, bond_of
from connectivity.picture.cells.flow import Flow
from connectivity.picture.channelnames import channel_names
from connectivity.picture.labels import unit_labels
from connectivity.picture.pruning import Pruning
from connectivity.scene import Scene
from connectivity.typeset.text import short

if TYPE_CHECKING:
    from connectivity.colour.keys import Key as LegendKey
    from connectivity.picture.cells.drawer import CellDrawer
    from connectivity.picture.cells.plans import CellPlan
    from connectivity.picture.highlight import Highlight


_MOST_STRONG = 6  # so many strong cones of a layer are told apart


_DEFAULT_NAME = re.compile(r"x[0-9]*|h[0-9]+|y")


class CellPanel:
    """One panel of a figure that is drawn with cells.

    ``shown`` are the units on the picture, ``whole`` the connections that are drawn as lines; ``names`` are those of
    units, counted as the panel counts; ``marks`` its highlights. ``painter`` and ``fills`` say what lines and units
    look like; ``keys`` is what the legend says of it, once it is drawn.
    """

    painter: Painter
    distances: Distances
    strongest_last = False

    def drawer(self, paper: Scene, distances: Distances) -> CellDrawer:
        """What draws it, with things so far apart."""
        self.distances = distances
        return self.plan.drawer(self, paper)

    def __init__(
        self,
        wiring: Wiring,
        form: Form,
        options: Options,
        title: str | None,
        marks: Sequence[Highlight],
        subject: Wiring,
        plan: CellPlan,
    ) -> None:
        self.wiring, self.form, self.options, self.title = wiring, form, options, title
        self.marks, self.subject, self.plan = marks, subject, plan
        self.keys: list[LegendKey] = []
        self.named: frozenset[str] = frozenset()  # layers that the legend names
        self._seen: dict[tuple[int, int, int], list[int]] = {}
        self.names = counted(wiring.names, options.index_from)
        self.layers: Sequence[LayerView] = wiring.layers
        if form is Form.NETWORK and wiring.values and options.fill == "none":
            self.options = options = options.replaced({"fill": "value"})
        self.flow = Flow(options.direction)
        self.fills: dict[int, str] = {}
        self.whole = [one for one in wiring.ranks if wiring.layer(one) in plan.lined and wiring.roles[one].counted]
        self.shown = {unit for layer in self.layers for unit in layer.places}
        circles = {unit for number in plan.circles for unit in self.layers[number].places}  # no others can be dashed
        self.pruning = Pruning(subject, wiring, circles, options)
        self.whole = self.pruning.divided(self.whole)[0]

    @property
    def theme(self) -> Theme:
        """The colours of everything that is no weight."""
        return THEME[self.options.theme]

    @property
    def vertical(self) -> bool:
        """Whether it runs up or down the page."""
        return self.flow.vertical

    @functools.cached_property
    def labels(self) -> dict[int, Label]:
        """What stands in units that are large enough."""
        return unit_labels(self.wiring, self.shown, self.options)

    @functools.cached_property
    def channel_names(self) -> dict[int, list[str]]:
        """The names that channels are given, by the number of their layer."""
        return channel_names(self.layers, self.options)

    @functools.cached_property
    def bonds(self) -> list[Bond | None]:
        """How each layer is joined to what it takes; None of an input."""
        return [bond_of(self.layers, number) if layer.inputs else None for number, layer in enumerate(self.layers)]

    @property
    def says_weights(self) -> bool:
        """Whether colours are the values of weights."""
        meaning = self.options.color_by
        given = any(layer.info.given and layer.kind.has_weights for layer in self.layers)
        return meaning in ("weight", "sign") or (meaning == "auto" and given)

    def wish(self, option: Sequence[str], number: int) -> str:
        """What an option that layers can have of their own says of one."""
        return by_layer(option, self.layers[number].info.name)

    @property
    def scope(self) -> Scope:
        """What of its network is looked at."""
        return self.plan.scope

    def untold(self) -> Collection[int]:
        """The connections that are not listed: those that count as zeros and are hidden."""
        return self.pruning.hidden

    @property
    def visible(self) -> list[int]:
        """The connections that are drawn as lines."""
        return self.whole

    def marks_of(self, connection: int) -> int:
        """How many marks on the picture a connection's weight has."""
        return 1

    def painted(self) -> Painted:
        """What of it is coloured."""
        options = self.options
        if not self.says_weights and options.color_by == "auto":
            options = options.replaced({"color_by": "none"})
        passes = any(self.wiring.roles[connection].passes for connection in self.whole)
        return Painted(self.wiring, self.whole, options, None, (), passes)

    def unit(self, layer: int, place: Place) -> int | None:
        """The unit at a place, where it is on the picture."""
        return self.layers[layer].by_place.get(place)

    def value(self, layer: int, place: Place) -> float | None:
        """The value of a unit, where it is known."""
        unit = self.unit(layer, place)
        return self.wiring.values.get(unit) if unit is not None and self.wiring.is_written(unit) else None

    def is_written(self, layer: int, place: Place) -> bool:
        """Whether the value of a unit is known yet."""
        unit = self.unit(layer, place)
        return unit is None or self.wiring.is_written(unit)

    def name(self, layer: int, place: Place) -> str:
        """What a unit is called."""
        unit = self.unit(layer, place)
        return "" if unit is None else self.names[unit]

    def tip(self, layer: int, place: Place) -> str:
        """The tooltip of a unit: its name, and its value where that is known."""
        value = self.value(layer, place)
        return self.name(layer, place) + ("" if value is None else f" = {short(value, self.wiring.largest)}")

    def layer_title(self, number: int) -> str:
        """The heading that a layer is given; empty where it has none."""
        drawn, titles = self.scope.drawn, self.options.layer_titles
        place = drawn.index(number) if number in drawn else len(titles)
        return descriptions.one_line(titles[place]).strip() if place < len(titles) else ""

    def is_spoken_of(self, number: int) -> bool:
        """Whether a layer's name stands in the captions of others, or was given to it."""
        name = self.layers[number].info.name
        own = bool(name) and not _DEFAULT_NAME.fullmatch(name)
        merged = any(layer.kind.merges and number in layer.inputs for layer in self.layers)
        shared = any(layer.info.owner == number for layer in self.layers)
        return bool(name) and (own or merged or shared or name in self.named) and self.form is Form.NETWORK

    def strong(self, layer: int, focus: int) -> dict[int, str | None]:
        """The positions of a layer whose cones are strong, with the colour of their mark: those that are highlighted.

        Where no units are, that at ``focus`` alone; none where the first window and the last are wished for.
        """
        strong: dict[int, str | None] = {}
        for mark in self.marks:
            for unit in sorted(mark.named or ()):
                if unit in self.layers[layer].places:
                    strong[self.layers[layer].places[unit][1]] = mark.colour
        if self.points:
            return strong if len(strong) <= _MOST_STRONG else {}
        return {focus: None} if self.options.windows == "all" else {}

    @property
    def points(self) -> bool:
        """Whether units are highlighted, which is then what is looked at."""
        return any(mark.named is not None for mark in self.marks)

    def mark_of_weight(self, name: str) -> str:
        """The colour of the frame of a weight, by its name; empty where it is not highlighted."""
        for mark in reversed(self.marks):
            if mark.named is None and (name == mark.words or name.startswith(f"{mark.words}[")):
                return mark.colour or self.theme.ink
        return ""

    def names_channels(self, layer: int, position: int) -> list[int]:
        """The channels of a layer of which a highlight names the unit at a position."""
        places = [self.layers[layer].places.get(unit) for mark in self.marks for unit in sorted(mark.named or ())]
        return sorted({place[0] for place in places if place is not None and place[1] == position})

    @functools.cached_property
    def marked(self) -> dict[int, tuple[str, str]]:
        """Fill and outline of each unit that is highlighted."""
        if not self.marks:
            return {}
        from connectivity.picture.highlight import marked_units

        return marked_units(self.marks, self.options)

    def fill(self, unit: int | None, usual: str) -> str:
        """What a unit is filled with: what its fill means, that of its highlight, or the usual."""
        if unit is None:
            return usual
        marked = self.marked.get(unit, ("", ""))[0]
        if not self.wiring.is_written(unit) and self.options.fill == "value":
            return marked or usual
        return marked or self.fills.get(unit, usual)

    def seen(self, layer: int, position: int, source: int) -> list[int]:
        """The positions of a layer it takes that the units of a layer at a position see."""
        key = layer, position, source
        if key not in self._seen:
            self._seen[key] = sorted(self.wiring.window(layer, position, source))
        return self._seen[key]


def named_places(outline: Wiring, options: Options) -> dict[int, list[Place]]:
    """The places of the units that highlights name, by layer; what names none is left to those who refuse it."""
    places: dict[int, list[Place]] = {}
    for wish in options.highlight:
        what = wish.rpartition("=")[0] or wish
        for part in (what.partition(":")[0], what.partition(":path:")[2]):
            if part and ".weight" not in part and ".bias" not in part:
                for key in sorted(_units(outline, part.strip(), options.index_from)):
                    places.setdefault(key[0], []).append(outline.place(key))
    return places


def _units(outline: Wiring, name: str, index_from: int) -> Iterable[Key]:
    """The units of a name; of a whole layer none, since that says nothing of what is looked at."""
    if any(layer.info.name == name for layer in outline.layers):
        return ()
    return find_units(outline, name, index_from)


def wished_positions(places: Mapping[int, Sequence[Place]]) -> dict[int, int]:
    """Of each layer of which units are named: the middle one of their positions."""
    return {layer: sorted(position for _, position in named)[len(named) // 2] for layer, named in places.items()}
