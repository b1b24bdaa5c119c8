"""Mistakes and malice: one message, exit code 2, nothing written; what can be drawn is drawn whole."""

from __future__ import annotations

import io
import json
import lzma
import os
import subprocess
import sys
import tomllib
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Run

import connectivity
from cli.main import main
from cli.streams import tell
from connectivity.colour.spaces import named_table
from connectivity.figures import figurefile, tomlsize
from connectivity.options import LIST_LIMIT
from connectivity.weightfiles import inputs
from connectivity.weightfiles.inputs import load_input
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
        (f'network = "3 fc:1"\nmax-units = {"9" * 5000}', "2:13: a number of more digits than are read; at most 18"),
        ('network = "a\\u0000.toml"', "not a path"),
        ('network = "3 fc:1"\nextends = "a\\u0000"', "not a path"),
        (f'network = "3 fc:1"\nweights.{".".join("a" * 3000)} = 1', "2:72: nested more than 32 deep"),
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


DEEP = tomlsize.DEPTH_LIMIT + 1


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 20_000) + " = 1",
        f"[{'.'.join('a' * 20_000)}]",
        f"[[{' . '.join('a' * 20_000)}]]",
        f"a = {'[' * 20_000}{']' * 20_000}",
        f"a = {'{a=' * 20_000}1{'}' * 20_000}",
        f"a = {'[[1],' * DEEP}",  # each closes one of two
        f"[{'.'.join('a' * (DEEP - 3))}]\n b.c = [[1]]",
        f"a = [{'1.5, ' * 3}\n {{ {'.'.join('a' * DEEP)} = 1 }}]",
    ],
)
def test_a_figure_file_that_is_too_deep_is_refused_before_it_is_read(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("read"))
    with pytest.raises(
        connectivity.errors.FigureFileError, match=r"^<figure>:[23]:\d+: nested more than 32 deep"
    ) as caught:
        connectivity.Figure.parse('network = "3 fc:1"\n' + text)
    assert caught.value.column < 400


@pytest.mark.parametrize(
    "text",
    [
        f"title = '{'[' * 99}{'.' * 99}'",
        f'title = "{"{" * 99}\\"{"." * 99}"',
        f"title = '''{'[' * 99}\n'{'.' * 99}'''",
        f'title = """{"[" * 99}\n""\\"""{"." * 99}"""',
        f"# {'[' * 99}{'.' * 99}\n[a.b.c]\n" * 40,
        f"a = [{'1.5, ' * 99}]",
        f"a = [{'[[1.5], [2.5]], ' * 99}]",
        f"a = [{'{b.c=1}, ' * 99}]",
        "a.b.c = 1.5\n" * 99,
    ],
)
def test_what_is_long_is_not_deep(text: str) -> None:
    assert tomlsize.excess(text) is None


def test_a_figure_file_of_too_many_values_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("read"))
    for text in (f"input = [{'1,' * 100_001}]", "a=1\n" * 100_001):
        with pytest.raises(
            connectivity.errors.FigureFileError, match="more than 100,000 values; put arrays into files"
        ):
            connectivity.Figure.parse(text)
    for header in ("[a]\n", "[[a]]\n"):
        with pytest.raises(connectivity.errors.FigureFileError, match=r"5001:1: more than 5,000 tables; put figures"):
            connectivity.Figure.parse(header * 6_000)


@pytest.mark.parametrize("option", ["highlight", "box", "merge", "label", "units", "layer-title"])
def test_lists_of_options_have_a_limit_everywhere(option: str) -> None:
    items: Any = ["y=cells" if option in ("label", "units") else "y"] * (LIST_LIMIT + 1)
    words = rf"{option} is said 1,001 times; at most 1,000, which no option raises"
    with pytest.raises(connectivity.errors.FigureFileError, match=rf"^<figure>:1:\d+: {words}"):
        connectivity.Figure.parse(f'{option} = {json.dumps(items)}\nnetwork = "3 fc:1"')
    with pytest.raises(connectivity.DrawingError, match=f"^{words}"):
        connectivity.Figure.of("3 fc:1", **{option.replace("-", "_"): items})


def test_a_long_list_is_checked_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(figurefile, "Options", lambda **said: made.append(said))
    text = f'network = "3 fc:1"\nhighlight = {json.dumps(["y.1"] * LIST_LIMIT)}'
    connectivity.figures.figurefile.parse_figure(text, "f.toml", ".")
    assert len(made) == 1


def test_a_csv_of_far_more_than_the_network_takes_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(inputs, "_number", lambda *_: pytest.fail("read"))
    monkeypatch.chdir(tmp_path)
    for text in ("1," * 20_000, "1\n" * 20_000, "1" * 400_000):
        Path("a.csv").write_text(text)
        Path("f.toml").write_text('network = "6 fc:2"\ninput = "a.csv"')
        for command in (["draw", "6", "fc:2", "--input", "a.csv"], ["draw", "f.toml"]):
            assert main([*command, "-o", "a.svg"]) == 2
            said = capsys.readouterr().err
            assert '"a.csv" holds more than 10,006 numbers, and the network takes 6; save those alone' in said
        with pytest.raises(connectivity.WeightsError, match="takes 6; save"):
            connectivity.Figure.of("6 fc:2", input="a.csv")


def test_a_csv_is_limited_where_no_network_says_how_long_it_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "NUMBER_LIMIT", 5)
    (tmp_path / "a.csv").write_text("1,2,3,4,5\n6")
    with pytest.raises(connectivity.WeightsError, match=r"holds more than 5 numbers, save it as \.npy"):
        load_input(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("1,2,3,4,5")
    assert np.asarray(load_input(tmp_path / "a.csv")).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_an_array_of_far_more_than_the_network_takes_is_not_read(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        np.save(file, np.zeros((2, 10_000))) if suffix == ".npy" else np.savez(file, a=np.zeros((2, 10_000)))
    assert np.asarray(load_input(path)).shape == (2, 10_000)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("read"))
    with pytest.raises(
        connectivity.WeightsError, match=r"has shape \[2, 10000\], 20,000 numbers, and the network takes"
    ):
        connectivity.Figure.of("6 fc:2", input=path)


def test_names_of_files_do_not_reach_the_terminal_raw(run: Run, tmp_path: Path) -> None:
    name = "a\x1b[31m\x07b"
    (tmp_path / f"{name}.toml").write_text('network = "3 cov:1"')
    (tmp_path / f"{name}.json").write_text("[]")
    (tmp_path / f"{name}.csv").write_text("x")
    (tmp_path / f"{name}.npz").write_text("x")
    for command in (
        ["draw", f"{name}.toml"],
        ["build", f"{name}.toml"],
        ["draw", f"{name}.json"],
        ["describe", f"{name}.json"],
        ["draw", "3", f"sparse:mask={name}.csv"],
        ["draw", "3", "fc:1", "--weights", f"{name}.npz"],
        ["draw", "3", "fc:1", "--input", f"{name}.csv"],
        ["draw", f"{name}.onnx"],
        ["draw", "3", "fc:1", "-o", f"{name}/a.svg"],
        ["draw", "3", "fc:1", "-o", f"{name}.svgg"],
        ["draw", "3", "fc:1", "--font", f"{name}.ttf"],
        ["draw", "3", f"fc:{name}"],
        ["draw", f"--{name}"],
    ):
        done = run(*command)
        assert done.returncode == 2
        assert b"a\xef\xbf\xbd[31m\xef\xbf\xbdb" in done.stderr, command
        assert b"\x1b" not in done.stderr + done.stdout
    done = run("draw", "3", "fc:1", "-o", f"{name}.svg")
    assert done.stderr == b"wrote a\xef\xbf\xbd[31m\xef\xbf\xbdb.svg\n"


def test_the_place_of_a_mistake_is_shown_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.toml").write_text('network = "3 cov:1"')
    with pytest.raises(connectivity.errors.FigureFileError) as caught:
        connectivity.Figure.read(tmp_path / "a\x1b[31m.toml")
    assert "a\ufffd[31m.toml:1:14: " in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_whatever_is_said_on_standard_error_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    tell("a\x1b[31m\r\u202eb\n  c")
    assert capsys.readouterr().err == "a\ufffd[31m\ufffd\ufffdb\n  c\n"


def test_no_message_says_where_an_object_is_in_memory() -> None:
    nobody: Any = object()
    with pytest.raises(connectivity.DrawingError, match=r"^title must be a text, not object$"):
        connectivity.Figure.of("3 fc:1", title=nobody)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': f(3,), }".ljust(117) + b"\n"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("y.weight.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(connectivity.WeightsError, match="it begins with no shape and type; save it anew"):
        connectivity.weightfiles.npz.read_npz(whole.getvalue(), "w.npz")


def archive_of(names: list[str]) -> bytes:
    whole, array = io.BytesIO(), io.BytesIO()
    np.save(array, np.ones((1, 3)))
    with zipfile.ZipFile(whole, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(name, array.getvalue())
    return whole.getvalue()


def header_of(text: str) -> bytes:
    return len(text).to_bytes(8, "little") + text.encode() + bytes(4)


ENTRY = '{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}'


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("w.npz", archive_of(["a.npy", "a.npy"]), '"w.npz" holds "a.npy" twice; save it anew, each part'),
        ("w.safetensors", header_of(f'{{"a": {ENTRY}, "a": {ENTRY}}}'), 'says "a" twice'),
        ("w.pt", archive_of(["a/data.pkl", "a/data.pkl"]), '"w.pt" holds "a/data.pkl" twice'),
        ("g.json", b'{"nodes": [], "nodes": [], "edges": []}', 'g.json: not JSON, .*says "nodes" twice'),
        ("g.json", b'{"nodes": [{"id": 1}, {"id": 1}], "edges": []}', 'the node "1" stands twice'),
        (
            "g.json",
            b'{"nodes": [{"id": 1}, {"id": 2}], "edges": [{"source": 1, "target": 2, "key": 0}, '
            b'{"source": 1, "target": 2, "key": 0}]}',
            'the edge "1" to "2" with the key "0" stands twice',
        ),
    ],
)
def test_what_is_said_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    with pytest.raises(connectivity.ConnectivityError, match=words):
        connectivity.draw(name) if name.endswith(".json") else load_weights(name)


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
