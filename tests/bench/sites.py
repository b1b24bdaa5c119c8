"""A site of Sphinx with many figures, drawn by us and by ``sphinx.ext.graphviz``."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .timing import COMMAND, PYTHON, Process, Row, compare

FIGURES = 200
_NETWORK = "6 conv:3 conv:3"


def compared(folder: Path) -> Iterator[Row]:
    """A page of our figures, against one of as many drawings in DOT."""
    if importlib.util.find_spec("sphinx") is None or not shutil.which("dot"):
        print("sphinx, or dot, is not installed: nothing to compare a site with", file=sys.stderr)
        return
    ours, theirs = folder / "ours", folder / "theirs"
    _write(ours, "connectivity.sphinx", [f".. connectivity:: {_NETWORK}\n   :seed: {n}\n\n" for n in range(FIGURES)])
    drawn = folder / "net.dot"
    Process("", [COMMAND, "draw", *_NETWORK.split(), "-q", "-o", str(drawn)]).run()
    lines = "".join(f"   {line}\n" for line in drawn.read_text().splitlines())
    graphs = [f".. graphviz::\n   :layout: neato\n\n{lines}\n.. {number}\n\n" for number in range(FIGURES)]
    _write(
        theirs,
        "sphinx.ext.graphviz",
        [graph.replace("digraph {", f"digraph g{n} {{") for n, graph in enumerate(graphs)],
    )
    mine = _built("", ours)
    other = _built(f"sphinx.ext.graphviz, {FIGURES} times dot", theirs)
    yield compare(f"Sphinx site of {FIGURES} figures", mine, other, "", 1)


def _built(name: str, place: Path) -> Process:
    output = place / "html"
    return Process(name, [PYTHON, "-m", "sphinx", "-q", "-E", "-b", "html", str(place), str(output)], output)


def _write(folder: Path, extension: str, figures: list[str]) -> None:
    folder.mkdir(parents=True)
    (folder / "conf.py").write_text(f'extensions = ["{extension}"]\ngraphviz_output_format = "svg"\n')
    (folder / "index.rst").write_text("Figures\n=======\n\n" + "".join(figures))
