"""Trained weights for the gallery: ``python samples/learned/train.py [FOLDER]`` writes the files of this folder anew.

Three small networks without biases learn from made-up signals, with gradients by hand:

``waveforms.npz``
    The first layer (16 kernels of 1 x 7) of ``1x48 conv:7,c=16 relu globalavgpool fc:6``, which tells six kinds of
    waves apart.
``movement.npz``
    The first layer (8 kernels of 3 x 5) of ``3x40 conv:5,c=8 relu globalavgpool fc:4``, which tells four movements apart
    by the acceleration along three axes.
``edges.npz``
    ``1x32 conv:5,c=4,p=2,padding_mode=replicate relu conv:3,p=1``, which marks the steps of a signal, each by its size;
    ``edges-input.csv`` is such a signal.

Everywhere the same bytes: random numbers come from numpy's ``RandomState``, whose numbers are frozen; and weights are
rounded, by which what machines do differently in the last bits of a sum is lost.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Weights = dict[str, Array]
"""Arrays by the names that a weight file has for them: ``h1.weight`` [kernels, channels, size], ``y.weight``."""

HERE = Path(__file__).parent
WAVES = ("sine", "square", "sawtooth", "chirp", "spikes", "burst")
MOVEMENTS = ("rest", "shake", "turn", "tap")
DECIMALS = 2
"""Of everything that is written."""


def indices(random: RandomState, below: int, count: int = 1) -> Labels:
    """``count`` numbers of 0, 1, ... ``below - 1`` [count]; of 64 bits, since others are drawn in another way."""
    return random.randint(below, size=count, dtype=np.int64)


def _sign(random: RandomState) -> int:
    return 2 * int(indices(random, 2)[0]) - 1


def waveforms(random: RandomState, count: int, length: int = 48) -> tuple[Array, Labels]:
    """``count`` waves [count, 1, length], and what each is: an index of ``WAVES`` [count].

    Amplitudes are 0.5 to 1.5, phases any; to all of it noise with a standard deviation of 0.05 is added.
    """
    labels = indices(random, len(WAVES), count)
    waves = np.array([_wave(random, WAVES[label], np.arange(float(length))) for label in labels])
    waves *= random.uniform(0.5, 1.5, size=(count, 1))
    return (waves + random.normal(0, 0.05, size=waves.shape))[:, np.newaxis], labels


def _wave(random: RandomState, kind: str, t: Array) -> Array:
    """A wave at the positions ``t``: periods are 8 to 24 positions; chirps run from a period of 32 to one of 6."""
    phase = random.uniform()
    turns = phase + t / random.uniform(8, 24)
    if kind == "sine":
        return np.sin(2 * np.pi * turns)
    if kind == "square":
        return np.where(turns % 1 < 0.5, 1.0, -1.0)
    if kind == "sawtooth":
        return 2 * (turns % 1) - 1
    if kind == "chirp":  # its frequency 1 / period, integrated
        slow, fast = 1 / 32, 1 / 6
        return np.sin(2 * np.pi * (phase + slow * t + (fast - slow) * t**2 / (2 * len(t))))
    if kind == "spikes":
        places = indices(random, len(t), 1 + int(indices(random, 3)[0]))
        return np.where(np.isin(t, places), 1.5 * _sign(random), 0.0)
    envelope = np.exp(-(((t - phase * len(t)) / random.uniform(4, 8)) ** 2))
    return envelope * random.normal(size=len(t))


def movements(random: RandomState, count: int, length: int = 40) -> tuple[Array, Labels]:
    """``count`` movements [count, 3, length] of a phone, and what each is: an index of ``MOVEMENTS`` [count].

    Channels are the accelerations along its axes x, y, z in units of gravity, which it feels as well. It rests anyhow, is
    shaken along x, turned about x, or tapped on along z; noise has a standard deviation of 0.05.
    """
    labels = indices(random, len(MOVEMENTS), count)
    felt = np.array([_movement(random, MOVEMENTS[label], np.arange(float(length))) for label in labels])
    return felt + random.normal(0, 0.05, size=felt.shape), labels


def _movement(random: RandomState, kind: str, t: Array) -> Array:
    """The accelerations [3, positions] at the positions ``t``."""
    if kind == "turn":  # gravity goes round from y to z
        angle = 2 * np.pi * (random.uniform() + _sign(random) * t / random.uniform(12, 30))
        return np.array([0 * t, np.cos(angle), np.sin(angle)])
    gravity = random.normal(size=(3, 1))
    felt = np.repeat(gravity / np.linalg.norm(gravity), len(t), axis=1)
    if kind == "shake":
        felt[0] += random.uniform(0.5, 1.5) * np.sin(2 * np.pi * (random.uniform() + t / random.uniform(4, 8)))
    elif kind == "tap":  # a blow, and how it dies away
        since = t - 4 - indices(random, len(t) - 12)
        ringing = np.cos(2 * np.pi * since / 3) * np.exp(-np.abs(since) / 2)
        felt[2] += random.uniform(0.8, 2) * np.where(since < 0, 0, ringing)
    return felt


def steps(random: RandomState, count: int, length: int = 32) -> tuple[Array, Array]:
    """``count`` signals [count, 1, length] that step from level to level, and the sizes of their steps, as large.

    Levels are between -1 and 1 and last for 3 to 9 positions; noise has a standard deviation of 0.03. A step's size
    ``|level(t) - level(t - 1)|`` stands where the new level begins; elsewhere there are zeros.
    """
    levels = np.empty((count, length))
    for row in levels:
        lasting = 3 + indices(random, 7, length)
        row[:] = np.repeat(random.uniform(-1, 1, size=length), lasting)[:length]
    sizes = np.abs(np.diff(levels, axis=1, prepend=levels[:, :1]))
    return (levels + random.normal(0, 0.03, size=levels.shape))[:, np.newaxis], sizes[:, np.newaxis]


def figure_signal() -> Array:
    """The signal of the figure [1, 32]: steps up and down, large and small, with noise as in ``steps``."""
    levels = np.repeat([-0.6, 0.3, 0.8, -0.4, 0.1], [6, 8, 5, 7, 6])
    return rounded(levels + RandomState(1).normal(0, 0.03, size=levels.shape))[np.newaxis]


def padded(x: Array, width: int, mode: Literal["constant", "edge"] = "constant") -> Array:
    """``x`` [n, channels, length] with ``width`` zeros, or copies of its ends, more at both ends."""
    return np.pad(x, ((0, 0), (0, 0), (width, width)), mode=mode)


def windows(x: Array, size: int) -> Array:
    """What a kernel of ``size`` meets in ``x`` [n, channels, length]: [n, length - size + 1, channels * size]."""
    met = np.lib.stride_tricks.sliding_window_view(x, size, axis=2)
    return met.transpose(0, 2, 1, 3).reshape(len(x), met.shape[2], -1)


def flat(kernels: Array) -> Array:
    """Kernels [out, channels, size] as rows [out, channels * size], which ``windows`` are multiplied with."""
    return kernels.reshape(len(kernels), -1)


def classify(weights: Weights, met: Array) -> tuple[Array, Array, Array]:
    """A classifier's scores [n, classes], the means they are made of [n, kernels], and of what [n, t, kernels].

    With the kernels W and the matrix V they are ``V mean_t(relu(W * x))``; ``met`` are the windows of x.
    """
    units = np.maximum(0, met @ flat(weights["h1.weight"]).T)
    means = units.mean(axis=1)
    return means @ weights["y.weight"].T, means, units


def classifier_gradient(weights: Weights, met: Array, labels: Labels) -> Weights:
    """The gradient of the cross entropy ``-log softmax(scores)[label]``, its mean over the examples.

    That of the scores is ``softmax(scores) - [1 at the label]``; a mean hands each of its units an equal share, and relu
    what it let through.
    """
    scores, means, units = classify(weights, met)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    by_score = (odds / odds.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[labels]) / len(labels)
    by_unit = (by_score @ weights["y.weight"])[:, np.newaxis] / units.shape[1] * (units > 0)
    kernels = np.tensordot(by_unit, met, axes=((0, 1), (0, 1)))
    return {"h1.weight": kernels.reshape(weights["h1.weight"].shape), "y.weight": by_score.T @ means}


def mark(weights: Weights, met: Array) -> tuple[Array, Array, Array]:
    """The edge detector's output [n, t, 1], the windows of its hidden units [n, t, 12], and those units [n, t, 4].

    It is ``V * relu(W * x)``; ``met`` are the windows of x, padded with copies of its ends.
    """
    units = np.maximum(0, met @ flat(weights["h1.weight"]).T)
    between = windows(padded(units.transpose(0, 2, 1), 1), 3)
    return between @ flat(weights["y.weight"]).T, between, units


def mark_gradient(weights: Weights, met: Array, sizes: Array) -> Weights:
    """The gradient of the squared error, summed over the positions, its mean over the examples.

    What reaches the hidden units is the error, slid over by the second kernel turned round (a transposed convolution).
    """
    output, between, units = mark(weights, met)
    by_output = 2 * (output - sizes.transpose(0, 2, 1)) / len(sizes)
    second = np.tensordot(by_output, between, axes=((0, 1), (0, 1)))
    turned = weights["y.weight"][0, :, ::-1]
    by_unit = windows(padded(by_output.transpose(0, 2, 1), 1), 3) @ turned.T * (units > 0)
    first = np.tensordot(by_unit, met, axes=((0, 1), (0, 1)))
    return {
        "h1.weight": first.reshape(weights["h1.weight"].shape),
        "y.weight": second.reshape(weights["y.weight"].shape),
    }


def learn(
    weights: Weights, gradient: Callable[[Weights], Weights], decay: float = 0, shrinkage: float = 0, rounds: int = 2000
) -> Weights:
    """The weights after so many rounds of Adam (Kingma and Ba 2015, algorithm 1), from a rate of 0.01 down to 0.

    After each they are made smaller: by the share ``rate * decay`` (Loshchilov and Hutter 2019), then by
    ``rate * shrinkage`` towards 0, where they stay (the proximal step of a penalty on their absolute values).
    """
    first = {name: np.zeros_like(array) for name, array in weights.items()}
    second = {name: np.zeros_like(array) for name, array in weights.items()}
    for n in range(1, rounds + 1):
        rate = 0.01 * (1 - (n - 1) / rounds)
        slope = gradient(weights)
        first = {name: 0.9 * first[name] + 0.1 * slope[name] for name in weights}
        second = {name: 0.999 * second[name] + 0.001 * slope[name] ** 2 for name in weights}
        for name, array in weights.items():
            spread = np.sqrt(second[name] / (1 - 0.999**n)) + 1e-8
            moved = array * (1 - rate * decay) - rate * first[name] / (1 - 0.9**n) / spread
            weights[name] = np.sign(moved) * np.maximum(0, np.abs(moved) - rate * shrinkage)
    return {name: rounded(array) for name, array in weights.items()}


def rounded(array: Array) -> Array:
    """``array`` with ``DECIMALS``; without zeros that are negative."""
    return np.round(array, DECIMALS) + 0.0


def learn_classes(x: Array, labels: Labels, kernels: int, size: int, random: RandomState) -> Weights:
    """The weights of a classifier of ``x`` [n, channels, length]; each round sees 96 examples."""
    met, classes = windows(x, size), int(labels.max()) + 1
    weights = {
        "h1.weight": random.normal(0, np.sqrt(2 / met.shape[2]), size=(kernels, x.shape[1], size)),
        "y.weight": random.normal(0, np.sqrt(1 / kernels), size=(classes, kernels)),
    }

    def gradient(weights: Weights) -> Weights:
        some = indices(random, len(x), 96)
        return classifier_gradient(weights, met[some], labels[some])

    return learn(weights, gradient, decay=0.1, shrinkage=0.02)


def learn_edges() -> Weights:
    """The weights of the edge detector; each round sees 64 of 1,000 signals."""
    random = RandomState(20)  # one of the seeds that leave all four kernels in use
    x, sizes = steps(random, 1000)
    met = windows(padded(x, 2, "edge"), 5)
    weights = {"h1.weight": random.normal(0, 0.5, size=(4, 1, 5)), "y.weight": random.normal(0, 0.3, size=(1, 4, 3))}

    def gradient(weights: Weights) -> Weights:
        some = indices(random, len(x), 64)
        return mark_gradient(weights, met[some], sizes[some])

    return learn(weights, gradient, shrinkage=0.1)


def learn_waveforms() -> Weights:
    """The weights of ``1x48 conv:7,c=16 relu globalavgpool fc:6``."""
    random = RandomState(2)
    return learn_classes(*waveforms(random, 1200), kernels=16, size=7, random=random)


def learn_movements() -> Weights:
    """The weights of ``3x40 conv:5,c=8 relu globalavgpool fc:4``."""
    random = RandomState(2)
    return learn_classes(*movements(random, 1200), kernels=8, size=5, random=random)


def npz(arrays: Mapping[str, Array]) -> bytes:
    """An ``.npz`` file without compression, dates and traces of the system, which ``numpy.savez`` does not promise."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array.astype("<f8"), version=(1, 0), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix, wherever it is written
            archive.writestr(member, content.getvalue())
    return file.getvalue()


def csv(array: Array) -> bytes:
    """A ``.csv`` file: a line for each channel."""
    lines = [",".join(f"{value:.{DECIMALS}f}" for value in row) for row in array]
    return "".join(f"{line}\n" for line in lines).encode()


def files() -> dict[str, bytes]:
    """What this folder holds, by the names of the files."""
    return {
        "waveforms.npz": npz({"h1.weight": learn_waveforms()["h1.weight"]}),
        "movement.npz": npz({"h1.weight": learn_movements()["h1.weight"]}),
        "edges.npz": npz(learn_edges()),
        "edges-input.csv": csv(figure_signal()),
    }


def main() -> None:
    """Write all files into this folder, or into that which is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
