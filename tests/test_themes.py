"""Themes: colours that are told apart by everyone, and that nobody misses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from connectivity.colour.spaces import STEPS, contrast, lab
from connectivity.colour.themes import DARK, LIGHT, PRINT, THEME, Theme
from connectivity.options import THEMES

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency" (2009), table 1: severity 1.0, on linear RGB.
SIGHTS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
DISTINCT = 0.08

themes = pytest.mark.parametrize("theme", THEME.values(), ids=list(THEME))
coloured = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def simulated(colour: str, sight: str) -> str:
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    shown = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in shown)


def distance(one: str, other: str, sight: str) -> float:
    return math.dist(lab(simulated(one, sight)), lab(simulated(other, sight)))


def test_the_simulation_confuses_what_it_should() -> None:
    assert simulated("#d9622b", "normal") == "#d9622b"
    assert simulated("#ffffff", "protanopia") == simulated("#ffffff", "deuteranopia") == "#ffffff"
    red, green = "#b03a2e", "#5f6a1f"
    assert distance(red, green, "deuteranopia") < 0.5 * distance(red, green, "normal")


def test_every_theme_that_can_be_chosen_exists() -> None:
    assert tuple(THEME) == THEMES


@coloured
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_of_the_palette_are_told_apart(theme: Theme, sight: str) -> None:
    for one, other in itertools.combinations(theme.palette, 2):
        assert distance(one, other, sight) >= DISTINCT, (one, other)


@coloured
@pytest.mark.parametrize("sight", SIGHTS)
def test_signs_are_told_apart(theme: Theme, sight: str) -> None:
    for one, other in itertools.combinations(theme.diverging, 2):
        assert distance(one, other, sight) >= DISTINCT, (one, other)


def test_print_has_no_colours() -> None:
    tables = [*PRINT.palette, *PRINT.sweep_table, *PRINT.diverging, PRINT.faint, PRINT.input_fill, PRINT.muted]
    for colour in [*tables, *(pen.colour for pen in PRINT.pens)]:
        assert colour[1:3] == colour[3:5] == colour[5:7], colour


def test_pens_of_print_are_told_apart_without_colour() -> None:
    """By line style, or else by a width of at least twice the other."""
    for one, other in itertools.combinations(PRINT.pens, 2):
        widths = sorted((one.width, other.width))
        greys = abs(lab(one.colour).lightness - lab(other.colour).lightness)
        assert one.style != other.style or widths[1] >= 1.7 * widths[0] or greys > 0.4, (one, other)


@themes
def test_lines_have_a_contrast_of_3(theme: Theme) -> None:
    lines = [*theme.palette, *theme.sweep_table, *theme.diverging, *theme.diverging_table, theme.faint]
    assert min(contrast(colour, theme.background) for colour in [*lines, theme.unit_stroke]) >= 3


@themes
def test_text_has_a_contrast_of_4_5(theme: Theme) -> None:
    for colour in (theme.ink, theme.muted):
        assert contrast(colour, theme.background) >= 4.5
    for fill in (theme.unit_fill, theme.input_fill):
        assert contrast(theme.ink, fill) >= 4.5


@coloured
def test_tables_are_whole_and_run_smoothly(theme: Theme) -> None:
    for found in (theme.sweep_table, theme.diverging_table):
        assert len(found) == STEPS
        assert max(math.dist(lab(a), lab(b)) for a, b in itertools.pairwise(found)) < 0.03


@themes
def test_the_sweep_runs_one_way_in_lightness(theme: Theme) -> None:
    lightness = [lab(colour).lightness for colour in theme.sweep_table]
    assert all(after > before - 0.004 for before, after in itertools.pairwise(lightness))
    assert lightness[-1] - lightness[0] > 0.2


@coloured
def test_zero_is_the_palest_of_the_diverging_map(theme: Theme) -> None:
    contrasts = [contrast(colour, theme.background) for colour in theme.diverging_table]
    assert abs(contrasts.index(min(contrasts)) - STEPS / 2) < STEPS / 8
    middle = lab(theme.diverging_table[STEPS // 2])
    assert math.hypot(middle.a, middle.b) < 0.02
    assert theme.diverging_table[0] == theme.diverging[0]
    assert theme.diverging_table[-1] == theme.diverging[2]
