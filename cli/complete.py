"""Shell completion of the notation: kinds of layers, and their parameters behind a comma."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_word(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What ``incomplete``, a word of a network, can become."""
    from connectivity.notation import KINDS, kind_words

    head, comma, last = incomplete.rpartition(",")
    name, equals, word = (head or incomplete).rpartition("=") if not comma else ("", "", "")
    if not comma:
        prefix = f"{name}{equals}"
        return [CompletionItem(prefix + kind.name, help=kind.help) for kind in KINDS if kind.name.startswith(word)]
    kind = kind_words().get(head.split(",")[0].partition(":")[0].rpartition("=")[2])
    if kind is None or "=" in last:
        return []
    return [
        CompletionItem(f"{head},{item.name}{'' if item.flag else '='}", help=item.help)
        for item in kind.parameters
        if item.name.startswith(last)
    ]
