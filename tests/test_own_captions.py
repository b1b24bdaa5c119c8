"""Captions that are given in full: NAME=TEXT, whatever a panel is drawn as."""

from __future__ import annotations

from typing import Any

import pytest

from connectivity import DrawingError, Options
from connectivity.figure import Figure
from connectivity.picture.owncaptions import OwnCaption, own_caption
from connectivity.scene import Scene


def scene_of(text: str, **options: Any) -> Scene:
    return Figure.of(text).changed(**options).scene()


def captions(scene: Scene) -> list[str]:
    return [line for text in scene.texts if text.classes == "caption" for line in text.text.split("\n") if line]


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("784 fc:100", {}),
        ("784 fc:100", {"direction": "TB"}),
        ("784 fc:100", {"direction": "RL"}),
        ("784 fc:100", {"view": "matrix"}),
        ("784 fc:100", {"view": "both"}),
        ("784 fc:100", {"labels": "none", "max_units": 8}),
        ("3x784 conv:5,c=4 conv:5,c=8", {}),
        ("3x784 conv:5,c=4 conv:5,c=8", {"direction": "TB"}),
        ("784 conv:5 conv:5", {"units": "cells"}),
        ("2x784 conv:5,c=3", {}),
        ("2x784 conv:5,c=3", {"direction": "LR"}),
        ("2x12 conv:5,c=3", {"kernels": "heads"}),
        ("2x784 conv:3,c=2,g=2", {"units": "cells"}),
    ],
)
def test_a_caption_replaces_all_that_is_said_of_its_layer(network: str, options: dict[str, Any]) -> None:
    layers = ["x", "h1", "y"] if network.count("conv") > 1 else ["x", "y"]
    own = [rf"{name}=words of {name}\n$\nu_n$ of them" for name in layers]
    scene = scene_of(network, layer_captions=own, index_from=0, **options)
    said = captions(scene)
    drawn = [name for name in layers if name != "x" or options.get("view") != "matrix"]
    assert {f"words of {name}" for name in drawn} <= set(said)
    assert said.count(r"$\nu_n$ of them") >= len(drawn)
    assert not any("784" in line or "units" in line or "connection" in line for line in said)


def test_nothing_is_said_of_a_layer_with_an_empty_caption_and_no_room_is_kept_for_it() -> None:
    usual, silent = scene_of("6 fc:4 fc:2"), scene_of("6 fc:4 fc:2", layer_captions=["x=", "h1=", "y="])
    assert captions(silent) == []
    assert silent.height < usual.height
    assert captions(scene_of("6 fc:4", layer_captions=["x="])) == captions(scene_of("6 fc:4"))[2:]


@pytest.mark.parametrize("network", ["3x32 conv:5,c=4 conv:3,c=2", "2x8 conv:3,c=3", "2x8 conv:3,c=2,g=2"])
def test_nothing_is_said_of_cells_with_an_empty_caption(network: str) -> None:
    scene = scene_of(network, layer_captions=["x=", "h1=", "y="] if "c=4" in network else ["x=", "y="])
    assert not any("input" in line or "conv" in line for line in captions(scene))


def test_a_figure_of_any_size_can_do_without_true_numbers() -> None:
    scene = scene_of(
        "784 fc:100",
        max_units=6,
        unit_labels=["x=", "x[1]=$x_1$", "x[784]=$x_n$", "y=", "y[1]=$y_1$", "y[100]=$y_m$"],
        layer_captions=[r"x=input\n$x_1$ to $x_n$", "y=output"],
    )
    labels = [unit.label.markup() for unit in scene.units if unit.label]
    assert labels == ["$x_1$", "$x_n$", "$y_1$", "$y_m$"]
    assert not any(character in "02345678" for text in scene.texts for character in text.text)


def test_the_last_caption_of_a_layer_counts_and_a_title_gives_way_to_it() -> None:
    assert own_caption(Options(layer_captions=("x=a", "x=b")), "x") == OwnCaption("b", [])
    assert own_caption(Options(layer_captions=("x=a",)), "y") is None
    assert captions(scene_of("3 fc:2", layer_captions=["x=a"], layer_titles=["t", "u"]))[:2] == ["a", "u"]


def test_a_panel_has_captions_of_its_own() -> None:
    figure = Figure.of("x=4 fc:2 // x=4 fc:2")
    assert captions(figure.changed(layer_captions=("x=a",)).scene()).count("a") == 2


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("pixels", r'layer-caption "pixels" is not NAME=TEXT, as x=input'),
        ("z=pixels", r'there is no layer "z" to give a caption \(one of: x, y\)'),
        ("=pixels", r'there is no layer "" to give a caption'),
        ("x=" + "a" * 1000, "1,002 characters; at most 1,000"),
        ("x=${\\bf b$", "layer-caption:1:5: "),
    ],
)
def test_a_caption_that_is_none_is_refused(wish: str, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        scene_of("3 fc:2", layer_captions=[wish])


@pytest.mark.parametrize(
    ("text", "options"), [("9 conv:3 maxpool:2 fc:3", {}), ("2x8 conv:3,c=4,p=1 maxpool:2 fc:3", {"units": "cells"})]
)
def test_a_title_leaves_the_size_of_a_kernel_unless_it_says_it(text: str, options: dict[str, Any]) -> None:
    given: list[dict[str, Any]] = [{}, {"layer_titles": ["in", "stem", "halves, by 2", "head"]}]
    plain, titled = (
        [line for one in Figure.of(text).changed(**options, **more).scene().texts for line in one.text.split("\n")]
        for more in given
    )
    for line in ("conv 3", "max pool 2", "fully connected"):
        assert line in plain
    assert "conv 3" in titled
    assert titled.index("conv 3") == titled.index("stem") + 1
    assert not {"max pool 2", "fully connected", "input"} & {*titled}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("title", r"one\ntwo $\nu$"),
        ("panel_titles", [r"one\ntwo $\nu$"]),
        ("layer_captions", r"x=\none\ntwo $\nu$"),
    ],
)
def test_a_written_break_is_one_in_every_text(option: str, value: Any) -> None:
    texts = [line for text in scene_of("3 fc:2", **{option: value}).texts for line in text.text.split("\n")]
    assert {"one", r"two $\nu$"} <= {*texts}


def test_a_written_break_in_a_label_and_in_a_heading() -> None:
    scene = scene_of("3 fc:2", unit_labels=r"x=one\ntwo/$\nu$/c", layer_titles=r"a\nb")
    labels = [unit.label for unit in scene.units]
    assert [label.rich for label in labels[:2] if label] == ["one\ntwo", r"$\nu$"]
    assert "a b" in {text.text for text in scene.texts}


def test_a_break_behind_a_backslash_stays() -> None:
    assert Figure.of("3 fc:2").changed(title=r"C:\\new").scene().title == r"C:\new"
