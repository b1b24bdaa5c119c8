"""Directives of this documentation: tables that are made of what the program itself reads."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from program import Written, escaped

from connectivity.layers import activations
from connectivity.layers.base import LOAD, PLAIN, SHARE
from connectivity.layers.kinds import KINDS, words_of
from connectivity.layers.words import Parameter
from connectivity.options import Setting, settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SAMPLES = Path(__file__).parent.parent


class Kinds(Written):
    """Every kind of layer with its parameters; those of every layer once, before them."""

    def lines(self) -> list[str]:
        common = (*PLAIN, LOAD, SHARE)
        text = [
            "Every layer has the parameters",
            "",
            *map(_item, PLAIN),
            "",
            "and one with weights",
            "",
            _item(LOAD),
            _item(SHARE),
            "",
        ]
        for words in map(words_of, KINDS):
            aliases = f" (also {', '.join(f'``{name}``' for name in words.aliases)})" if words.aliases else ""
            text += [f"``{words.name}``{aliases}", f"   {words.help[0].upper()}{words.help[1:]}.", ""]
            if words.value is not None:
                text.append(f"   * ``:{words.value.name.upper()}``: {words.value.help}")
            text += [f"   {_item(item)}" for item in words.parameters if item not in common]
            text.append("")
        return text


def _item(parameter: Parameter) -> str:
    """A parameter as an item of a list."""
    short = f" (``{parameter.short}``)" if parameter.short else ""
    return f"* ``{parameter.name}``{short}: {parameter.help}"


class Activations(Written):
    """Every activation with its values and other spellings."""

    def lines(self) -> list[str]:
        text: list[str] = []
        for name in activations.NAMES:
            others = [f"``{other}``" for other, own in activations.ALIASES.items() if own == name]
            aliases = f" (also {', '.join(others)})" if others else ""
            known = activations.activation(name)
            pairs = zip(activations.parameters_of(name), known.values, strict=False)
            values = ", ".join(f"``{parameter}`` ({value:.4g})" for parameter, value in pairs)
            text.append(f"* ``{name}``{aliases}{f': {values}' if values else ''}")
        return text


class OptionsTable(Written):
    """Every option of a figure: what it means, its values, its default, and the pages that show how it is used."""

    def lines(self) -> list[str]:
        text = [".. program:: connectivity draw", ""]
        pages = self.pages()
        for setting in settings():
            meaning, _, default = setting.help.partition("  [default: ")
            default = default.removesuffix("]") or _default(setting)
            values = ", ".join(f"``{value}``" for value in setting.choices or setting.words)
            facts = [f"One of {values}" if values else "", f"Default: {default}" if default else ""]
            facts.append("" if setting.panel else "Of the whole figure")
            facts.append("May be repeated" if setting.many and "repeat" not in setting.help else "")
            told = [f"*{fact}.*" if "``" not in fact else f"{fact}." for fact in facts if fact]
            named = re.compile(rf"``(?:--(?:no-)?)?{setting.flag}(?![\w-])")
            shown = [f":doc:`/{page}`" for page, content in pages.items() if named.search(content)]
            more = [f"See {', '.join(shown[:4])}."] if shown else []
            text += [f".. option:: {_spelling(setting)}", "", f"   {escaped(meaning)}", ""]
            text += [f"   {' '.join([*told, *more])}", ""]
        return text

    def pages(self) -> dict[str, str]:
        """The pages that say how something is done, by their names, with their text."""
        found = {}
        for path in sorted(Path(self.env.srcdir, "howto").glob("*.rst")):
            self.env.note_dependency(str(path))
            found[f"howto/{path.stem}"] = path.read_text(encoding="utf-8")
        return found


def _spelling(setting: Setting) -> str:
    """An option as it is written on the command line."""
    if setting.kind == "switch":
        return f"--{setting.flag}, --no-{setting.flag}"
    return f"--{setting.flag} {setting.metavar}" if setting.metavar else f"--{setting.flag}"


def _default(setting: Setting) -> str:
    if setting.kind == "switch":
        return "yes" if setting.default else "no"
    return str(setting.default) if setting.default not in (None, (), 0) else ""


class Gallery(Written):
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
    app.add_directive("activations", Activations)
    app.add_directive("figure-options", OptionsTable)
    app.add_directive("gallery", Gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
