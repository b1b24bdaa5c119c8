"""What tests of pages share: what they need, and how a page is read."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def need(*modules: str) -> None:
    """Skip the tests of a file where modules are not there; under CI, fail."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        message = f"needs {', '.join(missing)} (pip install 'layer-connectivity[test]')"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message, allow_module_level=True)


def lack_of(*modules: str) -> None:
    """Skip a test where modules are not there; under CI, fail."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        message = f"needs {', '.join(missing)} (pip install 'layer-connectivity[test]')"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


_SERVER = """
import json, os, sys
from importlib import import_module
for name in ("sphinx.cmd.build", "sphinx.builders.html", "docutils.parsers.rst", "pygments.lexers", "myst_parser.sphinx_ext.main",
             "numpy", "pygraphviz", "networkx"):
    import_module(name)
for line in sys.stdin:
    arguments, folder, out, err = json.loads(line)
    child = os.fork()
    if not child:
        for number, path in ((0, os.devnull), (1, out), (2, err)):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
        os.chdir(folder)
        code = import_module("sphinx.cmd.build").main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class SphinxServer:
    """A process that has imported Sphinx, and runs each build in a copy of itself: half a second less for each."""

    def __init__(self) -> None:
        environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-c", _SERVER]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def build(self, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """``python -m sphinx ARGUMENTS`` in ``folder``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as place:
            streams = [Path(place, name) for name in ("out", "err")]
            self._process.stdin.write(json.dumps([[*arguments], str(folder), *map(str, streams)]) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            said = [stream.read_text(encoding="utf-8") for stream in streams]
        return subprocess.CompletedProcess(["sphinx", *arguments], code, *said)

    def end(self) -> None:
        """No more builds."""
        self._process.communicate()


class Page(HTMLParser):
    """A page of HTML: its ids, what refers to them, the elements within its figures, its texts."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.figures: list[dict[str, str | None]] = []
        self.within: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.html = path.read_text(encoding="utf-8")
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if about.get("id"):
            self.ids.append(str(about["id"]))
        for name in ("aria-labelledby", "aria-describedby"):
            self.references += str(about.get(name) or "").split()
        if tag == "svg" and "connectivity" in str(about.get("class")).split():
            self.figures.append(about)
        elif tag == "img":
            self.images.append(about)
        elif tag == "link":
            self.links.append(str(about.get("href")))
        if "svg" in self._open:
            self.within.append(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)
