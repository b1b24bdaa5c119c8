"""The formats of a figure, and how a file's name says which."""

from __future__ import annotations

from pathlib import Path

from connectivity.errors import DrawingError, suggestion, visible

FORMATS = ("svg", "png", "pdf", "tex", "typ", "dot")
IN_DOCUMENTS = ("tex", "typ")
"""Formats whose texts are set by the document that a figure is part of."""


def format_of(path: str | Path) -> str:
    """The format that a file's suffix names. Raises DrawingError for one that names none.

    >>> format_of("net.SVG")
    'svg'
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix in FORMATS:
        return suffix
    shown = visible(str(path))
    if not suffix:
        raise DrawingError(f'"{shown}" has no suffix that names a format (.svg, .png, .pdf, .tex, .typ or .dot)')
    raise DrawingError(f'"{shown}": unknown format ".{visible(suffix)}"{suggestion(suffix, FORMATS)}')
