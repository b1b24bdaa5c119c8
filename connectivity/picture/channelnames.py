"""The names of channels: what ``NAME=TEXT/TEXT...`` says, read and checked."""

from __future__ import annotations

from collections.abc import Sequence

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs.gaps import LEFT_OUT
from connectivity.graphs.wiring import LayerView
from connectivity.layers.base import count
from connectivity.options import Options
from connectivity.typeset.markup import parts

_OPTION = "channel_labels"


def channel_names(layers: Sequence[LayerView], options: Options) -> dict[int, list[str]]:
    """The names of channels by the number of their layer: one text (with markup, or empty) for each channel.

    ``layers`` are those of one panel, ``options`` its own. Of what is said twice of a layer the last holds; what is said of a layer that is not among them is passed over (see
    :func:`check_channel_names`). Raises DrawingError for what is not NAME=TEXT, for layers that are left out, and
    for as many texts as a layer does not have channels.
    """
    names: dict[int, list[str]] = {}
    for wish in options.channel_labels:
        name, texts = _read(wish)
        for number, layer in enumerate(layers):
            if layer.info.name == name:
                _check(wish, name, texts, layer)
                names[number] = texts
    return names


def check_channel_names(panels: Sequence[tuple[Sequence[LayerView], Options]]) -> None:
    """Raise DrawingError as :func:`channel_names` for every panel, and for a layer that is in none of them."""
    known = list(dict.fromkeys(layer.info.name for layers, _ in panels for layer in layers))
    for layers, options in panels:
        for wish in options.channel_labels:
            name, _ = _read(wish)
            if name not in known:
                raise DrawingError(
                    f'there is no layer "{visible(name)}" whose channels could have names{suggestion(name, known)}',
                    _OPTION,
                )
        channel_names(layers, options)


def _read(wish: str) -> tuple[str, list[str]]:
    """The name of a layer, and the texts for its channels."""
    name, equals, text = wish.partition("=")
    if not equals or not name:
        raise DrawingError(f'channel-label "{visible(wish)}" is not NAME=TEXT/TEXT..., as x=ax/ay/az', _OPTION)
    return name, [" ".join(part.split()) for part in parts(text)]


def _check(wish: str, name: str, texts: Sequence[str], layer: LayerView) -> None:
    if layer.kind.left_out:
        raise DrawingError(f'channel-label "{visible(wish)}": "{name}" {LEFT_OUT}', _OPTION)
    channels = (layer.whole or layer.shape).channels
    if len(texts) != channels:
        given, there = count(len(texts), "text"), count(channels, "channel")
        raise DrawingError(
            f'channel-label "{visible(wish)}": {given} for {there} of "{name}"; give one for each', _OPTION
        )
