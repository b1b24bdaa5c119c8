r"""Captions that are given in full: ``NAME=TEXT`` in place of all that is said beside the layer NAME.

The first line of TEXT is the heading, the others stand under it. An empty TEXT: nothing is said of that layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs import descriptions
from connectivity.options import Options


class OwnCaption(NamedTuple):
    """A heading and the lines under it, as they were given; both empty where nothing is to be said."""

    heading: str
    lines: list[str]


def own_caption(options: Options, name: str) -> OwnCaption | None:
    r"""The caption that was given for the layer ``name``, the last of several; None where none was.

    >>> own_caption(Options(layer_captions=r"x=pixels\nof $\nu$"), "x")
    OwnCaption(heading='pixels', lines=['of $\\nu$'])
    """
    for wish in reversed(options.layer_captions):
        layer, _, text = wish.partition("=")
        if layer.strip() == name:
            heading, *others = [descriptions.one_line(line) for line in text.replace("\r\n", "\n").split("\n")]
            return OwnCaption(heading, others)
    return None


def check_own_captions(options: Options, names: Collection[str]) -> None:
    """Raise DrawingError for a caption that is not NAME=TEXT, or of a layer that is not there."""
    for wish in options.layer_captions:
        name, equals, _ = wish.partition("=")
        if not equals:
            example = next(iter(names), "x")
            raise DrawingError(
                f'layer-caption "{visible(wish, 40)}" is not NAME=TEXT, as {example}=input (nothing behind the = for none)',
                "layer_captions",
            )
        if name.strip() not in names:
            raise DrawingError(
                f'there is no layer "{visible(name.strip())}" to give a caption{suggestion(name.strip(), names)}',
                "layer_captions",
            )
