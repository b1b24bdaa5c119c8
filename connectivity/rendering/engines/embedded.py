"""Graphviz in this process: the libraries that the pygraphviz wheel brings.

Only its low-level module is used: its AGraph class would parse every attribute in Python.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from connectivity.errors import EngineError
from connectivity.files import check_room
from connectivity.rendering.engines.programs import timed

_PACKAGE = "pygraphviz"
_STANDARD_ERROR = 2
_ROOM = 10  # files that are open at the same time while it draws: ours, the figure, fonts and their settings
NO_FILE = (
    "Graphviz is told the figure by a file in memory, which cannot be written: {reason}; raise the limit (ulimit -f)"
)
_NO_DISCIPLINE = (None,)  # the second argument of agread, which not every pygraphviz 2.0 has


def missing() -> str | None:
    """Why this engine cannot be used; None where it can."""
    try:
        gv = _binding()
    except (ImportError, OSError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    return None if hasattr(gv, "gvContextWithBuiltins") else "pygraphviz is older than 2.0"


def _binding() -> Any:
    """pygraphviz's low-level module: that of the package where somebody has imported it, and on Windows, else our own."""
    if _PACKAGE in sys.modules or sys.platform == "win32":  # there the package knows where its libraries are
        return importlib.import_module(f"{_PACKAGE}.graphviz")
    return _alone()


@functools.cache
def _alone() -> Any:
    """The low-level module without the package around it, whose import takes as long as drawing a small figure.

    Nothing is left behind: whoever wants the package imports it as if we had not been here.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{_PACKAGE}'")
    sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(f"{_PACKAGE}.graphviz")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
            del sys.modules[name]


def has_cairo() -> bool:
    """Whether PNG and PDF are drawn by cairo and pango, with the shipped fonts; macOS's wheel has Quartz in its place."""
    return sys.platform != "darwin" or any(libraries("cairo"))


def libraries(name: str) -> list[str]:
    """The files of a library that the wheel brings; none where pygraphviz is not there, or was built here."""
    found = importlib.util.find_spec("pygraphviz")
    place = Path(found.origin).parent if found is not None and found.origin else Path()
    return [*map(str, place.parent.glob(f"pygraphviz.libs/*{name}*")), *map(str, place.glob(f".dylibs/*{name}*"))]


def render(dot: str, format: str) -> tuple[bytes, str]:
    """The bytes of ``dot`` in ``format``, and what Graphviz said on standard error.

    The handles are freed, since they hold 50 kB a figure. Graphviz reports errors on file
    descriptor 2 alone and returns success, so that descriptor is read during the call.
    """
    try:
        check_room(_ROOM)
    except OSError as error:  # which Graphviz would not survive
        raise EngineError(
            f"Graphviz must be able to open {_ROOM} files: {error.strerror}; raise the limit (ulimit -n 256)"
        ) from error
    gv = _binding()
    try:
        with memory_file() as complaints, memory_file() as source:
            source.write(dot.encode("utf-8"))
            source.flush()
            source.seek(0)
            with _standard_error_to(complaints), timed():
                status, data = _draw(gv, source, format)
            complaints.seek(0)
            said = complaints.read().decode("utf-8", errors="replace")
    except OSError as error:  # a limit for files is one for those in memory, too
        raise EngineError(NO_FILE.format(reason=error.strerror)) from error
    if status:
        said += f"\nError: status {status}"
    return data, said


def _draw(gv: Any, source: BinaryIO, format: str) -> tuple[int, bytes]:
    try:
        graph = gv.agread(source, *_NO_DISCIPLINE[: gv.agread.__code__.co_argcount - 1])
    except ValueError as error:
        raise EngineError(
            "Graphviz could not read the DOT that was written for it; please report the figure, and try --engine system"
        ) from error
    context = gv.gvContextWithBuiltins()
    try:
        status = gv.gvLayout(context, graph, b"nop2")  # what has a place keeps it, edges too
        if status:
            return status, b""
        status, data = gv.gvRenderData(context, graph, format.encode())
        return status, data or b""
    finally:
        gv.gvFreeLayout(context, graph)
        gv.agclose(graph)
        gv.gvFreeContext(context)


def memory_file() -> BinaryIO:
    """A file in memory, so that a full disk harms nothing; a temporary one where there is no such thing.

    Its descriptor is above 2, also where a standard stream is closed: 2 is about to be replaced.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("connectivity")
        if descriptor <= _STANDARD_ERROR:
            low, descriptor = descriptor, _above_standard_streams(descriptor)
            os.close(low)
        return os.fdopen(descriptor, "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def _above_standard_streams(descriptor: int) -> int:
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STANDARD_ERROR + 1)


@contextmanager
def _standard_error_to(file: BinaryIO) -> Iterator[None]:
    """File descriptor 2 goes to ``file``; it may be closed, as under ``2>&-``."""
    try:
        before = os.dup(2)
    except OSError:
        before = -1
    os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        if before == -1:
            os.close(2)
        else:
            os.dup2(before, 2)
            os.close(before)
