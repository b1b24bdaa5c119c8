"""What colours mean: each mode, the scale of weights, and the keys of the legend."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import Arrow, arrow_of, compose_figure, wired

from connectivity import DrawingError
from connectivity.colour.entries import OWN, OWN_OF, Found, entries
from connectivity.colour.keys import Bar, Key, Swatches
from connectivity.colour.paint import MOST_SWATCHES, Painted, Painter, paint
from connectivity.colour.spaces import STEPS, contrast, lab, named_table
from connectivity.colour.squares import wheel_colours
from connectivity.colour.themes import DARK, LIGHT, Stroke
from connectivity.errors import AlikeColours
from connectivity.figure import Figure
from connectivity.graphs.wiring import Wiring
from connectivity.options import COLOR_BY, Options
from connectivity.typeset.text import short, subscripted

LONE = "6 sparse:1,w=-2/0/1/0/1/0"
MANY = "shared weights, tap by tap"


def painted(text: str, **options: object) -> tuple[list[tuple[Arrow, Stroke]], list[Key]]:
    """Every arrow of a figure with its stroke, and the keys."""
    chosen = Options(**options)  # type: ignore[arg-type]  # any option
    wirings = [wired(panel) for panel in text.split(" // ")]
    painters, keys, _ = paint([Painted(wiring, wiring.ranks, chosen) for wiring in wirings], chosen)
    return [pair for each in zip(wirings, painters, strict=True) for pair in strokes(*each)], keys


def strokes(wiring: Wiring, painter: Painter) -> list[tuple[Arrow, Stroke]]:
    found = []
    for connection in wiring.ranks:
        stroke = painter(connection)
        assert stroke is not None
        found.append((arrow_of(wiring, connection), stroke))
    return found


def colours_by_parameter(pairs: Sequence[tuple[Arrow, Stroke]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for arrow, stroke in pairs:
        found.setdefault(str(arrow.parameter), set()).add(stroke.colour)
    return found


def test_parameter_gives_each_shared_weight_a_colour_in_the_order_of_the_taps() -> None:
    pairs, keys = painted("9 conv:3", color_by="parameter")
    found = colours_by_parameter(pairs)
    assert found == {f"y.weight[0,0,{tap}]": {LIGHT.palette[tap]} for tap in range(3)}
    assert keys == [Swatches("shared weights", tuple(zip(LIGHT.pens, ("w₁", "w₂", "w₃"), strict=False)))]


@pytest.mark.parametrize("kernel", [7, 8, 12, 13])
def test_a_layer_with_more_weights_than_the_palette_has_a_wheel_then_a_sweep(kernel: int) -> None:
    pairs, keys = painted(f"30 conv:{kernel}", color_by="parameter")
    colours = set.union(*colours_by_parameter(pairs).values())
    assert len(colours) == kernel
    if kernel <= len(LIGHT.palette):
        assert colours == set(LIGHT.palette[:kernel])
    elif kernel <= MOST_SWATCHES:
        assert min(math.dist(lab(one), lab(other)) for one, other in itertools.combinations(colours, 2)) >= 0.1
        assert min(contrast(colour, LIGHT.background) for colour in colours) >= 3
        assert [key.title for key in keys] == ["shared weights"]
    else:
        assert colours <= set(LIGHT.sweep_table)
        assert [key.title for key in keys] == [MANY]


def test_the_taps_of_one_kernel_are_told_apart_among_many_channels() -> None:
    """Of each pair of channels they are a third of the colours apart; neighbours are the same tap of other kernels."""
    pairs, keys = painted("4x9 conv:3,c=4", color_by="parameter")
    assert keys == [Bar(MANY, LIGHT.sweep_table, ())]
    place = {colour: number for number, colour in enumerate(LIGHT.sweep_table)}
    taps: dict[str, list[int]] = {}
    for arrow, stroke in pairs:
        taps.setdefault(str(arrow.parameter)[-2], []).append(place[stroke.colour])
    ranges = [(min(found), max(found)) for _, found in sorted(taps.items())]
    assert len(ranges) == 3
    assert ranges[0][1] < ranges[1][0] <= ranges[1][1] < ranges[2][0]


def test_on_paper_many_shared_weights_are_told_by_their_place_in_the_kernel() -> None:
    pairs, keys = painted("4x9 conv:3,c=4", color_by="parameter", theme="print")
    assert [key.title for key in keys] == ["place in the kernel"]
    styles = {str(arrow.parameter)[-2]: (stroke.style, stroke.width) for arrow, stroke in pairs}
    assert len(set(styles.values())) == len(styles) == 3


@pytest.mark.parametrize("text", ["4 fc:3", "7 sparse:3", "5 conv:5", "9 sparse:2,p=1"])
def test_weights_that_nobody_shares_have_a_colour_each(text: str) -> None:
    pairs, keys = painted(text, color_by="parameter")
    assert len({stroke.colour for _, stroke in pairs}) == len(pairs)
    (key,) = keys
    assert isinstance(key, Swatches)
    assert (key.title, key.items[0]) == (OWN, (pairs[0][1], ""))
    samples = {stroke for stroke, _ in key.items}
    assert len(samples) == len(key.items) == min(6, len(pairs))
    assert samples <= {stroke for _, stroke in pairs}


def test_the_tenth_weight_comes_after_the_second() -> None:
    pairs, _ = painted("40 conv:12", color_by="parameter")
    found = colours_by_parameter(pairs)
    assert [found[f"y.weight[0,0,{tap}]"].copy().pop() for tap in range(12)] == wheel_colours(12, LIGHT)


def test_weights_run_from_negative_over_zero_to_positive() -> None:
    pairs, keys = painted(LONE, color_by="weight")
    strokes = {arrow.weight: stroke for arrow, stroke in pairs}
    table = LIGHT.diverging_table
    assert strokes[-2.0].colour == table[0]
    assert strokes[0.0].colour == table[STEPS // 2]
    assert strokes[1.0].colour == table[3 * STEPS // 4]
    assert strokes[-2.0].width > strokes[1.0].width > strokes[0.0].width > 0
    assert keys == [Bar("weight", table, ("−2", "0", "2"))]


@pytest.mark.parametrize(
    ("options", "labels", "indices"),
    [
        ({"vmax": 4.0}, ("−4", "0", "4"), (64, 128, 160)),
        ({"vmin": -4.0}, ("−4", "0", "4"), (64, 128, 160)),
        ({"vmin": 0.0, "vmax": 1.0}, ("≤ 0", "1"), (0, 0, 255)),
        ({"vmin": -1.0, "vmax": 3.0}, ("≤ −1", "3"), (0, 64, 128)),
        ({"vmin": 0.0}, ("≤ 0", "2"), (0, 0, 128)),
        ({"vmax": -1.0}, ("−2", "≥ −1"), (0, 255, 255)),
        ({"vmin": -0.5, "vmax": 0.5}, ("≤ −0.5", "0", "≥ 0.5"), (0, 128, 255)),
    ],
)
def test_limits_of_the_scale(options: dict[str, object], labels: tuple[str, ...], indices: tuple[int, ...]) -> None:
    pairs, keys = painted(LONE, **options)
    assert keys == [Bar("weight", LIGHT.diverging_table, labels)]
    found = {arrow.weight: stroke.colour for arrow, stroke in pairs}
    assert [found[weight] for weight in (-2.0, 0.0, 1.0)] == [LIGHT.diverging_table[index] for index in indices]


@pytest.mark.parametrize(("vmin", "vmax"), [(1.0, 1.0), (2.0, 1.0)])
def test_limits_that_contradict_each_other(vmin: float, vmax: float) -> None:
    """Whether or not any weight is shown by its value."""
    with pytest.raises(DrawingError, match=r"vmin .* must be less than vmax"):
        painted("6 conv:3", color_by="layer", vmin=vmin, vmax=vmax)


def test_a_limit_beyond_all_weights() -> None:
    with pytest.raises(DrawingError, match=r"vmax -5 leaves no range: the other end is -2, .*; give vmin as well"):
        painted(LONE, vmax=-5.0)
    with pytest.raises(DrawingError, match=r"vmin 3 leaves no range: the other end is 2, .*; give vmax as well"):
        painted(LONE, vmin=3.0)


def test_one_scale_for_all_panels() -> None:
    pairs, keys = painted("1 fc:1,w=0.5 // 1 fc:1,w=2", color_by="weight")
    assert [len(keys), keys[0]] == [1, Bar("weight", LIGHT.diverging_table, ("−2", "0", "2"))]
    assert {arrow.weight: stroke.colour for arrow, stroke in pairs} == {
        0.5: LIGHT.diverging_table[STEPS * 5 // 8],
        2.0: LIGHT.diverging_table[-1],
    }


def test_all_weights_zero() -> None:
    pairs, keys = painted("2 fc:1,w=0/0", color_by="weight")
    assert {stroke.colour for _, stroke in pairs} == {LIGHT.diverging_table[STEPS // 2]}
    assert keys == [Bar("weight", LIGHT.diverging_table, ("−1", "0", "1"))]


def test_signs() -> None:
    pairs, keys = painted("6 conv:4,w=-2/-0.001/0/7", color_by="sign")
    negative, zero, positive = LIGHT.diverging
    assert {arrow.weight: stroke.colour for arrow, stroke in pairs} == {
        -2.0: negative, -0.001: negative, 0.0: zero, 7.0: positive,
    }  # fmt: skip
    names = ((Stroke(negative), "negative"), (Stroke(positive), "positive"), (Stroke(zero), "zero"))
    assert keys == [Swatches("weight", names)]
    _, keys = painted("6 conv:3,w=-2/-0.001/7 // 3 fc:2,w=1/2/3/4/5/0", color_by="sign")
    assert keys == [Swatches("weight", names)]
    _, keys = painted("6 conv:3,w=-2/-0.001/7", color_by="sign")
    assert keys == [Swatches("weight", names[:2])]


def test_layers_and_none() -> None:
    pairs, keys = painted("4 fc:3 conv:2 fc:1", color_by="layer")
    assert {(arrow.layer, stroke.colour) for arrow, stroke in pairs} == set(enumerate(LIGHT.palette[:3], start=1))
    assert keys == []
    pairs, keys = painted("4 fc:3 conv:2,w=1/2", color_by="none")
    assert ({stroke.colour for _, stroke in pairs}, keys) == ({LIGHT.muted}, [])


def test_layers_along_a_colormap() -> None:
    pairs, _ = painted("4 fc:3 conv:2 fc:1", color_by="layer", colormap="viridis")
    table = named_table("viridis", "#ffffff")
    found = {arrow.layer: stroke.colour for arrow, stroke in pairs}
    assert found == {1: table[0], 2: table[128], 3: table[255]}
    scene = compose_figure("4 fc:3 fc:2", Options(color_by="layer", fill="layer", colormap="viridis"))
    fills = {unit.fill for unit in scene.units if unit.classes.endswith(("layer1", "layer2"))}
    assert {LIGHT.pale(table[0]), LIGHT.pale(table[255])} <= fills | {unit.fill for unit in scene.units}


@pytest.mark.parametrize("mode", ["layer", "group"])
def test_more_layers_and_groups_than_the_palette_have_a_colour_each(mode: str) -> None:
    text = "2" + 9 * " fc:2" if mode == "layer" else "9x2 conv:2,g=9"
    pairs, keys = painted(text, color_by=mode)
    assert len({stroke.colour for _, stroke in pairs}) == 9
    if mode == "group":
        (key,) = keys
        assert [label for _, label in getattr(key, "items", ())] == list("123456789")


def test_many_groups_have_a_bar() -> None:
    _, keys = painted("20x2 conv:2,g=20", color_by="group")
    assert keys == [Bar("group", LIGHT.sweep_table, ("1", "20"))]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("30 conv:14", {"colormap": "tab10"}, "colormap tab10 has 10 colours for 14 weights: some look the same"),
        ("6 fc:6", {"colormap": "Set2"}, "colormap Set2 has 8 colours for 36 weights"),
        ("16 fc:2", {"colormap": "gray"}, "colormap gray has 19 colours for 32 weights"),
        ("2" + 9 * " fc:2", {"color_by": "layer", "colormap": "Set2"}, "has 8 colours for 9 layers"),
        ("2" + 9 * " fc:2", {"color_by": "layer", "theme": "print"}, "theme print has 7 line styles for 9 layers"),
        ("9x2 conv:2,g=9", {"color_by": "group", "theme": "print"}, "theme print has 7 line styles for 9 groups"),
    ],
)
def test_colours_that_are_too_few_are_said(text: str, options: dict[str, object], words: str) -> None:
    with pytest.warns(AlikeColours, match=words):
        painted(text, **options)


def test_colours_that_suffice_need_no_words() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        painted("30 conv:10", colormap="tab10")
        painted("16 fc:16", colormap="viridis")


def test_groups() -> None:
    pairs, keys = painted("4x3 conv:2,c=8,g=2", color_by="group")
    for arrow, stroke in pairs:
        channel = int(str(arrow.target)[2:].split(",")[0])
        assert stroke.colour == LIGHT.palette[(channel - 1) // 4]
    assert keys == [Swatches("group", ((LIGHT.pens[0], "1"), (LIGHT.pens[1], "2")))]
    assert painted("4 conv:2", color_by="group")[1] == []


def test_unless_asked_a_layer_shows_values_only_where_they_were_given() -> None:
    pairs, keys = painted("9 conv:3,w=1/0/-1 conv:2 fc:2")
    titles = [key.title for key in keys]
    assert titles == ["kernel of h1", "shared weights of h2", "every connection of y has its own weight"]
    by_layer = {layer: {s.colour for a, s in pairs if a.layer == layer} for layer in (1, 2, 3)}
    assert by_layer[1] <= set(LIGHT.diverging_table)
    assert by_layer[2] == set(LIGHT.palette[:2])
    assert not by_layer[3] & (by_layer[1] | by_layer[2])


def test_the_scale_knows_only_weights_that_it_colours() -> None:
    _, keys = painted("3 fc:1,w=1/0/-1 fc:50")
    assert keys[0] == Bar("weights of h1", LIGHT.diverging_table, ("−1", "0", "1"))
    _, keys = painted("3 fc:1,w=0.1/0/-0.1 fc:2")
    assert keys[0] == Bar("weights of h1", LIGHT.diverging_table, ("−0.1", "0", "0.1"))


def test_a_kernel_of_given_weights_is_listed_tap_by_tap() -> None:
    pairs, keys = painted("9 conv:3,w=1/0/-1")
    strokes = {arrow.weight: stroke for arrow, stroke in pairs}
    assert keys == [Swatches("kernel", ((strokes[1.0], "1"), (strokes[0.0], "0"), (strokes[-1.0], "−1")))]
    assert [key.title for key in painted("9 conv:3,w=1/0/-1 conv:2,w=1/2")[1]] == ["kernel of h1", "kernel of y"]
    assert [key.title for key in painted("30 conv:12,w=" + "/".join("1" * 12))[1]] == ["weight"]
    (key,) = painted("9 conv:3,w=1/0/-1", edge_labels="letter")[1]
    assert isinstance(key, Swatches)
    assert [label for _, label in key.items] == ["a = 1", "b = 0", "c = −1"]


def test_keys_are_said_once_and_the_longer_one_covers_the_shorter() -> None:
    _, keys = painted("9 conv:2 conv:4 conv:3 // 5 fc:3 // 5 sparse:3")
    assert [key.title for key in keys] == ["shared weights of each layer", OWN]
    assert isinstance(keys[0], Swatches)
    assert [label for _, label in keys[0].items] == ["w₁", "w₂", "w₃", "w₄"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("12 conv:8 conv:2 conv:2", ["shared weights of h1", "shared weights of each of h2 and y"]),
        ("12 conv:8 conv:2 fc:2", ["shared weights of h1", "shared weights of h2", OWN_OF.format("y")]),
        ("12 conv:2 fc:3 fc:2", ["shared weights of h1", OWN_OF.format("h2 and y")]),
        ("9 conv:3 conv:3", ["shared weights of each layer"]),
        ("9 conv:3 maxpool:2 fc:2", ["shared weights of h1", OWN_OF.format("y")]),
        ("9 conv:3 // 9 sparse:3", ["shared weights", OWN]),
        ("9 fc:3 fc:2 // 9 fc:3 // 9 conv:3", [OWN, "shared weights"]),
        ("9 conv:3 // 20 conv:9", ["shared weights of y in panel 1", "shared weights of y in panel 2"]),
        ("5 fc:1,w=1/2/3/4/5 fc:3", ["weights of h1", OWN_OF.format("y")]),
        ("40 conv:14 fc:3", ["shared weights of h1, tap by tap", OWN_OF.format("y")]),
    ],
)
def test_every_layer_that_is_coloured_is_named(text: str, titles: list[str]) -> None:
    assert [key.title for key in painted(text)[1]] == titles


BAR, TWO = Bar("shared weights", ("#000000",), ()), Swatches("shared weights", ((Stroke("#000000"), "a"),))


@pytest.mark.parametrize(
    ("found", "titles"),
    [
        ([(0, "h", BAR), (0, "y", TWO)], ["shared weights of h", "shared weights of y"]),
        ([(0, "h", BAR), (0, "y", BAR)], ["shared weights of each layer"]),
        ([(0, "h", TWO), (1, "h", BAR)], ["shared weights of h in panel 1", "shared weights of h in panel 2"]),
        (
            [(0, "h", TWO), (1, "h", TWO), (2, "h", BAR)],
            ["shared weights of h in panels 1 and 2", "shared weights of h in panel 3"],
        ),
        ([(0, "h", TWO), (1, "y", TWO)], ["shared weights"]),
        ([(0, "h", TWO), (0, "y", TWO)], ["shared weights of each layer"]),
        ([(0, "", TWO), (0, "", BAR)], ["shared weights", "shared weights"]),
        ([(0, "h", TWO), (0, "y", TWO._replace(title="kernel"))], ["shared weights of h", "kernel of y"]),
    ],
)
def test_keys_are_put_together(found: list[tuple[int, str, Key]], titles: list[str]) -> None:
    assert [key.title for key in entries([Found(*each) for each in found])] == titles


def test_weights_of_a_panel_behind_one_without_any_are_on_the_scale() -> None:
    _, keys = painted("6 conv:3 // 1 fc:1,w=2 // 4 maxpool:2 // 1 fc:1,w=-5")
    assert keys[-1] == Bar("weight", LIGHT.diverging_table, ("−5", "0", "5"))


@pytest.mark.parametrize("text", ["3x5 conv:3,g=3,p=1 conv:1,c=3", "2x9 conv:5", "20 conv:12"])
def test_weights_are_listed_in_their_order(text: str) -> None:
    for key in painted(text)[1]:
        assert isinstance(key, Swatches)
        assert [label for _, label in key.items] == [subscripted("w", n) for n in range(1, len(key.items) + 1)]


def test_branches_side_by_side_have_no_colour_in_common() -> None:
    """Nine weights at one level, of which the palette has room for six."""
    scene = compose_figure("x=6 a=conv:2 b=conv:4,from=x c=conv:3,p=1,from=x", Options())
    by_layer: dict[str, set[str]] = {}
    for line in scene.lines:
        if line.classes.startswith("edge"):
            by_layer.setdefault(line.classes.split()[1], set()).add(line.colour)
    assert sorted(map(len, by_layer.values())) == [2, 3, 4]
    assert len(set().union(*by_layer.values())) == 9


def test_what_a_legend_lists_are_the_colours_of_its_layer() -> None:
    pairs, keys = painted("3x5 conv:3,g=3,p=1")
    found = colours_by_parameter(pairs)
    (key,) = keys
    assert isinstance(key, Swatches)
    names = [f"y.weight[{channel},0,{tap}]" for channel in range(3) for tap in range(3)]
    assert [{stroke.colour} for stroke, _ in key.items] == [found[name] for name in names]


@pytest.mark.parametrize("mode", [mode for mode in COLOR_BY if mode not in ("layer", "group")])
@pytest.mark.parametrize("pool", ["maxpool:2", "avgpool:2"])
def test_a_pool_has_no_weights_to_show(mode: str, pool: str) -> None:
    pairs, keys = painted(f"6 {pool}", color_by=mode)
    assert ({stroke.colour for _, stroke in pairs}, keys) == ({LIGHT.muted}, [])


def test_named_colormaps() -> None:
    pairs, keys = painted("2 fc:1,w=-1/1", colormap="viridis")
    assert pairs[0][1].colour == "#440154"
    assert isinstance(keys[0], Bar)
    assert keys[0].colours[0] == "#440154"
    pairs, _ = painted("5 conv:2", colormap="viridis")
    assert pairs[0][1].colour == "#440154"
    with pytest.raises(DrawingError, match="unknown colormap"):
        painted("5 conv:2", colormap="nothing-like-it")


def test_the_dark_theme_has_its_own_colours() -> None:
    pairs, _ = painted("9 conv:3", theme="dark")
    assert {stroke.colour for _, stroke in pairs} == set(DARK.palette[:3])


networks = st.sampled_from(
    ["9 conv:3", "2x6 conv:3,c=2 conv:2", "9 conv:3,w=1/-0.5/1 fc:3", "6 sparse:2 fc:2", "20 conv:9", "8 conv:2,tie=2"]
)


@given(networks, st.sampled_from(COLOR_BY), st.sampled_from(["light", "dark"]))
@settings(max_examples=60)
def test_one_weight_has_one_colour_that_is_seen(text: str, mode: str, theme: str) -> None:
    pairs, _ = painted(text, color_by=mode, theme=theme)
    background = {"light": LIGHT, "dark": DARK}[theme].background
    if mode != "group":
        assert all(len(found) == 1 for found in colours_by_parameter(pairs).values())
    assert min(contrast(colour, background) for colour in {stroke.colour for _, stroke in pairs}) >= 3


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6))
@settings(max_examples=60)
def test_equal_values_have_equal_strokes_and_order_is_kept(values: list[float]) -> None:
    kernel = "/".join(f"{value!r}" for value in values)
    pairs, _ = painted(f"8 conv:{len(values)},w={kernel}", color_by="weight")
    place = LIGHT.diverging_table.index
    found = sorted((arrow.weight or 0.0, place(stroke.colour)) for arrow, stroke in pairs)
    assert len({weight for weight, _ in found}) == len(set(found))
    assert [index for _, index in found] == sorted(index for _, index in found)


def test_a_graph_without_parameters_is_coloured_by_weight() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("a", layer=0)
    graph.add_node("b", layer=1)
    graph.add_edge("a", "b", weight=-3)
    scene = compose_figure(graph, Options(color_by="parameter"))
    assert scene.lines[0].colour == LIGHT.diverging_table[0]


def test_the_legend_says_what_the_colours_are() -> None:
    scene = compose_figure("9 conv:3", Options())
    legend = [text.text for text in scene.texts if text.classes == "legend"]
    assert legend == ["shared weights", "w₁", "w₂", "w₃"]
    assert [box.fill for box in scene.boxes] == list(LIGHT.palette[:3])
    bar = compose_figure("3 fc:1,w=1/0/-0.25", Options())
    assert [text.text for text in bar.texts if text.classes == "legend"] == ["weight", "−1", "0", "1"]
    (ramp,) = (shape.ramp for shape in bar.shapes if shape.classes == "bar")
    assert (ramp[0], ramp[-1]) == ((0.0, LIGHT.diverging[0]), (1.0, LIGHT.diverging[2]))


def test_a_figure_without_a_legend() -> None:
    scene = compose_figure("9 conv:3", Options(legend=False))
    assert not [text for text in scene.texts if text.classes == "legend"]
    assert not scene.boxes


def test_maximum_pools_emphasise_the_first_of_the_largest() -> None:
    scene = compose_figure("4,values=2/2/-1/-3 maxpool:2", Options(show=("values",)))
    names = {unit.id: unit.tip.split(" ")[0] for unit in scene.units}
    strong = [names[line.tail] for line in scene.lines if line.colour == LIGHT.ink]
    assert strong == ["x1", "x3"]
    assert {line.colour for line in scene.lines} == {LIGHT.ink, LIGHT.faint}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (1.0, "1"), (-0.5, "−0.5"), (1234567.0, "1.23e6"), (1e-9, "1e−9"), (2 / 3, "0.667")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_subscripts() -> None:
    assert subscripted("w", 1029) == "w₁₀₂₉"


def test_the_legend_lists_the_shared_weights_that_are_seen() -> None:
    scene = compose_figure("4x128 conv:3", Options(view="matrix"))
    swatches = {box.fill for box in scene.boxes}
    assert swatches == {cell.fill for cell in scene.cells}


@pytest.mark.parametrize(("text", "dots"), [("3 fc:2", 0), ("4 fc:2", 3)])
def test_samples_of_more_weights_than_there_are_samples_end_in_dots(text: str, dots: int) -> None:
    scene = Figure.of(text).scene()
    assert len([dot for dot in scene.dots if dot.diameter]) == dots
    assert len([box for box in scene.boxes if box.classes == "legend" or not box.classes]) == 6


def test_a_maximum_is_in_the_legend_where_its_line_is_drawn() -> None:
    def said(text: str) -> bool:
        figure = Figure.of(text).changed(show="values")
        return any("maximum pool" in one.text for one in figure.scene().texts if one.classes == "legend")

    assert said("4,values=1/2/3/4 maxpool:2")
    values = "/".join(map(str, range(16)))
    assert not said(f"2x8,values={values} conv:3,c=4,p=1 maxpool:2 fc:3")


def test_values_in_units_beside_cells_are_read_on_full_colours() -> None:
    values = "/".join(map(str, range(16)))
    scene = Figure.of(f"2x8,values={values} conv:3,c=4,p=1 maxpool:2 fc:3").changed(show="values").scene()
    assert scene.units
    assert all(contrast(unit.ink or scene.ink, unit.fill) >= 4.5 for unit in scene.units)
    assert any(unit.ink for unit in scene.units)
