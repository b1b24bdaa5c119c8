"""Figures in a real browser: colours of light and dark pages, names, pointing, printing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import ROOT
from pages import SphinxServer

import connectivity
from connectivity.colour.themes import DARK, LIGHT
from connectivity.rendering.inline import inline, prefix_of
from connectivity.scene import LEAST_TEXT
from connectivity.typeset.metrics import DATA

pytestmark = pytest.mark.browser

FIGURE = "5 conv:3"
CONF = 'extensions = ["connectivity.sphinx"]\nhtml_theme = "{theme}"\nproject = "p"\n'
PAGE = """Page
====

.. connectivity:: 5 conv:3
   :name: one

.. connectivity:: 5 conv:3

.. connectivity:: 5 fc:2
   :alt: a network in words
"""


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    started.new_page()
    yield started
    started.close()


@pytest.fixture(scope="module", params=["furo", "alabaster"])
def site(
    request: pytest.FixtureRequest, sphinx: SphinxServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A page that Sphinx built, and its theme."""
    theme = str(request.param)
    folder = tmp_path_factory.mktemp(theme)
    (folder / "conf.py").write_text(CONF.format(theme=theme))
    (folder / "index.rst").write_text(PAGE)
    return theme, built(sphinx, folder)


@pytest.fixture(scope="module")
def images(sphinx: SphinxServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with images, built by Sphinx."""
    folder = tmp_path_factory.mktemp("images")
    (folder / "conf.py").write_text(CONF.format(theme="furo") + 'connectivity_html = "img"\n')
    (folder / "index.rst").write_text(PAGE.replace(":name: one", ":name: one\n   :align: right\n   :class: own"))
    return built(sphinx, folder)


def built(sphinx: SphinxServer, folder: Path) -> Path:
    done = sphinx.build(["-q", "-W", "-b", "html", ".", "html"], folder)
    assert done.returncode == 0, done.stderr
    return folder / "html" / "index.html"


def shown(browser: Any, path: Path, scheme: str) -> Any:
    """The one page that is there, at ``path``, to a reader of whom nothing else is known."""
    (page,) = browser.contexts[0].pages
    page.mouse.move(0, 0)
    page.emulate_media(color_scheme=scheme, media="screen")
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_images_follow_the_site(browser: Any, images: Path, scheme: str) -> None:
    """One of the two is shown: by the system where the theme follows it, by the theme where it does not; on paper the light one."""
    page = shown(browser, images, scheme)

    def seen() -> set[str]:
        script = """() => [...document.querySelectorAll('img')].filter(image => image.offsetParent)
            .map(image => [...image.classList].find(name => name.startsWith('connectivity-')))"""
        return set(page.evaluate(script))

    assert seen() == {f"connectivity-{scheme}"}
    for toggle in ("light", "dark"):
        page.evaluate("theme => { document.body.dataset.theme = theme }", toggle)
        assert seen() == {f"connectivity-{toggle}"}
        page.emulate_media(media="print")
        assert seen() == {"connectivity-light"}
        page.emulate_media(media="screen")
    box = page.locator(".connectivity-figure").first
    assert colour_of(page, ".connectivity-figure", "float") == "right"
    assert "own" in str(box.locator("img").first.get_attribute("class")).split()


FIGURES = """Page
====

.. connectivity:: 5 conv:3
   :caption: Of a caption.

.. connectivity:: 40 conv:3
   :max-units: 0
   :direction: TB

.. connectivity:: 2x8 conv:3,c=4,p=1 maxpool:2 fc:3
   :width: 60%
"""

SEEN = """() => [...document.querySelectorAll('.connectivity-figure')].map(box =>
    [...box.querySelectorAll('img, svg.connectivity')].filter(each => each.getClientRects().length).map(each => {
        const style = getComputedStyle(each), own = [...each.classList].find(name => /-(light|dark)$/.test(name));
        return `${own ?? 'svg'} ${style.filter}`;
    }))"""


@pytest.mark.parametrize("way", ["img", "inline"])
@pytest.mark.parametrize("theme", ["pydata_sphinx_theme", "sphinx_book_theme", "furo", "alabaster"])
def test_figures_and_captions_are_there_by_day_by_night_and_on_paper(
    browser: Any, sphinx: SphinxServer, tmp_path: Path, theme: str, way: str
) -> None:
    """One picture for each figure, as it was drawn; on a phone, no page scrolls sideways, and text can be read."""
    (tmp_path / "conf.py").write_text(CONF.format(theme=theme) + f'connectivity_html = "{way}"\n')
    (tmp_path / "index.rst").write_text(FIGURES)
    path = built(sphinx, tmp_path)
    page = browser.new_context().new_page()  # some themes remember
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, media="screen")
        page.goto(path.as_uri())
        side = scheme if theme != "alabaster" else "light"
        assert page.evaluate(SEEN) == [[f"connectivity-{side} none" if way == "img" else "svg none"]] * 3
        assert page.locator("figcaption").is_visible()
        page.emulate_media(media="print")
        assert page.evaluate(SEEN) == [["connectivity-light none" if way == "img" else "svg none"]] * 3
        assert page.locator("figcaption").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 390, "height": 800})
    boxes = page.evaluate(BOXES)
    over = page.evaluate("document.documentElement.scrollWidth") - 390
    page.context.close()
    assert over <= 0
    for (box, drawn), line in zip(boxes, ("5 conv:3", "40 conv:3", "2x8 conv:3,c=4,p=1 maxpool:2 fc:3"), strict=True):
        scene = (
            connectivity.Figure.of(line).changed(max_units=0, direction="TB" if line[:2] == "40" else "auto").scene()
        )
        assert drawn / scene.width * scene.least_text() >= LEAST_TEXT - 0.1
        assert box <= 390
    assert boxes[1][1] > boxes[1][0]  # which scrolls


BOXES = """() => [...document.querySelectorAll('.connectivity-figure')].map(box => [box.clientWidth,
    Math.max(...[...box.querySelectorAll('img, svg.connectivity')].map(each => each.getBoundingClientRect().width))])"""


@pytest.mark.parametrize("dark", [True, False])
def test_a_strict_policy_changes_nothing(browser: Any, dark: bool) -> None:
    """Of a page that heeds no style but that of its style sheets, every mark has the colours that it has elsewhere."""
    lines = "4 fc:3", "2x8 conv:3,c=4,p=1 maxpool:2 fc:3", "5 fc:3,w=1/2/3/4/5/6/7/8/-9/-10/-11/12/13/14/-15"
    both = [inline(connectivity.draw(line, theme="auto"), f"a{n}-", width="90%") for n, line in enumerate(lines)]
    alone = [
        inline(connectivity.draw(line, theme="dark" if dark else "light"), f"b{n}-") for n, line in enumerate(lines)
    ]
    head = (
        f'<!doctype html><html data-theme="{"dark" if dark else "light"}"><link rel=stylesheet href=connectivity.css>'
    )
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    answers = {
        "/page": ("text/html", head + "".join(f"<p>{svg}</p>" for svg in [*both, *alone])),
        "/connectivity.css": ("text/css", (DATA / "connectivity.css").read_text(encoding="utf-8")),
    }

    def answer(route: Any) -> None:
        kind, body = answers.get(route.request.url.removeprefix("http://policy.test"), ("text/plain", ""))
        policy = {"Content-Security-Policy": "default-src 'self'"}
        route.fulfill(status=200, content_type=kind, body=body, headers=policy)

    page.route("**/*", answer)
    page.goto("http://policy.test/page")
    painted = """() => [...document.querySelectorAll('svg.connectivity')].map(svg =>
        [...svg.querySelectorAll('path, polygon, polyline, ellipse, rect, text')].map(each => {
            const style = getComputedStyle(each);
            return [each.tagName, style.fill.replace(/#.*/, ''), style.stroke, style.fillOpacity].join(' ');
        }).slice(1))"""  # but the paper, which the page is itself
    marks = page.evaluate(painted)
    page.close()
    assert said == []
    assert [len(each) > 10 for each in marks] == [True] * 6
    assert marks[:3] == marks[3:]


@pytest.mark.parametrize("kind", ["arrow", "cell"])
def test_pointing_in_matrices(browser: Any, tmp_path: Path, kind: str) -> None:
    """A cell and the arrows of its weight light up together."""
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw("4 conv:2", view="both"))
    page = shown(browser, path, "light")
    page.locator(".edge.w2 path" if kind == "arrow" else ".cell.w2").first.hover(force=True)
    assert opacities(page, ".edge.w2") == opacities(page, ".cell.w2") == {"1"}
    assert opacities(page, ".edge:not(.w2)") == opacities(page, ".cell:not(.w2)") == {"0.2"}


def test_pointing_at_an_input_changes_nothing(browser: Any, site: tuple[str, Path]) -> None:
    """Nothing leads into it."""
    page = shown(browser, site[1], "light")
    page.locator(".unit.layer0").first.hover(force=True)
    assert opacities(page, ".edge") == {"1"}


def test_widths_and_places_of_inline_figures(browser: Any, sphinx: SphinxServer, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(CONF.format(theme="alabaster"))
    options = "   :width: 50%\n   :align: right\n"
    page_text = f"P\n=\n\n.. connectivity:: 5 conv:3\n{options}\n.. connectivity:: 5 conv:3\n{options}   :caption: C\n"
    (tmp_path / "index.rst").write_text(page_text)
    page = shown(browser, built(sphinx, tmp_path), "light")
    assert colour_of(page, ".connectivity-figure", "float") == "right"
    widths = page.evaluate(
        "[...document.querySelectorAll('svg.connectivity')].map(e => e.getBoundingClientRect().width)"
    )
    natural = connectivity.Figure.of("5 conv:3").scene().width * 96 / 72
    assert all(width > 0.4 * natural for width in widths), (widths, natural)


def colour_of(page: Any, selector: str, name: str = "stroke") -> str:
    script = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    return str(page.evaluate(script, [selector, name]))


@pytest.mark.parametrize(("scheme", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_a_file_follows_the_reader_s_colour_scheme(browser: Any, tmp_path: Path, scheme: str, theme: Any) -> None:
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw(FIGURE, theme="auto"))
    page = shown(browser, path, scheme)
    assert colour_of(page, ".w1 path") == rgb(theme.palette[0])
    assert colour_of(page, ".graph > polygon", "fill") == rgb(theme.background)
    page.emulate_media(media="print")
    assert colour_of(page, ".w1 path") == rgb(LIGHT.palette[0])


def test_a_light_file_stays_light(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw(FIGURE))
    assert colour_of(shown(browser, path, "dark"), ".w1 path") == rgb(LIGHT.palette[0])


def test_pages_follow_the_site_and_not_only_the_system(browser: Any, site: tuple[str, Path]) -> None:
    name, path = site
    for scheme in ("light", "dark"):
        page = shown(browser, path, scheme)
        follows = DARK if name == "furo" and scheme == "dark" else LIGHT  # alabaster has no dark side
        assert colour_of(page, ".w1 path") == rgb(follows.palette[0])
        page.emulate_media(media="print")
        assert colour_of(page, ".w1 path") == rgb(LIGHT.palette[0])
        page.emulate_media(media="screen")
        if name == "furo":
            for toggle, theme in (("light", LIGHT), ("dark", DARK)):
                page.evaluate("theme => { document.body.dataset.theme = theme }", toggle)
                assert colour_of(page, ".w1 path") == rgb(theme.palette[0])


@pytest.mark.parametrize(
    ("element", "attribute", "value"),
    [("body", "data-md-color-scheme", "slate"), ("html", "data-theme", "dark"), ("html", "data-bs-theme", "dark")],
)
def test_toggles_of_other_themes(browser: Any, tmp_path: Path, element: str, attribute: str, value: str) -> None:
    """Material for MkDocs, the PyData theme, Bootstrap."""
    svg = connectivity.draw(FIGURE, theme="auto")
    sheet = (DATA / "connectivity.css").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><style>{sheet}</style><body>{inline(svg, prefix_of(svg, 1))}</body></html>")
    page = shown(browser, path, "dark")
    assert colour_of(page, ".w1 path") == rgb(LIGHT.palette[0])
    page.evaluate("([e, a, v]) => document.querySelector(e).setAttribute(a, v)", [element, attribute, value])
    assert colour_of(page, ".w1 path") == rgb(DARK.palette[0])


def test_names_ids_and_styles_of_a_page(browser: Any, site: tuple[str, Path]) -> None:
    page = shown(browser, site[1], "light")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate("document.querySelectorAll('svg.connectivity style').length") == 0
    figures = page.locator("svg.connectivity")
    assert figures.count() == 3
    names = [figures.nth(number).aria_snapshot() for number in range(3)]
    # An image without the script, and what the keyboard goes through with it.
    assert names[0].startswith("- 'application \"connectivity graph A network with 5 inputs: a convolution")
    assert names[2].startswith('- application "a network in words"')


def opacities(page: Any, selector: str) -> set[str]:
    script = "selector => [...document.querySelectorAll(selector)].map(e => getComputedStyle(e).opacity)"
    return set(page.evaluate(script, selector))


@pytest.mark.parametrize("standalone", [True, False])
def test_pointing(browser: Any, site: tuple[str, Path], tmp_path: Path, standalone: bool) -> None:
    """At a connection: those of its weight; at a unit: those that lead into it; in this figure alone."""
    path = site[1]
    if standalone:
        path = tmp_path / "net.svg"
        path.write_bytes(connectivity.draw(FIGURE))
    page = shown(browser, path, "light")
    figure = "svg.connectivity" if standalone else ".connectivity-figure#one svg"
    assert opacities(page, f"{figure} .edge") == {"1"}
    page.locator(f"{figure} .w2 path").first.hover(force=True)
    assert opacities(page, f"{figure} .w2") == {"1"}
    assert opacities(page, f"{figure} .edge:not(.w2)") == {"0.2"}
    assert colour_of(page, f"{figure} .w2 path", "strokeWidth") == "2.6px"
    unit = page.locator(f"{figure} .unit.layer1").nth(1)
    number = re.sub(r".*u", "", str(unit.get_attribute("id")))
    unit.hover(force=True)
    assert opacities(page, f"{figure} .to{number}") == {"1"}
    assert opacities(page, f"{figure} .edge:not(.to{number})") == {"0.2"}
    if not standalone:
        others = "#one ~ .connectivity-figure .edge"
        assert opacities(page, others) == {"1"}


def test_pointing_at_a_unit_of_a_dense_figure(browser: Any, tmp_path: Path) -> None:
    """The lines into it are seen, over all others, which are pale."""
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw("75 fc:75", max_units=0))
    page = shown(browser, path, "light")
    seen = "[...document.querySelectorAll('.rays')].map(rays => getComputedStyle(rays).display != 'none')"
    assert page.evaluate(seen) == [False] * 75
    assert opacities(page, ".lines") == {"1"}
    page.locator(".unit.layer1").nth(20).hover(force=True)
    assert page.evaluate(seen) == [number == 20 for number in range(75)]
    assert opacities(page, ".lines") == {"0.25"}
    page.locator(".unit.layer0").nth(20).hover(force=True)
    assert opacities(page, ".lines") == {"1"}


def test_tooltips_say_the_weight(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw("5 conv:3,w=-0.42/1/0"))
    page = shown(browser, path, "light")
    assert page.locator(".w1 title").first.text_content() == "x1 → y1: y.weight[0,0,0] = −0.42"


def test_labels_stay_in_their_units_in_the_reader_s_font(browser: Any, tmp_path: Path) -> None:
    """The browser has another font than the one that was measured; its labels are a little wider at most."""
    path = tmp_path / "net.svg"
    path.write_bytes(connectivity.draw("12 conv:3"))
    page = shown(browser, path, "light")
    script = """() => [...document.querySelectorAll('.unit')].map(unit => {
        const circle = unit.querySelector('ellipse').getBoundingClientRect();
        const text = unit.querySelector('text').getBoundingClientRect();
        return text.left >= circle.left && text.right <= circle.right
    })"""
    assert all(page.evaluate(script))


@pytest.mark.parametrize("family", ["monospace", "serif"])
def test_texts_stay_where_they_were_measured_in_any_font(browser: Any, tmp_path: Path, family: str) -> None:
    """On the paper, and apart, on all figures of the gallery, in fonts that are as unlike ours as can be."""
    path = tmp_path / "page.html"
    figures = [sample.read_bytes() for sample in sorted((ROOT / "samples").glob("*.svg"))]
    parts = [inline(svg, prefix_of(svg, number)) for number, svg in enumerate(figures)]
    path.write_text(f"<!doctype html><style>svg {{ font-family: {family} }}</style>{''.join(parts)}", encoding="utf-8")
    page = shown(browser, path, "light")
    script = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
        const paper = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('.caption text, .legend text, .title text')].map(
            text => [text.textContent, text.getBoundingClientRect()]);
        const out = texts.filter(([, box]) => box.left < paper.left || box.right > paper.right);
        const met = texts.filter(([, a], n) => texts.some(([, b], other) => other > n &&
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2.5 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.6 * Math.min(a.height, b.height)));
        return [...out, ...met].map(([text]) => text)
    })"""
    assert page.evaluate(script) == []


def test_figures_that_follow_the_page_have_no_paper_and_others_keep_theirs(browser: Any, tmp_path: Path) -> None:
    sheet = (DATA / "connectivity.css").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    figures = [connectivity.draw(FIGURE, theme=theme) for theme in ("auto", "light", "dark")]
    parts = [f"<p id={n}>{inline(svg, n)}</p>" for n, svg in zip("abc", figures, strict=True)]
    path.write_text(f"<!doctype html><html data-theme=dark><style>{sheet}</style>{''.join(parts)}")
    page = shown(browser, path, "dark")
    dense = connectivity.draw("80 fc:80", theme="auto", view="matrix", max_units=0)
    page.evaluate("svg => { document.body.innerHTML += `<p id=d>${svg}</p>` }", inline(dense, "d"))
    assert colour_of(page, "#d .graph > polygon", "fill") == "rgba(0, 0, 0, 0)"
    assert colour_of(page, "#d .graph > polygon:nth-of-type(99)", "fill") not in ("rgba(0, 0, 0, 0)", "")
    papers = [colour_of(page, f"#{name} .graph > polygon", "fill") for name in "abc"]
    assert papers == ["rgba(0, 0, 0, 0)", rgb(LIGHT.background), rgb(DARK.background)]


@pytest.mark.parametrize("standalone", [True, False])
def test_pointing_at_a_cell(browser: Any, tmp_path: Path, standalone: bool) -> None:
    """Its window and its kernel have an outline of their own, and nothing else has; in pages as in files."""
    svg = connectivity.draw("2x8 conv:3,c=4,s=2,p=1", theme="light" if standalone else "auto")
    path = tmp_path / ("net.svg" if standalone else "net.html")
    if standalone:
        path.write_bytes(svg)
    else:
        sheet = (DATA / "connectivity.css").read_text(encoding="utf-8")
        path.write_text(f"<!doctype html><style>{sheet}</style>{inline(svg, prefix_of(svg, 1))}", encoding="utf-8")
    page = shown(browser, path, "light")

    def lit() -> set[str]:
        script = """() => [...document.querySelectorAll('.cellunit, .kernelcell')]
            .filter(e => getComputedStyle(e).stroke === 'rgb(232, 89, 12)')
            .map(e => e.querySelector('title').textContent.replace(/ = .*/, ''))"""
        return set(page.evaluate(script))

    def point(name: str) -> None:
        script = """name => { const cell = [...document.querySelectorAll('.cellunit, .kernelcell')]
            .find(e => e.querySelector('title').textContent.replace(/ = .*/, '') === name);
            const box = cell.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 4] }"""
        page.mouse.move(*page.evaluate(script, name))

    kernel = {f"y.weight[1,{row},{tap}]" for row in range(2) for tap in range(3)}
    assert lit() == set()
    point("y[2,3]")
    assert lit() == {"y[2,3]", *(f"x[{channel},{place}]" for channel in (1, 2) for place in (4, 5, 6)), *kernel}
    point("y[4,1]")
    assert {name for name in lit() if name.startswith("x")} == {"x[1,1]", "x[1,2]", "x[2,1]", "x[2,2]"}
    point("y.weight[1,0,2]")
    assert lit() == {"y.weight[1,0,2]", *(f"y[2,{place}]" for place in range(1, 5))}
    point("x[1,3]")
    assert lit() == {"x[1,3]"}


def test_labels_are_found_and_selected_as_text(browser: Any, tmp_path: Path) -> None:
    """As a reader searches the page; what is raised or lowered is a part of the word."""
    path = tmp_path / "page.html"
    svg = connectivity.draw("6 conv:3 fc:2 fc:2", layer_titles=("input", "of $x_i$ by $W^2$", "b", "c"))
    path.write_text(f"<!doctype html>{inline(svg, 'a')}", encoding="utf-8")
    page = shown(browser, path, "light")
    for words in ("x3", "h2(1)", "of xi by W2", "12 connections"):
        page.evaluate("() => getSelection().removeAllRanges()")
        assert page.evaluate("words => window.find(words)", words), words
        assert page.evaluate("() => getSelection().toString()") == words
