"""The trained weights of the gallery: they are what their script makes, and the networks do what they were trained for."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, Run

from connectivity import evaluate, load_weights, parse, read_model
from connectivity.network import Network
from connectivity.weightfiles.inputs import load_input

LEARNED = ROOT / "samples" / "learned"
SCRIPT = LEARNED / "train.py"
TRAIN = runpy.run_path(str(SCRIPT))
SHAPES = {
    "waveforms.npz": {"h1.weight": (16, 1, 7)},
    "movement.npz": {"h1.weight": (8, 3, 5)},
    "edges.npz": {"h1.weight": (4, 1, 5), "y.weight": (1, 4, 3)},
}
EDGES = "1x32 conv:5,c=4,p=2,padding_mode=replicate relu conv:3,c=1,p=1"
CLASSIFIERS = {
    "waveforms": "1x48 conv:7,c=16 relu globalavgpool fc:6",
    "movement": "3x40 conv:5,c=8 relu globalavgpool fc:4",
}
Weights = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the script has written."""
    folder = tmp_path_factory.mktemp("learned")
    subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def classifiers() -> dict[str, Weights]:
    """All weights of the classifiers, of which the files hold the first layer."""
    return {"waveforms": TRAIN["learn_waveforms"](), "movement": TRAIN["learn_movements"]()}


def network(text: str) -> Network:
    (found,) = parse(text)
    return found


def signal(folder: Path) -> np.ndarray[Any, Any]:
    """The input of the edge detector's figure."""
    found = load_input(folder / "edges-input.csv")
    assert isinstance(found, np.ndarray)
    return found


def test_the_files_are_all_that_the_script_writes(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {*SHAPES, "edges-input.csv"}
    kept = {path.name for path in LEARNED.iterdir() if path.suffix in (".npz", ".csv")}
    assert kept - {f"{name}-signal.csv" for name in MODELS} == {*SHAPES, "edges-input.csv"}


@pytest.mark.parametrize("name", SHAPES)
def test_training_again_gives_the_same_weights(name: str, made: Path) -> None:
    """But for the last digit, which may be rounded the other way where sums are added up in another order."""
    kept, again = load_weights(LEARNED / name), load_weights(made / name)
    assert {key: array.shape for key, array in kept.items()} == SHAPES[name]
    assert kept.keys() == again.keys()
    for key, array in kept.items():
        assert np.array_equal(array, np.round(array, 2))
        np.testing.assert_allclose(again[key], array, rtol=0, atol=0.0101)


def test_the_signal_is_that_of_the_script(made: Path) -> None:
    kept, again = signal(LEARNED), signal(made)
    assert kept.shape == (32,)
    np.testing.assert_allclose(again, kept, rtol=0, atol=0.0101)


def test_equal_weights_are_equal_bytes() -> None:
    """Those of the folder, too: numpy reads and the script writes them as they are."""
    for name in SHAPES:
        assert TRAIN["npz"](load_weights(LEARNED / name)) == (LEARNED / name).read_bytes()
        assert (LEARNED / name).stat().st_size < 2000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("waveforms.npz", ["1x13", "conv:7,c=16"]),
        ("movement.npz", ["3x9", "h1=conv:5,c=8"]),
        ("edges.npz", [*EDGES.split(), "--input", str(LEARNED / "edges-input.csv"), "--show", "values"]),
    ],
)
def test_the_files_are_drawn(name: str, words: list[str], run: Run, tmp_path: Path) -> None:
    done = run("draw", *words, "--weights", str(LEARNED / name), "-o", "net.svg")
    assert (done.returncode, done.stderr) == (0, b"wrote net.svg\n")


@pytest.mark.parametrize(("name", "signals"), [("waveforms", "waveforms"), ("movement", "movements")])
def test_signals_never_seen_are_told_apart(name: str, signals: str, classifiers: dict[str, Weights]) -> None:
    weights = classifiers[name]
    x, labels = TRAIN[signals](np.random.RandomState(1000), 1000)
    scores, _, _ = TRAIN["classify"](weights, TRAIN["windows"](x, weights["h1.weight"].shape[2]))
    assert (scores.argmax(axis=1) == labels).mean() > 0.95
    for label in range(int(labels.max()) + 1):
        assert (scores.argmax(axis=1) == labels)[labels == label].mean() > 0.8


@pytest.mark.parametrize(("name", "signals"), [("waveforms", "waveforms"), ("movement", "movements")])
def test_classifiers_are_the_networks_of_their_lines(name: str, signals: str, classifiers: dict[str, Weights]) -> None:
    x, _ = TRAIN[signals](np.random.RandomState(1001), 5)
    kernels, matrix = classifiers[name]["h1.weight"], classifiers[name]["y.weight"]
    for one in x:
        means = [np.maximum(0, correlated(one, kernel)).mean() for kernel in kernels]
        found = evaluate(network(CLASSIFIERS[name]), one, classifiers[name])
        np.testing.assert_allclose(found.ravel(), matrix @ means, rtol=0, atol=1e-12)


def correlated(x: np.ndarray[Any, Any], kernel: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What a kernel [channels, size] makes of ``x`` [channels, length], where it has room."""
    rows = [np.correlate(row, taps, "valid") for row, taps in zip(x, kernel, strict=True)]
    return np.sum(rows, axis=0)  # type: ignore[no-any-return]


def edges(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What the edge detector makes of ``x`` [32], by the definition of a convolution."""
    weights = load_weights(LEARNED / "edges.npz")
    repeated = np.concatenate([x[:1], x[:1], x, x[-1:], x[-1:]])[None]
    hidden = np.array([np.maximum(0, correlated(repeated, kernel)) for kernel in weights["h1.weight"]])
    with_zeros = np.concatenate([np.zeros((4, 1)), hidden, np.zeros((4, 1))], axis=1)
    return correlated(with_zeros, weights["y.weight"][0])


def test_the_edge_detector_is_the_network_of_its_line() -> None:
    weights = load_weights(LEARNED / "edges.npz")
    signals, _ = TRAIN["steps"](np.random.RandomState(1002), 5)
    for x in [signal(LEARNED), *signals[:, 0]]:
        found = evaluate(network(EDGES), x, weights)
        assert found.shape == (1, 32)
        np.testing.assert_allclose(found[0], edges(x), rtol=0, atol=1e-12)
        scripts, _, _ = TRAIN["mark"](weights, TRAIN["windows"](TRAIN["padded"](x[None, None], 2, "edge"), 5))
        np.testing.assert_allclose(scripts[0, :, 0], edges(x), rtol=0, atol=1e-12)


def test_the_largest_outputs_are_at_the_steps_of_the_figure() -> None:
    """At the positions 6, 14, 19 and 26 from 0, each as large as the step; nothing elsewhere."""
    output = edges(signal(LEARNED))
    sizes = {6: 0.9, 14: 0.5, 19: 1.2, 26: 0.5}
    assert set(np.argsort(output)[-4:]) == set(sizes)
    for t, value in enumerate(output):
        assert value == pytest.approx(sizes.get(t, 0), abs=0.1)


def test_the_edge_detector_marks_steps_never_seen() -> None:
    signals, sizes = TRAIN["steps"](np.random.RandomState(1003), 200)
    outputs = np.array([edges(x) for x in signals[:, 0]])
    assert np.mean((outputs - sizes[:, 0]) ** 2) < np.mean(sizes**2) / 100
    assert np.mean(outputs.argmax(axis=1) == sizes[:, 0].argmax(axis=1)) > 0.95


def differences(loss: Callable[[Weights], float], weights: Weights) -> Weights:
    """The gradient of a loss by central differences."""
    slopes = {name: np.zeros_like(array) for name, array in weights.items()}
    for name, array in weights.items():
        for place in np.ndindex(array.shape):
            ahead, behind = ({key: value.copy() for key, value in weights.items()} for _ in range(2))
            ahead[name][place] += 1e-6
            behind[name][place] -= 1e-6
            slopes[name][place] = (loss(ahead) - loss(behind)) / 2e-6
    return slopes


def test_gradients_of_a_classifier() -> None:
    random = np.random.RandomState(1004)
    x, labels = TRAIN["movements"](random, 9)
    met = TRAIN["windows"](x, 5)
    weights = {"h1.weight": random.normal(size=(3, 3, 5)), "y.weight": random.normal(size=(4, 3))}

    def loss(weights: Weights) -> float:
        scores, _, _ = TRAIN["classify"](weights, met)
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[range(9), labels]))

    found = TRAIN["classifier_gradient"](weights, met, labels)
    for name, slopes in differences(loss, weights).items():
        np.testing.assert_allclose(found[name], slopes, rtol=0, atol=1e-6)


def test_gradients_of_the_edge_detector() -> None:
    random = np.random.RandomState(1005)
    x, sizes = TRAIN["steps"](random, 7)
    met = TRAIN["windows"](TRAIN["padded"](x, 2, "edge"), 5)
    weights = {"h1.weight": random.normal(size=(4, 1, 5)), "y.weight": random.normal(size=(1, 4, 3))}

    def loss(weights: Weights) -> float:
        output, _, _ = TRAIN["mark"](weights, met)
        return float(np.sum((output[:, :, 0] - sizes[:, 0]) ** 2) / 7)

    found = TRAIN["mark_gradient"](weights, met, sizes)
    for name, slopes in differences(loss, weights).items():
        np.testing.assert_allclose(found[name], slopes, rtol=0, atol=1e-6)


MODELS = ("autoencoder", "causal", "edges", "residual")
"""The models that models.py writes, each with a signal."""


def answered(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The signal of a model, and what the model makes of it."""
    signal = np.loadtxt(LEARNED / f"{name}-signal.csv", delimiter=",")
    model = read_model(LEARNED / f"{name}.onnx")
    return signal, evaluate(model.network, signal, model.weights)[0]


def test_the_models_are_all_that_there_are() -> None:
    assert sorted(path.stem for path in LEARNED.glob("*.onnx")) == [*MODELS]


def test_the_edge_detector_marks_steps() -> None:
    signal, answer = answered("edges")
    steps = np.diff(signal, prepend=signal[0])
    assert np.array_equal(np.sign(answer[np.abs(answer) > 0.5]), np.sign(steps[np.abs(answer) > 0.5]))
    assert np.array_equal(np.abs(answer) > 0.5, np.abs(steps) > 0.6)


def test_the_causal_stack_says_the_next_value() -> None:
    signal, answer = answered("causal")
    assert np.abs(answer[8:-1] - signal[9:]).mean() < 0.1


def test_the_residual_network_tells_a_sawtooth() -> None:
    assert np.argmax(answered("residual")[1]) == 2


def test_the_autoencoder_gives_back_what_it_took() -> None:
    signal, answer = answered("autoencoder")
    assert np.abs(answer - signal).max() < 0.15
    network = read_model(LEARNED / "autoencoder.onnx").network
    assert min(shape.units for shape in network.shapes()) == 16
