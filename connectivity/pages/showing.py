"""Figures for pages: what a fence or a directive says, to a picture, to an element of HTML, or to what is wrong.

The core that all doors share. Nothing outside of the root of a page's place is read, and pictures are kept.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from connectivity.errors import ConnectivityError, DrawingError, NotationError, Note, visible
from connectivity.pages.kept import Kept, Picture
from connectivity.pages.places import Place
from connectivity.reads import recording, stamp, within

if TYPE_CHECKING:
    from connectivity.pages.source import Source

OWN = ("align", "alt", "caption", "class", "name", "width")
"""Options of the page and not of the figure, as those of Sphinx's directive."""

STYLESHEET = Path(__file__).parent.parent / "data" / "connectivity.css"
"""The style sheet that pages need for figures to follow their theme."""

ALIGNMENTS = ("left", "center", "right")

_WIDTH = re.compile(r"\d+(?:\.\d+)?(?:%|px|em|rem|ch|ex|pt|pc|cm|mm|in|vw)?")
_CLASSES = re.compile(r"-?[A-Za-z_][\w-]*(?:\s+-?[A-Za-z_][\w-]*)*")


@dataclass(frozen=True)
class Wish:
    """A figure as a page says it: a text, options as texts by their names, and where it is said.

    The text is a line of notation, the path of a figure file or a model, or the content of a figure file.
    """

    text: str
    said: Mapping[str, str]
    place: Place

    @property
    def own(self) -> dict[str, str]:
        """What is said about the page, without what is empty."""
        return {name: self.said[name] for name in OWN if self.said.get(name)}

    def source(self) -> Source:
        """What the figure is made of. Raises DrawingError."""
        from connectivity.pages.source import read_source

        text = self.text.strip()
        if not text:
            raise DrawingError(
                "nothing to draw: say a network (6 conv:3 fc:2), a figure file (net.toml) or the content of one"
            )
        _check(self.own)
        options = {name: value for name, value in self.said.items() if name not in OWN}
        text, folder = self.place.line(text)
        return read_source(text, options, str(folder), self.place.path, OWN)


def picture(wish: Wish, format: str = "svg", theme: str = "auto", kept: Kept | None = None) -> Picture:
    """The picture that a page wishes, in ``theme`` unless it says one; on paper ("light") it is never dark.

    Raises ConnectivityError.
    """
    if kept is None:
        return _drawn(wish, format, theme)
    key = kept.key(wish.text, wish.said, wish.place, format, theme)
    found = kept.find(key)
    if found is None:
        with recording() as read:
            found = _drawn(wish, format, theme)
        if all(stamp(path) == before for path, before in read.items()):
            kept.keep(key, found)
    return found


def _drawn(wish: Wish, format: str, theme: str) -> Picture:
    with recording() as read, within(wish.place.root), warnings.catch_warnings(record=True, category=Note) as warned:
        warnings.simplefilter("always", Note)
        source = wish.source()
        figure = source.figure(theme) if theme == "auto" else source.on_paper()
        data = figure.draw(format)
        scene = figure.scene()
    notes = tuple(dict.fromkeys(str(warning.message) for warning in warned))
    return Picture(data, scene.title, scene.description, tuple(read), notes)


def element(wish: Wish, number: int, kept: Kept | None = None, attributes: str = "") -> tuple[str, Picture]:
    """The figure, that of that ``number`` on its page, as an element of HTML on one line; and its picture.

    ``attributes`` are further ones of the element. Raises ConnectivityError.
    """
    from connectivity.rendering.inline import inline, prefix_of

    shown = picture(wish, kept=kept)
    own = wish.own
    svg = inline(shown.data, prefix_of(shown.data, number), width=own.get("width"), alt=own.get("alt"))
    # A page in Markdown ends an element at an empty line, and a list at one that is not indented.
    svg = re.sub(r"\s*\n\s*", " ", svg)
    classes = ["connectivity-figure", *([f"align-{own['align']}"] if "align" in own else []), own.get("class", "")]
    name = f' id="{escape(own["name"])}"' if "name" in own else ""
    head = f'class="{escape(" ".join(filter(None, classes)))}"{name}{attributes}'
    if "caption" not in own:
        return f"<div {head}>{svg}</div>", shown
    caption = f"<figcaption>{escape(own['caption'], quote=False)}</figcaption>"
    return f"<figure {head}>{svg}{caption}</figure>", shown


def failure(text: str, message: str) -> str:
    """What a page shows in place of a figure that cannot be drawn: its source, and what is wrong with it."""
    source = escape(text).replace("\n", "&#10;")  # on one line, as the figure would be
    return f'<div class="connectivity-error"><pre><code>{source}</code></pre><p>{escape(message)}</p></div>'


class Fault(NamedTuple):
    """What is wrong with a figure: a line of its text, from 1, or None, and a message of one line."""

    line: int | None
    message: str


def fault(error: Exception, wish: Wish) -> Fault:
    """What is wrong, without folders of this machine."""
    line, message = _fault(error, wish)
    return Fault(line, wish.place.shortened(message))


def _fault(error: Exception, wish: Wish) -> tuple[int | None, str]:
    from connectivity.pages.source import advised, located

    text = wish.text

    if not isinstance(error, ConnectivityError):
        return None, f"an error in connectivity itself ({type(error).__name__}: {error})"
    if not isinstance(error, NotationError):
        return None, advised(error, wish.said).replace("\n", " ")
    lead = len(text) - len(text.lstrip())
    place = located(error, text.strip())
    if place is None:
        return None, f"{error.source}:{error.line}:{error.column}: {error.advice}"
    return place[0] + text[:lead].count("\n"), place[1]


def _check(own: Mapping[str, str]) -> None:
    """Raise DrawingError for what a page cannot have."""
    if "width" in own and not _WIDTH.fullmatch(own["width"]):
        raise DrawingError(f'width must be a length of CSS, as 50% or 300px, not "{visible(own["width"], 40)}"')
    if "align" in own and own["align"] not in ALIGNMENTS:
        raise DrawingError(f'align must be left, center or right, not "{visible(own["align"], 40)}"')
    if "class" in own and not _CLASSES.fullmatch(own["class"]):
        raise DrawingError(f'class must be names of letters, digits and dashes, not "{visible(own["class"], 40)}"')
    if "name" in own and re.search(r"\s", own["name"]):
        raise DrawingError(f'name must be a single word, as fig-net, not "{visible(own["name"], 40)}"')
