"""Keras models to be read: real ones, and some that chance puts together."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers as L  # noqa: N812  # as in Keras' own examples
from keras import ops as O  # noqa: N812


class Case(NamedTuple):
    """A model by its name."""

    name: str
    model: Any


def residual() -> Any:
    x = start = keras.Input((16, 3), name="signal")
    y = L.Conv1D(4, 3, padding="same", strides=2, use_bias=False, name="conv_a")(x)
    y = L.ReLU()(L.BatchNormalization()(y))
    y = L.BatchNormalization(scale=False)(L.Conv1D(4, 3, padding="same", name="conv_b")(y))
    x = L.Conv1D(4, 1, strides=2, name="shortcut")(x)
    y = L.Activation("relu")(L.Add()([x, y]))
    y = L.GlobalAveragePooling1D()(y)
    return keras.Model(start, L.Dense(2, activation="softmax")(y))


def wavenet() -> Any:
    x = start = keras.Input((12, 2))
    skips = []
    for dilation in (1, 2, 4):
        f = L.Conv1D(3, 2, padding="causal", dilation_rate=dilation, activation="tanh")(x)
        g = L.Conv1D(3, 2, padding="causal", dilation_rate=dilation, activation="sigmoid")(x)
        y = L.Conv1D(2, 1)(L.Multiply()([f, g]))
        skips.append(y)
        x = L.Add()([x, y])
    return keras.Model(start, [L.Add()(skips), x])


def autoencoder() -> Any:
    return keras.Sequential(
        [
            L.Input((16, 1)), L.Conv1D(4, 4, strides=2, padding="same", activation="elu"), L.Conv1D(2, 3, strides=2, padding="same"),
            L.Flatten(), L.Dense(5), L.LeakyReLU(0.1), L.Dense(8), L.Reshape((4, 2)),
            L.Conv1DTranspose(4, 4, strides=2, padding="same"), L.PReLU(shared_axes=[1]), L.Conv1DTranspose(1, 3, strides=2, padding="same"),
        ]
    )  # fmt: skip


def separable() -> Any:
    return keras.Sequential(
        [
            L.Input((14, 3)), L.SeparableConv1D(5, 3, depth_multiplier=2, padding="same", activation="swish"),
            L.MaxPooling1D(2), L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", strides=2), L.AveragePooling1D(2, padding="same"),
            L.UpSampling1D(3), L.Cropping1D((1, 2)), L.ZeroPadding1D(1), L.Conv1D(2, 3), L.SpatialDropout1D(0.2), L.GlobalMaxPooling1D(),
        ]
    )  # fmt: skip


def nested() -> Any:
    """Models in models, one of them twice; layers that are shared; several inputs and outputs."""
    tower = keras.Sequential([L.Dense(4, activation="gelu"), L.Dense(3)], name="tower")
    inner_in = keras.Input((3,))
    inner = keras.Model(inner_in, L.Concatenate()([L.Dense(2, name="in_inner")(inner_in), inner_in]), name="inner")
    a, b = keras.Input((5,), name="a"), keras.Input((5,), name="b")
    shared = L.Dense(5, name="shared")
    x, y = tower(shared(a)), tower(shared(b))
    z = L.Subtract()([inner(x), inner(y)])
    top = L.Average()([x, y])
    return keras.Model([a, b], [z, L.Maximum()([top, x]), L.Minimum()([top, y])])


def mlp() -> Any:
    normalization = L.Normalization()
    normalization.adapt(np.random.default_rng(0).normal(2, 3, (50, 6)).astype("float32"))
    return keras.Sequential(
        [
            L.Input((6,)), normalization, L.Dense(8, kernel_regularizer="l2"), L.BatchNormalization(), L.ELU(0.7),
            L.Dropout(0.3), L.Rescaling(0.5, 1.0), L.Dense(3), L.Softmax(),
        ]
    )  # fmt: skip


def functions() -> Any:
    """Functions that stand in a model by themselves."""
    x = keras.Input((6, 4))
    y = O.leaky_relu(x * 2.0 - 1, 0.3) + x
    z = O.concatenate([y, O.transpose(O.reshape(x, (-1, 4, 6)), (0, 2, 1))], axis=-1)
    w = O.mean(z[:, 1:5], axis=1)
    return keras.Model(x, [w, 1 / (O.exp(-y) + 1), O.softmax(O.max(y, axis=2), axis=-1)])


def axes() -> Any:
    """Layers along other axes than the last."""
    x = start = keras.Input((6, 4))
    x = L.Permute((2, 1))(x)
    x = L.Dense(5)(x)
    x = L.BatchNormalization(axis=1)(x)
    y = L.Concatenate(axis=1)([x, L.Softmax(axis=1)(x)])
    v = L.RepeatVector(3)(L.Flatten()(L.Dense(2)(L.Flatten()(x))))
    return keras.Model(start, [y, L.TimeDistributed(L.Dense(4))(v), L.PReLU()(x)])


def cases() -> list[Case]:
    """The models that are real."""
    makers = (residual, wavenet, autoencoder, separable, nested, mlp, functions, axes)
    found = []
    for seed, maker in enumerate(makers):
        keras.utils.clear_session()
        found.append(Case(maker.__name__, settled(maker(), seed)))
    return found


def settled(model: Any, seed: int) -> Any:
    """The model with numbers that it might have been trained to."""
    chance = np.random.default_rng(seed)
    for variable in model.weights:
        name, shape = variable.name, variable.shape
        if "variance" in name:
            variable.assign(chance.uniform(0.5, 2, shape).astype("float32"))
        elif "count" not in name and "seed" not in name:
            variable.assign(chance.normal(0, 0.5, shape).astype("float32"))
    return model


ACTIVATIONS = [
    "relu",
    "relu6",
    "sigmoid",
    "tanh",
    "selu",
    "elu",
    "softplus",
    "softsign",
    "exponential",
    "leaky_relu",
    "silu",
    "gelu",
    "mish",
    "celu",
    "hard_silu",
    "hard_sigmoid",
    "hard_tanh",
    "hard_shrink",
    "soft_shrink",
    "tanh_shrink",
    "log_sigmoid",
    "softmax",
    "log_softmax",
    "linear",
]


def chance(seed: int) -> Any:
    """A model of layers that chance chose, sometimes as a sequence, sometimes with branches."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    dice = random.Random(seed)
    size = (dice.randint(8, 14), dice.randint(1, 4))
    x = start = keras.Input(size)
    for _ in range(dice.randint(3, 7)):
        made = _step(dice, x)
        if made is not None and 0 < np.prod(made.shape[1:]) <= 400:
            x = made
    return settled(keras.Model(start, x), seed)


def _step(dice: random.Random, x: Any) -> Any:
    if len(x.shape) == 2:
        return dice.choice([_dense, _dense, _activation, _norm, _expand, _merge])(dice, x)
    steps: list[Callable[[random.Random, Any], Any]] = [
        _conv, _conv, _conv, _transposed, _separable, _pool, _pool, _norm, _activation, _dense, _pad, _shape, _whole, _merge,
    ]  # fmt: skip
    return dice.choice(steps)(dice, x)


def _dense(dice: random.Random, x: Any) -> Any:
    return L.Dense(dice.randint(1, 5), activation=dice.choice(ACTIVATIONS), use_bias=dice.random() < 0.7)(x)


def _conv(dice: random.Random, x: Any) -> Any:
    groups = dice.choice([1, 1, x.shape[2]])
    stride = dice.randint(1, 2)
    dilation = 1 if stride > 1 else dice.randint(1, 2)
    padding = dice.choice(["valid", "same", "causal"])
    size = dice.randint(1, 4)
    if padding == "valid" and x.shape[1] <= dilation * (size - 1):
        size = 1
    return L.Conv1D(
        groups * dice.randint(1, 3), size, strides=stride, padding=padding, dilation_rate=dilation, groups=groups,
        activation=dice.choice(ACTIVATIONS), use_bias=dice.random() < 0.7,
    )(x)  # fmt: skip


def _transposed(dice: random.Random, x: Any) -> Any:
    return L.Conv1DTranspose(
        dice.randint(1, 3), dice.randint(1, 5), strides=dice.randint(1, 3), padding=dice.choice(["valid", "same"])
    )(x)


def _separable(dice: random.Random, x: Any) -> Any:
    size, stride, padding = dice.randint(1, min(3, x.shape[1])), dice.randint(1, 2), dice.choice(["valid", "same"])
    if dice.random() < 0.5:
        return L.DepthwiseConv1D(size, strides=stride, padding=padding, depth_multiplier=dice.randint(1, 2))(x)
    return L.SeparableConv1D(
        dice.randint(1, 4), size, strides=stride, padding=padding, depth_multiplier=dice.randint(1, 2)
    )(x)


def _pool(dice: random.Random, x: Any) -> Any:
    kind = dice.choice([L.MaxPooling1D, L.AveragePooling1D])
    size = dice.randint(1, min(3, x.shape[1]))
    return kind(size, strides=dice.choice([None, 1, 2]), padding=dice.choice(["valid", "same"]))(x)


def _whole(dice: random.Random, x: Any) -> Any:
    return dice.choice([L.GlobalMaxPooling1D, L.GlobalAveragePooling1D])(keepdims=dice.random() < 0.4)(x)


def _norm(dice: random.Random, x: Any) -> Any:
    return L.BatchNormalization(
        center=dice.random() < 0.7, scale=dice.random() < 0.7, epsilon=dice.choice([1e-3, 1e-5])
    )(x)


def _activation(dice: random.Random, x: Any) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: L.Activation(dice.choice(ACTIVATIONS)), lambda: L.ReLU(max_value=1.5), lambda: L.ReLU(negative_slope=0.2),
        lambda: L.ReLU(threshold=0.3), lambda: L.LeakyReLU(0.3), lambda: L.ELU(0.5), lambda: L.PReLU(),
        lambda: L.PReLU(shared_axes=[1]), L.Softmax, lambda: L.GaussianNoise(0.1),
    ]  # fmt: skip
    return dice.choice(kinds)()(x)


def _pad(dice: random.Random, x: Any) -> Any:
    if dice.random() < 0.3 and x.shape[1] > 3:
        return L.Cropping1D((1, dice.randint(0, 1)))(x)
    return dice.choice([L.ZeroPadding1D((dice.randint(0, 2), 1)), L.UpSampling1D(2)])(x)


def _shape(dice: random.Random, x: Any) -> Any:
    _, length, channels = x.shape
    kinds: list[Any] = [
        L.Permute((2, 1)),
        L.Reshape((channels, length)),
        L.Flatten(),
        L.Reshape((-1,)),
        L.SpatialDropout1D(0.1),
    ]
    return dice.choice(kinds)(x)


def _expand(dice: random.Random, x: Any) -> Any:
    return dice.choice([L.RepeatVector(dice.randint(2, 3)), L.Reshape((x.shape[1], 1)), L.Reshape((1, x.shape[1]))])(x)


def _merge(dice: random.Random, x: Any) -> Any:
    y = L.Dense(x.shape[1])(x) if len(x.shape) == 2 else L.Conv1D(x.shape[2], 3, padding="same")(x)
    kinds: list[Any] = [
        L.Add(),
        L.Subtract(),
        L.Multiply(),
        L.Maximum(),
        L.Minimum(),
        L.Average(),
        L.Concatenate(),
        L.Concatenate(axis=1),
    ]
    return dice.choice(kinds)([x, y])
