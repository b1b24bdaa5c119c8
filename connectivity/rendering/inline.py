"""An SVG that stands alone, made part of a page of HTML.

On a page it shares its ids with everything else, and a style sheet in it would restyle the page.
Works on the text that :mod:`.rendering.svg` writes, tag by tag: what stands between tags is the user's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape

from connectivity.rendering.dot import clean
from connectivity.scene import LEAST_TEXT

_BEFORE = re.compile(r"\A\ufeff?(?:\s|<\?.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->)*", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*?(?:/>|>.*?</style\s*>)\n?", re.DOTALL)
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_HEAD = re.compile(r"\s*(?:<title\b[^>]*>[^<]*</title>)?\s*(?:<desc\b[^>]*>[^<]*</desc>)?\s*")
_MOTION = '<style class="motion">'
_KEYFRAMES = re.compile(r"\bk\d+\b")
_PALETTE = re.compile(r"@media screen and \(prefers-color-scheme: dark\) \{\n(.*?)\n\}\n", re.DOTALL)
_DARK_PAGE = (
    ':is([data-theme="dark"], [data-bs-theme="dark"], [data-md-color-scheme="slate"], html.dark, html.coal, html.navy, '
    "html.ayu, body.quarto-dark)"
)
_NAMES = re.compile(r"""(\s(?:id|aria-labelledby|aria-describedby)=)(["'])([^"']*)\2""")
_POINTERS = re.compile(r"""(\burl\(\s*(?:["']|&quot;)?#|\s(?:xlink:)?href=["']#)""")
_LABELLED = re.compile(r"""\saria-labelledby=(?:"[^"]*"|'[^']*')""")
_CLASS = re.compile(r"""\sclass=(["'])([^"']*)\1""")
_SIDE = re.compile(r"""\s(?:width|height)=(?:"[^"]*"|'[^']*')""")
_SIZE = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)pt" height="([\d.]+)pt"')
_BOX = re.compile(r'<svg\b[^>]*?\sviewBox="[\d.-]+ [\d.-]+ ([\d.]+) ')
_TEXT_SIZE = re.compile(r'\sfont-size="([\d.]+)"')
_GLYPH_SCALE = re.compile(r" scale\(([\d.]+) -")
_UNITS_PER_EM = 1000  # of glyphs as outlines

PIXELS = 4 / 3
"""Of CSS, in a point."""

LEAST_STEP, LEAST_MOST = 40, 2400
"""The widths below which figures scroll, in pixels: the style sheet of pages has a rule for each step."""

RELATIVE = ("%", "vw", "vh", "vmin", "vmax")
"""Units of lengths that are as long as the reader's screen has it."""


def prefix_of(svg: bytes, number: int) -> str:
    """A prefix for the ids of ``svg``, the figure of that ``number`` on its page; the same at every build.

    >>> prefix_of(b"<svg/>", 2)
    'cd4dc5666-2-'
    """
    import hashlib

    return f"c{hashlib.sha256(svg).hexdigest()[:8]}-{number}-"


def inline(
    svg: bytes,
    prefix: str,
    *,
    width: str | None = None,
    height: str | None = None,
    alt: str | None = None,
    language: str | None = None,
    style: bool = False,
) -> str:
    """The element ``<svg class="connectivity">`` for a page, of an SVG that stands alone.

    ``prefix`` goes before every id and every reference to one. ``width`` and ``height`` are lengths of CSS (without a
    unit: in pixels) in place of the drawing's own, which is what a percentage is of where the page leaves it open; of
    one alone the other follows. ``alt`` is what the figure is called, in place of its title and description.
    ``language`` is that of its words, where the page has another. ``style`` keeps its style sheet, for pages that have
    none of ours; its rules are of this figure alone. What makes a figure move is always kept, and is of this figure alone
    as well; where a page heeds no style that stands in it, it has the whole figure.

    Without ``style`` a figure that does not move has no style of its own at all, so that a strict
    Content-Security-Policy changes nothing.

    >>> inline(b'<?xml version="1.0"?><svg width="3pt" height="2pt" role="img"><g id="u1"/></svg>', "a-", width="50%")
    '<svg class="connectivity" width="50%" role="img"><g id="a-u1"/></svg>'
    """
    text = _BEFORE.sub("", svg.decode("utf-8"), count=1)
    if not style:
        text = _STYLE.sub(lambda sheet: sheet[0] if sheet[0].startswith(_MOTION) else "", text)
    text = _TAG.sub(lambda tag: _renamed(tag[0], prefix), text)
    end = text.index(">") + 1
    root, rest = _root(text[:end], ["connectivity", *(["of-height"] if height else [])]), text[end:]
    if width or height:
        root = _sized(root, {"width": width, "height": height})
    least = least_width(text, width, height)
    if least is not None:
        root = _with(root, f'data-least="{least}"')
    if style or _MOTION in rest:
        root = _with(root, f'id="{prefix}figure"')
        rest = _STYLE.sub(lambda sheet: _own(sheet[0], prefix, style), rest)
    if language is not None:
        root = _with(root, f'lang="{escape(language)}"')
    if alt is not None:
        name = f"{prefix}description"
        root = _with(_LABELLED.sub("", root), f'aria-labelledby="{name}"')
        words = "\n".join(escape(clean(line), quote=False) for line in alt.split("\n"))
        rest = _HEAD.sub(lambda _: f'\n<desc id="{name}">{words}</desc>\n', rest, count=1)
    return root + rest.rstrip()


def _own(sheet: str, prefix: str, alone: bool) -> str:
    """A style sheet whose rules are of one figure; not ``alone``: on a page that is dark where its theme says so."""
    if sheet.startswith(_MOTION):
        sheet = _KEYFRAMES.sub(rf"{prefix}\g<0>", sheet)
        if not alone:
            sheet = _PALETTE.sub(_on_page, sheet)
    return sheet.replace("svg.connectivity", f"#{prefix}figure")


def _on_page(palette: re.Match[str]) -> str:
    colours = palette[1]
    return (
        f"@media screen {{\n{_DARK_PAGE} {colours}\n}}\n"
        f'@media screen and (prefers-color-scheme: dark) {{\nbody[data-theme="auto"] {colours}\n}}\n'
    )


def _renamed(tag: str, prefix: str) -> str:
    """A tag whose ids, and references to ids, have the prefix."""
    if "id=" in tag or "aria-" in tag:
        tag = _NAMES.sub(lambda match: f"{match[1]}{match[2]}{_prefixed(match[3], prefix)}{match[2]}", tag)
    if "#" in tag:
        tag = _POINTERS.sub(lambda match: match[1] + prefix, tag)
    return tag


def _prefixed(names: str, prefix: str) -> str:
    return " ".join(prefix + name for name in names.split())


def _root(tag: str, classes: Sequence[str]) -> str:
    """The opening tag with these classes before its own."""
    match = _CLASS.search(tag)
    own = match[2].split() if match else []
    return _CLASS.sub("", tag).replace("<svg", f'<svg class="{" ".join(dict.fromkeys([*classes, *own]))}"', 1)


def _sized(tag: str, sides: Mapping[str, str | None]) -> str:
    """The opening tag with the sides that are said, as attributes; what is not said follows from the other."""
    said = "".join(f' {name}="{escape(length.strip())}"' for name, length in sides.items() if length)
    tag = _SIDE.sub("", tag)
    close = _CLASS.search(tag)
    place = close.end() if close else len("<svg")
    return tag[:place] + said + tag[place:]


def size_of(svg: bytes | str) -> tuple[float, float] | None:
    """Width and height of an SVG that stands alone, in pixels of CSS.

    >>> size_of('<svg width="3pt" height="6pt">')
    (4.0, 8.0)
    """
    match = _SIZE.search(svg.decode("utf-8") if isinstance(svg, bytes) else svg)
    return (float(match[1]) * PIXELS, float(match[2]) * PIXELS) if match else None


def least_width(svg: bytes | str, width: str | None = None, height: str | None = None) -> int | None:
    """How wide an SVG is at least to be shown, in pixels and whole steps of LEAST_STEP, for its text to be read.

    Its smallest text then has LEAST_TEXT pixels. It is not wider than the drawing itself, or than LEAST_MOST. None where
    nothing is to be said: it has no text, or is small, or the page says its size (``width``, but of the reader's screen).
    """
    text = svg.decode("utf-8") if isinstance(svg, bytes) else svg
    size, box = size_of(text), _BOX.search(text)
    texts = [float(number) for number in _TEXT_SIZE.findall(text)]
    texts += [float(number) * _UNITS_PER_EM for number in _GLYPH_SCALE.findall(text)]
    own = height or (width and not width.strip().endswith(RELATIVE))
    if own or size is None or box is None or not texts:
        return None
    needed = math.ceil(float(box[1]) * LEAST_TEXT / min(texts) / LEAST_STEP) * LEAST_STEP
    least = min(needed, math.floor(size[0] / LEAST_STEP) * LEAST_STEP, LEAST_MOST)
    return least or None


def least_rules() -> str:
    """What the style sheet of pages says of :func:`least_width`: no narrower than that, but on paper."""
    rules = "".join(
        f'  svg.connectivity[data-least="{least}"], .connectivity-figure[data-least="{least}"] img {{ min-width: {least}px }}\n'
        for least in range(LEAST_STEP, LEAST_MOST + 1, LEAST_STEP)
    )
    return f"@media screen {{\n{rules}}}\n"


def _with(tag: str, attribute: str) -> str:
    close = "/>" if tag.endswith("/>") else ">"
    return f"{tag.removesuffix(close)} {attribute}{close}"
