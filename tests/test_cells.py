"""Networks of several channels as cells: which form is chosen, what is shown, what stands where."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from cellareas import Area, bounds, cells, cones_clear, kind, of_kind, on_paper, problems, ribbons_clear, shrunk, texts
from conftest import ROOT
from scenes import compose_figure

from connectivity import DrawingError, Figure, build, evaluate, parse
from connectivity.colour.keys import Bar
from connectivity.colour.spaces import STEPS
from connectivity.colour.themes import DARK, LIGHT
from connectivity.figure import Drawable
from connectivity.figures.subjects import NetworkSubject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.wiring import LayerView
from connectivity.layout.forms import Form, form_of
from connectivity.layout.stretches import channel_ranges, looked_at, position_ranges, relation
from connectivity.options import Options
from connectivity.scene import Scene

DIRECTIONS = ("LR", "RL", "TB", "BT")
CNN = "2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8,g=2 relu maxpool:2 fc:16 relu fc:3"
UNET = (
    "2x32 a=conv:3,c=4,p=1 relu maxpool:2 b=conv:3,c=8,p=1 relu maxpool:2 conv:3,c=16,p=1 relu "
    "convtranspose:2,s=2,c=8 concat:b conv:3,c=8,p=1 relu convtranspose:2,s=2,c=4 concat:a conv:3,c=4,p=1 relu conv:1,c=2"
)
INCEPTION = (
    "x=4x16 a=conv:1,c=4 b=conv:3,p=1,c=16,from=x d=conv:5,p=2,c=4,from=x e=maxpool:3,s=1,p=1,from=x concat:a/b/d"
)
RESIDUAL = "4x32 a=conv:3,c=8,p=1 relu conv:3,c=8,p=1 relu conv:3,c=8,p=1 add:a relu globalavgpool fc:3"
DENSE = "x=4x16 a=conv:3,c=4,p=1 b=concat:x conv:3,c=4,p=1 concat:b conv:3,c=4,p=1"
TWO_INPUTS = "a=2x16 h=conv:3,c=4,p=1 relu b=input:3x16 conv:3,c=4,p=1 relu mul:h conv:3,c=2,p=1 flatten fc:3"
SQUEEZED = "x=4x32 h=conv:3,c=4,p=1 globalavgpool fc:2 relu fc:4 sigmoid reshape:4x1 mul:h conv:3,c=2"
LEFT_OUT = "3x64 conv:3,c=4,p=1 relu ... conv:3,c=4,p=1 globalavgpool fc:5"
LANES = "3x8 conv:3,p=1,g=3 conv:1,c=4"

EVERY = {
    "one": "2x8 conv:3,c=4,s=2,p=1",
    "tall kernels": "8x9 conv:1,c=2",
    "taps": "6x6 conv,taps=-3/0/2,c=4",
    "pool": "4x10 maxpool:3,s=2,p=1",
    "upsample": "3x12 upsample:4",
    "lanes": LANES,
    "groups": "4x12 conv:3,c=4,g=2,p=1",
    "cnn": CNN,
    "u-net": UNET,
    "inception": INCEPTION,
    "residual": RESIDUAL,
    "dense": DENSE,
    "two inputs": TWO_INPUTS,
    "squeezed": SQUEEZED,
    "left out": LEFT_OUT,
    "narrow": "2x100 adaptiveavgpool:5 conv:3,c=16,p=1 crop:1 globalavgpool fc:4",
    "share": "4x24 h=conv:3,c=4,p=1 relu conv:3,c=4,share=h,p=1 add:h",
    "ends": "x=4x96 a=conv:3,c=8,p=1 concat:x conv:3,c=2,p=1",
}


def scene_of(what: Drawable, **options: Any) -> Scene:
    return compose_figure(what, Options(**options))


def layers_of(text: str) -> list[LayerView]:
    (network,) = parse(text)
    return list(Blueprint(network).layers)


def form(text: str, valued: bool = False, **options: Any) -> Form:
    return form_of(layers_of(text), Options(**options), valued)


# Which form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x8 conv:3,c=4,s=2,p=1", Form.DETAIL),
        ("2x9 conv:3,c=4,s=2,p=1", Form.DETAIL),
        ("2x10 conv:3,c=1,p=1", Form.CIRCLES),  # two pairs of channels, few connections
        ("2x12 conv:3,c=1,p=1", Form.DETAIL),  # ... and many of them
        ("2x10 conv:3,c=1,d=2", Form.CIRCLES),
        ("2x8 conv:1,c=2", Form.DETAIL),
        ("4x12 conv:3,p=1,g=4", Form.LANES),
        (LANES, Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1", Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1 conv:1,c=4", Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1 conv:3,c=4", Form.NETWORK),  # what mixes is no line for each pair
        (CNN, Form.NETWORK),
        (UNET, Form.NETWORK),
        (INCEPTION, Form.NETWORK),
        (RESIDUAL, Form.NETWORK),
        ("2x100 conv:3,c=4,p=1", Form.NETWORK),  # too long for detail
        ("2x8 conv:3,c=16,p=1", Form.NETWORK),  # too many rows for it
        ("8 conv:3", Form.CIRCLES),
        ("8 conv:3 fc:2", Form.CIRCLES),
        ("784 fc:100 fc:10", Form.CIRCLES),
        ("32 conv:5,p=2 relu maxpool:2 conv:3 fc:4", Form.CIRCLES),
        ("12", Form.CIRCLES),
        ("3x4 fc:5", Form.CIRCLES),
    ],
)
def test_the_form_of_a_network(text: str, expected: Form) -> None:
    assert form(text) is expected


@pytest.mark.parametrize("text", [*EVERY.values(), "6 conv:3"])
def test_circles_where_these_are_wished_for_and_cells_where_those_are(text: str) -> None:
    assert form(text, units="circles") is form(text, units="squares") is Form.CIRCLES
    assert form(text, units="cells") is not Form.CIRCLES


def test_a_wish_for_one_layer_is_no_wish_for_all() -> None:
    assert form("2x8 conv:3,c=4", units=("y=circles",)) is Form.DETAIL
    assert form("8 conv:3", units=("y=cells",)) is not Form.CIRCLES


@pytest.mark.parametrize(
    "options", [{"edge_labels": "letter"}, {"show": "bias"}, {"merge": "y"}, {"list_connections": True}]
)
def test_what_only_lines_can_show_is_shown_with_lines(options: dict[str, Any]) -> None:
    assert form("2x8 conv:3,c=4", **options) is Form.CIRCLES


@pytest.mark.parametrize("text", ["2x4 sparse,mask=01100011/01100011", "4x8 conv:3,c=6,drop=2"])
def test_what_is_irregular_is_never_cells(text: str) -> None:
    """No area stands for a mask, or for units that are dropped."""
    assert form(text, units="cells") is Form.CIRCLES


def test_graphs_of_one_s_own_are_drawn() -> None:
    (network,) = parse("2x8 conv:3,c=4,p=1")
    assert len(of_kind(scene_of(build(network)), "cellunit")) == len(of_kind(scene_of(network), "cellunit")) == 48


# What is shown


def ranges_of(
    text: str, rows: int | None = None, wished: dict[int, int] | None = None
) -> tuple[list[LayerView], list[int], list[list[range]]]:
    layers = layers_of(text)
    focus = looked_at(layers, wished or {})
    return layers, focus, position_ranges(layers, focus, rows)


LONG = [
    "2x250 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8 relu maxpool:2 conv:3,c=4",
    "2x1000 conv:7,c=4,s=3 conv:5,c=4,d=4 conv:3,c=4,p=1",
    "4x96 conv:9,c=4,p=4 upsample:2 conv:3,c=2,p=1",
    "3x60 convtranspose:4,s=4,c=2 conv:3,c=2,p=1",
    UNET.replace("2x32", "2x256"),
    RESIDUAL.replace("4x32", "4x500"),
]


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("wished", [{}, {1: 0}, {1: 40}, {2: 20}])
def test_no_window_that_is_drawn_ends_in_a_gap(text: str, wished: dict[int, int]) -> None:
    """Of the first unit, of the one that is looked at, and of the last: all that they see is shown, and they are."""
    layers, focus, ranges = ranges_of(text, wished=wished)
    (network,) = parse(text)
    wiring = NetworkSubject(Blueprint(network)).outline()
    assert any(len(one) > 1 for one in ranges)
    shown = [{position for one in ones for position in one} for ones in ranges]
    for number, layer in enumerate(layers):
        if relation(layers, (layer.inputs or (0,))[0], number) is None or not layer.inputs:
            continue
        units = {0, focus[number], layer.shape.length - 1}
        if layer.kind.transposed or (layer.info.window is not None and layer.info.window[2] < 1):
            ends = {0, focus[layer.inputs[0]], layers[layer.inputs[0]].shape.length - 1}
            units = {t for t in range(layer.shape.length) if ends & set(wiring.window(number, t, layer.inputs[0]))}
        assert units <= shown[number], number
        if layer.info.window is not None and not layer.kind.transposed:
            for unit in units:
                assert wiring.window(number, unit, layer.inputs[0]) <= shown[layer.inputs[0]], (number, unit)


@pytest.mark.parametrize("text", LONG)
def test_stretches_are_ranges_with_gaps_that_hide_something(text: str) -> None:
    layers, _, ranges = ranges_of(text)
    for layer, ones in zip(layers, ranges, strict=True):
        assert (ones[0].start, ones[-1].stop) == (0, layer.shape.length)
        for one, other in itertools.pairwise(ones):
            assert other.start - one.stop > 1, "dots for one position take more room than it"


def test_halving_is_seen_as_half_the_height() -> None:
    _, _, ranges = ranges_of("2x400 maxpool:2 maxpool:2")
    sizes = [[len(one) for one in ones] for ones in ranges]
    assert [sum(one) for one in sizes[:2]] == pytest.approx([2 * sum(one) for one in sizes[1:]], rel=0.2)


def test_max_units_is_heeded_and_zero_shows_all() -> None:
    text = "2x250 conv:5,p=2,c=4 conv:5,p=2,c=4"
    totals = [max(sum(map(len, ones)) for ones in ranges_of(text, rows)[2]) for rows in (12, 30, 60, 120, 0)]
    assert totals[0] <= 12 < totals[1] <= 30 < totals[2] <= 60 < totals[3] <= 120 < totals[4] == 250
    assert len(of_kind(scene_of("2x30 maxpool:2 conv:3,c=4,p=1", max_units=0), "cellunit")) == 60 + 30 + 60
    assert len(of_kind(scene_of("2x30 maxpool:2 conv:3,c=4,p=1", max_units=12), "cellunit")) < 120


@pytest.mark.parametrize(
    ("channels", "shown"), [(1, 1), (12, 12), (13, 13), (14, 12), (16, 12), (32, 13), (64, 14), (128, 15), (512, 17)]
)
def test_few_channels_are_all_shown_and_more_of_more(channels: int, shown: int) -> None:
    ranges = channel_ranges(channels)
    assert sum(map(len, ranges)) == shown
    if channels > 13:
        assert ranges[-1] == range(channels - 3, channels)
        assert ranges[0].start == 0


def test_channels_of_groups_are_parted_and_named_ones_are_shown() -> None:
    assert channel_ranges(8, groups=2) == [range(4), range(4, 8)]
    assert channel_ranges(64, [30])[1] == range(30, 31)
    assert channel_ranges(64, whole=True) == [range(64)]
    scene = scene_of("2x16 conv:3,c=64,p=1 conv:1,c=2", highlight="h1[31,4]")
    assert any(shape.tip == "h1[31,4]" for shape in of_kind(scene, "cellunit"))


def test_true_counts_stand_with_what_is_elided() -> None:
    scene = scene_of("2x250 conv:5,p=2,c=64 relu maxpool:2 globalavgpool fc:5", direction="LR")
    words = [text.text for text in scene.texts]
    for shape in ("2 × 250", "64 × 250", "64 × 125", "64 × 1"):
        assert any(shape in word for word in words), shape
    ends = [word for word in words if word.isdigit()]
    assert {"1", "250"} <= set(ends)
    assert "0" in [
        text.text for text in scene_of("2x250 conv:5,p=2,c=64 conv:1,c=2", direction="LR", index_from=0).texts
    ]


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(DrawingError, match=r"64,000 cells to draw; at most 50,000 \(max-units shows fewer\)"):
        scene_of("3x4000 conv:3,c=12,p=1 relu conv:1,c=1", max_units=0, units="cells")
    assert scene_of("3x4000 conv:3,c=12,p=1 relu conv:1,c=1", units="cells").shapes


# What stands where


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("theme", ["light", "print"])
@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_in_the_way_of_anything(name: str, direction: str, theme: str) -> None:
    assert list(problems(scene_of(EVERY[name], direction=direction, theme=theme))) == []


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    "options",
    [
        {"kernels": "heads"},
        {"kernels": "values"},
        {"kernels": "none"},
        {"edges": "none"},
        {"captions": False, "legend": False},
        {"index_from": 0, "title": "A title over the figure"},
        {"labels": "none"},
        {"highlight": "y[1,2]"},
        {"max_units": 0},
        {"fill": "layer"},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["one", "tall kernels", "pool", "lanes", "cnn", "u-net"])
def test_nothing_is_in_the_way_with_options(name: str, options: dict[str, Any], direction: str) -> None:
    options = {**options, "highlight": "y1"} if name == "cnn" and "highlight" in options else options
    assert list(problems(scene_of(EVERY[name], direction=direction, **options))) == []


NUMBER = re.compile(r"/([0-9]+)-")
GALLERY = [
    path
    for path in sorted((ROOT / "samples").glob("*.toml"))
    if path.stem[:2] in "31 32 33 34 35 36 37 38 39 40 41 53 54".split()
]


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nothing_is_in_the_way_in_the_gallery(path: Any, direction: str) -> None:
    assert list(problems(Figure.read(path).changed(direction=direction).scene())) == []


def test_what_would_be_in_the_way_is_found() -> None:
    """The look-outs of these tests see what they are to see."""
    scene = scene_of(UNET, direction="LR")
    text = next(text for text in scene.texts if text.text == "conv 3")
    cell = of_kind(scene, "cellunit")[0]
    moved = text._replace(x=cell.points[0][0], y=cell.points[0][1])
    scene.texts.append(moved)
    found = list(problems(scene))
    assert any(problem.startswith("text on a cell") for problem in found)
    scene.texts[-1] = text
    assert any(problem.startswith("text on text") for problem in problems(scene))
    scene.texts[-1] = text._replace(x=1.0)
    assert any(problem.startswith("off the paper") for problem in on_paper(scene))
    scene.texts.pop()
    cone = of_kind(scene, "cone")[0]
    scene.shapes.append(cone._replace(points=tuple((x + 30, y) for x, y in cone.points)))
    assert list(cones_clear(scene))
    ribbon = of_kind(scene, "ribbon")[0]
    scene.shapes.append(ribbon._replace(points=tuple((x, y - 60) for x, y in ribbon.points)))
    assert list(ribbons_clear(scene))
