"""ONNX models of several exporters: what onnxruntime made of an input (recorded by ``tests/parity/record_onnx.py``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnxfile import attribute, convolution, field, model, node, tensor, value

import connectivity
from connectivity.errors import AboutModel, DrawingError, FigureFileError, ModelError
from connectivity.figures.panels import PanelSource
from connectivity.models.files import ModelFile, read_model

RECORDED = Path(__file__).parent / "recorded"
MODELS = sorted(RECORDED.glob("*.onnx"))
ONE_OF_A_BATCH = {"batch-of-four": 4}


def recorded(path: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The inputs of a model and its outputs."""
    with np.load(path.with_suffix(".npz")) as arrays:
        parts = {word: [arrays[name] for name in arrays.files if name.startswith(word)] for word in ("input", "output")}
    return parts["input"], parts["output"]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_values_are_those_of_onnxruntime(path: Path) -> None:
    (x, *_), expected = recorded(path)
    samples = ONE_OF_A_BATCH.get(path.stem, 1)
    panel = PanelSource(what=ModelFile(path), input=x[0] if samples > 1 else x)
    values = panel.values(panel.blueprint())
    assert panel.model is not None
    assert values is not None
    stages = [stage.name for stage in panel.model.network.stages]
    for name, whole in zip(panel.model.outputs, expected, strict=True):
        found, wanted = np.array(values[stages.index(name)]), whole[: len(whole) // samples].ravel()
        assert found == pytest.approx(wanted, rel=1e-5, abs=1e-5 * float(np.abs(wanted).max()))


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("residual", "input conv conv conv add"),
        ("circular", "input conv globalavgpool fc"),
        ("channels-last", "input conv conv fc"),
        ("positions", "input conv conv flatten"),
        ("gated", "input conv select select mul conv add"),
        ("causal", "input conv conv conv add"),
    ],
)
def test_no_layer_is_needless(name: str, layers: str) -> None:
    """Paddings are part of convolutions, transpositions undo one another, activations are of the layers before them."""
    stages = read_model(RECORDED / f"{name}.onnx").network.stages
    assert " ".join(stage.layer.kind for stage in stages) == layers


def test_activations_are_told_by_what_they_compute() -> None:
    stages = {stage.name: stage.layer.activations for stage in read_model(RECORDED / "causal.onnx").network.stages}
    assert stages["conv1"] == ("gelu",)  # five operations
    stages = {stage.name: stage.layer.activations for stage in read_model(RECORDED / "autoencoder.onnx").network.stages}
    assert stages["encoder_2"] == ("silu",)


def test_modules_that_are_called_twice_share_their_weights() -> None:
    stages = read_model(RECORDED / "shared.onnx").network.stages
    assert [stage.owner for stage in stages] == [0, 1, 1]


def test_batch_normalization_is_folded_where_that_is_wished() -> None:
    path = RECORDED / "mlp.onnx"
    plain, folded = read_model(path), read_model(path, fold_batchnorm=True)
    assert len(folded.network.stages) == len(plain.network.stages) - 1
    assert any("is folded into" in note for note in folded.notes)
    x = np.linspace(-1, 1, 10)
    before = connectivity.evaluate(plain.network, x, plain.weights)
    assert connectivity.evaluate(folded.network, x, folded.weights) == pytest.approx(before)


def test_a_part_of_a_model() -> None:
    path = RECORDED / "u-net.onnx"
    names = [stage.name for stage in read_model(path, until="up").network.stages]
    assert names == ["x", "down", "maxpool", "inner", "up"]
    part = read_model(path, from_="inner", until="up")
    assert [stage.layer.kind for stage in part.network.stages] == ["input", "conv", "convtranspose"]


def test_a_part_may_begin_where_several_values_arrive() -> None:
    part = read_model(RECORDED / "u-net.onnx", from_="out")
    assert [stage.shape for stage in part.network.stages if not stage.sources] == [(8, 8)]


@pytest.mark.parametrize("option", ["from_", "until"])
def test_a_node_that_is_not_there(option: str) -> None:
    with pytest.raises(ModelError, match=r'"innr": there is no such node \(did you mean "inner"\?\)'):
        read_model(RECORDED / "u-net.onnx", None, **{option: "innr"})


def written(folder: Path, data: bytes) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(data)
    return path


OPEN = model(
    [node("Conv", ["x", "w"], ["y"], "c")],
    [tensor("w", [1, 2, 3], [1.0] * 6)],
    inputs=[value("x", ["N", 2, "L"])],
)


def test_an_open_shape_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, OPEN)
    with pytest.raises(ModelError, match=r'the shape of its input "x" is open, 2x\?: say it, as --input-shape'):
        read_model(path)
    assert read_model(path, input_shape="2x9").network.input == (2, 9)
    assert read_model(path, input_shape=(2, 9)).network.input == (2, 9)
    assert read_model(path, input_shape={"x": "1x2x9"}).network.input == (2, 9)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("3x9", 'its input "x" is 2xL, not 3x9'),
        ("9", 'its input "x" has 2 sizes, not 1'),
        ("z=2x9", r'"z": there is no such input; there is "x"'),
        ("2xx9", "is no shape of an input"),
        ("-1x3", "is no shape of an input"),
    ],
)
def test_shapes_that_do_not_fit(shape: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=message):
        read_model(written(tmp_path, OPEN), input_shape=shape)


def test_weights_that_are_inputs(tmp_path: Path) -> None:
    data = model([node("Conv", ["x", "w"], ["y"], "c")], inputs=[value("x", ["N", 2, 8]), value("w", [1, 2, 3])])
    path = written(tmp_path, data)
    with pytest.raises(ModelError, match=r'its input 2 \("w"\) is computed'):
        read_model(path)
    w = np.arange(6.0).reshape(1, 2, 3)
    found = read_model(path, {"w": w})
    assert np.array_equal(found.weights["c.weight"], w)
    with pytest.raises(ModelError, match='hold "v"'):
        read_model(path, {"w": w, "v": w})


def test_what_cannot_be_drawn_is_named_with_its_place(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["a"], "c"),
        node("LSTM", ["a", "r"], ["b"], "rnn"),
        node("Relu", ["b"], ["y"], "last"),
    ]
    path = written(tmp_path, model(nodes, [tensor("w", [1, 2, 3], [1.0] * 6), tensor("r", [1], [1.0])]))
    with pytest.raises(ModelError) as caught:
        read_model(path)
    assert 'LSTM "rnn" (node 2) cannot be drawn' in str(caught.value)
    assert '--until "c" draws what comes before it, --from "last" what comes after' in str(caught.value)
    assert len(read_model(path, until="c").network.stages) == 2
    with pytest.raises(ModelError, match="--input-shape"):
        read_model(path, from_="last")
    assert read_model(path, from_="last", input_shape="4x3").network.input == (4, 3)


def test_layer_normalization_is_one_thing(tmp_path: Path) -> None:
    nodes = [node("LayerNormalization", ["x", "w"], ["y"], "norm")]
    path = written(tmp_path, model(nodes, [tensor("w", [8], [1.0] * 8)]))
    with pytest.raises(ModelError, match=r'LayerNormalization "norm" \(node 1\) cannot be drawn: what it divides by'):
        read_model(path)


def test_dependencies_are_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(RECORDED)
    figure = connectivity.Figure.of("residual.onnx")
    figure.draw()
    assert figure.dependencies == ("residual.onnx", "residual.onnx.data")


def test_a_model_is_a_panel_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(RECORDED)
    figure = connectivity.Figure.of("two-heads.onnx // 6 conv:3")
    assert len(figure.panels) == 2
    assert b"<svg" in figure.draw()


def test_a_figure_file_names_a_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(OPEN)
    (tmp_path / "net.toml").write_text('network = "model.onnx"\ninput-shape = "2x9"\n')
    assert connectivity.Figure.read(tmp_path / "net.toml").panels[0].facts()["layers"][0]["shape"] == [2, 9]
    (tmp_path / "net.toml").write_text('network = "model.onnx"\nuntil = "nix"\ninput-shape = "2x9"\n')
    with pytest.raises(FigureFileError, match=r'net.toml:1:11: .*"nix": there is no such node'):
        connectivity.Figure.read(tmp_path / "net.toml").draw()
    (tmp_path / "net.toml").write_text('network = "6 conv:3"\nuntil = "h1"\n')
    with pytest.raises(FigureFileError, match=r"net.toml:2:1: until is about a model's file"):
        connectivity.Figure.read(tmp_path / "net.toml")


def test_notes_are_said_and_described() -> None:
    path = RECORDED / "channels-last.onnx"
    with pytest.warns(AboutModel, match="channel"):
        connectivity.draw(path)
    assert len(connectivity.Figure.of(path).panels[0].facts()["notes"]) == 2


def test_reading_options_need_a_model() -> None:
    with pytest.raises(DrawingError, match=r"until is about a model's file"):
        connectivity.draw("6 conv:3", until="h1")


def test_values_in_the_model_s_own_order() -> None:
    """An input that is drawn the other way round takes values as the model does."""
    path = RECORDED / "positions.onnx"
    (x, *_), (y, *_) = recorded(path)
    for given in (x, x[0]):
        panel = PanelSource(what=ModelFile(path), input=given)
        values = panel.values(panel.blueprint())
        assert values is not None
        assert values[-1] == pytest.approx(y.ravel(), rel=1e-5, abs=1e-5)


def test_the_small_writer_writes_models(tmp_path: Path) -> None:
    found = read_model(written(tmp_path, convolution()))
    assert np.array_equal(found.weights["c.weight"], [[[1, 2, 3], [4, 5, 6]]])
    assert attribute("a", 1) != field(1, "a")


@pytest.mark.parametrize(("to", "notes"), [(1, 0), (10, 1), (16, 1)])
def test_casts_to_half_precision_are_said(to: int, notes: int, tmp_path: Path) -> None:
    weights = tensor("w", [1, 2, 3], [1.0] * 6)
    data = model([node("Cast", ["x"], ["h"], to=to), node("Conv", ["h", "w"], ["y"], "c")], [weights])
    found = read_model(written(tmp_path, data)).notes
    assert len([note for note in found if "full precision" in note]) == notes
