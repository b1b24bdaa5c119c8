"""The extension of Sphinx: figures in documentation, drawn while it is built.

In ``conf.py``::

    extensions = ["connectivity.sphinx"]

In a document::

    .. connectivity:: 6 conv:3 fc:2
       :caption: A convolution, and a layer that is fully connected.
       :name: two-layers

All options, and values of ``conf.py``, are in ``samples/docs/docs.rst``, the manual's page "In documentation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.config import ENUM
from sphinx.util import logging

from connectivity import __version__, files
from connectivity.errors import ConnectivityError
from connectivity.options import THEMES
from connectivity.rendering.html import SCRIPT
from connectivity.sphinx.directive import WAY, ConnectivityDirective
from connectivity.sphinx.nodes import depart_frame, frame, picture, visit_frame, visit_picture
from connectivity.sphinx.ways import Pages, Way, tell

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

STYLESHEET = Path(__file__).parent.parent / "data" / "connectivity.css"

_NODES = 1  # counts up where what stands in documents changes within a version
_logger = logging.getLogger(__name__)


def _note_way(app: Sphinx, docname: str, source: list[str]) -> None:
    """Say how the builder shows pictures, before a document is read: what it needs is drawn then."""
    app.env.temp_data[WAY] = Way.of(app.builder, app.config)


def _show_pictures(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the pictures of a document, or of several in one, the form that the builder can use."""
    if app.builder.name == "gettext":
        return  # which asks them for their words itself
    pages = Pages(app, docname)
    for number, node in enumerate(list(doctree.findall(picture)), 1):
        try:
            pages.show(node, number)
        except ConnectivityError as error:  # what was right when it was read is no longer
            _logger.warning("%s", error, type="connectivity", location=node)
            tell(node)


def _add_stylesheet(app: Sphinx) -> None:
    """Put the style sheet, and the script, where pages look for them, before they are written: links have checksums.

    Books have none: their figures are images, and readers of EPUB know less of CSS than it needs.
    """
    place = Way.of(app.builder, app.config).place
    if app.builder.format != "html" or place == "paper":
        return
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / STYLESHEET.name, STYLESHEET.read_bytes())
    app.add_css_file(STYLESHEET.name)
    if place == "page":
        files.write(folder / SCRIPT.name, SCRIPT.read_bytes())
        app.add_js_file(SCRIPT.name, loading_method="defer")


def _leave_out_of_books(app: Sphinx) -> Iterable[tuple[str, dict[str, object], str]]:
    """Keep what is remembered between builds out of a book, where it is in the folder that the book is made of."""
    inside, folder = Path(app.doctreedir), Path(app.outdir)
    if app.builder.name == "epub":
        others = [*inside.rglob("*")] if inside.is_relative_to(folder) else []
        others += folder.glob(".buildinfo.*")  # of the configuration before the last change
        names = sorted(str(path.relative_to(folder)) for path in others if path.is_file())
        app.config.epub_exclude_files = [*app.config.epub_exclude_files, *names]
    return []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_config_value("connectivity_html", "inline", "html", ENUM("inline", "img"))
    app.add_config_value("connectivity_root", ".", "env", str)
    app.add_config_value("connectivity_theme", "auto", "html", ENUM(*THEMES))
    app.add_node(picture, html=(visit_picture, None))
    app.add_node(frame, html=(visit_frame, depart_frame))
    app.add_directive("connectivity", ConnectivityDirective)
    app.connect("source-read", _note_way)
    app.connect("doctree-resolved", _show_pictures, priority=900)  # after whatever copies parts of documents
    app.connect("builder-inited", _add_stylesheet)
    app.connect("html-collect-pages", _leave_out_of_books)
    return {
        "version": __version__,
        "env_version": _env_version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _env_version() -> int:
    """A number for each version of this package: another one may draw other pictures, so all is read anew."""
    parts = [*(int(part) for part in re.findall(r"\d+", __version__)[:3]), _NODES]
    return sum(part * 1000**place for place, part in enumerate(reversed(parts)))
