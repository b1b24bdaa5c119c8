"""Names of units: which unit a name means, and how a figure writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectivity.errors import visible
from connectivity.graphs.wiring import Key, Wiring
from connectivity.typeset.markup import escaped, pieces
from connectivity.typeset.pieces import Piece, Run, Stack

_GIVEN = re.compile(r"^(?P<layer>[^\W\d]\w*?)(?:\[(?P<one>\d{1,9}|\*)(?:,(?P<two>\d{1,9}|\*))?\]|(?P<number>\d{1,9}))$")
_DOTTED = re.compile(r"\.(?P<one>\d{1,9}|all)(?:\.(?P<two>\d{1,9}|all))?$")
_OWN = re.compile(r"^(?P<stem>[^\W\d]+?)(?P<number>\d*)(?:\[(?P<inner>[\d,]+)\]|_?(?P<outer>\d*))$")
_LONGEST = 40  # characters of a name that stand in a unit


class Label(NamedTuple):
    """What stands in a unit: a stem (in italics), a superscript, a subscript. ``large``: it is a sign.

    ``rich`` is a text with markup or of several lines, of which ``stem`` is the plain form.
    """

    stem: str
    sup: str = ""
    sub: str = ""
    italic: bool = False
    large: bool = False
    rich: str = ""

    def markup(self) -> str:
        """The label as a text with markup.

        >>> Label("h", "(1)", "2", italic=True).markup()
        '$h_{2}^{(1)}$'
        """
        if self.rich or not (self.sub or self.sup or self.italic):
            return self.rich or self.stem
        sub = f"_{{{escaped(self.sub)}}}" if self.sub else ""
        return f"${escaped(self.stem)}{sub}" + (f"^{{{escaped(self.sup)}}}$" if self.sup else "$")

    def lines(self) -> list[tuple[Piece, ...]]:
        """The pieces of each of its lines."""
        if self.rich:
            return [pieces(line) for line in self.rich.split("\n")]
        stem = Run(self.stem, "italic" if self.italic else "")
        sub, sup = Run(self.sub, height="sub"), Run(self.sup, height="sup")
        if self.sub and self.sup:
            return [(stem, Stack((sub,), (sup,)))]
        return [tuple(run for run in (stem, sub, sup) if run.text)]


def find_units(wiring: Wiring, name: str, index_from: int = 1) -> set[Key]:
    """The units that ``name`` means: of a layer, of one of its channels, or one; none where there are none.

    ``y.2`` (of several channels: all units of channel 2), ``y.2.3`` (channel, position); the first is ``index_from``,
    and ``all`` stands for all: ``y.all.3`` are the units of every channel at position 3. The same are ``y2``, ``y[2]``,
    ``y[2,3]`` and ``y[*,3]``, as Python writes indices, which shells have quoted. Of a single hidden layer, ``h.2`` is
    what the figure calls so: ``h1[2]``. A unit of a network counts whether the picture shows it or not.
    """
    for number, layer in enumerate(wiring.layers):
        if layer.info.name == name:
            return set(wiring.keys(number))
    match = _GIVEN.match(name)
    named = _layer(wiring, match["layer"]) if match else None
    if match and named is not None:
        return _at(wiring, named, match["one"] or match["number"], match["two"], index_from)
    own = {wiring.key(unit) for unit, label in enumerate(wiring.names) if label == name and _is_unit(wiring, unit)}
    said = _dotted(wiring, name)
    found = None if said is None else _layer(wiring, said[0])
    return own if own or said is None or found is None else _at(wiring, found, *said[1:], index_from)


def with_brackets(wiring: Wiring, name: str) -> str:
    """What figures call units that are said with dots; a layer, and any other name, as it is."""
    said = _dotted(wiring, name)
    if said is None or any(layer.info.name == name for layer in wiring.layers):
        return name
    layer, *indices = said
    return f"{layer}[{','.join('*' if index == 'all' else index for index in indices if index)}]"


def _dotted(wiring: Wiring, name: str) -> tuple[str, str, str | None] | None:
    """The layer and the indices of a name with dots, of which names of layers may have their own: the longest counts."""
    match = _DOTTED.search(name)
    if match is None:
        return None
    last = match["two"] or match["one"]
    longest = name[: -len(last) - 1]
    if match["two"] is None or _layer(wiring, longest) is not None:
        return longest, last, None
    return name[: match.start()], match["one"], last


def _at(wiring: Wiring, layer: int, one: str, two: str | None, index_from: int) -> set[Key]:
    """The units of a layer at a channel and a position, or, without a second index, at the only one that it takes."""
    channels, length = wiring.layers[layer].shape
    firsts = _indices(one, channels if two or channels > 1 else length, index_from)
    if two is not None:
        places = [(first, second) for first in firsts for second in _indices(two, length, index_from)]
    elif channels > 1:
        places = [(first, position) for first in firsts for position in range(length)]
    else:
        places = [(0, first) for first in firsts]
    return {key for place in places if (key := wiring.key_at(layer, place)) is not None}


def _indices(text: str, size: int, index_from: int) -> Sequence[int]:
    """An index from 0, or all of so many."""
    return range(size) if text in ("*", "all") else [int(text) - index_from]


def _is_unit(wiring: Wiring, unit: int) -> bool:
    return unit in wiring.layers[wiring.layer_of[unit]].places


def _layer(wiring: Wiring, name: str) -> int | None:
    """The number of the layer of that name; else of the only one that is numbered behind it (``h1`` for ``h``)."""
    names = [layer.info.name for layer in wiring.layers]
    if name in names:
        return names.index(name)
    numbered = [number for number, layer_name in enumerate(names) if re.fullmatch(rf"{re.escape(name)}\d+", layer_name)]
    return numbered[0] if len(numbered) == 1 else None


def counted(names: Sequence[str], index_from: int) -> Sequence[str]:
    """The names of a panel's units, their indices from ``index_from`` on where they have any.

    >>> counted(["x2", "h1[2,3]", "sum"], 0)
    ['x1', 'h1[1,2]', 'sum']
    """
    return names if index_from == 1 else [_recounted(name, index_from - 1) for name in names]


def _recounted(name: str, shift: int) -> str:
    match = _OWN.match(name)
    if match is None:
        return name
    if match["inner"]:
        inner = ",".join(str(int(part) + shift) for part in match["inner"].split(",") if part)
        return f"{match['stem']}{match['number']}[{inner}]"
    index = match["number"] + match["outer"]
    return f"{match['stem']}{int(index) + shift}" if index else name


NAME_IN_UNITS = 5
"""The longest name of a layer that is written in its units, in characters."""


def written(names: Mapping[int, str], labels: str = "index", index_from: int = 1) -> dict[int, Label]:
    """The names of a panel's units as figures write them: x with a subscript, or as ``labels`` asks.

    A layer's number becomes a superscript, unless it is the only layer of its letter. Of a layer with a long name, as
    trained models have, the index alone stands in units, in which the name has no room.
    """
    parsed = {unit: _OWN.match(name) for unit, name in names.items()}
    letters: dict[str, set[str]] = {}  # of each stem: the numbers of its layers, empty of one that has none
    for match in parsed.values():
        if match:
            letters.setdefault(match["stem"], set()).add(match["number"] if match["inner"] else "")
    label_of: dict[int, Label] = {}
    for unit, match in parsed.items():
        if match is None:
            label_of[unit] = Label(names[unit][:_LONGEST])
            continue
        # The number of the only hidden layer says nothing; that of a name which was given does.
        alone = match["inner"] is None or not match["number"] or (match["stem"] == "h" and len(letters["h"]) == 1)
        index = match["inner"] or match["number"] + match["outer"]
        if index_from != 1:
            index = ",".join(str(int(part) - 1 + index_from) for part in index.split(",") if part)
        long = len(match["stem"]) + (0 if alone else len(match["number"])) > NAME_IN_UNITS
        if index and (labels == "number" or (labels == "index" and long)):
            label_of[unit] = Label(index)
        else:
            sub = "" if labels == "letter" else index
            label_of[unit] = Label(
                match["stem"].rstrip("_") or match["stem"], "" if alone else f"({match['number']})", sub, italic=True
            )
    return label_of


def unit_ranges(wirings: Sequence[Wiring], start: int = 1) -> str:
    """The units of all layers: ``x.1 to x.5, h1.1.1 to h1.2.3``."""
    ranges: dict[str, None] = {}
    for wiring in wirings:
        for layer in wiring.layers:
            if layer.kind.left_out:
                continue
            channels, length = layer.shape
            if channels > 1:
                ends = f".{start}.{start}", f".{channels - 1 + start}.{length - 1 + start}"
            else:
                ends = f".{start}", f".{length - 1 + start}"
            name = visible(layer.info.name)
            ranges[f"{name}{ends[0]} to {name}{ends[1]}"] = None
    return ", ".join(list(ranges)[:12]) + (", ..." if len(ranges) > 12 else "")
