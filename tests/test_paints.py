"""What figures of each way of colouring look like, as they have: the strokes of each layer, and the legend."""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from connectivity import Figure
from connectivity.colour.themes import LIGHT, THEME
from connectivity.scene import Line

GOLDEN = Path(__file__).parent / "golden" / "paints.txt"
MOST = 14  # runs of strokes that are written down

MIXED = "x=6 a=conv:2 b=conv:4,from=x c=conv:3,p=1,from=x"
GIVEN = "9 conv:3,w=1/0/-1 conv:2 fc:2"
POOL = "4,values=2/2/-1/-3 maxpool:2"
FORMS: dict[str, dict[str, Any]] = {
    "9 conv:3": {},
    "9 conv:3 ": {"theme": "print"},
    "5 fc:3": {},
    "5 fc:3 ": {"theme": "print"},
    "2 fc:1": {"colormap": "viridis"},
    "1 fc:1": {},
    "1 conv:1": {},
    "9 conv:3 conv:2 fc:2": {"theme": "dark"},
    "4x9 conv:3,c=4": {"theme": "print"},
    "4x9 conv:3,c=4 ": {},
    "2x9 conv:3,c=2": {},
    "30 conv:14": {},
    "30 conv:14 ": {"theme": "print"},
    "2x12 conv:4": {"colormap": "viridis"},
    "a=4 f=fc:3 b=input:4 g=fc:3,share=f": {},
    "a=2 f=fc:1 b=input:2 g=fc:1,share=f": {},
    "a=4 f=fc:3 b=input:4 g=fc:3,share=f ": {"theme": "print"},
    MIXED: {},
    MIXED + " ": {"theme": "print"},
    "x=6 a=conv:2 b=conv:2,from=x c=conv:2,from=x d=conv:3,from=x": {},
    "x=6 a=fc:2 b=conv:2,from=x": {},
    GIVEN: {},
    GIVEN + " ": {"color_by": "sign"},
    GIVEN + "  ": {"color_by": "sign", "theme": "print"},
    GIVEN + "   ": {"color_by": "weight"},
    GIVEN + "    ": {"color_by": "none"},
    GIVEN + "     ": {"color_by": "layer"},
    GIVEN + "      ": {"theme": "print"},
    "9 conv:3,w=1/0/-1": {"edge_labels": "letter"},
    "9 conv:3,w=1/0/-1 ": {"edge_labels": "name"},
    "9 conv:3,w=1/0/-1  ": {"edge_labels": "value", "color_by": "parameter"},
    "12 conv:9,w=1/2/3/4/5/6/7/8/9": {},
    "12 conv:10,w=1/2/3/4/5/6/7/8/9/10": {},
    "6 sparse:2,w=1/2/3/4/5/6/7/8/9/10": {},
    "6 fc:4 // 6 conv:3 // 6 conv:4": {},
    "4x3 conv:2,c=8,g=2": {"color_by": "group"},
    "4x3 conv:2,c=8,g=2 ": {"color_by": "group", "theme": "print"},
    "20x2 conv:2,g=20": {"color_by": "group"},
    "20x2 conv:2,g=20 ": {"color_by": "group", "theme": "print"},
    "6x2 conv:1,c=6,g=3 fc:2": {"color_by": "group"},
    POOL: {"show": ("values",)},
    POOL + " ": {"show": ("values",), "theme": "dark"},
    "4,values=2/2/-1/-3 avgpool:2": {"show": ("values",)},
    "x=4,values=1/-2/3/4 conv:1,w=-1 max:x": {"show": ("values",)},
    "x=4 a=fc:4 add:x": {},
    "6 conv:3 relu fc:2": {},
    "5 fc:7 fc:3": {"merge": ("h1",)},
    "12 conv:3 fc:4": {"layers": "h1:y", "max_units": 6},
    "9 conv:3 fc:3": {"focus": ("y2",)},
    "9 conv:3,tie=2": {},
    "6 conv:3,bias": {"show": ("bias",)},
}


def said(line: Line) -> str:
    return f"{line.colour}/{line.width:g}" + (f"/{line.style}" if line.style != "solid" else "")


def layer_of(line: Line) -> str:
    return line.classes.split()[1]


def drawn(text: str, options: dict[str, Any]) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that colours are too few is said elsewhere
        scene = Figure.of(text.strip()).changed(units="circles", **options).scene()
    edges = [line for line in scene.lines if line.classes != "legend" and not line.stub]
    edges.sort(key=layer_of)
    for layer, lines in itertools.groupby(edges, key=layer_of):
        runs = [(stroke, len(list(same))) for stroke, same in itertools.groupby(map(said, lines))]
        rest = f" and {len(runs) - MOST} more" if len(runs) > MOST else ""
        yield f"{layer}: " + " ".join(f"{count}x{stroke}" for stroke, count in runs[:MOST]) + rest
    yield " | ".join(["legend", *(text.text for text in scene.texts if text.classes == "legend")])
    chips = [box.fill for box in scene.boxes] + [said(line) for line in scene.lines if line.classes == "legend"]
    ramps = [f"{shape.ramp[0][1]} to {shape.ramp[-1][1]}" for shape in scene.shapes if shape.classes == "bar"]
    yield " ".join(["in it", *chips, *ramps])


@pytest.mark.parametrize("text", FORMS)
def test_golden(text: str) -> None:
    """``CONNECTIVITY_UPDATE=1 python -m pytest tests/test_paints.py`` writes the file anew."""
    name = " ".join([text.strip(), *(f"{option}={value}" for option, value in FORMS[text].items())])
    if "CONNECTIVITY_UPDATE" in os.environ:
        before = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
        known = dict(part.split("\n", 1) for part in before.strip().split("\n\n") if part)
        known[f"# {name}"] = "\n".join(drawn(text, FORMS[text]))
        GOLDEN.write_text("\n\n".join("\n".join(part) for part in known.items()) + "\n", encoding="utf-8")
    known = dict(part.split("\n", 1) for part in GOLDEN.read_text(encoding="utf-8").strip().split("\n\n"))
    assert "\n".join(drawn(text, FORMS[text])) == known[f"# {name}"]


@pytest.mark.parametrize("number", [2500, 2501])
def test_more_connections_than_are_told_apart_run_through_a_sweep(number: int) -> None:
    side = {2500: (50, 50), 2501: (41, 61)}[number]
    scene = Figure.of(f"{side[0]} fc:{side[1]}").changed(max_units=0).scene()
    bars = [shape for shape in scene.shapes if shape.classes == "bar"]
    assert len(bars) == (number > 2500)


def test_where_some_weights_have_names_those_have_colours_and_the_others_one() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for layer, names in enumerate(("ab", "yz")):
        graph.add_nodes_from(names, layer=layer)
    for source, target, name in (("a", "y", "k"), ("b", "z", "k"), ("a", "z", "m")):
        graph.add_edge(source, target, parameter=name)
    graph.add_edge("b", "y")
    scene = Figure.of(graph).scene()
    assert sorted(line.colour for line in scene.lines) == sorted(
        [LIGHT.palette[0], LIGHT.palette[0], LIGHT.palette[1], LIGHT.muted]
    )
    assert [text.text for text in scene.texts if text.classes == "legend"][-1] == "without a name"
    assert [box.fill for box in scene.boxes] == [*LIGHT.palette[:2], LIGHT.muted]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_layers_without_names_have_a_colour_each_and_their_units_its_tint(theme: str) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for layer, name in enumerate("abcd"):
        graph.add_node(name, layer=layer)
    for source, target in itertools.pairwise("abcd"):
        graph.add_edge(source, target)
    scene = Figure.of(graph).changed(color_by="layer", fill="layer", theme=theme).scene()
    palette = THEME[theme].palette
    assert {line.classes.split()[1]: line.colour for line in scene.lines} == {
        f"layer{number}": palette[number - 1] for number in (1, 2, 3)
    }
    fills = [unit.fill for unit in scene.units]
    assert fills == [THEME[theme].input_fill, *map(THEME[theme].pale, palette[:3])]
