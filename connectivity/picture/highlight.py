"""What a figure emphasises: units, what they see, what they reach, the ways between two, a weight.

    y.2                  the unit and the connections at it
    y.2:window           what it sees in the layer before
    y.2:receptive-field  everything it depends on, through all layers
    x.3:reach            everything that depends on it
    x.1:path:y.2         every way from the one to the other
    h.weight.0.0.1       every connection of a weight; h.weight: of all of a layer's

A colour may follow: ``y.2=crimson``; where marks overlap the last one is seen. A layer's name means all
of its units.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from connectivity.colour.keys import Swatches
from connectivity.colour.paint import Painter
from connectivity.colour.spaces import blend, grey, legible, named_colour
from connectivity.colour.themes import THEME, Stroke, Theme
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs.gaps import LEFT_OUT, drawn_units, left_out
from connectivity.graphs.unitnames import find_units, unit_ranges, with_brackets, written
from connectivity.graphs.weightnames import bracketed, dotted, is_of_parameter
from connectivity.graphs.wiring import Key, Wiring
from connectivity.options import Options
from connectivity.picture.wishes import refused

_WORDS = {"receptive-field": "receptive field of", "window": "window of", "reach": "reach of"}
_EMPHASIS = 1.6  # how much wider a highlighted connection is


class Highlight(NamedTuple):
    """What one wish marks in one panel.

    ``units`` and ``connections`` are those that are there; ``named`` are the units that the wish itself names, shown
    or not; ``sample`` is one of the connections of a weight, ``wish`` what was said.
    """

    units: frozenset[int]
    connections: frozenset[int]
    colour: str | None
    words: str
    named: frozenset[int] | None = None
    sample: int | None = None
    wish: str = ""


def find_highlights(wiring: Wiring, options: Options) -> list[Highlight | None]:
    """What each of ``options.highlight`` marks in ``wiring``; None where it names nothing in it.

    Raises DrawingError for a wish that cannot be read, or a colour that is none.
    """
    found = [(_find(wiring, wish, options), wish) for wish in options.highlight]
    return [mark and mark._replace(wish=wish) for mark, wish in found]


def named_units(wiring: Wiring, options: Options) -> dict[int, set[tuple[int, int | None]]]:
    """The places that wishes name, by their layers: of single units, and (position None) of single channels."""
    named: dict[int, set[tuple[int, int | None]]] = {}
    layers = {layer.info.name for layer in wiring.layers}
    for wish in options.highlight:
        what = wish.rpartition("=")[0] or wish
        name, _, rest = what.strip().partition(":")
        for one in {name, rest.removeprefix("path:")} - layers:
            keys = drawn_units(wiring, one, options.index_from)
            for layer in {layer for layer, _ in keys}:
                every, length = wiring.layers[layer].shape
                flats = wiring.flat(layer, {unit for _, unit in keys})
                channels, positions = sorted({flat // length for flat in flats}), {flat % length for flat in flats}
                if len(channels) == every:  # of all of them some are enough
                    channels = channels[:1]
                position = positions.pop() if len(positions) == 1 else None
                named.setdefault(layer, set()).update((channel, position) for channel in channels)
    return named


def check_found(panels: Sequence[tuple[Sequence[Highlight | None], Wiring, Options]]) -> None:
    """Raise DrawingError for a wish that marks nothing in any panel that has it."""
    missing: dict[str, bool] = {}
    for marks, _, options in panels:
        for mark, wish in zip(marks, options.highlight, strict=True):
            missing[wish] = missing.get(wish, True) and mark is None
    for wish, lost in missing.items():
        if lost and not wish.strip():
            raise DrawingError(
                "a highlight names nothing: say a unit or a weight, as y.2 or y.weight.0.0.1", "highlight"
            )
        if lost:
            raise _lost(wish, [wiring for _, wiring, _ in panels], panels[0][2])


def check_shown(marks: Sequence[tuple[Highlight, Collection[int]]]) -> None:
    """Raise DrawingError for a mark of units that are in no panel that has it, each with the units shown in its panel."""
    visibility: dict[str, bool] = {}
    for mark, shown in marks:
        visibility[mark.wish] = (
            visibility.get(mark.wish, False) or mark.named is None or not mark.named.isdisjoint(shown)
        )
    for wish, any_shown in visibility.items():
        if not any_shown:
            raise DrawingError(
                f'highlight "{visible(wish)}" is not in the part that is drawn, which crop, layers, focus, only and '
                "window say",
                "highlight",
            )


def emphasised(painter: Painter, marks: Sequence[Highlight], options: Options) -> Painter:
    """``painter``, where what is marked is stronger and the rest as ``options.rest`` says."""
    theme = THEME[options.theme]
    rest = {
        "pale": Stroke(theme.faint, 0.6),
        "dashed": Stroke(theme.faint, 0.8, "dashed"),
        "dots": Stroke(theme.faint, 1.0, "dotted"),
    }.get(options.rest, Stroke(theme.faint, 0.6))

    def paint(connection: int) -> Stroke | None:
        colours = [mark.colour for mark in marks if connection in mark.connections]
        stroke = painter(connection) or Stroke(theme.ink)
        if not colours:  # what passes a value on stays dashed
            return rest._replace(style=stroke.style) if rest.style == "solid" and not theme.monochrome else rest
        mark_colour = next((colour for colour in reversed(colours) if colour is not None), None)
        return stroke._replace(colour=mark_colour or _strong(stroke, theme), width=round(stroke.width * _EMPHASIS, 1))

    return paint


def marked_units(marks: Sequence[Highlight], options: Options) -> dict[int, tuple[str, str]]:
    """Fill and outline of each unit that is marked; of several marks that have a colour, the last one's.

    The fill is empty where units have a fill that means something, and the mark no colour.
    """
    theme = THEME[options.theme]
    colours: dict[int, str | None] = {}
    for mark in marks:
        for unit in mark.units:
            colours[unit] = mark.colour or colours.get(unit)
    plain = (neutral(theme) if options.fill == "none" else "", theme.unit_stroke)
    return {
        unit: plain if colour is None else (blend(colour, theme.background, 0.68), colour)
        for unit, colour in colours.items()
    }


def highlight_keys(marks: Sequence[tuple[Highlight, Painter]], options: Options) -> list[Swatches]:
    """The legend of what is highlighted, each with the painter of its panel; what looks alike is one entry.

    Units are shown by their fill, weights by their line.
    """
    theme = THEME[options.theme]
    alike: tuple[dict[Stroke, dict[str, None]], ...] = ({}, {})
    for mark, painter in marks:
        alike[not mark.units].setdefault(_chip(mark, painter, theme), {})[mark.words] = None
    titles = ("highlighted units", "highlighted weights") if all(alike) else ("highlighted", "highlighted")
    return [
        Swatches(title, tuple((stroke, ", ".join(words)) for stroke, words in same.items()), solid)
        for title, same, solid in zip(titles, alike, (True, False), strict=True)
        if same
    ]


def neutral(theme: Theme) -> str:
    """What a highlighted unit is filled with that has no colour of its own."""
    return blend(theme.muted, theme.background, 0.62)


def _chip(mark: Highlight, painter: Painter, theme: Theme) -> Stroke:
    if mark.colour is not None:
        return Stroke(mark.colour)
    if mark.units:
        return Stroke(neutral(theme))
    stroke = (painter(mark.sample) if mark.sample is not None else None) or Stroke(theme.ink)
    return stroke._replace(colour=_strong(stroke, theme), width=Stroke(theme.ink).width)


def _strong(stroke: Stroke, theme: Theme) -> str:
    """The colour of a highlighted connection that is told none: its own, or that of ink where that says nothing."""
    return theme.ink if stroke.colour == theme.muted else stroke.colour


def _find(wiring: Wiring, wish: str, options: Options) -> Highlight | None:
    what, colour = _coloured(wish, options)
    name, _, rest = what.partition(":")
    if not rest and is_of_parameter(name):
        return _parameter(wiring, bracketed(name), colour)
    units = drawn_units(wiring, name, options.index_from)
    words = f"{_WORDS.get(rest, '')} {_spelled(wiring, units, name, options)}".strip()
    other = rest.removeprefix("path:")
    if rest and rest not in _WORDS and other == rest:
        legal = f" (one of: {', '.join(_WORDS)}, path:UNIT)"
        fault = f'highlight "{visible(wish)}": unknown "{visible(rest)}"'
        raise refused(fault, legal, wish, rest, [wiring], options.index_from)
    if not units:
        return None
    here = _there(wiring, units)
    if rest == "window":
        return _marked(wiring, _connections(wiring, into=here), here, colour, words, _seen(wiring, units))
    if rest == "receptive-field":
        scope = _there(wiring, wiring.walk(units, backwards=True))
        return _marked(wiring, _connections(wiring, into=scope), here, colour, words, scope)
    if rest == "reach":
        scope = _there(wiring, wiring.walk(units, backwards=False))
        return _marked(wiring, _connections(wiring, out_of=scope), here, colour, words, scope)
    if rest:
        ends = drawn_units(wiring, other, options.index_from)
        if not ends:
            return None
        ahead, behind = wiring.walk(units, backwards=False), wiring.walk(ends, backwards=True)
        if not ahead & behind:
            return None
        ways = _connections(wiring, into=_there(wiring, behind), out_of=_there(wiring, ahead))
        start, end = _spelled(wiring, units, name, options), _spelled(wiring, ends, other, options)
        between = _there(wiring, ahead & behind)
        return _marked(wiring, ways, here | _there(wiring, ends), colour, f"from {start} to {end}", between)
    at_it = {*_connections(wiring, into=here), *_connections(wiring, out_of=here)}
    return Highlight(frozenset(here), frozenset(at_it), colour, words, frozenset(here))


def _there(wiring: Wiring, keys: Iterable[Key]) -> set[int]:
    """Those of ``keys`` that are units of the picture's graph."""
    return {unit for unit in map(wiring.unit, keys) if unit is not None}


def _connections(wiring: Wiring, into: set[int] | None = None, out_of: set[int] | None = None) -> list[int]:
    """The connections into some units, and out of some, where they are given; in the order in which they are drawn."""
    return [
        connection
        for connection in wiring.ranks
        if (into is None or wiring.targets[connection] in into)
        and (out_of is None or wiring.sources[connection] in out_of)
    ]


def _coloured(wish: str, options: Options) -> tuple[str, str | None]:
    """What is wished for, and the colour it is to have."""
    what, equals, colour = wish.rpartition("=")
    if not equals:
        return wish.strip(), None
    try:
        theme = THEME[options.theme]
        shade = legible(named_colour(colour.strip()), theme.background)
        return what.strip(), grey(shade) if theme.monochrome else shade
    except DrawingError as error:
        raise DrawingError(f'highlight "{visible(wish)}": {error}', "highlight") from error


def _parameter(wiring: Wiring, name: str, colour: str | None) -> Highlight | None:
    connections = []
    for connection in wiring.ranks:
        parameter = wiring.parameter(connection)
        if parameter is not None and (parameter == name or parameter.startswith(f"{name}[")):
            connections.append(connection)
    if not connections and not wiring.has_parameter(name):
        return None
    return Highlight(frozenset(), frozenset(connections), colour, name, sample=connections[0] if connections else None)


def _seen(wiring: Wiring, units: Iterable[Key]) -> set[int]:
    """What units see, of those that are there."""
    by_layer: dict[int, list[Key]] = {}
    for key in units:
        by_layer.setdefault(key[0], []).append(key)
    seen: set[int] = set()
    for layer, keys in by_layer.items():
        for source, places in wiring.seen(layer, map(wiring.place, keys)).items():
            there = map(wiring.layers[source].by_place.get, places)
            seen.update(unit for unit in there if unit is not None)
    return seen


def _marked(
    wiring: Wiring,
    connections: Sequence[int],
    units: Iterable[int],
    colour: str | None,
    words: str,
    also: Iterable[int] = (),
) -> Highlight:
    """``also`` are marked whether any connection of theirs is drawn or not."""
    ends = {end for each in connections for end in (wiring.sources[each], wiring.targets[each])}
    return Highlight(frozenset({*units, *ends, *also}), frozenset(connections), colour, words, frozenset(units))


def _spelled(wiring: Wiring, units: Collection[Key], name: str, options: Options) -> str:
    """What the figure calls a unit, with markup; a layer or a channel is called as it was named."""
    if len(units) != 1:
        return with_brackets(wiring, name)
    (key,) = units
    unit = wiring.unit(key)
    names = dict(enumerate(wiring.names))
    if unit is None:
        unit = -1
        names[unit] = wiring.layers[key[0]].unit_name(key[1])
    for number, layer in enumerate(wiring.layers):  # of one that is not drawn, so that it counts as one of its letter
        if not layer.units:
            names[-2 - number] = layer.unit_name(0)
    return written(names, index_from=options.index_from)[unit].markup()


def _lost(wish: str, wirings: Sequence[Wiring], options: Options) -> DrawingError:
    """The error of a wish that names nothing: what there is."""
    what = wish.rpartition("=")[0] or wish
    for part in (what.partition(":")[0], what.partition(":path:")[2]):
        if not part or any(drawn_units(wiring, part, options.index_from) for wiring in wirings):
            continue
        if any(find_units(wiring, part, options.index_from) for wiring in wirings):
            return DrawingError(f'there is nothing to highlight: "{visible(part)}" {LEFT_OUT}', "highlight")
        if ".weight" in part or ".bias" in part:
            names = (wiring.parameter(connection) for wiring in wirings for connection in wiring.ranks)
            parameters = dict.fromkeys(name for name in names if name) or _tensors(wirings)
            near = _near(bracketed(part), list(parameters))
            return DrawingError(f'there is no weight "{visible(part)}"{near}', "highlight")
        there = f"; there are {unit_ranges(wirings, options.index_from)}"
        fault = f'there is no unit "{visible(part)}" to highlight'
        return refused(fault, there, wish, part, wirings, options.index_from)
    gap = " (layers are left out)" if any(left_out(wiring.layers) for wiring in wirings) else ""
    return DrawingError(
        f'highlight "{visible(wish)}" marks nothing: no way leads from the one to the other{gap}; say two of which one depends on the other',
        "highlight",
    )


def _tensors(wirings: Sequence[Wiring]) -> dict[str, None]:
    """The first and the last weight of every layer, where connections are not made."""
    names: dict[str, None] = {}
    for wiring in wirings:
        for number, layer in enumerate(wiring.layers):
            indices = [*wiring.kernel(number)] if layer.inputs else []
            for index in (indices[0], indices[-1]) if indices else ():
                names[f"{layer.info.name}.weight[{','.join(map(str, index))}]"] = None
    return names


def _near(part: str, parameters: list[str]) -> str:
    """The nearest of the weights there are, or the first and the last."""
    if not parameters:
        return "; the network has none"
    hint = suggestion(dotted(part), map(dotted, parameters[:5000]))
    ends = dotted(parameters[0]), dotted(parameters[-1])
    return hint if "did you mean" in hint else f" (they go from {ends[0]} to {ends[1]})"
