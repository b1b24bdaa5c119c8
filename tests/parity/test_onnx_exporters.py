"""What both exporters of PyTorch and the converter of scikit-learn write is read (``make test-models``)."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

if not os.environ.get("CONNECTIVITY_PARITY"):
    for needed in ("torch", "onnxruntime", "onnxscript", "skl2onnx"):
        pytest.importorskip(needed, reason=f"needs {needed} (make test-models)")

import numpy as np
import onnx
import onnx_modules
import onnx_oracle

from connectivity.models.files import read_model

pytestmark = pytest.mark.filterwarnings("ignore")
UNWRITTEN = {"thresholds": "the older exporter does not know a threshold that is not 0"}


@pytest.mark.parametrize("name", onnx_modules.MODULES)
@pytest.mark.parametrize("dynamo", [False, True], ids=["older", "newer"])
def test_modules(name: str, dynamo: bool, tmp_path: Path) -> None:
    if not dynamo and name in UNWRITTEN:
        pytest.skip(UNWRITTEN[name])
    path = tmp_path / "model.onnx"
    onnx_modules.export(name, path, dynamo)
    onnx_oracle.check(path)


@pytest.mark.parametrize("opset", [9, 11, 13, 15, 17])
@pytest.mark.parametrize("name", ["residual", "causal", "autoencoder", "circular", "gated", "squeeze and excite"])
def test_older_sets_of_operators(name: str, opset: int, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx_modules.export(name, path, False, opset)
    onnx_oracle.check(path)


def test_weights_beside_the_model(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx_modules.export("residual", path, True)
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="model.onnx.data", size_threshold=0)
    assert (tmp_path / "model.onnx.data").exists()
    onnx_oracle.check(path)


@pytest.mark.parametrize("dynamo", [False, True], ids=["older", "newer"])
def test_names_are_those_of_modules(dynamo: bool, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx_modules.export("residual", path, dynamo)
    names = [stage.name for stage in read_model(path).network.stages]
    assert [name for name in names if name in ("conv1", "conv2", "down")] == ["conv1", "conv2", "down"]


def test_shared_modules_share_their_weights(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx_modules.export("shared", path, False)
    stages = read_model(path).network.stages
    assert stages[2].owner == 1


def test_batch_normalization_is_folded_where_that_is_wished(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx_modules.export("mlp", path, True)
    model = onnx_oracle.check(path, fold_batchnorm=True)
    assert len(model.network.stages) == 3


def test_models_of_scikit_learn(tmp_path: Path) -> None:
    from skl2onnx import to_onnx
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(0)
    x = random.normal(size=(60, 6)).astype("<f4")
    classes, two = random.integers(0, 3, 60), (x[:, 0] > 0).astype(int)
    made = [
        (MLPClassifier((8, 5), max_iter=30), classes),
        (MLPClassifier((8,), activation="tanh", max_iter=30), two),
        (make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(7,), max_iter=30)), x[:, 1]),
        (LogisticRegression(), classes),
        (LinearRegression(), x[:, 1]),
    ]
    for estimator, y in made:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(x, y)
        path = tmp_path / "model.onnx"
        onnx.save(to_onnx(estimator, x[:1]), path)
        feeds = {"X": x[:1]}
        model, found = onnx_oracle.ours(path, feeds)
        expected = estimator.predict_proba(x[:1]) if hasattr(estimator, "predict_proba") else estimator.predict(x[:1])
        assert np.abs(found[-1] - expected.ravel()).max() < 1e-5
        assert bool(model.notes) == hasattr(estimator, "predict_proba")
