"""What grows with a figure, and no faster: layouts that are tried, lookups between layers, what is imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectivity.figure import Figure
from connectivity.graphs.blueprint import Blueprint
from connectivity.layout.branches import Branches
from connectivity.notation.parser import parse
from connectivity.picture import compose, fitting
from connectivity.scene import Scene

BRANCHING = (
    "6 conv:3 fc:2",
    "x=6 conv:3,p=1 relu conv:3,p=1 add:x relu",
    "x=8 a=conv:3,p=1 b=conv:5,p=2,from=x c=conv:3,p=1 add:a/b/x fc:2",
    "x=4 a=conv:1 b=fc:4,from=x concat:a/b fc:2",
)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The marks of every layout that is made from now on."""
    found: list[int] = []
    lay: Callable[..., tuple[bool, Scene]] = compose._Composition._lay

    def counting(self: Any, *arguments: Any, **others: Any) -> tuple[bool, Scene]:
        result = lay(self, *arguments, **others)
        found.append(result[1].marks)
        return result

    monkeypatch.setattr(compose._Composition, "_lay", counting)
    return found


@pytest.mark.parametrize("panels", [60, 240])
def test_the_search_for_readable_text_has_an_end(panels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = counted(monkeypatch)
    monkeypatch.setattr(fitting, "_MOST_TRIED", 10_000)
    Figure.of(" // ".join(["4 conv:2"] * panels)).scene()
    assert len(marks) > 1
    assert sum(marks) < 10_000 + 25 * max(marks)


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("text", [*BRANCHING, "12 fc:12 fc:12", " // ".join(["4 conv:2"] * 12)])
def test_layouts_are_as_large_without_their_connections(
    text: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[tuple[float, float]] = []
    lay: Callable[..., tuple[bool, Scene]] = compose._Composition._lay

    def both(self: Any, layout: Any, whole: bool, sketch: bool) -> tuple[bool, Scene]:
        result = lay(self, layout, whole, sketch=sketch)
        if sketch:
            _, drawn = lay(self, layout, whole, sketch=False)
            sizes.append((drawn.width, drawn.height))
            assert sizes[-1] == (result[1].width, result[1].height)
        return result

    monkeypatch.setattr(compose._Composition, "_lay", both)
    Figure.of(text).changed(width="17cm", font_size="8pt", direction=direction).scene()
    assert sizes


@pytest.mark.parametrize("text", BRANCHING)
def test_lookups_are_what_they_are_said_to_be(text: str) -> None:
    branches = Branches.of(Blueprint(parse(text)[0], None, 0).layers)
    every = range(len(branches.levels))
    readers = {one: [i for i in every if one in branches.takes[i] and i not in branches.joins] for one in every}
    assert {one: branches.readers(one) for one in every} == readers
    for level in range(-1, branches.depth + 1):
        assert branches.at(level) == [i for i in every if branches.levels[i] == level and i not in branches.undrawn]
        later = {one: min((branches.levels[i] for i in readers[one]), default=-1) for one in every}
        passing = [i for i in every if i not in branches.joins and branches.levels[i] < level < later[i]]
        assert branches.passing(level) == passing


def test_a_build_with_nothing_to_do_imports_nothing_that_draws(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('network = "6 conv:3"\n')
    program = """
import sys
from connectivity.cli.main import main
assert main(["build", "-q", "a.toml"]) == 0
print("connectivity.figure" in sys.modules)
"""
    said = [
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True).stdout
        for _ in "12"
    ]
    assert said == ["True\n", "False\n"]
