"""Figures on a page by keyboard, and in the words that a screen reader gets of them: in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from pages import SphinxServer

import connectivity
from connectivity.rendering.html import SCRIPT
from connectivity.rendering.inline import inline, prefix_of
from connectivity.typeset.metrics import DATA

SMALL = "4,values=1/2/3/4 conv:3,weight=-1/2/3 fc:2,weight=1/5/3/-2"
"""Of the two connections out of h1[1], that to y2 is the stronger one; of those out of h1[2], that to y1."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    yield started
    started.close()


class Reader:
    """Somebody without a mouse, on a page with some figures and a link behind them, under the strictest policy."""

    def __init__(self, browser: Any, *figures: str, script: bool = True, **options: Any) -> None:
        drawn = [connectivity.Figure.of(figure).changed(**options).draw() for figure in figures]
        shown = "".join(f"<p>{inline(svg, prefix_of(svg, at))}</p>" for at, svg in enumerate(drawn))
        head = "<link rel=stylesheet href=connectivity.css>" + script * "<script defer src=connectivity.js></script>"
        files = {
            "connectivity.css": ("text/css", (DATA / "connectivity.css").read_text(encoding="utf-8")),
            "connectivity.js": ("text/javascript", SCRIPT.read_text(encoding="utf-8")),
            "": ("text/html; charset=utf-8", f"<!doctype html><html>{head}<body>{shown}<a href=x id=behind>x</a>"),
        }
        self.page, self.wrong = browser.new_page(), list[str]()
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

        def answer(route: Any) -> None:
            kind, body = files[route.request.url.rpartition("/")[2]]
            policy = "default-src 'none'; script-src 'self'; style-src 'self'"
            route.fulfill(content_type=kind, body=body, headers={"Content-Security-Policy": policy})

        self.page.route("http://figures.test/*", answer)
        self.page.goto("http://figures.test/")

    def press(self, *keys: str) -> str:
        """What is said of where the focus is after these keys: its name, or the tag of what has none."""
        for key in keys:
            self.page.keyboard.press(key)
        return str(
            self.page.evaluate("(({ariaLabel, tagName, id}) => ariaLabel ?? (id || tagName))(document.activeElement)")
        )

    def units(self, *keys: str) -> list[str]:
        """The units that the focus is on after each key."""
        return [re.split(r"[,;]", self.press(key))[0] for key in keys]

    def told(self) -> tuple[str, str]:
        """The role and the name of what has the focus, as Chromium tells them to a screen reader."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        focused = [
            node
            for node in nodes
            if any(each["name"] == "focused" and each["value"]["value"] for each in node.get("properties", ()))
        ]
        return focused[-1]["role"]["value"], focused[-1]["name"]["value"]

    def lit(self) -> set[str]:
        chosen = ".edge[data-lit] > title"
        return set(
            self.page.evaluate(f"[...document.querySelectorAll('{chosen}')].map(e => e.textContent.split(':')[0])")
        )


def test_the_script_is_small_and_leaves_nothing_behind() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(SCRIPT.read_bytes()) < 6000
    assert "</script" not in text  # it stands in pages of their own, too
    assert not re.search(r"\beval\(|innerHTML|\.style\b|Function\(", text)


@pytest.mark.browser
def test_a_figure_is_one_stop_and_says_what_is_in_focus(browser: Any) -> None:
    """Under a policy that allows no inline style or script; what Chromium's accessibility tree has is what is spoken."""
    reader = Reader(browser, SMALL)
    assert reader.press("Tab") == "svg"
    role, name = reader.told()
    assert role == "application"
    assert "A network with 4 inputs" in name
    assert reader.press("ArrowDown") == "x1, value 1; 1 connection out to h1[1]"
    assert reader.press("ArrowDown", "ArrowRight").startswith("h1 unit 1, value ")
    role, name = reader.told()
    assert role == "image"
    assert name.endswith("; 3 connections in from x1, x2, x3; 2 connections out to y1, y2")
    assert reader.press("Tab") == "behind"
    assert reader.press("Shift+Tab") == "svg"
    assert reader.press("Tab") == "behind"
    assert not reader.wrong


@pytest.mark.browser
def test_the_focus_can_be_seen_and_lights_what_leads_there(browser: Any) -> None:
    reader = Reader(browser, SMALL)
    reader.press("Tab", "ArrowDown", "ArrowDown", "ArrowRight")
    ring = "getComputedStyle(document.activeElement).outline"
    assert reader.page.evaluate(ring) == "rgb(232, 89, 12) solid 2px"
    assert reader.lit() == {"x1 → h1[1]", "x2 → h1[1]", "x3 → h1[1]"}
    faint = "getComputedStyle(document.querySelector('[id$=e10]')).opacity"
    assert reader.page.evaluate(faint) == "0.2"
    reader.press("Tab")
    assert reader.page.evaluate(faint) == "1"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("direction", "on", "back", "aside"),
    [
        ("LR", "ArrowRight", "ArrowLeft", "ArrowDown"),
        ("RL", "ArrowLeft", "ArrowRight", "ArrowDown"),
        ("TB", "ArrowDown", "ArrowUp", "ArrowRight"),
        ("BT", "ArrowUp", "ArrowDown", "ArrowRight"),
    ],
)
def test_arrows_follow_the_drawing(browser: Any, direction: str, on: str, back: str, aside: str) -> None:
    """Along a connection to the strongest, across to the next unit of the layer, wherever a layer is."""
    reader = Reader(browser, SMALL, direction=direction)
    reader.press("Tab", on)
    assert reader.units(on, on, back, back) == ["h1 unit 1", "y2", "h1 unit 1", "x3"]
    assert reader.units(aside, aside, on, on) == ["x4", "x4", "h1 unit 2", "y1"]


@pytest.mark.browser
def test_enter_goes_through_the_connections_of_a_unit(browser: Any) -> None:
    reader = Reader(browser, SMALL)
    reader.press("Tab", "ArrowDown", "ArrowRight")
    assert reader.press("Enter") == "connection 1 of 5: x1 to h1[1]: h1.weight[0,0,0] = −1"
    assert reader.lit() == {"x1 → h1[1]", "x2 → h1[2]"}  # which have that weight in common, as under the pointer
    assert reader.press("c") == "connection 2 of 5: x2 to h1[1]: h1.weight[0,0,1] = 2"
    assert reader.press("Shift+Enter", "Shift+Enter") == "connection 5 of 5: h1[1] to y2: y.weight[1,0] = 3"
    assert reader.press("ArrowUp").startswith("connection 4 of 5: h1[1] to y1")
    assert reader.units("Escape", "Enter", "ArrowLeft") == [
        "h1 unit 1",
        "connection 1 of 5: x1 to h1[1]: h1.weight[0",
        "x1",
    ]
    assert reader.press("Escape") == "svg"


@pytest.mark.browser
def test_cells_say_their_window_and_matrices_their_weights(browser: Any) -> None:
    reader = Reader(browser, "2x6 conv:3,c=3 fc:2 // 3 fc:3")
    reader.press("Tab", "ArrowDown")
    assert reader.units("ArrowDown", "ArrowRight", "ArrowRight") == ["x channel 1", "x channel 2", "h1 channel 1"]
    assert "; 6 units in its window: x[1,1], x[1,2], x[1,3]" in reader.press("Shift")
    assert reader.page.evaluate("document.querySelectorAll('.cellunit[data-lit]').length") == 6
    matrix = Reader(browser, "4 conv:3,weight=1/2/3", view="matrix")
    matrix.press("Tab")
    assert matrix.press("ArrowDown") == "x1 to y1: y.weight[0,0,0], value 1"
    assert matrix.press("ArrowRight") == "x2 to y1: y.weight[0,0,1], value 2"


@pytest.mark.browser
def test_a_graph_with_its_matrices_is_entered_at_its_first_unit_and_both_are_within_reach(browser: Any) -> None:
    """From the row of matrices to the graph and back, wherever one is in them; a layer's end leads to no other layer."""
    reader = Reader(browser, "6 conv:3,weight=1/2/3 fc:2", view="both")
    reader.press("Tab", "ArrowDown")
    assert reader.units("Shift", *["ArrowDown"] * 5) == ["x1", "x2", "x3", "x4", "x5", "x6"]
    assert reader.press("ArrowDown") == "x2 to h1[1]: h1.weight[0,0,1], value 2"
    for along in range(6):
        reader.press(*["ArrowRight"] * along)
        assert reader.units("ArrowUp", "ArrowUp")[1].startswith(("x", "h1 unit", "y"))
        assert " to " in reader.press(*["ArrowDown"] * 6)


@pytest.mark.browser
def test_what_stands_next_to_a_block_of_cells_is_next(browser: Any) -> None:
    """A shorter block in the middle of its height comes before circles that happen to be as high as the cell."""
    reader = Reader(browser, "1x16 conv:3,c=2,p=1 maxpool:4 fc:9")
    reader.press("Tab")
    for place in range(16):
        reader.press("ArrowDown", "ArrowRight", "ArrowRight", *["ArrowDown"] * place)
        assert reader.press("Shift").startswith(f"h1 channel 2, unit {place + 1};")
        assert reader.units("ArrowRight", "Escape") == ["h2 channel 1", "svg"]


@pytest.mark.browser
def test_connections_are_told_in_the_order_of_units_and_as_drawn_where_some_are_left_out(browser: Any) -> None:
    """Those that are emphasised are drawn last; of 100 connections 6 are drawn."""
    lit = Reader(browser, SMALL, highlight="y.1:receptive-field")
    lit.press("Tab", "ArrowDown")
    assert lit.press("ArrowRight").endswith("; 3 connections in from x1, x2, x3; 2 connections out to y1, y2")
    assert lit.press(*["Enter"] * 4).startswith("connection 4 of 5: h1[1] to y1")
    part = Reader(browser, "100 fc:4", max_units=6)
    assert part.press("Tab", "ArrowDown", "ArrowRight").endswith("; 4 drawn connections in from x1, x2, x99, x100")


@pytest.mark.browser
def test_every_figure_of_a_page_is_a_stop_but_those_that_are_hidden(browser: Any) -> None:
    """Two panels have an x2 each: a connection joins those of its own."""
    reader = Reader(browser, "3 fc:2 // 4 conv:3", "5 conv:3", "3 fc:2")
    reader.page.evaluate("document.querySelectorAll('p')[1].hidden = true")
    reader.press("Tab", "ArrowDown")
    assert reader.units("ArrowRight", "ArrowRight", "ArrowRight")[2] == "y1"
    assert reader.press("Shift").endswith("; 3 connections in from x1, x2, x3")
    assert reader.units("Tab", "ArrowDown", "Tab") == ["svg", "x1", "behind"]
    assert not reader.wrong


@pytest.mark.browser
def test_nothing_changes_without_the_script_and_nothing_stays_of_it(browser: Any) -> None:
    """Neither a global name, nor anything in a figure that was left."""
    plain, reader = Reader(browser, SMALL, script=False), Reader(browser, SMALL)
    names = "Object.getOwnPropertyNames(window).sort().join()"
    assert plain.press("Tab") == "behind"
    assert plain.page.evaluate(names) == reader.page.evaluate(names)
    inner = "document.querySelector('svg').innerHTML"
    before = reader.page.evaluate(inner)
    reader.press("Tab", "ArrowDown", "ArrowRight", "Enter", "Enter")
    assert reader.page.evaluate(inner) != before
    reader.press("Tab")
    assert reader.page.evaluate(inner) == before == plain.page.evaluate(inner)


@pytest.mark.browser
def test_a_page_of_its_own_has_the_keyboard(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.html"
    path.write_text(connectivity.Figure.of(SMALL).to_html(page=True), encoding="utf-8")
    reader = Reader(browser, "1 fc:1")
    reader.page.goto(path.as_uri())
    assert reader.press("Tab", "ArrowDown").startswith("x1, value 1")
    assert reader.page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "2px"


@pytest.mark.browser
def test_arrows_in_a_figure_do_not_turn_the_pages_of_sphinx(browser: Any, sphinx: SphinxServer, tmp_path: Path) -> None:
    conf = ["extensions = ['connectivity.sphinx']", "html_theme = 'alabaster'", "html_theme_options = {}"]
    (tmp_path / "conf.py").write_text("\n".join([*conf, "html_theme_options['navigation_with_keys'] = True"]))
    (tmp_path / "index.rst").write_text("A\n=\n\n.. connectivity:: 3 fc:2\n\n.. toctree::\n\n   other\n")
    (tmp_path / "other.rst").write_text("B\n=\n")
    done = sphinx.build(["-q", "-b", "html", ".", "html"], tmp_path)
    assert done.returncode == 0, done.stderr
    index = tmp_path / "html" / "index.html"
    assert 'src="_static/connectivity.js' in index.read_text(encoding="utf-8")
    reader = Reader(browser, "1 fc:1")
    reader.page.goto(index.as_uri())
    reader.page.locator("svg.connectivity").focus()
    assert reader.units("ArrowRight", "ArrowRight") == ["x1", "y2"]
    assert reader.page.url == index.as_uri()


@pytest.mark.browser
def test_units_of_dense_figures_are_gone_through_and_show_what_leads_there(browser: Any) -> None:
    """Their connections have no names, and are drawn as one."""
    reader = Reader(browser, "100 fc:100", max_units=0)
    reader.press("Tab", "ArrowDown")
    assert reader.units("ArrowRight", "ArrowDown", "ArrowLeft") == ["y1", "y2", "x2"]
    reader.press("ArrowRight")
    rays = "getComputedStyle(document.activeElement.querySelector('.rays')).display"
    assert reader.page.evaluate(rays) == "inline"
    assert reader.press("Enter") == "y2"
