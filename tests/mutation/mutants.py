"""The defects: every place where one of cosmic-ray's operators can change a module, and the changed source."""

from __future__ import annotations

import ast
import functools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from cosmic_ray import mutating, plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path

from mutation.measuring import ROOT

PACKAGES = ("notation", "layers", "network", "graphs", "layout", "colour")
"""What is mutated: the rooms on which the claim rests that a graph is its layer, and a picture its graph."""

_IDENTITY = re.compile(r"_(Is|IsNot)(_|$)")
"""Identity in place of equality, or the other way round: of small numbers, names and members it is the same.

Operators with arguments want names of variables, and are not used either.
"""

Key = tuple[str, int]
"""Says which function of a module: its qualified name, and how many of that name come before it."""


@dataclass(frozen=True)
class Mutant:
    """The place ``occurrence`` of an operator in a module, from ``start`` to ``end`` (line from 1, column from 0)."""

    path: Path
    operator: str
    occurrence: int
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def module(self) -> str:
        """The module's path within the package."""
        return self.path.relative_to(ROOT / "connectivity").as_posix()

    @property
    def name(self) -> str:
        """What says which mutant it is: module, line and column, and operator, the same in every run."""
        return f"{self.module}:{self.start[0]}:{self.start[1] + 1} {self.operator.partition('/')[2]} {self.occurrence}"

    def source(self) -> str:
        """The module's source with this defect in it."""
        operator = plugins.get_operator(self.operator)()
        changed: str = mutating.mutate_code(self.path.read_text(encoding="utf-8"), operator, self.occurrence)
        return changed


def modules(package: str) -> list[Path]:
    """The modules of a package, or the one module of that name."""
    folder = ROOT / "connectivity" / package
    return sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def of_module(path: Path) -> Iterator[Mutant]:
    """All mutants of a module, but for those of annotations, which nothing evaluates."""
    tree = get_ast_from_path(path)
    spared = _annotations(path)
    for name in sorted(plugins.operator_names()):
        kind = plugins.get_operator(name)
        if kind.arguments() or _IDENTITY.search(name):
            continue
        operator = kind()
        places = ((start, end) for node in ast_nodes(tree) for start, end in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(low <= start < high for low, high in spared):
                yield Mutant(path, name, occurrence, start, end)


def sample(paths: list[Path], share: float, seed: int) -> list[Mutant]:
    """That share of each module's mutants (0 to 1), at least one of each, the same for the same seed."""
    chosen: list[Mutant] = []
    for path in paths:
        found = list(of_module(path))
        count = min(len(found), max(1, round(share * len(found))))
        chosen += random.Random(f"{seed} {path.name}").sample(found, count)
    return chosen


@functools.cache
def _annotations(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where a module's annotations are."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        told = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        found += [
            ((said.lineno, said.col_offset), (said.end_lineno, said.end_col_offset))
            for said in told
            if isinstance(said, ast.expr) and said.end_lineno is not None and said.end_col_offset is not None
        ]
    return found


def functions(module: CodeType) -> dict[Key, CodeType]:
    """The code of each outermost function of a module, by its qualified name and how many of that name came before."""
    found: dict[Key, CodeType] = {}
    counts: dict[str, int] = {}

    def walk(code: CodeType) -> None:
        for const in code.co_consts:
            if not isinstance(const, CodeType):
                continue
            if _is_class(const):
                walk(const)
            else:
                name = const.co_qualname
                found[name, counts.get(name, 0)] = const
                counts[name] = counts.get(name, 0) + 1

    walk(module)
    return found


def _is_class(code: CodeType) -> bool:
    return "__module__" in code.co_names and "__qualname__" in code.co_names


def line_of(source: str, number: int) -> str:
    """A line of a source without the blanks around it."""
    return re.sub(r"\s+", " ", source.splitlines()[number - 1].strip())
