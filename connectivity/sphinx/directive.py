"""The directive: what a page says of a figure, to what stands in its document."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes, utils
from docutils.parsers.rst import directives, states
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from connectivity.errors import ConnectivityError, DrawingError, NotationError
from connectivity.pages.source import Source, advised, is_toml, located, read_source
from connectivity.reads import recording, within
from connectivity.sphinx.nodes import picture
from connectivity.sphinx.pageoptions import FIGURE, OWN, figure_options, is_own, picture_options
from connectivity.sphinx.ways import Way, drawings_of, root_of

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import OptionSpec

WAY = "connectivity_way"
"""Where it is said, while a document is read, how its builder shows pictures."""

_logger = logging.getLogger(__name__)


class _AnyOption(dict[str, Any]):
    """Lets every option through as text: what is wrong with one is said by the directive, in one way."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class ConnectivityDirective(SphinxDirective):
    """``.. connectivity::``, see the package."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = _AnyOption()

    def run(self) -> Sequence[nodes.Node]:
        """A figure with a caption, or the picture alone; its source where it cannot be drawn."""
        shown: nodes.Element
        around: dict[str, Any] = {}
        with recording() as read, within(root_of(self.env)):
            try:
                shown, around = self._picture()
            except ConnectivityError as error:
                shown = self._failure(error)
        for path in read:
            self.env.note_dependency(_relative(path, self.env))
        linked, messages = self._linked(shown)
        caption, legend, wrong = self._words()
        if caption is None and not legend and not any(name in self.options for name in FIGURE):
            self.add_name(shown)
            return [linked, *messages]
        figure = self._figure(linked, shown, around)
        figure += [caption] if caption is not None else []
        figure += [nodes.legend("", *legend)] if legend else []
        return [figure, *messages, *wrong]

    def _picture(self) -> tuple[picture, dict[str, Any]]:
        """The picture, and the attributes of the figure around it where there is one.

        It is drawn here, so that whatever is wrong with it is found while its document is read.
        """
        said = dict(self.options)
        attributes, around = picture_options(said), figure_options(said)
        source = self._source(said)
        way: Way = self.env.temp_data.get(WAY) or Way("paper", "", "light")
        figures = way.figures(source)
        drawn = {way.key: way.draw(figures, drawings_of(self.env))}
        figure = figures[0][1]
        scene = figure.scene()
        alt = said.get("alt") or scene.description
        if said.get("alt") and figure.options.get("list_connections"):
            alt += "\n" + scene.description.partition("\n")[2]
        node = picture("", made_of=dataclasses.asdict(source), drawn=drawn, alt=alt, own_alt=bool(said.get("alt")))
        node.attributes.update(attributes)
        self.set_source_info(node)
        if around.get("width") == "image":
            points = scene.width * scene.scale * node.get("scale", 100) / 100
            around["width"] = node.get("width", f"{round(points)}pt")
        return node, around

    def _source(self, said: Mapping[str, str]) -> Source:
        """What the figure is made of. Raises DrawingError where there is nothing, or two things."""
        below = "\n".join(self.content)
        if (self.arguments and is_toml(below)) or not (self.arguments or below):
            what = "a network or a figure file after the colons, or the content of a figure file below them"
            raise DrawingError(f"{what}: not both" if below else f"nothing to draw: say {what}")
        options = {name: text for name, text in said.items() if not is_own(name, text)}
        text: str = self.arguments[0] if self.arguments else below
        folder = str(Path(self.env.doc2path(self.env.docname)).parent)
        if re.fullmatch(r"/[^\n]+\.(?:toml|json|onnx)", text):
            text, folder = text.lstrip("/"), str(self.env.srcdir)
        return read_source(text, options, folder, self._path, OWN)

    def _path(self, name: str) -> str:
        """A path relative to the document; one that begins with a slash is relative to the source folder."""
        return str(self.env.relfn2path(name)[1])

    def _failure(self, error: ConnectivityError) -> nodes.literal_block:
        """Say what is wrong, at each build until it is right; the source, to show in the picture's place."""
        self.env.note_reread()
        text = "\n".join([*self.arguments, *self.content]) or self.block_text
        block = nodes.literal_block(text, text, language="none")
        self.set_source_info(block)
        message = advised(error, self.options)
        if isinstance(error, NotationError):
            place = located(error, text)
            message = f"{error.source}:{error.line}:{error.column}: {error.advice}" if place is None else place[1]
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

    def _linked(self, shown: nodes.Element) -> tuple[nodes.Element, list[nodes.Node]]:
        """What is shown, within a link where it has one, and what is wrong with that."""
        target = self.options.get("target")
        if not target or not isinstance(shown, picture):
            return shown, []
        state: Any = self.state  # whose types are not published
        lines = utils.escape2null(target).splitlines()
        form, where = state.parse_target(lines, self.block_text, self.lineno)
        if form == "refuri":
            return nodes.reference("", "", shown, refuri=where), []
        if form != "refname":
            return shown, [where]  # which is what is wrong with it
        name = nodes.fully_normalize_name(where)
        link = nodes.reference("", "", shown, refname=name, name=nodes.whitespace_normalize_name(where))
        self.state.document.note_refname(link)
        return link, []

    def _words(self) -> tuple[nodes.Element | None, list[nodes.Node], list[nodes.Node]]:
        """The caption, the legend, and what is wrong with them."""
        below = nodes.Element()
        if self.arguments and self.content and not is_toml("\n".join(self.content)):
            self.state.nested_parse(self.content, self.content_offset, below)
        legend = list(below.children)
        said = self.options.get("caption")
        if said:
            inlines, wrong = self.state.inline_text(said, self.lineno)
            caption = nodes.caption(said, "", *inlines)
            self.set_source_info(caption)
            return caption, legend, [*wrong]
        if legend and isinstance(legend[0], nodes.paragraph):
            first = legend[0]
            caption = nodes.caption(first.rawsource, "", *first.children)
            caption.source, caption.line = first.source, first.line
            return caption, legend[1:], []
        if legend and isinstance(legend[0], nodes.comment) and not len(legend[0]):
            del legend[0]  # as in a figure: a legend without a caption
        return None, legend, []

    def _figure(self, linked: nodes.Element, shown: nodes.Element, around: Mapping[str, Any]) -> nodes.figure:
        """A figure around what is shown; it has the names."""
        figure = nodes.figure("", linked)
        figure.attributes.update(around)
        if "align" in shown:
            figure["align"] = shown.attributes.pop("align")
        self.set_source_info(figure)
        self.add_name(figure)
        if "figname" in self.options:
            figure["names"].append(nodes.fully_normalize_name(self.options["figname"]))
            self.state.document.note_explicit_target(figure, figure)
        return figure


def _relative(path: str, env: BuildEnvironment) -> str:
    """The path as it is noted: relative to the source folder, which may move; as it is on another drive."""
    try:
        return os.path.relpath(path, env.srcdir)
    except ValueError:
        return path
