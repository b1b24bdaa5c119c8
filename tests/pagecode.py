"""The code that pages show, in order: blocks of reStructuredText and fences of Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_RST = re.compile(
    r"(?:(?<=\n\n)``(?P<file>[\w./-]+)``:\n\n)?^\.\. code-block:: (?P<language>\w+)\n\n(?P<text>(?:   .*\n|\n)+)",
    re.MULTILINE,
)
_FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = ("sh", "console", "bash")


class Block(NamedTuple):
    """A block of code; before one that is a ``file``'s stands its name, and nothing else."""

    language: str
    text: str
    file: str | None


class Line(NamedTuple):
    """A line for a shell, and what the page shows as its output."""

    command: str
    output: str


def blocks(page: Path) -> list[Block]:
    """The code of a page, in order."""
    source = page.read_text(encoding="utf-8")
    if page.suffix == ".md":
        return [Block(found["language"], found["text"], None) for found in _FENCE.finditer(source)]
    return [_block(found) for found in _RST.finditer(source)]


def _block(found: re.Match[str]) -> Block:
    text = re.sub(r"^   ", "", found["text"].rstrip("\n") + "\n", flags=re.MULTILINE)
    return Block(found["language"], text, found["file"])


def lines(block: Block) -> list[Line]:
    """The lines of a block that a shell is given: all of them, or where outputs are shown those behind a prompt."""
    if block.language not in SHELL:
        return []
    text = re.sub(r"\\\n\s*", "", block.text)
    if block.language != "console":
        return [Line(line, "") for line in text.splitlines() if line]
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [Line(*part.split("\n", 1)) for part in parts]
