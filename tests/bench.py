"""Speeds as ratios: ``make bench``. Each pair is timed in turn, so a machine that drifts does not matter."""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PYTHON = sys.executable
COMMAND = str(Path(PYTHON).with_name("connectivity"))
RUNS = 7
FIGURES = 1_000  # figure files to build

LARGE = ["200", "fc:200", "--max-units", "0", "-q", "-o"]

SAME_LINES = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection
from connectivity.figure import Figure
scene = Figure.of("200 fc:200").changed(max_units=0).scene()
places = {unit.id: (unit.x, unit.y) for unit in scene.units}
lines = [(places[line.tail], places[line.head]) for line in scene.lines]
figure = plt.figure(figsize=(scene.width / 72, scene.height / 72), dpi=2000 / max(scene.width, scene.height) * 72)
axes = figure.add_axes((0, 0, 1, 1))
axes.add_collection(LineCollection(lines, colors=[line.colour for line in scene.lines], linewidths=0.4))
axes.set_xlim(0, scene.width)
axes.set_ylim(0, scene.height)
figure.savefig(__import__("sys").argv[1])
"""

MANY = """
import sys, time
from connectivity import draw
draw("6 conv:3 conv:3")
start = time.perf_counter()
for _ in range(1000):
    draw("6 conv:3 conv:3")
print((time.perf_counter() - start))
"""


def seconds(command: list[str], timeout: float = 120.0) -> float:
    """The time of a whole process; infinite where it does not end in ``timeout``.

    Waiting with a timeout would ask every 50 ms whether the process has ended; a timer does not delay what is timed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    code = process.wait()
    elapsed = time.perf_counter() - start
    if not timer.is_alive():
        return float("inf")
    timer.cancel()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return elapsed


def compare(name: str, ours: list[str], other_name: str, other: list[str], limit: str, runs: int = RUNS) -> None:
    """Print the median times of two commands, run in turn, and the median of their ratios."""
    seconds(ours), seconds(other)  # warm caches
    pairs = [(seconds(ours), seconds(other)) for _ in range(runs)]
    mine, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    row(name, mine, other_name, theirs, ratio, limit)


def row(name: str, mine: float, other_name: str, theirs: float, ratio: float, limit: str) -> None:
    """Print a row of the table."""
    print(
        f"{name:34} {mine * 1000:8.0f} ms   {other_name:28} {theirs * 1000:8.0f} ms   {ratio:7.3f}   {limit}",
        flush=True,
    )


MIXED = (
    'network = "6 conv:3 conv:3"',
    'network = "8 conv:3 fc:2"\ntitle = "Figure"',
    'network = "5 fc:5"\ntitle = "Figure"',
    'network = "5 fc:5 // 5 conv:3,p=1"',
)
"""Small figures as they are published: with titles, with two panels."""


def built(jobs: int, kinds: Sequence[str]) -> float:
    """The seconds that ``connectivity build`` takes for many small figure files, beyond those for one."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FIGURES):
            Path(folder, f"{number}.toml").write_text(f"seed = {number}\n{kinds[number % len(kinds)]}\n")
        command = [COMMAND, "build", "-q", "--force", "-j", str(jobs)]
        names = [str(path) for path in Path(folder).glob("*.toml")]
        one = min(seconds([*command, names[0]]) for _ in range(3))
        return min(seconds([*command, *names]) for _ in range(2)) - one


EVALUATE = """
import time
import connectivity
network = connectivity.parse("200 fc:200")[0]
x = [0.5] * 200
connectivity.evaluate(network, x)
start = time.perf_counter()
connectivity.evaluate(network, x)
ours = time.perf_counter() - start
start = time.perf_counter()
graph = connectivity.build(network)
{unit: sum(d["weight"] * x[int(s[1:]) - 1] for s, _, d in graph.in_edges(unit, data=True)) for unit in graph if unit[0] == "y"}
print(ours, time.perf_counter() - start)
"""

EXPORT = """
import json, sys
import networkx
import connectivity
graph = connectivity.build(connectivity.parse("400 fc:400")[0])
content = networkx.node_link_data(graph, edges="edges")
open(sys.argv[1], "w").write(json.dumps(content, ensure_ascii=False, indent=1))
"""


def compare_sizes(in_folder: Callable[[str], str], small: list[str]) -> None:
    """Large networks, whose pictures and facts take no longer than a small one's."""
    for text, limit in (("784 fc:100 fc:10", "<= 1.5"), ("4096 fc:1000", "<= 2")):
        command = [COMMAND, "draw", *text.split(), "-q", "-o", in_folder("e.svg")]
        compare(f"draw {text}", command, "draw 6 conv:3 conv:3", small, limit)
    for text in ("4096 fc:4096", "1000000 conv:3", "150000 conv:3 fc:10"):
        compare(f"describe {text}", [COMMAND, "describe", *text.split()], "draw 6 conv:3 conv:3", small, "<= 2")


def compare_arrays(in_folder: Callable[[str], str]) -> None:
    """Evaluation and export by arrays, against a walk over the same graph in networkx."""
    times = [
        subprocess.run([PYTHON, "-c", EVALUATE], check=True, capture_output=True, text=True).stdout for _ in range(5)
    ]
    pairs = [tuple(map(float, line.split())) for line in times]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    row("evaluate 200 fc:200", ours, "a graph of networkx, summed", theirs, ours / theirs, "<= 0.2")
    export = [COMMAND, "export", "400", "fc:400", "-q", "-o", in_folder("f.json")]
    compare(
        "export 400 fc:400 as JSON",
        export,
        "networkx and json",
        [PYTHON, "-c", EXPORT, in_folder("g.json")],
        "<= 0.35",
        3,
    )


def main() -> None:
    """Print the table."""
    print(f"{'what':34} {'median':>11}   {'against':28} {'median':>11}   {'ratio':>7}   wanted")
    with tempfile.TemporaryDirectory() as folder:
        in_folder: Callable[[str], str] = lambda name: os.path.join(folder, name)  # noqa: E731, PTH118
        small = [COMMAND, "draw", "6", "conv:3", "conv:3", "-q", "-o", in_folder("a.svg")]
        click = [PYTHON, "-c", "import click"]
        compare(
            "draw 6 conv:3 conv:3", small, "import click, networkx", [PYTHON, "-c", "import click, networkx"], "<= 0.95"
        )
        compare_sizes(in_folder, small)
        compare_arrays(in_folder)
        compare("draw --help", [COMMAND, "draw", "--help"], "import click", click, "<= 2")
        compare("--version", [COMMAND, "--version"], "import click", click, "<= 2")
        large = [COMMAND, "draw", *LARGE, in_folder("b.svg")]
        dot_file = in_folder("b.dot")
        seconds([COMMAND, "draw", *LARGE, dot_file])
        if shutil.which("neato"):
            compare("40,000 connections to SVG", large, "neato -n2 -Tsvg", ["neato", "-n2", "-Tsvg", dot_file], "<= 2")
            mine, theirs = seconds(large), seconds(["dot", "-Tsvg", dot_file])
            row("", mine, "dot -Tsvg", theirs, mine / theirs, "<= 0.033")
        else:
            print("neato and dot are not installed: nothing to compare with")
        huge = [COMMAND, "draw", "447", "fc:447", *LARGE[2:], in_folder("c.svg")]
        compare("200,000 connections to SVG", huge, "40,000 connections to SVG", large, "<= 5", runs=3)
        png = [COMMAND, "draw", *LARGE, in_folder("b.png")]
        if importlib.util.find_spec("matplotlib") is None:
            print("matplotlib is not installed: nothing to compare the PNG with")
        else:
            collection = [PYTHON, "-c", SAME_LINES, in_folder("d.png")]
            compare("40,000 connections to PNG", png, "matplotlib's LineCollection", collection, "< 1", runs=3)
    total = float(subprocess.run([PYTHON, "-c", MANY], check=True, capture_output=True, text=True).stdout)
    print(f"{'1,000 small figures, one process':34} {total:8.2f} ms each {'':53} <= 3 ms")
    for jobs in range(1, (os.cpu_count() or 1) + 1):
        for what, kinds in (("figure files", MIXED[:1]), ("mixed files", MIXED)):
            each = 1000 * built(jobs, kinds) * jobs / FIGURES
            print(f"{f'{FIGURES:,} {what}, {jobs} at once':34} {each:8.2f} ms each per core {'':44} <= 5 ms")


if __name__ == "__main__":
    main()
