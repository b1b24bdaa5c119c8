r"""Entries of ``tests/bad``: a title, the files that it is about, a command line, and what is said of it.

An entry::

    # an unknown key
    > a.toml
    | network = "6 fc:2"
    | colr = "red"
    $ connectivity draw a.toml -o out.svg
    a.toml:2:1: unknown key "colr" (did you mean "colormap"?)
      colr = "red"
      ^

To add one, write it without its message anywhere in a file that fits, and run ``CONNECTIVITY_UPDATE=1 python -m pytest
tests/test_bad.py``, which records what is said; read it before you keep it. ``«1000*a»`` stands for a thousand a's,
``\x1b`` and ``\u202e`` for these characters. Files that are no text are in ``badfiles.py``, under the names
by which entries call them. A command is ``connectivity``, ``mdbook PAGE`` or ``sphinx PAGE`` (``badrunner.py``); ``< FILE``
is standard input. What is named by ``-o`` is there before, and must stay as it is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from badfiles import FILES

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "bad"
BEFORE = b"what was here before\n"

_TIMES = re.compile(r"«(\d+)\*(.*?)»", re.DOTALL)
_CHARACTER = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")


class Ran(NamedTuple):
    """What a command did: its exit code, what it said, processor time in seconds, and memory in MiB at most."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


@dataclass
class Entry:
    """An entry, as it stands in a file."""

    topic: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    command: str = ""
    said: str = ""

    @property
    def words(self) -> list[str]:
        """The words of the command line, without standard input."""
        words = shlex.split(expanded(self.command))
        return words[:-2] if words[-2:-1] == ["<"] else words

    @property
    def input(self) -> str | None:
        """The file that is standard input."""
        words = shlex.split(self.command)
        return words[-1] if words[-2:-1] == ["<"] else None

    def prepare(self, folder: Path) -> None:
        """Write the files that the entry is about, and whatever it must not touch."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(expanded(text), encoding="utf-8")
        said = " ".join([self.command, *self.files.values()])
        for name in set(re.findall(r"[\w-]+\.[a-z0-9]+", said)) & FILES.keys():
            content = FILES[name]
            if isinstance(content, bytes):
                (folder / name).write_bytes(content)
            else:
                content(folder / name)
        for before, name in zip(self.words, self.words[1:], strict=False):
            is_file = before == "-o" and "/" not in name and name != "-" and len(name) < 100
            if is_file and not (folder / name).exists():
                (folder / name).write_bytes(BEFORE)

    def __str__(self) -> str:
        lines = [f"# {self.title}"]
        for name, text in self.files.items():
            lines += [f"> {name}", *(f"| {line}".rstrip() for line in text.split("\n")[:-1])]
        return "\n".join([*lines, f"$ {self.command}", *([self.said] if self.said else [])]) + "\n"


def expanded(text: str) -> str:
    """What stands for many, or cannot be seen, as it is meant."""
    text = _TIMES.sub(lambda match: int(match[1]) * match[2], text)
    return _CHARACTER.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def read(path: Path) -> list[Entry]:
    """The entries of a file."""
    return list(_entries(path.stem, path.read_text(encoding="utf-8").split("\n")))


def _entries(topic: str, lines: list[str]) -> Iterator[Entry]:
    entry, name = None, ""
    for line in [*lines, "# "]:
        if line.startswith("# "):
            if entry is not None:
                entry.said = entry.said.strip("\n")
                yield entry
            entry = Entry(topic, line[2:])
        elif entry is None:
            continue
        elif line.startswith("> ") and not entry.command:
            name = line[2:]
            entry.files[name] = ""
        elif line.startswith("|") and not entry.command:
            entry.files[name] += f"{line[2:]}\n"
        elif line.startswith("$ ") and not entry.command:
            entry.command = line[2:]
        else:
            entry.said += f"{line}\n"


def write(path: Path, entries: list[Entry]) -> None:
    """Record entries, with what is said of each."""
    path.write_text("\n".join(map(str, entries)), encoding="utf-8")


def every() -> list[Entry]:
    """All entries, in order."""
    return [entry for path in sorted(FOLDER.glob("*.txt")) for entry in read(path)]
