"""The free space around a figure, where it is said: that between the edges of the page and the ink."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from bitmaps import pixels
from scenes import compose_figure

import connectivity
from connectivity import DrawingError
from connectivity.options import Options
from connectivity.picture.paper import MARGIN

SMALL = "6 conv:3 fc:2"
FIGURES: dict[str, tuple[str, dict[str, Any]]] = {
    "small": (SMALL, {}),
    "column": (SMALL, {"width": "84mm", "font_size": "8pt"}),
    "title": ("6 sparse:3 // 6 conv:3", {"title": "A typical page", "theme": "print"}),
    "bare": (SMALL, {"captions": False, "legend": False}),
    "stubs": ("6 conv:3,p=1 fc:2", {"padding": "stubs", "show": "bias", "captions": False, "boxes": "h1"}),
    "matrices": ("6 conv:3", {"view": "both"}),
    "cells": ("2x8 conv:3,c=4,p=1", {}),
    "network": ("2x32 conv:5,p=2,c=6 relu maxpool:2 fc:3", {"width": "84mm", "font_size": "8pt"}),
    "kernels": ("2x8 conv:3,c=4,p=1", {"view": "kernels"}),
    "residual": ("x=8 conv:3,p=1 relu conv:3,p=1 add:x relu", {"legend": False}),
}
DOTS = 2  # a point


def free(png: bytes) -> tuple[float, float, float, float]:
    """How many points there are from the edges of a picture to its ink: left, above, right, below."""
    ink = pixels(png).min(axis=2) < 215
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    sides = columns[0], rows[0], ink.shape[1] - 1 - columns[-1], ink.shape[0] - 1 - rows[-1]
    left, above, right, below = (int(side) / DOTS for side in sides)
    return left, above, right, below


@pytest.mark.parametrize("name", FIGURES)
def test_without_a_margin_ink_meets_the_page_and_with_one_none_is_cut_off(name: str) -> None:
    text, options = FIGURES[name]
    none, some = (
        free(connectivity.draw(text, "png", margin=margin, dpi=72 * DOTS, **options)) for margin in ("0", "6pt")
    )
    assert max(none) <= 1.5, none  # a point, and what a pixel of half a point rounds
    assert min(some) >= 5.0, some
    assert max(some) <= 7.5, some


def test_a_margin_is_as_large_as_it_says_whatever_the_size_of_captions() -> None:
    none, some = (compose_figure(SMALL, Options(font_size="8pt", margin=margin)) for margin in ("0", "10mm"))
    assert (some.width - none.width) * some.scale == pytest.approx(2 * 720 / 25.4)
    assert (some.height - none.height) * some.scale == pytest.approx(2 * 720 / 25.4)


def test_a_page_without_a_margin_has_room_for_more() -> None:
    usual, none = (compose_figure(SMALL, Options(width="84mm", margin=margin)) for margin in (None, "0"))
    left = [min(unit.x for unit in scene.units) for scene in (usual, none)]
    assert usual.width == pytest.approx(none.width)
    assert left[0] - left[1] == pytest.approx(MARGIN, abs=1.5)


@pytest.mark.parametrize("format", ["svg", "pdf"])
def test_a_page_with_a_margin_of_its_own_is_as_large_as_the_scene(format: str) -> None:
    scene = compose_figure(SMALL, Options(margin="1pt"))
    sides = {"svg": rb'<svg width="([\d.]+)pt" height="([\d.]+)pt"', "pdf": rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]"}
    match = re.search(sides[format], connectivity.draw(SMALL, format, margin="1pt"))
    assert match
    assert [float(side) for side in match.groups()] == pytest.approx([scene.width, scene.height], abs=0.01)


def test_nothing_is_a_margin_in_every_spelling() -> None:
    zeros: list[Any] = ["0", "0mm", "0.0pt"]
    assert len({connectivity.draw(SMALL, "dot", margin=zero) for zero in zeros}) == 1
    wrongs: list[tuple[Any, str]] = [
        ("2", "say a unit, as 2mm"),
        ("-1mm", "is no length"),
        (0, "is no length: say a unit"),
    ]
    for wrong, message in wrongs:
        with pytest.raises(DrawingError, match=f"margin.*{message}"):
            Options(margin=wrong)
