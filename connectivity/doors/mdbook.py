"""``mdbook-connectivity``: the preprocessor of mdBook, figures in fences of its chapters.

In ``book.toml``, with the style sheet beside it (``connectivity-fence --stylesheet > connectivity.css``)::

    [preprocessor.connectivity]
    strict = true                       # what is wrong ends the build; else the page shows it
    root = ".."                         # what nothing is read outside of, where that is not the book's own folder

    [output.html]
    additional-css = ["connectivity.css"]

A fence says what it says everywhere::

    ```connectivity theme=dark caption="A convolution"
    6 conv:3 fc:2
    ```

Paths are relative to the chapter; those that begin with a slash to the folder of all chapters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectivity.doors.talking import Door
from connectivity.errors import ConnectivityError, DrawingError
from connectivity.pages.fences import Fence, fences, said
from connectivity.pages.kept import Kept
from connectivity.pages.places import Place
from connectivity.pages.showing import Wish, element, failure, fault

_USAGE = """Usage: mdbook-connectivity [supports RENDERER]

The preprocessor of mdBook that draws figures: [preprocessor.connectivity] in book.toml has mdBook call it.
"""
_UNSTYLED = (
    'the style sheet of figures is not loaded: say additional-css = ["connectivity.css"] under [output.html], and '
    "write it with connectivity-fence --stylesheet > connectivity.css"
)


class _Book:
    """A book on its way: its chapters are changed in place, and what is wrong is collected."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        config = context["config"]
        self.book = Path(context["root"])
        self.source = self.book / config.get("book", {}).get("src", "src")
        settings = config.get("preprocessor", {}).get("connectivity", {})
        self.root = self.book / str(settings.get("root", "."))
        self.strict = bool(settings.get("strict"))
        styles = config.get("output", {}).get("html", {}).get("additional-css", [])
        self.is_styled = any(Path(name).name == "connectivity.css" for name in styles)
        self.kept = Kept(self.book)
        self.wrong: list[str] = []
        self.figures = 0

    def draw(self, chapter: dict[str, Any]) -> None:
        """Put the figures of a chapter in the places of its fences."""
        path = chapter.get("source_path") or chapter.get("path") or ""
        folder = (self.source / path).parent if path else self.source
        place = Place(folder, self.source, self.root, (self.source / path).relative_to(self.book).as_posix())
        lines = chapter["content"].splitlines()
        parts: list[str] = []
        done = 0
        for fence in fences(chapter["content"]):
            self.figures += 1  # of all chapters, since a book is also printed as one page
            first = lines[fence.start]
            lead = first[: len(fence.lead)]  # with the mark of a list where the fence is its first line
            parts += [*lines[done : fence.start], lead + self._element(fence, place)]
            done = fence.end
        if done:
            chapter["content"] = "\n".join([*parts, *lines[done:], ""])

    def _element(self, fence: Fence, place: Place) -> str:
        wish = Wish(fence.text, {}, place)
        try:
            wish = Wish(fence.text, said(fence.info), place)
            return element(wish, self.figures, self.kept)[0]
        except ConnectivityError as error:
            wrong = fault(error, wish)
            self.wrong.append(place.located(wrong.message, fence.start + 1 + (wrong.line or 0)))
            return failure(fence.text, wrong.message)


def chapters(items: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """All chapters of a book, whatever their depth."""
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            yield item["Chapter"]
            yield from chapters(item["Chapter"].get("sub_items", ()))


def answer(words: Sequence[str], request: Any) -> Any:
    """The book with its figures. Raises DrawingError for what is wrong where the book is strict."""
    context, content = request
    book = _Book(context)
    for chapter in chapters(content["items"] if "items" in content else content["sections"]):
        book.draw(chapter)
    if book.figures and not book.is_styled:
        book.wrong.append(_UNSTYLED)
    if book.wrong and book.strict:
        raise DrawingError("\n".join(book.wrong))
    for message in book.wrong:
        DOOR.warn(f"warning: {message}")
    return content


DOOR = Door("mdbook-connectivity", _USAGE, answer)


def main() -> int:
    """The command ``mdbook-connectivity``."""
    words = sys.argv[1:]
    if words[:1] == ["supports"]:
        return 0 if words[1:] == ["html"] else 1
    return DOOR.run(words)
