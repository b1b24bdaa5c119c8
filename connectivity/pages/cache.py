"""Drawings kept in a folder, each found by what it shows.

A drawing's name is a fingerprint of everything that it is made of, so one that is there is the right
one, whatever document it was drawn for. Beside it stands its checksum: what was cut short or changed
since is drawn anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from connectivity import __version__, files
from connectivity.rendering.dot import dot

if TYPE_CHECKING:
    from connectivity.figure import Figure

CHECKSUM = ".sha256"
"""What the name of a drawing's checksum has after the drawing's own."""


class Drawings:
    """A folder of drawings; it is made with the first of them. Several processes may share it."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def kept(self, name: str) -> Path | None:
        """The file of a drawing that was drawn before, by its name; None where it is not there or not whole."""
        path = self.folder / name
        return path if _is_whole(path) else None

    def draw(self, figure: Figure, format: str) -> Path:
        """The file with the drawing of ``figure`` as svg, png or pdf: found, or drawn.

        Raises ConnectivityError.
        """
        path = self.folder / f"connectivity-{fingerprint(figure, format)}.{format}"
        if not _is_whole(path):
            data = figure.draw(format)
            self.folder.mkdir(parents=True, exist_ok=True)
            files.write(path, data)
            files.write(_checksum(path), hashlib.sha256(data).hexdigest().encode("ascii"))
        return path


def fingerprint(figure: Figure, format: str) -> str:
    """40 hexadecimal digits that are the same for figures that look and read the same, and for no others."""
    theme = str(figure.options.get("theme", "light"))
    scene = figure.scene()
    after_dark = figure.night()
    night = dot(after_dark) if after_dark else ""
    tips = json.dumps(sorted(scene.tips().items()))
    dpi = str(figure.options.get("dpi")) if format == "png" else ""
    text = "outlines" if scene.outlines and format == "svg" else "live"
    font = figure.font()
    face = font.digest if font is not None else ""
    looks = [format, theme, dpi, text, face]
    films = [] if not figure.moves else [film for film in figure.films if film is not None]
    steps = [f"{film.period} {film.loop}" for film in films]
    steps += [dot(frame) for film in films for frame in film.frames]
    return _digest([__version__, *looks, scene.title, scene.description, tips, dot(scene), night, *steps])


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", errors="surrogatepass")
        digest.update(len(data).to_bytes(8))
        digest.update(data)
    return digest.hexdigest()[:40]


def _checksum(path: Path) -> Path:
    return path.with_name(path.name + CHECKSUM)


def _is_whole(path: Path) -> bool:
    """Whether the file is there, and is what was written."""
    try:
        checksum = _checksum(path).read_bytes()
        return hashlib.sha256(path.read_bytes()).hexdigest().encode("ascii") == checksum
    except OSError:
        return False
