"""Shell completion of the notation: kinds of layers, and their parameters behind a comma."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_word(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What ``incomplete``, a word of a network, can become."""
    head, comma, last = incomplete.rpartition(",")
    return _parameters(head, last) if comma else _kinds(incomplete)


def _kinds(incomplete: str) -> list[CompletionItem]:
    from connectivity.layers.activations import ACTIVATIONS
    from connectivity.notation.kinds import KINDS

    name, equals, word = incomplete.rpartition("=")
    words = {kind.name: kind.help for kind in KINDS}
    if not equals:
        words |= dict.fromkeys(ACTIVATIONS, "activation of the layer before it")
    return [
        CompletionItem(f"{name}{equals}{found}", help=text) for found, text in words.items() if found.startswith(word)
    ]


def _parameters(head: str, last: str) -> list[CompletionItem]:
    from connectivity.notation.kinds import kind_words

    kind = kind_words().get(head.split(",")[0].partition(":")[0].rpartition("=")[2])
    if kind is None or "=" in last:
        return []
    return [
        CompletionItem(f"{head},{item.name}{'' if item.flag else '='}", help=item.help)
        for item in kind.parameters
        if item.name.startswith(last)
    ]
