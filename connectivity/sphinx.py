"""The extension of Sphinx: figures in documentation, drawn while it is built.

In ``conf.py``::

    extensions = ["connectivity.sphinx"]

In a document, a line of notation, or a figure file (relative to the document; ``/net.toml`` to the
source folder), or a figure file's content::

    .. connectivity:: 6 conv:3 fc:2
       :caption: A convolution, and a layer that is fully connected.
       :name: two-layers
       :color-by: weight

    .. connectivity:: net.toml

    .. connectivity::

       columns = 1

       [[panel]]
       network = "5 conv:3,p=1"

Options are those of the command line under their names (``:max-units: 12``, ``:no-captions:`` or
``:captions: false``; lists have a line for each item), ``:weights:`` (``:prefix:``,
``:map:``), ``:input:``, ``:seed:``, and:

``:caption:``
    Under the figure; it is then numbered (``numfig``) and can be referred to (``:ref:``, ``:numref:``).
``:name:``
    What to refer to it by.
``:alt:``
    The figure in words, in place of the description that is generated.
``:width:``, ``:align:``, ``:class:``
    As those of ``image``.

Values in ``conf.py``:

``connectivity_html``
    ``"inline"`` (default): the SVG is part of the page, and follows its theme at once; ``"img"``: it is
    a file beside the page.
``connectivity_theme``
    The theme of figures that do not say one, in HTML; ``"auto"`` (default) is light or dark as the page
    is. On paper (LaTeX, EPUB and others) figures are never dark.

Builders that show no pictures have the description as text. A figure that cannot be drawn is a warning
of the type ``connectivity`` at its place in the document, at each build until it can be; the page shows
its source. Files that figures are made of are dependencies of their documents.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives, states
from sphinx.config import ENUM
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from connectivity import __version__, files
from connectivity.errors import ConnectivityError, DrawingError, NotationError
from connectivity.options import THEMES
from connectivity.pages.cache import Drawings
from connectivity.pages.source import Source, located, read_source
from connectivity.reads import recording
from connectivity.rendering.inline import inline, prefix_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata, OptionSpec
    from sphinx.writers.html5 import HTML5Translator

    from connectivity.figure import Figure

STYLESHEET = Path(__file__).parent / "data" / "connectivity.css"

_FORMATS = {"image/svg+xml": "svg", "application/pdf": "pdf", "image/png": "png"}
_logger = logging.getLogger(__name__)


class picture(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801  # nodes are named as the elements they are
    """A figure; only the writing of HTML knows it, for all others an image or a text takes its place.

    Its attributes: ``made_of``, a :class:`.Source` as plain data, since doctrees outlive versions; ``alt``; ``width``, ``align`` where said; for HTML
    ``svg``, the element to write.
    """


class _AnyOption(dict[str, Any]):
    """Lets every option through as text: what is wrong with one is said by the directive, in one way."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class ConnectivityDirective(SphinxDirective):
    """``.. connectivity::``, see the module."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = _AnyOption()

    def run(self) -> Sequence[nodes.Node]:
        """A figure with a caption, or the picture alone; its source where it cannot be drawn."""
        shown: nodes.Element
        with recording() as read:
            try:
                shown = self._picture()
            except ConnectivityError as error:
                shown = self._failure(error)
        for path in read:
            self.env.note_dependency(_relative(path, self.env))
        return self._captioned(shown)

    def _picture(self) -> picture:
        """The picture, drawn once, so that whatever is wrong with it is found while its document is read."""
        said = dict(self.options)
        attributes = _page_options(said)
        source = self._source(said)
        figure = source.figure(self.config.connectivity_theme)
        _drawings(self.env).draw(figure, "svg")
        description = figure.scene().description
        alt = said.get("alt") or description
        if alt != description and figure.options.get("list_connections"):
            alt += "\n" + description.partition("\n")[2]
        node = picture("", made_of=dataclasses.asdict(source), alt=alt, own_alt=bool(said.get("alt")), **attributes)
        self.set_source_info(node)
        return node

    def _source(self, said: Mapping[str, str]) -> Source:
        """What the figure is made of. Raises DrawingError where there is nothing, or two things."""
        if bool(self.arguments) == bool(self.content):
            what = "a network or a figure file after the colons, or the content of a figure file below them"
            raise DrawingError(f"{what}: not both" if self.content else f"nothing to draw: say {what}")
        options = {name: text for name, text in said.items() if name not in _OWN}
        text: str = self.arguments[0] if self.arguments else "\n".join(self.content)
        folder = str(Path(self.env.doc2path(self.env.docname)).parent)
        if re.fullmatch(r"/[^\n]+\.(?:toml|json|onnx)", text):
            text, folder = text.lstrip("/"), str(self.env.srcdir)
        return read_source(text, options, folder, self._path, _OWN)

    def _path(self, name: str) -> str:
        """A path relative to the document; one that begins with a slash is relative to the source folder."""
        return str(self.env.relfn2path(name)[1])

    def _failure(self, error: ConnectivityError) -> nodes.literal_block:
        """Say what is wrong, at each build until it is right; the source, to show in the picture's place."""
        self.env.note_reread()
        text = "\n".join([*self.arguments, *self.content]) or self.block_text
        block = nodes.literal_block(text, text, language="none")
        self.set_source_info(block)
        message = str(error)
        if isinstance(error, NotationError):
            place = located(error, text)
            message = f"{error.source}:{error.line}:{error.column}: {error.message}" if place is None else place[1]
            if place is not None and self.content:
                block.source, block.line = self._content_place(place[0])
        _logger.warning("%s", message, type="connectivity", location=block)
        return block

    def _content_place(self, line: int) -> tuple[str | None, int | None]:
        """The file and the line in it that the ``line`` of the content is, from 1."""
        if isinstance(self.state, states.RSTState):
            return self.state_machine.get_source_and_line(self.content_offset + line)
        source, number = self.get_source_info()  # MyST counts its offsets from the directive on
        return source, number + self.content_offset + line

    def _captioned(self, shown: nodes.Element) -> list[nodes.Node]:
        """What is shown, as a figure where there is a caption."""
        caption = self.options.get("caption")
        if not caption:
            self.add_name(shown)
            return [shown]
        figure = nodes.figure("", shown, classes=shown["classes"])
        shown["classes"] = []
        if "align" in shown:
            figure["align"] = shown.attributes.pop("align")
        inlines, messages = self.state.inline_text(caption, self.lineno)
        figure += nodes.caption(caption, "", *inlines)
        for node in (figure, figure[-1]):
            self.set_source_info(node)
        self.add_name(figure)
        return [figure, *messages]


def _page_options(said: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of the node that options say, as those of ``image``. Raises DrawingError."""
    attributes: dict[str, Any] = {}
    for name, (attribute, convert) in _ATTRIBUTES.items():
        if name in said:
            try:
                attributes[attribute] = convert(said[name])
            except ValueError as error:
                raise DrawingError(f"{name}: {error}", name) from error
    return attributes


def _align(text: str) -> str:
    return directives.choice(text, ("left", "center", "right"))


_ATTRIBUTES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "align": ("align", _align),
    "class": ("classes", directives.class_option),
    "width": ("width", directives.length_or_percentage_or_unitless),
}
_OWN = (*_ATTRIBUTES, "alt", "caption", "name")


class _Pages:
    """What becomes of pictures in the documents that a builder writes."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.builder, self.config, self.env = app.builder, app.config, app.env
        self.docname = docname
        self.drawings = _drawings(app.env)

    def show(self, node: picture, number: int) -> None:
        """Give the picture, that ``number`` of its page, the form that the builder can use."""
        kinds = self.builder.supported_image_types
        format = next((_FORMATS[kind] for kind in kinds if kind in _FORMATS), None)
        if format is None:
            _replace(node, *_in_words(node))
        elif self.builder.format != "html" or self.builder.name == "epub":
            _replace(node, self._image(node, Source(**node["made_of"]).on_paper(), format))
        elif format == "svg" and self.config.connectivity_html == "inline":
            data = self.drawings.draw(self._figure(node), "svg").read_bytes()
            alt = node["alt"] if node["own_alt"] else None
            node["svg"] = inline(data, prefix_of(data, number), width=node.get("width"), alt=alt)
        else:
            _replace(node, *self._images(node, format))

    def _figure(self, node: picture) -> Figure:
        return Source(**node["made_of"]).figure(self.config.connectivity_theme)

    def _images(self, node: picture, format: str) -> list[nodes.image]:
        """An image; for a theme that follows the page a light one and a dark one, of which it shows one."""
        figure = self._figure(node)
        if figure.options["theme"] != "auto":
            return [self._image(node, figure, format)]
        images = []
        for theme in ("light", "dark"):
            image = self._image(node, figure.changed(theme=theme, transparent=True), format)
            # The second is what PyData's theme and others look for.
            image["classes"] += [f"connectivity-{theme}", f"only-{theme}"]
            images.append(image)
        return images

    def _image(self, node: picture, figure: Figure, format: str) -> nodes.image:
        path = str(self.drawings.draw(figure, format))
        said = {name: node[name] for name in ("alt", "width", "align") if name in node}
        image = nodes.image("", uri=path, candidates={"*": path}, classes=list(node["classes"]), **said)
        image.source, image.line = node.source, node.line
        self.env.images.add_file(self.docname, path)
        return image


def _show_pictures(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the pictures of a document, or of several in one, the form that the builder can use."""
    pages = _Pages(app, docname)
    for number, node in enumerate(list(doctree.findall(picture)), 1):
        try:
            pages.show(node, number)
        except ConnectivityError as error:  # what was right when it was read is no longer
            _logger.warning("%s", error, type="connectivity", location=node)
            _replace(node, *_in_words(node))


def _in_words(node: picture) -> list[nodes.Element]:
    """The description of a picture; its connections, where they are listed, each by itself."""
    first, *others = str(node["alt"]).split("\n")
    if isinstance(node.parent, nodes.TextElement):
        return [nodes.inline("", " ".join([first, *others]))]
    items = [nodes.list_item("", nodes.paragraph("", line)) for line in others]
    return [nodes.paragraph("", first), *([nodes.bullet_list("", *items)] if items else [])]


def _replace(node: picture, *others: nodes.Element) -> None:
    """Put others in the place of a picture, and before them what it is referred to by."""
    target = [nodes.target("", "", ids=node["ids"], names=node["names"])] if node["ids"] else []
    node.parent.replace(node, [*target, *others])


def _write_html(self: HTML5Translator, node: picture) -> None:
    classes = "connectivity-figure" + (f" align-{node['align']}" if "align" in node else "")
    tag = "span" if isinstance(node.parent, nodes.TextElement) else "div"
    self.body.append(self.starttag(node, tag, "", CLASS=classes))
    self.body.append(f"{node['svg']}</{tag}>" + ("\n" if tag == "div" else ""))
    raise nodes.SkipNode


def _drawings(env: BuildEnvironment) -> Drawings:
    return Drawings(Path(env.doctreedir) / "connectivity")


def _relative(path: str, env: BuildEnvironment) -> str:
    """The path as it is noted: relative to the source folder, which may move; as it is on another drive."""
    try:
        return os.path.relpath(path, env.srcdir)
    except ValueError:
        return path


def _copy_stylesheet(app: Sphinx) -> None:
    """Put the style sheet where pages look for it, before they are written: its checksum is in their links."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / STYLESHEET.name, STYLESHEET.read_bytes())


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_config_value("connectivity_html", "inline", "html", ENUM("inline", "img"))
    app.add_config_value("connectivity_theme", "auto", "html", ENUM(*THEMES))
    app.add_node(picture, html=(_write_html, None))
    app.add_directive("connectivity", ConnectivityDirective)
    app.connect("doctree-resolved", _show_pictures, priority=900)  # after whatever copies parts of documents
    app.connect("builder-inited", _copy_stylesheet)
    app.add_css_file(STYLESHEET.name)
    return {
        "version": __version__,
        "env_version": _env_version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _env_version() -> int:
    """A number for each version of this package: another one may draw other pictures, so all is read anew."""
    parts = [int(part) for part in re.findall(r"\d+", __version__)[:3]]
    return sum(part * 1000**place for place, part in enumerate(reversed(parts)))
