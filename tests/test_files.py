"""Files: weights and graphs read with care, figures written whole or not at all."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import threading
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity import FileError, GraphError, WeightsError, build, dump, evaluate, load, load_weights, matrix, parse
from connectivity.errors import ConnectivityError
from connectivity.figure import Figure
from connectivity.files import write
from connectivity.graphs.blueprint import Blueprint
from connectivity.graphs.builder import wire
from connectivity.graphs.graph import to_networkx
from connectivity.graphs.graphfile import FORMATS, loads
from connectivity.graphs.streams import graphml_pieces
from connectivity.weightfiles.inputs import load_input


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def test_npz(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(
        npz(**{"h.weight": np.asfortranarray(np.arange(6).reshape(2, 3)), "b": np.array([1.5], dtype=np.float16)})
    )
    arrays = load_weights(path)
    assert arrays["h.weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert arrays["b"] == 1.5


def test_safetensors_in_natural_order(tmp_path: Path) -> None:
    from safetensors.numpy import save

    path = tmp_path / "w.safetensors"
    path.write_bytes(
        save(
            {"0.weight": np.ones((1, 1, 3)), "0.bias": np.ones(1), "10.weight": np.ones((2, 4)), "2.weight": np.ones(2)}
        )
    )
    assert list(load_weights(path)) == ["0.bias", "0.weight", "2.weight", "10.weight"]
    path.write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    with pytest.raises(WeightsError, match="not a readable"):
        load_weights(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "not a readable .npz"),
        (npz(a=np.array([None, {}], dtype=object)), "has the type object"),
        (npz(a=np.array([1j])), "has the type complex128"),
        (npz(a=np.array(["x"])), "has the type <U1"),
        (npz(), "holds no arrays"),
    ],
)
def test_npz_that_is_none(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=words):
        load_weights(path)


@given(st.integers(0, 600))
def test_truncated_npz(tmp_path: Path, size: int) -> None:
    data = npz(a=np.arange(9.0), b=np.zeros((2, 2)))
    path = tmp_path / "w.npz"
    path.write_bytes(data[: min(size, len(data) - 1)])
    with pytest.raises(WeightsError):
        load_weights(path)


def test_header_that_promises_too_much(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 9)})
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", header.getvalue())
    with pytest.raises(WeightsError, match="too large"):
        load_weights(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(600 * 2**20))
    with pytest.raises(WeightsError, match="unpacks to"):
        load_weights(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "no.npz", tmp_path):
        with pytest.raises((FileError, WeightsError)):
            load_weights(path)
    with pytest.raises(WeightsError, match=r"must end in \.npz"):
        load_weights(tmp_path / "a.txt")
    with pytest.raises(FileError, match="cannot read"):
        load(tmp_path / "no.json")


def test_input_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2.5\n\n-3,4\n")
    assert np.asarray(load_input(tmp_path / "a.csv")).tolist() == [[1, 2.5], [-3, 4]]
    np.save(tmp_path / "a.npy", np.arange(3))
    assert np.asarray(load_input(tmp_path / "a.npy")).tolist() == [0, 1, 2]
    (tmp_path / "b.csv").write_text("1,2\n3\n")
    with pytest.raises(WeightsError, match="equally long"):
        load_input(tmp_path / "b.csv")
    (tmp_path / "b.csv").write_text("1,x\n")
    with pytest.raises(WeightsError, match='line 1: "x"'):
        load_input(tmp_path / "b.csv")


@pytest.mark.parametrize(
    "text", ["6 conv:3,bias relu fc:2", "2x6 maxpool:2 fc:2", "3 conv:3,p=1,padding_mode=circular"]
)
def test_exported_json_reads_back(text: str) -> None:
    graph = build(parse(text)[0])
    again = loads(dump(graph, "json"))
    assert dump(again, "json") == dump(graph, "json")
    x = np.ones(parse(text)[0].input)
    assert evaluate(again, x).tolist() == evaluate(graph, x).tolist()


@pytest.mark.parametrize("format", ["json", "graphml", "csv", "npz"])
@pytest.mark.parametrize(
    "text",
    [
        "5",
        "6 conv:3,bias relu fc:2,bias",
        "2x6,drop=3 maxpool:2 fc:2",
        "3 conv:3,p=1,padding_mode=circular",
        "4 fc:3 globalmaxpool",
        "x=6 conv:3,p=1 relu conv:3,p=1 add:x relu",
        "4 fc:0/1/3/2",
        "3 ... fc:2",
    ],
)
def test_a_network_is_exported_as_its_graph_is(text: str, format: str) -> None:
    """From its arrays, piece by piece, which networkx writes as a whole."""
    try:
        expected = dump(build(parse(text)[0]), format)
    except ConnectivityError as error:
        with pytest.raises(type(error), match=re.escape(str(error))):
            Figure.of(text).panels[0].exported(format)
        return
    assert Figure.of(text).panels[0].exported(format) == expected


def test_names_are_escaped_in_graphml_as_networkx_does() -> None:
    wiring = wire(Blueprint(parse("2 fc:2")[0], None, 0))
    wiring.nodes[:] = ["a\"<&>'", "b\n\t\r", 3, "é"]
    wiring.names[:] = ["<&>\"'", "\n\x01", "x\ufffe", "é"]
    written = "".join(graphml_pieces(wiring)).encode()
    assert written == dump(to_networkx(wiring), "graphml")
    root = ET.fromstring(written)
    found = [node.get("id") for node in root.iter("{http://graphml.graphdrawing.org/xmlns}node")]
    assert found == ["a\"<&>'", "b\n\t\r", "3", "é"]


def test_exports() -> None:
    graph = build(parse("5 conv:3 fc:2")[0])
    rows = dump(graph, "csv").decode().splitlines()
    assert rows[0] == "source,target,key,parameter,weight,layer,role"
    assert len(rows) == 1 + 15
    arrays = np.load(io.BytesIO(dump(graph, "npz")))
    assert np.array_equal(arrays["network"], matrix(graph))
    assert sorted(arrays) == ["h1", "network", "y"]
    assert dump(graph, "graphml").count(b"<edge ") == 15
    assert all(dump(graph, kind) == dump(graph, kind) for kind in FORMATS)
    with pytest.raises(GraphError, match="unknown format"):
        dump(graph, "xml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("[1, 2", "not JSON"),
        ("[]", "not a graph"),
        ('{"nodes": []}', "not a graph"),
        ('{"nodes": 3, "edges": []}', '"nodes" must be a list'),
        ('{"nodes": [{}], "edges": []}', r'nodes\[0\] needs "id"'),
        ('{"nodes": [{"id": "a"}], "edges": [{"source": "a"}]}', r'edges\[0\] needs "target"'),
        ('{"nodes": [{"id": "a"}], "edges": [{"source": "a", "target": "b"}]}', 'names "b"'),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_json_that_is_no_graph(content: str, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        loads(content.encode())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_any_json_is_a_graph_or_an_error_of_ours(content: Any) -> None:
    for wrapped in (
        content,
        {"nodes": content, "edges": content},
        {"nodes": [{"id": "a"}], "edges": [], "graph": content},
    ):
        try:
            loads(json.dumps(wrapped).encode())
        except GraphError:
            continue


def test_write_keeps_the_mode_and_follows_links(tmp_path: Path) -> None:
    target, link = tmp_path / "a.svg", tmp_path / "link.svg"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "link.svg"]


def test_new_files_heed_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"x" * 200_000)
    reader.join(10)
    assert received == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_failures_leave_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.svg"
    target.write_bytes(b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connectivity.files.os.write", full)
    with pytest.raises(FileError, match="No space left"):
        write(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["no/such/folder.svg", "a\0b.svg", "x" * 300, "."])
def test_paths_that_cannot_be(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        write(tmp_path / name, b"")
