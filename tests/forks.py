"""Processes that begin where a program has imported everything: copies of one that waits, which saves it each time."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import connectivity

_SERVER = """
import gc, json, os, signal, sys
from importlib import import_module
module, name, *first = sys.argv[1:]
for one in first:
    try:
        import_module(one)
    except ImportError:  # what is not installed is not imported by those who need it, either
        pass
call = getattr(import_module(module), name)
gc.freeze()
for line in sys.stdin:
    words, folder, streams, seconds = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm(seconds)
        for number, path in enumerate(streams):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
        os.chdir(folder)
        sys.argv[:] = words
        try:
            code = call()
        except SystemExit as end:
            code = end.code
        except BaseException:
            sys.excepthook(*sys.exc_info())
            code = 1
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code or 0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forks:
    """A process that has imported a function, and runs it in copies of itself, each as if it were a new process.

    It has the environment of the moment it began in: a test that changes that needs a process of its own. With an
    ``environment`` that is added to it, modules of the tests are found as well.
    """

    def __init__(
        self, module: str, name: str, first: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        command = [sys.executable, "-c", _SERVER, module, name, *first]
        self._environment = _environment(os.environ)
        path = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))
        own = {**os.environ, **environment, "PYTHONPATH": path} if environment is not None else None
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=own)
        atexit.register(self.end)

    @property
    def is_alike(self) -> bool:
        """Whether a new process would have the same environment."""
        return _environment(os.environ) == self._environment

    def run(
        self, words: Sequence[str], folder: Path, given: bytes = b"", seconds: int = 120
    ) -> subprocess.CompletedProcess[bytes]:
        """Call the function with ``words`` for arguments, the program's name first, in a ``folder``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as place:
            streams = [Path(place, name) for name in ("in", "out", "err")]
            streams[0].write_bytes(given)
            request = [[*words], str(folder), [*map(str, streams)], seconds]
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            said = [stream.read_bytes() for stream in streams[1:]]
        return subprocess.CompletedProcess([*words], code, *said)

    def end(self) -> None:
        """No more of them."""
        if self._process.poll() is None:
            self._process.communicate()


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What processes are told, without what pytest says of the test that runs."""
    return {name: value for name, value in variables.items() if not name.startswith("PYTEST_")}


@functools.cache
def command() -> Forks:
    """The command ``connectivity``, with all that it may import but what is for tools of others."""
    package = Path(connectivity.__file__).parent
    paths = [path.relative_to(package.parent).with_suffix("") for path in sorted(package.rglob("*.py"))]
    names = [".".join(path.parts) for path in paths if not _FOR_OTHERS & {*path.parts}]
    return Forks("layer_connectivity", "main", ["numpy", "networkx", "pygraphviz", "connectivity.cli.main", *names])


_FOR_OTHERS = {"doors", "markdown", "models", "sphinx", "__main__"}
