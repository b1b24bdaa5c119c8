"""``connectivity schema``: the JSON Schema of figure files."""

from __future__ import annotations

import json

import click

from .streams import put


@click.command(short_help="Print the JSON Schema of figure files.")
def schema() -> None:
    """Print the JSON Schema of figure files, by which editors complete and check them.

    \b
    connectivity schema > figure.schema.json

    and as the first line of a figure file: #:schema figure.schema.json
    """  # noqa: D301  (click's mark for a paragraph that keeps its lines)
    from connectivity.figures.schema import schema as schema_of

    put(json.dumps(schema_of(), ensure_ascii=False, indent=2))
