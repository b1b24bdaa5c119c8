"""What a style sheet of ours makes of an SVG at a step: the animations of marks, evaluated as CSS says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

_STYLE = re.compile(r'<style class="motion">\n(.*?)</style>', re.DOTALL)
_MARK = re.compile(r"^\.m(\d+)\{(.*)\}$", re.MULTILINE)
_FRAMES = re.compile(r"^@keyframes (\S+?)\{(.*)\}$", re.MULTILINE)
_STOP = re.compile(r"((?:[\d.]+%,?)+)\{([^}]*)\}")
_HEAD = 6.0  # the most by which a line is shorter that has a larger head, in points
_PLACE = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
_SHIFT = re.compile(r"translate\((-?[\d.]+)(?:px)?,(-?[\d.]+)(?:px)?\)")
_LASTS = re.compile(r"animation:([\d.]+)s step-end (\w+)")

Declared = dict[str, str]


class Line(NamedTuple):
    """A line that is seen: the places that it leads through, colour and width."""

    way: tuple[float, ...]
    colour: str
    width: str

    def covers(self, other: Line) -> bool:
        """Whether it leads the same way as another one, but for the room of its head."""
        pairs = zip(self.way, other.way, strict=False)
        return len(self.way) == len(other.way) and all(abs(here - there) < _HEAD for here, there in pairs)


class Marks(NamedTuple):
    """What is drawn, with what it is at a moment: the lines that are seen, and of texts whether they are."""

    lines: list[Line]
    texts: dict[tuple[str, str, str], bool]

    @property
    def top(self) -> list[Line]:
        """The lines that no other one covers, by their ways."""
        seen = [
            line
            for number, line in enumerate(self.lines)
            if not any(other.covers(line) for other in self.lines[number + 1 :])
        ]
        return sorted(seen, key=lambda line: [round(place) for place in line.way])

    def shows(self, other: Marks) -> bool:
        """Whether the same lines are seen, and the same texts."""
        lines, others = self.top, other.top
        alike = [any(one.covers(line) and one[1:] == line[1:] for one in others) for line in lines]
        texts = [{text for text, seen in marks.texts.items() if seen} for marks in (self, other)]
        return len(lines) == len(others) and all(alike) and texts[0] == texts[1]


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
                (float(at.rstrip("%")) / 100, dict(one.split(":") for one in said.split(";")))
                for places, said in _STOP.findall(stops)
                for at in places.split(",")
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
    """The lines that are seen, those below first; and the texts, seen or not."""
    marks = Marks([], {})
    for group in root.iter():
        classes = group.get("class", "").split()
        number = next((int(name[1:]) for name in classes if name[:1] == "m" and name[1:].isdigit()), 0)

        def declared(part: str, number: int = number) -> Declared:
            return motion.declared(number, part, time) if motion is not None else {}

        seen = declared("a").get("opacity", group.get("opacity", "1")) != "0"
        for part in group:
            tag = part.tag.rpartition("}")[2]
            if tag == "path" and "edge" in classes and seen:
                look = {"stroke": part.get("stroke", ""), "stroke-width": part.get("stroke-width", "1")} | declared("s")
                shift = _SHIFT.search(declared("p").get("transform", "translate(0,0)"))
                assert shift
                places = [float(one) for pair in _PLACE.findall(part.get("d", "")) for one in pair]
                way = tuple(place + float(shift[1 + number % 2]) for number, place in enumerate(places))
                marks.lines.append(Line(way, look["stroke"], f"{float(look['stroke-width']):g}"))
            if tag == "text":
                shown = seen and declared("w").get("opacity", "1") != "0"
                key = "".join(part.itertext()), part.get("x", ""), part.get("y", "")
                marks.texts[key] = marks.texts.get(key, False) or shown
    return marks
