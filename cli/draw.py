"""``connectivity draw``: a network to figures."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from connectivity.formats import FORMATS, format_of
from connectivity.options import (
    ANCHORS,
    COLOR_BY,
    DIRECTIONS,
    ENGINES,
    MAX_EDGES,
    MAX_UNITS,
    THEMES,
)

from .complete import complete_word
from .help import NotationCommand

if TYPE_CHECKING:
    from connectivity.scene import Scene


@click.command(cls=NotationCommand, short_help="Draw a network as SVG, PNG, PDF or DOT.")
@click.argument("network", nargs=-1, required=True, shell_complete=complete_word)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="Where to; the suffix is the format. May be repeated; - is standard output.",
)
@click.option("-f", "--format", type=click.Choice(FORMATS), help="The format of standard output.  [default: svg]")
@click.option("--title", help="A title over the figure.")
@click.option(
    "--panel-title",
    "panel_titles",
    multiple=True,
    metavar="TEXT",
    help="A title over a panel; once for each panel. Without: what its layers are.",
)
@click.option(
    "--layer-title",
    "layer_titles",
    multiple=True,
    metavar="TEXT",
    help="A heading for a layer in place of what it is; repeat it, from the input on.",
)
@click.option("--box", "boxes", multiple=True, metavar="NAME", help="Draw a box around the layer NAME (x, h1, ..., y).")
@click.option("--description", help="The figure in words, for those who cannot see it.  [default: generated]")
@click.option("--columns", type=click.IntRange(0), default=0, help="Panels in a row.  [default: all]")
@click.option(
    "--direction",
    type=click.Choice(DIRECTIONS, case_sensitive=False),
    default="LR",
    show_default=True,
    help="Where the network runs.",
)
@click.option(
    "--anchor",
    type=click.Choice(ANCHORS),
    help="Where a unit stands over its window.  [default: centre; last for causal layers]",
)
@click.option(
    "--max-units",
    type=click.IntRange(0),
    default=MAX_UNITS,
    show_default=True,
    metavar="N",
    help="Elide longer layers in the middle; 0 shows all.",
)
@click.option(
    "--max-edges",
    type=click.IntRange(0),
    default=MAX_EDGES,
    show_default=True,
    metavar="N",
    help="The most connections to draw.",
)
@click.option(
    "--color-by",
    type=click.Choice(COLOR_BY),
    default="auto",
    show_default=True,
    help="What colours mean. auto: the weight's value where weights are given, else which weight it is.",
)
@click.option("--colormap", metavar="NAME", help="A colormap of the cmap package, as viridis or coolwarm.")
@click.option("--vmin", type=float, help="The weight at the lower end of the colormap.")
@click.option("--vmax", type=float, help="The weight at its upper end.  [default: symmetric about 0]")
@click.option(
    "--theme", type=click.Choice(THEMES), default="light", show_default=True, help="Colours for a light or a dark page."
)
@click.option("--labels/--no-labels", default=True, help="Indices in the units.")
@click.option("--captions/--no-captions", default=True, help="What each layer is, beside it.")
@click.option("--legend/--no-legend", default=True, help="What the colours mean.")
@click.option(
    "--weights",
    metavar="FILE.npz",
    help="Weights: arrays NAME.weight (and NAME.bias) in PyTorch's shapes; NAME is h1, h2, ..., y or given (h=conv:3).",
)
@click.option("--seed", type=int, default=0, show_default=True, help="For generated weights.")
@click.option(
    "--dpi",
    type=click.FloatRange(0, min_open=True),
    help="Dots per inch of a PNG.  [default: 192, at most 2,000 pixels a side]",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="Graphviz inside this process, or the neato executable.",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not say which files were written.")
def draw(
    network: tuple[str, ...],
    outputs: tuple[str, ...],
    format: str | None,
    weights: str | None,
    seed: int,
    dpi: float | None,
    engine: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Draw NETWORK: the size of its input, then its layers."""
    targets = _targets(outputs, format)
    from connectivity import figure
    from connectivity.notation import parse
    from connectivity.options import Options

    with _interruptible():
        chosen = Options(**{**options, "panel_titles": options["panel_titles"] or None, "dpi": dpi})
        networks = parse(network)
        given = _load(weights) if weights is not None else None
        scene = figure.compose_figure(networks, chosen, given, seed)
        drawings = _render(scene, {kind for _, kind in targets}, engine, dpi)
    for path, kind in targets:
        _write(path, drawings[kind], quiet)


def _targets(outputs: tuple[str, ...], format: str | None) -> list[tuple[str, str]]:
    """Where to write, and each place's format; refused before any work is done."""
    if not outputs:
        if sys.stdout.isatty() and format is None:
            raise click.UsageError("where to? Name a file, as -o net.svg (or -o - for standard output)")
        outputs = ("-",)
    if format is not None and "-" not in outputs:
        raise click.UsageError("-f is the format of standard output; a file's suffix names its own")
    return [(path, format or "svg") if path == "-" else (path, format_of(path)) for path in outputs]


def _load(weights: str | None) -> dict[str, Any] | None:
    if weights is None:
        return None
    from connectivity.weightfile import load_weights

    return load_weights(weights)


def _render(scene: Scene, kinds: set[str], engine: str, dpi: float | None) -> dict[str, bytes]:
    from connectivity.figure import render

    return {kind: render(scene, kind, engine, dpi) for kind in sorted(kinds)}


def _write(path: str, data: bytes, quiet: bool) -> None:
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from connectivity import files
    from connectivity.errors import visible

    files.write(path, data)
    if not quiet:
        click.echo(f"wrote {visible(path, 1000)}", err=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the process at once, also inside Graphviz, which holds Python's own handler back.

    Nothing is lost: no file is touched before all bytes are complete.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
