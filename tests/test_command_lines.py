"""Command lines as they are typed first: each that is refused says what is wrong, and the line that was meant."""

from __future__ import annotations

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HEEDING, PROGRAM, Run

import connectivity
from cli.main import main
from connectivity.optionhabits import OPTIONS, VALUES, Meant
from connectivity.options import settings
from connectivity.pages.source import read_options

COMMAND = str(Path(sys.executable).with_name("connectivity"))

MEANT = (
    ("6 conv:3", "draw 6 conv:3 -o net.svg", '"6" is no command'),
    ("x=6 conv:3 --theme dark", "draw x=6 conv:3 --theme dark -o net.svg", "is no command"),
    ("784 128 10", "draw 784 fc:128 fc:10 -o net.svg", "is no command"),
    ("6 conv:3 o.svg", "draw 6 conv:3 -o o.svg", "is no command"),
    ("net.toml", "draw net.toml -o net.svg", '"net.toml" is no command'),
    ("net.toml other.toml", "build net.toml other.toml", "several figure files are drawn with build"),
    ("drow 6", "draw 6", 'there is no command "drow"'),
    ("-o o.svg 6 conv:3", "draw -o o.svg 6 conv:3", "options stand behind the command"),
    ("--theme dark draw 6", "draw --theme dark 6", "options stand behind the command"),
    ("draw 6 conv:3 o.svg", "draw 6 conv:3 -o o.svg", '"o.svg" is no layer: a file to write stands behind -o'),
    ("draw 6 conv3 o.svg", "draw 6 conv:3 -o o.svg", "a file to write stands behind -o"),
    ("export 6 net.csv", "export 6 -o net.csv", "a file to write stands behind -o"),
    ("draw 6 o.svg -o p.pdf", "draw 6 -o p.pdf -o o.svg", "a file to write stands behind -o"),
    ("draw 6 conv:3 w.npz", "draw 6 conv:3 --weights w.npz", "holds weights, and no network"),
    ("draw model.pt", "draw --weights model.pt --list-weights", "holds weights, and no network"),
    ("draw 6 --tilte a", "draw 6 --title a", 'there is no option "--tilte" (did you mean "--title"?)'),
    ("draw 6 --tilte=a", "draw 6 --title=a", 'did you mean "--title"?'),
    ("draw 6 --fontsize 8pt", "draw 6 --font-size 8pt", 'did you mean "--font-size"?'),
    ("draw 6 -theme dark", "draw 6 --theme dark", 'did you mean "--theme"?'),
    ("draw 6 --theme drak", "draw 6 --theme dark", 'did you mean "dark"?'),
    ("draw 6 --theme=drak", "draw 6 --theme=dark", 'did you mean "dark"?'),
    ("draw 6 --captions=no", "draw 6 --captions", "--captions takes no value"),
    ("draw 6 -o net.jpg", "draw 6 -o net.png", "say png in its place"),
    ("draw 6 -o net.bmp", "draw 6 -o net.png", "say png in its place"),
    ("draw 6 -o net.eps", "draw 6 -o net.pdf", "say pdf in its place"),
    ("draw 6 -o net.sgv", "draw 6 -o net.svg", "say svg in its place"),
    ("draw 6 -o net", "draw 6 -o net.svg", "has no suffix that names a format"),
    ("draw 6 -o net.svg -f png", "draw 6 -o net.svg", "a file's suffix names its own"),
    ("draw 6 --deps d.mk", "draw 6 --deps d.mk -o net.svg", "needs -o FILE"),
    ("draw", "draw 6 conv:3 fc:2 -o net.svg", "which network?"),
    ("describe", "describe 6 conv:3 fc:2", "which network?"),
    ("describe --json", "describe 6 conv:3 fc:2 --json", "which network?"),
    ("export -f csv", "export 6 conv:3 fc:2 -f csv", "which network?"),
    ("draw 6 --o o.svg", "draw 6 -o o.svg", "say -o"),
    ("draw 6 --out=o.svg", "draw 6 -o o.svg", "say -o"),
    ("draw 6 conv:3 --list-layers", "describe 6 conv:3", "describe lists the layers of a network"),
    ("--tilte a draw 6", "draw --title a 6", 'did you mean "--title"?'),
    ("draw 6 --dark", "draw 6 --theme dark", "say --theme dark"),
    ("draw 6 --theme black", "draw 6 --theme dark", 'did you mean "dark"?'),
    ("draw 6 --title black --theme black", "draw 6 --title black --theme dark", 'did you mean "dark"?'),
    ("draw 6 --title=two words", "draw 6 --title 'two words'", "between quotes, as --title"),
    ("draw 6 conv:3 --padding same", "draw 6 conv:3,p=same", "how padding is drawn"),
    ("draw 6 --direction horizontal", "draw 6 --direction LR", 'did you mean "LR"?'),
    ("draw 7 conv:3 --receptive-field y.3", "draw 7 conv:3 --highlight y.3:receptive-field", "say --highlight"),
    ("draw 7 conv:3 --cmap viridis", "draw 7 conv:3 --colormap viridis", "say --colormap"),
    ("draw 6 h=conv:3 fc:2 --padding 1", "draw 6 h=conv:3,p=1 fc:2", "how padding is drawn; a layer says how much"),
    ("draw 6 conv:3 --padding=1", "draw 6 conv:3,p=1", "how padding is drawn"),
    ("draw 6 conv:3 --width 12 in --captions", "draw 6 conv:3 --width 12in --captions", "has no blank in it"),
    ("draw 6 --title two words -o o.svg", "draw 6 --title 'two words' -o o.svg", "between quotes, as --title"),
    ("draw --title two words 6 fc:2", "draw --title 'two words' 6 fc:2", "between quotes, as --title"),
    ("draw '7 fc:5' '7 conv:3' -o o.svg", "draw 7 fc:5 // 7 conv:3 -o o.svg", "have // between them"),
    ("draw 6 conv:3 --port 80", "draw 6 conv:3", "this network is a line that reads none: leave --port out"),
    ("draw 6 conv:3 --port=80 -o o.svg", "draw 6 conv:3 -o o.svg", "leave --port out"),
    ("draw 6 conv:3 --open --theme dark", "draw 6 conv:3 --theme dark", "leave --open out"),
    ("draw 6 conv:3 --watch", "draw 6 conv:3", "this network is a line that reads none: leave --watch out"),
    ("draw 6 conv:3 --watch --port 80", "draw 6 conv:3", "leave --watch out"),
    ("draw --watch --open", "draw 6 conv:3 fc:2 -o net.svg", "which network?"),
    ("draw --port 80", "draw 6 conv:3 fc:2 -o net.svg", "which network?"),
    ("draw nett.toml", "draw net.toml", 'did you mean "net.toml"?'),
    ("draw nte.json", "draw net.json", 'did you mean "net.json"?'),
    ("draw 3 fc:2 --weights v.npz", "draw 3 fc:2 --weights w.npz", 'did you mean "w.npz"?'),
)


@pytest.mark.parametrize(("typed", "meant", "words"), MEANT, ids=[typed for typed, _, _ in MEANT])
def test_a_line_that_is_refused_is_answered_with_the_one_that_was_meant(
    typed: str,
    meant: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.toml").write_text('network = "6 conv:3"\n')
    Path("net.json").write_bytes(connectivity.dump(connectivity.build(connectivity.parse("3 fc:2")[0]), "json"))
    Path("w.npz").write_bytes(b"no weights")
    files = {path.name for path in tmp_path.iterdir()}
    assert main(shlex.split(typed)) == 2
    said = capsys.readouterr()
    message, *rest = said.err.splitlines()
    assert not said.out
    assert words in message
    assert rest == [f"  try: connectivity {meant}"]
    assert {path.name for path in tmp_path.iterdir()} == files


@pytest.mark.parametrize("line", [meant for _, meant, _ in MEANT if "w.npz" not in meant and "model.pt" not in meant])
def test_every_line_that_is_proposed_is_right(line: str, run: Run, tmp_path: Path) -> None:
    for name in ("net.toml", "other.toml"):
        (tmp_path / name).write_text('network = "6 conv:3"\n')
    (tmp_path / "net.json").write_bytes(connectivity.dump(connectivity.build(connectivity.parse("3 fc:2")[0]), "json"))
    done = run(*shlex.split(line))
    assert done.returncode == 0, done.stderr


WATCHING = (
    ("draw net.toml --port 0", "draw net.toml --port 0 --watch"),
    ("draw net.toml --port 0 -o net.svg", "draw net.toml --port 0 -o net.svg --watch"),
    ("draw net.toml --watch", "draw net.toml --watch -o net.svg"),
    ("draw 5 sparse:mask=m.csv --port 0", "draw 5 sparse:mask=m.csv --port 0 --watch"),
    ("build net.toml --port 0", "build net.toml --port 0 --watch"),
)


@pytest.mark.graphviz
@pytest.mark.parametrize(("typed", "meant"), WATCHING, ids=[typed for typed, _ in WATCHING])
def test_a_line_that_is_proposed_watches(
    typed: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such a line does not end by itself."""
    monkeypatch.chdir(tmp_path)
    Path("net.toml").write_text('network = "6 conv:3"\n')
    Path("m.csv").write_text("1,0,0,0,1\n")
    assert main(shlex.split(typed)) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [f"  try: connectivity {meant}"]
    command = [*HEEDING, COMMAND, *shlex.split(meant)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        assert any(line.startswith("watching 1 f") for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("draw net.toml -f svg --port 80", "say --watch as well"),
        ("draw - --open", "say --watch as well"),
        ("build --open", "say --watch as well"),
        ("build --check net.toml --open", "it goes with none of --watch, --open, --port"),
        ("frobnicate", "one of: draw, build, describe, export, schema"),
        ("draw 6 --title", "--title needs a value, as --title"),
        ("draw 6 --theme", "--theme needs a value, as --theme light"),
        ("draw 6 fc:2 --title -o net.svg", '--title needs a value, as --title TEXT; "-o" was taken for it'),
        ("draw 6 fc:2 --theme --period 2 -o net.svg", 'as --theme light; "--period" was taken for it'),
        ("draw 6 fc:2 --matrices below -o net.svg", 'there is no option "--matrices": say --view matrix'),
        ("draw 6 --max-units 1_0", '--max-units must be a whole number, as 12, not "1_0"'),
        ("draw 6 --max-units -1", "--max-units must be 0 or more, not -1"),
        ("draw 6 --vmin 0x3", "--vmin must be a finite number, as 0.5 or -2"),
        ("draw 6 --seed 3.5", "--seed must be a whole number, as 12"),
        ("draw 6 -x", 'there is no option "-x" of draw (--help lists them)'),
        ("draw 6 --aspect 16:9", 'no option "--aspect"; --width and --height say how large'),
        ("draw 6 --size 16:9", 'no option "--size"; --width and --height say how large'),
        ("describe 6 --theme dark", 'no option "--theme" of describe; --theme goes with draw'),
        ("describe 6 --cmap viridis", 'no option "--cmap" of describe; --colormap goes with draw'),
        ("draw 6 --kernel-size 3", 'no option "--kernel-size" of draw (--help lists them)'),
        ("draw 6 --caption two", "--title is over the figure, and --layer-caption beside a layer"),
        ("draw 6 --rows 2", "--columns says how many panels stand in a row"),
        ("draw --list", "describe lists the layers of a network"),
        ("--list-layers", "describe lists the layers of a network"),
        ("--frobnicate", "(--help lists them)"),
        ("draw 6 --dark=no", "say --theme dark"),
        ("draw 6 conv:3 conv:3 --padding 1", "how padding is drawn"),
        ("draw 6 conv:3 --width 13.33", "say a unit, as 13.33mm: mm, cm, in, pt or px"),
        ("draw 6 --panel-title a --panel-title b", "2 panel titles for 1 panel; give one for each"),
        ("draw no.onnx", "looked in the folder you are in: it has no .onnx"),
        ("draw no/such.toml", 'there is no folder "no"'),
        ("draw net.yaml", "a file of a network ends in .toml, .json, .onnx, .keras or .h5"),
        ("build -j 0 net.toml", "--jobs must be 1 or more, not 0"),
    ],
)
def test_what_cannot_be_put_right_is_explained(
    typed: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(typed)) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "try:" not in said


def test_a_wish_that_is_refused_is_shown_and_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split("draw 7 conv:3 --highlight y.3.rf --title a")) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  y.3.rf",
        "  ^",
        "  try: connectivity draw 7 conv:3 --highlight y.3:receptive-field --title a",
    ]


def test_nothing_at_all_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("Usage: connectivity [OPTIONS] COMMAND")


def on_terminal(*arguments: str, folder: Path) -> tuple[int, str, str]:
    """The exit code of a command whose standard output is a terminal, what that shows, and what is said beside it."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, cwd=folder, check=False
    )
    os.close(theirs)
    try:
        shown = os.read(ours, 1 << 20).decode(errors="replace")
    except OSError:  # nothing was written
        shown = ""
    os.close(ours)
    return done.returncode, shown, done.stderr.decode()


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_what_no_terminal_shows_is_not_written_to_one(format: str, tmp_path: Path) -> None:
    code, shown, said = on_terminal("draw", "3", "-f", format, folder=tmp_path)
    assert (code, shown) == (2, "")
    assert f"a terminal shows no {format.upper()}" in said
    assert said.splitlines()[-1] == f"  try: connectivity draw 3 -o net.{format}"
    assert on_terminal("draw", "3", "-f", "dot", folder=tmp_path)[0] == 0


def test_a_terminal_is_written_to_where_that_is_said(tmp_path: Path) -> None:
    code, shown, _ = on_terminal("export", "1", "-f", "json", "-o", "-", folder=tmp_path)
    assert code == 0
    assert '"nodes"' in shown


BRITISH = {"color": "colour", "center": "centre"}


@pytest.mark.parametrize("flag", [one.flag for one in settings() if "color" in one.flag])
def test_options_are_spelled_either_way(flag: str, run: Run, tmp_path: Path) -> None:
    other = flag.replace("color", "colour")
    value = "viridis" if flag == "colormap" else "layer"
    assert (
        run("draw", "6", "conv:3", f"--{other}", value).stdout == run("draw", "6", "conv:3", f"--{flag}", value).stdout
    )
    assert f"--{other}" not in run("draw", "--help").stdout.decode()
    name, british = flag.replace("-", "_"), other.replace("-", "_")
    drawings = set()
    for said in ({name: value}, {british: value}):
        options: dict[str, Any] = {**said}
        drawings.add(connectivity.draw("6 conv:3", "dot", **options))
    drawings.add(connectivity.Figure.parse(f'network = "6 conv:3"\n{other} = "{value}"').draw("dot"))
    assert len(drawings) == 1
    assert read_options({other: value}) == {name: value}


def test_words_are_spelled_either_way(run: Run) -> None:
    drawings = {run("draw", "6", "conv:3", "--anchor", word).stdout for word in ("centre", "center")}
    assert len(drawings) == 1
    assert connectivity.draw("6 conv:3", anchor="center") in drawings


def test_an_unknown_keyword_knows_the_near_one() -> None:
    with pytest.raises(connectivity.errors.OptionError) as caught:
        connectivity.draw("6", colour_bye="layer")  # type: ignore[call-arg]
    assert caught.value.suggestion == "color_by"
    assert 'did you mean "color_by"?' in str(caught.value)
    with pytest.raises(connectivity.errors.OptionError, match='did you mean "weights"'):
        connectivity.Figure.of("6").changed(wieghts={})  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("word", "meant", "words"),
    [
        ("cmap", "colormap", 'did you mean "colormap"?'),
        ("palette", "colormap", 'did you mean "colormap"?'),
        ("dark", "theme", 'did you mean "theme", as dark?'),
        ("values", "show", 'did you mean "show", as values?'),
        ("size", None, "; width and height say how large"),
        ("rotate", None, "; direction says where the network runs"),
        ("frobnicate", None, "connectivity draw --help lists all"),
    ],
)
def test_a_keyword_of_others_is_answered_with_ours(word: str, meant: str | None, words: str, tmp_path: Path) -> None:
    said: dict[str, Any] = {word: "1"}
    with pytest.raises(connectivity.errors.OptionError) as caught:
        connectivity.Figure.of("6", **said)
    assert caught.value.suggestion == meant
    assert words in str(caught.value)
    assert len(str(caught.value)) < 200
    with pytest.raises(connectivity.errors.FigureFileError, match=re.escape(words)):
        connectivity.Figure.parse(f'network = "6"\n{word} = "1"')


def test_words_of_others_are_put_in_options_that_there_are() -> None:
    """Each word is none of ours, and what is meant by it is: an option, and of those with choices one of them."""
    choices = {one.flag: one.choices or one.words for one in settings()}
    for word, meant in OPTIONS.items():
        assert word not in choices
        if isinstance(meant, Meant) and meant.option != "output":
            legal = choices[meant.option]
            assert not meant.value or "{}" in meant.value or not legal or meant.value in legal, word
    for option, words in VALUES.items():
        assert set(words.values()) <= set(choices[option])
        assert not set(words) & set(choices[option])


def test_the_commands_of_the_program_have_no_types_of_clicks_own() -> None:
    """Whatever reads a number, or a word of several, says what would be right."""
    import click

    kinds = {
        f"{name} {option.name}": option.type
        for name, command in PROGRAM.commands.items()
        for option in command.params
        if isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType, click.Choice))
    }
    assert {kind.__class__.__module__.split(".")[0] for kind in kinds.values()} <= {"connectivity", "cli"}, kinds
