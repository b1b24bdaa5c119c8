"""Pictures that are kept from one build to the next, each found by what a page says.

Unlike :mod:`.pages.cache`, which must make a figure before it knows whether it has its drawing, this asks for
nothing but the text of a fence and what the files that it once read hold: a page without changes costs nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from connectivity import __version__, files
from connectivity.errors import FileError
from connectivity.pages.places import Place
from connectivity.reads import digest_of


class Picture(NamedTuple):
    """A figure that was drawn: its bytes, its title and description, the files that it read, and notes about it."""

    data: bytes
    title: str
    description: str
    inputs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_KEY = 40  # hexadecimal digits
_AGE = 30 * 24 * 3600
"""After so many seconds without use a picture is thrown away: a page that is being written has new ones all the time."""


class Kept:
    """A folder of pictures; it is made with the first of them. Several processes may share it."""

    def __init__(self, root: Path) -> None:
        self._folder = root / files.CACHE
        self._is_tidy = False

    def key(self, text: str, said: Mapping[str, str], place: Place, format: str, theme: str) -> str:
        """The same for what is said alike at a place, and for nothing else."""
        folders = [str(folder.resolve()) for folder in (place.folder, place.base, place.root)]
        content = json.dumps([__version__, text, sorted(said.items()), *folders, format, theme])
        return hashlib.sha256(content.encode("utf-8", errors="surrogatepass")).hexdigest()[:_KEY]

    def find(self, key: str) -> Picture | None:
        """The picture, where it is there, whole, and made of what the files hold today."""
        try:
            about = json.loads((self._folder / f"{key}.json").read_bytes())
            data = (self._folder / key).read_bytes()
            inputs: dict[str, str] = about["inputs"]
            whole = hashlib.sha256(data).hexdigest() == about["digest"]
            if not whole or any(digest_of(path) != digest for path, digest in inputs.items()):
                return None
            os.utime(self._folder / f"{key}.json")
            return Picture(data, about["title"], about["description"], tuple(inputs), tuple(about["notes"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def keep(self, key: str, picture: Picture) -> None:
        """Keep a picture; where that cannot be done, it is drawn again."""
        about = {
            "digest": hashlib.sha256(picture.data).hexdigest(),
            "inputs": {path: digest_of(path) for path in picture.inputs},
            "title": picture.title,
            "description": picture.description,
            "notes": picture.notes,
        }
        with contextlib.suppress(FileError):
            files.keep_out(self._folder)
            files.write_all(
                [(self._folder / key, picture.data), (self._folder / f"{key}.json", json.dumps(about).encode())]
            )
            self._tidy()

    def _tidy(self) -> None:
        """Throw away what was not used for long; once, since it looks at all."""
        if self._is_tidy:
            return
        self._is_tidy = True
        for about in self._folder.glob("?" * _KEY + ".json"):
            with contextlib.suppress(OSError):
                if time.time() - about.stat().st_mtime > _AGE:
                    about.with_suffix("").unlink(missing_ok=True)
                    about.unlink()
