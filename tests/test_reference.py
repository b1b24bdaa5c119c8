"""The reference of the manual is made of the program, and leaves nothing out."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import click
import pytest
from conftest import PROGRAM, ROOT
from pages import need

import connectivity
from connectivity.figures.schema import schema
from connectivity.layers import activations
from connectivity.layers.kinds import KINDS, words_of
from connectivity.options import settings
from connectivity.pages import showing

need("sphinx")

INTERNAL = {
    "graphs.fields:PERIOD_LIMIT", "graphs.fields:VISIT_LIMIT", "graphs.fields:WALK_LIMIT", "graphs.networkwiring:SPREAD_LIMIT",
    "graphs.zeros:WEIGHT_LIMIT", "layers.words:TEXT_LIMIT", "models.keras.graph:CALL_LIMIT", "models.keras.graph:DEPTH_LIMIT",
    "models.keras.hdf5:ARRAY_LIMIT", "models.keras.hdf5:DEPTH_LIMIT", "models.keras.hdf5:TIME_LIMIT",
    "models.onnx.messages:NESTING_LIMIT", "models.onnx.resampling:MATRIX_LIMIT", "models.onnx.terms:SIZE_LIMIT",
    "weightfiles.hdf5:DEPTH_LIMIT", "weightfiles.kerasfile:CONFIG_LIMIT", "weightfiles.pickles:STEP_LIMIT",
    "weightfiles.safetensorsfile:HEADER_LIMIT", "weightfiles.source:MEMBER_LIMIT", "weightfiles.torchfile:DEPTH_LIMIT",
}  # fmt: skip
"""Bounds that nobody meets who does not look for them, or that something else is done beyond."""


@pytest.fixture(scope="module")
def directives() -> Iterator[ModuleType]:
    """The directives of the manual, as Sphinx imports them."""
    folder = str(ROOT / "samples" / "docs")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("tables")
    finally:
        sys.path.remove(folder)
        for name in ("tables", "program"):
            sys.modules.pop(name, None)


def written(kind: Any) -> str:
    """What a directive writes."""
    return "\n".join(kind.lines(object.__new__(kind)))


def program() -> ModuleType:
    return sys.modules["program"]


def test_every_kind_with_every_parameter(directives: ModuleType) -> None:
    text = written(directives.Kinds)
    for words in map(words_of, KINDS):
        own = text[text.index(f"\n``{words.name}``") :]
        for name in words.aliases:
            assert f"``{name}``" in own.partition("\n\n")[0], name
        for parameter in words.parameters:
            assert f"* ``{parameter.name}``" in text, (words.name, parameter.name)


def test_every_activation(directives: ModuleType) -> None:
    text = written(directives.Activations)
    assert re.findall(r"^\* ``(\w+)``", text, re.MULTILINE) == [*activations.NAMES]


def test_every_option_with_its_values_and_where_it_is_used(directives: ModuleType) -> None:
    kind = directives.OptionsTable
    made = type(
        "Made",
        (kind,),
        {"pages": lambda self: {"howto/one": "``--focus y.2``, ``--no-legend``, ``max-units``: --crop"}},
    )
    text = written(made)
    for setting in settings():
        part = text[text.index(f":: --{setting.flag}") :].split("\n.. option", 1)[0]
        assert all(f"``{value}``" in part for value in (*setting.choices, *setting.words)), setting.flag
    shown = re.findall(r":: --([\w-]+).*\n\n.*\n\n.*See :doc:`/howto/one`\.$", text, re.MULTILINE)
    assert shown == ["max-units", "focus", "legend"]


def test_every_key_of_figure_files(directives: ModuleType) -> None:
    keys = set(re.findall(r"^``([\w\[\]-]+)``$", written(program().Keys), re.MULTILINE))
    options = {setting.flag for setting in settings()}
    assert keys == set(schema()["properties"]) - options - {"panel", "step"} | {"[[panel]]", "[[step]]"}


def test_every_command_with_every_option_that_is_none_of_figures(directives: ModuleType) -> None:
    text = written(program().Commands)
    figures = {setting.name for setting in settings()}
    for name, command in PROGRAM.commands.items():
        own = text[text.index(f"\n{name}\n---") if not text.startswith(name) else 0 :]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not (name == "draw" and parameter.name in figures):
                assert parameter.opts[-1] in own, (name, parameter.name)


def test_every_exit_code(directives: ModuleType) -> None:
    assert re.findall(r"^``(\d+)``$", written(program().ExitCodes), re.MULTILINE) == [
        *("0", "1", "2", "129", "130", "141", "143")
    ]


def test_options_of_pages_are_said_as_text() -> None:
    """Whoever reads the clone, and builds nothing, finds them."""
    own = importlib.import_module("connectivity.sphinx.pageoptions").OWN  # which needs Sphinx
    pages = ROOT / "samples" / "docs"
    of_directives, of_fences = ((pages / name).read_text(encoding="utf-8") for name in ("docs.rst", "sites.rst"))
    assert [name for name in own if f"``:{name}:``" not in of_directives] == []
    assert [name for name in showing.OWN if f"* - ``{name}``" not in of_fences] == []


def test_every_limit(directives: ModuleType) -> None:
    """Each constant that is called a limit is in the table, or is one that nobody meets."""
    told = {place for _, place, _, _ in program().LIMITS}
    found = set()
    for module in pkgutil.walk_packages(connectivity.__path__, "connectivity."):
        if module.name.startswith(("connectivity.cli", "connectivity.sphinx", "connectivity.markdown")):
            continue
        source = importlib.util.find_spec(module.name)
        assert source is not None
        assert source.origin is not None
        with open(source.origin, encoding="utf-8") as file:  # noqa: PTH123
            names = re.findall(r"^([A-Z][A-Z_]*_LIMIT)\b", file.read(), re.MULTILINE)
        found |= {f"{module.name.removeprefix('connectivity.')}:{name}" for name in names}
    assert found - INTERNAL <= told
    assert found >= INTERNAL
    rows = written(program().Limits)
    assert "1,000,000 points" in rows
    assert "256 MiB" in rows
