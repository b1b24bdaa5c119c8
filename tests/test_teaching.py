"""What people type before they know the notation: each is answered with what is wrong, and the line that was meant."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import connectivity
from connectivity import FigureFileError, NotationError, parse
from connectivity.errors import AboutInput
from connectivity.figure import Figure
from connectivity.layers.kinds import KINDS, words_of
from connectivity.notation import habits
from connectivity.notation.mending import LIMIT, mended

MEANT = (
    # sizes alone
    ("784 128 10", "784 fc:128 fc:10", "a layer is a kind and its size"),
    ("784-128-10", "784 fc:128 fc:10", "behind the size of the input stand layers"),
    ("5-4-2", "5 fc:4 fc:2", "behind the size of the input stand layers"),
    ("5,4,2", "5 fc:4 fc:2", "behind the size of the input stand layers"),
    ("5x4x2", "5 fc:4 fc:2", "channels x length"),
    ("5->4->2", "5 fc:4 fc:2", "layers have blanks between them"),
    ("[784, 128, 10]", "784 fc:128 fc:10", "behind the size of the input stand layers"),
    ("x=6 y=2", "x=6 y=fc:2", "a layer is a kind and its size"),
    # a kind and its value
    ("6 conv3", "6 conv:3", "a colon stands between a kind and its value"),
    ("6 fc10", "6 fc:10", "a colon stands between a kind and its value"),
    ("6 conv_3", "6 conv:3", "a colon stands between"),
    ("6 conv=3", "6 conv:3", "unknown layer"),
    ("6 conv 3", "6 conv:3", "no blank within a layer"),
    ("6 conv 3 stride 2", "6 conv:3,stride=2", "no blank within a layer"),
    ("6 cov:3 fcc:2", "6 conv:3 fc:2", 'did you mean "conv"?'),
    ("conv:3 fc:2", "6 conv:3 fc:2", "starts with the size of its input"),
    # as programs have it
    ("6 conv(3)", "6 conv:3", "a layer has no brackets"),
    ("6 Conv1d(3)", "6 conv:3", "a layer has no brackets"),
    ("6 Conv1d(1,8,3)", "6 conv:3,channels=8", "a layer has no brackets"),
    ("6 nn.Conv1d(1, 8, 3, stride=2)", "6 conv:3,channels=8,stride=2", "a layer has no brackets"),
    ("6 Conv1D(8, 3, activation='relu')", "6 conv:3,channels=8 relu", "a layer has no brackets"),
    ("6 Conv1D(filters=8, kernel_size=3, padding='same')", "6 conv:3,channels=8,padding=same", "no brackets"),
    ("5 Linear(5, 3)", "5 fc:3", "a layer has no brackets"),
    ("5 Dense(3, 'relu') Dense(2)", "5 fc:3 relu fc:2", "a layer has no brackets"),
    ("6 conv:3 relu()", "6 conv:3 relu", "a layer has no brackets"),
    ("6 conv:3 Dropout(p=0.5) fc:2", "6 conv:3 dropout:0.5 fc:2", "a layer has no brackets"),
    ("Input(shape=(6,)) Dense(4)", "6 fc:4", "a network starts with the size alone"),
    ("input:6 conv:3", "6 conv:3", "a network starts with the size"),
    (
        "6 nn.Sequential(nn.Conv1d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))",
        "6 conv:3,channels=2 relu flatten fc:2",
        "a layer has no brackets",
    ),
    ("6 MaxPooling1D:2", "6 maxpool:2", "it is called maxpool here"),
    ("6 BatchNormalization", "6 batchnorm", "it is called batchnorm here"),
    ("6 ReflectionPad1d(2)", "6 pad:2,mode=reflect", "it is called pad with mode=reflect here"),
    ("6 layernorm conv:3", "6 conv:3", "leave it out"),
    # parameters
    ("6 conv:3, stride=2", "6 conv:3,stride=2", "a parameter is missing"),
    ("6 conv:3 stride=2", "6 conv:3,stride=2", "no blank within a layer"),
    ("6 conv:3,stride:2", "6 conv:3,stride=2", "a parameter has an equals sign"),
    ("6 conv:3;stride=2", "6 conv:3,stride=2", 'did you mean "stride"?'),
    ("6 conv:3,stide=2", "6 conv:3,stride=2", 'did you mean "stride"?'),
    ("6 conv:3,strides=2", "6 conv:3,stride=2", 'did you mean "stride"?'),
    ("6 conv:3,filters=2", "6 conv:3,channels=2", "filters is called channels here"),
    ("6 conv:3,out_channels=2", "6 conv:3,channels=2", 'did you mean "channels"?'),
    ("6 conv,kernel=3", "6 conv:3", 'did you mean "kernel_size"?'),
    ("6 fc,out_features=4", "6 fc:4", "out_features is called units here"),
    ("9 conv:3,dilation_rate=2", "9 conv:3,dilation=2", "dilation"),
    ("6 conv:3,use_bias=False", "6 conv:3,bias=false", "bias"),
    ("6 conv:3,bias=True", "6 conv:3,bias", "bias is true or false"),
    ("6 conv:3,padding='same'", "6 conv:3,padding=same", "is not a whole number"),
    ("6 conv:3,p=sme", "6 conv:3,p=same", 'did you mean "same"?'),
    ("6 conv:3,in_channels=1,device=cpu", "6 conv:3", "is not said"),
    ("6 conv:3,name=h", "6 h=conv:3", "a name stands before its layer"),
    ("6 conv:3,activation=relu", "6 conv:3 relu", "an activation is a word of its own"),
    ("6 conv:3,relu", "6 conv:3 relu", "words of their own"),
    ("6 conv:3 + relu", "6 conv:3 relu", "unknown layer"),
    ("6,conv:3,fc:2", "6 conv:3 fc:2", "a blank stands between the input and its layers"),
    ("6, conv:3, fc:2", "6 conv:3 fc:2", "blanks between them, and no commas"),
    # lists and numbers
    ("6 conv:3,weight=1,0,-1", "6 conv:3,weight=1/0/-1", "slashes between them"),
    ("6 conv:3,weight=[1,0,-1]", "6 conv:3,weight=1/0/-1", "weight is said as 1/0/-1"),
    ("6 pad:1,2", "6 pad:1/2", "slashes between them"),
    ("6 conv:3,padding=1,2", "6 conv:3,padding=1/2", "slashes between them"),
    ("6 conv,taps=-+3/0", "6 conv,taps=-3/0", "is not a whole number"),
    ("6 fc:1_000", "6 fc:1000", "is not a whole number"),
    ("6 fc:1e1", "6 fc:10", "is not a whole number"),
    ("6 conv:\u0663", "6 conv:3", "is not a whole number, as 3"),
    ("2\u00d78 conv:3", "2x8 conv:3", "is not a whole number"),
    # images
    ("1x28x28", "28", "channels x length"),
    ("1x28x28 fc:10", "784 fc:10", "all of its pixels"),
    ("3x32x32 conv:3", "3x32 conv:3", "a row of the image"),
    ("(28, 28, 1) conv:3", "28 conv:3", "a row of the image"),
    ("28x28 conv2d:3", "28x28 conv:3", "figures are of 1-D layers"),
    ("6 conv2d:3x3", "6 conv:3", "figures are of 1-D layers"),
    # several panels
    ("5 fc:5//5 conv:3", "5 fc:5 // 5 conv:3", "is not a whole number"),
    ("5 fc:5 / 5 conv:3", "5 fc:5 // 5 conv:3", "unknown layer"),
    ("5 fc:5 // 6 conv(3) // 4 2", "5 fc:5 // 6 conv:3 // 4 fc:2", "a layer has no brackets"),
    ("7 fc:5 // sparse:3 // conv:3", "7 fc:5 // 7 sparse:3 // 7 conv:3", "a network starts with the size"),
    ("7 fc:5 7 conv:3", "7 fc:5 // 7 conv:3", "// stands before a panel of its own"),
    ("7 fc:5 7", "7 fc:5 fc:7", "a layer is a kind and its size"),
    # what is said of a kernel, and what is done to its outputs
    ("8 max:2", "8 maxpool:2", "a window over one layer is maxpool:2"),
    ("8 mean:2", "8 avgpool:2", "a window over one layer is avgpool:2"),
    ("7 conv,3", "7 conv:3", "a colon stands between a kind and its value"),
    ("7 conv:2,causal", "7 conv:2,p=causal", "a parameter is said by its name, as p=causal"),
    ("7 conv:2,dil=2", "7 conv:2,dilation=2", "dil is called dilation here"),
    ("7 conv:2,out=4", "7 conv:2,channels=4", "out is called channels here"),
    ("6 upsample:2,linear", "6 upsample:2,mode=linear", "a parameter is said by its name, as mode=linear"),
    ("6 conv:1x3", "6 conv:3", "kernel_size is said as 3"),
    ("7 dilated:2", "7 conv:2,dilation=2", "it is called conv with dilation=2 here"),
    ("7 conv:3,p=same,s=2", "7 conv:3,p=same_upper,s=2", "padding=same_upper pads at any stride"),
    ("8x2 conv:3,c=4", "2x8 conv:3,c=4", "which is 2 long (8 channels of length 2); a kernel size of at most 2"),
    ("8 softmax:3", "8 fc:3 softmax", "3 units with it are fc:3 softmax"),
    ("8 fc:3 softmax:3", "8 fc:3 softmax", "unknown axis"),
    ("8 fc:3 relu:3", "8 fc:3 relu", "relu takes no value; say relu alone"),
    ("8 fc:3 Softmax(1)", "8 fc:3 softmax", "a layer has no brackets"),
    # what is none of a network
    ("6 conv:3 o.svg", "6 conv:3", "-o o.svg"),
    ("6 conv:3 weights.npz", "6 conv:3", "--weights weights.npz"),
    ("8 gate=conv:3,p=1 conv:3,p=1 add:gte", "8 gate=conv:3,p=1 conv:3,p=1 add:gate", 'did you mean "gate"?'),
)


@pytest.mark.parametrize(("typed", "meant", "words"), MEANT, ids=[typed for typed, _, _ in MEANT])
def test_what_is_typed_first_is_answered_with_what_is_meant(typed: str, meant: str, words: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(typed)
    assert words in caught.value.message
    assert caught.value.suggestion == meant
    message = str(caught.value).splitlines()
    assert message[-1] == f"  try: {meant}"
    assert len(message) == 4
    assert len(message[0]) < 250
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AboutInput)
        assert connectivity.draw(meant, "dot")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("6 lstm:3", "figures are of layers that run forward"),
        ("6 conv:3 skip", "add:NAME"),
        ("model.pt", "it holds weights, and no network: say --weights model.pt"),
        ("7 conv:3,2", "say which this is, as stride=2, padding=2, dilation=2 or channels=2"),
        ("7 conv:2,4,3", "say which this is, as stride=4"),
        ("7 conv:3,d=4", "with dilation 4 a kernel size of at most 2 fits, with kernel size 3 a dilation of at most 3"),
        ("7 conv:9,d=4", "with dilation 4 a kernel size of at most 2 fits"),
        ("8x2 conv:9", "a kernel size of at most 2 fits"),
        ("6 conv:3x2", '"3x2" is not a whole number'),
        ("6 in", 'unknown layer "in" (one of: fc'),
        ("6 conv:3 --theme dark", "options are no words of a network"),
    ],
)
def test_what_cannot_be_put_right_is_explained(typed: str, words: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(typed)
    assert words in caught.value.message
    if not words.startswith("options"):
        assert caught.value.suggestion is None


def test_an_input_of_the_size_of_an_image_is_noted() -> None:
    with pytest.warns(AboutInput, match="28 channels of length 28, and not as an image.*all of its pixels are 784"):
        parse("28x28 conv:3")
    with pytest.warns(AboutInput, match="16 channels of length 16, and not as an image"):
        parse("16x16 conv:3")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse("28x27 conv:3")
        parse("15x15 conv:3 // 784 fc:10")


def test_a_panel_beside_others_is_put_right_with_them(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('network = "4 fc:2"\n')
    (tmp_path / "b.json").write_bytes(connectivity.dump(connectivity.build(parse("4 fc:2")[0]), "json"))
    for other in ("a.toml", "b.json"):
        with pytest.raises(NotationError) as caught:
            Figure.of(f"{other} // 6 conv3 // 5 fc:2", folder=tmp_path)
        assert caught.value.suggestion == f"{other} // 6 conv:3 // 5 fc:2"
        assert caught.value.text == f"{other} // 6 conv3 // 5 fc:2"
        with pytest.raises(NotationError) as caught:
            Figure.of(f"{other} // 6 conv3 // 5 lstm:2", folder=tmp_path)
        assert caught.value.suggestion is None


def test_a_figure_file_says_the_network_that_was_meant() -> None:
    with pytest.raises(FigureFileError) as caught:
        Figure.parse('network = "5 4 2"', "f.toml")
    assert str(caught.value).splitlines()[-1] == "  try: 5 fc:4 fc:2"
    assert (caught.value.suggestion, caught.value.line, caught.value.column) == ("5 fc:4 fc:2", 1, 14)


def test_a_long_line_is_not_put_right() -> None:
    with pytest.raises(NotationError) as caught:
        parse("6 " + "fc:6 " * (LIMIT // 5) + "conv3")
    assert caught.value.suggestion is None


def test_words_of_others_are_put_in_words_that_there_are() -> None:
    names = {words_of(kind).name for kind in KINDS}
    parameters = {one.name for kind in KINDS for one in (words_of(kind).value, *words_of(kind).parameters) if one}
    heads = {word.partition(",")[0] for word in habits.HEADS.values()}
    assert heads - names <= {"relu", "silu"}
    assert {ours for ours, _ in habits.PARAMETERS} <= parameters
    assert set(habits.ARGUMENTS) <= names


GOOD = (
    "x=2x8 h=conv:3,stride=2,channels=4,padding=1 relu y=fc:2,bias",
    "6 conv:3,weight=1/0/-1 // 5 sparse,mask=01101/11100",
    "6,values=1/0/2/0/1/0 conv,taps=-1/0/1 leaky_relu:0.1 maxpool:2",
    "x=8 a=conv:3,p=same relu add:x concat:a/x,axis=length",
)


@given(
    st.sampled_from(GOOD),
    st.lists(
        st.tuples(st.integers(0, 70), st.sampled_from(["drop", "put", "swap"]), st.characters(codec="utf-8")),
        min_size=1,
        max_size=5,
    ),
)
@example(GOOD[0], [(3, "put", "(")])
def test_a_damaged_line_is_answered_quickly_and_in_few_words(line: str, damages: list[tuple[int, str, str]]) -> None:
    for place, how, character in damages:
        place = min(place, len(line))
        line = line[:place] + ("" if how == "drop" else character) + line[place + (how != "put") :]
    started = time.perf_counter()
    try:
        parse(line)
    except NotationError as error:
        shown = str(error)
        assert len(shown.splitlines()) <= 4
        assert len(error.message) < 500
        if error.suggestion is not None:
            parse(error.suggestion)
    assert time.perf_counter() - started < 1


@given(st.text(alphabet="0123456789x-,:;=/()[]{}'\". convfluedstripaw_>|+", max_size=80))
def test_any_line_is_put_right_or_left(text: str) -> None:
    for candidate in mended(text):
        assert isinstance(candidate.line, str)
