"""Cells of a part of a network: fields, layers, channels, positions, what is left out and what is pruned."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scenes import compose_figure

from connectivity import build, evaluate, parse
from connectivity.colour.themes import PRINT
from connectivity.options import Options
from connectivity.scene import Scene, Shape

FIELD = "1x128 conv:7,c=4,s=2 relu conv:5,c=2,s=2"
CHAIN = "2x100 conv:5,c=6,p=2 relu maxpool:2 conv:3,c=16,p=1"


def scene_of(text: str, **options: Any) -> Scene:
    return compose_figure(text, Options(**options))


def cells(scene: Scene) -> list[Shape]:
    return [shape for shape in scene.shapes if shape.classes.startswith("cellunit")]


def names(scene: Scene) -> set[str]:
    return {shape.tip for shape in cells(scene)}


def cones(scene: Scene) -> list[Shape]:
    return [shape for shape in scene.shapes if shape.classes.startswith("cone")]


def texts(scene: Scene) -> set[str]:
    return {line for text in scene.texts for line in text.text.split("\n")}


def field_of(text: str, unit: str) -> set[str]:
    """What a unit depends on, by the edges of the graph."""
    (network,) = parse(text)
    graph = build(network)
    by_name = {data["name"]: node for node, data in graph.nodes(data=True)}
    return {graph.nodes[node]["name"] for node in (*nx.ancestors(graph, by_name[unit]), by_name[unit])}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (FIELD, "y[1,6]"),
        ("2x32 conv:3,c=4,p=1 relu maxpool:2 conv:3,c=3,d=2", "y[2,5]"),
        ("2x30 conv:3,c=4,p=1 conv:3,c=4,p=1", "y[4,1]"),
        ("x=2x32 a=conv:3,c=4,p=1 relu maxpool:2 conv:3,c=4,p=1 upsample:2 concat:a conv:3,c=1,p=1", "y9"),
        ("12x100 conv:7,c=32,p=3 relu conv:5,c=64,s=2", "y[7,20]"),
    ],
)
def test_a_focus_shows_what_a_unit_depends_on_and_nothing_else(text: str, unit: str) -> None:
    scene = scene_of(text, focus=unit)
    shown, field = names(scene), field_of(text, unit)
    assert shown <= field
    if "c=32" not in text:  # of which some are left out
        joined = {name for name in field if "concat" in text and name.startswith("h4[")}  # shown as a part of h5
        assert field - joined <= shown


def test_a_field_is_counted() -> None:
    scene = scene_of(FIELD, focus="y[1,6]")
    said = texts(scene)
    assert {"sees 20 units of h1 and 15 inputs,", "over 20 + 140 connections", "units 21–35 of 128"} <= said
    assert {"positions 11–15 of 61", "position 6 of 29", "1 of 2 channels: 1"} <= said
    assert {str(number) for number in range(21, 36)} <= said


def test_a_field_has_the_true_numbers_from_0_as_well() -> None:
    assert {str(number) for number in range(20, 35)} <= texts(scene_of(FIELD, focus="y[0,5]", index_from=0))


def test_a_part_begins_with_a_layer_that_is_named() -> None:
    scene = scene_of(CHAIN, layers="h1:h2")
    assert "h1: conv 5" in texts(scene)
    assert {name.partition("[")[0] for name in names(scene)} == {"h1", "h2"}
    assert len(cones(scene)) == 3


def test_channels_that_are_asked_for_stand_side_by_side() -> None:
    scene = scene_of(CHAIN, only="y=1/4/9")
    assert "3 of 16 channels: 1, 4 and 9" in texts(scene)
    assert {match[1] for name in names(scene) if (match := re.match(r"y\[(\d+),", name))} == {"1", "4", "9"}


@pytest.mark.parametrize("options", [{"window": "h2=10/14"}, {"crop": "10/24"}, {"focus": "y[1,9]"}])
def test_a_cone_is_drawn_whole_or_not_at_all(options: dict[str, str]) -> None:
    scene = scene_of(CHAIN, **options)
    low = min(y for shape in cells(scene) for _, y in shape.points)
    high = max(y for shape in cells(scene) for _, y in shape.points)
    found = cones(scene)
    assert found
    for cone in found:
        assert all(low - 1e-6 <= y <= high + 1e-6 for _, y in cone.points)


def test_a_crop_says_which_positions_are_left() -> None:
    assert {"positions 10–24 of 100", "positions 6–12 of 50"} <= texts(scene_of(CHAIN, crop="10/24"))


def test_the_first_window_and_the_last_alone() -> None:
    text = "2x8 conv:3,c=4,p=1"
    assert len(cones(scene_of(text))) == 3
    assert len(cones(scene_of(text, windows="first/last"))) == 2
    assert len(cones(scene_of(text, windows="first/last", highlight="y[*,4]"))) == 3


def test_nothing_leads_past_layers_that_are_left_out() -> None:
    scene = scene_of("1x32 conv:5,c=8 relu ...:16x8 conv:3,c=4 fc:3")
    assert {name.partition("[")[0].rstrip("0123456789") for name in names(scene)} == {"x", "h"}
    assert len([dot for dot in scene.dots if dot.diameter == 3.0]) == 3
    left, right = sorted({round(max(x for x, _ in cone.points)) for cone in cones(scene)})[:2]
    assert left < right  # the cones of conv 5, and the area before fc 3


def test_channels_have_names_in_every_form() -> None:
    for text, options in (
        ("3x8 conv:3,c=4", {}),
        ("3x8 conv:3,g=3,p=1 conv:1,c=4", {}),
        ("3x20 conv:3,c=4 conv:3,c=4", {"direction": "TB"}),
        ("3x8 conv:3,c=4", {"kernels": "heads"}),
    ):
        assert {"ax", "ay", "az"} <= texts(scene_of(text, channel_labels="x=ax/ay/az", **options))
    assert "ax, ay and az" in texts(scene_of("3x20 conv:3,c=4 conv:3,c=4", channel_labels="x=ax/ay/az"))


def test_pruned_kernels_have_open_cells() -> None:
    text = "2x8 conv:3,c=2,weight=0.1/0.5/-0.2/0.9/-0.05/0.6/0.7/-0.8/0.3/0.01/0.02/-0.4"
    scene = scene_of(text, threshold="50%")
    kernel = [shape for shape in scene.shapes if shape.classes.startswith("kernelcell")]
    hidden = [shape for shape in kernel if shape.tip.endswith(", hidden")]
    assert len(kernel) == 12
    assert len(hidden) == 6
    assert {shape.fill for shape in hidden} == {"#ffffff"}
    assert "6 of 12 weights: the largest" in texts(scene)


def test_on_paper_the_size_of_a_number_is_that_of_a_square() -> None:
    text = "8,values=0/0.5/-1/1/0.25/-0.5/0/2 conv:3,weight=1/0/-1"
    scene = scene_of(text, units="cells", theme="print")
    (network,) = parse(text)
    values = [0, 0.5, -1, 1, 0.25, -0.5, 0, 2, *np.ravel(evaluate(build(network), [[0, 0.5, -1, 1, 0.25, -0.5, 0, 2]]))]
    squares = [s for s in scene.shapes if not s.classes and s.closed and len(s.points) == 4 and not s.tip]
    low = min(y for shape in cells(scene) for _, y in shape.points)
    squares = [s for s in squares if abs(width(s) - height(s)) < 0.01 and width(s) < 23 and s.points[0][1] > low]
    filled = [s for s in squares if s.fill == PRINT.ink]
    hollow = [s for s in squares if not s.fill and s.stroke and s.width < 1.0 and s.style == "solid"]
    assert len(filled) == sum(value > 0 for value in values)
    assert len(hollow) == sum(value < 0 for value in values)
    areas = sorted(width(s) ** 2 for s in filled)
    sizes = sorted(value for value in values if value > 0)
    assert areas[-1] / areas[0] == pytest.approx(sizes[-1] / sizes[0], rel=0.05)


def width(shape: Shape) -> float:
    xs = [x for x, _ in shape.points]
    return max(xs) - min(xs)


def height(shape: Shape) -> float:
    ys = [y for _, y in shape.points]
    return max(ys) - min(ys)


def test_lines_between_cells_are_one_for_each_tap() -> None:
    scene = scene_of("2x10 conv:3,c=4,p=1 conv:3,c=4", edges="lines")
    bundles = [shape for shape in scene.shapes if shape.classes == "bundle"]
    assert len(bundles) == (3 * 10 - 2) + 3 * 8
    assert not cones(scene)


def test_a_projection_runs_under_the_layers_it_passes() -> None:
    scene = scene_of("x=4x16 conv:3,c=8,s=2,p=1 relu h=conv:3,c=8,p=1 s=conv:1,c=8,s=2,from=x add:h relu")
    ribbon = next(shape for shape in scene.shapes if shape.classes == "ribbon")
    low = min(y for shape in cells(scene) for _, y in shape.points)
    assert min(y for _, y in ribbon.points) < low
