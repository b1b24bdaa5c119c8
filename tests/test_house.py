"""The rooms of the package: imports run from the top of this list downwards, those within functions as well."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

ROOMS = (
    "cli",
    "sphinx",
    "doors",
    "markdown",
    "builds",
    "pages",
    "figure",
    "rendering",
    "motion",
    "picture",
    "figures",
    "colour",
    "layout",
    "scene",
    "models",
    "graphs",
    "weightfiles",
    "notation",
    "network",
    "options",
    "optionhabits",
    "typeset",
    "layers",
    "files",
    "jsontext",
    "reads",
    "interrupts",
    "numerals",
    "records",
    "errors",
)
PACKAGE = ROOT / "connectivity"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or not path.name.startswith("__")]
OUTSIDE = [path for path in (*FILES, *sorted((ROOT / "cli").rglob("*.py"))) if "layers" not in path.parts]
"""Every module but those of the layers."""


def room(module: str) -> str:
    """The room of a module of the package, ``connectivity.colour.paint``: ``colour``."""
    return module.split(".")[1]


def shown(path: Path) -> str:
    """What a module is called here: ``graphs/builder.py``, ``cli/draw.py``."""
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, anywhere in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("connectivity."))
        elif isinstance(node, ast.ImportFrom) and node.module == "connectivity":
            yield from (f"connectivity.{alias.name}" for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("connectivity."):
            yield str(node.module)


def test_every_room_is_listed() -> None:
    found = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert found == set(ROOMS) - {"cli"}


def test_every_folder_of_modules_is_packaged() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = [path.parent.relative_to(ROOT) for path in (ROOT / "connectivity").rglob("__init__.py")]
    assert sorted(said) == sorted(
        ["connectivity.cli", "layer_connectivity", *(".".join(folder.parts) for folder in folders)]
    )


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_imports_run_downwards(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module in imported(path):
        assert ROOMS.index(own) <= ROOMS.index(room(module)), f"{path.name} imports {module}"


def test_only_the_command_line_knows_click() -> None:
    for path in FILES:
        assert "import click" not in path.read_text(encoding="utf-8"), path


ABOUT_ALL_LAYERS = {"", "activations", "arrays", "base", "combine", "input", "kinds", "words"}
"""Modules of the layers that are about no kind of their own, and the input, without which there is no network."""

ALLOWED = {
    ("graphs/reading.py", "_kind(data)"): "of a node: a unit, a bias or padding",
    ("graphs/reading.py", "kind"): "of a node: a unit, a bias or padding",
    ("graphs/reading.py", "info.kind"): "a layer of which a graph says nothing at all",
    ("picture/graphview.py", "kind"): "of a mark: a unit, a bias or padding, which are drawn unlike",
    ("weightfiles/numbers.py", "dtype.kind"): "of numpy's numbers",
    ("graphs/evaluation.py", "array.dtype.kind"): "of numpy's numbers",
    ("options.py", "setting.kind"): "of an option: a switch, a number, a text",
    ("options.py", "kind"): "of an option: its annotation",
    ("figures/schema.py", "setting.kind"): "of an option",
    ("doors/myst.py", "setting.kind"): "of an option",
    ("markdown.py", "setting.kind"): "of an option",
    ("pages/source.py", "setting.kind"): "of an option",
    ("pages/source.py", "off.kind"): "of an option",
    ("cli/draw.py", "setting.kind"): "of an option",
}
"""What is called a kind or a role and is compared with texts, and why: it is none of a layer or of a connection."""


def told_apart(path: Path) -> Iterator[str]:
    """Whatever a file compares with texts, or chooses among texts by."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                yield from (
                    ast.unparse(side) for side in sides if any(has_text(other) for other in sides if other is not side)
                )
            case ast.Match():
                if any(has_text(case.pattern) for case in node.cases):
                    yield ast.unparse(node.subject)
            case ast.Subscript(ast.Dict(keys), chosen) | ast.Call(ast.Attribute(ast.Dict(keys), "get"), [chosen, *_]):
                if any(map(has_text, keys)):
                    yield ast.unparse(chosen)
            case ast.Call(ast.Attribute(subject, "startswith" | "endswith"), [chosen, *_]) if has_text(chosen):
                yield ast.unparse(subject)


def has_text(node: ast.AST | None) -> bool:
    """Whether a text stands in a constant, a display or a pattern."""
    if not isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.pattern)):
        return False
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(node))


def is_of_a_kind(subject: str) -> bool:
    """Whether ``subject`` is called a kind or a role: ``layer.info.kind``, ``data["role"]``, ``roles[0].name``."""
    return re.search(r"(?<![a-z])(kind|role)s?(?![a-z])", subject) is not None


def test_only_the_layers_tell_kinds_and_roles_apart() -> None:
    """A kind is a class and a role an object, and what differs between them is said by themselves."""
    found = {(shown(path), subject) for path in OUTSIDE for subject in told_apart(path) if is_of_a_kind(subject)}
    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    ("source", "subject"),
    [
        ("layer.info.kind == 'conv'", "layer.info.kind"),
        ("'conv' != info.kind", "info.kind"),
        ("role in ('max', 'mean')", "role"),
        ("match layer.kind:\n case 'fc' | 'conv':\n  pass", "layer.kind"),
        ("{'fc': 1}[layer.kind]", "layer.kind"),
        ("{'fc': 1}.get(data['role'], 2)", "data['role']"),
        ("layer.kind.startswith('max')", "layer.kind"),
        ("wiring.roles[n].name == 'bias'", "wiring.roles[n].name"),
    ],
)
def test_what_tells_kinds_apart_is_found(source: str, subject: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(source)
    assert set(told_apart(tmp_path / "module.py")) == {subject}
    assert is_of_a_kind(subject)


def test_no_kind_is_known_outside_of_the_layers() -> None:
    """Nobody imports a kind but the table of them, and the readers of models, who say what a model's operations are."""
    for path in (path for path in OUTSIDE if "models" not in path.parts):
        for module in imported(path):
            if room(module) == "layers":
                inner = module.removeprefix("connectivity.layers").removeprefix(".")
                assert inner in ABOUT_ALL_LAYERS, f"{shown(path)} imports {module}"
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "connectivity.layers":
                classes = {alias.name for alias in node.names if alias.name[0].isupper()}
                assert classes <= {"Layer", "Shape", "SIZE_LIMIT", "Window"}, f"{shown(path)} imports {classes}"
