"""Functions of ``keras.ops`` that stand in a model by themselves, as in ``x * 2 + y``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from connectivity.errors import ModelError, visible
from connectivity.layers.arithmetic import Divide, Maximum, Minimum, Subtract
from connectivity.layers.base import SIZE_LIMIT, Layer
from connectivity.layers.merges import Add, Multiply
from connectivity.models import joins, norms
from connectivity.models.keras.activations import NAMES
from connectivity.models.keras.reading import Reading, snake_case
from connectivity.models.workbench import Tensor

Function = Callable[[Reading, list[Any]], Tensor | list[Tensor]]


def _no(layer: Reading, what: str) -> NoReturn:
    raise ModelError(f"{layer.where}: {what}")


def _two(layer: Reading, args: list[Any]) -> tuple[Any, Any]:
    """Two arguments: a tensor and a number, or two tensors."""
    if len(args) != 2 or not all(isinstance(each, Tensor) or _is_number(each) for each in args):
        _no(layer, "two tensors, or a tensor and a number, are needed")
    return args[0], args[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _one(layer: Reading, args: list[Any]) -> Tensor:
    if not args or not isinstance(args[0], Tensor) or any(each is not None for each in args[1:]):
        _no(layer, "one tensor is needed")
    return args[0]


def arithmetic(
    kind: type[Layer], right: Callable[[float], tuple[Any, Any]], left: Callable[[float], tuple[Any, Any]]
) -> Function:
    """A sum and the like; with a number it is a scale and a shift, as ``right`` and ``left`` say, where that stands."""

    def made(layer: Reading, args: list[Any]) -> Tensor:
        x, y = _two(layer, args)
        if isinstance(x, Tensor) and isinstance(y, Tensor):
            return joins.merged(layer.bench, kind, [x, y], layer.name)
        if not isinstance(x, Tensor) and not isinstance(y, Tensor):
            _no(layer, "one of two numbers has to be a tensor")
        tensor, number, of = (x, y, right) if isinstance(x, Tensor) else (y, x, left)
        return norms.affine(layer.bench, tensor, *of(float(number)))

    return made


def divide(layer: Reading, args: list[Any]) -> Tensor:
    x, y = _two(layer, args)
    if isinstance(x, Tensor) and isinstance(y, Tensor):
        return joins.merged(layer.bench, Divide, [x, y], layer.name)
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        _no(layer, "one of two numbers has to be a tensor")
    if isinstance(x, Tensor):
        if y == 0:
            _no(layer, "a division by 0")
        return norms.affine(layer.bench, x, 1 / y, None)
    return norms.affine(layer.bench, layer.bench.activation(y, "reciprocal"), float(x), None)


def extreme(kind: type[Layer]) -> Function:
    """The larger, or the smaller, of two."""

    def made(layer: Reading, args: list[Any]) -> Tensor:
        x, y = _two(layer, args)
        if not isinstance(x, Tensor) or not isinstance(y, Tensor):
            raise layer.undrawable("a bound that is a number cannot be drawn")
        return joins.merged(layer.bench, kind, [x, y], layer.name)

    return made


def reduction(operation: str) -> Function:
    """The mean, and the like, over some axes."""

    def made(layer: Reading, args: list[Any]) -> Tensor:
        x = _one(layer, args)
        said = layer.said("axis")
        axes = [] if said is None else said if isinstance(said, list) else [said]
        for axis in axes:
            _checked_axis(layer, axis, len(x.dims))
        return joins.reduced(layer.bench, x, operation, axes, layer.flag("keepdims", False), layer.name)

    return made


def _checked_axis(layer: Reading, axis: Any, number: int) -> int:
    if isinstance(axis, bool) or not isinstance(axis, int) or not -number <= axis < number:
        _no(layer, f"axis {visible(repr(axis), 40)} is none of its input")
    return axis % number


def concatenate(layer: Reading, args: list[Any]) -> Tensor:
    tensors = args[0] if args and isinstance(args[0], list) else args
    if not tensors or not all(isinstance(each, Tensor) for each in tensors):
        _no(layer, "tensors are needed")
    axis = _checked_axis(layer, layer.said("axis", 0), len(tensors[0].dims))
    rest = {(*each.dims[:axis], *each.dims[axis + 1 :]) for each in tensors}
    if len(rest) > 1:
        _no(layer, f"its inputs do not fit along axis {axis}")
    return joins.concatenated(layer.bench, tensors, axis, layer.name)


def moved(change: Callable[[Reading, Any], Any]) -> Function:
    """What puts elements elsewhere; ``change`` does it with their places, and raises ValueError where it cannot."""

    def made(layer: Reading, args: list[Any]) -> Tensor | list[Tensor]:
        if not args or not isinstance(args[0], Tensor):
            _no(layer, "a tensor is needed")
        x = args[0]
        try:
            places = change(layer, x.places)
        except (ValueError, TypeError, IndexError) as error:
            _no(layer, f"an input of shape {list(x.dims)} does not fit: {visible(str(error), 80)}")
        parts = [x.seen(part) for part in places] if isinstance(places, list) else [x.seen(places)]
        if any(not 0 < part.places.size <= SIZE_LIMIT for part in parts):
            _no(layer, f"from 1 to {SIZE_LIMIT:,} elements are possible")
        return parts if isinstance(places, list) else parts[0]

    return made


def get_item(layer: Reading, args: list[Any]) -> Tensor:
    """A part of a tensor, by slices and numbers."""
    if len(args) != 2 or not isinstance(args[0], Tensor):
        _no(layer, "a tensor and an index are needed")
    said = args[1] if isinstance(args[1], list) else [args[1]]
    index = tuple(_slice(layer, each) for each in said)
    made = moved(lambda _, places: places[index])(layer, args[:1])
    assert isinstance(made, Tensor)  # noqa: S101  # one part of one tensor
    return made


def _slice(layer: Reading, said: Any) -> Any:
    if said is None or (isinstance(said, int) and not isinstance(said, bool)):
        return said
    ends = said.get("config") if isinstance(said, dict) and said.get("class_name") == "__slice__" else None
    if not isinstance(ends, dict):
        _no(layer, f"the index {visible(repr(said), 40)} is not read")
    return slice(*(_whole_or_none(layer, ends.get(key)) for key in ("start", "stop", "step")))


def _whole_or_none(layer: Reading, value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        _no(layer, f"the index {visible(repr(value), 40)} is not read")
    return value


def activation(text: str) -> Function:
    """A function of each element."""
    return lambda layer, args: layer.bench.activation(_one(layer, args), text)


def softmax(word: str) -> Function:
    """A softmax along an axis."""

    def made(layer: Reading, args: list[Any]) -> Tensor:
        x = _one(layer, args)
        return joins.mixed(layer.bench, x, word, _checked_axis(layer, layer.said("axis", -1), len(x.dims)))

    return made


OPERATIONS: dict[str, Function] = {
    "add": arithmetic(Add, lambda b: (None, b), lambda a: (None, a)),
    "subtract": arithmetic(Subtract, lambda b: (None, -b), lambda a: (-1.0, a)),
    "multiply": arithmetic(Multiply, lambda b: (b, None), lambda a: (a, None)),
    "divide": divide,
    "true_divide": divide,
    "maximum": extreme(Maximum),
    "minimum": extreme(Minimum),
    "concatenate": concatenate,
    "mean": reduction("mean"),
    "sum": reduction("sum"),
    "max": reduction("max"),
    "min": reduction("min"),
    "reshape": moved(lambda layer, places: places.reshape(layer.wholes("newshape", least=-1))),
    "transpose": moved(lambda layer, places: places.transpose(layer.said("axes"))),
    "squeeze": moved(lambda layer, places: places.squeeze(layer.said("axis"))),
    "expand_dims": moved(lambda layer, places: np.expand_dims(places, layer.said("axis"))),
    "split": moved(
        lambda layer, places: list(np.split(places, layer.said("indices_or_sections"), layer.said("axis", 0)))
    ),
    "get_item": get_item,
    "negative": activation("neg"),
    "absolute": activation("abs"),
    **{
        word: activation(word)
        for word in ["exp", "log", "sqrt", "square", "reciprocal", "sin", "cos", "sign", "floor", "ceil"]
    },
    **{word: activation(text) for word, text in NAMES.items()},
    "softmax": softmax("softmax"),
    "log_softmax": softmax("log_softmax"),
}
"""How each function is read, by its name."""

_PLAIN = {"leaky_relu": "negative_slope", "elu": "alpha", "celu": "alpha"}  # of which the value may be another


def operation(layer: Reading, kind: str, args: list[Any]) -> Tensor | list[Tensor] | None:
    """What a function of ``keras.ops`` makes of its arguments; None of one that is not known."""
    word = snake_case(kind)
    function = OPERATIONS.get(word)
    if function is None:
        return None
    if word in _PLAIN and layer.said(_PLAIN[word]) is not None:
        function = activation(f"{word}:{layer.number(_PLAIN[word])!r}")
    if word == "gelu" and layer.flag("approximate", True):
        function = activation("gelu_tanh")
    return function(layer, args)
