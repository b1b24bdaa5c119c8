"""DOT to bytes. The only package that knows engines.

``embedded``  Graphviz's libraries inside the pygraphviz wheel, in process
``system``    the ``neato`` executable, through the graphviz package
``browser``   Graphviz as WebAssembly, where Python itself runs in a page; there it is the only one

All of them draw placed units (``nop``, ``neato -n2``), with the fonts that this package ships. The first wherever it can be
used, since it is the same program everywhere; but PNG and PDF want cairo, which the wheel for macOS has not: there
``neato`` draws them, where it is installed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectivity.errors import EngineError
from connectivity.options import ENGINES
from connectivity.rendering.engines import browser, embedded, system
from connectivity.typeset.metrics import DATA

if TYPE_CHECKING:
    from connectivity.rendering.fonts import Fonts

SIGNATURES = {"svg": (b"<?xml", b"</svg>"), "png": (b"\x89PNG\r\n\x1a\n", b"IEND"), "pdf": (b"%PDF-", b"%%EOF")}
"""How a complete payload of each format begins, and what its last bytes hold."""

_ENGINES: dict[str, tuple[Callable[[], str | None], Callable[[str, str], tuple[bytes, str]]]] = {
    "embedded": (embedded.missing, embedded.render),
    "system": (system.missing, system.render),
    "browser": (lambda: None, browser.render),
}
"""Of each engine: why it cannot be used (None where it can), and how it draws."""

_FAILURES = ("Error", "out of memory")
"""What Graphviz says, or cairo within it, of a drawing that lacks something."""

_INSTALLING = {"darwin": "brew install graphviz", "win32": "winget install graphviz"}
"""What installs the neato executable, by sys.platform."""

_NEEDED = "apt-get install libglib2.0-0 libx11-6 libxext6 libxrender1"
"""What the wheel needs and does not bring, on a bare Linux."""

_NOTHING_FOUND = "Graphviz is not available. Either of these helps: {first}; or {installing}"
_OTHER_ENGINE = (
    "neato draws, since Graphviz's libraries cannot be used ({reason}): the bytes may differ from other machines'"
)
_OTHER_FONTS = (
    "macOS draws the texts of PNG and PDF with fonts of its own: they may look otherwise than in SVG; "
    f"{_INSTALLING['darwin']} gives the right ones"
)
_PRINTED = ("png", "pdf")
"""The formats whose texts Graphviz draws; those of SVG are ours."""

_FONTS = {"PANGOCAIRO_BACKEND": "fontconfig"}
"""Pango asks fontconfig, and so finds the shipped fonts, also on Windows and macOS, where it has other ways."""

_MISLEADING = ("FONTCONFIG_SYSROOT", "FONTCONFIG_PATH", "FC_DEBUG")
"""Variables of the environment by which fonts would be looked for elsewhere, or otherwise."""

_lock = threading.Lock()  # Graphviz is not thread-safe, and the environment is the process's


def render(dot: str, format: str, engine: str = "auto") -> bytes:
    """The bytes that Graphviz makes of ``dot``; ``format`` is svg, png or pdf.

    ``engine`` is "embedded", "system", or "auto": the first of them that is there and has the shipped fonts. Raises
    EngineError where there is none, or where it reports an error or returns less than a whole file.
    """
    name = _choose(engine, format)
    with _lock, _own_environment(format):
        data, complaints = _ENGINES[name][1](dot, format)
    return _whole(name, data, complaints, format)


def render_with(
    fonts: Fonts, characters: Sequence[str], dot: str, format: str, engine: str = "auto"
) -> tuple[bytes, list[str]]:
    """As :func:`render`, with other fonts; also which of ``characters`` none of them has."""
    from connectivity.rendering.engines import elsewhere

    name = _choose(engine, format)
    with fonts.configured() as ours:
        kept = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
        zone = {"TZ": "UTC0"} if format == "pdf" else {}
        environment = {**kept, **_FONTS, **ours, **zone}
        data, complaints, lacking = elsewhere.render(name, dot, format, characters, environment)
    return _whole(name, data, complaints, format), lacking


def remark(formats: Iterable[str], engine: str = "auto") -> str | None:
    """What is to be known of figures that were drawn in these formats; None where they are as everywhere.

    Whoever says ``engine`` knows it. Raises EngineError where there is none.
    """
    drawn = [format for format in formats if format in SIGNATURES]
    if engine != "auto" or not drawn:
        return None
    chosen = {_choose(engine, format) for format in drawn}
    if "browser" in chosen:
        return None
    if "system" in chosen:
        return _OTHER_ENGINE.format(reason=embedded.missing() or "the wheel has no cairo")
    return None if embedded.has_cairo() or not {*drawn} & {*_PRINTED} else _OTHER_FONTS


def _whole(name: str, data: bytes, complaints: str, format: str) -> bytes:
    """The bytes. Raises EngineError where something is missing from them."""
    start, end = SIGNATURES[format]
    if any(word in complaints for word in _FAILURES) or not data.startswith(start) or end not in data[-64:]:
        lines = complaints.strip().splitlines()
        reason = (
            [line for line in lines if any(word in line for word in _FAILURES)]
            or lines
            or ["it returned less than a whole file"]
        )
        raise EngineError(
            f"Graphviz ({name}) could not draw the {format}: {reason[0][:200]}; try the other --engine, or fewer units (--max-units)"
        )
    return data


def _choose(engine: str, format: str) -> str:
    """The engine to use for a format; each is asked whether it is there only when it is wanted."""
    if browser.here():
        browser.check(format)
        return "browser"
    names = [*ENGINES[1:]] if engine == "auto" else [engine]
    if engine == "auto" and format in _PRINTED and not embedded.has_cairo():
        names.reverse()
    missing = []
    for name in names:
        if name not in ENGINES:
            raise EngineError(f'unknown engine "{name}" (one of: auto, embedded, system)')
        reason = _ENGINES[name][0]()
        if reason is None:
            return name
        missing.append(f"{name}: {reason}")
    raise EngineError(f"{_help()} ({'; '.join(missing)})")


def _help() -> str:
    """What to do where there is no engine: the one that draws the same bytes everywhere first."""
    first = _NEEDED if embedded.libraries("gvc") else "pip install 'pygraphviz>=2'"
    return _NOTHING_FOUND.format(first=first, installing=_INSTALLING.get(sys.platform, "apt-get install graphviz"))


@contextmanager
def _own_environment(format: str) -> Iterator[None]:
    """Fontconfig sees the shipped fonts and no others, and a PDF's date has no time zone: the same everywhere."""
    ours = {**_FONTS, "FONTCONFIG_FILE": str(DATA / "fonts.conf"), "XDG_DATA_HOME": str(DATA)}
    if format == "pdf":
        ours["TZ"] = "UTC0"
    before = {name: os.environ.get(name) for name in (*ours, *_MISLEADING)}
    for name in _MISLEADING:
        os.environ.pop(name, None)
    os.environ.update(ours)
    _heed_zone(format)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _heed_zone(format)


def _heed_zone(format: str) -> None:
    if format == "pdf" and hasattr(time, "tzset"):
        time.tzset()
