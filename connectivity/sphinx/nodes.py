"""What stands in a document for a figure, until a builder writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.writers.html5 import HTML5Translator


class picture(nodes.General, nodes.Inline, addnodes.translatable, nodes.Element):  # noqa: N801  # nodes are named as the elements they are
    """A figure; only the writing of HTML knows it, for all others an image or a text takes its place.

    Its attributes: ``made_of``, a :class:`.Source` as plain data, since doctrees outlive versions; ``drawn``, what was
    drawn of it while its document was read (:class:`.Way`); ``alt``, and whether it is the page's ``own_alt``;
    ``width``, ``height``, ``scale``, ``align``, ``loading`` where said; for HTML ``svg``, the element to write, and
    ``link``, the attributes of the link around it.
    """

    def preserve_original_messages(self) -> None:
        """Keep what is to be translated."""
        self["raw_alt"] = self._message()

    def extract_original_messages(self) -> Sequence[str]:
        """The figure in words; connections that are listed are names and numbers."""
        return [self["raw_alt"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """The figure in the words of another language, which are then the page's own."""
        if original_message == self._message():
            self["alt"] = translated_message + self["alt"][len(original_message) :]
            self["own_alt"] = True

    def _message(self) -> str:
        text = str(self["alt"])
        return text if self["own_alt"] else text.partition("\n")[0]


class frame(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801
    """What holds the images of a figure in a page of HTML; ``least`` is how narrow they become, in pixels."""


def visit_picture(self: HTML5Translator, node: picture) -> None:
    """Write the drawing, as a part of the page."""
    tag = _open(self, node)
    link = node.get("link")
    anchor = _anchor(link) if link else ""
    self.body.append(f"{anchor}{node['svg']}{'</a>' if link else ''}</{tag}>" + ("\n" if tag == "div" else ""))
    raise nodes.SkipNode


def visit_frame(self: HTML5Translator, node: frame) -> None:
    """Begin the box of images."""
    _open(self, node)


def depart_frame(self: HTML5Translator, node: frame) -> None:
    """End the box of images."""
    self.body.append("</span>" if _is_in_text(node) else "</div>\n")


def _open(self: HTML5Translator, node: nodes.Element) -> str:
    """Write the tag of the box that a figure scrolls in; its name."""
    tag = "span" if _is_in_text(node) else "div"
    classes = "connectivity-figure" + (f" align-{node['align']}" if "align" in node else "")
    least: dict[str, Any] = {"data-least": str(node["least"])} if node.get("least") else {}
    self.body.append(self.starttag(node, tag, "", CLASS=classes, **least))
    return tag


def _anchor(link: Mapping[str, str]) -> str:
    """The tag of a link around a drawing, as docutils has it around images."""
    address = link["refuri"] if "refuri" in link else f"#{link['refid']}"
    kind = "internal" if "refid" in link or link.get("internal") else "external"
    return f'<a class="reference {kind} image-reference" href="{escape(address)}">'


def _is_in_text(node: nodes.Element) -> bool:
    return isinstance(node.parent, nodes.TextElement)
