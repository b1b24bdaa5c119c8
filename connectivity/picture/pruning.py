"""What a panel leaves out, or draws dashed: connections whose weights count as zeros, and units that lost them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from connectivity.colour.keys import Key, Outline, Swatches
from connectivity.colour.paint import Painter
from connectivity.colour.themes import THEME, Stroke, Theme
from connectivity.errors import DrawingError
from connectivity.graphs import descriptions
from connectivity.graphs.roles import MERGED
from connectivity.graphs.wiring import Key as UnitKey
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.layers.base import NAMES_SHOWN, count
from connectivity.layout.scope import Scope
from connectivity.options import Options, threshold_of
from connectivity.typeset.text import listed, short

if TYPE_CHECKING:
    from connectivity.graphs.zeros import Removed, Zeros

LOST = "a unit that lost every connection"

_VALUED = ("weight", "sign")  # colours under which the values of generated weights mean something
_ZERO_WIDTH = 0.9  # of dashed lines, in points


class Pruning:
    """What becomes of the zeros of one panel.

    ``subject`` is its graph before any layer was merged, ``wiring`` the one that is drawn. ``concerned`` are the layers
    whose weights are looked at: those that have weights which were given, or whose colours say their values.
    ``hidden`` are the connections of ``wiring`` that are not drawn; ``lost`` the shown units that had connections
    and have none any more. ``shown`` are the units on the picture, of what ``scope`` has (None: of all); ``knows``
    tells whether a hidden unit of a layer has a place of its own as seen from another layer.
    """

    def __init__(
        self,
        subject: Wiring,
        wiring: Wiring,
        shown: set[int],
        options: Options,
        knows: Callable[[int, int], bool] | None = None,
        scope: Scope | None = None,
    ) -> None:
        self._scope = scope
        self._wiring, self._shown, self._knows, self._theme = wiring, shown, knows, THEME[options.theme]
        self.hides, self.dashes = options.zeros_drawn == "hide", options.zeros_drawn == "dash"
        self.applies = self.hides or self.dashes
        layers = subject.layers if self.applies else ()
        self.concerned = [number for number, layer in enumerate(layers) if _is_concerned(layer, options)]
        self._threshold = None if options.threshold is None else threshold_of(options.threshold)
        self._zeros: Zeros | None = None
        if self.concerned:
            from connectivity.graphs.zeros import Zeros

            self._zeros = Zeros(subject, self.concerned, self._threshold)
        self._all = self._find(subject) if self._zeros is not None else frozenset[int]()
        self.hidden = self._all if self.hides else frozenset[int]()
        self.lost: set[int] = set()
        self._beyond: set[tuple[int, int, bool]] | None = None
        if self.hidden:
            self._find_lost(subject)

    def _find(self, subject: Wiring) -> frozenset[int]:
        """The connections that count as zeros; a line that stands for several does if all of them do."""
        zeros, wiring = self._zeros, self._wiring
        if zeros is None:
            return frozenset()
        found = {connection for connection in range(len(wiring)) if zeros.has(wiring, connection)}
        if wiring.bars:
            bars = {wiring.layer_of[bar]: bar for bar in wiring.bars}
            kept: dict[tuple[int, int], bool] = {}
            for connection in range(len(subject)):
                ends = tuple(
                    bars.get(subject.layer_of[unit], unit)
                    for unit in (subject.sources[connection], subject.targets[connection])
                )
                kept[ends[0], ends[1]] = kept.get((ends[0], ends[1]), False) or not zeros.has(subject, connection)
            for connection, role in enumerate(wiring.roles):
                if role is MERGED and not kept.get((wiring.sources[connection], wiring.targets[connection]), True):
                    found.add(connection)
        return frozenset(found)

    def _find_lost(self, subject: Wiring) -> None:
        shown = self._shown
        if all(len(layer.units) == layer.total for layer in subject.layers):
            had, kept = set[int](), set[int]()
            for connection, role in enumerate(self._wiring.roles):
                if role.counted or role is MERGED:
                    ends = self._wiring.sources[connection], self._wiring.targets[connection]
                    had.update(ends)
                    if connection not in self.hidden:
                        kept.update(ends)
            self.lost = (had - kept) & shown
        else:
            self._ask_the_whole(subject, shown)

    def _ask_the_whole(self, subject: Wiring, shown: set[int]) -> None:
        """Of a network that is there in part: what its shown units have lost, and whether any way on is left of them."""
        had, kept = set[int](), set[int]()
        self._beyond = set()
        for unit, other, layer, weight, value in subject.ends({unit for unit in shown if unit < len(subject.names)}):
            had.add(unit)
            if self._zeros is not None and self._zeros.counts(layer, value, weight):
                continue
            kept.add(unit)
            if subject.unit(other) not in shown and self._may_be_shown(subject, other):
                self._beyond.add((unit, layer, subject.layer_of[unit] != layer))
        self.lost = had - kept

    def _may_be_shown(self, subject: Wiring, key: UnitKey) -> bool:
        """Whether a unit is among those that are looked at, or hinted at beside these."""
        layer = key[0]
        length = subject.layers[layer].shape.length
        return self._scope is None or self._scope.may_show(layer, subject.place(key), length)

    def divided(self, connections: list[int]) -> tuple[list[int], list[int]]:
        """Those of ``connections`` that are drawn, and those that are hidden."""
        if not self.hidden:
            return connections, []
        drawn = [each for each in connections if each not in self.hidden]
        return drawn, [each for each in connections if each in self.hidden]

    def stubs(self, connections: list[int]) -> list[int]:
        """Those of ``connections`` that are drawn as stubs.

        Of a part of a network, one to dots stands for all to what is hidden there, and is drawn if any of these is.
        """
        if not self.hidden:
            return connections
        return [each for each in connections if each not in self.hidden or self._stands_for_others(each)]

    def _stands_for_others(self, connection: int) -> bool:
        if self._beyond is None:
            return False
        source, target = self._wiring.sources[connection], self._wiring.targets[connection]
        layer = self._wiring.layer_of[target]
        if self._knows is not None and self._knows(self._wiring.layer_of[source], layer):
            return False  # its stub points to its own place
        return (source, layer, True) in self._beyond or (target, layer, False) in self._beyond

    def leaves_out(self, layer: int, value: float | None, weight: int) -> bool:
        """Whether a weight of a layer is not drawn, by its value and its number in its tensor."""
        return self.hides and self.is_zero(layer, value, weight)

    def is_zero(self, layer: int, value: float | None, weight: int) -> bool:
        """Whether a weight of a layer counts as a zero, by its value and its number in its tensor."""
        return self._zeros is not None and self._zeros.counts(layer, value, weight)

    def leaves_nothing(self, layer: int) -> bool:
        """Whether none of a layer's connections is drawn."""
        removed = self._removed(layer)
        return self.hides and removed is not None and removed.connections == self._wiring.layers[layer].info.connections

    @property
    def dashed(self) -> Collection[int]:
        """The connections that are drawn dashed."""
        return self._all if self.dashes else ()

    def painter(self, painter: Painter) -> Painter:
        """``painter``, by which zeros are dashed."""
        zeros, theme = self.dashed, self._theme
        if not zeros:
            return painter

        def paint(connection: int) -> Stroke | None:
            stroke = painter(connection)
            return _dashed(stroke, theme) if connection in zeros else stroke

        return paint

    def caption(self, index: int, excerpt: descriptions.Excerpt | None = None) -> tuple[str, list[str]]:
        """The heading and the lines under a layer, of which ``excerpt`` is drawn (None: all).

        They say how much of the whole layer is left.
        """
        layer = self._wiring.layers[index]
        removed = self._removed(index)
        if removed is None:
            return descriptions.caption(layer, index, excerpt)
        last = "weight" if layer.info.weights else "connection"

        def say(number: int, noun: str, told: str) -> str:
            zeros = removed.weights if noun == "weight" else removed.connections
            if self.hides:
                text, why = f"{number - zeros:,} of {told}", self._kept_words()
            else:
                text, why = f"{zeros:,} of {told} {_style(self._theme)}", self.words
            return f"{text}: {why}" if noun == last else text

        return descriptions.caption(layer, index, excerpt, say)

    def _removed(self, index: int) -> Removed | None:
        """What of a layer counts as zeros; None where nothing does."""
        removed = self._zeros.removed.get(index) if self._zeros is not None else None
        return removed if removed is not None and removed.connections else None

    @property
    def words(self) -> str:
        """Which weights count as zeros, in short."""
        if self._threshold is None or not self._threshold.number:
            return "w = 0"
        return "the smallest" if self._threshold.share else f"|w| < {short(self._threshold.number)}"

    def _kept_words(self) -> str:
        """Which weights do not."""
        if self._threshold is None or not self._threshold.number:
            return "w ≠ 0"
        return "the largest" if self._threshold.share else f"|w| ≥ {short(self._threshold.number)}"

    def sentences(self, names: Sequence[str]) -> list[str]:
        """What is said of it to those who cannot see it; ``names`` are those of units."""
        said = []
        verb = "are not drawn" if self.hides else f"are {_style(self._theme)}"
        for index in self.concerned:
            removed, layer = self._removed(index), self._wiring.layers[index]
            if removed is not None and (self._scope is None or self._scope.connects(index, layer)):
                connections = count(layer.info.connections, "connection")
                name = layer.info.name or f"layer {index}"
                said.append(f"{removed.connections:,} of the {connections} of {name} {verb} ({self.words})")
        lost = [names[unit] for unit in sorted(self.lost)]
        if lost:
            said.append(f"{listed(lost, NAMES_SHOWN)} lost every connection")
        return said


def _is_concerned(layer: LayerView, options: Options) -> bool:
    """Whether the values of a layer's weights mean something: they were given, or its colours say them."""
    return bool(layer.inputs) and layer.kind.has_weights and (layer.info.given or options.color_by in _VALUED)


def _style(theme: Theme) -> str:
    """How zeros are drawn: on paper dotted, where negative weights are dashed."""
    return "dotted" if theme.monochrome else "dashed"


def _dashed(stroke: Stroke | None, theme: Theme) -> Stroke:
    """The stroke of a zero that would have been drawn as ``stroke``."""
    colour = theme.faint if theme.monochrome or stroke is None else stroke.colour
    return Stroke(colour, _ZERO_WIDTH, _style(theme))


def leaves_out(options: Options) -> bool:
    """Whether fewer connections may be drawn than there are between shown units."""
    return options.zeros_drawn == "hide" or (bool(options.highlight) and options.rest == "hidden")


def said_of_pruning(panels: Sequence[tuple[Pruning, Sequence[str]]]) -> list[str]:
    """What is said of all panels, each with the names of its units, to those who cannot see them: a sentence each."""
    sentences = []
    for number, (pruning, names) in enumerate(panels, start=1):
        where = f"In panel {number}, " if len(panels) > 1 else ""
        sentences += [f"{where}{sentence}." for sentence in pruning.sentences(names)]
    return sentences


def check_pruned(prunings: Collection[tuple[Pruning, Options]]) -> None:
    """Raise DrawingError where zeros are to be drawn otherwise in panels of which none has weights of known value."""
    asked = [(pruning, options) for pruning, options in prunings if pruning.applies]
    if asked and not any(pruning.concerned for pruning, _ in asked):
        raise DrawingError(
            "no weights are given of which some could count as 0: give them (fc:2,weight=1/0/0/1, or weights in a file), "
            "or colour the generated ones by their value (color-by weight)",
            "zeros" if asked[0][1].threshold is None else "threshold",
        )


def pruning_keys(prunings: Sequence[Pruning], theme: Theme) -> list[Key]:
    """The legend: what dashed lines are, and what a dashed unit is."""
    keys: list[Key] = []
    words = dict.fromkeys(pruning.words for pruning in prunings if pruning.dashed)
    if words:
        keys.append(Swatches("weight", ((_dashed(None, theme), " or ".join(words)),)))
    if any(pruning.lost for pruning in prunings):
        keys.append(Outline(LOST))
    return keys
