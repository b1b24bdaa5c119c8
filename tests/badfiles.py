"""Files that cannot be written as text, for the entries in ``tests/bad``: each is made where an entry names it."""

from __future__ import annotations

import io
import json
import pickle
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnxfile import INT64, convolution, field, model, node, outside, tensor, value

ROOT = Path(__file__).parent.parent
Content = bytes | Callable[[Path], object]
"""The bytes of a file, or what makes whatever is there in its place."""

STATES = ROOT / "tests" / "states"
WEIGHTS = tensor("w", [1, 2, 3], [1.0] * 6)


def npy(array: Any) -> bytes:
    whole = io.BytesIO()
    np.save(whole, np.asarray(array))
    return whole.getvalue()


def archive(members: Sequence[tuple[str, bytes]], packing: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive; a name may stand twice."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", packing) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, packing)
    return whole.getvalue()


def npz(**arrays: Any) -> bytes:
    return archive([(f"{name.replace('__', '.')}.npy", npy(array)) for name, array in arrays.items()])


def header(text: str) -> bytes:
    """A file of numpy with any header."""
    line = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line


def says(shape: str, kind: str = "<f8") -> bytes:
    return header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}")


def safetensors(tensors: Mapping[str, Any] | str, data: bytes = bytes(12)) -> bytes:
    text = tensors if isinstance(tensors, str) else json.dumps(tensors)
    return len(text.encode()).to_bytes(8, "little") + text.encode() + data


def entry(start: int = 0, end: int = 12, shape: Sequence[int] = (1, 3), kind: str = "F32") -> dict[str, Any]:
    return {"dtype": kind, "shape": list(shape), "data_offsets": [start, end]}


def flipped(data: bytes, start: int, stop: int) -> bytes:
    return data[:start] + bytes(byte ^ 0x5A for byte in data[start:stop]) + data[stop:]


def keras(config: Any, *more: tuple[str, bytes]) -> bytes:
    text = config if isinstance(config, bytes) else json.dumps(config).encode()
    return archive([("config.json", text), ("metadata.json", b"{}"), *more])


def sequential(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


def state(name: str) -> bytes:
    return (STATES / name).read_bytes()


CONV = [node("Conv", ["x", "w"], ["y"], "c")]

FILES: dict[str, Content] = {
    # whatever stands in a folder
    "folder.toml": lambda path: path.mkdir(),
    "folder.json": lambda path: path.mkdir(),
    "folder.npz": lambda path: path.mkdir(),
    "folder.svg": lambda path: path.mkdir(),
    "folder.onnx": lambda path: path.mkdir(),
    "circle.toml": lambda path: path.symlink_to(path.name),
    "nowhere-link.toml": lambda path: path.symlink_to("nowhere.toml"),
    "outside.toml": lambda path: path.symlink_to("/etc/hostname"),
    "latin.toml": 'network = "6 fc:2"\ntitle = "Ä"\n'.encode("latin-1"),
    "utf16.toml": 'network = "6 fc:2"\n'.encode("utf-16"),
    # numpy's
    "whole.npz": npz(y__weight=np.ones((1, 3))),
    "twice.npz": archive([("y.weight.npy", npy(np.ones((1, 3))))] * 2),
    "empty.npz": b"",
    "nothing.npz": archive([]),
    "text.npz": b"these are no weights",
    "beheaded.npz": npz(y__weight=np.ones((1, 3)))[40:],
    "cut.npz": npz(y__weight=np.ones((1, 3)))[:-40],
    "flipped.npz": flipped(archive([("y.weight.npy", npy(np.ones((9, 30))))], zipfile.ZIP_DEFLATED), 60, 90),
    "code.npz": archive([("y.weight.npy", header("{'descr': '<f8', 'fortran_order': False, 'shape': f(3,), }"))]),
    "pickled.npz": archive([("y.weight.npy", says("(1, 3)", "|O") + pickle.dumps([1, 2, 3]))]),
    "complex.npz": npz(y__weight=np.ones((1, 3), np.complex128)),
    "strings.npz": npz(y__weight=np.array([["a", "b", "c"]])),
    "dates.npz": npz(y__weight=np.array([[1, 2, 3]], "datetime64[s]")),
    "nan.npz": npz(y__weight=np.array([[1, np.nan, 3]])),
    "infinite.npz": npz(y__weight=np.array([[1, np.inf, 3]])),
    "shape.npz": npz(y__weight=np.ones((3, 1))),
    "huge.npz": archive([("y.weight.npy", says("(100000, 100000)"))]),
    "negative.npz": archive([("y.weight.npy", says("(-1, 3)"))]),
    "short.npz": archive([("y.weight.npy", says("(1, 3)") + bytes(8))]),
    "bomb.npz": lambda path: path.write_bytes(bomb()),
    "control.npz": archive([("\x1b[31mq.weight.npy", npy(np.ones((1, 3))))]),
    "notes.npz": archive([("notes.txt", b"hello")]),
    "many.npz": npz(**{f"a{number}__weight": np.ones((1, 2)) for number in range(200)}),
    # of others
    "twice.safetensors": safetensors(f'{{"y.weight": {json.dumps(entry())}, "y.weight": {json.dumps(entry())}}}'),
    "overlap.safetensors": safetensors({"a": entry(0, 12), "b": entry(8, 20)}, bytes(20)),
    "beyond.safetensors": safetensors({"y.weight": entry(0, 99)}),
    "wrong.safetensors": safetensors({"y.weight": entry(shape=(1, 9))}),
    "list.safetensors": safetensors("[]"),
    "noentry.safetensors": safetensors({"y.weight": 3}),
    "deep.safetensors": safetensors("[" * 100_000),
    "lists.safetensors": safetensors("[" + "[]," * 1_100_000 + "0]"),
    "long.safetensors": (2**62).to_bytes(8, "little"),
    "cut.safetensors": safetensors({"y.weight": entry()})[:20],
    "short.safetensors": b"abc",
    "float4.safetensors": safetensors({"y.weight": entry(kind="F4")}),
    "huge.safetensors": safetensors({"y.weight": entry(shape=(10**18, 10**18))}),
    "module.pt": state("module.pt"),
    "cut.pt": state("cnn.pt")[:-300],
    "flipped.pt": flipped(state("cnn.pt"), 300, 600),
    "twice.pt": archive([("a/data.pkl", b"")] * 2),
    "nopickle.pt": archive([("a/data", b"")]),
    "code.pt": archive([("a/data.pkl", b"cos\nsystem\n(S'true'\ntR.")]),
    "text.pt": b"these are no weights",
    "pickle.pt": pickle.dumps({"y.weight": [1, 2, 3]}),
    "nested.pt": archive([("a/data.pkl", b"(" * 100_000 + b".")]),
    "cut.keras": state("cnn.keras")[:-300],
    "twice.keras": archive([("config.json", b"{}"), ("config.json", b"{}"), ("model.weights.h5", b"")]),
    "text.h5": b"these are no weights",
    "cut.h5": state("kerascnn.h5")[:2000],
    "flipped.h5": flipped(state("kerascnn.h5"), 400, 3000),
    # models
    "whole.onnx": convolution(),
    "empty.onnx": b"",
    "text.onnx": b"these are no layers",
    "nograph.onnx": field(1, 8),
    "cut.onnx": convolution()[:-30],
    "zip.onnx": archive([("a", b"b")]),
    "shape.onnx": model(CONV, [tensor("w", [1, 2, 3], [1.0] * 5)]),
    "huge.onnx": model(CONV, [tensor("w", [10**9, 10**9], [])]),
    "nan.onnx": model(CONV, [tensor("w", [1, 2, 3], [1, 2, float("nan"), 4, 5, 6])]),
    "cycle.onnx": model([node("Relu", ["b"], ["a"], "1st"), node("Relu", ["a"], ["b"], "2nd"), *CONV], [WEIGHTS]),
    "twice.onnx": model([*CONV, *CONV], [WEIGHTS]),
    "loose.onnx": model(CONV),
    "nothing.onnx": model(CONV, [WEIGHTS], outputs=[value("z", [])]),
    "integers.onnx": model(CONV, [WEIGHTS], inputs=[value("x", ["N", 2, 8], INT64)]),
    "unknown.onnx": model([node("Nonsense", ["x"], ["y"], "n")]),
    "control.onnx": model([node("\x1b[31mNonsense", ["x"], ["y"], "\x07n")]),
    "secret.onnx": model(CONV, [outside("w", [1, 2, 3], location="../secret.bin")]),
    "missing.onnx": model(CONV, [outside("w", [1, 2, 3], location="w.bin")]),
    "dynamic.onnx": model(CONV, [WEIGHTS], inputs=[value("x", ["N", 2, "L"])]),
    "image.onnx": model(CONV, [WEIGHTS], inputs=[value("x", ["N", 2, 8, 8])]),
    "noinput.onnx": model(CONV, [WEIGHTS], inputs=[]),
    "config.keras": archive([("metadata.json", b"{}")]),
    "noweights.keras": keras(sequential()),
    "nojson.keras": keras(b"{"),
    "deep.keras": keras(b"[" * 100_000),
    "list.keras": keras([]),
    "double.keras": keras(b'{"class_name": "A", "class_name": "B"}'),
    "text.keras": b"these are no layers",
    # inputs
    "long.csv": lambda path: path.write_bytes(b"1," * 10_000_000 + b"1\n"),
    "lines.csv": lambda path: path.write_bytes(b"1\n" * 10_000_000),
    "digits.csv": lambda path: path.write_bytes(b"1" * 10_000_000),
    "binary.csv": bytes(range(256)),
    "long.npy": lambda path: np.save(path, np.zeros(10_000_000)),
    "long-input.npz": lambda path: np.savez(path, x=np.zeros(10_000_000)),
    "empty.csv": b"",
    "empty.npy": b"",
    "text.npy": b"these are no numbers",
    "code.npy": header("{'descr': '<f8', 'fortran_order': False, 'shape': f(3,), }"),
    "nan.npy": npy([1, np.nan, 3]),
    "complex.npy": npy([1j, 2, 3]),
    "cut.npy": npy(np.ones(3))[:-8],
    "huge.npy": says("(1000000000000,)"),
    "four.npy": npy(np.ones(4)),
    "deep.npy": npy(np.ones((1, 1, 1, 3))),
    "q.npz": npz(q=np.ones(3), p=np.ones(3)),
    "hello.ttf": b"this is no font",
    # graphs
    "deep.json": b'{"nodes": ' + b"[" * 100_000,
    "utf16.json": '{"nodes": []}'.encode("utf-16-be"),
    "latin.json": '{"nodes": "Ä"}'.encode("latin-1"),
}
"""Each by the name that entries call it."""


def bomb() -> bytes:
    """An archive of 600 MiB of zeros, packed a part at a time."""
    whole = io.BytesIO()
    with (
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("y.weight.npy", "w") as one,
    ):
        one.write(says("(1, 78643200)"))
        for _ in range(600):
            one.write(bytes(2**20))
    return whole.getvalue()
