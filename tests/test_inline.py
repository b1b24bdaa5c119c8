from __future__ import annotations

import os
import re
from xml.etree import ElementTree

import pytest

import connectivity
from connectivity import draw
from connectivity.rendering.inline import inline, prefix_of
from connectivity.rendering.svg import (
    PAGE_KERNELS,
    PAGE_UNITS,
    PAGE_WEIGHTS,
    PAGE_WINDOWS,
    cell_rules,
    hover_rules,
)
from connectivity.typeset.metrics import DATA

SVG = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- made by a program -->
<svg width="10pt" height="8pt" viewBox="0 0 10 8" xmlns="http://www.w3.org/2000/svg" \
xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-labelledby="title description" class="own">
<title id="title">one</title>
<desc id="description">a picture: id="u1" &lt;url(#u1)&gt;</desc>
<style>svg { color: red } @media print { a > b { fill: url(#shade) } }</style>
<defs><linearGradient id='shade'/></defs>
<g id="u1" class="unit" style="fill:url(#shade);--dark-fill:#123456"><use xlink:href="#u1"/><use href='#u1'/>
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
    assert "fill:url(#p-shade);--dark-fill:#123456" in text
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
    assert 'style="width: 50%&quot;&gt;&lt;script&gt;; height: auto"' in root
    assert 'style="width: 300px; height: auto"' in inline(SVG, "p-", width="300")
    assert 'viewBox="0 0 10 8"' in root


def test_alt_is_the_only_name() -> None:
    text = inline(SVG, "p-", alt='a < b & "c"')
    assert '<desc id="p-description">a &lt; b &amp; "c"</desc>' in text
    assert 'aria-labelledby="p-description"' in text
    assert "<title" not in text
    assert text.count("<desc") == 1


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
    rules = hover_rules(weights, units) + cell_rules(windows, kernels)
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
