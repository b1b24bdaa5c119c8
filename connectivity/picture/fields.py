"""Fields: what receptive fields, windows, reaches and paths that are highlighted have in each layer.

They are known before anything is made, so that elision leaves them, and says what it does not.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from connectivity.errors import Elided, visible
from connectivity.graphs.gaps import drawn_units
from connectivity.graphs.wiring import Key, Wiring
from connectivity.options import Options

if TYPE_CHECKING:
    from connectivity.layout.columns import Arrangement

Field = dict[int, Collection[int]]
"""The units of layers, by the numbers of these: flat indices; a range stands for all of them."""


def stretches_of(wiring: Wiring, options: Options) -> dict[int, list[tuple[int, int]]]:
    """From which position of each layer to which every field reaches that is highlighted."""
    found: dict[int, list[tuple[int, int]]] = {}
    for wish in options.highlight:
        for layer, flats in _field(wiring, wish, options.index_from).items():
            length = wiring.layers[layer].shape.length
            positions = range(length) if isinstance(flats, range) else {flat % length for flat in flats}
            found.setdefault(layer, []).append((min(positions), max(positions)))
    return found


def note_elided(panels: Sequence[tuple[Wiring, Options, Arrangement]]) -> None:
    """Warn of fields of which units are elided, saying how many."""
    for wish in dict.fromkeys(wish for _, options, _ in panels for wish in options.highlight):
        hidden = whole = 0
        for wiring, options, arrangement in panels:
            if wish not in options.highlight:
                continue
            for layer, flats in _field(wiring, wish, options.index_from).items():
                looked_at = _looked_at(flats, layer, wiring, arrangement)
                whole += len(looked_at)
                hidden += len(looked_at) - _shown(looked_at, layer, wiring, arrangement)
        if hidden:
            verb = "is" if hidden == 1 else "are"
            warnings.warn(
                f'{hidden:,} of the {whole:,} units of the highlight "{visible(wish)}" {verb} not drawn '
                "(--max-units 0 shows all)",
                Elided,
                stacklevel=2,
            )


def _field(wiring: Wiring, wish: str, index_from: int) -> Field:
    """The units of a field, where a wish is one; else none."""
    name, _, rest = (wish.rpartition("=")[0] or wish).strip().partition(":")
    units = drawn_units(wiring, name, index_from) if rest else set()
    if not units:
        return {}
    if rest == "window":
        return _window(wiring, units)
    if rest in ("receptive-field", "reach"):
        return _known(wiring, wiring.reached(units, backwards=rest != "reach"))
    ends = drawn_units(wiring, rest.removeprefix("path:"), index_from) if rest.startswith("path:") else set()
    if not ends:
        return {}
    ahead, behind = wiring.reached(units, backwards=False), wiring.reached(ends, backwards=True)
    return _known(wiring, [{*one} & {*other} for one, other in zip(ahead, behind, strict=True)])


def _known(wiring: Wiring, by_layer: Iterable[Collection[int]]) -> Field:
    """Units as in keys, layer by layer, without those of layers that are left out."""
    flats = ((layer, wiring.flat(layer, units)) for layer, units in enumerate(by_layer))
    return {layer: units for layer, units in flats if units and not wiring.layers[layer].kind.left_out}


def _window(wiring: Wiring, units: Iterable[Key]) -> Field:
    """Units, and what they see in the layers that theirs take."""
    by_layer: dict[int, set[int]] = {}
    for layer, unit in units:
        by_layer.setdefault(layer, set()).add(unit)
    window: dict[int, set[int]] = {}
    for layer, those in by_layer.items():
        window.setdefault(layer, set()).update(wiring.flat(layer, those))
        for source, places in wiring.seen(layer, [wiring.place((layer, unit)) for unit in those]).items():
            length = wiring.layers[source].shape.length
            window.setdefault(source, set()).update(channel * length + position for channel, position in places)
    return {layer: flats for layer, flats in window.items() if flats}


def _looked_at(flats: Collection[int], layer: int, wiring: Wiring, arrangement: Arrangement) -> Collection[int]:
    """Those of a layer's units that may be shown: what nobody asked for is not missing."""
    extract, length = arrangement.scope.extract(layer), wiring.layers[layer].shape.length
    return flats if extract.everything else [flat for flat in flats if extract.has(divmod(flat, length), length)]


def _shown(flats: Collection[int], layer: int, wiring: Wiring, arrangement: Arrangement) -> int:
    length = wiring.layers[layer].shape.length
    shown = (channel * length + position for channel, position in arrangement.shown_places(layer))
    there = flats if isinstance(flats, range | set | frozenset) else {*flats}
    return sum(flat in there for flat in shown)
