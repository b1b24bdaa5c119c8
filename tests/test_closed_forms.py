"""What layers say without their connections, of one example each and exactly: counts, biases, windows, captions, arrays."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np
import pytest

from connectivity import NotationError, parse
from connectivity.layers import Convolution, FullyConnected, Shape
from connectivity.layers.base import NO_PARAMETER, Layer, Totals
from connectivity.layers.kinds import KINDS, Units, kind_named, words_of
from connectivity.network import Stage


def stage_of(text: str) -> Stage:
    return parse(text)[0].stages[-1]


EXAMPLES = [
    *("3x4 fc:2", "3x4 fc:5,flatten=false", "4 fc:3", "1x3 fc:2,flatten=false", "2x1 fc:1"),
    *("3x4 sparse:2", "5 sparse:units=3,density=0.5", "3 sparse,mask=011/010", "2x5 sparse:3,p=1,c=4,g=2,s=2"),
    *(
        "2x7 conv:3,p=1,c=4,s=2",
        "2x7 conv:2,c=4,g=2,tie=2",
        "7 conv:2,tie=3,p=1/0",
        "2x7 conv:3,p=2,padding_mode=reflect",
    ),
    *("2x4 convtranspose:3,s=2,c=3", "2x7 conv:3,p=4,tie=2,c=3", "4x2 conv:1,c=6,g=2", "1 conv:5,p=2,tie=4"),
    *(
        "3x4 batchnorm",
        "1x6 batchnorm",
        "3x4 affine",
        "3x4 affine,per=layer",
        "3x4 affine,per=position",
        "3x4 affine,per=unit",
    ),
    *(
        "3x7 adaptiveavgpool:3",
        "2x3 adaptivemaxpool:5",
        "2x6 adaptiveavgpool:3",
        "5 adaptivemaxpool:1",
        "2x5 adaptiveavgpool:1",
    ),
    *("3x5 globalavgpool", "4 globalmaxpool", "3x7 lppool:2,ceil_mode", "3x7 maxpool:3,s=2", "2x7 avgpool:2,p=1"),
    *(
        "1x4 expand:3x4",
        "3x1 expand:3x5",
        "1x1 expand:2x3",
        "2x3 expand:2x3",
        "3x4 copy",
        "3x4 flatten",
        "3x4 transpose",
        "3x4 reshape:2x6",
    ),
    *(
        "3x4 reduce:mean",
        "3x4 select:3/1",
        "2x4 pad:1/2",
        "2x4 crop:1",
        "2x4 upsample:1.5",
        "2x4 upsample:2,mode=linear",
    ),
    *("a=2x3 b=input:2x3 add:a", "a=2x3 b=input:1x3 mul:a", "a=2x1 b=input:1x3 mean:a/a", "a=2x3 b=input:2x3 sub:a/b"),
    *(
        "a=2x3 b=input:4x3 concat:a",
        "a=2x3 b=input:2x1 c=input:2x2 concat:a/b/a,axis=length",
        "a=1x2 b=input:3x2 max:a",
    ),
]
"""Of all kinds, so that every branch of their closed forms has one."""

STAGES: dict[str, list[Stage]] = {}
for example in map(stage_of, EXAMPLES):
    STAGES.setdefault(example.layer.kind, []).append(example)


def test_every_kind_has_an_example() -> None:
    assert {kind.kind for kind in KINDS} - STAGES.keys() == {"div", "min", "input", "left-out"}


@pytest.mark.parametrize("kind", STAGES)
def test_what_is_said_of_a_layer_is_what_its_connections_come_to(kind: str) -> None:
    for stage in STAGES[kind]:
        counted(stage)


def counted(stage: Stage) -> None:
    own, shapes = stage.layer, stage.inputs
    found = own.connections(*shapes)
    pairs = list(zip(found.sources, found.targets, strict=True))
    numbers = [parameter for parameter in found.parameters if parameter != NO_PARAMETER]
    inputs, outputs = range(sum(shape.units for shape in shapes)), range(stage.shape.units)
    assert own.totals(*shapes)[:2] == (len(found), len(set(numbers)))
    assert sorted(own.used(*shapes)) == sorted(set(numbers))
    assert list(own.unused_inputs(*shapes)) == [unit for unit in inputs if unit not in found.sources]
    for weights in ([], *([one] for one in set(numbers)), sorted(set(numbers))[1:]):
        assert own.repeats(iter(weights), *shapes) == sum(number in weights for number in numbers)
    for chosen in ([], *([unit] for unit in inputs), list(inputs)[1:], inputs):
        assert set(own.targets_of(chosen, *shapes)) == {target for source, target in pairs if source in chosen}
    for chosen in ([], *([unit] for unit in outputs), list(outputs)[1:], outputs):
        assert set(own.sources_of(chosen, *shapes)) == {source for source, target in pairs if target in chosen}


@pytest.mark.parametrize("kind", STAGES)
def test_some_connections_are_those_of_the_whole_that_were_asked_for(kind: str) -> None:
    for stage in STAGES[kind]:
        partly(stage)


def partly(stage: Stage) -> None:
    own, shapes = stage.layer, stage.inputs
    whole = own.connections(*shapes)
    inputs, outputs = range(sum(shape.units for shape in shapes)), range(stage.shape.units)
    for sources, targets in itertools.product(
        (None, set(), {0}, {inputs[-1]}, set(inputs[1:]), frozenset(inputs[1::2]), inputs[::2]),
        (None, [], [0], [outputs[-1]], outputs[1:], [*outputs[::2]]),
    ):
        keep = [
            number
            for number in range(len(whole))
            if (sources is None or whole.sources[number] in sources)
            and (targets is None or whole.targets[number] in targets)
        ]
        found, expected = own.connections(*shapes, sources=sources, targets=targets), whole.chosen(keep)
        assert found[:3] == expected[:3]
        assert (found.coefficients or []) == (expected.coefficients or [])


@pytest.mark.parametrize(
    ("text", "inner", "elements"),
    [
        ("3x4 fc:5,bias", (5,), [[0, 1, 2, 3, 4]]),
        ("3x4 fc:2,flatten=false,bias", (2,), [[0, 1]] * 3),
        ("2x4 conv:2,c=3,bias", (3,), [[0] * 3, [1] * 3, [2] * 3]),
        ("2x4 sparse:2,c=2,bias", (2, 3), [[0, 1, 2], [3, 4, 5]]),
        ("1x2 convtranspose:2,c=2,bias", (2,), [[0] * 3, [1] * 3]),
        ("2x3 batchnorm", (2,), [[0] * 3, [1] * 3]),
        ("2x3 affine,per=layer,bias", (1,), [[0] * 3] * 2),
        ("2x3 affine,bias", (2,), [[0] * 3, [1] * 3]),
        ("2x3 affine,per=position,bias", (3,), [[0, 1, 2]] * 2),
        ("2x3 affine,per=unit,bias", (2, 3), [[0, 1, 2], [3, 4, 5]]),
    ],
)
def test_every_unit_has_its_element_of_the_bias(text: str, inner: tuple[int, ...], elements: list[list[int]]) -> None:
    stage = stage_of(text)
    own, shapes = stage.layer, stage.inputs
    assert own.bias_shape(*shapes) == inner
    assert own.tensors(*shapes)["bias"].shape == inner
    units = np.arange(stage.shape.units)
    assert [own.bias_element(int(unit), *shapes) for unit in units] == np.ravel(elements).tolist()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x4 fc:5", (5, 12)),
        ("3x4 fc:5,flatten=false", (5, 4)),
        ("4x6 conv:3,c=6,g=2", (6, 2, 3)),
        ("4x6 conv:3,c=6,g=2,tie=5", (6, 2, 5, 3)),
        ("3x4 batchnorm", (3,)),
        ("3x4 affine,per=layer", (1,)),
        ("3x4 affine", (3,)),
        ("3x4 affine,per=position", (4,)),
        ("3x4 affine,per=unit", (3, 4)),
        ("3x4 maxpool:2", (0,)),
        ("x=3x4 copy add:x", (0,)),
    ],
)
def test_shapes_of_weights_are_those_of_pytorch(text: str, shape: tuple[int, ...]) -> None:
    stage = stage_of(text)
    assert stage.layer.weight_shape(*stage.inputs) == shape
    assert stage.layer.weight_count(*stage.inputs) == np.prod(shape)
    tensors = stage.layer.tensors(*stage.inputs)
    assert (tensors["weight"].shape == shape) if stage.layer.has_weights else (tensors == {})


def test_tensors_have_the_values_that_pytorch_begins_with() -> None:
    found = {
        name: tensor.default for name, tensor in stage_of("3x4 batchnorm,eps=0.5").layer.tensors(Shape(3, 4)).items()
    }
    assert found == {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0, "eps": 0.5}
    for text, bias in (("2x3 affine", None), ("2x3 affine,bias", 0.0), ("2x3 affine,bias=false", None)):
        tensors = stage_of(text).layer.tensors(Shape(2, 3))
        assert (tensors["weight"].default, tensors["bias"].default) == (1.0, bias)
    assert [tensor.default for tensor in stage_of("3 fc:2").layer.tensors(Shape(1, 3)).values()] == [None, None]


WINDOWS: list[tuple[str, tuple[float, ...] | None]] = [
    *[
        ("3x4 fc:2", None),
        ("3x4 fc:2,flatten=false", None),
        ("3x4 batchnorm", (0, 0, 1)),
        ("3x4 affine", (0, 0, 1)),
    ],
    *[("6 adaptiveavgpool:3", (0, 1, 2)), ("7 adaptiveavgpool:3", None), ("6 adaptiveavgpool:6", (0, 0, 1))],
    *[("6 adaptiveavgpool:12", None), ("6 globalmaxpool", None), ("9 adaptivemaxpool:3", (0, 2, 3))],
    *[("1x4 expand:3x4", (0, 0, 1)), ("3x1 expand:3x5", (-0.8, 0, 0.2)), ("1x1 expand:2x1", (0, 0, 1))],
    *[("a=2x3 b=input:1x3 add:a", (0, 0, 1)), ("a=2x3 b=input:2x1 add:a", None)],
    *[("a=2x3 b=input:4x3 concat:a", (0, 0, 1)), ("a=2x3 b=input:2x3 concat:a,axis=length", None)],
    *[("7 conv:3,s=2,p=2/1,d=2", (-2, 2, 2)), ("7 lppool:3,s=2", (0, 2, 2)), ("3 ...", None)],
]


def test_where_units_look() -> None:
    for text, window in WINDOWS:
        stage = stage_of(text)
        found = stage.layer.window(*stage.inputs)
        assert found == (window if window is None else pytest.approx(window, abs=1e-15)), text


NOTES: list[tuple[str, list[str]]] = [
    *[("3x4 fc:2", []), ("3x4 fc:2,flatten=false", ["in each channel"]), ("4 fc:2,flatten=false", [])],
    *[("3x4 batchnorm", []), ("3x4 batchnorm,eps=1e-3", ["eps 0.001"]), ("2 bn,eps=1e-7", ["eps 1e\u221207"])],
    *[("3x4 affine", ["per channel"]), ("1x4 affine", []), ("3x4 affine,per=layer", []), ("1 affine,per=unit", [])],
    *[
        ("4 affine,per=position", ["per position"]),
        ("2 affine,per=unit", ["per unit"]),
        ("2x1 affine", ["per channel"]),
    ],
    *[("7 lppool:2", ["norm 2"]), ("7 lppool:2,norm=2.5,s=1", ["norm 2.5", "stride 1"])],
    *[("7 conv:2,tie=3,s=2", ["stride 2", "period 3"]), ("7 conv:2,tie=1,s=2", ["stride 2"])],
    *[("a=2 b=input:2 concat:a", []), ("a=2 b=input:2 concat:a,axis=length", ["along the length"])],
    *[("7 adaptiveavgpool:3", []), ("1 expand:2x2", [])],
]


def test_captions_say_what_is_not_the_default() -> None:
    stages = [(text, stage_of(text)) for text, _ in NOTES]
    assert [(text, stage.layer.notes(*stage.inputs)) for text, stage in stages] == NOTES


def test_what_has_no_padding_puts_no_zeros_beside_its_input() -> None:
    for text in ("4 fc:2", "4 affine", "4 copy", "x=4 copy add:x", "4 conv:2", "4 conv:2,p=1,padding_mode=circular"):
        stage = stage_of(text)
        assert stage.layer.zeros(*stage.inputs) == (0, 0)


@pytest.mark.parametrize(
    ("word", "few", "many"),
    [
        ("add", "y = a + b + c + d + e + f", "y = a + b + … (7 terms)"),
        ("mul", "y = a × b × c × d × e × f", "y = a × b × … (7 factors)"),
        ("sub", "y = a − b − c − d − e − f", "y = a − b − … (7 terms)"),
        ("div", "y = a ÷ b ÷ c ÷ d ÷ e ÷ f", "y = a ÷ b ÷ … (7 terms)"),
        ("max", "y = max(a, b, c, d, e, f)", "y = max(a, b, …) (7 terms)"),
        ("min", "y = min(a, b, c, d, e, f)", "y = min(a, b, …) (7 terms)"),
        ("mean", "y = mean(a, b, c, d, e, f)", "y = mean(a, b, …) (7 terms)"),
        ("concat", "", ""),
    ],
)  # fmt: skip
def test_headings_of_what_joins_layers_name_six_of_them(word: str, few: str, many: str) -> None:
    for names, heading in (("abcdef", few), ("abcdefg", many)):
        beside = " ".join(f"{name}=input:2" for name in names[1:])
        stage = stage_of(f"a=2 {beside} y={word}:{'/'.join(names[1:])},from=a")
        assert stage.layer.heading(["y", *names]) == heading


SAID: dict[str, set[str]] = {
    "merges": {"add", "sub", "mul", "div", "max", "min", "mean", "concat"},
    "has_weights": {"fc", "sparse", "conv", "convtranspose", "batchnorm", "affine"},
    "rearranges": {"flatten", "reshape", "transpose", "copy", "concat"},
    "transposed": {"convtranspose"},
    "left_out": {"left-out"},
}


@pytest.mark.parametrize("what", SAID)
def test_kinds_of_which_it_is_said(what: str) -> None:
    assert {kind.kind for kind in KINDS if getattr(kind, what)} == SAID[what]
    assert getattr(Units, what) == (what == "has_weights")


FLAGS = {"bias", "ceil_mode", "count_include_pad", "align_corners"}


def test_parameters_that_are_said_by_their_name_alone_are_left_out_or_are_files() -> None:
    told = [(kind.kind, one) for kind in KINDS for one in [*words_of(kind).parameters, words_of(kind).value] if one]
    assert {one.name for _, one in told if one.flag} == FLAGS
    assert {(kind, one.name) for kind, one in told if not one.required} == {
        ("upsample", "factor"),
        ("left-out", "shape"),
    }
    assert {(kind, one.name) for kind, one in told if one.file} == {("sparse", "mask")}


def test_what_passes_values_on_has_no_parameter() -> None:
    """As graphs and files say it."""
    for text in ("4 maxpool:2", "4 copy", "4 globalavgpool", "x=4 copy add:x"):
        stage = stage_of(text)
        assert set(stage.layer.connections(*stage.inputs).parameters) == {-1}


def test_layers_are_values_that_do_not_change() -> None:
    """Made by names, as hash keys, alike where all that is said of them is alike."""
    for kind in (
        FullyConnected,
        Convolution,
        kind_named("affine"),
        kind_named("globalavgpool"),
        kind_named("batchnorm"),
    ):
        needed: dict[str, Any] = (
            {"units": 3} if kind is FullyConnected else {"kernel_size": 3} if kind is Convolution else {}
        )
        own = kind(name="a", **needed)
        assert own == kind(name="a", **needed) != kind(name="b", **needed)
        assert len({own, kind(name="a", **needed), kind(**needed)}) == 2
        with pytest.raises(AttributeError):
            own.name = "c"  # type: ignore[misc]  # which is what is tested
        with pytest.raises(TypeError):
            kind("a", **needed)  # type: ignore[call-arg]  # likewise
    assert repr(kind_named("affine")(per="unit", bias=True)) == "Affine(bias=True, per='unit')"  # type: ignore[call-arg]
    assert FullyConnected(units=3) != Convolution(kernel_size=3)
    assert FullyConnected(units=3) != 3


def test_an_input_has_a_value_for_each_unit() -> None:
    stage = stage_of("x=2 input:2x3,values=1/2/3/4/5/6")
    assert stage.layer.given_values() == (1, 2, 3, 4, 5, 6)
    for text, message in (
        ("x=2 input:2x3,values=1/2/3/4/5", "5 values for an input of 6 units; give one for each, channel by channel"),
        ("x=2 input:1", None),
        ("x=2 input:1000x1000", None),
        ("x=2 input:1000x1001", "input must be between 1 and 1,000,000, not 1,001,000"),
        ("x=2 input:0x3", "input must be between 1 and 1,000,000, not 0"),
        ("x=2 input:3x0", "input must be between 1 and 1,000,000, not 0"),
    ):
        with pytest.raises(NotationError, match=message) if message else contextlib.nullcontext():
            parse(text)


def test_kinds_that_keep_channels_apart() -> None:
    """Where as many channels come out as go in: some always, others where every channel is a group of its own."""
    found = {(kind.kind, kind.channelwise(3, 3), kind.channelwise(1, 3), kind.channelwise(1, 1)) for kind in KINDS}
    always = {kind for kind, *apart in found if all(apart)}
    assert always == {
        *("maxpool", "avgpool", "lppool", "adaptiveavgpool", "adaptivemaxpool", "globalavgpool", "globalmaxpool"),
        *(
            "batchnorm",
            "affine",
            "upsample",
            "pad",
            "crop",
            "copy",
            "add",
            "sub",
            "mul",
            "div",
            "max",
            "min",
            "mean",
            "reduce",
        ),
    }
    assert all(apart == [True, False, False] for kind, *apart in found if kind not in always)


def test_arrays_of_keras_are_turned() -> None:
    """A dense layer's are [inputs, units], a convolution's [taps, inputs of a group, outputs], channels last everywhere."""
    x = np.arange(1.0, 13).reshape(4, 3)  # positions, channels
    dense = np.arange(24.0).reshape(12, 2) ** 2
    flat = FullyConnected(units=2)
    turned = flat.from_channels_last("weight", dense, Shape(3, 4))
    np.testing.assert_array_equal(turned @ x.T.ravel(), x.ravel() @ dense)
    assert turned.shape == flat.weight_shape(Shape(3, 4))
    np.testing.assert_array_equal(flat.from_channels_last("weight", dense, Shape(1, 12)), dense.T)
    apart, square = FullyConnected(units=3, flatten=False), np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(apart.from_channels_last("weight", square, Shape(5, 4)), square.T)
    kernel = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(
        Convolution(kernel_size=2, channels=4).from_channels_last("weight", kernel, Shape(3, 9)),
        np.moveaxis(kernel, 2, 0).swapaxes(1, 2),
    )


def test_arrays_of_keras_of_depthwise_and_dense_layers_are_those_of_a_convolution() -> None:
    kernel = np.arange(12.0).reshape(2, 2, 3)  # taps, channels, multiplier
    turned = Convolution(kernel_size=2, channels=6, groups=2).from_channels_last("weight", kernel, Shape(2, 9))
    assert turned.shape == (6, 1, 2)
    for channel, number, tap in itertools.product(range(2), range(3), range(2)):
        assert turned[3 * channel + number, 0, tap] == kernel[tap, channel, number]
    single = np.arange(6.0).reshape(3, 1, 2)  # of one channel there is no depth: taps, inputs, outputs
    turned = Convolution(kernel_size=3, channels=2).from_channels_last("weight", single, Shape(1, 9))
    np.testing.assert_array_equal(turned, single.T)
    other = np.arange(12.0).reshape(2, 3, 2)  # of more channels than there are
    turned = Convolution(kernel_size=2, groups=2).from_channels_last("weight", other, Shape(2, 9))
    np.testing.assert_array_equal(turned, other.T)
    dense = np.arange(8.0).reshape(2, 4)
    turned = Convolution(kernel_size=1, channels=4).from_channels_last("weight", dense, Shape(2, 9))
    np.testing.assert_array_equal(turned, dense.T[:, :, None])


@pytest.mark.parametrize(
    ("own", "part", "array"),
    [
        (FullyConnected(units=2), "bias", np.arange(2)),
        (FullyConnected(units=2), "bias", np.arange(4).reshape(2, 2)),
        (FullyConnected(units=2), "weight", np.arange(3)),
        (FullyConnected(units=2), "weight", np.zeros((0, 2))),
        (FullyConnected(units=2), "weight", np.arange(24).reshape(2, 3, 4)),
        (Convolution(kernel_size=2), "bias", np.arange(4).reshape(2, 2)),
        (Convolution(kernel_size=2), "bias", np.arange(8).reshape(2, 2, 2)),
        (Convolution(kernel_size=2), "weight", np.arange(3)),
        (Convolution(kernel_size=2), "weight", np.arange(16).reshape(2, 2, 2, 2)),
        (kind_named("batchnorm")(), "weight", np.arange(3)),
    ],
)
def test_arrays_of_keras_that_cannot_be_of_a_layer_stay_as_they_are(own: Layer, part: str, array: Any) -> None:
    np.testing.assert_array_equal(own.from_channels_last(part, array, Shape(3, 4)), array)


def test_a_layer_that_is_an_input_or_left_out_has_no_connections() -> None:
    for text in ("x=3 input:2x3", "2x3 ..."):
        stage = stage_of(text)
        assert stage.layer.totals(*stage.inputs) == Totals(0, 0, 0)
        assert len(stage.layer.connections(*stage.inputs)) == 0
    assert list(kind_named("input")(size=(2, 3)).unused_inputs()) == []  # type: ignore[call-arg]  # an input has a size


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("x=2x4 u=input:3x4 concat:x,axis=length", "shapes 3x4 and 2x4 cannot be joined along the length: they need as many channels", 26),
        ("x=2x4 u=input:2x3 concat:x", "shapes 2x3 and 2x4 cannot be joined along the channels: they need the same length", 26),
        ("x=2x4 u=input:2x4 v=input:2x3 concat:x/u", "shapes 2x3 and 2x4 and 2x4 cannot be joined", 38),
        ("x=2x4 u=input:2x3 v=input:2x3 concat:u/x", "shapes 2x3 and 2x3 and 2x4 cannot be joined", 40),
        ("x=2x4 u=input:3x4 v=input:3x4 add:u/x", "shapes 3x4 and 3x4 and 2x4 do not fit: channels and lengths must be", 37),
        ("x=2x4 u=input:2x3 v=input:2x3 add:x/u/v", "do not fit", 37),
        ("x=2x4 u=input:2x3 v=input:2x3 add:v/x/u", "do not fit", 35),
        ("x=3 concat:x", "concat:x takes one layer alone: name another", 12),
        ("x=3 add", "which layers. Name them, as add:x", 5),
    ],
)  # fmt: skip
def test_what_does_not_join_is_shown_where_it_is_named(text: str, message: str, column: int) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse(text)
    assert caught.value.column == column
