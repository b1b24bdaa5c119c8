"""How a door talks with a tool: JSON on standard input, JSON on standard output, what is wrong on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from connectivity import __version__
from connectivity.errors import ConnectivityError, harmless

FAILED = 2
"""The exit code of what could not be done."""


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
        try:
            return work()
        except BrokenPipeError:
            _say_no_more()
        except ConnectivityError as error:
            self.warn(str(error))
        except OSError as error:
            _say_no_more()
            self.warn(f"cannot answer: {error.strerror}")
        return FAILED

    def _run(self, words: Sequence[str]) -> int:
        if {"-h", "--help"} & set(words):
            return say(self.usage.encode())
        if "--version" in words:
            return say(f"{self.name}, version {__version__}\n".encode())
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
            self.warn(f"what is on standard input is not what the tool says ({type(error).__name__}: {error})")
            self.warn(self.usage.strip())
            return FAILED
        return say(json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="surrogatepass"))

    def warn(self, message: str) -> None:
        """Say what is wrong."""
        try:
            sys.stderr.write(f"{self.name}: {harmless(message)}\n")
            sys.stderr.flush()
        except (OSError, AttributeError):  # full, or closed
            return


def _say_no_more() -> None:
    """Drop what could not be written: Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def say(data: bytes) -> int:
    """Write to standard output; the exit code. Raises OSError where that cannot be done."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0
