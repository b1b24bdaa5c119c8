"""The rooms of the package: imports run from the top of this list downwards, those within functions as well."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

ROOMS = (
    "cli",
    "sphinx",
    "markdown",
    "builds",
    "pages",
    "figure",
    "rendering",
    "picture",
    "figures",
    "graphs",
    "notation",
    "options",
    "typeset",
    "layers",
    "files",
    "reads",
    "errors",
)
PACKAGE = ROOT / "connectivity"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or not path.name.startswith("__")]


def room(module: str) -> str:
    """The room of a module of the package, ``connectivity.colour.paint``: ``picture``."""
    return module.split(".")[1]


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("connectivity."))
        elif isinstance(node, ast.ImportFrom) and node.module == "connectivity":
            yield from (f"connectivity.{alias.name}" for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("connectivity."):
            yield str(node.module)


def test_every_room_is_listed() -> None:
    found = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert found == set(ROOMS) - {"cli"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module in imported(path):
        assert ROOMS.index(own) <= ROOMS.index(room(module)), f"{path.name} imports {module}"


def test_only_the_command_line_knows_click() -> None:
    for path in FILES:
        assert "import click" not in path.read_text(encoding="utf-8"), path
