"""Errors. A leaf: this module imports nothing of the package.

Every error a user can cause derives from :class:`ConnectivityError` and from the builtin
it is a kind of, so ``except ValueError`` works as well. The message is one text, worded
for the person who reads it in a terminal: where, what, and what would be right.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from os import sep
from pathlib import Path

_EXCERPT = 72  # characters of a long line that an error shows around the fault
_LISTED = 18  # words of a list of what is legal
_SOURCE = 1_000  # characters of the name of a file that begins a message
_TRIED = 400  # characters of the longest line that a message proposes
_PACKAGE = str(Path(__file__).parent) + sep
_BETWEEN = (
    f"{sep}IPython{sep}",
    f"{sep}decorator.py",
    "<decorator-gen",
)  # what stands between a cell and the figure that it shows
_ADDRESS = r"<(?:class )?'?([\w.]+)'?[^<>]* at 0x[0-9a-fA-F]+>"  # of an object, which is another in every run
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode categories a terminal must not get


class ConnectivityError(Exception):
    """The root of all errors that this package raises on purpose.

    ``suggestion`` is what would have been right, ready to be typed: a whole line of notation, the name of an option or
    of a file; None where nobody knows. ``said`` is the word that it is for, where it is for one.
    """

    suggestion: str | None = None
    said: str | None = None

    def _render_traceback_(self) -> list[str]:
        """What IPython shows, in notebooks as well: where code that is not ours went wrong, and the message."""
        from traceback import extract_tb, format_list  # which nobody else needs

        ways = (f"{sep}functools.py", f"{sep}contextlib.py")  # by which our own code is called
        inside = (str(Path(__file__).parent), f"{sep}IPython{sep}", f"{sep}ipykernel{sep}", *ways)
        frames = [
            frame for frame in extract_tb(self.__traceback__) if not any(part in frame.filename for part in inside)
        ]
        return [*(line.rstrip() for line in format_list(frames)), f"{type(self).__name__}: {self}"]


class NetworkError(ConnectivityError, ValueError):
    """A layer that cannot be: its sizes contradict each other or its input.

    ``parameter`` names the argument at fault (PyTorch's name), so that whoever read the
    layer from a text can point at the place; None means the layer as a whole. ``part`` counts its values from 0,
    where it is one of them.
    """

    def __init__(self, message: str, parameter: str | None = None, part: int | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.part = part


class NotationError(ConnectivityError, ValueError):
    """A text that is not a network; knows the character at fault.

    ``line`` and ``column`` count from 1. ``text`` is the line itself. ``suggestion`` is the line that was meant, with
    all of its panels, where that is known; ``fault`` is the message without what would be right, empty where only the message says it.
    """

    def __init__(
        self,
        message: str,
        text: str,
        column: int,
        line: int = 1,
        source: str = "<network>",
        suggestion: str | None = None,
        fault: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.column = column
        self.line = line
        self.source = source
        self.suggestion = suggestion
        self.fault = message if fault is None else fault

    @property
    def advice(self) -> str:
        """The message and what to try, in one line, for whoever shows the place itself."""
        return self.message + tried(self.suggestion).replace("\n  ", "; ")

    def __str__(self) -> str:
        return pointed(self.message, self.text, self.column, self.line, self.source) + tried(self.suggestion)


class FigureFileError(NotationError):
    """A figure file that cannot be drawn; knows the line and the column at fault."""


class WeightsError(ConnectivityError, ValueError):
    """Weights that cannot be used: unreadable, of the wrong shape, or not finite."""


class ModelError(ConnectivityError, ValueError):
    """A trained model that cannot be read, or has what cannot be drawn."""


class GraphError(ConnectivityError, ValueError):
    """A graph that is not a connectivity graph: attributes missing or impossible."""


class DrawingError(ConnectivityError, ValueError):
    """Options that contradict each other, or a drawing beyond the stated limits.

    ``option`` names the option at fault (a field of :class:`.Options`), so that whoever read it from
    a file can point at the place; None where it is no single one.
    """

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


class OptionError(DrawingError):
    """An option that there is not; ``suggestion`` is the nearest one."""


class MarkupError(DrawingError):
    """A text of an option that holds what is no markup, or names what is not there; knows the character at fault.

    ``text`` is all of it, ``place`` counts its characters from 0, ``reason`` says what is wrong, ``source`` of
    which option it is.
    """

    def __init__(self, reason: str, text: str, place: int, option: str, source: str) -> None:
        before = text[:place]
        line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1
        super().__init__(pointed(reason, text.split("\n")[line], column, line + 1, source), option)
        self.reason, self.text, self.place, self.source = reason, text, place, source


class EngineError(ConnectivityError, RuntimeError):
    """Graphviz is missing, or failed to draw."""


class FileError(ConnectivityError, OSError):
    """A file that cannot be read or written."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class Note(UserWarning):
    """Something about a figure that was drawn all the same."""


class AboutModel(Note):
    """What a reader of the figure of a trained model must know: what was left out, folded, or put another way."""


class AboutInput(Note):
    """The size of an input is that of an image, and may be meant as one."""


class MissingGlyphs(Note):
    """A text has characters that the font of PNG and PDF files has not."""


class OtherEngine(Note):
    """A figure was not drawn by the libraries that draw the same bytes on every machine."""


class NoEffect(Note):
    """Options were said that change nothing in this figure."""


class Elided(Note):
    """Units of what is highlighted are not drawn, of layers that are too long."""


class AlikeColours(Note):
    """What should be told apart is more than there are colours, or line styles."""


class LeftOver(Note):
    """A weight file holds arrays that no layer takes, or does not say something that its numbers depend on."""


def warn(message: str, category: type[Note]) -> None:
    """Say a note, as of the line that called this package, from whatever depth: in a notebook that of the cell."""
    from inspect import currentframe  # which nobody else needs

    level, outside, frame = 0, 1, currentframe()
    while frame is not None:
        level += 1
        name = frame.f_code.co_filename
        if name.startswith(_PACKAGE) or (level == outside and any(part in name for part in _BETWEEN)):
            outside = level + 1
        frame = frame.f_back
    warnings.warn(message, category, stacklevel=outside)


def pointed(message: str, text: str, column: int, line: int, source: str) -> str:
    """``message`` with its place, and a caret under the character at fault of ``text``, which is that line.

    >>> print(pointed("no letter", "a+b", 2, 1, "title"))
    title:1:2: no letter
      a+b
       ^
    """
    place = f"{visible(source, _SOURCE)}:{line}:{column}"
    if not text.strip():
        return f"{place}: {message}"
    excerpt, offset = _excerpt(text, column - 1)
    return f"{place}: {message}\n  {excerpt}\n{' ' * (2 + offset)}^"


def tried(line: str | None) -> str:
    """A line for the end of a message: what to try in place of what was said; empty where there is none, or it is long.

    >>> tried("6 conv:3").strip(), tried(None)
    ('try: 6 conv:3', '')
    """
    return f"\n  try: {visible(line, _TRIED)}" if line is not None and len(line) <= _TRIED else ""


def visible(text: str, limit: int = 80) -> str:
    """``text`` for use inside a message: one line, nothing a terminal would obey, no addresses of objects, not endless.

    >>> visible("a" + chr(27) + "[31m" + chr(10) + "b"), visible("<ast.Call object at 0x7f12>")
    ('a\ufffd[31m\ufffdb', 'ast.Call')
    """
    if " at 0x" in text:
        import re  # which nobody else needs

        text = re.sub(_ADDRESS, r"\1", text)
    shown = "".join("\ufffd" if unicodedata.category(c) in _INVISIBLE else c for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short; so do those of libraries that find no room to be loaded into.

    >>> of_memory(MemoryError()), of_memory(ImportError("libcairo.so.2: failed to map segment")), of_memory(ImportError())
    (True, True, False)
    """
    words = ("failed to map segment", "annot allocate memory")
    return isinstance(error, MemoryError) or (
        isinstance(error, (ImportError, OSError)) and any(word in str(error) for word in words)
    )


def own_fault(error: BaseException) -> str:
    """What is said of an error that nobody has foreseen, in one line."""
    what = visible(" ".join(str(error).split()), 300)
    return (
        f"an error in connectivity itself ({type(error).__name__}: {what}); "
        "CONNECTIVITY_DEBUG=1 shows where. Please report it"
    )


def harmless(message: str) -> str:
    r"""A whole message for a terminal: its lines stay, and whatever a terminal would obey does not.

    What is put into messages is :func:`visible` already. This is for what was not foreseen: the system's own words, say.

    >>> harmless("a" + chr(27) + "[31m" + chr(10) + "b")
    'a\ufffd[31m\nb'
    """
    return "".join("\ufffd" if c != "\n" and unicodedata.category(c) in _INVISIBLE else c for c in message)


def suggestion(word: str, legal: Iterable[str], shown: Iterable[str] | None = None) -> str:
    """A parenthesis that helps: the nearest legal word, or those that there are.

    Of very many only the first are listed; ``shown`` are those to list, where other words are legal as well.

    >>> suggestion("cov", ["conv", "fc"])
    ' (did you mean "conv"?)'
    >>> suggestion("zzz", ["conv", "fc"])
    ' (one of: conv, fc)'
    """
    words = list(legal)
    near = nearest(word, words)
    if near:
        return f' (did you mean "{visible(near)}"?)'
    words = words if shown is None else list(shown)
    if not words:
        return " (there are none)"
    more = f", and {len(words) - _LISTED} more" if len(words) > _LISTED + 2 else ""
    return f" (one of: {', '.join(map(visible, words[: _LISTED if more else None]))}{more})"


def nearest(word: str, legal: Iterable[str]) -> str | None:
    """The legal word that is most like ``word``, whatever its case; None where none is.

    Two letters are like too much: their word begins with the first of them, or has the same letters.

    >>> nearest("Cov", ["conv", "fc"]), nearest("in", ["sin"]), nearest("cf", ["fc"])
    ('conv', None, 'fc')
    """
    import difflib

    typed, words = word[:80].lower(), list(legal)
    if len(typed) > 2:
        return next(iter(difflib.get_close_matches(typed, words, n=1)), None)
    same = next((one for one in words if one != typed and sorted(one.lower()) == sorted(typed)), None)
    close = difflib.get_close_matches(typed, words, n=3)
    return same or next((one for one in close if one.lower()[:1] == typed[:1]), None)


def _excerpt(text: str, index: int) -> tuple[str, int]:
    """The part of ``text`` around ``index`` that fits a terminal, and where ``index`` is in it."""
    start = max(0, min(index - _EXCERPT // 2, len(text) - _EXCERPT))
    cut = visible(text[start : start + _EXCERPT], _EXCERPT)
    lead = "…" if start else ""
    tail = "…" if start + _EXCERPT < len(text) else ""
    return lead + cut + tail, index - start + len(lead)
