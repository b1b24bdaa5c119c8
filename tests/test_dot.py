"""DOT text: quoting, a closed list of attributes, and a structure that no user's text can change."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scenes import compose_figure

import connectivity
from connectivity.graphs.unitnames import Label
from connectivity.options import Options
from connectivity.rendering.dot import clean, dot, quoted
from connectivity.rendering.render import render
from connectivity.scene import Scene, Text, Unit

GOLDEN = Path(__file__).parent / "golden" / "dark.dot"
SVG = "{http://www.w3.org/2000/svg}"
GRAPH_ATTRIBUTES = {"margin", "viewport", "notranslate", "size", "bgcolor", "outputorder", "pad", "dpi", "_background"}
NODE_ATTRIBUTES = {
    *("label", "shape", "style", "fixedsize", "width", "height", "fontname", "fontsize", "fontcolor", "class"),
    *("pos", "fillcolor", "color", "penwidth", "id"),
}
EDGE_ATTRIBUTES = {"arrowsize", "arrowhead", "penwidth", "color", "id", "class", "dir", "headclip", "tailclip", "style"}
PIECES = [
    *('"', "\\", '\\"', "\\N", "\\G", "<b>", "</b>", "<<i>", "&amp;", "&", "&#0;", "]]>", "-->", "\n", "\r", "\0"),
    *("\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff", "\ufffe", "\u202eabc", "\u05e9\u05dc", "\U0001f600"),
    *("->", "{", "}", "[", "]", ";", "//", "/*", "#", '" URL="x', "URL=x", "%n", "$1", "\\1", "\\g<1>"),
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=2), max_size=4)
texts = hostile.map("".join).map(lambda text: text[:10])


def parsed(text: str) -> Any:
    import pygraphviz  # within, since these tests alone need it

    return pygraphviz.AGraph(string=text)


def scene_with(title: str, panels: tuple[str, str], description: str, heading: str) -> Scene:
    options = Options(title=title, panel_titles=panels, description=description, layer_titles=(heading,))
    return compose_figure("3 conv:2 // 2 fc:1", options)


def graph_with(first: str, second: str, parameter: str, name: str) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("1" + first, layer=0, channel=0)
    graph.add_node("2" + second, layer=1)
    graph.add_edge("1" + first, "2" + second, weight=1.5, parameter=parameter)
    graph.add_edge("1" + first, "2" + second, weight=-1.5, parameter="w" + parameter)
    graph.graph["layers"] = [{"name": name}, {"name": "y"}]
    return graph


def structure(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    graph = parsed(text)
    assert set(graph.graph_attr) <= GRAPH_ATTRIBUTES
    assert set(graph.node_attr) <= NODE_ATTRIBUTES
    assert set(graph.edge_attr) <= EDGE_ATTRIBUTES
    return sorted(graph.nodes()), sorted(graph.edges())


def elements(svg: bytes) -> Counter[str]:
    return Counter(
        f"{element.tag} {sorted(set(element.attrib) - {'textLength', 'lengthAdjust'})}"
        for element in ET.fromstring(svg).iter()
    )


def harmless(text: str) -> str:
    return "x" if text.split() else ""


@given(texts, texts, texts, texts)
@settings(max_examples=60)
@example('"];evil[label="', "\\", '<b>&amp;"', "\0\ud800\U0001f600")
def test_no_title_changes_the_structure(title: str, panel: str, description: str, heading: str) -> None:
    title, panel, heading = (re.sub("[\n\r\u2028\u2029]", " ", text) for text in (title, panel, heading))
    found = scene_with(title, (panel, title), description, heading)
    plain = scene_with(
        harmless(title), (harmless(panel), harmless(title)), "x" * bool(description), "x" * bool(heading)
    )
    assert structure(dot(found)) == structure(dot(plain))
    drawn, expected = (render(scene) for scene in (found, plain))
    if not set(found.title + found.description) & {" "} and heading.strip():
        assert elements(drawn) == elements(expected)
    svg = ET.fromstring(drawn)
    assert svg.findtext(f"{SVG}desc") == "\n".join(map(clean, found.description.split("\n")))
    assert svg.findtext(f"{SVG}title") == clean(found.title)


@given(texts, texts, texts, texts)
@settings(max_examples=60)
def test_no_name_in_a_graph_changes_the_structure(first: str, second: str, parameter: str, name: str) -> None:
    options = Options(captions=False)
    found = compose_figure(graph_with(first, second, parameter, name), options)
    plain = compose_figure(graph_with("!", "!", "x", "x"), options)
    assert structure(dot(found)) == structure(dot(plain))
    drawn = render(found)
    svg = ET.fromstring(drawn)
    assert [group.get("id") for group in svg.iter(f"{SVG}g") if group.get("id")] == ["e1", "e2", "i1", "u1"]
    tips = [element.text for element in svg.iter(f"{SVG}title")][1:]
    assert tips[-2:] == [clean("1" + first), clean("2" + second)]
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        *("svg", "g", "title", "desc", "style", "path", "polygon", "polyline", "ellipse", "text", "tspan"),
    }


@given(texts)
def test_a_quoted_text_is_read_back_as_it_was(text: str) -> None:
    graph = parsed(f"digraph {{ n [label={quoted(text)}] }}")
    assert graph.nodes() == ["n"]
    read = graph.get_node("n").attr["label"] or ""
    assert read.replace("\\\\", "\\").replace("&amp;", "&") == clean(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ('a"b', r'"a\"b"'),
        ("\\", r'"\\"'),
        ('\\"', r'"\\\""'),
        ("\\N \\n", r'"\\N \\n"'),
        ("<b>", '"<b>"'),
        ("&amp;", '"&amp;amp;"'),
        ("a\nb", '"a\ufffdb"'),
        ("שלום 😀", '"שלום 😀"'),
    ],
)
def test_quoting(text: str, expected: str) -> None:
    assert quoted(text) == expected


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_what_is_clean_is_xml(text: str) -> None:
    found = clean(text)
    assert ET.fromstring(f"<a>{found.replace('&', '&amp;').replace('<', '&lt;')}</a>").text == (found or None)
    assert len(found) == len(text)
    assert clean(found) == found


def test_a_label_with_scripts_is_escaped() -> None:
    scene = Scene("#ffffff", "#000000", "#000000", 20.0, 20.0, 10.0, width=50, height=50)
    scene.units.append(Unit("u1", 25, 25, Label("<a&>", '"&', "</SUB>"), "#ffffff", "unit", ""))
    graph = parsed(dot(scene))
    label = graph.get_node("u1").attr["label"]
    assert re.sub(r"</?(I|SUB|SUP|FONT)\b[^>]*>", "", label) == "&lt;a&amp;&gt;&lt;/SUB&gt;"
    svg = ET.fromstring(render(scene))
    assert "".join("".join(text.itertext()) for text in svg.iter(f"{SVG}text")) == '<a&></SUB>"&'


def test_scripts_over_one_another_part() -> None:
    """The one that stands over the line of the other is moved away from it: a subscript down, a superscript up."""
    text = connectivity.Figure.of("14 conv:2 conv:2 fc:2").draw("dot").decode()
    unit = re.search(r'u1\[id=u1 pos="[^,]*,([^"]*)"', text)
    low = re.search(r'\[pos="[^,]*,([^"]*)" label=<[^<]<SUB>', text)
    assert unit
    assert low
    assert float(unit[1]) - float(low[1]) == pytest.approx(0.12 * 13, abs=0.01)


def test_a_text_of_several_lines_is_a_node_for_each() -> None:
    scene = Scene("#ffffff", "#000000", "#000000", 20.0, 20.0, 10.0, width=50, height=50)
    scene.texts.append(Text(25, 25, "one\ntwo\\l", 10.0, "#000000", align="start"))
    graph = parsed(dot(scene))
    labels = [node.attr["label"] for node in graph.nodes() if node.attr["label"]]
    assert labels == ["one\\l", "two\\\\l\\l"]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "2x30,values=" + "/".join(["1"] * 60) + " conv:3,g=2,c=4,bias fc:3",
        "75 fc:75 // 3,values=1/2/3",
        "4,values=1/2/3/4 maxpool:2",
    ],
)
def test_only_a_closed_list_of_attributes_is_written(text: str, flat: bool) -> None:
    scene = compose_figure(text, Options(max_units=0, title="A title", show=("bias", "values"), boxes=("x",)))
    nodes, edges = structure(dot(scene, dpi=100, flat=flat))
    assert len([node for node in nodes if node[0] in "iu"]) == len(scene.units)
    assert len(edges) == (0 if flat and scene.dense else len(scene.lines))


def test_a_dense_scene_says_every_line_once_as_a_stroke() -> None:
    scene = compose_figure("75 fc:75", Options(max_units=0))
    graph = parsed(dot(scene, flat=True))
    assert len(re.findall(r"\bL 2 ", graph.graph_attr["_background"])) == 75 * 75


def test_positions_are_those_of_the_scene() -> None:
    scene = compose_figure("6 conv:3", Options())
    graph = parsed(dot(scene))
    for unit in scene.units:
        place = [float(number) for number in graph.get_node(unit.id).attr["pos"].split(",")]
        assert place == pytest.approx([unit.x, unit.y], abs=0.006)


def test_a_bitmap_has_its_resolution() -> None:
    scene = compose_figure("2", Options())
    graph = parsed(dot(scene, dpi=96))
    assert graph.graph_attr["dpi"] == "96"
    assert "dpi" not in dot(scene)


def test_golden() -> None:
    """``CONNECTIVITY_UPDATE=1 python -m pytest tests/test_dot.py`` writes the file anew."""
    found = connectivity.draw(
        "4 conv:3,p=1,padding_mode=circular,w=1/0/-0.5", "dot", theme="dark", direction="TB", title='"A" & <b>'
    ).decode()
    if "CONNECTIVITY_UPDATE" in os.environ:
        GOLDEN.write_text(found, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == found
