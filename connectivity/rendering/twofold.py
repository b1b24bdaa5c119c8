"""A drawing in two sets of colours, light and dark, that Graphviz draws once: with a code for each pair of colours.

Both scenes have the same marks in the same places; what it writes of the one it would write of the other, but for colours.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from connectivity.scene import Scene, Shape, Unit

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_CODE = re.compile(rb"#[0-9a-f]{6}")
_FIELDS = {
    "units": ("fill", "stroke"),
    "lines": ("colour",),
    "texts": ("colour", "plate"),
    "boxes": ("fill", "stroke"),
    "cells": ("fill", "stroke"),
    "shapes": ("fill", "stroke"),
    "dots": ("fill",),
}
"""The colours of each kind of mark."""

_OWN = ("background", "ink", "unit_stroke")  # the colours of a scene itself

M = TypeVar("M", bound=Any)


class UnlikeError(Exception):
    """Two scenes are not the same but for their colours."""


class Twofold(NamedTuple):
    """A scene whose colours are codes, and what each code is in the one scene and in the other."""

    scene: Scene
    day: dict[bytes, bytes]
    night: dict[bytes, bytes]

    def light(self, drawn: bytes) -> bytes:
        """What was drawn of it, in the light colours."""
        return _CODE.sub(lambda code: self.day.get(code[0], code[0]), drawn)

    def dark(self, drawn: bytes) -> bytes:
        """What was drawn of it, in the dark colours."""
        return _CODE.sub(lambda code: self.night.get(code[0], code[0]), drawn)


def twofold(day: Scene, night: Scene) -> Twofold | None:
    """Two scenes as one; None where they differ in more than colours."""
    # The lines of a dense scene are not drawn by Graphviz: the finishing of SVG writes them, in both colours.
    codes = _Codes(kept=("lines",) if day.dense else ())
    try:
        marks: dict[str, Any] = {name: codes.marks(name, getattr(day, name), getattr(night, name)) for name in _FIELDS}
        own: dict[str, Any] = {name: codes.code(getattr(day, name), getattr(night, name)) for name in _OWN}
    except UnlikeError:
        return None
    table = [(f"#{number:06x}".encode(), pair) for pair, number in codes.numbers.items()]
    return Twofold(
        dataclasses.replace(day, **marks, **own),
        {code: light.encode() for code, (light, _) in table},
        {code: dark.encode() for code, (_, dark) in table},
    )


class _Codes:
    """Numbers of pairs of colours; a code is a number written as a colour. Marks of a kind in ``kept`` get none."""

    def __init__(self, kept: tuple[str, ...]) -> None:
        self.kept = kept
        self.numbers: dict[tuple[str, str], int] = {}

    def code(self, light: str, dark: str) -> str:
        """The code of a pair. Raises UnlikeError for a colour beside none."""
        if not (_COLOUR.fullmatch(light) and _COLOUR.fullmatch(dark)):
            if light == dark:
                return light
            raise UnlikeError
        return f"#{self.numbers.setdefault((light, dark), len(self.numbers)):06x}"

    def marks(self, name: str, days: Sequence[M], nights: Sequence[M]) -> list[M]:
        """Marks with codes. Raises UnlikeError for those that differ in anything else."""
        if len(days) != len(nights):
            raise UnlikeError
        if name in self.kept:
            return list(days)
        return [self._mark(name, day, night) for day, night in zip(days, nights, strict=True)]

    def _mark(self, name: str, day: M, night: M) -> M:
        codes: dict[str, Any] = {one: self.code(getattr(day, one), getattr(night, one)) for one in _FIELDS[name]}
        if isinstance(day, Shape) and day.ramp:
            if len(day.ramp) != len(night.ramp):
                raise UnlikeError
            places = zip(day.ramp, night.ramp, strict=True)
            codes["ramp"] = tuple((place, self.code(light, dark)) for (place, light), (_, dark) in places)
        elif isinstance(day, Unit):
            codes["ink"] = ""  # of its label, which Graphviz does not draw
        mark: M = day._replace(**codes)
        if mark != night._replace(**codes):
            raise UnlikeError
        return mark
