"""The finishing of SVG: Graphviz's drawing made to stand alone, for eyes, ears and style sheets.

Works on the text that Graphviz writes for the DOT of :mod:`.dot`, by regular expressions: a real
parser takes seven times as long, and everything of the user's in it is escaped already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from connectivity.dot import SEMIBOLD, clean
from connectivity.metrics import FAMILY

FONTS = f"{FAMILY}, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"

_JUNK = re.compile(r"<!--.*?-->\n?|<!DOCTYPE.*?>\n", re.DOTALL)
_OPENING = re.compile(r"<svg[^>]*>\n<g id=\"graph0\"[^>]*>\n(?:<title>.*?</title>\n)?", re.DOTALL)
_GROUP = re.compile(r'<g id="([^"]*)" class="([^"]*)">\n<title>[^<]*</title>\n')
_STRAIGHT = re.compile(r' d="M([-\d.]+,[-\d.]+)C[-\d., ]+? ([-\d.]+,[-\d.]+)"')
_SPANS = re.compile(r'(<ellipse [^>]*cx="([-\d.]+)"[^>]*/>\n)((?:<text [^>]*>[^<]*</text>\n){2,})')
_SPAN = re.compile(r"<text ([^>]*)>([^<]*)</text>\n")
_PRESERVE = ' xml:space="preserve"'
_VALUE = re.compile(r'([\w-]+)="([^"]*)"')


def finish(data: bytes, title: str, description: str, tips: Mapping[str, str]) -> bytes:
    """Graphviz's SVG with a title and a description, tooltips by id, and without its junk."""
    text = data.decode("utf-8")
    text = _JUNK.sub("", text)
    text = _OPENING.sub(lambda match: _opening(match[0], title, description), text, count=1)
    text = _GROUP.sub(lambda match: _group(match[1], match[2], tips), text)
    text = _STRAIGHT.sub(r' d="M\1L\2"', text)
    text = _SPANS.sub(lambda match: match[1] + _merged(match[2], match[3]), text)
    text = text.replace(_PRESERVE, "").replace(f' font-family="{FAMILY}"', "")
    text = text.replace(f' font-family="{SEMIBOLD}"', ' font-weight="600"')
    return text.encode("utf-8")


def _opening(found: str, title: str, description: str) -> str:
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]*)"', found)
    move = re.search(r"translate\(([^)]*)\)", found)
    assert size is not None and move is not None, "Graphviz writes a size and a translation"
    return (
        f'<svg width="{size[1]}pt" height="{size[2]}pt" viewBox="{size[3]}" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-labelledby="title description" font-family="{FONTS}">\n'
        f'<title id="title">{_escaped(title)}</title>\n<desc id="description">{_escaped(description)}</desc>\n'
        f'<g class="graph" transform="translate({move[1]})">\n'
    )


def _group(identity: str, classes: str, tips: Mapping[str, str]) -> str:
    """The opening of a mark: a generated id and a tooltip where there is one."""
    own = classes.partition(" ")[2] or classes  # Graphviz puts "node" or "edge" first
    tip = tips.get(identity)
    if tip is None:
        return f'<g class="{own}">\n'
    return f'<g id="{identity}" class="{own}"><title>{_escaped(tip)}</title>\n'


def _merged(centre: str, spans: str) -> str:
    """The spans of a label as one text around ``centre``, so that another font keeps it in the middle.

    ``baseline-shift`` is not drawn by every browser; ``dy`` is.
    """
    parts, drop, first = [], 0.0, None
    for attributes, words in _SPAN.findall(spans):
        values = dict(_VALUE.findall(attributes))
        if first is None:
            first = values
        size = float(values["font-size"])
        base = float(first["font-size"])
        level = {"sub": 0.2, "super": -0.36}.get(values.get("baseline-shift", ""), 0.0) * base
        move = f' dy="{level - drop:.2f}"' if level != drop else ""
        style = ' font-style="italic"' if values.get("font-style") == "italic" else ""
        font = f' font-size="{size:g}"' if size != base else ""
        parts.append(f"<tspan{move}{style}{font}>{words}</tspan>")
        drop = level
    assert first is not None
    fill = f' fill="{first["fill"]}"' if "fill" in first else ""
    return (
        f'<text text-anchor="middle" x="{centre}" y="{first["y"]}" '
        f'font-size="{float(first["font-size"]):g}"{fill}>{"".join(parts)}</text>\n'
    )


def _escaped(text: str) -> str:
    return escape(clean(text), quote=False)
