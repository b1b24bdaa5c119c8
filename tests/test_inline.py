from __future__ import annotations

import os
import re
from xml.etree import ElementTree

import pytest

import connectivity
from connectivity import draw
from connectivity.rendering.inline import LEAST_MOST, LEAST_STEP, inline, least_rules, least_width, prefix_of
from connectivity.rendering.svg import (
    PAGE_KERNELS,
    PAGE_UNITS,
    PAGE_WEIGHTS,
    PAGE_WINDOWS,
    cell_rules,
    hover_rules,
    key_rules,
    ray_rules,
)
from connectivity.scene import LEAST_TEXT
from connectivity.typeset.metrics import DATA

SVG = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- made by a program -->
<svg width="10pt" height="8pt" viewBox="0 0 10 8" xmlns="http://www.w3.org/2000/svg" \
xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-labelledby="title description" class="own">
<title id="title">one</title>
<desc id="description">a picture: id="u1" &lt;url(#u1)&gt;</desc>
<style>svg { color: red } @media print { a > b { fill: url(#shade) } }</style>
<defs><linearGradient id='shade'/></defs>
<g id="u1" class="unit" fill="url(#shade)" color="#123456" data-dark="stroke"><use xlink:href="#u1"/><use href='#u1'/>
<text>id="u1" #u1</text></g>
</svg>
"""


def test_ids_and_references_have_the_prefix_and_texts_have_not() -> None:
    text = inline(SVG, "p-")
    assert re.findall(r"""\sid=["']([^"']*)["']""", re.sub(r">[^<]*<", "><", text)) == [
        "p-title",
        "p-description",
        "p-shade",
        "p-u1",
    ]
    assert 'aria-labelledby="p-title p-description"' in text
    assert 'fill="url(#p-shade)" color="#123456"' in text
    assert text.count('href="#p-u1"') == 1
    assert "href='#p-u1'" in text
    assert 'a picture: id="u1" &lt;url(#u1)&gt;' in text
    assert '<text>id="u1" #u1</text>' in text


def test_neither_declaration_nor_style_sheet_comes_along() -> None:
    text = inline(SVG, "p-")
    assert text.startswith('<svg class="connectivity own" ')
    assert text.endswith("</svg>")
    assert "<style" not in text
    assert "<!--" not in text
    assert 'role="img"' in text


def test_a_width_takes_the_place_of_the_size() -> None:
    root = inline(SVG, "p-", width='50%"><script>').partition("<title")[0]
    assert ' width="50%&quot;&gt;&lt;script&gt;"' in root
    assert "height=" not in root
    assert 'viewBox="0 0 10 8"' in root
    high = inline(SVG, "p-", height="3em").partition("<title")[0]
    assert ' class="connectivity of-height own" height="3em" viewBox' in high
    assert " width=" not in high


@pytest.mark.parametrize("theme", ["light", "auto"])
@pytest.mark.parametrize("line", ["6 conv:3 fc:2", "2x8 conv:3,c=4,p=1 maxpool:2 fc:3", "5 fc:3"])
def test_what_is_part_of_a_page_has_no_style_of_its_own(line: str, theme: str) -> None:
    """A strict Content-Security-Policy heeds none."""
    text = inline(draw(line, theme=theme), "p-", width="50%", alt="words")
    assert " style=" not in text
    assert "<style" not in text


def test_a_figure_is_as_wide_as_its_smallest_text_needs() -> None:
    drawn = '<svg width="{}pt" height="90pt" viewBox="0 0 {} 90"><text font-size="{}"/><text font-size="12"/></svg>'
    assert least_width(drawn.format(600, 600, 10)) == 480  # 600 units, of which ten are eight pixels
    assert least_width(drawn.format(600, 600, 9.9)) == 520
    assert least_width(drawn.format(600, 1200, 4)) == 800  # its text is smaller than that as it is
    assert least_width(drawn.format(9000, 9000, 12)) == LEAST_MOST
    assert least_width('<svg width="600pt" height="9pt" viewBox="0 0 600 9"/>') is None
    assert least_width(drawn.format(20, 20, 12)) is None


@pytest.mark.parametrize("text", ["live", "outlines"])
def test_the_least_width_of_a_drawing(text: str) -> None:
    figure = connectivity.Figure.of("40 conv:3 fc:2").changed(text=text, max_units=0)
    scene, data = figure.scene(), figure.draw()
    least = least_width(data)
    assert least is not None
    needed = scene.width * LEAST_TEXT / scene.least_text()
    assert needed <= least < needed + LEAST_STEP
    assert f' data-least="{least}">' in inline(data, "p-")
    assert f' data-least="{least}">' in inline(data, "p-", width="50%")
    assert "data-least" not in inline(data, "p-", width="200px")


def test_alt_is_the_only_name() -> None:
    text = inline(SVG, "p-", alt='a < b & "c"')
    assert '<desc id="p-description">a &lt; b &amp; "c"</desc>' in text
    assert 'aria-labelledby="p-description"' in text
    assert "<title" not in text
    assert text.count("<desc") == 1
    assert ">one\ntwo</desc>" in inline(SVG, "p-", alt="one\ntwo")  # connections that are listed


@pytest.mark.parametrize("line", ["6 conv:3 fc:2", "4 fc:3 // 4 conv:3"])
def test_a_drawing_is_well_formed_and_loses_nothing(line: str) -> None:
    data = draw(line)
    before, after = ElementTree.fromstring(data), ElementTree.fromstring(inline(data, prefix_of(data, 1)))
    assert [element.tag for element in after.iter()] == [
        element.tag for element in before.iter() if not element.tag.endswith("}style")
    ]
    assert [element.text for element in after.iter()] == [
        element.text for element in before.iter() if not element.tag.endswith("}style")
    ]


def test_prefixes_tell_figures_apart_and_are_the_same_each_time() -> None:
    prefixes = [prefix_of(svg, number) for svg in (b"a", b"b") for number in (1, 2)]
    assert len(set(prefixes)) == 4
    assert prefixes == [prefix_of(svg, number) for svg in (b"a", b"b") for number in (1, 2)]
    assert all(prefix[0].isalpha() for prefix in prefixes)


def test_the_style_sheet_of_pages_answers_to_pointing() -> None:
    weights = [f"w{number}" for number in range(1, PAGE_WEIGHTS + 1)]
    units = [f"to{number}" for number in range(1, PAGE_UNITS + 1)]
    sheet = (DATA / "connectivity.css").read_text(encoding="utf-8")
    windows = [f"at{number}" for number in range(1, PAGE_WINDOWS + 1)]
    kernels = [f"oc{number}" for number in range(1, PAGE_KERNELS + 1)]
    rules = hover_rules(weights, units) + cell_rules(windows, kernels) + ray_rules() + key_rules() + least_rules()
    if "CONNECTIVITY_UPDATE" in os.environ:
        head = sheet[: sheet.index("svg.connectivity .edge:hover")]
        (DATA / "connectivity.css").write_text(sheet := head + rules, encoding="utf-8")
    assert sheet.endswith(rules)
    for line in re.findall(r"^.*(?=\{)", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL), re.MULTILINE):
        assert "connectivity" in line or line.startswith("@media"), line


def test_a_notebook_shows_a_figure() -> None:
    figure = connectivity.Figure.of("4 conv:2")
    (first, _), (second, _) = figure._repr_mimebundle_(), figure._repr_mimebundle_()
    ids = [set(re.findall(r'\bid="([^"]+)"', bundle["image/svg+xml"])) for bundle in (first, second)]
    assert ids[0]
    assert ids[1]
    assert not ids[0] & ids[1]
    assert first["image/svg+xml"].startswith("<svg ")
    assert "2 weights shared by 6 connections" in first["text/plain"]


def test_a_notebook_shows_what_is_wrong() -> None:
    figure = connectivity.Figure.of("4 conv:2").changed(highlight="y[9]")
    bundle, _ = figure._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "there is no unit" in bundle["text/plain"]
