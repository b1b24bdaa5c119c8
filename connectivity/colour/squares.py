"""Colours of weights that nobody shares: told apart wherever connections meet, at their source or at their target.

Hues and lightnesses stand in two Latin squares, orthogonal ones: with sources and targets as its columns and rows, each
hue is once in every row and column, so is each lightness, and each of one with each of the other is once in the square.
That of prime order n has ``across * (source + target)`` and ``apart * (source - target)`` modulo n (Bose 1938): of
parallel connections in a square all are as light. The two factors of a small square are those for which neighbours
differ the most, colours of colour-blind readers among them. In a large one, of any odd order, hues follow one another
as round the wheel: no unit has fewer of them, and where hundreds of lines cross they make a rainbow, not a grey.

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
    """A square of so many hues, how many hues lie between neighbours, and how many lightnesses.

    ``slides``: it is laid along a layer whose windows are no wider than the square.
    """

    order: int
    across: int
    apart: int
    slides: bool = False


SQUARES = (Square(5, 2, 1), Square(7, 2, 3), Square(11, 4, 2), Square(13, 5, 4))
"""Those whose neighbours differ the most: the first two of small layers, all of windows."""

_LARGEST = 29  # the order of the largest square
_WIDE = 3  # hues between neighbours of layers larger than that, of which mostly a few units are shown
_SECTION = 0.382  # of the order, about the golden section: from the lightness of a connection to that of its neighbour


def own_colours(wiring: Wiring, layer: int, connections: Iterable[int], theme: Theme) -> dict[int, str]:
    """A colour for the weight of each of some connections into a layer, by its parameter.

    The layers of a network have hues between one another's.
    """
    view = wiring.layers[layer]
    starts: dict[int, int] = {}
    seen = _start(wiring.layers, view.inputs, 0, starts)
    square = _square_of(view, seen)
    turn = _turn(layer, square.order, theme, any(map(_shares, wiring.layers)))
    places: dict[int, int] = {}
    colours: dict[int, str] = {}
    order, across, apart, _ = square
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
        key = across * (s + t) % order, apart * (s - t) % order, s // order, t // order
        if key not in shades:
            step, level, right, down = key
            shades[key] = _shade(theme, (step + turn + _shift(square, right, down)) / order, level / (order - 1))
        colours[parameter] = shades[key]
    return colours


def _shares(layer: LayerView) -> bool:
    """Whether connections of a layer share weights, which then have colours of the palette."""
    return 0 < layer.info.weights < layer.info.connections


def _turn(layer: int, order: int, theme: Theme, beside: bool) -> float:
    """How far the hues of a layer are turned, in steps; ``beside`` shared weights away from the first of the palette."""
    turn = _radical(max(0, layer - 1), 2)
    if not beside:
        return turn
    step = 360 / order
    taken = [hue_of(colour) % step for colour in theme.palette[:_PALETTE]]

    def away(turned: float) -> float:
        hue = (theme.wheel.hue + step * turned) % step
        return min(min((hue - other) % step, (other - hue) % step) for other in taken)

    return max(((turn + place / _PLACES) % 1 for place in range(_PLACES)), key=lambda one: round(away(one), 6))


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
    if whole <= _SMALL or taps is None or window is None:
        return fitting
    channels = max(layer.shape.channels, round(layer.info.connections / (layer.total * taps)))
    dilation = (window[1] - window[0]) / max(1, taps - 1)
    for square in SQUARES:
        if square.order >= taps * channels and (dilation == 0 or dilation % square.order):
            return square._replace(slides=True)
    return fitting


def square_for(units: int) -> Square:
    """The square for layers of so many units; of more than it has room for, those behind them have hues between its own."""
    if units <= _SMALL:
        return next(square for square in SQUARES if square.order >= units)
    order = min(units | 1, _LARGEST)
    apart = next(apart for apart in range(round(_SECTION * order), order) if math.gcd(apart, order) == 1)
    return Square(order, 1 if units <= order else _WIDE, apart)


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
