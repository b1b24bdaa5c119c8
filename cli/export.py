"""``connectivity export``: the graph of a network as data."""

from __future__ import annotations

from pathlib import Path

import click

from .arguments import (
    Numbers,
    list_weights,
    network_argument,
    output_option,
    quiet_option,
    read_figure,
    source_options,
    targets,
    write_outputs,
)
from .remedies import Choice, Refusal, check_words

FORMATS = ("json", "graphml", "csv", "npz")


@click.command(short_help="Write a network's graph as JSON, GraphML, CSV or matrices.")
@network_argument
@output_option
@click.option(
    "-f", "--format", type=Choice(FORMATS, case_sensitive=False), help="The format of standard output.  [default: json]"
)
@source_options
@quiet_option
def export(
    network: tuple[str, ...],
    outputs: tuple[str, ...],
    format: str | None,
    numbers: Numbers,
    quiet: bool,
) -> None:
    """Export the graph of NETWORK, a line of notation (or a model.onnx, a figure file, net.toml, or a graph, net.json).

    \b
    .json     networkx's node-link data; 'connectivity draw net.json' reads it back
    .graphml  for yEd, Gephi, Cytoscape and others
    .csv      a row for each connection
    .npz      the dense matrix [outputs, inputs] of each layer, and of the whole network if it is linear
    """  # noqa: D301  (click's mark for a paragraph that keeps its lines)
    if numbers.list_weights:
        list_weights(network, numbers)
        return
    check_words(network, FORMATS)
    places = targets(outputs, format, "json", _format_of)
    panels = read_figure(network, numbers).panels
    if len(panels) > 1:
        raise Refusal(f"one network at a time, not {len(panels)} panels; export each into a file of its own")
    data = {kind: panels[0].exported(kind) for kind in sorted({kind for _, kind in places})}
    write_outputs([(path, data[kind]) for path, kind in places], quiet)


def _format_of(path: str) -> str:
    from connectivity.errors import DrawingError, suggestion, visible

    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise DrawingError(f'"{visible(path)}" must end in .json, .graphml, .csv or .npz{suggestion(suffix, FORMATS)}')
    return suffix
