"""Keras files, read by h5py alone: values as Keras computed them, and what is refused, in one line."""

from __future__ import annotations

import json
import random
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import forks
import h5py
import numpy as np
import pytest
from conftest import ROOT, Run
from kerasfiles import Config, dense, functional, layer, of_layers, save, sequential, start, weights

from connectivity.errors import ConnectivityError, FileError, ModelError, visible
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.evaluation import network_values
from connectivity.models.keras import archive, hdf5
from connectivity.models.kerasfile import read_keras
from connectivity.models.model import Model
from connectivity.models.options import ModelOptions

FOLDER = ROOT / "tests" / "models" / "keras"
RECORDED = np.load(FOLDER / "values.npz")
MODELS = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".npz")


REAL = {"test_what_keras_computed_is_computed", "test_a_file_that_ends_hdf5_is_one_line"}
"""The tests in which HDF5 is read by a new process; in the others a copy of one reads it, that has imported h5py."""


@pytest.fixture(scope="module")
def reader() -> Iterator[forks.Forks]:
    waiting = forks.Forks("connectivity.models.keras.hdf5", "main", ["numpy", "h5py"])
    yield waiting
    waiting.end()


@pytest.fixture(autouse=True)
def read_by_a_copy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if request.node.originalname in REAL:
        return
    copies: forks.Forks = request.getfixturevalue("reader")

    def run(command: list[str], *, input: bytes, **options: Any) -> subprocess.CompletedProcess[bytes]:
        assert command[3] == hdf5.__file__
        return copies.run(command[3:], tmp_path, input)

    monkeypatch.setattr(hdf5, "subprocess", SimpleNamespace(run=run, TimeoutExpired=subprocess.TimeoutExpired))


def values(model: Model, x: Any) -> dict[str, np.ndarray]:
    computed = network_values(Blueprint(model.network, model.weights, 0, False), x)
    return {stage.name: np.array(flat) for stage, flat in zip(model.network.stages, computed, strict=True)}


@pytest.mark.parametrize("file", MODELS)
def test_what_keras_computed_is_computed(file: str) -> None:
    stem = Path(file).stem
    model = read_keras(FOLDER / file)
    xs = [RECORDED[key] for key in RECORDED if key.startswith(f"{stem}.x")]
    wanted = [RECORDED[key] for key in RECORDED if key.startswith(f"{stem}.y")]
    found = values(model, xs if len(xs) > 1 else xs[0])
    assert len(model.outputs) == len(wanted) > 0
    for name, want in zip(model.outputs, wanted, strict=True):
        np.testing.assert_allclose(found[name], want.ravel(), rtol=1e-5, atol=1e-6)


def test_layers_have_the_names_and_the_order_of_the_model() -> None:
    model = read_keras(FOLDER / "residual.keras")
    assert [(layer.name, layer.kind) for layer in model.network.layers][:3] == [
        ("conv_a", "conv"), ("batch_normalization", "batchnorm"), ("conv_b", "conv"),
    ]  # fmt: skip
    assert model.network.input == (3, 16)
    assert model.turned == ("signal",)


def test_a_model_that_is_called_twice_shares_its_weights() -> None:
    model = read_keras(FOLDER / "nested.keras")
    assert {layer.name: layer.share for layer in model.network.layers if layer.share} == {
        "shared_2": "shared", "dense_2": "dense", "dense_1_2": "dense_1", "in_inner_2": "in_inner",
    }  # fmt: skip


def test_an_activation_of_what_others_take_as_it_is_is_of_a_copy(tmp_path: Path) -> None:
    layers = [
        start(4, functional=True),
        layer("Dense", "d", [("x", 0, 0)], units=4),
        layer("Activation", "a", [("d", 0, 0)], activation="tanh"),
        layer("Add", "s", [("d", 0, 0), ("a", 0, 0)]),
    ]
    path = save(
        tmp_path / "m.keras",
        functional(layers, ["s", 0, 0]),
        weights({f"layers/dense/vars/{k}": v for k, v in dense(4, 4).items()}),
    )
    assert [layer.kind for layer in read_keras(path).network.layers] == ["fc", "copy", "add"]


def test_a_flatten_leaves_the_columns_of_the_next_weights_to_its_units(tmp_path: Path) -> None:
    path = of_layers(
        tmp_path / "m.keras", layer("Flatten", "f"), layer("Dense", "d", units=2), size=(5, 3), dense=dense(2, 15)
    )
    model = read_keras(path)
    assert [layer.kind for layer in model.network.layers] == ["fc"]
    assert [note for note in model.notes if note.startswith("d: the columns")]
    x = np.random.default_rng(0).normal(size=(3, 5))
    kernel = dense(2, 15)["0"]
    np.testing.assert_allclose(values(model, x)["d"], x.T.ravel() @ kernel + dense(2, 15)["1"])


def test_the_same_layers_first_and_last_are_read() -> None:
    whole = read_keras(FOLDER / "residual.keras")
    part = read_keras(FOLDER / "residual.keras", ModelOptions(start="conv_b", end="batch_normalization_1"))
    assert [layer.name for layer in part.network.layers] == ["conv_b", "batch_normalization_1"]
    assert part.network.input == (4, 8)
    assert part.weights["conv_b.weight"].tolist() == whole.weights["conv_b.weight"].tolist()
    with pytest.raises(ModelError, match=r'there is no layer "conv_c" in it \(did you mean "conv_'):
        read_keras(FOLDER / "residual.keras", ModelOptions(start="conv_c"))
    with pytest.raises(ModelError, match='an output needs what comes before "conv_b"'):
        read_keras(FOLDER / "residual.keras", ModelOptions(start="conv_b"))


def test_batch_norms_are_folded_where_that_is_wanted() -> None:
    x = RECORDED["residual.x0"]
    plain = read_keras(FOLDER / "residual.keras")
    folded = read_keras(FOLDER / "residual.keras", ModelOptions(fold_batchnorm=True))
    assert "batchnorm" not in {layer.kind for layer in folded.network.layers}
    assert len([note for note in folded.notes if "put into the weights" in note]) == 2
    np.testing.assert_allclose(values(folded, x)[folded.outputs[0]], values(plain, x)[plain.outputs[0]], rtol=1e-9)


def test_a_length_that_is_open_is_said(tmp_path: Path) -> None:
    arrays = {"0": np.ones((3, 2, 1)), "1": np.zeros(1)}
    path = of_layers(
        tmp_path / "m.keras", layer("Conv1D", "c", filters=1, kernel_size=[3]), size=(None, 2), conv1d=arrays
    )
    with pytest.raises(ModelError, match=r'the input "x" has the shape \[None, 2\].*128x3'):
        read_keras(path)
    assert read_keras(path, ModelOptions(shapes={"": (9, 2)})).network.input == (2, 9)


def lstm(path: Path) -> Path:
    return of_layers(
        path,
        layer("Dense", "first", units=4),
        layer("LSTM", "lstm_1", units=3),
        layer("Dense", "d", units=2),
        size=(5, 4),
        dense=dense(4, 4),
    )


def test_a_layer_that_cannot_be_drawn_is_named_and_what_is_before_it_can_be(tmp_path: Path) -> None:
    path = lstm(tmp_path / "m.keras")
    with pytest.raises(ModelError, match=r'layer "lstm_1" \(LSTM\): it cannot be drawn.*"first" as the last layer'):
        read_keras(path)
    assert [layer.name for layer in read_keras(path, ModelOptions(end="first")).network.layers] == ["first"]


REFUSED: dict[str, tuple[list[Config], str]] = {
    "code": ([layer("Lambda", "secret", function={"class_name": "__lambda__"})], r'"secret" \(Lambda\): it holds code, which is never run'),
    "a class of one's own": ([{**layer("Dense", "mine", units=2), "registered_name": "Package>Dense"}], r'"mine" \(Dense\): .* no layer of Keras. own'),
    "a module of one's own": ([{**layer("Dense", "mine", units=2), "module": "os"}], r'"mine" \(Dense\): .* no layer of Keras. own'),
    "an unknown layer": ([layer("LayerNormalization", "ln")], r'"ln" \(LayerNormalization\): it cannot be drawn'),
    "a dot product": ([layer("Dot", "dot")], r'"dot" \(Dot\): it cannot be drawn'),
    "an unknown activation": ([layer("Activation", "a", activation="my_act")], r"the activation 'my_act' is not known"),
    "an activation of code": ([layer("Activation", "a", activation={"class_name": "function", "config": "f", "module": "evil"})], "is not known"),
    "units of text": ([layer("Dense", "d", units="many")], r"units is 'many'; a whole number from 1"),
    "units beyond the limit": ([layer("Dense", "d", units=10**9)], "a whole number from 1 to 1,000,000"),
    "no units": ([layer("Dense", "d")], "units is None"),
    "no arrays": ([layer("Dense", "d", units=2)], r'"d" \(Dense\): the file has no kernel of it'),
    "a wrong input": ([layer("Conv1D", "c", filters=1, kernel_size=3)], "positions and channels are needed"),
    "a shape that does not fit": ([layer("Reshape", "r", target_shape=[3, 3])], r"\[4\] cannot be reshaped to \[3, 3\]"),
    "axes that are none": ([layer("Permute", "p", dims=[2, 1])], r"dims \[2, 1\] are not the axes"),
    "too many copies": ([layer("RepeatVector", "r", n=900_000)], "at most 1,000,000 numbers"),
    "an axis that is none": ([layer("Softmax", "s", axis=5)], "axis is 5"),
    "a number that is none": ([layer("LeakyReLU", "l", negative_slope=float("nan"))], "a finite number is needed"),
    "no configuration": ([{**layer("Dense", "d"), "config": None}], 'configuration of layer "d" is no object'),
    "no layer": (["dense"], "a layer is no object"),  # type: ignore[list-item]  # that is the mistake
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_said_in_one_line(what: str, tmp_path: Path) -> None:
    layers, message = REFUSED[what]
    path = of_layers(tmp_path / "m.keras", *layers)
    with pytest.raises(ModelError, match=message) as error:
        read_keras(path)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f'"{visible(str(path), 200)}"')


def test_arrays_of_another_shape_are_refused_and_so_are_numbers_that_are_none(tmp_path: Path) -> None:
    path = of_layers(tmp_path / "m.keras", layer("Dense", "d", units=2), dense=dense(3, 4))
    with pytest.raises(ModelError, match=r'"d" \(Dense\): its kernel has the shape \[4, 3\], where \[4, 2\] is needed'):
        read_keras(path)
    wrong = {"0": np.full((4, 2), np.nan), "1": np.zeros(2)}
    path = of_layers(tmp_path / "m.keras", layer("Dense", "d", units=2), dense=wrong)
    with pytest.raises(ModelError, match="kernel holds numbers that are not finite"):
        read_keras(path)


def graph(tmp_path: Path, layers: list[Config], outputs: Any = ("b", 0, 0)) -> Path:
    return save(tmp_path / "m.keras", functional(layers, list(outputs)), weights({}))


GRAPHS: dict[str, tuple[list[Config], str]] = {
    "a cycle": ([start(4, functional=True), layer("ReLU", "a", [("b", 0, 0)]), layer("ReLU", "b", [("a", 0, 0)])], '"a" takes what is made of its own output'),
    "of itself": ([start(4, functional=True), layer("ReLU", "b", [("b", 0, 0)])], '"b" takes what is made of its own output'),
    "of nobody": ([start(4, functional=True), layer("ReLU", "b", [("z", 0, 0)])], '"b" takes what is made of its own output, or by no layer'),
    "no output": ([start(4, functional=True), layer("ReLU", "a", [("x", 0, 0)])], 'an output of the model, "b", is made by no layer'),
    "another output": ([start(4, functional=True), layer("ReLU", "a", [("x", 0, 0)]), layer("ReLU", "b", [("a", 0, 3)])], '"a" has no output 3'),
    "shapes that do not fit": ([start(4, functional=True), layer("RepeatVector", "a", [("x", 0, 0)], n=3), layer("Concatenate", "b", [("x", 0, 0), ("a", 0, 0)])], "do not fit along axis"),
    "texts for numbers": ([start(4, functional=True), layer("ReLU", "b", [("x", "0", 0)])], "is not said by its layer and two numbers"),  # type: ignore[list-item]  # that is the mistake
}  # fmt: skip


@pytest.mark.parametrize("what", GRAPHS)
def test_a_graph_that_is_none_is_refused(what: str, tmp_path: Path) -> None:
    layers, message = GRAPHS[what]
    with pytest.raises(ModelError, match=message):
        read_keras(graph(tmp_path, layers))


def test_models_in_models_have_an_end(tmp_path: Path) -> None:
    inner = layer("ReLU", "r")
    for _ in range(60):
        inner = {**sequential(inner), "name": "s"}
    with pytest.raises(ModelError, match="models stand in models more than 20 deep"):
        read_keras(save(tmp_path / "m.keras", sequential(start(4), inner), weights({})))
    deep = '{"class_name":"Sequential","config":' + '{"layers":[' * 20_000 + "]}" * 20_000 + "}"
    with pytest.raises(ModelError, match=r"no JSON|no object"):
        read_keras(save(tmp_path / "m.keras", deep, weights({})))


@pytest.mark.parametrize(
    "config",
    [
        "",
        "[]",
        "{}",
        '{"class_name": "Transformer", "config": {}}',
        '{"class_name": "Sequential"}',
        '{"class_name": "Functional", "config": {"layers": 3}}',
        b"\xff",
    ],
)
def test_a_list_of_layers_that_is_none_is_refused(config: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read_keras(save(tmp_path / "m.keras", config, weights({})))


def filters(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", data=np.ones((4, 2)), compression="lzf")


def external(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = h5py.SoftLink("/layers")


def outside(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", (4, 2), "f4", external=[("/etc/passwd", 0, 32)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(4, 2), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4, 2))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def huge(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", (10**6, 10**6), "f4", chunks=(1000, 1000))


def unwritten(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", (4000, 2000), "f4")


def texts(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = ["a", "b"]


def circle(file: h5py.File) -> None:
    file["layers/again"] = file["/layers"] if "layers" in file else file.create_group("layers")


def many(file: h5py.File) -> None:
    for number in range(hdf5.ARRAY_LIMIT + 1):
        file.create_group(f"g/{number}")


HOSTILE: list[tuple[Callable[[h5py.File], None], str]] = [
    (filters, "packed in a way that is not HDF5's own"),
    (external, "is a link to another place"),
    (soft, "is a link to another place"),
    (outside, "has its numbers in another file"),
    (virtual, "has its numbers in another file"),
    (huge, r"says it has shape \[1000000, 1000000\]; 536,870,912 bytes are left of what is read"),
    (unwritten, "but the file has fewer numbers"),
    (texts, "weights are real numbers"),
    (circle, "nested more than 40 deep"),
    (many, "more than 20,000 arrays"),
]


@pytest.mark.parametrize(("change", "message"), HOSTILE, ids=lambda each: getattr(each, "__name__", ""))
def test_arrays_that_are_none_of_a_model_are_refused(
    change: Callable[[h5py.File], None], message: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "m.keras", sequential(start(4), layer("Dense", "d", units=2)), weights({}, change))
    with pytest.raises(ModelError, match=message) as error:
        read_keras(path)
    assert "\n" not in str(error.value)


def test_a_file_that_ends_hdf5_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some damaged files end the process that reads them, by a signal."""
    monkeypatch.setattr(hdf5, "__file__", __file__.replace("test_keras_files", "there_is_no_such_file"))
    with pytest.raises(ModelError, match="HDF5 could not read its arrays: they are damaged"):
        read_keras(FOLDER / "residual.keras")


def linked(file: h5py.File) -> None:
    file.attrs["model_config"] = json.dumps(sequential(start(4)))
    file["model_weights"] = h5py.ExternalLink("/etc/passwd", "/")


def test_the_arrays_of_a_whole_model_are_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_bytes(weights({}, linked))
    with pytest.raises(ModelError, match="model_weights in it is a link to another place"):
        read_keras(tmp_path / "m.h5")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", b" " * (archive.CONFIG_LIMIT + 1))
    with pytest.raises(ModelError, match=r"config\.json in it is larger than 16,777,216 bytes"):
        read_keras(path)
    monkeypatch.setattr(archive, "FILE_LIMIT", 1000)
    with pytest.raises(ModelError, match="is larger than 1,000 bytes"):
        read_keras(path)


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "m.keras", sequential(), weights({}))
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", b"{}")
    with pytest.raises(ModelError, match=r'it holds "config\.json" twice; save the model anew'):
        read_keras(path)


def test_arrays_alone_are_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    path.write_bytes(weights({"layers/dense/vars/0": np.ones(3)}))
    with pytest.raises(ModelError, match="it has arrays, but no list of layers; save the whole model"):
        read_keras(path)


@pytest.mark.parametrize(
    ("missing", "message"), [("config.json", "which lists the layers"), ("model.weights.h5", "models in several files")]
)
def test_a_file_without_one_of_its_parts_is_refused(missing: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(FOLDER / "residual.keras") as whole, zipfile.ZipFile(path, "w") as part:
        for name in whole.namelist():
            if name != missing:
                part.writestr(name, whole.read(name))
    with pytest.raises(ModelError, match=message):
        read_keras(path)


def test_files_that_are_not_there_and_weights_that_are_not_wanted(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot read"):
        read_keras(tmp_path / "none.keras")
    with pytest.raises(ModelError, match="has its weights itself"):
        read_keras(FOLDER / "residual.keras", ModelOptions(weights={}))


def test_h5py_is_asked_for_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(ModelError, match=r"pip install 'layer-connectivity\[keras\]'"):
        read_keras(FOLDER / "residual.keras")


def spoiled(data: bytes, seed: int) -> bytes:
    """A file that is cut off, or has some of its bytes changed."""
    chance = random.Random(seed)
    if seed % 2:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_a_damaged_file_is_a_model_or_one_line(seed: int, tmp_path: Path) -> None:
    """What is inside is damaged too: the checksums of a zip would notice anything else."""
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(FOLDER / "residual.keras") as whole:
        config, h5 = whole.read("config.json"), whole.read("model.weights.h5")
    match seed % 3:
        case 0:
            path.write_bytes(spoiled((FOLDER / "residual.keras").read_bytes(), seed))
        case 1:
            save(path, config, spoiled(h5, seed))
        case _:
            path.write_bytes(spoiled((FOLDER / "mlp.h5").read_bytes(), seed))
    try:
        read_keras(path)
    except ConnectivityError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("seed", range(60))
def test_a_configuration_that_was_changed_is_a_model_or_one_line(seed: int, tmp_path: Path) -> None:
    """Any value in it may be another."""
    chance = random.Random(seed)
    file = chance.choice(["residual.keras", "nested.keras", "separable.keras", "functions.keras"])
    with zipfile.ZipFile(FOLDER / file) as whole:
        config, h5 = json.loads(whole.read("config.json")), whole.read("model.weights.h5")
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [config]
    while waiting:
        node = waiting.pop()
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            places.append((node, key))
            if isinstance(value, (dict, list)):
                waiting.append(value)
    for _ in range(chance.randint(1, 3)):
        node, key = chance.choice(places)
        node[key] = chance.choice([None, -1, 0, 1, 7, 10**7, 1.5, "x", [], {}, True, [1], ["x", 0, 0], {"a": 1}])
    path = save(tmp_path / "m.keras", config, h5)
    try:
        read_keras(path)
    except ConnectivityError as error:
        assert "\n" not in str(error)


def test_every_layer_that_is_read_is_in_the_manual() -> None:
    from connectivity.models.keras.layers import LAYERS

    text = (ROOT / "samples" / "docs" / "reference" / "modules.rst").read_text(encoding="utf-8")
    missing = [name for name in LAYERS if not re.search(rf"\b{name}\b", text) and "Convolution" not in name]
    assert missing == []


def test_a_keras_model_is_drawn_by_its_name(run: Run, tmp_path: Path) -> None:
    done = run("draw", str(FOLDER / "autoencoder.keras"), "-o", "a.svg")
    assert done.returncode == 0
    assert b"note: dense: the columns of its weights" in done.stderr
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    assert b"batch_normalization" in run("describe", str(FOLDER / "mlp.h5")).stdout
    done = run("draw", str(lstm(tmp_path / "m.keras")), "-o", "m.svg")
    assert done.returncode == 2
    assert re.fullmatch(rb"connectivity: .*lstm_1.*\r?\n", done.stderr)
    assert not (tmp_path / "m.svg").exists()


def test_values_are_given_as_keras_has_them_or_as_they_are_drawn() -> None:
    import connectivity

    path, x = FOLDER / "residual.keras", RECORDED["residual.x0"]
    assert connectivity.draw(path, input=x, show=["values"]) == connectivity.draw(path, input=x.T, show=["values"])


def test_pytorch_is_asked_for_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import connectivity

    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ModelError, match="reading a PyTorch module needs PyTorch: pip install torch"):
        connectivity.from_torch(object(), (2, 4))
