"""Texts as outlines: shapes that need no font, and what still says what they are."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import ROOT, Run

import connectivity
from connectivity import DrawingError
from connectivity.errors import MissingGlyphs
from connectivity.pages.cache import fingerprint
from connectivity.rendering import outlines
from connectivity.rendering.inline import inline, prefix_of
from connectivity.typeset.metrics import DATA, FILES, text_width

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
TITLE = r'A "title" of $h_{ij}^{(2)}$ & more'


def drawn(line: str = "6 conv:3 fc:2", **options: object) -> ET.Element:
    return ET.fromstring(connectivity.draw(line, text="outlines", title=TITLE, **options))  # type: ignore[arg-type]


def words(root: ET.Element) -> list[str]:
    return [group.get("aria-label") or "" for group in root.iter(f"{SVG}g") if group.get("class") == "outlines"]


def test_every_line_is_an_outline_that_says_what_live_text_does() -> None:
    live = ET.fromstring(connectivity.draw("6 conv:3 fc:2", title=TITLE))
    lines = ["".join(text.itertext()) for text in live.iter(f"{SVG}text")]
    assert lines
    assert words(drawn()) == lines
    assert not list(drawn().iter(f"{SVG}text"))


def test_tooltips_ids_and_descriptions_stay() -> None:
    live, outlined = ET.fromstring(connectivity.draw("6 conv:3 fc:2", title=TITLE)), drawn()
    for tag in ("title", "desc", "style"):
        assert [element.text for element in outlined.iter(f"{SVG}{tag}")] == [
            element.text for element in live.iter(f"{SVG}{tag}")
        ]
    ids = [element.get("id") for element in outlined.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if not str(name).startswith("glyph-")] == [
        element.get("id") for element in live.iter() if element.get("id")
    ]


def test_a_glyph_is_defined_once_and_nothing_else_is() -> None:
    root = drawn()
    (definitions,) = root.findall(f"{SVG}defs")
    defined = [glyph.get("id") for glyph in definitions]
    used = [(use.get(f"{XLINK}href") or "")[1:] for use in root.iter(f"{SVG}use")]
    assert list(dict.fromkeys(used)) == defined
    assert len(used) > 2 * len(defined)


@pytest.mark.parametrize("face", FILES)
def test_an_outline_is_as_wide_as_the_font_says(face: str) -> None:
    """Its points lie within its advance, but for what slants out of it."""
    for character in "xHgM0(ϕ→":
        numbers = [int(number) for number in re.findall(r"-?\d+", outlines._outline(face, character))]
        width = text_width(character, 1000, face)
        assert -120 < min(numbers[::2]) < max(numbers[::2]) < width + 150, character
        assert -300 < min(numbers[1::2]) < max(numbers[1::2]) < 1000
    assert outlines._outline(face, " ") == ""


def test_figures_of_one_page_do_not_share_glyphs() -> None:
    svg = connectivity.draw("3 fc:2", text="outlines")
    page = ET.fromstring("<p>" + "".join(inline(svg, prefix_of(svg, number)) for number in (1, 2)) + "</p>")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for figure in page:
        own = {element.get("id") for element in figure.iter()}
        assert {(use.get(f"{XLINK}href") or "")[1:] for use in figure.iter(f"{SVG}use")} <= own


def test_a_hostile_label_is_a_label() -> None:
    label = """a" id="u1" href='#u1' url(#u1) <b> &amp;"""
    svg = connectivity.draw("3 fc:2", text="outlines", layer_titles=(label, "y"))
    assert label in words(ET.fromstring(svg))
    assert label in words(ET.fromstring(inline(svg, "p-")))


def test_outlines_have_the_colours_of_both_pages() -> None:
    root = drawn(theme="auto")
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class") == "outlines"]
    live = ET.fromstring(connectivity.draw("6 conv:3 fc:2", title=TITLE, theme="auto"))
    assert [(group.get("fill"), group.get("color")) for group in groups] == [
        (text.get("fill"), text.get("color")) for text in live.iter(f"{SVG}text")
    ]
    assert all(group.get("data-dark") == "fill" for group in groups)


def test_what_the_font_has_not_stays_live_and_is_named() -> None:
    with pytest.warns(MissingGlyphs, match=r"the font has no 輸 \(U\+8F38\), 入 .*: texts with it stay live"):
        root = drawn("3 fc:2", layer_titles=("輸入", "y"))
    assert [text.text for text in root.iter(f"{SVG}text")] == ["輸入"]
    assert "y" in words(root)


def test_outlines_need_fonttools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "find_spec", lambda name: None)
    with pytest.raises(
        DrawingError, match=r"needs the fonttools package: pip install 'layer-connectivity\[outlines\]'"
    ):
        connectivity.draw("3 fc:2", text="outlines")
    assert connectivity.draw("3 fc:2", "png", text="outlines")


def test_only_an_svg_has_them() -> None:
    figure = connectivity.Figure.of("3 fc:2")
    outlined = figure.changed(text="Outlines")
    assert figure.draw("png") == outlined.draw("png")
    assert figure.draw("dot") == outlined.draw("dot")
    assert fingerprint(figure, "svg") != fingerprint(outlined, "svg")
    assert fingerprint(figure, "png") == fingerprint(outlined, "png")


def test_from_the_command_line(run: Run) -> None:
    done = run("draw", "3 fc:2", "--text", "outlines", "-o", "-", "-f", "svg")
    assert done.returncode == 0, done.stderr
    assert done.stdout == connectivity.draw("3 fc:2", text="outlines")
    refused = run("draw", "3 fc:2", "--text", "paths", "-o", "net.svg")
    assert refused.returncode == 2
    assert b"outlines" in refused.stderr


def test_the_commands_of_the_manual(run: Run, tmp_path: Path) -> None:
    """Files of the sizes that are said, and the folder of fonts."""
    page = (ROOT / "samples" / "docs" / "howto" / "svg.rst").read_text(encoding="utf-8")
    commands = re.findall(r"^   connectivity (.*)", page, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert run(*command.split()).returncode == 0
    live, outlined = ((tmp_path / name).stat().st_size for name in ("net.svg", "outlines.svg"))
    assert 1.5 * live < outlined < 3 * live
    (statement,) = re.findall(r"python -c '([^']*)'", page)
    folder = subprocess.run([sys.executable, "-c", statement], capture_output=True, check=True, text=True).stdout
    assert {path.name for path in Path(folder.strip(), "fonts").glob("*.otf")} == set(FILES.values())


def test_fonttools_reads_the_font_and_leaves_no_file_open() -> None:
    outlines._font.cache_clear()
    drawn()
    glyphs, _ = outlines._font("regular")
    assert isinstance(glyphs.font.reader.file, io.BytesIO)
    assert (DATA / "fonts" / FILES["regular"]).is_file()
