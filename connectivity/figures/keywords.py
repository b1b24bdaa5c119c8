"""The options of a figure as keyword arguments: the command line's, with ``_`` for ``-``.

One rule: whatever ``connectivity draw`` takes for a figure is a keyword argument of the same name, of every function
that makes, changes, draws or saves one. ``--row-title`` is ``row_title``, ``--no-labels`` is ``no_labels=True`` (and
``labels=False`` as well), ``--from``, which Python keeps for itself, is ``from_``. What may be repeated is a list, or
one text; what is said of layers by their names, ``--label x=a/b``, is also a mapping, ``{"x": "a/b"}``. An option that
is a list has its name in :class:`.Options` too (``row_titles``), and where there is ``color`` there is ``colour``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from connectivity.errors import DrawingError, OptionError, visible
from connectivity.graphs.weights import Given, as_weights, kept
from connectivity.models.options import READING, split_reading
from connectivity.options import Setting, named, one_spelling, settings, unknown_option

if TYPE_CHECKING:
    from connectivity.weightfiles.weights import Weights

Function = TypeVar("Function", bound=Callable[..., Any])

SOURCES = ("weights", "prefix", "map", "seed", "input")
"""What says where the numbers of a figure come from."""

_READING = [{"from": "from_"}.get(key, key.replace("-", "_")) for key in READING]

_ELSEWHERE = {
    "format": 'the format is said to draw("png"), and of save("net.png") it is the suffix',
    "engine": "the engine is said to draw and save",
    "output": 'save("net.svg") writes files',
}


class Said(NamedTuple):
    """What keyword arguments say: numbers, how models are read, and options by their names in :class:`.Options`."""

    numbers: dict[str, Any]
    reading: dict[str, Any]
    options: dict[str, Any]


def completed(function: Function) -> Function:
    """A function whose signature names all options, for notebooks: IPython completes what it finds there, not types."""
    if "IPython" in sys.modules:
        import inspect

        kind = inspect.Parameter.KEYWORD_ONLY
        names = dict.fromkeys(
            [*(next(spellings(setting)) for setting in settings()), *_negatives(), *SOURCES, *_READING]
        )
        signature = inspect.signature(function)
        own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        taken = {one.name for one in own}  # by a parameter that is none by name
        options = [inspect.Parameter(name, kind, default=None) for name in names if name not in taken]
        function.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    return function


def _negatives() -> list[str]:
    return [name for setting in settings() for name in spellings(setting) if name.startswith("no_")]


def read_keywords(said: Mapping[str, Any], room: int | None = None) -> Said:
    """What keyword arguments say; weights and values from files are read, of which networks take ``room`` at most.

    Raises DrawingError for a name that is none, FileError and WeightsError for a file that cannot be used.
    """
    plain: dict[str, Any] = {}
    for name, value in said.items():
        key = one_spelling(name).replace("-", "_")
        if key in plain:
            raise DrawingError(f'"{visible(name)}" is said twice; say it once')
        plain[key] = value
    reading, rest = split_reading(plain)
    sources = {name: rest.pop(name) for name in SOURCES if name in rest}
    return Said(_numbers(sources, room), reading, named(_positive(rest)))


def spellings(setting: Setting) -> Iterator[str]:
    """Every name that an option has as a keyword argument, the command line's first."""
    flag = setting.flag.replace("-", "_")
    yield flag
    if setting.name != flag:
        yield setting.name
    if "color" in flag:
        yield flag.replace("color", "colour")
    if _has_negative(setting):
        yield f"no_{flag}"


def _has_negative(setting: Setting) -> bool:
    """Whether the command line has ``--no-`` of it: of switches, and of labels, which are on unless said otherwise."""
    return isinstance(setting.default, bool) or setting.name == "labels"


def _positive(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said by ``no_labels=True`` as ``labels=False``. Raises DrawingError for what is no option."""
    by_name = {name: setting for setting in settings() for name in spellings(setting)}
    values: dict[str, Any] = {}
    for name, value in said.items():
        if name not in by_name:
            raise _unknown(name, [*by_name, *SOURCES, *_READING])
        setting = by_name[name]
        negative = name == f"no_{setting.flag.replace('-', '_')}"
        if negative and not isinstance(value, bool):
            raise DrawingError(f"{name} must be True or False, not {visible(repr(value), 40)}", setting.name)
        key, value = (setting.name, not value) if negative else (name, value)
        if setting.path and isinstance(value, Path):
            value = str(value)
        if key in values:
            raise DrawingError(f'"{visible(name)}" is said twice; say it once', setting.name)
        values[key] = value
    return values


def _unknown(name: str, legal: list[str]) -> OptionError:
    """The error of a name that is none."""
    where = _ELSEWHERE.get(name)
    return OptionError(f'unknown option "{visible(name)}"; {where}') if where else unknown_option(name, legal)


def _numbers(sources: Mapping[str, Any], room: int | None) -> dict[str, Any]:
    """Weights, a seed and values, as panels take them; None where nothing is said."""
    weights, prefix, pairs = (sources.get(name) for name in ("weights", "prefix", "map"))
    if weights is None and (prefix is not None or pairs is not None):
        raise DrawingError("prefix and map say what of weights is taken: they need weights")
    if weights is not None and (isinstance(weights, (str, Path)) or prefix is not None or pairs is not None):
        weights = _chosen(weights, prefix, pairs)  # read once, for all panels
    seed = sources.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, Integral)):
        raise DrawingError(f"seed must be a whole number, not {visible(repr(seed), 40)}")
    values = sources.get("input")
    if isinstance(values, (str, Path)):
        from connectivity.weightfiles.inputs import load_input

        values = load_input(values, room)
    return {"weights": kept(weights), "seed": seed, "input": kept(values)}


def _chosen(given: Given, prefix: str | None, pairs: Any) -> Weights:
    """Of weights what is under a name, and which modules go to which layers."""
    if pairs is not None and not isinstance(pairs, Mapping):
        from connectivity.weightfiles.weights import read_map

        pairs = read_map([pairs] if isinstance(pairs, str) else pairs)
    return as_weights(given).chosen(prefix, pairs)
