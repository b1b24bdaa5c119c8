"""Where a page of documentation is: what its paths mean, and which files it may read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FROM_BASE = re.compile(r"/[^\n]+\.(?:toml|json|onnx|keras)")


@dataclass(frozen=True)
class Place:
    """The place of a page.

    ``folder`` is what its paths are relative to, ``base`` what those that begin with a slash are: the folder of all
    pages. Nothing outside of ``root``, the folder of the project, is read. ``page`` is what messages call it.
    """

    folder: Path
    base: Path
    root: Path
    page: str = ""

    def path(self, name: str) -> str:
        """A path as the page says it, as one that can be opened."""
        return str(self.base / name.lstrip("/") if name.startswith("/") else self.folder / name)

    def line(self, text: str) -> tuple[str, Path]:
        """A line of notation, and the folder of its files: ``/net.toml`` is one of the folder of all pages."""
        return (text.lstrip("/"), self.base) if _FROM_BASE.fullmatch(text) else (text, self.folder)

    def shortened(self, message: str) -> str:
        """A message without the folders of this machine, which are nobody's business on a page."""
        for folder in dict.fromkeys((self.root.resolve(), self.root, self.base.resolve(), self.base)):
            if folder.is_absolute():
                message = message.replace(f"{folder}/", "").replace(f"{folder}\\", "").replace(f'"{folder}"', '"."')
        return message

    def located(self, message: str, line: int | None = None) -> str:
        """A message with the page, and the line of it, that it is about.

        >>> Place(Path(), Path(), Path(), "net.md").located("no", 3)
        'net.md:3: no'
        """
        place = self.page + (f":{line}" if line is not None else "")
        return f"{place}: {message}" if self.page else message
