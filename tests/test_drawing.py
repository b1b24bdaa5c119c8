"""The picture: places, colours, and that nothing overlaps or is cut off."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import networkx as nx
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from connectivity import ConnectivityError, DrawingError, build, parse
from connectivity.colours import STEPS, contrast, encoded, lab, legible, named_table, rgb
from connectivity.compose import HEADED_ARROWS, TIPPED_ARROWS
from connectivity.figure import compose_figure
from connectivity.graph import view
from connectivity.layout import Arrangement
from connectivity.metrics import DATA, _runs, text_width, wrapped
from connectivity.options import COLOR_BY, DIRECTIONS, Options
from connectivity.paint import Bar, Swatches, paint
from connectivity.panel import Arranged
from connectivity.scene import LEADING, Scene
from connectivity.themes import DARK, LIGHT, Theme

NETWORKS = (
    "6 conv:3 fc:2",
    "5 fc:5 // 5 sparse:3,p=1 // 5 fc:5 fc:5 // 5 sparse:3,p=1 sparse:3,p=1",
    "4x5 conv:3,c=4,p=1,g=2 conv:3,s=2 fc:2,bias",
    "30 conv:3 conv:3,s=2 fc:3",
    "784 fc:100 fc:10",
    "16 conv:2,p=causal conv:2,p=causal,d=4",
    "5 convtranspose:3,s=2 maxpool:2 tanh",
    "1",
    "1 fc:1 // 20 fc:1 // 3 conv:2",
    "70 conv:3",
    "5,values=1/2/3/-4.25/1000000 conv:2,w=0.125/-1",
)


def scene_of(text: str, **options: object) -> Scene:
    return compose_figure(parse(text), Options(**options))  # type: ignore[arg-type]  # any option


def arranged(text: str, max_units: int = 24, anchor: str | None = None) -> Arrangement:
    return Arrangement(view(build(parse(text)[0])), max_units, anchor)


layers = st.builds(
    "conv:{},s={},d={},p={}/{}".format,
    st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3), st.integers(0, 3),
)  # fmt: skip


@given(
    st.integers(1, 2),
    st.integers(1, 20),
    st.lists(layers, min_size=1, max_size=3),
    st.sampled_from(["centre", "first", "last"]),
)
def test_arrows_of_one_weight_are_parallel(channels: int, length: int, words: list[str], anchor: str) -> None:
    try:
        graph = build(parse(f"{channels}x{length} {' '.join(words)}")[0])
    except ConnectivityError:
        return
    seen = view(graph)
    places: dict[object, float] = {}
    for column in Arrangement(seen, 0, anchor).columns:
        places |= column.along
    shifts: dict[str | None, set[float]] = {}
    for arrow in seen.arrows:
        shifts.setdefault(arrow.parameter, set()).add(round(places[arrow.target] - places[arrow.source], 6))
    assert all(len(found) == 1 for found in shifts.values())


@given(st.integers(1, 2), st.integers(1, 60), st.lists(layers, min_size=1, max_size=3), st.integers(0, 30))
def test_no_two_units_touch(channels: int, length: int, words: list[str], max_units: int) -> None:
    try:
        graph = build(parse(f"{channels}x{length} {' '.join(words)}")[0])
    except ConnectivityError:
        return
    for column in Arrangement(view(graph), max_units, None).columns:
        places = sorted([*column.along.values(), *column.dots])
        assert all(after - before > 0.99 for before, after in itertools.pairwise(places))


def test_a_unit_stands_at_the_centre_of_its_window() -> None:
    columns = arranged("7 conv:3,s=2").columns
    source = list(columns[0].along.values())
    assert list(columns[1].along.values()) == pytest.approx([source[1], source[3], source[5]])
    first = arranged("7 conv:3,s=2", anchor="first").columns
    assert list(first[1].along.values()) == pytest.approx(list(first[0].along.values())[0:5:2])


def test_causal_layers_end_with_their_window() -> None:
    columns = arranged("8 conv:2,p=causal,d=4").columns
    assert list(columns[0].along.values()) == list(columns[1].along.values())


@pytest.mark.parametrize(("length", "shown"), [(24, 24), (25, 22), (1000, 22)])
def test_elision(length: int, shown: int) -> None:
    column = arranged(f"{length} fc:2").columns[0]
    assert len(column.along) == shown
    assert len(column.dots) == (length > 24)
    names = list(column.along)
    assert (names[0], names[-1]) == ("x1", f"x{length}")


def test_elision_is_the_same_for_layers_of_one_frame() -> None:
    seen = view(build(parse("100 conv:3,p=1 conv:5,p=2")[0]))
    columns = Arrangement(seen, 24, None).columns
    assert [list(column.along.values()) for column in columns[1:]] == [list(columns[0].along.values())] * 2


def test_a_short_layer_over_a_long_one_is_shown_whole() -> None:
    columns = arranged("100 conv:91").columns
    assert [len(column.along) for column in columns] == [22, 10]


def test_stubs_run_along_the_arrows_of_their_weight() -> None:
    scene = scene_of("100 conv:3")
    ends = {unit.id: (unit.x, unit.y) for unit in scene.units} | {dot.id: (dot.x, dot.y) for dot in scene.dots}
    slopes: dict[str, set[float]] = {}
    for line in scene.lines:
        (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
        slopes.setdefault(line.colour, set()).add(round(math.degrees(math.atan2(y1 - y0, x1 - x0)), 3))
    assert any(line.stub for line in scene.lines)
    assert [len(angles) for angles in slopes.values()] == [1, 1, 1]


def rectangles(scene: Scene) -> list[tuple[str, float, float, float, float]]:
    found = [(unit.id, unit.x, unit.y, scene.diameter, scene.diameter) for unit in scene.units]
    for text in scene.texts:
        width, height = text.measure()
        x = text.x + width / 2 if text.align == "start" else text.x
        found.append((text.text, x, text.y, width, height - (LEADING - 1) * text.size))
    return found


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("text", NETWORKS)
def test_nothing_overlaps_or_is_cut_off(text: str, direction: str) -> None:
    panels = [f"A panel title, number {n}" for n in range(text.count("//") + 1)]
    show = ("values", "bias") if "values" in text else ("bias",)
    scene = scene_of(text, direction=direction, title="A title", panel_titles=panels, show=show)
    found = rectangles(scene)
    for _, x, y, width, height in found:
        assert -0.01 <= x - width / 2 <= x + width / 2 <= scene.width + 0.01
        assert -0.01 <= y - height / 2 <= y + height / 2 <= scene.height + 0.01
    for (one, x0, y0, w0, h0), (other, x1, y1, w1, h1) in itertools.combinations(found, 2):
        apart = abs(x0 - x1) >= (w0 + w1) / 2 - 0.01 or abs(y0 - y1) >= (h0 + h1) / 2 - 0.01
        assert apart, (one, other)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_arrows_pass_by_the_neighbours_of_their_ends(direction: str) -> None:
    scene = scene_of("9 fc:9 conv:3", direction=direction)
    ends = {unit.id: (unit.x, unit.y) for unit in scene.units}
    for line in scene.lines:
        (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
        length = math.hypot(x1 - x0, y1 - y0)
        for unit in scene.units:
            along = ((unit.x - x0) * (x1 - x0) + (unit.y - y0) * (y1 - y0)) / length
            aside = abs((unit.x - x0) * (y1 - y0) - (unit.y - y0) * (x1 - x0)) / length
            if unit.id not in (line.tail, line.head) and 0 < along < length:
                assert aside > scene.diameter / 2


def test_panels_stand_in_columns() -> None:
    scene = scene_of("2 fc:2 // 2 fc:2 // 2 fc:2", columns=2, captions=False)
    assert len({round(unit.x) for unit in scene.units}) == 4
    with pytest.raises(DrawingError, match="2 panel titles for 3 panels"):
        scene_of("2 // 2 // 2", panel_titles=("a", "b"))


def test_layer_titles_and_boxes() -> None:
    scene = scene_of("5 conv:3", layer_titles=("first", "second"), boxes=("y",))
    assert {"first", "second"} <= {text.text for text in scene.texts}
    assert len([box for box in scene.boxes if box.stroke]) == 1
    with pytest.raises(DrawingError, match='named "z"'):
        scene_of("5 conv:3", boxes=("z",))
    with pytest.raises(DrawingError, match="3 layer titles for 2 layers"):
        scene_of("5 conv:3", layer_titles=("a", "b", "c"))


def test_dense_scenes() -> None:
    assert scene_of("26 fc:26", max_units=0).arrows
    assert not scene_of("27 fc:27", max_units=0).arrows
    assert HEADED_ARROWS < 27 * 27
    scene = scene_of("75 fc:75", max_units=0)
    assert scene.dense
    assert len(scene.lines) == 75 * 75 > TIPPED_ARROWS
    assert not any(line.id for line in scene.lines)
    with pytest.raises(DrawingError, match="5,625 connections to draw; at most 100"):
        scene_of("75 fc:75", max_units=0, max_edges=100)


def test_a_figure_has_limits() -> None:
    with pytest.raises(DrawingError, match="1,000,000 points long"):
        scene_of("700000", max_units=0)


def keys_of(text: str, **options: object) -> list[Bar | Swatches]:
    chosen = Options(**options)  # type: ignore[arg-type]  # any option
    panels = [Arranged.of(view(build(network)), chosen) for network in parse(text)]
    return paint([(panel.view, panel.whole) for panel in panels], chosen)[1]


def test_colours_tell_which_weight_it_is() -> None:
    (key,) = keys_of("9 conv:3 conv:2")
    assert isinstance(key, Swatches)
    assert [label for _, label in key.items] == ["w₁", "w₂", "w₃"]
    colours = {line.tip.split(": ")[1]: line.colour for line in scene_of("9 conv:3").lines}
    assert len(set(colours.values())) == 3
    own = scene_of("7 sparse:3").lines
    assert len({line.colour for line in own}) == len(own)


@pytest.mark.parametrize("mode", COLOR_BY)
def test_equal_weights_have_equal_colours(mode: str) -> None:
    for line, other in itertools.combinations(scene_of("6 conv:3,w=1/-0.5/1", color_by=mode).lines, 2):
        if line.classes == other.classes:
            assert line.colour == other.colour


def test_elision_does_not_hide_that_weights_are_shared() -> None:
    (key,) = keys_of("30 conv:3", max_units=3)
    assert isinstance(key, Swatches)
    assert len(key.items) == 3


def test_given_weights_show_their_value() -> None:
    (key,) = keys_of("6 conv:3,w=1/0/-0.5")
    assert key == Bar("weight", LIGHT.diverging_table, ("−1", "0", "1"))
    (key,) = keys_of("6 conv:3,w=1/0/-0.5", vmax=2)
    assert key.labels == ("−2", "0", "2")  # type: ignore[union-attr]  # a bar
    with pytest.raises(DrawingError, match=r"vmin \(3\) must be less than vmax \(2\)"):
        keys_of("6 conv:3,w=1/0/-0.5", vmin=3, vmax=2)
    assert len(keys_of("6 conv:3,w=1/0/-0.5 fc:2")) == 2


def test_other_modes() -> None:
    assert len({line.colour for line in scene_of("4x4 conv:1,g=2,c=4", color_by="group").lines}) == 2
    assert len({line.colour for line in scene_of("4 fc:4 fc:4", color_by="layer").lines}) == 2
    assert len({line.colour for line in scene_of("4 fc:4 fc:4", color_by="none").lines}) == 1
    assert len({line.colour for line in scene_of("6 conv:3,w=1/0/-1", color_by="sign").lines}) == 3


def test_a_pool_shows_who_won() -> None:
    scene = scene_of("4,values=1/5/2/2 maxpool:2", show=("values",))
    ends = {unit.id: unit.tip for unit in scene.units}
    wide = [ends[line.tail] for line in scene.lines if line.width > 2]
    assert wide == ["x2 = 5", "x3 = 2"]


def test_biases_are_drawn_when_asked() -> None:
    text = "4 conv:2,bias fc:2,bias"
    assert len(scene_of(text, show=("bias",)).units) == len(scene_of(text).units) + 2
    assert len(scene_of(text, show=("bias",)).lines) == len(scene_of(text).lines) + 3 + 2


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_colours_go_to_oklab_and_back(channels: tuple[float, float, float]) -> None:
    colour = encoded(*channels)
    assert rgb(lab(colour)) == colour


@given(st.tuples(*[st.floats(0, 1)] * 3), st.sampled_from(["#ffffff", "#14171c", "#000000", "#777777"]))
def test_every_colour_can_be_made_legible(channels: tuple[float, float, float], background: str) -> None:
    assert contrast(legible(encoded(*channels), background), background) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_themes_are_legible_and_safe_for_the_colour_blind(theme: Theme) -> None:
    lines = [*theme.palette, *theme.sweep_table, *theme.diverging_table, theme.faint]
    assert min(contrast(colour, theme.background) for colour in lines) >= 3
    assert min(contrast(colour, theme.background) for colour in (theme.ink, theme.muted)) >= 4.5
    for one, other in itertools.combinations(theme.palette, 2):
        assert min(math.dist(lab(simulated(one, sight)), lab(simulated(other, sight))) for sight in SIGHTS) > 0.08


# Machado, Oliveira and Fernandes (2009), severity 1: normal sight, protanopia, deuteranopia.
SIGHTS = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
)


def simulated(colour: str, sight: tuple[tuple[float, ...], ...]) -> str:
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    seen = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in sight)
    return encoded(*(min(1.0, max(0.0, channel)) ** (1 / 2.2) for channel in seen))


def test_named_colormaps() -> None:
    assert len(named_table("viridis", "#ffffff")) == STEPS
    assert min(contrast(colour, "#ffffff") for colour in named_table("coolwarm", "#ffffff")) >= 3
    with pytest.raises(DrawingError, match='did you mean "viridis"'):
        named_table("virdis", "#ffffff")


@pytest.mark.parametrize(("face", "file"), [("regular", "Regular"), ("italic", "It"), ("semibold", "Semibold")])
def test_text_is_as_wide_as_in_the_font(face: str, file: str) -> None:
    font = TTFont(Path(DATA) / "fonts" / f"SourceSans3-{file}.otf")
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    runs = {first + n: width for first, widths in _runs()[face] for n, width in enumerate(widths)}
    assert runs == {code: advances[glyph][0] for code, glyph in glyphs.items() if 32 <= code <= 0x25FF}
    assert text_width("日", 10, face) == 10


def test_wrapping_loses_nothing() -> None:
    text = "a title of several words, one of them immeasurably-long"
    assert wrapped(text, 60, 12).replace("\n", " ") == text
    assert wrapped("", 60, 12) == ""


def test_unusual_graphs_are_drawn() -> None:
    graph: nx.MultiDiGraph[object] = nx.MultiDiGraph()
    graph.add_node(("a", 1), layer=0)
    graph.add_node(2.5, layer=2, position=7)
    graph.add_edge(("a", 1), 2.5)
    scene = compose_figure(graph, Options())
    assert len(scene.units) == 2
    assert len(scene.lines) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"direction": "UP"}, "unknown direction"),
        ({"color_by": "wieght"}, 'did you mean "weight"'),
        ({"colormap": ""}, "has no name"),
        ({"show": ("values",)}, "no values to show"),
        ({"theme": "drak"}, 'did you mean "dark"'),
        ({"anchor": "middle"}, "unknown anchor"),
        ({"show": ("value",)}, 'did you mean "values"'),
        ({"columns": -1}, "columns must be 0 or more"),
        ({"vmin": math.nan}, "vmin must be a finite number"),
        ({"dpi": 0.0}, "dpi must be more than 0"),
        ({"title": "x" * 1001}, "1,001 characters"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        scene_of("3 fc:2", **options)
