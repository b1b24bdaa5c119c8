"""What the functions of PyTorch are as layers: a line for each name, with the arguments that it has there.

Their order and defaults are those of https://docs.pytorch.org/docs/stable/nn.functional.html. A function that raises
NotImplementedError is one that no layer does; what it makes is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from connectivity.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from connectivity.layers.lppool import LPPool
from connectivity.layers.pools import AvgPool, MaxPool
from connectivity.layers.upsample import Upsample
from connectivity.models import joins, norms, weighted, windows
from connectivity.models.pytorch.watching import Call
from connectivity.models.weighted import Weights
from connectivity.models.workbench import Tensor

MOVES = frozenset(
    [
        "view",
        "reshape",
        "view_as",
        "reshape_as",
        "flatten",
        "squeeze",
        "unsqueeze",
        "permute",
        "transpose",
        "t",
        "swapaxes",
        "swapdims",
        "movedim",
        "moveaxis",
        "expand",
        "expand_as",
        "broadcast_to",
        "repeat",
        "tile",
        "repeat_interleave",
        "chunk",
        "split",
        "tensor_split",
        "unbind",
        "narrow",
        "select",
        "index_select",
        "__getitem__",
        "getitem",
        "flip",
        "fliplr",
        "roll",
        "unflatten",
        "unfold",
        "T",
        "mT",
        "H",
        "mH",
        "adjoint",
        "channel_shuffle",
        "native_channel_shuffle",
        "pixel_shuffle",
        "pixel_unshuffle",
        "split_with_sizes",
        "slice",
        "ravel",
        "diagonal",
        "take_along_dim",
        "atleast_2d",
        "atleast_3d",
        "hsplit",
        "vsplit",
        "dsplit",
        "unsafe_chunk",
        "unsafe_split",
    ]
)
"""Functions that put elements elsewhere, and compute nothing."""


def linear(call: Call, x: Any, weight: Any, bias: Any = None) -> Tensor:
    return weighted.linear(call.bench, _tensor(x), _weights(call, weight, bias))


def addmm(call: Call, bias: Any, x: Any, weight: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    if beta != 1 or alpha != 1 or isinstance(bias, Tensor):
        raise NotImplementedError
    return linear(call, x, weight.t(), bias)


def matmul(call: Call, x: Any, weight: Any) -> Tensor:
    """A product with a constant matrix, from either side."""
    if isinstance(weight, Tensor):
        if isinstance(x, Tensor) or x.dim() != 2:
            raise NotImplementedError
        turned = weighted.linear(call.bench, weight.seen(np.swapaxes(weight.places, -1, -2)), _weights(call, x, None))
        return turned.seen(np.swapaxes(turned.places, -1, -2))
    while weight.dim() > 2 and weight.shape[0] == 1:
        weight = weight[0]
    if weight.dim() != 2:
        raise NotImplementedError
    return linear(call, x, weight.t())


def convolution(
    call: Call,
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """``conv1d``, and ``conv2d`` of which one axis is 1."""
    x, weight, number = _one_axis(_tensor(x), weight)
    made = weighted.convolution(
        call.bench,
        x,
        _weights(call, weight, bias),
        stride=number(stride, None),
        padding=padding if isinstance(padding, str) else number(padding, 0),
        dilation=number(dilation, None),
        groups=groups,
    )
    return number.back(made)


def transposed(
    call: Call,
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    x, weight, number = _one_axis(_tensor(x), weight)
    made = weighted.transposed_convolution(
        call.bench,
        x,
        _weights(call, weight, bias),
        stride=number(stride, None),
        cut=(number(padding, 0),) * 2,
        more=number(output_padding, 0),
        groups=groups,
        dilation=number(dilation, None),
    )
    return number.back(made)


def batch_norm(
    call: Call,
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: float = 1e-5,
    *_: Any,
) -> Tensor:
    if training or running_mean is None:
        raise NotImplementedError  # of the statistics of its input
    tensors = {"weight": weight, "bias": bias, "running_mean": running_mean, "running_var": running_var}
    given = {key: call.array(tensor) for key, tensor in tensors.items() if tensor is not None}
    parameter = None if weight is None else (call.shared(weight, bias), id(running_mean), id(running_var))
    return norms.batch_norm(call.bench, _tensor(x), 1, given, eps=eps, name=call.owner, parameter=parameter)


def any_batch_norm(call: Call, *args: Any, **kwargs: Any) -> Tensor:
    """``torch.nn.functional.batch_norm``, or ``torch.batch_norm``, which has its arguments in another order."""
    if "functional" not in str(getattr(call.function, "__module__", "")) and len(args) > 5:
        x, weight, bias, mean, variance, *rest = args
        args = (x, mean, variance, weight, bias, *rest)
    return batch_norm(call, *args, **kwargs)


def max_pool(
    call: Call,
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    if return_indices:
        raise NotImplementedError
    return _pool(call, MaxPool, x, kernel_size, stride, padding, dilation=dilation, ceil_mode=ceil_mode)


def avg_pool(
    call: Call,
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Tensor:
    if divisor_override is not None:
        raise NotImplementedError
    more = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
    return _pool(call, AvgPool, x, kernel_size, stride, padding, **more)


def lp_pool(
    call: Call, x: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    return _pool(call, LPPool, x, kernel_size, stride, None, norm=float(norm_type), ceil_mode=ceil_mode)


def _pool(call: Call, kind: Any, x: Any, kernel_size: Any, stride: Any, padding: Any, **fields: Any) -> Tensor:
    x, _, number = _one_axis(_tensor(x), None)
    size = number(kernel_size, 1)
    step = size if stride is None or stride == [] or stride == () else number(stride, None)
    if padding is not None:
        fields["padding"] = number(padding, 0)
    if "dilation" in fields:
        fields["dilation"] = number(fields["dilation"], None)
    made = windows.of_channels(call.bench, kind, x, call.name(), kernel_size=size, stride=step, **fields)
    return number.back(made)


def adaptive_avg_pool(call: Call, x: Any, output_size: Any) -> Tensor:
    return _adaptive(call, GlobalAvgPool, AdaptiveAvgPool, x, output_size)


def adaptive_max_pool(call: Call, x: Any, output_size: Any, return_indices: bool = False) -> Tensor:
    if return_indices:
        raise NotImplementedError
    return _adaptive(call, GlobalMaxPool, AdaptiveMaxPool, x, output_size)


def _adaptive(call: Call, whole: Any, parts: Any, x: Any, output_size: Any) -> Tensor:
    x, _, number = _one_axis(_tensor(x), None)
    size = number(output_size, 1)
    if size is None:
        return number.back(x)
    if size == 1:
        return number.back(windows.of_channels(call.bench, whole, x, call.name()))
    return number.back(windows.of_channels(call.bench, parts, x, call.name(), output_size=size))


def pad(call: Call, x: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    x = _tensor(x)
    pairs = [(int(left), int(right)) for left, right in zip(pad[::2], pad[1::2], strict=True)][::-1]
    sides = [(0, 0)] * (len(x.dims) - len(pairs)) + pairs
    return windows.padded(call.bench, x, sides, mode, float(value or 0), call.name())


def interpolate(
    call: Call,
    x: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    x, _, number = _one_axis(_tensor(x), None)
    word = {"bilinear": "linear", "nearest-exact": "nearest"}.get(mode, mode)
    if antialias or word not in ("nearest", "linear"):
        raise NotImplementedError
    fields: dict[str, Any] = {"mode": word}
    if size is not None or recompute_scale_factor:
        fields["size"] = int(x.dims[-1] * number(scale_factor, 1)) if size is None else number(size, 1)
    else:
        factor = number(scale_factor, 1)
        fields["factor"] = int(factor) if factor == int(factor) else float(factor)
    if mode == "nearest-exact":
        fields |= {"coordinates": "half_pixel", "rounding": "round_prefer_ceil"}
    if align_corners and word == "linear":
        fields["align_corners"] = True
    return number.back(windows.of_channels(call.bench, Upsample, x, call.name(), **fields))


class _Number:
    """How arguments of one axis are found among those of two, of which the other is 1."""

    def __init__(self, axis: int | None) -> None:
        self.axis = axis  # the axis that is 1

    def __call__(self, value: Any, trivial: Any) -> Any:
        """The number for the axis that is not 1; for the other it has to be ``trivial``, unless that is None."""
        if not isinstance(value, (list, tuple)):
            if self.axis is not None and trivial is not None and value != trivial:
                raise NotImplementedError
            return value
        if len(value) == 1:
            return value[0]
        if self.axis is None or len(value) != 2:
            raise NotImplementedError
        if trivial is not None and value[self.axis - 2] != trivial:
            raise NotImplementedError
        return value[1 - (self.axis - 2)]

    def back(self, made: Tensor) -> Tensor:
        """The result with its axis of 1."""
        return made if self.axis is None else made.seen(np.expand_dims(made.places, self.axis))


def _one_axis(x: Tensor, weight: Any) -> tuple[Tensor, Any, _Number]:
    """A tensor of channels and positions; of one with two axes of positions the other is 1, in a kernel as well."""
    if len(x.dims) == 3:
        return x, weight, _Number(None)
    if len(x.dims) != 4:
        raise NotImplementedError
    ones = [axis for axis in (3, 2) if x.dims[axis] == 1 and (weight is None or weight.shape[axis] == 1)]
    if not ones:
        raise NotImplementedError
    axis = ones[0]
    return x.seen(x.places.squeeze(axis)), None if weight is None else weight.squeeze(axis), _Number(axis)


def _tensor(x: Any) -> Tensor:
    """What has to depend on the input."""
    if not isinstance(x, Tensor):
        raise NotImplementedError
    return x


def _weights(call: Call, weight: Any, bias: Any) -> Weights:
    """Constants as weights. What depends on the input is none."""
    if isinstance(weight, Tensor) or isinstance(bias, Tensor):
        raise NotImplementedError
    arrays = call.array(weight), None if bias is None else call.array(bias)
    return Weights(*arrays, name=call.owner, parameter=call.shared(weight, bias))


def mixing(word: str) -> Callable[..., Tensor]:
    """A softmax or one of its kin."""

    def mixed(call: Call, x: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
        x = _tensor(x)
        axis = dim if dim is not None else 0 if len(x.dims) in (0, 1, 3) else 1
        return joins.mixed(call.bench, x, word, axis)

    return mixed


def cat(call: Call, tensors: Sequence[Any], dim: int = 0, *, axis: int | None = None) -> Tensor:
    parts = [_tensor(each) for each in tensors]
    return joins.concatenated(call.bench, parts, (dim if axis is None else axis) % len(parts[0].dims), call.name())


def stack(call: Call, tensors: Sequence[Any], dim: int = 0) -> Tensor:
    parts = [_tensor(each) for each in tensors]
    at = dim % (len(parts[0].dims) + 1)
    return joins.concatenated(
        call.bench, [each.seen(np.expand_dims(each.places, at)) for each in parts], at, call.name()
    )


LAYERS: dict[str, Callable[..., Any]] = {
    "linear": linear,
    "addmm": addmm,
    "matmul": matmul,
    "mm": matmul,
    "bmm": matmul,
    "__matmul__": matmul,
    "__rmatmul__": lambda call, weight, x: matmul(call, x, weight),
    "conv1d": convolution,
    "conv2d": convolution,
    "conv_transpose1d": transposed,
    "conv_transpose2d": transposed,
    "batch_norm": any_batch_norm,
    "max_pool1d": max_pool,
    "max_pool2d": max_pool,
    "avg_pool1d": avg_pool,
    "avg_pool2d": avg_pool,
    "lp_pool1d": lp_pool,
    "adaptive_avg_pool1d": adaptive_avg_pool,
    "adaptive_avg_pool2d": adaptive_avg_pool,
    "adaptive_max_pool1d": adaptive_max_pool,
    "adaptive_max_pool2d": adaptive_max_pool,
    "pad": pad,
    "interpolate": interpolate,
    "upsample": interpolate,
    "softmax": mixing("softmax"),
    "softmin": mixing("softmin"),
    "log_softmax": mixing("log_softmax"),
    "cat": cat,
    "concat": cat,
    "concatenate": cat,
    "stack": stack,
}
"""What makes a layer with weights, or of windows, of a call."""
