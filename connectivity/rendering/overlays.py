"""What stands over a text in Graphviz's SVG, which draws it by itself, as a part of that text.

Of a letter's two scripts the subscript comes first, as it is read.
"""

from __future__ import annotations

import re

from connectivity.rendering.dot import OVER

_STRUT = r"(?:<text [^>]*>(?:&#160;|\u00a0)</text>\n)?"
_OVER = re.compile(
    rf'</g>\n<g id="[^"]*" class="node {OVER}">\n<title>[^<]*</title>\n{_STRUT}((?:<text [^>]*>[^<]*</text>\n)+)'
)
_TEXT = re.compile(r'<text [^>]*? x="([-\d.]+)"[^>]*>[^<]*</text>\n')
_NEAR = 1.5  # how far Graphviz's places are from those that were computed, in points


def moved(text: str) -> str:
    """``text``, each of its overlays in the group before it, behind what it stands over."""
    parts: list[str] = []
    group, end = "", 0
    for over in _OVER.finditer(text):
        if over.start() > end or not end:
            start = text.rfind("<g id=", end, over.start())
            parts += [group, text[end:start]]
            group = text[start : over.start()]
        place = _place(group, over[1])
        group = group[:place] + over[1] + group[place:]
        end = over.end()
    return "".join([*parts, group, text[end:]])


def _place(group: str, over: str) -> int:
    """Where an overlay belongs in a group: a subscript before its superscript, all else behind what begins there."""
    x = float(_found(_TEXT.search(over))[1])
    texts = list(_TEXT.finditer(group))
    if 'baseline-shift="sub"' in over:
        return min(texts, key=lambda text: abs(float(text[1]) - x)).start()
    last = max((number for number, text in enumerate(texts) if float(text[1]) <= x + _NEAR), default=len(texts) - 1)
    while 'baseline-shift="sub"' in texts[last][0] and last + 1 < len(texts) and _is_low(texts[last + 1]):
        last += 1
    return texts[last].end()


def _is_low(text: re.Match[str]) -> bool:
    return 'baseline-shift="sub"' in text[0]


def _found(match: re.Match[str] | None) -> re.Match[str]:
    if match is None:
        raise ValueError("an overlay without a text")
    return match
