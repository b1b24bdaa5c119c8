"""Colours of weights that nobody shares: told apart wherever connections meet, cross or run beside one another.

Hues and lightnesses stand in two Latin squares, orthogonal ones: with sources and targets as its columns and rows, each
hue is once in every row and column, so is each lightness, and each of one with each of the other is once in the square.
Both are sums of a multiple of the source and one of the target, modulo the order (Bose 1938). Whatever differs by as
many sources and as many targets has the same hues and lightnesses between: so the four factors are those for which
connections that meet, that run beside one another and that cross differ the most, for colour-blind readers as well,
and those that are nearly alike lie where they neither meet nor cross. In a large square neighbours are no more than a
fifth of the wheel apart: where hundreds of lines cross they make a rainbow, not a grey.

A unit counts as in its whole layer, whatever of it is shown: a figure of a part has the colours of the whole. Beyond
the largest square the hues of each further one lie between those of the squares before it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connectivity.colour.spaces import hue_of, legible, vivid
from connectivity.colour.themes import Theme, Wheel
from connectivity.graphs.wiring import LayerView, Wiring

_LIGHTEST_HUE = 100.0  # yellow, in OKLCH
_SMALL = 7  # layers of up to so many units have a square to themselves, whatever they see
_SLIDE = 0.3  # from a square to the next along a layer, in steps of its hues: no window has two hues close together

_PALETTE, _PLACES = 3, 8  # colours of shared weights that own ones keep away from, and places that are tried
_FINEST = 8  # hues between two of a square: more nobody tells apart, and each takes its time


class Square(NamedTuple):
    """A square of so many hues and lightnesses, and how many of each lie between neighbours.

    ``hue`` and ``level`` are from a source to the next and from a target to the next. ``slides``: it is laid along a
    layer whose windows are no wider than the square.
    """

    order: int
    hue: tuple[int, int]
    level: tuple[int, int]
    slides: bool = False

    def cell(self, source: int, target: int) -> tuple[int, int]:
        """The hue and the lightness of a connection, each from 0 to less than the order."""
        (along, across), (up, down) = self.hue, self.level
        return (along * source + across * target) % self.order, (up * source + down * target) % self.order


SQUARES = {
    square.order: square
    for square in (
        Square(5, (1, 2), (2, 1)),
        Square(7, (2, 3), (1, 6)),
        Square(9, (4, 2), (1, 7)),
        Square(11, (2, 5), (3, 3)),
        Square(13, (4, 7), (6, 3)),
        Square(15, (7, 13), (1, 8)),
        Square(17, (2, 14), (4, 2)),
        Square(19, (2, 16), (3, 4)),
        Square(21, (4, 20), (2, 8)),
        Square(23, (4, 22), (1, 8)),
        Square(25, (4, 23), (2, 18)),
        Square(27, (2, 22), (13, 13)),
        Square(29, (3, 24), (5, 7)),
    )
}
"""Those whose connections differ the most, by their orders; the larger ones are of whole layers alone."""

_OF_WINDOWS = (5, 7, 11, 13)  # of prime order, so that taps of whatever dilation have all hues
_NARROW = 3  # windows of more taps get an order for all that cross between two of them
_LARGEST = max(SQUARES)


def own_colours(wiring: Wiring, layer: int, connections: Iterable[int], theme: Theme) -> dict[int, str]:
    """A colour for the weight of each of some connections into a layer, by its parameter.

    The layers of a network have hues between one another's.
    """
    view = wiring.layers[layer]
    starts: dict[int, int] = {}
    seen = _start(wiring.layers, view.inputs, 0, starts)
    square = _square_of(view, seen)
    turn = _turn(layer, square.order, theme, wiring.layers)
    places: dict[int, int] = {}
    colours: dict[int, str] = {}
    order = square.order
    shades: dict[tuple[int, int, int, int], str] = {}
    for connection in connections:
        parameter = wiring.parameters[connection]
        if parameter in colours:
            continue
        source, target = wiring.sources[connection], wiring.targets[connection]
        if source not in places:
            number = wiring.layer_of[source]
            places[source] = starts.get(number, 0) + _place(wiring.layers[number], source)
        if target not in places:
            places[target] = _place(view, target)
        s, t = places[source], places[target]
        key = *square.cell(s, t), s // order, t // order
        if key not in shades:
            step, level, right, down = key
            shades[key] = _shade(theme, (step + turn + _shift(square, right, down)) / order, level / (order - 1))
        colours[parameter] = shades[key]
    return colours


def _shares(layer: LayerView) -> bool:
    """Whether connections of a layer share weights, which then have colours of the palette."""
    return 0 < layer.info.weights < layer.info.connections


def _owns(layer: LayerView) -> bool:
    """Whether each connection of a layer has a weight of its own."""
    return 0 < layer.info.weights == layer.info.connections


def _turn(layer: int, order: int, theme: Theme, layers: Sequence[LayerView]) -> float:
    """How far the hues of a layer are turned, in steps: away from those before it.

    Where weights are shared as well, that is away from the first colours of the palette, which those have, and then
    from the layers before it that share none, as if all had as many hues.
    """
    turn = _radical(layer - 1, 2)
    if not any(map(_shares, layers)):
        return turn
    step = 360 / order
    taken = [hue_of(colour) % step / step for colour in theme.palette[:_PALETTE]]

    def hue(turned: float) -> float:
        return (theme.wheel.hue / step + turned) % 1

    def away(turned: float) -> float:
        return round(min(min((hue(turned) - other) % 1, (other - hue(turned)) % 1) for other in taken), 6)

    before = sum(_owns(view) for view in layers[:layer])
    for _ in range(before % _PLACES + 1):
        turned = max(((turn + place / _PLACES) % 1 for place in range(_PLACES)), key=away)
        taken.append(hue(turned))
    return turned


def wheel_colours(number: int, theme: Theme) -> list[str]:
    """So many colours round the wheel, of neighbours the next one lighter or darker: for weights that are shared."""
    levels = (0.0, 1.0)
    return [_shade(theme, place / number, levels[place % len(levels)]) for place in range(number)]


def _start(layers: Sequence[LayerView], inputs: Iterable[int], start: int, starts: dict[int, int]) -> int:
    """Note from where on the units of each input are counted; where they end. A join has those of the layers it joins."""
    for number in dict.fromkeys(inputs):
        starts.setdefault(number, start)
        if layers[number].kind.rearranges:
            _start(layers, layers[number].inputs, start, starts)
        start += layers[number].total
    return start


def _square_of(layer: LayerView, sources: int) -> Square:
    """The square of what meets at a unit, where windows slide over a layer with so many sources; else of the whole layer.

    Of a window that slides its taps meet, in each channel; those of a dilated one must not lie an order apart.
    """
    whole = max(sources, layer.total)
    fitting = square_for(whole)
    taps, window = layer.info.kernel_size, layer.info.window
    if taps is None or window is None or (whole <= _SMALL and taps <= _NARROW):
        return fitting
    channels = max(layer.shape.channels, round(layer.info.connections / (layer.total * taps)))
    least = taps * channels if channels > 1 or taps <= _NARROW else max(taps, min(2 * taps - 1, _OF_WINDOWS[-1]))
    dilation = (window[1] - window[0]) / max(1, taps - 1)
    for order in _OF_WINDOWS:
        if order >= least and (dilation == 0 or dilation % order):
            return SQUARES[order]._replace(slides=True)
    return fitting


def square_for(units: int) -> Square:
    """The square for layers of so many units; of more than it has room for, those behind them have hues between its own."""
    return SQUARES[next((order for order in SQUARES if order >= units), _LARGEST)]


@functools.cache
def _radical(number: int, base: int) -> float:
    """The numbers from 0 as places in [0, 1), each far from those just before it (van der Corput 1935).

    >>> [_radical(number, 2) for number in range(5)]
    [0.0, 0.5, 0.25, 0.75, 0.125]
    """
    place, share = 0.0, 1.0
    while number:
        number, digit = divmod(number, base)
        share /= base
        place += digit * share
    return place


def _place(layer: LayerView, unit: int) -> int:
    """Where a unit is counted: position by position, so that all that a window sees follow one another."""
    channel, position = layer.places.get(unit) or layer.padding.get(unit, (0, 0))
    return position * layer.shape.channels + channel


def _shift(square: Square, right: int, down: int) -> float:
    """How far the hues of a square are turned that lies so many squares from the first, in steps of its hues."""
    if square.slides:
        return _SLIDE * down
    return round(_FINEST * (_radical(abs(right), 2) + _radical(abs(down), 3))) / _FINEST


def _shade(theme: Theme, place: float, level: float) -> str:
    """A hue at its place round the wheel, from 0 to 1, at a level from 0, the darkest, to 1."""
    return _mixed(theme.wheel, round(theme.wheel.hue + 360 * place) % 360, level, theme.background)


@functools.lru_cache(maxsize=8192)
def _mixed(wheel: Wheel, hue: int, level: float, background: str) -> str:
    leaning = wheel.lean * math.cos(math.radians(hue - _LIGHTEST_HUE))
    lightness = wheel.lightness + leaning + wheel.span * (level - 0.5)
    return legible(vivid(round(lightness, 4), wheel.chroma, hue), background)
