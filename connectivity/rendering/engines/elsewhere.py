"""An engine in a process of its own, which sees other fonts: fontconfig reads its settings once in a process.

It is also where a font that is not what it seems does its harm.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from connectivity.errors import EngineError
from connectivity.rendering.engines import embedded, programs, system

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from connectivity.rendering.engines.elsewhere import main; main()"
)
_HINT = "leave --font out to see whether it is the cause; for Thai, apt-get install libthai-data"
"""Pango's Thai ends the process where its dictionary is missing."""

_SYSTEM_FONTS = 0  # fontconfig's number for the fonts of its settings


def render(
    engine: str, dot: str, format: str, characters: Sequence[str], environment: Mapping[str, str]
) -> tuple[bytes, str, list[str]]:
    """The bytes of ``dot``, what Graphviz said, and which of ``characters`` no font has.

    Raises EngineError where the process ends without an answer.
    """
    request = json.dumps({"engine": engine, "dot": dot, "format": format, "characters": [*map(ord, characters)]})
    program = [sys.executable, "-c", _PROGRAM, json.dumps(sys.path)]
    try:
        done = programs.run(program, request.encode(), environment)
    except (OSError, ValueError) as error:
        raise EngineError(f"Graphviz ({engine}) could not be run with other fonts: {str(error)[:200]}") from error
    head, _, data = done.stdout.partition(b"\n")
    try:
        answer: dict[str, Any] = json.loads(head)
    except ValueError:
        lines = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        reason = f"ended by signal {-done.returncode}" if done.returncode < 0 else lines[-1] if lines else "no answer"
        raise EngineError(f"Graphviz ({engine}) failed with these fonts: {reason[:200]}; {_HINT}") from None
    return data, answer["said"], [chr(code) for code in answer["lacking"]]


def main() -> None:
    """Answer one request: a line of JSON, and the bytes."""
    request = json.load(sys.stdin.buffer)
    lacking = _lacking(request["characters"])
    engine = {"embedded": embedded.render, "system": system.render}[request["engine"]]
    try:
        data, said = engine(request["dot"], request["format"])
    except EngineError as error:
        data, said = b"", f"Error: {error}"
    sys.stdout.buffer.write(json.dumps({"said": said, "lacking": lacking}).encode() + b"\n" + data)


def _lacking(codes: Sequence[int]) -> list[int]:
    """The characters that none of fontconfig's fonts has; all of them where it cannot be asked."""
    library = _fontconfig()
    if library is None:
        return [*codes]
    sets = _character_sets(library)
    return [code for code in codes if not any(library.FcCharSetHasChar(one, code) for one in sets)]


def _fontconfig() -> Any:
    """The library: the one that pygraphviz brings, else the system's; None where there is neither."""
    for name in [*embedded.libraries("fontconfig"), ctypes.util.find_library("fontconfig")]:
        try:
            return ctypes.CDLL(name) if name else None
        except OSError:
            continue
    return None


class _FontSet(ctypes.Structure):
    _fields_ = (("number", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


def _character_sets(library: Any) -> list[ctypes.c_void_p]:
    """The characters of each font."""
    library.FcConfigGetCurrent.restype = ctypes.c_void_p
    library.FcConfigGetFonts.restype = ctypes.POINTER(_FontSet)
    library.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
    library.FcPatternGetCharSet.argtypes = (
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
    )
    library.FcCharSetHasChar.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    library.FcInit()
    fonts = library.FcConfigGetFonts(library.FcConfigGetCurrent(), _SYSTEM_FONTS)
    sets = []
    for n in range(fonts.contents.number if fonts else 0):
        characters = ctypes.c_void_p()
        if library.FcPatternGetCharSet(fonts.contents.fonts[n], b"charset", 0, ctypes.byref(characters)) == 0:
            sets.append(characters)
    return sets
