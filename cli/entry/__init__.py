"""The command, under the name of the distribution: ``layer_connectivity``.

Another distribution on the Python package index, ``connectivity``, has files in a package of the same name. Where it
was installed over ours, or is found before it, nothing within ``connectivity`` could say so; this package can.
"""

from __future__ import annotations

import sys
from _signal import (  # type: ignore[import-not-found]  # of the interpreter: there at once
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)

_COMMAND = "connectivity"
_DOORS = {
    "fence": "connectivity-fence",
    "mdbook": "mdbook-connectivity",
    "myst": "connectivity-myst",
    "pandoc": "connectivity-pandoc",
}
"""The commands that tools for documents call, by their modules in connectivity.doors."""


def _is_command(program: str) -> bool:
    """Whether the first argument of a process is that of a command; it is -m while Python looks for a __main__."""
    path = program.replace("\\", "/").removesuffix(".exe").removesuffix(".py").removesuffix("-script")
    return (
        path == "-m"
        or path.rpartition("/")[2] in (_COMMAND, *_DOORS.values())
        or path.endswith("connectivity/__main__")
    )


# From here to the very end Ctrl-C ends a command without a traceback, wherever it is, also within Graphviz, and in
# what Python does before and after; what must not be cut in two holds it back (connectivity.interrupts).
if _is_command(sys.argv[0]) and getsignal(SIGINT) is default_int_handler:
    signal(SIGINT, SIG_DFL)

import gc
import importlib
from pathlib import Path

_RARELY = (
    100_000,
    20,
    100,
)  # how often garbage is looked for: what is imported and drawn is none, and there is much of it
DISTRIBUTION = "layer-connectivity"
_CURE = "An environment of its own is safe: pipx install, uv tool install, or python3 -m venv"


_NO_MEMORY = "out of memory: the limit of this process (ulimit -v) leaves no room for the program; raise it"


def main() -> int:
    """Run the command line and return its exit code: 2 where the package ``connectivity`` is not ours."""
    return _run(_COMMAND, f"{_COMMAND}.cli.main")


def fence() -> int:
    """The command ``connectivity-fence``; its exit code."""
    return _door("fence")


def mdbook() -> int:
    """The command ``mdbook-connectivity``; its exit code."""
    return _door("mdbook")


def myst() -> int:
    """The command ``connectivity-myst``; its exit code."""
    return _door("myst")


def pandoc() -> int:
    """The command ``connectivity-pandoc``; its exit code."""
    return _door("pandoc")


def _door(name: str) -> int:
    return _run(_DOORS[name], f"connectivity.doors.{name}")


def _run(command: str, module: str) -> int:
    """What the ``main`` of a module returns; 2, and one message, where it cannot be imported.

    Where memory is so short that not even that could be said there, it is said here, when all else is free again.
    """
    gc.set_threshold(*_RARELY)
    try:
        reason = shadowed()
        if reason is None:
            code: int = importlib.import_module(module).main()
            return code
    except MemoryError:
        reason = _NO_MEMORY
    if sys.stderr is not None:
        print(f"{command}: {reason}", file=sys.stderr)
    return 2


def shadowed() -> str | None:
    """Why the package ``connectivity`` is not that of this distribution, and what to do; None where it is."""
    try:
        import connectivity
    except MemoryError:
        raise
    except Exception as error:  # whatever the other one does as it is imported
        return _other(f"cannot be imported ({type(error).__name__}: {str(error)[:200]})", None)
    if getattr(connectivity, "__distribution__", None) == DISTRIBUTION:
        return None
    places = [*getattr(connectivity, "__path__", ()), getattr(connectivity, "__file__", None)]
    return _other("is not ours", Path(places[0]) if places[0] else None)


def _other(what: str, place: Path | None) -> str:
    found = f'the Python package "connectivity"{f" in {place}" if place else ""} {what}'
    if place is None or place == Path(__file__).parent.with_name("connectivity"):
        return (
            f"{found}: the distribution connectivity has the same import name, and lies, or lay, over {DISTRIBUTION}. "
            f"pip uninstall connectivity {DISTRIBUTION}, then install {DISTRIBUTION} again. {_CURE}"
        )
    return f"{found}, and is found before that of {DISTRIBUTION}: go to another folder, or take {place.parent} out of PYTHONPATH. {_CURE}"


def beside(package: Path) -> str | None:
    """What is to be known where the other distribution shares the folder of our ``package``; None where it does not.

    Its files are beside ours then, and whoever uninstalls one takes files of the other away.
    """
    if not any(package.parent.glob("connectivity-*.dist-info")):
        return None
    return (
        f"the distribution connectivity has files in {package} as well, beneath those of {DISTRIBUTION}: it does not "
        f"work, and uninstalling either breaks the other. pip uninstall connectivity {DISTRIBUTION}, then install the "
        f"one that you want. {_CURE}"
    )
