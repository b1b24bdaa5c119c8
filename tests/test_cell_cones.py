"""Cones of networks of cells are exact: each is a complete set of connections, as the graph of the network has them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from areas import bounds
from cellareas import of_kind
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scenes import compose_figure

from connectivity import NotationError, build, parse
from connectivity.options import Options
from connectivity.scene import Scene

NEAR = 0.02  # what the decimals of places may differ by, in points
PADDING = "padding"  # where a tap lies that has no cell
DIRECTIONS = ("LR", "RL", "TB", "BT")


class Place(NamedTuple):
    """A cell on paper, by what it is the cell of, turned so that data flows right and positions run down."""

    layer: str
    channel: int
    position: int
    near: float
    far: float
    low: float
    high: float


class Joint(NamedTuple):
    """Positions of a layer, the positions of the next one that a cone leads them to, and whether it is looked at."""

    sources: tuple[str, frozenset[int]]
    targets: tuple[str, frozenset[int]]
    strong: bool
    share: float


def turned(point: tuple[float, float], direction: str) -> tuple[float, float]:
    """Across the layers, then along them, both growing as data flows and positions are counted."""
    x, y = point
    return {"LR": (x, -y), "RL": (-x, -y), "TB": (-y, x), "BT": (y, x)}[direction]


def unit_of(name: str) -> tuple[str, int, int]:
    """The layer, the channel and the position of a unit by its name, from 0: of x[2,3], of h1[3], of x3."""
    match = re.match(r"(.*?)(?:\[(?:(\d+),)?(\d+)\]|(\d+))( = .*)?$", name)
    assert match, name
    return match[1], int(match[2] or 1) - 1, int(match[3] or match[4]) - 1


def places_of(scene: Scene, direction: str) -> list[Place]:
    places = []
    for shape in of_kind(scene, "cellunit"):
        area = bounds([turned(point, direction) for point in shape.points])
        places.append(Place(*unit_of(shape.tip), area.left, area.right, area.bottom, area.top))
    for unit in scene.units:  # circles, for a layer of one position; what leads to them ends under them
        across, along = turned((unit.x, unit.y), direction)
        places.append(Place(*unit_of(unit.tip), across, across, along - unit.width / 2, along + unit.width / 2))
    return places


def joints_of(scene: Scene, direction: str) -> list[Joint]:
    """Every cone by the cells whose borders its ends lie on."""
    places, joints = places_of(scene, direction), []
    for cone in of_kind(scene, "cone"):
        first, second, third, fourth = (turned(point, direction) for point in cone.points)
        assert first[0] == pytest.approx(fourth[0]), "a cone starts at one side"
        assert second[0] == pytest.approx(third[0]), "and ends at one"
        sources = [p for p in places if abs(p.far - first[0]) < NEAR and within(p, first[1], fourth[1])]
        targets = [p for p in places if abs(p.near - second[0]) < NEAR and touches(p, second[1], third[1])]
        assert len({p.layer for p in sources}) < 2, sources
        assert len({p.layer for p in targets}) == 1, targets
        joints.append(
            Joint(
                (sources[0].layer if sources else PADDING, frozenset(p.position for p in sources)),
                (targets[0].layer, frozenset(p.position for p in targets)),
                "strong" in cone.classes,
                (third[1] - second[1]) / (targets[0].high - targets[0].low),
            )
        )
    return joints


def within(place: Place, low: float, high: float) -> bool:
    """Whether a cell lies wholly within a stretch; one that lies there in part is a mistake."""
    inside = low - NEAR <= place.low and place.high <= high + NEAR
    assert inside or not touches(place, low, high), "an end of a cone lies within a cell"
    return inside


def touches(place: Place, low: float, high: float) -> bool:
    return min(place.high, high) - max(place.low, low) > NEAR


def edges_of(text: str) -> dict[tuple[str, int, int], set[tuple[str, int, int]]]:
    """What each unit sees, as the graph of the network says."""
    (network,) = parse(text)
    graph: Any = build(network)
    seen: dict[tuple[str, int, int], set[tuple[str, int, int]]] = defaultdict(set)
    for source, target in graph.edges():
        seen[unit_of(target)].add(unit_of(source))
    return seen


def assert_exact(text: str, scene: Scene, direction: str) -> None:
    """Each cone, or each comb of cones, stands for all connections of its units, in the channels that each sees."""
    edges = edges_of(text)
    by_target: dict[tuple[str, int], set[int]] = defaultdict(set)
    for joint in joints_of(scene, direction):
        for target in joint.targets[1]:
            by_target[joint.targets[0], target] |= joint.sources[1]
    for (layer, position), sources in by_target.items():
        units = [unit for unit in edges if unit[0] == layer and unit[2] == position]
        assert units, (layer, position)
        for unit in units:
            layers, channels = {source[0] for source in edges[unit]}, {source[1] for source in edges[unit]}
            assert edges[unit] == set(itertools.product(layers, channels, sources)), "a cone stands for every pair"


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[str, int]:
    """A layer that slides over an input of several channels, and in how many groups."""
    groups = draw(st.sampled_from([1, 1, 1, 2]))
    channels, length = groups * draw(st.integers(1, 3)), draw(st.integers(4, 13))
    taps, dilation, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    padding = draw(st.sampled_from(["0", "1", "2", "0/1", "2/1", "causal", "same_upper", "same_lower"]))
    mode = draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    outputs = groups * draw(st.integers(1, 3))
    words = f"conv:{taps},c={outputs},g={groups},s={stride},d={dilation},p={padding},padding_mode={mode}"
    return f"{channels}x{length} {words}", groups


@st.composite
def others(draw: st.DrawFn) -> str:
    """A layer that keeps channels apart, or makes more positions than it takes."""
    channels, length, taps = draw(st.integers(2, 4)), draw(st.integers(4, 12)), draw(st.integers(2, 4))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 1))
    words = draw(
        st.sampled_from(
            [
                f"maxpool:{taps},s={stride},p={padding}",
                f"maxpool:{taps},s={stride},p={padding},d=2,ceil_mode=true",
                f"avgpool:{taps},s={stride},p={padding}",
                f"convtranspose:{taps},s={stride},p={padding},c=3",
                f"convtranspose:{taps},s={stride},d=2,c=2",
                f"upsample:{taps}",
                f"upsample:{taps},mode=linear",
            ]
        )
    )
    return f"{channels}x{length} {words}"


def cells_of(text: str, **options: Any) -> Scene:
    return compose_figure(text, Options(units="cells", **options))  # type: ignore[arg-type]  # one text for a list


def checked(text: str) -> str:
    """The same, where it is a network."""
    try:
        parse(text)
    except NotationError:
        assume(False)
    return text


@given(convolutions(), st.sampled_from(DIRECTIONS))
@example(("2x9 conv:3,c=2,g=1,s=2,d=1,p=1,padding_mode=circular", 1), "LR")
@settings(max_examples=150)
def test_a_cone_is_all_that_its_unit_sees(layer: tuple[str, int], direction: str) -> None:
    """In detail, and as a block of a network."""
    text, groups = layer
    checked(text)
    if groups == 1:
        assert_exact(text, cells_of(text, direction=direction), direction)
    network = checked(f"{text} avgpool:1")
    assert_exact(network, cells_of(network, direction=direction), direction)


@given(others(), st.sampled_from(DIRECTIONS))
@settings(max_examples=100)
def test_a_cone_of_a_layer_without_kernels_or_of_more_positions(text: str, direction: str) -> None:
    for network in (checked(text), checked(f"{text} avgpool:1")):
        scene = cells_of(network, direction=direction)
        if "transpose" in text or "upsample" in text:
            assert_spread(network, scene, direction)
        else:
            assert joints_of(scene, direction)
            assert_exact(network, scene, direction)


def assert_spread(text: str, scene: Scene, direction: str) -> None:
    """Where there are more positions than before a cone leads from one of them to all that see it."""
    edges = edges_of(text)
    by_source: dict[int, set[int]] = defaultdict(set)
    for joint in joints_of(scene, direction):
        if joint.sources[0] == "x":
            (source,) = joint.sources[1]
            by_source[source] |= joint.targets[1]
    assert by_source
    for source, targets in by_source.items():
        (layer,) = {unit[0] for unit, seen in edges.items() if any(one[0] == "x" for one in seen)}
        assert targets == {
            unit[2] for unit, seen in edges.items() if unit[0] == layer and any(one[2] == source for one in seen)
        }


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("text", "highlight", "targets", "strong"),
    [
        ("2x9 conv:3,c=4", (), {0, 3, 6}, {3}),  # nothing is padded: the one in the middle
        ("2x9 conv:3,c=4,p=1", (), {0, 1, 8}, {1}),  # the first whose window is whole
        ("2x9 conv:3,c=4,p=1", ("y[2,6]",), {0, 5, 8}, {5}),
        ("2x9 conv:3,c=4,p=1", ("y[1,1]",), {0, 8}, {0}),
        ("2x9 conv:3,c=4,p=1 avgpool:3,s=1", ("h1[2,6]",), {0, 5, 8}, {5}),
        ("2x9 conv:3,c=4,p=1 avgpool:3,s=1", (), {0, 4, 8}, {4}),
    ],
)
def test_the_first_the_last_and_what_is_looked_at(
    text: str, highlight: tuple[str, ...], targets: set[int], strong: set[int], direction: str
) -> None:
    scene = cells_of(text, direction=direction, highlight=highlight)
    joints = [joint for joint in joints_of(scene, direction) if joint.sources[0] == "x"]
    assert {target for joint in joints for target in joint.targets[1]} == targets
    assert {target for joint in joints if joint.strong for target in joint.targets[1]} == strong


@pytest.mark.parametrize("behind", ["", " avgpool:1"])
@pytest.mark.parametrize(("taps", "dilation"), [(2, 2), (3, 2), (4, 3)])
def test_a_dilated_window_is_a_comb(taps: int, dilation: int, behind: str) -> None:
    """One cone from each tap, each to an equal share of the side of its unit, in order."""
    joints = joints_of(cells_of(f"2x16 conv:{taps},c=3,d={dilation}{behind}", direction="LR"), "LR")
    (first,) = {joint.targets[1] for joint in joints if joint.targets[1] == {0}}
    comb = [joint for joint in joints if joint.targets[1] == first and joint.sources[0] == "x"]
    assert [joint.sources[1] for joint in comb] == [{tap * dilation} for tap in range(taps)]
    assert [joint.share for joint in comb] == pytest.approx([1 / taps] * taps)


def test_windows_are_clipped_to_data_in_networks_and_reach_into_padding_in_detail() -> None:
    network = cells_of("2x9 conv:5,c=4,p=2 avgpool:1", direction="LR")
    detail = cells_of("2x9 conv:5,c=4,p=2", direction="LR")
    for scene, cells in ((network, 3), (detail, 5)):
        place = next(p for p in places_of(scene, "LR") if p.layer == "x")
        first = of_kind(scene, "cone")[0]
        height = abs(first.points[0][1] - first.points[3][1]) / (place.high - place.low)
        assert height == pytest.approx(cells)


def test_no_cones_where_none_are_wished_for() -> None:
    for text in ("2x9 conv:3,c=4", "2x9 conv:3,c=4 avgpool:1"):
        assert not of_kind(cells_of(text, edges="none"), "cone")
    scene = cells_of("2x9 conv:3,c=4 maxpool:2", edges=["y=none"], direction="LR")
    assert {joint.targets[0] for joint in joints_of(scene, "LR")} == {"h1"}


def test_nothing_but_what_is_highlighted_where_the_rest_is_hidden() -> None:
    scene = cells_of("2x9 conv:3,c=4", highlight=["y[1,2]", "y[3,5]"], rest="hidden", direction="LR")
    assert positions(joint.targets[1] for joint in joints_of(scene, "LR")) == {1, 4}


def positions(sets: Iterable[frozenset[int]]) -> set[int]:
    return {position for one in sets for position in one}
