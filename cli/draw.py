"""``connectivity draw``: a network or a figure file to figures."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from connectivity.options import ENGINES, Setting, settings
from connectivity.rendering.formats import FORMATS, format_of, is_numbered, numbered

from .arguments import (
    Command,
    Numbers,
    list_weights,
    network_argument,
    note_engine,
    output_option,
    quiet_option,
    read_figure,
    source_options,
    targets,
    write_outputs,
)
from .build import deps_content
from .complete import complete_file
from .help import NotationCommand
from .remedies import Choice, Number, Refusal, WholeRange, added, check_words
from .watching import Watching, keep_drawing, nothing_to_watch, watch_options

if TYPE_CHECKING:
    from connectivity.figure import Figure


def _figure_options(command: Command) -> Command:
    """Give ``command`` an option for everything that a figure file can say."""
    for setting in reversed(settings()):
        if setting.name == "labels":
            command = click.option("--no-labels", "labels", flag_value="none", help="Nothing in the units.")(command)
        command = _option(setting)(command)
    return command


def _option(setting: Setting) -> Callable[[Command], Command]:
    about: dict[str, Any] = {"help": setting.help, "default": None}
    declarations = [f"--{setting.flag}", setting.name]
    if setting.kind == "switch":
        declarations[0] += f"/--no-{setting.flag}"
    elif setting.kind == "choice":
        about["type"] = Choice(setting.choices, case_sensitive=False)
    elif setting.kind == "whole":
        about["type"] = WholeRange(_whole(setting.least), _whole(setting.most))
    elif setting.kind == "number":
        about["type"] = Number()
    if setting.metavar:
        about["metavar"] = setting.metavar
    if setting.many:
        about["multiple"] = True
    elif setting.default not in (None, 0, True) and "[default" not in setting.help:
        about["help"] += f"  [default: {setting.default}]"
    return click.option(*declarations, **about)


def _whole(end: float | None) -> int | None:
    return None if end is None else int(end)


@click.command(cls=NotationCommand, short_help="Draw a network as SVG, PNG, PDF or DOT.")
@network_argument
@output_option
@click.option(
    "-f", "--format", type=Choice(FORMATS, case_sensitive=False), help="The format of standard output.  [default: svg]"
)
@_figure_options
@source_options
@click.option(
    "--engine",
    type=Choice(ENGINES),
    default="auto",
    show_default=True,
    help="Graphviz inside this process, or the neato executable.",
)
@click.option(
    "--deps", metavar="FILE", shell_complete=complete_file, help="Write what the figure is made of, as rules for Make."
)
@watch_options
@quiet_option
def draw(
    network: tuple[str, ...],
    outputs: tuple[str, ...],
    format: str | None,
    numbers: Numbers,
    engine: str,
    deps: str | None,
    watching: Watching,
    quiet: bool,
    **options: Any,
) -> None:
    """Draw NETWORK: the size of its input, then its layers.

    It may also be a trained model (model.onnx), a figure file (net.toml; - reads one from standard input) or an exported
    graph (net.json).
    """
    if numbers.list_weights:
        list_weights(network, numbers)
        return
    check_words(network, FORMATS)
    is_line = functools.partial(_is_line, network, numbers, options)
    watching.check(is_line, lambda: network != ("-",) and "-" not in outputs and format is None)
    places = (
        _watched(network, outputs, format, watching, is_line)
        if watching.watch
        else targets(outputs, format, "svg", format_of)
    )
    if deps is not None and any(path == "-" for path, _ in places):
        why = "--deps says what files are made of: it needs -o FILE, not standard output"
        raise Refusal(why, added("-o", "net.svg") if not outputs else None)
    if quiet:
        warnings.simplefilter("ignore")
    from connectivity.rendering.engines.apart import allowed

    def make() -> _Made:
        figure = read_figure(network, numbers).changed(**_said(options))
        with allowed():
            drawn = _drawn(figure, [*places, *([("", "svg")] if watching.has_page else [])], engine)
        svg = drawn.pop()[1] if watching.has_page else b""
        note_engine((kind for _, kind in places), engine)
        inputs = [*figure.dependencies, *numbers.files]
        rules = [] if deps is None else [(deps, deps_content(deps, {path: inputs for path, _ in drawn}, network))]
        return _Made(drawn, rules, quiet, bytes(svg))

    if watching.watch:
        keep_drawing(make, " ".join(network), watching)
    make().write()


class _Made(NamedTuple):
    """What was drawn: files and their bytes, rules for Make, and what a page shows."""

    drawn: Sequence[tuple[str, bytes]]
    rules: Sequence[tuple[str, bytes]]
    quiet: bool
    svg: bytes

    def write(self) -> None:
        """Write all of it, or nothing."""
        write_outputs(self.drawn, self.quiet, self.rules)


def _is_line(network: Sequence[str], numbers: Numbers, options: Mapping[str, Any]) -> bool:
    """Whether a figure is made of a line alone, and of no file that could change. Raises Refusal for no network."""
    from connectivity.errors import ConnectivityError
    from connectivity.reads import recording

    if list(network) == ["-"]:
        return False
    with recording() as read, warnings.catch_warnings(), contextlib.suppress(ConnectivityError):
        warnings.simplefilter("ignore")
        read_figure(network, numbers).changed(**_said(dict(options))).font()
    return not read


def _watched(
    network: Sequence[str],
    outputs: Sequence[str],
    format: str | None,
    watching: Watching,
    is_line: Callable[[], bool],
) -> list[tuple[str, str]]:
    """Where to write again and again, and each place's format: files, or nowhere where a page shows it."""
    if list(network) == ["-"]:
        raise Refusal("--watch draws again when a file is saved, and standard input is none: name it, as net.toml")
    if "-" in outputs or format is not None or not (outputs or watching.has_page):
        if is_line():
            raise nothing_to_watch()
        why = "--watch writes files again and again: it needs -o FILE, or a page (--open), not standard output"
        raise Refusal(why, None if "-" in outputs or format is not None else added("-o", "net.svg"))
    return [(path, format_of(path)) for path in outputs]


def _drawn(figure: Figure, places: Sequence[tuple[str, str]], engine: str) -> list[tuple[str, bytes]]:
    """All files and their bytes; what several of them have in common is drawn once."""
    drawings: dict[tuple[str, bool], list[bytes]] = {}
    drawn: list[tuple[str, bytes]] = []
    for path, kind in places:
        steps = path != "-" and is_numbered(path)
        if (kind, steps) not in drawings:
            drawings[kind, steps] = figure.frames(kind, engine) if steps else [figure.draw(kind, engine)]
        data = drawings[kind, steps]
        drawn += zip(numbered(path, len(data)) if steps else [path], data, strict=True)
    return drawn


def _said(options: dict[str, Any]) -> dict[str, Any]:
    """The options that the command line says; what it leaves out, a figure file may say."""
    return {name: value for name, value in options.items() if value is not None and value != ()}
