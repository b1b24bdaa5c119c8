"""An SVG that stands alone, made part of a page of HTML.

On a page it shares its ids with everything else, and a style sheet in it would restyle the page.
Works on the text that :mod:`.rendering.svg` writes, tag by tag: what stands between tags is the user's.
"""

from __future__ import annotations

import hashlib
import re
from html import escape

from connectivity.rendering.dot import clean

_BEFORE = re.compile(r"\A\ufeff?(?:\s|<\?.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->)*", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*?(?:/>|>.*?</style\s*>)\n?", re.DOTALL)
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_HEAD = re.compile(r"\s*(?:<title\b[^>]*>[^<]*</title>)?\s*(?:<desc\b[^>]*>[^<]*</desc>)?\s*")
_MOTION = '<style class="motion">'
_KEYFRAMES = re.compile(r"\bk\d+\b")
_PALETTE = re.compile(r"@media screen and \(prefers-color-scheme: dark\) \{\n(.*?)\n\}\n", re.DOTALL)
_DARK_PAGE = ':is([data-theme="dark"], [data-bs-theme="dark"], [data-md-color-scheme="slate"], html.dark)'
_NAMES = re.compile(r"""(\s(?:id|aria-labelledby|aria-describedby)=)(["'])([^"']*)\2""")
_POINTERS = re.compile(r"""(\burl\(\s*(?:["']|&quot;)?#|\s(?:xlink:)?href=["']#)""")
_LABELLED = re.compile(r"""\saria-labelledby=(?:"[^"]*"|'[^']*')""")
_CLASS = re.compile(r"""\sclass=(["'])([^"']*)\1""")


def prefix_of(svg: bytes, number: int) -> str:
    """A prefix for the ids of ``svg``, the figure of that ``number`` on its page; the same at every build.

    >>> prefix_of(b"<svg/>", 2)
    'cd4dc5666-2-'
    """
    return f"c{hashlib.sha256(svg).hexdigest()[:8]}-{number}-"


def inline(svg: bytes, prefix: str, *, width: str | None = None, alt: str | None = None, style: bool = False) -> str:
    """The element ``<svg class="connectivity">`` for a page, of an SVG that stands alone.

    ``prefix`` goes before every id and every reference to one. ``width`` is a length of CSS (without a unit: in
    pixels) in place of the drawing's own, which is what a percentage is of where the page leaves it open. ``alt``
    is what the figure is called, in place of its title and description. ``style`` keeps its style sheet, for pages
    that have none of ours; its rules are of this figure alone. What makes a figure move is always kept, and is of this
    figure alone as well; where a page heeds no style that stands in it, it has the whole figure.

    >>> inline(b'<?xml version="1.0"?><svg width="3pt" height="2pt" role="img"><g id="u1"/></svg>', "a-", width="50%")
    '<svg class="connectivity" width="3pt" height="2pt" role="img" style="width: 50%; height: auto"><g id="a-u1"/></svg>'
    """
    text = _BEFORE.sub("", svg.decode("utf-8"), count=1)
    if not style:
        text = _STYLE.sub(lambda sheet: sheet[0] if sheet[0].startswith(_MOTION) else "", text)
    text = _TAG.sub(lambda tag: _renamed(tag[0], prefix), text)
    end = text.index(">") + 1
    root, rest = _root(text[:end], width), text[end:]
    if style or _MOTION in rest:
        root = _with(root, f'id="{prefix}figure"')
        rest = _STYLE.sub(lambda sheet: _own(sheet[0], prefix, style), rest)
    if alt is not None:
        name = f"{prefix}description"
        root = _with(_LABELLED.sub("", root), f'aria-labelledby="{name}"')
        rest = _HEAD.sub(lambda _: f'\n<desc id="{name}">{escape(clean(alt), quote=False)}</desc>\n', rest, count=1)
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


def _root(tag: str, width: str | None) -> str:
    """The opening tag with the class of figures, as wide as is said."""
    match = _CLASS.search(tag)
    others = [name for name in match[2].split() if name != "connectivity"] if match else []
    classes = " ".join(["connectivity", *others])
    tag = _CLASS.sub("", tag).replace("<svg", f'<svg class="{classes}"', 1)
    if width is None:
        return tag
    unit = "px" if width.replace(".", "", 1).isdigit() else ""
    return _with(tag, f'style="width: {escape(width)}{unit}; height: auto"')


def _with(tag: str, attribute: str) -> str:
    close = "/>" if tag.endswith("/>") else ">"
    return f"{tag.removesuffix(close)} {attribute}{close}"
