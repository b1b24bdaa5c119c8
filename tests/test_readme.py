"""The README: short, and everything in it is so: its lines run, its links lead somewhere, nothing is left unsaid."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path

import pytest
from conftest import PROGRAM, ROOT
from pagecode import Line, blocks, lines
from shells import run_lines

from connectivity.options import Setting, settings

PATH = ROOT / "README.md"
README = PATH.read_text(encoding="utf-8")
INDEX = ROOT / "samples" / "package.md"
UPDATE = "CONNECTIVITY_UPDATE" in os.environ
LINES = [line for block in blocks(PATH) for line in lines(block) if line.command.startswith("connectivity ")]
LINKS = re.findall(r"\[[^\]]*\]\(((?![a-z]+:)[^)]*)\)", README)

BY_HAND = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (*(ROOT / "samples" / "docs").rglob("*.rst"), PATH)
    if path.stem != "options"
)
"""What is written by hand: the README, and the manual without what it makes of the program."""


@pytest.mark.parametrize("line", LINES, ids=[line.command for line in LINES])
def test_a_line_runs_as_it_stands(line: Line, tmp_path: Path) -> None:
    """In an empty folder, with nothing before it."""
    command, output = line
    done = run_lines("bash", command, tmp_path)
    if output:
        assert (done.returncode, done.stdout, done.stderr) == (2, "", output)
        assert list(tmp_path.iterdir()) == []
        return
    assert done.returncode == 0, done.stderr
    (written,) = re.findall(r" -o (\S+)", command)
    assert (tmp_path / written).stat().st_size > 500


def test_there_are_lines_that_sell_and_lines_that_start() -> None:
    start = README.index("## Start")
    assert sum(README.index(line.command) < start for line in LINES) == 2
    assert len(LINES) >= 8


def test_python_runs(tmp_path: Path) -> None:
    (source,) = (block.text for block in blocks(PATH) if block.language == "python")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(compile(source, "README.md", "exec"), {})
    finally:
        os.chdir(before)
    assert (tmp_path / "field.svg").stat().st_size > 500


def test_it_is_short() -> None:
    """One screen that sells, one that starts, one that points: the rest is the manual."""
    assert len(README.encode()) <= 12_000


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_page_that_can_be_read_as_it_is_is_pointed_at() -> None:
    """Those that are made of the program cannot: the README says so."""
    pages = {str(path.relative_to(ROOT)) for path in (ROOT / "samples" / "docs").glob("*/*.rst")}
    made = {f"samples/docs/reference/{name}.rst" for name in ("activations", "commands", "layers", "limits", "options")}
    assert pages - {*LINKS} == made


def test_the_gallery_has_as_many_figures_as_it_says() -> None:
    (said,) = re.findall(r"shows (\d+) figures", README)
    assert int(said) == len([*(ROOT / "samples").glob("[0-9]*.toml")])


OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.flag)
def test_every_option_is_explained(setting: Setting) -> None:
    """By its whole name, beyond what its help says."""
    assert re.search(rf"--(no-)?{setting.flag}(?![\w-])|``{setting.flag}(?![\w-])", BY_HAND)


def test_every_option_that_is_written_of_is_there() -> None:
    parameters = [parameter for command in (PROGRAM, *PROGRAM.commands.values()) for parameter in command.params]
    known = {word for parameter in parameters for word in (*parameter.opts, *parameter.secondary_opts)}
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "samples" / "docs").glob("*/*.rst")]
    text = "\n".join([README, *pages])
    said = {word for words in re.findall(r"connectivity [^`\n]*|`-[^`\n]*`", text) for word in OPTION.findall(words)}
    assert len(said) > 30
    assert said <= known | {"--help", "--filter", "--to"}  # the last two are of Pandoc


def test_the_page_of_the_index_is_current() -> None:
    current = runpy.run_path(str(ROOT / "samples" / "package.py"))["page"](README)
    if UPDATE:
        INDEX.write_text(current, encoding="utf-8")
        return
    assert INDEX.read_text(encoding="utf-8") == current, "run `make readme`"


def test_the_page_of_the_index_stands_alone() -> None:
    """No picture and no page of the repository is named by a path that an index has not."""
    text = INDEX.read_text(encoding="utf-8")
    assert "](" not in text
    assert "<!--" not in text
    assert "install layer-connectivity\n" in text
    assert not re.search(r"install '?\.", text)
