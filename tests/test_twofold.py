"""Both sets of colours of a figure that follows its page, drawn at once: the same as drawn one after the other."""

from __future__ import annotations

from typing import Any

import pytest

from connectivity.figure import Figure
from connectivity.rendering.dot import dot
from connectivity.rendering.twofold import twofold

FIGURES: list[tuple[str, dict[str, Any]]] = [
    ("6 conv:3 fc:2", {"show": ["values"], "input": [[1, 2, 0, -1, 0.5, 1]], "highlight": "y[1]:receptive-field"}),
    ("5 conv:3,p=1", {"padding": "values", "title": "$x_1$", "box": "y"}),
    ("3x32 conv:5,c=8 relu maxpool:2", {}),
    ("4 fc:3", {"view": "matrix", "color_by": "weight"}),
    ("80 fc:80", {"max_units": 0, "color_by": "weight"}),
    ("x=6 conv:3,p=1 relu conv:3,p=1 add:x relu", {}),
    ("784 fc:100 fc:10", {"transparent": True}),
]


@pytest.mark.parametrize(("text", "options"), FIGURES)
def test_both_are_what_each_is_by_itself(text: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = Figure.of(text).changed(theme="auto", **options).draw()
    monkeypatch.setattr("connectivity.rendering.render.twofold", lambda day, night: None)
    assert Figure.of(text).changed(theme="auto", **options).draw() == at_once


def test_the_scene_of_both_has_codes_for_colours_and_is_else_the_same() -> None:
    figure = Figure.of("6 conv:3 fc:2").changed(theme="auto")
    day, night = figure.scene(), figure.night()
    assert night is not None
    both = twofold(day, night)
    assert both is not None
    codes = dot(both.scene, labels=False).encode()
    assert both.light(codes) == dot(day, labels=False).encode()
    assert both.dark(codes) == dot(night, labels=False).encode()
    assert both.light(codes) != both.dark(codes)


def test_scenes_that_differ_in_more_than_colours_are_drawn_apart() -> None:
    figure = Figure.of("6 conv:3 fc:2").changed(theme="auto")
    night = figure.night()
    assert night is not None
    for changed in (night.units[0]._replace(x=3.0), night.units[0]._replace(fill="")):
        night.units[0] = changed
        assert twofold(figure.scene(), night) is None
    del night.units[0]
    assert twofold(figure.scene(), night) is None
