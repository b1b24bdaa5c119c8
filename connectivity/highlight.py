"""What a figure emphasises: units, what they see, what they reach, the ways between two, a weight.

    y[2]                  the unit and the connections at it
    y[2]:window           what it sees in the layer before
    y[2]:receptive-field  everything it depends on, through all layers
    x[3]:reach            everything that depends on it
    x[1]:path:y[2]        every way from the one to the other
    h.weight[0,0,1]       every connection of a weight; h.weight: of all of a layer's

A colour may follow: ``y[2]=crimson``. A layer's name means all of its units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from connectivity.colours import blend, legible, named_colour
from connectivity.errors import DrawingError, suggestion, visible
from connectivity.options import Options
from connectivity.paint import Painter, Swatches, subscripted
from connectivity.themes import THEME, Stroke, Theme
from connectivity.view import Arrow, GraphView

_UNIT = re.compile(r"^(?P<layer>[^\W\d]\w*?)(?:\[(?P<one>\d{1,9})(?:,(?P<two>\d{1,9}))?\]|(?P<number>\d{1,9}))$")
_WORDS = {"receptive-field": "receptive field of", "window": "window of", "reach": "reach of"}
_EMPHASIS = 1.6  # how much wider a highlighted connection is


class Highlight(NamedTuple):
    """What one wish marks in one panel."""

    units: frozenset[Hashable]
    arrows: frozenset[int]  # by id(), as long as their view lives
    colour: str | None
    words: str


def find_highlights(view: GraphView, options: Options) -> list[Highlight | None]:
    """What each of ``options.highlight`` marks in ``view``; None where it names nothing in it.

    Raises DrawingError for a wish that cannot be read, or a colour that is none.
    """
    return [_find(view, wish, options) for wish in options.highlight]


def check_found(
    found: Sequence[Sequence[Highlight | None]], views: Sequence[GraphView], own: Sequence[Options]
) -> None:
    """Raise DrawingError for a wish that marks nothing in any panel that has it."""
    missing: dict[str, bool] = {}
    for marks, options in zip(found, own, strict=True):
        for mark, wish in zip(marks, options.highlight, strict=True):
            missing[wish] = missing.get(wish, True) and mark is None
    for wish, lost in missing.items():
        if lost:
            raise DrawingError(_lost(wish, views, own[0]), "highlight")


def emphasised(painter: Painter, marks: Sequence[Highlight], options: Options) -> Painter:
    """``painter``, where what is marked is stronger and the rest as ``options.rest`` says."""
    theme = THEME[options.theme]
    rest = {
        "pale": Stroke(theme.faint, 0.6),
        "dashed": Stroke(theme.faint, 0.8, "dashed"),
        "dots": Stroke(theme.faint, 1.0, "dotted"),
    }.get(options.rest, Stroke(theme.faint, 0.6))

    def paint(arrow: Arrow) -> Stroke | None:
        colours = [mark.colour for mark in marks if id(arrow) in mark.arrows]
        if not colours:
            return rest
        stroke = painter(arrow) or Stroke(theme.ink)
        own = [colour for colour in colours if colour is not None]
        usual = theme.ink if stroke.colour == theme.muted else stroke.colour
        colour = _mixed(own) if own else usual
        return stroke._replace(colour=colour, width=round(stroke.width * _EMPHASIS, 1))

    return paint


def marked_units(marks: Sequence[Highlight], options: Options) -> dict[Hashable, tuple[str, str]]:
    """Fill and outline of each unit that is marked; of several marks, the colour between theirs."""
    theme = THEME[options.theme]
    colours: dict[Hashable, list[str]] = defaultdict(list)
    for mark in marks:
        for unit in mark.units:
            colours[unit].append(mark.colour or neutral(theme))
    result = {}
    for unit, own in colours.items():
        colour = _mixed(own)
        plain = colour == neutral(theme)
        fill = colour if plain else blend(colour, theme.background, 0.68)
        result[unit] = (fill, theme.unit_stroke if plain else colour)
    return result


def highlight_keys(found: Sequence[Highlight], options: Options) -> list[Swatches]:
    """The legend of what is highlighted: units by their fill, weights by their line; what looks alike is one entry."""
    theme = THEME[options.theme]
    keys = []
    for solid in (True, False):
        alike: dict[Stroke, dict[str, None]] = {}
        for mark in found:
            if bool(mark.units) is solid:
                alike.setdefault(Stroke(_chip(mark, theme)), {})[mark.words] = None
        if alike:
            items = tuple((stroke, ", ".join(words)) for stroke, words in alike.items())
            keys.append(Swatches("highlighted", items, solid))
    return keys


def neutral(theme: Theme) -> str:
    """What a highlighted unit is filled with that has no colour of its own."""
    return blend(theme.muted, theme.background, 0.62)


def _chip(mark: Highlight, theme: Theme) -> str:
    if mark.colour is not None:
        return mark.colour
    return neutral(theme) if mark.units else theme.ink


def _find(view: GraphView, wish: str, options: Options) -> Highlight | None:
    what, colour = _coloured(wish, options)
    name, _, rest = what.partition(":")
    if not rest and re.search(r"\.(weight|bias)(\[|$)", name):
        return _parameter(view, name, colour)
    units = find_units(view, name, options.index_from)
    words = f"{_WORDS.get(rest, '')} {_spelled(name)}".strip()
    other = rest.removeprefix("path:")
    if rest and rest not in _WORDS and other == rest:
        legal = [*_WORDS, "path:UNIT"]
        raise DrawingError(
            f'highlight "{visible(wish)}": unknown "{visible(rest)}"{suggestion(rest, legal)}', "highlight"
        )
    if not units:
        return None
    if rest == "window":
        return _marked([arrow for arrow in view.arrows if arrow.target in units], units, colour, words)
    if rest == "receptive-field":
        return _marked(_walk(view.arrows, units, backwards=True), units, colour, words)
    if rest == "reach":
        return _marked(_walk(view.arrows, units, backwards=False), units, colour, words)
    if rest:
        ends = find_units(view, other, options.index_from)
        if not ends:
            return None
        ahead = {id(arrow) for arrow in _walk(view.arrows, units, backwards=False)}
        ways = [arrow for arrow in _walk(view.arrows, ends, backwards=True) if id(arrow) in ahead]
        if not ways and not units & ends:
            return None
        return _marked(ways, {*units, *ends}, colour, f"from {_spelled(name)} to {_spelled(other)}")
    at_it = [arrow for arrow in view.arrows if arrow.source in units or arrow.target in units]
    return Highlight(frozenset(units), frozenset(map(id, at_it)), colour, words)


def _coloured(wish: str, options: Options) -> tuple[str, str | None]:
    """What is wished for, and the colour it is to have."""
    what, found, colour = wish.rpartition("=")
    if not found:
        return wish.strip(), None
    try:
        return what.strip(), legible(named_colour(colour.strip()), THEME[options.theme].background)
    except DrawingError as error:
        raise DrawingError(f'highlight "{visible(wish)}": {error}', "highlight") from error


def _parameter(view: GraphView, name: str, colour: str | None) -> Highlight | None:
    chosen = [
        arrow
        for arrow in view.arrows
        if arrow.parameter is not None and (arrow.parameter == name or arrow.parameter.startswith(f"{name}["))
    ]
    return Highlight(frozenset(), frozenset(map(id, chosen)), colour, name) if chosen else None


def find_units(view: GraphView, name: str, index_from: int = 1) -> set[Hashable]:
    """The units that ``name`` means: of a layer, of one of its channels, or one; none where there are none.

    ``y2``, ``y[2]`` (of several channels: all units of channel 2), ``y[2,3]`` (channel, position);
    the first is ``index_from``.
    """
    for layer in view.layers:
        if layer.info.name == name:
            return set(layer.units)
    match = _UNIT.match(name)
    layers = [layer for layer in view.layers if match and layer.info.name == match["layer"]]
    if not match or not layers:
        return {unit for unit, own in view.names.items() if own == name}
    first = int(match["one"] or match["number"]) - index_from
    if match["two"] is not None:
        place = (first, int(match["two"]) - index_from)
        return {unit for unit, own in layers[0].places.items() if own == place}
    where = 0 if layers[0].shape.channels > 1 else 1
    return {unit for unit, own in layers[0].places.items() if own[where] == first}


def _walk(arrows: Sequence[Arrow], start: Iterable[Hashable], backwards: bool) -> list[Arrow]:
    """All arrows on ways into ``start``, or on ways out of it."""
    near: Callable[[Arrow], Hashable] = (lambda arrow: arrow.target) if backwards else (lambda arrow: arrow.source)
    far: Callable[[Arrow], Hashable] = (lambda arrow: arrow.source) if backwards else (lambda arrow: arrow.target)
    at: dict[Hashable, list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        at[near(arrow)].append(arrow)
    seen, todo, found = set(start), list(start), []
    while todo:
        for arrow in at[todo.pop()]:
            found.append(arrow)
            if far(arrow) not in seen:
                seen.add(far(arrow))
                todo.append(far(arrow))
    return found


def _marked(arrows: Sequence[Arrow], units: Iterable[Hashable], colour: str | None, words: str) -> Highlight:
    ends = {end for arrow in arrows for end in (arrow.source, arrow.target)}
    return Highlight(frozenset({*units, *ends}), frozenset(map(id, arrows)), colour, words)


def _spelled(name: str) -> str:
    """A unit's name as figures write it: ``y₂``."""
    match = _UNIT.match(name)
    if match and match["two"] is None and not match["layer"][-1].isdigit():
        return subscripted(match["layer"], int(match["one"] or match["number"]))
    return name


def _mixed(colours: Sequence[str]) -> str:
    """The colour between all of ``colours``, which are told once each."""
    once = list(dict.fromkeys(colours))
    mixed = once[0]
    for number, colour in enumerate(once[1:], start=2):
        mixed = blend(mixed, colour, 1 / number)
    return mixed


def _lost(wish: str, views: Sequence[GraphView], options: Options) -> str:
    """The message for a wish that names nothing: what there is."""
    what = wish.rpartition("=")[0] or wish
    for part in (what.partition(":")[0], what.partition(":path:")[2]):
        if not part or any(find_units(view, part, options.index_from) for view in views):
            continue
        if ".weight" in part or ".bias" in part:
            known = dict.fromkeys(arrow.parameter for view in views for arrow in view.arrows if arrow.parameter)
            return f'there is no weight "{visible(part)}"{_near(part, list(known))}'
        return f'there is no unit "{visible(part)}" to highlight; there are {_ranges(views, options.index_from)}'
    return f'highlight "{visible(wish)}" marks nothing: no way leads from the one to the other'


def _near(part: str, known: list[str]) -> str:
    """The nearest of the weights there are, or the first and the last."""
    if not known:
        return "; the network has none"
    hint = suggestion(part, known[:5000])
    return hint if "did you mean" in hint else f" (they go from {known[0]} to {known[-1]})"


def _ranges(views: Sequence[GraphView], start: int) -> str:
    """The units of all layers: ``x[1] to x[5], h1[1,1] to h1[2,3]``."""
    ranges: dict[str, None] = {}
    for view in views:
        for layer in view.layers:
            channels, length = layer.shape
            if channels > 1:
                ends = f"[{start},{start}]", f"[{channels - 1 + start},{length - 1 + start}]"
            else:
                ends = f"[{start}]", f"[{length - 1 + start}]"
            ranges[f"{layer.info.name}{ends[0]} to {layer.info.name}{ends[1]}"] = None
    return ", ".join(list(ranges)[:12]) + (", ..." if len(ranges) > 12 else "")
