"""``--kernels h1/h2``: the kernels of some layers as small multiples, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connectivity import DrawingError, Figure
from connectivity.options import Options
from connectivity.scene import Scene

CNN = "1x40 h1=conv:5,c=3 h2=conv:3,c=20 h3=fc:4 y=fc:2"


def arrays() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    shapes = {"h1": (3, 1, 5), "h2": (20, 3, 3), "h3": (4, 680), "y": (2, 4)}
    return {f"{name}.weight": generator.normal(size=shape) for name, shape in shapes.items()}


def scene(text: str = CNN, **options: Any) -> Scene:
    return Figure.of(text).changed(**options).scene()


def cells(drawn: Scene) -> set[str]:
    """The layers whose weights have cells."""
    return {shape.tip.partition(".")[0] for shape in drawn.shapes if "kernelcell" in shape.classes}


def texts(drawn: Scene) -> list[str]:
    return [text.text for text in drawn.texts]


@pytest.mark.parametrize(
    ("wish", "layers"),
    [("h1", {"h1"}), ("h2", {"h2"}), ("h1/h2", {"h1", "h2"}), (("h1", "h2"), {"h1", "h2"}), ("alone", {"h1", "h2"})],
)
def test_the_kernels_of_the_named_layers_are_drawn_and_nothing_else(wish: Any, layers: set[str]) -> None:
    drawn = scene(weights=arrays(), kernels=wish)
    assert cells(drawn) == layers
    assert not drawn.lines
    assert not drawn.units


def test_each_says_which_layer_it_is_and_has_the_bar_of_its_scale() -> None:
    said = texts(scene(weights=arrays(), kernels="h1/h2"))
    assert "h1: conv 5" in said
    assert "h2: conv 3" in said
    assert said.count("weight") == 2


def test_in_view_kernels_names_choose_among_the_layers() -> None:
    assert cells(scene(view="kernels")) == {"h1", "h2"}
    assert cells(scene(view="kernels", kernels="h2")) == {"h2"}


def test_names_are_short_for_a_word_of_each_layer() -> None:
    assert Options(kernels=("h1/h2", "values")).kernels == ("h1=alone", "h2=alone", "values")
    again = Options(kernels=Options(kernels=("h1/h2",)).kernels)
    assert again.kernels == ("h1=alone", "h2=alone")


def test_other_panels_are_drawn_as_ever() -> None:
    drawn = scene(f"{CNN} // a=6 b=fc:2", weights=None, kernels="h1")
    assert cells(drawn) == {"h1"}
    assert {line.classes.split()[0] for line in drawn.lines} == {"edge"}


def outputs(drawn: Scene) -> list[int]:
    """The kernels of h2 that are drawn."""
    tips = [shape.tip for shape in drawn.shapes if "kernelcell" in shape.classes]
    return sorted({int(tip.partition("[")[2].partition(",")[0]) for tip in tips})


def test_of_many_kernels_the_first_and_the_largest_are_shown_as_many_as_one_likes() -> None:
    given = arrays()
    norms = (given["h2.weight"] ** 2).sum(axis=(1, 2))
    others = sorted(range(12, 20), key=lambda output: -norms[output])[:4]
    assert outputs(scene(weights=given, kernels="h2")) == sorted([*range(12), *others])
    assert outputs(scene(weights=given, kernels="h2", max_units=0)) == list(range(20))
    few = scene(weights=given, kernels="h2", max_units=3)
    assert outputs(few) == sorted([0, 1, max(range(2, 20), key=lambda output: norms[output])])
    assert any("the first 2 and the 1 largest" in text for text in texts(few))
    assert outputs(scene(weights=given, kernels="h2", only="h2=2/7")) == [1, 6]


def test_rows_of_high_kernels_are_as_long_as_one_another_and_numbered_at_their_beginning() -> None:
    generator = np.random.default_rng(0)
    drawn = scene("32x40 conv:3,c=16", weights={"y.weight": generator.normal(size=(16, 32, 3))}, kernels="y")
    lefts = sorted(
        {shape.points[0][0] for shape in drawn.shapes if shape.tip.endswith(",0,0]") or ",0,0] =" in shape.tip}
    )
    assert len(lefts) == 6  # 6, 6 and 4
    numbers = {round(text.x) for text in drawn.texts if text.text == "32"}
    assert len(numbers) == 1
    assert max(numbers) < lefts[0]


@pytest.mark.parametrize(
    ("text", "wish", "said"),
    [
        (CNN, "y", '"y" slides no kernel over its input; h1 and h2 do'),
        (CNN, "h1/nothing", 'kernels of "nothing": no layer has that name'),
        (CNN, "valeus", 'no layer has that name (did you mean "values"?)'),
        (CNN, "h1/", 'unknown kernels "h1/"'),
        (CNN, "h1=shwo", 'did you mean "h1=show"?'),
        ("4 fc:2", "y", "no layer here slides a kernel over its input"),
        ("4 fc:2", "alone", "no layer here slides a kernel over its input"),
        ("4 conv:2", "x", '"x" slides no kernel over its input; y does'),
    ],
)
def test_what_has_no_kernels_is_refused(text: str, wish: str, said: str) -> None:
    with pytest.raises(DrawingError) as caught:
        scene(text, kernels=wish)
    assert said in str(caught.value)


@pytest.mark.parametrize("value", ['"h1/h2"', '["h1", "h2"]', '{ h1 = "alone", h2 = "alone" }'])
def test_a_figure_file_has_it_too(value: str, tmp_path: Path) -> None:
    path = tmp_path / "figure.toml"
    path.write_text(f'network = "{CNN}"\nkernels = {value}\n')
    assert cells(Figure.read(path).scene()) == {"h1", "h2"}


def test_beside_the_network_it_is_a_panel_of_a_figure_file(tmp_path: Path) -> None:
    path = tmp_path / "figure.toml"
    path.write_text(f'[[panel]]\nnetwork = "{CNN}"\n[[panel]]\nnetwork = "{CNN}"\nkernels = "h1"\n')
    drawn = Figure.read(path).scene()
    assert cells(drawn) == {"h1"}
    assert drawn.lines


def test_the_schema_allows_names() -> None:
    from connectivity.figures.schema import schema

    kernels = json.dumps(schema()["properties"]["kernels"])
    assert '"type": "string", "maxLength"' in kernels
    assert '"alone"' in kernels
