"""How a door talks with a tool: JSON on standard input, JSON on standard output, what is wrong on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from connectivity import __version__
from connectivity.errors import ConnectivityError, FileError, harmless, of_memory, own_fault, visible
from connectivity.rendering.engines.apart import allowed

FAILED = 2
"""The exit code of what could not be done."""

UNREAD = 141
"""The exit code where whoever read the answer has gone: as of a program that SIGPIPE ends."""


class Door:
    """A command that a tool calls: its name, what it is for, and how it answers.

    ``answer`` takes the words of the command line and what was said in JSON, and returns what is to be said. It raises
    ConnectivityError, or :class:`KeyError`, :class:`TypeError` and such where what was said is not what a tool says.
    """

    def __init__(self, name: str, usage: str, answer: Callable[[Sequence[str], Any], Any]) -> None:
        self.name, self.usage, self.answer = name, usage, answer

    def run(self, words: Sequence[str]) -> int:
        """Answer once; the exit code."""
        return self._safely(lambda: self._run(words))

    def tell(self, what: Any) -> int:
        """Say something in JSON; the exit code."""
        return self._safely(lambda: say(json.dumps(what, ensure_ascii=False).encode("utf-8")))

    def write(self, path: Path) -> int:
        """Say what a file of ours holds; the exit code."""
        return self._safely(lambda: say(path.read_bytes()))

    def _safely(self, work: Callable[[], int]) -> int:
        """The exit code of ``work``; whatever goes wrong is one message. The process is ours: it may be forked."""
        try:
            with allowed():
                return work()
        except BrokenPipeError:
            return UNREAD  # who reads no more knows it
        except ConnectivityError as error:
            self.warn(str(error))
        except OSError as error:
            self.warn(f"cannot answer: {error.strerror}")
        except Exception as error:
            if of_memory(error):
                self.warn("out of memory: a figure is too large for this machine; draw fewer units (max-units)")
            elif os.environ.get("CONNECTIVITY_DEBUG"):
                raise
            else:
                self.warn(own_fault(error))
        return FAILED

    def _run(self, words: Sequence[str]) -> int:
        if {"-h", "--help"} & set(words):
            return say(self.usage.encode())
        if "--version" in words:
            return say(f"{self.name}, version {__version__}\n".encode())
        if sys.stdin is None:
            raise FileError(
                "standard input is closed, and this command is called by a tool that talks to it: leave out <&-"
            )
        try:
            said = json.load(sys.stdin.buffer)
        except (ValueError, RecursionError):
            self.warn("what is on standard input is no JSON: this command is called by a tool")
            self.warn(self.usage.strip())
            return FAILED
        try:
            answer = self.answer(words, said)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError, RecursionError) as error:
            if isinstance(error, ConnectivityError) or os.environ.get("CONNECTIVITY_DEBUG"):
                raise
            what = f"{type(error).__name__}: {visible(str(error), 200)}"
            self.warn(
                f"what is on standard input is not what the tool says ({what}); CONNECTIVITY_DEBUG=1 shows where, "
                "and if that is in connectivity, please report it"
            )
            self.warn(self.usage.strip())
            return FAILED
        return say(json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="surrogatepass"))

    def warn(self, message: str) -> None:
        """Say what is wrong."""
        try:
            sys.stderr.write(f"{self.name}: {harmless(message)}\n")
            sys.stderr.flush()
        except (OSError, AttributeError):  # full, or closed: Python is not to try it once more as it ends
            sys.stderr = None


def say(data: bytes) -> int:
    """Write to standard output; the exit code. Raises FileError, and BrokenPipeError where whoever read it has gone.

    Nothing is held back, which Python would flush as it ends, when nobody can say any more what was wrong.
    """
    if sys.stdout is None:
        raise FileError("standard output is closed: leave out >&-")
    descriptor, rest = sys.stdout.fileno(), memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileError(f"cannot write to standard output: {error.strerror}") from error
    return 0
