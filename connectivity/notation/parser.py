"""Text to networks: the one-line notation, with the position of everything it says.

    figure = panel { "//" panel }
    panel  = input { layer }
    input  = [NAME "="] SIZE { ",values=" v/v/... | ",drop=" n/n/... }    6    x=6    x=2x8  (channels x length)
    layer  = [NAME "="] KIND [":" VALUE] { "," PARAM ["=" VALUE] }  |  ACTIVATION [":" VALUE]

Parsed in two steps, each of which can be tested alone: :func:`scan` cuts the text into words
that know their column, :func:`parse` makes layers of them. Every error is a NotationError
that points at the character.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connectivity.errors import AboutInput, NetworkError, NotationError, suggestion, visible, warn
from connectivity.layers.activations import NAMES, activation, is_activation, parameters_of
from connectivity.layers.base import Layer
from connectivity.layers.input import Input
from connectivity.layers.kinds import KINDS, kind_words, words_of
from connectivity.layers.words import TEXT_LIMIT, Reader, Word, Words
from connectivity.network import LAYER_LIMIT, Growth, Network, default_names
from connectivity.notation.habits import SQUARE

PANEL_LIMIT = 1_000
"""The most panels in one figure."""


PANEL_SEPARATOR = "//"


def parse(notation: str | Sequence[str], folder: Path | str = ".") -> list[Network]:
    """The networks of ``notation``, one for each panel.

    ``notation`` is a line of text, or its words (a command line's arguments); ``folder`` is
    where the files it names are. Raises NotationError, which shows the place, and where it can the line that was meant.

    Warns :class:`.AboutInput` of an input that has the shape of a square image.

    >>> parse("6 conv:3 fc:2")[0].shapes()[-1]
    Shape(channels=1, length=2)
    """
    text = notation if isinstance(notation, str) else " ".join(notation)
    try:
        networks = _read(text, Path(folder))
    except NotationError as error:
        from connectivity.notation.mending import taught

        raise taught(error, lambda line: _read(line, Path(folder))) from error.__cause__
    _note_images(networks)
    return networks


def _note_images(networks: Sequence[Network]) -> None:
    """Say how an input is read that is a square, as images are, whose pixels it has not as neighbours."""
    for channels, side in dict.fromkeys(network.input for network in networks):
        if channels == side >= SQUARE:
            warn(
                f"{side}x{side} is read as {side} channels of length {side}, and not as an image: a row of one is {side}, "
                f"and all of its pixels are {side * side}",
                AboutInput,
            )


def _read(text: str, folder: Path) -> list[Network]:
    if len(text) > TEXT_LIMIT:
        raise _too_many(f"{len(text):,} characters", TEXT_LIMIT, text[:100], 1)
    reader = Reader(text, folder)
    panels = scan(text)
    if len(panels) > PANEL_LIMIT:
        raise _too_many(f"{len(panels):,} panels", PANEL_LIMIT, text, 1)
    return [_panel(reader, words, end) for words, end in panels]


def _too_many(what: str, limit: int, text: str, column: int) -> NotationError:
    return NotationError(f"{what}; at most {limit:,}, which no option raises", text, column, fault="")


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
        raise _too_many(f"{len(words) - 1:,} layers", LAYER_LIMIT, reader.text, words[LAYER_LIMIT + 1].start + 1)
    growth = Growth(_names(reader, words))
    _grow(reader, growth, _first(reader, words[0]))
    for word in words[1:]:
        name, rest = _named(reader, word)
        if name is None and is_activation(rest.split(",")[0].after(":")[0].text):
            _activate(reader, rest, growth)
        else:
            _grow(reader, growth, _layer(reader, name, rest))
    return growth.network()


class _Entry(NamedTuple):
    """A layer that was read: its kind, its parameters, and where each stands."""

    kind: type[Layer]
    parameters: dict[str, Any]
    places: dict[str, Word]
    head: Word


def _names(reader: Reader, words: Sequence[Word]) -> list[str]:
    """The names of all layers of a panel: given ones, and what the others are called beside them."""
    entries: list[tuple[str | None, bool]] = []
    for number, word in enumerate(words):
        name, rest = _named(reader, word)
        head = rest.split(",")[0].after(":")[0].text
        if number and name is None and is_activation(head):
            continue
        entries.append((name and name.text, not number or head.lower() == Input.kind))
    return default_names(entries)


def _grow(reader: Reader, growth: Growth, entry: _Entry) -> None:
    """Add the layer that was said; its errors are shown where their cause stands."""
    try:
        growth.add(entry.kind.made(entry.parameters))
    except NetworkError as error:
        word = entry.places.get(error.parameter or "", entry.head)
        if entry.kind is Input:  # a size that is wrong as a number is no other word
            raise NotationError(str(error), reader.text, word.start + 1, fault="") from error
        reader.fail(word.split("/")[error.part] if error.part is not None else word, str(error))


def _activate(reader: Reader, word: Word, growth: Growth) -> None:
    """Give the newest layer one more activation: ``NAME[:VALUE][,PARAM=VALUE]``."""
    first, *items = word.split(",")
    head, value = first.after(":")
    names = parameters_of(head.text)
    arguments: dict[str, Word] = dict(zip(names, value.split("/"), strict=False)) if value else {}
    for item in items:
        key, argument = item.after("=")
        if key.text not in names:
            legal = suggestion(key.text, names) if names else " (it has none)"
            reader.fail(key, f'{head.text} has no parameter "{visible(key.text)}"', legal)
        if key.text in arguments:
            reader.fail(key, f"{key.text} is given twice", "; say it once")
        if argument is None:
            reader.fail(key, f"{key.text} needs a value, as {key.text}=0.5")
        arguments[key.text] = argument
    text = head.text.lower()
    if value is not None and not items:
        text += f":{value.text}"
    elif items:
        defaults = dict(zip(names, activation(text).values, strict=False))
        text += ":" + "/".join(arguments[name].text if name in arguments else repr(defaults[name]) for name in names)
    try:
        growth.activate(activation(text).text)
    except NetworkError as error:
        reader.fail(value or head, str(error))


def _first(reader: Reader, word: Word) -> _Entry:
    """The input that a panel begins with: ``[NAME=]SIZE[,PARAM=VALUE]...``."""
    name, rest = _named(reader, word)
    size, *items = rest.split(",")
    if not size.text[:1].isdigit() and not size.text.startswith(("-", "+")):
        head = size.text.partition(":")[0]
        names_layer = head.lower() in kind_words() or is_activation(head)
        hint = "a network starts with the size of its input" if names_layer else "the input is a size"
        error = NotationError(f'{hint}, as in 6 or 2x8, not "{visible(size.text)}"', reader.text, size.start + 1)
        error.fault = f'"{visible(size.text)}" is no size of an input'
        raise error
    words = words_of(Input)
    entry = _Entry(Input, {"name": name and name.text, "size": reader.shape(size)}, {"name": name or size}, size)
    for item in items:
        key, value = item.after("=")
        if words.parameter(key.text) in (None, words.value):
            legal = " (only values, as 6,values=1/0/2/0/1/0, and drop, as 6,drop=2/3)"
            reader.fail(key, f'an input has no parameter "{visible(key.text)}"', legal)
        if value is None:
            reader.fail(key, f"{key.text} needs a value, as {key.text}=1/2")
        _read_parameter(reader, words, item, entry)
        entry.places[key.text] = item
    return entry


def _layer(reader: Reader, name: Word | None, rest: Word) -> _Entry:
    """The layer that ``rest`` describes."""
    items = rest.split(",")
    head, value = items[0].after(":")
    kind = kind_words().get(head.text.lower())
    if kind is None:
        if is_activation(head.text):
            reader.fail(rest, f"{head.text} is an activation: it takes no name", f", as in conv:3 {head.text}")
        hint = suggestion(head.text, [*kind_words(), *NAMES], [words_of(kind).name for kind in KINDS])
        if head.text[:1].isdigit():
            hint = f" (one more input is input:{visible(head.text)})"
        reader.fail(head, f'unknown layer "{visible(head.text)}"', hint)
    entry = _Entry(kind, {"name": name and name.text}, {"name": name or head}, head)
    words = words_of(kind)
    if value is not None and "=" in value.text:  # a parameter may follow the colon directly
        items.insert(1, value)
    elif value is not None:
        if words.value is None:
            reader.fail(value, f"{words.name} takes no value (as in {words.example})")
        entry.places[words.value.key] = entry.places[words.name] = value
        entry.parameters[words.value.key] = words.value.read(reader, value)
    for item in items[1:]:
        _read_parameter(reader, words, item, entry)
    return entry


def _read_parameter(reader: Reader, words: Words, item: Word, entry: _Entry) -> None:
    """Read ``PARAM[=VALUE]``, and note where it stands."""
    key, value = item.after("=")
    parameter = words.parameter(key.text)
    if parameter is None:
        legal = [p.name for p in (words.value, *words.parameters) if p is not None]
        fault = f'{words.name} has no parameter "{visible(key.text)}"' if key.text else "a parameter is missing"
        reader.fail(key, fault, suggestion(key.text, legal))
    if parameter.key in entry.parameters:
        reader.fail(key, f"{parameter.name} is given twice", "; say it once")
    if (value is None or not value.text) and not parameter.flag:
        reader.fail(key, f"{parameter.name} needs a value, as {key.text}=...")
    entry.parameters[parameter.key] = True if value is None else parameter.read(reader, value)
    entry.places[parameter.key] = value or key


def _named(reader: Reader, word: Word) -> tuple[Word | None, Word]:
    """``NAME=REST`` apart; an ``=`` behind a comma or colon is a parameter's."""
    head, rest = word.after("=")
    if rest is None or "," in head.text or ":" in head.text:
        return None, word
    if not head.text:
        reader.fail(head, 'a name is missing before "="', ", as in h=conv:3")
    return head, rest
