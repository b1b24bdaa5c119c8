"""The commands that the manual shows: each is run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from conftest import ROOT, Run

MANUAL = ROOT / "samples" / "docs"
_BLOCK = re.compile(r"\.\. code-block:: sh\n\n((?:   .*\n|\n)+)")
_SHOWN = ("connectivity draw ", "connectivity describe ")


def commands() -> list[tuple[str, str]]:
    """Every line that draws or describes, with the page that shows it."""
    found = []
    for page in sorted(MANUAL.glob("*.rst")):
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            lines = re.sub(r"\\\n\s*", "", block).splitlines()
            found += [(page.stem, line.strip()) for line in lines if line.strip().startswith(_SHOWN)]
    return found


def test_there_are_commands() -> None:
    assert len(commands()) > 30


@pytest.mark.parametrize(("page", "command"), commands(), ids=lambda text: text[:60])
def test_what_the_manual_shows(page: str, command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    words = shlex.split(command)[1:]
    done = run(*words)
    assert done.returncode == 0, done.stderr
    for place, word in enumerate(words):
        if word == "-o":
            assert (tmp_path / words[place + 1]).stat().st_size > 500
