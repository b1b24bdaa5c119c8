"""The playground in a real browser: what it draws, says and keeps is what the command draws and says, and nothing leaves it."""

from __future__ import annotations

import functools
import html
import io
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from browsers import launched
from conftest import ROOT, lack
from PIL import Image
from playwright.sync_api import expect

import connectivity
from connectivity.colour.themes import DARK, LIGHT, Theme

expect.set_options(timeout=30_000)
pytestmark = [pytest.mark.browser, pytest.mark.npm]

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; object-src 'none'"
PATH = "/some/where/"
SOON = 60_000  # milliseconds, on a machine that does other things as well


class Server(SimpleHTTPRequestHandler):
    """The page below a path, with a strict policy for all of it, the worker as well."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(PATH.rstrip("/"))) if path.startswith(PATH) else "/nowhere"

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *words: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def folder() -> Path:
    """The page, built as ``make playground`` does."""
    place = ROOT / "samples" / "build" / "playground"
    command = [sys.executable, str(ROOT / "samples" / "playground" / "build.py"), str(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if "skipped" in done.stderr:
        lack(done.stderr.partition("it needs ")[2].strip())
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    yield started
    started.close()


class Watch:
    """What a page does that it must not: break its policy, leave its origin, fail."""

    def __init__(self, address: str) -> None:
        self.origin = address.removesuffix(PATH)
        self.wrong: list[str] = []
        self.fetched: list[str] = []

    def over(self, context: Any) -> None:
        context.on("request", lambda request: self.asked(request.url))
        context.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("dialog", lambda dialog: self.wrong.append(dialog.message))

    def asked(self, url: str) -> None:
        self.fetched.append(url.rpartition("/")[2])
        if not url.startswith((f"{self.origin}{PATH}", f"blob:{self.origin}/")):
            self.wrong.append(url)


def opened(browser: Any, address: str, fragment: str = "") -> tuple[Any, Watch]:
    """The page in a context of its own, when it shows a figure, and who watches it."""
    context, watch = browser.new_context(), Watch(address)
    watch.over(context)
    page = context.new_page()
    page.set_default_timeout(SOON)
    page.goto(address + fragment)
    page.wait_for_selector("#drawing svg")
    return page, watch


@pytest.fixture(scope="module")
def shared(browser: Any, address: str) -> Iterator[tuple[Any, Watch]]:
    page, watch = opened(browser, address)
    yield page, watch
    page.context.close()


@pytest.fixture
def page(shared: tuple[Any, Watch]) -> Iterator[Any]:
    """The page with a figure that nobody means; nothing that a test does with it may be wrong."""
    page, watch = shared
    at(page, "#network=2+fc:1")
    yield page
    assert not watch.wrong
    watch.wrong.clear()


def at(page: Any, fragment: str) -> None:
    """Follow a link to a figure."""
    page.evaluate("document.getElementById('drawing')?.remove()")
    page.evaluate(
        "where => { if (location.hash === where) dispatchEvent(new Event('hashchange')); else location.hash = where }",
        fragment,
    )
    page.wait_for_selector("#drawing svg, .said.fault")


def command(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    program = [sys.executable, "-m", "connectivity", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(program, cwd=folder, capture_output=True, timeout=60, check=False, env=environment)


ASK = """async ([what, question]) => {
  const { Python } = await import("./python.js");
  window.second ??= new Python(() => {});
  return window.second.ask(what, question);
}"""


def asked(page: Any, **question: Any) -> Any:
    """What the page's Python answers."""
    return page.evaluate(ASK, ["answer", json.dumps(question)])


def figure_of(page: Any, text: str) -> None:
    """Type a network and wait until it is seen, or what is wrong with it."""
    page.evaluate("document.getElementById('drawing')?.remove()")
    page.fill("#text", text)
    page.wait_for_selector("#drawing svg")


def samples(folder: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """The gallery as the page has it: of each figure its name, and what its link says."""
    found = re.findall(r'<a href="#([^"]+)"><img src="examples/([^"]+)\.svg"', (folder / "index.html").read_text())
    return [(name, parse_qsl(html.unescape(link), keep_blank_values=True)) for link, name in found]


def test_the_gallery_is_drawn_to_the_byte_as_the_command_draws_it(page: Any, folder: Path) -> None:
    figures = samples(folder)
    assert len(figures) > 50
    different = list[tuple[str, str]]()
    for name, pairs in figures:
        options: dict[str, Any] = {}
        for key, value in pairs[1:]:
            options.setdefault(key, []).append({"true": True, "false": False}.get(value, value))
        plain = {key: value[0] if value in ([True], [False]) else value for key, value in options.items()}
        answer = asked(page, options=plain, **{pairs[0][0]: pairs[0][1]})
        if answer["drawn"].encode() != (ROOT / "samples" / f"{name}.svg").read_bytes():
            different.append((name, answer["said"]))
    assert not different


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("6 conv:3,weight=-0.5/0.2/1", {"colormap": "coolwarm", "vmin": -1, "vmax": 1}),
        ("6 conv:3,weight=-0.5/0.2/1", {"colormap": "colorbrewer:PuOr_r"}),
        ("2x8 conv:3,c=4,p=1", {"highlight": ["y.all.2", "y.all.6=crimson", "y.all.4=#abc"]}),
        ("3 fc:2", {"text": "outlines", "title": "a *b* **c** $x_1$ é"}),
        ("6 conv:3", {"animate": "slide", "theme": "auto", "title": "<b>&\"'"}),
        ("5,values=1/2/3/4/5 conv:3 softmax", {"show": ["values"]}),
        ("6 sparse:units=4,density=0.4 dropout:0.5 fc:2", {}),
    ],
)
def test_what_the_page_has_of_its_own_draws_the_same(page: Any, network: str, options: dict[str, Any]) -> None:
    drawn = asked(page, network=network, options=options)["drawn"]
    assert drawn.encode() == connectivity.draw(network, **{key.replace("-", "_"): one for key, one in options.items()})


def test_all_that_is_fetched_is_the_pages_own(shared: tuple[Any, Watch], folder: Path) -> None:
    _, watch = shared
    assert {"page.js", "worker.js", "pyodide.asm.wasm", "program.zip"} <= {*watch.fetched}  # the worker is watched, too
    assert not watch.wrong
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', (folder / "index.html").read_text())
    assert policy
    assert set(POLICY.split("; ")) <= set(policy[1].split("; "))


def test_the_command_is_copied(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at(page, "#network=4+conv:2&title=" + quote("a b's"))
    page.click("#copy-command")
    expect(page.locator("#copy-command")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert shlex.split(copied) == ["connectivity", "draw", "4", "conv:2", "--title", "a b's", "-o", "net.svg"]


def test_the_page_begins_with_a_figure(page: Any, address: str, folder: Path) -> None:
    assert "7 sparse:3 sparse:3 // 7 conv:3 conv:3</textarea>" in (folder / "index.html").read_text()
    assert (folder / "first.svg").read_bytes() == connectivity.draw(
        "7 sparse:3 sparse:3 // 7 conv:3 conv:3", text="outlines"
    )


def test_typing_draws_counts_and_says_the_command(page: Any) -> None:
    figure_of(page, "6 conv:3 fc:2")
    assert page.locator("#drawing svg .edge").count() == 4 * 3 + 4 * 2
    assert page.inner_text("#command") == "connectivity draw 6 conv:3 fc:2 -o net.svg"
    assert page.inner_text("#facts tbody tr:nth-child(2)").split("\t")[:6] == ["h1", "conv 3", "1x4", "12", "3", "0"]
    assert page.url.endswith("#network=6+conv:3+fc:2")
    assert page.get_attribute("#figure", "aria-busy") == "false"


def test_an_error_is_the_commands_and_stands_at_its_place(page: Any) -> None:
    page.fill("#text", "6  conv:3 cov:3")
    page.wait_for_selector(".said.fault")
    expected = command("draw", "6", "conv:3", "cov:3", "-o", "-").stderr.decode().rstrip("\n")
    assert page.text_content("#said") == expected
    assert page.evaluate("document.querySelector('#marks mark').previousSibling.data") == "6  conv:3 "
    assert page.locator("[data-format=svg]").is_disabled()
    assert page.locator("#drawing svg").count() == 1  # the figure before it, pale
    page.click("#meant")
    page.wait_for_selector("#said-box[hidden]", state="attached")
    assert page.input_value("#text") == "6 conv:3 conv:3"


@pytest.mark.parametrize(
    ("mode", "content", "before"),
    [
        ("network", "6 conv:3 \N{GRINNING FACE}\N{GRINNING FACE}:2 fc:2", "6 conv:3 "),
        (
            "network",
            "6  \N{MATHEMATICAL ITALIC SMALL ALPHA}=conv:3  cov:3",
            "6  \N{MATHEMATICAL ITALIC SMALL ALPHA}=conv:3  ",
        ),
        ("network", "6 conv:3 \N{GRINNING FACE}=conv:x", "6 conv:3 \N{GRINNING FACE}=conv:"),
        ("file", 'title = "\N{GRINNING FACE}"; theme = 1\n', 'title = "\N{GRINNING FACE}"'),
    ],
)
def test_a_character_of_two_halves_is_marked_whole(page: Any, mode: str, content: str, before: str) -> None:
    page.check(f"[name=mode][value={mode}]")
    page.fill("#text", content)
    page.wait_for_selector("#marks mark", state="attached")
    marked, left = page.evaluate(
        "(one => [one.textContent, one.previousSibling.data])(document.querySelector('#marks mark'))"
    )
    assert left == before
    assert marked == content[len(before)]


def test_an_error_of_a_figure_file_stands_at_its_place(page: Any, tmp_path: Path) -> None:
    page.check("[name=mode][value=file]")
    content = 'network = "6 conv:3"\ntheme = "drak"\n'
    page.fill("#text", content)
    page.wait_for_selector(".said.fault")
    (tmp_path / "net.toml").write_text(content)
    expected = command("draw", "net.toml", "-o", "-", folder=tmp_path).stderr.decode().rstrip("\n")
    assert page.text_content("#said") == expected
    assert page.evaluate("document.querySelector('#marks mark').previousSibling.data").endswith("\ntheme = ")
    assert page.inner_text("#command") == "connectivity draw net.toml -o net.svg"
    page.fill("#text", 'title = "a"\nnetwork = "6 cov:3"\n')
    page.click("#meant")
    expect(page.locator("#said-box")).to_be_hidden()
    assert page.input_value("#text") == 'title = "a"\nnetwork = "6 conv:3"\n'


def test_a_figure_file_begins_as_the_line_until_it_is_written(page: Any) -> None:
    page.check("[name=mode][value=file]")
    page.fill("#text", "")
    page.check("[name=mode][value=network]")
    figure_of(page, "5 conv:3")
    page.check("[name=mode][value=file]")
    assert page.input_value("#text") == 'network = "5 conv:3"\ntheme = "light"\n'
    page.check("[name=mode][value=network]")
    figure_of(page, "6 conv:3")
    page.check("[name=mode][value=file]")
    assert page.input_value("#text").startswith('network = "6 conv:3"\n')
    page.fill("#text", 'network = "7 fc:2" # mine')
    page.check("[name=mode][value=network]")
    assert page.input_value("#text") == "6 conv:3"
    page.check("[name=mode][value=file]")
    assert page.input_value("#text") == 'network = "7 fc:2" # mine'


@pytest.mark.parametrize("content", ['network = "3 fc:2"', "# mine\n\n[[panel]]\nnetwork = '3 fc:2'\n"])
def test_a_figure_file_that_is_pasted_as_a_line_is_one(page: Any, content: str) -> None:
    page.fill("#text", content)
    expect(page.locator("#command")).to_have_text("connectivity draw net.toml -o net.svg")
    assert page.is_checked("[name=mode][value=file]")
    assert page.input_value("#text") == content
    assert page.locator("#said-box").is_hidden()


def test_a_line_of_many_marks_is_no_riddle(page: Any) -> None:
    page.set_default_timeout(15_000)
    page.fill("#text", 200 * "# ")
    page.wait_for_selector(".said.fault")
    page.set_default_timeout(SOON)


def test_options_that_were_changed_are_in_the_command_and_no_others(page: Any) -> None:
    at(page, "#network=4+conv:2")
    words = ["--color-by", "layer", "--no-captions", "--box", "x", "--box", "y", "--vmin=-1", "--show", "values"]
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.select_option("#option-color-by", "layer")
    page.uncheck("#option-captions")
    page.fill("#option-box", "x\n\ny\n")
    page.fill("#option-vmin", "-1")
    page.check("[data-flag=show] [value=values]")
    expect(page.locator(".field.changed")).to_have_count(5)
    expect(page.locator("#command")).to_contain_text("--vmin")
    said = page.inner_text("#command").split()
    assert sorted(said) == sorted(["connectivity", "draw", "4", "conv:2", *words, "-o", "net.svg"])
    assert page.locator("summary .count").all_inner_texts().count("2 changed") == 2
    page.click("#reset")
    expect(page.locator("#command")).to_have_text("connectivity draw 4 conv:2 -o net.svg")
    page.fill("#find", "colour map")
    assert page.locator(".field:visible").evaluate_all("all => all.map(one => one.dataset.flag)")[:1] == ["colormap"]
    assert page.locator("#none-found").is_hidden()
    page.fill("#find", "zebra")
    assert page.locator("#none-found").is_visible()
    page.fill("#find", "")


def test_an_option_at_fault_is_marked(page: Any) -> None:
    at(page, "#network=4+conv:2&gap=100&theme=dark")
    page.wait_for_selector(".said.fault")
    assert page.locator(".field.wrong").get_attribute("data-flag") == "gap"
    assert page.locator("#option-gap").is_visible()
    page.fill("#option-gap", "2")
    expect(page.locator("#said-box")).to_be_hidden()
    expect(page.locator(".field.wrong")).to_have_count(0)


def test_a_whole_command_fills_the_form(page: Any) -> None:
    page.fill("#text", "$ connectivity draw 4 conv:2 --theme dark --title 'Two words' --no-legend -o net.svg")
    expect(page.locator("#text")).to_have_value("4 conv:2")
    expect(page.locator("#command")).to_contain_text("dark")
    assert page.input_value("#option-title") == "Two words"
    assert (
        page.inner_text("#command")
        == "connectivity draw 4 conv:2 --title 'Two words' --theme dark --no-legend -o net.svg"
    )


def test_a_link_holds_the_figure(page: Any, browser: Any, address: str) -> None:
    at(page, "#network=4+conv:2&theme=dark&box=x&box=y&legend=false&title=" + quote("ä & b"))
    expect(page.locator("#command")).to_contain_text("--no-legend")
    assert page.input_value("#option-title") == "ä & b"
    assert page.input_value("#option-box") == "x\ny"
    link = page.url[page.url.index("#") :]
    again, watch = opened(browser, address, link)
    assert again.inner_text("#command") == page.inner_text("#command")
    assert again.url.endswith(link)
    assert not watch.wrong
    again.context.close()
    at(page, "#file=" + quote('network = "3 fc:2"'))
    expect(page.locator("#command")).to_contain_text("net.toml")
    assert page.is_checked("[name=mode][value=file]")


@pytest.mark.parametrize(
    ("more", "command", "left"),
    [
        ("theme=purple&gap=2", "--gap 2", "theme=purple"),
        ("nonsense=1&theme=dark", "--theme dark", "nonsense=1"),
        ("legend=perhaps&show=values&show=mood", "4 conv:2", "legend=perhaps, show=values, show=mood"),
    ],
)
def test_what_a_link_says_in_vain_is_named(page: Any, more: str, command: str, left: str) -> None:
    at(page, f"#network=4+conv:2&{more}")
    expect(page.locator("#said")).to_have_text(f"What this page does not know of the link is left out: {left}")
    assert (
        page.inner_text("#command")
        == f"connectivity draw {f'4 conv:2 {command}' if '-' in command else command} -o net.svg"
    )
    figure_of(page, "4 conv:3")
    assert page.locator("#said-box").is_hidden()


def test_all_that_the_examples_say_is_read(page: Any, folder: Path) -> None:
    unread = page.evaluate("""async () => {
      const { read } = await import("./link.js");
      return [...document.querySelectorAll("#examples a")].flatMap((one) => read(one.hash).unread);
    }""")
    assert unread == []


def test_back_leads_to_what_was_there(page: Any) -> None:
    figure_of(page, "5 conv:3")
    expect(page.locator("#command")).to_contain_text("draw 5 conv:3 ")
    page.click("#open-examples")
    page.click("#examples a[href*='lenet-c3']")
    expect(page.locator("#command")).to_contain_text("lenet-c3.csv")
    page.click("#reset")
    expect(page.locator("#command")).not_to_contain_text("--")
    page.go_back()
    expect(page.locator("#command")).to_contain_text("--")
    page.go_back()
    expect(page.locator("#command")).to_have_text("connectivity draw 5 conv:3 -o net.svg")


def test_back_at_the_bare_address_is_the_first_figure(page: Any) -> None:
    page.evaluate("location.hash = ''")
    expect(page.locator("#command")).to_contain_text("draw 7 sparse:3 sparse:3 // 7 conv:3 conv:3 -o")


@pytest.mark.parametrize(("network", "grows"), [("2 fc:1", True), ("784 fc:100 fc:10", False)])
def test_a_figure_can_be_seen_large(page: Any, network: str, grows: bool) -> None:
    at(page, "#network=" + quote(network))
    expect(page.locator("#command")).to_contain_text(network)
    page.click("#enlarge")
    width, height, natural = page.evaluate("""() => {
      const svg = document.querySelector("#large-paper > div").shadowRoot.querySelector("svg");
      const { width, height } = svg.getBoundingClientRect();
      return [width, height, svg.width.baseVal.value];
    }""")
    room = page.viewport_size
    if grows:
        assert width > natural
        assert max(width / room["width"], height / room["height"]) == pytest.approx(1, abs=0.02)
    else:
        assert width == pytest.approx(natural, abs=1)
        assert height > room["height"]
        assert page.evaluate("(one => one.scrollHeight > one.clientHeight)(document.getElementById('large-paper'))")
    page.keyboard.press("Escape")
    expect(page.locator("#large")).to_be_hidden()


@pytest.mark.parametrize(
    "fragment",
    [
        "#network=" + quote("<img src=x onerror=alert(1)>"),
        "#network=4+conv:2&title=" + quote("</title><script>alert(1)</script><img src=//example.org/x>"),
        "#network=4+conv:2&theme="
        + quote('"><script>alert(1)</script>')
        + "&onload=alert(1)&__proto__=1&constructor=2",
        "#network=" + quote("4 --font /etc/passwd --deps x -o /evil.svg"),
        "#file=" + quote('extends = "/etc/passwd"\nnetwork = "6 conv:3"\n'),
        "#network=%E0%A4%A&title=%00%1b[31m",
    ],
)
def test_a_hostile_link_is_text(page: Any, fragment: str) -> None:
    at(page, fragment)
    assert page.locator("main img:not(#still), main script, [onload], [onerror]").count() == 0
    assert (
        page.evaluate(
            "document.getElementById('drawing')?.shadowRoot.querySelector('script, img, foreignObject') ?? null"
        )
        is None
    )


def test_a_link_without_end_is_not_read(page: Any) -> None:
    page.evaluate("where => { location.hash = where }", "#network=" + 70_000 * "9")
    page.wait_for_timeout(300)
    assert page.input_value("#text") == "2 fc:1"


def downloaded(page: Any, format: str) -> bytes:
    with page.expect_download() as download:
        page.click(f"[data-format={format}]")
    assert download.value.suggested_filename == f"net.{format}"
    return Path(download.value.path()).read_bytes()


def test_downloads_are_what_the_command_writes(page: Any) -> None:
    at(page, "#network=6+conv:3+fc:2&theme=dark&title=" + quote("über"))
    options: dict[str, Any] = {"theme": "dark", "title": "über"}
    for format in ("svg", "tex", "typ"):
        assert downloaded(page, format) == connectivity.draw("6 conv:3 fc:2", format, **options)
    bitmap: Any = Image.open(io.BytesIO(downloaded(page, "png"))).convert("RGB")
    root = re.search(rb'width="(\d+)pt" height="(\d+)pt"', connectivity.draw("6 conv:3 fc:2", **options))
    assert root
    assert bitmap.size == pytest.approx([int(side) * 2 * 4 / 3 for side in root.groups()], abs=2)
    assert "#{:02x}{:02x}{:02x}".format(*bitmap.getpixel((2, 2))) == DARK.background
    assert len(bitmap.getcolors(1 << 20)) > 100


HANGS = """self.onmessage = (event) => { if (event.data.question.includes("13 fc:13")) for (;;); heed(event); };
const heed = ("""


def test_a_download_is_of_what_is_typed_and_not_of_what_was_seen_before(page: Any) -> None:
    figure_of(page, "5 conv:3")
    at_once = """() => {
      document.getElementById("text").value = "6 fc:4";
      document.getElementById("text").dispatchEvent(new Event("input", { bubbles: true }));
      document.querySelector("[data-format=svg]").click();
    }"""
    with page.expect_download() as download:
        page.evaluate(at_once)
    assert Path(download.value.path()).read_bytes() == connectivity.draw("6 fc:4")


def test_what_takes_too_long_is_ended_and_said(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(SOON)
    changed(page, "**/index.html", '<html lang="en">', '<html lang="en" data-limit="6">')
    changed(page, "**/worker.js", "self.onmessage = (", HANGS)
    page.goto(f"{address}index.html")
    page.wait_for_selector("#drawing svg")
    page.fill("#text", "13 fc:13")
    page.wait_for_selector(".said.fault")
    assert "This took longer than 6 seconds, and was ended" in page.inner_text("#said")
    figure_of(page, "6 conv:3")
    assert page.locator("#said-box").is_hidden()
    page.close()


def changed(page: Any, files: str, old: str, new: str) -> None:
    """Serve files of the page with a text in place of another one."""

    def fulfil(route: Any) -> None:
        response = route.fetch()
        assert old in response.text()
        route.fulfill(response=response, body=response.text().replace(old, new))

    page.context.route(files, fulfil)


TICKS = """async ([what, question]) => {
  const { Python } = await import("./python.js");
  window.second ??= new Python(() => {});
  await window.second.ask("read", "connectivity draw 2 fc:1");
  let ticks = 0;
  const clock = setInterval(() => (ticks += 1), 20);
  const start = performance.now();
  while (performance.now() - start < 500) await window.second.ask(what, question);
  clearInterval(clock);
  return [ticks, (performance.now() - start) / 20];
}"""


def test_the_page_answers_while_python_draws(page: Any) -> None:
    question = json.dumps({"network": "300 fc:300", "options": {"max-units": 0}})
    ticks, expected = page.evaluate(TICKS, ["answer", question])
    assert expected > 20
    assert ticks > expected / 3


def test_a_part_that_cannot_be_fetched_is_named(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.route("**/program.zip", lambda route: route.fulfill(status=404))
    page.goto(address)
    page.wait_for_selector(".said.fault", timeout=SOON)
    assert "Python could not be started: program.zip cannot be fetched (404" in page.inner_text("#said")
    page.close()


def test_opened_as_a_file_it_says_what_to_do(browser: Any, folder: Path) -> None:
    page = browser.new_page()
    page.goto(f"file://{folder}/index.html")
    assert page.locator("#server").is_hidden()  # for a while, in which it may start
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    page.wait_for_selector("#server", state="visible", timeout=10_000)
    assert "python -m http.server" in page.inner_text("#server")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_hangs_over_and_all_has_a_name(page: Any, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.fill("#text", "6 conv:3 cov:3")
    page.wait_for_selector(".said.fault")
    figure_of(page, "2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8 relu maxpool:2 fc:16 relu fc:3")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    nameless = "[...document.querySelectorAll('input, select, textarea, button, img, a')].filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim() || one.alt !== undefined && one.tagName === 'IMG')).length"
    assert page.evaluate(nameless) == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    described = page.evaluate(
        "[...document.querySelectorAll('[aria-describedby], [aria-labelledby]')].flatMap((one) => [one.getAttribute('aria-describedby'), one.getAttribute('aria-labelledby')]).filter(Boolean)"
    )
    assert {*described} <= {*ids}


@pytest.mark.parametrize(
    ("theme", "light", "dark"),
    [("light", LIGHT, LIGHT), ("dark", DARK, DARK), ("auto", LIGHT, DARK)],
)
def test_the_paper_is_of_the_figures_theme(page: Any, theme: str, light: Theme, dark: Theme) -> None:
    at(page, f"#network=2+fc:1&theme={theme}")
    for scheme, expected in (("light", light), ("dark", dark)):
        page.emulate_media(color_scheme=scheme)
        digits = expected.background.removeprefix("#")
        colour = "rgb({}, {}, {})".format(*(int(digits[place : place + 2], 16) for place in (0, 2, 4)))
        expect(page.locator("#paper")).to_have_css("background-color", colour)


def test_it_can_be_used_by_keys_alone(page: Any) -> None:
    page.focus("#open-examples")
    page.keyboard.press("Enter")
    page.wait_for_selector("#examples a:visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert page.locator("#examples").is_hidden()
    page.focus("#text")
    page.keyboard.press("Control+A")
    page.keyboard.type("3 fc:2")
    expect(page.locator("#command")).to_contain_text("draw 3 fc:2 ")


def test_an_example_is_drawn_when_it_is_chosen(page: Any) -> None:
    page.click("#open-examples")
    page.click("#examples a[href*='lenet-c3']")
    expect(page.locator("#command")).to_contain_text("lenet-c3.csv")
    page.wait_for_selector("#drawing svg")
    assert page.locator("#examples").is_hidden()
    assert page.locator("#said-box").is_hidden()


def test_what_the_page_cannot_is_said(page: Any) -> None:
    answer = asked(
        page, network="4 fc:3,weight=0.5/-0.1/0.9/0.02/-0.3/0.05/0.2/-0.9/0.1/0.04/1/0.6", options={"threshold": "60%"}
    )
    assert "are not read on this page" in answer["said"]
    assert "take the command" in answer["said"]
    for format in ("png", "pdf", "gif"):
        said = asked(page, network="2 fc:1", format=format, options={"animate": "forward"} if format == "gif" else {})[
            "said"
        ]
        assert "cannot be drawn in a browser" in said
