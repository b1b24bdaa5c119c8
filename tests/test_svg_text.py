"""Texts of an SVG, drawn by programs that are as unlike as can be: all draw the same, in our font and in theirs."""

from __future__ import annotations

import functools
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from svgprograms import OUR_FONT, PROGRAMS, SCALE, Draw, Ink, texts_alone

import connectivity
from connectivity import Figure
from connectivity.rendering.svgtext import Writing, writings

MARKED = r"the $h_{ij}^{(2)}$ of $\sigma(W^{(2)} x_1 + b)$, in $x^2$ and more"
FIGURES: dict[str, tuple[str, dict[str, Any]]] = {
    "units": ("6 conv:3 fc:2", {}),
    "superscripts": ("3 fc:2 fc:2 fc:1", {}),
    "captions": (
        "6 conv:3 fc:4",
        {"layer_titles": ("$x_1$ to $x_6$", r"by $\sigma(W^{(2)} x_i)$", "$y_{ij}^{(L)}$ up")},
    ),
    "titles": ("4 conv:2", {"title": MARKED, "panel_titles": (MARKED,), "row_titles": ("in $x_1$", "out $y^2$")}),
    "edge labels": ("4 conv:2,w=0.5/-1 fc:2", {"edge_labels": "value"}),
    "letters": ("5 conv:3", {"edge_labels": "letter"}),
    "matrix": ("5 conv:3,w=1/0/-1", {"view": "both", "edge_labels": "value"}),
    "cells": ("2x6 conv:3,c=2", {"kernels": "values", "channel_labels": ("x=a/b",)}),
    "values": ("4,values=1/2/-3/0.5 conv:2,w=1/-1", {"show": ("values",)}),
    "merges": ("x=6 conv:3,p=1 relu conv:3,p=1 add:x relu", {}),
    "own labels": ("3 fc:2", {"unit_labels": (r"x=$\alpha$/$b_2$/&<>",)}),
}
figures = pytest.mark.parametrize("name", FIGURES)


@functools.cache
def drawn(name: str, text: str) -> bytes:
    line, options = FIGURES[name]
    return connectivity.draw(line, text=text, **options)


@functools.cache
def lines_of(name: str) -> list[Writing]:
    line, options = FIGURES[name]
    return list(itertools.chain.from_iterable(writings(Figure.of(line).changed(**options).scene()).values()))


def program(request: pytest.FixtureRequest, fonts: dict[str, str]) -> Iterator[Draw]:
    if request.param == "cairosvg":
        found = subprocess.run([sys.executable, "-c", "import cairosvg"], capture_output=True, check=False)
        if found.returncode and os.environ.get("CI") != "true":
            pytest.skip("needs CairoSVG (pip install cairosvg; apt-get install libcairo2)")
        assert found.returncode == 0, found.stderr.decode()
    with PROGRAMS[request.param](fonts) as draw:
        yield draw


PARAMETERS = [
    pytest.param("librsvg", marks=pytest.mark.librsvg),
    "cairosvg",
    pytest.param("chromium", marks=pytest.mark.browser),
]


@pytest.fixture(scope="module", params=PARAMETERS)
def in_our_font(request: pytest.FixtureRequest) -> Iterator[Draw]:
    """A program to which our font is the only one."""
    yield from program(request, OUR_FONT)


@pytest.fixture(scope="module", params=PARAMETERS)
def in_their_font(request: pytest.FixtureRequest) -> Iterator[Draw]:
    """A program that has not our font, but those of the system."""
    yield from program(request, {})


def box(ink: Ink, line: Writing, height: int) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the ink that a line left, in points, from its left and its baseline."""
    left, base = round(line.left * SCALE), height + round(line.y * SCALE)
    wide, high = round(line.width * SCALE), round(line.size * SCALE)
    first_x, first_y = max(left - 3 * SCALE, 0), base - round(0.9 * high)
    rows, columns = np.nonzero(ink[first_y : base + round(0.42 * high), first_x : left + wide + 3 * SCALE])
    assert rows.size, f"nothing of {line.text}"
    x, y = (first_x - line.left * SCALE) / SCALE, (first_y - base) / SCALE
    return columns.min() / SCALE + x, columns.max() / SCALE + x, rows.min() / SCALE + y, rows.max() / SCALE + y


@figures
def test_in_our_font_live_text_stands_where_outlines_do(in_our_font: Draw, name: str) -> None:
    live, outlined = (in_our_font(texts_alone(drawn(name, text))) for text in ("live", "outlines"))
    assert live.shape == outlined.shape
    for line in lines_of(name):
        if line.text.strip():
            boxes = box(live, line, live.shape[0]), box(outlined, line, live.shape[0])
            apart = [abs(one - other) for one, other in zip(*boxes, strict=True)]
            assert max(apart[:2]) < 1.5, f"{line.text}: {boxes}"
            assert max(apart[2:]) < 1.0, f"{line.text}: {boxes}"


@figures
def test_in_any_font_no_piece_is_printed_over_another(in_their_font: Draw, name: str) -> None:
    """The odd pieces of all lines, and the even ones, leave their ink at different places."""
    svg = drawn(name, "live")
    halves = [texts_alone(svg, lambda number: number % 2 == 0), texts_alone(svg, lambda number: number % 2 == 1)]
    one, other = map(in_their_font, halves)
    least = min(one.sum(), other.sum())
    assert bool(least) == any(len(line.pieces) > 1 for line in lines_of(name))
    assert (one & other).sum() <= 0.02 * least
