"""What a style sheet of ours makes of an SVG at a step: the animations of marks, evaluated as CSS says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

_STYLE = re.compile(r'<style class="motion">\n(.*?)</style>', re.DOTALL)
_MARK = re.compile(r"^\.m(\d+)\{(.*)\}$", re.MULTILINE)
_FRAMES = re.compile(r"^@keyframes (\S+?)\{(.*)\}$", re.MULTILINE)
_STOP = re.compile(r"([\d.]+)%\{([^}]*)\}")
_LASTS = re.compile(r"animation:([\d.]+)s step-end (\w+)")

Declared = dict[str, str]


class Marks(NamedTuple):
    """What is drawn, with what it is at a moment: of lines by their names colour and width, of texts whether they are seen."""

    lines: dict[str, tuple[str, str]]
    texts: dict[tuple[str, str, str], bool]


class Motion:
    """The rules of an SVG that moves."""

    def __init__(self, svg: bytes) -> None:
        text = svg.decode("utf-8")
        found = _STYLE.search(text)
        assert found, "nothing moves"
        self.rules = found[1]
        self.root = ET.fromstring(text)
        lasts = _LASTS.search(self.rules)
        assert lasts
        self.lasts, self.loops = float(lasts[1]), lasts[2] == "infinite"
        self.marks = {
            int(number): dict(one.split(":") for one in said.split(";")) for number, said in _MARK.findall(self.rules)
        }
        self.frames = {
            name: [
                (float(at) / 100, dict(one.split(":") for one in said.split(";"))) for at, said in _STOP.findall(stops)
            ]
            for name, stops in _FRAMES.findall(self.rules)
        }

    def declared(self, number: int, part: str, time: float) -> Declared:
        """What a part of the marks of a class has at a time; nothing where it is as it is drawn."""
        said = self.marks.get(number, {}).get(f"--{part}")
        if said is None:
            return {}
        name, _, delay = said.partition(" ")
        at = time - float(delay.removesuffix("s") or 0)
        if at >= self.lasts and not self.loops:
            return {}
        place = (at / self.lasts) % 1.0
        now: Declared = {}
        for start, declared in self.frames[name]:
            if start <= place + 1e-9:
                now = {key: value for key, value in declared.items() if key != "animation-timing-function"}
        return now

    def at(self, time: float) -> Marks:
        """What is seen at a time."""
        return marks_of(self.root, self, time)


def marks_of(root: ET.Element, motion: Motion | None = None, time: float = 0.0) -> Marks:
    """The lines that are seen, by their names, with colour and width; and the texts, seen or not."""
    marks = Marks({}, {})
    for group in root.iter():
        classes = group.get("class", "").split()
        number = next((int(name[1:]) for name in classes if name[:1] == "m" and name[1:].isdigit()), 0)

        def declared(part: str, number: int = number) -> Declared:
            return motion.declared(number, part, time) if motion is not None else {}

        name = next(("".join(one.itertext()) for one in group if one.tag.endswith("title")), "")
        seen = declared("a").get("opacity", group.get("opacity", "1")) != "0"
        for part in group:
            tag = part.tag.rpartition("}")[2]
            if tag == "path" and "edge" in classes and seen:
                look = {"stroke": part.get("stroke", ""), "stroke-width": part.get("stroke-width", "1")} | declared("s")
                marks.lines[name] = (look["stroke"], f"{float(look['stroke-width']):g}")
            if tag == "text":
                shown = seen and declared("w").get("opacity", "1") != "0"
                key = "".join(part.itertext()), part.get("x", ""), part.get("y", "")
                marks.texts[key] = marks.texts.get(key, False) or shown
    return marks
