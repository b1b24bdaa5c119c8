"""``--watch``: draw again what changes, and show it on a page, until Ctrl-C; what ``draw`` and ``build`` share of it."""

from __future__ import annotations

import functools
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

import click

from .remedies import Refusal, WholeRange, added
from .streams import tell

if TYPE_CHECKING:
    from connectivity.builds.live import Live
    from connectivity.reads import Stamp

_HIGHEST_PORT = 65535
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_EXIT = 128  # and the number of a signal: the exit code of what it ended, as shells have it

_OPTIONS = (
    click.option("--watch", is_flag=True, help="Draw again whenever a file is saved, until Ctrl-C."),
    click.option(
        "--open", "opened", is_flag=True, help="With --watch: show it in a browser, where it renews itself as well."
    ),
    click.option(
        "--port",
        type=WholeRange(0, _HIGHEST_PORT),
        help="With --watch: serve that page at this port.  [default: with --open, one that is free]",
    ),
)


class Watching(NamedTuple):
    """Whether files are watched, and whether a page shows what becomes of them."""

    watch: bool
    opened: bool
    port: int | None

    @property
    def has_page(self) -> bool:
        """Whether there is a page."""
        return self.opened or self.port is not None

    def check(self) -> None:
        """Raise Refusal for a page of what is not watched, FileError where nothing can be: before any work is done."""
        if not self.watch:
            if self.has_page:
                said = "--open" if self.opened else "--port"
                raise Refusal(f"{said} is about the page that --watch renews: say --watch as well", added("--watch"))
            return
        from connectivity.builds.watch import watcher

        watcher()

    @contextmanager
    def page(self, names: Sequence[str]) -> Iterator[Live | None]:
        """A page of figures of these names; None where none is wanted. Raises FileError."""
        if not self.has_page:
            yield None
            return
        from connectivity.builds.live import Live

        with Live(names, self.port or 0) as live:
            yield live

    def announce(self, live: Live | None) -> None:
        """Say where the page is, if there is one, and show it where that is wanted."""
        if live is not None:
            tell(f"showing {live.address}")
            if self.opened:
                _open(live.address)


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options of watching: as one, ``watching``."""

    @functools.wraps(command)
    def collected(**arguments: Any) -> Any:
        watching = Watching(*(arguments.pop(name) for name in Watching._fields))
        return command(watching=watching, **arguments)

    for option in reversed(_OPTIONS):
        collected = option(collected)
    return collected


def _open(address: str) -> None:
    """Show an address in a browser, unless that would take the place of what is said in this terminal."""
    import webbrowser

    try:
        browser = webbrowser.get()
        is_of_terminal = type(browser) is webbrowser.GenericBrowser and "BROWSER" not in os.environ
        if not is_of_terminal and browser.open(address):
            return
    except webbrowser.Error:
        pass
    tell("note: no browser could be opened; open that address yourself")


class Made(Protocol):
    """Figures that are drawn, and not yet written."""

    @property
    def svg(self) -> bytes:
        """The drawing for the page; nothing where there is none."""

    def write(self) -> None:
        """Write them, and say so."""


def keep_drawing(make: Callable[[], Made], name: str, watching: Watching) -> NoReturn:
    """Draw what ``make`` makes, and again whenever a file that it read changes, until a signal ends it.

    A mistake in a file is said, and waited for until it is mended. Raises Refusal where no file is read at all, before
    anything is written, and KeyboardInterrupt or Exit at the end.
    """
    from connectivity.builds.watch import changed

    read: Mapping[str, Stamp | None] = {}
    with until_ended() as ending, watching.page([name]) as live:
        while not ending.stop.is_set():
            is_first = not read
            error, svg, read = _once(make, is_first)
            if is_first:
                watching.announce(live)
            if live is not None:
                live.show(0, svg, error)
            if is_first:
                tell(f"watching {len(read)} file{'s' * (len(read) != 1)}; Ctrl-C ends it")
            real = {os.path.realpath(path): before for path, before in read.items()}
            while changed(real, ending.stop) == real and not ending.stop.is_set():
                pass  # a folder came or went
    ending.end()


def _once(make: Callable[[], Made], is_first: bool) -> tuple[str, bytes, Mapping[str, Stamp | None]]:
    """What went wrong this time, or the drawing; and the files that were read, as they were before."""
    from connectivity.errors import ConnectivityError
    from connectivity.reads import recording

    with recording() as read:
        try:
            made = make()
            if not read:
                raise Refusal(_nothing_to_watch())
            made.write()
            return "", made.svg, read
        except (ConnectivityError, OSError, MemoryError) as error:
            if is_first and not read:  # there is nothing whose change could mend it
                raise
            said = words(error)
    tell(said)
    return said, b"", read


def _nothing_to_watch() -> str:
    return (
        "--watch draws again when a file changes, and this network is a line that reads none: leave --watch out, or put "
        'it into a figure file (network = "6 conv:3") and say that, as connectivity draw net.toml --watch -o net.svg'
    )


def words(error: BaseException) -> str:
    """An error as the terminal has it."""
    from connectivity.errors import NotationError

    if isinstance(error, NotationError):  # it begins with its place
        return str(error)
    return f"connectivity: {'out of memory: the network is too large for this machine' if isinstance(error, MemoryError) else error}"


class Ending:
    """The end of a command that goes on until a signal: ``stop`` is set then."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._number = int(signal.SIGINT)
        self._at_once = False

    def heed(self, number: int, frame: FrameType | None) -> None:
        """A signal has come. What waits for files sees it by itself: an exception could be swallowed there."""
        self._number = number
        self.stop.set()
        if self._at_once:
            self.end()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Where a signal is to end what is going on by an exception."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def end(self) -> NoReturn:
        """End the command as the signal would have."""
        if self._number == signal.SIGINT:
            raise KeyboardInterrupt
        raise click.exceptions.Exit(_EXIT + self._number)


@contextmanager
def until_ended() -> Iterator[Ending]:
    """What Ctrl-C and SIGTERM set, in place of what they did before. A second one does that again."""
    ending = Ending()
    with ExitStack() as stack:
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
                continue
            stack.callback(signal.signal, number, before)

            def heed(came: int, frame: FrameType | None, before: Any = before) -> None:
                signal.signal(came, before)
                ending.heed(came, frame)

            signal.signal(number, heed)
        yield ending
