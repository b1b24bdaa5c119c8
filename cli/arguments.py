"""Options that several commands share, each declared once, and what the commands do with them."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from connectivity.models.options import READING

from . import streams
from .complete import complete_file, complete_word
from .remedies import Mend, Refusal, Whole, unwatched
from .streams import put, tell

if TYPE_CHECKING:
    from connectivity.figure import Figure
    from connectivity.weightfiles.weights import Weights

Command = TypeVar("Command", bound=Callable[..., Any])

network_argument = click.argument("network", nargs=-1, shell_complete=complete_word)

output_option = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    shell_complete=complete_file,
    help="Where to; the suffix is the format. May be repeated; - is standard output.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Do not say which files were written.")

_SOURCES = (
    click.option(
        "--weights",
        metavar="FILE",
        shell_complete=complete_file,
        help="Weights: a state dict of PyTorch (.pt, .pth, .ckpt, .safetensors), of Keras (.keras, .h5), or an .npz. "
        "Arrays NAME.weight and NAME.bias, NAME being h1, h2, ..., y or given (h=conv:3); else in the order of the layers.",
    ),
    click.option("--prefix", metavar="NAME", help="Of the weight file, only what is under this name."),
    click.option(
        "--map",
        "pairs",
        multiple=True,
        metavar="NAME=MODULE",
        help="Which module of the weight file a layer takes, as h=encoder.0. May be repeated.",
    ),
    click.option(
        "--list-weights",
        is_flag=True,
        help="Say what the weight file holds, and to which layers of NETWORK it goes; do nothing else.",
    ),
    click.option("--seed", type=Whole(), help="For generated weights.  [default: 0]"),
    click.option(
        "--input",
        metavar="FILE",
        shell_complete=complete_file,
        help="The input's values (.npy, .npz or .csv), as (channels, length), of several inputs an .npz with an array "
        "for each; or in place: 6,values=1/0/2/0/1/0.",
    ),
)


def _reading_option(key: str, help: str) -> Callable[[Command], Command]:
    """How a model is read; the parameter is called as the key, with underscores."""
    name = _reading_name(key)
    if key == "fold-batchnorm":
        return click.option(f"--{key}", name, is_flag=True, help=help)
    metavar = "[NAME=]SHAPE" if key == "input-shape" else "NODE"
    return click.option(f"--{key}", name, metavar=metavar, multiple=key == "input-shape", help=help)


def _reading_name(key: str) -> str:
    return f"reading_{key.replace('-', '_')}"


def _take_reading(arguments: dict[str, Any]) -> dict[str, Any]:
    """How models are read, taken out of a command's arguments: by the names of READING, what is said."""
    values = {key: arguments.pop(_reading_name(key)) for key in READING}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options that say where numbers come from, and how models are read: as one, ``numbers``."""

    @functools.wraps(command)
    def collected(**arguments: Any) -> Any:
        said = {name: arguments.pop(name) for name in Numbers._fields if name != "reading"}
        return command(numbers=Numbers(**said, reading=_take_reading(arguments)), **arguments)

    for key, help in reversed(READING.items()):
        collected = _reading_option(key, help)(collected)
    for option in reversed(_SOURCES):
        collected = option(collected)
    return collected


class Numbers(NamedTuple):
    """Where the numbers of a figure come from, and how models are read, as the command line says it."""

    weights: str | None
    prefix: str | None
    pairs: tuple[str, ...]
    list_weights: bool
    seed: int | None
    input: str | None
    reading: dict[str, Any]

    def arrays(self) -> Weights | None:
        """The arrays of the weight file; None without one. Raises click.UsageError for choices among nothing."""
        if self.weights is None:
            if self.prefix is not None or self.pairs:
                raise click.UsageError(
                    "--prefix and --map say what of a weight file is taken: they need --weights FILE"
                )
            return None
        from connectivity.weightfiles.loading import load_weights
        from connectivity.weightfiles.weights import read_map

        return load_weights(self.weights, self.prefix, read_map(self.pairs))

    @property
    def files(self) -> list[str]:
        """The files."""
        return [name for name in (self.weights, self.input) if name is not None]


def read_figure(network: Sequence[str], numbers: Numbers) -> Figure:
    """The figure that the arguments name, with weights and values from the files named, models read as is said.

    Raises click.UsageError for no arguments.
    """
    if not network:
        raise Refusal("which network? Say it, as in 6 conv:3 fc:2 (--help explains)", _with_a_network)
    from connectivity.figure import Figure

    line = " ".join(network)
    figure = _from_standard_input() if line == "-" else Figure.of(line)
    return figure.changed(weights=numbers.arrays(), seed=numbers.seed, input=numbers.input, **numbers.reading)


def _with_a_network(arguments: list[str]) -> list[str]:
    """What says a network to a command that has none, and where to what it makes of it goes."""
    arguments = unwatched(arguments)  # a line reads no file that could change
    at = next((place for place, word in enumerate(arguments) if not word.startswith("-")), 0)
    line = [*arguments[: at + 1], "6", "conv:3", "fc:2", *arguments[at + 1 :]]
    file = {"draw": "net.svg", "export": "net.json"}.get(arguments[at])
    if file is None or any(word.startswith(("-o", "--output", "-f", "--format")) for word in line):
        return line
    return [*line, "-o", file]


def _from_standard_input() -> Figure:
    from connectivity.figure import Figure
    from connectivity.figures.figurefile import FILE_LIMIT

    if sys.stdin is None:
        raise click.UsageError("standard input is closed; name a figure file, as net.toml")
    return Figure.parse(sys.stdin.buffer.read(FILE_LIMIT + 1), "<stdin>")


def list_weights(network: Sequence[str], numbers: Numbers) -> None:
    """Print what a weight file holds: a name, a shape and a type a line, and of a network where each array goes.

    Raises WeightsError, when all is printed, where that is not clear.
    """
    weights = numbers.arrays()
    if weights is None:
        raise click.UsageError("--list-weights needs --weights FILE")
    rows: list[tuple[str, ...]] = [*weights.rows()]
    if network:
        from connectivity.errors import WeightsError

        try:
            targets = _targets(network, numbers, weights)
        except WeightsError:
            _print_table(rows)
            raise
        rows = [(*row, targets.get(name, "-")) for name, row in zip(weights, rows, strict=True)]
    _print_table(rows)


def _targets(network: Sequence[str], numbers: Numbers, weights: Weights) -> dict[str, str]:
    """To which arrays of the networks each array of the weight file goes."""
    from connectivity.weightfiles.assignment import assign

    found: dict[str, list[str]] = {}
    for panel in read_figure(network, numbers._replace(weights=None, prefix=None, pairs=(), input=None)).panels:
        if panel.is_network and not panel.is_read:
            for key, target in assign(panel.network, weights).targets.items():
                found.setdefault(key, []).append(target)
    return {key: ", ".join(dict.fromkeys(names)) for key, names in found.items()}


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        put("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def write_outputs(outputs: Sequence[tuple[str, bytes]], quiet: bool, unsaid: Sequence[tuple[str, bytes]] = ()) -> None:
    """Write files, all of them whole or none at all, and then to standard output what is for ``-``.

    ``unsaid`` are files that belong to the others, and are written without a word.
    """
    from connectivity import files
    from connectivity.errors import visible

    if any(path == "-" for path, _ in outputs):
        streams.check()
    places = [(path, data) for path, data in outputs if path != "-"]
    files.write_all([*places, *unsaid])
    for path, _ in places if not quiet else ():
        tell(f"wrote {visible(path, 1000)}")
    for path, data in outputs:
        if path == "-":
            put(data)


def note_engine(formats: Iterable[str], engine: str) -> None:
    """Warn OtherEngine of figures that were drawn otherwise than on other machines."""
    from connectivity.errors import OtherEngine
    from connectivity.rendering.engines import remark

    reason = remark(formats, engine)
    if reason:
        warnings.warn(reason, OtherEngine, stacklevel=2)


BINARY = ("png", "pdf", "npz")
"""Formats that no terminal shows."""


def _to_file(path: str | None) -> Mend:
    """What leaves out ``-f``, and says where to."""

    def mend(arguments: list[str]) -> list[str]:
        rest, words = list[str](), iter(arguments)
        for word in words:
            if word in ("-f", "--format"):
                next(words, None)
            elif not word.startswith(("--format=", "-f")):
                rest.append(word)
        return rest if path is None else [*rest, "-o", path]

    return mend


def targets(
    outputs: Sequence[str], format: str | None, default: str, format_of: Callable[[str], str]
) -> list[tuple[str, str]]:
    """Where to write, and each place's format; refused before any work is done."""
    if not outputs:
        if sys.stdout.isatty() and (format is None or format in BINARY):
            what = "where to?" if format is None else f"a terminal shows no {format.upper()}."
            why = f"{what} Name a file, as -o net.{format or default} (or -o - for standard output)"
            raise Refusal(why, _to_file(f"net.{format or default}"))
        outputs = ("-",)
    if format is not None and "-" not in outputs:
        raise Refusal(
            "-f is the format of standard output; a file's suffix names its own: leave -f out", _to_file(None)
        )
    return [(path, format or default) if path == "-" else (path, format_of(path)) for path in outputs]
