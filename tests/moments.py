"""``python moments.py WHO WHICH SIGNAL FILE COMMAND...``: a command line that gets a signal at a moment of its own.

What a program opens, imports, renames or begins are its moments, as Python's audit hooks see them: the same ones in
every run, however quick the machine is. WHO counts them is the command itself (``parent``) or a worker of its
(``worker``); WHICH says at which of them the parent gets the signal, and whether all count (``30``) or only
those from the first temporary file on (``w3``). How many there were in a run without one is written to FILE, which is
there afterwards where the signal was sent.
"""

import os
import signal
import sys
import time

who, which, number, mark, *words = sys.argv[1:]
for one in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(one, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["connectivity", *words]
parent = os.getpid()
at, writing = int(which.removeprefix("w")), which.startswith("w")
moments = 0
begun = False


def is_counted(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether something is a moment: from the first line of the command on, or its first temporary file."""
    global begun
    if (os.getpid() == parent) != (who == "parent") or event.startswith(("object.", "sys._", "cpython.", "os.kill")):
        return False
    if not begun and writing:
        begun = event == "open" and "/.connectivity-" in f"/{arguments[0]!s}" and arguments[1] is None
    elif not begun:
        name = getattr(arguments[0], "co_filename", "") if event == "exec" else ""
        begun = who == "worker" or name.replace("\\", "/").endswith(
            ("entry/__init__.py", "layer_connectivity/__init__.py")
        )
        return False
    return begun


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Count, and send the signal once."""
    global moments
    if not is_counted(event, arguments):
        return
    moments += 1
    if moments != at:
        return
    try:
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:  # another worker has
        return
    os.kill(parent, int(number))
    if os.getpid() != parent:
        time.sleep(0.3)  # the parent asks this process to end meanwhile, just here


sys.addaudithook(watch)

from layer_connectivity import main  # type: ignore[import-not-found]  # noqa: E402

code, last = main(), moments
if at == 0:
    with open(mark, "w") as file:  # noqa: PTH123
        file.write(str(last))
sys.exit(code)
