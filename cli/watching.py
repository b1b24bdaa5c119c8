"""``--watch``: draw again what changes, and show it on a page, until Ctrl-C; what ``draw`` and ``build`` share of it."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

import click

from connectivity.interrupts import Hold, held, released

from .remedies import Refusal, WholeRange, added, unwatched
from .streams import tell

if TYPE_CHECKING:
    from connectivity.builds.live import Live
    from connectivity.reads import Stamp

_HIGHEST_PORT = 65535
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


_READS_NONE = "this network is a line that reads none"


def nothing_to_watch() -> Refusal:
    """The refusal of a network of which no file can change."""
    why = (
        f"--watch draws again when a file changes, and {_READS_NONE}: leave --watch out, or put "
        'it into a figure file (network = "6 conv:3") and say that, as connectivity draw net.toml --watch -o net.svg'
    )
    return Refusal(why, unwatched)


class Watching(NamedTuple):
    """Whether files are watched, and whether a page shows what becomes of them."""

    watch: bool
    opened: bool
    port: int | None

    @property
    def has_page(self) -> bool:
        """Whether there is a page."""
        return self.opened or self.port is not None

    def check(self, is_line: Callable[[], bool], can_watch: Callable[[], bool]) -> None:
        """Raise Refusal for a page of what is not watched, FileError where nothing can be: before any work is done.

        ``is_line`` is asked whether a network is a line that reads no files, ``can_watch`` whether all else that was said
        goes with ``--watch``: only what is right is proposed.
        """
        if not self.watch:
            if self.has_page:
                said = "--open" if self.opened else "--port"
                if is_line():
                    why = f"{said} is about a page that is renewed when a file changes, and {_READS_NONE}: leave {said} out"
                    raise Refusal(why, unwatched)
                why = f"{said} is about the page that --watch renews: say --watch as well"
                raise Refusal(why, added("--watch") if can_watch() else None)
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
    anything is written, and Exit at the end.
    """
    from connectivity.builds.watch import changed

    read: Mapping[str, Stamp | None] = {}
    with held(to_the_end=True) as hold, watching.page([name]) as live:
        while not hold.is_set():
            is_first = not read
            error, svg, read = _once(make, is_first)
            if is_first:
                watching.announce(live)
            if live is not None:
                live.show(0, svg, error)
            if is_first:
                tell(f"watching {len(read)} file{'s' * (len(read) != 1)}; Ctrl-C ends it")
            real = {os.path.realpath(path): before for path, before in read.items()}
            while changed(real, hold) == real and not hold.is_set():
                pass  # a folder came or went
        code = interrupted(hold)
    raise click.exceptions.Exit(code)


def _once(make: Callable[[], Made], is_first: bool) -> tuple[str, bytes, Mapping[str, Stamp | None]]:
    """What went wrong this time, or the drawing; and the files that were read, as they were before."""
    from connectivity.errors import ConnectivityError
    from connectivity.reads import recording

    with recording() as read:
        try:
            with released():  # nothing is written yet
                made = make()
            if not read:
                raise nothing_to_watch()
            made.write()
            return "", made.svg, read
        except (ConnectivityError, OSError, MemoryError) as error:
            if is_first and not read:  # there is nothing whose change could mend it
                raise
            said = words(error)
    tell(said)
    return said, b"", read


def words(error: BaseException) -> str:
    """An error as the terminal has it."""
    from connectivity.errors import NotationError

    if isinstance(error, NotationError):  # it begins with its place
        return str(error)
    return f"connectivity: {'out of memory: the network is too large for this machine' if isinstance(error, MemoryError) else error}"


def interrupted(hold: Hold) -> int:
    """Say that a signal has ended what was held until now: the exit code."""
    number = hold.came or signal.SIGINT
    hold.forget()
    tell("connectivity: interrupted")
    return _EXIT + number
