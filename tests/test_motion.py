"""Figures that move: how many steps there are, what each shows, and that all ways out show the same."""

from __future__ import annotations

import itertools
import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from motionrules import Motion, marks_of

from connectivity import Figure
from connectivity.colour.themes import LIGHT
from connectivity.errors import DrawingError, FigureFileError, NoEffect
from connectivity.motion.aligning import rounded, unit_places
from connectivity.motion.film import Film
from connectivity.motion.moved import MOVED
from connectivity.motion.steps import MOST_STEPS
from connectivity.motion.union import Union, union_of
from connectivity.options import Options
from connectivity.scene import UNSEEN, Line, Scene, Shape
from connectivity.typeset.lengths import points

SEQUENCES = sorted((Path(__file__).parent.parent / "samples").glob("6[3-7]*.toml"))

VALUED = "7,values=1/0/2/1/0/1/2 conv:3,weight=1/0/-1"
"""Its outputs are -1, -1, 2, 0 and -2."""


def film(line: str, motion: str, **options: Any) -> Film:
    day, _ = Figure.of(line).changed(animate=motion, **options).films
    assert day is not None
    return day


def lit(scene: Scene) -> list[Line]:
    return [line for line in scene.lines if line.colour != LIGHT.faint and not line.stub]


def targets(scene: Scene, lines: list[Line]) -> set[str]:
    tips = {unit.id: unit.tip.partition(" ")[0] for unit in scene.units}
    return {tips[line.head] for line in lines}


class TestSteps:
    @given(st.integers(3, 14), st.integers(1, 3), st.integers(1, 2), st.integers(0, 1))
    @settings(max_examples=12)
    def test_a_slide_has_a_step_for_each_output(self, length: int, kernel: int, stride: int, padding: int) -> None:
        outputs = (length + 2 * padding - kernel) // stride + 1
        if outputs < 2:
            return
        assert len(film(f"{length} conv:{kernel},s={stride},p={padding}", "slide").frames) == outputs

    @pytest.mark.parametrize(
        ("line", "motion", "steps"),
        [
            ("9 conv:3 conv:3", "slide", 7 + 5),
            ("9 conv:3 maxpool:2 fc:2", "slide", 7 + 3),
            ("9 h=conv:3 conv:3", "slide:h", 7),
            ("9 conv:3 conv:3", "slide:y", 5),
            ("7 conv:3 // 5 sparse:3", "slide", 5),
            ("2x9 conv:3,c=3", "slide", 7),
            ("8 conv:1", "slide", 8),
            ("2x8 batchnorm conv:3,c=2", "slide", 6),
            ("6 upsample:2 conv:3", "slide", 10),
            ("9 conv:3 fc:4 fc:2", "forward", 4),
            ("x=8 conv:3,p=1 relu conv:3,p=1 add:x relu", "forward", 4),
            ("x=1x16 a=conv:3,p=1,c=4 maxpool:2 upsample:2 concat:a conv:3,p=1,c=1", "forward", 5),
            ("7 conv:3", "grow", 15),
            ("5 fc:4", "grow", 20),
            ("20 conv:5", "grow", 5),
            ("20 fc:20", "grow", 20),
            ("20 fc:20 fc:20 fc:20 fc:20", "grow", 4),
        ],
    )
    def test_counts(self, line: str, motion: str, steps: int) -> None:
        assert len(film(line, motion).frames) == steps

    def test_a_long_slide_stops_at_some_positions_and_says_so(self) -> None:
        with pytest.warns(NoEffect, match="the kernel stops at one position in 3"):
            moving = film("150 conv:3", "slide", max_units=0)
        assert len(moving.frames) == 50 <= MOST_STEPS

    @pytest.mark.parametrize(("length", "most"), [(40, 8), (40, 24), (30, 7)])
    def test_of_an_elided_layer_the_shown_positions_are_gone_over(self, length: int, most: int) -> None:
        """Also where a window reaches into what is left out: nothing more is shown then."""
        line = f"{length} conv:3"
        still = Figure.of(line).changed(max_units=most)
        shown = sum(unit.classes == "unit layer1" for unit in still.scene().units)
        moving = film(line, "slide", max_units=most)
        assert len(moving.frames) == shown < length - 2
        assert {len(frame.units) for frame in moving.frames} == {len(still.scene().units)}

    @pytest.mark.parametrize(
        ("line", "motion", "message"),
        [
            ("6 fc:3", "slide", "there is nothing to slide: no layer looks at a window"),
            ("6 conv:3 fc:2", "slide:z", 'no layer is named "z"'),
            ("6 h=conv:3 fc:2", "slide:y", '"y" slides no kernel over its input; h does'),
            ("6", "forward", "there is no layer after the input"),
            ("2x32 conv:5,c=6", "grow", "areas between cells here"),
            ("6 conv:3", "slid", r'unknown animate "slid" \(did you mean "slide"'),
            ("6 conv:3", "grow:y", 'unknown animate "grow:y"'),
            ("6 conv:3", "slide:", 'unknown animate "slide:"'),
        ],
    )
    def test_what_cannot_move_so(self, line: str, motion: str, message: str) -> None:
        with pytest.raises(DrawingError, match=message):
            Figure.of(line).changed(animate=motion).draw()

    @pytest.mark.parametrize("period", [0, -1, 1e9, float("nan"), float("inf"), 10**400])
    def test_periods_that_are_none(self, period: float) -> None:
        with pytest.raises(DrawingError, match="period must be"):
            Options(period=period)

    def test_more_connections_than_have_names_are_refused(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(DrawingError, match="10,000 connections are too many to move"):
                Figure.of("100 fc:100").changed(animate="forward", max_units=0).draw()


class TestFrames:
    def test_a_window_after_the_other_is_lit(self) -> None:
        for number, frame in enumerate(film("7 conv:3", "slide").frames, 1):
            lines = lit(frame)
            assert len(lines) == 3
            assert targets(frame, lines) == {f"y{number}"}

    def test_values_appear_as_they_are_computed(self) -> None:
        outputs = ["−1", "−1", "2", "0", "−2"]
        for number, frame in enumerate(film(VALUED, "slide", show=["values"]).frames, 1):
            said = [unit.label.stem if unit.label else "" for unit in frame.units if unit.classes == "unit layer1"]
            assert said == [*outputs[:number], *[""] * (5 - number)]

    def test_a_layer_behind_one_that_slides_is_known_at_its_end(self) -> None:
        frames = film(f"{VALUED} fc:1,w=1/1/1/1/1", "slide:h1", show=["values"]).frames
        last = [frame.units[-1].label for frame in frames]
        assert [label is not None for label in last] == [False] * 4 + [True]

    def test_values_in_cells_appear_as_they_are_computed(self) -> None:
        line = "2x6,values=1/2/3/4/5/6/1/2/3/4/5/6 conv:3,c=2"
        moving = film(line, "slide", show=["values"], units="cells")
        said = [sum(text.classes == "name" for text in frame.texts) for frame in moving.frames]
        assert said == sorted(said)
        assert said[-1] - said[0] == 2 * 3

    def test_the_kernel_moves_under_the_signal(self) -> None:
        line = "9,values=0/0/1/1/1/0/0/0/0 conv:3,weight=1/0/-1"
        moving = film(line, "slide", show=["values"], units="cells")
        sums = [[text.text for text in frame.texts if text.text.startswith("Σ")] for frame in moving.frames]
        assert [one.rpartition("= ")[2] for (one,) in sums] == ["−1", "−1", "0", "1", "1", "0", "0"]

    def test_the_cone_moves(self) -> None:
        moving = film("2x9 conv:3,c=3", "slide")
        strong = [{shape.points for shape in frame.shapes if shape.classes == "cone strong"} for frame in moving.frames]
        assert all(len(cones) == 1 for cones in strong)
        assert len(set(map(frozenset, strong))) == 7

    def test_layers_appear_one_after_the_other(self) -> None:
        seen = [
            ({unit.classes for unit in frame.units}, len(frame.lines))
            for frame in film("6 conv:3 fc:2", "forward").frames
        ]
        layers = [f"unit layer{number}" for number in range(3)]
        assert [classes for classes, _ in seen] == [set(layers[:1]), set(layers[:2]), set(layers)]
        assert [lines for _, lines in seen] == [0, 12, 12 + 8]

    def test_blocks_of_cells_appear_one_after_the_other(self) -> None:
        cones = [
            sum(shape.classes.startswith("cone") for shape in frame.shapes)
            for frame in film("2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,c=8", "forward").frames
        ]
        assert cones[0] == 0
        assert cones == sorted(set(cones))

    def test_connections_grow_parameter_after_parameter(self) -> None:
        counts, weights = [], []
        for frame in film("7 conv:3", "grow").frames:
            counts.append(len(frame.lines))
            weights.append({line.tip.partition("=")[0].partition(": ")[2] for line in frame.lines})
        assert counts == [*range(1, 16)]
        assert [len(names) for names in weights] == [1] * 5 + [2] * 5 + [3] * 5

    def test_rows_of_matrices_light_up_with_their_units(self) -> None:
        for frame in film("7 conv:3", "slide", view="both").frames:
            cells = [cell for cell in frame.cells if cell.fill != LIGHT.faint]
            assert len(cells) == len(lit(frame)) == 3
            assert len({round(cell.y) for cell in cells}) == 1

    @pytest.mark.parametrize(
        ("line", "motion", "options"),
        [
            (VALUED, "slide", {"show": ["values"]}),
            ("2x9 conv:3,c=3", "slide", {}),
            ("2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,c=8", "forward", {}),
            ("7 conv:3", "grow", {"view": "both"}),
            ("7 conv:3 conv:3", "slide", {"width": "80mm"}),
        ],
    )
    def test_everything_stays_in_its_place(self, line: str, motion: str, options: dict[str, Any]) -> None:
        moving = film(line, motion, **options)
        papers = {(round(scene.width, 3), round(scene.height, 3)) for scene in (moving.still, *moving.frames)}
        assert len(papers) == 1
        places = {(round(unit.x, 1), round(unit.y, 1)) for unit in moving.still.units}
        texts = {(text.text, round(text.x, 1), round(text.y, 1)) for text in moving.still.texts if text.bold}
        for frame in moving.frames:
            assert {(round(unit.x, 1), round(unit.y, 1)) for unit in frame.units} <= places
            assert {(text.text, round(text.x, 1), round(text.y, 1)) for text in frame.texts if text.bold} == texts

    @pytest.mark.parametrize(
        ("line", "motion", "options"),
        [
            (
                "x=6 conv:3,p=1 conv:3,p=1 add:x // x=6 conv:3,s=2,p=1 h=conv:3,p=1 p=conv:1,s=2,from=x add:h/p",
                "forward",
                {},
            ),
            ("2x4,values=1/2/3/4/1/2/3/4 conv:3,c=2", "slide", {"show": ["values"]}),
            ("1x9,values=0/0/1/1/1/0/0/0/0 conv:3 // 7 conv:3", "slide", {"show": ["values"], "columns": 2}),
        ],
    )
    def test_panels_do_not_jump(self, line: str, motion: str, options: dict[str, Any]) -> None:
        """Whatever room skips, kernels and sums take at some steps."""
        moving = film(line, motion, **options)
        seen = [
            (unit_places(scene), {(text.text, *rounded(text.x, text.y)) for text in scene.texts if text.bold})
            for scene in (moving.still, *moving.frames)
        ]
        for units, texts in seen[1:]:
            assert units <= seen[0][0]
            assert texts == seen[0][1]

    @pytest.mark.parametrize("motion", ["forward", "grow"])
    def test_what_is_highlighted_is_at_every_step(self, motion: str) -> None:
        """As the legend says that it is."""
        frames = film("9 conv:3", motion, highlight="y.3:receptive-field").frames
        for frame in frames:
            assert {"x3", "x4", "x5"} <= {unit.tip.partition(" ")[0] for unit in frame.units if unit.stroke}
        assert targets(frames[-1], lit(frames[-1])) == {"y3"}

    def test_a_kernel_that_slides_is_all_that_is_highlighted_and_this_is_said(self) -> None:
        with pytest.warns(NoEffect, match="highlight is not seen: the kernel that slides lights up what it sees"):
            day = film("9 conv:3", "slide", highlight="y.3:receptive-field")
        plain = film("9 conv:3", "slide")
        assert [text.text for text in day.still.texts] == [text.text for text in plain.still.texts]
        assert [len(lit(frame)) for frame in day.frames] == [3] * 7

    @pytest.mark.parametrize("theme", ["light", "print"])
    def test_the_legend_stays(self, theme: str) -> None:
        """Of which, in print, lines are a part."""
        line, options = "7 conv:3", dict[str, Any](theme=theme, edge_labels="none")
        still = Figure.of(line).changed(**options).scene()
        extra = len(still.lines) - len(Figure.of(line).changed(legend=False, **options).scene().lines)
        assert (extra > 0) == (theme == "print")
        for frame in film(line, "slide", **options).frames:
            assert len(frame.lines) == len(still.lines)
            assert len(frame.boxes) == len(still.boxes)


SHOWN = [
    (VALUED, "slide", {"show": ["values"]}),
    ("7 conv:3 conv:3", "slide", {}),
    ("7 conv:3 // 7 sparse:3", "slide", {}),
    ("6 conv:3 fc:2", "forward", {}),
    ("6 fc:3 fc:2", "grow", {}),
    ("9 conv:3", "slide", {"view": "both"}),
    ("9 conv:3", "slide", {"view": "matrix"}),
    ("2x9 conv:3,c=3", "slide", {}),
    ("2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,c=8", "slide:h1", {}),
    ("2x32 conv:5,p=2,c=6 relu maxpool:2 conv:3,c=8", "forward", {}),
]


def shapes_at(union: Union, step: int) -> list[Shape]:
    """The shapes of a union that are seen at a step, where they are then, in their order."""
    found = []
    for shape in union.scene.shapes:
        number = re.search(r"\bm(\d+)", shape.classes)
        look = union.tracks[int(number[1]) - 1].steps[step] if number else {}
        if look.get("all:opacity", "0" if UNSEEN in shape.classes else "1") == "1":
            x, y = (
                float(way.removesuffix("px")) for way in look.get(MOVED, "(0,0)").split("(")[1].rstrip(")").split(",")
            )
            found.append(shape._replace(points=tuple((left + x, top - y) for left, top in shape.points)))
    return found


def corners(shape: Shape) -> tuple[Any, ...]:
    return tuple((round(x, 1), round(y, 1)) for x, y in shape.points), bool(shape.fill), bool(shape.stroke)


def overlap(one: Shape, other: Shape) -> bool:
    """Whether one of two shapes may hide a part of the other."""
    spans = [[(min(ends) + 0.5, max(ends) - 0.5) for ends in zip(*shape.points, strict=True)] for shape in (one, other)]
    return all(low < end and start < high for (low, high), (start, end) in zip(*spans, strict=True))


class TestSvg:
    @pytest.mark.parametrize(("line", "motion", "options"), SHOWN)
    @pytest.mark.parametrize("loop", [True, False])
    def test_it_shows_each_frame_at_its_time(self, line: str, motion: str, options: dict[str, Any], loop: bool) -> None:
        figure = Figure.of(line).changed(animate=motion, period=0.5, loop=loop, **options)
        moving = Motion(figure.draw())
        frames = figure.frames("svg")
        assert moving.lasts == 0.5 * (len(frames) + 1)
        for number in {0, 1, len(frames) // 2, len(frames) - 1}:
            now, frame = moving.at(0.5 * number + 0.2), marks_of(parsed(frames[number]))
            assert now.shows(frame)

    def test_the_last_step_is_seen_longer_and_then_the_first(self) -> None:
        moving = Motion(Figure.of("7 conv:3").changed(animate="slide").draw())
        assert moving.at(4.5) == moving.at(5.5)
        assert moving.at(6.5) == moving.at(0.5)

    def test_without_a_loop_the_whole_figure_follows(self) -> None:
        moving = Motion(Figure.of("7 conv:3").changed(animate="slide", loop=False).draw())
        assert moving.at(6.5).lines == marks_of(parsed(Figure.of("7 conv:3").draw())).lines

    @pytest.mark.parametrize(("line", "motion", "options"), [*SHOWN, ("9 conv:3", "slide", {"windows": "first/last"})])
    def test_it_is_not_much_larger_than_the_still(self, line: str, motion: str, options: dict[str, Any]) -> None:
        figure = Figure.of(line).changed(**options)
        assert len(figure.changed(animate=motion).draw()) <= 1.3 * len(figure.draw())

    @pytest.mark.parametrize("path", SEQUENCES, ids=lambda path: path.stem)
    def test_the_sequences_of_the_gallery_are_not_much_larger_than_their_stills(self, path: Path) -> None:
        figure = Figure.read(path)
        assert len(figure.draw()) <= 1.3 * len(figure.changed(animate="none").draw())

    def test_what_lies_over_something_at_a_step_lies_over_it_where_it_moves(self) -> None:
        """As the outline of a window over the cells of a second layer, which is one with that over the first."""
        moving = film("2x8 conv:3,c=3,p=1 maxpool:2", "slide")
        union, _ = union_of(moving)
        for number, frame in enumerate(moving.frames):
            order = [*map(corners, frame.shapes)]
            for one, other in itertools.combinations(shapes_at(union, number), 2):
                if overlap(one, other):
                    last = len(order) - 1 - order[::-1].index(corners(other))  # an outline may be there twice
                    assert order.index(corners(one)) <= last, number

    @pytest.mark.parametrize("line", ["7 conv:3", "8 sparse:3", "7 maxpool:3,s=1", "9 conv:3,s=2"])
    def test_what_is_lit_lies_over_what_is_pale(self, line: str) -> None:
        moving = Motion(Figure.of(line).changed(animate="slide", period=1).draw())
        for step in range(3):
            lines = moving.at(step + 0.3).lines
            pale = [one.colour == LIGHT.faint for one in lines]
            assert pale == sorted(pale, reverse=True)
            assert pale.count(False) == 3

    def test_nothing_pale_is_seen_between_the_dashes_of_what_is_lit(self) -> None:
        moving = Motion(Figure.of("7 conv:3").changed(animate="slide", period=1, theme="print").draw())
        assert [len(moving.at(step + 0.3).lines) for step in range(5)] == [15 + 3 - 2] * 5

    def test_what_is_lit_keeps_the_name_of_what_it_covers(self) -> None:
        """It has none of its own, which would be true at one step."""
        svg = Figure.of("7 conv:3").changed(animate="slide").draw().decode()
        names = re.findall(r'class="edge[^"]*"><title>(.+?)</title>', svg)
        assert len(names) == len(set(names)) == 15
        assert svg.count('class="edge') == 15 + 3
        assert "[opacity='0']{pointer-events:none}" in svg

    def test_connections_that_only_steps_have_move_from_window_to_window(self) -> None:
        union, _ = union_of(film("9 conv:3", "slide", windows="first/last"))
        assert len(union.scene.lines) == 6 + 3

    def test_same_bytes_every_time(self) -> None:
        drawn = {Figure.of(VALUED).changed(animate="slide", show=["values"]).draw() for _ in range(2)}
        assert len(drawn) == 1

    def test_marks_have_ids_of_their_own(self) -> None:
        for path in SEQUENCES:
            ids = re.findall(r' id="([^"]+)"', Figure.read(path).draw().decode())
            assert len(ids) == len(set(ids)), path

    def test_it_needs_no_script(self) -> None:
        svg = Figure.of("7 conv:3").changed(animate="slide").draw().decode()
        assert not re.search(r"<script|<animate|\son\w+=", svg)

    def test_a_figure_that_is_told_not_to_move_is_the_figure(self) -> None:
        figure = Figure.read(SEQUENCES[3])
        still = figure.changed(animate="none")
        assert figure.moves
        assert not still.moves
        assert b"animation" not in still.draw()

    def test_dark_colours_are_those_of_the_dark_figure(self) -> None:
        figure = Figure.of("7 conv:3").changed(animate="slide")
        both = figure.changed(theme="auto").draw().decode()
        palettes = re.findall(r"svg\.connectivity\{(--m1:[^}]*)\}", both)
        light, dark = (dict(one.split(":") for one in palette.split(";")) for palette in palettes)
        for theme, palette in (("light", light), ("dark", dark)):
            alone = Motion(figure.changed(theme=theme).draw())
            declared = {value for stops in alone.frames.values() for _, stop in stops for value in stop.values()}
            colours = {value for value in declared if value.startswith("#")}
            assert colours
            assert colours <= set(palette.values()), theme


def parsed(svg: bytes) -> ET.Element:

    return ET.fromstring(svg)


STEPS = """network = "6 fc:6"
captions = false

[[step]]
caption = "all"

[[step]]
network = "6 conv:3,p=1"
highlight = "y.2:window"
caption = "some"
"""


class TestOwnSteps:
    def test_no_legend_says_of_a_step_what_only_the_figure_highlights(self) -> None:
        text = 'network = "7 conv:3"\nhighlight = "y.2"\n[[step]]\nhighlight = "y.1:window"\n[[step]]\ncaption = "as it is"'
        day, _ = Figure.parse(text).films
        assert day is not None
        said = [any(text.text == "highlighted" for text in scene.texts) for scene in (day.still, *day.frames)]
        assert said == [True, False, True]

    def test_connections_of_another_network(self) -> None:
        day, _ = Figure.parse(STEPS).films
        assert day is not None
        assert [len(frame.lines) for frame in day.frames] == [36, 16]
        assert [len(lit(frame)) for frame in day.frames] == [36, 3]
        assert [[text.text for text in frame.texts if text.classes == "step"] for frame in day.frames] == [
            ["all"],
            ["some"],
        ]
        assert len(day.still.lines) == 36

    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ('[[step]]\nhighligt = "y.1"', 3, 'unknown key "highligt".*did you mean "highlight"'),
            ("[[step]]\ngap = 3", 3, '"gap" is of the whole figure: a step changes what is seen'),
            ('[[step]]\nweights = "w.npz"', 3, '"weights" is of the whole figure'),
            ('[[step]]\nnetwork = "6 fc:3"', 3, "step 1 has units of its own"),
            ('[[step]]\nnetwork = "6 fc:6 // 6 fc:6"', 3, "2 networks for 1 panel;"),
            ('[[step]]\nnetwork = "6 fcc:6"', 3, 'unknown layer "fcc"'),
            ('[[step]]\nhighlight = "y.9"', 3, 'there is no unit "y.9" to highlight'),
            ('[[step]]\nhighlight = ["y.1", "y.9"]', 3, 'there is no unit "y.9" to highlight'),
            ('[[step]]\nvalues = ["z"]', 3, 'values: there is no layer or unit "z"'),
            ("[[step]]\nvalues = 3", 3, "values must be true, false, or names"),
            ('[[step]]\ncaption = "$x^$"', 3, "title: "),
            ("[[step]]\ncaption = 3", 3, "caption must be a text"),
            ("step = 3", 2, r"step must be tables, each headed \[\[step\]\]"),
            ('[step]\ncaption = "a"', 2, r"step must be tables, each headed \[\[step\]\]"),
            ("[[step]]\n" * 201, 202, "201 steps; at most 200"),
        ],
    )
    def test_mistakes_are_shown_where_they_are(self, text: str, line: int, message: str) -> None:
        with pytest.raises(FigureFileError, match=message) as caught:
            Figure.parse(f'network = "6 fc:6"\n{text}\n').draw()
        assert caught.value.line == line

    def test_a_step_that_moves_units_is_refused(self) -> None:
        text = 'network = "6 conv:3"\n[[step]]\nlabel = "x=abcdef"\n'
        with pytest.raises(FigureFileError, match=r"step 1 moves units \(\d+ of them"):
            Figure.parse(text).draw()

    def test_a_page_without_room_for_the_captions_of_steps_is_refused_as_it_was_said(self) -> None:
        size = (
            'direction = "BT"\nwidth = "60mm"\nheight = "30mm"\nfont-size = "8pt"\ncaptions = false\nlegend = false\n'
        )
        with pytest.raises(
            FigureFileError, match="height 30mm is too little for the figure with what its steps write"
        ) as caught:
            Figure.parse(f'network = "7 conv:3"\n{size}[[step]]\ncaption = "{"one of many words " * 12}"\n').draw()
        assert caught.value.line == 4

    @pytest.mark.parametrize("margin", ["0", "12pt"])
    def test_a_page_that_is_said_has_the_captions_of_steps_on_it(self, margin: str) -> None:
        """Under the figure, which is smaller by their room; a step's sum beside it takes none of the page's edge."""
        size = f'width = "90mm"\nheight = "60mm"\nmargin = "{margin}"\nfont-size = "9pt"\ncaptions = false\n'
        step = '[[step]]\nhighlight = "y.1:window"\ncaption = "one window, of which a lot is said, so that it takes two lines"\n'
        day, _ = Figure.parse(f'network = "7 conv:3"\ndirection = "BT"\n{size}{step}[[step]]\n').films
        assert day is not None
        for scene in (day.still, *day.frames):
            assert scene.size == pytest.approx((points("90mm", "width"), points("60mm", "height")))
            assert min(unit.y - scene.diameter / 2 for unit in scene.units) >= 0
            assert max(unit.y + scene.diameter / 2 for unit in scene.units) <= scene.height
        (caption,) = (text for text in day.frames[0].texts if text.classes == "step")
        assert "\n" in caption.text
        assert caption.y + caption.measure()[1] / 2 <= min(unit.y - day.still.diameter / 2 for unit in day.still.units)

    @pytest.mark.parametrize(
        "said", ['padding = "hollow"', 'edge-labels = "name"', 'label = "x=abc"', 'labels = "none"']
    )
    def test_what_needs_room_at_one_step_has_it_at_all(self, said: str) -> None:
        day, _ = Figure.parse(f'network = "6 conv:3,p=1"\n[[step]]\n{said}\n[[step]]\nhighlight = "y.1"\n').films
        assert day is not None
        places = {(round(unit.x, 1), round(unit.y, 1)) for unit in day.still.units}
        for frame in day.frames:
            assert places <= {(round(unit.x, 1), round(unit.y, 1)) for unit in frame.units}

    def test_what_any_step_highlights_is_shown_in_all(self) -> None:
        text = 'network = "40 conv:3"\nmax-units = 8\n[[step]]\nhighlight = "y.20"\n[[step]]\nhighlight = "y.1"\n'
        day, _ = Figure.parse(text).films
        assert day is not None
        assert all(any(unit.tip == "y20" for unit in scene.units) for scene in (day.still, *day.frames))

    def test_positions_of_long_blocks_of_cells_that_steps_highlight_are_shown_in_all(self) -> None:
        steps = "".join(f'[[step]]\nhighlight = "h1.all.{place}:window"\n' for place in (1, 20, 64))
        day, _ = Figure.parse(f'network = "2x64 conv:5,p=2,c=6 maxpool:2 conv:3,c=8"\n{steps}').films
        assert day is not None
        strong = [{s.points for s in frame.shapes if s.classes == "cone strong"} for frame in day.frames]
        assert len(set(map(frozenset, strong))) == 3

    def test_values_are_written_as_steps_say(self) -> None:
        text = f'network = "{VALUED}"\nshow = "values"\n[[step]]\nvalues = ["x", "y.2"]\n[[step]]\nvalues = false\n[[step]]\n'
        day, _ = Figure.parse(text).films
        assert day is not None
        assert [sum(unit.label is not None for unit in frame.units) for frame in day.frames] == [8, 0, 12]
