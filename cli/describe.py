"""``connectivity describe``: the facts of a network, as a table or as JSON."""

from __future__ import annotations

import sys
from typing import Any

import click

from .arguments import Numbers, list_weights, network_argument, read_figure, source_options
from .streams import put

_COLUMNS = (
    "layer",
    "what",
    "shape",
    "connections",
    "weights",
    "biases",
    "sharing",
    "multiply-adds",
    "field",
    "jump",
    "start",
)


@click.command(short_help="Say a network's shapes, counts and receptive fields.")
@network_argument
@source_options
@click.option("--json", "as_json", is_flag=True, help="As JSON: an object, or a list of them for several panels.")
def describe(
    network: tuple[str, ...],
    numbers: Numbers,
    as_json: bool,
) -> None:
    """Describe NETWORK, a line of notation (or a model.onnx, a figure file, net.toml, or an exported graph, net.json).

    For each layer: its connections and parameters, how many connections share a weight, inputs and
    weights that nothing uses, and the receptive field of its units in the input (size, jump from
    one unit's field to the next, start). Multiply-adds are the products that are summed for one input.
    """
    if numbers.list_weights:
        list_weights(network, numbers)
        return
    panels = read_figure(network, numbers).panels
    facts = [panel.facts() for panel in panels]
    if as_json:
        import json

        put(json.dumps(facts[0] if len(facts) == 1 else facts, ensure_ascii=False, indent=2))
        return
    put("\n\n".join(_text(item) for item in facts))


def _text(facts: dict[str, Any]) -> str:
    import shutil

    from connectivity.layers import count

    rows = [_row(layer) for layer in facts["layers"]]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    table = _table([_COLUMNS, *rows])
    if max(map(len, table)) > width:
        table = _blocks(rows)
    totals = ", ".join(count(value, _SINGULAR[key]) for key, value in facts["totals"].items())
    return "\n".join(
        [
            *table,
            "",
            f"total: {totals}",
            *facts["branches"],
            *_left_out(facts),
            *_unused(facts),
            *_notes(facts),
            "",
            facts["sentence"],
        ]
    )


_SINGULAR = {
    "units": "unit",
    "connections": "connection",
    "weights": "weight",
    "biases": "bias",
    "parameters": "parameter",
    "multiply_adds": "multiply-add",
}


def _row(layer: dict[str, Any]) -> tuple[str, ...]:
    from connectivity.errors import visible

    field = layer["receptive_field"]
    sharing = layer["sharing"]
    cells = (
        layer["name"] or "-",
        ", ".join([layer["heading"], *layer["notes"]]),
        "x".join(map(str, layer["shape"])),
        layer["connections"],
        layer["weights"],
        layer["biases"],
        "-" if sharing is None else f"{sharing:,.0f}" if sharing >= 1000 else f"{sharing:.3g}",
        _multiplied(layer),
        " + ".join(_size(one["size"]) for one in layer["receptive_fields"].values()),
        "-" if field["jump"] is None else f"{field['jump']:g}",
        "-" if field["start"] is None else field["start"],
    )
    return tuple(f"{cell:,}" if isinstance(cell, int) else visible(str(cell), 200) for cell in cells)


def _size(size: int | None) -> str:
    """The size of a receptive field; of what is seen through layers that are left out there is none."""
    return "unknown" if size is None else f"{size:,}"


def _multiplied(layer: dict[str, Any]) -> str:
    """How many products are summed, and how many with padding, where that is another number."""
    products, padded_products = layer["multiply_adds"], layer["multiply_adds_padded"]
    return f"{products:,}" if products == padded_products else f"{products:,} ({padded_products:,} padded)"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns as wide as needed; numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return [
        "  ".join(
            cell.ljust(width) if column < 3 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _blocks(rows: list[tuple[str, ...]]) -> list[str]:
    """For a narrow terminal: a block for each layer, a line for each fact."""
    lines = []
    for name, what, *rest in rows:
        lines.append(f"{name}: {what}")
        lines += [f"  {label:12}{cell}" for label, cell in zip(_COLUMNS[2:], rest, strict=True) if cell != "-"]
    return lines


def _left_out(facts: dict[str, Any]) -> list[str]:
    """That layers are left out, and what the counts are of then."""
    from connectivity.errors import visible

    places = ", ".join(map(visible, facts["left_out"]))
    return [f"layers are left out ({places}): all counts are of what is drawn"] if places else []


def _notes(facts: dict[str, Any]) -> list[str]:
    """What is to be known of a model."""
    from connectivity.errors import visible

    return [f"note: {visible(note, 1000)}" for note in facts.get("notes", ())]


def _unused(facts: dict[str, Any]) -> list[str]:
    from connectivity.errors import visible

    lines = []
    for number, layer in enumerate(facts["layers"]):
        names = layer["unused_inputs"]
        called = visible(layer["name"] or f"layer {number}")
        if names:
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            lines.append(f"{called} does not use {', '.join(map(visible, names[:10]))}{more}")
        if layer["unused_weights"]:
            lines.append(f"{called} has {layer['unused_weights']:,} weights that no connection uses")
    return lines
