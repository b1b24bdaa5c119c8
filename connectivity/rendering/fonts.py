"""Which fonts Graphviz sees: those of the package alone wherever they suffice, else also a given one, else the system's."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.sax.saxutils import escape

from connectivity.typeset.fontfile import FontFile
from connectivity.typeset.metrics import DATA, FAMILY

_PREFERRED = (
    "Source Sans Pro",
    "Noto Sans",
    "DejaVu Sans",
    "Noto Sans Math",
    "Noto Sans Symbols",
    "Noto Sans Symbols 2",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Segoe UI",
    "Segoe UI Symbol",
    "Cambria Math",
    "Yu Gothic",
    "Apple Symbols",
    "Hiragino Sans",
    "Noto Emoji",
    "Noto Color Emoji",
    "Segoe UI Emoji",
    "Apple Color Emoji",
)
"""Families of the system that go well with the package's, the best first."""

_USUAL = {
    "linux": (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/usr/X11R6/lib/X11/fonts",
        "~/.fonts",
        "~/.local/share/fonts",
    ),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("WINDOWSFONTDIR", "~/AppData/Local/Microsoft/Windows/Fonts"),
}
"""Where systems keep fonts."""

_SETTINGS = "/etc/fonts"
_FOLDER = re.compile(r"<dir(?: [^>]*)?>([^<&]*)</dir>")


class Fonts(NamedTuple):
    """What is seen beside the package's fonts: a given font, and (``system``) all those of the system."""

    given: FontFile | None
    system: bool

    @contextmanager
    def configured(self) -> Iterator[dict[str, str]]:
        """The environment in which fontconfig sees these fonts."""
        with TemporaryDirectory(prefix="connectivity-") as folder:
            folders = [str(DATA / "fonts")]
            if self.given is not None:
                own = Path(folder, "font")
                own.mkdir()
                (own / f"font{self.given.suffix}").write_bytes(self.given.data)
                folders.append(str(own))
            folders += system_folders() if self.system else []
            # A cache of what is there for this drawing alone would be of no use to the next.
            cache = (
                f"<cachedir>{escape(folder)}/cache</cachedir>"
                if self.given
                else '<cachedir prefix="xdg">fontconfig</cachedir>'
            )
            path = Path(folder, "fonts.conf")
            path.write_text(_configuration(folders, self.given.family if self.given else "", cache), encoding="utf-8")
            yield {"FONTCONFIG_FILE": str(path)}


def system_folders() -> list[str]:
    """Where this system has fonts, as far as its settings and customs tell."""
    usual = _USUAL.get("linux" if sys.platform not in _USUAL else sys.platform, ())
    said: list[str] = []
    for path in (Path(_SETTINGS, "fonts.conf"), *sorted(Path(_SETTINGS, "conf.d").glob("*.conf"))):
        try:
            said += _FOLDER.findall(path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    absolute = [_at_home(name.strip()) for name in (*usual, *said)]
    return [name for name in dict.fromkeys(absolute) if name == "WINDOWSFONTDIR" or Path(name).is_dir()]


def _at_home(name: str) -> str:
    """A folder whose name may begin with ~; as it is where nobody is at home."""
    try:
        return str(Path(name).expanduser())
    except RuntimeError:
        return name


def _configuration(folders: list[str], family: str, cache: str) -> str:
    """The text of a configuration for fontconfig."""
    lines = [f"<dir>{escape(folder)}</dir>" for folder in folders]
    families = "".join(f"<family>{escape(name)}</family>" for name in (family, *_PREFERRED) if name)
    lines += [
        f'<alias binding="same"><family>{name}</family><accept>{families}</accept></alias>'
        for name in (FAMILY, f"{FAMILY} Semibold")
    ]
    head = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
    return head + "\n".join([*lines, cache]) + "\n</fontconfig>\n"
