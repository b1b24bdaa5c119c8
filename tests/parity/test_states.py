"""Files of weights, written live by PyTorch and Keras, and read without them."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
if not os.environ.get("CONNECTIVITY_PARITY"):
    pytest.importorskip("torch", reason="needs PyTorch (make test-parity)")
    pytest.importorskip("keras", reason="needs Keras (make test-parity)")

import keras
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from connectivity import WeightsError, evaluate, load_weights, parse
from connectivity.weightfiles.torchfile import read_torch

TYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.int64,
    torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.bool,
]  # fmt: skip
FORMATS = st.booleans()
"""Whether a file is in the newer format."""


def saved(what: Any, newer: bool) -> bytes:
    buffer = io.BytesIO()
    torch.save(what, buffer, _use_new_zipfile_serialization=newer)
    return buffer.getvalue()


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """A view of a storage: any type, shape, strides and place; of bytes that say anything at all."""
    kind = draw(st.sampled_from(TYPES))
    size = draw(st.lists(st.integers(0, 4), max_size=4))
    stride = draw(st.lists(st.integers(0, 5), min_size=len(size), max_size=len(size)))
    offset = draw(st.integers(0, 5))
    numbers = offset + sum(max(n - 1, 0) * step for n, step in zip(size, stride, strict=True)) + 1
    width = torch.empty(0, dtype=kind).element_size()
    data = bytearray(draw(st.binary(min_size=numbers * width, max_size=numbers * width)))
    if kind is torch.bool:
        data = bytearray(byte & 1 for byte in data)
    flat = torch.frombuffer(data, dtype=torch.uint8).clone().view(kind)
    return flat.as_strided(size, stride, offset)


def plain(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """Its numbers as PyTorch says them; those of more bits than a double has are whole."""
    return np.array(tensor.detach().tolist(), dtype=object if tensor.dtype == torch.int64 else float).reshape(
        tensor.shape
    )


@given(st.lists(tensors(), min_size=1, max_size=4), FORMATS)
def test_any_tensor(found: list[torch.Tensor], newer: bool) -> None:
    state = {f"t{number}": tensor for number, tensor in enumerate(found)}
    weights = read_torch(saved(state, newer), "a.pt")
    assert [*weights] == [*state]
    for name, tensor in state.items():
        array = weights[name]
        np.testing.assert_array_equal(array.astype(plain(tensor).dtype), plain(tensor))
        assert weights.type_of(name) == str(tensor.dtype).removeprefix("torch.")


@given(FORMATS, st.booleans())
def test_parts_of_one_storage(newer: bool, parameters: bool) -> None:
    base = torch.arange(24.0).reshape(2, 3, 4)
    parts = {"all": base, "row": base[1], "turned": base.permute(2, 0, 1), "some": base[:, ::2, 1:3]}
    if parameters:
        parts = {name: torch.nn.Parameter(part) for name, part in parts.items()}
    weights = read_torch(saved(parts, newer), "a.pt")
    for name, part in parts.items():
        np.testing.assert_array_equal(weights[name], part.detach().numpy())


class Own(torch.nn.Module):
    """A module of one's own, which a file would need the code of."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3, 2)


@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
@pytest.mark.parametrize("newer", [False, True])
@pytest.mark.parametrize("what", [Own(), {"model": Own(), "epoch": 1}, {"net": {"a": 1}, "model": Own()}])
def test_whole_modules_are_code(what: Any, newer: bool) -> None:
    with pytest.raises(WeightsError, match=r"whole object \(.*Own\), which is code: save model.state_dict"):
        read_torch(saved(what, newer), "a.pt")


def test_scripts_are_code() -> None:
    buffer = io.BytesIO()
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), buffer)
    with pytest.raises(WeightsError, match="TorchScript program; save the state_dict"):
        read_torch(buffer.getvalue(), "a.pt")


@pytest.mark.parametrize("newer", [False, True])
def test_a_checkpoint_of_training(newer: bool) -> None:
    module = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(2, 2, 5)).sum().backward()
    optimizer.step()
    what = {
        "epoch": 1,
        "model_state_dict": module.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "loss": torch.tensor(1.0),
    }
    assert [*read_torch(saved(what, newer), "a.pt")] == [*module.state_dict()]
    two = {"encoder": module.state_dict(), "decoder": {"weight": torch.ones(2)}, "optimizer": optimizer.state_dict()}
    names = [f"encoder.{name}" for name in module.state_dict()]
    assert [*read_torch(saved(two, newer), "a.pt")] == [*names, "decoder.weight"]


LAYERS = st.lists(
    st.fixed_dictionaries(
        {
            "sort": st.sampled_from(["conv", "groups", "depthwise", "transposed", "norm"]),
            "k": st.integers(1, 3),
            "s": st.integers(1, 2),
            "bias": st.booleans(),
            "scale": st.booleans(),
        }
    ),
    min_size=1,
    max_size=2,
)


def keras_layer(sort: str, k: int, s: int, bias: bool, scale: bool, channels: int) -> tuple[Any, str, int]:
    """A layer of Keras on so many channels, the same in the notation, and its channels."""
    about = {"strides": s, "use_bias": bias}
    more = f",s={s}{',bias' * bias}"
    match sort:
        case "conv":
            return keras.layers.Conv1D(3, k, **about), f"conv:{k},c=3{more}", 3
        case "groups":
            layer = keras.layers.Conv1D(2 * channels, k, groups=channels, **about)
            return layer, f"conv:{k},c={2 * channels},g={channels}{more}", 2 * channels
        case "depthwise":
            layer = keras.layers.DepthwiseConv1D(k, depth_multiplier=2, **about)
            return layer, f"conv:{k},c={2 * channels},g={channels}{more}", 2 * channels
        case "transposed":  # whose kernel is not less than its stride: beyond, PyTorch and Keras differ
            k = max(k, s)
            return keras.layers.Conv1DTranspose(3, k, **about), f"convtranspose:{k},c=3{more}", 3
        case _:
            return keras.layers.BatchNormalization(scale=scale, center=bias, epsilon=0.01), "batchnorm", channels


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras with PyTorch
@settings(max_examples=60)
@given(LAYERS, st.booleans(), st.integers(0, 9))
def test_a_model_of_keras_computes_the_same(found: list[dict[str, Any]], flat: bool, seed: int) -> None:
    channels, layers, words = 4, [], ["4x12"]
    for about in found:
        layer, word, channels = keras_layer(**about, channels=channels)
        layers.append(layer)
        words.append(word)
    if flat:
        layers += [keras.layers.Flatten(), keras.layers.Dense(3)]
        words.append("fc:3,bias")
    model = keras.Sequential([keras.Input((12, 4)), *layers])
    random = np.random.RandomState(seed)
    for variable in model.variables:
        variable.assign(random.uniform(0.5, 1.5, variable.shape))
    x = random.uniform(-1, 1, (1, 12, 4))
    y = np.asarray(model(x).detach())[0]
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "m.keras")
        weights = load_weights(Path(folder) / "m.keras")
    computed = np.asarray(evaluate(parse(" ".join(words))[0], x[0].T, weights))
    np.testing.assert_allclose(computed.ravel(), y.T.ravel(), rtol=1e-4, atol=1e-4)
