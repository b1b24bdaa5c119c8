"""Figures that move on the pages of others: Sphinx, MkDocs, notebooks, and an image as GitHub serves it."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from motionrules import Motion
from pages import SphinxServer, lack_of
from PIL import Image, ImageChops

from connectivity import Figure
from connectivity.colour.themes import LIGHT
from connectivity.markdown import STYLESHEET

pytestmark = pytest.mark.browser

LINE = "6 conv:3"
PERIOD = 0.4
MOVING = Figure.of(LINE).changed(animate="slide", period=PERIOD)
STEPS = 4
FENCE = f'network = "{LINE}"\nanimate = "slide"\nperiod = {PERIOD}\n'

AT = """time => {
    document.getAnimations().forEach(one => { one.pause(); one.currentTime = 1000 * time });
    const seen = [...document.querySelectorAll("svg.connectivity .edge")].filter(one => getComputedStyle(one).opacity !== "0");
    return seen.map(one => getComputedStyle(one.querySelector("path")).stroke);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    yield started
    started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 900, "height": 900})
    yield context.new_page()
    context.close()


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


def check_inline(page: Any) -> None:
    """The figure of a page moves as its rules say; and with reduced motion it is whole."""
    rules = Motion(MOVING.draw())
    assert page.evaluate("document.getAnimations().length") > 0
    for number in range(STEPS):
        time = PERIOD * (number + 0.4)
        assert page.evaluate(AT, time) == [rgb(line.colour) for line in rules.at(time).lines]
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert rgb(LIGHT.faint) not in page.evaluate(AT, 0.0)


def seen(page: Any, times: int = 14) -> list[bytes]:
    """What a page looks like, again and again."""
    shots = []
    for _ in range(times):
        shots.append(page.screenshot())
        page.wait_for_timeout(1000 * PERIOD / 3)
    return shots


def is_figure(shot: bytes, path: Path, page: Any) -> bool:
    """Whether a screenshot shows the whole figure, which does not move."""
    path.write_bytes(MOVING.changed(animate="none").draw())
    page.goto("about:blank")
    page.set_content(f'<body style="margin:0"><img src="data:image/svg+xml;base64,{encoded(path)}">')
    page.wait_for_function("document.images[0].complete")
    images = [Image.open(io.BytesIO(one)).convert("RGB") for one in (shot, page.screenshot())]
    return ImageChops.difference(*images).getbbox() is None


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def test_in_a_page_of_sphinx(page: Any, sphinx: SphinxServer, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text('extensions = ["connectivity.sphinx"]\nhtml_theme = "furo"\nproject = "p"\n')
    body = f".. connectivity:: {LINE}\n   :animate: slide\n   :period: {PERIOD}\n"
    (tmp_path / "index.rst").write_text(f"Page\n====\n\n{body}")
    done = sphinx.build(["-q", "-W", "-b", "html", ".", "html"], tmp_path)
    assert done.returncode == 0, done.stderr
    page.goto((tmp_path / "html" / "index.html").as_uri())
    check_inline(page)


def test_in_a_page_of_mkdocs(page: Any, tmp_path: Path) -> None:
    lack_of("mkdocs", "material")
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: p\ntheme:\n  name: material\n  font: false\nextra_css: [connectivity.css]\nplugins: []\n"
        "markdown_extensions:\n  - pymdownx.superfences:\n      custom_fences:\n        - name: connectivity\n"
        "          class: connectivity\n          format: !!python/name:connectivity.markdown.formatter\n"
        "          validator: !!python/name:connectivity.markdown.validator\n"
    )
    (tmp_path / "docs" / "connectivity.css").write_bytes(STYLESHEET.read_bytes())
    (tmp_path / "docs" / "index.md").write_text(f"# Page\n\n```connectivity\n{FENCE}```\n")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    page.goto((tmp_path / "site" / "index.html").as_uri())
    check_inline(page)


def notebook(tmp_path: Path, options: str) -> Path:
    """A notebook that shows the figure, run and made a page."""
    lack_of("nbclient", "ipykernel", "nbconvert", "nbformat")
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    source = f"import connectivity\nconnectivity.Figure.of('{LINE}').changed(animate='slide', period={PERIOD}{options})"
    cell = nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]
    book = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    path = tmp_path / "notebook.html"
    text, _ = HTMLExporter().from_notebook_node(book)  # type: ignore[no-untyped-call]
    path.write_text(text, encoding="utf-8")
    return path


def test_in_a_notebook(page: Any, tmp_path: Path) -> None:
    page.route("http*://**", lambda route: route.abort())  # scripts that a page of nbconvert gets from elsewhere
    page.goto(notebook(tmp_path, "").as_uri())
    assert len(set(seen(page))) >= STEPS - 1


def test_in_a_notebook_whose_figures_follow_it(page: Any, tmp_path: Path) -> None:
    """There they are images, which move as well."""
    page.route("http*://**", lambda route: route.abort())
    page.goto(notebook(tmp_path, ", theme='auto'").as_uri())
    assert page.locator("img.day").is_visible()
    assert len(set(seen(page))) >= STEPS - 1


CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What GitHub says of images that it serves."""


def served(page: Any, data: bytes) -> None:
    """Show an SVG in a page as GitHub shows one of a repository: an image, from a server that allows it next to nothing."""
    headers = {"content-type": "image/svg+xml", "content-security-policy": CSP, "x-content-type-options": "nosniff"}
    page.route("**/net.svg", lambda route: route.fulfill(status=200, headers=headers, body=data))
    text = '<!doctype html><body style="margin:0"><img src="net.svg">'
    page.route("**/README", lambda route: route.fulfill(status=200, content_type="text/html", body=text))
    page.goto("http://localhost/README")
    page.wait_for_function("document.images[0].complete")


def test_on_github_it_moves(page: Any) -> None:
    served(page, MOVING.draw())
    assert len(set(seen(page))) >= STEPS - 1


def test_on_github_it_stands_still_for_those_who_wish_so(tmp_path: Path) -> None:
    """An image heeds what the system says, which a page cannot pretend: so it is said to the browser as it starts."""
    browser = launched(args=["--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion"])
    try:
        page = browser.new_page(viewport={"width": 900, "height": 900})
        served(page, MOVING.draw())
        shots = seen(page, 5)
        assert len(set(shots)) == 1
        assert is_figure(shots[0], tmp_path / "still.svg", page)
    finally:
        browser.close()


@pytest.mark.parametrize("strict", ["style-src 'self'", "default-src 'none'"])
def test_a_page_that_heeds_no_style_of_its_own_shows_the_whole_figure(page: Any, strict: str, tmp_path: Path) -> None:
    """An SVG that is part of a page whose policy is strict has no rules, so that nothing moves, and nothing is missing."""
    text = f'<!doctype html><body style="margin:0">{MOVING.draw().decode()}'
    headers = {"content-type": "text/html", "content-security-policy": strict}
    page.route("**/page", lambda route: route.fulfill(status=200, headers=headers, body=text))
    page.goto("http://localhost/page")
    assert page.evaluate("document.getAnimations().length") == 0
    assert rgb(LIGHT.faint) not in page.evaluate(AT, 0.0)
