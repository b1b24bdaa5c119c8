"""The gallery: each published figure with its counts, nothing on top of anything, drawn by its line."""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

import jsonschema
import networkx as nx
import pytest
from areas import assert_apart, assert_boxes_are_clear, assert_on_paper, assert_text_is_clear
from click.testing import CliRunner
from conftest import PROGRAM, ROOT, Run

from connectivity import Figure, describe, receptive_field
from connectivity.colour.themes import LIGHT
from connectivity.figures.schema import schema
from connectivity.scene import Scene, Unit

SAMPLES = ROOT / "samples"
GALLERY = runpy.run_path(str(SAMPLES / "gallery.py"))
FILES: list[Path] = GALLERY["files"]()
NAMES = [path.stem for path in FILES]
BY_NUMBER = {int(path.stem[:2]): path for path in FILES}

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
    26: [[(n, k)] for n, k in [(6, 3), (18, 4), (13, 3), (15, 3), (6, 3), (7, 3), (8, 3)] for _ in range(2)]
    + [[(9, 3)]],  # each convolution and the transposed one that goes back have the same connections
    27: [[(16 * 3 * 8 * 13, 384), (8 * 5 * 3 * 9, 120), (27, 0)]],
    28: [[(27, 27), (27, 27)], [(27, 27), (9, 9), (27, 27)]],
    29: [[(39, 9), (45, 9)]],
    30: [[(24, 24)], [(12, 12)], [(12, 3)]],
    31: [[(88, 24)]],
    32: [[(88, 24)]],
    33: [[(66, 9), (96, 12)]],
    34: [[(12 * (5 * 32 - 6), 60), (192, 0), (48 * (3 * 8 - 1), 144), (64, 0), (512, 512), (48, 48)]],
    35: [[(126, 7)]],
    36: [[(48, 6)]],
    37: [[(288, 36)]],
    38: [[(384 * (7 * 100 - 12), 2688), (3200, 0), (2048 * (5 * 50 - 6), 10240), (3200, 0), (320, 320)]],
    39: [[(160, 40), (8, 0), (150, 30), (10, 0), (120, 20), (12, 0), (6, 0), (12, 12)]],
    40: [[(144, 24), (768, 128), (96, 0), (64, 64)]],
    41: [[(16 * 3 * 8 * 13, 384), (8 * 5 * 3 * 9, 120), (27, 0)]],
    42: [[(22, 3), (22, 3), (16, 0)], [(11, 3), (10, 3), (4, 1), (8, 0)]],
    43: [[(46, 3), (46, 3), (32, 0)] * 3],
    44: [[(16, 3), (12, 0), (32, 6), (18, 0), (48, 9)]],
    45: [[(6, 1), (16, 3), (24, 5), (16, 0), (24, 0)]],
    46: [[(14, 2), (14, 2), (16, 0), (8, 1), (8, 1), (16, 0)]],
    47: [
        [
            (4 * 46, 12),
            (64, 0),
            (32 * 22, 96),
            (64, 0),
            (64, 0),
            (128, 0),
            (64 * 22, 192),
            (64, 0),
            (128, 0),
            (8 * 46, 24),
        ]
    ],
    48: [[(32, 0), (8, 8), (8, 8), (4, 0), (64, 0)]],
    49: [[(0, 0), (5, 0), (15, 15)] * 4],
    50: [[(0, 0), (15, 3), (15, 3), (10, 0), (10, 10)]],
    51: [[(24, 24), (12, 12), (4, 4)]],
    52: [[(96, 96)]] * 4,
    53: [[(7 * 16 * 42, 112)], [(3 * 5 * 8 * 36, 120)]],
    54: [[(4 * 5 * 32, 20), (4 * (3 * 32 - 2), 12)]],
    55: [[(7 * 4 * 61, 28), (4 * 5 * 2 * 29, 40)]],
    56: [[(16, 3)] * 3 + [(12, 0)] * 3],
    57: [[(0, 0), (16, 3), (16, 3), (12, 0), (12, 12)]],
    58: [[(640, 20), (4 * (3 * 32 - 2), 12)]],
    59: [[(4 * 47, 8), (16 * 46, 32), (4 * 44, 8)]],
    60: [[(6 * (5 * 24 - 3), 30), (36 * 70, 108), (36 * 70, 108), (288, 0), (144, 0), (18, 18)]],
    61: [[(6 * (5 * 24 - 3), 30), (36 * 70, 108), (36 * 70, 108), (288, 0), (144, 0), (18, 18)]],
    62: [[(4 * 62, 16), (8 * 30, 32), (8 * 30, 32), (4 * 62, 16)]],
    63: [[(36, 36)]],
    64: [[(20, 20), (12, 12)]],
    65: [[(21, 3), (15, 3), (9, 3)]],
    66: [[(16, 3)]],
    67: [[(18, 3)]],
}
# The layers that only join others.
JOINS = {44: (2, 4), 45: (5,), 49: (2, 5, 8, 11), 50: (4,)}
CELLS = (12, 27, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 47, 48, 53, 54, 55, 58, 59, 60, 61, 62)
"""Figures of several channels, which are drawn as cells; tests/test_cells.py looks at these."""
BRANCHING = [number for number in COUNTS if number >= 42]
# What a highlight leaves in full: connections by panel, as published.
HIGHLIGHTED = {3: [3, 5], 4: [3, 5], 5: [12], 6: [5, 1], 19: [30]}


def test_every_published_figure_has_a_file() -> None:
    assert [int(name[:2]) for name in NAMES] == list(COUNTS)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_counts_are_the_published_ones(path: Path) -> None:
    figure, wanted = Figure.read(path), COUNTS[int(path.stem[:2])]
    is_large = sum(connections for panel in wanted for connections, _ in panel) > 100_000
    subjects = [panel.content for panel in figure.panels] if is_large else figure.graphs()
    found = [[(layer["connections"], layer["weights"]) for layer in describe(one)["layers"][1:]] for one in subjects]
    assert found == wanted


@pytest.mark.parametrize("number", HIGHLIGHTED)
def test_as_much_is_highlighted_as_published(number: int) -> None:
    figure = Figure.read(BY_NUMBER[number]).changed(rest="hidden")
    lines = figure.scene().lines
    assert len(lines) == sum(HIGHLIGHTED[number])


def scene_of(number: int) -> Scene:
    return Figure.read(BY_NUMBER[number]).scene()


def in_layer(scene: Scene, index: int, kind: str = "unit") -> list[Unit]:
    return [unit for unit in scene.units if unit.classes == f"{kind} layer{index}"]


def labels_of(units: list[Unit]) -> list[str]:
    return [label.stem + label.sub if (label := unit.label) else "" for unit in units]


def texts_of(scene: Scene, classes: str) -> list[str]:
    return [text.text for text in scene.texts if text.classes == classes]


@pytest.mark.parametrize(
    "number", [n for n in COUNTS if n not in (7, 10, 18, 27, 43, 52, *CELLS)]
)  # cropped, two windows of each layer, merged, mostly hidden
def test_what_is_drawn_is_what_is_counted(number: int) -> None:
    scene = scene_of(number)
    padding = {unit.id for unit in scene.units if unit.classes.startswith("padding")}
    edges = [line for line in scene.lines if line.classes.startswith("edge") and line.tail not in padding]
    drawn = Counter(line.classes.split()[1] for line in edges)
    expected: Counter[str] = Counter()
    for panel in COUNTS[number]:
        expected.update({f"layer{index}": connections for index, (connections, _) in enumerate(panel, start=1)})
    for index in JOINS.get(number, ()):  # whose units are those that they join
        del expected[f"layer{index}"]
    expected = +expected
    assert drawn == expected
    cells = Counter(cell.classes.split()[1] for cell in scene.cells)
    assert cells == (expected if number in (23, 24, 30) else Counter())


@pytest.mark.parametrize("number", [number for number in COUNTS if number not in CELLS])
def test_figures_run_the_way_they_were_published(number: int) -> None:
    scene = scene_of(number)
    first = in_layer(scene, 0)[0]
    targets = {line.head for line in scene.lines}
    second = next(unit for unit in scene.units if unit.id in targets)
    upwards = number not in (1, 2, 17, 23, 24, 30, *BRANCHING, *DOWNWARDS)
    downwards = number in DOWNWARDS and second.y < first.y
    assert downwards or (second.y > first.y and upwards) or (second.x > first.x and not upwards)


DOWNWARDS = (63, 64, 66, 67)

# What stands before each row, from the input on; once for each panel where panels differ.
ROWS = {
    7: ["detector stage", "pooling stage"],
    8: ["detector stage", "pooling stage"],
    9: ["input", "strided convolution", "input", "convolution", "downsampling"],
    14: ["layer m − 1", "layer m", "layer m + 1"],
    15: ["layer m − 1", "feature map"],
    19: ["input", *(f"hidden layer, dilation {d}" for d in (1, 2, 4)), "output, dilation 8"],
    20: ["input", "d = 1", "d = 2", "d = 4"],
    29: ["input", "depthwise", "pointwise"],
}


@pytest.mark.parametrize("number", ROWS)
def test_rows_have_their_titles(number: int) -> None:
    scene = scene_of(number)
    titles = [text for text in scene.texts if text.text in ROWS[number] and text.align == "end"]
    assert set(ROWS[number]) == {text.text for text in titles}
    for text in titles:  # at the height of a row, before its first unit
        row = [unit for unit in scene.units if abs(unit.y - text.y) < 1]
        assert row
        assert text.x < min(unit.x for unit in row)


def test_highlighted_units_are_the_published_ones() -> None:
    def marked(number: int) -> list[str]:
        return [unit.tip for unit in scene_of(number).units if unit.stroke]

    assert marked(3) == ["x3", "s2", "s3", "s4", "x3", *(f"s{n}" for n in range(1, 6))]
    assert marked(4) == ["x2", "x3", "x4", "s3", *(f"x{n}" for n in range(1, 6)), "s3"]
    assert marked(5) == [*(f"x{n}" for n in range(1, 6)), "h2", "h3", "h4", "g3"]
    assert marked(6) == []  # a weight is highlighted, no unit
    assert len(marked(19)) == 16 + 8 + 4 + 2 + 1
    assert {line.style for line in scene_of(19).lines if line.width < 1} == {"dashed"}


def test_long_rows_go_on_at_both_ends() -> None:
    scene = scene_of(7)
    for row in sorted({round(unit.y) for unit in scene.units}):
        places = [unit.x for unit in scene.units if round(unit.y) == row]
        dots = [dot.x for dot in scene.dots if round(dot.y) == row and dot.diameter]
        assert len(places) == 4
        assert len([x for x in dots if x < min(places)]) == len([x for x in dots if x > max(places)]) == 3
    assert any(line.stub for line in scene.lines)


def test_values_stand_in_the_units() -> None:
    scene = scene_of(7)
    values = ["0.1", "1", "0.2", "0.1", "1", "1", "1", "0.2", "0.3", "0.1", "1", "0.2", "0.3", "1", "1", "1"]
    assert labels_of(scene.units) == values
    assert labels_of(scene_of(8).units) == ["0.1", "1", "0.2", "0.1", "0", "0.1", "1", "0.2", "0.1"]
    strides = scene_of(16)
    assert {unit.shape for unit in strides.units} == {"square"}
    row = [unit for unit in strides.units if unit.y == strides.units[0].y]
    first = labels_of(sorted(row, key=lambda unit: unit.x))[:7]
    assert first == ["0", "1", "2", "−1", "1", "−3", "0"]
    assert texts_of(strides, "legend") == ["kernel", "1", "0", "−1"]


def test_padding_is_drawn_where_it_was_published() -> None:
    padded = scene_of(10)
    assert len([line for line in padded.lines if line.tail not in _padding(padded)]) == 66 + 36 + 6 + 3 * (3 + 4)
    rows = [[unit.x for unit in in_layer(padded, layer)[-16:]] for layer in range(4)]
    assert rows[0] == rows[1] == rows[2] == rows[3]  # straight over one another
    for layer in range(3):
        sides = [unit.x < rows[0][0] for unit in padded.units if unit.classes == f"padding layer{layer}"]
        assert (sides.count(True), sides.count(False)) == (3, 2)
    filled = [unit for unit in padded.units if unit.classes.startswith("padding")]
    assert len(filled) == 3 * (2 + 3)
    assert {unit.style for unit in filled} == {"solid"}
    hollow = Counter(unit.classes for unit in scene_of(20).units if unit.style == "dashed")
    assert hollow == {"padding layer0": 2, "padding layer1": 4, "padding layer2": 8}
    arithmetic = [unit for unit in scene_of(26).units if unit.classes.startswith("padding")]
    assert len(arithmetic) == 2 * (2 + 1 + 2 + 1 + 1)


def _padding(scene: Scene) -> set[str]:
    return {unit.id for unit in scene.units if unit.classes.startswith("padding")}


def test_letters_say_which_weights_are_the_same() -> None:
    def letters(number: int) -> str:
        scene = scene_of(number)
        found = sorted((text for text in scene.texts if text.classes == "weight"), key=lambda t: (-round(t.y, 1), t.x))
        return "".join(text.text for text in found)

    assert letters(11) == "abcdefghi" + "ababababa"
    assert letters(13) == "abcdefghi" + "abcdabcda" + "ababababa"
    for number in (11, 13):  # each unit stands over the first of its inputs
        scene = scene_of(number)
        assert {unit.x for unit in in_layer(scene, 0)} == {unit.x for unit in in_layer(scene, 1)}


def test_boxes_are_round_what_they_were_published_round() -> None:
    assert {number: len([box for box in scene_of(number).boxes if box.stroke]) for number in (15, 28, 29)} == {
        15: 1, 28: 3 * 3 + 4 * 3, 29: 3 + 3
    }  # fmt: skip
    box = next(box for box in scene_of(15).boxes if box.stroke)
    assert all(abs(unit.x - box.x) < box.width / 2 for unit in in_layer(scene_of(15), 1))


def test_colours_of_layers_and_groups() -> None:
    for number, panels in ((17, 2), (28, 2)):
        scene = scene_of(number)
        assert len({unit.fill for unit in scene.units}) >= 3, panels
    deep = scene_of(17)
    for index in (1, 2, 3):  # units have the tint of the connections that lead to them
        lines = [line for line in deep.lines if line.classes.startswith(f"edge layer{index} ")]
        heads = {line.head for line in lines}
        pairs = {(line.colour, unit.fill) for line in lines for unit in deep.units if unit.id == line.head}
        assert heads
        for colour, fill in pairs:
            assert LIGHT.tints[LIGHT.palette.index(colour)] == fill
    shuffled = scene_of(28)
    assert len({line.colour for line in shuffled.lines if line.classes.startswith("edge layer1 ")}) == 3


def test_units_have_the_published_letters() -> None:
    scene = scene_of(18)
    assert Counter(labels_of(scene.units)) == {
        **{f"x{n}": 3 for n in range(9)}, "A": 8 * 3, "B": 7 + 3, "max": 4, "F": 3
    }  # fmt: skip
    assert [unit.width > 5 * unit.height for unit in scene.units if labels_of([unit]) == ["F"]] == [True] * 3
    assert labels_of(scene_of(22).units) == [*"312", *"2122", *"1221", *"312"]


def test_dropped_units_are_crossed_out() -> None:
    scene = scene_of(21)
    dropped = [unit.tip.removesuffix(", dropped") for unit in scene.units if unit.classes.startswith("dropped")]
    assert dropped == ["x2", "x3", "h1[1]", "h1[3]", "h1[4]", "h2[2]", "h2[4]"]
    assert len([line for line in scene.lines if line.classes == "cross"]) == 2 * len(dropped)


def test_receptive_fields_are_the_published_ones() -> None:
    for number, unit, field in ((19, "y16", 16), (20, "y15", 15), (5, "g3", 5)):
        (graph,) = Figure.read(BY_NUMBER[number]).graphs()
        assert len(receptive_field(nx.MultiDiGraph(graph), unit)) == field


@pytest.mark.parametrize("path", FILES, ids=NAMES)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_nothing_overlaps_or_is_cut_off(path: Path, theme: str) -> None:
    scene = Figure.read(path).changed(theme=theme).scene()
    assert_apart(scene)
    assert_on_paper(scene)
    assert_text_is_clear(scene)
    assert_boxes_are_clear(scene)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_smallest_text_has_8_pixels_where_a_figure_is_600_wide(path: Path) -> None:
    text = path.with_suffix(".svg").read_text(encoding="utf-8")
    width = re.search(r'<svg width="([\d.]+)pt"', text)
    sizes = re.findall(r'<t(?:ext|span)\b[^>]*font-size="([\d.]+)"', text)
    assert width
    assert not sizes or min(map(float, sizes)) * 600 / float(width[1]) >= 8


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_line_of_the_gallery_draws_the_picture_of_its_file(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In time, too: a minute is the most that a figure may take."""
    words = shlex.split(GALLERY["line"](path))
    (tmp_path / "samples").symlink_to(SAMPLES)
    monkeypatch.chdir(tmp_path)
    started = time.monotonic()
    done = CliRunner().invoke(PROGRAM, words[1:], catch_exceptions=False)
    assert time.monotonic() - started < 60
    assert (words[0], done.exit_code) == ("connectivity", 0)
    assert (tmp_path / words[-1]).read_bytes() == drawn(path)


@functools.cache
def drawn(path: Path) -> bytes:
    return Figure.read(path).draw()


def test_the_pictures_that_are_shown_are_current() -> None:
    """Byte for byte: what a figure looks like is tested elsewhere, by what is in it."""
    shown = {path.stem: path.read_bytes() for path in SAMPLES.glob("[0-9]*.svg")}
    stale = [path.stem for path in FILES if shown.get(path.stem) != drawn(path)]
    assert stale == [], "run `make pictures`"


def test_the_page_is_current() -> None:
    assert (SAMPLES / "README.md").read_text(encoding="utf-8") == GALLERY["page"](), "run `make pictures`"


def test_the_schema_is_current_and_fits_every_sample(run: Run) -> None:
    shown = json.loads((SAMPLES / "figure.schema.json").read_text(encoding="utf-8"))
    assert shown == schema() == json.loads(run("schema").stdout)
    jsonschema.Draft7Validator.check_schema(shown)
    validator = jsonschema.Draft7Validator(shown)
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#:schema figure.schema.json\n")
        validator.validate(tomllib.loads(text))


def test_pools_stand_over_their_windows() -> None:
    scene = Figure.read(BY_NUMBER[8]).scene()
    inputs = sorted(unit.x for unit in scene.units if "layer0" in unit.classes)
    outputs = sorted(unit.x for unit in scene.units if "layer1" in unit.classes)
    assert outputs == pytest.approx([inputs[1], inputs[3], inputs[5]])


def test_values_are_the_published_ones() -> None:
    def rows(number: int, panel: int) -> list[list[float]]:
        graph = Figure.read(BY_NUMBER[number]).graphs()[panel]
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
    signal, answers = rows(35, 0)
    assert len(signal) == 24
    assert answers[4] == max(answers) == pytest.approx(1.35, abs=0.005)
    assert min(answers) < -1.2


def test_pruning_leaves_the_largest_weights() -> None:
    scene = scene_of(52)
    edges = Counter(line.classes.split()[0] for line in scene.lines)
    assert edges == {"edge": 96 + 29}
    assert len([cell for cell in scene.cells if cell.classes.startswith("cell")]) == 96 + 29
    assert [unit.tip for unit in scene.units if unit.style == "dashed" and unit.classes != "key"] == [
        "x10: no connections left"
    ]


def test_outputs_are_shaded_by_how_many_connections_reach_them() -> None:
    scene = Figure.read(BY_NUMBER[25]).scene()
    outputs = [unit for unit in scene.units if "layer1" in unit.classes][:17]
    shades = {fill: n for n, fill in enumerate(dict.fromkeys(unit.fill for unit in outputs), start=1)}
    assert [shades[unit.fill] for unit in outputs] == [1, 1, *[2, 1] * 7, 1][:17]


@pytest.mark.make
def test_the_gallery_is_drawn_by_make(tmp_path: Path) -> None:
    """In a copy, by the environment that runs the tests, into which nothing is installed; only what changed is drawn again."""
    copy, environment = tmp_path / "copy", tmp_path / "environment"
    for name in ("Makefile", "pyproject.toml", "setup.py"):
        copy.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, copy)
    for name in ("connectivity", "cli", "samples"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("build", "__pycache__"))
    environment.mkdir()
    (environment / "bin").symlink_to(Path(sys.executable).parent)
    (environment / "made-by").write_text(f"{sys._base_executable}\n{platform.python_version()}\n")  # type: ignore[attr-defined]
    (environment / "installed").touch()
    command = ["make", "-C", str(copy), f"VENV={environment}", f"samples/build/{NAMES[0]}.svg"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert b"pip" not in done.stdout
    assert (copy / "samples" / "build" / f"{NAMES[0]}.svg").read_bytes() == drawn(FILES[0])
    again = [*command[:1], "-q", *command[1:]]
    assert subprocess.run(again, capture_output=True, check=False).returncode == 0
    sample = copy / "samples" / FILES[0].name
    os.utime(sample, (time.time() + 10,) * 2)
    assert subprocess.run(again, capture_output=True, check=False).returncode == 1
