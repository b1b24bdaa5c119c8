"""Operators on many units at once: reductions, global pools, softmax, batch normalization."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.assembly import Value
from connectivity.models.onnx.arranging import Arrangement
from connectivity.models.onnx.building import Builder, Record
from connectivity.models.onnx.calls import Call, axis_of
from connectivity.models.onnx.elementwise import affine, bias_of, least, once, two
from connectivity.models.onnx.folding import reduced_axes
from connectivity.models.onnx.values import Data, Held, Term


def reduction(op: str, before: str = "", after: str = "") -> Callable[[Call], list[Held]]:
    """A reduction over some axes: the layer's ``op``, with an activation before it and one behind."""

    def read(call: Call) -> list[Held]:
        data = call.data(0)
        axes = reduced_axes(call, len(data.shape))
        if axes is None:
            return [data]
        if before:
            data = call.builder.function(before, call.node, data)
        made = _reduced(call, data, axes, op, bool(call.said("keepdims", 1)))
        return [call.builder.function(after, call.node, made) if after else made]

    return read


def normalizer(call: Call) -> list[Held]:
    """Each sample divided by its norm."""
    data, norm = call.data(0), call.said("norm", "MAX")
    ops = {"L1": "l1", "L2": "l2", "MAX": "max"}
    if norm not in ops:
        raise ModelError(f'its norm "{norm}" is not known')
    return [two(call, "div", data, _reduced(call, data, [len(data.shape) - 1], ops[norm], True))]


def global_pool(op: str) -> Callable[[Call], list[Held]]:
    """A reduction over all positions."""

    def read(call: Call) -> list[Held]:
        data = call.data(0)
        if op == "l2" and call.said("p", 2) != 2:
            if call.said("p", 2) != 1:
                raise ModelError(f"its norm of order {call.said('p', 2)} is not drawn")
            return [_reduced(call, data, list(range(2, len(data.shape))), "l1", True)]
        return [_reduced(call, data, list(range(2, len(data.shape))), op, True)]

    return read


def _reduced(call: Call, data: Data, axes: list[int], op: str, keep: bool) -> Data:
    """``data`` with ``axes`` reduced by ``op``; they stay, of size 1, or go."""
    builder = call.builder
    index, batch = builder.sample(data)
    if batch in axes:
        raise ModelError("it reduces the samples of a batch to one")
    places = [axis - (batch is not None and axis > batch) for axis in axes]
    long = [axis for axis, size in enumerate(index.shape) if size > 1]
    reduced, kept = [axis for axis in long if axis in places], [axis for axis in long if axis not in places]
    if reduced:
        way, value = _reduced_value(builder, data, reduced, kept, op, call.layer_name())
    else:
        flat = builder.function("abs", call.node, data) if op in ("l1", "l2") else data
        way, _ = builder.best(flat)
        value = builder.value(flat, way)
    shape = [1 if axis in places else size for axis, size in enumerate(index.shape)]
    made = builder.fresh(value, way, shape, batch)
    return made if keep else made.moved(made.index.squeeze(tuple(axes)))


def _reduced_value(
    builder: Builder, data: Data, reduced: list[int], kept: list[int], op: str, name: str
) -> tuple[Arrangement, Value]:
    """The layer that reduces some axes, and how its output is arranged."""
    short = [axis for axis in range(builder.sample(data).units.ndim) if axis not in (*reduced, *kept)]
    if not kept:
        return Arrangement((*short, *reduced), len(short)), _reduced_to_one(builder, data, op, name)
    by_length = Arrangement((*short, *kept, *reduced), len(short) + len(kept))
    by_channels = Arrangement((*short, *reduced, *kept), len(short) + len(reduced))
    way, _ = builder.best(data, [by_length, by_channels])
    source = builder.value(data, way)
    if way == by_channels:
        return way, builder.layer("reduce", source, name=name, op=op, axis="channels")
    return way, _over_positions(builder, source, op, name)


def _over_positions(builder: Builder, source: Value, op: str, name: str) -> Value:
    if op in ("mean", "max"):
        return builder.layer({"mean": "globalavgpool", "max": "globalmaxpool"}[op], source, name=name)
    return builder.layer("reduce", source, name=name, op=op, axis="length")


def _reduced_to_one(builder: Builder, data: Data, op: str, name: str) -> Value:
    """All units of a layer as one, whatever their order."""
    data = once(builder, data)
    source = builder.made(data.term)
    if source.shape.channels == 1:
        return _over_positions(builder, source, op, name)
    return builder.layer("reduce", source, name=name, op=op, axis="channels" if source.shape.length == 1 else "all")


def softmax(text: str) -> Callable[[Call], list[Held]]:
    """Softmax and its kin along an axis; before version 13 along all axes from that on."""

    def read(call: Call) -> list[Held]:
        data = once(call.builder, call.data(0))
        rank = len(data.shape)
        axis = axis_of(call.said("axis", 1 if call.version < 13 else -1), rank)
        axes = list(range(axis, rank)) if call.version < 13 else [axis]
        index, batch = call.builder.sample(data)
        if batch in axes:
            raise ModelError("it mixes the samples of a batch")
        places = [one - (batch is not None and one > batch) for one in axes]
        long = [one for one, size in enumerate(index.shape) if size > 1]
        inner, outer = [one for one in long if one in places], [one for one in long if one not in places]
        short = [one for one in range(index.ndim) if one not in long]
        ways = [
            Arrangement((*short, *outer, *inner), len(short) + len(outer)),
            Arrangement((*short, *inner, *outer), len(short) + len(inner)),
        ]
        way, _ = call.builder.best(data, ways)
        value = call.builder.value(data, way)
        along = "channels" if way == ways[1] else "length"
        if value.shape.length == 1 and value.shape.channels > 1 and not outer:
            along = "channels"
        plain = along == ("channels" if value.shape.channels > 1 else "length")
        made = call.builder.assembly.activation(value, text if plain else f"{text}:{along}")
        return [call.builder.fresh(made, way, index.shape, batch)]

    return read


def batch_normalization(call: Call) -> list[Held]:
    """In evaluation: a scale and a shift for each channel; or, where that is wished, part of the layer before."""
    builder, data = call.builder, once(call.builder, call.data(0))
    if call.said("training_mode", 0):
        raise ModelError("it is in training; save the model in evaluation")
    parts = [np.asarray(call.floats(number), dtype=float) for number in range(1, 5)]
    eps = call.said("epsilon", 1e-5)
    if any((parts[3] + eps <= 0).ravel()):
        raise ModelError(f"a variance and epsilon, {eps:g}, are not more than 0")
    sheets = [_of_channels(builder, data, part) for part in parts]
    name = call.layer_name()
    weight = sheets[0] / np.sqrt(sheets[3] + eps)
    bias = sheets[1] - sheets[2] * weight
    if call.fold_batchnorm:
        folded = _folded(call, data, weight, bias, name)
        if folded is not None:
            return [folded]
        builder.assembly.note(
            f"{name or 'a batch normalization'} is not folded: no layer of weights is before it alone"
        )
    per = least(*sheets)
    if per.what in ("layer", "channel"):
        names = ("weight", "bias", "running_mean", "running_var")
        channels = data.term.base.shape.channels
        arrays = {part: np.broadcast_to(array, channels) for part, array in zip(names, per.arrays, strict=True)}
        value = builder.layer("batchnorm", builder.made(data.term), name=name, tensors=arrays, eps=eps)
        return [Data(Term(value), data.index)]
    return [affine(builder, data, weight, bias, name)]


def _of_channels(builder: Builder, data: Data, part: np.ndarray) -> np.ndarray:
    """Numbers of the axis 1 of data for each unit of its layer."""
    index, batch = builder.sample(data)
    axis = 1 - (batch == 0)
    if len(data.shape) < 2 or part.shape not in ((index.shape[axis],), index.shape[axis:]):
        raise ModelError(f"its parameters of shape {list(part.shape)} do not fit data of shape {list(data.shape)}")
    wide = part.reshape(part.shape + (1,) * (index.ndim - axis - part.ndim))
    sheet = np.empty(data.term.base.shape.units)
    sheet[index.ravel()] = np.broadcast_to(wide, index.shape).ravel()
    return sheet.reshape(data.term.base.shape)


def _folded(call: Call, data: Data, weight: np.ndarray, bias: np.ndarray, name: str) -> Data | None:
    """The layer before, its weights times a scale, its bias with the shift; None where there is none."""
    builder, record = call.builder, call.builder.record(data)
    if record is None or not call.alone(0):
        return None
    scales, shifts = bias_of(record, weight), bias_of(record, bias)
    if scales is None or shifts is None:
        return None
    tensors = {
        "weight": _scaled(record, scales),
        "bias": shifts + scales * np.asarray(record.tensors.get("bias", np.zeros(len(scales)))),
    }
    value = builder.layer(record.kind, *record.sources, name=record.name, tensors=tensors, **record.fields)
    builder.assembly.note(f"{name or 'a batch normalization'} is folded into {record.name or 'the layer before it'}")
    return Data(Term(value), data.index)


def _scaled(record: Record, scales: np.ndarray) -> np.ndarray:
    weight = np.asarray(record.tensors["weight"], dtype=float)
    if not record.layer().transposed:
        return np.asarray(weight * scales.reshape(-1, *[1] * (weight.ndim - 1)))
    groups = record.fields["groups"]
    grouped = weight.reshape(groups, -1, *weight.shape[1:]) * scales.reshape(groups, 1, -1, 1)
    return np.asarray(grouped.reshape(weight.shape))
