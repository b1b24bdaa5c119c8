"""Words of others one by one: numbers, sizes, parameters and calls, and which lines may be meant, in order."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import NotationError, parse
from connectivity.layers.kinds import KINDS, kind_words, words_of
from connectivity.notation import habits
from connectivity.notation.mending import LIMIT, mended
from connectivity.notation.wording import can_be_padded, known, layer_words, number, parameter_of, sizes, split, whole

FIGURES = st.integers(0, 10**12).map(str)
SIZES = st.integers(1, 9_999_999)


def proposals(text: str) -> list[str]:
    return [candidate.line for candidate in mended(text)]


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.sampled_from(["{}", "{}.0", "{}e0", "{}.", "'{}'", ' "{}" ', "{:_}"]))
def test_whole_numbers_are_read_in_every_spelling(value: int, spelled: str) -> None:
    assert whole(spelled.format(value)) == str(value)


@given(st.floats(allow_nan=False, allow_infinity=False).map(abs), st.text("+-", max_size=4))
def test_numbers_are_read_with_all_their_signs(value: float, signs: str) -> None:
    found = number(f"{signs}{value!r}")
    assert found is not None
    assert float(found) == value * (-1) ** signs.count("-")


@pytest.mark.parametrize("text", ["", "-", "a", "1a", "1e", "1/2", "1,2", "0x10", "inf", "nan", ".", "1..2", "\u0663"])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None
    assert whole(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.5", None), ("1e-1", None), ("999999999.0", "999999999"), ("1e9", None), ("-1e9", None), ("12e8", None)],
)
def test_fractions_are_not_whole_nor_is_what_is_too_large_to_be_a_size(text: str, value: str | None) -> None:
    assert whole(text) == value
    assert number(text) == text


@given(st.lists(SIZES, min_size=1, max_size=5), st.sampled_from(["-", "x", "X", "*", ",", "/", ":", ";", " - ", ", "]))
def test_sizes_are_read_whatever_stands_between_them(values: list[int], between: str) -> None:
    said = between.join(map(str, values))
    assert sizes(said) == values
    for form in ("({})", "[{}]", "{{{}}}", "'{}'", " ( {} ) ", "({},)", "{},"):
        assert sizes(form.format(said)) == values


@pytest.mark.parametrize("text", ["", "0", "2x0", "x", "3x", "2.5x3", "2--3", "2x-3", "10000000", "2 3", "a,2"])
def test_what_are_no_sizes(text: str) -> None:
    assert sizes(text) == []


@given(st.text("a,([{)]}", max_size=20), st.sampled_from([",", "a"]))
def test_a_text_is_split_at_separators_outside_of_brackets_alone(text: str, separator: str) -> None:
    parts = split(text, separator)
    assert separator.join(parts) == text
    depths = itertools.accumulate((c in "([{") - (c in ")]}") for c in text)
    places = [place for place, depth in enumerate(depths) if text[place] == separator and depth <= 0]
    starts = list(itertools.accumulate(len(part) + 1 for part in parts[:-1]))
    assert [start - 1 for start in starts] == places


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_parameters_are_known_by_their_names_and_by_the_words_of_others(kind: type) -> None:
    words = words_of(kind)
    own = [one for one in (words.value, *words.parameters) if one is not None]
    for one in own:
        for spelled in {one.name, one.name.upper(), one.name.replace("_", "-"), f" {one.name} ", one.short or one.name}:
            for near in (True, False):
                assert parameter_of(words, spelled, near) == words.parameter(spelled.strip().lower().replace("-", "_"))
    names = {one.name for one in own}
    for theirs in {word for _, text in habits.PARAMETERS for word in text.split()}:
        meant = [ours for ours, text in habits.PARAMETERS if theirs in text.split() and ours in names]
        if words.parameter(theirs) is None:
            found = parameter_of(words, theirs, near=False)
            assert (found and found.name) == (meant[0] if meant else None)


def test_a_parameter_that_is_misspelled_is_known_only_where_a_guess_will_do() -> None:
    words = words_of(kind_words()["conv"])
    for typed, meant in {
        "stridde": "stride",
        "dil": "dilation",
        "padd": "padding",
        "padding_m": "padding_mode",
    }.items():
        found = parameter_of(words, typed, near=True)
        assert found is not None
        assert found.name == meant
        assert parameter_of(words, typed, near=False) is None
    for typed in ("x", "zzzz", "", "t"):
        assert parameter_of(words, typed, near=True) is None
    assert parameter_of(words_of(kind_words()["batchnorm"]), "e", near=True) is None
    assert parameter_of(words_of(kind_words()["batchnorm"]), "ep", near=True) is not None


@pytest.mark.parametrize(
    ("layer", "can"),
    [
        ("conv:3", True),
        ("h=conv:3,s=2", True),
        ("maxpool:2", True),
        ("convtranspose:3,c=2", True),
        ("conv:3,p=1", False),
        ("conv:3,s=2,padding=1", False),
        ("conv,k=3", False),
        ("cnn:3", True),
        ("fc:2", False),
        ("relu", False),
        ("add:x", False),
    ],
)
def test_layers_that_slide_can_be_padded(layer: str, can: bool) -> None:
    assert can_be_padded(layer) is can


@pytest.mark.parametrize("word", habits.HEADS)
def test_every_word_of_others_for_a_layer_is_put_in_ours(word: str) -> None:
    ours = habits.HEADS[word]
    name, *parameters = ours.split(",")
    for typed in (word, word.upper(), "-".join(word)):
        if not known(typed):
            (line, *others), why = layer_words(f"{typed}:3,drop=1")
            assert line == ",".join([f"{name}:3", "drop=1", *parameters]) or name in ("relu", "silu")
            assert not others or name in ("relu", "silu")
            assert why in (f"it is called {ours.replace(',', ' with ')} here", f"3 units with it are fc:3 {name}")


@pytest.mark.parametrize("hint", sorted(set(habits.HINTS.values())))
def test_layers_that_there_are_not_are_left_out_or_left(hint: str) -> None:
    for word in (word for word, said in habits.HINTS.items() if said == hint):
        for typed in (word, f"{word.upper()}1d", f"nn.{word}(3)"):
            words, why = layer_words(typed)
            assert why.startswith((hint, "a layer has no brackets"))
            assert bool(words) is not hint.startswith(habits.LEFT_OUT)


@pytest.mark.parametrize("kind", habits.ARGUMENTS)
def test_arguments_of_a_call_are_in_order_whichever_of_them_have_names(kind: str) -> None:
    """Of PyTorch, each as long as there are values; the words are the same from where the names begin."""
    order = habits.ARGUMENTS[kind]
    values = {name: str(place) for place, name in enumerate(order, start=2)}
    for given_ in range(len(habits.NEEDED.get(kind, order[:1])), len(order) + 1):
        lines = set()
        for named in range(given_ + 1):
            plain = [values[name] for name in order[: given_ - named]]
            said = [f"{name}={values[name]}" for name in order[given_ - named : given_]]
            lines.add(tuple(layer_words(f"nn.{kind}({', '.join([*plain, *said])})")[0]))
        (words,) = {tuple(sorted(re.split("[,:]", line[0]))) for line in lines if len(line) == 1}
        assert len(words) == 1 + given_ - (order[0] in habits.KNOWN)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Conv1d(8, 3)", ["conv:3,channels=8"]),
        ("Conv1d(3)", ["conv:3"]),
        ("Conv1d(1, 8, kernel_size=3)", ["conv:3,channels=8"]),
        ("Conv1d(8, kernel_size=3)", ["conv:3,channels=8"]),
        ("Conv1D(8, 3, 2, 'causal')", ["conv:3,channels=8,stride=2,padding=causal"]),
        ("Conv1DTranspose(4, 3, 2)", ["convtranspose:3,channels=4,stride=2"]),
        ("MaxPooling1D(3, 2)", ["maxpool:3,stride=2"]),
        ("Dense(4)", ["fc:4"]),
        ("Linear(6, out_features=4)", ["fc:4"]),
        ("Upsample(2)", ["upsample:2"]),
        ("Upsample(12, mode='linear')", ["upsample:12,mode=linear"]),
        ("LPPool1d(2, 3, 1)", ["lppool:3,norm=2,stride=1"]),
        ("ReLU(True)", ["relu"]),
        ("LeakyReLU(alpha=0.3)", ["leakyrelu:0.3"]),
        ("LeakyReLU(0.3, inplace=True)", ["leakyrelu:0.3"]),
        ("Hardtanh(-1, max_val=2)", ["hardtanh:-1,max_val=2"]),
        ("concat(a, b)", ["concat:a/b"]),
        ("pad(1, 2)", ["pad:1/2"]),
        ("reshape(2, 4)", ["reshape:2x4"]),
    ],
)
def test_calls(typed: str, words: list[str]) -> None:
    assert layer_words(typed)[0] == words


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("6 conv3", ["conv3"]),
        ("6->3", ["->", "3"]),
        ("6 conv 3  fc 2", ["conv 3", "fc 2"]),
        ("5 fc:5//conv3", ["conv3"]),
        ("5//5//conv3 6", ["conv3", "6"]),
        ("6\tconv( 3 )  fc:2,", ["conv( 3 )", "fc:2,"]),
        ("5 fc:5 5 fc:6", ["5"]),
        ("6conv:3 a.svg", ["6conv:3", "a.svg"]),
        ("6 Sequential(conv3, relu)", ["Sequential(conv3, relu)"]),
        ("6 fc:2 fc:3", []),
    ],
)
def test_remarks_are_of_the_characters_that_are_wrong(text: str, wrong: list[str]) -> None:
    found = next(mended(text)).remarks
    assert [text[one.start : one.end] for one in found] == wrong
    assert found == sorted(found)


def test_without_a_size_those_of_other_panels_are_tried_first_and_usual_ones_then() -> None:
    usual = [f"{size} fc:2" for size in (6, 8, 12, 16, 32, 64, 128, 256, 512, 1024)]
    assert proposals("fc:2") == usual
    assert proposals("fc:2 // x=2x9,drop=1 fc:3") == [
        f"{size} fc:2 // x=2x9,drop=1 fc:3" for size in ("2x9", *habits.SIZES)
    ]
    assert proposals("x=9 fc:2 // conv3 // 9 fc:3 // 7 fc:3")[:3] == [
        f"x=9 fc:2 // {size} conv:3 // 9 fc:3 // 7 fc:3" for size in (9, 7, 6)
    ]


def test_channels_and_length_are_exchanged_where_there_are_more_channels() -> None:
    assert proposals("8x2 fc:3") == ["8x2 fc:3", "2x8 fc:3"]
    assert proposals("x=10x9 fc:3 // 2x8 fc:3 // 3x3 fc:2") == [
        "x=10x9 fc:3 // 2x8 fc:3 // 3x3 fc:2",
        "x=9x10 fc:3 // 2x8 fc:3 // 3x3 fc:2",
    ]
    assert proposals("2x8 fc:3") == ["2x8 fc:3"]
    assert proposals("8x2 fc:3 // fc:2")[-1] == "8x2 fc:3 // 1024 fc:2"


def test_characters_of_other_keyboards_are_read_as_those_of_one() -> None:
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    line = "2x8 h=conv:3,d=2,p=same relu // 5 sparse,mask=01101/11100"
    assert proposals(line.translate(wide)) == [line]
    assert proposals("6 fc:\u0663 fc:\u0968") == ["6 fc:3 fc:2"]
    assert proposals("6 \ufb02atten") == ["6 flatten"]


def test_what_no_line_is_meant_by() -> None:
    for text in ("", " ", "//", "6 // ", "a.svg // 6"):
        assert proposals(text) == [""]


@given(st.sampled_from(["6 conv3", "x=6 conv:3 add:y", "6 lstm", "6 conv:3,9", "6 -> conv:3"]), st.integers(0, 3))
def test_blanks_before_a_line_move_its_remarks_alone(text: str, blanks: int) -> None:
    plain, moved = next(mended(text)), next(mended(" " * blanks + text))
    assert moved.line == plain.line
    assert moved.remarks == [one._replace(start=one.start + blanks, end=one.end + blanks) for one in plain.remarks]


def test_lines_are_put_right_up_to_a_length() -> None:
    for extra in (0, 1):
        text = "6 conv3" + " " * (LIMIT - 7 + extra)
        with pytest.raises(NotationError) as caught:
            parse(text)
        assert caught.value.suggestion == (None if extra else "6 conv:3")


@given(st.integers(0, 6), st.integers(0, 6))
def test_the_remark_of_the_word_at_fault_is_said_and_not_another(before: int, after: int) -> None:
    line = " ".join(["9", *["fc7"] * before, "conv3", *["relu()"] * after])
    with pytest.raises(NotationError) as caught:
        parse(line)
    meant = "fc:7" if before else "conv:3"
    assert caught.value.message.endswith(f"a colon stands between a kind and its value, as {meant}")
    assert caught.value.suggestion == line.replace("fc7", "fc:7").replace("conv3", "conv:3").replace("()", "")
