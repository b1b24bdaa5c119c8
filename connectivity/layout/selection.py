"""The options that say what is looked at, read: ``layers``, ``crop``, ``focus``, ``window`` and ``only``.

layers  h1:h3        these layers, and all on ways from the one to the other
crop    5/12         these inputs, and what stands over them
focus   y[1,3]       a unit, and what it depends on
window  h2=10/14     these positions of a layer, what they see and what sees them
only    h1=1/4/9     these channels of a layer, and of layers that take its channels one by one
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs.gaps import LEFT_OUT, drawn_units
from connectivity.graphs.unitnames import counted, find_units, unit_ranges
from connectivity.graphs.wiring import Key, LayerView, Wiring, sees_one_each
from connectivity.layers.base import NAMES_SHOWN
from connectivity.layout.scope import Extract, Scope
from connectivity.options import Options
from connectivity.typeset.text import listed


def selected(layers: Sequence[LayerView], known: Callable[[], Wiring], options: Options) -> Scope:
    """What of a panel with ``layers`` is looked at, as ``options`` say; all of it where they say nothing.

    ``known`` gives the graph of the whole, of which nothing needs to be made: it is asked what units depend on.
    Raises DrawingError for what is not there, and for options that contradict each other.
    """
    stretched = [name for name in ("crop", "focus", "window") if getattr(options, name)]
    if len(stretched) > 1:
        raise DrawingError(f"{listed(stretched)} each say which units are drawn; say one of them", stretched[-1])
    scope = Scope.everything(len(layers))
    if options.crop is not None:
        scope = _cropped(scope, layers, options.crop)
    if options.layers is not None:
        scope = _between(scope, layers, options.layers)
    if options.focus:
        scope = _focused(scope, layers, known(), options)
    if options.window:
        scope = _windowed(scope, layers, known(), options)
    if options.only:
        scope = _only(scope, layers, options)
    if all(layers[number].kind.left_out for number in scope.drawn):
        raise DrawingError(f"nothing is left to draw: what layers leaves {LEFT_OUT}", "layers")
    return scope


def _cropped(scope: Scope, layers: Sequence[LayerView], crop: str) -> Scope:
    """What stands over some of the first input."""
    length = layers[0].shape.length
    ends = _ends(crop, 1, length)
    if ends is None:
        raise DrawingError(
            f'crop "{visible(crop, 40)}" is not FIRST/LAST of positions 1 to {length:,}, as 1/{min(4, length)}', "crop"
        )
    return dataclasses.replace(scope, extracts=(Extract(positions=(ends,)), *scope.extracts[1:]), hints=True, over=True)


def _ends(text: str, start: int, length: int) -> range | None:
    """The positions from FIRST to LAST of a layer so long, whose first is called ``start``; None for what is none."""
    numbers = [_number(part) for part in text.split("/")]
    if len(numbers) != 2 or not start <= numbers[0] <= numbers[1] < length + start:
        return None
    return range(numbers[0] - start, numbers[1] - start + 1)


def _number(text: str) -> int:
    """The whole number that a text is; less than any index of what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _between(scope: Scope, layers: Sequence[LayerView], text: str) -> Scope:
    """The layers on ways from one to another."""
    names, (start, colon, end) = _names(layers), text.partition(":")
    if not colon or not (start.strip() or end.strip()):
        raise DrawingError(
            f'layers "{visible(text, 40)}" is not FROM:TO, as {names[0]}:{names[-1]}, {names[0]}: or :{names[-1]}',
            "layers",
        )
    first = _layer(layers, start.strip(), "layers") if start.strip() else None
    last = _layer(layers, end.strip(), "layers") if end.strip() else None
    there = _reachable(layers, first, last)
    if not there:
        start, end = visible(start.strip()), visible(end.strip())
        backwards = first is not None and last is not None and first > last
        why = (
            f'"{start}" comes after "{end}"; say {end}:{start}'
            if backwards
            else f'no way leads from "{start}" to "{end}"'
        )
        raise DrawingError(f"layers: {why}", "layers")
    return _drawing(scope, there, f"the part {_from_to(start.strip(), end.strip())}")


def _from_to(start: str, end: str) -> str:
    """Where a part begins and ends, in words."""
    return " ".join([*([f"from {start}"] if start else []), *([f"up to {end}"] if end else [])])


def _reachable(layers: Sequence[LayerView], first: int | None, last: int | None) -> set[int]:
    """The layers that ``first`` leads to and that lead to ``last``; None: any."""
    ahead, behind = {first}, {last}
    for number, layer in enumerate(layers):
        if not ahead.isdisjoint(layer.inputs):
            ahead.add(number)
    for number in reversed(range(len(layers))):
        if number in behind:
            behind.update(layers[number].inputs)
    every = set(range(len(layers)))
    return (every if first is None else every & ahead) & (every if last is None else every & behind)


def _drawing(scope: Scope, there: Collection[int], words: str) -> Scope:
    """The same with the layers in ``there`` alone."""
    extracts = tuple(extract if number in there else None for number, extract in enumerate(scope.extracts))
    if scope.over and extracts[0] is None:
        raise DrawingError(
            "crop is of the first input, which layers leaves out; window is of any layer, as h1=5/12", "crop"
        )
    return dataclasses.replace(scope, extracts=extracts, words=_and(scope.words, words))


def _and(words: str, more: str) -> str:
    """What is drawn, in words, and more of that."""
    return f"{words}, {more}" if words else more


def _within(scope: Scope, layers: Sequence[LayerView], reached: Sequence[Collection[int]], words: str) -> Scope:
    """The same with the units alone that are reached, by their flat indices."""
    there = [number for number, flats in enumerate(reached) if flats]
    part = _drawing(scope, there, words)
    extracts = tuple(
        None if extract is None else Extract.of(flats, layer.shape)
        for extract, flats, layer in zip(part.extracts, reached, layers, strict=True)
    )
    return dataclasses.replace(part, extracts=extracts)


def _focused(scope: Scope, layers: Sequence[LayerView], wiring: Wiring, options: Options) -> Scope:
    """What units depend on."""
    start: set[Key] = set()
    names = []
    for wish in options.focus:
        keys = drawn_units(wiring, wish.strip(), options.index_from)
        if not keys and find_units(wiring, wish.strip(), options.index_from):
            raise DrawingError(f'there is no unit to focus on: "{visible(wish)}" {LEFT_OUT}', "focus")
        if not keys:
            raise DrawingError(
                f'there is no unit "{visible(wish)}" to focus on; there are {unit_ranges([wiring], options.index_from)}',
                "focus",
            )
        _check_drawn(scope, layers, {layer for layer, _ in keys}, f'focus "{visible(wish)}"', "focus")
        start |= keys
        names.append(_called(wiring, keys, wish.strip(), options.index_from))
    reached = _flat(wiring, wiring.reached(start, backwards=True))
    if sum(map(len, reached)) == len(start):
        raise DrawingError(
            f"{visible(listed(names))} {'depends' if len(names) == 1 else 'depend'} on no other unit: there is no "
            "receptive field to draw",
            "focus",
        )
    words = f"the receptive field of {listed(names, NAMES_SHOWN)}"
    kept: dict[int, set[tuple[int, int | None]]] = {}
    for layer, unit in start if len(start) <= options.max_units else ():
        for flat in wiring.flat(layer, {unit}):
            kept.setdefault(layer, set()).add(divmod(flat, layers[layer].shape.length))
    return _within(scope, layers, reached, words).keeping(kept)


def _called(wiring: Wiring, keys: Collection[Key], text: str, index_from: int) -> str:
    """What a unit is called; a layer or a channel as it was named."""
    if len(keys) != 1:
        return text
    ((layer, unit),) = keys
    (flat,) = wiring.flat(layer, {unit})
    return counted([wiring.layers[layer].unit_name(flat)], index_from)[0]


def _flat(wiring: Wiring, reached: Sequence[Collection[int]]) -> list[Collection[int]]:
    return [wiring.flat(layer, units) for layer, units in enumerate(reached)]


def _windowed(scope: Scope, layers: Sequence[LayerView], wiring: Wiring, options: Options) -> Scope:
    """Stretches of layers, what they see, and what sees something of them."""
    windows: dict[int, set[int]] = {}
    for wish in options.window:
        name, number, text = _named(layers, wish, "window", "FIRST/LAST", "10/14")
        _check_drawn(scope, layers, {number}, f'window "{visible(wish)}"', "window")
        length, start = layers[number].shape.length, options.index_from
        ends = _ends(text, start, length)
        if ends is None:
            raise DrawingError(
                f'window "{visible(wish, 40)}" is not {name}=FIRST/LAST of positions {start} to {length - 1 + start:,} '
                f"of {name}, as {name}={start}/{min(3, length - 1) + start}",
                "window",
            )
        windows.setdefault(number, set()).update(ends)
    seeds = list(_keys(wiring, layers, windows))
    before, behind = (_flat(wiring, wiring.reached(seeds, backwards)) for backwards in (True, False))
    behind = _with_gaps(layers, behind)
    reached: list[Collection[int]] = []
    for number, both in enumerate(zip(before, behind, strict=True)):
        whole = next((flats for flats in both if isinstance(flats, range)), None)
        reached.append({*both[0], *both[1]} if whole is None else whole)
        if number in windows:
            channels, length = layers[number].shape
            reached[number] = {c * length + position for c in range(channels) for position in windows[number]}
    names = listed([_names(layers)[number] for number in windows], NAMES_SHOWN)
    part = _within(scope, layers, reached, f"a window of {names}, what it sees and what sees it")
    extracts = tuple(
        extract if extract is None or not _joins(layer) else dataclasses.replace(extract, channels=None, units=None)
        for extract, layer in zip(part.extracts, layers, strict=True)
    )
    return dataclasses.replace(part, extracts=extracts, hints=True)


def _with_gaps(layers: Sequence[LayerView], reached: Sequence[Collection[int]]) -> list[Collection[int]]:
    """Units that are reached, and layers that are left out behind them, in which every way ends."""
    every = [*reached]
    for number, layer in enumerate(layers):
        source = next((source for source in layer.inputs if every[source]), None)
        if layer.kind.left_out and source is not None:
            every[number] = every[source] if layer.shape == layers[source].shape else range(layer.shape.units)
    return every


def _joins(layer: LayerView) -> bool:
    """Whether a layer puts others beside one another: a window reaches some of its channels, and is of all."""
    return layer.kind.merges and layer.kind.rearranges


def _keys(wiring: Wiring, layers: Sequence[LayerView], windows: dict[int, set[int]]) -> Iterator[Key]:
    """All units at some positions of layers."""
    for number, positions in windows.items():
        for channel in range(layers[number].shape.channels):
            for position in positions:
                key = wiring.key_at(number, (channel, position))
                if key is not None:
                    yield key


def _only(scope: Scope, layers: Sequence[LayerView], options: Options) -> Scope:
    """Some channels of layers, and the same of those that they share their channels with."""
    channels: dict[int, set[int]] = {}
    for wish in options.only:
        name, number, text = _named(layers, wish, "only", "CHANNEL/CHANNEL...", "1/4/9")
        _check_drawn(scope, layers, {number}, f'only "{visible(wish)}"', "only")
        most, start = layers[number].shape.channels, options.index_from
        numbers = [_number(part) for part in text.split("/")]
        wrong = next(
            (part for part, one in zip(text.split("/"), numbers, strict=True) if not start <= one < most + start), None
        )
        if wrong is not None:
            raise DrawingError(
                f'only "{visible(wish, 40)}": {name} has channels {start} to {most - 1 + start:,}, '
                f'and "{visible(wrong, 20)}" is none of them',
                "only",
            )
        channels.setdefault(number, set()).update(one - start for one in numbers)
    extracts = list(scope.extracts)
    for number, chosen in _shared(layers, channels).items():
        extract = extracts[number]
        if extract is not None:
            left = [one for one in sorted(chosen) if extract.has_channel(one)]
            if not left:
                raise DrawingError(f"none of the channels that only names of {_names(layers)[number]} is drawn", "only")
            whole = len(left) == layers[number].shape.channels
            extracts[number] = dataclasses.replace(extract, channels=None if whole else tuple(left))
    return dataclasses.replace(scope, extracts=tuple(extracts), words=_and(scope.words, "some of the channels"))


def _shared(layers: Sequence[LayerView], channels: dict[int, set[int]]) -> dict[int, set[int]]:
    """The channels of each layer, those that follow others included: they see a channel each, or are seen so."""
    every = dict(channels)
    todo = list(channels)
    while todo:
        number = todo.pop()
        readers = [other for other, layer in enumerate(layers) if number in layer.inputs]
        pairs = [(number, source) for source in layers[number].inputs] + [(reader, number) for reader in readers]
        for reader, source in pairs:
            other = source if reader == number else reader
            if other not in every and sees_one_each(layers, reader, source):
                every[other] = every[number]
                todo.append(other)
    return every


def _named(layers: Sequence[LayerView], wish: str, option: str, form: str, example: str) -> tuple[str, int, str]:
    """The name, the number of the layer and the text of NAME=TEXT. Raises DrawingError at ``option`` for what is not."""
    name, equals, text = wish.partition("=")
    if not equals:
        raise DrawingError(
            f'{option} "{visible(wish, 40)}" is not NAME={form}, as {_names(layers)[0]}={example}', option
        )
    number = _layer(layers, name.strip(), option)
    if layers[number].kind.left_out:
        raise DrawingError(f'{option} "{visible(wish, 40)}": "{visible(name.strip())}" {LEFT_OUT}', option)
    return name.strip(), number, text.strip()


def _layer(layers: Sequence[LayerView], name: str, option: str) -> int:
    """The number of a layer. Raises DrawingError at ``option`` where none has that name."""
    names = _names(layers)
    if name not in names:
        raise DrawingError(f'{option}: there is no layer "{visible(name)}"{suggestion(name, names)}', option)
    return names.index(name)


def _names(layers: Sequence[LayerView]) -> list[str]:
    return [layer.info.name for layer in layers]


def _check_drawn(scope: Scope, layers: Sequence[LayerView], numbers: Iterable[int], what: str, option: str) -> None:
    """Raise DrawingError for layers that are not drawn."""
    for number in numbers:
        if scope.extracts[number] is None:
            drawn = [_names(layers)[one] for one in scope.drawn]
            raise DrawingError(
                f"{what} is of {_names(layers)[number]}, which is not drawn; layers leaves {listed(drawn, NAMES_SHOWN)}",
                option,
            )
