"""Where units stand: over their windows, apart from each other, and alike in all layers of a frame."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenes import compose_figure, standing

from connectivity import ConnectivityError, build, parse
from connectivity.figures.subjects import NetworkSubject
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.wiring import LayerView
from connectivity.layout.columns import Arrangement, Column
from connectivity.layout.frames import GAP, Frame, _closest, _united, frames_of
from connectivity.layout.scope import Extract, Scope, stretches, within
from connectivity.options import Options
from connectivity.scene import Scene


def columns(text: str, max_units: int = 0, anchor: str | None = None) -> list[Column]:
    return standing(text, max_units, anchor)[1]


def named(text: str, max_units: int = 0) -> tuple[list[str], Column]:
    """The names of the units of an input that stand, and its column."""
    wiring, (column,) = standing(text, max_units)
    return [wiring.names[unit] for unit in column.along], column


def along(column: Column) -> list[float]:
    return list(column.along.values())


def scene_of(text: str, **options: object) -> Scene:
    return compose_figure(parse(text), Options(**options))  # type: ignore[arg-type]  # any option


def shifts(scene: Scene, stubs: bool = False) -> dict[str, set[tuple[float, float]]]:
    """The directions of the lines of each colour (or class), as unit vectors."""
    ends = {unit.id: (unit.x, unit.y) for unit in scene.units} | {dot.id: (dot.x, dot.y) for dot in scene.dots}
    found: dict[str, set[tuple[float, float]]] = {}
    for line in scene.lines:
        (x0, y0), (x1, y1) = ends[line.tail], ends[line.head]
        length = math.hypot(x1 - x0, y1 - y0)
        key = line.colour if stubs else line.classes.rpartition(" to")[0]
        found.setdefault(key, set()).add((round((x1 - x0) / length, 6), round((y1 - y0) / length, 6)))
    return found


def weights_of(scene: Scene) -> set[str]:
    """The classes of lines of weights: those of one weight share one."""
    return {line.classes.rpartition(" to")[0] for line in scene.lines if ".weight[" in line.tip}


sizes = st.integers(1, 4)
convolutions = st.builds(
    "conv:{},s={},d={},p={}/{},c={}".format,
    *(sizes, sizes, sizes, st.integers(0, 5), st.integers(0, 5), st.integers(1, 2)),
)
transposed = st.builds(
    "convtranspose:{},s={},d={},p={},c={}".format, sizes, sizes, sizes, st.integers(0, 2), st.integers(1, 2)
)
pools = st.builds("maxpool:{},s={}".format, sizes, sizes)


@given(
    st.integers(1, 3), st.integers(1, 18), st.lists(convolutions | transposed | pools, min_size=1, max_size=3),
    st.sampled_from(["centre", "first", "last", None]), st.sampled_from(["LR", "RL", "BT", "TB"]),
)  # fmt: skip
@settings(max_examples=60)
def test_lines_of_one_shared_weight_are_parallel(
    channels: int, length: int, layers: list[str], anchor: str | None, direction: str
) -> None:
    try:
        (network,) = parse(f"{channels}x{length} {' '.join(layers)}")
    except ConnectivityError:
        assume(False)
    graph = build(network)
    assume(graph.number_of_edges() < 3000)
    scene = compose_figure(graph, Options(anchor=anchor, direction=direction, max_units=0, units=("circles",)))
    assert all(len(found) == 1 for key, found in shifts(scene).items() if key in weights_of(scene))


@given(
    st.integers(2, 20), sizes, sizes, sizes, st.integers(0, 6), st.integers(0, 6),
    st.sampled_from([("first", 0.0), ("centre", 0.5), ("last", 1.0)]),
)  # fmt: skip
@settings(max_examples=60)
def test_a_unit_stands_over_its_window(
    length: int, kernel: int, stride: int, dilation: int, left: int, right: int, anchor: tuple[str, float]
) -> None:
    extent = dilation * (kernel - 1)
    assume(length + left + right > extent)
    name, share = anchor
    sources, targets = columns(f"{length} conv:{kernel},s={stride},d={dilation},p={left}/{right}", anchor=name)
    origin, pitch = along(sources)[0], along(sources)[1] - along(sources)[0]
    expected = [origin + pitch * (t * stride - left + share * extent) for t in range(len(targets.along))]
    assert along(targets) == pytest.approx(expected)


@pytest.mark.parametrize("stride", [2, 3])
def test_a_transposed_convolution_is_the_mirror_of_a_convolution(stride: int) -> None:
    up = columns(f"4 convtranspose:3,s={stride}")
    down = columns(f"{(4 - 1) * stride + 3} conv:3,s={stride}")
    assert along(up[1]) == pytest.approx(along(down[0]))
    assert along(up[0]) == pytest.approx(along(down[1]))


def test_anchors_move_a_layer_by_half_its_window() -> None:
    offsets = []
    for anchor in ("first", "centre", "last"):
        sources, targets = columns("9 conv:5", anchor=anchor)
        offsets.append(along(targets)[0] - along(sources)[0])
    assert offsets == pytest.approx([0, 2, 4])


def test_causal_layers_are_anchored_last_and_others_in_the_centre() -> None:
    causal, plain = columns("8 conv:3,p=causal,d=2"), columns("8 conv:3,p=1")
    assert along(causal[1]) == along(causal[0])
    assert along(plain[1]) == along(plain[0])
    sources, targets = columns("8 conv:3,p=causal,d=2", anchor="centre")
    assert along(targets) == pytest.approx([place - 2 for place in along(sources)])


@pytest.mark.parametrize(
    ("kernel", "padding"), [(6, "3/2"), (6, "2/3"), (2, "0/1"), (2, "1/0"), (5, "2"), (6, "0/5"), (4, "causal")]
)
def test_at_their_positions_units_of_equal_layers_stand_straight_whatever_the_kernel(kernel: int, padding: str) -> None:
    rows = columns(f"16 conv:{kernel},p={padding} conv:{kernel},p={padding}", anchor="position")
    assert along(rows[0]) == along(rows[1]) == along(rows[2])


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("16 conv:6", 2),
        ("16 conv:5", 2),
        ("16 conv:4,s=2,p=1", 0),
        ("16 conv:6,s=2,p=3/2", 0),
        ("16 conv:4,p=full", -1),
        ("16 conv:3,d=3", 3),
        ("16 maxpool:2", 0),
        ("8 convtranspose:3,s=2", 0),
    ],
)
def test_at_a_position_no_unit_stands_between_two(text: str, offset: float) -> None:
    sources, targets = columns(text, anchor="position")
    step = along(sources)[1] - along(sources)[0]
    assert along(targets)[0] - along(sources)[0] == pytest.approx(offset * step)


def test_units_at_their_positions_stand_straight_where_layers_are_elided_and_padding_is_drawn() -> None:
    scene = scene_of("200 conv:6,p=3/2 conv:6,p=3/2", anchor="position", padding="filled", direction="BT", max_units=12)
    rows: dict[float, set[float]] = {}
    for unit in scene.units:
        if not unit.classes.startswith("padding"):
            rows.setdefault(round(unit.y, 3), set()).add(round(unit.x, 3))
    assert len(rows) == 3
    assert len({frozenset(places) for places in rows.values()}) == 1


def test_taps_anchor_on_their_span() -> None:
    offsets = []
    for anchor in ("first", "centre", "last"):
        sources, targets = columns("10 conv,taps=-3/0/1", anchor=anchor)
        offsets.append(along(targets)[0] - along(sources)[0])
    assert offsets == pytest.approx([-3, -1, 1])


def test_a_layer_that_sees_its_whole_input_is_centred_on_it() -> None:
    for column in columns("7 fc:4 fc:1"):
        assert sum(along(column)) == pytest.approx(0)
        assert all(b - a == pytest.approx(1) for a, b in itertools.pairwise(along(column)))


@given(st.integers(1, 300), st.integers(0, 40))
def test_elision_shows_all_or_as_many_as_fit_with_dots(length: int, max_units: int) -> None:
    units, column = named(str(length), max_units)
    if max_units == 0 or length <= max(max_units, 4):  # dots take the room of two, between two
        assert (len(column.along), column.dots) == (length, [])
        return
    shown = max(2, max_units - 2)
    assert len(column.along) == min(shown, length)
    assert len(column.dots) == (length > shown)
    names = [int(unit[1:]) for unit in units]
    head = (shown + 1) // 2
    assert names == [*range(1, head + 1), *range(length - shown // 2 + 1, length + 1)]
    assert along(column)[head - 1] < column.dots[0][0] < along(column)[head]


@pytest.mark.parametrize("text", ["60 conv:3,p=1 conv:5,p=2", "60 conv:3 conv:3", "60 conv:3,p=1 relu maxpool:1,s=1"])
def test_the_same_stretch_is_hidden_in_all_layers_of_a_frame(text: str) -> None:
    found = columns(text, 24)
    assert len(found) == 3
    for column in found:
        inner = [b for a, b in itertools.pairwise(along(column)) if b - a > 1.5]
        outer = [a for a, b in itertools.pairwise(along(column)) if b - a > 1.5]
        assert len(inner) == len(outer) == len(column.dots) == 1
        assert outer[0] < column.dots[0][0] < inner[0]
    assert len({round(column.dots[0][0], 6) for column in found}) == 1


def test_layers_of_different_frames_are_elided_on_their_own() -> None:
    assert [len(column.along) for column in columns("50 fc:10 fc:40", 24)] == [22, 10, 22]


@pytest.mark.parametrize(
    "text", ["60 conv:3", "60 conv:5,p=2", "60 conv:3,p=1 conv:3,p=1", "40 conv:3,s=2", "60 conv:4"]
)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_stubs_are_parallel_to_the_arrows_of_their_weight(text: str, direction: str) -> None:
    scene = scene_of(text, direction=direction)
    assert any(line.stub for line in scene.lines)
    colours = {line.colour for line in scene.lines if not line.stub}
    assert {line.colour for line in scene.lines if line.stub} <= colours
    if len(text.split()) == 2:
        assert all(len(found) == 1 for found in shifts(scene, stubs=True).values())


def test_stubs_are_short_and_start_at_shown_units() -> None:
    scene = scene_of("60 conv:3")
    ids = {unit.id: (unit.x, unit.y) for unit in scene.units}
    ends = {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    for line in scene.lines:
        if line.stub:
            assert (line.tail in ids) != (line.head in ids)
            (x0, y0), (x1, y1) = ({**ids, **ends}[end] for end in (line.tail, line.head))
            assert scene.diameter / 2 < math.hypot(x1 - x0, y1 - y0) < 2 * scene.diameter


def test_channels_are_blocks_one_under_the_other() -> None:
    units, column = named("3x5")
    blocks = [along(column)[start : start + 5] for start in (0, 5, 10)]
    assert units == [f"x[{c},{t}]" for c in (1, 2, 3) for t in range(1, 6)]
    for block in blocks:
        assert [place - block[0] for place in block] == pytest.approx([0, 1, 2, 3, 4])
    gaps = [after[0] - before[-1] for before, after in itertools.pairwise(blocks)]
    assert gaps[0] == pytest.approx(gaps[1])
    assert gaps[0] > 1.4


def test_many_channels_lose_their_middle() -> None:
    units, column = named("40x4", 24)
    channels = [int(unit[2:].split(",")[0]) for unit in units]
    shown = list(dict.fromkeys(channels))
    assert len(column.along) == 48
    assert shown == [*range(1, 7), *range(35, 41)]
    assert len(column.dots) == 1
    assert along(column)[23] < column.dots[0][0] < along(column)[24]


@given(
    st.integers(1, 6), st.integers(1, 70), st.lists(convolutions | transposed | pools, max_size=3), st.integers(0, 30)
)  # fmt: skip
@settings(max_examples=60)
def test_units_and_dots_of_a_column_keep_their_distance(
    channels: int, length: int, layers: list[str], max_units: int
) -> None:
    try:
        parse(f"{channels}x{length} {' '.join(layers)}")
    except ConnectivityError:
        assume(False)
    wiring, found = standing(f"{channels}x{length} {' '.join(layers)}", max_units)
    for layer, column in zip(wiring.layers, found, strict=True):
        places = sorted([*column.along.values(), *(place for place, _ in column.dots)])
        assert all(after - before > 0.99 for before, after in itertools.pairwise(places))
        assert bool(column.dots) == (len(column.along) < layer.total)


@pytest.mark.parametrize(
    "text", ["100 conv:3,s=2", "100 conv:5,s=2 maxpool:2", "90 conv:3,p=1 maxpool:2 convtranspose:4,s=2"]
)
def test_strided_layers_stay_over_their_windows_when_elided(text: str) -> None:
    """Fewer of their units are shown instead, so that lines of one weight are parallel at every stride."""
    scene = scene_of(text)
    weights = weights_of(scene)
    assert all(len(found) == 1 for key, found in shifts(scene).items() if key in weights)
    assert len(weights) == len(weights_of(scene_of(text, max_units=0)))


@pytest.mark.parametrize("direction", ["LR", "BT"])
def test_a_layer_that_leaves_the_frame_of_its_input_is_joined_by_stubs(direction: str) -> None:
    """Drawn whole, the few lines between what both show would be neither parallel nor true to the window."""
    scene = scene_of("200 conv:5,s=2 maxpool:2 conv:3,s=2", max_units=12, direction=direction)
    layers = {unit.id: unit.classes for unit in scene.units}
    assert not [line for line in scene.lines if not line.stub and layers[line.head] == "unit layer3"]
    into = [line for line in scene.lines if line.stub and layers.get(line.head) == "unit layer3"]
    assert len(into) == 3 * sum(unit.classes == "unit layer3" for unit in scene.units)
    for colour in {line.colour for line in into}:
        ends = {unit.id: (unit.x, unit.y) for unit in scene.units} | {dot.id: (dot.x, dot.y) for dot in scene.dots}
        slopes = {
            (round(ends[line.head][0] - ends[line.tail][0], 3), round(ends[line.head][1] - ends[line.tail][1], 3))
            for line in into
            if line.colour == colour
        }
        assert len(slopes) == 1


@pytest.mark.parametrize("direction", ["LR", "RL", "BT", "TB"])
@pytest.mark.parametrize("crop", ["15/20", "1/5", "8/12"])
def test_stubs_come_from_the_layer_before(direction: str, crop: str) -> None:
    """Not from within the layer, wherever the hidden units are."""
    scene = scene_of("20 conv:5,s=2 fc:10", crop=crop, direction=direction)
    ends = {dot.id: (dot.x, dot.y) for dot in scene.dots if dot.id}
    heads = {unit.id: (unit.x, unit.y) for unit in scene.units if unit.classes == "unit layer2"}
    axis = 0 if direction in ("LR", "RL") else 1
    toward = {"LR": 1, "RL": -1, "BT": 1, "TB": -1}[direction]
    stubs = [line for line in scene.lines if line.stub and line.head in heads]
    assert stubs
    for line in stubs:
        (x0, y0), (x1, y1) = ends[line.tail], heads[line.head]
        step = (x1 - x0, y1 - y0)
        assert step[axis] * toward > 0.25 * math.hypot(*step)


def test_groups_in_rows_have_room_for_their_boxes() -> None:
    scene = scene_of("2x6 conv:3,g=2", channels="rows", direction="BT", units="circles")
    boxes = sorted(scene.boxes, key=lambda box: box.y)
    groups = [box for box in boxes if box.stroke]
    assert len(groups) == 4
    for below, above in itertools.pairwise(groups):
        assert below.y + below.height / 2 < above.y - above.height / 2


@pytest.mark.parametrize("direction", ["LR", "RL", "BT", "TB"])
def test_boxes_of_groups_are_larger_than_their_units_however_wide_these_are(direction: str) -> None:
    wide = ("x=a very long name/b/c/d/e/f/g/h",)
    scene = scene_of("4x2 conv:2,g=2", unit_shape="box", unit_labels=wide, direction=direction, units="circles")
    assert scene.unit_width > 2 * scene.diameter
    boxes = [box for box in scene.boxes if box.stroke]
    assert len(boxes) == 4
    for unit in scene.units:
        around = [
            box
            for box in boxes
            if abs(unit.x - box.x) + scene.unit_width / 2 < box.width / 2
            and abs(unit.y - box.y) + scene.diameter / 2 < box.height / 2
        ]
        assert len(around) == 1, unit.tip


SEVERAL = st.lists(convolutions | transposed | pools, max_size=3).map(" ".join)


def framed(
    text: str, max_units: int, scope: Scope | None = None, anchor: str | None = None
) -> tuple[Sequence[LayerView], dict[int, Frame]]:
    (network,) = parse(text)
    layers = Blueprint(network).layers
    scope = scope or Scope.everything(len(layers))
    return layers, frames_of(layers, max_units, anchor, scope, False)


@given(
    st.integers(1, 70),
    SEVERAL,
    st.integers(0, 16),
    st.integers(0, 69),
    st.integers(0, 69),
    st.booleans(),
    st.booleans(),
)
def test_a_frame_is_what_it_says_of_each_position(
    length: int, layers: str, max_units: int, one: int, other: int, looked_at: bool, kept: bool
) -> None:
    """What arithmetic says of stretches is what is true of their positions one by one."""
    first, last = min(one, other, length - 1), min(max(one, other), length - 1)
    extract = Extract(
        positions=(range(first, last + 1),) if looked_at else None,
        kept=frozenset({(0, (first + last) // 2)} if kept else ()),
    )
    try:
        count = len(parse(f"{length} {layers}")[0].layers)
    except ConnectivityError:
        assume(False)
    views, frames = framed(f"{length} {layers}", max_units, Scope((extract, *(Extract(),) * count)))
    for index, view in enumerate(views):
        frame = frames[index]
        every = range(view.shape.length)
        inside = [position for position in every if any(position in run for run in frame.positions_looked_at(index))]
        drawn = {position: frame.drawn(index, position) for position in every}
        shown = [position for position in inside if drawn[position] is not None]
        assert frame.positions(index) == shown == [position for position in every if drawn[position] is not None]
        assert frame.shown(index) == len(shown)
        assert frame.count(index) == len(inside)
        places = [place for place in drawn.values() if place is not None]
        assert all(after - before > 0.99 for before, after in itertools.pairwise(places))
        assert not places or frame.low - 1e-6 <= places[0] <= places[-1] <= frame.high + 1e-6
        _, step, _ = frame.layers[index]
        for before, after in itertools.pairwise(shown):
            behind = frame.piece(index, after) - frame.piece(index, before)
            usual = drawn[after] - drawn[before] == pytest.approx(step * (after - before))  # type: ignore[operator]
            assert usual == (not behind)
            assert frame.divides((index, before), (index, after)) == any(
                cut not in frame.holes for cut in frame.cuts[frame.piece(index, before) : frame.piece(index, after)]
            )
        hidden = [position for position in inside if drawn[position] is None]
        dots = frame.dots(index)
        assert bool(dots) >= bool(hidden)
        for place, position in dots:
            assert drawn[position] is None
            assert all(abs(place - (at - frame.centre)) > 0.99 for at in places)
            assert frame.dots_of(index, position) == pytest.approx(place)
        for position in hidden:
            assert any(frame.dots_of(index, position) == pytest.approx(place) for place, _ in dots)


@given(
    st.integers(1, 60), SEVERAL, st.integers(0, 12), st.sets(st.integers(0, 59), min_size=1, max_size=6), st.booleans()
)
def test_dots_stand_for_what_is_hidden_where_it_is_or_else_nearest(
    length: int, layers: str, max_units: int, ends: set[int], hints: bool
) -> None:
    """Of several stretches of positions that are looked at: in the stretch that is hidden, or beyond the ends."""
    try:
        count = len(parse(f"{length} {layers}")[0].layers)
    except ConnectivityError:
        assume(False)
    looked_at = stretches({n for first in ends for n in range(first, first + 4) if n < length})
    assume(looked_at)
    views, frames = framed(
        f"{length} {layers}", max_units, Scope((Extract(positions=looked_at), *(Extract(),) * count), hints=hints)
    )
    for index, view in enumerate(views):
        frame = frames[index]
        positions, dots = frame.positions_looked_at(index), [place for place, _ in frame.dots(index)]
        if not positions:
            continue
        if hints:
            assert (dots[:1] == [frame.low - 1 - frame.centre]) == (positions[0].start > 0)
            assert (dots[-1:] == [frame.high + 1 - frame.centre]) == (positions[-1].stop < view.shape.length)
        for position in range(-2, view.shape.length + 2):
            found, place = frame.dots_of(index, position), frame.place(index, position)
            own = place - frame.removed(sum(place >= high for _, high in frame.cuts)) - frame.centre
            within_cut = [cut for cut in frame.cuts if cut[0] < place < cut[1]]
            if position < positions[0].start:
                assert found == frame.low - 1 - frame.centre
            elif position >= positions[-1].stop:
                assert found == frame.high + 1 - frame.centre
            elif within_cut:
                ((low, _),) = within_cut
                assert found == pytest.approx(low - frame.removed(frame.cuts.index(within_cut[0])) - frame.centre + 1)
            else:
                assert abs(found - own) == pytest.approx(min((abs(one - own) for one in dots), default=0.0))


def closed(numbers: Iterable[int]) -> set[int]:
    """Numbers, and those between two of them that are so few that dots for them would save nothing."""
    return {*numbers}.union(*(range(a, b) for a, b in itertools.pairwise(sorted(numbers)) if b - a <= 3))


spans = st.tuples(st.integers(0, 150), st.sampled_from([0, 1, 3, 8, 9, 20, 50]))


@given(st.integers(20, 160), st.integers(3, 20), st.lists(spans, min_size=1, max_size=3))
@settings(max_examples=120)
def test_fields_are_whole_and_of_those_that_are_too_long_both_ends_are_shown(
    length: int, max_units: int, said: list[tuple[int, int]]
) -> None:
    """The ends of the layer have the room that is left, and what the one does not need is the other's."""
    fields = tuple((first, min(first + more, length - 1)) for first, more in said if first < length)
    assume(fields)
    usual = framed(str(length), max_units)[1][0].positions(0)
    shown = framed(str(length), max_units, Scope((Extract(fields=fields),)))[1][0].positions(0)
    wanted = {position for first, last in fields for position in range(first, last + 1)}
    if wanted <= {*usual} or len(closed(wanted)) == length:
        assert shown == usual
        return
    wanted = closed(wanted)
    if len(wanted) > 2 * max_units:
        runs = stretches(wanted)
        each = max(2, (max_units - 2) // (2 * len(runs)))
        wanted = {position for run in runs for position in (*run[:each], *run[-each:])}
    room, before, behind = max(4, max_units - 2 - len(wanted)), min(wanted), length - 1 - max(wanted)
    tail = min(max(room // 2, room - before), behind)
    head = min(room - tail, before)
    assert shown == sorted(closed({*range(head), *wanted, *range(length - tail, length)}))


@pytest.mark.parametrize(
    ("text", "anchor", "far"),
    [("40 conv:9,p=causal upsample:3", "first", 39), ("40 conv:9,p=0/8 upsample:3", "last", 0)],
)
def test_a_field_that_reaches_beyond_the_longest_layer_keeps_no_more_of_it(text: str, anchor: str, far: int) -> None:
    """An input behind the last unit of the longest layer, or before the first: what is between is hidden."""
    fields = [Extract(fields=((far, far),)), Extract(), Extract(fields=((60, 60),))]
    _, frames = framed(text, 8, Scope(tuple(fields)), anchor)
    assert frames[0] is frames[2]
    assert 60 in frames[2].positions(2)
    assert frames[2].shown(2) <= 2 * 8


@given(st.integers(1, 70), SEVERAL, st.integers(2, 16))
def test_a_frame_hides_nothing_where_dots_would_take_as_much_room(length: int, layers: str, max_units: int) -> None:
    try:
        _, frames = framed(f"{length} {layers}", max_units)
    except ConnectivityError:
        assume(False)
    for frame in frames.values():
        for low, high in frame.cuts:
            assert high - low > 1
        assert frame.low == pytest.approx(min(frame.place(index, 0) for index in frame.layers))


@given(
    st.integers(1, 40), st.integers(1, 8), st.integers(1, 3), st.integers(1, 3), st.integers(0, 6), st.integers(1, 9)
)
def test_a_layer_knows_where_hidden_units_of_its_windows_are(
    length: int, kernel: int, stride: int, dilation: int, padding: int, max_units: int
) -> None:
    """From one unit to another that its window sees it is as far, shown or not, as between all such."""
    assume(length + 2 * padding > dilation * (kernel - 1))
    (_, window), frames = framed(f"{length} conv:{kernel},s={stride},d={dilation},p={padding}", max_units)
    if frames[0] is not frames[1]:
        return
    frame = frames[0]
    pitch = frame.layers[0][1]
    for unit in range(window.shape.length):
        seen = [unit * stride - padding + dilation * tap for tap in range(kernel)]
        offsets = [(frame.place(0, one) - frame.place(1, unit)) / pitch for one in seen]
        assert offsets == pytest.approx([dilation * (tap - (kernel - 1) / 2) for tap in range(kernel)])


pieces = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda each: (each[0], each[0] + each[1])), max_size=6
)


@given(pieces, st.integers(0, 4))
def test_stretches_that_are_near_are_one(stretches: list[tuple[int, int]], near: int) -> None:
    found = _united(stretches, near)
    covered = {place for low, high in stretches for place in range(2 * low, 2 * high + 1)}  # in halves
    between = {
        place
        for low, high in itertools.pairwise(sorted(covered))
        if high - low <= 2 * near
        for place in range(low, high)
    }
    assert {place for low, high in found for place in range(int(2 * low), int(2 * high) + 1)} == covered | between
    assert all(after - before > near for (_, before), (after, _) in itertools.pairwise(found))


@given(st.sets(st.integers(0, 40), min_size=2))
def test_gaps_that_nobody_looks_at_are_closed_where_they_are_longer_than_dots(numbers: set[int]) -> None:
    _, frames = framed("41", 0, Scope((Extract(positions=stretches(numbers)),)))
    apart = [after - before for before, after in itertools.pairwise(sorted(numbers))]
    drawn = [frames[0].drawn(0, number) or 0.0 for number in sorted(numbers)]
    found = [after - before for before, after in itertools.pairwise(drawn)]
    assert found == pytest.approx([min(one / min(apart), GAP + 1) for one in apart])


@given(st.sets(st.integers(0, 40)))
def test_the_closest_positions(numbers: set[int]) -> None:
    apart = [after - before for before, after in itertools.pairwise(sorted(numbers))]
    assert _closest(stretches(numbers)) == min(apart, default=0)
    assert all(within(stretches(numbers), number) == (number in numbers) for number in range(-2, 44))


def test_a_column_ends_with_its_dots_and_moves_with_them() -> None:
    column = Column({3: 1.0, 4: 2.5}, {3: 0.5, 4: -1.0}, [(4.0, 2.0)])
    assert (column.span(), column.depth(), column.obstacles()) == ((1.0, 4.0), 1.5, [1.0, 2.5])
    column.move(-2.0)
    assert (column.span(), column.depth(), column.dots) == ((-1.0, 2.0), 1.5, [(2.0, 2.0)])
    gap = Column(dots=[(4.0, 0.0)], is_gap=True)
    assert (gap.span(), gap.obstacles(), gap.depth()) == ((4.0, 4.0), [4.0], 0.0)
    assert Column().span() == (0.0, 0.0)


@pytest.mark.parametrize(
    "text", ["3x5", "40x4", "7x30", "2x30 maxpool:1 maxpool:1", "1x30 conv:1,c=30", "9", "2x3 fc:4"]
)
@pytest.mark.parametrize("gap", [0.7, 3.0])
def test_a_column_is_as_long_as_its_channels_and_the_gaps_between_them(text: str, gap: float) -> None:
    subject = NetworkSubject(Blueprint(parse(text)[0]))
    arrangement = Arrangement(subject.layers, 10, None, block_gap=gap)
    arrangement.stand(subject.wiring(arrangement, frozenset()))
    assert arrangement.between_blocks == 1 + gap
    for index, (length, gaps) in enumerate(arrangement.lengths()):
        column, layer = arrangement.columns[index], arrangement.columns[index].along
        first, last = min(layer.values()), max(layer.values())
        assert length == pytest.approx(last - first + 1)
        places = sorted([*layer.values(), *(dots for dots, _ in column.dots)])
        apart = [after - before for before, after in itertools.pairwise(places)]
        channels = {channel for channel, _ in arrangement.shown_places(index)}
        between = len(arrangement.hidden_channels(index))
        assert gaps == len(channels) - 1 + between
        assert sum(one == pytest.approx(1 + gap) for one in apart) >= len(channels) - 1 - between
        assert column.span() == (first, last)
