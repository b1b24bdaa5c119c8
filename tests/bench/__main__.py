"""``make bench``: one table, every row a ratio measured side by side; written to ``samples/build/bench.md`` as well."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from . import rivals, sites
from .table import heading, ruled, said
from .timing import COMMAND, PYTHON, Process, Row, compare

FIGURES = 1_000
"""Figure files that are built."""

SMALL = ("6", "conv:3", "conv:3")
CELLS = "3x64 conv:5,c=8,p=2 relu maxpool:2 conv:3,c=16,p=1 relu maxpool:2 flatten fc:10"


class Bench:
    """The rows, made one after the other; pictures go to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _draw(self, text: str, suffix: str = "svg", *options: str) -> Process:
        output = self._folder / f"ours.{suffix}"
        command = [COMMAND, "draw", *text.split(), *options, "-q", "-o", str(output)]
        return Process(f"draw {text}", command, output)

    def _whole(self, n: int, suffix: str = "svg") -> Process:
        return self._draw(f"{n} fc:{n}", suffix, "--max-units", "0", "--max-edges", "1000000")

    def _program(self, name: str, program: str, *arguments: str, output: Path | None = None) -> Process:
        return Process(name, [PYTHON, "-c", program, *arguments], output)

    def start(self) -> Iterator[Row]:
        """Starting, against what must be imported."""
        imports = self._program("import click, networkx", "import click, networkx")
        click = self._program("import click", "import click")
        yield compare("draw 6 conv:3 conv:3", self._draw(" ".join(SMALL)), imports, "0.9", 15)
        yield compare("--version", Process("", [COMMAND, "--version"]), click, "2", 15)
        yield compare("draw --help", Process("", [COMMAND, "draw", "--help"]), click, "2", 15)

    def elided(self) -> Iterator[Row]:
        """Networks whose pictures, and facts, are much smaller than they are."""
        small = self._draw(" ".join(SMALL))
        for text, wanted in (("784 fc:100 fc:10", "1.5"), ("4096 fc:1000", "2"), ("1000000 conv:3", "2"), (CELLS, "")):
            yield compare(f"draw {text}", self._draw(text), small, wanted)
        for text in ("4096 fc:4096", "1000000 conv:3", "150000 conv:3 fc:10"):
            describe = Process("", [COMMAND, "describe", *text.split()])
            yield compare(f"describe {text}", describe, small, "2")

    def graphviz(self) -> Iterator[Row]:
        """Every connection drawn, against Graphviz's own programs on the same DOT, which is written before."""
        if not shutil.which("neato"):
            print("neato and dot are not installed: nothing to compare with", file=sys.stderr)
            return
        for n, wanted in ((8, ""), (32, ""), (100, ""), (200, "1.3"), (400, "1.5")):
            yield from self._against_neato(f"{n} x {n}", self._whole(n), self._whole(n, "dot"), wanted)
        text = ("10000 conv:3", "svg", "--max-units", "0")
        drawn, written = self._draw(*text), self._draw(text[0], "dot", *text[2:])
        yield from self._against_neato(text[0], drawn, written, "")
        for n in (32, 100, 200):
            self._whole(n, "dot").run()
            dot = Process("dot -Tsvg", ["dot", "-Tsvg", "-o", self._path("dot.svg"), self._path("ours.dot")])
            yield compare(f"{n} x {n}, SVG", self._whole(n), dot, "0.033" if n == 200 else "", 3)

    def _path(self, name: str) -> str:
        return str(self._folder / name)

    def _against_neato(self, what: str, ours: Process, written: Process, wanted: str) -> Iterator[Row]:
        written.run()
        output = self._folder / "neato.svg"
        neato = Process("neato -n2 -Tsvg", ["neato", "-n2", "-Tsvg", "-o", str(output), self._path("ours.dot")], output)
        yield compare(f"{what}, SVG", ours, neato, wanted)

    def linear(self) -> Iterator[Row]:
        """Growth: five times as many connections, panels and layers."""
        yield compare("200,000 connections, SVG", self._whole(447), self._whole(200), "5", 3)
        yield compare("500,000 connections, SVG", self._whole(707), self._whole(316), "5", 3)
        for what, text in (("panels", "4 conv:2 // "), ("layers", "conv:3,p=1 ")):
            many, few = (
                self._draw(
                    ("6 " if what == "layers" else "") + (text * n).rstrip("/ "), "svg", "--max-edges", "1000000"
                )
                for n in (500, 100)
            )
            yield compare(f"500 {what}", many, replace(few, name=f"100 {what}"), "5", 3)

    def others(self) -> Iterator[Row]:
        """The same layer as PNG, against other libraries."""
        for name, (package, program) in rivals.RIVALS.items():
            if importlib.util.find_spec(package) is None:
                print(f"{package} is not installed: {name} is left out", file=sys.stderr)
                continue
            for n in (8, 32, 100, 200):
                if n <= rivals.SLOW.get(name, n):
                    output = self._folder / "rival.png"
                    rival = self._program(name, program, str(n), str(output), output=output)
                    wanted = "0.4" if n == 200 and name.endswith("LineCollection") else ""
                    yield compare(f"{n} x {n}, PNG", self._whole(n, "png"), rival, wanted, 3)
        yield compare("200 x 200, PDF", self._whole(200, "pdf"), self._whole(200, "svg"), "", 3)

    def numbers(self) -> Iterator[Row]:
        """Values and files of graphs, against networkx."""
        ours, theirs = (rivals.EVALUATE.format(ours=ours) for ours in (True, False))
        by_graph = self._program("summed over networkx's graph", theirs)
        yield compare("evaluate 200 fc:200", self._program("", ours), by_graph, "0.5")
        for n in (400, 1000):
            output, other = self._folder / "ours.json", self._folder / "networkx.json"
            export = Process("", [COMMAND, "export", str(n), f"fc:{n}", "-q", "-o", str(output)], output)
            graph = self._program("networkx and json", rivals.EXPORT, f"{n} fc:{n}", str(other), output=other)
            yield compare(f"export {n} fc:{n} as JSON", export, graph, "0.35", 3)

    def many(self) -> Iterator[Row]:
        """Many figures at once: by ``build``, in one process, and in a page of documentation."""
        folder = self._folder / "many"
        folder.mkdir()
        for number in range(FIGURES):
            (folder / f"{number}.toml").write_text(f'seed = {number}\nnetwork = "6 conv:3 conv:3"\n')
        names = [str(path) for path in sorted(folder.glob("*.toml"))]
        build = Process("", [COMMAND, "build", "-q", "--force", *names], folder)
        nothing = Process("", [COMMAND, "build", "-q", *names[:60]], folder)
        if shutil.which("neato"):
            plain = self._draw(" ".join(SMALL), "dot")
            plain.run()
            dots = self._folder / "dots"
            dots.mkdir()
            for number in range(FIGURES):
                shutil.copy(self._folder / "ours.dot", dots / f"{number}.dot")
            calls = self._program(f"{FIGURES:,} calls of neato", rivals.NEATO, str(dots), output=dots)
            yield compare(f"build of {FIGURES:,} figures", build, calls, "", 1)
        build.run()
        version = Process("--version", [COMMAND, "--version"])
        yield compare("build of 60 figures, none of them stale", nothing, version, "1.2")
        hundred, one = (self._program(f"{n:,} in one process", rivals.MANY, str(n)) for n in (FIGURES, 1))
        yield compare(f"{FIGURES:,} small figures in one process", hundred, one, "", 3)
        yield from sites.compared(self._folder / "site")


def main() -> None:
    """Print the table as it comes, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    groups: dict[str, Callable[[Bench], Iterator[Row]]] = {
        name: getattr(Bench, name) for name in ("start", "elided", "graphviz", "linear", "others", "numbers", "many")
    }
    parser.add_argument("group", nargs="*", choices=[*groups, []], help="what is measured; all of it, unless said")
    parser.add_argument("-o", "--output", type=Path, help="where the table is written as well")
    asked = parser.parse_args()
    parts = [heading(), ruled()]
    print("".join(parts), end="", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for name in asked.group or groups:
            for row in groups[name](bench):
                parts.append(said(row))
                print(parts[-1], end="", flush=True)
    if asked.output is not None:
        asked.output.parent.mkdir(parents=True, exist_ok=True)
        asked.output.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
