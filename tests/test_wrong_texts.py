"""JSON and TOML that are none: what is said is ours and where it is shown too, the same in every version of Python."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import ConnectivityError, Figure, FigureFileError
from connectivity.figures import tomlwords
from connectivity.graphs.graphfile import loads
from connectivity.jsontext import _ENDS, _QUOTED_ONCE, _REASONS, JsonError, read_json

JSON = [
    ("", 0, "it ends too early"),
    ('{"a": [1, 2', 11, "it ends too early"),
    ('{"a": [1, 2]\n', 12, "it ends too early"),
    ("[1, 2,]", 5, "a comma stands before an end"),
    ('{"a": 1 ,\n }', 8, "a comma stands before an end"),
    ("{'a': 1}", 1, "a text stands between double quotes"),
    ("['a']", 1, "a text stands between double quotes"),
    ("{a: 1}", 1, "a name is missing"),
    ('{"a" 1}', 5, "a colon is missing"),
    ('{"a": 1 "b": 2}', 8, "a comma is missing"),
    ("[1 2]", 3, "a comma is missing"),
    ("[1, True]", 4, "a value is missing"),
    ("[,1]", 1, "a value is missing"),
    ('["a]', 1, "a text is not ended"),
    ('["a\nb"]', 3, "a text holds a line break"),
    ('["a\x1bb"]', 3, "a text holds a line break"),
    ('["a\\qb"]', 3, "a backslash in a text"),
    ('["a\\u12xyz"]', 3, "a backslash in a text"),
    ("[1] 2", 4, "something stands behind the end"),
    ("[" + "1" * 5000 + "]", None, "a number in it has more digits"),
]
TOML = [
    ("network = ", 1, 11, "a value is missing"),
    ("network: 6 fc:2", 1, 8, "behind a key stands an equals sign"),
    ("network = 6 fc:2", 1, 13, "a value ends before this; a text stands between quotes"),
    ("highlight = ['a' 'b']", 1, 18, "a list needs a comma"),
    ("units = { a = 1", 1, 16, "a table needs a comma"),
    ("[panel", 1, 7, "the heading of a table ends"),
    ("[[panel]\n", 1, 8, "the heading of a table ends"),
    ('title = "$\\sigma$"', 1, 11, "a backslash means something else"),
    ('title = "\\u12"', 1, 12, "behind \\u stand four hexadecimal digits"),
    ('title = "\\uD800"', 1, 16, "no character has that number"),
    ("= 1", 1, 1, "a line says key"),
    ("a. = 1", 1, 4, "a key is missing"),
    ("seed = 1\nseed = 2", 2, 9, "the key stands twice"),
    ("units = {a = 1, a = 2}", 1, 22, "the key stands twice"),
    ("units = {a = 1}\nunits.b = 2", 2, 12, "the table is said already"),
    ("[a]\n[a]", 2, 3, "the table stands twice"),
    ('title = "a\nb"', 1, 11, "a text is not ended"),
    ('title = """a', 1, 13, "a text is not ended"),
    ("title = 'a", 1, 11, "a text is not ended"),
    ('title = "a\x07"', 1, 11, "a character that cannot be seen"),
    ("# a\x07", 1, 4, "a character that cannot be seen"),
]
GRAPH = '{"nodes": [{"id": "x1", "layer": -1.5e3}, {"id": "\\u00e9"}],\n "edges": [], "graph": {"a": true, "b": null}}'
FIGURE = 'network = "6 conv:3"\ntitle = \'a\'\nhighlight = ["x", "y.1"] # it\n[[step]]\ncaption = """a"""\nvalues = { a = 1.5 }\n'


@pytest.mark.parametrize(("text", "place", "words"), JSON)
def test_what_is_wrong_with_json(text: str, place: int | None, words: str) -> None:
    with pytest.raises(JsonError) as raised:
        read_json(text)
    assert raised.value.reason.startswith(words)
    assert raised.value.place == place


@pytest.mark.parametrize(("text", "line", "column", "words"), TOML)
def test_what_is_wrong_with_toml(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(FigureFileError) as raised:
        Figure.parse(text)
    assert raised.value.message.startswith(words)
    assert (raised.value.line, raised.value.column) == (line, column)


def test_the_character_is_pointed_at() -> None:
    with pytest.raises(ConnectivityError) as raised:
        loads(b'{"nodes": [],\r\n "edges" []}', "g.json")
    assert str(raised.value).splitlines() == [
        'g.json:2:10: not JSON, as connectivity export writes: a colon is missing behind a name: {"name": 1}',
        '   "edges" []}',
        "           ^",
    ]


changes = st.tuples(st.integers(0, 200), st.integers(0, 3), st.text("{}[]\",:'= \n\\u1a.-#\x1b", max_size=3))


def changed(text: str, change: tuple[int, int, str]) -> str:
    start, length, put = change
    return text[: start % len(text)] + put + text[start % len(text) + length :]


@given(changes)
@settings(max_examples=400)
def test_no_words_of_pythons_are_said_of_json(change: tuple[int, int, str]) -> None:
    ours = {*_REASONS.values(), _ENDS, _QUOTED_ONCE, "a comma stands before an end; take it away"}
    try:
        read_json(changed(GRAPH, change))
    except JsonError as error:
        assert error.reason in ours or re.fullmatch(r'an object in it says ".*" twice', error.reason)


@given(changes)
@settings(max_examples=400)
def test_no_words_of_pythons_are_said_of_toml(change: tuple[int, int, str]) -> None:
    try:
        Figure.parse(changed(FIGURE, change))
    except FigureFileError as error:
        assert "not TOML" not in error.message
    except ConnectivityError:
        pass


def test_each_reason_is_said_of_something() -> None:
    said = [words for *_, words in TOML]
    assert [reason for reason in tomlwords._REASONS.values() if not any(map(reason.startswith, said))] == [
        tomlwords._REASONS["Invalid date or datetime"]  # which newer versions alone say
    ]
