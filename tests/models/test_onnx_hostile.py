"""ONNX files of strangers: whatever is wrong with one is said in one line, and nothing outside its folder is read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from onnxfile import INT64, attribute, convolution, field, model, node, outside, tensor, value, varint

from connectivity.errors import ConnectivityError, ModelError, harmless
from connectivity.graphs.blueprint import Blueprint
from connectivity.models.files import read_model

RECORDED = Path(__file__).parent / "recorded"
CONV = [node("Conv", ["x", "w"], ["y"], "c")]
WEIGHTS = tensor("w", [1, 2, 3], [1.0] * 6)
NAN = float("nan")


def refusal(folder: Path, data: bytes) -> str:
    """What is said of a file, which is one line."""
    path = folder / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        read_model(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f'"{path}": ')
    return message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"\x00\x01\x02", "a field without a number"),
        (field(1, 8), "it has no graph"),
        (convolution()[:-30], "cut off"),
        (b"PK\x03\x04" + bytes(100), "it is damaged"),
        (field(7, field(1, b"\xff" * 12)), "damaged"),
        (model(CONV, [tensor("w", [1, 2, 3], [1.0] * 5)]), "says it has the shape [1, 2, 3], 24 bytes, but holds 20"),
        (model(CONV, [tensor("w", [10**9, 10**9], [])]), "which is more than 536,870,912 bytes"),
        (model(CONV, [tensor("w", [-1, 2, 3], [])]), "has the shape [-1, 2, 3]"),
        (model(CONV, [tensor("w", [1, 2, 3], b"\0" * 6, type=8)]), "holds texts, not numbers"),
        (model(CONV, [tensor("w", [1, 2, 3], b"\0" * 6, type=17)]), "holds float8"),
        (model(CONV, [tensor("w", [1, 2, 3], b"\0" * 6, type=99)]), "of an unknown type"),
        (model(CONV, [tensor("w", [1, 2, 3], [1, 2, NAN, 4, 5, 6])]), '"w"[0,0,2] is nan; weights are finite numbers'),
        (model(CONV, [tensor("w", [1, 2, 9], [1.0] * 18)]), "does not fit its input"),
        (model(CONV, [tensor("w", [1, 3, 3], [1.0] * 9)]), "its weight has the shape [1, 3, 3], but on its input it needs [1, 2, 3]"),
        (model(CONV), 'takes "w", which nothing makes'),
        (model([node("Add", ["x", "b"], ["a"], "1st"), node("Relu", ["a"], ["b"], "2nd"), *CONV], [WEIGHTS]), "are a cycle"),
        (model([*CONV, *CONV], [WEIGHTS]), '"y" is made twice'),
        (model(CONV, [WEIGHTS], outputs=[value("z", [])]), 'nothing makes its output "z"'),
        (model(CONV, [WEIGHTS], inputs=[value("x", ["N", 2, 8], INT64)]), "whole numbers"),
        (model(CONV, [WEIGHTS], inputs=[value("x", ["N", 2, 10**7])]), "of 20,000,000 numbers"),
        (model([node("Conv", ["x", "w"], ["y"], "c", strides=[0])], [WEIGHTS]), "its strides [0]"),
        (model([node("Conv", ["x", "w"], ["y"], "c", group=0)], [WEIGHTS]), "cannot be drawn"),
        (model([node("Conv", ["x", "w"], ["y"], "c", pads=[2**62, 0])], [WEIGHTS]), "cannot be drawn"),
        (model([node("Nonsense", ["x"], ["y"], "n")]), 'Nonsense "n" (node 1) cannot be drawn: no layer is one'),
        (
            model([node("Reshape", ["x", "s"], ["y"], "r")], [tensor("s", [2], [3, 7], INT64)]),
            "do not fit the shape [3, 7]",
        ),
        (
            model([node("Tile", ["x", "s"], ["y"], "t")], [tensor("s", [3], [1, 1, 2**40], INT64)]),
            "elements; at most",
        ),
        (
            model([node("ConstantOfShape", ["s"], ["a"], "big"), node("Add", ["x", "a"], ["y"])], [tensor("s", [1], [2**40], INT64)]),
            'ConstantOfShape "big"',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(data: bytes, said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"location": "../secret.bin"}, "not in the folder of the model"),
        ({"location": "/etc/passwd"}, "not in the folder of the model"),
        ({"location": "link.bin"}, "not in the folder of the model"),
        ({"location": ""}, "not in the folder of the model"),
        ({"location": "."}, "not in the folder of the model"),
        ({"location": "inner"}, "which is no file"),
        ({"location": "missing.bin"}, "cannot be read"),
        ({"location": "short.bin"}, 'ends at byte 24 of "short.bin", which has 10'),
        ({"location": "whole.bin", "offset": "8"}, 'ends at byte 32 of "whole.bin", which has 24'),
        ({"location": "whole.bin", "length": "20"}, "needs 24 bytes, but says it has 20"),
        ({"location": "whole.bin", "offset": "-4"}, "for an offset or a length"),
        ({"location": "whole.bin", "offset": "1e3"}, "for an offset or a length"),
        ({"location": "a\0b"}, "impossible name"),
    ],
)
def test_data_beside_the_model_stays_in_its_folder(place: dict[str, str], said: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.bin").write_bytes(bytes(24))
    (folder / "short.bin").write_bytes(bytes(10))
    (folder / "whole.bin").write_bytes(bytes(24))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    assert said in refusal(folder, model(CONV, [outside("w", [1, 2, 3], **place)]))


def test_data_beside_the_model_is_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "w.bin").write_bytes(bytes(4) + b"\0\0\x80?" * 6)
    data = model(CONV, [outside("w", [1, 2, 3], location="data/w.bin", offset="4", length="24")])
    (tmp_path / "model.onnx").write_bytes(data)
    assert (read_model(tmp_path / "model.onnx").weights["c.weight"] == 1).all()


def test_graphs_within_graphs_end(tmp_path: Path) -> None:
    graph = b""
    for _ in range(40):
        inner = field(1, "then_branch") + field(6, graph) + field(20, 5)
        graph = field(1, field(1, "x") + field(2, "y") + field(4, "If") + field(5, inner))
    assert "stand within one another" in refusal(tmp_path, field(7, graph) + field(8, field(2, 17)))


def test_numbers_without_end_are_refused(tmp_path: Path) -> None:
    many = field(7, field(1, field(5, field(1, "a") + field(8, varint(1) * 2_000_000))))
    assert "more than 1,500,000 fields" in refusal(tmp_path, many)


def test_functions_that_call_themselves_end(tmp_path: Path) -> None:
    function = field(1, "f") + field(10, "own") + field(4, "a") + field(5, "b")
    call = field(1, "a") + field(2, "b") + field(4, "f") + field(7, "own")
    data = model([field(1, "x") + field(2, "y") + field(4, "f") + field(7, "own")]) + field(
        25, function + field(7, call)
    )
    assert "calls itself" in refusal(tmp_path, data)


FUZZED = [path for path in sorted(RECORDED.glob("*.onnx")) if path.stat().st_size < 3000]


@pytest.mark.parametrize("path", FUZZED, ids=lambda path: path.stem)
def test_damage_never_passes_as_an_error_of_ours(path: Path, tmp_path: Path) -> None:
    """Cut off anywhere, bits and bytes changed anywhere: a model, or one line."""
    source = random.Random(path.stem)
    whole = path.read_bytes()
    damaged = tmp_path / "model.onnx"
    for _ in range(120):
        data = bytearray(whole)
        if source.random() < 0.3:
            del data[source.randrange(len(data)) :]
        for _ in range(source.choice((1, 1, 2, 8)) if data else 0):
            data[source.randrange(len(data))] = source.randrange(256)
        damaged.write_bytes(data)
        try:
            found = read_model(damaged)
            Blueprint(found.network, found.weights)
        except ConnectivityError as error:
            assert "\n" not in str(error)  # an error that may not come


def test_attributes_of_another_type_are_told(tmp_path: Path) -> None:
    wrong = field(1, "x") + field(1, "w") + field(2, "y") + field(4, "Conv") + field(5, attribute("strides", "two"))
    assert "its attribute strides is no list" in refusal(tmp_path, model([wrong], [WEIGHTS]))


@pytest.mark.parametrize(
    ("op", "name", "initializers"),
    [("Conv", "auto_pad", [WEIGHTS]), ("Resize", "mode", []), ("LpNormalization", "axis", []), ("Pad", "mode", [])],
)
def test_what_a_terminal_would_obey_is_not_in_a_message(
    op: str, name: str, initializers: list[bytes], tmp_path: Path
) -> None:
    """Texts of attributes are those of strangers."""
    said = {name: "NO\0\x1b[31m"}
    inputs = {"Conv": ["x", "w"], "Resize": ["x", "", "s"], "Pad": ["x", "p"]}.get(op, ["x"])
    tensors = [tensor("s", [3], [1.0, 1.0, 2.0]), tensor("p", [6], [0, 0, 1, 0, 0, 1], INT64)]
    message = refusal(tmp_path, model([node(op, inputs, ["y"], "n", **said)], [*initializers, *tensors]))
    assert harmless(message) == message
