"""The labels of ``labels.toml``, each as a unit's label, a title, a layer's title and the text at a connection.

What is read of each: by the parser; in PNGs of Graphviz, where there must be ink; by a browser; and in what
librsvg and CairoSVG draw.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from browsers import launched
from conftest import Run

from connectivity import DrawingError, Figure
from connectivity.errors import MarkupError, MissingGlyphs
from connectivity.figures.schema import schema
from connectivity.options import LABEL_LIMIT, Options
from connectivity.rendering.dot import clean
from connectivity.rendering.render import render
from connectivity.scene import Scene, Text
from connectivity.typeset.formula import MarkupFault
from connectivity.typeset.formula import read as read_formula
from connectivity.typeset.markup import parts, pieces, plain, rich_width, split_lines
from connectivity.typeset.metrics import DATA
from connectivity.typeset.pieces import Arrow, Stack, runs_of
from connectivity.typeset.pieces import Run as Piece
from connectivity.typeset.signs import KNOWN

pytestmark = pytest.mark.filterwarnings("ignore::connectivity.errors.MissingGlyphs")

SVG = "{http://www.w3.org/2000/svg}"
ROOM = 12.0
"""The longest label that is tried in a unit, in font sizes."""


class Label(NamedTuple):
    """A label, what is read of it in a figure and in a text without markup, or what is wrong with it."""

    text: str
    reads: str = ""
    plain: str = ""
    error: str = ""
    column: int = 0

    @property
    def inked(self) -> bool:
        """Whether anything is to be seen."""
        return any(unicodedata.category(character) not in ("Cf", "Zs") for character in self.reads)


def read(entry: dict[str, Any]) -> Label:
    reads = entry.get("reads", entry["text"])
    return Label(entry["text"], reads, entry.get("plain", reads), entry.get("error", ""), entry.get("column", 0))


CORPUS = [
    read(entry) for entry in tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))["label"]
]
RIGHT = [label for label in CORPUS if not label.error]
WRONG = [label for label in CORPUS if label.error]


def spaced(text: str) -> str:
    return " ".join(text.split())


def tight(text: str) -> str:
    return "".join(text.split())


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 300
    assert len({label.text for label in CORPUS}) == len(CORPUS)
    assert len(WRONG) >= 40
    assert max(len(label.text) for label in RIGHT) == LABEL_LIMIT


@pytest.mark.parametrize("label", RIGHT, ids=lambda label: ascii(label.text)[1:30])
def test_what_a_label_says(label: Label) -> None:
    lines = split_lines(label.text.replace("\t", " "))
    shown = " ".join("".join(run.text for run in runs_of(pieces(line))) for line in lines)
    assert spaced(clean(shown)) == spaced(label.reads)
    assert spaced(clean(plain(" ".join(lines)))) == spaced(label.plain)
    assert rich_width("\n".join(lines), 10.0) >= 0
    Options(title=label.text, layer_titles=(label.text,))


@pytest.mark.parametrize("label", WRONG, ids=lambda label: ascii(label.text)[1:30])
@pytest.mark.parametrize(
    ("option", "before"), [("title", ""), ("panel_titles", ""), ("layer_titles", ""), ("unit_labels", "x[1]=")]
)
def test_what_is_wrong_with_a_label(label: Label, option: str, before: str) -> None:
    options: dict[str, Any] = {option: before + label.text}
    with pytest.raises(MarkupError) as caught:
        Figure.of("3").changed(**options).scene()
    error = caught.value
    assert error.reason.startswith(label.error)
    assert error.place == len(before) + label.column - 1
    place, excerpt, caret = str(error).split("\n")
    assert place.split(" ")[0].endswith(f":1:{error.place + 1}:")
    assert caret.index("^") - 2 == error.place if len(before + label.text) < 72 else excerpt
    assert [run.text for run in runs_of(pieces(label.text))] != []  # where nobody asks, it is shown as it was typed


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc80$x$"])
def test_half_characters_are_replaced(text: str) -> None:
    figure = Figure.of("2 fc:1").changed(title=text, unit_labels=[f"x={text}"])
    root = ET.fromstring(figure.draw())
    assert "\ufffd" in "".join(root.itertext())
    assert figure.draw("png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\mathbf{W}x_i$", [Piece("W", "bold"), Piece("x", "italic"), Piece("i", "italic", "sub")]),
        (r"$\text{a}\textit{b}\Gamma\gamma 1$", [Piece("a"), Piece("b", "italic"), Piece("Γ"), Piece("γ", "italic"), Piece("1")]),
        (r"$x_{i}^{(L)}$", [Piece("x", "italic"), Stack((Piece("i", "italic", "sub"),), (Piece("(", height="sup"), Piece("L", "italic", "sup"), Piece(")", height="sup")))]),
        (r"$x_i'$", [Piece("x", "italic"), Stack((Piece("i", "italic", "sub"),), (Piece("′"),))]),
        (r"$\vec{x}_{\mathrm{in}}$", [Arrow(Piece("x", "italic")), Piece("in", height="sub")]),
        (r"$\hat{\mathbf{y}}$", [Piece("ŷ", "bold")]),
        (r"$\operatorname{f}x$", [Piece("f\u2009"), Piece("x", "italic")]),
        (r"a $b$ \$c", [Piece("a "), Piece("b", "italic"), Piece(" $c")]),
        ("$x$ of $\nosuch$", [Piece("$x$ of $\nosuch$")][:0] or [Piece("x", "italic"), Piece(" of $\nosuch$")]),
    ],
)  # fmt: skip
def test_of_what_a_label_is_set(text: str, expected: list[object]) -> None:
    assert [*pieces(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b/c", ["a", "b", "c"]),
        (r"a\/b/c", ["a/b", "c"]),
        (r"\/", ["/"]),
        ("$a/b$/c", ["$a/b$", "c"]),
        (r"$\frac{a}{b}$/$x/y$", [r"$\frac{a}{b}$", "$x/y$"]),
        ("/", ["", ""]),
        ("", [""]),
        ("$5/$6", ["$5", "$6"]),
        (r"C:\a/b", [r"C:\a", "b"]),
    ],
)
def test_slashes_part_lists(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_a_slash_behind_a_backslash_stands_in_a_label() -> None:
    scene = Figure.of("3 fc:1").changed(unit_labels=[r"x=a\/b/$c/d$/e", r"y[1]=1\/2"], channel_labels=r"y=m\/s").scene()
    assert [unit.label.stem for unit in scene.units if unit.label] == ["a/b", "c/d", "e", "1/2"]
    assert "m/s" in [text.text for text in scene.texts]


def test_an_error_in_a_figure_file_is_at_its_character() -> None:
    with pytest.raises(DrawingError) as caught:
        Figure.of("3").changed(title=r"good $x$, bad $x \foo$").scene()
    assert str(caught.value).splitlines() == [
        'title:1:18: unknown "\\foo" between dollar signs (Greek letters, \\hat, \\text, \\to, ... are known)',
        r"  good $x$, bad $x \foo$",
        "                   ^",
    ]
    text = 'network = "3 fc:2"\nlabel = ["x=a/b/c", "y=$x$/$h_{2$"]\n'
    with pytest.raises(Exception, match=r'<figure>:2:31: label: "{" without its "}"'):
        Figure.parse(text)
    assert schema()["properties"]["font"]["type"] == "string"


MANUAL = (Path(__file__).parents[1] / "samples" / "docs" / "reference" / "texts.rst").read_text(encoding="utf-8")


def test_the_commands_of_the_manual(run: Run, tmp_path: Path) -> None:
    shutil.copy(DATA / "fonts" / "SourceSans3-Regular.otf", tmp_path / "NotoSansSC-Regular.otf")
    commands = re.findall(r"^   connectivity (draw .*)", MANUAL, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        done = run(*shlex.split(command))
        assert done.returncode == 0, done.stderr.decode()
    wrong = run("draw", "3", "--title", r"$x \dost y$", "-o", "a.svg")
    shown = re.search(r"text\n\n((?:   .*\n)+)", MANUAL)
    assert shown is not None
    assert textwrap.dedent(shown[1]) == wrong.stderr.decode()


def test_every_command_of_the_manual_is_known() -> None:
    table = MANUAL[MANUAL.index("====") : MANUAL.rindex("====")]
    named = set(re.findall(r"\\([A-Za-z]+)", table))
    assert len(named) > 40
    assert named <= {*KNOWN, "n", "dost"}


# What is drawn


class Drawn(NamedTuple):
    """A scene, and where in it each label stands: left, bottom, right, top in points."""

    scene: Scene
    labels: list[tuple[Label, str, tuple[float, float, float, float]]]


def in_units() -> Drawn:
    """Labels in the units of several panels, in boxes."""
    fitting = [
        label for label in RIGHT if label.text.strip() and rich_width("\n".join(split_lines(label.text)), 1.0) < ROOM
    ]
    panels = [fitting[start : start + 25] for start in range(0, len(fitting), 25)]
    names = [f"p{chr(97 + number)}" for number in range(len(panels))]
    wishes = [
        f"{name}[{n}]={label.text}" for name, some in zip(names, panels, strict=True) for n, label in enumerate(some, 1)
    ]
    line = " // ".join(f"{name}={len(some)}" for name, some in zip(names, panels, strict=True))
    figure = Figure.of(line).changed(
        unit_labels=wishes, unit_shape="box", max_units=100, captions=False, columns=6, panel_titles=[""] * len(panels)
    )
    scene = figure.scene()
    half = scene.unit_width / 2 - 2, scene.diameter / 2 - 2
    places = [
        (label, unit.id, (unit.x - half[0], unit.y - half[1], unit.x + half[0], unit.y + half[1]))
        for label, unit in zip(fitting, scene.units, strict=True)
    ]
    return Drawn(scene, places)


def as_texts(classes: str, bold: bool, plate: str) -> Drawn:
    """Labels as texts of a figure, one under the other."""
    scene = Figure.of("1").changed(captions=False).scene()
    scene.units.clear()
    scene.texts.clear()
    shown = [label for label in RIGHT if label.text.strip() and len(label.text) < 200]
    pitch, size, columns = 36.0, 13.0, 3
    places = []
    rows = -(-len(shown) // columns)
    scene.width, scene.height = columns * 760.0, rows * pitch + 80
    for number, label in enumerate(shown):
        x, y = 380.0 + 760.0 * (number // rows), scene.height - 40 - pitch * (number % rows)
        lines = "\n".join(split_lines(label.text.replace("\t", " ")))
        text = Text(x, y, lines, size, "#000000", bold, classes=classes, plate=plate)
        scene.texts.append(text)
        width, height = text.measure()
        places.append((label, "", (x - width / 2 - 4, y - height / 2 - 2, x + width / 2 + 4, y + height / 2 + 2)))
    return Drawn(scene, places)


DRAWN: dict[str, Callable[[], Drawn]] = {
    "unit": in_units,
    "caption": lambda: as_texts("caption", bold=False, plate=""),
    "title": lambda: as_texts("title", bold=True, plate=""),
    "weight": lambda: as_texts("weight", bold=False, plate="#ffffff"),
}
each_kind = pytest.mark.parametrize("kind", DRAWN)


def image(png: bytes) -> Any:
    """The picture as grey values, on white."""
    pillow: Any = importlib.import_module("PIL.Image")
    picture = pillow.open(io.BytesIO(png)).convert("RGBA")
    ground = pillow.new("RGBA", picture.size, "#ffffff")
    ground.alpha_composite(picture)
    return ground.convert("L")


def blank(drawn: Drawn, png: bytes) -> list[str]:
    """The labels that should be seen and are not: without ink where they stand."""
    picture = image(png)
    width, height = picture.size
    across, up = width / drawn.scene.width, height / drawn.scene.height
    missing = []
    for label, _, (left, bottom, right, top) in drawn.labels:
        area = (left * across, height - top * up, right * across, height - bottom * up)
        darkest, _ = picture.crop(tuple(map(round, area))).getextrema()
        if label.inked != (darkest < 140):
            missing.append(label.text)
    return missing


@each_kind
def test_labels_in_pictures_of_graphviz(kind: str) -> None:
    drawn = DRAWN[kind]()
    assert blank(drawn, render(drawn.scene, "png", dpi=72)) == []
    assert render(drawn.scene, "pdf").endswith(b"%%EOF\n")


@each_kind
def test_labels_in_svg(kind: str) -> None:
    drawn = DRAWN[kind]()
    root = ET.fromstring(render(drawn.scene))
    if kind == "unit":
        groups = {group.get("id"): group for group in root.iter(f"{SVG}g")}
        found = [
            "".join("".join(text.itertext()) for text in groups[name].iter(f"{SVG}text")) for _, name, _ in drawn.labels
        ]
        assert [tight(text) for text in found] == [tight(clean(label.reads)) for label, _, _ in drawn.labels]
        return
    check_order(kind, drawn, "".join("".join(text.itertext()) for text in root.iter(f"{SVG}text")))


def check_order(kind: str, drawn: Drawn, shown: str) -> None:
    """Everything is there, and in its order; texts on plates, of which those alike stand together, in any."""
    expected = "".join(tight(clean(label.reads)) for label, _, _ in drawn.labels)
    if kind == "weight":
        assert sorted(tight(shown)) == sorted(expected)
    else:
        assert tight(shown) == expected


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    yield started.new_page()
    started.close()


READ = """() => [...document.querySelectorAll('svg text')].map(text => [
    text.closest('g').id, text.textContent])"""


@pytest.mark.browser
@each_kind
def test_labels_in_a_browser(browser: Any, kind: str, tmp_path: Path) -> None:
    drawn = DRAWN[kind]()
    path = tmp_path / "a.svg"
    path.write_bytes(render(drawn.scene))
    browser.goto(path.as_uri())
    texts: list[tuple[str, str]] = browser.evaluate(READ)
    if kind == "unit":
        for label, name, _ in drawn.labels:
            assert tight("".join(text for group, text in texts if group == name)) == tight(clean(label.reads))
    else:
        check_order(kind, drawn, "".join(text for _, text in texts))
    assert blank(drawn, shot(browser, drawn)) == []


def shot(page: Any, drawn: Drawn) -> bytes:
    """A photograph of the page, a pixel for each point."""
    page.evaluate("() => { const svg = document.documentElement; svg.setAttribute('width', svg.viewBox.baseVal.width);"
                  " svg.setAttribute('height', svg.viewBox.baseVal.height); }")  # fmt: skip
    page.set_viewport_size({"width": round(drawn.scene.width), "height": round(drawn.scene.height)})
    png: bytes = page.screenshot()
    return png


def by_rsvg(svg: bytes) -> bytes:
    program = shutil.which("rsvg-convert")
    if program is None:
        absent("rsvg-convert (apt-get install librsvg2-bin)")
    return subprocess.run([str(program), "--zoom=0.75", "-f", "png"], input=svg, capture_output=True, check=True).stdout


def by_cairosvg(svg: bytes) -> bytes:
    try:
        module: Any = importlib.import_module("cairosvg")
    except (ImportError, OSError):
        absent("CairoSVG (pip install cairosvg)")
    png: bytes = module.svg2png(bytestring=svg, scale=0.75)
    return png


def absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


@each_kind
@pytest.mark.parametrize("convert", [by_rsvg, by_cairosvg], ids=["rsvg", "cairosvg"])
def test_labels_by_other_programs(kind: str, convert: Callable[[bytes], bytes]) -> None:
    drawn = DRAWN[kind]()
    assert blank(drawn, convert(render(drawn.scene))) == []


def test_what_no_font_has_is_said_once() -> None:
    drawn = in_units()
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        render(drawn.scene, "png", dpi=36)
    assert {note.category for note in noted} == {MissingGlyphs}
    (said,) = (str(note.message) for note in noted if str(note.message).startswith("no font has"))
    assert "U+10FFFD" in said or "more" in said


def test_long_and_odd_titles_of_layers_and_panels() -> None:
    texts = [label.text for label in RIGHT]
    for start in range(0, len(texts), 40):
        some = texts[start : start + 40]
        line = " // ".join(["1 fc:1 fc:1"] * len(some))
        figure = Figure.of(line).changed(panel_titles=some, layer_titles=some[:3], row_titles=some[3:6], columns=5)
        root = ET.fromstring(figure.draw())
        assert root.tag == f"{SVG}svg"
        assert figure.draw("png", engine="auto").endswith(b"IEND\xaeB`\x82")


def test_a_figure_without_formulas_does_not_wait_for_them() -> None:
    program = "import sys, connectivity; connectivity.draw('8 fc:8', title='plain $5'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.decode().split()
    late = {
        f"connectivity.{name}" for name in ("typeset.formula", "typeset.signs", "typeset.fontfile", "rendering.fonts")
    }
    assert late.isdisjoint(loaded)


@pytest.mark.parametrize(
    ("title", "place", "command"),
    [
        ("$3 \times 3$", 4, "t"),
        ("$\frac{1}{2}$", 2, "f"),
        ("$\bar{x}$", 2, "b"),
        ("$\nabla f$", 2, "n"),
        ("$x \neq y$", 4, "n"),
    ],
)
def test_commands_that_quotation_marks_have_eaten_are_said(title: str, place: int, command: str) -> None:
    with pytest.raises(DrawingError, match=rf"title:1:{place}: .* make of \\{command}; in a figure file"):
        Figure.of("3 fc:2", title=title)


@pytest.mark.parametrize("title", ["two\nlines $x_1$", "costs $5\nand $6 more", "a\ttab", r"$\times$"])
def test_other_control_characters_are_no_commands(title: str) -> None:
    assert Figure.of("3 fc:2", title=title).draw()


FAULTS = [
    ("a\\", 1, "a backslash with nothing after it; write \\backslash"),
    ("a{$}", 2, "a dollar sign within dollar signs; write it outside, as \\$"),
    (r"x_{\sqrt[3]{2}}", 3, "a root with a degree in a script; write it outside"),
    ("x_{a_1^2}", 1, "two scripts of one letter within a script; write it outside"),
    (r"\left a", 0, r'"\left" without a bracket after it, as \left('),
    (r"a\left", 1, r'"\left" without a bracket after it, as \left('),
    (r"\text a", 0, r'"\text" without a group: \text{...}'),
]
"""Formulas that are none, where they are wrong, and what is said."""


@pytest.mark.parametrize(("text", "place", "message"), FAULTS)
def test_what_is_wrong_in_a_formula_is_said_where_it_is(text: str, place: int, message: str) -> None:
    with pytest.raises(MarkupFault) as caught:
        read_formula(text, 0, len(text))
    assert (str(caught.value.args[0]), caught.value.place) == (message, place)


@pytest.mark.parametrize("bracket", [r"\lvert", r"\{", "<", r"\langle", "|", "["])
def test_brackets_of_any_size_are_brackets(bracket: str) -> None:
    """``\\big`` and the like are for LaTeX; here a bracket is as high as a line."""
    for size in (r"\bigl", r"\Big"):
        larger = f"{size}{bracket} a"
        assert read_formula(larger, 0, len(larger)) == read_formula(f"{bracket} a", 0, len(bracket) + 2)
