"""Worker processes of which one may die without harm to the others.

The pools of the standard library are broken by a worker that crashes, with everything that was going on;
here the job that it had is lost, and a new worker takes its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

J = TypeVar("J")

_END = "end"
_PATIENCE = 5.0  # seconds that a worker has to end by itself


class Workers(Generic[J]):
    """``workers`` processes that apply ``function`` to jobs."""

    def __init__(self, function: Callable[[J], Any], workers: int) -> None:
        method = "fork" if sys.platform == "linux" else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._function = function
        self._workers = [_Worker(self._context, function) for _ in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.stop(at_once=kind is not None)

    def each(self, jobs: Sequence[J]) -> Iterator[tuple[J, Any]]:
        """Each job with what the function made of it, as they come; with a text for one whose worker died."""
        waiting = iter(jobs)
        busy: dict[Connection, tuple[_Worker, J]] = {}
        for worker in self._workers:
            self._give(worker, waiting, busy)
        while busy:
            for pipe in multiprocessing.connection.wait(list(busy)):
                worker, job = busy.pop(pipe)  # type: ignore[call-overload]  # what was waited for
                try:
                    yield job, worker.pipe.recv()
                except (EOFError, OSError):
                    yield job, worker.died()
                    worker = self._replaced(worker)
                self._give(worker, waiting, busy)

    def _give(self, worker: _Worker, waiting: Iterator[J], busy: dict[Connection, tuple[_Worker, J]]) -> None:
        for job in waiting:
            try:
                worker.pipe.send(job)
            except OSError:  # it died while it had nothing to do
                worker = self._replaced(worker)
                worker.pipe.send(job)
            busy[worker.pipe] = (worker, job)
            return

    def _replaced(self, worker: _Worker) -> _Worker:
        """A new worker in the place of one that is gone."""
        worker.died()
        self._workers.remove(worker)
        self._workers.append(_Worker(self._context, self._function))
        return self._workers[-1]


class _Worker:
    def __init__(self, context: Any, function: Callable[[Any], Any]) -> None:
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.pipe, function), daemon=True)
        self._process.start()
        theirs.close()  # so that this end sees when the worker is gone

    def died(self) -> str:
        """How a worker that is gone ended, in words."""
        self.pipe.close()
        self._process.join()
        code = self._process.exitcode
        return f"was killed (signal {-code})" if code is not None and code < 0 else f"ended (exit code {code})"

    def stop(self, at_once: bool) -> None:
        """End the process: after what it is doing, or at once."""
        if at_once:
            self._process.terminate()
        else:
            with contextlib.suppress(OSError):
                self.pipe.send(_END)  # a closed pipe would not be seen: workers that came later hold it open
        self.pipe.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection, other: Connection, function: Callable[[Any], Any]) -> None:
    """A worker's life: Ctrl-C is the parent's business, and an end that is asked for cleans up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    other.close()  # of a fork: else it would keep its own parent's end open
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        if job == _END:
            return
        try:
            pipe.send(function(job))
        except BrokenPipeError:
            return
