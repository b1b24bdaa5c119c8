from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from connectivity.errors import DrawingError, FigureFileError, NotationError
from connectivity.options import Options, Setting, settings
from connectivity.pages.source import Source, is_toml, located, read_options, read_source

LEGAL = {"text": "viridis", "whole": "1", "number": "1.5", "switch": "false", "threshold": "20%"}
LEGAL.update(dict.fromkeys(("width", "height", "margin"), "200mm"), pitch="30pt", font_size="8pt", animate="slide")


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.flag)
def test_every_option_can_be_said(setting: Setting) -> None:
    text = (setting.choices or setting.words or (LEGAL.get(setting.name, LEGAL[setting.kind]),))[-1]
    (name, value), *rest = read_options({setting.flag: text}).items()
    assert not rest
    assert name == setting.name
    assert str(getattr(Options(**{name: value}), name)).lower().strip("(',)") == text.lower()
    assert read_options({setting.name: text}) == {name: value}


def test_lists_have_a_line_for_each_item() -> None:
    assert read_options({"label": "x=a b\n\ny=c", "show": "values\nbias", "box": "x"}) == {
        "unit_labels": ("x=a b", "y=c"),
        "show": ("values", "bias"),
        "boxes": ("x",),
    }


def test_switches() -> None:
    for said in ({"captions": "false"}, {"no-captions": ""}, {"no_captions": ""}):
        assert read_options(said) == {"captions": False}
    assert read_options({"captions": "", "legend": "true"}) == {"captions": True, "legend": True}
    assert Options(**read_options({"no-labels": ""})).labels == "none"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"max-unit": "3"}, r'unknown option "max-unit" \(did you mean "max-units"\?\)'),
        ({"widht": "3"}, r'unknown option "widht" \(did you mean "width"\?\)'),
        ({"no-title": ""}, 'unknown option "no-title"'),
        ({"max-units": "many"}, 'max-units must be a whole number, as 12, not "many"'),
        ({"vmin": "low"}, 'vmin must be a number, as 1.5, not "low"'),
        ({"captions": "perhaps"}, 'captions must be true or false, not "perhaps"'),
        ({"no-captions": "yes"}, 'no-captions takes no value, and not "yes": say no-captions alone'),
        ({"theme": "drak"}, r'unknown theme "drak" \(did you mean "dark"\?\)'),
        ({"max-units": "-1"}, "max-units must be 0 or more"),
        ({"max-units": "3", "max_units": "4"}, '"max_units" is said twice'),
    ],
)
def test_what_cannot_be_said(said: dict[str, str], message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        read_options(said, ["width"])


@pytest.mark.parametrize(
    "text",
    [
        'network = "6 fc:2"',
        "network='6 fc:2'",
        "# a figure\n[[panel]]\nnetwork = 3",
        "max-units = 3\n",
        '"title"="x"',
        "weights={}",
        "extends =",
    ],
)
def test_toml_is_told_from_the_notation(text: str) -> None:
    assert is_toml(text)


@pytest.mark.parametrize("text", ["6 fc:2", "x=6 conv:3", "x=6", "6 y=conv:3\n// x=6 fc:2", "net.toml", "y=fc:2", ""])
def test_the_notation_is_told_from_toml(text: str) -> None:
    assert not is_toml(text)


def test_a_theme_holds_where_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "dark.toml").write_text('network = "3 fc:2"\ntheme = "dark"')
    folder = str(tmp_path)
    assert Source("3 fc:2").figure("auto").options["theme"] == "auto"
    assert Source("3 fc:2", options={"theme": "print"}).figure("auto").options["theme"] == "print"
    assert Source("dark.toml", folder).figure("auto").options["theme"] == "dark"
    themes = [Source("3 fc:2", options={"theme": name}).on_paper().options["theme"] for name in ("auto", "dark")]
    assert [*themes, Source("dark.toml", folder).on_paper().options["theme"]] == ["light"] * 3
    assert Source("3 fc:2", options={"theme": "print"}).on_paper().options["theme"] == "print"


def test_a_source_draws_the_same_after_pickling() -> None:
    source = read_source("6 conv:3", {"seed": "3", "max-units": "4"}, ".", str)
    again = pickle.loads(pickle.dumps(source))
    assert again.figure().draw("svg") == source.figure().draw("svg")


def test_errors_know_their_line() -> None:
    text = "6 conv:3\n// 5 cnv:3"
    with pytest.raises(NotationError) as caught:
        Source(text).figure()
    assert located(caught.value, text) == (
        2,
        '"// 5 cnv:3", column 6: unknown layer "cnv" (did you mean "conv"?); try: 6 conv:3 // 5 conv:3',
    )
    text = "6 conv:3 // net.json // 5 cnv:3"
    with pytest.raises(NotationError) as caught:
        Source(text.replace("net.json", "4 fc:1  ")).figure()
    assert (located(caught.value, text) or (0, ""))[1].startswith(f'"{text}", column 27: unknown layer')
    text = 'network = "3 fc:2"\n\nmax-unit = 3'
    with pytest.raises(FigureFileError) as caught:
        Source(text).figure()
    assert located(caught.value, text) == (3, 'unknown key "max-unit" (did you mean "max-units"?)')


def test_errors_of_other_files_are_not_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text('network = "3 fx:2"')
    for text in ("net.toml", 'extends = "net.toml"', "net.toml // 3 fc:2"):
        with pytest.raises(FigureFileError) as caught:
            Source(text, str(tmp_path)).figure()
        assert located(caught.value, text) is None
