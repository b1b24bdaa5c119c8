"""``connectivity draw``: a network to figures."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from connectivity.formats import FORMATS, format_of
from connectivity.options import (
    ANCHORS,
    COLOR_BY,
    DIRECTIONS,
    ENGINES,
    MAX_EDGES,
    MAX_UNITS,
    SHOW,
    THEMES,
)

from .help import NotationCommand
from .options import list_weights as print_weights
from .options import (
    network_argument,
    output_option,
    quiet_option,
    read_graphs,
    source_options,
    targets,
    write_output,
)


@click.command(cls=NotationCommand, short_help="Draw a network as SVG, PNG, PDF or DOT.")
@network_argument
@output_option
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
@click.option(
    "--show", multiple=True, type=click.Choice(SHOW), help="Print values in the units, or draw biases; may be repeated."
)
@click.option("--labels/--no-labels", default=True, help="Indices in the units.")
@click.option("--captions/--no-captions", default=True, help="What each layer is, beside it.")
@click.option("--legend/--no-legend", default=True, help="What the colours mean.")
@source_options
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
@quiet_option
def draw(
    network: tuple[str, ...],
    outputs: tuple[str, ...],
    format: str | None,
    weights: str | None,
    list_weights: bool,
    seed: int,
    input: str | None,
    dpi: float | None,
    engine: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Draw NETWORK: the size of its input, then its layers (or an exported graph, net.json)."""
    if list_weights:
        print_weights(weights)
        return
    places = targets(outputs, format, "svg", format_of)
    from connectivity import figure
    from connectivity.options import Options

    with _interruptible():
        chosen = Options(**{**options, "panel_titles": options["panel_titles"] or None, "dpi": dpi})
        scene = figure.compose_figure(read_graphs(network, weights, seed, input), chosen)
        drawings = {kind: figure.render(scene, kind, engine, dpi) for kind in sorted({kind for _, kind in places})}
    for path, kind in places:
        write_output(path, drawings[kind], quiet)


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
