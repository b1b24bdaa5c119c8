"""Labels of connections: what they say, where they stand, and what is refused."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any

import networkx as nx
import pytest

from connectivity import DrawingError, Options
from connectivity.figure import Figure
from connectivity.graphs.weightnames import symbol, word_of
from connectivity.options import DIRECTIONS
from connectivity.picture.edgelabels import Placed, place
from connectivity.picture.rectangles import Rectangle
from connectivity.scene import Scene, Text


def scene_of(text: str, **options: Any) -> Scene:
    return Figure.of(text).changed(**options).scene()


def labels(scene: Scene) -> list[str]:
    return [text.text for text in scene.texts if text.classes == "weight"]


def legend(scene: Scene) -> list[str]:
    return [text.text for text in scene.texts if text.classes == "legend"]


def test_shared_weights_have_a_name_each_and_the_legend_calls_them_the_same() -> None:
    scene = scene_of("6 conv:3", edge_labels="name")
    assert Counter(labels(scene)) == {"$w_{1}$": 4, "$w_{2}$": 4, "$w_{3}$": 4}
    assert legend(scene) == ["shared weights", "$w_{1}$", "$w_{2}$", "$w_{3}$"]
    valued = scene_of("6 conv:3,w=1/0/-1", edge_labels="name")
    assert legend(valued) == ["kernel", "$w_{1}$ = 1", "$w_{2}$ = 0", "$w_{3}$ = −1"]


def test_own_weights_are_called_by_the_units_they_join() -> None:
    assert sorted(labels(scene_of("3 fc:2", edge_labels="name"))) == [
        f"$w_{{{target}{source}}}$" for target, source in itertools.product((1, 2), (1, 2, 3))
    ]
    assert "$w_{01}$" in labels(scene_of("3 fc:2", edge_labels="name", index_from=0))
    large = labels(scene_of("784 fc:2", edge_labels="name", max_units=4))
    assert "$w_{2,784}$" in large
    assert "$w_{1,1}$" in large
    assert "$w_{11}^{(1)}$" in labels(scene_of("2 fc:2 fc:2", edge_labels="name"))
    assert "$w_{21}^{(2)}$" in labels(scene_of("2 fc:2 fc:2", edge_labels="name"))
    assert labels(scene_of("2x2 flatten fc:1", edge_labels="name"))[-1] == "$w_{14}$"
    assert {"$w_{11}$", "$w_{33}$"} <= {*labels(scene_of("4 sparse:2", edge_labels="name"))}


def test_what_is_elided_or_cropped_does_not_change_the_name_of_a_shared_weight() -> None:
    scene = scene_of("9 conv:3,p=1", edge_labels="name", highlight="y[1]", rest="hidden")
    assert labels(scene) == ["$w_{2}$", "$w_{3}$"]  # the first is at the padding


@pytest.mark.parametrize("word", ["name", "value", "letter", "index"])
def test_each_layer_may_have_a_word_of_its_own(word: str) -> None:
    both = labels(scene_of("4 conv:2 fc:2", edge_labels=word))
    assert len(both) == 6 + 6
    assert len(labels(scene_of("4 conv:2 fc:2", edge_labels=[word, "y=none"]))) == 6
    assert len(labels(scene_of("4 conv:2 fc:2", edge_labels=f"h1={word}"))) == 6
    assert labels(scene_of("4 conv:2 fc:2", edge_labels="none", theme="print")) == []


def test_one_name_for_one() -> None:
    scene = scene_of("6 conv:3", edge_labels="y.weight[0,0,1]=w_2")
    assert labels(scene) == ["$w_{2}$"] * 4
    assert legend(scene) == ["shared weights", "w₁", "$w_{2}$", "w₃"]
    mixed = scene_of("6 conv:3", edge_labels=["letter", "y.weight[0,0,1]=omega_1"])
    assert Counter(labels(mixed)) == {"a": 4, r"$\omega_{1}$": 4, "c": 4}
    assert legend(mixed)[1:] == ["a", r"$\omega_{1}$", "c"]
    assert labels(scene_of("6 conv:3", edge_labels="x[2]:y[1]=a gain")) == ["a gain"]
    assert labels(scene_of("6 conv:3", edge_labels="x[1]:y[0]=a", index_from=0)) == ["$a$"]
    assert labels(scene_of("3 fc:2", edge_labels="y.weight=$W$")) == ["$W$"] * 6


def test_the_names_of_a_textbook() -> None:
    texts = [f"s.weight[0,0,{t},{k}]={'abcdefghi'[2 * t + k]}" for t in range(5) for k in range(2) if 2 * t + k < 9]
    scene = scene_of("x=5 s=sparse:2,p=0/1", edge_labels=texts)
    assert sorted(labels(scene)) == [f"${letter}$" for letter in "abcdefghi"]


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("w_ij", "$w_{ij}$"),
        ("w_{i,j}", "$w_{i,j}$"),
        ("omega_1", r"$\omega_{1}$"),
        ("x^2", "$x^{2}$"),
        ("w_1^T", "$w_{1}^{T}$"),
        ("é", "$é$"),
        ("gain_1", "gain_1"),
        ("w_", "w_"),
        ("+1", "+1"),
        ("a b", "a b"),
        ("", ""),
    ],
)
def test_a_letter_with_an_index_is_set_as_mathematics(text: str, markup: str) -> None:
    assert symbol(text) == markup


def test_a_graph_names_its_parameters_itself() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for unit, layer in (("u", 0), ("v", 0), ("z", 1)):
        graph.add_node(unit, layer=layer, index=0 if unit != "v" else 1)
    graph.add_edge("u", "z", parameter="alpha", weight=1.0, layer=1)
    graph.add_edge("v", "z", parameter="the gain of a unit", weight=2.0, layer=1)
    assert labels(Figure.of(graph).changed(edge_labels="name").scene()) == [r"$\alpha$", "$w_{12}$"]
    assert labels(Figure.of(graph).changed(edge_labels="alpha=beta").scene()) == [r"$\beta$"]


def test_words_are_those_of_a_layer_before_those_of_all() -> None:
    options = Options(edge_labels=("letter", "h1=name", "index"))
    assert [word_of(options, name) for name in ("h1", "y")] == ["name", "index"]
    assert word_of(Options(), "y") == "auto"


@pytest.mark.parametrize("direction", [direction for direction in DIRECTIONS if direction != "auto"])
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize(
    "network",
    ["5 fc:3", "6 conv:3 fc:2", "x=4 conv:3,p=1 relu conv:3,p=1 add:x", "x=6 a=conv:3,p=1 b=conv:1,from=x concat:a"],
)
def test_labels_are_clear_of_units_and_of_one_another_on_the_colour_of_the_page(
    network: str, theme: str, direction: str
) -> None:
    scene = scene_of(network, edge_labels="name", theme=theme, direction=direction)
    texts = [text for text in scene.texts if text.classes == "weight"]
    assert texts
    assert all(text.plate == scene.background for text in texts)
    boxes = [_box(text) for text in texts]
    assert not [pair for pair in itertools.combinations(boxes, 2) if _overlap(*pair)]
    units = [
        Rectangle(unit.x - half, unit.y - half, unit.x + half, unit.y + half)
        for unit in scene.units
        for half in [scene.diameter / 2]
    ]
    others = [_box(text) for text in scene.texts if text.classes != "weight"]
    assert not [box for box in boxes if any(_overlap(box, other) for other in (*units, *others))]


def _box(text: Text) -> Rectangle:
    width, height = text.measure()
    shift = {"start": width / 2, "end": -width / 2}.get(text.align, 0.0)
    width, height = width - 1, height - 4  # what of a line of text is ink
    x = text.x + shift
    return Rectangle(x - width / 2, text.y - height / 2, x + width / 2, text.y + height / 2)


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one.left < other.right and other.left < one.right and one.bottom < other.top and other.bottom < one.top


def test_labels_of_a_convolution_lie_on_no_other_line() -> None:
    scene = scene_of("8 conv:3", edge_labels="name")
    at = {unit.id: (unit.x, unit.y) for unit in scene.units}
    lines = [(at[line.tail], at[line.head]) for line in scene.lines]
    for text in (text for text in scene.texts if text.plate):
        assert sum(_box(text).is_crossed(*line) for line in lines) == 1


def test_a_label_takes_the_freest_place_of_its_line_be_it_bent() -> None:
    bent = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0)]
    other = [(-50.0, 100.0), (150.0, 104.0)]
    (placed,) = place({0: bent, 1: other}, {0: "w"}, [Rectangle(-20, -20, 20, 20)])
    assert placed.x == 0.0
    assert 20 < placed.y < 85
    (moved,) = place({0: bent}, {0: "w"}, [Rectangle(-20, -20, 20, 110)])
    assert moved.y == 100.0
    assert moved.x > 20
    assert place({0: bent}, {0: "w"}, [Rectangle(-20, -20, 120, 120)]) == []
    assert place({0: bent}, {}, []) == []
    assert Placed("w", 0.0, 0.0).text == "w"


def test_a_place_with_fewer_lines_under_it_is_better() -> None:
    level = [(0.0, 0.0), (100.0, 0.0)]
    crossing = [[(x, -50.0), (x + 1.0, 50.0)] for x in range(-4, 72, 4)]
    (placed,) = place({0: level, **dict(enumerate(crossing, 1))}, {0: "ww"}, [])
    assert placed.x > 72


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("weight", r'edge-labels "weight" is called "value"'),
        ("nmae", r'unknown edge-labels "nmae" \(did you mean "name"\?\)'),
        ("z=name", r'edge-labels of "z": no layer has that name \(one of: x, y\)'),
        ("y.weight[0,0,9]=a", r'no weight "y.weight\[0,0,9\]" to label \(did you mean "y.weight.0.0.2"\?\)'),
        ("q=a", r'no weight "q" to label \(they go from y.weight.0.0.0 to y.weight.0.0.2\)'),
        ("x[9]:y[1]=b", r'no unit "x\[9\]" to label a connection of; there are x.1 to x.6'),
        ("x[1]:y[4]=b", r'no connection leads from "x\[1\]" to "y\[4\]"'),
        ("y=w_2", r'edge-labels "y=w_2": of a whole layer it is one of auto, none, name'),
        ("=w", r'edge-labels "=w" names no layer'),
        (r"y.weight[0,0,1]=$\foo$", r'unknown "\\foo" between dollar signs'),
        ("y.weight[0,0,1]=" + "a" * 1001, "1,001 characters; at most 1,000"),
    ],
)
def test_labels_of_what_is_not_there_are_refused(wish: str, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of("6 conv:3", edge_labels=wish)


def test_a_label_of_one_panel_needs_not_be_of_all() -> None:
    assert labels(scene_of("x=3 h=fc:2 // x=3 g=fc:2", edge_labels="g.weight[0,0]=a")) == ["$a$"]
    assert labels(scene_of("100 conv:3", max_units=6, edge_labels="x[50]:y[50]=a")) == []  # it is elided


def test_labels_stand_in_the_cells_of_matrices() -> None:
    scene = scene_of("3 fc:2", view="matrix", edge_labels="name")
    texts = [text for text in scene.texts if text.classes == "weight"]
    assert len(texts) == 6
    assert min(text.size for text in texts) > 9.5  # a label with markup is not as wide as it is long


def test_a_figure_file_says_them_as_a_table_too(tmp_path: Any) -> None:
    from connectivity.figures.figurefile import read_figure

    path = tmp_path / "a.toml"
    path.write_text('network = "4 conv:2 fc:2"\nedge-labels = {h1 = "name", "y.weight[0,0]" = "w_1"}\n')
    assert read_figure(path).options["edge_labels"] == ("h1=name", "y.weight[0,0]=w_1")
    assert json.dumps(read_figure(path).options["edge_labels"])


def test_a_gap_that_is_said_holds_with_labels_and_less_than_they_need_is_refused() -> None:
    depths = [
        next(unit.x for unit in scene.units if unit.classes.startswith("unit layer1"))
        - next(unit.x for unit in scene.units if unit.classes.startswith("unit layer0"))
        for gap in (2, 3, 8)
        for scene in [scene_of("7 conv:3", edge_labels="name", captions=False, gap=gap)]
    ]
    assert [depth / depths[0] for depth in depths] == pytest.approx([1, 1.5, 4])
    with pytest.raises(
        DrawingError, match=r"gap 1 is too little: the labels of connections need ([\d.]+) or more"
    ) as caught:
        scene_of("7 conv:3", edge_labels="name", gap=1)
    least = float(str(caught.value).split("need ")[1].split()[0])
    assert labels(scene_of("7 conv:3", edge_labels="name", gap=least))
