"""Weight files as PyTorch, Keras and safetensors write them (``make vectors``), read without PyTorch and Keras."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from conftest import ROOT

import connectivity
from connectivity import WeightsError, evaluate, load_weights, parse
from connectivity.weightfiles import numbers, pickles, source, torchfile
from connectivity.weightfiles.hdf5 import opened
from connectivity.weightfiles.pickles import Made, Named, PickleError, Stored, read_pickle
from connectivity.weightfiles.storages import storage_of
from connectivity.weightfiles.weights import Weights

STATES = ROOT / "tests" / "states"
EXPECTED: dict[str, Any] = json.loads((STATES / "expected.json").read_text(encoding="utf-8"))
CASES = [(name, item) for item in EXPECTED["networks"] for name in item["files"]]


@pytest.mark.parametrize(("name", "item"), CASES, ids=[name for name, _ in CASES])
def test_a_network_with_the_weights_of_a_file_computes_what_its_module_does(name: str, item: dict[str, Any]) -> None:
    (network,) = parse(item["network"])
    found = evaluate(network, item["x"], load_weights(STATES / name))
    np.testing.assert_allclose(found.ravel(), np.ravel(item["y"]), rtol=item["exact"], atol=item["exact"])


@pytest.mark.parametrize("name", ["mixed.pt", "mixed-old.pt"])
def test_every_sort_of_tensor(name: str) -> None:
    weights = load_weights(STATES / name)
    for key, values in EXPECTED["mixed"].items():
        np.testing.assert_array_equal(weights[key], np.reshape(values, weights[key].shape), err_msg=key)
    assert [list(weights[key].shape) for key in ("empty", "transposed", "scalar")] == [[0, 3], [6, 4], []]
    types = {key: weights.type_of(key) for key in ("double", "bfloat16", "float8_e5m2", "uint16", "bool", "scalar")}
    assert types == {
        "double": "float64", "bfloat16": "bfloat16", "float8_e5m2": "float8_e5m2", "uint16": "uint16", "bool": "bool",
        "scalar": "int64",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("complex", "complex has the type complexfloat"),
        ("quantised", r"quantised is quantised: save it after tensor.dequantize\(\)"),
        ("sparse", r"save it after tensor.to_dense\(\)"),
        ("numpy", "numpy is made by numpy.*_reconstruct, and is no plain tensor"),
    ],
)
@pytest.mark.parametrize("name", ["mixed.pt", "mixed-old.pt"])
def test_what_is_no_plain_tensor_is_named_where_it_is_needed(name: str, key: str, words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        load_weights(STATES / name)[key]


def test_a_whole_module_is_code() -> None:
    with pytest.raises(WeightsError, match=r'module.pt" holds a whole object \(torch.nn.*Sequential\).*state_dict'):
        load_weights(STATES / "module.pt")


def test_of_a_checkpoint_only_the_model_is_read() -> None:
    assert [*load_weights(STATES / "lightning.ckpt")] == [f"net.{key}" for key in load_weights(STATES / "cnn.pt")]
    assert [*load_weights(STATES / "nested.pt")] == [*load_weights(STATES / "cnn.pt")]


def test_the_arrays_of_keras_have_the_names_of_their_layers() -> None:
    names = [
        "a.kernel", "a.bias", "batch_normalization.gamma", "batch_normalization.beta", "batch_normalization.moving_mean",
        "batch_normalization.moving_variance", "depthwise_conv1d.kernel", "depthwise_conv1d.bias",
        "conv1d_transpose.kernel", "conv1d_transpose.bias", "conv1d.kernel", "conv1d.bias", "dense.kernel", "dense.bias",
        "head.kernel", "head.bias",
    ]  # fmt: skip
    model, older = load_weights(STATES / "cnn.keras"), load_weights(STATES / "kerascnn.h5")
    assert [key for key in model if key != "batch_normalization.epsilon"] == names
    assert {*older} == {*names}
    assert model["batch_normalization.epsilon"] == 0.001
    for key in names:
        np.testing.assert_array_equal(model[key], older[key])
    assert [load_weights(STATES / name).ordered for name in ("cnn.keras", "kerascnn.h5", "cnn.weights.h5")] == [
        True,
        False,
        False,
    ]


def test_epsilon_that_a_file_does_not_say_is_noted() -> None:
    weights = load_weights(STATES / "kerascnn.h5")
    text = "4x3 batchnorm,load=batch_normalization"
    with pytest.warns(connectivity.errors.LeftOver) as notes:
        connectivity.build(parse(text)[0], weights)
    assert any("does not say the epsilon of y; Keras's is 0.001" in str(note.message) for note in notes)
    with pytest.warns(connectivity.errors.LeftOver) as notes:
        connectivity.build(parse(f"{text},eps=0.001")[0], weights)
    assert not any("epsilon" in str(note.message) for note in notes)


def test_flatten_of_keras_goes_position_by_position() -> None:
    kernel = np.arange(12.0).reshape(6, 2)
    weights = Weights({"d.kernel": kernel}, layout=load_weights(STATES / "cnn.keras").layout)
    x = np.arange(6.0).reshape(2, 3)
    assert evaluate(parse("2x3 fc:2")[0], x, weights).ravel().tolist() == (x.T.ravel() @ kernel).tolist()
    as_pytorch = Weights({"d.weight": kernel.T}, layout=weights.layout)  # under its name: not turned
    assert evaluate(parse("2x3 fc:2")[0], x, as_pytorch).ravel().tolist() == (x.ravel() @ kernel).tolist()
    with pytest.raises(WeightsError, match=r"h1 \(flatten\) goes channel by channel: leave h1 out"):
        evaluate(parse("2x3 flatten fc:2")[0], x, weights)


def test_eight_bits_of_a_number() -> None:
    codes = np.arange(256, dtype=np.uint8)
    found = numbers.NUMBERS["float8_e4m3fn"].numbers(codes)
    sign, exponent, mantissa = codes >> 7, (codes >> 3) & 15, codes & 7
    for n in range(256):
        size = mantissa[n] / 8 * 2**-6 if exponent[n] == 0 else (1 + mantissa[n] / 8) * 2.0 ** (int(exponent[n]) - 7)
        if exponent[n] == 15 and mantissa[n] == 7:
            assert np.isnan(found[n])
        else:
            assert found[n] == (-1) ** int(sign[n]) * size


def archive(root: bytes, *members: tuple[str, bytes]) -> bytes:
    """A file as ``torch.save`` writes it, with a pickle and storages of your own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in (("data.pkl", root), *members):
            file.writestr(f"a/{name}", data)
    return buffer.getvalue()


def tensor(size: str = "(K\x02t", stride: str = "(K\x01t", offset: int = 0, count: int = 2) -> bytes:
    """The pickle of a dict with a tensor."""
    parts = [
        b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n",
        b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + b"J" + struct.pack("<i", count) + b"tQ",
        b"J" + struct.pack("<i", offset) + size.encode("latin-1") + stride.encode("latin-1") + b"\x89}tRs.",
    ]
    return b"".join(parts)


STORED = struct.pack("<2f", 1.5, -2)


def read(data: bytes) -> Weights:
    return torchfile.read_torch(data, "a.pt")


def test_an_archive_made_by_hand() -> None:
    assert read(archive(tensor(), ("data/0", STORED)))["w"].tolist() == [1.5, -2]
    swapped = archive(tensor(), ("data/0", struct.pack(">2f", 1.5, -2)), ("byteorder", b"big"))
    assert read(swapped)["w"].tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("root", "words"),
    [
        (tensor(size="(K\x03t"), "needs more numbers than its storage has"),
        (tensor(size="(J\xff\xff\xff\x7ft", stride="(K\x00t"), "tensors of 8,589,934,588 bytes; at most"),
        (tensor(size="(J\xff\xff\xff\xfft"), "a shape that is none"),
        (tensor(offset=1), "needs more numbers"),
        (tensor(offset=-1), "without a place"),
        (tensor(stride="(K\x01K\x01t"), "without a place, a shape and strides"),
        (tensor(count=-1), "without a type, a key and a size"),
        (tensor()[:-2], "pickle"),
        (b"\x80\x02]q\x00h\x00a.", "holds a list"),
        (b"\x80\x02}q\x00(X\x01\x00\x00\x00ah\x00u.", "no tensors by their names"),
        (b"\x80\x02h\x07.", "damaged pickle"),
        (b"\x80\x02\x82\x01.", "the instruction EXT1"),
    ],
)
def test_pickles_that_lie(root: bytes, words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        read(archive(root, ("data/0", STORED)))


def test_a_pickle_without_an_end_is_not_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "STEP_LIMIT", 1000)
    with pytest.raises(WeightsError, match="a pickle of more than 1,000 instructions"):
        read(archive(b"\x80\x02" + b"N0" * 500 + b"N."))


def test_a_dict_that_holds_itself_is_refused() -> None:
    root = tensor()[:-1] + b"q\x01X\x01\x00\x00\x00ah\x01s."
    with pytest.raises(WeightsError, match="holds itself"):
        read(archive(root, ("data/0", STORED)))


def test_dicts_that_are_many_times_in_one_another_are_refused() -> None:
    """Ten dicts, each four times in the next: a million tensors of a few bytes."""
    inner = tensor()[:-1] + b"q\x01"
    for _ in range(10):
        inner += (
            b"}(" + b"".join(b"X\x01\x00\x00\x00" + name + b"h\x01" for name in (b"a", b"b", b"c", b"d")) + b"uq\x01"
        )
    with pytest.raises(WeightsError, match="more than 100,000 values"):
        read(archive(inner + b".", ("data/0", STORED)))


def test_of_dicts_of_tensors_those_of_an_optimizer_are_left_out() -> None:
    root = (
        b"\x80\x02}(X\x03\x00\x00\x00net" + tensor()[2:-1] + b"X\x0c\x00\x00\x00optimizer_sd" + tensor()[2:-1] + b"u."
    )
    renamed = root.replace(b"\x03\x00\x00\x00net", b"\x03\x00\x00\x00gen")
    for data, names in ((root, ["w"]), (renamed, ["gen.w"])):
        assert [*read(archive(data, ("data/0", STORED)))] == names


def test_a_storage_that_is_a_part_of_another_one() -> None:
    """As old versions of PyTorch wrote them."""
    identity = ("storage", Named("torch", "FloatStorage"), "0", "cpu", 5)
    part = storage_of(Stored((*identity, ("1", 3, 2))))
    assert (part.key, part.length, part.first) == ("0", 5, 3)
    assert storage_of(Stored((*identity, None))).first == 0
    with pytest.raises(PickleError, match="larger than what it is a part of"):
        storage_of(Stored((*identity, ("1", 3, 3))))


def test_a_storage_that_is_not_there() -> None:
    with pytest.raises(WeightsError, match="data/0 is missing"):
        read(archive(tensor()))


def test_other_archives_and_pickles() -> None:
    for data, words in (
        (archive(tensor(), ("code/__torch__.py", b"")), "TorchScript program; save the state_dict"),
        (pickle.dumps({"w": 1}), "a pickle that torch.save did not write"),
        (b" " * 257 + b"ustar" + b" " * 99, "older than PyTorch 0.4"),
        (b"PK\x03\x04", "not a readable PyTorch file"),
        (b"hello", "not a readable PyTorch file"),
    ):
        with pytest.raises(WeightsError, match=words):
            read(data)


class Trap:
    """What would leave a trace if it were run."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (Path("trap"),)


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_in_a_pickle_is_run(protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_pickle(io.BytesIO(pickle.dumps({"a": [Trap(), 2.5], ("b",): {1, 2}}, protocol)))
    assert list(tmp_path.iterdir()) == []
    trap, number = found["a"]
    assert isinstance(trap, Made)
    assert trap.arguments
    assert number == 2.5
    pickle.loads(pickle.dumps(Trap(), protocol))  # as Python would
    assert [path.name for path in tmp_path.iterdir()] == ["trap"]


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_as_python_reads_them(protocol: int) -> None:
    value: dict[str, Any] = {
        "n": [0, 1, -1, 255, 256, 70000, -(2**40), 2**70, True, False, None], "f": [0.5, -1e300, float("inf")],
        "t": ["", "a", "\u00e9\n\\", "x" * 300], "b": [b"", b"abc", b"\xff" * 300], "d": {"k": (1, (2,), (3, 4), (), (5, 6, 7, 8))},
    }  # fmt: skip
    found = read_pickle(io.BytesIO(pickle.dumps(value, protocol)))
    if protocol < 3:
        found["b"] = value["b"]  # bytes are a call then
    assert found == value
    assert [type(n) for n in found["n"]] == [type(n) for n in value["n"]]


def test_deep_nests_are_no_keys() -> None:
    deep = b"\x80\x02}" + b")" + b"\x85" * 200_000 + b"Ns."
    ((key, value),) = read_pickle(io.BytesIO(deep)).items()
    assert type(key).__name__ == "Opaque"
    assert value is None
    with pytest.raises(PickleError, match="stack is empty"):
        read_pickle(io.BytesIO(b"\x80\x020."))
    assert isinstance(read_pickle(io.BytesIO(b"cposix\nsystem\n.")), Named)


def safetensors(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x01", "ends within its header"),
        (b"\xff" * 16, "a header of .* bytes; at most 26,214,400"),
        (safetensors({"w": ENTRY}, b"1234"), '"w" should end at byte 8 of 4'),
        (safetensors({"w": {**ENTRY, "shape": [3]}}, bytes(8)), r'"w" of shape \[3\] has 8 bytes'),
        (safetensors({"w": {**ENTRY, "shape": [-2]}}, bytes(8)), "no type, shape and place"),
        (safetensors({"w": ENTRY, "v": ENTRY}, bytes(8)), "bytes in common"),
        (safetensors(b'{"w": 1, "w": 2}'), 'says "w" twice'),
        (safetensors(b"[" * 100_000), "not a readable"),
        (safetensors({"w": 3}), '"w" is no tensor'),
        (safetensors([]), "no table of tensors"),
        (safetensors({"__metadata__": {}}), "holds no arrays"),
        (safetensors({"w": {**ENTRY, "dtype": "F4"}}, bytes(8)), "w has the type F4"),
    ],
)
def test_safetensors_that_lie(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=words):
        load_weights(tmp_path / "w.safetensors")


def test_safetensors_of_other_types_are_refused_where_they_are_needed(tmp_path: Path) -> None:
    data = safetensors({"w": ENTRY, "v": {**ENTRY, "dtype": "F4", "data_offsets": [8, 9]}}, STORED + b"1")
    (tmp_path / "w.safetensors").write_bytes(data)
    weights = load_weights(tmp_path / "w.safetensors")
    assert weights["w"].tolist() == [1.5, -2]
    with pytest.raises(WeightsError, match="v has the type F4"):
        weights["v"]


def hdf5(write: Callable[[h5py.File], None]) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def to_itself(file: h5py.File) -> None:
    file["layers/d/vars/0"] = np.ones((2, 1))
    file["layers/d/again"] = file["layers"]


def test_groups_that_hold_themselves_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(hdf5(to_itself))
    assert [*load_weights(tmp_path / "w.h5")] == ["d.kernel"]


def link(file: h5py.File) -> None:
    file["layers/d/vars/0"] = h5py.ExternalLink("other.h5", "/x")


def external(file: h5py.File) -> None:
    file.create_dataset("layers/d/vars/0", (2, 1), "f4", external=[("other.bin", 0, 8)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((2, 1), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (2, 1))
    file.create_virtual_dataset("layers/d/vars/0", layout)


def huge(file: h5py.File) -> None:
    file.create_dataset("layers/d/vars/0", (10**9, 9), "f4", chunks=(1000, 9))


def texts(file: h5py.File) -> None:
    file["layers/d/vars/0"] = ["a", "b"]


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (link, "is a link to something else"),
        (external, "has its data in another file"),
        (virtual, "has its data in another file"),
        (huge, "which is too large"),
        (texts, "weights are real numbers"),
        (lambda file: None, "holds no arrays"),
    ],
)
def test_hdf5_that_leads_elsewhere(write: Callable[[h5py.File], None], words: str, tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(hdf5(write))
    with pytest.raises(WeightsError, match=words):
        load_weights(tmp_path / "w.h5")


def test_without_h5py_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with (
        pytest.raises(WeightsError, match=r"needs the h5py package: pip install 'layer-connectivity\[keras\]'"),
        opened(b"", "a.h5", ".h5"),
    ):
        pass


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["gamma", "beta", "moving_mean", "moving_variance"]),
        ({"scale": False}, ["beta", "moving_mean", "moving_variance"]),
        ({"center": False}, ["gamma", "moving_mean", "moving_variance"]),
        ({"scale": False, "center": False}, ["moving_mean", "moving_variance"]),
    ],
)
def test_what_a_batch_norm_of_keras_has_is_said_by_its_settings(
    settings: dict[str, bool], names: list[str], tmp_path: Path
) -> None:
    def arrays(file: h5py.File) -> None:
        for number in range(len(names)):
            file[f"layers/batch_normalization/vars/{number}"] = np.full(2, number)

    layer = {"class_name": "BatchNormalization", "config": {"name": "n", "epsilon": 0.5, **settings}}
    with zipfile.ZipFile(tmp_path / "w.keras", "w") as file:
        file.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}))
        file.writestr("model.weights.h5", hdf5(arrays))
    weights = load_weights(tmp_path / "w.keras")
    assert [*weights] == [f"n.{name}" for name in (*names, "epsilon")]
    assert [weights[f"n.{name}"][0] for name in names] == [*range(len(names))]


def test_a_keras_file_that_is_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.keras", "w") as file:
        file.writestr("config.json", "{}")
    with pytest.raises(WeightsError, match="it has no config"):
        load_weights(tmp_path / "w.keras")


def test_limits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "FILE_LIMIT", 1000)
    with pytest.raises(WeightsError, match='pt" is larger than 1,000 bytes'):
        load_weights(STATES / "cnn.pt")
