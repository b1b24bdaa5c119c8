"""Mistakes and malice: one message, exit code 2, nothing written; what can be drawn is drawn whole."""

from __future__ import annotations

import io
import json
import lzma
import os
import subprocess
import sys
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Run

import connectivity
from connectivity.colour.spaces import named_table
from connectivity.weightfiles.loading import load_weights

COMMAND = str(Path(sys.executable).with_name("connectivity"))
DIGITS = "1" + "0" * 400


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["5", "fc:2", "--color-by", "weight", "--vmax=1e308"], "vmax 1e+308 is no end of a scale"),
        (["5", "fc:2", "--color-by", "weight", "--vmin", "0", "--vmax", "1e-320"], "is no end of a scale"),
        (["3", "fc:1", "--dpi", "0.1"], "dpi must be 1 or more"),
    ],
)
def test_refused(run: Run, tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run("draw", *arguments, "-o", "a.svg")
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["3", "fc:1,weight=1/1/1e308"],
        ["3,values=1e-10/1e-308/0.1", "fc:1,weight=1/1.7976931348623157e308/5e-324", "--theme", "print"],
        ["60", "fc:2", "--no-labels", "--label", "x[30]=a"],
        ["8", "conv:3", "--crop", "1/1", "--labels", "none", "--label", "y=a"],
        ["5", "fc:2", "--labels", "none", "--label", "y="],
        ["5", "fc:2", "--no-labels", "--merge", "x", "--label", "x=a"],
        ["5", "fc:2", "--colormap", "tab10"],
    ],
)
def test_drawn(run: Run, arguments: list[str]) -> None:
    done = run("draw", *arguments)
    assert done.returncode == 0, done.stderr
    assert b'"inf' not in done.stdout
    assert b"nan" not in done.stdout


@pytest.mark.parametrize("name", ["tab10", "Accent_3", "viridis", "tol:bright"])
def test_every_colormap_has_a_colour_for_each_step(name: str) -> None:
    assert len(named_table(name, "#ffffff")) == 256


@pytest.mark.parametrize("character", ["\ufdd0", "\U0001fffe", "\U0010ffff"])
def test_non_characters_lose_nothing(character: str) -> None:
    """Cairo leaves everything out that comes after one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", connectivity.errors.MissingGlyphs)  # of a system without any fonts
        shown = connectivity.draw("3 fc:2", "pdf", title=f"a{character}b")
        plain = connectivity.draw("3 fc:2", "pdf", title="a\ufffdb")
    assert shown == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'network = "3 fc:1"\nvmin = {DIGITS}', "2:8: vmin must be a finite number"),
        (f'network = "3 fc:1"\nmax-units = {"9" * 5000}', "not TOML"),
        ('network = "a\\u0000.toml"', "not a path"),
        ('network = "3 fc:1"\nextends = "a\\u0000"', "not a path"),
        (f'network = "3 fc:1"\nweights.{".".join("a" * 3000)} = 1', "nested too deeply"),
        ('network = "3 fc:1"\nweights = 3', "2:11: weights must be a text"),
        ('network = "3 fc:1"\ninput = 3', "2:9: input must be a text"),
    ],
)
def test_figure_files(text: str, words: str) -> None:
    with pytest.raises(connectivity.ConnectivityError) as caught:
        connectivity.Figure.parse(text, "f.toml").draw()
    assert words in str(caught.value)
    assert str(caught.value).count("f.toml:") <= 1


def damaged(kind: str) -> bytes:
    whole = io.BytesIO()
    arrays: dict[str, Any] = {"y.weight": np.ones((1, 3))}
    np.savez(whole, **arrays)
    if kind == "beheaded":
        return whole.getvalue()[1:]
    if kind == "renamed":
        return whole.getvalue().replace(b"y.weight.npy", b"\xff.weight.npy")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA if kind == "lzma" else zipfile.ZIP_BZIP2) as archive:
        archive.writestr("y.weight.npy", zipfile.ZipFile(whole).read("y.weight.npy") * 9)
    data = bytearray(packed.getvalue())
    for place in range(60, 120):
        data[place] ^= 0x5A
    return bytes(data)


@pytest.mark.parametrize("kind", ["beheaded", "renamed", "lzma", "bzip2"])
def test_damaged_archives(tmp_path: Path, kind: str) -> None:
    (tmp_path / "w.npz").write_bytes(damaged(kind))
    try:
        load_weights(tmp_path / "w.npz")
    except connectivity.WeightsError as error:
        assert "w.npz" in str(error)
    assert issubclass(lzma.LZMAError, Exception)
    assert issubclass(zlib.error, Exception)


def test_weights_in_bfloat16(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5, 0.15625]], np.float32)
    halves = (values.view("<u4") >> 16).astype("<u2").tobytes()
    header = json.dumps({"y.weight": {"dtype": "BF16", "shape": [1, 3], "data_offsets": [0, len(halves)]}}).encode()
    (tmp_path / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + halves)
    assert load_weights(tmp_path / "w.safetensors")["y.weight"].tolist() == values.tolist()


def test_names_of_others_graphs_do_not_reach_the_terminal_raw(run: Run, tmp_path: Path) -> None:
    graph = connectivity.build(connectivity.parse("3 fc:1")[0])
    graph.graph["layers"][1]["name"] = "a\x1b[31m\nb"
    (tmp_path / "g.json").write_bytes(connectivity.dump(graph, "json"))
    said = run("describe", "g.json").stdout + run("draw", "g.json", "--highlight", "q[1]").stderr
    assert b"\x1b" not in said
    assert b"a\xef\xbf\xbd[31m" in said


@pytest.mark.parametrize("command", [["describe", "5", "fc:2"], ["draw", "5", "fc:2"], ["--help"]])
def test_a_closed_pipe_is_not_stale(command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([COMMAND, *command], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_full_standard_error(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([COMMAND, "draw", "5", "cov:2"], stderr=full, check=False, cwd=tmp_path)
    assert done.returncode == 2


def test_terminals_without_a_minus_sign(run: Run) -> None:
    own = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([COMMAND, "describe", "8", "conv,taps=-3/0/3"], capture_output=True, check=False, env=own)
    assert done.returncode == 0
    assert b"taps ?3, 0, 3" in done.stdout


def test_the_environment_does_not_change_a_picture() -> None:
    code = "import connectivity, sys; sys.stdout.buffer.write(connectivity.draw('3 fc:2', 'png', title='A'))"
    misleading = {"FONTCONFIG_SYSROOT": "/tmp", "FC_DEBUG": "1", "PANGOCAIRO_BACKEND": "win32"}
    pictures = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, **more}, capture_output=True, check=True).stdout
        for more in ({}, misleading)
    }
    assert len(pictures) == 1
