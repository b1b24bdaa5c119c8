"""Worker processes of which one may die without harm to the others, and which do not outlive the one that has them.

The pools of the standard library are broken by a worker that crashes, with everything that was going on;
here the job that it had is lost, and a new worker takes its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from connectivity.errors import FileError
from connectivity.files import check_room
from connectivity.interrupts import SIGNALS, begin, blocked, end_with, held
from connectivity.rendering.engines.programs import advice, expendable, fate

J = TypeVar("J")

_END = "end"
_PATIENCE = 5.0  # seconds that a worker has to end by itself
_TICK = 0.1  # seconds after which it is seen at the latest that no more results are wanted
_ROOM = 16  # files that the system must allow for one more worker, and for what is to be written at the end


class Workers(Generic[J]):
    """``workers`` processes that apply ``function`` to jobs; fewer where the system has no room for so many.

    Raises FileError where it has none for one.
    """

    def __init__(self, function: Callable[[J], Any], workers: int) -> None:
        self._forks = sys.platform == "linux"
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._function = function
        self._workers: list[_Worker] = []
        try:
            for number in range(workers):
                if number:
                    check_room(_ROOM)
                self._add()
        except OSError as error:
            if not self._workers:
                raise FileError(
                    f"no process can be started that draws: {error.strerror}; "
                    "raise the limit (ulimit -n for open files, ulimit -u for processes)"
                ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.stop(at_once=kind is not None)

    def each(self, jobs: Sequence[J], stopped: Callable[[], bool] = lambda: False) -> Iterator[tuple[J, Any]]:
        """Each job with what the function made of it, as they come; with a text for one whose worker died.

        Once ``stopped`` says so, workers end at once; what they had finished comes all the same.
        """
        waiting = iter(jobs)
        busy: dict[Connection, tuple[_Worker, J]] = {}
        for worker in [*self._workers]:
            self._give(worker, waiting, busy)
        while busy and not stopped():
            for pipe in multiprocessing.connection.wait(list(busy), _TICK):
                worker, job = busy.pop(pipe)  # type: ignore[call-overload]  # what was waited for
                try:
                    yield job, worker.pipe.recv()
                except (EOFError, OSError):
                    yield job, worker.died()
                    worker = self._replaced(worker)
                if not stopped():
                    self._give(worker, waiting, busy)
        for worker, _ in busy.values():
            worker.end()
        for worker, job in busy.values():
            yield from ((job, result) for result in worker.last())

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
        return self._add()

    def _add(self) -> _Worker:
        # A fork has the parent's ends of all pipes: held open, nobody would see that the parent is gone.
        others = [worker.pipe for worker in self._workers] if self._forks else []
        self._workers.append(_Worker(self._context, self._function, others, self._forks))
        return self._workers[-1]


class _Worker:
    def __init__(
        self, context: Any, function: Callable[[Any], Any], others: Sequence[Connection], is_fork: bool
    ) -> None:
        self.pipe, theirs = context.Pipe()
        ours = [self.pipe, *others] if is_fork else []
        self._process = context.Process(target=_serve, args=(theirs, ours, function, os.getpid()), daemon=True)
        try:
            with blocked():
                self._process.start()
        except OSError:
            self.pipe.close()
            raise
        finally:
            theirs.close()  # so that this end sees when the worker is gone

    def died(self) -> str:
        """How a worker that is gone ended, in words, and what may be done about it."""
        self.pipe.close()
        self._process.join()
        code = self._process.exitcode
        return fate(code) + advice(code)

    def end(self) -> None:
        """Ask the process to end at once."""
        self._process.terminate()

    def last(self) -> list[Any]:
        """What a worker that was asked to end made of its job before: one thing, or nothing."""
        try:
            return [self.pipe.recv()] if self.pipe.poll(_PATIENCE) else []
        except (EOFError, OSError):
            return []

    def stop(self, at_once: bool) -> None:
        """End the process: after what it is doing, or at once."""
        if at_once:
            self._process.terminate()
        else:
            with contextlib.suppress(OSError):
                self.pipe.send(_END)
        self.pipe.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection, others: Sequence[Connection], function: Callable[[Any], Any], parent: int) -> None:
    """A worker's life.

    Ctrl-C is the parent's business. An end that is asked for, or that the parent has met, comes at once while nothing
    is written, and else after the result was told, so that no picture is without its record. Where Graphviz hangs, it ends.
    """
    begin(ignored={*SIGNALS} - {signal.SIGTERM})
    expendable()
    for other in others:
        other.close()
    end_with(parent, signal.SIGTERM)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        if job == _END:
            return
        with held():
            try:
                pipe.send(function(job))
            except BrokenPipeError:
                return
            except MemoryError:
                os._exit(1)  # what Graphviz does as well
