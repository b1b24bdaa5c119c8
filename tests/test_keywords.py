"""Options as keyword arguments: the command line's names, everywhere, and what is said of those that are none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import keywordtypes
import numpy as np
import pytest
from conftest import PROGRAM
from pages import lack_of

import connectivity
from connectivity import DrawingError, Figure, FigureFileError, GraphError, WeightsError
from connectivity.figures.keywords import SOURCES, read_keywords, spellings
from connectivity.options import Options, settings

OF_THE_COMMAND = {
    "output",
    "format",
    "deps",
    "quiet",
    "help",
    "list_weights",
    "engine",
    "edge_label",
    "watch",
    "open",
    "port",
}
"""Options of ``connectivity draw`` that say nothing of the figure."""

SAID: dict[str, Any] = {"theme": "dark", "row_title": ["a", "b"], "no_labels": True, "seed": 3}
THE_SAME = ("--theme", "dark", "--row-title", "a", "--row-title", "b", "--no-labels", "--seed", "3")


def test_the_types_are_those_of_the_options() -> None:
    if "CONNECTIVITY_UPDATE" in os.environ:
        keywordtypes.PATH.write_text(keywordtypes.source(), encoding="utf-8")
    assert keywordtypes.PATH.read_text(encoding="utf-8") == keywordtypes.source()


def test_python_says_what_every_option_means() -> None:
    """By ``help(connectivity.Keywords)``, to which ``help`` of whatever takes options points."""
    said = " ".join((connectivity.Keywords.__doc__ or "").split())
    for setting in settings():
        text = setting.help.replace("\\n", "a line end")
        assert f"{', '.join(spellings(setting))}: {' '.join(text.split())}" in said
    for takes in (Figure.of, Figure.changed, Figure, connectivity.draw):
        assert "help(connectivity.Keywords)" in (takes.__doc__ or ""), takes


def test_what_the_package_lists_is_its_own() -> None:
    code = "import connectivity; connectivity.draw; print(*(n for n in dir(connectivity) if n[:1] != '_'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    extra = {*done.stdout.split()} - {*connectivity.__all__}
    assert {"layers", "errors"} <= extra
    assert all(f"connectivity.{name}" in sys.modules for name in extra), extra
    assert {*connectivity.__all__} <= {*done.stdout.split()}


def test_every_option_of_the_command_line_is_a_keyword_argument() -> None:
    draw = PROGRAM.commands["draw"]
    flags = [flag for option in draw.params for flag in (*option.opts, *option.secondary_opts) if flag[:2] == "--"]
    said = {"from_" if flag == "--from" else flag[2:].replace("-", "_") for flag in flags}
    assert said - OF_THE_COMMAND <= keywordtypes.names()
    assert isinstance(draw, click.Command)
    assert len(said) > 50


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.name)
def test_all_spellings_of_an_option_mean_it(setting: Any) -> None:
    for name in spellings(setting):
        negative = name.startswith("no_")
        value = negative if negative else setting.default
        expected = {"labels": False}.get(setting.name, False) if negative else setting.default
        assert read_keywords({name: value}).options == {setting.name: expected}


@pytest.mark.parametrize(
    "drawn",
    [
        lambda line, **said: Figure.of(line, **said).draw("dot"),
        lambda line, **said: Figure.of(Figure.of(line), **said).draw("dot"),
        lambda line, **said: Figure.of(line).changed(**said).draw("dot"),
        lambda line, **said: Figure.of(line).draw("dot", **said),
        lambda line, **said: Figure.parse(f'network = "{line}"', **said).draw("dot"),
        lambda line, **said: connectivity.draw(line, "dot", **said),
    ],
    ids=["of", "of a figure", "changed", "draw", "parse", "the function draw"],
)
def test_options_are_said_the_same_way_everywhere(drawn: Callable[..., bytes], run: Any) -> None:
    assert drawn("4 conv:3", **SAID) == run("draw", "4", "conv:3", *THE_SAME, "-f", "dot", "-o", "-").stdout


def test_files_are_read_and_written_with_options(tmp_path: Path) -> None:
    source = tmp_path / "net.toml"
    source.write_text('network = "4 conv:3"\ntheme = "print"\n')
    expected = connectivity.draw("4 conv:3", "dot", **SAID)
    Figure.read(source).save(tmp_path / "a.dot", **SAID)
    Figure.read(source, **SAID).save(tmp_path / "b.dot")
    connectivity.save("4 conv:3", tmp_path / "c.dot", tmp_path / "c.svg", **SAID)
    for name in "abc":
        assert (tmp_path / f"{name}.dot").read_bytes() == expected
    assert (tmp_path / "c.svg").read_bytes() == connectivity.draw("4 conv:3", **SAID)


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    figure = Figure.of("3 fc:2")
    with pytest.raises(DrawingError, match="unknown format"):
        figure.save(tmp_path / "a.svg", tmp_path / "a.jpg")
    with pytest.raises(DrawingError, match="where to"):
        figure.save()
    with pytest.raises(connectivity.ConnectivityError, match="cannot write"):
        figure.save(tmp_path / "a.svg", tmp_path / "nowhere" / "a.svg")
    assert not list(tmp_path.iterdir())


def test_weights_and_values_are_given_or_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kernel, values = np.array([[[1.0, 0.0, -1.0]]]), np.arange(5.0)
    arrays: dict[str, Any] = {"net.conv.weight": kernel}
    np.savez("w.npz", **arrays)
    np.save("x.npy", values)
    expected = connectivity.draw("5 y=conv:3", weights={"y.weight": kernel}, input=values, show="values")
    for said in ({"map": {"y": "net.conv"}}, {"map": "y=net.conv"}, {"map": ["y=net.conv"]}):
        read: dict[str, Any] = {"weights": Path("w.npz"), "prefix": "net", "input": "x.npy", **said}
        assert Figure.of("5 y=conv:3", show="values", **read).draw() == expected
    assert Figure.of("5 y=conv:3", weights=arrays, map="y=net.conv", input=values, show="values").draw() == expected


def test_what_is_said_of_layers_is_also_a_mapping() -> None:
    listed = connectivity.draw("2 fc:2", label=["x=a/b", "y=c"], units={"y": "circles"})
    assert connectivity.draw("2 fc:2", label={"x": "a/b", "y": "c"}, units=["y=circles"]) == listed


def test_colour_is_color() -> None:
    assert Figure.of("3 fc:2", colour_by="layer", colourmap="viridis").options == {
        "color_by": "layer",
        "colormap": "viridis",
    }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"them": "dark"}, r'unknown option "them" \(did you mean "theme"\?\)'),
        ({"wieghts": {}}, r'unknown option "wieghts" \(did you mean "weights"\?\)'),
        ({"format": "png"}, r'unknown option "format"; the format is said to draw\("png"\)'),
        ({"engine": "system"}, "the engine is said to draw and save"),
        ({"no_label": True}, r'unknown option "no_label" \(did you mean "no_labels"\?\)'),
        ({"width": 3}, '^width 3 is no length: say a unit, as "3cm" or "3in"$'),
        ({"font_size": 14.5}, '^font-size 14.5 is no length: say a unit, as "14.5pt"$'),
        ({"width": True}, "width must be a text, not True"),
        ({"theme": "drak"}, r'unknown theme "drak" \(did you mean "dark"\?\)'),
        ({"no_labels": "yes"}, "no_labels must be True or False, not 'yes'"),
        ({"no_labels": True, "labels": "index"}, "said twice"),
        ({"color_by": "layer", "colour_by": "layer"}, '"colour_by" is said twice'),
        ({"seed": "one"}, "seed must be a whole number, not 'one'"),
        ({"prefix": "net"}, "they need weights"),
        ({"vmin": 2.0, "vmax": 1.0}, r"vmin \(2\) must be less than vmax \(1\)"),
        ({"input_shape": (2, 64)}, "input-shape is about a model's file"),
    ],
)
def test_a_mistake_is_said_where_it_is_made(said: dict[str, Any], message: str) -> None:
    """And not when the figure is drawn."""
    with pytest.raises(DrawingError, match=message):
        Figure.of("3 fc:2", **said)
    with pytest.raises(DrawingError, match=message):
        Figure.of("3 fc:2").changed(**said)


def test_files_that_are_none_are_said() -> None:
    with pytest.raises(WeightsError, match="is not a weight file"):
        Figure.of("3 fc:2", weights="w.txt")
    with pytest.raises(WeightsError, match='map "y" is not NAME=MODULE'):
        Figure.of("3 fc:2", weights={}, map="y")


def test_an_error_points_at_the_file_only_where_the_file_is_wrong() -> None:
    text = 'network = "3 fc:2"\nhighlight = "y[9]"\n'
    with pytest.raises(FigureFileError, match=r"<figure>:2:13: .*there is no unit"):
        Figure.parse(text).scene()
    with pytest.raises(DrawingError, match="there is no unit") as caught:
        Figure.parse(text, highlight="y[8]").scene()
    assert not isinstance(caught.value, FigureFileError)


def test_several_things_stand_beside_one_another() -> None:
    (network,) = connectivity.parse("4 conv:3")
    assert Figure.of(["3 fc:2", network]).draw() == connectivity.draw("3 fc:2 // 4 conv:3")
    for wrong in (5, None, [Path("net.toml")], ["net.toml"], [["3 fc:2"]]):
        with pytest.raises(DrawingError, match="cannot be drawn"):
            Figure.of(wrong)  # type: ignore[arg-type]  # which it is about


def test_a_panel_is_a_graph_of_networkx() -> None:
    figure = Figure.of("3 fc:2 // 4 conv:3")
    assert figure.to_networkx(1).number_of_edges() == 6
    assert Figure.of("3 fc:2").to_networkx().number_of_edges() == 6
    with pytest.raises(GraphError, match="the figure has 2 panels"):
        figure.to_networkx()
    for panel in (-1, 2):
        with pytest.raises(GraphError, match=f"there is no panel {panel}; they are 0 to 1"):
            figure.to_networkx(panel)


def test_the_names_of_sources_are_none_of_options() -> None:
    assert not {*SOURCES} & {name for setting in settings() for name in spellings(setting)}
    assert set(Options.__dataclass_fields__) <= keywordtypes.names()


COMPLETING = """
import warnings
warnings.simplefilter("ignore")
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from connectivity import Figure, draw; figure = Figure.of('3')")
for text in ("draw('3', the", "Figure.of('3', the", "figure.changed(the", "figure.save('a.svg', the"):
    with provisionalcompleter():
        print([found.text for found in shell.Completer.completions(text, len(text))])
"""


def test_a_notebook_completes_options() -> None:
    lack_of("IPython")
    done = subprocess.run([sys.executable, "-c", COMPLETING], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['theme=']"] * 4


def test_elsewhere_signatures_are_short() -> None:
    code = "import inspect, connectivity; print(len(inspect.signature(connectivity.draw).parameters))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "4\n"
