"""Figures that fit a page: exact sizes, text that keeps its size, distances that give way."""

from __future__ import annotations

import itertools
import math
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from areas import assert_apart, assert_on_paper, assert_text_is_clear
from cellareas import of_kind
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from scenes import compose_figure

import connectivity
from connectivity import DrawingError, Figure
from connectivity.options import Options
from connectivity.picture import edgelabels, remedies
from connectivity.picture.fitting import Page, PageTooSmallError, fitted, largest
from connectivity.picture.remedies import advised
from connectivity.scene import READER, Scene
from connectivity.typeset.lengths import points

SMALL = "6 conv:3 fc:2"
CNN = "2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8,g=2 relu maxpool:2 fc:16 relu fc:3"
SEEDS = ("01-sparse-connectivity", "02-weight-sharing")
SUBJECTS: dict[str, str | Path] = {
    "small": SMALL,
    "cnn": CNN,
    "detail": "2x8 conv:3,c=4,p=1",
    "lanes": "3x8 conv:3,p=1,g=3 conv:1,c=4",
    "values": "12,values=0/0/0/0.2/0.8/1/1/0.9/0.3/0/0/0 conv:3,weight=-1/0/1",
    "branches": "x=8 conv:3,p=1 relu conv:3,p=1 add:x relu",
    **{name: ROOT / "samples" / f"{name}.toml" for name in SEEDS},
}
PAPER: dict[str, Any] = {"width": "84mm", "font_size": "8pt"}
SLIDE: dict[str, Any] = {"width": "13.333in", "height": "7.5in", "font_size": "14pt"}


def scene_of(subject: str | Path, **options: Any) -> Scene:
    return Figure.of(subject).changed(**options).scene()


def size_of(scene: Scene) -> tuple[float, float]:
    return scene.width * scene.scale, scene.height * scene.scale


def pitches(scene: Scene, vertical: bool) -> tuple[float, float]:
    """From one unit of the input to the next, and from the input to the layer behind it."""
    along, across = ("x", "y") if vertical else ("y", "x")
    first = [unit for unit in scene.units if unit.classes.startswith("unit layer0")]
    second = next(unit for unit in scene.units if unit.classes.startswith("unit layer1"))
    steps = [abs(getattr(one, along) - getattr(other, along)) for one, other in itertools.pairwise(first)]
    return min(steps), abs(getattr(first[0], across) - getattr(second, across))


@pytest.mark.parametrize("page", [PAPER, SLIDE], ids=["paper", "slide"])
@pytest.mark.parametrize("name", ["small", "cnn", *SEEDS])
def test_a_column_of_a_paper_and_a_slide(name: str, page: dict[str, Any]) -> None:
    scene = scene_of(SUBJECTS[name], **page)
    assert size_of(scene)[0] == pytest.approx(points(page["width"], "width"))
    if "height" in page:
        assert size_of(scene)[1] == pytest.approx(points(page["height"], "height"))
    assert_on_paper(scene)
    if not scene.shapes:
        assert_apart(scene)
        assert_text_is_clear(scene)
    sizes = {text.size * scene.scale for text in scene.texts if text.classes == "caption"}
    assert min(sizes) >= 0.9 * points(page["font_size"], "font_size")


@pytest.mark.parametrize("direction", ["auto", "LR", "RL", "TB", "BT"])
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_page_that_is_too_small_is_refused_with_one_that_is_not(
    name: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"direction": direction, "units": "cells" if name == "values" else ()}
    with pytest.raises(
        DrawingError, match=r"width 30mm is too little with captions of 1[\d.]+pt: it takes \d+mm"
    ) as error:
        scene_of(SUBJECTS[name], width="30mm", **options)
    least = int(re.findall(r"takes (\d+)mm", str(error.value))[0])
    scene = scene_of(SUBJECTS[name], width=f"{least}mm", **options)
    assert size_of(scene)[0] == pytest.approx(points(f"{least}mm", "width"))
    assert_on_paper(scene)
    monkeypatch.setattr(remedies, "advised", lambda error, *_: error)  # which takes long, and was found above
    with pytest.raises(DrawingError, match=f"it takes {least}mm"):
        scene_of(SUBJECTS[name], width=f"{least - 1}mm", **options)


@pytest.mark.parametrize(
    "text", [SMALL, CNN, "2x8 conv:3,c=4,p=1", f"{SMALL} // {CNN}", "2x8 conv:3,c=4,p=1 // 6 conv:3"]
)
def test_the_facts_of_captions_have_the_size_that_is_said(text: str) -> None:
    scene = scene_of(text, font_size="8pt")
    sizes = [text.size * scene.scale for text in scene.texts if text.classes == "caption" and "weights" in text.text]
    assert sizes
    assert min(sizes) == pytest.approx(8.0)


def test_what_a_page_takes_is_said_of_the_side_that_is_too_little() -> None:
    with pytest.raises(DrawingError, match=r"height 20mm is too little at a width of 200mm with captions of 11pt"):
        scene_of(SMALL, width="200mm", height="20mm")
    with pytest.raises(DrawingError, match=r"height 1in is too little with captions of 8pt: it takes [\d.]+in"):
        scene_of(SMALL, height="1in", font_size="8pt")


def test_areas_of_a_legend_stand_under_one_another_or_in_rows_in_the_middle() -> None:
    narrow, wide = (
        [text for text in scene_of(CNN, **page).texts if text.classes == "legend"] for page in (PAPER, SLIDE)
    )
    assert len({text.y for text in narrow}) == len(narrow) == 4
    assert len({text.x for text in narrow}) == 1
    assert len({text.y for text in wide}) == 2
    assert len({text.x for text in wide}) == 4


def test_text_keeps_its_size_and_distances_give_way() -> None:
    few = {"legend": False, "captions": False}
    usual, wide, narrow = (scene_of(SMALL, **few, **page) for page in ({}, {"width": "200mm"}, {"width": "55mm"}))
    for scene in (wide, narrow):
        assert [text.size for text in scene.texts] == [text.size for text in usual.texts]
        assert (scene.font_size, scene.diameter, scene.scale) == (usual.font_size, usual.diameter, 1.0)
    gaps = [pitches(scene, vertical=False)[1] for scene in (narrow, usual, wide)]
    assert gaps == sorted(gaps)
    assert gaps[0] < gaps[2]


def test_the_size_of_text_is_that_of_everything() -> None:
    usual, small = scene_of(SMALL), scene_of(SMALL, font_size="8pt")
    assert small.scale == pytest.approx(8 / 11)
    assert (small.width, small.height) == (usual.width, usual.height)


@pytest.mark.parametrize("text", [SMALL, "5 fc:5", "7 sparse:3 sparse:3", "12 conv:3 conv:3", "8 maxpool:2", "4 fc:4"])
@pytest.mark.parametrize("direction", ["BT", "TB"])
def test_layers_stand_as_far_apart_as_units_or_a_little_more(text: str, direction: str) -> None:
    pitch, gap = pitches(scene_of(text, direction=direction), vertical=True)
    assert 1.0 <= gap / pitch <= 1.6 + 1e-9


@pytest.mark.parametrize("text", ["5 conv:3", "5 conv:3 conv:3", "4 maxpool:2"])
def test_columns_stand_as_near_as_captions_allow(text: str) -> None:
    usual, bare = (pitches(scene_of(text, captions=captions), vertical=False) for captions in (True, False))
    assert bare[1] / bare[0] <= 1.6 + 1e-9
    assert usual[1] <= 2.2 * usual[0]


@pytest.mark.parametrize("gap", [0.8, 1.0, 2.5])
def test_distances_can_be_said(gap: float) -> None:
    pitch, depth = pitches(scene_of("6 conv:3", gap=gap, captions=False), vertical=False)
    assert depth / pitch == pytest.approx(gap)
    pitch, _ = pitches(scene_of("6 conv:3", pitch="30pt"), vertical=False)
    assert pitch == pytest.approx(30.0)
    scene = scene_of("6 conv:3", pitch="60pt", font_size="16.5pt")
    assert pitches(scene, vertical=False)[0] * scene.scale == pytest.approx(60.0)


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize(
    ("option", "least"), [("gap", r"here it is ([\d.]+) or more"), ("pitch", r"units take (\w+) here")]
)
@pytest.mark.parametrize("said", [{}, {"captions": False}, {"font_size": "8pt"}, {"labels": "none"}])
def test_distances_that_are_too_little_are_refused_with_the_least(
    said: dict[str, Any], option: str, least: str, direction: str
) -> None:
    with pytest.raises(DrawingError) as caught:
        scene_of("7 conv:3 conv:3", direction=direction, **said, **{option: {"gap": 0.3, "pitch": "5pt"}[option]})
    found = re.search(least, str(caught.value))
    assert found, caught.value
    value: Any = float(found[1]) if option == "gap" else found[1]
    assert_apart(scene_of("7 conv:3 conv:3", direction=direction, **said, **{option: value}))


def test_the_pitch_of_cells() -> None:
    cells = of_kind(scene_of("2x8 conv:3,c=4", pitch="20pt"), "cellunit")
    assert all(max(x for x, _ in cell.points) - min(x for x, _ in cell.points) == pytest.approx(20.0) for cell in cells)


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_every_format_has_the_size(format: str) -> None:
    data = connectivity.draw(SMALL, format, width="84mm", height="80mm", font_size="8pt", dpi=254.0)
    width, height = points("84mm", "width"), points("80mm", "height")
    if format == "svg":
        match = re.search(rb'<svg width="([\d.]+)pt" height="([\d.]+)pt" viewBox="0 0 ([\d.]+) ([\d.]+)"', data)
        assert match
        assert [float(match[1]), float(match[2])] == pytest.approx([width, height], abs=0.01)
        assert float(match[3]) / float(match[4]) == pytest.approx(width / height, rel=0.01)
    elif format == "png":
        assert struct.unpack(">II", data[16:24]) == pytest.approx((840, 800), abs=1)
        assert b"pHYs" + struct.pack(">IIB", 10_000, 10_000, 1) in data
    else:
        match = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
        assert match
        assert [float(match[1]), float(match[2])] == pytest.approx([width, height], abs=0.01)


def test_a_pdf_has_no_margin_of_its_own() -> None:
    scene = scene_of(SMALL)
    match = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", connectivity.draw(SMALL, "pdf"))
    assert match
    assert [float(match[1]), float(match[2])] == pytest.approx([scene.width, scene.height], abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "16 conv:3,p=1 relu conv:3,p=1 relu maxpool:2 conv:3,p=1 relu maxpool:2 conv:3,p=1 relu fc:10 fc:3",
        "1x28 conv:5,c=6 relu avgpool:2 conv:5,c=16 relu avgpool:2 flatten fc:120 relu fc:84 relu fc:10",
        "20 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3",
        "3 fc:2 // 4 fc:3 // 5 fc:4 // 6 fc:5 // 7 fc:6 // 8 fc:7",
        "784 fc:100 fc:10",
        "5 fc:5 fc:5 fc:5 fc:5 fc:5 fc:5",
    ],
)
def test_the_smallest_text_can_be_read_by_default(text: str) -> None:
    scene = scene_of(text)
    assert scene.least_text() * READER / scene.width >= 8.0
    assert_on_paper(scene)


def test_a_direction_and_columns_that_are_said_are_kept() -> None:
    deep = "20 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3 conv:3"
    for direction, vertical in (("LR", False), ("TB", True)):
        depths = {round(unit.y if vertical else unit.x, 2) for unit in scene_of(deep, direction=direction).units}
        assert len(depths) == 9
    scene = scene_of(" // ".join(["3 fc:2"] * 6), columns=6, panel_titles=[*"abcdef"])
    assert len({round(text.y, 2) for text in scene.texts if text.classes == "title"}) == 1


def test_panels_break_where_a_page_is_narrow() -> None:
    titled = {"panel_titles": [*"abcd"]}
    for columns in (0, 4):
        scene = scene_of(" // ".join(["3 fc:2"] * 4), width="116mm", columns=columns, **titled)
        assert 1 < len({round(text.y, 2) for text in scene.texts if text.classes == "title"}) <= 4


def test_equal_networks_in_a_grid_have_one_scale() -> None:
    network: list[dict[str, Any]] = [
        {"network": "4 conv:3 fc:2"},
        {"network": "4 conv:3 fc:2", "layer-title": ["a very long title"] * 3},
    ]
    for columns in (1, 2):
        scene = Figure.parse(
            f"columns = {columns}\n"
            + "".join(
                f'[[panel]]\nnetwork = "{one["network"]}"\n'
                + (f"layer-title = {one['layer-title']}\n" if "layer-title" in one else "")
                for one in network
            )
        ).scene()
        places = [sorted({round(unit.x, 2) for unit in half}) for half in (scene.units[:8], scene.units[8:])]
        first, second = ([b - a for a, b in itertools.pairwise(xs)] for xs in places)
        assert first == pytest.approx(second, abs=0.02)


def test_the_same_page_gives_the_same_bytes() -> None:
    assert connectivity.draw(CNN, **PAPER) == connectivity.draw(CNN, **PAPER)
    day, night = Figure.of(SMALL).changed(theme="auto", **PAPER), Figure.of(SMALL).changed(theme="dark", **PAPER)
    assert size_of(day.scene()) == size_of(night.scene())


def test_composing_without_a_page_is_as_it_was() -> None:
    assert compose_figure(SMALL, Options()).scale == 1.0


DEEP = "12 conv:3 conv:3 conv:3 fc:4"


def matrices_of(scene: Scene) -> list[tuple[float, float]]:
    """The left and the top of the matrix of each layer."""
    cells = [(int(cell.classes.split()[1].removeprefix("layer")), cell) for cell in scene.cells]
    layers = sorted({layer for layer, _ in cells})
    return [
        (
            min(cell.x - cell.width / 2 for number, cell in cells if number == layer),
            max(cell.y + cell.height / 2 for number, cell in cells if number == layer),
        )
        for layer in layers
    ]


@pytest.mark.parametrize("view", ["matrix", "both"])
@pytest.mark.parametrize("width", ["100mm", "300mm"])
def test_matrices_fit_a_page(view: str, width: str) -> None:
    scene = scene_of(DEEP, view=view, width=width, font_size="8pt")
    assert scene.size is not None
    assert scene.size[0] == pytest.approx(points(width, "width"))
    assert_on_paper(scene)
    assert_text_is_clear(scene)


def test_many_matrices_stand_in_rows_that_can_be_read() -> None:
    scene = scene_of(DEEP, view="matrix")
    tops = [top for _, top in matrices_of(scene)]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) > 1
    assert scene.least_text() * READER / scene.width >= 8


def test_matrices_of_a_wide_page_stand_side_by_side() -> None:
    lefts = [left for left, _ in matrices_of(scene_of(DEEP, view="matrix", width="20in"))]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 4


def test_cells_of_a_matrix_give_way() -> None:
    wide, narrow = (scene_of("40 fc:20", view="matrix", max_units=0, width=width) for width in ("8in", "110mm"))
    assert narrow.cells[0].width < wide.cells[0].width
    assert {text.size for text in narrow.texts if text.text == "fully connected"} == {
        text.size for text in wide.texts if text.text == "fully connected"
    }


@pytest.mark.parametrize("text", ["6 conv:3", SMALL, "10 fc:3", "8 conv:3,p=1 conv:3,p=1 conv:3,p=1", "2x8 conv:3,c=4"])
def test_a_page_too_small_on_both_sides_is_refused_with_one_that_is_not(text: str) -> None:
    with pytest.raises(DrawingError, match="it takes width") as caught:
        scene_of(text, width="30mm", height="30mm")
    found = re.search(r"it takes width (\w+) and height (\w+)", str(caught.value))
    assert found
    assert_on_paper(scene_of(text, width=found[1], height=found[2]))


@pytest.mark.parametrize(
    ("text", "page", "advice"),
    [
        (SMALL, {"width": "40mm", "font_size": "8pt"}, {"captions": False, "legend": False}),
        ("784 fc:100 fc:10", PAPER, {"max_units": 16}),
        ("6 conv:3 fc:2", {**PAPER, "view": "both", "matrix": "beside"}, {"matrix": "auto"}),
        ("3x12 conv:3,c=4", {"width": "88mm", "font_size": "8pt"}, {"captions": False}),
    ],
)
def test_what_a_refusal_advises_helps(text: str, page: dict[str, Any], advice: dict[str, Any]) -> None:
    with pytest.raises(DrawingError) as caught:
        scene_of(text, **page)
    for name, value in advice.items():
        said = f"no-{name}" if value is False else f"{name.replace('_', '-')} {value}"
        assert said in str(caught.value)
    assert_on_paper(scene_of(text, **(page | advice)))
    sizes = re.search(r"font-size (\S+)", str(caught.value))
    if sizes:
        assert_on_paper(scene_of(text, **(page | {"font_size": sizes[1]})))


def test_labels_of_connections_are_placed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[int] = []
    once = edgelabels.place

    def place(ways: Any, *rest: Any) -> list[edgelabels.Placed]:
        placed.append(len(ways))
        return once(ways, *rest)

    monkeypatch.setattr(edgelabels, "place", place)
    scene_of("5 fc:4", edge_labels=("name",), width="120mm")
    assert placed == [20]


def test_a_refusal_names_what_may_be_left_unsaid_and_what_may_be_left_out() -> None:
    error = PageTooSmallError("it takes 87mm", "width", 0.9, 100, 8.0)
    ways = {"direction", "captions", "font_size"}
    said = str(advised(error, Options(direction="LR", width="84mm"), lambda changes: bool(ways & changes.keys())))
    assert said == "it takes 87mm; it fits with direction auto, no-captions or font-size 7pt"


def test_a_refusal_of_a_figure_with_values_advises_what_keeps_them() -> None:
    error = PageTooSmallError("it takes 87mm", "height", 0.9, 100, 8.0)
    for show, fits, advice in (
        ((), {"max_units", "font_size"}, "max-units 16 or font-size 7pt"),
        (("values",), {"max_units", "font_size"}, "font-size 7pt"),
        (("values",), {"max_units"}, "max-units 16"),
    ):
        said = str(advised(error, Options(show=show), lambda changes, fits=fits: bool(fits & changes.keys())))  # type: ignore[misc]  # a default that binds
        assert said == f"it takes 87mm; it fits with {advice}"


@pytest.mark.parametrize(
    "text",
    [
        "2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8 relu maxpool:2 fc:16 relu fc:3",
        "7 fc:7 // 7 sparse:3,p=1 // 7 conv:3,p=1",
    ],
)
def test_cells_and_units_grow_with_the_gaps_until_a_slide_is_full(text: str) -> None:
    scene = Figure.of(text).changed(width="13.33in", height="7.5in", font_size="14pt").scene()
    texts = [one.y for one in scene.texts]
    assert max(texts) - min(texts) >= 0.82 * scene.height


def test_what_stands_in_units_is_left_out_before_a_page_is_refused() -> None:
    text = "32 conv:2,p=causal conv:2,p=causal,d=2"
    page: dict[str, Any] = {"width": "12in", "height": "5.5in", "font_size": "14pt", "direction": "BT"}
    assert not any(unit.label for unit in scene_of(text, **page).units)
    assert all(unit.label for unit in scene_of(text, **(page | {"max_units": 12})).units)
    with pytest.raises(DrawingError, match="it takes"):
        scene_of(text, **page, labels="number")


@pytest.mark.parametrize("options", [{}, PAPER, SLIDE], ids=["as it comes", "paper", "slide"])
def test_by_night_a_figure_stands_where_it_does_by_day(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fitted once, and has the places and the page that it would have by itself."""
    pages: list[Page] = []

    def counted(lay: Any, said: Options, page: Page, *others: Any) -> Any:
        pages.append(page)
        return fitted(lay, said, page, *others)

    monkeypatch.setattr("connectivity.picture.compose.fitted", counted)
    figure = Figure.of(CNN, **options)
    both = figure.changed(theme="auto")
    night = both.night()
    assert len(pages) == 1
    assert night is not None
    assert vars(night) == vars(figure.changed(theme="dark").scene())
    assert (night.width, night.height) == (both.scene().width, both.scene().height)


class TestSearch:
    """How the largest share of a distance is found that a page has room for."""

    @staticmethod
    def _halved(low: float, high: float, halvings: int, fits: Callable[[float], bool]) -> float:
        for _ in range(halvings):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return low

    @given(
        least=st.floats(-100, 0),
        begins=st.floats(0, 1),
        rise=st.floats(0.1, 1000),
        power=st.sampled_from([1, 1, 2]),
        breaks=st.floats(0, 3),
        high=st.sampled_from([1.0, 2.5]),
    )
    def test_it_is_the_one_that_halving_finds(
        self, least: float, begins: float, rise: float, power: int, breaks: float, high: float
    ) -> None:
        """A size that is the same until it begins to grow, and of which there is none above a share."""

        def excess(share: float) -> float:
            return math.inf if share > breaks else least + rise * max(0.0, share - begins) ** power

        if excess(high) > 0 >= excess(0.0):
            assert largest(0.0, high, 9, excess) == self._halved(0.0, high, 9, lambda share: excess(share) <= 0)

    @pytest.mark.parametrize(("begins", "most"), [(0.0, 2), (0.4, 6)])
    def test_what_grows_on_a_line_is_found_in_few_trials(self, begins: float, most: int) -> None:
        tried: list[float] = []

        def excess(share: float) -> float:
            tried.append(share)
            return max(0.0, share - begins) * 300 - 100

        found = largest(0.0, 1.0, 9, excess)
        assert found == pytest.approx(begins + 1 / 3, abs=1 / 512)
        assert len(tried) - 2 <= most  # both ends are known
