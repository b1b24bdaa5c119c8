"""A handout of Typst: the real `make` on the sample that users copy, and what is then on its page."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

from connectivity.typeset.lengths import points

pytestmark = [pytest.mark.poppler, pytest.mark.make]

SAMPLE = ROOT / "samples" / "typst"
SOURCES = sorted(["Makefile", "handout.typ", *(path.name for path in SAMPLE.glob("*.toml"))])
TYPST = f"#!{sys.executable}\nimport sys, typst\ntypst.compile(sys.argv[2], output=sys.argv[3])\n"
"""What the command does, as far as the sample needs it: the package of Python has none."""


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = folder.parent / "typst"
    tool.write_text(TYPST)
    tool.chmod(0o755)
    command = ["make", "-j2", f"CONNECTIVITY={Path(sys.executable).with_name('connectivity')}", f"TYPST={tool}"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=240, env=environment
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in a folder of its own, and everything made."""
    pytest.importorskip("typst")
    made = tmp_path_factory.mktemp("sample") / "typst-sample"
    made.mkdir()
    for name in SOURCES:
        shutil.copy(SAMPLE / name, made)
    done = make(made)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return made


def sized(folder: Path) -> list[tuple[str, float, float, float]]:
    """The words of the handout, with where each begins, in points, and how high its font is."""
    text = subprocess.run(
        ["pdftotext", "-bbox", folder / "handout.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="[^"]*" yMax="([\d.-]+)">(.*?)</word>', text)
    assert text.count("<page ") == 1
    return [(word, float(x), float(y), float(end) - float(y)) for x, y, end, word in found]


def test_it_is_one_page_with_all_of_its_figures(folder: Path) -> None:
    words = [word for word, *_ in sized(folder)]
    said = " ".join(words)
    assert all(f"Figure {number}: " in said for number in range(1, 5))
    assert "−3" in words  # a value of the last step


def test_everything_stands_within_the_text(folder: Path) -> None:
    left, right = points("20mm", "width"), points("190mm", "width")
    data = subprocess.run(
        ["pdftoppm", "-r", "72", "-gray", folder / "handout.pdf"], capture_output=True, check=True
    ).stdout
    match = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", data)
    assert match
    width, rows = int(match[1]), data[match.end() :]
    inked = {place % width for place, grey in enumerate(rows) if grey < 200}
    assert left - 2 <= min(inked) <= left + 2
    assert right - 2 <= max(inked) <= right + 2


def test_figures_have_the_sizes_that_their_files_say(folder: Path) -> None:
    for path in folder.glob("*.typ"):
        if path.name != "handout.typ":
            said = re.search(r"^#box\(width: ([\d.]+)pt, height: ([\d.]+)pt", path.read_text(), re.M)
            file = (folder / f"{path.stem.partition('-')[0]}.toml").read_text()
            sides = [re.search(rf'^{side} = "(.*)"$', file, re.M) for side in ("width", "height")]
            assert said
            assert [float(said[1]), float(said[2])] == pytest.approx(
                [points(side[1], "width") for side in sides if side], abs=0.01
            )


def test_indices_and_titles_are_in_the_fonts_of_the_text(folder: Path) -> None:
    fonts = subprocess.run(["pdffonts", folder / "handout.pdf"], capture_output=True, text=True, check=True).stdout
    names = {line.split()[0].partition("+")[2] for line in fonts.splitlines()[2:]}
    assert {name.partition("-")[0] for name in names} <= {"LibertinusSerif", "NewCMMath"}


def test_made_again_when_a_figure_changes(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "typst-sample")
    assert make(copy, "-q").returncode == 0
    os.utime(copy / "step.toml", (time.time() + 5, time.time() + 5))
    todo = make(copy, "-n").stdout
    assert re.findall(r"draw (\S+)\.toml", todo) == ["step"]
    assert "compile handout.typ" in todo


def test_what_is_made_is_ignored_and_cleaned_up(folder: Path, tmp_path: Path) -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    patterns = [line.removeprefix("samples/typst/") for line in lines if line.startswith("samples/typst/")]
    made = {path.name for path in folder.iterdir()} - set(SOURCES)
    assert len(made) == 4 + 3 + 1 + 4
    assert {name for name in made if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)} == set()
    copy = shutil.copytree(folder, tmp_path / "typst-sample")
    assert make(copy, "clean").returncode == 0
    assert sorted(path.name for path in copy.iterdir()) == SOURCES
