"""What is said of a network: captions, panel titles, tooltips and the sentence of a figure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from connectivity.graphs.view import Arrow, GraphView, LayerView
from connectivity.layers import count
from connectivity.typeset.text import short

_TITLES = {"fc": "fully connected", "sparse": "sparse connectivity", "conv": "weight sharing"}
_CAPTIONS = {
    "fc": "fully connected",
    "sparse": "sparse",
    "conv": "conv",
    "convtranspose": "transposed conv",
    "maxpool": "max pool",
    "avgpool": "average pool",
}
_ARTICLES = {
    "fc": "a fully connected layer",
    "sparse": "a sparse layer",
    "conv": "a convolution",
    "convtranspose": "a transposed convolution",
    "maxpool": "a maximum pool",
    "avgpool": "an average pool",
}


def caption(layer: LayerView, depth: int) -> tuple[str, list[str]]:
    """The heading under a layer, and the lines under that.

    As "conv 3", ["stride 2", "4 units", "12 connections", "3 weights"]; "input", ["6 units"].
    """
    info = layer.info
    heading = _CAPTIONS.get(info.kind, "input" if depth == 0 else "")
    if info.kernel_size is not None:
        heading += f" {info.kernel_size}"
    lines = [*info.notes, _units(layer)]
    if info.connections:
        lines.append(count(info.connections, "connection"))
    if info.weights:
        lines.append(count(info.weights, "weight"))
    if info.biases:
        lines.append(count(info.biases, "bias"))
    return one_line(heading or info.name or f"layer {depth}"), [one_line(line) for line in lines]


def panel_title(view: GraphView) -> str | None:
    """The subject of a panel, where all its layers have the same: "sparse connectivity"."""
    kinds = {layer.info.kind for layer in view.layers[1:]}
    return _TITLES.get(kinds.pop()) if len(kinds) == 1 else None


def description(views: Sequence[GraphView], titles: Sequence[str | None]) -> str:
    """One true sentence for each panel, for those who cannot see the picture."""
    if len(views) == 1:
        return _sentence(views[0])
    parts = []
    for number, (view, title) in enumerate(zip(views, titles, strict=True), start=1):
        parts.append(f"Panel {number}{f', {title}' if title else ''}: {_sentence(view)}")
    return " ".join(parts)


def connections(panels: Sequence[tuple[GraphView, Mapping[Hashable, str]]]) -> str:
    """Every connection of all panels, each with the names of its units, a line each."""
    lines = []
    for number, (view, names) in enumerate(panels, start=1):
        prefix = f"panel {number}: " if len(panels) > 1 else ""
        lines += [prefix + arrow_tip(arrow, names) for arrow in view.arrows]
    return "\n".join(lines)


def arrow_tip(arrow: Arrow, names: Mapping[Hashable, str]) -> str:
    """The tooltip of a connection: ``x2 → h1: h.weight[0,0,1] = −0.42``."""
    text = f"{names[arrow.source]} → {names[arrow.target]}"
    if arrow.role == "merged":
        return f"{text}: {count(arrow.count, 'connection')}"
    if arrow.parameter is not None:
        text += f": {arrow.parameter}"
    if arrow.weight is not None:
        text += f"{' =' if arrow.parameter is not None else ':'} {short(arrow.weight)}"
    return text


def one_line(text: str) -> str:
    """``text`` with a space for each break: captions have a line for each fact."""
    return " ".join(text.split())


def _units(layer: LayerView) -> str:
    channels, length = layer.whole or layer.shape
    units = channels * length if layer.whole else len(layer.units)
    dropped = f", {layer.info.dropped} dropped" if layer.info.dropped else ""
    if channels == 1 or channels * length != units:
        return count(units, "unit") + dropped
    return f"{channels:,} × {length:,} units{dropped}"


def _sentence(view: GraphView) -> str:
    text = f"A network with {_units(view.layers[0]).replace('unit', 'input')}"
    steps = [_step(layer) for layer in view.layers[1:]]
    return f"{text}: {', then '.join(steps)}." if steps else f"{text}."


def _step(layer: LayerView) -> str:
    info = layer.info
    article = _ARTICLES.get(info.kind, "a layer")
    if info.kernel_size is not None:
        article += f" with kernel size {info.kernel_size}"
    for note in info.notes:
        article += f", {note}"
    text = f"{article}, to {_units(layer)}"
    if not info.weights:
        return f"{text} ({count(info.connections, 'connection')})" if info.connections else text
    weights = count(info.weights, "weight")
    sharing = f"{weights} shared by" if info.weights < info.connections else f"{weights}, one for each of"
    text += f" ({sharing} {count(info.connections, 'connection')}"
    return text + (f", {count(info.biases, 'bias')})" if info.biases else ")")
