"""Figure files: a figure in TOML, every mistake in it shown where it is.

    network = "6 conv:3 fc:2"
    title = "Two layers"
    max-units = 12

or, with more to say of each panel::

    columns = 1

    [[panel]]
    network = "5 conv:3,p=1"
    title = "sparse"
    weights = "weights.npz"

Keys are the options of the command line under their names (``max-units`` or ``max_units``), and
``network``, ``weights``, ``input``, ``seed``, ``extends`` (a figure file whose options hold unless
this one says otherwise), ``[[panel]]`` and ``[[step]]`` (of a figure that moves). Paths are relative to the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from connectivity.errors import (
    ConnectivityError,
    DrawingError,
    FigureFileError,
    MarkupError,
    NotationError,
    visible,
)
from connectivity.figures import tomlplaces, tomlsize, tomlwords
from connectivity.figures.panels import PanelSource, read_panels, room_of, shown_whole
from connectivity.figures.stepsource import STEADY, STEP_KEYS, STEP_LIMIT, StepSource
from connectivity.files import unreadable
from connectivity.layers.base import count
from connectivity.models.files import ModelFile
from connectivity.models.options import READING, read_options
from connectivity.notation.parser import PANEL_LIMIT, PANEL_SEPARATOR, scan
from connectivity.numerals import DIGIT_LIMIT
from connectivity.options import LIST_LIMIT, Options, Setting, one_spelling, option_hint, settings, wishes_of
from connectivity.reads import note, opened

FILE_LIMIT = 1_048_576
"""The largest figure file that is read, in bytes."""

SOURCES = {
    "network": "The network of a panel in the notation of the command line (6 conv:3 fc:2), or a graph (net.json), "
    "a trained model (model.onnx) or a figure file (other.toml).",
    "weights": "A weight file (.npz, .safetensors, .pt, .pth, .ckpt, .keras, .h5), or a table of arrays in PyTorch's "
    'shapes, as { "y.weight" = [[[1, 0, -1]]] }.',
    "prefix": "Of the weight file, only what is under this name.",
    "map": 'Which module of the weight file each layer takes, as { h = "encoder.0" }.',
    "input": "The input's values: a file (.npy, .npz, .csv), a list, or a list of channels; of several inputs a table "
    "of these by their names, as { a = [1, 2], b = [0, 1] }.",
    "seed": "For generated weights.",
    **READING,
}
"""The keys that say what is drawn, of a figure or of a panel."""

EXTENDS = "A figure file whose options hold where this one does not say otherwise."
PANEL = "A panel of the figure; one table for each."
PANEL_TITLE = "A title over the panel."

_ENDLESS = re.compile(r"\d[\d_]{4000,}")
_QUOTED = re.compile(r'"([^"]+)"')


class FigureFile(NamedTuple):
    """What a figure file says: options by their names in :class:`.Options`, panels, itself for errors, and steps."""

    options: dict[str, Any]
    panels: list[PanelSource]
    document: Document
    steps: tuple[StepSource, ...] = ()


def read_figure(path: str | Path, trail: Sequence[str] = ()) -> FigureFile:
    """The figure in a file. ``trail``: the files that led here.

    Raises FigureFileError, which shows the place, or FileError where it cannot be read.
    """
    try:
        real = os.path.realpath(path)
    except ValueError as error:
        raise unreadable(path) from error
    note(path)
    if real in trail:
        names = " → ".join(visible(Path(name).name) for name in (*trail[trail.index(real) :], real))
        raise DrawingError(f"a cycle of figure files: {names}; leave out one extends or network")
    try:
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return parse_figure(data, str(path), Path(path).parent, (*trail, real))


def parse_figure(data: bytes | str, source: str, folder: Path | str, trail: Sequence[str] = ()) -> FigureFile:
    """The figure in a text; ``source`` names it in errors, ``folder`` is where its files are."""
    try:
        document = Document(_decoded(data, source), source, Path(folder), trail)
        return document.figure()
    except RecursionError as error:
        raise FigureFileError("nested too deeply; a figure needs tables in tables at most", "", 1, 1, source) from error


class Document:
    """A figure file that is being read; knows where everything in it stands."""

    def __init__(self, text: str, source: str, folder: Path, trail: Sequence[str]) -> None:
        self.text, self.source, self.folder, self.trail = text, source, folder, trail
        self._lines = text.split("\n")
        self._check_size()
        try:
            self.content: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._not_toml(error)
        except ValueError as error:  # a number of more digits than Python reads
            endless = _ENDLESS.search(text)
            wrong = f"a number of more digits than are read; at most {DIGIT_LIMIT} make sense"
            self._fail_at(0 if endless is None else endless.start(), wrong, error)
        self._places: dict[tomlplaces.Path, tomlplaces.Place] | None = None
        self._extended: Document | None = None

    def _check_size(self) -> None:
        """Raise FigureFileError for a text that would take long to read."""
        wrong = tomlsize.excess(self.text)
        if wrong is not None:
            self._fail_at(wrong.place, wrong.message)

    def _fail_at(self, place: int, message: str, error: Exception | None = None) -> NoReturn:
        """Raise the error ``message`` at a character of the text, from 0."""
        before = self.text[:place]
        line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1
        raise FigureFileError(message, self._lines[line].rstrip("\r"), column, line + 1, self.source) from error

    def fail(
        self, path: tomlplaces.Path, message: str, offset: int | None = None, suggestion: str | None = None
    ) -> NoReturn:
        """Raise the error ``message`` at the value of ``path``, ``offset`` characters into a string.

        ``suggestion`` is what to say there in its place.
        """
        if self._places is None:
            self._places = tomlplaces.places(self.text)
        while path and path not in self._places:
            path = path[:-1]
        place = self._places.get(path)
        if place is None:
            raise FigureFileError(message, self._lines[0], 1, 1, self.source)
        line, column = place.value_line, place.value_column
        if offset is not None:
            line, column = tomlplaces.inside(self.text, place, offset)
        raise FigureFileError(message, self._lines[line - 1].rstrip("\r"), column, line, self.source, suggestion)

    def fail_key(self, path: tomlplaces.Path, message: str) -> NoReturn:
        """Raise the error ``message`` at the key itself."""
        if self._places is None:
            self._places = tomlplaces.places(self.text)
        place = self._places.get(path)
        line, column = (place.line, place.column) if place else (1, 1)
        raise FigureFileError(message, self._lines[line - 1].rstrip("\r"), column, line, self.source)

    def fail_option(self, option: str, message: str, suggestion: str | None = None) -> NoReturn:
        """Raise the error ``message`` at the key that sets ``option``, in the figure or in a panel.

        ``suggestion`` is what to say in its place.
        """
        for path in self._where(option):
            self.fail(self._item(path, message), message, suggestion=suggestion)
        raise FigureFileError(message, self._lines[0], 1, 1, self.source)

    def fail_where_said(self, option: str, message: str, suggestion: str | None = None) -> None:
        """Raise the error ``message`` at the key that sets ``option``, in this file or in one that it extends.

        Nothing where none does. ``suggestion`` is what to say in its place.
        """
        document: Document | None = self
        while document is not None and not document._where(option):
            document = document._extended
        if document is not None:
            drawing = "" if document is self else f" (drawing {self.source})"
            document.fail_option(option, message + drawing, suggestion)

    def figure(self) -> FigureFile:
        """All of it, checked."""
        base = self._base()
        options = {} if base is None else dict(base.options)
        self._check_keys((), self.content, [*SOURCES, "extends", "panel", "panels", "step"], panel=False)
        options.update(self._options((), self.content, panel=False))
        tables = self._panel_tables()
        panels: list[PanelSource] = []
        if "network" in self.content:
            panels += self._panels((), self.content)
        for path, table in tables:
            self._check_keys(path, table, [*SOURCES, "title"], panel=True)
            panels += self._panels(path, {**self._shared_sources(), **table})
        if not panels and base is not None:
            panels = [self._with_own_sources(panel) for panel in base.panels]
        if not panels:
            hint = 'say network = "6 conv:3 fc:2", or a [[panel]] with a network; a style that others extend is not drawn by itself'
            raise FigureFileError(f"there is nothing to draw: {hint}", self._lines[0], 1, 1, self.source)
        if len(panels) > PANEL_LIMIT:
            self.fail(("panel",), f"{len(panels):,} panels; at most {PANEL_LIMIT:,}, which no option raises")
        inherited = base.steps if base is not None and not tables and "network" not in self.content else ()
        return FigureFile(options, panels, self, self._steps(panels) or inherited)

    def _steps(self, panels: Sequence[PanelSource]) -> tuple[StepSource, ...]:
        """The steps of a figure of ``panels``."""
        tables = self.content.get("step", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.fail(("step",), "step must be tables, each headed [[step]]")
        if len(tables) > STEP_LIMIT:
            self.fail(("step", STEP_LIMIT), f"{len(tables):,} steps; at most {STEP_LIMIT:,}, which no option raises")
        return tuple(self._step(("step", number), table, len(panels)) for number, table in enumerate(tables))

    def _step(self, path: tomlplaces.Path, table: Mapping[str, Any], panels: int) -> StepSource:
        self._check_step(path, table)
        caption = self._text((*path, "caption"), table.get("caption", ""))
        self._checked((*path, "caption"), "title", caption)
        options = self._options(path, {key: table[key] for key in table if key not in STEP_KEYS}, panel=True)
        own: tuple[PanelSource, ...] | None = None
        if "network" in table:
            sources = {key: value for key, value in self._shared_sources().items() if key not in READING}
            read = self._panels(path, {"network": table["network"], **sources})
            own = tuple(panel.without(options) for panel in read)
            if len(own) != panels:
                self.fail(
                    (*path, "network"),
                    f"{count(len(own), 'network')} for {count(panels, 'panel')}; give one for each, with //",
                )
        return StepSource(options, own, caption, self._values(path, table), self._failing(path, table))

    def _failing(self, path: tomlplaces.Path, table: Mapping[str, Any]) -> Callable[[ConnectivityError, str], NoReturn]:
        """What raises an error of a step at one of its keys, by the name of an option, or at the step."""

        def fail(error: ConnectivityError, option: str) -> NoReturn:
            key = next((key for key in table if key == option or getattr(_BY_KEY.get(key), "name", "") == option), None)
            if key is None:
                self.fail_key(path, str(error))
            self.fail(self._item((*path, key), str(error)), str(error))

        return fail

    def _check_step(self, path: tomlplaces.Path, table: Mapping[str, Any]) -> None:
        legal = [*STEP_KEYS, *(setting.flag for setting in settings() if setting.name in STEADY)]
        for key in table:
            setting = _BY_KEY.get(key)
            if key in STEP_KEYS or (setting is not None and setting.name in STEADY):
                continue
            if setting is not None or key in SOURCES:
                self.fail_key(
                    (*path, key),
                    f'"{visible(key)}" is of the whole figure: a step changes what is seen of it, not what it is made of '
                    f"or where things stand (it may say {', '.join(legal)})",
                )
            self.fail_key((*path, key), f'unknown key "{visible(key)}"{option_hint(key, legal)[0]}')

    def _values(self, path: tomlplaces.Path, table: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The names of what is written at a step; None: everything."""
        said = table.get("values", True)
        if isinstance(said, bool):
            return None if said else ()
        names = [said] if isinstance(said, str) else said
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.fail((*path, "values"), 'values must be true, false, or names of layers and units, as ["x", "y.1"]')
        if len(names) > LIST_LIMIT:
            self.fail(
                (*path, "values"),
                f"{len(names):,} names; at most {LIST_LIMIT:,}, which no option raises: true means all of them",
            )
        return tuple(names)

    def _with_own_sources(self, panel: PanelSource) -> PanelSource:
        """A panel of the extended file, with the numbers that this one says."""
        shared = self._shared_sources()
        if not shared:
            return panel
        panel = replace(panel, fail=lambda error, key: self._fail_source((), error, key))
        read = panel.read_otherwise(self._reading((), shared, [panel])).with_sources(
            **self._sources((), shared, [panel])
        )
        return self._choosing(read, (), shared)

    def _base(self) -> FigureFile | None:
        if "extends" not in self.content:
            return None
        name = self._text(("extends",), self.content["extends"])
        base = self._other(("extends",), name, needs_panels=False)
        self._extended = base.document
        return base

    def _other(self, path: tomlplaces.Path, name: str, needs_panels: bool = True) -> FigureFile:
        """Another figure file that this one names at ``path``."""
        try:
            figure = _read_options_only(self.folder / name, self.trail) if not needs_panels else None
            return figure or read_figure(self.folder / name, self.trail)
        except FigureFileError:
            raise
        except ConnectivityError as error:
            self.fail(path, str(error))

    def _shared_sources(self) -> dict[str, Any]:
        """Weights, input and seed that the figure gives to all of its panels, and how models are read."""
        return {key: self.content[key] for key in SOURCES if key in self.content and key != "network"}

    def _panel_tables(self) -> list[tuple[tomlplaces.Path, dict[str, Any]]]:
        panel_tables: list[tuple[tomlplaces.Path, dict[str, Any]]] = []
        for key in ("panel", "panels"):
            tables = self.content.get(key, [])
            tables = [tables] if isinstance(tables, dict) else tables
            if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
                self.fail((key,), f"{key} must be tables, each headed [[panel]]")
            single = isinstance(self.content.get(key), dict)
            panel_tables += [((key,) if single else (key, n), table) for n, table in enumerate(tables)]
        return panel_tables

    def _check_keys(self, path: tomlplaces.Path, table: Mapping[str, Any], keys: Sequence[str], panel: bool) -> None:
        for key in table:
            setting = _BY_KEY.get(one_spelling(key))
            if key in keys or (setting is not None and (setting.panel or not panel)):
                continue
            legal = [*keys, *(setting.flag for setting in settings() if setting.panel or not panel)]
            if setting is not None:
                self.fail_key(
                    (*path, key), f'"{visible(key)}" is of the whole figure; it stands above the first [[panel]]'
                )
            self.fail_key((*path, key), f'unknown key "{visible(key)}"{option_hint(key, legal)[0]}')

    def _options(self, path: tomlplaces.Path, table: Mapping[str, Any], panel: bool) -> dict[str, Any]:
        """The options in a table, by their names, each checked by itself."""
        options: dict[str, Any] = {}
        for key, value in table.items():
            setting = _BY_KEY.get(one_spelling(key))
            if setting is None or (panel and key == "title"):
                continue
            if setting.name in options:
                self.fail_key((*path, key), f'"{visible(key)}" is said twice; say it once')
            options[setting.name] = self._option((*path, key), setting, value)
        return options

    def _option(self, path: tomlplaces.Path, setting: Setting, value: Any) -> Any:
        if setting.many and isinstance(value, list):
            self._checked_each(path, setting, {number: [item] for number, item in enumerate(value)}, value)
            return tuple(value)
        if setting.words and isinstance(value, dict):
            self._checked_each(path, setting, {name: {name: word} for name, word in value.items()}, value)
            return wishes_of(value)
        if isinstance(value, (list, dict)):
            noun = "a text, or a list of texts" if setting.many else "a single value"
            noun += ", or a table of texts by the names of layers" if setting.words else ""
            self.fail(path, f"{setting.flag} must be {noun}")
        self._checked(path, setting.name, [value] if setting.many else value)
        if setting.path:
            value = str(self.folder / value)
            note(value)
        return (value,) if setting.many else value

    def _checked_each(
        self, path: tomlplaces.Path, setting: Setting, items: Mapping[str | int, Any], together: Any
    ) -> None:
        """Check all that is said of an option at once, and where something is wrong each by itself, to say where."""
        try:
            Options(**{setting.name: together})
        except (DrawingError, TypeError):
            if len(items) <= LIST_LIMIT:
                for key, item in items.items():
                    self._checked((*path, key), setting.name, item)
            self._checked(path, setting.name, together)

    def _checked(self, path: tomlplaces.Path, name: str, value: Any) -> None:
        try:
            Options(**{name: value})
        except MarkupError as error:
            self.fail(path, f"{error.source}: {error.reason}", error.place)
        except DrawingError as error:
            self.fail(path, str(error))
        except TypeError as error:
            self.fail(path, f"{name}: {visible(str(error))}")

    def _panels(self, path: tomlplaces.Path, table: Mapping[str, Any]) -> list[PanelSource]:
        """The panels of one table: as many as its network has."""
        at = (*path, "network")
        if "network" not in table:
            self.fail(path, 'a panel needs a network, as network = "6 conv:3 fc:2"')
        network = self._text(at, table["network"])
        try:
            panels = panels_of(network, self.folder, self.trail)
        except FigureFileError:
            raise
        except NotationError as error:
            self.fail(at, error.message, error.column - 1, error.suggestion)
        except ConnectivityError as error:
            self.fail(at, str(error))
        title = self._text((*path, "title"), table["title"]) if path and "title" in table else None
        changes: dict[str, Any] = {"fail": lambda error, key: self._fail_source(path, error, key)}
        if title is not None:
            self._checked((*path, "title"), "title", title)
            changes["title"] = title
        options = self._options(path, table, panel=True) if path else {}
        changed = [replace(panel, **{**changes, "options": {**panel.options, **options}}) for panel in panels]
        sources, reading = self._sources(path, table, changed), self._reading(path, table, changed)
        read = [panel.read_otherwise(reading).with_sources(**sources) for panel in changed]
        return [self._choosing(panel, path, table) for panel in read]

    def _reading(
        self, path: tomlplaces.Path, table: Mapping[str, Any], panels: Sequence[PanelSource]
    ) -> dict[str, Any]:
        """How a table says that models are read, each of which has to be among ``panels``."""
        reading = {key: table[key] for key in READING if key in table}
        for key, value in reading.items():
            place = self._source_path((*path, key))
            try:
                read_options({key: value})
            except ConnectivityError as error:
                self.fail(place, str(error))
            if place == (*path, key) and not any(isinstance(panel.what, ModelFile) for panel in panels):
                self.fail_key(place, f"{key} is about a model's file, as model.onnx; there is none")
        return reading

    def _choosing(self, panel: PanelSource, path: tomlplaces.Path, table: Mapping[str, Any]) -> PanelSource:
        """A panel whose weights are chosen among those of its file, as ``prefix`` and ``map`` in a table say."""
        said = [key for key in ("prefix", "map") if key in table]
        if not said:
            return panel
        at = self._source_path((*path, said[0]))
        if panel.is_read:
            self.fail_key(at, f"{said[0]} is for networks in the notation: leave it out, a model has its own names")
        if panel.weights is None:
            self.fail_key(at, f"{said[0]} says what of a weight file is taken: say weights as well")
        from connectivity.graphs.weights import as_weights

        prefix = self._text(self._source_path((*path, "prefix")), table["prefix"]) if "prefix" in table else None
        pairs = table.get("map")
        if pairs is not None and not (
            isinstance(pairs, dict) and all(isinstance(module, str) for module in pairs.values())
        ):
            self.fail(self._source_path((*path, "map")), 'map must be a table of texts, as { h = "encoder.0" }')
        return replace(panel, weights=as_weights(panel.weights).chosen(prefix, pairs))

    def _sources(
        self, path: tomlplaces.Path, table: Mapping[str, Any], panels: Sequence[PanelSource]
    ) -> dict[str, Any]:
        """Weights, input and seed of a table for ``panels``, read; None for what it does not say."""
        readers: dict[str, Callable[[tomlplaces.Path, Any], Any]] = {
            "seed": self._seed,
            "weights": self._weights,
            "input": lambda path, value: self._input(path, value, room_of(panels)),
        }
        return {
            key: reader(self._source_path((*path, key)), table[key]) if key in table else None
            for key, reader in readers.items()
        }

    def _source_path(self, path: tomlplaces.Path) -> tomlplaces.Path:
        """``path``, or where the figure says it for all panels."""
        table: Any = self.content
        for part in path[:-1]:
            table = table[part]
        return path if path[-1] in table else path[-1:]

    def _fail_source(self, path: tomlplaces.Path, error: ConnectivityError, key: str) -> NoReturn:
        """An error in the numbers of a panel, at the key that gives them, else at its network."""
        for place in ((*path, key), (key,), (*path, "network")):
            table: Any = self.content
            for part in place[:-1]:
                table = table[part]
            if place[-1] in table:
                self.fail(place, str(error))
        raise error

    def _text(self, path: tomlplaces.Path, value: Any) -> str:
        if not isinstance(value, str):
            self.fail(path, f"{path[-1]} must be a text, not {visible(repr(value), 40)}")
        return value

    def _seed(self, path: tomlplaces.Path, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(path, f"seed must be a whole number, not {visible(repr(value), 40)}")
        return value

    def _weights(self, path: tomlplaces.Path, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return _flat_table(value)
        from connectivity.weightfiles.loading import load_weights

        name = self._text(path, value)
        try:
            return load_weights(self.folder / name)
        except ConnectivityError as error:
            self.fail(path, str(error))

    def _input(self, path: tomlplaces.Path, value: Any, room: int | None) -> Any:
        if isinstance(value, (list, dict)):
            return value
        from connectivity.weightfiles.inputs import load_input

        name = self._text(path, value)
        try:
            return load_input(self.folder / name, room)
        except ConnectivityError as error:
            self.fail(path, str(error))

    def _where(self, option: str) -> list[tomlplaces.Path]:
        """Where the file sets an option."""

        def sets(key: str) -> bool:
            setting = _BY_KEY.get(one_spelling(key))
            return setting is not None and setting.name == option

        paths: list[tomlplaces.Path] = [(key,) for key in self.content if sets(key)]
        for path, table in self._panel_tables():
            paths += [(*path, key) for key in table if sets(key)]
        return paths

    def _item(self, path: tomlplaces.Path, message: str) -> tomlplaces.Path:
        """The element of the list at ``path`` that ``message`` quotes; ``path`` where there is none."""
        value: Any = self.content
        for part in path:
            value = value[part]
        quoted = _QUOTED.findall(message)[:1]
        if isinstance(value, dict):
            return next(((*path, name) for name in value if name in quoted), path)
        items = value if isinstance(value, list) else []
        return next(((*path, n) for n, item in enumerate(items) for text in quoted if text in str(item)), path)

    def _not_toml(self, error: tomllib.TOMLDecodeError) -> NoReturn:
        why, place = tomlwords.explained(error)
        line, column = place or (len(self._lines), len(self._lines[-1]) + 1)
        shown = self._lines[min(line, len(self._lines)) - 1].rstrip("\r")
        raise FigureFileError(why, shown, column, line, self.source) from error


def panels_of(text: str, folder: Path | str, trail: Sequence[str] = ()) -> list[PanelSource]:
    """The panels of a line of notation in which a panel may also be a graph (.json) or a figure file (.toml)."""
    if ".toml" not in text:
        return read_panels(text, folder)
    panels: list[PanelSource] = []
    start = 0
    for words, end in scan(text):
        if len(words) == 1 and words[0].text.endswith(".toml"):
            panels += included(read_figure(Path(folder) / words[0].text, trail))
        else:
            try:
                panels += read_panels(" " * start + text[start:end], folder)
            except NotationError as error:
                shown_whole(error, text, end, lambda rest: panels_of(rest, folder, trail))
                raise
        start = end + len(PANEL_SEPARATOR)
    return panels


def included(figure: FigureFile) -> list[PanelSource]:
    """The panels of a figure within another one: with those of its options that a panel can have."""
    scoped = {setting.name for setting in settings() if setting.panel}
    options = {name: value for name, value in figure.options.items() if name in scoped}
    panels = [replace(panel, options={**options, **panel.options}) for panel in figure.panels]
    titles = figure.options.get("panel_titles") or ([figure.options["title"]] if figure.options.get("title") else [])
    if len(titles) == len(panels):
        panels = [replace(p, title=p.title or title) for p, title in zip(panels, titles, strict=True)]
    return panels


def _read_options_only(path: Path, trail: Sequence[str]) -> FigureFile | None:
    """The figure file at ``path`` where it has options only, as a house style has; None for one with panels."""
    note(path)
    try:
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except (OSError, ValueError):
        return None  # the whole reading says why
    document = Document(_decoded(data, str(path)), str(path), path.parent, trail)
    if {"network", "panel", "panels", "extends"} & document.content.keys():
        return None
    document._check_keys((), document.content, list(SOURCES), panel=False)
    for key in document._shared_sources():
        document.fail_key((key,), f"{key} is of networks, and this file has none: say it in the one that extends it")
    return FigureFile(document._options((), document.content, panel=False), [], document)


def _flat_table(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{h = {weight = ...}}``, as TOML reads ``h.weight = ...``, by the names of arrays."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flat_table(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _decoded(data: bytes | str, source: str) -> str:
    if len(data) > FILE_LIMIT:
        raise FigureFileError(
            f"larger than {FILE_LIMIT:,} bytes, the most that is read; put arrays into files of their own",
            "",
            1,
            1,
            source,
        )
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise FigureFileError("not UTF-8; save it as that", before.rpartition("\n")[2], column, line, source) from error


def _by_key() -> dict[str, Setting]:
    """Every key that sets an option, in one spelling: its name on the command line and in Python."""
    return {one_spelling(name): setting for setting in settings() for name in (setting.flag, setting.name)}


_BY_KEY = _by_key()
