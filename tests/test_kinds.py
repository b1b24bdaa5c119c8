"""Every kind of layer: its closed forms against its connections, its shapes and errors, and a kind made up here."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import (
    ConnectivityError,
    Figure,
    NetworkError,
    NotationError,
    WeightsError,
    build,
    describe,
    evaluate,
    matrix,
    parse,
    receptive_field,
    unit_values,
)
from connectivity.graphs.graphfile import dump, loads
from connectivity.layers.activations import activation
from connectivity.layers.base import NO_PARAMETER, PLAIN, Connections, Layer, Shape, Totals, Window, layer
from connectivity.layers.combine import Combination
from connectivity.layers.kinds import KINDS, kind_named, kind_words, register, words_of
from connectivity.layers.words import Parameter, Reader, Words
from connectivity.network import Stage, check_layer

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 9))
SMALL = st.integers(1, 4)
SIDES = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda sides: f"{sides[0]}/{sides[1]}")
FLAG = st.sampled_from(["true", "false"])
AXIS = st.sampled_from(["channels", "length"])


def options(head: str, value: st.SearchStrategy[Any] | None = None, **more: st.SearchStrategy[Any]) -> Any:
    """Texts of a layer: ``head``, its VALUE, and any of its parameters."""
    fixed = {"": value} if value is not None else {}
    drawn = st.fixed_dictionaries(fixed, optional=more)
    return drawn.map(
        lambda found: ",".join(
            [f"{head}:{found['']}" if "" in found else head, *(f"{key}={own}" for key, own in found.items() if key)]
        )
    )


WINDOW = {
    "s": st.integers(1, 3),
    "p": st.one_of(SIDES, st.sampled_from(["same_upper", "same_lower", "valid", "causal", "full"])),
    "d": st.integers(1, 3),
    "c": st.integers(1, 4),
    "g": st.integers(1, 3),
    "padding_mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
}
RESAMPLING = {
    "mode": st.sampled_from(["nearest", "linear", "cubic"]),
    "coordinates": st.sampled_from(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]),
    "rounding": st.sampled_from(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]),
}
POOL = {"s": SMALL, "p": st.one_of(st.integers(0, 2), SIDES), "d": st.integers(1, 3), "ceil_mode": FLAG}
TEXTS: dict[str, st.SearchStrategy[str]] = {
    "fc": options("fc", SMALL, flatten=FLAG),
    "sparse": st.one_of(
        options("sparse", SMALL, **WINDOW),
        st.tuples(SMALL, st.sampled_from(["0", "0.3", "1"])).map(lambda d: f"sparse:units={d[0]},density={d[1]}"),
    ),
    "conv": options("conv", SMALL, **WINDOW, tie=st.integers(1, 4)),
    "convtranspose": options(
        "convtranspose", SMALL, s=SMALL, p=st.one_of(st.integers(0, 2), SIDES), d=st.integers(1, 3), output_padding=st.integers(0, 2),
        c=st.integers(1, 4), g=st.integers(1, 3),
    ),
    "maxpool": options("maxpool", SMALL, **POOL),
    "avgpool": options("avgpool", SMALL, **POOL, count_include_pad=FLAG),
    "lppool": options("lppool", SMALL, s=SMALL, ceil_mode=FLAG, norm=st.sampled_from(["1", "2", "3", "2.5"])),
    "reduce": options(
        "reduce",
        st.sampled_from(["mean", "sum", "max", "min", "l1", "l2", "prod"]),
        axis=st.sampled_from(["channels", "length", "all"]),
    ),
    "adaptiveavgpool": options("adaptiveavgpool", st.integers(1, 12)),
    "adaptivemaxpool": options("adaptivemaxpool", st.integers(1, 12)),
    "globalavgpool": st.just("globalavgpool"),
    "globalmaxpool": st.just("globalmaxpool"),
    "batchnorm": st.sampled_from(["batchnorm", "bn,eps=0.5"]),
    "upsample": st.one_of(
        options("upsample", st.integers(1, 7), mode=st.sampled_from(["nearest", "linear"]), align_corners=FLAG),
        options("upsample", st.sampled_from(["2", "1.5", "0.6", "1.4", "0.75", "3.3"]), **RESAMPLING),
        st.tuples(st.integers(1, 12), options("", **RESAMPLING)).map(lambda d: f"upsample:size={d[0]}{d[1]}"),
    ),
    "pad": options(
        "pad", SIDES, mode=st.sampled_from(["constant", "zeros", "reflect", "replicate", "circular"]), axis=AXIS
    ),
    "expand": st.tuples(SMALL, SMALL).map(lambda shape: f"expand:{shape[0]}x{shape[1]}"),
    "crop": options("crop", SIDES),
    "flatten": st.just("flatten"),
    "reshape": st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda shape: f"reshape:{shape[0]}x{shape[1]}"),
    "transpose": st.just("transpose"),
    "copy": st.just("copy"),
    "select": options(
        "select", st.lists(st.integers(1, 5), min_size=1, max_size=5).map(lambda one: "/".join(map(str, one))), axis=AXIS
    ),
    "affine": options("affine", per=st.sampled_from(["layer", "channel", "position", "unit"]), bias=FLAG),
    "add": st.just("add:a/b"),
    "mul": st.just("mul:a"),
    "sub": st.just("sub:a/b"),
    "div": st.just("div:a"),
    "max": st.just("max:a/b"),
    "min": st.just("min:a"),
    "mean": st.just("mean:a/b"),
    "concat": options("concat:a/b", axis=AXIS),
    "left-out": st.sampled_from(["...", "...:7", "…:3x4"]),
}  # fmt: skip
"""Texts of every kind, some of which do not fit some inputs."""

BESIDE = st.sampled_from(["1x1", "1x5", "2x5", "3x1", "2x1"])


@st.composite
def stages(draw: st.DrawFn, kind: str) -> Stage:
    """A layer of ``kind`` on an input that it fits; shapes are drawn until they do."""
    text = draw(TEXTS[kind])
    channels, length = draw(SIZES)
    beside = " ".join(f"{name}=input:{draw(BESIDE)}" for name in "ab") if kind_named(kind).merges else ""
    try:
        (network,) = parse(f"x={channels}x{length} {beside} {text},from=x")
    except NotationError:
        channels = {1: 2, 2: 4, 3: 6}.get(channels, channels)
        try:
            (network,) = parse(f"x={channels}x12 {beside} {text},from=x")
        except NotationError:
            fitting = {
                "reshape": "reshape:2x3",
                "crop": "crop:1",
                "select": "select:2",
                "expand": "expand:2x3",
                **{name: f"{name}:a" for name in NAMES if kind_named(name).merges},
            }
            (network,) = parse(f"x=2x3 a=input:2x3 {fitting.get(kind) or words_of(kind_named(kind)).example},from=x")
    return network.stages[-1]


def brute(stage: Stage) -> list[tuple[int, int, int]]:
    """All connections: source, target, parameter."""
    found = stage.layer.connections(*stage.inputs)
    return list(zip(found.sources, found.targets, found.parameters, strict=True))


NAMES = [kind.kind for kind in KINDS if kind.kind != "input"]


def test_every_kind_is_tested() -> None:
    assert set(NAMES) == set(TEXTS)


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=60)
def test_closed_forms_agree_with_the_connections(kind: str, data: st.DataObject) -> None:
    stage = data.draw(stages(kind))
    own, shapes, inputs = stage.layer, stage.inputs, sum(shape.units for shape in stage.inputs)
    found = brute(stage)
    padding = own.padding_connections(*shapes)
    used = {parameter for _, _, parameter in found} - {NO_PARAMETER}
    assert own.totals(*shapes)[:2] == (len(found), len(used))
    if own.zeros(*shapes) != (0, 0) and own.has_weights:
        assert own.totals(*shapes).padding == len(padding)
    assert set(own.used(*shapes)) == used
    assert list(own.unused_inputs(*shapes)) == sorted(set(range(inputs)) - {source for source, _, _ in found})
    assert [target for _, target, _ in found] == sorted(target for _, target, _ in found)
    assert all(0 <= target < stage.shape.units and 0 <= source < inputs for source, target, _ in found)
    assert not own.has_weights or used <= set(range(own.weight_count(*shapes))) or own.kind == "sparse"


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=60)
def test_part_of_the_connections_is_those_that_were_asked_for(kind: str, data: st.DataObject) -> None:
    stage = data.draw(stages(kind))
    own, shapes, inputs = stage.layer, stage.inputs, sum(shape.units for shape in stage.inputs)
    targets = data.draw(st.sets(st.integers(0, stage.shape.units - 1)))
    sources = data.draw(st.sets(st.integers(0, inputs - 1)))
    whole = own.connections(*shapes)
    for wanted_targets in (None, sorted(targets)):
        for wanted_sources in (None, sources):
            keep = [
                n
                for n, (source, target) in enumerate(zip(whole.sources, whole.targets, strict=True))
                if (wanted_targets is None or target in targets) and (wanted_sources is None or source in sources)
            ]
            part = own.connections(*shapes, targets=wanted_targets, sources=wanted_sources)
            expected = whole.chosen(keep)
            assert part[:3] == expected[:3]
            assert (part.coefficients or []) == (expected.coefficients or [])
    pairs = brute(stage)
    assert set(own.targets_of(sources, *shapes)) == {target for source, target, _ in pairs if source in sources}
    assert set(own.sources_of(sorted(targets), *shapes)) == {source for source, target, _ in pairs if target in targets}


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=40)
def test_windows_hold_what_units_see(kind: str, data: st.DataObject) -> None:
    """A unit sees nothing outside its window, but for padding that repeats the input."""
    stage = data.draw(stages(kind))
    window = stage.layer.window(*stage.inputs)
    repeats = getattr(stage.layer, "padding_mode", "zeros") != "zeros" or getattr(stage.layer, "mode", "") in (
        "reflect", "replicate", "circular",
    )  # fmt: skip
    if window is None or repeats or len(stage.inputs) > 1:
        return
    length = stage.inputs[0].length
    for source, target, _ in brute(stage):
        t, position = target % stage.shape.length, source % length
        if isinstance(getattr(stage.layer, "mode", None), str) and position in (0, length - 1):
            continue  # the ends stand for what lies outside as well
        assert window.first + t * window.jump - 1e-9 <= position <= window.last + t * window.jump + 1e-9


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=15)
def test_channelwise_layers_do_not_mix_channels(kind: str, data: st.DataObject) -> None:
    stage = data.draw(stages(kind))
    if len(stage.inputs) > 1 or len({stage.inputs[0].channels, stage.shape.channels}) > 1:
        return
    channels = stage.inputs[0].channels
    if type(stage.layer).channelwise(getattr(stage.layer, "groups", 1), channels):
        for source, target, _ in brute(stage):
            assert source // stage.inputs[0].length == target // stage.shape.length


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x4 batchnorm", (3, 4)),
        ("3x4 flatten", (1, 12)),
        ("3x4 reshape:2x6", (2, 6)),
        ("3x4 reshape:12", (1, 12)),
        ("3x4 transpose", (4, 3)),
        ("3x4 copy", (3, 4)),
        ("3x4 maxpool:3,s=1,p=2/1", (3, 5)),
        ("3x4 avgpool:2,s=2,p=0/1,ceil_mode", (3, 2)),
        ("3x4 convtranspose:3,s=2,p=2/0,c=1", (1, 7)),
        ("1x4 expand:3x4", (3, 4)),
        ("3x1 expand:3x5", (3, 5)),
        ("3x4 pad:1/2,axis=channels", (6, 4)),
        ("3x4 reduce:mean", (1, 4)),
        ("3x4 reduce:max,axis=length", (3, 1)),
        ("3x4 reduce:l1,axis=all", (1, 1)),
        ("3x4 select:3/1/1/2", (4, 4)),
        ("3x4 select:4,axis=length", (3, 1)),
        ("3x4 affine,per=position", (3, 4)),
        ("3x4 upsample:3", (3, 12)),
        ("3x4 upsample:3,mode=linear", (3, 12)),
        ("3x4 upsample:1.6", (3, 6)),
        ("3x5 upsample:0.6", (3, 3)),
        ("3x4 upsample:size=7,mode=cubic", (3, 7)),
        ("3x4 pad:2", (3, 8)),
        ("3x4 pad:0/3,mode=replicate", (3, 7)),
        ("3x4 crop:1/2", (3, 1)),
        ("3x4 adaptiveavgpool:3", (3, 3)),
        ("3x4 adaptivemaxpool:9", (3, 9)),
        ("3x4 globalavgpool", (3, 1)),
        ("3x4 globalmaxpool", (3, 1)),
        ("3x5 lppool:2", (3, 2)),
        ("3x5 lppool:2,ceil_mode", (3, 3)),
        ("3x5 lppool:2,s=1", (3, 4)),
    ],
)
def test_output_shapes(text: str, shape: tuple[int, int]) -> None:
    assert parse(text)[0].shapes()[-1] == shape


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("4 batchnorm,eps=-1", "eps must not be less than 0, but is -1", 17),
        ("4 batchnorm:3", r"batchnorm takes no value \(as in batchnorm\)", 13),
        ("2x4 batchnorm,weight=1", r"1 value for a weight of shape \[2\]", 22),
        ("4 reshape", r"shape is missing \(as in reshape:2x8\)", 3),
        ("4 reshape:2x3", "4 units cannot be reshaped to 2x3, which has 6", 11),
        ("4 reshape:0x4", "shape must be between 1 and 1,000,000, not 0", 11),
        ("4 flatten:2", "flatten takes no value", 11),
        ("4 copy:2", "copy takes no value", 8),
        ("4 maxpool:3,p=2", "padding 2 is more than half of the kernel size, 3", 15),
        ("4 maxpool:3,p=0/3", "padding 3 is as wide as a window, which spans 3", 15),
        ("4 avgpool:2,p=-1/0", "padding must be between 0 and 1,000,000, not -1", 15),
        ("4 avgpool:2,p=0/1/1", "say one, or two", 19),
        ("4 convtranspose:1,p=1/3", "padding 1/3 leaves nothing: the output would be 0 long", 21),
        ("4 expand", r"shape is missing \(as in expand:4x8\)", 3),
        ("2x4 expand:3x4", "2x4 cannot be expanded to 3x4: channels and length stay as they are, or are 1 before", 12),
        (
            "2x4 pad:2,mode=reflect,axis=channels",
            "2 channels are too many for mode=reflect: at most 1 on an input of 2",
            9,
        ),
        ("2x4 pad:-1,axis=channels", "pad adds channels, not -1", 9),
        ("4 reduce", r"op is missing \(as in reduce:mean\)", 3),
        ("4 reduce:median", 'unknown op "median"', 10),
        ("4 reduce:mean,axis=batch", 'unknown axis "batch"', 20),
        ("x=4 sub:x", "sub:x takes one layer alone: name another", 9),
        ("x=2x4 u=input:3x4 max:x/u", "shapes 2x4 and 3x4 do not fit", 23),
        ("4 select", r"indices is missing \(as in select:1/3\)", 3),
        ("3x4 select:1/4", "there is no channel 4: the input has channels 1 to 3", 14),
        ("4 select:1/2", "there is no channel 2: the input has channel 1 alone", 12),
        ("3x4 select:1/0,axis=length", "there is no position 0: the input has positions 1 to 4", 14),
        ("3x4 select:1,axis=batch", 'unknown axis "batch"', 19),
        ("2x4 affine,per=row", 'unknown per "row"', 16),
        ("2x4 affine,weight=1", r"1 value for a weight of shape \[2\]", 19),
        ("4 upsample", r"factor is missing \(as in upsample:2\)", 3),
        ("4 upsample:0", "factor must be more than 0 and at most 1,000,000, not 0", 12),
        ("4 upsample:2,mode=area", 'unknown mode "area"', 19),
        ("4 upsample:2,size=3", "a factor and a size contradict each other", 19),
        ("4 upsample:size=0", "size must be between 1 and 1,000,000, not 0", 17),
        ("4 upsample:0.2", "a factor of 0.2 leaves nothing of an input 4 long", 12),
        ("4 upsample:2,rounding=up", 'unknown rounding "up"', 23),
        ("4 upsample:2,mode=linear,align_corners,coordinates=asymmetric", "contradict each other", 52),
        ("4 upsample:2,align_corners", "align_corners goes with mode=linear", 14),
        ("500000 upsample:4", "the output's length would be 2,000,000; at most 1,000,000", 17),
        ("4 pad:-1/2", "pad adds positions, not -1; crop cuts them off, as crop:1/0", 7),
        ("4 pad:1/2/3", "say one, or two", 11),
        ("4 pad:4,mode=reflect", "4 positions are too many for mode=reflect: at most 3 on an input 4 long", 7),
        ("4 pad:5,mode=circular", "5 positions are too many for mode=circular: at most 4", 7),
        ("4 pad:1,mode=reflect,value=2", "a value goes with mode=constant, not with mode=reflect", 28),
        ("4 pad:1,mode=mirror", 'unknown mode "mirror"', 14),
        ("4 crop:2/2", "4 positions cut off an input 4 long leave nothing", 8),
        ("4 crop:-1", "sides must be between 0 and 1,000,000, not -1", 8),
        ("4 adaptiveavgpool:0", "output_size must be between 1 and 1,000,000, not 0", 19),
        ("4 globalavgpool:1", "globalavgpool takes no value", 17),
        ("4 lppool:5", "a window of 5 does not fit its input, which is 4 long", 10),
        ("4 lppool:2,norm=0", "norm must be more than 0, not 0", 17),
        ("2x4 conv:1,c=3 prelu:1/2", "prelu:1/2 has 2 values, for 3 channels", 22),
    ],
)
def test_errors_are_shown_at_their_cause(text: str, message: str, column: int) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse(text)
    assert caught.value.column == column


def test_layers_made_in_python_are_checked_too() -> None:
    words = kind_words()
    given: list[tuple[str, dict[str, Any], str]] = [
        ("upsample", {"factor": 2, "mode": "area"}, "mode"),
        ("upsample", {"factor": 2, "rounding": "up"}, "rounding must be one of floor, ceil"),
        ("upsample", {"factor": 2, "coordinates": "corners"}, "coordinates must be one of asymmetric, half_pixel"),
        ("upsample", {}, "it needs a factor or a size"),
        ("pad", {"sides": (1, 1), "mode": "mirror"}, "mode"),
        ("reduce", {"op": "median"}, 'op "median" is not one of mean, sum, max, min, l1, l2, prod'),
        ("reduce", {"op": "mean", "axis": "batch"}, "axis must be one of channels, length, all"),
        ("pad", {"sides": (1, 1), "axis": "batch"}, "axis must be one of channels, length"),
        ("select", {"indices": ()}, "a selection of no channel at all"),
        ("select", {"indices": (1,), "axis": "batch"}, "axis must be one of channels, length"),
        ("affine", {"per": "row"}, 'per "row" is not one of layer, channel, position, unit'),
        ("batchnorm", {"activations": ("prelu:1/2/3",)}, "3 values, for 2 channels"),
    ]
    for kind, parameters, message in given:
        with pytest.raises(NetworkError, match=message):
            check_layer(words[kind](**parameters), Shape(2, 4))


@pytest.mark.parametrize(
    ("spelled", "plain"),
    [
        ("BatchNorm1d", "bn"),
        ("AdaptiveAvgPool1d:2", "adaptiveavgpool:2"),
        ("AdaptiveMaxPool1d:2", "adaptivemaxpool:2"),
        ("LPPool1d:2", "lppool:2"),
        ("ConstantPad1d:1/2", "pad:1/2"),
        ("Gather:2/1", "select:2/1"),
        ("Upsample:2", "upsample:2"),
        ("Resize:1.5,mode=linear", "upsample:1.5,mode=linear"),
        ("Flatten", "flatten"),
        ("conv:1 LeakyReLU:0.2", "conv:1 leaky_relu:0.2"),
        ("conv:1 Hardswish LogSoftmax", "conv:1 hardswish log_softmax"),
        ("conv:1 PReLU", "conv:1 prelu"),
        ("conv:1 Subtract:x", "conv:1 sub:x"),
    ],
)
def test_names_of_pytorch_are_known(spelled: str, plain: str) -> None:
    assert parse(f"x=2x6 {spelled}") == parse(f"x=2x6 {plain}")


X = [[1.0, -2.0, 4.0, 8.0], [0.5, 3.0, -1.0, 2.0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flatten", [[1, -2, 4, 8, 0.5, 3, -1, 2]]),
        ("reshape:4x2", [[1, -2], [4, 8], [0.5, 3], [-1, 2]]),
        ("transpose", [[1, 0.5], [-2, 3], [4, -1], [8, 2]]),
        ("copy", X),
        ("maxpool:3,s=1,p=2/0", [[1, 1, 4, 8], [0.5, 3, 3, 3]]),
        ("maxpool:2,s=2,p=1/1", [[1, 4, 8], [0.5, 3, 2]]),
        ("avgpool:2,s=2,p=0/1,ceil_mode", [[-0.5, 6], [1.75, 0.5]]),
        ("avgpool:4,s=3,p=0/1,ceil_mode", [[2.75, 4], [1.125, 1]]),
        ("avgpool:2,s=1,p=1/0", [[0.5, -0.5, 1, 6], [0.25, 1.75, 1, 0.5]]),
        ("avgpool:2,s=1,p=1/0,count_include_pad=false", [[1, -0.5, 1, 6], [0.5, 1.75, 1, 0.5]]),
        ("avgpool:2,s=1,d=2", [[2.5, 3], [-0.25, 2.5]]),
        ("avgpool:2,s=1,d=2,p=0/2,count_include_pad=false", [[2.5, 3, 4, 8], [-0.25, 2.5, -1, 2]]),
        ("select:1 convtranspose:2,s=2,p=1/0,weight=1/3", [[3, -2, -6, 4, 12, 8, 24]]),
        ("select:1 convtranspose:2,s=2,p=0/3,weight=1/3", [[1, 3, -2, -6, 4]]),
        ("select:2 expand:3x4", [X[1]] * 3),
        ("select:3,axis=length expand:2x3", [[4, 4, 4], [-1, -1, -1]]),
        ("pad:1/2,axis=channels", [[0] * 4, *X, [0] * 4, [0] * 4]),
        ("pad:1/0,axis=channels,value=7", [[7] * 4, *X]),
        ("pad:1/1,axis=channels,mode=reflect", [X[1], *X, X[0]]),
        ("pad:2/1,axis=channels,mode=circular", [*X, *X, X[0]]),
        ("pad:2/1,axis=channels,mode=replicate", [X[0], X[0], *X, X[1]]),
        ("reduce:mean", [[0.75, 0.5, 1.5, 5]]),
        ("reduce:sum", [[1.5, 1, 3, 10]]),
        ("reduce:max", [[1, 3, 4, 8]]),
        ("reduce:min", [[0.5, -2, -1, 2]]),
        ("reduce:prod", [[0.5, -6, -4, 16]]),
        ("reduce:l1", [[1.5, 5, 5, 10]]),
        ("reduce:l2,axis=length", [[85**0.5], [14.25**0.5]]),
        ("reduce:mean,axis=length", [[2.75], [1.125]]),
        ("reduce:sum,axis=all", [[15.5]]),
        ("reduce:min,axis=all", [[-2]]),
        ("select:2", [X[1]]),
        ("select:2/1/2", [X[1], X[0], X[1]]),
        ("select:4/1/1,axis=length", [[8, 1, 1], [2, 0.5, 0.5]]),
        ("affine,per=layer,weight=-2", [[-2, 4, -8, -16], [-1, -6, 2, -4]]),
        ("affine,weight=2/-1", [[2, -4, 8, 16], [-0.5, -3, 1, -2]]),
        ("affine,per=position,weight=1/0/-1/2", [[1, 0, -4, 16], [0.5, 0, 1, 4]]),
        ("affine,per=unit,weight=1/2/3/4/5/6/7/8", [[1, -4, 12, 32], [2.5, 18, -7, 16]]),
        ("copy relu", [[1, 0, 4, 8], [0.5, 3, 0, 2]]),
        ("upsample:2", [[1, 1, -2, -2, 4, 4, 8, 8], [0.5, 0.5, 3, 3, -1, -1, 2, 2]]),
        ("upsample:2,mode=linear", [[1, 0.25, -1.25, -0.5, 2.5, 5, 7, 8], [0.5, 1.125, 2.375, 2, 0, -0.25, 1.25, 2]]),
        ("upsample:1.5", [[1, 1, -2, 4, 4, 8], [0.5, 0.5, 3, -1, -1, 2]]),
        ("upsample:0.5", [[1, 4], [0.5, -1]]),
        ("upsample:size=2,coordinates=align_corners", [[1, 8], [0.5, 2]]),
        ("upsample:size=2,rounding=ceil,coordinates=half_pixel", [[-2, 8], [3, 2]]),
        ("upsample:size=2,rounding=round_prefer_floor,coordinates=half_pixel", [[1, 4], [0.5, -1]]),
        ("upsample:size=2,rounding=round_prefer_ceil,coordinates=half_pixel", [[-2, 8], [3, 2]]),
        ("upsample:size=2,mode=linear", [[-0.5, 6], [1.75, 0.5]]),
        (
            "upsample:2,mode=linear,coordinates=asymmetric",
            [[1, -0.5, -2, 1, 4, 6, 8, 8], [0.5, 1.75, 3, 1, -1, 0.5, 2, 2]],
        ),
        ("upsample:size=1,mode=linear,coordinates=pytorch_half_pixel", [[1], [0.5]]),
        ("upsample:size=1,mode=cubic", [[1 * -0.09375 - 2 * 0.59375 + 4 * 0.59375 - 8 * 0.09375], [0.953125]]),
        ("pad:1/2", [[0, 1, -2, 4, 8, 0, 0], [0, 0.5, 3, -1, 2, 0, 0]]),
        ("pad:1/0,value=7", [[7, 1, -2, 4, 8], [7, 0.5, 3, -1, 2]]),
        ("pad:2/1,mode=reflect", [[4, -2, 1, -2, 4, 8, 4], [-1, 3, 0.5, 3, -1, 2, -1]]),
        ("pad:2/1,mode=circular", [[4, 8, 1, -2, 4, 8, 1], [-1, 2, 0.5, 3, -1, 2, 0.5]]),
        ("pad:2/1,mode=replicate", [[1, 1, 1, -2, 4, 8, 8], [0.5, 0.5, 0.5, 3, -1, 2, 2]]),
        ("crop:1/2", [[-2], [3]]),
        ("adaptivemaxpool:3", [[1, 4, 8], [3, 3, 2]]),
        ("adaptiveavgpool:3", [[-0.5, 1, 6], [1.75, 1, 0.5]]),
        ("globalavgpool", [[2.75], [1.125]]),
        ("globalmaxpool", [[8], [3]]),
        ("lppool:2,norm=1", [[-1, 12], [3.5, 1]]),
        ("lppool:3,norm=1,ceil_mode", [[3, 24], [2.5, 6]]),
        ("batchnorm,eps=0,weight=2/-1", [[2, -4, 8, 16], [-0.5, -3, 1, -2]]),
    ],
)
def test_values(text: str, expected: list[list[float]]) -> None:
    """By hand, of the network and of its graph, as it is and as read back from a file."""
    (network,) = parse(f"2x4 {text}")
    graph = build(network)
    assert evaluate(network, X).tolist() == expected
    assert evaluate(graph, X).tolist() == expected
    assert evaluate(loads(dump(graph, "json")), X).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs", [[1, 2, 4, 8], [0.5, 3, 1, 2]]),
        ("neg", [[-1, 2, -4, -8], [-0.5, -3, 1, -2]]),
        ("sign", [[1, -1, 1, 1], [1, 1, -1, 1]]),
        ("square", [[1, 4, 16, 64], [0.25, 9, 1, 4]]),
        ("pow:3", [[1, -8, 64, 512], [0.125, 27, -1, 8]]),
        ("reciprocal", [[1, -0.5, 0.25, 0.125], [2, 1 / 3, -1, 0.5]]),
        (
            "abs sqrt square",
            [
                [1, 2.0000000000000004, 4, 8.000000000000002],
                [0.5000000000000001, 2.9999999999999996, 1, 2.0000000000000004],
            ],
        ),
        ("line:0.5/1 floor", [[1, 0, 3, 5], [1, 2, 0, 2]]),
        ("line:0.5/1 ceil", [[2, 0, 3, 5], [2, 3, 1, 2]]),
        ("line:0.5 round", [[0, -1, 2, 4], [0, 2, 0, 1]]),
        ("clip:-1/3", [[1, -1, 3, 3], [0.5, 3, -1, 2]]),
        ("clip:2", [[2, 2, 4, 8], [2, 3, 2, 2]]),
        ("clip,max=2", [[1, -2, 2, 2], [0.5, 2, -1, 2]]),
        ("hardsigmoid:0.25/0.5", [[0.75, 0, 1, 1], [0.625, 1, 0.25, 1]]),
        ("thresholded_relu:2", [[0, 0, 4, 8], [0, 3, 0, 0]]),
        ("shrink:1/0.5", [[0, -1.5, 3.5, 7.5], [0, 2.5, 0, 1.5]]),
        ("exp log", X),
    ],
)
def test_values_of_functions_of_one_number(text: str, expected: list[list[float]]) -> None:
    (network,) = parse(f"2x4 {text}")
    np.testing.assert_allclose(evaluate(network, X), expected, rtol=4e-16)
    np.testing.assert_allclose(evaluate(build(network), X), expected, rtol=4e-16)


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("4 softmax:batch", 'unknown axis "batch" of softmax', 11),
        ("4 softmax,along=length", 'softmax has no parameter "along"', 11),
        ("4 clip:1/2/3", r"clip takes at most 2 values \(min/max\), not 3", 8),
        ("4 clip:nan", '"nan" is not a number', 8),
        ("4 line:inf", '"inf" is not a finite number', 8),
    ],
)
def test_errors_of_activations(text: str, message: str, column: int) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("clip:0/6", "clip 0/6"),
        ("clip,max=6", "clip at most 6"),
        ("line:2/-1", "2x \u2212 1"),
        ("pow:3", "to the power 3"),
        ("softmax:length", "softmax over positions"),
        ("log_softmax,axis=channels", "log softmax over channels"),
        ("neg", "\u2212x"),
    ],
)
def test_captions_of_activations(text: str, shown: str) -> None:
    assert describe(parse(f"2x4 conv:1 {text}")[0])["layers"][1]["notes"] == [shown]


def test_a_linear_function_is_no_linear_layer() -> None:
    """What others call linear is an activation where activations are named, and a layer in the notation."""
    assert activation("linear:2/1").text == "line:2/1"
    assert [stage.layer.kind for stage in parse("4 linear:2")[0].stages] == ["input", "fc"]


A, B = [[6.0, -8.0, 3.0]], [[2.0, 4.0, -2.0], [-1.0, 8.0, 3.0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sub:b", [[4, -12, 5], [7, -16, 0]]),
        ("sub:a,from=b", [[-4, 12, -5], [-7, 16, 0]]),
        ("sub:a/b/a", [[-2, -4, 2], [1, -8, -3]]),
        ("div:b", [[3, -2, -1.5], [-6, -1, 1]]),
        ("div:a,from=b", [[2 / 6, -0.5, -2 / 3], [-1 / 6, -1, 1]]),
        ("div:b/b", [[1.5, -0.5, 0.75], [6, -0.125, 1 / 3]]),
        ("max:b", [[6, 4, 3], [6, 8, 3]]),
        ("min:b", [[2, -8, -2], [-1, -8, 3]]),
        ("mean:b", [[4, -2, 0.5], [2.5, 0, 3]]),
        ("mean:a/b/b/b", [[3, 1, -0.75], [0.75, 4, 3]]),
    ],
)
def test_values_of_what_joins_two(text: str, expected: list[list[float]]) -> None:
    """The first input is the layer before, wherever it stands in the graph; one channel serves all."""
    before = text if ",from" in text else f"{text},from=a"
    (network,) = parse(f"a=3 b=input:2x3 {before}")
    x = {"a": A, "b": B}
    graph = build(network)
    np.testing.assert_allclose(evaluate(network, x), expected, rtol=1e-15)
    np.testing.assert_allclose(evaluate(graph, x), expected, rtol=1e-15)
    np.testing.assert_allclose(evaluate(loads(dump(graph, "json")), x), expected, rtol=1e-15)


def test_a_difference_is_a_matrix_and_an_extreme_is_none() -> None:
    (network,) = parse("x=2 f=conv:1,weight=3 sub:x")
    assert matrix(build(network)).tolist() == [[2, 0], [0, 2]]
    assert matrix(build(parse("3x2 reduce:mean")[0])).tolist() == [[1 / 3, 0] * 3, [0, 1 / 3] * 3]
    for text in ("x=2 conv:1 max:x", "x=2 conv:1 div:x", "3x2 reduce:l1", "3x2 reduce:max"):
        with pytest.raises(ConnectivityError, match=r"is a .*, which is no matrix"):
            matrix(build(parse(text)[0]))


def test_a_division_by_zero_is_no_value() -> None:
    (network,) = parse("x=2 f=conv:1,weight=3 div:x")
    for what in (network, build(network)):
        with pytest.raises(ConnectivityError, match='the value of "y2" in layer 2 is nan'):
            evaluate(what, [1, 0])


@pytest.mark.parametrize(("op", "expected"), [("max", 0), ("min", -3), ("mean", -1.5)])
def test_a_dropped_unit_is_a_zero_among_what_is_combined(op: str, expected: float) -> None:
    for text in (f"2x1,drop=2 reduce:{op}", f"a=1 b=input:1,drop=1 {op}:a"):
        (network,) = parse(text)
        x = [[-3], [-5]]
        assert evaluate(network, x).tolist() == [[expected]]
        assert evaluate(build(network), x).tolist() == [[expected]]


def test_a_norm_keeps_its_order_in_a_graph() -> None:
    graph = build(parse("4 lppool:2,norm=3")[0])
    assert graph.graph["layers"][1]["order"] == 3
    np.testing.assert_allclose(evaluate(graph, [3, 4, 1, 0]), [[91 ** (1 / 3), 1]], rtol=1e-12)
    with pytest.raises(ConnectivityError, match="no matrix"):
        matrix(graph)


def test_a_root_of_a_negative_number_is_no_value() -> None:
    with pytest.raises(ConnectivityError, match="nan"):
        evaluate(parse("2 lppool:2,norm=3")[0], [-3, 1])


STATE = {"weight": [2.0, -1.0], "bias": [1.0, 0.5], "running_mean": [3.0, -4.0], "running_var": [0.25, 4.0]}


def test_a_batch_norm_of_a_state_dict() -> None:
    (network,) = parse("2x4 n=batchnorm,eps=0")
    weights: dict[str, Any] = {f"n.{key}": value for key, value in STATE.items()}
    weights["n.num_batches_tracked"] = 7
    expected = [[4 * x + 1 - 12 for x in X[0]], [-0.5 * x + 0.5 - 2 for x in X[1]]]
    graph = build(network, weights)
    assert evaluate(graph, X).tolist() == expected
    assert {data["parameter"] for _, _, data in graph.edges(data=True)} == {
        "n.weight[0]", "n.weight[1]", "n.bias[0]", "n.bias[1]",
    }  # fmt: skip
    in_order = {"1." + key: value for key, value in STATE.items()}
    assert evaluate(parse("2x4 batchnorm,eps=0")[0], X, in_order).tolist() == expected
    facts = describe(network, weights)["layers"][1]
    assert (facts["connections"], facts["weights"], facts["biases"]) == (8, 2, 2)


def test_arrays_of_a_batch_norm_have_defaults() -> None:
    (network,) = parse("2x4 n=batchnorm")
    plain = 1 / np.sqrt(1 + 1e-5)
    np.testing.assert_array_equal(evaluate(network, X, {"n.bias": [0, 1]}), np.array(X) * plain + [[0], [1]])
    np.testing.assert_array_equal(evaluate(network, X, {"n.running_var": [1, 1], "n.eps": 3}), np.array(X) / 2)
    with pytest.raises(WeightsError, match=r'hold no "m.weight"'):
        build(parse("2x4 n=batchnorm m=batchnorm")[0], {"n.weight": [1, 2]})
    with pytest.raises(WeightsError, match=r"n: running_var\[1\] \+ eps is -1; it must be more than 0"):
        build(network, {"n.running_var": [1, -1], "n.eps": 0})
    with pytest.raises(WeightsError, match=r"n.running_mean has shape \[3\]"):
        build(network, {"n.running_mean": [1, 2, 3]})
    with pytest.raises(WeightsError, match="a scale or a shift is too large"):
        build(network, {"n.weight": [1e300, 1], "n.running_var": [1e-30, 1], "n.eps": 0})


@pytest.mark.parametrize(("per", "shape"), [("layer", (1,)), ("channel", (2, 1)), ("position", (4,)), ("unit", (2, 4))])
def test_an_affine_layer_is_a_product_and_a_sum_that_broadcast(per: str, shape: tuple[int, ...]) -> None:
    (plain,), (network,) = parse(f"2x4 n=affine,per={per}"), parse(f"2x4 n=affine,per={per},bias")
    weight, bias = np.arange(1.0, 9)[: np.prod(shape)], np.arange(8.0, 0, -1)[: np.prod(shape)]
    held = (2,) if per == "channel" else shape  # without the axis along which it broadcasts
    both = {"n.weight": weight.reshape(held), "n.bias": bias.reshape(held)}
    x = np.array(X)
    scaled, shifted = x * weight.reshape(shape), x + bias.reshape(shape)
    np.testing.assert_array_equal(evaluate(build(network, both), X), scaled + bias.reshape(shape))
    np.testing.assert_array_equal(evaluate(plain, X, {"n.weight": both["n.weight"]}), scaled)
    np.testing.assert_array_equal(evaluate(network, X, {"n.bias": both["n.bias"]}), shifted)
    facts = describe(network, both)["layers"][1]
    assert (facts["connections"], facts["weights"], facts["biases"]) == (8, np.prod(shape), np.prod(shape))
    assert describe(plain, {"n.weight": both["n.weight"]})["layers"][1]["biases"] == 0


def test_a_generated_batch_norm_has_two_decimals_and_is_seeded() -> None:
    (network,) = parse("3x4 batchnorm")
    graph = build(network)
    weights = {data["weight"] for _, _, data in graph.edges(data=True)}
    assert all(round(weight, 2) == weight for weight in weights)
    assert not graph.graph["layers"][1]["given"]
    assert weights != {data["weight"] for _, _, data in build(network, seed=1).edges(data=True)}


def test_a_shared_batch_norm_has_one_scale() -> None:
    (network,) = parse("2x4 n=batchnorm batchnorm,share=n")
    assert evaluate(network, X, {"n.weight": [2, 3], "n.eps": 0}).tolist() == [
        [4 * x for x in X[0]],
        [9 * x for x in X[1]],
    ]


def test_positions_of_a_constant_are_reached_by_the_bias_unit_alone() -> None:
    graph = build(parse("2 p=pad:1/0,value=3 conv:2,weight=1/1")[0])
    assert evaluate(graph, [5, 7]).tolist() == [[8, 12]]
    into = list(graph.in_edges("p1", data=True))
    assert [(source, data["role"], data["weight"]) for source, _, data in into] == [("p.bias", "bias", 3)]
    assert receptive_field(graph, "p1") == []
    zeros = build(parse("2 p=pad:1/0")[0])
    assert not zeros.in_degree("p1")


@pytest.mark.parametrize(
    ("text", "size", "jump", "start"),
    [
        ("8 upsample:2", 1, 0.5, 0),
        ("8 upsample:0.5", 1, 2, 0),
        ("8 upsample:0.5,mode=linear", 2, 2, 0),
        ("9 upsample:2,mode=cubic", 4, 0.5, -2),
        ("8 upsample:size=6,rounding=round_prefer_floor,coordinates=half_pixel", 1, 8 / 6, 0),
        ("8 upsample:4 conv:3,p=1", 2, 0.25, -1),
        ("8 upsample:2,mode=linear", 2, 0.5, -1),
        ("8 pad:2/1", 1, 1, -2),
        ("8 crop:2/1 conv:3", 3, 1, 2),
        ("8 adaptiveavgpool:4", 2, 2, 0),
        ("8 globalavgpool", 8, None, None),
        ("8 batchnorm", 1, 1, 0),
        ("8 conv:3 flatten", 3, 1, 0),
        ("8 adaptiveavgpool:3", 4, None, None),
        ("2x8 conv:3,c=2 flatten", 3, None, None),
        ("2x8 transpose", 1, None, None),
        ("8 conv:3 copy", 3, 1, 0),
        ("8 maxpool:3,s=2,p=2/0", 3, 2, -2),
        ("8 avgpool:2,s=1,d=3", 4, 1, 0),
        ("x=10 convtranspose:3,s=2,p=1/0", 2, 0.5, 0),
        ("8 conv:3 expand:3x6", 3, 1, 0),
        ("8 globalavgpool expand:2x5", 8, None, None),
        ("2x8 conv:3,c=2 pad:1,axis=channels", 3, 1, 0),
        ("2x8 conv:3,c=2 softmax:length", 8, None, None),
        ("2x8 conv:3,c=2 softmax:channels", 3, 1, 0),
        ("8 conv:3 softmax:channels", 3, 1, 0),
        ("8 conv:3 softmax", 8, None, None),
        ("3x8 conv:3,c=2 reduce:mean", 3, 1, 0),
        ("8 reduce:sum,axis=length", 8, None, None),
        ("6x6 transpose reduce:max", 6, None, None),
        ("8 affine", 1, 1, 0),
        ("3x8 conv:3,c=3 select:3/1", 3, 1, 0),
        ("8 conv:3 select:2/4/6,axis=length", 3, 2, 1),
        ("8 conv:3 select:6,axis=length", 3, 1, 5),
        ("8 conv:3,p=1 select:4/3/8,axis=length", 3, None, None),
        ("8 conv:3,p=1 select:8/1,axis=length", 2, None, None),
    ],
)
def test_receptive_fields(text: str, size: int, jump: float | None, start: int | None) -> None:
    facts = describe(parse(text)[0])
    assert facts["layers"][-1]["receptive_field"] == {"size": size, "jump": jump, "start": start}


@pytest.mark.parametrize("text", ["9 conv:3,s=2", "10 conv:4,s=3,d=2", "7 conv:2,s=3", "5 conv:5", "9 sparse:4,s=2"])
@pytest.mark.parametrize("word", ["same_upper", "same_lower"])
def test_same_padding_at_any_stride_is_that_of_onnx(text: str, word: str) -> None:
    """``ceil(L / stride)`` outputs; of an odd number of zeros one more at the end (upper) or the beginning (lower)."""
    (network,) = parse(f"{text},p={word}")
    own = network.layers[0]
    fields: dict[str, Any] = vars(own)
    length, stride = network.input.length, fields["stride"]
    outputs = -(-length // stride)
    assert network.shapes()[-1].length == outputs
    needed = max(0, (outputs - 1) * stride + (fields["kernel_size"] - 1) * fields["dilation"] + 1 - length)
    less, more = needed // 2, needed - needed // 2
    sides = f"{less}/{more}" if word == "same_upper" else f"{more}/{less}"
    (explicit,) = parse(f"{text},p={sides}")
    assert own.connections(network.input) == explicit.layers[0].connections(network.input)


def test_a_linear_layer_over_the_positions_is_a_linear_layer_in_each_channel() -> None:
    (network,) = parse("2x4 fc:3,flatten=false,bias")
    weight, bias = np.arange(12.0).reshape(3, 4), np.array([1.0, 2, 3])
    found = evaluate(build(network, {"y.weight": weight, "y.bias": bias}), X)
    np.testing.assert_array_equal(found, np.array(X) @ weight.T + bias)


# A kind in one class: every other unit, negated or not by what the user says.


@layer
class EverySecond(Layer):
    """Every second position, times a factor."""

    kind: ClassVar[str] = "everysecond"
    caption: ClassVar[str] = "every second"
    article: ClassVar[str] = "a thinning"
    combination: ClassVar[Combination] = Combination("mean")
    has_weights: ClassVar[bool] = False
    words: ClassVar[Words | None] = Words(
        "everysecond", ("thin",), Parameter("factor", Reader.number, "a factor"), PLAIN, "thins out", "everysecond:2"
    )
    factor: float

    def output_shape(self, *shapes: Shape) -> Shape:
        return Shape(shapes[0].channels, (shapes[0].length + 1) // 2)

    def connections(
        self, *shapes: Shape, targets: Iterable[int] | None = None, sources: Container[int] | None = None
    ) -> Connections:
        length = self.output_shape(*shapes).length
        pairs = [
            (target // length * shapes[0].length + target % length * 2, target)
            for target in (range(self.output_shape(*shapes).units) if targets is None else targets)
        ]
        pairs = [pair for pair in pairs if sources is None or pair[0] in sources]
        ends = [source for source, _ in pairs], [target for _, target in pairs]
        return Connections(*ends, [NO_PARAMETER] * len(pairs), [self.factor] * len(pairs))

    def totals(self, *shapes: Shape) -> Totals:
        return Totals(self.output_shape(*shapes).units, 0)

    def unused_inputs(self, *shapes: Shape) -> Sequence[int]:
        return [unit for unit in range(shapes[0].units) if unit % shapes[0].length % 2]

    def window(self, *shapes: Shape) -> Window:
        return Window(0, 0, 2)


@pytest.fixture
def own_kind() -> Iterator[type[Layer]]:
    """A kind that is registered for one test."""
    yield register(EverySecond)
    KINDS.remove(EverySecond)


def test_a_kind_of_ones_own_is_one_class(own_kind: type[Layer]) -> None:
    (network,) = parse("x=2x5 a=thin:-2 conv:1,weight=1")
    assert isinstance(network.layers[0], own_kind)
    x = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    graph = build(network)
    assert evaluate(graph, x).tolist() == evaluate(network, x).tolist() == [[-14, -22, -30]]
    facts = describe(network)
    assert facts["layers"][1]["heading"] == "every second"
    assert facts["layers"][1]["unused_inputs"] == ["x[1,2]", "x[1,4]", "x[2,2]", "x[2,4]"]
    assert facts["layers"][2]["receptive_field"] == {"size": 1, "jump": 2, "start": 0}
    assert facts == describe(graph)
    assert evaluate(loads(dump(graph, "json")), x).tolist() == [[-14, -22, -30]]
    assert json.loads(dump(graph, "json"))["graph"]["layers"][1]["kind"] == "everysecond"
    svg = Figure.of("x=2x5 a=thin:-2 conv:1").draw("svg")
    assert b"every second" in svg
    with pytest.raises(NotationError, match=r"factor is missing \(as in everysecond:2\)"):
        parse("5 everysecond")
    assert unit_values(graph, x)["a[1,3]"] == -10


def test_a_kind_is_registered_once(own_kind: type[Layer]) -> None:
    with pytest.raises(ValueError, match="is there already"):
        register(own_kind)


def test_a_kind_that_is_not_registered_is_unknown() -> None:
    with pytest.raises(NotationError, match='unknown layer "everysecond"'):
        parse("5 everysecond:2")


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=10)
def test_every_kind_draws_and_describes(kind: str, data: st.DataObject) -> None:
    text = f"conv:3,p=1 {kind}:x" if kind_named(kind).merges else data.draw(TEXTS[kind])
    try:
        networks = parse(f"x=1x6 {text}")
    except NotationError:
        return
    assert b"<svg" in Figure.of(networks).draw("svg")
    graph = build(networks[0])
    assert isinstance(graph, nx.MultiDiGraph)
    assert describe(graph)["totals"] == describe(networks[0])["totals"]


@pytest.mark.parametrize(
    "text",
    [
        *("1000000 batchnorm", "200000 upsample:4,mode=linear", "1000000 globalavgpool", "1250x800 transpose flatten"),
        *("1000000 affine", "1250x800 reduce:max", "1 expand:1000x1000", "1250x800 select:1/2/3/7", "1250x800 copy"),
        *("200000 upsample:4,mode=cubic", "400000 upsample:1.5", "1000000 maxpool:3,s=1,p=0/2", "x=500000 copy div:x"),
    ],
)
def test_kinds_of_a_million_units_are_described_and_drawn(text: str) -> None:
    """From closed forms, and of the units that are shown alone."""
    assert describe(parse(text)[0])["totals"]["units"] > 999_999
    assert b"<svg" in Figure.of(text).draw("svg")
