"""Write ``tests/states/``: small files of weights as PyTorch, Keras and safetensors write them, and what is in them.

Run by ``make vectors``, in an environment with PyTorch and Keras. Weights are small dyadic fractions.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrizations, prune, weight_norm

FOLDER = Path(__file__).parent.parent / "states"
NETWORK = "2x10 conv:3,c=4,bias batchnorm relu conv:2,s=2,c=3,bias maxpool:2 fc:3,bias"
KERAS_NETWORK = (
    "2x12 a=conv:3,c=4,bias{0} batchnorm{1} relu conv:2,g=4,c=8,bias{2} convtranspose:3,s=2,c=2,bias{3} "
    "conv:3,g=2,c=2,s=3,bias{4} relu fc:3,bias{5} head=fc:2,bias{6}"
)


def main() -> None:
    """Write all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")  # of what is deprecated, and is written for that
    expected = {"mixed": write_mixed(), "networks": [*write_torch(), *write_keras()]}
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


def save(what: Any, name: str) -> None:
    """A file in both formats of PyTorch: NAME, and NAME with ``-old``."""
    torch.save(what, FOLDER / name)
    stem, _, suffix = name.partition(".")
    torch.save(what, FOLDER / f"{stem}-old.{suffix}", _use_new_zipfile_serialization=False)


def dyadic(tensors: Mapping[str, torch.Tensor], seed: int = 0) -> None:
    """Fill tensors with multiples of 1/8; variances are not less than 1/8."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in tensors.items():
            if tensor.is_floating_point():
                tensor.copy_(torch.randint(-8, 9, tensor.shape, generator=generator) / 8)
                if name.endswith("running_var"):
                    tensor.abs_().add_(0.125)


def mixed() -> dict[str, torch.Tensor]:
    """Tensors of every sort."""
    base = torch.arange(24.0)
    return {
        "transposed": base.reshape(4, 6).t(),
        "part": base[3:9],
        "steps": base[1::5],
        "scalar": torch.tensor(3),
        "empty": torch.zeros(0, 3),
        "parameter": nn.Parameter(torch.ones(2, 2)),
        "expanded": torch.ones(1).expand(5),
        "double": torch.tensor([0.1], dtype=torch.float64),
        "half": torch.tensor([0.5, -2], dtype=torch.float16),
        "bfloat16": torch.tensor([0.5, -3], dtype=torch.bfloat16),
        "float8_e4m3fn": torch.arange(0, 256, 5, dtype=torch.uint8)[:50].view(torch.float8_e4m3fn),
        "float8_e5m2": torch.tensor([0.5, -3]).to(torch.float8_e5m2),
        "int16": torch.tensor([1, -2], dtype=torch.int16),
        "uint16": torch.tensor([1, 60000]).to(torch.uint16),
        "bool": torch.tensor([True, False]),
    }


def write_mixed() -> dict[str, Any]:
    """A file of tensors of every sort, and what is in them; and those that cannot be weights."""
    tensors = mixed()
    unusable = {
        "complex": torch.ones(2, dtype=torch.complex64),
        "quantised": torch.quantize_per_tensor(torch.ones(2), 1, 0, torch.qint8),
        "sparse": torch.eye(2).to_sparse(),
        "numpy": np.ones(3),
    }
    save({**unusable, **tensors}, "mixed.pt")
    torch.save(nn.Sequential(nn.Linear(2, 1)), FOLDER / "module.pt")  # the old format would add PyTorch's own source
    return {name: tensor.detach().to(torch.float64).tolist() for name, tensor in tensors.items()}


def cnn() -> nn.Sequential:
    """The network NETWORK."""
    return nn.Sequential(
        nn.Conv1d(2, 4, 3),
        nn.BatchNorm1d(4),
        nn.ReLU(),
        nn.Conv1d(4, 3, 2, stride=2),
        nn.MaxPool1d(2),
        nn.Flatten(),
        nn.Linear(6, 3),
    ).eval()


def write_torch() -> list[dict[str, Any]]:
    """State dicts of one network in every dress, and what the network computes."""
    module = cnn()
    dyadic(module.state_dict())
    state = module.state_dict()
    save(state, "cnn.pt")
    save_file(state, FOLDER / "cnn.safetensors")
    (FOLDER / "cnn.safetensors").chmod(0o644)
    torch.save({f"module.{key}": value for key, value in state.items()}, FOLDER / "parallel.pth")
    torch.save(lightning(module), FOLDER / "lightning.ckpt")
    torch.save({"epoch": 3, "model": state, "at": datetime.date(2024, 5, 6)}, FOLDER / "nested.pt")
    x = torch.randint(-4, 5, (1, 2, 10), generator=torch.Generator().manual_seed(1)) / 2
    names = ("cnn.pt", "cnn-old.pt", "cnn.safetensors", "parallel.pth", "lightning.ckpt", "nested.pt")
    items = [item(NETWORK, list(names), x, module)]
    for name, made in pieces().items():
        save(made.state_dict(), name)
        x = torch.randint(-4, 5, (1, 2, 6), generator=torch.Generator().manual_seed(2)) / 2
        items.append(item("2x6 conv:3,c=3,bias convtranspose:2,c=2 fc:2", [name, name.replace(".", "-old.")], x, made))
    return items


def item(network: str, files: list[str], x: torch.Tensor, module: nn.Module) -> dict[str, Any]:
    """What a module computes of ``x`` [1, C, L], in double precision."""
    y = module.double()(x.double())[0].detach().tolist()
    return {"network": network, "files": files, "x": x[0].tolist(), "y": y, "exact": 1e-12}


def lightning(module: nn.Module) -> dict[str, Any]:
    """A checkpoint with much beside the weights, as PyTorch Lightning writes it."""
    optimizer = torch.optim.Adam(module.parameters())
    return {
        "epoch": 4,
        "pytorch-lightning_version": "2.2.0",
        "optimizer_states": [optimizer.state_dict()],
        "callbacks": {("key", 1): argparse.Namespace(best=torch.tensor(0.25), path=Path("a"))},
        "hyper_parameters": argparse.Namespace(lr=0.1, act=nn.ReLU),
        "state_dict": {f"net.{key}": value for key, value in module.state_dict().items()},
    }


def pieces() -> dict[str, nn.Module]:
    """Modules whose weights are kept in pieces."""

    def plain() -> nn.Sequential:
        module = nn.Sequential(
            nn.Conv1d(2, 3, 3), nn.ConvTranspose1d(3, 2, 2, bias=False), nn.Flatten(), nn.Linear(10, 2, bias=False)
        )
        dyadic(module.state_dict(), 3)
        return module

    normed, parametrized, pruned = plain(), plain(), plain()
    for layer in (0, 1, 3):
        weight_norm(normed[layer])
        parametrizations.weight_norm(parametrized[layer])
        prune.l1_unstructured(pruned[layer], "weight", 0.5)
    prune.random_unstructured(pruned[0], "bias", 0.5)
    normed[0].weight_g.data *= 2
    return {"normed.pt": normed, "parametrized.pt": parametrized, "pruned.pt": pruned}


def write_keras() -> list[dict[str, Any]]:
    """A model of Keras in its three formats, and what it computes."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12, 2)),
            layers.Conv1D(4, 3, name="a"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.DepthwiseConv1D(2, depth_multiplier=2),
            layers.Conv1DTranspose(2, 3, strides=2),
            layers.Conv1D(2, 3, strides=3, groups=2),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(3),
            layers.Dense(2, name="head"),
        ]
    )
    random = np.random.RandomState(4)
    for variable in model.variables:
        values = random.randint(-8, 9, variable.shape) / 8
        variable.assign(np.abs(values) + 0.125 if "variance" in variable.path else values)
    for name in ("cnn.keras", "kerascnn.h5"):
        model.save(FOLDER / name)
    model.save_weights(FOLDER / "cnn.weights.h5")
    x = random.randint(-4, 5, (1, 12, 2)) / 2
    y = np.asarray(model(x).detach())[0].tolist()
    norm = "batch_normalization,eps=0.001"
    between = (norm, "depthwise_conv1d", "conv1d_transpose")
    modules = {
        "cnn.keras": (),
        "kerascnn.h5": ("a", *between, "conv1d", "dense", "head"),
        "cnn.weights.h5": ("conv1d", *between, "conv1d_1", "dense", "dense_1"),
    }
    return [
        {"network": loading(names), "files": [name], "x": x[0].T.tolist(), "y": y, "exact": 1e-4}
        for name, names in modules.items()
    ]


def loading(modules: tuple[str, ...]) -> str:
    """KERAS_NETWORK, its layers with the modules of a file that states no order."""
    return KERAS_NETWORK.format(*(f",load={module}" for module in modules), *[""] * (7 - len(modules)))


if __name__ == "__main__":
    main()
