"""Fences of Markdown: figures in pages of MkDocs, and wherever pymdownx.superfences is used.

In ``mkdocs.yml``, with the style sheet (:data:`STYLESHEET`) copied into the folder of the documents::

    markdown_extensions:
      - attr_list
      - pymdownx.superfences:
          custom_fences:
            - name: connectivity
              class: connectivity
              format: !!python/name:connectivity.markdown.formatter
              validator: !!python/name:connectivity.markdown.validator
    extra_css:
      - connectivity.css

A fence holds a line of notation, the path of a figure file (relative to the page; ``/net.toml`` to the
folder of the documents), or a figure file's content::

    ```connectivity
    6 conv:3 fc:2
    ```

    ```{.connectivity theme=dark max-units=12 alt="Two layers"}
    net.toml
    ```

Options are those of the command line under their names, ``weights`` (``prefix``, ``map``), ``input``, ``seed``, ``alt`` (the
figure in words, in place of the description that is generated) and ``width`` (of CSS). Without a theme a
figure follows its page.

A figure that cannot be drawn is a warning, which makes ``mkdocs build --strict`` fail; the page shows
its source and what is wrong with it. In MyST, use the directive of :mod:`connectivity.sphinx`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from connectivity.errors import ConnectivityError, DrawingError, NotationError, visible
from connectivity.options import settings
from connectivity.pages.source import Source, located, read_source
from connectivity.rendering.inline import inline, prefix_of

STYLESHEET = Path(__file__).parent / "data" / "connectivity.css"
"""The style sheet that pages need for figures to follow their theme."""

_OWN = ("alt", "width")
_WIDTH = re.compile(r"\d+(?:\.\d+)?(?:%|px|em|rem|ch|ex|pt|pc|cm|mm|in|vw)?")
_logger = logging.getLogger("mkdocs.plugins.connectivity")


def validator(
    language: str, inputs: Mapping[str, Any], options: dict[str, Any], attrs: dict[str, Any], md: Any
) -> bool:
    """Take all options of a fence, for superfences; :func:`formatter` says what is wrong with them.

    One without a value comes as None, True or (in older versions) its own name.
    """
    switches = {name for setting in settings() if setting.kind == "switch" for name in (setting.flag, setting.name)}
    for name, value in inputs.items():
        bare = (
            value is None
            or value is True
            or (value == name and (name in switches or name.replace("_", "-").startswith("no-")))
        )
        options[name] = "" if bare else str(value)
    return True


def formatter(source: str, language: str, css_class: str, options: Mapping[str, str], md: Any, **kwargs: Any) -> str:
    """The HTML of a fence, for superfences: the figure, or its source and what is wrong with it."""
    page = _Page(md)
    try:
        drawn = _draw(source, options, page)
    except Exception as error:  # superfences would swallow it, and show the fence as it is
        message = page.shortened(_message(error, source.strip()))
        _logger.warning("%s%s", f"{page.name}: " if page.name else "", message)
        source, message = escape(source), escape(message)
        return f'<div class="connectivity-error"><pre><code>{source}</code></pre>\n<p>{message}</p></div>'
    classes = " ".join([css_class, *kwargs.get("classes", ())])
    identity = f' id="{escape(kwargs["id_value"])}"' if kwargs.get("id_value") else ""
    # Material for MkDocs would index every tooltip.
    return f'<div class="{escape(classes)}"{identity} data-search-exclude>{drawn}</div>'


class _Page:
    """The page that is being made: where its files are, and how many figures it has so far.

    MkDocs tells a Markdown extension of its page through the processor that makes links relative;
    anything else does not tell, and paths are relative to the working folder.
    """

    def __init__(self, md: Any) -> None:
        processors = md.treeprocessors
        file = getattr(processors["relpath"], "file", None) if "relpath" in processors else None
        self.name: str = getattr(file, "src_uri", "")
        self.folder = Path(file.abs_src_path).parent if file is not None and file.abs_src_path else Path()
        self.root = Path(file.src_dir) if file is not None and getattr(file, "src_dir", None) else Path()
        # Each fence takes a place in this store, which every page begins anew.
        self.number: int = md.htmlStash.html_counter + 1

    def shortened(self, message: str) -> str:
        """A message without the folder of the documents, which is nobody's business on a page."""
        return message.replace(f"{self.root.resolve()}/", "").replace(f"{self.root}/", "")

    def path(self, name: str) -> str:
        """A path as the page says it, as one that can be opened."""
        return str(self.root / name.lstrip("/") if name.startswith("/") else self.folder / name)


def _draw(text: str, said: Mapping[str, str], page: _Page) -> str:
    """The figure as an element of HTML. Raises ConnectivityError."""
    width = said.get("width") or None
    if width is not None and not _WIDTH.fullmatch(width):
        raise DrawingError(f'width must be a length of CSS, as 50% or 300px, not "{visible(width, 40)}"')
    figure = _source(text.strip(), said, page).figure("auto")
    data = figure.draw("svg")
    return inline(data, prefix_of(data, page.number), width=width, alt=said.get("alt") or None)


def _source(text: str, said: Mapping[str, str], page: _Page) -> Source:
    if not text:
        raise DrawingError("nothing to draw: say a network, a figure file or the content of one")
    options = {name: value for name, value in said.items() if name not in _OWN}
    folder = page.folder
    if re.fullmatch(r"/\S+\.(?:toml|json|onnx)", text):
        text, folder = text.lstrip("/"), page.root
    return read_source(text, options, str(folder), page.path, _OWN)


def _message(error: Exception, text: str) -> str:
    """What is wrong, in one line."""
    if not isinstance(error, ConnectivityError):
        return f"an error in connectivity itself ({type(error).__name__}: {error})"
    if not isinstance(error, NotationError):
        return str(error)
    place = located(error, text)
    if place is None:
        return f"{error.source}:{error.line}:{error.column}: {error.message}"
    line, message = place
    return f"line {line} of the fence: {message}" if "\n" in text else message
