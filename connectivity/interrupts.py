"""Signals that end a process, and what they must not cut in two. A leaf.

By themselves they end it at once, wherever it is, or raise an exception of the caller's choice. Meanwhile
:func:`held` they wait, so that files which belong together are all written or none; and what they end within
:meth:`Hold.breaking` is cleaned up before they do what they would have done.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Any

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C, an end that is asked for, a terminal that has gone; on Windows Ctrl-Break."""

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


class _EndedError(BaseException):
    """A signal that ends the process came where something is to be cleaned up first."""


class Hold:
    """Signals that wait; ``came`` is the first of them that has come, None before."""

    def __init__(self, to_the_end: bool = False) -> None:
        self.came: int | None = None
        self._to_the_end = to_the_end
        self._former: dict[int, Callable[[int, FrameType | None], Any] | int] = {}
        self._breaks = False

    def is_set(self) -> bool:
        """Whether one has come; so called that who waits for an event can wait for this."""
        return self.came is not None

    def forget(self) -> None:
        """What has come has been dealt with."""
        self.came = None

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Meanwhile a signal is an exception that passes through, whatever is done: for what may take long."""
        if self._to_the_end:
            yield
            return
        try:
            self._breaks = True
            came, self.came = self.came, None
            if came is not None:
                self._heed(came, None)
            yield
        finally:
            self._breaks = False

    @property
    def is_taken(self) -> bool:
        """Whether signals wait for it now."""
        return bool(self._former)

    def take(self) -> None:
        """Let signals wait from here on. Those that are ignored, or are none of Python's, stay as they are."""
        for number in SIGNALS:
            former = signal.getsignal(number)
            if former in (signal.SIG_IGN, None):
                continue
            self._former[number] = former
            try:
                signal.signal(number, self._heed)
            except (OSError, ValueError):  # within a browser, or another interpreter than the main one
                del self._former[number]

    def give_back(self) -> None:
        """Let them do what they did before; the one that has come does it now."""
        while self._former:  # SIGINT as the last of them: what it raises is to find the others in their places
            signal.signal(*self._former.popitem())
        came, self.came = self.came, None
        if came is not None:
            signal.raise_signal(came)

    def _heed(self, number: int, frame: FrameType | None) -> None:
        former = self._former.get(number)
        if not self._breaks or former is None:
            self.came = number if self.came is None else self.came
            return
        self._breaks = False  # what is cleaned up now is not broken off once more
        if callable(former):
            former(number, frame)
            self._breaks = True
            return
        self.came = number
        raise _EndedError


_holds: list[Hold] = []


@contextmanager
def held(to_the_end: bool = False) -> Iterator[Hold]:
    """Signals that end the process wait meanwhile; at the end the first one that came does what it did before.

    Within another one it is that one. ``to_the_end``: nothing is broken off, also not where that would be clean.
    Python deals with signals in its main thread: in another one nothing is held back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield Hold(to_the_end)
        return
    if _holds and _holds[-1].is_taken:
        yield _holds[-1]
        return
    hold = Hold(to_the_end)
    _holds.append(hold)
    hold.take()
    try:
        yield hold
    except _EndedError:
        pass  # everything was cleaned up: it ends below
    finally:
        _holds.remove(hold)
        hold.give_back()


def released() -> AbstractContextManager[None]:
    """Meanwhile signals do what they did before they were :func:`held`: for what leaves nothing behind."""
    if not _holds or threading.current_thread() is not threading.main_thread():
        return nullcontext()
    return _released(_holds[-1])


@contextmanager
def _released(hold: Hold) -> Iterator[None]:
    hold.give_back()
    try:
        yield
    finally:
        hold.take()


@contextmanager
def blocked() -> Iterator[None]:
    """A process that begins meanwhile gets no signal before it has said, by :func:`begin`, what they are to do."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin(ignored: Collection[int] = ()) -> None:
    """What a process of ours does first: signals end it, but for those that are its parent's business."""
    _holds.clear()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def end_with(parent: int, number: int) -> None:
    """Let this process get the signal ``number`` when its ``parent`` ends in whatever way; where the system can do that."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, int(number))
        if os.getppid() != parent:  # it was too late
            os._exit(1)
