"""The formats of a figure, and how a file's name says which."""

from __future__ import annotations

from pathlib import Path

from connectivity.errors import DrawingError, nearest, suggestion, visible

FORMATS = ("svg", "png", "pdf", "dot")


INSTEAD = {
    **dict.fromkeys(("jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "ico", "heic"), "png"),
    **dict.fromkeys(("eps", "ps", "tex", "tikz", "pgf", "ai"), "pdf"),
    **dict.fromkeys(("html", "htm", "svgz", "xml", "emf", "wmf"), "svg"),
    "gv": "dot",
}
"""Formats that are not written, and which to take in their place."""


def format_of(path: str | Path) -> str:
    """The format that a file's suffix names. Raises DrawingError for one that names none.

    >>> format_of("net.SVG")
    'svg'
    """
    if not isinstance(path, (str, Path)):
        raise DrawingError(f'{visible(repr(path), 40)} is no name of a file, as "net.svg"')
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix in FORMATS:
        return suffix
    shown = visible(str(path))
    near = INSTEAD.get(suffix) or nearest(suffix, FORMATS)
    hint = f" (say {near} in its place)" if near else suggestion(suffix, FORMATS)
    error = DrawingError(f'"{shown}": unknown format ".{visible(suffix)}"{hint}')
    if not suffix:
        near = FORMATS[0]
        error = DrawingError(f'"{shown}" has no suffix that names a format; say .svg, .png, .pdf or .dot')
    if near and Path(path).name:
        error.said, error.suggestion = str(path), str(Path(path).with_suffix(f".{near}"))
    raise error
