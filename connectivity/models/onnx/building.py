"""From data to layers: what an operation takes is arranged as it needs it, by the fewest layers; what it makes is data."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from connectivity.errors import ModelError
from connectivity.layers.base import Layer
from connectivity.layers.kinds import kind_named
from connectivity.models.assembly import Assembly, Value
from connectivity.models.onnx.arranging import Arrangement, Step, arrangements, plan
from connectivity.models.onnx.resampling import Positions, begun, known, moved, summed
from connectivity.models.onnx.terms import SIZE_LIMIT, spelled
from connectivity.models.onnx.values import Data, Term


class Sample(NamedTuple):
    """One sample of data: its index of units, and the axis that the batch has in the tensor; None without one."""

    units: np.ndarray
    axis: int | None

    def batched(self, index: np.ndarray, units: int, batch: int) -> np.ndarray:
        """The index of all samples, of units each, for that of the first."""
        if self.axis is None:
            return index
        return np.stack([np.where(index < 0, index, index + number * units) for number in range(batch)], self.axis)


@dataclass(frozen=True)
class Record:
    """A layer with weights as it was made, so that it can be made anew with what follows it."""

    kind: str
    sources: tuple[Value, ...]
    name: str
    fields: Mapping[str, Any]
    tensors: Mapping[str, Any]
    parameter: Hashable

    def layer(self) -> Layer:
        """The layer itself, for what it knows."""
        return kind_named(self.kind)(**self.fields)


class Builder:
    """An assembly that takes data and gives data; ``batch`` is the number of samples the model takes at once."""

    def __init__(self, batch: int = 1) -> None:
        self.assembly = Assembly()
        self.batch = batch
        self.records: dict[int, Record] = {}
        self._positions: dict[int, Positions] = {}
        self._steps: dict[tuple[int, Step], Value] = {}
        self.transposes = False  # whether there is a layer that transposes

    def layer(
        self,
        kind: str,
        *sources: Value,
        name: str = "",
        tensors: Mapping[str, Any] | None = None,
        parameter: Hashable = None,
        **fields: Any,
    ) -> Value:
        """A layer of the kind of that name; see :meth:`.Assembly.layer`.

        Where it ends a sum of shifted positions that is one known layer, it is that, on what they are positions of.
        """
        positions = self._positions_of(kind, sources, fields, tensors or {})
        resampling = None if positions is None else known(positions)
        if positions is not None and resampling is not None:
            return self.assembly.layer(kind_named(resampling.kind), positions.root, **resampling.fields)
        made = self._layer(kind, sources, name, tensors, parameter, fields)
        if positions is not None:
            self._positions[made.node] = positions
        return made

    def _positions_of(
        self, kind: str, sources: Sequence[Value], fields: Mapping[str, Any], tensors: Mapping[str, Any]
    ) -> Positions | None:
        """A layer as positions of another one; None for one that is not."""
        parts = [self._positions.get(source.node) or begun(source) for source in sources]
        there = [part for part in parts if part is not None]
        if not there or len(there) < len(parts):
            return None
        return moved(kind, there[0], fields, tensors) if len(there) == 1 else summed(kind, there)

    def _layer(
        self,
        kind: str,
        sources: tuple[Value, ...],
        name: str,
        tensors: Mapping[str, Any] | None,
        parameter: Hashable,
        fields: Mapping[str, Any],
    ) -> Value:
        made = self.assembly.layer(
            kind_named(kind), *sources, name=name, tensors=tensors, parameter=parameter, **fields
        )
        if tensors:
            record = Record(kind, sources, name, fields, tensors, parameter)
            for part, tensor in record.layer().tensors(*(source.shape for source in sources)).items():
                if part in tensors and np.shape(tensors[part]) != tensor.shape:
                    given, needed = list(np.shape(tensors[part])), list(tensor.shape)
                    raise ModelError(f"its {part} has the shape {given}, but on its input it needs {needed}")
            self.records[made.node] = record
        return made

    def record(self, data: Data) -> Record | None:
        """How the layer was made whose units ``data`` is, all of them and as they are; None for other data."""
        return self.records.get(data.term.base.node) if not data.term.op and data.whole(self.units(data)) else None

    def units(self, data: Data) -> int:
        """The units of its layer in all samples."""
        return data.term.base.shape.units * (self.batch if self.batched(data) else 1)

    def batched(self, data: Data) -> bool:
        """Whether the samples of a batch have units of their own, and there are several."""
        return self.batch > 1

    def sample(self, data: Data) -> Sample:
        """The first sample of ``data``. Raises ModelError where samples of a batch are mixed, and for no elements."""
        if not data.index.size:
            raise ModelError(f"there is nothing in a tensor of shape {list(data.shape)}")
        if self.batch == 1:
            return Sample(data.index, None)
        units = data.term.base.shape.units
        for axis, size in enumerate(data.shape):
            if size != self.batch:
                continue
            first = data.index.take(0, axis)
            sample = Sample(first, axis)
            if first.max(initial=0) < units and np.array_equal(sample.batched(first, units, self.batch), data.index):
                return sample
        raise ModelError(f"it mixes the {self.batch} samples of its batch")

    def best(self, data: Data, ways: Sequence[Arrangement] | None = None) -> tuple[Arrangement, list[Step]]:
        """The arrangement of one sample that takes the fewest layers, and these."""
        index = self.sample(data).units
        plans = []
        for way in arrangements(index.shape) if ways is None else ways:
            steps = plan(way.sheet(index), data.term.base.shape, data.fill)
            if not steps:
                return way, steps
            plans.append((way, steps))
        return min(plans, key=lambda one: len(one[1]))

    def value(self, data: Data, way: Arrangement) -> Value:
        """One sample of ``data`` as (channels, length), by as many layers as that takes."""
        steps = plan(way.sheet(self.sample(data).units), data.term.base.shape, data.fill)
        return self.taken(self.made(data.term), steps)

    def taken(self, value: Value, steps: Sequence[Step]) -> Value:
        """``value`` after ``steps``; the same steps are made once."""
        for step in steps:
            if (value.node, step) not in self._steps:
                self._steps[value.node, step] = self.layer(step.kind, value, **dict(step.fields))
                self.transposes |= step == Step("transpose")
            value = self._steps[value.node, step]
        return value

    def fresh(self, value: Value, way: Arrangement, shape: Sequence[int], axis: int | None) -> Data:
        """The units of ``value`` as a tensor: ``shape`` is that of one sample, ``axis`` the batch's."""
        index = way.tensor(np.arange(value.shape.units).reshape(value.shape), shape)
        return Data(Term(value), Sample(index, axis).batched(index, value.shape.units, self.batch))

    def settled(self, data: Data) -> Data:
        """Data that is all units of a layer, as they are or functions of them."""
        if data.whole(self.units(data)):
            return data
        way, steps = self.best(data)
        sample = self.sample(data)
        return self.fresh(self.taken(self.made(data.term), steps), way, sample.units.shape, sample.axis)

    def function(self, op: str, node: Any, data: Data, *operands: Term | float, first: bool = True) -> Data:
        """Data with one more operation on each unit; ``first``: before ``operands``, else behind them."""
        data = self.settled(data)
        if data.term.size + sum(one.size for one in operands if isinstance(one, Term)) >= SIZE_LIMIT:
            data = Data(Term(self.made(data.term)), data.index)
            operands = tuple(Term(self.made(one)) if isinstance(one, Term) else one for one in operands)
        both = (data.term, *operands) if first else (*operands, data.term)
        return Data(Term(data.term.base, op, both, node), data.index)

    def made(self, term: Term) -> Value:
        """The layer that computes ``term``. Raises ModelError for comparisons that are no activation together."""
        if term.made is None:
            found = spelled(term)
            if found is not None:
                value = self.made(found[0])
                for text in found[1]:
                    value = self.assembly.activation(value, text)
            else:
                value = self._merged(term)
            term.made = value
        return term.made

    def _merged(self, term: Term) -> Value:
        """An operation of two terms, as a layer that takes both."""
        terms = [one for one in term.operands if isinstance(one, Term)]
        kinds = {"add": "add", "sub": "sub", "mul": "mul", "div": "div", "max": "max", "min": "min"}
        if len(terms) != len(term.operands) or term.op not in kinds:
            shown = term.node.shown() if term.node is not None else term.op
            raise ModelError(f"{shown} is part of no activation that is known, and cannot be drawn")
        return self.layer(kinds[term.op], *map(self.made, terms))
