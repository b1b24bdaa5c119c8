"""The advance widths of fonts: ``make advances`` writes ``connectivity/data/advances.json`` and ``roman.json``.

The first are those of the fonts that are shipped; the second those of Latin Modern, where LaTeX has it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from connectivity.typeset.metrics import DATA, FILES

TABLE, ROMAN = DATA / "advances.json", DATA / "roman.json"

ROMAN_FILES = {"regular": "lmroman8-regular.otf", "italic": "lmroman8-italic.otf", "semibold": "lmroman8-bold.otf"}
"""The faces of Latin Modern Roman at 8 points; its bold one stands for the semibold one."""

END = 0x2600
"""The first character that is left out: behind letters, numbers, arrows and signs come pictures and private use."""

Runs = list[tuple[int, list[int]]]
"""Characters that follow one another: the first, and the width of each in thousandths of the font size."""


def font_of(face: str) -> Any:
    return TTFont(DATA / "fonts" / FILES[face])


def roman_of(face: str) -> Any:
    """A face of Latin Modern. Raises FileNotFoundError where LaTeX has it not."""
    found = subprocess.run(["kpsewhich", ROMAN_FILES[face]], capture_output=True, text=True, check=False).stdout.strip()
    if not found:
        raise FileNotFoundError(ROMAN_FILES[face])
    return TTFont(Path(found))


def runs(widths: Mapping[int, int]) -> Runs:
    """``widths`` of characters in order, cut where one is missing.

    >>> runs({32: 200, 33: 289, 160: 200})
    [(32, [200, 289]), (160, [200])]
    """
    stretches: Runs = []
    for code, width in widths.items():
        if stretches and stretches[-1][0] + len(stretches[-1][1]) == code:
            stretches[-1][1].append(width)
        else:
            stretches.append((code, [width]))
    return stretches


def table(font_of_face: Callable[[str], Any] = font_of) -> str:
    """The text of the file: a line for each run."""
    faces = []
    for face in FILES:
        font = font_of_face(face)
        glyphs, advances = font.getBestCmap(), font["hmtx"]
        widths = {code: advances[glyphs[code]][0] for code in sorted(glyphs) if code < END}
        lines = ",\n".join(f"    {json.dumps(run, separators=(',', ':'))}" for run in runs(widths))
        faces.append(f'  "{face}": [\n{lines}\n  ]')
    return "{\n" + ",\n".join(faces) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    ROMAN.write_text(table(roman_of), encoding="utf-8")
