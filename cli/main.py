"""The command ``connectivity``. The only place that catches the library's errors.

Exit codes: 0 done; 2 could not do the job; 128 and the number of a signal that ended it: 130 (Ctrl-C), 143, 129, and
141 where nobody reads its output to the end. A command is imported when it runs, so that help, version and completion
cost no more than click.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
from layer_connectivity import beside  # type: ignore[import-not-found]  # cli/entry/, until it is installed

import connectivity
from connectivity import __version__
from connectivity.options import one_spelling

from .build import build
from .describe import describe
from .draw import draw
from .export import export
from .remedies import Program, replaced, shown
from .schema import schema
from .slips import pieced, refusal
from .streams import UnreadError, standard_output, tell

_CONTEXT = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
    "token_normalize_func": one_spelling,  # also --colour-by, --max_units
}

_PACKAGE = Path(connectivity.__file__).parent
_VERSION = "%(prog)s, version %(version)s (layer-connectivity, in %(package)s)"

USAGE_ERROR = 2
INTERRUPTED = 130
UNREAD = 141
"""Whoever read standard output has gone: as of a program that SIGPIPE ends."""


@click.group(cls=Program, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="connectivity", package_name=str(_PACKAGE), message=_VERSION)
def cli() -> None:
    """Draw the exact connectivity of 1-D neural network layers.

    \b
    connectivity draw 6 conv:3 fc:2 -o net.svg

    draws a network with 6 inputs, a convolution of kernel size 3 and a fully connected layer of
    2 units: every unit, and an arrow for every connection. 'connectivity draw --help' explains
    the notation.
    """  # noqa: D301  (click's mark for a paragraph that keeps its lines)


for _command in (draw, build, describe, export, schema):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error is one message."""
    _prepare()
    neighbour = beside(_PACKAGE)
    if neighbour:
        _say(f"note: {neighbour}")
    try:
        with warnings.catch_warnings(), standard_output():
            warnings.showwarning = _note
            result = cli.main(arguments, prog_name="connectivity", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as request:
        return request.exit_code
    except SystemExit as request:  # click's, of completion, which is no command
        return USAGE_ERROR if request.code else 0
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except UnreadError:
        return UNREAD
    except click.ClickException as error:
        _refuse(error, sys.argv[1:] if arguments is None else arguments)
    except Exception as error:
        _explain(error, sys.argv[1:] if arguments is None else arguments)
    return USAGE_ERROR


def _prepare() -> None:
    """Streams that take every character, and our own answers to shells that ask for completions."""
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="replace")  # of a terminal that has no minus sign
    if "_CONNECTIVITY_COMPLETE" in os.environ:
        from .shells import register

        register()


def _note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say a warning of what was drawn all the same, without a place in our code."""
    _say(f"note: {message}")


def _refuse(error: click.ClickException, arguments: Sequence[str]) -> None:
    """Say why a command line cannot be obeyed, and which one can."""
    from connectivity.errors import tried

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        with contextlib.suppress(OSError):
            error.show()
        return
    message, line = refusal(error, arguments, cli)
    _say(message + tried(line))


def _explain(error: Exception, arguments: Sequence[str]) -> None:
    """Say what went wrong. Errors that begin with their place are said as they are: editors link it."""
    from connectivity.errors import ConnectivityError, NotationError, of_memory, own_fault, tried

    slip = pieced(error, arguments)
    if slip is not None:
        _refuse(slip, arguments)
    elif isinstance(error, NotationError):
        tell(str(error))
    elif isinstance(error, ConnectivityError) and error.said is not None and error.suggestion is not None:
        mended = replaced(error.said, error.suggestion)(list(arguments))
        _say(str(error) + tried(None if mended is None else shown(mended)))
    elif isinstance(error, ConnectivityError):
        _say(str(error))
    elif of_memory(error):
        _say("out of memory: the network is too large for this machine; draw fewer units (--max-units)")
    elif isinstance(error, OSError):
        _say(str(error))
    elif os.environ.get("CONNECTIVITY_DEBUG"):
        raise error
    else:
        _say(own_fault(error))


def _say(message: str) -> None:
    tell(f"connectivity: {message}")
