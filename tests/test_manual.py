"""The manual: each page is gone through from top to bottom, and what it shows is what is there."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import forks
import numpy as np
import pytest
from conftest import PROGRAMS, ROOT, lack
from pagecode import Block, Line, blocks, lines
from shells import run_lines

from connectivity.typeset.metrics import DATA

MANUAL = ROOT / "samples" / "docs"
PAGES = sorted(MANUAL.rglob("*.rst"))
NAMES = [str(path.relative_to(MANUAL).with_suffix("")) for path in PAGES]

INSTALLS = ("pip ", "pipx ", "uv ")
"""What lines begin with that would change the machine, and are not run."""

NEEDED = {"pdflatex": "latex", "make": "make"}
"""Which programs of others pages call, by their markers."""

OURS = ("connectivity draw ", "connectivity describe ", "connectivity export ")

SKETCHES = ("tutorials/trained", "reference/onnx", "reference/modules")
"""Pages whose Python is about a model of the reader's own."""


def _model(folder: Path) -> None:
    shutil.copy(ROOT / "samples" / "learned" / "residual.onnx", folder / "model.onnx")
    np.save(folder / "x.npy", np.loadtxt(ROOT / "samples" / "learned" / "residual-signal.csv", delimiter=",", ndmin=2))


def _keras(folder: Path) -> None:
    shutil.copy(ROOT / "tests" / "models" / "keras" / "autoencoder.keras", folder / "model.keras")
    np.save(folder / "signal.npy", np.linspace(-1, 1, 16).reshape(16, 1))


def _state(folder: Path) -> None:
    shutil.copy(ROOT / "tests" / "states" / "cnn.pt", folder / "model.pt")


def _font(folder: Path) -> None:
    shutil.copy(DATA / "fonts" / "SourceSans3-Regular.otf", folder / "NotoSansSC-Regular.otf")


READERS_OWN: dict[str, Callable[[Path], None]] = {
    "reference/onnx": _model,
    "reference/modules": _keras,
    "tutorials/trained": _keras,
    "howto/weights": _state,
    "reference/texts": _font,
}
"""What the reader of a page has: a model, values, a font of their own."""


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    """Its files are written, its lines run in bash, its Python is executed, in this order.

    Of a page without a folder, which has settings of other programs, only lines that draw are run.
    """
    name = str(page.relative_to(MANUAL).with_suffix(""))
    _need(page)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    if name in READERS_OWN:
        READERS_OWN[name](tmp_path)
    names: dict[str, object] = {}
    whole = "/" in name
    for block in blocks(page):
        if block.file is not None and whole:
            _write(tmp_path / block.file, block)
        elif block.language == "python" and whole:
            _execute(block, name, names, tmp_path)
        for line in lines(block):
            if whole or line.command.startswith(OURS):
                _run(line, tmp_path)


def _need(page: Path) -> None:
    """Skip a page that calls what is not there; under CI, fail."""
    calls = {line.command.split()[0] for block in blocks(page) for line in lines(block)}
    for program in calls & NEEDED.keys():
        programs, what = PROGRAMS[NEEDED[program]]
        if not any(map(shutil.which, programs)):
            lack(what)


def _write(path: Path, block: Block) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def _execute(block: Block, page: str, names: dict[str, object], folder: Path) -> None:
    """Run Python; what needs PyTorch, or a model of the reader's own, is only compiled."""
    code = compile(block.text, page, "exec")
    torch = {"torch", "module", "model"} & {*code.co_names} and importlib.util.find_spec("torch") is None
    if page in SKETCHES or torch:
        return
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(code, names)
    finally:
        os.chdir(before)


def _run(line: Line, folder: Path) -> None:
    command = line.command
    if command.startswith(INSTALLS):
        return
    done = run_lines("bash", command, folder, forks.caller())
    if not line.output:
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    elif done.returncode:
        assert (done.returncode, done.stderr.strip()) == (2, line.output.strip()), command
        return
    else:
        assert done.stdout.strip() == line.output.strip(), command
    for path in re.findall(r" -o (\S+)", command):
        assert (folder / path).stat().st_size > 500, command


def test_there_is_something_to_run() -> None:
    assert (
        sum(line.command.startswith("connectivity ") for page in PAGES for b in blocks(page) for line in lines(b)) > 80
    )
    assert sum(block.file is not None for page in PAGES for block in blocks(page)) > 12
    assert {*READERS_OWN, *SKETCHES} <= {*NAMES}


def test_every_page_is_in_one_place() -> None:
    """Its folder says what it is for, and the start page leads to it once."""
    listed = re.findall(
        r"^   ([a-z-]+(?:/[a-z-]+)?)$", (MANUAL / "index.rst").read_text(encoding="utf-8"), re.MULTILINE
    )
    orphans = {name for name, page in zip(NAMES, PAGES, strict=True) if page.read_text("utf-8").startswith(":orphan:")}
    assert sorted(listed) == sorted({*NAMES} - {"index"} - orphans)


_BARE = """
import re, sys
from docutils.core import publish_string
settings = dict(report_level=5, halt_level=5, embed_stylesheet=False, stylesheet_path="", output_encoding="unicode")
for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    shown = publish_string(text, writer="html5", settings_overrides=settings).count("<pre")
    if shown != len(re.findall(r"^\\.\\. code-block", text, re.M)):
        print(path)
"""


def test_a_page_can_be_read_without_being_built() -> None:
    """Where reStructuredText is shown by docutils alone, as on the pages of repositories, no code is lost."""
    written = [str(page) for name, page in zip(NAMES, PAGES, strict=True) if "/" in name]
    done = subprocess.run([sys.executable, "-c", _BARE, *written], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_no_page_repeats_another() -> None:
    """No sentence of more than twelve words stands on two pages, nor on a page and in the README."""
    seen: dict[str, str] = {}
    for path in [ROOT / "README.md", *PAGES]:
        for sentence in _sentences(path.read_text(encoding="utf-8")):
            if len(sentence.split()) > 12:
                assert seen.setdefault(sentence, path.name) == path.name, f"{path.name}, {seen[sentence]}: {sentence}"


def _sentences(text: str) -> list[str]:
    """What a page says, without its code and its headings, whatever its marks."""
    text = re.sub(
        r"^```.*?^```$|^(?:\.\. |   )[^\n]*$|^[^\n]*\n([=.-])\1{3,}$", "", text, flags=re.MULTILINE | re.DOTALL
    )
    paragraphs = (" ".join(each.split()) for each in re.split(r"\n\n|\n\* |\n\|", text.replace("``", "`")))
    return [sentence for each in paragraphs for sentence in re.split(r"(?<=[.:]) ", each)]


def test_the_steps_of_the_makefile_tutorial(tmp_path: Path) -> None:
    """The last ``make`` draws what the mask is in, and nothing else; the second has nothing to do."""
    if shutil.which("make") is None:
        lack(PROGRAMS["make"][1])
    for block in blocks(MANUAL / "tutorials" / "makefile.rst"):
        if block.file is not None:
            _write(tmp_path / block.file, block)
    assert run_lines("bash", "make", tmp_path).stdout.count("connectivity draw") == 2
    assert "Nothing to be done" in run_lines("bash", "make", tmp_path).stdout
    os.utime(tmp_path / "mask.csv", (4e9, 4e9))
    assert run_lines("bash", "make", tmp_path).stdout.strip() == "connectivity draw mask.toml -o mask.pdf --deps mask.d"
