"""Options that several commands share, each declared once, and what the commands do with them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from connectivity.models.options import READING

from .complete import complete_file, complete_word

if TYPE_CHECKING:
    from connectivity.figure import Figure

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
        help="Weights (.npz or .safetensors): arrays NAME.weight and NAME.bias in PyTorch's shapes, "
        "NAME being h1, h2, ..., y or given (h=conv:3); else a state dict, in the order of the layers.",
    ),
    click.option("--list-weights", is_flag=True, help="Say what the weight file holds, and do nothing else."),
    click.option("--seed", type=int, help="For generated weights.  [default: 0]"),
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
    name = f"reading_{key.replace('-', '_')}"
    if key == "fold-batchnorm":
        return click.option(f"--{key}", name, is_flag=True, help=help)
    metavar = "[NAME=]SHAPE" if key == "input-shape" else "NODE"
    return click.option(f"--{key}", name, metavar=metavar, multiple=key == "input-shape", help=help)


def take_reading(options: dict[str, Any]) -> dict[str, Any]:
    """How models are read, taken out of a command's parameters: by the names of READING, what is said."""
    values = {key: options.pop(f"reading_{key.replace('-', '_')}") for key in READING}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}


def source_options(command: Command) -> Command:
    """Give ``command`` the options that say where numbers come from, and how models are read."""
    for key, help in reversed(READING.items()):
        command = _reading_option(key, help)(command)
    for option in reversed(_SOURCES):
        command = option(command)
    return command


def read_figure(
    network: Sequence[str],
    weights: str | None,
    seed: int | None,
    input: str | None,
    reading: Mapping[str, Any] | None = None,
) -> Figure:
    """The figure that the arguments name, with weights and values from the files named; ``reading``: how models are read.

    Raises click.UsageError for no arguments.
    """
    if not network:
        raise click.UsageError("which network? Say it, as in 6 conv:3 fc:2 (--help explains)")
    from connectivity.figure import Figure

    line = " ".join(network)
    figure = _from_standard_input() if line == "-" else Figure.of(line)
    return figure.changed(load_weights(weights), seed, load_input(input), **(reading or {}))


def _from_standard_input() -> Figure:
    from connectivity.figure import Figure
    from connectivity.figures.figurefile import FILE_LIMIT

    if sys.stdin is None:
        raise click.UsageError("standard input is closed; name a figure file, as net.toml")
    return Figure.parse(sys.stdin.buffer.read(FILE_LIMIT + 1), "<stdin>")


def load_weights(path: str | None) -> dict[str, Any] | None:
    """The arrays of a weight file; None without one."""
    if path is None:
        return None
    from connectivity.graphs.weightfile import load_weights as load

    return load(path)


def load_input(path: str | None) -> Any:
    """The array of an input file; None without one."""
    if path is None:
        return None
    from connectivity.graphs.weightfile import load_input as load

    return load(path)


def list_weights(path: str | None) -> None:
    """Print what a weight file holds: a name, a shape and a type a line."""
    if path is None:
        raise click.UsageError("--list-weights needs --weights FILE")
    from connectivity.errors import visible

    rows = [
        (visible(name), str(list(array.shape)), str(array.dtype)) for name, array in (load_weights(path) or {}).items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, shape, kind in rows:
        click.echo(f"{name:{widths[0]}}  {shape:{widths[1]}}  {kind}")


def write_outputs(outputs: Sequence[tuple[str, bytes]], quiet: bool, unsaid: Sequence[tuple[str, bytes]] = ()) -> None:
    """Write files, all of them whole or none at all, and then to standard output what is for ``-``.

    ``unsaid`` are files that belong to the others, and are written without a word.
    """
    from connectivity import files
    from connectivity.errors import visible

    if sys.stdout is None and any(path == "-" for path, _ in outputs):
        raise click.UsageError("standard output is closed; name a file, as -o net.svg")
    places = [(path, data) for path, data in outputs if path != "-"]
    files.write_all([*places, *unsaid])
    for path, _ in places if not quiet else ():
        click.echo(f"wrote {visible(path, 1000)}", err=True)
    for path, data in outputs:
        if path == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def targets(
    outputs: Sequence[str], format: str | None, default: str, format_of: Callable[[str], str]
) -> list[tuple[str, str]]:
    """Where to write, and each place's format; refused before any work is done."""
    if not outputs:
        if sys.stdout is not None and sys.stdout.isatty() and format is None:
            raise click.UsageError(f"where to? Name a file, as -o net.{default} (or -o - for standard output)")
        outputs = ("-",)
    if format is not None and "-" not in outputs:
        raise click.UsageError("-f is the format of standard output; a file's suffix names its own")
    return [(path, format or default) if path == "-" else (path, format_of(path)) for path in outputs]
