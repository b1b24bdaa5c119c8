"""What the page asks Python for: the command itself is run, so that its words are the page's.

A question and its answer are JSON. Runs in the browser, and (for tests) anywhere.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import shlex
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from connectivity.errors import ConnectivityError
from connectivity.options import Setting, one_spelling, settings

FILE = "net.toml"
"""What the text of a figure file is called, here and in the command that is shown."""

_PLACE = re.compile(r"(?:<network>|net\.toml):(\d+):(\d+): ")
_TRY = re.compile(r"\n  try: (.+)\n?\Z")
_TEXT = re.compile(r"""(?<!")"[^"\\]+"(?!")|(?<!')'[^']+'(?!')""")
_OPTION = re.compile(r"--?[A-Za-z]")
_ABSENT = ("numpy", "networkx")
_OF_FILES = ("network", "outputs", "format", "quiet")
_OF_SHELL = "connectivity: figures are drawn here: ask for --help and --version in a shell"


class Question(TypedDict, total=False):
    """A network or the text of a figure file; options by their flags; what to make of it."""

    network: str
    file: str
    options: dict[str, Any]
    format: str
    facts: bool


class Answer(TypedDict):
    """What was drawn (empty where nothing could be), and what the command said about it.

    ``command`` is the line for a shell. ``place`` is the line and the column at fault, from 1, or ``option`` the option,
    ``meant`` what was meant in place of what was typed; ``facts`` are those of each panel.
    """

    drawn: str
    said: str
    command: str
    place: tuple[int, int] | None
    option: str | None
    meant: str | None
    facts: list[dict[str, Any]]


class Line(NamedTuple):
    """A command line behind ``connectivity draw``: words of a network, options by their flags, names of what else it says."""

    network: Sequence[str]
    options: dict[str, Any]
    rest: tuple[str, ...]


class NotHereError(ConnectivityError, ImportError):
    """A package that the page has left out, for its size."""


class _Absent(MetaPathFinder):
    """Says of packages that the page has not what they would be needed for."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Nothing. Raises NotHereError for a package that the page has not."""
        if fullname.partition(".")[0] in _ABSENT:
            raise NotHereError(
                "weight files, trained models, exported graphs and shares of weights are not read on this page, since they "
                "need packages of many megabytes: take the command"
            )
        return None


def refuse_absent() -> None:
    """From now on a package that the page has not is an error that says so."""
    sys.meta_path.append(_Absent())


def answer(question: str) -> str:
    """The answer to a question, both as JSON."""
    asked: Question = json.loads(question)
    return json.dumps(_answered(asked))


def _answered(asked: Question) -> Answer:
    format = asked.get("format", "svg")
    subject = _subject(asked)
    line = _parsed(subject) if any(map(_OPTION.match, subject)) else Line(subject, {}, ())
    # What the page adds stands before what is typed, which may end in an option that has no value yet.
    words = [*flags(asked.get("options", {})), *subject]
    if line and not line.rest:
        words = [*line.network, *flags({**asked.get("options", {}), **line.options})]
    added = ["-o", "-", "-f", format]
    code, drawn, said = run(["draw", *added, *words])
    if not line and not code:  # it was asked for help, and gave it
        code, said = 1, _OF_SHELL
    said = said.replace(f" {shlex.join(added)}", "")
    facts = _facts(line.network) if line and asked.get("facts") and not code else []
    at, meant = _PLACE.match(said), _TRY.search(said)
    place = (int(at[1]), int(at[2])) if at else None
    at_fault = _at_fault(said, asked.get("options", {})) if code and not place else None
    return {
        "drawn": "" if code else drawn,
        "said": said.strip("\n"),
        "command": shlex.join(["connectivity", "draw", *words, "-o", f"net.{format}"]),
        "place": place,
        "option": at_fault,
        "meant": _in_place(asked, place, meant[1]) if meant and code else None,
        "facts": facts,
    }


def _in_place(asked: Question, place: tuple[int, int] | None, meant: str) -> str | None:
    """What was meant, of all that was typed: in a figure file that is a text, between the quotation marks around the place.

    >>> _in_place({"file": 'network = "6 cov:3"'}, (1, 14), "6 conv:3")
    'network = "6 conv:3"'
    """
    if "file" not in asked:
        return meant
    rows = asked["file"].split("\n")
    row, column = (place[0] - 1, place[1] - 1) if place else (0, 0)
    for text in _TEXT.finditer(rows[row] if row < len(rows) else ""):
        if text.start() < column < text.end():
            rows[row] = f"{rows[row][: text.start() + 1]}{meant}{rows[row][text.end() - 1 :]}"
            return "\n".join(rows)
    return None


def _at_fault(said: str, options: dict[str, Any]) -> str | None:
    """Which of the options that were chosen a message is about: the one that its first line names."""
    line = said.partition("\n")[0]
    named = {flag: re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", line) for flag in options}
    found = [(match.start(), flag) for flag, match in named.items() if match]
    return min(found)[1] if found else None


def _subject(asked: Question) -> list[str]:
    """What is drawn, as words of a command line; a figure file is written where the command finds it."""
    if "file" not in asked:
        return _words(asked.get("network", ""))
    Path(FILE).write_text(asked["file"], encoding="utf-8", errors="replace")
    return [FILE]


def _words(text: str) -> list[str]:
    """The words of a line; where options stand in it as well, as a shell has them. An arrow (->) is no option."""
    words = text.split()
    if any(_OPTION.match(word) for word in words):
        for closing in ("", "'", '"'):  # a quotation mark that is open is closed: somebody types
            with contextlib.suppress(ValueError):
                return shlex.split(text + closing)
    return [" ".join(words)] if any(word.startswith("-") for word in words) else words


def _facts(subject: Sequence[str]) -> list[dict[str, Any]]:
    """What ``describe`` says, as data; nothing where it cannot."""
    code, text, _ = run(["describe", "--json", *subject])
    found = [] if code else json.loads(text)
    return found if isinstance(found, list) else [found]


def flags(options: dict[str, Any]) -> list[str]:
    """Options by their flags as words of a command line; what is no option of a figure is left out.

    >>> flags({"theme": "dark", "legend": False, "box": ["h1", "y"], "evil": "1"})
    ['--box', 'h1', '--box', 'y', '--theme', 'dark', '--no-legend']
    """
    words: list[str] = []
    for setting in settings():
        value = options.get(setting.flag)
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{setting.flag}")
            continue
        for item in value if isinstance(value, list) else [] if value is None else [value]:
            words += _pair(setting, str(item))
    return words


def _pair(setting: Setting, value: str) -> list[str]:
    """An option and its value; as one word where the value would be taken for an option."""
    return [f"--{setting.flag}={value}"] if value.startswith("-") else [f"--{setting.flag}", value]


def read(line: str) -> str:
    """What a command line draws and with which options, as JSON; or what is wrong with it, as ``said``.

    >>> read("connectivity draw 6 conv:3 --theme dark -o net.svg")
    '{"network": "6 conv:3", "options": {"theme": "dark"}}'
    """
    try:
        words = shlex.split(line)
    except ValueError:
        return json.dumps({"said": "a quotation mark is open: close it, or leave it out"})
    if words[:2] != ["connectivity", "draw"]:
        return json.dumps({"said": "only commands that draw are read here, as connectivity draw 6 conv:3"})
    parsed = _parsed(words[2:])
    if parsed is None:
        code, _, said = run(words[1:])
        return json.dumps({"said": said.strip("\n") if code else _OF_SHELL})
    if parsed.rest:
        return json.dumps({"network": shlex.join(words[2:]), "options": {}})
    return json.dumps({"network": " ".join(parsed.network), "options": parsed.options})


def _parsed(words: Sequence[str]) -> Line | None:
    """What stands behind ``connectivity draw``; nothing where that is no figure, which the program has words for."""
    command = importlib.import_module("connectivity.cli.draw").draw
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            context = command.make_context("draw", [*words], token_normalize_func=one_spelling)
    except Exception:  # click's, of whatever is wrong with the line, and where it asks for help
        return None
    said = {
        name: value for name, value in context.params.items() if value not in (None, (), False) or _typed(context, name)
    }
    options = {one.flag: _plain(said.pop(one.name)) for one in settings() if one.name in said}
    rest = tuple(name for name in said if name not in _OF_FILES and _typed(context, name))
    return Line(context.params["network"], options, rest)


def _typed(context: Any, name: str) -> bool:
    return bool(context.get_parameter_source(name).name == "COMMANDLINE")


def _plain(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value if isinstance(value, bool) else str(value)


def run(words: Sequence[str]) -> tuple[int, str, str]:
    """Run the command, and return its exit code, what it wrote and what it said."""
    main = importlib.import_module("connectivity.cli.main").main
    output, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO())  # which a page has not
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code: int = main([*words])
    finally:
        sys.stdin = before
    output.flush()
    return code, output.buffer.getvalue().decode("utf-8"), errors.getvalue()
