"""Options: what they change, and what they cannot be."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from scenes import compose_figure

import connectivity
from connectivity import DrawingError, build, parse
from connectivity.graphs.view import view
from connectivity.options import Options
from connectivity.picture.arranged import Arranged
from connectivity.colour.keys import Swatches
from connectivity.layout.columns import Arrangement
from connectivity.colour.paint import paint
from connectivity.scene import Scene


def arranged(text: str) -> Arrangement:
    return Arrangement(view(build(parse(text)[0])), 24, None)


def scene_of(text: str, **options: object) -> Scene:
    return compose_figure(parse(text), Options(**options))  # type: ignore[arg-type]  # any option


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"direction": "UP"}, "unknown direction"),
        ({"color_by": "wieght"}, 'did you mean "weight"'),
        ({"colormap": ""}, "has no name"),
        ({"show": ("values",)}, "no values to show"),
        ({"theme": "drak"}, 'did you mean "dark"'),
        ({"anchor": "middle"}, "unknown anchor"),
        ({"show": ("value",)}, 'did you mean "values"'),
        ({"columns": -1}, "columns must be 0 or more"),
        ({"vmin": math.nan}, "vmin must be a finite number"),
        ({"dpi": 0.0}, "dpi must be 1 or more"),
        ({"title": "x" * 1001}, "1,001 characters"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        scene_of("3 fc:2", **options)


def test_a_short_layer_over_a_long_one_is_shown_whole() -> None:
    columns = arranged("100 conv:91").columns
    assert [len(column.along) for column in columns] == [22, 10]


def test_biases_are_drawn_when_asked() -> None:
    text = "4 conv:2,bias fc:2,bias"
    assert len(scene_of(text, show=("bias",)).units) == len(scene_of(text).units) + 2
    assert len(scene_of(text, show=("bias",)).lines) == len(scene_of(text).lines) + 3 + 2


def test_unusual_graphs_are_drawn() -> None:
    graph: nx.MultiDiGraph[object] = nx.MultiDiGraph()
    graph.add_node(("a", 1), layer=0)
    graph.add_node(2.5, layer=2, position=7)
    graph.add_edge(("a", 1), 2.5)
    scene = compose_figure(graph, Options())
    assert len(scene.units) == 2
    assert len(scene.lines) == 1


def test_elision_does_not_hide_that_weights_are_shared() -> None:
    chosen = Options(max_units=3)
    panel = Arranged.of(view(build(parse("30 conv:3")[0])), chosen)
    (key,) = paint([(panel.view, panel.whole)], chosen)[1]
    assert isinstance(key, Swatches)
    assert len(key.items) == 3


def test_layer_titles_stand_for_headings() -> None:
    scene = scene_of("5 conv:3", layer_titles=("first", "second"))
    assert {"first", "second"} <= {text.text for text in scene.texts}
    with pytest.raises(DrawingError, match="3 layer titles for 2 layers"):
        scene_of("5 conv:3", layer_titles=("a", "b", "c"))


@pytest.mark.parametrize("text", ["25 conv:9,p=same", "26 conv:3,d=5,p=5", "2x30 conv:5,c=2"])
def test_arrows_of_one_weight_stay_parallel_across_an_elision(text: str) -> None:
    scene = scene_of(text)
    ends = {unit.id: (unit.x, unit.y) for unit in scene.units}
    slopes: dict[str, set[float]] = {}
    for line in scene.lines:
        if not line.stub:
            (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
            slopes.setdefault(line.classes, set()).add(round((y1 - y0) / (x1 - x0), 6))
    assert all(len(found) == 1 for found in slopes.values())


def test_line_breaks_in_layer_titles_are_spaces() -> None:
    scene = scene_of("6 conv:3", layer_titles=("a\nb\nc", "x"))
    assert "a b c" in {text.text for text in scene.texts}


def test_options_by_their_names_on_the_command_line() -> None:
    figure = connectivity.Figure.of("3 fc:2")
    assert figure.changed(row_title=["a", "b"]).draw() == figure.changed(row_titles=["a", "b"]).draw()
    with pytest.raises(DrawingError, match=r'unknown option "row_titel" \(did you mean "row_title'):
        connectivity.draw("3", row_titel="a")
    with pytest.raises(DrawingError, match='"row_titles" is said twice'):
        figure.changed(row_title="a", row_titles="b")
    with pytest.raises(DrawingError, match="highlight must be a text, not 5"):
        connectivity.draw("3", highlight=5)
    assert connectivity.draw("3 fc:1", max_units=np.int64(2), vmax=np.float32(1)) == connectivity.draw(
        "3 fc:1", max_units=2, vmax=1.0
    )


def test_numbers_for_graphs_are_refused() -> None:
    graph = connectivity.build(connectivity.parse("3 fc:2")[0])
    with pytest.raises(connectivity.GraphError, match="a graph has its numbers already: seed is for networks"):
        connectivity.draw(graph, seed=3)
    with pytest.raises(connectivity.NetworkError, match="build takes a Network, as parse"):
        connectivity.build("3 fc:2")  # type: ignore[arg-type]
    assert connectivity.receptive_field(graph, "y[1]") == connectivity.receptive_field(graph, "y1")


def test_a_figure_says_what_it_is() -> None:
    assert repr(connectivity.Figure.of("3 // 4").changed(theme="dark")) == "<Figure of 2 panels, theme='dark'>"


def test_transparent_figures_have_no_background() -> None:
    assert b'fill="#ffffff" stroke="none" points' in connectivity.draw("3", labels=False)
    assert b'fill="#ffffff" stroke="none" points' not in connectivity.draw("3", transparent=True)
