"""Figures in matplotlib's axes: the same marks at the same places, as large as the axes make them."""

from __future__ import annotations

import io
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from pages import need

from connectivity import DrawingError, Figure
from connectivity.rendering.dot import text_lines
from connectivity.rendering.strokes import strokes

need("matplotlib")

import matplotlib as mpl  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.collections import LineCollection  # noqa: E402
from matplotlib.patches import Circle, Rectangle  # noqa: E402
from matplotlib.path import Path  # noqa: E402
from matplotlib.text import Text  # noqa: E402
from PIL import Image, ImageFilter  # noqa: E402

from connectivity.rendering.axes import STEPS, plot  # noqa: E402

GALLERY = sorted((ROOT / "samples").glob("[0-9]*.toml"))
LOOKED_AT = ("02", "08", "12", "16", "24", "31", "35", "38", "47", "53")
"""Figures with what there is: arrows, dashes, cells, cones, kernels, matrices, curves, gradients, skips."""

DPI = 100
_APART = 70
"""How far colours may be apart, of 255, where letters or lines are some tenths of a pixel away; a mark that is missing
or elsewhere is more than 100."""


@pytest.fixture(autouse=True)
def backend() -> Iterator[None]:
    mpl.use("Agg")
    yield
    plt.close("all")


def pixels(file: bytes) -> Any:
    """Colours, blurred by a pixel or two."""
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image.convert("RGB").filter(ImageFilter.GaussianBlur(3)), float)


def saved(ax: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    ax.figure.savefig(file, dpi=DPI, **options)
    return file.getvalue()


def size_of(ax: Any) -> tuple[float, float]:
    """Of the figure of axes, in inches."""
    width, height = ax.figure.get_size_inches()
    return width, height


@pytest.mark.parametrize("path", [path for path in GALLERY if path.name[:2] in LOOKED_AT], ids=lambda path: path.stem)
def test_axes_show_what_a_png_shows(path: Any) -> None:
    figure = Figure.read(path)
    mine, ours = pixels(saved(figure.plot())), pixels(figure.draw("png", dpi=DPI))
    assert mine.shape == pytest.approx(ours.shape, abs=1)
    height, width = (min(sides) for sides in zip(mine.shape[:2], ours.shape[:2], strict=True))
    assert np.abs(mine[:height, :width] - ours[:height, :width]).max() < _APART


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_every_mark_is_drawn(path: Any) -> None:
    """Every corner of it, so that thin lines count as well; a gradient is so many steps."""
    scene = Figure.read(path).scene()
    ax = plot(scene)
    corners: list[int] = []
    for line in scene.lines:
        corners += [len(line.path) or 2]
        corners += [4] if line.arrow and scene.arrows else []
    for shape in scene.shapes:
        corners += [5] * STEPS if shape.ramp else [len(shape.points) + shape.closed]
    corners += [5 for _ in scene.cells]
    corners += [5 for placed in text_lines(scene) if placed.text.plate]
    corners += [len(np.asarray(Path.circle().vertices)) for dot in scene.dots if dot.diameter]
    drawn = [len(np.asarray(path.vertices)) for collection in ax.collections for path in collection.get_paths()]
    assert sorted(drawn) == sorted(corners)
    grounds = 0 if scene.transparent else 1
    assert len(ax.patches) == len(scene.units) + len(scene.boxes) + grounds


def test_marks_are_artists_in_points_of_the_figure() -> None:
    figure = Figure.of("3 fc:2", box="y")
    scene, ax = figure.scene(), figure.plot()
    circles = {tuple(patch.center) for patch in ax.patches if isinstance(patch, Circle)}
    assert circles == {(unit.x, unit.y) for unit in scene.units}
    (lines,) = (artist for artist in ax.collections if isinstance(artist, LineCollection))
    assert len(lines.get_paths()) == len(scene.lines) == 6
    assert {text.get_text() for text in ax.findobj(Text)} >= {"fully connected", "x", "1", "2"}
    assert ax.get_xlim() == (0, scene.width)
    assert ax.get_ylim() == (0, scene.height)
    assert ax.get_aspect() == 1


def test_new_axes_are_as_large_as_the_figure() -> None:
    ax = Figure.of("3 fc:2", width="84mm").plot()
    assert size_of(ax)[0] * 25.4 == pytest.approx(84)
    assert ax.get_position().bounds == (0, 0, 1, 1)


def test_axes_that_are_given_are_drawn_into_and_returned() -> None:
    _, (left, right) = plt.subplots(1, 2)
    assert Figure.of("3 fc:2").plot(left) is left
    assert Figure.of("3 fc:2").to_matplotlib_axes(right, theme="dark") is right
    grounds = [next(patch for patch in ax.patches if isinstance(patch, Rectangle)) for ax in (left, right)]
    assert [mpl.colors.to_hex(ground.get_facecolor()) for ground in grounds] == ["#ffffff", "#14171c"]


def test_no_ground_under_a_transparent_figure() -> None:
    ax = Figure.of("3 fc:2", transparent=True).plot()
    width = Figure.of("3 fc:2").scene().width
    assert not [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_width() == width]


@pytest.mark.parametrize("share", [0.5, 1.0, 2.0])
def test_texts_and_lines_are_as_large_as_the_axes_make_them(share: float) -> None:
    figure = Figure.of("3 fc:2")
    scene = figure.scene()
    fig = plt.figure(figsize=(share * scene.width / 72, share * scene.height / 72))
    ax = figure.plot(fig.add_axes((0, 0, 1, 1)))
    saved(ax)
    sizes = {text.get_text(): text.get_fontsize() for text in ax.findobj(Text)}
    assert sizes["fully connected"] == pytest.approx(share * 12, abs=0.5 * share)
    circle = next(patch for patch in ax.patches if isinstance(patch, Circle))
    assert circle.get_linewidth() == pytest.approx(share * 1.1)
    (lines,) = (artist for artist in ax.collections if isinstance(artist, LineCollection))
    assert np.asarray(lines.get_linewidth()) == pytest.approx([share * line.width for line in scene.lines])


def test_a_text_is_as_wide_as_it_was_measured() -> None:
    figure = Figure.of("3 fc:2")
    ax = figure.plot()
    ax.figure.set_dpi(400)
    ax.figure.canvas.draw()
    text = next(text for text in ax.findobj(Text) if text.get_text() == "fully connected")
    measured = next(mark for mark in figure.scene().texts if mark.text == "fully connected").measure()[0]
    assert text.get_window_extent().width * 72 / 400 == pytest.approx(measured, rel=0.02)


def test_a_pdf_has_its_texts_as_text() -> None:
    with mpl.rc_context({"pdf.compression": 0}):
        file = saved(Figure.of("3 fc:2").plot(), format="pdf")
    assert b"SourceSans3-Semibold" in file
    assert b"BT" in file


def test_dollar_signs_are_what_they_are() -> None:
    ax = Figure.of("3 fc:2", title=r"for \$5 and $x_1$").plot()
    saved(ax)
    assert "for $5 and " in {text.get_text() for text in ax.findobj(Text)}


def test_without_matplotlib_it_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectivity.figure.find_spec", lambda name: None)
    with pytest.raises(DrawingError, match=r"pip install 'layer-connectivity\[matplotlib\]'"):
        Figure.of("3 fc:2").plot()


def test_matplotlib_is_not_imported_for_anything_else() -> None:
    import subprocess

    code = "import connectivity, sys; connectivity.Figure.of('3 fc:2').draw(); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


EDGE = re.compile(r'<g id="(e\d+)".*?d="M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)".*?points="([^"]*)"', re.DOTALL)


@pytest.mark.parametrize(
    "options", [{}, {"unit_shape": "square"}, {"theme": "print"}, {"unit_shape": "box", "label": "x=long"}]
)
def test_lines_end_where_graphviz_ends_them(options: dict[str, Any]) -> None:
    """To a point or less, of 26 that a unit is wide."""
    figure = Figure.of("4 fc:3", **options)
    scene = figure.scene()
    found = {match[1]: match for match in EDGE.finditer(figure.draw().decode())}
    order = [line.id for line in sorted(scene.lines, key=lambda line: line.over)]
    for name, stroke in zip(order, strokes(scene), strict=True):
        x0, y0, x1, y1 = map(float, found[name].groups()[1:5])
        _, tip, _ = stroke.head
        corners = [tuple(map(float, corner.split(","))) for corner in found[name][6].split()]
        assert math.dist(stroke.points[0], (x0, -y0)) < 0.7
        assert math.dist(stroke.points[-1], (x1, -y1)) < 2.2
        assert math.dist(tip, (corners[1][0], -corners[1][1])) < 0.9


@pytest.mark.parametrize("ax", [1, "left", plt])
def test_what_are_no_axes_are_said(ax: Any) -> None:
    with pytest.raises(DrawingError, match=r"plot draws into axes, as of fig, ax = plt\.subplots\(\), and not into "):
        Figure.of("3 fc:2").plot(ax)
