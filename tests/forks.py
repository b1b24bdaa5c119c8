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

_COPY = """
def opened_anew():  # what stands behind a stream is another file, perhaps of another sort
    for number, (name, mode, errors) in enumerate((("stdin", "r", "strict"), ("stdout", "w", "strict"), ("stderr", "w", "backslashreplace"))):
        stream = open(number, mode, encoding=sys.stdout.encoding, errors=errors, closefd=False)
        if name == "stderr":
            stream.reconfigure(line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)

def outcome(call):  # the exit code of a program that does nothing else
    try:
        code = call()
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code or 0
"""

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
        opened_anew()
        os.chdir(folder)
        sys.argv[:] = words
        code = outcome(call)
        os._exit(code)
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
        command = [sys.executable, "-c", _COPY + _SERVER, module, name, *first]
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
    return Forks("layer_connectivity", "main", _drawing())


def _drawing() -> list[str]:
    """The modules that are imported to draw, and more of ours, but not what is for tools of others."""
    package = Path(connectivity.__file__).parent
    paths = [path.relative_to(package.parent).with_suffix("") for path in sorted(package.rglob("*.py"))]
    names = [".".join(path.parts) for path in paths if not _FOR_OTHERS & {*path.parts}]
    return ["numpy", "networkx", "pygraphviz", "connectivity.cli.main", *names]


_FOR_OTHERS = {"doors", "markdown", "models", "sphinx", "__main__"}


_LISTENER = """
import os, select, shutil, signal, socket, sys
from importlib import import_module
place, *first = sys.argv[1:]
for one in first:
    try:
        import_module(one)
    except ImportError:
        pass
from layer_connectivity import main
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for copies: each says itself how it ended
server = socket.socket(socket.AF_UNIX)
server.bind(place)
server.listen()
print(flush=True)
while server in select.select([server, 0], [], [])[0]:  # until the tests, which hold the other end of 0, have gone
    caller, _ = server.accept()
    if os.fork():
        caller.close()
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(120)
    server.close()
    told, streams = b"", []
    while not told.endswith(b"\\0\\0"):
        part, handed, _, _ = socket.recv_fds(caller, 65536, 3)
        told, streams = told + part, [*streams, *handed]
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    opened_anew()
    folder, arguments, variables = (part.split(b"\\0\\1")[:-1] for part in told[:-2].split(b"\\0\\2"))
    os.chdir(folder[0])
    os.environ.clear()
    os.environb.update(variable.split(b"=", 1) for variable in variables)
    sys.argv[:] = map(os.fsdecode, arguments)
    code = outcome(main)
    for number in range(3):
        os.close(number)
    caller.send(bytes([code]))
    os._exit(0)
shutil.rmtree(os.path.dirname(place))
"""

_CALLER = """#!{python} -IS
import os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({place!r})
variables = [name + b"=" + value for name, value in os.environb.items()]
parts = [[os.getcwdb()], [os.fsencode(word) for word in sys.argv], variables]
told = b"\\0\\2".join(b"".join(one + b"\\0\\1" for one in part) for part in parts) + b"\\0\\0"
sent = socket.send_fds(line, [told[:65536]], [0, 1, 2])
line.sendall(told[sent:])
code = line.recv(1)
os._exit(code[0] if code else 125)
"""


@functools.cache
def caller() -> Path:
    """A folder with a ``connectivity`` for shells, which is a copy of one process that has imported everything."""
    folder = Path(tempfile.mkdtemp(prefix="connectivity-shell-"))
    place = folder / "socket"
    program = folder / "bin" / "connectivity"
    program.parent.mkdir()
    program.write_text(_CALLER.format(python=sys.executable, place=str(place)))
    program.chmod(0o755)
    command = [sys.executable, "-c", _COPY + _LISTENER, str(place), *_drawing()]
    listening = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert listening.stdout is not None
    listening.stdout.readline()
    atexit.register(listening.communicate)
    return program.parent
