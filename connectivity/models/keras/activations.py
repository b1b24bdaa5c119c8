"""Keras' activations, by their names and as layers: https://keras.io/api/layers/activations/."""

from __future__ import annotations

from typing import Any

import numpy as np

from connectivity.errors import visible
from connectivity.layers.affine import Affine
from connectivity.layers.merges import Add
from connectivity.models import joins
from connectivity.models.arrangement import places_of
from connectivity.models.keras.reading import Reading
from connectivity.models.workbench import Tensor

NAMES = {
    "relu": "relu", "relu6": "relu6", "sigmoid": "sigmoid", "tanh": "tanh", "selu": "selu", "elu": "elu",
    "softplus": "softplus", "softsign": "softsign", "exponential": "exp", "leaky_relu": "leaky_relu:0.2",
    "silu": "silu", "swish": "silu", "gelu": "gelu", "mish": "mish", "celu": "celu", "hard_silu": "hardswish",
    "hard_swish": "hardswish", "hard_tanh": "hardtanh", "hard_shrink": "hardshrink", "soft_shrink": "softshrink",
    "tanh_shrink": "tanhshrink", "log_sigmoid": "logsigmoid",
}  # fmt: skip
"""What Keras calls an activation, and what it is here."""


def activated(layer: Reading, x: Tensor, said: Any) -> Tensor:
    """A tensor after an activation, as a configuration says it: a name, or a layer. Raises ModelError for another."""
    if said is None or said == "linear":
        return x
    if isinstance(said, dict):
        return _described(layer, x, said)
    if said in ("softmax", "log_softmax"):
        return joins.mixed(layer.bench, x, said, -1)
    if said == "hard_sigmoid":
        return _hard_sigmoid(layer, x)
    if not isinstance(said, str) or said not in NAMES:
        raise layer.undrawable(f"the activation {visible(repr(said), 60)} is not known")
    return layer.bench.activation(x, NAMES[said])


def _hard_sigmoid(layer: Reading, x: Tensor) -> Tensor:
    """PyTorch's; until Keras 3 it was 0.2 x + 0.5, between 0 and 1."""
    if not layer.version.startswith(("1.", "2.")):
        return layer.bench.activation(x, "hardsigmoid")
    return layer.bench.activation(layer.bench.activation(x, "linear:0.2/0.5"), "clip:0.0/1.0")


def _described(layer: Reading, x: Tensor, said: dict[str, Any]) -> Tensor:
    """An activation that is an object: a function of Keras' own, or a layer of these."""
    class_name, config = said.get("class_name"), said.get("config")
    if (
        class_name == "function"
        and isinstance(config, str)
        and said.get("module") in ("builtins", "keras.activations", None)
    ):
        return activated(layer, x, config)
    table = {"ReLU": relu, "LeakyReLU": leaky_relu, "ELU": elu, "Softmax": softmax, "Activation": activation}
    if not isinstance(class_name, str) or class_name not in table or not isinstance(config, dict):
        raise layer.undrawable(
            f"the activation {visible(repr(class_name), 60)} is not known; code of its own is never run"
        )
    return table[class_name](layer.inside(class_name, config), [x])


def activation(layer: Reading, inputs: list[Tensor]) -> Tensor:
    return activated(layer, layer.first(inputs), layer.said("activation"))


def relu(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """``x`` from the threshold on, up to the largest value; below it ``negative_slope * (x - threshold)``."""
    x = layer.first(inputs)
    most = None if layer.said("max_value") is None else layer.number("max_value")
    slope, threshold = layer.number("negative_slope", 0.0), layer.number("threshold", 0.0)
    if slope and (threshold or most is not None):
        raise layer.undrawable("a slope beside a threshold or a largest value cannot be drawn")
    if slope:
        return layer.bench.activation(x, f"leaky_relu:{slope!r}")
    if threshold and most is not None:
        raise layer.undrawable("a threshold beside a largest value cannot be drawn")
    if threshold:
        return layer.bench.activation(x, f"threshold:{threshold!r}/0")
    if most is None:
        return layer.bench.activation(x, "relu")
    return layer.bench.activation(x, "relu6" if most == 6 else f"clip:0/{most!r}")


def leaky_relu(layer: Reading, inputs: list[Tensor]) -> Tensor:
    slope = layer.number("negative_slope", None if layer.said("alpha") is None else layer.number("alpha"))
    return layer.bench.activation(layer.first(inputs), f"leaky_relu:{slope!r}")


def elu(layer: Reading, inputs: list[Tensor]) -> Tensor:
    return layer.bench.activation(layer.first(inputs), f"elu:{layer.number('alpha', 1.0)!r}")


def thresholded_relu(layer: Reading, inputs: list[Tensor]) -> Tensor:
    return layer.bench.activation(layer.first(inputs), f"threshold:{layer.number('theta', 1.0)!r}/0")


def softmax(layer: Reading, inputs: list[Tensor]) -> Tensor:
    axis = layer.said("axis", -1)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    x = layer.first(inputs)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -len(x.dims) < axis < len(x.dims) or axis == 0:
        layer.fail(f"axis is {visible(repr(axis), 40)}; one axis of its input is needed")
    return joins.mixed(layer.bench, x, "softmax", axis)


def prelu(layer: Reading, inputs: list[Tensor]) -> Tensor:
    """A slope for each channel, or for each unit: then ``max(x, 0) - slope * max(-x, 0)``."""
    x, bench = layer.first(inputs), layer.bench
    alpha = layer.arrays(["alpha"])["alpha"]
    fits = alpha.ndim == len(x.dims) - 1 and all(a in (1, b) for a, b in zip(alpha.shape, x.dims[1:], strict=True))
    if not fits:
        layer.fail(f"its alpha has the shape {list(alpha.shape)}, for an input of {list(x.dims[1:])}")
    wide = [axis for axis, size in enumerate(alpha.shape, start=1) if size > 1]
    if len(wide) < 2 and len(x.dims) > 2:
        return joins.by_channel(bench, x, "prelu", alpha, wide[0] if wide else 1)
    value, axes = bench.settled(x)
    whole = Tensor(value, axes.tensor(places_of(value.shape), x.dims))
    positive, negative = bench.activation(whole, "relu"), bench.activation(bench.activation(whole, "neg"), "relu")
    slopes = axes.matrix(np.broadcast_to(-alpha, x.dims))
    tensors = {"weight": slopes}
    scaled = bench.layer(
        Affine,
        negative.value,
        axes,
        x.dims,
        name=layer.name,
        parameter=layer.scope.identity,
        tensors=tensors,
        per="unit",
    )
    return joins.merged(bench, Add, [positive, scaled])
