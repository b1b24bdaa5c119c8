"""What weights are called: at their connections, in cells of matrices and in legends, as ``edge_labels`` says.

name                    w_1, w_2, ... where connections share weights, w_ij (from unit j to unit i) where each has its own
value, letter, index    -0.42; a, b, c, ...; 1, 2, 3, ...
none, auto              nothing; letters where a theme has no colours
h=name                  the same of one layer
h.weight.0.0.1=w_2      one weight, whatever the others are called; h.weight=w: all of a layer's
x.2:h.1=a               one connection
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from connectivity.graphs.wiring import Wiring
from connectivity.layers.base import NO_PARAMETER
from connectivity.options import EDGE_LABELS, Options
from connectivity.typeset.markup import elided, problem
from connectivity.typeset.text import letter, short, subscripted

_SYMBOL = re.compile(r"^(?P<stem>[^\W\d_]+)(?:_(?P<sub>\w+|\{[^{}$]+\}))?(?:\^(?P<sup>\w+|\{[^{}$]+\}))?$")
_GENERATED = re.compile(r"\.(weight|bias)\w*\[[0-9,]+\]$")
_PARAMETER = re.compile(r"\.(weight|bias)(\[|$)")
_DOTTED = re.compile(r"\.(?:weight|bias)\w*(?P<indices>(?:\.\d+)+)$")
_LONGEST = 16  # characters of a name that a graph gives its parameter and that stands at connections as it is
_LONGEST_TOLD = 24  # ... and that a legend says as it is
_ONE_DIGIT = 9


class Wishes(NamedTuple):
    """What is wished for: a word for all (under "") and for layers, by their names; texts of weights and connections."""

    words: dict[str, str]
    texts: dict[str, str]


def wishes_of(options: Options) -> Wishes:
    """What ``edge_labels`` says."""
    return _read(options.edge_labels)


@functools.lru_cache(maxsize=32)
def _read(wishes: tuple[str, ...]) -> Wishes:
    words: dict[str, str] = {}
    texts: dict[str, str] = {}
    for wish in wishes:
        name, equals, text = wish.partition("=")
        name = name.strip()
        if not equals:
            words[""] = wish
        elif text in EDGE_LABELS and not {".", "[", ":"}.intersection(name):
            words[name] = text
        else:
            texts[name] = texts[bracketed(name)] = symbol(text)
    return Wishes(words, texts)


def bracketed(name: str) -> str:
    """The name of a weight that is said with dots, as its parameter has it; any other name as it is.

    >>> bracketed("h.weight.0.0.1"), bracketed("h.weight"), bracketed("body.0.weight.2.1")
    ('h.weight[0,0,1]', 'h.weight', 'body.0.weight[2,1]')
    """
    match = _DOTTED.search(name)
    if match is None:
        return name
    return f"{name[: match.start('indices')]}[{match['indices'][1:].replace('.', ',')}]"


def dotted(name: str) -> str:
    """The name of a parameter as it is said with dots, which no shell reads as something else.

    >>> dotted("h.weight[0,0,1]")
    'h.weight.0.0.1'
    """
    return name.replace("[", ".").replace(",", ".").removesuffix("]") if _GENERATED.search(name) else name


def is_of_parameter(name: str) -> bool:
    """Whether a name is that of a weight or a bias, or of all of a layer's.

    >>> is_of_parameter("h.weight"), is_of_parameter("h.weight.0.0.1"), is_of_parameter("h.1")
    (True, True, False)
    """
    return _PARAMETER.search(bracketed(name)) is not None


def word_of(options: Options, layer: str) -> str:
    """What the connections of a layer are called by, one of ``EDGE_LABELS``."""
    words = wishes_of(options).words
    return words.get(layer) or words.get("", "auto")


def asks_for_labels(options: Options) -> bool:
    """Whether something is to stand at connections that would not stand there by itself."""
    words, texts = wishes_of(options)
    return bool(texts) or any(word not in ("auto", "none") for word in words.values())


def lettered(options: Options, layer: str = "") -> bool:
    """Whether weights are told apart by letters: where asked for, and on paper unless asked otherwise."""
    word = word_of(options, layer)
    return word == "letter" or (word == "auto" and options.theme == "print")


def symbol(text: str) -> str:
    r"""A text as it is set: a single letter, or one with an index, as mathematics; all else as it is.

    >>> symbol("w_2"), symbol("omega_1"), symbol("w_ij"), symbol("a"), symbol("gain"), symbol("$w_2$")
    ('$w_{2}$', '$\\omega_{1}$', '$w_{ij}$', '$a$', 'gain', '$w_2$')
    """
    match = _SYMBOL.match(text)
    if match is None:
        return text
    stem, scripts = match["stem"], ""
    for mark, script in (("_", match["sub"]), ("^", match["sup"])):
        if script:
            scripts += f"{mark}{{{script.strip('{}')}}}"
    if len(stem) > 1 and (not stem.isascii() or problem(f"$\\{stem}$")):
        return text
    return f"${stem if len(stem) == 1 else chr(92) + stem}{scripts}$"


def own_text(options: Options, parameter: str | None) -> str | None:
    """The text that was given for a weight, or for its whole tensor; None where none was."""
    texts = wishes_of(options).texts
    if not texts or parameter is None:
        return None
    return texts.get(parameter, texts.get(parameter.partition("[")[0]))


def is_meant(parameter: str | None, name: str) -> bool:
    """Whether a parameter is the one of that name, or of the tensor of that name."""
    return parameter is not None and name in (parameter, parameter.partition("[")[0])


def called(wiring: Wiring, layer: int, parameters: Sequence[int], options: Options) -> list[str]:
    """What the shared weights of a layer are called where their values do not matter: in a legend, say.

    By their numbers in ``parameters``, which are all of them in order: w_1, w_2, ...; or letters; or the texts that
    were given for them, or the names that they have in a graph.
    """
    letters = lettered(options, wiring.layers[layer].info.name)
    named = word_of(options, wiring.layers[layer].info.name) == "name"
    name = wiring.tables[layer].name if layer in wiring.tables else str
    known = [None if parameter == NO_PARAMETER else name(parameter) for parameter in parameters]
    own = not letters and not any(
        one is None or _GENERATED.search(one) for one in known
    )  # in a graph of the user's own
    texts = []
    for number, parameter in enumerate(known):
        text = own_text(options, parameter)
        if text is None and named:
            text = given_name(parameter)
        if text is None and own and parameter is not None:
            text = elided(parameter, _LONGEST_TOLD)
        texts.append(
            text or (letter(number) if letters else f"$w_{{{number + 1}}}$" if named else subscripted("w", number + 1))
        )
    return texts


def given_name(parameter: str | None) -> str | None:
    """The name that a graph gives a parameter, where it is short; None of one that was made (``h.weight[0,1]``)."""
    if parameter is None or len(parameter) > _LONGEST or _GENERATED.search(parameter):
        return None
    return symbol(parameter)


def connection_texts(
    wiring: Wiring, layer: int, connections: Sequence[int], options: Options, *, shared: bool, several: bool
) -> dict[int, str]:
    """What stands at connections into a layer, by their numbers.

    ``shared``: they share weights; ``several``: other layers have names that look alike, so that these say which
    layer they are of.
    """
    word = word_of(options, wiring.layers[layer].info.name)
    if word == "auto":
        word = "letter" if shared and lettered(options) else "none"
    texts = _by_word(wiring, layer, connections, options, word, shared, several)
    if wishes_of(options).texts:
        own = {connection: own_text(options, wiring.parameter(connection)) for connection in connections}
        texts.update((connection, text) for connection, text in own.items() if text is not None)
    return texts


def _by_word(
    wiring: Wiring, layer: int, connections: Sequence[int], options: Options, word: str, shared: bool, several: bool
) -> dict[int, str]:
    if word == "none":
        return {}
    if word == "value":
        weights = {connection: wiring.weights[connection] for connection in connections}
        return {connection: short(weight) for connection, weight in weights.items() if weight is not None}
    if word == "name" and not shared:
        return _pairs(wiring, layer, connections, options, several)
    parameters = {connection: wiring.parameters[connection] for connection in connections}
    numbers = {
        parameter: number for number, parameter in enumerate(_weights(wiring, layer, parameters.values(), shared))
    }
    if word == "index":
        texts = {parameter: str(number + 1) for parameter, number in numbers.items()}
    else:
        texts = dict(zip(numbers, called(wiring, layer, list(numbers), options), strict=True))
    return {connection: texts[parameter] for connection, parameter in parameters.items() if parameter != NO_PARAMETER}


def _weights(wiring: Wiring, layer: int, seen: Collection[int], shared: bool) -> list[int]:
    """The weights that are counted: those that are ``seen``, of shared ones all, so that a legend counts alike."""
    weights = set(seen)
    if shared:
        weights.update(wiring.used_parameters(layer))
    return sorted(weights - {NO_PARAMETER})


def _pairs(wiring: Wiring, layer: int, connections: Sequence[int], options: Options, several: bool) -> dict[int, str]:
    """The names of weights of which each connection has its own: from unit j to unit i it is w_ij."""
    largest = max([wiring.layers[layer].total, *(wiring.layers[one].total for one in wiring.layers[layer].inputs)])
    comma = "," if largest - 1 + options.index_from > _ONE_DIGIT else ""
    above = f"^{{({layer})}}" if several else ""
    texts = {}
    for connection in connections:
        ends = (wiring.targets[connection], wiring.sources[connection])
        indices = comma.join(str(_flat(wiring, unit) + options.index_from) for unit in ends)
        texts[connection] = given_name(wiring.parameter(connection)) or f"$w_{{{indices}}}{above}$"
    return texts


def _flat(wiring: Wiring, unit: int) -> int:
    """Which unit of its layer a unit is, from 0; of padding before the first it is negative."""
    layer = wiring.layers[wiring.layer_of[unit]]
    if unit in layer.padding:
        return layer.padding[unit][1]
    if layer.total == layer.shape.units:
        channel, position = layer.places[unit]
        return channel * layer.shape.length + position
    return layer.units.index(unit)
