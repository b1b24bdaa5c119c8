"""The formats of a figure, and how a file's name says which."""

from __future__ import annotations

import re
from pathlib import Path

from connectivity.errors import DrawingError, nearest, suggestion, visible

PICTURES = ("gif", "apng", "webp")
"""Formats of pictures of pixels that move."""

FORMATS = ("svg", "png", "pdf", "tex", "typ", "dot", *PICTURES)
IN_DOCUMENTS = ("tex", "typ")
"""Formats whose texts are set by the document that a figure is part of."""


_NUMBER = re.compile(r"%(?:0?[1-9])?d")


def is_numbered(path: str | Path) -> bool:
    """Whether a path stands for several files, with a number in the name of each.

    >>> is_numbered("step-%02d.svg"), is_numbered("100%.svg")
    (True, False)
    """
    return _NUMBER.search(Path(path).name) is not None


def numbered(path: str | Path, number: int) -> list[str]:
    """The paths of so many files. Raises DrawingError for a name with several numbers, which say nothing of their own.

    >>> numbered("out/step-%02d.svg", 2)
    ['out/step-01.svg', 'out/step-02.svg']
    """
    name = Path(path).name
    if len(_NUMBER.findall(name)) > 1:
        raise DrawingError(f'"{visible(str(path), 200)}" has room for more than one number; say one, as step-%02d.svg')
    before, conversion, after = _NUMBER.split(name)[0], _NUMBER.findall(name)[0], _NUMBER.split(name)[-1]
    names = [f"{before}{conversion % step}{after}" for step in range(1, number + 1)]
    return [str(Path(path).with_name(one)) for one in names]


INSTEAD = {
    **dict.fromkeys(("jpg", "jpeg", "bmp", "tif", "tiff", "ico", "heic"), "png"),
    **dict.fromkeys(("eps", "ps", "ai"), "pdf"),
    **dict.fromkeys(("tikz", "pgf"), "tex"),
    "typst": "typ",
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
    shown = visible(str(path), 200)
    near = INSTEAD.get(suffix) or nearest(suffix, FORMATS)
    hint = f" (say {near} in its place)" if near else suggestion(suffix, FORMATS)
    error = DrawingError(f'"{shown}": unknown format ".{visible(suffix)}"{hint}')
    if not suffix:
        near = FORMATS[0]
        error = DrawingError(
            f'"{shown}" has no suffix that names a format; say .svg, .png, .pdf, .tex, .typ, .dot, .gif, .apng or .webp'
        )
    if near and Path(path).name.lstrip(".") not in ("", *FORMATS):
        error.said, error.suggestion = str(path), str(Path(path).with_suffix(f".{near}"))
    raise error
