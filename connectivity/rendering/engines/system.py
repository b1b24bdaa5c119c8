"""Graphviz as a process: the ``neato`` executable, through the graphviz package."""

from __future__ import annotations

from connectivity.errors import EngineError


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
    """The bytes of ``dot`` in ``format``, and what neato said on standard error."""
    import subprocess

    import graphviz

    try:
        data = graphviz.pipe("neato", format, dot.encode("utf-8"), neato_no_op=2, quiet=True)
    except (graphviz.ExecutableNotFound, subprocess.CalledProcessError, OSError) as error:
        raise EngineError(f"neato failed: {str(error).splitlines()[0][:200]}") from error
    return data, ""
