"""Pages on this machine that show figures and renew themselves, and watching with ``draw``."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import HEEDING, Run

import connectivity
from connectivity.builds import server as serving
from connectivity.builds.board import Board
from connectivity.builds.server import Server

COMMAND = str(Path(sys.executable).parent / "connectivity")
GOOD, BAD = 'network = "6 conv:3"\n', 'network = "6 cov:3"\n'


@pytest.fixture
def server() -> Iterator[Server]:
    board = Board(["net.toml"])
    with Server(board) as running:
        yield running


def asked(server: Server, path: str = "", method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """The answer to a request; ``path`` is behind the address of the page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, f"/{server.token}/{path}", headers=headers)
    return connection.getresponse()


def said_to(server: Server, request: bytes) -> bytes:
    """What comes back for bytes, until the connection ends."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_a_page_and_what_it_loads_are_served_and_nothing_else(server: Server) -> None:
    page = asked(server)
    names = re.findall(r'(?:src|href)="([\w.]+)"', page.read().decode())
    assert names == ["connectivity.css", "live.css", "connectivity.js", "live.js"]
    assert [asked(server, name).status for name in names] == [200] * 4
    for path in ("x", "..", "../", "%2e%2e/", "../../../etc/passwd", "live.js/", "live.css%00", "connectivity.json"):
        answer = asked(server, path)
        assert (answer.status, answer.read()) == (404, b"nothing here"), path


def test_the_policy_of_the_page_is_strict(server: Server) -> None:
    headers = asked(server).headers
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_only_this_machine_is_listened_to_and_the_address_cannot_be_guessed(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32
    with Server(Board([])) as other:
        assert other.token != server.token
    for path in (b"/", b"/" + b"x" * len(server.token) + b"/", b"*", b"/favicon.ico", b"//" + server.token.encode()):
        answer = said_to(server, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.server_port)
        assert answer.startswith(b"HTTP/1.0 404 "), path
        assert server.token.encode() not in answer


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_nothing_but_get_is_answered(server: Server, method: str) -> None:
    answer = asked(server, method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:{}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{}@evil.test", ""]
)
def test_a_name_that_was_made_to_mean_this_machine_gets_nothing(server: Server, host: str) -> None:
    """A site can have its own name lead here; what its page asks for then comes with that name."""
    answer = asked(server, Host=host.format(server.server_port))
    assert (answer.status, answer.read()) == (403, b"this page has another address")
    assert asked(server, Host=f"localhost:{server.server_port}").status == 200
    twice = b"GET /%s/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil.test\r\n\r\n"
    assert b" 403 " in said_to(server, twice % (server.token.encode(), server.server_port)).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 20_000, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b""),
        (b"GET /<script> HTTP/1.1 x\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_is_refused_without_its_own_words(server: Server, request_: bytes, status: bytes) -> None:
    answer = said_to(server, request_)
    assert answer.startswith(b"HTTP/1.0 " + status) or b"HTTP" not in answer  # to what is older than headers
    assert b"this is no request that can be answered" in answer
    assert b"<script>" not in answer


def test_slow_clients_keep_nobody_waiting_and_are_let_go(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_HEAD_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as slow:
        slow.sendall(b"GET /")
        began = time.monotonic()
        assert asked(server).status == 200
        assert time.monotonic() - began < 0.4
        assert slow.recv(10) == b""


def test_there_are_only_so_many_connections(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_CLIENTS_MOST", 2)
    streams = [asked(server, "events") for _ in range(2)]
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        asked(server)
    streams[0].close()
    assert streams[1].fp.readline().startswith(b"id: ")


def test_events_say_what_is_there_and_then_what_changes() -> None:
    board = Board(["a.toml", "b.toml"])
    with Server(board) as server:
        stream = asked(server, "events")
        first = event(stream)
        assert [each["state"] for each in first["figures"]] == ["waiting", "waiting"]
        board.show(1, connectivity.draw("3 fc:2"), "")
        assert [(each["number"], each["state"]) for each in event(stream)["figures"]] == [(1, "good")]
        board.show(1, b"", "<b>wrong</b> & late")
        (wrong,) = (last := event(stream))["figures"]
        assert last["title"] == "✗ b.toml"
        assert "&lt;b&gt;wrong&lt;/b&gt; &amp; late</span></pre>" in wrong["html"]
        assert "<svg" in wrong["html"]  # the last that was right
        again = event(asked(server, "events", **{"Last-Event-ID": str(last["version"] - 1)}))
        assert [each["number"] for each in again["figures"]] == [1]
        for known in ("0", "999", "-1", "x", "9" * 400):  # of another board, or nobody's
            assert len(event(asked(server, "events", **{"Last-Event-ID": known}))["figures"]) == 2


def event(stream: http.client.HTTPResponse) -> Any:
    for line in stream.fp:
        if line.startswith(b"data: "):
            return json.loads(line[6:])
    raise AssertionError("the stream has ended")


def test_no_thread_is_left_of_a_server() -> None:
    before = set(threading.enumerate())
    with Server(Board(["net.toml"])) as server:
        streams = [asked(server, "events") for _ in range(3)]
        idle = socket.create_connection(("127.0.0.1", server.server_port))
        time.sleep(0.1)
        assert len(set(threading.enumerate()) - before) == 5
        began = time.monotonic()
    assert set(threading.enumerate()) == before
    assert time.monotonic() - began < 2
    idle.close()
    assert all(b"data:" in stream.read() for stream in streams)


class Watched:
    """A command that watches, in ``folder``; its lines, and the address of its page."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {folder / "opened"}\n')
        browser.chmod(0o755)
        self.process = subprocess.Popen(
            [*HEEDING, COMMAND, *words],
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "BROWSER": str(browser)},
        )
        self._timer = threading.Timer(90, self.process.kill)
        self._timer.start()
        self.address = ""

    def until(self, words: str) -> str:
        """The line that says these words; whatever comes before it is over."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if line.startswith("showing "):
                self.address = line.split()[1]
            if words in line:
                return line
        raise AssertionError("".join(seen))

    def end(self, number: int) -> int:
        """The exit code after a signal, as a shell has it; nothing of the command is left."""
        began = time.monotonic()
        os.killpg(self.process.pid, number) if number == signal.SIGINT else self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        assert time.monotonic() - began < 3
        assert self.process.stderr is not None
        assert "Traceback" not in self.process.stderr.read()
        for _ in range(50):
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return 128 - code if code < 0 else code
            time.sleep(0.1)
        raise AssertionError("a process is left")

    def close(self) -> None:
        self._timer.cancel()
        self.process.kill()
        self.process.communicate()


@contextmanager
def watched(folder: Path, *words: str) -> Iterator[Watched]:
    command = Watched(folder, *words)
    try:
        yield command
    finally:
        command.close()


@pytest.mark.graphviz
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_draw_watches_every_file_that_it_reads(tmp_path: Path, number: int) -> None:
    """The figure file, a mask, a house style; a mistake keeps the last good pictures, and its mending draws anew."""
    (tmp_path / "house.toml").write_text('theme = "light"\n')
    (tmp_path / "mask.csv").write_text("1,0,1\n0,1,1\n")
    (tmp_path / "net.toml").write_text('extends = "house.toml"\nnetwork = "3 sparse:mask=mask.csv"\n')
    with watched(tmp_path, "draw", "net.toml", "--watch", "-o", "net.svg", "-o", "net.dot") as command:
        command.until("watching 3 files")
        first = (tmp_path / "net.svg").read_bytes()
        (tmp_path / "mask.csv").write_text("1,1,1\n0,x,1\n")
        command.until('"x" is neither 0 nor 1')
        assert (tmp_path / "net.svg").read_bytes() == first
        (tmp_path / "mask.csv").write_text("1,1,1\n0,0,1\n")
        command.until("wrote net.dot")
        second = (tmp_path / "net.svg").read_bytes()
        assert second != first
        (tmp_path / "house.toml").write_text('theme = "dark"\n')
        command.until("wrote net.svg")
        assert command.end(number) == 128 + number
    assert not list(tmp_path.glob(".connectivity-*"))


@pytest.mark.graphviz
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", ["draw", "build"])
def test_a_page_is_opened_and_goes_with_its_command(tmp_path: Path, verb: str, number: int) -> None:
    (tmp_path / "net.toml").write_text(GOOD)
    with watched(tmp_path, verb, "net.toml", "--watch", "--open") as command:
        command.until("watching 1 f")
        assert (tmp_path / "opened").read_text().strip() == command.address
        host, port = "127.0.0.1", int(re.findall(r":(\d+)/", command.address)[0])
        assert (tmp_path / "net.svg").exists() == (verb == "build")  # draw without -o shows it only
        assert command.end(number) == 128 + number
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5)


@pytest.mark.graphviz
def test_the_page_of_a_command_that_is_killed_does_not_outlive_it(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(GOOD)
    with watched(tmp_path, "draw", "net.toml", "--watch", "--port", "0") as command:
        command.until("watching 1 file")
        assert command.address
        assert not (tmp_path / "opened").exists()  # which was not said
        assert command.end(signal.SIGKILL) == 128 + signal.SIGKILL


@pytest.mark.graphviz
def test_build_ends_at_once_in_the_middle_of_its_work(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number}.toml").write_text('network = "150 fc:150"\nmax-units = 0\n')
    names = [f"{number}.toml" for number in range(12)]
    with watched(tmp_path, "build", *names, "-j2", "--watch", "--open") as command:
        command.until("wrote 1.svg")
        assert command.end(signal.SIGINT) == 130


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "draw 6 conv:3 --watch -o net.svg",
            "this network is a line that reads none: leave --watch out, or put it into",
        ),
        ("draw 6 conv:3 --watch --open", "this network is a line that reads none"),
        ("draw net.toml --watch", "--watch writes files again and again: it needs -o FILE, or a page (--open)"),
        ("draw net.toml --watch -o -", "it needs -o FILE, or a page (--open), not standard output"),
        ("draw net.toml --watch --open -o net.svg -o -", "not standard output"),
        ("draw net.toml --watch --open -f svg", "not standard output"),
        ("draw - --watch -o net.svg", "standard input is none: name it, as net.toml"),
        ("draw net.toml --open -o net.svg", "--open is about the page that --watch renews: say --watch as well"),
        ("build net.toml --port 8000", "--port is about the page that --watch renews: say --watch as well"),
        ("draw net.toml --watch --port 65536", "--port must be 0 to 65535, not 65536"),
        ("draw 6 cov:3 --watch -o net.svg", 'unknown layer "cov"'),
        ("build net.toml --check --watch", "--check writes nothing"),
    ],
)
def test_what_cannot_be_watched_is_refused(run: Run, tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "net.toml").write_text(GOOD)
    done = run(*line.split(), env={**os.environ, "BROWSER": "touch opened %s"})
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert "showing" not in done.stderr.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.toml"]


@pytest.mark.parametrize("verb", ["draw", "build"])
def test_a_port_that_is_taken_is_said_before_anything_is_drawn(run: Run, tmp_path: Path, verb: str) -> None:
    (tmp_path / "net.toml").write_text(GOOD)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(verb, "net.toml", "--watch", "--port", str(port))
    assert done.returncode == 2
    said = f"cannot serve a page at port {port}: address already in use; leave --port out for one that is free"
    assert said in done.stderr.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.toml"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    yield started
    started.close()


def page_of(browser: Any, command: Watched, **options: Any) -> tuple[Any, list[str]]:
    """The command's page in a browser, and whatever that complains of."""
    page, wrong = browser.new_page(**options), list[str]()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(command.address)
    return page, wrong


def until(page: Any, truth: str) -> None:
    """Wait for an expression; Playwright's own way is an eval, which the policy of the page forbids."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        time.sleep(0.1)
    raise AssertionError(truth)


@pytest.mark.browser
def test_the_page_follows_the_file(browser: Any, tmp_path: Path) -> None:
    """A mistake is text at its place, with the last good figure below; the keyboard goes through what is there."""
    source = tmp_path / "net.toml"
    source.write_text(GOOD)
    with watched(tmp_path, "draw", "net.toml", "--watch", "--open") as command:
        command.until("watching")
        page, wrong = page_of(browser, command)
        page.wait_for_selector("section[data-state=good] svg.connectivity")
        assert page.title() == "net.toml"
        assert page.locator("svg .unit").count() == 10
        source.write_text('network = "6 <b>cov</b>:3"\n')
        page.wait_for_selector("section[data-state=wrong]")
        said = page.locator("pre").inner_text()
        assert said.startswith('net.toml:1:14: unknown layer "<b>cov</b>"') or "<b>" in said
        assert said.splitlines()[2].strip() == "^"
        assert page.locator("section b").count() == 0
        assert page.locator("svg .unit").count() == 10
        assert page.locator(".old").inner_text() == "The last that could be drawn:"
        assert page.title() == "✗ net.toml"
        assert page.locator("#status").inner_text() == "net.toml: something is wrong"
        source.write_text('network = "4 fc:2"\n')
        page.wait_for_selector("section[data-state=good]")
        assert page.locator("svg .unit").count() == 6
        assert page.locator("#status").inner_text() == "net.toml: drawn again"
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.ariaLabel").startswith("x1; 2 connections out to y1, y2")
        assert not wrong
        command.end(signal.SIGINT)
        page.wait_for_selector("[data-ended]")
        assert "The command has ended" in page.locator("#status").inner_text()
        assert page.locator("svg .unit").count() == 6
        page.close()


@pytest.mark.browser
def test_the_keyboard_stays_where_it_is_in_a_figure_that_is_drawn_again(browser: Any, tmp_path: Path) -> None:
    """Also over a mistake, which it reads in between; where a unit is gone it is at the figure."""
    source = tmp_path / "net.toml"
    source.write_text('network = "4 conv:3,weight=1/2/3 fc:2"\n')
    with watched(tmp_path, "draw", "net.toml", "--watch", "--open") as command:
        command.until("watching")
        page, wrong = page_of(browser, command)
        page.wait_for_selector("section[data-state=good] svg.connectivity")
        for key in ("Tab", "ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.ariaLabel").startswith("connection 1 of 5: x1 to h1[1]")
        for text, here in [
            ('network = "4 conv:3,weight=1/2/3 fc:3"\n', "h1 unit 1; 3 connections in from x1, x2, x3; 3 connections"),
            (BAD, "error"),
            ('network = "4 conv:3,weight=1/2/3 fc:4"\n', "h1 unit 1; 3 connections in from x1, x2, x3; 4 connections"),
        ]:
            source.write_text(text)
            until(page, f"document.activeElement.ariaLabel?.startsWith('{here}')")
        source.write_text('network = "3 fc:2"\n')
        until(page, "document.activeElement.localName === 'svg'")
        assert not wrong
        page.close()


@pytest.mark.browser
def test_a_mistake_is_read_on_a_phone_without_going_sideways(browser: Any, tmp_path: Path) -> None:
    """What is said is broken into lines; the line of the file is not, so that the place under it is right."""
    (tmp_path / "net.toml").write_text('network = "7,values=0/1/2/3/2/1/0 cov:3,weight=1/2/1 fc:2 fc:3 fc:4 fc:5"\n')
    with watched(tmp_path, "draw", "net.toml", "--watch", "--open") as command:
        command.until("watching")
        page, _ = page_of(browser, command, viewport={"width": 390, "height": 700})
        page.wait_for_selector("pre.error")
        said, place = (
            page.locator("pre.error span").first.bounding_box(),
            "getComputedStyle(document.querySelector('pre'))",
        )
        assert said is not None
        assert said["x"] + said["width"] <= 390
        assert said["height"] > 30
        assert page.evaluate(f"{place}.whiteSpace") == "pre"
        page.close()


@pytest.mark.browser
def test_the_page_of_many_figures_marks_and_shows_what_changed(browser: Any, tmp_path: Path) -> None:
    """Also those that were fresh, which are drawn for the page, and not written again."""
    names = [f"{letter}.toml" for letter in "abcde"]
    for name in names:
        (tmp_path / name).write_text(GOOD)
    subprocess.run([COMMAND, "build", *names, "-q"], cwd=tmp_path, check=True)
    before = (tmp_path / "e.svg").stat().st_mtime_ns
    with watched(tmp_path, "build", *names, "--watch", "--open", "-j1") as command:
        command.until("watching 5 figures")
        assert (tmp_path / "e.svg").stat().st_mtime_ns == before
        page, wrong = page_of(browser, command, viewport={"width": 390, "height": 700}, reduced_motion="reduce")
        until(page, "document.querySelectorAll('section[data-state=good] svg').length === 5")
        assert page.title() == "5 figures"
        assert page.evaluate("scrollY") == 0
        assert page.locator("[data-changed]").count() == 0
        (tmp_path / "e.toml").write_text(BAD)
        page.wait_for_selector("section[data-changed][data-state=wrong]")
        assert page.title() == "✗ e.toml"
        assert page.locator("[data-changed] h2").inner_text() == "e.toml"
        assert page.evaluate("scrollY") > 500
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        (tmp_path / "a.toml").write_text('network = "3 fc:2"\n')
        page.wait_for_selector("section[data-changed][data-state=good]")
        assert page.locator("[data-changed] h2").all_inner_texts() == ["a.toml"]
        assert page.evaluate("scrollY") < 100
        assert not wrong
        page.close()


@pytest.mark.browser
def test_what_moves_moves_on_a_page_that_heeds_no_style_in_it(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text('network = "4 conv:2"\nanimate = "forward"\n')
    with watched(tmp_path, "draw", "net.toml", "--watch", "--open") as command:
        command.until("watching")
        page, wrong = page_of(browser, command)
        page.wait_for_selector("svg.connectivity")
        moving = "document.getAnimations().length"
        until(page, f"{moving} > 3")
        (tmp_path / "net.toml").write_text('network = "4 conv:2"\n')
        until(page, f"{moving} === 0")
        assert not wrong
        page.close()
