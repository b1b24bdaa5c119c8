"""What files hold, as digests, without reading again what has not changed.

A digest says what a file holds, wherever and whenever it was checked out; to have one, the file must be read. So
what was once read is remembered with the time of its last change and its size, in ``.connectivity-cache`` beside
the pictures: a folder that is of one machine alone, and that version control leaves out by itself.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from connectivity import files
from connectivity.errors import FileError
from connectivity.reads import Stamp, digest_of, opened, stamp

_STATE_LIMIT = 64 * 2**20
_NAME = "digests.json"


class Digests:
    """The digests of files, as the pictures in ``folder`` are made of them."""

    def __init__(self, folder: Path) -> None:
        self._place = folder / files.CACHE
        self._known: dict[str, Any] = read_state(self._place / _NAME)
        self._learned: dict[str, tuple[Stamp, str]] = {}
        self._looked: dict[str, str | None] = {}

    def digest(self, path: str) -> str | None:
        """The digest of a file, looked at once; None for one that is not there."""
        try:
            real = os.path.realpath(path)
        except ValueError:  # a name in a record that can be none
            return None
        if real not in self._looked:
            self._looked[real] = self._look(real)
        return self._looked[real]

    def learn(self, path: str, before: Stamp, digest: str) -> None:
        """Remember that a file with the stamp ``before`` has this digest."""
        if digest:
            self._learned[os.path.realpath(path)] = before, digest

    def look_again(self) -> None:
        """Files may have changed."""
        self._looked.clear()

    def save(self) -> None:
        """Write what was learned; where that cannot be done, files are read again."""
        if not self._learned:
            return
        content = {**self._known, **{name: [*before, digest] for name, (before, digest) in self._learned.items()}}
        there = {name: content[name] for name in sorted(content) if Path(name).exists()}
        try:
            files.keep_out(self._place)
            files.keep(self._place / _NAME, (json.dumps(there, indent=0) + "\n").encode())
        except FileError:
            return
        self._known, self._learned = there, {}

    def _look(self, real: str) -> str | None:
        now = stamp(real)
        if now is None:
            return None
        before, digest = self._remembered(real)
        if before != now:
            digest = digest_of(real)
            self.learn(real, now, digest)
        return digest

    def _remembered(self, real: str) -> tuple[Stamp, str]:
        if real in self._learned:
            return self._learned[real]
        match self._known.get(real):
            case [int(when), int(size), str(digest)]:
                return (when, size), digest
        return (-1, -1), ""


def read_state(path: Path) -> dict[str, Any]:
    """What a file of JSON holds; nothing where it is missing, truncated or anything else."""
    try:
        with opened(path) as file:
            content = json.loads(file.read(_STATE_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
