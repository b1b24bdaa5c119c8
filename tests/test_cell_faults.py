"""What is easily got wrong in pictures of cells, each with the smallest network that shows it."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
from areas import bounds
from cellareas import of_kind
from test_cell_cones import joints_of
from test_cell_parts import cells, cones, names, scene_of, texts

from connectivity import DrawingError, Figure, parse
from connectivity.errors import NoEffect
from connectivity.figures.subjects import NetworkSubject
from connectivity.graphs.blueprint import Blueprint
from connectivity.layout.forms import Form
from connectivity.options import Options
from connectivity.picture.compose import Draft


def form(text: str, **options: Any) -> Form:
    (network,) = parse(text)
    return Draft(NetworkSubject(Blueprint(network)), Options(**options)).form


def joints(text: str, **options: Any) -> list[tuple[tuple[str, frozenset[int]], tuple[str, frozenset[int]]]]:
    return [(joint.sources, joint.targets) for joint in joints_of(scene_of(text, **options), "LR")]


@pytest.mark.parametrize("options", [{"layers": "x:h1"}, {"focus": "h1[1,3]"}])
def test_an_operand_is_drawn_where_its_concatenation_is_not(options: dict[str, str]) -> None:
    shown = names(scene_of("3x8 conv:3,c=4,p=1 concat:x", **options))
    assert {name.partition("[")[0] for name in shown} == {"x", "h1"}


def test_channels_are_those_of_a_concatenation() -> None:
    shown = names(scene_of("3x8 conv:3,c=4,p=1 concat:x", only="y=1/2/5"))
    assert {name.partition(",")[0] for name in shown if name.startswith("y")} == {"y[1", "y[2", "y[5"}
    assert not any(name.startswith("h1") for name in shown)  # they are a part of the concatenation


@pytest.mark.parametrize(
    ("text", "options", "circles"),
    [
        ("3x20 conv:3,c=16 globalavgpool conv:1,c=12", {"only": "y=1/4/9"}, {"y[1]", "y[4]", "y[9]"}),
        ("3x20 conv:3,c=16 fc:40", {"window": "y=10/12"}, {"y10", "y11", "y12"}),
        ("3x20 conv:3,c=16 fc:40 fc:7", {"focus": "y5"}, {"y5"}),
        ("3x20 conv:3,c=16 fc:40", {"max_units": 1}, {"y1", "y40"}),
        ("3x20 conv:3,c=16 fc:2", {"max_units": 1}, {"y1", "y2"}),
    ],
)
def test_a_column_has_the_units_that_are_looked_at(text: str, options: dict[str, Any], circles: set[str]) -> None:
    tips = {unit.tip for unit in scene_of(text, **options).units if unit.tip.startswith("y")}
    assert {tip.replace(",1]", "]") for tip in tips} == circles


def test_units_of_no_rectangle_are_drawn_alone() -> None:
    text = "2x12 conv:3,c=3 conv:3,c=2"
    assert form(text, focus=("y[1,2]",)) is Form.FIELD
    assert form(text, focus=("y[1,2]", "y[2,2]")) is Form.FIELD
    assert form(text, focus=("y[1,2]", "h1[3,8]")) is Form.NETWORK
    shown = names(scene_of(text, focus=("y[1,2]", "h1[3,8]")))
    assert {name for name in shown if name.startswith("h1")} == {
        "h1[3,8]",
        *(f"h1[{channel},{position}]" for channel in (1, 2, 3) for position in (2, 3, 4)),
    }


def test_a_field_of_dilated_windows_has_combs() -> None:
    scene = scene_of("1x30 conv:3,c=3,p=2,d=2 conv:3,c=3,p=4,d=4", focus="y[1,15]")
    wide = max(bounds(cell.points).right - bounds(cell.points).left for cell in cells(scene))
    found = cones(scene)
    assert len(found) == 3 * 3 + 3
    for cone in found:
        (one, _), _, _, (other, _) = cone.points
        assert abs(other - one) == pytest.approx(wide)


def test_a_field_has_names_of_channels() -> None:
    text = "3x30 conv:3,c=3 conv:3,c=2"
    assert {"ax", "ay", "az"} <= texts(scene_of(text, focus="y[1,15]", channel_labels="x=ax/ay/az"))
    across = scene_of(text, focus="y[1,15]", channel_labels="x=ax/ay/az", direction="LR")
    assert "ax, ay and az" in texts(across)


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        ("2x12 conv:3,c=4 crop:2/3 conv:3,c=2", ("h1", range(2, 7)), ("h2", range(5))),
        ("2x12 conv:3,c=4 pad:2/3 conv:3,c=2", ("h1", range(10)), ("h2", range(2, 12))),
        ("x=2x6 a=conv:3,c=4,p=1 b=conv:3,c=4,p=1,from=x concat:a,axis=length", ("a", range(6)), ("y", range(6, 12))),
        ("x=2x6 a=conv:3,c=4,p=1 b=conv:3,c=4,p=1,from=x concat:a,axis=length", ("b", range(6)), ("y", range(6))),
        ("2x9 globalavgpool conv:1,c=4,p=2", ("h1", range(1)), ("y", range(2, 3))),
    ],
)
def test_a_band_joins_what_is_copied_and_no_more(
    text: str, source: tuple[str, range], target: tuple[str, range]
) -> None:
    ends = (source[0], frozenset(source[1])), (target[0], frozenset(target[1]))
    assert ends in joints(text)


def test_what_a_window_slides_over_is_cells() -> None:
    scene = scene_of("8 fc:16 conv:3,c=4")
    assert {name.partition("[")[0].rstrip("0123456789") for name in names(scene)} >= {"x", "h"}
    assert not scene.units
    assert len([shape for shape in scene.shapes if shape.classes == "bundle"]) == 8 * 16


def test_the_legend_says_what_lines_between_circles_are() -> None:
    scene = scene_of("3x20 conv:3,c=8 globalavgpool conv:1,c=4")
    assert "every connection its own weight" in texts(scene)
    assert len({line.colour for line in scene.lines}) == 1


def test_a_network_is_as_large_as_what_is_drawn_of_it() -> None:
    """Of 202,752 connections between circles a few are lines."""
    lines = scene_of("2048x7 globalavgpool fc:99").lines
    assert len(scene_of("2048x7 globalavgpool fc:99", max_edges=len(lines)).lines) == len(lines) < 200
    with pytest.raises(DrawingError, match=f"{len(lines)} connections to draw; at most {len(lines) - 1}"):
        scene_of("2048x7 globalavgpool fc:99", max_edges=len(lines) - 1)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("6 sparse:3", {}),
        ("2x6 convtranspose:3,c=3", {}),
        ("8 conv:3,tie=2", {}),
        ("2x8 conv:3,c=2", {"layers": "x:x"}),
        ("2x8 conv:3,c=2 maxpool:2", {"layers": "h1:y"}),
        ("6 fc:3", {}),
    ],
)
def test_a_view_of_kernels_needs_kernels(text: str, options: dict[str, str]) -> None:
    with pytest.raises(DrawingError, match=r"no layer here slides a kernel over its input"):
        scene_of(text, view="kernels", **options)


@pytest.mark.parametrize("text", ["1x64 conv:64,c=20", "2x4 conv:1,c=3", "64x1 conv:1,c=20", "4x8 conv:3,g=4"])
def test_every_kernel_is_drawn(text: str) -> None:
    scene = scene_of(text, view="kernels")
    assert of_kind(scene, "kernelcell")
    assert all(math.isfinite(place) for shape in scene.shapes for point in shape.points for place in point)
    assert math.isfinite(scene.width + scene.height)


@pytest.mark.parametrize(("text", "sides"), [("1x500 conv:301,c=3", (2.09, 16.0)), ("512x30 conv:3,c=8", (16.0, 0.82))])
def test_cells_of_long_kernels_are_as_large_as_they_can_be(text: str, sides: tuple[float, float]) -> None:
    scene = scene_of(text, view="kernels")
    area = bounds(of_kind(scene, "kernelcell")[0].points)
    assert (area.right - area.left, area.top - area.bottom) == pytest.approx(sides, abs=0.01)
    assert scene.width < 800


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1x2000 conv:900,c=2", "the kernels of y are 1 × 900 cells; at most 560 × 840 can be drawn"),
        ("500x9 conv:9,c=16", "the kernels have 72,000 cells; at most 50,000 can be drawn"),
    ],
)
def test_kernels_that_nobody_could_see_are_refused(text: str, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of(text, view="kernels")


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("2x8 conv:3,c=4", {"anchor": "first"}, "anchor has no effect on what is drawn as cells"),
        ("2x8 conv:3,c=4", {"row_titles": ("a", "b"), "boxes": ("y",)}, "row-title and box have no effect"),
        ("2x30 conv:5,c=2 maxpool:2", {"kernels": ("heads",)}, "kernels has no effect"),
        ("2x8 conv:3,c=4", {"view": "kernels", "edges": ("lines",)}, "edges has no effect"),
        ("2x8 conv:3,c=4", {"color_by": "none"}, "color-by has no effect"),
        ("2x8 conv:3,c=4", {"color_by": "layer"}, "color-by has no effect"),
    ],
)
def test_an_option_that_changes_nothing_is_noted(text: str, options: dict[str, Any], said: str) -> None:
    with pytest.warns(NoEffect) as noted:
        scene_of(text, **options)
    (note,) = [str(warning.message) for warning in noted]
    assert said in note


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("6 conv:3", {"anchor": "first"}),
        ("2x8 conv:3,c=4", {"max_units": 0, "kernels": ("none",), "edges": ("none",)}),
        ("2x8 conv:3,c=4", {"units": ("circles",), "row_titles": ("a", "b")}),
        ("2x8 conv:3,c=4 // 6 conv:3", {"anchor": "first"}),  # the second panel heeds it
        ("2x8 conv:3,c=4 // 6 conv:3", {"color_by": "none"}),
        ("2x8 conv:3,c=4", {"color_by": "weight"}),
    ],
)
def test_an_option_that_changes_something_is_not_noted(text: str, options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Figure.of(text).changed(**options).scene()


def test_several_units_depend_and_one_depends() -> None:
    with pytest.raises(DrawingError, match=r"x\[1,1\] and x\[2,1\] depend on no other unit"):
        scene_of("2x8 conv:3,c=2", focus=("x[1,1]", "x[2,1]"))
    with pytest.raises(DrawingError, match=r"x\[1,1\] depends on no other unit"):
        scene_of("2x8 conv:3,c=2", focus="x[1,1]")


@pytest.mark.parametrize("text", ["6 fc:3 // 6 conv:3", "6 conv:3 // 6 fc:3", "x=3x12 conv:2,p=1,c=4 // x=6 relu"])
def test_every_panel_of_the_view_of_kernels_has_some(text: str) -> None:
    with pytest.raises(DrawingError, match=r"no layer of panel \d slides a kernel"):
        scene_of(text, view="kernels")
