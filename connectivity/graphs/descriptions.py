"""What is said of a network: captions, panel titles, tooltips and the sentence of a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from connectivity.graphs.roles import MERGED
from connectivity.graphs.wiring import LayerView, Wiring
from connectivity.layers.base import NAMES_SHOWN, count
from connectivity.typeset.markup import elided
from connectivity.typeset.text import listed, short

_LONGEST = 1_000  # of a caption's line, in characters: Graphviz reads no more than 16,384 of a label


class Excerpt(NamedTuple):
    """What a caption says of a layer that is drawn in part: which units; ``connected``: whether any lead into it."""

    lines: tuple[str, ...]
    connected: bool


def _all(number: int, noun: str, told: str) -> str:
    return told


def caption(
    layer: LayerView, depth: int, excerpt: Excerpt | None = None, say: Callable[[int, str, str], str] = _all
) -> tuple[str, list[str]]:
    """The heading under a layer, and the lines under that; of a part of it also which one.

    ``say`` says how many connections and weights it has, given the number, the noun and what is said of them
    otherwise. As "conv 3", ["stride 2", "4 units", "12 connections", "3 weights"]; "input", ["6 units"]; of a part,
    whose counts are still those of the whole, ["stride 2", "units 2\u20133 of 4", "12 connections in all", "3 weights"].
    Of layers that are left out that they are, under the name that they were given.
    """
    info = layer.info
    if layer.kind.left_out:
        return one_line(info.heading or layer.kind.caption), [layer.kind.caption]
    heading = info.heading or layer.kind.caption or ("" if depth else "input")
    if info.kernel_size is not None:
        heading += f" {info.kernel_size}"
    lines = [*info.notes, *_extent(layer, excerpt)]
    if excerpt is not None and not excerpt.connected:
        heading = f"{info.name}: {heading}" if info.name and heading and layer.inputs else heading
        return one_line(heading or info.name or f"layer {depth}"), [one_line(line) for line in lines]
    if info.connections:
        told = count(info.connections, "connection") + (" in all" if excerpt is not None else "")
        lines.append(say(info.connections, "connection", told))
    if info.weights:
        lines.append(say(info.weights, "weight", count(info.weights, "weight")))
    if info.biases:
        lines.append(count(info.biases, "bias"))
    return one_line(heading or info.name or f"layer {depth}"), [one_line(line) for line in lines]


def titled(layer: LayerView, heading: str, title: str, lines: Sequence[str]) -> list[str]:
    """The lines under a ``title`` that a layer is given: its ``heading`` first, where that alone says its kernel's size.

    As ["conv 7", "8 units"] under "stem"; a title that says the size itself replaces the whole heading.
    """
    size = layer.info.kernel_size
    if size is None or str(size) in re.findall(r"\d+", title):
        return [*lines]
    return [heading, *lines]


def _extent(layer: LayerView, excerpt: Excerpt | None) -> list[str]:
    """How many units a layer has, and which of them are drawn."""
    if excerpt is None or not excerpt.lines or layer.whole is not None:
        return [_units(layer)]
    replaced = layer.shape.channels == 1 and not layer.info.dropped
    return [*excerpt.lines] if replaced else [_units(layer), *excerpt.lines]


def panel_title(layers: Sequence[LayerView]) -> str | None:
    """The subject of a panel, where all its layers have the same: "sparse connectivity"."""
    titles = {layer.kind.title for layer in layers if layer.inputs and not layer.kind.left_out}
    return titles.pop() if len(titles) == 1 else None


def description(panels: Sequence[tuple[Wiring, str | None, str]]) -> str:
    """True sentences for each panel, for those who cannot see the picture.

    It is given with its title, and with what of it is drawn, where that is not all.
    """
    said = [" ".join(filter(None, (_sentence(wiring), part))) for wiring, _, part in panels]
    if len(said) == 1:
        return said[0]
    titles = [f", {title}" if title else "" for _, title, _ in panels]
    return " ".join(
        f"Panel {number}{title}: {text}" for number, (title, text) in enumerate(zip(titles, said, strict=True), 1)
    )


def connections(panels: Sequence[tuple[Wiring, Sequence[str], Collection[int]]]) -> str:
    """Every connection of all panels, given with the names of their units and those that are hidden, a line each."""
    lines = []
    for number, (wiring, names, hidden) in enumerate(panels, start=1):
        prefix = f"panel {number}: " if len(panels) > 1 else ""
        lines += [
            prefix + connection_tip(wiring, connection, names)
            for connection in wiring.ranks
            if connection not in hidden
        ]
    return "\n".join(lines)


def connection_tip(wiring: Wiring, connection: int, names: Sequence[str]) -> str:
    """The tooltip of a connection: ``x2 → h1: h.weight[0,0,1] = −0.42``."""
    text = f"{names[wiring.sources[connection]]} → {names[wiring.targets[connection]]}"
    role, parameter, weight = wiring.roles[connection], wiring.parameter(connection), wiring.weights[connection]
    if role is MERGED:
        return f"{text}: {count(wiring.count(connection), 'connection')}"
    if role.passes:
        return text
    if parameter is not None:
        text += f": {parameter}"
    if weight is not None:
        text += f"{' =' if parameter is not None else ':'} {short(weight)}"
    return text


def one_line(text: str) -> str:
    """``text`` with a space for each break, cut where it is endless: captions have a line for each fact."""
    line = " ".join(text.split())
    return elided(line, _LONGEST)


def _units(layer: LayerView) -> str:
    channels, length = layer.whole or layer.shape
    units = channels * length if layer.whole else layer.total
    dropped = f", {layer.info.dropped} dropped" if layer.info.dropped else ""
    if channels == 1 or channels * length != units:
        return count(units, "unit") + dropped
    return f"{channels:,} × {length:,} units{dropped}"


def _sentence(wiring: Wiring) -> str:
    inputs = [layer for layer in wiring.layers if not layer.inputs]
    sizes = listed([_units(layer).replace("unit", "input") for layer in inputs])
    text = f"A network with {sizes}"
    steps = [_step(wiring, number) for number, layer in enumerate(wiring.layers) if layer.inputs]
    return f"{text}: {', then '.join(steps)}." if steps else f"{text}."


def branches(wiring: Wiring) -> list[str]:
    """What does not just follow the layer before it, a sentence each: "h2 adds x and h1"."""
    names = [_called(wiring, number) for number in range(len(wiring.layers))]
    sentences = []
    for number, layer in enumerate(wiring.layers):
        if layer.inputs and layer.inputs != (number - 1,):
            inputs = listed([names[source] for source in layer.inputs], NAMES_SHOWN)
            sentences.append(f"{names[number]} {layer.kind.verb} {inputs}")
        if layer.info.owner is not None:
            sentences.append(f"{names[number]} has the weights of {names[layer.info.owner]}")
    sources = {source for layer in wiring.layers for source in layer.inputs}
    heads = [name for number, name in enumerate(names) if number not in sources]
    if len(heads) > 1:
        sentences.append(f"{listed(heads)} are outputs")
    return sentences


def _called(wiring: Wiring, number: int) -> str:
    """The name of a layer, or what stands for one."""
    return wiring.layers[number].info.name or (f"layer {number}" if number else "the input")


def _step(wiring: Wiring, number: int) -> str:
    layer = wiring.layers[number]
    info = layer.info
    article = layer.kind.article
    if info.kernel_size is not None:
        article += f" with kernel size {info.kernel_size}"
    if layer.inputs != (number - 1,):
        names = [_called(wiring, source) for source in layer.inputs]
        article += f" of {' and '.join(names) if len(names) <= NAMES_SHOWN else listed(names, NAMES_SHOWN)}"
    for note in info.notes:
        article += f", {note}"
    text = f"{article}, to {_units(layer)}"
    if not info.weights:
        return f"{text} ({count(info.connections, 'connection')})" if info.connections else text
    weights = count(info.weights, "weight")
    sharing = f"{weights} shared by" if info.weights < info.connections else f"{weights}, one for each of"
    text += f" ({sharing} {count(info.connections, 'connection')}"
    return text + (f", {count(info.biases, 'bias')})" if info.biases else ")")
