"""What colours of values reach to: one scale a layer, one for all, one that the largest weights lie beyond."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from connectivity import Figure
from connectivity.colour.cellscale import CellScale
from connectivity.colour.ends import FEW, ends_of, largest, percentile, ranked
from connectivity.colour.themes import THEME
from connectivity.options import SCALES, Options

TWO = "12 h=fc:12 y=fc:12"


def weights(first: float = 0.1, second: float = 1.0, outlier: float = 0.0) -> dict[str, np.ndarray]:
    """Of two layers, so large at most; one weight of the second may be larger."""
    generator = np.random.default_rng(1)
    found = {"h.weight": generator.uniform(-1, 1, (12, 12)), "y.weight": generator.uniform(-1, 1, (12, 12))}
    for name, most in (("h.weight", first), ("y.weight", second)):
        found[name] *= most / np.abs(found[name]).max()
    if outlier:
        found["y.weight"][0, 0] = outlier
    return found


def scene_of(text: str = TWO, arrays: Any = None, **options: Any) -> Any:
    return Figure.of(text).changed(weights=arrays, **options).scene()


def legend(scene: Any) -> list[str]:
    return [text.text for text in scene.texts if text.classes == "legend"]


def colours(scene: Any, layer: int) -> set[str]:
    return {line.colour for line in scene.lines if f"layer{layer} " in line.classes}


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ("layer", ["weights of h", "\u22120.1", "0", "0.1", "weights of y", "\u22125", "0", "5"]),
        ("global", ["weight", "\u22125", "0", "5"]),
        ("auto", ["weights of h", "\u22120.1", "0", "0.1", "weights of y", "\u22121", "0", "\u2265 1"]),
    ],
)
def test_the_legend_has_a_bar_for_each_scale(scale: str, said: list[str]) -> None:
    assert legend(scene_of(arrays=weights(outlier=5.0), scale=scale)) == said


def test_p99_is_one_scale_for_all_that_the_largest_lie_beyond() -> None:
    arrays = weights(outlier=5.0)
    end = percentile([*arrays["h.weight"].ravel(), *arrays["y.weight"].ravel()])
    assert end < 1.0
    assert legend(scene_of(arrays=arrays, scale="p99")) == [
        "weight", f"\u2212{end:.3g}", "0", f"\u2265 {end:.3g}"
    ]  # fmt: skip


def test_explicit_ends_go_before_every_scale() -> None:
    scenes = [legend(scene_of(arrays=weights(outlier=5.0), scale=scale, vmax=2.0)) for scale in SCALES]
    assert scenes == [["weight", "\u22122", "0", "\u2265 2"]] * len(SCALES)


def test_of_layers_with_scales_of_their_own_each_has_all_colours() -> None:
    arrays = weights()
    apart, together = scene_of(arrays=arrays, scale="layer"), scene_of(arrays=arrays, scale="global")
    assert len(colours(apart, 1)) > 4 * len(colours(together, 1))
    assert colours(apart, 2) == colours(together, 2)


def test_captions_name_the_layers_that_the_legend_names() -> None:
    text = "12 fc:12 fc:12"
    arrays = {f"{name}.weight": array for name, array in zip(("h1", "y"), weights().values(), strict=True)}
    headings = {one.text for one in scene_of(text, arrays, scale="layer").texts}
    assert {"h1: fully connected", "y: fully connected"} <= headings
    assert "h1: fully connected" not in {one.text for one in scene_of(text, arrays, scale="global").texts}


def test_blocks_of_cells_name_them_too() -> None:
    text = "2x12 conv:3,c=4 fc:12 fc:12 fc:12"
    arrays = {
        "h1.weight": np.ones((4, 2, 3)),
        "h2.weight": np.random.default_rng(0).normal(size=(12, 40)) / 100,
        "h3.weight": np.random.default_rng(0).normal(size=(12, 12)) / 100,
        "y.weight": np.random.default_rng(0).normal(size=(12, 12)),
    }
    headings = {one.text for one in scene_of(text, arrays, scale="layer").texts}
    assert "y: fully connected" in headings


def test_a_layer_of_one_name_has_one_scale_in_all_panels() -> None:
    figure = Figure.of(f"{TWO} // {TWO}").changed(weights=weights(), scale="layer")
    assert legend(figure.scene()).count("weights of h") == 1


def test_layers_that_share_weights_share_their_scale() -> None:
    arrays = {"h.weight": np.full((12, 12), 0.1), "y.weight": np.eye(12)}
    scene = scene_of("12 h=fc:12 fc:12,share=h y=fc:12", arrays, scale="layer")
    assert any("h = h2" in text or "h, h2" in text or "h and h2" in text for text in legend(scene))


# What "auto" is.


def test_few_weights_and_layers_that_are_alike_have_one_scale() -> None:
    few = {"h": [0.1] * 20, "y": [9.0] * (FEW - 20)}
    assert ends_of(few, Options()) == {"h": 9.0, "y": 9.0}
    alike = {"h": [1.0] * 200, "y": [2.0] * 200}
    assert ends_of(alike, Options()) == {"h": 2.0, "y": 2.0}
    assert ends_of({"h": [1.0] * 200, "y": [2.1] * 200}, Options()) == {"h": 1.0, "y": 2.1}


def test_a_layer_of_zeros_does_not_part_the_others() -> None:
    assert ends_of({"h": [0.0] * 200, "y": [1.0] * 200}, Options()) == {"h": 1.0, "y": 1.0}


def test_what_is_far_larger_than_the_rest_is_beyond_the_ends() -> None:
    values = {"h": [1.0] * 200, "y": [1.0] * 200 + [1.6]}
    assert ends_of(values, Options()) == {"h": 1.0, "y": 1.0}
    assert ends_of({**values, "y": [1.0] * 200 + [1.4]}, Options()) == {"h": 1.4, "y": 1.4}


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentile([]) == 0.0
    assert percentile([-3.0]) == 3.0
    assert percentile([float(n) for n in range(1, 1001)]) == 990.0


@pytest.mark.parametrize("number", [1, 2, 7, 20_000, 20_001])
def test_sizes_have_their_place_among_few_as_among_very_many(number: int) -> None:
    values = [float(value) for value in np.random.default_rng(number).normal(size=number)]
    sizes = sorted(map(abs, values))
    for place in {0, 1, number // 2, number - 2, number - 1} & set(range(number)):
        assert ranked(values, place) == sizes[place]
    assert largest(values) == sizes[-1]


@pytest.mark.parametrize("scale", SCALES)
def test_all_scales_bear_extreme_weights(scale: str) -> None:
    arrays = {"h.weight": np.full((12, 12), 1e300), "y.weight": np.zeros((12, 12))}
    assert scene_of(arrays=arrays, scale=scale).lines


# Cells.


def cell_ends(scale: str, *, apart: bool) -> list[float]:
    numbers = {1: [0.1] * 300, 2: [1.0] * 300 + [8.0]}
    made = CellScale.of_layers(numbers, Options(scale=scale), THEME["light"], apart=apart)
    return [made[1].limit, made[2].limit]


def test_scales_of_cells_end_where_those_of_lines_do() -> None:
    assert cell_ends("layer", apart=True) == [0.1, 8.0]
    assert cell_ends("global", apart=True) == [8.0, 8.0]
    assert cell_ends("p99", apart=True) == [1.0, 1.0]
    assert cell_ends("auto", apart=True) == [0.1, 1.0]
    assert cell_ends("auto", apart=False) == [8.0, 8.0]


KERNELS = "1x40 h=conv:5,c=3 y=conv:5,c=2"
ARRAYS = {"h.weight": np.full((3, 1, 5), 0.1), "y.weight": np.linspace(-2, 2, 30).reshape(2, 3, 5)}


@pytest.mark.parametrize(("scale", "ends"), [("auto", {"0.1", "2"}), ("global", {"2"}), ("p99", {"2"})])
def test_kernels_have_the_scale_that_is_said(scale: str, ends: set[str]) -> None:
    texts = {text.text for text in scene_of(KERNELS, ARRAYS, view="kernels", scale=scale).texts}
    assert {end for end in ("0.1", "2") if end in texts} == ends


def test_on_paper_each_layer_of_kernels_has_a_key_of_its_own() -> None:
    scene = scene_of(KERNELS, ARRAYS, view="kernels", theme="print")
    said = legend(scene)
    assert "weights of h negative; a full cell is 0.1" in said
    assert "weights of y negative; a full cell is 2" in said


def test_a_signal_has_a_scale_a_layer_where_that_is_asked_for() -> None:
    (first, second) = "1x16,values=" + "/".join("1" * 16) + " h=conv:3,c=2", "y=conv:3"
    arrays = {"h.weight": np.full((2, 1, 3), 0.1), "y.weight": np.full((1, 2, 3), 2.0)}
    usual = legend(scene_of(f"{first} {second}", arrays, show=["values"]))
    apart = legend(scene_of(f"{first} {second}", arrays, show=["values"], scale="layer"))
    assert "weights" in usual
    assert {"weights of h", "weights of y"} <= set(apart)


def test_matrices_have_the_same_scale_as_lines() -> None:
    boxes = {cell.fill for cell in scene_of(arrays=weights(), view="matrix", scale="layer").cells}
    together = {cell.fill for cell in scene_of(arrays=weights(), view="matrix", scale="global").cells}
    assert len(boxes) != len(together)


def test_strong_weights_lie_over_others_where_lines_are_many() -> None:
    generator = np.random.default_rng(0)
    scene = scene_of("28 fc:28", {"y.weight": generator.normal(size=(28, 28))}, max_units=0)
    widths = [line.width for line in scene.lines if not line.stub]
    assert len(widths) == 784
    assert widths == sorted(widths)
    few = scene_of("20 fc:20", {"y.weight": generator.normal(size=(20, 20))}, max_units=0)
    widths = [line.width for line in few.lines if not line.stub]
    assert widths != sorted(widths)
