"""Figure files: what they say is drawn, and every mistake is shown where it is."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st

import connectivity
from connectivity import ConnectivityError, DrawingError, Figure, FigureFileError, FileError
from connectivity.figures.figurefile import FILE_LIMIT
from connectivity.figures.schema import schema
from connectivity.figures.stepsource import STEP_LIMIT
from connectivity.figures.tomlplaces import places
from connectivity.notation.parser import PANEL_LIMIT
from connectivity.options import LIST_LIMIT, Options
from connectivity.options import settings as all_settings


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_what_the_command_line_says(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        "net.toml",
        'network = "9 fc:2 // 4 conv:3"\ntitle = "A title"\ndirection = "BT"\ncolor-by = "layer"\nseed = 3\n'
        'max_units = 4\nhighlight = ["y[1]=crimson", "x[2]:reach"]\ncaptions = false\n',
    )
    words = ["--title", "A title", "--direction", "bt", "--color-by", "layer", "--seed", "3", "--max-units", "4"]
    words += ["--highlight", "y[1]=crimson", "--highlight", "x[2]:reach", "--no-captions"]
    said = run("draw", "9 fc:2 // 4 conv:3", *words).stdout
    assert said
    assert run("draw", "net.toml").stdout == said
    assert run("draw", "-", input=(tmp_path / "net.toml").read_bytes()).stdout == said
    assert Figure.read(tmp_path / "net.toml").draw() == said
    assert connectivity.draw(tmp_path / "net.toml") == said


def test_the_command_line_has_the_last_word(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "net.toml", 'theme = "dark"\n[[panel]]\nnetwork = "4 conv:3"\ncaptions = false\nseed = 5\n')
    expected = connectivity.draw("4 conv:3", theme="light", captions=True, seed=7)
    assert run("draw", "net.toml", "--theme", "light", "--captions", "--seed", "7").stdout == expected


LISTS: dict[str, tuple[int, Any]] = {
    **{
        setting.flag: (LIST_LIMIT, (setting.choices or setting.words or ("x=1",))[0])
        for setting in all_settings()
        if setting.many
    },
    "panel": (PANEL_LIMIT, {"network": "1"}),
    "step": (STEP_LIMIT, {"caption": "a"}),
    "values": (LIST_LIMIT, "x"),
}
"""Every list of a figure file: how long it may be, and an item."""


def file_of(content: dict[str, Any]) -> str:
    """A figure file that says so."""
    return "".join(f"{key} = {toml(value)}\n" for key, value in content.items())


@pytest.mark.parametrize("key", LISTS)
def test_schema_and_program_agree_how_long_a_list_may_be(key: str) -> None:
    limit, item = LISTS[key]
    for length in (limit, limit + 1):
        said = {"network": "2 fc:1", key: [item] * length}
        if key == "values":
            said = {"network": "2 fc:1", "step": [{key: said[key]}]}
        elif key == "panel":
            del said["network"]
        is_legal = jsonschema.Draft7Validator(schema()).is_valid(said)
        assert is_legal == (length == limit)
        try:
            Figure.parse(file_of(said))
            assert is_legal
        except FigureFileError as error:
            assert not is_legal
            assert f"at most {limit:,}" in str(error)


@pytest.mark.parametrize("key", [setting.flag for setting in all_settings() if setting.words and setting.many])
def test_schema_and_program_agree_how_many_layers_an_option_names(key: str) -> None:
    word = {setting.flag: setting.words[-1] for setting in all_settings() if setting.words}[key]
    for length in (LIST_LIMIT, LIST_LIMIT + 1):
        names = {f"h{number}": word for number in range(length)}
        is_legal = jsonschema.Draft7Validator(schema()).is_valid({"network": "2 fc:1", key: names})
        assert is_legal == (length == LIST_LIMIT)
        with pytest.raises(ConnectivityError, match="no layer has that name" if is_legal else "at most 1,000"):
            Figure.parse(file_of({"network": "2 fc:1", key: names})).scene()


@pytest.mark.parametrize("setting", all_settings(), ids=lambda setting: setting.flag)
def test_every_option_is_a_key_under_each_of_its_names(setting: Any) -> None:
    values = {"text": '"1/2"', "whole": "1", "number": "2.0", "switch": "false"}
    choices = setting.choices or setting.words
    value = f'"{choices[-1]}"' if choices else values[setting.kind]
    value = {"threshold": '"20%"', "font_size": '"8pt"', "animate": '"slide"'}.get(setting.name, value)
    if setting.name in ("width", "height", "pitch", "margin"):
        value = '"200mm"'
    expected: Any = tomllib.loads(f"x = {value}")["x"]
    for key in {setting.flag, setting.name, setting.flag.replace("-", "_")}:
        figure = Figure.parse(f'{key} = {value}\nnetwork = "6 conv:3"')
        assert figure.options == {setting.name: (expected,) if setting.many else expected}


def test_what_layers_have_of_their_own_may_be_a_table(run: Run, tmp_path: Path) -> None:
    text = 'network = "2x16 conv:3,c=4,p=1 maxpool:2 conv:3,c=2"\n'
    write(tmp_path, "table.toml", f'{text}units = {{ h2 = "circles" }}\n[edges]\ny = "none"\n')
    write(tmp_path, "list.toml", f'{text}units = ["h2=circles"]\nedges = "y=none"\n')
    drawn = run("draw", "table.toml").stdout
    assert b"<svg" in drawn
    assert drawn == run("draw", "list.toml").stdout
    table = tomllib.loads((tmp_path / "table.toml").read_text())
    jsonschema.validate(table, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**table, "units": {"h2": "cels"}}, schema())


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ('units = { h1 = "cels" }', 16, 'unknown units "h1=cels" (did you mean "h1=cells"?)'),
        ('units = { h9 = "cells" }', 16, 'units of "h9": no layer has that name (one of: x, h1, y)'),
        ("units = { h1 = 3 }", 16, "units must be a text, not 3"),
        ('units = { "" = "cells" }', 16, 'units "=cells" names no layer, as h1=cells does'),
        ('units = { a.b = "cells" }', 11, "units must be a text, not {'b': 'cells'}"),
        ('show = { h1 = "values" }', 8, "show must be a text, or a list of texts"),
        ('units = [["cells"]]', 10, "units must be a text, not ['cells']"),
    ],
)
def test_mistakes_in_tables_of_layers_are_shown_where_they_are(line: str, column: int, message: str) -> None:
    with pytest.raises(FigureFileError) as error:
        Figure.parse(f'network = "2x8 conv:3,c=4 conv:1,c=2"\n{line}\n').draw()
    assert (error.value.message, error.value.line, error.value.column) == (message, 2, column)


def test_paths_are_relative_to_the_file(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    np.savez(folder / "w.npz", **{"y.weight": np.array([[[1.0, 0.0, -1.0]]])})  # type: ignore[arg-type]  # numpy says bool
    np.save(folder / "x.npy", np.arange(5.0))
    write(folder, "mask.csv", "0,1,1\n1,0,0\n")
    write(folder, "other.toml", 'title = "inner"\nmax-units = 3\nnetwork = "7 fc:2"\n')
    graph = connectivity.build(connectivity.parse("3 fc:2")[0])
    (folder / "net.json").write_bytes(connectivity.dump(graph, "json"))
    write(
        folder,
        "net.toml",
        '[[panel]]\nnetwork = "5 conv:3"\nweights = "w.npz"\ninput = "x.npy"\nshow = "values"\n'
        '[[panel]]\nnetwork = "x=3 y=sparse,mask=mask.csv"\n[[panel]]\nnetwork = "net.json"\n'
        '[[panel]]\nnetwork = "other.toml"\n',
    )
    done = run("draw", "figures/net.toml", "-o", "net.svg")
    assert done.returncode == 0, done.stderr.decode()
    figure = Figure.read(folder / "net.toml")
    assert [panel.title for panel in figure.panels] == [None, None, None, "inner"]
    assert figure.panels[3].options == {"max_units": 3}
    names = [Path(path).name for path in figure.dependencies]
    assert names == ["net.toml", "w.npz", "x.npy", "mask.csv", "net.json", "other.toml"]
    assert "−2" in (tmp_path / "net.svg").read_text()


def test_weights_and_inputs_in_place() -> None:
    text = 'network = "4 conv:2"\nweights = { "y.weight" = [[[1, 2]]] }\ninput = [1, 0, 2, 0]\nshow = "values"\n'
    (graph,) = Figure.parse(text).graphs()
    assert [data["value"] for _, data in graph.nodes(data=True)] == [1, 0, 2, 0, 1, 4, 2]
    (dotted,) = Figure.parse('network = "4 conv:2"\n[weights]\ny.weight = [[[1, 2]]]\n').graphs()
    assert sorted(data["weight"] for _, _, data in dotted.edges(data=True)) == [1, 1, 1, 2, 2, 2]


def test_sources_of_the_figure_are_those_of_its_panels() -> None:
    text = 'seed = 4\n[[panel]]\nnetwork = "3 fc:2"\n[[panel]]\nnetwork = "3 fc:2"\nseed = 5\n'
    assert [panel.seed for panel in Figure.parse(text).panels] == [4, 5]


def test_a_house_style(tmp_path: Path) -> None:
    write(tmp_path, "house.toml", 'theme = "print"\ndirection = "BT"\n')
    write(tmp_path, "net.toml", 'extends = "house.toml"\ndirection = "LR"\nnetwork = "4 fc:2"\n')
    figure = Figure.read(tmp_path / "net.toml")
    assert figure.options == {"theme": "print", "direction": "LR"}
    assert [Path(path).name for path in figure.dependencies] == ["net.toml", "house.toml"]


MISTAKES = [
    ('network = "6 conv:3 cov:3"', 1, 21, 'unknown layer "cov" (did you mean "conv"?)'),
    ("network = '6 conv:3 conv:9'", 1, 26, "kernel 9 does not fit"),
    ('\n\nnetwork = """\n6 cov:3"""', 4, 3, "unknown layer"),
    ('networ = "6"', 1, 1, 'unknown key "networ" (did you mean "network"?)'),
    ('network = "6"\nmax-unit = 3', 2, 1, 'did you mean "max-units"'),
    ('network = "6"\nmax-units = "x"', 2, 13, "max-units must be a whole number"),
    ('network = "6"\nmax-units = -1', 2, 13, "max-units must be 0 or more"),
    ('network = "6"\ntheme = "drak"', 2, 9, 'did you mean "dark"'),
    ('network = "6"\ntitle = 3', 2, 9, "title must be a text"),
    ('network = "6"\ntitle = ["a"]', 2, 9, "title must be a single value"),
    ('network = "6"\ncaptions = 1', 2, 12, "captions must be true or false"),
    ('network = "6"\nhighlight = ["x[1]", "y[1]=red", 3]', 2, 34, "highlight must be a text"),
    (
        'network = "6"\nhighlight = ["x[1]", "x[7]"]',
        2,
        22,
        'there is no unit "x[7]" to highlight; there are x.1 to x.6',
    ),
    ('network = "6 fc:1"\nhighlight = "y.weight[0,9]"', 2, 13, "there is no weight"),
    ('network = "6 fc:1"\nhighlight = "y[1]:path:x[1]"', 2, 13, "no way leads"),
    ('network = "6"\nhighlight = "x[1]:rech"', 2, 13, 'did you mean "x[1]:reach"'),
    ('network = "6"\nhighlight = "x[1]=reddish"', 2, 13, "is no colour"),
    ('network = "6"\nbox = "z"', 2, 7, 'no layer to box is named "z"'),
    ('network = "6"\nlabel = "x=a/b"', 2, 9, '2 texts for 6 units of "x"'),
    ('network = "6"\nlabel = "z=a"', 2, 9, 'there is no unit or layer "z"'),
    ('network = "6"\nlabel = "a"', 2, 9, "is not NAME=TEXT"),
    ('network = "6"\ncrop = "4/9"', 2, 8, "positions 1 to 6"),
    ('network = "6"\ntitle = "' + "x" * 10_000 + '"', 2, 9, "10,000 characters"),
    ('[[panel]]\ntitle = "a"', 1, 1, "a panel needs a network"),
    ('[[panel]]\nnetwork = "6"\ntheme = "dark"', 3, 1, "of the whole figure"),
    ('[[panel]]\nnetwork = "6"\n[[panel]]\nnetwork = "7 fc:0"', 4, 17, "units must be between 1"),
    ('[[panel]]\nnetwork = "6"\n[[panel]]\nnetwork = 7', 4, 11, "network must be a text"),
    ("panel = 3", 1, 9, "panel must be tables"),
    ('network = "6 conv:3"\nweights = "none.npz"', 2, 11, "cannot read"),
    ('network = "6 conv:3"\n[weights]\n"y.weight" = [1]', 2, 1, "y.weight has shape [1]"),
    ('network = "6 conv:3"\ninput = [1, 2]', 2, 9, "the input has shape [2]"),
    ('network = "6"\nseed = 1.5', 2, 8, "seed must be a whole number"),
    ('network = "6"\nmax-units = 3\nmax_units = 4', 3, 1, "is said twice"),
    ('network = "other.toml"', 1, 11, "cannot read"),
    ('extends = "other.toml"\nnetwork = "6"', 1, 11, "cannot read"),
    ('network = "6', 1, 13, "a text is not ended: close it"),
    ('network = "6"\nnetwork = "7"', 2, 14, "the key stands twice; say it once"),
    ("", 1, 1, "there is nothing to draw"),
    ("a = " + "[" * 5000, 1, 1, ""),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), MISTAKES)
def test_mistakes_are_shown_where_they_are(text: str, line: int, column: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(FigureFileError) as caught:
        Figure.parse(text, "net.toml", tmp_path).draw("dot")
    error = caught.value
    assert (error.source, words in str(error)) == ("net.toml", True), error
    if words:
        assert (error.line, error.column) == (line, column), error
    assert len(str(error)) < 1000


def test_a_mistake_ends_with_one_message_and_no_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "net.toml", 'network = "6 conv:3"\nhighlight = "y[9]"\n')
    done = run("draw", "net.toml", "-o", "net.svg")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        'net.toml:2:13: there is no unit "y[9]" to highlight; there are x.1 to x.6, y.1 to y.4\n'
        '  highlight = "y[9]"\n              ^\n'
    )
    assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]


def test_cycles(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", '[[panel]]\nnetwork = "b.toml"\n')
    write(tmp_path, "b.toml", '[[panel]]\nnetwork = "a.toml"\n')
    with pytest.raises(ConnectivityError, match=r"a cycle of figure files: a.toml → b.toml → a.toml"):
        Figure.read(tmp_path / "a.toml")
    write(tmp_path, "c.toml", 'extends = "c.toml"\n')
    with pytest.raises(ConnectivityError, match=r"a cycle of figure files: c.toml → c.toml"):
        Figure.read(tmp_path / "c.toml")


def test_files_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        Figure.read(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * (FILE_LIMIT + 1))
    with pytest.raises(FigureFileError, match="larger than 1,048,576 bytes"):
        Figure.read(tmp_path / "large.toml")
    (tmp_path / "latin.toml").write_bytes('title = "é"'.encode("latin-1"))
    with pytest.raises(FigureFileError, match=r"latin.toml:1:10: not UTF-8"):
        Figure.read(tmp_path / "latin.toml")
    (tmp_path / "folder.toml").mkdir()
    assert run("draw", "folder.toml", "-o", "a.svg").returncode == 2


def test_a_thousand_panels_are_drawn_and_no_more() -> None:
    figure = Figure.parse("captions = false\ncolumns = 40\n" + '[[panel]]\nnetwork = "1 fc:1"\n' * 1000)
    assert len(figure.scene().units) == 2000
    with pytest.raises(FigureFileError, match="1,001 panels; at most 1,000"):
        Figure.parse('[[panel]]\nnetwork = "1 fc:1"\n' * 1001)


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_bytes(b'\xef\xbb\xbfnetwork = "6"\r\nmax-units = "x"\r\n')
    with pytest.raises(FigureFileError, match=r"net.toml:2:13: "):
        Figure.read(tmp_path / "net.toml")


keys = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
scalars = st.one_of(
    st.integers(-999, 999), st.booleans(), texts, st.floats(-10, 10).map(lambda number: round(number, 2))
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=2))


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + ",\n  ".join(map(toml, value)) + " # ]\n]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(st.dictionaries(keys, values, max_size=4), st.dictionaries(keys, values, max_size=3))
@settings(max_examples=150)
def test_every_key_and_value_stands_where_it_is_said_to(top: dict[str, object], inner: dict[str, object]) -> None:
    """What stands at the place of a value reads as that value."""
    top.pop("panel", None)
    lines = [f"{key} = {toml(value)}" for key, value in top.items()]
    for _ in range(2):
        lines += ["[[panel]] # one", *(f'  "{key}"={toml(value)}' for key, value in inner.items())]
    text = "\n".join(lines)
    content: dict[str, Any] = tomllib.loads(text)
    found = places(text)
    starts = text.split("\n")
    for path, place in found.items():
        value: Any = content
        for part in path:
            value = value[part]
        rest = "\n".join([starts[place.value_line - 1][place.value_column - 1 :], *starts[place.value_line :]])
        if isinstance(value, str):
            assert rest.startswith(toml(value))
        elif isinstance(value, bool):
            assert rest.startswith(str(value).lower())
        elif isinstance(value, (int, float)):
            assert rest.startswith(toml(value))
        else:
            assert rest[0] in "[{" or path[0] == "panel"
    for number in range(2):
        for key in inner:
            assert ("panel", number, key) in found


def test_options_take_lists_and_single_texts() -> None:
    assert Options(highlight="y[1]") == Options(highlight=["y[1]"]) == Options(highlight=("y[1]",))  # type: ignore[arg-type]
    assert Options(labels=False).labels == "none"  # type: ignore[arg-type]
    with pytest.raises(DrawingError, match="show must be a text"):
        Options(show=[3])  # type: ignore[arg-type]


def test_numbers_and_extended_files(tmp_path: Path) -> None:
    """Those of the file that extends hold for the panels of the other; an options-only file has none."""
    (tmp_path / "base.toml").write_text('network = "3 fc:1"\n')
    (tmp_path / "own.toml").write_text('extends = "base.toml"\nweights = { "y.weight" = [[1, 2, 3]] }\n')
    (graph,) = Figure.read(tmp_path / "own.toml").graphs()
    assert [data["weight"] for _, _, data in graph.edges(data=True)] == [1, 2, 3]
    (tmp_path / "own.toml").write_text('extends = "base.toml"\nseed = "nine"\n')
    with pytest.raises(FigureFileError, match=r"own.toml:2:8: seed must be a whole number"):
        Figure.read(tmp_path / "own.toml")
    (tmp_path / "house.toml").write_text('theme = "dark"\nseed = 3\n')
    (tmp_path / "own.toml").write_text('extends = "house.toml"\nnetwork = "3 fc:1"\n')
    with pytest.raises(FigureFileError, match=r"house.toml:2:1: seed is of networks, and this file has none"):
        Figure.read(tmp_path / "own.toml")


def test_a_path_with_spaces(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my net.toml").write_text('network = "3 fc:1"\n')
    assert run("draw", "my net.toml", "-o", "a.svg").returncode == 0
    assert connectivity.draw(str(tmp_path / "my net.toml")) == (tmp_path / "a.svg").read_bytes()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('colormap = "virids"', '2:12: unknown colormap "virids"'),
        ("vmin = 3\nvmax = 1", "2:8: vmin \\(3\\) must be less than vmax"),
        ("max-edges = 3", "2:13: 12 connections to draw; at most 3"),
        ('row-title = ["a", "$\\\\foo$"]', "2:21: row-title: unknown "),
    ],
)
def test_options_that_fail_late_are_shown_where_they_are(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "net.toml").write_text(f'network = "6 conv:3"\n{line}\n')
    with pytest.raises(FigureFileError, match=words):
        Figure.read(tmp_path / "net.toml").draw()


def test_choices_are_taken_in_any_case() -> None:
    assert Figure.parse('network = "3 fc:1"\ndirection = "bt"').draw() == connectivity.draw("3 fc:1", direction="BT")


def test_a_fault_of_an_extended_file_names_it_and_the_figure_that_is_drawn(run: Run, tmp_path: Path) -> None:
    style = tmp_path / "style.toml"
    style.write_text('font-size = "8pt"\nwidth = "30mm"\n')
    (tmp_path / "base.toml").write_text('extends = "style.toml"\ntitle = "of all"\n[[panel]]\nnetwork = "3 fc:2"\n')
    for name, own in (("first", 'extends = "style.toml"'), ("second", 'extends = "base.toml"')):
        figure = tmp_path / f"{name}.toml"
        figure.write_text(f'{own}\nnetwork = "6 conv:3 fc:2"\n')
        with pytest.raises(FigureFileError, match=f"width 30mm is too little .*{name}.toml") as caught:
            Figure.read(figure).scene()
        assert (caught.value.source, caught.value.line) == (str(style), 2)
