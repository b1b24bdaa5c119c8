"""The advance widths of the fonts that are shipped: ``make advances`` writes ``connectivity/data/advances.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fontTools.ttLib import TTFont

from connectivity.typeset.metrics import DATA, FILES

TABLE = DATA / "advances.json"

END = 0x2600
"""The first character that is left out: behind letters, numbers, arrows and signs come pictures and private use."""

Runs = list[tuple[int, list[int]]]
"""Characters that follow one another: the first, and the width of each in thousandths of the font size."""


def font_of(face: str) -> Any:
    return TTFont(DATA / "fonts" / FILES[face])


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


def table() -> str:
    """The text of the file: a line for each run."""
    faces = []
    for face in FILES:
        font = font_of(face)
        glyphs, advances = font.getBestCmap(), font["hmtx"]
        widths = {code: advances[glyphs[code]][0] for code in sorted(glyphs) if code < END}
        lines = ",\n".join(f"    {json.dumps(run, separators=(',', ':'))}" for run in runs(widths))
        faces.append(f'  "{face}": [\n{lines}\n  ]')
    return "{\n" + ",\n".join(faces) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
