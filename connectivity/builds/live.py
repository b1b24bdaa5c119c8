"""A live page in a process of its own: figures go to it through a pipe.

Whoever draws has no threads then: processes may be forked, and Ctrl-C ends it at once. The page's process ends with it,
however that ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, Self

from connectivity.errors import FileError

_PATIENCE = 3.0  # seconds that the process has to end by itself
_LOOK = 1.0  # seconds after which it looks whether it is still wanted


class Live:
    """A page of figures of these ``names``, at :attr:`address`. A context, at whose end it is served no more.

    Raises FileError where the ``port`` cannot be had; 0 is a free one.
    """

    def __init__(self, names: Sequence[str], port: int = 0) -> None:
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._pipe, list(names), port), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self.address, reason = self._pipe.recv()
        except (EOFError, OSError):
            self.address, reason = "", "its process ended"
        if not self.address:
            self.close()
            raise FileError(f"cannot serve a page at port {port}: {reason}; leave --port out for one that is free")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def show(self, number: int, svg: bytes, error: str) -> None:
        """Show the drawing of a figure, or what is wrong with it. Raises FileError where the page has gone."""
        try:
            self._pipe.send((number, svg, error))
        except OSError as problem:
            raise FileError("the process that serves the page has ended; start the command anew") from problem

    def close(self) -> None:
        """Serve it no more."""
        with contextlib.suppress(OSError):
            self._pipe.send(None)  # a closed pipe is not seen where others have it as well
        self._pipe.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection, other: Connection, names: Sequence[str], port: int) -> None:
    """The life of the page's process; Ctrl-C is the parent's business."""
    from connectivity.builds.board import Board
    from connectivity.builds.server import Server

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    other.close()  # of a fork: else it would keep its own parent's end open
    board = Board(names)
    try:
        server = Server(board, port)
    except OSError as error:
        pipe.send(("", (error.strerror or str(error)).lower()))
        return
    with server:
        pipe.send((server.address, ""))
        with contextlib.suppress(EOFError, OSError):
            while os.getppid() == parent:
                if not pipe.poll(_LOOK):
                    continue
                message = pipe.recv()
                if message is None:
                    break
                board.show(*message)
