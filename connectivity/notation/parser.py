"""Text to networks: the one-line notation, with the position of everything it says.

    figure = panel { "//" panel }
    panel  = input { layer }
    input  = [NAME "="] SIZE { ",values=" v/v/... | ",drop=" n/n/... }    6    x=6    x=2x8  (channels x length)
    layer  = [NAME "="] KIND [":" VALUE] { "," PARAM ["=" VALUE] }  |  ACTIVATION

Parsed in two steps, each of which can be tested alone: :func:`scan` cuts the text into words
that know their column, :func:`parse` makes layers of them. Every error is a NotationError
that points at the character.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from connectivity.errors import NetworkError, NotationError, suggestion, visible
from connectivity.layers import (
    Layer,
    Shape,
)
from connectivity.layers.activations import ACTIVATIONS, ALIASES
from connectivity.layers.network import LAYER_LIMIT, Network, check_layer, check_name
from connectivity.notation.kinds import KINDS, Kind, kind_words
from connectivity.notation.reading import TEXT_LIMIT, Reader, Word

PANEL_LIMIT = 1_000
"""The most panels in one figure."""


PANEL_SEPARATOR = "//"


def parse(notation: str | Sequence[str], folder: Path | str = ".") -> list[Network]:
    """The networks of ``notation``, one for each panel.

    ``notation`` is a line of text, or its words (a command line's arguments); ``folder`` is
    where the files it names are. Raises NotationError, which shows the place.

    >>> parse("6 conv:3 fc:2")[0].shapes()[-1]
    Shape(channels=1, length=2)
    """
    text = notation if isinstance(notation, str) else " ".join(notation)
    if len(text) > TEXT_LIMIT:
        raise NotationError(f"{len(text):,} characters; at most {TEXT_LIMIT:,}", text[:100], 1)
    reader = Reader(text, Path(folder))
    panels = scan(text)
    if len(panels) > PANEL_LIMIT:
        raise NotationError(f"{len(panels):,} panels; at most {PANEL_LIMIT:,}", text, 1)
    return [_panel(reader, words, end) for words, end in panels]


def scan(text: str) -> list[tuple[list[Word], int]]:
    """The words of each panel, and the index where the panel ends.

    >>> scan("4 fc:2 // 3")
    [([Word(text='4', start=0), Word(text='fc:2', start=2)], 7), ([Word(text='3', start=10)], 11)]
    """
    panels: list[tuple[list[Word], int]] = []
    words: list[Word] = []
    start = 0
    for part in text.split():
        start = text.index(part, start)
        if part == PANEL_SEPARATOR:
            panels.append((words, start))
            words = []
        else:
            words.append(Word(part, start))
        start += len(part)
    return [*panels, (words, len(text))]


def _panel(reader: Reader, words: list[Word], end: int) -> Network:
    if not words:
        what = "an empty panel" if PANEL_SEPARATOR in reader.text else "an empty network"
        reader.fail(Word("", end), f"{what}: start with the size of the input, as in 6 conv:3 fc:2")
    if len(words) - 1 > LAYER_LIMIT:
        reader.fail(words[LAYER_LIMIT + 1], f"{len(words) - 1:,} layers; at most {LAYER_LIMIT:,}")
    start = _input(reader, words[0])
    names = {start.input_name} if start.input_name else set()
    layers: list[Layer] = []
    shape = start.input
    for word in words[1:]:
        activation = ALIASES.get(word.text, word.text)
        if activation in ACTIVATIONS:
            _activate(reader, word, activation, layers)
            continue
        layer, shape = _layer(reader, word, shape, names)
        layers.append(layer)
        if layer.name:
            names.add(layer.name)
    return Network(start.input, tuple(layers), start.input_name, start.values, start.drop)


def _activate(reader: Reader, word: Word, activation: str, layers: list[Layer]) -> None:
    """Give the last of ``layers`` one more activation."""
    if not layers:
        reader.fail(word, f"{word.text} is the activation of the layer before it, and there is none")
    layers[-1] = layers[-1].activated(activation)


def _input(reader: Reader, word: Word) -> Network:
    """The network that is an input alone."""
    name, rest = _named(reader, word)
    size, *options = rest.split(",")
    given, places = _input_options(reader, options)
    parts = size.split("x")
    if len(parts) > 2:
        reader.fail(parts[2], "an input has a length, or channels x length (as 2x8)")
    if not size.text[:1].isdigit() and not size.text.startswith(("-", "+")):
        known = size.text.partition(":")[0].partition(",")[0] in kind_words()
        hint = "a network starts with the size of its input" if known else "the input is a size"
        reader.fail(size, f'{hint}, as in 6 or 2x8, not "{visible(size.text)}"')
    numbers = [reader.integer(part) for part in parts]
    shape = Shape(*numbers) if len(numbers) == 2 else Shape(1, numbers[0])
    if name:
        places["name"] = name
    try:
        return Network(shape, (), name and name.text, given.get("values"), given.get("drop", ()))
    except NetworkError as error:
        reader.fail(places.get(error.parameter or "") or size, str(error))


def _input_options(reader: Reader, options: Sequence[Word]) -> tuple[dict[str, Any], dict[str, Word]]:
    """What an input's parameters say, and where each stands."""
    given: dict[str, Any] = {}
    places: dict[str, Word] = {}
    readers = {"values": reader.numbers, "drop": reader.integers}
    for option in options:
        key, value = option.after("=")
        if key.text not in readers:
            legal = "values, as 6,values=1/0/2/0/1/0, and drop, as 6,drop=2/3"
            reader.fail(key, f'an input has no parameter "{visible(key.text)}" (only {legal})')
        if key.text in given:
            reader.fail(key, f"{key.text} is given twice")
        if value is None:
            reader.fail(key, f"{key.text} needs a value, as {key.text}=1/2")
        given[key.text] = readers[key.text](value)
        places[key.text] = option
    return given, places


def _layer(reader: Reader, word: Word, shape: Shape, names: Collection[str]) -> tuple[Layer, Shape]:
    """The layer that ``word`` describes on an input of ``shape``, and the shape it makes."""
    name, rest = _named(reader, word)
    items = rest.split(",")
    head, value = items[0].after(":")
    kind = kind_words().get(head.text)
    if kind is None:
        legal = [*kind_words(), *ACTIVATIONS]
        if head.text in legal:
            reader.fail(rest, f"{head.text} is an activation: it takes no name and no parameters")
        hint = _hint(head.text.lower()) or suggestion(head.text, legal)
        reader.fail(head, f'unknown layer "{visible(head.text)}"{hint}')
    places = {"name": name or head}
    given: dict[str, Any] = {"name": name and name.text}
    if value is not None:
        places[kind.value.name] = value
        given[kind.value.name] = kind.value.read(reader, value)
    for item in items[1:]:
        _read_parameter(reader, kind, item, given, places)
    try:
        if name:
            check_name(name.text, names)
        layer = kind.build(given)
        return layer, check_layer(layer, shape)
    except NetworkError as error:
        reader.fail(places.get(error.parameter or "", head), str(error))


def _hint(word: str) -> str:
    """What to say instead of a layer that others have; nothing for a word that is none of theirs."""
    flat = word.replace("_", "")
    if flat.endswith(("2d", "3d")):
        return f" (figures are of 1-D layers: {', '.join(kind.name for kind in KINDS)})"
    said = {name.replace("_", ""): hint for names, hint in _HINTS for name in names.split()}
    return f" ({said[flat.removesuffix('1d')]})" if flat.removesuffix("1d") in said else ""


_HINTS = (
    ("dropout alphadropout", "drop=2/3 at a layer drops its units 2 and 3"),
    ("flatten", "fc flattens its input by itself"),
    (
        "softmax log_softmax batchnorm layernorm groupnorm instancenorm identity",
        "it changes no connection: leave it out",
    ),
    ("adaptiveavgpool adaptivemaxpool globalavgpool", "avgpool or maxpool with the input's length as kernel size"),
    ("lstm gru rnn attention multiheadattention", "figures are of layers that run forward: fc, sparse, conv, ..."),
)
"""Layers of PyTorch that the notation does not have, and what to say instead."""


def _read_parameter(reader: Reader, kind: Kind, item: Word, given: dict[str, Any], places: dict[str, Word]) -> None:
    """Read ``PARAM[=VALUE]`` into ``given``, and where it stands into ``places``."""
    key, value = item.after("=")
    parameter = kind.parameter(key.text)
    if parameter is None:
        legal = [p.name for p in (kind.value, *kind.parameters)]
        reader.fail(key, f'{kind.name} has no parameter "{visible(key.text)}"{suggestion(key.text, legal)}')
    if parameter.name in given:
        reader.fail(key, f"{parameter.name} is given twice")
    if value is None and not parameter.flag:
        reader.fail(key, f"{parameter.name} needs a value, as {key.text}=...")
    given[parameter.name] = True if value is None else parameter.read(reader, value)
    places[parameter.name] = value or key


def _named(reader: Reader, word: Word) -> tuple[Word | None, Word]:
    """``NAME=REST`` apart; an ``=`` behind a comma or colon is a parameter's."""
    head, rest = word.after("=")
    if rest is None or "," in head.text or ":" in head.text:
        return None, word
    if not head.text:
        reader.fail(head, 'a name is missing before "="')
    return head, rest
