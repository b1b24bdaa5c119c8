"""The colours that figures have, as they have been: whoever changes one sees here which, and changes it for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scenes import wired

from connectivity.colour.cellscale import CellScale
from connectivity.colour.paint import is_shared
from connectivity.colour.spaces import blend, grey, hue_of, legible, readable, vivid
from connectivity.colour.squares import own_colours, wheel_colours
from connectivity.colour.themes import DARK, LIGHT, PRINT, Stroke, Theme
from connectivity.options import Options

GOLDEN = Path(__file__).parent / "golden" / "colours.txt"
ALL = {"light": LIGHT, "dark": DARK, "print": PRINT}
SOME = ("#ff0000", "#ffff00", "#00a0ff", "#2468b4", "#808080", "#f0e0ff")

OWN = (
    "4 fc:3", "3 fc:6", "6 fc:7", "8 fc:9", "10 fc:11", "12 fc:13", "14 fc:15", "16 fc:17", "18 fc:19", "20 fc:21",
    "22 fc:23", "24 fc:25", "26 fc:27", "28 fc:29", "9 fc:1", "1 fc:16", "40 fc:2", "2 fc:100", "61 fc:62", "3 fc:3 fc:3 fc:3 fc:3 fc:3", "6 conv:3 fc:2",
    "6 conv:3 fc:2 fc:2", "4 conv:2 fc:4 fc:6 fc:8", "8 conv:3 fc:10 fc:14", "6 conv:1 fc:3", "6 maxpool:2 fc:3", "6 fc:3 conv:2 fc:12 fc:16",
    "9 sparse:3", "7 sparse:3", "8 sparse:2", "40 sparse:4", "40 sparse:6", "60 sparse:9,s=3",
    "40 sparse:14", "40 sparse:3,d=2", "40 sparse:3,d=5", "40 sparse:4,d=7", "70 sparse:6,d=11", "20 sparse:3,p=1",
    "2x12 sparse:2,c=3", "2x12 sparse:4", "12 sparse:2,c=6", "3x12 sparse:1,c=3", "8 sparse:1", "9 sparse:1",
    "x=4 a=fc:3 b=fc:3,from=x concat:a c=fc:2", "x=4 a=fc:3 z=input:3 concat:a b=fc:3",
    "x=4 a=fc:4 add:x fc:3", "6 sparse:units=6,density=0.5", "8 convtranspose:3,s=2 sparse:3",
)  # fmt: skip
FEW = 24


def said(stroke: Stroke) -> str:
    return f"{stroke.colour}/{stroke.width:g}/{stroke.style}"


def of_theme(theme: Theme) -> Iterator[str]:
    """Every sixteenth colour of its tables, and all others that it makes."""
    yield "sweep " + " ".join(theme.sweep_table[::15])
    yield "diverging " + " ".join(theme.diverging_table[::15])
    yield "cells " + " ".join(CellScale([1.0], Options(), theme).colours[::15])
    yield "pens " + " ".join(map(said, theme.pens))
    yield "tints " + " ".join(theme.tints)
    yield from (f"wheel of {number} " + " ".join(wheel_colours(number, theme)) for number in (1, 2, 8, 9, 12))


def of_squares(text: str) -> Iterator[str]:
    """The colours of some weights of each layer whose weights nobody shares, evenly chosen."""
    wiring = wired(text)
    for number in range(1, len(wiring.layers)):
        into = list(wiring.into(number))
        if wiring.layers[number].kind.has_weights and not is_shared(wiring, number, into):
            every = list(own_colours(wiring, number, into, LIGHT).values())
            chosen = every if len(every) <= FEW else [every[n * (len(every) - 1) // (FEW - 1)] for n in range(FEW)]
            yield f"layer {number}: {len(set(every))} colours: " + " ".join(chosen)
            dark = list(own_colours(wiring, number, into, DARK).values())
            yield "  dark: " + " ".join(dark[:: max(1, len(dark) // 4)][:4])


def of_arithmetic() -> Iterator[str]:
    pages = ("#ffffff", "#14171c", "#747474", "#767676")
    yield "legible " + " ".join(
        legible(colour, page, ratio) for page in pages for colour in SOME for ratio in (3.0, 4.5)
    )
    yield "vivid " + " ".join(
        vivid(light, full, hue) for light in (0.3, 0.7) for full in (0.1, 0.35) for hue in (0, 100, 200, 300)
    )
    yield "blend " + " ".join(blend(one, other, share) for one in SOME for other in SOME for share in (0.25, 0.6))
    yield "grey " + " ".join(map(grey, SOME))
    yield "hue " + " ".join(f"{hue_of(colour):.3f}" for colour in SOME if colour != "#808080")
    yield "readable " + " ".join(
        readable(theme.ink, theme.background, colour) for theme in ALL.values() for colour in SOME
    )


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    **{f"theme {name}": lambda theme=theme: of_theme(theme) for name, theme in ALL.items()},  # type: ignore[misc]
    **{f"own weights: {text}": lambda text=text: of_squares(text) for text in OWN},  # type: ignore[misc]
    "arithmetic": of_arithmetic,
}


@pytest.mark.parametrize("name", SECTIONS)
def test_golden(name: str) -> None:
    """``CONNECTIVITY_UPDATE=1 python -m pytest tests/test_colour_tables.py`` writes the file anew."""
    if "CONNECTIVITY_UPDATE" in os.environ:
        parts = ["\n".join([f"# {title}", *make()]) for title, make in SECTIONS.items()]
        GOLDEN.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    known = dict(part.split("\n", 1) for part in GOLDEN.read_text(encoding="utf-8").strip().split("\n\n"))
    assert "\n".join(SECTIONS[name]()) == known[f"# {name}"]
