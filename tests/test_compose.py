"""The figure as a whole: nothing overlaps, nothing is cut off, and everything is said once."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import pytest
from areas import assert_apart, assert_on_paper, assert_text_is_clear
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenes import arrows, compose_figure, wired

from connectivity import DrawingError, Figure, NotationError, parse
from connectivity.options import DIRECTIONS, Options
from connectivity.picture import compose, paper
from connectivity.picture.compose import HEADED_ARROWS, TIPPED_ARROWS
from connectivity.scene import Scene, Unit
from connectivity.typeset.metrics import text_width

NETWORKS = (
    "1",
    "1 fc:1",
    "6 conv:3 fc:2",
    "5 fc:5 // 5 sparse:3,p=1 // 5 conv:3,p=1",
    "5 fc:5 // 5 sparse:3,p=1 // 5 fc:5 fc:5 // 5 sparse:3,p=1 sparse:3,p=1",
    "4x5 conv:3,c=4,p=1,g=2 conv:3,s=2 fc:2,bias",
    "30 conv:3 conv:3,s=2 fc:3",
    "16 conv:2,p=causal conv:2,p=causal,d=2 conv:2,p=causal,d=4",
    "5 convtranspose:3,s=2 maxpool:2 tanh",
    "200 fc:40 fc:10",
    "20x4 conv:3,c=30,p=1",
    "4,values=1/-2000000/0.001/0 conv:2,w=1/-1,bias avgpool:2",
    "features=8 hidden=conv:3,p=same,padding_mode=circular output=fc:1",
    "1 fc:30 fc:1",
)
LONG = "A title of a good many words, as they are in papers, which has to be wrapped somewhere"


def scene_of(text: str, **options: object) -> Scene:
    return compose_figure(text, Options(**options))  # type: ignore[arg-type]  # any option


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("text", NETWORKS)
def test_nothing_overlaps_or_is_cut_off(text: str, direction: str) -> None:
    panels = text.count("//") + 1
    for options in (
        {},
        {"title": LONG, "panel_titles": [LONG] * panels, "columns": 2, "color_by": "weight"},
        {"captions": False, "legend": False, "max_units": 9},
        {"theme": "dark", "color_by": "sign", "layer_titles": ("the input of it all",), "show": ("bias",)},
    ):
        scene = scene_of(text, direction=direction, **options)
        assert_apart(scene)
        assert_on_paper(scene)
        assert_text_is_clear(scene)


words = st.sampled_from(
    [
        "fc:3",
        "fc:1",
        "conv:2",
        "conv:3,p=1",
        "sparse:3,p=1",
        "conv:3,s=2,p=1",
        "maxpool:2",
        "conv:2,c=3",
        "convtranspose:2,s=2",
    ]
)
panels = st.builds("{}x{} {}".format, st.integers(1, 3), st.integers(4, 40), st.lists(words, max_size=2).map(" ".join))


@given(
    st.lists(panels, min_size=1, max_size=3), st.sampled_from(DIRECTIONS), st.integers(0, 3), st.booleans(),
    st.sampled_from([0, 6, 24]),
)  # fmt: skip
@settings(max_examples=50)
def test_no_figure_overlaps(texts: list[str], direction: str, columns: int, titled: bool, max_units: int) -> None:
    try:
        networks = parse(" // ".join(texts))
    except NotationError:
        assume(False)
    options = Options(
        direction=direction, columns=columns, title=LONG if titled else None, max_units=max_units, max_edges=10**6
    )
    scene = compose_figure(networks, options)
    assert_on_paper(scene)
    if len(scene.units) < 150:
        assert_apart(scene)


@pytest.mark.parametrize(
    ("direction", "sign", "axis"), [("LR", 1, "x"), ("RL", -1, "x"), ("BT", 1, "y"), ("TB", -1, "y")]
)
def test_directions(direction: str, sign: int, axis: str) -> None:
    scene = scene_of("4 fc:3 fc:2", direction=direction)
    layers = [[unit for unit in scene.units if f"layer{n}" in unit.classes] for n in range(3)]
    depths = [{round(float(getattr(unit, axis)), 6) for unit in layer} for layer in layers]
    assert all(len(depth) == 1 for depth in depths)
    order = [sign * depth.copy().pop() for depth in depths]
    assert order == sorted(order)
    other = "y" if axis == "x" else "x"
    places = [getattr(unit, other) for unit in layers[0]]
    assert places == sorted(places, reverse=other == "y")


@pytest.mark.parametrize(("columns", "expected"), [(0, [5]), (1, [1] * 5), (2, [2, 2, 1]), (3, [3, 2]), (9, [5])])
def test_panels_stand_in_rows_of_columns(columns: int, expected: list[int]) -> None:
    titles = [f"panel {n}" for n in range(5)]
    scene = scene_of(" // ".join(["3 fc:2"] * 5), columns=columns, panel_titles=titles)
    found = [text for text in scene.texts if text.classes == "title"]
    assert sorted(text.text for text in found) == titles
    rows = Counter(round(text.y, 3) for text in found)
    assert [rows[y] for y in sorted(rows, reverse=True)] == expected
    by_name = sorted(found, key=lambda text: text.text)
    assert by_name == sorted(found, key=lambda text: (-round(text.y, 3), text.x))


def test_captions_and_titles_of_a_row_are_on_one_line() -> None:
    scene = scene_of("3 fc:2 // 7 conv:3 // 5 sparse:3", panel_titles=("a", "b", "c"))
    titles = [text.y for text in scene.texts if text.classes == "title"]
    headings = [text.y for text in scene.texts if text.bold and text.classes == "caption"]
    assert max(titles) - min(titles) < 0.01
    assert max(headings) - min(headings) < 0.01
    assert len(headings) == 6


def test_captions_say_what_each_layer_is() -> None:
    scene = scene_of("6 conv:3,s=1 fc:2,bias")
    said = [text.text for text in scene.texts if text.classes == "caption"]
    assert said == [
        "input", "6 units", "conv 3", "4 units\n12 connections\n3 weights", "fully connected",
        "2 units\n8 connections\n8 weights\n2 biases",
    ]  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_long_captions_move_layers_apart(direction: str) -> None:
    scene = scene_of("4 fc:3 fc:2", direction=direction, layer_titles=[LONG[:50], LONG[10:60], LONG[20:70]])
    assert_apart(scene)
    assert_on_paper(scene)


def test_panels_are_titled_by_what_they_are_where_that_differs() -> None:
    def titles(text: str) -> list[str]:
        return [mark.text for mark in scene_of(text).texts if mark.classes == "title"]

    assert titles("5 fc:5 // 5 sparse:3 // 5 conv:3") == ["fully connected", "sparse connectivity", "weight sharing"]
    assert titles("5 fc:5 // 4 fc:2") == []
    assert titles("5 fc:5 // 5 conv:3 fc:2") == []
    assert titles("5 conv:3") == []


def test_the_name_of_a_figure() -> None:
    assert scene_of("5 conv:3").title == "connectivity graph"
    assert scene_of("5 fc:5 // 5 conv:3").title == "fully connected and weight sharing"
    assert scene_of("5 conv:3", title="Mine").title == "Mine"
    assert scene_of("5 conv:3", description="Yes.").description == "Yes."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1", "A network with 1 input."),
        (
            "6 conv:3",
            "A network with 6 inputs: a convolution with kernel size 3, to 4 units (3 weights shared by 12 connections).",
        ),
        (
            "4 fc:2,bias",
            "A network with 4 inputs: a fully connected layer, to 2 units (8 weights, one for each of 8 connections, 2 biases).",
        ),
        ("4 maxpool:2", "A network with 4 inputs: a maximum pool with kernel size 2, to 2 units (4 connections)."),
    ],
)
def test_the_figure_in_words(text: str, sentence: str) -> None:
    assert scene_of(text).description == sentence


def test_the_words_of_several_panels() -> None:
    found = scene_of("2 // 3", panel_titles=("one", "")).description
    assert found == "Panel 1, one: A network with 2 inputs. Panel 2: A network with 3 inputs."


def test_titles_are_wrapped_and_whole() -> None:
    scene = scene_of("3 fc:2", title=LONG, panel_titles=(LONG,))
    for text in scene.texts:
        if text.classes == "title":
            assert "\n" in text.text
            assert text.text.replace("\n", " ") == LONG


@pytest.mark.parametrize("titles", [("a",), ("a", "b", "c")])
def test_a_title_for_each_panel(titles: tuple[str, ...]) -> None:
    with pytest.raises(DrawingError, match=f"{len(titles)} panel titles? for 2 panels"):
        scene_of("2 // 3", panel_titles=titles)


def test_more_connections_than_allowed() -> None:
    assert len(scene_of("5 fc:4", max_edges=20).lines) == 20
    with pytest.raises(DrawingError, match=r"20 connections to draw; at most 19 .*max-edges.*max-units"):
        scene_of("5 fc:4", max_edges=19)
    with pytest.raises(DrawingError, match="at most 0"):
        scene_of("5 fc:4", max_edges=0)
    with pytest.raises(DrawingError, match="200,704 connections to draw; at most 200,000"):
        scene_of("448 fc:448", max_units=0)


def test_a_figure_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paper.COORDINATE_LIMIT == 1_000_000
    for module in (compose, paper):
        monkeypatch.setattr(module, "COORDINATE_LIMIT", 600)
    assert scene_of("3 fc:2").height < 600
    with pytest.raises(DrawingError, match=r"the figure is 8\d\d points long; at most 600: max-units"):
        scene_of("20", captions=False)
    with pytest.raises(DrawingError, match="400 units is more than 600 points long"):
        scene_of("400", max_units=0)


def test_every_connection_of_shown_units_is_a_line() -> None:
    scene = scene_of("7 conv:3 fc:2")
    names = {unit.id: unit.tip for unit in scene.units}
    assert Counter((names[line.tail], names[line.head]) for line in scene.lines) == Counter(
        (arrow.source, arrow.target) for arrow in arrows(wired("7 conv:3 fc:2"))
    )


def test_hidden_connections_become_stubs_at_the_units_that_have_them() -> None:
    scene = scene_of("100 conv:3")
    names = {unit.id: unit.tip for unit in scene.units}
    shown = set(names.values())
    everything = arrows(wired("100 conv:3"))
    cut = {end for a in everything for end in (a.source, a.target) if (a.source in shown) != (a.target in shown)}
    stubs = {names.get(line.tail) or names[line.head] for line in scene.lines if line.stub}
    assert stubs == cut & shown
    assert len([line for line in scene.lines if not line.stub]) == sum(
        arrow.source in shown and arrow.target in shown for arrow in everything
    )


def test_no_stub_is_drawn_twice() -> None:
    scene = scene_of("100 fc:3 // 2x100 fc:2")
    ends = {unit.id: unit.tip for unit in scene.units}
    ends |= {dot.id: f"{dot.x:.2f} {dot.y:.2f}" for dot in scene.dots if dot.id}
    stubs = Counter((ends[line.tail], ends[line.head], line.colour) for line in scene.lines if line.stub)
    assert stubs
    assert set(stubs.values()) == {1}


def test_stubs_point_the_way_of_their_connection() -> None:
    scene = scene_of("100 conv:3")
    units = {unit.id for unit in scene.units}
    for line in scene.lines:
        if line.stub:
            assert line.arrow == (line.head in units)


def test_groups_stand_in_boxes() -> None:
    scene = scene_of("4x3 conv:2,c=6,g=2", units="circles")
    boxes = [box for box in scene.boxes if box.stroke]
    assert len(boxes) == 4
    inside = Counter(
        sum(abs(u.x - b.x) < b.width / 2 and abs(u.y - b.y) < b.height / 2 for u in scene.units) for b in boxes
    )
    assert inside == {6: 4}
    for one, other in itertools.combinations(boxes, 2):
        apart_x = abs(one.x - other.x) >= (one.width + other.width) / 2
        assert apart_x or abs(one.y - other.y) >= (one.height + other.height) / 2
    assert not [box for box in scene_of("4x3 conv:2,c=6").boxes if box.stroke]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_box_is_around_the_layer_asked_for(direction: str) -> None:
    scene = scene_of("5 conv:3 fc:2", boxes=("h1",), direction=direction)
    (box,) = [box for box in scene.boxes if box.stroke]
    inside = [u.classes for u in scene.units if abs(u.x - box.x) < box.width / 2 and abs(u.y - box.y) < box.height / 2]
    assert inside == ["unit layer1"] * 3


def test_a_box_around_a_layer_that_is_not_there() -> None:
    with pytest.raises(DrawingError, match=r'no layer to box is named "hidden".*x, h1, y'):
        scene_of("5 conv:3 fc:2", boxes=("hidden",))


def test_arrowheads_ids_and_tooltips_go_as_connections_become_many() -> None:
    few, more, dense = (scene_of(f"{n} fc:{n}", max_units=0) for n in (26, 27, 71))
    assert (26 * 26 <= HEADED_ARROWS < 27 * 27, 27 * 27 <= TIPPED_ARROWS < 71 * 71) == (True, True)
    assert (few.arrows, more.arrows, dense.arrows) == (True, False, False)
    assert (few.dense, more.dense, dense.dense) == (False, False, True)
    assert all(line.id and line.tip and line.classes for line in [*few.lines, *more.lines])
    assert not any(line.id or line.tip or line.classes for line in dense.lines)
    assert len(dense.lines) == 71 * 71
    assert len({unit.id for unit in dense.units}) == 142


def test_dense_figures_are_on_paper_and_do_not_touch() -> None:
    scene = scene_of("200 fc:200", max_units=0)
    assert_on_paper(scene)
    column = sorted(unit.y for unit in scene.units if "layer0" in unit.classes)
    assert min(b - a for a, b in itertools.pairwise(column)) > scene.diameter
    assert not any(unit.label for unit in scene.units)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_arrows_miss_the_units_between_their_ends(direction: str) -> None:
    scene = scene_of("8 fc:8 conv:3,p=1", direction=direction)
    ends = {unit.id: (unit.x, unit.y) for unit in scene.units}
    for line in scene.lines:
        (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
        length = math.hypot(x1 - x0, y1 - y0)
        for name, (x, y) in ends.items():
            along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
            aside = abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
            assert name in (line.tail, line.head) or not 0 < along < length or aside > scene.diameter / 2


@pytest.mark.parametrize("text", NETWORKS)
def test_ids_are_generated_and_unique(text: str) -> None:
    scene = scene_of(text)
    ids = [unit.id for unit in scene.units] + [dot.id for dot in scene.dots if dot.id]
    ids += [line.id for line in scene.lines if line.id] + [shape.id for shape in scene.shapes if shape.id]
    assert len(ids) == len(set(ids))
    assert all(name[0] in "iuse" and name[1:].isdecimal() for name in ids)
    assert set(scene.tips()) <= set(ids)


def test_an_empty_figure() -> None:
    with pytest.raises(DrawingError, match="nothing to draw"):
        compose_figure([], Options())


def test_labels_stay_inside_their_units() -> None:
    for text in ("4,values=-1234567/0.000123/1/-0.5 fc:2", "averylongname=3 fc:2", "2x30 conv:2"):
        scene = scene_of(text, show=("values",) if "values" in text else ())
        for unit in scene.units:
            if unit.label:
                small = text_width(unit.label.sup + unit.label.sub, 0.7 * scene.font_size)
                assert text_width(unit.label.stem, scene.font_size, "italic") + small <= scene.diameter


def test_without_labels() -> None:
    assert not any(unit.label for unit in scene_of("6 conv:3", labels=False).units)


def gaps(text: str, **options: Any) -> list[float]:
    """From the first layer to the second, of each panel."""
    found: list[dict[str, Unit]] = []
    before = ""
    for unit in Figure.of(text, max_units=0, **options).scene().units:
        layer = unit.classes.rpartition(" ")[2]
        if layer == "layer0" != before:
            found.append({})
        found[-1].setdefault(layer, unit)
        before = layer
    return [round(abs(one["layer0"].x - one["layer1"].x) or abs(one["layer0"].y - one["layer1"].y), 1) for one in found]


@pytest.mark.parametrize(
    ("text", "options", "alike"),
    [
        ("4 fc:4 // 30 fc:30", {"columns": 1}, [0, 0]),  # on one line down the page
        ("4 fc:4 // 30 fc:30", {"columns": 2}, [0, 1]),
        ("4 fc:4 // 30 fc:30", {"columns": 2, "direction": "TB"}, [0, 0]),  # on one line across it
        ("4 fc:4 // 30 fc:30", {"columns": 1, "direction": "TB"}, [0, 1]),
        ("4 fc:4 // 30 fc:30 // 20 fc:20 // 12 fc:2", {"columns": 2}, [0, 1, 0, 1]),
        ("4 fc:4 // 30 fc:30 // 30 fc:30 // 12 fc:2", {"columns": 2}, [0, 0, 0, 0]),  # equal ones join both lines
        ("4 fc:4 // 30 fc:30 fc:2", {"columns": 1}, [0, 1]),  # not of as many layers
    ],
)
def test_layers_are_as_far_apart_in_panels_on_one_line_or_of_equal_networks(
    text: str, options: dict[str, Any], alike: list[int]
) -> None:
    found = gaps(text, **options)
    numbers = [*dict.fromkeys(found)]
    assert [numbers.index(gap) for gap in found] == alike
