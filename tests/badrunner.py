"""One process that runs command lines, each in a copy of itself: what it says, and what it costs.

``python tests/badrunner.py`` reads a line of JSON for each, ``{"folder": ..., "words": [...], "input": ...}``, and
answers with one: what :class:`badcases.Ran` has. A copy begins with everything imported, so that a command costs
milliseconds, and whatever it does to itself is gone with it.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 60  # seconds


def connectivity(words: Sequence[str]) -> int:
    main: Callable[[Sequence[str]], int] = importlib.import_module("connectivity.cli.main").main
    return main(words)


def mdbook(words: Sequence[str]) -> int:
    """A strict book of one page, as mdBook hands it to its preprocessor."""
    import io

    from connectivity.doors import mdbook

    (page,) = words
    settings = {"book": {"src": "."}, "preprocessor": {"connectivity": {"strict": True}}}
    settings["output"] = {"html": {"additional-css": ["connectivity.css"]}}
    chapter = {"content": Path(page).read_text(encoding="utf-8"), "path": page, "sub_items": []}
    asked = json.dumps([{"root": str(Path.cwd()), "config": settings}, {"items": [{"Chapter": chapter}]}])
    sys.stdin = io.TextIOWrapper(io.BytesIO(asked.encode()))
    return mdbook.DOOR.run([])


def sphinx(words: Sequence[str]) -> int:
    """A page of Sphinx, read alone; its warnings, without the folder that it is in."""
    import io

    from sphinx.application import Sphinx
    from sphinx.util.console import strip_colors

    (page,) = words
    said = io.StringIO()
    settings = {"extensions": ["connectivity.sphinx"], "root_doc": Path(page).stem, "exclude_patterns": ["sub/*"]}
    with tempfile.TemporaryDirectory() as out:
        app = Sphinx(".", None, out, f"{out}/trees", "dummy", settings, status=None, warning=said)
        app.build()
    here = Path.cwd().resolve()
    lines = strip_colors(said.getvalue())
    for before, after in ((f"{here}/", ""), (f'"{here}"', '"."'), (f"{here.parent}/", "../")):
        lines = lines.replace(before, after)
    sys.stderr.write(lines)
    return 2 if lines else 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "connectivity": connectivity,
    "mdbook": mdbook,
    "sphinx": sphinx,
}
"""What entries may call."""


def warm() -> None:
    """Import what commands import."""
    import connectivity as package

    for name in ("sphinx.application", "connectivity.doors.mdbook", "connectivity.cli.draw", "networkx"):
        importlib.import_module(name)
    for module in ("export", "describe", "build"):
        importlib.import_module(f"connectivity.cli.{module}")
    package.draw("3 fc:1", input=[1, 2, 3])


def copied(asked: dict[str, Any], out: Any, err: Any) -> int:
    """Be the copy that runs a command; its exit code, or 99 where it raised."""
    for descriptor, file in ((1, out), (2, err)):
        os.dup2(file.fileno(), descriptor)
    os.dup2(os.open(asked["input"] or os.devnull, os.O_RDONLY), 0)
    signal.alarm(PATIENCE)
    try:
        os.chdir(asked["folder"])
        code = COMMANDS[asked["words"][0]](asked["words"][1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        return 99
    return code


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Run a command in a copy of this process."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os._exit(copied(asked, out, err))
        _, status, used = os.wait4(child, 0)
        out.seek(0)
        err.seek(0)
        said, wrong = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    megabytes = used.ru_maxrss / (2**10 if sys.platform != "darwin" else 2**20)
    return {"code": code, "out": said, "err": wrong, "seconds": used.ru_utime + used.ru_stime, "megabytes": megabytes}


def main() -> None:
    warm()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
