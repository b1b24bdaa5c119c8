"""``python moments.py WHO WHICH SIGNAL FILE COMMAND...``: a command line that gets a signal at a moment of its own.

What a program opens, imports, renames or begins are its moments, as Python's audit hooks see them: the same ones in
every run, however quick the machine is. WHO counts them is the command itself (``parent``) or a worker of its
(``worker``); WHICH says at which of them the parent gets the signal, and whether all count (``30``) or only
those from the first temporary file on (``w3``). FILE is there afterwards where the signal was sent; with 0 there is
none, and how many moments there were is written to it. The first of COMMAND may be one of those that tools for documents
call (``connectivity-fence``); else it is ``connectivity``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

ENTRIES = ("entry/__init__.py", "layer_connectivity/__init__.py")
"""Where the command's first line is."""

DOORS = {
    "connectivity-fence": "fence",
    "connectivity-myst": "myst",
    "connectivity-pandoc": "pandoc",
    "mdbook-connectivity": "mdbook",
}
"""The commands that tools for documents call, and their functions."""


class Moments:
    """The moments of one run."""

    def __init__(self, who: str, which: str, number: int, mark: Path) -> None:
        self.seen = 0
        self._who, self._number, self._mark = who, number, mark
        self._at, self._writing = int(which.removeprefix("w")), which.startswith("w")
        self._parent, self._begun = os.getpid(), False

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count, and send the signal once."""
        if not self._is_counted(event, arguments):
            return
        self.seen += 1
        if self.seen != self._at:
            return
        try:
            self._mark.touch(exist_ok=False)
        except FileExistsError:  # another worker has
            return
        os.kill(self._parent, self._number)
        if os.getpid() != self._parent:
            time.sleep(0.3)  # the parent asks this process to end meanwhile, just here

    def _is_counted(self, event: str, arguments: tuple[object, ...]) -> bool:
        if (os.getpid() == self._parent) != (self._who == "parent"):
            return False
        if event.startswith(("object.", "sys._", "cpython.", "os.kill")):
            return False
        if not self._begun and self._writing:
            self._begun = event == "open" and "/.connectivity-" in f"/{arguments[0]!s}" and arguments[1] is None
        elif not self._begun:
            name = getattr(arguments[0], "co_filename", "") if event == "exec" else ""
            self._begun = self._who == "worker" or name.replace("\\", "/").endswith(ENTRIES)
            return False
        return self._begun


def main(who: str, which: str, number: str, mark: str, *words: str) -> int:
    """Run the command line; its exit code."""
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [*words] if words[0] in DOORS else ["connectivity", *words]
    moments = Moments(who, which, int(number), Path(mark))
    sys.addaudithook(moments.watch)

    import layer_connectivity  # type: ignore[import-not-found]  # cli/entry/, until it is installed

    code: int = getattr(layer_connectivity, DOORS.get(words[0], "main"))()
    if int(which.removeprefix("w")) == 0:
        last = moments.seen
        Path(mark).write_text(str(last))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
