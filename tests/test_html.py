"""Figures as HTML: parts of pages that are dark or not, and pages of their own."""

from __future__ import annotations

import re

import pytest
from browsers import launched

from connectivity import Figure
from connectivity.rendering.html import DARK

FIGURE = Figure.of("4 conv:3", title="A < B")


def test_a_fragment_is_an_svg_whose_ids_are_its_own() -> None:
    one, two = FIGURE.to_html(), FIGURE.to_html(number=2)
    assert one.startswith("<svg ")
    assert one.rstrip().endswith("</svg>")
    assert FIGURE.to_html() == one
    ids = [set(re.findall(r'\sid="([^"]+)"', text)) for text in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_options_are_heeded() -> None:
    assert FIGURE.to_html(theme="dark") == FIGURE.changed(theme="dark").to_html() != FIGURE.to_html()


def test_a_page_is_whole() -> None:
    page = FIGURE.to_html(page=True)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>A &lt; B</title>" in page
    assert FIGURE.to_html() in page
    assert "background: #14171c" in FIGURE.to_html(page=True, theme="dark")


@pytest.mark.browser
def test_a_page_of_a_figure_is_as_dark_as_it() -> None:
    browser = launched()
    try:
        for system, ground in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 28)")):
            page = browser.new_context(color_scheme=system).new_page()
            page.set_content(FIGURE.to_html(page=True, theme="auto"))
            grounds = page.evaluate(
                "() => [getComputedStyle(document.body).backgroundColor,"
                " getComputedStyle(document.querySelector('svg > .graph > polygon')).fill]"
            )
            assert grounds == [ground, ground]
    finally:
        browser.close()


def test_only_what_follows_its_page_speaks_of_dark_pages() -> None:
    assert DARK[0] in FIGURE.to_html(theme="auto")
    for theme in ("light", "dark"):
        assert "data-jp-theme" not in FIGURE.to_html(theme=theme)


@pytest.mark.browser
def test_a_fragment_follows_its_page() -> None:
    """Its ink is light on a page that says it is dark, dark on one that says it is light, else as the system is."""
    fragment = FIGURE.to_html(theme="auto")
    said = {
        'data-jp-theme-light="false"': (True, True),
        'data-jp-theme-light="true"': (False, False),
        'class="vscode-dark"': (True, True),
        'data-theme="auto"': (False, True),
        "": (False, True),
    }
    browser = launched()
    try:
        for number, system in enumerate(("light", "dark")):
            page = browser.new_context(color_scheme=system).new_page()
            for attribute, dark in said.items():
                page.set_content(f"<!DOCTYPE html><html><body {attribute}>{fragment}</body></html>")
                ink, ground = page.evaluate(
                    "() => ['svg text', 'svg > .graph > polygon'].map("
                    "name => getComputedStyle(document.querySelector(name)).fill)"
                )
                assert (sum(map(int, re.findall(r"\d+", ink)[:3])) > 380) == dark[number], (attribute, system)
                clear = dark[0]  # a page that says it is dark is the ground itself
                assert (ground == "rgba(0, 0, 0, 0)") == clear, (attribute, system, ground)
    finally:
        browser.close()
