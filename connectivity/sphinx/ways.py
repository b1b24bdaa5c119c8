"""How a builder shows pictures: which drawings it needs, and what they become on its pages."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes

from connectivity.pages.cache import Drawings
from connectivity.pages.source import Source
from connectivity.reads import within
from connectivity.rendering.inline import inline, least_width, prefix_of, size_of
from connectivity.scene import LANGUAGE
from connectivity.sphinx.nodes import frame, picture

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from connectivity.figure import Figure

_FORMATS = {"application/pdf": "pdf", "image/png": "png", "image/svg+xml": "svg"}
_BOOKS = ("epub", "qthelp", "htmlhelp", "devhelp", "applehelp")  # of HTML, for what is less than a browser
_LENGTH = re.compile(r"([\d.]+)\s*(.*)", re.DOTALL)
_PNG_SIZE = struct.Struct(">16xI17x4sI")  # its width, and the chunk after its header

Drawn = list[tuple[str, str]]
"""The drawings of a picture: what each is for ("light", "dark", or nothing), and the name of its file."""


class Way(NamedTuple):
    """How a builder shows pictures.

    ``format`` is that of their files, "" where they are told in words. ``place`` is "page" (a part of it), "beside" (a
    file, or two, of which a page shows one by its theme) or "paper", which is never dark. ``theme`` is that of figures
    that say none.
    """

    place: str
    format: str
    theme: str

    @classmethod
    def of(cls, builder: Builder, config: Config) -> Way:
        """The way of a builder. What needs a browser to be drawn well is the last choice of those that are none."""
        kinds = builder.supported_image_types
        browses = builder.format == "html" and builder.name not in _BOOKS
        if builder.format == "html":
            format = next((_FORMATS[kind] for kind in kinds if kind in _FORMATS), "")
        else:
            format = next((name for kind, name in _FORMATS.items() if kind in kinds), "")
        if not browses or not format:
            return cls("paper", format, "light")
        in_page = format == "svg" and config.connectivity_html == "inline"
        return cls("page" if in_page else "beside", format, config.connectivity_theme)

    @property
    def key(self) -> str:
        """What tells it from others that need other drawings."""
        return " ".join(self)

    def figures(self, source: Source) -> list[tuple[str, Figure]]:
        """The figures to draw, and what each is for. Raises ConnectivityError."""
        if self.place == "paper":
            return [("", source.on_paper())]
        figure = source.figure(self.theme)
        if self.place == "page" or figure.options["theme"] != "auto":
            return [("", figure)]
        return [(theme, figure.changed(theme=theme, transparent=True)) for theme in ("light", "dark")]

    def draw(self, figures: list[tuple[str, Figure]], drawings: Drawings) -> Drawn:
        """The names of the drawings; none where pictures are told in words. Raises ConnectivityError."""
        return [(use, drawings.draw(figure, self.format).name) for use, figure in figures] if self.format else []


class Pages:
    """What becomes of pictures in the documents that a builder writes."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.way = Way.of(app.builder, app.config)
        self.env, self.docname = app.env, docname
        self.root = root_of(app.env)
        self.drawings = drawings_of(app.env)
        self.language = app.config.language or LANGUAGE
        self.browsed = app.builder.format == "html"
        self.boxed = self.browsed and self.way.place != "paper"
        self.printed = not app.builder.format and self.way.format == "png"  # by programs that pay no heed to dpi

    def show(self, node: picture, number: int) -> None:
        """Give the picture, that ``number`` of its page, the form that the builder can use."""
        if not self.way.format:
            tell(node)
            return
        drawn = self._drawn(node)
        if self.way.place == "page":
            self._put_in_page(node, drawn[0][1], number)
            return
        if self.boxed:
            self._put_beside(node, drawn)
            return
        ((_, path),) = drawn
        sides = self._sides(node, path) if self.browsed else _printed(node, path) if self.printed else _said(node)
        _replace(node, self._image(node, path, sides))

    def _drawn(self, node: picture) -> list[tuple[str, Path]]:
        """The drawings: those of when its document was read, where they are still there and whole."""
        names: Drawn | None = node["drawn"].get(self.way.key)
        kept = [(use, self.drawings.kept(name)) for use, name in names or []]
        found = [(use, path) for use, path in kept if path is not None]
        if names and len(found) == len(names):
            return found
        source = Source(**node["made_of"])
        with within(self.root):
            anew = self.way.draw(self.way.figures(source), self.drawings)
        return [(use, self.drawings.folder / name) for use, name in anew]

    def _put_in_page(self, node: picture, path: Path, number: int) -> None:
        data = path.read_bytes()
        width, height = _lengths(node, data)
        alt = node["alt"] if node["own_alt"] else None
        other = LANGUAGE if alt is None and not self.language.startswith(LANGUAGE) else None
        prefix = prefix_of(data, number)
        node["svg"] = inline(data, prefix, width=width, height=height, alt=alt, language=other)
        link = _link_of(node)
        if link is not None:
            node["link"] = {name: link[name] for name in ("refuri", "refid", "internal") if name in link}
            link.parent.replace(link, node)

    def _put_beside(self, node: picture, drawn: list[tuple[str, Path]]) -> None:
        """Images in a box; of a light and a dark one the page shows one."""
        box = frame("", **{name: node[name] for name in ("align",) if name in node})
        link = _link_of(node)
        for use, path in drawn:
            image = self._image(node, path, self._sides(node, path))
            image.attributes.pop("align", None)
            # PyData's theme and others change the colours of what does not say that it is for both sides.
            image["classes"] += [f"connectivity-{use}", "dark-light"] if use else []
            box += image if link is None else _linked(link, image)
        first = drawn[0][1]
        if first.suffix == ".svg":
            box["least"] = least_width(first.read_bytes(), *_lengths(node, first.read_bytes()))
        _replace(node, box)
        if link is not None:
            link.parent.replace(link, [*link.children])

    def _image(self, node: picture, path: Path, sides: Mapping[str, Any]) -> nodes.image:
        said = {name: node[name] for name in ("alt", "align", "loading") if name in node}
        uri = str(path)
        image = nodes.image("", uri=uri, candidates={"*": uri}, classes=list(node["classes"]), **said, **sides)
        image.source, image.line = node.source, node.line
        self.env.images.add_file(self.docname, uri)
        return image

    def _sides(self, node: picture, path: Path) -> dict[str, str]:
        """Width and height of an image of HTML."""
        width, height = _lengths(node, path.read_bytes())
        return {name: side for name, side in (("width", width), ("height", height)) if side}


def _said(node: picture) -> dict[str, Any]:
    """Width, height and scale of an image that is not of HTML, as the page says them."""
    return {name: node[name] for name in ("width", "height", "scale") if name in node}


def _printed(node: picture, path: Path) -> dict[str, Any]:
    """The same, or how wide a bitmap is on paper, which some builders do not ask it."""
    said = _said(node)
    data = path.read_bytes()[: _PNG_SIZE.size]
    if "width" in said or "height" in said or len(data) < _PNG_SIZE.size:
        return said
    pixels, chunk, per_metre = _PNG_SIZE.unpack(data)
    if chunk != b"pHYs" or not per_metre:
        return said
    points = pixels / per_metre / 0.0254 * 72 * said.pop("scale", 100) / 100
    return {**said, "width": f"{points:.2f}pt"}


def _lengths(node: picture, data: bytes) -> tuple[str | None, str | None]:
    """Width and height on a page of HTML, times the scale; None where nothing is said of them."""
    width, height, scale = node.get("width"), node.get("height"), node.get("scale")
    if scale is None:
        return width, height
    if width is None and height is None:
        size = size_of(data) if data[:5] in (b"<?xml", b"<svg ") else None
        width = None if size is None else f"{size[0]:g}px"
    return _times(width, scale), _times(height, scale)


def _times(length: str | None, scale: int) -> str | None:
    """A length times so many percent.

    >>> _times("30.5em", 200)
    '61em'
    """
    match = _LENGTH.fullmatch(length or "")
    return f"{float(match[1]) * scale / 100:g}{match[2]}" if match else length


def _link_of(node: picture) -> nodes.reference | None:
    """The link that is around a picture alone."""
    parent = node.parent
    return parent if isinstance(parent, nodes.reference) and len(parent) == 1 else None


def _linked(link: nodes.reference, inner: nodes.Node) -> nodes.reference:
    """The same link around something else."""
    around = link.copy()
    around += inner
    return around


def tell(node: picture) -> None:
    """Put the description in a picture's place; its connections, where they are listed, each by itself."""
    first, *others = str(node["alt"]).split("\n")
    link = _link_of(node)
    block = link if link is not None else node
    if isinstance(block.parent, nodes.TextElement):
        _replace(node, nodes.inline("", " ".join([first, *others])))
        return
    items = [nodes.list_item("", nodes.paragraph("", line)) for line in others]
    told: list[nodes.Element] = [nodes.paragraph("", first)]
    if link is not None:
        place = link.parent
        told = [nodes.paragraph("", "", _linked(link, nodes.Text(first)))]
        place.replace(link, node)
    _replace(node, *told, *([nodes.bullet_list("", *items)] if items else []))


def _replace(node: picture, *others: nodes.Element) -> None:
    """Put others in the place of a picture, and before them (and a link) what it is referred to by."""
    if node["ids"]:
        target = nodes.target("", "", ids=node["ids"], names=node["names"])
        before = _link_of(node) or node
        before.parent.insert(before.parent.index(before), target)
    node.parent.replace(node, [*others])


def root_of(env: BuildEnvironment) -> Path:
    """The folder that nothing is read outside of: the source folder, or what ``conf.py`` says, relative to it."""
    return Path(env.srcdir, env.config.connectivity_root)


def drawings_of(env: BuildEnvironment) -> Drawings:
    """The drawings that are kept for a project."""
    return Drawings(Path(env.doctreedir) / "connectivity")
