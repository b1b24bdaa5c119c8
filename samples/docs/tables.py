"""Directives of this documentation: tables that are made of what the program itself reads."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from connectivity.notation.kinds import KINDS
from connectivity.options import settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SAMPLES = Path(__file__).parent.parent


class _Written(SphinxDirective):
    """A directive that writes reStructuredText."""

    def lines(self) -> list[str]:
        """The text."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse what is written."""
        holder = nodes.Element()
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(self.lines(), source), self.content_offset, holder, match_titles=True)
        return holder.children


class Kinds(_Written):
    """Every kind of layer with its parameters."""

    def lines(self) -> list[str]:
        text: list[str] = []
        for kind in KINDS:
            aliases = f" (also {', '.join(f'``{name}``' for name in kind.aliases)})" if kind.aliases else ""
            text += [f"``{kind.name}``{aliases}", f"   {kind.help[0].upper()}{kind.help[1:]}.", ""]
            text += [f"   * ``:{kind.value.name.upper()}``: {kind.value.help}"]
            for item in kind.parameters:
                short = f" (``{item.short}``)" if item.short else ""
                text.append(f"   * ``{item.name}``{short}: {item.help}")
            text.append("")
        return text


class OptionsTable(_Written):
    """Every option of a figure."""

    def lines(self) -> list[str]:
        text: list[str] = []
        for setting in settings():
            of = "" if setting.panel else " *Of the whole figure.*"
            choices = f" One of {', '.join(f'``{choice}``' for choice in setting.choices)}." if setting.choices else ""
            meaning = setting.help.partition("  [")[0].replace("*", r"\*")
            text += [f"``{setting.flag}``", f"   {meaning}{choices}{of}", ""]
        return text


class Gallery(_Written):
    """All samples: what each shows, the picture, the line that draws it, and its file."""

    def lines(self) -> list[str]:
        gallery: dict[str, Any] = runpy.run_path(str(SAMPLES / "gallery.py"))
        text: list[str] = []
        for path in gallery["files"]():
            self.env.note_dependency(str(path))
            name = path.stem[3:].replace("-", " ").capitalize()
            relative = os.path.relpath(path, Path(self.env.srcdir))
            text += [name, "-" * len(name), "", gallery["caption"](path).replace("*", r"\*"), ""]
            text += [f".. connectivity:: {relative}", f"   :name: {path.stem[3:]}", "   :align: center", ""]
            text += [".. code-block:: sh", "", f"   {gallery['line'](path)}", ""]
            text += [f".. literalinclude:: {relative}", "   :language: toml", "   :lines: 2-", ""]
        return text


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("kinds", Kinds)
    app.add_directive("figure-options", OptionsTable)
    app.add_directive("gallery", Gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
