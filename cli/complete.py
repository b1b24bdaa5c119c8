"""Shell completion of the notation: kinds of layers, behind a comma their parameters, behind ``=`` their values."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

_INPUT = {"values": "the values of the input's units", "drop": "units of the input that are dropped"}


def complete_word(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What ``incomplete``, a word of a network, can become; or the name of a file."""
    head, comma, last = incomplete.rpartition(",")
    if not comma:
        return [*_kinds(incomplete), CompletionItem(incomplete, type="file")]
    key, equals, value = last.partition("=")
    return _values(head, key, value) if equals else _parameters(head, last)


def complete_file(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A file."""
    return [CompletionItem(incomplete, type="file")]


def complete_folder(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A folder."""
    return [CompletionItem(incomplete, type="dir")]


def _kinds(incomplete: str) -> list[CompletionItem]:
    from connectivity.layers.activations import ACTIVATIONS
    from connectivity.notation.kinds import KINDS

    name, equals, word = incomplete.rpartition("=")
    words = {kind.name: kind.help for kind in KINDS}
    if not equals:
        words |= dict.fromkeys(ACTIVATIONS, "activation of the layer before it")
    found = {text: help for text, help in words.items() if text.startswith(word)}
    if not found:  # their other names, for those who began one
        found = {alias: kind.help for kind in KINDS for alias in kind.aliases if alias.startswith(word)}
    return [CompletionItem(f"{name}{equals}{text}", help=help) for text, help in found.items()]


def _parameters(head: str, last: str) -> list[CompletionItem]:
    from connectivity.notation.kinds import kind_words

    first = head.split(",")[0]
    kind = kind_words().get(first.partition(":")[0].rpartition("=")[2])
    if kind is not None:
        items = {f"{item.name}{'' if item.flag else '='}": item.help for item in kind.parameters}
    elif first.rpartition("=")[2][:1].isdigit():
        items = {f"{name}=": help for name, help in _INPUT.items()}
    else:
        items = {}
    return [CompletionItem(f"{head},{text}", help=help) for text, help in items.items() if text.startswith(last)]


def _values(head: str, key: str, value: str) -> list[CompletionItem]:
    from connectivity.layers.windowed import PADDING_MODES, PADDING_WORDS

    if key == "mask":
        return [CompletionItem(f"{head},{key}={value}", type="file")]
    words = {"padding": PADDING_WORDS, "p": PADDING_WORDS, "padding_mode": PADDING_MODES}.get(key, ())
    return [CompletionItem(f"{head},{key}={word}") for word in words if word.startswith(value)]
