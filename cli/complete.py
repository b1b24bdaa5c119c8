"""Shell completion of the notation: kinds of layers, behind a comma their parameters, behind ``=`` their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from connectivity.layers.words import Parameter


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
    from connectivity.layers.activations import NAMES
    from connectivity.layers.kinds import KINDS, words_of

    name, equals, word = incomplete.rpartition("=")
    kinds = [words_of(kind) for kind in KINDS]
    words = {kind.name: kind.help for kind in kinds}
    if not equals:
        words |= dict.fromkeys(NAMES, "activation of the layer before it")
    matches = {text: help for text, help in words.items() if text.startswith(word)}
    if not matches:  # their other names, for those who began one
        matches = {alias: kind.help for kind in kinds for alias in kind.aliases if alias.startswith(word)}
    return [CompletionItem(f"{name}{equals}{text}", help=help) for text, help in matches.items()]


def _parameters(head: str, last: str) -> list[CompletionItem]:
    parameters = {f"{item.name}{'' if item.flag else '='}": item.help for item in _parameters_of(head)}
    return [CompletionItem(f"{head},{text}", help=help) for text, help in parameters.items() if text.startswith(last)]


def _values(head: str, key: str, value: str) -> list[CompletionItem]:
    parameter = next((item for item in _parameters_of(head) if key in (item.name, item.short)), None)
    if parameter is None:
        return []
    if parameter.file:
        return [CompletionItem(f"{head},{key}={value}", type="file")]
    return [CompletionItem(f"{head},{key}={word}") for word in parameter.choices if word.startswith(value)]


def _parameters_of(head: str) -> Sequence[Parameter]:
    """The parameters of the layer, or of the input, that ``head`` begins."""
    from connectivity.layers.input import Input
    from connectivity.layers.kinds import kind_words, words_of

    first = head.split(",")[0].partition(":")[0].rpartition("=")[2]
    kind = Input if first[:1].isdigit() else kind_words().get(first.lower())
    return () if kind is None else words_of(kind).parameters
