"""Names of units: which unit a name means, and how a figure writes it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import NamedTuple

from connectivity.graphs.view import GraphView, LayerView

_GIVEN = re.compile(r"^(?P<layer>[^\W\d]\w*?)(?:\[(?P<one>\d{1,9})(?:,(?P<two>\d{1,9}))?\]|(?P<number>\d{1,9}))$")
_OWN = re.compile(r"^(?P<stem>[^\W\d]+?)(?P<number>\d*)(?:\[(?P<inner>[\d,]+)\]|_?(?P<outer>\d*))$")
_LONGEST = 40  # characters of a name that stand in a unit


class Label(NamedTuple):
    """What stands in a unit: a stem (in italics), a superscript, a subscript."""

    stem: str
    sup: str = ""
    sub: str = ""
    italic: bool = False

    def markup(self) -> str:
        """The label as a text with markup.

        >>> Label("h", "(1)", "2", italic=True).markup()
        '$h_{2}^{(1)}$'
        """
        if not (self.sub or self.sup or self.italic):
            return self.stem
        sub = f"_{{{self.sub}}}" if self.sub else ""
        return f"${self.stem}{sub}" + (f"^{{{self.sup}}}$" if self.sup else "$")


def find_units(view: GraphView, name: str, index_from: int = 1) -> set[Hashable]:
    """The units that ``name`` means: of a layer, of one of its channels, or one; none where there are none.

    ``y2``, ``y[2]`` (of several channels: all units of channel 2), ``y[2,3]`` (channel, position); the
    first is ``index_from``. Of a single hidden layer, ``h[2]`` is what the figure calls so: ``h1[2]``.
    """
    for layer in view.layers:
        if layer.info.name == name:
            return set(layer.units)
    match = _GIVEN.match(name)
    chosen = _layer(view, match["layer"]) if match else None
    if not match or chosen is None:
        return {unit for unit, own in view.names.items() if own == name}
    first = int(match["one"] or match["number"]) - index_from
    if match["two"] is not None:
        place = (first, int(match["two"]) - index_from)
        return {unit for unit, own in chosen.places.items() if own == place}
    where = 0 if chosen.shape.channels > 1 else 1
    return {unit for unit, own in chosen.places.items() if own[where] == first}


def _layer(view: GraphView, name: str) -> LayerView | None:
    """The layer of that name; else the only one that is numbered behind it (``h1`` for ``h``)."""
    exact = [layer for layer in view.layers if layer.info.name == name]
    numbered = [layer for layer in view.layers if re.fullmatch(rf"{re.escape(name)}\d+", layer.info.name)]
    return exact[0] if exact else numbered[0] if len(numbered) == 1 else None


def counted(names: Mapping[Hashable, str], index_from: int) -> Mapping[Hashable, str]:
    """The names of a panel's units, their indices from ``index_from`` on where they have any.

    >>> counted({"a": "x2", "b": "h1[2,3]", "c": "sum"}, 0)
    {'a': 'x1', 'b': 'h1[1,2]', 'c': 'sum'}
    """
    if index_from == 1:
        return names
    return {unit: _recounted(name, index_from - 1) for unit, name in names.items()}


def _recounted(name: str, shift: int) -> str:
    match = _OWN.match(name)
    if match is None:
        return name
    if match["inner"]:
        inner = ",".join(str(int(part) + shift) for part in match["inner"].split(",") if part)
        return f"{match['stem']}{match['number']}[{inner}]"
    index = match["number"] + match["outer"]
    return f"{match['stem']}{int(index) + shift}" if index else name


def written(names: Mapping[Hashable, str], labels: str = "index", index_from: int = 1) -> dict[Hashable, Label]:
    """The names of a panel's units as figures write them: x with a subscript, or as ``labels`` asks.

    A layer's number becomes a superscript, unless it is the only layer of its letter.
    """
    parsed = {unit: _OWN.match(name) for unit, name in names.items()}
    letters: dict[str, set[str]] = {}
    for match in parsed.values():
        if match and match["inner"]:
            letters.setdefault(match["stem"], set()).add(match["number"])
    found: dict[Hashable, Label] = {}
    for unit, match in parsed.items():
        if match is None:
            found[unit] = Label(names[unit][:_LONGEST])
            continue
        # The number of the only hidden layer says nothing; that of a name which was given does.
        alone = match["inner"] is None or not match["number"] or (match["stem"] == "h" and len(letters["h"]) == 1)
        index = match["inner"] or match["number"] + match["outer"]
        if index_from != 1:
            index = ",".join(str(int(part) - 1 + index_from) for part in index.split(",") if part)
        if labels == "number" and index:
            found[unit] = Label(index)
        else:
            sub = "" if labels == "letter" else index
            found[unit] = Label(match["stem"], "" if alone else f"({match['number']})", sub, italic=True)
    return found
