"""Reading an ONNX file: its graph, node by node, into an assembly of layers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from connectivity.errors import ConnectivityError, FileError, ModelError, NetworkError, visible
from connectivity.files import unreadable
from connectivity.layers.base import SIZE_LIMIT, Shape
from connectivity.models.model import Model
from connectivity.models.onnx.arranging import Arrangement
from connectivity.models.onnx.building import Builder
from connectivity.models.onnx.calls import Call
from connectivity.models.onnx.folding import FOLDED, FOLDED_LIMIT
from connectivity.models.onnx.graph import Graph, Node, cut, in_order, nodes_of, plain
from connectivity.models.onnx.messages import GraphMessage, read_model
from connectivity.models.onnx.moving import MOVED, padded, sides
from connectivity.models.onnx.operators import OPERATORS
from connectivity.models.onnx.tensors import TYPES, Folder, array_of
from connectivity.models.onnx.values import Constant, Data, Held, Undrawn
from connectivity.models.options import ModelOptions
from connectivity.reads import note, opened

FILE_LIMIT = 512 * 2**20
"""The largest model that is read, in bytes."""

_FLOATS = (1, 10, 11, 16)


def read_onnx(path: str | Path, options: ModelOptions | None = None) -> Model:
    """The network of an ONNX file, with its weights.

    Raises FileError where the file cannot be read, ModelError for what is damaged, open, or cannot be drawn.
    """
    path = Path(path)
    shown = visible(str(path), 200)
    try:
        return _read(path, options or ModelOptions())
    except FileError:
        raise
    except (RecursionError, MemoryError) as error:
        raise ModelError(
            f'"{shown}": it is nested too deeply, or too large; export the part that is drawn alone'
        ) from error
    except ConnectivityError as error:
        raise ModelError(f'"{shown}": {error}') from error


def _read(path: Path, options: ModelOptions) -> Model:
    message = read_model(_bytes(path))
    graph = plain(message)
    folder = Folder(path.parent)
    weights = dict(options.weights or {})
    unknown = next((name for name in weights if name not in graph.inputs and name not in graph.tensors), None)
    if unknown is not None:
        raise ModelError(
            f'the weights hold "{visible(unknown)}", but the model has neither an input nor a weight of it; leave it out'
        )
    graph = graph._replace(inputs=tuple(name for name in graph.inputs if name not in weights))
    whole, graph = graph, cut(graph, options.start, options.end)
    sizes = _Sizes(whole, options, lambda name: _shape_within(whole, name, options, folder, weights))
    return _network(graph, sizes, options, folder, weights)


def _bytes(path: Path) -> bytes:
    note(path)
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise ModelError(f"it is larger than {FILE_LIMIT:,} bytes, the most that is read; no option raises it")
        with opened(path) as file:
            data = file.read(FILE_LIMIT + 1)
    except ModelError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not data:
        raise ModelError("it is empty; export the model anew")
    return data


class _Sizes:
    """The shapes of inputs, as the model takes them: what it leaves open is said by the options."""

    def __init__(self, graph: Graph, options: ModelOptions, computed: Any) -> None:
        self._types, self._given, self._computed = graph.types, dict(options.shapes), computed
        self._inputs = graph.inputs

    def check(self, inputs: Sequence[str]) -> None:
        """Raise ModelError for a shape of what is no input."""
        unknown = next((name for name in self._given if name and name not in inputs), None)
        if unknown is not None:
            raise ModelError(f'--input-shape "{visible(unknown)}": there is no such input; there is {_listed(inputs)}')
        if "" in self._given and len(inputs) > 1:
            raise ModelError(
                f"--input-shape: it has {len(inputs)} inputs, {_listed(inputs)}; say of each, as {inputs[0]}=2x8"
            )

    def of(self, name: str) -> tuple[int, ...]:
        """The shape of an input, its batch included."""
        given = self._given.get(name, self._given.get(""))
        about = self._types.get(name)
        if about is not None and about.type not in (0, *_FLOATS):
            what = "texts" if about.type not in TYPES else "whole numbers, or truths"
            raise ModelError(f'its input "{visible(name)}" is of {what}, which must be real numbers')
        shape = about.shape if about is not None else None
        if shape is None:
            if given is None:
                known = self._computed(name) if name not in self._inputs else None
                if known is not None:
                    return tuple(known)
                raise ModelError(f'its input "{visible(name)}" has no shape: say it, as --input-shape 2x128')
            return (1, *given)
        return _filled(name, shape, given)


def _filled(name: str, shape: Sequence[int | str | None], given: Sequence[int] | None) -> tuple[int, ...]:
    """A shape with its open sizes, which ``given`` has without the batch, or with it."""
    first = shape[0] if shape else None
    batched = len(shape) > 1
    batch = first if isinstance(first, int) and first > 0 else 1
    rest = list(shape[1:] if batched else shape)
    open_sizes = [size for size in rest if not isinstance(size, int) or size < 1]
    if given is None:
        if open_sizes:
            said = "x".join(str(size) if isinstance(size, int) else "?" for size in rest)
            raise ModelError(
                f'the shape of its input "{visible(name)}" is open, {said}: say it, as --input-shape 2x128'
            )
        given = [int(size) for size in rest if isinstance(size, int)]
    if batched and len(given) == len(shape):
        batch, given = given[0], given[1:]
    if len(given) != len(rest):
        one = [size for size in rest if size != 1]
        if len(given) != len(one):
            raise ModelError(f'--input-shape: its input "{visible(name)}" has {len(rest)} sizes, not {len(given)}')
        sizes = iter(given)
        given = [1 if size == 1 else next(sizes) for size in rest]
    for size, wanted in zip(rest, given, strict=True):
        if isinstance(size, int) and size > 0 and size != wanted:
            fixed = "x".join(map(str, rest))
            raise ModelError(f'--input-shape: its input "{visible(name)}" is {fixed}, not {"x".join(map(str, given))}')
    return (int(batch), *given) if batched else tuple(given)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{visible(name)}"' for name in names[:8]) or "none"


def _network(graph: Graph, sizes: _Sizes, options: ModelOptions, folder: Folder, weights: Mapping[str, Any]) -> Model:
    """The network of a graph; of inputs seen the other way round, if that takes fewer layers."""
    sizes.check(graph.inputs)
    shapes = {name: sizes.of(name) for name in graph.inputs}
    tries = [_Attempt(graph, shapes, folder, options, weights)]
    try:
        tries[0].run()
    except ModelError as error:
        if not any(len(shape) > 1 and shape[0] > 1 for shape in shapes.values()):
            raise
        tries = [_Attempt(graph, shapes, folder, options, weights, True)]  # what seems a batch may be channels
        try:
            tries[0].run()
        except ModelError:
            raise error from None
    turned = tries[0].transposed_inputs()
    if turned:
        other = _Attempt(graph, shapes, folder, options, weights, tries[0].unbatched, turned)
        other.run()
        tries.append(other)
    return min((attempt.model() for attempt in tries), key=lambda model: len(model.network.stages))


def _shape_within(
    graph: Graph, name: str, options: ModelOptions, folder: Folder, weights: Mapping[str, Any]
) -> tuple[int, ...] | None:
    """The shape of a value within the graph, if what comes before it can be drawn."""
    before = cut(graph, None, name)
    sizes = _Sizes(graph, ModelOptions(), lambda _: None)
    try:
        attempt = _Attempt(before, {one: sizes.of(one) for one in before.inputs}, folder, options, weights)
        attempt.run()
    except ConnectivityError:
        return None
    held = attempt.values.get(name)
    return held.shape if isinstance(held, Data) else None


class _Attempt:
    """One reading of a graph, of which the shapes of inputs are known."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, tuple[int, ...]],
        folder: Folder,
        options: ModelOptions,
        weights: Mapping[str, Any],
        unbatched: bool = False,
        turned: frozenset[str] = frozenset(),
    ) -> None:
        self.unbatched = unbatched
        self.values: dict[str, Held] = {}
        self._graph, self._shapes, self._folder, self._options = graph, shapes, folder, options
        self._weights, self._turned = weights, turned
        batches = {shape[0] for shape in shapes.values() if len(shape) > 1 and not unbatched}
        self._builder = Builder(max(batches, default=1))
        self._inputs: dict[str, Data] = {}
        self._uses = Counter(name for node in graph.nodes for name in node.needs())
        self._uses.update(graph.outputs)

    def run(self) -> None:
        """Read it all, and what its outputs are."""
        for name in self._graph.inputs:
            self.values[name] = self._inputs[name] = self._input(name)
        if not self._inputs:
            raise ModelError("nothing of it depends on an input; leave the weights out that take the place of it")
        for node in self._graph.nodes:
            self.values |= self._named(node, self.values)
        self._outputs = self._ends()

    def model(self) -> Model:
        """The network."""
        builder = self._builder
        batch = builder.batch
        if batch > 1:
            builder.assembly.note(f"the model takes {batch} samples at once; one is drawn")
        for name in sorted(self._turned):
            builder.assembly.note(f"the input {name} is drawn with its last axis as the channels")
        return builder.assembly.model(self._outputs)

    def transposed_inputs(self) -> frozenset[str]:
        """The inputs that might be drawn the other way round, since some layer transposes."""
        if not self._builder.transposes:
            return frozenset()
        shapes = {name: data.term.base.shape for name, data in self._inputs.items()}
        return frozenset(name for name, shape in shapes.items() if min(shape) > 1)

    def _input(self, name: str) -> Data:
        shape = self._shapes[name]
        batched = len(shape) > 1 and self._builder.batch > 1
        sample = shape[1:] if len(shape) > 1 and not self.unbatched else shape
        long = [axis for axis, size in enumerate(sample) if size > 1]
        if math.prod(sample) > SIZE_LIMIT or not math.prod(sample):
            raise ModelError(
                f'its input "{visible(name)}" of {math.prod(sample):,} numbers; it must be from 1 to {SIZE_LIMIT:,}'
            )
        order = tuple(range(len(sample)))
        first = long[0] if long else len(sample) - 1
        split = 0 if len(sample) == 1 else first + 1 if len(long) > 1 or first == 0 else 1
        way = Arrangement(order, min(split, len(sample) - 1) if len(sample) > 1 else 0)
        if name in self._turned and len(long) == 2:
            short = tuple(axis for axis in order if axis not in long)
            way = Arrangement((*short, long[1], long[0]), len(short) + 1)
        sheet = way.sheet(np.empty(sample, np.int8)).shape
        value = self._builder.assembly.input("" if "::" in name else name, Shape(*sheet), name in self._turned)
        data = self._builder.fresh(value, way, sample, 0 if batched else None)
        return data if batched or sample == shape else data.moved(data.index[None])

    def _named(self, node: Node, scope: Mapping[str, Held]) -> dict[str, Held]:
        """What a node makes, by the names of its outputs; of some, as a mask beside them, there is no picture."""
        held = list(self._held(node, scope))
        beside = Undrawn(
            ModelError(f"{node.shown()} makes it beside what is drawn; say --until another node"), label=True
        )
        held += [beside] * (len(node.outputs) - len(held))
        return {name: one for name, one in zip(node.outputs, held, strict=False) if name}

    def _held(self, node: Node, scope: Mapping[str, Held]) -> Sequence[Held]:
        """What a node makes. What cannot be drawn is no error yet: it may be that nobody needs it."""
        inputs = [self._value(name, scope) if name else None for name in node.inputs]
        undrawn = next((one for one in inputs if isinstance(one, Undrawn)), None)
        if undrawn is not None:
            return [undrawn] * len(node.outputs)
        call = Call(node, inputs, self._builder, self._uses, self._folder, self._options.fold_batchnorm)
        try:
            return self._made(call, scope)
        except (ConnectivityError, ValueError, ArithmeticError, IndexError, KeyError, TypeError) as error:
            return [Undrawn(self._located(node, error))] * len(node.outputs)

    def _value(self, name: str, scope: Mapping[str, Held]) -> Held:
        if name not in scope:
            if name in self._weights:
                self.values[name] = Constant(np.asarray(self._weights[name]), name)
            else:
                self.values[name] = Constant(array_of(self._graph.tensors[name], self._folder), name)
            return self.values[name]
        return scope[name]

    def _made(self, call: Call, scope: Mapping[str, Held]) -> Sequence[Held]:
        node, inputs = call.node, call.inputs
        if node.op == "If":
            return self._branch(call, scope)
        if node.op == "Shape" and call.has(0):
            shape = [*self._shape_of(inputs[0])]
            last = node.attributes.get("end", len(shape))
            return [Constant(np.array(shape[node.attributes.get("start", 0) : last], "<i8"), None)]
        if node.op == "Size" and isinstance(inputs[0], Data):
            return [Constant(np.array(inputs[0].index.size, "<i8"), None)]
        if all(one is None or isinstance(one, Constant) for one in inputs):
            return _folded(call)
        mover = MOVED.get(node.op)
        if mover is not None:
            data = call.data(0)
            return [data.moved(index) for index in mover(call, data.index)]
        operator = OPERATORS.get(node.op)
        if operator is None:
            raise ModelError(_UNKNOWN.get(node.op, "no layer is one"))
        return operator(call)

    def _shape_of(self, held: Held | None) -> tuple[int, ...]:
        if isinstance(held, Constant):
            return held.array.shape
        if isinstance(held, Data):
            return held.shape
        raise ModelError("it is the shape of nothing")

    def _branch(self, call: Call, scope: Mapping[str, Held]) -> Sequence[Held]:
        """The one of two graphs that a constant chooses."""
        chosen = call.node.attributes.get("then_branch" if bool(call.array(0).ravel()[0]) else "else_branch")
        if not isinstance(chosen, GraphMessage):
            raise ModelError("a branch of it is missing")
        inner: dict[str, Held] = dict(scope)
        for tensor in chosen.tensors:
            inner[tensor.name] = Constant(array_of(tensor, self._folder), (call.node.number, tensor.name))
        nodes = nodes_of(chosen.nodes, {"": call.version}, {})
        for node in in_order(nodes, {*inner, *self._graph.tensors, *self._weights}):
            inner |= self._named(node, inner)
        return [self._value(one.name, inner) for one in chosen.outputs]

    def _located(self, node: Node, error: Exception) -> ModelError:
        message = (
            str(error) if isinstance(error, ConnectivityError) else f"it does not fit together ({visible(str(error))})"
        )
        around = [f'--until "{visible(self._before(node))}" draws what comes before it'] if self._before(node) else []
        after = self._after(node)
        around += [f'--from "{visible(after)}" what comes after'] if after else []
        hint = f" ({', '.join(around) or '--from and --until draw another part of the model'})"
        return ModelError(f"{node.shown()} cannot be drawn: {message}{hint}")

    def _before(self, node: Node) -> str:
        """The last node before ``node`` that computes with data, by its name or its output's."""
        makers = {name: one for one in self._graph.nodes for name in one.outputs}
        for name in node.inputs:
            if name in makers and isinstance(self.values.get(name), Data):
                return makers[name].name or name
        return ""

    def _after(self, node: Node) -> str:
        """The first node behind ``node``."""
        taker = next((one for one in self._graph.nodes if set(node.outputs) & set(one.inputs)), None)
        return "" if taker is None else taker.name or taker.outputs[0]

    def _ends(self) -> list[Any]:
        """The layers that the outputs are. Raises ModelError for one that cannot be drawn, if it is no mere label."""
        ends, missing = [], []
        for name in self._graph.outputs:
            held = self._value(name, self.values)
            if isinstance(held, Undrawn):
                if not held.label:
                    raise held.error
                missing.append((name, held))
            elif isinstance(held, Data):
                ends.append(self._end(name, held))
            else:
                self._builder.assembly.note(f"the output {visible(name)} is a constant, and not drawn")
        if not ends:
            raise (
                missing[0][1].error
                if missing
                else ModelError("no output depends on an input; say which part is drawn with --from and --until")
            )
        for name, held in missing:
            self._builder.assembly.note(f"the output {visible(name)} is not drawn: {held.error}")
        return ends

    def _end(self, name: str, data: Data) -> Any:
        try:
            _, steps = self._builder.best(data, _output_ways(self._builder.sample(data).units.shape))
            return self._builder.taken(self._builder.made(data.term), steps)
        except NetworkError as error:
            raise ModelError(f'its output "{visible(name)}" cannot be drawn: {error}') from error


def _output_ways(shape: tuple[int, ...]) -> list[Arrangement]:
    """How an output is drawn: its elements in their order."""
    order = tuple(range(len(shape)))
    long = [axis for axis, size in enumerate(shape) if size > 1]
    splits = [long[0] + 1] if len(long) > 1 else [0, len(shape)]
    return [Arrangement(order, split) for split in splits]


def _folded(call: Call) -> Sequence[Held]:
    node = call.node
    arrays: Sequence[np.ndarray]
    if node.op in MOVED:
        arrays = MOVED[node.op](call, call.array(0))
    elif node.op == "Concat":
        arrays = [np.concatenate([call.array(n) for n in range(len(call.inputs))], call.said("axis", 1))]
    elif node.op == "Pad":
        how = sides(call, call.array(0).ndim)
        arrays = [padded(call.array(0), how, how.value)]
    elif node.op in FOLDED:
        with np.errstate(all="ignore"):
            arrays = FOLDED[node.op](call)
    else:
        raise ModelError("it is not computed for constants")
    if sum(array.size for array in arrays) > FOLDED_LIMIT:
        raise ModelError(
            f"it makes more than {FOLDED_LIMIT:,} elements, at most so many are made, and no option raises it"
        )
    keys = tuple(one.key for one in call.inputs if isinstance(one, Constant))
    said = repr(sorted((name, value) for name, value in node.attributes.items() if not isinstance(value, tuple)))
    plain_key = None not in keys and keys
    return [
        Constant(array, (node.op, said, number, *keys) if plain_key else ("made by", node.outputs[0], number))
        for number, array in enumerate(arrays)
    ]


_UNKNOWN = {
    **dict.fromkeys(("LSTM", "GRU", "RNN"), "a recurrent layer has no connections that one figure shows"),
    **dict.fromkeys(("LayerNormalization", "GroupNormalization", "InstanceNormalization", "RMSNormalization", "LRN",
                     "SimplifiedLayerNormalization", "MeanVarianceNormalization"),
                    "what it divides by depends on the input"),
    **dict.fromkeys(("Attention", "com.microsoft:Attention", "com.microsoft:MultiHeadAttention"),
                    "the weights of attention depend on the input"),
    **dict.fromkeys(("Loop", "Scan"), "a loop is no layer"),
}  # fmt: skip
"""Why an operator cannot be drawn, where more can be said than that it is unknown."""
