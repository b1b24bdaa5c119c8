"""The lines of dense figures as paths: each is drawn once, in its colour, and none far from its place in the order."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from connectivity.rendering.bundles import MOST_TOGETHER, bundles, way
from connectivity.scene import Line, Scene

LETTERS = "abcdefg"
PLACES = {letter: f"{number} 0" for number, letter in enumerate(LETTERS)}
PAIRS = st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)), max_size=40)
LOOKS = st.lists(
    st.tuples(st.sampled_from(["#111111", "#222222"]), st.sampled_from([0.5, 1.0]), st.booleans()), max_size=200
)


def drawn(data: str) -> list[frozenset[str]]:
    """The ends of the lines that a path draws, in turn."""
    found: list[frozenset[str]] = []
    for stretch in data[1:].split("M") if data else ():
        ends = [LETTERS[int(number)] for number in re.findall(r"(\d+) 0", stretch)]
        found += map(frozenset, itertools.pairwise(ends))
    return found


@given(PAIRS)
def test_a_path_draws_each_of_its_lines_once(pairs: list[tuple[str, str]]) -> None:
    data = way([Line("", tail, head, "", 1.0) for tail, head in pairs], PLACES)
    assert drawn(data) == [frozenset(pair) for pair in pairs]


def test_two_lines_that_share_an_end_are_drawn_in_one_go() -> None:
    lines = [Line("", "a", head, "", 1.0) for head in "bcde"]
    assert way(lines, PLACES) == "M1 0 0 0 2 0M3 0 0 0 4 0"


def scene_of(looks: list[tuple[str, float, bool]]) -> Scene:
    scene = Scene("#ffffff", "#000000", "#000000", 3.0, 0.0, 10.0, dense=True)
    scene.lines += [
        Line("", "a", f"b{number}", colour, width, style="dashed" if dashed else "solid")
        for number, (colour, width, dashed) in enumerate(looks)
    ]
    return scene


@given(LOOKS)
def test_lines_are_together_that_look_alike(looks: list[tuple[str, float, bool]]) -> None:
    scene = scene_of(looks)
    found = bundles(scene)
    assert Counter(line.head for bundle in found for line in bundle.lines) == Counter(line.head for line in scene.lines)
    for bundle in found:
        assert 0 < len(bundle.lines) <= MOST_TOGETHER
        assert {(line.colour, line.width, line.style) for line in bundle.lines} == {
            (bundle.colour, bundle.width, bundle.style)
        }


@given(LOOKS)
def test_thin_lines_are_under_wide_ones(looks: list[tuple[str, float, bool]]) -> None:
    widths = [bundle.width for bundle in bundles(scene_of(looks))]
    assert widths == sorted(widths)


def test_colours_take_turns_where_their_lines_do() -> None:
    found = bundles(scene_of([("#111111", 1.0, False), ("#222222", 1.0, False)] * 3 * MOST_TOGETHER))
    assert [bundle.colour for bundle in found] == ["#111111", "#222222"] * 3


def test_lines_that_differ_on_a_dark_page_alone_are_apart() -> None:
    day = scene_of([("#111111", 1.0, False)] * 4)
    night = scene_of([(colour, 1.0, False) for colour in ("#eeeeee", "#eeeeee", "#dddddd", "#eeeeee")])
    assert [(bundle.dark, len(bundle.lines)) for bundle in bundles(day, night)] == [("#eeeeee", 3), ("#dddddd", 1)]
