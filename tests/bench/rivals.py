"""What others draw of the same layer: the same units in the same places, a line for each connection.

Programs for processes of their own; each takes the number of units of a layer and the file that it writes.
"""

from __future__ import annotations

_PLACES = """
import sys
n, path = int(sys.argv[1]), sys.argv[2]
left = [(0.0, float(i)) for i in range(n)]
right = [(n / 2, float(i)) for i in range(n)]
edges = [(i, n + j) for i in range(n) for j in range(n)]
colours = [(0.2 + 0.6 * (i * 31 + j * 17) % 97 / 97, 0.3, 0.6) for i in range(n) for j in range(n)]
"""

_MATPLOTLIB = (
    _PLACES
    + """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
figure = plt.figure(figsize=(4.66, 10), dpi=200)
axes = figure.add_axes((0, 0, 1, 1))
axes.set_xlim(-1, n / 2 + 1)
axes.set_ylim(-1, n)
"""
)

LINES = (
    _MATPLOTLIB
    + """
from matplotlib.collections import LineCollection
points = left + right
axes.add_collection(LineCollection([(points[a], points[b]) for a, b in edges], colors=colours, linewidths=0.4))
axes.scatter(*zip(*points), s=4, c="white", edgecolors="black", zorder=3)
figure.savefig(path)
"""
)
"""matplotlib's own way of many lines: one LineCollection."""

NETWORKX = (
    _MATPLOTLIB
    + """
import networkx
graph = networkx.Graph(edges)
networkx.draw(graph, dict(enumerate(left + right)), axes, node_size=4, width=0.4, edge_color=colours)
figure.savefig(path)
"""
)

IGRAPH = (
    _MATPLOTLIB
    + """
import igraph
graph = igraph.Graph(edges)
igraph.plot(graph, target=axes, layout=left + right, vertex_size=0.3, edge_width=0.4, edge_color=colours)
figure.savefig(path)
"""
)

VIZNET = (
    _MATPLOTLIB
    + """
import viznet
node, edge = viznet.NodeBrush("nn.input", axes, size=0.2), viznet.EdgeBrush("-", axes, lw=0.4)
pins = [node >> place for place in left + right]
for a, b in edges:
    edge >> (pins[a], pins[b])
figure.savefig(path)
"""
)

RIVALS = {
    "matplotlib's LineCollection": ("matplotlib", LINES),
    "networkx.draw": ("matplotlib", NETWORKX),
    "igraph.plot": ("igraph", IGRAPH),
    "viznet": ("viznet", VIZNET),
}
"""Of each: the package that it needs, and its program."""

SLOW = {"viznet": 32, "igraph.plot": 100, "networkx.draw": 200}
"""The most units of a layer that each draws in less than a minute or so."""

EXPORT = """
import json, sys
import connectivity, networkx
graph = connectivity.build(connectivity.parse(sys.argv[1])[0])
content = networkx.node_link_data(graph, edges="edges")
open(sys.argv[2], "w").write(json.dumps(content, ensure_ascii=False, indent=1))
"""
"""The JSON of a network's graph, by networkx."""

NEATO = """
import subprocess, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).glob("*.dot")):
    subprocess.run(["neato", "-n2", "-Tsvg", "-o", path.with_suffix(".svg"), path], check=True)
"""
"""A process for each of many drawings, as a Makefile would have it."""

EVALUATE = """
import time
import connectivity
network = connectivity.parse("200 fc:200")[0]
x = [0.5] * 200
start = time.perf_counter()
if {ours}:
    connectivity.evaluate(network, x)
else:
    graph = connectivity.build(network)
    {{y: sum(d["weight"] * x[int(s[1:]) - 1] for s, _, d in graph.in_edges(y, data=True)) for y in graph if y[0] == "y"}}
"""
"""The values of a layer, and those of its graph in networkx, summed."""

MANY = """
import sys
from connectivity import draw
for _ in range(int(sys.argv[1])):
    draw("6 conv:3 conv:3")
"""
"""So many small figures in one process."""
