"""Engines: the same picture from both, the same bytes every time, and errors that say what is wrong."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest
from bitmaps import pixels
from conftest import ROOT, Run
from scenes import compose_figure

import connectivity
from connectivity import DrawingError, EngineError, Figure
from connectivity.colour.spaces import STEPS, named_table
from connectivity.colour.themes import LIGHT
from connectivity.errors import MissingGlyphs
from connectivity.options import Options
from connectivity.rendering import engines
from connectivity.rendering.dot import dot
from connectivity.rendering.engines import embedded
from connectivity.rendering.render import PIXEL_LIMIT, SIDE_LIMIT, render

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = ("6 conv:3 fc:2", "75 fc:75", "2x3 conv:2,g=2 // 40 conv:3", "4,values=1/2/3/4 maxpool:2")
FORMATS = ("svg", "png", "pdf", "dot")
PROGRAM = "import sys, connectivity; sys.stdout.buffer.write(connectivity.draw(sys.argv[1], sys.argv[2], title='Ä 日'))"
both_engines = pytest.mark.parametrize("engine", ["embedded", pytest.param("system", marks=pytest.mark.system_engine)])


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def drawn_elsewhere(text: str, kind: str, folder: Path, **variables: str) -> bytes:
    """The bytes that another process draws, with other environment variables, in another folder."""
    folder.mkdir()
    environment = {**os.environ, "HOME": str(folder), **variables}
    program = [sys.executable, "-c", PROGRAM, text, kind]
    return subprocess.run(program, cwd=folder, env=environment, capture_output=True, check=True, timeout=60).stdout


def test_same_bytes_twice() -> None:
    for kind in FORMATS:
        first, second = (connectivity.draw(FIGURES[0], kind, title="A title") for _ in range(2))
        assert first == second


@pytest.mark.parametrize("kind", FORMATS)
def test_same_bytes_in_other_surroundings(kind: str, tmp_path: Path) -> None:
    one = drawn_elsewhere(FIGURES[0], kind, tmp_path / "a", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = drawn_elsewhere(
        FIGURES[0], kind, tmp_path / "b", PYTHONHASHSEED="77", TZ="Asia/Kolkata", LC_ALL="tr_TR.UTF-8", LANG="de_DE"
    )
    assert one == other
    assert len(one) > 500


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_fonts_of_the_machine_do_not_matter(kind: str, tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<?xml version='1.0'?><fontconfig></fontconfig>", encoding="utf-8")
    found = {
        drawn_elsewhere(FIGURES[0], kind, tmp_path / "a"),
        drawn_elsewhere(FIGURES[0], kind, tmp_path / "b", FONTCONFIG_FILE=str(empty), FONTCONFIG_PATH=str(tmp_path)),
        drawn_elsewhere(FIGURES[0], kind, tmp_path / "c", FONTCONFIG_FILE="/nonexistent", XDG_DATA_HOME="/nonexistent"),
        drawn_elsewhere(FIGURES[0], kind, tmp_path / "d", XDG_CACHE_HOME=str(tmp_path), GVBINDIR=str(tmp_path)),
    }
    assert len(found) == 1


def test_text_is_drawn_with_the_shipped_font() -> None:
    assert b"SourceSans3" in connectivity.draw("2 fc:1", "pdf")


def test_a_pdf_has_a_fixed_date() -> None:
    found = connectivity.draw("2 fc:1", "pdf")
    assert found.count(b"/CreationDate") == 1
    assert b"/CreationDate (D:19700101000000" in found


def test_a_pdf_is_the_same_a_second_later() -> None:
    before = connectivity.draw("2 fc:1", "pdf")
    time.sleep(1.1)
    assert connectivity.draw("2 fc:1", "pdf") == before


@pytest.mark.system_engine
@pytest.mark.parametrize("text", FIGURES)
@pytest.mark.parametrize("direction", ["LR", "BT"])
def test_both_engines_place_units_and_lines_alike(text: str, direction: str) -> None:
    def drawn(engine: str) -> dict[str, tuple[float, float]]:
        svg = ET.fromstring(connectivity.draw(text, engine=engine, direction=direction))
        return {
            group.get("id", ""): (float(circle.get("cx", "nan")), float(circle.get("cy", "nan")))
            for group in svg.iter(f"{SVG}g")
            for circle in group.findall(f"{SVG}ellipse")
            if group.get("id")
        }

    ours, theirs = drawn("embedded"), drawn("system")
    assert ours.keys() == theirs.keys()
    assert len(ours) > 3
    assert max(abs(a - b) for name in ours for a, b in zip(ours[name], theirs[name], strict=True)) < 1


NUMBERS = frozenset(
    ["d", "points", "cx", "cy", "rx", "ry", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "viewBox", "transform"]
)
"""Attributes of SVG that are numbers, or have some."""

HEADS = 5
"""How many points farther the heads of arrows reach in Graphviz 2."""


def shape_of(svg: bytes) -> list[tuple[str, str, dict[str, str], list[float]]]:
    """Every element with its text, what is said of it, and its numbers."""
    return [
        (
            element.tag,
            element.text or "",
            {name: value for name, value in element.attrib.items() if name not in NUMBERS},
            [float(n) for name in sorted(NUMBERS) for n in re.findall(r"-?[\d.]+", element.get(name, ""))],
        )
        for element in ET.fromstring(svg).iter()
    ]


@pytest.mark.system_engine
def test_whatever_version_neato_is_it_draws_the_gallery_as_the_wheel_does() -> None:
    """From 14 on the same bytes; before, the same elements, and numbers that differ by the heads of arrows alone."""
    told = subprocess.run(["neato", "-V"], capture_output=True, text=True, check=True).stderr
    version = int(told.partition("version ")[2].partition(".")[0])
    figures = [Figure.read(path) for path in sorted((ROOT / "samples").glob("[0-9]*.toml"))[::3]]
    figures.append(Figure.of("80 fc:80").changed(max_units=0))
    for figure in figures:
        ours, theirs = (figure.draw("svg", engine) for engine in ("embedded", "system"))
        assert version < 14 or ours == theirs
        for (tag, *words, one), (other_tag, *other_words, other) in zip(shape_of(ours), shape_of(theirs), strict=True):
            assert (tag, words, len(one)) == (other_tag, other_words, len(other))
            far = HEADS if tag in (f"{SVG}path", f"{SVG}polygon") else 1
            assert max((abs(a - b) for a, b in zip(one, other, strict=True)), default=0) <= far


@both_engines
@pytest.mark.parametrize("theme", ["light", "auto"])
def test_the_lines_of_a_dense_layer_are_drawn_by_each_engine(engine: str, theme: str) -> None:
    """Their place is kept by a mark that older versions of Graphviz write with a space at its end."""
    svg = ET.fromstring(connectivity.draw("80 fc:80", max_units=0, engine=engine, theme=theme))
    (lines,) = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "lines"]
    assert len(lines) > 0
    assert not [line for line in svg.iter(f"{SVG}polyline") if (line.get("points") or "").strip() == "0,0 1,-1"]


@pytest.mark.parametrize("text", FIGURES)
def test_units_are_drawn_where_they_were_placed(text: str) -> None:
    scene = compose_figure(text, Options())
    svg = ET.fromstring(render(scene))
    circles = {group.get("id"): circle for group in svg.iter(f"{SVG}g") for circle in group.findall(f"{SVG}ellipse")}
    first = scene.units[0]
    shift = [float(circles[first.id].get(key, "nan")) - place for key, place in (("cx", first.x), ("cy", -first.y))]
    assert shift == pytest.approx([0, 0], abs=0.5)
    for unit in scene.units:
        found = [float(circles[unit.id].get(key, "nan")) for key in ("cx", "cy", "rx")]
        expected = [unit.x + shift[0], -unit.y + shift[1], scene.diameter / 2]
        assert found == pytest.approx(expected, abs=0.02)
    assert [float((svg.get(key) or "")[:-2]) for key in ("width", "height")] == pytest.approx(
        [scene.width, scene.height], abs=1.5
    )


@both_engines
@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_each_engine_draws_whole_files(engine: str, kind: str) -> None:
    start, end = engines.SIGNATURES[kind]
    found = connectivity.draw("3 conv:2", kind, engine=engine)
    assert found.startswith(start)
    assert end in found[-64:]


@both_engines
@pytest.mark.parametrize(
    "broken", ["digraph {", "", "digraph { a -> }", "graph { a -> b }", "\0", "digraph { a [x=] }"]
)
def test_broken_dot_is_an_error(engine: str, broken: str) -> None:
    with pytest.raises(EngineError):
        engines.render(broken, "svg", engine)


def test_what_graphviz_complains_of_is_an_error() -> None:
    with pytest.raises(EngineError, match="could not draw the svg: "):
        engines.render('digraph { a [pos="x,y"] }', "svg", "embedded")


def test_errors_leave_graphviz_usable() -> None:
    before = connectivity.draw("3 conv:2")
    for _ in range(5):
        with pytest.raises(EngineError):
            engines.render("digraph {", "svg", "embedded")
    assert connectivity.draw("3 conv:2") == before


@pytest.mark.parametrize(("kind", "words"), [("bmp", "unknown format"), ("", "unknown format"), ("pgn", '"png"')])
def test_formats_that_are_not_known(kind: str, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        connectivity.draw("2", kind)


def test_an_engine_that_is_not_known() -> None:
    with pytest.raises(EngineError, match=r'unknown engine "cairo" \(one of: auto, embedded, system\)'):
        connectivity.draw("2", engine="cairo")


def test_in_a_browser_the_page_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ModuleType("graphviz_of_page")
    here.render = lambda dot, format: (embedded.render(dot, format)[0].decode(), "")  # type: ignore[attr-defined]
    expected = Figure.of("6 conv:3").draw()
    monkeypatch.setattr("sys.platform", "emscripten")
    with pytest.raises(EngineError, match="the page must give it, as the module graphviz_of_page"):
        Figure.of("6 conv:3").draw()
    monkeypatch.setitem(sys.modules, "graphviz_of_page", here)
    assert Figure.of("6 conv:3").draw() == expected
    assert engines.remark(["svg", "tex"]) is None
    for format in ("png", "pdf"):
        with pytest.raises(EngineError, match=f"{format} cannot be drawn in a browser: take svg"):
            Figure.of("6 conv:3").draw(format)


def test_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setitem(sys.modules, "pygraphviz.graphviz", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError) as caught:
        connectivity.draw("2")
    message = str(caught.value)
    for word in ("pip install 'pygraphviz>=2'", "apt-get install graphviz", "embedded: ", "system: "):
        assert word in message
    assert "\n" not in message
    with monkeypatch.context() as there:
        there.setattr("connectivity.rendering.engines.embedded.libraries", lambda name: [f"lib{name}.so"])
        needed = "apt-get install libglib2.0-0 libx11-6 libxext6 libxrender1; or apt-get install graphviz"
        with pytest.raises(EngineError, match=needed):
            connectivity.draw("2")
    with pytest.raises(EngineError, match="embedded"):
        connectivity.draw("2", engine="embedded")
    with pytest.raises(EngineError, match="neato"):
        connectivity.draw("2", engine="system")
    assert connectivity.draw("2", "dot").startswith(b"digraph")


@pytest.mark.system_engine
def test_neato_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = connectivity.draw("3 conv:2", engine="system")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setitem(sys.modules, "pygraphviz.graphviz", None)
    assert connectivity.draw("3 conv:2") == expected


@pytest.fixture
def without_wheel(tmp_path: Path) -> dict[str, str]:
    """An environment in which pygraphviz cannot be loaded."""
    (tmp_path / "path" / "pygraphviz").mkdir(parents=True)
    fault = 'raise ImportError("libglib-2.0.so.0: cannot open shared object file")'
    for module in ("__init__", "graphviz"):
        (tmp_path / "path" / "pygraphviz" / f"{module}.py").write_text(fault)
    return {**os.environ, "PYTHONPATH": str(tmp_path / "path")}


@pytest.mark.system_engine
def test_what_neato_draws_instead_is_noted_once(run: Run, without_wheel: dict[str, str], tmp_path: Path) -> None:
    note = (
        "connectivity: note: neato draws, since Graphviz's libraries cannot be used (libglib-2.0.so.0: cannot open "
        "shared object file): the bytes may differ from other machines'"
    )
    drawing = ("draw", "3", "conv:2", "-o", "a.svg", "-o", "b.png")
    done = run(*drawing, env=without_wheel)
    assert done.stderr.decode().splitlines() == [note, "wrote a.svg", "wrote b.png"]
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('network = "3 fc:2"')
    done = run("build", "one.toml", "two.toml", "-f", "svg,png", env=without_wheel)
    assert [line for line in done.stderr.decode().splitlines() if not line.startswith("wrote")] == [note]
    silent = (
        (*drawing, "-q"),
        (*drawing, "--engine", "system", "-q"),
        ("draw", "3", "-f", "dot"),
        ("build", "one.toml"),
        ("build", "one.toml", "--force", "--quiet"),
    )
    run("build", "one.toml", env=without_wheel)
    for arguments in silent:
        assert run(*arguments, env=without_wheel).stderr == b"", arguments
    assert note not in run(*drawing).stderr.decode()
    assert note not in run(*drawing, "--engine", "system").stderr.decode()


@pytest.mark.system_engine
def test_bitmaps_are_drawn_by_neato_where_the_wheel_has_no_cairo(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS."""
    theirs = {kind: connectivity.draw("3 conv:2", kind, engine="system") for kind in ("png", "pdf")}
    svg = connectivity.draw("3 conv:2")
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("connectivity.rendering.engines.embedded.libraries", lambda name: [])
    assert {kind: connectivity.draw("3 conv:2", kind) for kind in theirs} == theirs
    assert connectivity.draw("3 conv:2") == svg
    assert engines.remark(["svg", "dot"]) is None
    assert "the wheel has no cairo" in str(engines.remark(["svg", "pdf"]))
    monkeypatch.setenv("PATH", "")
    assert "brew install graphviz gives the right ones" in str(engines.remark(["svg", "png"]))
    assert connectivity.draw("3 conv:2", "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("platform", "command"), [("linux", "apt-get"), ("darwin", "brew"), ("win32", "winget"), ("freebsd13", "apt-get")]
)
def test_the_error_says_what_installs_graphviz(platform: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setitem(sys.modules, "pygraphviz.graphviz", None)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match=f"Either of these helps: .*; or {command} install graphviz"):
        engines.render("digraph {}", "svg")


def test_pygraphviz_can_be_used_beside_us() -> None:
    """We import a module of it without the package, which whoever wants it still finds whole."""
    program = """
import sys, connectivity
before = connectivity.draw("3 fc:2")
assert "pygraphviz" not in sys.modules
import pygraphviz
graph = pygraphviz.AGraph("digraph {a -> b}")
graph.layout("dot")
assert len(graph.nodes()) == 2
assert sys.modules["pygraphviz.graphviz"] is pygraphviz.graphviz
from connectivity.rendering.engines import embedded
assert embedded._binding() is pygraphviz.graphviz
assert connectivity.draw("3 fc:2") == before
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_old_pygraphviz_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import pygraphviz.graphviz as gv

    monkeypatch.delattr(gv, "gvContextWithBuiltins")
    with pytest.raises(EngineError, match="older than 2"):
        connectivity.draw("2", engine="embedded")


@pytest.mark.system_engine
def test_a_neato_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fake(script: str) -> None:
        for name in ("neato", "dot"):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\ncat >/dev/null\n{script}\n", encoding="utf-8")
            program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    fake("echo nothing good >&2; exit 3")
    with pytest.raises(EngineError, match="neato failed"):
        connectivity.draw("2", engine="system")
    fake("printf '<?xml'")
    with pytest.raises(EngineError, match="less than a whole file"):
        connectivity.draw("2", engine="system")


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_the_environment_is_restored(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "mine")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    time.tzset()
    try:
        before = dict(os.environ)
        connectivity.draw("2 fc:1", kind)
        with pytest.raises(EngineError):
            engines.render("digraph {", kind)
        assert dict(os.environ) == before
        assert time.localtime(0).tm_hour == 9
    finally:
        monkeypatch.undo()
        time.tzset()


def test_standard_error_is_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    connectivity.draw("2 fc:1")
    os.write(2, b"still there")
    assert capfd.readouterr().err == "still there"


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_standard_error_may_be_closed(kind: str, tmp_path: Path) -> None:
    plain = drawn_elsewhere("3 fc:1", kind, tmp_path / "a")
    command = ["sh", "-c", '"$0" -c "$1" "$2" "$3" 2>&-', sys.executable, PROGRAM, "3 fc:1", kind]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
    assert done.stdout == plain


def test_no_file_descriptors_leak() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc")
    connectivity.draw("2 fc:1", "png")
    before = count()
    for _ in range(20):
        connectivity.draw("2 fc:1", "png")
    assert count() == before


def test_threads_draw_the_same() -> None:
    found: dict[int, bytes] = {}
    texts = [f"{4 + n % 3} conv:3" for n in range(9)]

    def work(number: int) -> None:
        found[number] = connectivity.draw(texts[number], ("svg", "png", "pdf")[number % 3])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: connectivity.draw(texts[n], ("svg", "png", "pdf")[n % 3]) for n in range(9)} == found


def test_a_png_has_192_dpi_up_to_2000_pixels() -> None:
    scene = compose_figure("6 conv:3", Options())
    expected = [side / 72 * 192 for side in (scene.width, scene.height)]
    assert list(size_of(connectivity.draw("6 conv:3", "png"))) == pytest.approx(expected, abs=4)
    for text in ("60 conv:3", "75 fc:75", "200"):
        scene = compose_figure(text, Options(max_units=0))
        long, short = sorted(size_of(connectivity.draw(text, "png", max_units=0)), reverse=True)
        assert 1997 <= long <= 2001
        assert short / long == pytest.approx(min(scene.width, scene.height) / max(scene.width, scene.height), abs=0.002)


def test_a_png_of_a_deep_network_is_as_long_as_its_text_needs() -> None:
    text = "2x64 " + "conv:3,p=1,c=4 relu " * 60
    scene = compose_figure(text, Options())
    width, height = size_of(connectivity.draw(text, "png"))
    assert height > 2500
    assert width / scene.width * scene.least_text() == pytest.approx(8, abs=0.2)


@pytest.mark.parametrize("dpi", [36.0, 72.0, 300.0])
def test_a_png_has_the_resolution_asked_for(dpi: float) -> None:
    scene = compose_figure("6 conv:3", Options())
    found = size_of(connectivity.draw("6 conv:3", "png", dpi=dpi))
    assert found == pytest.approx((scene.width / 72 * dpi, scene.height / 72 * dpi), abs=1 + 1.5 * dpi / 72)


def test_dpi_is_for_bitmaps_only() -> None:
    assert connectivity.draw("3", "svg", dpi=10) == connectivity.draw("3", "svg")


@pytest.mark.parametrize(("text", "dpi"), [("6 conv:3", 3000.0), ("400", 5000.0), ("6 conv:3", 1e12)])
def test_a_png_that_would_be_too_large(text: str, dpi: float) -> None:
    with pytest.raises(DrawingError, match=f"at most {PIXEL_LIMIT:,} in all and {SIDE_LIMIT:,} a side"):
        connectivity.draw(text, "png", dpi=dpi, max_units=0)


def test_limits_are_the_stated_ones() -> None:
    assert (PIXEL_LIMIT, SIDE_LIMIT) == (64_000_000, 32_767)


def test_flat_drawing_changes_no_small_figure() -> None:
    scene = compose_figure("6 conv:3", Options())
    assert dot(scene, flat=True) == dot(scene)


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_characters_that_would_be_boxes_are_named(format: str) -> None:
    figure = connectivity.Figure.of("3 fc:2").changed(title="\U0010fffd and σ")
    with pytest.warns(MissingGlyphs, match=r"no font has . \(U\+10FFFD\): PNG and PDF show a box"):
        figure.draw(format)
    assert "\U0010fffd".encode() in figure.draw("svg")  # which the reader's font draws: no warning


def test_drawing_does_not_keep_memory() -> None:
    """Graphviz's own handles are freed: 95 MB would be kept of 2,000 figures else."""
    code = (
        "import connectivity, resource\n"
        "figure = connectivity.Figure.of('12 conv:3 fc:6')\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "[figure.draw() for _ in range(50)]\n"
        "before = peak()\n"
        "[figure.draw() for _ in range(400)]\n"
        "print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert int(done.stdout) < 6_000  # kilobytes


@pytest.mark.parametrize("colormap", [None, "viridis", "tab10"])
def test_a_bar_in_a_bitmap_runs_through_its_table(colormap: str | None) -> None:
    """Along its middle, pixel by pixel, without a seam."""
    figure = Figure.of("5 fc:3,w=1/2/3/4/5/6/7/8/-9/-10/-11/12/13/14/-15").changed(colormap=colormap, dpi=144)
    scene = figure.scene()
    (bar,) = (shape for shape in scene.shapes if shape.ramp)
    rows = pixels(figure.draw("png"))
    (left, low), (right, high) = bar.points[0], bar.points[2]
    row = rows[round(2 * (scene.height - (low + high) / 2))]
    table = named_table(colormap, "#ffffff") if colormap else LIGHT.diverging_table
    apart = []
    for x in range(round(2 * left) + 3, round(2 * right) - 3):
        place = ((x + 0.5) / 2 - left) / (right - left) * (STEPS - 1)
        near = range(max(0, int(place) - 4), min(STEPS, int(place) + 6))
        seen = row[x].tolist()
        apart.append(
            min(max(abs(a - b) for a, b in zip(seen, bytes.fromhex(table[one][1:]), strict=True)) for one in near)
        )
    assert max(apart) <= (8 if colormap != "tab10" else 128), "of single colours a pixel has two"
    assert sorted(apart)[len(apart) * 9 // 10] <= 8
