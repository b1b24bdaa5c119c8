"""A paper and a talk: the real LaTeX on the sample that users copy, and what is then on its pages."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from html import unescape
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from conftest import PROGRAMS, ROOT, lack
from numpy.typing import NDArray

import connectivity
from connectivity.typeset.lengths import points

pytestmark = [pytest.mark.latex, pytest.mark.poppler, pytest.mark.make]

SAMPLE = ROOT / "samples" / "latex"
SOURCES = sorted(["Makefile", "paper.tex", "talk.tex", *(path.name for path in SAMPLE.glob("*.toml"))])
FIGURES = [
    Path(name).stem for name in SOURCES if name.endswith(".toml") and name not in ("talk-steps.toml", "talk-slide.toml")
]
"""Those that are seen as a whole, not step by step."""

PAPER = [name for name in FIGURES if name.startswith("paper")]
DOCUMENTS = {"paper": 3, "talk": 11}
"""How many pages each has."""

NEEDED = ("beamer.cls", "pgfcore.sty", "caption.sty", "booktabs.sty", "microtype.sty", "lmodern.sty")
WARNINGS = re.compile(r"^!.*|.*(?:Overfull|Warning:|pdfTeX warning|undefined).*", re.M)

COLUMN, MARGIN, BETWEEN = (points(length, "width") for length in ("84mm", "17mm", "8mm"))
COLUMNS = MARGIN, MARGIN + COLUMN + BETWEEN
"""Where the columns of the paper begin."""

DPI = 144


class Word(NamedTuple):
    """A word, where it begins, from the left and from the top of its page, and how high its font is, in points."""

    text: str
    x: float
    y: float
    height: float


class Place(NamedTuple):
    """Where a figure stands: its page, from 1, and its upper left corner, in points."""

    page: int
    x: float
    y: float


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "-j2", f"CONNECTIVITY={Path(sys.executable).with_name('connectivity')}", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    environment["max_print_line"] = "1000"  # TeX breaks lines of its log, within words
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", check=False, timeout=240, env=environment
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in a folder of its own, and everything made."""
    if subprocess.run(["kpsewhich", *NEEDED], capture_output=True, check=False).returncode:
        lack(PROGRAMS["latex"][1])
    made = tmp_path_factory.mktemp("latex")
    for name in SOURCES:
        shutil.copy(SAMPLE / name, made)
    done = make(made)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return made


def words(path: Path) -> list[list[Word]]:
    """The words of each page."""
    text = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True).stdout.decode()
    found = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="[^"]*" yMax="([\d.-]+)">(.*?)</word>')
    return [
        [Word(unescape(word), float(x), float(y), float(end) - float(y)) for x, y, end, word in found.findall(page)]
        for page in text.split("<page ")[1:]
    ]


def alone(folder: Path, figure: str) -> Path:
    """A figure by itself: what the talk includes, and what LaTeX makes of the paper's figures without the paper."""
    made = folder / f"{figure}.pdf" if figure.startswith("talk") else folder / "alone" / f"{figure}.pdf"
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        connectivity.Figure.read(folder / f"{figure}.toml").changed(standalone=True).save(made.with_suffix(".tex"))
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{figure}.tex"]
        subprocess.run(command, cwd=made.parent, check=True, capture_output=True)
    return made


def size(path: Path) -> tuple[float, float]:
    """How wide and how high the page of a figure is, in points."""
    text = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    match = re.search(r"^Page size: +([\d.]+) x ([\d.]+) pts", text, re.M)
    assert match
    return float(match[1]), float(match[2])


def pixels(path: Path, page: int = 1) -> NDArray[np.int16]:
    """A page as rows of pixels of three colours."""
    command = ["pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), str(path)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    match = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data)
    assert match
    shape = int(match[2]), int(match[1]), 3
    return np.frombuffer(data[match.end() :], np.uint8).reshape(shape).astype(np.int16)


def coloured(image: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which pixels have a colour: those of a figure, since text is black."""
    return np.asarray(image.max(axis=2) - image.min(axis=2) > 40)


def place(folder: Path, figure: str) -> Place:
    """Where all words of a figure stand on a page as they stand in the figure; it is found by its first word."""
    (own,) = words(alone(folder, figure))
    assert own
    for number, page in enumerate(words(folder / f"{figure.split('-')[0]}.pdf"), start=1):
        for word in page:
            x, y = word.x - own[0].x, word.y - own[0].y
            if word.text == own[0].text and all(has(page, one._replace(x=one.x + x, y=one.y + y)) for one in own):
                return Place(number, x, y)
    pytest.fail(f"{figure} is on no page, or in another size")


def has(page: list[Word], word: Word) -> bool:
    return any(one.text == word.text and abs(one.x - word.x) < 0.1 and abs(one.y - word.y) < 0.1 for one in page)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_is_complained_of(folder: Path, document: str) -> None:
    """No box that is too full, no font that is missing, no reference, and nothing about figures on one page."""
    log = (folder / f"{document}.log").read_text(errors="replace")
    assert "Output written" in log
    assert WARNINGS.findall(log) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_all_pages_are_there(folder: Path, document: str) -> None:
    assert len(words(folder / f"{document}.pdf")) == DOCUMENTS[document]


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_are_as_wide_as_their_files_say(folder: Path, figure: str) -> None:
    match = re.search(r'^width = "(.*)"$', (SAMPLE / f"{figure}.toml").read_text(), re.M)
    assert match
    assert size(alone(folder, figure))[0] == pytest.approx(points(match[1], "width"), abs=0.006)


@pytest.mark.parametrize("figure", PAPER)
def test_figures_of_a_paper_fill_a_column_or_both(folder: Path, figure: str) -> None:
    """Each in its natural size, from the left of a column to its right, with its words to be found by a search."""
    found = place(folder, figure)
    wide = figure == "paper-three"
    assert min(abs(found.x - column) for column in COLUMNS[: 1 if wide else 2]) < 0.1
    assert size(alone(folder, figure))[0] == pytest.approx(2 * COLUMN + BETWEEN if wide else COLUMN, abs=0.01)


def test_words_of_a_figure_are_as_large_as_its_caption(folder: Path) -> None:
    """And are set in the same font, since it has the same height."""
    page = words(folder / "paper.pdf")[1]
    said = next(word for word in page if word.text == "kernel")  # of Figure 2
    inside = [word for word in page if word.text in ("units", "connections", "weights", "shared") and word.y < said.y]
    assert len(inside) >= 8
    assert {round(word.height, 2) for word in inside} == {round(said.height, 2)}


def test_a_talk_goes_on_step_by_step(folder: Path) -> None:
    """The pages of a PDF one after the other, in one place; and files of TikZ, of which the numbers appear."""
    pages = words(folder / "talk.pdf")
    steps = words(folder / "talk-steps.pdf")
    places = set()
    for own, page in zip(steps, pages[1:4], strict=True):
        first = next(word for word in page if word.text == own[0].text)
        x, y = first.x - own[0].x, first.y - own[0].y
        assert all(has(page, one._replace(x=one.x + x, y=one.y + y)) for one in own)
        places.add((round(x, 1), round(y, 1)))
    assert len(places) == 1
    for number, page in enumerate(pages[4:8], 1):
        legend = [word.y for word in page if word.text == "kernel"][-1]
        row = max(word.y for word in page if word.y < legend - 5)
        assert sum(abs(word.y - row) < 3 for word in page) == number  # of outputs
    legends = {[(word.x, word.y) for word in page if word.text == "kernel"][-1] for page in pages[4:8]}
    assert len(legends) == 1


def test_figures_of_a_talk_stand_within_their_slides(folder: Path) -> None:
    width, height = (points(length, "width") for length in ("160mm", "90mm"))
    assert size(folder / "talk.pdf") == pytest.approx((width, height), abs=0.3)
    for name in ("talk-small", "talk-sparse", "talk-sharing"):
        found, (wide, high) = place(folder, name), size(alone(folder, name))
        assert found.x == pytest.approx((width - wide) / 2, abs=0.3)
        title = max(word.y for word in words(folder / "talk.pdf")[found.page - 1] if word.y < found.y)
        assert title + 10 < found.y + 10 < height - high
    assert place(folder, "talk-cnn") == pytest.approx((11, 0, 0), abs=0.3)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_on_its_page_whole(folder: Path, figure: str) -> None:
    """As much colour as in the figure itself, which reaches to its sides."""
    found, (width, height) = place(folder, figure), size(alone(folder, figure))
    image = coloured(pixels(folder / f"{figure.split('-')[0]}.pdf", found.page))
    left, top, right, bottom = (
        round(side * DPI / 72) for side in (found.x, found.y, found.x + width, found.y + height)
    )
    own, here = coloured(pixels(alone(folder, figure))), image[top:bottom, left:right]
    assert here.sum() == pytest.approx(own.sum(), rel=0.08)  # edges fall between other pixels
    spans = [np.ptp(np.flatnonzero(part.any(axis=0))) for part in (here, own)]
    assert spans[0] == pytest.approx(spans[1], abs=2)


@pytest.mark.parametrize("page", range(1, 1 + DOCUMENTS["paper"]))
def test_nothing_stands_beside_the_columns(folder: Path, page: int) -> None:
    image = pixels(folder / "paper.pdf", page).min(axis=2) < 200
    wide = {1: 0.19, 2: 0.27}.get(page, 0.0)  # the title, and the figure across both columns
    top, bottom = (round(share * image.shape[0]) for share in (wide, 0.91))
    inked = np.flatnonzero(image[top:bottom].max(axis=0)) * 72 / DPI
    inside = [(inked >= column - 1) & (inked <= column + COLUMN + 1) for column in COLUMNS]
    assert all(part.any() for part in inside)
    assert inked[~(inside[0] | inside[1])].tolist() == []


def test_the_numbers_of_the_paper_are_true() -> None:
    text = (SAMPLE / "paper.tex").read_text()
    network = tomllib.loads((SAMPLE / "paper-cnn.toml").read_text())["network"]
    rows = re.findall(r"^ +[a-z ]+& +(\d+) & +(\d+) & +(\d+|--) & +([\d.]+|--) ", text, re.M)
    layers = connectivity.describe(connectivity.parse(network)[0])["layers"][1:]
    expected = [
        (
            str(layer["units"]),
            str(layer["connections"]),
            str(layer["weights"] or "--"),
            f"{layer['connections'] / layer['weights']:.1f}" if layer["weights"] else "--",
        )
        for layer in layers
    ]
    assert rows == expected
    weighted = [int(row[1]) for row in expected if row[2] != "--"]
    assert f"of the {sum(weighted)} that have a\nweight, {sum(weighted[:2])} belong" in text


def test_made_again_when_a_figure_changes_that_is_extended(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "latex")
    assert make(copy, "-q").returncode == 0
    style = copy / "style.toml"
    style.write_text('theme = "light"\n')
    for name in ("paper-sparse.toml", "talk-sparse.toml"):
        (copy / name).write_text('extends = "../latex/style.toml"\n' + (copy / name).read_text())
    assert make(copy).returncode == 0
    assert make(copy, "-q").returncode == 0
    os.utime(style, (time.time() + 5, time.time() + 5))
    todo = make(copy, "-n").stdout
    assert sorted(re.findall(r"draw (\S+)\.toml", todo)) == ["paper-sparse", "talk-sparse"]
    assert sorted(re.findall(r"(\w+)\.tex$", todo, re.M)) == ["paper", "paper", "talk", "talk"]


def test_what_is_made_is_ignored_and_cleaned_up(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder / "alone", ignore_errors=True)
    lines = (ROOT / ".gitignore").read_text().splitlines()
    patterns = [line.removeprefix("samples/latex/") for line in lines if line.startswith("samples/latex/")]
    made = {path.name for path in folder.iterdir()} - set(SOURCES)
    assert made
    assert {name for name in made if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)} == set()
    copy = shutil.copytree(folder, tmp_path / "latex")
    assert make(copy, "clean").returncode == 0
    assert sorted(path.name for path in copy.iterdir()) == SOURCES
