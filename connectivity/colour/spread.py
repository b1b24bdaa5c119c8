"""As many strokes as there are things to tell apart: the pens of a theme, or colours evenly along a map."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from connectivity.colour.spaces import STEPS, named_table
from connectivity.colour.themes import Stroke, Theme
from connectivity.errors import AlikeColours, visible, warn
from connectivity.layers.base import count
from connectivity.options import Options

_TOLD_APART = 64  # more things than that nobody expects to be told apart


def strokes_for(number: int, noun: str, options: Options, theme: Theme) -> list[Stroke]:
    """A stroke for each of so many layers, or groups (the ``noun``): the theme's pens where they suffice.

    More have colours along the colormap, or the theme's sweep; so have all where there is a colormap. On paper pens come
    again. Warns AlikeColours where some are the same.
    """
    if theme.monochrome or (options.colormap is None and number <= len(theme.pens)):
        if number > len(theme.pens):
            _warn(f"theme {options.theme} has {count(len(theme.pens), 'line style')}", number, noun)
        return [theme.pens[place % len(theme.pens)] for place in range(number)]
    return spread(sweep_of(options, theme), number, noun, options)


def sweep_of(options: Options, theme: Theme) -> tuple[str, ...]:
    """The colours that many weights run through: the colormap's, or the theme's own."""
    return named_table(options.colormap, theme.background) if options.colormap else theme.sweep_table


def spread(sweep: Sequence[str], number: int, noun: str, options: Options) -> list[Stroke]:
    """That many strokes through the colours, evenly. Warns AlikeColours of a map of single colours that has fewer."""
    step = (STEPS - 1) / max(1, number - 1)
    pens = [pen(sweep[round(n * step)]) for n in range(number)]
    if options.colormap and len(set(pens)) < number <= _TOLD_APART:
        every = len(set(sweep))
        colours = count(every if every < number else len(set(pens)), "colour")
        _warn(f"colormap {visible(options.colormap, 40)} has {colours}", number, noun)
    return pens


@functools.cache
def pen(colour: str) -> Stroke:
    """The usual stroke in a colour."""
    return Stroke(colour)


def _warn(what_has: str, number: int, noun: str) -> None:
    warn(f"{what_has} for {count(number, noun)}: some look the same", AlikeColours)
