"""What figures are made of in Python: models, which are one thing each, and what is said of more than one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectivity
from connectivity import DrawingError, Figure, Model

(NETWORK,) = connectivity.parse("3 fc:2")
MODEL = Model(NETWORK, {"y.weight": np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -0.5]])})


def test_a_model_is_one_thing(tmp_path: Path) -> None:
    drawn = connectivity.draw(NETWORK, weights=MODEL.weights)
    assert Figure.of(MODEL).draw() == connectivity.draw(MODEL) == Figure.of([MODEL]).draw() == drawn
    assert len(Figure.of([MODEL, "3 fc:2", MODEL]).panels) == 3
    connectivity.save(MODEL, tmp_path / "model.svg")
    assert (tmp_path / "model.svg").read_bytes() == drawn


@pytest.mark.parametrize(
    ("what", "other", "message"),
    [
        (
            "9 conv:3",
            "fc:2",
            'one network is Figure.of("9 conv:3 fc:2"), two side by side are Figure.of(["9 conv:3", "fc:2"])',
        ),
        (NETWORK, NETWORK, "several side by side are a list, Figure.of([one, two])"),
        ("9 conv:3", {"theme": "dark"}, "options have names, theme=..."),
    ],
)
def test_a_figure_is_of_one_thing(what: Any, other: Any, message: str) -> None:
    with pytest.raises(DrawingError) as caught:
        Figure.of(what, other)
    assert message in str(caught.value)


def test_a_module_is_said_to_need_the_name_of_its_shape() -> None:
    module_like = type("Conv1d", (type("Module", (), {"__module__": "torch.nn.modules.module"}),), {})()
    with pytest.raises(DrawingError, match=r"the module's input has a name: input_shape=\(2, 8\)"):
        Figure.of(module_like, (2, 8))  # type: ignore[arg-type]  # which it is about


@pytest.mark.parametrize("what", ["9 conv:3", NETWORK, MODEL])
def test_the_class_itself_says_how_figures_are_made(what: Any) -> None:
    with pytest.raises(DrawingError, match=r"say Figure\.of\("):
        Figure(what)


def test_a_figure_keeps_the_numbers_that_it_was_made_with() -> None:
    array, nested, values = np.ones((2, 3)), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.array([1.0, 0.0, 2.0])
    model = Model(NETWORK, {"y.weight": np.ones((2, 3))})
    figures = [
        Figure.of("3 fc:2", weights={"y.weight": array}),
        Figure.of("3 fc:2").changed(weights={"y.weight": nested}),
        Figure.of("3 fc:2", weights={"b.weight": array}, map={"y": "b"}),
        Figure.of("3 fc:2", input=values, show="values"),
        Figure.of("3 fc:2", input={"x": values}, show="values"),
        Figure.of(model),
    ]
    before = [Figure.of(figure).changed(theme="light").draw() for figure in figures]
    array *= -2
    nested[1][2] = -6.0
    values += 7
    model.weights["y.weight"][:] = 0
    assert [Figure.of(figure).changed(theme="light").draw() for figure in figures] == before
