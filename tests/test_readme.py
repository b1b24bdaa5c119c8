"""The README: its commands run, its Python runs, its help and its pictures are those of today."""

from __future__ import annotations

import itertools
import os
import re
import shlex
from pathlib import Path

import pytest
from conftest import PROGRAM, ROOT, Run

from connectivity.layers.kinds import KINDS, words_of
from connectivity.options import Setting, settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
UPDATE = "CONNECTIVITY_UPDATE" in os.environ
HELP = re.compile(r"(?<=<!-- help -->\n).*?(?=<!-- /help -->)", re.DOTALL)
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
EXAMPLES = [
    (command, shown.partition(f"$ {command}\n")[2].partition("$ ")[0])
    for shown in CONSOLE
    for command in re.findall(r"^\$ (.*)$", shown, re.MULTILINE)
]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def weights(tmp_path: Path) -> None:
    """The files that the README's commands need: the weights that it makes, and a figure file with a mistake."""
    execute(PYTHON[0], tmp_path)
    (tmp_path / "wrong.toml").write_text('network = "6 conv:3 cov:3"\n')
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "net.toml").write_text('network = "6 conv:3"\n')


def execute(source: str, folder: Path) -> None:
    """Run a Python example in ``folder``."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(compile(source, "README.md", "exec"), {})
    finally:
        os.chdir(before)


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_command_runs(command: str, output: str, run: Run, tmp_path: Path) -> None:
    name, *arguments = shlex.split(command)
    assert name == "connectivity"
    if arguments[0] == "build":
        arguments[1] = "figures/net.toml"  # as a shell finds it
    result = run(*arguments)
    if output.startswith(("<network>", "wrong.toml")):
        assert (result.returncode, result.stderr.decode()) == (2, output)
        return
    assert result.returncode == 0, result.stderr
    assert result.stdout.decode() == output
    if output:
        return
    written = [argument for option, argument in itertools.pairwise(arguments) if option in ("-o", "--out-dir")]
    assert written
    assert all((tmp_path / path).stat().st_size for path in written)


@pytest.mark.parametrize("source", PYTHON)
def test_python_runs(source: str, tmp_path: Path) -> None:
    execute(source, tmp_path)
    assert list(tmp_path.iterdir())


def test_help_is_current(run: Run) -> None:
    shown = run("draw", "--help").stdout.decode()
    current = f"```text\n$ connectivity draw --help\n{shown}```\n"
    if UPDATE:
        path = ROOT / "README.md"
        path.write_text(HELP.sub(lambda _: current, README), encoding="utf-8")
        return
    found = HELP.search(README)
    assert found is not None
    assert found[0] == current, "run `make readme`"


def test_pictures_of_the_readme_are_in_the_gallery() -> None:
    for name in re.findall(r"\((samples/[^)]*)\)", README):
        assert (ROOT / name).exists(), name


OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
TOLD = HELP.sub("", README)
"""What is written by hand: the README without the help of the program."""


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.flag)
def test_every_option_is_documented(setting: Setting) -> None:
    """By its whole name, and the help says all of its values."""
    assert re.search(rf"--(no-)?{setting.flag}(?![\w-])", TOLD)
    found = HELP.search(README)
    assert found is not None
    (shown,) = re.findall(
        rf"^  --(?:{setting.flag}|{setting.flag} / --no-{setting.flag})(?: (\S*))?(?:\s|$)", found[0], re.MULTILINE
    )
    assert not setting.choices or shown == f"[{'|'.join(setting.choices).lower()}]"


def test_every_option_that_is_documented_is_there() -> None:
    parameters = [parameter for command in (PROGRAM, *PROGRAM.commands.values()) for parameter in command.params]
    known = {word for parameter in parameters for word in (*parameter.opts, *parameter.secondary_opts)}
    said = {word for words in re.findall(r"connectivity [^`\n]*|`-[^`\n]*`", TOLD) for word in OPTION.findall(words)}
    assert len(said) > 30
    assert said <= known | {"--help"}


def test_every_key_of_figure_files_is_documented() -> None:
    from connectivity.figures.figurefile import SOURCES

    for key in (*SOURCES, "extends", "[[panel]]"):
        assert f"| `{key}` |" in README, key


def test_the_figure_file_of_the_readme_is_drawn(run: Run, tmp_path: Path) -> None:
    (source,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "net.toml").write_text(source)
    done = run("draw", "net.toml", "-o", "net.svg")
    assert done.returncode == 0, done.stderr.decode()


def test_every_parameter_of_the_notation_is_documented() -> None:
    for words in map(words_of, KINDS):
        for word in (*words.names, *(parameter.name for parameter in words.parameters)):
            assert re.search(rf"[`,]{word}[`=:,]", README), word
