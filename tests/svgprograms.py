"""Programs that draw SVG, and the ink of what they draw."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import forks
import numpy as np
import numpy.typing as npt
from browsers import launched
from PIL import Image

from connectivity.typeset.metrics import DATA

SVG = "{http://www.w3.org/2000/svg}"
SCALE = 3
"""Pixels a point."""

Ink = npt.NDArray[np.bool_]
"""Of each pixel, row by row, whether anything was drawn there."""

Draw = Callable[[bytes], Ink]

OUR_FONT = {"FONTCONFIG_FILE": str(DATA / "fonts.conf"), "XDG_DATA_HOME": str(DATA)}
"""What makes a program find the shipped font, and no other."""

_MARKS = {f"{SVG}{tag}" for tag in ("ellipse", "polygon", "polyline", "rect", "path")}


def texts_alone(svg: bytes, shown: Callable[[int], bool] | None = None) -> bytes:
    """The SVG without anything but its texts, in black; of each line only the pieces that are ``shown``, from 0."""
    root = ET.fromstring(svg)
    for parent in [element for element in root.iter() if element.tag != f"{SVG}defs"]:
        for child in [child for child in parent if child.tag in _MARKS]:
            parent.remove(child)
    for element in [element for element in root.iter() if element.get("fill")]:
        element.set("fill", "#000000" if shown is None or len(element) else "none")
        for number, piece in enumerate(element if shown and element.tag == f"{SVG}text" else ()):
            piece.set("fill", "#000000" if shown is None or shown(number) else "none")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def size_of(svg: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    _, _, width, height = map(float, (ET.fromstring(svg).get("viewBox") or "").split())
    return round(width * SCALE), round(height * SCALE)


def ink_of(png: bytes) -> Ink:
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    found: Ink = np.asarray(paper.convert("L")) < 160
    return found


def piped(command: list[str], svg: bytes, environment: Mapping[str, str]) -> Ink:
    done = subprocess.run(command, input=svg, capture_output=True, check=True, env={**os.environ, **environment})
    return ink_of(done.stdout)


@contextmanager
def librsvg(environment: Mapping[str, str]) -> Iterator[Draw]:
    yield lambda svg: piped(["rsvg-convert", "-w", str(size_of(svg)[0])], svg, environment)


def drawn_by_cairosvg() -> None:
    """Standard input to standard output, as wide as the argument says."""
    import cairosvg

    sys.stdout.buffer.write(cairosvg.svg2png(bytestring=sys.stdin.buffer.read(), output_width=int(sys.argv[1])))


@contextmanager
def cairosvg(environment: Mapping[str, str]) -> Iterator[Draw]:
    """A process for each picture, since fonts are looked for once; what they import is imported before."""
    copies = forks.Forks("svgprograms", "drawn_by_cairosvg", ["cairosvg"], environment)

    def draw(svg: bytes) -> Ink:
        done = copies.run(["cairosvg", str(size_of(svg)[0])], Path.cwd(), svg)
        assert done.returncode == 0, done.stderr.decode()
        return ink_of(done.stdout)

    yield draw
    copies.end()


@contextmanager
def chromium(environment: Mapping[str, str]) -> Iterator[Draw]:
    browser = launched(env={**os.environ, **environment})
    page = browser.new_page()

    def draw(svg: bytes) -> Ink:
        width, height = size_of(svg)
        page.set_viewport_size({"width": width, "height": height})
        page.set_content("<style>body { margin: 0 } svg { display: block; width: 100%; height: auto }</style><p>")
        page.evaluate(_SHOW, svg.decode())
        return ink_of(page.screenshot())

    yield draw
    browser.close()


_SHOW = """text => {
    const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    document.body.replaceChildren(document.importNode(svg, true))
}"""
PROGRAMS = {"librsvg": librsvg, "cairosvg": cairosvg, "chromium": chromium}


def write_for_eyes(ink: Ink, path: Path) -> None:
    """What was found, as a picture to look at."""
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).save(path)
