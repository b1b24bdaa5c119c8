r"""Dependency files for Make: what a figure was made of, as ``gcc -MD -MP`` writes it.

    net.svg net.pdf: net.toml weights.npz

    weights.npz:

An empty rule for each dependency but the figure files lets Make go on where one was deleted. A space is
written as ``\ ``, ``#`` as ``\#``, ``$`` as ``$$``, and a backslash before one of the first two is doubled.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping

_ESCAPED = re.compile(r"(\\*)([ #])")
# What Make cannot say in a path: line ends and other controls, what separates rules, patterns, wildcards, a home.
_IMPOSSIBLE = re.compile(r"[\x00-\x1f\x7f:;|=%*?\[\]]|^~|\\$|\\(?![ #])")


def dependency_rules(inputs_of: Mapping[str, Iterable[str]], sources: Collection[str] = ()) -> tuple[str, list[str]]:
    r"""The rules for each output and its dependencies, and the paths that Make cannot express (left out).

    ``sources`` are the dependencies that must be there: they have no empty rule.

    >>> print(dependency_rules({"a b.svg": ["a b.toml", "w.npz"]}, ["a b.toml"])[0])
    a\ b.svg: a\ b.toml w.npz
    <BLANKLINE>
    w.npz:
    <BLANKLINE>
    """
    refused: dict[str, None] = {}

    def legal(paths: Iterable[str]) -> list[str]:
        names = []
        for path in dict.fromkeys(paths):
            if _IMPOSSIBLE.search(path):
                refused[path] = None
            else:
                names.append(path)
        return names

    rules: dict[tuple[str, ...], list[str]] = {}
    for output, dependencies in inputs_of.items():
        if legal([output]):
            rules.setdefault(tuple(legal(dependencies)), []).append(output)
    lines = [f"{_joined(outputs)}: {_joined(inputs)}\n" for inputs, outputs in rules.items()]
    others = dict.fromkeys(path for inputs in rules for path in inputs if path not in sources)
    return "\n".join([*lines, *(f"{escaped(path)}:\n" for path in others)]), list(refused)


def content(inputs_of: Mapping[str, Iterable[str]], sources: Iterable[str] = ()) -> tuple[bytes, list[str]]:
    """What a dependency file holds, as :func:`dependency_rules`; and the paths that Make cannot express."""
    normal = {path: map(_normal, inputs) for path, inputs in inputs_of.items()}
    text, refused = dependency_rules(normal, set(map(_normal, sources)))
    return text.encode("utf-8", errors="surrogateescape"), refused


def _normal(path: str) -> str:
    """``fig/../house.toml`` as ``house.toml``, which Make takes for another file, where no link is on the way."""
    shorter = os.path.normpath(path)
    return shorter if os.path.realpath(shorter) == os.path.realpath(path) else path


def escaped(path: str) -> str:
    r"""A path as Make reads it.

    >>> print(escaped("a b#c$d"))
    a\ b\#c$$d
    """
    return _ESCAPED.sub(lambda match: match[1] * 2 + "\\" + match[2], path).replace("$", "$$")


def _joined(paths: Iterable[str]) -> str:
    return " ".join(escaped(os.fspath(path)) for path in paths)
