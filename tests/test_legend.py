"""The legend under a figure: what each form of key looks like, and how keys stand in rows."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from areas import Area as Place
from areas import text_areas
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity.colour.hatching import Pattern
from connectivity.colour.keys import Area, Areas, Bar, Key, Outline, Swatches
from connectivity.colour.legend import BAR, add_legend
from connectivity.colour.themes import LIGHT, PRINT, Stroke, Theme
from connectivity.scene import Scene, Sheet

GOLDEN = Path(__file__).parent / "golden" / "legend.txt"
LEAST = 190.0  # what a legend has, however narrow its figure is

SHADES = ("#134fa6", "#949494", "#bb1c2c")
PALETTE = tuple(zip(LIGHT.pens, ("first", "second", "third", "a fourth one", "fifth"), strict=False))
FORMS: dict[str, tuple[list[Key], float, Theme]] = {
    "chips": ([Swatches("shared weights", PALETTE[:3])], 300, LIGHT),
    "chips without a title": ([Swatches("", PALETTE[:2])], 300, LIGHT),
    "samples of more": ([Swatches("its own", tuple((pen, "") for pen in LIGHT.pens[:3]), more=True)], 300, LIGHT),
    "fills": ([Swatches("group", PALETTE[:2], solid=True)], 300, LIGHT),
    "lines on paper": ([Swatches("weight", tuple(zip(PRINT.pens[:3], "abc", strict=True)))], 300, PRINT),
    "two kinds of lines on paper": (
        [Swatches("one", ((PRINT.pens[1], "a"),)), Swatches("other", ((PRINT.pens[2], "b"), (PRINT.pens[0], "c")))],
        300,
        PRINT,
    ),
    "a title alone": ([Swatches("every connection has its own weight", ())], 300, LIGHT),
    "a bar of two ends": ([Bar("group", SHADES, ("1", "20"))], 300, LIGHT),
    "a bar with a middle": ([Bar("weight", SHADES, ("-1", "0", "1"))], 300, LIGHT),
    "a bar without words": ([Bar("shared weights", SHADES, ())], 300, LIGHT),
    "a bar with one word": ([Bar("weight", SHADES, ("0",))], 300, LIGHT),
    "an outline": ([Outline("left out")], 300, LIGHT),
    "areas": ([Areas(((Area("#2468b4"), "one"), (Area("#d9622b", Pattern.SLASH), "other")))], 300, LIGHT),
    "an area that is a line": ([Areas(((Area("#2468b4", thin=True), "a line"),))], 300, LIGHT),
    "marks": ([Areas(((Area("#000000", mark="filled"), "more"), (Area("#000000", mark="open"), "less")))], 300, PRINT),
    "areas on paper": (
        [Areas(tuple((Area("#000000", pattern), pattern.name) for pattern in (Pattern.LEVEL, Pattern.DOTS)))],
        300,
        PRINT,
    ),
    "an area without a pattern on paper": ([Areas(((Area("#000000"), "empty"),))], 300, PRINT),
    "keys in a row": ([Swatches("one", PALETTE[:1]), Outline("left out"), Bar("", SHADES, ())], 400, LIGHT),
    "keys in two rows": ([Swatches("one", PALETTE[:1]), Outline("left out"), Bar("", SHADES, ())], 200, LIGHT),
    "areas in rows": ([Areas(tuple((Area("#2468b4"), "x" * 15 * length) for length in (1, 2, 1)))], 120, LIGHT),
    "chips in several rows": ([Swatches("shared", PALETTE, more=True), Outline("left out")], 190, LIGHT),
    "a bar under its title": ([Outline("before"), Bar("the weights of layers", SHADES, ("0", "1"))], 200, LIGHT),
    "a title in two lines": ([Bar("the weights of all of the layers that there are", SHADES, ("0", "1"))], 10, LIGHT),
    "an outline that is too wide": ([Outline("units and connections that are left out here"),] * 2, 190, LIGHT),
}  # fmt: skip


def drawn(keys: Sequence[Key], width: float, theme: Theme = LIGHT) -> Sheet:
    """The legend of a figure so wide, which begins at 0 and ends above 0."""
    sheet = Sheet(Scene(theme.background, theme.ink, theme.unit_stroke, 26.0, 26.0, 13.0))
    sheet.extent.cover(width / 2, 20, width, 40)
    add_legend(sheet, keys, width / 2, theme)
    return sheet


def said(scene: Scene) -> Iterator[str]:
    """All marks of a scene in words: what it is, where, how large, and what it looks like."""
    for text in scene.texts:
        yield f"text   {text.x:.2f} {text.y:.2f}  {text.size:g} {text.colour} {text.align} {text.classes} {text.text}"
    for box in scene.boxes:
        yield f"box    {box.x:.2f} {box.y:.2f}  {box.width:g} {box.height:g} {box.fill}"
    for unit in scene.units:
        look = f"{unit.fill} {unit.stroke} {unit.style} {unit.classes} {unit.id} {unit.tip}"
        yield f"unit   {unit.x:.2f} {unit.y:.2f}  {unit.width:g} {unit.height:g} {look}"
    for dot in scene.dots:
        yield f"dot    {dot.x:.2f} {dot.y:.2f}  {dot.diameter:g} {dot.fill} {dot.id}".rstrip()
    for line in scene.lines:
        look = f"{line.colour} {line.width:g} {line.style} {line.classes} stub={line.stub} arrow={line.arrow}"
        yield f"line   {line.tail} {line.head}  {look}"
    for shape in scene.shapes:
        corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape.points)
        look = f"fill={shape.fill}/{shape.opacity:g} stroke={shape.stroke}/{shape.width:g} {shape.classes}".rstrip()
        yield f"shape  {corners}  {look}"
        yield from (f"       {place:g} {colour}" for place, colour in shape.ramp)


def forms_found() -> dict[str, str]:
    return {name: "\n".join(said(drawn(*form).marks)) for name, form in FORMS.items()}


def forms_known() -> dict[str, str]:
    parts = GOLDEN.read_text(encoding="utf-8").strip().split("\n\n")
    return {name.removeprefix("# "): marks for name, _, marks in (part.partition("\n") for part in parts)}


@pytest.mark.parametrize("name", FORMS)
def test_golden(name: str) -> None:
    """``CONNECTIVITY_UPDATE=1 python -m pytest tests/test_legend.py`` writes the file anew."""
    if "CONNECTIVITY_UPDATE" in os.environ:
        text = "\n\n".join(f"# {title}\n{marks}" for title, marks in forms_found().items())
        GOLDEN.write_text(text + "\n", encoding="utf-8")
    assert "\n".join(said(drawn(*FORMS[name]).marks)) == forms_known()[name]


# Rows.

words = st.text("ab ", max_size=25).map(lambda text: " ".join(text.split()))
labels = words.map(lambda text: text or "x")
strokes = st.sampled_from([*LIGHT.pens, *PRINT.pens])
swatches = st.builds(
    Swatches,
    labels,
    st.lists(st.tuples(strokes, labels), min_size=1, max_size=6).map(tuple),
    st.booleans(),
    st.booleans(),
)
bars = st.builds(Bar, labels, st.just(SHADES), st.sampled_from([(), ("1", "2"), ("1", "2", "3")]))
areas = st.lists(st.tuples(st.just(Area("#2468b4")), labels), min_size=1, max_size=4).map(tuple).map(Areas)
keys_of_any_form = st.lists(st.one_of(swatches, bars, areas, st.builds(Outline, labels)), min_size=1, max_size=4)


def parts(scene: Scene) -> list[Place]:
    """Where each part of a legend is; of a bar without the words above it."""
    found = [place for place, text in zip(text_areas(scene), scene.texts, strict=True) if text.size == 11]
    found += [
        Place("box", b.x - b.width / 2, b.y - b.height / 2, b.x + b.width / 2, b.y + b.height / 2) for b in scene.boxes
    ]
    found += [
        Place("unit", u.x - u.width / 2, u.y - u.height / 2, u.x + u.width / 2, u.y + u.height / 2) for u in scene.units
    ]
    found += [Place("dot", d.x - d.diameter / 2, d.y - 1, d.x + d.diameter / 2, d.y + 1) for d in scene.dots]
    for shape in scene.shapes:
        xs, ys = zip(*shape.points, strict=True)
        found.append(Place("shape", min(xs), min(ys), max(xs), max(ys)))
    return found


def rows(scene: Scene) -> list[list[Place]]:
    """The parts of each row, from the top: those that have their middle at one height."""
    found = sorted(parts(scene), key=lambda place: (-round(place.bottom + place.top, 6), place.left))
    return [list(row) for _, row in itertools.groupby(found, key=lambda place: round(place.bottom + place.top, 6))]


def ends(row: Sequence[Place]) -> tuple[float, float]:
    return min(place.left for place in row), max(place.right for place in row)


@given(keys_of_any_form, st.floats(20, 500))
@settings(max_examples=60)
def test_everything_is_said_once_in_its_order_and_stands_apart(keys: list[Key], width: float) -> None:
    sheet = drawn(keys, width)
    found = [text.text for text in sheet.marks.texts]
    expected = []
    for key in keys:
        items = getattr(key, "items", ())
        expected += [key.title, *(label for _, label in items), *getattr(key, "labels", ())]
    assert " ".join(found).split() == " ".join(expected).split()
    outlines = {"box", "shape"}  # a chip may have a frame behind it
    places = sorted(parts(sheet.marks), key=lambda place: place.left)
    for one, other in itertools.combinations(places, 2):
        assert {one.what, other.what} <= outlines or not one.meets(other), (one, other)
    assert all(place.top <= 0 for place in places)


@given(keys_of_any_form, st.floats(20, 500))
@settings(max_examples=60)
def test_a_row_is_as_wide_as_the_figure_at_most_and_stands_in_its_middle(keys: list[Key], width: float) -> None:
    only_areas = all(isinstance(key, Areas) for key in keys)
    for row in rows(drawn(keys, width).marks):
        left, right = ends(row)
        pieces = [place for place in row if place.what not in ("box", "dot", "unit", "shape")]
        assert right - left <= max(width, LEAST) + 1.5 or len(pieces) <= 1
        if not only_areas:
            assert left + right == pytest.approx(width, abs=1.5)


def test_keys_stand_in_one_row_just_where_they_fit() -> None:
    keys: list[Key] = [Outline("one of them"), Outline("another"), Outline("a third one")]
    (row,) = rows(drawn(keys, 1000).marks)
    left, right = ends(row)
    assert len(rows(drawn(keys, right - left + 0.01).marks)) == 1
    assert len(rows(drawn(keys, right - left - 0.01).marks)) == 2


def test_a_key_is_folded_just_where_it_is_wider_than_the_figure() -> None:
    key = Swatches("shared weights", tuple((pen, "a label") for pen in LIGHT.pens[:4]))
    (row,) = rows(drawn([key], 1000).marks)
    left, right = ends(row)
    assert len(rows(drawn([key], right - left + 0.01).marks)) == 1
    title, first, *_ = folded = rows(drawn([key], right - left - 0.01).marks)
    assert [place.what for place in title] == ["shared weights"]
    assert len(first) == 8, "all of its items fit in one row without the title"
    assert len(folded) == 2


def test_folded_chips_fill_each_row_as_far_as_there_is_room() -> None:
    key = Swatches("", tuple((Stroke("#2468b4"), "label") for _ in range(10)))
    (row,) = rows(drawn([key._replace(items=key.items[:4])], 1000).marks)
    left, right = ends(row)
    found = rows(drawn([key], right - left + 0.01).marks)
    assert [len(row) // 2 for row in found] == [4, 4, 2]


def test_a_figure_however_narrow_leaves_a_legend_room() -> None:
    key = Swatches("one", tuple((pen, "x") for pen in LIGHT.pens[:4]))
    (row,) = rows(drawn([key], 10).marks)
    assert 150 < ends(row)[1] - ends(row)[0] < LEAST


def test_areas_one_under_the_other_begin_at_the_same_place() -> None:
    key = Areas(tuple((Area("#2468b4"), "label" * length) for length in (8, 4, 6)))
    found = [ends(row) for row in rows(drawn([key], 100).marks)]
    assert len(found) == 3
    assert len({left for left, _ in found}) == 1
    assert found[0][0] + max(right for _, right in found) == pytest.approx(100)
    mixed = [ends(row) for row in rows(drawn([key, Outline("out of place")], 100).marks)]
    assert len({left for left, _ in mixed}) == 4


def test_samples_of_more_end_in_three_dots() -> None:
    items = tuple((pen, "") for pen in LIGHT.pens[:3])
    few, more = (drawn([Swatches("its own", items, more=more)], 300).marks for more in (False, True))
    assert (len(few.dots), len(more.dots)) == (0, 3)
    assert min(dot.x for dot in more.dots) > max(box.x for box in more.boxes)


def test_no_keys_take_no_room() -> None:
    sheet = drawn([], 300)
    assert (sheet.marks.marks, sheet.extent.bottom) == (0, 0)


@pytest.mark.parametrize("labels", [("a",), ("a", "b"), ("a", "b", "c")])
def test_the_words_of_a_bar_are_spread_along_it(labels: tuple[str, ...]) -> None:
    scene = drawn([Bar("weight", SHADES, labels)], 300).marks
    (bar,) = scene.shapes
    left, right = min(x for x, _ in bar.points), max(x for x, _ in bar.points)
    assert right - left == pytest.approx(BAR)
    step = BAR / max(1, len(labels) - 1)
    assert [text.x for text in scene.texts[1:]] == pytest.approx([left + step * n for n in range(len(labels))])


def test_on_paper_lines_of_one_colour_have_ends_of_their_own() -> None:
    """Since Graphviz draws a line between two marks; where others are in the figure already, after those."""
    keys, width, theme = FORMS["two kinds of lines on paper"]
    scene = drawn(keys, width, theme).marks
    names = [dot.id for dot in scene.dots]
    assert len(set(names)) == len(names) == 6
    places = {dot.id: (dot.x, dot.y) for dot in scene.dots}
    assert [places[line.head][0] - places[line.tail][0] for line in scene.lines] == pytest.approx([30, 30, 30])
