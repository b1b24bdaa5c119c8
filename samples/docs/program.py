"""Directives of this documentation: what the program does and allows, from the program itself."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click
from connectivity.cli import build as building
from connectivity.cli import main as program
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from connectivity.figures.figurefile import EXTENDS, PANEL, SOURCES
from connectivity.figures.stepsource import STEP
from connectivity.options import MAX_EDGES, settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_MIB = 2**20

LIMITS: tuple[tuple[str, str, str, int], ...] = (
    ("a size, a kernel, a stride, a dilation, padding", "layers.base:SIZE_LIMIT", "", 1),
    ("layers of a network", "network:LAYER_LIMIT", "", 1),
    ("panels of a figure", "notation.parser:PANEL_LIMIT", "", 1),
    ("steps of a figure that moves", "figures.stepsource:STEP_LIMIT", "", 1),
    ("connections and units of a graph (``build``, ``export``, what a picture shows)", "graphs.blueprint:CONNECTION_LIMIT", "", 1),
    ("connections that values are computed through", "graphs.combining:EVALUATION_LIMIT", "", 1),
    ("connections of one layer, whose weights are so many, or of which nothing but its connections is known", "graphs.combining:ONE_BY_ONE_LIMIT", "", 1),
    ("connections of a layer that are drawn at random (``density``)", "layers.sparse:CHANCE_LIMIT", "", 1),
    ("connections with labels", "picture.edgelabels:LABELLED_ARROWS", "", 1),
    ("a title, a label or a description", "options:LABEL_LIMIT", " characters", 1),
    ("the digits of a whole number", "numerals:DIGIT_LIMIT", "", 1),
    ("a name", "network:NAME_LIMIT", " characters", 1),
    ("the entries of an option that is a list", "options:LIST_LIMIT", "", 1),
    ("a figure file", "figures.figurefile:FILE_LIMIT", " MiB", _MIB),
    ("the values in a figure file", "figures.tomlsize:VALUE_LIMIT", "", 1),
    ("the headers of tables in a figure file", "figures.tomlsize:TABLE_LIMIT", "", 1),
    ("tables and lists in one another in a figure file", "figures.tomlsize:DEPTH_LIMIT", "", 1),
    ("the numbers of a CSV file with values (of a network: few more than its inputs take)", "weightfiles.inputs:NUMBER_LIMIT", "", 1),
    ("a graph (``net.json``)", "graphs.graphfile:FILE_LIMIT", " MiB", _MIB),
    ("a matrix that is exported", "graphs.matrices:MATRIX_LIMIT", " MiB", _MIB),
    ("a weight file", "weightfiles.source:FILE_LIMIT", " MiB", _MIB),
    ("a weight file, unpacked", "weightfiles.source:UNPACKED_LIMIT", " MiB", _MIB),
    ("an ONNX file", "models.onnx.reading:FILE_LIMIT", " MiB", _MIB),
    ("data beside an ONNX file", "models.onnx.tensors:DATA_LIMIT", " MiB", _MIB),
    ("nodes of an ONNX file", "models.onnx.messages:NODE_LIMIT", "", 1),
    ("fields of an ONNX file", "models.onnx.wire:FIELD_LIMIT", "", 1),
    ("elements of a constant of an ONNX file that is computed", "models.onnx.folding:FOLDED_LIMIT", "", 1),
    ("a Keras model, and the arrays in it", "models.keras.archive:FILE_LIMIT", " MiB", _MIB),
    ("the list of layers of a Keras model", "models.keras.archive:CONFIG_LIMIT", " MiB", _MIB),
    ("a font", "typeset.fontfile:FILE_LIMIT", " MiB", _MIB),
    ("the pixels of a PNG", "rendering.render:PIXEL_LIMIT", "", 1),
    ("the pixels of one side of a PNG", "rendering.render:SIDE_LIMIT", "", 1),
    ("the time that Graphviz may take in a process of its own (``neato``, other fonts, large drawings), or in a worker of ``build``", "rendering.engines.programs:TIME_LIMIT", " seconds", 1),
    ("one side of a figure", "picture.paper:COORDINATE_LIMIT", " points", 1),
)  # fmt: skip
"""What is limited, the constant that says so, the unit it is told in, and how large that is."""


class Written(SphinxDirective):
    """A directive that writes reStructuredText."""

    has_content = False

    def lines(self) -> list[str]:
        """The text."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse what is written."""
        holder = nodes.Element()
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(self.lines(), source), self.content_offset, holder, match_titles=True)
        return holder.children


class Limits(Written):
    """The largest that is taken of everything."""

    def lines(self) -> list[str]:
        text = [".. list-table::", "   :header-rows: 1", "   :widths: 65 35", "", "   * - what", "     - at most"]
        for what, place, unit, size in LIMITS:
            module, name = place.split(":")
            number = getattr(importlib.import_module(f"connectivity.{module}"), name)
            text += [f"   * - {what}", f"     - {number // size:,}{unit}"]
        return [*text, "   * - connections drawn", f"     - {MAX_EDGES:,}, or what ``--max-edges`` says"]


class ExitCodes(Written):
    """The numbers that the program ends with."""

    def lines(self) -> list[str]:
        codes = {
            0: "Done.",
            building.STALE: "``build --check`` found something stale.",
            program.USAGE_ERROR: "The job could not be done, or of ``build`` a figure; a message on standard error says "
            "why, and nothing of that figure was written.",
            129: "The terminal has gone (SIGHUP).",
            program.INTERRUPTED: "Interrupted (Ctrl-C, SIGINT).",
            program.UNREAD: "Whoever read standard output ended before it did (``| head``), as of ``cat`` and ``dot``; nothing is said.",
            143: "Asked to end (SIGTERM).",
        }
        return [line for code, meaning in codes.items() for line in (f"``{code}``", f"   {meaning}", "")]


class Keys(Written):
    """The keys of figure files that are no options."""

    def lines(self) -> list[str]:
        keys = {**SOURCES, "extends": EXTENDS, "[[panel]]": PANEL, "[[step]]": STEP}
        return [line for key, text in keys.items() for line in (f"``{key}``", f"   {escaped(text)}", "")]


class Commands(Written):
    """Every command: what it does, and those of its options that are none of a figure."""

    def lines(self) -> list[str]:
        text: list[str] = []
        for name, command in sorted(program.cli.commands.items()):
            text += [
                name,
                "-" * len(name),
                "",
                ".. code-block:: text",
                "",
                f"   connectivity {_usage(name, command)}",
                "",
            ]
            text += _paragraphs(command.help or "")
            text += _options_of(command)
        return text


def _usage(name: str, command: click.Command) -> str:
    with click.Context(command, info_name=name) as context:
        return " ".join([name, *command.collect_usage_pieces(context)])


def _paragraphs(help_text: str) -> list[str]:
    """The help of a command; a paragraph that keeps its lines is a block of text."""
    text: list[str] = []
    for paragraph in help_text.split("\n\n"):
        lines = [line.strip() for line in paragraph.strip("\n").splitlines()]
        if lines[0] == "\b":
            text += [".. code-block:: text", "", *(f"   {line}" for line in lines[1:]), ""]
        else:
            text += [escaped(" ".join(lines)), ""]
    return text


def _options_of(command: click.Command) -> list[str]:
    figures = {setting.name for setting in settings()} if command.name == "draw" else set()
    text: list[str] = []
    with click.Context(command) as context:
        for parameter in command.params:
            record = parameter.get_help_record(context)
            if record is not None and record[1] and parameter.name not in figures:
                spelling, meaning = record
                text += [f"``{spelling}``", f"   {escaped(meaning)}", ""]
    return [*text, "And all :doc:`options of figures <options>`.", ""] if figures else text


def escaped(text: str) -> str:
    """Text in which nothing is a mark."""
    return text.replace("\\", "\\\\").replace("*", r"\*").replace("`", r"\`").replace("|", r"\|").replace("_", r"\_")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("limits", Limits)
    app.add_directive("exit-codes", ExitCodes)
    app.add_directive("figure-keys", Keys)
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
