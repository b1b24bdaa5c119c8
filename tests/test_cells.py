"""Networks of several channels as cells: which form is chosen, what is shown, what stands where."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from areas import bounds
from cellareas import cones_clear, of_kind, on_paper, problems, ribbons_clear
from conftest import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenes import compose_figure, wired

from connectivity import ConnectivityError, DrawingError, Figure, build, evaluate, parse
from connectivity.colour.themes import DARK, LIGHT
from connectivity.figure import Drawable
from connectivity.figures.subjects import NetworkSubject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.wiring import LayerView
from connectivity.layers.convolution import Convolution
from connectivity.layout.forms import Form, form_of, is_column, layer_pads, pairs
from connectivity.layout.selection import selected
from connectivity.layout.stretches import (
    ROWS,
    Stretch,
    channel_ranges,
    looked_at,
    position_ranges,
    relation,
    runs_of,
    seen_alone,
    shortened,
    united,
)
from connectivity.network import Network
from connectivity.options import Options
from connectivity.scene import Scene, Shape

pytestmark = pytest.mark.filterwarnings("ignore::connectivity.errors.NoEffect")  # every option is tried

DIRECTIONS = ("LR", "RL", "TB", "BT")
CNN = "2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8,g=2 relu maxpool:2 fc:16 relu fc:3"
UNET = (
    "2x32 a=conv:3,c=4,p=1 relu maxpool:2 b=conv:3,c=8,p=1 relu maxpool:2 conv:3,c=16,p=1 relu "
    "convtranspose:2,s=2,c=8 concat:b conv:3,c=8,p=1 relu convtranspose:2,s=2,c=4 concat:a conv:3,c=4,p=1 relu conv:1,c=2"
)
INCEPTION = (
    "x=4x16 a=conv:1,c=4 b=conv:3,p=1,c=16,from=x d=conv:5,p=2,c=4,from=x e=maxpool:3,s=1,p=1,from=x concat:a/b/d"
)
RESIDUAL = "4x32 a=conv:3,c=8,p=1 relu conv:3,c=8,p=1 relu conv:3,c=8,p=1 add:a relu globalavgpool fc:3"
DENSE = "x=4x16 a=conv:3,c=4,p=1 b=concat:x conv:3,c=4,p=1 concat:b conv:3,c=4,p=1"
TWO_INPUTS = "a=2x16 h=conv:3,c=4,p=1 relu b=input:3x16 conv:3,c=4,p=1 relu mul:h conv:3,c=2,p=1 flatten fc:3"
SQUEEZED = "x=4x32 h=conv:3,c=4,p=1 globalavgpool fc:2 relu fc:4 sigmoid reshape:4x1 mul:h conv:3,c=2"
LEFT_OUT = "3x64 conv:3,c=4,p=1 relu ... conv:3,c=4,p=1 globalavgpool fc:5"
LANES = "3x8 conv:3,p=1,g=3 conv:1,c=4"
BANDS = "4x8 conv:3,g=4,c=8,p=1"
VALUED: dict[str, Any] = {"units": "cells", "valued": True}
FOCUSED: dict[str, Any] = {"focus": ("y[1,3]",)}

EVERY = {
    "one": "2x8 conv:3,c=4,s=2,p=1",
    "tall kernels": "8x9 conv:1,c=2",
    "taps": "6x6 conv,taps=-3/0/2,c=4",
    "pool": "4x10 maxpool:3,s=2,p=1",
    "upsample": "3x12 upsample:4",
    "lanes": LANES,
    "groups": "4x12 conv:3,c=4,g=2,p=1",
    "cnn": CNN,
    "u-net": UNET,
    "inception": INCEPTION,
    "residual": RESIDUAL,
    "dense": DENSE,
    "two inputs": TWO_INPUTS,
    "squeezed": SQUEEZED,
    "left out": LEFT_OUT,
    "narrow": "2x100 adaptiveavgpool:5 conv:3,c=16,p=1 crop:1 globalavgpool fc:4",
    "share": "4x24 h=conv:3,c=4,p=1 relu conv:3,c=4,share=h,p=1 add:h",
    "ends": "x=4x96 a=conv:3,c=8,p=1 concat:x conv:3,c=2,p=1",
}


def scene_of(what: Drawable, **options: Any) -> Scene:
    return compose_figure(what, Options(**options))


def layers_of(text: str) -> list[LayerView]:
    (network,) = parse(text)
    return list(Blueprint(network).layers)


def form(text: str, valued: bool = False, **options: Any) -> Form:
    wiring, said = wired(text), Options(**options)
    return form_of(wiring.layers, said, selected(wiring.layers, lambda: wiring, said), valued)


# Which form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x8 conv:3,c=4,s=2,p=1", Form.DETAIL),
        ("2x9 conv:3,c=4,s=2,p=1", Form.DETAIL),
        ("2x10 conv:3,c=1,p=1", Form.CIRCLES),  # two pairs of channels, few connections
        ("2x12 conv:3,c=1,p=1", Form.DETAIL),  # ... and many of them
        ("2x10 conv:3,c=1,d=2", Form.CIRCLES),
        ("2x8 conv:1,c=2", Form.DETAIL),
        ("4x12 conv:3,p=1,g=4", Form.LANES),
        (LANES, Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1", Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1 conv:1,c=4", Form.LANES),
        ("4x12 conv:3,c=4,g=2,p=1 conv:3,c=4", Form.NETWORK),  # what mixes is no line for each pair
        (CNN, Form.NETWORK),
        (UNET, Form.NETWORK),
        (INCEPTION, Form.NETWORK),
        (RESIDUAL, Form.NETWORK),
        ("2x100 conv:3,c=4,p=1", Form.NETWORK),  # too long for detail
        ("2x8 conv:3,c=16,p=1", Form.NETWORK),  # too many rows for it
        ("8 conv:3", Form.CIRCLES),
        ("8 conv:3 fc:2", Form.CIRCLES),
        ("784 fc:100 fc:10", Form.CIRCLES),
        ("32 conv:5,p=2 relu maxpool:2 conv:3 fc:4", Form.CIRCLES),
        ("12", Form.CIRCLES),
        ("3x4 fc:5", Form.CIRCLES),
    ],
)
def test_the_form_of_a_network(text: str, expected: Form) -> None:
    assert form(text) is expected


@pytest.mark.parametrize("view", ["matrix", "both"])
def test_a_matrix_is_of_single_units(view: str) -> None:
    assert form(CNN, view=view) is Form.CIRCLES


LIMITS = [
    # a network that still has a form, and one that is too large for it: as it is, as cells, or with known values
    ("lines: 60 of them", {}, "2x12 conv:3,c=1", Form.CIRCLES, "2x13 conv:3,c=1", Form.DETAIL),
    ("lines: 40 units", {}, "4x9 maxpool:3", Form.CIRCLES, "2x20 maxpool:2", Form.DETAIL),
    ("lines: chains", {}, f"4x9{' maxpool:1' * 3}", Form.CIRCLES, f"x=4x9{' maxpool:1' * 3} add:x", Form.NETWORK),
    ("lines: 16 units past others", {}, "x=4x3 maxpool:1 add:x", Form.CIRCLES, "x=2x8 maxpool:1 add:x", Form.NETWORK),
    ("detail: 26 positions", {}, "2x26 conv:3,c=4", Form.DETAIL, "2x27 conv:3,c=4", Form.NETWORK),
    ("detail: with padding", {}, "2x24 conv:3,c=4,p=1", Form.DETAIL, "2x25 conv:3,c=4,p=1", Form.NETWORK),
    ("detail: 8 channels", {}, "8x8 conv:3,c=4", Form.DETAIL, "9x8 conv:3,c=4", Form.NETWORK),
    ("detail: 8 channels behind it", {}, "2x8 conv:3,c=8", Form.DETAIL, "2x8 conv:3,c=9", Form.NETWORK),
    ("detail: 9 taps", {}, "2x20 conv:9,c=4", Form.DETAIL, "2x20 conv:10,c=4", Form.NETWORK),
    ("detail: two windows", {}, "2x8 conv:7,c=4", Form.DETAIL, "2x8 conv:8,c=4", Form.NETWORK),
    ("detail: one layer", {}, "2x9 conv:3,c=4", Form.DETAIL, "2x9 conv:3,c=4 conv:3,c=4", Form.NETWORK),
    ("detail: forwards", {}, "2x8 conv:3,c=4", Form.DETAIL, "2x8 convtranspose:3,c=4", Form.NETWORK),
    ("detail: no copies", {}, "3x20 maxpool:1", Form.DETAIL, "3x20 upsample:1", Form.DETAIL),
    ("detail: no copies of copies", {}, "3x20 upsample:1", Form.DETAIL, "3x12 upsample:2", Form.NETWORK),
    ("lanes: 8 groups", {}, "8x8 conv:3,g=8,p=1", Form.LANES, "9x8 conv:3,g=9,p=1", Form.NETWORK),
    ("lanes: 2 groups", {}, "2x12 conv:3,c=4,g=2", Form.LANES, "2x12 conv:3,c=4", Form.DETAIL),
    ("lanes: 16 rows", {}, "4x8 conv:3,g=4,c=16", Form.LANES, "4x8 conv:3,g=4,c=20", Form.NETWORK),
    ("lanes: 34 positions", {}, "4x18 conv:3,g=4", Form.LANES, "4x19 conv:4,g=4", Form.DETAIL),
    ("lanes: shared weights", {"units": "cells"}, "4x4 conv:3,g=4", Form.LANES, "4x3 conv:3,g=4", Form.NETWORK),
    ("lanes: forwards", {}, "4x12 conv:3,g=2", Form.LANES, "4x12 convtranspose:3,g=2", Form.NETWORK),
    ("lanes: with weights", {}, "4x12 conv:3,g=4", Form.LANES, "4x12 maxpool:3", Form.DETAIL),
    ("lanes: 64 pairs", {}, f"{BANDS} conv:1,c=8", Form.LANES, f"{BANDS} conv:1,c=9", Form.NETWORK),
    ("lanes: mixed point by point", {}, f"{BANDS} conv:1,c=8", Form.LANES, f"{BANDS} conv:3,c=8", Form.NETWORK),
    ("lanes: mixed at once", {}, f"{BANDS} conv:1,c=8", Form.LANES, f"{BANDS} conv:1,c=8,g=2", Form.NETWORK),
    ("lanes: mixed by weights", {}, f"{BANDS} conv:1,c=8", Form.LANES, f"{BANDS} maxpool:1", Form.NETWORK),
    ("lanes: two layers", {}, f"{BANDS} conv:1", Form.LANES, f"{BANDS} conv:1,c=8 conv:1", Form.NETWORK),
    ("lanes: a chain", {}, f"x={BANDS} conv:1", Form.LANES, "x=4x8 conv:3,g=4,p=1 add:x", Form.NETWORK),
    ("values: 40 positions", VALUED, "40 conv:3", Form.VALUES, "41 conv:3", Form.NETWORK),
    ("values: 8 channels", VALUED, "20 conv:3,c=8", Form.VALUES, "20 conv:3,c=9", Form.NETWORK),
    ("values: of one channel", VALUED, "20 conv:3,c=4 conv:3", Form.VALUES, "2x20 conv:3,c=4 conv:3", Form.NETWORK),
    ("values: two layers", VALUED, "20 conv:3 conv:3", Form.VALUES, "20 conv:3 conv:3 conv:3", Form.NETWORK),
    ("values: no groups", VALUED, "2x14 conv:3,c=4", Form.VALUES, "2x14 conv:3,c=4,g=2", Form.LANES),
    ("values: windows", VALUED, "20 conv:3 conv:1", Form.VALUES, "20 conv:3 fc:3", Form.NETWORK),
    ("values: weights", VALUED, "20 conv:3", Form.VALUES, "20 maxpool:3", Form.DETAIL),
    ("values: a chain", VALUED, "x=20 conv:3 conv:3", Form.VALUES, "x=20 conv:3 conv:3,from=x", Form.NETWORK),
    ("field: 26 positions", FOCUSED, "2x60 conv:26,c=3", Form.FIELD, "2x60 conv:27,c=3", Form.NETWORK),
    ("field: 8 channels", FOCUSED, "8x20 conv:3,c=3", Form.FIELD, "9x20 conv:3,c=3", Form.NETWORK),
    (
        "field: windows",
        {"focus": ("y[1]",)},
        "2x60 conv:3,c=3 conv:3",
        Form.FIELD,
        "2x60 conv:3,c=3 fc:3",
        Form.NETWORK,
    ),
    ("field: a chain", FOCUSED, "x=2x60 conv:3,c=2,p=1", Form.FIELD, "x=2x60 conv:3,c=2,p=1 add:x", Form.NETWORK),
    (
        "cells: no units dropped",
        {"units": "cells"},
        "2x6 conv:3,c=4",
        Form.DETAIL,
        "2x6 conv:3,c=4,drop=2",
        Form.CIRCLES,
    ),
]


@pytest.mark.parametrize(("options", "within", "form_of_it", "beyond", "other"), [each[1:] for each in LIMITS],
                         ids=[each[0] for each in LIMITS])  # fmt: skip
def test_a_form_is_for_as_much_as_can_be_read_in_it(
    options: dict[str, Any], within: str, form_of_it: Form, beyond: str, other: Form
) -> None:
    assert form(within, **options) is form_of_it
    assert form(beyond, **options) is other


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"focus": ("y[*,3]",)}, Form.FIELD),
        ({"focus": ("h1[1,3]",)}, Form.FIELD),  # of the last layer that is drawn
        ({"focus": ("y[1,3]",), "layers": "h1:"}, Form.FIELD),
        ({"focus": ("y",)}, Form.NETWORK),  # of more than one position
        ({"focus": ("y[1,3]", "h1[1,40]")}, Form.NETWORK),  # of more than one layer
        ({"focus": ("y[1,3]",), "units": ("h1=circles",)}, Form.NETWORK),
        ({"window": ("y=3/3",)}, Form.NETWORK),
        ({"only": ("y=1",)}, Form.NETWORK),
        ({"crop": "3/5"}, Form.NETWORK),
        ({"layers": "h1:"}, Form.NETWORK),
    ],
)
def test_a_field_is_that_of_one_position(options: dict[str, Any], expected: Form) -> None:
    assert form("2x60 conv:3,c=3 conv:3,c=2", **options) is expected


@pytest.mark.parametrize(("ins", "outs", "groups"), [(2, 4, 1), (2, 4, 2), (6, 9, 3), (1, 1, 1), (4, 4, 4)])
def test_pairs_are_of_channels_in_a_group(ins: int, outs: int, groups: int) -> None:
    text = f"{ins}x9 conv:3,c={outs},g={groups}"
    assert pairs(layers_of(text), 1) == (ins // groups) * (outs // groups)
    assert pairs(layers_of(text), 0) == pairs(layers_of(f"{ins}x9 maxpool:3"), 1) == 0
    assert pairs(layers_of(f"{ins}x1 conv:1,c={outs},g={groups}"), 1) == 0  # nothing slides
    assert pairs(layers_of(f"x={ins}x9 conv:3,p=1 concat:x conv:3,c={outs}"), 3) == ins * outs  # of the larger one


@pytest.mark.parametrize(
    "text",
    ["9 conv:3,p=2/3", "9 conv:4,p=1/2,s=2", "9 conv:3", "9 conv:3,p=1/2", "9 conv:5,s=3,p=2", "9 conv:3,p=causal"],
)
def test_windows_reach_as_far_beyond_their_input_as_is_seen(text: str) -> None:
    layer = layers_of(text)[1]
    (network,) = parse(text)
    seen = [n for unit in range(layer.shape.length) for n in window_with_padding(network, unit)]
    assert layer_pads(layer, 9) == (max(0, -min(seen)), max(0, max(seen) - 8))
    assert layer_pads(layer) == (max(0, -min(seen)),) * 2


def window_with_padding(network: Network, unit: int) -> range:
    """What a unit of a convolution sees, positions of padding among it."""
    layer = network.layers[0]
    assert isinstance(layer, Convolution)
    left = layer.pads(network.input.length)[0]
    return range(unit * layer.stride - left, unit * layer.stride - left + layer.kernel_size)


def test_what_has_no_windows_reaches_nowhere() -> None:
    assert layer_pads(layers_of("9 fc:3")[1]) == layer_pads(layers_of("9 fc:3")[1], 9) == (0, 0)


COLUMNS = [
    ("4x9 conv:3,c=4 flatten fc:5 fc:3", [False, False, True, True, True]),
    ("9 conv:3 fc:5", [False, False, True]),
    ("9 fc:5 conv:3", [False, False, False]),  # a window slides over it
    ("9 fc:5 fc:3", [False, True, True]),
    ("9 conv:9 reshape:1x1", [False, True, True]),
    ("x=9 fc:9 add:x conv:3", [False, True, False, False]),
]


@pytest.mark.parametrize(("text", "expected"), COLUMNS)
def test_what_has_no_positions_is_a_column(text: str, expected: list[bool]) -> None:
    layers = layers_of(text)
    assert [is_column(layers, number) for number in range(len(layers))] == expected


@pytest.mark.parametrize("text", [*EVERY.values(), "6 conv:3"])
def test_circles_where_these_are_wished_for_and_cells_where_those_are(text: str) -> None:
    assert form(text, units="circles") is form(text, units="squares") is Form.CIRCLES
    assert form(text, units="cells") is not Form.CIRCLES


def test_a_wish_for_one_layer_is_no_wish_for_all() -> None:
    assert form("2x8 conv:3,c=4", units=("y=circles",)) is Form.DETAIL
    assert form("8 conv:3", units=("y=cells",)) is not Form.CIRCLES


@pytest.mark.parametrize("options", [{"edge_labels": "letter"}, {"edge_labels": "value"}, {"merge": "y"}])
def test_what_only_lines_can_show_is_shown_with_lines(options: dict[str, Any]) -> None:
    assert form("2x8 conv:3,c=4", **options) is Form.CIRCLES


@pytest.mark.parametrize("text", ["2x4 sparse,mask=01100011/01100011", "4x8 conv:3,c=6,drop=2"])
def test_what_is_irregular_is_never_cells(text: str) -> None:
    """No area stands for a mask, or for units that are dropped."""
    assert form(text, units="cells") is Form.CIRCLES


def test_graphs_of_one_s_own_are_drawn() -> None:
    (network,) = parse("2x8 conv:3,c=4,p=1")
    assert len(of_kind(scene_of(build(network)), "cellunit")) == len(of_kind(scene_of(network), "cellunit")) == 48


# What is shown


def ranges_of(
    text: str, rows: int | None = None, wished: dict[int, int] | None = None
) -> tuple[list[LayerView], list[int], list[list[range]]]:
    layers = layers_of(text)
    focus = looked_at(layers, wished or {})
    return layers, focus, position_ranges(layers, focus, rows)


LONG = [
    "2x250 conv:5,p=2,c=6 relu maxpool:2 conv:3,s=2,p=1,c=8 relu maxpool:2 conv:3,c=4",
    "2x1000 conv:7,c=4,s=3 conv:5,c=4,d=4 conv:3,c=4,p=1",
    "4x96 conv:9,c=4,p=4 upsample:2 conv:3,c=2,p=1",
    "3x60 convtranspose:4,s=4,c=2 conv:3,c=2,p=1",
    UNET.replace("2x32", "2x256"),
    RESIDUAL.replace("4x32", "4x500"),
]


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("wished", [{}, {1: 0}, {1: 40}, {2: 20}])
def test_no_window_that_is_drawn_ends_in_a_gap(text: str, wished: dict[int, int]) -> None:
    """Of the first unit, of the one that is looked at, and of the last: all that they see is shown, and they are."""
    layers, focus, ranges = ranges_of(text, wished=wished)
    (network,) = parse(text)
    wiring = NetworkSubject(Blueprint(network)).outline()
    assert any(len(one) > 1 for one in ranges)
    shown = [{position for one in ones for position in one} for ones in ranges]
    for number, layer in enumerate(layers):
        if relation(layers, (layer.inputs or (0,))[0], number) is None or not layer.inputs:
            continue
        units = {0, focus[number], layer.shape.length - 1}
        if layer.kind.transposed or (layer.info.window is not None and layer.info.window[2] < 1):
            ends = {0, focus[layer.inputs[0]], layers[layer.inputs[0]].shape.length - 1}
            units = {t for t in range(layer.shape.length) if ends & set(wiring.window(number, t, layer.inputs[0]))}
        assert units <= shown[number], number
        if layer.info.window is not None and not layer.kind.transposed:
            for unit in units:
                assert wiring.window(number, unit, layer.inputs[0]) <= shown[layer.inputs[0]], (number, unit)


@pytest.mark.parametrize("text", LONG)
def test_stretches_are_ranges_with_gaps_that_hide_something(text: str) -> None:
    layers, _, ranges = ranges_of(text)
    for layer, ones in zip(layers, ranges, strict=True):
        assert (ones[0].start, ones[-1].stop) == (0, layer.shape.length)
        for one, other in itertools.pairwise(ones):
            assert other.start - one.stop > 1, "dots for one position take more room than it"


lengths = st.integers(1, 40)


@given(lengths, st.integers(0, 45), st.integers(-5, 45), st.integers(0, 12), st.integers(0, 45))
def test_a_stretch_is_its_first_those_in_the_middle_and_its_last(
    length: int, head: int, first: int, number: int, tail: int
) -> None:
    last = first + number
    ranges = Stretch(head, first, last, tail).ranges(length)
    wanted = {n for n in range(length) if n < head or first <= n < last or n >= length - tail}
    shown = {n for one in ranges for n in one}
    assert wanted <= shown <= {*range(length)}
    assert all({n - 1, n + 1} <= wanted for n in shown - wanted), "one position alone between two is shown"
    assert all(after.start - before.stop > 1 for before, after in itertools.pairwise(ranges))


@pytest.mark.parametrize(
    ("focus", "most", "expected"),
    [
        (50, 0, [range(20), range(30, 100)]),
        (50, 90, [range(20), range(30, 100)]),
        (50, 12, [range(4), range(48, 53), range(96, 100)]),
        (50, 15, [range(5), range(48, 53), range(95, 100)]),
        (22, 12, [range(4), range(17, 20), range(30, 32), range(96, 100)]),  # the nearest that may be shown
        (99, 12, [range(4), range(96, 100)]),
        (0, 12, [range(4), range(96, 100)]),
        (50, 1, [range(1), range(50, 51), range(99, 100)]),
    ],
)
def test_of_positions_that_are_too_many_the_ends_are_left_and_what_is_looked_at(
    focus: int, most: int, expected: list[range]
) -> None:
    assert shortened([range(20), range(30, 100)], focus, most) == expected


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_ranges_have_their_numbers_in_order(one: set[int], other: set[int]) -> None:
    first, second = runs_of(sorted(one)), runs_of(sorted(other))
    assert [number for run in first for number in run] == sorted(one)
    assert all(after.start > before.stop for before, after in itertools.pairwise(first))
    both = [number for run in united(first, second) for number in run]
    assert both == sorted({*both})
    assert {n for n in both if {n - 1, n + 1} - (one | other)} <= one | other <= {*both}
    assert all(after.start > before.stop + 1 for before, after in itertools.pairwise(united(first, second)))


def position_of(layer: LayerView) -> st.SearchStrategy[int]:
    """A position of a layer, its ends often."""
    last = layer.shape.length - 1
    return st.sampled_from([0, last]) | st.integers(0, last)


SLIDING = st.lists(
    st.sampled_from(["conv:3,c=2", "conv:4,s=3,c=2", "conv:2,d=5,c=2", "maxpool:3", "conv:5,s=2,p=2,c=2", "conv:3,p=4,d=2,c=2"]),
    min_size=1,
    max_size=3,
)  # fmt: skip


@given(st.integers(30, 200), SLIDING, st.data())
@settings(max_examples=40)
def test_what_is_seen_alone_are_the_taps_of_the_windows_that_are_drawn(
    length: int, layers: list[str], data: st.DataObject
) -> None:
    try:
        wiring = wired(f"2x{length} {' '.join(layers)}")
    except ConnectivityError:
        assume(False)
    number = data.draw(st.integers(0, len(layers)))
    views = wiring.layers
    here = data.draw(position_of(views[number]))
    focus = looked_at(views, {number: here})
    for each, view in enumerate(views):
        ends = {0, view.shape.length - 1}
        wanted = ends | ({*range(focus[each] - 1, focus[each] + 2)} & {*range(view.shape.length)})
        if each < len(layers):
            after = views[each + 1].shape.length - 1
            for unit in (0, focus[each + 1], after):
                wanted |= wiring.window(each + 1, unit, each)
        assert seen_alone(views, each, focus) == sorted(wanted)


@pytest.mark.parametrize(
    "text", ["x=2x90 maxpool:1 add:x", "x=2x90 a=conv:3,c=2,p=1 mul:x relu", "x=2x90 a=conv:1,c=3 concat:x conv:1"]
)
@pytest.mark.parametrize("here", [0, 40, 89])
def test_of_layers_that_are_merged_the_same_positions_are_seen_alone(text: str, here: int) -> None:
    views = wired(text).layers
    focus = looked_at(views, {0: here})
    assert focus == [here] * len(views)
    ends = {0, here - 1, here, here + 1, 89} | ({1, 88} if "conv:3" in text else set())
    assert seen_alone(views, 0, focus) == sorted(ends & {*range(90)})


@given(st.integers(30, 200), SLIDING, st.data())
@settings(max_examples=40)
def test_where_one_looks_windows_lead_to_and_from(length: int, layers: list[str], data: st.DataObject) -> None:
    """Of what is looked at the middle of the window is; and the other way round, where it is near enough."""
    try:
        views = wired(f"2x{length} {' '.join(layers)}").layers
    except ConnectivityError:
        assume(False)
    number = data.draw(st.integers(0, len(layers)))
    here = data.draw(position_of(views[number]))
    focus = looked_at(views, {number: here})
    assert focus[number] == here
    assert all(0 <= one < view.shape.length for one, view in zip(focus, views, strict=True))
    for each, view in enumerate(views[1:], 1):
        first, last, jump = view.info.window or (0.0, 0.0, 1.0)
        middle, under = (first + last) / 2 + jump * focus[each], focus[each - 1]
        at_an_end = under in (0, views[each - 1].shape.length - 1) or focus[each] in (0, view.shape.length - 1)
        assert abs(middle - under) <= (0.5 if each <= number else jump / 2) or at_an_end
    assert looked_at(views, {})[-1] == views[-1].shape.length // 2


ROWED = st.sampled_from([None, 6, 9, 14, 20, 30, 60])


@given(st.integers(30, 200), SLIDING, ROWED, st.data())
@settings(max_examples=40)
def test_the_positions_that_are_shown_are_few_and_whole(
    length: int, layers: list[str], rows: int | None, data: st.DataObject
) -> None:
    """The first unit of each layer, the last, and the one that is looked at, each with all that it sees."""
    try:
        wiring = wired(f"2x{length} {' '.join(layers)}")
    except ConnectivityError:
        assume(False)
    views = wiring.layers
    number = data.draw(st.integers(0, len(layers)))
    focus = looked_at(views, {number: data.draw(position_of(views[number]))})
    ranges = position_ranges(views, focus, rows)
    shown = [{position for one in ones for position in one} for ones in ranges]
    for each, view in enumerate(views):
        units = {0, focus[each], view.shape.length - 1}
        assert units <= shown[each] <= {*range(view.shape.length)}
        if each:
            for unit in units:
                assert wiring.window(each, unit, each - 1) <= shown[each - 1]
        assert all(other.start - one.stop > 1 for one, other in itertools.pairwise(ranges[each]))
    longest = max(view.shape.length for view in views)
    if longest <= (ROWS if rows is None else rows):
        assert [len(one) for one in shown] == [view.shape.length for view in views]


@pytest.mark.parametrize(
    ("text", "source", "reader", "expected"),
    [
        ("2x9 conv:3,s=2,p=1", 0, 1, (-1, 1, 2)),
        ("x=2x9 conv:3,p=1 add:x", 1, 2, (0, 0, 1)),
        ("x=2x9 a=conv:3,p=1 concat:x", 1, 2, (0, 0, 1)),
        ("x=9 a=conv:3 concat:x,axis=length", 1, 2, None),
        ("x=2x9 globalavgpool mul:x", 0, 2, (0, 0, 1)),
        ("x=2x9 globalavgpool mul:x", 1, 2, None),
        ("9 fc:9", 0, 1, None),
    ],
)
def test_a_unit_looks_where_its_window_is_or_at_its_own_position(
    text: str, source: int, reader: int, expected: tuple[float, float, float] | None
) -> None:
    assert relation(wired(text).layers, source, reader) == expected


GROWING = [
    "upsample:2",
    "upsample:3",
    "convtranspose:4,s=2,p=1,c=2",
    "convtranspose:3,s=3,c=2",
    "convtranspose:3,d=2,c=2",
]


@given(
    st.integers(20, 90), st.sampled_from(GROWING), st.sampled_from(["", *GROWING, "conv:3,p=1,c=2"]), ROWED, st.data()
)
@settings(max_examples=40)
def test_no_fan_of_a_layer_that_grows_ends_in_a_gap(
    length: int, first: str, second: str, rows: int | None, data: st.DataObject
) -> None:
    """All that see the first position, the last, or the one that is looked at of the layer before are shown."""
    wiring = wired(f"2x{length} {first} {second}")
    views = wiring.layers
    number = data.draw(st.integers(0, len(views) - 1))
    focus = looked_at(views, {number: data.draw(position_of(views[number]))})
    shown = [{position for one in ones for position in one} for ones in position_ranges(views, focus, rows)]
    for each, view in enumerate(views[1:]):
        seen = {*seen_alone(views, each, focus)}
        for unit in (0, focus[each + 1], view.shape.length - 1):
            assert wiring.window(each + 1, unit, each) <= seen
        if view.kind.transposed or (view.info.window or (0, 0, 1))[2] < 1:
            ends = {0, focus[each], views[each].shape.length - 1}
            assert ends <= shown[each]
            fans = {unit for unit in range(view.shape.length) if ends & wiring.window(each + 1, unit, each)}
            assert fans <= shown[each + 1]


def test_halving_is_seen_as_half_the_height() -> None:
    _, _, ranges = ranges_of("2x400 maxpool:2 maxpool:2")
    sizes = [[len(one) for one in ones] for ones in ranges]
    assert [sum(one) for one in sizes[:2]] == pytest.approx([2 * sum(one) for one in sizes[1:]], rel=0.2)


def test_max_units_is_heeded_and_zero_shows_all() -> None:
    text = "2x250 conv:5,p=2,c=4 conv:5,p=2,c=4"
    totals = [max(sum(map(len, ones)) for ones in ranges_of(text, rows)[2]) for rows in (12, 30, 60, 120, 0)]
    assert totals[0] <= 12 < totals[1] <= 30 < totals[2] <= 60 < totals[3] <= 120 < totals[4] == 250
    assert len(of_kind(scene_of("2x30 maxpool:2 conv:3,c=4,p=1", max_units=0), "cellunit")) == 60 + 30 + 60
    assert len(of_kind(scene_of("2x30 maxpool:2 conv:3,c=4,p=1", max_units=12), "cellunit")) < 120


@pytest.mark.parametrize(
    ("channels", "shown"), [(1, 1), (12, 12), (13, 13), (14, 12), (16, 12), (32, 13), (64, 14), (128, 15), (512, 17)]
)
def test_few_channels_are_all_shown_and_more_of_more(channels: int, shown: int) -> None:
    ranges = channel_ranges(channels)
    assert sum(map(len, ranges)) == shown
    if channels > 13:
        assert ranges[-1] == range(channels - 3, channels)
        assert ranges[0].start == 0


def test_channels_of_groups_are_parted_and_named_ones_are_shown() -> None:
    assert channel_ranges(8, groups=2) == [range(4), range(4, 8)]
    assert channel_ranges(64, [30])[1] == range(30, 31)
    assert channel_ranges(64, whole=True) == [range(64)]
    scene = scene_of("2x16 conv:3,c=64,p=1 conv:1,c=2", highlight="h1[31,4]")
    assert any(shape.tip == "h1[31,4]" for shape in of_kind(scene, "cellunit"))


def test_true_counts_stand_with_what_is_elided() -> None:
    scene = scene_of("2x250 conv:5,p=2,c=64 relu maxpool:2 globalavgpool fc:5", direction="LR")
    words = [text.text for text in scene.texts]
    for shape in ("2 × 250", "64 × 250", "64 × 125", "64 × 1"):
        assert any(shape in word for word in words), shape
    ends = [word for word in words if word.isdigit()]
    assert {"1", "250"} <= set(ends)
    assert "0" in [
        text.text for text in scene_of("2x250 conv:5,p=2,c=64 conv:1,c=2", direction="LR", index_from=0).texts
    ]


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(DrawingError, match=r"64,000 cells to draw; at most 50,000 \(max-units shows fewer\)"):
        scene_of("3x4000 conv:3,c=12,p=1 relu conv:1,c=1", max_units=0, units="cells")
    assert scene_of("3x4000 conv:3,c=12,p=1 relu conv:1,c=1", units="cells").shapes


# What stands where


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("theme", ["light", "print"])
@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_in_the_way_of_anything(name: str, direction: str, theme: str) -> None:
    assert list(problems(scene_of(EVERY[name], direction=direction, theme=theme))) == []


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    "options",
    [
        {"kernels": "heads"},
        {"kernels": "values"},
        {"kernels": "none"},
        {"edges": "none"},
        {"captions": False, "legend": False},
        {"index_from": 0, "title": "A title over the figure"},
        {"labels": "none"},
        {"highlight": "y[1,2]"},
        {"max_units": 0},
        {"fill": "layer"},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["one", "tall kernels", "pool", "lanes", "cnn", "u-net"])
def test_nothing_is_in_the_way_with_options(name: str, options: dict[str, Any], direction: str) -> None:
    options = {**options, "highlight": "y1"} if name == "cnn" and "highlight" in options else options
    assert list(problems(scene_of(EVERY[name], direction=direction, **options))) == []


NUMBER = re.compile(r"/([0-9]+)-")
GALLERY = [
    path
    for path in sorted((ROOT / "samples").glob("*.toml"))
    if path.stem[:2] in ["31", "32", "33", "34", "35", "36", "37", "38", "39", "40", "41", "53", "54"]
]


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nothing_is_in_the_way_in_the_gallery(path: Any, direction: str) -> None:
    assert list(problems(Figure.read(path).changed(direction=direction).scene())) == []


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("kernels", ["show", "heads"])
@pytest.mark.parametrize(
    "text", ["3x8 conv:3,c=4", "3x8 conv:3,c=4,p=1 relu maxpool:2 conv:1,c=2", "3x24 conv:3,c=4,p=1 maxpool:2"]
)
def test_names_of_channels_have_room_or_stand_in_the_caption(text: str, kernels: str, direction: str) -> None:
    names = ["left", "acceleration of the right foot", "z"]
    scene = scene_of(text, direction=direction, kernels=kernels, channel_labels=f"x={'/'.join(names)}")
    assert list(problems(scene)) == []
    words = "\n".join(text.text for text in scene.texts)
    assert all(name in words for name in names)


def test_what_would_be_in_the_way_is_found() -> None:
    """The look-outs of these tests see what they are to see."""
    scene = scene_of(UNET, direction="LR")
    text = next(text for text in scene.texts if text.text == "conv 3")
    cell = of_kind(scene, "cellunit")[0]
    moved = text._replace(x=cell.points[0][0], y=cell.points[0][1])
    scene.texts.append(moved)
    found = list(problems(scene))
    assert any(problem.startswith("text on a cell") for problem in found)
    scene.texts[-1] = text
    assert any(problem.startswith("text on text") for problem in problems(scene))
    scene.texts[-1] = text._replace(x=1.0)
    assert any(problem.startswith("off the paper") for problem in on_paper(scene))
    scene.texts.pop()
    cone = of_kind(scene, "cone")[0]
    scene.shapes.append(cone._replace(points=tuple((x + 30, y) for x, y in cone.points)))
    assert list(cones_clear(scene))
    ribbon = of_kind(scene, "ribbon")[0]
    scene.shapes.append(ribbon._replace(points=tuple((x, y - 60) for x, y in ribbon.points)))
    assert list(ribbons_clear(scene))


# Kernels and values


def weights_of(text: str) -> np.ndarray:
    (network,) = parse(text)
    graph: Any = build(network)
    values = {data["parameter"]: data["weight"] for _, _, data in graph.edges(data=True)}
    shape = [1 + max(int(name.split("[")[1][:-1].split(",")[axis]) for name in values) for axis in range(3)]
    weights = np.zeros(shape)
    for name, value in values.items():
        weights[tuple(map(int, name.split("[")[1][:-1].split(",")))] = value
    return weights


@pytest.mark.parametrize("options", [{}, {"kernels": "heads"}, {"view": "kernels"}, {"kernels": "values"}], ids=str)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_kernel_has_a_cell_for_each_weight_with_its_value(options: dict[str, Any], direction: str) -> None:
    text = "3x8 conv:3,c=4,p=1"
    tips = [shape.tip for shape in of_kind(scene_of(text, direction=direction, **options), "kernelcell")]
    weights = weights_of(text)
    assert len(tips) == weights.size == 36
    for tip in tips:
        match = re.fullmatch(r"y\.weight\[(\d),(\d),(\d)\] = (.*)", tip)
        assert match, tip
        value = weights[int(match[1]), int(match[2]), int(match[3])]
        assert float(match[4].replace("\u2212", "-")) == pytest.approx(value, abs=0.006)
    assert len(set(tips)) == 36


def test_a_hue_for_each_kernel_and_a_shade_for_each_weight() -> None:
    fills: dict[str, list[str]] = {}
    for shape in of_kind(scene_of("2x8 conv:3,c=4,p=1"), "kernelcell"):
        fills.setdefault(shape.tip[9], []).append(shape.fill)
    assert [len(set(each)) for each in fills.values()] == [6] * 4
    assert [each[-1] for each in fills.values()] == list(LIGHT.hues[:4])
    assert len({fill for each in fills.values() for fill in each}) == 24


def test_more_kernels_than_hues_are_told_by_their_numbers() -> None:
    scene = scene_of("2x8 conv:3,c=8,p=1")
    assert len({shape.fill for shape in of_kind(scene, "kernelcell")}) == 6
    assert [text.text for text in scene.texts if text.text.startswith("$w_")] == [f"$w_{{{n}}}$" for n in range(1, 9)]


def test_names_of_kernels_count_as_the_panel_counts() -> None:
    for options in ({}, {"kernels": "heads"}):
        names = {text.text for text in scene_of("2x8 conv:3,c=2", index_from=0, **options).texts}
        assert {"$w_{0}$", "$w_{1}$"} <= names
        assert "$w_{2}$" not in names


def test_values_of_weights_are_colours_of_one_symmetric_scale_with_numbers() -> None:
    text = "2x6 conv:2,c=2,w=-0.9/0.3/0/0.6/0.9/-0.3/0.45/0.1"
    scene = scene_of(text)
    fills = {shape.tip: shape.fill for shape in of_kind(scene, "kernelcell")}
    by_value = {tip.rpartition(" = ")[2]: fill for tip, fill in fills.items()}
    low, high, zero = by_value["\u22120.9"], by_value["0.9"], by_value["0"]
    assert (low, high) == (LIGHT.hues[0], LIGHT.hues[1])
    assert len({low, high, zero}) == 3
    numbers = [text.text for text in scene.texts if text.classes == "weight"]
    assert sorted(numbers) == sorted(["\u22120.9", "0.3", "0", "0.6", "0.9", "\u22120.3", "0.45", "0.1"])
    assert {"\u22120.9", "0.9"} <= {text.text for text in scene.texts if text.classes == "legend"}
    wider = {s.tip: s.fill for s in of_kind(scene_of(text, vmax=3.0), "kernelcell")}
    assert wider["y.weight[0,0,0] = \u22120.9"] != low


INPUT = [1, 0, 2, -1, 0, 3, 1, 1, -2]
SIGNAL = "1x9,values=1/0/2/-1/0/3/1/1/-2 conv:3,w=0.5/-1/0.25"


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_values_are_those_of_the_network(direction: str) -> None:
    (network,) = parse(SIGNAL)
    expected = np.asarray(evaluate(network, INPUT)).ravel()
    scene = scene_of(SIGNAL, units="cells", show="values", direction=direction)
    cells_by_tip = {shape.tip: bounds(shape.points) for shape in of_kind(scene, "cellunit")}
    found = {}
    for text in scene.texts:
        if text.classes == "name":
            (tip,) = [t for t, a in cells_by_tip.items() if a.left < text.x < a.right and a.bottom < text.y < a.top]
            found[tip.partition(" = ")[0]] = float(text.text.replace("\u2212", "-"))
    assert [found[f"y{n}"] for n in range(1, 8)] == pytest.approx(expected, abs=0.006)
    assert [found[f"x{n}"] for n in range(1, 10)] == INPUT


def test_the_sum_that_is_written_is_that_of_the_unit_that_is_looked_at() -> None:
    """The products of its window, and what they come to."""
    (network,) = parse(SIGNAL)
    outputs, values, kernel = np.asarray(evaluate(network, INPUT)).ravel(), INPUT, [0.5, -1, 0.25]
    for options, place in (({}, int(np.abs(outputs).argmax())), ({"highlight": "y2"}, 1)):
        scene = scene_of(SIGNAL, units="cells", direction="TB", **options)
        (text,) = [text.text for text in scene.texts if text.text.startswith("Σ w·x")]
        *terms, total = re.findall(r"\u2212?\d+(?:\.\d+)?", text.partition("=")[2])
        products = [weight * values[place + tap] for tap, weight in enumerate(kernel)]
        assert [float(term.replace("\u2212", "-")) for term in terms] == pytest.approx(products, abs=0.006)
        assert float(total.replace("\u2212", "-")) == pytest.approx(outputs[place], abs=0.006)


def test_equal_values_have_equal_colours_and_opposite_ones_opposite_ends() -> None:
    scene = scene_of("1x5,values=3/-3/0/3/1 conv:3,w=1/0/0", units="cells")
    fills = {shape.tip: shape.fill for shape in of_kind(scene, "cellunit")}
    assert fills["x1 = 3"] == fills["x4 = 3"] == fills["y1 = 3"] == LIGHT.hues[1]
    assert fills["x2 = \u22123"] == fills["y2 = \u22123"] == LIGHT.hues[0]
    assert fills["x3 = 0"] not in LIGHT.hues


# Words and options


@pytest.mark.parametrize("name", EVERY)
def test_a_figure_of_cells_is_described_as_one_of_circles(name: str) -> None:
    described = scene_of(EVERY[name], units="cells").description
    assert described == scene_of(EVERY[name], units="circles").description
    assert described.startswith("A network with ")


def test_the_theme_of_the_reader_has_both_colours() -> None:
    figure = Figure.of(CNN).changed(theme="auto")
    night = figure.night()
    assert night is not None
    colours = [{shape.fill for shape in of_kind(scene, "cone")} for scene in (figure.scene(), night)]
    assert LIGHT.hues[0] in colours[0]
    assert DARK.hues[0] in colours[1]
    assert [len(scene.shapes) for scene in (figure.scene(), night)].count(len(night.shapes)) == 2


def _round(scene: Scene) -> list[Shape]:
    """The shapes that are circles: with many corners, all as far from their middle."""
    return [shape for shape in scene.shapes if len(shape.points) == 32]


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_units_that_stand_apart_are_where_their_cells_would_be(direction: str) -> None:
    text = "2x8 conv:3,c=4"
    cells = of_kind(scene_of(text, direction=direction), "cellunit")
    circles = of_kind(scene_of(text, direction=direction, units="y=circles"), "cellunit")
    squares = of_kind(scene_of(text, direction=direction, units="y=squares"), "cellunit")
    for cell, circle, square in zip(cells, circles, squares, strict=True):
        apart = cell.tip.startswith("y")
        low, high = (tuple(edge(axis) for axis in zip(*cell.points, strict=True)) for edge in (min, max))
        middle = [(one + other) / 2 for one, other in zip(low, high, strict=True)]
        for shape, corners in ((circle, 32), (square, 4)):
            assert len(shape.points) == (corners if apart else 4)
            assert [sum(axis) / len(axis) for axis in zip(*shape.points, strict=True)] == pytest.approx(middle)
            inside = all(low[n] < point[n] < high[n] for point in shape.points for n in (0, 1))
            assert inside == apart


def test_a_layer_can_have_units_edges_and_kernels_of_its_own() -> None:
    text = "2x16 conv:3,c=4,p=1 maxpool:2 conv:3,c=2"
    usual, asked = scene_of(text), scene_of(text, units=["h2=circles"], edges=["y=none"])
    assert len(_round(asked)) == 4 * 8 > len(_round(usual)) == 0
    assert len(of_kind(asked, "cone")) < len(of_kind(usual, "cone"))
    for table in ({"units": {"h2": "circles"}, "edges": {"y": "none"}},):
        same = scene_of(text, **table)
        assert (same.shapes, same.units) == (asked.shapes, asked.units)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": "cels"}, r'unknown units "cels" \(did you mean "cells"\?\)'),
        ({"kernels": "h1=head"}, r'unknown kernels "h1=head" \(did you mean "h1=heads"\?\)'),
        ({"units": "h11=cells"}, r'units of "h11": no layer has that name \(did you mean "h1"\?\)'),
        ({"edges": {"z": "none"}}, r'edges of "z": no layer has that name \(one of: x, h1, y\)'),
        ({"kernels": "z=none"}, r'kernels of "z": no layer has that name'),
        ({"units": "=cells"}, r'units "=cells" names no layer, as h1=cells does'),
        ({"units": {"h1": 3}}, r"units must be a text, not 3"),
    ],
)
def test_mistakes_in_wishes(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of("2x8 conv:3,c=4 conv:1,c=2", **options)


def test_a_wish_may_be_for_a_layer_of_another_panel() -> None:
    assert scene_of("2x8 h=conv:3,c=4 // 2x8 g=conv:3,c=4", edges=["g=none"]).shapes


@pytest.mark.parametrize(
    "text", ["4x16 conv:3,c=8,p=1 fc:1,flatten=false", "4x16 conv:3,c=8,p=1 fc:6,flatten=false conv:3"]
)
def test_a_layer_over_the_positions_of_each_channel_is_an_area(text: str) -> None:
    scene = Figure.of(text).scene()
    assert of_kind(scene, "cellunit")
    assert "shared weights, in each channel" in [each.text for each in scene.texts]


def test_what_each_channel_has_of_its_own_is_no_area() -> None:
    """An area stands for connections that are all there, with weights that the channels share."""
    whole, own, less = (build(parse("2x4 fc:3,flatten=false")[0]) for _ in range(3))
    for number, (_, _, data) in enumerate(own.edges(data=True)):
        data["parameter"] = f"w{number}"
    less.remove_edge(*next(iter(less.edges)))
    for graph in (whole, own, less):
        graph.graph["layers"] = [{"name": layer["name"]} for layer in graph.graph["layers"]]
    shown = [Figure.of(graph).changed(units="cells").scene() for graph in (whole, own, less)]
    assert [bool(of_kind(scene, "cellunit")) for scene in shown] == [True, False, False]
