"""Trained models for the gallery: ``python samples/learned/models.py [NAME]`` trains them and writes ONNX files.

It needs PyTorch, onnx and onnxscript, and takes a minute or two; ``NAME`` trains one of them alone. Each model comes with a signal to go through it.

``edges.onnx``
    Marks where a noisy signal steps up or down: two convolutions, the first with replicated ends.
``causal.onnx``
    Says the next value of a wave from those before: three causal convolutions, each with twice the dilation of the one
    before.
``residual.onnx``
    Tells sine, square and sawtooth waves apart: a strided convolution, a residual block with batch norm, a mean over time.
``autoencoder.onnx``
    Keeps bumps of 32 values in 2 x 8: two strided convolutions, and two transposed ones back.

Weights are rounded, so that what machines do differently in the last bits of a sum is mostly lost.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent
DECIMALS = 3
"""Of every weight and every value that is written."""

STEPS = 1_500
BATCH = 64


class Edges(nn.Module):
    """[N, 1, L] to [N, 1, L]: near 1 where the signal steps up, near -1 where it steps down."""

    def __init__(self) -> None:
        super().__init__()
        self.detect = nn.Conv1d(1, 4, 5, padding=2, padding_mode="replicate")
        self.combine = nn.Conv1d(4, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.combine(functional.relu(self.detect(x)))


class Causal(nn.Module):
    """[N, 1, L] to [N, 1, L]: the value after each, from it and the seven before."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv1d(1, 4, 2, dilation=1)
        self.two = nn.Conv1d(4, 4, 2, dilation=2)
        self.four = nn.Conv1d(4, 1, 2, dilation=4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.one(functional.pad(x, (1, 0))))
        x = torch.tanh(self.two(functional.pad(x, (2, 0))))
        return self.four(functional.pad(x, (4, 0)))


class Residual(nn.Module):
    """[N, 1, L] to [N, 3]: a number for each kind of wave, the largest for the one that it is."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv1d(1, 6, 5, stride=2, padding=2)
        self.first = nn.Conv1d(6, 6, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm1d(6)
        self.second = nn.Conv1d(6, 6, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm1d(6)
        self.classify = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.stem(x))
        inner = functional.relu(self.norm1(self.first(x)))
        x = functional.relu(x + self.norm2(self.second(inner)))
        return self.classify(x.mean(dim=2))


class Autoencoder(nn.Module):
    """[N, 1, 32] to [N, 1, 32], through [N, 2, 8]."""

    def __init__(self) -> None:
        super().__init__()
        self.encode1 = nn.Conv1d(1, 4, 4, stride=2, padding=1)
        self.encode2 = nn.Conv1d(4, 2, 4, stride=2, padding=1)
        self.decode1 = nn.ConvTranspose1d(2, 4, 4, stride=2, padding=1)
        self.decode2 = nn.ConvTranspose1d(4, 1, 4, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        code = self.encode2(functional.relu(self.encode1(x)))
        return self.decode2(functional.relu(self.decode1(code)))


class Task(NamedTuple):
    """What a model learns: batches of inputs and of what it should make of them, and how far it is from that."""

    module: Callable[[], nn.Module]
    batch: Callable[[np.random.RandomState, int], tuple[np.ndarray, np.ndarray]]
    loss: Callable[[Tensor, Tensor], Tensor]


def steps(random: np.random.RandomState, count: int, length: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Signals [count, 1, length] of a few levels with noise, and their steps: 1 up, -1 down, 0 elsewhere."""
    signals, marks = np.zeros((2, count, 1, length))
    for signal, mark in zip(signals[:, 0], marks[:, 0], strict=True):
        for place in 4 + 8 * np.arange(4) + random.randint(-2, 3, size=4):
            sign = random.choice([-1, 1])
            signal[place:] += sign
            mark[place] = sign
    return signals + random.normal(0, 0.1, signals.shape), marks


def waves(random: np.random.RandomState, count: int, length: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Sums of two sines [count, 1, length], and the same one position later."""
    time = np.arange(length + 1)
    frequencies, phases = random.uniform(0.3, 1.2, (2, count, 1)), random.uniform(0, 6.3, (2, count, 1))
    signals = np.sum(np.sin(frequencies * time + phases), axis=0) / 2
    return signals[:, None, :-1], signals[:, None, 1:]


def kinds(random: np.random.RandomState, count: int, length: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Sine, square and sawtooth waves [count, 1, length] with noise, and which each is [count]."""
    labels = random.randint(0, 3, size=count)
    turns = random.uniform(0.04, 0.12, (count, 1)) * np.arange(length) + random.uniform(0, 1, (count, 1))
    shapes = np.stack([np.sin(2 * np.pi * turns), np.sign(np.sin(2 * np.pi * turns)), 2 * (turns % 1) - 1])
    signals = shapes[labels, np.arange(count)] * random.uniform(0.6, 1.4, (count, 1))
    return (signals + random.normal(0, 0.1, signals.shape))[:, None], labels


def bumps(random: np.random.RandomState, count: int, length: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Two bumps each [count, 1, length], twice."""
    centres, widths = random.uniform(3, length - 4, (2, count, 1)), random.uniform(1.2, 3, (2, count, 1))
    signals = np.exp(-(((np.arange(length) - centres) / widths) ** 2)).sum(axis=0)[:, None]
    return signals, signals


TASKS = {
    "edges": Task(Edges, steps, functional.mse_loss),
    "causal": Task(Causal, waves, lambda y, wanted: functional.mse_loss(y[..., 8:], wanted[..., 8:])),
    "residual": Task(Residual, kinds, functional.cross_entropy),
    "autoencoder": Task(Autoencoder, bumps, functional.mse_loss),
}


def trained(task: Task) -> tuple[nn.Module, float]:
    """A model that has learned its task, in evaluation, its numbers rounded; and its loss on signals it has not seen."""
    torch.manual_seed(0)
    random = np.random.RandomState(0)
    module = task.module()
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = _loss(task, module, random)
        loss.backward()
        optimiser.step()
        schedule.step()
    module.eval()
    with torch.no_grad():
        for tensor in module.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.round(tensor, decimals=DECIMALS))
        return module, float(_loss(task, module, random))


def _loss(task: Task, module: nn.Module, random: np.random.RandomState) -> Tensor:
    x, wanted = task.batch(random, BATCH)
    target = torch.from_numpy(wanted)
    return task.loss(module(torch.from_numpy(x).float()), target.float() if target.is_floating_point() else target)


def write(module: nn.Module, signal: np.ndarray, path: Path) -> None:
    """Write a model as ONNX, its weights within, without what the exporter notes of this machine."""
    example = torch.from_numpy(signal).float()
    torch.onnx.export(
        module, (example,), str(path), input_names=["signal"], output_names=["answer"], dynamo=True,
        external_data=False, verbose=False,
    )  # fmt: skip
    model = onnx.load(path)
    for described in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        described.doc_string = ""
        del described.metadata_props[:]
    path.write_bytes(model.SerializeToString(deterministic=True))


def main(names: list[str]) -> None:
    """Train models and write them, with a signal each."""
    torch.set_num_threads(1)
    for name in names or TASKS:
        task = TASKS[name]
        module, loss = trained(task)
        signal = task.batch(np.random.RandomState(3), 1)[0]
        write(module, signal, HERE / f"{name}.onnx")
        np.savetxt(HERE / f"{name}-signal.csv", signal[0], fmt=f"%.{DECIMALS}f", delimiter=",")
        print(f"{name}: loss {loss:.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
