"""What makes an SVG move: rules of a style sheet that say how marks look at each step. No script, and nothing twice.

Every mark is drawn as in the whole figure; marks of one class change in the same way. Where a film goes round, its
cycle starts at a time of its own for each class (``animation-delay``), so that what differs in time alone shares its
keyframes. Readers who wish for little motion, and programs that heed no style sheets, have the whole figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from connectivity.motion.union import Track

HELD = 2
"""So many times as long as others the last step is seen."""

ROOT = "svg.connectivity"

_PARTS = {"all": "a", "place": "p", "outline": "s", "words": "w", "label": "w"}
"""Which parts of a mark the properties of style sheets are of: the mark itself, its place, its outline, its words."""

_STANDS = {"a": "", "s": " :is(ellipse,path,polygon)", "w": " :is(text,g:has(use))"}
"""Where these parts are, in marks that move. A place is one of the mark itself."""

_GLIDE = 0.3
"""The share of a step in which what moves on glides to its next place."""

_WIDTH = "outline:stroke-width"

_THINNER = 1.5
"""What becomes thinner by more than this, in points, as what is emphasised does, would be seen to end before its unit."""

_Declared = tuple[tuple[str, str], ...]
_Slots = tuple[_Declared, ...]
"""What is declared in each stretch of a cycle, all of one length; nothing where a mark is as it is drawn."""


def motion_rules(tracks: Sequence[Track], nights: Sequence[Track] | None, period: float, loop: bool) -> str:
    """The rules for marks of the classes m1, m2, ..., each of which looks as its track says.

    ``nights`` are the tracks of the same marks in dark colours. Each step is seen for ``period`` seconds, the last
    longer; without ``loop`` the whole figure follows.
    """
    return _Rules(tracks, nights or tracks, period, loop).text() if tracks else ""


class _Rules:
    """The rules of one film."""

    def __init__(self, tracks: Sequence[Track], nights: Sequence[Track], period: float, loop: bool) -> None:
        self._period, self._loop = period, loop
        self._number = len(tracks[0].steps) + HELD - 1
        self._colours: dict[tuple[str, str], str] = {}
        self._frames: dict[_Slots, str] = {}
        self._used: set[str] = set()
        self._rules: list[str] = []
        for number, (track, night) in enumerate(zip(tracks, nights, strict=True), 1):
            said = [f"--{part}:{self._animation(part, slots)}" for part, slots in self._parts(track, night)]
            self._rules.append(f".m{number}{{{';'.join(said)}}}")
            if _thins(track):
                self._rules.append(f".m{number} polygon{{stroke-width:{track.base[_WIDTH]}!important}}")

    def text(self) -> str:
        """All of them. The animation of each part is a variable of the mark, which its elements inherit."""
        timing = f"{_n(self._number * self._period)}s step-end {'infinite' if self._loop else '1'}"
        moving = '[class*=" m"]'
        lines = ["@media (prefers-reduced-motion: no-preference) {", f"{ROOT} {{"]
        for part, place in _STANDS.items():
            said = [f"{timing} var(--{part},none)"] if part in self._used else []
            if part == "a" and "p" in self._used:
                said.append(f"{timing.replace('step-end', 'ease-in-out')} var(--p,none)")
            if said:
                lines.append(f"{moving}{place}{{animation:{','.join(said)}}}")
        lines += [
            f"{moving} path[fill=none]{{fill-opacity:0}}",
            "[opacity='0']{pointer-events:none}",
            *self._rules,
        ]  # heads of arrows have their line's colour
        lines += ["}", f"{ROOT}:is(:hover,:focus-within) *{{animation-play-state:paused!important}}"]
        for slots, name in self._frames.items():
            lines.append(
                f"@keyframes {name}{{{(_ways if slots[0] and slots[0][0][0] == 'transform' else _stops)(slots)}}}"
            )
        return self._palette() + "\n".join([*lines, "}", ""])

    def _animation(self, part: str, slots: _Slots) -> str:
        """The keyframes of a part, and when their cycle starts. What moves comes back at the end, not on its way."""
        first = _start(slots) if self._loop and part != "p" else 0
        name = self._frames.setdefault((*slots[first:], *slots[:first]), f"k{len(self._frames) + 1}")
        return f"{name} {_n((first - self._number) * self._period)}s" if first else name

    def _palette(self) -> str:
        """The colours that are others on dark pages, as variables."""
        if not self._colours:
            return ""
        light, dark = (";".join(f"--{name}:{pair[side]}" for pair, name in self._colours.items()) for side in (0, 1))
        return f"{ROOT}{{{light}}}\n@media screen and (prefers-color-scheme: dark) {{\n{ROOT}{{{dark}}}\n}}\n"

    def _parts(self, track: Track, night: Track) -> Iterator[tuple[str, _Slots]]:
        """Each part of a mark that changes, and what is declared of it."""
        names = dict.fromkeys(name for one in (track, night) for look in one.steps for name in look)
        parts: dict[str, list[str]] = {}
        for name in names:
            parts.setdefault(_PARTS[name.partition(":")[0]], []).append(name)
        self._used.update(parts)
        for part, own in parts.items():
            slots = []
            for step in range(len(track.steps)):
                differs = any(name in one.steps[step] for one in (track, night) for name in own)
                said = [(name.partition(":")[2], self._value(name, track, night, step)) for name in own]
                slots.append(tuple(sorted(said)) if differs or part == "p" else ())
            base = tuple(sorted((name.partition(":")[2], self._value(name, track, night, None)) for name in own))
            yield part, _filled([*slots, *slots[-1:] * (HELD - 1)], base, self._loop)

    def _value(self, name: str, track: Track, night: Track, step: int | None) -> str:
        """The value of a property at a step; None: as it is drawn."""
        here, there = (
            one.base[name] if step is None else one.steps[step].get(name, one.base[name]) for one in (track, night)
        )
        if here == there:
            return here
        return f"var(--{self._colours.setdefault((here, there), f'm{len(self._colours) + 1}')})"


def _thins(track: Track) -> bool:
    """Whether a line with a head is much thinner at some step than it is drawn; then its head keeps its outline.

    A head stands back from its unit by as much as its outline takes, which is of the line's width.
    """
    if not {_WIDTH, "outline:stroke-dasharray", "outline:fill"} <= track.base.keys():
        return False
    return any(float(track.base[_WIDTH]) - float(look.get(_WIDTH, "inf")) > _THINNER for look in track.steps)


def _filled(slots: Sequence[_Declared], base: _Declared, loop: bool) -> _Slots:
    """Slots of which only the first stretch in which a mark is as it is drawn says nothing: what follows others has to."""
    first = _start(slots) if loop else 0
    turned = [*slots[first:], *slots[:first]]
    leads = next((number for number, slot in enumerate(turned) if slot), len(turned))
    turned = [slot if slot or number < leads else base for number, slot in enumerate(turned)]
    return (*turned[len(slots) - first :], *turned[: len(slots) - first])


def _start(slots: Sequence[_Declared]) -> int:
    """The slot at which a cycle starts: the first at which a mark is as it is drawn, else the first that is another.

    >>> _start(((), (), (("opacity", "0"),), ())), _start(((("opacity", "0"),), ()))
    (3, 1)
    """
    starts = [number for number, slot in enumerate(slots) if slot != slots[number - 1]]
    return next((number for number in starts if not slots[number]), starts[0] if starts else 0)


def _stops(slots: _Slots) -> str:
    """The keyframes of a cycle.

    >>> _stops(((), (("opacity", "0"),), (("opacity", "0"),), (("opacity", "1"),)))
    '25%{opacity:0}75%{opacity:1}'
    """
    stops = []
    for number, slot in enumerate(slots):
        if slot and (not number or slot != slots[number - 1]):
            stops.append(f"{_n(100 * number / len(slots))}%{{{_declared(slot)}}}")
    return "".join(stops)


def _ways(slots: _Slots) -> str:
    """The keyframes of what moves from place to place, and stays there for most of a step.

    >>> places = [(("transform", f"translate({x}px,0)"),) for x in (8, 8, 16)]
    >>> _ways(tuple(places))
    '0%,56.667%{transform:translate(8px,0)}66.667%,100%{transform:translate(16px,0)}'
    """
    starts = [number for number, slot in enumerate(slots) if not number or slot != slots[number - 1]]
    ways = []
    for start, end in itertools.pairwise([*starts, len(slots)]):
        leaves = end if end == len(slots) else end - _GLIDE
        stay = ",".join(f"{_n(100 * at / len(slots))}%" for at in (start, leaves))
        ways.append(f"{stay}{{{_declared(slots[start])}}}")
    return "".join(ways)


def _declared(slot: _Declared) -> str:
    return ";".join(f"{name}:{value}" for name, value in slot)


def _n(number: float) -> str:
    """A number with at most three decimals and nothing superfluous."""
    return f"{round(number, 3) + 0.0:.10g}"
