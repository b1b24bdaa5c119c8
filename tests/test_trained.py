"""Large trained networks: kernels beside their blocks, deep and dilated ones that can be read, pruning, and time."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest

from connectivity import Figure, parse
from connectivity.graphs.networkwiring import TensorValues
from connectivity.layout.stretches import ROWS, seen_alone
from connectivity.picture.cells.thumbnails import TITLE
from connectivity.scene import LEAST_TEXT, READER, Scene, Shape

CNN = "1x200 conv:9,c=32,s=2 relu maxpool:2 conv:5,c=64 relu globalavgpool fc:10"


def weights_of(text: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Weights for a network, of a size that falls from layer to layer."""
    generator, found = np.random.default_rng(seed), {}
    (network,) = parse(text)
    for number, stage in enumerate(network.stages):
        if stage.sources and stage.layer.has_weights:
            shape = stage.layer.weight_shape(*stage.inputs)
            found[f"{stage.name}.weight"] = generator.normal(size=shape) / (number + 1)
            if stage.layer.bias:
                found[f"{stage.name}.bias"] = np.zeros(stage.layer.bias_shape(*stage.inputs))
    return found


def scene_of(text: str, weights: Any = None, **options: Any) -> Scene:
    return Figure.of(text).changed(weights=weights, **options).scene()


def thumbnails(scene: Scene) -> dict[str, list[Shape]]:
    """The cells of the kernels that stand beside a network, by layer."""
    found: dict[str, list[Shape]] = {}
    for shape in scene.shapes:
        if shape.classes == "kernelcell":
            found.setdefault(shape.tip.partition(".")[0], []).append(shape)
    return found


# Kernels beside the blocks.


@pytest.mark.parametrize("direction", ["TB", "LR", "BT", "RL"])
def test_given_weights_are_seen_as_kernels_beside_each_convolution(direction: str) -> None:
    weights = weights_of(CNN)
    scene = scene_of(CNN, weights, direction=direction)
    found = thumbnails(scene)
    assert set(found) == {"h1", "h3"}
    assert len(found["h1"]) == 8 * 9  # of a single channel
    assert {shape.tip.split(",")[0] for shape in found["h3"]} <= {f"h3.weight[{output}" for output in range(3)}
    for shape in (*found["h1"], *found["h3"]):
        name, _, number = shape.tip.partition(" = ")
        indices = tuple(map(int, name.partition("[")[2].rstrip("]").split(",")))
        value = weights[name.partition("[")[0]][indices]
        assert number == f"{value:.3g}".replace("-", "\u2212").replace("e\u22120", "e\u22120") or abs(value) < 1e-3


def test_their_rows_are_the_channels_that_the_block_before_shows() -> None:
    found = thumbnails(scene_of(CNN, weights_of(CNN)))
    rows = {int(shape.tip.split(",")[1]) for shape in found["h3"]}
    assert {0, 1, 31} <= rows
    assert len(rows) < 20


def test_each_layer_says_what_its_colours_reach_to_and_the_legend_what_they_are() -> None:
    scene = scene_of(CNN, weights_of(CNN))
    said = [text.text for text in scene.texts if "\u00b1" in text.text and text.text != TITLE]
    assert len(said) == 2
    assert TITLE in [text.text for text in scene.texts]
    together = scene_of(CNN, weights_of(CNN), scale="global")
    ends = [text.text for text in together.texts if "\u00b1" in text.text and text.text != TITLE]
    assert len({text.partition(", ")[2] for text in ends}) == 1


@pytest.mark.parametrize(("kernels", "drawn", "said"), [(4, 4, ""), (5, 3, "3 of 5, "), (3, 3, "")])
def test_one_kernel_more_is_shown_and_of_many_it_is_said_how_many_are(kernels: int, drawn: int, said: str) -> None:
    line = f"2x32 conv:3,c={kernels} maxpool:2 fc:3"
    scene = scene_of(line, weights_of(line))
    assert len(thumbnails(scene)["h1"]) == drawn * 2 * 3
    texts = [text.text for text in scene.texts if "\u00b1" in text.text and text.text != TITLE]
    assert [text.partition("to ")[0] for text in texts] == [said]


def test_what_lies_beyond_is_said() -> None:
    weights = weights_of(CNN)
    weights["h1.weight"][5, 0, 3] = 50.0
    said = {text.text for text in scene_of(CNN, weights).texts if "\u00b1" in text.text}
    assert any("beyond \u00b1" in text for text in said)


@pytest.mark.parametrize(
    "options", [{"kernels": "none"}, {"theme": "print"}, {"color_by": "layer"}, {"color_by": "none"}]
)
def test_where_nobody_wants_them_there_are_none(options: dict[str, Any]) -> None:
    scene = scene_of(CNN, weights_of(CNN), **options)
    assert not thumbnails(scene)
    assert not any("\u00b1" in text.text for text in scene.texts)


def test_generated_weights_mean_nothing_and_are_not_shown() -> None:
    assert not thumbnails(scene_of(CNN))


def test_pruned_weights_are_open() -> None:
    scene = scene_of(CNN, weights_of(CNN), threshold="50%")
    cells = thumbnails(scene)["h3"]
    hidden = [shape for shape in cells if shape.tip.endswith(", hidden")]
    assert 0.3 < len(hidden) / len(cells) < 0.7
    assert {shape.fill for shape in hidden} == {scene.background}


def test_kernels_do_not_lie_on_one_another_or_on_texts() -> None:
    for direction in ("TB", "LR"):
        scene = scene_of(CNN, weights_of(CNN), direction=direction)
        boxes = []
        for cells in thumbnails(scene).values():
            xs = [x for shape in cells for x, _ in shape.points]
            ys = [y for shape in cells for _, y in shape.points]
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
        for text in scene.texts:
            width, height = text.measure()
            left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.align]
            boxes.append((left, text.y - height / 2, left + width, text.y + height / 2))
        kernels = boxes[:2]
        for one in kernels:
            for other in boxes:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert one == other or apart


# Tensors by their indices.


def test_a_tensor_is_a_mapping_without_a_copy() -> None:
    flat = [float(number) for number in range(24)]
    values = TensorValues((2, 3, 4), flat)
    whole = dict(zip(itertools.product(range(2), range(3), range(4)), flat, strict=True))
    assert dict(values) == whole
    assert len(values) == 24
    assert values.flat is flat
    for wrong in ((2, 0, 0), (0, 3, 0), (0, 0, -1), (0, 0), (0, 0, 0, 0)):
        assert values.get(wrong) is None


# Deep and dilated networks.


def temporal(blocks: int) -> str:
    """A temporal convolutional network of residual blocks."""
    parts, last = ["x=8x400 h0=conv:1,c=32"], "h0"
    for number in range(blocks):
        conv = f"conv:3,c=32,p=causal,d={2 ** (number % 6)} relu"
        parts.append(f"{conv} {conv} b{number}=add:{last} relu")
        last = f"b{number}"
    return " ".join([*parts, "conv:1,c=4"])


def test_between_the_taps_of_wide_windows_positions_are_left_out() -> None:
    figure = Figure.of(temporal(8))
    scene = figure.scene()
    cells = [shape.tip for shape in scene.shapes if shape.tip.startswith("b4[1,")]
    assert 5 < len(cells) <= 2 * ROWS
    shown = {int(tip.partition(",")[2].rstrip("]")) for tip in cells}
    # What b4's reader, of dilation 32, sees from its first, its middle and its last position.
    for unit in (1, 400):
        assert {unit - 64, unit - 32, unit} & set(range(1, 401)) <= shown


def test_what_windows_see_is_said_tap_by_tap() -> None:
    from connectivity.graphs.blueprint import Blueprint

    (network,) = parse("100 conv:3,d=8 conv:2,d=4")
    layers = Blueprint(network).layers
    assert seen_alone(layers, 0, [50, 40, 30]) == [0, 8, 16, 40, 48, 49, 50, 51, 56, 83, 91, 99]
    assert seen_alone(layers, 1, [50, 40, 30]) == [0, 4, 30, 34, 39, 40, 41, 79, 83]


def test_a_deep_network_runs_down_the_page_and_can_be_read() -> None:
    scene = scene_of(temporal(10))
    assert scene.height > scene.width
    assert scene.least_text() * READER / scene.width >= LEAST_TEXT


def ribbon_tops(scene: Scene) -> list[float]:
    """How far each ribbon reaches out, of a network that runs down the page."""
    return sorted(
        {
            round(min(x for x, _ in shape.points), 1)
            for shape in scene.shapes
            if "ribbon" in shape.classes and shape.fill
        }
    )


def test_ribbons_one_behind_the_other_are_as_far_out_as_one_another() -> None:
    few, many = scene_of(temporal(3)), scene_of(temporal(9))
    assert len(ribbon_tops(many)) <= len(ribbon_tops(few)) + 12
    assert many.width < few.width + 80


def test_a_part_of_a_deep_network_shows_what_its_windows_see() -> None:
    scene = scene_of(temporal(7), focus="b6[1,400]")
    tips = {shape.tip for shape in scene.shapes}
    cells = [tip for tip in tips if tip.startswith("b4[1,")]
    assert cells
    assert len(cells) < 60


# Pruning.


def test_circles_among_cells_that_lost_all_are_dashed_and_cells_are_not_asked() -> None:
    text = "2x12 conv:3,c=4 fc:6 fc:3"
    weights = weights_of(text)
    weights["y.weight"][1] = 0
    scene = scene_of(text, weights, zeros="hide")
    lost = [unit.tip for unit in scene.units if unit.style == "dashed"]
    assert "y2: no connections left" in lost
    assert "a unit that lost every connection" in [text.text for text in scene.texts]
    whole = scene_of(text, weights_of(text), zeros="hide")
    assert not [unit for unit in whole.units if unit.style == "dashed"]


# Time.


@pytest.mark.parametrize(
    "options", [{}, {"threshold": "90%"}, {"only": "h3=1/5"}, {"window": "h3=10/20"}, {"kernels": "h5"}], ids=str
)
def test_a_million_weights_take_seconds(options: dict[str, Any]) -> None:
    text = "12x1000 conv:15,c=64,s=2 relu maxpool:2 conv:9,c=128 relu maxpool:2 conv:9,c=256 relu globalavgpool fc:2048 relu fc:10"
    weights = weights_of(text)
    assert sum(array.size for array in weights.values()) > 900_000
    start = time.perf_counter()
    Figure.of(text).changed(weights=weights, **options).draw()
    assert time.perf_counter() - start < 15.0  # about 1 here


@pytest.mark.parametrize("layers", ["h1:h3", "h2:h3", "h1:h2"])
def test_a_part_has_the_kernels_of_the_layers_whose_input_it_shows(layers: str) -> None:
    assert scene_of(CNN, weights_of(CNN), layers=layers).width > 0


BESIDE = "x=2x16 a=conv:3,p=1,c=4 b=conv:5,p=2,c=4,from=x add:a/b"


def test_kernels_that_have_no_room_are_not_in_the_legend() -> None:
    scene = scene_of(BESIDE, weights_of(BESIDE))
    assert not [text.text for text in scene.texts if "kernels, a row" in text.text or "\u00b1" in text.text]
