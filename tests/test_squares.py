"""Weights that nobody shares: far apart in colour wherever their connections meet, seen on any page by anyone."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from scenes import compose_figure
from test_themes import simulated

from connectivity import Figure, Options
from connectivity.colour.entries import OWN
from connectivity.colour.spaces import contrast
from connectivity.colour.squares import SQUARES, square_for
from connectivity.colour.themes import DARK, LIGHT, PRINT, Theme
from connectivity.scene import Scene

SMALL = (
    "6 fc:6", "5 fc:5", "6 fc:4", "4 fc:6", "3 fc:2", "2 fc:2", "7 sparse:3", "8 sparse:3,c=2", "9 sparse:3,s=2",
    "9 sparse:3,d=2", "40 sparse:3", "6 sparse:3,p=1", "2x4 sparse:2,c=3", "6 sparse:units=6,density=0.5",
)  # fmt: skip
DEEP = ("6 fc:6 fc:6 fc:6", "7 sparse:3 sparse:3", "6 fc:4 fc:3", "5 sparse:3,p=1 fc:5")
themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
WHITE = (0.95047, 1.0, 1.08883)  # D65, 2 degrees


def cielab(colour: str) -> tuple[float, float, float]:
    """CIE 1976 L*a*b* of a colour of sRGB (IEC 61966-2-1), by the formulas of CIE 15:2004."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    x = 0.4124564 * r + 0.3575761 * g + 0.1804375 * b
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = 0.0193339 * r + 0.1191920 * g + 0.9503041 * b
    fx, fy, fz = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (part / white for part, white in zip((x, y, z), WHITE, strict=True))
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def drawn(text: str, theme: str, **options: object) -> Scene:
    return compose_figure(text, Options(theme=theme, units=("circles",), legend=False, **options))  # type: ignore[arg-type]


def meeting(scene: Scene) -> Iterator[tuple[str, str]]:
    """The colours of every two connections that have a unit in common."""
    at: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in scene.lines:
        if not line.stub:
            at["from", line.tail].append(line.colour)
            at["to", line.head].append(line.colour)
    for colours in at.values():
        yield from itertools.combinations(colours, 2)


def name(theme: Theme) -> str:
    return "light" if theme is LIGHT else "dark"


def distances(scene: Scene) -> list[float]:
    return [math.dist(cielab(one), cielab(other)) for one, other in meeting(scene)]


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#ffffff", (100, 0, 0)), ("#ff0000", (53.24, 80.09, 67.20)), ("#0000ff", (32.30, 79.19, -107.86))],
)
def test_cielab_of_primaries(colour: str, expected: tuple[float, float, float]) -> None:
    assert cielab(colour) == pytest.approx(expected, abs=0.05)


@themes
@pytest.mark.parametrize("text", [*SMALL, *DEEP])
def test_connections_that_meet_are_told_apart(text: str, theme: Theme) -> None:
    found = distances(drawn(text, name(theme)))
    assert statistics.median(found) >= 50
    assert min(found) >= 20


def places(scene: Scene) -> Iterator[tuple[int, int, tuple[float, float, float]]]:
    """Source, target and colour of each connection between the units ``x1``, ``x2`` ... and ``y1``, ``y2`` ..."""
    for line in scene.lines:
        if not line.stub:
            source, target = map(int, re.findall(r"[xy](\d+)", line.tip)[:2])
            yield source, target, cielab(line.colour)


@themes
@pytest.mark.parametrize("units", range(4, 17))
@pytest.mark.parametrize("layer", ["fc", *(f"sparse:{taps}" for taps in range(2, 6))])
def test_connections_that_cross_are_told_apart(layer: str, units: int, theme: Theme) -> None:
    """So are those beside one another; where all is connected, whatever crosses from one unit to the next."""
    wholes = [f"{units} fc:{units}"] if layer == "fc" else [f"{units} {layer},p={padding}" for padding in (0, 1)]
    for text in (whole for whole in wholes if units > 4 or not whole.endswith("5,p=0")):
        found = [*places(drawn(text, name(theme), max_units=0))]
        for (s, t, one), (u, v, other) in itertools.combinations(found, 2):
            near = abs(s - u) <= 1 and abs(t - v) <= 1
            if near or (layer != "fc" and (s - u) * (t - v) < 0):
                assert math.dist(one, other) >= 12, f"{text}: {s} to {t} and {u} to {v}"


@themes
@pytest.mark.parametrize(("units", "median", "least"), [(9, 75, 18), (12, 75, 15), (24, 70, 6)])
def test_distances_fall_gently_with_size(units: int, median: float, least: float, theme: Theme) -> None:
    found = distances(drawn(f"{units} fc:{units}", name(theme), max_units=0))
    assert statistics.median(found) >= median
    assert min(found) >= least


@themes
@pytest.mark.parametrize("text", [*SMALL, *DEEP, "12 fc:12", "30 fc:30"])
def test_every_colour_is_seen_on_its_page(text: str, theme: Theme) -> None:
    scene = drawn(text, name(theme), max_units=0)
    assert min(contrast(colour, theme.background) for colour in {line.colour for line in scene.lines}) >= 3


@themes
@pytest.mark.parametrize("text", ["6 fc:6", "5 fc:5", "7 sparse:3", "8 sparse:3,c=2"])
def test_lightness_tells_them_apart_as_well(text: str, theme: Theme) -> None:
    scene = drawn(text, name(theme))
    lightness = [abs(cielab(one)[0] - cielab(other)[0]) for one, other in meeting(scene)]
    assert statistics.median(lightness) >= 9
    for sight in ("protanopia", "deuteranopia"):
        seen = [math.dist(*(cielab(simulated(c, sight)) for c in pair)) for pair in meeting(scene)]
        assert statistics.median(seen) >= 35
        assert sorted(seen)[len(seen) // 10] >= 8, "of ten pairs no more than one is close"


@themes
@pytest.mark.parametrize("text", [*SMALL, *DEEP, "x=4 a=conv:1 b=conv:1,from=x concat:a y=fc:3"])
def test_no_two_weights_have_one_colour(text: str, theme: Theme) -> None:
    scene = drawn(text, name(theme), max_units=0)
    own = [line for line in scene.lines if "conv:1" not in text or (" y" in f" {line.tip}" and "y.weight" in line.tip)]
    assert len({line.colour for line in own}) == len(own) > 0


def test_squares_are_orthogonal() -> None:
    for order, square in SQUARES.items():
        units = range(order)
        assert len({square.cell(s, t) for s in units for t in units}) == order * order
        for fixed in units:
            for line in ([square.cell(s, fixed) for s in units], [square.cell(fixed, t) for t in units]):
                assert len({hue for hue, _ in line}) == len({level for _, level in line}) == order
    assert all(square_for(units).order >= min(units, max(SQUARES)) for units in range(2, 60))


def coloured(text: str, **options: object) -> dict[str, str]:
    """The colour of each weight that is drawn, by what its tooltip says."""
    scene = compose_figure(text, Options(units=("circles",), **options))  # type: ignore[arg-type]
    return {line.tip: line.colour for line in scene.lines if not line.stub and line.tip}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("6 fc:5 fc:4", {"layers": "h1:y"}),
        ("6 fc:5 fc:4", {"focus": ("y2",)}),
        ("6 conv:3 fc:4 fc:4", {"layers": "h2:y"}),
        ("12 sparse:3 sparse:3", {"focus": ("y4",)}),
        ("30 fc:20", {"max_units": 8}),
        ("30 fc:20", {"max_units": 6}),
    ],
)
def test_a_part_has_the_colours_of_the_whole(text: str, part: dict[str, object]) -> None:
    whole, shown = coloured(text, max_units=0), coloured(text, **part)
    assert shown
    assert shown.items() <= whole.items()


def test_networks_of_a_figure_have_the_same_colours() -> None:
    scene = drawn("6 fc:4 // 6 fc:4", "light")
    half = len(scene.lines) // 2
    assert [line.colour for line in scene.lines[:half]] == [line.colour for line in scene.lines[half:]]


def test_a_shared_matrix_has_one_colour_a_weight() -> None:
    scene = compose_figure("a=4 f=fc:3 b=input:4 g=fc:3,share=f", Options())
    colours: dict[str, set[str]] = defaultdict(set)
    for line in scene.lines:
        colours[line.tip.partition(": ")[2].partition(" = ")[0]].add(line.colour)
    assert {len(found) for found in colours.values()} == {1}
    assert len(set().union(*colours.values())) == len(colours) == 12
    assert min(distances(scene)) >= 20


def test_more_than_anyone_tells_apart_run_through_a_sweep() -> None:
    found = {line.colour for line in drawn("60 fc:50", "light", max_units=0).lines}
    assert found == set(LIGHT.sweep_table)
    assert len({line.colour for line in drawn("50 fc:50", "light", max_units=0).lines}) > 1000


def test_print_has_none() -> None:
    scene = drawn("6 fc:6", "print")
    assert {line.colour for line in scene.lines} == {PRINT.ink}


GALLERY = sorted((ROOT / "samples").glob("[0-9]*.toml"))
SEED = {path.stem[:2]: path for path in GALLERY}


@themes
@pytest.mark.parametrize("path", GALLERY, ids=[path.stem for path in GALLERY])
def test_figures_of_the_gallery(path: Path, theme: Theme) -> None:
    """Every line is seen on its page; where nobody shares weights, those that meet are told apart."""
    scene = Figure.read(path).changed(theme=name(theme)).scene()
    assert all(contrast(line.colour, scene.background) >= 3 for line in scene.lines if line.classes != "legend")
    legend = [text.text for text in scene.texts if text.classes == "legend"]
    if OWN in legend and "shared weights" not in " ".join(legend):
        quiet = {theme.muted, theme.faint, theme.ink}
        pairs = [pair for pair in meeting(scene) if not quiet.intersection(pair)]
        found = [math.dist(cielab(one), cielab(other)) for one, other in pairs]
        assert statistics.median(found) >= 50
        assert min(found) >= 10


@themes
def test_sparse_beside_shared(theme: Theme) -> None:
    """The figure of the difference: fifteen colours and nine, and three and three."""
    scene = Figure.read(SEED["02"]).changed(theme=name(theme)).scene()
    by_layer: dict[tuple[bool, str], set[str]] = defaultdict(set)
    lines = [line for line in scene.lines if line.classes != "legend"]
    for number, line in enumerate(lines):
        by_layer[number < 24, line.classes.split()[1]].add(line.colour)
    assert [len(colours) for colours in by_layer.values()] == [15, 9, 3, 3]


@themes
@pytest.mark.parametrize("text", ["6 conv:3 fc:2", "6 conv:3 sparse:2", "7 conv:3 fc:3"])
def test_own_weights_are_unlike_the_shared_ones_beside_them(text: str, theme: Theme) -> None:
    layers: dict[str, set[str]] = {}
    for line in drawn(text, name(theme)).lines:
        layers.setdefault(line.classes.split()[1], set()).add(line.colour)
    shared, own = layers["layer1"], layers["layer2"]
    assert min(math.dist(cielab(one), cielab(other)) for one in shared for other in own) >= 16


@themes
@pytest.mark.parametrize("text", ["6 conv:3 fc:2 fc:2", "6 conv:3 fc:3 fc:3 fc:2", "6 conv:3 sparse:3 fc:2 fc:3"])
def test_beside_shared_weights_no_two_layers_have_colours_in_common(text: str, theme: Theme) -> None:
    layers: dict[str, set[str]] = defaultdict(set)
    for line in drawn(text, name(theme), max_units=0).lines:
        layers[line.classes.split()[1]].add(line.colour)
    for one, other in itertools.combinations(layers.values(), 2):
        assert not one & other
