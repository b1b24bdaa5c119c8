"""What is to be highlighted in words that are none of ours, and the wish that was meant: ``y_3`` is ``y.3``.

Asked once a wish was refused, so that nothing here decides what one is; what is proposed marks something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from connectivity.errors import MarkupError, nearest, visible
from connectivity.graphs.gaps import drawn_units
from connectivity.graphs.wiring import Wiring

WORDS = ("receptive-field", "window", "reach")
"""What may stand behind a unit and a colon, but for the path to another."""

_OTHERS = {
    **dict.fromkeys(
        ("rf", "field", "receptive", "receptivefield", "receptive-fields", "fov", "sees"), "receptive-field"
    ),
    **dict.fromkeys(("kernel", "win", "patch"), "window"),
    **dict.fromkeys(("reaches", "influence", "effect", "forward", "outputs"), "reach"),
}
_LAST, _FIRST = ("last", "end", "final", "-1"), ("first", "start", "begin")
_BEHIND = re.compile(r"(.+?)[-._ ]((?:receptive|rf|field|fov|window|win|reach)[-_ a-z]*)", re.IGNORECASE)
_UNIT = re.compile(r"([A-Za-z]\w*?)[-_.:/ (\[]*(-?\d+|last|end|final|first|start|begin)[)\]]*", re.IGNORECASE)


def refused(fault: str, listed: str, wish: str, part: str, wirings: Sequence[Wiring], index_from: int) -> MarkupError:
    """The error of a wish that marks nothing, at ``part`` of it: ``fault``, and what was meant, else what is ``listed``."""
    meant = wish_meant(wish, wirings, index_from)
    remedy = listed if meant is None else f' (did you mean "{visible(meant)}"?)'
    error = MarkupError(fault + remedy, wish, max(wish.find(part), 0), "highlight", "highlight")
    error.said, error.suggestion = wish, meant
    return error


def wish_meant(wish: str, wirings: Sequence[Wiring], index_from: int) -> str | None:
    """The wish that is meant by ``wish``, of which none of ``wirings`` has anything; None where nobody knows."""
    what, equals, colour = wish.rpartition("=")
    name, word = _cut((what if equals else wish).strip())
    unit = _unit(name, wirings, index_from)
    rest = _rest(word, wirings, index_from)
    if unit is None or rest is None:
        return None
    meant = ":".join(filter(None, (unit, rest))) + equals + (colour if equals else "")
    return None if meant == wish else meant


def _cut(what: str) -> tuple[str, str]:
    """The unit, and what of it: ``y.3.rf`` is ``y.3`` and ``rf``; a number behind a colon is the unit's."""
    name, _, word = what.partition(":")
    number, _, behind = word.partition(":")
    if number.strip().isdigit():
        return f"{name}.{number.strip()}", behind
    found = None if word else _BEHIND.fullmatch(what)
    return (found[1], found[2]) if found else (name, word)


def _rest(word: str, wirings: Sequence[Wiring], index_from: int) -> str | None:
    """What stands behind the colon, in our words; empty for nothing, None for what nobody knows."""
    if not word:
        return ""
    if word.startswith(("path:", "to:")):
        end = _unit(word.partition(":")[2], wirings, index_from)
        return None if end is None else f"path:{end}"
    plain = re.sub(r"[_ ]+", "-", word.strip().lower())
    return plain if plain in WORDS else _OTHERS.get(plain) or nearest(plain, WORDS)


def _unit(name: str, wirings: Sequence[Wiring], index_from: int) -> str | None:
    """The unit that is meant by ``name``, with dots."""
    for candidate in (name, *(one for wiring in wirings for one in _candidates(name, wiring, index_from))):
        if any(drawn_units(wiring, candidate, index_from) for wiring in wirings):
            return candidate
    return None


def _candidates(name: str, wiring: Wiring, index_from: int) -> Iterator[str]:
    match = _UNIT.fullmatch(name)
    if match is None:
        return
    names = [layer.info.name for layer in wiring.layers]
    number = _layer(match[1].lower(), names)
    if number is None:
        return
    index = match[2].lower()
    channels, length = wiring.layers[number].shape
    if index in _FIRST + _LAST:
        size = channels if channels > 1 else length
        index = str(index_from + (size - 1 if index in _LAST else 0))
    yield f"{names[number]}.{index}"


def _layer(stem: str, names: Sequence[str]) -> int | None:
    """The number of the layer that is called ``stem``, or is the last one by its number, or the input, or the output."""
    last = len(names) - 1
    if stem in ("out", "output", f"h{last}") and stem not in names:
        return last
    if stem in ("in", "input") and stem not in names:
        return 0
    near = stem if stem in names else nearest(stem, names)
    return None if near is None else names.index(near)
