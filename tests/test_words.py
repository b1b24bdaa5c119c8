"""Words of the notation: what each reader makes of a text, and at which character it finds fault with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectivity import FileError, NetworkError, NotationError
from connectivity.errors import visible
from connectivity.layers.kinds import kind_words
from connectivity.layers.words import (
    PADDING_MODES,
    PADDING_WORDS,
    TEXT_LIMIT,
    Parameter,
    Reader,
    Word,
    Words,
    choice,
    read_mask,
)

BEFORE = "6 conv:"
"""What stands in the line before the word that is read."""

FRUIT = choice("fruit", "apple", "pear", "fig")
NAMES = {
    name: getattr(Reader, name)
    for name in (
        *("integer", "number", "numbers", "integers", "boolean", "padding", "plain", "names", "shape", "sides", "mask"),
    )
} | {"fruit": FRUIT}


def read(name: str, text: str, folder: Path = Path()) -> Any:
    return NAMES[name](Reader(BEFORE + text, folder), Word(text, len(BEFORE)))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("integer", "12", 12),
        ("integer", "-3", -3),
        ("integer", "+3", 3),
        ("integer", "9" * 18, 10**18 - 1),
        ("number", "-1.5", -1.5),
        ("number", "2e3", 2000.0),
        ("numbers", "1", (1.0,)),
        ("numbers", "1/0/-0.5", (1.0, 0.0, -0.5)),
        ("integers", "-3/0/3", (-3, 0, 3)),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("padding", "1", 1),
        ("padding", "0/2", (0, 2)),
        ("padding", "1/1", (1, 1)),
        *(("padding", word, word) for word in ("same", "same_upper", "same_lower", "valid", "causal", "full")),
        ("plain", "a.b", "a.b"),
        ("names", "x", ("x",)),
        ("names", "x/h1", ("x", "h1")),
        ("shape", "6", (1, 6)),
        ("shape", "2x8", (2, 8)),
        ("sides", "1", (1, 1)),
        ("sides", "0/2", (0, 2)),
        ("mask", "011/010", ((False, True, True), (False, True, False))),
        ("mask", "1", ((True,),)),
        ("fruit", "pear", "pear"),
    ],
)
def test_what_is_read(name: str, text: str, value: Any) -> None:
    assert read(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("integer", "", 0, "a whole number is missing, as 3 or -3"),
        ("integer", "x", 0, '"x" is not a whole number, as 3 or -3 is'),
        ("integer", "1" * 19, 0, "a number of 19 digits is too large; at most 18 are read"),
        ("integer", "-" + "1" * 20, 0, "a number of 20 digits is too large; at most 18 are read"),
        ("number", "nan", 0, '"nan" is not a finite number, as 0.5, -2 or 1e-3 is'),
        ("numbers", "1/2/x", 4, '"x" is not a finite number, as 0.5, -2 or 1e-3 is'),
        ("numbers", "10//2", 3, '"" is not a finite number, as 0.5, -2 or 1e-3 is'),
        ("integers", "10/x/2", 3, '"x" is not a whole number, as 3 or -3 is'),
        ("boolean", "yes", 0, '"yes" is neither true nor false, one of which it must be'),
        ("padding", "sme", 0, 'unknown padding "sme" (did you mean "same"?)'),
        ("padding", "1/2/3", 4, "padding takes one number or two (left/right), not 3"),
        ("padding", "1/x", 2, '"x" is not a whole number, as 3 or -3 is'),
        ("names", "x//h1", 2, "a name is missing (names of layers go as x/h1)"),
        ("shape", "2x3x40", 4, "a shape of 3 numbers; it is a length, or channels x length (as 2x8)"),
        ("shape", "2xy", 2, '"y" is not a whole number, as 3 or -3 is'),
        ("sides", "10/20/3/4", 6, "4 numbers; say one, or two (left/right)"),
        ("sides", "10/x", 3, '"x" is not a whole number, as 3 or -3 is'),
        ("mask", "01//11", 3, "an empty row in the mask (rows of 0 and 1, as 011/010)"),
        ("mask", "01/12", 4, "a mask has only the digits 0 and 1, as 011/010"),
        ("mask", "7", 0, "a mask has only the digits 0 and 1, as 011/010"),
        ("fruit", "aple", 0, 'unknown fruit "aple" (did you mean "apple"?)'),
    ],
)
def test_what_is_not_read(name: str, text: str, place: int, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        read(name, text)
    assert caught.value.message == message
    assert caught.value.column == len(BEFORE) + place + 1


def test_a_fault_that_no_other_line_would_mend_has_none() -> None:
    """A line that is meant is looked for by the fault alone, without what would be right."""
    faults = {}
    for name, text in (("integer", "x"), ("integer", "1" * 19), ("shape", "1x2x3"), ("mask", "no.csv")):
        with pytest.raises(NotationError) as caught:
            read(name, text)
        faults[name, text] = caught.value.fault
    assert list(faults.values()) == ['"x" is not a whole number', "", "a shape of 3 numbers", ""]


def test_parts_of_a_word_know_where_they_start() -> None:
    word = Word("a=bc==d", 5)
    assert word.after("=") == (Word("a", 5), Word("bc==d", 7))
    assert word.after("==") == (Word("a=bc", 5), Word("d", 11))
    assert word.after(":") == (word, None)
    assert word.split("=") == [Word("a", 5), Word("bc", 7), Word("", 10), Word("d", 11)]
    assert word.split("==") == [Word("a=bc", 5), Word("d", 11)]
    assert word.split(":") == [word]


def test_a_mask_is_read_from_a_file(tmp_path: Path) -> None:
    """A line for each output; blanks, empty lines and a byte-order mark are no matter."""
    (tmp_path / "m.csv").write_bytes(b"\xef\xbb\xbf0,1,1\r\n\r\n 0 , 1,0\n")
    assert read("mask", "m.csv", tmp_path) == ((False, True, True), (False, True, False))
    for content, message in (
        (b"\n", 'the mask "m.csv" is empty; a line of 0 and 1 for each output is needed'),
        (b"0,1\n\n0,2\n", 'the mask "m.csv", line 3: "2" is neither 0 nor 1, as every cell must be'),
        (b"0,,1\n", 'the mask "m.csv", line 1: "" is neither 0 nor 1, as every cell must be'),
        (b"x" * 30, f'the mask "m.csv", line 1: "{visible("x" * 30, 20)}" is neither 0 nor 1, as every cell must be'),
    ):
        (tmp_path / "m.csv").write_bytes(content)
        with pytest.raises(NotationError) as caught:
            read("mask", "m.csv", tmp_path)
        assert caught.value.message == message
        assert caught.value.column == len(BEFORE) + 1
        with pytest.raises(NetworkError) as direct:
            read_mask(tmp_path / "m.csv", "m.csv")
        assert direct.value.parameter == "mask"


def test_a_mask_may_be_a_mebibyte(tmp_path: Path) -> None:
    assert TEXT_LIMIT == 1024 * 1024
    path = tmp_path / "m.csv"
    path.write_text("1" + " " * (TEXT_LIMIT - 1))
    assert read_mask(path, "m.csv") == ((True,),)
    path.write_text("1" + " " * TEXT_LIMIT)
    with pytest.raises(NetworkError) as caught:
        read_mask(path, "m.csv")
    assert str(caught.value) == (
        'the mask "m.csv" is larger than 1,048,576 bytes, the most that is read; no option raises it'
    )
    assert caught.value.parameter == "mask"
    with pytest.raises(FileError, match=r'cannot read the mask "no.csv".* \(rows of 0 and 1 go as 011/010\)'):
        read_mask(tmp_path / "no.csv", "no.csv")


def test_parameters_go_by_their_name_or_their_letter() -> None:
    size, step = Parameter("size", Reader.integer, "a size", "z"), Parameter("step", Reader.integer, "a step")
    words = Words("kind", ("sort",), size, (step,), "a kind", "kind:1")
    assert words.names == ("kind", "sort")
    assert [words.parameter(word) for word in ("size", "z", "step", "s", "")] == [size, size, step, None, None]
    assert words._replace(value=None).parameter("size") is None
    assert words._replace(value=None).parameter("step") is step
    assert [step.key, step._replace(field="pace").key] == ["step", "pace"]
    assert (step.short, step.flag, step.choices, step.file, step.required) == (None, False, (), False, True)


PARAMETERS = """
conv          kernel_size|k stride|s padding|p dilation|d channels|c groups|g padding_mode taps tie bias! weight|w load share from drop
sparse        kernel_size|k stride|s padding|p dilation|d channels|c groups|g padding_mode taps mask@ units|u density seed bias! weight|w load share from drop
convtranspose kernel_size|k stride|s padding|p output_padding dilation|d channels|c groups|g bias! weight|w load share from drop
maxpool       kernel_size|k stride|s padding|p dilation|d ceil_mode! from drop
avgpool       kernel_size|k stride|s padding|p dilation|d ceil_mode! count_include_pad! from drop
upsample      factor? size mode align_corners! coordinates rounding cubic_coeff from drop
pad           sides mode value axis from drop
crop          sides from drop
select        indices axis from drop
reduce        op axis from drop
reshape       shape from drop
flatten       from drop
transpose     from drop
"""
"""Of each kind: its VALUE and parameters, as name|letter; ! may stand alone, @ may name a file, ? may be left out."""


def test_the_parameters_of_kinds() -> None:
    for line in PARAMETERS.split("\n")[1:-1]:
        kind, *expected = line.split()
        words = kind_words()[kind].words
        assert words is not None
        said = [words.value, *words.parameters] if words.value else words.parameters
        assert [
            each.name
            + (f"|{each.short}" if each.short else "")
            + "!" * each.flag
            + "@" * each.file
            + "?" * (not each.required)
            for each in said
            if each is not None
        ] == expected, kind


def test_words_for_padding() -> None:
    """In the order in which they are listed to whoever asks."""
    assert PADDING_WORDS == ("same", "same_upper", "same_lower", "valid", "causal", "full")
    assert PADDING_MODES == ("zeros", "reflect", "replicate", "circular")
