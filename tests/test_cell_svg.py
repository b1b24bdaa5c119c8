"""Figures of cells as files: well-formed, named, the same twice, and pointing at a cell shows what belongs to it."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from typing import Any

import pytest
from test_cell_cones import edges_of, unit_of
from test_cells import CNN, EVERY, LANES, UNET

import connectivity
from connectivity.rendering.inline import inline, prefix_of

SVG = "{http://www.w3.org/2000/svg}"
DETAIL = "2x8 conv:3,c=4,s=2,p=1"
SIGNAL = "1x9,values=1/0/2/-1/0/3/1/1/-2 conv:3,w=0.5/-1/0.25"
Unit = tuple[str, int, int]
THEMES = ("light", "dark", "auto", "print")
STACKED = "x=2x8 a=conv:3,c=2,p=1 conv:3,c=3,p=1 concat:a/x"
FORMS = pytest.mark.parametrize(
    "text", [DETAIL, LANES, CNN, UNET, STACKED, SIGNAL], ids=["detail", "lanes", "cnn", "u-net", "stacked", "signal"]
)


@functools.cache
def drawn(text: str, theme: str = "light", **options: Any) -> bytes:
    return connectivity.draw(text, theme=theme, units="cells", **options)


def elements(data: bytes, kind: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(data).iter() if (one.get("class") or "").split(" ")[0] == kind]


def title(element: ET.Element) -> str:
    return element.findtext(f"{SVG}title") or ""


def classes(element: ET.Element) -> list[str]:
    return (element.get("class") or "").split()


@FORMS
@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_is_one_well_formed_document_with_ids_of_its_own(text: str, theme: str) -> None:
    root = ET.fromstring(drawn(text, theme))
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert root.findtext(f"{SVG}desc", "").startswith("A network with ")
    referred = root.get("aria-labelledby", "").split()
    assert referred
    assert set(referred) <= set(ids)


@FORMS
def test_every_cell_says_which_unit_it_is(text: str) -> None:
    cells = elements(drawn(text), "cellunit")
    units = [unit_of(title(cell)) for cell in cells]
    assert len(units) == len(set(units)) > 0
    assert all(cell.get("id") for cell in cells)
    edges = edges_of(text)
    known = {*edges, *(source for sources in edges.values() for source in sources)}
    assert set(units) <= known


@FORMS
@pytest.mark.parametrize("theme", ["light", "print"])
def test_a_window_is_lit_by_its_cell_and_is_what_the_graph_says(text: str, theme: str) -> None:
    """The cells of the class in7 are at the positions that a cell of the class at7 sees."""
    edges = edges_of(text)
    inside: dict[str, set[Unit]] = defaultdict(set)
    looking: dict[str, set[Unit]] = defaultdict(set)
    cells = elements(drawn(text, theme), "cellunit")
    shown = {unit_of(title(cell)) for cell in cells}
    for cell in cells:
        for name in classes(cell)[1:]:
            kind, number = name[:2], name[2:]
            if kind in ("at", "in"):
                (looking if kind == "at" else inside)[number].add(unit_of(title(cell)))
    assert looking
    for number, units in looking.items():
        assert len({(unit[0], unit[2]) for unit in units}) == 1, "one window, one position"
        for unit in units:
            seen = {one for one in edges[unit] if one in shown}
            assert {(one[0], one[2]) for one in seen} == {(one[0], one[2]) for one in inside[number]}, unit
            if text in (DETAIL, LANES, SIGNAL):
                assert seen == inside[number], unit


@pytest.mark.parametrize("text", [DETAIL, LANES, SIGNAL])
def test_a_kernel_is_lit_by_the_cells_it_makes(text: str) -> None:
    """The cells of the class kc2 are the weights of the channel whose cells are of the class oc2."""
    data = drawn(text)
    kernels: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for cell in elements(data, "kernelcell"):
        match = re.match(r"(\w+)\.weight\[(\d+),", title(cell))
        assert match
        (name,) = classes(cell)[1:]
        kernels[name.removeprefix("kc")].add((match[1], int(match[2])))
    made: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for cell in elements(data, "cellunit"):
        for name in classes(cell):
            if name.startswith("oc"):
                made[name.removeprefix("oc")].add(unit_of(title(cell))[:2])
    assert made == kernels
    assert all(len(units) == 1 for units in made.values())


def test_the_style_sheet_has_a_rule_for_every_window_and_kernel() -> None:
    data = drawn(DETAIL)
    sheet = ET.fromstring(data).findtext(f"{SVG}style") or ""
    names = {name for cell in elements(data, "cellunit") for name in classes(cell)[1:]}
    for name in names:
        if name[:2] == "at":
            assert f".{name}:hover) .in{name[2:]}" in sheet
        elif name[:2] == "oc":
            assert f".{name}:hover) .kc{name[2:]}" in sheet


@pytest.mark.parametrize("name", EVERY)
def test_on_paper_there_is_black_white_and_grey(name: str) -> None:
    data = connectivity.draw(EVERY[name], theme="print")
    colours = {value for one in ET.fromstring(data).iter() for key in ("fill", "stroke") if (value := one.get(key))}
    for colour in colours - {"none", "black", "white", "transparent"}:
        assert re.fullmatch(r"#([0-9a-f]{2})\1\1", colour), colour


@FORMS
def test_the_theme_of_the_page_has_both_colours(text: str) -> None:
    data = drawn(text, "auto")
    assert b'data-dark="fill"' in data
    assert b"prefers-color-scheme: dark" in data
    light = re.sub(rb' (?:color|data-dark)="[^"]*"', b"", data)
    assert elements(light, "cellunit")[0].get("fill") == elements(drawn(text), "cellunit")[0].get("fill")


@FORMS
def test_the_same_bytes_twice(text: str) -> None:
    assert connectivity.draw(text, units="cells") == drawn(text)


@pytest.mark.parametrize("text", [DETAIL, CNN])
@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"graph")])
def test_other_formats(text: str, format: str, start: bytes) -> None:
    data = connectivity.draw(text, format=format)
    assert data.lstrip(b"strict di")[:20].startswith(start) or data.startswith(start)
    assert len(data) > 2_000


def test_two_figures_of_a_page_have_ids_and_classes_apart() -> None:
    data = drawn(DETAIL, "auto")
    texts = [inline(data, prefix_of(data, number)) for number in (1, 2)]
    ids = [set(re.findall(r'\sid="([^"]*)"', text)) for text in texts]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert len(ids[0]) == len(ids[1])
    assert "<style" not in texts[0]
    ET.fromstring(f"<body>{''.join(texts)}</body>")
