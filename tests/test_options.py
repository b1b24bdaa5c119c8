"""Options: what they change, and what they cannot be."""

from __future__ import annotations

import atexit
import math
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import PROGRAM
from scenes import compose_figure, standing
from test_fonts import NOWHERE, made

import connectivity
from connectivity import DrawingError, Figure, parse
from connectivity.errors import MissingGlyphs
from connectivity.options import Options, Setting, settings
from connectivity.scene import Scene


def scene_of(text: str, **options: object) -> Scene:
    return compose_figure(parse(text), Options(**options))  # type: ignore[arg-type]  # any option


VALUED = "2x6,values=1/2/3/4/5/6/6/5/4/3/2/-1,drop=2 conv:3,c=2,g=2,p=1,bias conv:2,c=2,g=2,w=1/-1/1/2 fc:2"
"""A network of everything: values, a dropped unit, channels, groups, padding, biases, weights that are given."""


class Example(NamedTuple):
    """Values of an option, no two of which draw the same; those of a choice are its choices.

    ``network`` is drawn with ``options`` in ``format``; a figure that is refused is its message.
    """

    values: tuple[Any, ...] = ()
    network: str = VALUED
    options: Mapping[str, Any] = {}
    format: str = "dot"


OWN_FONT = made(Path(tempfile.mkdtemp(prefix="connectivity-")) / "own.ttf", NOWHERE)
atexit.register(shutil.rmtree, OWN_FONT.parent)

EXAMPLES = {
    "title": Example(("A title",)),
    "description": Example(("In words.",), format="svg"),
    "list_connections": Example((True,), format="svg"),
    "panel_titles": Example((("one", "two"),), "3 fc:2 // 4 fc:2"),
    "layer_titles": Example((("first",),)),
    "layer_captions": Example(("y=a", "y=", ("x=a", "y=b\\nc"))),
    "row_titles": Example((("a row",),)),
    "boxes": Example(("h1", "y", ("h1", "y"))),
    "merge": Example(("h1", "y", ("h1", "y"))),
    "columns": Example((1, 2), "2 // 3 // 4"),
    "direction": Example(),
    "width": Example(("60mm", "4in"), "4 conv:3", {"font_size": "7pt"}),
    "height": Example(("60mm", "4in"), "4 conv:3"),
    "font_size": Example(("8pt", "14pt"), "4 conv:3"),
    "gap": Example((1, 2.5), "4 conv:3"),
    "pitch": Example(("30pt", "60px"), "4 conv:3"),
    "anchor": Example(network="8 conv:3,p=causal conv:3"),
    "channels": Example(options={"units": "circles"}),
    "view": Example(),
    "matrix": Example(options={"view": "both"}),
    "units": Example((("circles",), ("squares",), ("cells", "h1=circles")), "2x6 conv:3,c=2 fc:3"),
    "edges": Example((("none",), ("lines",)), "2x8 conv:3,c=4"),
    "kernels": Example((("none",), ("values",), ("y",)), "2x8 conv:3,c=4"),
    "max_units": Example((3, 30), "40 fc:40"),
    "crop": Example(("2/3", "1/2")),
    "layers": Example(("h1:y", "h1:h1", ":h1")),
    "focus": Example(
        ("y[1]", "h1[1,2]", ("h1[1,2]", "h1[2,5]")), "2x6 conv:3,c=2 conv:2,c=2 fc:2", {"units": "circles"}
    ),
    "window": Example(("h1=1/2", "x=2/3", ("x=2/3", "x=5/6")), "2x6 conv:3,c=2", {"units": "circles"}),
    "only": Example(("x=1", "h1=2", ("x=2", "h1=2")), "2x6 conv:3,c=2 conv:2", {"units": "circles"}),
    "windows": Example(network="8 conv:3"),
    "max_edges": Example((10,)),
    "color_by": Example(),
    "colormap": Example(("viridis", "coolwarm")),
    "vmin": Example((-5.0, -9.0), "4 conv:2,w=1/-1"),
    "vmax": Example((5.0, 9.0), "4 conv:2,w=1/-1"),
    "scale": Example(network="10 fc:20 conv:3,w=0.1/0.2/0.3", options={"color_by": "weight"}),
    "theme": Example(format="svg"),
    "highlight": Example(("y[1]", "y[1]:window", "x[1,1]:reach", ("y[1]", "y[2]=crimson"))),
    "rest": Example(options={"highlight": "y[1]:window"}),
    "show": Example(),
    "padding": Example(),
    "dropped": Example(),
    "zeros": Example(network="6 conv:3,w=1/0/-1"),
    "threshold": Example(("0.3", "2", "20%", "100%"), "6 fc:3", {"color_by": "weight"}),
    "labels": Example(),
    "unit_labels": Example(("y=a", "y=a/b", ("y=a", "y[1]=b"))),
    "channel_labels": Example(("x=a/b", ("x=a/b", "y=c"))),
    "index_from": Example((0,)),
    "edge_labels": Example(
        ("name", "value", "letter", "index", "h1=name", "y.weight[0,0]=w_2", "x[1]:h1[1]=a"), "6 conv:3 fc:2"
    ),
    "unit_shape": Example(options={"unit_labels": "y=long/long"}),
    "fill": Example(),
    "captions": Example((False,)),
    "legend": Example((False,)),
    "transparent": Example((True,)),
    "font": Example((str(OWN_FONT),), options={"title": NOWHERE}, format="png"),
    "text": Example(format="svg"),
    "standalone": Example((True,), format="tex"),
    "animate": Example(("slide", "forward", "grow", "slide:h1"), format="svg"),
    "period": Example((0.5, 2.0), options={"animate": "slide"}, format="svg"),
    "loop": Example((False,), options={"animate": "slide"}, format="svg"),
    "dpi": Example((50.0, 100.0), format="png"),
}
"""For every option what it can do; one that is left out fails a test."""

DEPENDING = ("direction", "matrix", "scale")
"""Options whose "auto" is one of their other values, depending on what is drawn."""


def picture(example: Example, **options: Any) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MissingGlyphs)
            return Figure.of(example.network).changed(**{**example.options, **options}).draw(example.format)
    except DrawingError as error:
        return str(error).encode()


def test_no_option_is_called_like_what_a_page_says_of_a_figure() -> None:
    assert not {"caption", "alt", "name", "class", "align"}.intersection(setting.flag for setting in settings())


def test_every_option_has_an_example() -> None:
    assert list(EXAMPLES) == [setting.name for setting in settings()]


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.flag)
def test_every_value_of_every_option_does_something(setting: Setting) -> None:
    example = EXAMPLES[setting.name]
    drawn: dict[bytes, Any] = {} if setting.default in setting.choices else {picture(example): setting.default}
    if setting.default is None and setting.choices:
        drawn = {}  # which of them it is depends on the layer
    for value in [choice for choice in setting.choices if setting.name not in DEPENDING or choice != "auto"] or (
        example.values
    ):
        found = picture(example, **{setting.name: value})
        assert found not in drawn, f"{setting.flag} {value} draws the same as {drawn[found]}"
        drawn[found] = value
    assert len(drawn) > 1
    assert (
        setting.default not in setting.choices
        or setting.name in DEPENDING
        or drawn[picture(example)] == setting.default
    )


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.flag)
def test_every_option_does_the_same_on_the_command_line(setting: Setting) -> None:
    example = EXAMPLES[setting.name]
    value = setting.choices[-1] if setting.choices else example.values[-1]
    words = [word for key, own in example.options.items() for word in said(key, own)]
    arguments = ["draw", *example.network.split(), *words, *said(setting.name, value), "-f", example.format]
    done = CliRunner().invoke(PROGRAM, arguments)
    expected = picture(example, **{setting.name: value})
    if done.exit_code:
        assert str(done.exception).encode() == expected
    else:
        assert done.stdout_bytes == expected


def said(name: str, value: Any) -> Sequence[str]:
    """An option on the command line."""
    flag = next(setting.flag for setting in settings() if setting.name == name)
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    return [word for each in (value if isinstance(value, tuple) else (value,)) for word in (f"--{flag}", str(each))]


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
        ({"zeros": "none"}, "unknown zeros"),
        ({"width": "84"}, 'width "84" is no length \\(say a unit, as 84mm: mm, cm, in, pt or px\\)'),
        ({"width": "wide"}, 'width "wide" is no length \\(as 84mm, 3.3in, 240pt or 600px\\)'),
        ({"height": "\u0665mm"}, "is no length"),
        ({"height": ""}, 'height "" is no length'),
        ({"pitch": "0mm"}, 'pitch must be 1pt to 20,000pt, not "0mm"'),
        ({"width": "1e3mm"}, "is no length"),
        ({"width": 84}, "is no length: say a unit"),
        ({"font_size": "2pt"}, 'font-size must be 3pt to 200pt, not "2pt"'),
        ({"gap": 0.1}, "gap must be 0.3 to 40, not 0.1"),
        ({"threshold": "a lot"}, 'threshold "a lot" is neither a size of weights'),
        ({"threshold": "1,5"}, "neither a size"),
        ({"threshold": "1_0"}, "neither a size"),
        ({"threshold": "\u0665"}, "neither a size"),
        ({"threshold": "%"}, "neither a size"),
        ({"threshold": math.nan}, "neither a size"),
        ({"threshold": "1e999"}, "neither a size"),
        ({"threshold": -0.1}, 'threshold must be 0 or more, not "-0.1"'),
        ({"threshold": "-1%"}, "a share from 0% to 100%"),
        ({"threshold": "100.5%"}, 'a share from 0% to 100%, not "100.5%"'),
        ({"threshold": True}, "threshold must be a text"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        scene_of("3 fc:2", **options)


def test_a_short_layer_over_a_long_one_is_shown_whole() -> None:
    _, columns = standing("100 conv:91", 24)
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
    scene = scene_of("30 conv:3", max_units=3)
    assert len(scene.units) < 40
    assert [text.text for text in scene.texts if text.classes == "legend"] == ["shared weights", "w₁", "w₂", "w₃"]


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
        connectivity.draw("3", row_titel="a")  # type: ignore[call-arg]  # which it is about
    with pytest.raises(DrawingError, match='"row_titles" is said twice'):
        figure.changed(row_title="a", row_titles="b")
    with pytest.raises(DrawingError, match="highlight must be a text, not 5"):
        connectivity.draw("3", highlight=5)  # type: ignore[arg-type]  # which it is about
    numbers: Any = {"max_units": np.int64(2), "vmax": np.float32(1)}
    assert connectivity.draw("3 fc:1", **numbers) == connectivity.draw("3 fc:1", max_units=2, vmax=1.0)


def test_numbers_for_graphs_are_refused() -> None:
    graph = connectivity.build(connectivity.parse("3 fc:2")[0])
    with pytest.raises(
        connectivity.GraphError, match="a graph has its numbers already: leave seed out, which is for networks"
    ):
        connectivity.draw(graph, seed=3)
    with pytest.raises(connectivity.NetworkError, match="build takes a Network, as parse"):
        connectivity.build(graph)  # type: ignore[arg-type]  # which it is about
    assert connectivity.receptive_field(graph, "y[1]") == connectivity.receptive_field(graph, "y1")


def test_a_figure_says_what_it_is() -> None:
    assert repr(connectivity.Figure.of("3 // 4").changed(theme="dark")) == "<Figure of 2 panels, theme='dark'>"


def test_transparent_figures_have_no_background() -> None:
    assert b'fill="#ffffff" stroke="none" points' in connectivity.draw("3", labels=False)
    assert b'fill="#ffffff" stroke="none" points' not in connectivity.draw("3", transparent=True)
