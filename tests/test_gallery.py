"""The gallery: each published figure with its counts, nothing on top of anything, drawn by its line."""

from __future__ import annotations

import json
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import networkx as nx
import pytest
from areas import assert_apart, assert_on_paper, assert_text_is_clear
from conftest import ROOT, Run

from connectivity import Figure, describe, receptive_field
from connectivity.schema import schema

SAMPLES = ROOT / "samples"
GALLERY = runpy.run_path(str(SAMPLES / "gallery.py"))
FILES: list[Path] = GALLERY["files"]()
NAMES = [path.stem for path in FILES]

# Connections and distinct weights of each layer, for each panel; None where a pool has no weights.
Counts = list[list[tuple[int, int]]]
SPARSE, FULL = (13, 3), (25, 25)
COUNTS: dict[int, Counts] = {
    1: [[FULL], [(13, 13)], [FULL, FULL], [(13, 13), (13, 13)]],
    2: [[(15, 15), (9, 9)], [(15, 3), (9, 3)]],
    3: [[SPARSE], [FULL]],
    4: [[SPARSE], [FULL]],
    5: [[SPARSE, SPARSE]],
    6: [[SPARSE], [FULL]],
    7: [[(22, 0)], [(22, 0)]],
    8: [[(8, 0)]],
    9: [[(7, 3)], [(13, 3), (3, 0)]],
    10: [[(66, 6), (36, 6), (6, 6)], [(87, 6), (87, 6), (87, 6)]],
    11: [[(9, 9)], [(9, 2)], [FULL]],
    12: [[(104, 24)]],
    13: [[(9, 9)], [(9, 4)], [(9, 2)]],
    14: [[(9, 9), (3, 3)]],
    15: [[(9, 3)]],
    16: [[(13, 3)], [(7, 3)]],
    17: [[(12, 12), (8, 8)], [(12, 12), (16, 16), (4, 4)]],
    18: [[(16, 2), (8, 8)], [(16, 2), (14, 2), (7, 7)], [(16, 2), (8, 0), (6, 2), (3, 3)]],
    19: [[(31, 2), (30, 2), (28, 2), (24, 2)]],
    20: [[(42, 3), (39, 3), (33, 3)]],
    21: [[FULL, FULL, (5, 5)], [(6, 6), (6, 6), (3, 3)]],
    22: [[(7, 7), (10, 10), (6, 6)]],
    23: [[(16, 16)]],
    24: [[(60, 60)]],
    25: [[(24, 3)], [(15, 3), (33, 3)]],
    26: [[(n, k)] for n, k in [(6, 3), (18, 4), (13, 3), (15, 3), (6, 3), (7, 3), (8, 3), (9, 3)]]
    + [[(n, k)] for n, k in [(6, 3), (18, 4), (13, 3), (15, 3), (6, 3), (7, 3), (8, 3)]],
    27: [[(16 * 3 * 8 * 13, 384), (8 * 5 * 3 * 9, 120), (27, 0)]],
    28: [[(27, 27), (27, 27)], [(27, 27), (9, 9), (27, 27)]],
    29: [[(39, 9), (45, 9)]],
    30: [[(24, 24)], [(12, 12)], [(12, 3)]],
}
# What a highlight leaves in full: connections by panel, as published.
HIGHLIGHTED = {3: [3, 5], 4: [3, 5], 5: [12], 6: [5, 1], 19: [30]}


def test_every_published_figure_has_a_file() -> None:
    assert [int(name[:2]) for name in NAMES] == list(COUNTS)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_counts_are_the_published_ones(path: Path) -> None:
    figure = Figure.read(path)
    found = [
        [(layer["connections"], layer["weights"]) for layer in describe(graph)["layers"][1:]]
        for graph in figure.graphs()
    ]
    assert found == COUNTS[int(path.stem[:2])]


@pytest.mark.parametrize("number", HIGHLIGHTED)
def test_as_much_is_highlighted_as_published(number: int) -> None:
    figure = Figure.read(FILES[number - 1]).changed(rest="hidden")
    lines = figure.scene().lines
    assert len(lines) == sum(HIGHLIGHTED[number])


def test_receptive_fields_are_the_published_ones() -> None:
    for number, unit, field in ((19, "y16", 16), (20, "y15", 15), (5, "g3", 5)):
        (graph,) = Figure.read(FILES[number - 1]).graphs()
        assert len(receptive_field(nx.MultiDiGraph(graph), unit)) == field


@pytest.mark.parametrize("path", FILES, ids=NAMES)
@pytest.mark.parametrize("theme", ["light", "print"])
def test_nothing_overlaps_or_is_cut_off(path: Path, theme: str) -> None:
    scene = Figure.read(path).changed(theme=theme).scene()
    assert_apart(scene)
    assert_on_paper(scene)
    assert_text_is_clear(scene)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_line_of_the_gallery_draws_the_picture_that_is_shown(path: Path, run: Run, tmp_path: Path) -> None:
    """In time, too: a minute is the most that a figure may take."""
    words = shlex.split(GALLERY["line"](path))
    shutil.copytree(SAMPLES, tmp_path / "samples", ignore=shutil.ignore_patterns("build", "*.svg"))
    for mask in SAMPLES.glob("*.csv"):
        shutil.copy(mask, tmp_path)
    done = run(*words[1:], timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    shown = path.with_suffix(".svg").read_bytes()
    assert (tmp_path / words[-1]).read_bytes() == shown, "run `make pictures`"


def test_the_page_is_current() -> None:
    assert (SAMPLES / "README.md").read_text(encoding="utf-8") == GALLERY["page"](), "run `make pictures`"


def test_the_schema_is_current_and_fits_every_sample(run: Run) -> None:
    shown = json.loads((SAMPLES / "figure.schema.json").read_text(encoding="utf-8"))
    assert shown == schema() == json.loads(run("schema").stdout)
    jsonschema.Draft7Validator.check_schema(shown)
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#:schema figure.schema.json\n")
        jsonschema.validate(tomllib.loads(text), shown)


def test_pools_stand_over_their_windows() -> None:
    scene = Figure.read(FILES[7]).scene()
    inputs = sorted(unit.x for unit in scene.units if "layer0" in unit.classes)
    outputs = sorted(unit.x for unit in scene.units if "layer1" in unit.classes)
    assert outputs == pytest.approx([inputs[1], inputs[3], inputs[5]])


def test_values_are_the_published_ones() -> None:
    def rows(number: int, panel: int) -> list[list[float]]:
        graph = Figure.read(FILES[number - 1]).graphs()[panel]
        found: list[list[float]] = [[], []]
        for _, data in graph.nodes(data=True):
            found[data["layer"]].append(data["value"])
        return found

    assert rows(7, 0)[0][2:6] == [0.1, 1.0, 0.2, 0.1]
    assert rows(7, 0)[1][2:6] == [1.0, 1.0, 1.0, 0.2]
    assert rows(7, 1)[0][2:6] == [0.3, 0.1, 1.0, 0.2]
    assert rows(7, 1)[1][2:6] == [0.3, 1.0, 1.0, 1.0]
    assert rows(8, 0)[1] == [1.0, 0.2, 0.1]
    assert rows(16, 0)[1] == [-2.0, 2.0, 1.0, 2.0, 1.0]
    assert rows(16, 1)[1] == [-2.0, 1.0, 1.0]


def test_outputs_are_shaded_by_how_many_connections_reach_them() -> None:
    scene = Figure.read(FILES[24]).scene()
    outputs = [unit for unit in scene.units if "layer1" in unit.classes][:17]
    shades = {fill: n for n, fill in enumerate(dict.fromkeys(unit.fill for unit in outputs), start=1)}
    assert [shades[unit.fill] for unit in outputs] == [1, 1, *[2, 1] * 7, 1][:17]


@pytest.mark.make
def test_the_gallery_is_drawn_by_make(tmp_path: Path) -> None:
    """Only what changed is drawn again."""
    target = [f"samples/build/{NAMES[0]}.svg", f"PYTHON={sys.executable}"]
    subprocess.run(["make", "-C", str(ROOT), *target], check=True, capture_output=True)
    done = subprocess.run(["make", "-C", str(ROOT), "-q", *target], capture_output=True, check=False)
    assert done.returncode == 0
