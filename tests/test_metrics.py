"""Text widths: those of the font files that are shipped, and what is built on them."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Mapping

import pytest
from advances import TABLE, font_of, table
from hypothesis import given
from hypothesis import strategies as st

from connectivity.typeset.markup import balanced, rich_width, wrapped
from connectivity.typeset.metrics import FAMILY, FILES, text_width

faces = pytest.mark.parametrize("face", FILES)


def table_of(face: str) -> Mapping[int, int]:
    runs = json.loads(TABLE.read_text(encoding="utf-8"))[face]
    return {first + place: width for first, widths in runs for place, width in enumerate(widths)}


def test_the_table_is_what_the_fonts_say() -> None:
    assert table() == TABLE.read_text(encoding="utf-8"), "run `make advances`"


@faces
def test_every_advance_is_that_of_the_font(face: str) -> None:
    font, found = font_of(face), table_of(face)
    glyphs = font.getBestCmap()
    assert font["head"].unitsPerEm == 1000
    assert len(found) > 500
    assert found == {code: font["hmtx"][glyphs[code]][0] for code in found}


@faces
def test_what_labels_use_is_in_the_table(face: str) -> None:
    found = table_of(face)
    needed = {chr(code) for code in range(32, 127)} | set("−×→…₀₁₂₃₄₅₆₇₈₉äöüßé")
    assert needed <= {chr(code) for code in found}


@faces
def test_no_face_is_missing_or_another_family(face: str) -> None:
    names = {str(record) for record in font_of(face)["name"].names if record.nameID in (1, 16)}
    assert FAMILY in names
    assert sorted(json.loads(TABLE.read_text(encoding="utf-8"))) == sorted(FILES)


@faces
@given(text=st.text(st.sampled_from("abc xyz019[],.−₁₂WMi"), max_size=30), size=st.floats(1, 100))
def test_a_width_is_the_sum_of_the_advances(face: str, text: str, size: float) -> None:
    found = table_of(face)
    assert text_width(text, size, face) == pytest.approx(sum(found[ord(c)] for c in text) * size / 1000)


def test_semibold_is_wider_than_regular() -> None:
    assert text_width("connections", 12, "semibold") > text_width("connections", 12) > 0
    assert text_width("", 12) == 0


def test_characters_that_the_font_does_not_have() -> None:
    assert text_width("日本", 10) == 20
    assert text_width("\u05e9", 10) == 6
    assert unicodedata.combining("\u05b8")
    assert text_width("\u05b8", 10) == 0


words = st.lists(st.text(st.sampled_from("abcdWi-é日"), min_size=1, max_size=12), max_size=20)


@given(words, st.floats(1, 300), st.floats(5, 20))
def test_wrapping_keeps_every_word_and_fills_lines(text: list[str], width: float, size: float) -> None:
    lines = wrapped("  ".join(text), width, size).split("\n") if text else []
    assert " ".join(lines).split() == text
    for line in lines:
        assert text_width(line, size) <= width or " " not in line
    for line, following in itertools.pairwise(lines):
        assert text_width(f"{line} {following.split()[0]}", size) > width


@given(words, st.floats(20, 300), st.floats(5, 20))
def test_lines_that_are_balanced_are_as_many_and_no_longer(text: list[str], width: float, size: float) -> None:
    """And none of them could be shorter, but for words that are long themselves."""
    given, found = (wrap(" ".join(text), width, size).split("\n") for wrap in (wrapped, balanced))
    assert len(found) == len(given)
    assert " ".join(found).split() == text
    longest, before = (max(rich_width(line, size) for line in lines) for lines in (found, given))
    assert longest <= before
    if len(found) > 1:
        shorter = wrapped(" ".join(text), longest - width / 256, size).split("\n")
        assert len(shorter) > len(found) or max(rich_width(line, size) for line in shorter) >= longest


def test_wrapping_of_nothing() -> None:
    assert wrapped("", 100, 12) == wrapped(" \n ", 100, 12) == ""
