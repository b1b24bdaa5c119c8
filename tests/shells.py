"""Lines that are run by a shell as it stands, and the words that it makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile"],
    "zsh": ["zsh", "-f", "-o", "extendedglob"],  # as many have it, with more characters for patterns
    "fish": ["fish", "--no-config"],
}

_RECORDER = """#!/bin/sh
printf '%s\\037' "$@" >> "$WORDS"
printf '\\036' >> "$WORDS"
"""


def environment(folder: Path, *first: Path) -> dict[str, str]:
    """Where commands are looked for, ``first`` before all; nobody's settings are read, nor those of a Make around."""
    path = os.pathsep.join([*map(str, first), str(Path(sys.executable).parent), os.environ["PATH"]])
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder / ".local" / "share")}
    outer = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return {**outer, **home, "PATH": path, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def run_lines(shell: str, source: str, folder: Path, *first: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Give ``source`` to a shell, in one process."""
    return subprocess.run(
        [*SHELLS[shell], "-c", source],
        cwd=folder,
        env={**environment(folder, *first), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def words_of(shell: str, commands: Sequence[str], folder: Path) -> dict[str, list[str] | None]:
    """The words that ``connectivity`` is called with by each line; None where it is not called, or more than once."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    recorder = programs / "connectivity"
    recorder.write_text(_RECORDER)
    recorder.chmod(0o755)
    record = folder / f"{shell}.words"
    record.unlink(missing_ok=True)
    script = "\n".join(f"connectivity line {number}\n{command}" for number, command in enumerate(commands))
    run_lines(shell, script, folder, programs, WORDS=str(record))
    calls: dict[int, list[list[str]]] = {}
    for call in record.read_text(encoding="utf-8").split("\036")[:-1]:
        words = call.split("\037")[:-1]
        if words[:1] == ["line"]:
            calls[int(words[1])] = []
        else:
            calls[max(calls)].append(words)
    found = (calls.get(number, []) for number in range(len(commands)))
    return {command: made[0] if len(made) == 1 else None for command, made in zip(commands, found, strict=True)}
