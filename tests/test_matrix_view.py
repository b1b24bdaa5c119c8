"""The matrix view: rows and columns that fit together, cells that are the graph's connections, and where it stands."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

import networkx as nx
import pytest
from areas import assert_on_paper, assert_text_is_clear

from connectivity import DrawingError, build, parse
from connectivity.colour.themes import THEME
from connectivity.figure import Figure
from connectivity.scene import Scene

WINDOWED = [
    "128 conv:7,s=2",
    "128 conv:7",
    "128 conv:3,p=1",
    "128 conv:3,p=causal,d=2",
    "128 conv:3,d=20",
    "128 conv:2,s=5",
    "128 conv:5,s=3,p=2,padding_mode=circular",
    "128 conv,taps=-3/0/9",
    "128 sparse:4",
    "128 maxpool:2",
    "128 avgpool:3,s=1,p=1",
    "64 convtranspose:4,s=2,p=1",
    "64 convtranspose:3,s=3",
    "64 upsample:2",
    "128 pad:3/4",
    "128 crop:2/9",
    "128 conv:7,s=2 conv:5,s=2 conv:3",
    "128 conv:3 fc:4",
]
WIDE = ["128 fc:100", "128 conv:100", "300 sparse:units=200,density=0.5", "200 fc:3", "3 fc:200"]


def scene_of(text: Any, **options: Any) -> Scene:
    return Figure.of(text).changed(view="matrix", **options).scene()


def plain(markup: str) -> str:
    return re.sub(r"[${}_^()]", "", markup)


def axes(scene: Scene) -> list[tuple[list[str], list[str]]]:
    """The names of the rows and of the columns of a figure of one matrix, or several side by side, from the left."""
    texts = [text for text in scene.texts if text.classes == "name"]
    found: list[tuple[list[str], list[str]]] = []
    for text in texts:  # first the rows of a matrix, then its columns
        if text.align == "end" and (not found or found[-1][1]):
            found.append(([], []))
        found[-1][text.align != "end"].append(plain(text.text))
    return found


def connected(scene: Scene) -> Counter[tuple[str, str]]:
    """The units that each cell joins."""
    ends = [cell.tip.partition(": ")[0].split(" → ") for cell in scene.cells]
    return Counter((source, target) for source, target in ends)


def whole(text: str) -> Counter[tuple[str, str]]:
    """The connections of the whole network, by the names of units; those of padding are none."""
    (network,) = parse(text)
    return Counter(
        (source, target)
        for source, target, data in build(network).edges(data=True)
        if data.get("role") == "weight" or data.get("role") not in ("bias", "padding")
    )


@pytest.mark.parametrize("max_units", [4, 8, 13, 24])
@pytest.mark.parametrize("text", [*WINDOWED, *WIDE])
def test_every_connection_between_a_row_and_a_column_is_a_cell_and_no_other(text: str, max_units: int) -> None:
    scene = scene_of(text, max_units=max_units, labels="index")
    cells, every = connected(scene), whole(text)
    assert cells
    assert all(cells[pair] == every[pair] for pair in cells)
    rows = {target for _, target in cells}
    columns = {source for source, _ in cells}
    shown = {pair for pair in every if pair[0] in columns and pair[1] in rows}
    assert shown == set(cells)


@pytest.mark.parametrize("max_units", [8, 13, 24])
@pytest.mark.parametrize("text", WINDOWED)
def test_a_row_that_is_shown_has_all_of_its_connections(text: str, max_units: int) -> None:
    cells, every = connected(scene_of(text, max_units=max_units)), whole(text)
    dense = {"y1", "y2", "y3", "y4"} if "fc" in text else set()
    for row in {target for _, target in cells} - dense:
        assert {pair for pair in cells if pair[1] == row} == {pair for pair in every if pair[1] == row}


def test_no_corner_is_empty() -> None:
    scene = scene_of("128 conv:7,s=2", max_units=8)
    ((rows, columns),) = axes(scene)
    assert rows == ["y1", "y2", "y61"]
    assert columns == [*(f"x{n}" for n in range(1, 10)), *(f"x{n}" for n in range(121, 129))]
    assert {source for source, target in connected(scene) if target == "y1"} == {f"x{n}" for n in range(1, 8)}


@pytest.mark.parametrize("max_units", [6, 24])
@pytest.mark.parametrize("text", [*WINDOWED, *WIDE])
def test_the_first_row_and_the_last_have_cells_and_dots_stand_where_some_are_left_out(
    text: str, max_units: int
) -> None:
    scene = scene_of(text, max_units=max_units)
    assert_on_paper(scene)
    middles = sorted({round(cell.y, 2) for cell in scene.cells})
    dots = [dot for dot in scene.dots if dot.diameter]
    assert len(middles) > 1
    assert dots
    assert not [
        dot
        for dot, cell in itertools.product(dots, scene.cells)
        if abs(dot.x - cell.x) < cell.width / 2 and abs(dot.y - cell.y) < cell.height / 2
    ]


@pytest.mark.parametrize(
    "text", ["2x40 conv:3,c=4,g=2,s=2", "4x30 conv:3,c=4,g=4", "2x40 conv:3,c=2", "3x30 maxpool:2"]
)
def test_channels_are_rows_too(text: str) -> None:
    cells, every = connected(scene_of(text, max_units=10, units="circles")), whole(text)
    assert cells
    assert all(cells[pair] == every[pair] for pair in cells)
    for row in {target for _, target in cells}:
        assert {pair for pair in cells if pair[1] == row} == {pair for pair in every if pair[1] == row}


def test_what_a_layer_takes_stands_side_by_side() -> None:
    text = "x=60 a=conv:3,p=1 b=conv:1,from=x concat:a conv:3,p=1,s=2"
    scene = scene_of(text, max_units=8, units="circles")
    titles = [text.text for text in scene.texts if text.classes == "axis"]
    assert [title for title in titles if title.startswith("inputs")] == ["inputs x", "inputs x", "inputs b", "inputs a"]
    assert connected(scene)


def test_a_graph_of_ones_own_is_shown_as_it_is() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for layer, name in enumerate("uv"):
        graph.add_nodes_from((f"{name}{n}", {"layer": layer}) for n in range(60))
    for n in range(60):  # the other way round
        graph.add_edge(f"u{59 - n}", f"v{n}", parameter=f"p{n}", weight=1.0, layer=1)
    cells = connected(Figure.of(graph).changed(view="matrix", max_units=10).scene())
    rows = {target for _, target in cells}
    assert {"v0", "v1", "v59"} <= rows
    assert cells == Counter((f"u{59 - int(row[1:])}", row) for row in rows)


@pytest.mark.parametrize("unit", ["x[60]:reach", "y[30]:window", "y[30]"])
def test_what_is_highlighted_is_shown_with_its_connections(unit: str) -> None:
    scene = scene_of("128 conv:7,s=2", max_units=8, highlight=unit)
    cells, every = connected(scene), whole("128 conv:7,s=2")
    marked = {pair for pair in every if (pair[0] == "x60" if unit[0] == "x" else pair[1] == "y30")}
    assert marked <= set(cells)


def test_both_views_show_their_own_units_of_one_graph() -> None:
    scene = Figure.of("128 conv:7,s=2").changed(view="both", max_units=8).scene()
    assert "y61" not in {unit.tip for unit in scene.units}
    assert connected(scene) == connected(scene_of("128 conv:7,s=2", max_units=8))
    assert {cell.fill for cell in scene.cells} == {line.colour for line in scene.lines if line.id}
    weights = {cell.classes.split()[-1] for cell in scene.cells}
    assert {line.classes.split()[2] for line in scene.lines if line.id} == weights  # pointing at one shows the others


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_zeros_are_cells_of_the_ground(theme: str) -> None:
    scene = scene_of("6 conv:3", theme=theme)
    plates = [shape for shape in scene.shapes if shape.classes == "plate"]
    lines = [shape for shape in scene.shapes if not shape.closed]
    assert len(plates) == 1
    assert len(lines) == 5 + 7  # round four rows and six columns
    assert {line.stroke for line in lines} == {scene.background}
    assert plates[0].fill == THEME[theme].input_fill
    assert len([shape for shape in scene_of("60 conv:3", theme=theme).shapes if shape.classes == "plate"]) == 4
    assert not scene_of("80 conv:3", theme=theme, max_units=0).shapes  # too many to be seen


def test_axes_have_titles_and_true_indices() -> None:
    scene = scene_of("6 h=conv:3", index_from=0)
    assert [text.text for text in scene.texts if text.classes == "axis"] == ["inputs x", "outputs\nh"]
    assert axes(scene) == [([f"h{n}" for n in range(4)], [f"x{n}" for n in range(6)])]
    assert not [text for text in scene_of("6 conv:3", captions=False).texts if text.classes == "axis"]
    large = scene_of("60 conv:3", max_units=0)  # of small cells the ends alone
    assert axes(large) == [(["y1", "y58"], ["x1", "x60"])]
    for one in (scene, large, scene_of("784 fc:100", max_units=60), scene_of("2x40 conv:3,c=4,g=2", units="circles")):
        assert_text_is_clear(one)
        assert_on_paper(one)


@pytest.mark.parametrize("direction", ["LR", "RL", "BT", "TB"])
def test_matrices_stand_beside_their_graph_or_below_it(direction: str) -> None:
    def ends(place: str) -> tuple[list[float], list[float]]:
        scene = Figure.of("6 conv:3 fc:2").changed(view="both", direction=direction, matrix=place).scene()
        assert_on_paper(scene)
        assert_text_is_clear(scene)
        units, cells = scene.units, scene.cells
        across = [max(unit.x for unit in units), min(cell.x for cell in cells)]
        return across, [min(unit.y for unit in units), max(cell.y for cell in cells)]

    (right, left), _ = ends("beside")
    assert right < left
    _, (bottom, top) = ends("below")
    assert top < bottom


def test_they_stand_below_where_the_figure_would_be_far_too_wide() -> None:
    def scene(text: str, **options: Any) -> Scene:
        return Figure.of(text).changed(view="both", **options).scene()

    deep, small = scene("6 conv:3 conv:3 fc:2"), scene("6 conv:3")
    assert deep.width < scene("6 conv:3 conv:3 fc:2", matrix="beside").width
    assert small.width == scene("6 conv:3", matrix="beside").width


def test_panels_without_matrices_leave_their_place_below_empty(tmp_path: Any) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        'matrix = "below"\n[[panel]]\nnetwork = "6 conv:3"\n'
        '[[panel]]\nnetwork = "6 fc:2"\nview = "both"\n[[panel]]\nnetwork = "4 fc:2"\n'
    )
    scene = Figure.of(path).scene()
    assert len(scene.cells) == 12
    assert_on_paper(scene)
    assert_text_is_clear(scene)


def test_a_network_of_a_million_units_has_a_matrix_at_once() -> None:
    assert len(connected(scene_of("1000000 conv:5,s=2 conv:3"))) > 40
    with pytest.raises(DrawingError, match="unknown matrix"):
        scene_of("6 conv:3", matrix="under")
