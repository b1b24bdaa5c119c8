"""Figures that a page of documentation says: a text, and options as texts, to a figure.

What the directive of Sphinx and the fence of Markdown have in common.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectivity import numerals
from connectivity.errors import ConnectivityError, DrawingError, FigureFileError, MarkupError, NotationError, visible
from connectivity.figure import Figure
from connectivity.models.options import READING
from connectivity.options import Options, Setting, one_spelling, settings, unknown_option

CONTENT = "<content>"
"""The source that errors in a figure name, where the page itself has it in TOML."""

SOURCES = ("weights", "prefix", "map", "input", "seed", *READING)
"""Options that say where numbers come from, and how models are read, as those of the command line."""

_PAPER = {"auto": "light", "dark": "light"}

# An assignment of TOML: a table, or a key before an equals sign with a space or a quote beside it.
# The notation has neither quotes nor brackets, and no space at an equals sign (x=6 conv:3).
_TOML = re.compile(r"""^\s*(?:\[|["'\w.-]+(?:\s+=|=\s*["'\[{]|=\s))""", re.MULTILINE)

_COMMA = re.compile(r",(?![^\[(]*[\])])")  # outside of brackets


@dataclass(frozen=True)
class Source:
    """A figure as a page says it. Small, and can be pickled.

    ``text`` is TOML or a line of notation, which may be the path of a figure file or a model; ``folder`` is where
    its files are. ``weights`` and ``input`` are paths; ``prefix`` and ``map`` say what of the former is whose;
    ``options`` are by their names in :class:`.Options`, ``reading`` by those of :data:`.models.options.READING`.
    """

    text: str
    folder: str = "."
    options: Mapping[str, Any] = field(default_factory=dict)
    weights: str | None = None
    prefix: str | None = None
    map: Mapping[str, str] | None = None
    input: str | None = None
    seed: int | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)

    def figure(self, theme: str = "light") -> Figure:
        """The figure, in ``theme`` unless it says one itself. Raises ConnectivityError."""
        if is_toml(self.text):
            figure = Figure.parse(self.text, CONTENT, self.folder)
        else:
            figure = Figure.of(self.text, folder=self.folder)
        numbers = self._numbers()
        return figure.changed(
            **numbers, **self.reading, **{"theme": figure.options.get("theme", theme), **self.options}
        )

    def on_paper(self) -> Figure:
        """The figure for a page that is always light, and on which nothing moves."""
        figure = self.figure()
        theme = str(figure.options["theme"])
        still: dict[str, Any] = {"animate": "none"} if figure.moves else {}
        return figure.changed(theme=_PAPER.get(theme, theme), **still)

    def _numbers(self) -> dict[str, Any]:
        numbers: dict[str, Any] = {"weights": None, "input": self.input, "seed": self.seed}
        if self.weights is not None:
            from connectivity.weightfiles.loading import load_weights  # and numpy, which most figures need not

            numbers["weights"] = load_weights(self.weights, self.prefix, self.map)
        return numbers


def is_toml(text: str) -> bool:
    """Whether a text is a figure in TOML; else it is a line of notation.

    >>> is_toml('network = "6 fc:2"'), is_toml("x=6 fc:2"), is_toml("[[panel]]")
    (True, False, True)
    """
    return _TOML.search(text) is not None


def read_source(
    text: str, said: Mapping[str, str], folder: str, resolve: Callable[[str], str], also: Iterable[str] = ()
) -> Source:
    """A figure of a text and of options by their names on the command line (or with ``_``) as texts.

    ``resolve`` makes a path that the page says, of whatever option, one that can be opened. ``also``: what else the page
    could have said, for errors. Raises DrawingError.
    """
    texts = dict(said)
    paths = {name: resolve(texts.pop(name)) for name in ("weights", "input") if name in texts}
    seed = _whole("seed", texts.pop("seed")) if "seed" in texts else None
    prefix, pairs = texts.pop("prefix", None), texts.pop("map", None)
    if (prefix is not None or pairs is not None) and "weights" not in paths:
        raise DrawingError("prefix and map say what of a weight file is taken: say weights as well")
    reading = {
        key: _reading(key, texts.pop(name)) for name in list(texts) if (key := name.replace("_", "-")) in READING
    }
    options = read_options(texts, (*SOURCES, *also))
    options |= {name: resolve(options[name].strip()) for name in _PATHS if options.get(name)}
    return Source(text, folder, options, paths.get("weights"), prefix, _map(pairs), paths.get("input"), seed, reading)


def _map(text: str | None) -> dict[str, str] | None:
    """Which module each layer takes: ``NAME=MODULE``, a line or a word for each. Raises WeightsError."""
    if text is None:
        return None
    from connectivity.weightfiles.weights import read_map

    return read_map(text.split())


def _reading(key: str, text: str) -> Any:
    """A value of one of READING: shapes are lines, or texts with a space between them."""
    if key == "fold-batchnorm":
        return _switch(key, text)
    return text.split() if key == "input-shape" else text.strip()


def read_options(said: Mapping[str, str], also: Iterable[str] = ()) -> dict[str, Any]:
    """Options by their names in :class:`.Options`, of texts by their names on the command line.

    A list has a line for each item; ``captions`` is true, ``no-captions`` the same as ``captions=false``.
    Raises DrawingError for unknown options and for values that are not legal. ``also``: names that the
    caller knows, for the former.

    >>> read_options({"max-units": "12", "no-captions": ""})
    {'max_units': 12, 'captions': False}
    """
    options: dict[str, Any] = {}
    for key, text in said.items():
        name, value = _option(one_spelling(key), text, also)
        if name in options:
            raise DrawingError(f'"{visible(key)}" is said twice; say it once', name)
        Options(**{name: value})
        options[name] = value
    return options


def located(error: NotationError, text: str) -> tuple[int, str] | None:
    """The line (from 1) of ``text`` that ``error`` is in, and the message for it; None where it is elsewhere.

    >>> located(NotationError("no", "6 cov:3", 3), "6 cov:3")
    (1, '"6 cov:3", column 3: no')
    """
    if error.source == CONTENT:
        return error.line, error.advice
    if isinstance(error, FigureFileError):
        return None
    before = text[: error.column - 1]
    start = before.rfind("\n") + 1
    shown = text[start:].partition("\n")[0]
    return before.count("\n") + 1, f'"{visible(shown)}", column {len(before) - start + 1}: {error.advice}'


def advised(error: ConnectivityError, said: Mapping[str, str]) -> str:
    """The message of an error; where a list with commas is at fault, with how lists are said on a page."""
    name = one_spelling(getattr(error, "option", None) or "")
    text = next((text for key, text in said.items() if one_spelling(key) == name), "")
    setting = _FLAGS.get(name)
    is_plain = isinstance(error, MarkupError) and setting is not None and not setting.markup
    message = error.reason if isinstance(error, MarkupError) and is_plain else str(error)
    items = [item.strip() for item in _COMMA.split(text) if item.strip()]
    if setting is None or not setting.many or setting.choices or len(items) < 2:
        return message
    flag, first, second = setting.flag, visible(items[0], 40), visible(items[1], 40)
    return (
        f"{message}; each item of {flag} has a line of its own, without commas "
        f'(in the head of a fence: {flag}="{first}" {flag}="{second}")'
    )


def _option(flag: str, text: str, also: Iterable[str]) -> tuple[str, Any]:
    setting = _FLAGS.get(flag)
    if setting is not None:
        return setting.name, _value(setting, text)
    off = _FLAGS.get(flag.removeprefix("no-"))
    if off is not None and (off.kind == "switch" or off.name == "labels"):
        if text:
            raise DrawingError(f'{flag} takes no value, and not "{visible(text, 40)}": say {flag} alone', off.name)
        return off.name, False  # which labels take as well
    raise unknown_option(flag, [*(setting.flag for setting in settings()), *also])


def _value(setting: Setting, text: str) -> Any:
    if setting.many:
        items = text.split() if setting.choices else [line.strip() for line in text.splitlines() if line.strip()]
        return tuple(items)
    if "\n" in text.strip() and (setting.kind != "text"):
        raise DrawingError(f"{setting.flag} is said twice; say it once", setting.name)
    if setting.kind == "switch":
        return _switch(setting.flag, text)
    if setting.kind == "whole":
        return _whole(setting.flag, text)
    if setting.kind == "number":
        return _number(setting.flag, text)
    folded = {one_spelling(choice).lower(): choice for choice in setting.choices}
    return folded.get(one_spelling(text).lower(), text)


def _switch(flag: str, text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise DrawingError(f'{flag} must be true or false, not "{visible(text, 40)}"', flag)
    return text.lower() != "false"


def _whole(flag: str, text: str) -> int:
    number = numerals.whole(text.strip())
    if number is None:
        raise DrawingError(f'{flag} must be a whole number, as 12, not "{visible(text, 40)}"', flag)
    return number


def _number(flag: str, text: str) -> float:
    number = numerals.decimal(text.strip())
    if number is None:
        raise DrawingError(f'{flag} must be a number, as 1.5, not "{visible(text, 40)}"', flag)
    return number


def _by_flag() -> dict[str, Setting]:
    """Every setting by its name on the command line and by its name in Python, both with dashes."""
    return {one_spelling(name): setting for setting in settings() for name in (setting.name, setting.flag)}


_FLAGS = _by_flag()

_PATHS = tuple(setting.name for setting in settings() if setting.path)
"""The options that name a file."""
