"""What is generated of the options: their names and types as keyword arguments, ``connectivity/figures/keywordtypes.py``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from conftest import ROOT

from connectivity.figures.keywords import SOURCES, spellings
from connectivity.models.options import READING
from connectivity.options import Setting, settings

PATH = ROOT / "connectivity" / "figures" / "keywordtypes.py"

HEAD = '''"""The names and types of a figure's options as keyword arguments, for editors and type checkers.

Written by ``make readme`` from :mod:`.options` and :mod:`.models.options`; :mod:`.figures.keywords` reads what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict

from connectivity.graphs.weights import Given

Several: TypeAlias = str | list[str] | tuple[str, ...]
"""One text, or several."""

ByName: TypeAlias = Several | Mapping[str, str]
"""NAME=TEXT, once or several times, or a mapping of names to texts."""


class Keywords(TypedDict, total=False):
    """Every option of a figure; a function of your own passes them on as ``**options: Unpack[Keywords]``.

'''

TYPES = {
    "weights": ("Given | None", "Arrays by their names, or the path of a file of them."),
    "prefix": ("str | None", "Of the weights, only what is under this name."),
    "map": ("ByName | None", "Which module of the weights a layer takes: h=encoder.0, or a mapping."),
    "seed": ("int | None", "For generated weights."),
    "input": (
        "Any",
        "The input's values: an array of shape (channels, length), of several inputs a mapping, or a file.",
    ),
    "input_shape": ("str | Sequence[int] | Sequence[str] | Mapping[str, Sequence[int]]", ""),
    "from_": ("str", ""),
    "until": ("str", ""),
    "fold_batchnorm": ("bool", ""),
}
"""Types of what is no option of :class:`.Options`, and what it means where it is not said elsewhere."""

PLAIN = {"switch": "bool", "whole": "int", "number": "float", "text": "str"}


def source() -> str:
    """The module as it has to be."""
    lines: list[str] = [*_explained(), '    """', ""]
    for setting in settings():
        for name in spellings(setting):
            negative = name.startswith("no_")
            lines += _field(name, "bool" if negative else _type(setting), "" if negative else setting.help)
    for name in SOURCES:
        lines += _field(name, *TYPES[name])
    for key, help in READING.items():
        name = _keyword(key)
        lines += _field(name, TYPES[name][0], help)
    return HEAD + "\n".join(lines) + "\n"


def _explained() -> Iterator[str]:
    """All options with what they mean, for ``help(connectivity.Keywords)``."""
    about = [(", ".join(spellings(setting)), setting.help + _choices(setting)) for setting in settings()]
    about += [(name, TYPES[name][1]) for name in SOURCES]
    about += [(_keyword(key), help) for key, help in READING.items()]
    for name, help in about:
        yield from textwrap.wrap(f"{name}: {_said(help)}", 116, initial_indent="    ", subsequent_indent=" " * 8)


def _choices(setting: Setting) -> str:
    """What there is to choose from, where the help does not say all of it."""
    said = all(choice in setting.help for choice in setting.choices)
    return "" if said else f" One of: {', '.join(setting.choices)}."


def names() -> set[str]:
    """The names of all keyword arguments."""
    options = {name for setting in settings() for name in spellings(setting)}
    return options | {*SOURCES} | {_keyword(key) for key in READING}


def _keyword(key: str) -> str:
    return "from_" if key == "from" else key.replace("-", "_")


def _type(setting: Setting) -> str:
    text = f"Literal[{', '.join(map(json.dumps, setting.choices))}]" if setting.choices else ""
    if setting.name == "labels":
        return f"{text} | str | bool"
    if setting.name == "threshold":
        return "str | float | None"
    if setting.many:
        return f"{text} | Several" if text else "ByName" if setting.by_name else "Several"
    base = f"{text} | str" if text else PLAIN[setting.kind]
    base = f"{base} | Path" if setting.path else base
    return f"{base} | None" if setting.default is None else base


def _field(name: str, type: str, help: str) -> Iterator[str]:
    line = f"    {name}: {type}"
    if len(line) > 120:
        raise ValueError(f"too long: {line}")
    yield line
    if help:
        yield from textwrap.wrap(f'"""{_said(help)}"""', 116, initial_indent="    ", subsequent_indent="    ")


def _said(help: str) -> str:
    return help.replace("  [default", " [default").replace("\\n", "a line end")
