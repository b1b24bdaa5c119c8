"""What stands over a text in Graphviz's SVG, which draws it by itself, as a part of that text.

Of a letter's two scripts the subscript comes first, as it is read.
"""

from __future__ import annotations

import re

from connectivity.rendering.dot import OVER

_STRUT = r"(?:<text [^>]*>(?:&#160;|\u00a0)</text>\n)?"
_OVER = re.compile(
    rf'</g>\n<g id="[^"]*" class="node {OVER}(\d*)">\n<title>[^<]*</title>\n{_STRUT}((?:<text [^>]*>[^<]*</text>\n)+)'
)
_TEXT = re.compile(r"<text [^>]*>[^<]*</text>\n")


def moved(text: str) -> str:
    """``text``, each of its overlays in the group before it, behind as many texts as its class says, or behind all."""
    parts: list[str] = []
    group, end, more = "", 0, 0
    for over in _OVER.finditer(text):
        if over.start() > end or not end:
            start = text.rfind("<g id=", end, over.start())
            parts += [group, text[end:start]]
            group, more = text[start : over.start()], 0
        texts = list(_TEXT.finditer(group))
        behind = int(over[1]) + more if over[1] else len(texts)  # those that stood there, and overlays before this one
        place = texts[behind - 1].end() if behind else texts[0].start() if texts else len(group)
        group = group[:place] + over[2] + group[place:]
        more += over[2].count("<text ")
        end = over.end()
    return "".join([*parts, group, text[end:]])
