"""Help that explains the notation, generated from the same tables that the parser reads."""

from __future__ import annotations

import click

_EXAMPLES = (
    ("6 conv:3 fc:2 -o net.svg", "a convolution, then a fully connected layer"),
    ("5 fc:5 // 5 sparse:3,p=1 -o two.svg", "two panels side by side"),
    ("2x8 conv:3,channels=4,stride=2 -o net.png", "2 channels of length 8, as a bitmap"),
    ("6 conv:3,weight=1/0/-1 -o edge.pdf", "given weights, coloured by their value"),
    ("x=9 conv:3 h=conv:3 --highlight h.2:receptive-field -o field.svg", "named layers, and what a unit sees"),
)


class NotationCommand(click.Command):
    """A command whose help shows examples and the notation before its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples, then the notation, then the options."""
        with formatter.section("Examples (each after: connectivity draw)"):
            formatter.write_dl(_EXAMPLES)
        write_notation(formatter)
        super().format_options(ctx, formatter)


def write_notation(formatter: click.HelpFormatter) -> None:
    """The notation: the grammar, and a section for each kind of layer."""
    from connectivity.layers.activations import NAMES
    from connectivity.layers.base import LOAD, PLAIN, SHARE
    from connectivity.layers.kinds import KINDS, words_of

    with formatter.section("Notation (no character needs quoting)"):
        formatter.write_dl(
            [
                ("network", "INPUT LAYER LAYER ...   and // before the next panel of the figure"),
                ("INPUT", "[NAME=]SIZE            6    x=6    2x8 (channels x length)"),
                ("LAYER", "[NAME=]KIND[:VALUE][,PARAM=VALUE]...   conv:3    h=conv:3,stride=2,padding=same"),
                ("ACTIVATION", "NAME[:VALUE], of the layer before it   " + ", ".join(NAMES)),
            ]
        )
    with formatter.section("Of every layer; load= and share= of those with weights"):
        formatter.write_dl([(item.name, item.help) for item in (*PLAIN, LOAD, SHARE)])
    common = {item.name for item in (*PLAIN, LOAD, SHARE)}
    for kind in map(words_of, KINDS):
        aliases = f" ({', '.join(kind.aliases)})" if kind.aliases else ""
        with formatter.section(f"{kind.name}{aliases}: {kind.help}"):
            rows = [(f":{kind.value.name.upper()}", kind.value.help)] if kind.value else []
            for item in kind.parameters:
                if item.name not in common:
                    short = f", {item.short}" if item.short else ""
                    rows.append((f"{item.name}{short}", item.help))
            formatter.write_dl(rows or [(kind.name, "no parameters")])
