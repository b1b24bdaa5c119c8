"""What PyTorch's arithmetic and its activations are as layers: sums and products, means, functions of each element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from connectivity.layers.arithmetic import Divide, Maximum, Minimum, Subtract
from connectivity.layers.base import Layer
from connectivity.layers.merges import Add, Multiply
from connectivity.models import joins, norms
from connectivity.models.pytorch.watching import Call
from connectivity.models.workbench import Tensor


def add(call: Call, x: Any, other: Any, *, alpha: float = 1) -> Tensor:
    return _sum(call, Add, x, _times(call, other, alpha))


def sub(call: Call, x: Any, other: Any, *, alpha: float = 1) -> Tensor:
    return _sum(call, Subtract, x, _times(call, other, alpha))


def rsub(call: Call, x: Any, other: Any, *, alpha: float = 1) -> Tensor:
    return _sum(call, Subtract, other, _times(call, x, alpha))


def _sum(call: Call, kind: type[Layer], x: Any, other: Any) -> Tensor:
    """A sum or a difference; of a constant it is a shift."""
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return joins.merged(call.bench, kind, [x, other], call.name())
    sign = -1.0 if kind is Subtract else 1.0
    if isinstance(x, Tensor):
        return _affine(call, x, None, other, lambda array: sign * array)
    return _affine(call, other, None if sign > 0 else np.float64(-1), x, lambda array: array)


def mul(call: Call, x: Any, other: Any) -> Tensor:
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return joins.merged(call.bench, Multiply, [x, other], call.name())
    tensor, constant = (x, other) if isinstance(x, Tensor) else (other, x)
    return _affine(call, tensor, constant, None, lambda array: array)


def div(call: Call, x: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    if rounding_mode is not None:
        raise NotImplementedError
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return joins.merged(call.bench, Divide, [x, other], call.name())
    if isinstance(x, Tensor):
        return _affine(call, x, other, None, lambda array: 1 / array)
    return mul(call, call.bench.activation(other, "reciprocal"), x)


def rdiv(call: Call, x: Any, other: Any) -> Tensor:
    return div(call, other, x)


def _times(call: Call, x: Any, factor: float) -> Any:
    """``factor * x``, of a tensor or of a constant."""
    if factor == 1:
        return x
    return mul(call, x, factor) if isinstance(x, Tensor) else x * factor


def _affine(call: Call, x: Tensor, scale: Any, shift: Any, of: Callable[[Any], Any]) -> Tensor:
    """A multiplication with a constant, or the addition of one; one that the module trains has its name."""
    constant = shift if scale is None else scale
    trained = hasattr(constant, "requires_grad") and (constant.requires_grad or constant.dim() > 0)
    arrays = [None if each is None else call.array(each) for each in (scale, shift)]
    arrays = [
        of(array) if array is not None and each is constant else array
        for array, each in zip(arrays, (scale, shift), strict=True)
    ]
    parameter = (call.shared(constant, None), call.word) if trained else None
    return norms.affine(call.bench, x, *arrays, name=call.name(), parameter=parameter)


def power(call: Call, x: Any, exponent: Any) -> Tensor:
    if not isinstance(x, Tensor) or not isinstance(exponent, (int, float)):
        raise NotImplementedError
    words = {2: "square", 0.5: "sqrt", -1: "reciprocal"}
    return call.bench.activation(x, words.get(exponent, f"pow:{float(exponent)!r}"))


def clamp(call: Call, x: Any, min: Any = None, max: Any = None) -> Tensor:
    if not isinstance(x, Tensor):
        raise NotImplementedError
    low, high = (_number(bound) for bound in (min, max))
    if low is None and high is None:
        return x
    if high is None:
        return call.bench.activation(x, "relu" if low == 0 else f"threshold:{low!r}/{low!r}")
    if low is None:  # the smaller of x and a bound is minus the larger of both with other signs
        turned = call.bench.activation(call.bench.activation(x, "neg"), f"threshold:{-high!r}/{-high!r}")
        return call.bench.activation(turned, "neg")
    return call.bench.activation(x, f"clip:{low!r}/{high!r}")


def _number(bound: Any) -> float | None:
    """One number, or none. A bound for each element is not read."""
    if bound is None or isinstance(bound, (int, float)):
        return None if bound is None or math.isinf(bound) else float(bound)
    if isinstance(bound, Tensor) or bound.numel() != 1:
        raise NotImplementedError
    return float(bound)


def together(kind: type[Layer]) -> Callable[..., Tensor]:
    """The larger, or the smaller, of two tensors."""

    def merged(call: Call, x: Any, other: Any) -> Tensor:
        if not isinstance(x, Tensor) or not isinstance(other, Tensor):
            constant = _number(other if isinstance(x, Tensor) else x)
            tensor = x if isinstance(x, Tensor) else other
            return clamp(call, tensor, **({"min": constant} if kind is Maximum else {"max": constant}))
        return joins.merged(call.bench, kind, [x, other], call.name())

    return merged


def extreme(operation: str, kind: type[Layer]) -> Callable[..., Any]:
    """``max`` or ``min``: of all elements, along an axis (with places that are not read), or of two tensors."""
    of_two = together(kind)

    def reduced(call: Call, x: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        second = other if other is not None else dim if hasattr(dim, "dtype") or isinstance(dim, Tensor) else None
        if second is not None:
            return of_two(call, x, second)
        made = _reduced(call, x, operation, dim, keepdim)
        return made if dim is None else [made]

    return reduced


def reduction(operation: str) -> Callable[..., Tensor]:
    """A mean, a sum and the like over some axes, or all."""

    def reduced(
        call: Call, x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None
    ) -> Tensor:
        return _reduced(call, x, operation, dim if axis is None else axis, keepdim)

    return reduced


def _reduced(call: Call, x: Any, operation: str, dim: Any, keepdim: bool) -> Tensor:
    if not isinstance(x, Tensor):
        raise NotImplementedError
    axes = () if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    return joins.reduced(call.bench, x, operation, axes, keepdim, call.name())


def norm(call: Call, x: Any, p: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None, **_: Any) -> Tensor:
    operation = {1: "l1", 2: "l2", "fro": "l2", None: "l2"}.get(p)
    if operation is None:
        raise NotImplementedError
    return _reduced(call, x, operation, dim, keepdim)


def vector_norm(call: Call, x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, **_: Any) -> Tensor:
    return norm(call, x, ord, dim, keepdim)


def normalize(call: Call, x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """Every element divided by the norm along an axis."""
    length = clamp(call, norm(call, x, p, dim, True), min=eps)
    return joins.merged(call.bench, Divide, [x, length], call.name())


def glu(call: Call, x: Any, dim: int = -1) -> Tensor:
    """The first half of an axis times the sigmoid of the second."""
    if not isinstance(x, Tensor):
        raise NotImplementedError
    half, gate = (x.seen(places) for places in np.split(x.places, 2, dim))
    return joins.merged(call.bench, Multiply, [half, call.bench.activation(gate, "sigmoid")], call.name())


def prelu(call: Call, x: Any, weight: Any) -> Tensor:
    if not isinstance(x, Tensor) or isinstance(weight, Tensor):
        raise NotImplementedError
    return joins.by_channel(call.bench, x, "prelu", call.array(weight))


def activation(word: str, **parameters: float) -> Callable[..., Tensor]:
    """A function of each element; ``parameters`` are PyTorch's, in order, with their defaults."""

    def activated(call: Call, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        if not isinstance(x, Tensor):
            raise NotImplementedError
        values = dict(parameters)
        values.update(zip(values, args, strict=False))  # behind them may stand inplace
        values.update({key: value for key, value in kwargs.items() if key in values})
        return call.bench.activation(x, spelled(word, list(values.values())))

    return activated


def spelled(word: str, values: Sequence[float]) -> str:
    """An activation with its values: ``leaky_relu:0.1``."""
    return f"{word}:" + "/".join(repr(float(value)) for value in values) if values else word


def gelu(call: Call, x: Any, approximate: str = "none") -> Tensor:
    return activation("gelu_tanh" if approximate == "tanh" else "gelu")(call, x)


def rrelu(
    call: Call, x: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, *_: Any, **__: Any
) -> Tensor:
    if training:
        raise NotImplementedError  # drawn by chance
    return activation("rrelu", lower=lower, upper=upper)(call, x)


def composed(*words: str) -> Callable[..., Tensor]:
    """Several activations, one after the other."""

    def activated(call: Call, x: Any) -> Tensor:
        for word in words:
            x = activation(word)(call, x)
        return x  # type: ignore[no-any-return]  # there is one word at least

    return activated


_ELEMENTWISE: dict[str, dict[str, float]] = {
    "leaky_relu": {"negative_slope": 0.01},
    "elu": {"alpha": 1.0},
    "celu": {"alpha": 1.0},
    "softplus": {"beta": 1.0, "threshold": 20.0},
    "softshrink": {"lambd": 0.5},
    "hardshrink": {"lambd": 0.5},
    "hardtanh": {"min_val": -1.0, "max_val": 1.0},
    "threshold": {"threshold": 0.0, "value": 0.0},
} | {
    word: {}
    for word in [
        "relu",
        "relu6",
        "selu",
        "silu",
        "mish",
        "softsign",
        "tanhshrink",
        "tanh",
        "sigmoid",
        "logsigmoid",
        "hardsigmoid",
        "hardswish",
        "exp",
        "log",
        "abs",
        "neg",
        "sqrt",
        "square",
        "reciprocal",
        "sin",
        "cos",
        "erf",
        "sign",
        "floor",
        "ceil",
        "round",
    ]
}

ARITHMETIC: dict[str, Callable[..., Any]] = {
    **{word: activation(word, **parameters) for word, parameters in _ELEMENTWISE.items()},
    "gelu": gelu,
    "rrelu": rrelu,
    "prelu": prelu,
    "glu": glu,
    "log_sigmoid": activation("logsigmoid"),
    "_threshold": activation("threshold", threshold=0.0, value=0.0),
    "negative": activation("neg"),
    "absolute": activation("abs"),
    "rsqrt": composed("sqrt", "reciprocal"),
    "log1p": composed("linear:1/1", "log"),
    "expm1": composed("exp", "linear:1/-1"),
    "log2": composed("log", f"linear:{1 / math.log(2)!r}/0"),
    "log10": composed("log", f"linear:{1 / math.log(10)!r}/0"),
    "add": add,
    "sub": sub,
    "subtract": sub,
    "rsub": rsub,
    "mul": mul,
    "multiply": mul,
    "div": div,
    "divide": div,
    "true_divide": div,
    "pow": power,
    "clamp": clamp,
    "clip": clamp,
    "clamp_min": lambda call, x, min: clamp(call, x, min=min),
    "clamp_max": lambda call, x, max: clamp(call, x, max=max),
    "maximum": together(Maximum),
    "minimum": together(Minimum),
    "max": extreme("max", Maximum),
    "min": extreme("min", Minimum),
    "mean": reduction("mean"),
    "sum": reduction("sum"),
    "amax": reduction("max"),
    "amin": reduction("min"),
    "prod": reduction("prod"),
    "norm": norm,
    "linalg_norm": vector_norm,
    "linalg_vector_norm": vector_norm,
    "normalize": normalize,
    "__add__": add, "__radd__": add, "__iadd__": add,
    "__sub__": sub, "__rsub__": rsub, "__isub__": sub,
    "__mul__": mul, "__rmul__": mul, "__imul__": mul,
    "__truediv__": div, "__div__": div, "__itruediv__": div, "__rdiv__": rdiv, "__rtruediv__": rdiv,
    "__pow__": power, "__neg__": activation("neg"), "__abs__": activation("abs"),
}  # fmt: skip
"""What makes a layer, or an activation, of a call; of operators by their methods."""
