"""The finished SVG: one well-formed document that says what everything in it is."""

from __future__ import annotations

import functools
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import networkx as nx
import pytest
from conftest import ROOT
from scenes import arrows, compose_figure, wired

import connectivity
from connectivity import Figure
from connectivity.colour.themes import THEME
from connectivity.options import Options
from connectivity.rendering import engines
from connectivity.rendering.dot import dot
from connectivity.rendering.svg import MOST_RULES, finish
from connectivity.rendering.svgtext import Piece, Writing, live
from connectivity.scene import Scene
from connectivity.typeset.metrics import text_width

SVG = "{http://www.w3.org/2000/svg}"
ELIDED, DENSE = "40 conv:3,w=1/0/-1 fc:2,bias", "75 fc:75"
WHOLE = (
    "6 conv:3 fc:2",
    "5 fc:5 // 5 sparse:3,p=1",
    "2x4 conv:2,c=4,g=2 maxpool:2 tanh",
    "4,values=1/2/3/-4 convtranspose:2,s=2",
    "1 conv:3,p=1,padding_mode=circular",
    "27 fc:27",
    "1",
)
figures = pytest.mark.parametrize("text", [*WHOLE, ELIDED, DENSE])


@functools.cache
def drawn(text: str) -> bytes:
    return connectivity.draw(text, max_units=24 if text == ELIDED else 0)


def root_of(text: str) -> ET.Element:
    return ET.fromstring(drawn(text))


def marks(root: ET.Element, kind: str) -> list[ET.Element]:
    return [group for group in root.iter(f"{SVG}g") if kind in (group.get("class") or "").split()]


def tip(group: ET.Element) -> str:
    return group.findtext(f"{SVG}title") or ""


def said(edge: ET.Element) -> tuple[str, str, str | None]:
    """Source, target and parameter, from a tooltip."""
    match = re.fullmatch(r"(\S+) → (\S+?)(?:: ([a-z]\S*) = \S+|: \S+)?", tip(edge))
    assert match, tip(edge)
    source, target, parameter = match.groups()
    return source, target, parameter


@figures
def test_it_is_a_picture_with_a_name_and_a_description(text: str) -> None:
    root = root_of(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    first, second = list(root)[:2]
    assert [first.tag, second.tag] == [f"{SVG}title", f"{SVG}desc"]
    assert (root.get("aria-labelledby") or "").split() == [first.get("id"), second.get("id")]
    assert first.text
    assert (second.text or "").startswith(("A network with", "Panel 1"))


@figures
def test_there_is_nothing_of_graphviz_left(text: str) -> None:
    data = drawn(text).decode()
    assert not re.search(r"<!--|<!DOCTYPE|&#45;&gt;|-&gt;|Graphviz|xml:space|<a ", data)
    assert not re.search(r"<title>(m|u|s|e)?\d+</title>|graph0|>node<|nan|inf\b", data)
    assert data.endswith("</svg>\n")
    assert data.count("<?xml") == 1


@figures
def test_ids_are_unique(text: str) -> None:
    ids = Counter(element.get("id") for element in root_of(text).iter() if element.get("id"))
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("text", WHOLE)
def test_every_unit_and_connection_has_an_id_a_class_and_a_tooltip(text: str) -> None:
    root, views = root_of(text), [wired(panel) for panel in text.split(" // ")]
    units, edges = marks(root, "unit"), marks(root, "edge")
    assert len(units) == sum(len(seen.names) for seen in views)
    assert len(edges) == sum(len(seen) for seen in views)
    assert all(group.get("id") for group in units + edges)
    assert [tip(group).split(" = ")[0] for group in units] == [name for seen in views for name in seen.names]
    expected = [(arrow.source, arrow.target, arrow.parameter) for seen in views for arrow in arrows(seen)]
    assert [said(edge) for edge in edges] == expected


@pytest.mark.parametrize(
    "text", ["9 conv:3 conv:2", "2x4 conv:2,c=4,g=2", "6 conv:3 // 6 conv:3", "4 fc:3", "8 conv:2,tie=2"]
)
def test_connections_share_a_class_exactly_where_they_share_a_parameter(text: str) -> None:
    edges = marks(ET.fromstring(connectivity.draw(text, captions=False)), "edge")
    panels = [len(wired(panel)) for panel in text.split(" // ")]
    number = [panel for panel, count in enumerate(panels) for _ in range(count)]
    for (one, here), (other, there) in itertools.combinations(zip(edges, number, strict=True), 2):
        same = said(one)[2] == said(other)[2] and here == there
        assert (weight_class(one) == weight_class(other)) == same


def weight_class(edge: ET.Element) -> str:
    """The class that connections of one weight share."""
    (name,) = (name for name in (edge.get("class") or "").split() if name[0] in "vw")
    return name


def test_connections_into_a_unit_have_its_number() -> None:
    root = root_of("9 conv:3 conv:2")
    units = {said_name: group.get("id") for group in marks(root, "unit") for said_name in [tip(group).split(" = ")[0]]}
    for edge in marks(root, "edge"):
        assert f"to{(units[said(edge)[1]] or '')[1:]}" in (edge.get("class") or "").split()


def test_pointing_at_a_weight_or_a_unit_is_answered_by_the_style_sheet() -> None:
    svg = connectivity.draw("4 conv:2").decode()
    for rule in (
        "svg.connectivity:has(.w1:hover) :is(.edge, .cell):not(.w1)",
        "svg.connectivity:has(.w2:hover) .w2 path",
        "svg.connectivity:has([id$=u3]:hover) .to3 path",
    ):
        assert rule in svg
    lone = connectivity.draw("4 fc:2").decode()
    assert ".w1" not in lone  # nothing shares a weight
    dense = connectivity.draw("75 fc:75", max_units=0).decode()
    assert "svg.connectivity .unit:hover > .rays" in dense
    assert ".edge" not in dense


def test_the_theme_auto_holds_the_colours_of_both() -> None:
    options = {"show": ["values"], "title": "T", "highlight": "y[1]:window", "padding": "values"}
    text = "4,values=1/2/0/-1 conv:3,p=1,w=1/0/-1 // 3 fc:2"
    light, dark, auto = (connectivity.draw(text, theme=name, **options).decode() for name in ("light", "dark", "auto"))  # type: ignore[arg-type]
    body = auto.partition("</style>")[2]
    around = re.compile(r'<g fill="[^"]*">(<(?:(?!<g ).)*?data-dark="[^"]*outer".*?)</g>')
    assert re.sub(r' (?:color|data-dark)="[^"]*"', "", around.sub(r"\1", body)) == light.partition("</style>")[2]
    assert [colour for _, colour in colours_by_place(auto.encode(), night=True)] == [
        colour for _, colour in colours_by_place(dark.encode(), night=False)
    ]
    assert "prefers-color-scheme: dark" in auto
    assert "prefers-color-scheme" not in light + dark


def test_classes_name_the_layer() -> None:
    root = root_of("6 conv:3 fc:2")
    assert Counter((group.get("class") or "") for group in marks(root, "unit")) == {
        "unit layer0": 6, "unit layer1": 4, "unit layer2": 2,
    }  # fmt: skip
    assert Counter((group.get("class") or "").split()[1] for group in marks(root, "edge")) == {
        "layer1": 12,
        "layer2": 8,
    }
    kinds = {(group.get("class") or "").split()[0] for group in root.iter(f"{SVG}g")}
    assert kinds == {"graph", "unit", "edge", "caption", "legend", "dots"}


def test_titles_captions_and_dots_have_classes() -> None:
    root = ET.fromstring(connectivity.draw("40 conv:3 // 2x4 conv:2,g=2", title="T", panel_titles=("a", "b")))
    assert len(marks(root, "title")) == 3
    assert len(marks(root, "dots")) == 6
    assert marks(root, "group")
    assert marks(root, "stub")


def test_labels_are_one_text_with_subscripts() -> None:
    root = root_of("6 conv:3 fc:2")
    for group in marks(root, "unit"):
        (label,) = group.findall(f"{SVG}text")
        (circle,) = group.findall(f"{SVG}ellipse")
        stem, sub = label.findall(f"{SVG}tspan")
        width = text_width(stem.text or "", 13, "italic") + text_width(sub.text or "", 9.1)
        assert float(label.get("x") or 0) + width / 2 == pytest.approx(float(circle.get("cx") or 0), abs=0.5)
        assert label.get("textLength") is None  # there is room
        assert stem.get("font-style") == "italic"
        assert float(sub.get("font-size") or 0) < float(label.get("font-size") or 0)
        assert float(sub.get("dy") or "") > 0
    assert "".join(marks(root, "unit")[0].itertext()).split() == ["x1", "x1"]  # its tooltip, its label


def test_texts_and_shapes_have_the_same_origin() -> None:
    root = root_of("6 conv:3 fc:2")
    caption = next(text for text in root.iter(f"{SVG}text") if text.text == "input")
    circle = next(marks(root, "unit")[0].iter(f"{SVG}ellipse"))
    assert float(caption.get("x") or 0) == pytest.approx(float(circle.get("cx") or 1), abs=0.02)


def test_labels_with_a_superscript_come_back_to_the_line() -> None:
    root = ET.fromstring(connectivity.draw("3 fc:2 fc:2 fc:1"))
    labels = [group.find(f"{SVG}text") for group in marks(root, "unit")]
    found = ["".join(label.itertext()) for label in labels if label is not None]
    assert found == ["x1", "x2", "x3", "h1(1)", "h2(1)", "h1(2)", "h2(2)", "y1"]
    label = labels[3]
    assert label is not None
    shifts = [float(span.get("dy") or 0) for span in label]
    assert shifts[1] > 0 > shifts[1] + shifts[2]


MARKED = r"a $x_{ij}^{(2)}$ b $\sigma(h^2)$ c"


def test_a_line_is_one_text_whose_pieces_flow_and_come_back() -> None:
    svg = connectivity.draw("3 fc:2", title=MARKED, layer_titles=(MARKED, MARKED), row_titles=("in $x_1$",))
    lines = [text for text in ET.fromstring(svg).iter(f"{SVG}text") if len(text)]
    assert len(lines) == 5 + 4
    assert ["".join(line.itertext()) for line in lines].count("a xij(2) b σ(h2) c") == 3
    for line in lines:
        assert line.get("text-anchor") is None  # which CairoSVG, svglib and LibreOffice take to be that of each piece
        assert all(span.get("x") is span.get("baseline-shift") is None for span in line)
        spaced = any(" " in (span.text or "")[:1] + (span.text or "")[-1:] for span in line)
        assert (line.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve") == spaced
        risen = list(itertools.accumulate(float(span.get("dy") or 0) for span in line))
        for height, span in zip(risen, line, strict=True):
            assert (span.get("font-size") is not None) == (abs(height) > 0.5), "what is raised or lowered is small"
        sizes = [float(span.get("font-size") or line.get("font-size") or 0) for span in line]
        assert {round(size / sizes[0], 2) for size in sizes} == {1.0, 0.7}


def test_pieces_can_stand_over_one_another() -> None:
    """A superscript over its subscript starts before the end of it, and the next piece behind the longer of the two."""
    pieces = [
        Piece("x", 10, italic=True),
        Piece("ij", 7, rise=-2),
        Piece("2", 7, rise=4, move=-3),
        Piece("y", 10, move=1),
    ]
    line = Writing(50, 20, pieces, 10, "#123456")
    assert line.width == pytest.approx(sum(piece.width for piece in pieces) - 2)
    spans = list(ET.fromstring(live(line)))
    assert [(span.get("dx"), span.get("dy")) for span in spans] == [
        (None, None),
        (None, "2"),
        ("-3", "-6"),
        ("1", "4"),
    ]


def test_names_in_other_scripts() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name in ("é1", "日本", "a<b", "h[1,2]", "_", "9lives"):
        graph.add_node(name, layer=0)
    root = ET.fromstring(connectivity.draw(graph, captions=False))
    units = marks(root, "unit")
    assert [tip(group) for group in units] == ["é1", "日本", "a<b", "h[1,2]", "_", "9lives"]
    shown = ["".join("".join(text.itertext()) for text in group.findall(f"{SVG}text")) for group in units]
    assert shown == ["é1", "日本", "a<b", "h1,2", "_", "9lives"]


def test_straight_lines_are_written_as_such() -> None:
    for path in root_of("6 conv:3 fc:2").iter(f"{SVG}path"):
        assert re.fullmatch(r"M-?[\d.]+,-?[\d.]+L-?[\d.]+,-?[\d.]+", path.get("d") or "")


def test_parallel_connections_are_all_seen() -> None:
    paths = [path.get("d") or "" for path in root_of("1 conv:3,p=1,padding_mode=circular").iter(f"{SVG}path")]
    assert len(paths) == len(set(paths)) == 3


def test_arrowheads_are_there_until_they_are_too_many() -> None:
    few, many = (marks(root_of(text), "edge") for text in ("6 conv:3 fc:2", "27 fc:27"))
    assert [len(few), len(many)] == [20, 729]
    assert all(len(group.findall(f"{SVG}polygon")) == 1 for group in few)
    assert not any(group.findall(f"{SVG}polygon") for group in many)


def ends_of(path: ET.Element) -> list[tuple[str, str]]:
    """The ends of each line of a path, as they are written."""
    found: list[tuple[str, str]] = []
    for stretch in (path.get("d") or "")[1:].split("M"):
        numbers = re.findall(r"-?[\d.]+", stretch)
        found += itertools.pairwise(f"{x},{y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return found


def test_dense_figures_are_strokes_under_their_units() -> None:
    root = root_of(DENSE)
    (group,) = root.findall(f".//{SVG}g[@class='lines']")
    assert sum(len(ends_of(path)) for path in group) == 75 * 75
    assert not marks(root, "edge")
    assert len(marks(root, "unit")) == 150
    order = list(root.iter())
    assert order.index(group) < min(order.index(unit) for unit in marks(root, "unit"))


def test_dense_strokes_join_the_units_they_should() -> None:
    root = root_of(DENSE)
    (group,) = root.findall(f".//{SVG}g[@class='lines']")
    centres = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter(f"{SVG}ellipse")]
    joined: Counter[frozenset[int]] = Counter()
    for path in group:
        for ends in ends_of(path):
            near = [
                [number for number, centre in enumerate(centres) if math.dist(centre, map(float, end.split(","))) < 0.3]
                for end in ends
            ]
            (one,), (other,) = near
            joined[frozenset((one, other))] += 1
    assert len(joined) == 75 * 75
    assert set(joined.values()) == {1}


def test_pointing_at_a_unit_of_a_dense_figure_would_show_the_lines_into_it() -> None:
    root = root_of(DENSE)
    lit = {unit.get("id"): unit.find(f"{SVG}path[@class='rays']") for unit in marks(root, "unit")}
    found = {name: ends_of(path) for name, path in lit.items() if path is not None}
    assert sorted(map(len, found.values())) == [75] * 75
    (group,) = root.findall(f".//{SVG}g[@class='lines']")
    drawn = Counter(frozenset(ends) for path in group for ends in ends_of(path))
    assert Counter(frozenset(ends) for lines in found.values() for ends in lines) == drawn


def test_dense_figures_are_small() -> None:
    assert len(connectivity.draw("200 fc:200", max_units=0)) < 40 * 200 * 200
    assert len(connectivity.draw("200 fc:200", max_units=0, color_by="weight", theme="auto")) < 48 * 200 * 200


def test_numbers_beyond_the_paper_do_not_occur() -> None:
    for text in [*WHOLE, ELIDED]:
        root = root_of(text)
        _, _, width, height = map(float, (root.get("viewBox") or "").split())
        for circle in root.iter(f"{SVG}ellipse"):
            assert 0 < float(circle.get("cx") or -1) < width
            assert -height < float(circle.get("cy") or 1) < 0


def test_titles_are_escaped() -> None:
    scene = compose_figure("2 fc:1", Options())
    scene.title, scene.description = "<t> & \0", "]]> \ud800 \"d'"
    root = ET.fromstring(finish(drawn_by_graphviz(scene), scene))
    assert [child.text for child in list(root)[:2]] == ["<t> & \ufffd", "]]> \ufffd \"d'"]


def drawn_by_graphviz(scene: Scene) -> bytes:
    return engines.render(dot(scene, labels=False), "svg")


def test_tooltips_are_those_that_are_given_and_no_others() -> None:
    scene = compose_figure("2 fc:1", Options())
    tips = {"u1": "<first>", "e1": "&", "zzz": "nobody"}
    scene.units = [unit._replace(tip=tips.get(unit.id, unit.tip)) for unit in scene.units]
    scene.lines = [line._replace(tip=tips.get(line.id, line.tip)) for line in scene.lines]
    root = ET.fromstring(finish(drawn_by_graphviz(scene), scene))
    found = {group.get("id"): tip(group) for group in root.iter(f"{SVG}g") if group.get("id")}
    assert found == scene.tips()
    assert found["u1"] == "<first>"
    assert found["e1"] == "&"


def test_the_font_is_named_once_with_substitutes() -> None:
    data = drawn("6 conv:3 fc:2").decode()
    assert data.count("font-family") == 1
    assert "'Source Sans 3'," in data
    assert "sans-serif" in data
    assert 'font-weight="600"' in data


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_have_the_ink_of_their_theme(theme: str) -> None:
    svg = ET.fromstring(connectivity.draw("6 conv:3 fc:2 fc:2", theme=theme))
    labels = [text for text in svg.iter(f"{{{svg.tag[1:].partition('}')[0]}}}text") if len(text)]
    assert labels
    assert {label.get("fill") for label in labels} == {THEME[theme].ink}


def test_font_families_are_quoted_as_css_wants_them() -> None:
    families = (ET.fromstring(connectivity.draw("2")).get("font-family") or "").split(", ")
    assert all(
        family.isalpha() or family.replace("-", "").isalpha() or family[0] == family[-1] == "'" for family in families
    )


def test_boxes_keep_their_rounded_corners() -> None:
    (box,) = re.findall(r'<g class="group">\n<path [^>]* d="([^"]*)"', connectivity.draw("3", boxes=("x",)).decode())
    assert box.count("C") == 1
    assert len(box.split()) > 20


def test_of_two_parallel_connections_both_are_bent() -> None:
    data = connectivity.draw("2 conv:3,p=1,padding_mode=circular").decode()
    assert len(re.findall(r' d="M[^C"]*C', data)) == 4
    assert len(re.findall(r' d="M[^C"]*L', data)) == 2


def test_texts_are_as_long_as_they_were_measured() -> None:
    """Whatever font the reader has; but for characters that our font has not, whose length nobody knows."""
    svg = connectivity.draw("6 conv:3 fc:2", title="A title of $y_3$ & more", layer_titles=["輸入"])
    texts = [text for text in ET.fromstring(svg).iter(f"{SVG}text") if not len(text)]
    assert len(texts) > 10
    for text in texts:
        shown, length = text.text or "", text.get("textLength")
        assert (length is None) == (shown == "輸入"), shown
        if length is not None:
            bold = text.get("font-weight") == "600"
            face = "semibold" if bold else "italic" if text.get("font-style") else "regular"
            assert float(length) == pytest.approx(text_width(shown, float(text.get("font-size", "0")), face), abs=0.01)
    assert "輸入" in {text.text for text in texts}
    assert b"baseline-shift" not in svg  # which not every browser knows


def colours_by_place(svg: bytes, night: bool) -> list[tuple[str, str]]:
    """Every mark's place and what it is filled and outlined with, by day or by night, where that is a colour."""
    found = []
    root = ET.fromstring(svg)
    around = {child: element for element in root.iter() for child in element}
    for element in root.iter():
        if set(element.keys()) == {"fill"}:
            continue  # a group around a mark
        place = element.get("points") or f"{element.get('x', element.get('cx'))} {element.get('y', element.get('cy'))}"
        dark = (element.get("data-dark") or "").split() if night else []
        for name in ("fill", "stroke"):
            colour = element.get("color") if name in dark else element.get(name)
            if name == "fill" and "outer" in dark:
                colour = around[element].get("fill")
            if colour and colour.startswith("#"):
                found.append((place, f"{name} {colour}"))
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("80 fc:80", {"view": "matrix", "color_by": "weight", "max_units": 0}),
        ("6 sparse:3,w=1/-0.9/0.1/0.2/-0.3/1/0.5/-0.1/0.9/-1/0.3/0", {"view": "matrix", "edge_labels": "value"}),
        ("5 conv:3", {"highlight": ["y[1]=crimson", "y[3]"], "fill": "in-degree", "view": "both"}),
    ],
)
def test_every_mark_has_its_own_dark_colour(text: str, options: dict[str, Any]) -> None:
    figure = connectivity.Figure.of(text).changed(**options)
    both = figure.changed(theme="auto").draw()
    assert colours_by_place(both, night=False) == colours_by_place(figure.draw(), night=False)
    assert colours_by_place(both, night=True) == colours_by_place(figure.changed(theme="dark").draw(), night=False)


@pytest.mark.parametrize("options", [{"theme": "print", "color_by": "sign"}, {"highlight": "y[1]", "rest": "dashed"}])
def test_dense_lines_keep_their_style(options: dict[str, Any]) -> None:
    svg = connectivity.Figure.of("80 fc:80").changed(max_units=0, **options).draw()
    dashed = [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert 1000 < sum(len(ends_of(path)) for path in dashed) < 80 * 80 + 10


def test_what_the_user_says_is_not_changed() -> None:
    title = 'a xml:space="preserve" b baseline-shift="sub" font-family="Source Sans 3"'
    assert ET.fromstring(connectivity.draw("3", title=title)).findtext(f"{SVG}title") == title


def test_a_style_sheet_for_too_many_weights_is_left_out() -> None:
    weights_alone = connectivity.draw(f"{MOST_RULES + 2} conv:2", max_units=0, units="circles")
    assert b".w2:hover" in weights_alone
    assert b"u2]:hover" not in weights_alone
    assert b"u2]:hover" in connectivity.draw("40 conv:2", max_units=0, units="circles")
    assert b"<style>" not in connectivity.draw(f"3x3 conv:3,c={MOST_RULES // 9 + 1},p=1", max_units=0, units="circles")


def test_the_strongest_of_dense_lines_come_last() -> None:
    svg = connectivity.draw("80 fc:80", max_units=0, color_by="weight").decode()
    widths = [float(width) for width in re.findall(r'<path stroke="[^>]*stroke-width="([\d.]+)"', svg)]
    assert len(widths) > 80 * 80 / 32
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_a_notebook_s_picture_has_its_style_sheet() -> None:
    bundle, _ = connectivity.Figure.of("5 conv:3")._repr_mimebundle_()
    assert "<style>" in bundle["image/svg+xml"]
    assert ":hover" in bundle["image/svg+xml"]


BARS = ("5 fc:3,w=1/2/3/4/5/6/7/8/-9/-10/-11/12/13/14/-15", "30 conv:14")


def gradients(root: ET.Element) -> dict[str, list[tuple[float, str]]]:
    """The stops of each gradient, by its id."""
    return {
        str(ramp.get("id")): [(float(str(stop.get("offset"))), str(stop.get("stop-color"))) for stop in ramp]
        for ramp in root.iter(f"{SVG}linearGradient")
    }


@pytest.mark.parametrize("text", BARS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_colour_bar_is_one_gradient(text: str, theme: str) -> None:
    root = ET.fromstring(connectivity.draw(text, theme=theme))
    (bar,) = (rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "bar")
    assert (bar.get("fill"), bar.get("width"), bar.get("height")) == ("url(#ramp1)", "120", "8")
    (stops,) = gradients(root).values()
    table = THEME[theme].sweep_table if "conv" in text else THEME[theme].diverging_table
    assert stops[0] == (0.0, table[0])
    assert stops[-1] == (1.0, table[-1])
    assert len(stops) < 16


def test_a_bar_follows_its_page() -> None:
    text = connectivity.draw(BARS[0], theme="auto").decode()
    found = gradients(ET.fromstring(text))
    assert found["ramp1"][0][1] == THEME["light"].diverging[0]
    assert found["night1"][0][1] == THEME["dark"].diverging[0]
    assert re.search(r'<g fill="url\(#night1\)"><rect class="bar" fill="url\(#ramp1\)" data-dark="outer" ', text)


def test_equal_bars_share_a_gradient() -> None:
    text = connectivity.draw("2x8 conv:3,c=2,w=1/2/3/4/5/6/7/8/9/10/11/-12 conv:2,w=12/1/2/3", view="kernels").decode()
    assert (text.count('class="bar"'), text.count("<linearGradient")) == (2, 1)


def test_shapes_beside_a_bar_keep_their_names() -> None:
    """The pieces of its gradient are counted among them."""
    figure = Figure.read(ROOT / "samples" / "35-values.toml")
    named = [(shape.id, shape.classes) for shape in figure.scene().shapes if shape.id]
    bars = sum(bool(shape.ramp) for shape in figure.scene().shapes)
    root = ET.fromstring(figure.draw())
    found = Counter((element.get("id"), element.get("class")) for element in root.iter() if element.get("id"))
    assert all(found[name] == 1 for name in named)
    assert sum(element.get("class") == "bar" for element in root.iter(f"{SVG}rect")) == bars > 0 < len(named)
