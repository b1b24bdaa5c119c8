"""PDF: exactly as large as it was said, and fit to stand beside others on a page."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

import connectivity
from connectivity import Figure
from connectivity.rendering.pdf import MOST_WORDS, finish
from connectivity.typeset.lengths import points

ENGINES = ["embedded", pytest.param("system", marks=pytest.mark.system_engine)]
CELLS = "2x8 conv:3,c=4,p=1 maxpool:2 fc:3"


def box(data: bytes) -> list[float]:
    """The page: left, bottom, right, top, in points."""
    match = re.search(rb"/MediaBox \[([^]]*)\]", data)
    assert match
    return [float(number) for number in match[1].split()]


def painted(data: bytes) -> str:
    """What is painted on the page, which is what the file has first."""
    start = data.index(b"stream\n") + len(b"stream\n")
    return zlib.decompressobj().decompress(data[start:]).decode("ascii")


def string(data: bytes, name: bytes) -> str:
    """The only text of that name."""
    ((plain, wide),) = re.findall(rb"/%s (?:\(((?:[^\\()]|\\.)*)\)|<FEFF([0-9A-F]*)>)" % name, data, re.S)
    return bytes.fromhex(wide.decode()).decode("utf-16-be") if wide else re.sub(r"\\(.)", r"\1", plain.decode("ascii"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("width", ["80mm", "84mm", "3.3in", "241pt", "122mm"])
def test_a_page_is_as_wide_as_was_said(width: str, engine: str) -> None:
    data = connectivity.draw("6 conv:3 fc:2", "pdf", engine=engine, width=width, height="90mm", font_size="8pt")
    assert box(data) == pytest.approx([0.0, 0.0, points(width, "width"), points("90mm", "height")], abs=0.005)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", ["6 conv:3 fc:2", CELLS])
def test_a_page_has_no_margin(text: str, engine: str) -> None:
    """It is as large as the figure, as an SVG is to a point."""
    figure = Figure.of(text)
    scene = figure.scene()
    assert box(figure.draw("pdf", engine=engine)) == pytest.approx([0.0, 0.0, scene.width, scene.height], abs=0.005)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("page", [{}, {"width": "84mm", "font_size": "8pt"}, {"font_size": "14pt"}])
def test_units_stand_on_the_page_where_they_stand_in_the_scene(page: dict[str, Any], engine: str) -> None:
    figure = Figure.of("6 conv:3 fc:2").changed(**page)
    scene = figure.scene()
    text = painted(figure.draw("pdf", engine=engine))
    flipped = re.match(r"1 0 0 -1 0 (\d+) cm\n", text)  # cairo counts from the top of the page
    assert flipped
    starts = [(float(x), int(flipped[1]) - float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+) m ", text)]
    for unit in scene.units:
        right = (unit.x + scene.diameter / 2) * scene.scale, unit.y * scene.scale
        assert any(start == pytest.approx(right, abs=0.03) for start in starts), unit


@pytest.mark.parametrize("engine", ENGINES)
def test_the_background_reaches_every_edge(engine: str) -> None:
    data = connectivity.draw("6 conv:3 fc:2", "pdf", engine=engine, width="84mm", font_size="8pt", theme="dark")
    match = re.search(r"^0 0 ([\d.]+) ([\d.]+) re f$", painted(data), re.M)
    assert match
    assert float(match[1]) >= box(data)[2]
    assert float(match[2]) >= box(data)[3]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", ["6 conv:3 fc:2", CELLS])
def test_a_page_is_no_transparency_group(text: str, engine: str) -> None:
    assert b"/Group" not in connectivity.draw(text, "pdf", engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_object_begins_where_the_table_says(engine: str) -> None:
    data = connectivity.draw(CELLS, "pdf", engine=engine)
    offsets = [int(offset) for offset in re.findall(rb"^(\d{10}) \d{5} n", data, re.M)]
    assert offsets
    assert all(re.match(rb"%d 0 obj" % number, data[offset:]) for number, offset in enumerate(offsets, start=1))
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data)
    assert start
    assert data[int(start[1]) :].startswith(b"xref\n0 %d\n" % (len(offsets) + 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_bytes_of_no_date(engine: str) -> None:
    first, second = (connectivity.draw(CELLS, "pdf", engine=engine) for _ in range(2))
    assert first == second
    assert re.findall(rb"/CreationDate \(([^)]*)\)", first) == [b"D:19700101000000Z"]
    assert re.findall(rb"/Producer \(([^)]*)\)", first) == [b"connectivity"]


TITLE = "Faltung – (links) und \\ rechts"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_is_a_figure_that_is_told_in_words(engine: str) -> None:
    figure = Figure.of("6 conv:3 fc:2").changed(title=TITLE)
    data = figure.draw("pdf", engine=engine)
    assert string(data, b"Title") == TITLE
    assert string(data, b"Lang") == "en"
    assert string(data, b"Alt") == figure.scene().description
    assert b"/ViewerPreferences << /DisplayDocTitle true >>" in data
    contents = re.search(rb"/Contents \[ (\d+) 0 R \d+ 0 R (\d+) 0 R \]", data)
    assert contents
    first, last = (
        re.search(rb"\n%s 0 obj\n<<[^>]*>>\nstream\n\n(.*?)\n\nendstream" % part, data) for part in contents.groups()
    )
    assert first
    assert last
    assert (first[1], last[1]) == (b"/Figure << /MCID 0 >> BDC", b"EMC")


def test_long_descriptions_are_cut() -> None:
    figure = Figure.of("40 fc:40").changed(list_connections=True, max_units=0)
    words = string(figure.draw("pdf"), b"Alt")
    assert (len(words), words[-1]) == (MOST_WORDS, "…")


@pytest.mark.poppler
def test_readers_find_title_language_and_structure(tmp_path: Path) -> None:
    path = tmp_path / "net.pdf"
    path.write_bytes(connectivity.draw("6 conv:3", "pdf", title=TITLE))
    about, tree = (
        subprocess.run(["pdfinfo", *options, path], capture_output=True, check=True, text=True)
        for options in ([], ["-struct-text"])
    )
    assert about.stderr + tree.stderr == ""
    assert re.search(rf"^Title: +{re.escape(TITLE)}$", about.stdout, re.M)
    assert re.search(r"^Tagged: +yes$", about.stdout, re.M)
    assert re.match(r"Document\n  Figure:\n", tree.stdout)
    assert "input" in tree.stdout  # all that is painted belongs to the figure


def test_what_is_not_known_is_left_alone() -> None:
    assert finish(b"%PDF-1.7\nstrange", Figure.of("3 fc:2").scene()) == b"%PDF-1.7\nstrange"


def test_the_parts_of_a_page_are_lines_of_their_own() -> None:
    """Some programs put them together with nothing between: XeLaTeX's, for one."""
    data = connectivity.draw("6 conv:3", "pdf")
    parts = re.findall(rb"stream\n(.{0,40}?(?:BDC|EMC)\s*)endstream", data, re.S)
    assert len(parts) == 2
    assert all(part[:1] == b"\n" and part.endswith(b"\n\n") for part in parts)
