"""The notation: what it says, and where its errors point."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import ConnectivityError, NotationError, parse
from connectivity.layers import Convolution, FullyConnected, LocallyConnected, Masked, RandomlySparse, Shape
from connectivity.layers.kinds import kind_words
from connectivity.layers.words import Word
from connectivity.network import LAYER_LIMIT
from connectivity.notation.parser import PANEL_LIMIT, scan


def test_layers_and_shapes() -> None:
    (network,) = parse("x=2x8 h=conv:3,stride=2,channels=4,padding=1 relu y=fc:2,bias")
    assert network.shapes() == (Shape(2, 8), Shape(4, 4), Shape(1, 2))
    assert network.names() == ("x", "h", "y")
    assert network.layers[0] == Convolution(
        name="h", kernel_size=3, stride=2, channels=4, padding=1, activations=("relu",)
    )
    assert network.layers[1] == FullyConnected(name="y", units=2, bias=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9 conv:3,s=2,p=1,d=2,c=2,g=1", "9 conv:3,stride=2,padding=1,dilation=2,channels=2,groups=1"),
        ("9 conv:3", "9 conv,kernel_size=3"),
        ("9 conv:3", "9 conv,k=3"),
        ("9 conv:3", "9 conv1d:3"),
        ("9 conv:3", "9 shared:3"),
        ("9 fc:4", "9 linear:4"),
        ("9 fc:4", "9 dense,units=4"),
        ("9 sparse:3", "9 local:3"),
        ("9 fc:4,bias", "9 fc:4,bias=true"),
        ("9 convtranspose:3", "9 deconv:3"),
        ("9 conv:3", " 9\tconv:3 \n"),
        ("9 conv:3,p=1", "9 conv:3,p=1/1"),
    ],
)
def test_two_spellings_one_network(one: str, other: str) -> None:
    assert parse(one)[0].shapes() == parse(other)[0].shapes()
    first, second = parse(one)[0].layers[0], parse(other)[0].layers[0]
    assert first == second or {"padding"} == {key for key in vars(first) if vars(first)[key] != vars(second)[key]}


def test_an_input_may_have_an_activation() -> None:
    (network,) = parse("6 relu conv:3")
    assert network.activations == network.stages[0].layer.activations == ("relu",)
    assert network.layers == (Convolution(kernel_size=3),)


def test_arguments_are_joined() -> None:
    assert parse(["6", "conv:3", "//", "4 fc:2"]) == parse("6 conv:3 // 4 fc:2")


def test_sparse_has_three_styles(tmp_path: Path) -> None:
    (tmp_path / "mask.csv").write_text("\ufeff0,1,1\n\n0, 1,0\n", encoding="utf-8")
    assert isinstance(parse("6 sparse:3")[0].layers[0], LocallyConnected)
    assert parse("6 sparse,units=6,density=0.3,seed=4")[0].layers[0] == RandomlySparse(units=6, density=0.3, seed=4)
    expected = Masked(mask=((False, True, True), (False, True, False)))
    assert parse("3 sparse,mask=011/010")[0].layers == (expected,)
    assert parse("3 sparse,mask=mask.csv", tmp_path)[0].layers == (expected,)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "an empty network"),
        ("   ", 4, "an empty network"),
        ("6 //", 5, "an empty panel"),
        ("// 6", 1, "an empty panel"),
        ("conv:3", 1, "starts with the size of its input"),
        ("abc", 1, "the input is a size"),
        ("2x3x4", 5, "channels x length"),
        ("0", 1, "between 1 and 1,000,000, not 0"),
        ("-3", 1, "not -3"),
        ("6.5", 1, "not a whole number"),
        ("99999999999999999999", 1, "20 digits"),
        ("2000000", 1, "not 2,000,000"),
        ("6 cov:3", 3, 'unknown layer "cov" (did you mean "conv"?)'),
        ("6 conv:3 fcc:2", 10, 'did you mean "fc"?'),
        ("6 conv:x", 8, "not a whole number"),
        ("6 conv:-1", 8, "kernel_size must be between"),
        ("6 conv", 3, "kernel_size is missing (as in conv:3)"),
        ("6 fc", 3, "units is missing"),
        ("6 sparse", 3, "or mask= or units= with density="),
        ("6 conv:7", 8, "kernel 7 does not fit its input, which is 6 long"),
        ("6 conv:9,p=1", 8, "6 long, 8 with padding"),
        ("6 conv:3,d=4", 8, "with dilation 4 spans 9 positions"),
        ("6 conv:3,stide=2", 10, 'no parameter "stide" (did you mean "stride"?)'),
        ("6 conv:3,s=2,s=3", 14, "stride is given twice"),
        ("6 conv:3,s", 10, "stride needs a value"),
        ("6 conv:3,s=0", 12, "stride must be between"),
        ("6 conv:3,p=sme", 12, 'unknown padding "sme" (did you mean "same"?)'),
        ("6 conv:3,p=1/2/3", 16, "one number or two"),
        ("6 conv:3,p=same,s=2", 12, "padding=same needs stride 1, but the stride is 2"),
        ("6 conv:3,padding_mode=mirror", 23, "unknown padding_mode"),
        ("4 conv:3,p=4,padding_mode=reflect", 12, "at most 3"),
        ("2x8 conv:3,g=3", 14, "2 input channels cannot be split into 3 groups"),
        ("4x8 conv:3,g=2,c=3", 18, "3 output channels cannot be split into 2 groups"),
        ("6 conv:3,bias=yes", 15, "neither true nor false"),
        ("6 conv:3,w=1/a/2", 14, "not a finite number"),
        ("6 conv:3,w=1/nan/2", 14, "not a finite number"),
        ("6 conv:3,w=1/2", 12, "2 values for a weight of shape [1, 1, 3], which needs 3"),
        ("6 h=conv:3 h=fc:2", 12, 'the name "h" is given twice'),
        ("6 2h=conv:3", 3, "is not a name"),
        ("6 =conv:3", 3, "a name is missing"),
        ("6 " + "n" * 10_000 + "=fc:1", 3, "10,000 characters"),
        ("6 sparse,mask=012", 17, "only the digits 0 and 1"),
        ("6 sparse,mask=01/1", 15, "row 1 of the mask has 2 columns, but the layer has 6 inputs"),
        ("6 sparse,mask=//", 15, "an empty row"),
        ("6 sparse,mask=no.csv", 15, 'cannot read the mask "no.csv"'),
        ("6 sparse:3,units=4", 18, "either a window or density"),
        ("6 sparse,units=4", 3, "also needs density="),
        ("6 sparse,units=4,density=2", 26, "not between 0 and 1"),
        ("6 conv:3 y=relu", 12, "relu is an activation: it takes no name"),
        ("3,values=1/2", 3, "2 values for an input of 3 units"),
        ("3,value=1", 3, 'no parameter "value"'),
        ("5 convtranspose:3,output_padding=1", 34, "must be less than the stride"),
        ("2 convtranspose:1,p=1", 21, "leaves nothing"),
        ("5 maxpool:3,p=2", 15, "more than half"),
        ("5 maxpool:6", 11, "does not fit"),
        ("5 conv,taps=1/1", 13, "name a position twice"),
        ("5 conv:2,taps=1/2/3", 15, "3 taps for a kernel of 2"),
        ("5 conv,taps=1/2,d=2", 19, "would contradict"),
    ],
)
def test_error_points_at_the_character(text: str, column: int, words: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(text)
    error = caught.value
    assert words in error.message
    assert (error.line, error.column) == (1, column)
    assert str(error).startswith(f"<network>:1:{column}: ")


def test_error_shows_the_line_and_a_caret() -> None:
    with pytest.raises(NotationError) as caught:
        parse("6 conv:3 cov:3")
    assert str(caught.value).splitlines()[1:] == ["  6 conv:3 cov:3", "           ^", "  try: 6 conv:3 conv:3"]


def test_long_line_is_cut_around_the_fault() -> None:
    text = "6 " + "fc:6 " * 100 + "cov:3 " + "fc:6 " * 100
    with pytest.raises(NotationError) as caught:
        parse(text)
    _, line, caret = str(caught.value).splitlines()
    assert len(line) < 80
    assert line[caret.index("^") :].startswith("cov:3")


def test_limits() -> None:
    with pytest.raises(NotationError, match="at most 1,000"):
        parse(" // ".join(["1"] * (PANEL_LIMIT + 1)))
    with pytest.raises(NotationError, match="at most 500"):
        parse("1 " + "fc:1 " * (LAYER_LIMIT + 1))
    with pytest.raises(NotationError, match="at most 1,048,576"):
        parse("1 " + "fc:1 " * 300_000)
    assert len(parse("1 " + "fc:1 " * LAYER_LIMIT)[0].layers) == LAYER_LIMIT


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"0,2,1\n", 'line 1: "2" is neither 0 nor 1'), (b"\xff\xfe\x00", "neither 0 nor 1")],
)
def test_mask_file_that_is_none(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(content)
    with pytest.raises(NotationError, match=words):
        parse("3 sparse,mask=m.csv", tmp_path)


@given(st.text(max_size=60))
def test_any_text_is_a_network_or_an_error_of_ours(text: str) -> None:
    try:
        parse(text)
    except ConnectivityError as error:
        assert "\x1b" not in str(error)


_WORDS = list(kind_words())


@given(
    st.lists(
        st.sampled_from([*_WORDS, "6", ":", ",", "=", "/", "//", " ", "3", "x", "-1", "same", "bias", "s"]), max_size=14
    )
)
def test_any_words_are_a_network_or_an_error_of_ours(words: list[str]) -> None:
    text = "6 " + "".join(words)
    try:
        parse(text)
    except NotationError as error:
        assert 1 <= error.column <= len(text) + 1


def test_scan_knows_columns() -> None:
    assert scan("4  fc:2 //3") == [([Word("4", 0), Word("fc:2", 3), Word("//3", 8)], 11)]
