"""Every command that is shown anywhere means the same in bash, zsh and fish, as it stands."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROGRAM, ROOT
from pagecode import blocks, lines
from shells import SHELLS, run_lines, words_of

MANUAL = ROOT / "samples" / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("samples/**/README.md")),
    *sorted(MANUAL.rglob("*.rst")),
]
_COMMENT = re.compile(r"\s#")
_HISTORY = re.compile(r"![^\s=(]")
EXAMPLES: tuple[tuple[str, str], ...] = importlib.import_module("connectivity.cli.help")._EXAMPLES
BRACKETS = re.compile(r"(?<![\w\[\]])(?:x|y|h\d*)(?:\.weight)?\[\d+(?:,\d+)*\]")


def shown() -> list[str]:
    """The lines of all pages that call the program, those of its help, and the examples there."""
    found = [line.command for page in PAGES for block in blocks(page) for line in lines(block)]
    for command in ("", *PROGRAM.commands):
        text = CliRunner().invoke(PROGRAM, [*filter(None, [command]), "--help"]).stdout
        found += re.findall(r"^ +(connectivity \w+ .*)$", text, re.MULTILINE)
    found += [f"connectivity draw {words}" for words, _ in EXAMPLES]
    return [line for line in dict.fromkeys(found) if line.startswith("connectivity ")]


LINES = shown()


@pytest.mark.parametrize("words", [words for words, _ in EXAMPLES])
def test_an_example_of_the_help_runs_as_it_stands(words: str, tmp_path: Path) -> None:
    done = run_lines("bash", f"connectivity draw {words}", tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where there is what a pattern finds."""
    for name in ("net.toml", "figures/net.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_there_are_lines() -> None:
    assert len(LINES) > 150
    assert any("--help" not in line and "$x_1$" in line for line in LINES)


@pytest.mark.zsh
@pytest.mark.fish
def test_every_shell_reads_the_same_words(folder: Path) -> None:
    words = {shell: words_of(shell, LINES, folder) for shell in SHELLS}
    for line in LINES:
        assert words["bash"][line] is not None, f"bash does not call the program once: {line}"
        assert words["zsh"][line] == words["bash"][line], f"zsh: {line}"
        assert words["fish"][line] == words["bash"][line], f"fish: {line}"


@pytest.mark.zsh
@pytest.mark.fish
def test_what_only_one_shell_reads_otherwise_is_found(folder: Path) -> None:
    """What the test above is for: a pattern in zsh, no variable in fish, a dollar sign in quotes."""
    suspects = ["connectivity draw y[3]", "connectivity draw x=$x", "connectivity draw '$x'"]
    bash, zsh, fish = (words_of(shell, suspects, folder) for shell in SHELLS)
    assert bash[suspects[0]] == ["draw", "y[3]"]
    assert zsh[suspects[0]] is None
    assert bash[suspects[1]] == ["draw", "x="]
    assert fish[suspects[1]] == ["draw"]
    assert bash[suspects[2]] == zsh[suspects[2]] == fish[suspects[2]] == ["draw", "$x"]


def test_nothing_is_read_otherwise_at_a_prompt() -> None:
    """There zsh knows no comments, and bash and zsh replace what follows an exclamation mark."""
    others = [line.command for page in PAGES for block in blocks(page) for line in lines(block)]
    for line in dict.fromkeys([*LINES, *others]):
        bare = re.sub(r"'[^']*'", "''", line)
        assert not _COMMENT.search(bare), line
        assert not _HISTORY.search(bare), line


def test_no_help_shows_a_unit_that_needs_quotes() -> None:
    for name, command in PROGRAM.commands.items():
        text = CliRunner().invoke(PROGRAM, [name, "--help"]).stdout
        assert not BRACKETS.findall(text), name
        assert command.help is not None


@pytest.mark.zsh
@pytest.mark.fish
def test_the_first_lines_draw_the_same_in_every_shell(tmp_path: Path) -> None:
    """The README's, with the real program, from top to bottom."""
    source = "\n".join(
        line.command
        for block in blocks(ROOT / "README.md")
        for line in lines(block)
        if line.command.startswith("connectivity ")
    )
    made = {}
    for shell in SHELLS:
        (folder := tmp_path / shell).mkdir()
        done = run_lines(shell, source, folder)
        pictures = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        made[shell] = done.stdout, done.stderr, pictures
    assert len(made["bash"][2]) == source.count(" -o ") - source.count("-o net.svg") + 1
    assert made["bash"] == made["zsh"] == made["fish"]
