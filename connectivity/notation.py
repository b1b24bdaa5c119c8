"""Text to networks: the one-line notation, with the position of everything it says.

    figure = panel { "//" panel }
    panel  = input { layer }
    input  = [NAME "="] SIZE [",values=" v/v/...]  6    x=6    x=2x8  (channels x length)
    layer  = [NAME "="] KIND [":" VALUE] { "," PARAM ["=" VALUE] }  |  ACTIVATION

Parsed in two steps, each of which can be tested alone: :func:`scan` cuts the text into words
that know their column, :func:`parse` makes layers of them. Every error is a NotationError
that points at the character.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from connectivity.activations import ACTIVATIONS, ALIASES
from connectivity.errors import FileError, NetworkError, NotationError, suggestion, visible
from connectivity.layers import (
    PADDING_MODES,
    PADDING_WORDS,
    AvgPool,
    Convolution,
    ConvolutionTranspose,
    FullyConnected,
    Layer,
    LocallyConnected,
    Masked,
    MaxPool,
    RandomlySparse,
    Shape,
)
from connectivity.network import LAYER_LIMIT, Network, check_layer, check_name

TEXT_LIMIT = 1_048_576
"""The longest notation that is read, in characters; a mask file may be as many bytes."""

PANEL_LIMIT = 1_000
"""The most panels in one figure."""

PANEL_SEPARATOR = "//"


class Word(NamedTuple):
    """A part of the notation and where it starts, counted from 0."""

    text: str
    start: int

    def after(self, separator: str) -> tuple[Word, Word | None]:
        """What stands before the first ``separator``, and what after it (None without one)."""
        head, found, tail = self.text.partition(separator)
        rest = Word(tail, self.start + len(head) + len(separator)) if found else None
        return Word(head, self.start), rest

    def split(self, separator: str) -> list[Word]:
        """The parts between separators, each with its own place."""
        parts, start = [], self.start
        for text in self.text.split(separator):
            parts.append(Word(text, start))
            start += len(text) + len(separator)
        return parts


class Parameter(NamedTuple):
    """A parameter of a kind: how it may be spelled, how it is read, what it means."""

    name: str
    read: Callable[[Reader, Word], Any]
    help: str
    short: str | None = None
    flag: bool = False


class Kind(NamedTuple):
    """A kind of layer: its words, its VALUE, its parameters and what it builds."""

    name: str
    aliases: tuple[str, ...]
    value: Parameter
    parameters: tuple[Parameter, ...]
    build: Callable[[dict[str, Any]], Layer]
    help: str

    def parameter(self, word: str) -> Parameter | None:
        """The parameter that is spelled ``word``."""
        for parameter in (self.value, *self.parameters):
            if word in (parameter.name, parameter.short):
                return parameter
        return None


class Reader(NamedTuple):
    """Reads words; ``text`` is the whole line, for errors; ``folder`` is where files are."""

    text: str
    folder: Path

    def fail(self, word: Word, message: str) -> NoReturn:
        """Raise the error ``message`` at ``word``."""
        raise NotationError(message, self.text, word.start + 1)

    def integer(self, word: Word) -> int:
        """A whole number; its range is checked by the layer it is for."""
        digits = word.text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            self.fail(word, f'"{visible(word.text)}" is not a whole number')
        if len(digits) > 18:
            self.fail(word, f"a number of {len(digits)} digits is too large")
        return int(word.text)

    def number(self, word: Word) -> float:
        """A finite decimal number."""
        try:
            value = float(word.text) if word.text.isascii() and "_" not in word.text else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fail(word, f'"{visible(word.text)}" is not a finite number')
        return value

    def numbers(self, word: Word) -> tuple[float, ...]:
        """Numbers between slashes, ``1/0/-1``."""
        return tuple(self.number(part) for part in word.split("/"))

    def integers(self, word: Word) -> tuple[int, ...]:
        """Whole numbers between slashes, ``-3/0/3``."""
        return tuple(self.integer(part) for part in word.split("/"))

    def boolean(self, word: Word) -> bool:
        """``true`` or ``false``."""
        if word.text not in ("true", "false"):
            self.fail(word, f'"{visible(word.text)}" is neither true nor false')
        return word.text == "true"

    def padding(self, word: Word) -> int | tuple[int, int] | str:
        """``1``, ``0/1`` (left/right), or a word such as ``same``."""
        if word.text in PADDING_WORDS:
            return word.text
        parts = word.split("/")
        if word.text[:1].isalpha():
            self.fail(word, f'unknown padding "{visible(word.text)}"{suggestion(word.text, PADDING_WORDS)}')
        if len(parts) > 2:
            self.fail(parts[2], f"padding takes one number or two (left/right), not {len(parts)}")
        sides = [self.integer(part) for part in parts]
        return sides[0] if len(sides) == 1 else (sides[0], sides[1])

    def padding_mode(self, word: Word) -> str:
        """One of PyTorch's padding modes."""
        if word.text not in PADDING_MODES:
            self.fail(word, f'unknown padding_mode "{visible(word.text)}"{suggestion(word.text, PADDING_MODES)}')
        return word.text

    def mask(self, word: Word) -> tuple[tuple[bool, ...], ...]:
        """Rows of zeros and ones, ``011/010``, or the name of a CSV file of them."""
        if set(word.text) <= set("01/"):
            rows = word.split("/")
            for row in rows:
                if not row.text:
                    self.fail(row, "an empty row in the mask (rows of 0 and 1, as 011/010)")
            return tuple(tuple(digit == "1" for digit in row.text) for row in rows)
        if set(word.text) <= set("0123456789/"):
            wrong = next(i for i, digit in enumerate(word.text) if digit not in "01/")
            self.fail(Word("", word.start + wrong), "a mask has only the digits 0 and 1")
        try:
            return read_mask(self.folder / word.text, word.text)
        except (FileError, NetworkError) as error:
            self.fail(word, str(error))


_BIAS = Parameter("bias", Reader.boolean, "add a bias to each unit (each channel of a conv)", flag=True)
_WEIGHT = Parameter("weight", Reader.numbers, "the weights, in PyTorch's order, as 1/0/-1", "w")
_KERNEL = Parameter("kernel_size", Reader.integer, "kernel size", "k")
_STRIDE = Parameter("stride", Reader.integer, "step from one window to the next", "s")
_POOL_STRIDE = Parameter("stride", Reader.integer, "step from one window to the next (default: the kernel size)", "s")
_PADDING = Parameter("padding", Reader.padding, "1, 0/1 (left/right), same, valid, causal or full", "p")
_BOTH_SIDES = Parameter("padding", Reader.integer, "positions added on both sides", "p")
_DILATION = Parameter("dilation", Reader.integer, "distance between taps", "d")
_CHANNELS = Parameter("channels", Reader.integer, "output channels (default: as many as groups)", "c")
_GROUPS = Parameter("groups", Reader.integer, "groups of channels", "g")
_MODE = Parameter("padding_mode", Reader.padding_mode, ", ".join(PADDING_MODES))
_TAPS = Parameter("taps", Reader.integers, "offsets in place of a regular kernel, as -3/0/3")
_WINDOW = (_STRIDE, _PADDING, _DILATION, _CHANNELS, _GROUPS, _MODE, _TAPS)
_CEIL = Parameter("ceil_mode", Reader.boolean, "keep a last window that reaches over the end", flag=True)
_MASKS = (
    Parameter("mask", Reader.mask, "rows = outputs, as 011/010, or a CSV file of 0 and 1"),
    Parameter("units", Reader.integer, "outputs of a randomly sparse layer", "u"),
    Parameter("density", Reader.number, "the share of connections it keeps, 0 to 1"),
    Parameter("seed", Reader.integer, "which of them"),
)


def _sparse(given: dict[str, Any]) -> Layer:
    """The sparse layer that the given parameters describe: window, mask or density."""
    styles = {
        "a window": {"kernel_size", *(p.name for p in _WINDOW)},
        "mask": {"mask"},
        "density": {"units", "density", "seed"},
    }
    used = [style for style, names in styles.items() if names & given.keys()]
    if len(used) > 1:
        culprit = next(name for name in given if name in styles[used[1]])
        raise NetworkError(f"a sparse layer has either {used[0]} or {used[1]}, not both", culprit)
    if used == ["mask"]:
        return Masked(**given)
    if used == ["density"]:
        for name in ("units", "density"):
            if name not in given:
                raise NetworkError(f"a random sparse layer also needs {name}= (as units=6,density=0.3)")
        return RandomlySparse(**given)
    return LocallyConnected(**_kernel(given, "sparse:3"))


def _kernel(given: dict[str, Any], example: str) -> dict[str, Any]:
    """``given`` with what explicit taps imply: the kernel's size, and padding that leaves them where they are."""
    if "taps" in given:
        return {"kernel_size": len(given["taps"]), "padding": "taps", **given}
    return _needing("kernel_size", given, example)


def _needing(name: str, given: dict[str, Any], example: str) -> dict[str, Any]:
    if name not in given:
        extra = ", or mask= or units= with density=" if example.startswith("sparse") else ""
        raise NetworkError(f"{name} is missing (as in {example}){extra}")
    return given


KINDS = (
    Kind(
        "fc",
        ("linear", "dense"),
        Parameter("units", Reader.integer, "units", "u"),
        (_BIAS, _WEIGHT),
        lambda given: FullyConnected(**_needing("units", given, "fc:4")),
        "fully connected: every input to every unit",
    ),
    Kind(
        "sparse",
        ("local",),
        _KERNEL,
        (*_WINDOW, *_MASKS, _BIAS, _WEIGHT),
        _sparse,
        "each unit sees an area, every connection has its own weight",
    ),
    Kind(
        "conv",
        ("conv1d", "shared"),
        _KERNEL,
        (
            *_WINDOW,
            Parameter("tie", Reader.integer, "period of the weights of a tiled convolution (1: every unit the same)"),
            _BIAS,
            _WEIGHT,
        ),
        lambda given: Convolution(**_kernel(given, "conv:3")),
        "convolution: sparse, and parallel connections share a weight",
    ),
    Kind(
        "convtranspose",
        ("deconv",),
        _KERNEL,
        (
            _STRIDE,
            Parameter("padding", Reader.integer, "positions cut off on both sides", "p"),
            Parameter("output_padding", Reader.integer, "positions added on the right"),
            _DILATION,
            _CHANNELS,
            _GROUPS,
            _BIAS,
            _WEIGHT,
        ),
        lambda given: ConvolutionTranspose(**_needing("kernel_size", given, "convtranspose:3")),
        "transposed convolution: each input lays the kernel onto the output",
    ),
    Kind(
        "maxpool",
        ("maxpool1d",),
        _KERNEL,
        (_POOL_STRIDE, _BOTH_SIDES, _DILATION, _CEIL),
        lambda given: MaxPool(**_needing("kernel_size", given, "maxpool:2")),
        "the largest value of each window",
    ),
    Kind(
        "avgpool",
        ("avgpool1d",),
        _KERNEL,
        (
            _POOL_STRIDE,
            _BOTH_SIDES,
            _CEIL,
            Parameter("count_include_pad", Reader.boolean, "count padding as zeros (default: true)", flag=True),
        ),
        lambda given: AvgPool(**_needing("kernel_size", given, "avgpool:2")),
        "the mean of each window",
    ),
)
"""All kinds of layers, in the order they are explained."""


@functools.cache
def kind_words() -> dict[str, Kind]:
    """Every word that names a kind, aliases too."""
    return {word: kind for kind in KINDS for word in (kind.name, *kind.aliases)}


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


def read_mask(path: Path, shown: str) -> tuple[tuple[bool, ...], ...]:
    """The mask in a CSV file: a line for each output, a 0 or 1 for each input.

    ``shown`` is how the user wrote the path. Raises FileError where it cannot be read,
    NetworkError where it is no mask.
    """
    name = visible(shown)
    try:
        with path.open("rb") as file:
            data = file.read(TEXT_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise FileError(f'cannot read the mask "{name}": {reason} (rows of 0 and 1 go as 011/010)') from error
    if len(data) > TEXT_LIMIT:
        raise NetworkError(f'the mask "{name}" is larger than {TEXT_LIMIT:,} bytes', "mask")
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(",")]
        wrong = next((cell for cell in cells if cell not in ("0", "1")), None)
        if wrong is not None:
            raise NetworkError(f'the mask "{name}", line {number}: "{visible(wrong, 20)}" is neither 0 nor 1', "mask")
        rows.append(tuple(cell == "1" for cell in cells))
    if not rows:
        raise NetworkError(f'the mask "{name}" is empty', "mask")
    return tuple(rows)


def _panel(reader: Reader, words: list[Word], end: int) -> Network:
    if not words:
        what = "an empty panel" if PANEL_SEPARATOR in reader.text else "an empty network"
        reader.fail(Word("", end), f"{what}: start with the size of the input, as in 6 conv:3 fc:2")
    if len(words) - 1 > LAYER_LIMIT:
        reader.fail(words[LAYER_LIMIT + 1], f"{len(words) - 1:,} layers; at most {LAYER_LIMIT:,}")
    name, shape, values = _input(reader, words[0])
    names = {name} if name else set()
    layers: list[Layer] = []
    first = shape
    for word in words[1:]:
        activation = ALIASES.get(word.text, word.text)
        if activation in ACTIVATIONS:
            _activate(reader, word, activation, layers)
            continue
        layer, shape = _layer(reader, word, shape, names)
        layers.append(layer)
        if layer.name:
            names.add(layer.name)
    return Network(first, tuple(layers), name, values)


def _activate(reader: Reader, word: Word, activation: str, layers: list[Layer]) -> None:
    """Give the last of ``layers`` one more activation."""
    if not layers:
        reader.fail(word, f"{word.text} is the activation of the layer before it, and there is none")
    layers[-1] = layers[-1].activated(activation)


def _input(reader: Reader, word: Word) -> tuple[str | None, Shape, tuple[float, ...] | None]:
    name, rest = _named(reader, word)
    size, options = rest.after(",")
    values = _input_values(reader, options) if options else None
    parts = size.split("x")
    if len(parts) > 2:
        reader.fail(parts[2], "an input has a length, or channels x length (as 2x8)")
    if not size.text[:1].isdigit() and not size.text.startswith(("-", "+")):
        known = size.text.partition(":")[0].partition(",")[0] in kind_words()
        hint = "a network starts with the size of its input" if known else "the input is a size"
        reader.fail(size, f'{hint}, as in 6 or 2x8, not "{visible(size.text)}"')
    numbers = [reader.integer(part) for part in parts]
    shape = Shape(*numbers) if len(numbers) == 2 else Shape(1, numbers[0])
    try:
        Network(shape, (), name and name.text, values)
    except NetworkError as error:
        places = {"name": name, "values": options}
        reader.fail(places.get(error.parameter or "") or size, str(error))
    return name and name.text, shape, values


def _input_values(reader: Reader, options: Word) -> tuple[float, ...]:
    key, value = options.after("=")
    if key.text != "values":
        reader.fail(key, f'an input has no parameter "{visible(key.text)}" (only values, as 6,values=1/0/2/0/1/0)')
    if value is None:
        reader.fail(key, "values needs a value, as values=1/0/2")
    return reader.numbers(value)


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
        reader.fail(head, f'unknown layer "{visible(head.text)}"{suggestion(head.text, legal)}')
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
