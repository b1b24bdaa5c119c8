"""Operators that join data, or put something around it: Concat and Pad."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connectivity.errors import ModelError
from connectivity.models.onnx.arranging import Arrangement, Step, arrangements, plan
from connectivity.models.onnx.building import Builder, Sample
from connectivity.models.onnx.calls import Call, axis_of
from connectivity.models.onnx.elementwise import two
from connectivity.models.onnx.moving import padded, sides
from connectivity.models.onnx.values import FILL, Constant, Data, Held, Term

_FEW = (
    2  # layers that parts of one layer may take to be joined by the order of its units; more: they are layers, joined
)


def pad(call: Call) -> list[Held]:
    """Pad, in every mode: an index with more places, of which a constant's are none of the layer's."""
    data = call.data(0)
    how = sides(call, len(data.shape))
    if how.mode == "constant":
        if data.filled and data.fill != how.value:
            data = call.builder.settled(data)
        return [Data(data.term, padded(data.index, how, FILL), how.value)]
    return [data.moved(padded(data.index, how, FILL))]


def concat(call: Call) -> list[Held]:
    """Concat: the units of one layer in another order, or a layer of several."""
    held = [one for one in call.inputs if one is not None]
    rank = next(len(one.shape) for one in held if isinstance(one, Data))
    axis = axis_of(call.said("axis", 1), rank)
    datas = _without_constants(call, [one for one in held if not _empty(one)], axis)
    if len(datas) == 1:
        return [datas[0]]
    together = _of_one_layer(call.builder, datas, axis)
    return [together if together is not None else _layer(call, datas, axis)]


def _empty(held: Held) -> bool:
    return (isinstance(held, Constant) and not held.array.size) or (isinstance(held, Data) and not held.index.size)


def _of_one_layer(builder: Builder, datas: Sequence[Data], axis: int) -> Data | None:
    """The parts as one, where they are of one layer and few steps say how they lie."""
    first = datas[0]
    if any(one.term is not first.term or (one.filled and one.fill != first.fill) for one in datas):
        return None
    try:
        index = np.concatenate([one.index for one in datas], axis)
    except ValueError as error:
        raise ModelError(f"shapes {' and '.join(str(list(one.shape)) for one in datas)} cannot be joined") from error
    joined = first.moved(index)
    _, steps = builder.best(joined)
    return joined if len(steps) <= _FEW else None


def _layer(call: Call, datas: Sequence[Data], axis: int) -> Data:
    """A layer that joins others along the channels, or along the length."""
    builder = call.builder
    datas = [builder.settled(one) if one.filled else one for one in datas]
    samples = [builder.sample(one) for one in datas]
    batch = samples[0].axis
    if any(one.axis != batch for one in samples) or axis == batch:
        raise ModelError("it joins samples of a batch")
    place = axis - (batch is not None and axis > batch)
    try:
        shape = np.concatenate([one.units for one in samples], place).shape
    except ValueError as error:
        raise ModelError(f"shapes {' and '.join(str(list(one.shape)) for one in datas)} cannot be joined") from error
    best: tuple[int, Arrangement, str, list[list[Step]]] | None = None
    for way, along in _ways(shape, place):
        plans = [
            plan(way.sheet(sample.units), data.term.base.shape, data.fill)
            for sample, data in zip(samples, datas, strict=True)
        ]
        cost = sum(map(len, plans))
        if best is None or cost < best[0]:
            best = cost, way, along, plans
    if best is None:
        return _all_units(builder, datas, samples, place)
    _, way, along, plans = best
    values = [builder.taken(builder.made(data.term), steps) for data, steps in zip(datas, plans, strict=True)]
    return builder.fresh(builder.layer("concat", *values, name=call.layer_name(), axis=along), way, shape, batch)


def _all_units(builder: Builder, datas: Sequence[Data], samples: Sequence[Sample], place: int) -> Data:
    """Parts that are joined within their channels: all units of each in a row, of which an index says the order."""
    values = [builder.made(data.term) for data in datas]
    rows = [value if value.shape.channels == 1 else builder.taken(value, [Step("flatten")]) for value in values]
    joined = builder.layer("concat", *rows, axis="length")
    starts = np.cumsum([0, *(value.shape.units for value in values)])
    parts = [
        np.where(sample.units == FILL, FILL, sample.units + start)
        for sample, start in zip(samples, starts[:-1], strict=True)
    ]
    index = np.concatenate(parts, place)
    return Data(Term(joined), Sample(index, samples[0].axis).batched(index, joined.shape.units, builder.batch))


def _ways(shape: Sequence[int], place: int) -> list[tuple[Arrangement, str]]:
    """The arrangements in which parts along the axis ``place`` follow one another, and along what."""
    found = []
    for way in arrangements(shape):
        channels = [axis for axis in way.order[: way.split] if shape[axis] > 1]
        positions = [axis for axis in way.order[way.split :] if shape[axis] > 1]
        if place in channels[:1]:
            found.append((way, "channels"))
        elif place in positions[:1]:
            found.append((way, "length"))
    return found


def _without_constants(call: Call, held: Sequence[Held], axis: int) -> list[Data]:
    """The data, each with the constants beside it: positions that are padding, and a number added to them."""
    datas: list[Data] = []
    waiting: list[np.ndarray] = []
    for one in held:
        if isinstance(one, Constant):
            waiting.append(one.array)
        elif isinstance(one, Data):
            datas.append(_beside(call, one, waiting, [], axis) if waiting else one)
            waiting = []
        else:
            raise ModelError("a part of it cannot be drawn")
    if waiting:
        datas[-1] = _beside(call, datas[-1], [], waiting, axis)
    return datas


def _beside(call: Call, data: Data, before: list[np.ndarray], behind: list[np.ndarray], axis: int) -> Data:
    if data.filled:
        data = call.builder.settled(data)
    constants = [*before, *behind]
    values = np.unique(np.concatenate([array.ravel() for array in constants]))
    parts = [np.full(array.shape, FILL) for array in constants]
    index = np.concatenate([*parts[: len(before)], data.index, *parts[len(before) :]], axis)
    if len(values) == 1:
        return Data(data.term, index, float(values[0]))
    added = np.concatenate([*before, np.zeros(data.shape), *behind], axis)
    made = two(call, "add", Data(data.term, index), Constant(added, None))
    if not isinstance(made, Data):
        raise ModelError("a part of it cannot be drawn")
    return made
