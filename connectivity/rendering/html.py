"""A figure as HTML: part of a page that may be dark, of which nothing is known, or a page of its own.

A page is dark where it says so, in the way of notebooks and of documentation themes; where it says nothing, where the
reader's system is. There the figure brings its own ground along, since the page may be light all the same.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

from connectivity.rendering.inline import inline, prefix_of
from connectivity.rendering.svg import key_rules
from connectivity.scene import Scene
from connectivity.typeset.metrics import DATA

SCRIPT = DATA / "connectivity.js"
"""What lets figures on a page be gone through by keyboard, in words; without it they are pictures."""

DARK = (
    '[data-jp-theme-light="false"]',  # JupyterLab, Notebook 7, nbconvert
    "body.vscode-dark",
    "body.vscode-high-contrast:not(.vscode-high-contrast-light)",
    'html[theme="dark"]',  # Colab
    '[data-theme="dark"]',  # Furo, PyData, Book
    '[data-bs-theme="dark"]',  # Bootstrap, Quarto
    '[data-md-color-scheme="slate"]',  # Material
    "html.dark",  # MyST
)
"""Selectors of what says that its page is dark: the root, or the body."""

LIGHT = (
    '[data-jp-theme-light="true"]',
    "body.vscode-light",
    "body.vscode-high-contrast-light",
    'html[theme="light"]',
    '[data-theme="light"]',
    '[data-bs-theme="light"]',
    '[data-md-color-scheme="default"]',
    "html.light",
)
"""Selectors of what says that its page is light."""

_AT_NIGHT = re.compile(r"@media screen and \(prefers-color-scheme: dark\) \{\n(.*?\})\s*\}\n", re.DOTALL)
_GROUND = " > .graph > polygon:first-child"
_IS_DARK = f":is({', '.join(DARK)})"
_SILENT = f"html:not(:is({', '.join((*DARK, *LIGHT))})) body:not(:is({', '.join((*DARK, *LIGHT))}))"


def fragment(data: bytes, number: int = 1) -> str:
    """An SVG as an element for a page, the ``number``-th of its kind there; it follows the page where it has two sides."""
    prefix = prefix_of(data, number)
    text = inline(data, prefix, style=True)
    return _AT_NIGHT.sub(lambda rules: _followed(rules[1].strip(), f"#{prefix}figure"), text, count=1)


def _followed(rules: str, root: str) -> str:
    """Rules for the night, for pages that say it is night and for those that say nothing."""
    said = rules.replace(root, f"{_IS_DARK} {root}")
    unsaid = rules.replace(root, f"{_SILENT} {root}")
    clear = f"{_IS_DARK} {root}{_GROUND} {{ fill: transparent }}\n"
    return f"@media screen {{\n{said}\n{clear}}}\n@media screen and (prefers-color-scheme: dark) {{\n{unsaid}\n}}\n"


def whole_page(drawn: str, day: Scene, night: Scene | None) -> str:
    """A page with a fragment and nothing else, as wide as the reader's window at most, and as dark as the figure."""
    follows = (
        f"@media screen and (prefers-color-scheme: dark) {{ body {{ background: {night.background} }} }}\n"
        if night
        else ""
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(day.title, quote=False)}</title>\n"
        f"<style>\nbody {{ margin: 1rem; background: {day.background} }}\n{follows}"
        "svg.connectivity { display: block; margin: auto; max-width: 100%; height: auto }\n"
        f"{key_rules()}</style>\n<script>\n{SCRIPT.read_text(encoding='utf-8')}</script>\n"
        f"</head>\n<body>\n{drawn}\n</body>\n</html>\n"
    )


def images(sides: tuple[bytes, bytes], day: Scene, night: Scene, size: tuple[int, int]) -> str:
    """Two images, for the day and the night, of which a page shows one: by its style sheet, and without one the first.

    ``sides`` are their SVGs, ``size`` is in pixels of the page. Images, since notebooks that are not trusted keep of an inline SVG its letters
    alone; the first has its ground, since the page may be dark all the same.
    """
    light, dark = map(_address, sides)
    name = f"connectivity-{hashlib.sha256((light + dark).encode()).hexdigest()[:8]}"
    width, height = size
    about = f'width="{width}" height="{height}" alt="{escape(f"{day.title}: {day.description}")}"'
    swap = f"{{0}} .{name} > .day {{{{ display: none !important }}}}\n"
    swap += f"{{0}} .{name} > .night {{{{ display: inline !important{{1}} }}}}\n"
    return (
        f'<div class="{name}">\n<style>\n'
        f".{name} > img {{ max-width: 100%; height: auto; background: none }}\n"
        f"@media screen {{\n{swap.format(_IS_DARK, '')}}}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"{swap.format(_SILENT, f'; background: {night.background}')}}}\n</style>\n"
        f'<img class="day" {about} src="{light}">\n'
        f'<img class="night" style="display: none" {about} src="{dark}">\n</div>'
    )


def _address(data: bytes) -> str:
    """An SVG as an address."""
    return f"data:image/svg+xml;base64,{base64.b64encode(data).decode('ascii')}"
