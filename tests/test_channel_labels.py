"""Names of channels: how they are read, where they stand, and that nothing stands on them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from areas import assert_apart, assert_boxes_are_clear, assert_on_paper, assert_text_is_clear
from conftest import Run
from scenes import compose_figure

from connectivity import DrawingError, Figure, parse
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.wiring import LayerView
from connectivity.options import Options
from connectivity.picture.channelnames import channel_names, check_channel_names
from connectivity.scene import Box, Scene, Text, Unit

DIRECTIONS = ["LR", "RL", "BT", "TB"]


def layers_of(text: str) -> list[LayerView]:
    return Blueprint(parse(text)[0]).layers


def scene_of(text: str, *labels: str, **options: object) -> Scene:
    """The scene with units as circles; names of cells are looked at in tests/test_cells.py."""
    options = {"units": "circles", **options}
    return compose_figure(text, Options(channel_labels=labels, **options))  # type: ignore[arg-type]  # whatever a test says


def names_of(scene: Scene) -> dict[str, Text]:
    return {text.text: text for text in scene.texts if text.classes == "channel"}


def units_of(scene: Scene, channel: str) -> list[Unit]:
    """The units whose names begin so: ``x[2,``."""
    return [unit for unit in scene.units if unit.tip.startswith(channel)]


def clear(scene: Scene) -> None:
    """Nothing stands on anything else; a name may stand within the box round its group, not on its outline."""
    assert_apart(scene)
    assert_on_paper(scene)
    inside = [text for text in scene.texts if any(holds(box, text) for box in scene.boxes if box.stroke)]
    assert_boxes_are_clear(dataclasses.replace(scene, texts=[text for text in scene.texts if text not in inside]))


def holds(box: Box, text: Text) -> bool:
    width, height = text.measure()
    return abs(text.x - box.x) + width / 2 < box.width / 2 and abs(text.y - box.y) + height / 2 < box.height / 2


def test_names_are_read_by_the_number_of_their_layer() -> None:
    options = Options(channel_labels=("x=ax/ay/az", "y=$a_1$/", "x=1/2/3", "elsewhere=a"))
    assert channel_names(layers_of("3x8 fc:4 conv:3,c=2"), options) == {0: ["1", "2", "3"], 2: ["$a_1$", ""]}
    assert channel_names(layers_of("3x8"), Options()) == {}


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("x=a/b", 'channel-label "x=a/b": 2 texts for 3 channels of "x"'),
        ("x=a", 'channel-label "x=a": 1 text for 3 channels of "x"'),
        ("y=a/b", 'channel-label "y=a/b": 2 texts for 1 channel of "y"'),
        ("xx=a/b/c", r'no layer "xx" whose channels could have names \(did you mean "x"'),
        ("x", 'channel-label "x" is not NAME=TEXT/TEXT..., as x=ax/ay/az'),
        ("=a/b/c", "is not NAME=TEXT"),
        ("x=$\\nothing$/b/c", r'channel-label:1:4: unknown "\\nothing"'),
    ],
)
@pytest.mark.parametrize("view", ["graph", "matrix"])
def test_mistakes_are_said(label: str, message: str, view: str) -> None:
    with pytest.raises(DrawingError, match=message) as caught:
        scene_of("3x8 fc:2", label, view=view)
    assert caught.value.option == "channel_labels"


def test_a_layer_of_another_panel_is_known() -> None:
    options = Options(channel_labels=("a=1/2",))
    check_channel_names([(layers_of("a=2x4 fc:1"), options), (layers_of("b=3x4 fc:1"), options)])
    with pytest.raises(DrawingError, match='no layer "a"'):
        check_channel_names([(layers_of("b=3x4 fc:1"), options)])
    assert set(names_of(scene_of("a=2x4 fc:1 // b=3x4 fc:1", "a=one/two"))) == {"one", "two"}


def test_a_layer_that_only_joins_has_no_channels_of_its_own() -> None:
    with pytest.raises(DrawingError, match='"h2" only joins channels that are drawn already'):
        scene_of("x=2x4 conv:1,c=2 h2=concat:x fc:2", "h2=a/b/c/d")


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_names_of_an_input_and_of_an_output_stand_outside_beside_their_middle(direction: str) -> None:
    scene = scene_of("3x8 conv:3,g=3", "x=ax/ay/az", "y=u/v/w", direction=direction)
    flow, along = ("x", "y") if direction in ("LR", "RL") else ("y", "x")
    names = names_of(scene)
    sign = 1 if direction in ("LR", "BT") else -1
    for layer, texts, side in (("x", ("ax", "ay", "az"), -sign), ("y", ("u", "v", "w"), sign)):
        for channel, text in enumerate(texts, start=1):
            units = units_of(scene, f"{layer}[{channel},")
            middle = (getattr(units[0], along) + getattr(units[-1], along)) / 2
            assert getattr(names[text], along) == pytest.approx(middle)
            assert side * (getattr(names[text], flow) - getattr(units[0], flow)) > 20
    clear(scene)
    assert_text_is_clear(scene)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_names_between_two_layers_stand_before_their_channel(direction: str) -> None:
    scene = scene_of("3x5 h=conv:3,c=3 conv:3,c=2", "h=low/$h_2$/high edges", direction=direction)
    flow, along = ("x", "y") if direction in ("LR", "RL") else ("y", "x")
    before = 1 if direction in ("LR", "RL") else -1
    for channel, text in enumerate(("low", "$h_2$", "high edges"), start=1):
        first = units_of(scene, f"h[{channel},")[0]
        name = names_of(scene)[text]
        assert getattr(name, flow) == pytest.approx(getattr(first, flow))
        assert not name.plate, "columns are so far apart that no line runs through it"
        assert 13 < before * (getattr(name, along) - getattr(first, along)) < 60
    clear(scene)
    assert_text_is_clear(scene)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_names_of_rows_stand_at_the_beginning_of_their_row(direction: str) -> None:
    scene = scene_of(
        "2x8 conv:3,c=2", "x=ax/ay", "y=by/cy",
        channels="rows", direction=direction,
    )  # fmt: skip
    flow, along = ("x", "y") if direction in ("LR", "RL") else ("y", "x")
    names = names_of(scene)
    for layer, texts in (("x", ("ax", "ay")), ("y", ("by", "cy"))):
        for channel, text in enumerate(texts, start=1):
            first = units_of(scene, f"{layer}[{channel},")[0]
            assert getattr(names[text], flow) == pytest.approx(getattr(first, flow))
            assert (getattr(names[text], along) > getattr(first, along) + 14) == (direction in ("LR", "RL"))
    clear(scene)
    assert_text_is_clear(scene)


def test_names_stay_where_positions_are_elided() -> None:
    scene = scene_of("3x200 h=conv:5,c=6,g=3 fc:3", "x=ax/ay/az", "h=a/b/c/d/e/f", max_units=9)
    names = names_of(scene)
    assert {"ax", "ay", "az", "a", "f"} <= set(names)
    units = units_of(scene, "x[2,")
    assert names["ay"].y == pytest.approx((units[0].y + units[-1].y) / 2)
    clear(scene)


def test_names_of_hidden_channels_are_hidden() -> None:
    texts = [f"n{number}" for number in range(40)]
    scene = scene_of("40x6 fc:2", f"x={'/'.join(texts)}")
    shown = {int(unit.tip[2:].partition(",")[0]) - 1 for unit in units_of(scene, "x[")}
    assert 2 <= len(shown) < 40
    assert set(names_of(scene)) == {texts[channel] for channel in shown}
    clear(scene)


def test_small_units_leave_room_for_names() -> None:
    """Their columns keep their height, and have larger gaps between channels for it."""
    for options in ({}, {"direction": "TB"}):
        scene = scene_of("3x128 h=conv:5,c=6,g=3 fc:3", "x=ax/ay/az", "h=a/b/c/d/e/f", **options)
        assert min(text.size for text in names_of(scene).values()) >= 5.5
        clear(scene)


def test_names_without_room_are_refused() -> None:
    with pytest.raises(DrawingError, match='no room for the names of the channels of "x"'):
        scene_of("3x4 fc:2", f"x={'long ' * 60}/{'long ' * 60}/c", channels="rows")


def test_names_beside_a_crop_its_dots_and_padding() -> None:
    for direction in DIRECTIONS:
        scene = scene_of(
            "3x30 h=conv:5,c=3,g=3,bias,p=1 conv:3,c=2", "x=ax/ay/az", "h=a/b/c",
            crop="1/7", padding="hollow", show=("bias",), direction=direction,
        )  # fmt: skip
        clear(scene)
        for text in names_of(scene).values():
            assert all(abs(dot.x - text.x) + abs(dot.y - text.y) > 8 for dot in scene.dots if dot.diameter)


def test_names_in_networks_that_branch() -> None:
    for direction in DIRECTIONS:
        scene = scene_of(
            "x=2x6 a=conv:3,p=1,c=2 b=conv:3,p=1,c=2,from=x c=conv:1,c=2,from=x s=add:a/b fc:2",
            "x=l/r", "a=a1/a2", "b=b1/b2", "c=c1/c2", "s=s1/s2", direction=direction,
        )  # fmt: skip
        assert len(names_of(scene)) == 10
        clear(scene)


def test_a_bus_does_not_run_through_names() -> None:
    """A skip round everything leaves an input at its far side, unless names stand there."""
    scene = scene_of("x=2x3 conv:2,c=4 conv:1,c=2,p=1 conv:2,c=2 add:x", "x=left/right", "y=up/down")
    clear(scene)
    for name in names_of(scene).values():
        for line in scene.lines:
            assert not any(abs(x - name.x) < 25 and abs(y - name.y) < 6 for x, y in line.path[1:-1])


def test_a_name_on_connections_has_a_ground() -> None:
    scene = scene_of("3x20 h=conv:3,c=4 fc:9", f"h={'/'.join(['a very long name indeed'] * 3)}/b", max_units=0)
    plates = {text.text: text.plate for text in scene.texts if text.classes == "channel"}
    assert plates["a very long name indeed"]
    assert_text_is_clear(scene)


def test_a_merged_layer_and_an_empty_text_have_no_name() -> None:
    assert set(names_of(scene_of("3x4 fc:2", "x=a/b/c", merge=("x",)))) == set()
    assert set(names_of(scene_of("3x4 fc:2", "x=a//c"))) == {"a", "c"}


def test_figure_files_and_the_command_line_say_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(
        '[[panel]]\nnetwork = "3x8 conv:3,g=3"\nchannel-label = ["x=ax/ay/az", "y=1/2/3"]\n'
    )
    said = ("--channel-label", "x=ax/ay/az", "--channel-label", "y=1/2/3")
    assert run("draw", "3x8", "conv:3,g=3", *said, "-o", "one.svg").returncode == 0
    assert run("draw", "net.toml", "-o", "two.svg").returncode == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    ran = run("draw", "3x8", "conv:3,g=3", "--channel-label", "x=ax/ay", "-o", "three.svg")
    assert ran.returncode == 2
    assert re.search("2 texts for 3 channels", ran.stderr.decode())


def test_the_names_are_in_the_picture() -> None:
    svg = Figure.of("3x8 conv:3,g=3").changed(channel_labels=("x=ax/ay/$a_z$",)).draw("svg").decode()
    assert ">ax<" in svg
    assert ">ay<" in svg
