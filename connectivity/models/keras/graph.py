"""The layers of a Keras model in the order in which they can be computed: Sequential, Functional, one in the other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from connectivity.errors import ModelError, NetworkError, suggestion, visible
from connectivity.layers.base import SIZE_LIMIT, Shape
from connectivity.models.damage import DamageError
from connectivity.models.keras.archive import Archive
from connectivity.models.keras.layers import LAYERS
from connectivity.models.keras.operations import operation
from connectivity.models.keras.reading import Reading, Scope, UndrawableError
from connectivity.models.workbench import Tensor, Workbench

CALL_LIMIT = 5_000
"""The most calls of layers in a model."""

DEPTH_LIMIT = 20
"""The deepest that models may stand in models."""

_MODELS = ("Functional", "Sequential", "Model")
_INPUT = "InputLayer"


class Unknown(NamedTuple):
    """A tensor of a layer that cannot be drawn, and why; ``last`` is the layer before it."""

    reason: str
    last: str = ""


Known: TypeAlias = Tensor | Unknown


class Done(Exception):  # noqa: N818  # no error: the way out of nested models
    """Everything that is wanted is there: the outputs of the last layer that is read."""

    def __init__(self, tensors: Sequence[Known]) -> None:
        super().__init__()
        self.tensors = list(tensors)


class Call(NamedTuple):
    """A call of a layer: which, for the how many-th time, and its arguments, in which tensors are references."""

    entry: Mapping[str, Any]
    scope: Scope
    number: int
    args: list[Any]


class Reference(NamedTuple):
    """A tensor: the layer that made it, by which of its calls, and which of its outputs it is; and its shape if said."""

    layer: str
    call: int
    output: int
    shape: tuple[Any, ...] = ()


class Graph:
    """A model on its way to a bench.

    ``shapes`` are those of its inputs by their names ("": of the only one), without the batch, where the model leaves
    them open; ``start`` and ``end`` name the first layer and the last that are read.
    """

    def __init__(
        self,
        bench: Workbench,
        archive: Archive,
        shapes: Mapping[str, Sequence[int]],
        start: str | None,
        end: str | None,
    ) -> None:
        self._bench, self._archive, self._shapes, self._start, self._end = bench, archive, shapes, start, end
        self._names: dict[str, None] = {}

    def outputs(self) -> list[Known]:
        """The outputs of the whole model. Raises ModelError for one that is not as Keras writes it."""
        config = self._archive.config
        if config.get("class_name") not in _MODELS:
            raise ModelError(
                f"its model is of the class {visible(repr(config.get('class_name')), 60)}; Sequential and Functional "
                "models are read, since those of other classes have their layers in code"
            )
        try:
            made = self._model(config, None, Scope(self._archive), 0)
        except Done as done:
            made = done.tensors
        for name in (self._start, self._end):
            if name is not None and name not in self._names:
                raise ModelError(f'there is no layer "{visible(name)}" in it{suggestion(name, self._names)}')
        return made

    def _model(self, entry: Mapping[str, Any], inputs: list[Known] | None, scope: Scope, depth: int) -> list[Known]:
        """The outputs of a model on ``inputs``; of the outermost they are made."""
        if depth > DEPTH_LIMIT:
            raise ModelError(
                f"models stand in models more than {DEPTH_LIMIT} deep, at most so deep they are read, and no option raises it"
            )
        config = _object(entry.get("config"), "the configuration of a model")
        entries = [_object(each, "a layer") for each in _list(config.get("layers"), "the layers of a model")]
        if len(entries) > CALL_LIMIT:
            raise ModelError(f"{len(entries):,} layers; at most {CALL_LIMIT:,}, which no option raises")
        layered = [each for each in entries if not _is_operation(each)]
        scopes = dict(zip(map(id, layered), scope.of_layers(layered), strict=True))
        if entry.get("class_name") == "Sequential":
            return self._sequential(config, entries, scopes, inputs, depth)
        return self._functional(config, entries, scopes, inputs, depth)

    def _sequential(
        self,
        config: Mapping[str, Any],
        entries: list[Any],
        scopes: Mapping[int, Scope],
        inputs: list[Known] | None,
        depth: int,
    ) -> list[Known]:
        if inputs is None:
            inputs = [self._input("x", _first_shape(config, entries))]
        tensors = inputs
        steps = [each for each in entries if each.get("class_name") != _INPUT]
        for number, each in enumerate(steps):
            if _name(each) == self._start:
                before = _name(steps[number - 1]) if number else "x"
                shape = _dict(each.get("build_config")).get("input_shape")
                tensors = [self._input(before, shape, fresh=True)]
            tensors = self._called(Call(each, scopes.get(id(each), Scope(self._archive)), 0, [*tensors]), depth)
        return tensors

    def _functional(
        self,
        config: Mapping[str, Any],
        entries: list[Any],
        scopes: Mapping[int, Scope],
        inputs: list[Known] | None,
        depth: int,
    ) -> list[Known]:
        known: dict[tuple[str, int, int], Known] = {}
        starts = _references(config.get("input_layers"))
        by_name = {_name(each): each for each in entries}
        for number, start in enumerate(starts):
            if inputs is not None and number >= len(inputs):
                raise ModelError(f"a model of {len(starts)} inputs is given {len(inputs)}; it needs one for each")
            said = _dict(_dict(by_name.get(start.layer)).get("config"))
            known[start[:3]] = (
                self._input(start.layer, said.get("batch_shape", said.get("batch_input_shape")))
                if inputs is None
                else inputs[number]
            )
        calls = [call for each in entries for call in _calls(each, scopes.get(id(each), Scope(self._archive)))]
        if len(calls) > CALL_LIMIT:
            raise ModelError(f"{len(calls):,} calls of layers; at most {CALL_LIMIT:,}, which no option raises")
        for call in _in_order(calls, known):
            name = _name(call.entry)
            made = self._called(self._fresh(call) if name == self._start else _filled(call, known), depth)
            known.update({(name, call.number, place): tensor for place, tensor in enumerate(made)})
        outputs = _references(config.get("output_layers"))
        missing = next((each for each in outputs if each[:3] not in known), None)
        if missing is not None or not outputs:
            raise DamageError(
                f'an output of the model, "{visible(missing.layer) if missing else ""}", is made by no layer'
            )
        return [known[each[:3]] for each in outputs]

    def _fresh(self, call: Call) -> Call:
        """The first call that is read, with inputs in place of what comes before; it says their shapes."""
        made: dict[Reference, Known] = {}
        for each in _found(call.args):
            if each not in made:
                made[each] = self._input(each.layer, list(each.shape), fresh=True)
        return _filled(call, {each[:3]: tensor for each, tensor in made.items()})

    def _input(self, name: str, said: Any, fresh: bool = False) -> Known:
        """An input: channels last in the model, and first here. ``fresh``: in place of what comes before."""
        if self._start is not None and not fresh:
            return Unknown(f'an output needs what comes before "{visible(self._start)}"')
        sizes = list(said[1:]) if isinstance(said, (list, tuple)) and len(said) > 1 else None
        given = self._shapes.get(name, self._shapes.get(""))
        sizes = sizes if given is None else list(given)
        whole = sizes is not None and all(
            isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes
        )
        if sizes is None or not whole or math.prod(sizes) > SIZE_LIMIT:
            raise ModelError(
                f'the input "{visible(name)}" has the shape {visible(repr(sizes), 40)}; say what it is, without the batch, '
                f"by an input shape such as {'128x3' if sizes is None or len(sizes) > 1 else '16'} "
                f"(positions x channels, at most {SIZE_LIMIT:,} values)"
            )
        channels, length = (sizes[-1], math.prod(sizes[:-1])) if len(sizes) > 1 else (1, sizes[0])
        value = self._bench.assembly.input(name, Shape(channels, length), turned=len(sizes) > 1)
        return Tensor(value, np.arange(channels * length).reshape(channels, length).T.reshape(1, *sizes))

    def _called(self, call: Call, depth: int) -> list[Known]:
        """The outputs of a call of a layer."""
        name = _name(call.entry)
        self._names[name] = None
        inputs = list(_tensors(call.args))
        made = self._outputs(call, inputs, depth)
        if name == self._end:
            raise Done(made)
        return made

    def _outputs(self, call: Call, inputs: list[Known], depth: int) -> list[Known]:
        name, class_name = _name(call.entry), str(call.entry.get("class_name"))
        if class_name in _MODELS and inputs:
            return self._model(call.entry, inputs, call.scope, depth + 1)
        unknown = next((each for each in inputs if isinstance(each, Unknown)), None)
        if unknown is not None:
            return [unknown]
        config = _object(call.entry.get("config"), f'the configuration of layer "{visible(name)}"')
        layer = Reading(self._bench, class_name, name, config, call.scope, self._archive.version)
        try:
            made = self._made(layer, call)
        except NetworkError as error:
            raise layer.error(str(error)) from error
        except UndrawableError as error:
            return [Unknown(str(error), [*self._names, ""][-3 if len(self._names) > 1 else -1])]
        return [*made] if isinstance(made, list) else [made]

    def _made(self, layer: Reading, call: Call) -> Tensor | list[Tensor]:
        own = call.entry.get("registered_name") not in (None, layer.class_name) or not _is_keras(call.entry)
        if _is_operation(call.entry) and not own:
            made = operation(layer, layer.class_name, call.args)
            if made is not None:
                return made
        elif layer.class_name == "Lambda":
            raise layer.undrawable("it holds code, which is never run")
        elif layer.class_name == "TimeDistributed":
            return self._distributed(layer, call)
        elif layer.class_name in LAYERS and not own:
            return LAYERS[layer.class_name](layer, _inputs(call))
        raise layer.undrawable("it cannot be drawn" + (", since it is no layer of Keras' own" if own else ""))

    def _distributed(self, layer: Reading, call: Call) -> Tensor:
        """A layer at each position by itself: a Dense does that anyway, and what works by elements."""
        inner = _dict(layer.said("layer"))
        class_name = str(inner.get("class_name"))
        if class_name not in ("Dense", "Activation", "Dropout"):
            raise layer.undrawable(f"a {visible(class_name)} at each position cannot be drawn")
        config = _object(inner.get("config"), "a configuration")
        wrapped = Reading(self._bench, class_name, layer.name, config, call.scope.wrapped(), self._archive.version)
        return LAYERS[class_name](wrapped, _inputs(call))


def _calls(entry: Mapping[str, Any], scope: Scope) -> Iterator[Call]:
    """The calls of a layer in a functional model."""
    nodes = entry.get("inbound_nodes")
    for number, node in enumerate(_list(nodes, "inbound_nodes") if nodes else []):
        if isinstance(node, dict):  # Keras 3
            given = _dict(node.get("kwargs"))
            if any(True for _ in _found(_referenced(list(given.values()), 0))):
                raise ModelError(
                    f'layer "{visible(_name(entry))}" is given tensors by name, which is not read; give them in order'
                )
            args = _referenced(_list(node.get("args"), "the arguments of a layer"), 0)
        else:
            args = [Reference(*each) for each in _old_references(node)]
        yield Call(entry, scope, number, args)


def _referenced(value: Any, depth: int) -> Any:
    """Arguments as Keras 3 writes them, with references in place of tensors."""
    if depth > DEPTH_LIMIT:
        raise DamageError("the arguments of a layer are nested too deep")
    if isinstance(value, list):
        return [_referenced(each, depth + 1) for each in value]
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = _dict(value.get("config"))
        (history,) = _old_references([config.get("keras_history")])
        shape = config.get("shape")
        return Reference(*history, tuple(shape) if isinstance(shape, list) else ())
    return value


def _old_references(node: Any) -> list[tuple[str, int, int]]:
    """Tensors by layer, call and output, as Keras 2 lists them."""
    references = []
    for each in _list(node, "the inputs of a layer"):
        if not isinstance(each, list) or len(each) < 3 or not isinstance(each[0], str):
            raise DamageError("a tensor of the model is not said by its layer and two numbers")
        if not all(isinstance(number, int) for number in each[1:3]):
            raise DamageError("a tensor of the model is not said by its layer and two numbers")
        references.append((each[0], each[1], each[2]))
    return references


def _references(value: Any) -> list[Reference]:
    """The inputs or outputs of a model: a list of tensors, or one alone; or some by names."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list) and value and isinstance(value[0], str):
        value = [value]
    return [Reference(*each) for each in _old_references(value)]


def _found(args: Any) -> Iterator[Reference]:
    """The references in arguments."""
    if isinstance(args, Reference):
        yield args
    elif isinstance(args, list):
        for each in args:
            yield from _found(each)


def _tensors(args: Any) -> Iterator[Known]:
    """The tensors in arguments that are there."""
    if isinstance(args, (Tensor, Unknown)):
        yield args
    elif isinstance(args, list):
        for each in args:
            yield from _tensors(each)


def _inputs(call: Call) -> list[Tensor]:
    """The tensors that a layer takes."""
    return [each for each in _tensors(call.args) if isinstance(each, Tensor)]


def _filled(call: Call, known: Mapping[tuple[str, int, int], Known]) -> Call:
    """A call with tensors in place of references."""

    def filled(value: Any) -> Any:
        if isinstance(value, Reference):
            return known.get(value[:3], Unknown(f'"{visible(value.layer)}" has no output {value.output}'))
        return [filled(each) for each in value] if isinstance(value, list) else value

    return call._replace(args=filled(call.args))


def _in_order(calls: Sequence[Call], known: Mapping[tuple[str, int, int], Known]) -> Iterator[Call]:
    """Calls, each when all that it takes has been made. Raises ModelError for a cycle, or for what nobody makes."""
    made = {(layer, call) for layer, call, _ in known}
    waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
    missing = []
    for number, call in enumerate(calls):
        needs = {(each.layer, each.call) for each in _found(call.args)} - made
        missing.append(len(needs))
        for need in needs:
            waiting[need].append(number)
    ready = [number for number, left in enumerate(missing) if not left][::-1]
    done = 0
    while ready:
        call = calls[ready.pop()]
        done += 1
        yield call
        for number in waiting.pop((_name(call.entry), call.number), ()):
            missing[number] -= 1
            if not missing[number]:
                ready.append(number)
    if done < len(calls):
        stuck = next(call for call, left in zip(calls, missing, strict=True) if left)
        raise ModelError(f'layer "{visible(_name(stuck.entry))}" takes what is made of its own output, or by no layer')


def _first_shape(config: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Any:
    """The shape of a sequential model's input, batch first, wherever it is said."""
    first = _dict(entries[0].get("config")) if entries else {}
    found = (first.get("batch_shape"), first.get("batch_input_shape"), config.get("build_input_shape"))
    return next((shape for shape in found if isinstance(shape, list)), None)


def _name(entry: Mapping[str, Any]) -> str:
    """What a model calls a layer."""
    name = entry.get("name") or _dict(entry.get("config")).get("name")
    return name if isinstance(name, str) else str(entry.get("class_name"))


def _is_operation(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is a function, not a layer; the older files say no module, but of layers their type."""
    config = _dict(entry.get("config"))
    if entry.get("module") is None:
        return (
            entry.get("class_name") not in (_INPUT, *_MODELS) and not {"trainable", "dtype", "layers"} & config.keys()
        )
    return str(entry["module"]).startswith(("keras.src.ops", "keras.ops"))


def _is_keras(entry: Mapping[str, Any]) -> bool:
    """Whether a class is one of Keras' own, as far as the file says."""
    return str(entry.get("module") or "keras").split(".")[0] in ("keras", "tf_keras", "keras_core")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DamageError(f"{what} is no object")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise DamageError(f"{what} is no list")
    return value
