"""``connectivity-pandoc``: the filter of Pandoc, figures in code blocks, in every format that Pandoc writes.

    pandoc --filter connectivity-pandoc paper.md -o paper.pdf

A code block of the class ``connectivity`` says what a fence says everywhere::

    ```{.connectivity #fig-net caption="A convolution" color-by=weight width=80%}
    6 conv:3 fc:2
    ```

In HTML (and slides of it) a figure is part of the page; LaTeX and ConTeXt get a PDF, Word, PowerPoint and
OpenDocument a PNG of 300 dots per inch, all others an SVG; the files are in ``connectivity-figures``. Quarto's
``fig-cap``, ``fig-alt`` and ``fig-align`` are understood. Metadata says otherwise:

``connectivity-strict``
    What is wrong ends the build; else the document shows it, and standard error says it.
``connectivity-folder``
    Where the files are, in the folder that pandoc runs in.

Nothing outside of that folder is read; the variable ``CONNECTIVITY_ROOT`` of the environment, which a document
cannot set, names another one.

With ``--lua-filter connectivity.lua`` in place of ``--filter``, which calls this one, messages name file and line, and
``--fail-if-warnings`` of newer versions heeds them; in Quarto, that is the extension.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectivity import files
from connectivity.doors.talking import Door
from connectivity.errors import ConnectivityError, DrawingError, visible
from connectivity.pages.fences import NAME, add, fences
from connectivity.pages.kept import Kept
from connectivity.pages.places import Place
from connectivity.pages.showing import STYLESHEET, Wish, element, fault, picture

_USAGE = """Usage: pandoc --filter connectivity-pandoc paper.md -o paper.pdf

The filter of Pandoc that draws code blocks of the class "connectivity".
"""
_WITHIN = {"html", "html4", "html5", "chunkedhtml", "revealjs", "slidy", "slideous", "s5", "dzslides"}
_SUFFIXES = {
    **dict.fromkeys(("latex", "beamer", "context"), "pdf"),
    **dict.fromkeys(("docx", "pptx", "odt", "opendocument", "rtf", "ipynb", "icml"), "png"),
}
_DPI = "300"
_QUARTO = {"fig-cap": "caption", "fig-alt": "alt", "fig-align": "align"}
"""What Quarto calls options of a figure."""

_FIGURES = [1, 23]  # the version of Pandoc's types that has figures of their own (Pandoc 3)

Node = dict[str, Any]


@dataclass
class _Document:
    """A document on its way: how it is written, and what is wrong with it so far."""

    format: str
    meta: Node
    version: list[int]
    inputs: Sequence[str] = ()
    number: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = Path(os.environ.get("CONNECTIVITY_ROOT") or ".").absolute()
        self.folder = Path(_text(self.meta.get("connectivity-folder")) or "connectivity-figures")
        if not Path(os.path.realpath(self.folder)).is_relative_to(os.path.realpath(".")):
            said = visible(str(self.folder), 100)
            raise DrawingError(
                f'connectivity-folder must be in the folder that pandoc runs in, as figures; not "{said}"'
            )
        self.place = Place(Path().absolute(), self.root, self.root)
        self.kept = Kept(Path().absolute())
        self.lines = [(name, fence) for name in self.inputs for fence in fences(_content(name))]

    def shown(self, block: Node) -> list[Node]:
        """What takes the place of a code block."""
        (name, classes, pairs), text = block["c"]
        self.number += 1
        wish = Wish(text, {}, self.place)
        try:
            wish = Wish(text, _said(name, classes, pairs), self.place)
            return self._inline(wish) if self.format in _WITHIN else self._file(wish)
        except ConnectivityError as error:
            return self._failed(error, wish, block)

    def _inline(self, wish: Wish) -> list[Node]:
        if "caption" not in wish.own or self.version < _FIGURES:
            return [_raw(element(wish, self.number, self.kept)[0])]
        without = {name: value for name, value in wish.said.items() if name not in ("caption", "name")}
        html = element(Wish(wish.text, without, wish.place), self.number, self.kept)[0]
        return [_figure(_attributes(wish, False), wish.own["caption"], _raw(html))]

    def _file(self, wish: Wish) -> list[Node]:
        suffix = _SUFFIXES.get(self.format, "svg")
        if suffix == "png" and "dpi" not in wish.said:
            wish = Wish(wish.text, {**wish.said, "dpi": _DPI}, wish.place)
        shown = picture(wish, suffix, "light", self.kept)
        path = self.folder / f"connectivity-{hashlib.sha256(shown.data).hexdigest()[:16]}.{suffix}"
        files.keep_out(self.folder)
        if not path.exists() or path.read_bytes() != shown.data:
            files.write(path, shown.data)
        alt = wish.own.get("alt") or shown.description.partition("\n")[0]
        return [self._image(wish, path.as_posix(), alt)]

    def _image(self, wish: Wish, path: str, alt: str) -> Node:
        caption = wish.own.get("caption")
        if caption is None:
            return _node("Para", [_node("Image", [_attributes(wish, True), _words(alt), [path, ""]])])
        if self.version < _FIGURES:  # a title that begins so says that the words are the caption
            return _node("Para", [_node("Image", [_attributes(wish, True), _words(caption), [path, "fig:"]])])
        image = _node("Image", [["", [], _attributes(wish, True)[2]], _words(alt), [path, ""]])
        return _figure(_attributes(wish, False), caption, _node("Plain", [image]))

    def _failed(self, error: Exception, wish: Wish, block: Node) -> list[Node]:
        wrong = fault(error, wish)
        self.wrong.append(f"{self._where(wish.text, wrong.line)}: {wrong.message}")
        block["c"][0][1] = [name for name in block["c"][0][1] if name != NAME]
        message = _node("Strong", _words(wrong.message))
        return [block, _node("Para", [message])]

    def _where(self, text: str, line: int | None) -> str:
        """Where a figure is: its file and line where these are known, else its number."""
        for place, (name, fence) in enumerate(self.lines):
            if fence.text.strip() == text.strip():
                del self.lines[place]
                return f"{name}:{fence.start + 1 + (line or 0)}"
        first = text.strip().partition("\n")[0]
        return f'figure {self.number} ("{visible(first, 40)}"' + (f", line {line})" if line and line > 1 else ")")


def answer(words: Sequence[str], document: Any) -> Any:
    """The document with its figures. Raises DrawingError for what is wrong where the document is strict."""
    format = words[0] if words else "html"
    meta = document["meta"]
    state = _Document(format.partition("+")[0].partition("-")[0], meta, document["pandoc-api-version"], words[1:])
    document["blocks"] = _walked(document["blocks"], state)
    if state.wrong and _is_true(meta.get("connectivity-strict")):
        raise DrawingError("\n".join(state.wrong))
    if state.number and state.format in _WITHIN:
        _style(meta)
    if len(words) > 1:  # our Lua filter, which says it in Pandoc's own way
        meta["connectivity-wrong"] = _node("MetaList", [_node("MetaString", message) for message in state.wrong])
    else:
        for message in state.wrong:
            DOOR.warn(f"warning: {message}")
    return document


def _walked(blocks: list[Any], state: _Document) -> list[Any]:
    """Blocks with figures in place of code, and whatever else is among them."""
    return [other for block in blocks for other in _replaced(block, state)]


def _replaced(block: Any, state: _Document) -> Iterator[Any]:
    match block:
        case {"t": "CodeBlock", "c": [[_, classes, _], _]} if NAME in classes:
            yield from state.shown(block)
        case dict():
            yield {key: _deeper(value, state) for key, value in block.items()}
        case _:
            yield _deeper(block, state)


def _deeper(value: Any, state: _Document) -> Any:
    if isinstance(value, list):
        return _walked(value, state)
    return {key: _deeper(each, state) for key, each in value.items()} if isinstance(value, dict) else value


def _said(name: str, classes: Sequence[str], pairs: Sequence[Sequence[str]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for key, value in pairs:
        add(said, _QUARTO.get(key, key), value)
    others = [each for each in classes if each != NAME]
    said |= {"name": name} if name else {}
    return said | ({"class": " ".join([*others, *said.get("class", "").split()])} if others else {})


def _attributes(wish: Wish, is_image: bool) -> list[Any]:
    """The attributes of an image, or of the figure that it is in."""
    own = wish.own
    classes = [*own.get("class", "").split(), *([f"align-{own['align']}"] if "align" in own else [])]
    sizes = [["width", own["width"]]] if is_image and "width" in own else []
    return [own.get("name", ""), classes, sizes]


def _node(kind: str, content: Any) -> Node:
    return {"t": kind, "c": content}


def _raw(html: str) -> Node:
    return _node("RawBlock", ["html", html])


def _figure(attributes: list[Any], caption: str, content: Node) -> Node:
    return _node("Figure", [attributes, [None, [_node("Plain", _words(caption))]], [content]])


def _words(text: str) -> list[Node]:
    """A text as Pandoc has one: words, and spaces between them."""
    words = [_node("Str", word) for word in text.split()]
    return [node for word in words for node in (word, {"t": "Space"})][:-1]


def _style(meta: Node) -> None:
    """Put the style sheet into the head of the page."""
    style = _node("MetaBlocks", [_raw(f"<style>\n{STYLESHEET.read_text(encoding='utf-8')}</style>")])
    before = meta.get("header-includes")
    others = before["c"] if before is not None and before["t"] == "MetaList" else [before] if before else []
    meta["header-includes"] = _node("MetaList", [*others, style])


def _text(value: Mapping[str, Any] | None) -> str:
    """A value of the metadata as a text."""
    match value:
        case {"t": "MetaString", "c": str(text)}:
            return text
        case {"t": "MetaInlines", "c": list(nodes)}:
            return "".join(node["c"] if isinstance(node.get("c"), str) else " " for node in nodes)
    return ""


def _is_true(value: Mapping[str, Any] | None) -> bool:
    return value is not None and (value.get("c") is True or _text(value).lower() in ("true", "yes"))


def _content(name: str) -> str:
    """The text of a file, where lines are looked for; nothing where it cannot be read."""
    try:
        return Path(name).read_text(encoding="utf-8", errors="replace") if Path(name).is_file() else ""
    except OSError:
        return ""


DOOR = Door("connectivity-pandoc", _USAGE, answer)


def main() -> int:
    """The command ``connectivity-pandoc``."""
    return DOOR.run(sys.argv[1:])
