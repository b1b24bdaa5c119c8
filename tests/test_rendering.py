"""DOT and SVG: whole, the same every time, and never bent by a user's text."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx as nx
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import connectivity
from connectivity import DrawingError, EngineError, engines
from connectivity.dot import clean, dot, quoted
from connectivity.engines import embedded, system
from connectivity.figure import PIXEL_LIMIT, SIDE_LIMIT, compose_figure
from connectivity.options import Options

SVG = "{http://www.w3.org/2000/svg}"
ATTRIBUTES = {
    *("arrowhead", "arrowsize", "bgcolor", "class", "color", "dir", "dpi", "fillcolor", "fixedsize", "fontcolor"),
    *("fontname", "fontsize", "headclip", "height", "id", "label", "outputorder", "pad", "penwidth", "pos", "shape"),
    *("style", "tailclip", "width", "_background"),
}
NASTY = [
    '"',
    "\\",
    "\\N",
    "<b>",
    "&amp;",
    "&",
    "]]>",
    "\n",
    "\0",
    "\x1b[31m",
    "\ud800",
    "\ufffe",
    "שלום",
    "😀",
    "->",
    "{",
    "}",
    ";",
    "URL=x",
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), max_size=6).map("".join)


def size_of(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


def structure(svg: bytes) -> list[str]:
    return [element.tag for element in ET.fromstring(svg).iter()]


def golden(name: str, found: str) -> None:
    path = ROOT / "tests" / "golden" / name
    if "CONNECTIVITY_UPDATE" in os.environ:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found, "run `make readme`, and look at the difference"


@pytest.mark.parametrize(
    ("name", "text"),
    [("small.dot", "4 conv:3 fc:1"), ("panels.dot", "2x3 conv:2,g=2 // 30 fc:2,w=" + "/".join(["1"] * 60))],
)
def test_golden_dot(name: str, text: str) -> None:
    golden(name, connectivity.draw(text, "dot").decode())


def test_only_known_attributes_are_written() -> None:
    for text in ("2x30 conv:3,g=2,c=4,bias fc:3", "75 fc:75 // 3"):
        for flat in (False, True):
            scene = compose_figure(text, Options(max_units=0, title="A title", show=("bias",)))
            written = re.sub(r'"(\\.|[^"\\])*"', '""', dot(scene, dpi=100, flat=flat))
            assert set(re.findall(r"([\w]+)=", written)) <= ATTRIBUTES


@given(texts)
@settings(max_examples=60)
def test_hostile_titles_change_no_structure(text: str) -> None:
    words = " ".join("x" for _ in text.split())
    plain = connectivity.draw("3 conv:2 // 2 fc:1", title=words, panel_titles=("x", words), description="x")
    found = connectivity.draw("3 conv:2 // 2 fc:1", title=text, panel_titles=("x", text), description=text)
    if len(text.split()) < 2:
        assert structure(found) == structure(plain)
    ids = [element.get("id") for element in ET.fromstring(found).iter() if element.get("id")]
    assert ids == [element.get("id") for element in ET.fromstring(plain).iter() if element.get("id")]


@given(texts, texts)
@settings(max_examples=60)
def test_hostile_names_change_no_structure(one: str, other: str) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("a" + one, layer=0)
    graph.add_node("b" + other, layer=1)
    graph.add_edge("a" + one, "b" + other, weight=1, parameter=other)
    graph.graph["layers"] = [{"name": one}, {"name": other, "notes": [one], "kind": other}]
    svg = ET.fromstring(connectivity.draw(graph))
    assert [group.get("id") for group in svg.iter(f"{SVG}g") if group.get("id")] == ["e1", "u1", "u2"]
    assert len(svg.findall(f".//{SVG}path")) == 1
    assert not svg.findall(f".//{SVG}a")


def test_quoting() -> None:
    assert quoted('say "\\N" <i>&amp;') == r'"say \"\\N\" <i>&amp;amp;"'
    assert clean("a\0b\x85\ud800\ufffe") == "a\ufffdb\ufffd\ufffd\ufffd"


def test_svg_stands_alone() -> None:
    data = connectivity.draw("6 conv:3 fc:2", title="A & B", description="<it>")
    assert not re.search(rb"<!--|<!DOCTYPE|-&gt;|xml:space", data)
    svg = ET.fromstring(data)
    assert svg.get("role") == "img"
    names = [svg.find(f"{SVG}*[@id='{name}']") for name in (svg.get("aria-labelledby") or "").split()]
    assert [element.text for element in names if element is not None] == ["A & B", "<it>"]


def test_every_unit_and_connection_has_an_id_a_class_and_a_tooltip() -> None:
    svg = ET.fromstring(connectivity.draw("6 conv:3,w=1/0/-0.5 fc:2"))
    groups = [group for group in svg.iter(f"{SVG}g") if group.get("id")]
    tips = [group.findtext(f"{SVG}title") or "" for group in groups]
    assert len({group.get("id") for group in groups}) == len(groups) == 12 + 20
    assert "x3 → h1[1]: h1.weight[0,0,2] = −0.5" in tips
    classes = {
        tip.split(": ")[1].split(" = ")[0]: group.get("class")
        for group, tip in zip(groups, tips, strict=True)
        if "→" in tip
    }
    assert len(classes) == len(set(classes.values())) == 3 + 8
    labels = [text for text in svg.iter(f"{SVG}text") if len(text)]
    assert ["".join(text.itertext()) for text in labels[:2]] == ["x1", "x2"]


def test_labels_with_two_layers_of_one_letter() -> None:
    svg = ET.fromstring(connectivity.draw("3 fc:2 fc:2 fc:1"))
    labels = ["".join(text.itertext()) for text in svg.iter(f"{SVG}text") if len(text)]
    assert labels == ["x1", "x2", "x3", "h1(1)", "h2(1)", "h1(2)", "h2(2)", "y1"]


def test_dense_figures_draw_every_connection() -> None:
    svg = ET.fromstring(connectivity.draw("75 fc:75", max_units=0))
    assert len(svg.findall(f".//{SVG}polyline")) == 75 * 75
    assert connectivity.draw("75 fc:75", "dot", max_units=0).count(b"->") == 75 * 75


def test_parallel_connections_are_both_drawn() -> None:
    svg = ET.fromstring(connectivity.draw("1 conv:3,p=1,padding_mode=circular"))
    paths = [path.get("d") for path in svg.iter(f"{SVG}path")]
    assert len(set(paths)) == 3


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "dot"])
def test_same_input_same_bytes(kind: str, tmp_path: Path) -> None:
    program = (
        f"import sys, connectivity; sys.stdout.buffer.write(connectivity.draw('5 conv:3 fc:2', '{kind}', title='Ä'))"
    )
    found = set()
    for number, (zone, locale) in enumerate([("UTC", "C"), ("Asia/Tokyo", "de_DE.UTF-8")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        variables = {"PYTHONHASHSEED": str(number), "TZ": zone, "LC_ALL": locale, "HOME": str(folder)}
        variables["FONTCONFIG_FILE"] = "/nonexistent" if number else ""
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_png_sizes() -> None:
    small = size_of(connectivity.draw("6 conv:3", "png"))
    assert 300 < max(small) < 2000
    assert max(size_of(connectivity.draw("60 conv:3", "png", max_units=0))) in (2000, 2001)
    double = size_of(connectivity.draw("6 conv:3", "png", dpi=384))
    assert double == pytest.approx([2 * side for side in small], abs=2)
    with pytest.raises(DrawingError, match=f"at most {PIXEL_LIMIT:,} in all and {SIDE_LIMIT:,} a side"):
        connectivity.draw("6 conv:3", "png", dpi=5000)


def test_png_shows_text_without_any_font_of_the_machine() -> None:
    labelled, bare = (connectivity.draw("6", "png", labels=labels, captions=False) for labels in (True, False))
    assert len(labelled) > 1.2 * len(bare)


def test_pdf_has_a_fixed_date() -> None:
    assert b"/CreationDate (D:19700101000000" in connectivity.draw("2 fc:1", "pdf")


@pytest.mark.system_engine
@pytest.mark.parametrize("text", ["6 conv:3 fc:2", "75 fc:75", "2x3 conv:2,g=2"])
def test_both_engines_put_units_in_the_same_places(text: str) -> None:
    def circles(engine: str) -> list[float]:
        svg = ET.fromstring(connectivity.draw(text, engine=engine, max_units=0))
        return [float(circle.get(key) or 0) for circle in svg.iter(f"{SVG}ellipse") for key in ("cx", "cy")]

    ours, theirs = circles("embedded"), circles("system")
    shift = [ours[0] - theirs[0], ours[1] - theirs[1]] * (len(ours) // 2)
    assert [a - b for a, b in zip(ours, shift, strict=True)] == pytest.approx(theirs, abs=0.6)
    assert connectivity.draw(text, "png", engine="system").startswith(b"\x89PNG")


def test_what_graphviz_complains_of_is_an_error() -> None:
    with pytest.raises(EngineError, match="could not read"):
        engines.render("digraph {", "svg", "embedded")
    with pytest.raises(EngineError, match="could not draw the svg"):
        engines.render('digraph { a [pos="x,y"] }', "svg", "embedded")
    with pytest.raises(EngineError, match='unknown engine "cairo"'):
        engines.render("digraph {}", "svg", "cairo")
    with pytest.raises(DrawingError, match='unknown format "gif"'):
        connectivity.draw("2", "gif")


def test_without_any_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {name: (lambda: "gone", engine.render) for name, engine in (("embedded", embedded), ("system", system))}
    monkeypatch.setattr(engines, "_ENGINES", gone)
    with pytest.raises(EngineError, match=r"apt-get install graphviz.*embedded: gone; system: gone"):
        connectivity.draw("2")


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "mine")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    connectivity.draw("2")
    assert os.environ["FONTCONFIG_FILE"] == "mine"
    assert "XDG_DATA_HOME" not in os.environ


def test_threads_draw_one_after_the_other() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(connectivity.draw("6 conv:3"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
