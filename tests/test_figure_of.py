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
    with pytest.raises(DrawingError, match=r"the module's input has a name: input_shape=\(2, 8\)"):
        connectivity.draw(module_like, (2, 8))  # type: ignore[arg-type]  # which it is about
    with pytest.raises(DrawingError, match=r'\(2, 8\) is no name of a file, as "net\.svg"'):
        connectivity.save("3 fc:2", (2, 8))  # type: ignore[arg-type]  # which it is about


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


LINE = "5 h=conv:3 y=fc:2"
SINGLE: dict[str, Any] = {
    "line": LINE,
    "figure": Figure.of(LINE),
    "networks": connectivity.parse(LINE),
    "model": Model(connectivity.parse(LINE)[0], {}),
}


@pytest.mark.parametrize("what", SINGLE.values(), ids=SINGLE)
def test_questions_are_asked_of_whatever_is_one_network(what: Any) -> None:
    (network,) = connectivity.parse(LINE)
    graph = connectivity.build(network)
    x = [1.0, 0.0, 2.0, 0.0, -1.0]
    assert connectivity.evaluate(what, x).tolist() == connectivity.evaluate(graph, x).tolist()
    assert connectivity.outputs(what, x)["y"].tolist() == connectivity.outputs(network, x)["y"].tolist()
    assert connectivity.describe(what) == connectivity.describe(network)
    assert connectivity.receptive_field(what, "h.2") == connectivity.receptive_field(graph, "h.2") == ["x2", "x3", "x4"]
    assert connectivity.matrix(what).tolist() == connectivity.matrix(graph).tolist()
    assert connectivity.matrix(what, "h").tolist() == connectivity.matrix(graph, "h").tolist()
    assert dict(connectivity.build(what).nodes(data=True)) == dict(graph.nodes(data=True))
    assert connectivity.evaluate(what, x, seed=4).tolist() == connectivity.evaluate(network, x, seed=4).tolist()


def test_a_figure_is_asked_with_its_own_numbers() -> None:
    ones = {"y.weight": np.ones((2, 3))}
    assert connectivity.evaluate(Figure.of("3 fc:2", weights=ones), [1, 2, 3]).tolist() == [[6.0, 6.0]]
    assert connectivity.evaluate(Figure.of(MODEL), [1, 2, 3], ones).tolist() == [[6.0, 6.0]]
    assert connectivity.evaluate(MODEL, [1, 0, 0]).tolist() == [[1.0, 0.5]]
    seeded = connectivity.evaluate(NETWORK, [1, 2, 3], seed=5).tolist()
    assert connectivity.evaluate(Figure.of("3 fc:2", seed=5), [1, 2, 3]).tolist() == seeded
    assert connectivity.evaluate(Figure.of(connectivity.build(NETWORK, ones)), [1, 2, 3]).tolist() == [[6.0, 6.0]]


@pytest.mark.parametrize("what", ["3 fc:2 // 4 conv:3", Figure.of(["3 fc:2", "4 conv:3"]), [NETWORK, NETWORK]])
def test_of_several_networks_nothing_is_asked_at_once(what: Any) -> None:
    with pytest.raises(connectivity.GraphError, match="2 panels, but this is asked of one network"):
        connectivity.describe(what)


def test_a_note_is_of_the_line_that_draws() -> None:
    for draw in (lambda: connectivity.draw(NOTED), lambda: Figure.of(NOTED)._repr_mimebundle_()):
        with pytest.warns(connectivity.errors.AboutModel, match="norm folded") as caught:
            draw()
        assert {one.filename for one in caught} == {__file__}
        assert {one.lineno for one in caught} == {draw.__code__.co_firstlineno}


NOTED = MODEL._replace(notes=("norm folded",))
