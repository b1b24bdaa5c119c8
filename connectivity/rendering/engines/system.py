"""Graphviz as a process: the ``neato`` executable, where the graphviz package finds it."""

from __future__ import annotations

from connectivity.errors import EngineError
from connectivity.rendering.engines import programs

_NO_LAYOUT = "no layout engine support"
"""What Graphviz of Debian from 14 on says, whose package has no layouts."""


def missing() -> str | None:
    """Why this engine cannot be used; None where it can."""
    import shutil

    try:
        import graphviz  # noqa: F401  (asked for, not used yet)
    except ImportError as error:
        return str(error)
    # The graphviz package runs neato as ``dot -Kneato``.
    return None if shutil.which("neato") and shutil.which("dot") else "there is no neato executable"


def render(dot: str, format: str) -> tuple[bytes, str]:
    """The bytes of ``dot`` in ``format``, and what neato said on standard error. Raises EngineError where it failed."""
    import graphviz

    try:
        done = programs.run([str(graphviz.DOT_BINARY), "-Kneato", f"-T{format}", "-n2"], dot.encode("utf-8"))
    except OSError as error:
        raise EngineError(f"neato failed: it cannot be run ({error.strerror}); try --engine embedded") from error
    said = done.stderr.decode("utf-8", errors="replace")
    if done.returncode:
        lines = said.strip().splitlines()
        reason = f"it {programs.fate(done.returncode)}" + (f": {lines[0][:200]}" if lines else "")
        raise EngineError(f"neato failed: {reason}{_advice(done.returncode, said)}")
    return done.stdout, said


def _advice(code: int, said: str) -> str:
    """What may be done where neato ended so, and said that: it names every reason but a want of memory."""
    if _NO_LAYOUT in said:
        return "; its layouts are a package of their own there: apt-get install libgvplugin-neato-layout8"
    told = said.strip() and "memory" not in said
    return (not told and programs.advice(code)) or "; try --engine embedded"
