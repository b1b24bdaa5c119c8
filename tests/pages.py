"""What tests of pages share: what they need, and how a page is read."""

from __future__ import annotations

import importlib.util
import os
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
