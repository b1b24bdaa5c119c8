"""The manual as a site: built without a warning, found by its search, and read on a desk and on a phone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import ROOT
from pages import need

need("sphinx", "furo", "sphinx_copybutton")

SOURCE = ROOT / "samples" / "docs"
PHONE = {"width": 390, "height": 844}

CUT = """() => {
    const scrolls = e =>
        e.tagName != 'ARTICLE' && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    return [...document.querySelectorAll('article *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement))
        .map(e => e.outerHTML.slice(0, 100));
}"""
"""What is too wide for the page, and is not within something that scrolls by itself, as code does."""

SCROLLED = "() => [...document.querySelectorAll('article .table-wrapper')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
"""How many tables have to be scrolled."""


def build(builder: str, folder: Path) -> Path:
    """Build the manual, and fail at a warning."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-j2", "-b", builder, str(SOURCE), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as HTML."""
    return build("html", tmp_path_factory.mktemp("html"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium."""
    started = launched()
    yield started
    started.close()


def test_html_is_built_without_a_warning(site: Path) -> None:
    assert len([*site.glob("*/*.html")]) > 30


@pytest.mark.thorough
def test_latex_is_built_without_a_warning(tmp_path: Path) -> None:
    assert (build("latex", tmp_path) / "connectivity.tex").is_file()


@pytest.mark.browser
def test_no_page_is_wider_than_a_phone(site: Path, browser: Any) -> None:
    """What is wider, as code, scrolls by itself; tables of options and limits do not need to."""
    page = browser.new_page(viewport=PHONE)
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        assert page.evaluate(CUT) == [], path.relative_to(site)
    for name in ("options", "limits", "commands"):
        page.goto((site / "reference" / f"{name}.html").as_uri())
        assert page.evaluate(SCROLLED) == 0, name
    page.close()


@pytest.mark.browser
def test_a_search_finds_an_option_and_a_page(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=highlight")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("document.querySelector('#search-results .search-summary').textContent.includes('found')")
    found = page.evaluate("[...document.querySelectorAll('#search-results li a')].map(a => a.getAttribute('href'))")
    assert any("reference/options.html#cmdoption-connectivity-draw-highlight" in link for link in found)
    assert any("howto/highlight.html" in link for link in found)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_start_page(site: Path, browser: Any, scheme: str) -> None:
    """Cards by need, that lead to pages; a button that copies; dark where the reader's system is."""
    context = browser.new_context(color_scheme=scheme, viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    cards = page.query_selector_all("ul.cards > li")
    assert len(cards) == 8
    assert all(card.query_selector("a[href$='.html']") for card in cards)
    assert all(card.bounding_box()["width"] > 300 for card in cards)
    page.wait_for_selector("button.copybtn")
    assert page.evaluate("getComputedStyle(document.querySelector('button.copybtn')).opacity") == "1"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 150) == (scheme == "dark")
    context.close()
